"""Comparing what partners wrote: what it does, how much work it takes, the code, and each one's tests on the other's.

Nothing of a hidden test is told, neither its name nor its sentence, and what the reference says only if asked to.
"""

from autograde.compare.asking import Comparer, Side, compare
from autograde.compare.page import comparison_page, comparison_sections
from autograde.compare.result import Comparison

__all__ = ["Comparer", "Comparison", "Side", "compare", "comparison_page", "comparison_sections"]

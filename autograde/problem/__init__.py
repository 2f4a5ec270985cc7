"""A pair's own learning problem: the folder that holds it, and what may be asked of any such folder."""

from autograde.problem.handing_in import problem_from
from autograde.problem.likeness import alike

__all__ = ["alike", "problem_from"]

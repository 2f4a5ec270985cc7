"""Never grade a learner's notebook as it lies: take the master and put what the learner wrote into it."""

from autograde.assembly.assembled import Assembled, AssembledCell, to_nbformat
from autograde.assembly.assembling import assemble
from autograde.assembly.escaping import escape_markdown

__all__ = ["Assembled", "AssembledCell", "assemble", "escape_markdown", "to_nbformat"]

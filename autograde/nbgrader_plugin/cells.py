"""What nbgrader's gradebook knows of a week's cells, changed without losing the submissions that it has of them.

nbgrader refuses to add or remove cells once there are submissions. A course in use has its exercises renamed, its
points changed and properties added all the same: so rows of renamed cells are renamed, with the grades in them,
rows of new cells are added to every submission, and those of removed cells go, unless a person scored them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

from nbgrader.api import (
    Comment,
    Grade,
    GradeCell,
    MissingEntry,
    SolutionCell,
    SourceCell,
    SubmittedNotebook,
    TaskCell,
)
from nbgrader.preprocessors import SaveCells

from autograde.errors import Fault
from autograde.nbgrader_plugin.releases import CHECK

SIMILAR = 0.75
FEWEST_WORDS = 8  # the stubs of constants are all alike


class SaveCellsKeepingGrades(SaveCells):  # type: ignore[misc]  # nbgrader has no types
    """nbgrader's SaveCells for weeks that have submissions already."""

    def _create_notebook(self, nb: Any) -> None:
        try:
            notebook = self.gradebook.find_notebook(self.notebook_id, self.assignment_id)
        except MissingEntry:
            notebook = None
        if notebook is not None and notebook.submissions:
            self._rename(notebook)
            self._remove(notebook)
            self._add(notebook)
            self.gradebook.db.commit()
        super()._create_notebook(nb)

    def _new(self) -> dict[type, dict[str, Any]]:
        return {
            GradeCell: self.new_grade_cells,
            SolutionCell: self.new_solution_cells,
            TaskCell: self.new_task_cells,
            SourceCell: self.new_source_cells,
        }

    def _cells(self, notebook: Any, kind: type) -> list[Any]:
        return list(self.gradebook.db.query(kind).filter_by(notebook_id=notebook.id))

    def _rename(self, notebook: Any) -> None:
        sources = {cell.name: cell.source or "" for cell in self._cells(notebook, SourceCell)}
        solutions = {cell.name for cell in self._cells(notebook, SolutionCell)}
        gone = {name: sources.get(name, "") for name in solutions - set(self.new_solution_cells)}
        come = {
            name: self.new_source_cells[name]["source"] for name in set(self.new_solution_cells) - solutions
        }
        for old, new in renamed(gone, come):
            self.log.warning("%s is now called %s; its grades go with it.", old, new)
            for kind, wanted in self._new().items():
                for cell in self._cells(notebook, kind):
                    name = new_name(cell.name, old, new)
                    if name in wanted and cell.name not in wanted:
                        cell.name = name
        self.gradebook.db.flush()

    def _remove(self, notebook: Any) -> None:
        for kind, wanted in self._new().items():
            for cell in self._cells(notebook, kind):
                if cell.name not in wanted:
                    self._delete(cell)
        self.gradebook.db.flush()

    def _delete(self, cell: Any) -> None:
        session = self.gradebook.db
        grades = session.query(Grade).filter(Grade.cell_id == cell.id).all()
        comments = session.query(Comment).filter(Comment.cell_id == cell.id).all()
        by_hand = [grade for grade in grades if grade.manual_score is not None or grade.extra_credit]
        by_hand += [comment for comment in comments if comment.manual_comment]
        if by_hand:
            raise Fault(
                f"{cell.name} is no longer in the week, and a person graded it in {len(by_hand)} submissions",
                self.notebook_id,
                "keep the cell, or take those scores and comments back first",
            )
        self.log.warning("%s is no longer in %s; its grades are removed.", cell.name, self.notebook_id)
        for row in (*grades, *comments, cell):
            session.delete(row)

    def _add(self, notebook: Any) -> None:
        session = self.gradebook.db
        for kind, wanted in self._new().items():
            known = {cell.name for cell in self._cells(notebook, kind)}
            for name in sorted(set(wanted) - known):
                session.add(kind(name=name, notebook=notebook, **wanted[name]))
        session.flush()
        for submitted in session.query(SubmittedNotebook).filter_by(notebook_id=notebook.id):
            for row, kinds in ((Grade, (GradeCell, TaskCell)), (Comment, (SolutionCell, TaskCell))):
                there = {each.cell_id for each in session.query(row).filter_by(notebook_id=submitted.id)}
                for cell in (cell for kind in kinds for cell in self._cells(notebook, kind)):
                    if cell.id not in there:
                        session.add(row(cell_id=cell.id, notebook=submitted))


def new_name(name: str, old: str, new: str) -> str:
    """What a cell of an exercise is called after the exercise is: itself, its check cell, those of its parts."""
    for prefix in ("", CHECK):
        if name == prefix + old:
            return prefix + new
    part = name.removeprefix(f"{CHECK}{old}-")
    return f"{CHECK}{new}-{part}" if part != name else name


def renamed(gone: dict[str, str], come: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Pairs of an old and a new cell that are the same but for the name; `gone` and `come` hold sources by name."""
    left, right = set(gone), set(come)
    pairs = ((_likeness(old, new, gone[old], come[new]), old, new) for old in gone for new in come)
    for likeness, old, new in sorted(pairs, reverse=True):
        if likeness >= SIMILAR and old in left and new in right:
            left.remove(old)
            right.remove(new)
            yield old, new


def _likeness(old: str, new: str, gone: str, come: str) -> float:
    left, right = _words(re.sub(rf"\b{re.escape(old)}\b", new, gone)), _words(come)
    if min(len(left), len(right)) < FEWEST_WORDS:
        return 0.0
    return SequenceMatcher(None, left, right).ratio()


def _words(source: str) -> list[str]:
    return re.findall(r"\w+|[^\w\s]", source)

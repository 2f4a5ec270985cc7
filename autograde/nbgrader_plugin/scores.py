"""Scores, straight from the report to the gradebook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbgrader import utils
from nbgrader.api import BaseCell, Comment, Grade, Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool

from autograde.errors import Fault
from autograde.nbgrader_plugin.preprocessors import work_of
from autograde.nbgrader_plugin.releases import CHECK
from autograde.nbgrader_plugin.reports import Kept, keep
from autograde.report import Report

NO_RESPONSE = "No response."


def scores_of(report: Report, count_stretch: bool) -> dict[str, float]:
    """What nbgrader's check cells score by this report."""
    return {
        f"{CHECK}{entry.name}": entry.points if count_stretch or not entry.stretch else 0.0
        for entry in report.exercises
    }


class SaveScores(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader has no types
    """Writes one submission's scores and comments in one transaction, and then its report.

    What a person entered stays. As with nbgrader's SaveAutoGrades a score that a person set is marked to be looked
    at again, and so is an answer to a question; one that wasn't answered scores 0 and says so.
    """

    count_stretch = Bool(
        False, help="Whether points of stretch exercises come on top of the others in the gradebook."
    ).tag(config=True)

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Save what the report says; `nb` is only asked which questions were answered."""
        work = work_of(self)
        report = work.report
        if report is None:
            raise Fault(
                "SaveScores has no report to save", "nbgrader_config.py", "let GradeSealed run before it"
            )
        about = resources["nbgrader"]
        cells = [cell for cell in nb.cells if utils.is_grade(cell) or utils.is_solution(cell)]
        with Gradebook(about["db_url"]) as gradebook:
            submitted = gradebook.find_submission_notebook(
                about["notebook"], about["assignment"], about["student"]
            )
            grades = _rows(gradebook, Grade, submitted)
            comments = _rows(gradebook, Comment, submitted)
            scores = scores_of(report, self.count_stretch)
            for cell in cells:
                self._save(cell, grades, comments, scores)
            gradebook.db.commit()
        keep(work.course, Kept(about["student"], report))
        return nb, resources

    def _save(
        self, cell: Any, grades: Mapping[str, Any], comments: Mapping[str, Any], scores: Mapping[str, float]
    ) -> None:
        name = cell.metadata.nbgrader["grade_id"]
        if utils.is_grade(cell):
            grade = _row(grades, name)
            grade.auto_score = scores[name] if name in scores else utils.determine_grade(cell, self.log)[0]
            grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None
        if utils.is_solution(cell):
            untouched = cell.metadata.nbgrader.get("checksum") == utils.compute_checksum(cell)
            _row(comments, name).auto_comment = NO_RESPONSE if untouched else None


def _rows(gradebook: Any, kind: Any, submitted: Any) -> dict[str, Any]:
    """A submission's grades or comments by the name of their cell, in one query."""
    query = gradebook.db.query(kind, BaseCell.name).join(BaseCell, BaseCell.id == kind.cell_id)
    return {name: row for row, name in query.filter(kind.notebook_id == submitted.id)}


def _row(rows: Mapping[str, Any], name: str) -> Any:
    if name not in rows:
        raise Fault(
            f"the gradebook has no place for {name} in this submission",
            remedy="run `nbgrader generate_assignment` with --force",
        )
    return rows[name]

"""Whether nbgrader's books say what the kept reports say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbgrader.api import Assignment, BaseCell, Grade, Gradebook, SubmittedAssignment, SubmittedNotebook

from autograde.course.opening import Course
from autograde.identity import digest_of, key_of, package_digest
from autograde.nbgrader_plugin import SaveScores
from autograde.nbgrader_plugin.reports import place_of, read_kept
from autograde.nbgrader_plugin.scores import scores_of
from autograde.nbgrader_plugin.submissions import Submission
from autograde.nbgrader_plugin.survey import TIMESTAMP
from autograde.places import COURSE_CONFIG
from autograde.report import Report


class Books:
    """What nbgrader's gradebook and folders hold of a week, looked at once, before anything is changed."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self._count_stretch = SaveScores(parent=course.app).count_stretch
        release = course.survey.releases[course.week]
        with Gradebook(course.coursedir.db_url) as gradebook:
            self._scores = _saved_scores(gradebook, course.week)
            duedate = gradebook.find_assignment(course.week).duedate
        self._common = (digest_of([release.path, course.root / COURSE_CONFIG]), str(duedate))

    def stamp(self, submission: Submission, report: Report) -> str:
        """A hash over all that the bookkeeping of a submission depends on."""
        time = submission.folder / TIMESTAMP
        handed_in = time.read_text(errors="replace") if time.is_file() else ""
        return key_of(report.to_json(), handed_in, package_digest(), *self._common)

    def agree(self, submission: Submission, report: Report, stamp: str) -> bool:
        """Whether everything that bookkeeping would do was done, down to the scores."""
        kept = read_kept(place_of(self._course.root, submission.week, submission.learner))
        if kept is None or kept.booked != stamp:
            return False
        place = self._course.coursedir.format_path
        folder = place(self._course.autograded, submission.learner, submission.week)
        wanted = scores_of(report, self._count_stretch)
        saved = self._scores.get(submission.learner, {})
        there = Path(folder, f"{submission.week}.ipynb").is_file()
        return there and all(saved.get(name) == score for name, score in wanted.items())


def _saved_scores(gradebook: Any, week: str) -> dict[str, dict[str, float | None]]:
    """The machine's scores in the gradebook, by learner and cell, in one query."""
    query = (
        gradebook.db.query(SubmittedAssignment.student_id, BaseCell.name, Grade.auto_score)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .join(BaseCell, BaseCell.id == Grade.cell_id)
        .filter(Assignment.name == week)
    )
    scores: dict[str, dict[str, float | None]] = {}
    for learner, cell, score in query:
        scores.setdefault(learner, {})[cell] = score
    return scores

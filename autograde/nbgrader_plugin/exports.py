"""Grade files for learning platforms, as nbgrader's export plugins.

Of Canvas: its guide "How do I import grades in the Gradebook", and what its importer (lib/gradebook_importer.rb) takes
for a header. Of Moodle: docs.moodle.org/en/Grade_import, where a dash is no grade and an empty cell of a new column 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins import ExportPlugin

from autograde.csvs import Value, csv_bytes
from autograde.files import replace
from autograde.nbgrader_plugin.joint import groups_of, share_manual_grades

Row = Sequence[Value]
POINTS_POSSIBLE = "    Points Possible"  # with these spaces in Canvas's own files
NO_GRADE = "-"


class GradeExport(ExportPlugin):  # type: ignore[misc]  # nbgrader has no types
    """Points of learners and weeks: what a person gave included, a late penalty taken off.

    What nobody handed in has no points, instead of 0, unless it was graded all the same. Weeks of which nothing
    is graded are left out unless they are asked for.
    """

    file = ""

    def export(self, gradebook: Any) -> None:
        """Write the file. Raises OSError."""
        path = Path(self.to or self.file)
        self.log.info("Exporting grades to %s", path)
        weeks = self.weeks(gradebook)
        self._share(weeks)
        gradebook.db.expire_all()
        chosen = set(map(str, self.student))
        learners = [each for each in gradebook.students if not chosen or each.id in chosen]
        learners.sort(key=lambda each: (each.last_name or "", each.first_name or "", each.id))
        header, *rows = self.table(gradebook, weeks, learners)
        replace(path, csv_bytes([str(name) for name in header], rows))

    def table(self, gradebook: Any, weeks: Sequence[Any], learners: Sequence[Any]) -> Iterator[Row]:
        """The header, then a row after the other. `weeks` and `learners` are the gradebook's own objects."""
        raise NotImplementedError

    def weeks(self, gradebook: Any) -> list[Any]:
        """The weeks that the file is about, as the gradebook has them."""
        asked = set(map(str, self.assignment))
        every = sorted(gradebook.assignments, key=lambda each: str(each.name))
        return [
            each for each in every if each.name in asked or (not asked and any(map(graded, each.submissions)))
        ]

    def _share(self, weeks: Sequence[Any]) -> None:
        coursedir = self.parent.coursedir
        groups = groups_of(Path(coursedir.root))
        for week in weeks:
            share_manual_grades(coursedir, week.name, groups)


class CsvExport(GradeExport):
    """A line a learner and week, in the columns of nbgrader's own export and with how the submission stands."""

    file = "grades.csv"

    def table(self, gradebook: Any, weeks: Sequence[Any], learners: Sequence[Any]) -> Iterator[Row]:
        """Long: nothing is added up."""
        yield (
            "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email",
            "raw_score", "late_submission_penalty", "score", "max_score", "state",
        )  # fmt: skip
        for week in weeks:
            for one in learners:
                found = submission_of(gradebook, week, one)
                counts = found if found is not None and graded(found) else None
                yield (
                    week.name, _time(week.duedate), _time(found and found.timestamp), one.id, one.last_name,
                    one.first_name, one.email, counts and counts.score,
                    counts and (counts.late_submission_penalty or 0.0), points(found), week.max_score, state(found),
                )  # fmt: skip


class CanvasExport(GradeExport):
    """What Canvas imports. A column finds the assignment of its name, or makes it.

    Learners are found by `SIS User ID`, then by `SIS Login ID`, then by name. An empty cell changes nothing.
    """

    file = "grades-canvas.csv"

    def table(self, gradebook: Any, weeks: Sequence[Any], learners: Sequence[Any]) -> Iterator[Row]:
        """A line a learner below the line of possible points."""
        yield ("Student", "ID", "SIS User ID", "SIS Login ID", "Section", *(week.name for week in weeks))
        yield (POINTS_POSSIBLE, "", "", "", "", *(week.max_score for week in weeks))
        for one in learners:
            name = ", ".join(filter(None, (one.last_name, one.first_name))) or one.id
            cells = [points(submission_of(gradebook, week, one)) for week in weeks]
            yield (name, "", one.id, one.id, "", *cells)


class MoodleExport(GradeExport):
    """What Moodle imports, under the names of its own export; columns are matched by hand when it is read in."""

    file = "grades-moodle.csv"

    def table(self, gradebook: Any, weeks: Sequence[Any], learners: Sequence[Any]) -> Iterator[Row]:
        """A line a learner."""
        yield ("First name", "Last name", "ID number", "Email address", *(week.name for week in weeks))
        for one in learners:
            cells = [points(submission_of(gradebook, week, one)) for week in weeks]
            named = (one.first_name, one.last_name, one.id, one.email)
            yield (*named, *(NO_GRADE if cell is None else cell for cell in cells))


EXPORTS: Mapping[str, type[GradeExport]] = {
    "canvas": CanvasExport,
    "moodle": MoodleExport,
    "csv": CsvExport,
}


def submission_of(gradebook: Gradebook, week: Any, learner: Any) -> Any:
    """The gradebook's submission; None if there is none."""
    with suppress(MissingEntry):
        return gradebook.find_submission(week.name, learner.id)
    return None


def graded(submission: Any) -> bool:
    """Whether the machine or a person has scored anything of it."""
    return any(
        grade.auto_score is not None or grade.manual_score is not None
        for notebook in submission.notebooks
        for grade in notebook.grades
    )


def points(submission: Any) -> float | None:
    """The points that count; None where nothing is graded."""
    if submission is None or not graded(submission):
        return None
    reached: float = submission.score - (submission.late_submission_penalty or 0.0)
    return round(max(0.0, reached), 4)


def state(submission: Any) -> str:
    """How a submission stands, in a word or two."""
    if submission is None:
        return "missing"
    if not graded(submission):
        return "not graded"
    late = "late" if submission.total_seconds_late > 0 else "in time"
    return f"{late}, to be graded by hand" if submission.needs_manual_grade else late


def _time(moment: Any) -> str:
    return "" if moment is None else str(moment)

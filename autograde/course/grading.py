"""Grading all submissions of a course folder, and telling nbgrader about those that changed."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlalchemy.exc import DatabaseError

from autograde.course.booking import Bookkeeper, describe
from autograde.course.kept import Books
from autograde.course.opening import Course, open_course, unwritable
from autograde.errors import Fault
from autograde.grading import Graded, Grader
from autograde.nbgrader_plugin import SubmissionExporter
from autograde.nbgrader_plugin.judging import full_report
from autograde.nbgrader_plugin.releases import unusable
from autograde.nbgrader_plugin.reports import Kept, keep
from autograde.nbgrader_plugin.submissions import Submission
from autograde.nbgrader_plugin.survey import terms_of
from autograde.report import Report

T = TypeVar("T")
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO}  # no submission would fare better


@dataclass(frozen=True)
class Progress:
    """How far grading a course has come. `seconds_left` is None until there is something to judge by."""

    done: int
    total: int
    learner: str
    seconds_left: float | None


@dataclass(frozen=True)
class LearnerGrade:
    """What became of one submission: its report; whether nbgrader's books had to be changed.

    `fault` says what kept it from being graded (then there is no report) or booked.
    """

    learner: str
    report: Report | None
    changed: bool
    cached: bool
    fault: str | None = None


@dataclass
class CourseGrades:
    """The week's grades, in the order of the learners' names."""

    week: str
    grades: list[LearnerGrade] = field(default_factory=list)


def grade_course(
    week: str,
    folder: Path,
    *,
    trust: bool = False,
    seed: int = 0,
    workers: int | None = None,
    force: bool = False,
    tell: Callable[[Progress], None] = lambda progress: None,
) -> CourseGrades:
    """Grade every submission of a week in a course folder, in parallel, and book those that changed.

    It may be stopped at any point: the next run goes on where this one was. Faults that concern one
    submission are told in its grade, others raised.
    """
    course = open_course(folder, week)
    trust = trust or SubmissionExporter(parent=course.app).trust
    terms = terms_of(course.coursedir, week, trust)
    submissions = list(course.survey.found.values())
    clock = _Clock(len(submissions), tell)
    grader = Grader(week, terms.kit, seed=seed, trust=trust, workers=workers, secrets=terms.secrets)
    result = CourseGrades(week)
    with grader, closing(Bookkeeper(course)) as bookkeeper:
        books = _guarded(course, partial(Books, course))
        for submission, graded in _graded(grader, submissions, force):
            grade = _guarded(course, partial(_book, course, books, bookkeeper, submission, graded))
            result.grades.append(grade)
            clock.tick(grade)
    result.grades.sort(key=lambda grade: grade.learner)
    return result


def _graded(
    grader: Grader, submissions: list[Submission], force: bool
) -> Iterator[tuple[Submission, Graded | None]]:
    yield from ((each, None) for each in submissions if each.notebook is None)
    by_path = {each.notebook: each for each in submissions if each.notebook is not None}
    for graded in grader.grade(list(by_path), force=force):
        yield by_path[graded.path], graded


def _book(
    course: Course, books: Books, bookkeeper: Bookkeeper, submission: Submission, graded: Graded | None
) -> LearnerGrade:
    """Bring nbgrader's books up to the report of one submission, and note that they are."""
    cached = graded is not None and graded.cached
    try:
        report = full_report(submission, graded, course.survey.releases[course.week].week)
    except Fault as fault:
        return LearnerGrade(submission.learner, None, False, cached, str(fault))
    stamp = books.stamp(submission, report)
    if books.agree(submission, report, stamp):
        return LearnerGrade(submission.learner, report, False, cached)
    try:
        bookkeeper.book(submission, graded)
    except DatabaseError:
        raise
    except Exception as error:  # whatever nbgrader makes of one submission, the others are booked
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            raise
        message = f"nbgrader could not book {submission.learner} ({describe(error)})."
        return LearnerGrade(submission.learner, report, False, cached, message)
    keep(course.root, Kept(submission.learner, report, stamp))
    return LearnerGrade(submission.learner, report, True, cached)


def _guarded(course: Course, action: Callable[[], T]) -> T:
    """Run it; a disk or a gradebook that can't be written is one sentence."""
    try:
        return action()
    except OSError as error:
        raise unwritable(error, course.root) from error
    except DatabaseError as error:
        raise unusable(error, course.coursedir.db_url) from error


class _Clock:
    """Counts submissions and reckons what is left from those that took time."""

    def __init__(self, total: int, tell: Callable[[Progress], None]) -> None:
        self._total = total
        self._tell = tell
        self._done = 0
        self._slow = 0
        self._started = time.monotonic()

    def tick(self, grade: LearnerGrade) -> None:
        """One more is done."""
        self._done += 1
        self._slow += grade.changed or not grade.cached
        passed = time.monotonic() - self._started
        each = passed / self._slow if self._slow else None
        left = None if each is None else each * (self._total - self._done)
        self._tell(Progress(self._done, self._total, grade.learner, left))

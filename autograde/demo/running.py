"""The demo's course: built, released, submitted, collected, graded, fed back and exported in one process."""

from __future__ import annotations

import logging
import os
import shutil
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.auth import Authenticator
from nbgrader.converters import GenerateFeedback
from nbgrader.exchange.default import (
    ExchangeCollect,
    ExchangeFetchAssignment,
    ExchangeReleaseAssignment,
    ExchangeReleaseFeedback,
    ExchangeSubmit,
)
from nbgrader.plugins import CsvExportPlugin

from autograde.build import build
from autograde.classroom import class_page
from autograde.course import CourseGrades, grade_course
from autograde.course.opening import configured
from autograde.demo.submissions import Submission, class_of_twelve, pairs
from autograde.places import COURSE_CONFIG, Kit
from autograde.weeks import load_week

Step = Callable[[str], None]


@dataclass
class Demo:
    """What the demo made, and where."""

    course: Path
    page: Path
    grades: CourseGrades
    submissions: list[Submission]
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Who worked with whom."""
        return list(pairs([submission.learner for submission in self.submissions]))


def run_demo(kit: Kit, week: str, folder: Path, tell: Step = lambda step: None) -> Demo:
    """Run the whole loop below `folder`, an empty one; `tell` hears what is being done."""
    warnings.filterwarnings("ignore", category=Warning, module="sqlalchemy")
    loop = Loop(temporary_kit(kit, folder), week)
    seconds = {}
    for step in (
        loop.build,
        loop.release,
        loop.submit,
        loop.collect,
        loop.grade,
        loop.feed_back,
        loop.export,
    ):
        name = step.__doc__ or ""
        tell(name)
        started = time.monotonic()
        step()
        seconds[name] = time.monotonic() - started
    page = loop.course / f"{week}.html"
    reports = {grade.learner: grade.report for grade in loop.grades.grades if grade.report is not None}
    page.write_text(class_page(week, reports, list(pairs(sorted(reports)))), encoding="utf-8")
    return Demo(loop.course, page, loop.grades, loop.submissions, seconds)


def temporary_kit(kit: Kit, folder: Path) -> Kit:
    """The kit's weeks and data in another place, with exercises and a course folder of its own."""
    temporary = Kit(folder)
    temporary.instructor.mkdir(parents=True)
    temporary.exercises.mkdir()
    temporary.solutions.symlink_to(kit.solutions.resolve())
    temporary.datasets.symlink_to(kit.datasets.resolve())
    shutil.copy(kit.instructor / COURSE_CONFIG, temporary.instructor)
    with (temporary.instructor / COURSE_CONFIG).open("a") as config:
        config.write(f"\nc.Exchange.root = {str(folder / 'exchange')!r}\n")
        config.write(f"c.Exchange.cache = {str(folder / 'cache')!r}\n")
    (folder / "exchange").mkdir(mode=0o777)
    (folder / "exchange").chmod(0o777)
    return temporary


class Loop:
    """The steps in their order, each with nbgrader's own part for it."""

    def __init__(self, kit: Kit, week: str) -> None:
        self.kit = kit
        self.week = week
        self.course = kit.instructor
        self.submissions: list[Submission] = []
        self.grades = CourseGrades(week)

    def build(self) -> None:
        """Building the notebook from its source"""
        os.environ["AUTOGRADE_ROOT"] = str(self.kit.root)
        build([self.week], self.kit)
        self.app = configured(self.course)
        logging.getLogger("traitlets").setLevel(logging.CRITICAL)
        self.app.coursedir.assignment_id = self.week

    def release(self) -> None:
        """Releasing it to the exchange"""
        self._nbgrader(ExchangeReleaseAssignment)

    def submit(self) -> None:
        """Fetching, filling in and submitting it, twelve times"""
        week = load_week(self.kit.solutions / self.week)
        stub = (self.kit.exercises / self.week / f"{self.week}.ipynb").read_bytes()
        self.submissions = class_of_twelve(week, stub)
        for submission in self.submissions:
            home = self.kit.root / "learners" / submission.learner
            home.mkdir(parents=True)
            self.app.coursedir.student_id = submission.learner
            self._nbgrader(ExchangeFetchAssignment, assignment_dir=str(home))
            (home / self.week / f"{self.week}.ipynb").write_bytes(submission.notebook)
            self._nbgrader(ExchangeSubmit, assignment_dir=str(home))
        self.app.coursedir.student_id = "*"

    def collect(self) -> None:
        """Collecting the submissions"""
        self._nbgrader(ExchangeCollect, check_owner=False)

    def grade(self) -> None:
        """Grading them, sealed"""
        self.grades = grade_course(self.week, self.course)

    def feed_back(self) -> None:
        """Writing and releasing the feedback"""
        GenerateFeedback(coursedir=self.app.coursedir, parent=self.app).start()
        self._nbgrader(ExchangeReleaseFeedback)

    def export(self) -> None:
        """Exporting the grades"""
        exporter = CsvExportPlugin(parent=self.app)
        exporter.to = str(self.course / "grades.csv")
        with Gradebook(self.app.coursedir.db_url, self.app.coursedir.course_id) as gradebook:
            exporter.export(gradebook)

    def _nbgrader(self, exchange: type[Any], **settings: Any) -> None:
        """Run one of nbgrader's exchange steps as its own command does, without the command's start-up."""
        authenticator = Authenticator(parent=self.app)
        step = exchange(coursedir=self.app.coursedir, authenticator=authenticator, parent=self.app)
        for name, value in settings.items():
            setattr(step, name, value)
        step.start()

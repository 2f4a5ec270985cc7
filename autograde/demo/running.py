"""The demo's course: built, released, submitted, collected, graded, fed back and exported in one process."""

from __future__ import annotations

import logging
import os
import shutil
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.auth import Authenticator
from nbgrader.exchange.default import (
    ExchangeFetchAssignment,
    ExchangeReleaseAssignment,
    ExchangeReleaseFeedback,
    ExchangeSubmit,
)
from nbgrader.plugins import CsvExportPlugin

from autograde.build import build
from autograde.classroom import write_report
from autograde.course import CourseGrades, grade_course
from autograde.course.opening import configured
from autograde.demo.submissions import Submission, class_of, learners
from autograde.folders import lay_files
from autograde.nbgrader_plugin.collecting import LinklessCollect
from autograde.partner_pages import make_pages
from autograde.partner_pages.screen import Comparing
from autograde.partners import PAIRS, ROSTER, pair, read_pairs, read_roster, write_pairs
from autograde.partners.enrolment import enrol
from autograde.places import COURSE_CONFIG, Kit
from autograde.weeks import load_week

Step = Callable[[str], None]
PARTNER = "learner03"  # of the class's pages those of this learner are shown


@dataclass
class Demo:
    """What the demo made, and where."""

    course: Path
    page: Path
    grades: CourseGrades
    submissions: list[Submission]
    partners_page: Path | None
    seconds: dict[str, float] = field(default_factory=dict)


def run_demo(
    kit: Kit, weeks: Sequence[str], folder: Path, size: int = 12, tell: Step = lambda step: None
) -> Demo:
    """Run the whole loop below `folder`, an empty one, week by week; `tell` hears what is being done."""
    warnings.filterwarnings("ignore", category=Warning, module="sqlalchemy")
    temporary = temporary_kit(kit, folder)
    write_roster(temporary.instructor, learners(size))
    for week in weeks:
        loop = Loop(temporary, week, size)
        seconds = {}
        for step in (
            loop.build,
            loop.pair,
            loop.release,
            loop.submit,
            loop.collect,
            loop.grade,
            loop.feed_back,
            loop.export,
            loop.report,
        ):
            name = step.__doc__ or ""
            tell(name if len(weeks) == 1 else f"{week}: {name}")
            started = time.monotonic()
            step()
            seconds[name] = time.monotonic() - started
    return Demo(loop.course, loop.page, loop.grades, loop.submissions, loop.partners_page, seconds)


def write_roster(course: Path, ids: Sequence[str]) -> None:
    """A class that is at ease with programming to different degrees."""
    lines = [f"{learner},{1 + number * 2 % 5}" for number, learner in enumerate(ids)]
    (course / ROSTER).write_text("\n".join(["id,comfort", *lines, ""]), encoding="utf-8")


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

    def __init__(self, kit: Kit, week: str, size: int) -> None:
        self.kit = kit
        self.week = week
        self.size = size
        self.course = kit.instructor
        self.submissions: list[Submission] = []
        self.grades = CourseGrades(week)
        self.partners_page: Path | None = None

    def build(self) -> None:
        """Building the notebook from its source"""
        os.environ["AUTOGRADE_ROOT"] = str(self.kit.root)
        build([self.week], self.kit)
        self.app = configured(self.course)
        logging.getLogger("traitlets").setLevel(logging.CRITICAL)
        self.app.coursedir.assignment_id = self.week

    def pair(self) -> None:
        """Bringing the roster into the gradebook, and making learning partners"""
        members = read_roster(self.course / ROSTER).members
        enrol(members, self.app.coursedir.db_url, self.app.coursedir.course_id)
        pairs = read_pairs(self.course / PAIRS)
        pairs.weeks[self.week] = pair(members, pairs, self.week)
        write_pairs(pairs, self.course / PAIRS)

    def release(self) -> None:
        """Releasing it to the exchange"""
        self._nbgrader(ExchangeReleaseAssignment)

    def submit(self) -> None:
        """Fetching, filling in and submitting it, learner by learner"""
        week = load_week(self.kit.solutions / self.week)
        stub = (self.kit.exercises / self.week / f"{self.week}.ipynb").read_bytes()
        self.submissions = class_of(week, stub, self.size)
        for submission in self.submissions:
            home = self.kit.root / "learners" / submission.learner
            home.mkdir(parents=True, exist_ok=True)
            self.app.coursedir.student_id = submission.learner
            self._nbgrader(ExchangeFetchAssignment, assignment_dir=str(home))
            (home / self.week / f"{self.week}.ipynb").write_bytes(submission.notebook)
            lay_files(submission.beside, home / self.week)
            self._nbgrader(ExchangeSubmit, assignment_dir=str(home))
        self.app.coursedir.student_id = "*"

    def collect(self) -> None:
        """Collecting the submissions"""
        self._nbgrader(LinklessCollect, check_owner=False)

    def grade(self) -> None:
        """Grading them, sealed"""
        self.grades = grade_course(self.week, self.course)

    def feed_back(self) -> None:
        """Comparing two partners' notebooks, writing and releasing the feedback"""
        with Comparing(self.course, self.kit) as comparing:
            (made,) = make_pages(self.course, self.week, self.kit, comparing.sections, [PARTNER])
        self.partners_page = made.page
        self._nbgrader(ExchangeReleaseFeedback)

    def export(self) -> None:
        """Exporting the grades"""
        exporter = CsvExportPlugin(parent=self.app)
        exporter.to = str(self.course / "grades.csv")
        with Gradebook(self.app.coursedir.db_url, self.app.coursedir.course_id) as gradebook:
            exporter.export(gradebook)

    def report(self) -> None:
        """Showing the class"""
        self.page = write_report(self.course, self.kit, self.week).page

    def _nbgrader(self, exchange: type[Any], **settings: Any) -> None:
        """Run one of nbgrader's exchange steps as its own command does, without the command's start-up."""
        authenticator = Authenticator(parent=self.app)
        step = exchange(coursedir=self.app.coursedir, authenticator=authenticator, parent=self.app)
        for name, value in settings.items():
            setattr(step, name, value)
        step.start()

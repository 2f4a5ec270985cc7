"""One week of the demo's course: built, released, submitted, collected, graded, fed back and exported."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Callable, Sequence
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
from autograde.demo.submissions import Submission
from autograde.folders import lay_files
from autograde.nbgrader_plugin.collecting import LinklessCollect
from autograde.partner_pages import make_pages
from autograde.partner_pages.screen import Comparing
from autograde.partners import PAIRS, ROSTER, Pairs, pair, read_pairs, read_roster, write_pairs
from autograde.partners.enrolment import enrol
from autograde.places import COURSE_CONFIG, Kit
from autograde.weeks import Week, load_week

HandIn = Callable[[Week, bytes], list[Submission]]
Step = Callable[[str], None]


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
    """A week's steps in their order, each with nbgrader's own part for it.

    `hand_in` says what comes in, `shown` whose partners' pages are made, all unless there are any.
    """

    def __init__(self, kit: Kit, week: str, hand_in: HandIn, shown: Sequence[str] = ()) -> None:
        self.kit = kit
        self.week = week
        self.hand_in = hand_in
        self.shown = shown
        self.course = kit.instructor
        self.submissions: list[Submission] = []
        self.grades = CourseGrades(week)
        self.partners_page: Path | None = None

    def run(self, tell: Step) -> None:
        """Take all steps; `tell` hears which is being taken."""
        for step in self.steps:
            tell(step.__doc__ or "")
            step()

    @property
    def steps(self) -> Sequence[Callable[[], None]]:
        return (
            self.build,
            self.pair,
            self.release,
            self.submit,
            self.collect,
            self.grade,
            self.feed_back,
            self.export,
            self.report,
        )

    def build(self) -> None:
        """Building the notebook from its source"""
        os.environ["AUTOGRADE_ROOT"] = str(self.kit.root)
        self.build_notebook()
        self.app = configured(self.course)
        logging.getLogger("traitlets").setLevel(logging.CRITICAL)
        self.app.coursedir.assignment_id = self.week

    def build_notebook(self) -> None:
        """What `autograde build` does."""
        build([self.week], self.kit)

    def pair(self) -> None:
        """Bringing the roster into the gradebook, and making learning partners"""
        members = read_roster(self.course / ROSTER).members
        enrol(members, self.app.coursedir.db_url, self.app.coursedir.course_id)
        pairs = self.pairs()
        pairs.weeks[self.week] = pair(members, pairs, self.week)
        write_pairs(pairs, self.course / PAIRS)

    def pairs(self) -> Pairs:
        """Who worked with whom so far."""
        return read_pairs(self.course / PAIRS)

    def release(self) -> None:
        """Releasing it to the exchange"""
        self._nbgrader(ExchangeReleaseAssignment)

    def submit(self) -> None:
        """Fetching, filling in and submitting it, learner by learner"""
        week = load_week(self.kit.solutions / self.week)
        stub = (self.kit.exercises / self.week / f"{self.week}.ipynb").read_bytes()
        self.submissions = self.hand_in(week, stub)
        for submission in self.submissions:
            self.submit_one(submission)

    def submit_one(self, submission: Submission) -> None:
        """What one learner does."""
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
            made = make_pages(self.course, self.week, self.kit, comparing.sections, self.shown)
        self.partners_page = next((each.page for each in made if each.page), None)
        self.release_feedback()

    def release_feedback(self) -> None:
        """Releasing the feedback"""
        self._nbgrader(ExchangeReleaseFeedback)

    def export(self) -> None:
        """Exporting the grades"""
        exporter = CsvExportPlugin(parent=self.app)
        exporter.to = str(self.course / "grades.csv")
        with self.gradebook() as gradebook:
            exporter.export(gradebook)

    def report(self) -> None:
        """Showing the class"""
        self.page = write_report(self.course, self.kit, self.week).page

    def gradebook(self) -> Gradebook:
        """nbgrader's, to use in a `with` statement."""
        return Gradebook(self.app.coursedir.db_url, self.app.coursedir.course_id)

    def _nbgrader(self, exchange: type[Any], **settings: Any) -> None:
        """Run one of nbgrader's exchange steps as its own command does, without the command's start-up."""
        authenticator = Authenticator(parent=self.app)
        step = exchange(coursedir=self.app.coursedir, authenticator=authenticator, parent=self.app)
        for name, value in settings.items():
            setattr(step, name, value)
        step.start()

"""A class through all weeks: partners for a while, deadlines, questions graded by hand, and last pages."""

from __future__ import annotations

import subprocess
import sys
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from pathlib import Path
from random import Random

from autograde.classroom import write_report
from autograde.demo.cohort import Cohort
from autograde.demo.loop import Loop, temporary_kit
from autograde.demo.submissions import Submission, learners
from autograde.errors import Fault
from autograde.nbgrader_plugin.reports import weeks_of
from autograde.partners import ROSTER, Pairs
from autograde.partners.history import Group
from autograde.places import Kit
from autograde.term_pages import Made, make_term_pages

TOGETHER = 4  # weeks that partners stay together
SHOWN = "learner06"  # whose way is shown, of those that there are
Tell = Callable[[str, str], None]


@dataclass
class TermDemo:
    """What the demo's term made, and where; `learner` is one whose way is worth a look."""

    course: Path
    page: Path
    made: Made
    learner: str

    @property
    def partners(self) -> Group:
        """A group that this learner was in."""
        return next(group for group in self.made.pages if self.learner in group and len(group) > 1)

    @property
    def feedback(self) -> Path:
        """What this learner gets by nbgrader, the last pages at its end."""
        week = weeks_of(self.course, self.learner)[-1]
        return self.course / "feedback" / self.learner / week / f"{week}.html"


def run_term(
    kit: Kit, weeks: Sequence[str], folder: Path, size: int = 12, tell: Tell = lambda week, step: None
) -> TermDemo:
    """Run these weeks below `folder`, an empty one; `tell` hears of which week what is being done."""
    warnings.filterwarnings("ignore", category=Warning, module="sqlalchemy")
    temporary = temporary_kit(kit, folder)
    cohort = Cohort(weeks, size)
    (temporary.instructor / ROSTER).write_text(cohort.roster(), encoding="utf-8")
    learner = SHOWN if SHOWN in learners(size) else learners(size)[0]
    loops = {week: TermLoop(temporary, week, cohort.hand_in, [learner]) for week in weeks}
    for place, (before, week) in enumerate(pairwise(weeks), 1):
        loops[before].after = loops[week]
        loops[week].before = before if place % TOGETHER else ""
    for week, loop in loops.items():
        loop.run(partial(tell, week))
    tell("the term", "Making the last pages")
    made = make_term_pages(temporary.instructor, temporary)
    for week in made.weeks:
        loops[week].release_feedback()
    page = write_report(temporary.instructor, temporary).page
    return TermDemo(temporary.instructor, page, made, learner)


class TermLoop(Loop):
    """A week of a term: the deadline passes, and questions are graded by hand.

    Partners stay together from the week `before`, and that `after` is built while this one's partners are compared.
    """

    before: str = ""
    after: TermLoop | None = None
    _building: subprocess.Popen[str] | None = None

    def build_notebook(self) -> None:
        """What `autograde build` does, or has begun to do."""
        if self._building is None:
            super().build_notebook()
            return
        _, said = self._building.communicate()
        if self._building.returncode:
            raise Fault(said.strip().rstrip("."))

    def build_ahead(self) -> None:
        """Begin to build, in a process of its own."""
        command = [sys.executable, "-c", "from autograde.cli import main; main()", "build", self.week]
        self._building = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def pairs(self) -> Pairs:
        """Who worked with whom, those who stay together in this week already."""
        pairs = super().pairs()
        if self.before:
            pairs.weeks[self.week] = pairs.of(self.before)
        return pairs

    def submit_one(self, submission: Submission) -> None:
        """Let the deadline pass before what is late."""
        if submission.late:
            self._set_deadline()
        super().submit_one(submission)

    def collect(self) -> None:
        """Collecting the submissions"""
        self._set_deadline()
        super().collect()

    def _set_deadline(self) -> None:
        """Make it now, unless it has passed."""
        with self.gradebook() as gradebook:
            week = gradebook.find_assignment(self.week)
            week.duedate = week.duedate or datetime.now(UTC).replace(tzinfo=None)
            gradebook.db.commit()

    def feed_back(self) -> None:
        """Comparing two partners' notebooks, writing and releasing the feedback"""
        if self.after:
            self.after.build_ahead()
        super().feed_back()

    def grade(self) -> None:
        """Grading them, sealed; questions by hand"""
        super().grade()
        with self.gradebook() as gradebook:
            for submission in self.submissions:
                notebook = gradebook.find_submission_notebook(self.week, self.week, submission.learner)
                for grade in notebook.grades:
                    if grade.needs_manual_grade:
                        chance = Random(f"{submission.learner} {self.week}")
                        grade.manual_score = chance.choice((0.5, 1.0)) * grade.max_score
                        grade.needs_manual_grade = False
            gradebook.db.commit()

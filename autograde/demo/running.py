"""A class in different states, week by week."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from autograde.course import CourseGrades
from autograde.demo.loop import Loop, Step, temporary_kit
from autograde.demo.submissions import Submission, class_of, learners
from autograde.partners import ROSTER
from autograde.places import Kit

PARTNER = "learner03"  # of the class's pages those of this learner are shown


@dataclass
class Demo:
    """What the demo made, and where."""

    course: Path
    page: Path
    grades: CourseGrades
    submissions: list[Submission]
    partners_page: Path | None


def run_demo(
    kit: Kit, weeks: Sequence[str], folder: Path, size: int = 12, tell: Step = lambda step: None
) -> Demo:
    """Run the whole loop below `folder`, an empty one, week by week; `tell` hears what is being done."""
    warnings.filterwarnings("ignore", category=Warning, module="sqlalchemy")
    temporary = temporary_kit(kit, folder)
    (temporary.instructor / ROSTER).write_text(roster(learners(size)), encoding="utf-8")
    for week in weeks:
        loop = Loop(temporary, week, partial(class_of, size=size), [PARTNER])
        loop.run(tell if len(weeks) == 1 else partial(_tell_with_week, tell, week))
    return Demo(loop.course, loop.page, loop.grades, loop.submissions, loop.partners_page)


def roster(ids: Sequence[str]) -> str:
    """A class that is at ease with programming to different degrees."""
    lines = [f"{learner},{1 + number * 2 % 5}" for number, learner in enumerate(ids)]
    return "\n".join(["id,comfort", *lines, ""])


def _tell_with_week(tell: Step, week: str, step: str) -> None:
    tell(f"{week}: {step}")

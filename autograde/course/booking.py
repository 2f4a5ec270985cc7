"""nbgrader's bookkeeping in this process: its own Autograde, a submission at a time, without its start-up.

nbgrader deletes the old autograded folder before it makes the new one. Here the new one is made beside it and put
in its place when it is whole.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from typing import Any

from nbgrader.converters import Autograde
from nbgrader.utils import rmtree

from autograde.course.opening import Course
from autograde.grading import Graded
from autograde.nbgrader_plugin.judging import GRADERS
from autograde.nbgrader_plugin.submissions import SUFFIX, Submission

STAGING = ".autograding"


class Bookkeeper(Autograde):  # type: ignore[misc]  # nbgrader has no types
    """nbgrader's Autograde for submissions that are graded already; its errors come out as they are."""

    def __init__(self, course: Course) -> None:
        super().__init__(coursedir=course.coursedir, parent=course.app)
        self.survey = course.survey
        self._root = course.root
        self._autograded = course.autograded
        course.coursedir.autograded_directory = STAGING
        _remove(course.root / STAGING)
        self.start()

    def init_notebooks(self) -> None:
        """Nothing: `book` is told what to do."""

    def convert_notebooks(self) -> None:
        """Nothing: `start` is only to make exporter and writer."""

    def book(self, submission: Submission, graded: Graded | None) -> None:
        """Save scores, comments, penalties and the graded notebook of one submission."""
        if graded is not None:
            GRADERS.hand_over(graded)
        learner, week = submission.learner, submission.week
        source = self._format_source(week, learner)
        self.coursedir.student_id = learner
        self.notebooks = [os.path.join(source, week + SUFFIX)]
        try:
            with contextlib.chdir(self._root):
                self.run_pre_convert_hook()
                self.init_assignment(week, learner)
                for notebook in self.notebooks:
                    self.convert_single_notebook(notebook)
                self.set_permissions(week, learner)
                self._put_in_place(submission)
                self.run_post_convert_hook()
        finally:
            self.coursedir.student_id = "*"
            _remove(self._root / STAGING)

    def _put_in_place(self, submission: Submission) -> None:
        new = Path(self._format_dest(submission.week, submission.learner))
        place = Path(self.coursedir.format_path(self._autograded, submission.learner, submission.week))
        old = new.with_name(f"{submission.week}.old")
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.exists():
            place.rename(old)
        new.rename(place)

    def close(self) -> None:
        """Leave the course's settings as they were."""
        self.coursedir.autograded_directory = self._autograded


def _remove(folder: Path) -> None:
    if folder.exists():
        with contextlib.suppress(OSError):
            rmtree(str(folder))
        shutil.rmtree(folder, ignore_errors=True)


def describe(error: Exception) -> str:
    """An error of nbgrader's in a few words."""
    text: Any = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0]}" if text else type(error).__name__

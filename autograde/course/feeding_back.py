"""The feedback of a week, written by nbgrader with what our preprocessors put in, and taken away."""

from __future__ import annotations

import shutil
from contextlib import chdir
from pathlib import Path
from typing import Any

from nbgrader.converters import GenerateFeedback


def write_feedback(app: Any, root: Path) -> None:
    """Write the feedback of the week that nbgrader works on anew, for all whose notebooks are graded."""
    coursedir = app.coursedir
    if not any(root.glob(f"{coursedir.autograded_directory}/*/{coursedir.assignment_id}")):
        return
    converter = GenerateFeedback(coursedir=coursedir, parent=app)
    converter.force = True
    with chdir(root):
        converter.start()


def remove_feedback(app: Any, learner: str, week: str) -> None:
    """Take away what a learner would be handed out for a week."""
    coursedir = app.coursedir
    shutil.rmtree(coursedir.format_path(coursedir.feedback_directory, learner, week), ignore_errors=True)

"""A course folder as nbgrader sees it, and whether grading can start in it."""

from __future__ import annotations

import logging
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.apps.baseapp import NbGrader
from sqlalchemy.engine import make_url

from autograde.errors import Fault
from autograde.nbgrader_plugin.survey import Survey, look_at_class
from autograde.places import COURSE_CONFIG


@dataclass(frozen=True)
class Course:
    """A course folder with nbgrader's own configuration of it, and the submissions of one week."""

    root: Path
    week: str
    app: Any
    survey: Survey
    autograded: str  # nbgrader's name for the step that it keeps graded notebooks under

    @property
    def coursedir(self) -> Any:
        return self.app.coursedir


def open_course(folder: Path, week: str) -> Course:
    """The course in a folder. Fault where it isn't one, or where nothing could be saved in it."""
    root = folder.resolve()
    app = with_gradebook(root, week)
    _require_writable(root)
    survey = look_at_class(app.coursedir, app.log)
    if not survey.found:
        submitted = app.coursedir.submitted_directory
        raise Fault(
            f"there are no submissions of {week}", str(root / submitted), "run `nbgrader collect` first"
        )
    return Course(root, week, app, survey, app.coursedir.autograded_directory)


def with_gradebook(root: Path, week: str) -> Any:
    """nbgrader's application at work on a week. Fault where the folder isn't a course, or has no gradebook."""
    if not (root / COURSE_CONFIG).is_file():
        raise Fault(
            f"this is not a course folder: there is no {COURSE_CONFIG}",
            str(root),
            "change to one that has it",
        )
    app = configured(root)
    app.coursedir.assignment_id = week
    _require_gradebook(app.coursedir.db_url, week)
    return app


def configured(root: Path) -> Any:
    """nbgrader's application, with what it reads from its configuration files, but quiet."""
    app = NbGrader()
    app.load_cwd_config = False
    app.config_dir = str(root)
    app.log_level = logging.CRITICAL
    app.raise_config_file_errors = True
    search = sys.path[:]
    try:
        app.initialize([], root=str(root))
    except Exception as error:  # whatever a person's configuration may raise
        raise Fault(
            f"nbgrader's configuration fails ({error!r})", str(root / COURSE_CONFIG), "correct it"
        ) from error
    finally:
        sys.path[:] = search  # nbgrader puts the current folder first, which may be a learner's
    sys.path.append(str(root))
    return app


def _require_gradebook(db_url: str, week: str) -> None:
    url = make_url(db_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        remedy = f"run `nbgrader generate_assignment {week}` in the course folder first"
        raise Fault("there is no gradebook", url.database or db_url, remedy)


def _require_writable(root: Path) -> None:
    try:
        with tempfile.NamedTemporaryFile(dir=root, prefix=".autograde-") as probe:
            probe.write(b"x")
    except OSError as error:
        raise unwritable(error, root) from error


def unwritable(error: OSError, where: Path) -> Fault:
    """One sentence for a folder that is read-only or a disk that is full."""
    reason = (error.strerror or str(error)).lower()
    place = str(error.filename2 or error.filename or where)
    return Fault(
        f"it can't be written ({reason})", place, "make room or grant access, and run the command again"
    )

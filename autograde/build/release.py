"""nbgrader's own `generate_assignment`, in this process: its start-up costs seconds, so once for all."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autograde.errors import Fault
from autograde.places import COURSE_CONFIG, Kit, commands_found


def generate(weeks: Sequence[str], course: Path, kit: Kit, record: bool) -> None:
    """Fill `course/release` from `course/source`, by the rules of the kit's own nbgrader configuration.

    `record` tells the kit's gradebook of the assignments, as nbgrader needs before it can grade them.
    """
    config = _configuration(kit)
    config.CourseDirectory.setdefault("db_url", f"sqlite:///{kit.instructor.resolve() / 'gradebook.db'}")
    config.CourseDirectory.root = str(course)
    if not record:
        config.CourseDirectory.db_url = "sqlite://"
        config.SaveCells.enabled = False
        config.GenerateAssignment.no_database = True
    with commands_found():
        for week in weeks:
            _generate_one(week, config)


def _configuration(kit: Kit) -> Any:
    from traitlets.config import PyFileConfigLoader

    path = kit.instructor / COURSE_CONFIG
    if not path.is_file():
        raise Fault("nbgrader's configuration is missing", str(path), "restore it from the kit")
    try:
        return PyFileConfigLoader(COURSE_CONFIG, path=str(kit.instructor)).load_config()
    except Exception as error:  # whatever a person's configuration may raise
        raise Fault(f"nbgrader's configuration fails ({error!r})", str(path), "correct it") from error


def _generate_one(week: str, config: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nbgrader on today's SQLAlchemy warns a hundred times
        from nbgrader.converters import GenerateAssignment
        from nbgrader.converters.base import NbGraderException
        from nbgrader.coursedir import CourseDirectory

        log = logging.Logger("autograde.build")
        heard = _Heard(logging.ERROR)
        log.addHandler(heard)
        course = CourseDirectory(config=config, log=log)
        course.assignment_id = week
        try:
            GenerateAssignment(coursedir=course, config=config, log=log, force=True).start()
        except (NbGraderException, SystemExit) as error:
            raise _fault(week, heard.text, config) from error


def _fault(week: str, log: str, config: Any) -> Fault:
    if "submissions associated" in log:
        return Fault(
            "its graded cells changed, and the gradebook already has submissions of it",
            f"{config.CourseDirectory.db_url}: {week}",
            "undo the change of names, or move the gradebook away to start afresh",
        )
    lines = [line for line in log.splitlines() if line.strip()]
    errors = [line for line in lines if not line.startswith((" ", "Traceback", "There was", "Please"))]
    return Fault(f"nbgrader could not release it ({(errors or ['no reason given'])[0]})", week)


class _Heard(logging.Handler):
    """Keeps what nbgrader logs, for the sentence that tells of a failure."""

    text = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.text += record.getMessage() + "\n"

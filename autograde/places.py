"""Where the kit lies on this machine, and which weeks it has."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from autograde.errors import Fault

ROOMS = ("exercises", "solutions")
COURSE_CONFIG = "nbgrader_config.py"  # what makes a folder an nbgrader course
WEEK = re.compile(r"week\d\d")
WEEK_NUMBER = re.compile(r"(?:week[-_ ]?)?(\d{1,2})", re.IGNORECASE)


@dataclass(frozen=True)
class Kit:
    """The folders of one checkout. A learner's has no `solutions`."""

    root: Path

    @property
    def solutions(self) -> Path:
        return self.root / "solutions"

    @property
    def exercises(self) -> Path:
        return self.root / "exercises"

    @property
    def datasets(self) -> Path:
        return self.root / "datasets"

    @property
    def instructor(self) -> Path:
        return self.root / "instructor"


def kit(start: Path | None = None) -> Kit:
    """The kit that `start` (the current folder unless given) lies in.

    $AUTOGRADE_ROOT comes first, then the folders from `start` upward, then the checkout that this package
    was installed from.
    """
    named = os.environ.get("AUTOGRADE_ROOT")
    if named:
        root = Path(named).expanduser().resolve()
        if not any((root / room).is_dir() for room in ROOMS):
            raise Fault(
                "there is no `exercises` or `solutions` folder in it",
                f"AUTOGRADE_ROOT={named}",
                "set it to the folder that holds them, or unset it",
            )
        return Kit(root)
    here = (start or Path.cwd()).resolve()
    package = Path(__file__).resolve().parent.parent
    for folder in (here, *here.parents, package):
        if _has_weeks(folder):
            return Kit(folder)
    raise Fault(
        "neither this folder nor one above it holds the course's `exercises`",
        str(here),
        "change to the course's folder, or set AUTOGRADE_ROOT to it",
    )


def kit_with_solutions() -> Kit:
    """The kit, if it is an instructor's. Fault in a learner's, which has none of the weeks' solutions."""
    here = kit()
    if not here.solutions.is_dir():
        raise Fault(
            "this takes the weeks' solutions, which only your instructor has",
            str(here.root),
            "to check your own work run `pytest exercises`",
        )
    return here


def _has_weeks(folder: Path) -> bool:
    """Whether this is a kit. Somebody's own folder called `exercises` isn't one."""
    rooms = [folder / room for room in ROOMS]
    if (folder / "pyproject.toml").is_file() and (folder / "autograde").is_dir():
        return any(room.is_dir() for room in rooms)
    return any(week_names(room) for room in rooms)


def week_names(folder: Path) -> list[str]:
    """The weeks in a folder such as `solutions`, in order; none if it can't be read."""
    try:
        return sorted(path.name for path in folder.iterdir() if WEEK.fullmatch(path.name) and path.is_dir())
    except OSError:
        return []


def require_week(name: str, folder: Path | None = None) -> str:
    """The full name of the week that `week06`, `06` or `6` means, if `folder` has it.

    Without a folder: if the kit's `solutions` or `exercises` have it.
    """
    match = WEEK_NUMBER.fullmatch(name.strip())
    full = f"week{int(match.group(1)):02d}" if match else name
    if folder is not None:
        there = week_names(folder)
    else:
        found = kit()
        there = sorted({*week_names(found.solutions), *week_names(found.exercises)})
    if full in there:
        return full
    remedy = f"there are {', '.join(there)}" if there else "there is no week yet"
    raise Fault(f"there is no week called {name!r}", remedy=remedy)


@contextmanager
def commands_found() -> Iterator[None]:
    """For a new gradebook nbgrader calls `alembic`, which isn't found where no environment is activated."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before])
    try:
        yield
    finally:
        os.environ["PATH"] = before

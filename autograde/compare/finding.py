"""What the names on the command line mean: notebooks, learners of a course folder, the reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograde.compare.asking import Side
from autograde.errors import Fault
from autograde.notebook import read_submission
from autograde.places import COURSE_CONFIG, Kit

REFERENCE = "reference"


@dataclass
class Chosen:
    """The sides, where their notebooks lie, and whether the reference may say who is right."""

    sides: list[Side] = field(default_factory=list)
    paths: list[Path] = field(default_factory=list)
    reference: bool = True


def find_sides(names: Sequence[str], week: str, kit: Kit, course: Path) -> Chosen:
    """The sides of these names. Raises Fault where one means nothing here.

    Whoever has the solutions and names files is the author; where learners are named, the deadline decides.
    """
    chosen = Chosen(reference=(kit.solutions / week).is_dir())
    app = None
    for name in names:
        if name == REFERENCE:
            chosen.sides.append(Side(REFERENCE, None))
            continue
        path = Path(name)
        if not path.is_file():
            app = app or _course_app(course, week, name)
            path = _submitted(app, course, week, name)
        chosen.paths.append(path.resolve())
        chosen.sides.append(Side(_shown(name, names), _read(path)))
    if app is not None:
        from autograde.course.deadlines import deadline_of

        chosen.reference = deadline_of(app.coursedir, week).passed_for_everybody()
    return chosen


def _course_app(course: Path, week: str, name: str) -> Any:
    if not (course / COURSE_CONFIG).is_file():
        raise Fault("there is no such notebook", name, "name a file that exists")
    from autograde.course.opening import with_gradebook

    return with_gradebook(course.resolve(), week)


def _submitted(app: Any, course: Path, week: str, learner: str) -> Path:
    """A learner's notebook in a course folder."""
    from autograde.nbgrader_plugin.submissions import find_submission

    unknown = Fault(
        "this is neither a notebook nor a learner who handed one in", learner, f"look in {course}"
    )
    if Path(learner).name != learner:
        raise unknown
    folder = course.resolve() / app.coursedir.format_path(app.coursedir.submitted_directory, learner, week)
    found = find_submission(folder, learner, week, ())
    if found.notebook is None:
        raise unknown
    return found.notebook


def _shown(name: str, names: Sequence[str]) -> str:
    """A file by its name without its folder, as long as that tells it from the others."""
    stems = [Path(each).stem for each in names]
    return Path(name).stem if stems.count(Path(name).stem) == 1 else name


def _read(path: Path) -> bytes:
    try:
        return read_submission(path)
    except OSError as error:
        raise Fault(f"it can't be read ({error.strerror})", str(path), "check the file") from None

"""Reading a week's source, with every fault found in one go."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from autograde.errors import Fault, Faults
from autograde.folders import folders_of
from autograde.notebook import Cell, Percent, read_percent
from autograde.places import kit, require_week
from autograde.weeks.headers import LONGEST_GRADE_ID, cell_faults, grade_ids, points_of
from autograde.weeks.model import Exercise, Question, Week
from autograde.weeks.tested import test_faults

FIRST_CELL = "given-week"
FOR_TOOLS = re.compile(r"(  # (fmt: skip|noqa: [A-Z0-9, ]+))+$", re.MULTILINE)


def load_week(week: str | Path) -> Week:
    """The week of this name, or in this folder or file. Raises Faults, a line each, if anything is wrong."""
    path = _source_file(week)
    percent = read_percent(_text(path))
    faults = [Fault(what, f"{path}:{line}") for line, what in percent.faults]
    faults += [Fault(what, f"{path}:{line}") for line, what in _preamble_faults(percent)]
    sound: list[Cell] = []
    for cell in percent.cells:
        found = [Fault(what, f"{path}:{line}") for line, what in cell_faults(cell)]
        faults += found
        if not found:
            sound.append(cell)
    faults += _grade_id_faults(sound, path)
    loaded = _week(path, [_as_read(cell) for cell in percent.cells], [_as_read(cell) for cell in sound])
    faults += _folder_faults(loaded)
    faults += test_faults(loaded, _stated_names(percent.cells) - set(loaded.exercises))
    if faults:
        raise Faults(faults)
    return loaded


def _as_read(cell: Cell) -> Cell:
    """A cell without what is said in it to formatter and linter."""
    return replace(cell, source=FOR_TOOLS.sub("", cell.source))


def _stated_names(cells: list[Cell]) -> set[str]:
    return {str(cell.metadata["exercise"]) for cell in cells if "exercise" in cell.metadata}


def _folder_faults(week: Week) -> Iterator[Fault]:
    """A folder beside the source is what learners fill for the exercise of its name."""
    for name in folders_of(week.folder):
        if name not in week.exercises:
            what = f"this folder is named after no exercise of {week.name}"
            yield Fault(what, str(week.folder / name), "name it after one, or move it away")


def _source_file(week: str | Path) -> Path:
    if isinstance(week, str) and "/" not in week and not week.endswith(".py"):
        solutions = kit().solutions
        name = require_week(week, solutions)
        return solutions / name / f"{name}.py"
    path = Path(week)
    return path if path.suffix == ".py" else path / f"{path.resolve().name}.py"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise Fault("there is no such file", str(path), "write the week's source there") from None
    except (OSError, UnicodeDecodeError) as error:
        raise Fault(f"the file can't be read ({error})", str(path), "save it as UTF-8") from error


def _preamble_faults(percent: Percent) -> Iterator[tuple[int, str]]:
    """Before the first marker only comments may stand: they reach nobody."""
    for number, line in enumerate(percent.preamble.split("\n"), 1):
        if line.strip() and not line.startswith("#"):
            yield number, "code stands before the first cell; write a marker `# %%` above it"
            return
    if not percent.cells:
        yield 1, "the file has no cells; begin each with a line `# %%`"


def _grade_id_faults(cells: list[Cell], path: Path) -> Iterator[Fault]:
    taken = {FIRST_CELL: "the build's first cell"}
    for cell in cells:
        for grade_id in grade_ids(cell):
            where = f"{path}:{cell.line}"
            if grade_id in taken:
                yield Fault(f"`{grade_id}` is taken by {taken[grade_id]}", where, "choose another name")
            elif len(grade_id) > LONGEST_GRADE_ID:
                yield Fault(f"`{grade_id}` is longer than {LONGEST_GRADE_ID} characters", where, "shorten it")
            taken.setdefault(grade_id, f"line {cell.line}")


def _week(path: Path, cells: list[Cell], sound: list[Cell]) -> Week:
    exercises: dict[str, Exercise] = {}
    questions: dict[str, Question] = {}
    for cell in sound:
        name = cell.grade_id or ""
        if cell.role == "exercise":
            stretch = bool(cell.metadata.get("stretch", False))
            exercises[name] = Exercise(name, points_of(cell), stretch, cell.source, cell.line)
        elif cell.role == "question":
            questions[name] = Question(name, points_of(cell)[name], cell.source, cell.line)
    return Week(path.stem, path.parent, tuple(cells), exercises, questions)

"""What a cell's header may say, and what it must."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from typing import Any

from autograde.notebook import Cell, Unparsed, bound_names, parse
from autograde.weeks.regions import has_region, region_faults, stub_of

KEYS = {"exercise", "points", "stretch", "question", "tags", "given", "reflection"}
PURPOSES = ("exercise", "question", "given", "reflection")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
PART = re.compile(r"[A-Za-z0-9_-]+")
LONGEST_GRADE_ID = 58  # a cell's id has 64 characters at most, and `check-` goes in front

Found = Iterator[tuple[int, str]]


def cell_faults(cell: Cell) -> Found:
    """What is wrong with one cell, as (line of the file, sentence without its full stop)."""
    for key in sorted(set(cell.metadata) - KEYS):
        yield cell.line, f"the header has `{key}`; it may say {', '.join(sorted(KEYS))}"
    purposes = [purpose for purpose in PURPOSES if purpose in cell.metadata]
    if len(purposes) > 1:
        yield cell.line, f"a cell is either {' or '.join(purposes)}; make it one of them"
        return
    yield from _general_faults(cell, purposes)
    if purposes:
        yield from RULES[purposes[0]](cell)
    for number, sentence in region_faults(cell.source):
        yield cell.line + number, sentence


def _general_faults(cell: Cell, purposes: list[str]) -> Found:
    tags = cell.metadata.get("tags", [])
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        yield cell.line, 'tags is a list of words; write tags=["explore"]'
    if cell.kind == "code" and not purposes and "explore" not in cell.tags:
        yield cell.line, 'a code cell has no purpose; write exercise="...", given="..." or tags=["explore"]'
    if has_region(cell.source) and not set(purposes) & {"exercise", "question", "reflection"}:
        yield cell.line, "a solution region stands outside exercises and questions; take its markers out"
    for key in ("points", "stretch"):
        if key in cell.metadata and not set(purposes) & {"exercise", "question"}:
            yield cell.line, f"{key} belongs to an exercise; name it, or leave {key} out"
    if cell.kind == "code":
        tree = parse(cell.source)
        if isinstance(tree, Unparsed):
            yield cell.line + tree.line, f"this is not Python ({tree.message}); correct it"


def _exercise_faults(cell: Cell) -> Found:
    name = cell.metadata["exercise"]
    if not isinstance(name, str) or not NAME.fullmatch(name):
        yield cell.line, f"{name!r} can't be an exercise's name; use letters, digits and _"
        return
    if cell.kind != "code":
        yield cell.line, f"exercise {name} is not a code cell; leave [{cell.kind}] out"
    yield from _points_faults(cell, f"exercise {name}", parts_allowed=True)
    if not isinstance(cell.metadata.get("stretch", False), bool):
        yield cell.line, f"stretch of exercise {name} is true or false; write stretch=true"
    if not has_region(cell.source):
        markers = "### BEGIN SOLUTION and ### END SOLUTION"
        yield cell.line, f"exercise {name} has no solution region; put the solution between {markers}"
    elif isinstance(parse(stub_of(cell.source)), Unparsed):
        yield cell.line, f"the stub of exercise {name} is not Python; move the solution region's markers"
    if name not in bound_names(cell.source):
        yield cell.line, f"exercise {name} doesn't define {name}; give both the same name"


def _question_faults(cell: Cell) -> Found:
    name = cell.metadata["question"]
    if not isinstance(name, str) or not PART.fullmatch(name):
        yield cell.line, f"{name!r} can't be a question's name; use letters, digits, _ and -"
        return
    if cell.kind != "markdown":
        yield cell.line, f"question {name} is not prose; write [markdown] in front"
    if "stretch" in cell.metadata:
        yield cell.line, f"question {name} can't be a stretch; leave stretch out"
    yield from _points_faults(cell, f"question {name}", parts_allowed=False)
    if not has_region(cell.source):
        yield cell.line, f"question {name} has no solution region; put its rubric between the two markers"


def _given_faults(cell: Cell) -> Found:
    name = cell.metadata["given"]
    if not isinstance(name, str) or not PART.fullmatch(name):
        yield cell.line, f"{name!r} can't be a given cell's name; use letters, digits, _ and -"
    elif cell.kind != "code":
        yield cell.line, f"given {name} is not a code cell; prose needs no header"


def _reflection_faults(cell: Cell) -> Found:
    if cell.metadata["reflection"] is not True:
        yield cell.line, "reflection is true or left out; write reflection=true"
    if cell.kind != "code" or "reflection" not in bound_names(cell.source):
        yield cell.line, "the reflection is a code cell that assigns to reflection; write reflection = {...}"


RULES: dict[str, Callable[[Cell], Found]] = {
    "exercise": _exercise_faults,
    "question": _question_faults,
    "given": _given_faults,
    "reflection": _reflection_faults,
}


def _points_faults(cell: Cell, what: str, parts_allowed: bool) -> Found:
    points = cell.metadata.get("points")
    if points is None:
        yield cell.line, f"{what} has no points; write points=3 in its header"
    elif isinstance(points, dict) and parts_allowed:
        if not points:
            yield cell.line, f'{what} has no parts; write points={{"forward": 2}} or points=3'
        for part, value in points.items():
            if not PART.fullmatch(part):
                yield cell.line, f"{part!r} can't be a part's name; use letters, digits, _ and -"
            if not is_number(value):
                yield cell.line, f"points of {what}, part {part}, is {value!r}; write a number above 0"
    elif not is_number(points):
        yield cell.line, f"points of {what} is {points!r}; write a number above 0"


def is_number(value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and math.isfinite(value) and value > 0


def points_of(cell: Cell) -> dict[str, float]:
    """What each graded entry of a faultless exercise or question cell is worth."""
    name, points = (
        str(cell.metadata.get("exercise") or cell.metadata.get("question")),
        cell.metadata["points"],
    )
    if isinstance(points, dict):
        return {f"{name}-{part}": float(value) for part, value in points.items()}
    return {name: float(points)}


def grade_ids(cell: Cell) -> list[str]:
    """The grade ids that a faultless cell takes up in the built notebook, its check cells' included."""
    if cell.grade_id is None:
        return []
    checks = [f"check-{entry}" for entry in points_of(cell)] if "exercise" in cell.metadata else []
    return [cell.grade_id, *checks]

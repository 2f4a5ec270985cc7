"""Cells, and what each of them is for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

Kind = Literal["code", "markdown", "raw"]
Role = Literal["given", "exercise", "check", "question", "reflection", "explore", "prose", "own"]
LONGEST_NAME = 40
HEADING = re.compile(r"# (?:Week \d+ · )?(.+)")
ROLES: frozenset[str] = frozenset(get_args(Role))


@dataclass(frozen=True)
class Cell:
    """One cell as it was read.

    `grade_id` is nbgrader's, or the cell's own id where the metadata is gone: the build makes them equal.
    `index` is the position that a person counts, from 1. `line` is that of a percent file's marker, else 0.
    """

    kind: Kind
    source: str
    grade_id: str | None = None
    tags: tuple[str, ...] = ()
    metadata: dict[str, Any] = field(default_factory=dict)
    index: int = 0
    line: int = 0

    @property
    def label(self) -> str:
        """What a message calls it: an exercise's by its name as well, since no notebook numbers its cells so."""
        name = self.grade_id or ""
        named = self.role == "exercise" and name.isidentifier() and len(name) <= LONGEST_NAME
        return f"cell {self.index} ({name})" if named else f"cell {self.index}"

    @property
    def role(self) -> Role:
        return role_of(self)


@dataclass
class Notebook:
    """What could be read, and in sentences what couldn't."""

    cells: list[Cell] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def title_of(cells: Iterable[Cell], week: str) -> str:
    """What the first heading says behind the number of the week; the week's name where there is none."""
    headings = (HEADING.match(cell.source) for cell in cells if cell.kind == "markdown")
    return next((heading[1] for heading in headings if heading), week)


def role_of(cell: Cell) -> Role:
    """What a cell is for, by its metadata; a code cell that says nothing is the learner's own."""
    ours = cell.metadata.get("autograde")
    named = ours.get("role") if isinstance(ours, dict) else None
    if isinstance(named, str) and named in ROLES:
        return named  # type: ignore[return-value]  # mypy can't narrow by membership
    for key in ("exercise", "question", "given", "reflection"):
        if cell.line and key in cell.metadata:
            return key
    return _role_by_grade_id(cell)


def _role_by_grade_id(cell: Cell) -> Role:
    grade_id = cell.grade_id or ""
    if "explore" in cell.tags:
        return "explore"
    if grade_id.startswith("check-"):
        return "check"
    if grade_id.startswith("given-"):
        return "given"
    if grade_id == "reflection":
        return "reflection"
    return "prose" if cell.kind != "code" else "own"

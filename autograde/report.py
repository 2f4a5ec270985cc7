"""The outcome of grading one submission: plain data that every room passes on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Outcome = Literal["passed", "failed", "error", "timeout"]
Status = Literal["done", "failing", "todo", "missing"]
TESTING = "break_"  # an exercise is called so, and then by the other that it asks for a test of

# Control characters, but for tab and newline; those that turn the direction of writing; halves of characters. They
# come in by messages and file names, could order a terminal about, and some can't be written to a file.
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
LONGEST_TEXT = 10_000


def printable(text: str) -> str:
    """A text of a learner's, fit to be shown on any screen and written to any file."""
    cut = text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]} …"
    return UNPRINTABLE.sub("\ufffd", cut)


def status_of(tests: int, held: int, todo: int, defined: bool, untouched: bool) -> Status:
    """How an exercise stands: `held` of its tests hold and `todo` met NotImplementedError.

    `defined` says whether the notebook defines it, `untouched` whether its cell is still the stub.
    """
    if tests and held == tests:
        return "done"
    if untouched:
        return "todo"
    if not defined:
        return "missing"
    return "todo" if tests and held + todo == tests else "failing"


def share_of(tests: Iterable[tuple[bool, bool]]) -> float:
    """The share of tests that hold, each given as (gate, held); nothing if a gate doesn't hold."""
    outcomes = list(tests)
    if any(gate and not held for gate, held in outcomes):
        return 0.0
    counted = [held for gate, held in outcomes if not gate]
    return sum(counted) / len(counted) if counted else 0.0


@dataclass
class PropertyReport:
    """What one check or hidden property said."""

    sentence: str
    hidden: bool
    outcome: Outcome
    example: str | None = None
    got: str | None = None
    expected: str | None = None
    message: str | None = None
    misconception: str | None = None

    def __post_init__(self) -> None:
        for name in ("example", "got", "expected", "message"):
            text = getattr(self, name)
            if text is not None:
                setattr(self, name, printable(text))


@dataclass
class ExerciseReport:
    """One exercise, or one part of it (`Value-forward`), and all that was asked of it."""

    name: str
    status: Status
    stretch: bool
    points: float
    max_points: float
    properties: list[PropertyReport] = field(default_factory=list)


@dataclass
class Report:
    """One graded submission. `points` and `max_points` leave the stretch exercises out."""

    week: str
    submission: str
    suite: str
    seed: int
    points: float
    max_points: float
    sealed: list[str]
    exercises: list[ExerciseReport]
    problems: list[str]

    def __post_init__(self) -> None:
        self.problems = [printable(problem) for problem in self.problems]

    def to_json(self) -> str:
        """One JSON document on one line, the same bytes for the same report."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=False)

    @classmethod
    def from_json(cls, text: str) -> Report:
        data: dict[str, Any] = json.loads(text)
        exercises = [
            ExerciseReport(**{**entry, "properties": [PropertyReport(**p) for p in entry["properties"]]})
            for entry in data.pop("exercises")
        ]
        return cls(exercises=exercises, **data)

    @property
    def complete(self) -> bool:
        """Whether every exercise that counts is done."""
        return all(entry.status == "done" for entry in self.exercises if not entry.stretch)

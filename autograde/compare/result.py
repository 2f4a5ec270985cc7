"""The outcome of comparing notebooks: plain data that page, terminal and JSON are made from."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from autograde.explaining import Standing


@dataclass
class Difference:
    """The smallest call found on which outcomes differ, with the outcome of each side.

    `groups` has a number for each side, the same where outcomes agree. `right` says with whom the reference
    agrees, None where it wasn't asked. `of_kind` tells differences of kind from those of value, and `free` says that
    the test which showed it holds for all.
    """

    call: str
    results: list[str]
    groups: list[int]
    of_kind: bool
    sentence: str
    right: list[bool] | None = None
    free: bool = False


@dataclass
class Work:
    """What one and the same call costs: torch operations by side and size; time and memory as shares of the least."""

    sizes: list[int]
    operations: list[list[int]]
    time: list[float]
    memory: list[float]


@dataclass
class CodeLine:
    """A line of each of two sides, None where one has nothing beside the other's."""

    left: str | None
    right: str | None

    @property
    def same(self) -> bool:
        """Whether both say the same."""
        return self.left == self.right


@dataclass
class CodePair:
    """An exercise's code of two sides, by their places, line beside line, without comments."""

    left: int
    right: int
    lines: list[CodeLine]

    @property
    def changed(self) -> int:
        """How many lines differ."""
        return sum(not line.same for line in self.lines)


@dataclass
class Compared:
    """One exercise. `calls` is how many were compared; `kind` is a difference of harmless kind."""

    name: str
    stretch: bool
    standings: list[Standing]
    calls: int = 0
    difference: Difference | None = None
    kind: Difference | None = None
    work: Work | None = None
    code: list[CodePair] = field(default_factory=list)


@dataclass
class Broken:
    """A side's test of an exercise on another side's code: what it raised, None if it lets it pass."""

    test: str
    by: int
    on: int
    raised: str | None


@dataclass
class Notebook:
    """One side: its name, and in sentences what could not be read or run."""

    name: str
    problems: list[str] = field(default_factory=list)


@dataclass
class Comparison:
    """Two or three notebooks of a week. `reference` says whether the reference was asked who is right."""

    week: str
    seed: int
    sealed: list[str]
    reference: bool
    sides: list[Notebook]
    exercises: list[Compared] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    talk: list[str] = field(default_factory=list)
    prompts: str = ""

    @property
    def names(self) -> list[str]:
        """What the sides are called."""
        return [side.name for side in self.sides]

    def to_json(self) -> str:
        """One JSON document on one line."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Comparison:
        data: dict[str, Any] = json.loads(text)
        data["sides"] = [Notebook(**side) for side in data["sides"]]
        data["exercises"] = [_compared(each) for each in data["exercises"]]
        data["broken"] = [Broken(**each) for each in data["broken"]]
        return cls(**data)


def _compared(fields: dict[str, Any]) -> Compared:
    for name, kind in (("difference", Difference), ("kind", Difference), ("work", Work)):
        fields[name] = kind(**fields[name]) if fields[name] else None
    fields["code"] = [
        CodePair(pair["left"], pair["right"], [CodeLine(**line) for line in pair["lines"]])
        for pair in fields["code"]
    ]
    return Compared(**fields)

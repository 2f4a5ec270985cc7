"""What an audit finds, as plain data."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

LEAST_KILLED = 0.97


@dataclass(frozen=True)
class Finding:
    """One thing that falls short: the row of the audit, and a sentence with its place."""

    row: str
    exercise: str
    sentence: str


@dataclass(frozen=True)
class Survivor:
    """A mutant that every test let pass."""

    where: str
    within: str
    operator: str
    diff: str
    record: str


@dataclass(frozen=True)
class TestCost:
    """What one test costs: examples, and seconds of computing for all of them."""

    sentence: str
    hidden: bool
    examples: int
    seconds: float


@dataclass
class ExerciseAudit:
    """How the tests of one exercise stood."""

    name: str
    made: int = 0
    tried: int = 0
    killed: int = 0
    recorded: int = 0
    survivors: list[Survivor] = field(default_factory=list)
    misconceptions: int = 0
    caught: int = 0
    diagnosed: int = 0
    misdiagnosed: int = 0
    alternatives: int = 0
    soaked: int = 0
    tests: list[TestCost] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def kill_rate(self) -> float:
        """The share of the tried mutants that a test killed; 1 where there were none."""
        return self.killed / self.tried if self.tried else 1.0

    def falls_short(self, row: str, sentence: str) -> None:
        """Note a finding."""
        self.findings.append(Finding(row, self.name, sentence))


@dataclass
class WeekAudit:
    """How the tests of a week stood."""

    week: str
    exercises: list[ExerciseAudit]
    seeds: int
    seconds: float = 0.0
    findings: list[Finding] = field(default_factory=list)

    @property
    def all_findings(self) -> list[Finding]:
        """Those of the week as a whole, then those of its exercises."""
        return [*self.findings, *(finding for each in self.exercises for finding in each.findings)]

    @property
    def tried(self) -> int:
        """How many mutants were run and counted."""
        return sum(each.tried for each in self.exercises)

    @property
    def killed(self) -> int:
        """How many of them a test killed."""
        return sum(each.killed for each in self.exercises)

    @property
    def kill_rate(self) -> float:
        """The week's share of killed mutants."""
        return self.killed / self.tried if self.tried else 1.0

    @property
    def clean(self) -> bool:
        """Whether nothing falls short."""
        return not self.all_findings and self.kill_rate >= LEAST_KILLED

    @property
    def false_failure_bound(self) -> float | None:
        """With 95 % confidence the rate of false failures is below this, given as many clean seeds."""
        return 1 - 0.05 ** (1 / self.seeds) if self.seeds else None

    def to_json(self) -> str:
        """All of it, as one JSON document."""
        fields: dict[str, Any] = asdict(self)
        for plain, each in zip(fields["exercises"], self.exercises, strict=True):
            plain["kill_rate"] = round(each.kill_rate, 4)
        fields |= {
            "tried": self.tried,
            "killed": self.killed,
            "kill_rate": round(self.kill_rate, 4),
            "false_failure_bound": self.false_failure_bound,
            "clean": self.clean,
        }
        return json.dumps(fields, ensure_ascii=False)

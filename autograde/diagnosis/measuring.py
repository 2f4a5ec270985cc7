"""How well diagnosis does: `python -m autograde.diagnosis week06` lets every misconception be a learner."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autograde.diagnosis.naming import PASSED, Row, agreeing, diagnose
from autograde.diagnosis.table import Misconceptions
from autograde.judge.whole import reference_learner, whole_suite
from autograde.weeks import Week


@dataclass(frozen=True)
class Diagnosed:
    """What is said of one misconception when a learner has it: by the judge, and by what learners have.

    `alike` are the others that the tests can't tell from it, `unseen` says that it fails no test, or no check.
    """

    exercise: str
    name: str
    judged: str | None
    checked: str | None
    alike: tuple[str, ...] = ()
    unseen: tuple[bool, bool] = (False, False)


@dataclass(frozen=True)
class Figures:
    """Of how many misconceptions how many are named, and how many are taken for another."""

    all: int
    named: int
    mistaken: int

    @property
    def share(self) -> float:
        """The share that is diagnosed as itself."""
        return self.named / self.all if self.all else 1.0


def ready(week: Week, seed: int = 0) -> Misconceptions:
    """The misconceptions of a week, with suite and reference."""
    return Misconceptions(week, whole_suite(week, seed), reference_learner(week), seed)


def measure(misconceptions: Misconceptions, exercises: Sequence[str] = ()) -> Iterator[Diagnosed]:
    """Diagnose each misconception as if a learner had handed it in."""
    for exercise in exercises or misconceptions.week.exercises:
        with misconceptions.table(exercise) as lazy:
            table = {name: dict(row) for name, row in lazy.items()}
        keys = {test.key for test in misconceptions.tests(exercise, checks_only=True)}
        checks = {
            name: {key: mark for key, mark in row.items() if key in keys} for name, row in table.items()
        }
        for name, row in table.items():
            seen = _seen(row)
            alike = tuple(other for other in agreeing(seen, table) if other != name)
            unseen = _passes(row), _passes(checks[name])
            said = diagnose(seen, table), diagnose(_seen(checks[name]), checks)
            yield Diagnosed(exercise, name, *said, alike, unseen)


def figures(diagnosed: Sequence[Diagnosed], *, checks_only: bool = False) -> Figures:
    """The two shares, as counts, for the judge or for what learners have."""
    said = [(each.name, each.checked if checks_only else each.judged) for each in diagnosed]
    named = sum(name == told for name, told in said)
    return Figures(len(said), named, sum(told not in (None, name) for name, told in said))


def _seen(row: Row) -> dict[str, tuple[str, ...]]:
    return {test: (mark,) if mark else () for test, mark in row.items()}


def _passes(row: Row) -> bool:
    return set(row.values()) <= {PASSED}

"""One comparison from its sides' notebooks: behaviour, work, code, tests on each other's code, what to talk about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from autograde.compare.behaviour import Comparing
from autograde.compare.code import code_pairs
from autograde.compare.crossing import tests_on_each_other
from autograde.compare.result import Compared, Comparison, Notebook
from autograde.compare.talking import prompts_of, to_talk_about
from autograde.compare.team import Held, Known, Member, holds
from autograde.compare.work import work_of
from autograde.explaining import Standing
from autograde.judge.examples import drawn
from autograde.judge.suite import Suite
from autograde.judge.tests import Test
from autograde.judge.worker import LoadableLearner
from autograde.learner import Learner
from autograde.notebook import Notebook as Cells
from autograde.report import status_of

MOST_STOPS = 2


@dataclass(frozen=True)
class Table:
    """What is needed to compare notebooks of a week; reference and master only where the solutions are at hand.

    An exercise that is a folder isn't compared: `folders` has their names.
    """

    suite: Suite
    tests: list[Test]
    seed: int
    new_learner: Callable[[], LoadableLearner]
    sealed: list[str]
    reference: Learner | None = None
    right: Learner | None = None
    master: Cells | None = None
    source: Cells | None = None
    folders: tuple[str, ...] = ()

    def compare(
        self, sides: Sequence[tuple[str, bytes | None]], *, hidden: bool, arbiter: bool
    ) -> Comparison:
        """Compare two or three sides, each a name and a notebook, or None for the reference."""
        members = [self._member(*side) for side in sides]
        asks = arbiter and all(data is not None for _, data in sides)
        checks = [test for test in self.tests if not test.hidden]
        table = self if hidden else replace(self, tests=checks, reference=None)
        session = Session(table, members, self.right if asks else None)
        try:
            exercises = [session.compared(name) for name in self._exercises()]
            broken = list(tests_on_each_other(self._exercises(), members, session.there))
        finally:
            for member in members:
                member.learner.close()
        comparison = Comparison(
            week=self.suite.week,
            seed=self.seed,
            sealed=self.sealed,
            reference=asks and self.right is not None,
            sides=[Notebook(member.name, member.problems) for member in members],
            exercises=exercises,
            broken=broken,
            prompts=prompts_of([*([self.master] if self.master else []), *(m.notebook for m in members)]),
        )
        comparison.talk = to_talk_about(comparison)
        return comparison

    def _member(self, name: str, data: bytes | None) -> Member:
        if data is not None:
            return Member(name, data, self.master, self.new_learner, self.folders)
        assert self.right is not None and self.source is not None
        return Known(name, self.source, self.right)

    def _exercises(self) -> list[str]:
        names = dict.fromkeys(entry.exercise for entry in self.suite.entries)
        return [name for name in names if name not in self.folders]

    def kept(self, test: Test) -> list[bytes]:
        """A test's examples: those kept, or drawn now."""
        return self.suite.kept.get(test.key) or drawn(test, self.seed)


class Session:
    """Two or three sides while they are compared."""

    def __init__(self, table: Table, members: Sequence[Member], arbiter: Learner | None) -> None:
        self._table = table
        self._members = members
        self._untouched = [member.untouched(table.suite) for member in members]
        self._comparing = Comparing(members, table.reference, arbiter, table.seed)

    def compared(self, name: str) -> Compared:
        """Compare one exercise."""
        table, members = self._table, self._members
        tests = [test for test in table.tests if test.exercise == name]
        verdicts = [self._verdicts(place, name, tests) for place in range(len(members))]
        standings = [self._standing(place, name, each) for place, each in enumerate(verdicts)]
        stretch = next(entry.stretch for entry in table.suite.entries if entry.exercise == name)
        found = Compared(name, stretch, standings)
        if {"todo", "missing"}.isdisjoint(standings):
            for_all = [all(each[place] == "held" for each in verdicts) for place in range(len(tests))]
            behaviour = self._comparing.behaviour(name, [*zip(tests, for_all, strict=True)], table.kept)
            found.calls, found.difference, found.kind = behaviour.calls, behaviour.difference, behaviour.kind
            for member in members:
                member.renew()
            found.work = work_of(name, [member.learner for member in members], behaviour.largest)
            found.code = code_pairs(name, [member.notebook for member in members])
        return found

    def there(self, place: int, name: str) -> bool:
        """Whether a side has something to be run under this name."""
        return self._members[place].learner.has(name) and name not in self._untouched[place]

    def _verdicts(self, place: int, name: str, tests: Sequence[Test]) -> list[Held]:
        """What each test says of one side; a stub is asked one, and what was stopped twice no more."""
        member, said, lost = self._members[place], list[Held](), 0
        for test in tests:
            member.renew()
            stub = name in self._untouched[place] and "todo" in said
            if stub or lost >= MOST_STOPS:
                said.append("todo" if stub else "failed")
                continue
            said.append(holds(test, member.learner, self._table.reference, self._table.kept(test)))
            lost += member.learner.ended
        member.renew()
        return said

    def _standing(self, place: int, name: str, said: Sequence[Held]) -> Standing:
        defined = self._members[place].learner.has(name)
        if defined and not said:
            return "unchecked"
        held, todo = said.count("held"), said.count("todo")
        return status_of(len(said), held, todo, defined, name in self._untouched[place] and not held)

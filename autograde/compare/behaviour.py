"""Whether the sides of a comparison ever differ in an exercise, and the smallest input found on which they do."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from autograde.compare.result import Difference
from autograde.compare.team import Member
from autograde.compare.twin import Asked, Differs, Twin, Undone, agree
from autograde.judge.examples import exploring
from autograde.judge.tests import Test
from autograde.learner import Learner, LearnerStopped
from autograde.learner.wire import WireError, decode, encode
from autograde.show import show, show_arguments

SHRINK_RUNS = 250
SHRINK_SECONDS = 10.0
SEARCHED = 60  # examples of a check, where there are no properties


@dataclass
class Behaviour:
    """What comparing an exercise came to. `largest` are the largest calls that all sides answer alike."""

    calls: int = 0
    difference: Difference | None = None
    kind: Difference | None = None
    largest: list[Asked] = field(default_factory=list)


@dataclass(frozen=True)
class Sighting:
    """An example on which outcomes differ, and how."""

    test: Test
    frame: bytes
    differs: Differs


class _Found(Exception):
    """A difference as Hypothesis must see it to make it smaller."""


class _Enough(BaseException):
    """Ends a Hypothesis run from within."""


@dataclass
class Comparing:
    """What is compared with what: the sides, and for hidden properties the reference, which isn't asked who is right.

    `arbiter` is, where it is there.
    """

    members: Sequence[Member]
    reference: Learner | None
    arbiter: Learner | None
    seed: int

    def behaviour(
        self, exercise: str, tests: Sequence[tuple[Test, bool]], kept: Callable[[Test], list[bytes]]
    ) -> Behaviour:
        """Compare one exercise by its tests' examples, up to the first difference that isn't harmless.

        Each test comes with whether it holds for all sides; those that don't are asked first.
        """
        found = Behaviour()
        harmless: Sighting | None = None
        for test, free in sorted(tests, key=lambda each: each[1]):
            twin = self._twin(exercise)
            first = self._first(test, twin, kept(test))
            if harmless is None and twin.kind_seen:
                harmless = self._kept(test, self._twin(exercise, harmless=True), kept(test))
            found.calls += twin.compared
            found.largest = _largest([*found.largest, *twin.largest])
            if first is not None:
                found.difference = self._told(self._smallest(first, twin), exercise, ask=not free)
                found.difference.free = free
                break
        if harmless is not None:
            twin = self._twin(exercise, harmless=True)
            found.kind = self._told(self._smallest(harmless, twin), exercise, ask=False)
        return found

    def _twin(self, exercise: str, *, harmless: bool = False) -> Twin:
        for member in self.members:
            member.renew()
            member.learner.begin_test()
        return Twin([member.learner for member in self.members], exercise, harmless)

    def _first(self, test: Test, twin: Twin, kept: Sequence[bytes]) -> Sighting | None:
        """The first example on which outcomes differ: of those that were kept, then of more that are drawn."""
        seen = self._kept(test, twin, kept)
        if seen or self.reference is not None or not test.strategies or twin.compared == 0:
            return seen

        def body(arguments: dict[str, Any]) -> None:
            nonlocal seen
            seen = self._run(test, twin, encode(arguments))
            if seen is not None or _ended(twin):
                raise _Enough

        with suppress(Exception, _Enough):
            exploring(replace(test, max_examples=SEARCHED), self.seed + 1, body)()
        return seen

    def _kept(self, test: Test, twin: Twin, kept: Sequence[bytes]) -> Sighting | None:
        for frame in kept:
            seen = self._run(test, twin, frame)
            if seen is not None or _ended(twin):
                return seen
        return None

    def _run(self, test: Test, twin: Twin, frame: bytes) -> Sighting | None:
        """Run a test once; what it says itself doesn't matter."""
        try:
            test.run(twin, self.reference, decode(frame))
        except Differs as differs:
            return Sighting(test, frame, differs)
        except (Exception, SystemExit, Undone, LearnerStopped):
            return None
        return None

    def _smallest(self, first: Sighting, twin: Twin) -> Sighting:
        """The smallest example that Hypothesis finds in its budget; what ended a process isn't tried again."""
        test = first.test
        best, left, started = first, SHRINK_RUNS + test.max_examples, time.monotonic()
        if not test.strategies or _ended(twin):
            return first
        for side in twin.sides:
            side.begin_test()

        def body(arguments: dict[str, Any]) -> None:
            nonlocal best, left
            left -= 1
            seen = self._run(test, twin, encode(arguments))
            if left < 0 or time.monotonic() - started > SHRINK_SECONDS or _ended(twin):
                raise _Enough
            if seen is not None and seen.differs.apart.nature == first.differs.apart.nature:
                best = seen
                raise _Found

        examples = max(test.max_examples, SEARCHED)
        with suppress(Exception, _Enough):
            exploring(replace(test, max_examples=examples), self.seed, body, shrink=True)()
        return best

    def _told(self, seen: Sighting, exercise: str, *, ask: bool) -> Difference:
        """A difference as plain data, with who is right if that is to be asked."""
        call, outcomes, apart = seen.differs.call, seen.differs.outcomes, seen.differs.apart
        right = None
        if ask and self.arbiter is not None:
            self.arbiter.begin()
            known = call.of(self.arbiter)
            right = [agree(each, known, exercise) for each in outcomes]
        groups: list[int] = []
        for place, outcome in enumerate(outcomes):
            same = (at for at in range(place) if agree(outcomes[at], outcome, exercise))
            groups.append(next((groups[at] for at in same), max(groups, default=-1) + 1))
        results = [outcome.shown() for outcome in outcomes]
        of_kind = apart.nature != "value"
        return Difference(
            shown(call, exercise, decode(seen.frame)), results, groups, of_kind, apart.sentence, right
        )


def _ended(twin: Twin) -> bool:
    return any(side.ended for side in twin.sides)


def shown(call: Asked, exercise: str, drawn: dict[str, Any]) -> str:
    """`decode([1, 0], {0: 'a'})`; of a driver what was drawn for it, for its name is the test's own matter."""
    try:
        args, kwargs = call.arguments()
    except WireError:  # a value, and no call
        return exercise
    if call.source is not None:
        used = drawn or {f"argument {place}": value for place, value in enumerate(args, 1)}
        return f"{exercise}, used with\n{show_arguments(used)}" if used else exercise
    text = f"{exercise}("
    for number, (name, value) in enumerate([*(("", arg) for arg in args), *kwargs.items()]):
        text += (", " if number else "") + (f"{name}=" if name else "")
        text += show(value).replace("\n", "\n" + " " * (len(text) - text.rfind("\n") - 1))
    return f"{text})"


def _largest(calls: list[Asked]) -> list[Asked]:
    return sorted(calls, key=lambda each: -len(each.frame))[:3]

"""Verdicts to exercises: runs a suite's tests against a learner, and says how each entry stands."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from time import process_time
from typing import Protocol

from autograde.judge.breaking import alone, occasions
from autograde.judge.replay import Verdict, run_test
from autograde.judge.suite import Entry, Suite
from autograde.judge.tests import Test
from autograde.learner import Learner
from autograde.picture import Picture
from autograde.report import ExerciseReport, Outcome, PropertyReport, share_of, status_of

FRESH_LEARNERS = 3


class Said(Protocol):
    """What is needed of a verdict, here or as it came from another process."""

    @property
    def todo(self) -> bool: ...

    @property
    def entry(self) -> str: ...

    @property
    def gate(self) -> bool: ...

    @property
    def outcome(self) -> Outcome: ...

    def report(self) -> PropertyReport: ...


@dataclass(frozen=True)
class Judged:
    """A verdict as plain data, which travels between processes."""

    key: str
    entry: str
    todo: bool
    gate: bool
    plain: PropertyReport
    marks: tuple[str, ...] = ()
    picture: Picture | None = None

    @property
    def outcome(self) -> Outcome:
        """How the test ended."""
        return self.plain.outcome

    def report(self) -> PropertyReport:
        """What it said."""
        return self.plain


def run_suite(
    suite: Suite,
    tests: Iterable[Test],
    learners: Callable[[], Learner],
    reference: Learner,
    seed: int = 0,
    held: Collection[str] = (),
) -> Iterator[Verdict]:
    """Run tests one after the other; a fresh learner takes the place of one that is gone.

    An exercise whose code ended more than FRESH_LEARNERS learners fails its remaining tests unrun. What must hold
    of fresh learners as well is asked before, and said at the end, if it doesn't and the test itself held; `held`
    are keys of tests that an earlier run passed.
    """
    wanted = [*tests]
    learner = learners()
    lost: dict[str, int] = {}
    passed = {test.key: test for test in suite.tests if test.key in held}
    unprepared: dict[str, Verdict] | None = None
    breaking = _still_open(suite, {test.key for test in wanted}.union(held))

    def fresh() -> Learner:
        nonlocal learner
        learner.close()
        learner = learners()
        return learner

    try:
        for test in wanted:
            if lost.get(test.exercise, 0) >= FRESH_LEARNERS:
                message = f"{test.exercise} was stopped {FRESH_LEARNERS} times before, so this was not tried"
                yield Verdict(test, "timeout", message=message)
                continue
            if test.alone is not None and unprepared is None:
                unprepared = _failed_unprepared(breaking, suite, learner.lot, fresh, reference, seed)
            started = process_time()
            verdict = run_test(test, learner, reference, suite.kept.get(test.key, []), seed)
            verdict.seconds = process_time() - started
            yield verdict
            passed |= {test.key: test} if verdict.outcome == "passed" else {}
            lost[test.exercise] = lost.get(test.exercise, 0) + verdict.gone
            if verdict.gone or verdict.spent or learner.ended:  # while the smallest example was sought, say
                fresh()
        if unprepared is None and any(test.alone is not None for test in passed.values()):
            unprepared = _failed_unprepared(breaking, suite, learner.lot, fresh, reference, seed)
        said = {
            verdict.test.exercise: verdict for key, verdict in (unprepared or {}).items() if key in passed
        }
        yield from said.values()
    finally:
        learner.close()


def _still_open(suite: Suite, asked: Collection[str]) -> dict[str, list[Test]]:
    """The tests of learners' tests by exercise, but where the gate is lost: what ended one run would end the next."""
    found: dict[str, list[Test]] = {}
    for test in suite.tests:
        if test.alone is not None:
            found.setdefault(test.exercise, []).append(test)
    return {
        name: tests for name, tests in found.items() if any(test.gate and test.key in asked for test in tests)
    }


def _failed_unprepared(
    breaking: dict[str, list[Test]],
    suite: Suite,
    lot: str,
    fresh: Callable[[], Learner],
    reference: Learner,
    seed: int,
) -> dict[str, Verdict]:
    """What fresh learners' tests of others' code decided wrongly, by the keys of the tests; a fresh learner is left.

    One that ends its process is asked on in another, and not at all after FRESH_LEARNERS: that counts as wrong.
    """
    failed: dict[str, Verdict] = {}
    for tests in breaking.values():
        ended = 0
        for asked in occasions(tests, lot):
            learner = fresh()
            for test in asked:
                if ended < FRESH_LEARNERS:
                    verdict = run_test(alone(test), learner, reference, suite.kept.get(test.key, []), seed)
                failed |= {test.key: verdict} if verdict.outcome != "passed" else {}
                if verdict.gone or verdict.spent or learner.ended:
                    ended += 1
                    learner = fresh()
            if all(test.key in failed and failed[test.key].todo for test in asked):
                break
    fresh()
    return failed


def exercise_reports(
    suite: Suite, verdicts: Iterable[Said], has: Callable[[str], bool], untouched: set[str]
) -> list[ExerciseReport]:
    """How each entry stands: points in the share of its tests that held.

    `has` says whether the notebook defines a name, `untouched` holds exercises whose cell is still the stub.
    """
    by_entry: dict[str, list[Said]] = {entry.name: [] for entry in suite.entries}
    for verdict in verdicts:
        by_entry[verdict.entry].append(verdict)
    return [_report(entry, by_entry[entry.name], has, untouched) for entry in suite.entries]


def _report(
    entry: Entry, verdicts: list[Said], has: Callable[[str], bool], untouched: set[str]
) -> ExerciseReport:
    held = [verdict.outcome == "passed" for verdict in verdicts]
    todo = sum(verdict.todo for verdict in verdicts)
    status = status_of(len(held), sum(held), todo, has(entry.exercise), entry.exercise in untouched)
    share = share_of(zip((verdict.gate for verdict in verdicts), held, strict=True))
    points = round(entry.points * share, 4)
    reports = [verdict.report() for verdict in verdicts]
    return ExerciseReport(entry.name, status, entry.stretch, points, entry.points, reports)

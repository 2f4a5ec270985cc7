"""Verdicts to exercises: runs a suite's tests against a learner, and says how each entry stands."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from autograde.judge.breaking import alone, drawn_by_lot
from autograde.judge.replay import Verdict, run_test
from autograde.judge.suite import Entry, Suite
from autograde.judge.tests import Test
from autograde.learner import Learner
from autograde.picture import Picture
from autograde.report import ExerciseReport, Outcome, PropertyReport, share_of, status_of

FRESH_LEARNERS = 3
ALONE = 2


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
    of a fresh learner as well is asked again at the end, and said only if it doesn't; `held` are keys of tests that
    an earlier run passed.
    """
    learner = learners()
    breaking = False
    lost: dict[str, int] = {}
    passed = [test for test in suite.tests if test.key in held]
    try:
        for test in tests:
            if lost.get(test.exercise, 0) >= FRESH_LEARNERS:
                message = f"{test.exercise} was stopped {FRESH_LEARNERS} times before, so this was not tried"
                yield Verdict(test, "timeout", message=message)
                continue
            if test.gate and not breaking:
                # What a learner's test learns of right solutions must not serve the learner's own.
                breaking, learner = True, _fresh(learners, learner)
            verdict = run_test(test, learner, reference, suite.kept.get(test.key, []), seed)
            yield verdict
            passed += [test] if verdict.outcome == "passed" else []
            lost[test.exercise] = lost.get(test.exercise, 0) + verdict.gone
            if verdict.gone or verdict.spent or learner.ended:  # while the smallest example was sought, say
                learner = _fresh(learners, learner)
        for test in _to_be_asked_alone(passed, learner.lot):
            learner = _fresh(learners, learner)
            verdict = run_test(alone(test), learner, reference, suite.kept.get(test.key, []), seed)
            if verdict.outcome != "passed":
                yield verdict
    finally:
        learner.close()


def _to_be_asked_alone(passed: Iterable[Test], lot: str) -> Iterator[Test]:
    by_exercise: dict[str, list[Test]] = {}
    for test in passed:
        if test.alone is not None:
            by_exercise.setdefault(test.exercise, []).append(test)
    for tests in by_exercise.values():
        yield from drawn_by_lot(tests, lot, ALONE)


def _fresh(learners: Callable[[], Learner], old: Learner) -> Learner:
    old.close()
    return learners()


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

"""Mutants through the sealed judge: a fork each, the exercise's own tests, up to the first that fails."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from time import process_time

from autograde.audit.mutants import Mutant
from autograde.audit.stage import PATIENCE, Stage
from autograde.judge.assess import run_suite
from autograde.judge.tests import Test
from autograde.learner import Learner, LearnerStopped
from autograde.learner.cells import RunnableCell
from autograde.learner.sealed import Patience, SealedLearner
from autograde.learner.wire import decode

TIMES = 50
LEAST_SECONDS = 0.3
SPARE_SECONDS = 3.0
EXAMPLES_TIMED = 5
LOADING = "loading the notebook"


@dataclass(frozen=True)
class Tried:
    """What became of a mutant: the test that killed it, or nothing."""

    mutant: Mutant
    killer: str


@dataclass(frozen=True)
class Timed:
    """Some of an exercise's tests, and how long a mutant may take in them."""

    keys: frozenset[str]
    patience: Patience


@dataclass(frozen=True)
class Unmutated:
    """How the reference does where its mutants will run: its tests, light ones first, and the one it fails, if any."""

    timed: tuple[Timed, ...]
    fails: str


def run_unmutated(stage: Stage, exercise: str) -> Unmutated:
    """Run the reference as its mutants will be run: a notebook that doesn't load would kill them all."""
    source = stage.week.exercises[exercise].source
    tests = stage.tests_of(exercise)
    fails = first_to_fail(stage, tests, merged(stage.cells(exercise, source, whole=False)), PATIENCE)
    learner = stage.local(stage.cells(exercise, source))
    seconds = {test.key: slowest_example(stage, test, learner) for test in tests}
    light = [key for key, took in seconds.items() if TIMES * took <= LEAST_SECONDS]
    heavy = sorted(seconds.keys() - set(light))
    groups = [group_of(keys, seconds) for keys in (light, heavy) if keys]
    return Unmutated(tuple(groups), fails)


def group_of(keys: Sequence[str], seconds: dict[str, float]) -> Timed:
    """Fifty times what the reference's slowest example takes, so that a mutant that hangs is soon dead."""
    call = max(LEAST_SECONDS, TIMES * max(seconds[key] for key in keys))
    patience = Patience(cell_cpu=max(2.0, call), call_cpu=call, test_cpu=4 * call, wall_factor=20.0)
    return Timed(frozenset(keys), patience)


def slowest_example(stage: Stage, test: Test, learner: Learner) -> float:
    """The computing time of the slowest of a test's first examples."""
    slowest = 0.0
    for frame in stage.suite.kept[test.key][:EXAMPLES_TIMED]:
        arguments = decode(frame)
        started = process_time()
        try:
            test.run(learner, stage.reference, arguments)
        except Exception:
            continue  # an example that the test leaves out, or a reference that fails: said elsewhere
        slowest = max(slowest, process_time() - started)
    return slowest


def try_mutant(stage: Stage, mutant: Mutant, timed: Iterable[Timed]) -> Tried:
    """Run a mutant's tests, those that killed most before it first."""
    cells = merged(stage.cells(mutant.exercise, mutant.source, whole=False))
    ordered = sorted(stage.tests_of(mutant.exercise), key=lambda test: -stage.kills.get(test.key, 0))
    for group in timed:
        tests = [test for test in ordered if test.key in group.keys]
        killer = first_to_fail(stage, tests, cells, group.patience)
        if killer:
            stage.kills[killer] = stage.kills.get(killer, 0) + 1
            return Tried(mutant, killer)
    return Tried(mutant, "")


def merged(cells: Sequence[RunnableCell]) -> list[RunnableCell]:
    """The cells as one, which costs a third less; a cell magic must stay at the top of its own."""
    if any(cell.source.lstrip().startswith("%%") for cell in cells):
        return list(cells)
    return [RunnableCell(cells[-1].label, "\n\n".join(cell.source for cell in cells))]


def first_to_fail(
    stage: Stage, tests: Sequence[Test], cells: Sequence[RunnableCell], patience: Patience
) -> str:
    """The first test that these cells fail; nothing if they pass all.

    What is stopped is asked again with time to spare: on a busy machine an answer may be late that is on its way.
    """
    killer, stopped = _asked(stage, tests, cells, patience)
    if stopped:
        spare = replace(
            patience, cell_cpu=patience.cell_cpu + SPARE_SECONDS, call_cpu=patience.call_cpu + SPARE_SECONDS,
            test_cpu=patience.test_cpu + SPARE_SECONDS,
        )  # fmt: skip
        killer, _ = _asked(stage, tests, cells, spare)
    return killer


def _asked(
    stage: Stage, tests: Sequence[Test], cells: Sequence[RunnableCell], patience: Patience
) -> tuple[str, bool]:
    """The first test that these cells fail, or nothing, and whether it was stopped."""

    def fresh() -> SealedLearner:
        return stage.sealed(cells, patience)

    try:
        with closing(run_suite(stage.suite, tests, fresh, stage.reference)) as verdicts:  # type: ignore[type-var]
            failed = next((verdict for verdict in verdicts if verdict.outcome != "passed"), None)
    except LearnerStopped:
        return LOADING, True
    return (failed.test.key, failed.outcome == "timeout") if failed else ("", False)

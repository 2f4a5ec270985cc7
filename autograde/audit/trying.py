"""Mutants through the sealed judge: a fork each, the exercise's own tests, up to the first that fails."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from time import process_time

from autograde.audit.mutants import Mutant
from autograde.audit.stage import Stage, local
from autograde.judge.assess import run_suite
from autograde.judge.tests import Test
from autograde.learner import LearnerStopped
from autograde.learner.cells import RunnableCell
from autograde.learner.sealed import Patience, SealedLearner
from autograde.learner.wire import decode

TIMES = 50
LEAST_SECONDS = 0.3
LOADING = "loading the notebook"


@dataclass(frozen=True)
class Tried:
    """What became of a mutant: the test that killed it, or nothing."""

    mutant: Mutant
    killer: str


def patience_with(stage: Stage, exercise: str) -> Patience:
    """Fifty times what the reference's slowest example takes, so that a mutant that hangs doesn't last."""
    learner = local(stage.cells(exercise, stage.week.exercises[exercise].source))
    slowest = 0.0
    for test in stage.tests_of(exercise):
        for frame in stage.suite.kept[test.key][:5]:
            arguments = decode(frame)
            started = process_time()
            try:
                test.run(learner, stage.reference, arguments)
            except Exception:
                continue  # an example that the test leaves out, or a reference that fails: said elsewhere
            slowest = max(slowest, process_time() - started)
    call = max(LEAST_SECONDS, TIMES * slowest)
    return Patience(cell_cpu=max(2.0, call), call_cpu=call, test_cpu=4 * call, wall_factor=20.0)


def try_mutant(stage: Stage, mutant: Mutant, patience: Patience) -> Tried:
    """Run a mutant's tests, those that killed most before it first."""
    cells = merged(stage.cells(mutant.exercise, mutant.source, whole=False))
    tests = sorted(stage.tests_of(mutant.exercise), key=lambda test: -stage.kills.get(test.key, 0))
    try:
        killer = first_to_fail(stage, tests, cells, patience)
    except LearnerStopped:
        killer = LOADING
    if killer:
        stage.kills[killer] = stage.kills.get(killer, 0) + 1
    return Tried(mutant, killer)


def merged(cells: Sequence[RunnableCell]) -> list[RunnableCell]:
    """The cells as one, which costs a third less; a cell magic must stay at the top of its own."""
    if any(cell.source.lstrip().startswith("%%") for cell in cells):
        return list(cells)
    return [RunnableCell(cells[-1].label, "\n\n".join(cell.source for cell in cells))]


def first_to_fail(
    stage: Stage, tests: Sequence[Test], cells: Sequence[RunnableCell], patience: Patience
) -> str:
    """The first test that these cells fail; nothing if they pass all."""

    def fresh() -> SealedLearner:
        return stage.sealed(cells, patience)

    with closing(run_suite(stage.suite, tests, fresh, stage.reference)) as verdicts:  # type: ignore[type-var]
        return next((verdict.test.key for verdict in verdicts if verdict.outcome != "passed"), "")

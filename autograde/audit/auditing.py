"""The audit of a week: all rows for each of its exercises, over a pool of workers."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from autograde.audit.counting import count_mutants
from autograde.audit.diagnosing import judge_diagnoses
from autograde.audit.pool import Pool, Tell, pool_on
from autograde.audit.result import ExerciseAudit, Finding, WeekAudit
from autograde.audit.rows import (
    judge_alternative,
    judge_gradients,
    judge_idle,
    judge_misconception,
    judge_poison,
    judge_reference,
    run_both,
    run_gradients,
    run_sealed,
)
from autograde.audit.soaking import FalseFailure, soak
from autograde.audit.spelling import source_reading
from autograde.audit.stage import Stage, set_stage
from autograde.audit.stand_ins import idle_answers, poisoned
from autograde.audit.survivors import read_records
from autograde.errors import Fault
from autograde.places import Kit, week_names
from autograde.weeks import Week, load_week, variants_of


@dataclass(frozen=True)
class Extent:
    """How much of an audit to run. `mutants`: at most so many an exercise; None: all of them."""

    seeds: int = 50
    mutants: int | None = None
    workers: int | None = None


QUICK = Extent(seeds=3, mutants=40)


def chosen(names: Sequence[str], kit: Kit) -> tuple[list[Week], list[str]]:
    """The weeks and the exercises that a command's arguments name; a week of which nothing is named is left out.

    Raises Fault where a name is neither.
    """
    weeks = week_names(kit.solutions)
    named = [name for name in names if name in weeks]
    exercises = [name for name in names if name not in weeks]
    loaded = [load_week(kit.solutions / name) for name in named or weeks]
    for name in exercises:
        if not any(name in week.exercises for week in loaded):
            there = f"there are {', '.join(weeks)} and their exercises"
            raise Fault(f"{name} is neither a week nor an exercise of one", remedy=there)
    return [week for week in loaded if not exercises or set(exercises) & set(week.exercises)], exercises


def audit_week(week: Week, exercises: Sequence[str], extent: Extent, tell: Tell) -> WeekAudit:
    """Audit some exercises of a week, or all. Raises Fault where the week can't be run at all."""
    started = time.monotonic()
    unknown = [name for name in exercises if name not in week.exercises]
    if unknown:
        there = ", ".join(week.exercises)
        raise Fault(f"{unknown[0]} is not an exercise of {week.name}", remedy=f"there are {there}")
    records = read_records(week.folder)
    tell(f"{week.name}: examples", 0, 1)
    stage = set_stage(week)
    audits = [ExerciseAudit(name) for name in week.exercises if not exercises or name in exercises]
    audited = WeekAudit(week.name, audits, extent.seeds)
    with pool_on(stage, extent.workers, tell) as pool:
        _run_rows(stage, pool, audits)
        count_mutants(stage, pool, audits, records, extent.mutants)
        _soak(stage, pool, audits, extent.seeds)
        judge_diagnoses(stage, pool, audits)
    audited.findings += [*_spelling(week.checks_file), *_spelling(week.properties_file)]
    audited.seconds = round(time.monotonic() - started, 1)
    return audited


def _run_rows(stage: Stage, pool: Pool, audits: Sequence[ExerciseAudit]) -> None:
    """Everything that runs an exercise's tests on a few whole solutions."""
    phase = pool.phase(f"{stage.week.name}: right and wrong solutions")
    for audit in audits:
        name, exercise = audit.name, stage.week.exercises[audit.name]
        idle = partial(judge_idle, stage, audit)
        phase.add(partial(judge_reference, stage, audit), run_both, name, exercise.source)
        phase.add(partial(judge_gradients, audit), run_gradients, name)
        phase.add(partial(idle, "stub", "the stub"), run_sealed, name, exercise.stub)
        phase.add(partial(judge_poison, stage, audit), run_sealed, name, poisoned(exercise))
        for what, source in idle_answers(exercise):
            phase.add(partial(idle, "do-nothing", f"an answer that {what}"), run_sealed, name, source)
        for variant in variants_of(stage.week, name, "alternative"):
            judge = partial(judge_alternative, audit, variant)
            phase.add(judge, run_sealed, name, variant.source(stage.week))
        for variant in variants_of(stage.week, name, "misconception"):
            handle = partial(judge_misconception, stage, audit, variant)
            phase.add(handle, run_both, name, variant.source(stage.week))
    phase.finish()


def _soak(stage: Stage, pool: Pool, audits: Sequence[ExerciseAudit], seeds: int) -> None:
    phase = pool.phase(f"{stage.week.name}: {seeds} seeds")
    for audit in audits:
        for seed in range(1, seeds + 1):
            phase.add(partial(_judge_soak, audit), soak, audit.name, seed)
    phase.finish()


def _judge_soak(audit: ExerciseAudit, found: Sequence[FalseFailure]) -> None:
    audit.soaked += 1
    for failure in found:
        audit.falls_short("soak", str(failure))


def _spelling(path: Path) -> list[Finding]:
    return [
        Finding("spelling", "", f"{path}:{line}: `{name}` can read the learner's source; test what it does")
        for line, name in source_reading(path)
    ]

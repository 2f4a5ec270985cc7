"""The count of mutants: made, sampled, run, and held against the records of known survivors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from autograde.audit.mutants import Mutant, mutants_of, sample
from autograde.audit.pool import Phase, Pool
from autograde.audit.result import ExerciseAudit, Survivor
from autograde.audit.stage import Stage
from autograde.audit.survivors import FILE, Key, Record, as_record, stale_records
from autograde.audit.trying import Tried, Unmutated, run_unmutated, try_mutant
from autograde.report import TESTING


def count_mutants(
    stage: Stage, pool: Pool, audits: Sequence[ExerciseAudit], records: Mapping[Key, Record], most: int | None
) -> None:
    """Make the mutants of each exercise, run at most so many, and count what the tests kill.

    A learner's own test has none: one that is slightly wrong but accepts what is right and catches what is
    wrong is a right answer.
    """
    audits = [audit for audit in audits if not audit.name.startswith(TESTING)]
    unmutated: dict[str, Unmutated] = {}
    phase = pool.phase(f"{stage.week.name}: how long the references take")
    for audit in audits:
        phase.add(partial(unmutated.__setitem__, audit.name), run_unmutated, audit.name)
    phase.finish()
    phase = pool.phase(f"{stage.week.name}: mutants")
    for audit in audits:
        _add_mutants(stage, phase, audit, records, most, unmutated[audit.name])
    phase.finish()


def _add_mutants(
    stage: Stage,
    phase: Phase,
    audit: ExerciseAudit,
    records: Mapping[Key, Record],
    most: int | None,
    unmutated: Unmutated,
) -> None:
    mutants = [mutant for solution in stage.solutions(audit.name) for mutant in mutants_of(solution)]
    for record in stale_records(_of(records, audit.name), mutants):
        audit.falls_short("records", f"{FILE}: there is no such mutant any more: {record}; take it out")
    known = [mutant for mutant in mutants if mutant.key in records]
    audit.made, audit.recorded = len(mutants), len(known)
    if unmutated.fails:
        what = f"without the cells below it, the exercise fails `{unmutated.fails}`, so no mutant was run"
        audit.falls_short("mutants", what)
        return
    chosen = sample([mutant for mutant in mutants if mutant.key not in records], most)
    audit.tried = len(chosen)
    for mutant in chosen:
        phase.add(partial(_count, audit), try_mutant, mutant, unmutated.timed)
    for mutant in known if most is None else []:
        phase.add(partial(_hold, audit), try_mutant, mutant, unmutated.timed)


def _of(records: Mapping[Key, Record], exercise: str) -> list[Record]:
    return [record for record in records.values() if record.exercise == exercise]


def _count(audit: ExerciseAudit, tried: Tried) -> None:
    if tried.killer:
        audit.killed += 1
    else:
        audit.survivors.append(survivor(tried.mutant))


def _hold(audit: ExerciseAudit, tried: Tried) -> None:
    """A recorded survivor that a test kills is one that can be told from a right solution after all."""
    if tried.killer:
        what = f"{FILE}: `{tried.killer}` kills {tried.mutant.within} `{tried.mutant.now}`"
        audit.falls_short("records", f"{what}; take the record out, or mend the test")


def survivor(mutant: Mutant) -> Survivor:
    """A mutant as the report lists it."""
    where = f"{mutant.path}:{mutant.line}"
    return Survivor(where, mutant.within, mutant.operator, mutant.diff, as_record(mutant))

"""The audit's rows but for mutants and soak: what runs for each, and when it falls short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograde.audit.gradients import gradient_faults, measured_exercises
from autograde.audit.result import ExerciseAudit, TestCost
from autograde.audit.stage import CELL_SECONDS, Said, Stage, verdicts
from autograde.learner.cells import run_plain
from autograde.report import TESTING
from autograde.weeks import Variant

SECONDS_A_TEST = 1.0  # of computing, for all of its examples; a busy machine may double what it takes


@dataclass(frozen=True)
class Both:
    """The verdicts on the same cells through the sealed learner and the one in this process."""

    sealed: list[Said]
    local: list[Said]


def run_both(stage: Stage, exercise: str, source: str) -> Both:
    """Every test of the exercise on `source`, behind either learner.

    What hangs sealed is waited for only once more in this process.
    """
    sealed = run_sealed(stage, exercise, source)
    hung = [said.key for said in sealed if said.outcome == "timeout"]
    cells = stage.cells(exercise, source)
    tests = [test for test in stage.tests_of(exercise) if test.key not in hung[1:]]
    return Both(sealed, verdicts(stage, tests, lambda: stage.local(cells)))


def run_sealed(stage: Stage, exercise: str, source: str) -> list[Said]:
    """Every test of the exercise on `source`, as in grading."""
    cells = stage.cells(exercise, source)
    return verdicts(stage, stage.tests_of(exercise), lambda: stage.sealed(cells))


def run_gradients(stage: Stage, exercise: str) -> list[str]:
    """What is wrong with the gradients of the reference."""
    cases = measured_exercises(stage.week.folder).get(exercise)
    if cases is None:
        return []
    cells = stage.cells(exercise, stage.week.exercises[exercise].source)
    namespace = run_plain(cells, CELL_SECONDS, stage.week.folder).namespace
    return list(gradient_faults(cases, namespace))


def judge_same(audit: ExerciseAudit, solution: str, both: Both) -> None:
    """Same verdict: a test says the same wherever the code runs."""
    by_key = {said.key: said for said in both.sealed}
    for plain in both.local:
        sealed = by_key.get(plain.key)
        if sealed is None or sealed.outcome != plain.outcome:
            outcomes = f"{_told(sealed)} sealed, {_told(plain)} in process"
            audit.falls_short("same verdict", f"the {solution} on `{plain.sentence}`: {outcomes}")


def _told(said: Said | None) -> str:
    if said is None:
        return "nothing"
    return f"{said.outcome} ({said.message})" if said.message else said.outcome


def judge_reference(stage: Stage, audit: ExerciseAudit, both: Both) -> None:
    """The reference passes everything, and each test in good time."""
    judge_same(audit, "reference", both)
    for said in both.sealed:
        if not said.passed:
            audit.falls_short("reference", f"the reference fails `{said.sentence}` ({said.message})")
    tests = {test.key: test for test in stage.suite.tests}
    for said in both.local:
        if said.key not in tests:
            continue  # what fresh learners were asked beside
        examples = len(stage.suite.kept.get(said.key, []))
        audit.tests.append(TestCost(said.sentence, tests[said.key].hidden, examples, round(said.seconds, 4)))
        allowed = max(SECONDS_A_TEST, tests[said.key].seconds)
        if said.seconds > allowed:
            took = f"`{said.sentence}` takes {said.seconds:.1f} s for {examples} examples"
            audit.falls_short("time", f"{took}, more than {allowed:g} s; draw fewer or smaller ones")


def judge_alternative(audit: ExerciseAudit, variant: Variant, said: Sequence[Said]) -> None:
    """A right solution gets full points."""
    audit.alternatives += 1
    for each in said:
        if not each.passed:
            what = f"alternative {variant.name} fails `{each.sentence}` ({each.message})"
            audit.falls_short("alternatives", what)


def judge_misconception(stage: Stage, audit: ExerciseAudit, variant: Variant, both: Both) -> None:
    """A wrong solution loses points, in every part that it names."""
    audit.misconceptions += 1
    judge_same(audit, f"misconception {variant.name}", both)
    points = stage.points(both.sealed)
    named = [f"{variant.exercise}-{part}" for part in variant.parts]
    whole = [entry for entry in named if points.get(entry, 1.0) >= 1.0]
    if all(share >= 1.0 for share in points.values()) or whole:
        kept = f"in {', '.join(whole)}" if whole else "everywhere"
        audit.falls_short("misconceptions", f"misconception {variant.name} gets full points {kept}")
    else:
        audit.caught += 1


def judge_idle(stage: Stage, audit: ExerciseAudit, row: str, what: str, said: Sequence[Said]) -> None:
    """An answer that does nothing passes no test. (A learner's own test may well accept what is right.)"""
    for each in said:
        if each.passed and not each.gate:
            audit.falls_short(row, f"`{each.sentence}` holds for {what}")
    gained = [entry for entry, share in stage.points(said).items() if share > 0]
    if gained and all(each.gate or not each.passed for each in said):
        audit.falls_short(row, f"{what} gets points in {', '.join(gained)}")


def judge_gradients(audit: ExerciseAudit, said: Sequence[str]) -> None:
    """The reference's gradients are the slopes that finite differences find."""
    for sentence in said:
        audit.falls_short("gradients", sentence)


def judge_poison(stage: Stage, audit: ExerciseAudit, said: Sequence[Said]) -> None:
    """Where the exercise raises, every test fails: no other code stands in for it."""
    if audit.name.startswith(TESTING):
        # Raising is how a learner's test says no: it catches everything, and must be stopped by the gate.
        if any(stage.points(said).values()):
            audit.falls_short("poison", "a test that raises at everything gets points")
        return
    for each in said:
        if each.passed:
            audit.falls_short("poison", f"`{each.sentence}` holds although {each.entry} only raises")

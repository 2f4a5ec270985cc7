"""Whether misconceptions are diagnosed as themselves: the one door to the room that diagnoses."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from autograde.audit.pool import Pool
from autograde.audit.result import ExerciseAudit
from autograde.audit.stage import Stage


def judge_diagnoses(stage: Stage, pool: Pool, audits: Sequence[ExerciseAudit]) -> None:
    """Let each misconception be a learner's answer, and see which one is named."""
    phase = pool.phase(f"{stage.week.name}: diagnosis")
    for audit in audits:
        phase.add(partial(_judge, audit), diagnoses, audit.name)
    phase.finish()


def diagnoses(stage: Stage, exercise: str) -> list[tuple[str, str | None, tuple[str, ...]]]:
    """For each misconception of an exercise: its name, the one that is named, and those that behave alike."""
    from autograde.diagnosis.measuring import measure
    from autograde.diagnosis.table import Misconceptions

    misconceptions = Misconceptions(stage.week, stage.suite, stage.reference, 0)
    return [(each.name, each.judged, each.alike) for each in measure(misconceptions, [exercise])]


def _judge(audit: ExerciseAudit, found: Sequence[tuple[str, str | None, tuple[str, ...]]]) -> None:
    for name, named, alike in found:
        if named == name:
            audit.diagnosed += 1
            continue
        if named is not None:
            audit.misdiagnosed += 1
            audit.falls_short("misconceptions", f"misconception {name} is diagnosed as {named}")
        elif alike:
            said = f"no test tells misconception {name} from {', '.join(alike)}, so neither is named"
            audit.falls_short("misconceptions", said)
        else:
            audit.falls_short("misconceptions", f"misconception {name} is not diagnosed")

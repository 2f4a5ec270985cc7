"""What an audit of one week needs at hand: its suite, its reference, and learners made of any cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import torch

from autograde import datasets
from autograde.audit.mutants import Solution
from autograde.folders import Files, files_beside, folders_of
from autograde.judge.assess import run_suite
from autograde.judge.breaking import make_implementations
from autograde.judge.reference import reference_cells
from autograde.judge.suite import Suite
from autograde.judge.tests import Test
from autograde.judge.whole import reference_learner, whole_suite
from autograde.learner import Learner, LearnerStopped
from autograde.learner.cells import RunnableCell, run_plain
from autograde.learner.forking import Zygote
from autograde.learner.local import LocalLearner
from autograde.learner.seal import readable_places
from autograde.learner.sealed import Patience, SealedLearner
from autograde.learner.warming import warm_torch
from autograde.report import share_of
from autograde.weeks import Variant, Week, variants, variants_of

PATIENCE = Patience(wall_factor=20.0)
CELL_SECONDS = 120.0
CALL_SECONDS = 120.0  # of the wall clock, on a machine that has other things to do


@dataclass(frozen=True)
class Said:
    """One test's verdict as plain data, with the computing time that it took in this process."""

    key: str
    entry: str
    sentence: str
    gate: bool
    outcome: str
    message: str
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether the test held."""
        return self.outcome == "passed"


@dataclass
class Stage:
    """One week, ready to be audited; forks of the process that made it share it."""

    week: Week
    suite: Suite
    reference: LocalLearner
    zygote: Zygote
    beside: Files  # the notebook
    # Each process's own: how many mutants a test killed, and right solutions once they are loaded.
    kills: dict[str, int] = field(default_factory=dict)
    loaded: dict[str, list[tuple[str, LocalLearner]]] = field(default_factory=dict)

    def tests_of(self, exercise: str) -> list[Test]:
        """The exercise's tests; their failures aren't shrunk here."""
        return [replace(test, strategies={}) for test in self.suite.tests if test.exercise == exercise]

    def cells(self, exercise: str, source: str, *, whole: bool = True) -> list[RunnableCell]:
        """The reference's notebook with `source` in the exercise's place; not `whole`: up to that cell."""
        return reference_cells(self.week, {exercise: source}, up_to="" if whole else exercise)

    def sealed(self, cells: Sequence[RunnableCell], patience: Patience = PATIENCE) -> SealedLearner:
        """A sealed learner with these cells run."""
        learner = self.zygote.fork(patience, self.beside)
        try:
            for cell in cells:
                learner.run_cell(cell)
            learner.learn_names()
        except LearnerStopped:
            learner.close()
            raise
        return learner

    def local(self, cells: Sequence[RunnableCell]) -> LocalLearner:
        """A learner in this process with these cells run. Its time is the wall's, so it has plenty."""
        return LocalLearner(run_plain(cells, CELL_SECONDS, self.week.folder).namespace, CALL_SECONDS)

    def solutions(self, exercise: str) -> list[Solution]:
        """What mutants are made of: the reference and each alternative."""
        own = self.week.exercises[exercise]
        listed = [Solution(exercise, "reference", own.source, str(self.week.source_file), own.line)]
        for variant in variants_of(self.week, exercise, "alternative"):
            path = self.week.alternatives_file
            offset = _line_of(path.read_text(encoding="utf-8-sig"), variant)
            listed.append(Solution(exercise, variant.name, variant.source(self.week), str(path), offset))
        return listed

    def points(self, said: Sequence[Said]) -> dict[str, float]:
        """The share of its points that each entry gets by these verdicts."""
        by_entry: dict[str, list[Said]] = {}
        for each in said:
            by_entry.setdefault(each.entry, []).append(each)
        return {
            entry: share_of((each.gate, each.passed) for each in listed) for entry, listed in by_entry.items()
        }


def _line_of(text: str, variant: Variant) -> int:
    """The number of lines of a file above a variant's code."""
    lines = text.split("\n")
    first = variant.code.split("\n")[0]
    return next((n for n in range(variant.line, len(lines)) if lines[n] == first), variant.line)


def set_stage(week: Week) -> Stage:
    """Everything ready for one week. Raises Fault where the reference fails, or nothing can be sealed here."""
    # As when graded: threads of several workers wait for each other, and count as computing.
    torch.set_num_threads(1)
    warm_torch()
    make_implementations(week)
    for path in (week.alternatives_file, week.misconceptions_file):
        variants(path, week)  # for the faults that they may have
    suite, reference = whole_suite(week), reference_learner(week)
    zygote = Zygote([*readable_places([week.folder]), *datasets.PLACES])
    return Stage(week, suite, reference, zygote, files_beside(week.source_file, folders_of(week.folder))[0])


def verdicts(stage: Stage, tests: Sequence[Test], learners: Callable[[], Learner]) -> list[Said]:
    """What every test says of a learner; one that can't even be loaded fails them all."""
    said: list[Said] = []
    try:
        for verdict in run_suite(stage.suite, tests, learners, stage.reference):
            test, message = verdict.test, _brief(verdict.message)
            said.append(
                Said(
                    test.key, test.entry, test.sentence, verdict.gate, verdict.outcome, message, verdict.seconds
                )
            )  # fmt: skip
    except LearnerStopped as stopped:
        known = {each.key for each in said}
        said += [
            Said(test.key, test.entry, test.sentence, test.gate, "error", stopped.reason)
            for test in tests
            if test.key not in known
        ]
    return said


def _brief(message: Any) -> str:
    return str(message or "").split("\n")[0][:300]

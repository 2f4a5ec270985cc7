"""Grades one submission: puts the notebook together, loads it in sealed learners, runs the suite."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from autograde.assembly import AssembledCell, assemble
from autograde.folders import Files, submission_digest
from autograde.judge.assess import Judged, exercise_reports, run_suite
from autograde.judge.replay import Verdict
from autograde.judge.suite import Suite, fingerprint
from autograde.learner import Learner, LearnerStopped
from autograde.learner.cells import CellOutput, RunnableCell
from autograde.notebook import Notebook, read_notebook
from autograde.picture import Picture
from autograde.report import Report

CELLS_LOST = 3
MAX_IMAGES_BYTES = 32 * 2**20  # of one submission
LEFT_OUT = "it was left out; tag it `explore` if it isn't needed for the exercises"


class LoadableLearner(Learner, Protocol):
    """A learner that can still be given cells."""

    layers: list[str]

    def run_cell(self, cell: RunnableCell) -> tuple[CellOutput, str | None]: ...

    def learn_names(self) -> None: ...


class NewLearner(Protocol):
    """What makes learners with nothing loaded, and with these files beside their notebook."""

    def __call__(self, beside: Mapping[str, bytes] = ...) -> LoadableLearner: ...


@dataclass
class Submitted:
    """One notebook on its way through the judge, and what was handed in beside it."""

    name: str
    data: bytes
    beside: Files = field(default_factory=dict)
    cells: list[AssembledCell] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    outputs: dict[int, CellOutput] = field(default_factory=dict)
    lost: set[int] = field(default_factory=set)
    pictures: dict[str, list[Picture | None]] = field(default_factory=dict)

    def runnable(self) -> Iterator[tuple[int, RunnableCell]]:
        """The cells that run while grading, by their place, under the number that the learner counts."""
        for place, cell in enumerate(self.cells):
            if cell.runs and place not in self.lost:
                yield place, RunnableCell(cell.label, cell.source)

    def leave_out(self, place: int, reason: str) -> None:
        """Go on without a cell that ended a learner; after CELLS_LOST of them, without any."""
        self.lost.add(place)
        self.problems.append(f"{self.cells[place].label} {reason}; {LEFT_OUT}.")
        if len(self.lost) > CELLS_LOST:
            self.problems.append("So many cells had to be stopped that none was run.")
            self.lost.update(range(len(self.cells)))


@dataclass
class Judging:
    """A suite with all that is needed to judge submissions by it."""

    suite: Suite
    digest: str
    seed: int
    reference: Learner
    master: Notebook
    new_learner: NewLearner
    folders: Sequence[str] = ()  # what may be handed in beside the notebook
    diagnose: Callable[[Sequence[Judged]], Sequence[Judged]] = list

    def judge(
        self, submitted: Submitted, earlier: Sequence[Judged], emit: Callable[[Judged], None]
    ) -> Report:
        """Grade one submission; `earlier` holds the verdicts that a worker before this one came to.

        Each further verdict is handed to `emit` as soon as it is known.
        """
        notebook = read_notebook(submitted.data, submitted.name)
        assembled = assemble(self.master, notebook)
        submitted.cells = assembled.cells
        submitted.problems += [*notebook.problems, *assembled.problems]
        submission = submission_digest(submitted.data, submitted.beside)
        known: set[str] = set()
        layers: list[str] = []
        first = True

        def fresh() -> LoadableLearner:
            nonlocal first
            learner = self._loaded(submitted, first=first)
            first = False
            learner.lot = self.digest + submission
            layers[:] = learner.layers
            known.update(entry.exercise for entry in self.suite.entries if learner.has(entry.exercise))
            return learner

        judged = [*earlier]
        done = {verdict.key for verdict in earlier}
        tests = [test for test in self.suite.tests if test.key not in done]
        held = {verdict.key for verdict in earlier if verdict.outcome == "passed"}
        for verdict in run_suite(self.suite, tests, fresh, self.reference, self.seed, held):
            judged.append(plain(verdict))
            emit(judged[-1])
        judged = [*self.diagnose(judged)]
        submitted.pictures = pictures_of(judged)
        there = known - self._absent(submitted)
        exercises = exercise_reports(self.suite, judged, there.__contains__, self._untouched(submitted))
        counted = [entry for entry in exercises if not entry.stretch]
        return Report(
            week=self.suite.week,
            submission=submission,
            suite=self.digest,
            seed=self.seed,
            points=round(sum(entry.points for entry in counted), 4),
            max_points=sum(entry.max_points for entry in counted),
            sealed=layers,
            exercises=exercises,
            problems=submitted.problems,
        )

    def _loaded(self, submitted: Submitted, *, first: bool) -> LoadableLearner:
        """A fresh learner with the notebook's cells run; a cell that ends a learner is left out of the next."""
        while True:
            learner = self.new_learner(submitted.beside)
            outputs: dict[int, CellOutput] = {}
            problems: list[str] = []
            room = MAX_IMAGES_BYTES
            place = -1
            try:
                for place, cell in submitted.runnable():
                    outputs[place], problem = learner.run_cell(cell)
                    room -= sum(map(len, outputs[place].images))
                    if room < 0:
                        outputs[place].images.clear()
                    problems += [problem] if problem else []
                learner.learn_names()
            except LearnerStopped as stopped:
                submitted.leave_out(place, stopped.reason)
                continue
            if first:
                submitted.outputs = outputs
                submitted.problems += problems
            return learner

    def _absent(self, submitted: Submitted) -> set[str]:
        """Exercises that only the master's stub stands for."""
        places = [cell for cell in submitted.cells if cell.role == "exercise"]
        return {cell.grade_id for cell in places if cell.grade_id and not cell.origin}

    def _untouched(self, submitted: Submitted) -> set[str]:
        stubs = {entry.exercise: entry.stub for entry in self.suite.entries}
        return {
            cell.grade_id
            for cell in submitted.cells
            if cell.origin and cell.grade_id in stubs and fingerprint(cell.source) == stubs[cell.grade_id]
        }


def plain(verdict: Verdict) -> Judged:
    """A verdict as plain data."""
    said, picture = verdict.report(), verdict.picture()
    return Judged(verdict.test.key, verdict.entry, verdict.todo, verdict.gate, said, verdict.marks, picture)


def pictures_of(judged: Sequence[Judged]) -> dict[str, list[Picture | None]]:
    """The pictures of what failed, by entry, in the order of its properties in the report."""
    found: dict[str, list[Picture | None]] = {}
    for each in judged:
        found.setdefault(each.entry, []).append(each.picture)
    return {entry: pictures for entry, pictures in found.items() if any(pictures)}

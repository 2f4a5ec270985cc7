"""The sides of one comparison, loaded: their notebooks run in learners of their own, renewed when one is gone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Literal

from hypothesis.errors import UnsatisfiedAssumption

from autograde.assembly import assemble
from autograde.errors import Fault
from autograde.judge.replay import run_example
from autograde.judge.suite import Suite, fingerprint
from autograde.judge.tests import Test
from autograde.judge.worker import LEFT_OUT, LoadableLearner
from autograde.learner import Learner, LearnerStopped
from autograde.learner.cells import RunnableCell
from autograde.loading import runnable_cells
from autograde.notebook import Notebook, read_notebook

CELLS_LOST = 3
SIDES_LOST = 20
Held = Literal["held", "failed", "todo"]


class Member:
    """One side: a notebook and the learner that runs its code."""

    def __init__(
        self,
        name: str,
        data: bytes,
        master: Notebook | None,
        new: Callable[[], LoadableLearner],
        folders: Collection[str] = (),
    ) -> None:
        self.name = name
        self.notebook = without(folders, read_notebook(data, name))
        self.problems = list(self.notebook.problems)
        self._new = new
        self._left_out: set[RunnableCell] = set()
        self._losses = 0
        self._cells = self._runnable(master)
        self.learner: Learner = self._loaded(tell=True)

    def _runnable(self, master: Notebook | None) -> list[RunnableCell]:
        """As grading runs it, where the master is at hand; else as the learner's own checks do."""
        if master is None:
            return list(runnable_cells(self.notebook, self.name))
        assembled = assemble(master, self.notebook)
        self.problems += assembled.problems
        return [RunnableCell(cell.label, cell.source) for cell in assembled.cells if cell.runs]

    def renew(self) -> None:
        """A fresh learner in the place of one that is gone."""
        if self.learner.ended:
            self._losses += 1
            if self._losses > SIDES_LOST:
                raise Fault(
                    f"the code of {self.name} had to be stopped {SIDES_LOST} times", remedy="look at it"
                )
            self.learner = self._loaded(tell=False)

    def _loaded(self, *, tell: bool) -> Learner:
        while True:
            learner = self._new()
            problems: list[str] = []
            cell = RunnableCell("", "")
            try:
                for cell in self._cells:
                    problem = learner.run_cell(cell)[1] if cell not in self._left_out else None
                    problems += [problem] if problem else []
                learner.learn_names()
            except LearnerStopped as stopped:
                self._leave_out(cell, stopped.reason)
                continue
            self.problems += problems if tell else []
            return learner

    def _leave_out(self, cell: RunnableCell, reason: str) -> None:
        self._left_out.add(cell)
        self.problems.append(f"{cell.label} {reason}; {LEFT_OUT}.")
        if len(self._left_out) > CELLS_LOST:
            self.problems.append("So many cells had to be stopped that none was run.")
            self._left_out.update(self._cells)

    def untouched(self, suite: Suite) -> set[str]:
        """Exercises whose cell is as it was given."""
        stubs = {entry.exercise: entry.stub for entry in suite.entries}
        cells = [(cell.grade_id or "", cell.source) for cell in self.notebook.cells]
        return {name for name, source in cells if name in stubs and fingerprint(source) == stubs[name]}


class Known(Member):
    """The reference as a side: it runs in this process, and has nothing to load."""

    def __init__(self, name: str, notebook: Notebook, learner: Learner) -> None:
        self.name, self.notebook, self.learner = name, notebook, learner
        self.problems = []

    def renew(self) -> None:
        """It isn't ever gone."""


def without(exercises: Collection[str], notebook: Notebook) -> Notebook:
    """The notebook without the cells of these exercises."""
    return replace(notebook, cells=[cell for cell in notebook.cells if cell.grade_id not in exercises])


def holds(test: Test, learner: Learner, reference: Learner | None, kept: Sequence[bytes]) -> Held:
    """What a test says of a learner on its kept examples."""
    learner.begin_test()
    for frame in kept:
        try:
            with suppress(UnsatisfiedAssumption):
                run_example(test, learner, reference, frame)
        except NotImplementedError:
            return "todo"
        except (Exception, SystemExit, LearnerStopped):
            return "failed"
    return "held"

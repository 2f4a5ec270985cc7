"""A learner whose code an instructor vouches for with `--trust`: it runs in the judge's worker itself."""

from __future__ import annotations

import contextlib
import io

from autograde.learner.cells import CELL_SECONDS, CellOutput, RunnableCell, fresh_namespace, run_plain_cell
from autograde.learner.local import LocalLearner


class UnsealedLearner(LocalLearner):
    """Nothing keeps this code from anything: no layer is put on."""

    def __init__(self, call_seconds: float) -> None:
        self._namespace = fresh_namespace()
        self.layers: list[str] = []
        super().__init__(self._namespace, call_seconds)

    def run_cell(self, cell: RunnableCell) -> tuple[CellOutput, str | None]:
        """Run one cell as plain Python; only what it prints is kept."""
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            problem = run_plain_cell(cell, self._namespace, CELL_SECONDS)
        return CellOutput(printed.getvalue()), problem

    def learn_names(self) -> None:
        """The names are at hand."""

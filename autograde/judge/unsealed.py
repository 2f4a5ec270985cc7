"""A learner whose code an instructor vouches for with `--trust`: it runs in the judge's worker itself."""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from autograde.folders import lay_files
from autograde.learner.cells import CELL_SECONDS, CellOutput, RunnableCell, fresh_namespace, run_plain_cell
from autograde.learner.local import LocalLearner


class UnsealedLearner(LocalLearner):
    """Nothing keeps this code from anything: no layer is put on."""

    def __init__(self, call_seconds: float, beside: Mapping[str, bytes] = MappingProxyType({})) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="autograde-unsealed-")
        lay_files(beside, Path(self._folder.name))
        self._namespace = fresh_namespace()
        self.layers: list[str] = []
        super().__init__(self._namespace, call_seconds)

    def run_cell(self, cell: RunnableCell) -> tuple[CellOutput, str | None]:
        """Run one cell as plain Python; only what it prints is kept."""
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            problem = run_plain_cell(cell, self._namespace, CELL_SECONDS, Path(self._folder.name))
        return CellOutput(printed.getvalue()), problem

    def learn_names(self) -> None:
        """The names are at hand."""

    def close(self) -> None:
        """Remove what lay beside the notebook."""
        self._folder.cleanup()

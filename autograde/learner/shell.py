"""Running a notebook's cells in IPython's own shell, so that magics and plots work: beside a sealed learner.

Outputs are kept as text and PNG only, and in bounded size.
"""

from __future__ import annotations

import base64
import io
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

from IPython.core.compilerop import CachingCompiler
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import RichOutput, capture_output
from traitlets import Type
from traitlets.config import Config

from autograde.learner.cells import (
    MAX_IMAGE_BYTES,
    MAX_OUTPUTS,
    MAX_TEXT,
    CellOutput,
    RunnableCell,
    error_sentence,
    fresh_namespace,
)
from autograde.learner.limits import advice

MAX_PRINTED = 4 * 10**6


class _LabelledCompiler(CachingCompiler):  # type: ignore[misc]
    """Names code after the cell that the learner sees it in."""

    label = "cell"

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        return self.label


class GradingShell(InteractiveShell):  # type: ignore[misc]
    """IPython's shell without history, without a screen, and without a say over signals."""

    compiler_class = Type(_LabelledCompiler)

    def enable_gui(self, gui: str | None = None) -> None:
        """There is no window to enable."""

    def showtraceback(self, *args: Any, **kwargs: Any) -> None:
        """A cell's error is told in a sentence of ours."""

    def showsyntaxerror(self, *args: Any, **kwargs: Any) -> None:
        """A cell's error is told in a sentence of ours."""


class PrintedTooMuch(Exception):
    """A cell printed without end."""


class _BoundedText(io.StringIO):
    """What a cell prints, up to a bound."""

    def write(self, text: str) -> int:
        if self.tell() + len(text) > MAX_PRINTED:
            raise PrintedTooMuch(f"more than {MAX_PRINTED // 10**6} million characters printed")
        return super().write(text)


def make_shell() -> GradingShell:
    """The one shell of this process, with plots drawn inline. Starts no thread."""
    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    config.InteractiveShell.colors = "nocolor"
    shell: GradingShell = GradingShell.instance(config=config)
    shell.run_line_magic("matplotlib", "inline")
    shell.user_ns.update(fresh_namespace())
    return shell


def run_cell(shell: GradingShell, cell: RunnableCell) -> tuple[CellOutput, str | None]:
    """Run one cell; returns its output and, if it failed, a sentence that says how."""
    shell.compile.label = cell.label
    printed = _BoundedText()
    with capture_output() as captured, redirect_stdout(printed), redirect_stderr(printed):
        result = shell.run_cell(cell.source, store_history=False)
    error = result.error_before_exec or result.error_in_exec
    failed = error is not None and not isinstance(error, NotImplementedError)
    problem = error_sentence(cell.label, error) if failed else None
    if problem and (remedy := advice(problem)):
        problem = f"{problem.rstrip('.')}; {remedy}."
    return _kept(printed.getvalue(), captured.outputs), problem


def _kept(printed: str, shown: list[RichOutput]) -> CellOutput:
    parts = [printed]
    images = []
    for output in shown[:MAX_OUTPUTS]:
        image = output.data.get("image/png")
        if image is not None:
            images.append(image if isinstance(image, bytes) else base64.b64decode(image))
        elif isinstance(output.data.get("text/plain"), str):
            parts.append(output.data["text/plain"])
    text = "\n".join(part.rstrip("\n") for part in parts if part)
    return CellOutput(_cut(text), [image for image in images if len(image) <= MAX_IMAGE_BYTES])


def _cut(text: str) -> str:
    if len(text) <= MAX_TEXT:
        return text
    half = MAX_TEXT // 2
    return f"{text[:half]}\n[{len(text) - MAX_TEXT} characters left out]\n{text[-half:]}"

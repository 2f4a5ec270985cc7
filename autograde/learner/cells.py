"""Running a notebook's cells in this process, as plain Python: for pytest, where importing IPython costs too much."""

from __future__ import annotations

import linecache
import os
import sys
import time
from collections.abc import Iterable
from contextlib import chdir, nullcontext
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import CodeType, TracebackType
from typing import Any

from autograde.learner import LearnerStopped
from autograde.learner.deadline import deadline
from autograde.notebook import plain_python

CELL_SECONDS = 30.0  # a first import of torch or Lightning from a slow disk takes more than ten
MAX_TEXT = 20_000
MAX_IMAGE_BYTES = 2**20
MAX_OUTPUTS = 20
MAX_PROBLEM = 1_000
SLOW_SECONDS = 2.0
EXPLORE_ADVICE = (
    "put what takes long in a cell tagged `explore`, which is left out when the notebook is checked."
)

# The cells of a notebook that is open in Jupyter: what to call them, by IPython's name for their file.
open_cells: dict[str, str] = {}


@dataclass(frozen=True)
class RunnableCell:
    """A cell of the learner's that runs: what to call it in messages, and its code."""

    label: str
    source: str


@dataclass
class CellOutput:
    """What a cell printed and showed: text, and images as PNG."""

    text: str = ""
    images: list[bytes] = field(default_factory=list)


@dataclass
class Loaded:
    """The names that a notebook defined, and in sentences what went wrong on the way."""

    namespace: dict[str, Any]
    problems: list[str] = field(default_factory=list)


def fresh_namespace() -> dict[str, Any]:
    """What a notebook starts with: it is the main program, and `check` says nothing while it is loaded."""
    return {"__name__": "__main__", "check": lambda *names: None}


def run_plain(
    cells: Iterable[RunnableCell], seconds: float = CELL_SECONDS, folder: Path | None = None
) -> Loaded:
    """Run the cells in order, in their notebook's folder. One that fails is reported, and the next one runs."""
    loaded = Loaded(fresh_namespace())
    for cell in cells:
        started, modules = time.monotonic(), len(sys.modules)
        problem = run_plain_cell(cell, loaded.namespace, seconds, folder)
        took, imported = time.monotonic() - started, len(sys.modules) > modules
        if problem is None and took > SLOW_SECONDS and not imported:  # an import is slow, and belongs here
            problem = f"{cell.label} took {took:.0f} s; {EXPLORE_ADVICE}"
        if problem:
            loaded.problems.append(problem)
    return loaded


def run_plain_cell(
    cell: RunnableCell, namespace: dict[str, Any], seconds: float, folder: Path | None = None
) -> str | None:
    """Run one cell; returns a sentence if it failed, and nothing for a stub that is still to do."""
    try:
        code = _compile(cell)
        with chdir(folder) if folder else nullcontext(), deadline(seconds):
            exec(code, namespace)
    except NotImplementedError:
        return None
    except LearnerStopped:
        return f"{cell.label} was stopped after {seconds:g} s; {EXPLORE_ADVICE}"
    except (Exception, SystemExit) as error:
        return error_sentence(cell.label, error)
    return None


def _compile(cell: RunnableCell) -> CodeType:
    source, code = _compiled(cell)
    # The debugger looks a source up by its absolute path.
    for name in (cell.label, os.path.normcase(os.path.abspath(cell.label))):
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    return code


@lru_cache(maxsize=4096)
def _compiled(cell: RunnableCell) -> tuple[str, CodeType]:
    """Kept, since all variants of an exercise run the same other cells."""
    source = plain_python(cell.source)
    return source, compile(source, cell.label, "exec", dont_inherit=True)


def error_sentence(label: str, error: BaseException) -> str:
    """What a cell raised, and in which of its lines."""
    if isinstance(error, SyntaxError) and not os.path.isfile(
        error.filename or ""
    ):  # or a file that it imports
        return f"{label} can't be read as Python: {error.msg}, line {error.lineno}."
    where = place_in_cells(error.__traceback__)
    line = f", line {where[1]}" if where and where[0] == label else ""
    text = str(error).splitlines()
    return f"{label} raised {type(error).__name__}{': ' + text[0][:200] if text else ''}{line}."


def place_in_cells(trace: TracebackType | None) -> tuple[str, int] | None:
    """The innermost line of a notebook that a traceback passes through, as (cell, line)."""
    found = None
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if is_cell(name):
            found = (open_cells.get(name, name), trace.tb_lineno)
        trace = trace.tb_next
    return found


def is_cell(name: str) -> bool:
    """Whether a code object's file name is that of a notebook's cell."""
    return name in open_cells or name.startswith("cell ") or " cell " in name

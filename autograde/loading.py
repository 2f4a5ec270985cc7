"""A week's folder opened for its learner: what is graded, the kept examples, the notebook's own names.

The two doors in this process, pytest and the notebook's `check`, both come through here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograde.errors import Fault
from autograde.judge.suite import PUBLIC_FILE, Suite, fingerprint, read_public
from autograde.learner.cells import CELL_SECONDS, RunnableCell, run_plain
from autograde.notebook import Cell, Notebook, bound_names, parse, read_notebook

MAKES_CHECK = re.compile(r"^check\s*=\s*week\(.*\)\s*$", re.MULTILINE)
UNDEFINED = re.compile(r"raised NameError: name '(\w+)' is not defined")
CALLS_CHECK = re.compile(r"(?:\s*|\s*#[^\n]*\n)*check\([^()]*\)\s*;?\s*")


def open_suite(folder: Path) -> Suite:
    """What is graded in the week of `folder`; its tests are still to be loaded.

    A learner's folder has it in the file of examples, one of `solutions` in the week's source.
    Raises Fault where neither is there, or where it is damaged.
    """
    if not is_source(folder):
        return read_public(folder)
    from autograde.judge.whole import entries_of
    from autograde.weeks import load_week

    return Suite(folder.name, entries_of(load_week(folder)), [], {})


def is_source(folder: Path) -> bool:
    """Whether this is an author's folder, whose examples aren't kept beside it."""
    return not (folder / PUBLIC_FILE).exists() and (folder / f"{folder.name}.py").is_file()


def find_notebook(folder: Path) -> Path:
    """The week's notebook in its folder; in `solutions`, the source. Raises Fault if there is neither."""
    for path in (folder / f"{folder.name}.ipynb", folder / f"{folder.name}.py"):
        if path.is_file():
            return path
    others = sorted(path.name for path in folder.glob("*.ipynb"))
    remedy = f"rename {others[0]} to it" if others else "copy it there"
    raise Fault("there is no notebook of this name", str(folder / f"{folder.name}.ipynb"), remedy)


@dataclass
class Ran:
    """A notebook whose cells have run: its names, its exercises that are still the stub, what went wrong."""

    namespace: dict[str, Any]
    untouched: set[str]
    problems: list[str]
    explored: dict[str, str] = field(
        default_factory=dict
    )  # by name, the `explore` cell that alone defines it


def run_notebook(path: Path, suite: Suite, before_cell: Callable[[], None] = lambda: None) -> Ran:
    """Run the notebook as it lies, without plots, long training and checks."""
    try:
        notebook = read_notebook(path.read_bytes(), path.name)
    except OSError as error:
        raise Fault(f"it can't be read ({error.strerror})", str(path), "look at its permissions") from None
    cells = _announced(runnable_cells(notebook, path.name), before_cell)
    loaded = run_plain(cells, CELL_SECONDS, path.parent)
    explored = _explored(notebook, loaded.namespace)
    raised = [_with_whereabouts(problem, explored) for problem in loaded.problems]
    problems = [
        *notebook.problems,
        *_defined_twice(notebook, suite),
        *_left_raising(notebook, suite),
        *raised,
    ]
    return Ran(loaded.namespace, _still_stubs(notebook, suite, loaded.namespace), problems, explored)


def runnable_cells(notebook: Notebook, name: str) -> Iterator[RunnableCell]:
    """The cells that run when a notebook is checked, called `week06.ipynb cell 7`."""
    for cell in notebook.cells:
        if _runs(cell):
            yield RunnableCell(f"{name} {cell.label}", MAKES_CHECK.sub("", cell.source))


def _runs(cell: Cell) -> bool:
    if cell.kind != "code" or "explore" in cell.tags:
        return False
    return cell.role not in ("explore", "check") and not CALLS_CHECK.fullmatch(cell.source)


def _explored(notebook: Notebook, namespace: dict[str, Any]) -> dict[str, str]:
    """Names that only a cell defines which isn't run, with that cell."""
    return {
        name: cell.label
        for cell in notebook.cells
        if cell.kind == "code" and not _runs(cell)
        for name in bound_names(cell.source)
        if name not in namespace
    }


def whereabouts(name: str, explored: Mapping[str, str]) -> str:
    """Where a name that is missing is defined, if that is a cell that the checks leave out."""
    if name not in explored:
        return ""
    return f"{name} is defined in {explored[name]}, which is tagged `explore` and left out here; define it elsewhere"


def _with_whereabouts(problem: str, explored: Mapping[str, str]) -> str:
    missing = UNDEFINED.search(problem)
    more = whereabouts(missing[1], explored) if missing else ""
    return f"{problem.removesuffix('.')}; {more}." if more else problem


def _announced(cells: Iterable[RunnableCell], before_cell: Callable[[], None]) -> Iterator[RunnableCell]:
    for cell in cells:
        before_cell()
        yield cell


def _still_stubs(notebook: Notebook, suite: Suite, namespace: dict[str, Any]) -> set[str]:
    """Exercises whose cell is as it was given, and constants whose cell still raises NotImplementedError."""
    stubs = {entry.exercise: entry.stub for entry in suite.entries}
    found: set[str] = set()
    for cell in notebook.cells:
        name = cell.grade_id or ""
        if name not in stubs:
            continue
        undone = name not in namespace and "raise NotImplementedError" in cell.source
        if undone or fingerprint(cell.source) == stubs[name]:
            found.add(name)
    return found


def _left_raising(notebook: Notebook, suite: Suite) -> Iterator[str]:
    """A stub's `raise` that was left below what was written, and undoes it."""
    names = {entry.exercise for entry in suite.entries}
    for cell in notebook.cells:
        if _runs(cell):
            for name, line in _raising_after_work(cell.source):
                if name in names:
                    yield (
                        f"{name} still ends in `raise NotImplementedError` ({cell.label}, line {line}); "
                        "delete that line once the rest is written."
                    )


def _raising_after_work(source: str) -> Iterator[tuple[str, int]]:
    """Functions and classes with statements above a `raise NotImplementedError` of their own, and its line."""
    tree = parse(source)
    defined = tree.body if isinstance(tree, ast.Module) else []
    for each in defined:
        if isinstance(each, (ast.FunctionDef, ast.ClassDef)):
            body = each.body[1:] if ast.get_docstring(each) is not None else each.body
            if len(body) > 1 and ast.unparse(body[-1]) == "raise NotImplementedError":
                yield each.name, body[-1].lineno


def _defined_twice(notebook: Notebook, suite: Suite) -> Iterator[str]:
    names = {entry.exercise for entry in suite.entries}
    where: dict[str, list[str]] = {}
    for cell in notebook.cells:
        if _runs(cell):
            for name in names & bound_names(cell.source):
                where.setdefault(name, []).append(cell.label)
    for name, labels in where.items():
        if len(labels) > 1:
            yield f"{name} is defined in {', '.join(labels[:-1])} and again in {labels[-1]}; the last counts."

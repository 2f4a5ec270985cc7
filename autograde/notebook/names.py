"""Which names a cell's code binds at top level, IPython's magics allowed, wrong syntax survived."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST = 200_000
CELL_MAGIC = re.compile(r"\A\s*%%(\w+)[^\n]*")
MAGICS_WITH_PYTHON = frozenset({"time", "timeit", "capture", "prun"})
MAGIC_LINE = re.compile(r"^([ \t]*)(?:[%!?].*|[\w.]+\?{1,2}[ \t]*|\w+[ \t]*=[ \t]*[%!].*)$", re.MULTILINE)
DEFINITION = re.compile(r"^(?:async\s+def|def|class)\s+(\w+)|^(\w+)\s*(?::[^=\n]+)?=(?!=)", re.MULTILINE)


@dataclass(frozen=True)
class Unparsed:
    """Why a cell is not Python, and in which of its lines."""

    message: str
    line: int


def parse(source: str) -> ast.Module | Unparsed:
    """The cell's syntax tree, with magics read as `pass`; never raises, whatever the cell says."""
    if len(source) > LONGEST:
        return Unparsed(f"it is longer than {LONGEST:,} characters", 1)
    outcome = _tree(source)
    if isinstance(outcome, Unparsed):
        plain = _without_magics(source)
        if plain != source:
            outcome = _tree(plain)
    return outcome


def _tree(source: str) -> ast.Module | Unparsed:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except SyntaxError as error:
        return Unparsed(error.msg, error.lineno or 1)
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        return Unparsed(str(error) or "it is nested too deeply", 1)


def plain_python(source: str) -> str:
    """The cell with IPython's magics left out, line numbers kept; as it stands where it has none."""
    return _without_magics(source) if isinstance(_tree(source), Unparsed) else source


def _without_magics(source: str) -> str:
    """The cell with its magics replaced, line numbers kept; nothing where another language follows."""
    magic = CELL_MAGIC.match(source)
    if magic:
        if magic.group(1) not in MAGICS_WITH_PYTHON:
            return ""
        source = source[: magic.start()] + source[magic.end() :]
    return MAGIC_LINE.sub(r"\1pass", source)


def bound_names(source: str, imports: bool = True) -> frozenset[str]:
    """The names that running the cell binds, with or without those that it imports.

    Where the syntax is wrong: those that it seems to define.
    """
    tree = parse(source)
    if isinstance(tree, Unparsed):
        return frozenset(name for match in DEFINITION.finditer(source) for name in match.groups() if name)
    return frozenset(_bound(tree, imports))


def _bound(tree: ast.Module, imports: bool) -> Iterator[str]:
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Store):
                yield node.id
        elif isinstance(node, ast.Import | ast.ImportFrom):
            if imports:
                yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.AnnAssign) and node.value is None:
            continue
        elif not isinstance(node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            waiting.extend(ast.iter_child_nodes(node))

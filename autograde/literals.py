"""What a learner's cells assign to a name, read from their syntax and never run."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

from autograde.notebook import Cell, plain_python

NO_LITERAL = (ValueError, TypeError, SyntaxError, RecursionError, MemoryError)


def assigned(cells: Sequence[Cell], name: str) -> Iterator[ast.expr]:
    """What stands at the right of `name = …` at the top of code cells, in their order."""
    for cell in cells:
        if cell.kind != "code" or name not in cell.source:
            continue
        for line in _lines(plain_python(cell.source)):
            value = line.value if isinstance(line, (ast.Assign, ast.AnnAssign)) else None
            if value and any(isinstance(to, ast.Name) and to.id == name for to in _targets(line)):
                yield value


def literal(expression: ast.expr) -> Any:
    """The value of an expression that only writes it down; None for any other."""
    try:
        return ast.literal_eval(expression)
    except NO_LITERAL:
        return None


def _targets(line: ast.stmt) -> list[ast.expr]:
    if isinstance(line, ast.Assign):
        return line.targets
    return [line.target] if isinstance(line, ast.AnnAssign) else []


def _lines(source: str) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except NO_LITERAL:
        return []

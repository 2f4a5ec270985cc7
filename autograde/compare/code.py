"""The code of two sides, exercise by exercise and line beside line: comments and formatting are no difference."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import combinations, zip_longest

from autograde.compare.result import CodeLine, CodePair
from autograde.notebook import Cell, Notebook, Unparsed, bound_names, parse

MOST_LINES = 2_000
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def code_pairs(name: str, notebooks: list[Notebook]) -> list[CodePair]:
    """The code of an exercise, of any two sides that have it."""
    lines = [lines_of(name, notebook) for notebook in notebooks]
    return [
        CodePair(left, right, list(beside(lines[left], lines[right])))
        for left, right in combinations(range(len(notebooks)), 2)
        if lines[left] and lines[right]
    ]


def lines_of(name: str, notebook: Notebook) -> list[str]:
    """The lines of the last cell that defines the name, written as everybody would; as they stand if it's no Python."""
    found = [cell for cell in notebook.cells if _defines(cell, name)]
    return _written(found[-1].source)[:MOST_LINES] if found else []


def _defines(cell: Cell, name: str) -> bool:
    return (
        cell.kind == "code" and "explore" not in cell.tags and name in bound_names(cell.source, imports=False)
    )


def _written(source: str) -> list[str]:
    tree = parse(source)
    if isinstance(tree, Unparsed):
        return source.splitlines()
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            node.body[:1] = [] if len(node.body) > 1 else [ast.Pass()]
    return ast.unparse(tree).splitlines()


def beside(left: list[str], right: list[str]) -> Iterator[CodeLine]:
    """Lines of both, those that are the same on one height."""
    for kind, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from (CodeLine(line, line) for line in left[a:b])
        else:
            yield from (CodeLine(one, other) for one, other in zip_longest(left[a:b], right[c:d]))

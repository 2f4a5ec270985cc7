"""What learners write about a week, from the notebooks they handed in: read, never run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Any

from autograde.classroom.records import Method, Reflection, Stuck
from autograde.folders import Files
from autograde.literals import assigned, literal
from autograde.notebook import Cell
from autograde.report import printable

REFLECTION = "reflection"
METHODS = "TENSOR_METHODS"
PROBLEM, DEEPENING = "learning_problem/problem.py", "DEEPENING"
LONGEST = 500
LONGEST_CODE = 200_000
MOST_ENTRIES = 50
MOST_HOURS = 168
NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


def reflection_in(cells: Sequence[Cell]) -> Reflection | None:
    """The last reflection in a notebook; None where there is none, or nothing was filled in."""
    found = None
    for expression in assigned(cells, REFLECTION):
        if isinstance(expression, ast.Dict):
            found = _reflection(_entries(expression))
    empty = found is None or not (found.hours or found.sticking_point or found.questions)
    return None if empty else found


def methods_in(cells: Sequence[Cell]) -> tuple[Method, ...]:
    """The rows of the last sheet in a notebook that are rows; what isn't written down as one is left out."""
    rows: list[Method] = []
    for expression in assigned(cells, METHODS):
        if isinstance(expression, (ast.List, ast.Tuple)):
            rows = [row for each in expression.elts[:MOST_ENTRIES] for row in _method(literal(each))]
    return tuple(rows)


def deepening_in(beside: Files) -> str:
    """What a learning problem beside a notebook calls its deepening; nothing where none lies there."""
    code = Cell("code", beside.get(PROBLEM, b"")[:LONGEST_CODE].decode("utf-8", "replace"))
    return next((_words(literal(said)) for said in assigned([code], DEEPENING)), "")


def _entries(expression: ast.Dict) -> dict[Any, Any]:
    """The entries one by one, so that one which has to be computed costs itself only."""
    pairs = zip(expression.keys[:MOST_ENTRIES], expression.values, strict=False)
    found = [(literal(key), literal(value)) for key, value in pairs if key is not None]
    return {key: value for key, value in found if isinstance(key, str)}


def _reflection(entries: dict[Any, Any]) -> Reflection:
    written = entries.get("questions")
    questions = written if isinstance(written, (list, tuple)) else [written]
    return Reflection(
        _hours(entries.get("hours")),
        _words(entries.get("sticking_point")),
        _stuck(entries.get("syntax_or_ideas")),
        tuple(text for text in map(_words, questions[:MOST_ENTRIES]) if text),
    )


def _hours(value: Any) -> float | None:
    if isinstance(value, str) and (match := NUMBER.search(value)):
        value = float(match.group().replace(",", "."))
    told = type(value) in (int, float) and 0 < value <= MOST_HOURS
    return float(value) if told else None


def _stuck(value: Any) -> Stuck | None:
    text = value.lower() if isinstance(value, str) else ""
    syntax, ideas = "syntax" in text, "idea" in text
    if syntax and ideas:
        return "both"
    if syntax or ideas:
        return "syntax" if syntax else "ideas"
    return "neither" if "neither" in text else None


def _words(value: Any) -> str:
    text = " ".join(printable(value[: 2 * LONGEST]).split()) if isinstance(value, str) else ""
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip()} …"


def _method(row: Any) -> Iterator[Method]:
    if isinstance(row, (tuple, list)) and len(row) == 4 and all(isinstance(part, str) for part in row[:3]):
        name, category, expression = map(_words, row[:3])
        if name:
            yield Method(name, category.lower(), expression, _shape(row[3]))


def _shape(value: Any) -> str:
    sizes = value if isinstance(value, (tuple, list)) else ()
    small = all(type(size) is int and 0 <= size < 10**9 for size in sizes)
    return repr(tuple(sizes)) if small and value == sizes else _words(value)

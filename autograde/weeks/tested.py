"""Which exercises the tests of a week belong to, read from their files without running them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from autograde.errors import Fault
from autograde.report import TESTING
from autograde.weeks.model import Week


@dataclass(frozen=True)
class Mark:
    """One `@exercise("softmax")`. The entry is None where it isn't written as plain text."""

    entry: str | None
    test: str
    line: int


def marks(path: Path) -> list[Mark]:
    """Every mark in a test file; none if there is no such file. Fault if it isn't Python."""
    if not path.is_file():
        return []
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError) as error:
        line, reason = getattr(error, "lineno", None) or 1, getattr(error, "msg", error)
        raise Fault(f"this is not Python ({reason})", f"{path}:{line}", "correct it") from error
    return [mark for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) for mark in _marks_of(node)]


def _marks_of(function: ast.FunctionDef) -> Iterator[Mark]:
    for decorator in function.decorator_list:
        if not isinstance(decorator, ast.Call):
            continue
        called = decorator.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        if name != "exercise":
            continue
        first = decorator.args[0] if decorator.args else None
        entry = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None
        yield Mark(entry, function.name, decorator.lineno)


def test_faults(week: Week, faulty: set[str]) -> Iterator[Fault]:
    """Tests of exercises that aren't there, and exercises without a check.

    `faulty` names the exercises whose own cell is wrong: nothing further is said about them.
    """
    try:
        checks, properties = marks(week.checks_file), marks(week.properties_file)
    except Fault as fault:
        yield fault
        return
    for path, found in ((week.checks_file, checks), (week.properties_file, properties)):
        for mark in found:
            if mark.entry is not None and mark.entry.partition("-")[0] in faulty:
                continue
            yield from _mark_faults(week, mark, f"{path}:{mark.line}")
    checked = {mark.entry for mark in checks}
    for entry, exercise in week.entries.items():
        where = f"{week.source_file}:{exercise.line}"
        if entry.startswith(TESTING):
            yield from _break_faults(week, entry, where)
        elif entry not in checked:
            remedy = f'write a test marked @exercise("{entry}") in {week.checks_file.name}'
            yield Fault(f"exercise {entry} has no check", where, remedy)


def _break_faults(week: Week, entry: str, where: str) -> Iterator[Fault]:
    """A "now break it" exercise needs no check of its own: it meets the other exercise's variants."""
    target = entry.removeprefix(TESTING)
    if target not in week.exercises:
        yield Fault(f"{entry} has nothing to break", where, f"name it after an exercise of {week.name}")


def _mark_faults(week: Week, mark: Mark, where: str) -> Iterator[Fault]:
    known = list(week.entries)
    if mark.entry is None:
        yield Fault(f"{mark.test} doesn't say its exercise as text", where, 'write @exercise("NAME")')
    elif mark.entry in week.exercises and mark.entry not in known:
        parts = ", ".join(week.exercises[mark.entry].entries)
        yield Fault(f"{mark.test} is for {mark.entry}, which is graded in parts", where, f"name one: {parts}")
    elif mark.entry not in known:
        near = get_close_matches(mark.entry, known, 1)
        remedy = f"did you mean {near[0]}?" if near else f"there are {', '.join(known) or 'none'}"
        what = f"{mark.test} is for {mark.entry}, which is not an exercise of {week.name}"
        yield Fault(what, where, remedy)

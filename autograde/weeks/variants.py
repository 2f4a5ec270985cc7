"""Wrong and other right solutions: `misconceptions.py` and `alternatives.py` of a week."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from autograde.errors import Fault, Faults
from autograde.notebook import Cell, Unparsed, bound_names, parse, read_percent
from autograde.weeks.model import Week

VariantKind = Literal["misconception", "alternative"]
VARIANT_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
PARTS = re.compile(r"^\s*Parts:[ \t]*(.*?)\s*\Z", re.MULTILINE)
HINT = re.compile(r"^[ \t]*Hint:[ \t]*", re.MULTILINE)


@dataclass(frozen=True)
class Variant:
    """A solution beside the reference. `sentence` says what it does; `hint` what to tell who wrote it.

    `parts` names the parts of the exercise that must lose points by it; empty: any may. `line` is its cell's.
    """

    kind: VariantKind
    exercise: str
    name: str
    sentence: str
    hint: str
    parts: tuple[str, ...]
    code: str
    line: int

    def source(self, week: Week) -> str:
        """The cell of a learner who thinks so: this code, behind the reference if it only patches that."""
        if self.exercise in bound_names(self.code):
            return self.code
        return f"{week.exercises[self.exercise].reference}\n\n\n{self.code}"


def variants(path: Path, week: Week | None = None) -> list[Variant]:
    """The variants in a file; none if there is no such file. With a week, its exercises are looked up too.

    What stands before the first marker is for editors and linters only. Raises Faults, a line each.
    """
    if not path.is_file():
        return []
    percent = read_percent(path.read_text(encoding="utf-8-sig"))
    faults = [Fault(what, f"{path}:{line}") for line, what in percent.faults]
    found: list[Variant] = []
    for cell in percent.cells:
        variant = _variant(cell)
        wrong = list(_header_faults(cell)) if variant is None else list(_faults(variant, found, week))
        faults += [Fault(what, f"{path}:{cell.line}") for what in wrong]
        if variant is not None:
            found.append(variant)
    if faults:
        raise Faults(faults)
    return found


def variants_of(week: Week, exercise: str, kind: VariantKind) -> list[Variant]:
    """The misconceptions or the alternatives of one exercise, in their file's order."""
    path = week.misconceptions_file if kind == "misconception" else week.alternatives_file
    if not path.is_file():
        return []
    return [variant for variant in _read(path, path.stat().st_mtime_ns) if variant.exercise == exercise]


@lru_cache(maxsize=64)
def _read(path: Path, _written: int) -> list[Variant]:
    """The variants of a file, read once: a judge's workers have them from before they are forked."""
    return variants(path)


def _variant(cell: Cell) -> Variant | None:
    """The variant in a cell, or None if its header or its syntax doesn't allow to tell."""
    if any(True for _ in _header_faults(cell)):
        return None
    kind: VariantKind = "misconception" if "misconception" in cell.metadata else "alternative"
    text, code = _split(cell.source)
    parts: tuple[str, ...] = ()
    if match := PARTS.search(text):
        parts = tuple(part.strip() for part in match.group(1).split(",") if part.strip())
        text = text[: match.start()]
    sentence, hint = [*HINT.split(text, maxsplit=1), ""][:2]
    name, exercise = cell.metadata[kind], cell.metadata["exercise"]
    return Variant(kind, exercise, name, " ".join(sentence.split()), hint.strip(), parts, code, cell.line)


def _split(source: str) -> tuple[str, str]:
    """The docstring that a cell opens with, and the code behind it."""
    tree = parse(source)
    if isinstance(tree, Unparsed) or not tree.body:
        return "", source.strip("\n")
    first = tree.body[0]
    docstring = ast.get_docstring(tree)
    if docstring is None or first.end_lineno is None:
        return "", source.strip("\n")
    return docstring, "\n".join(source.split("\n")[first.end_lineno :]).strip("\n")


def _header_faults(cell: Cell) -> Iterator[str]:
    kinds = [kind for kind in ("misconception", "alternative") if kind in cell.metadata]
    if not isinstance(cell.metadata.get("exercise"), str) or len(kinds) != 1:
        yield 'the header names an exercise and a variant; write exercise="softmax" misconception="no-max"'
        return
    unknown = set(cell.metadata) - {"exercise", kinds[0]}
    if unknown:
        yield f"the header has `{min(unknown)}`; it may say exercise and {kinds[0]}"
    name = cell.metadata[kinds[0]]
    if not isinstance(name, str) or not VARIANT_NAME.fullmatch(name):
        yield f"{name!r} can't be a {kinds[0]}'s name; use lower case, digits and dashes"
    tree = parse(cell.source)
    if isinstance(tree, Unparsed):
        yield f"line {tree.line} of the cell is not Python ({tree.message}); correct it"


def _faults(variant: Variant, others: list[Variant], week: Week | None) -> Iterator[str]:
    what = f"{variant.kind} {variant.name}"
    if not variant.sentence:
        yield f"{what} doesn't say what it does; begin its cell with a docstring"
    if not variant.code:
        yield f"{what} has no code; write it below the docstring"
    if variant.kind == "misconception" and not variant.hint:
        yield f"{what} has no hint; add a paragraph `Hint: ...` to its docstring"
    if any((other.exercise, other.name) == (variant.exercise, variant.name) for other in others):
        yield f"{what} of {variant.exercise} is there twice; rename one"
    if week is None:
        return
    exercise = week.exercises.get(variant.exercise)
    if exercise is None:
        yield f"{what} is for {variant.exercise}, which is not an exercise of {week.name}; correct its header"
        return
    for part in sorted(set(variant.parts) - set(exercise.parts)):
        yield f"{what} names the part {part}, which {exercise.name} doesn't have; correct `Parts:`"

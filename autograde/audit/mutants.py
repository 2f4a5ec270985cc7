"""Machine-made wrong solutions: every place of a solution, changed by every operator that fits there."""

from __future__ import annotations

import ast
import difflib
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autograde.audit.operators import GUARDS, OPERATORS

SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
# What a mutant of these would be is a matter of reading, not of running.
UNTOUCHED = {"annotation", "returns", "decorator_list", "type_comment", "ctx", "format_spec"}


@dataclass(frozen=True)
class Mutant:
    """A solution with one slip in it.

    `was` and `now` are the lines that differ, both solutions written in the same way; `nth` tells apart
    those that read the same within one function. `line` is the file's.
    """

    exercise: str
    solution: str
    within: str
    was: str
    now: str
    nth: int
    operator: str
    path: str
    line: int
    source: str

    @property
    def key(self) -> tuple[str, str, str, str, str, int]:
        """What a record names it by: not the line, which moves."""
        return self.exercise, self.solution, self.within, self.was, self.now, self.nth

    @property
    def diff(self) -> str:
        """The differing lines, as a diff shows them."""
        old = [f"- {line}" for line in self.was.split("\n") if line]
        return "\n".join(old + [f"+ {line}" for line in self.now.split("\n") if line])


@dataclass(frozen=True)
class Solution:
    """What is mutated: the reference's cell or an alternative's, `offset` lines above its first in the file."""

    exercise: str
    name: str
    source: str
    path: str
    offset: int


@dataclass(frozen=True)
class Site:
    """A node with the place that it stands in."""

    parent: ast.AST
    field: str
    index: int | None
    node: ast.AST
    within: str
    line: int

    @property
    def in_class(self) -> bool:
        """Whether it is a statement of a class: a method, say."""
        return isinstance(self.parent, ast.ClassDef)

    def put(self, node: ast.AST) -> None:
        """Let another node stand here."""
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def sites(node: ast.AST, within: str = "", line: int = 1) -> Iterator[Site]:
    """Every node that may be mutated: no docstring, annotation or decorator, and no text."""
    for field, value in ast.iter_fields(node):
        if field in UNTOUCHED:
            continue
        listed = value if isinstance(value, list) else [value]
        for index, child in enumerate(listed):
            if not isinstance(child, ast.AST) or _is_docstring(child) or _is_guard(child):
                continue
            here = getattr(child, "lineno", line)
            yield Site(node, field, index if isinstance(value, list) else None, child, within, here)
            inner = f"{within}.{child.name}".lstrip(".") if isinstance(child, SCOPES) else within
            yield from sites(child, inner, here)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_guard(node: ast.AST) -> bool:
    return isinstance(node, ast.keyword) and node.arg in GUARDS


def mutants_of(solution: Solution) -> Iterator[Mutant]:
    """Every mutant of a solution, each once, in the order of its lines."""
    tree = ast.parse(solution.source)
    original = ast.unparse(tree)
    seen = {original}
    alike: Counter[tuple[str, str, str]] = Counter()
    for site in list(sites(tree)):
        for name, operator in OPERATORS.items():
            if name == "dropped statement" and isinstance(site.node, SCOPES) and not site.in_class:
                continue  # a function that isn't there is no slip
            for node in operator(site.node):
                site.put(node)
                source = ast.unparse(tree)
                site.put(site.node)
                if source in seen or not _compiles(source):
                    continue
                seen.add(source)
                was, now = differing(original, source)
                alike[site.within, was, now] += 1
                yield Mutant(
                    solution.exercise, solution.name, site.within, was, now, alike[site.within, was, now],
                    name, solution.path, solution.offset + site.line, source,
                )  # fmt: skip


def _compiles(source: str) -> bool:
    try:
        compile(source, "mutant", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


def differing(before: str, after: str) -> tuple[str, str]:
    """The lines that one text has and the other hasn't, without their common indent's worth of blanks."""
    old, new = before.split("\n"), after.split("\n")
    gone: list[str] = []
    come: list[str] = []
    for tag, i, j, k, m in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            gone += old[i:j]
            come += new[k:m]
    return "\n".join(line.strip() for line in gone), "\n".join(line.strip() for line in come)


def sample(mutants: Sequence[Mutant], count: int | None, seed: int = 0) -> list[Mutant]:
    """At most `count` of them, the same ones for the same seed."""
    if count is None or len(mutants) <= count:
        return list(mutants)
    return random.Random(seed).sample(list(mutants), count)

"""Everybody's sheet of tensor methods, from the sheets of all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from autograde.classroom.records import ClassWeek, Method

CATEGORIES = ("math", "join", "index", "convert")  # the week's; what learners call otherwise comes behind


@dataclass(frozen=True)
class Joined:
    """A method of a category with the example that most have, and who has the method."""

    name: str
    expression: str
    shape: str
    learners: tuple[str, ...]


def joined(week: ClassWeek) -> dict[str, list[Joined]]:
    """The methods by category, those that most have first."""
    sheets: dict[str, dict[str, list[tuple[str, Method]]]] = {name: {} for name in CATEGORIES}
    for work in week.notebooks:
        for row in work.methods:
            sheets.setdefault(row.category, {}).setdefault(row.name, []).append((work.learner, row))
    tables = {
        category: [_joined(name, rows) for name, rows in sheet.items()] for category, sheet in sheets.items()
    }
    return {
        category: sorted(table, key=lambda each: (-len(each.learners), each.name))
        for category, table in tables.items()
        if table
    }


def _joined(name: str, rows: list[tuple[str, Method]]) -> Joined:
    examples = Counter((row.expression, row.shape) for _, row in rows)
    (expression, shape), _ = examples.most_common(1)[0]
    return Joined(name, expression, shape, tuple(dict.fromkeys(learner for learner, _ in rows)))

"""The reference's notebook as it runs while grading, whole or with other code in an exercise's place."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from autograde.learner.cells import RunnableCell
from autograde.weeks import Week


def reference_cells(
    week: Week, instead: Mapping[str, str] = MappingProxyType({}), up_to: str = ""
) -> list[RunnableCell]:
    """The cells that run: `instead` is code by exercise, and those below the exercise `up_to` are left out."""
    cells: list[RunnableCell] = []
    for cell in week.cells:
        if cell.kind != "code" or "explore" in cell.tags:
            continue
        exercise = cell.grade_id if cell.role == "exercise" else None
        cells.append(RunnableCell(cell.label, instead.get(exercise or "", cell.source)))
        if exercise and exercise == up_to:
            break
    return cells

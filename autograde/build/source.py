"""The instructor's notebook of a week: its cells with nbgrader's metadata, and those that the build adds.

Same week, same bytes: ids come from grade ids and from positions and contents, and there are no outputs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from autograde.notebook import Cell, Kind
from autograde.weeks import Exercise, Week
from autograde.weeks.loading import FIRST_CELL
from autograde.weeks.regions import has_region

Json = dict[str, Any]
SCHEMA_VERSION = 3
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def source_notebook(week: Week) -> bytes:
    """The notebook with the solutions in it, as nbgrader's `generate_assignment` takes it."""
    cells = list(_cells(week))
    for number, cell in enumerate(cells):
        if "id" not in cell:
            digest = hashlib.sha256("".join(cell["source"]).encode()).hexdigest()[:8]
            cell["id"] = f"{week.name}-{number:03}-{digest}"
    notebook = {
        "cells": cells,
        "metadata": {
            "autograde": {"week": week.name},
            "kernelspec": KERNEL,
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return (json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _cells(week: Week) -> Iterator[Json]:
    yield _graded(
        "code", f'from autograde import week\n\ncheck = week("{week.name}")', FIRST_CELL, "given", locked=True
    )
    for cell in week.cells:
        role, grade_id = cell.role, cell.grade_id or ""
        if role == "exercise":
            exercise = week.exercises[grade_id]
            about = {"exercise": exercise.name, "stretch": exercise.stretch}
            yield _graded("code", cell.source, grade_id, role, about, solution=True)
            yield from (_check(exercise, entry) for entry in exercise.points)
        elif role == "question":
            points = week.questions[grade_id].points
            yield _graded("markdown", cell.source, grade_id, role, grade=True, solution=True, points=points)
        elif role == "given":
            yield _graded("code", cell.source, grade_id, role, locked=True)
        elif role == "reflection":
            yield _graded("code", cell.source, grade_id, role, solution=has_region(cell.source))
        else:
            yield _plain(cell)


def _check(exercise: Exercise, entry: str) -> Json:
    """The locked cell that carries an entry's points: none for a stretch, which is shown apart."""
    points = exercise.points[entry]
    about = {"exercise": exercise.name, "entry": entry, "stretch": exercise.stretch, "points": points}
    worth = 0.0 if exercise.stretch else points
    return _graded(
        "code", f'check("{entry}")', f"check-{entry}", "check", about, grade=True, locked=True, points=worth
    )


def _graded(
    kind: Kind, source: str, grade_id: str, role: str, about: Json | None = None, **nbgrader: Any
) -> Json:
    flags = {"grade": False, "solution": False, "locked": False, "task": False, **nbgrader}
    metadata = {
        "autograde": {"role": role, **(about or {})},
        "nbgrader": {**flags, "grade_id": grade_id, "schema_version": SCHEMA_VERSION},
    }
    return _cell(kind, source, metadata) | {"id": grade_id}


def _plain(cell: Cell) -> Json:
    return _cell(cell.kind, cell.source, {"tags": list(cell.tags)} if cell.tags else {})


def _cell(kind: Kind, source: str, metadata: Json) -> Json:
    cell: Json = {"cell_type": kind, "metadata": metadata, "source": source.splitlines(keepends=True)}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return cell

"""A week as it was released in a course folder: the notebook that submissions are put into, and its agreement
with the solutions that they are graded by and with the gradebook that their scores go to.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from sqlalchemy.exc import DatabaseError

from autograde.build import source_notebook
from autograde.errors import Fault
from autograde.notebook import Cell, Notebook, read_notebook
from autograde.places import Kit
from autograde.weeks import Week, load_week, stub_of

CHECK = "check-"


@dataclass(frozen=True)
class Release:
    """A released week. `week` is the source that it was built from."""

    week: Week
    path: Path
    document: dict[str, Any]
    notebook: Notebook

    @property
    def scores(self) -> dict[str, float]:
        """What nbgrader counts: the grade id of each graded cell, and its points."""
        return dict(_graded(self.document))


def open_release(folder: Path, week: str, kit: Kit, db_url: str) -> Release:
    """The release of a week in `folder`. Fault where it is missing, or older than its solutions or gradebook."""
    path = folder / f"{week}.ipynb"
    generate = f"run `nbgrader generate_assignment {week} --force` in the course folder"
    try:
        data = path.read_bytes()
        document = json.loads(data)
    except OSError as error:
        raise Fault(f"{week} has not been released in this course", str(path), generate) from error
    except ValueError as error:
        raise Fault("the released notebook is damaged", str(path), generate) from error
    source = load_week(kit.solutions / week)
    release = Release(source, path, document, read_notebook(data, path.name))
    if [_outline(cell) for cell in release.notebook.cells] != [_outline(cell) for cell in _stubs(source)]:
        raise Fault(
            f"this is not what solutions/{week} gives today",
            str(path),
            f"run `autograde build {week}`, copy source/{week} if the course folder lies elsewhere, and {generate}",
        )
    _require_known(release, db_url, generate)
    return release


def _outline(cell: Cell) -> tuple[str, str | None, str]:
    return cell.kind, cell.grade_id, cell.source.strip()


def _stubs(week: Week) -> Iterator[Cell]:
    for cell in read_notebook(source_notebook(week), f"{week.name}.ipynb").cells:
        yield replace(cell, source=stub_of(cell.source, cell.kind))


def _graded(document: dict[str, Any]) -> Iterator[tuple[str, float]]:
    for cell in document["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        if marks.get("grade"):
            yield marks["grade_id"], float(marks["points"])


def _require_known(release: Release, db_url: str, generate: str) -> None:
    """Scores need a place to go to before the first of them is saved."""
    name = release.week.name
    try:
        with Gradebook(db_url) as gradebook:
            notebook = gradebook.find_notebook(name, name)
            known = {cell.name: float(cell.max_score) for cell in notebook.grade_cells}
    except MissingEntry as error:
        raise Fault(f"the gradebook doesn't know {name}", db_url, generate) from error
    except DatabaseError as error:
        raise unusable(error, db_url) from error
    if known != release.scores:
        raise Fault(f"the gradebook has other cells or points than the release of {name}", db_url, generate)


def unusable(error: DatabaseError, db_url: str) -> Fault:
    """One sentence for a gradebook that is locked, damaged, read-only or on a full disk."""
    reason = str(error.orig or error).splitlines()[0]
    return Fault(
        f"the gradebook can't be used ({reason})", db_url, "free or repair it, and run the command again"
    )

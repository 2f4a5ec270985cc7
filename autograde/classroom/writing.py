"""The class report of a course folder, written to its `reports/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autograde.classroom.gathering import gather
from autograde.classroom.masking import anonymous
from autograde.classroom.rendering import points_by_learner, term_page, week_page
from autograde.classroom.sheets import term_sheets, week_sheets
from autograde.course.opening import unwritable
from autograde.files import replace
from autograde.nbgrader_plugin.reports import FOLDER
from autograde.places import Kit

NAMED, NAMELESS = "class", "class-anonymous"  # folders in reports/


@dataclass(frozen=True)
class Written:
    """The page, the CSV files beside it, and in sentences what could not be read for them."""

    page: Path
    tables: tuple[Path, ...]
    problems: tuple[str, ...]


def write_report(course: Path, kit: Kit, week: str = "", *, without_names: bool = False) -> Written:
    """Write the page of a week, or of the term; without names it may be shown in class. Raises Fault."""
    gathered = gather(course, kit, [week] if week else ())
    term = anonymous(gathered) if without_names else gathered
    if week:
        tables = week_sheets(term.weeks[0])
        page = week_page(term, term.weeks[0], list(tables))
    else:
        tables = term_sheets(term, list(points_by_learner(term)))
        page = term_page(term, list(tables))
    folder = course.resolve() / FOLDER / (NAMELESS if without_names else NAMED)
    _write(folder, {f"{week or 'term'}.html": page.encode(), **tables})
    return Written(
        folder / f"{week or 'term'}.html", tuple(folder / name for name in tables), gathered.problems
    )


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            replace(folder / name, data)
    except OSError as error:
        raise unwritable(error, folder) from error

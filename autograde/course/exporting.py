"""The command `autograde export`, on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from nbgrader.api import Gradebook

from autograde.course.opening import unwritable, with_gradebook
from autograde.errors import Fault
from autograde.explaining import points_text
from autograde.nbgrader_plugin.exports import EXPORTS


def export_on_screen(course: Path, system: str, weeks: Sequence[str], file: Path | None) -> None:
    """Write the grade file that a system imports, and say what is in it."""
    if system not in EXPORTS:
        raise Fault(f"there is no export to {system!r}", remedy=f"write one of {', '.join(EXPORTS)}")
    root = course.resolve()
    app = with_gradebook(root, next(iter(weeks), "week00"))
    exporter = EXPORTS[system](parent=app)
    exporter.to = str(file or root / exporter.file)
    exporter.assignment = list(weeks)
    with closing(Gradebook(app.coursedir.db_url, app.coursedir.course_id)) as gradebook:
        known = {each.name for each in gradebook.assignments}
        if unknown := [week for week in weeks if week not in known]:
            remedy = f"run `nbgrader generate_assignment {unknown[0]}` first"
            raise Fault(f"the gradebook doesn't know {unknown[0]}", app.coursedir.db_url, remedy)
        try:
            exporter.export(gradebook)
        except OSError as error:
            raise unwritable(error, root) from error
        exported = exporter.weeks(gradebook)
        print(exporter.to)
        for week in exported:
            print(f"{week.name}: of {points_text(week.max_score)} points")
        if not exported:
            print("Nothing is graded yet; run `autograde grade` first.")

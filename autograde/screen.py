"""Tables and failures on the terminal."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from autograde.course import CourseGrades, LearnerGrade, grade_course
from autograde.explaining import illustrated, points_text
from autograde.grading import Graded
from autograde.report import Report, printable
from autograde.tables import Line, Style, week_lines

COLOURS: dict[Style, str] = {
    "": "",
    "strong": "bold",
    "good": "green",
    "bad": "red",
    "open": "yellow",
    "faint": "dim",
}


def print_graded(graded: Graded, *, as_json: bool = False, alone: bool = True) -> None:
    """One submission: its report as JSON on a line, or the week's table with what fails and why."""
    if graded.report is None:
        print(printable(graded.fault or ""), file=sys.stderr)
        return
    if as_json:
        print(graded.report.to_json(), flush=True)
        return
    console = Console(highlight=False)
    if not alone:
        console.print(Text(printable(str(graded.path)), style="bold"))
    report, width = graded.report, min(console.width, 100)
    exercises = illustrated(report.exercises, graded.pictures)
    for line in week_lines(exercises, report.problems, width, advice="`--json` explains all."):
        console.print(styled(line), soft_wrap=True)
    console.print()


def styled(line: Line) -> Text:
    """A line of a table in this terminal's colours."""
    return Text.assemble(*((text, COLOURS[style]) for text, style in line))


def grade_course_with_progress(
    week: str, course: Path, *, as_json: bool = False, **options: Any
) -> CourseGrades:
    """Grade a course folder with a bar on standard error, then a line a learner."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(f"grading {week}", total=None)
        grades = grade_course(
            week,
            course,
            tell=lambda now: progress.update(task, completed=now.done, total=now.total),
            **options,
        )
    if as_json:
        for grade in grades.grades:
            print(grade.report.to_json() if grade.report else grade.fault)
    else:
        Console(highlight=False).print(class_table(grades))
    return grades


def class_table(grades: CourseGrades, about: dict[str, str] | None = None) -> Table:
    """Learners and their points, and whether anything needs a look."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("learner")
    if about:
        table.add_column("what was handed in")
    table.add_column("points", justify="right")
    table.add_column("done", justify="right")
    table.add_column("note", overflow="fold")
    for grade in grades.grades:
        middle = [about.get(grade.learner, "")] if about else []
        table.add_row(grade.learner, *middle, *_result(grade.report), _note(grade))
    return table


def _result(report: Report | None) -> tuple[str, str]:
    if report is None:
        return "", ""
    counted = [entry for entry in report.exercises if not entry.stretch]
    done = sum(entry.status == "done" for entry in counted)
    return f"{points_text(report.points)} / {points_text(report.max_points)}", f"{done} / {len(counted)}"


def _note(grade: LearnerGrade) -> Text:
    if grade.fault or grade.report is None:
        return Text(grade.fault or "", style="red")
    problems = grade.report.problems
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return Text(problems[0] + more if problems else "", style="dim")

"""Tables and failures on the terminal."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.text import Text

from autograde.grading import Graded
from autograde.tables import Line, Style, week_lines

COLOURS: dict[Style, str] = {"": "", "strong": "bold", "good": "green", "bad": "red", "open": "yellow", "faint": "dim"}


def print_graded(graded: Graded, *, as_json: bool = False, alone: bool = True) -> None:
    """One submission: its report as JSON on a line, or the week's table with what fails and why."""
    if graded.report is None:
        print(graded.fault, file=sys.stderr)
        return
    if as_json:
        print(graded.report.to_json(), flush=True)
        return
    console = Console(highlight=False)
    if not alone:
        console.print(Text(str(graded.path), style="bold"))
    for line in week_lines(graded.report.exercises, graded.report.problems, min(console.width, 100)):
        console.print(styled(line), soft_wrap=True)
    console.print()


def styled(line: Line) -> Text:
    """A line of a table in this terminal's colours."""
    return Text.assemble(*((text, COLOURS[style]) for text, style in line))

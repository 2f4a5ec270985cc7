"""The command `autograde lecture`, on the terminal: a line a model, as soon as it is trained."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from rich.console import Console
from rich.table import Table

from autograde.lecture.training import Trained, train_references


def lecture_on_screen(solutions: Path, weeks: Sequence[str], names: Path | None, steps: int) -> None:
    """Train one model after the other, then show all of them."""
    console = Console(highlight=False)
    trained: list[Trained] = []
    with console.status("training") as status:
        for one in train_references(solutions, weeks, names, steps):
            trained.append(one)
            status.update(f"{one.week}, {one.title}: {_said(one)}; training on")
    for measure, group in groupby(trained, attrgetter("measure")):
        console.print(_table(measure, list(group)), end="\n\n")


def _table(measure: str, trained: Sequence[Trained]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", title=measure, title_justify="left")
    for column in ("week", "model"):
        table.add_column(column)
    for column in trained[0].figures:
        table.add_column(column, justify="right")
    table.add_column("reported elsewhere")
    table.add_column("seconds", justify="right")
    for one in trained:
        figures = (f"{figure:.3f}" for figure in one.figures.values())
        table.add_row(one.week, one.title, *figures, one.reported, f"{one.seconds:.0f}")
    return table


def _said(one: Trained) -> str:
    return ", ".join(f"{figure:.3f} on {part}" for part, figure in one.figures.items())

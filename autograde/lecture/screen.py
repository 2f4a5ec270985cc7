"""The command `autograde lecture`, on the terminal: a line a model, as soon as it is trained."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from autograde.lecture.training import Trained, train_references

COLUMNS = ("week", "model", "train", "dev", "test", "the lecture, on its names", "seconds")


def lecture_on_screen(solutions: Path, weeks: Sequence[str], names: Path | None, steps: int) -> None:
    """Train one model after the other, then show all of them."""
    console = Console(highlight=False)
    trained: list[Trained] = []
    with console.status("training") as status:
        for one in train_references(solutions, weeks, names, steps):
            trained.append(one)
            status.update(f"{one.title}: {one.dev:.3f} on dev; training on")
    table = Table(box=None, pad_edge=False, header_style="dim", title="nats a letter", title_justify="left")
    for column in COLUMNS:
        table.add_column(column, justify="right" if column in ("train", "dev", "test", "seconds") else "left")
    for one in trained:
        losses = (f"{loss:.3f}" for loss in (one.train, one.dev, one.test))
        table.add_row(one.week, one.title, *losses, one.reported, f"{one.seconds:.0f}")
    console.print(table)

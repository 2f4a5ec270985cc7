"""The command `autograde demo`, on the terminal."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from autograde.demo.running import run_demo
from autograde.demo.term import run_term
from autograde.places import Kit
from autograde.screen import class_table


def run_demo_on_screen(kit: Kit, weeks: Sequence[str], folder: Path, size: int) -> None:
    """The demo, each step on a line, and at its end the class and the page to open."""
    console = Console(highlight=False)
    console.print(f"A class of {size} works on {', '.join(weeks)}, in a course of its own.\n")
    started = time.monotonic()
    demo = run_demo(kit, weeks, folder, size, lambda step: console.print(f"  {step} …"))
    console.print()
    console.print(class_table(demo.grades, {each.learner: each.what for each in demo.submissions}))
    console.print(f"\nAll of it took {time.monotonic() - started:.0f} s.")
    feedback = demo.course / "feedback" / "learner03" / weeks[-1] / f"{weeks[-1]}.html"
    pages = {"the class": demo.page, "one feedback page": feedback, "the grades": demo.course / "grades.csv"}
    _say_where(console, pages | ({"two partners": demo.partners_page} if demo.partners_page else {}))


def run_term_on_screen(kit: Kit, weeks: Sequence[str], folder: Path, size: int) -> None:
    """The term, its weeks on a bar, and at its end the pages to open."""
    console = Console(highlight=False)
    console.print(f"A class of {size} works on {len(weeks)} weeks, in a course of its own.\n")
    started = time.monotonic()
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=len(weeks))

        def tell(week: str, step: str) -> None:
            done = weeks.index(week) if week in weeks else len(weeks)
            progress.update(task, completed=done, description=f"{week}: {step}")

        demo = run_term(kit, weeks, folder, size, tell)
    console.print(f"\nAll of it took {(time.monotonic() - started) / 60:.1f} minutes.")
    last_pages = demo.made.pages
    pages = {
        "the class": demo.page,
        "each week": demo.page.parent,
        "all last pages": last_pages[demo.learner,].parent,
        "a learner's": last_pages[demo.learner,],
        "partners'": last_pages[demo.partners],
        "one feedback page": demo.feedback,
    }
    _say_where(console, pages)


def _say_where(console: Console, pages: Mapping[str, Path]) -> None:
    for name, path in pages.items():
        console.print(f"  {name + ':':<18} {path}", soft_wrap=True)

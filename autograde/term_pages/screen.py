"""The command `autograde term`, on the terminal."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from autograde.places import Kit
from autograde.term_pages.making import make_term_pages


def term_on_screen(course: Path, kit: Kit) -> bool:
    """Make the pages, a line each, and say what to do next; whether everything could be read for them."""
    console = Console(highlight=False)
    made = make_term_pages(course, kit)
    for sentence in made.problems:
        console.print(sentence, soft_wrap=True, markup=False)
    for group, page in made.pages.items():
        console.print(f"{' · '.join(group)}  {page}", soft_wrap=True, markup=False)
    for week in made.weeks:
        sentence = f"The feedback of {week} is written; `nbgrader release_feedback {week}` hands it out."
        console.print(sentence, soft_wrap=True)
    return not made.problems

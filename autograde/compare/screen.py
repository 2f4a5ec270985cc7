"""The command `autograde compare`, on the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograde.compare.asking import Comparer
from autograde.compare.finding import find_sides
from autograde.compare.page import behaviour_words, comparison_page, growth, verdict
from autograde.compare.result import Compared, Comparison
from autograde.errors import Fault
from autograde.explaining import STATUS_WORDS
from autograde.files import replace
from autograde.places import Kit
from autograde.report import printable

STYLES = {"same": "green", "differ": "red", "kind": "yellow", "open": "dim"}


def compare_on_screen(
    week: str,
    names: Sequence[str],
    kit: Kit,
    course: Path,
    *,
    seed: int = 0,
    trust: bool = False,
    page: Path | None = None,
    as_json: bool = False,
) -> None:
    """Compare, and show it in short; all of it goes to the page."""
    chosen = find_sides(names, week, kit, course)
    with Comparer(week, kit, seed=seed, trust=trust, secrets=[*chosen.paths, course]) as comparer:
        comparison = comparer.compare(chosen.sides, hidden=True, reference=chosen.reference)
    if page is not None:
        try:
            replace(page, comparison_page(comparison).encode())
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise Fault(f"it can't be written ({reason})", str(page), "name another file") from error
    if as_json:
        print(comparison.to_json())
        return
    console = Console(highlight=False)
    for part in _parts(comparison):
        console.print(part)
    where = (
        f"All of it is in {page}." if page else "`--page FILE` writes all of it, with the code side by side."
    )
    console.print(Text(f"\n{where}", style="dim"), soft_wrap=True)


def _parts(comparison: Comparison) -> Iterator[Table | Text]:
    if not comparison.sealed:
        yield Text("The notebooks ran unsealed, as you asked.", style="yellow")
    for side in comparison.sides:
        for problem in side.problems:
            yield Text(printable(f"{side.name}: {problem}"), style="yellow")
    yield _table(comparison)
    for each in comparison.exercises:
        if each.difference:
            yield _difference(comparison, each)
    for broken in comparison.broken:
        by, on = comparison.names[broken.by], comparison.names[broken.on]
        said = "lets it pass" if broken.raised is None else f"raises {broken.raised}"
        yield Text(printable(f"\n{broken.test} of {by} on the code of {on}: {said}"))
    yield Text("\nTo talk about", style="bold")
    for sentence in comparison.talk or ["No difference was found: read each other's code."]:
        yield Text(printable(f"- {sentence}"))


def _table(comparison: Comparison) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", title=comparison.week, title_justify="left")
    for column in ("exercise", *comparison.names, "results", "torch operations"):
        table.add_column(Text(printable(column)), overflow="fold")
    for each in comparison.exercises:
        state, words = behaviour_words(each)
        operations = " · ".join(map(growth, each.work.operations)) if each.work else ""
        standings = [STATUS_WORDS[standing] for standing in each.standings]
        table.add_row(each.name, *standings, Text(words, style=STYLES[state]), operations)
    return table


def _difference(comparison: Comparison, each: Compared) -> Text:
    assert each.difference is not None
    text = Text("\n").append(printable(each.difference.call), style="bold")
    for name, result in zip(comparison.names, each.difference.results, strict=True):
        start = f"\n  {name}: "
        text.append(start, style="dim").append(printable(result).replace("\n", "\n" + " " * (len(start) - 1)))
    return text.append(f"\n  {verdict(comparison, each)}", style="dim")

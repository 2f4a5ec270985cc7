"""A week's table and its failures as lines of text, styled in words that any screen can translate."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from autograde.explaining import (
    DRAWN,
    STATUS_WORDS,
    VALUES,
    Explanation,
    Standing,
    counted,
    explained,
    first_explanations,
    points_text,
    standing,
    totals,
)
from autograde.picture.text import Piece, table
from autograde.report import ExerciseReport

Style = Literal["", "strong", "good", "bad", "open", "faint"]
Span = tuple[str, Style]
Line = tuple[Span, ...]
Detail = Literal["table", "first", "all"]

MOST_LINES = 15
FEWEST_LINES = 2
MOST_BLOCKS = 3
BAR_WIDTH = 40
LABEL_WIDTH = 10
BEFORE_TABLE = ("input",)
STYLES: dict[Standing, Style] = {
    "done": "good",
    "failing": "bad",
    "todo": "open",
    "missing": "bad",
    "unchecked": "faint",
}


def week_lines(
    exercises: Sequence[ExerciseReport],
    problems: Sequence[str],
    width: int = 80,
    *,
    detail: Detail = "first",
    unrun: Mapping[str, int] | None = None,
    blocks: str = "█░",
    advice: str = "`-k NAME` runs one alone, `-v` explains all.",
) -> Iterator[Line]:
    """The table, the bar, the stretch exercises, the notebook's problems, and why what fails fails.

    `unrun` counts, by entry, tests that were left out of this run; `blocks` are the bar's two characters;
    `advice` says how to see the failures that there is no room for.
    """
    yield from _table(exercises, width, unrun or {}, blocks)
    yield from _problem_lines(problems, width)
    if detail != "table":
        yield from _failure_lines(exercises, width, detail, advice)


def exercise_lines(
    exercises: Sequence[ExerciseReport], width: int = 80, blocks: str = "█░"
) -> Iterator[Line]:
    """One exercise or a few, as the notebook shows them where there is no HTML."""
    if len(exercises) > 1:
        yield from _table(exercises, width, {}, blocks)
    else:
        yield from (_row(exercise, len(exercise.name), {}) for exercise in exercises)
    yield from _failure_lines(exercises, width, "first", 'check("NAME") explains one.')


def _table(
    exercises: Sequence[ExerciseReport], width: int, left_out: Mapping[str, int], blocks: str
) -> Iterator[Line]:
    shown = [entry for entry in exercises if entry.properties or not left_out]
    counting = [entry for entry in shown if not entry.stretch]
    stretch = [entry for entry in shown if entry.stretch]
    name_width = min(max((len(entry.name) for entry in exercises), default=0), width - 45)
    yield from (_row(entry, name_width, left_out) for entry in counting)
    if counting:
        yield ()
        yield _bar(counting, left_out, blocks)
    if stretch:
        yield ()
        yield (("  stretch, beyond the total", "faint"),)
        yield from (_row(entry, name_width, left_out) for entry in stretch)
    if len(shown) < len(exercises):
        yield ((f"  {len(exercises) - len(shown)} more were not run", "faint"),)


def _row(exercise: ExerciseReport, name_width: int, left_out: Mapping[str, int]) -> Line:
    points = f"{points_text(exercise.points)} / {points_text(exercise.max_points)}"
    name = textwrap.shorten(exercise.name, name_width, placeholder="…").ljust(name_width)
    state = standing(exercise)
    style, word, note = STYLES[state], STATUS_WORDS[state], counted(exercise)
    if missed := left_out.get(exercise.name, 0):
        ran = len(exercise.properties)
        note = f"{ran} of {ran + missed} run"
        if exercise.status == "done":
            style, word = "faint", "so far so good"
    return (
        (f"  {name}  ", ""),
        (f"{points:>10}   ", "faint"),
        (word, style),
        (f"   {note}" if note else "", "faint"),
    )


def _bar(exercises: Sequence[ExerciseReport], left_out: Mapping[str, int], blocks: str) -> Line:
    points, most = totals(exercises)
    filled = int(BAR_WIDTH * points / most) if most else 0
    text = f"  {points_text(points)} of {points_text(most)} points"
    later = sum(entry.max_points for entry in exercises if not entry.properties)
    if left_out:
        text += " in what was run"
    elif later:
        text += f", {points_text(later)} more when graded"
    return (
        ("  ", ""),
        (blocks[0] * filled, "good"),
        (blocks[1] * (BAR_WIDTH - filled), "faint"),
        (text, "strong"),
    )


def _problem_lines(problems: Sequence[str], width: int) -> Iterator[Line]:
    if problems:
        yield ()
    for problem in problems:
        for number, text in enumerate(textwrap.wrap(problem, width - 4)):
            yield (("  ! " if number == 0 else "    ", "open"), (text, ""))


def _failure_lines(
    exercises: Sequence[ExerciseReport],
    width: int,
    detail: Detail,
    advice: str,
) -> Iterator[Line]:
    if detail == "all":
        shown = [each for exercise in exercises for each in explained(exercise)]
        left: list[Explanation] = []
    else:
        found = first_explanations(exercises)
        shown, left = found[:MOST_BLOCKS], found[MOST_BLOCKS:]
    for explanation in shown:
        yield ()
        yield from explanation_lines(explanation, width)
    if left:
        names = ", ".join(explanation.entry for explanation in left)
        yield ()
        for text in textwrap.wrap(f"Also failing: {names}. {advice}", width):
            yield ((text, "faint"),)


def explanation_lines(explanation: Explanation, width: int = 80) -> Iterator[Line]:
    """One failure in at most MOST_LINES lines, each at most `width` wide."""
    head = textwrap.wrap(f"{explanation.entry}: {explanation.sentence}", width, max_lines=3, placeholder=" …")
    room = width - LABEL_WIDTH - 2
    drawn = table(explanation.picture, room) if explanation.picture else []
    parts = [part for part in explanation.parts if not (drawn and part[0] in DRAWN)]
    texts = [(label, _wrapped(label, text, room)) for label, text in parts]
    _fit(texts, MOST_LINES - len(head) - len(drawn) - bool(explanation.others))
    start = len(explanation.entry) + 1
    yield ((head[0][:start], "bad"), (head[0][start:], "strong"))
    yield from (((text, "strong"),) for text in head[1:])
    for label, lines in texts:
        if label not in BEFORE_TABLE:
            yield from _drawn(drawn)
            drawn = []
        for number, text in enumerate(lines):
            yield ((f"  {label if number == 0 else '':<{LABEL_WIDTH}}", "faint"), (text, ""))
    yield from _drawn(drawn)
    if explanation.others:
        yield ((f"  {'':<{LABEL_WIDTH}}({explanation.others})", "faint"),)


def _drawn(drawn: list[list[Piece]]) -> Iterator[Line]:
    """Got beside expected; colour is added to what is marked anyway."""
    for number, pieces in enumerate(drawn):
        style: Style = "faint" if number == 0 else ""
        texts: list[Span] = [(text, "bad" if wrong else style) for text, wrong in pieces]
        yield ((f"  {'':<{LABEL_WIDTH}}", "faint"), *texts)


def _wrapped(label: str, text: str, width: int) -> list[str]:
    """Values keep their own lines; prose is filled."""
    lines = text.split("\n") if label in VALUES else [" ".join(text.split())]
    indent = "    " if label in VALUES else ""
    wrapped = (textwrap.wrap(line, width, subsequent_indent=indent, break_on_hyphens=False) for line in lines)
    return [line for found in wrapped for line in found] or [""]


def _fit(texts: Sequence[tuple[str, list[str]]], budget: int) -> None:
    """Shorten the longest text, a line at a time, until all of them fit; cut ones end in an ellipsis.

    Values give way first, down to FEWEST_LINES: half of a sentence helps nobody.
    """
    cut: set[int] = set()
    while sum(len(lines) for _, lines in texts) > budget:
        values = [
            at for at, (label, lines) in enumerate(texts) if label in VALUES and len(lines) > FEWEST_LINES
        ]
        longest = max(values or range(len(texts)), key=lambda at: len(texts[at][1]))
        if len(texts[longest][1]) == 1:
            break
        texts[longest][1].pop()
        cut.add(longest)
    for at in cut:
        lines = texts[at][1]
        lines[-1] = f"{lines[-1][:-2]} …"


def plain_text(lines: Iterator[Line]) -> str:
    """The lines without their styles."""
    return "\n".join("".join(text for text, _ in line).rstrip() for line in lines)

"""Exercises and their failures as HTML for a notebook: no script, everything escaped, legible on light and dark.

Jupyter gives tables a look of its own, so there are none here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from autograde.explaining import (
    DRAWN,
    STATUS_WORDS,
    VALUES,
    Explanation,
    Standing,
    counted,
    explained,
    points_text,
    standing,
    totals,
)
from autograde.picture import Picture
from autograde.picture.svg import svg
from autograde.report import ExerciseReport

# Solid grounds under white letters: they stand out alike on a light page and on a dark one.
COLOURS: dict[Standing, str] = {
    "done": "#1a7f37",
    "failing": "#c0262d",
    "todo": "#8a6100",
    "missing": "#c0262d",
    "unchecked": "#57606a",
}
LINE = "rgba(128, 128, 128, 0.35)"
PAGE = "font-family: var(--jp-ui-font-family, system-ui, sans-serif); font-size: 14px; line-height: 1.5"
CARD = (
    "max-width: 50em; margin: 0.5em 0; padding: 0.5em 1em; "
    "border: 1px solid {line}; border-left: 5px solid {colour}"
)
BADGE = "color: #ffffff; background: {colour}; border-radius: 3px; padding: 0.1em 0.6em; margin: 0 0.6em"
GRID = "display: grid; grid-template-columns: 4.5em minmax(0, 1fr); column-gap: 1em; row-gap: 0.35em"
VALUE = (
    "margin: 0; padding: 0; border: 0; font-family: var(--jp-code-font-family, ui-monospace, monospace); "
    "font-size: 13px; line-height: 1.35; white-space: pre-wrap; overflow-wrap: anywhere; "
    "background: transparent; color: inherit"
)
FAINT = "opacity: 0.7"


def exercises_html(exercises: Sequence[ExerciseReport]) -> str:
    """A card an exercise; a bar below them if there are several."""
    parts = [_card(exercise) for exercise in exercises]
    if len(exercises) > 1:
        parts.append(_bar(exercises))
    return f'<div style="{PAGE}">{"".join(parts)}</div>'


def message_html(text: str) -> str:
    """One sentence."""
    style = CARD.format(line=LINE, colour=COLOURS["todo"])
    return f'<div style="{PAGE}"><div style="{style}">{escape(text)}</div></div>'


def _card(exercise: ExerciseReport) -> str:
    state = standing(exercise)
    colour = COLOURS[state]
    badge = f'<span style="{BADGE.format(colour=colour)}">{STATUS_WORDS[state]}</span>'
    points = f"{points_text(exercise.points)} of {points_text(exercise.max_points)} points"
    notes = points, "stretch" if exercise.stretch else "", counted(exercise)
    note = f'<span style="{FAINT}">{", ".join(filter(None, notes))}</span>'
    head = f"<div><strong>{escape(exercise.name)}</strong>{badge}{note}</div>"
    body = "".join(explanation_html(each) for each in explained(exercise)[:1])
    return f'<div style="{CARD.format(line=LINE, colour=colour)}">{head}{body}</div>'


def explanation_html(explanation: Explanation) -> str:
    """One failure: the sentence, its parts side by side, how many more there are."""
    rows = "".join(_rows(explanation))
    more = f'<div style="{FAINT}; margin-top: 0.5em">{explanation.others}</div>' if explanation.others else ""
    sentence = f'<div style="margin: 0.5em 0; font-weight: 600">{escape(explanation.sentence)}</div>'
    return f'{sentence}<div style="{GRID}">{rows}</div>{more}'


def _rows(explanation: Explanation) -> Iterator[str]:
    picture = explanation.picture
    for label, text in explanation.parts:
        if picture and label not in ("input", *DRAWN):
            yield _drawn(picture, explanation)
            picture = None
        if not (explanation.picture and label in DRAWN):
            yield _row(label, text)
    if picture:
        yield _drawn(picture, explanation)


def _row(label: str, text: str) -> str:
    value = f'<pre style="{VALUE}">{escape(text)}</pre>' if label in VALUES else f"<div>{escape(text)}</div>"
    return f'<div style="{FAINT}">{escape(label)}</div>{value}'


def _drawn(picture: Picture, explanation: Explanation) -> str:
    """The picture, and folded below it what is drawn, as text."""
    note = f'<div style="{FAINT}">{escape(picture["note"])}</div>' if picture["note"] else ""
    rows = "".join(_row(label, text) for label, text in explanation.parts if label in DRAWN)
    text = f'<details><summary style="{FAINT}">as text</summary><div style="{GRID}">{rows}</div></details>'
    drawn = f'<div style="overflow-x: auto">{svg(picture)}</div>{note}{text if rows else ""}'
    return f'<div style="{FAINT}">picture</div><div>{drawn}</div>'


def _bar(exercises: Sequence[ExerciseReport]) -> str:
    points, most = totals(exercises)
    share = 100 * points / most if most else 0.0
    outer = f"max-width: 30em; height: 8px; background: {LINE}; border-radius: 4px; overflow: hidden"
    inner = f"width: {share:.1f}%; height: 8px; background: {COLOURS['done']}"
    text = f"{points_text(points)} of {points_text(most)} points"
    return (
        f'<div style="{outer}"><div style="{inner}"></div></div><div style="margin-top: 0.3em">{text}</div>'
    )

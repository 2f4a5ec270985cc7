"""What a report says on nbgrader's pages: HTML that stands by itself, and the same as text.

Learners read these pages and, logged in, the instructor. So nothing of a learner's gets in unescaped, and nothing
of it is offered to MathJax.
"""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape

from autograde.explaining import STATUS_WORDS, Explanation, counted, explained, points_text
from autograde.pages import BADGE, CARD, COLOURS, FAINT, LINE, PAGE, explanation_html
from autograde.report import ExerciseReport, Report
from autograde.tables import explanation_lines, plain_text, week_lines

MOST_EXPLAINED = 3
WIDTH = 100
# Control characters, and those that turn the direction of writing.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
UNSEEN = "\ufffd"


def entry_html(exercise: ExerciseReport) -> str:
    """How one entry stands: its points, then what failed, and why."""
    explanations = [_printable(each) for each in explained(exercise)]
    notes = f'<span style="{FAINT}">{escape(_notes(exercise))}</span>'
    parts = [f"<div><strong>{escape(exercise.name)}</strong>{_badge(exercise)}{notes}</div>"]
    parts += [explanation_html(each) for each in explanations[:MOST_EXPLAINED]]
    if left := explanations[MOST_EXPLAINED:]:
        sentences = "".join(f"<li>{escape(each.sentence)}</li>" for each in left)
        parts.append(f"<div>Failing as well:</div><ul>{sentences}</ul>")
    return _card("".join(parts), COLOURS[exercise.status])


def entry_text(exercise: ExerciseReport) -> str:
    """The same as text."""
    texts = [plain_text(explanation_lines(each, WIDTH)) for each in explained(exercise)[:MOST_EXPLAINED]]
    head = f"{exercise.name}: {STATUS_WORDS[exercise.status]}, {_notes(exercise)}"
    return UNPRINTABLE.sub(UNSEEN, "\n\n".join([head, *texts]))


def overview_html(report: Report) -> str:
    """The whole week: how each entry stands, and what was odd about the notebook."""
    points = f"{points_text(report.points)} of {points_text(report.max_points)} points"
    rows = "".join(_row(exercise) for exercise in report.exercises)
    grid = "display: grid; grid-template-columns: repeat(3, max-content); gap: 0.3em 1.2em; margin: 0.5em 0"
    problems = "".join(f"<li>{escape(UNPRINTABLE.sub(UNSEEN, each))}</li>" for each in report.problems)
    noticed = f'<div>Noticed in the notebook:</div><ul style="margin: 0">{problems}</ul>' if problems else ""
    head = f"<strong>{points}</strong> for the exercises"
    return _card(f'<div>{head}</div><div style="{grid}">{rows}</div>{noticed}', "#57606a")


def overview_text(report: Report) -> str:
    """The same as text."""
    lines = week_lines(report.exercises, report.problems, WIDTH, detail="table")
    return UNPRINTABLE.sub(UNSEEN, plain_text(lines))


def _printable(explanation: Explanation) -> Explanation:
    """Without characters that can't be shown, and without a count of the others, which are shown."""
    parts = tuple((label, UNPRINTABLE.sub(UNSEEN, text)) for label, text in explanation.parts)
    return replace(explanation, parts=parts, others="")


def _notes(exercise: ExerciseReport) -> str:
    points = f"{points_text(exercise.points)} of {points_text(exercise.max_points)} points"
    stretch = "stretch, beyond the total" if exercise.stretch else ""
    return ", ".join(filter(None, (points, stretch, counted(exercise))))


def _badge(exercise: ExerciseReport) -> str:
    style = BADGE.format(colour=COLOURS[exercise.status])
    return f'<span style="{style}">{STATUS_WORDS[exercise.status]}</span>'


def _row(exercise: ExerciseReport) -> str:
    name = escape(exercise.name)
    link = f'<a href="#check-{name}">{name}</a>'
    return f"<div>{link}</div><div>{_badge(exercise)}</div><div>{escape(_notes(exercise))}</div>"


def _card(inside: str, colour: str) -> str:
    card = f'<div style="{CARD.format(line=LINE, colour=colour)}">{inside}</div>'
    return f'<div class="tex2jax_ignore mathjax_ignore" style="{PAGE}">{card}</div>'

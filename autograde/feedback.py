"""What a report says on nbgrader's pages: HTML that stands by itself, and the same as text.

The pages are read by learners and, logged in, by the instructor, so nothing of a learner's gets in unescaped;
and none of it is offered to MathJax.
"""

from __future__ import annotations

import html
import re

from autograde.explaining import STATUS_WORDS, Explanation, counted, explained, points_text
from autograde.report import ExerciseReport, Report, Status
from autograde.tables import explanation_lines, plain_text, week_lines

MOST_EXPLAINED = 3
WIDTH = 100
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
COLOURS: dict[Status, str] = {
    "done": "#2e7d32",
    "failing": "#c62828",
    "todo": "#8a6d00",
    "missing": "#c62828",
}
VALUES = frozenset({"input", "got", "expected", "line"})


def escaped(text: str) -> str:
    """Text as HTML shows it: nothing in it is a tag, nothing turns the direction of writing."""
    return html.escape(UNPRINTABLE.sub("\ufffd", text))


def entry_html(exercise: ExerciseReport) -> str:
    """How one entry stands: points, then what failed, and why."""
    explanations = explained(exercise)
    parts = [f'<p style="margin:0"><b>{escaped(exercise.name)}</b>: {_standing(exercise)}</p>']
    parts += [_explanation_html(explanation) for explanation in explanations[:MOST_EXPLAINED]]
    if left := explanations[MOST_EXPLAINED:]:
        sentences = "".join(f"<li>{escaped(explanation.sentence)}</li>" for explanation in left)
        parts.append(f'<p style="margin:8px 0 0">Also failing:</p><ul style="margin:0">{sentences}</ul>')
    return _box("".join(parts), COLOURS[exercise.status])


def entry_text(exercise: ExerciseReport) -> str:
    """The same as text."""
    texts = [plain_text(explanation_lines(each, WIDTH)) for each in explained(exercise)[:MOST_EXPLAINED]]
    return UNPRINTABLE.sub("\ufffd", "\n\n".join([f"{exercise.name}: {_standing(exercise)}", *texts]))


def overview_html(report: Report) -> str:
    """The whole week: a table of what is graded by the machine, and the notebook's problems."""
    rows = "".join(_row(exercise) for exercise in report.exercises)
    points = f"{points_text(report.points)} of {points_text(report.max_points)} points"
    table = f'<table style="border-collapse:collapse;margin:6px 0;border:0">{rows}</table>'
    problems = "".join(f"<li>{escaped(problem)}</li>" for problem in report.problems)
    noticed = f'<p style="margin:8px 0 0">Noticed in the notebook:</p><ul>{problems}</ul>' if problems else ""
    return _box(f'<p style="margin:0"><b>{points}</b> for the exercises</p>{table}{noticed}', "#37474f")


def overview_text(report: Report) -> str:
    """The same as text."""
    lines = week_lines(report.exercises, report.problems, WIDTH, detail="table")
    return UNPRINTABLE.sub("\ufffd", plain_text(lines))


def _standing(exercise: ExerciseReport) -> str:
    points = f"{points_text(exercise.points)} of {points_text(exercise.max_points)} points"
    beyond = " (stretch, beyond the total)" if exercise.stretch else ""
    held = counted(exercise)
    return f"{STATUS_WORDS[exercise.status]}, {points}{beyond}" + (f"; {held}" if held else "")


def _row(exercise: ExerciseReport) -> str:
    cell = '<td style="padding:1px 14px 1px 0;text-align:left;border:0">'
    texts = [
        f'<a href="#check-{escaped(exercise.name)}">{escaped(exercise.name)}</a>',
        f"{points_text(exercise.points)} of {points_text(exercise.max_points)}",
        f'<span style="color:{COLOURS[exercise.status]}">{STATUS_WORDS[exercise.status]}</span>',
        "stretch, beyond the total" if exercise.stretch else counted(exercise),
    ]
    return f"<tr>{''.join(f'{cell}{text}</td>' for text in texts)}</tr>"


def _explanation_html(explanation: Explanation) -> str:
    rows = "".join(_part_html(label, text) for label, text in explanation.parts)
    grid = "display:grid;align-items:baseline;grid-template-columns:max-content minmax(0,1fr);gap:2px 12px;margin-left:12px"
    title = f'<p style="margin:10px 0 2px"><b>{escaped(explanation.sentence)}</b></p>'
    return f'{title}<div style="{grid}">{rows}</div>'


def _part_html(label: str, text: str) -> str:
    plain = "margin:0;padding:0;border:0;background:none;white-space:pre-wrap;overflow-wrap:anywhere"
    name = f'<span style="color:#666">{escaped(label)}</span>'
    if label in VALUES:
        return f'{name}<pre style="{plain}">{escaped(text)}</pre>'
    return f'{name}<div style="white-space:pre-line;overflow-wrap:anywhere">{escaped(text)}</div>'


def _box(inside: str, colour: str) -> str:
    style = f"border-left:4px solid {colour};background:#fafafa;padding:6px 10px;margin:4px 0;max-width:60em"
    return f'<div class="tex2jax_ignore mathjax_ignore" style="{style}">{inside}</div>'

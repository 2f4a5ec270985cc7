"""The class at a glance: learners and exercises on one self-contained page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from jinja2 import Environment

from autograde.report import Report

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ week }}: the class</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
  table { border-collapse: collapse; }
  th { font-weight: 500; text-align: left; vertical-align: bottom; padding: 0 .6rem .3rem 0; }
  thead th.exercise { writing-mode: vertical-rl; transform: rotate(180deg); padding: .4rem .2rem; }
  td { width: 1.9rem; height: 1.9rem; padding: 0; text-align: center; font-size: .75rem;
       border: 2px solid Canvas; }
  td.points { width: auto; padding-left: .8rem; font-size: 1rem; text-align: right; white-space: nowrap; }
  .done { background: #2f855a; color: white; } .failing { background: #d69e2e; color: black; }
  .todo { background: color-mix(in srgb, CanvasText 12%, Canvas); }
  .missing { background: repeating-linear-gradient(45deg, #8884 0 4px, transparent 4px 8px); }
  .scroll { overflow-x: auto; }
  tr.second th, tr.second td { border-bottom: .7rem solid Canvas; }
  li { margin: .2rem 0; }
</style>
<h1>{{ week }}: the class</h1>
<p>{{ reports | length }} notebooks, {{ "%.1f" | format(mean) }} of {{ "%g" | format(most) }} points on average.
Each square is an exercise: <span class="done">&nbsp;done&nbsp;</span>
<span class="failing">&nbsp;failing,
with the share of its tests that hold in per cent&nbsp;</span>
<span class="todo">&nbsp;to do&nbsp;</span>
<span class="missing">&nbsp;missing&nbsp;</span>. Partners stand together.</p>
<div class="scroll"><table>
<thead><tr><th></th>{% for name in names %}<th class="exercise">{{ name }}</th>{% endfor %}
<th>points</th></tr></thead>
<tbody>
{% for learner, report, last in rows %}<tr{% if last %} class="second"{% endif %}><th>{{ learner }}</th>
{%- for entry in report.exercises %}<td class="{{ entry.status }}" title="{{ entry.name }}: {{ entry.status }}">
{%- if entry.status == "failing" and entry.max_points %}{{ (100 * entry.points / entry.max_points) | round | int }}
{%- endif %}</td>{% endfor %}
<td class="points">{{ "%g" | format(report.points) }}</td></tr>
{% endfor %}</tbody></table></div>
<h2>What fails most</h2>
<ol>{% for (entry, sentence), count in common %}<li><b>{{ entry }}</b>: {{ sentence }} ({{ count }} learner
{%- if count > 1 %}s{% endif %})</li>{% endfor %}</ol>
"""


def class_page(week: str, reports: Mapping[str, Report], partners: Sequence[Sequence[str]]) -> str:
    """The page, with no script in it and everything from learners escaped."""
    ordered = [learner for group in partners for learner in group]
    ordered += sorted(set(reports) - set(ordered))
    last_of_group = {group[-1] for group in partners}
    rows = [
        (learner, reports[learner], learner in last_of_group) for learner in ordered if learner in reports
    ]
    scores = [report.points for report in reports.values()]
    first = next(iter(reports.values()), None)
    template = Environment(autoescape=True).from_string(PAGE)
    return template.render(
        week=week,
        reports=reports,
        rows=rows,
        names=[entry.name for entry in first.exercises] if first else [],
        mean=sum(scores) / len(scores) if scores else 0.0,
        most=first.max_points if first else 0.0,
        common=most_failed(reports).most_common(8),
    )


def most_failed(reports: Mapping[str, Report]) -> Counter[tuple[str, str]]:
    """How many learners fail each property that they tried, by (entry, sentence)."""
    return Counter(
        (entry.name, said.sentence)
        for report in reports.values()
        for entry in report.exercises
        if entry.status == "failing"
        for said in entry.properties
        if said.outcome != "passed"
    )

"""A week's page and the term's: self-contained HTML without a script, everything from learners escaped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any

from markupsafe import Markup

from autograde.classroom.agenda import agenda, sticking_points
from autograde.classroom.counting import (
    Failing,
    Held,
    coverage,
    entries_of,
    hours,
    misconceptions,
    most_failed,
    spread,
    stuck_by,
)
from autograde.classroom.joining import joined
from autograde.classroom.plots import histogram, over_weeks
from autograde.classroom.records import ClassWeek, Term, Work
from autograde.explaining import points_text
from autograde.report import ExerciseReport
from autograde.templates import html_templates

MOST_FAILING, MOST_OF_ONE = 12, 3
MOST_MISCONCEPTIONS = 20
Tiles = Sequence[tuple[object, str]]


def week_page(term: Term, week: ClassWeek, files: Sequence[str]) -> str:
    """The class in one week."""
    told, scores = spread(hours(week)), [work.score.points for work in week.work.values()]
    most = max((work.score.most for work in week.work.values()), default=0.0)
    return _filled(
        "week.html", term, files, title=f"{week.week}: the class", week=week, tiles=_week_tiles(week),
        entries=entries_of(week.work.values()), questions=_questions(week), rows=_rows(week),
        pairs=[coverage(week, group) for group in week.groups],
        held=misconceptions([week]), failing=_foremost(most_failed(week)),
        hours=told, hours_plot=Markup(histogram(hours(week), "hours", 1)), stuck_by=stuck_by(week),
        score_plot=Markup(histogram(scores, "points", max(most / 12, 0.5), most)),
        sticking=sticking_points(week), topics=agenda(week), methods=joined(week),
    )  # fmt: skip


def term_page(term: Term, files: Sequence[str]) -> str:
    """The class over the weeks."""
    totals = points_by_learner(term)
    scores = {week.week: [work.score.share for work in week.work.values()] for week in term.weeks}
    return _filled(
        "term.html", term, files, title="The term", weeks=term.weeks, tiles=_term_tiles(term),
        learners=list(totals), totals=totals, summary=[_summary(week) for week in term.weeks],
        score_plot=Markup(over_weeks(scores, "share of the points", 1.0)),
        hours_plot=Markup(over_weeks({week.week: hours(week) for week in term.weeks}, "hours")),
        held=misconceptions(term.weeks)[:MOST_MISCONCEPTIONS],
    )  # fmt: skip


def points_by_learner(term: Term) -> dict[str, float]:
    """Everybody of the term, in the order of the names on its page, and the points of all weeks together."""
    everybody = {one for week in term.weeks for one in (*week.work, *week.absent, *week.ungraded)}
    ordered = sorted(everybody, key=lambda one: (len(one), one) if term.anonymous else (0, one))
    return {
        one: sum(week.work[one].score.points for week in term.weeks if one in week.work) for one in ordered
    }


def _summary(week: ClassWeek) -> dict[str, object]:
    """A week on the term's page."""
    return {
        "week": week.week,
        "handed_in": len(week.work) + len(week.ungraded),
        "median": median(work.score.share for work in week.work.values()),
        "hours": spread(hours(week)),
        "stuck": stuck_by(week),
        "absent": week.absent,
    }


def _foremost(failing: Sequence[Failing]) -> list[Failing]:
    """The first of them, but few of any one exercise."""
    seen: Counter[str] = Counter()
    chosen: list[Failing] = []
    for each in failing:
        seen[each.entry] += 1
        if seen[each.entry] <= MOST_OF_ONE:
            chosen.append(each)
    return chosen[:MOST_FAILING]


def _week_tiles(week: ClassWeek) -> Tiles:
    scores = [work.score for work in week.work.values()]
    most = max((score.most for score in scores), default=0.0)
    told = spread(hours(week))
    tiles: list[tuple[object, str]] = [
        (f"{len(week.work) + len(week.ungraded)} of {_size(week)}", "handed in"),
        (points_text(median(score.points for score in scores)), f"points of {points_text(most)}, median"),
    ]
    if told:
        tiles.append((points_text(told.median), "hours, median"))
    if waiting := sum(score.waiting for score in scores):
        tiles.append((waiting, "wait for a person's grade"))
    return tiles


def _term_tiles(term: Term) -> Tiles:
    told = [value for week in term.weeks for value in hours(week)]
    tiles: list[tuple[object, str]] = [
        (len(points_by_learner(term)), "learners"),
        (len(term.weeks), "weeks" if len(term.weeks) > 1 else "week"),
        (sum(len(week.work) for week in term.weeks), "graded notebooks"),
    ]
    return [*tiles, (points_text(median(told)), "hours a week, median")] if told else tiles


def _size(week: ClassWeek) -> int:
    return len(week.work) + len(week.absent) + len(week.ungraded)


def _questions(week: ClassWeek) -> list[str]:
    return list(dict.fromkeys(name for work in week.work.values() for name in work.score.questions))


def _rows(week: ClassWeek) -> list[list[Work]]:
    """Partners together, then those without."""
    groups = [[week.work[one] for one in group if one in week.work] for group in week.groups]
    placed = {work.learner for group in groups for work in group}
    rest = [work for learner, work in week.work.items() if learner not in placed]
    return [group for group in (*groups, rest) if group]


def _filled(template: str, term: Term, files: Sequence[str], **context: object) -> str:
    pages = html_templates("autograde.classroom", **_filters(term.names))
    return pages.get_template(template).render(files=files, anonymous=term.anonymous, **context)


def _filters(names: Mapping[str, str]) -> dict[str, Any]:
    def name(learner: str) -> str:
        return names.get(learner, learner)

    def named(learners: Iterable[str], between: str = ", ") -> str:
        return between.join(map(name, learners))

    return {
        "name": name,
        "named": named,
        "points": points_text,
        "share": lambda entry: entry.points / entry.max_points if entry.max_points else 0.0,
        "entries_by_name": _by_name,
        "by_exercise": _by_exercise,
    }


def _by_name(work: Work) -> dict[str, ExerciseReport]:
    return {entry.name: entry for entry in work.report.exercises}


def _by_exercise(held: Sequence[Held]) -> list[tuple[Held, list[Held]]]:
    """The misconceptions of an exercise together, each group with its first in front."""
    groups: dict[tuple[str, str], list[Held]] = {}
    for each in held:
        groups.setdefault((each.week, each.cause.exercise), []).append(each)
    return [(group[0], group) for group in groups.values()]

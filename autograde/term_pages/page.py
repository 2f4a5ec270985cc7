"""The last pages as HTML: whole in themselves, no script, and fit to stand in another page's shadow tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from autograde.classroom.counting import Talk, coverage
from autograde.classroom.records import Term
from autograde.explaining import STATUS_WORDS, points_text
from autograde.partners.history import Group
from autograde.templates import html_templates, listed
from autograde.term_pages.path import lit
from autograde.term_pages.recurring import recurring
from autograde.term_pages.stages import Stage, State, Step, own_stages, shared_stages

OWN_WORDS: Mapping[State, str] = {
    "done": STATUS_WORDS["done"],
    "partly": "part of its points",
    "failing": STATUS_WORDS["failing"],
    "todo": STATUS_WORDS["todo"],
    "missing": STATUS_WORDS["missing"],
    "absent": "not handed in",
    "waiting": "waits for a person's grade",
}
Tiles = Sequence[tuple[object, str]]


def learner_page(term: Term, learner: str) -> str:
    """The term of one learner. Of others it says only who was a partner when."""
    stages = _called(own_stages(term, learner), term.names)
    causes = recurring(term, learner)
    works = {week.week: week.work[learner] for week in term.weeks if learner in week.work}
    said = {week: work.reflection for week, work in works.items() if work.reflection}
    partners: dict[str, list[str]] = {}
    for stage in stages:
        for name in stage.partners:
            partners.setdefault(name, []).append(stage.week.removeprefix("week"))
    weeks = sum(stage.week in works for stage in stages if stage.partners)
    hours = {stage.week: stage.hours for stage in stages}
    return _filled(
        "learner.html", [term.names.get(learner, learner)],
        boxes=lit(stages, _weeks(weeks) if weeks else "", {work.deepening for work in works.values()}),
        stages=stages, tiles=_tiles(stages, len(works)),
        words=_words_of(stages, OWN_WORDS), partners=partners,
        returned=[each for each in causes if len(each.met) > 1],
        once=[each for each in causes if len(each.met) == 1],
        hours_told=hours if any(hours.values()) else {},
        stuck=[(week, each.sticking_point) for week, each in said.items() if each.sticking_point],
    )  # fmt: skip


def partners_page(term: Term, group: Group, called: Mapping[str, str]) -> str:
    """What partners have between them, in the weeks of this term that they were partners in."""
    stages = _called(shared_stages(term, group), called)
    talks = {week.week: _talks(coverage(week, group).talks, called) for week in term.weeks}
    both, some = ("both of you", "one of you") if len(group) == 2 else ("all of you", "some of you")
    works = [week.work[one] for week in term.weeks for one in group if one in week.work]
    had, most = sum(stage.reached for stage in stages), sum(stage.most for stage in stages)
    return _filled(
        "partners.html", [called[one] for one in group],
        boxes=lit(stages, _weeks(len(stages)), {work.deepening for work in works}), stages=stages, talks=talks,
        tiles=[(len(stages), "weeks together"), (f"{had:.0f} of {most:.0f}", "exercises between you")],
        words=_words_of(stages, {"all": both, "some": some, "nobody": "nobody yet"}),
    )  # fmt: skip


def _called(stages: Iterable[Stage], names: Mapping[str, str]) -> list[Stage]:
    """The weeks, with names for ids."""
    return [
        replace(
            stage,
            partners=tuple(names.get(one, one) for one in stage.partners),
            waiting=tuple(names.get(one, one) for one in stage.waiting),
        )
        for stage in stages
    ]


def _talks(talks: Iterable[Talk], called: Mapping[str, str]) -> list[Talk]:
    """Who can explain what, by the names that the page uses."""
    return [
        replace(talk, by=tuple(called[one] for one in talk.by), to=tuple(called[one] for one in talk.to))
        for talk in talks
    ]


def _tiles(stages: Sequence[Stage], handed_in: int) -> Tiles:
    counted = [step for stage in stages for step in stage.steps if not step.stretch]
    done = sum(step.state == "done" for step in counted)
    further = sum(step.stretch and step.state == "done" for stage in stages for step in stage.steps)
    reached, most = sum(stage.reached for stage in stages), sum(stage.most for stage in stages)
    told = sum(stage.hours or 0 for stage in stages)
    tiles: list[tuple[object, str]] = [
        (f"{handed_in} of {len(stages)}", "weeks handed in"),
        (f"{done} of {len(counted)}", "exercises and questions done"),
        (points_text(reached), f"points of {points_text(most)}"),
    ]
    tiles += [(further, "stretch done")] if further else []
    return [*tiles, (points_text(told), "hours, as told")] if told else tiles


def _weeks(count: int) -> str:
    return f"{count} week{'s' if count > 1 else ''}"


def _words_of(stages: Sequence[Stage], words: Mapping[State, str]) -> dict[State, str]:
    """The states that a page shows, for its key."""
    shown = {step.state for stage in stages for step in stage.steps}
    return {state: word for state, word in words.items() if state in shown}


def _about(stage: Stage) -> list[str]:
    """What else is said of a week of a learner or of partners."""
    partners = f"with {listed(stage.partners)}" if stage.partners else ""
    waiting = f"{listed(stage.waiting)} handed nothing in" if stage.waiting else ""
    hours = f"{points_text(stage.hours)} hours" if stage.hours else ""
    return [each for each in (partners, waiting, stage.note, hours) if each]


def _told(step: Step) -> str:
    """An exercise's points; the bare number where all of them were reached."""
    if step.state == "waiting":
        return f"{points_text(step.most)} ?"
    if step.state in ("todo", "missing", "absent"):
        return points_text(step.most)
    return (
        points_text(step.most)
        if step.state == "done"
        else f"{points_text(step.reached)} of {points_text(step.most)}"
    )


def _filled(template: str, names: Sequence[str], **context: Any) -> str:
    pages = html_templates(
        "autograde.term_pages", points=points_text, about=_about, told=_told, percent=_percent
    )
    return pages.get_template(template).render(names=names, **context)


def _percent(share: float | None) -> str:
    return f"{100 * (share or 0):.0f}%"

"""Misconceptions that came back: one name in several exercises."""

from __future__ import annotations

from dataclasses import dataclass, replace

from autograde.classroom.counting import misconceptions
from autograde.classroom.records import Cause, ClassWeek, Term


@dataclass(frozen=True)
class Recurring:
    """A misconception's name, and in which weeks and exercises a learner's answers behave like it."""

    name: str
    met: tuple[tuple[str, Cause], ...]


def recurring(term: Term, learner: str) -> list[Recurring]:
    """Those of one learner, in the order of the weeks; the most frequent first."""
    held = misconceptions([_of(week, learner) for week in term.weeks])
    names = dict.fromkeys(each.cause.name for each in held)
    found = [
        Recurring(name, tuple((each.week, each.cause) for each in held if each.cause.name == name))
        for name in names
    ]
    return sorted(found, key=lambda each: -len(each.met))


def _of(week: ClassWeek, learner: str) -> ClassWeek:
    """The week as if nobody else had handed anything in."""
    return replace(week, work={one: work for one, work in week.work.items() if one == learner})

"""A week of the term as a page tells it, exercise by exercise: of one learner, or of partners together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from autograde.classroom.counting import coverage, entries_of
from autograde.classroom.records import ClassWeek, Term, Work
from autograde.partners.history import Group
from autograde.report import ExerciseReport

State = Literal["done", "partly", "failing", "todo", "missing", "absent", "waiting", "all", "some", "nobody"]


@dataclass(frozen=True)
class Step:
    """One entry of a week, or a question: its state, and how much of it there is, in points or, of partners, of one."""

    name: str
    state: State
    stretch: bool
    reached: float
    most: float


@dataclass(frozen=True)
class Stage:
    """A week: its steps, and what was reached of what there is, in points or, of partners, in exercises.

    `partners` are those of a learner; `waiting`, of partners, who of them handed nothing in.
    """

    week: str
    title: str
    steps: tuple[Step, ...]
    reached: float
    most: float
    partners: Group = ()
    waiting: Group = ()
    note: str = ""
    hours: float | None = None

    @property
    def share(self) -> float:
        return min(self.reached / self.most, 1.0) if self.most else 0.0


def own_stages(term: Term, learner: str) -> list[Stage]:
    """The weeks of one learner; nothing of anybody else is in them but who the partners were."""
    return [_own(week, learner) for week in term.weeks]


def shared_stages(term: Term, group: Group) -> list[Stage]:
    """The weeks of partners, what they have between them. Whoever handed nothing in has nothing."""
    return [_shared(week, group) for week in term.weeks if group in week.groups]


def _own(week: ClassWeek, learner: str) -> Stage:
    names = next((group for group in week.groups if learner in group), ())
    partners = tuple(one for one in names if one != learner)
    work = week.work.get(learner)
    if work is None:
        note = "handed in, not graded yet" if learner in week.ungraded else "nothing handed in"
        steps = tuple(_not_there(entry) for entry in entries_of(week.work.values()).values())
        most = max((each.score.most for each in week.work.values()), default=0.0)
        return Stage(week.week, week.title, steps, 0.0, most, partners, note=note)
    steps = (*map(_step, work.report.exercises), *_questions(work))
    hours = work.reflection.hours if work.reflection else None
    score, joint = work.score, _joint(bool(work.joint_with))
    return Stage(week.week, week.title, steps, score.points, score.most, partners, note=joint, hours=hours)


def _joint(joint: bool) -> str:
    return "one joint notebook" if joint else ""


def _step(entry: ExerciseReport) -> Step:
    state: State = "partly" if entry.status == "failing" and entry.points else entry.status
    return Step(entry.name, state, entry.stretch, entry.points, entry.max_points)


def _not_there(entry: ExerciseReport) -> Step:
    return Step(entry.name, "absent", entry.stretch, 0.0, entry.max_points)


def _questions(work: Work) -> Iterator[Step]:
    """The questions in prose, as a person graded them."""
    for name, (points, most) in work.score.questions.items():
        if points is None:
            yield Step(name, "waiting", False, 0.0, most)
        else:
            state: State = "done" if points >= most else "partly" if points else "todo"
            yield Step(name, state, False, points, most)


def _shared(week: ClassWeek, group: Group) -> Stage:
    told = coverage(week, group)
    states: dict[str, State] = dict.fromkeys(told.both, "some" if told.waiting else "all")
    states.update(dict.fromkeys(told.either, "some"))
    states.update(dict.fromkeys(told.neither, "nobody"))
    entries = entries_of(week.work[one] for one in group if one in week.work)
    steps = tuple(
        Step(name, states[name], entry.stretch, float(states[name] != "nobody"), 1.0)
        for name, entry in entries.items()
    )
    counted = [step for step in steps if not step.stretch]
    reached, most = sum(step.reached for step in counted), sum(step.most for step in counted)
    return Stage(week.week, week.title, steps, reached, most, waiting=told.waiting, note=_joint(told.joint))

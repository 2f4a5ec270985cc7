"""What is known of a class, week by week: plain data, from which pages and CSV files are made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from autograde.partners.history import Group
from autograde.report import Report

Stuck = Literal["syntax", "ideas", "both", "neither"]


@dataclass(frozen=True)
class Score:
    """A learner's week in nbgrader's gradebook: what a person gave included, a penalty taken off.

    `questions` are those that a person grades, with points and maximum; None for points still to be given.
    """

    points: float
    most: float
    questions: Mapping[str, tuple[float | None, float]] = field(default_factory=dict)

    @property
    def share(self) -> float:
        return self.points / self.most if self.most else 0.0

    @property
    def waiting(self) -> bool:
        """Whether a person has yet to look at an answer."""
        return any(points is None for points, _ in self.questions.values())


@dataclass(frozen=True)
class Reflection:
    """How the week went, in the learner's words. `stuck` says by what, where that was said."""

    hours: float | None = None
    sticking_point: str = ""
    stuck: Stuck | None = None
    questions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Method:
    """A row of a learner's sheet of tensor methods."""

    name: str
    category: str
    expression: str
    shape: str


@dataclass(frozen=True)
class Work:
    """What one learner handed in. `joint_with` is with whom, where it is one notebook of both.

    `deepening` says which way a learning problem of their own went deeper, where they handed one in.
    """

    learner: str
    report: Report
    score: Score
    reflection: Reflection | None = None
    methods: tuple[Method, ...] = ()
    joint_with: tuple[str, ...] = ()
    deepening: str = ""


@dataclass(frozen=True)
class Cause:
    """A misconception as its authors tell it."""

    exercise: str
    name: str
    sentence: str = ""
    hint: str = ""


@dataclass(frozen=True)
class ClassWeek:
    """One week of a class. `absent` handed nothing in, and of `ungraded` there is no report."""

    week: str
    title: str
    work: Mapping[str, Work]
    groups: tuple[Group, ...] = ()
    absent: tuple[str, ...] = ()
    ungraded: tuple[str, ...] = ()
    causes: Mapping[tuple[str, str], Cause] = field(default_factory=dict)

    @property
    def notebooks(self) -> Iterator[Work]:
        """The work notebook by notebook: a joint one once."""
        return (work for work in self.work.values() if all(work.learner < one for one in work.joint_with))


@dataclass(frozen=True)
class Term:
    """The weeks of a class in order. `names` are what its learners are called on pages, by id.

    `identifying` are names and addresses of everybody. `problems` say what could not be read. `anonymous` says that
    ids and names are no longer real ones.
    """

    weeks: tuple[ClassWeek, ...]
    names: Mapping[str, str]
    identifying: frozenset[str] = frozenset()
    problems: tuple[str, ...] = ()
    anonymous: bool = False

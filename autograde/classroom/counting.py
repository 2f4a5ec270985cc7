"""What a week's work adds up to: misconceptions, what fails, what partners have between them, hours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from autograde.classroom.records import Cause, ClassWeek, Stuck, Work
from autograde.partners.history import Group
from autograde.report import ExerciseReport


@dataclass(frozen=True)
class Held:
    """A misconception, and who behaves by it."""

    week: str
    cause: Cause
    learners: tuple[str, ...]


@dataclass(frozen=True)
class Failing:
    """A property, and how many of those who tried its exercise fail it."""

    entry: str
    sentence: str
    hidden: bool
    failed: int
    tried: int


@dataclass(frozen=True)
class Talk:
    """Who can explain what to whom."""

    by: tuple[str, ...]
    to: tuple[str, ...]
    entries: tuple[str, ...]


@dataclass(frozen=True)
class Coverage:
    """What partners have done between them, by entry, and what to explain to each other.

    `waiting` are those of the group who handed nothing in; `joint` says that theirs is one notebook.
    """

    group: Group
    both: tuple[str, ...] = ()
    either: tuple[str, ...] = ()  # done by some, not by all
    neither: tuple[str, ...] = ()
    talks: tuple[Talk, ...] = ()
    waiting: tuple[str, ...] = ()
    joint: bool = False


@dataclass(frozen=True)
class Spread:
    """Numbers in short: their count, the median, and between what the middle half of them lies."""

    count: int
    median: float
    low: float
    high: float


def entries_of(works: Iterable[Work]) -> dict[str, ExerciseReport]:
    """The entries of all reports by name, those of the fullest first."""
    found: dict[str, ExerciseReport] = {}
    for work in sorted(works, key=lambda work: -len(work.report.exercises)):
        for entry in work.report.exercises:
            found.setdefault(entry.name, entry)
    return found


def misconceptions(weeks: Sequence[ClassWeek]) -> list[Held]:
    """The named misconceptions, the most frequent first."""
    found: dict[tuple[str, str, str], set[str]] = {}
    causes: dict[tuple[str, str, str], Cause] = {}
    for week in weeks:
        for work in week.work.values():
            for exercise, name in _named(work):
                found.setdefault((week.week, exercise, name), set()).add(work.learner)
                told = week.causes.get((exercise, name), Cause(exercise, name))
                causes[week.week, exercise, name] = told
    held = [Held(key[0], causes[key], tuple(sorted(learners))) for key, learners in found.items()]
    return sorted(
        held, key=lambda each: (-len(each.learners), each.week, each.cause.exercise, each.cause.name)
    )


def _named(work: Work) -> Iterator[tuple[str, str]]:
    for entry in work.report.exercises:
        for said in entry.properties:
            if said.misconception:
                yield entry.name.partition("-")[0], said.misconception


def most_failed(week: ClassWeek) -> list[Failing]:
    """The properties that fail for those who tried, the most frequent first."""
    tried: Counter[tuple[str, str, bool]] = Counter()
    failed: Counter[tuple[str, str, bool]] = Counter()
    for work in week.work.values():
        for entry in work.report.exercises:
            if entry.status in ("failing", "done"):
                said = {(entry.name, each.sentence, each.hidden): each.outcome for each in entry.properties}
                tried.update(said.keys())
                failed.update(key for key, outcome in said.items() if outcome != "passed")
    rows = [Failing(*key, count, tried[key]) for key, count in failed.items()]
    return sorted(rows, key=lambda each: (-each.failed, each.tried, each.entry, each.sentence))


def coverage(week: ClassWeek, group: Group) -> Coverage:
    """What one group has done between them."""
    works = [week.work[one] for one in group if one in week.work]
    waiting = tuple(one for one in group if one not in week.work)
    done = {work.learner: _done(work) for work in works}
    shared: dict[str, list[str]] = {"both": [], "either": [], "neither": []}
    talks: dict[tuple[Group, Group], list[str]] = {}
    for entry in entries_of(works):
        able = tuple(one for one in done if entry in done[one])
        others = tuple(one for one in done if one not in able)
        shared["either" if able and others else "both" if able else "neither"].append(entry)
        if able and others:
            talks.setdefault((able, others), []).append(entry)
    told = tuple(Talk(by, to, tuple(entries)) for (by, to), entries in talks.items())
    joint = any(set(work.joint_with) & set(group) for work in works)
    parts = {name: tuple(entries) for name, entries in shared.items()}
    return Coverage(group, **parts, talks=told, waiting=waiting, joint=joint)


def _done(work: Work) -> set[str]:
    return {entry.name for entry in work.report.exercises if entry.status == "done"}


def hours(week: ClassWeek) -> list[float]:
    """The hours that were told."""
    told = [work.reflection.hours for work in week.notebooks if work.reflection]
    return sorted(value for value in told if value)


def stuck_by(week: ClassWeek) -> Counter[Stuck]:
    """How many were stuck by what."""
    return Counter(
        work.reflection.stuck for work in week.notebooks if work.reflection and work.reflection.stuck
    )


def spread(values: Sequence[float]) -> Spread | None:
    """Median and quartiles; None of nothing."""
    if len(values) < 2:
        return Spread(1, values[0], values[0], values[0]) if values else None
    low, _, high = quantiles(values, n=4, method="inclusive")
    return Spread(len(values), median(values), low, high)

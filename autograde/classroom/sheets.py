"""The same as tables for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autograde.classroom.agenda import agenda
from autograde.classroom.counting import coverage, misconceptions, most_failed
from autograde.classroom.records import ClassWeek, Term
from autograde.csvs import Value, csv_bytes

Row = Sequence[Value]


def week_sheets(week: ClassWeek) -> dict[str, bytes]:
    """A week's CSV files by name."""
    tables: dict[str, tuple[Sequence[str], Iterator[Row]]] = {
        "exercises": (("learner", "entry", "status", "stretch", "points", "max_points"), _exercises(week)),
        "scores": (("learner", "points", "max_points", "waits_for_a_person", "joint_with"), _scores(week)),
        "pairs": (("partners", "both", "either", "neither", "joint", "nothing_handed_in"), _pairs(week)),
        "misconceptions": (("exercise", "misconception", "learners", "sentence", "hint"), _held(week)),
        "failing": (("entry", "property", "hidden", "failed", "tried"), _failing(week)),
        "reflections": (("learner", "hours", "stuck_by", "sticking_point"), _reflections(week)),
        "agenda": (("question", "learners", "in_other_words"), _agenda(week)),
        "absent": (("learner", "state"), _absent(week)),
    }
    if any(work.methods for work in week.work.values()):
        tables["tensor-methods"] = ("method", "category", "expression", "shape", "learner"), _methods(week)
    return {f"{week.week}-{name}.csv": csv_bytes(header, rows) for name, (header, rows) in tables.items()}


def term_sheets(term: Term, learners: Sequence[str]) -> dict[str, bytes]:
    """The term's CSV files by name."""
    weeks = [week.week for week in term.weeks]
    rows = (
        (one, *(week.work[one].score.points if one in week.work else None for week in term.weeks))
        for one in learners
    )
    held = (
        (each.week, each.cause.exercise, each.cause.name, len(each.learners), each.cause.sentence)
        for each in misconceptions(term.weeks)
    )
    return {
        "term-scores.csv": csv_bytes(("learner", *weeks), rows),
        "term-misconceptions.csv": csv_bytes(
            ("week", "exercise", "misconception", "learners", "sentence"), held
        ),
    }


def _exercises(week: ClassWeek) -> Iterator[Row]:
    for work in week.work.values():
        for entry in work.report.exercises:
            stretch = "yes" if entry.stretch else "no"
            yield work.learner, entry.name, entry.status, stretch, entry.points, entry.max_points
        for question, (points, most) in work.score.questions.items():
            status = "waits for a person" if points is None else "graded"
            yield work.learner, question, status, "no", points, most


def _scores(week: ClassWeek) -> Iterator[Row]:
    for work in week.work.values():
        waiting = "yes" if work.score.waiting else "no"
        yield work.learner, work.score.points, work.score.most, waiting, " ".join(work.joint_with)


def _pairs(week: ClassWeek) -> Iterator[Row]:
    for group in week.groups:
        pair = coverage(week, group)
        lists = (" ".join(entries) for entries in (pair.both, pair.either, pair.neither))
        yield ", ".join(group), *lists, "yes" if pair.joint else "no", ", ".join(pair.waiting)


def _held(week: ClassWeek) -> Iterator[Row]:
    for each in misconceptions([week]):
        yield each.cause.exercise, each.cause.name, len(each.learners), each.cause.sentence, each.cause.hint


def _failing(week: ClassWeek) -> Iterator[Row]:
    for each in most_failed(week):
        yield each.entry, each.sentence, "yes" if each.hidden else "no", each.failed, each.tried


def _reflections(week: ClassWeek) -> Iterator[Row]:
    for work in week.notebooks:
        if said := work.reflection:
            yield work.learner, said.hours, said.stuck, said.sticking_point


def _agenda(week: ClassWeek) -> Iterator[Row]:
    for topic in agenda(week):
        yield topic.sentence, len(topic.learners), " | ".join(topic.wordings)


def _absent(week: ClassWeek) -> Iterator[Row]:
    yield from ((learner, "nothing handed in") for learner in week.absent)
    yield from ((learner, "without a report") for learner in week.ungraded)


def _methods(week: ClassWeek) -> Iterator[Row]:
    for work in week.notebooks:
        for row in work.methods:
            yield row.name, row.category, row.expression, row.shape, work.learner

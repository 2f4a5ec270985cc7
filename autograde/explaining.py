"""What a failure says to a learner: the sentence, the smallest input, got, expected, where they differ, a hint.

Plain data, from which `tables` makes text and `pages` HTML.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Literal

from autograde.picture import Picture
from autograde.report import TESTING, ExerciseReport, PropertyReport, Status, status_of

Standing = Status | Literal["unchecked"]
STATUS_WORDS: dict[Standing, str] = {
    "done": "done",
    "failing": "failing",
    "todo": "to do",
    "missing": "missing",
    "unchecked": "seen when graded",
}
DRAWN = ("got", "expected")  # what a picture shows better
VALUES = ("input", "got", "expected", "line")  # the labels of what is shown as it is, not filled as prose


@dataclass
class Told(PropertyReport):
    """What a test said, with what no report holds: the learner's line that raised, a picture, the behaviour's marks.

    `uses` are the exercises that the learner's code calls, `waits_for` those of them that aren't done.
    """

    entry: str = ""
    todo: bool = False
    line: str = ""
    picture: Picture | None = None
    marks: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    waits_for: tuple[str, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """Why an entry isn't done. `parts` are labelled texts; `others` says how many tests fail beside this one.

    `picture` shows got and expected, where they can be drawn.
    """

    entry: str
    sentence: str
    parts: tuple[tuple[str, str], ...]
    others: str = ""
    picture: Picture | None = None


def exercise_of(
    name: str,
    points: float,
    stretch: bool,
    said: Sequence[Told],
    tests: int,
    *,
    defined: bool,
    untouched: bool = False,
) -> ExerciseReport:
    """How an entry stands after what `said` says, out of `tests` tests in all."""
    held = sum(told.outcome == "passed" for told in said)
    todo = sum(told.todo for told in said)
    status = status_of(len(said), held, todo, defined, untouched)
    reached = round(points * held / tests, 4) if tests else 0.0
    return ExerciseReport(name, status, stretch, reached, points, list(said))


def explained(exercise: ExerciseReport) -> list[Explanation]:
    """One explanation a test that doesn't hold, in the tests' order; what is still to do needs none.

    The first knows how many there are beside it.
    """
    failed = [said for said in exercise.properties if said.outcome != "passed" and not _todo(said)]
    if exercise.status == "missing":
        failed = failed[:1]
    found = [
        explanation_of(said, exercise.name, "" if index else _others(failed[1:]))
        for index, said in enumerate(failed)
    ]
    return [_without(each, found[:index]) for index, each in enumerate(found)]


def _without(explanation: Explanation, before: Sequence[Explanation]) -> Explanation:
    """An explanation without the cause and the hint that one before it has told."""
    told = {part for each in before for part in each.parts if part[0] in ("cause", "perhaps", "hint")}
    return replace(explanation, parts=tuple(part for part in explanation.parts if part not in told))


def with_unfinished(exercises: Sequence[ExerciseReport]) -> list[ExerciseReport]:
    """The exercises, with what each of their failures may be owed to: others that it uses and that aren't done."""
    open_names = {each.name.partition("-")[0] for each in exercises if _known_to_be_open(each)}
    return [
        replace(each, properties=[_waiting(said, open_names) for said in each.properties])
        for each in exercises
    ]


def _known_to_be_open(exercise: ExerciseReport) -> bool:
    """Not where its tests were left out, as with `-k`: then nothing is known of what was written."""
    return exercise.status != "done" and (exercise.status != "failing" or bool(exercise.properties))


def _waiting(said: PropertyReport, open_names: Set[str]) -> PropertyReport:
    if not isinstance(said, Told) or said.outcome == "passed":
        return said
    return replace(said, waits_for=tuple(name for name in said.uses if name in open_names))


def illustrated(
    exercises: Sequence[ExerciseReport], pictures: Mapping[str, Sequence[Picture | None]]
) -> list[ExerciseReport]:
    """A report's exercises with the pictures that came beside it: by entry, one a property or None."""
    return [
        replace(exercise, properties=list(map(_illustrated, exercise.properties, pictures[exercise.name])))
        if exercise.name in pictures and len(pictures[exercise.name]) == len(exercise.properties)
        else exercise
        for exercise in exercises
    ]


def _illustrated(said: PropertyReport, picture: Picture | None) -> Told:
    fields = {each.name: getattr(said, each.name) for each in dataclasses.fields(PropertyReport)}
    return Told(**fields, picture=picture)


def explanation_of(said: PropertyReport, entry: str = "", others: str = "") -> Explanation:
    """What one test says when it doesn't hold."""
    name = said.entry or entry if isinstance(said, Told) else entry
    picture = said.picture if isinstance(said, Told) else None
    return Explanation(name, said.sentence, tuple(_parts(said, name)), others, picture)


def first_explanations(exercises: Sequence[ExerciseReport]) -> list[Explanation]:
    """The first explanation of each entry; of an exercise that is missing with all its parts, one for all."""
    found: list[Explanation] = []
    missing: set[str] = set()
    for exercise in exercises:
        name = exercise.name.partition("-")[0]
        if exercise.status in ("done", "todo") or name in missing:
            continue
        if exercise.status == "missing":
            missing.add(name)
        found += explained(exercise)[:1]
    return found


def standing(exercise: ExerciseReport) -> Standing:
    """Its status, unless it is there and no test says anything of it: "now break it" is seen when graded."""
    return "unchecked" if exercise.status == "failing" and not exercise.properties else exercise.status


def counted(exercise: ExerciseReport) -> str:
    """`2 of 5 checks hold`; nothing where that is plain from the status."""
    held = sum(said.outcome == "passed" for said in exercise.properties)
    if (
        exercise.status == "done"
        and exercise.name.startswith(TESTING)
        and _kind(exercise.properties) == "checks"
    ):
        return "by what you have; more solutions try it when graded"
    if exercise.status not in ("failing", "todo") or held == 0:
        return ""
    ends = "holds" if held == 1 else "hold"
    return f"{held} of {len(exercise.properties)} {_kind(exercise.properties)} {ends}"


def _others(failed: Sequence[PropertyReport]) -> str:
    """`2 more of its checks fail`."""
    if not failed:
        return ""
    return f"{len(failed)} more of its {_kind(failed)} {'fails' if len(failed) == 1 else 'fail'}"


def _kind(said: Sequence[PropertyReport]) -> str:
    """Learners have checks only; what holds properties too is called by the common word."""
    return "tests" if any(each.hidden for each in said) else "checks"


def points_text(points: float) -> str:
    """Points as people write them: 2, 1.5, 0.33."""
    return f"{points:.2f}".rstrip("0").rstrip(".")


def totals(exercises: Sequence[ExerciseReport]) -> tuple[float, float]:
    """Points and possible points, stretch exercises and those that no test speaks of apart."""
    counts = [entry for entry in exercises if not entry.stretch and entry.properties]
    return sum(entry.points for entry in counts), sum(entry.max_points for entry in counts)


def _todo(said: PropertyReport) -> bool:
    return isinstance(said, Told) and said.todo


def _parts(said: PropertyReport, entry: str) -> Iterator[tuple[str, str]]:
    if said.example:
        yield "input", said.example
    if said.got is not None:
        yield "got", said.got
    if said.expected is not None:
        yield "expected", said.expected
    message, _, hint = (said.message or "").partition("\n")
    if message:
        yield _label(said), message
    if isinstance(said, Told) and said.line:
        yield "line", said.line
    if isinstance(said, Told) and said.waits_for:
        verb = "isn't" if len(said.waits_for) == 1 else "aren't"
        yield "first", f"it uses {' and '.join(said.waits_for)}, which {verb} done: mend that"
        if said.misconception:
            return  # what behaves like it may be right, and owe all of it to the others
    if said.misconception:
        cause, _, hint = hint.partition("\n")
        # Of a test of learners' little is seen: two that reject the same right ones may do so for different reasons.
        yield "perhaps" if entry.startswith(TESTING) else "cause", cause or said.misconception
    if hint:
        yield "hint", hint


def _label(said: PropertyReport) -> str:
    if said.outcome == "timeout":
        return "stopped"
    if said.outcome == "error":
        return "error"
    return "differs" if said.expected is not None else "wrong"

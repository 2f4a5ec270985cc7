"""Tests of learners' tests: `break_softmax` must accept every right softmax and catch the misconceptions.

The implementations stay with the judge; the learner's code borrows one at a time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any, TypeVar

from autograde.comparisons import Mismatch
from autograde.judge.reference import reference_cells
from autograde.judge.tests import Test
from autograde.learner.cells import run_plain
from autograde.report import TESTING
from autograde.weeks import Variant, Week, variants_of

LEAST_MIXED = 3
WRONG_ALONE = 4
LUCK = 1 / 25
T = TypeVar("T")


def break_tests(week: Week) -> Iterator[Test]:
    """What is asked of each "now break it" exercise of a week, made from the other exercise's variants."""
    for name in week.exercises:
        target = name.removeprefix(TESTING)
        if name.startswith(TESTING) and target in week.exercises:
            yield _accepting(week, name, target)
            wrong = variants_of(week, target, "misconception")
            for variant in wrong:
                yield _catching(week, name, variant, wrong)


def _accepting(week: Week, name: str, target: str) -> Test:
    def accepts(learner: Any) -> None:
        for variant in [None, *variants_of(week, target, "alternative")]:
            alarm = _alarm(learner, name, implementation(week, target, variant))
            if alarm is not None:
                raise Mismatch(f"a right {target} was taken for a wrong one ({alarm}), so no catch counts")

    def accepts_reference(learner: Any) -> None:
        require_decisions(week, name, learner, [None])

    test = _test(name, f"Accepts every right `{target}`.", accepts, "accepts")
    return replace(test, alone=accepts_reference)


def _catching(week: Week, name: str, variant: Variant, among: Sequence[Variant]) -> Test:
    def catches(learner: Any) -> None:
        require_decisions(week, name, learner, _mixed(variant, among, f"{learner.lot} {name}"))

    def catches_it(learner: Any) -> None:
        require_decisions(week, name, learner, [variant])

    sentence = f"Catches a `{name.removeprefix(TESTING)}` that is wrong: {variant.sentence}"
    return replace(_test(name, sentence, catches, f"catches_{variant.name}"), alone=catches_it)


def require_decisions(week: Week, name: str, learner: Any, order: Sequence[Variant | None]) -> None:
    """Lend the learner's test these implementations, None for the reference. Raises where it decides wrongly."""
    target = name.removeprefix(TESTING)
    slipped = None
    for wrong in order:
        learner.begin()
        alarm = _alarm(learner, name, implementation(week, target, wrong))
        if wrong is None and alarm is not None:
            raise FalseAlarm(f"a right {target} was taken for a wrong one ({alarm}), so no catch counts")
        slipped = wrong if wrong is not None and alarm is None else slipped
    if slipped is not None:
        raise Mismatch(f"this one slipped through: {slipped.sentence}")


def occasions(tests: Sequence[Test], lot: str) -> Iterator[list[Test]]:
    """What fresh learners are asked of an exercise, one list each, before one is known to have met what is right.

    A test that learns from call to call what is right would catch without knowing it. Here each meets the reference
    somewhere among wrong ones, where the lot says, so that it can only guess: as often as LUCK.
    """
    right, wrong = ([test for test in tests if test.gate is gate] for gate in (True, False))
    key = attrgetter("key")
    chance = 1.0
    while wrong and chance > LUCK:
        drawn = [*right, *_by_lot(wrong, f"{lot} {chance}", key)[:WRONG_ALONE]]
        yield _by_lot(drawn, f"{lot} {chance} order", key)
        chance /= len(drawn)


def alone(test: Test) -> Test:
    """A test of a learner's test, as a learner is asked it on one of these occasions."""
    assert test.alone is not None
    sentence = f"`{test.exercise}` decides by what it is given, not by what it was given before."
    hint = (
        "On another occasion it decided otherwise: make generators inside the test, with a seed, and keep nothing "
        "between calls."
    )
    return replace(
        test, name=f"{test.name}_alone", sentence=sentence, hint=hint, function=test.alone, gate=True
    )


def _by_lot(drawn: Sequence[T], lot: str, name: Callable[[T], str]) -> list[T]:
    return sorted(drawn, key=lambda one: hashlib.sha256(f"{lot} {name(one)}".encode()).digest())


class FalseAlarm(Mismatch):
    """A right implementation was rejected among wrong ones: whatever was caught was caught by chance."""


def _mixed(variant: Variant, among: Sequence[Variant], lot: str) -> list[Variant | None]:
    """A wrong implementation, among a third of the catches with the reference before or after it, as the lot says.

    So a test that merely counts its calls can't tell when a right one comes.
    """
    place = _by_lot(among, lot, lambda one: one.name).index(variant)
    if place >= max(LEAST_MIXED, len(among) // 3):
        return [variant]
    return [variant, None] if place % 2 else [None, variant]


def _test(name: str, sentence: str, function: Callable[[Any], None], label: str) -> Test:
    return Test(
        entry=name, name=f"test_{name}_{label}", sentence=sentence, hint="", hidden=True, function=function,
        strategies={}, explicit=(), max_examples=1, takes_reference=False, gate=label == "accepts",
        beyond=label != "accepts",
    )  # fmt: skip


def _alarm(learner: Any, name: str, implementation: Any) -> str | None:
    """What the learner's test raises on an implementation; None if it lets it pass."""
    try:
        getattr(learner, name)(implementation)
    except NotImplementedError:
        raise
    except Exception as error:
        return f"{type(error).__name__}: {error}".rstrip(": ")
    return None


def make_implementations(week: Week) -> None:
    """Make all implementations that learners' tests will meet: once in the judge, not in each of its workers."""
    for name in week.exercises:
        target = name.removeprefix(TESTING)
        if name.startswith(TESTING) and target in week.exercises:
            right, wrong = (variants_of(week, target, kind) for kind in ("alternative", "misconception"))
            for variant in [None, *right, *wrong]:
                implementation(week, target, variant)


_made: dict[tuple[str, str, str], Any] = {}


def implementation(week: Week, name: str, variant: Variant | None) -> Any:
    """The reference's `name`, or that of a variant, in a notebook of its own."""
    key = (str(week.folder), name, f"{variant.kind} {variant.name}" if variant else "")
    if key not in _made:
        instead = {name: variant.source(week)} if variant else {}
        cells = reference_cells(week, instead, up_to=name)
        _made[key] = run_plain(cells, folder=week.folder).namespace[name]
    return _made[key]

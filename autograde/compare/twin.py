"""A learner that is several at once: what a test asks of it all sides are asked, until their outcomes differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import torch

from autograde.compare.apart import Apart, apart, gravest
from autograde.learner import Learner, LearnerStopped
from autograde.learner.host import Answer, Settling, settled, watched
from autograde.learner.lending import Ledger
from autograde.learner.wire import Decoder, Encoder
from autograde.report import TESTING
from autograde.show import show

LARGEST_CALLS = 3


@dataclass(frozen=True)
class Outcome:
    """What became of one call of one side: an answer, or what was raised; stopped counts as raised."""

    answer: Answer
    error: BaseException | None = None

    @property
    def raised(self) -> str:
        """The name of the exception; nothing if there was none."""
        return str(getattr(self.error, "raised_as", type(self.error).__name__)) if self.error else ""

    @property
    def changes(self) -> dict[int, Any]:
        """The arguments that it left changed, generators apart: by position."""
        return {
            place: after for place, after in self.answer.changes if not isinstance(after, torch.Generator)
        }

    def shown(self) -> str:
        """The outcome as a person reads it."""
        if isinstance(self.error, LearnerStopped):
            return self.error.reason
        if self.error is not None:
            return f"raises {show(self.error)}"
        lines = [show(self.answer.value)]
        lines += [
            f"and leaves argument {place + 1} as {show(after)}" for place, after in self.changes.items()
        ]
        return "\n".join(lines)


@dataclass(frozen=True)
class Asked:
    """A call that all sides were asked for: a function's name, or a driver's with its source, and the arguments."""

    name: str
    frame: bytes
    ledger: Ledger
    source: str | None = None

    def arguments(self) -> tuple[list[Any], dict[str, Any]]:
        """A copy of the arguments; what is lent stays itself."""
        args, kwargs = Decoder(self.ledger.find).decode(self.frame)
        return list(args), kwargs

    def of(self, side: Learner) -> Outcome:
        """What becomes of it on one side."""
        args, kwargs = self.arguments()
        try:
            if self.source is None:
                return Outcome(watched(getattr(side, self.name), args, kwargs))
            return Outcome(watched(side.drive, [self.name, self.source, *args], kwargs, first=2))
        except (Exception, SystemExit, LearnerStopped) as error:
            return Outcome(Answer(None), error)


def asked(name: str, args: Sequence[Any], kwargs: dict[str, Any], source: str | None = None) -> Asked:
    """A call, with its arguments as they are now."""
    ledger = Ledger()
    return Asked(name, Encoder(ledger.lend).encode([list(args), kwargs]), ledger, source)


def between(one: Outcome, other: Outcome, *, any_error: bool = False) -> Apart | None:
    """How two outcomes differ; `any_error` says that what is raised is all one."""
    if bool(one.error) != bool(other.error):
        return Apart("kind", "one gives a result, and the other doesn't")
    if any_error:
        return None
    if one.error:
        alike = one.raised == other.raised
        return None if alike else Apart("kind", f"{one.raised}, and {other.raised}")
    if one.changes.keys() != other.changes.keys():
        inputs = Apart("kind", "one changes its input, and the other leaves it as it was")
        return gravest([inputs, apart(one.answer.value, other.answer.value)])
    pairs = [(one.answer.value, other.answer.value)]
    pairs += [(after, other.changes[place]) for place, after in one.changes.items()]
    return gravest(apart(*pair) for pair in pairs)


class Differs(BaseException):
    """Outcomes differ. No Exception, so that no test that expects one takes it for the learner's."""

    def __init__(self, call: Asked, outcomes: list[Outcome], apart: Apart) -> None:
        super().__init__(apart.sentence)
        self.call, self.outcomes, self.apart = call, outcomes, apart


class Undone(BaseException):
    """Some sides can't be asked: it is still to do there, or all of them were stopped."""


@dataclass
class Twin:
    """Several sides as one learner, which answers as the first of them does.

    Only calls of `exercise` and drivers are compared. A difference of harmless kind ends the test if `harmless`
    says so, and is noted otherwise.
    """

    sides: Sequence[Learner]
    exercise: str
    harmless: bool = False
    compared: int = 0
    kind_seen: bool = False
    largest: list[Asked] = field(default_factory=list)
    last_answer: tuple[str, Any] = ("", None)
    settling: Settling = field(default_factory=Settling)
    lot: str = ""

    def begin(self, seconds: float = 0.0) -> None:
        """Start an example on every side."""
        for side in self.sides:
            side.begin(seconds)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if not any(side.has(name) for side in self.sides):
            raise NameError(f"name {name!r} is not defined", name=name)
        if not any(_calls(side, name) for side in self.sides):
            return self._ask(_Value(name, b"", Ledger()), ())
        return lambda *args, **kwargs: self._ask(asked(name, args, kwargs), args)

    def drive(self, name: str, source: str, *args: Any) -> Any:
        """Run a driver on every side."""
        return self._ask(asked(name, args, {}, source), args)

    def _ask(self, call: Asked, args: Sequence[Any]) -> Any:
        outcomes = [call.of(side) for side in self.sides]
        if any(isinstance(each.error, NotImplementedError) for each in outcomes):
            raise Undone
        if call.source is not None or call.name == self.exercise:
            self._compare(call, outcomes)
        first = outcomes[0]
        if isinstance(first.error, LearnerStopped):
            raise Undone
        if first.error is not None:
            raise first.error
        return settled(first.answer, args)

    def _compare(self, call: Asked, outcomes: list[Outcome]) -> None:
        self.compared += 1
        found = worst(outcomes, self.exercise)
        if found is not None and (self.harmless or found.nature != "harmless"):
            raise Differs(call, outcomes, found)
        self.kind_seen = self.kind_seen or found is not None
        if call.source is None and not any(each.error for each in outcomes):
            self._keep(call)

    def _keep(self, call: Asked) -> None:
        """Keep the largest calls that all sides answer alike, to measure them by."""
        if call.frame not in [kept.frame for kept in self.largest]:
            self.largest = sorted([*self.largest, call], key=lambda each: -len(each.frame))[:LARGEST_CALLS]


class _Value(Asked):
    """The value that a name is bound to, as if it were a call."""

    def of(self, side: Learner) -> Outcome:
        try:
            return Outcome(Answer(getattr(side, self.name)))
        except (Exception, LearnerStopped) as error:
            return Outcome(Answer(None), error)


def _calls(side: Learner, name: str) -> bool:
    """Whether a name is bound to something that can be called there."""
    try:
        found: Callable[..., Any] | Any = getattr(side, name)
    except (Exception, LearnerStopped):
        return False
    return callable(found)


def worst(outcomes: Sequence[Outcome], exercise: str) -> Apart | None:
    """The gravest difference between any two; of a "now break it" test only whether it raises counts."""
    breaks = exercise.startswith(TESTING)
    return gravest(between(*pair, any_error=breaks) for pair in combinations(outcomes, 2))


def agree(one: Outcome, other: Outcome, exercise: str) -> bool:
    """Whether two outcomes are the same, harmless kinds apart."""
    found = worst([one, other], exercise)
    return found is None or found.nature == "harmless"

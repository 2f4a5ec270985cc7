"""Each one's "now break it" tests on the others' code: the test runs in one process, what it tests in another.

A function is lent as it is. Of a class everything stays over there, and a number stands for each object.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from autograde.compare.result import Broken
from autograde.compare.team import Member
from autograde.learner import Learner, LearnerStopped
from autograde.learner.host import Answer
from autograde.learner.lending import Borrowed
from autograde.learner.wire import WireError
from autograde.properties import driver, lendable
from autograde.report import TESTING
from autograde.show import show

MOST_DEPTH = 20


def tests_on_each_other(exercises: Sequence[str], members: Sequence[Member], has: Any) -> Iterator[Broken]:
    """What each side's break_ tests say of the others' code; `has(place, name)` says what is there to be run."""
    for test in exercises:
        target = test.removeprefix(TESTING)
        if not test.startswith(TESTING) or target not in exercises:
            continue
        for by, member in enumerate(members):
            for on, other in enumerate(members):
                if by != on and has(by, test) and has(on, target):
                    member.renew()
                    other.renew()
                    raised = _raised(member.learner, test, other.learner, target)
                    if raised is not Undone:
                        yield Broken(test, by, on, raised)


class Undone:
    """Stands for a test that is still to do, whatever its first line looks like."""


def _raised(tester: Learner, test: str, tested: Learner, target: str) -> Any:
    """What a test raises; None if it lets the code pass."""
    for side in (tester, tested):
        side.begin_test()
        side.begin()
    try:
        is_class = stays(tested, "class", [["held", target]]) == ["plain", True]
        getattr(tester, test)(kept(tested, target) if is_class else getattr(tested, target))
    except NotImplementedError:
        return Undone
    except LearnerStopped as stopped:
        return stopped.reason
    except Exception as error:
        return show(error)
    return None


@lendable
class Kept(Borrowed):
    """Something that stays in the process of the code under test."""

    __slots__ = ()


def kept(tested: Learner, number: Any) -> Kept:
    """What stands for a held object, or for a name of the notebook's."""

    def ask(operation: str, operands: list[Any]) -> Answer:
        return Answer(unpacked(stays(tested, operation, [packed(each) for each in operands])))

    def unpacked(value: Any, depth: int = 0) -> Any:
        if type(value) is not list or len(value) != 2 or depth > MOST_DEPTH:
            raise WireError("a malformed value")
        kind, content = value
        if kind == "held" and type(content) is int:
            return kept(tested, content)
        if kind in ("list", "tuple") and type(content) is list:
            entries = [unpacked(each, depth + 1) for each in content]
            return entries if kind == "list" else tuple(entries)
        return content

    return Kept(number, ask)


def packed(value: Any) -> list[Any]:
    """A value on its way there, numbers for what is held there."""
    if type(value) is Kept:
        return ["held", object.__getattribute__(value, "_number")]
    if type(value) in (list, tuple):
        return [type(value).__name__, [packed(each) for each in value]]
    if type(value) is dict:
        return ["dict", [[key, packed(each)] for key, each in value.items()]]
    return ["plain", value]


@driver
def stays(names: Any, operation: str, operands: list[Any]) -> Any:
    """Do something with objects that stay here; says what came of it, numbers for what stays here too."""
    import typing

    from autograde.learner.lending import OPERATIONS

    held = names._namespace.setdefault(" held", [])

    def unpacked(value: typing.Any) -> typing.Any:
        kind, content = value
        if kind == "held":
            return held[content] if type(content) is int else getattr(names, content)
        if kind == "dict":
            return {key: unpacked(each) for key, each in content}
        if kind in ("list", "tuple"):
            entries = [unpacked(each) for each in content]
            return entries if kind == "list" else tuple(entries)
        return content

    def packed(value: typing.Any) -> list[typing.Any]:
        if type(value) in (list, tuple):
            return [type(value).__name__, [packed(each) for each in value]]
        if callable(value) or type(value).__module__ == "__main__":
            held.append(value)
            return ["held", len(held) - 1]
        return ["plain", value]

    first, *rest = map(unpacked, operands)
    if operation == "class":
        return ["plain", isinstance(first, type)]
    if operation == "call":
        return packed(first(*rest[0], **rest[1]))
    return packed(OPERATIONS[operation](first, *rest))

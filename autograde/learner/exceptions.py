"""Exceptions across the wire: as plain data one way, as the nearest built-in exception the other."""

from __future__ import annotations

import builtins
from typing import Any

from autograde.learner.cells import place_in_cells
from autograde.learner.wire import WireError

MAX_MESSAGE = 2_000
MAX_NAME = 200
MAX_BASES = 50


def described(error: BaseException) -> list[Any]:
    """An exception as plain data: the names of its classes, its message, and its place in the notebook."""
    bases = [base.__name__[:MAX_NAME] for base in type(error).__mro__[:MAX_BASES]]
    try:
        alone = error.args[0] if isinstance(error, KeyError) and len(error.args) == 1 else None
        message = alone if type(alone) is str else str(error)
    except BaseException:
        message = "(its message can't be shown)"
    place = place_in_cells(error.__traceback__)
    return [bases, message[:MAX_MESSAGE], list(place) if place else None]


def rebuilt(bases: list[str], message: str, place: list[Any] | None) -> BaseException:
    """The nearest built-in exception to a described one, with the same message. Runs no code of the sender's.

    WireError if it isn't described as `described` does.
    """
    if not _well_formed(bases, message, place):
        raise WireError("a malformed exception")
    kinds = (getattr(builtins, name, None) for name in bases)
    kind = next((k for k in kinds if isinstance(k, type) and issubclass(k, BaseException)), Exception)
    if issubclass(kind, (KeyboardInterrupt, SystemExit, GeneratorExit)) or kind is BaseException:
        kind = RuntimeError
    if issubclass(kind, BaseExceptionGroup):
        kind = Exception  # made of others, which didn't come along
    error = kind.__new__(kind, message)
    error.args = (message,)
    error.raised_as = bases[0] if bases else "Exception"  # type: ignore[attr-defined]
    error.raised_in = tuple(place) if place else None  # type: ignore[attr-defined]
    return error


def _well_formed(bases: object, message: object, place: object) -> bool:
    """Whether these are what `described` gives, no longer than that."""
    if (
        type(bases) is not list
        or len(bases) > MAX_BASES
        or type(message) is not str
        or len(message) > MAX_MESSAGE
    ):
        return False
    if any(type(name) is not str or len(name) > MAX_NAME for name in bases):
        return False
    if place is None:
        return True
    known = type(place) is list and [type(field) for field in place] == [str, int]
    return known and len(place[0]) <= MAX_NAME and abs(place[1]) < 2**31  # type: ignore[index]

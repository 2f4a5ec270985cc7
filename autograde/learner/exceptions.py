"""Exceptions across the wire: as plain data one way, as the nearest built-in exception the other."""

from __future__ import annotations

import builtins
from typing import Any

from autograde.learner.cells import place_in_cells

MAX_MESSAGE = 2_000


def described(error: BaseException) -> list[Any]:
    """An exception as plain data: the names of its classes, its message, and its place in the notebook."""
    bases = [base.__name__ for base in type(error).__mro__]
    try:
        alone = error.args[0] if isinstance(error, KeyError) and len(error.args) == 1 else None
        message = alone if type(alone) is str else str(error)
    except BaseException:
        message = "(its message can't be shown)"
    place = place_in_cells(error.__traceback__)
    return [bases, message[:MAX_MESSAGE], list(place) if place else None]


def rebuilt(bases: list[str], message: str, place: list[Any] | None) -> BaseException:
    """The nearest built-in exception to a described one, with the same message. Runs no code of the sender's."""
    kinds = (getattr(builtins, str(name), None) for name in bases)
    kind = next((k for k in kinds if isinstance(k, type) and issubclass(k, BaseException)), Exception)
    if issubclass(kind, (KeyboardInterrupt, SystemExit, GeneratorExit)) or kind is BaseException:
        kind = RuntimeError
    error = kind.__new__(kind, str(message))
    error.args = (str(message),)
    error.raised_as = str(bases[0]) if bases else "Exception"  # type: ignore[attr-defined]
    error.raised_in = tuple(place) if place else None  # type: ignore[attr-defined]
    return error

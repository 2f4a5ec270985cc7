"""Comparisons that explain themselves: type, then shape, then dtype, then values, and where they differ.

Harmless variety is right: a float or a tensor without axes, a list or a tuple, float32 or float64, unless a
test names one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from autograde.differences import difference, kind_fault
from autograde.looks import looks

UNSTATED: Any = object()


class Mismatch(AssertionError):
    """An answer that isn't the expected one. Carries both, and a sentence on where they differ.

    `tolerance` is (rtol, atol) as the test gave it, `axes` what it calls the axes of the two.
    """

    tolerance: tuple[float | None, float | None] = (None, None)
    axes: tuple[str, ...] = ()

    def __init__(self, message: str, got: Any = None, expected: Any = None, *, compared: bool = True) -> None:
        super().__init__(message)
        self.message = message
        self.got = got
        self.expected = expected
        self.compared = compared

    @cached_property
    def looks(self) -> tuple[str, ...]:
        """How the answer is related to the expected one, if that shows: `it is the expected answer transposed`."""
        return looks(self.got, self.expected, *self.tolerance) if self.compared else ()

    def __str__(self) -> str:
        return f"{self.message}; {self.looks[0]}" if self.looks else self.message


def require(condition: Any, message: str, *, got: Any = UNSTATED, expected: Any = UNSTATED) -> None:
    """Fail with `message` unless `condition` holds; `got` and `expected` are shown beside it if stated."""
    __tracebackhide__ = True
    if not bool(condition):
        raise Mismatch(message, got, expected, compared=got is not UNSTATED or expected is not UNSTATED)


def assert_raises(
    error: type[BaseException], call: Callable[..., Any], *args: Any, mentions: str = ""
) -> None:
    """Fail unless `call(*args)` raises `error`, with `mentions` in its message.

    NotImplementedError from an untouched stub passes through, so that it reads as "to do".
    """
    __tracebackhide__ = True
    wanted = f"{error.__name__}" + (f" mentioning {mentions!r}" if mentions else "")
    try:
        got = call(*args)
    except NotImplementedError:
        raise
    except error as raised:
        if mentions and mentions not in str(raised):
            text = f"the right error, but its message doesn't mention {mentions!r}"
            raise Mismatch(text, raised, Wanted(wanted)) from None
        return
    except Exception as raised:
        raise Mismatch("another error than the one asked for", raised, Wanted(wanted)) from raised
    raise Mismatch("no error where one was asked for", got, Wanted(wanted))


class Wanted:
    """An expectation in words, shown as it is."""

    def __init__(self, words: str) -> None:
        self.words = words

    def __repr__(self) -> str:
        return self.words


def assert_equal(
    got: Any,
    expected: Any,
    what: str = "",
    *,
    dtype: Any = None,
    kind: type | None = None,
    axes: tuple[str, ...] = (),
) -> None:
    """Fail unless `got` is `expected` exactly, harmless variety apart (nan equals nan)."""
    __tracebackhide__ = True
    _compare(got, expected, what, dtype, kind, axes, rtol=0.0, atol=0.0)


def assert_close(
    got: Any,
    expected: Any,
    what: str = "",
    *,
    rtol: float | None = None,
    atol: float | None = None,
    dtype: Any = None,
    kind: type | None = None,
    axes: tuple[str, ...] = (),
) -> None:
    """Fail unless `got` is `expected` up to rounding.

    Allowed per entry: atol + rtol · |expected|. Without either, 64 steps of the coarser dtype's eps at the
    largest finite magnitude in `expected` (at least 1): give your own where size or conditioning asks for it.
    `axes=("from", "to")` names the axes in pictures.
    """
    __tracebackhide__ = True
    _compare(got, expected, what, dtype, kind, axes, rtol=rtol, atol=atol)


def _compare(
    got: Any,
    expected: Any,
    what: str,
    dtype: Any,
    kind: type | None,
    axes: tuple[str, ...],
    *,
    rtol: float | None,
    atol: float | None,
) -> None:
    __tracebackhide__ = True
    fault = kind_fault(got, expected, dtype, kind) or difference(got, expected, rtol, atol)
    if fault:
        mismatch = Mismatch(f"{what}: {fault}" if what else fault, got, expected)
        mismatch.tolerance, mismatch.axes = (rtol, atol), axes
        raise mismatch

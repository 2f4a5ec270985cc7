"""How a test is written: what it belongs to, what runs beside the learner's code, how answers are compared.

@exercise("softmax")
@given(x=logits())
def test_rows_sum_to_one(learner, x):
    \"\"\"Every row of probabilities sums to 1.\"\"\"
    assert_close(learner.softmax(x).sum(-1), torch.ones(x.shape[:-1]))
"""

from __future__ import annotations

import functools
import inspect
import textwrap
from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis.errors import UnsatisfiedAssumption

from autograde.comparisons import Mismatch, assert_close, assert_equal, assert_raises, require

__all__ = [
    "Mismatch",
    "assert_close",
    "assert_equal",
    "assert_raises",
    "assume",
    "driver",
    "exercise",
    "lendable",
    "require",
]

Thing = TypeVar("Thing")
Function = TypeVar("Function", bound=Callable[..., Any])

EXERCISE = "autograde_exercise"
SECONDS = "autograde_seconds"


def exercise(name: str, seconds: float = 0.0) -> Callable[[Function], Function]:
    """Say which exercise, or which part of one (`Value-forward`), a test belongs to.

    `seconds` of computing may pass in it where that is more than in others, as where something is trained.
    """

    def mark(test: Function) -> Function:
        setattr(test, EXERCISE, name)
        setattr(test, SECONDS, seconds)
        return test

    return mark


def assume(condition: Any) -> None:
    """Leave an example out unless `condition` holds: as Hypothesis's own, and good in replay too."""
    if not bool(condition):
        raise UnsatisfiedAssumption


def lendable(kind: type[Thing]) -> type[Thing]:
    """Let a test's own class be lent to the learner's code as an implementation, as a notebook's classes are."""
    kind.__module__ = "__main__"
    return kind


def driver(function: Function) -> Callable[..., Any]:
    """Let `function` run beside the learner's code: `function(learner, ...)` sends its source along.

    The function sees its arguments and what it imports itself, nothing of the file that it stands in.
    Its first argument is the learner's names; it returns plain values.
    """
    lines = inspect.getsource(function).splitlines(keepends=True)
    start = next(number for number, line in enumerate(lines) if line.lstrip().startswith("def "))
    source = textwrap.dedent("".join(lines[start:]))

    @functools.wraps(function)
    def drive(learner: Any, *args: Any) -> Any:
        __tracebackhide__ = True
        return learner.drive(function.__name__, source, *args)

    return drive

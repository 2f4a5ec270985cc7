"""Beside the learner's code: calls it, drives it, and says what came of the arguments.

Both implementations of the learner use this one, so that what a test sees differs only in where it ran.
"""

from __future__ import annotations

import random
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import torch

from autograde.learner.wire import Opaque, WireError, encode, entries

MUTABLE = (list, dict, set, torch.Tensor, np.ndarray, torch.Generator)
# Far from the seeds that tests draw with: a learner's own random rows must not be the rows that were drawn.
EXAMPLE_SEED = 2_718_281_828


@dataclass
class Answer:
    """What a call returned, and the arguments that it changed, by position.

    `same_as` is the position of the argument that was returned itself, if one was.
    """

    value: Any
    changes: list[tuple[int, Any]] = field(default_factory=list)
    same_as: int | None = None


class Names:
    """The names that the learner's notebook defined, as attributes: what a driver gets."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._namespace = namespace

    def __getattr__(self, name: str) -> Any:
        return find(self._namespace, name)


def find(namespace: dict[str, Any], name: str) -> Any:
    """The learner's `name`; a NameError that reads as Python's own where it isn't there."""
    try:
        return namespace[name]
    except KeyError:
        raise NameError(f"name {name!r} is not defined", name=name) from None


class Host:
    """Runs requests against the names of one notebook."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.namespace = namespace

    def begin(self) -> None:
        """Start an example: global random state as at every other example's start."""
        random.seed(EXAMPLE_SEED)
        np.random.seed(EXAMPLE_SEED)
        # torch.manual_seed would note a traceback for each kind of device that is not here: 3 ms under pytest.
        torch.default_generator.manual_seed(EXAMPLE_SEED)

    def value(self, name: str) -> Answer:
        """The value that `name` is bound to."""
        return Answer(find(self.namespace, name))

    def call(self, name: str, args: Sequence[Any], kwargs: dict[str, Any]) -> Answer:
        """Call the learner's `name`; what it raises passes through."""
        return watched(find(self.namespace, name), args, kwargs)

    def drive(self, name: str, source: str, args: Sequence[Any]) -> Answer:
        """Run a test's driver beside the learner's code."""
        function = types.FunctionType(_driver_code(name, source), {"__builtins__": __builtins__})
        return watched(function, [Names(self.namespace), *args], {}, first=1)


@cache
def _driver_code(name: str, source: str) -> types.CodeType:
    module = compile(source, f"driver {name}", "exec", dont_inherit=True)
    return next(
        const for const in module.co_consts if isinstance(const, types.CodeType) and const.co_name == name
    )


def watched(
    function: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any], first: int = 0
) -> Answer:
    """Call, and compare the state of each mutable argument before and after."""
    before = [(place, _state(arg)) for place, arg in enumerate(args[first:]) if isinstance(arg, MUTABLE)]
    value = function(*args, **kwargs)
    changes = [
        (place, args[first + place]) for place, state in before if _state(args[first + place]) != state
    ]
    same = next((place for place, _ in before if args[first + place] is value), None)
    return Answer(value, changes, same)


def _state(arg: Any) -> Any:
    """What tells whether an argument was changed; of a tensor its bytes, which cost a fifth of a message."""
    if type(arg) is torch.Tensor and arg.layout is torch.strided and not (arg.is_conj() or arg.is_neg()):
        slopes = _state(arg.grad) if arg.is_leaf and arg.grad is not None else None
        return arg.dtype, arg.shape, arg.stride(), arg.requires_grad, entries(arg.detach()), slopes
    try:
        return encode(arg)
    except WireError:
        return b""


def settled(answer: Answer, args: Sequence[Any]) -> Any:
    """What the caller gets: the arguments as the call left them, and the value, itself one of them perhaps."""
    for place, after in answer.changes:
        write_back(args[place], after)
    return args[answer.same_as] if answer.same_as is not None else answer.value


@dataclass
class Settling:
    """Settles the answers of one learner. `changed` says that arguments came back changed, generators apart.

    While `withheld`, such changes are not written back: an answer must be right for what it was asked.
    """

    withheld: bool = False
    changed: bool = False

    def settled(self, answer: Answer, args: Sequence[Any]) -> Any:
        """What the caller gets."""
        drawn_from = [change for change in answer.changes if isinstance(change[1], torch.Generator)]
        self.changed = self.changed or len(drawn_from) < len(answer.changes)
        if not self.withheld:
            return settled(answer, args)
        settled(Answer(None, drawn_from), args)
        return answer.value


def write_back(original: Any, after: Any) -> Any:
    """Give `original`, in place, the state `after` that its copy ended in; returns what now stands for it."""
    if type(original) is not type(after) or isinstance(after, Opaque):
        return after
    if isinstance(original, list):
        kept = [write_back(old, new) for old, new in zip(original, after, strict=False)]
        original[:] = kept + after[len(kept) :]
    elif isinstance(original, dict):
        merged = {
            key: write_back(original[key], new) if key in original else new for key, new in after.items()
        }
        original.clear()
        original.update(merged)
    elif isinstance(original, set):
        original.clear()
        original.update(after)
    elif isinstance(original, torch.Generator):
        original.set_state(after.get_state())
    elif isinstance(original, torch.Tensor):
        original.data = after.data
        original.grad = after.grad
        original.requires_grad_(after.requires_grad)
    elif isinstance(original, np.ndarray) and original.shape == after.shape and original.dtype == after.dtype:
        original[...] = after
    else:
        return after
    return original

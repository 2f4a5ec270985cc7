"""Where an answer differs from the expected one, in words: type, then shape, then dtype, then values.

Harmless variety is no difference: a float or a tensor without axes, a list or a tuple, float32 or float64.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

EPS_STEPS = 64


def kind_fault(got: Any, expected: Any, dtype: Any, kind: type | None) -> str | None:
    """What a test that names a dtype or a type finds wrong before anything else."""
    if kind is not None and type(got) is not kind:
        return f"a {kind.__name__} was asked for, this is {describe(got)}"
    if dtype is not None and getattr(got, "dtype", None) != dtype:
        return f"dtype {dtype} was asked for, this is {describe(got)}"
    return None


def describe(value: Any) -> str:
    """The kind of a value in words: `a tensor of shape (2, 3), float32`, `None`, `a list of 4`."""
    if value is None:
        return "None"
    if isinstance(value, torch.Tensor):
        dtype = str(value.dtype).removeprefix("torch.")
        return f"a tensor of shape {tuple(value.shape)}, {dtype}"
    if isinstance(value, BaseException):
        return f"{type(value).__name__}"
    name = getattr(value, "type_name", type(value).__name__)  # an opaque value knows its own
    article = "an" if name[:1].lower() in "aeiou" else "a"
    if isinstance(value, (list, tuple, dict, set)):
        return f"{article} {name} of {len(value)}"
    return f"{article} {name}"


def difference(got: Any, expected: Any, rtol: float | None, atol: float | None) -> str | None:
    """The first difference in words, or None. Sides may nest lists, tuples, dicts and tensors."""
    if isinstance(expected, (torch.Tensor, np.ndarray)):
        return _array_difference(got, torch.as_tensor(expected), rtol, atol)
    if isinstance(expected, (bool, np.bool_)):
        return _bool_difference(got, bool(expected))
    if isinstance(expected, (int, float, complex, np.number)):
        return _number_difference(got, expected, rtol, atol)
    if isinstance(expected, (list, tuple)):
        return _sequence_difference(got, expected, rtol, atol)
    if isinstance(expected, Mapping):
        return _mapping_difference(got, expected, rtol, atol)
    if type(got) is not type(expected):
        return f"{describe(expected)} was asked for, this is {describe(got)}"
    if got != expected:
        return _text_difference(got, expected) if isinstance(expected, str) else "a different value"
    return None


def _bool_difference(got: Any, expected: bool) -> str | None:
    if isinstance(got, torch.Tensor) and got.dtype == torch.bool and got.ndim == 0:
        got = bool(got)
    if not isinstance(got, (bool, np.bool_)):
        return f"a bool was asked for, this is {describe(got)}"
    return None if bool(got) == expected else f"{got} where {expected} is right"


def _number_difference(got: Any, expected: Any, rtol: float | None, atol: float | None) -> str | None:
    if type(got) is type(expected) is float and math.isfinite(expected) and _close(got, expected, rtol, atol):
        return None
    if isinstance(got, torch.Tensor):
        if got.ndim:
            return f"a single number was asked for, this is {describe(got)}"
        if _family(got) == "integer":
            return _number_difference(got.item(), expected, rtol, atol)
        if isinstance(expected, (int, np.integer)):
            return _not_whole(got)
        return _array_difference(got, torch.as_tensor(expected, dtype=_wide(expected)), rtol, atol)
    if isinstance(got, (bool, np.bool_)) or not isinstance(got, (int, float, complex, np.number)):
        return f"a number was asked for, this is {describe(got)}"
    if isinstance(expected, (int, np.integer)):
        if not isinstance(got, (int, np.integer)):
            return _not_whole(got)
        if not rtol and not atol:
            return None if got == expected else f"off by {_signed(int(got) - int(expected))}"
    return _array_difference(_as_tensor(got), _as_tensor(expected), rtol, atol)


def _not_whole(got: Any) -> str:
    return f"a whole number was asked for, this is {describe(got)}"


def _close(got: float, expected: float, rtol: float | None, atol: float | None) -> bool:
    """The most frequent case by far, decided without the price of a tensor."""
    if rtol is None and atol is None:
        atol = EPS_STEPS * sys.float_info.epsilon * max(1.0, abs(expected))
    return abs(got - expected) <= (atol or 0.0) + (rtol or 0.0) * abs(expected)


def _as_tensor(number: Any) -> torch.Tensor:
    try:
        return torch.as_tensor(number, dtype=_wide(number))
    except (OverflowError, RuntimeError):
        return torch.tensor(math.inf if number > 0 else -math.inf, dtype=torch.float64)


def _wide(number: Any) -> torch.dtype:
    return torch.complex128 if isinstance(number, (complex, np.complexfloating)) else torch.float64


def _sequence_difference(got: Any, expected: Any, rtol: float | None, atol: float | None) -> str | None:
    if not isinstance(got, (list, tuple)):
        return f"{describe(expected)} was asked for, this is {describe(got)}"
    if len(got) != len(expected):
        asked = "1 entry was" if len(expected) == 1 else f"{len(expected)} entries were"
        return f"{asked} asked for, here {'is 1' if len(got) == 1 else f'are {len(got)}'}"
    for position, (mine, right) in enumerate(zip(got, expected, strict=True)):
        fault = difference(mine, right, rtol, atol)
        if fault:
            return f"entry {position}: {fault}"
    return None


def _mapping_difference(got: Any, expected: Any, rtol: float | None, atol: float | None) -> str | None:
    if not isinstance(got, Mapping):
        return f"a dict was asked for, this is {describe(got)}"
    missing = [key for key in expected if key not in got]
    if missing:
        return f"key {missing[0]!r} is missing"
    extra = [key for key in got if key not in expected]
    if extra:
        return f"key {extra[0]!r} should not be there"
    for key, right in expected.items():
        fault = difference(got[key], right, rtol, atol)
        if fault:
            return f"at key {key!r}: {fault}"
    return None


def _text_difference(got: str, expected: str) -> str:
    for position, (mine, right) in enumerate(zip(got, expected, strict=False)):
        if mine != right:
            return f"character {position} is {mine!r} where {right!r} is right"
    return f"{len(got)} characters where {len(expected)} are right"


def _array_difference(got: Any, expected: torch.Tensor, rtol: float | None, atol: float | None) -> str | None:
    if isinstance(got, (int, float, complex, np.number)) and expected.ndim == 0:
        got = _as_tensor(got)
    if isinstance(got, np.ndarray) or not isinstance(got, torch.Tensor):
        return f"{describe(expected)} was asked for, this is {describe(got)}"
    if got.shape != expected.shape:
        return f"shape {tuple(expected.shape)} was asked for, this is {tuple(got.shape)}"
    if _family(got) != _family(expected):
        return f"{_family(expected)} entries were asked for, this is {describe(got)}"
    if expected.dtype == torch.bool:
        return _first_where(got != expected, got, expected)
    return _value_difference(got, expected, rtol, atol)


def _family(tensor: torch.Tensor) -> str:
    if tensor.dtype == torch.bool:
        return "boolean"
    if tensor.is_complex():
        return "complex"
    return "floating-point" if tensor.is_floating_point() else "integer"


def _value_difference(
    got: torch.Tensor, expected: torch.Tensor, rtol: float | None, atol: float | None
) -> str | None:
    if got.dtype == expected.dtype and torch.equal(got, expected):
        return None  # so it is nearly always, at a tenth of the price
    if _family(expected) == "integer":
        return _first_where(got.to(torch.int64) != expected.to(torch.int64), got, expected)
    return _first_where(differing(got, expected, rtol, atol), got, expected)


def differing(
    got: torch.Tensor, expected: torch.Tensor, rtol: float | None = None, atol: float | None = None
) -> torch.Tensor:
    """Where two tensors of numbers of one shape differ by more than is allowed."""
    wide = torch.complex128 if expected.is_complex() else torch.float64
    if rtol is None and atol is None:
        rtol, atol = 0.0, _rounding(got, expected)
    a, b = got.detach().to(wide), expected.detach().to(wide)
    bound = (atol or 0.0) + (rtol or 0.0) * b.abs()
    near = b.isfinite() & ((a - b).abs() <= bound)  # a share of an infinite number would allow any
    return ~((a == b) | (a.isnan() & b.isnan()) | near)


def _rounding(got: torch.Tensor, expected: torch.Tensor) -> float:
    # An answer that is coarser than float32 of its own accord earns no more tolerance by it.
    own = min(torch.finfo(got.dtype).eps, torch.finfo(torch.float32).eps)
    eps = max(own, torch.finfo(expected.dtype).eps)
    finite = expected.detach().abs()[expected.detach().isfinite()]
    scale = float(finite.max()) if finite.numel() else 1.0
    return EPS_STEPS * eps * max(1.0, scale)


def _first_where(wrong: torch.Tensor, got: torch.Tensor, expected: torch.Tensor) -> str | None:
    count = int(wrong.sum())
    if not count:
        return None
    if wrong.ndim == 0:
        return _instead(got, expected)
    where = tuple(wrong.nonzero()[0].tolist())
    total = wrong.numel()
    place = ", ".join(map(str, where))
    return f"{count} of {total} entries differ, first at [{place}]: {_instead(got[where], expected[where])}"


def _instead(got: torch.Tensor, expected: torch.Tensor) -> str:
    """Both numbers, or how far apart they are where six digits look the same."""
    if number(got) == number(expected):
        return f"off by {number(got - expected)} from {number(expected)}"
    return f"{number(got)} where {number(expected)} is right"


def number(value: Any) -> str:
    """A number to six digits, so that a report reads the same on every run."""
    plain = value.item() if isinstance(value, (torch.Tensor, np.generic)) else value
    return f"{plain:.6g}" if isinstance(plain, (float, complex)) else str(plain)


def _signed(value: int) -> str:
    return f"{value:+d}".replace("+", "") if abs(value) < 10**12 else "very much"

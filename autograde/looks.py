"""The structural look: how a wrong answer is related to the expected one, where that can be said for certain.

Each look holds for every entry, and none is said of values with too few different entries to tell it by.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
import torch

LEAST_ENTRIES = 4
LEAST_DISTINCT = 4
LEAST_TO_TRANSPOSE = 6  # two by two: one swap, which has many causes
MOST_ENTRIES = 100_000
MOST_AXES = 3
EPS_STEPS = 64
CONSTANTS = {
    "2": 2.0, "1/2": 0.5, "-2": -2.0, "1/ln 2": 1 / math.log(2), "ln 2": math.log(2), "1/ln 10": 1 / math.log(10),
    "ln 10": math.log(10),
}  # fmt: skip


def looks(got: Any, expected: Any, rtol: float | None = None, atol: float | None = None) -> tuple[str, ...]:
    """Clauses such as `it is the expected answer transposed` that all hold, the most telling first."""
    mine, right = as_array(got), as_array(expected)
    if mine is None or right is None or mine.is_complex() or right.is_complex():
        return ()
    if max(mine.numel(), right.numel()) > MOST_ENTRIES:
        return ()
    pair = _Pair(mine, right, rtol, atol)
    if isinstance(got, torch.Tensor) and mine.dtype != right.dtype and pair.same(pair.got, pair.expected):
        return (f"the values are right, but they are {_kind(mine)} and not {_kind(right)}",)
    return tuple(dict.fromkeys((_of_same_shape if mine.shape == right.shape else _of_another_shape)(pair)))


class _Pair:
    """Two arrays as float64, and when an entry of one counts as an entry of the other."""

    def __init__(
        self, got: torch.Tensor, expected: torch.Tensor, rtol: float | None, atol: float | None
    ) -> None:
        self.got = got.detach().to(torch.float64)
        self.expected = expected.detach().to(torch.float64)
        self.finite = bool(self.got.isfinite().all() and self.expected.isfinite().all())
        eps = max(
            [torch.finfo(side.dtype).eps for side in (got, expected) if side.is_floating_point()], default=0.0
        )
        self._rtol = max(rtol or 0.0, EPS_STEPS * eps)
        self._atol = max(atol or 0.0, EPS_STEPS * eps * _largest(self.expected))

    def same(self, a: torch.Tensor, b: torch.Tensor) -> bool:
        """Whether two arrays of one shape agree in every entry."""
        return a.shape == b.shape and not bool(self.wrong(a, b).any())

    def wrong(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        """Where they don't agree."""
        close = (a - b).abs() <= self._atol + self._rtol * b.abs()
        return ~(close | (a == b) | (a.isnan() & b.isnan()))

    @property
    def telling(self) -> bool:
        """Whether there are enough different entries for the order of them to mean anything."""
        return self.finite and _different(self.expected) >= LEAST_DISTINCT


def _of_another_shape(pair: _Pair) -> Iterator[str]:
    if pair.got.numel() != pair.expected.numel() or not pair.telling:
        return
    yield from _transposed(pair)
    if pair.same(pair.got.reshape(pair.expected.shape), pair.expected):
        yield "the entries are right, only their shape isn't"


def _of_same_shape(pair: _Pair) -> Iterator[str]:
    if bool((pair.got.isnan() & pair.expected.isfinite()).any()):
        count = int((pair.got.isnan() & pair.expected.isfinite()).sum())
        yield f"nan stands in {count} {'place' if count == 1 else 'places'} where a number was due"
        return
    if pair.same(pair.got, pair.expected):
        return
    if not pair.finite or pair.got.numel() < LEAST_ENTRIES:
        return
    for find in (_scaled, _transposed, _shifted, _but_for_an_end, _permuted, _offset):
        yield from find(pair)


def _transposed(pair: _Pair) -> Iterator[str]:
    got, expected = pair.got, pair.expected
    if not pair.telling or got.numel() < LEAST_TO_TRANSPOSE or not 2 <= got.ndim <= MOST_AXES:
        return
    for one, other in reversed(list(combinations(range(got.ndim), 2))):
        if min(got.shape[one], got.shape[other]) > 1 and pair.same(got.transpose(one, other), expected):
            axes = "" if got.ndim == 2 else f", axes {one} and {other} exchanged"
            yield f"it is the expected answer transposed{axes}"


def _scaled(pair: _Pair) -> Iterator[str]:
    got, expected = pair.got.flatten(), pair.expected.flatten()
    if _different(expected.abs()) < 3 or not bool(expected.any()):
        return
    place = int(expected.abs().argmax())
    factor = float(got[place] / expected[place])
    if factor == 0 or not pair.same(got / factor, expected) or not pair.same(got, expected * factor):
        return
    if math.isclose(factor, -1, rel_tol=1e-4):
        yield "it is the expected answer with the opposite sign"
        return
    yield from (f"every entry is {named}" for named in _named(factor, tuple(pair.expected.shape)))


def _named(factor: float, shape: tuple[int, ...]) -> Iterator[str]:
    """The constant in words: 1/2, what the size of an axis makes of it, or its digits."""
    close = (name for name, number in CONSTANTS.items() if math.isclose(factor, number, rel_tol=1e-4))
    yield from (f"{name} times the expected one" for name in close)
    sizes = [(size, f"n the size of axis {axis}") for axis, size in reversed(list(enumerate(shape)))]
    for size, what in [*sizes, (math.prod(shape), "n the number of entries")]:
        forms = {"n": size, "1/n": 1 / size, "√n": size**0.5, "1/√n": size**-0.5}
        for name, number in forms.items():
            if math.isclose(factor, number, rel_tol=1e-4):
                yield f"{name} times the expected one, {what}"
    yield f"{factor:.4g} times the expected one"


def _shifted(pair: _Pair) -> Iterator[str]:
    """Entries moved along an axis by one place; what came in at the end may be anything."""
    if not pair.telling:
        return
    got, expected = pair.got, pair.expected
    for axis in range(got.ndim):
        size = got.shape[axis]
        inside = expected.narrow(axis, 0, size - 1), expected.narrow(axis, 1, size - 1)
        if size < 4 or min(_different_lines(side, axis) for side in inside) < 3:
            continue
        along = "" if got.ndim == 1 else f" along axis {axis}"
        if pair.same(got.narrow(axis, 1, size - 1), inside[0]):
            yield f"the entries stand one place too late{along}"
        if pair.same(got.narrow(axis, 0, size - 1), inside[1]):
            yield f"the entries stand one place too early{along}"


def _but_for_an_end(pair: _Pair) -> Iterator[str]:
    """Right but for the first or last row, column or entry."""
    wrong = pair.wrong(pair.got, pair.expected)
    if not 1 <= wrong.ndim <= 2:
        return
    for axis in range(wrong.ndim):
        size = wrong.shape[axis]
        across = wrong if wrong.ndim == 1 else wrong.any(1 - axis)
        places = across.nonzero().flatten().tolist()
        if size < (LEAST_ENTRIES if wrong.ndim == 1 else 3) or len(places) != 1:
            continue
        if places[0] in (0, size - 1):
            name = "entry" if wrong.ndim == 1 else ("row", "column")[axis]
            yield f"only the {'first' if places[0] == 0 else 'last'} {name} is wrong"


def _permuted(pair: _Pair) -> Iterator[str]:
    if not pair.telling or pair.got.numel() < LEAST_TO_TRANSPOSE:
        return
    got, expected = pair.got, pair.expected
    for axis in range(got.ndim if got.ndim == 2 else 0):
        lines = [side.transpose(0, axis) for side in (got, expected)]
        if expected.shape[axis] >= 3 and pair.same(*(_in_order(side) for side in lines)):
            yield f"the {('rows', 'columns')[axis]} are the expected ones in another order"
    few = _different(expected) < max(
        LEAST_TO_TRANSPOSE, 3 * expected.numel() / 4
    )  # many ties: it may be chance
    if not few and pair.same(got.flatten().sort().values, expected.flatten().sort().values):
        yield "the entries are the expected ones in another order"


def _in_order(lines: torch.Tensor) -> torch.Tensor:
    order = sorted(range(len(lines)), key=lambda row: [round(x, 9) for x in lines[row].tolist()])
    return lines[order]


def _offset(pair: _Pair) -> Iterator[str]:
    """Every entry off by the same amount."""
    if _different(pair.expected) < 3:
        return
    off = (pair.got - pair.expected).flatten()
    amount = float(off.median())
    if pair.same(pair.got - amount, pair.expected) and abs(amount) > 1e-3 * _largest(pair.expected):
        yield f"every entry is {abs(amount):.4g} too {'large' if amount > 0 else 'small'}"


def _different(values: torch.Tensor) -> int:
    return len(set(values.flatten().tolist()))


def _different_lines(values: torch.Tensor, axis: int) -> int:
    return len({tuple(line.flatten().tolist()) for line in values.unbind(axis)})


def _largest(values: torch.Tensor) -> float:
    finite = values[values.isfinite()]
    return max(1.0, float(finite.abs().max())) if finite.numel() else 1.0


def _kind(array: torch.Tensor) -> str:
    return str(array.dtype).removeprefix("torch.")


def as_array(value: Any) -> torch.Tensor | None:
    """A tensor, an array or a list of numbers, or of lists of numbers, as a tensor."""
    if isinstance(value, torch.Tensor):
        return value.detach()
    if isinstance(value, np.ndarray):
        return torch.as_tensor(value) if value.dtype.isnative and value.dtype.itemsize <= 8 else None
    if not isinstance(value, (list, tuple)) or not value:
        return None
    rows = value if all(isinstance(row, (list, tuple)) for row in value) else [value]
    numbers = [entry for row in rows for entry in row]
    if len({len(row) for row in rows}) != 1 or not all(type(entry) in (int, float) for entry in numbers):
        return None
    try:
        whole = all(type(entry) is int for entry in numbers)
        return torch.tensor(value, dtype=torch.int64 if whole else torch.float64)
    except (OverflowError, ValueError, RuntimeError, TypeError):
        return None

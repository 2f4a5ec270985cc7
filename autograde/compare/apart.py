"""How two values differ: in value, in kind, or in a harmless kind that tests accept.

Neither of the two is right here, so that the words differ from those of `autograde.differences`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch

from autograde.differences import describe, difference, differing, number

Nature = Literal["value", "kind", "harmless"]
GRAVITY: dict[Nature, int] = {"harmless": 0, "kind": 1, "value": 2}
# One may compute in float32 what the other does in float64, whatever both return.
EQUAL_UP_TO = 64 * torch.finfo(torch.float32).eps
NUMBERS = (bool, int, float, complex, np.number, np.bool_, np.ndarray, torch.Tensor)


@dataclass(frozen=True)
class Apart:
    """A difference, and a sentence that says what it is."""

    nature: Nature
    sentence: str


def gravest(found: Iterable[Apart | None]) -> Apart | None:
    """The first of those that weigh most."""
    return max((each for each in found if each), key=lambda each: GRAVITY[each.nature], default=None)


def apart(one: Any, other: Any) -> Apart | None:
    """How two values differ, None if they don't."""
    if isinstance(one, torch.Generator) and isinstance(other, torch.Generator):
        return None
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return _sequences(one, other)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return _mappings(one, other)
    if isinstance(one, NUMBERS) and isinstance(other, NUMBERS):
        return _numbers(one, other)
    if type(one) is not type(other):
        return _kinds(one, other, "kind")
    return None if one == other else Apart("value", _first_character(one, other))


def _kinds(one: Any, other: Any, nature: Nature) -> Apart:
    return Apart(nature, f"{describe(one)}, and {describe(other)}")


def _sequences(one: Any, other: Any) -> Apart | None:
    if len(one) != len(other):
        return Apart("value", f"{describe(one)}, and {describe(other)}")
    found: list[Apart | None] = [
        _at(f"entry {place}", apart(mine, others))
        for place, (mine, others) in enumerate(zip(one, other, strict=True))
    ]
    found.append(None if type(one) is type(other) else _kinds(one, other, "harmless"))
    return gravest(found)


def _mappings(one: Mapping[Any, Any], other: Mapping[Any, Any]) -> Apart | None:
    for key in [*one, *other]:
        if (key in one) != (key in other):
            return Apart("value", f"only one has the key {key!r}")
    return gravest(_at(f"key {key!r}", apart(one[key], other[key])) for key in one)


def _at(place: str, found: Apart | None) -> Apart | None:
    return found and Apart(found.nature, f"{place}: {found.sentence}")


def _first_character(one: Any, other: Any) -> str:
    if not isinstance(one, str):
        return "different values"
    place = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    return f"{len(one)} and {len(other)} characters" if place is None else f"character {place} differs"


def _numbers(one: Any, other: Any) -> Apart | None:
    mine, others = _tensor(one), _tensor(other)
    if mine is None or others is None:  # whole numbers beyond 64 bits
        return None if one == other else Apart("value", "different numbers")
    if mine.shape != others.shape:
        return _kinds(one, other, "kind")
    wrong = _differing(mine, others)
    if wrong.any():
        return Apart("value", _where(wrong, mine, others))
    if describe(one) == describe(other):
        return None
    accepted = any(difference(*pair, None, math.inf) is None for pair in ((one, other), (other, one)))
    return _kinds(one, other, "harmless" if accepted else "kind")


def _tensor(value: Any) -> torch.Tensor | None:
    try:
        return torch.as_tensor(value, dtype=torch.float64 if type(value) is float else None).detach()
    except (OverflowError, RuntimeError, TypeError, ValueError):
        return None


def _differing(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    if not (_inexact(one) or _inexact(other)):
        return one.to(torch.int64) != other.to(torch.int64)
    wide = torch.complex128 if one.is_complex() or other.is_complex() else torch.float64
    one, other = one.to(wide), other.to(wide)
    sizes = torch.cat([one.abs().flatten(), other.abs().flatten()])
    finite = sizes[sizes.isfinite()]
    largest = float(finite.max()) if finite.numel() else 1.0
    return differing(one, other, None, EQUAL_UP_TO * max(1.0, largest))


def _inexact(tensor: torch.Tensor) -> bool:
    return tensor.is_floating_point() or tensor.is_complex()


def _where(wrong: torch.Tensor, one: torch.Tensor, other: torch.Tensor) -> str:
    if wrong.ndim == 0:
        gap = abs(one.item() - other.item())
        return f"{number(gap)} apart" if math.isfinite(gap) else "different numbers"
    first = wrong.nonzero()[0].tolist()
    place = ", ".join(map(str, first))
    values = f"{number(one[tuple(first)])} and {number(other[tuple(first)])}"
    return f"{int(wrong.sum())} of {wrong.numel()} entries differ, first at [{place}]: {values}"

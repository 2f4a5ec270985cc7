"""Values reduced to what two answers of the same behaviour share, and to a mark of it.

A float or a tensor without axes, a list or a tuple, float32 or float64 are the same here; floating-point numbers
are known to three digits of the largest beside them, so that another order of the same sum makes no difference.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

# A number that lies where two cells of the grid meet may be rounded to either. So an answer is read three times,
# from a little below, as it is, and from a little above; what it is compared with is read once.
SHIFTS = (0.0, -0.05, 0.05)
# Neither a round number nor a round fraction lies at the edge of a cell of this grid, or of an octave.
STEPS = 1511.37
OCTAVE = 1.37
MOST_DEPTH = 40
MOST_ITEMS = 5_000


def mark(value: Any, shift: float = 0.0) -> bytes:
    """A short hash of the value in its normal form."""
    found = hashlib.sha256()
    for piece in _pieces(value, shift, 0):
        found.update(len(piece).to_bytes(8, "little") + piece)
    return found.digest()[:12]


def _pieces(value: Any, shift: float, depth: int) -> list[bytes]:
    if depth > MOST_DEPTH:
        return [b"deep"]
    if isinstance(value, (np.ndarray, np.generic)):
        value = (
            value.tolist() if value.dtype.kind not in "biufc" else torch.tensor(value.astype(_native(value)))
        )
    if isinstance(value, torch.Tensor):
        return _tensor(value, shift)
    if type(value) is int:
        return [f"int {value:x}".encode()]  # Python refuses to write long ones in decimal
    if isinstance(value, (bool, str, bytes)) or value is None:
        return [f"{type(value).__name__} {value!r}".encode("utf-8", "surrogatepass")]
    if isinstance(value, (float, complex)):
        return _tensor(torch.tensor(value, dtype=_wide(value)), shift)
    if isinstance(value, (list, tuple)):
        return _sequence(value, shift, depth)
    if isinstance(value, Mapping):
        pairs = sorted((mark(key), mark(entry, shift)) for key, entry in value.items())
        return [b"dict", *(each for pair in pairs for each in pair)]
    if isinstance(value, (set, frozenset)):
        return [b"set", *sorted(mark(entry, shift) for entry in value)]
    name = getattr(value, "raised_as", getattr(value, "type_name", type(value).__name__))
    return [f"a {name}".encode("utf-8", "replace")]


def _native(array: Any) -> Any:
    """The dtype of torch's that holds what an array does, whatever its byte order and size."""
    return {"b": np.bool_, "f": np.float64, "c": np.complex128}.get(array.dtype.kind, np.int64)


def _sequence(value: Any, shift: float, depth: int) -> list[bytes]:
    """Numbers side by side are read on one scale, as a tensor's entries are; the first MOST_ITEMS stand for all."""
    if len(value) > MOST_ITEMS:
        return [f"list of {len(value)}".encode(), *_sequence(value[:MOST_ITEMS], shift, depth)]
    plain = all(type(entry) in (int, float) for entry in value)
    if plain and any(type(entry) is float for entry in value):
        return _tensor(torch.tensor([_float(entry) for entry in value], dtype=torch.float64), shift)
    return [b"list", *(piece for entry in value for piece in [b",", *_pieces(entry, shift, depth + 1)])]


def _float(number: Any) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def _wide(number: Any) -> torch.dtype:
    return torch.complex128 if isinstance(number, complex) else torch.float64


def _tensor(value: torch.Tensor, shift: float) -> list[bytes]:
    value = value.detach()
    shape = repr(tuple(value.shape)).encode()
    if value.is_complex():
        return [b"complex", *_tensor(torch.view_as_real(value.to(torch.complex128)), shift)]
    if value.dtype == torch.bool or not value.is_floating_point():
        kind = b"bool" if value.dtype == torch.bool else b"int"
        if value.ndim == 0:
            return _pieces(value.item(), shift, 0)
        return [kind, shape, value.to(torch.int64).contiguous().numpy().tobytes()]
    wide = value.to(torch.float64)
    octave, cells = _cells(wide, shift)
    return [f"float {octave}".encode(), shape, cells.contiguous().numpy().tobytes()]


def _cells(wide: torch.Tensor, shift: float) -> tuple[int | None, torch.Tensor]:
    """The octave of the largest number, and each one's cell on a grid as fine as that asks for.

    What isn't finite has cells of its own; nothing but zeros, up to what rounding leaves of them, has no octave.
    """
    finite = wide[wide.isfinite()]
    largest = float(finite.abs().max()) if finite.numel() else 0.0
    if largest < 1e-9:
        octave, cells = None, torch.zeros_like(wide)
    else:
        octave = math.floor(math.log2(largest) + math.log2(OCTAVE))
        cells = (torch.nan_to_num(wide, 0.0, 0.0, 0.0) / (2.0**octave / STEPS) + shift).round()
    odd = torch.where(wide.isnan(), 3, torch.where(wide > 0, 1, 2)) + 2**40
    return octave, torch.where(wide.isfinite(), cells.to(torch.int64), odd)

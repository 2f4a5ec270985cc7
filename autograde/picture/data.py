"""From got and expected to the plain data of a picture."""

from __future__ import annotations

import math

import torch

from autograde.comparisons import Mismatch
from autograde.differences import differing
from autograde.looks import as_array
from autograde.picture import Picture, Rows

MOST_ROWS = MOST_COLUMNS = 24
MOST_ENTRIES = 1_000_000
LEAST_ENTRIES = 2
EXACT = 2**53  # above it whole numbers have no float of their own


def picture_of(error: BaseException | None) -> Picture | None:
    """The picture of a failed comparison; None where nothing of it can be drawn."""
    if not isinstance(error, Mismatch) or not error.compared:
        return None
    got, expected = as_array(error.got), as_array(error.expected)
    if got is None or expected is None or not (_drawable(got) and _drawable(expected)):
        return None
    if got.shape != expected.shape:
        return _unlike(got, expected, error.axes)
    rtol, atol = error.tolerance
    wide = got.to(torch.float64), expected.to(torch.float64)
    exact = not (got.is_floating_point() and expected.is_floating_point())
    wrong = wide[0] != wide[1] if exact else differing(got, expected, rtol, atol)
    return _alike(*wide, wrong, error.axes, whole=not expected.is_floating_point())


def _drawable(array: torch.Tensor) -> bool:
    if array.is_complex() or not LEAST_ENTRIES <= array.numel() <= MOST_ENTRIES or array.ndim == 0:
        return False
    return array.is_floating_point() or array.dtype == torch.bool or int(array.abs().max()) < EXACT


def _alike(
    got: torch.Tensor, expected: torch.Tensor, wrong: torch.Tensor, names: tuple[str, ...], *, whole: bool
) -> Picture | None:
    first = wrong.nonzero()[0].tolist() if bool(wrong.any()) else [0] * got.ndim
    axes = _axes(names, got.ndim)
    slices = [f"{name} {place}" for name, place in zip(axes[:-2], first[:-2], strict=True)]
    for place in first[:-2]:
        got, expected, wrong = got[place], expected[place], wrong[place]
    row, column = ([0, *first])[-2:] if got.ndim == 1 else first[-2:]
    got, expected, wrong = (side.reshape(-1, side.shape[-1]) for side in (got, expected, wrong))
    rows, columns = _window(row, got.shape[0], MOST_ROWS), _window(column, got.shape[1], MOST_COLUMNS)
    shown = [side[rows, columns] for side in (got, expected)]
    return Picture(
        got=_rows(shown[0]),
        expected=_rows(shown[1]),
        wrong=wrong[rows, columns].tolist(),
        whole=whole,
        axes=axes[-2:],
        start=[rows.start, columns.start],
        note=_note(slices, tuple(got.shape), tuple(shown[0].shape)),
    )


def _unlike(got: torch.Tensor, expected: torch.Tensor, names: tuple[str, ...]) -> Picture | None:
    """Two shapes side by side, where both can be laid out on paper."""
    if got.ndim > 2 or expected.ndim > 2:
        return None
    sides = [side.to(torch.float64).reshape(-1, side.shape[-1]) for side in (got, expected)]
    shown = [side[:MOST_ROWS, :MOST_COLUMNS] for side in sides]
    cut = any(side.shape != part.shape for side, part in zip(sides, shown, strict=True))
    return Picture(
        got=_rows(shown[0]),
        expected=_rows(shown[1]),
        wrong=None,
        whole=not expected.is_floating_point(),
        axes=_axes(names, 2)[-expected.ndim :],
        start=[0, 0],
        note=f"cut to {MOST_ROWS} × {MOST_COLUMNS}" if cut else "",
    )


def _axes(names: tuple[str, ...], ndim: int) -> list[str]:
    if len(names) == ndim:
        return [str(name) for name in names]
    usual = {1: ["entry"], 2: ["row", "column"]}
    return usual.get(ndim, [f"axis {axis}" for axis in range(ndim)])


def _window(place: int, size: int, most: int) -> slice:
    """At most `most` places with `place` among them, from the start where it can be."""
    start = 0 if place < most else min(place - most // 2, size - most)
    return slice(start, min(start + most, size))


def _rows(array: torch.Tensor) -> Rows:
    """Numbers to six digits, so that a report is the same on every run."""
    return [
        [float(f"{number:.6g}") if math.isfinite(number) else number for number in row]
        for row in array.tolist()
    ]


def _note(slices: list[str], shape: tuple[int, ...], shown: tuple[int, ...]) -> str:
    parts = [", ".join(slices)] if slices else []
    if shape != shown:
        parts.append(f"{shown[0]} × {shown[1]} of {shape[0]} × {shape[1]}")
    return f"shown: {'; '.join(parts)}" if parts else ""

"""What tests draw: sizes that never coincide by accident, tensors with awkward strides, words, generators."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

Size = int | SearchStrategy[int]


def sizes(low: int = 1, high: int = 5) -> SearchStrategy[int]:
    """One size, the edge included."""
    return st.integers(low, high)


@st.composite
def shapes(draw: DrawFn, ranks: tuple[int, int] = (1, 3), low: int = 1, high: int = 5) -> tuple[int, ...]:
    """A shape of `ranks[0]` to `ranks[1]` axes, each size drawn on its own."""
    rank = draw(st.integers(*ranks))
    return tuple(draw(st.integers(low, high)) for _ in range(rank))


@st.composite
def tensors(
    draw: DrawFn,
    shape: Sequence[Size] | SearchStrategy[tuple[int, ...]],
    elements: SearchStrategy[Any] | None = None,
    dtype: torch.dtype = torch.float64,
) -> torch.Tensor:
    """A tensor of `dtype` whose sizes may be strategies, now and then not contiguous.

    Elements are halves from -4 to 4 unless given: exact in every floating dtype, and short to read.
    """
    sizes_drawn = draw(shape) if isinstance(shape, SearchStrategy) else [_drawn(draw, size) for size in shape]
    count = 1
    for size in sizes_drawn:
        count *= size
    values = draw(st.lists(halves() if elements is None else elements, min_size=count, max_size=count))
    tensor = torch.tensor(values, dtype=dtype).reshape(tuple(sizes_drawn))
    return _awkward(tensor) if tensor.ndim > 1 and draw(st.booleans()) else tensor


def _drawn(draw: DrawFn, size: Size) -> int:
    return draw(size) if isinstance(size, SearchStrategy) else size


def _awkward(tensor: torch.Tensor) -> torch.Tensor:
    """The same values laid out the other way round in memory, so that a careless `view` shows."""
    last = tensor.ndim - 1
    return tensor.transpose(0, last).contiguous().transpose(0, last)


def halves(low: int = -8, high: int = 8) -> SearchStrategy[float]:
    """Multiples of one half, from low / 2 to high / 2."""
    return st.integers(low, high).map(lambda steps: steps / 2)


def reals(low: float = -10.0, high: float = 10.0) -> SearchStrategy[float]:
    """Finite floats between two bounds, subnormals left out."""
    return st.floats(low, high, allow_nan=False, allow_subnormal=False)


def words(alphabet: str = "abcde", low: int = 1, high: int = 6) -> SearchStrategy[str]:
    """One word over `alphabet`."""
    return st.text(alphabet, min_size=low, max_size=high)


def generators() -> SearchStrategy[torch.Generator]:
    """A seeded torch.Generator."""
    return st.integers(0, 2**31 - 1).map(lambda seed: torch.Generator().manual_seed(seed))

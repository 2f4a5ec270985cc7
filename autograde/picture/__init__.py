"""A counterexample with tensors as a picture: plain data, from which come a heat map and a table of text."""

from __future__ import annotations

from typing import TypedDict

Rows = list[list[float]]


class Picture(TypedDict):
    """Got and expected as rows of numbers, cut to a window of the whole.

    `wrong` marks the entries that differ, None where the shapes do. `axes` name what runs down and across (one name
    for a single row), `start` is the window's first row and column, `note` says what isn't shown.
    """

    got: Rows
    expected: Rows
    wrong: list[list[bool]] | None
    whole: bool
    axes: list[str]
    start: list[int]
    note: str


__all__ = ["Picture", "Rows"]

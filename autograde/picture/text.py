"""A picture as a small table of text: got beside expected, what differs marked by a sign and, elsewhere, a colour."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import Literal

from autograde.picture import Picture

MARK = "*"
GAP = 3
MOST_ROWS = 6
DIGITS, FEWER_DIGITS = 4, 3

Piece = tuple[str, bool]  # a text, and whether it is an entry that differs


def table(picture: Picture, width: int, rows: int = MOST_ROWS) -> list[list[Piece]]:
    """Lines of pieces: a head, the rows, and what isn't shown. Nothing where not even one column fits."""
    columns = max(len(row) for row in picture["got"] + picture["expected"])
    for digits, shown in [(DIGITS, columns), *((FEWER_DIGITS, count) for count in range(columns, 0, -1))]:
        part = _window(picture, rows, shown)
        lines = _lines(part, digits, cut=shown < columns)
        if max(sum(len(text) for text, _ in line) for line in lines) <= width:
            note = textwrap.shorten(_note(picture, part), width, placeholder=" …")
            return [*lines, [(note, False)]] if note else lines
    return []


def _window(picture: Picture, rows: int, columns: int) -> Picture:
    """The rows and columns around the first entry that differs."""
    wrong = picture["wrong"]
    places = [(y, x) for y, row in enumerate(wrong or []) for x, bad in enumerate(row) if bad]
    first = places[0] if places else (0, 0)
    height = max(len(picture["got"]), len(picture["expected"]))
    width = max(len(row) for row in picture["got"] + picture["expected"])
    down, across = _around(first[0], height, rows), _around(first[1], width, columns)
    return Picture(
        got=[row[across] for row in picture["got"][down]],
        expected=[row[across] for row in picture["expected"][down]],
        wrong=[row[across] for row in wrong[down]] if wrong else None,
        whole=picture["whole"],
        axes=picture["axes"],
        start=[picture["start"][0] + down.start, picture["start"][1] + across.start],
        note=picture["note"],
    )


def _around(place: int, size: int, most: int) -> slice:
    start = 0 if place < most else min(place, size - most)
    return slice(start, min(start + most, size))


def _lines(picture: Picture, digits: int, *, cut: bool) -> list[list[Piece]]:
    sides = [_texts(picture, side, digits, cut=cut) for side in ("got", "expected")]
    widths = [[max(len(text) for text, _ in column) for column in zip(*side, strict=True)] for side in sides]
    names = _row_names(picture)
    label = max(map(len, names))
    span = max(len("got"), sum(widths[0]) + len(widths[0]) - 1)
    head = " " * label + "  " + "got".ljust(span) + " " * GAP + "expected"
    lines: list[list[Piece]] = [[(head, False)]]
    for place, name in enumerate(names):
        mine, right = (side[place] if place < len(side) else [] for side in sides)
        line: list[Piece] = [(f"{name:>{label}}  ", False), *_padded(mine, widths[0], span)]
        lines.append([*line, (" " * GAP, False), *_padded(right, widths[1], 0)])
    return lines


def _padded(row: Sequence[Piece], widths: Sequence[int], span: int) -> list[Piece]:
    pieces: list[Piece] = []
    for (text, bad), cell in zip(row, widths, strict=False):
        pieces += [(" " if pieces else "", False), (text.rjust(cell), bad)]
    used = sum(len(text) for text, _ in pieces)
    return [*pieces, (" " * max(0, span - used), False)]


def _texts(
    picture: Picture, side: Literal["got", "expected"], digits: int, *, cut: bool
) -> list[list[Piece]]:
    """Each entry as text, a sign behind those that differ and a blank behind the others."""
    found: list[list[Piece]] = []
    for y, row in enumerate(picture[side]):
        marks = picture["wrong"][y] if picture["wrong"] else [False] * len(row)
        texts = [short(number, picture["whole"], digits) for number in row]
        cells = [(text + (MARK if bad else " "), bad) for text, bad in zip(texts, marks, strict=True)]
        found.append([*cells, ("… ", False)] if cut else cells)
    return found


def short(number: float, whole: bool, digits: int = 4) -> str:
    """A number in a few characters."""
    if not math.isfinite(number):
        return str(number)
    return (
        f"{number:.0f}"
        if whole and float(number).is_integer() and abs(number) < 1e9
        else f"{number:.{digits}g}"
    )


def _row_names(picture: Picture) -> list[str]:
    if len(picture["axes"]) < 2:
        return [""]
    count = max(len(picture["got"]), len(picture["expected"]))
    first = picture["start"][0]
    return [f"{picture['axes'][0]} {first}", *(str(first + place) for place in range(1, count))]


def _note(whole: Picture, part: Picture) -> str:
    """What the sign means, and which part of how much is shown."""
    signs = f"{MARK} differs" if part["wrong"] and any(map(any, part["wrong"])) else ""
    start, axis = part["start"][1], part["axes"][-1]
    cut = (
        [len(part["expected"]), len(part["expected"][0])],
        [len(whole["expected"]), len(whole["expected"][0])],
    )
    size = f"{cut[0][0]} × {cut[0][1]} of {cut[1][0]} × {cut[1][1]}" if cut[0] != cut[1] else ""
    shown = whole["note"] or (f"shown: {size}" if size else "")
    return "; ".join(filter(None, (signs, f"from {axis} {start}" if start else "", shown)))

"""A picture as a small table of text: got beside expected, what differs marked by a sign and, elsewhere, a colour."""

from __future__ import annotations

import math
from collections.abc import Sequence

from autograde.picture import Picture, Rows

MARK = "*"
GAP = 3
MOST_ROWS = 6
LEAST_COLUMNS = 2

Piece = tuple[str, bool]  # a text, and whether it is an entry that differs


def table(picture: Picture, width: int, rows: int = MOST_ROWS) -> list[list[Piece]]:
    """Lines of pieces: a head, the rows, and what isn't shown. Nothing where two columns don't fit."""
    picture = _window(picture, rows)
    columns = max(len(row) for row in picture["got"] + picture["expected"])
    while columns >= min(LEAST_COLUMNS, columns) and _wide(picture, columns) > width and columns > 1:
        columns -= 1
    if _wide(picture, columns) > width:
        return []
    return _lines(picture, columns)


def _window(picture: Picture, most: int) -> Picture:
    """The rows around the first that differs."""
    wrong = picture["wrong"]
    places = [place for place, row in enumerate(wrong) if any(row)] if wrong else []
    last = max(len(picture["got"]), len(picture["expected"]))
    start = 0 if not places or places[0] < most else min(places[0], last - most)
    part = slice(start, start + most)
    return Picture(
        got=picture["got"][part],
        expected=picture["expected"][part],
        wrong=wrong[part] if wrong else None,
        whole=picture["whole"],
        axes=picture["axes"],
        start=[picture["start"][0] + start, picture["start"][1]],
        note=picture["note"] or (f"shown: {most} of {last} rows" if last > most else ""),
    )


def _lines(picture: Picture, columns: int) -> list[list[Piece]]:
    wrong = picture["wrong"]
    sides = [_texts(picture[side], wrong, columns, picture["whole"]) for side in ("got", "expected")]
    widths = [max(len(text) for row in side for text, _ in row) for side in sides]
    label = max(len(text) for text in _row_names(picture))
    spans = [
        max(len(name), _span(side, cell))
        for name, side, cell in zip(("got", "expected"), sides, widths, strict=True)
    ]
    head = " " * label + "  " + "got".ljust(spans[0]) + " " * GAP + "expected"
    lines: list[list[Piece]] = [[(head, False)]]
    for place, name in enumerate(_row_names(picture)):
        mine, right = (side[place] if place < len(side) else [] for side in sides)
        line: list[Piece] = [(f"{name:>{label}}  ", False), *_padded(mine, widths[0], spans[0])]
        lines.append([*line, (" " * GAP, False), *_padded(right, widths[1], 0)])
    note = _note(picture, columns)
    return [*lines, [(note, False)]] if note else lines


def _padded(row: Sequence[Piece], cell: int, span: int) -> list[Piece]:
    pieces: list[Piece] = []
    for number, (text, bad) in enumerate(row):
        pieces += [(" " if number else "", False), (text.rjust(cell), bad)]
    used = sum(len(text) for text, _ in pieces)
    return [*pieces, (" " * max(0, span - used), False)]


def _span(side: Sequence[Sequence[Piece]], cell: int) -> int:
    longest = max((len(row) for row in side), default=0)
    return longest * (cell + 1) - 1


def _texts(rows: Rows, wrong: list[list[bool]] | None, columns: int, whole: bool) -> list[list[Piece]]:
    """Each entry as text, a sign behind those that differ and a blank behind the others."""
    found: list[list[Piece]] = []
    for y, row in enumerate(rows):
        marks = wrong[y] if wrong else [False] * len(row)
        cells = [(short(number, whole), bad) for number, bad in zip(row[:columns], marks, strict=False)]
        found.append([(text + (MARK if bad else " "), bad) for text, bad in cells])
        if len(row) > columns:
            found[-1].append(("… ", False))
    return found


def short(number: float, whole: bool) -> str:
    """A number in a few characters."""
    if not math.isfinite(number):
        return str(number)
    return f"{number:.0f}" if whole and float(number).is_integer() and abs(number) < 1e9 else f"{number:.4g}"


def _row_names(picture: Picture) -> list[str]:
    if len(picture["axes"]) < 2:
        return [""]
    count = max(len(picture["got"]), len(picture["expected"]))
    first = picture["start"][0]
    return [f"{picture['axes'][0]} {first}", *(str(first + place) for place in range(1, count))]


def _note(picture: Picture, columns: int) -> str:
    signs = f"{MARK} differs" if picture["wrong"] and any(map(any, picture["wrong"])) else ""
    shift = picture["start"][1]
    where = f"from {picture['axes'][-1]} {shift}" if shift else ""
    return "; ".join(filter(None, (signs, where, picture["note"])))


def _wide(picture: Picture, columns: int) -> int:
    return max(sum(len(text) for text, _ in line) for line in _lines(picture, columns)[:-1])

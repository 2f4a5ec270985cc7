"""A picture as heat maps of got, expected and their difference: one SVG, no script, legible on light and dark."""

from __future__ import annotations

import math
from collections.abc import Iterator
from html import escape

from autograde.picture import Picture, Rows
from autograde.picture.text import short

LONGEST_SIDE = 210
LARGEST_CELL, SMALLEST_CELL, NUMBERED_CELL = 40, 9, 34
LEFT, TOP, GAP, BELOW = 46, 40, 26, 34
NONE = "#8a8a8a"
Colour = tuple[int, int, int]
LOW, MIDDLE, HIGH = (33, 102, 172), (247, 247, 247), (178, 24, 43)
PALE, DEEP = (239, 243, 255), (8, 48, 107)
FONT = "font-family='system-ui, sans-serif' fill='currentColor'"


class Scale:
    """Numbers to colours: from pale to deep where all have one sign, through white where they have both."""

    def __init__(self, numbers: list[float], *, centred: bool = False) -> None:
        finite = [number for number in numbers if math.isfinite(number)] or [0.0]
        self.low, self.high = min(finite), max(finite)
        self._centred = centred or self.low < 0 < self.high
        if self._centred:
            self.high = max(-self.low, self.high) or 1.0
            self.low = -self.high

    def colour(self, number: float) -> str:
        """The colour of a number; grey where it isn't finite."""
        if not math.isfinite(number):
            return NONE
        return "#" + "".join(f"{part:02x}" for part in self._mixed(number))

    def ink(self, number: float) -> str:
        """Black or white, whichever can be read on the number's colour."""
        if not math.isfinite(number):
            return "#000"
        red, green, blue = self._mixed(number)
        return "#000" if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else "#fff"

    def _mixed(self, number: float) -> Colour:
        share = (number - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        if not self._centred:
            return _mix(PALE, DEEP, share)
        return _mix(LOW, MIDDLE, share * 2) if share < 0.5 else _mix(MIDDLE, HIGH, share * 2 - 1)


def _mix(start: Colour, end: Colour, share: float) -> Colour:
    red, green, blue = (
        round(a + (b - a) * min(max(share, 0.0), 1.0)) for a, b in zip(start, end, strict=True)
    )
    return red, green, blue


def svg(picture: Picture) -> str:
    """The picture as one SVG element."""
    maps = [("got", picture["got"]), ("expected", picture["expected"])]
    values = Scale([number for _, rows in maps for row in rows for number in row])
    scales = [values, values]
    if picture["wrong"]:
        difference = _difference(picture)
        maps.append(("got − expected", difference))
        scales.append(Scale([number for row in difference for number in row], centred=True))
    cell = _cell(picture)
    parts: list[str] = []
    x = LEFT
    for (title, rows), scale in zip(maps, scales, strict=True):
        parts += _map(picture, title, rows, scale, x, cell, first=x == LEFT)
        x += max(cell * max(map(len, rows)), 84) + GAP
    height = TOP + cell * max(len(rows) for _, rows in maps) + BELOW
    size = f"width='{x}' height='{height}' viewBox='0 0 {x} {height}'"
    words = escape(_words(picture), quote=True)
    style = "style='max-width: 100%; height: auto; overflow: visible'"
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' role='img' aria-label='{words}' {size} {style}>"
        f"{''.join(parts)}</svg>"
    )


def _words(picture: Picture) -> str:
    wrong = picture["wrong"]
    count = sum(map(sum, wrong)) if wrong else 0
    return (
        f"heat maps of got and expected; {count} of the entries shown differ"
        if wrong
        else "heat maps of got and expected"
    )


def _difference(picture: Picture) -> Rows:
    return [
        [_minus(a, b) for a, b in zip(mine, right, strict=True)]
        for mine, right in zip(picture["got"], picture["expected"], strict=True)
    ]


def _minus(a: float, b: float) -> float:
    return 0.0 if a == b or (math.isnan(a) and math.isnan(b)) else a - b


def _cell(picture: Picture) -> int:
    rows = picture["got"] + picture["expected"]
    most = max(max(map(len, rows)), len(picture["got"]), len(picture["expected"]))
    return max(SMALLEST_CELL, min(LARGEST_CELL, LONGEST_SIDE // most))


def _map(
    picture: Picture, title: str, rows: Rows, scale: Scale, x: int, cell: int, *, first: bool
) -> Iterator[str]:
    wide, tall = cell * max(map(len, rows)), cell * len(rows)
    yield f"<text x='{x}' y='14' font-size='13' font-weight='600' {FONT}>{escape(title)}</text>"
    yield f"<text x='{x}' y='{TOP - 6}' font-size='10' opacity='0.75' {FONT}>{escape(_axis(picture, 1))} →</text>"
    if first and len(picture["axes"]) > 1:
        turn = f"transform='rotate(90 {x - 14} {TOP + 2})' opacity='0.75'"
        yield f"<text x='{x - 14}' y='{TOP + 2}' font-size='10' {turn} {FONT}>{escape(_axis(picture, 0))} →</text>"
    for y, row in enumerate(rows):
        for column, number in enumerate(row):
            yield from _entry(picture, scale, number, x, cell, y, column)
    frame = "fill='none' stroke='currentColor' stroke-opacity='0.4'"
    yield f"<rect x='{x}' y='{TOP}' width='{wide}' height='{tall}' {frame}/>"
    yield from _marks(picture, x, cell)
    yield from _legend(scale, x, TOP + tall + 12, picture["whole"])


def _axis(picture: Picture, axis: int) -> str:
    name = picture["axes"][-1] if axis else picture["axes"][0]
    start = picture["start"][axis]
    return f"{name} from {start}" if start else name


def _entry(
    picture: Picture, scale: Scale, number: float, x: int, cell: int, y: int, column: int
) -> Iterator[str]:
    left, top = x + column * cell, TOP + y * cell
    place = f"{picture['start'][0] + y}, " if len(picture["axes"]) > 1 else ""
    text = short(number, picture["whole"], 3)
    title = f"<title>[{place}{picture['start'][1] + column}] {escape(f'{number:.6g}')}</title>"
    yield f"<rect x='{left}' y='{top}' width='{cell}' height='{cell}' fill='{scale.colour(number)}'>{title}</rect>"
    if cell >= NUMBERED_CELL and len(text) <= 7:
        size = 10 if len(text) <= 5 else 9
        where = f"x='{left + cell / 2:g}' y='{top + cell / 2 + 4:g}' text-anchor='middle'"
        yield (
            f"<text {where} font-size='{size}' font-family='system-ui, sans-serif' "
            f"fill='{scale.ink(number)}' pointer-events='none'>{escape(text)}</text>"
        )


def _marks(picture: Picture, x: int, cell: int) -> Iterator[str]:
    """A frame, black in white, around each entry that differs: it stands out on every colour."""
    for y, row in enumerate(picture["wrong"] or []):
        for column, bad in enumerate(row):
            if bad:
                box = f"x='{x + column * cell + 1.5}' y='{TOP + y * cell + 1.5}' width='{cell - 3}' height='{cell - 3}'"
                yield f"<rect {box} fill='none' stroke='#fff' stroke-width='3'/>"
                yield f"<rect {box} fill='none' stroke='#000' stroke-width='1.2'/>"


def _legend(scale: Scale, x: int, y: int, whole: bool) -> Iterator[str]:
    steps = 12
    for step in range(steps):
        number = scale.low + (scale.high - scale.low) * step / (steps - 1)
        yield f"<rect x='{x + step * 7}' y='{y}' width='7' height='6' fill='{scale.colour(number)}'/>"
    ends = ((scale.low, "start", x), (scale.high, "end", x + steps * 7))
    for number, anchor, place in ends:
        yield (
            f"<text x='{place}' y='{y + 17}' font-size='10' opacity='0.75' text-anchor='{anchor}' {FONT}>"
            f"{escape(short(number, whole, 3))}</text>"
        )

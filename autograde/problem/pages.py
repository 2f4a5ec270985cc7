"""The two pages of a learning problem as a machine can read them: what stands under a heading, which numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autograde.weeks import TEXT_STUB

CARD, REPORT = "card.md", "report.md"
TESTED, LOST = "What the test set said", "If the baseline won"
UNASKED = "Leave this as it is"
FEWEST_WORDS = 12
HEADING = re.compile(r"^## +(.+?)\s*$", re.MULTILINE)
NUMBER = re.compile(r"(?<![\w.])(\d*\.?\d+)(\s*%)?")
TO_TWO_DECIMALS = 0.0051


def sections(text: str) -> dict[str, str]:
    """What stands under each heading of the second kind."""
    _, *parts = HEADING.split(text)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def is_written(section: str) -> bool:
    """Whether something was put in the place of the last line, below what the template asks for or instead of it."""
    paragraphs = [each for each in section.strip().split("\n\n") if not each.startswith(UNASKED)]
    lines = [line for each in paragraphs[1:] or paragraphs for line in each.splitlines()]
    words = [word for line in lines if not line.startswith("###") for word in line.split()]
    return TEXT_STUB not in section and len(words) >= FEWEST_WORDS


def to_write(text: str) -> Iterator[tuple[int, str]]:
    """Where nothing was written yet: the line of the heading, and the heading."""
    for match in HEADING.finditer(text):
        heading = match[1]
        if heading != LOST and not is_written(sections(text)[heading]):
            yield text.count("\n", 0, match.start()) + 1, heading


def names_figure(text: str, figure: float) -> bool:
    """Whether a text gives a figure, to two decimals or in percent."""
    near = TO_TWO_DECIMALS * max(1.0, abs(figure))
    for digits, percent in NUMBER.findall(text):
        value = float(digits) / (100 if percent else 1)
        if abs(value - figure) <= near:
            return True
    return False

"""CSV files for spreadsheets, in which nothing that a learner wrote becomes a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes a cell for that begins so

Value = str | float | None


def safe_cell(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would take it for a formula. A lone dash is none."""
    return f"'{text}" if text.startswith(FORMULA) and text != "-" else text


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """A table as UTF-8 with the mark that spreadsheets know it by. Numbers stay numbers; None is an empty cell."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    for row in (header, *rows):
        lines.writerow([safe_cell(value) if isinstance(value, str) else value for value in row])
    return text.getvalue().encode("utf-8-sig")

"""Reading what people hand in. Whatever is wrong with it becomes a sentence; nothing here raises."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from autograde.notebook.cells import Cell, Kind, Notebook
from autograde.notebook.percent import read_percent

LARGEST = 100 * 2**20
MOST_CELLS = 5_000
MOST_TEXT = 4_000_000  # characters in all cells together
LONGEST_INTEGER = 4000  # digits; Python refuses to read longer ones
AGAIN = "open the notebook in Jupyter, save it and hand that file in"
CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
SURROGATE = re.compile("[\ud800-\udfff]")
KINDS: dict[str, Kind] = {"code": "code", "markdown": "markdown", "raw": "raw", "html": "markdown"}


def read_submission(path: Path) -> bytes:
    """The bytes of what was handed in; of a file that is too large, so many that it is seen to be. OSError if none."""
    with path.open("rb") as file:
        return file.read(min(os.fstat(file.fileno()).st_size, LARGEST) + 1)


def read_notebook(data: bytes, name: str = "the notebook") -> Notebook:
    """The cells of a notebook's bytes (or of a percent file's, if `name` ends in .py), outputs left out."""
    notebook = Notebook()
    if not data.strip():
        notebook.problems.append(f"{name} is empty; {AGAIN}.")
        return notebook
    if len(data) > LARGEST:
        size = len(data) // 2**20
        notebook.problems.append(f"{name} has {size} MB; clear its outputs, save it and hand it in again.")
        return notebook
    text = _decode(data, name, notebook.problems)
    if name.endswith(".py"):
        _read_percent_cells(text, name, notebook)
        return notebook
    _read_cells(_raw_cells(text, name, notebook.problems), notebook)
    return notebook


def _read_cells(raw_cells: list[Any], notebook: Notebook) -> None:
    room = MOST_TEXT
    if len(raw_cells) > MOST_CELLS:
        notebook.problems.append(
            f"all below cell {MOST_CELLS} is left out: there are {len(raw_cells):,} cells; delete those you don't need."
        )
    for index, raw in enumerate(raw_cells[:MOST_CELLS], 1):
        cell = _cell(raw, index, notebook.problems)
        if cell is None:
            continue
        room -= len(cell.source)
        if room < 0:
            million = MOST_TEXT // 10**6
            notebook.problems.append(
                f"{cell.label} and all below it are left out: there are over {million} million characters; "
                "move data into a file."
            )
            return
        notebook.cells.append(cell)


def _read_percent_cells(text: str, name: str, notebook: Notebook) -> None:
    percent = read_percent(text)
    notebook.cells = percent.cells
    notebook.problems += [f"{name}, line {line}: {fault}." for line, fault in percent.faults]
    if not percent.cells:
        notebook.problems.append(f"{name} has no cells; begin each with a line `# %%`.")


def _decode(data: bytes, name: str, problems: list[str]) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            text = data.decode("utf-16")
        except UnicodeDecodeError:
            pass
        else:
            problems.append(f"{name} is saved as UTF-16 and was read as that; save it as UTF-8.")
            return text
    problems.append(f"{name} is not saved as UTF-8, so letters such as ä may be wrong in it; {AGAIN}.")
    return data.decode("latin-1")


def _raw_cells(text: str, name: str, problems: list[str]) -> list[Any]:
    try:
        document = json.loads(text, parse_int=_integer)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        problems.append(f"{name} is not a notebook: its JSON breaks off or is damaged at {where}; {AGAIN}.")
        return []
    except (RecursionError, ValueError, MemoryError):
        problems.append(f"{name} is not a notebook: its JSON is nested too deeply; {AGAIN}.")
        return []
    cells = _listed_cells(document)
    if cells is None:
        problems.append(f"{name} is JSON but not a notebook: it has no list of cells; {AGAIN}.")
        return []
    return cells


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= LONGEST_INTEGER else float("inf")


def _listed_cells(document: Any) -> list[Any] | None:
    """The list of cells, in today's layout or in that of notebooks before 2015, which had worksheets."""
    if not isinstance(document, dict):
        return None
    if isinstance(document.get("cells"), list):
        return list(document["cells"])
    worksheets = document.get("worksheets")
    if not isinstance(worksheets, list):
        return None
    sheets = [sheet["cells"] for sheet in worksheets if isinstance(sheet, dict) and "cells" in sheet]
    return [cell for cells in sheets if isinstance(cells, list) for cell in cells]


def _cell(raw: Any, index: int, problems: list[str]) -> Cell | None:
    if not isinstance(raw, dict):
        problems.append(f"cell {index} is not a cell but {_a_kind_of(raw)}; delete it and type it again.")
        return None
    stated = raw.get("cell_type", "code")
    kind = KINDS.get(stated) if isinstance(stated, str) else None
    source = _source(raw, index, problems)
    if stated == "heading":
        level = raw.get("level", 1)
        hashes = "#" * (level if isinstance(level, int) and 1 <= level <= 6 else 1)
        kind, source = "markdown", f"{hashes} {source}"
    if kind is None:
        kind = "raw"
        problems.append(f"cell {index} is of an unknown type and isn't run; make it a code cell.")
    metadata = raw.get("metadata")
    if not isinstance(metadata, dict):
        metadata = {}
    return Cell(kind, source, _grade_id(raw, metadata), _tags(metadata), metadata, index)


def _source(raw: dict[str, Any], index: int, problems: list[str]) -> str:
    value = raw.get("source", raw.get("input", ""))
    lines = value if isinstance(value, list) else [value]
    text = "".join(line for line in lines if isinstance(line, str))
    if not all(isinstance(line, str) for line in lines):
        problems.append(f"cell {index} holds {_a_kind_of(value)} where its text should be; type it again.")
    if SURROGATE.search(text):
        problems.append(f"cell {index} holds a character that isn't one, shown as \ufffd; type it again.")
        text = SURROGATE.sub("\ufffd", text)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _a_kind_of(value: Any) -> str:
    names = {
        type(None): "nothing",
        list: "a mixed list",
        dict: "an object",
        str: "text",
        bool: "a truth value",
    }
    return names.get(type(value), "a number")


def _grade_id(raw: dict[str, Any], metadata: dict[str, Any]) -> str | None:
    """nbgrader's grade id; else the cell's id, which Colab keeps in the metadata."""
    nbgrader = metadata.get("nbgrader")
    stated = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    for candidate in (stated, raw.get("id"), metadata.get("id")):
        if isinstance(candidate, str) and CELL_ID.fullmatch(candidate):
            return candidate
    return None


def _tags(metadata: dict[str, Any]) -> tuple[str, ...]:
    tags = metadata.get("tags")
    return tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else ()

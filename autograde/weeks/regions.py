"""Solution regions: what stands between `### BEGIN SOLUTION` and `### END SOLUTION`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from autograde.notebook import Kind

BEGIN = "BEGIN SOLUTION"
END = "END SOLUTION"
CODE_STUB = "raise NotImplementedError"
TEXT_STUB = "*Your answer here.*"


def stub_of(source: str, kind: Kind = "code") -> str:
    """What nbgrader's ClearSolutions makes of a cell that has regions: a stub line for each of them."""
    stub = CODE_STUB if kind == "code" else TEXT_STUB
    kept: list[str] = []
    inside = False
    for line in source.split("\n"):
        if BEGIN in line:
            inside = True
            indent = re.match(r"\s*", line)
            kept.append((indent.group() if indent else "") + stub)
        elif END in line:
            inside = False
        elif not inside:
            kept.append(line)
    return "\n".join(kept)


def template_of(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """What learners get of a folder: its Python and Markdown, regions cleared; all else is the reference's own.

    A module that raised as a whole couldn't be imported, so that a region outside of functions leaves nothing.
    """
    kinds: dict[str, Kind] = {".py": "code", ".md": "markdown"}
    return {
        name: stub_of(data.decode(), kinds[suffix]).replace(f"\n{CODE_STUB}\n", "\n").encode()
        for name, data in files.items()
        if (suffix := PurePosixPath(name).suffix) in kinds
    }


def reference_of(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The folder as a learner would have it who wrote what the reference says."""
    return {
        name: without_markers(data.decode()).encode() if name.endswith((".py", ".md")) else data
        for name, data in files.items()
    }


def without_markers(source: str) -> str:
    """The cell as a learner would have it who wrote what the reference says."""
    return "\n".join(line for line in source.split("\n") if BEGIN not in line and END not in line)


def has_region(source: str) -> bool:
    return BEGIN in source or END in source


def region_faults(source: str) -> list[tuple[int, str]]:
    """What is wrong with a cell's regions, as (line within the cell, from 1; sentence without full stop)."""
    faults: list[tuple[int, str]] = []
    opened = 0
    for number, line in enumerate(source.split("\n"), 1):
        if BEGIN in line:
            if opened:
                faults.append((number, "a solution region opens inside another; close that one first"))
            opened = number
        elif END in line:
            if not opened:
                faults.append((number, "a solution region ends that never began; take this marker out"))
            opened = 0
    if opened:
        faults.append((opened, "a solution region doesn't close; write ### END SOLUTION below it"))
    return faults

"""jupytext's percent format, as much of it as weeks use: `# %% [markdown] key=value ...` and what follows.

Values are JSON, as in `points={"forward": 2}`. Our own reader, because jupytext costs a second to import.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from autograde.notebook.cells import Cell, Kind

MARKER = re.compile(r"^# ?%%(?=\s|$)(.*)$")
KIND = re.compile(r"\[(markdown|md|raw)\]")
KEY = re.compile(r"([A-Za-z_][\w.-]*)=")
MAGIC = re.compile(r"^# ((?:%{1,2}|!)[A-Za-z].*)$")
TEXT_BLOCK = re.compile(r'\A\s*[rR]?("""|\'\'\')(.*)\1\s*\Z', re.DOTALL)
KINDS: dict[str, Kind] = {"markdown": "markdown", "md": "markdown", "raw": "raw"}


@dataclass
class Percent:
    """A percent file: its cells, what stands before the first marker, and faults as (line, sentence)."""

    cells: list[Cell] = field(default_factory=list)
    preamble: str = ""
    faults: list[tuple[int, str]] = field(default_factory=list)


def read_percent(text: str) -> Percent:
    """Read a percent file. Never raises: what is wrong in a header comes back in `faults`."""
    lines = text.replace("\r\n", "\n").split("\n")
    marks = [number for number, line in enumerate(lines) if MARKER.match(line)]
    result = Percent(preamble="\n".join(lines[: marks[0] if marks else len(lines)]))
    for position, (start, end) in enumerate(pairwise([*marks, len(lines)]), 1):
        kind, metadata, faults = _header(lines[start])
        result.faults += [(start + 1, fault) for fault in faults]
        source = _content(kind, lines[start + 1 : end])
        result.cells.append(
            Cell(kind, source, _grade_id(metadata), _tags(metadata), metadata, position, start + 1)
        )
    return result


def _header(line: str) -> tuple[Kind, dict[str, Any], list[str]]:
    match = MARKER.match(line)
    rest = match.group(1).strip() if match else ""
    kind: Kind = "code"
    metadata: dict[str, Any] = {}
    faults: list[str] = []
    while rest:
        if found := KIND.match(rest):
            kind, rest = KINDS[found.group(1)], rest[found.end() :].lstrip()
        elif found := KEY.match(rest):
            key = found.group(1)
            try:
                value, end = json.JSONDecoder().raw_decode(rest, found.end())
            except (ValueError, RecursionError):
                faults.append(f'the value of `{key}` is not JSON; write it as in {key}="name" or {key}=3')
                break
            if key in metadata:
                faults.append(f"the header says `{key}` twice; keep one")
            metadata[key], rest = value, rest[end:].lstrip()
        else:
            word, _, rest = rest.partition(" ")
            rest = rest.lstrip()
            if metadata:
                faults.append(f"the header has `{word}` where key=value is expected; quote it or take it out")
    return kind, metadata, faults


def _content(kind: Kind, lines: list[str]) -> str:
    text = "\n".join(lines).rstrip("\n")
    if kind == "code":
        return "\n".join(MAGIC.sub(r"\1", line) for line in text.split("\n"))
    block = TEXT_BLOCK.match(text)
    if block:
        return block.group(2).strip("\n")
    return "\n".join(re.sub(r"^# ?", "", line) for line in text.split("\n")).strip("\n")


def _tags(metadata: dict[str, Any]) -> tuple[str, ...]:
    tags = metadata.get("tags")
    return tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else ()


def _grade_id(metadata: dict[str, Any]) -> str | None:
    if metadata.get("reflection") is True:
        return "reflection"
    if isinstance(metadata.get("given"), str):
        return f"given-{metadata['given']}"
    name = metadata.get("exercise", metadata.get("question"))
    return name if isinstance(name, str) else None

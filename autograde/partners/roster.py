"""The class, from `instructor/roster.csv`: a line a learner, forgiving on the way in."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from autograde.errors import Fault

ROSTER = "roster.csv"
COLUMNS = ("id", "first_name", "last_name", "email", "comfort", "not_with", "joint_with")
# What nbgrader makes folders of, and what a spreadsheet wouldn't take for a formula.
SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
COMFORT = range(1, 6)
MEDIAN_COMFORT = 3


@dataclass(frozen=True)
class Member:
    """A learner of the class. `comfort` is with programming, from 1 to 5, None where it isn't known.

    `not_with` are those who are never this one's partners; with `joint_with` one notebook is handed in.
    """

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    comfort: int | None = None
    not_with: frozenset[str] = frozenset()
    joint_with: str = ""

    @property
    def level(self) -> int:
        """The comfort to pair by: the scale's median where it isn't known."""
        return MEDIAN_COMFORT if self.comfort is None else self.comfort


@dataclass(frozen=True)
class Roster:
    """The members whose lines are good, by id in the file's order, and a sentence for each line that isn't."""

    members: Mapping[str, Member]
    problems: tuple[str, ...] = ()


def read_roster(path: Path) -> Roster:
    """The class in a file. Raises Fault where there is none, or where it isn't a table with ids."""
    rows = csv.DictReader(io.StringIO(_text(path)), restkey="")
    header = [str(name).strip().lower() for name in rows.fieldnames or []]
    rows.fieldnames = header
    if "id" not in header:
        raise Fault("the first line names no column 'id'", f"{path}:1", f"let it say {','.join(COLUMNS)}")
    members: dict[str, Member] = {}
    problems: list[str] = []
    for row in rows:
        cells = {name: value.strip() for name, value in row.items() if name and isinstance(value, str)}
        if not any(cells.values()):
            continue
        fault = _fault(cells, members)
        if fault:
            problems.append(f"{path.name}:{rows.line_num}: {fault}")
        else:
            member = _member(cells)
            members[member.id] = member
    return Roster(members, (*problems, *_unknown(path.name, members)))


def is_safe_id(text: str) -> bool:
    """Whether a folder may be named by it on any system."""
    return bool(SAFE_ID.fullmatch(text)) and ".." not in text and not RESERVED.fullmatch(text)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        remedy = f"write a line a learner, below a first line of {','.join(COLUMNS)}"
        raise Fault(f"the roster can't be read ({error.strerror})", str(path), remedy) from None
    except UnicodeDecodeError as error:
        raise Fault(
            f"byte {error.start} isn't UTF-8", str(path), "save it as CSV in UTF-8 from your spreadsheet"
        ) from None


def _fault(cells: dict[str, str], members: Mapping[str, Member]) -> str:
    """What is wrong with a line, in one sentence; nothing if it is good."""
    learner, comfort = cells.get("id", ""), cells.get("comfort", "")
    if not learner:
        return "the id is missing; give each learner one of their own."
    if not is_safe_id(learner):
        return (
            f"{learner!r} can't be an id, since folders are named by it; use letters, digits, `_`, `-`, `.`."
        )
    if learner in members or learner.lower() in {known.lower() for known in members}:
        return f"{learner} is there already, and the first line counts; give this learner another id."
    if comfort and (not comfort.isascii() or not comfort.isdigit() or int(comfort) not in COMFORT):
        return f"comfort is {comfort!r}; give a whole number from 1 to 5, or leave it empty."
    email = cells.get("email", "")
    if email and not re.fullmatch(r"[^@\s]+@[^@\s]+", email):
        return f"{email!r} is no email address; correct it, or leave it empty."
    return ""


def _member(cells: dict[str, str]) -> Member:
    comfort = cells.get("comfort", "")
    return Member(
        cells["id"], cells.get("first_name", ""), cells.get("last_name", ""), cells.get("email", ""),
        int(comfort) if comfort else None,
        frozenset(re.split(r"[;\s]+", cells.get("not_with", ""))) - {""}, cells.get("joint_with", ""),
    )  # fmt: skip


def _unknown(name: str, members: Mapping[str, Member]) -> Iterator[str]:
    for member in members.values():
        for other in sorted({*member.not_with, member.joint_with} - {"", *members}):
            yield f"{name}: {member.id} mentions {other}, who is in no good line; correct the id."

"""The learner's cells, and which cell of the master each is a copy of."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from autograde.notebook import Cell, Notebook, Unparsed, bound_names, parse

CHECK_CALL = re.compile(r"check\(\s*[\"']([\w-]+)[\"']\s*\)\s*;?")
WEEK_CALL = re.compile(r"(?:from autograde import week\s*)?check\s*=\s*week\(\s*[\"']\w+[\"']\s*\)")
FIRST_SLOT = 0
LOCKED = frozenset({"given", "check"})
ANSWERED = frozenset({"exercise", "reflection"})  # by code that defines the name


@dataclass
class Piece:
    """A cell of the learner's. `slot` is the position of the master's cell whose place it takes."""

    cell: Cell
    names: frozenset[str]  # without imports: `from torch import relu` is no answer to the exercise relu
    broken: Unparsed | None
    text: str
    slot: int | None = None

    @property
    def index(self) -> int:
        return self.cell.index

    def defines(self, name: str) -> bool:
        return self.cell.kind == "code" and name in self.names


@dataclass
class Master:
    """The release notebook, with what is looked up in it."""

    cells: list[Cell]
    essences: list[str] = field(default_factory=list)
    by_id: dict[str, int] = field(default_factory=dict)
    by_text: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    names: dict[str, int] = field(default_factory=dict)  # of exercises, and `reflection`

    def __post_init__(self) -> None:
        for slot, cell in enumerate(self.cells):
            if cell.grade_id:
                self.by_id.setdefault(cell.grade_id, slot)
            self.essences.append(essence(cell.source))
            self.by_text[cell.kind[0] + self.essences[slot]].append(slot)
            if cell.role in ANSWERED and cell.grade_id:
                self.names[cell.grade_id] = slot


def essence(source: str) -> str:
    """The source without blank lines and the spaces at its lines' ends: what editors add and take away."""
    return "\n".join(line.rstrip() for line in source.splitlines() if line.strip())


def is_copy(master: Master, piece: Piece) -> bool:
    """Whether a locked cell came back as it was, or with other words for the same call."""
    call = piece.text.strip()
    if piece.slot is None or CHECK_CALL.fullmatch(call) or WEEK_CALL.fullmatch(call):
        return True
    return piece.text in ("", master.essences[piece.slot])


def match(master: Master, submission: Notebook, problems: list[str]) -> list[Piece]:
    """Every cell of the submission, those that are copies of the master's with their slot."""
    pieces = [_piece(cell) for cell in submission.cells]
    for piece in pieces:
        piece.slot = _slot_by_id(master, piece, problems)
    filled = {piece.slot for piece in pieces}
    for piece in pieces:
        if piece.slot is None:
            piece.slot = _slot_by_text(master, piece, filled)
            filled.add(piece.slot)
    return pieces


def _piece(cell: Cell) -> Piece:
    code = cell.kind == "code"
    tree = parse(cell.source) if code else None
    names = bound_names(cell.source, imports=False) if code else frozenset[str]()
    return Piece(cell, names, tree if isinstance(tree, Unparsed) else None, essence(cell.source))


def _slot_by_id(master: Master, piece: Piece, problems: list[str]) -> int | None:
    slot = master.by_id.get(piece.cell.grade_id or "")
    if slot is None:
        return None
    original = master.cells[slot]
    if original.role == "question":
        return slot
    if original.kind != piece.cell.kind:
        if original.role in ANSWERED:
            problems.append(
                f"{piece.cell.label} is where {original.grade_id} belongs, but it isn't a code cell; "
                "turn it back into one."
            )
        return None
    if original.role in ANSWERED or not _smuggles(master, piece, original):
        return slot
    return None


def _smuggles(master: Master, piece: Piece, original: Cell) -> bool:
    """Whether an answer was typed into a cell that isn't for answers."""
    return bool((piece.names & set(master.names)) - bound_names(original.source, imports=False))


def _slot_by_text(master: Master, piece: Piece, filled: set[int | None]) -> int | None:
    """The master's cell that says the same: an empty place first, for stubs of constants are all alike."""
    same = master.by_text.get(piece.cell.kind[0] + piece.text)
    if same:
        return next((slot for slot in same if slot not in filled), same[0])
    if call := CHECK_CALL.fullmatch(piece.text.strip()):
        return master.by_id.get(f"check-{call.group(1)}")
    if WEEK_CALL.fullmatch(piece.text.strip()):
        return FIRST_SLOT
    return None

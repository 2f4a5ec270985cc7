"""Which of the learner's cells answer an exercise or a question, whatever became of their metadata."""

from __future__ import annotations

from difflib import SequenceMatcher

from autograde.assembly.pieces import ANSWERED, Master, Piece
from autograde.notebook import Cell
from autograde.weeks.regions import TEXT_STUB

ENOUGH_OF_A_QUESTION = 0.8  # of its words, in order
LONGEST_COMPARED = 2000  # words


def untouched(master: Master, piece: Piece, slot: int) -> bool:
    """Whether the learner left the cell as it came, or empty."""
    return not piece.text or piece.text == master.essences[slot]


def place_definitions(master: Master, pieces: list[Piece]) -> None:
    """Where an exercise's own cell was left alone or is gone, cells that define its name take its place."""
    for name, slot in master.names.items():
        own = [piece for piece in pieces if piece.slot == slot]
        if any(not untouched(master, piece, slot) for piece in own):
            continue
        for piece in pieces:
            if piece.slot is None and piece.defines(name):
                piece.slot = slot


def keep_last_definition_last(master: Master, pieces: list[Piece], anchors: dict[int, int]) -> None:
    """Where cells were moved about, the definition that the learner has last must run last."""
    for name, slot in master.names.items():
        own = [piece.index for piece in pieces if piece.slot == slot]
        for piece in pieces:
            if not own or piece.slot is not None or not piece.defines(name):
                continue
            before, lands_before = piece.index < own[0], anchors[piece.index] < slot
            if before != lands_before:
                piece.slot = slot


def definitions(master: Master, pieces: list[Piece], name: str) -> list[Piece]:
    """The cells that will define the name when the notebook runs."""
    return [
        piece
        for piece in pieces
        if piece.defines(name)
        and piece.broken is None
        and (piece.slot is None or _is_run(master, piece, piece.slot))
    ]


def _is_run(master: Master, piece: Piece, slot: int) -> bool:
    return master.cells[slot].role in ANSWERED and not untouched(master, piece, slot)


def place_answers(master: Master, pieces: list[Piece]) -> None:
    """Find the answers to questions: by the question's text, or in the cells right below it."""
    for slot, question in enumerate(master.cells):
        if question.role != "question":
            continue
        own = [piece for piece in pieces if piece.slot == slot]
        if not own:
            own = _most_alike(question, [piece for piece in pieces if piece.slot is None])
            for piece in own:
                piece.slot = slot
        if own and all(untouched(master, piece, slot) for piece in own):
            _take_cells_below(pieces, own[-1], slot)


def _take_cells_below(pieces: list[Piece], question: Piece, slot: int) -> None:
    for piece in pieces[pieces.index(question) + 1 :]:
        if piece.slot is not None or piece.cell.kind == "code":
            return
        piece.slot = slot


def _most_alike(question: Cell, pieces: list[Piece]) -> list[Piece]:
    """The cell of prose that repeats the question's words, nearly all of them, and best."""
    asked = question.source.replace(TEXT_STUB, "").split()[:LONGEST_COMPARED]
    found = [(_share_repeated(asked, piece.cell), -piece.index, piece) for piece in pieces]
    share, _, best = max(found, key=lambda entry: entry[:2], default=(0.0, 0, None))
    return [best] if best is not None and share >= ENOUGH_OF_A_QUESTION else []


def _share_repeated(asked: list[str], cell: Cell) -> float:
    """How much of the question's text, word by word and in order, a cell of prose contains."""
    given = cell.source.split()[: LONGEST_COMPARED * 2]
    if cell.kind == "code" or not asked or len(set(asked) & set(given)) < len(set(asked)) / 2:
        return 0.0  # told apart without the comparison, which is slow
    blocks = SequenceMatcher(None, asked, given, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) / len(asked)

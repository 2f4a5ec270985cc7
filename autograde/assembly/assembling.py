"""The master with the learner's work in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from autograde.assembly.answers import (
    definitions,
    keep_last_definition_last,
    place_answers,
    place_definitions,
    untouched,
)
from autograde.assembly.assembled import Assembled, AssembledCell
from autograde.assembly.escaping import escape_markdown
from autograde.assembly.pieces import ANSWERED, LOCKED, Master, Piece, is_copy, match
from autograde.notebook import Cell, Kind, Notebook
from autograde.weeks.regions import TEXT_STUB

START = -1  # the anchor of cells above everything known


def assemble(master: Notebook, submission: Notebook) -> Assembled:
    """Put the learner's work into the master's places. Never raises, whatever was handed in.

    Exercises are found by grade id, by cell id, then by the name that they define; locked cells are the
    master's; the learner's own cells follow the known cell that they followed. What reading the submission
    had to say stays in `submission.problems`.
    """
    known = Master(master.cells)
    result = Assembled()
    pieces = match(known, submission, result.problems)
    place_definitions(known, pieces)
    place_answers(known, pieces)
    keep_last_definition_last(known, pieces, _anchors(pieces))
    result.problems += _problems(known, pieces)
    result.cells = list(_cells(known, pieces))
    return result


def _anchors(pieces: list[Piece]) -> dict[int, int]:
    """For each cell, by its index, the slot of the last known cell above it (of itself, if it is known)."""
    anchors: dict[int, int] = {}
    anchor = START
    for piece in pieces:
        anchor = anchor if piece.slot is None else piece.slot
        anchors[piece.index] = anchor
    return anchors


def _cells(master: Master, pieces: list[Piece]) -> Iterator[AssembledCell]:
    anchors = _anchors(pieces)
    own: dict[int, list[Piece]] = defaultdict(list)
    placed: dict[int, list[Piece]] = defaultdict(list)
    for piece in pieces:
        if piece.slot is not None:
            placed[piece.slot].append(piece)
        if piece.slot is None or _is_annotated(master, piece):
            own[anchors[piece.index]].append(piece)
    yield from _own_cells(own[START])
    for slot in range(len(master.cells)):
        yield from _fill(master, slot, placed[slot], pieces)
        yield from _own_cells(own[slot])


def _is_annotated(master: Master, piece: Piece) -> bool:
    """Whether the learner wrote something into a cell of the course's prose."""
    if piece.slot is None or master.cells[piece.slot].role != "prose":
        return False
    return not untouched(master, piece, piece.slot)


def _own_cells(pieces: list[Piece]) -> Iterator[AssembledCell]:
    for piece in pieces:
        if piece.text:
            code = piece.cell.kind == "code"
            source = piece.cell.source if code else escape_markdown(piece.cell.source)
            kind: Kind = "code" if code else "markdown"
            yield AssembledCell(kind, source, "own", f"own-{piece.index}", origin=piece.index)


def _fill(master: Master, slot: int, placed: list[Piece], pieces: list[Piece]) -> Iterator[AssembledCell]:
    """The master's cell, or what the learner put in its place."""
    original = master.cells[slot]
    if original.role in ANSWERED:
        yield from _answer(master, slot, placed, pieces)
    elif original.role == "question":
        yield _prose_answer(master, slot, placed)
    elif original.role == "explore" and placed:
        yield _in_place(original, placed[0].cell.source, placed[0].index)
        for piece in placed[1:]:
            yield AssembledCell(
                "code", piece.cell.source, "explore", f"own-{piece.index}", None, piece.index, original.tags
            )
    else:
        yield _in_place(original, original.source, placed[0].index if placed else None)


def _in_place(original: Cell, source: str, origin: int | None) -> AssembledCell:
    graded = original.role not in ("prose", "explore")
    grade_id = original.grade_id if graded else None
    return AssembledCell(
        original.kind, source, original.role, original.grade_id or "", grade_id, origin, original.tags
    )


def _answer(master: Master, slot: int, placed: list[Piece], pieces: list[Piece]) -> Iterator[AssembledCell]:
    """An exercise's cells in order; the last that defines its name is the one that carries the grade id."""
    original = master.cells[slot]
    name = original.grade_id or ""
    written = [piece for piece in placed if not untouched(master, piece, slot)]
    elsewhere = definitions(master, pieces, name)
    if not written and elsewhere:
        there = elsewhere[-1]
        yield _in_place(original, f"# {name} is defined in {there.cell.label}.", there.index)
    elif not written:
        yield _in_place(original, original.source, placed[0].index if placed else None)
    bearer = next((piece for piece in reversed(written) if piece.defines(name)), None)
    for piece in written:
        if piece is (bearer or written[-1]):
            yield _in_place(original, piece.cell.source, piece.index)
        else:
            own = f"own-{piece.index}"
            yield AssembledCell("code", piece.cell.source, original.role, own, origin=piece.index)


def _prose_answer(master: Master, slot: int, placed: list[Piece]) -> AssembledCell:
    """The question as the master has it, and the learner's answer, made harmless, below."""
    original = master.cells[slot]
    written = [piece for piece in placed if not untouched(master, piece, slot)]
    if not written:
        return _in_place(original, original.source, placed[0].index if placed else None)
    question = original.source.partition(TEXT_STUB)[0].strip()
    answers = [escape_markdown(piece.cell.source.strip().removeprefix(question)) for piece in written]
    source = "\n\n".join([question, *(answer.strip("\n") for answer in answers)])
    return _in_place(original, source, written[0].index)


def _problems(master: Master, pieces: list[Piece]) -> Iterator[str]:
    for name, slot in master.names.items():
        yield from _answer_problems(master, pieces, name, slot)
    for slot, cell in enumerate(master.cells):
        if cell.role == "question" and not any(piece.slot == slot for piece in pieces):
            yield (
                f"the answer to {cell.grade_id} was not found: looked for the cell `{cell.grade_id}` by its "
                "metadata and for the question's text; put the answer below a copy of the question."
            )
    for piece in pieces:
        yield from _cell_problems(master, piece)


def _answer_problems(master: Master, pieces: list[Piece], name: str, slot: int) -> Iterator[str]:
    there = any(piece.slot == slot or piece.defines(name) for piece in pieces)
    if not there:
        yield (
            f"{name} was not found: looked for the cell `{name}` by its metadata and for a definition of "
            f"that name; define {name} in a code cell."
        )
    defining = definitions(master, pieces, name)
    if len(defining) > 1:
        cells = [str(piece.index) for piece in defining]
        yield f"{name} is defined in cells {', '.join(cells[:-1])} and {cells[-1]}; the last one counts."


def _cell_problems(master: Master, piece: Piece) -> Iterator[str]:
    original = None if piece.slot is None else master.cells[piece.slot]
    if original is not None and original.role in LOCKED:
        if not is_copy(master, piece):
            yield (
                f"{piece.cell.label} is a changed copy of the locked cell `{original.grade_id}`, and the "
                "original counts; put code of your own into a cell of its own."
            )
    elif piece.broken is not None and (original is None or original.role != "explore"):
        yield (
            f"{piece.cell.label} can't be read as Python: {piece.broken.message}, line {piece.broken.line}; "
            "correct it, or what it defines is missing."
        )

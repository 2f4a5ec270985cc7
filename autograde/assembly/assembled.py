"""The notebook that is graded: the master's cells with the learner's in them."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograde.notebook import Kind, Role
from autograde.weeks.loading import FIRST_CELL

NOT_RUN: frozenset[str] = frozenset({"check", "explore"})


@dataclass(frozen=True)
class AssembledCell:
    """One cell of it. `id` is the master's where the cell fills one of its places.

    `origin` is the position of the learner's cell that the source comes from, counted from 1; None if the
    learner's notebook had none. An exercise that was left alone is the master's stub with an origin, one
    that wasn't found is the stub without.
    """

    kind: Kind
    source: str
    role: Role
    id: str
    grade_id: str | None = None
    origin: int | None = None
    tags: tuple[str, ...] = ()

    @property
    def runs(self) -> bool:
        """Whether grading runs this cell: not the locked calls of `check`, nor what only plots or trains."""
        return self.kind == "code" and self.role not in NOT_RUN and self.grade_id != FIRST_CELL

    @property
    def label(self) -> str:
        """What to call it to the learner, who counts cells in the notebook that was handed in."""
        return f"cell {self.origin}" if self.origin is not None else f"cell `{self.id}`"


@dataclass
class Assembled:
    """The cells in order, and in sentences what the learner should know about how they were put together."""

    cells: list[AssembledCell] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def to_nbformat(
    assembled: Assembled,
    master: Mapping[str, Any],
    outputs: Mapping[int, Sequence[Mapping[str, Any]]] | None = None,
) -> dict[str, Any]:
    """The notebook as nbformat 4 has it, with the metadata of `master`, the release notebook's JSON.

    `outputs` holds nbformat outputs by position in `assembled.cells`.
    """
    originals = {cell.get("id"): cell for cell in master.get("cells", [])}
    shown = outputs or {}
    cells = []
    for position, cell in enumerate(assembled.cells):
        metadata = copy.deepcopy(originals[cell.id]["metadata"]) if cell.id in originals else {}
        if cell.tags:
            metadata["tags"] = list(cell.tags)
        built: dict[str, Any] = {
            "cell_type": cell.kind,
            "id": cell.id,
            "metadata": metadata,
            "source": cell.source,
        }
        if cell.kind == "code":
            built |= {
                "execution_count": None,
                "outputs": [dict(output) for output in shown.get(position, ())],
            }
        cells.append(built)
    metadata = copy.deepcopy(dict(master.get("metadata", {})))
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}

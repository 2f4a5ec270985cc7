"""Asking for comparisons: a process of its own does the work, so that this one stays light."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograde.compare.result import Comparison
from autograde.errors import Fault
from autograde.grading import Judge
from autograde.places import Kit

FEWEST, MOST = 2, 3


@dataclass(frozen=True)
class Side:
    """One of those that are compared: a name to show, and a notebook; None stands for the reference."""

    name: str
    notebook: bytes | None


class Comparer(Judge):
    """Compares notebooks of one week, one comparison after the other; close it after use.

    With the week's solutions at hand everything is compared, without them what the checks tell.
    """

    module = "autograde.compare.service"

    def __init__(
        self, week: str, kit: Kit, *, seed: int = 0, trust: bool = False, secrets: Sequence[Path] = ()
    ) -> None:
        rooms = (kit.solutions, kit.exercises)
        self._folder = next((room / week for room in rooms if (room / week).is_dir()), kit.exercises / week)
        self.knows_reference = self._folder.parent == kit.solutions
        places = [*rooms, self._folder, kit.instructor, *secrets]
        super().__init__(
            {
                "root": str(kit.root),
                "week": str(self._folder),
                "seed": seed,
                "trust": trust,
                "patience": {"wall_factor": 3.0},  # nobody loses a point by it
                "secrets": [str(path.resolve()) for path in places if path.exists()],
            }
        )

    def compare(self, sides: Sequence[Side], *, hidden: bool = False, reference: bool = False) -> Comparison:
        """Compare two or three sides by the checks.

        `hidden` takes the properties too, whose inputs then show, and `reference` lets it say who is right: both for
        when that may be known.
        """
        if not FEWEST <= len(sides) <= MOST:
            raise Fault(f"{len(sides)} notebooks can't be compared", remedy="name two or three")
        if any(side.notebook is None for side in sides) and not self.knows_reference:
            raise Fault("the reference is not here", str(self._folder), "compare two notebooks")
        named = [[side.name, _text(side.notebook)] for side in sides]
        self._say({"sides": named, "hidden": hidden, "reference": reference})
        message = self._hear()
        if "fault" in message:
            raise Fault(message["fault"].rstrip("."))
        return Comparison.from_json(message["comparison"])

    def __enter__(self) -> Comparer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def compare(
    week: str,
    sides: Sequence[Side],
    kit: Kit,
    *,
    seed: int = 0,
    trust: bool = False,
    hidden: bool = False,
    reference: bool = False,
    secrets: Sequence[Path] = (),
) -> Comparison:
    """Compare two or three notebooks of a week. Raises Fault where their code can't be run safely."""
    with Comparer(week, kit, seed=seed, trust=trust, secrets=secrets) as comparer:
        return comparer.compare(sides, hidden=hidden, reference=reference)


def _text(data: bytes | None) -> str | None:
    return None if data is None else base64.b64encode(data).decode()

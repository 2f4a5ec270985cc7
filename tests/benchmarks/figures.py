"""What was measured, as figures: differences and medians of the runs of each variant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from measuring import Cost, median

AIM_PYTEST = 1.6
AIM_STOCK = 25.0
AIM_SUBMISSION = 0.050
AIM_CALL = 100e-6


@dataclass(frozen=True)
class Figure:
    """One line of the table. `aim` says what it should be, in the words of the design."""

    name: str
    cost: Cost | None = None
    text: str = ""
    aim: str = ""


@dataclass
class Samples:
    """Runs of one week and one kind of submission, by variant; each run's costs are subtracted within it."""

    runs: dict[str, list[Cost]] = field(default_factory=lambda: defaultdict(list))
    calls: float = 0.0
    crossings: float = 0.0
    examples: int = 0
    points: tuple[float, float] = (0.0, 0.0)

    def add(self, variant: str, cost: Cost) -> None:
        """Note one run's cost."""
        self.runs[variant].append(cost)

    def __getitem__(self, variant: str) -> Cost:
        return median(self.runs[variant])

    def lines(self) -> list[Figure]:
        """The table's lines on what one submission costs."""
        stock, plugin = self["stock executing"], self["plugin grading"]
        direct, more, floor = self["direct"], self["direct, one more"], self["floor"]
        return [
            Figure("stock nbgrader: Execute (a)", stock),
            Figure("ours through nbgrader: grading (b)", plugin),
            Figure("ours, `autograde grade`, cold: all of it (c)", direct),
            Figure("  one submission more (c)", more),
            Figure("  from the cache", self["direct, cached"]),
            Figure("the floor: unsealed, one warm process (d)", floor),
            Figure("nbgrader's bookkeeping, stock", self["stock bookkeeping"]),
            Figure("nbgrader's bookkeeping, ours", self["plugin bookkeeping"]),
            *self._sealing(more - floor),
            *(
                _ratio(f"stock : ours, (a) : ({letter})", stock, ours)
                for letter, ours in (("b", plugin), ("c", direct))
            ),
            _ratio("stock : ours, (a) : one submission more", stock, more),
        ]

    def _sealing(self, beyond: Cost) -> Iterable[Figure]:
        allowed = AIM_SUBMISSION + AIM_CALL * self.crossings
        share = beyond.cpu / self.crossings if self.crossings else 0.0
        text = f"{beyond.cpu * 1000:.0f} ms, {share * 1e6:.0f} µs a call"
        yield Figure(
            "sealing and wire, (c) - (d)", text=text, aim=f"{allowed * 1000:.0f} ms: 50 ms and 100 µs a call"
        )
        counts = f"{self.calls:.0f}, {self.crossings - self.calls:.0f}, {self.examples}"
        yield Figure("  calls, calls back, examples", text=counts)
        yield Figure("  points, and the most there are", text=f"{self.points[0]:.1f}, {self.points[1]:g}")

    def plain(self) -> dict[str, Any]:
        """All of it as data."""
        medians = {variant: vars(self[variant]) for variant in self.runs}
        return {
            "seconds": medians,
            "calls": self.calls,
            "crossings": self.crossings,
            "examples": self.examples,
            "points": self.points,
        }


def _ratio(name: str, stock: Cost, ours: Cost) -> Figure:
    return Figure(name, text=f"{stock.cpu / ours.cpu:.1f}", aim=f"{AIM_STOCK:g}")

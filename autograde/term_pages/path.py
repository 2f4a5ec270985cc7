"""The term's path: the course's flow chart, from backpropagation to transformers, and beside it the way of two
partners to a learning problem of their own.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from autograde.explaining import points_text
from autograde.term_pages.stages import Stage, Step

PROBLEM = "learning_problem-"


@dataclass(frozen=True)
class Stop:
    """A box of the chart: what it says, in lines, its column and row, and what of the course it stands for.

    It stands for all of its weeks, or for the one of their entries that is named; a `way` that a learning
    problem goes deeper, for those who went it.
    """

    lines: tuple[str, ...]
    column: int
    row: int
    weeks: tuple[str, ...] = ()
    entry: str = ""
    way: bool = False

    @property
    def name(self) -> str:
        return " ".join(self.lines).lower()


@dataclass(frozen=True)
class Lit:
    """A box as it is drawn for somebody: how far it was reached, 0 to 1, or None where the course hasn't come there.

    `stages` are its weeks, for a stroke each.
    """

    stop: Stop
    share: float | None
    note: str
    stages: tuple[Stage, ...] = ()


# The weeks before the chart, its topics downwards, and beside them the partners' way.
DEEPENING = ("week14",), f"{PROBLEM}deepening"
PARTNERS = Stop(("Learning partners",), 1, 1)
STOPS = (
    Stop(("Python, tensors,", "first neurons"), 0, 0, tuple(f"week{number:02d}" for number in range(6))),
    Stop(("Backpropagation",), 0, 1, ("week06",)),
    Stop(("Text encoding", "and generation"), 0, 2, ("week07",)),
    Stop(("MLPs and logistics",), 0, 3, ("week08",)),
    Stop(("Advanced MLPs",), 0, 4, ("week09",)),
    Stop(("Advanced", "backpropagation"), 0, 5, ("week10",)),
    Stop(("Convolutional", "networks"), 0, 6, ("week11", "week12")),
    Stop(("Transformers",), 0, 7, ("week13",)),
    PARTNERS,
    Stop(("Learning problem",), 1, 2, ("week14",), f"{PROBLEM}split"),
    Stop(("High-level model",), 1, 3, ("week14",), f"{PROBLEM}model"),
    Stop(("or",), 1, 4, *DEEPENING),
    Stop(("Low-level model",), 1, 5, *DEEPENING, way=True),
    Stop(("Advanced model",), 1, 6, *DEEPENING, way=True),
    Stop(("Advanced", "interpretation"), 1, 7, *DEEPENING, way=True),
)


def lit(stages: Sequence[Stage], together: str, ways: Collection[str]) -> list[Lit]:
    """The chart for somebody who went through these weeks.

    `together` says in which they had partners, if any, and `ways` how their learning problem went deeper.
    """
    return [_lit(stop, stages, together, ways) for stop in STOPS]


def _lit(stop: Stop, stages: Sequence[Stage], together: str, ways: Collection[str]) -> Lit:
    if stop is PARTNERS:
        return Lit(stop, 1.0 if together else None, together)
    if stop.way and stop.name not in ways:
        return Lit(stop, None, "")
    here = tuple(stage for stage in stages if stage.week in stop.weeks)
    counted: Sequence[Stage | Step] = here
    if stop.entry:
        counted = [step for stage in here for step in stage.steps if step.name == stop.entry]
    reached, most = sum(each.reached for each in counted), sum(each.most for each in counted)
    if not most:
        return Lit(stop, None, "")
    return Lit(
        stop,
        min(reached / most, 1.0),
        f"{points_text(reached)} of {points_text(most)}",
        () if stop.entry else here,
    )

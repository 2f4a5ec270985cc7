"""One round of measurements: each variant once, one after the other, so that a busy machine is busy for all."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean

from classroom import class_of, filled
from courses import hand_in, our_course, stock_course
from doors import Ours, Stock, importing_torch
from figures import Samples
from measuring import Cost

from autograde.places import Kit
from autograde.weeks import Week, load_week

Tell = Callable[[str], None]
UNCHANGED = 10  # classes' worth of submissions that are graded once more


@dataclass
class Bench:
    """Both courses with a class in each, and what was measured so far."""

    ours: Ours
    stock: Stock
    weeks: dict[str, Week]
    kinds: Sequence[str]
    size: int
    rounds: int
    tell: Tell
    samples: dict[tuple[str, str], Samples] = field(default_factory=dict)
    others: Samples = field(default_factory=Samples)
    memory: dict[str, float] = field(default_factory=dict)

    def measure(self) -> None:
        """All rounds for all weeks."""
        for week in self.weeks:
            for kind in self.kinds:
                self.samples[week, kind] = Samples()
                self.ours.directly(week, self.notebooks(week, kind)[:1], cold=False)  # files are read once
                for turn in range(self.rounds):
                    self._round(week, kind, turn)
            self._pytest(week)
            self._regrade(week)
            self.tell(f"{week}: memory")
            for role, megabytes in self.ours.peaks(week, self.notebooks(week, "right")).items():
                self.memory[role] = max(self.memory.get(role, 0.0), megabytes)

    def notebooks(self, week: str, kind: str) -> list[Path]:
        """The class's notebooks in our course."""
        return sorted((self.ours.root / "instructor" / "submitted").glob(f"{kind}*/{week}/{week}.ipynb"))

    def _round(self, week: str, kind: str, turn: int) -> None:
        self.tell(f"{week}, {kind} submissions, round {turn + 1} of {self.rounds}")
        samples, notebooks = self.samples[week, kind], self.notebooks(week, kind)
        self._stock(samples, week, kind, turn)
        self._direct(samples, week, notebooks)
        self._plugin(samples, week, kind)
        floor, told = self.ours.floor(week, notebooks)
        samples.add("floor", floor)
        samples.examples = told["examples"]
        samples.points = mean(one["points"] for one in told["graded"]), told["most"]
        samples.calls = mean(one["calls"] for one in told["graded"])
        samples.crossings = mean(one["calls"] + one["callbacks"] for one in told["graded"])

    def _stock(self, samples: Samples, week: str, kind: str, turn: int) -> None:
        """The part of the class whose turn it is; start-up comes from what a single learner costs."""
        group, first = f"{kind}{turn}-*", f"{kind}{turn}-{turn:02}"
        count = len(range(turn, self.size, self.rounds))
        full = self.stock.grade(week, group)
        books = self.stock.grade(week, group, execute=False)
        single = self.stock.grade(week, first, execute=False)
        samples.add("stock executing", (full - books).over(count))
        self._bookkeeping(samples, "stock", books, single, count)

    def _plugin(self, samples: Samples, week: str, kind: str) -> None:
        cold = self.ours.through_nbgrader(week, f"{kind}*", cold=True)
        books = self.ours.through_nbgrader(week, f"{kind}*", cold=False)
        single = self.ours.through_nbgrader(week, f"{kind}0-00", cold=False)
        samples.add("plugin grading", (cold - books).over(self.size))
        self._bookkeeping(samples, "plugin", books, single, self.size)

    def _bookkeeping(self, samples: Samples, whose: str, books: Cost, single: Cost, count: int) -> None:
        each = (books - single).over(max(1, count - 1))
        samples.add(f"{whose} bookkeeping", each)
        self.others.add(f"nbgrader's start-up, {whose}", single - each)

    def _direct(self, samples: Samples, week: str, notebooks: Sequence[Path]) -> None:
        single = self.ours.directly(week, notebooks[:1], cold=True)
        cold = self.ours.directly(week, notebooks, cold=True)
        more = (cold - single).over(max(1, len(notebooks) - 1))
        samples.add("direct", cold.over(len(notebooks)))
        samples.add("direct, one more", more)
        samples.add("direct, cached", self.ours.directly(week, notebooks, cold=False).over(len(notebooks)))
        self.others.add("start-up of `autograde grade` and its judge", single - more)

    def _pytest(self, week: str) -> None:
        self.tell(f"pytest exercises/{week} beside importing torch")
        place = self.ours.place(self.ours.root)
        self.ours.pytest(week)
        importing_torch(place)
        for _ in range(2 * self.rounds + 1):
            self.others.add("import torch", importing_torch(place))
            self.others.add(f"pytest exercises/{week}", self.ours.pytest(week))

    def _regrade(self, week: str) -> None:
        many = UNCHANGED * self.size
        self.tell(f"{week}: grading {many} unchanged submissions again")
        notebooks = [path for kind in self.kinds for path in self.notebooks(week, kind)]
        self.ours.directly(week, notebooks, cold=False)
        again = self.ours.directly(week, (notebooks * many)[:many], cold=False)
        self.others.add(f"grading an unchanged class of {many} again", again)


def prepare(
    original: Kit, root: Path, weeks: Sequence[str], kinds: Sequence[str], size: int, rounds: int, tell: Tell
) -> Bench:
    """Both courses, built, released and handed in."""
    tell("building both courses")
    kit = our_course(original, root / "kit", weeks)
    loaded = {week: load_week(kit.solutions / week) for week in weeks}
    place = stock_course(root / "stock", list(loaded.values()))
    for name, week in loaded.items():
        for kind in kinds:
            learners = class_of(week, kind, size, rounds)
            hand_in(kit.instructor, name, learners)
            hand_in(place.folder, name, learners)
        notebook = kit.exercises / name / f"{name}.ipynb"
        reference = {exercise.name: exercise.reference for exercise in week.exercises.values()}
        notebook.write_bytes(filled(json.loads(notebook.read_bytes()), reference))
    return Bench(Ours(kit.root, root / "cache"), Stock(place), loaded, kinds, size, rounds, tell)

"""The ways to grade that are compared, each measured on a class that is already handed in."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from measuring import Cost, Place, program

FLOOR = Path(__file__).with_name("floor.py")


@dataclass(frozen=True)
class Stock:
    """nbgrader alone."""

    place: Place

    def grade(self, week: str, learners: str, execute: bool = True) -> Cost:
        """Grade the learners whose names match a pattern; without Execute all that is left is bookkeeping."""
        place = self.place if execute else Place(self.place.folder, {"WITHOUT_EXECUTE": "1"})
        return place.measure(_nbgrader(week, learners))


@dataclass(frozen=True)
class Ours:
    """The kit, with a cache of its own."""

    root: Path
    cache: Path

    def through_nbgrader(self, week: str, learners: str, cold: bool) -> Cost:
        """Grade a class with nbgrader's command and our configuration."""
        return self._measure(self.root / "instructor", _nbgrader(week, learners), cold)

    def directly(self, week: str, notebooks: Sequence[Path], cold: bool) -> Cost:
        """Grade notebooks with our own command."""
        return self._measure(self.root, self._command(week, notebooks), cold)

    def peaks(self, week: str, notebooks: Sequence[Path]) -> dict[str, float]:
        """The memory of our own command's processes, in MB."""
        self._forget()
        return self.place(self.root).peaks(self._command(week, notebooks))

    def pytest(self, week: str) -> Cost:
        """Check the learner's notebook that lies in `exercises`."""
        return self.place(self.root).measure([program("pytest"), f"exercises/{week}"])

    def floor(self, week: str, notebooks: Sequence[Path]) -> tuple[Cost, dict[str, Any]]:
        """The cost of one submission in a warm process, unsealed, and all that was told of them."""
        command = [sys.executable, FLOOR, self.root / "solutions" / week, *notebooks]
        single = {"PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
        told = json.loads(
            subprocess.check_output(
                list(map(str, command)), cwd=self.root, env=self.place(self.root).variables() | single
            )
        )
        costs = [Cost(**one["cost"]) for one in told["graded"]]
        total = Cost(sum(cost.cpu for cost in costs), sum(cost.wall for cost in costs))
        return total.over(len(costs)), told

    def place(self, folder: Path) -> Place:
        """A folder to run commands of the kit in."""
        return Place(folder, {"XDG_CACHE_HOME": str(self.cache), "AUTOGRADE_ROOT": str(self.root)})

    def _measure(self, folder: Path, command: Sequence[str | Path], cold: bool) -> Cost:
        if cold:
            self._forget()
        return self.place(folder).measure(command)

    def _command(self, week: str, notebooks: Sequence[Path]) -> list[str | Path]:
        return [program("autograde"), "grade", week, *notebooks]

    def _forget(self) -> None:
        """Reports go, the examples that were drawn for the suite stay."""
        shutil.rmtree(self.cache / "autograde" / "reports", ignore_errors=True)


def _nbgrader(week: str, learners: str) -> list[str | Path]:
    return [program("nbgrader"), "autograde", week, "--student", learners, "--force"]


def importing_torch(place: Place) -> Cost:
    """The price that nobody gets around."""
    return place.measure([sys.executable, "-c", "import torch"])

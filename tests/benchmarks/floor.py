"""The floor: notebooks graded in one warm process, unsealed. Prints what each cost, as JSON.

The judge's own code with a learner in the same process: what is left beside it is sealing and wire.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from autograde.judge.preparing import prepare
from autograde.judge.unsealed import UnsealedLearner
from autograde.judge.worker import Judging, Submitted
from autograde.learner import local
from autograde.learner.host import Answer, Host
from autograde.learner.lending import Ledger

CALL_SECONDS = 5.0


class CountingLedger(Ledger):
    """Counts what the learner's code asks of what it was lent."""

    asked = 0

    def operate(self, name: str, args: list[Any]) -> Answer:
        CountingLedger.asked += 1
        return super().operate(name, args)


class CountingHost(Host):
    """Counts what a test asks of the learner."""

    asked = 0

    def value(self, name: str) -> Answer:
        CountingHost.asked += 1
        return super().value(name)

    def call(self, name: str, args: Sequence[Any], kwargs: dict[str, Any]) -> Answer:
        CountingHost.asked += 1
        return super().call(name, args, kwargs)

    def drive(self, name: str, source: str, args: Sequence[Any]) -> Answer:
        CountingHost.asked += 1
        return super().drive(name, source, args)


def counting_learner(beside: Mapping[str, bytes] = MappingProxyType({})) -> UnsealedLearner:
    """A fresh learner whose calls are counted."""
    learner = UnsealedLearner(CALL_SECONDS, beside)
    learner._host = CountingHost(learner._host.namespace)
    return learner


def judging_of(folder: Path) -> Judging:
    """A week, ready to be graded by, with learners that are counted."""
    setup = {"week": folder, "seed": 0, "trust": True, "patience": {}, "secrets": []}
    judging, _ = prepare(setup)
    judging.new_learner = counting_learner
    return judging


def main() -> None:
    """Grade the notebooks that the arguments name behind the week's folder."""
    local.Ledger = CountingLedger  # type: ignore[misc]
    judging = judging_of(Path(sys.argv[1]))
    notebooks = [Path(argument) for argument in sys.argv[2:]]
    told = []
    for path in [notebooks[0], *notebooks]:  # the first one warms up
        submitted = Submitted(path.name, path.read_bytes())
        CountingHost.asked = CountingLedger.asked = 0
        cpu, wall = time.process_time(), time.monotonic()
        report = judging.judge(submitted, [], lambda judged: None)
        cost = {"cpu": time.process_time() - cpu, "wall": time.monotonic() - wall}
        counts = {"calls": CountingHost.asked, "callbacks": CountingLedger.asked}
        told.append({"cost": cost, "points": report.points, **counts})
    examples = sum(len(frames) for frames in judging.suite.kept.values())
    most = sum(entry.points for entry in judging.suite.entries if not entry.stretch)
    print(json.dumps({"examples": examples, "most": most, "graded": told[1:]}))


if __name__ == "__main__":
    main()

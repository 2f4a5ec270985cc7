"""A week's suite: what is graded, the tests, and the examples kept for them.

The public half (exercises, points, kept examples of the checks) travels with the learner's notebook as one
file; the whole one is put together from `solutions/` and never leaves the judge.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgpack

from autograde.errors import Fault
from autograde.judge.tests import Test

PUBLIC_FILE = "suite.msgpack"
FORM = 2  # 2: with boxes


@dataclass(frozen=True)
class Entry:
    """One thing that is graded by itself: an exercise, or a part of one."""

    name: str
    exercise: str
    points: float
    stretch: bool
    stub: str


@dataclass(frozen=True)
class Suite:
    """Entries in the notebook's order, tests in their files' order, and kept examples by test.

    `boxes` hold, by exercise, what diagnosis may tell learners (`autograde.diagnosis.boxes`).
    """

    week: str
    entries: list[Entry]
    tests: list[Test]
    kept: dict[str, list[bytes]]
    boxes: dict[str, dict[bytes, bytes]] = field(default_factory=dict)

    def of(self, names: Iterable[str]) -> list[Entry]:
        """The entries that `names` mean: an exercise stands for all its parts."""
        wanted = set(names)
        return [entry for entry in self.entries if wanted & {entry.name, entry.exercise}]


def fingerprint(source: str) -> str:
    """A stub's mark: the same however blanks and blank lines were changed."""
    words = " ".join(source.split())
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def write_public(suite: Suite, checks: bytes, destination: Path) -> None:
    """Write the public half of a suite, tied to the checks file that it was drawn for."""
    public = {test.key for test in suite.tests if not test.hidden}
    fields = {
        "form": FORM,
        "week": suite.week,
        "checks": hashlib.sha256(checks).hexdigest(),
        "entries": [[e.name, e.exercise, e.points, e.stretch, e.stub] for e in suite.entries],
        "kept": {key: frames for key, frames in sorted(suite.kept.items()) if key in public},
        "boxes": suite.boxes,
    }
    destination.write_bytes(msgpack.packb(fields))


def read_public(folder: Path) -> Suite:
    """The public half of the suite in `folder`, its tests still to be loaded.

    Where the checks aren't those that it was drawn for, no examples come with it.
    Raises Fault where a file is missing or damaged.
    """
    week = folder.name
    checks = folder / f"test_{week}.py"
    again = f"get the folder {week} again from where you got it"
    try:
        fields: dict[str, Any] = msgpack.unpackb((folder / PUBLIC_FILE).read_bytes())
        source = checks.read_bytes()
        entries = [Entry(*entry) for entry in fields["entries"]]
        kept, drawn_for, boxes = fields["kept"], fields["checks"], fields.get("boxes", {})
    except FileNotFoundError as error:
        raise Fault("this file is missing", str(error.filename), again) from None
    except (OSError, ValueError, TypeError, KeyError) as error:
        damage = f"this file is damaged ({type(error).__name__})"
        raise Fault(damage, str(folder / PUBLIC_FILE), again) from None
    fits = hashlib.sha256(source).hexdigest() == drawn_for
    return Suite(week, entries, [], kept if fits else {}, boxes if fits else {})

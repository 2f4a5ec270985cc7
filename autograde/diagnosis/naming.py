"""Naming the one misconception that agrees with a learner in every test of an exercise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

PASSED = "passed"  # the mark of a test that held
Seen = Mapping[
    str, Sequence[str]
]  # by test: the marks of a learner's behaviour, one a reading; () unless known
Row = Mapping[str, str]  # by test: the mark of a misconception's behaviour; "" unless known
Table = Mapping[str, Row]  # by misconception


@dataclass(frozen=True)
class Cause:
    """A misconception as it is told: its name, what it does, and the hint."""

    name: str
    sentence: str
    hint: str

    def told(self, message: str) -> str:
        """A test's message with this in the place of the test's own hint: the difference, the cause, the hint."""
        difference = message.partition("\n")[0]
        return "\n".join([difference, self.sentence, " ".join(self.hint.split())])


def diagnose(seen: Seen, table: Table) -> str | None:
    """The name of the one misconception whose behaviour agrees with what was seen in every test that both know.

    None where the learner fails nothing, where none agrees, and where two do: then nothing tells them apart.
    """
    found = agreeing(seen, table)
    return found[0] if len(found) == 1 else None


def agreeing(seen: Seen, table: Table) -> list[str]:
    """All misconceptions that agree: of those that coarsely do the ones that finely do, if there are any."""
    if all(not marks or PASSED in marks for marks in seen.values()):
        return []
    found = [name for name, row in table.items() if _agrees(seen, row, coarse)]
    return [name for name in found if _agrees(seen, table[name], str)] or found if len(found) > 1 else found


def coarse(mark: str) -> str:
    """What of a mark has to agree."""
    return mark.partition(".")[0]


def _agrees(seen: Seen, row: Row, part: Callable[[str], str]) -> bool:
    """Whether a misconception does the same: asked first of what fails, where most show that they don't."""
    failing = False
    for test in sorted(seen, key=lambda test: PASSED in seen[test]):
        mark = row.get(test) if seen[test] else None
        if not mark:
            continue
        if part(mark) not in map(part, seen[test]):
            return False
        failing = failing or mark != PASSED
    return failing

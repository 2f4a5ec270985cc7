"""Who worked with whom, from `instructor/pairs.csv`: a line a pair, which may be edited by hand."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

from autograde.errors import Fault
from autograde.files import replace

PAIRS = "pairs.csv"
HEADER = ("week", "partner", "partner", "partner")
Group = tuple[str, ...]


@dataclass
class Pairs:
    """The groups of each week: pairs, and threes where the class is odd."""

    weeks: dict[str, list[Group]] = field(default_factory=dict)

    def of(self, week: str) -> list[Group]:
        """The groups of one week; none if it hasn't been paired."""
        return self.weeks.get(week, [])

    def partners(self, week: str, learner: str) -> Group:
        """Who works that week with a learner."""
        for group in self.of(week):
            if learner in group:
                return tuple(other for other in group if other != learner)
        return ()

    def groups_with(self, learner: str) -> list[Group]:
        """The groups that a learner has worked in, each once, in the order of the weeks."""
        found = (group for week in sorted(self.weeks) for group in self.weeks[week] if learner in group)
        return list({tuple(sorted(group)): group for group in found}.values())

    def together(self, week: str) -> Counter[frozenset[str]]:
        """How often any two have worked together in other weeks than this one."""
        return Counter(frozenset(two) for group in self._besides(week) for two in combinations(group, 2))

    def thirds(self, week: str) -> Counter[str]:
        """How often a learner has been one of three in other weeks than this one."""
        return Counter(one for group in self._besides(week) if len(group) > 2 for one in group)

    def _besides(self, week: str) -> Iterator[Group]:
        return (group for other, groups in self.weeks.items() if other != week for group in groups)


def read_pairs(path: Path) -> Pairs:
    """The history in a file, empty where there is none. Raises Fault with the line where it isn't one."""
    pairs = Pairs()
    if not path.exists():
        return pairs
    try:
        rows = csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig")))
        for number, row in enumerate(rows, 1):
            week, *group = [cell.strip() for cell in row] or [""]
            if not week or number == 1:
                continue
            members = tuple(learner for learner in group if learner)
            _require_group(members, pairs.of(week), f"{path}:{number}")
            pairs.weeks.setdefault(week, []).append(members)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Fault(
            f"the pairs can't be read ({error})", str(path), "restore the file, or remove it"
        ) from None
    return pairs


def _require_group(members: Group, others: Iterable[Group], where: str) -> None:
    if len(set(members)) != len(members) or not 2 <= len(members) <= 3:
        raise Fault("a group has two or three different partners", where, "correct the line")
    twice = [learner for learner in members if any(learner in group for group in others)]
    if twice:
        raise Fault(f"{twice[0]} has partners that week already", where, "let one of the lines go")


def write_pairs(pairs: Pairs, path: Path) -> None:
    """Write the history, weeks in order; the old file stays whole if the new one can't be written."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(HEADER)
    for week in sorted(pairs.weeks):
        rows.writerows((week, *group) for group in pairs.weeks[week])
    replace(path, text.getvalue().encode())


def called_in(group: Group, names: Mapping[str, str]) -> dict[str, str]:
    """What partners are called: their names, with the id where two have the same."""
    called = {learner: names.get(learner, learner) for learner in group}
    twice = {name for name in called.values() if list(called.values()).count(name) > 1}
    return {one: f"{name} ({one})" if name in twice else name for one, name in called.items()}

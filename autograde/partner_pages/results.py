"""What the reports of partners say beside each other: plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograde.classroom.counting import entries_of
from autograde.classroom.records import Work
from autograde.report import ExerciseReport
from autograde.templates import listed


@dataclass(frozen=True)
class Row:
    """One entry: how each notebook's stands, None where one lacks it, and for whom alone which properties fail."""

    name: str
    stretch: bool
    entries: tuple[ExerciseReport | None, ...]
    apart: Mapping[str, Sequence[str]]


def rows_of(works: Sequence[Work], called: Mapping[str, str], *, hidden: bool) -> list[Row]:
    """All entries in the week's order. `called` is what notebooks are called, by learner."""
    reports = [{entry.name: entry for entry in work.report.exercises} for work in works]
    names = [called[work.learner] for work in works]
    found = []
    for name, any_entry in entries_of(works).items():
        entries = tuple(report.get(name) for report in reports)
        found.append(Row(name, any_entry.stretch, entries, _apart(entries, names, hidden)))
    return found


def _apart(
    entries: Sequence[ExerciseReport | None], names: Sequence[str], hidden: bool
) -> dict[str, list[str]]:
    """Sentences that fail for some, by whom, where somebody else's try holds."""
    tried = [entry for entry in entries if entry and entry.status in ("done", "failing")]
    found: dict[str, list[str]] = {}
    for entry, name in zip(entries, names, strict=True):
        for said in entry.properties if entry and entry in tried else ():
            if said.outcome != "passed" and (hidden or not said.hidden):
                found.setdefault(said.sentence, []).append(name)
    alone: dict[str, list[str]] = {}
    for sentence, who in found.items():
        if len(who) < len(tried):
            alone.setdefault(listed(who), []).append(sentence)
    return alone

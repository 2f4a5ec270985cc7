"""The end of a session: what all the tests said, put together to a table a week."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from autograde.diagnosis.doors import diagnosed
from autograde.explaining import Told, exercise_of, with_unfinished
from autograde.report import ExerciseReport
from autograde.tables import Detail, Style, week_lines

MARKUP: dict[Style, dict[str, bool]] = {
    "": {},
    "strong": {"bold": True},
    "good": {"green": True},
    "bad": {"red": True, "bold": True},
    "open": {"yellow": True},
    "faint": {"light": True},
}


def write_tables(reporter: Any, reports: Iterable[Any], config: pytest.Config) -> None:
    """Write a table a week, in the order in which the weeks were met."""
    weeks: dict[str, list[dict[str, Any]]] = {}
    for report in reports:
        weeks.setdefault(report.autograde["notebook"], []).append(report.autograde)
    for notebook in sorted(weeks):
        _write_table(reporter, notebook, weeks[notebook], config)


def _write_table(reporter: Any, notebook: str, plain: list[dict[str, Any]], config: pytest.Config) -> None:
    writer = config.get_terminal_writer()
    exercises, unrun = _exercises(plain)
    problems = list(dict.fromkeys(problem for one in plain for problem in one["problems"]))
    blocks = "█░" if _can_write("█░", writer) else "#."
    reporter.section(_title(notebook, config))
    for line in week_lines(
        exercises, problems, writer.fullwidth, detail=_detail(config), unrun=unrun, blocks=blocks
    ):
        for text, style in line:
            writer.write(text, **MARKUP[style])
        writer.line()


def _exercises(plain: Sequence[dict[str, Any]]) -> tuple[list[ExerciseReport], dict[str, int]]:
    """Entries with what was said of each, and how many of their tests were left out."""
    # Tests of one file can be collected before those of another, so the last count is the whole one.
    counts = {name: count for one in plain for name, _, _, count in one["entries"]}
    by_entry: dict[str, list[Told]] = {name: [] for name in counts}
    for one in plain:
        told = Told(**one["told"])
        by_entry[told.entry].append(told)
    last = plain[-1]
    reports = [
        _report(name, points, stretch, by_entry[name], counts[name], last)
        for name, points, stretch, _ in last["entries"]
    ]
    unrun = {name: counts[name] - len(said) for name, said in by_entry.items()}
    unrun = {name: count for name, count in unrun.items() if count > 0}
    boxes = {one["told"]["entry"].partition("-")[0]: one["boxes"] for one in plain}
    return with_unfinished(diagnosed(reports, boxes, unrun)), unrun


def _report(
    name: str, points: float, stretch: bool, said: list[Told], tests: int, plain: dict[str, Any]
) -> ExerciseReport:
    exercise = name.partition("-")[0]
    defined, untouched = exercise in plain["defined"], exercise in plain["untouched"]
    return exercise_of(name, points, stretch, said, tests, defined=defined, untouched=untouched)


def _title(notebook: str, config: pytest.Config) -> str:
    path = Path(notebook)
    shown = os.path.relpath(path, config.invocation_params.dir)
    return str(path) if shown.startswith(os.path.join("..", "..")) else shown


def _detail(config: pytest.Config) -> Detail:
    verbosity = config.get_verbosity()
    if verbosity < 0:
        return "table"
    return "all" if verbosity > 0 else "first"


def _can_write(text: str, writer: Any) -> bool:
    encoding = getattr(writer._file, "encoding", None) or "ascii"
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True

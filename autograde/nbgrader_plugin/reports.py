"""The reports that a course folder keeps, a file a learner, beside what nbgrader's gradebook says."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from autograde.files import replace
from autograde.report import Report

FOLDER = "reports"


@dataclass(frozen=True)
class Kept:
    """One learner's report as it is kept. `booked` is the stamp of what nbgrader's books were last given."""

    learner: str
    report: Report
    booked: str | None = None

    def to_json(self) -> str:
        """One JSON document."""
        fields = {"learner": self.learner, "report": json.loads(self.report.to_json()), "booked": self.booked}
        return json.dumps(fields, ensure_ascii=False, indent=1) + "\n"


def place_of(course: Path, week: str, learner: str) -> Path:
    """Where a learner's report is kept."""
    return course / FOLDER / week / f"{learner}.json"


def weeks_of(course: Path, learner: str) -> list[str]:
    """The weeks of which there is a report of a learner's."""
    return sorted(
        week.name
        for week in (course / FOLDER).glob("week*")
        if place_of(course, week.name, learner).is_file()
    )


def keep(course: Path, kept: Kept) -> None:
    """Write the report, so that the old file stays whole until the new one is."""
    path = place_of(course, kept.report.week, kept.learner)
    path.parent.mkdir(parents=True, exist_ok=True)
    replace(path, kept.to_json().encode())


def read_kept(path: Path) -> Kept | None:
    """A kept report; None if there is none that can be read."""
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        return Kept(fields["learner"], Report.from_json(json.dumps(fields["report"])), fields["booked"])
    except (OSError, ValueError, KeyError, TypeError):
        return None

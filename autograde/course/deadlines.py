"""When a week is due, and for whom that has passed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from nbgrader.api import Gradebook, MissingEntry


@dataclass(frozen=True)
class Deadline:
    """When a week is due: for everybody, and by learner where the gradebook knows more; and when that was asked."""

    common: datetime | None = None
    own: Mapping[str, datetime | None] = field(default_factory=dict)
    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(tzinfo=None))

    def passed(self, learners: Iterable[str]) -> bool:
        """Whether it has passed for all of them, extensions included."""
        return self._all_before_now(self.own.get(learner, self.common) for learner in learners)

    def passed_for_everybody(self) -> bool:
        """Whether it has passed for whoever may still hand in."""
        return self._all_before_now([self.common, *self.own.values()])

    def _all_before_now(self, due: Iterable[datetime | None]) -> bool:
        return all(moment is not None and moment < self.now for moment in due)


def deadline_of(coursedir: Any, week: str) -> Deadline:
    """As the gradebook has it; none of a week that it doesn't know."""
    try:
        with closing(Gradebook(coursedir.db_url, coursedir.course_id)) as gradebook:
            assignment = gradebook.find_assignment(week)
            own = {each.student_id: each.duedate for each in assignment.submissions}
            return Deadline(assignment.duedate, own)
    except MissingEntry:
        return Deadline()

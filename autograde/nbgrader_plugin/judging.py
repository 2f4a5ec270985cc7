"""The graders of this process: a judge a week, started when the cache doesn't know a submission.

The formgrader runs many threads, so nothing is forked from here: a judge is a program of its own.
"""

from __future__ import annotations

import atexit
import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograde.errors import Fault
from autograde.folders import week_sources
from autograde.grading import Graded, Grader
from autograde.identity import digest_of
from autograde.nbgrader_plugin.submissions import Submission
from autograde.notebook import read_submission
from autograde.places import Kit
from autograde.report import ExerciseReport, Report
from autograde.weeks import Week


@dataclass(frozen=True)
class Terms:
    """What a week is graded under. `secrets` are folders that learners' code must not be able to read."""

    week: str
    kit: Kit
    trust: bool = False
    secrets: tuple[Path, ...] = ()


class Graders:
    """Graders that stay open, and reports on their way from who had them made to who books them."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._open: dict[Terms, tuple[str, Grader]] = {}
        self._held: dict[Path, Graded] = {}

    def grade(self, terms: Terms, paths: Sequence[Path], tell: Callable[[Graded], None]) -> None:
        """Grade the notebooks, several at a time, and tell of each as it comes."""
        with self._lock:
            for graded in self._grader(terms).grade(paths):
                tell(graded)

    def take(self, terms: Terms, path: Path) -> Graded:
        """One notebook's grading: what was handed over, or else from the cache or the judge."""
        with self._lock:
            held = self._held.pop(path, None)
            return held or next(iter(list(self._grader(terms).grade([path]))))

    def hand_over(self, graded: Graded) -> None:
        """Keep a grading until it is taken."""
        self._held[graded.path] = graded

    def close(self) -> None:
        """End all judges."""
        with self._lock:
            for _, grader in self._open.values():
                grader.close()
            self._open.clear()

    def _grader(self, terms: Terms) -> Grader:
        """The grader of a week, a new one where the week's solutions changed: a judge reads them but once."""
        sources = _digest(terms.kit.solutions / terms.week)
        known = self._open.get(terms)
        if known and known[0] == sources:
            return known[1]
        if known:
            known[1].close()
        grader = Grader(terms.week, terms.kit, trust=terms.trust, secrets=terms.secrets)
        self._open[terms] = (sources, grader)
        return grader


GRADERS = Graders()
atexit.register(GRADERS.close)


def _digest(folder: Path) -> str:
    return digest_of(week_sources(folder))


def full_report(submission: Submission, graded: Graded | None, week: Week) -> Report:
    """The report on a submission, with what was odd about its files. What couldn't be graded gets no points."""
    report = graded.report if graded else None
    if report is not None:
        return replace(report, problems=[*submission.remarks, *report.problems])
    reasons = [graded.fault] if graded and graded.fault else []
    entries = [
        ExerciseReport(entry, "missing", exercise.stretch, 0.0, exercise.points[entry])
        for entry, exercise in week.entries.items()
    ]
    most = sum(entry.max_points for entry in entries if not entry.stretch)
    digest = _submission_digest(submission)
    return Report(week.name, digest, "", 0, 0.0, most, [], entries, [*submission.remarks, *reasons])


def _submission_digest(submission: Submission) -> str:
    if submission.notebook is None:
        return hashlib.sha256(b"").hexdigest()
    try:
        return hashlib.sha256(read_submission(submission.notebook)).hexdigest()
    except OSError as error:
        raise Fault("it can't be read", str(submission.notebook), "check the file") from error

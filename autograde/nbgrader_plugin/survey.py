"""A look at the whole class before nbgrader takes up the first submission.

Folders without a notebook of the right name are taken in, what stands in nbgrader's way is put right, and what
the cache doesn't know is graded in parallel.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from glob import glob
from pathlib import Path
from typing import Any

from nbgrader.utils import parse_utc

from autograde.errors import Fault
from autograde.grading import Graded, timed_out
from autograde.nbgrader_plugin.joint import lay_joint
from autograde.nbgrader_plugin.judging import GRADERS, Terms
from autograde.nbgrader_plugin.releases import Release, open_release
from autograde.nbgrader_plugin.submissions import SUFFIX, Submission, find_submission
from autograde.places import kit

TIMESTAMP = "timestamp.txt"


@dataclass
class Survey:
    """The submissions of a run by their folder, and the releases of their weeks by name."""

    found: dict[str, Submission] = field(default_factory=dict)
    releases: dict[str, Release] = field(default_factory=dict)


def look_at_class(coursedir: Any, log: Any) -> Survey:
    """Find what was handed in, by the course's settings of week, learners and folders."""
    survey = Survey()
    for folder, _, _ in _folders(coursedir):
        _drop_dead_links(folder, log)
        _mend_timestamp(folder, log)
    joint = lay_joint(coursedir)
    for folder, learner, week in _folders(coursedir):
        if week not in survey.releases:
            survey.releases[week] = _released(coursedir, week)
        exercises = survey.releases[week].week.exercises
        found = find_submission(folder, learner, week, exercises)
        if learner in joint:
            found = replace(found, remarks=(joint[learner].sentence, *found.remarks))
        survey.found[str(folder)] = found
    return survey


def terms_of(coursedir: Any, week: str, trust: bool) -> Terms:
    """What a week of this course is graded under."""
    root = Path(coursedir.root).resolve()
    return Terms(week, kit(root), trust, (root,))


def grade_ahead(converter: Any, survey: Survey, trust: bool, log: Any) -> None:
    """Grade what nbgrader's converter will ask for one by one; it finds the reports in the cache."""
    by_week: dict[str, list[Path]] = {}
    for submission in survey.found.values():
        if submission.notebook and _will_be_processed(converter, submission):
            by_week.setdefault(submission.week, []).append(submission.notebook)
    for week, notebooks in by_week.items():
        done = 0

        def tell(graded: Graded, total: int = len(notebooks)) -> None:
            nonlocal done
            done += 1
            if graded.report is None or timed_out(graded.report):
                GRADERS.hand_over(graded)  # the cache doesn't keep these
            if not graded.cached:
                log.info("Graded %s (%d of %d)", graded.path, done, total)

        GRADERS.grade(terms_of(converter.coursedir, week, trust), notebooks, tell)


def notebooks_of(coursedir: Any, survey: Survey) -> dict[str, list[str]]:
    """What nbgrader calls a converter's assignments: the notebook of each folder, by the right name."""
    where = coursedir.submitted_directory
    folders = {
        coursedir.format_path(where, submission.learner, submission.week): submission
        for submission in survey.found.values()
    }
    return {folder: [os.path.join(folder, each.week + SUFFIX)] for folder, each in folders.items()}


def _released(coursedir: Any, week: str) -> Release:
    here = kit(Path(coursedir.root))
    if not (here.solutions / week).is_dir():
        raise Fault(
            f"{week} can't be graded without its solutions, which are not here",
            str(here.solutions),
            "grade in the instructor's checkout, or set AUTOGRADE_ROOT to it",
        )
    folder = Path(coursedir.format_path(coursedir.release_directory, ".", week))
    return open_release(folder, week, here, coursedir.db_url)


def _folders(coursedir: Any) -> Iterator[tuple[Path, str, str]]:
    """The folders that a run of nbgrader is about, with learner and week."""
    where = coursedir.submitted_directory
    pattern = coursedir.format_path(where, coursedir.student_id, coursedir.assignment_id)
    names = coursedir.format_path(where, "(?P<learner>.*)", "(?P<week>.*)", escape=True)
    excluded = set(coursedir.student_id_exclude.split(","))
    for folder in sorted(glob(pattern)):
        match = re.match(names, folder)
        if match and os.path.isdir(folder) and match["learner"] not in excluded:
            yield Path(os.path.abspath(folder)), match["learner"], match["week"]


def _will_be_processed(converter: Any, submission: Submission) -> bool:
    """Whether nbgrader is going to take up the submission, by its own rules."""
    coursedir = converter.coursedir
    done = coursedir.format_path(coursedir.autograded_directory, submission.learner, submission.week)
    if converter.force or not os.path.exists(done):
        return True
    new = coursedir.get_existing_timestamp(str(submission.folder))
    old = coursedir.get_existing_timestamp(done)
    return bool(new and old and new > old)


def _drop_dead_links(folder: Path, log: Any) -> None:
    """nbgrader copies what lies beside the notebook, and gives up at a link that leads nowhere."""
    for path in folder.rglob("*"):
        if path.is_symlink() and not path.exists():
            path.unlink()
            log.warning("%s was a link that leads nowhere, and is removed.", path)


def _mend_timestamp(folder: Path, log: Any) -> None:
    """A time of submission that can't be read would stop nbgrader: the file's own time takes its place."""
    path = folder / TIMESTAMP
    try:
        written = path.read_text().strip()
        if written:
            parse_utc(written)
    except FileNotFoundError:
        return
    except (ValueError, OverflowError, TypeError, OSError):
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        aside = path.with_name(f"{TIMESTAMP}.unreadable")
        path.replace(aside)
        path.write_text(f"{changed:%Y-%m-%d %H:%M:%S.%f} UTC")
        log.warning("%s held no time, so its own counts, %s; it is kept as %s.", path, changed, aside.name)

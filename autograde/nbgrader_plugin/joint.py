"""Joint notebooks in a course: laid out before grading, and graded by hand once for all who handed them in."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import suppress
from glob import glob
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from sqlalchemy.exc import DatabaseError

from autograde.errors import Fault
from autograde.nbgrader_plugin.releases import unusable
from autograde.nbgrader_plugin.reports import place_of
from autograde.partners.history import Group
from autograde.partners.joint import Desk, Joint, joint_groups, lay
from autograde.partners.roster import ROSTER, Roster, read_roster
from autograde.places import WEEK


def lay_joint(coursedir: Any) -> dict[str, Joint]:
    """Lay out the joint notebooks of the week that nbgrader works on; returns them by learner.

    Whoever is joint no more gets back what they handed in. That is left alone while lines of the roster are bad,
    which may be theirs.
    """
    week, root = coursedir.assignment_id, Path(coursedir.root)
    if not WEEK.fullmatch(week) or not (root / ROSTER).is_file():
        return {}
    roster = read_roster(root / ROSTER)
    groups = joint_groups(roster.members)
    try:
        if not roster.problems:
            _clear_others(coursedir, week, {learner for group in groups for learner in group})
        laid = [lay([_desk(coursedir, learner, week) for learner in group]) for group in groups]
        share_manual_grades(coursedir, week, groups)
    except OSError as error:
        where = str(error.filename or root)
        raise Fault(
            f"a joint notebook can't be laid out ({error.strerror})", where, "grant access"
        ) from error
    except DatabaseError as error:
        raise unusable(error, coursedir.db_url) from error
    return {learner: joint for joint in laid if joint for learner in joint.partners}


def groups_of(root: Path) -> list[Group]:
    """The course's joint groups; none without a roster."""
    roster = read_roster(root / ROSTER) if (root / ROSTER).is_file() else Roster({})
    return joint_groups(roster.members)


def share_manual_grades(coursedir: Any, week: str, groups: Sequence[Group]) -> None:
    """Let what a person gave to one of the partners, points and comments, count for all of them.

    Where two were given different points for the same answer, each keeps them.
    """
    if not groups:
        return
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        for group in groups:
            notebooks = [found for learner in group if (found := _notebook(gradebook, week, learner))]
            for field in ("manual_score", "extra_credit"):
                _share([{row.name: row for row in each.grades} for each in notebooks], field)
            _share([{row.name: row for row in each.comments} for each in notebooks], "manual_comment")
        gradebook.db.commit()


def _share(partners: Sequence[dict[str, Any]], field: str) -> None:
    for name in set().union(*partners):
        rows = [rows[name] for rows in partners if name in rows]
        given = [row for row in rows if getattr(row, field) is not None]
        if len({getattr(row, field) for row in given}) != 1:
            continue
        for row in rows:
            setattr(row, field, getattr(given[0], field))
            if field == "manual_score":
                row.needs_manual_grade = all(each.needs_manual_grade for each in given)


def _notebook(gradebook: Any, week: str, learner: str) -> Any:
    with suppress(MissingEntry):
        return gradebook.find_submission_notebook(week, week, learner)
    return None


def _desk(coursedir: Any, learner: str, week: str) -> Desk:
    where = coursedir.submitted_directory
    place = [Path(coursedir.format_path(where, learner, name)) for name in (week, f".{week}.joint")]
    return Desk(learner, *place)


def _clear_others(coursedir: Any, week: str, joint: set[str]) -> None:
    """Undo what was laid for those who are joint no more, and forget the grades that came of it."""
    where = coursedir.submitted_directory
    for aside in map(Path, glob(coursedir.format_path(where, "*", f".{week}.joint"))):
        learner = _learner_of(coursedir, aside, week)
        if learner not in joint and _desk(coursedir, learner, week).clear():
            _forget(coursedir, learner, week)


def _learner_of(coursedir: Any, aside: Path, week: str) -> str:
    """The learner whose folder this is: the one part of its path that nbgrader fills in with a name."""
    marked = Path(coursedir.format_path(coursedir.submitted_directory, "*", f".{week}.joint"))
    return aside.parts[marked.parts.index("*")]


def _forget(coursedir: Any, learner: str, week: str) -> None:
    for step in (coursedir.autograded_directory, coursedir.feedback_directory):
        shutil.rmtree(coursedir.format_path(step, learner, week), ignore_errors=True)
    place_of(Path(coursedir.root), week, learner).unlink(missing_ok=True)
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook, suppress(MissingEntry):
        gradebook.remove_submission(week, learner)

"""The roster in nbgrader's gradebook: learners are made and brought up to date, and never deleted unasked."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from nbgrader.api import Gradebook
from sqlalchemy.exc import SQLAlchemyError

from autograde.errors import Fault
from autograde.partners.roster import Member
from autograde.places import commands_found

FIELDS = ("first_name", "last_name", "email")


@dataclass
class Enrolled:
    """What became of each: ids that are new, changed, as they were, gone, or in the gradebook only."""

    made: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)  # not in the roster; those to be removed had submissions


def enrol(members: Mapping[str, Member], db_url: str, course_id: str, *, remove: bool = False) -> Enrolled:
    """Make the gradebook's learners those of the roster. With `remove`, others go unless they handed something in.

    Raises Fault where the gradebook can't be written.
    """
    done = Enrolled()
    try:
        with commands_found(), closing(Gradebook(db_url, course_id)) as gradebook:
            there = {student.id: student for student in gradebook.students}
            for member in members.values():
                _enrol_one(gradebook, member, there.get(member.id), done)
            for learner in sorted(set(there) - set(members)):
                if remove and not gradebook.student_submissions(learner):
                    gradebook.remove_student(learner)
                    done.removed.append(learner)
                else:
                    done.extra.append(learner)
    except SQLAlchemyError as error:
        reason = str(error).splitlines()[0]
        raise Fault(f"the gradebook can't be written ({reason})", db_url, "grant access to it") from None
    return done


def _enrol_one(gradebook: Any, member: Member, known: Any, done: Enrolled) -> None:
    # What the roster leaves empty stays as the gradebook has it.
    told = {name: getattr(member, name) for name in FIELDS if getattr(member, name)}
    if known is None:
        done.made.append(member.id)
    elif any(getattr(known, name) != value for name, value in told.items()):
        done.changed.append(member.id)
    else:
        done.unchanged.append(member.id)
        return
    gradebook.update_or_create_student(member.id, **told)

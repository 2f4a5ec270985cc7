"""The commands `autograde roster` and `autograde pair`, on the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from autograde.course.opening import configured
from autograde.errors import Fault
from autograde.partners.enrolment import Enrolled, enrol
from autograde.partners.history import PAIRS, Pairs, read_pairs, write_pairs
from autograde.partners.pairing import pair
from autograde.partners.plans import with_plans
from autograde.partners.roster import ROSTER, Member, Roster, read_roster


def enrol_on_screen(course: Path, *, remove: bool = False) -> bool:
    """Bring the roster into the gradebook; returns whether every line of it was good."""
    roster = read_roster(course / ROSTER)
    app = configured(course)
    done = enrol(roster.members, app.coursedir.db_url, app.coursedir.course_id, remove=remove)
    for sentence in (*roster.problems, *_enrolled_lines(done, remove)):
        print(sentence)
    return not roster.problems


def _enrolled_lines(done: Enrolled, remove: bool) -> list[str]:
    known = len(done.made) + len(done.changed) + len(done.unchanged)
    lines = [f"{known} learners in the gradebook: {len(done.made)} new, {len(done.changed)} changed."]
    if done.removed:
        lines.append(f"Removed: {', '.join(done.removed)}.")
    if done.extra:
        why = (
            "they handed something in, so they stay" if remove else "`autograde roster --remove` lets them go"
        )
        lines.append(f"In the gradebook and not in the roster: {', '.join(done.extra)}; {why}.")
    return lines


def pair_on_screen(course: Path, week: str, weeks: list[str], seed: int) -> bool:
    """Pair the class for a week, the next one unless named; returns whether every line of the roster was good."""
    roster = read_roster(course / ROSTER)
    members = with_plans(roster.members, course / configured(course).coursedir.submitted_directory)
    pairs = read_pairs(course / PAIRS)
    name = week or _next_week(pairs, weeks)
    pairs.weeks[name] = pair(members, pairs, name, seed)
    try:
        write_pairs(pairs, course / PAIRS)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise Fault(f"it can't be written ({reason})", str(course / PAIRS), "grant access") from None
    _print(roster, members, pairs, name)
    return not roster.problems


def _next_week(pairs: Pairs, weeks: list[str]) -> str:
    """The first week after the last that was paired."""
    last = max(pairs.weeks, default="")
    later = [week for week in weeks if week > last]
    if not later:
        raise Fault(f"every week up to {last} has pairs", remedy="name one: `autograde pair --week week07`")
    return later[0]


def _print(roster: Roster, members: Mapping[str, Member], pairs: Pairs, week: str) -> None:
    for problem in roster.problems:
        print(problem)
    before = pairs.together(week)
    table = Table(box=None, pad_edge=False, header_style="dim", title=week, title_justify="left")
    for column in ("partners", "comfort", "together before"):
        table.add_column(column)
    for group in pairs.of(week):
        again = sum(count for two, count in before.items() if two <= set(group))
        comfort = " · ".join(str(members[one].comfort or "?") if one in members else "?" for one in group)
        table.add_row(" · ".join(group), comfort, str(again or ""))
    Console(highlight=False).print(table)

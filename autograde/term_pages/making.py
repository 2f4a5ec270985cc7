"""Who gets a last page, and how it reaches them: with the feedback of the last week that they handed in."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from autograde import files
from autograde.classroom.gathering import gather
from autograde.classroom.records import ClassWeek, Term
from autograde.classroom.rendering import points_by_learner
from autograde.course.deadlines import deadline_of
from autograde.course.feeding_back import remove_feedback, write_feedback
from autograde.course.opening import unwritable, with_gradebook
from autograde.nbgrader_plugin.embedding import group_of
from autograde.nbgrader_plugin.reports import weeks_of
from autograde.nbgrader_plugin.term_page import term_page_path
from autograde.partners.history import Group, called_in
from autograde.places import Kit
from autograde.term_pages.page import learner_page, partners_page


@dataclass(frozen=True)
class Made:
    """The pages, a learner's under a group of one; the weeks whose feedback holds them; what could not be read."""

    pages: Mapping[Group, Path]
    weeks: tuple[str, ...]
    problems: tuple[str, ...]


def make_term_pages(course: Path, kit: Kit) -> Made:
    """Make the last pages, take away those that hold no more, and write the feedback that holds them anew."""
    root = course.resolve()
    term = gather(root, kit)
    told = {term_page_path(root, group): (group, page) for group, page in _pages(root, term)}
    last = {weeks_of(root, group[0])[-1] for group, _ in told.values() if len(group) == 1}
    try:
        _take_away(root, told)
        for path, (_, page) in told.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            files.replace(path, page.encode())
        for week in sorted(last):
            write_feedback(with_gradebook(root, week), root)
    except OSError as error:
        raise unwritable(error, root) from error
    return Made({group: path for path, (group, _) in told.items()}, tuple(sorted(last)), term.problems)


def _pages(root: Path, term: Term) -> Iterator[tuple[Group, str]]:
    """A page for everybody who handed something in, and for the groups that may look at a week together."""
    for learner in points_by_learner(term):
        if any(learner in week.work for week in term.weeks):
            yield (learner,), learner_page(term, learner)
    open_weeks = replace(term, weeks=tuple(_opened(root, week) for week in term.weeks))
    for group in sorted({tuple(sorted(group)) for week in open_weeks.weeks for group in week.groups}):
        yield group, partners_page(open_weeks, group, called_in(group, term.names))


def _opened(root: Path, week: ClassWeek) -> ClassWeek:
    """The week with those groups only of which all handed in, or somebody did and the deadline has passed."""
    deadline = deadline_of(with_gradebook(root, week.week).coursedir, week.week)

    def may_look(group: Group) -> bool:
        there = [learner in week.work for learner in group]
        graded = not any(learner in week.ungraded for learner in group)
        return graded and (all(there) or (any(there) and deadline.passed(group)))

    groups = (tuple(sorted(group)) for group in week.groups if may_look(group))
    return replace(week, groups=tuple(groups))


def _take_away(root: Path, wanted: Collection[Path]) -> None:
    """Remove the pages of those who are partners no more, and the feedback that holds them."""
    for page in term_page_path(root, ()).parent.glob("*.html"):
        if page not in wanted:
            for learner in group_of(page):
                for week in weeks_of(root, learner)[-1:]:
                    remove_feedback(with_gradebook(root, week), learner, week)
            page.unlink()

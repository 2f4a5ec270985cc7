"""Who gets a page when: the groups of `pairs.csv`, once all of them handed in or the deadline passed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograde.classroom.counting import coverage
from autograde.classroom.gathering import gather
from autograde.classroom.records import ClassWeek, Work
from autograde.course.deadlines import deadline_of
from autograde.course.feeding_back import remove_feedback, write_feedback
from autograde.course.opening import unwritable, with_gradebook
from autograde.errors import Fault
from autograde.files import replace
from autograde.folders import files_beside, folders_of, submission_digest
from autograde.identity import digest_of, key_of, package_digest
from autograde.nbgrader_plugin.embedding import group_of
from autograde.nbgrader_plugin.partner_page import PAGES, page_path
from autograde.nbgrader_plugin.submissions import Submission, find_submission
from autograde.notebook import read_submission
from autograde.partner_pages.page import TEMPLATE, Beside, beside_page
from autograde.partners.history import PAIRS, Group, called_in
from autograde.places import Kit
from autograde.templates import listed

Notebooks = Mapping[str, bytes]
Compare = Callable[
    [str, Notebooks, bool], str
]  # week, notebooks by what their learners are called, after the deadline


@dataclass(frozen=True)
class Made:
    """What became of one group: its page, or a sentence on why there is none."""

    group: Group
    page: Path | None
    reason: str = ""


def make_pages(
    course: Path,
    week: str,
    kit: Kit,
    compare: Compare,
    learners: Sequence[str] = (),
    tell: Callable[[Made], None] = lambda made: None,
) -> list[Made]:
    """Make the pages of a week's partners, take away those that hold no more, and write all feedback anew.

    With `learners` only the pages of their groups are made; others stay as they are.
    """
    maker = Maker(course.resolve(), week, kit, compare)
    try:
        maker.take_away()
        made = []
        for group in maker.groups(learners):
            made.append(maker.make(group))
            tell(made[-1])
        write_feedback(maker.app, maker.root)
    except OSError as error:
        raise unwritable(error, course) from error
    return made


class Maker:
    """The course, looked at once."""

    def __init__(self, root: Path, week: str, kit: Kit, compare: Compare) -> None:
        self.root, self._kit, self._compare = root, kit, compare
        term = gather(root, kit, [week])
        self.week: ClassWeek = term.weeks[0]
        if not self.week.groups:
            raise Fault(
                f"nobody is paired for {week}", str(root), f"run `autograde pair --week {week}` first"
            )
        self._names = term.names
        self.app = with_gradebook(root, week)
        self._deadline = deadline_of(self.app.coursedir, week)

    def groups(self, learners: Sequence[str]) -> list[Group]:
        """The groups of these learners, all unless there are any."""
        placed = {learner for group in self.week.groups for learner in group}
        if unknown := [learner for learner in learners if learner not in placed]:
            raise Fault(
                f"{unknown[0]} has no partners in {self.week.week}",
                PAIRS,
                "correct the name, or pair the week",
            )
        return [group for group in self.week.groups if not learners or set(learners) & set(group)]

    def take_away(self) -> None:
        """Remove pages of groups that are none any more or must wait, and the feedback that holds them."""
        wanted = {
            page_path(self.root, self.week.week, group) for group in self.week.groups if not self._wait(group)
        }
        for page in (self.root / PAGES / self.week.week).glob("*.html"):
            if page not in wanted:
                for learner in group_of(page):
                    remove_feedback(self.app, learner, self.week.week)
                page.unlink()

    def make(self, group: Group) -> Made:
        """The page of one group, made anew only where something changed that it tells of."""
        reason = self._wait(group)
        if reason:
            return Made(group, None, reason)
        path = page_path(self.root, self.week.week, group)
        works = self._sides(group)
        key = self._key(group, works)
        if not path.is_file() or key not in path.read_text(encoding="utf-8"):
            path.parent.mkdir(parents=True, exist_ok=True)
            replace(path, self._page(group, works, key).encode())
        return Made(group, path)

    def _wait(self, group: Group) -> str:
        """Why there is no page yet, or none at all; nothing if there is one."""
        waiting = [learner for learner in group if learner not in self.week.work]
        ungraded = [learner for learner in group if learner in self.week.ungraded or self._changed(learner)]
        if ungraded:
            return f"{listed(ungraded)} handed in what isn't graded; run `autograde grade {self.week.week}`."
        if len(waiting) == len(group):
            return "nobody of them handed in."
        if waiting and not self._deadline.passed(group):
            return f"{listed(waiting)} handed nothing in, and the deadline hasn't passed."
        if not waiting and len(self._sides(group)) == 1:
            return "they handed in one joint notebook."
        return ""

    def _sides(self, group: Group) -> list[Work]:
        """The notebooks of a group; a joint one counts once."""
        works = [self.week.work[learner] for learner in group if learner in self.week.work]
        return [
            work
            for place, work in enumerate(works)
            if not any(before.learner in work.joint_with for before in works[:place])
        ]

    def _page(self, group: Group, works: Sequence[Work], key: str) -> str:
        called = called_in(group, self._names)
        past = self._deadline.passed(group)
        notebooks = {_name(work, called): self._notebook(work.learner) for work in works}
        compared = self._compare(self.week.week, notebooks, past) if len(works) > 1 else ""
        names = {work.learner: _name(work, called) for work in works}
        beside = Beside(self.week.week, coverage(self.week, group), tuple(works), called, names, past)
        return beside_page(beside, compared, key)

    def _key(self, group: Group, works: Sequence[Work]) -> str:
        reports = [work.report.to_json() for work in works]
        made_by = (package_digest(), digest_of([TEMPLATE]))
        return key_of(called_in(group, self._names), self._deadline.passed(group), *made_by, *reports)

    def _notebook(self, learner: str) -> bytes:
        found = self._found(learner)
        return read_submission(found.notebook) if found.notebook else b""

    def _found(self, learner: str) -> Submission:
        coursedir = self.app.coursedir
        folder = Path(coursedir.format_path(coursedir.submitted_directory, learner, self.week.week))
        return find_submission(folder, learner, self.week.week, ())

    def _changed(self, learner: str) -> bool:
        """Whether something else lies there than what the kept report is about."""
        work = self.week.work.get(learner)
        return work is not None and self._digest(learner) != work.report.submission

    def _digest(self, learner: str) -> str:
        """What is known by now of what the learner handed in: the notebook, and what lies beside it."""
        found = self._found(learner)
        folders = folders_of(self._kit.solutions / self.week.week)
        beside = files_beside(found.notebook, folders)[0] if found.notebook else {}
        return submission_digest(self._notebook(learner), beside)


def _name(work: Work, called: Mapping[str, str]) -> str:
    """What a notebook is called: by its learner, or by all whose it is."""
    return listed([called[one] for one in called if one == work.learner or one in work.joint_with])

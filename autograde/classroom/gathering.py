"""The class from a course folder: roster, pairs, nbgrader's gradebook, kept reports and submitted notebooks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from nbgrader.api import Gradebook
from sqlalchemy.exc import SQLAlchemyError

from autograde.classroom.gradebook import Scores, saved_scores
from autograde.classroom.records import Cause, ClassWeek, Score, Term, Work
from autograde.classroom.writings import METHODS, deepening_in, methods_in, reflection_in
from autograde.course.opening import with_gradebook
from autograde.errors import Fault
from autograde.folders import files_beside, folders_of
from autograde.nbgrader_plugin.reports import FOLDER, place_of, read_kept
from autograde.nbgrader_plugin.submissions import find_submission
from autograde.notebook import Cell, title_of
from autograde.partners import PAIRS, ROSTER, Member, Pairs, read_pairs, read_roster
from autograde.partners.history import Group
from autograde.partners.joint import joint_groups
from autograde.places import WEEK, Kit
from autograde.report import Report
from autograde.weeks import Week, load_week, variants

T = TypeVar("T")


@dataclass
class Books:
    """What is read once for all weeks, and in sentences what couldn't be."""

    root: Path
    coursedir: Any
    kit: Kit
    members: Mapping[str, Member]
    students: Mapping[str, Member]  # the gradebook's
    pairs: Pairs
    scores: Scores
    problems: list[str] = field(default_factory=list)

    @property
    def learners(self) -> Collection[str]:
        """Who is in the class: the roster, or where it is empty the gradebook's learners."""
        return self.members or self.students

    def submitted(self, learner: str, week: str) -> Path:
        where = self.coursedir.submitted_directory
        return Path(self.coursedir.format_path(where, learner, week))

    def noting(self, action: Any, otherwise: T) -> T:
        """What the action gives; a fault in it is told, and costs no more than itself."""
        try:
            result: T = action()
        except Fault as fault:
            self.problems.append(str(fault))
            return otherwise
        return result


def gather(course: Path, kit: Kit, weeks: Sequence[str] = ()) -> Term:
    """The class in a course folder, in these weeks or all that have reports. Fault where there are none."""
    root = course.resolve()
    graded = weeks_with_reports(root)
    names = list(weeks) or graded
    missing = next((week for week in names if week not in graded), None)
    app = with_gradebook(root, missing or (names or ["week00"])[0])
    if missing or not names:
        what = f"there are no reports of {missing}" if missing else "there are no reports"
        raise Fault(what, str(root / FOLDER), f"run `autograde grade {missing or 'week00'}` first")
    books = _open(root, app.coursedir, kit)
    gathered = tuple(week for week in (_week(books, name) for name in names) if week.work)
    if not gathered:
        raise Fault("no report can be read", str(root / FOLDER), f"run `autograde grade {names[-1]}` again")
    everybody = [*books.students.values(), *books.members.values()]
    called = {person.id: _full_name(person) for person in everybody}
    words = {
        word
        for one in everybody
        for word in (one.id, one.first_name, one.last_name, one.email, called[one.id])
    }
    return Term(gathered, called, frozenset(words - {""}), tuple(books.problems))


def weeks_with_reports(root: Path) -> list[str]:
    """The weeks that were graded in a course folder."""
    found = (root / FOLDER).glob("week*/*.json")
    return sorted({path.parent.name for path in found if WEEK.fullmatch(path.parent.name)})


def _open(root: Path, coursedir: Any, kit: Kit) -> Books:
    url = coursedir.db_url
    try:
        with closing(Gradebook(url, coursedir.course_id)) as gradebook:
            scores = saved_scores(gradebook)
            students = {each.id: _student(each) for each in gradebook.students}
    except SQLAlchemyError as error:
        reason = str(error).splitlines()[0]
        raise Fault(f"the gradebook can't be read ({reason})", url, "restore it") from None
    books = Books(root, coursedir, kit, {}, students, Pairs(), scores)
    if (root / ROSTER).is_file():
        roster = read_roster(root / ROSTER)
        books.members = roster.members
        books.problems += roster.problems
    books.pairs = books.noting(partial(read_pairs, root / PAIRS), Pairs())
    return books


def _student(row: Any) -> Member:
    return Member(row.id, row.first_name or "", row.last_name or "", row.email or "")


def _full_name(person: Member) -> str:
    return " ".join(part for part in (person.first_name, person.last_name) if part) or person.id


def _week(books: Books, name: str) -> ClassWeek:
    week = books.noting(partial(load_week, books.kit.solutions / name), None)
    work = {learner: one for learner in _reported(books, name) if (one := _work(books, week, name, learner))}
    for group in _joint(books.members, work):
        for learner in group:
            others = tuple(other for other in group if other != learner)
            work[learner] = replace(work[learner], joint_with=others)
    there = {one for one in books.learners if books.submitted(one, name).is_dir()}
    there |= set(books.scores.get(name, {}))
    rest = [learner for learner in books.learners if learner not in work]
    return ClassWeek(
        name, title_of(week.cells, name) if week else name, dict(sorted(work.items())), tuple(books.pairs.of(name)),
        tuple(sorted(set(rest) - there)), tuple(sorted(there - set(work))),
        books.noting(partial(_causes, week), {}) if week else {},
    )  # fmt: skip


def _reported(books: Books, week: str) -> list[str]:
    return sorted(path.stem for path in (books.root / FOLDER / week).glob("*.json"))


def _work(books: Books, week: Week | None, name: str, learner: str) -> Work | None:
    path = place_of(books.root, name, learner)
    kept = read_kept(path)
    if kept is None:
        books.problems.append(
            str(Fault("it can't be read", str(path), f"run `autograde grade {name}` again"))
        )
        return None
    score = books.scores.get(name, {}).get(learner)
    if score is None:
        sentence = f"{learner}'s {name} is not in the gradebook; run `autograde grade {name}`."
        books.problems.append(sentence)
    folder = books.submitted(learner, name)
    nothing: list[Cell] = []
    cells = books.noting(partial(_cells, folder, learner, name, week), nothing)
    methods = methods_in(cells) if week and METHODS in week.exercises else ()
    beside = files_beside(folder / f"{name}.ipynb", folders_of(week.folder))[0] if week else {}
    return Work(
        learner, kept.report, score or _reckoned(kept.report), reflection_in(cells), methods,
        deepening=deepening_in(beside),
    )  # fmt: skip


def _reckoned(report: Report) -> Score:
    return Score(report.points, report.max_points)


def _cells(folder: Path, learner: str, name: str, week: Week | None) -> list[Cell]:
    return find_submission(folder, learner, name, week.exercises if week else ()).read().cells


def _joint(members: Mapping[str, Member], work: Mapping[str, Work]) -> Iterator[Group]:
    """Who handed in one notebook: the roster says so, and it is the same."""
    for group in joint_groups(members):
        digests = {work[learner].report.submission if learner in work else None for learner in group}
        if len(digests) == 1 and None not in digests:
            yield group


def _causes(week: Week) -> dict[tuple[str, str], Cause]:
    """The week's misconceptions by exercise and name."""
    found = variants(week.misconceptions_file)
    causes = (Cause(each.exercise, each.name, each.sentence, each.hint) for each in found)
    return {(cause.exercise, cause.name): cause for cause in causes}

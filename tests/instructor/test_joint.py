"""One notebook of several partners: whoever hands it in, all of them have it, and nothing of anybody's is lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from instructor_cycle import encoded
from instructor_place import WEEK, Place
from nbgrader.api import MissingEntry
from nbgrader.converters import Autograde

from autograde.course import CourseGrades, grade_course
from autograde.nbgrader_plugin.joint import share_manual_grades
from autograde.partners import Member
from autograde.partners.joint import Desk, joint_groups, lay

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

ROSTER = "id,joint_with\nada,bo\nbo,\ncy,\n"
WRONG = "def double(x):\n    return x ** 2"


@pytest.fixture
def course(new_course: Callable[[str], Place]) -> Place:
    """ada and bo hand in one notebook."""
    place = new_course("joint")
    (place.course / "roster.csv").write_text(ROSTER)
    return place


def hand_in(place: Place, learner: str, hour: int, **answers: str) -> Path:
    """As `nbgrader collect` leaves it."""
    path = place.hand_in(learner, encoded(place.solved(**answers)))
    path.with_name("timestamp.txt").write_text(f"2026-01-05 {hour:02}:00:00 UTC")
    path.with_name("submission_secret.txt").write_text(f"secret of {learner}")
    return path


def graded(place: Place) -> CourseGrades:
    return grade_course(WEEK, place.course)


def points(place: Place) -> dict[str, float]:
    """What the reports and the gradebook say, which is the same."""
    reported = {grade.learner: grade.report.points for grade in graded(place).grades}
    assert {learner: place.score(learner) for learner in reported} == reported
    return reported


def test_whichever_of_them_hands_it_in_both_have_the_grade(course: Place) -> None:
    hand_in(course, "bo", 10, double=WRONG)
    hand_in(course, "cy", 10)
    assert points(course) == {"ada": 6.0, "bo": 6.0, "cy": 7.5}


def test_the_reports_of_both_say_that_it_is_joint(course: Place) -> None:
    hand_in(course, "bo", 10)
    sentence = "A joint notebook of ada and bo, handed in by bo."
    assert [grade.report.problems for grade in graded(course).grades] == [[sentence], [sentence]]
    for learner in ("ada", "bo"):
        notebook = course.course / "autograded" / learner / WEEK / f"{WEEK}.ipynb"
        assert sentence in notebook.read_text()


def test_nbgraders_own_autograde_grades_both(course: Place) -> None:
    hand_in(course, "bo", 10, double=WRONG)
    api = course.api()
    api.coursedir.assignment_id = WEEK
    Autograde(coursedir=api.coursedir, parent=api.parent).start()
    assert (course.score("ada"), course.score("bo")) == (6.0, 6.0)


def test_of_two_notebooks_the_later_counts_and_the_reports_say_so(course: Place) -> None:
    hand_in(course, "ada", 9, double=WRONG)
    hand_in(course, "bo", 11)
    grades = graded(course).grades
    sentence = "A joint notebook of ada and bo; several were handed in, and bo's counts, the latest."
    assert [(grade.report.points, grade.report.problems) for grade in grades] == [(7.5, [sentence])] * 2


def test_the_earlier_may_hand_in_once_more(course: Place) -> None:
    hand_in(course, "ada", 9)
    hand_in(course, "bo", 11)
    assert points(course) == {"ada": 7.5, "bo": 7.5}
    hand_in(course, "ada", 12, double=WRONG)
    assert points(course) == {"ada": 6.0, "bo": 6.0}


def test_grading_again_changes_no_file(course: Place) -> None:
    hand_in(course, "ada", 9, double=WRONG)
    hand_in(course, "bo", 11)
    graded(course)
    before = {path: path.stat().st_mtime_ns for path in course.course.rglob("*") if path.is_file()}
    assert [grade.changed for grade in graded(course).grades] == [False, False]
    after = {path: path.stat().st_mtime_ns for path in course.course.rglob("*") if path.is_file()}
    assert {path for path in before if before[path] != after.get(path)} <= {course.course / "gradebook.db"}
    assert set(before) == set(after)


def test_each_keeps_the_secret_by_which_nbgrader_hands_out_feedback(course: Place) -> None:
    hand_in(course, "ada", 9)
    hand_in(course, "bo", 11)
    graded(course)
    secrets = [(course.submitted(learner) / "submission_secret.txt").read_text() for learner in ("ada", "bo")]
    assert secrets == ["secret of ada", "secret of bo"]


def test_who_did_not_hand_in_gets_a_secret_of_their_own(course: Place) -> None:
    hand_in(course, "bo", 11)
    graded(course)
    assert "bo" not in (course.submitted("ada") / "submission_secret.txt").read_text()


def test_no_longer_joint_each_has_what_they_handed_in(course: Place) -> None:
    mine = hand_in(course, "ada", 9, double=WRONG)
    hand_in(course, "bo", 11)
    before = mine.read_bytes()
    assert points(course) == {"ada": 7.5, "bo": 7.5}
    (course.course / "roster.csv").write_text("id\nada\nbo\ncy\n")
    assert points(course) == {"ada": 6.0, "bo": 7.5}
    assert mine.read_bytes() == before


def test_no_longer_joint_who_handed_nothing_in_has_no_grade(course: Place) -> None:
    hand_in(course, "bo", 11)
    graded(course)
    (course.course / "roster.csv").write_text("id\nada\nbo\ncy\n")
    assert points(course) == {"bo": 7.5}
    with course.gradebook as gradebook, pytest.raises(MissingEntry):
        gradebook.find_submission(WEEK, "ada")
    assert not list(course.course.glob(f"*/ada/{WEEK}"))
    assert not (course.course / "reports" / WEEK / "ada.json").exists()


def test_a_bad_line_of_the_roster_takes_nothing_from_anybody(course: Place) -> None:
    hand_in(course, "bo", 11)
    graded(course)
    (course.course / "roster.csv").write_text("id,comfort,joint_with\nada,9,bo\nbo,,\n")
    graded(course)
    assert course.score("ada") == 7.5


def test_what_a_person_gives_to_one_counts_for_both(course: Place) -> None:
    hand_in(course, "bo", 11)
    graded(course)
    course.set_by_hand("ada", "why-double", 1.5)
    with course.gradebook as gradebook:
        gradebook.find_comment("why-double", WEEK, WEEK, "ada").manual_comment = "Well said."
        gradebook.db.commit()
    share_manual_grades(course.api().coursedir, WEEK, [("ada", "bo")])
    assert course.grades("bo")["why-double"] == (None, 1.5, False)
    assert course.score("bo") == 9.0
    with course.gradebook as gradebook:
        assert gradebook.find_comment("why-double", WEEK, WEEK, "bo").comment == "Well said."


def test_points_that_a_person_gave_differently_stay(course: Place) -> None:
    hand_in(course, "bo", 11)
    graded(course)
    course.set_by_hand("ada", "why-double", 1.5)
    course.set_by_hand("bo", "why-double", 2.0)
    share_manual_grades(course.api().coursedir, WEEK, [("ada", "bo")])
    assert [course.grades(learner)["why-double"][1] for learner in ("ada", "bo")] == [1.5, 2.0]


def desks(root: Path, *learners: str) -> list[Desk]:
    return [Desk(one, root / one / WEEK, root / one / f".{WEEK}.joint") for one in learners]


def put(desk: Desk, hour: int, text: str) -> None:
    desk.folder.mkdir(parents=True, exist_ok=True)
    (desk.folder / "timestamp.txt").write_text(f"2026-01-05 {hour:02}:00:00 UTC")
    (desk.folder / f"{WEEK}.ipynb").write_text(text)


@pytest.mark.parametrize("step", range(1, 6))
def test_wherever_it_is_interrupted_nobodys_notebook_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    both = desks(tmp_path, "ada", "bo")
    put(both[0], 9, "of ada")
    put(both[1], 11, "of bo")
    done: list[str] = []
    with monkeypatch.context() as patch:
        for name in ("rename", "write_text"):
            patch.setattr(Path, name, _until(step, done, getattr(Path, name)))
        with pytest.raises(InterruptedError) if step < 5 else pytest.MonkeyPatch.context():
            lay(both)
    assert lay(both).by == "bo"
    assert [(desk.folder / f"{WEEK}.ipynb").read_text() for desk in both] == ["of bo", "of bo"]
    assert both[0].clear()
    assert (both[0].folder / f"{WEEK}.ipynb").read_text() == "of ada"


def _until(step: int, done: list[str], action: Callable[..., object]) -> Callable[..., object]:
    def counted(path: Path, *arguments: object, **options: object) -> object:
        done.append(path.name)
        if len(done) == step:
            raise InterruptedError(path.name)
        return action(path, *arguments, **options)

    return counted


def test_three_may_hand_in_one_notebook(tmp_path: Path) -> None:
    members = {"a": Member("a"), "b": Member("b", joint_with="a"), "c": Member("c", joint_with="b")}
    assert joint_groups(members) == [("a", "b", "c")]
    three = desks(tmp_path, "a", "b", "c")
    put(three[1], 9, "of b")
    lay(three)
    assert [(desk.folder / f"{WEEK}.ipynb").read_text() for desk in three] == ["of b"] * 3


def test_a_file_of_the_learners_passes_for_no_mark(tmp_path: Path) -> None:
    both = desks(tmp_path, "ada", "bo")
    put(both[0], 9, "of ada")
    (both[0].folder / "laid.json").write_text(json.dumps("forged"))
    assert not both[0].laid
    assert both[0].own == both[0].folder

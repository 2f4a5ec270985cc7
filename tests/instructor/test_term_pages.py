"""The last pages: what a learner's and partners' pages say of two weeks, whom they reach, and what they keep."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from instructor_later_week import add_later_week
from instructor_place import Place, copied

from autograde.build import building
from autograde.classroom.gathering import gather
from autograde.classroom.records import Term
from autograde.course import grade_course
from autograde.course.feeding_back import write_feedback
from autograde.course.opening import with_gradebook
from autograde.demo.submissions import filled
from autograde.errors import Fault
from autograde.nbgrader_plugin.term_page import term_page_path
from autograde.partners import read_roster
from autograde.partners.enrolment import enrol
from autograde.problem.laws import DEEPENINGS
from autograde.term_pages import Made, make_term_pages
from autograde.term_pages.path import STOPS, lit
from autograde.term_pages.recurring import recurring
from autograde.term_pages.stages import Stage, Step, own_stages, shared_stages

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

ROSTER = """id,first_name,joint_with
ada,Ada,
bo,Bo <script>alert(1)</script>,
cy,Cy,
dan,Dan,
eve,Eve,dan
fay,Fay,
"""
PAIRS = """week,partner,partner,partner
week01,ada,bo
week01,cy,fay
week01,dan,eve
week06,ada,cy
week06,bo,fay
week06,dan,eve
"""
DOUBLE, SQUARE = "def double(x):\n    return x + x", "def double(x):\n    return x ** 2"
HALVE = "def halve(x):\n    return x / 2"
TRIPLE, POWER = "def triple(x):\n    return x * 3", "def triple(x):\n    return x ** 2"


def reflection(hours: float, stuck: str = "") -> dict[str, str]:
    written = {"hours": hours, "sticking_point": stuck, "questions": []}
    return {"reflection": f"reflection = {written!r}"}


HANDED_IN = {
    "week01": {
        "ada": {"double": DOUBLE, "why-double": "Because.", **reflection(2, "the <b>sum</b>")},
        "bo": {"double": SQUARE, "halve": HALVE, **reflection(41.5, "only bo says so")},
        "cy": {"double": DOUBLE},
        "dan": {"double": DOUBLE, "halve": HALVE},
    },
    "week06": {"ada": {"triple": TRIPLE}, "bo": {"triple": POWER, **reflection(1)}, "dan": {}},
}


@pytest.fixture(scope="module")
def course(new_course: Callable[[str], Place]) -> Place:
    """Two graded weeks with their last pages. Not to be changed."""
    place = new_course("term")
    add_later_week(place.kit)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "write_public_suite", lambda week, destination: destination.write_bytes(b"-"))
        building.build(["week06"], place.kit)
    (place.course / "roster.csv").write_text(ROSTER)
    (place.course / "pairs.csv").write_text(PAIRS)
    url = f"sqlite:///{place.course / 'gradebook.db'}"
    enrol(read_roster(place.course / "roster.csv").members, url, "deep_learning")
    for week, handed_in in HANDED_IN.items():
        stub = (place.course / "release" / week / f"{week}.ipynb").read_bytes()
        for learner, answers in handed_in.items():
            home = place.course / "submitted" / learner / week
            home.mkdir(parents=True)
            (home / f"{week}.ipynb").write_bytes(filled(stub, answers))
        grade_course(week, place.course)
    place.set_by_hand("ada", "why-double", 1.5)
    make_term_pages(place.course, place.kit)
    return place


@pytest.fixture
def copy(course: Place, tmp_path: Path) -> Place:
    """The course, for a test to spoil."""
    return copied(course, tmp_path / "copy")


@pytest.fixture(scope="module")
def term(course: Place) -> Term:
    return gather(course.course, course.kit)


def page(place: Place, *group: str) -> str:
    return term_page_path(place.course, group).read_text(encoding="utf-8")


def feedback(place: Place, learner: str, week: str) -> str:
    return (place.course / "feedback" / learner / week / f"{week}.html").read_text(encoding="utf-8")


def titles(place: Place, learner: str, week: str) -> list[str]:
    """Whose last pages are in a feedback page."""
    return re.findall(r"<h1>(.*?): the term</h1>", feedback(place, learner, week))


def remade(place: Place) -> Made:
    return make_term_pages(place.course, place.kit)


def pair_up(place: Place, *lines: str) -> None:
    (place.course / "pairs.csv").write_text("\n".join(["week,partner,partner,partner", *lines, ""]))


def due(place: Place, week: str, year: int) -> None:
    with place.gradebook as gradebook:
        gradebook.find_assignment(week).duedate = datetime(year, 1, 1)
        gradebook.db.commit()


def texts(html: str) -> str:
    """What a reader sees, a space between any two pieces."""
    body = re.sub(r"<(style|title)>.*?</\1>", "", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", body).split())


def test_every_exercise_of_a_learner_is_told_with_its_state_and_points(term: Term) -> None:
    first = own_stages(term, "bo")[0]
    steps = {step.name: (step.state, step.reached, step.most) for step in first.steps}
    assert steps["double"] == ("partly", 1.5, 3.0)
    assert steps["halve"] == ("done", 1.0, 1.0)
    assert steps["Pair-total"] == ("todo", 0.0, 2.0)
    assert {step.name for step in first.steps if step.stretch} == {"shout"}


def test_points_are_the_gradebooks_with_what_a_person_gave(course: Place, term: Term) -> None:
    first = own_stages(term, "ada")[0]
    assert first.reached == course.score("ada") == 4.5
    assert {step.name: step.reached for step in first.steps}["why-double"] == 1.5


def test_a_week_that_was_not_handed_in_has_its_exercises_and_no_points(term: Term, course: Place) -> None:
    last = own_stages(term, "cy")[1]
    assert [(step.name, step.state) for step in last.steps] == [
        ("triple", "absent"),
        ("triple_again", "absent"),
    ]
    assert (last.reached, last.most, last.note) == (0.0, 2.0, "nothing handed in")
    assert "nothing handed in" in texts(page(course, "cy"))


def test_a_box_is_lit_by_the_share_of_its_weeks_points(term: Term) -> None:
    shares = {" ".join(box.stop.lines): box.share for box in lit(own_stages(term, "ada"), "2 weeks", ())}
    assert shares["Python, tensors, first neurons"] == pytest.approx(4.5 / 9.5)
    assert shares["Backpropagation"] == 1.0
    assert shares["Text encoding and generation"] is None
    assert shares["Learning partners"] == 1.0
    assert shares["Learning problem"] is None


def test_of_the_ways_to_go_deeper_the_one_that_was_gone_is_lit() -> None:
    steps = (Step("learning_problem-deepening", "partly", False, 1.0, 2.0),)
    stages = [Stage("week14", "Skeptic", steps, 1.0, 2.0)]
    shares = {box.stop.name: box.share for box in lit(stages, "", {"advanced model"})}
    ways = ("or", "low-level model", "advanced model", "advanced interpretation")
    assert [shares[name] for name in ways] == [0.5, None, 0.5, None]
    assert {stop.name for stop in STOPS if stop.way} == set(DEEPENINGS)


def test_the_chart_is_that_of_the_course() -> None:
    left, right = ([" ".join(stop.lines) for stop in STOPS if stop.column == column] for column in (0, 1))
    assert left[1:] == [
        "Backpropagation", "Text encoding and generation", "MLPs and logistics", "Advanced MLPs",
        "Advanced backpropagation", "Convolutional networks", "Transformers",
    ]  # fmt: skip
    assert right == [
        "Learning partners", "Learning problem", "High-level model", "or", "Low-level model", "Advanced model",
        "Advanced interpretation",
    ]  # fmt: skip


def test_a_misconception_of_one_name_in_two_exercises_came_back(term: Term, course: Place) -> None:
    (found,) = recurring(term, "bo")
    assert (found.name, [week for week, _ in found.met]) == ("squares-it", ["week01", "week06"])
    said = texts(page(course, "bo"))
    assert "These came in more than one exercise. squares-it week01, double : Squares the number." in said
    assert recurring(term, "ada") == []


def test_hours_and_where_one_was_stuck_are_in_the_learners_own_words(course: Place) -> None:
    assert "42.5 hours, as told" in texts(page(course, "bo"))
    assert "week01: the &lt;b&gt;sum&lt;/b&gt;" in page(course, "ada")


def test_a_learners_page_says_of_others_only_who_was_a_partner(course: Place) -> None:
    mine = texts(page(course, "ada"))
    assert "Bo &lt;script&gt;alert(1)&lt;/script&gt; (week 01)" in mine
    assert "Cy (week 06)" in mine
    for others in ("41.5", "only bo says so", "squares-it", "Dan", "Eve", "Fay"):
        assert others not in mine


def test_partners_see_what_they_have_between_them(term: Term, course: Place) -> None:
    (first,) = shared_stages(term, ("ada", "bo"))
    assert {step.name: step.state for step in first.steps} == {
        "double": "some", "halve": "some", "Pair-total": "nobody", "Pair-order": "nobody", "shout": "nobody",
    }  # fmt: skip
    assert (first.reached, first.most) == (2.0, 4.0)
    assert "can explain halve to Ada" in texts(page(course, "ada", "bo"))


def test_partners_see_no_weeks_points_or_words_that_are_one_partners_own(course: Place) -> None:
    shared = texts(page(course, "ada", "bo"))
    for own in ("week06", "hours", "only bo says so", "squares-it", "points of"):
        assert own not in shared


def test_a_joint_notebook_is_said_to_be_joint(term: Term) -> None:
    assert [stage.note for stage in own_stages(term, "eve")] == ["one joint notebook"] * 2
    assert {step.state for stage in shared_stages(term, ("dan", "eve")) for step in stage.steps} == {
        "all",
        "nobody",
    }


def test_partners_wait_for_who_has_not_handed_in_until_the_deadline(copy: Place) -> None:
    assert not term_page_path(copy.course, ("cy", "fay")).exists()
    due(copy, "week01", 2001)
    remade(copy)
    said = texts(page(copy, "cy", "fay"))
    assert "Fay handed nothing in" in said
    assert "done by one of you" in said
    assert "done by both of you" not in said
    assert not term_page_path(copy.course, ("bo", "fay")).exists()


def test_the_pages_are_at_the_end_of_the_feedback_of_the_last_week_that_was_handed_in(course: Place) -> None:
    assert "Ada: the term" in feedback(course, "ada", "week06")
    assert "Your term with bo" in feedback(course, "ada", "week06")
    assert "Cy: the term" in feedback(course, "cy", "week01")
    assert "the-term" not in feedback(course, "ada", "week01")


def test_nobody_receives_a_page_of_others(course: Place) -> None:
    for learner, week in {"ada": "week06", "bo": "week06", "cy": "week01", "dan": "week06"}.items():
        told = titles(course, learner, week)
        assert told
        assert all(learner in title.lower() for title in told)


def test_whoever_handed_nothing_in_has_no_page(course: Place) -> None:
    assert not term_page_path(course.course, ("fay",)).exists()


def test_former_partners_lose_their_page_and_the_feedback_that_held_it(copy: Place) -> None:
    pair_up(copy, "week01,ada,cy", "week01,dan,eve")
    remade(copy)
    assert not term_page_path(copy.course, ("ada", "bo")).exists()
    assert titles(copy, "ada", "week06") == ["Ada", "Ada and Cy"]
    assert titles(copy, "bo", "week06") == ["Bo &lt;script&gt;alert(1)&lt;/script&gt;"]


def test_nbgraders_feedback_alone_leaves_former_partners_out(copy: Place) -> None:
    pair_up(copy, "week01,ada,cy")
    write_feedback(with_gradebook(copy.course, "week06"), copy.course)
    assert titles(copy, "ada", "week06") == ["Ada"]


def test_what_learners_are_called_and_write_is_escaped(course: Place) -> None:
    for path in (course.course / "reports" / "term").glob("*.html"):
        assert "<script" not in path.read_text(encoding="utf-8")


def test_a_page_stands_by_itself(course: Place) -> None:
    outside = r"""(?:src|href|url|@import)\s*[=(]\s*["']?(?!#)[^"')>\s]+"""
    for path in (course.course / "reports" / "term").glob("*.html"):
        assert re.findall(outside, path.read_text(encoding="utf-8")) == []


def test_a_course_without_reports_is_one_sentence(new_course: Callable[[str], Place]) -> None:
    place = new_course("empty")
    with pytest.raises(Fault, match="there are no reports; run `autograde grade week00` first"):
        remade(place)

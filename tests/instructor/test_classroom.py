"""The class's pages: what they say of a class of seven in two weeks, and what they keep to themselves."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from instructor_place import Place

from autograde.build import building
from autograde.classroom import write_report
from autograde.classroom.counting import coverage
from autograde.classroom.gathering import gather
from autograde.classroom.records import ClassWeek, Term
from autograde.course import grade_course
from autograde.demo.submissions import filled
from autograde.errors import Fault
from autograde.partners import read_roster
from autograde.partners.enrolment import enrol

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

ROSTER = """id,first_name,last_name,email,comfort,joint_with
ada,Ada,Byron,countess@example.org,5,
bo,,,,1,
cy,,,,2,
dan,,,,3,eve
eve,Ève,,,3,
fay,,,,4,
gus,,,,1,
"""
PAIRS = """week,partner,partner,partner
week01,ada,bo
week01,cy,fay,gus
week01,dan,eve
"""
SHEETS = """\
# %% [markdown]
# # Week 02 · Sheets

# %% exercise="TENSOR_METHODS" points=2
### BEGIN SOLUTION
TENSOR_METHODS = [("sum", "math", "torch.ones(2).sum()", ())]
### END SOLUTION

# %% reflection=true
reflection = {"hours": 0.0, "sticking_point": "", "syntax_or_ideas": "neither", "questions": []}
"""
TESTS_OF_SHEETS = '''\
from autograde.properties import exercise, require


@exercise("TENSOR_METHODS")
def test_rows(learner):
    """There are rows."""
    require(len(learner.TENSOR_METHODS) > 0, "there is no row")
'''
DOUBLE = "def double(x):\n    return x + x"
SQUARE = "def double(x):\n    return x ** 2"
HALVE = "def halve(x):\n    return x / 2"
LATE = 0.25
MEAN = "=HYPERLINK('http://x') <script>alert(1)</script>"


def reflection(hours: object, sticking: str = "", stuck: str = "neither", *questions: str) -> str:
    written = {
        "hours": hours,
        "sticking_point": sticking,
        "syntax_or_ideas": stuck,
        "questions": [*questions],
    }
    return f"reflection = {written!r}"


FIRST = {
    "ada": {
        "double": DOUBLE,
        "reflection": reflection(2, "Countess Byron helped me", "ideas", "Why double?", MEAN),
    },
    "bo": {
        "double": SQUARE,
        "halve": HALVE,
        "reflection": reflection(4, "ask EVÉ or ada.", "syntax", "Why do we double"),
    },
    "cy": {
        "double": SQUARE,
        "why-double": "Because.",
        "reflection": reflection(6, "", "syntax and ideas", "What is a half?"),
    },
    "dan": {"double": DOUBLE, "halve": HALVE, "reflection": reflection(40)},
    "fay": {"why-double": "Because bo said so."},
}
SECOND = {
    "ada": {"TENSOR_METHODS": 'TENSOR_METHODS = [("sum", "math", "torch.ones(2).sum()", ())]'},
    "bo": {
        "TENSOR_METHODS": """TENSOR_METHODS = [
            ("sum", "Math", "torch.ones(2).sum()", ()), ("cat", "join", "ada()", (2,)),
        ]"""
    },
    "cy": {
        "TENSOR_METHODS": 'TENSOR_METHODS = [("sum", "math", "<b>", ()), ("exit", "math", exit(), ())]',
        "reflection": reflection(3.5),
    },
}


@pytest.fixture(scope="module")
def place(new_course: Callable[[str], Place]) -> Place:
    """The course after two weeks. Not to be changed."""
    place = new_course("classroom")
    folder = place.kit.solutions / "week02"
    folder.mkdir()
    (folder / "week02.py").write_text(SHEETS)
    (folder / "test_week02.py").write_text(TESTS_OF_SHEETS)
    (folder / "properties.py").write_text(TESTS_OF_SHEETS.replace("test_rows", "test_more_rows"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "write_public_suite", lambda week, destination: destination.write_bytes(b"-"))
        building.build(["week02"], place.kit)
    (place.course / "roster.csv").write_text(ROSTER)
    (place.course / "pairs.csv").write_text(PAIRS)
    enrol(read_roster(place.course / "roster.csv").members, url(place), "deep_learning")
    for week, class_ in {"week01": FIRST, "week02": SECOND}.items():
        stub = (place.course / "release" / week / f"{week}.ipynb").read_bytes()
        for learner, answers in class_.items():
            home = place.course / "submitted" / learner / week
            home.mkdir(parents=True)
            (home / f"{week}.ipynb").write_bytes(filled(stub, answers))
        grade_course(week, place.course)
    place.set_by_hand("fay", "why-double", 1.5)
    with place.gradebook as gradebook:
        gradebook.find_submission_notebook("week01", "week01", "bo").late_submission_penalty = LATE
        gradebook.db.commit()
    return place


def url(place: Place) -> str:
    return f"sqlite:///{place.course / 'gradebook.db'}"


@pytest.fixture(scope="module")
def term(place: Place) -> Term:
    return gather(place.course, place.kit)


@pytest.fixture(scope="module")
def week(term: Term) -> ClassWeek:
    return term.weeks[0]


@pytest.fixture(scope="module")
def page(place: Place) -> str:
    return write_report(place.course, place.kit, "week01").page.read_text(encoding="utf-8")


def rows(place: Place, name: str, folder: str = "class") -> list[dict[str, str]]:
    text = (place.course / "reports" / folder / name).read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_whoever_is_in_the_roster_and_handed_nothing_in_is_absent(week: ClassWeek, page: str) -> None:
    assert (week.absent, week.ungraded) == (("gus",), ())
    assert re.search(r"Nothing handed in:</b> gus\.", page)


def test_a_joint_notebook_is_said_to_be_joint_and_counts_once(week: ClassWeek, page: str) -> None:
    assert (week.work["dan"].joint_with, week.work["eve"].joint_with) == (("eve",), ("dan",))
    assert week.work["dan"].score == week.work["eve"].score
    assert [work.learner for work in week.notebooks] == ["ada", "bo", "cy", "dan", "fay"]
    assert "one joint notebook" in page


def test_partners_explain_what_one_has_and_the_other_lacks(week: ClassWeek) -> None:
    pair = coverage(week, ("ada", "bo"))
    assert (pair.both, pair.either) == ((), ("double", "halve"))
    assert pair.neither == ("Pair-total", "Pair-order", "shout")
    assert [(talk.by, talk.to, talk.entries) for talk in pair.talks] == [
        (("ada",), ("bo",), ("double",)),
        (("bo",), ("ada",), ("halve",)),
    ]


def test_who_is_absent_explains_nothing_and_is_explained_nothing(week: ClassWeek) -> None:
    alone = coverage(week, ("ada", "gus"))
    assert (alone.waiting, alone.talks, alone.both) == (("gus",), (), ("double",))


def test_a_misconception_is_counted_and_told_with_its_hint(place: Place, page: str) -> None:
    (row,) = rows(place, "week01-misconceptions.csv")
    assert (row["exercise"], row["misconception"], row["learners"]) == ("double", "squares-it", "2")
    assert "What does it give for three?" in page


def test_what_fails_is_counted_among_those_who_tried(place: Place, page: str) -> None:
    failing = {row["property"]: (row["failed"], row["tried"]) for row in rows(place, "week01-failing.csv")}
    assert failing == {"Doubling holds for every number.": ("2", "5")}


def test_scores_are_the_gradebooks_with_what_a_person_gave_and_what_being_late_cost(
    place: Place, week: ClassWeek, page: str
) -> None:
    scores = {row["learner"]: float(row["points"]) for row in rows(place, "week01-scores.csv")}
    late = {"bo": LATE}
    assert scores == {learner: place.score(learner) - late.get(learner, 0.0) for learner in week.work}
    assert (scores["bo"], scores["fay"]) == (2.25, 1.5)
    assert week.work["fay"].score.questions == {"why-double": (1.5, 2.0)}


def test_an_answer_that_waits_for_a_person_is_said_to(place: Place, week: ClassWeek, page: str) -> None:
    assert week.work["cy"].score.questions == {"why-double": (None, 2.0)}
    assert [
        row["learner"] for row in rows(place, "week01-scores.csv") if row["waits_for_a_person"] == "yes"
    ] == ["cy"]
    assert page.count("why-double: waits for a person") == 1


def test_hours_are_summed_up_by_median_and_middle_half(page: str) -> None:
    assert re.search(r"Hours, by 4 reflections:\s+half of them between 3\.5 and 14\.5", page)


def test_stuck_by_syntax_or_ideas_is_split(page: str) -> None:
    found = re.search(r"Stuck by (.*?)</p>", page, re.DOTALL)
    assert found
    said = re.sub(r"<.*?>", "", found[1])
    assert " ".join(said.split()) == "syntax 1, ideas 1, both 1, neither 1 of 4."


def test_similar_questions_are_on_the_agenda_once(place: Place, page: str) -> None:
    asked = {row["question"]: row["learners"] for row in rows(place, "week01-agenda.csv")}
    assert asked == {"Why double?": "2", f"'{MEAN}": "1", "What is a half?": "1"}


def test_learners_words_are_escaped_on_the_page(page: str) -> None:
    assert "<script" not in page
    assert html.escape("<script>alert(1)</script>") in page


def test_a_page_stands_by_itself(page: str) -> None:
    outside = re.findall(r"""(?:src|url|@import)\s*[=(]\s*["']?(?!#)[^"')>\s]+""", page)
    assert outside == []


def test_sheets_of_tensor_methods_are_joined(place: Place) -> None:
    page = write_report(place.course, place.kit, "week02").page.read_text(encoding="utf-8")
    sheet = [
        (row["method"], row["category"], row["learner"]) for row in rows(place, "week02-tensor-methods.csv")
    ]
    assert sheet == [
        ("sum", "math", "ada"),
        ("sum", "math", "bo"),
        ("cat", "join", "bo"),
        ("sum", "math", "cy"),
    ]
    assert page.count("<code>sum</code>") == 1
    assert "<code>torch.ones(2).sum()</code>" in page


def test_the_term_has_every_weeks_scores(place: Place) -> None:
    written = write_report(place.course, place.kit)
    scores = {row["learner"]: (row["week01"], row["week02"]) for row in rows(place, "term-scores.csv")}
    assert scores["ada"] == (str(place.score("ada")), "2.0")
    assert scores["fay"] == ("1.5", "")
    assert scores["gus"] == ("", "")
    assert written.page.read_text(encoding="utf-8").count('class="plot"') == 2


@pytest.mark.parametrize("name", ["week01", "week02", ""])
def test_without_names_nothing_says_who_anyone_is(place: Place, name: str) -> None:
    written = write_report(place.course, place.kit, name, without_names=True)
    assert written.page.parent.name == "class-anonymous"
    for path in (written.page, *written.tables):
        text = f"{path.name} {path.read_text(encoding='utf-8')}"
        found = re.findall(
            r"(?i)(?<![a-z])(?:ada|byron|countess|bo|cy|dan|eve|evé|ève|fay|gus)(?![a-z])", text
        )
        assert found == []


def test_without_names_the_numbers_are_the_same(place: Place) -> None:
    write_report(place.course, place.kit, "week01")
    write_report(place.course, place.kit, "week01", without_names=True)
    named, nameless = (
        sorted(row["points"] for row in rows(place, "week01-scores.csv", folder))
        for folder in ("class", "class-anonymous")
    )
    assert named == nameless


def test_a_report_that_cannot_be_read_is_one_sentence_and_the_others_count(place: Place) -> None:
    kept = place.course / "reports" / "week02" / "ada.json"
    before = kept.read_bytes()
    kept.write_bytes(before[:100])
    written = write_report(place.course, place.kit, "week02")
    kept.write_bytes(before)
    assert list(written.problems) == [f"{kept}: it can't be read; run `autograde grade week02` again."]
    assert [row["learner"] for row in rows(place, "week02-scores.csv")] == ["bo", "cy"]


def test_without_a_roster_the_class_is_the_gradebooks(place: Place, term: Term) -> None:
    roster = place.course / "roster.csv"
    roster.write_text("id\n")
    alone = gather(place.course, place.kit)
    roster.write_text(ROSTER)
    assert [week.absent for week in alone.weeks] == [week.absent for week in term.weeks]


def test_a_week_without_reports_is_one_sentence(place: Place) -> None:
    with pytest.raises(Fault, match="there are no reports of week07; run `autograde grade week07` first"):
        write_report(place.course, place.kit, "week07")


def test_a_folder_that_is_no_course_is_one_sentence(place: Place, tmp_path: Path) -> None:
    with pytest.raises(Fault, match="this is not a course folder"):
        write_report(tmp_path, place.kit)

"""A page for each group of partners, as it reaches them: by nbgrader's own feedback, and nobody else."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

import pytest
from instructor_cycle import encoded, submit
from instructor_place import WEEK, Place, copied
from nbgrader.converters import GenerateFeedback
from nbgrader.exchange.default import (
    ExchangeCollect,
    ExchangeFetchFeedback,
    ExchangeReleaseAssignment,
    ExchangeReleaseFeedback,
)

from autograde.course import grade_course
from autograde.errors import Fault
from autograde.nbgrader_plugin.partner_page import page_path
from autograde.partner_pages import Made, make_pages
from autograde.partner_pages.making import Notebooks
from autograde.partner_pages.screen import Comparing

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

LEARNERS = ("ada", "bo", "cy", "dan", "fay", "gus")
ROSTER = """id,first_name,joint_with
ada,Ada,
bo,Bo <script>alert(1)</script>,
cy,Cy,
dan,Dan,
eve,Eve,
fay,Fay,
gus,Gus,fay
"""
PAIRS = f"week,partner,partner,partner\n{WEEK},ada,bo\n{WEEK},cy,dan,eve\n{WEEK},fay,gus\n"
FAILING = "def double(x):\n    made_by_{} = x\n    return made_by_{} ** 2"
RIGHT = "def double(x):\n    made_by_{} = x\n    return made_by_{} + x"
MADE_BY = re.compile(r"made_by_(\w+)")


def everything(week: str, notebooks: Notebooks, past: bool) -> str:
    """Stands for the comparison, and shows more than any would: all of what was handed in."""
    told = [f"<pre>{escape(name)}: {escape(data.decode())}</pre>" for name, data in notebooks.items()]
    return "".join(told) + ("<p>the reference was asked</p>" if past else "")


def pages(place: Place, compare: Any = everything) -> dict[str, Made]:
    made = make_pages(place.course, WEEK, place.kit, compare)
    return {each.group[0]: each for each in made}


def feedback(place: Place, learner: str) -> str:
    return (place.course / "feedback" / learner / WEEK / f"{WEEK}.html").read_text()


def makers(page: str) -> set[str]:
    """Whose code is on a page."""
    return set(MADE_BY.findall(page))


def pair_up(place: Place, *groups: str) -> None:
    lines = [",".join([WEEK, *group.split()]) for group in groups]
    (place.course / "pairs.csv").write_text("\n".join(["week,partner,partner,partner", *lines]) + "\n")


def due(place: Place, year: int) -> None:
    with place.gradebook as gradebook:
        gradebook.find_assignment(WEEK).duedate = datetime(year, 1, 1)
        gradebook.db.commit()


def exchange(place: Place, step: type, learner: str = "*", **settings: Any) -> None:
    """One of nbgrader's exchange steps; with a cache of the learner's own, as in a home of theirs."""
    api = place.api()
    api.coursedir.student_id, api.coursedir.assignment_id = learner, WEEK
    done = step(coursedir=api.coursedir, authenticator=api.authenticator, parent=api.parent)
    done.cache = str(place.root / learner / "cache") if learner != "*" else done.cache
    for name, value in settings.items():
        setattr(done, name, value)
    done.start()


@pytest.fixture(scope="module")
def course(new_course: Callable[[str], Place]) -> Place:
    """Submitted and collected by nbgrader, graded, with the pages as the command makes them. Not to be changed."""
    place = new_course("pages")
    (place.course / "roster.csv").write_text(ROSTER)
    (place.course / "pairs.csv").write_text(PAIRS)
    exchange(place, ExchangeReleaseAssignment)
    for learner in LEARNERS[:-1]:
        answer = (FAILING if learner in ("bo", "dan") else RIGHT).format(learner, learner)
        _submit(place, learner, encoded(place.solved(double=answer)))
    exchange(place, ExchangeCollect, check_owner=False)
    grade_course(WEEK, place.course)
    with Comparing(place.course, place.kit) as comparing:
        make_pages(place.course, WEEK, place.kit, comparing.sections)
    exchange(place, ExchangeReleaseFeedback)
    return place


def _submit(place: Place, learner: str, notebook: bytes) -> None:
    api = place.api()
    api.config.Exchange.cache = str(place.root / learner / "cache")
    submit(api, place.root / learner, learner, {f"{WEEK}.ipynb": notebook})


@pytest.fixture
def copy(course: Place, tmp_path: Path) -> Place:
    """The course, for a test to spoil."""
    return copied(course, tmp_path / "copy")


def fetched(place: Place, learner: str) -> str:
    """What `nbgrader fetch_feedback` brings to a learner."""
    desk = place.root / learner
    exchange(place, ExchangeFetchFeedback, learner, assignment_dir=str(desk))
    (page,) = (desk / WEEK / "feedback").rglob("*.html")
    return page.read_text()


@pytest.mark.parametrize("learner", ["ada", "bo"])
def test_what_nbgrader_fetches_for_a_learner_holds_the_partners_page(course: Place, learner: str) -> None:
    page = fetched(course, learner)
    beside = page[page.index('<template shadowrootmode="open">') : page.index("</template>")]
    assert f"<title>{WEEK}: Ada and Bo" in beside
    assert '<div class="compared">' in beside
    assert makers(beside) == {"ada", "bo"}


@pytest.mark.parametrize("learner", ["ada", "bo", "cy", "dan", "fay", "gus"])
def test_nobody_receives_the_code_of_anyone_but_partners(course: Place, learner: str) -> None:
    allowed = {"ada": {"ada", "bo"}, "bo": {"ada", "bo"}, "gus": {"fay"}}
    assert makers(feedback(course, learner)) == allowed.get(learner, {learner})


def test_what_learners_are_called_is_escaped(course: Place) -> None:
    assert "<script>alert(1)</script>" not in feedback(course, "ada")
    assert "&lt;script&gt;" in feedback(course, "ada")


def test_nobody_sees_hidden_tests_or_the_references_word_before_the_deadline(copy: Place) -> None:
    pages(copy)
    hidden = "Doubling holds for every number."
    assert hidden in feedback(copy, "bo")
    assert hidden not in feedback(copy, "ada")
    assert "the reference was asked" not in feedback(copy, "ada")
    due(copy, 2001)
    pages(copy)
    assert hidden in feedback(copy, "ada")
    assert "the reference was asked" in feedback(copy, "ada")


def test_partners_wait_for_who_has_not_handed_in_until_the_deadline(copy: Place) -> None:
    assert pages(copy)["cy"].reason == "eve handed nothing in, and the deadline hasn't passed."
    due(copy, 2001)
    page = pages(copy)["cy"].page
    assert "Eve handed nothing in." in page.read_text()
    assert makers(feedback(copy, "cy")) == {"cy", "dan"}
    assert not (copy.course / "feedback" / "eve").exists()


def test_an_extension_is_waited_for(copy: Place) -> None:
    due(copy, 2001)
    with copy.gradebook as gradebook:
        gradebook.grant_extension(WEEK, "dan", weeks=52 * 500)
    assert pages(copy)["cy"].page is None


def test_a_page_goes_when_the_deadline_moves_on(copy: Place) -> None:
    due(copy, 2001)
    pages(copy)
    due(copy, 2999)
    pages(copy)
    assert makers(feedback(copy, "cy")) == {"cy"}


def test_new_partners_get_a_page_and_former_ones_lose_theirs(copy: Place) -> None:
    pair_up(copy, "ada cy", "bo dan")
    pages(copy)
    assert makers(feedback(copy, "ada")) == {"ada", "cy"}
    assert makers(feedback(copy, "bo")) == {"bo", "dan"}
    assert sorted(path.name for path in (copy.course / "partners" / WEEK).iterdir()) == [
        "ada+cy.html",
        "bo+dan.html",
    ]


def test_nbgraders_feedback_alone_leaves_former_partners_out(copy: Place) -> None:
    pair_up(copy, "ada cy")
    api = copy.api()
    api.coursedir.assignment_id = WEEK
    converter = GenerateFeedback(coursedir=api.coursedir, parent=api.parent)
    converter.force = True
    converter.start()
    assert makers(feedback(copy, "ada")) == {"ada"}


def test_no_feedback_with_a_page_that_holds_no_more_is_left_by_an_interruption(copy: Place) -> None:
    pair_up(copy, "ada cy")

    def interrupted(week: str, notebooks: Notebooks, past: bool) -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pages(copy, interrupted)
    assert not (copy.course / "feedback" / "ada" / WEEK).exists()


def test_a_joint_notebook_has_nothing_to_stand_beside(course: Place, copy: Place) -> None:
    assert pages(copy)["fay"].reason == "they handed in one joint notebook."


def test_a_joint_notebook_stands_beside_a_third(copy: Place) -> None:
    pair_up(copy, "ada fay gus")
    asked: list[list[str]] = []

    def compare(week: str, notebooks: Notebooks, past: bool) -> str:
        asked.append(list(notebooks))
        return ""

    pages(copy, compare)
    assert asked == [["Ada", "Fay and Gus"]]
    assert "Fay and Gus handed in one joint notebook." in feedback(copy, "gus")


def test_a_page_is_made_again_only_where_something_changed(copy: Place) -> None:
    pages(copy)
    asked: list[Notebooks] = []

    def compare(week: str, notebooks: Notebooks, past: bool) -> str:
        asked.append(notebooks)
        return ""

    pages(copy, compare)
    assert asked == []
    copy.hand_in("bo", (copy.submitted("cy") / f"{WEEK}.ipynb").read_bytes())
    assert (
        pages(copy, compare)["ada"].reason == "bo handed in what isn't graded; run `autograde grade week01`."
    )
    grade_course(WEEK, copy.course)
    pages(copy, compare)
    assert [list(each) for each in asked] == [["Ada", "Bo <script>alert(1)</script>"]]


def test_a_week_that_nobody_is_paired_for_is_one_sentence(copy: Place) -> None:
    pair_up(copy)
    with pytest.raises(Fault, match=f"nobody is paired for {WEEK}; run `autograde pair --week {WEEK}` first"):
        pages(copy)


def test_pages_of_some_leave_those_of_others(copy: Place) -> None:
    pages(copy)
    before = (copy.course / "partners" / WEEK / "ada+bo.html").stat().st_mtime_ns
    due(copy, 2001)
    made = make_pages(copy.course, WEEK, copy.kit, everything, ["dan"])
    assert [each.group for each in made] == [("cy", "dan", "eve")]
    assert (copy.course / "partners" / WEEK / "ada+bo.html").stat().st_mtime_ns == before


def test_who_has_no_partners_is_named(copy: Place) -> None:
    with pytest.raises(Fault, match=f"hal has no partners in {WEEK}"):
        make_pages(copy.course, WEEK, copy.kit, everything, ["hal"])


def test_the_page_lies_under_the_names_of_its_group(course: Place) -> None:
    assert page_path(course.course, WEEK, ("bo", "ada")).is_file()

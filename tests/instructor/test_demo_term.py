"""The demo's term, on two tiny weeks: six learners who come, come late, hand in one notebook of two, or stop coming."""

from __future__ import annotations

import contextlib
import io
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from instructor_later_week import add_later_week
from instructor_place import new_place, within
from nbgrader.api import Gradebook

from autograde.demo.screen import run_term_on_screen
from autograde.partners import read_pairs

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

WEEKS = ["week01", "week06"]
STOPPED, LATE, JOINT = "learner04", "learner05", "learner03"


@dataclass(frozen=True)
class Ended:
    """The demo's course after the term, and what the command said."""

    course: Path
    said: str

    @property
    def gradebook(self) -> Gradebook:
        return Gradebook(f"sqlite:///{self.course / 'gradebook.db'}", "deep_learning")

    def feedback(self, learner: str, week: str) -> str:
        path = self.course / "feedback" / learner / week / f"{week}.html"
        return path.read_text(encoding="utf-8") if path.is_file() else ""


@pytest.fixture(scope="module")
def ended(settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """Run once. Not to be changed."""
    place = new_place(tmp_path_factory.mktemp("kit") / "place")
    add_later_week(place.kit)
    folder = tmp_path_factory.mktemp("demo") / "term"
    said = io.StringIO()
    with within(settings), contextlib.redirect_stdout(said), pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOGRADE_ROOT", "the demo names its own")
        run_term_on_screen(place.kit, WEEKS, folder, 6)
    return Ended(folder / "instructor", said.getvalue())


def test_it_ends_by_saying_where_its_pages_are(ended: Ended) -> None:
    said = dict(re.findall(r"^  (.*?): +(/.*)$", ended.said, re.MULTILINE))
    assert list(said) == [
        "the class", "each week", "all last pages", "a learner's", "partners'", "one feedback page",
    ]  # fmt: skip
    assert all(Path(path).exists() for path in said.values())


def test_the_class_has_a_page_for_each_week_and_the_term(ended: Ended) -> None:
    pages = sorted(path.stem for path in (ended.course / "reports" / "class").glob("*.html"))
    assert pages == ["term", *WEEKS]


def test_everybody_finds_their_last_page_in_the_feedback_of_their_last_week(ended: Ended) -> None:
    for number in range(1, 7):
        learner = f"learner{number:02d}"
        last = "week01" if learner == STOPPED else "week06"
        assert f"<h1>{learner}: the term</h1>" in ended.feedback(learner, last)


def test_who_stops_coming_has_nothing_in_later_weeks(ended: Ended) -> None:
    assert (ended.course / "submitted" / STOPPED / "week01").is_dir()
    assert not (ended.course / "submitted" / STOPPED / "week06").exists()


def test_who_is_late_is_late_by_nbgraders_reckoning_and_nobody_else(ended: Ended) -> None:
    with ended.gradebook as gradebook:
        late = {
            row.student.id for row in gradebook.assignment_submissions("week06") if row.total_seconds_late
        }
    assert late == {LATE}


def test_one_notebook_of_two_is_graded_for_both(ended: Ended) -> None:
    with ended.gradebook as gradebook:
        for week in WEEKS:
            theirs, mine = (gradebook.find_submission(week, each).score for each in ("learner02", JOINT))
            assert theirs == mine > 0


def test_partners_stay_together_for_a_while(ended: Ended) -> None:
    pairs = read_pairs(ended.course / "pairs.csv")
    assert pairs.of("week01") == pairs.of("week06")
    assert ("learner02", "learner03") in pairs.of("week01")


def test_no_question_waits_for_a_person(ended: Ended) -> None:
    with ended.gradebook as gradebook:
        submissions = gradebook.assignment_submissions("week01")
        assert [row.student.id for row in submissions if row.needs_manual_grade] == []
        assert any(row.written_score for row in submissions)

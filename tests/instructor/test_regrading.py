"""Grading again through nbgrader's API, as the formgrader does: changed weeks, second attempts, late ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from instructor_place import WEEK, Place
from nbgrader.utils import parse_utc

from autograde import grading
from autograde.errors import Fault
from autograde.nbgrader_plugin.judging import GRADERS

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

HANDED_IN = "2026-03-01 10:00:00.000000 UTC"
LATER = "2026-03-01 12:30:00.000000 UTC"
SQUARED = "def double(x):\n    return x ** 2"


ADDED = {
    "week01.py": """
# %% exercise="third" points=1
def third(x: float) -> float:
    ### BEGIN SOLUTION
    return x / 3
    ### END SOLUTION
""",
    "test_week01.py": """

@exercise("third")
def test_third(learner):
    '''A third of three is one.'''
    assert_close(learner.third(3.0), 1.0)
""",
    "properties.py": """

@exercise("halve")
def test_half_of_five(learner):
    '''Half of five is two and a half.'''
    assert_close(learner.halve(5.0), 2.5)
""",
}


def hand_in(place: Place, learner: str, timestamp: str = HANDED_IN, **answers: str) -> None:
    place.hand_in(learner, json.dumps(place.solved(**answers)).encode())
    (place.submitted(learner) / "timestamp.txt").write_text(timestamp)


def autograde(place: Place, *learners: str, force: bool = True) -> dict[str, Any]:
    """What nbgrader's API answers for the last of them."""
    api = place.api()
    result: dict[str, Any] = {}
    for learner in learners:
        result = api.autograde(WEEK, learner, force=force)
    return result


@pytest.fixture(scope="module")
def graded(new_course: Callable[[str], Place]) -> Place:
    """A course with two graded submissions."""
    place = new_course("graded")
    hand_in(place, "ada")
    hand_in(place, "ben", double=SQUARED)
    assert autograde(place, "ada", "ben")["success"]
    return place


@pytest.fixture(scope="module")
def changed(new_course: Callable[[str], Place]) -> dict[str, Any]:
    """A course whose exercises, points and tests changed after grading by machine and by hand."""
    place = new_course("changed")
    hand_in(place, "ada")
    hand_in(place, "ben", double=SQUARED)
    autograde(place, "ada", "ben")
    add_other_week(place)
    place.set_by_hand("ben", "check-double", 2.5)
    place.set_by_hand("ben", "why-double", 1.5)
    place.edit((r"\bdouble\b", "twice"), (r'"halve" points=1', '"halve" points=2'))
    for name, text in ADDED.items():
        with (place.kit.solutions / WEEK / name).open("a") as file:
            file.write(text)
    stale = autograde(place, "ada")
    before = place.grades("ada")
    place.build()
    hand_in(place, "ada", twice="def twice(x):\n    return x + x")
    fresh = autograde(place, "ada", "ben")
    return {"place": place, "stale": stale, "before": before, "fresh": fresh}


def test_a_release_that_is_older_than_its_solutions_is_one_sentence_and_saves_nothing(
    changed: dict[str, Any],
) -> None:
    assert not changed["stale"]["success"]
    errors = [line for line in changed["stale"]["log"].splitlines() if "ERROR" in line]
    assert len(errors) == 1
    assert f"this is not what solutions/{WEEK} gives today; run `autograde build {WEEK}`" in errors[0]
    assert changed["before"]["check-double"] == (3.0, None, False)


def test_new_names_points_and_tests_count_after_a_forced_run(changed: dict[str, Any]) -> None:
    assert changed["fresh"]["success"]
    scores = {name: auto for name, (auto, _, _) in changed["place"].grades("ada").items()}
    assert scores == {
        "check-twice": 3.0, "check-halve": 2.0, "check-Pair-total": 2.0, "check-Pair-order": 1.5,
        "check-shout": 0.0, "check-third": 1.0, "why-twice": None,
    }  # fmt: skip


def test_scores_given_by_hand_stay_with_the_renamed_cells(changed: dict[str, Any]) -> None:
    grades = changed["place"].grades("ben")
    assert grades["check-twice"] == (0.0, 2.5, True)
    assert grades["why-twice"][1] == 1.5


def test_every_submission_has_a_grade_for_every_cell_after_a_change(changed: dict[str, Any]) -> None:
    place = changed["place"]
    for learner in ("ada", "ben"):
        assert set(place.grades(learner)) == graded_cells(place)


def add_other_week(place: Place) -> None:
    """Another week in the same gradebook."""
    with place.gradebook as gradebook:
        gradebook.add_assignment("week00")
        gradebook.add_notebook("week00", "week00")
        gradebook.add_grade_cell("check-double", "week00", "week00", max_score=3, cell_type="code")
        gradebook.add_solution_cell("double", "week00", "week00")
        gradebook.add_source_cell("double", "week00", "week00", cell_type="code")


def test_cells_of_other_weeks_stay_as_they_are(changed: dict[str, Any]) -> None:
    with changed["place"].gradebook as gradebook:
        other = gradebook.find_notebook("week00", "week00")
        kinds = (other.grade_cells, other.solution_cells, other.source_cells)
        names = [[cell.name for cell in cells] for cells in kinds]
    assert names == [["check-double"], ["double"], ["double"]]


def graded_cells(place: Place) -> set[str]:
    """The graded cells of the release."""
    marks = [cell["metadata"].get("nbgrader", {}) for cell in place.release()["cells"]]
    return {mark["grade_id"] for mark in marks if mark.get("grade")}


def test_a_cell_that_a_person_scored_is_not_removed(new_course: Callable[[str], Place]) -> None:
    place = new_course("removed")
    with place.gradebook as gradebook:
        gradebook.add_student("eve")
        gradebook.add_submission(WEEK, "eve")
    place.set_by_hand("eve", "check-halve", 0.5)
    place.edit((r"(?s)# %% exercise=\"halve\".*?(?=# %%)", ""), (r"(?s)@exercise\(\"halve\"\).*?\n\n\n", ""))
    with pytest.raises(Fault, match="check-halve is no longer in the week, and a person graded it"):
        place.build()
    assert place.grades("eve")["check-halve"] == (None, 0.5, False)


def test_a_second_attempt_is_graded_without_force(graded: Place) -> None:
    hand_in(graded, "cem", double=SQUARED)
    autograde(graded, "cem")
    first = graded.score("cem")
    hand_in(graded, "cem", LATER)
    autograde(graded, "cem", force=False)
    assert (first, graded.score("cem")) == (6.0, 7.5)


def test_a_late_submission_loses_what_the_course_takes_for_it(graded: Place) -> None:
    hand_in(graded, "dan", LATER)
    with graded.gradebook as gradebook:
        gradebook.update_or_create_assignment(WEEK, duedate=parse_utc("2026-03-01 11:00:00 UTC"))
    autograde(graded, "dan", "ada")
    with graded.gradebook as gradebook:
        taken = [
            gradebook.find_submission(WEEK, learner).late_submission_penalty for learner in ("dan", "ada")
        ]
    assert taken == [1.5, 0.0]


def test_a_time_that_cannot_be_read_costs_no_grade(graded: Place) -> None:
    hand_in(graded, "fay", "next tuesday \x00")
    assert autograde(graded, "fay")["success"]
    assert graded.score("fay") == 7.5
    assert (graded.submitted("fay") / "timestamp.txt.unreadable").read_text() == "next tuesday \x00"


def test_a_link_that_leads_nowhere_costs_no_grade(graded: Place) -> None:
    hand_in(graded, "hal")
    (graded.submitted("hal") / "data.csv").symlink_to(graded.root / "nowhere")
    assert autograde(graded, "hal")["success"]
    assert graded.score("hal") == 7.5


def test_stretch_points_count_where_the_course_says_so(graded: Place) -> None:
    hand_in(graded, "gus")
    settings = graded.course / "nbgrader_config.py"
    plain = settings.read_text()
    settings.write_text(plain + "c.SaveScores.count_stretch = True\n")
    autograde(graded, "gus")
    settings.write_text(plain)
    assert (graded.grades("gus")["check-shout"][0], graded.score("gus")) == (2.0, 9.5)


def test_nothing_is_saved_where_learners_code_cannot_be_sealed(
    graded: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_seal(*setup: Any) -> None:
        raise Fault("this machine can't seal learners' code", "seccomp", "use the container")

    GRADERS.close()
    monkeypatch.setattr(grading, "Judge", no_seal)
    hand_in(graded, "ben", halve="def halve(x):\n    return x * 0.5 + 0.0")
    before = graded.grades("ben")
    result = autograde(graded, "ben")
    assert not result["success"]
    assert [line for line in result["log"].splitlines() if "ERROR" in line] == [
        "[ERROR] seccomp: this machine can't seal learners' code; use the container."
    ]
    assert graded.grades("ben") == before


def test_a_week_that_was_never_released_is_one_sentence(graded: Place) -> None:
    (graded.course / "submitted" / "ada" / "week02").mkdir()
    (graded.course / "submitted" / "ada" / "week02" / "week02.ipynb").write_text("{}")
    said = graded.api().autograde("week02", "ada")["log"]
    assert "week02 can't be graded without its solutions, which are not here" in said

"""What must be in gradebook, export and graded notebooks after nbgrader's cycle on nine submissions."""

from __future__ import annotations

import json

import nbformat
import pytest
from instructor_cycle import Cycle
from instructor_place import WEEK
from nbgrader.utils import compute_checksum, is_locked

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

NOTHING = {
    "check-double": 0,
    "check-halve": 0,
    "check-Pair-total": 0,
    "check-Pair-order": 0,
    "check-shout": 0,
}
ALL = {**NOTHING, "check-double": 3, "check-halve": 1, "check-Pair-total": 2, "check-Pair-order": 1.5}
DESERVED = {
    "right": ALL | {"why-double": None},
    "partly": ALL | {"check-double": 1.5, "why-double": None},
    "untouched": NOTHING | {"why-double": 0},
    "broken": NOTHING | {"why-double": 0},
    "hostile": NOTHING | {"check-halve": 1, "check-Pair-order": 1.5, "why-double": None},
    "stripped": ALL | {"why-double": None},
    "tampered": ALL | {"why-double": None},
    "renamed": ALL | {"why-double": None},
    "absent": NOTHING | {"why-double": 0},
}


@pytest.mark.parametrize("learner", DESERVED)
def test_the_gradebook_has_what_a_submission_deserves(cycle: Cycle, learner: str) -> None:
    saved = cycle.place.grades(learner)
    assert {name: auto for name, (auto, _, _) in saved.items()} == DESERVED[learner]


@pytest.mark.parametrize("learner", DESERVED)
def test_a_person_is_asked_to_look_at_answered_questions_only(cycle: Cycle, learner: str) -> None:
    waiting = {name for name, (_, _, manual) in cycle.place.grades(learner).items() if manual}
    assert waiting == {name for name, points in DESERVED[learner].items() if points is None}


@pytest.mark.parametrize("learner", DESERVED)
def test_the_export_says_what_the_gradebook_says(cycle: Cycle, learner: str) -> None:
    points = sum(points or 0 for points in DESERVED[learner].values())
    assert (float(cycle.export[learner]["score"]), float(cycle.export[learner]["max_score"])) == (points, 9.5)


@pytest.mark.parametrize("learner", DESERVED)
def test_nbgraders_own_command_keeps_the_report_too(cycle: Cycle, learner: str) -> None:
    kept = json.loads((cycle.place.course / "reports" / WEEK / f"{learner}.json").read_text())
    assert kept["report"]["points"] == sum(points or 0 for points in DESERVED[learner].values())


def test_every_command_of_the_cycle_succeeds(cycle: Cycle) -> None:
    failed = {
        name: run.stderr for name, run in cycle.said.items() if run.returncode or "Traceback" in run.stderr
    }
    assert failed == {}


def test_unanswered_cells_get_the_comment_that_nbgrader_gives_them(cycle: Cycle) -> None:
    with cycle.place.gradebook as gradebook:
        comments = gradebook.find_submission_notebook(WEEK, WEEK, "untouched").comments
        said = {comment.name: comment.comment for comment in comments}
    assert {name for name, text in said.items() if text == "No response."} == {
        "double", "halve", "Pair", "shout", "why-double",
    }  # fmt: skip


@pytest.mark.parametrize("learner", DESERVED)
def test_graded_notebooks_are_valid_and_their_locked_cells_the_masters(cycle: Cycle, learner: str) -> None:
    graded = cycle.autograded(learner)
    nbformat.validate(graded)
    locked = [cell for cell in graded.cells if is_locked(cell)]
    assert len(locked) == 7
    assert all(cell.metadata.nbgrader.checksum == compute_checksum(cell) for cell in locked)


def test_no_score_stands_in_a_cell(cycle: Cycle) -> None:
    kinds = {
        output.output_type for cell in cycle.autograded("hostile").cells for output in cell.get("outputs", [])
    }
    assert kinds == {"display_data", "stream"}


def test_a_hostile_notebook_reads_and_writes_nothing_outside(cycle: Cycle) -> None:
    cells = cycle.autograded("hostile").cells
    outputs = json.dumps([cell.get("outputs") for cell in cells])
    assert ("READ" in outputs, outputs.count("refused PermissionError")) == (False, 4)
    assert list(cycle.place.root.rglob("*.stolen")) == []

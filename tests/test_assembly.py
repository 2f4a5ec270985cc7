"""Whatever became of a learner's notebook, each exercise's answer is found in it."""

from __future__ import annotations

import copy
import random

from handed_in import (
    ANSWER,
    SOLUTIONS,
    Json,
    accepted_by_nbgrader,
    answers,
    assembled,
    cell_of,
    code,
    defined,
    place,
    prose,
    read,
    solved,
    with_twin,
    without_metadata,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from autograde.assembly import assemble
from autograde.notebook import Cell, Notebook


def test_an_untouched_notebook_comes_back_as_the_master(release: Json) -> None:
    result = assembled(release, release)
    assert [cell.source for cell in result.cells] == ["".join(cell["source"]) for cell in release["cells"]]
    assert [cell.id for cell in result.cells] == [cell["id"] for cell in release["cells"]]
    assert [cell.origin for cell in result.cells] == list(range(1, len(release["cells"]) + 1))
    assert result.problems == []


def test_every_cell_knows_its_role_and_whether_it_runs(release: Json) -> None:
    result = assembled(release, release)
    roles = [(cell.id, cell.role, cell.runs) for cell in result.cells if not cell.id.startswith("week01")]
    assert roles == [
        ("given-week", "given", False),
        ("given-imports", "given", True),
        ("double", "exercise", True),
        ("check-double", "check", False),
        ("Pair", "exercise", True),
        ("check-Pair-sum", "check", False),
        ("check-Pair-order", "check", False),
        ("LIMIT", "exercise", True),
        ("check-LIMIT", "check", False),
        ("why-double", "question", False),
        ("reflection", "reflection", True),
    ]
    rest = {(cell.role, cell.runs) for cell in result.cells if cell.id.startswith("week01")}
    assert rest == {("prose", False), ("explore", False)}


def test_a_solved_notebook_gives_the_solutions_and_nothing_else(release: Json) -> None:
    result = assembled(release, solved(release))
    assert answers(result) == SOLUTIONS
    assert ANSWER in cell_of(result, "why-double").source
    assert len(result.cells) == len(release["cells"])
    assert result.problems == []


@settings(max_examples=100)
@given(seed=st.integers(0, 10**6), keep_ids=st.booleans(), keep_metadata=st.booleans(), reorder=st.booleans())
def test_stripped_and_reordered_it_gives_the_same_solutions(
    release: Json, seed: int, keep_ids: bool, keep_metadata: bool, reorder: bool
) -> None:
    submission = solved(release)
    for cell in submission["cells"]:
        if not keep_ids:
            del cell["id"]
        if not keep_metadata:
            cell["metadata"] = {"colab": {"base_uri": "x"}}
    if reorder:
        random.Random(seed).shuffle(submission["cells"])
    result = assembled(release, submission)
    assert answers(result) == SOLUTIONS
    assert ANSWER in cell_of(result, "why-double").source
    assert [cell.role for cell in result.cells] == [cell.role for cell in assembled(release, release).cells]
    assert result.problems == []


CELLS = st.builds(
    Cell,
    st.sampled_from(["code", "markdown", "raw"]),
    st.sampled_from(
        [*SOLUTIONS.values(), "", "def double(", 'check("double")', "raise NotImplementedError", "%%x"]
    )
    | st.text(max_size=20),
    st.sampled_from([None, "double", "Pair", "check-double", "why-double", "reflection", "given-week", "x"]),
)


@settings(max_examples=100)
@given(cells=st.lists(CELLS, max_size=12))
def test_any_heap_of_cells_is_put_together_and_accepted_by_nbgrader(release: Json, cells: list[Cell]) -> None:
    numbered = [Cell(cell.kind, cell.source, cell.grade_id, index=n) for n, cell in enumerate(cells, 1)]
    result = assemble(read(release), Notebook(numbered))
    accepted_by_nbgrader(release, result)
    assert all(problem.endswith(".") for problem in result.problems)
    assert len({cell.id for cell in result.cells}) == len(result.cells)
    locked = [cell.source for cell in result.cells if cell.role in ("given", "check")]
    assert locked == [cell.source for cell in read(release).cells if cell.role in ("given", "check")]


def test_own_cells_follow_the_cell_that_they_followed(release: Json) -> None:
    submission = solved(release)
    submission["cells"].insert(place(submission, "check-double"), code("helper = 1"))
    submission["cells"].insert(place(submission, "Pair") + 1, prose("my *note*"))
    submission["cells"].insert(0, code("import os"))
    result = assembled(release, submission)
    ids = [cell.id for cell in result.cells]
    assert ids[0] == "own-1"
    assert ids[ids.index("double") + 1 : ids.index("double") + 3] == ["own-7", "check-double"]
    note = result.cells[ids.index("Pair") + 1]
    assert (note.source, note.role, note.kind, note.origin) == ("my *note*", "own", "markdown", 11)
    assert answers(result) == SOLUTIONS


def test_an_exercise_split_over_two_cells_keeps_both_in_order(release: Json) -> None:
    submission = solved(release)
    here = place(submission, "double")
    submission["cells"][here]["source"] = "TWO = 2"
    submission["cells"].insert(here + 1, code("def double(x):\n    return TWO * x"))
    result = assembled(release, submission)
    assert [cell.source for cell in result.cells if cell.origin in (here + 1, here + 2)] == [
        "TWO = 2",
        "def double(x):\n    return TWO * x",
    ]
    assert defined(result, "double")(4) == 8
    assert result.problems == []


def test_written_beside_an_untouched_stub_it_takes_the_stubs_place(release: Json) -> None:
    for offset in (0, 1):
        submission = copy.deepcopy(release)
        submission["cells"].insert(place(submission, "double") + offset, code(SOLUTIONS["double"]))
        result = assembled(release, submission)
        assert cell_of(result, "double").source == SOLUTIONS["double"]
        assert defined(result, "double")(4) == 8


def test_of_several_definitions_the_last_counts_and_a_sentence_says_so(release: Json) -> None:
    submission = solved(release)
    submission["cells"].append(code("def double(x):\n    return 'last'"))
    result = assembled(release, submission)
    here, last = place(release, "double") + 1, len(submission["cells"])
    assert result.problems == [f"double is defined in cells {here} and {last}; the last one counts."]
    assert defined(result, "double")(1) == "last"
    assert result.cells[-1].role == "own"


def test_a_definition_that_is_no_python_is_not_said_to_count(release: Json) -> None:
    submission = solved(release)
    submission["cells"].append(code("def double(x):\n    return x +"))
    result = assembled(release, submission)
    assert len(result.problems) == 1
    assert "can't be read as Python" in result.problems[0]
    assert defined(result, "double")(4) == 8


def test_the_last_definition_counts_where_cells_were_moved_about(release: Json) -> None:
    moved_up, moved_down = solved(release), solved(release)
    cell = moved_up["cells"].pop(place(moved_up, "double"))
    moved_down["cells"].remove(cell)
    moved_up["cells"] = [
        cell,
        moved_up["cells"][0],
        code("def double(x): return 'own'"),
        *moved_up["cells"][1:],
    ]
    moved_down["cells"] += [code("def double(x): return 'own'"), cell]
    assert defined(assembled(release, moved_up), "double")(1) == "own"
    assert defined(assembled(release, moved_down), "double")(1) == 2


def test_a_duplicated_cell_id_keeps_both_cells_code(release: Json) -> None:
    submission = solved(release)
    twin = copy.deepcopy(submission["cells"][place(submission, "double")])
    twin["source"] = "def double(x):\n    return 'twin'"
    submission["cells"].append(twin)
    submission["cells"].append(copy.deepcopy(release["cells"][place(release, "double")]))
    result = assembled(release, submission)
    assert defined(result, "double")(1) == "twin"
    assert cell_of(result, "double").source == twin["source"]
    assert [cell.role for cell in result.cells if SOLUTIONS["double"] in cell.source] == ["exercise"]
    assert "double is defined in cells" in result.problems[0]


def test_one_cell_that_answers_everything_is_enough(release: Json) -> None:
    everything = "\n\n".join(SOLUTIONS.values())
    result = assembled(release, {"cells": [code(everything)]})
    assert defined(result, "LIMIT") == 14.0
    assert defined(result, "double")(3) == 6
    assert cell_of(result, "LIMIT").source == "# LIMIT is defined in cell 1."
    assert not any("not found" in problem for problem in result.problems if "why-double" not in problem)


def test_stubs_that_are_all_alike_stand_for_one_exercise_each(release: Json) -> None:
    release = with_twin(release, "LIMIT", "BOUND")
    result = assembled(release, without_metadata(release))
    assert result.problems == []
    assert None not in (cell_of(result, "LIMIT").origin, cell_of(result, "BOUND").origin)


def test_the_answer_to_one_question_is_not_taken_for_that_to_another(release: Json) -> None:
    release = with_twin(release, "why-double", "why-triple", "doubling a hundred", "tripling a thousand")
    submission = solved(release)
    other = submission["cells"][place(submission, "why-triple")]
    other["source"] = other["source"].replace(ANSWER, "Because of three.")
    submission["cells"].reverse()
    result = assembled(release, without_metadata(submission))
    assert cell_of(result, "why-double").source.endswith(ANSWER)
    assert cell_of(result, "why-triple").source.endswith("Because of three.")

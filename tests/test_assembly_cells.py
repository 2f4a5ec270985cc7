"""What isn't an exercise's answer: said where it is missing, the master's where it is locked, harmless else."""

from __future__ import annotations

import copy
import json

import nbformat
import pytest
from handed_in import (
    ANSWER,
    SOLUTIONS,
    Json,
    assembled,
    cell_of,
    code,
    place,
    prose,
    read,
    solved,
    without_metadata,
)

from autograde.assembly import to_nbformat


def test_what_is_not_found_is_said_with_where_it_was_looked_for(release: Json) -> None:
    submission = solved(release)
    del submission["cells"][place(submission, "double")]
    del submission["cells"][place(submission, "why-double")]
    result = assembled(release, submission)
    assert cell_of(result, "double").origin is None
    assert result.problems == [
        "double was not found: looked for the cell `double` by its metadata and for a definition of that "
        "name; define double in a code cell.",
        "the answer to why-double was not found: looked for the cell `why-double` by its metadata and for "
        "the question's text; put the answer below a copy of the question.",
    ]
    assert assembled(release, {"cells": []}).cells


def test_an_import_of_that_name_is_no_answer(release: Json) -> None:
    submission = copy.deepcopy(release)
    submission["cells"].insert(0, code("from operator import neg as double"))
    result = assembled(release, submission)
    assert "NotImplementedError" in cell_of(result, "double").source


def test_a_syntax_error_costs_its_own_cell_and_is_named(release: Json) -> None:
    submission = solved(release)
    here = place(submission, "double")
    submission["cells"][here]["source"] = "def double(x):\n    return x +"
    result = assembled(release, submission)
    assert cell_of(result, "double").source.endswith("x +")
    sentence = "can't be read as Python: invalid syntax, line 2; correct it, or what it defines is missing."
    assert result.problems == [f"cell {here + 1} (double) {sentence}"]
    stripped = assembled(release, without_metadata(submission))
    assert stripped.problems == [f"cell {here + 1} {sentence}"]
    assert cell_of(stripped, "double").origin == here + 1


def test_magics_are_no_syntax_errors(release: Json) -> None:
    submission = solved(release)
    submission["cells"] += [
        code("%matplotlib inline\n!pip list"),
        code("%%bash\nls -l | wc"),
        code("double?"),
    ]
    assert assembled(release, submission).problems == []


def test_locked_cells_are_the_masters_whatever_was_made_of_them(release: Json) -> None:
    submission = solved(release)
    submission["cells"][place(submission, "check-double")]["source"] = 'check = print\ncheck("double")'
    submission["cells"][place(submission, "given-imports")]["source"] = "math = None"
    submission["cells"] += [
        code(' check( "double" );'),
        code("from autograde import week\ncheck = week('week01')"),
    ]
    result = assembled(release, submission)
    assert [cell.source for cell in result.cells if cell.role in ("given", "check")] == [
        cell.source for cell in read(release).cells if cell.role in ("given", "check")
    ]
    assert not any(cell.role == "own" for cell in result.cells)
    assert [problem.partition(" is ")[0] for problem in result.problems] == ["cell 3", "cell 6"]


def test_an_answer_typed_into_a_check_cell_is_not_lost(release: Json) -> None:
    submission = copy.deepcopy(release)
    submission["cells"][place(submission, "check-double")]["source"] = (
        SOLUTIONS["double"] + '\ncheck("double")'
    )
    result = assembled(release, submission)
    assert SOLUTIONS["double"] in cell_of(result, "double").source
    assert cell_of(result, "check-double").source == 'check("double")'


@pytest.mark.parametrize("strip", [False, True])
def test_explore_cells_stay_explore_cells(release: Json, strip: bool) -> None:
    submission = solved(release)
    cell = next(cell for cell in submission["cells"] if cell["metadata"].get("tags") == ["explore"])
    cell["metadata"] = {"tags": ["skip-execution"]}
    cell["source"] += "  \n\n" if strip else "\ntime.sleep(100)"
    result = assembled(release, without_metadata(submission) if strip else submission)
    (explore,) = [cell for cell in result.cells if cell.role == "explore"]
    assert (explore.source, explore.tags, explore.runs) == (cell["source"], ("explore",), False)
    (built,) = [cell for cell in to_nbformat(result, release)["cells"] if cell["id"] == explore.id]
    assert built["metadata"] == {"tags": ["explore"]}


def test_a_copied_explore_cell_is_one_too(release: Json) -> None:
    submission = solved(release)
    submission["cells"].append(next(cell for cell in submission["cells"] if "tags" in cell["metadata"]))
    built = to_nbformat(assembled(release, submission), release)["cells"]
    assert [cell["metadata"]["tags"] for cell in built if "sleep" in cell["source"]] == [["explore"]] * 2


def test_foreign_metadata_tags_and_attachments_are_dropped(release: Json) -> None:
    submission = solved(release)
    for cell in submission["cells"]:
        cell["metadata"] |= {"tags": ["skip-execution"], "evil": "<script>"}
        cell["attachments"] = {"a.png": {"image/png": "AAAA"}}
    submission["metadata"] = {"evil": "<script>", "kernelspec": {"name": "evil"}}
    submission["cells"].append(code("x = 1", metadata={"tags": ["explore"]}))
    text = json.dumps(to_nbformat(assembled(release, submission), release))
    assert not any(word in text for word in ("evil", "skip-execution", "attachments"))
    assert assembled(release, submission).cells[-1].runs


def test_prose_that_was_written_into_is_kept_beside_the_masters(release: Json) -> None:
    submission = solved(release)
    submission["cells"][1]["source"] += "\n\nNote to <script>self</script>."
    result = assembled(release, submission)
    assert result.cells[1].source == "".join(release["cells"][1]["source"])
    assert "&lt;script>self" in result.cells[2].source


@pytest.mark.parametrize("strip", [False, True])
def test_an_answer_below_the_question_is_found(release: Json, strip: bool) -> None:
    submission = solved(release)
    here = place(submission, "why-double")
    submission["cells"][here] = copy.deepcopy(release["cells"][here])
    submission["cells"].insert(here + 1, prose(ANSWER))
    result = assembled(release, without_metadata(submission) if strip else submission)
    assert cell_of(result, "why-double").source.startswith("Why does doubling")
    assert cell_of(result, "why-double").source.endswith(ANSWER)


@pytest.mark.parametrize("strip", [False, True])
def test_no_cell_of_the_learners_brings_html_that_acts(release: Json, strip: bool) -> None:
    submission = solved(release)
    evil = "<img src=x onerror=alert(1)>"
    submission["cells"][place(submission, "why-double")]["source"] += evil
    submission["cells"] += [prose(evil), {"cell_type": "raw", "metadata": {}, "source": evil}]
    result = assembled(release, without_metadata(submission) if strip else submission)
    assert {cell.kind for cell in result.cells} == {"code", "markdown"}
    shown = [cell.source for cell in result.cells if "onerror" in cell.source]
    assert len(shown) == 3
    assert not any("<img" in source for source in shown)


def test_outputs_come_back_in_the_cells_that_made_them(release: Json) -> None:
    result = assembled(release, solved(release))
    position = next(n for n, cell in enumerate(result.cells) if cell.grade_id == "double")
    output = {"output_type": "stream", "name": "stdout", "text": "hello"}
    built = nbformat.from_dict(to_nbformat(result, release, {position: [output]}))
    nbformat.validate(built)
    assert [cell.outputs for cell in built.cells if cell.cell_type == "code" and cell.outputs] == [[output]]
    first = to_nbformat(result, release)["cells"][0]
    first["metadata"]["nbgrader"]["points"] = 1000
    assert "points" not in release["cells"][0]["metadata"]["nbgrader"]

"""Whatever became of a learner's notebook, the master comes back with the learner's work in it."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbgrader.nbgraderformat import MetadataValidator

from autograde.assembly import Assembled, AssembledCell, assemble, escape_markdown, to_nbformat
from autograde.notebook import Cell, Notebook, read_notebook

Json = dict[str, Any]
SOLUTIONS = {
    "double": "def double(x):\n    return x + x",
    "Pair": "class Pair:\n    def __init__(self, a, b):\n        self.both = a, b",
    "LIMIT": "LIMIT = 14.0",
    "reflection": 'reflection = {"hours": 3.5, "sticking_point": "the sum"}',
}
ANSWER = "Because 2**10 is **about** 1000."


def code(source: str, **rest: Any) -> Json:
    return {"cell_type": "code", "metadata": {}, "source": source, **rest}


def prose(source: str, **rest: Any) -> Json:
    return {"cell_type": "markdown", "metadata": {}, "source": source, **rest}


def solved(release: Json) -> Json:
    """The release with all of it filled in, as a diligent learner hands it in."""
    notebook = copy.deepcopy(release)
    for cell in notebook["cells"]:
        if cell["id"] in SOLUTIONS:
            cell["source"] = SOLUTIONS[cell["id"]]
        cell["source"] = "".join(cell["source"]).replace("*Your answer here.*", ANSWER)
    return notebook


def place(notebook: Json, cell_id: str) -> int:
    return next(n for n, cell in enumerate(notebook["cells"]) if cell.get("id") == cell_id)


def read(notebook: Json) -> Notebook:
    return read_notebook(json.dumps(notebook).encode())


def assembled(release: Json, submission: Json) -> Assembled:
    result = assemble(read(release), read(submission))
    accepted_by_nbgrader(release, result)
    return result


def accepted_by_nbgrader(release: Json, result: Assembled) -> None:
    notebook = nbformat.from_dict(to_nbformat(result, release))
    nbformat.validate(notebook)
    MetadataValidator().validate_nb(notebook)
    assert notebook.metadata == release["metadata"]
    graded = [cell.metadata.nbgrader for cell in notebook.cells if "nbgrader" in cell.metadata]
    assert graded == [
        cell["metadata"]["nbgrader"] for cell in release["cells"] if "nbgrader" in cell["metadata"]
    ]


def cell_of(result: Assembled, grade_id: str) -> AssembledCell:
    (cell,) = [cell for cell in result.cells if cell.grade_id == grade_id]
    return cell


def answers(result: Assembled) -> dict[str, str]:
    return {name: cell_of(result, name).source for name in SOLUTIONS}


def without_metadata(notebook: Json) -> Json:
    notebook = copy.deepcopy(notebook)
    for cell in notebook["cells"]:
        cell["metadata"] = {}
        cell.pop("id", None)
    return notebook


def defined(result: Assembled, name: str) -> Any:
    """What the name is after the cells that grading runs, those that fail skipped."""
    names: Json = {}
    for cell in result.cells:
        if cell.runs:
            try:
                exec(cell.source, names)
            except (Exception, SyntaxError):  # to name the two things a cell may do
                continue
    return names.get(name)


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


def with_twin(release: Json, cell_id: str, twin_id: str, old: str = "", new: str = "") -> Json:
    """The release with a second cell like the first behind it."""
    release = copy.deepcopy(release)
    twin = copy.deepcopy(release["cells"][place(release, cell_id)])
    twin["id"] = twin["metadata"]["nbgrader"]["grade_id"] = twin_id
    twin["source"] = "".join(twin["source"]).replace(old, new)
    release["cells"].insert(place(release, cell_id) + 1, twin)
    return release


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
    assert result.problems == [
        f"cell {here + 1} can't be read as Python: invalid syntax, line 2; "
        "correct it, or what it defines is missing."
    ]
    stripped = assembled(release, without_metadata(submission))
    assert stripped.problems == result.problems
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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a < b and **c** > d", None),
        ("> quoted\n\n- item\n\n[link](https://example.org) $x < y$", None),
        ("<script>alert(1)</script>", "&lt;script>alert(1)&lt;/script>"),
        ("x<!--y--><?z?>", "x&lt;!--y-->&lt;?z?>"),
        ("`List<int>` and $a<b$", "`List< int>` and $a< b$"),
        ("```\nif a<b: <img src=x onerror=y>\n```\n<b>", "```\nif a< b: < img src=x onerror=y>\n```\n&lt;b>"),
        ("[x](javascript:alert(1))", "[x](blocked:alert(1))"),
        ("[x]: JaVa\tScript&colon;alert(1)", "[x]: blocked:alert(1)"),
        ("[x](&#x6A;avascript\\:alert(1))", "[x](blocked:alert(1))"),
        ("$\\href{javascript:alert(1)}{x}$", "$\\href{blocked:alert(1)}{x}$"),
        (
            "[x](data:text/html;base64,AA) and the data: here",
            "[x](blocked:text/html;base64,AA) and the data: here",
        ),
    ],
)
def test_markdown_keeps_its_form_and_loses_what_could_act(text: str, expected: str | None) -> None:
    assert escape_markdown(text) == (text if expected is None else expected)


@pytest.mark.parametrize(
    "text",
    [
        "x" + "`" * 100_000,
        "` `` " * 40_000,
        "$" * 100_001,
        "j" + " " * 200_000,
        "j&tab;" * 30_000,
        "```\n" * 50_001,
    ],
)
def test_escaping_hostile_text_takes_no_time(text: str) -> None:
    escape_markdown(text + "<b>")

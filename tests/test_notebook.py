"""Whatever is handed in is read, and what can't be read is said in a sentence."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograde.notebook import Cell, bound_names, parse, read_notebook, read_percent


def notebook(*cells: Any) -> bytes:
    return json.dumps({"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def code(source: Any, **rest: Any) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], **rest}


def only_problem(data: bytes) -> str:
    read = read_notebook(data, "week01.ipynb")
    assert read.cells == []
    (problem,) = read.problems
    return problem


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["cells", "worksheets", "source", "input", "metadata", "tags", "nbgrader", "grade_id"]
            )
            | st.sampled_from(["cell_type", "level", "id", "outputs", "autograde", "role", "nbformat"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=40,
)


@settings(max_examples=400)
@given(JSON)
def test_reading_never_raises_on_any_json(document: Any) -> None:
    for data in (document, {"cells": document}, {"cells": [document]}, {"cells": [{"metadata": document}]}):
        read = read_notebook(json.dumps(data).encode())
        assert all(problem.endswith(".") for problem in read.problems)
        for cell in read.cells:
            assert isinstance(cell.source, str)
            cell.source.encode()
            assert cell.role
            bound_names(cell.source)


@settings(max_examples=400)
@given(st.binary(max_size=200))
def test_reading_never_raises_on_any_bytes(data: bytes) -> None:
    for name in ("week01.ipynb", "week01.py"):
        for problem in read_notebook(data, name).problems:
            assert problem.endswith(".")


@settings(max_examples=400)
@given(st.text(alphabet='# %[]markdown="{}:,1\n\tx', max_size=120))
def test_reading_a_percent_file_never_raises_and_loses_no_line(text: str) -> None:
    percent = read_percent(text)
    assert all(1 <= line <= text.count("\n") + 1 for line, _ in percent.faults)
    marked = [line for line in text.split("\n") if line.startswith(("# %%", "#%%"))]
    assert len(percent.cells) <= len(marked)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "week01.ipynb is empty; "),
        (b" \n ", "week01.ipynb is empty; "),
        (notebook(code("x = 1"))[:60], "its JSON breaks off or is damaged at line 1, column "),
        (b"<html>404</html>", "its JSON breaks off or is damaged at line 1, column 1"),
        (b"[1, 2]", "it has no list of cells"),
        (b"null", "it has no list of cells"),
        (b'{"cells": 3}', "it has no list of cells"),
        (b"[" * 200_000, "its JSON is nested too deeply"),
        (b'{"cells":' * 100_000, "its JSON is nested too deeply"),
    ],
    ids=[
        "empty",
        "blank",
        "cut off",
        "a web page",
        "a list",
        "null",
        "cells a number",
        "deep list",
        "deep object",
    ],
)
def test_what_is_no_notebook_is_said_to_be_none(data: bytes, said: str) -> None:
    assert said in only_problem(data)


def test_a_broken_cell_costs_itself_only() -> None:
    unknown = {"cell_type": "quiz", "source": "?"}
    read = read_notebook(notebook(code("a = 1"), 7, code(None), code(["b = 2\n", 3]), unknown, code("c = 3")))
    assert [(cell.index, cell.source) for cell in read.cells] == [
        (1, "a = 1"),
        (3, ""),
        (4, "b = 2\n"),
        (5, "?"),
        (6, "c = 3"),
    ]
    assert [problem.split(" ")[:2] for problem in read.problems] == [["cell", str(n)] for n in (2, 3, 4, 5)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1"])
def test_other_encodings_are_read_and_named(encoding: str) -> None:
    text = notebook().decode().replace("[]", '[{"cell_type": "code", "source": "größe = 1"}]')
    bom = b"\xff\xfe" if encoding == "utf-16-le" else b""
    read = read_notebook(bom + text.encode(encoding), "week01.ipynb")
    assert [cell.source for cell in read.cells] == ["größe = 1"]
    assert len(read.problems) == (0 if encoding.startswith("utf-8") else 1)


def test_a_notebook_of_2014_is_read() -> None:
    cells = [
        {"cell_type": "heading", "level": 2, "source": ["Title"]},
        {"cell_type": "code", "input": ["x = 1\n", "y = 2"], "language": "python"},
        {"cell_type": "html", "source": "<b>x</b>"},
    ]
    read = read_notebook(json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}, 4]}).encode())
    assert [(cell.kind, cell.source) for cell in read.cells] == [
        ("markdown", "## Title"),
        ("code", "x = 1\ny = 2"),
        ("markdown", "<b>x</b>"),
    ]
    assert read.problems == []


def test_strange_numbers_and_letters_do_no_harm() -> None:
    text = (
        '{"cells": [{"cell_type": "code", "cell_type": "code", "source": "a\\ud800b\\r\\nc", '
        '"execution_count": ' + "9" * 10_000 + ', "metadata": {"x": NaN, "y": -Infinity}}]}'
    )
    read = read_notebook(text.encode())
    assert [cell.source for cell in read.cells] == ["a\ufffdb\nc"]
    assert "cell 1 holds a character that isn't one" in read.problems[0]


def test_fifty_megabytes_of_outputs_and_a_thousand_cells_are_read_in_seconds() -> None:
    output = {"output_type": "stream", "name": "stdout", "text": "x" * 50_000}
    data = notebook(*(code(f"x = {number}", outputs=[output]) for number in range(1000)))
    started = time.process_time()
    read = read_notebook(data)
    assert time.process_time() - started < 5
    assert [cell.index for cell in read.cells] == list(range(1, 1001))


def test_what_is_far_too_large_is_said_to_be() -> None:
    assert "MB; clear its outputs" in only_problem(b" " + b"[" * (101 * 2**20))
    read = read_notebook(notebook(*(code("x" * 1_000_000) for _ in range(6))))
    assert len(read.cells) == 4
    assert "cell 5 and all below it are left out" in read.problems[0]


@pytest.mark.parametrize(
    ("metadata", "rest", "expected"),
    [
        ({"nbgrader": {"grade_id": "relu"}}, {"id": "a1"}, "relu"),
        ({}, {"id": "relu"}, "relu"),
        ({"id": "relu", "colab": {}}, {}, "relu"),
        ({"nbgrader": ["relu"]}, {"id": 5}, None),
        ({"nbgrader": {"grade_id": "<script>"}}, {"id": "x" * 65}, None),
    ],
)
def test_a_cells_id_stands_in_for_a_lost_grade_id(metadata: Any, rest: Any, expected: str | None) -> None:
    (cell,) = read_notebook(notebook(code("", metadata=metadata, **rest))).cells
    assert cell.grade_id == expected


def test_a_percent_file_is_read_like_a_notebook() -> None:
    text = "# %% [markdown]\n# # Title\n#\n# text\n\n"
    text += '# %% exercise="relu" points={"a": 1}\ndef relu(): ...\n# %matplotlib x'
    first, second = read_notebook(text.encode(), "week01.py").cells
    assert (first.kind, first.source, first.role) == ("markdown", "# Title\n\ntext", "prose")
    assert (second.source, second.grade_id, second.role) == (
        "def relu(): ...\n%matplotlib x",
        "relu",
        "exercise",
    )
    assert (second.metadata, second.line) == ({"exercise": "relu", "points": {"a": 1}}, 6)


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def f(a):\n    b = 1", {"f"}),
        ("class A:\n    x = 1\nasync def g(): ...", {"A", "g"}),
        ("a, (b, *c) = 1, (2, 3)\nd: int = 4\ne: int\nf.x = 1\ng[0] = 2", {"a", "b", "c", "d"}),
        ("if 1:\n    def f(): ...\nelse:\n    y = 1\nfor i in z: k = i", {"f", "y", "i", "k"}),
        ("import a.b, c as d\nfrom e import f as g", {"a", "d", "g"}),
        ("[x for x in y]\nlambda: (z := 1)\ndel w", set()),
        ("%matplotlib inline\n!ls\nx = %time 3\nf?\ny = 1", {"y"}),
        ("%%time\nx = await f()", {"x"}),
        ("%%bash\nx = 1", set()),
        ("def softmax(x):\n    return (\nLIMIT = 3\nclass A(:\n    y = 1", {"softmax", "LIMIT", "A"}),
    ],
)
def test_the_names_that_a_cell_binds(source: str, names: set[str]) -> None:
    assert bound_names(source) == names


@pytest.mark.parametrize(
    "source",
    [
        "-" * 190_000 + "1",
        "(" * 150_000,
        "a" + ".a" * 90_000,
        "x = 1\0",
        "1 if 1 else " * 15_000,
        "y" * 10**6,
    ],
)
def test_no_source_is_too_hard_to_look_at(source: str) -> None:
    assert "deep" in repr(parse(source)) or "message=" in repr(parse(source))


def test_reading_is_light_enough_for_a_learners_door() -> None:
    program = "import sys, autograde.notebook; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    heavy = {"nbformat", "jupytext", "torch", "IPython", "nbgrader", "jsonschema"}
    assert heavy & set(run.stdout.split()) == set()


def test_an_exercises_cell_is_called_by_its_name_as_well() -> None:
    role = {"autograde": {"role": "exercise"}}
    assert Cell("code", "", "Vector", metadata=role, index=7).label == "cell 7 (Vector)"
    assert Cell("code", "", "ab12cd34", index=7).label == "cell 7"
    assert Cell("code", "", "<b>", metadata=role, index=7).label == "cell 7"

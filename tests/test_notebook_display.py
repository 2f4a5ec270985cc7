"""`check("softmax")` in a notebook: a real kernel once, and the same objects without one."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pytest
import torch

from autograde.explaining import Told, exercise_of
from autograde.notebook_display import Check, Shown, week
from autograde.pages import exercises_html
from autograde.show import show, show_arguments
from autograde.tables import exercise_lines, plain_text

CHECKS = '''\
from hypothesis import given
from hypothesis import strategies as st

from autograde.properties import assert_close, assert_equal, exercise

numbers = st.integers(-9, 9)


@exercise("double")
@given(x=numbers)
def test_twice(learner, x):
    """The double of a number is the number and itself.

    Hint: add, don't square.
    """
    assert_close(learner.double(x), x + x)


@exercise("Bell")
def test_rings(learner):
    """A bell can be made."""
    assert_equal(learner.has("Bell"), True)


@exercise("shout-loud")
@given(word=st.text("<b>", min_size=1))
def test_capitals(learner, word):
    """Every letter is a capital."""
    assert_equal(learner.shout(word), word.upper())


@exercise("shout-twice")
def test_once_more(learner):
    """What is shouted stays shouted."""
    assert_equal(learner.shout("B"), "B")
'''
STUBS = {
    "double": "def double(x):\n    raise NotImplementedError",
    "Bell": "class Bell:\n    raise NotImplementedError",
    "shout": "def shout(word):\n    raise NotImplementedError",
}
POINTS = {"double": 3, "Bell": 1, "shout-loud": 2, "shout-twice": 1}
CELLS = {
    "first": 'from autograde import week\n\ncheck = week("week01")',
    "impatience": "import random\nimport autograde.bench\nautograde.bench.CALL_SECONDS = 0.3",
    "undefined": 'check("double")',
    "class that is not there": 'check("Bell")',
    "class": STUBS["Bell"],
    "class as given": 'check("Bell")',
    "stub": STUBS["double"],
    "to do": 'check("double")',
    "wrong": "def double(x):\n    print('noise')\n    return x * x",
    "failing": 'check("double")',
    "raising": "def double(x):\n    return x + None\n\nrandom.seed(5)",
    "raised": 'check("double")',
    "random": "print(random.Random(5).random() == random.random())",
    "endless": "def double(x):\n    while True:\n        pass",
    "stopped": 'check("double")',
    "right": "def double(x):\n    return 2 * x\n\ndef shout(word):\n    return word",
    "done": 'check("double")',
    "parts": 'check("shout")',
    "all": "check()",
    "unknown": 'check("triple")',
    "no week": 'week("week99")("double")',
    "in a program": 'print(bool(check("double")), bool(check("shout-loud")), bool(check("triple")))',
}
HOSTILE = "<script>alert('x')</script>&amp;"


def test_short_arguments_share_a_line() -> None:
    drawn = {
        "x": torch.tensor([1.0, 2.0]),
        "k": 2,
        "stride": None,
        "y": torch.zeros(2, 3),
        "seed": 4,
    } | dict.fromkeys("abcdefgh", 1.25)
    assert show_arguments(drawn).splitlines() == [
        "x = tensor([1., 2.]), k = 2, stride = None",
        "y = tensor([[0., 0., 0.],",
        "            [0., 0., 0.]])",
        "seed = 4, a = 1.25, b = 1.25, c = 1.25, d = 1.25, e = 1.25",
        "f = 1.25, g = 1.25, h = 1.25",
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, put_week: Callable[..., Path]) -> Path:
    """A learner's week01."""
    root = tmp_path_factory.mktemp("course")
    return put_week(root / "exercises" / "week01", CHECKS, [], STUBS, POINTS)


@pytest.fixture(scope="module")
def outputs(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """What Jupyter shows under each of CELLS."""
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS.values()]
    notebook = nbformat.v4.new_notebook(cells=cells)
    nbclient.NotebookClient(
        notebook,
        timeout=60,
        allow_errors=True,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
    ).execute()
    return dict(zip(CELLS, (cell.outputs for cell in notebook.cells), strict=True))


def text_of(outputs: dict[str, list[dict[str, Any]]], cell: str) -> str:
    """What a cell shows where there is no HTML. It shows one thing and prints nothing."""
    [output] = outputs[cell]
    return str(output["data"]["text/plain"])


def words(html: str) -> str:
    """The text of a page without its marks."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


@pytest.mark.parametrize(
    ("cell", "state"),
    [
        ("undefined", "missing"),
        ("class that is not there", "missing"),
        ("class as given", "to do"),
        ("to do", "to do"),
        ("failing", "failing"),
        ("done", "done"),
    ],
)
def test_an_exercise_is_shown_with_its_state(
    outputs: dict[str, list[dict[str, Any]]], cell: str, state: str
) -> None:
    assert text_of(outputs, cell).splitlines()[0].split()[-1] == state.split()[-1]


def test_a_name_that_is_not_there_says_what_to_do(outputs: dict[str, list[dict[str, Any]]]) -> None:
    text = " ".join(text_of(outputs, "undefined").split())
    assert (
        "nothing in the notebook is called double; write it, delete its `raise NotImplementedError`, and run its cell"
        in text
    )


def test_a_failure_is_explained_as_under_pytest(outputs: dict[str, list[dict[str, Any]]]) -> None:
    assert text_of(outputs, "failing").splitlines()[2:] == [
        "double: The double of a number is the number and itself.",
        "  input     x = 1",
        "  got       1",
        "  expected  2",
        "  differs   off by -1",
        "  hint      add, don't square.",
    ]


def test_html_says_the_same(outputs: dict[str, list[dict[str, Any]]]) -> None:
    html = outputs["failing"][0]["data"]["text/html"]
    assert words(html) == (
        "double failing 0 of 3 points The double of a number is the number and itself. input x = 1 got 1 "
        "expected 2 differs off by -1 hint add, don&#x27;t square."
    )


def test_an_exception_names_the_cell_as_jupyter_numbers_it(outputs: dict[str, list[dict[str, Any]]]) -> None:
    text = text_of(outputs, "raised")
    assert "(cell [11], line 2)" in " ".join(text.split())
    assert "line      return x + None" in text


def test_a_check_leaves_the_notebooks_random_numbers_alone(outputs: dict[str, list[dict[str, Any]]]) -> None:
    assert outputs["random"][0]["text"] == "True\n"


def test_a_call_that_does_not_end_is_stopped(outputs: dict[str, list[dict[str, Any]]]) -> None:
    assert "double did not return within 0.3 s" in text_of(outputs, "stopped")


def test_an_exercise_with_parts_is_shown_part_by_part(outputs: dict[str, list[dict[str, Any]]]) -> None:
    rows = [line.split()[0] for line in text_of(outputs, "parts").splitlines() if " / " in line]
    assert rows == ["shout-loud", "shout-twice"]


def test_without_a_name_all_exercises_are_checked(outputs: dict[str, list[dict[str, Any]]]) -> None:
    assert "4 of 7 points" in text_of(outputs, "all")


def test_an_unknown_exercise_is_a_sentence_that_lists_those_there_are(
    outputs: dict[str, list[dict[str, Any]]],
) -> None:
    assert text_of(outputs, "unknown") == (
        "week01 has no exercise called 'triple'; there are double, Bell, shout-loud, shout-twice."
    )


def test_an_unknown_week_is_a_sentence_that_lists_those_there_are(
    outputs: dict[str, list[dict[str, Any]]],
) -> None:
    assert text_of(outputs, "no week") == "there is no week called 'week99'; there are week01."


def test_a_program_can_ask_whether_all_is_done(outputs: dict[str, list[dict[str, Any]]]) -> None:
    assert outputs["in a program"][0]["text"] == "True False False\n"


def test_without_a_kernel_the_callers_own_names_are_checked(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    names: dict[str, Any] = {"check": week("week01"), "double": lambda x: 2 * x}
    exec('shown = check("double")', names)
    assert repr(names["shown"]).endswith("done")


def test_a_check_leaves_seeds_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    random.seed(3)
    torch.manual_seed(3)
    before = random.getstate(), torch.get_rng_state().tolist()
    Check("week01")("double")
    assert (random.getstate(), torch.get_rng_state().tolist()) == before


def test_showing_a_tensor_leaves_the_way_it_prints_alone() -> None:
    shown = show(torch.tensor([1 / 3]))
    assert (shown, repr(torch.tensor([1 / 3]))) == ("tensor([0.333333])", "tensor([0.3333])")


class Marks(HTMLParser):
    """The elements of a page, and the attributes that they carry."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: set[tuple[str, str]] = set()
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.seen |= {(tag, name) for name, _ in attributes} or {(tag, "")}
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_html_escapes_whatever_the_learner_wrote() -> None:
    told = Told(
        sentence=HOSTILE,
        hidden=False,
        outcome="failed",
        example=f"x = {HOSTILE}",
        got=HOSTILE,
        expected=HOSTILE,
        message=f"{HOSTILE}\n{HOSTILE}",
        misconception=HOSTILE,
        entry=HOSTILE,
        line=HOSTILE,
    )
    page = exercises_html([exercise_of(HOSTILE, 1, False, [told, told], 2, defined=True)] * 2)
    marks = Marks(page)
    assert marks.seen <= {("div", "style"), ("span", "style"), ("pre", "style"), ("strong", ""), ("div", "")}
    assert marks.open == []


@pytest.mark.parametrize("size", [1, 5, 30, 500])
def test_an_explanation_keeps_to_15_lines_of_80_whatever_it_holds(size: int) -> None:
    long = "\n".join(f"row {row} " + "0.123456, " * size for row in range(size))
    told = Told(
        "A law. " * size, False, "failed", long, long, long, f"{'word ' * size}\n{'hint ' * size}", entry="f"
    )
    lines = plain_text(exercise_lines([exercise_of("f", 1, False, [told, told], 2, defined=True)])).split(
        "\n"
    )[2:]
    assert len(lines) <= 15
    assert max(map(len, lines)) <= 80
    assert [line.split()[0] for line in lines if re.match(r"  \w", line)] == [
        "input",
        "got",
        "expected",
        "differs",
        "hint",
    ]


def test_a_message_is_shown_in_both_forms() -> None:
    shown = Shown([], "no <such> week.")
    assert (repr(shown), words(shown._repr_html_())) == ("no <such> week.", "no &lt;such&gt; week.")


def test_making_a_check_is_cheap() -> None:
    code = 'import sys; from autograde import week; week("week06"); import json; print(json.dumps(list(sys.modules)))'
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(json.loads(done.stdout)) & {"torch", "numpy", "hypothesis", "msgpack", "IPython"} == set()

"""Comparing notebooks: what counts as a difference, what is shown of it, and what nobody gets to see."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from nbgrader.api import Gradebook

from autograde.compare import Comparer, Comparison, Side, comparison_page
from autograde.compare.apart import apart
from autograde.compare.finding import find_sides
from autograde.compare.result import Compared
from autograde.compare.screen import compare_on_screen
from autograde.errors import Fault
from autograde.judge.tests import CHECK_EXAMPLES, PROPERTY_EXAMPLES
from autograde.places import Kit

WEEK = '''
# %% given="imports"
import torch

# %% exercise="shares" points=2
def shares(counts):
    """Each entry's share of all: shares(tensor([1., 3.])) is tensor([0.25, 0.75])."""
    ### BEGIN SOLUTION
    return counts / counts.sum()
    ### END SOLUTION

# %% exercise="Tally" points=2
class Tally:
    """Counts what is added."""
    ### BEGIN SOLUTION
    def __init__(self, n):
        self.n = n
    def __add__(self, k):
        return Tally(self.n + k)
    def twice(self):
        return Tally(2 * self.n)
    ### END SOLUTION

# %% exercise="SIDE" points=1
### BEGIN SOLUTION
SIDE = "left"
### END SOLUTION

# %% exercise="break_Tally" points=1
def break_Tally(Tally):
    """Raises on a wrong Tally."""
    ### BEGIN SOLUTION
    assert (Tally(2) + 3).n == 5, "2 and 3 make 5"
    assert Tally(4).twice().n == 8
    ### END SOLUTION

# %% exercise="break_shares" points=1
def break_shares(shares):
    """Raises on wrong shares."""
    ### BEGIN SOLUTION
    assert shares(torch.tensor([1.0, 3.0])).tolist() == [0.25, 0.75]
    ### END SOLUTION

# %% exercise="atlas" points=1
### BEGIN SOLUTION
atlas = open("atlas/card.md").read()
### END SOLUTION

# %% [markdown]
# ## With your partner
#
# **Explain.** What is a <b>share</b>?
'''

CHECKS = '''
import torch
from hypothesis import given, strategies as st
from autograde.properties import assert_close, assert_equal, driver, exercise
from autograde.strategies import tensors

@exercise("shares")
@given(counts=tensors((st.integers(1, 6),), st.integers(0, 9).map(float), torch.float32))
def test_shares(learner, counts):
    """They sum to 1."""
    assert_close(learner.shares(counts + 1).sum(), 1.0)

@driver
def tallied(names, n, k):
    return [(names.Tally(n) + k).n, names.Tally(n).twice().n]

@exercise("Tally")
@given(n=st.integers(0, 9), k=st.integers(0, 9))
def test_tally(learner, n, k):
    """Sums and doubles."""
    assert_equal(tallied(learner, n, k), [n + k, 2 * n])

@exercise("SIDE")
def test_side(learner):
    """A side."""
    assert_equal(learner.SIDE, "left")
'''

IN_A_FOLDER = '''
@exercise("atlas")
def test_atlas(learner):
    """A card."""
    assert_equal(learner.atlas, "A map.")
'''

PROPERTIES = '''
import torch
from hypothesis import given, strategies as st
from autograde.properties import assert_close, exercise
from autograde.strategies import tensors

@exercise("shares")
@given(counts=tensors((st.integers(1, 6),), st.integers(1, 9).map(float), torch.float32))
def test_a_name_that_stays_hidden(learner, reference, counts):
    """A sentence that stays hidden."""
    assert_close(learner.shares(counts), reference.shares(counts))
'''

MISCONCEPTIONS = '''
# %% exercise="Tally" misconception="adds-one"
"""A misconception that stays hidden.

Hint: Add two.
"""
class Tally:
    def __init__(self, n):
        self.n = n
    def __add__(self, k):
        return Tally(self.n + 1)
    def twice(self):
        return Tally(2 * self.n)
'''

SHARES = "def shares(counts):\n    return counts / counts.sum()"
RIGHT = {
    "shares": SHARES,
    "Tally": """class Tally:
    def __init__(self, n):
        self.n = n
    def __add__(self, k):
        return Tally(self.n + k)
    def twice(self):
        return self + self.n""",
    "SIDE": 'SIDE = "left"',
    "break_Tally": """def break_Tally(Tally):
    assert (Tally(2) + 3).n == 5, "2 and 3 make 5"
    assert Tally(4).twice().n == 8""",
    "break_shares": "def break_shares(shares):\n    assert shares(torch.tensor([1.0, 3.0])).tolist() == [0.25, 0.75]",
}
BY_A_LOOP = """def shares(counts):
    total = 0.0
    for count in counts:
        total = total + count
    return counts / total"""
WRONG_FROM_THREE_ON = """def shares(counts):
    return counts / counts.sum() if len(counts) < 3 else counts * 0 + 1 / len(counts)"""
WRONG_TALLY = RIGHT["Tally"].replace("self.n + k", "self.n + 1")

Compare = Callable[..., Comparison]


def notebook(answers: Mapping[str, str], *more: str) -> bytes:
    sources = {"given-imports": "import torch", **answers}
    cells: list[dict[str, Any]] = [
        {"cell_type": "code", "source": source, "metadata": {"nbgrader": {"grade_id": name}}, "outputs": []}
        for name, source in sources.items()
    ]
    cells += [{"cell_type": "code", "source": source, "metadata": {}, "outputs": []} for source in more]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def exercise(comparison: Comparison, name: str) -> Compared:
    return next(each for each in comparison.exercises if each.name == name)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Kit:
    """A kit with everything, and an empty course."""
    root = tmp_path_factory.mktemp("compare") / "kit"
    folder = root / "solutions" / "week01"
    folder.mkdir(parents=True)
    files = {
        "week01": WEEK,
        "test_week01": CHECKS + IN_A_FOLDER,
        "properties": PROPERTIES,
        "misconceptions": MISCONCEPTIONS,
    }
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    (folder / "atlas").mkdir()
    (folder / "atlas" / "card.md").write_text("A map.")
    return Kit(root)


@pytest.fixture(scope="module")
def learners(put_week: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Kit:
    """A kit as learners have it, without solutions."""
    root = tmp_path_factory.mktemp("compare") / "learners"
    stubs = dict.fromkeys(RIGHT, "raise NotImplementedError")
    points = dict.fromkeys(RIGHT, 1.0)
    put_week(root / "exercises" / "week01", CHECKS, [("given-imports", "import torch")], stubs, points)
    return Kit(root)


def comparing(kit: Kit) -> Iterator[Compare]:
    with Comparer("week01", kit) as comparer:

        def compare(
            *answers: Mapping[str, str] | bytes | None, hidden: bool = True, reference: bool = False
        ) -> Comparison:
            names = ["ada", "bo", "cy"]
            data = [each if isinstance(each, bytes | None) else notebook(RIGHT | each) for each in answers]
            sides = [Side(name, each) for name, each in zip(names, data, strict=False)]
            return comparer.compare(sides, hidden=hidden, reference=reference)

        yield compare


@pytest.fixture(scope="module")
def compare(whole: Kit) -> Iterator[Compare]:
    """Compares with the solutions at hand; what isn't said of a side is right."""
    yield from comparing(whole)


@pytest.fixture(scope="module")
def compare_at_home(learners: Kit) -> Iterator[Compare]:
    """Compares with what learners have."""
    yield from comparing(learners)


def test_an_exercise_that_is_a_folder_is_left_out(compare: Compare) -> None:
    comparison = compare({"atlas": 'atlas = open("atlas/card.md").read()'}, None)
    assert "atlas" not in {each.name for each in comparison.exercises}
    assert [side.problems for side in comparison.sides] == [[], []]


@pytest.mark.parametrize(
    ("one", "other", "nature"),
    [
        (1.0, torch.tensor(1.0), "harmless"),
        ([1, 2], (1, 2), "harmless"),
        (torch.ones(2), torch.ones(2, dtype=torch.float64), "harmless"),
        (torch.ones(2), np.ones(2), "harmless"),
        (torch.ones(2), torch.ones(2, dtype=torch.int64), "kind"),
        (torch.ones(2), torch.ones(2, 1), "kind"),
        (True, 1, "kind"),
        ("1", 1, "kind"),
        ([1.0], torch.ones(1), "kind"),
        (None, 0, "kind"),
        (torch.ones(2), torch.tensor([1.0, 2.0]), "value"),
        ([1, (2, 3)], [1, [2, 4]], "value"),
        ({"a": 1}, {"a": 1, "b": 2}, "value"),
        ("ab", "ac", "value"),
        (float("nan"), 0.0, "value"),
        (1.0, torch.tensor(1.5), "value"),
        (2**70, 2**70 + 1, "value"),
    ],
)
def test_a_difference_of_kind_is_told_from_one_of_value(one: Any, other: Any, nature: str) -> None:
    for pair in ((one, other), (other, one)):
        found = apart(*pair)
        assert found is not None
        assert found.nature == nature


@pytest.mark.parametrize(
    "value", [1.0, float("nan"), float("inf"), [(1, "a")], {1: torch.ones(2)}, None, {2}, 2**70]
)
def test_nothing_differs_from_itself_nor_by_rounding(value: Any) -> None:
    assert apart(value, value) is None
    assert apart([1 / 3, value], [float(torch.tensor(1 / 3)), value]) is None


def test_a_notebook_never_differs_from_itself(compare: Compare) -> None:
    noisy = {"shares": "def shares(counts):\n    return counts / counts.sum() * torch.rand(len(counts))"}
    result = compare(noisy, noisy)
    assert [each.difference or each.kind for each in result.exercises] == [None] * 5
    assert not any(pair.changed for each in result.exercises for pair in each.code)
    assert exercise(result, "shares").calls >= CHECK_EXAMPLES + PROPERTY_EXAMPLES


def test_a_planted_difference_is_found_and_shrunk_to_the_smallest_input(compare_at_home: Compare) -> None:
    found = exercise(compare_at_home({}, {"shares": WRONG_FROM_THREE_ON}), "shares").difference
    assert found is not None
    assert not found.of_kind
    assert found.call == "shares(tensor([1., 1., 2.]))"
    assert found.groups == [0, 1]
    assert found.right is None


def test_a_difference_of_a_class_is_found_through_its_driver(compare: Compare) -> None:
    found = exercise(compare({}, {"Tally": WRONG_TALLY}), "Tally").difference
    assert found is not None
    assert found.results == ["[0, 0]", "[1, 1]"]
    assert found.call == "Tally, used with\nn = 0, k = 0"


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        (
            "def shares(counts):\n    counts /= counts.sum()\n    return counts",
            "one changes its input, and the other",
        ),
        ("def shares(counts):\n    raise ValueError('no')", "one gives a result, and the other doesn't"),
        ("def shares(counts):\n    import os\n    os._exit(0)", "one gives a result, and the other doesn't"),
        ("def shares(counts):\n    return (counts / counts.sum())[:, None]", "shape"),
    ],
    ids=["input changed", "exception", "process ended", "shape"],
)
def test_differences_of_kind_are_called_so(compare_at_home: Compare, other: str, sentence: str) -> None:
    found = exercise(compare_at_home({}, {"shares": other}), "shares").difference
    assert found is not None
    assert found.of_kind
    assert sentence in found.sentence


def test_a_harmless_kind_is_no_difference_and_yet_shown(compare: Compare) -> None:
    found = exercise(compare({}, {"shares": SHARES.replace("counts /", "counts.double() /")}), "shares")
    assert found.difference is None
    assert found.kind is not None
    assert "float64" in found.kind.sentence


def test_comments_docstrings_and_formatting_are_no_difference(compare_at_home: Compare) -> None:
    other = 'def shares( counts ) :\n  """Mine."""\n  # a comment\n  return (counts\n      /counts.sum())'
    pairs = exercise(compare_at_home({}, {"shares": other}), "shares").code
    assert [pair.changed for pair in pairs] == [0]


def test_the_reference_says_who_is_right_only_if_it_is_asked(compare: Compare) -> None:
    wrong = {"SIDE": 'SIDE = "right"'}
    assert exercise(compare({}, wrong, reference=True), "SIDE").difference.right == [True, False]  # type: ignore[union-attr]
    assert exercise(compare({}, wrong), "SIDE").difference.right is None  # type: ignore[union-attr]
    assert "Decide together who is right" in comparison_page(compare({}, wrong))


def test_where_every_test_holds_nobody_is_called_right(compare: Compare) -> None:
    other = RIGHT["Tally"].replace("return self + self.n", "return Tally(self.n * 2.0)")
    found = exercise(compare({}, {"Tally": other}, reference=True), "Tally")
    assert found.standings == ["done", "failing"]
    free = {"shares": "def shares(counts):\n    return counts / counts.sum() + (len(counts) > 5) * 0.0"}
    assert exercise(compare({}, free, reference=True), "shares").difference is None


def test_nothing_hidden_is_told(compare: Compare) -> None:
    wrong = {
        "shares": WRONG_FROM_THREE_ON,
        "Tally": WRONG_TALLY,
        "break_Tally": "def break_Tally(Tally):\n    pass",
    }
    result = compare({}, wrong)
    assert exercise(result, "shares").difference
    for text in (result.to_json(), comparison_page(result)):
        assert "stays hidden" not in text
        assert "stays_hidden" not in text
        assert "adds-one" not in text


def test_without_leave_hidden_tests_are_not_even_run(compare: Compare) -> None:
    seen_by_the_property_alone = {
        "shares": "def shares(counts):\n    return torch.ones(len(counts)) / len(counts)"
    }
    by_all = compare({}, seen_by_the_property_alone)
    by_checks = compare({}, seen_by_the_property_alone, hidden=False)
    assert exercise(by_all, "shares").standings == ["done", "failing"]
    assert exercise(by_checks, "shares").standings == ["done", "done"]


def test_what_is_to_do_or_missing_is_said_and_not_compared(compare: Compare) -> None:
    undone = {"shares": "def shares(counts):\n    raise NotImplementedError", "SIDE": ""}
    result = compare({}, undone)
    assert exercise(result, "shares").standings == ["done", "todo"]
    assert exercise(result, "SIDE").standings == ["done", "missing"]
    assert exercise(result, "shares").difference is None
    assert result.talk[0] == "ada has `shares` and `SIDE` done and bo has not: ada explains without typing."


def test_tests_meet_the_others_code(compare_at_home: Compare) -> None:
    lets_pass = {"break_Tally": "def break_Tally(Tally):\n    Tally(1)"}
    result = compare_at_home({}, lets_pass | {"Tally": WRONG_TALLY, "shares": WRONG_FROM_THREE_ON})
    said = {(each.test, each.by): each.raised for each in result.broken}
    assert said[("break_Tally", 0)] == "AssertionError: 2 and 3 make 5"
    assert said[("break_Tally", 1)] is None
    assert said[("break_shares", 0)] is None
    assert any("`break_Tally` of ada raises on the `Tally` of bo" in sentence for sentence in result.talk)


def test_a_loop_shows_as_operations_that_grow(compare: Compare) -> None:
    result = compare({}, {"shares": BY_A_LOOP})
    work = exercise(result, "shares").work
    assert work is not None
    few, many = work.operations
    assert few[0] == few[-1]
    assert many[-1] > 4 * many[0]
    assert work.sizes[-1] == 16 * work.sizes[0]
    assert min(work.time) == min(work.memory) == 1.0
    assert any("In `shares` the torch operations of bo grow" in sentence for sentence in result.talk)


def test_three_sides_are_grouped_by_what_they_agree_on(compare: Compare) -> None:
    found = exercise(compare({}, {"SIDE": 'SIDE = "right"'}, {}, reference=True), "SIDE")
    assert found.difference is not None
    assert found.difference.groups == [0, 1, 0]
    assert found.difference.right == [True, False, True]
    assert len(found.code) == 3


def test_the_reference_can_be_a_side(compare: Compare) -> None:
    result = compare({"SIDE": 'SIDE = "right"'}, None)
    assert exercise(result, "SIDE").difference.results == ["'right'", "'left'"]  # type: ignore[union-attr]
    assert exercise(result, "Tally").standings == ["done", "done"]


def test_a_learners_code_can_not_read_the_other_side(learners: Kit, compare_at_home: Compare) -> None:
    path = learners.exercises / "week01" / "week01.ipynb"
    spy = f"""
import gc
try:
    SIDE = open({str(path)!r}).read()
except OSError as error:
    SIDE = type(error).__name__
SIDE += str([each for each in gc.get_objects() if isinstance(each, dict) and 'the' + ' other' in each.values()])"""
    found = exercise(compare_at_home({"SIDE": 'SIDE = "the other"'}, {"SIDE": spy}), "SIDE").difference
    assert found is not None
    assert found.results == ["'the other'", "'PermissionError[]'"]


@pytest.mark.parametrize("data", [b"{", b"", b'{"cells": 3}', b"\xff\xfe"])
def test_a_notebook_that_can_not_be_read_costs_a_sentence(compare_at_home: Compare, data: bytes) -> None:
    result = compare_at_home({}, data)
    assert len(result.sides[1].problems) >= 1
    assert {each.standings[1] for each in result.exercises} == {"missing"}
    assert exercise(result, "Tally").standings[0] == "done"


def test_a_cell_that_ends_its_process_is_left_out(compare_at_home: Compare) -> None:
    result = compare_at_home({}, {"SIDE": "import os\nos._exit(0)"})
    assert exercise(result, "SIDE").standings == ["done", "missing"]
    assert exercise(result, "Tally").standings == ["done", "done"]
    assert "it was left out" in result.sides[1].problems[0]


def test_a_comparison_reads_as_it_was_written(compare: Compare) -> None:
    result = compare({}, {"shares": BY_A_LOOP, "SIDE": 'SIDE = "right"'})
    assert Comparison.from_json(result.to_json()) == result


def test_the_page_escapes_what_learners_wrote(compare: Compare) -> None:
    hostile = "<script>alert(1)</script>"
    page = comparison_page(
        compare(
            {},
            {
                "SIDE": f"SIDE = {hostile!r}",
                "break_Tally": f"def break_Tally(Tally):\n    raise ValueError({hostile!r})",
            },
        )
    )
    assert "<script" not in page
    assert "<b>share</b>" not in page
    assert "What is a" in page


def test_without_solutions_the_reference_is_one_sentence(compare_at_home: Compare) -> None:
    with pytest.raises(Fault, match="the reference is not here; compare two notebooks"):
        compare_at_home({}, None)


def test_trusted_notebooks_run_unsealed_and_it_is_said(
    learners: Kit, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("ada", "bo"):
        chatty = {"shares": "def shares(counts):\n    print('{}')\n    return counts / counts.sum()"}
        (tmp_path / f"{name}.ipynb").write_bytes(notebook(RIGHT | chatty))
    names = [str(tmp_path / f"{name}.ipynb") for name in ("ada", "bo")]
    page = tmp_path / "page.html"
    compare_on_screen("week01", names, learners, learners.instructor, trust=True, page=page)
    shown = capsys.readouterr().out
    assert "The notebooks ran unsealed" in shown
    assert "no difference" in " ".join(shown.split())
    assert "ran unsealed" in page.read_text()


@pytest.fixture(scope="module")
def course(whole: Kit) -> Path:
    """A course with two submissions of a week."""
    folder = whole.instructor
    folder.mkdir()
    (folder / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'course'\n")
    for learner in ("ada", "bo"):
        (folder / "submitted" / learner / "week01").mkdir(parents=True)
        (folder / "submitted" / learner / "week01" / "week01.ipynb").write_bytes(notebook(RIGHT))
    with Gradebook(f"sqlite:///{folder}/gradebook.db", "course") as gradebook:
        gradebook.add_assignment("week01")
    return folder


@pytest.mark.parametrize(("days", "told"), [(None, False), (1, False), (-1, True)])
def test_in_a_course_the_reference_waits_for_the_deadline(
    whole: Kit, course: Path, days: int | None, told: bool
) -> None:
    due = datetime.now(UTC).replace(tzinfo=None) + timedelta(days=days) if days else None
    with Gradebook(f"sqlite:///{course}/gradebook.db", "course") as gradebook:
        gradebook.update_or_create_assignment("week01", duedate=due)
    assert find_sides(["ada", "bo"], "week01", whole, course).reference is told


def test_an_author_needs_no_deadline(whole: Kit, course: Path) -> None:
    path = course / "submitted" / "ada" / "week01" / "week01.ipynb"
    assert find_sides([str(path), "reference"], "week01", whole, course).reference
    assert [side.name for side in find_sides(["bo", "reference"], "week01", whole, course).sides] == [
        "bo",
        "reference",
    ]


@pytest.mark.parametrize("name", ["cy", "../submitted/ada", "", "."])
def test_who_handed_nothing_in_is_one_sentence(whole: Kit, course: Path, name: str) -> None:
    with pytest.raises(Fault, match="this is neither a notebook nor a learner who handed one in"):
        find_sides(["ada", name], "week01", whole, course)


def test_a_file_that_is_not_there_is_one_sentence_for_learners(learners: Kit) -> None:
    with pytest.raises(Fault, match=r"gone.ipynb: there is no such notebook; name a file that exists"):
        find_sides(["gone.ipynb", "bo.ipynb"], "week01", learners, learners.instructor)

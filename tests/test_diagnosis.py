"""Wrong answers are named after the misconception that they behave like, and after no other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgpack
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograde.build.public import write_public_suite
from autograde.comparisons import Mismatch, assert_close, assert_equal
from autograde.diagnosis.behaviour import behaviour_in, common_look, spread
from autograde.diagnosis.measuring import figures, measure, ready
from autograde.diagnosis.naming import PASSED, diagnose
from autograde.diagnosis.normal import SHIFTS, mark
from autograde.diagnosis.table import Misconceptions
from autograde.explaining import Told, explanation_of
from autograde.grading import Grader
from autograde.judge.suite import PUBLIC_FILE
from autograde.learner.cells import RunnableCell, run_plain
from autograde.learner.local import LocalLearner
from autograde.looks import looks
from autograde.notebook_display import Check
from autograde.picture.data import picture_of
from autograde.places import Kit
from autograde.report import PropertyReport, Report
from autograde.weeks import load_week, variants_of

WEEK = '''
# %% given="imports"
import torch

# %% exercise="rates" points=2
def rates(counts):
    """Each row's shares."""
    ### BEGIN SOLUTION
    return counts / counts.sum(1, keepdim=True)
    ### END SOLUTION

# %% exercise="Box" points={"keep": 1, "change": 2}
class Box:
    """Keeps a number."""
    ### BEGIN SOLUTION
    def __init__(self, n):
        self.n = n
    def add(self, k):
        self.n += k
    def twice(self):
        self.n *= 2
    ### END SOLUTION

# %% exercise="SIDE" points=1
### BEGIN SOLUTION
SIDE = "left"
### END SOLUTION
'''

CHECKS = '''
import torch
from hypothesis import given, settings, strategies as st
from autograde.properties import assert_close, assert_equal, driver, exercise
from autograde.strategies import tensors

def tables():
    return tensors((st.integers(2, 4), st.integers(2, 4)), st.integers(1, 20).map(float), torch.float32)

@exercise("rates")
@settings(max_examples=8)
@given(counts=tables())
def test_shares(learner, counts):
    """Every entry is its share of the row.

    Hint: What do the rows sum to?
    """
    expected = counts.double() / counts.double().sum(1, keepdim=True)
    assert_close(learner.rates(counts), expected.float(), axes=("from", "to"))

@driver
def kept(names, n, k):
    box = names.Box(n)
    before = box.n
    box.add(k)
    after = box.n
    box.twice()
    return before, after, box.n

@exercise("Box-keep")
@given(n=st.integers(1, 9))
def test_keep(learner, n):
    """A box keeps its number."""
    assert_equal(kept(learner, n, 0)[0], n)

@exercise("Box-change")
@given(n=st.integers(1, 9), k=st.integers(1, 9))
def test_change(learner, n, k):
    """Adding and doubling change the number."""
    assert_equal(kept(learner, n, k), (n, n + k, 2 * n + 2 * k))

@exercise("SIDE")
def test_side(learner):
    """The side is the left one."""
    assert_equal(learner.SIDE, "left")
'''

PROPERTIES = '''
from hypothesis import given, strategies as st
from autograde.properties import assert_equal, exercise

@exercise("rates")
@given(n=st.integers(2, 5))
def test_ones(learner, reference, n):
    """Equal counts give equal shares."""
    import torch
    ones = torch.ones(2, n)
    assert_equal(learner.rates(ones), reference.rates(ones))
'''

MISCONCEPTIONS = '''
# %% exercise="rates" misconception="by-column"
"""Divides each column by its sum.

Hint: Which index runs over what adds up to one?
"""
def rates(counts):
    return counts / counts.sum(0)

# %% exercise="rates" misconception="by-everything"
"""Divides by the sum of all.

Hint: Each row stands alone.
"""
def rates(counts):
    return counts / counts.sum()

# %% exercise="rates" misconception="left-as-it-is"
"""Divides by nothing.

Hint: Shares are below one.
"""
def rates(counts):
    return counts

# %% exercise="rates" misconception="raises"
"""Sums over an axis that isn't there.

Hint: The axes of a table are 0 and 1.
"""
def rates(counts):
    return counts / counts.sum(2)

# %% exercise="Box" misconception="adds-one"
"""Adds one more.

Hint: How much was to be added?
"""
def _more(self, k):
    self.n += k + 1
Box.add = _more

# %% exercise="Box" misconception="squares"
"""Multiplies the number by itself.

Hint: What is twice three?
"""
def _square(self):
    self.n *= self.n
Box.twice = _square

# %% exercise="Box" misconception="forgets"
"""Keeps a zero.

Hint: Where does the number go?

Parts: keep, change
"""
def _start(self, n):
    self.n = 0
Box.__init__ = _start

# %% exercise="Box" misconception="forgets-too"
"""Starts from nothing.

Hint: Where does n go?
"""
def _start(self, n):
    self.n = n * 0
Box.__init__ = _start

# %% exercise="SIDE" misconception="right"
"""Takes the right side.

Hint: The other one.
"""
SIDE = "right"
'''


@pytest.fixture(scope="module", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Kit:
    """A kit of one small week."""
    root = tmp_path_factory.mktemp("kit")
    folder = root / "solutions" / "week03"
    folder.mkdir(parents=True)
    (root / "instructor").mkdir()
    texts = {
        "week03": WEEK,
        "test_week03": CHECKS,
        "properties": PROPERTIES,
        "misconceptions": MISCONCEPTIONS,
    }
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(text)
    return Kit(root)


@pytest.fixture(scope="module")
def known(course: Kit) -> Misconceptions:
    return ready(load_week(course.solutions / "week03"))


@pytest.fixture(scope="module")
def learners_folder(course: Kit) -> Path:
    """The week as its learners have it, boxes included."""
    folder = course.root / "exercises" / "week03"
    folder.mkdir(parents=True)
    (folder / "test_week03.py").write_text(CHECKS)
    write_public_suite(load_week(course.solutions / "week03"), folder / PUBLIC_FILE)
    return folder


def named(known: Misconceptions, exercise: str, learner: Any) -> str | None:
    """What the judge would name, of what this learner does in the exercise."""
    tests = known.tests(exercise)
    seen = {
        test.key: behaviour_in(test, learner, known.reference, known.suite.kept[test.key]).marks
        for test in tests
    }
    with known.table(exercise) as table:
        return diagnose(seen, table)


def wrote(code: str) -> LocalLearner:
    return LocalLearner(run_plain([RunnableCell("cell 1", f"import torch, random\n{code}")]).namespace)


def test_every_misconception_is_named_itself_and_none_is_taken_for_another(known: Misconceptions) -> None:
    found = list(measure(known))
    assert {each.name for each in found if each.judged != each.name} == {"forgets", "forgets-too"}
    for checks_only in (False, True):
        said = figures(found, checks_only=checks_only)
        assert (said.all, said.named, said.mistaken) == (9, 7, 0)


def test_what_no_test_tells_apart_is_said_to_be_alike_and_neither_is_named(known: Misconceptions) -> None:
    alike = {each.name: each.alike for each in measure(known, ["Box"])}
    assert alike["forgets"] == ("forgets-too",)
    assert named(known, "Box", known.learner(variants_of(known.week, "Box", "misconception")[2])) is None


@pytest.mark.parametrize(
    ("exercise", "code", "name"),
    [
        (
            "rates",
            "def rates(c):\n    return torch.stack([col / col.sum() for col in c.double().T]).T",
            "by-column",
        ),
        (
            "rates",
            "def rates(c):\n    return c.float() * (1 / sum(x for row in c for x in row))",
            "by-everything",
        ),
        ("rates", "def rates(c):\n    raise IndexError('in other words')", "raises"),
        ("rates", "def rates(c):\n    raise ValueError('another error')", None),
        ("rates", "def rates(c):\n    return c / c.sum(1, keepdim=True)", None),
        ("rates", "def rates(c):\n    return c / c.sum(0) if len(c) < 4 else c", None),
        ("rates", "def rates(c):\n    return c / c.sum(0) * random.SystemRandom().uniform(1, 2)", None),
        ("rates", "def rates(c):\n    raise NotImplementedError", None),
        ("SIDE", "SIDE = 'right'", "right"),
        ("SIDE", "SIDE = 'up'", None),
    ],
)
def test_the_same_thought_in_other_words_is_named_and_another_is_not(
    known: Misconceptions, exercise: str, code: str, name: str | None
) -> None:
    assert named(known, exercise, wrote(code)) == name


def test_two_misconceptions_at_once_are_not_taken_for_one(known: Misconceptions) -> None:
    adds_one, squares, *_ = variants_of(known.week, "Box", "misconception")
    assert named(known, "Box", known.learner(adds_one)) == "adds-one"
    assert named(known, "Box", known.learner(squares)) == "squares"
    assert named(known, "Box", known.learner(adds_one, squares)) is None


def test_parts_that_are_still_to_do_hide_no_misconception(known: Misconceptions) -> None:
    code = "class Box:\n    def __init__(self, n):\n        self.n = n\n"
    code += "    def add(self, k):\n        self.n += k + 1\n"
    undone = wrote(code + "    def twice(self):\n        raise NotImplementedError")
    assert named(known, "Box", undone) is None
    assert named(known, "Box", wrote(code + "    def twice(self):\n        self.n += self.n")) == "adds-one"


def test_looking_further_never_costs_a_learner_that_hangs_a_test(known: Misconceptions) -> None:
    learner = wrote("def rates(c):\n    while c.sum() > 60: pass\n    return c")
    learner._seconds = 0.1
    (test, *_) = known.tests("rates")
    assert behaviour_in(test, learner, known.reference, known.suite.kept[test.key]).marks == ("stopped",)


def test_what_a_busy_machine_stopped_is_asked_again_before_it_is_kept(
    known: Misconceptions, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    busy = "stopped", "of.its"
    monkeypatch.setattr(Misconceptions, "mark", lambda self, learner, test: busy[learner._seconds > 2])
    with known.table("Box") as rows:
        marks = {name: set(row.values()) for name, row in rows.items()}
    assert set.union(*marks.values()) == {"of.its"}


def notebook(**cells: str) -> bytes:
    made = [
        {
            "cell_type": "code",
            "id": name,
            "metadata": {},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }
        for name, source in cells.items()
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made}).encode()


def test_the_report_names_it_with_sentence_and_hint_and_brings_a_picture(course: Kit, tmp_path: Path) -> None:
    path = tmp_path / "week03.ipynb"
    box = "class Box:\n    def __init__(self, n):\n        self.n = n\n    def add(self, k):\n        self.n -= k\n"
    path.write_bytes(
        notebook(
            rates="def rates(counts):\n    return counts / counts.sum(0, keepdim=True)",
            Box=f"{box}    def twice(self):\n        self.n *= 2",
            SIDE="SIDE = 'left'",
        )
    )
    with Grader("week03", course, trust=True, workers=1) as grader:
        (graded,) = grader.grade([path])
        (again,) = grader.grade([path])
        (anew,) = grader.grade([path], force=True)
    assert graded.report and again.report and anew.report
    assert again.cached and again.pictures == graded.pictures
    assert graded.report.to_json() == again.report.to_json() == anew.report.to_json()
    assert Report.from_json(graded.report.to_json()) == graded.report
    rates, keep, change, side = graded.report.exercises
    (shares, ones) = rates.properties
    assert shares.misconception == ones.misconception == "by-column"
    assert (shares.message or "").split("\n")[1:] == [
        "Divides each column by its sum.",
        "Which index runs over what adds up to one?",
    ]
    assert [said.misconception for said in change.properties] == [None]
    assert (keep.status, side.status) == ("done", "done")
    picture = graded.pictures["rates"][0]
    assert picture and picture["axes"] == ["from", "to"]


def checked(folder: Path, monkeypatch: pytest.MonkeyPatch, code: str, *names: str) -> str:
    """What `check` shows of this code in a notebook."""
    monkeypatch.chdir(folder)
    namespace: dict[str, Any] = {"check": Check("week03"), "names": names}
    exec(f"import torch\n{code}\nshown = check(*names)", namespace)
    return repr(namespace["shown"])


def test_learners_are_told_without_having_the_solutions(
    learners_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = checked(learners_folder, monkeypatch, "def rates(c):\n    return c / c.sum(0)", "rates")
    assert "cause     Divides each column by its sum." in shown
    assert "hint      Which index runs over what adds up to one?" in shown
    shown = checked(learners_folder, monkeypatch, "def rates(c):\n    return c / c.sum(0) * 1.01", "rates")
    assert "cause" not in shown and "What do the rows sum to?" in shown
    shown = checked(learners_folder, monkeypatch, "SIDE = 'right'", "SIDE")
    assert "Takes the right side." in shown


def test_the_file_that_learners_have_reads_as_nothing_without_the_behaviour(learners_folder: Path) -> None:
    data = (learners_folder / PUBLIC_FILE).read_bytes()
    for secret in ("by-column", "Divides", "Which index", "adds-one", "squares", "Takes the right"):
        assert secret.encode() not in data
    boxes = msgpack.unpackb(data)["boxes"]
    assert {name: len(found) for name, found in boxes.items()} == {"rates": 4, "Box": 6, "SIDE": 1}


def test_what_is_wrong_with_a_learners_own_test_is_supposed_only() -> None:
    said = PropertyReport(
        "Accepts right ones.", False, "failed", message="it raised\nExpects 2.\nWhy 2?", misconception="two"
    )
    labels = {
        name: [label for label, _ in explanation_of(said, name).parts] for name in ("rates", "break_rates")
    }
    assert labels == {"rates": ["wrong", "cause", "hint"], "break_rates": ["wrong", "perhaps", "hint"]}


def test_what_uses_an_unfinished_exercise_is_told_of_that_and_of_no_cause() -> None:
    said = Told(
        "Sums.", False, "failed", message="off by 1\nAdds.\nWhy?", misconception="adds", waits_for=("Box",)
    )
    assert [label for label, _ in explanation_of(said, "rates").parts] == ["wrong", "first"]


def test_a_spoilt_box_says_nothing(
    learners_folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "week03"
    folder.mkdir()
    (folder / "test_week03.py").write_text(CHECKS)
    fields = msgpack.unpackb((learners_folder / PUBLIC_FILE).read_bytes())
    fields["boxes"]["SIDE"] = {tag: content[::-1] for tag, content in fields["boxes"]["SIDE"].items()}
    (folder / PUBLIC_FILE).write_bytes(msgpack.packb(fields))
    shown = checked(folder, monkeypatch, "SIDE = 'right'", "SIDE")
    assert "failing" in shown and "cause" not in shown


def test_harmless_variety_has_one_mark_and_other_values_have_others() -> None:
    x = torch.tensor([0.1, 0.2, 0.7])
    same = [x, x.double(), x.tolist(), tuple(x.tolist()), x.numpy(), x + 1e-8]
    assert len({mark(value) for value in same}) == 1
    assert mark(0.5) == mark(torch.tensor(0.5)) and mark(3) == mark(torch.tensor(3))
    others = [
        x,
        x * 1.01,
        x.flip(0),
        x[None],
        [1, 2, 3],
        {"a": x},
        "abc",
        None,
        float("nan"),
        ValueError("x"),
    ]
    assert len({mark(value) for value in others}) == len(others)


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [
        10**5000,
        [10**400, 0.5],
        nested(140),
        "\ud800",
        [0] * 10**6,
        torch.full((3,), -(2**63)),
        torch.empty(0, 3),
        np.arange(3, dtype=">f8"),
        np.arange(3, dtype=np.longdouble),
    ],
    ids=["long", "huge", "deep", "half a character", "many", "least", "empty", "turned bytes", "wide"],
)
def test_whatever_is_answered_can_be_looked_at(value: Any) -> None:
    assert mark(value) == mark(value) != mark(None)
    for expected in (X, [1, 2, 3], 0.5, torch.empty(0, 3), torch.zeros(3, dtype=torch.int64)):
        looks(value, expected)
        picture_of(Mismatch("differs", value, expected))


def test_noise_at_the_edge_of_two_cells_is_bridged_by_the_readings() -> None:
    generator = torch.Generator().manual_seed(0)
    missed = 0
    for _ in range(300):
        x = torch.randn(20, generator=generator)
        noisy = x * (1 + 2e-7 * torch.randn(20, generator=generator))
        missed += mark(x) not in {mark(noisy, shift) for shift in SHIFTS}
    assert missed == 0


def test_a_spread_has_the_first_and_the_last_and_no_more_than_asked() -> None:
    frames = [bytes([number]) for number in range(50)]
    chosen = spread(frames, 10)
    assert (len(chosen), chosen[0], chosen[-1]) == (10, frames[0], frames[-1])
    assert spread(frames[:3], 10) == frames[:3]
    assert diagnose({"a": (PASSED,)}, {"x": {"a": PASSED}}) is None


X = torch.tensor([[0.3, -1.2, 0.8], [2.1, 0.4, -0.7], [1.6, -0.2, 0.9], [-1.1, 0.6, 1.3]])
SQUARE = X @ X.T + torch.arange(16.0).reshape(4, 4)


@pytest.mark.parametrize(
    ("got", "expected", "said"),
    [
        (X.T, X, "it is the expected answer transposed"),
        (SQUARE.T, SQUARE, "it is the expected answer transposed"),
        (2 * X, X, "every entry is 2 times the expected one"),
        (X / 3**0.5, X, "every entry is 1/√n times the expected one, n the size of axis 1"),
        (X / 4, X, "every entry is 1/n times the expected one, n the size of axis 0"),
        (X * 12, X, "every entry is n times the expected one, n the number of entries"),
        (-X, X, "it is the expected answer with the opposite sign"),
        (X.roll(1, 0), X, "the entries stand one place too late along axis 0"),
        ([1.5, 2.5, 4.0, 8.0, 0.0], [0.5, 1.5, 2.5, 4.0, 8.0], "the entries stand one place too early"),
        (X[[1, 0, 2, 3]], X, "the rows are the expected ones in another order"),
        (X[:, [1, 0, 2]], X, "the columns are the expected ones in another order"),
        (torch.cat([X[:3], X[3:] + 1]), X, "only the last row is wrong"),
        (torch.cat([X[:1] * 3, X[1:]]), X, "only the first row is wrong"),
        ([9, 2, 3, 4], [1, 2, 3, 4], "only the first entry is wrong"),
        (X.flatten().flip(0), X.flatten(), "the entries are the expected ones in another order"),
        (X + 1, X, "every entry is 1 too large"),
        (X.flatten(), X, "the entries are right, only their shape isn't"),
        (torch.where(X > 1, torch.nan, X), X, "nan stands in 3 places where a number was due"),
    ],
)
def test_how_an_answer_is_related_to_the_right_one_is_said(got: Any, expected: Any, said: str) -> None:
    assert looks(got, expected)[0] == said
    with pytest.raises(Mismatch) as caught:
        assert_close(got, expected)
    assert str(caught.value).endswith(f"; {said}")


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        ([2.0, 1.0], [1.0, 2.0]),  # too few to tell
        (torch.tensor([[1.0, 3.0], [2.0, 4.0]]), torch.tensor([[1.0, 2.0], [3.0, 4.0]])),
        (torch.zeros(3, 4), torch.ones(3, 4)),  # any constant would fit
        (torch.eye(3).roll(1, 0), torch.eye(3)),  # ties
        (torch.ones(4, 3), torch.ones(3, 4)),
        (
            torch.tensor([[0.2, 0.5, 0.4], [0.2, 0.25, 0.4], [0.6, 0.25, 0.2]]),
            torch.tensor([[0.2, 0.4, 0.4], [0.25, 0.25, 0.5], [0.6, 0.2, 0.2]]),
        ),  # divided by column sums, and a permutation only by chance
        (2.0, 1.0),
        ("ab", "ba"),
        (None, X),
        (X + 0.01 * SQUARE[:, :3], X),
        (X.clone().index_put_((torch.tensor(1), torch.tensor(1)), torch.tensor(9.0)), X),
    ],
)
def test_what_could_be_chance_is_not_said(got: Any, expected: Any) -> None:
    assert looks(got, expected) == ()


def test_a_dtype_that_is_all_that_is_wrong_is_named() -> None:
    with pytest.raises(Mismatch, match="the values are right, but they are float64 and not float32"):
        assert_close(X.double(), X, dtype=torch.float32)
    with pytest.raises(Mismatch, match="; the values are right, but they are float32 and not int64"):
        assert_equal(torch.tensor([1.0, 2.0]), torch.tensor([1, 2]))


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("c / c.sum(1, keepdim=True) / 3", "elsewhere every entry is 0.3333 times the expected one"),
        (
            "c / c.sum(1, keepdim=True) / c.shape[1] ** 0.5",
            "elsewhere every entry is 1/√n times the expected one, n the size of axis 1",
        ),
    ],
)
def test_larger_examples_speak_where_the_smallest_is_too_small(
    learners_folder: Path, monkeypatch: pytest.MonkeyPatch, code: str, said: str
) -> None:
    shown = checked(learners_folder, monkeypatch, f"def rates(c):\n    return {code}", "rates")
    assert said in " ".join(shown.split())


def test_only_what_all_examples_show_is_said_of_them() -> None:
    assert common_look([(), ("a",), ("b", "a")]) == "a"
    for looks_ in (
        [("a",), ("b",)],
        [("a",)],
        [(), (), (), ("a",)],
        [("only the last row is wrong",)] * 3,
        [],
    ):
        assert common_look(looks_) == ""


@settings(deadline=None)
@given(number=st.floats(0.01, 1000), octaves=st.integers(1, 6))
def test_numbers_that_lie_octaves_apart_have_marks_of_their_own(number: float, octaves: int) -> None:
    assert mark(number) != mark(number * 2**octaves)
    assert mark([number, 0.0]) != mark([number * 2**octaves, 0.0])

"""Grades are right, repeatable and beyond forging, whatever is handed in."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import torch

from autograde.comparisons import Mismatch, assert_close
from autograde.errors import Fault
from autograde.grading import Graded, Grader, Judge
from autograde.judge.assess import run_suite
from autograde.judge.breaking import LUCK, break_tests, implementation, occasions
from autograde.judge.suite import Suite
from autograde.judge.whole import reference_learner, whole_suite
from autograde.learner import LearnerStopped
from autograde.learner.local import LocalLearner
from autograde.places import Kit, kit
from autograde.report import ExerciseReport, Report
from autograde.weeks import load_week

WEEK = '''
# %% exercise="double" points=2
def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% exercise="clip" points=3
def clip(x, high):
    """x, but at most high."""
    ### BEGIN SOLUTION
    return min(x, high)
    ### END SOLUTION

# %% exercise="SIDE" points=1
### BEGIN SOLUTION
SIDE = "left"
### END SOLUTION

# %% exercise="Box" points={"keep": 1, "change": 1}
class Box:
    """Keeps a number."""
    ### BEGIN SOLUTION
    def __init__(self, n):
        self.n = n
    def add(self, k):
        self.n += k
    ### END SOLUTION

# %% exercise="break_clip" points=4
def break_clip(clip):
    """Raise AssertionError if clip is wrong."""
    ### BEGIN SOLUTION
    assert clip(1, 2) == 1
    assert clip(3, 2) == 2
    ### END SOLUTION

# %% exercise="extra" points=5 stretch=true
def extra(x):
    """x itself."""
    ### BEGIN SOLUTION
    return x
    ### END SOLUTION

# %% reflection=true
reflection = {"hours": 1.5, "sticking_point": "", "syntax_or_ideas": "neither", "questions": ["why"]}
'''

CHECKS = '''
from hypothesis import given, strategies as st
from autograde.properties import assert_equal, assert_raises, driver, exercise

@exercise("double")
@given(x=st.integers(-100, 100))
def test_double(learner, x):
    """Doubling is adding a number to itself.

    Hint: What is 3 + 3?
    """
    assert_equal(learner.double(x), x + x)

@exercise("clip")
@given(x=st.integers(0, 9), high=st.integers(0, 9))
def test_never_above(learner, x, high):
    """The result is never above the bound."""
    assert_equal(learner.clip(x, high) <= high, True)

@exercise("SIDE")
def test_side(learner):
    """The side is the left one."""
    assert_equal(learner.SIDE, "left")

@driver
def kept(names, n, k):
    box = names.Box(n)
    before = box.n
    box.add(k)
    return before, box.n

@exercise("Box-keep")
@given(n=st.integers(1, 9))
def test_keep(learner, n):
    """A box keeps its number."""
    assert_equal(kept(learner, n, 0)[0], n)

@exercise("Box-change")
@given(n=st.integers(1, 9), k=st.integers(1, 9))
def test_change(learner, n, k):
    """Adding changes the number."""
    assert_equal(kept(learner, n, k)[1], n + k)

@exercise("break_clip")
def test_catches_nonsense(learner):
    """A clip that always returns -1 is caught."""
    assert_raises(AssertionError, learner.break_clip, lambda x, high: -1)

@exercise("extra")
@given(x=st.integers())
def test_extra(learner, x):
    """Nothing changes."""
    assert_equal(learner.extra(x), x)
'''

PROPERTIES = '''
from hypothesis import given, strategies as st
from autograde.properties import assert_equal, exercise

@exercise("double")
@given(x=st.integers(8, 50))
def test_next(learner, x):
    """The double of the next number is two more."""
    assert_equal(learner.double(x + 1), 2 * x + 2)

@exercise("clip")
@given(x=st.integers(-50, 50), high=st.integers(-50, 50))
def test_agrees(learner, reference, x, high):
    """Below the bound nothing changes."""
    assert_equal(learner.clip(x, high), reference.clip(x, high))
'''

MISCONCEPTIONS = '''
# %% exercise="clip" misconception="always-the-bound"
"""Returns the bound always.

Hint: What should clip(1, 2) be?
"""
def clip(x, high):
    return high

# %% exercise="clip" misconception="never-clips"
"""Returns x always.

Hint: What should clip(3, 2) be?
"""
def clip(x, high):
    return x
'''

ALTERNATIVES = '''
# %% exercise="clip" alternative="if"
"""With a condition."""
def clip(x, high):
    if x > high:
        return high
    return x
'''


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Kit:
    """A kit of one small week."""
    root = tmp_path_factory.mktemp("kit")
    folder = root / "solutions" / "week02"
    folder.mkdir(parents=True)
    (root / "instructor").mkdir()
    for name, text in {
        "week02.py": WEEK,
        "test_week02.py": CHECKS,
        "properties.py": PROPERTIES,
        "misconceptions.py": MISCONCEPTIONS,
        "alternatives.py": ALTERNATIVES,
    }.items():
        (folder / name).write_text(text)
    return Kit(root)


@pytest.fixture(scope="module", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def grader(course: Kit) -> Iterator[Grader]:
    with Grader("week02", course, workers=2, patience={"cell_cpu": 1.0, "call_cpu": 1.0}) as grader:
        yield grader


RIGHT = {
    "double": "def double(x):\n    return x + x",
    "clip": "def clip(x, high):\n    return x if x < high else high",
    "SIDE": "SIDE = 'left'",
    "Box": "class Box:\n    def __init__(self, n):\n        self.n = n\n"
    "    def add(self, k):\n        self.n = self.n + k",
    "break_clip": "def break_clip(clip):\n    assert clip(5, 3) == 3 and clip(2, 4) == 2",
    "extra": "def extra(x):\n    return x",
    "reflection": "reflection = {'hours': 1.5}",
}
STUB = "raise NotImplementedError"


def notebook(**cells: str) -> bytes:
    """A learner's notebook: the right cells, less what is given otherwise; `own_...` are further cells."""
    sources = {**RIGHT, **cells}
    return json.dumps(
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {},
            "cells": [
                {
                    "cell_type": "code",
                    "id": name,
                    "metadata": {},
                    "source": source,
                    "outputs": [],
                    "execution_count": None,
                }
                for name, source in sources.items()
            ],
        }
    ).encode()


def grade(
    grader: Grader, folder: Path, data: bytes, name: str = "week02.ipynb", force: bool = False
) -> Graded:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(data)
    (graded,) = grader.grade([folder / name], force=force)
    return graded


def report_of(grader: Grader, folder: Path, **cells: str) -> Report:
    graded = grade(grader, folder, notebook(**cells))
    assert graded.report is not None, graded.fault
    return graded.report


def entry(report: Report, name: str) -> ExerciseReport:
    return next(exercise for exercise in report.exercises if exercise.name == name)


def test_a_right_notebook_gets_full_points_and_the_seals_layers_are_named(
    grader: Grader, tmp_path: Path
) -> None:
    report = report_of(grader, tmp_path)
    assert (report.points, report.max_points) == (12.0, 12.0)
    assert {exercise.status for exercise in report.exercises} == {"done"}
    assert {"seccomp", "not-dumpable", "limits"} <= set(report.sealed)
    assert report.problems == []


def test_the_same_submission_gives_the_same_bytes_and_comes_from_the_cache(
    grader: Grader, tmp_path: Path
) -> None:
    wrong = notebook(clip="def clip(x, high):\n    return high")
    first = grade(grader, tmp_path, wrong, force=True)
    again = grade(grader, tmp_path, wrong, force=True)
    cached = grade(grader, tmp_path, wrong)
    assert first.report and again.report and cached.report
    assert first.report.to_json() == again.report.to_json() == cached.report.to_json()
    assert (again.cached, cached.cached) == (False, True)


def test_notebooks_that_are_the_same_are_graded_once_and_each_has_its_report(
    grader: Grader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []

    def heard(judge: Judge, paths: Sequence[Path]) -> Iterator[tuple[Path, dict[str, Any]]]:
        asked.extend(paths)
        return ask(judge, paths)

    ask = Judge.ask
    monkeypatch.setattr(Judge, "ask", heard)
    paths = [tmp_path / name / "week02.ipynb" for name in ("ada", "bo", "cy")]
    for path, answer in zip(paths, ("x + x", "x + x", "x"), strict=True):
        path.parent.mkdir()
        path.write_bytes(notebook(double=f"def double(x):\n    return {answer}"))
    reports = {graded.path: graded.report for graded in grader.grade(paths, force=True)}
    assert asked == [paths[0], paths[2]]
    assert reports[paths[0]] == reports[paths[1]] != reports[paths[2]]


def test_a_report_survives_the_way_through_json(grader: Grader, tmp_path: Path) -> None:
    report = report_of(grader, tmp_path, double="def double(x):\n    return 3 * x")
    assert Report.from_json(report.to_json()) == report


def test_a_failure_shows_the_smallest_example_and_the_hint(grader: Grader, tmp_path: Path) -> None:
    report = report_of(grader, tmp_path, double="def double(x):\n    return x + x if x < 7 else 0")
    failed = entry(report, "double").properties[0]
    assert (failed.outcome, failed.example, failed.got, failed.expected) == ("failed", "x = 7", "0", "14")
    assert "What is 3 + 3?" in (failed.message or "")


def test_a_call_that_is_made_of_what_was_drawn_is_shown_beside_it(grader: Grader, tmp_path: Path) -> None:
    report = report_of(grader, tmp_path, double="def double(x):\n    return x + x if x < 10 else 0")
    assert entry(report, "double").properties[1].example == "x = 9\nlast call: double(10)"


def test_points_are_the_share_of_tests_that_hold(grader: Grader, tmp_path: Path) -> None:
    report = report_of(grader, tmp_path, clip="def clip(x, high):\n    return high")
    assert (entry(report, "clip").points, entry(report, "clip").status) == (1.5, "failing")
    assert report.points == 10.5


def test_stretch_exercises_count_neither_in_points_nor_in_their_maximum(
    grader: Grader, tmp_path: Path
) -> None:
    report = report_of(grader, tmp_path, extra=f"def extra(x):\n    {STUB}")
    assert (report.points, report.max_points) == (12.0, 12.0)
    assert entry(report, "extra").status == "todo"


def test_an_untouched_notebook_is_all_to_do(grader: Grader, course: Kit, tmp_path: Path) -> None:
    stubs = {
        "double": 'def double(x):\n    """Twice x."""\n    raise NotImplementedError',
        "clip": 'def clip(x, high):\n    """x, but at most high."""\n    raise NotImplementedError',
        "SIDE": "raise NotImplementedError",
        "Box": 'class Box:\n    """Keeps a number."""\n    raise NotImplementedError',
        "break_clip": 'def break_clip(clip):\n    """Raise..."""\n    raise NotImplementedError',
        "extra": "def extra(x):\n    raise NotImplementedError",
    }
    report = report_of(grader, tmp_path, **stubs)
    assert {exercise.name: exercise.status for exercise in report.exercises} == dict.fromkeys(
        ["double", "clip", "SIDE", "Box-keep", "Box-change", "break_clip", "extra"], "todo"
    )
    assert report.points == 0


def test_parts_are_graded_by_themselves(grader: Grader, tmp_path: Path) -> None:
    box = "class Box:\n    def __init__(self, n):\n        self.n = n\n    def add(self, k):\n        pass"
    report = report_of(grader, tmp_path, Box=box)
    assert (entry(report, "Box-keep").status, entry(report, "Box-change").status) == ("done", "failing")


def test_a_learners_test_gets_the_share_of_misconceptions_that_it_catches(
    grader: Grader, tmp_path: Path
) -> None:
    half = "def break_clip(clip):\n    assert clip(5, 3) == 3"
    broken = entry(report_of(grader, tmp_path, break_clip=half), "break_clip")
    # It catches nonsense (a check) and `never-clips`, and lets `always-the-bound` through.
    assert broken.points == pytest.approx(4 * 2 / 3, abs=1e-3)
    slipped = [said.sentence for said in broken.properties if said.outcome == "failed"]
    assert slipped == ["Catches a `clip` that is wrong: Returns the bound always."]


def test_a_learners_test_that_rejects_a_right_solution_gets_nothing(grader: Grader, tmp_path: Path) -> None:
    alarm = "def break_clip(clip):\n    assert clip(5, 3) == 4"
    broken = entry(report_of(grader, tmp_path, break_clip=alarm), "break_clip")
    assert broken.points == 0


def test_no_output_is_no_marks_and_a_printed_score_is_none_either(grader: Grader, tmp_path: Path) -> None:
    report = report_of(grader, tmp_path, double="print(2.0)\n2.0", own_cell="print('full marks')\n100.0")
    assert entry(report, "double").points == 0
    assert entry(report, "double").status == "missing"


def test_a_warning_costs_nothing(grader: Grader, tmp_path: Path) -> None:
    loud = "import warnings\ndef double(x):\n    warnings.warn('old')\n    return 2 * x"
    assert entry(report_of(grader, tmp_path, double=loud), "double").status == "done"


def test_a_syntax_error_costs_its_own_exercise_only(grader: Grader, tmp_path: Path) -> None:
    report = report_of(grader, tmp_path, double="def double(x:\n    return 2")
    assert {e.name for e in report.exercises if e.status != "done"} == {"double"}
    assert any("cell 1" in problem for problem in report.problems)


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ("while True: pass", "timeout"),
        ("import os; os._exit(0)", "error"),
        ("return bytearray(2**42)", "error"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "error"),
        ("f = lambda: f(); return f()", "error"),
        ("open('/etc/passwd').read()", "error"),
    ],
)
def test_a_hang_or_crash_costs_its_exercise_and_the_rest_is_graded(
    grader: Grader, tmp_path: Path, body: str, outcome: str
) -> None:
    report = report_of(grader, tmp_path, double=f"def double(x):\n    {body}")
    assert entry(report, "double").properties[0].outcome == outcome
    assert entry(report, "double").properties[0].message
    assert {e.name for e in report.exercises if e.status != "done"} == {"double"}


@pytest.mark.parametrize(
    ("body", "limit"),
    [
        ("return bytearray(2**42)", "4 GB"),
        ("return [open('/dev/null') for _ in range(500)]", "64 files"),
        ("open('big', 'wb').write(b'x' * 2**27)", "64 MB"),
        ("import socket; socket.socket()", "no network"),
        ("import subprocess; subprocess.run(['true'])", "no other program"),
    ],
)
def test_a_limit_that_was_met_is_named_with_what_to_do(
    grader: Grader, tmp_path: Path, body: str, limit: str
) -> None:
    report = report_of(
        grader, tmp_path, double=f"def double(x):\n    {body}", own_cell=f"def f():\n    {body}\nf()"
    )
    assert limit in (entry(report, "double").properties[0].message or "")
    assert any(limit in problem for problem in report.problems)


def test_printing_without_end_is_stopped_and_named(grader: Grader, tmp_path: Path) -> None:
    report = report_of(grader, tmp_path, own_cell="while True:\n    print('x' * 1000)")
    assert report.points == 12.0
    assert any("million characters printed" in problem for problem in report.problems)


def test_a_cell_that_hangs_is_left_out_and_named(grader: Grader, tmp_path: Path) -> None:
    report = report_of(grader, tmp_path, own_loop="while True:\n    pass")
    assert report.points == 12.0
    assert any(problem.startswith("cell 8 did not return") for problem in report.problems)


def test_a_report_with_a_timeout_is_not_kept(grader: Grader, tmp_path: Path) -> None:
    hang = notebook(double="def double(x):\n    while True: pass")
    assert not grade(grader, tmp_path, hang).cached
    assert not grade(grader, tmp_path, hang).cached


HOSTILE = {
    "patches torch and the package": "import torch, autograde.comparisons as c, builtins\n"
    "c.difference = lambda *a: None\nc.Mismatch = None\nbuiltins.isinstance = lambda *a: True\ndef double(x): return 0",
    "raises with a hostile message": "class E(Exception):\n    def __str__(self): raise SystemExit\n"
    "def double(x): raise E()",
    "returns an object that claims to equal everything": "class A(int):\n    def __eq__(self, o): return True\n"
    "    def __reduce__(self): raise SystemExit\ndef double(x): return A(0)",
    "writes frames to its own socket": "import os\ndef double(x):\n    for fd in range(3, 64):\n"
    "        try: os.write(fd, b'\\x00' * 4000)\n"
    "        except OSError: pass\n    return 0",
    "swaps the side that answers": "import sys, gc\nfor o in gc.get_objects():\n    if type(o).__name__ == 'Serving':\n"
    "        o._answer = lambda *a: ['done', None, [], None]\n",
    "looks for the tests": "import gc\nsecret = ('Suite', 'Test', 'Judging')\n"
    "found = [o for o in gc.get_objects() if type(o).__name__ in secret]\n"
    "def double(x): return len(found)",
}


@pytest.mark.parametrize("name", list(HOSTILE))
def test_a_hostile_cell_gains_nothing_and_gets_a_report(grader: Grader, tmp_path: Path, name: str) -> None:
    report = report_of(grader, tmp_path, double=HOSTILE[name])
    assert entry(report, "double").points == 0


def test_something_unreadable_gets_a_report_with_the_reason(grader: Grader, tmp_path: Path) -> None:
    for number, data in enumerate(
        [b"", b"{", b"[1, 2]", b"\xff\xfe\x00", b'{"cells": null}', notebook()[:300]]
    ):
        graded = grade(grader, tmp_path / str(number), data)
        assert graded.report, graded.fault
        assert graded.report.points == 0
        assert graded.report.problems
        assert {exercise.status for exercise in graded.report.exercises} == {"missing"}


def test_a_file_that_cannot_be_opened_is_a_sentence_and_the_others_are_graded(
    grader: Grader, tmp_path: Path
) -> None:
    (tmp_path / "week02.ipynb").write_bytes(notebook())
    gone = tmp_path / "gone" / "week02.ipynb"
    graded = {result.path: result for result in grader.grade([gone, tmp_path / "week02.ipynb"])}
    assert graded[gone].report is None
    assert str(gone) in (graded[gone].fault or "")
    assert graded[tmp_path / "week02.ipynb"].report is not None


def test_plots_and_prints_are_kept_for_the_human_grader(grader: Grader, tmp_path: Path) -> None:
    own = "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nprint('seen')\nplt.show()"
    graded = grade(grader, tmp_path, notebook(own_plot=own))
    shown = [output for output in graded.outputs.values() if output[1]]
    assert shown[0][0].startswith("seen")
    assert shown[0][1][0].startswith(b"\x89PNG")


def test_without_solutions_grading_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="pytest exercises/week02"):
        Grader("week02", Kit(tmp_path))


def test_grading_unsealed_takes_saying_so(course: Kit, tmp_path: Path) -> None:
    with Grader("week02", course, trust=True) as trusting:
        report = report_of(trusting, tmp_path)
    assert (report.points, report.sealed) == (12.0, [])


def test_where_the_probe_finds_a_secret_open_grading_refuses_and_says_so(course: Kit, tmp_path: Path) -> None:
    readable = Path(os.__file__)
    with (
        Grader("week02", course, secrets=[readable]) as grader,
        pytest.raises(Fault, match=r"--trust|move the course"),
    ):
        grade(grader, tmp_path, notebook(), force=True)


def test_no_process_and_no_scratch_is_left_behind(course: Kit, tmp_path: Path) -> None:
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(scratch))
        with Grader("week02", course) as grader:
            report_of(
                grader, tmp_path, double="import time\ndef double(x):\n    time.sleep(0.01)\n    return 2 * x"
            )
    left = [path for path in scratch.rglob("*") if "scratch" in path.name]
    assert left == []


COUNTS_ITS_CALLS = """
others = calls = 0

def double(x):
    global others
    others += 1
    return 2 * x

def break_clip(clip):
    global calls
    calls += 1
    # Asked beside the other exercises: the check with nonsense. Afterwards first the right ones, then the others.
    assert others == 0 and calls <= 2
"""


def test_a_test_that_counts_its_calls_and_tests_nothing_earns_nothing(grader: Grader, tmp_path: Path) -> None:
    report = report_of(grader, tmp_path, break_clip=COUNTS_ITS_CALLS)
    assert entry(report, "break_clip").points == 0


def test_some_catches_meet_a_right_one_too_before_or_after_as_the_lot_says() -> None:
    week = load_week(kit().solutions / "week07")
    right = implementation(week, "bigram_probabilities", None)

    class TestOfALearner:
        def __init__(self, lot: str) -> None:
            self.lot, self.met = lot, ""

        def begin(self, seconds: float = 0.0) -> None: ...

        def break_bigram_probabilities(self, given: object) -> None:
            self.met += "r" if given is right else "w"
            assert given is right

    def met(lot: str) -> list[str]:
        learners = [(test, TestOfALearner(lot)) for test in break_tests(week) if not test.gate]
        for test, learner in learners:
            test.function(learner)
        return [learner.met for _, learner in learners]

    assert {*met("one"), *met("two")} == {"w", "rw", "wr"}
    assert met("one") != met("two")
    assert sum("r" in catch for catch in met("one")) == len(met("one")) // 3


CRASHES_LATER = """
import os
n = 0
def double(x):
    global n
    n += 1
    if n > 8:
        os._exit(0)
    return 0 if x > 2 else 2 * x
"""


def test_a_crash_while_the_smallest_example_is_sought_costs_no_other_exercise(
    grader: Grader, tmp_path: Path
) -> None:
    report = report_of(grader, tmp_path, double=CRASHES_LATER)
    assert {e.name for e in report.exercises if e.status != "done"} == {"double"}


SERVING = """
import gc
from autograde.learner.wire import Encoder
serving = [o for o in gc.get_objects() if type(o).__name__ == "Serving"][0]
"""
MALFORMED = {
    "a place in the notebook of megabytes": "['raised', ['KeyError'], 'x', ['A' * 10**7, 1]]",
    "a class's name of megabytes": "['raised', ['A' * 10**7], 'x', None]",
    "an exception that is none": "['raised', 5, 5, 5]",
    "an exception that is made of others": "['raised', ['ExceptionGroup'], 'x', None]",
    "changes of arguments that aren't there": "['done', 1, [(99, [])], 7]",
    "a kind that can't be looked up": "[[], 1]",
    "an integer that Python refuses to write": "['done', 10**5000, [], None]",
    "a sum that the judge is to do": "['callback', 'pow', [10, 10**9]]",
}


@pytest.mark.parametrize("name", list(MALFORMED))
def test_a_forged_reply_costs_its_exercise_and_the_report_stays_small(
    grader: Grader, tmp_path: Path, name: str
) -> None:
    forged = f"{SERVING}\ndef double(x):\n    serving._channel.send(Encoder().encode({MALFORMED[name]}))\n"
    report = report_of(grader, tmp_path, double=forged + "    serving._channel.receive()\n    return 0")
    assert {e.name for e in report.exercises if e.status != "done"} == {"double"}
    assert len(report.to_json()) < 20_000


@pytest.mark.parametrize(
    "reply", ["['ran', 5, 5, 5]", "['named', {}]", "['ran', 'x' * 10**7, [], 'P' * 10**7]"]
)
def test_forged_outputs_of_cells_are_cut_or_refused(grader: Grader, tmp_path: Path, reply: str) -> None:
    graded = grade(
        grader, tmp_path, notebook(own_forger=f"{SERVING}\nserving._cell = lambda *a: {reply}", own_x="1")
    )
    assert graded.report is not None, graded.fault
    assert len(graded.report.to_json()) < 20_000
    assert sum(len(text) for text, _ in graded.outputs.values()) < 10**6


HALF = """
import os
def double(x):
    os.write(serving._channel.descriptor, (b"\\0\\0\\0\\1" + bytes(2**16))[:2**16])
    while True: pass
"""


def test_half_a_message_is_no_reason_to_wait_for_ever(grader: Grader, tmp_path: Path) -> None:
    report = report_of(grader, tmp_path, double=SERVING + HALF)
    assert entry(report, "double").properties[0].outcome == "timeout"
    assert {e.name for e in report.exercises if e.status != "done"} == {"double"}


def test_what_no_screen_can_show_is_in_no_report(grader: Grader, tmp_path: Path) -> None:
    orders = "def double(x):\n    raise ValueError('\\x1b]0;mine\\x07 \\x9b31m \\u202e')"
    folder = tmp_path / "odd"
    folder.mkdir()
    name = os.fsdecode(b"week02\xff\x1b.ipynb")
    report = grade(grader, folder, b"{", name).report
    assert report is not None
    for text in (report.to_json(), report_of(grader, tmp_path, double=orders).to_json()):
        assert text.encode()  # no half characters
        assert not set("\x1b\x07\x9b\u202e") & set(text)
        assert "\\u001b" not in text


def test_a_value_that_cannot_be_written_down_costs_nothing(grader: Grader, tmp_path: Path) -> None:
    graded = grade(
        grader, tmp_path, notebook(reflection="reflection = {10**6000: 10**6000, 'a': [10**6000]}")
    )
    assert graded.report is not None
    assert graded.report.points == 12.0


IN_PLACE_WEEK = '''
# %% exercise="total" points=2
def total(xs):
    """The sum of xs."""
    ### BEGIN SOLUTION
    return sum(xs)
    ### END SOLUTION

# %% exercise="grow" points=2
def grow(xs):
    """Put a 1 behind xs."""
    ### BEGIN SOLUTION
    xs.append(1)
    ### END SOLUTION
'''
IN_PLACE_CHECKS = '''
from hypothesis import given, strategies as st
from autograde.properties import assert_equal, exercise

@exercise("total")
@given(xs=st.lists(st.integers(1, 9), min_size=1))
def test_total(learner, xs):
    """The sum is right."""
    assert_equal(learner.total(xs), sum(xs))

@exercise("grow")
@given(xs=st.lists(st.integers(1, 9)))
def test_grow(learner, xs):
    """A 1 is put behind."""
    before = list(xs)
    learner.grow(xs)
    assert_equal(xs, [*before, 1])
'''
IN_PLACE_PROPERTIES = '''
from hypothesis import given, strategies as st
from autograde.properties import assert_equal, exercise

@exercise("grow")
@given(xs=st.lists(st.integers(1, 9)))
def test_grows_like_the_reference(learner, reference, xs):
    """It grows as the reference does."""
    right = list(xs)
    learner.grow(xs)
    reference.grow(right)
    assert_equal(xs, right)
'''


def test_emptying_the_input_makes_no_answer_right(tmp_path: Path) -> None:
    folder = tmp_path / "solutions" / "week02"
    folder.mkdir(parents=True)
    (tmp_path / "instructor").mkdir()
    (folder / "week02.py").write_text(IN_PLACE_WEEK)
    (folder / "test_week02.py").write_text(IN_PLACE_CHECKS)
    (folder / "properties.py").write_text(IN_PLACE_PROPERTIES)
    right = {"grow": "def grow(xs):\n    xs.append(1)"}
    cells = {
        "empties": {"total": "def total(xs):\n    xs.clear()\n    return 0", **right},
        "leaves alone": {"total": "def total(xs):\n    return sum(xs)", **right},
    }
    points = {}
    with Grader("week02", Kit(tmp_path)) as grader:
        for name, sources in cells.items():
            data = json.loads(notebook())
            data["cells"] = [
                {"cell_type": "code", "id": key, "metadata": {}, "source": source}
                for key, source in sources.items()
            ]
            report = grade(grader, tmp_path / name, json.dumps(data).encode()).report
            assert report is not None
            points[name] = [exercise.points for exercise in report.exercises]
    assert points == {"empties": [0.0, 2.0], "leaves alone": [2.0, 2.0]}


def test_a_notebook_of_endless_cells_is_read_in_part(grader: Grader, tmp_path: Path) -> None:
    cells = json.loads(notebook())["cells"]
    data = json.dumps({"cells": cells + [{}] * 200_000}).encode()
    report = grade(grader, tmp_path, data).report
    assert report is not None
    assert report.points == 12.0
    assert any("left out" in problem for problem in report.problems)


def test_a_coarse_dtype_or_an_infinite_expectation_buys_no_tolerance() -> None:
    table = torch.tensor([[0.2, 0.4, 0.4], [0.25, 0.25, 0.5]])
    for coarse in (torch.bfloat16, torch.float16):
        with pytest.raises(Mismatch):
            assert_close((table + 0.05).to(coarse), table)
    for got in (5.0, -math.inf, torch.tensor(5.0)):
        with pytest.raises(Mismatch):
            assert_close(got, math.inf, rtol=1e-3)
    assert_close(math.inf, math.inf, rtol=1e-3)


@pytest.mark.parametrize(
    "remembers",
    [
        "    if not seen:\n        seen.add(now)\n    assert now in seen",
        "    seen.append(now)\n    assert len(seen) < 3 or now == max(seen, key=seen.count)",
        "    seen.append(now)\n    if len(seen) > 2:\n        assert now in seen[:2]",
    ],
    ids=["the first", "the most frequent", "the first two"],
)
def test_a_test_that_learns_from_its_calls_what_is_right_gets_nothing(
    grader: Grader, tmp_path: Path, remembers: str
) -> None:
    kind = "set()" if "add" in remembers else "[]"
    code = f"seen = {kind}\ndef break_clip(clip):\n    now = clip(5, 3), clip(2, 4)\n{remembers}"
    broken = entry(report_of(grader, tmp_path, break_clip=code), "break_clip")
    assert broken.points == 0


@pytest.fixture(scope="module")
def clipping(course: Kit) -> tuple[Suite, LocalLearner]:
    """The week with `break_clip`: its suite and its reference."""
    week = load_week(course.solutions / "week02")
    return whole_suite(week), reference_learner(week)


def detected(clipping: tuple[Suite, LocalLearner], lot: str, decides: Callable[[int], bool]) -> bool:
    """Whether a test is found out that decides by the number of its call while asked beside, and learns later."""
    suite, reference = clipping
    processes = count()  # as if they could tell each other which of them they are

    def fresh() -> LocalLearner:
        process, calls, right = next(processes), count(), set()

        def break_clip(clip: Any) -> None:
            call, does = next(calls), (clip(5, 3), clip(2, 4), clip(0, 0))
            if process <= 3:
                assert decides(call)
            elif call < 2:
                right.add(does)
            else:
                assert does in right

        learner = LocalLearner({"break_clip": break_clip})
        learner.lot = lot
        return learner

    tests = [test for test in suite.tests if test.exercise == "break_clip" and test.hidden]
    said = run_suite(suite, tests, fresh, reference)
    return any(verdict.outcome != "passed" for verdict in said)


@pytest.mark.parametrize("guessed", [0, 1, 2])
def test_a_test_that_knows_its_occasion_and_nothing_else_guesses(clipping: Any, guessed: int) -> None:
    lots = [str(lot) for lot in range(60)]
    undetected = sum(not detected(clipping, lot, lambda call: call == guessed) for lot in lots)
    assert 0 < undetected <= 3 * len(lots) * LUCK


def test_a_test_that_ends_its_process_rather_than_decide_is_found_out(clipping: Any) -> None:
    def gives_up(_call: int) -> bool:
        raise LearnerStopped("ended", gone=True)

    assert detected(clipping, "a lot", gives_up)


def test_where_the_gate_was_lost_to_a_dying_judge_nothing_is_asked_beside(clipping: Any) -> None:
    (suite, reference), asked = clipping, []
    learner = LocalLearner({"break_clip": lambda clip: asked.append(clip)})
    catches = [
        test for test in suite.tests if test.exercise == "break_clip" and test.hidden and not test.gate
    ]
    said = list(run_suite(suite, catches, lambda: learner, reference))
    assert [verdict.test.key for verdict in said] == [test.key for test in catches]
    assert len(asked) <= 4 * len(catches)


def test_exactly_one_place_of_each_occasion_is_right_and_together_they_are_hard_to_guess(
    clipping: Any,
) -> None:
    tests = [test for test in clipping[0].tests if test.alone is not None]
    asked = list(occasions(tests, "a lot"))
    assert all(sum(test.gate for test in each) == 1 for each in asked)
    assert math.prod(1 / len(each) for each in asked) <= LUCK

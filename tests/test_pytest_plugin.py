"""`pytest exercises/weekNN` as a learner meets it: real runs, each shared by the laws that it shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograde.bench import Bench
from autograde.explaining import Told, exercise_of
from autograde.judge.tests import load_tests
from autograde.learner.wire import encode
from autograde.loading import open_suite
from autograde.tables import plain_text, week_lines

PutWeek = Callable[..., Path]

CHECKS = '''\
import torch
from hypothesis import given
from hypothesis import strategies as st

from autograde.properties import assert_close, exercise
from autograde.strategies import tensors

numbers = st.integers(-9, 9)


@exercise("double")
@given(x=numbers)
def test_twice(learner, x):
    """The double of a number is the number and itself.

    Hint: add, don't square.
    """
    assert_close(learner.double(x), x + x)


@exercise("double")
@given(x=numbers)
def test_zero_stays(learner, x):
    """The double of zero is zero."""
    assert_close(learner.double(0 * x), 0)


@exercise("share-rows")
@given(x=tensors((3, 4), st.integers(1, 9).map(float)))
def test_rows(learner, x):
    """Every row adds up to one."""
    assert_close(learner.share(x).sum(1), torch.ones(3, dtype=torch.float64))


@exercise("share-whole")
def test_whole(learner):
    """The share of one number is one."""
    assert_close(learner.share(torch.ones(1, 1)), torch.ones(1, 1))


@exercise("halve")
@given(x=numbers)
def test_half(learner, x):
    """Half of a number, twice, is the number."""
    assert_close(2 * learner.halve(x), float(x))


@exercise("LIMIT")
def test_limit(learner):
    """The limit is fourteen."""
    assert_close(learner.LIMIT, 14.0)


@exercise("wander")
def test_wander(learner):
    """A walk of no steps ends where it began."""
    assert_close(learner.wander(0), 0)
'''

STUBS = {
    "double": "def double(x):\n    raise NotImplementedError",
    "share": "def share(x):\n    raise NotImplementedError",
    "halve": "def halve(x):\n    raise NotImplementedError",
    "LIMIT": "raise NotImplementedError",
    "wander": "def wander(steps):\n    raise NotImplementedError",
}
RIGHT = {
    "double": "def double(x):\n    return 2 * x",
    "share": "def share(x):\n    return x / x.sum(1, keepdim=True)",
    "halve": "def halve(x):\n    return x / 2",
    "LIMIT": "LIMIT = 14.0",
    "wander": "def wander(steps):\n    return steps",
}
WRONG = {
    "double": "def double(x):\n    print('doubling', x)\n    return x * x",
    "share": "def share(x):\n    total = x.sum(0, keepdim=True)\n    return x / total.missing",
    "halve": "def halved(x):\n    return x / 2",
    "LIMIT": "LIMIT = 14.0\nprint('the limit is known')",
    "wander": "def wander(steps):\n    while True:\n        pass",
}
POINTS = {"double": 3, "share-rows": 2, "share-whole": 1, "halve": 2, "LIMIT": 1, "wander": 0}
OWN = [
    ("given-week", 'from autograde import week\n\ncheck = week("week01")'),
    ("given-imports", "import math\nimport torch"),
    ("explore", "raise SystemExit('explored')"),
]
SLIPS = [("own", "ratio = 1 / 0"), ("own-2", "while True:\n    pass"), ("own-3", 'check("double")')]

IMPATIENT = """\
import autograde.bench, autograde.loading, autograde.pytest_plugin.last_resort as last_resort

autograde.bench.CALL_SECONDS = 0.3
autograde.loading.CELL_SECONDS = 0.5
"""
WITHOUT_TIMER = IMPATIENT + "import signal\ndel signal.setitimer\n"
LAST_MINUTE = IMPATIENT + "last_resort.LAST_RESORT_SECONDS = 1.0\n"


@dataclass(frozen=True)
class Run:
    """What one command came to."""

    status: int
    text: str

    @property
    def table(self) -> dict[str, str]:
        """The state of each row of the week's table, with its note."""
        rows = re.findall(r"^  (\S+) +[\d.]+ / [\d.]+   (\S.*)$", self.text, re.MULTILINE)
        return {name: " ".join(state.split()) for name, state in rows}

    def block(self, entry: str) -> list[str]:
        """The lines that explain an entry's failure."""
        after = self.text.partition(f"\n{entry}: ")[2]
        return after.partition("\n\n")[0].partition("\n===")[0].split("\n")


def run(folder: Path, *arguments: str, plugin: str = "", told: str | None = None) -> Run:
    """Run pytest as a learner would, in a process of its own."""
    options = ["-p", "no:cacheprovider"]
    if plugin:
        (folder / "impatient.py").write_text(plugin)
        options += ["-p", "impatient"]
    path = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")]))
    environment = os.environ | {"COLUMNS": "80", "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "pytest", *options, *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environment, input=told or "", capture_output=True, text=True, timeout=60
    )
    return Run(done.returncode, done.stdout + done.stderr)


def cells(sources: dict[str, str], *more: tuple[str, str]) -> list[tuple[str, str]]:
    """A notebook's cells: what is given, the exercises, and more."""
    return [*OWN, *sources.items(), *more]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, put_week: PutWeek) -> Path:
    """A learner's tree: week01 untouched, week02 right, week03 with slips of every kind. No pyproject.toml."""
    root = tmp_path_factory.mktemp("course")
    for name, notebook in (
        ("week01", cells(STUBS)),
        ("week02", cells(RIGHT)),
        ("week03", cells(WRONG, *SLIPS)),
    ):
        put_week(root / "exercises" / name, CHECKS, notebook, STUBS, POINTS)
    return root


@pytest.fixture(scope="module")
def untouched(root: Path) -> Run:
    return run(root, "exercises/week01", f"--junitxml={root}/untouched.xml")


@pytest.fixture(scope="module")
def right(root: Path) -> Run:
    return run(root / "exercises", "week02", "-v")


@pytest.fixture(scope="module")
def wrong(root: Path) -> Run:
    return run(root, "exercises/week03", plugin=IMPATIENT)


# An untouched stub.


def test_an_untouched_stub_is_all_to_do(untouched: Run) -> None:
    assert untouched.table == dict.fromkeys(POINTS, "to do")


def test_an_untouched_stub_ends_with_status_1(untouched: Run) -> None:
    assert untouched.status == 1


def test_an_untouched_stub_has_no_wall_of_red(untouched: Run) -> None:
    assert re.findall("Traceback|FAILURES|Error|FAILED", untouched.text) == []


def test_what_is_to_do_has_a_letter_and_a_count_of_its_own(untouched: Run) -> None:
    assert "ttttttt" in untouched.text
    assert "7 to do in" in untouched.text


def test_what_is_to_do_is_a_failure_with_one_line_in_junitxml(untouched: Run, root: Path) -> None:
    messages = [
        failure.get("message", "") for failure in ElementTree.parse(root / "untouched.xml").iter("failure")
    ]
    assert messages == [
        f"{name} is still to do" for name in ("double", "double", "share", "share", "halve")
    ] + [
        "LIMIT is still to do",
        "wander is still to do",
    ]


# A right notebook.


def test_a_right_notebook_is_all_done(right: Run) -> None:
    assert right.table == dict.fromkeys(POINTS, "done")


def test_a_right_notebook_ends_with_status_0(right: Run) -> None:
    assert right.status == 0


def test_the_bar_counts_all_points_but_stretch(right: Run) -> None:
    assert f"{'█' * 40}  9 of 9 points" in right.text
    assert right.text.index("9 of 9 points") < right.text.index("wander  ")


# A notebook with slips.


def test_the_table_names_each_state(wrong: Run) -> None:
    assert wrong.table == {
        "double": "failing 1 of 2 checks holds",
        "share-rows": "failing",
        "share-whole": "failing",
        "halve": "missing",
        "LIMIT": "done",
        "wander": "failing",
    }


def test_a_failure_says_what_was_asked_input_got_expected_difference_and_hint(wrong: Run) -> None:
    assert wrong.block("double") == [
        "The double of a number is the number and itself.",
        "  input     x = 1",
        "  got       1",
        "  expected  2",
        "  differs   off by -1",
        "  hint      add, don't square.",
    ]


def test_an_exception_shows_the_learners_cell_and_line(wrong: Run) -> None:
    block = "\n".join(wrong.block("share-rows"))
    assert "week03.ipynb cell 5, line 3)" in " ".join(block.split())
    assert "line      return x / total.missing" in block


def test_no_explanation_is_longer_than_15_lines(wrong: Run) -> None:
    assert [len(wrong.block(entry)) <= 15 for entry in ("double", "share-rows", "share-whole")] == [True] * 3


def test_only_the_first_three_failures_are_explained_and_the_others_named(wrong: Run) -> None:
    assert "Also failing: halve, wander." in wrong.text


def test_a_loop_that_does_not_end_is_stopped_with_a_sentence(wrong: Run, root: Path) -> None:
    alone = run(root, "exercises/week03", "-k", "wander", plugin=IMPATIENT)
    assert "wander did not return within 0.3 s: look for a loop that" in "\n".join(alone.block("wander"))


def test_what_cells_did_wrong_is_a_sentence_each(wrong: Run) -> None:
    text = " ".join(wrong.text.split())
    assert "! week03.ipynb cell 9 raised ZeroDivisionError: division by zero, line 1." in text
    assert (
        "! week03.ipynb cell 10 was stopped after 0.5 s; put what takes long in a cell tagged `explore`"
        in text
    )


def test_cells_tagged_explore_do_not_run(wrong: Run) -> None:
    assert "explored" not in wrong.text


def test_no_line_is_wider_than_the_terminal(wrong: Run) -> None:
    assert max(len(line) for line in wrong.text.splitlines() if "plugins:" not in line) <= 80


def test_a_failure_is_told_once(wrong: Run) -> None:
    assert re.findall("FAILURES|short test summary", wrong.text) == []


def test_our_own_frames_are_hidden(wrong: Run) -> None:
    assert re.findall(r"replay\.py|host\.py|Falsifying|hypothesis/core", wrong.text) == []


# Pytest's own options.


def test_xdist_gives_the_same_table_and_junitxml(wrong: Run, root: Path) -> None:
    spread = run(root, "exercises/week03", "-n2", "-q", f"--junitxml={root}/spread.xml", plugin=IMPATIENT)
    assert spread.table == wrong.table
    assert len(list(ElementTree.parse(root / "spread.xml").iter("failure"))) == 5


def test_several_weeks_and_both_rooms_run_together_without_a_clash(root: Path) -> None:
    folder = root / "solutions" / "week02"
    folder.mkdir(parents=True)
    headers = "".join(
        f'# %% exercise="{name}" points={points}{stretch}\n### BEGIN SOLUTION\n{source}\n### END SOLUTION\n\n'
        for name, points, stretch, source in (
            ("double", 3, "", RIGHT["double"]),
            ("share", '{"rows": 2, "whole": 1}', "", RIGHT["share"]),
            ("halve", 2, "", RIGHT["halve"]),
            ("LIMIT", 1, "", RIGHT["LIMIT"]),
            ("wander", 1, " stretch=true", RIGHT["wander"]),
        )
    )
    (folder / "week02.py").write_text(headers)
    (folder / "test_week02.py").write_text(CHECKS)
    (folder / "properties.py").write_text(
        "from autograde.properties import assert_close, exercise\n\n\n"
        '@exercise("double")\ndef test_as_the_reference(learner, reference):\n'
        '    """As the reference."""\n    assert_close(learner.double(5), reference.double(5))\n'
    )
    both = run(root, "exercises/week02", "solutions")
    assert (both.status, both.text.count("9 of 9 points")) == (0, 2)
    assert "15 passed" in both.text


def test_k_takes_an_exercise_and_s_shows_what_it_prints(root: Path) -> None:
    chosen = run(root, "exercises/week03", "-k", "double", "-s", plugin=IMPATIENT)
    assert "2 of 3 points" not in chosen.text
    assert list(chosen.table) == ["double"]
    assert "doubling 1" in chosen.text
    assert "the limit is known" in chosen.text


def test_k_with_an_exercises_name_takes_no_other_that_has_it_in_its_own(
    tmp_path: Path, put_week: PutWeek
) -> None:
    longer = (
        CHECKS
        + """
@exercise("redouble")
def test_double_again(learner):
    \"\"\"Redoubling doubles.\"\"\"
    assert_equal(learner.redouble(1), 4)
"""
    )
    more = {"redouble": "raise NotImplementedError"}
    put_week(
        tmp_path / "exercises" / "week01", longer, cells(STUBS | more), STUBS | more, POINTS | {"redouble": 1}
    )
    assert list(run(tmp_path, "exercises/week01", "-k", "double").table) == ["double"]
    assert list(run(tmp_path, "exercises/week01", "-k", "doubl").table) == ["double", "redouble"]


def test_x_stops_at_the_first_failure(root: Path) -> None:
    stopped = run(root, "exercises/week03", "-x", "-q", plugin=IMPATIENT)
    assert "stopping after 1 failures" in stopped.text
    assert stopped.table == {"double": "failing 1 of 2 run"}


def test_pdb_stops_in_the_learners_line(root: Path) -> None:
    debugged = run(
        root, "exercises/week03", "-k", "share-rows", "--pdb", plugin=IMPATIENT, told="p total.shape\nq\n"
    )
    assert "-> return x / total.missing" in debugged.text
    assert "torch.Size([1, 4])" in debugged.text


def test_a_traceback_that_is_asked_for_has_the_learners_lines_only(root: Path) -> None:
    asked = run(root, "exercises/week03", "-k", "share-rows", "--tb=short", plugin=IMPATIENT)
    frames = re.findall(r"^(\S.*):(\d+): in (\w+)$", asked.text, re.MULTILINE)
    assert frames == [("week03.ipynb cell 5", "3", "share")]


# What nothing else stops.


def test_a_loop_is_stopped_where_there_is_no_timer(wrong: Run, root: Path) -> None:
    other = run(root, "exercises/week03", plugin=WITHOUT_TIMER)
    assert other.table == wrong.table
    assert "week03.ipynb cell 10 was stopped after 0.5 s" in other.text


def test_a_call_that_no_signal_stops_ends_the_run_and_names_the_line(root: Path, put_week: PutWeek) -> None:
    stuck = WRONG | {"wander": "def wander(steps):\n    return sum(range(10**12))"}
    put_week(root / "exercises" / "week05", CHECKS, cells(stuck), STUBS, POINTS)
    ended = run(root, "exercises/week05", "-k", "wander", plugin=LAST_MINUTE)
    assert 'File "week05.ipynb cell 8", line 2 in wander' in ended.text
    assert ended.status == 1


# What isn't as it should be.


def test_a_missing_notebook_and_a_damaged_file_are_a_sentence_each(root: Path, put_week: PutWeek) -> None:
    renamed = put_week(root / "exercises" / "week06", CHECKS, cells(RIGHT), STUBS, POINTS)
    (renamed / "week06.ipynb").rename(renamed / "week06-Copy1.ipynb")
    damaged = put_week(root / "exercises" / "week07", CHECKS, cells(RIGHT), STUBS, POINTS)
    (damaged / "suite.msgpack").write_bytes(b"\xc1")
    faults = run(root, "exercises/week06", "exercises/week07")
    assert "week06.ipynb: there is no notebook of this name; rename week06-Copy1.ipynb to it." in faults.text
    assert "suite.msgpack: this file is damaged" in faults.text
    assert "Traceback" not in faults.text


def test_what_no_cell_may_raise_fails_its_week_and_the_other_weeks_table_is_drawn(
    root: Path, put_week: PutWeek
) -> None:
    put_week(
        root / "exercises" / "week12", CHECKS, cells(RIGHT, ("odd", "raise GeneratorExit")), STUBS, POINTS
    )
    both = run(root, "exercises/week12", "exercises/week03")
    assert "INTERNALERROR" not in both.text
    assert both.table["double"].startswith("failing")


def test_an_unknown_week_is_answered_with_those_that_exist(root: Path) -> None:
    unknown = run(root, "exercises/week99")
    assert "there is no week called 'week99'; there are week01, week02, week03" in unknown.text
    assert unknown.status == 4


def test_checks_that_were_changed_are_run_on_examples_drawn_anew(root: Path, put_week: PutWeek) -> None:
    folder = put_week(root / "exercises" / "week08", CHECKS, cells(RIGHT), STUBS, POINTS)
    added = '\n\n@exercise("LIMIT")\ndef test_mine(learner):\n    """Mine."""\n    assert_close(learner.LIMIT, 15.0)\n'
    (folder / "test_week08.py").write_text(CHECKS + added)
    changed = run(root, "exercises/week08")
    assert changed.table["LIMIT"] == "failing 1 of 2 checks holds"
    assert changed.table["double"] == "done"


def test_the_examples_that_are_run_are_those_that_were_kept(root: Path) -> None:
    folder = root / "exercises" / "week02"
    suite = open_suite(folder)
    [test] = [one for one in load_tests(folder / "test_week02.py", hidden=False) if one.name == "test_half"]
    suite.kept[test.key].append(encode({"x": 10**6}))
    bench = Bench(folder, suite, {"halve": lambda x: x / 2 if x < 10 else 0.0})
    assert bench.run(test).arguments == {"x": 10**6}


def test_what_is_to_do_is_not_explained_even_where_all_failures_are() -> None:
    todo = Told("A law.", False, "error", message="f is still to do", entry="f", todo=True)
    exercise = exercise_of("f", 1, False, [todo], 1, defined=True)
    assert "A law." not in plain_text(week_lines([exercise], [], detail="all"))


def test_what_no_check_speaks_of_is_said_to_be_seen_when_graded() -> None:
    told = Told("A law.", False, "passed", entry="f")
    exercises = [
        exercise_of("f", 2, False, [told], 1, defined=True),
        exercise_of("break_f", 3, False, [], 0, defined=True),
    ]
    text = plain_text(week_lines(exercises, []))
    assert re.search("break_f .*   seen when graded", text)
    assert f"{'█' * 40}  2 of 2 points, 3 more when graded" in text


def test_the_plugin_costs_nothing_where_it_is_not_used() -> None:
    code = "import sys, autograde.pytest_plugin; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert loaded & {"torch", "numpy", "hypothesis", "rich", "msgpack", "autograde.judge"} == set()


def test_a_name_from_a_cell_that_is_left_out_is_said_to_be_from_there(
    tmp_path: Path, put_week: PutWeek
) -> None:
    notebook = cells(
        {**RIGHT, "halve": "def halve(x):\n    return x * HALF"},
        ("explore", "HALF = 0.5"),
        ("own", "HALF + 1"),
    )
    put_week(tmp_path / "exercises" / "week01", CHECKS, notebook, STUBS, POINTS)
    text = " ".join(run(tmp_path, "exercises/week01").text.split())
    where = "HALF is defined in cell 9, which is tagged `explore` and left out here; define it elsewhere"
    assert text.count(where) == 2
    assert (
        f"halve raised NameError: name 'HALF' is not defined (week01.ipynb cell 6, line 2); {where}" in text
    )


def test_a_stubs_last_line_left_below_what_was_written_is_named(tmp_path: Path, put_week: PutWeek) -> None:
    left = "def halve(x):\n    half = x / 2\n    raise NotImplementedError"
    notebook = cells({**RIGHT, "halve": left})
    put_week(tmp_path / "exercises" / "week01", CHECKS, notebook, STUBS, POINTS)
    text = " ".join(run(tmp_path, "exercises/week01").text.split())
    assert "halve still ends in `raise NotImplementedError` (cell 6, line 3); delete that line" in text


def test_a_test_of_learners_that_holds_its_checks_is_said_to_meet_more() -> None:
    told = Told("A law.", False, "passed", entry="break_f")
    text = plain_text(week_lines([exercise_of("break_f", 3, False, [told], 1, defined=True)], []))
    assert "done   by what you have; more solutions try it when graded" in text
    seen = Told("A law.", True, "passed", entry="break_f")
    text = plain_text(week_lines([exercise_of("break_f", 3, False, [told, seen], 2, defined=True)], []))
    assert "by what you have" not in text


def test_values_are_cut_before_a_sentence_is() -> None:
    cause = " ".join(["Rolls the context on before it is written down."] * 9)
    example = "\n".join(f"words = {number}" for number in range(5))
    told = Told(
        "A law.",
        False,
        "failed",
        example,
        "1",
        "2",
        f"1 where 2 is right\n{cause}\nWhich?",
        "rolls",
        entry="f",
    )
    text = plain_text(week_lines([exercise_of("f", 3, False, [told], 1, defined=True)], []))
    assert " ".join(cause.split()) in " ".join(text.split())
    assert "words = 1" in text
    assert "words = 4" not in text


def test_a_failure_names_the_unfinished_exercises_that_its_code_uses(
    tmp_path: Path, put_week: PutWeek
) -> None:
    using = {"double": "def double(x):\n    return [halve(y) for y in [4 * x]][0]"}
    for halve, first in (("def halve(x):\n    return x", True), (RIGHT["halve"], False)):
        folder = tmp_path / str(first)
        notebook = cells({**RIGHT, **using, "halve": halve})
        put_week(folder / "exercises" / "week01", CHECKS, notebook, STUBS, POINTS)
        shown = run(folder, "exercises/week01").text
        assert ("first     it uses halve, which isn't done: mend that" in shown) is first


def test_what_is_another_module_or_argument_of_a_name_isnt_taken_for_the_exercise(
    tmp_path: Path, put_week: PutWeek
) -> None:
    double = "def double(x, halve=abs):\n    return halve(8 * x) if x else torch.halve"
    put_week(
        tmp_path / "exercises" / "week01",
        CHECKS,
        cells({**RIGHT, "double": double, "halve": "def halve(x):\n    return x"}),
        STUBS,
        POINTS,
    )
    assert "it uses halve" not in run(tmp_path, "exercises/week01").text


def test_an_exercise_whose_checks_were_left_out_is_not_called_unfinished(
    tmp_path: Path, put_week: PutWeek
) -> None:
    notebook = cells({**RIGHT, "double": "def double(x):\n    return halve(8 * x)"})
    put_week(tmp_path / "exercises" / "week01", CHECKS, notebook, STUBS, POINTS)
    shown = run(tmp_path, "exercises/week01", "-k", "double").text
    assert "it uses halve" not in shown and "failing" in shown

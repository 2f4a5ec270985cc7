"""A week's source is read whole, or every fault in it is named with its file and line."""

from __future__ import annotations

from pathlib import Path

import jupytext
import nbformat
import pytest
from nbgrader.preprocessors import ClearSolutions
from tiny_week import REPOSITORY
from traitlets.config import PyFileConfigLoader

from autograde.errors import Fault, Faults
from autograde.notebook import read_percent
from autograde.places import Kit, require_week
from autograde.places import kit as find_kit
from autograde.weeks import CODE_STUB, TEXT_STUB, load_week, stub_of, variants

WEEKS = sorted(path for path in (REPOSITORY / "solutions").glob("week*/week*.py"))


def edit(kit: Kit, old: str, new: str, name: str = "week01.py") -> Path:
    path = kit.solutions / "week01" / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return path


def faults_of(kit: Kit) -> list[str]:
    with pytest.raises(Faults) as caught:
        load_week(kit.solutions / "week01")
    return str(caught.value).splitlines()


def test_a_week_knows_its_exercises_and_what_each_entry_is_worth(kit: Kit) -> None:
    week = load_week(kit.solutions / "week01")
    assert {name: exercise.points for name, exercise in week.exercises.items()} == {
        "double": {"double": 3.0},
        "Pair": {"Pair-sum": 2.0, "Pair-order": 1.5},
        "LIMIT": {"LIMIT": 1.0},
    }
    assert list(week.entries) == ["double", "Pair-sum", "Pair-order", "LIMIT"]
    assert week.exercises["Pair"].parts == ("sum", "order")
    assert [exercise.stretch for exercise in week.exercises.values()] == [False, False, True]
    assert week.questions["why-double"].points == 2.0
    assert week.exercises["double"].line == 12


def test_what_is_said_to_formatter_and_linter_is_not_shown_to_learners(kit: Kit) -> None:
    edit(kit, "+ 1.0", "+ 1.0  # noqa: E225, B006\nNEAR = [9, 10]  # fmt: skip\nFAR = 100  # not near")
    source = load_week(kit.solutions / "week01").exercises["LIMIT"].source
    assert "+ 1.0\nNEAR = [9, 10]\nFAR = 100  # not near\n" in source


def test_the_reference_runs_and_the_stub_says_that_it_is_to_do(kit: Kit) -> None:
    exercise = load_week(kit.solutions / "week01").exercises["double"]
    names: dict = {}
    exec("import math\n" + exercise.reference, names)
    assert names["double"](4) == 8
    exec(exercise.stub, names)
    with pytest.raises(NotImplementedError):
        names["double"](4)


@pytest.mark.parametrize("path", WEEKS, ids=lambda path: path.stem)
def test_our_stub_is_what_nbgrader_makes_of_the_cell(path: Path) -> None:
    config = PyFileConfigLoader("nbgrader_config.py", path=str(REPOSITORY / "instructor")).load_config()
    answered = [
        cell for cell in read_percent(path.read_text()).cells if cell.role in ("exercise", "question")
    ]
    new = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
    flags = {"nbgrader": {"solution": True, "grade": False, "locked": False}}
    cells = [new[cell.kind](cell.source, metadata=flags) for cell in answered]
    notebook, _ = ClearSolutions(config=config).preprocess(nbformat.v4.new_notebook(cells=cells), {})
    assert [cell.source for cell in notebook.cells] == [stub_of(cell.source, cell.kind) for cell in answered]
    assert all(CODE_STUB in cell.source or TEXT_STUB in cell.source for cell in notebook.cells)


@pytest.mark.parametrize("path", WEEKS, ids=lambda path: path.stem)
def test_our_reader_and_jupytext_see_the_same_cells(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    ours = [(cell.kind, cell.source.strip("\n"), cell.metadata) for cell in read_percent(text).cells]
    theirs = jupytext.reads(text, fmt="py:percent").cells
    own_keys = ("lines_to_next_cell", "cell_marker")
    for cell in theirs:
        for key in own_keys:
            cell.metadata.pop(key, None)
    assert ours == [(cell.cell_type, cell.source.strip("\n"), dict(cell.metadata)) for cell in theirs]


# What an author may get wrong in the week's file: what stands there, what is put instead, what must be said.
MISTAKES = [
    (" points=3\n", "\n", "week01.py:12: exercise double has no points; write points=3"),
    ("points=3", 'points="3"', "week01.py:12: points of exercise double is '3'"),
    ("points=3", "points=true", "week01.py:12: points of exercise double is True"),
    ("points=3", "points=-1", "week01.py:12: points of exercise double is -1"),
    ("points=3", "points=three", "week01.py:12: the value of `points` is not JSON"),
    ('"sum": 2', '"sum": null', "points of exercise Pair, part sum, is None"),
    ('"sum": 2', '"the sum": 2', "'the sum' can't be a part's name"),
    ('{"sum": 2, "order": 1.5}', "{}", "exercise Pair has no parts"),
    ('exercise="double"', 'exercise="dou-ble"', "'dou-ble' can't be an exercise's name"),
    ('exercise="double"', 'exercise="triple"', "exercise triple doesn't define triple"),
    ('question="why-double"', 'question="check-double"', "`check-double` is taken by line 12"),
    ('given="imports"', 'given="week"', "`given-week` is taken by the build's first cell"),
    ('question="why-double" points=2', 'question="why-double"', "question why-double has no points"),
    ("    ### END SOLUTION\n", "", "week01.py:15: a solution region doesn't close"),
    ("    ### BEGIN SOLUTION\n", "", "week01.py:17: a solution region ends that never began"),
    (
        "    return secret",
        "    ### BEGIN SOLUTION\n    return secret",
        "week01.py:17: a solution region opens",
    ),
    ("import math", "### BEGIN SOLUTION\n### END SOLUTION", "outside exercises and questions"),
    (
        "### BEGIN SOLUTION\nLIMIT = 3.25 * 4.0 + 1.0\n### END SOLUTION",
        "LIMIT = 14.0",
        "LIMIT has no solution",
    ),
    ("points=3", "point=3", "week01.py:12: the header has `point`; it may say exercise, given"),
    ("points=3", "points=3 points=4", "week01.py:12: the header says `points` twice"),
    ("points=3", "points=3 hard", "week01.py:12: the header has `hard` where key=value is expected"),
    (' tags=["explore"]', "", "a code cell has no purpose"),
    ('tags=["explore"]', 'tags="explore"', "tags is a list of words"),
    ('given="imports"', 'given="imports" points=1', "points belongs to an exercise"),
    ('given="imports"', 'given="imports" exercise="math"', "a cell is either exercise or given"),
    ("stretch=true", "stretch=1", "stretch of exercise LIMIT is true or false"),
    ("import math", "import math math", "week01.py:7: this is not Python (invalid syntax)"),
    ("# %% [markdown]\n# # Week", "x = 1\n# %% [markdown]\n# # Week", "week01.py:1: code stands before"),
    ("        ### BEGIN SOLUTION\n        self", "   ### BEGIN SOLUTION\n        self", "Pair is not Python"),
]
CHECK_MISTAKES = [
    (
        '("double")',
        '("duoble")',
        "test_week01.py:4: test_of_two is for duoble, which is not an exercise of week01;",
    ),
    ('("double")', '("duoble")', "did you mean double?"),
    (
        '("double")',
        '("Pair")',
        "test_of_two is for Pair, which is graded in parts; name one: Pair-sum, Pair-order.",
    ),
    ('("double")', "(DOUBLE)", "test_of_two doesn't say its exercise as text"),
    ('@exercise("LIMIT")\n', "", "exercise LIMIT has no check; write a test marked"),
    (
        "def test_limit(learner):",
        "def test_limit(learner)",
        "test_week01.py:17: this is not Python (expected",
    ),
]


def assert_said(kit: Kit, said: str) -> None:
    lines = faults_of(kit)
    assert any(said in line for line in lines), lines
    assert all(line.endswith((".", "?")) and ": " in line and ";" in line for line in lines), lines


@pytest.mark.parametrize(("old", "new", "said"), MISTAKES)
def test_an_authors_mistake_is_named_in_a_sentence(kit: Kit, old: str, new: str, said: str) -> None:
    edit(kit, old, new)
    assert_said(kit, said)


@pytest.mark.parametrize(("old", "new", "said"), CHECK_MISTAKES)
def test_a_check_that_belongs_nowhere_is_named(kit: Kit, old: str, new: str, said: str) -> None:
    edit(kit, old, new, "test_week01.py")
    assert_said(kit, said)


def test_a_property_that_belongs_nowhere_is_named(kit: Kit) -> None:
    edit(kit, '("double")', '("dubble")', "properties.py")
    assert_said(kit, "properties.py:4: test_doubling_is_additive_in_secret is for dubble")


def test_an_exercise_that_breaks_another_needs_no_check_but_a_target(kit: Kit) -> None:
    answer = "):\n    ### BEGIN SOLUTION\n    assert double(2) == 4\n    ### END SOLUTION\n"
    source = kit.solutions / "week01" / "week01.py"
    source.write_text(
        source.read_text() + '\n# %% exercise="break_double" points=2\ndef break_double(double' + answer
    )
    assert "break_double" in load_week(source).entries
    edit(
        kit,
        'exercise="break_double" points=2\ndef break_double',
        'exercise="break_it" points=2\ndef break_it',
    )
    assert_said(kit, "break_it has nothing to break; name it after an exercise of week01")


def test_a_name_that_is_taken_is_named_with_the_line_that_has_it(kit: Kit) -> None:
    edit(kit, 'exercise="LIMIT"', 'exercise="double"')
    edit(kit, "LIMIT = 3.25", "double = 3.25")
    assert_said(kit, "`double` is taken by line 12; choose another name")


def test_all_mistakes_are_named_at_once(kit: Kit) -> None:
    edit(kit, "points=3", "points=null")
    edit(kit, " points=1 stretch", " stretch")
    edit(kit, 'exercise("double")', 'exercise("nothing_like_it")', "properties.py")
    lines = faults_of(kit)
    assert [line.rsplit("/", 1)[1].split(": ")[0] for line in lines] == [
        "week01.py:12",
        "week01.py:41",
        "properties.py:4",
    ]


def test_variants_say_what_they_do_and_what_to_tell_the_learner(kit: Kit) -> None:
    week = load_week(kit.solutions / "week01")
    squares, forgets = variants(week.misconceptions_file, week)
    assert (squares.kind, squares.exercise, squares.name) == ("misconception", "double", "squares-it")
    assert squares.sentence == "Squares the number instead."
    assert squares.hint == "What does it give for 3?\n\nDraw it."
    assert (forgets.parts, forgets.line, forgets.hint) == (("sum",), 12, "What does a pair do?")
    assert variants(week.alternatives_file, week)[0].sentence == "Adds the number to itself."
    assert variants(week.folder / "nothing.py") == []


def test_a_variant_replaces_the_reference_or_is_put_behind_it(kit: Kit) -> None:
    week = load_week(kit.solutions / "week01")
    squares, forgets = variants(week.misconceptions_file, week)
    assert squares.source(week) == "def double(x):\n    return x ** 2.0  # correct for a two only"
    assert forgets.source(week) == week.exercises["Pair"].reference + "\n\n\ndel Pair.sum"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'misconception="squares-it"',
            'misconception="Squares It"',
            "'Squares It' can't be a misconception's name",
        ),
        (' misconception="squares-it"', "", "the header names an exercise and a variant"),
        (
            'exercise="double"',
            'exercise="quadruple"',
            "misconception squares-it is for quadruple, which is not",
        ),
        (
            '"squares-it"',
            '"squares-it" points=2',
            "the header has `points`; it may say exercise and misconception",
        ),
        ("Hint: What does it", "What does it", "misconception squares-it has no hint"),
        ('"""Squares', '0\n"""Squares', "misconception squares-it doesn't say what it does"),
        ("del Pair.sum", "", "misconception forgets-the-sum has no code"),
        ("del Pair.sum", "del Pair.", "line 6 of the cell is not Python"),
        ("Parts: sum", "Parts: sum, backward", "misconception forgets-the-sum names the part backward"),
        (
            'exercise="Pair" misconception="forgets-the-sum"',
            'exercise="double" misconception="squares-it"',
            "misconception squares-it of double is there twice",
        ),
    ],
)
def test_a_mistake_in_a_variant_is_named_with_its_line(kit: Kit, old: str, new: str, said: str) -> None:
    path = edit(kit, old, new, "misconceptions.py")
    with pytest.raises(Faults) as caught:
        variants(path, load_week(kit.solutions / "week01"))
    assert f"{path}:" in str(caught.value)
    assert said in str(caught.value)


@pytest.mark.parametrize("name", ["week01", "01", "1", " Week1 "])
def test_a_week_may_be_named_by_its_number(kit: Kit, name: str) -> None:
    assert require_week(name, kit.solutions) == "week01"


def test_an_unknown_week_is_answered_with_those_that_there_are(
    kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOGRADE_ROOT", str(kit.root))
    for name in ("7", "../week01", "", "weeks"):
        with pytest.raises(Fault, match=r"there is no week called .*; there are week01\.$"):
            require_week(name)
        with pytest.raises(Fault, match=r"there are week01\.$"):
            require_week(name, kit.solutions)
    assert load_week("1").folder == kit.solutions / "week01"


def test_the_kit_is_found_from_any_folder_in_it(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AUTOGRADE_ROOT", raising=False)
    assert find_kit(kit.solutions / "week01").root == kit.root.resolve()
    assert find_kit(Path("/")).root == REPOSITORY
    monkeypatch.setenv("AUTOGRADE_ROOT", str(kit.root))
    assert find_kit(REPOSITORY).root == kit.root.resolve()
    monkeypatch.setenv("AUTOGRADE_ROOT", str(kit.solutions))
    with pytest.raises(Fault, match="AUTOGRADE_ROOT="):
        find_kit()

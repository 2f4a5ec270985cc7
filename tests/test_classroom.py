"""The parts of the class's pages: words read from notebooks, names taken out of them, cells of a spreadsheet."""

from __future__ import annotations

import csv
import io

import pytest

from autograde.classroom.agenda import agenda
from autograde.classroom.counting import Spread, spread
from autograde.classroom.masking import masking
from autograde.classroom.records import ClassWeek, Method, Reflection, Score, Work
from autograde.classroom.writings import deepening_in, methods_in, reflection_in
from autograde.csvs import csv_bytes, safe_cell
from autograde.notebook import Cell
from autograde.report import Report


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_cell_that_would_be_a_formula_begins_with_an_apostrophe(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


def test_other_cells_and_numbers_stay_as_they_are() -> None:
    table = csv_bytes(("a", "b"), [("x=1", -1.5), ('he said "=1"', None)])
    assert list(csv.reader(io.StringIO(table.decode("utf-8-sig")))) == [
        ["a", "b"],
        ["x=1", "-1.5"],
        ['he said "=1"', ""],
    ]


def code(source: str) -> list[Cell]:
    return [Cell("code", source)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("reflection = {'hours': 3, 'questions': ['Why?']}", Reflection(3.0, questions=("Why?",))),
        ("reflection: dict = {'hours': '2,5 h'}", Reflection(2.5)),
        ("%time\nreflection = {'sticking_point': 'a\\n b'}", Reflection(sticking_point="a b")),
        ("reflection = {'hours': 3, 'sticking_point': open('x').read()}", Reflection(3.0)),
        ("reflection = {'questions': 'One only?'}", Reflection(questions=("One only?",))),
        (
            "reflection = {'hours': True, 'questions': ['a', 1], 'syntax_or_ideas': 'IDEAS'}",
            Reflection(None, "", "ideas", ("a",)),
        ),
        ("reflection = {'hours': 0.0, 'sticking_point': '', 'questions': []}", None),
        ("reflection = {'hours': -3}", None),
        (f"reflection = {{'hours': {'9' * 400}}}", None),
        ("reflection = {'hours': 1e999}", None),
        ("reflection = dict(hours=3)", None),
        ("reflection = {", None),
        ("reflection = {**{'hours': 3}}", None),
        ("raise SystemExit", None),
    ],
)
def test_a_reflection_is_read_and_never_run(source: str, expected: Reflection | None) -> None:
    assert reflection_in(code(source)) == expected


def test_the_last_reflection_counts() -> None:
    cells = code("reflection = {'hours': 1}") + code("reflection = {'hours': 2}")
    assert reflection_in(cells) == Reflection(2.0)


def test_rows_of_a_sheet_that_are_none_are_left_out() -> None:
    source = """TENSOR_METHODS = [
        ("sum", "Math", "torch.ones(2).sum()", ()), ("exp", "math", "x", quit()), ("cat",), 3,
        ["cat", "join", "y", [2, 3]],
        ("", "math", "z", (1,)), (1, "math", "z", (1,)), ("odd", "math", "z", 0xFFFFFFFFFFFF),
    ]"""
    assert methods_in(code(source)) == (
        Method("sum", "math", "torch.ones(2).sum()", "()"),
        Method("cat", "join", "y", "(2, 3)"),
        Method("odd", "math", "z", ""),
    )


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (b'SEED = 0\nDEEPENING = "low-level model"  # or another', "low-level model"),
        (b"DEEPENING = input()", ""),
        (b"DEEPENING = 3\xff", ""),
        (b"SEED = 0", ""),
    ],
)
def test_the_deepening_of_a_learning_problem_is_read_and_not_run(code: bytes, expected: str) -> None:
    assert deepening_in({"learning_problem/problem.py": code}) == expected
    assert deepening_in({}) == ""


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Ask ADA, or ada's friend", "Ask …, or …'s friend"),
        ("Canada and adapters stay", "Canada and adapters stay"),
        ("jurgen, JÜRGEN and Ju\u0308rgen", "…, … and …"),
        ("learner01_notes and learner012", "…_notes and …2"),
        ("Frau Groß", "Frau …"),
        ("write to countess@example.org", "write to …"),
        ("ﬁne words", "ﬁne words"),
    ],
)
def test_names_are_masked_as_words_in_any_spelling(text: str, masked: str) -> None:
    names = ["ada", "Jürgen", "learner01", "Groß", "countess@example.org", "countess", "x"]
    assert masking(names)(text) == masked


def test_without_names_nothing_is_masked() -> None:
    assert masking([])("Ada") == "Ada"


def asked(*questions: str) -> ClassWeek:
    report = Report("week01", "", "", 0, 0.0, 0.0, [], [], [])
    works = [
        Work(f"l{number}", report, Score(0, 0), Reflection(questions=(question,)))
        for number, question in enumerate(questions)
    ]
    return ClassWeek("week01", "Doubling", {work.learner: work for work in works})


def test_questions_alike_are_one_topic_with_their_wordings() -> None:
    week = asked(
        "What is softmax?", "When do I need keepdim=True?", "What does keepdim=True do?", "Need keepdim?", "?"
    )
    topics = agenda(week)
    assert [(topic.sentence, len(topic.learners)) for topic in topics] == [
        ("When do I need keepdim=True?", 3),
        ("What is softmax?", 1),
        ("?", 1),
    ]
    assert topics[0].wordings == ["What does keepdim=True do?", "Need keepdim?"]


def test_an_agenda_without_questions_is_empty() -> None:
    assert agenda(asked()) == []


def test_a_spread_is_median_and_quartiles() -> None:
    assert spread([1.0, 2.0, 3.0, 4.0, 40.0]) == Spread(5, 3.0, 2.0, 4.0)
    assert spread([2.0]) == Spread(1, 2.0, 2.0, 2.0)
    assert spread([]) is None

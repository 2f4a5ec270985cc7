"""A counterexample is drawn: every entry that differs is marked, whatever it is shown on."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ElementTree
from typing import Any

import pytest
import torch

from autograde.comparisons import Mismatch, assert_close, assert_equal
from autograde.explaining import Explanation, explained, illustrated
from autograde.pages import explanation_html
from autograde.picture import Picture
from autograde.picture.data import picture_of
from autograde.picture.svg import svg
from autograde.picture.text import table
from autograde.report import ExerciseReport, PropertyReport
from autograde.show import show
from autograde.tables import MOST_LINES, explanation_lines, plain_text

X = torch.tensor([[0.25, 0.5, 0.25], [0.125, 0.5, 0.375]])


def failed(got: Any, expected: Any, **options: Any) -> Picture | None:
    with pytest.raises(Mismatch) as caught:
        assert_close(got, expected, **options)
    return picture_of(caught.value)


def drawn(got: Any, expected: Any, **options: Any) -> Picture:
    picture = failed(got, expected, **options)
    assert picture is not None
    return picture


def changed(tensor: torch.Tensor, *places: tuple[int, ...]) -> torch.Tensor:
    other = tensor.clone()
    for place in places:
        other[place] += 1
    return other


def text_of(picture: Picture, width: int = 80) -> str:
    return "\n".join("".join(text for text, _ in line).rstrip() for line in table(picture, width))


def test_entries_that_differ_are_marked_and_axes_carry_the_tests_names() -> None:
    picture = drawn(changed(X, (0, 1), (1, 2)), X, axes=("from", "to"))
    assert picture["wrong"] == [[False, True, False], [False, False, True]]
    assert picture["axes"] == ["from", "to"]
    assert drawn(changed(X, (0, 1)), X)["axes"] == ["row", "column"]


def test_a_mark_follows_the_tests_tolerance() -> None:
    picture = drawn(X + torch.tensor([0.0, 0.01, 0.2]), X, atol=0.1)
    assert picture["wrong"] == [[False, False, True]] * 2


@pytest.mark.parametrize(
    "pair",
    [(1.0, 2.0), ("a", "b"), (None, X), (torch.ones(2, dtype=torch.complex64), X), ([[1.0], [2.0, 3.0]], X)],
)
def test_what_has_no_entries_to_show_has_no_picture(pair: tuple[Any, Any]) -> None:
    assert failed(*pair) is None


def test_lists_flags_and_whole_numbers_are_drawn_too() -> None:
    assert drawn([1, 2, 4], [1, 2, 3])["wrong"] == [[False, False, True]]
    assert drawn(torch.tensor([True, False]), torch.tensor([True, True]))["wrong"] == [[False, True]]
    with pytest.raises(Mismatch) as caught:
        assert_equal(torch.tensor([[2**60, 1]]), torch.tensor([[2**60, 2]]))
    assert picture_of(caught.value) is None


def test_a_large_tensor_is_cut_around_its_first_difference_and_says_so() -> None:
    big = torch.arange(40.0 * 50).reshape(40, 50)
    picture = drawn(changed(big, (30, 44)), big)
    assert (len(picture["got"]), len(picture["got"][0])) == (24, 24)
    assert picture["note"] == "shown: 24 × 24 of 40 × 50"
    row, column = 30 - picture["start"][0], 44 - picture["start"][1]
    assert picture["wrong"] and picture["wrong"][row][column]
    assert "24 × 24 of 40 × 50" in text_of(picture)
    assert "*" in text_of(picture).split("\n")[1]


def test_of_more_axes_than_two_the_slice_with_the_first_difference_is_shown() -> None:
    cube = torch.zeros(3, 2, 4)
    picture = drawn(changed(cube, (1, 0, 3)), cube, axes=("before", "last", "next"))
    assert (picture["axes"], picture["note"]) == (["last", "next"], "shown: before 1")
    assert picture["got"][0] == [0.0, 0.0, 0.0, 1.0]


def test_answers_of_another_shape_stand_beside_each_other_without_a_difference() -> None:
    picture = drawn(X[:, :2], X)
    assert picture["wrong"] is None
    assert svg(picture).count("got − expected") == 0
    assert text_of(picture).split("\n")[1] == "row 0   0.25  0.5     0.25  0.5   0.25"


def test_the_table_lines_up_and_marks_without_colour() -> None:
    lines = table(drawn(changed(X, (0, 1)), X), 80)
    assert text_of(drawn(changed(X, (0, 1)), X)) == (
        "       got                  expected\n"
        "row 0   0.25  1.5*  0.25     0.25  0.5*  0.25\n"
        "    1  0.125  0.5  0.375    0.125  0.5  0.375\n"
        "* differs"
    )
    assert [text for line in lines for text, wrong in line if wrong] == [" 1.5*".strip(), "0.5*"]


def test_a_table_never_passes_the_width() -> None:
    wide = torch.randn(3, 20, generator=torch.Generator().manual_seed(0))
    for width in range(20, 120, 7):
        lines = text_of(drawn(-wide, wide), width).split("\n")
        assert max(map(len, lines)) <= width
        assert (lines == [""]) == (width < 30)  # no room for a column of each


def test_a_failure_with_a_picture_keeps_to_its_lines_and_shows_each_value_once() -> None:
    big = torch.arange(400.0).reshape(20, 20)
    parts = (
        ("input", "x = 1"),
        ("got", "tensor(...)"),
        ("expected", "tensor(...)"),
        ("differs", "words " * 80),
    )
    explanation = Explanation("softmax", "Rows sum to 1.", parts, "", drawn(-big, big))
    lines = plain_text(explanation_lines(explanation, 80)).split("\n")
    assert len(lines) <= MOST_LINES
    assert "tensor(" not in "".join(lines)
    assert lines[0] == "softmax: Rows sum to 1."


def test_the_heat_map_is_well_formed_without_script_and_frames_what_differs() -> None:
    element = ElementTree.fromstring(svg(drawn(changed(X, (0, 1), (1, 2)), X, axes=("<from>", "to & fro"))))
    tags = {each.tag.rpartition("}")[2] for each in element.iter()}
    assert tags == {"svg", "text", "rect", "title"}
    words = [each.text for each in element.iter() if each.tag.endswith("text")]
    assert {"got", "expected", "got − expected", "<from> →", "to & fro →"} <= set(words)
    frames = [each for each in element.iter() if each.get("stroke") == "#000"]
    assert len(frames) == 2 * 3  # in each of the three maps


def test_what_is_not_finite_is_grey_and_breaks_no_scale() -> None:
    got = torch.tensor([[math.nan, math.inf, 1.0], [2.0, 3.0, -math.inf]])
    picture = drawn(got, X)
    assert "nan" not in re.findall(r"(?:width|height|x|y)='([^']*)'", svg(picture))
    assert svg(picture).count("fill='#8a8a8a'") == 6  # three in got, three in the difference
    assert svg(drawn(torch.zeros(2, 2), torch.zeros(2, 2) + 0.5))


def test_a_page_holds_the_picture_and_the_values_folded_as_text() -> None:
    parts = (("input", "x = 1"), ("got", "tensor(<1>)"), ("expected", "tensor(2)"), ("differs", "by one"))
    page = explanation_html(Explanation("softmax", "Rows sum to 1.", parts, "", drawn(changed(X, (0, 1)), X)))
    assert page.index("x = 1") < page.index("<svg") < page.index("<details>") < page.index("by one")
    assert page.count("tensor(&lt;1&gt;)") == 1
    assert "<script" not in page


def test_pictures_find_their_properties_beside_the_report() -> None:
    picture = drawn(changed(X, (0, 1)), X)
    said = [
        PropertyReport("One.", False, "passed"),
        PropertyReport("Two.", True, "failed", "x", "1", "2", "m"),
    ]
    exercise = ExerciseReport("softmax", "failing", False, 1.0, 2.0, said)
    (told,) = illustrated([exercise], {"softmax": [None, picture]})
    assert [each.picture for each in explained(told)] == [picture]
    for missing in ({}, {"softmax": [picture]}):
        assert illustrated([exercise], missing) == [exercise]
    assert illustrated([ExerciseReport("other", "missing", False, 0.0, 1.0)], {})[0].properties == []


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (torch.tensor([[0.2, 0.25], [1.0, 0.5]]), "tensor([[ 0.2, 0.25],\n        [  1.,  0.5]])"),
        (torch.arange(3), "tensor([0, 1, 2])"),
        (torch.tensor(2.5, dtype=torch.float64), "tensor(2.5, dtype=torch.float64)"),
        (torch.zeros(2, 1, 1), "tensor([[[0.]],\n\n        [[0.]]])"),
        (torch.zeros(2, 0), "an empty tensor of shape (2, 0)"),
    ],
    ids=["columns", "whole", "a number", "tables", "empty"],
)
def test_a_tensor_is_written_as_torch_does_without_zeros_that_say_nothing(
    value: torch.Tensor, shown: str
) -> None:
    assert show(value) == shown

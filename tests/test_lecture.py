"""`autograde lecture`: the references trained as the lectures do, in fewer steps."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from autograde.errors import Fault
from autograde.lecture import Trained, train_references, weeks_with_lectures
from autograde.places import kit

STEPS = 16_000
# On dev, in nats a letter. With all steps of the lecture the first two are further apart.
MARGIN = 0.05


@pytest.fixture(scope="module")
def trained() -> dict[str, Trained]:
    """The models that the margins are stated of, on the kit's own names."""
    solutions = kit().solutions
    found = train_references(solutions, ["week07", "week08", "week09"], None, STEPS)
    return {one.title: one for one in found}


def test_each_model_is_better_than_the_one_before_it_by_a_margin(trained: dict[str, Trained]) -> None:
    bigram, mlp, norm = (
        trained[title].figures["dev"] for title in ("bigram, counted", "MLP", "MLP with BatchNorm")
    )
    assert mlp < bigram - MARGIN
    assert norm < mlp - MARGIN


def test_counting_and_descending_come_to_the_same(trained: dict[str, Trained]) -> None:
    by_descent, by_counting = (trained[f"bigram, {way}"].figures for way in ("trained", "counted"))
    assert by_descent["train"] == pytest.approx(by_counting["train"], abs=0.03)


def test_no_model_knows_what_it_was_not_shown(trained: dict[str, Trained]) -> None:
    for one in trained.values():
        train, dev, test = one.figures.values()
        assert train < dev < math.log(27)
        assert dev == pytest.approx(test, abs=0.03)


def test_a_list_of_ones_own_brings_its_own_letters(tmp_path: Path) -> None:
    words = [a + b + "é" for a in "abcdefg" for b in "hijkl"]
    (tmp_path / "names.txt").write_text("\n".join(words), encoding="utf-8")
    [counted, _] = train_references(kit().solutions, ["week07"], tmp_path / "names.txt")
    assert counted.figures["train"] < math.log(14)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("anna\nmr.smith\n", "a full stop can't be in a name"), ("anna\nbo\n", "there are 2 names in it")],
)
def test_a_list_that_is_none_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "names.txt"
    path.write_text(text)
    with pytest.raises(Fault, match=sentence):
        list(train_references(kit().solutions, ["week07"], path))
    with pytest.raises(Fault, match="can't be read"):
        list(train_references(kit().solutions, ["week07"], tmp_path / "none.txt"))


def test_the_weeks_with_trainings_are_found() -> None:
    assert {"week07", "week08", "week09"} <= set(weeks_with_lectures(kit().solutions))

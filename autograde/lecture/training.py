"""Training the references as the lectures do: on any list of names, or on a data set of the kit.

A week with one says in `solutions/weekNN/lecture.py` how. On names, `models(names, split, steps)` is given the
reference's names, the words and how long to train, and yields a title, what the lecture reports, and a function that
takes words and returns the trained model's loss on them, in nats a letter. On data of its own, `trainings(names)`
yields a title, what is reported elsewhere, and the figures by what they were taken on; `MEASURE` says what they are.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import torch

from autograde import datasets
from autograde.errors import Fault
from autograde.judge.reference import reference_cells
from autograde.judge.tests import import_file
from autograde.learner.cells import run_plain
from autograde.learner.host import Names
from autograde.weeks import load_week

FILE = "lecture.py"
STEPS = 200_000
SPLITTING_WEEK = "week08"
SEED = 42
FEWEST_WORDS = 30

NAMES_MEASURE = "nats a letter"
Training = tuple[str, str, dict[str, float]]  # a title, what is reported, and the figures


@dataclass(frozen=True)
class Split:
    """Words to train on, to choose by and to report; `stoi` numbers the letters of all of them, `.` is 0."""

    train: list[str]
    dev: list[str]
    test: list[str]
    stoi: dict[str, int]

    def figures(self, loss: Callable[[list[str]], float]) -> dict[str, float]:
        """The loss on each part."""
        return {"train": loss(self.train), "dev": loss(self.dev), "test": loss(self.test)}


@dataclass(frozen=True)
class Trained:
    """A model's figures by what they were taken on. `reported` is said elsewhere, of other names or settings."""

    week: str
    title: str
    measure: str
    figures: dict[str, float]
    reported: str
    seconds: float


def weeks_with_lectures(solutions: Path) -> list[str]:
    """The weeks whose references are trained."""
    return sorted(path.parent.name for path in solutions.glob(f"week*/{FILE}"))


def train_references(
    solutions: Path, weeks: Sequence[str], names: Path | None = None, steps: int = STEPS
) -> Iterator[Trained]:
    """Train the references of these weeks, one model after the other; those on names all see the same words.

    `names` is a file with a word a line, the kit's own names unless given. Raises Fault where it isn't one.
    """
    split = _split(_words(names), _reference(solutions / SPLITTING_WEEK))
    torch.set_num_threads(1)  # such small matrices are slower on more
    for week in weeks:
        recipe = import_file(solutions / week / FILE, f"autograde_lecture_{week}")
        reference = _reference(solutions / week)
        on_names = hasattr(recipe, "models")
        measure = NAMES_MEASURE if on_names else recipe.MEASURE
        found = _on_names(recipe, reference, split, steps) if on_names else recipe.trainings(reference)
        started = time.monotonic()
        for title, reported, figures in found:
            seconds, started = time.monotonic() - started, time.monotonic()
            yield Trained(week, title, measure, figures, reported, seconds)


def _on_names(recipe: ModuleType, names: Names, split: Split, steps: int) -> Iterator[Training]:
    for title, reported, loss in recipe.models(names, split, steps):
        yield title, reported, split.figures(loss)


def _reference(folder: Path) -> Names:
    return Names(run_plain(reference_cells(load_week(folder)), folder=folder).namespace)


def _words(path: Path | None) -> list[str]:
    if path is None:
        return datasets.names()
    try:
        words = path.read_text(encoding="utf-8").lower().split()
    except (OSError, UnicodeDecodeError) as error:
        raise Fault(f"it can't be read ({error})", str(path), "give a text file with a name a line") from None
    if any("." in word for word in words):
        raise Fault("a full stop can't be in a name, since it ends each of them", str(path), "take it out")
    if len(set(words)) < FEWEST_WORDS:
        few = f"there are {len(set(words))} names in it"
        raise Fault(few, str(path), f"give at least {FEWEST_WORDS}, one a line")
    return words


def _split(words: list[str], names: Names) -> Split:
    symbols = [".", *sorted({letter for word in words for letter in word})]
    stoi = dict(zip(symbols, range(len(symbols)), strict=True))
    train, dev, test = names.split_words(words, SEED)
    return Split(train, dev, test, stoi)

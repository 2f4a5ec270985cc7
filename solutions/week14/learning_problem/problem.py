"""The learning problem: what is predicted from what, by what, and how that is tested. README.md says how to work."""

from __future__ import annotations

import csv
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lightning as L
import torch
from torch.utils.data import DataLoader, TensorDataset

from autograde.problem import alike

SEED = 0  # all chance comes from it
DEEPENING = "advanced interpretation"  # or "low-level model", or "advanced model"

Row = dict[str, Any]
Predict = Callable[[list], list]  # from inputs, the "x" of rows, to predictions of their "y"


def load(data: Path) -> list[Row]:
    """Every row of the data set, read from the files in the folder `data`.

    A row is a dict of at least "id", a name of its own; "x", what the model is given (text, numbers, a tensor);
    and "y", what it is to predict: a text or an int if that is a class, a float if it is a quantity.
    What else you know of a row goes along. Nothing but this function reads the data, and it does no more than read:
    a mean, a scale or a vocabulary over all rows has seen the test rows, so that it belongs in `fit`.
    """
    ### BEGIN SOLUTION
    with (data / "families.csv").open(newline="") as file:
        return [
            {"id": gene["gene"], "x": gene["protein"], "y": gene["family"], "homologues": int(gene["group"])}
            for gene in csv.DictReader(file)
        ]
    ### END SOLUTION


def related(rows: list[Row]) -> list[int]:
    """An entry for each row, the same for rows that tell of each other: they never get separated.

    `alike(rows)` finds equal inputs, mirrored pictures and nearly equal sequences. Give it also what only you
    know, an entry a row: `alike(rows, [row["plant"] for row in rows])`.
    """
    ### BEGIN SOLUTION
    return alike(rows, [row["homologues"] for row in rows])
    ### END SOLUTION


def split(rows: list[Row], seed: int) -> tuple[list[int], list[int], list[int]]:
    """The numbers of the rows in train, validation and test: no row twice, nothing related on two sides.

    The same rows and seed give the same split. It must work for any rows of this kind, not just for yours.
    """
    ### BEGIN SOLUTION
    groups: dict[int, list[int]] = {}
    for number, group in enumerate(related(rows)):
        groups.setdefault(group, []).append(number)
    order = sorted(groups)
    random.Random(seed).shuffle(order)
    train, val, test = [], [], []
    for group in order:
        part = test if len(test) < 0.2 * len(rows) else val if len(val) < 0.2 * len(rows) else train
        part += groups[group]
    return train, val, test
    ### END SOLUTION


def baseline(train: list[Row]) -> Predict:
    """What somebody would do who has no deep learning at hand: no training, a line or two.

    Returns a function from a list of inputs to a list of predictions, which knows of labels what `train` says.
    """
    ### BEGIN SOLUTION
    known = sorted((len(row["x"]), row["y"]) for row in train)

    def predict(proteins: list) -> list:
        nearest = [sorted(known, key=lambda row: abs(row[0] - len(protein)))[:5] for protein in proteins]
        return [Counter(family for _, family in rows).most_common(1)[0][0] for rows in nearest]

    return predict
    ### END SOLUTION


def fit(train: list[Row], val: list[Row], seed: int) -> Predict:
    """The high-level model, trained by Lightning's Trainer: at most 20 seconds of computing on one core.

    It is given rows of train and validation and never sees another; what it predicts for an input doesn't depend
    on the other inputs. All chance in it comes from `seed`.
    """
    ### BEGIN SOLUTION
    L.seed_everything(seed, verbose=False)
    families = sorted({row["y"] for row in train})
    x = counts([row["x"] for row in train])
    y = torch.tensor([families.index(row["y"]) for row in train])
    model = Families(x.mean(0), x.std(0) + 1e-3, len(families))
    loader = DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True)
    trainer = L.Trainer(max_epochs=12, **QUIETLY)
    trainer.fit(model, loader)
    model.eval()

    def predict(proteins: list) -> list:
        with torch.no_grad():
            return [families[best] for best in model(counts(proteins)).argmax(1).tolist()]

    return predict
    ### END SOLUTION


def deepen(train: list[Row], val: list[Row], seed: int) -> dict[str, float]:
    """The figures of your deepening, by name, on rows of train and validation; your report says what they mean.

    A low-level model: the same once more without Lightning and `torch.nn`, and how it does. An advanced model:
    how it does beside the first. An advanced interpretation: what the model goes by, in numbers.
    """
    ### BEGIN SOLUTION
    predict = fit(train, val, seed)
    shuffled = random.Random(seed)
    right = accuracy(predict([row["x"] for row in val]), val)
    others = {letter: LETTERS.replace(letter, "") for letter in LETTERS}
    figures = {}
    for letter in LETTERS:
        masked = [
            "".join(shuffled.choice(others[letter]) if each == letter else each for each in row["x"])
            for row in val
        ]
        figures[f"lost without {letter}"] = right - accuracy(predict(masked), val)
    return figures
    ### END SOLUTION


QUIETLY: dict[str, Any] = {  # nothing is written, nothing is printed, and it runs on any machine
    "accelerator": "cpu",
    "logger": False,
    "enable_checkpointing": False,
    "enable_progress_bar": False,
    "enable_model_summary": False,
}

# Whatever else you need stands below: your model's class, above all.

### BEGIN SOLUTION
LETTERS = "ACDEFGHIKLMNPQRSTVWY"
PLACE = torch.full((128,), -1)  # of each letter among the twenty, by its code; -1 for what is no residue
PLACE[[ord(letter) for letter in LETTERS]] = torch.arange(len(LETTERS))


def counts(proteins: list) -> torch.Tensor:
    """The share of each pair of neighbouring residues: (n, 400)."""
    table = torch.zeros(len(proteins), len(LETTERS) ** 2)
    for number, protein in enumerate(proteins):
        places = PLACE[list(protein.encode("ascii"))]
        first, second = places[:-1], places[1:]
        pairs = (len(LETTERS) * first + second)[(first >= 0) & (second >= 0)]
        table[number] = torch.bincount(pairs, minlength=table.shape[1]) / len(protein)
    return table


def accuracy(predictions: list, rows: list[Row]) -> float:
    return sum(guess == row["y"] for guess, row in zip(predictions, rows, strict=True)) / len(rows)


class Families(L.LightningModule):
    """One hidden layer on standardised counts, strongly regularised: there are more pairs than proteins."""

    def __init__(self, mean: torch.Tensor, std: torch.Tensor, families: int) -> None:
        super().__init__()
        self.mean, self.std = mean, std
        self.layers = torch.nn.Sequential(
            torch.nn.Linear(len(mean), 16),
            torch.nn.ReLU(),
            torch.nn.Dropout(0.3),
            torch.nn.Linear(16, families),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers((x - self.mean) / self.std)  # (n, families)

    def training_step(self, batch: Any, number: int) -> torch.Tensor:
        x, y = batch
        return torch.nn.functional.cross_entropy(self(x), y)

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.AdamW(self.parameters(), lr=3e-3, weight_decay=0.1)


### END SOLUTION

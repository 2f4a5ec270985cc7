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
    raise NotImplementedError


def related(rows: list[Row]) -> list[int]:
    """An entry for each row, the same for rows that tell of each other: they never get separated.

    `alike(rows)` finds equal inputs, mirrored pictures and nearly equal sequences. Give it also what only you
    know, an entry a row: `alike(rows, [row["plant"] for row in rows])`.
    """
    raise NotImplementedError


def split(rows: list[Row], seed: int) -> tuple[list[int], list[int], list[int]]:
    """The numbers of the rows in train, validation and test: no row twice, nothing related on two sides.

    The same rows and seed give the same split. It must work for any rows of this kind, not just for yours.
    """
    raise NotImplementedError


def baseline(train: list[Row]) -> Predict:
    """What somebody would do who has no deep learning at hand: no training, a line or two.

    Returns a function from a list of inputs to a list of predictions, which knows of labels what `train` says.
    """
    raise NotImplementedError


def fit(train: list[Row], val: list[Row], seed: int) -> Predict:
    """The high-level model, trained by Lightning's Trainer: at most 20 seconds of computing on one core.

    It is given rows of train and validation and never sees another; what it predicts for an input doesn't depend
    on the other inputs. All chance in it comes from `seed`.
    """
    raise NotImplementedError


def deepen(train: list[Row], val: list[Row], seed: int) -> dict[str, float]:
    """The figures of your deepening, by name, on rows of train and validation; your report says what they mean.

    A low-level model: the same once more without Lightning and `torch.nn`, and how it does. An advanced model:
    how it does beside the first. An advanced interpretation: what the model goes by, in numbers.
    """
    raise NotImplementedError


QUIETLY: dict[str, Any] = {  # nothing is written, nothing is printed, and it runs on any machine
    "accelerator": "cpu",
    "logger": False,
    "enable_checkpointing": False,
    "enable_progress_bar": False,
    "enable_model_summary": False,
}

# Whatever else you need stands below: your model's class, above all.


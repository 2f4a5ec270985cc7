"""How good predictions are, and what any model must be better than."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import Any

CLASSES, QUANTITIES = "accuracy", "mean absolute error"
LEAST_SLACK = 2  # rows that another processor may see otherwise
SLACK = 0.05
ROUNDING = 1e-4


def measure_of(targets: Sequence[Any]) -> str:
    """What predictions of these targets are measured by: floats are quantities, all else is a class."""
    return QUANTITIES if all(type(target) is float for target in targets) else CLASSES


def score(predictions: Sequence[Any], targets: Sequence[Any]) -> float:
    """The share that is right, or the mean absolute error."""
    pairs = list(zip(predictions, targets, strict=True))
    if measure_of(targets) == CLASSES:
        return sum(bool(guess == target) for guess, target in pairs) / len(pairs)
    return float(sum(abs(guess - target) for guess, target in pairs)) / len(pairs)


def is_better(one: float, other: float, measure: str) -> bool:
    """Whether one score is better than another."""
    return one > other if measure == CLASSES else one < other


def agree(one: float, other: float, measure: str, rows: int, *, trained: bool) -> bool:
    """Whether two scores may come of the same run on two machines; what needs no training says the same on both."""
    if not trained:
        return abs(one - other) <= ROUNDING * max(1.0, abs(one), abs(other))
    scale = 1.0 if measure == CLASSES else max(abs(one), abs(other))
    return abs(one - other) <= max(SLACK, LEAST_SLACK / rows) * scale


def least(train: Sequence[Any], count: int) -> list[Any]:
    """What needs no input at all: the commonest class, or the median."""
    if measure_of(train) == QUANTITIES:
        return [median(train)] * count
    return [min(Counter(train).items(), key=lambda item: (-item[1], str(item[0])))[0]] * count

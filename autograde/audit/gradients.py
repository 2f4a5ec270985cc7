"""Gradients of the references against finite differences, in float64.

A week with differentiable exercises says in `solutions/weekNN/gradients.py` what to measure: a function of the
exercise's name that is given the reference's names and yields, as often as it likes,

    (f, at, slopes)     f: a function of a list of numbers, or of a float64 tensor, that returns one number;
                        at: where, away from kinks; slopes: its gradient there, as the reference finds it
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch

from autograde.judge.tests import import_file
from autograde.learner.host import Names

FILE = "gradients.py"
STEP = 1e-5
# Of central differences at this step: their own error is of the order of STEP² and of eps / STEP.
TOLERANCE = 1e-7


def measured_exercises(folder: Path) -> dict[str, Callable[[Any], Any]]:
    """What a week has measured, by exercise."""
    path = folder / FILE
    if not path.is_file():
        return {}
    module = import_file(path, f"autograde_gradients_{folder.name}")
    return {
        name: value
        for name, value in vars(module).items()
        if callable(value) and getattr(value, "__module__", "") == module.__name__
    }


def gradient_faults(cases: Callable[[Any], Any], namespace: dict[str, Any]) -> Iterator[str]:
    """In a sentence each, where the reference's gradient isn't the slope, or can't be measured."""
    try:
        yield from _faults(cases, namespace)
    except Exception as error:  # whatever a week's own code may raise
        yield f"measuring it raises {type(error).__name__}: {error}"


def _faults(cases: Callable[[Any], Any], namespace: dict[str, Any]) -> Iterator[str]:
    number = 0
    for number, (f, at, slopes) in enumerate(cases(Names(namespace)), 1):
        point = torch.as_tensor(at, dtype=torch.float64).detach()
        claimed = torch.as_tensor(slopes, dtype=torch.float64).detach()
        found = finite_differences(f, point, as_list=isinstance(at, list))
        if claimed.shape != found.shape:
            yield f"case {number}: the gradient has shape {tuple(claimed.shape)}, its input {tuple(found.shape)}"
            continue
        scale = max(1.0, float(found.abs().max())) if found.numel() else 1.0
        away = (claimed - found).abs()
        if not bool((away <= TOLERANCE * scale).all()):
            place = int(away.nan_to_num(torch.inf).argmax())
            gave, is_ = claimed.flatten()[place].item(), found.flatten()[place].item()
            yield f"case {number}: the gradient's entry {place} is {gave:.8g}, the slope there {is_:.8g}"
    if not number:
        yield "no case is measured"


def finite_differences(f: Callable[[Any], Any], at: torch.Tensor, *, as_list: bool) -> torch.Tensor:
    """Central differences of `f` in each entry of `at`."""
    slopes = torch.zeros_like(at)
    for place in range(at.numel()):
        step = STEP * max(1.0, abs(float(at.flatten()[place])))
        ends = []
        for way in (step, -step):
            moved = at.clone()
            moved.view(-1)[place] += way
            ends.append(float(f(moved.tolist() if as_list else moved)))
        slopes.view(-1)[place] = (ends[0] - ends[1]) / (2 * step)
    return slopes

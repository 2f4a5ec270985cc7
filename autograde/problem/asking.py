"""What the judge asks beside the pair's code: drivers, to which rows go and from which answers come by value.

Data sets differ and laws don't, so no answer is kept as the learner's last one, by which misconceptions are told apart.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from autograde.properties import driver


def unremembered(ask: Callable[..., Any]) -> Callable[..., Any]:
    """Ask, and leave no trace of the answer."""

    @wraps(ask)
    def asked(learner: Any, *args: Any) -> Any:
        __tracebackhide__ = True
        try:
            return ask(learner, *args)
        finally:
            learner.last_answer = (ask.__name__, None)

    return asked


@unremembered
@driver
def load(names: Any, files: Any) -> Any:
    """The rows, SEED and DEEPENING."""
    from autograde.problem import stage

    return stage.loaded(files)


@unremembered
@driver
def part(names: Any, code: Any, run: Any, rows: Any, seed: Any) -> Any:
    """Relations and parts."""
    from autograde.problem import stage

    return stage.parted(code, run, rows, seed)


@unremembered
@driver
def train(names: Any, code: Any, run: Any, train: Any, val: Any, seed: Any, after: Any) -> Any:
    """Make a baseline and a model, which stay there."""
    from autograde.problem import stage

    return stage.trained(code, run, train, val, seed, after)


@unremembered
@driver
def predict(names: Any, run: Any, inputs: Any) -> Any:
    """What they say to these inputs."""
    from autograde.problem import stage

    return stage.predicted(run, inputs)


@unremembered
@driver
def guess(names: Any, code: Any, train: Any, inputs: Any) -> Any:
    """What a baseline made of these rows says."""
    from autograde.problem import stage

    return stage.guessed(code, train, inputs)


@unremembered
@driver
def deepen(names: Any, code: Any, run: Any, train: Any, val: Any, seed: Any) -> Any:
    """The figures of the deepening."""
    from autograde.problem import stage

    return stage.deepened(code, run, train, val, seed)

"""Examples are drawn once, against the reference, and kept as bytes that every run decodes afresh."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import UnsatisfiedAssumption

from autograde.errors import Fault
from autograde.judge.tests import Test
from autograde.learner.wire import decode, encode


def draw(test: Test, learner: Any, reference: Any, seed: int) -> list[bytes]:
    """Draw a test's examples while it runs against a right learner; a failing one is the author's fault.

    Raises Fault where the reference fails, or where what is drawn can't be kept.
    """
    kept: list[bytes] = []
    for arguments in test.explicit:
        _keep(test, learner, reference, arguments, kept)
    if test.strategies:
        run = exploring(test, seed, lambda arguments: _keep(test, learner, reference, arguments, kept))
        run()
    elif not test.explicit:
        _keep(test, learner, reference, {}, kept)
    return kept


def drawn(test: Test, seed: int) -> list[bytes]:
    """A test's examples where none are kept, drawn without running it."""
    frames = [encode(arguments) for arguments in test.explicit]
    if test.strategies:
        exploring(test, seed, lambda arguments: frames.append(encode(arguments)))()
    return frames or [encode({})]


def _keep(test: Test, learner: Any, reference: Any, arguments: dict[str, Any], kept: list[bytes]) -> None:
    frame = encode(arguments)
    try:
        test.run(learner, reference, decode(frame))
    except UnsatisfiedAssumption:
        raise
    except Exception as error:
        raise Fault(
            f"the reference fails `{test.sentence}` with {type(error).__name__}: {error}",
            f"{test.function.__code__.co_filename}:{test.function.__code__.co_firstlineno}",
            "mend the reference or the test",
        ) from error
    kept.append(frame)


def exploring(
    test: Test, seed: int, body: Callable[[dict[str, Any]], None], *, shrink: bool = False
) -> Callable[[], None]:
    """A Hypothesis run of `body` over what the test draws, the same on every run."""

    def explore(**arguments: Any) -> None:
        body(arguments)

    run = given(**test.strategies)(explore)
    run = hypothesis.seed(seed)(run)
    phases = [Phase.generate, Phase.shrink] if shrink else [Phase.generate]
    quiet: Callable[[], None] = settings(
        max_examples=test.max_examples,
        phases=phases,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
        verbosity=hypothesis.Verbosity.quiet,
    )(run)
    return quiet

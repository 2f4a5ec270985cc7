"""Right solutions over many seeds: a test that fails one of them even once would fail a learner some day."""

from __future__ import annotations

from dataclasses import dataclass

from autograde.audit.stage import Stage
from autograde.judge.examples import drawn
from autograde.judge.replay import run_test
from autograde.learner.local import LocalLearner
from autograde.show import show_arguments
from autograde.weeks import variants_of


@dataclass(frozen=True)
class FalseFailure:
    """A right solution that a test took for a wrong one, and on what."""

    sentence: str
    solution: str
    seed: int
    example: str
    message: str

    def __str__(self) -> str:
        said = f" ({self.message})" if self.message else ""
        return f"`{self.sentence}` fails the {self.solution} with seed {self.seed} on {self.example}{said}"


def soak(stage: Stage, exercise: str, seed: int) -> list[FalseFailure]:
    """Draw the exercise's examples anew and run the reference and every alternative on them.

    Drawn in this process: from the same distributions as those that grading keeps, if not the same ones.
    """
    found = []
    for test in stage.tests_of(exercise):
        original = next(each for each in stage.suite.tests if each.key == test.key)
        if not original.strategies:
            continue  # nothing is drawn for it
        frames = drawn(original, seed)
        for name, learner in right_ones(stage, exercise):
            verdict = run_test(test, learner, stage.reference, frames, seed)
            if verdict.outcome != "passed":
                message = (verdict.message or "").split("\n")[0][:200]
                example = show_arguments(verdict.arguments) if verdict.arguments else "its one example"
                found.append(FalseFailure(test.sentence, name, seed, example, message))
    return found


def right_ones(stage: Stage, exercise: str) -> list[tuple[str, LocalLearner]]:
    """The reference and the alternatives, loaded once in each process."""
    if exercise not in stage.loaded:
        named = [("reference", stage.week.exercises[exercise].source)]
        named += [
            (f"alternative {variant.name}", variant.source(stage.week))
            for variant in variants_of(stage.week, exercise, "alternative")
        ]
        stage.loaded[exercise] = [
            (name, stage.local(stage.cells(exercise, source))) for name, source in named
        ]
    return stage.loaded[exercise]

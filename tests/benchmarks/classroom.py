"""A class of learners: what each of them wrote, and the notebook with it in."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from autograde.weeks import Variant, Week, variants

KINDS = ("right", "failing")
WRONG = 3  # exercises that a failing submission has a misconception in


@dataclass(frozen=True)
class Learner:
    """One learner's name, and code for each exercise."""

    name: str
    answers: Mapping[str, str]


def class_of(week: Week, kind: str, size: int, groups: int) -> list[Learner]:
    """Learners called `right1-04`: their group and their number. The same ones each time."""
    answer = _right if kind == "right" else _failing
    return [Learner(f"{kind}{number % groups}-{number:02}", answer(week, number)) for number in range(size)]


def _right(week: Week, number: int) -> dict[str, str]:
    """References and alternatives, mixed otherwise for each learner."""
    others = variants(week.alternatives_file)
    answers = {}
    for place, (name, exercise) in enumerate(week.exercises.items()):
        choices = [exercise.reference, *_sources(week, name, others)]
        answers[name] = choices[(number + place * (number // len(choices))) % len(choices)]
    return answers


def _failing(week: Week, number: int) -> dict[str, str]:
    """References, but for some exercises misconceptions."""
    wrong = variants(week.misconceptions_file)
    answers = {name: exercise.reference for name, exercise in week.exercises.items()}
    possible = [name for name in answers if _sources(week, name, wrong)]
    for step in range(WRONG):
        name = possible[(number + step * 2) % len(possible)]
        choices = _sources(week, name, wrong)
        answers[name] = choices[number % len(choices)]
    return answers


def _sources(week: Week, name: str, found: list[Variant]) -> list[str]:
    return [variant.source(week) for variant in found if variant.exercise == name]


def filled(stub: Mapping[str, Any], answers: Mapping[str, str]) -> bytes:
    """A released notebook with the answers in their cells."""
    notebook = copy.deepcopy(dict(stub))
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in answers:
            cell["source"] = answers[name].splitlines(keepends=True)
    return json.dumps(notebook).encode()

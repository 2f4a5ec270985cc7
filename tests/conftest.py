"""A week small enough to read at a glance, in a kit of its own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from autograde.build import building
from autograde.places import Kit
from autograde.week import Week

REPOSITORY = Path(__file__).resolve().parent.parent

WEEK = '''\
# %% [markdown]
# # Week 01 · Doubling
#
# Numbers grow <b>fast</b>.

# %% given="imports"
import math

# %% [markdown]
# **Exercise `double`.** Twice the number.

# %% exercise="double" points=3
def double(x: float) -> float:
    """Twice x: double(2) is 4."""
    ### BEGIN SOLUTION
    secret_factor = 2.0 ** math.log2(2)
    return secret_factor * x
    ### END SOLUTION

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Add.
#
# </details>

# %% exercise="Pair" points={"sum": 2, "order": 1.5}
class Pair:
    """Two numbers."""

    def __init__(self, a, b):
        ### BEGIN SOLUTION
        self.first_of_the_secrets, self.second_of_the_secrets = a, b
        ### END SOLUTION

    def sum(self):
        ### BEGIN SOLUTION
        return self.first_of_the_secrets + self.second_of_the_secrets
        ### END SOLUTION

# %% exercise="LIMIT" points=1 stretch=true
### BEGIN SOLUTION
LIMIT = 3.25 * 4.0 + 1.0
### END SOLUTION

# %% tags=["explore"]
import time
time.sleep(0.001)

# %% [markdown] question="why-double" points=2
# Why does doubling a hundred times give a number with thirty digits?
#
# ### BEGIN SOLUTION
# Because two to the tenth is about a thousand.
# ### END SOLUTION

# %% reflection=true
reflection = {"hours": 0.0, "sticking_point": ""}
'''

CHECKS = '''\
from autograde.properties import assert_close, exercise


@exercise("double")
def test_of_two(learner):
    """Twice two is four."""
    assert_close(learner.double(2), 4)


@exercise("Pair-sum")
@exercise("Pair-order")
def test_pair(learner):
    """A pair adds up."""


@exercise("LIMIT")
def test_limit(learner):
    """The limit is fourteen."""
    assert_close(learner.LIMIT, 14.0)
'''

PROPERTIES = '''\
from autograde.properties import assert_close, exercise


@exercise("double")
def test_doubling_is_additive_in_secret(learner, reference):
    """The double of a sum is the sum of the doubles."""
    assert_close(learner.double(5), learner.double(2) + learner.double(3))
'''

MISCONCEPTIONS = '''\
# %% exercise="double" misconception="squares-it"
"""Squares the number
instead.

Hint: What does it give for 3?

Draw it.
"""
def double(x):
    return x ** 2.0  # right only for two

# %% exercise="Pair" misconception="forgets-the-sum"
"""Has no sum.

Hint: What does a pair do?
Parts: sum
"""
del Pair.sum
'''

ALTERNATIVES = '''\
# %% exercise="double" alternative="adds"
"""Adds the number to itself."""
def double(x):
    result_of_adding = x + x
    return result_of_adding
'''


def make_kit(root: Path) -> Kit:
    """A kit with the tiny week and the real nbgrader configuration."""
    folder = root / "solutions" / "week01"
    folder.mkdir(parents=True)
    texts = {
        "week01.py": WEEK,
        "test_week01.py": CHECKS,
        "properties.py": PROPERTIES,
        "misconceptions.py": MISCONCEPTIONS,
        "alternatives.py": ALTERNATIVES,
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    (root / "instructor").mkdir()
    shutil.copy(REPOSITORY / "instructor" / "nbgrader_config.py", root / "instructor")
    return Kit(root)


@pytest.fixture
def kit(tmp_path: Path) -> Kit:
    """The tiny kit, for a test to spoil."""
    return make_kit(tmp_path / "kit")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Kit:
    """The tiny kit after a build. Not to be changed."""
    kit = make_kit(tmp_path_factory.mktemp("built") / "kit")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "write_public_suite", write_few_bytes)
        building.build(["week01"], kit)
    return kit


@pytest.fixture(scope="session")
def release(built: Kit) -> dict[str, Any]:
    """The tiny week's notebook as nbgrader releases it to learners, as JSON. Not to be changed."""
    notebook: dict[str, Any] = json.loads((built.exercises / "week01" / "week01.ipynb").read_bytes())
    return notebook


def write_few_bytes(week: Week, path: Path) -> None:
    """Stands for keeping the checks' examples, which takes seconds."""
    path.write_bytes(b"examples of " + week.name.encode())


@pytest.fixture
def examples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a few bytes stand for the checks' examples."""
    monkeypatch.setattr(building, "write_public_suite", write_few_bytes)


@pytest.fixture(scope="session")
def put_week() -> Callable[..., Path]:
    """Writes a learner's folder: a notebook, its checks, and the examples kept for them."""
    return write_learners_week


def write_learners_week(
    folder: Path,
    checks: str,
    cells: Sequence[tuple[str, str]],
    stubs: dict[str, str],
    points: dict[str, float],
) -> Path:
    """`cells` are (grade id, source), an id "explore" standing for the tag; entries with 0 points are stretch."""
    from autograde.judge.examples import drawn
    from autograde.judge.suite import PUBLIC_FILE, Entry, Suite, fingerprint, write_public
    from autograde.judge.tests import load_tests

    folder.mkdir(parents=True)
    notebook = {
        "cells": [_json_cell(*cell) for cell in cells],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (folder / f"{folder.name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    checks_file = folder / f"test_{folder.name}.py"
    checks_file.write_text(checks, encoding="utf-8")
    exercises = {name: name.partition("-")[0] for name in points}
    entries = [
        Entry(
            name, exercises[name], points[name] or 1.0, points[name] == 0, fingerprint(stubs[exercises[name]])
        )
        for name in points
    ]
    tests = load_tests(checks_file, hidden=False)
    kept = {test.key: drawn(test, 0) for test in tests}
    write_public(Suite(folder.name, entries, tests, kept), checks.encode(), folder / PUBLIC_FILE)
    return folder


def _json_cell(grade_id: str, source: str) -> dict[str, Any]:
    explore = grade_id == "explore"
    metadata: dict[str, Any] = {"tags": ["explore"]} if explore else {"nbgrader": {"grade_id": grade_id}}
    return {
        "cell_type": "code",
        "source": source,
        "metadata": metadata,
        "outputs": [],
        "execution_count": None,
    }

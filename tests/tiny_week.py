"""A week small enough to read at a glance, in a kit of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

from autograde.places import Kit
from autograde.weeks import Week

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
    return x ** 2.0  # correct for a two only

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


def write_few_bytes(week: Week, path: Path) -> None:
    """Stands for keeping the checks' examples, which takes seconds."""
    path.write_bytes(b"examples of " + week.name.encode())


def everything_in(folder: Path) -> dict[str, bytes]:
    """All files below a folder, by their path in it."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

"""A second tiny week, for what takes a term: week06, with an exercise that has a misconception of the first's name."""

from __future__ import annotations

from autograde.places import Kit

LATER = """\
# %% [markdown]
# # Week 06 · Tripling

# %% exercise="triple" points=2
def triple(x):
    ### BEGIN SOLUTION
    return 3 * x
    ### END SOLUTION

# %% exercise="triple_again" points=1 stretch=true
def triple_again(x):
    ### BEGIN SOLUTION
    return 3 * x
    ### END SOLUTION

# %% reflection=true
reflection = {"hours": 0.0, "sticking_point": "", "syntax_or_ideas": "neither", "questions": []}
"""
LATER_CHECKS = '''\
from autograde.properties import assert_close, exercise


@exercise("triple")
def test_of_two(learner):
    """Three times two is six."""
    assert_close(learner.triple(2.0), 6.0)


@exercise("triple_again")
def test_of_three(learner):
    """Three times three is nine."""
    assert_close(learner.triple_again(3.0), 9.0)
'''
LATER_WRONG = '''\
# %% exercise="triple" misconception="squares-it"
"""Squares it, where it multiplies.

Hint: What does it give for three?
"""
def triple(x):
    return x**2
'''


def add_later_week(kit: Kit) -> None:
    """Put the week among the kit's."""
    folder = kit.solutions / "week06"
    folder.mkdir()
    (folder / "week06.py").write_text(LATER)
    (folder / "test_week06.py").write_text(LATER_CHECKS)
    (folder / "properties.py").write_text("")
    (folder / "misconceptions.py").write_text(LATER_WRONG)

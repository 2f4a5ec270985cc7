from hypothesis import given
from hypothesis import strategies as st

from autograde.properties import assert_close, assert_equal, driver, exercise


@driver
def total(names, a, b):
    return names.Pair(a, b).total()


@driver
def ordered(names, a, b):
    return names.Pair(a, b).ordered()


@exercise("double")
def test_of_two(learner):
    """Twice two is four.

    Hint: Add the number to itself.
    """
    assert_close(learner.double(2.0), 4.0)


@exercise("halve")
def test_half(learner):
    """Half of three is one and a half."""
    assert_close(learner.halve(3.0), 1.5)


@exercise("Pair-total")
def test_total(learner):
    """A pair adds up."""
    assert_close(total(learner, 3.0, 1.0), 4.0)


@exercise("Pair-order")
def test_order(learner):
    """A pair is ordered.

    Hint: Which of the two is smaller?
    """
    assert_equal(ordered(learner, 3, 1), (1, 3))


@exercise("shout")
@given(word=st.text("abc", max_size=4))
def test_shout(learner, word):
    """Every letter is a capital."""
    assert_equal(learner.shout(word), word.upper())

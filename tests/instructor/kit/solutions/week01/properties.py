from hypothesis import given
from hypothesis import strategies as st

from autograde.properties import assert_close, exercise


@exercise("double")
@given(x=st.integers(3, 50))
def test_doubling_is_as_the_reference(learner, reference, x):
    """Doubling holds for every number.

    Hint: Try three.
    """
    expected_in_secret = reference.double(float(x))
    assert_close(learner.double(float(x)), expected_in_secret)

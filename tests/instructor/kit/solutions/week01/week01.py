# %% [markdown]
# # Week 01 · Doubling

# %% given="imports"
import math

# %% [markdown]
# **Exercise `double`.** Twice the number.


# %% exercise="double" points=3
def double(x: float) -> float:
    """Twice x: double(2.0) is 4.0."""
    ### BEGIN SOLUTION
    sign_in_secret = math.copysign(1.0, x)
    return x + sign_in_secret * abs(x)
    ### END SOLUTION


# %% exercise="halve" points=1
def halve(x: float) -> float:
    """Half of x: halve(3.0) is 1.5."""
    ### BEGIN SOLUTION
    return x / 2
    ### END SOLUTION


# %% exercise="Pair" points={"total": 2, "order": 1.5}
class Pair:
    """Two numbers: Pair(3, 1).total() is 4, Pair(3, 1).ordered() is (1, 3)."""

    def __init__(self, a, b):
        ### BEGIN SOLUTION
        self.a, self.b = a, b
        ### END SOLUTION

    def total(self):
        ### BEGIN SOLUTION
        return self.a + self.b
        ### END SOLUTION

    def ordered(self):
        ### BEGIN SOLUTION
        return tuple(sorted([self.a, self.b]))
        ### END SOLUTION


# %% exercise="shout" points=2 stretch=true
def shout(word: str) -> str:
    """The word in capitals: shout("hi") is "HI"."""
    ### BEGIN SOLUTION
    return word.upper()
    ### END SOLUTION


# %% tags=["explore"]
print(double(21))

# %% [markdown] question="why-double" points=2
# Why does doubling a hundred times give a number with thirty digits?
#
# ### BEGIN SOLUTION
# Because two to the tenth is about a thousand.
# ### END SOLUTION

# %% reflection=true
reflection = {"hours": 0.0, "sticking_point": ""}

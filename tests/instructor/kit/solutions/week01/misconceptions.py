# %% exercise="double" misconception="squares-it"
"""Squares the number.

Hint: What does it give for three?
"""


def double(x):
    return x**2

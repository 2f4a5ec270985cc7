# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Week 03 · Tensors: shape, broadcast, encode
#
# **Before:** nothing to watch this week. You need lists, loops and functions from weeks 01 and 02. If you
# like to read ahead, look at the page *Broadcasting semantics* in PyTorch's documentation (ten minutes).
#
# **Time:** five to six hours with your partner, reading included. The exercise marked *stretch* comes on top.
#
# **Afterwards you can**
# - say what each axis of a tensor means, and notice when axes have been mixed up;
# - foretell which shapes fit together, and what shape comes out;
# - compute with whole tables at once, where you would have written a loop;
# - turn categories, ranks, measurements, counts and DNA into numbers, and say what each encoding claims.
#
# A neural network is arithmetic on tables of numbers. Most mistakes in it are no mistakes of mathematics:
# the numbers are right, and stand in the wrong place. Such code runs, gives an answer, and is wrong. So
# this week is about *where numbers stand*.

# %% given="imports"
import torch

from autograde import datasets

# %% [markdown]
# ## 1 Ranks and axes
#
# A **tensor** is a block of numbers of one kind (its `dtype`). The number of its axes is its **rank** (not the
# rank of linear algebra), and its **shape** says how long each axis is. What in R is a vector, a matrix or an
# array is all one thing here, made by `torch.tensor(...)`; R's `dim(x)` is `x.shape`.
#
# | rank | name | example | axes |
# | --- | --- | --- | --- |
# | 0 | scalar | the height of a plant | |
# | 1 | vector | the heights of several plants | n |
# | 2 | matrix | several traits of several plants | n, d |
# | 3 | cube | black-and-white pictures | n, h, w |
# | 3 | cube | nucleotide sequences | n, l, c |
# | 4 | | colour pictures | n, c, h, w |
# | 5 | | colour films | n, c, h, w, l |
#
# Here n counts the observations, d the traits, c the channels (red, green, blue; or A, C, G, T), h and w are
# height and width, and l is the length of a sequence or a film.

# %% tags=["explore"]
import matplotlib.pyplot as plt

plt.style.use("autograde.quiet")


def plane(axes, left, top, rows, columns, colour):
    """One table of squares."""
    for row in range(rows):
        for column in range(columns):
            corner = (left + column, top - row)
            axes.add_patch(plt.Rectangle(corner, 1, 1, facecolor=colour, edgecolor="white", linewidth=0.8))


figure, axes = plt.subplots(figsize=(6.6, 2.4))
plane(axes, 0, 3, 1, 1, "lightsteelblue")
plane(axes, 3, 3, 4, 1, "lightsteelblue")
plane(axes, 6, 3, 4, 3, "lightsteelblue")
for image in range(2):
    for channel, colour in enumerate(["indianred", "mediumseagreen", "steelblue"]):
        plane(axes, 12 + 8.5 * image + channel, 4 - 0.8 * channel, 4, 5, colour)
for x, shape in [(0.5, ()), (3.5, (4,)), (7.5, (4, 3)), (19.8, (2, 3, 4, 5))]:
    axes.text(x, -0.9, f"{len(shape)}\n{shape}", ha="center", va="top")
axes.text(-1.2, -0.9, "rank\nshape", ha="right", va="top", color="grey")
axes.text(19.8, 5.4, "n = 2 pictures, c = 3 channels, h = 4 rows, w = 5 columns", ha="center")
axes.set(xlim=(-3.5, 28.5), ylim=(-3.2, 6.2), aspect="equal")
axes.axis("off")
plt.show()

# %% [markdown]
# ### When is the image wrong?
#
# Nothing in a tensor says what its axes mean: that is an agreement, and agreements differ. Cameras and
# plotting libraries keep the three colours of a pixel together, (n, h, w, c), "channels last". PyTorch's
# image layers want one whole plane for each colour, (n, c, h, w), "channels first". Handed the wrong one,
# PyTorch takes it for a picture 3 pixels wide with 32 colours. A layer that was told how many channels to expect
# complains; pooling, flattening and every mean go on without a word.
#
# By hand: one picture, one row, two pixels. The first pixel has red 1, green 2, blue 3, the second 4, 5, 6:
# shape (1, 1, 2, 3), in memory 1 2 3 4 5 6. Channels first, the red plane is 1 4, green 2 5, blue 3 6. Two
# methods lead to the shape (1, 3, 1, 2), and one of them is wrong:
# - `permute(...)` **reorders the axes** and lets each number keep its pixel, as R's `aperm` does;
# - `reshape(...)` **deals the same row of numbers out anew**: 1 2, 3 4, 5 6. Red, it says, is 1 and then 2.
#   That 2 was green.
#
# (R fills an array column by column, PyTorch row by row: the last index runs fastest.)
#
# **Exercise `to_channels_first`** (2 points). Turn pictures of shape (n, h, w, c) into (n, c, h, w), so that
# what stood at [i, y, x, k] stands at [i, k, y, x]. Any dtype, which is kept.


# %% exercise="to_channels_first" points=2
def to_channels_first(images: torch.Tensor) -> torch.Tensor:
    """Pictures (n, h, w, c) as (n, c, h, w): what stood at [i, y, x, k] stands at [i, k, y, x].

    With images = torch.tensor([[[[1, 2, 3], [4, 5, 6]]]]), shape (1, 1, 2, 3), the answer is
    tensor([[[[1, 4]], [[2, 5]], [[3, 6]]]]), shape (1, 3, 1, 2).
    """
    ### BEGIN SOLUTION
    return images.permute(0, 3, 1, 2)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Number the axes of what you have: n is axis 0, h is 1, w is 2, c is 3. In which order do you want them?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `x.permute(2, 0, 1)` makes a tensor whose first axis is x's axis 2, then its axis 0, then its axis 1.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `images.permute(0, 3, ..., ...)`
#
# </details>

# %% tags=["explore"]
rows, columns = torch.meshgrid(torch.arange(32.0), torch.arange(32.0), indexing="ij")
leaf = ((rows - 16) / 14) ** 2 + ((columns - 16) / 8) ** 2 < 1
spot = (rows - 11) ** 2 + (columns - 18) ** 2 < 12
picture = torch.full((32, 32, 3), 0.9)
picture[leaf] = torch.tensor([0.2, 0.6, 0.25])
picture[spot] = torch.tensor([0.55, 0.35, 0.1])
batch = picture[None]  # (1, 32, 32, 3): a batch of one

figure, axes = plt.subplots(2, 4, figsize=(6.6, 3.5))
for row, name in enumerate(["to_channels_first", "reshape"]):
    planes = to_channels_first(batch)[0] if row == 0 else batch.reshape(1, 3, 32, 32)[0]
    axes[row, 0].imshow(picture)
    axes[row, 0].set_ylabel(name)
    for channel, colour in enumerate(["red", "green", "blue"]):
        axes[row, channel + 1].imshow(planes[channel], cmap="grey", vmin=0, vmax=1)
        axes[row, channel + 1].set_title(f"[0, {channel}]" + (f": {colour}" if row == 0 else ": ?"))
axes[0, 0].set_title("the picture")
for each in axes.flat:
    each.set(xticks=[], yticks=[])
plt.show()

# %% [markdown]
# Above, each plane is the leaf as one colour sees it: the brown spot is brightest in red. Below, a "plane" is
# ten and two thirds rows of the picture with their colours side by side, torn apart at 32. The shape is the
# same, and so are the mean, the minimum and every other summary. Only a look shows that the image is wrong.

# %% [markdown]
# ## 2 Four kinds of operations
#
# PyTorch has several hundred methods. They are easier to find once you know which of four kinds you want.
#
# | kind | what it does | for example |
# | --- | --- | --- |
# | math | computes, comparisons included | `x + 1`, `x.exp()`, `x.sum(0)`, `x > 2`, `a & b` |
# | join | puts tensors together | `torch.cat([a, b])`, `torch.stack([a, b])` |
# | index | takes entries out | `x[0]`, `x[:, 1]`, `x[x > 2]` |
# | convert | changes shape or dtype, takes nothing out | `x.permute(1, 0)`, `x[:, None]`, `x.float()` |
#
# The brackets of an index have no name; named relatives of theirs are `gather`, `take`, `index_select` and
# `masked_select`.
#
# Four habits save hours. **Axes are counted from 0**, and from the end with −1: `x.sum(0)` adds down the
# rows and makes axis 0 disappear. **A comparison is a tensor** of booleans, which can be counted (`.sum()`),
# combined (`&`, `|`, `~`) and used to choose. **A colon in an index means "all of this axis"**: `x[:, 1]` is
# column 1 of every row. **`None` in an index makes an axis of length 1**: `x[:, None]` turns (n,) into (n, 1).
# It is written like an index, but takes nothing out, and so it converts.

# %% tags=["explore"]
x = torch.tensor([[1, 2, 3], [4, 5, 6]])
print("shape", tuple(x.shape), "rank", x.ndim, "dtype", x.dtype)
print("x.sum(0)  ", x.sum(0), "      down the rows: axis 0 is gone")
print("x[:, 1]   ", x[:, 1], "         column 1, which is the second")
print("x > 2     ", (x > 2).tolist(), "and how many:", (x > 2).sum().item())
a, b = torch.tensor([1, 2, 3]), torch.tensor([7, 8, 9])
print("cat       ", tuple(torch.cat([a, b]).shape), "  end to end, along an axis that is there")
print("stack     ", tuple(torch.stack([a, b]).shape), " one above the other, along a new axis")

# %% [markdown]
# Keep a list of methods that you meet from here on, with the kind of each: section 10 asks for it.

# %% [markdown]
# ## 3 Broadcasting
#
# To centre a table of n plants by d traits, you subtract d means from each of n rows. The shapes (n, d) and
# (d,) differ, and yet `x - means` works. **Broadcasting** is automatic tiling: where a tensor is too short
# along an axis, it is repeated, without using memory, until the shapes match. The rules are two:
# 1. Sizes are compared **from right to left**. Missing axes on the left count as 1.
# 2. In each place the two sizes must be equal, or one of them must be 1. That one is tiled: **for any given
#    axis, only one of the two can be**.
#
# By hand: (3, 1) and (4,). Written below each other, right-aligned:
#
# | | | |
# | --- | --- | --- |
# | first | 3 | 1 |
# | second | | 4 |
# | result | 3 | 4 |
#
# On the right 1 meets 4, and the first is tiled four times. On the left 3 meets nothing, and the second is
# tiled three times. Both are tiled, each along another axis.

# %% tags=["explore"]
first, second = torch.tensor([[0], [10], [20]]), torch.tensor([1, 2, 3, 4])
figure, axes = plt.subplots(figsize=(6.6, 1.9))
blocks = [(0, first, "lightsteelblue"), (5.5, second, "navajowhite"), (11, first + second, "darkseagreen")]
for left, tensor, colour in blocks:
    tiled = tensor.expand(3, 4)
    original = torch.zeros(3, 4, dtype=torch.bool)
    original[:, 0] |= left == 0  # the first tensor is the column on the left
    original[0] |= left == 5.5  # the second is the row on top
    original |= left == 11
    for row in range(3):
        for column in range(4):
            strong = original[row, column]
            shade = {"facecolor": colour, "edgecolor": "white", "alpha": 1.0 if strong else 0.35}
            axes.add_patch(plt.Rectangle((left + column, 2 - row), 1, 1, **shade))
            number = {"ha": "center", "va": "center", "color": "black" if strong else "grey"}
            axes.text(left + column + 0.5, 2.5 - row, f"{tiled[row, column]}", **number)
for x, text in [(2, "(3, 1)"), (7.5, "(4,)"), (13, "(3, 4)")]:
    axes.text(x, 3.3, text, ha="center")
for x, text in [(4.75, "+"), (10.25, "=")]:
    axes.text(x, 1.5, text, ha="center", va="center", fontsize=14)
axes.text(0, -0.3, "pale: tiled, not stored", color="grey", va="top")
axes.set(xlim=(-0.2, 15.2), ylim=(-0.9, 4), aspect="equal")
axes.axis("off")
plt.show()

# %% [markdown]
# R also repeats what is too short, and by another rule: its recycling runs down the columns, and needs no
# size of 1. In R, `matrix(0, 3, 4) + 1:3` adds a number to each *row*. Here (3, 4) and (3,) don't fit, for 4
# meets 3 on the right. You have to say what you mean: `(3, 4) + (3, 1)`.
#
# **Exercise `QUIZ`** (2 points). Six questions, to be answered with a pencil. Can these shapes be broadcast?
#
# 1. (5, 1, 3) and (5, 1, 3)
# 2. (5, 2, 3, 1) and (5, 1, 3, 1)
# 3. (5, 2, 3, 1) and (5, 1, 3, 5)
# 4. (5, 3, 3) and (5, 2, 3)
# 5. (5, 3, 3) and (5, 3)
# 6. (5, 3, 3) and (3, 3)
#
# Answer with a list of six booleans in this order, `True` for yes: `QUIZ = [True, ...]`.
#
# The check only counts how many of them are `True`. Whether they are the right ones shows in grading, and
# before that with the function of the next exercise.

# %% exercise="QUIZ" points=2
# Six booleans, one for each question: QUIZ = [..., ..., ..., ..., ..., ...]
### BEGIN SOLUTION
QUIZ = [True, True, True, False, False, True]
### END SOLUTION

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Write the two shapes below each other so that their right ends are in line. Then go from right to left, one
# place at a time.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# A place is fine if both sizes are equal, if one of them is 1, or if one is missing. It takes a single bad
# place to spoil it all. Only a 1 can be tiled: 2 doesn't become 3, nor 4, though 4 is twice 2.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# In question 5, what is compared with what? 3 with 3 on the right, then 3 with 5, then 5 with nothing. And in
# question 3 both tensors are tiled, but is it ever along the same axis?
#
# </details>

# %% [markdown]
# **Exercise `broadcast_shape`** (3 points). Now write the rules down. `a` and `b` are tuples of int, each
# size 0 or more. Return the shape that comes out of broadcasting them, as a tuple, or `None` if they don't
# fit. `()` is the shape of a scalar and fits everything. A size of 0 (an axis without entries) is a size like
# others: with 0 or 1 it gives 0, with anything else it doesn't fit.
#
# Write it with tuples and numbers. `torch.broadcast_shapes` does the same, and is there to compare with. (No
# test minds if you call it. But then you know no more than before.)


# %% exercise="broadcast_shape" points=3
def broadcast_shape(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...] | None:
    """The shape that a and b broadcast to, or None if they don't fit.

    broadcast_shape((3, 1), (4,)) is (3, 4), broadcast_shape((), (2,)) is (2,),
    broadcast_shape((1,), (0,)) is (0,) and broadcast_shape((3, 4), (3,)) is None.
    """
    ### BEGIN SOLUTION
    rank = max(len(a), len(b))
    a = (1,) * (rank - len(a)) + tuple(a)  # missing axes on the left count as 1
    b = (1,) * (rank - len(b)) + tuple(b)
    if any(m != n and m != 1 and n != 1 for m, n in zip(a, b, strict=True)):
        return None
    return tuple(n if m == 1 else m for m, n in zip(a, b, strict=True))
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# First make both tuples equally long. At which end is something missing, and what does it count as?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `(1,) * 3` is `(1, 1, 1)`, and `+` joins tuples. After that, `zip` pairs the sizes. For one pair: when do
# they fit, and which of them is the result? Don't take the larger one: what would 1 and 0 give?
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# For a pair `m, n`: if they are unequal and neither is 1, `return None`. Otherwise the result is `n` if `m`
# is 1, else `m`. Collect the results in a list and return it as a tuple.
#
# </details>

# %% tags=["explore"]
questions = [
    ((5, 1, 3), (5, 1, 3)),
    ((5, 2, 3, 1), (5, 1, 3, 1)),
    ((5, 2, 3, 1), (5, 1, 3, 5)),
    ((5, 3, 3), (5, 2, 3)),
    ((5, 3, 3), (5, 3)),
    ((5, 3, 3), (3, 3)),
]
for number, ((first, second), answer) in enumerate(zip(questions, QUIZ, strict=True), start=1):
    fits = broadcast_shape(first, second) is not None
    print(f"question {number}: your QUIZ says {answer}, your broadcast_shape {fits}")

# %% [markdown]
# Where the two disagree, one of them is wrong. Which? (You may still change your QUIZ.)

# %% [markdown]
# ### All pairs at once
#
# Broadcasting makes tables out of vectors. With x as a column, (n, 1), and y as a row, (m,), any operation
# between them has the shape (n, m): every x with every y. It is R's `outer(x, y)`, and the idea behind the
# next sections.
#
# By hand: x = (1, 2), y = (3, 4, 5). The products are 3, 4, 5 in the first row and 6, 8, 10 in the second.
# (The allele frequencies of two unlinked loci give those of the haplotypes in the same way.)
#
# **Exercise `outer`** (1 point). All products of x (n,) with y (m,), as a tensor (n, m): entry [i, j] is
# x[i] · y[j]. **No loop**, not even one inside a comprehension. The tests count what your code does as it
# runs, and the count must not grow with n or m.


# %% exercise="outer" points=1
def outer(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """All products, (n, m): entry [i, j] is x[i] times y[j]. No loop.

    outer(torch.tensor([1, 2]), torch.tensor([3, 4, 5])) is tensor([[3, 4, 5], [6, 8, 10]]).
    """
    ### BEGIN SOLUTION
    return x[:, None] * y
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Which of the two has to become a column, (n, 1), so that tiling gives (n, m)?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Section 2 has a way to put an axis of length 1 behind the one that is there. After that broadcasting tiles,
# and the product is an ordinary one.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `x[:, None] * ...`
#
# </details>

# %% [markdown]
# ## 4 Summing out axes
#
# `x.mean(0)` averages *over* axis 0: one number is left for everything else. Which axes to average over is
# a question about the data, and worth asking aloud: "one mean for each …". What is named stays, and
# everything else is averaged over.
#
# An averaged axis disappears. That is often not what broadcasting needs: rows of a table (2, 3) have sums of
# shape (2,), and (2, 3) − (2,) doesn't fit, or worse, with a square table it fits and subtracts from the
# columns. `keepdim=True` leaves an axis of length 1 in place, here (2, 1), and what it was taken from can be
# tiled against it.
#
# By hand: a batch of two pictures of one channel, 1 × 2 pixels: (1, 3) and (5, 7). The mean of the channel
# is 4, over *all* four pixels, the variance (9 + 1 + 1 + 9) / 4 = 5. Minus 4 and divided by √5 = 2.236, they are
# (−1.342, −0.447) and (0.447, 1.342). Each picture for itself would have become (−1, 1), and the second would
# have lost what sets it apart: that it is brighter.
#
# **Exercise `standardize_channels`** (3 points). `images` is (n, c, h, w), floating. Return the same shape,
# with each **channel** standardised over the whole batch: minus its mean, divided by its standard deviation,
# both taken over n, h and w. The standard deviation is the biased one (divide by the number of pixels, not
# by that number less 1: `correction=0`), and nothing is added to it. A channel whose largest value equals its
# smallest becomes 0 everywhere. Rounding is treacherous there: three times 0.1, added up and divided by 3,
# is not quite 0.1.


# %% exercise="standardize_channels" points=3
def standardize_channels(images: torch.Tensor) -> torch.Tensor:
    """Images (n, c, h, w) with mean 0 and biased standard deviation 1 in each channel, over n, h and w.

    With images = torch.tensor([[[[1., 3.]]], [[[5., 7.]]]]), shape (2, 1, 1, 2), the answer is
    tensor([[[[-1.3416, -0.4472]]], [[[0.4472, 1.3416]]]]). A constant channel becomes 0.
    """
    ### BEGIN SOLUTION
    over = (0, 2, 3)
    mean = images.mean(over, keepdim=True)  # (1, c, 1, 1)
    std = images.std(over, correction=0, keepdim=True)
    constant = images.amax(over, keepdim=True) == images.amin(over, keepdim=True)
    return torch.where(constant, 0.0, (images - mean) / std)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# "One mean for each channel": how many means are there, and which axes are gone? What shape should they
# have, so that they can be subtracted from (n, c, h, w)?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `mean` and `std` take several axes at once, as a tuple, and `keepdim=True` keeps them with length 1. For
# constant channels compare `images.amax(...)` with `images.amin(...)` over the same axes, and choose with
# `torch.where(condition, this, that)`.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `mean = images.mean((0, 2, 3), keepdim=True)`, `std = images.std((0, 2, 3), correction=0, keepdim=True)`,
# `constant = images.amax(...) == images.amin(...)`, then `torch.where(constant, 0.0, ...)`.
#
# </details>

# %% tags=["explore"]
generator = torch.Generator().manual_seed(3)
light = 0.6 + 0.25 * torch.rand(20, 1, 1, 1, generator=generator)  # each photo has its own exposure
noise = 0.05 * torch.randn(20, 3, 32, 32, generator=generator)
sensor = torch.tensor([1.0, 0.8, 0.6]).reshape(3, 1, 1)  # the camera sees red well and blue badly
photos = to_channels_first(picture.expand(20, 32, 32, 3)) * light * sensor + noise
figure, pair = plt.subplots(1, 2, figsize=(6.6, 2.6), sharey=True)
for axes, tensor in zip(pair, [photos, standardize_channels(photos)], strict=True):
    for channel, colour in enumerate(["indianred", "mediumseagreen", "steelblue"]):
        values = tensor[:, channel].flatten()
        axes.hist(values, bins=60, histtype="step", color=colour, label=["red", "green", "blue"][channel])
pair[0].set(xlabel="brightness (0 dark, 1 bright)", ylabel="pixels", title="20 photos of the leaf")
pair[1].set(xlabel="standard deviations from the mean", title="standardised")
pair[0].set_ylim(top=1250)
pair[0].legend(loc="upper center", ncols=3)
plt.show()

# %% [markdown]
# The three channels had means and spreads of their own; now they share a scale, and no channel outweighs the
# others merely by being brighter. The shapes of the histograms are as before, and so red and blue, which
# differed mostly in brightness, come to lie side by side: standardising shifts and stretches, and makes nothing
# normal that wasn't.

# %% [markdown]
# ## 5 Distances between all pairs
#
# Clustering, nearest neighbours and ordinations begin with a table of distances, R's `dist`. Between x, n
# points in d dimensions, and y, m points in the same, that is
#
# $$D_{ij} = \sqrt{\textstyle\sum_k (x_{ik} - y_{jk})^2}$$
#
# Every row of x meets every row of y, as in `outer`, and each such pair has d differences: that asks for
# three axes. By hand: x has the points (0, 0) and (3, 4), y the single point (0, 0). The differences are
# (0, 0) and (3, 4), the squares 0, 0 and 9, 16, the sums 0 and 25, the distances 0 and 5: shape (2, 1).
#
# There is a quicker way that needs no third axis: ‖x − y‖² = ‖x‖² + ‖y‖² − 2 x·y, where `x @ y.T` gives all
# x·y at once (`@` is R's `%*%`, and `.T` its `t()`). For equal points it subtracts a large number from itself,
# and rounding may leave −1e−16 in place of 0, whose root is `nan`. You may go either way; but see that no `nan`
# comes out.
#
# **Exercise `pairwise_distances`** (3 points). `x` is (n, d), `y` (m, d), both float64. Return the Euclidean
# distances, (n, m). **No loop**, as before. Distances may be off by 4·√eps times the largest norm of a row of
# x or y, where eps = 2.2e−16 (so both ways are accurate enough), and all are finite.


# %% exercise="pairwise_distances" points=3
def pairwise_distances(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Euclidean distances between the rows of x (n, d) and those of y (m, d): (n, m). No loop, no nan.

    With x = [[0., 0.], [3., 4.]] and y = [[0., 0.]] the answer is tensor([[0.], [5.]]).
    """
    ### BEGIN SOLUTION
    differences = x[:, None] - y  # (n, m, d)
    return differences.square().sum(-1).sqrt()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Name three axes: which point of x, which point of y, which dimension. Where does x need an axis of length
# 1, and where does y?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `x[:, None]` is (n, 1, d). With y, (m, d), it broadcasts to (n, m, d). Then square, and sum out the axis of
# the dimensions. And the last step of the formula?
#
# On the quicker way ‖x‖² is a column, (n, 1), and ‖y‖² a row, (m,). What may have got below 0 is lifted to 0
# before the root.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `(x[:, None] - y)`, then `.square()`, `.sum(...)` over the last axis, `.sqrt()`.
#
# On the quicker way `x.square().sum(1)[:, None] + ... - 2 * x @ y.T`, then `.clamp(min=0)`, then the root.
#
# </details>

# %% tags=["explore"]
points = 10 * torch.randn(6, 3, generator=generator, dtype=torch.float64)
norms = points.square().sum(1)
careless = (norms[:, None] + norms - 2 * points @ points.T).sqrt().diagonal()
print("diagonal, quick and careless:", careless.tolist())
print("diagonal, yours:             ", pairwise_distances(points, points).diagonal().tolist())

# %% [markdown]
# ## 6 Taking entries out
#
# Lists of indices take out entries one by one: `x[[2, 0]]` is rows 2 and 0. With **two** lists, the first
# for the rows and the second for the columns, PyTorch goes through both *side by side*, as `zip` does:
# `x[[0, 1], [2, 0]]` is the two entries x[0, 2] and x[1, 0]. (In R that is indexing by a matrix of two
# columns, `x[cbind(1:2, c(3, 1))]`; R's `x[1:2, c(3, 1)]` is the 2 × 2 block.)
#
# A colon and a list are no such pair: `x[:, [2, 0]]` is columns 2 and 0 of *every* row. On a table with one row
# that is nearly the same, (1, 1) for (1,), and on two rows it is another thing altogether.
#
# By hand: a model's scores of two leaves for three diseases, (0.1, 2.7, −1.2) and (0.5, −0.3, 0.9), and the
# true diseases 1 and 0. The scores of the truths are 2.7 and 0.5: one for each row. Every loss for classes in the
# weeks to come has this step in it. Scores like these are called **logits**: any real numbers, larger where the model
# favours a class, and not yet probabilities. V is the number of classes (it stands for *vocabulary*, since they
# will be letters and words).
#
# **Exercise `pick`** (2 points). `logits` is (n, V), `targets` (n,) of dtype int64 with values from 0 to
# V − 1. Return the n entries `logits[i, targets[i]]`, shape (n,). n may be 0.
#
# Index `logits`, rather than to build a new tensor of its numbers: from week 06 on a model learns by following
# each entry back to where it came from, and what `torch.tensor([...])` makes came from nowhere.


# %% exercise="pick" points=2
def pick(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """From each row of logits (n, V) the entry that targets (n,) names: (n,).

    With logits = [[0.1, 2.7, -1.2], [0.5, -0.3, 0.9]] and targets = [1, 0] the answer is tensor([2.7, 0.5]).
    """
    ### BEGIN SOLUTION
    return logits[torch.arange(len(targets)), targets]
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Say the row and the column of each entry that you want: (0, 1) and (1, 0). The columns are `targets`. What
# are the rows?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# The rows are 0, 1, 2, … up to n − 1, and PyTorch has R's `seq_len`: `torch.arange(n)`.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `logits[torch.arange(...), targets]`
#
# </details>

# %% [markdown]
# ### Sliding windows
#
# Moving averages, k-mers, codons and, in week 11, convolutions all look at a sequence through a window that
# moves on by one. For x = (5, 6, 7, 8) and a width of 3 the windows are (5, 6, 7) and (6, 7, 8): t − width +
# 1 of them.
#
# **Exercise `windows`** (2 points). `x` is (t,), of any dtype; `width` is from 1 to t. Return all windows,
# (t − width + 1, width): row i is `x[i : i + width]`. **No loop.**


# %% exercise="windows" points=2
def windows(x: torch.Tensor, width: int) -> torch.Tensor:
    """All slices of x (t,) of this width, one a row: (t - width + 1, width). No loop.

    windows(torch.tensor([5, 6, 7, 8]), 3) is tensor([[5, 6, 7], [6, 7, 8]]).
    """
    ### BEGIN SOLUTION
    return x.unfold(0, width, 1)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Don't think of the values, think of the *positions*: for the example they are 0 1 2 and 1 2 3. How does
# entry [i, j] of that table follow from i and j?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Position [i, j] is i + j: a column of starts plus a row of offsets, by broadcasting. A tensor may be
# indexed by a whole table of positions. Or look for a method that *unfolds* a tensor into windows.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `starts = torch.arange(len(x) - width + 1)`, `offsets = torch.arange(width)`, then
# `x[starts[:, None] + ...]`. Or `x.unfold(0, ..., 1)`.
#
# </details>

# %% tags=["explore"]
wave = torch.sin(torch.arange(120) / 9) + 0.4 * torch.randn(120, generator=generator)
figure, axes = plt.subplots(figsize=(6.6, 2.4))
axes.plot(wave, ".", color="grey", markersize=3, label="measured")
for width in [5, 25]:
    smooth = windows(wave, width).mean(1)
    axes.plot(torch.arange(len(smooth)) + (width - 1) / 2, smooth, label=f"mean of {width} hours")
axes.set(xlabel="hour", ylabel="expression (a made-up gene)")
axes.legend(loc="upper right", ncols=3)
axes.set_ylim(top=2.6)
plt.show()

# %% [markdown]
# ## 7 Sequences of unequal length
#
# A tensor is a block: all rows are equally long. Sequences aren't. So short ones are **padded** with 0 to the
# length of the longest, and the true lengths are kept beside them, because a 0 that was measured and a 0 that
# fills up look the same. To make one block of loose pieces is to **collate** them, as bookbinders do with sheets.
#
# **Exercise `collate`** (2 points). `seqs` is a list of tensors, (t₀,), (t₁,), …, all of one dtype; some may
# be of length 0. Return two tensors. The first holds the padded sequences, (n, t) with t the longest length,
# each at the start of its row and zeros behind it, of **the dtype that they had**. The second holds their
# lengths: (n,), of an integer dtype. An empty list raises `ValueError`.


# %% exercise="collate" points=2
def collate(seqs: list[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    """The sequences as rows, zero-padded at the end, (n, t), in their own dtype; and their lengths, (n,).

    collate([torch.tensor([1.5, 2.5]), torch.tensor([3.5])]) is
    (tensor([[1.5, 2.5], [3.5, 0.0]]), tensor([2, 1])). An empty list raises ValueError.
    """
    ### BEGIN SOLUTION
    if not seqs:
        raise ValueError("collate needs at least one sequence")
    lengths = torch.tensor([len(seq) for seq in seqs])
    padded = torch.zeros((len(seqs), lengths.max()), dtype=seqs[0].dtype)
    for row, seq in zip(padded, seqs, strict=True):
        row[: len(seq)] = seq
    return padded, lengths
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Start from a table that is all padding. What must be known to make it: how many rows, how many columns,
# which dtype?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `torch.zeros((n, t))` is float32 unless you say `dtype=...`. Then write each sequence into the beginning of
# its row; here a loop is fine.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `padded = torch.zeros((len(seqs), max(...)), dtype=seqs[0].dtype)`, then `padded[i, : len(seq)] = seq` for
# each i and seq of `enumerate(seqs)`. And before all that, `if len(seqs) == 0: raise ValueError(...)`.
#
# </details>

# %% [markdown]
# ### Beyond the length
#
# Once padded sequences have gone through a few operations the padding is no longer 0, and may be anything:
# the logarithm of 0 is −inf, 0/0 is `nan`. Before one sums over time, it has to go.
#
# Multiplying by a mask of ones and zeros looks natural, and fails just when it matters: 0 · nan is `nan`, and
# 0 · inf is `nan` too. Instead of computing with the bad values, *choose*: `torch.where(condition, x, 0)`
# takes x where the condition holds and 0 elsewhere, and never looks at what it doesn't take.
#
# By hand: lengths (1, 3), t = 3. The positions 0, 1, 2 are compared with each length: 0 < 1 holds, 1 < 1 and
# 2 < 1 don't; all three are less than 3. So the mask is (yes, no, no), (yes, yes, yes): a row of positions
# against a column of lengths.
#
# **Exercise `mask_padding`** (3 points). `x` is (n, t, d), floating; `lengths` is (n,), integer, each from 0
# to t. Return x with 0 at every position from `lengths[i]` on, for all d, **whatever stands there**, and
# everything before as it was. `x` itself must be the same afterwards.


# %% exercise="mask_padding" points=3
def mask_padding(x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    """x (n, t, d) with 0 at positions lengths[i] and beyond, even where x is nan or inf. x is left unchanged.

    With x = [[[1., 2.], [nan, 3.]]], shape (1, 2, 2), and lengths = [1] the answer is
    tensor([[[1., 2.], [0., 0.]]]).
    """
    ### BEGIN SOLUTION
    inside = torch.arange(x.shape[1]) < lengths[:, None]  # (n, t)
    return torch.where(inside[:, :, None], x, 0.0)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Which positions are there, and how do you compare all of them with all lengths at once? You have made such
# tables of all pairs twice.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Positions (t,) against lengths (n, 1) give a table (n, t) of booleans. x has one axis more: where does the
# table need an axis of length 1?
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `inside = torch.arange(x.shape[1]) < lengths[:, None]`, then `torch.where(inside[:, :, None], ..., ...)`.
#
# </details>

# %% [markdown]
# ## 8 Encoding: what the numbers claim
#
# Networks take numbers, and whatever you hand them they take at their word: that 2 lies between 1 and 3, that
# 4 is twice 2. So the encoding has to claim just as much as is true. Statistics has a table for it.
#
# | scale | categories | ranked | evenly spaced | natural 0 | for example | claim of the encoding |
# | --- | --- | --- | --- | --- | --- | --- |
# | nominal | X | | | | species, nucleotide | all equally far apart: one-hot |
# | ordinal | X | X | | | no, few, many spots | an order: ranks |
# | interval | X | X | X | | temperature in °C, date | differences: standardise |
# | ratio | X | X | X | X | read counts, biomass | ratios: logarithm first |
#
# A generalised linear model makes the same choice for its *response* by its link function; here it is made
# for what goes in, and in week 05 for what comes out.
#
# **One-hot** is what `model.matrix(~ 0 + f)` makes of a factor in R: a column for each class, with a single 1
# in each row. Every class is equally far (√2) from every other, and no class is "more" than another. By hand,
# with three classes: label 2 becomes (0, 0, 1), label 0 becomes (1, 0, 0).
#
# **Exercise `one_hot`** (2 points). `labels` is int64, of **any** shape, a scalar and an empty tensor
# included. Return a tensor with one axis more, of length `num_classes` (1 or more), at the end: 1 at the
# label, 0 elsewhere, of any integer or floating dtype. So labels (n, l) become (n, l, num_classes). A label
# below 0 or not below `num_classes` raises `ValueError`.


# %% exercise="one_hot" points=2
def one_hot(labels: torch.Tensor, num_classes: int) -> torch.Tensor:
    """Labels of any shape with one axis more at the end, of length num_classes: 1 at the label, 0 elsewhere.

    one_hot(torch.tensor([2, 0]), 3) is tensor([[0, 0, 1], [1, 0, 0]]). A label outside 0 to
    num_classes - 1 raises ValueError.
    """
    ### BEGIN SOLUTION
    if ((labels < 0) | (labels >= num_classes)).any():
        raise ValueError("a label is below 0, or not below num_classes")
    return (labels[..., None] == torch.arange(num_classes)).float()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Entry [i, k] asks a question: "is label i equal to k?" How did you compare all of one with all of another
# before?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `labels[..., None]` puts an axis of length 1 at the end, whatever the shape (the three dots stand for "all
# axes that there are"). Compare it with 0, 1, …, num_classes − 1. A comparison is of dtype bool: turn it into
# numbers. For the error: `.any()` says whether any entry of a tensor of booleans is true.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `if (labels < 0).any() or ...: raise ValueError(...)`, then
# `(labels[..., None] == torch.arange(...)).float()`.
#
# </details>

# %% [markdown]
# ### DNA
#
# A nucleotide is nominal, so a sequence of length l is a table (l, 4), one row for each letter, with columns
# in the order **A, C, G, T**. N says "one of the four, I don't know which", and its honest encoding is ¼ in
# each column: the distribution of what it may be. Many sequences make a tensor (n, l, 4), n observations, l
# positions, 4 channels; shorter ones are padded at the end with rows of zeros. Such a row claims "nothing is
# here", and is neither A nor N.
#
# By hand: `GA` and `N` become [[0, 0, 1, 0], [1, 0, 0, 0]] and [[¼, ¼, ¼, ¼], [0, 0, 0, 0]].
#
# **Exercise `encode_dna`** (3 points). `seqs` is a list of one or more strings over A, C, G, T, N in
# capitals, none of them empty. Return (n, l, 4), floating, with l the length of the longest.


# %% exercise="encode_dna" points=3
def encode_dna(seqs: list[str]) -> torch.Tensor:
    """Sequences as (n, l, 4), columns A, C, G, T; N is 0.25 four times, shorter ones get zeros at the end.

    encode_dna(["GA", "N"]) is tensor([[[0, 0, 1, 0], [1, 0, 0, 0]], [[0.25, 0.25, 0.25, 0.25], [0, 0, 0, 0]]])
    in a floating dtype.
    """
    ### BEGIN SOLUTION
    rows = {
        "A": [1.0, 0.0, 0.0, 0.0],
        "C": [0.0, 1.0, 0.0, 0.0],
        "G": [0.0, 0.0, 1.0, 0.0],
        "T": [0.0, 0.0, 0.0, 1.0],
        "N": [0.25, 0.25, 0.25, 0.25],
    }
    x = torch.zeros(len(seqs), max(len(seq) for seq in seqs), 4)
    for i, seq in enumerate(seqs):
        for position, letter in enumerate(seq):
            x[i, position] = torch.tensor(rows[letter])
    return x
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Where have you put sequences of unequal length into one block before? And which five rows of four numbers
# do you need?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# A dictionary from letter to its row of four. Start from `torch.zeros(n, l, 4)`, and write one row for each
# letter: what you don't write stays 0, which is the padding.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `x = torch.zeros(len(seqs), max(...), 4)`, then two loops with `enumerate`, over the sequences and over the
# letters, and inside `x[i, position] = torch.tensor(rows[letter])`.
#
# </details>

# %% [markdown]
# **Exercise `decode_dna`** (2 points). The way back: from a tensor (n, l, 4) as `encode_dna` makes it, in
# float32 or float64, the list of n strings. N comes back as N, and the padding doesn't come back at all.


# %% exercise="decode_dna" points=2
def decode_dna(x: torch.Tensor) -> list[str]:
    """The sequences that `encode_dna` turned into x (n, l, 4), N included and padding left out.

    decode_dna(torch.tensor([[[0., 0., 1., 0.], [1., 0., 0., 0.]], [[.25, .25, .25, .25], [0., 0., 0., 0.]]]))
    is ["GA", "N"].
    """
    ### BEGIN SOLUTION
    seqs = []
    for table in x.tolist():
        letters = ["ACGT"[row.index(1)] if 1 in row else "N" for row in table if any(row)]
        seqs.append("".join(letters))
    return seqs
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# There are three kinds of rows: one with a 1, one of quarters, one of zeros. How do you tell them apart?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# The largest entry of a row is 1, ¼ or 0. `argmax` alone can't decide: it gives 0, which would be A, for a
# row of quarters and for a row of zeros.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# For each table of x and each row of it: if `row.max()` is 0, skip it; if it is below ½, add `"N"`;
# otherwise add `"ACGT"[row.argmax()]`. Glue with `"".join(...)`.
#
# </details>

# %% tags=["explore"]
seqs = ["ATGGCNTGA", "ATGTTTAAACCC", "ATGN"]
encoded = encode_dna(seqs)
figure, rows = plt.subplots(3, 1, figsize=(6.6, 3.6), sharex=True)
for axes, seq, table in zip(rows, seqs, encoded, strict=True):
    image = axes.imshow(table.T, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    axes.set_yticks(range(4), "ACGT")
    axes.set_title(seq, loc="left", family="monospace")
    axes.set_xticks(range(12))
rows[-1].set_xlabel("position (axis 1)")
rows[1].set_ylabel("channel (axis 2)")
figure.colorbar(image, ax=rows, label="encoding", shrink=0.6)
plt.show()
print("and back:", decode_dna(encoded))

# %% [markdown]
# Each picture is one table of `encoded`, turned on its side. An N is a pale column, the padding is blank, and
# every other position has one dark square.
#
# ### Columns of a table
#
# Back to the four scales. **Ranks** (here as statisticians use the word: places 0, 1, 2, … in an order) keep the
# order, and claim that the steps are equal, which is more than is known: a price worth paying for a single
# column. **Standardising** makes a temperature in °C and one in °F the same column. For quantities with a natural
# zero that vary over orders of magnitude, *doubling* is the natural step: take the logarithm first. As counts may
# be 0, one adds 1: `log1p(x)` is log(1 + x). That suits counts. For a quantity with a unit the 1 is itself a
# claim: 1 added to kilograms isn't what it is to grams.
#
# By hand: counts 0, 1, 3. log1p gives 0, 0.693, 1.386, evenly spaced, for 1, 2, 4 double each time.
# Standardised (mean 0.693, biased standard deviation 0.566) they are −1.225, 0, 1.225. As an interval, 0, 1,
# 3 would have given −1.069, −0.267, 1.336.
#
# **Exercise `encode_column`** (4 points). `values` is a list of one or more values (for the last two scales
# numbers, whole ones among them), `scale` a string, and `levels`, for nominal and ordinal values, the list of all
# levels in the order that you want. Return a tensor (n, k):
# - `"nominal"`: one-hot, k = `len(levels)`, with columns in the order of `levels`;
# - `"ordinal"`: the place in `levels`, counted from 0; k = 1;
# - `"interval"`: standardised, with the biased standard deviation; k = 1;
# - `"ratio"`: log1p, then standardised in the same way; k = 1.
#
# A column of equal values becomes 0 when it is standardised. `ValueError` for: a value that isn't in
# `levels`; nominal or ordinal without `levels`; a negative ratio; any other `scale`.


# %% exercise="encode_column" points=4
def encode_column(values: list, scale: str, levels: list | None = None) -> torch.Tensor:
    """One column of a table as numbers, (n, k), by its scale: "nominal", "ordinal", "interval" or "ratio".

    encode_column(["b", "a"], "nominal", ["b", "a", "c"]) is [[1, 0, 0], [0, 1, 0]], the same as "ordinal" is
    [[0], [1]]; encode_column([1, 2, 3], "interval") and encode_column([0, 1, 3], "ratio") are both
    [[-1.2247], [0.0], [1.2247]].
    """
    ### BEGIN SOLUTION
    if scale in ("nominal", "ordinal"):
        if levels is None or any(value not in levels for value in values):
            raise ValueError(f"a {scale} column needs levels, and every value among them")
        ranks = torch.tensor([levels.index(value) for value in values])
        return one_hot(ranks, len(levels)) if scale == "nominal" else ranks[:, None].float()
    if scale not in ("interval", "ratio"):
        raise ValueError(f"there is no scale {scale!r}")
    x = torch.tensor(values, dtype=torch.float64)[:, None]
    if scale == "ratio":
        if (x < 0).any():
            raise ValueError("a ratio can't be negative")
        x = x.log1p()
    if x.max() == x.min():
        return torch.zeros_like(x)
    return (x - x.mean()) / x.std(correction=0)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Four cases, and two of them share nearly everything: which pairs? Write down for each of the four errors
# where in your function it would be noticed.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `levels.index(value)` is the place of a value in the list. For nominal columns these places are labels, and
# you have a function for labels. A ratio is an interval after `torch.log1p`. A tensor of whole numbers has no
# `mean`: say `dtype=torch.float64` when you make it. Look out for equal values before you divide: compare `max()`
# with `min()`, as in section 4.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `if scale in ("nominal", "ordinal"):` check, then `places = torch.tensor([levels.index(v) for v in values])`,
# and return `one_hot(places, len(levels))` or `places[:, None]`. Otherwise
# `x = torch.tensor(values, dtype=torch.float64)[:, None]`, for a ratio check and `x = x.log1p()`, and at the
# end `(x - x.mean()) / x.std(correction=0)`.
#
# </details>

# %% tags=["explore"]
counts = (3 + 1.6 * torch.randn(800, generator=generator)).exp().round().tolist()
figure, pair = plt.subplots(1, 2, figsize=(6.6, 2.6))
for axes, scale in zip(pair, ["interval", "ratio"], strict=True):
    column = encode_column(counts, scale)
    axes.hist(column.flatten(), bins=40, color="steelblue")
    axes.set(xlabel="encoded value (standard deviations)", ylabel="genes", title=f'as "{scale}"')
plt.show()

# %% [markdown]
# Read counts of 800 made-up genes. Taken as an interval, nearly all genes look alike beside a handful of very
# large ones, and a model would spend its effort on these. After the logarithm the differences among ordinary
# genes can be seen.

# %% [markdown]
# ## 9 Everything together, on real genes
#
# Two protein families of *Arabidopsis thaliana*, chromosome 1, and up to 300 nucleotides from the start of the
# coding sequence of each gene. Four of your functions turn strings into a table of distances: `encode_dna`, then the
# share of each of the 64 codons through `windows` and `one_hot`, then `pairwise_distances`. (Codons are
# nominal: so one-hot, and the mean of one-hot rows is a table of shares.)

# %% tags=["explore"]
families = ["MYB", "GDSL lipase"]
genes = sorted(
    datasets.load("arabidopsis_families"), key=lambda gene: gene["group"]
)  # relatives side by side
chosen = [[gene for gene in genes if gene["family"] == family] for family in families]

profiles = []
for gene in chosen[0] + chosen[1]:
    nucleotides = encode_dna([gene["dna"]])[0].argmax(1)  # 0 to 3 for A, C, G, T; no N in these genes
    codons = windows(nucleotides, 3)[::3] @ torch.tensor([16, 4, 1])  # every third window; 0 to 63
    profiles.append(one_hot(codons, 64).double().mean(0))
distances = pairwise_distances(torch.stack(profiles), torch.stack(profiles))

figure, axes = plt.subplots(figsize=(5.2, 4.2))
image = axes.imshow(distances, cmap="viridis_r", vmax=0.22)
n, m = len(chosen[0]), len(chosen[1])
axes.axhline(n - 0.5, color="white", linewidth=1)
axes.axvline(n - 0.5, color="white", linewidth=1)
axes.set_xticks([n / 2, n + m / 2], families)
axes.set_yticks([n / 2, n + m / 2], families, rotation=90, va="center")
axes.tick_params(length=0)
figure.colorbar(image, label="distance between codon shares", extend="max")
plt.show()
within = [block.sum() / (len(block) * (len(block) - 1)) for block in (distances[:n, :n], distances[n:, n:])]
print(f"mean distance within {families[0]} {within[0]:.3f}, within {families[1]} {within[1]:.3f}")
print(f"mean distance from one family to the other {distances[:n, n:].mean():.3f}")

# %% [markdown]
# The diagonal is 0, and the table is symmetric. The two blocks on the diagonal are a little lighter than the
# two beside them: genes resemble their own family more, on average by 0.02 to 0.04. The lightest spots off the
# diagonal are close relatives, which resemble each other in everything, codons included. The dark cross is a
# single lipase, AT1G20130: from its 44th residue on its protein is rich in proline, and of the hundred codons here
# every fourth is CCA or CCT. Outliers want a look before anything is computed from them.
#
# Before you make much of it: these two families were picked because they differ more than most. Put `"protein
# kinase"` and `"F-box"` in their place, and nothing is left to be seen. A picture that was chosen isn't
# evidence; weeks 04 and 14 come back to that.

# %% [markdown]
# ## 10 A sheet of methods
#
# Nobody remembers all of PyTorch. What helps is a sheet of one's own, and a better one is everybody's
# together: the class report joins your rows with those of the others. Go through your list, look in the
# documentation of `torch.Tensor`, and choose what you expect to need.
#
# **Exercise `TENSOR_METHODS`** (3 points). A list of rows, each a tuple of
#
# > (method, category, expression, shape)
#
# - `method`: the name, as a string, of something that a tensor, `torch` or `torch.nn.functional` has: `"sum"`;
# - `category`: `"math"`, `"join"`, `"index"` or `"convert"`, as in section 2;
# - `expression`: a string with an example of its use that runs by itself, with nothing but `torch`, and gives
#   one tensor: `"torch.ones(2, 3).sum(0)"`. Of a method that gives several take one: `.max(0).values`;
# - `shape`: the shape of what comes out, as a tuple: `(3,)`.
#
# At least **three different methods in each category**. Work the shapes out yourself, then try the
# expressions. Where a method fits two categories, choose one. The tests can't see whether a method belongs where
# you put it, nor whether your example shows it: that is between you and whoever uses the sheet. Please don't copy
# the rows of the hints.

# %% exercise="TENSOR_METHODS" points=3
# A list of rows (method, category, expression, shape), three methods or more in each category. For example:
# ("sum", "math", "torch.ones(2, 3).sum(0)", (3,))
### BEGIN SOLUTION
TENSOR_METHODS = [
    ("cumsum", "math", "torch.ones(2, 3).cumsum(1)", (2, 3)),
    ("amax", "math", "torch.rand(4, 5).amax(1)", (4,)),
    ("isnan", "math", "torch.zeros(7).isnan()", (7,)),
    ("matmul", "math", "torch.ones(2, 3) @ torch.ones(3, 4)", (2, 4)),
    ("cat", "join", "torch.cat([torch.ones(2, 3), torch.ones(5, 3)])", (7, 3)),
    ("stack", "join", "torch.stack([torch.ones(3), torch.ones(3)])", (2, 3)),
    ("tile", "join", "torch.ones(2).tile(3)", (6,)),
    ("take_along_dim", "index", "torch.ones(2, 3).take_along_dim(torch.tensor([[0], [2]]), 1)", (2, 1)),
    ("index_select", "index", "torch.ones(4, 5).index_select(1, torch.tensor([0, 3]))", (4, 2)),
    ("where", "index", "torch.where(torch.ones(3) > 0, torch.ones(2, 3), 0.0)", (2, 3)),
    ("permute", "convert", "torch.ones(2, 3, 4).permute(2, 0, 1)", (4, 2, 3)),
    ("reshape", "convert", "torch.arange(6).reshape(3, -1)", (3, 2)),
    ("long", "convert", "torch.rand(5).long()", (5,)),
]
### END SOLUTION

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Which methods have you used on this page, and to which kind does each belong?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Type `torch.Tensor.` in a code cell and press Tab, or look under *Indexing, Slicing, Joining, Mutating Ops* and
# *Reduction Ops* in the documentation of `torch`. Named methods for *index* stand below the table in section 2.
# Try an expression in a cell of its own and look at `.shape`. A scalar has the shape `()`, and a vector of 3 has
# `(3,)`, with its comma.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `TENSOR_METHODS = [("exp", "math", "torch.zeros(3).exp()", (3,)), ("vstack", "join", "torch.vstack([...])",
# ...), ("gather", "index", ..., ...), ("flatten", "convert", ..., ...), ...]`
#
# </details>

# %% [markdown]
# ## 11 Now break it
#
# A function on shapes can be wrong and still look right: on a square table, with targets in order, with one
# row. Whoever writes a test has to think of these.
#
# **Exercise `break_pick`** (3 points). Write a function that takes somebody's `pick` (section 6) and raises
# an `AssertionError` if it is wrong; on a right one it returns without a sound. It will meet right ones of
# different make, which it must let pass, and a row of wrong ones. Your points are the share of wrong ones that
# you catch, so long as you let all right ones pass.
#
# The checks hand you one right `pick` and two wrong ones. The points are decided by right and wrong ones that you
# don't see, and a single false alarm costs them all. A `pick` that is handed in can only be called: what it does
# inside, nobody sees. Some wrong ones may raise an error of their own; that counts as caught. The dtype is no part
# of it: right or wrong, they all keep that of `logits`.
#
# Two ways to accuse the innocent: 0.7 in a float32 tensor isn't Python's 0.7, but 0.699999988, so choose entries
# that are whole numbers or halves. And `assert a == b` fails on tensors of several entries, for `a == b` is itself
# a tensor: compare `a.tolist()` with a list.


# %% exercise="break_pick" points=3
def break_pick(pick) -> None:
    """Raise AssertionError if the given `pick(logits, targets)` is wrong.

    One line of it might be: got = pick(torch.tensor([[5.0, 6.0]]), torch.tensor([1])), and then
    assert got.tolist() == [6.0]
    """
    ### BEGIN SOLUTION
    for n, V in [(4, 6), (6, 4), (1, 5), (5, 1), (3, 3), (0, 4)]:
        logits = (torch.arange(n * V) * 7 % 23 - 9.0).reshape(n, V)
        for step in [1, 2, 3]:
            targets = (torch.arange(n) * step + step) % V  # repeated ones, and not in order
            expected = [row[target] for row, target in zip(logits.tolist(), targets.tolist(), strict=True)]
            got = pick(logits.clone(), targets.clone())
            assert tuple(got.shape) == (n,), "another shape"
            assert got.tolist() == expected, "other entries"
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# In which tables would `logits[:, targets]`, a row in place of a column, or "the largest of each row" go
# unnoticed?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Choose a table that is not square, with entries that all differ, and targets that are not in order, contain
# a repetition, and don't name the largest entries. Test the shape as well as the values, and don't forget
# n = 0.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `got = pick(logits, targets)`, then `assert tuple(got.shape) == (...,)` and `assert got.tolist() == [...]`. That
# three times: for your table, for one row of it, and for none: `logits[:0]` and `targets[:0]`.
#
# </details>

# %% [markdown]
# ## 12 Stretch: three tensors at once
#
# This exercise is extra. Without it, go on to *Looking back*.
#
# A regression with an interaction has a coefficient for every *pair* of predictors. With two groups of them,
# x (soil, say) and y (climate), and several responses o, that is
#
# $$\text{out}_{bo} = \sum_i \sum_j x_{bi}\, w_{oij}\, y_{bj}$$
#
# b is the observation: it stands on both sides, and so it isn't summed over. i and j stand on the right only,
# and are. `torch.einsum` takes exactly that sentence: the letters of each tensor's axes, an arrow, the letters
# that stay. `torch.einsum("ij,jk->ik", A, B)` is the product of two matrices.
#
# By hand: one observation, x = (1, 2), y = (3, 4), one response with w = ((1, 0), (0, 1)): 1·3 + 2·4 = 11.
#
# **Exercise `bilinear`** (stretch, 2 points). `x` is (b, i), `w` (o, i, j), `y` (b, j). Return (b, o) as in
# the formula, by einsum or otherwise.


# %% exercise="bilinear" points=2 stretch=true
def bilinear(x: torch.Tensor, w: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """out[b, o] is the sum over i and j of x[b, i] w[o, i, j] y[b, j]: (b, o).

    With x = [[1., 2.]], w = [[[1., 0.], [0., 1.]]] and y = [[3., 4.]] the answer is tensor([[11.]]).
    """
    ### BEGIN SOLUTION
    return torch.einsum("bi,oij,bj->bo", x, w, y)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Which letters stand on the left of the formula? These stay. Which of the tensors have which letters?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Either name the axes in `torch.einsum`, or bring all three tensors to (b, o, i, j) with axes of length 1,
# multiply, and sum out the last two.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `torch.einsum("bi,...,bj->...", x, w, y)`
#
# </details>

# %% [markdown]
# ## Looking back
#
# Fill in how it went, in a minute. It isn't graded; your answers plan the next session. `syntax_or_ideas`
# says where you were stuck: "syntax" for the low level of Python, "ideas" for the high level, or "neither".

# %% reflection=true
reflection = {
    "hours": 0.0,
    "sticking_point": "",
    "syntax_or_ideas": "neither",
    "questions": [],
}

# %% [markdown] question="what-an-encoding-claims" points=2
# ## A question to discuss
#
# Two points beside the 40 of the tests, given by a person who reads your answer. Double-click this cell, write in
# place of its last line, and run the cell to see it set. Talk it over first.
#
# A colleague wants to predict the yield of plots from four columns: the *cultivar* (five of them, numbered 1
# to 5 in the spreadsheet), a *disease score* (0 none, 1 few spots, 2 many, 3 dead), the *sowing date* as day
# of the year, and the *rainfall* of the season in mm, with many small values and a few huge ones. All four are
# numbers in the file, and go into the network as they are. In five to ten sentences: What does each column
# then claim that isn't true, or that isn't known? How would you encode each of them, and why? And which of
# your encodings is itself a claim that you would want to check?
#
# ### BEGIN SOLUTION
# Two points for an answer with all three parts, one for two of them.
#
# 1. Cultivar as 1 to 5 claims an order and equal distances (cultivar 5 is five times cultivar 1, and 3 lies
#    between 2 and 4): none of it is true. The disease score claims that the step from many spots to dead is as
#    large as that from none to few, which isn't known. The raw date and the raw rainfall claim nothing false,
#    but their scales (days up to 365, millimetres up to thousands) make one column outweigh another, and a few
#    huge values of rainfall dominate.
# 2. Cultivar: one-hot. Disease score: ranks from 0 (or one-hot, if there are data enough to learn each step by
#    itself: either is right with a reason). Date: interval, standardised (there is no natural zero). Rainfall:
#    ratio, log1p and standardised.
# 3. Any one well argued: the evenly spaced ranks; that the date acts in a line (31 December and 1 January are
#    far apart in the column and neighbours in the year, so a cyclic encoding may be better); that doubling is
#    the natural step for rain; the 1 in log1p, which depends on the unit (mm or m); that all cultivars to come
#    are among the five. Good answers also notice that mean and standard deviation must come from the training
#    data alone, which is next week's subject.
# ### END SOLUTION

# %% [markdown]
# ## With your partner
#
# **Explain.** One of you explains why (5, 3, 3) and (5, 3) don't fit while (5, 3, 3) and (3, 3) do, and how to
# make the first pair fit in two different ways; the other why multiplying by a mask doesn't remove a `nan`, and
# what does. No notes, and the listener asks "why?" three times.
#
# **Compare.** Lay your two `pairwise_distances` side by side, and say for each line what shape comes out of
# it. Then exchange your `TENSOR_METHODS`: cover the last column, and work out the shapes of each other's rows.
#
# **Alone?** Write both explanations down as for somebody who hasn't seen the week, and ask each sentence "why?"
# yourself. Then write the shape that comes out behind every line of your `standardize_channels`, and check it
# with a `print`.

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
# # Week 11 · Convolutional networks
#
# **Before:** leaf through the slides of *Computer Vision with PyTorch* again (the session's own; convolution,
# activation, pooling, repeat). If you like films, *But what is a convolution?* by 3Blue1Brown (0h23) shows the
# same sliding sum on numbers, dice and pictures.
#
# **Time:** six to seven hours with your partner. The two exercises marked *stretch* come on top.
#
# **Afterwards you can**
# - say what a convolution computes, write one, and count its outputs and its parameters;
# - build a small convolutional network out of PyTorch's own modules, with pooling and residual blocks;
# - train it with a validation set and early stopping, by hand and, as a stretch, with PyTorch Lightning;
# - find out that a network which is right 97 times in 100 has learned the wrong thing, and mend it.
#
# So far every input of a network had a weight of its own. For a picture that is a poor idea: a brown spot is a
# brown spot, wherever on the leaf it lies. This week the same few weights are used everywhere.

# %% given="imports"
import copy
from typing import NamedTuple

import torch
import torch.nn as nn
import torch.nn.functional as F

from autograde import datasets

# %% [markdown]
# ## 1 A leaf is a tensor
#
# The pictures of this week are leaves, 32 × 32 pixels, in red, green and blue. One picture is a tensor of
# shape (3, 32, 32): channel, row, column; a batch of n of them is (n, 3, 32, 32). A pixel's value runs from 0
# (dark) to 1. Half of the leaves are diseased, that is, they have a few small spots. (They are drawn by a
# program, so that we know everything about them. Read `datasets/leaves/README.md` at the end of the week, not
# now.)

# %% tags=["explore"]
import contextlib
import sys

import matplotlib.pyplot as plt
from IPython.display import clear_output
from tqdm import tqdm

plt.style.use("autograde.quiet")
torch.set_num_threads(1)  # the pictures are small: a second thread would cost more than it brings
device = "cuda" if torch.cuda.is_available() else "cpu"

leaves = datasets.leaves()


def part_of(world, split):
    """Pictures (n, 3, 32, 32), labels (n,) with 1 for diseased, and backgrounds of one set of leaves."""
    chosen = [leaf for leaf in leaves if (leaf["world"], leaf["split"]) == (world, split)]
    images = torch.stack([torch.tensor(leaf["image"]) for leaf in chosen]) / 255
    labels = torch.tensor([int(leaf["label"] == "diseased") for leaf in chosen])
    return images.to(device), labels.to(device), [leaf["background"] for leaf in chosen]


def seeded(seed):
    return torch.Generator().manual_seed(seed)


def show(axes, image):
    """A picture (3, h, w) in colour, or (h, w) in grey."""
    axes.imshow(image.cpu().movedim(0, -1) if image.ndim == 3 else image.cpu(), cmap="gray")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)


X, Y, background = part_of("confounded", "train")
print("pictures:", tuple(X.shape), " labels:", tuple(Y.shape), " diseased:", int(Y.sum()))
figure, rows = plt.subplots(2, 7, figsize=(7.2, 2.5))
for row, (label, title) in zip(rows, [(0, "healthy"), (1, "diseased")], strict=True):
    for axes, image in zip(row, X[label == Y], strict=False):
        show(axes, image)
    row[0].set_ylabel(title)
plt.show()

# %% [markdown]
# A layer like those of the last weeks, with 100 units, would need 3 · 32 · 32 · 100 = 307,200 weights for this,
# and it would have to learn anew, for each place, what a spot looks like. A **convolution** takes a small grid
# of weights, the **kernel** or **filter**, lays it on every place of the picture in turn, and writes down one
# number for each: the sum of weight times pixel. It is a linear regression with nine predictors that is
# asked the same question everywhere.
#
# First in one dimension. Seven measurements in a row, and a filter of three weights that answers where the
# values rise:
#
# ```text
# x        2   2   2   5   9   9   9
# filter  −1   0   1                     −2 + 2 = 0
#             −1   0   1                 −2 + 5 = 3
#                 −1   0   1             −2 + 9 = 7
#                     −1   0   1         −5 + 9 = 4
#                         −1   0   1     −9 + 9 = 0
# ```
#
# Seven numbers went in and five came out, since a filter of three fits into seven at five places. Three
# settings change that:
# - **padding** p puts p zeros at each of the two ends before anything is computed;
# - **stride** s moves the filter by s each time, in place of 1;
# - **dilation** d spreads the filter: its k weights lie d apart, so that it covers d·(k − 1) + 1 places.
#
# By hand: n = 7, k = 3, padding 1: the line is 9 long, 7 places, as many as before. The same with stride 2: it
# starts at 0, 2, 4 and 6, 4 places. With n = 6, padding 1, stride 2 the line is 8 long and the filter
# starts at 0, 2, 4; the next start, 6, would stick out and doesn't count. So 3. And n = 7, k = 3, dilation 2:
# the weights lie at 0, 2 and 4, the filter covers 5, and has 3 places.
#
# **Exercise `output_size`** (1 point). How many numbers come out along one axis? `n` is the length of the axis,
# `kernel` the number of weights along it; `stride` and `dilation` are at least 1, `padding` at least 0, all
# ints. The spread filter fits into the padded line at least once. The answer is an int.


# %% exercise="output_size" points=1
def output_size(n: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    """How many places a filter of `kernel` weights has along an axis of length n.

    output_size(7, 3) is 5, output_size(7, 3, stride=2, padding=1) is 4, output_size(6, 3, 2, 1) is 3, and
    output_size(7, 3, dilation=2) is 3.
    """
    ### BEGIN SOLUTION
    covered = dilation * (kernel - 1) + 1
    return (n + 2 * padding - covered) // stride + 1
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# At which place does the filter start for the last time, with stride 1? How many starts are there from 0 up to
# that place?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# The last possible start is the length of the padded line less what the filter covers. With a stride only
# every s-th start counts, and a place that would stick out is dropped: `//` divides and rounds down.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `(n + 2 * padding - ...) // stride + 1`, where the dots are what the spread filter covers.
#
# </details>

# %% [markdown]
# ## 2 Four filters by hand
#
# In a picture the filter is a small grid. Before a network learns its filters, write four yourself. Let x run
# to the right and y down the picture.
#
# A filter whose weights sum to 1 leaves a plain area as bright as it was; one whose weights sum to 0 answers
# to a plain area with 0, so it sees differences only. By hand: on a patch of all 5s, nine weights of 1/9 say 5,
# and −1, 0, 1 in each row say 0. Now a patch whose left column is 1 and whose other columns are 4, an edge
# that one crosses when going right: −1, 0, 1 in each row says 3 · (−1 + 4) = 9.
#
# **Exercise `FILTERS`** (2 points). A dict of four tensors of shape (3, 3), floating:
# - `"blur"`: no weight below 0 and none above ½, sum 1 (to rounding);
# - `"edge_x"`: answers to change along x. Each *row* sums to 0, and the sums of the three *columns* aren't all
#   0. So it is silent wherever the picture changes only downwards, and speaks at a step from left to right;
# - `"edge_y"`: the same for change along y, with rows and columns exchanged;
# - `"sharpen"`: sum 1, and the weight in the centre is greater than 1, so that a pixel is pushed away from its
#   neighbours.
#
# The sign of the edges is free (light to dark or dark to light), and so is everything else.


# %% exercise="FILTERS" points=2
# Write FILTERS = {"blur": torch.tensor([[...], [...], [...]]), "edge_x": ..., "edge_y": ..., "sharpen": ...}
### BEGIN SOLUTION
FILTERS = {
    "blur": torch.full((3, 3), 1 / 9),
    "edge_x": torch.tensor([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]]),
    "edge_y": torch.tensor([[-1.0, -2.0, -1.0], [0.0, 0.0, 0.0], [1.0, 2.0, 1.0]]),
    "sharpen": torch.tensor([[0.0, -1.0, 0.0], [-1.0, 5.0, -1.0], [0.0, -1.0, 0.0]]),
}
### END SOLUTION

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# The filter of section 1, −1 0 1, looks along a line. In which direction must it lie to notice a step from left
# to right?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Three copies of a row below one another make an `edge_x`; its transpose is the other. To sharpen, subtract
# something of the neighbours and make up for it in the centre.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `"blur": torch.full((3, 3), 1 / ...)`; `"edge_x": torch.tensor([[-1.0, 0.0, 1.0], ...])`; for sharpen −1 in
# four places and a centre that brings the sum to 1.
#
# </details>

# %% [markdown]
# ## 3 A convolution for real
#
# A picture has three channels, and a layer makes many feature maps, one for each of its filters. So a filter
# has a 3 × 3 grid *for each input channel*, and all of that is added up to one number per place. With c_in
# channels in and c_out maps out the weights are (c_out, c_in, kh, kw), and each map gets a bias:
#
# $$\text{out}[m, o, i, j] = b_o + \sum_{c, u, v} w[o, c, u, v] \cdot x[m, c, i s + u, j s + v]$$
#
# where x has been padded already and s is the stride. By hand, one channel, one filter of 2 × 2, no padding:
#
# ```text
# x = 1 2 0     w = 1 0     out = 1·1 + 1·2   2·1 + 3·2   =   3 8
#     0 1 3         0 2           0·1 + 0·2   1·1 + 1·2       0 3
#     4 0 1
# ```
#
# A mathematician, and R's `filter`, would turn the kernel round first. Deep learning doesn't, and calls it a
# convolution all the same. Since the weights are learned it makes no difference to what can be learned, but
# it does to your numbers.
#
# **Exercise `conv2d`** (5 points). `x` is (n, c_in, h, w), `w` is (c_out, c_in, kh, kw), both floating and of
# one dtype, `b` is (c_out,) or None (no bias). `stride` ≥ 1 and `padding` ≥ 0 hold for rows and columns alike;
# padding puts zeros on all four sides. The kernel needn't be square and fits at least once. Return (n, c_out,
# rows, columns) as in the formula, in x's dtype, with `output_size` for rows and columns. Gradients flow to x, w
# and b; none of them is changed. Use slices, `unfold`, `F.pad`, `einsum`, whatever you like, but not a ready-made
# convolution of torch's (any of them): the tests notice.


# %% exercise="conv2d" points=5
def conv2d(
    x: torch.Tensor, w: torch.Tensor, b: torch.Tensor | None = None, stride: int = 1, padding: int = 0
) -> torch.Tensor:
    """The convolution of pictures x (n, c_in, h, w) with filters w (c_out, c_in, kh, kw), the kernel not turned.

    With x = torch.tensor([[[[1., 2., 0.], [0., 1., 3.], [4., 0., 1.]]]]) and w = torch.tensor([[[[1., 0.],
    [0., 2.]]]]): conv2d(x, w) is [[[[3., 8.], [0., 3.]]]], conv2d(x, w, stride=2, padding=1) is
    [[[[2., 0.], [8., 3.]]]].
    """
    ### BEGIN SOLUTION
    kh, kw = w.shape[2:]
    x = F.pad(x, (padding, padding, padding, padding))
    windows = x.unfold(2, kh, stride).unfold(3, kw, stride)  # (n, c_in, rows, columns, kh, kw)
    out = torch.einsum("ncijuv,ocuv->noij", windows, w)
    return out if b is None else out + b[:, None, None]
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Look at the formula for one fixed pair u, v, say the top left weight of each filter. Which pixels does it
# meet, as i and j run over all places? They form a picture, too: a slice of x.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Pad first. Then go through the kh · kw weights: each takes a slice `x[:, :, u : ..., v : ...]`, stepping by
# the stride, with rows × columns pixels, and adds its share to the sum. The share mixes channels: (n, c_in,
# rows, columns) with (c_out, c_in) to (n, c_out, rows, columns). Or let `x.unfold(2, kh, stride)` cut out all
# windows at once.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# x = F.pad(x, (padding, padding, padding, padding))
# out = x.new_zeros(n, c_out, rows, columns)  # of x's dtype, which torch.zeros is not
# for u in range(kh):
#     for v in range(kw):
#         seen = x[:, :, u : u + stride * (rows - 1) + 1 : stride, ...]
#         out = out + torch.einsum("ncij,oc->noij", seen, w[:, :, u, v])
# ```
#
# and at the end the bias, as `b[:, None, None]`, unless it is None.
#
# </details>

# %% [markdown]
# Your four filters on one leaf, in grey. A picture that a filter makes is called a **feature map**.

# %% tags=["explore"]
grey = X[Y == 1][4:5].mean(1, keepdim=True)  # (1, 1, 32, 32), a diseased leaf
figure, row = plt.subplots(1, 5, figsize=(7.2, 1.8))
show(row[0], grey[0, 0])
row[0].set_title("the leaf", fontsize=9)
for axes, (name, kernel) in zip(row[1:], FILTERS.items(), strict=True):
    feature_map = conv2d(grey, kernel[None, None].to(grey))[0, 0]
    show(axes, feature_map)
    strongest = float(feature_map.abs().max())
    axes.images[0].set_clim((-strongest, strongest) if name.startswith("edge") else (0, 1))
    axes.set_title(name, fontsize=9)
row[0].images[0].set_clim(0, 1)
plt.show()

# %% [markdown]
# The leaf, blur and sharpen are drawn from 0 (black) to 1 (white), so blur is as bright as the leaf was. In the
# two edge maps the middle grey is silence, bright and dark are steps of either sign. The leaf's outline is
# strongest in edge_x where it is steep, and in edge_y where it is flat; where it runs at a slant both see it. A
# spot is a bright and a dark blob next to each other: side by side in edge_x, one above the other in edge_y. A
# second layer that looks at both of *these* maps could find such pairs. That is the idea of a deep convolutional
# network.
#
# What it costs: a layer with 16 filters of 3 × 3 on three channels has 16 · 3 · 9 + 16 = 448 parameters, for a
# picture of any size.
#
# ## 4 Pooling: the strongest in the neighbourhood
#
# Whether a spot lies two pixels further left is of no interest. **Max pooling** cuts each map into windows and
# keeps the largest value of each, so it forgets a little about *where* and keeps *whether*. Windows of 2 × 2
# halve height and width, and what follows costs a quarter.
#
# By hand, k = 2: the map
#
# ```text
# -1 -5  3
# -2 -7  1      has one whole window of 2 × 2 at stride 2:  max(−1, −5, −2, −7) = −1
# -4  6  2
# ```
#
# The third row and column are left over and are dropped. With stride 1 there are four windows, which overlap,
# and the answer is [[−1, 3], [6, 6]].
#
# **Exercise `max_pool2d`** (3 points). `x` is (n, c, h, w), floating, `k` an int with 1 ≤ k ≤ h and k ≤ w.
# Return the largest value of each window of k × k, channel by channel: (n, c, rows, columns) in x's dtype, with
# `output_size(h, k, stride)` rows and `output_size(w, k, stride)` columns. `stride` ≥ 1; **None** means k,
# windows side by side. No padding: windows that would stick out are dropped. Gradients flow to the largest
# pixels (how ties share is free); x is unchanged. torch's ready-made pooling is noticed by the tests.


# %% exercise="max_pool2d" points=3
def max_pool2d(x: torch.Tensor, k: int, stride: int | None = None) -> torch.Tensor:
    """The largest value of each k × k window of each channel; stride None is k.

    With x = torch.tensor([[[[-1., -5., 3.], [-2., -7., 1.], [-4., 6., 2.]]]]): max_pool2d(x, 2) is [[[[-1.]]]],
    max_pool2d(x, 2, stride=1) is [[[[-1., 3.], [6., 6.]]]].
    """
    ### BEGIN SOLUTION
    step = k if stride is None else stride
    windows = x.unfold(2, k, step).unfold(3, k, step)  # (n, c, rows, columns, k, k)
    return windows.amax((-2, -1))
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# It is the loop of `conv2d` again, with windows in place of weights. What takes the place of the sum?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `x.unfold(2, k, step)` cuts the rows into windows and hangs a new axis of length k at the end; once more for
# the columns gives two new axes. `amax` takes the axes over which to look for the largest.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `windows = x.unfold(2, k, step).unfold(3, k, step)`, then `windows.amax((..., ...))`, and before that `step =
# k if stride is None else stride`.
#
# </details>

# %% [markdown]
# ### Now break it
#
# **Exercise `break_max_pool2d`** (3 points). Write a function that takes somebody's `max_pool2d` and raises an
# `AssertionError` if it is wrong; on a right one it returns without a sound. It will meet right ones of
# different make, all of which it must let pass, and a row of wrong ones. Your points are the share of wrong
# ones that you catch, so long as you let all right ones pass; one false alarm costs them all.
#
# Which pictures hide mistakes? Square ones with an even side, of one channel, one in a batch, all positive.
# Think of each of these words when you choose yours. You may use `F.max_pool2d` as an oracle here, though
# examples worked out by hand do as well. Don't call `backward()` in your test; compare values only. If you draw
# pictures at random, draw them from a generator with a seed of its own, so that your test says the same each time.
#
# The checks show you five wrong ones; grading has more. Try your test on your own function first.


# %% exercise="break_max_pool2d" points=3
def break_max_pool2d(max_pool2d) -> None:
    """Raise AssertionError if the given `max_pool2d(x, k, stride=None)` is wrong.

    One line of it might be: assert torch.equal(max_pool2d(torch.ones(1, 1, 2, 2), 2), torch.ones(1, 1, 1, 1))
    """
    ### BEGIN SOLUTION
    generator = torch.Generator().manual_seed(11)
    settings = [((2, 3, 5, 7), 2, None), ((1, 2, 6, 4), 3, 1), ((3, 1, 7, 8), 2, 3), ((2, 2, 3, 4), 1, 2)]
    for shape, k, stride in settings:
        x = torch.randn(shape, generator=generator) - 1.5
        before = x.clone()
        found = max_pool2d(x, k) if stride is None else max_pool2d(x, k, stride)
        expected = F.max_pool2d(before, k, stride)
        assert found.shape == expected.shape, "another shape"
        assert torch.allclose(found, expected), "not the largest of each window"
        assert torch.equal(x, before), "changes its input"
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# What did your own first attempt get wrong? Which picture would have shown it?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Several pictures: more than one in the batch, more than one channel, height and width different and odd, all
# numbers negative. Several settings: k of 1, 2 and 3, no stride, a stride smaller than k and one larger. And is
# x afterwards what it was?
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# In a loop over shapes and settings: `x = torch.randn(shape, generator=...) - 1.5`, `found = max_pool2d(x, k,
# stride)`, `expected = F.max_pool2d(x, k, stride)`, `assert found.shape == ... and torch.allclose(...)`.
#
# </details>

# %% tags=["explore"]
break_max_pool2d(max_pool2d)
print("your test lets your own max_pool2d pass")

# %% [markdown]
# ### How far does a unit see?
#
# A unit in the first layer sees 3 × 3 pixels. A unit in the second sees units that each see 3 × 3 pixels. What
# it depends on in the picture is its **receptive field**. In one dimension it can be drawn as a tree, from one
# unit at the top down to the pixels:

# %% tags=["explore"]
layers = [("convolution, 3", 3, 1), ("pooling, 2", 2, 2), ("convolution, 3", 3, 1), ("pooling, 2", 2, 2)]
widths = [22]
for _, kernel, stride in layers:
    widths.append(output_size(widths[-1], kernel, stride))
spacing, left = [1], [0.0]  # how far apart the units of each level are drawn, and where the first one is
for _, kernel, stride in layers:
    left.append(left[-1] + spacing[-1] * (kernel - 1) / 2)
    spacing.append(spacing[-1] * stride)

figure, axes = plt.subplots(figsize=(7.2, 3))
seen = {widths[-1] // 2}
for level in range(len(layers), -1, -1):
    for unit in range(widths[level]):
        colour = "darkorange" if unit in seen else "0.85"
        axes.plot(left[level] + spacing[level] * unit, level, "o", color=colour, markersize=6, zorder=2)
    if level == 0:
        break
    _, kernel, stride = layers[level - 1]
    for unit in seen:
        for child in range(unit * stride, unit * stride + kernel):
            ends = [left[level] + spacing[level] * unit, left[level - 1] + spacing[level - 1] * child]
            axes.plot(ends, [level, level - 1], color="darkorange", linewidth=0.8, zorder=1)
    seen = {child for unit in seen for child in range(unit * stride, unit * stride + kernel)}
axes.set_yticks(range(5), ["pixels", *[name for name, _, _ in layers]])
axes.set_xlabel("place along the picture (pixels)")
axes.set_ylim(-0.4, 4.4)
plt.show()
print(f"the unit at the top depends on {len(seen)} of {widths[0]} pixels")

# %% [markdown]
# By hand, from below: start with a field of 1 pixel and a step of 1 (how far apart in the picture two
# neighbouring units look). A layer with kernel k adds (k − 1) · step to the field, and one with stride s
# multiplies the step by s.
#
# | layer | field | step |
# | --- | --- | --- |
# | pixels | 1 | 1 |
# | convolution, 3 | 1 + 2·1 = 3 | 1 |
# | pooling, 2 | 3 + 1·1 = 4 | 2 |
# | convolution, 3 | 4 + 2·2 = 8 | 2 |
# | pooling, 2 | 8 + 1·2 = 10 | 4 |
#
# Pooling is what makes it grow fast: each later layer's two extra units are worth twice as many pixels.
#
# ## 5 Residual blocks: add to what is there
#
# From here on layers come from `torch.nn`. A class that inherits from `nn.Module` keeps layers as attributes,
# is called like a function, and finds its parameters by itself: what you assign in `__init__` after
# `super().__init__()` is registered, and `model.parameters()`, `model.train()`, `model.eval()` and
# `model.state_dict()` reach it. What you compute goes into `forward`. Weeks 06 and 09 wrote all of this by hand.
# For example:
#
# ```python
# class Doubled(nn.Module):
#     def __init__(self):
#         super().__init__()
#         self.linear = nn.Linear(3, 2)  # registered: 3 · 2 weights and 2 biases
#
#     def forward(self, x):
#         return 2 * self.linear(x)
#
# model = Doubled()
# model(torch.zeros(5, 3)).shape              # (5, 2): calling the model calls forward
# sum(p.numel() for p in model.parameters())  # 8
# ```
#
# Week 09 showed how signals and gradients fade in a stack of layers. A **residual block** (He et al. 2015) goes
# round that: it computes a *change* and adds it to what came in,
#
# $$\text{out} = x + \text{conv}_2(\operatorname{relu}(\text{conv}_1(x)))$$
#
# Whatever the convolutions do, x itself gets through, and its gradient comes back as it is. A block that has
# nothing to add can put zeros into conv2 and is then the identity; a plain layer would have to learn to copy.
#
# By hand, one channel, one pixel, so that of a 3 × 3 kernel only the centre counts: x = 2, conv1 multiplies by
# 3 and conv2 by −1, no biases. The branch is −1 · relu(6) = −6, and out = 2 − 6 = −4. Note that −4 stays: there
# is no relu after the addition, here.
#
# If the number of channels changes, x can't be added as it is. Then it goes through a 1 × 1 convolution first,
# which is a linear map of the channels at each pixel.
#
# **Exercise `ResidualBlock`** (3 points). An `nn.Module`, `ResidualBlock(c_in, c_out)`, from (n, c_in, h, w) to
# (n, c_out, h, w), same height and width:
# - `conv1` and `conv2` are `nn.Conv2d` with kernel 3 and padding 1, from c_in to c_out and from c_out to c_out;
# - if c_in and c_out differ, `project` is an `nn.Conv2d` with kernel 1 from c_in to c_out, and takes the place
#   of x in the sum; if they agree, x itself is added, and no further parameters exist (`project` may be None,
#   `nn.Identity()` or missing);
# - relu between the convolutions, and nothing after the addition. x is unchanged.
#
# Biases are free: torch's default has them.


# %% exercise="ResidualBlock" points=3
class ResidualBlock(nn.Module):
    """x, or project(x) where channels change, plus conv2(relu(conv1(x))).

    ResidualBlock(3, 16)(torch.zeros(2, 3, 8, 5)) has shape (2, 16, 8, 5). With the weight and bias of conv2 at
    zero, ResidualBlock(4, 4) gives back its input.
    """

    def __init__(self, c_in: int, c_out: int) -> None:
        super().__init__()
        ### BEGIN SOLUTION
        self.conv1 = nn.Conv2d(c_in, c_out, 3, padding=1)
        self.conv2 = nn.Conv2d(c_out, c_out, 3, padding=1)
        self.project = nn.Identity() if c_in == c_out else nn.Conv2d(c_in, c_out, 1)
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        ### BEGIN SOLUTION
        return self.project(x) + self.conv2(torch.relu(self.conv1(x)))
        ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Draw it: one arrow into the block, two ways through, one arrow out. Which of your variables is on which way?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Compute the branch under a name of its own, so that x is still x when you add it. `nn.Conv2d(a, b, 3,
# padding=1)` keeps height and width. `nn.Identity()` is a module that returns its input.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `self.project = nn.Identity() if c_in == c_out else nn.Conv2d(..., 1)`, and in `forward`: `return
# self.project(x) + self.conv2(...)`.
#
# </details>

# %% [markdown]
# ## 6 A network for leaves
#
# The recipe of the slides: convolution, activation, pooling; repeat; at the end a small table of numbers goes
# into a linear layer. A convolutional network that suits us: one convolution from 3 to 16 channels, relu, pool
# by 2; a residual block to 32 channels, relu, pool by 2; another block; then, for each of the 32 maps, its
# largest value over all places. That is the question "is there such a thing *anywhere*?". A linear layer
# makes two numbers of the 32. Its receptive field, by the table of section 4, is 30 of the 32 pixels.
#
# The two outputs are **logits**, one for healthy (0) and one for diseased (1): any real numbers. The loss,
# `F.cross_entropy`, takes the softmax itself. A second softmax in the network squeezes everything into 0 … 1,
# and then even a network that is perfectly sure pays log(1 + 1/e) = 0.31 nats a leaf, and learns slowly.
#
# **Exercise `LeafNet`** (4 points). An `nn.Module` without arguments, `LeafNet()`: from (n, 3, 32, 32) to
# (n, 2), logits, for any n ≥ 1 when evaluating, a batch of one included; when evaluating, each leaf's output is
# its own affair. Fewer than **100,000** parameters, and at least two of torch's convolutions (`nn.Conv2d` or
# `F.conv2d`) with a kernel larger than 1 × 1. All three colours count for the answer. What it is made of
# otherwise is yours. It must be able to learn: with 200 steps of Adam at a rate of 0.003 on all of four leaves it
# gets a mean loss below 0.2, whatever their labels. (Most networks need fewer than 50.)


# %% exercise="LeafNet" points=4
class LeafNet(nn.Module):
    """A convolutional network: (n, 3, 32, 32) to logits (n, 2), with fewer than 100,000 parameters.

    LeafNet()(torch.zeros(1, 3, 32, 32)).shape is torch.Size([1, 2]).
    """

    def __init__(self) -> None:
        super().__init__()
        ### BEGIN SOLUTION
        self.first = nn.Conv2d(3, 16, 3, padding=1)
        self.second = ResidualBlock(16, 32)
        self.third = ResidualBlock(32, 32)
        self.out = nn.Linear(32, 2)
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        ### BEGIN SOLUTION
        x = F.max_pool2d(torch.relu(self.first(x)), 2)  # (n, 16, 16, 16)
        x = F.max_pool2d(torch.relu(self.second(x)), 2)  # (n, 32, 8, 8)
        x = torch.relu(self.third(x))  # (n, 32, 8, 8)
        return self.out(x.amax((2, 3)))  # (n, 2)
        ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Write the shape after each step on paper, from (n, 3, 32, 32) to (n, 2), before you write code. What does each
# pooling do to it, and what each convolution with padding 1?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Layers with parameters go into `__init__`, the order in which they are used into `forward`. At the end come
# (n, 32, 8, 8): take the largest over the last two axes, or `flatten(1)`, and a linear layer of the fitting
# width. If you flatten, pool once more, or count the weights of that layer first.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# x = F.max_pool2d(torch.relu(self.first(x)), 2)   # (n, 16, 16, 16)
# x = ...                                          # (n, 32, 8, 8)
# x = torch.relu(self.third(x))
# return self.out(x.amax((2, 3)))
# ```
#
# </details>

# %% tags=["explore"]
model = LeafNet()
for name, parameter in model.named_parameters():
    print(f"{name:<22} {tuple(parameter.shape)!s:<16} {parameter.numel():>6,}")
print(f"{'altogether':<39} {sum(p.numel() for p in model.parameters()):>6,}")

# %% [markdown]
# ## 7 More leaves for nothing
#
# A leaf that is turned over is still a leaf, as sick as before. So every picture stands for several, and a
# network that sees one today and its mirror image tomorrow can't learn pixels by heart so easily. Making such
# variants is called **augmentation**. It is knowledge about the problem: a mirrored leaf keeps its label, a
# mirrored letter b doesn't.
#
# By hand: flip the picture [[1, 2, 3], [4, 5, 6]] left-right and it is [[3, 2, 1], [6, 5, 4]]; up-down, and it
# is [[4, 5, 6], [1, 2, 3]]; both, and it is [[6, 5, 4], [3, 2, 1]].
#
# **Exercise `augment`** (3 points). `x` is (n, c, h, w), any dtype. For **each picture** toss two fair coins
# of its own: the one says whether it is flipped left-right, the other whether it is flipped up-down. So each
# of the four outcomes has probability ¼, and the pictures of a batch differ. All channels of a picture go
# together. Take all randomness from `generator`: equal states give equal answers, a second call tosses anew.
# Shape and dtype are x's; x itself is unchanged. In which order you toss is free.


# %% exercise="augment" points=3
def augment(x: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Each picture of x (n, c, h, w) flipped left-right or not, and up-down or not, by coins of its own.

    augment(torch.tensor([[[[1, 2, 3]]]]), generator) is [[[[1, 2, 3]]]] or [[[[3, 2, 1]]]], half the time each.
    """
    ### BEGIN SOLUTION
    coins = torch.rand((2, len(x), 1, 1, 1), generator=generator).to(x.device) < 0.5
    x = torch.where(coins[0], x.flip(3), x)
    return torch.where(coins[1], x.flip(2), x)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# How many coins are there for n pictures? Which axis is left-right, which is up-down?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `torch.rand(n, generator=generator) < 0.5` tosses n coins. `x.flip(3)` flips all pictures along the last axis;
# `torch.where(coin, a, b)` takes a where the coin says so and b elsewhere, if the coins are shaped so that they
# broadcast against (n, c, h, w).
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `coin = torch.rand((len(x), 1, 1, 1), generator=generator).to(x.device) < 0.5` (the generator tosses on the CPU,
# and x may lie on a GPU), then `x = torch.where(coin, x.flip(3), x)`, and the same with a new coin and the other
# axis.
#
# </details>

# %% tags=["explore"]
figure, rows = plt.subplots(2, 7, figsize=(7.2, 2.5))
for row, images, title in [(rows[0], X[:7], "as it is"), (rows[1], augment(X[:7], seeded(4)), "augmented")]:
    for axes, image in zip(row, images, strict=True):
        show(axes, image)
    row[0].set_ylabel(title)
plt.show()

# %% [markdown]
# ## 8 Training, watched by a second set
#
# The longer a network trains, the better it knows its training leaves. At some time it begins to learn them by
# heart, and on others it gets worse. To notice, one needs leaves that aren't trained on:
# - the **training set** moves the weights;
# - the **validation set** is looked at after each epoch (one pass through the training set) and decides when to
#   stop, which weights to keep, which network to take;
# - the **test set** is looked at once, at the very end. It must stay out of every decision, since a set by which
#   one has chosen flatters the choice: the best of twenty models on a set is partly the luckiest.
#
# **Early stopping** means: keep the weights of the epoch with the lowest validation loss, and stop when there
# has been no better one for `patience` epochs. By hand, with patience 2 and validation losses 0.9, 0.6, 0.5,
# 0.7, 0.55, …: epoch 2 is the best (counting from 0), 3 and 4 aren't better, so training stops after epoch 4,
# and the weights of epoch 2 come back.


# %% given="History"
class History(NamedTuple):
    """What `fit` tells: the losses of each epoch that was run, and the epoch whose weights were kept."""

    train_loss: list[float]
    val_loss: list[float]
    best_epoch: int


# %% [markdown]
# **Exercise `fit`** (6 points). `train` and `val` are pairs (X, Y) of inputs (n, …), with n on the first axis,
# and targets (n,); `model` is any `nn.Module` that makes logits of X. Train it in place, for at most `epochs` ≥ 1
# epochs, counted from 0:
# 1. one optimiser for the whole training, `torch.optim.Adam(model.parameters(), lr=lr)`;
# 2. each epoch draws one order, `torch.randperm(n, generator=generator)`, and nothing else from the generator.
#    The batches are the first `batch_size` rows of that order, then the next, and so on; the last batch may be
#    smaller, and is used. For each: model in training mode, mean cross-entropy, gradients afresh, one step;
# 3. the epoch's **training loss** is the mean over examples of the losses that its batches had as they were
#    trained on: a batch of 2 counts half as much as one of 4;
# 4. then the **validation loss**, the mean cross-entropy over all of `val`, model in evaluating mode, no step;
# 5. `best_epoch` is the *first* epoch with the lowest validation loss. After epoch e, training stops if e −
#    best_epoch ≥ `patience` (≥ 1).
#
# In the end the model holds all that it held after its best epoch (weights, and buffers such as BatchNorm's
# running estimates) and is in evaluating mode. Return `History(train_loss, val_loss, best_epoch)`, the losses
# as lists of floats, one for each epoch that was run. Losses are numbers, never nan.


# %% exercise="fit" points=6
def fit(
    model: nn.Module,
    train: tuple[torch.Tensor, torch.Tensor],
    val: tuple[torch.Tensor, torch.Tensor],
    epochs: int,
    lr: float,
    batch_size: int,
    patience: int,
    generator: torch.Generator,
) -> History:
    """Train `model` by Adam with early stopping; it ends with the weights of its best epoch, evaluating.

    Validation losses of 0.9, 0.6, 0.5, 0.7, 0.55 with patience=2 end the training there, with best_epoch 2.
    """
    ### BEGIN SOLUTION
    X, Y = train
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    train_loss, val_loss = [], []
    for epoch in range(epochs):
        model.train()
        total = 0.0
        for rows in torch.randperm(len(X), generator=generator).split(batch_size):
            loss = F.cross_entropy(model(X[rows]), Y[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total += loss.item() * len(rows)
        train_loss.append(total / len(X))
        model.eval()
        with torch.no_grad():
            val_loss.append(F.cross_entropy(model(val[0]), val[1]).item())
        if epoch == 0 or val_loss[epoch] < val_loss[best_epoch]:
            best_epoch = epoch
            best = copy.deepcopy(model.state_dict())
        if epoch - best_epoch >= patience:
            break
    model.load_state_dict(best)
    return History(train_loss, val_loss, best_epoch)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Write the skeleton as comments first: per epoch train, measure, compare, perhaps stop. Which lines run once,
# which once an epoch, which once a batch?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `torch.randperm(...).split(batch_size)` gives the batches of row numbers. `model.train()` belongs at the start
# of *each* epoch, since `model.eval()` ended the last. `model.state_dict()` holds the very tensors that
# training goes on changing: keep copies (`copy.deepcopy`, or `.clone()` of each). `model.load_state_dict(best)`
# puts them back.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# for epoch in range(epochs):
#     model.train()
#     for rows in torch.randperm(len(X), generator=generator).split(batch_size):
#         loss = ...
#         optimiser.zero_grad()
#         ...
#         total += loss.item() * len(rows)
#     model.eval()
#     with torch.no_grad():
#         val_loss.append(...)
#     if epoch == 0 or val_loss[epoch] < val_loss[best_epoch]:
#         best_epoch, best = epoch, copy.deepcopy(...)
#     if epoch - best_epoch >= patience:
#         break
# ```
#
# </details>

# %% [markdown]
# Now the leaves: 1000 to train on, 200 to validate, 400 to test. The progress bar counts batches. (Some ten
# seconds. Everything that trains in this notebook is done in less than three minutes together, on two cores; a
# GPU is used if there is one.)

# %% tags=["explore"]
BATCH, EPOCHS = 32, 8  # with time or a GPU: 40 epochs


@contextlib.contextmanager
def bar(model, title, batches):
    """A progress bar that counts the batches on which `model` is trained."""
    with tqdm(total=batches, desc=title, unit="batch", file=sys.stdout, mininterval=0.5) as shown:
        hook = model.register_forward_hook(lambda *_: shown.update(int(model.training)) and None)
        yield
        hook.remove()
    clear_output()


def train(title, pictures, labels, validation, epochs=EPOCHS, seed=1):
    """A LeafNet trained on these leaves, and its history."""
    torch.manual_seed(seed)  # the layers of torch.nn draw their weights from the global generator
    model = LeafNet().to(device)
    with bar(model, title, epochs * -(-len(pictures) // BATCH)):
        history = fit(model, (pictures, labels), validation[:2], epochs, 0.002, BATCH, 5, seeded(seed))
    return model, history


def accuracy(model, pictures, labels):
    with torch.no_grad():
        return (model(pictures).argmax(1) == labels).float().mean().item()


def draw_history(axes, history):
    axes.plot(history.train_loss, ".-", color="0.6", label="training")
    axes.plot(history.val_loss, ".-", color="steelblue", label="validation")
    axes.axvline(history.best_epoch, color="darkorange", linewidth=0.8, linestyle="--", label="kept")
    axes.set_xlabel("epoch")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_ylabel("loss (nats a leaf)")
    axes.set_ylim(0, None)
    axes.legend(frameon=False)


validation, test = part_of("confounded", "val"), part_of("confounded", "test")
confounded, history = train("as delivered", X, Y, validation)
figure, axes = plt.subplots(figsize=(4.5, 2.7))
draw_history(axes, history)
plt.show()
print(f"right on the test set: {accuracy(confounded, *test[:2]):.1%}")

# %% [markdown]
# Training loss falls in the first epoch, and then both stay near 0.14. (In epoch 0 it lies far above validation
# loss, since it is averaged *while* the weights change, and validation is measured after.) On leaves that it has
# never seen, in a test set that took part in no decision, the network is right some 97 times in 100. Everything
# was done by the book. One could write it up.
#
# ## 9 What did it learn?
#
# A mean hides the groups it is taken over; you have met this as Simpson's paradox. The leaves were photographed
# on two backgrounds, so look at the accuracy for each kind of leaf on each background. Before you run the next
# cell, look once more at the very first picture of this notebook, and write down what you expect.

# %% tags=["explore"]
KINDS = [("healthy", "moss"), ("healthy", "soil"), ("diseased", "moss"), ("diseased", "soil")]


def by_group(model, pictures, labels, backgrounds):
    """How many of the leaves of each kind are called diseased, and how many there are."""
    with torch.no_grad():
        called = model(pictures).argmax(1).tolist()
    rows = list(zip(labels.tolist(), backgrounds, called, strict=True))
    counts = []
    for name, ground in KINDS:
        calls = [
            call for label, where, call in rows if (label == 1) == (name == "diseased") and where == ground
        ]
        counts.append((sum(calls), len(calls)))
    return counts


def draw_confusion(row, model, named_sets):
    """For each set: of each kind of leaf, the share that is called diseased."""
    for axes, (title, leaves_of_set) in zip(row, named_sets, strict=True):
        counts = by_group(model, *leaves_of_set)
        shares = torch.tensor([called / total for called, total in counts]).reshape(2, 2)
        axes.imshow(shares, cmap="Oranges", vmin=0, vmax=1.3)
        for place, (called, total) in enumerate(counts):
            axes.text(place % 2, place // 2, f"{called} of {total}", ha="center", va="center", fontsize=9)
        axes.set_xticks([0, 1], ["on moss", "on soil"])
        axes.set_yticks([0, 1], ["healthy", "diseased"])
        axes.spines[:].set_visible(False)
        axes.set_title(f"{title}\n{accuracy(model, *leaves_of_set[:2]):.1%} right", fontsize=9, loc="left")


tests = [(world, part_of(world, "test")) for world in ("confounded", "balanced", "reversed")]
figure, row = plt.subplots(1, 3, figsize=(7.2, 2.5))
draw_confusion(row, confounded, tests)
plt.show()

# %% [markdown]
# Each square says how many leaves of that kind are *called* diseased; right would be 0 above and all below. On
# the left is the test set of before. Nearly all its healthy leaves lie on moss and nearly all diseased ones on
# soil (97 of 100), and look at the few that don't: the network gets them wrong. It calls diseased what
# lies on soil. In the middle are new leaves of which half of each kind lies on each background: no better than
# a coin. On the right the habit is turned round, and the network is wrong nearly always.
#
# It has learned the **background**. That isn't stupidity: in what it was given, the background predicts the
# label in 97 % of all cases and is far easier to see than a spot. The accuracy on a validation or a test set from
# the same field campaign can't show it, since they share the habit. What showed it was a *question*: right for whom?
#
# ### Stretch: where does it look?
#
# A second way to find out doesn't need to know the groups. For one leaf, take the logit of "diseased" and ask
# by how much it would change if a pixel were a little brighter: the gradient by the *input*. Where it is
# large, the network is sensitive. The map of it is called **saliency**. (Without this exercise, skip the cell
# after it.)
#
# **Exercise `saliency`** (stretch, 2 points). `model` is an `nn.Module` from (n, c, h, w) to logits (n, k), and
# `x` a batch of pictures, floating. For each picture take the logit of class `cls` (an int) **in evaluating
# mode**, its gradient by that picture's pixels, and of its absolute values the largest over the channels:
# (n, h, w). Leave everything as found: the parameters' `.grad` (None, if it was None), the mode of each module
# in the model, its buffers, and x.


# %% exercise="saliency" points=2 stretch=true
def saliency(model: nn.Module, x: torch.Tensor, cls: int) -> torch.Tensor:
    """The largest absolute gradient over channels of logit `cls` by each pixel: (n, c, h, w) to (n, h, w).

    For nn.Flatten() as model, x of shape (1, 3, 1, 2) and cls=4 the map is [[[1., 0.]]]: the fifth of the six
    numbers is channel 2 of the first pixel.
    """
    ### BEGIN SOLUTION
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    leaf = x.detach().clone().requires_grad_()
    (gradient,) = torch.autograd.grad(model(leaf)[:, cls].sum(), leaf)
    for module, training in modes:
        module.training = training
    return gradient.abs().amax(1)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# So far gradients were taken by parameters. What must be true of x, so that torch computes one by it? And how
# do you get n gradients out of one backward pass?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Work on a copy, `x.clone().requires_grad_()`. When evaluating, a picture's logit depends on that picture
# alone, so the gradient of the *sum* of the n logits holds all n gradients. `torch.autograd.grad(score,
# leaf)` returns it and writes no `.grad`. Note each module's `training` before, in `model.modules()`.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `(gradient,) = torch.autograd.grad(model(leaf)[:, cls].sum(), leaf)`, between `model.eval()` and setting the
# modes back; then `gradient.abs().amax(...)`.
#
# </details>

# %% tags=["explore"]
pictures, labels, grounds = part_of("balanced", "test")
chosen = [
    next(
        i
        for i in range(len(labels))
        if (labels[i] == (name == "diseased")) and grounds[i] == ground and i > 10
    )
    for name, ground in KINDS
]


def draw_saliency(row, maps, title):
    """Maps over the outlines of the pictures: dark red is where a pixel matters most."""
    for axes, place, grid in zip(row, chosen, maps, strict=True):
        show(axes, pictures[place].mean(0) / 2 + 0.5)
        axes.images[0].set_clim(0, 1)
        axes.imshow(grid.cpu(), cmap="Reds", alpha=(grid / grid.max()).sqrt().cpu().numpy())
    row[0].set_ylabel(title)


figure, rows = plt.subplots(2, 4, figsize=(6.6, 3.6))
for axes, place, (name, ground) in zip(rows[0], chosen, KINDS, strict=True):
    show(axes, pictures[place])
    axes.set_title(f"{name}, on {ground}", fontsize=9)
maps = saliency(confounded, pictures[chosen], 1)
draw_saliency(rows[1], maps, "saliency")
plt.show()

# %% [markdown]
# Red is where the network looks; each map is divided by its own maximum, so that something is dark red in every
# one. The darkest places lie beside the leaf, on moss or soil (where exactly depends on your network), for the sick
# leaves as for the sound ones; the spots get next to nothing. A botanist who looked like that would be asked to
# explain.
#
# ## 10 Mending it
#
# Would more data help? Augmentation makes more of the same: a flipped leaf takes its background along. So put
# the augmented leaves beside the original ones, train on both, and see. (Usually one tosses anew in every epoch;
# once is enough here, and `fit` stays as it is.) What does help is to break the tie:
# in the balanced set half of each kind lies on each background. Then the background says nothing, and the
# spots are all that is left to learn. That is harder and takes more epochs. (About half a minute.)

# %% tags=["explore"]
more, same = torch.cat([X, augment(X, seeded(5))]), torch.cat([Y, Y])
augmented, _ = train("augmented", more, same, validation)
Xb, Yb, _ = part_of("balanced", "train")
mended, history = train("balanced", Xb, Yb, part_of("balanced", "val"), epochs=20)

figure, rows = plt.subplots(2, 3, figsize=(7.2, 5))
draw_confusion(rows[0], augmented, tests)
draw_confusion(rows[1], mended, tests)
rows[0, 0].set_ylabel("augmented")
rows[1, 0].set_ylabel("balanced leaves")
plt.show()
figure, axes = plt.subplots(figsize=(4.5, 2.7))
draw_history(axes, history)
axes.set_title("trained on balanced leaves")
plt.show()

# %% [markdown]
# The network in the first row has seen about three leaves in four in a second position, and has learned the
# background all the same. The one in the second row, with the same layers and half as many pictures, is right for
# some 94 to 99 leaves in 100, on either background, also where the habit is turned round. Its loss stays at log 2 =
# 0.69 for a few epochs, as if there were nothing to be learned, before it finds the spots; the first network never
# had a reason to look for them.
#
# Now compare the two on the *first* test set, the one that came with the data. Both score about 97 %. A
# competition held on that set couldn't have told them apart.
#
# Balancing at the camera is the best cure and the dearest. Cheaper ones: weigh the rare kinds up, cut the
# leaf out of its background, paste it on others. All of them begin with knowing about the background. (With
# the stretch exercise done, the next cell shows where the mended network looks.)

# %% tags=["explore"]
figure, rows = plt.subplots(3, 4, figsize=(6.6, 5.2))
for axes, place, (name, ground) in zip(rows[0], chosen, KINDS, strict=True):
    show(axes, pictures[place])
    axes.set_title(f"{name}, on {ground}", fontsize=9)
draw_saliency(rows[1], saliency(confounded, pictures[chosen], 1), "as delivered")
draw_saliency(rows[2], saliency(mended, pictures[chosen], 1), "mended")
plt.show()

# %% [markdown]
# On sick leaves the mended network looks at spots. On sound ones there are none to look at; what is darkest there,
# perhaps a speck on the leaf or the ground beside it, is only where the least change would look like a spot.
#
# ## 11 One dimension: where an exon ends
#
# A convolution needs neighbours, not pictures. A DNA sequence has one axis and four channels, one for each
# letter: (n, 4, 60). Where an exon ends and an intron begins there is a **splice donor**, nearly always with
# the letters GT at the start of the intron. A decoy is another GT from the same stretch of the chromosome, at
# which nothing is spliced. Here are both, 60 letters with the GT at 30 and 31, counted from 0. First a picture of
# the data: how much more often does each letter stand at each place in donors than in decoys?

# %% tags=["explore"]
donors = datasets.splice_donors()


def letters(rows):
    """Sequences as (n, 4, 60), one channel a letter, and labels (n,) with 1 for donors."""
    ids = torch.tensor([["acgt".index(letter) for letter in row["sequence"].lower()] for row in rows])
    return F.one_hot(ids, 4).movedim(2, 1).float(), torch.tensor(
        [int(row["label"] == "donor") for row in rows]
    )


home = [row for row in donors if row["species"] == "thaliana"]
blocks = sorted({row["block"] for row in home})
fate = torch.randperm(len(blocks), generator=seeded(3)).tolist()
lot = dict(zip(blocks, fate, strict=True))


def lots(low, high):
    """The donors and decoys of some of the blocks, so that neighbours on the chromosome stay together."""
    return letters([row for row in home if low <= lot[row["block"]] / len(blocks) < high])


splice_train, splice_val, splice_test = lots(0, 0.6), lots(0.6, 0.8), lots(0.8, 1)
elsewhere = letters([row for row in donors if row["species"] == "arenosa"])

S, T = splice_train
difference = S[T == 1].mean(0) - S[T == 0].mean(0)
figure, axes = plt.subplots(figsize=(7.2, 1.9))
image = axes.imshow(difference, cmap="RdBu_r", vmin=-0.6, vmax=0.6, aspect="auto")
axes.set_yticks(range(4), "ACGT")
axes.set_xlabel("place in the sequence, from 0")
axes.set_ylabel("letter")
axes.spines[:].set_visible(False)
figure.colorbar(image, label="difference in share,\ndonors − decoys")
plt.show()

# %% [markdown]
# What tells donors from decoys are letters at *fixed places*: AG just before the GT, and AAGT behind it. (At
# 30 and 31 both have their GT, so there is nothing to tell.) Three letters in a row, a 3-mer, are what a
# convolution with kernel 3 sees. Now take the *same kind* of convolution with two read-outs. One takes the mean over
# all places, so that only *how often* each pattern occurs is left: a bag of 3-mers. The other keeps the
# places apart. `fit` doesn't mind what it trains, so neither needs new code. They are tested on *blocks*, stretches
# of 200,000 bases, from which nothing was trained on, and on another species. (Some twenty seconds.)


# %% tags=["explore"]
class Bag(nn.Module):
    """A convolution and the mean over all places: how often, and never where."""

    def __init__(self):
        super().__init__()
        self.conv, self.out = nn.Conv1d(4, 32, 3), nn.Linear(32, 2)

    def forward(self, x):  # (n, 4, 60)
        return self.out(torch.relu(self.conv(x)).mean(2))


class Placed(nn.Module):
    """A convolution of the same kind, and a weight for each pattern at each place."""

    def __init__(self):
        super().__init__()
        self.conv, self.out = nn.Conv1d(4, 32, 3), nn.Linear(32 * 58, 2)

    def forward(self, x):
        return self.out(torch.relu(self.conv(x)).flatten(1))


scores = {}
for kind, epochs in [(Bag, 25), (Placed, 8)]:
    torch.manual_seed(1)
    model = kind().to(device)
    on_device = [
        tuple(t.to(device) for t in part) for part in (splice_train, splice_val, splice_test, elsewhere)
    ]
    with bar(model, kind.__name__, epochs * -(-len(S) // 64)):
        fit(model, *on_device[:2], epochs, 0.003, 64, 5, seeded(2))
    scores[kind.__name__] = [accuracy(model, *part) for part in on_device[2:]]

figure, axes = plt.subplots(figsize=(5, 2.3))
for (name, values), colour in zip(scores.items(), ["darkorange", "steelblue"], strict=True):
    label = {"Bag": "mean over places (bag)", "Placed": "places kept"}[name]
    axes.plot(values, [1, 0], "o", color=colour, markersize=8, label=label)
    for place, value in zip([1, 0], values, strict=True):
        axes.text(value, place + 0.16, f"{value:.3f}", ha="center", fontsize=8)
axes.axvline(0.5, color="grey", linewidth=0.8, linestyle="--")
axes.set_yticks([1, 0], [r"$\it{A.\ thaliana}$, other blocks", r"$\it{A.\ arenosa}$"])
axes.set_xlim(0.45, 1.05)
axes.set_ylim(-0.5, 1.5)
axes.set_xlabel("share right (dashed: a coin)")
axes.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.4, -0.3), ncols=2)
plt.show()

# %% [markdown]
# Same data, the same kind of filters; what differs is whether the place is thrown away. (The read-out that keeps
# the places has many more weights, too, 3,714 and not 66, and was trained for fewer epochs.) For leaves that was
# right: a spot
# counts wherever it is, so we took the largest value over all places. For splice donors it is wrong: GTAAGT
# means something at the junction and little elsewhere. Which invariance a network has is a statement about
# biology, and it is made when the layers are chosen. And for once the answer holds in another species, where
# different sequences follow the same rule. Week 12 builds a network that looks far and keeps the order.

# %% [markdown] question="what-did-it-learn" points=3
# ### To write down: 97 percent
#
# Three points, given by a person who reads your answer, not by the tests. Double-click this cell, write in
# place of its last line, and run the cell to see it set. Talk it over first; a pair may write one answer and
# put it into both notebooks. Eight to fifteen sentences.
#
# A group reports a network that tells healthy wheat from wheat with rust in photographs, with 97 % accuracy
# on a random tenth of the pictures held out for testing. The healthy plants were photographed at a research
# station in May, the others in farmers' fields in July, by two people with two phones.
#
# 1. Name three things that the network may have learned in place of rust, and say why the held-out tenth can't
#    tell.
# 2. Describe two checks that can be made tomorrow with the pictures and the network that exist, and what each
#    would show; then what you would photograph if you had one more day in the field.
# 3. What is the moss in a data set of your own, or in one that you know? How would you notice?
#
# ### BEGIN SOLUTION
# One point for each part.
#
# 1. Three of: place (soil, weeds, sky, plot labels), season and growth stage (height, colour of straw), light
#    and weather, the phone (resolution, colour balance, compression), the person (distance, framing). The reason
#    must be there for the point: a random tenth comes from the same two campaigns, so whatever goes with the
#    label in training goes with it in testing too. "Overfitting" alone is not the reason, since held-out pictures
#    are predicted well.
# 2. Two checks without new pictures, each with what it would show: accuracy by group (any healthy pictures from
#    July or from farms? any phone used for both?), predicting station, phone or month from pictures of healthy
#    plants only, training on pictures with the plant cut out (if 90 % is left, it wasn't the rust), saliency or
#    occlusion, testing on a public set from elsewhere. Half a point if only one. The day in the field: break the
#    tie, both kinds at one place on one day with both phones; "more pictures" at the same two places gets nothing.
# 3. A concrete confounder that goes with the label by the way data came to be (plate, batch, sequencing run,
#    hospital, sex, collection site), and a check that would find it. Full points also for an honest "we can't
#    know, since it was never recorded", with what should be recorded.
# ### END SOLUTION

# %% [markdown]
# ## 12 Stretch: the same with PyTorch Lightning
#
# This exercise is extra. Without it, go on to *Looking back*, and skip the cell behind it.
#
# You have written `fit`. Everybody has, and everybody's differs: the mode forgotten, the last weights kept,
# no way to go on after a power cut. PyTorch Lightning is a layer over PyTorch that has the loop written once.
# You say *what* a step is, in a `LightningModule`, and its `Trainer` does the rest: epochs, modes, gradients,
# devices, progress bar, logging, checkpoints. It is to your loop as `lm` is to your own normal equations:
# worth having once you could do without.
#
# A `LightningModule` is an `nn.Module` with a few methods more. `training_step(self, batch, batch_idx)` returns
# the loss of a batch, `validation_step` takes the same arguments and needn't return anything,
# `configure_optimizers(self)` returns the optimiser. `self.log("name", value)` writes a number down; of the
# numbers logged in validation the mean over examples is kept. A **checkpoint** is a file with everything that is
# needed to go on: weights, the state of the optimiser (Adam keeps two running means for each weight), the
# epoch. So a training that was stopped and resumed ends where it would have ended without the stop.
#
# **Exercise `LitLeafNet`** (stretch, 3 points). A `LightningModule`, `LitLeafNet(net, lr=0.001)`, around any
# `nn.Module` that makes logits:
# - `net` and `lr` are kept under these names; called with x it returns `net(x)`;
# - a batch is a pair (x, y); a training step returns the mean cross-entropy of the batch and logs it as
#   `train_loss`, a validation step logs the same of its batch as `val_loss`. Both are kept as means over the epoch:
#   in validation they are by themselves, in training with `on_step=False, on_epoch=True` in `self.log`;
# - the optimiser is Adam over its parameters with rate `lr`.
#
# Stopping after some epochs, loading the checkpoint and going on gives the weights of a training straight on
# (on a CPU, in float64, batches not shuffled). If you do nothing odd, you get that for free.
#
# Loading Lightning takes a few seconds, so write `import lightning as L` in this cell and not above.


# %% exercise="LitLeafNet" points=3 stretch=true
# Write here: import lightning as L, and below it
#
#     class LitLeafNet(L.LightningModule):
#         """Any net that makes logits, trained by Adam on the mean cross-entropy, which it logs."""
#
#         def __init__(self, net: nn.Module, lr: float = 0.001) -> None: ...
#
# LitLeafNet(nn.Flatten())(torch.zeros(2, 3, 4)) has shape (2, 12), as nn.Flatten() itself would say.
### BEGIN SOLUTION
import lightning as L


class LitLeafNet(L.LightningModule):
    """Any net that makes logits, trained by Adam on the mean cross-entropy, which it logs."""

    def __init__(self, net: nn.Module, lr: float = 0.001) -> None:
        super().__init__()
        self.net = net
        self.lr = lr

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.net(x)

    def training_step(self, batch: tuple[torch.Tensor, torch.Tensor], batch_idx: int) -> torch.Tensor:
        x, y = batch
        loss = F.cross_entropy(self(x), y)
        self.log("train_loss", loss, on_step=False, on_epoch=True)
        return loss

    def validation_step(self, batch: tuple[torch.Tensor, torch.Tensor], batch_idx: int) -> None:
        x, y = batch
        self.log("val_loss", F.cross_entropy(self(x), y))

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.Adam(self.parameters(), lr=self.lr)


### END SOLUTION

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Each of the three methods is a line or two of your `fit`. Which lines of `fit` appear in none of them?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `super().__init__()` comes first, then `self.net = net` and `self.lr = lr`. In a step: take the batch apart,
# compute the loss with `self(x)`, log it. The training step returns the loss with its graph; Lightning calls
# `backward` and `step`.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# def training_step(self, batch, batch_idx):
#     x, y = batch
#     loss = F.cross_entropy(self(x), y)
#     self.log("train_loss", loss, on_step=False, on_epoch=True)
#     return loss
# ```
#
# and likewise `validation_step` with `val_loss`; `configure_optimizers` returns `torch.optim.Adam(...)`.
#
# </details>

# %% [markdown]
# The `Trainer` with your leaves: four epochs, a checkpoint, and a second `Trainer` that goes on from it to
# eight. Every loss is logged to a CSV file, which is read and drawn. (Some twenty seconds.)

# %% tags=["explore"]
import csv
import logging
import tempfile
import warnings
from pathlib import Path

from lightning.pytorch.loggers import CSVLogger
from torch.utils.data import DataLoader, TensorDataset

logging.getLogger("lightning.pytorch").setLevel(
    logging.ERROR
)  # or it tells about every device it hasn't found
warnings.filterwarnings(
    "ignore", module="lightning"
)  # and about worker processes, which small data don't need
folder = tempfile.TemporaryDirectory()
leaf_batches = DataLoader(TensorDataset(Xb.cpu(), Yb.cpu()), batch_size=32, shuffle=True, generator=seeded(1))
val_batches = DataLoader(TensorDataset(*(t.cpu() for t in part_of("balanced", "val")[:2])), batch_size=200)


def trainer(epochs):
    """A Trainer that logs to losses/version_0, version_1, …"""
    return L.Trainer(
        max_epochs=epochs,
        logger=CSVLogger(folder.name, name="losses"),
        default_root_dir=folder.name,
        enable_progress_bar=False,
        enable_model_summary=False,
        log_every_n_steps=10,
    )


torch.manual_seed(1)
stopped = trainer(4)
stopped.fit(LitLeafNet(LeafNet(), 0.002), leaf_batches, val_batches)
checkpoint = Path(folder.name) / "after-four.ckpt"
stopped.save_checkpoint(checkpoint)
resumed = LitLeafNet(LeafNet(), 0.002)  # other weights, which the checkpoint replaces
trainer(8).fit(resumed, leaf_batches, val_batches, ckpt_path=checkpoint)

figure, axes = plt.subplots(figsize=(5, 2.8))
for version, style in [(0, "o-"), (1, "s--")]:
    rows = list(csv.DictReader((Path(folder.name) / f"losses/version_{version}/metrics.csv").open()))
    for name, colour in [("train_loss", "0.6"), ("val_loss", "steelblue")]:
        losses = [(row["epoch"], row.get(name) or row.get(f"{name}_epoch")) for row in rows]
        kept = [(int(epoch), float(loss)) for epoch, loss in losses if loss]
        when = "resumed" if version else "at first"
        axes.plot(*zip(*kept, strict=True), style, color=colour, markersize=4, label=f"{name}, {when}")
axes.set_xlabel("epoch")
axes.set_ylabel("loss (nats a leaf)")
axes.legend(frameon=False, fontsize=8)
plt.show()
folder.cleanup()

# %% [markdown]
# The second training goes on where the first one stopped, though its network had begun with other weights: all that
# counts came out of the file. That it ends where a training straight on would have ended can't be seen here; the
# check of this exercise compares the weights.
#
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

# %% [markdown]
# ## With your partner
#
# **Explain.** One of you explains what a convolution shares and why that suits leaves, the other why the test
# set of section 8 couldn't find the fault. No notes, and the listener asks "why?" three times.
#
# **Compare.** Train both of your `LeafNet`s in section 10's cell and compare the six percentages of each: does the
# network that is right more often also do better in the group with the most mistakes? Then exchange your
# `break_max_pool2d` and run each on the other's `max_pool2d`, and on a copy that one of you has broken in secret.
#
# **Alone?** Write both explanations down as for somebody who hasn't seen the week. Then think of a third
# background, draw up how many leaves of each kind you would photograph on it, and say what that would teach.

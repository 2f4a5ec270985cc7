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
# # Week 05 · Deep learning overview: neurons, losses, gradient descent
#
# **Before:** watch *What is a Neural Network?* (0h18) and *Gradient descent* (0h20), both by 3Blue1Brown. If
# the word derivative makes you uneasy, read *To Deliver You From the Preliminary Terrors* first, the opening
# chapter of Thompson's *Calculus Made Easy*. It takes ten minutes. *Analyzing our neural network*, a text on
# 3Blue1Brown's site, and *The Intuitive Notion of the Chain Rule* are good company afterwards.
#
# **Time:** five to six hours with your partner, the films apart. Exercises marked *stretch* come on top.
#
# **Afterwards you can**
# - say what a neuron computes, in the words of a generalised linear model, and stack neurons to a network;
# - turn a likelihood into a loss, and compute it where the plain formula overflows;
# - fit a line and a logistic regression by gradient descent, and see what rate and batch size do to it;
# - ask torch for a slope, and know what it answers;
# - say why a fitted network can be trusted between its data points only so far, and beyond them not at all.
#
# Deep learning rests on two ideas. **Functions are approximated by combining many simple non-linear ones.
# Their parameters are nudged to decrease an error.** This week has one half for each, and both halves meet
# in a network that tells penguins apart. All the later weeks change the function or the data. The two ideas
# stay.

# %% given="imports"
import math
from collections.abc import Callable, Iterator

import torch

from autograde import datasets

# %% [markdown]
# ## 1 A neuron is a linear model with a link
#
# You know the generalised linear model: a weighted sum of the predictors plus an intercept, and then a
# function that bends the sum into the range of the response. In `glm(y ~ x1 + x2, family = binomial)` that
# bend is the inverse of the logit link. A neuron is the same machine under other names:
#
# | statistics | deep learning |
# | --- | --- |
# | coefficients | weights, `w` |
# | intercept | bias, `b` |
# | linear predictor | pre-activation |
# | inverse link | activation |
#
# The favourite bend is also the plainest. A *rectified linear unit* passes what is positive and blocks what
# isn't, like a cell that is silent below its threshold and then fires in proportion. All at once:
# relu(−2) = 0, relu(0) = 0, relu(1.5) = 1.5.
#
# **Exercise `relu`** (1 point). `x` is a floating tensor of any shape. Return a tensor of the same shape with
# each negative number replaced by 0. `x` itself stays as it was. Compute with tensors throughout, without
# `.item()` or `.tolist()`, for soon torch will want the slope of what you compute: 0 left of zero, 1 right
# of it. (At exactly 0 there is a kink; whatever slope you get there is right.)
#
# Torch has most of this week's functions ready-made, and no test minds if you call them. Write each one by
# hand first and use torch's to check yourself: the traps are what you came for.


# %% exercise="relu" points=1
def relu(x: torch.Tensor) -> torch.Tensor:
    """Each number of x if it is positive, else 0; any shape.

    relu(torch.tensor([-2.0, 0.0, 1.5])) is tensor([0.0, 0.0, 1.5]).
    """
    ### BEGIN SOLUTION
    return x.clamp(min=0)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# It is a choice for each number: the number or 0, whichever is larger.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Comparing a tensor with a number compares every entry. `torch.where(condition, a, b)` chooses entry by
# entry, and `clamp` cuts off at a bound. A method whose name ends in `_`, such as `clamp_`, changes its
# tensor.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `x.clamp(min=...)`, or `torch.where(x > 0, ..., 0.0)`.
#
# </details>

# %% [markdown]
# Now the whole neuron, for many examples at once. The rows of `x` are the examples, as in a data frame; `w`
# has one weight for each column:
#
# $$\text{out}_i = \text{activation}\Big(\sum_j x_{ij} w_j + b\Big)$$
#
# By hand, with x = ((1, 2), (3, −4)), w = (0.5, 1), b = −1: the sums are 0.5 + 2 − 1 = 1.5 and
# 1.5 − 4 − 1 = −3.5. Through relu: 1.5 and 0.
#
# **Exercise `neuron`** (1 point). `x` is (n, d), `w` is (d,), both of the same floating dtype, `b` is a
# number or a tensor without axes, n and d are at least 1. `activation` is any function that bends each
# number of a tensor by itself. The answer has shape (n,), and slopes must pass through it, as through `relu`.


# %% exercise="neuron" points=1
def neuron(x: torch.Tensor, w: torch.Tensor, b: float, activation: Callable) -> torch.Tensor:
    """activation(x · w + b) for each row of x (n, d): shape (n,).

    With x = [[1, 2], [3, -4]], w = [0.5, 1] and b = -1, neuron(x, w, b, relu) is [1.5, 0.0].
    """
    ### BEGIN SOLUTION
    return activation(x @ w + b)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Three steps, in the order of the formula: weigh and add up, add the bias, bend. What is the shape after
# each?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `x @ w` with shapes (n, d) and (d,) multiplies along d and adds up, for all rows at once; a number is added
# to every entry. R writes `x %*% w + b`.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `activation(... @ ... + ...)`
#
# </details>

# %% [markdown]
# ## 2 Slopes, by torch
#
# "Nudge a parameter to decrease the error" needs to know which way. That is a slope, and torch can compute
# slopes. You mark the tensor that you will want slopes for, compute a number from it, and ask. How torch does
# it is next week's subject; here is how one asks. These two cells are locked, and the
# function in the second is yours to use.

# %% given="slopes"
x = torch.tensor([-1.0, 2.0, 5.0], requires_grad=True)  # "I shall want the slope with respect to these"
total = (x**2).sum()  # torch takes notes while it computes
total.backward()  # ... and now follows them back
x.grad  # x² has the slope 2x, so tensor([-2., 4., 10.])


# %% given="slope"
def slope(f: Callable, x: torch.Tensor) -> torch.Tensor:
    """The slope of f, which bends each number by itself, at each entry of x."""
    x = x.detach().clone().requires_grad_()  # a copy, cut off from the notes taken for the caller's x
    f(x).sum().backward()  # each entry changes the sum only through itself
    return x.grad


# %% [markdown]
# Three words to keep. `requires_grad=True` switches the note-taking on for a tensor and all that is
# computed from it; `requires_grad_()` does so for a tensor that is already there. `backward()` may be
# called on a single number, a loss for example. Afterwards `x.grad` has the shape of `x` and says, for each
# entry of `x`, how much that number moves per unit of change in that entry. If you call `backward()` on
# something computed from `x` again, the new slopes are *added* to `x.grad`.
#
# ### An S for probabilities
#
# The other famous bend squeezes any number into (0, 1). It is logistic regression's inverse link, R's
# `plogis`:
#
# $$\sigma(x) = \frac{1}{1 + e^{-x}}$$
#
# with σ(0) = ½, σ(log 3) = ¾, and σ(−x) = 1 − σ(x): exchanging the two outcomes turns the sign of the log
# odds. Its slope is σ(x)(1 − σ(x)), at most ¼, at 0.
#
# There is a trap. $e^{1000}$ is too large for any float, so it becomes `inf`. Sometimes that does no harm,
# 1 / (1 + inf) = 0 is right. But the slope is computed from the same pieces, and somewhere on the way torch
# multiplies inf by 0, which is `nan`, *not a number*. One `nan` in a gradient makes all parameters `nan` at
# the next step. A network that you have trained for a day is gone, so functions that are used in training
# must be right in their slope too, at every size of input.
#
# And a second trap behind the first. `torch.where(x > 0, f(x), g(x))` computes *both* branches everywhere and
# then chooses. In the slope, the branch that wasn't chosen counts 0 times its own slope: `nan` if that slope
# is `inf`. Whatever could overflow must be made harmless *before* it is exponentiated.
#
# **Exercise `sigmoid`** (2 points). `x` is a floating tensor (float32 or float64) of any shape; return σ of
# each number, the same shape. Value and slope must be finite and right from −1000 to 1000, up to the rounding
# of numbers near 1. The slope at 0 is ¼.


# %% exercise="sigmoid" points=2
def sigmoid(x: torch.Tensor) -> torch.Tensor:
    """1 / (1 + exp(-x)) for each number of x, value and slope finite for large numbers of either sign.

    sigmoid(torch.tensor([-1000.0, 0.0, 1.0986])) is tensor([0.00, 0.50, 0.75]), with slopes
    tensor([0.0000, 0.2500, 0.1875]).
    """
    ### BEGIN SOLUTION
    return (1 + torch.tanh(x / 2)) / 2  # tanh saturates where exp would overflow
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Write the formula down as it stands and look at `slope(sigmoid, torch.tensor([-1000.0, 0.0, 1000.0]))`.
# Which of the three is `nan`? What is e to the power of what, there?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Two ways. Either use that σ is a tanh, moved and stretched: $\sigma(x) = \frac{1 + \tanh(x / 2)}{2}$, and
# torch's tanh takes care of itself. Or use $\frac{1}{1 + e^{-x}}$ for x ≥ 0 and $\frac{e^x}{1 + e^x}$ for
# x < 0, and give each exponential only numbers that can't overflow: for the first, x with the negative ones
# set to 0. (`x.abs()` looks like a short cut, but has slope 0 at 0.)
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `(1 + torch.tanh(...)) / 2`. Or `up = torch.exp(-x.clamp(min=0))`, `down = torch.exp(x.clamp(max=0))` and
# `torch.where(x >= 0, 1 / (1 + up), ...)`.
#
# </details>

# %% tags=["explore"]
import matplotlib.pyplot as plt

plt.style.use("autograde.quiet")

z = torch.linspace(-6, 6, 241)
figure, (left, right) = plt.subplots(1, 2, figsize=(6.6, 2.9))
for bend, name in [(relu, "relu"), (sigmoid, "sigmoid"), (torch.tanh, "tanh")]:
    left.plot(z, bend(z), label=name)
    right.plot(z, slope(bend, z), label=name)
left.set_ylim(-1.2, 3)
left.set_ylabel("activation")
right.set_ylabel("its slope")
for axes in (left, right):
    axes.set_xlabel("pre-activation")
left.legend(loc="upper left")
plt.show()

# %% [markdown]
# Look at the slopes. A neuron learns in proportion to its slope: where sigmoid and tanh are flat, the nudge
# hardly arrives. Relu keeps slope 1 however large its input, and has slope 0 wherever it is silent. That is
# most of the reason why relu is everybody's first choice inside a network, and sigmoid is kept for its end.
#
# ## 3 Many neurons
#
# One neuron bends once. Put several side by side, each with weights of its own, and let a further linear
# model add them up: that is a network with one hidden layer. Three relus are enough for a bump, as when a
# species thrives at a middle temperature only:

# %% tags=["explore"]
temperature = torch.linspace(0, 40, 201)
parts = [(0.5, 10.0), (-1.0, 22.0), (0.5, 34.0)]  # each relu's weight in the sum, and where it sets in
figure, (left, right) = plt.subplots(1, 2, figsize=(6.6, 2.7))
total = torch.zeros_like(temperature)
for weight, onset in parts:
    bend = weight * relu(temperature - onset)
    total = total + bend
    left.plot(temperature, bend, label=f"{weight:+g} · relu(t − {onset:g})".replace("-", "−"))
right.plot(temperature, total, color="black")
left.set_title("three neurons", loc="left")
right.set_title("their sum", loc="left")
left.legend(loc="lower left", fontsize=8)
left.set_ylabel("contribution")
right.set_ylabel("growth (arbitrary units)")
for axes in (left, right):
    axes.set_xlabel("temperature t (°C)")
plt.show()

# %% [markdown]
# With enough such kinks any continuous curve can be followed as closely as you like over a bounded range.
# That is the first of the two ideas. And without a bend nothing is gained: a linear model of linear models
# is a linear model.
#
# A layer of several neurons is one matrix product: `x @ W + b`, with x (n, in), W (in, out), one *column* for
# each neuron, and b (out,). A **multilayer perceptron** (MLP) is a chain of layers: multiply, add, bend, and
# so on. The last layer is left straight: its outputs may have to be any number (a body mass, a log odds), and
# what bends them, if anything, belongs to the loss.
#
# By hand: x = ((1, −1)), first layer W = ((1, 0), (0, 1)) and b = (0, 0.5), so the sums are (1, −0.5),
# through relu (1, 0). Second layer W = ((2), (5)), b = (−3): 2·1 + 5·0 − 3 = −1. No relu there, or the
# answer would be 0.
#
# **Exercise `mlp_forward`** (2 points). `weights` is a list of matrices (in, out), `biases` a list of as many
# vectors (out,); the sizes fit on to each other, and there is at least one layer. `activation` comes after
# every layer but the last. With a single layer it is never used. `x` is (n, in) and the answer is (n, out of
# the last layer). Arguments stay as they are.


# %% exercise="mlp_forward" points=2
def mlp_forward(x: torch.Tensor, weights: list, biases: list, activation: Callable) -> torch.Tensor:
    """x through every layer, `x @ W + b`, with `activation` after each but the last: (n, out).

    With x = [[1, -1]], weights [[[1, 0], [0, 1]], [[2], [5]]], biases [[0, 0.5], [-3]], all of them tensors,
    and relu, the answer is [[-1.0]].
    """
    ### BEGIN SOLUTION
    for W, b in zip(weights[:-1], biases[:-1], strict=True):
        x = activation(x @ W + b)
    return x @ weights[-1] + biases[-1]
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# What goes into the second layer? Which layer is special, and how do you notice in a loop that you are there?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Keep one variable for what flows through the network, and replace it layer by layer. Loop over all layers
# but the last (`weights[:-1]` with `biases[:-1]`), and do the last one after the loop.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `for W, b in zip(weights[:-1], biases[:-1]):` and in it `x = activation(...)`; then `return x @
# weights[-1] + ...`.
#
# </details>

# %% [markdown]
# ## 4 How wrong?
#
# For a measured response the usual error is the squared one. The half in front is there for the slope: that
# of ½r² is r, with no 2 to carry along.
#
# $$\text{loss} = \frac{1}{n} \sum_i \tfrac{1}{2} (\text{pred}_i - \text{actual}_i)^2$$
#
# A statistician recognises the log-likelihood of normal errors with variance 1: up to a constant,
# log p = −½(pred − actual)². Least squares *is* maximum likelihood under normal noise. By hand: predictions
# (1, 2), actual (4, 2): ½ · (9 + 0) / 2 = 2.25.
#
# Here broadcasting bites. A prediction of shape (n, 1) and a response of shape (n,) can be subtracted, and
# give (n, n): every prediction against every response. No error, a loss that even falls in training, and a
# model that predicts the mean. R would recycle as silently. Two lines of code prevent it.
#
# **Exercise `half_squared_error`** (2 points). Return the mean of ½(pred − actual)² over all entries, a
# tensor without axes through which slopes can flow. Both are floating, of any shape with at least one
# entry. If the shapes differ in any way, even in one that broadcasts, raise a `ValueError`; what it says is
# up to you.


# %% exercise="half_squared_error" points=2
def half_squared_error(pred: torch.Tensor, actual: torch.Tensor) -> torch.Tensor:
    """The mean of ½ (pred - actual)², a tensor without axes. Different shapes raise ValueError.

    half_squared_error(torch.tensor([1.0, 2.0]), torch.tensor([4.0, 2.0])) is 2.25; with actual of shape (2, 1)
    it is a ValueError.
    """
    ### BEGIN SOLUTION
    if pred.shape != actual.shape:
        raise ValueError(f"pred has shape {tuple(pred.shape)}, actual {tuple(actual.shape)}: make them equal")
    return (0.5 * (pred - actual) ** 2).mean()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Which two things do you have to compare before you subtract? Is comparing their *lengths* enough for (3, 1)
# and (3,)?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `x.shape` can be compared with `==` and `!=`. `raise ValueError("...")` as in week 01. Then the formula,
# from the inside out.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `if pred.shape != ...: raise ValueError(...)`, then `return (0.5 * (... - ...) ** 2).mean()`.
#
# </details>

# %% [markdown]
# ### The penguins
#
# 342 penguins from three islands of the Palmer Archipelago: how well does the length of a flipper predict
# the mass of the bird? In R: `lm(mass ~ flipper)`. We count the flipper in steps of 20 mm from 180 mm, and
# the mass in kilograms, so that all numbers are near 1.
#
# The loss of a line `a·x + b` depends on two numbers, the data being what they are. So it can be drawn, as a
# map: every point of the map is a line, its height the loss of that line.

# %% tags=["explore"]
penguins = [row for row in datasets.load("penguins") if row["body_mass_g"] is not None]
flipper = torch.tensor([(row["flipper_length_mm"] - 180) / 20 for row in penguins], dtype=torch.float64)
mass = torch.tensor([row["body_mass_g"] / 1000 for row in penguins], dtype=torch.float64)
best_a = ((flipper - flipper.mean()) * (mass - mass.mean())).mean() / flipper.var(correction=0)
best_b = mass.mean() - best_a * flipper.mean()
slopes_a, slopes_b = torch.linspace(-3, 7, 91).double(), torch.linspace(-1.5, 7, 81).double()
height = torch.stack(
    [torch.stack([half_squared_error(a * flipper + b, mass) for a in slopes_a]) for b in slopes_b]
)


def draw_map(axes, wide=False):
    """The loss of every line as a map, with the best line marked."""
    levels = 0.1 * 1.8 ** torch.arange(11 if wide else 9)
    axes.contour(slopes_a, slopes_b, height, levels=levels, colors="0.75", linewidths=0.8)
    axes.plot(best_a, best_b, "*", color="black", markersize=9)
    axes.set_xlim(*((-3, 7) if wide else (-1, 3)))
    axes.set_ylim(*((-1.5, 7) if wide else (-0.5, 5.5)))
    axes.set_xlabel("a (kg per 20 mm)")


figure, (left, right) = plt.subplots(1, 2, figsize=(6.6, 3))
left.plot(flipper, mass, ".", color="grey", markersize=3)
for a, b, colour in [(0.0, 2.0, "#d9822b"), (2.0, 3.0, "#5b8c5a"), (best_a, best_b, "black")]:
    left.plot([-0.4, 2.6], [b - 0.4 * a, b + 2.6 * a], color=colour)
    right.plot(a, b, "o", color=colour)
    right.annotate(f"{half_squared_error(a * flipper + b, mass):.2f}", (a + 0.1, b + 0.12), color=colour)
left.set_ylim(1.5, 7)
left.set_xlabel("flipper (steps of 20 mm from 180 mm)")
left.set_ylabel("body mass (kg)")
left.set_title("three lines ...", loc="left")
draw_map(right)
right.set_ylabel("b (kg)")
right.set_title("... are three points of the map", loc="left")
plt.show()

# %% [markdown]
# The valley is long and slanting. A larger slope can be made good by a smaller intercept, since nearly all
# flippers lie on the same side of zero (their mean is 1.05). The two estimates are correlated, R's `vcov`
# would say. We will pay for that when we walk.
#
# ## 5 Downhill
#
# For a line nobody needs a walk: there is a formula. For a network there is none, so we learn walking where
# the goal is known. At any point (a, b) the **gradient** of the loss is the pair of its slopes. With the
# residual $r_i = a x_i + b - y_i$ the chain rule gives
#
# $$\frac{\partial\,\text{loss}}{\partial a} = \frac{1}{n} \sum_i r_i x_i, \qquad
# \frac{\partial\,\text{loss}}{\partial b} = \frac{1}{n} \sum_i r_i$$
#
# By hand, at a = b = 0 with the points (1, 2) and (3, 4): residuals −2 and −4. By a: (−2·1 − 4·3) / 2 = −7.
# By b: (−2 − 4) / 2 = −3. Both negative: an increase of either parameter lowers the loss.
#
# **Exercise `linear_gradient`** (2 points). Return the pair of slopes of the mean of ½(ax + b − y)², that
# by `a` first. `x` and `y` are (n,), floating, n ≥ 1; `a` and `b` are numbers or tensors without axes.
# Write the formula: this once torch's own slopes are not allowed, and the tests switch its note-taking off.


# %% exercise="linear_gradient" points=2
def linear_gradient(a: float, b: float, x: torch.Tensor, y: torch.Tensor) -> tuple:
    """The slopes (by a, by b) of the mean of ½ (a x + b - y)², without autograd.

    linear_gradient(0.0, 0.0, torch.tensor([1.0, 3.0]), torch.tensor([2.0, 4.0])) is (-7.0, -3.0).
    """
    ### BEGIN SOLUTION
    residual = a * x + b - y
    return (residual * x).mean(), residual.mean()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# First the residuals, for all examples at once. What does one example contribute to each of the two slopes?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# "1/n times the sum" is a mean. The mean of a product is not the product of the means: multiply first.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `residual = a * x + b - y`, then return `(residual * ...).mean()` and `residual.mean()`.
#
# </details>

# %% [markdown]
# The gradient points uphill, so one steps the other way, a little at a time:
#
# > parameters ← parameters − rate × gradient
#
# and measures the gradient anew at the new place. That is all of **gradient descent**. By hand, for
# f(x) = ½x², whose gradient at x is x itself, from 8 with rate 0.5: 8 − 0.5·8 = 4, then 2, then 1.
#
# **Exercise `gradient_descent`** (2 points). `grad` takes a tensor (d,) and returns the gradient there,
# (d,). `start` is (d,), floating. Take `steps` steps and return all the places as one tensor of shape
# (steps + 1, d) and of the dtype of `start`: row 0 is `start`, each further row the step from the row
# before. With `steps=0` that is one row. `start` stays as it was.


# %% exercise="gradient_descent" points=2
def gradient_descent(grad: Callable, start: torch.Tensor, lr: float, steps: int) -> torch.Tensor:
    """The path x ← x - lr · grad(x) from `start`, its start included: (steps + 1, d).

    gradient_descent(lambda x: x, torch.tensor([8.0]), 0.5, 3) is tensor([[8.], [4.], [2.], [1.]]).
    """
    ### BEGIN SOLUTION
    path = [start]
    for _ in range(steps):
        path.append(path[-1] - lr * grad(path[-1]))
    return torch.stack(path)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# You need the last place to get the next, and all of them at the end. What is a good container to grow?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# A list that starts with `start`. `x = x - ...` makes a new tensor; `x -= ...` changes the old one, and
# with it `start` and every row of the list that is the same tensor. `torch.stack` makes one tensor of a
# list.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `path = [start]`; then `steps` times `path.append(path[-1] - lr * grad(...))`; return `torch.stack(path)`.
#
# </details>


# %% tags=["explore"]
def penguin_gradient(place):
    """The gradient of the penguins' loss at place = (a, b), as a tensor (2,)."""
    by_a, by_b = linear_gradient(place[0], place[1], flipper, mass)
    return torch.stack([torch.as_tensor(by_a), torch.as_tensor(by_b)])


start = torch.tensor([0.0, 0.0], dtype=torch.float64)
figure, row = plt.subplots(1, 3, figsize=(6.6, 3))
rates = [(0.02, "too small"), (0.4, "right"), (0.9, "too large")]
for axes, (rate, verdict), colour in zip(row, rates, ["#4682b4", "#5b8c5a", "#c44e52"], strict=True):
    path = gradient_descent(penguin_gradient, start, rate, 25 if rate < 0.8 else 5)
    draw_map(axes, wide=rate > 0.8)
    axes.plot(path[:, 0], path[:, 1], ".-", color=colour, linewidth=0.9, markersize=4)
    axes.set_title(f"rate {rate}: {verdict}", loc="left")
row[0].set_ylabel("b (kg)")
plt.show()

# %% [markdown]
# 25 steps (on the right 5, on a wider map) from a = b = 0; the star is the best line. Too small a rate gets
# nowhere in time, and it isn't wrong: it would arrive. Too large a rate overshoots the valley to its other
# side, where it is steeper, comes back further, and ends in `inf`. The right one falls into the valley
# quickly and then creeps along its floor, where the slope is small. A rate suits a surface by its
# *steepest* direction, and the patience needed is set by its *flattest*. For a loss like this one the limit
# is 2 divided by the greatest curvature. Here the curvatures are 2.38 across the valley and 0.21 along it,
# so the limit is 0.84.
#
# The remedy is week 04's: standardise. Subtract the mean flipper and divide by the standard deviation, and
# the valley becomes a round bowl with the same curvature everywhere, in which one rate suits all directions.

# %% tags=["explore"]
standard = (flipper - flipper.mean()) / flipper.std(correction=0)


def standard_gradient(place):
    """The same for standardised flippers."""
    by_a, by_b = linear_gradient(place[0], place[1], standard, mass)
    return torch.stack([torch.as_tensor(by_a), torch.as_tensor(by_b)])


figure, axes = plt.subplots(figsize=(6.6, 2.7))
floor = half_squared_error(best_a * flipper + best_b, mass)
for f, x, name in [(penguin_gradient, flipper, "as measured"), (standard_gradient, standard, "standardised")]:
    path = gradient_descent(f, start, 0.4, 30)
    losses = torch.stack([half_squared_error(a * x + b, mass) for a, b in path])
    axes.semilogy(losses - floor, label=name)
axes.set_xlabel("step, at rate 0.4")
axes.set_ylabel("loss above the best line's")
axes.legend()
plt.show()

# %% [markdown]
# ## 6 A few at a time
#
# The gradient is a mean over all examples. A mean can be estimated from a sample. With a million examples, a
# hundred of them say nearly the same about the direction at a ten-thousandth of the price, and you can take
# ten thousand steps instead of one. That is **stochastic gradient descent**: go through the data in small
# batches, one step for each; a whole pass is an **epoch**.
#
# A sample must be random to be fair. Files are sorted, by species, by plate, by date, and a batch of one
# species pulls the line towards that species. So one shuffles, anew in every epoch. Each example is used
# once in an epoch, the short last batch included: 10 samples by 8 makes a batch of 8 and one of 2.
#
# Python has a way to hand out one piece at a time: a function with `yield` in place of `return`, as in
# week 02. A loop over it gets one batch after the other.
#
# **Exercise `minibatches`** (3 points). Hand out the indices 0 … n − 1 in random order, as int64 tensors of
# `batch_size` indices each; only the last may be shorter (`batch_size` may exceed n; both are at least 1).
# All randomness comes from `generator`, a `torch.Generator`. It holds a state, and every draw moves the state
# on. You never seed it: generators in the same state give the same order, and a second epoch from the same
# generator another one. Every order is equally likely. Yield the batches or return a list of them, as you like.


# %% exercise="minibatches" points=3
def minibatches(n: int, batch_size: int, generator: torch.Generator) -> Iterator[torch.Tensor]:
    """The indices 0 to n - 1 in random order, each once, in tensors of batch_size; the last may be shorter.

    list(minibatches(10, 8, torch.Generator().manual_seed(0))) is two tensors, of shapes (8,) and (2,).
    """
    ### BEGIN SOLUTION
    order = torch.randperm(n, generator=generator)
    for first in range(0, n, batch_size):
        yield order[first : first + batch_size]
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Shuffle once, then cut. What does a slice that runs past the end give you?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `torch.randperm(n, generator=generator)` is a shuffled range (R's `sample(n)`). `range(0, n, batch_size)`
# gives the places where the batches begin.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `order = torch.randperm(...)`, then `for first in range(0, n, batch_size): yield order[first : ...]`.
#
# </details>

# %% [markdown]
# What does shuffling buy? The file of penguins is sorted by species, and the picture shows two epochs with
# batches of 16: once in the order of the file, once shuffled. The grey lines are the borders between species
# in the file, the thick ones the ends of the epochs. Look where the peaks stand.

# %% tags=["explore"]
in_order = [torch.arange(len(mass))[first : first + 16] for first in range(0, len(mass), 16)] * 2
generator = torch.Generator().manual_seed(5)
shuffled = [batch for _ in range(2) for batch in minibatches(len(mass), 16, generator)]
figure, axes = plt.subplots(figsize=(6.6, 2.8))
for batches, name in [(in_order, "sorted"), (shuffled, "shuffled")]:
    a, b, losses = 0.9, 3.1, []
    for batch in batches:
        by_a, by_b = linear_gradient(a, b, flipper[batch], mass[batch])
        a, b = a - 0.4 * by_a, b - 0.4 * by_b
        losses.append(half_squared_error(a * flipper + b, mass))
    axes.plot(range(1, len(losses) + 1), losses, label=name)
axes.axhline(floor, color="grey", linewidth=0.8, linestyle="--")
axes.text(0.5, floor - 0.003, "best line", color="grey", va="top")
steps_an_epoch = len(in_order) // 2
for epoch in range(2):
    first = 0
    for name in ["Adelie", "Gentoo", "Chinstrap"]:  # as they stand in the file
        last = first + sum(row["species"] == name for row in penguins)
        where = epoch * steps_an_epoch + torch.tensor([first, last]) / 16 + 0.5
        axes.text(where.mean(), 0.282, name, color="grey", ha="center", va="top", fontsize=8)
        axes.axvline(where[1], color="grey", linewidth=1.2 if name == "Chinstrap" else 0.5)
        first = last
axes.set_ylim(0.055, 0.29)
axes.set_xlabel("step, at rate 0.4 with batches of 16; two epochs")
axes.set_ylabel("loss on all penguins")
axes.legend(loc="upper left", bbox_to_anchor=(0.0, 0.92))
plt.show()

# %% [markdown]
# In the order of the file each species takes its turn to bend the line its own way, and the line forgets the
# one before. The loss you see at the end depends on who came last.
# ([Why should we shuffle data while training a neural
# network?](https://stats.stackexchange.com/questions/245502/why-should-we-shuffle-data-while-training-a-neural-network)
# collects other people's answers.)
#
# **Exercise `fit_line`** (4 points). Put it together. Start at a = 0, b = 0. In each of `epochs` epochs go
# through `minibatches` of the data, shuffled anew, and for each batch take one step,
#
# > (a, b) ← (a, b) − lr · mean gradient **of that batch**
#
# with both slopes taken at the same (a, b). After each epoch note the mean loss of **all** the data, the
# half squared error at the (a, b) reached. Return `(a, b, losses)`, where a and b are numbers and losses a
# list of `epochs` numbers (tensors without axes will do for numbers). `x` and `y` are (n,), floating, and n
# is at least 1. If you use your `minibatches`, `linear_gradient` and `half_squared_error`, and one of them
# isn't done yet, mend that first: its mistakes show here.
#
# By hand, with x = (1, 3), y = (2, 4) and batch_size 2: the gradient at (0, 0) was (−7, −3), so with lr = 0.1
# one epoch leads to a = 0.7, b = 0.3; the predictions are 1 and 2.4, the loss is ½(1² + 1.6²)/2 = 0.89.


# %% exercise="fit_line" points=4
def fit_line(
    x: torch.Tensor, y: torch.Tensor, lr: float, epochs: int, batch_size: int, generator: torch.Generator
) -> tuple[float, float, list[float]]:
    """(a, b, losses) of the line a x + b after stochastic gradient descent from a = b = 0.

    With x = [1, 3], y = [2, 4], lr = 0.1, epochs = 1 and batch_size = 2 it is (0.7, 0.3, [0.89]).
    """
    ### BEGIN SOLUTION
    a, b = 0.0, 0.0
    losses = []
    for _ in range(epochs):
        for batch in minibatches(len(x), batch_size, generator):
            by_a, by_b = linear_gradient(a, b, x[batch], y[batch])
            a, b = a - lr * by_a, b - lr * by_b
        losses.append(half_squared_error(a * x + b, y).item())
    return float(a), float(b), losses
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Two loops, one inside the other. Which of the things you do belongs to a batch, which to an epoch, which to
# neither?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `x[batch]` picks the examples of a batch. Call `minibatches` inside the loop over epochs, so that each epoch
# gets an order of its own. Take both slopes before you change either parameter.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# In the inner loop `by_a, by_b = linear_gradient(a, b, x[batch], ...)` and `a, b = a - lr * by_a, ...`.
# After it, still in the outer one, `losses.append(half_squared_error(..., y).item())`.
#
# </details>

# %% tags=["explore"]
generator = torch.Generator().manual_seed(1)
a, b, losses = fit_line(flipper, mass, lr=0.1, epochs=40, batch_size=16, generator=generator)
print(f"fitted:  mass = {a:.3f} x + {b:.3f}, loss {losses[-1]:.4f}")
print(f"formula: mass = {best_a:.3f} x + {best_b:.3f}, loss {floor:.4f}")
print(f"so {1000 * a / 20:.0f} g for each mm of flipper; R's lm says {1000 * best_a / 20:.0f} g")

# %% [markdown]
# Near the formula's line, and not on it: the last few batches have kicked it about.
#
# ### Rate and batch go together
#
# A small batch is a small sample, so its gradient is noisy: the standard error falls with the square root of
# the batch, as ever. Near the goal, where the true gradient is nearly nothing, noise is all there is, and
# each step kicks the line about by rate × noise. The path below starts at the best line itself.

# %% tags=["explore"]
figure, row = plt.subplots(1, 3, figsize=(6.6, 2.9), sharex=True, sharey=True)
choices = [(0.08, 4, "#4682b4"), (0.32, 4, "#c44e52"), (0.32, 16, "#5b8c5a")]
for axes, (rate, size, colour) in zip(row, choices, strict=True):
    generator = torch.Generator().manual_seed(11)
    place, path = torch.stack([best_a, best_b]), []
    while len(path) < 400:
        for batch in minibatches(len(mass), size, generator):
            by_a, by_b = linear_gradient(place[0], place[1], flipper[batch], mass[batch])
            place = place - rate * torch.stack([torch.as_tensor(by_a), torch.as_tensor(by_b)])
            path.append(place)
    path = torch.stack(path[:400])
    axes.plot(path[:, 0], path[:, 1], ".", color=colour, markersize=2)
    axes.plot(best_a, best_b, "*", color="black", markersize=9)
    axes.set_title(f"rate {rate}, batch {size}", loc="left")
    axes.set_xlabel("a (kg per 20 mm)")
row[0].set_ylabel("b (kg)")
plt.show()

# %% [markdown]
# 400 steps each. Four times the rate at the same batch (red) makes a much wider cloud. Four times the rate
# *with* four times the batch (green) is about as wide as before (blue). To first order the cloud depends on
# rate / batch: whoever changes the one should look at the other. Small batches are cheap and noisy, large
# ones dear and accurate. Near the end of training one lowers the rate, and the cloud contracts.
#
# ## 7 From likelihood to loss
#
# Is this penguin a Gentoo or not? The response is now 1 or 0, the model gives a probability p for 1, and the
# likelihood of one answer is Bernoulli's, written in one line:
#
# $$P(y) = p^y (1 - p)^{1 - y}$$
#
# which is p if y = 1 and 1 − p if y = 0. Examples are independent, so the likelihood of all is a product of
# n such numbers. A product of 400 numbers around ½ is 10⁻¹²⁰, of 2,000 it is 0 in any float. The logarithm
# turns the product into a sum that never underflows:
#
# $$\log P = \sum_i \big[ y_i \log p_i + (1 - y_i) \log (1 - p_i) \big]$$
#
# By hand: p = (0.9, 0.2), y = (1, 0): log 0.9 + log 0.8 = −0.105 − 0.223 = −0.329. The negative of its mean
# is the **loss** of classification, the *binary cross-entropy*, in *nats*, the unit that goes with natural
# logarithms as bits go with those to base 2. From likelihood to loss it takes a
# logarithm, a sign and a mean.
#
# **Exercise `bernoulli_log_likelihood`** (2 points). `p` is floating, strictly between 0 and 1; `y` has the
# same shape and holds 0s and 1s, in an integer or a floating dtype. Return the **sum** over all entries,
# natural logarithm, positive sign: the log-likelihood, not yet the loss. It must be finite for thousands of
# entries.


# %% exercise="bernoulli_log_likelihood" points=2
def bernoulli_log_likelihood(p: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """The sum of y log p + (1 - y) log(1 - p), a single number.

    bernoulli_log_likelihood(torch.tensor([0.9, 0.2]), torch.tensor([1, 0])) is log 0.9 + log 0.8 = -0.3285.
    """
    ### BEGIN SOLUTION
    return (y * p.log() + (1 - y) * (1 - p).log()).sum()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# For y = 1 one of the two terms is multiplied by 0. Which one?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Take the logarithm of each number first and add up afterwards. `torch.log` works on every entry, and `1 - y`
# on a whole tensor.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `(y * p.log() + (1 - y) * ...).sum()`
#
# </details>

# %% [markdown]
# ### Logistic regression is one neuron
#
# Let the neuron's output σ(x·w + b) be the probability, and the mean negative log-likelihood the loss. Its
# gradient comes out as simple as that of the line, with the residual now σ − y:
#
# $$\frac{\partial\,\text{loss}}{\partial w} = \frac{1}{n} X^\top (\sigma - y), \qquad
# \frac{\partial\,\text{loss}}{\partial b} = \frac{1}{n} \sum_i (\sigma_i - y_i)$$
#
# That is no accident: it happens with every canonical link of a generalised linear model, and it is why
# these losses and links go together. By hand, X = ((1), (3)), y = (0, 1), from w = 0 and b = 0: both σ are
# ½, the residuals ½ and −½, the gradient by w is (½·1 − ½·3)/2 = −½, by b 0. With lr = 1 one step leads to
# w = ½, b = 0.
#
# Note what the residual is made of: the *probability*, not the decision. Where one rounds σ to 0 or 1 first,
# examples that are barely right teach nothing more, and the slope has jumps.
#
# **Exercise `fit_logistic`** (3 points). `X` is (n, d), `y` is (n,) of 0s and 1s, both of the same floating
# dtype. Start at w = 0, b = 0 and take `steps` steps of gradient descent with the gradient above, all
# examples in every step, w and b at the same time. Return `(w, b)`: w a tensor (d,), b a number or a tensor
# without axes. The checks use float32 and float64, and a tensor that you create is float32 unless you give it
# `dtype=X.dtype`. If you use your `sigmoid` and it isn't done yet, mend that first.


# %% exercise="fit_logistic" points=3
def fit_logistic(X: torch.Tensor, y: torch.Tensor, lr: float, steps: int) -> tuple[torch.Tensor, float]:
    """(w, b) of a logistic regression after `steps` full-batch steps of size lr from zero.

    With X = [[1.], [3.]], y = [0., 1.] and lr = 1.0, one step gives ([0.5], 0.0), two ([0.4624], -0.2200).
    """
    ### BEGIN SOLUTION
    w = torch.zeros(X.shape[1], dtype=X.dtype)
    b = 0.0
    for _ in range(steps):
        residual = sigmoid(X @ w + b) - y
        w, b = w - lr * (X.T @ residual) / len(y), b - lr * residual.mean().item()
    return w, b
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# It is `gradient_descent` with two parameters of different shape. What are the shapes of X, w, X @ w, and
# of the residual? Which product of X and the residual has the shape of w?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `X.T` is (d, n), so `X.T @ residual` is (d,): each column of X times the residuals, added up. Divide by n.
# Compute the residual once in each step, and both updates from it.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `w = torch.zeros(X.shape[1], dtype=X.dtype)`; in the loop `residual = sigmoid(X @ w + b) - y`, then
# `w = w - lr * (... @ residual) / len(y)` and `b = b - lr * residual.mean().item()`.
#
# </details>

# %% [markdown]
# Adelie or Chinstrap, from the bill? Both predictors are standardised first. The shade is the fitted
# probability, and the line is where it is ½.

# %% tags=["explore"]
pair = [row for row in penguins if row["species"] in ("Adelie", "Chinstrap")]
bills = torch.tensor([[row["bill_length_mm"], row["bill_depth_mm"]] for row in pair])
is_chinstrap = torch.tensor([float(row["species"] == "Chinstrap") for row in pair])
centre, scale = bills.mean(0), bills.std(0, correction=0)
w, b = fit_logistic((bills - centre) / scale, is_chinstrap, lr=2.0, steps=400)

long, deep = torch.meshgrid(torch.linspace(31, 61, 121), torch.linspace(14.5, 22.5, 101), indexing="xy")
grid = (torch.stack([long, deep], dim=-1) - centre) / scale
chance = sigmoid(grid @ w + b)
figure, axes = plt.subplots(figsize=(6.6, 3.4))
image = axes.pcolormesh(long, deep, chance, cmap="Greys", vmin=0, vmax=1, alpha=0.6, shading="auto")
axes.contour(long, deep, chance, levels=[0.5], colors="black", linewidths=1)
for label, name, colour in [(0, "Adelie", "#4682b4"), (1, "Chinstrap", "#d9822b")]:
    axes.plot(*bills[is_chinstrap == label].T, "o", color=colour, markersize=3, label=name)
axes.set_xlabel("bill length (mm)")
axes.set_ylabel("bill depth (mm)")
axes.legend(loc="lower right", frameon=True)
figure.colorbar(image, label="probability of Chinstrap")
plt.show()
right = ((sigmoid((bills - centre) / scale @ w + b) > 0.5) == (is_chinstrap > 0.5)).double().mean()
print(f"{right:.1%} right on the penguins it was fitted to; weights {w.tolist()}")

# %% [markdown]
# One neuron draws one straight boundary, soft where the two kinds mix. (It was fitted and judged on the same
# birds. For an honest number you would split first, as in week 04.)
#
# ## 8 More than two
#
# For three species the model gives three numbers, one for each, any real numbers: **logits**. To become
# probabilities they are exponentiated, which makes them positive, and divided by their sum:
#
# $$p_k = \frac{e^{x_k}}{\sum_j e^{x_j}}, \qquad \log p_k = x_k - \log \sum_j e^{x_j}$$
#
# Everything difficult sits in one expression, the logarithm of a sum of exponentials. It is a soft maximum,
# a little above the largest entry: logsumexp(0, 0) = log 2 = 0.69, logsumexp(0, 10) = 10.00005. And it must
# be computed with care. The logits (1000, 1001) are ordinary, but $e^{1000}$ is `inf`. The remedy is a line
# of algebra. For any number m,
#
# $$\log \sum_j e^{x_j} = m + \log \sum_j e^{x_j - m}$$
#
# Take for m the largest entry: then the largest exponent is 0, nothing overflows, and the sum is at least
# 1, so its logarithm is safe. By hand: (1000, 1001) with m = 1001 is 1001 + log(e⁻¹ + 1) = 1001.313. What
# underflows to 0 in the sum was too small to be seen in it. ([*The Log-Sum-Exp
# Trick*](https://gregorygundersen.com/blog/2020/02/09/log-sum-exp/) by Gregory Gundersen tells the story at
# length.)
#
# The logits of many examples stand in one tensor, and `dim` says along which axis the alternatives lie.
# Each row then needs a maximum **of its own**: with one m for all, a row far below it underflows as a
# whole, and its logarithm is −inf.
#
# **Exercise `logsumexp`** (3 points). `x` is floating, with one axis or more; `dim` names one of them,
# counted from the front or, if negative, from the back. The answer lacks that axis: for shape (2, 3, 4) and
# dim 1 it is (2, 4). It must be finite and right from −10⁴ to 10⁴, and where some entries are `-inf` beside
# at least one finite one in each slice (an alternative that is impossible, and adds nothing). Slopes must
# pass. `x` stays as it was.


# %% exercise="logsumexp" points=3
def logsumexp(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    """log(sum(exp(x))) along `dim`, which goes; right for entries of any size, -inf beside finite ones too.

    With x = torch.tensor([[1000.0, 1001.0, -torch.inf], [0.0, 0.0, 0.0]]) it is tensor([1001.3133, 1.0986]).
    """
    ### BEGIN SOLUTION
    m = x.amax(dim, keepdim=True)
    return (x - m).exp().sum(dim).log() + m.squeeze(dim)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# What is the shape of the maxima along `dim`, and can they be subtracted from x as they are? Try x of shape
# (2, 3) with dim 1.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `x.amax(dim, keepdim=True)` keeps the axis with size 1, so that the subtraction is broadcast along it.
# (`x.max(dim)` returns two things, the values and their places; the values are its `.values`.) At the end
# that axis has to go: sum without `keepdim`, and `squeeze(dim)` the maxima before you add them back.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `m = x.amax(dim, keepdim=True)`, then `(x - m).exp().sum(...).log() + m.squeeze(...)`.
#
# </details>

# %% [markdown]
# **Exercise `softmax`** (2 points). The probabilities themselves, $e^{x_k} / \sum_j e^{x_j}$ along `dim`;
# shape and dtype as those of `x`. Same conditions: `dim` any axis from either end, finite and right from
# −10⁴ to 10⁴, `-inf` beside at least one finite entry gives probability 0, and `x` stays as it was. A
# constant added to all logits of a slice changes nothing, which is both a law and the way to do it. By
# hand: (0, log 3, 0) has the exponentials 1, 3 and 1, so (0.2, 0.6, 0.2); with 1000 more each it has the
# same.


# %% exercise="softmax" points=2
def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    """exp(x) divided by its sum along `dim`, for entries of any size, -inf beside finite ones too.

    With x = torch.tensor([[0.0, 1.0986, 0.0], [1000.0, 1000.0, -torch.inf]]) it is
    tensor([[0.20, 0.60, 0.20], [0.50, 0.50, 0.00]]).
    """
    ### BEGIN SOLUTION
    e = (x - x.amax(dim, keepdim=True)).exp()
    return e / e.sum(dim, keepdim=True)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Which constant would you like to subtract from each slice, and what must be true of the sums before you
# divide by them?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Subtract each slice's own maximum, exponentiate, divide by the sum along the same `dim`. `keepdim=True` in
# both places. Don't use `-=`: x belongs to the caller.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `e = (x - x.amax(dim, keepdim=True)).exp()`, then `e / ...`.
#
# </details>

# %% [markdown]
# ### Cross-entropy
#
# The likelihood of an example is the probability that the model gave to the class it really has. Take the
# logarithm, turn the sign, take the mean over examples:
#
# $$\text{loss} = \frac{1}{n} \sum_i \Big( \log \sum_j e^{x_{ij}} - x_{i, \text{target}_i} \Big)$$
#
# By hand: logits ((0, log 3, 0), (0, 0, 0)), targets (1, 0): −log 0.6 = 0.511 and −log ⅓ = 1.099, mean
# 0.805. Whoever knows nothing about V classes, equal logits, pays log V. A network's first loss, before it
# has learned anything, should be about that, and it is worth a look every time.
#
# Softmax first and logarithm after would be the same on paper. In the machine the probability of an
# unlikely class underflows to 0, and its logarithm is −inf: the worst mistakes, from which there is most to
# learn, give no usable slope.
#
# **Exercise `cross_entropy`** (3 points). `logits` is (n, V), floating, `targets` is (n,), int64, each from
# 0 to V − 1; n and V are at least 1. Return the mean as a tensor without axes through which slopes can
# flow, right and finite for logits from −10⁴ to 10⁴. If you use your `logsumexp` and it isn't done yet,
# mend that first.


# %% exercise="cross_entropy" points=3
def cross_entropy(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """The mean over rows of logsumexp(row) - row[target], a tensor without axes.

    With logits = [[0, log 3, 0], [0, 0, 0]] and targets = [1, 0] it is (0.5108 + 1.0986) / 2 = 0.8047.
    """
    ### BEGIN SOLUTION
    picked = logits[torch.arange(len(logits)), targets]
    return (logsumexp(logits, 1) - picked).mean()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# You need one number from each row: that of its target. Week 03's `pick` did it. Which shape does
# `logits[:, targets]` have instead?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `logits[torch.arange(n), targets]` picks entry (i, targets[i]) for every i. Subtract it from your
# `logsumexp` of the rows. No exponential of your own is needed.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `picked = logits[torch.arange(len(logits)), ...]`, then `(logsumexp(logits, ...) - picked).mean()`.
#
# </details>

# %% [markdown]
# ### All of it together
#
# Three species, two measurements of the bill, a network with sixteen hidden neurons, your loss, and torch
# for the slopes. `mlp_forward`, `cross_entropy`, `backward()` and parameters ← parameters − rate × gradient
# you know. Two lines are new. `parameter.grad = None` forgets the old slopes, to which `backward()` would
# add the new ones. `with torch.no_grad():` switches torch's notes off for the step: what takes notes may
# not be changed in place. The last layer's weights start small, so that all logits are nearly equal at
# first. What should the first loss be?

# %% tags=["explore"]
species = ["Adelie", "Chinstrap", "Gentoo"]
bills = torch.tensor([[row["bill_length_mm"], row["bill_depth_mm"]] for row in penguins])
kinds = torch.tensor([species.index(row["species"]) for row in penguins])
centre, scale = bills.mean(0), bills.std(0, correction=0)
inputs = (bills - centre) / scale
generator = torch.Generator().manual_seed(4)
W1, W2 = torch.randn(2, 16, generator=generator), 0.02 * torch.randn(16, 3, generator=generator)
b1, b2 = torch.zeros(16), torch.zeros(3)
parameters = [W1, b1, W2, b2]
for parameter in parameters:
    parameter.requires_grad_()
losses = []
for _ in range(400):
    loss = cross_entropy(mlp_forward(inputs, [W1, W2], [b1, b2], relu), kinds)
    for parameter in parameters:
        parameter.grad = None
    loss.backward()
    with torch.no_grad():
        for parameter in parameters:
            parameter -= 0.5 * parameter.grad
    losses.append(loss.item())

long, deep = torch.meshgrid(torch.linspace(31, 61, 181), torch.linspace(12.5, 22.5, 141), indexing="xy")
with torch.no_grad():
    grid = (torch.stack([long, deep], dim=-1).reshape(-1, 2) - centre) / scale
    p = softmax(mlp_forward(grid, [W1, W2], [b1, b2], relu), 1).reshape(*long.shape, 3)
colours = torch.tensor([[0.27, 0.51, 0.71], [0.85, 0.51, 0.17], [0.36, 0.55, 0.35]])
figure, (left, right) = plt.subplots(1, 2, figsize=(6.6, 3), width_ratios=[1, 1.5])
left.plot(losses)
left.axhline(math.log(3), color="grey", linewidth=0.8, linestyle="--")
left.text(400, math.log(3) - 0.02, "log 3: knows nothing", color="grey", ha="right", va="top", fontsize=8)
left.set_xlabel("step")
left.set_ylabel("loss (nats)")
right.imshow(1 - 0.45 * (1 - p @ colours), origin="lower", extent=(31, 61, 12.5, 22.5), aspect="auto")
for kind, name in enumerate(species):
    right.plot(*bills[kinds == kind].T, "o", color=colours[kind].tolist(), markersize=2.5, label=name)
right.set_xlabel("bill length (mm)")
right.set_ylabel("bill depth (mm)")
right.legend(fontsize=8, loc="lower right", frameon=True)
plt.show()

# %% [markdown]
# The loss starts near log 3 and falls. Where colours meet the network is undecided. And look at the corners:
# there are no penguins with a bill of 58 mm by 21 mm, yet the network has a firm opinion about them.
#
# ## 9 Between and beyond the data
#
# A line between two points is a guess, and a line beyond the last point is a bolder one. A network makes
# both kinds of guess in its own way. Below, growth was measured at temperatures from 5 to 14 °C and from 26
# to 33 °C, with some noise (numbers made up for this page). Five networks of the same make were fitted to
# the same points; they differ only in the random numbers they started from. (This cell trains for a few
# seconds.)

# %% tags=["explore"]
generator = torch.Generator().manual_seed(9)
measured = torch.cat([torch.linspace(5, 14, 13), torch.linspace(26, 33, 11)])


def growth(t):
    """What nature does, on this page."""
    return 2.2 * torch.exp(-(((t - 22) / 9) ** 2))


noisy = growth(measured) + 0.08 * torch.randn(len(measured), generator=generator)
everywhere = torch.linspace(-8, 48, 225)
figure, axes = plt.subplots(figsize=(6.6, 3.4))
for seed in range(5):
    generator = torch.Generator().manual_seed(seed)
    weights = [3 * torch.randn(1, 20, generator=generator), 0.5 * torch.randn(20, 1, generator=generator)]
    biases = [3 * torch.randn(20, generator=generator), torch.zeros(1)]
    for parameter in weights + biases:
        parameter.requires_grad_()
    optimiser = torch.optim.Adam(weights + biases, lr=0.03)  # descent with a rate for each parameter
    for _ in range(600):
        pred = mlp_forward((measured[:, None] - 20) / 10, weights, biases, torch.tanh)
        loss = half_squared_error(pred[:, 0], noisy)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    with torch.no_grad():
        curve = mlp_forward((everywhere[:, None] - 20) / 10, weights, biases, torch.tanh)
    axes.plot(everywhere, curve, color="#4682b4", linewidth=1, label="five networks" if seed == 0 else None)
axes.plot(everywhere, growth(everywhere), color="black", linestyle=":", label="the truth")
axes.plot(measured, noisy, "o", color="#d9822b", markersize=4, label="measurements")
axes.set_ylim(-1.8, 3.6)
axes.set_xlabel("temperature (°C)")
axes.set_ylabel("growth (arbitrary units)")
axes.legend(loc="upper left")
plt.show()

# %% [markdown]
# On the data the five agree, and their losses are all alike. In the gap they begin to differ: all are
# smooth and plausible, and no loss has anything to say about which is right. Beyond the last point they go
# where their random start sends them, while the truth goes back to zero. A low loss, even on held-out data
# *from the same range*, is evidence about the range and nothing else. Several fits from different starts
# are the cheapest way to see where a network is guessing.
#
# ## 10 Now break it
#
# **Exercise `break_softmax`** (3 points). Write a function that takes somebody's `softmax` and raises an
# `AssertionError` if it is wrong; on a right one it returns without a sound. It will meet right ones of
# different make, which it must let pass (any algorithm, with the rounding that comes with it), and a row of
# wrong ones. Your points are the share of wrong ones that you catch, so long as you let all right ones pass.
#
# The checks show you three wrong ones and two right ones. The points are decided by right and wrong ones
# that you don't see, and a single false alarm costs them all. So try your test on your own `softmax` first.
# Compare floats with a tolerance (`torch.allclose`), one of 10⁻³ where logits are in the thousands, since
# rounding grows with them. Sizes that coincide hide mistakes: a square of logits can't tell its axes apart.


# %% exercise="break_softmax" points=3
def break_softmax(softmax) -> None:
    """Raise AssertionError if the given `softmax(x, dim=-1)` is wrong.

    One line of it might be: assert torch.allclose(softmax(torch.zeros(4)), torch.full((4,), 0.25))
    """
    ### BEGIN SOLUTION
    x = torch.tensor([[0.0, 1.0, -2.0], [3.0, 0.5, 0.25]])
    e = x.exp()
    before = x.clone()
    assert torch.allclose(softmax(x), e / e.sum(1, keepdim=True)), "wrong along the last axis, the default"
    assert torch.allclose(softmax(x, 0), e / e.sum(0, keepdim=True)), "wrong along axis 0"
    assert torch.allclose(softmax(x, 1), e / e.sum(1, keepdim=True)), "wrong along axis 1"
    assert torch.allclose(softmax(x, -2), e / e.sum(0, keepdim=True)), "wrong along axis -2"
    assert torch.equal(x, before), "changes its input"

    cube = torch.arange(24.0).reshape(2, 3, 4).sin()
    for dim in range(3):
        expected = cube.exp() / cube.exp().sum(dim, keepdim=True)
        assert torch.allclose(softmax(cube, dim), expected), f"wrong along axis {dim} of three"

    far = torch.tensor([[9000.0, 9000.0, 8000.0], [-9000.0, -9000.0, -9500.0]])
    assert torch.allclose(softmax(far, 1), torch.tensor([[0.5, 0.5, 0.0]] * 2), atol=1e-3), (
        "over- or underflow"
    )
    impossible = torch.tensor([0.0, -torch.inf, 0.0])
    assert torch.allclose(softmax(impossible, 0), torch.tensor([0.5, 0.0, 0.5])), "wrong beside -inf"
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# What did you get wrong on the way to your own? And which words of the statement would you cross out, one
# at a time, to get a wrong one that looks right?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Small logits along every axis, from either end, for shapes in which no two sizes are equal; the default
# `dim`; thousands, of either sign, and in the same tensor; `-inf` beside finite ones; the input afterwards.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# For a 2 by 3 table and `dim` 0, 1, -1 and -2: `expected = x.exp() / x.exp().sum(dim, keepdim=True)` and
# `assert torch.allclose(softmax(x, dim), expected)`. Then rows of +9000 and −9000 together, where you know
# the answer by symmetry, and `before = x.clone()`, call, `assert torch.equal(x, before)`.
#
# </details>

# %% tags=["explore"]
break_softmax(softmax)
print("your test lets your own softmax pass")

# %% [markdown]
# ## 11 Stretch
#
# These four are extra. Without them, go on to *Looking back*, and skip the cells that use them.
#
# ### Several labels at once
#
# A leaf may have rust *and* mildew, a protein several functions. Then the classes don't compete, and a
# softmax, which makes them share one unit of probability, is the wrong bend. Each label is a yes or no of
# its own: a sigmoid for each, and the binary cross-entropy, now from the logits z,
#
# $$-y \log \sigma(z) - (1 - y) \log (1 - \sigma(z))$$
#
# For z = 0 it is log 2 whatever y. For z = 10⁴ and y = 0 it is 10⁴, although σ is 1 in any float and log(1
# − σ) is −inf: work the logarithms out on paper first.
#
# **Exercise `binary_cross_entropy`** (stretch, 2 points). `logits` and `targets` are floating with the same
# shape, (n, labels) or any other; targets are 0s and 1s. Return the mean over **all** entries, a tensor
# without axes through which slopes can flow. Value and slope are right and finite for logits from −10⁴ to
# 10⁴. If you use your `logsumexp` and it isn't done yet, mend that first.


# %% exercise="binary_cross_entropy" points=2 stretch=true
def binary_cross_entropy(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """The mean of -y log σ(z) - (1 - y) log(1 - σ(z)) over all entries, right for logits of any size.

    With logits [[0, log 3]] and targets [[1, 0]] it is (log 2 + log 4) / 2 = 1.0397.
    """
    ### BEGIN SOLUTION
    against = torch.where(targets > 0.5, -logits, logits)  # the logit of the wrong answer
    return torch.logaddexp(against, torch.zeros_like(against)).mean()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# −log σ(z) = log(1 + e⁻ᶻ), and 1 − σ(z) = σ(−z). So for y = 1 and for y = 0 it is the same function of ∓z.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# log(1 + eᵘ) is logsumexp of the two numbers 0 and u. `torch.logaddexp(u, torch.zeros_like(u))` computes it
# safely, and so does your own `logsumexp` of the two stacked.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `u = torch.where(targets > 0.5, -logits, logits)`, then the mean of log(1 + eᵘ) as in hint 2.
#
# </details>

# %% [markdown]
# ### Which rate?
#
# In practice one tries a few rates and takes the best. Rates act by their order of magnitude, so one spaces
# them evenly in the logarithm, as one does a dilution series: 0.001, 0.01, 0.1, 1.
#
# **Exercise `learning_rates`** (stretch, 1 point). A list of `n` floats from `low` to `high`, both
# included, each the same multiple of the one before; n ≥ 2 and 0 < low < high.


# %% exercise="learning_rates" points=1 stretch=true
def learning_rates(low: float, high: float, n: int) -> list[float]:
    """n rates from low to high, evenly spaced in the logarithm.

    learning_rates(0.001, 1.0, 4) is [0.001, 0.01, 0.1, 1.0], up to rounding.
    """
    ### BEGIN SOLUTION
    return [low * (high / low) ** (i / (n - 1)) for i in range(n)]
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# How many steps lie between n rates, and what must one step multiply by?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# After i of n − 1 steps you have come the share i / (n − 1) of the way, in the logarithm: a power.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `[low * (high / low) ** (...) for i in range(n)]`
#
# </details>

# %% [markdown]
# **Exercise `grid_search`** (stretch, 2 points). `train(rate)` trains a model at that rate and returns its
# final loss, a float. Return the one of `rates` with the least loss. A rate that is too large ends in
# `nan`, and a `nan` never wins (at least one loss is finite). At a tie take the smaller rate. The rates
# come in any order, each of them once. Training is dear: call `train` once for each rate.


# %% exercise="grid_search" points=2 stretch=true
def grid_search(train: Callable, rates: list[float]) -> float:
    """The rate with the least train(rate); nan never wins, a tie goes to the smaller rate.

    grid_search(lambda rate: (rate - 0.1) ** 2, [1.0, 0.1, 0.01]) is 0.1.
    """
    ### BEGIN SOLUTION
    results = [(train(rate), rate) for rate in rates]
    return min((loss, rate) for loss, rate in results if not math.isnan(loss))[1]
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Every comparison with `nan` is False: `nan < 1`, `1 < nan`, even `nan == nan`. What does that do to `min`
# if the first of the losses is `nan`?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Train all, drop the `nan`s (`math.isnan`), and compare what is left. Tuples are compared by their first
# entries, and where those are equal by their second.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `results = [(train(rate), rate) for rate in rates]`, then `min(... if not math.isnan(loss))` over these
# pairs, and the second entry of the least.
#
# </details>

# %% tags=["explore"]
candidates = learning_rates(0.001, 10, 17)


def final_loss(rate):
    """The loss of the penguins' line after 50 full-batch steps at `rate`."""
    return fit_line(flipper, mass, rate, 50, len(mass), torch.Generator().manual_seed(0))[2][-1]


figure, axes = plt.subplots(figsize=(6.6, 2.8))
axes.loglog(candidates, [final_loss(rate) for rate in candidates], "o-", markersize=4)
axes.axvline(grid_search(final_loss, candidates), color="grey", linewidth=0.8, linestyle="--")
axes.set_ylim(0.05, 30)
axes.set_xlabel("rate")
axes.set_ylabel("loss after 50 steps")
plt.show()
print("best:", grid_search(final_loss, candidates))

# %% [markdown]
# The picture is typical: a long gentle slope on the left, where more rate is more progress, the best place
# just before the edge, and a cliff. If you don't know, err to the left.
#
# ### Momentum
#
# In the long valley, plain descent creeps along the floor, and a larger rate soon makes it swing from wall to
# wall. A heavy ball may swing too, but along the floor it gathers speed, and it arrives sooner. Keep a velocity
# v (d,), 0 at first, which remembers a share β of itself:
#
# > v ← β v + gradient at x, then x ← x − lr · v
#
# By hand for the gradient x, from 8 with lr 0.5 and β 0.5: v = 8, x = 4; v = 4 + 4 = 8, x = 0; v = 4 + 0 = 4,
# x = −2. It overshoots, as a ball does.
#
# **Exercise `momentum_descent`** (stretch, 2 points). As `gradient_descent`, dtype included, with this
# rule, 0 ≤ β < 1. With β = 0 it *is* gradient descent.


# %% exercise="momentum_descent" points=2 stretch=true
def momentum_descent(grad: Callable, start: torch.Tensor, lr: float, beta: float, steps: int) -> torch.Tensor:
    """The path of v ← beta · v + grad(x), x ← x - lr · v from `start` and v = 0: (steps + 1, d).

    momentum_descent(lambda x: x, torch.tensor([8.0]), 0.5, 0.5, 3) is tensor([[8.], [4.], [0.], [-2.]]).
    """
    ### BEGIN SOLUTION
    path = [start]
    v = torch.zeros_like(start)
    for _ in range(steps):
        v = beta * v + grad(path[-1])
        path.append(path[-1] - lr * v)
    return torch.stack(path)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Which two things does the next step need from this one?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Your `gradient_descent` with one more variable. The velocity is updated first, the place by the new
# velocity.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `v = torch.zeros_like(start)`; in the loop `v = beta * v + grad(path[-1])` and `path.append(path[-1] -
# ...)`.
#
# </details>

# %% tags=["explore"]
figure, (left, right) = plt.subplots(1, 2, figsize=(6.6, 3.1), width_ratios=[1, 1.3])
draw_map(left)
for beta, colour in [(0.0, "#4682b4"), (0.7, "#d9822b")]:
    path = momentum_descent(penguin_gradient, start, 0.2, beta, 60)
    left.plot(path[:, 0], path[:, 1], ".-", color=colour, linewidth=0.9, markersize=4)
    losses = torch.stack([half_squared_error(a * flipper + b, mass) for a, b in path])
    right.semilogy(losses - floor, color=colour, label=f"β = {beta:g}")
left.set_ylabel("b (kg)")
right.set_xlabel("step, at rate 0.2")
right.set_ylabel("loss above the best line's")
right.legend()
plt.show()

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

# %% [markdown] question="beyond-the-data" points=2
# ## A question to discuss
#
# Two points, given by a person who reads your answer, not by the tests. Double-click this cell, write in
# place of its last line, and run the cell to see it set. Talk it over first.
#
# A colleague has trained a network to predict a crop's growth on a day from the temperature and rain of the
# days before, on fifteen years of one region. The loss fell smoothly, and on a random tenth of the days
# that was held out it is as low as on the rest. She wants to use it for a summer three degrees hotter than
# any on record. In five to ten sentences: What does her low held-out loss show, and what does it not show?
# What could she do with the data she has, this week, to find out how far to trust the prediction? And what
# would a simple model with a known form (a line, a bell-shaped temperature response) have over the network,
# and what would it lack?
#
# ### BEGIN SOLUTION
# Two points for an answer with all three parts, one for two of them.
#
# 1. It shows that the network interpolates: new days *like those it was fitted to* are predicted about as
#    well. Random days are also neighbours of training days (the same week, the same field), so even that is
#    flattered. It says nothing about temperatures outside the range, where no loss was ever computed and
#    where networks of equal loss disagree.
# 2. Hold out by range instead of at random: train without the hottest years (or the hottest days) and test
#    on them. Fit several networks from different random starts and look where they part. Plot the
#    prediction against temperature beyond the data and ask whether it is biologically possible. Check how
#    far the new inputs lie from the old ones. One of these, with a reason, is enough.
# 3. A known form carries knowledge from outside the data into the extrapolation (growth falls above an
#    optimum, and isn't negative), has few parameters and honest standard errors. It lacks what the form
#    leaves out, and is just as wrong beyond the data if the form is wrong (a straight line promises ever
#    more growth). Good answers say that extrapolation always rests on an assumption, and that the difference
#    is whether one can read it.
# ### END SOLUTION

# %% [markdown]
# ## With your partner
#
# **Explain.** One of you explains why the cloud of section 6 has the same width for (rate 0.08, batch 4)
# and (rate 0.32, batch 16), the other why subtracting the maximum changes nothing about a softmax and
# everything about its computation. No notes, and the listener asks "why?" three times.
#
# **Compare.** Put your two `sigmoid` side by side, and your two `logsumexp`. Where one of you uses `where`,
# `clamp` or an identity from paper and the other doesn't: what does each do at −1000, at 0, at 1000, in
# value and in slope? Then run each other's `break_softmax` on a softmax that one of you has broken in
# secret.
#
# **Alone?** Write both explanations down as for somebody who hasn't seen the week, and ask each sentence
# "why?" yourself. Then break five copies of your `softmax`, one line each, and run your test on them
# tomorrow.

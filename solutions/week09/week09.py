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
# # Week 09 · Activations, initialisation and BatchNorm
#
# **Before:** watch *Building makemore Part 3: Activations & Gradients, BatchNorm* by Andrej Karpathy
# (1h55), and read the paper of this week's journal club, Ioffe and Szegedy (2015), *Batch Normalization:
# Accelerating Deep Network Training by Reducing Internal Covariate Shift* (arXiv 1502.03167): sections 1 to
# 3 closely, the figures of section 4. Section 9 below asks about it.
#
# **Time:** about five hours with your partner, film and paper apart. The two exercises marked *stretch*
# come on top.
#
# **Afterwards you can**
# - say what the loss must be before the first step, and read a wrong start off that number;
# - find units that have stopped learning, and choose weights so that signals neither fade nor blow up;
# - write BatchNorm with its running estimates, and fold it away when training is over;
# - take a network's pulse while it trains: activations, gradients, size of updates;
# - discuss a famous paper whose method works and whose explanation is disputed.
#
# Last week's network learned, and you changed rates and widths without seeing what went on inside. This
# week opens the lid. Nothing here makes the network a better idea. It makes a good idea trainable, and it
# shows when it isn't.

# %% given="imports"
import copy
import math

import torch
import torch.nn.functional as F

from autograde import datasets

# %% [markdown]
# ## 1 The first number that a network prints
#
# Before the first step a network knows nothing, and the honest answer of one who knows nothing is "all V
# symbols are equally likely". Such an answer has a price that can be worked out without any network. The
# right symbol gets probability 1/V, so the loss, −log of the probability of what came, is
#
# $$-\log \frac{1}{V} = \log V$$
#
# nats, whatever the data. By hand: with four nucleotides −log ¼ = 1.386, with 20 amino acids 2.996.
#
# A first loss far above that says that the network is confidently wrong before it has seen anything. One
# far below says that something leaks.
#
# **Exercise `expected_initial_loss`** (1 point). The loss, in nats, of a model that holds all `V` ≥ 1
# symbols for equally likely.


# %% exercise="expected_initial_loss" points=1
def expected_initial_loss(V: int) -> float:
    """The mean negative log-likelihood, in nats, of predicting each of V symbols with probability 1/V.

    expected_initial_loss(4) is 1.3863, expected_initial_loss(1) is 0.
    """
    ### BEGIN SOLUTION
    return math.log(V)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# What is the loss of one prediction that gives the right symbol probability ¼? Does the mean over many such
# predictions differ from it?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# −log(1/V) can be written shorter. Nats mean the natural logarithm, which Python calls `math.log`.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `return math.log(...)`
#
# </details>

# %% [markdown]
# Now the network of last week, with numbers straight from a standard normal for weights: three letters of
# context, 10 numbers for each letter, 200 hidden tanh units, 27 logits. The cell reads the names, and then
# trains twice from the same start, except that the second time the output layer is scaled down to a
# hundredth (a few seconds).

# %% tags=["explore"]
import matplotlib.pyplot as plt

plt.style.use("autograde.quiet")
torch.set_num_threads(1)  # the matrices are small: a second thread would cost more than it brings

stoi = {symbol: number for number, symbol in enumerate(".abcdefghijklmnopqrstuvwxyz")}
names = datasets.names()
order = torch.randperm(len(names), generator=torch.Generator().manual_seed(2015)).tolist()
text = [f"...{names[place]}." for place in order[: len(names) * 8 // 10]]  # the training part
X = torch.tensor(
    [[stoi[symbol] for symbol in word[at : at + 3]] for word in text for at in range(len(word) - 3)]
)
Y = torch.tensor([stoi[symbol] for word in text for symbol in word[3:]])


def seeded(seed):
    return torch.Generator().manual_seed(seed)


def standard_normal_start(seed=1):
    """C, W1, b1, W2, b2 of last week's network, all drawn from a standard normal."""
    shapes, generator = [(27, 10), (30, 200), (200,), (200, 27), (27,)], seeded(seed)
    return [torch.randn(shape, generator=generator) for shape in shapes]


def logits_of(params, X):
    C, W1, b1, W2, b2 = params
    return torch.tanh(C[X].flatten(1) @ W1 + b1) @ W2 + b2


def descend(params, forward, steps, lr=0.1, batch_size=32, seed=5):
    """Minibatch gradient descent on `params`; the loss at each step."""
    generator, losses = seeded(seed), []
    for p in params:
        p.requires_grad_()
    for _ in range(steps):
        rows = torch.randint(len(X), (batch_size,), generator=generator)
        loss = F.cross_entropy(forward(X[rows]), Y[rows])
        losses.append(loss.item())
        gradients = torch.autograd.grad(loss, params, allow_unused=True)
        with torch.no_grad():
            for p, gradient in zip(params, gradients, strict=True):
                if gradient is not None:
                    p -= lr * gradient
    return losses


def smooth(losses, k=20):
    return torch.tensor(losses).reshape(-1, k).mean(1)


figure, axes = plt.subplots(figsize=(6.6, 3))
for factor, label, colour in [(1.0, "as drawn", "darkorange"), (0.01, "output layer / 100", "steelblue")]:
    params = standard_normal_start()
    params[3] *= factor
    params[4] *= factor
    losses = descend(params, lambda x, params=params: logits_of(params, x), 1000)
    print(f"{label:>18}: first loss {losses[0]:.2f}, mean of the last hundred {sum(losses[-100:]) / 100:.2f}")
    axes.plot(range(10, 1000, 20), smooth(losses), color=colour, label=label)
axes.axhline(expected_initial_loss(27), color="grey", linewidth=0.8, linestyle="--", label="log 27")
axes.set_ylim(0, 22)
axes.set_xlabel("step")
axes.set_ylabel("loss (nats), means of 20 steps")
axes.legend(frameon=False)
plt.show()

# %% [markdown]
# The orange curve falls fast, and that looks like learning. It is mostly the network taking back the absurd
# confidence that it was born with, and it isn't done with that after a thousand steps. (A point is the mean
# of 20 steps, so both curves begin lower than the first losses, which are printed above.) The blue one's
# first loss is log 27, nearly, and it spends all its steps on names. The ski slope at the start of many a
# loss curve is this waste.
#
# ## 2 Units that have stopped listening
#
# tanh squeezes any number into −1 … 1. Where it is flat it squeezes so much that differences vanish, and
# going back the gradient is multiplied by 1 − h², with h the output. By hand: at h = 0.5 that is 0.75; at h
# = 0.97 it is 0.06; at h = 0.999 it is 0.002. A unit out there hardly passes anything back: it is
# **saturated** (as an enzyme is, or a photoreceptor in the sun: the answer no longer tells how much there
# is).
#
# A unit that is saturated for *one* example learns from the others. One that is saturated for **every**
# example gets next to no gradient from anywhere and stays as it is: it is **dead**.
#
# **Exercise `saturation`** (1 point). `h` is (n, d), floating: the outputs of d units for n examples, n and
# d at least 1. Return the share of all n·d outputs whose absolute value is greater than `threshold`, as a
# number from 0 to 1 (a float, or a tensor without axes). One that equals the threshold exactly isn't
# counted.


# %% exercise="saturation" points=1
def saturation(h: torch.Tensor, threshold: float = 0.97) -> float:
    """The share of the entries of h (n, d) that are further from 0 than threshold.

    saturation(torch.tensor([[0.99, 0.5], [-0.98, 0.2]])) is 0.5; with threshold=0.4 it is 0.75.
    """
    ### BEGIN SOLUTION
    return (h.abs() > threshold).float().mean().item()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Which of 0.99, 0.5, −0.98 and 0.2 count? A comparison of a tensor with a number gives a tensor of True and
# False, as in R.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# A share is the mean of True and False taken as 1 and 0. torch wants to be told: `.float()` makes numbers
# of them.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `(h.abs() > ...).float().mean().item()`
#
# </details>

# %% [markdown]
# **Exercise `dead_units`** (2 points). For the same `h` (n, d), say of each of the d units whether its
# output is further from 0 than `threshold` (strictly, as above) **for every example**. The answer is a
# tensor of bool of shape (d,). The sign is free to differ: a unit that is at 0.99 for some examples and at
# −0.99 for the others is dead too.


# %% exercise="dead_units" points=2
def dead_units(h: torch.Tensor, threshold: float = 0.97) -> torch.Tensor:
    """Whether each unit (column of h) is beyond threshold for all n examples: (d,), bool.

    dead_units(torch.tensor([[0.99, 0.5], [-0.98, 0.99]])) is tensor([True, False]).
    """
    ### BEGIN SOLUTION
    return (h.abs() > threshold).all(0)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Examples run down the rows, units across the columns. Which axis has to disappear?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Tensors of bool have `.any(axis)` and `.all(axis)`. One of them asks for a single example, the other for
# all.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `(h.abs() > threshold).all(...)`, with the axis of the examples.
#
# </details>

# %% [markdown]
# The hidden layer of the network before any training, with weights W1 of three sizes. Above: how the outputs
# are distributed over 200 examples. Below: the last 60 units for a batch of 32 of them, one row an example,
# one column a unit, black where saturated. The column of a dead unit is red.

# %% tags=["explore"]
C, W1, b1, W2, b2 = standard_normal_start()
inputs = C[X[torch.randint(len(X), (200,), generator=seeded(3))]].flatten(1)  # (200, 30)
black_and_red = plt.matplotlib.colors.ListedColormap(["white", "black", "crimson"])
figure, rows = plt.subplots(2, 3, figsize=(6.6, 4.2), height_ratios=[1, 1.2])
for column, (size, label) in enumerate([(3.0, "sd 3"), (1.0, "sd 1"), (0.304, "sd 0.304")]):
    h = torch.tanh(inputs @ (size * W1))
    rows[0, column].hist(h.flatten().tolist(), bins=50, color="steelblue", density=True)
    rows[0, column].set_ylim(0, 12)
    rows[0, column].set_title(f"weights: {label}", fontsize=9, loc="left")
    rows[0, column].set_xlabel("output of a unit")
    shown = (h[:32, 140:].abs() > 0.97).long()
    shown[:, dead_units(h[:32, 140:])] = 2
    rows[1, column].imshow(
        shown.tolist(),
        cmap=black_and_red,
        interpolation="nearest",
        aspect="auto",
        vmin=0,
        vmax=2,
        extent=(139.5, 199.5, 31.5, -0.5),
    )
    rows[1, column].set_xlabel("unit")
    rows[1, column].spines[:].set_visible(True)
    dead = dead_units(h[:32]).sum()
    print(f"{label:>9}: {saturation(h):.0%} saturated, {dead} of 200 units dead in a batch of 32")
rows[0, 0].set_ylabel("density")
rows[1, 0].set_ylabel("example")
plt.show()

# %% [markdown]
# A dead unit is saturated from top to bottom, and on the left you find some. Dead in one batch needn't be
# dead for good, as the next batch may hold an example that it answers to. The share of black is the larger
# trouble: it says how much of the gradient is lost on the way back. On the right a fifth of the outputs is
# saturated, and no unit is dead. Where does 0.304 come from?
#
# ## 3 How large should a weight be?
#
# A unit adds up `fan_in` products of an input and a weight. If inputs and weights are independent, with
# mean 0 and variances v and s², each product has variance v·s², and variances of independent terms add:
#
# $$\operatorname{var}\Big(\sum_{i=1}^{\text{fan\_in}} x_i w_i\Big) = \text{fan\_in} \cdot v \cdot s^2$$
#
# It is the rule by which the variance of a mean falls with n, the other way round. To keep the variance as
# it is, s must be 1/√fan_in. By hand: with 30 inputs of variance 1 and weights of standard deviation 1 the
# sum has variance 30, so sd 5.5, deep in the flat part of tanh. With sd 1/√30 = 0.183 it has variance 1.
#
# The nonlinearity, the bent function behind the sum, takes something away in its turn. relu sets half of
# the signal to 0 and halves the mean square, so one multiplies the weights by a **gain** of √2; tanh
# shrinks less, and 5/3 is in use. That gives 5/3 · 0.183 = 0.304 above. The rule is called after Kaiming
# He (He et al. 2015, for relu):
#
# $$s = \frac{\text{gain}}{\sqrt{\text{fan\_in}}}$$
#
# **Exercise `kaiming_linear`** (3 points). Return a weight matrix of shape (`fan_in`, `fan_out`), floating,
# whose entries are independent draws from a **normal** distribution with mean 0 and standard deviation
# gain/√fan_in. Take all randomness from `generator` and never seed it: equal states give equal matrices,
# and a second call gives another. With the same state, twice the gain is twice the matrix. Rows are inputs,
# so that the layer is `x @ W`; torch's own layers keep the transpose.


# %% exercise="kaiming_linear" points=3
def kaiming_linear(fan_in: int, fan_out: int, gain: float, generator: torch.Generator) -> torch.Tensor:
    """Weights (fan_in, fan_out), normal with mean 0 and standard deviation gain / sqrt(fan_in).

    kaiming_linear(100, 300, 2.0, generator) has shape (100, 300) and a standard deviation near 2 / 10 = 0.2.
    """
    ### BEGIN SOLUTION
    return torch.randn((fan_in, fan_out), generator=generator) * (gain / math.sqrt(fan_in))
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# `torch.randn` draws with standard deviation 1. What happens to the standard deviation when you multiply
# all draws by the same number?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# The standard deviation is multiplied by that number, the *variance* by its square. Which of the two is
# gain/√fan_in? And which of the two sizes counts the terms in a unit's sum?
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `torch.randn((fan_in, fan_out), generator=generator) * ...`
#
# </details>

# %% [markdown]
# One layer forgives a wrong size, and depth doesn't: what one layer does to the variance, ten do ten times
# over. Below, a stack of 20 tanh layers of width 100, before training. On the left the standard deviation
# of each layer's outputs, on the right the norm of the gradient that reaches them when the top layer's outputs
# are handed a random gradient of norm 1. Both axes are logarithmic.

# %% tags=["explore"]
figure, (left, right) = plt.subplots(1, 2, figsize=(6.6, 3.2))
gains = [(0.5, "tab:purple"), (1.0, "steelblue"), (5 / 3, "seagreen"), (4.0, "darkorange")]
for gain, colour in gains:
    generator = seeded(4)
    h = torch.randn((200, 100), generator=generator).requires_grad_()
    layers = []
    for _ in range(20):
        h = torch.tanh(h @ kaiming_linear(100, 100, gain, generator))
        layers.append(h)
    upstream = torch.randn(h.shape, generator=generator)
    gradients = torch.autograd.grad(h, layers, upstream / upstream.norm())
    left.semilogy(range(1, 21), [h.std().item() for h in layers], ".-", color=colour)
    right.semilogy(range(1, 21), [g.norm() for g in gradients], ".-", color=colour, label=f"gain {gain:.3g}")
left.set_ylabel("standard deviation of outputs")
right.set_ylabel("norm of the gradient")
for axes in (left, right):
    axes.set_xticks([1, 5, 10, 15, 20])
    axes.set_xlabel("layer")
figure.legend(frameon=False, loc="outside upper center", ncols=4)
plt.show()

# %% [markdown]
# With gain 0.5 the signal halves with each layer: after twenty, a millionth is left, and the gradient at
# the first layer (read the right panel from right to left) is as small: it has **vanished**. With gain 4
# the outputs look fine, but only because tanh caps them; most are saturated. The gradient on its way down
# is multiplied by large weights and, where units are flat, by nearly nothing. Here the weights win and it
# **explodes**. In between lies a narrow band, and it is narrower the deeper the network is.
#
# ### Why not start at zero?
#
# Zero has the smallest variance of all, and a linear regression may well start there. So why not? Think for
# a minute before you run the cell. It trains the network three times: with all parameters 0, with all of
# them 0.1, and with random weights of Kaiming's size.

# %% tags=["explore"]
shapes = [(27, 10), (30, 200), (200,), (200, 27), (27,)]
starts = {
    "all 0": [torch.zeros(shape) for shape in shapes],
    "all 0.1": [torch.full(shape, 0.1) for shape in shapes],
    "random": [
        torch.randn((27, 10), generator=seeded(1)),
        kaiming_linear(30, 200, 5 / 3, seeded(2)),
        torch.zeros(200),
        kaiming_linear(200, 27, 0.1, seeded(3)),
        torch.zeros(27),
    ],
}
shares = torch.bincount(Y) / len(Y)
unigram = -(shares * shares.log()).sum()
figure, axes = plt.subplots(figsize=(6.6, 3))
for (label, params), colour in zip(starts.items(), ["darkorange", "tab:purple", "steelblue"], strict=True):
    for p in params:
        p.requires_grad_()
    first = torch.autograd.grad(F.cross_entropy(logits_of(params, X[:32]), Y[:32]), params)
    listed = ", ".join(
        f"{name} {g.norm():.2g}" for name, g in zip(["C", "W1", "b1", "W2", "b2"], first, strict=True)
    )
    losses = descend(params, lambda x, params=params: logits_of(params, x), 2000)
    different = len(torch.unique(params[1].detach().round(decimals=3), dim=1).T)
    print(
        f"{label:>7}: gradient norms at the start: {listed}; different hidden units at the end: {different}"
    )
    axes.plot(range(25, 2000, 50), smooth(losses, 50), color=colour, label=label)
axes.axhline(unigram, color="grey", linewidth=0.8, linestyle="--", label="frequencies of letters alone")
axes.set_ylim(2.2, 3.5)
axes.set_xlabel("step")
axes.set_ylabel("loss (nats), means of 50 steps")
axes.legend(frameon=False)
plt.show()

# %% [markdown]
# From all 0, every gradient is 0 but that of the last bias. The hidden outputs are tanh(0) = 0, and they
# are what W2's gradient is multiplied by; what comes back to the hidden layer is multiplied by W2, which is
# 0. So nothing moves but b2, for ever, and the network learns the letters' frequencies and no more.
#
# From all 0.1 it isn't stuck: W2 moves at once, and when its columns differ the rest follows. (The 1e-7
# and the like that are printed for C, W1 and b1 are rounding: the slopes of the loss by the 27 logits add
# up to 0, and equal weights only add them up.) But all 200 hidden units compute the same, so they get the
# same gradient, move alike and stay alike: 200 copies of one unit. It is the *symmetry*, more than the
# zero, that must be broken, and random numbers break it. (Biases may start at 0, since the weights tell
# the units apart. In a linear regression there is one unit, and no symmetry to break.)

# %% [markdown]
# ## 4 Layers as objects
#
# From here on a network is a list of layers, each an object that can be called: `for layer in layers: x =
# layer(x)`. Every layer, whatever it does, offers three things, the same as PyTorch's own:
# - `layer(x)`, the output for a batch (Python calls the method `__call__`);
# - `layer.parameters()`, the tensors that training may change, themselves and not copies, each once. A list
#   will do, any order;
# - `layer.training`, True at first. Whoever uses the layer sets it to False when training is over. Two of
#   the three layers don't care, but one loop can then set it for all.
#
# **Exercise `Linear`** (3 points). `Linear(fan_in, fan_out, bias=True, generator=None)` has
# - `weight` of shape (fan_in, fan_out), normal with mean 0 and standard deviation 1/√fan_in, drawn from
#   `generator` (from torch's own state if that is None);
# - `bias` of shape (fan_out,), zeros. With `bias=False` it is None;
# - both are **leaves** with `requires_grad=True`, and the ones in `parameters()`. A leaf is a tensor that
#   wasn't computed from others that ask for gradients; only a leaf's `.grad` is filled by `backward()`;
# - `training`, True at first;
# - `layer(x)` = x @ weight + bias, for x of shape (…, fan_in) with any leading axes, computed from what
#   `weight` and `bias` hold *at that time*: somebody will scale them, and train them.


# %% exercise="Linear" points=3
class Linear:
    """x @ weight + bias; weight (fan_in, fan_out) has standard deviation 1/sqrt(fan_in), bias is 0 or None.

    Linear(2, 3).weight.shape is (2, 3). With weight [[1., 2., 3.], [0., 1., 0.]] and bias [0., 0., 10.],
    layer(torch.tensor([[1.0, 5.0]])) is [[1., 7., 13.]].
    """

    def __init__(
        self, fan_in: int, fan_out: int, bias: bool = True, generator: torch.Generator | None = None
    ) -> None:
        ### BEGIN SOLUTION
        self.weight = (torch.randn((fan_in, fan_out), generator=generator) / fan_in**0.5).requires_grad_()
        self.bias = torch.zeros(fan_out, requires_grad=True) if bias else None
        self.training = True
        ### END SOLUTION

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        ### BEGIN SOLUTION
        out = x @ self.weight
        return out if self.bias is None else out + self.bias
        ### END SOLUTION

    def parameters(self) -> list[torch.Tensor]:
        ### BEGIN SOLUTION
        return [self.weight] if self.bias is None else [self.weight, self.bias]
        ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# You have written the draw of the weights above; which gain is it here? What has to be different in
# `__call__` and in `parameters()` when there is no bias?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Keep the tensors as `self.weight` and `self.bias`. A tensor that comes out of a computation isn't a leaf
# if the computation was recorded: call `.requires_grad_()` *after* dividing by √fan_in. `if self.bias is
# None:` asks for its absence; `if self.bias:` asks whether a whole tensor is true, which is an error.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `self.weight = kaiming_linear(fan_in, fan_out, ..., generator).requires_grad_()`, `self.bias =
# torch.zeros(...) if bias else None`; in `__call__`: `out = x @ self.weight`, and add the bias if there is
# one.
#
# </details>

# %% [markdown]
# **Exercise `Tanh`** (1 point). The same form for tanh, element by element, any shape: called with x it
# returns tanh(x). It has no parameters (an empty list), and it has `training`, as all layers do.


# %% exercise="Tanh" points=1
class Tanh:
    """tanh of each element, as a layer without parameters.

    Tanh()(torch.tensor([[0.0, 1.0]])) is [[0.0000, 0.7616]]; Tanh().parameters() is [].
    """

    ### BEGIN SOLUTION
    def __init__(self) -> None:
        self.training = True

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        return torch.tanh(x)

    def parameters(self) -> list[torch.Tensor]:
        return []

    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Three methods with the names of `Linear`'s, and one line in each.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `__init__(self)` takes nothing and sets `training`. torch has the function.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `def __call__(self, x): return torch.tanh(...)`
#
# </details>

# %% [markdown]
# ## 5 BatchNorm: if you want it standardised, standardise it
#
# Initialisation sets the scale of every layer's signal once, and training may lose it again. The idea of
# the paper is blunt: we want each unit's input to have mean 0 and variance 1, so let us *make* it so, at
# every step, with the numbers of the current batch. In R it would be `scale(x)`, column by column, in the
# middle of the network, and the gradient flows through it.
#
# For each column (unit) j of x (n, d), with μ its mean over the n examples:
#
# $$\sigma^2_j = \frac1n\sum_i (x_{ij}-\mu_j)^2 \qquad \hat x_{ij} = \frac{x_{ij}-\mu_j}{\sqrt{\sigma^2_j+\varepsilon}}
# \qquad y_{ij} = \gamma_j \hat x_{ij} + \beta_j$$
#
# Since mean 0 and variance 1 needn't be best for every unit, each gets a learned scale γ (1 at first) and a
# learned shift β (0 at first). ε is small and keeps a constant column from being divided by 0.
#
# By hand, one unit and n = 2: x = (1, 5), mean 3, σ² = ((−2)² + 2²)/2 = 4, so x̂ = (−1, 1). With γ = 10 and
# β = 3 the output is (−7, 13).
#
# **When training is over** one wants an answer for a single example, and one that doesn't depend on who
# else is in the batch. So while training the layer keeps running estimates of mean and variance, and uses
# them in place of the batch's when `training` is False. After each batch,
#
# > running ← (1 − momentum) · running + momentum · (the batch's estimate)
#
# which is an exponential moving average. Here it wants the variance of the *population*, so what goes in is
# the unbiased estimate, divided by n − 1 (R's `var`). In the example: the batch's variance is 4 for
# normalising, 8 for the running estimate. With momentum 0.1, `running_mean` goes from 0 to 0.9·0 + 0.1·3 =
# 0.3, `running_var` from 1 to 0.9·1 + 0.1·8 = 1.7.
#
# These two variances are PyTorch's and the paper's. The film divides by n − 1 in both places, and next week's
# formulas follow the film. On a batch of two that is a factor of two in the variance, so it matters to say
# which one uses.
#
# **Exercise `BatchNorm1d`** (6 points). `BatchNorm1d(d, eps=1e-5, momentum=0.1)`, called with x of shape
# (n, d):
# - `gamma` and `beta`, (d,), ones and zeros, leaves with `requires_grad=True`, both in `parameters()` and
#   nothing else there; `running_mean` and `running_var`, (d,), zeros and ones, **without** gradient, after
#   training steps too; `eps` and `momentum` as given; `training`, True at first;
# - while `training`: normalise with the batch's mean and **biased** variance (divided by n), eps under the
#   root; gradients flow through mean and variance as well; the running estimates are updated as above, with
#   the **unbiased** variance (n − 1);
# - a batch of one while training has no variance: ValueError, and the running estimates stay as they are;
# - while not `training`: normalise with the running estimates, update nothing; any n ≥ 1;
# - x itself is never changed.
#
# Build it of means, roots and the like; torch's ready-made batch norm is what the tests compare with, and
# they notice if it is called.


# %% exercise="BatchNorm1d" points=6
class BatchNorm1d:
    """gamma * (x - mean) / sqrt(var + eps) + beta for each column: of the batch in training, else running.

    bn = BatchNorm1d(1, eps=0.0); bn(torch.tensor([[1.0], [5.0]])) is [[-1.], [1.]], after which
    bn.running_mean is [0.3] and bn.running_var is [1.7]. With bn.training = False, bn(torch.tensor([[0.3]]))
    is [[0.]].
    """

    def __init__(self, d: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        ### BEGIN SOLUTION
        self.eps = eps
        self.momentum = momentum
        self.training = True
        self.gamma = torch.ones(d, requires_grad=True)
        self.beta = torch.zeros(d, requires_grad=True)
        self.running_mean = torch.zeros(d)
        self.running_var = torch.ones(d)
        ### END SOLUTION

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        ### BEGIN SOLUTION
        if self.training:
            n = len(x)
            if n < 2:
                raise ValueError("one example has no variance: training needs a batch of two at least")
            mean = x.mean(0)
            var = x.var(0, correction=0)
            with torch.no_grad():  # the estimates would keep every step's graph alive
                m = self.momentum
                self.running_mean = (1 - m) * self.running_mean + m * mean
                self.running_var = (1 - m) * self.running_var + m * var * n / (n - 1)
        else:
            mean, var = self.running_mean, self.running_var
        return self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta
        ### END SOLUTION

    def parameters(self) -> list[torch.Tensor]:
        ### BEGIN SOLUTION
        return [self.gamma, self.beta]
        ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Write the lines of `__call__` on paper for the example with x = (1, 5), first for training, then for
# evaluating. Which lines do the two have in common? Which of the numbers must outlive the call?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Choose `mean` and `var` by `self.training`; the last line is the same for both. `x.var(0)` divides by n −
# 1, `x.var(0, correction=0)` by n. The running estimates aren't trained but kept, so update them inside
# `with torch.no_grad():`. Nothing else belongs in there, or the gradient is lost.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# if self.training:
#     if len(x) < 2:
#         raise ValueError(...)
#     mean, var = x.mean(0), x.var(0, correction=0)
#     with torch.no_grad():
#         self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * ...
#         ...                                   # the same with the other variance
# else:
#     mean, var = ...
# return self.gamma * (x - mean) / torch.sqrt(...) + self.beta
# ```
#
# </details>

# %% [markdown]
# What the running estimate does, for one unit whose values are normal with mean 2 and variance 4, in batches
# of 16. Each dot is what one batch says of the mean; the lines are running estimates of two momenta.

# %% tags=["explore"]
generator = seeded(8)
layers = [BatchNorm1d(1, momentum=0.1), BatchNorm1d(1, momentum=0.01)]
means, tracks = [], [[], []]
for _ in range(400):
    x = 2 + 2 * torch.randn((16, 1), generator=generator)
    means.append(x.mean())
    for bn, track in zip(layers, tracks, strict=True):
        bn(x)
        track.append(bn.running_mean.item())
figure, axes = plt.subplots(figsize=(6.6, 2.8))
axes.plot(means, ".", color="0.75", markersize=4, label="mean of the batch")
axes.plot(tracks[0], color="steelblue", label="momentum 0.1")
axes.plot(tracks[1], color="darkorange", label="momentum 0.01")
axes.axhline(2, color="grey", linewidth=0.8, linestyle="--")
axes.set_xlabel("step")
axes.set_ylabel("estimate of the mean")
axes.legend(frameon=False, loc="lower right", ncols=3)
plt.show()

# %% [markdown]
# Momentum is how much the newest batch counts. With 0.1 the estimate remembers about the last ten batches,
# is soon there and keeps trembling; with 0.01 it remembers a hundred, is quiet, and for the first two
# hundred steps still remembers the 0 that it started from. Somebody who evaluates after fifty steps with
# momentum 0.01 evaluates another network than the one that was trained.
#
# ## 6 Folding it away
#
# When training is over, BatchNorm multiplies each column by a fixed number and adds a fixed number. So does
# a linear layer. A linear layer followed by BatchNorm is therefore *one* linear layer with other weights,
# and that is how networks are shipped: same answers, fewer operations, no BatchNorm left.
#
# By hand, one input and one unit: W = 3, b = 1, and a BatchNorm with running mean 4, running variance 0.25,
# γ = 2, β = 5, ε = 0. For x = 2: 3·2 + 1 = 7, then (7 − 4)/0.5 = 6, then 2·6 + 5 = 17. Folded, the scale is
# γ/√0.25 = 4, so W becomes 12 and b becomes (1 − 4)·4 + 5 = −7, and 12·2 − 7 = 17.
#
# **Exercise `fold_batchnorm`** (3 points). `W` is (fan_in, d), `b` is (d,) or **None**, and `bn` a
# `BatchNorm1d` for d columns. Return the tuple (W2, b2), shapes (fan_in, d) and (d,), with which x @ W2 +
# b2 is what `bn` says of x @ W + b **when it evaluates**. Whether `bn.training` is True at the moment makes
# no difference to the answer, and W, b and bn stay as they are.


# %% exercise="fold_batchnorm" points=3
def fold_batchnorm(
    W: torch.Tensor, b: torch.Tensor | None, bn: BatchNorm1d
) -> tuple[torch.Tensor, torch.Tensor]:
    """(W2, b2) such that x @ W2 + b2 equals bn(x @ W + b) with bn's running estimates; b may be None.

    With W = [[3.]], b = [1.] and bn of running_mean [4.], running_var [0.25], gamma [2.], beta [5.], eps 0:
    ([[12.]], [-7.]). With b None: ([[12.]], [-11.]).
    """
    ### BEGIN SOLUTION
    scale = (bn.gamma / torch.sqrt(bn.running_var + bn.eps)).detach()
    shift = -bn.running_mean if b is None else b - bn.running_mean
    return W * scale, (shift * scale + bn.beta).detach()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Write γ · (x @ W + b − mean)/√(var + ε) + β and multiply it out. What stands in front of x? What is left
# over?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# With s = γ/√(var + ε), one number for each column, it is x @ (W·s) + (b − mean)·s + β. W has a *column*
# for each entry of s, so broadcasting lines them up as they are. No b is a b of 0.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `scale = bn.gamma / torch.sqrt(bn.running_var + ...)`, then `W * scale` and `(b - bn.running_mean) * scale
# + bn.beta`, with a case for `b is None`.
#
# </details>

# %% tags=["explore"]
linear, bn = Linear(30, 200, generator=seeded(1)), BatchNorm1d(200)
generator = seeded(2)
for _ in range(50):
    bn(linear(inputs + torch.randn(inputs.shape, generator=generator)))
linear.training = bn.training = False
with torch.no_grad():
    W2, b2 = fold_batchnorm(linear.weight, linear.bias, bn)
    apart = (inputs @ W2 + b2 - bn(linear(inputs))).abs().max()
print(f"largest difference between the two layers and the folded one: {apart:.1e}")
print(f"numbers kept: {30 * 200 + 200 + 4 * 200:,} with BatchNorm, {W2.numel() + b2.numel():,} folded")

# %% [markdown]
# The other thing to see in the formula: *in training* the mean is subtracted, and with it any constant that
# was added before. A bias in front of a BatchNorm changes nothing and gets no gradient. That is why the
# networks below say `bias=not batchnorm` there: β does its work.
#
# ## 7 Instruments
#
# A clinician watches a few numbers rather than every cell. Three are worth watching in a network: what the
# units put out, what gradients come back, and how much a step changes the parameters.
#
# **Exercise `signal_profile`** (3 points). `layers` is a list of this week's layers, `x` a batch from
# which each `Tanh` makes at least two outputs. Send x through them in order, each layer **in the mode it
# is in**, and return one dict for each `Tanh` among them, in order, with the numbers (floats)
# - `"mean"` and `"std"` of all its outputs together, std dividing by their number less one (as `.std()`
#   does);
# - `"saturation"`, the share of outputs beyond 0.97, as above.
#
# Somebody who reads a thermometer shouldn't heat the patient: afterwards all parameters, their `.grad`,
# each layer's `training`, the running estimates of a BatchNorm and x are what they were, although a
# BatchNorm in training updates its estimates whenever it is called.


# %% exercise="signal_profile" points=3
def signal_profile(layers: list, x: torch.Tensor) -> list[dict]:
    """Mean, std and saturation of the outputs of each Tanh in layers, for the batch x; nothing is changed.

    signal_profile([Tanh()], torch.tensor([[0.0, 0.0], [3.0, 0.0]])) is
    [{"mean": 0.2488, "std": 0.4975, "saturation": 0.25}].
    """
    ### BEGIN SOLUTION
    profile = []
    with torch.no_grad():
        for layer in copy.deepcopy(layers):  # a copy's running estimates may change
            x = layer(x)
            if isinstance(layer, Tanh):
                found = {"mean": x.mean().item(), "std": x.std().item(), "saturation": saturation(x)}
                profile.append(found)
    return profile
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# It is the usual loop over the layers, with a note taken after some of them. `isinstance(layer, Tanh)` says
# after which. What in your layers changes when they are called?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Setting `training = False` for the time being protects the estimates, but then another network is
# measured. Either copy what will change and put it back, or measure a copy: `copy.deepcopy(layers)`. And no
# gradient is wanted: `with torch.no_grad():`.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# with torch.no_grad():
#     for layer in copy.deepcopy(layers):
#         x = layer(x)
#         if isinstance(layer, Tanh):
#             profile.append({"mean": x.mean().item(), ...})
# ```
#
# </details>

# %% [markdown]
# A gradient by itself doesn't say whether a step is large: 0.01 is much for a parameter around 0.01 and
# nothing for one around 10. So compare the size of the step with the size of what it changes. For plain
# gradient descent the step is lr · gradient, and for each parameter tensor one looks at
#
# $$\log_{10} \frac{\text{lr} \cdot \operatorname{std}(\text{gradient})}{\operatorname{std}(\text{values})}$$
#
# By hand: a parameter (1, 3) with gradient (0.2, 0.6) at rate 0.01. The gradient's sd is 0.2 times that of
# the values, so the ratio is 0.002, and its logarithm −2.7. As a rule of thumb −3, a thousandth per step,
# is healthy. Much lower is slow, and above −2 parameters are overwritten rather than improved.
#
# **Exercise `update_ratio`** (2 points). `params` is a list of parameters, each with a `.grad` and at least
# two entries. Return that number for each of them, as a list of floats in the same order. (Biased or not,
# the standard deviations give the same ratio.) Where all entries of a gradient are equal the answer is
# −inf, where all values are equal, inf; the tests don't ask for both at once. Neither values nor gradients
# are changed.


# %% exercise="update_ratio" points=2
def update_ratio(params: list[torch.Tensor], lr: float) -> list[float]:
    """log10(lr * std of the gradient / std of the values) for each parameter, with p.grad as gradient.

    For one p = [1., 3.] with p.grad = [0.2, 0.6], update_ratio([p], 0.01) is [-2.6990].
    """
    ### BEGIN SOLUTION
    return [(lr * p.grad.std() / p.detach().std()).log10().item() for p in params]
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Do it for one parameter first. What does `p.grad` hold, and what does `p` hold?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Stay in tensors until the end: `torch.log10` of 0 is −inf and a division by 0 gives inf, while
# `math.log10(0)` and Python's own division raise errors.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `[(lr * p.grad.std() / ...).log10().item() for p in params]`
#
# </details>

# %% [markdown]
# Now all instruments together, on the film's deep network: six linear layers, five of them followed by
# tanh, width 100, on the names. Once with weights that are too small and no remedy, once with the same
# small weights and BatchNorm in front of each tanh. The cell trains both for 1,000 steps (some ten to
# twenty seconds).


# %% tags=["explore"]
def deep_network(batchnorm, size, seed=42, width=100):
    """C and six layers' weights; those of the hidden ones are `size` times the standard deviation of Linear."""
    generator = seeded(seed)
    C = torch.randn((27, 10), generator=generator)
    layers, fan_in = [], 30
    for _ in range(5):
        layers.append(Linear(fan_in, width, bias=not batchnorm, generator=generator))
        layers += [BatchNorm1d(width), Tanh()] if batchnorm else [Tanh()]
        fan_in = width
    layers.append(Linear(fan_in, 27, generator=generator))
    with torch.no_grad():
        for layer in layers[:-1]:
            if isinstance(layer, Linear):
                layer.weight *= size
        layers[-1].weight *= 0.1  # not too sure at the start
    return C, layers


def train_deep(C, layers, steps, lr, watch=False, seed=6):
    """Losses; with `watch` also the update ratios of all weights at each step."""
    params = [C.requires_grad_(), *(p for layer in layers for p in layer.parameters())]
    weights = [layer.weight for layer in layers if isinstance(layer, Linear)]
    generator, losses, ratios = seeded(seed), [], []
    for _ in range(steps):
        rows = torch.randint(len(X), (32,), generator=generator)
        h = C[X[rows]].flatten(1)
        for layer in layers:
            h = layer(h)
        loss = F.cross_entropy(h, Y[rows])
        for p in params:
            p.grad = None
        loss.backward()
        losses.append(loss.item())
        if watch:
            ratios.append(update_ratio(weights, lr))
        with torch.no_grad():
            for p in params:
                p -= lr * p.grad
    return losses, ratios


def tanh_gradients(C, layers):
    """The outputs of each Tanh and the gradients of the loss by them, for one batch."""
    h, outputs = C.detach()[X[:500]].flatten(1).requires_grad_(), []
    for layer in copy.deepcopy(layers):
        h = layer(h)
        if isinstance(layer, Tanh):
            outputs.append(h)
    return outputs, torch.autograd.grad(F.cross_entropy(h, Y[:500]), outputs)


def outline(axes, values, colour, label, low, high):
    heights, edges = torch.histogram(values.detach().flatten(), 60, range=(low, high), density=True)
    axes.plot((edges[1:] + edges[:-1]) / 2, heights, color=colour, label=label)


colours = plt.cm.viridis([0.0, 0.18, 0.36, 0.54, 0.72, 0.9])
figure, rows = plt.subplots(3, 2, figsize=(7.4, 7))
for column, batchnorm in enumerate([False, True]):
    C, layers = deep_network(batchnorm, size=0.5)
    outputs, gradients = tanh_gradients(C, layers)
    for number, (h, g) in enumerate(zip(outputs, gradients, strict=True)):
        outline(rows[0, column], h, colours[number], f"tanh {number + 1}", -1, 1)
        outline(rows[1, column], (g.abs() + 1e-12).log10(), colours[number], f"tanh {number + 1}", -8, -2)
    print(f"BatchNorm {'on' if batchnorm else 'off'}, before training:")
    for found in signal_profile(layers, C.detach()[X[:500]].flatten(1)):
        print("   " + ", ".join(f"{name} {value:6.3f}" for name, value in found.items()))
    losses, ratios = train_deep(C, layers, 1000, lr=0.1, watch=True)
    for number, track in enumerate(zip(*ratios, strict=True)):
        label = "output" if number == 5 else f"weight {number + 1}"
        rows[2, column].plot(range(10, 1000, 20), smooth(track), color=colours[number], label=label)
    print(f"   mean loss of the last 100 steps {sum(losses[-100:]) / 100:.3f}")
    rows[0, column].set_title("with BatchNorm" if batchnorm else "without BatchNorm", fontsize=10, loc="left")
    rows[0, column].set_ylim(0, 8)
    rows[0, column].set_xlabel("output, before training")
    rows[1, column].set_xlim(-8, -2)
    rows[1, column].set_xlabel("log10 of |gradient|, before training")
    rows[2, column].axhline(-3, color="grey", linewidth=0.8, linestyle="--")
    rows[2, column].set_ylim(-5.5, -0.5)
    rows[2, column].set_xlabel("step")
for row, label in zip(rows, ["density", "density", "log10 of the update ratio"], strict=True):
    row[0].set_ylabel(label)
rows[0, 0].legend(frameon=False)
rows[1, 0].legend(frameon=False, loc="upper right")
rows[2, 0].legend(frameon=False, ncols=2, loc="lower right")
plt.show()

# %% [markdown]
# Read it row by row, dark for the layers near the input and light for those near the output.
# - **Outputs.** Without BatchNorm each layer is narrower than the one before, a spike at 0 at last (cut
#   off at the top). With it all five have one and the same spread: the layers' weights are the same small
#   ones, and it doesn't matter.
# - **Gradients.** Without, each layer's is about half of the next one's, some sixteenfold from the fifth layer
#   down to the first. With, the layers lie on top of each other.
# - **Updates.** Without, the hidden layers begin near −4 and need some 150 steps to get going: a step changes a
#   ten-thousandth of them, and the loss waits. With, all hidden layers run in one band from the first step
#   on, at about −2, a hundredth per step, which is brisk: a smaller rate would do. The output layer lies
#   above the others in both, at about −1.6 without and at −0.8 falling to −1.4 with, as its weights were made
#   small at the start: the rule of thumb is for weights of the usual size, and doesn't mean this one.
#
# The last one is the plot to keep. It needs one line in the training loop, and it shows a bad rate, a
# frozen layer or a bad start within a hundred steps, when the loss curve still looks like any other.

# %% [markdown]
# ## 8 Now break it
#
# BatchNorm is known for mistakes that nobody notices: the network trains anyway, a little worse. Whoever
# compares only the outputs of a fresh layer with eps = 1e-5 on a large batch finds none of them.
#
# **Exercise `break_BatchNorm1d`** (4 points). Write a function that takes somebody's class `BatchNorm1d`
# and raises an AssertionError if it isn't what section 5 says; for a right one it returns None. An error
# that a wrong class raises by itself counts as caught. Your points are the share of wrong classes that you
# catch, so long as you let every right one pass. The local check has a few easy wrong classes and two right
# ones; the instructor's are many more, one at least for each bullet of section 5.
#
# - Use what section 5 promises: making one, calling it, and its attributes. You may read each attribute and
#   assign to it, as in `bn.gamma = torch.tensor([2.0])` or `bn.training = False`.
# - While grading, the class stands behind a wall: what you read is a **copy**. Changing a copy in place
#   (`bn.gamma[0] = 2`) reaches nobody, and `backward()` doesn't pass. So leave the slopes out of it. What you
#   can read is whether a tensor has `requires_grad`: hand in a batch with `requires_grad=True`, and ask it of
#   the output and of the running estimates.
# - Right classes differ in their last digits: compare with `torch.allclose(..., atol=1e-5)` or the like.


# %% exercise="break_BatchNorm1d" points=4
def break_BatchNorm1d(BatchNorm1d) -> None:
    """Raise AssertionError if the class isn't as section 5 says, return None if it is.

    One line of it might be: bn = BatchNorm1d(1, eps=0.0), and then
    assert torch.allclose(bn(torch.tensor([[1.0], [5.0]])), torch.tensor([[-1.0], [1.0]]))
    """
    ### BEGIN SOLUTION
    batches = [
        torch.tensor([[1.0, -2.0], [5.0, 0.0], [0.0, 7.0]]),
        torch.tensor([[2.0, 2.0], [-4.0, 2.0]]),
        torch.tensor([[0.5, 10.0], [1.5, 20.0], [2.5, 0.0], [9.5, -10.0]]),
    ]
    gamma, beta = torch.tensor([2.0, -3.0]), torch.tensor([0.5, 10.0])

    def same(got, right, what):
        assert torch.allclose(got, right, atol=1e-4), f"{what} is {got}, not {right}"

    def whole_life(settings, eps, momentum):
        bn = BatchNorm1d(2, **settings)
        mean, var = torch.zeros(2), torch.ones(2)
        same(bn.gamma, torch.ones(2), "gamma at first")
        same(bn.beta, torch.zeros(2), "beta at first")
        assert bn.gamma.requires_grad and bn.beta.requires_grad, "gamma and beta aren't trained"
        assert len(list(bn.parameters())) == 2, "other parameters than gamma and beta"
        bn.gamma, bn.beta = gamma.clone().requires_grad_(), beta.clone().requires_grad_()
        for x in batches:
            assert bn.training, "not in training"
            given, right = x.clone(), gamma * (x - x.mean(0)) / (x.var(0, correction=0) + eps).sqrt() + beta
            same(bn(given), right, "the output in training")
            assert torch.equal(given, x), "changes its input"
            mean = (1 - momentum) * mean + momentum * x.mean(0)
            var = (1 - momentum) * var + momentum * x.var(0)
            same(bn.running_mean, mean, "running_mean")
            same(bn.running_var, var, "running_var")
            bn.training = False
            for rows in (x, x[:1].clone()):
                same(bn(rows), gamma * (rows - mean) / (var + eps).sqrt() + beta, "the output evaluating")
            same(bn.running_mean, mean, "running_mean after evaluating")
            same(bn.running_var, var, "running_var after evaluating")
            bn.training = True
        attached = bn(batches[0].clone().requires_grad_())
        assert attached.requires_grad, "lets no gradient through"
        assert not bn.running_mean.requires_grad and not bn.running_var.requires_grad, "keeps the graph"
        mean, var = bn.running_mean, bn.running_var
        try:
            bn(batches[0][:1].clone())
        except ValueError:
            same(bn.running_mean, mean, "running_mean after a batch of one")
            same(bn.running_var, var, "running_var after a batch of one")
        else:
            raise AssertionError("takes a batch of one in training")

    try:
        whole_life({}, 1e-5, 0.1)
        whole_life({"eps": 2.0, "momentum": 0.3}, 2.0, 0.3)
    except AssertionError:
        raise
    except Exception as error:
        raise AssertionError(f"it raises {type(error).__name__}") from error
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Go through section 5 bullet by bullet. For each: how would a layer look that gets just this one wrong, and
# what is the shortest use of it that shows?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Small batches tell n from n − 1. A large eps shows where it stands. Columns with different means and
# spreads tell rows from columns. Ones and zeros hide γ and β: assign others. Momentum other than 0.1, two
# batches in a row, evaluating before and after, and a batch of one, in both modes. Don't forget what a fresh
# layer holds: the shapes, the defaults, how many tensors `parameters()` lists. And is x as it was?
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# bn = BatchNorm1d(2, eps=2.0, momentum=0.3)
# bn.gamma, bn.beta = torch.tensor([2.0, -3.0]), torch.tensor([0.5, 10.0])
# x = torch.tensor([[1.0, -2.0], [5.0, 0.0], [0.0, 7.0]])
# out = bn(x)
# right = ...                          # from the formula, with x.var(0, correction=0)
# assert torch.allclose(out, right, atol=1e-4)
# assert torch.allclose(bn.running_var, 0.7 * torch.ones(2) + 0.3 * ..., atol=1e-4)
# bn.training = False
# ...                                  # another output, and the estimates unchanged
# ```
#
# </details>

# %% tags=["explore"]
break_BatchNorm1d(BatchNorm1d)
print("your test lets your own BatchNorm1d pass")

# %% [markdown]
# ## 9 Journal club
#
# Read the paper as you would one of your own field: which claims are there, which experiment carries each,
# and what else would explain the result? Three different things are easily taken for one:
#
# 1. **That it works.** Networks with BatchNorm train in fewer steps, at higher rates and from worse starts.
#    Hundreds of groups have seen it since.
# 2. **Why it works.** The paper's answer is *internal covariate shift*: as the layers below learn, the
#    distribution of what a layer receives keeps changing, and each layer chases a moving target.
#    Standardising is to hold the target still.
# 3. **What else it does.** Each example's output depends on the batch that it is in, which acts as noise,
#    and the authors find that it regularises.
#
# Later work for the discussion; share it out, one for each of you, abstract and main figure:
# - Santurkar et al. (2018), *How Does Batch Normalization Help Optimization?* Adds noise behind BatchNorm,
#   so that the distributions shift more than ever, and finds that it trains as well as before; argues for a
#   smoother loss.
# - Bjorck et al. (2018), *Understanding Batch Normalization*: with the rate held low most of the benefit is
#   gone.
# - Wu and He (2018), *Group Normalization*: what becomes of BatchNorm with two examples in a batch.
# - Zhang, Dauphin and Ma (2019), *Fixup Initialization*: deep residual networks without any normalisation,
#   by initialisation alone.
#
# A small test of your own instruments: how much does a start or a rate matter, with and without BatchNorm?
# Each dot is a training run of 300 steps from scratch (altogether about half a minute).

# %% tags=["explore"]
rates = [0.01, 0.03, 0.1, 0.3, 1.0, 3.0]
figure, pair = plt.subplots(1, 2, figsize=(6.6, 3), sharey=True)
for axes, size in zip(pair, [0.5, 5 / 3], strict=True):
    for batchnorm, colour in [(False, "darkorange"), (True, "steelblue")]:
        finals = []
        for lr in rates:
            losses, _ = train_deep(*deep_network(batchnorm, size), 300, lr)
            finals.append(sum(losses[-50:]) / 50)
        label = "with BatchNorm" if batchnorm else "without"
        axes.semilogx(
            rates, torch.tensor(finals).nan_to_num(4.5).clamp(max=4.5), "o-", color=colour, label=label
        )
    axes.axhline(unigram, color="grey", linewidth=0.8, linestyle="--")
    axes.set_title(f"weights {size:.3g} times 1/√fan_in", fontsize=9, loc="left")
    axes.set_xlabel("learning rate")
pair[0].set_ylabel("loss of the last 50 steps\n(nats; 4.5 is 4.5 or more)")
pair[0].set_ylim(2.2, 4.6)
pair[0].legend(frameon=False)
plt.show()

# %% [markdown]
# The dashed line is what the frequencies of letters alone give. With BatchNorm the two panels are much
# alike, so the size of the first weights hardly matters; without it, it does. With larger weights BatchNorm
# stands a higher rate. But look at the right-hand panel up to 0.3: from a good start, at a suitable rate,
# the plain network does as well, or a little better. Is any of this evidence for the paper's *why*? No:
# whatever keeps signals in range would look the same. It bears on claim 1, that it works, and says: it
# depends. (One seed a dot, five hidden layers, 300 steps. What would you ask for before you believed it?)

# %% [markdown] question="journal-club" points=4
# ### To write down: three questions on the paper
#
# Four points, given by a person who reads your answer, not by the tests. Double-click this cell, write in
# place of its last line, and run the cell to see it set. Talk it over first; a pair may write one answer and
# put it into both notebooks. Ten to twenty-five sentences in all.
#
# 1. **What does it claim?** Name two claims of the paper, one about what BatchNorm does and one about why,
#    and for each the experiment or figure that is meant to carry it. How well does it?
# 2. **What did later work say?** Take one later paper (from the list, or another). Which of the two claims
#    does it touch, what did its authors *do*, and what do you conclude?
# 3. **What would you test?** Design one experiment that a group with a laptop can run on the names, to tell
#    two explanations of BatchNorm's benefit apart. What is varied and what held fixed, what is measured,
#    which result speaks for which explanation, and how many seeds do you need before you believe it?
#
# ### BEGIN SOLUTION
# Four points: one for the first part, one for the second, two for the third.
#
# 1. *Claims.* **That:** faster training (the ImageNet model reaches the baseline's accuracy in a small
#    fraction of its steps, figure 2 and its table), higher rates, less need of dropout, sigmoids that
#    train. **Why:** it reduces internal covariate shift. The point is for seeing that the experiments carry
#    the first kind and hardly the second: the evidence for reduced shift is figure 1 on MNIST (a small
#    network, quantiles of one unit's input over training), which shows that BatchNorm makes the
#    distribution stabler *and* the training faster, and not that one is the cause of the other. Half a
#    point if claims are listed without their evidence.
# 2. *Later work.* The point is for an intervention named and a conclusion no wider than it. Santurkar:
#    shifts were put back by noise behind BatchNorm and training stayed fast, so stable distributions aren't
#    necessary; the smoother loss is measured along gradient directions and partly proven in a simplified
#    setting. Bjorck: the benefit is tied to large rates. Wu and He: error grows as batches shrink, so batch
#    statistics are a cost, too. Fixup: normalisation isn't necessary where initialisation takes care of
#    scale, in residual networks. None of them shows that BatchNorm doesn't work; an answer that says so
#    loses the point.
# 3. *A test.* Two points for a design with one factor varied, a comparison at each arm's *own* best rate
#    (comparing at one rate favours whichever it suits), a stated measure, a prediction for both
#    explanations, and several seeds with a spread; one point if two of these are missing. Examples: noise
#    with a random mean and scale after each BatchNorm (covariate shift) against none; Kaiming's start with
#    a tuned rate against BatchNorm (scale at the start); batch statistics against running statistics in
#    training, or batch sizes 2 to 256 at fixed steps (noise); BatchNorm at the plain network's best rate
#    (rate). Measuring shift alone doesn't tell cause from consequence.
# ### END SOLUTION

# %% [markdown]
# ## 10 Stretch: depth, and who depends on whom
#
# Both exercises are extra. Without them, go on to *Looking back*, and skip the cells that use them.
#
# relu has a scale of its own: twice the input is twice the output, and going back half of the units, those
# that were negative, pass nothing. So the mean square of the gradient is multiplied by gain²/2 with each
# layer. A gain of √2 keeps it, less lets it vanish, more makes it explode, and with depth that is a power.
#
# **Exercise `gradient_profile`** (stretch, 2 points). Make a stack of `depth` layers, h ← relu(h @ W), of
# width `width`, without biases, every W as `kaiming_linear(width, width, gain, generator)`. The input is a
# standard normal batch of **64** rows, from `generator` too. The loss is the **mean of all entries** of the
# last layer's output. Return, first layer first, the norm (the root of the sum of all squares, over all 64
# rows) of the loss's gradient by the output of each layer: `depth` floats. In which order you draw is free.
# The last of them can be said beforehand: each of 64 · width entries has slope 1/(64 · width), so the norm
# is 1/√(64 · width). With the same generator state and twice the gain, the entry k layers below the last is
# 2^k times as large.


# %% exercise="gradient_profile" points=2 stretch=true
def gradient_profile(depth: int, width: int, gain: float, generator: torch.Generator) -> list[float]:
    """Norm of the gradient of the mean output by each of depth relu layers' outputs, first layer first.

    gradient_profile(5, 100, 1.0, generator) are five numbers that rise to 1/sqrt(6400) = 0.0125.
    """
    ### BEGIN SOLUTION
    h = torch.randn((64, width), generator=generator).requires_grad_()
    outputs = []
    for _ in range(depth):
        h = torch.relu(h @ kaiming_linear(width, width, gain, generator))
        outputs.append(h)
    return [gradient.norm().item() for gradient in torch.autograd.grad(h.mean(), outputs)]
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Keep the output of each layer in a list on the way up. What does torch need so that it records the
# computation at all?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Something at the bottom must have `requires_grad`, the input or the weights. Then
# `torch.autograd.grad(loss, outputs)` gives the gradient by each of the kept outputs, in their order;
# `.retain_grad()` on each and `loss.backward()` do it as well.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `h = torch.relu(h @ kaiming_linear(...))` and `outputs.append(h)` in a loop, then `[g.norm().item() for g
# in torch.autograd.grad(h.mean(), ...)]`.
#
# </details>

# %% tags=["explore"]
figure, axes = plt.subplots(figsize=(6.6, 3))
for gain, label, colour in [(1.0, "1", "tab:purple"), (2**0.5, "√2", "steelblue"), (2.0, "2", "darkorange")]:
    norms = gradient_profile(30, 100, gain, seeded(2))
    axes.semilogy(range(1, 31), norms, ".-", color=colour, label=f"gain {label}")
axes.set_xlabel("layer")
axes.set_ylabel("norm of the gradient")
axes.legend(frameon=False)
plt.show()

# %% [markdown]
# Read from the right. In the first few steps the gradient comes out larger than the rule says, whatever the gain,
# since a mean pushes all units the same way: at √2 it nearly trebles. From then on each line has about the slope
# that the rule gives it, and √2 is nearly level.
#
# ### Who depends on whom?
#
# So far an example's output was its own affair, however the batch was composed. With BatchNorm in training
# it isn't: mean and variance belong to the batch. For data that is no harm by itself, but a leak if the
# batch tells something, for instance if all rows of a batch come from one plate, or from one class.
#
# **Exercise `batchnorm_coupling`** (stretch, 2 points). `model` is anything that can be called with a batch
# (n, d) and returns (n, k) or (n,); you can only call it, with batches of the shape of x, as often as you
# like. x is floating with n ≥ 3 rows, no two alike. Say whether the output for example `i` (0-based)
# **depends on the other rows**: True or False. Rounding is no dependence; in the tests other rows of a
# usual size either matter plainly or not at all. It may be that only some of the other rows matter. x is
# left as it was.


# %% exercise="batchnorm_coupling" points=2 stretch=true
def batchnorm_coupling(model, x: torch.Tensor, i: int) -> bool:
    """Whether model(x)[i] depends on other rows of x than row i.

    With model = lambda x: x - x.mean(0) it is True for any i, with model = torch.tanh it is False.
    """
    ### BEGIN SOLUTION
    moved = x.exp()  # nowhere the same as x
    moved[i] = x[i]
    return not torch.allclose(model(x)[i], model(moved)[i], atol=1e-5)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# It is an experiment. What do you change, what do you hold fixed, and what do you look at?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Change all rows but i, and compare what the model says of row i. How you change them matters: if they only
# change places, mean and variance stay.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `moved = x.exp()`, `moved[i] = ...`, then compare `model(x)[i]` with `model(moved)[i]` by
# `torch.allclose`.
#
# </details>

# %% tags=["explore"]
bn = BatchNorm1d(30)
unlike = torch.unique(inputs, dim=0)  # contexts occur more than once, and no two rows may be alike
print("training:  ", batchnorm_coupling(bn, unlike, 0))
bn.training = False
print("evaluating:", batchnorm_coupling(bn, unlike, 0))

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

# %% [markdown]
# ## With your partner
#
# **Explain.** One of you explains why a network that starts at 0 learns the frequencies of letters and
# nothing else, the other why BatchNorm uses two variances, one divided by n and one by n − 1, and keeps only
# the second. No notes, and the listener asks "why?" three times.
#
# **Compare.** Exchange your `break_BatchNorm1d` and run each on the other's `BatchNorm1d`, then on a copy
# that one of you has broken in secret. Then put `size=3.0` for `size=0.5` in section 7's cell, which draws the
# network with and without BatchNorm: before you run it, each writes down what the three rows of the left
# column will look like.
#
# **Alone?** Write both explanations down as for somebody who hasn't seen the week. Then break five copies
# of your `BatchNorm1d`, one line each, and run your test on them tomorrow.

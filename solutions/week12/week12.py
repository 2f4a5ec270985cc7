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
# # Week 12 · WaveNet
#
# **Before:** watch *Building makemore Part 5: Building a WaveNet* by Andrej Karpathy (0h56). The first half
# of the notebook follows its path. Its namesake is van den Oord et al. (2016), *WaveNet: A Generative Model
# for Raw Audio* (arXiv 1609.03499); section 2.1 and its figures 2 and 3 are the second half.
#
# **Time:** five to six hours with your partner, the film apart. The exercise marked *stretch* comes on top.
#
# **Afterwards you can**
# - build a network from small modules, and check each of them by the shape that it hands on;
# - merge a sequence two by two, and say what that buys over taking it in at one gulp;
# - find a mistake that raises no error and hardly shows in the loss;
# - write a convolution that can't see the future, and *measure* that it can't;
# - show that a tree and a stack of dilated convolutions are the same computation;
# - say of a biological signal whether a model has learned where it is, or only that it is there.
#
# The network of weeks 08 and 09 saw three letters. More context should help, and nothing stops you from
# giving it eight. But its first layer then takes in all eight at once, each letter in a slot of its own,
# and has to say everything in one step. Sequences aren't read like that. Letters make syllables, and
# syllables names; bases make motifs, and motifs sites. This week's network merges neighbours first, then
# neighbours of neighbours, as a tree does.

# %% given="imports"
import math
from itertools import pairwise

import torch
import torch.nn as nn
import torch.nn.functional as F

from autograde import datasets

# %% [markdown]
# ## 1 A curve that one can read
#
# A training step sees 32 of 176,000 examples, so the loss of one step says little: it jumps by ±0.2 while
# the thing that you want to see moves by 0.01. The remedy is the oldest of statistics. The mean of k
# losses has a standard error √k times smaller, so take a thousand steps at a time and plot their means.
#
# By hand: the losses 4, 2, 3, 1, 5 in blocks of 2 are (4, 2) and (3, 1), so 3 and 2. The fifth has no
# partner and is left out: a block of one would jump about more than the rest and pretend to be a trend.
#
# **Exercise `smooth`** (1 point). `losses` is a list of numbers, `k` ≥ 1. Cut it into blocks of k, one
# after the other, from the front, and return the mean of each *whole* block: a floating tensor of shape
# (⌊len/k⌋,). What is left over at the end is dropped. With fewer than k losses the answer has shape (0,).


# %% exercise="smooth" points=1
def smooth(losses: list[float], k: int) -> torch.Tensor:
    """Means of whole blocks of k losses, one after the other; the tail is dropped: (len(losses) // k,).

    smooth([4.0, 2.0, 3.0, 1.0, 5.0], 2) is tensor([3., 2.]).
    """
    ### BEGIN SOLUTION
    whole = len(losses) // k * k
    return torch.tensor(losses[:whole], dtype=torch.float64).reshape(-1, k).mean(1)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# How many losses belong to whole blocks? For 5 losses and k = 2 it must be 4.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Once the tail is gone, a reshape lays the losses out as a table with one block in each row, and a mean
# over one axis does the rest. `//` divides and rounds down.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `whole = len(losses) // k * k`, then `torch.tensor(losses[:whole]).reshape(-1, k)` and its mean over axis
# 1. If the losses are whole numbers, say `dtype=torch.float64`.
#
# </details>

# %% [markdown]
# What it does to a curve: made-up losses that sink from 2.30 to 2.20 over 20,000 steps, with the noise of
# batches of 32.

# %% tags=["explore"]
import matplotlib.pyplot as plt

plt.style.use("autograde.quiet")
torch.set_num_threads(1)  # the matrices are small: a second thread would cost more than it brings


def seeded(seed):
    return torch.Generator().manual_seed(seed)


falling = torch.linspace(2.3, 2.2, 20_000) + 0.2 * torch.randn(20_000, generator=seeded(1))
figure, axes = plt.subplots(1, 3, figsize=(6.6, 2.6))
for panel, k in zip(axes, [1, 100, 1000], strict=True):
    means = smooth(falling.tolist(), k)
    panel.plot((torch.arange(len(means)) + 0.5) * k, means, color="steelblue", linewidth=0.8)
    panel.set_title(f"k = {k}", fontsize=9, loc="left")
    panel.set_xticks([0, 10_000, 20_000], ["0", "10,000", "20,000"])
    panel.set_xlabel("step")
axes[0].set_ylabel("loss (nats)")
plt.show()

# %% [markdown]
# The same numbers three times. Mind the axes: from left to right they span more than 1.5 nats, then about
# 0.2, then 0.1. The middle panel shows the trend; only the right one shows it to the 0.01 that decides
# between two networks.
#
# ## 2 Two by two
#
# Text as a network sees it has three axes, and from now on they have names: **b** examples in the batch,
# **t** positions in time, **c** channels, the numbers that describe one position. Eight letters, each a
# point in 24 dimensions, four examples: (b, t, c) = (4, 8, 24).
#
# Week 08's network would write all eight points behind one another, (4, 192), and a linear layer would take it
# from there. Now only *neighbours* are joined: position 0 with 1, 2 with 3, and so on. Eight positions of 24
# channels become four of 48:
#
# > (4, 8, 24) → (4, 4, 48)
#
# Then a linear layer, the same for each of the four pairs, makes 128 channels of 48; and then again
# neighbours are joined, until one position is left. By hand, one example with t = 4 and c = 2:
#
# > (1, 2) (3, 4) (5, 6) (7, 8) → (1, 2, 3, 4) (5, 6, 7, 8)
#
# The earlier of the two comes first. No number is lost, none computed; they are only regrouped.
#
# **Exercise `FlattenConsecutive`** (3 points). A layer like those of week 09: called with x of shape
# (b, t, c), `FlattenConsecutive(n)` joins n consecutive positions at a time and returns (b, t/n, c·n), of
# x's dtype, the channels of the earliest of the n first.
# - When t = n a single position is left. Its axis goes, and the result is (b, c·n), ready for the last
#   layer. No other axis ever goes: a batch of one stays a batch.
# - If n doesn't divide t: ValueError.
# - n ≥ 1; with n = 1 nothing is joined, and the axis goes only if t is 1.
# - `parameters()` is an empty list, and gradients flow through.


# %% exercise="FlattenConsecutive" points=3
class FlattenConsecutive:
    """Joins n consecutive positions: (b, t, c) becomes (b, t/n, c·n), or (b, c·n) when t = n.

    FlattenConsecutive(2)(torch.tensor([[[1, 2], [3, 4], [5, 6], [7, 8]]])) is
    tensor([[[1, 2, 3, 4], [5, 6, 7, 8]]]); FlattenConsecutive(4) gives tensor([[1, 2, 3, 4, 5, 6, 7, 8]]).
    """

    def __init__(self, n: int) -> None:
        ### BEGIN SOLUTION
        self.n = n
        ### END SOLUTION

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        ### BEGIN SOLUTION
        b, t, c = x.shape
        if t % self.n != 0:
            raise ValueError(f"{t} positions can't be joined {self.n} at a time")
        return x.reshape(b, t // self.n, c * self.n).squeeze(1)
        ### END SOLUTION

    def parameters(self) -> list[torch.Tensor]:
        ### BEGIN SOLUTION
        return []
        ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# In which order do the eight numbers of the worked example stand in memory, before and after? What has to
# move?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Nothing has to move, so a single `reshape` does it. A bare `.squeeze()` at the end takes away *every* axis
# of size 1, the batch's too; `.squeeze(1)` takes only the second, and only if its size is 1.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `b, t, c = x.shape`; `raise ValueError(...)` if `t % self.n` isn't 0; then
# `x.reshape(b, ..., ...).squeeze(1)`.
#
# </details>

# %% tags=["explore"]
x = torch.randn((4, 8, 24), generator=seeded(2))
print("at one gulp: ", tuple(x.shape), "->", tuple(FlattenConsecutive(8)(x).shape))
shapes = [tuple(x.shape)]
for _ in range(3):
    x = FlattenConsecutive(2)(x)
    shapes.append(tuple(x.shape))
print("two by two:  ", " -> ".join(map(str, shapes)))

# %% [markdown]
# Joining alone gets to the same place in three steps as in one. The gain comes from what stands between the
# steps: a linear layer, a normalisation and a tanh, so that what is joined next has already been summed up.
#
# ## 3 BatchNorm with an axis more: find the mistake
#
# The linear layer asks only for the last axis: `x @ W` turns (32, 4, 48) into (32, 4, 128) of its own
# accord. BatchNorm was written for (b, c). Here is what it computes in training, as the film has it (γ, β
# and the running estimates left out), let loose on three axes. It runs. And something in it has stopped
# doing what it should. **Find it from what the cell prints**, with your partner, before you open the fold.


# %% tags=["explore"]
def film_norm(x):
    mean = x.mean(0, keepdim=True)
    var = x.var(0, keepdim=True)
    return (x - mean) / torch.sqrt(var + 1e-5), mean


for shape in [(32, 5), (32, 4, 5)]:
    x = 3 + 2 * torch.randn(shape, generator=seeded(3))
    out, mean = film_norm(x)
    print(f"x {shape}: output {tuple(out.shape)}, its mean {out.mean().abs():.1f} and sd {out.std():.1f}")
    print(f"   mean {tuple(mean.shape)}: {mean.numel()} numbers for {shape[-1]} channels")

# %% [markdown]
# <details><summary>What is wrong</summary>
#
# The output has the right shape, mean 0 and sd 1. But there are 20 means for 5 channels: the average runs
# over the 32 examples only, and each of the 4 positions gets a mean and a variance of its own. Broadcasting
# makes it fit. In the film it ran like that for a long time and was found by looking at the *shape* of
# `running_mean`.
#
# What it costs:
# - each mean is made of 32 numbers, and 128 were there. Its standard error is twice as large;
# - the layer isn't the same at each position any more. A linear layer treats all positions alike; after
#   this one, position 0 is measured with another ruler than position 3. What follows in section 6, that
#   such a network can slide along a sequence, would no longer be true;
# - `running_mean` is tied to 4 positions. Send 6 through when evaluating, and now there is an error.
#
# </details>
#
# What is wanted is a mean and a variance **for each channel**, over everything else: examples *and*
# positions. In R, with an array of dimensions (b, t, c), it would be `apply(x, 3, mean)` and not `apply(x,
# c(2, 3), mean)`. By hand, b = 2, t = 2, c = 1:
#
# > example 0: (0, 2), example 1: (4, 10)
#
# Over all four numbers the mean is 4, the squares of the differences are 16, 4, 0, 36, so the biased
# variance is 56/4 = 14 and the unbiased one 56/3. Per position it would be the means 2 and 6.
#
# **Exercise `BatchNorm1d`** (4 points). Week 09's layer, which you may copy here and mend:
# `BatchNorm1d(d, eps=1e-5, momentum=0.1)`, called with x of shape (b, c) **or (b, t, c)**, c = d, returns
# the same shape.
# - `gamma` and `beta`, (d,), ones and zeros, leaves with `requires_grad=True`, both in `parameters()` and
#   nothing else there; `running_mean` and `running_var`, (d,), zeros and ones, without gradient;
#   `training`, True at first. All keep the shape (d,), whatever the shape of x. eps is above 0.
# - While `training`: with N numbers for each channel (N = b, or b·t), normalise by their mean and
#   **biased** variance (divided by N), eps under the root; γ and β as before; gradients flow through mean
#   and variance as well. Running ← (1 − momentum) · running + momentum · batch's, where the variance that
#   goes in is the **unbiased** one (N − 1). N is at least 2; a batch of *one* example with several
#   positions is fine.
# - While not `training`: the running estimates, which stay as they are; any b and t from 1 on.
# - x itself is never changed.


# %% exercise="BatchNorm1d" points=4
class BatchNorm1d:
    """gamma * (x - mean) / sqrt(var + eps) + beta for each channel, x being (b, c) or (b, t, c).

    bn = BatchNorm1d(1); bn(torch.tensor([[[0.0], [2.0]], [[4.0], [10.0]]])) is (x - 4) / sqrt(14 + eps), after
    which bn.running_mean is [0.4] and bn.running_var is [0.9 + 0.1 * 56 / 3] = [2.7667].
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
            axes = tuple(range(x.ndim - 1))  # all but the channels
            mean, var = x.mean(axes), x.var(axes, correction=0)
            with torch.no_grad():
                m = self.momentum
                self.running_mean = (1 - m) * self.running_mean + m * mean
                self.running_var = (1 - m) * self.running_var + m * x.var(axes)
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
# In your layer of week 09, which numbers say over what is averaged? Is there another place in which the
# number of examples is used?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `x.mean((0, 1))` averages over two axes at once. With two axes it is `(0,)`, with three `(0, 1)`: all but
# the last. Or make one axis of b and t at the start, `x.reshape(-1, c)`, and give the result x's shape
# again. If your unbiased variance is the biased one times n/(n − 1), then n is N here.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `axes = tuple(range(x.ndim - 1))`, `mean, var = x.mean(axes), x.var(axes, correction=0)`, and under
# `torch.no_grad()` the running estimates with `mean` and `x.var(axes)`.
#
# </details>

# %% [markdown]
# How much the mistake costs can be seen without training anything. Batches of 32 examples with 4 positions,
# all numbers from a normal distribution with mean 3 and sd 2. With momentum 1 the running mean *is* the
# batch's mean, so the layer tells what it measured.

# %% tags=["explore"]
bn = BatchNorm1d(1, momentum=1.0)
found = {"over b only": [], "over b and t": []}
generator = seeded(4)
for _ in range(2000):
    x = 3 + 2 * torch.randn((32, 4, 1), generator=generator)
    bn(x)
    found["over b and t"].append(bn.running_mean.item())
    bn(x[:, 0])  # one position alone, as the mistaken layer does
    found["over b only"].append(bn.running_mean.item())
figure, axes = plt.subplots(figsize=(6.6, 2.6))
for (label, means), colour in zip(found.items(), ["darkorange", "steelblue"], strict=True):
    sd = torch.tensor(means).std().item()
    axes.hist(means, bins=60, range=(1.7, 4.3), alpha=0.6, color=colour, label=f"{label}: sd {sd:.3f}")
axes.set_xlabel("mean measured in one batch (true mean: 3)")
axes.set_ylabel("batches")
axes.legend(frameon=False)
plt.show()

# %% [markdown]
# Four times the numbers, half the standard error: 2/√32 = 0.354 and 2/√128 = 0.177. So much noise more goes
# into each step, and the loss hardly shows it; that is what makes such mistakes live long.
#
# (Honesty asks for a *but*: in section 5 position 0 will hold mostly dots and position 7 letters, so that
# the positions do differ. A ruler for each position could even help there. It would then be a decision, and
# it would need γ and β for each position too.)
#
# ## 4 Two more modules
#
# A *module* is what we called a layer so far: an object that one calls, with `parameters()`. Two of week
# 09's are given; you have built them yourself. What else does the network consist of? A table in which
# letters are looked up, and the list of layers itself. Both become objects like the others, so that the
# whole network is *one* thing that can be called and asked for its parameters.


# %% given="layers"
class Linear:
    """Week 09's: x @ weight + bias for any leading axes; weight (fan_in, fan_out), bias (fan_out,) or None."""

    def __init__(self, fan_in, fan_out, bias=True, generator=None):
        self.weight = (torch.randn((fan_in, fan_out), generator=generator) / fan_in**0.5).requires_grad_()
        self.bias = torch.zeros(fan_out, requires_grad=True) if bias else None
        self.training = True

    def __call__(self, x):
        out = x @ self.weight
        return out if self.bias is None else out + self.bias

    def parameters(self):
        return [self.weight] if self.bias is None else [self.weight, self.bias]


class Tanh:
    """Week 09's: tanh of each element."""

    def __init__(self):
        self.training = True

    def __call__(self, x):
        return torch.tanh(x)

    def parameters(self):
        return []


# %% [markdown]
# **Exercise `Embedding`** (2 points). `Embedding(V, d, generator)` has `weight`, (V, d), drawn from a
# standard normal by `generator` (by torch's own state if it is None), a leaf with `requires_grad=True` and
# the one entry of `parameters()`. Called with a tensor of ids (int64, from 0 to V − 1) of **any shape**, it
# returns the rows of `weight` with these numbers: the ids' shape with an axis of d more at the end. So
# (b, t) becomes (b, t, d), and a single id without axes becomes (d,).


# %% exercise="Embedding" points=2
class Embedding:
    """A table of V points in d dimensions; called with ids of any shape, it gives shape (..., d).

    With weight [[0., 1.], [2., 3.], [4., 5.]], Embedding(3, 2) called with torch.tensor([[2, 0]]) gives
    [[[4., 5.], [0., 1.]]].
    """

    def __init__(self, V: int, d: int, generator: torch.Generator | None = None) -> None:
        ### BEGIN SOLUTION
        self.weight = torch.randn((V, d), generator=generator, requires_grad=True)
        ### END SOLUTION

    def __call__(self, ids: torch.Tensor) -> torch.Tensor:
        ### BEGIN SOLUTION
        return self.weight[ids]
        ### END SOLUTION

    def parameters(self) -> list[torch.Tensor]:
        ### BEGIN SOLUTION
        return [self.weight]
        ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# It is `C` of week 08, put into an object. What did `C[X]` do with an X of two axes?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Indexing a tensor with a tensor of integers looks up one row for each of them, whatever its shape. There
# is nothing to flatten.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `self.weight = torch.randn((V, d), generator=generator, requires_grad=True)`, and `self.weight[...]`.
#
# </details>

# %% [markdown]
# **Exercise `Sequential`** (2 points). `Sequential(layers)` keeps the list as `layers`. Called with x, it
# sends x through all of them, first to last, and returns what the last one gives; without any layers that
# is x. `parameters()` gives the parameters of all layers as a list, in the order of the layers, **each
# once**.
#
# That "once" is meant for sharing. The same layer may stand in the list twice, and two layers may hold the
# same tensor. A training loop that finds a parameter twice makes each step twice. Two *different* tensors
# that happen to hold equal numbers (two biases of zeros) are two parameters.


# %% exercise="Sequential" points=2
class Sequential:
    """A list of layers as one: called one after the other; parameters() in their order, each tensor once.

    Sequential([Linear(2, 3), Tanh(), Linear(3, 1)]).parameters() has 4 entries; with one and the same
    layer = Linear(2, 2), Sequential([layer, Tanh(), layer]).parameters() has 2.
    """

    def __init__(self, layers: list) -> None:
        ### BEGIN SOLUTION
        self.layers = layers
        ### END SOLUTION

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        ### BEGIN SOLUTION
        for layer in self.layers:
            x = layer(x)
        return x
        ### END SOLUTION

    def parameters(self) -> list[torch.Tensor]:
        ### BEGIN SOLUTION
        once = {id(p): p for layer in self.layers for p in layer.parameters()}
        return list(once.values())
        ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# When are two tensors the same *thing*, and when do they merely hold the same numbers? Python has an
# operator for each.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `p in found` compares with `==`, element by element, and complains or lies. `p is q` asks whether they are
# one object. `id(p)` is a number that no other living object has: good as a key of a dictionary, and
# dictionaries keep the order in which keys came.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `once = {id(p): p for layer in self.layers for p in ...}`, and the list of its values.
#
# </details>

# %% [markdown]
# ## 5 The network
#
# Now it is put together. With a block of 8 letters, d = 24 and hidden = 128:
#
# | layers | shape of what comes out |
# | --- | --- |
# | (ids) | (b, 8) |
# | Embedding | (b, 8, 24) |
# | FlattenConsecutive(2), Linear, BatchNorm1d, Tanh | (b, 4, 128) |
# | FlattenConsecutive(2), Linear, BatchNorm1d, Tanh | (b, 2, 128) |
# | FlattenConsecutive(2), Linear, BatchNorm1d, Tanh | (b, 128) |
# | Linear | (b, 27) |
#
# The three linear layers in front of a BatchNorm have no bias, since BatchNorm would take it off again
# (week 09); β stands in for it.
#
# How many parameters? By hand, small: V = 5, block 4, d = 2, hidden 3. The table has 5·2 = 10. The first
# linear layer sees two letters, 2·2 = 4 numbers, and makes 3: 12, and BatchNorm has 3 + 3. The second sees
# two times 3: 6·3 = 18, and again 6. The last has 3·5 weights and 5 biases. 10 + 12 + 6 + 18 + 6 + 20 = 72.
#
# **Exercise `wavenet`** (4 points). Return a `Sequential` whose `layers` are one flat list of the layers of
# the table, for any `block` that is a power of two from 2 on: an embedding of V symbols in d dimensions;
# then log2(block) times a FlattenConsecutive(2), a Linear **without bias** to `hidden`, a BatchNorm1d and a
# Tanh; at last a Linear **with bias** to V. Draw all weights with `generator`, layer by layer as they stand
# in the list, so that equal states give equal networks. Called with ids (b, block), int64, it returns (b,
# V), the logits.


# %% exercise="wavenet" points=4
def wavenet(V: int, block: int, d: int, hidden: int, generator: torch.Generator | None = None) -> Sequential:
    """Embedding, log2(block) times (flatten by 2, linear without bias, batchnorm, tanh), linear with bias to V.

    wavenet(5, 4, 2, 3, generator) has 1 + 4 + 4 + 1 = 10 layers and 72 parameters; called with ids (b, 4)
    it gives (b, 5).
    """
    ### BEGIN SOLUTION
    layers = [Embedding(V, d, generator)]
    width = d
    for _ in range(int(math.log2(block))):
        layers += [FlattenConsecutive(2), Linear(2 * width, hidden, bias=False, generator=generator)]
        layers += [BatchNorm1d(hidden), Tanh()]
        width = hidden
    layers.append(Linear(width, V, generator=generator))
    return Sequential(layers)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Write the layers for block 4 down as a plain list. Which numbers change from the first round to the
# second?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# A linear layer sees two positions, so its fan_in is twice the channels that come in: d the first time,
# hidden from then on. Keep that width in a variable. The number of rounds is how often block can be halved
# until 1 is left.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# layers, width = [Embedding(V, d, generator)], d
# while block > 1:
#     layers += [FlattenConsecutive(2), Linear(2 * width, ...), BatchNorm1d(...), Tanh()]
#     width, block = hidden, block // 2
# ```
#
# </details>

# %% [markdown]
# The habit that the film recommends, and the best that one can pick up from this week: before training,
# send one batch through, **module by module, and read the shapes**. Most mistakes in a new network are
# mistakes of shape, and half of those raise no error.

# %% tags=["explore"]
V, BLOCK, N_EMBD, HIDDEN = 27, 8, 24, 128
model = wavenet(V, BLOCK, N_EMBD, HIDDEN, seeded(42))
x = torch.randint(V, (32, BLOCK), generator=seeded(1))
print(f"{'ids':>20} {tuple(x.shape)!s:<16} parameters")
for layer in model.layers:
    x = layer(x)
    count = sum(p.numel() for p in layer.parameters())
    print(f"{type(layer).__name__:>20} {tuple(x.shape)!s:<16} {count:>6,}")
print(f"{sum(p.numel() for p in model.parameters()):,} parameters in all")

# %% [markdown]
# And now the names. The next cells prepare them as in week 08, with eight letters of context: shuffled,
# 80 % for training, 10 % for choosing (*development*), 10 % for the test, which stays shut this week.


# %% tags=["explore"]
def contexts(words, block):
    """(X, Y): the last `block` symbols before each symbol of each word, dots in front, and the symbol."""
    padded = [[0] * block + [stoi[letter] for letter in word] + [0] for word in words]
    rows = [row[at : at + block + 1] for row in padded for at in range(len(row) - block)]
    table = torch.tensor(rows)
    return table[:, :-1], table[:, -1]


stoi = {symbol: number for number, symbol in enumerate(".abcdefghijklmnopqrstuvwxyz")}
itos = {number: symbol for symbol, number in stoi.items()}
names = datasets.names()
order = torch.randperm(len(names), generator=seeded(2015)).tolist()
shuffled = [names[place] for place in order]
X, Y = contexts(shuffled[: len(names) * 8 // 10], BLOCK)
X_dev, Y_dev = contexts(shuffled[len(names) * 8 // 10 : len(names) * 9 // 10], BLOCK)
print(f"{len(X):,} examples to train on, {len(X_dev):,} to choose by; the first ones:")
for ids, target in zip(X[:6].tolist(), Y[:6].tolist(), strict=True):
    print("  ", "".join(itos[number] for number in ids), "->", itos[target])

# %% [markdown]
# Training is the loop that you know. Two things are new: a bar that says how far it is (you needn't read
# `progress`), and a device, taken as it is found: with a GPU in the machine the tensors move there.
# (Batches of 32 are too small for a GPU to be faster.) `torch.autograd.grad(loss, params)` returns what
# `backward()` would have put into each `.grad`, so that nothing has to be set back to zero; `vars(layer)`
# is the dictionary of all that a layer holds.

# %% tags=["explore"]
import time

from IPython.display import display

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def progress(steps, label, unit="steps"):
    """range(steps), with a bar that grows."""
    start, handle = time.monotonic(), display({"text/plain": label}, raw=True, display_id=True)
    for step in range(steps):
        yield step
        if (step + 1) % max(1, steps // 40) == 0 or step + 1 == steps:
            done = (step + 1) / steps
            bar = "█" * round(30 * done) + "·" * (30 - round(30 * done))
            text = f"{label} {bar} {step + 1:,} of {steps:,} {unit}, {time.monotonic() - start:.0f} s"
            handle.update({"text/plain": text}, raw=True)


def move(model, device):
    """Bring all tensors of a model's layers to the device."""
    for layer in model.layers:
        for tensor in vars(layer).values():
            if isinstance(tensor, torch.Tensor):
                tensor.data = tensor.data.to(device)


def set_training(model, training):
    for layer in model.layers:
        layer.training = training


def train(model, steps, label, lr=0.1, batch_size=32, seed=7):
    """Gradient descent, the last quarter of the steps at a tenth of the rate; the loss at each step."""
    move(model, device)
    set_training(model, True)
    params, generator, losses = model.parameters(), seeded(seed), []
    for step in progress(steps, label):
        rows = torch.randint(len(X), (batch_size,), generator=generator)
        loss = F.cross_entropy(model(X[rows].to(device)), Y[rows].to(device))
        losses.append(loss.item())
        rate = lr if step < steps * 3 / 4 else lr / 10
        for p, gradient in zip(params, torch.autograd.grad(loss, params), strict=True):
            p.data -= rate * gradient
    return losses


def loss_of(model, X, Y):
    """The mean loss, with BatchNorm's running estimates."""
    set_training(model, False)
    with torch.no_grad():
        return F.cross_entropy(model(X.to(device)), Y.to(device)).item()


# %% [markdown]
# The rival is a network that takes the same eight letters in at one gulp, with as many parameters: 8·24 =
# 192 numbers, 340 hidden units, 27 logits. Both train for 10,000 steps, half a minute each or so. With time
# to spare set `STEPS` to 200,000, which is the film's, and what follows below takes ten minutes or more.

# %% tags=["explore"]
STEPS = 10_000  # 200_000 for those who have the time


def at_one_gulp(hidden, generator):
    layers = [Embedding(V, N_EMBD, generator), FlattenConsecutive(BLOCK)]
    layers += [Linear(BLOCK * N_EMBD, hidden, bias=False, generator=generator), BatchNorm1d(hidden), Tanh()]
    return Sequential([*layers, Linear(hidden, V, generator=generator)])


rivals = {
    "two by two": wavenet(V, BLOCK, N_EMBD, HIDDEN, seeded(42)),
    "one gulp": at_one_gulp(340, seeded(42)),
}
curves = {}
for label, model in rivals.items():
    curves[label] = train(model, STEPS, f"{label:>10}")
for label, model in rivals.items():
    count = sum(p.numel() for p in model.parameters())
    print(
        f"{label:>10}: {count:,} parameters, loss {loss_of(model, X[:20_000], Y[:20_000]):.3f} in training, "
        f"{loss_of(model, X_dev, Y_dev):.3f} on development names"
    )

# %% tags=["explore"]
figure, axes = plt.subplots(figsize=(6.6, 3))
k = STEPS // 40
for (label, losses), colour in zip(curves.items(), ["steelblue", "darkorange"], strict=True):
    means = smooth(losses, k)
    axes.plot((torch.arange(len(means)) + 0.5) * k, means, ".-", color=colour, label=label)
axes.set_xticks(range(0, STEPS + 1, STEPS // 4), [f"{step:,}" for step in range(0, STEPS + 1, STEPS // 4)])
axes.axvline(STEPS * 3 / 4, color="grey", linewidth=0.8, linestyle="--")
axes.text(STEPS * 0.76, axes.get_ylim()[1], "rate / 10", color="grey", va="top")
axes.set_xlabel("step")
axes.set_ylabel(f"loss (nats), means of {k:,} steps")
axes.legend(frameon=False)
plt.show()

# %% [markdown]
# Two by two is ahead all the way, by some 0.05 nats while the rate is high and by 0.02 or 0.03 at the end.
# Before you believe in trees: it is one run of each, at one rate, which may suit one of them better; and
# the tree has three layers where its rival has one, so that depth is a second explanation. What would you
# have to train to tell the two apart? (The first thing: the same again with other seeds. How far apart are
# two runs of the *same* network?)
#
# The rate and the number of steps are worth more than anything else here: most of the last gain came from
# the smaller rate, and with 200,000 steps the film comes to about 2.0 on its list of names.
#
# A look at what it writes, as always:

# %% tags=["explore"]
model, generator, drawn = rivals["two by two"], seeded(12), []
set_training(model, False)
while len(drawn) < 12:
    context, word = [0] * BLOCK, ""
    while True:
        with torch.no_grad():
            p = torch.softmax(model(torch.tensor([context], device=device)), 1).cpu()
        number = torch.multinomial(p[0], 1, generator=generator).item()
        if number == 0:
            break
        context, word = context[1:] + [number], word + itos[number]
    drawn.append(word)
print(", ".join(drawn))

# %% [markdown]
# ## 6 The same tree at every position
#
# To predict the eight letters of `isabella` and the dot behind them the network runs nine times, once for
# each context. But the contexts overlap, and much is computed again and again: the pair `is` is merged each
# time that its `i` stands at place 0, 2, 4 or 6 of the context. It would be cheaper to merge *every* pair
# of neighbours once, over the whole name, and keep the results. A weight that is applied at every position
# alike is a **convolution**, as last week's, along one axis instead of two.
#
# Two things set it apart from last week's.
#
# **It is causal.** What comes out at position i may depend on positions up to i and on nothing later: the
# network is to predict the future, so it mustn't see it. The kernel therefore looks *back*. Its last tap
# (tap is the name for one weight along time) lies on the present, the others on the past:
#
# $$\text{out}[i] = w[0]\,x[i-k+1] + \dots + w[k-2]\,x[i-1] + w[k-1]\,x[i]$$
#
# with zeros for positions before the start, so that as many come out as went in. By hand: x = (1, 2, 3, 4)
# and w = (10, 1), so out[i] = 10·x[i − 1] + x[i] = (1, 12, 23, 34).
#
# **It can have holes.** With **dilation** D its taps lie D positions apart. At D = 2 the example is out[i]
# = 10·x[i − 2] + x[i] = (1, 2, 13, 24). Why one wants holes is the matter of the next section.
#
# **Exercise `causal_conv1d`** (4 points). `x` is (b, c, t): channels come *before* time, as all of torch's
# convolutions have it. `w` is (o, c, k), of the same floating dtype: k taps for each pair of an output and
# an input channel. `dilation` D ≥ 1. Return (b, o, t), of x's dtype, with
#
# $$\text{out}[b, o, i] = \sum_c \sum_j w[o, c, j] \; x[b, c,\, i - (k - 1 - j)\,D]$$
#
# where x counts as 0 before its start. All sizes are at least 1; t may be shorter than the kernel reaches.
# There is no bias. Gradients flow to x and w, and neither is changed. You may use whatever you like of
# torch.


# %% exercise="causal_conv1d" points=4
def causal_conv1d(x: torch.Tensor, w: torch.Tensor, dilation: int = 1) -> torch.Tensor:
    """(b, o, t) from x (b, c, t) and w (o, c, k): the last tap is now, the others `dilation` steps apart before.

    With x = [[[1., 2., 3., 4.]]] and w = [[[10., 1.]]] it is [[[1., 12., 23., 34.]]], with dilation 2
    [[[1., 2., 13., 24.]]].
    """
    ### BEGIN SOLUTION
    past = (w.shape[2] - 1) * dilation
    return F.conv1d(F.pad(x, (past, 0)), w, dilation=dilation)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# How far back does the first tap look? So many zeros have to stand in front of x, and none behind it.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `F.pad(x, (left, right))` puts zeros at the two ends of the last axis. `F.conv1d(x, w,
# dilation=dilation)` then slides the kernel along; its own `padding=` pads both ends alike, and the future
# leaks in unless you cut off the end. Or add up the taps in a loop: each is a slice of the padded x, and
# `torch.einsum("oc,bct->bot", w[:, :, j], ...)` mixes its channels.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `past = (w.shape[2] - 1) * ...`, then `F.conv1d(F.pad(x, (past, 0)), w, dilation=...)`.
#
# </details>

# %% [markdown]
# That a model doesn't see the future is easily claimed. **Measure it:** change x at one position j, and
# look at which positions of the output change. Each panel is such an experiment for 16 positions: a row for
# each position that was changed, a column for each position of the output, coloured where something moved.
# Whatever lies to the left of the diagonal is the past moved by the future.


# %% tags=["explore"]
def influence(f, c=3, t=16):
    """(t, t): how much the output at position i (column) moves when x at position j (row) is changed."""
    x = torch.randn((1, c, t), generator=seeded(5))
    moved = torch.zeros(t, t)
    for j in range(t):
        other = x.clone()
        other[:, :, j] += torch.randn(c, generator=seeded(6))
        moved[j] = (f(other) - f(x)).abs().amax((0, 1))
    return moved


def stack(dilations, k=2, c=3):
    """Convolutions on top of each other, tanh between them."""
    ws = [torch.randn((c, c, k), generator=seeded(level)) for level in range(len(dilations))]

    def run(x):
        for w, dilation in zip(ws, dilations, strict=True):
            x = torch.tanh(causal_conv1d(x, w, dilation))
        return x

    return run


w = torch.randn((3, 3, 3), generator=seeded(7))
experiments = {
    "torch, padding='same'": lambda x: F.conv1d(x, w, padding="same"),
    "causal, 3 taps": lambda x: causal_conv1d(x, w),
    "causal, 3 taps, D = 3": lambda x: causal_conv1d(x, w, 3),
    "2 taps, D = 1, 2, 4": stack([1, 2, 4]),
}
figure, panels = plt.subplots(1, 4, figsize=(7.4, 2.5), sharey=True)
for panel, (label, f) in zip(panels, experiments.items(), strict=True):
    panel.imshow((influence(f) > 1e-6).tolist(), cmap="Blues", vmax=1.4)
    panel.plot([-0.5, 15.5], [-0.5, 15.5], color="darkorange", linewidth=1)
    panel.set_title(label, fontsize=8, loc="left")
    panel.set_xlabel("output position")
    panel.set_xticks([0, 5, 10, 15])
    panel.spines[:].set_visible(True)
panels[0].set_ylabel("changed position\n(blue: the output moved)")
plt.show()

# %% [markdown]
# The first panel has a band on both sides of the line: each output depends on the position after it. A
# model trained like that to predict the next letter would find it in its input, reach a splendid loss, and
# write nonsense. The others are clean: nothing to the left of the line. With holes (third) an output sees
# the present, 3 back and 6 back, and the last panel is a full band of 8, made of three layers with two taps
# each.
#
# ## 7 How far back does it see?
#
# The **receptive field** of an output is how many positions it spans, from the earliest that can change it
# to the present. One convolution with k taps at dilation D reaches (k − 1)·D back, and itself: 1 + (k −
# 1)·D. On top of another, it begins where the other ended: the reaches add up.
#
# By hand: two taps, dilations 1, 2, 4. The reaches are 1 + 2 + 4 = 7, so the field is 8. Three taps: 2 + 4
# + 8 = 14, so 15.
#
# That is why one wants holes. Without them, three layers of two taps see 4 positions, and to see 1,000 it
# takes 999 layers. When the dilation doubles from layer to layer it takes 10.
#
# **Exercise `receptive_field`** (2 points). `kernel` ≥ 1 is the number of taps of each layer, `dilations` a
# list with the dilation of each (each ≥ 1, in any order). Return the receptive field of the whole stack, an
# int. Without a layer a position sees itself: 1.


# %% exercise="receptive_field" points=2
def receptive_field(kernel: int, dilations: list[int]) -> int:
    """How many positions, from the first that matters to the present, reach one output of the stack.

    receptive_field(2, [1, 2, 4]) is 8, receptive_field(3, [1, 2, 4]) is 15, receptive_field(3, []) is 1.
    """
    ### BEGIN SOLUTION
    return 1 + (kernel - 1) * sum(dilations)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Draw it for two taps and dilations 1 and 2: from the last output go down to the positions that it reads,
# and from each of them further down.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Follow the leftmost line only. How far to the left does it go in each layer?
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# 1 + the sum over layers of (kernel − 1) · dilation.
#
# </details>

# %% [markdown]
# Now both pictures beside each other. Left: the tree of section 5, which merges eight letters two by two
# and says something about the ninth. Right: a stack of causal convolutions with two taps and dilations 1,
# 2, 4, over two dots and eight letters. A dot of the drawing is what one layer has at one position, a line
# says what it was made of.


# %% tags=["explore"]
def draw(axes, letters, edges_of, lit, title):
    """Dots for each level and position, grey lines for all edges, coloured ones for those that lead to the top."""
    levels = 4
    for level in range(levels):
        for place in range(len(letters)):
            if not edges_of(level, place) and level > 0:
                continue
            on = (level, place) in lit
            for below in edges_of(level, place):
                colour = "steelblue" if on else "0.82"
                axes.plot(
                    [below, place], [level - 1, level], color=colour, linewidth=1.4 if on else 0.7, zorder=1
                )
            axes.plot(place, level, "o", color="steelblue" if on else "0.75", markersize=6 if on else 4)
    for place, letter in enumerate(letters):
        axes.text(place, -0.45, letter, ha="center", family="monospace", fontsize=11)
    axes.set_yticks(range(levels), ["letters", "1st layer\nD = 1", "2nd layer\nD = 2", "3rd layer\nD = 4"])
    axes.set_xticks([])
    axes.set_ylim(-0.55, 3.3)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_title(title, fontsize=9, loc="left")


def tree_edges(level, place):
    step = 2**level
    return [place - step // 2, place] if level and (place + 1) % step == 0 else []


def conv_edges(level, place):
    return [p for p in (place - 2 ** (level - 1), place) if p >= 0] if level else []


def below(edges_of, top):
    """All dots from which a line leads up to `top`."""
    found, waiting = set(), [top]
    while waiting:
        dot = waiting.pop()
        found.add(dot)
        waiting += [(dot[0] - 1, place) for place in edges_of(*dot)]
    return found


figure, (left, right) = plt.subplots(1, 2, figsize=(7.4, 3), width_ratios=[8, 10], sharey=True)
draw(left, "isabella", tree_edges, below(tree_edges, (3, 7)), "the tree: one context of 8")
draw(right, "..isabella", conv_edges, below(conv_edges, (3, 9)), "dilated convolutions: every position")
plt.show()

# %% [markdown]
# The blue lines on the right are the tree on the left: a layer with dilation 1 merges neighbours, one with
# dilation 2 merges pairs, one with dilation 4 merges fours. (The tree's dots are drawn above the later of
# the two that they merge; that makes it lean to the right.) The grey ones are the same tree for the other
# positions, and they share dots with the blue one and with each other: nothing is computed twice. A
# convolution is a tree that is run at every position at once, and a tree is what one output of the
# convolutions sees. The numbers agree, too, as the last section shows.
#
# Count the letters under the blue dots: `receptive_field(2, [1, 2, 4])`.
#
# ## 8 Now break it
#
# A convolution that looks ahead by one passes many a test: the shape is right, the numbers are plausible,
# and on the example of the docstring it may even be right.
#
# **Exercise `break_causal_conv1d`** (3 points). Write a function that takes somebody's `causal_conv1d` and
# raises an AssertionError if it isn't what section 6 says; for a right one it returns None. An error that a
# wrong one raises by itself counts as caught. Your points are the share of wrong ones that you catch, so
# long as you let every right one pass.
#
# - Call it as promised: `causal_conv1d(x, w)` or `causal_conv1d(x, w, dilation)`, x and w floating and of
#   one dtype.
# - Right ones differ in their last digits: `torch.allclose(..., atol=1e-5)` or the like. Small whole
#   numbers keep it easy to read.
# - Don't call `backward()` in your test: while grading, the function runs elsewhere, and gradients don't
#   come back from there.


# %% exercise="break_causal_conv1d" points=3
def break_causal_conv1d(causal_conv1d) -> None:
    """Raise AssertionError if the function isn't as section 6 says, return None if it is.

    One line of it might be:
    assert torch.allclose(causal_conv1d(torch.tensor([[[1.0, 2.0]]]), torch.tensor([[[10.0, 1.0]]])), ...)
    """
    ### BEGIN SOLUTION
    generator = torch.Generator().manual_seed(12)
    for b, c, o, t, k, dilation in [
        (2, 3, 4, 9, 3, 1),
        (3, 2, 1, 11, 2, 3),
        (1, 1, 2, 3, 4, 2),
        (2, 4, 3, 5, 1, 2),
        (2, 2, 2, 8, 4, 2),
        (1, 1, 1, 1, 2, 1),
    ]:
        x = torch.randn((b, c, t), generator=generator)
        w = torch.randn((o, c, k), generator=generator)
        right = torch.zeros(b, o, t)
        for i in range(t):
            for j in range(k):
                at = i - (k - 1 - j) * dilation
                if at >= 0:
                    right[:, :, i] += x[:, :, at] @ w[:, :, j].T
        given_x, given_w = x.clone(), w.clone()
        outputs = [causal_conv1d(given_x, given_w, dilation)]
        if dilation == 1:
            outputs.append(causal_conv1d(given_x, given_w))
        for out in outputs:
            assert out.shape == right.shape, f"shape {tuple(out.shape)}, not {tuple(right.shape)}"
            assert torch.allclose(out, right, atol=1e-4), f"{out}, not {right}"
        assert torch.equal(given_x, x) and torch.equal(given_w, w), "changes its input"
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# What goes wrong when b, c, o, t and k are all different, and can't be seen when two of them are equal, or
# one of them is 1?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# The formula of section 6 is four loops, or two and a matrix product. Written out slowly it is an
# independent answer to compare with, for several sizes: several taps, dilations above 1, a kernel that
# reaches further back than x does. And look at x and w once more when the call is over.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# for b, c, o, t, k, dilation in [(2, 3, 4, 9, 3, 1), (3, 2, 1, 11, 2, 3), ...]:
#     x, w = torch.randn(b, c, t), torch.randn(o, c, k)
#     right = torch.zeros(b, o, t)
#     for i in range(t):
#         for j in range(k):
#             at = i - ...
#             if at >= 0:
#                 right[:, :, i] += x[:, :, at] @ w[:, :, j].T
#     before = x.clone()
#     assert torch.allclose(causal_conv1d(x, w, dilation), right, atol=1e-4)
#     ...
# ```
#
# </details>

# %% tags=["explore"]
break_causal_conv1d(causal_conv1d)
print("your test lets your own causal_conv1d pass")

# %% [markdown]
# ## 9 Where an intron begins
#
# A causal model is made for predicting what comes next. It is as good for reading a sequence from end to
# end and then saying something about it: the last position has seen everything, if the receptive field is
# wide enough.
#
# An intron in *Arabidopsis* begins with GT, nearly always, and the cell's splicing machinery finds that
# place. But GT is everywhere; by chance alone every sixteenth dinucleotide is one. What tells a true
# **donor site** from a GT that is none? The data: 60 bases each, 30 before the GT's G and 30 from it on, so
# that **every** sequence has GT at the same place (positions 30 and 31, counted from 0). Half are donors of
# annotated introns, half are **decoys**, GTs from the same stretches of the chromosome that aren't. Look
# first.

# %% tags=["explore"]
donors = datasets.splice_donors()
thaliana = [row for row in donors if row["species"] == "thaliana"]
arenosa = [row for row in donors if row["species"] == "arenosa"]
print(f"{len(thaliana):,} sequences of A. thaliana, {len(arenosa):,} of A. arenosa")
for label in ("donor", "decoy"):
    for row in [row for row in thaliana if row["label"] == label][:3]:
        text = row["sequence"]
        print(f"   {label}: {text[:30]} {text[30:32].upper()} {text[32:]}")


def encode(rows):
    """x (n, 4, 60), one-hot in the order a c g t, and y (n,), 1 for a donor."""
    ids = torch.tensor([["acgt".index(letter) for letter in row["sequence"]] for row in rows])
    return F.one_hot(ids, 4).transpose(1, 2).float(), torch.tensor(
        [int(row["label"] == "donor") for row in rows]
    )


x, y = encode(thaliana)
difference = x[y == 1].mean(0) - x[y == 0].mean(0)  # (4, 60): share among donors less share among decoys
figure, axes = plt.subplots(figsize=(7.4, 2.2))
image = axes.imshow(difference.tolist(), cmap="PuOr", vmin=-0.6, vmax=0.6, aspect="auto")
axes.set_yticks(range(4), "ACGT")
axes.set_xticks([0, 10, 20, 28, 30, 32, 34, 40, 50, 59])
axes.tick_params(axis="x", labelsize=8)
axes.set_xlabel("position (30 and 31 are GT in all sequences)")
axes.spines[:].set_visible(True)
figure.colorbar(image, label="share in donors − in decoys")
plt.show()

# %% [markdown]
# Violet is more frequent in donors, orange more rare. Most of the signal sits in six or seven positions
# around GT: an A and a G before it (28, 29), an A, an A and a G behind it (32, 33, 34): `AG|GTAAG`, the
# piece that pairs with the U1 snRNA. Around it there is a haze: more T and less A and G in the intron.
# `GTAAG` in itself is nothing special. It is special *there*. (For the two of you: further left, in the
# exon, every third position has more G in donors than the two between. What repeats every three bases
# there?)
#
# So a model that counts which 3-mers occur in the 60 bases, wherever they are, throws away the very thing
# that matters. And how easily one builds such a model: a convolution of three taps and a mean over all
# positions is a **bag of 3-mers**, a perfectly good convolutional network, and blind to order.
#
# **Exercise `SpliceModel`** (5 points). Write an `nn.Module`. `SpliceModel()`, without arguments, makes
# one; its start is drawn from torch's own state. Called with x (n, 4, 60), float32, one-hot letters in the
# order a, c, g, t, it returns (n, 2): the *logits*, not the probabilities, of decoy (column 0) and donor
# (column 1).
# - It is made of **causal convolutions**, by `causal_conv1d` or by `nn.Conv1d` with zeros in front. Its
#   method `features(x)` gives what the last of them says, (n, c, 60) with a c of your choosing. There a
#   base changes nothing that stands before it, and some of what stands behind it, as in the pictures of
#   section 6.
# - **The answer is read off the features:** calling the model goes through `self.features(x)` and doesn't
#   look at x otherwise. How many layers and channels, which dilations, and how the answer is read off are
#   yours to decide.
# - **All that it has learned is in `state_dict()`:** a second `SpliceModel` that loads it gives the same
#   logits. So no weights outside of `parameters()`.
# - **Order counts:** two sequences with exactly the same 3-mers in another order get different logits.
# - **Every base can matter**, from the first to the last.
# - A sequence's logits (when evaluating) don't depend on which others are in the batch, and a batch of one
#   stays a batch.
# - **It can learn:** trained by Adam with rate 0.01 on four to six sequences with made-up labels, it knows
#   them by heart after 200 steps at most. Small is enough: 3,300 parameters will do.


# %% exercise="SpliceModel" points=5
class SpliceModel(nn.Module):
    """Logits (n, 2) for decoy and donor, from one-hot sequences (n, 4, 60), by causal convolutions.

    SpliceModel()(torch.zeros(3, 4, 60)).shape is (3, 2); features(x) gives (n, c, 60).
    """

    def __init__(self) -> None:
        super().__init__()
        ### BEGIN SOLUTION
        self.dilations = [1, 2, 4, 8, 16]  # with three taps: a receptive field of 63
        sizes = [4] + [16] * len(self.dilations)
        self.weights = nn.ParameterList(
            torch.randn(c_out, c_in, 3) * math.sqrt(2 / (3 * c_in)) for c_in, c_out in pairwise(sizes)
        )
        self.biases = nn.ParameterList(torch.zeros(c_out, 1) for c_out in sizes[1:])
        self.head = nn.Linear(16, 2)
        ### END SOLUTION

    def features(self, x: torch.Tensor) -> torch.Tensor:
        ### BEGIN SOLUTION
        for w, b, dilation in zip(self.weights, self.biases, self.dilations, strict=True):
            x = torch.relu(causal_conv1d(x, w, dilation) + b)
        return x
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        ### BEGIN SOLUTION
        return self.head(self.features(x)[:, :, -1])
        ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Decide first how the answer is read off. At the last position? Then that one must have seen all 60 bases:
# which dilations does `receptive_field(3, ...)` need? At all positions, flattened? Then few layers are
# enough.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Weights that should learn must be found by `parameters()`: `nn.Parameter` for one, `nn.ParameterList` for
# a list of them. Start them small: a normal draw times √(2 / (taps · channels in)), as in week 09. Between
# the layers a relu: these are the features. `forward` puts `nn.Linear(channels, 2)` on
# `self.features(x)[:, :, -1]`.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# def __init__(self):
#     super().__init__()
#     self.dilations = [1, 2, ...]
#     sizes = [4] + [16] * len(self.dilations)
#     self.weights = nn.ParameterList(
#         torch.randn(c_out, c_in, 3) * math.sqrt(...) for c_in, c_out in pairwise(sizes)
#     )
#     self.head = nn.Linear(16, 2)
#
# def features(self, x):
#     for w, dilation in zip(self.weights, self.dilations):
#         x = torch.relu(causal_conv1d(x, w, ...))
#     return x
#
# def forward(self, x):
#     return self.head(self.features(x)...)
# ```
#
# </details>

# %% [markdown]
# Now the race. Split by *block* of the chromosome, since neighbours are alike (week 04): 70 % of the blocks
# to train on, 10 % to look at while training, 20 % for the test. Three models:
# - **each position by itself**: a logistic regression on the 240 numbers of x, `glm(y ~ x, binomial)` in R;
# - **a bag of 3-mers**: one convolution of three taps, a mean over positions, a linear layer;
# - your `SpliceModel`.
#
# Each trains for 10 epochs, together half a minute. On the development blocks we look after each epoch.


# %% tags=["explore"]
class EachPosition(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(4 * 60, 2)

    def forward(self, x):
        return self.head(x.flatten(1))


class BagOf3mers(nn.Module):
    def __init__(self, channels=64):
        super().__init__()
        self.conv, self.head = nn.Conv1d(4, channels, 3), nn.Linear(channels, 2)

    def forward(self, x):
        return self.head(torch.relu(self.conv(x)).mean(2))


blocks = sorted({row["block"] for row in thaliana})
order = torch.randperm(len(blocks), generator=seeded(12)).tolist()
testing = {blocks[place] for place in order[: len(blocks) // 5]}
looking = {blocks[place] for place in order[len(blocks) // 5 : len(blocks) * 3 // 10]}
parts = {
    "training": encode([row for row in thaliana if row["block"] not in testing | looking]),
    "development": encode([row for row in thaliana if row["block"] in looking]),
    "test": encode([row for row in thaliana if row["block"] in testing]),
    "A. arenosa": encode(arenosa),
}


def accuracy(model, x, y):
    model.eval()
    with torch.no_grad():
        return (model(x.to(device)).argmax(1).cpu() == y).double().mean().item()


def fit(model, label, epochs=10, lr=3e-3, batch_size=64, seed=1):
    """Adam; the accuracy on development sequences after each epoch."""
    model.to(device)
    (x, y), generator, track = parts["training"], seeded(seed), []
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in progress(epochs, label, "epochs"):
        model.train()
        for rows in torch.randperm(len(x), generator=generator).split(batch_size):
            optimizer.zero_grad()
            F.cross_entropy(model(x[rows].to(device)), y[rows].to(device)).backward()
            optimizer.step()
        track.append(accuracy(model, *parts["development"]))
    return track


torch.manual_seed(0)
racers = {"each position": EachPosition(), "bag of 3-mers": BagOf3mers(), "SpliceModel": SpliceModel()}
tracks = {label: fit(model, f"{label:>13}") for label, model in racers.items()}

# %% tags=["explore"]
print(f"{'':>13}  parameters" + "".join(f"{part:>14}" for part in parts))
for label, model in racers.items():
    count = sum(p.numel() for p in model.parameters())
    print(
        f"{label:>13}  {count:>10,}" + "".join(f"{accuracy(model, *data):>14.3f}" for data in parts.values())
    )

colours = dict(zip(racers, ["grey", "darkorange", "steelblue"], strict=True))
figure, axes = plt.subplots(figsize=(6.6, 2.4))
for label, track in tracks.items():
    axes.plot(range(1, len(track) + 1), track, "o-", markersize=4, color=colours[label], label=label)
axes.set_xlabel("epoch")
axes.set_ylabel("accuracy, development")
axes.legend(frameon=False, loc="center right")
plt.show()

# %% [markdown]
# The bag is right for two of three, where a coin is for one of two. The other two reach nine of ten, on the
# test as on the other species. And look at the first row: a logistic regression that you could have fitted
# in R does as well as the network. (Of its 482 numbers 175 count: two columns where one is enough, one
# letter of four that follows from the other three, 30 and 31 always the same; `glm` would show `NA`.) It
# knows the position, and in this signal the position is nearly everything; what the positions have to do
# with *each other*, which only the network could learn, adds nothing that these few thousand sequences
# show. (It could also be that this network doesn't find it. To know you would try others, on the
# development blocks.) Always run the simple model first.
#
# The network is better on its training sequences than on the others, and on the development blocks the
# later epochs bring it nothing more: it has begun to learn by heart.
#
# A caution before anybody scans a chromosome: here half of the sequences are donors, and of all GTs in the
# genome about one in a hundred is. A model that is right nine times out of ten would call some ten false
# donors for each true one.
#
# One more experiment, the one that answers the question of this section. Take the test's sequences and
# shift each by a few bases, what falls off at one end coming in at the other. All the 3-mers are still
# there (but for a few at the seam), and the site isn't where it was. How many are still called donors?
# Write down what you expect before you look.

# %% tags=["explore"]
x, y = parts["test"]
shifts = list(range(-6, 7))
figure, axes = plt.subplots(figsize=(6.6, 3))
for label, model in racers.items():
    for kind, style in [(1, "o-"), (0, "o--")]:
        with torch.no_grad():
            called = [model(x[y == kind].roll(shift, 2).to(device)).argmax(1) for shift in shifts]
        shares = [answer.double().mean().item() for answer in called]
        name = label if kind else None
        axes.plot(shifts, shares, style, markersize=3, color=colours[label], label=name)
axes.plot([], [], "--", color="black", label="(the decoys)")
axes.set_ylim(0, 1.02)
axes.set_xticks(range(-6, 7, 2))
axes.set_xlabel("shift (bases)")
axes.set_ylabel("share called donor")
axes.legend(frameon=False, fontsize=8, ncols=4, loc="upper center", bbox_to_anchor=(0.5, 1.18))
plt.show()

# %% [markdown]
# The bag calls as many of them donors wherever the site is: it never knew. The two others know the place:
# unshifted they tell donors from decoys, and a few bases away they mostly don't. How far they drop depends
# on the model and on its start, so yours may look different.
#
# Why don't they drop to 0? And why do even *decoys* (dashed) rise, at 4 and at −1 (there the network's only a
# little)? GT stands at 30 and 31 in every training sequence, so no model was ever taught what another letter
# there means: a shifted sequence is unlike all that it has seen, and what it says of it is whatever its weights
# happen to add up to. At −1 the G of GT falls on 29, at 4 on 34, where in training a G spoke for a donor most. At 4 a
# donor's own `AG` comes to lie on 32 and 33, of which the A fits as well. A measurement that surprises is
# the best kind.
#
# Neither behaviour is right or wrong. A scan along a chromosome wants the place to the base. To tell
# whether a gene has a certain motif somewhere in its promoter, a model that doesn't mind is the better one.
# What a model can't see is decided by how it is built, long before any training.

# %% [markdown] question="quiet-mistake" points=3
# ### To write down: the mistake that nobody heard
#
# Three points, given by a person who reads your answer, not by the tests. Double-click this cell, write in
# place of its last line, and run the cell to see it set. Talk it over first. Eight to fifteen sentences in
# all.
#
# 1. **Why was it quiet?** The BatchNorm of section 3 averaged over b only. Why was there no error, and why
#    did the loss hardly show it? Take one cost from section 3's fold, other than the noise, and say what it
#    would break in the second half of this week.
# 2. **What would have made it loud?** Describe one measurement, of the kind that this week makes with
#    causality, that goes red with the mistake and green without it. What goes in, what is compared, what
#    must come out?
# 3. **And at home?** An average over the wrong thing with the right shape: where could that happen in an
#    analysis of your own (replicates, plates, wells, sites, individuals, time points)? How would you
#    notice?
#
# ### BEGIN SOLUTION
# Three points, one for each part.
#
# 1. *Quiet.* Broadcasting fits statistics of shape (1, t, c) to x of shape (b, t, c), so that no shape is
#    wrong at the end; the output still has mean 0 and variance 1; and the network trains, since statistics
#    of 32 numbers are noisier than of 128 but not wrong on average. What breaks, one of: each position has
#    a mean and a variance of its own, so that the layer isn't the same function everywhere, and sliding
#    along a sequence no longer gives the tree's numbers; the running estimates have shape (t, c), so that a
#    name or a sequence of another length can't be evaluated at all. Half a point without a reason for the
#    missing error, or if only "it's noisier" is said.
# 2. *Loud.* The point is for a measurement with a clear expectation, that doesn't consist of reading the
#    code. Good ones: turning the order of the positions round in the batch must turn the output round and
#    nothing else; (b, t, c) must give what (b·t, c) gives; `running_mean.shape` must be (c,); a layer that
#    was trained on t = 4 must take t = 6; output of torch.nn.BatchNorm1d on the transposed batch. "Look at
#    the loss" gets nothing.
# 3. *At home.* The point is for a concrete place and a way of noticing. Examples: technical replicates
#    averaged across samples instead of within; normalising each plate by itself when treatments are
#    confounded with plates; a z-score over samples where one over genes was meant (`scale()` works on
#    columns); counting cells as replicates where the animal is the unit (the standard error shrinks and
#    nothing complains). Noticing: the number of means (how many should there be?), permuting labels or
#    positions that mustn't matter, a tiny example worked by hand.
# ### END SOLUTION

# %% [markdown]
# ## 10 Stretch: the tree is a convolution
#
# This section is extra. Without it, go on to *Looking back*.
#
# Section 7 showed by a picture that the tree and the dilated convolutions are one computation. Here it is
# shown in numbers. A layer of the tree writes the c_in channels of two neighbours one behind the other,
# **the earlier first**, and multiplies these 2·c_in numbers by W (2·c_in, c_out). So the first c_in rows of
# W are what is done to the earlier one, the last c_in rows what is done to the later: two taps. In layer 0
# the two are neighbours; in layer 1 they are results of layer 0 whose pairs mustn't overlap, so they lie 2
# apart; and so on.
#
# By hand, one layer, one channel: W = (1, 10), bias 0. The tree makes tanh(1·0.1 + 10·0.2) = tanh(2.1) of
# (0.1, 0.2). As a convolution over (0.1, 0.2, 0.3) it is tanh(2.1) at position 1 and tanh(0.2 + 3.0) =
# tanh(3.2) at position 2.
#
# **Exercise `tree_as_convolution`** (stretch, 3 points). `layers` is a list of at least one pair (W, bias):
# W of shape (2·c_in, c_out), bias of shape (c_out,), where c_out of a layer is c_in of the next. x is (b,
# c, t), c being c_in of the first layer, t ≥ 2^layers. After each layer comes a tanh, after the last too.
# Return a tensor (b, c_out of the last layer, t) whose **last position equals the tree's output on the last
# 2^layers steps**, and likewise each position that has 2^layers steps behind it, itself counted. What the
# earlier positions hold is free, and you may also leave them out. x and all W and biases stay as they are.


# %% exercise="tree_as_convolution" points=3 stretch=true
def tree_as_convolution(layers: list[tuple[torch.Tensor, torch.Tensor]], x: torch.Tensor) -> torch.Tensor:
    """The tree of these layers (W (2·c_in, c_out), bias (c_out,), tanh after each) at every position of x (b, c, t).

    With one layer W = [[1.], [10.]], bias = [0.] and x = [[[0.1, 0.2, 0.3]]], the last two positions are
    tanh(0.1 + 2.0) and tanh(0.2 + 3.0).
    """
    ### BEGIN SOLUTION
    for level, (W, bias) in enumerate(layers):
        w = W.reshape(2, -1, W.shape[1]).permute(2, 1, 0)  # (c_out, c_in, 2): the earlier position first
        x = torch.tanh(causal_conv1d(x, w, 2**level) + bias[:, None])
    return x
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# `causal_conv1d` wants w as (c_out, c_in, 2), the earlier tap first. Which entries of W belong to w[o, c,
# 0], which to w[o, c, 1]?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# w[o, c, 0] is W[c, o], and w[o, c, 1] is W[c_in + c, o]. `W.reshape(2, c_in, c_out)` has these as its
# entries [0, c, o] and [1, c, o]; then only the axes have to change places. The dilation doubles from layer
# to layer, and the bias is added to each channel, at every position.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# for level, (W, bias) in enumerate(layers):
#     w = W.reshape(2, -1, W.shape[1]).permute(...)
#     x = torch.tanh(causal_conv1d(x, w, ...) + bias[:, None])
# ```
#
# </details>

# %% [markdown]
# And now with the network that you trained on the names. When it evaluates, a BatchNorm is a fixed scale
# and shift, and folds into the linear layer before it (week 09). So each round becomes one pair (W, bias),
# the whole network slides along a name as a convolution, and gives all its predictions at once.

# %% tags=["explore"]
model = rivals["two by two"]
set_training(model, False)
folded = []
with torch.no_grad():
    for linear, bn in zip(model.layers[2:-1:4], model.layers[3:-1:4], strict=True):
        scale = bn.gamma / torch.sqrt(bn.running_var + bn.eps)
        folded.append(((linear.weight * scale).cpu(), (bn.beta - bn.running_mean * scale).cpu()))
    word = "isabella"
    ids = torch.tensor([0] * BLOCK + [stoi[letter] for letter in word], device=device)
    slid = tree_as_convolution(folded, model.layers[0](ids[None]).transpose(1, 2).cpu())[0].T.to(device)
    at_once = model.layers[-1](slid)[-len(word) - 1 :]  # (9, 27): after each letter, and before the first
    one_by_one = model(torch.stack([ids[at : at + BLOCK] for at in range(len(word) + 1)]))
print(
    f"largest difference between nine runs of the tree and one convolution: {(at_once - one_by_one).abs().max():.1e}"
)

# %% [markdown]
# About a millionth: rounding. Not one number of the tree was lost on the way.
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
# **Explain.** One of you explains, with pencil and paper, why three layers with two taps and dilations 1,
# 2, 4 see eight letters, and why without holes it would be four. The other explains what it means for
# BatchNorm that a layer should be the same at every position. No notes, and the listener asks "why?" three
# times.
#
# **Compare.** Lay your two `SpliceModel`s side by side: how is the answer read off, how far does each see,
# how many parameters? Run the shifting experiment with both, each trained from two or three starts
# (`torch.manual_seed`): what do all curves share, and what is only the start's? Then exchange
# `break_causal_conv1d`, and try each on a copy of the other's convolution that was broken in secret.
#
# **Alone?** Write both explanations down as for somebody who hasn't seen the week. Then train your
# `SpliceModel` from two more starts, and say what of the shifting experiment stays.

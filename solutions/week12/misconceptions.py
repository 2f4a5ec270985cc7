"""Week 12's wrong solutions, each with the hint that a good teacher would give."""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F

# %% exercise="smooth" misconception="sliding-window"
"""Slides a window of k along, one step at a time.

Hint: Blocks follow one another, they don't overlap. How many whole blocks of 2 are there in five losses?
"""


def smooth(losses, k):
    return torch.tensor([sum(losses[at : at + k]) / k for at in range(len(losses) - k + 1)])


# %% exercise="smooth" misconception="keeps-the-tail"
"""Averages what is left over at the end as a block of its own.

Hint: A mean of fewer losses jumps about more than the others. What does section 1 do with the fifth?
"""


def smooth(losses, k):
    blocks = [losses[at : at + k] for at in range(0, len(losses), k)]
    return torch.tensor([sum(block) / len(block) for block in blocks], dtype=torch.float64)


# %% exercise="smooth" misconception="k-blocks"
"""Cuts the losses into k blocks, not into blocks of k.

Hint: k is the length of a block, and not how many there are. Which of the two is the number of rows of your table?
"""


def smooth(losses, k):
    width = len(losses) // k
    return torch.tensor(losses[: width * k], dtype=torch.float64).reshape(k, width).mean(1)


# %% exercise="smooth" misconception="every-kth"
"""Averages every k-th loss together, not neighbours.

Hint: After your reshape, which losses stand in one row, and which in one column? Which of the two do you average?
"""


def smooth(losses, k):
    whole = len(losses) // k * k
    return torch.tensor(losses[:whole], dtype=torch.float64).reshape(k, -1).mean(0)


# %% exercise="smooth" misconception="drops-the-head"
"""Drops what doesn't fit at the start, not at the end.

Hint: The first block begins with the first loss. Which end is the tail?
"""


def smooth(losses, k):
    rest = len(losses) % k
    return torch.tensor(losses[rest:], dtype=torch.float64).reshape(-1, k).mean(1)


# %% exercise="smooth" misconception="sums"
"""Adds the losses of a block up.

Hint: A block of two losses around 3 should give about 3.
"""


def smooth(losses, k):
    whole = len(losses) // k * k
    return torch.tensor(losses[:whole], dtype=torch.float64).reshape(-1, k).sum(1)


# %% exercise="FlattenConsecutive" misconception="channels-interleaved"
"""Mixes the channels of the neighbours: first channel of each, then second of each.

Hint: (1, 2) and (3, 4) become (1, 2, 3, 4). Yours are (1, 3, 2, 4): something was transposed on the way.
"""


def call(self, x):
    b, t, c = x.shape
    if t % self.n:
        raise ValueError("not divisible")
    x = x.reshape(b, t // self.n, self.n, c).transpose(2, 3).reshape(b, t // self.n, c * self.n)
    return x.squeeze(1) if t == self.n else x


FlattenConsecutive.__call__ = call

# %% exercise="FlattenConsecutive" misconception="halves-joined"
"""Joins position i with position i + t/n, and not neighbours.

Hint: Position 0 belongs with 1, and 2 with 3. Which positions stand in your first row?
"""


def call(self, x):
    b, t, c = x.shape
    if t % self.n:
        raise ValueError("not divisible")
    x = torch.cat(x.split(t // self.n, dim=1), 2)
    return x.squeeze(1) if t == self.n else x


FlattenConsecutive.__call__ = call

# %% exercise="FlattenConsecutive" misconception="mixes-examples"
"""Joins the examples of the batch with one another.

Hint: Two examples of the batch have nothing to do with each other. Which axis must stay as it is?
"""


def call(self, x):
    b, t, c = x.shape
    if t % self.n:
        raise ValueError("not divisible")
    x = x.transpose(0, 1).reshape(b, t // self.n, c * self.n)
    return x.squeeze(1) if t == self.n else x


FlattenConsecutive.__call__ = call

# %% exercise="FlattenConsecutive" misconception="later-first"
"""Puts the later position's channels first.

Hint: (1, 2) (3, 4) become (1, 2, 3, 4): the earliest comes first.
"""


def call(self, x):
    b, t, c = x.shape
    if t % self.n:
        raise ValueError("not divisible")
    x = x.reshape(b, t // self.n, self.n, c).flip(2).reshape(b, t // self.n, c * self.n)
    return x.squeeze(1) if t == self.n else x


FlattenConsecutive.__call__ = call

# %% exercise="FlattenConsecutive" misconception="bare-squeeze"
"""Takes away every axis of size 1, so that a batch of one is no batch any more.

Hint: What is the shape for b = 1 and t = n? `.squeeze(1)` takes one axis, `.squeeze()` all that are 1.
"""


def call(self, x):
    b, t, c = x.shape
    if t % self.n:
        raise ValueError("not divisible")
    return x.reshape(b, t // self.n, c * self.n).squeeze()


FlattenConsecutive.__call__ = call

# %% exercise="FlattenConsecutive" misconception="keeps-the-axis"
"""Keeps the axis of the one position that is left.

Hint: The last layer wants (b, c·n). What is your shape when t = n?
"""


def call(self, x):
    b, t, c = x.shape
    if t % self.n:
        raise ValueError("not divisible")
    return x.reshape(b, t // self.n, c * self.n)


FlattenConsecutive.__call__ = call

# %% exercise="FlattenConsecutive" misconception="cuts-what-is-left-over"
"""Cuts off the positions that don't fit, instead of refusing.

Hint: Three positions can't be joined two by two. The statement says what should happen then.
"""


def call(self, x):
    b, t, c = x.shape
    whole = t // self.n
    x = x[:, : whole * self.n].reshape(b, whole, c * self.n)
    return x.squeeze(1) if t == self.n else x


FlattenConsecutive.__call__ = call

# %% exercise="FlattenConsecutive" misconception="another-error"
"""Leaves it to reshape to complain, which raises a RuntimeError, or doesn't complain at all.

Hint: The statement asks for a ValueError. And do b·t·c numbers never fit where t alone doesn't?
"""


def call(self, x):
    b, t, c = x.shape
    x = x.reshape(b, -1, c * self.n)
    return x.squeeze(1) if t == self.n else x


FlattenConsecutive.__call__ = call

# %% exercise="FlattenConsecutive" misconception="always-two"
"""Joins two at a time whatever n is.

Hint: n was handed in when the layer was made. Keep it, and use it.
"""


def call(self, x):
    b, t, c = x.shape
    if t % 2:
        raise ValueError("not divisible")
    x = x.reshape(b, t // 2, c * 2)
    return x.squeeze(1) if t == 2 else x


FlattenConsecutive.__call__ = call

# %% exercise="BatchNorm1d" misconception="over-b-only"
"""Averages over the examples only, as the film's layer did: a mean for each position.

Hint: Print the shape of `running_mean` after a batch (b, t, c). How many means should there be for c channels?
"""


def call(self, x):
    if self.training:
        mean, var = x.mean(0), x.var(0, correction=0)
        with torch.no_grad():
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * x.var(0)
    else:
        mean, var = self.running_mean, self.running_var
    return self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta


BatchNorm1d.__call__ = call

# %% exercise="BatchNorm1d" misconception="over-t-only"
"""Averages over the positions only: each example is standardised by itself.

Hint: A batch's statistics are those of all its examples. Which axis is missing?
"""


def call(self, x):
    if self.training:
        axis = 1 if x.ndim == 3 else 0
        mean, var = x.mean(axis, keepdim=True), x.var(axis, correction=0, keepdim=True)
        axes = tuple(range(x.ndim - 1))
        with torch.no_grad():
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * x.mean(axes)
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * x.var(axes)
    else:
        mean, var = self.running_mean, self.running_var
    return self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta


BatchNorm1d.__call__ = call

# %% exercise="BatchNorm1d" misconception="three-axes-only"
"""Always averages over the first two axes, so that of (b, c) one mean for all channels is left.

Hint: After the last FlattenConsecutive x is (b, c). Which axes must go then?
"""


def call(self, x):
    if self.training:
        mean, var = x.mean((0, 1)), x.var((0, 1), correction=0)
        with torch.no_grad():
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * x.var((0, 1))
    else:
        mean, var = self.running_mean, self.running_var
    return self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta


BatchNorm1d.__call__ = call

# %% exercise="BatchNorm1d" misconception="one-mean-for-all"
"""Takes one mean and one variance of all numbers.

Hint: Channels have scales of their own: one mean for each channel.
"""


def call(self, x):
    if self.training:
        mean, var = x.mean(), x.var(correction=0)
        with torch.no_grad():
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * x.var()
    else:
        mean, var = self.running_mean, self.running_var
    return self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta


BatchNorm1d.__call__ = call

# %% exercise="BatchNorm1d" misconception="over-the-channels"
"""Averages over the channels of each position.

Hint: That is another method, layer normalisation, and comes in week 13. Here the channels are the one axis that stays.
"""


def call(self, x):
    axes = tuple(range(x.ndim - 1))
    if self.training:
        mean, var = x.mean(-1, keepdim=True), x.var(-1, correction=0, keepdim=True)
        with torch.no_grad():
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * x.mean(axes)
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * x.var(axes)
    else:
        mean, var = self.running_mean, self.running_var
    return self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta


BatchNorm1d.__call__ = call

# %% exercise="BatchNorm1d" misconception="n-counts-examples-only"
"""Corrects the running variance by b/(b − 1) where N is b·t.

Hint: How many numbers of a channel went into the variance? That is the N of N/(N − 1).
"""


def call(self, x):
    if self.training:
        axes = tuple(range(x.ndim - 1))
        mean, var, n = x.mean(axes), x.var(axes, correction=0), len(x)
        with torch.no_grad():
            unbiased = var * n / max(1, n - 1)
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * unbiased
    else:
        mean, var = self.running_mean, self.running_var
    return self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta


BatchNorm1d.__call__ = call

# %% exercise="BatchNorm1d" misconception="biased-running-variance"
"""Keeps the biased variance in the running estimate.

Hint: The running variance stands for the population: it wants N − 1. In the example it becomes 0.9 + 0.1 · 56/3.
"""


def call(self, x):
    if self.training:
        axes = tuple(range(x.ndim - 1))
        mean, var = x.mean(axes), x.var(axes, correction=0)
        with torch.no_grad():
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * var
    else:
        mean, var = self.running_mean, self.running_var
    return self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta


BatchNorm1d.__call__ = call

# %% exercise="BatchNorm1d" misconception="unbiased-in-the-batch"
"""Normalises with the variance divided by N − 1, as the film does.

Hint: `x.var(...)` divides by N − 1. Which one does the statement normalise by, and which argument gives it?
"""


def call(self, x):
    if self.training:
        axes = tuple(range(x.ndim - 1))
        mean, var = x.mean(axes), x.var(axes)
        with torch.no_grad():
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * var
    else:
        mean, var = self.running_mean, self.running_var
    return self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta


BatchNorm1d.__call__ = call

# %% exercise="BatchNorm1d" misconception="kept-axes-in-the-estimates"
"""Keeps the averaged axes, so that the running estimates become (1, 1, c).

Hint: The estimates keep the shape (d,), whatever the shape of x. What did keepdim=True leave behind?
"""


def call(self, x):
    if self.training:
        axes = tuple(range(x.ndim - 1))
        mean, var = x.mean(axes, keepdim=True), x.var(axes, correction=0, keepdim=True)
        with torch.no_grad():
            unbiased = x.var(axes, keepdim=True)
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * unbiased
    else:
        mean, var = self.running_mean, self.running_var
    return self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta


BatchNorm1d.__call__ = call

# %% exercise="BatchNorm1d" misconception="refuses-a-batch-of-one"
"""Refuses a batch of one example even where it has several positions.

Hint: It is N = b·t numbers that a variance is made of. With one example of four positions there are four.
"""
right_call = BatchNorm1d.__call__


def call(self, x):
    if self.training and len(x) < 2:
        raise ValueError("a batch of one")
    return right_call(self, x)


BatchNorm1d.__call__ = call

# %% exercise="BatchNorm1d" misconception="updates-while-evaluating"
"""Updates the running estimates when evaluating, too.

Hint: After training is over, what goes through the layer mustn't change it.
"""


def call(self, x):
    axes = tuple(range(x.ndim - 1))
    held = self.running_mean, self.running_var
    if math.prod(x.shape[:-1]) > 1:
        with torch.no_grad():
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * x.mean(axes)
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * x.var(axes)
    mean, var = (x.mean(axes), x.var(axes, correction=0)) if self.training else held
    return self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta


BatchNorm1d.__call__ = call

# %% exercise="BatchNorm1d" misconception="graph-in-the-estimates"
"""Updates the running estimates without torch.no_grad().

Hint: Each new estimate is then made from all batches so far, and the graph of every step is kept alive.
"""


def call(self, x):
    if self.training:
        axes = tuple(range(x.ndim - 1))
        mean, var = x.mean(axes), x.var(axes, correction=0)
        self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
        self.running_var = (1 - self.momentum) * self.running_var + self.momentum * x.var(axes)
    else:
        mean, var = self.running_mean, self.running_var
    return self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta


BatchNorm1d.__call__ = call

# %% exercise="BatchNorm1d" misconception="statistics-without-gradient"
"""Computes mean and variance under torch.no_grad() as well.

Hint: The batch's mean and variance are made of x, and the gradient flows through them. Only the running estimates
belong under no_grad.
"""


def call(self, x):
    if self.training:
        axes = tuple(range(x.ndim - 1))
        with torch.no_grad():
            mean, var = x.mean(axes), x.var(axes, correction=0)
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * x.var(axes)
    else:
        mean, var = self.running_mean, self.running_var
    return self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta


BatchNorm1d.__call__ = call

# %% exercise="BatchNorm1d" misconception="momentum-turned-round"
"""Weighs the old estimate with momentum and the new one with the rest.

Hint: With momentum 0.1 the newest batch counts for a tenth.
"""


def call(self, x):
    if self.training:
        axes = tuple(range(x.ndim - 1))
        mean, var = x.mean(axes), x.var(axes, correction=0)
        with torch.no_grad():
            self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mean
            self.running_var = self.momentum * self.running_var + (1 - self.momentum) * x.var(axes)
    else:
        mean, var = self.running_mean, self.running_var
    return self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta


BatchNorm1d.__call__ = call

# %% exercise="Embedding" misconception="one-hot-of-two-axes-only"
"""Flattens what it looked up, as the network of week 08 did.

Hint: The result has the ids' shape with one axis more. Joining positions is another layer's job now.
"""


def call(self, ids):
    return self.weight[ids].flatten(1) if ids.ndim > 1 else self.weight[ids]


Embedding.__call__ = call

# %% exercise="Embedding" misconception="transposed-table"
"""Keeps the table as (d, V) and looks up columns.

Hint: `weight` has a row for each symbol: (V, d).
"""


class Embedding:
    def __init__(self, V, d, generator=None):
        self.weight = torch.randn((d, V), generator=generator, requires_grad=True)

    def __call__(self, ids):
        return self.weight.T[ids]

    def parameters(self):
        return [self.weight]


# %% exercise="Embedding" misconception="scaled-down"
"""Divides the table by √V as if it were a linear layer's.

Hint: A lookup picks one row and adds nothing up. The statement asks for a plain standard normal.
"""


def start(self, V, d, generator=None):
    self.weight = (torch.randn((V, d), generator=generator) / V**0.5).requires_grad_()


Embedding.__init__ = start

# %% exercise="Embedding" misconception="no-gradient-asked"
"""Doesn't ask for gradients.

Hint: The points are learned. A parameter that doesn't say `requires_grad` can't be trained.
"""


def start(self, V, d, generator=None):
    self.weight = torch.randn((V, d), generator=generator)


Embedding.__init__ = start

# %% exercise="Embedding" misconception="ignores-the-generator"
"""Draws from torch's own state whatever generator it is given.

Hint: Hand the generator on to `torch.randn`; None is allowed there.
"""


def start(self, V, d, generator=None):
    self.weight = torch.randn((V, d), requires_grad=True)


Embedding.__init__ = start

# %% exercise="Embedding" misconception="uniform-draws"
"""Draws from 0 to 1, not from a standard normal.

Hint: `torch.rand` and `torch.randn` differ by a letter. All your points would lie in one corner.
"""


def start(self, V, d, generator=None):
    self.weight = torch.rand((V, d), generator=generator, requires_grad=True)


Embedding.__init__ = start

# %% exercise="Embedding" misconception="cuts-the-graph"
"""Looks up in a copy without its graph, so that no point is ever moved.

Hint: The gradient must find its way from the rows back to `weight`. What do `.data` and `.detach()` do to it?
"""
Embedding.__call__ = lambda self, ids: self.weight.detach()[ids]

# %% exercise="Embedding" misconception="parameters-give-none"
"""parameters() gives None.

Hint: A function without `return` gives None. A training loop wants a list.
"""
Embedding.parameters = lambda self: None

# %% exercise="Sequential" misconception="last-to-first"
"""Calls the layers from last to first.

Hint: x goes in at the first layer. (`compose` of week 02 was the other way round.)
"""


def call(self, x):
    for layer in reversed(self.layers):
        x = layer(x)
    return x


Sequential.__call__ = call

# %% exercise="Sequential" misconception="same-x-for-all"
"""Gives every layer the same x, and returns what the last one makes of it.

Hint: The second layer takes what the first one gave.
"""


def call(self, x):
    out = x
    for layer in self.layers:
        out = layer(x)
    return out


Sequential.__call__ = call

# %% exercise="Sequential" misconception="shared-twice"
"""Lists a shared parameter as often as it occurs.

Hint: A loop that goes through your list would make the step of a shared parameter twice.
"""
Sequential.parameters = lambda self: [p for layer in self.layers for p in layer.parameters()]

# %% exercise="Sequential" misconception="equal-for-same"
"""Takes two tensors with equal numbers for one.

Hint: Two biases of zeros are two parameters. `is` and `id` ask for the same object, `==` for the same numbers.
"""


def parameters(self):
    found = []
    for layer in self.layers:
        for p in layer.parameters():
            if not any(p.shape == q.shape and torch.equal(p, q) for q in found):
                found.append(p)
    return found


Sequential.parameters = parameters

# %% exercise="Sequential" misconception="asks-with-in"
"""Asks `p in found`, which compares with `==`, element by element.

Hint: `in` asks `==`, and two tensors give a tensor of answers there. Which question is about the object, and not about
its numbers?
"""


def parameters(self):
    found = []
    for layer in self.layers:
        for p in layer.parameters():
            if p not in found:
                found.append(p)
    return found


Sequential.parameters = parameters

# %% exercise="Sequential" misconception="last-parameters-first"
"""Lists the parameters of the last layer first.

Hint: In the order of the layers: where does the first layer's first parameter stand in your list?
"""


def parameters(self):
    once = {id(p): p for layer in self.layers for p in layer.parameters()}
    return list(once.values())[::-1]


Sequential.parameters = parameters

# %% exercise="Sequential" misconception="a-list-of-lists"
"""Gives a list with one list for each layer.

Hint: A training loop wants tensors, one after the other, not lists of them.
"""
Sequential.parameters = lambda self: [layer.parameters() for layer in self.layers]

# %% exercise="Sequential" misconception="first-layer-only"
"""Returns inside of the loop: only the first layer is used.

Hint: How far is the `return` indented?
"""


def call(self, x):
    for layer in self.layers:
        return layer(x)
    return x


Sequential.__call__ = call

# %% exercise="wavenet" misconception="bias-before-batchnorm"
"""Gives every linear layer a bias.

Hint: BatchNorm subtracts the mean, and with it any constant. How many parameters should the small network have?
"""


def wavenet(V, block, d, hidden, generator=None):
    layers, width = [Embedding(V, d, generator)], d
    for _ in range(int(math.log2(block))):
        layers += [FlattenConsecutive(2), Linear(2 * width, hidden, generator=generator)]
        layers += [BatchNorm1d(hidden), Tanh()]
        width = hidden
    return Sequential([*layers, Linear(hidden, V, generator=generator)])


# %% exercise="wavenet" misconception="no-bias-at-the-end"
"""Leaves out the bias of the last layer as well.

Hint: Behind the last linear layer there is no BatchNorm whose β could stand in for a bias.
"""


def wavenet(V, block, d, hidden, generator=None):
    layers, width = [Embedding(V, d, generator)], d
    for _ in range(int(math.log2(block))):
        layers += [FlattenConsecutive(2), Linear(2 * width, hidden, bias=False, generator=generator)]
        layers += [BatchNorm1d(hidden), Tanh()]
        width = hidden
    return Sequential([*layers, Linear(hidden, V, bias=False, generator=generator)])


# %% exercise="wavenet" misconception="always-three-rounds"
"""Merges three times whatever the block is.

Hint: Three rounds are for a block of 8. How often can 4 be halved until 1 is left, and 16?
"""


def wavenet(V, block, d, hidden, generator=None):
    layers, width = [Embedding(V, d, generator)], d
    for _ in range(3):
        layers += [FlattenConsecutive(2), Linear(2 * width, hidden, bias=False, generator=generator)]
        layers += [BatchNorm1d(hidden), Tanh()]
        width = hidden
    return Sequential([*layers, Linear(hidden, V, generator=generator)])


# %% exercise="wavenet" misconception="one-gulp"
"""Flattens the whole block at once, as the network of week 08 did.

Hint: Two by two. What does the table of section 5 say of the shape after the first round?
"""


def wavenet(V, block, d, hidden, generator=None):
    layers = [Embedding(V, d, generator), FlattenConsecutive(block)]
    layers += [Linear(block * d, hidden, bias=False, generator=generator), BatchNorm1d(hidden), Tanh()]
    return Sequential([*layers, Linear(hidden, V, generator=generator)])


# %% exercise="wavenet" misconception="no-batchnorm"
"""Leaves BatchNorm out.

Hint: Four layers make a round: which of the table's is missing?
"""


def wavenet(V, block, d, hidden, generator=None):
    layers, width = [Embedding(V, d, generator)], d
    for _ in range(int(math.log2(block))):
        layers += [FlattenConsecutive(2), Linear(2 * width, hidden, bias=False, generator=generator), Tanh()]
        width = hidden
    return Sequential([*layers, Linear(hidden, V, generator=generator)])


# %% exercise="wavenet" misconception="tanh-before-batchnorm"
"""Puts tanh in front of BatchNorm.

Hint: BatchNorm brings what goes *into* tanh to a good scale. In which order does the table have them?
"""


def wavenet(V, block, d, hidden, generator=None):
    layers, width = [Embedding(V, d, generator)], d
    for _ in range(int(math.log2(block))):
        layers += [FlattenConsecutive(2), Linear(2 * width, hidden, bias=False, generator=generator)]
        layers += [Tanh(), BatchNorm1d(hidden)]
        width = hidden
    return Sequential([*layers, Linear(hidden, V, generator=generator)])


# %% exercise="wavenet" misconception="shared-rounds"
"""Uses the layers of the second round again in all later ones.

Hint: `[...] * n` repeats the same objects. Each round has weights of its own.
"""


def wavenet(V, block, d, hidden, generator=None):
    rounds = int(math.log2(block))
    first = [FlattenConsecutive(2), Linear(2 * d, hidden, bias=False, generator=generator)]
    later = [FlattenConsecutive(2), Linear(2 * hidden, hidden, bias=False, generator=generator)]
    first += [BatchNorm1d(hidden), Tanh()]
    later += [BatchNorm1d(hidden), Tanh()]
    layers = [Embedding(V, d, generator), *first, *later * (rounds - 1)]
    return Sequential([*layers, Linear(hidden, V, generator=generator)])


# %% exercise="wavenet" misconception="ignores-the-generator"
"""Doesn't hand the generator on to the layers.

Hint: Every layer that draws has an argument for it.
"""


def wavenet(V, block, d, hidden, generator=None):
    layers, width = [Embedding(V, d)], d
    for _ in range(int(math.log2(block))):
        layers += [FlattenConsecutive(2), Linear(2 * width, hidden, bias=False), BatchNorm1d(hidden), Tanh()]
        width = hidden
    return Sequential([*layers, Linear(hidden, V)])


# %% exercise="wavenet" misconception="tanh-on-the-logits"
"""Ends with a tanh, so that no logit is beyond 1.

Hint: Logits are any numbers. How likely can a letter get when its logit is 1 at most and all others −1 at least?
"""


def wavenet(V, block, d, hidden, generator=None):
    layers, width = [Embedding(V, d, generator)], d
    for _ in range(int(math.log2(block))):
        layers += [FlattenConsecutive(2), Linear(2 * width, hidden, bias=False, generator=generator)]
        layers += [BatchNorm1d(hidden), Tanh()]
        width = hidden
    return Sequential([*layers, Linear(hidden, V, generator=generator), Tanh()])


# %% exercise="wavenet" misconception="rounds-in-sequentials"
"""Puts each round into a Sequential of its own.

Hint: One flat list is asked for. What goes through `model.layers`, to switch BatchNorm over for instance, sees
the outer layers only.
"""


def wavenet(V, block, d, hidden, generator=None):
    layers, width = [Embedding(V, d, generator)], d
    for _ in range(int(math.log2(block))):
        linear = Linear(2 * width, hidden, bias=False, generator=generator)
        layers.append(Sequential([FlattenConsecutive(2), linear, BatchNorm1d(hidden), Tanh()]))
        width = hidden
    return Sequential([*layers, Linear(hidden, V, generator=generator)])


# %% exercise="causal_conv1d" misconception="symmetric-padding"
"""Pads both ends alike, so that each output sees the future.

Hint: Half of your zeros stand behind x. Change the last position of x and look at which outputs move.
"""


def causal_conv1d(x, w, dilation=1):
    total = (w.shape[2] - 1) * dilation
    left = total // 2
    return F.conv1d(F.pad(x, (left, total - left)), w, dilation=dilation)


# %% exercise="causal_conv1d" misconception="pads-behind"
"""Puts the zeros behind x, so that the first tap is now and the others look ahead.

Hint: `F.pad(x, (left, right))`: which of the two comes before the start of x?
"""


def causal_conv1d(x, w, dilation=1):
    return F.conv1d(F.pad(x, (0, (w.shape[2] - 1) * dilation)), w, dilation=dilation)


# %% exercise="causal_conv1d" misconception="flipped-kernel"
"""Turns the kernel round: the first tap is now.

Hint: With w = (10, 1) the 1 lies on the present. What does your function give for x = (1, 2, 3, 4)?
"""


def causal_conv1d(x, w, dilation=1):
    return F.conv1d(F.pad(x, ((w.shape[2] - 1) * dilation, 0)), w.flip(2), dilation=dilation)


# %% exercise="causal_conv1d" misconception="no-padding"
"""Doesn't pad, so that fewer positions come out than went in.

Hint: As many positions come out as went in: before the start x counts as 0.
"""


def causal_conv1d(x, w, dilation=1):
    return F.conv1d(x, w, dilation=dilation)


# %% exercise="causal_conv1d" misconception="ignores-the-dilation"
"""Convolves without holes whatever the dilation.

Hint: With dilation 2 the taps lie two positions apart. Work the example out: (1, 2, 13, 24).
"""


def causal_conv1d(x, w, dilation=1):
    return F.conv1d(F.pad(x, (w.shape[2] - 1, 0)), w)


# %% exercise="causal_conv1d" misconception="pads-without-the-dilation"
"""Pads k − 1 zeros whatever the dilation, so that with holes positions are missing.

Hint: How far back does the first tap look when the taps lie D apart?
"""


def causal_conv1d(x, w, dilation=1):
    short = F.pad(x, (w.shape[2] - 1, 0))
    if short.shape[2] <= (w.shape[2] - 1) * dilation:
        return short[:, : w.shape[0]] * 0
    return F.conv1d(short, w, dilation=dilation)


# %% exercise="causal_conv1d" misconception="strictly-past"
"""Shifts by one too many: the present isn't seen.

Hint: The last tap lies on x[i] itself. What is out[0] in the example?
"""


def causal_conv1d(x, w, dilation=1):
    past = (w.shape[2] - 1) * dilation
    return F.conv1d(F.pad(x, (past + 1, 0)), w, dilation=dilation)[:, :, : x.shape[2]]


# %% exercise="causal_conv1d" misconception="each-channel-alone"
"""Convolves with the first input channel only, and adds nothing up.

Hint: Each output is a sum over all input channels, as in week 11.
"""


def causal_conv1d(x, w, dilation=1):
    return F.conv1d(F.pad(x[:, :1], ((w.shape[2] - 1) * dilation, 0)), w[:, :1], dilation=dilation)


# %% exercise="causal_conv1d" misconception="always-float32"
"""Fills zeros of torch's default dtype, whatever x's is.

Hint: `torch.zeros(...)` is float32. `x.new_zeros(...)`, or `dtype=x.dtype`, is what x is.
"""


def causal_conv1d(x, w, dilation=1):
    out = torch.zeros(x.shape[0], w.shape[0], x.shape[2])
    for i in range(x.shape[2]):
        for j in range(w.shape[2]):
            at = i - (w.shape[2] - 1 - j) * dilation
            if at >= 0:
                out[:, :, i] += x[:, :, at] @ w[:, :, j].T
    return out


# %% exercise="causal_conv1d" misconception="wraps-around"
"""Takes the end of x for what was before its start.

Hint: Before its start x is 0. `roll` brings the last positions, the future, round to the front.
"""


def causal_conv1d(x, w, dilation=1):
    k = w.shape[2]
    return sum(torch.einsum("oc,bct->bot", w[:, :, j], x.roll((k - 1 - j) * dilation, 2)) for j in range(k))


# %% exercise="causal_conv1d" misconception="repeats-the-first"
"""Fills up with the first value of x, not with zeros.

Hint: Before its start x counts as 0.
"""


def causal_conv1d(x, w, dilation=1):
    return F.conv1d(F.pad(x, ((w.shape[2] - 1) * dilation, 0), mode="replicate"), w, dilation=dilation)


# %% exercise="causal_conv1d" misconception="time-before-channels"
"""Takes the axes for (b, t, c) and gives (b, t, o).

Hint: Channels come before time here: x is (b, c, t), and so is what comes out.
"""


def causal_conv1d(x, w, dilation=1):
    past = (w.shape[2] - 1) * dilation
    return F.conv1d(F.pad(x, (past, 0)), w, dilation=dilation).transpose(1, 2)


# %% exercise="causal_conv1d" misconception="changes-the-kernel"
"""Divides w by its number of taps, in place.

Hint: `/=` and methods whose names end in `_` write into the caller's tensor. And is a mean asked for?
"""


def causal_conv1d(x, w, dilation=1):
    with torch.no_grad():
        w /= w.shape[2]
    return F.conv1d(F.pad(x, ((w.shape[2] - 1) * dilation, 0)), w, dilation=dilation)


# %% exercise="causal_conv1d" misconception="zeroes-the-input"
"""Writes into x while computing.

Hint: The caller still needs x. Work on a padded copy.
"""


def causal_conv1d(x, w, dilation=1):
    out = F.conv1d(F.pad(x, ((w.shape[2] - 1) * dilation, 0)), w, dilation=dilation)
    with torch.no_grad():
        x *= 0
    return out


# %% exercise="causal_conv1d" misconception="cuts-the-graph"
"""Computes outside of the graph, so that no gradient comes back.

Hint: x and w are to learn from it. Which of your lines leaves the graph: `.data`, `.detach()`, `.item()`, `no_grad`?
"""


@torch.no_grad()
def causal_conv1d(x, w, dilation=1):
    return F.conv1d(F.pad(x, ((w.shape[2] - 1) * dilation, 0)), w, dilation=dilation)


# %% exercise="receptive_field" misconception="kernel-times-dilations"
"""Multiplies the taps by the dilations: counts k·D for each layer.

Hint: k taps have k − 1 gaps between them. How many positions does a single layer of 2 taps see?
"""


def receptive_field(kernel, dilations):
    return kernel * sum(dilations)


# %% exercise="receptive_field" misconception="forgets-the-present"
"""Forgets the position itself.

Hint: Without any layer a position sees itself.
"""


def receptive_field(kernel, dilations):
    return (kernel - 1) * sum(dilations)


# %% exercise="receptive_field" misconception="layers-multiply"
"""Multiplies kernel by kernel: kernel to the power of the number of layers.

Hint: That holds for 2 taps with dilations 1, 2, 4, and then it is a coincidence. The reaches add up.
"""


def receptive_field(kernel, dilations):
    return kernel ** len(dilations)


# %% exercise="receptive_field" misconception="largest-dilation-only"
"""Looks at the last layer only.

Hint: The last layer begins where the layer below it ended. What do the others add?
"""


def receptive_field(kernel, dilations):
    return 1 + (kernel - 1) * max(dilations, default=0)


# %% exercise="receptive_field" misconception="ignores-the-dilations"
"""Counts kernel − 1 for each layer, whatever its dilation.

Hint: That is the stack without holes. How far apart are the taps of the second layer?
"""


def receptive_field(kernel, dilations):
    return 1 + (kernel - 1) * len(dilations)


# %% exercise="receptive_field" misconception="each-layer-counts-itself"
"""Adds up the layers' fields, so that the present is counted once for each layer.

Hint: A layer's field begins where the one below it ended. In how many of your terms is the same position counted?
"""


def receptive_field(kernel, dilations):
    return sum(1 + (kernel - 1) * dilation for dilation in dilations) or 1


# %% exercise="SpliceModel" misconception="bag-of-3-mers"
"""One convolution of three taps and a mean over all positions: a count of 3-mers, wherever they stand.

Hint: A mean over positions forgets where. Which layer of yours still knows the position, and does it see more than
three bases?
"""


class SpliceModel(nn.Module):
    def __init__(self, channels=32):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(channels, 4, 3) / 12**0.5)
        self.head = nn.Linear(channels, 2)

    def features(self, x):
        return torch.relu(causal_conv1d(x, self.weight))

    def forward(self, x):
        return self.head(self.features(x).mean(2))


# %% exercise="SpliceModel" misconception="bag-with-a-maximum"
"""One convolution of three taps and a maximum over all positions: which 3-mers occur, wherever they stand.

Hint: A maximum over positions forgets where, as a mean does.
"""


class SpliceModel(nn.Module):
    def __init__(self, channels=32):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(channels, 4, 3) / 12**0.5)
        self.head = nn.Linear(channels, 2)

    def features(self, x):
        return torch.relu(causal_conv1d(x, self.weight))

    def forward(self, x):
        return self.head(self.features(x).amax(2))


# %% exercise="SpliceModel" misconception="short-sighted"
"""Reads off the last position of a stack that sees only the last fifteen bases.

Hint: What is the receptive field of your stack? Everything before it is lost when you read off the last position.
"""


class SpliceModel(nn.Module):
    def __init__(self, channels=16):
        super().__init__()
        sizes = [4, channels, channels, channels]
        self.weights = nn.ParameterList(
            torch.randn(c_out, c_in, 3) / (3 * c_in) ** 0.5 for c_in, c_out in zip(sizes, sizes[1:])
        )
        self.head = nn.Linear(channels, 2)

    def features(self, x):
        for w, dilation in zip(self.weights, [1, 2, 4]):
            x = torch.relu(causal_conv1d(x, w, dilation))
        return x

    def forward(self, x):
        return self.head(self.features(x)[:, :, -1])


# %% exercise="SpliceModel" misconception="weights-in-a-plain-list"
"""Keeps its weights where nn.Module doesn't find them, so that nothing learns.

Hint: `list(SpliceModel().parameters())` shows what the optimiser gets. There are nn.Parameter, nn.ParameterList and
nn.ModuleList.
"""


class SpliceModel(nn.Module):
    def __init__(self, channels=16):
        super().__init__()
        sizes = [4] + [channels] * 5
        self.weights = [
            torch.randn(c_out, c_in, 3) / (3 * c_in) ** 0.5 for c_in, c_out in zip(sizes, sizes[1:])
        ]
        self.head = [torch.randn(channels, 2)]
        self.unused = nn.Parameter(torch.zeros(()))

    def features(self, x):
        for w, dilation in zip(self.weights, [1, 2, 4, 8, 16]):
            x = torch.relu(causal_conv1d(x, w, dilation))
        return x

    def forward(self, x):
        return self.features(x)[:, :, -1] @ self.head[0] + 0 * self.unused


# %% exercise="SpliceModel" misconception="squeezes-the-batch"
"""Squeezes every axis of size 1, so that a single sequence loses its batch.

Hint: What is the shape of your answer for one sequence?
"""
right_forward = SpliceModel.forward
SpliceModel.forward = lambda self, x: right_forward(self, x).squeeze()

# %% exercise="SpliceModel" misconception="softmax-inside"
"""Ends with a softmax.

Hint: The loss, `F.cross_entropy`, takes logits and does the softmax itself. Done twice, confidence is capped.
"""
right_forward = SpliceModel.forward
SpliceModel.forward = lambda self, x: torch.softmax(right_forward(self, x), 1)

# %% exercise="SpliceModel" misconception="one-logit"
"""Gives one number for each sequence.

Hint: (n, 2): a logit for decoy and one for donor.
"""


right_forward = SpliceModel.forward
SpliceModel.forward = lambda self, x: right_forward(self, x)[:, :1]

# %% exercise="SpliceModel" misconception="mean-over-the-batch"
"""Subtracts the batch's mean, so that a sequence's answer depends on the others, even when evaluating.

Hint: What does your model say of a sequence by itself, and what of the same one among others?
"""
right_forward = SpliceModel.forward
SpliceModel.forward = lambda self, x: right_forward(self, x - x.mean(0))

# %% exercise="SpliceModel" misconception="layers-in-a-plain-list"
"""Keeps its convolutions in a plain list, so that they stay as they were drawn and only the head learns.

Hint: `nn.ModuleList([...])` holds layers so that the module knows them. Count `SpliceModel().parameters()`.
"""


class SpliceModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.convolutions = [nn.Conv1d(4, 16, 3), nn.Conv1d(16, 16, 3)]
        self.head = nn.Linear(16 * 60, 2)

    def features(self, x):
        for convolution in self.convolutions:
            x = torch.relu(convolution(F.pad(x, (2, 0))))
        return x

    def forward(self, x):
        return self.head(self.features(x).flatten(1))


# %% exercise="SpliceModel" misconception="padding-same"
"""Pads both ends alike (`padding="same"`), so that the features look ahead.

Hint: Half of the kernel lies on bases that come later. Section 6's first picture is this one.
"""


class SpliceModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.convolutions = nn.ModuleList(
            [nn.Conv1d(4, 16, 3, padding="same"), nn.Conv1d(16, 16, 3, padding="same")]
        )
        self.head = nn.Linear(16 * 60, 2)

    def features(self, x):
        for convolution in self.convolutions:
            x = torch.relu(convolution(x))
        return x

    def forward(self, x):
        return self.head(self.features(x).flatten(1))


# %% exercise="SpliceModel" misconception="each-position-by-itself"
"""Has no convolution: a linear layer on the 240 numbers of x.

Hint: That is the rival of the race to come. What should stand in `features` is what causal convolutions make of x.
"""


class SpliceModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(4 * 60, 2)

    def features(self, x):
        return x

    def forward(self, x):
        return self.head(self.features(x).flatten(1))


# %% exercise="SpliceModel" misconception="past-the-features"
"""Has features, and reads the answer off x beside them.

Hint: `forward` should look at x through `self.features(x)` only.
"""
right_forward = SpliceModel.forward
SpliceModel.forward = lambda self, x: right_forward(self, x) + x[:, :2].cumsum(2)[:, :, 30]

# %% exercise="SpliceModel" misconception="logarithms-of-probabilities"
"""Ends with a log_softmax.

Hint: The loss, `F.cross_entropy`, takes logits and does the softmax itself.
"""
right_forward = SpliceModel.forward
SpliceModel.forward = lambda self, x: torch.log_softmax(right_forward(self, x), 1)

# %% exercise="tree_as_convolution" misconception="no-holes"
"""Uses dilation 1 in every layer.

Hint: The second layer joins outputs of the first that lie two apart: their pairs must not overlap.
"""


def tree_as_convolution(layers, x):
    for W, b in layers:
        w = W.reshape(2, -1, W.shape[1]).permute(2, 1, 0)
        x = torch.tanh(causal_conv1d(x, w) + b[:, None])
    return x


# %% exercise="tree_as_convolution" misconception="holes-turned-round"
"""Begins with the largest dilation.

Hint: The first layer joins neighbours, the last one joins halves.
"""


def tree_as_convolution(layers, x):
    for level, (W, b) in enumerate(layers):
        w = W.reshape(2, -1, W.shape[1]).permute(2, 1, 0)
        x = torch.tanh(causal_conv1d(x, w, 2 ** (len(layers) - 1 - level)) + b[:, None])
    return x


# %% exercise="tree_as_convolution" misconception="taps-swapped"
"""Takes the first rows of W for the present.

Hint: FlattenConsecutive puts the earlier position's channels first, so the first c_in rows of W belong to the past.
"""


def tree_as_convolution(layers, x):
    for level, (W, b) in enumerate(layers):
        w = W.reshape(2, -1, W.shape[1]).flip(0).permute(2, 1, 0)
        x = torch.tanh(causal_conv1d(x, w, 2**level) + b[:, None])
    return x


# %% exercise="tree_as_convolution" misconception="rows-interleaved"
"""Takes the rows of W for channel by channel, past and present in turn.

Hint: Rows 0 to c_in − 1 of W are all of one position. How must W be reshaped so that an axis of 2 parts the positions?
"""


def tree_as_convolution(layers, x):
    for level, (W, b) in enumerate(layers):
        w = W.T.reshape(W.shape[1], -1, 2)
        x = torch.tanh(causal_conv1d(x, w, 2**level) + b[:, None])
    return x


# %% exercise="tree_as_convolution" misconception="no-bias"
"""Forgets the biases.

Hint: b belongs to the output channels: it is added to every position.
"""


def tree_as_convolution(layers, x):
    for level, (W, b) in enumerate(layers):
        w = W.reshape(2, -1, W.shape[1]).permute(2, 1, 0)
        x = torch.tanh(causal_conv1d(x, w, 2**level))
    return x


# %% exercise="tree_as_convolution" misconception="bias-along-time"
"""Adds the bias along the last axis, which is time.

Hint: One number for each channel, and the channels are the axis before the last. Which shape fits: `bias[:, None]`?
"""


def tree_as_convolution(layers, x):
    for level, (W, bias) in enumerate(layers):
        w = W.reshape(2, -1, W.shape[1]).permute(2, 1, 0)
        x = torch.tanh(causal_conv1d(x, w, 2**level) + bias)
    return x


# %% exercise="tree_as_convolution" misconception="tanh-at-the-end-only"
"""Takes tanh once, after the last layer.

Hint: tanh comes after *each* layer. Without it in between, three layers are one.
"""


def tree_as_convolution(layers, x):
    for level, (W, b) in enumerate(layers):
        w = W.reshape(2, -1, W.shape[1]).permute(2, 1, 0)
        x = causal_conv1d(x, w, 2**level) + b[:, None]
    return torch.tanh(x)


# %% exercise="tree_as_convolution" misconception="only-the-first-context"
"""Runs the tree on the first 2^layers steps.

Hint: The last position is about the *last* 2^layers steps.
"""


def tree_as_convolution(layers, x):
    span = 2 ** len(layers)
    h = x[:, :, :span].transpose(1, 2)
    for W, b in layers:
        h = torch.tanh(torch.cat([h[:, 0::2], h[:, 1::2]], 2) @ W + b)
    return h.transpose(1, 2).expand(-1, -1, x.shape[2])


# %% exercise="break_causal_conv1d" misconception="shape-only"
"""Looks at the shape only.

Hint: A convolution that looks ahead has the right shape as well. Which numbers must come out?
"""


def break_causal_conv1d(causal_conv1d):
    out = causal_conv1d(torch.ones(2, 3, 5), torch.ones(4, 3, 2), 2)
    assert out.shape == (2, 4, 5)


# %% exercise="break_causal_conv1d" misconception="one-channel-one-dilation"
"""Tries the docstring's example alone: one channel, no holes.

Hint: Which mistakes hide when b, c and o are 1, and the dilation is too?
"""


def break_causal_conv1d(causal_conv1d):
    out = causal_conv1d(torch.tensor([[[1.0, 2.0, 3.0, 4.0]]]), torch.tensor([[[10.0, 1.0]]]))
    assert torch.allclose(out, torch.tensor([[[1.0, 12.0, 23.0, 34.0]]]))


# %% exercise="break_causal_conv1d" misconception="causality-only"
"""Tests that the future doesn't matter, and nothing else.

Hint: A function that returns zeros doesn't see the future either.
"""


def break_causal_conv1d(causal_conv1d):
    generator = torch.Generator().manual_seed(1)
    x, w = torch.randn((1, 2, 8), generator=generator), torch.randn((3, 2, 3), generator=generator)
    before = causal_conv1d(x.clone(), w.clone())
    x[:, :, 5:] += 1
    after = causal_conv1d(x.clone(), w.clone())
    assert torch.allclose(before[:, :, :5], after[:, :, :5], atol=1e-5)


# %% exercise="break_causal_conv1d" misconception="exact-comparison"
"""Allows for no rounding, or for too little.

Hint: Right ones differ in their last digits, and `torch.allclose` by itself allows for almost nothing near 0. What
does `atol=1e-5` change?
"""


def break_causal_conv1d(causal_conv1d):
    generator = torch.Generator().manual_seed(1)
    x, w = torch.randn((2, 3, 40), generator=generator), torch.randn((4, 3, 5), generator=generator)
    right = torch.zeros(2, 4, 40)
    for i in range(40):
        for j in range(5):
            if i - (4 - j) >= 0:
                right[:, :, i] += x[:, :, i - (4 - j)] @ w[:, :, j].T
    assert torch.equal(causal_conv1d(x, w), right)


# %% exercise="break_causal_conv1d" misconception="rejects-everything"
"""Rejects whatever it is given.

Hint: Your test rejects a right one. Run it on your own first: what does it demand that section 6 doesn't?
"""


def break_causal_conv1d(causal_conv1d):
    raise AssertionError("wrong")


# %% exercise="break_causal_conv1d" misconception="demands-the-flip"
"""Demands what section 6 doesn't promise, a first tap that is now for instance, so that right ones are rejected.

Hint: Run your test on your own function first, and go through the line at which it stops. Which tap lies on the
present, and how far apart do they lie? How exact may one be?
"""


def break_causal_conv1d(causal_conv1d):
    out = causal_conv1d(torch.tensor([[[1.0, 2.0, 3.0, 4.0]]]), torch.tensor([[[10.0, 1.0]]]))
    assert torch.allclose(out, torch.tensor([[[10.0, 21.0, 32.0, 43.0]]]))

"""Week 08's other right solutions, which every test must accept."""

import random

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

# %% exercise="embed" alternative="one-hot-product"
"""Multiplies one-hot vectors by C."""


def embed(C, X):
    hot = F.one_hot(X, num_classes=len(C)).to(C.dtype)
    return (hot @ C).reshape(X.shape[0], X.shape[1] * C.shape[1])


# %% exercise="embed" alternative="place-by-place"
"""Looks up one place of all contexts after the other and puts them side by side."""


def embed(C, X):
    return torch.cat([C[column] for column in X.unbind(1)], dim=1)


# %% exercise="embed" alternative="functional"
"""PyTorch's own embedding, then a view."""


def embed(C, X):
    points = F.embedding(X, C)
    return points.view(points.shape[0], -1)


# %% exercise="build_dataset" alternative="windows-of-strings"
"""Cuts windows out of the padded word."""


def build_dataset(words, block_size, stoi):
    X, Y = [], []
    for word in words:
        padded = "." * block_size + word + "."
        for place in range(len(word) + 1):
            X.append([stoi[symbol] for symbol in padded[place : place + block_size]])
            Y.append(stoi[padded[place + block_size]])
    return torch.tensor(X), torch.tensor(Y)


# %% exercise="build_dataset" alternative="unfold"
"""Unfolds each padded word into windows, the last column of which are the targets."""


def build_dataset(words, block_size, stoi):
    windows = []
    for word in words:
        ids = torch.tensor([0] * block_size + [stoi[letter] for letter in word] + [0])
        windows.append(ids.unfold(0, block_size + 1, 1))
    table = torch.cat(windows)
    return table[:, :-1], table[:, -1]


# %% exercise="build_dataset" alternative="filled-tables"
"""Fills two tables of the right size, in NumPy."""
import numpy as np


def build_dataset(words, block_size, stoi):
    n = sum(len(word) + 1 for word in words)
    X = np.zeros((n, block_size), dtype=np.int64)
    Y = np.zeros(n, dtype=np.int64)
    row = 0
    for word in words:
        for symbol in word + ".":
            Y[row] = stoi[symbol]
            if symbol != ".":
                X[row + 1, :-1] = X[row, 1:]
                X[row + 1, -1] = Y[row]
            row += 1
    return torch.from_numpy(X), torch.from_numpy(Y)


# %% exercise="break_build_dataset" alternative="laws-and-numbers"
"""Tests by laws over several lists and blocks, and by an own table of windows."""


def break_build_dataset(build_dataset):
    for order in (".abc", ".cab", ".Zbca"):
        stoi = {symbol: number for number, symbol in enumerate(order)}
        for words in (["ab"], ["abc", "b", "", "b"], ["ccaab", "a"]):
            for block_size in (1, 2, 3, 6):
                X, Y = build_dataset(words, block_size, stoi)
                padded = ["." * block_size + word + "." for word in words]
                spans = [p[i : i + block_size + 1] for p in padded for i in range(len(p) - block_size)]
                rows = [[stoi[symbol] for symbol in span] for span in spans]
                assert X.dtype == torch.int64 and Y.dtype == torch.int64
                assert [[*x, y] for x, y in zip(X.tolist(), Y.tolist(), strict=True)] == rows


# %% exercise="break_build_dataset" alternative="tensors-by-hand"
"""Compares with tensors written out by hand."""


def break_build_dataset(build_dataset):
    stoi = {".": 0, "x": 1, "b": 2, "a": 3}
    X, Y = build_dataset(["", "axb", "b", "b"], 2, stoi)
    expected = [[0, 0], [0, 0], [0, 3], [3, 1], [1, 2], [0, 0], [0, 2], [0, 0], [0, 2]]
    assert X.dtype == Y.dtype == torch.int64
    assert torch.equal(X, torch.tensor(expected))
    assert torch.equal(Y, torch.tensor([0, 3, 1, 2, 0, 2, 0, 2, 0]))
    X, Y = build_dataset(["ab"], 4, stoi)
    assert torch.equal(X, torch.tensor([[0, 0, 0, 0], [0, 0, 0, 3], [0, 0, 3, 2]]))
    assert torch.equal(Y, torch.tensor([3, 2, 0]))
    X, _ = build_dataset(["ab"], 1, stoi)
    assert torch.equal(X, torch.tensor([[0], [3], [2]]))


# %% exercise="split_words" alternative="first-seen-and-randperm"
"""Keeps each word where it was seen first, and shuffles by a torch generator."""


def split_words(words, seed):
    unique = list(dict.fromkeys(words))
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(unique), generator=generator).tolist()
    shuffled = [unique[place] for place in order]
    first, second = int(0.8 * len(unique)), int(0.9 * len(unique))
    return shuffled[:first], shuffled[first:second], shuffled[second:]


# %% exercise="split_words" alternative="numpy"
"""NumPy's generator, and its unique."""
import numpy as np


def split_words(words, seed):
    unique = np.random.default_rng(seed).permutation(sorted(set(words)))
    n = len(unique)
    parts = np.split(unique, [int(n * 0.8), int(n * 0.9)])
    return tuple([str(word) for word in part] for part in parts)


# %% exercise="split_words" alternative="random-sample"
"""Draws all words without replacement, with Python's generator."""
import random


def split_words(words, seed):
    unique = []
    for word in words:
        if word not in unique:
            unique.append(word)
    n = len(unique)
    shuffled = random.Random(seed).sample(unique, n)
    return shuffled[: 8 * n // 10], shuffled[8 * n // 10 : 9 * n // 10], shuffled[9 * n // 10 :]


# %% exercise="init_params" alternative="scaled"
"""Weights scaled by their fan, from torch.nn.init, and biases of zero."""
from torch import nn


def init_params(V, block, d, hidden, generator):
    C = torch.randn((V, d), generator=generator)
    W1 = nn.init.xavier_uniform_(torch.zeros(block * d, hidden), generator=generator)
    W2 = nn.init.xavier_uniform_(torch.zeros(hidden, V), generator=generator)
    params = [C, W1, torch.zeros(hidden), W2, torch.zeros(V)]
    for p in params:
        p.requires_grad = True
    return params


# %% exercise="init_params" alternative="parameters"
"""Normal numbers in float64, made parameters by torch.nn."""
from torch import nn


def init_params(V, block, d, hidden, generator):
    def drawn(*shape):
        return nn.Parameter(torch.zeros(shape).double().normal_(generator=generator))

    return [drawn(V, d), drawn(block * d, hidden), drawn(hidden), drawn(hidden, V), drawn(V)]


# %% exercise="forward" alternative="addmm"
"""PyTorch's own embedding and linear layers."""


def forward(params, X):
    C, W1, b1, W2, b2 = params
    points = F.embedding(X, C).flatten(1)
    hidden = torch.addmm(b1, points, W1).tanh()
    return F.linear(hidden, W2.T, b2)


# %% exercise="forward" alternative="place-by-place"
"""Adds up what each place of the context contributes, with tanh by way of the sigmoid."""


def forward(params, X):
    C, W1, b1, W2, b2 = params
    d = C.shape[1]
    total = b1
    for place in range(X.shape[1]):
        total = total + C[X[:, place]] @ W1[place * d : (place + 1) * d]
    return (2 * torch.sigmoid(2 * total) - 1) @ W2 + b2


# %% exercise="forward" alternative="einsum"
"""One einsum over places and coordinates."""


def forward(params, X):
    C, W1, b1, W2, b2 = params
    W = W1.reshape(X.shape[1], C.shape[1], -1)
    h = torch.tanh(torch.einsum("nbd,bdh->nh", C[X], W) + b1)
    return torch.einsum("nh,hv->nv", h, W2) + b2


# %% exercise="train" alternative="without-replacement"
"""Draws without replacement, and updates through .data."""


def train(params, X, Y, steps, batch_size, lr, generator):
    losses = []
    for _ in range(steps):
        batch = torch.randperm(len(X), generator=generator)[:batch_size]
        loss = F.cross_entropy(forward(params, X[batch]), Y[batch])
        for p in params:
            p.grad = None
        loss.backward()
        losses.append(loss.item())
        for p in params:
            p.data -= lr * p.grad
    return losses


# %% exercise="train" alternative="optimizer"
"""torch.optim.SGD."""


def train(params, X, Y, steps, batch_size, lr, generator):
    optimizer = torch.optim.SGD(params, lr=lr)
    losses = []
    for _ in range(steps):
        batch = torch.randint(0, X.shape[0], (batch_size,), generator=generator)
        loss = F.cross_entropy(forward(params, X[batch]), Y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss))
    return losses


# %% exercise="train" alternative="round-and-round"
"""Goes round and round through shuffled data, in torch.autograd.grad and the softmax written out."""


def train(params, X, Y, steps, batch_size, lr, generator):
    losses, waiting = [], []
    for _ in range(steps):
        while len(waiting) < batch_size:
            waiting += torch.randperm(len(X), generator=generator).tolist()
        batch, waiting = waiting[:batch_size], waiting[batch_size:]
        logits = forward(params, X[batch])
        picked = logits.gather(1, Y[batch].unsqueeze(1)).squeeze(1)
        loss = (logits.logsumexp(1) - picked).mean()
        losses.append(loss.item())
        gradients = torch.autograd.grad(loss, params)
        with torch.no_grad():
            for p, g in zip(params, gradients, strict=True):
                p.sub_(lr * g)
    return losses


# %% exercise="evaluate" alternative="slices"
"""Weighs each batch's mean by its number of examples."""


@torch.no_grad()
def evaluate(params, X, Y, batch_size):
    n, loss = len(X), 0.0
    for start in range(0, n, batch_size):
        x, y = X[start : start + batch_size], Y[start : start + batch_size]
        loss += F.cross_entropy(forward(params, x), y).item() * len(y) / n
    return loss


# %% exercise="evaluate" alternative="all-costs"
"""Collects each example's cost, on parameters cut from the graph."""


def evaluate(params, X, Y, batch_size):
    detached = [p.detach() for p in params]
    costs = []
    for start in range(0, len(X), batch_size):
        logits = forward(detached, X[start : start + batch_size]).double()
        targets = Y[start : start + batch_size].unsqueeze(1)
        costs.append(-logits.log_softmax(1).gather(1, targets).flatten())
    return torch.cat(costs).mean()


# %% exercise="lr_sweep" alternative="loop"
"""A loop with append, and pow."""


def lr_sweep(make_params, train_fn, exponents):
    tried, losses = [], []
    for exponent in exponents:
        params = make_params()
        losses.append(train_fn(params, pow(10.0, exponent)))
        tried.append(exponent)
    return tried, losses


# %% exercise="lr_sweep" alternative="rates-first"
"""All rates at once, by torch."""


def lr_sweep(make_params, train_fn, exponents):
    rates = (10.0 ** torch.tensor(exponents, dtype=torch.float64)).tolist()
    return exponents, [train_fn(make_params(), rate) for rate in rates]


# %% exercise="sample_names" alternative="film"
"""The film's loop: keeps the numbers, cuts off the last."""


def sample_names(params, block_size, itos, n, generator):
    names = []
    for _ in range(n):
        out = []
        context = [0] * block_size
        while True:
            logits = forward(params, torch.tensor([context]))
            probs = F.softmax(logits, dim=1)
            ix = torch.multinomial(probs, num_samples=1, generator=generator).item()
            context = context[1:] + [ix]
            out.append(ix)
            if ix == 0:
                break
        names.append("".join(itos[i] for i in out[:-1]))
    return names


# %% exercise="sample_names" alternative="all-at-once"
"""Lets all names grow together, a row of contexts each."""


@torch.no_grad()
def sample_names(params, block_size, itos, n, generator):
    contexts = torch.zeros((n, block_size), dtype=torch.int64)
    names, alive = [""] * n, list(range(n))
    while alive:
        P = forward(params, contexts[alive]).softmax(1)
        drawn = torch.multinomial(P, 1, generator=generator)
        contexts[alive] = torch.cat([contexts[alive][:, 1:], drawn], dim=1)
        for row, number in zip(alive, drawn.flatten().tolist(), strict=True):
            names[row] += itos[number] if number else ""
        alive = [row for row, number in zip(alive, drawn.flatten().tolist(), strict=True) if number]
    return names


# %% exercise="sample_names" alternative="inverse-distribution"
"""Draws a uniform number and looks it up in the cumulative probabilities."""


def sample_names(params, block_size, itos, n, generator):
    names = []
    while len(names) < n:
        ids = [0] * block_size
        while len(ids) == block_size or ids[-1] != 0:
            logits = forward(params, torch.tensor(ids[-block_size:]).unsqueeze(0))[0].detach()
            cumulative = logits.double().softmax(0).cumsum(0)
            u = torch.rand((), generator=generator, dtype=torch.float64) * cumulative[-1]
            ids.append(int(torch.searchsorted(cumulative, u, right=True)))
        names.append("".join(itos[number] for number in ids[block_size:-1]))
    return names


# %% exercise="rnn_step" alternative="side-by-side"
"""One product of state and input side by side with both weights on top of each other."""


def rnn_step(h, x, Wh, Wx, b):
    return torch.tanh(torch.cat([h, x], 1) @ torch.cat([Wh, Wx], 0) + b)


# %% exercise="rnn_step" alternative="linear"
"""PyTorch's own linear maps."""


def rnn_step(h, x, Wh, Wx, b):
    return (F.linear(x, Wx.T, b) + F.linear(h, Wh.T)).tanh()

"""Week 05's other right solutions, which every test must accept."""

import math

import numpy as np
import torch
import torch.nn.functional as F

# %% exercise="relu" alternative="where"
"""Chooses entry by entry."""


def relu(x):
    return torch.where(x > 0, x, torch.zeros_like(x))


# %% exercise="relu" alternative="mask"
"""Multiplies by the answer to "is it positive?"."""


def relu(x):
    return x * (x > 0)


# %% exercise="relu" alternative="absolute-value"
"""The mean of x and its absolute value."""


def relu(x):
    return (x + x.abs()) / 2


# %% exercise="neuron" alternative="row-by-row"
"""One example after the other."""


def neuron(x, w, b, activation):
    return torch.stack([activation((row * w).sum() + b) for row in x])


# %% exercise="neuron" alternative="product-and-sum"
"""Multiplies column by column, adds up the columns."""


def neuron(x, w, b, activation):
    z = b
    for j in range(len(w)):
        z = z + x[:, j] * w[j]
    return activation(z)


# %% exercise="sigmoid" alternative="two-safe-branches"
"""Each branch gets only numbers that can't overflow."""


def sigmoid(x):
    up = torch.exp(-x.clamp(min=0))
    down = torch.exp(x.clamp(max=0))
    return torch.where(x >= 0, 1 / (1 + up), down / (1 + down))


# %% exercise="sigmoid" alternative="softmax-of-two"
"""The first of a softmax over x and 0."""


def sigmoid(x):
    return torch.stack([x, torch.zeros_like(x)]).softmax(0)[0]


# %% exercise="sigmoid" alternative="by-its-logarithm"
"""Computes log sigmoid safely, then exponentiates."""


def sigmoid(x):
    return torch.exp(-torch.logaddexp(-x, torch.zeros_like(x)))


# %% exercise="mlp_forward" alternative="counts-layers"
"""Counts the layers and bends after all but the last."""


def mlp_forward(x, weights, biases, activation):
    out = x
    for number in range(len(weights)):
        out = torch.matmul(out, weights[number]) + biases[number]
        if number < len(weights) - 1:
            out = activation(out)
    return out


# %% exercise="mlp_forward" alternative="recursive"
"""The first layer, and then the rest of the network."""


def mlp_forward(x, weights, biases, activation):
    z = x @ weights[0] + biases[0]
    if len(weights) == 1:
        return z
    return mlp_forward(activation(z), weights[1:], biases[1:], activation)


# %% exercise="half_squared_error" alternative="sum-over-count"
"""Sum of squares over twice their number."""


def half_squared_error(pred, actual):
    if tuple(pred.size()) != tuple(actual.size()):
        raise ValueError("pred and actual differ in shape")
    residual = pred - actual
    return (residual * residual).sum() / (2 * residual.numel())


# %% exercise="half_squared_error" alternative="torchs-own"
"""Half of torch's mean squared error, behind the same guard."""
import torch.nn.functional as F


def half_squared_error(pred, actual):
    if pred.shape == actual.shape:
        return F.mse_loss(pred, actual) / 2
    raise ValueError(f"{pred.shape} is not {actual.shape}")


# %% exercise="linear_gradient" alternative="plain-loop"
"""Adds up example by example, in plain floats."""


def linear_gradient(a, b, x, y):
    by_a = by_b = 0.0
    for u, v in zip(x.tolist(), y.tolist(), strict=True):
        residual = float(a) * u + float(b) - v
        by_a += residual * u
        by_b += residual
    return [by_a / len(x), by_b / len(x)]


# %% exercise="linear_gradient" alternative="moments"
"""From the moments of x and y."""


def linear_gradient(a, b, x, y):
    n = len(x)
    return (a * (x @ x) + b * x.sum() - x @ y) / n, a * x.mean() + b - y.mean()


# %% exercise="gradient_descent" alternative="fills-a-table"
"""Fills the rows of a table."""


def gradient_descent(grad, start, lr, steps):
    path = torch.zeros(steps + 1, len(start), dtype=start.dtype)
    path[0] = start
    for step in range(steps):
        path[step + 1] = path[step] - lr * grad(path[step].clone())
    return path


# %% exercise="gradient_descent" alternative="copies"
"""Walks in place in a copy, and notes a copy of each place."""


def gradient_descent(grad, start, lr, steps):
    x = start.clone()
    path = [x.clone()]
    while len(path) <= steps:
        x -= lr * grad(x)
        path.append(x.clone())
    return torch.stack(path)


# %% exercise="minibatches" alternative="split"
"""Shuffles and lets torch split; a tuple of batches."""


def minibatches(n, batch_size, generator):
    return torch.randperm(n, generator=generator).split(batch_size)


# %% exercise="minibatches" alternative="sorts-noise"
"""Sorts by random numbers; a list of batches."""


def minibatches(n, batch_size, generator):
    order = torch.rand(n, generator=generator).argsort()
    batches = []
    while len(order):
        batches.append(order[:batch_size])
        order = order[batch_size:]
    return batches


# %% exercise="fit_line" alternative="own-formulas"
"""Without the earlier functions, in tensors throughout."""


def fit_line(x, y, lr, epochs, batch_size, generator):
    place = torch.zeros(2, dtype=x.dtype)
    design = torch.stack([x, torch.ones_like(x)], dim=1)
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        for batch in order.split(batch_size):
            residual = design[batch] @ place - y[batch]
            place = place - lr * design[batch].T @ residual / len(batch)
        losses.append(((design @ place - y) ** 2).mean() / 2)
    return place[0], place[1], losses


# %% exercise="fit_line" alternative="autograd"
"""Lets torch take the slopes of each batch."""


def fit_line(x, y, lr, epochs, batch_size, generator):
    a = torch.zeros((), dtype=x.dtype, requires_grad=True)
    b = torch.zeros((), dtype=x.dtype, requires_grad=True)
    optimiser = torch.optim.SGD([a, b], lr=lr)
    losses = []
    for _ in range(epochs):
        for batch in minibatches(len(x), batch_size, generator):
            optimiser.zero_grad()
            half_squared_error(a * x[batch] + b, y[batch]).backward()
            optimiser.step()
        losses.append(half_squared_error(a * x + b, y).item())
    return a.item(), b.item(), losses


# %% exercise="bernoulli_log_likelihood" alternative="chooses"
"""Chooses the probability of what happened, and adds up its logarithms."""


def bernoulli_log_likelihood(p, y):
    return torch.where(y > 0.5, p, 1 - p).log().sum()


# %% exercise="bernoulli_log_likelihood" alternative="plain-loop"
"""Adds up in plain floats."""


def bernoulli_log_likelihood(p, y):
    total = 0.0
    for q, answer in zip(p.flatten().tolist(), y.flatten().tolist(), strict=True):
        total += math.log(q) if answer else math.log1p(-q)
    return total


# %% exercise="fit_logistic" alternative="column-of-ones"
"""Treats b as the weight of a column of ones."""


def fit_logistic(X, y, lr, steps):
    design = torch.cat([X, torch.ones_like(X[:, :1])], dim=1)
    w = torch.zeros(design.shape[1], dtype=X.dtype)
    for _ in range(steps):
        p = torch.sigmoid(design @ w)
        w = w + lr * ((y - p)[:, None] * design).mean(0)
    return w[:-1], w[-1]


# %% exercise="fit_logistic" alternative="autograd"
"""Lets torch take the slopes of its own loss."""
import torch.nn.functional as F


def fit_logistic(X, y, lr, steps):
    w = torch.zeros(X.shape[1], dtype=X.dtype, requires_grad=True)
    b = torch.zeros((), dtype=X.dtype, requires_grad=True)
    for _ in range(steps):
        loss = F.binary_cross_entropy_with_logits(X @ w + b, y)
        by_w, by_b = torch.autograd.grad(loss, [w, b])
        with torch.no_grad():
            w -= lr * by_w
            b -= lr * by_b
    return w.detach(), b.item()


# %% exercise="logsumexp" alternative="max-values"
"""Takes the maxima from `max`, and removes the axis at the end."""


def logsumexp(x, dim=-1):
    m = x.max(dim=dim, keepdim=True).values
    return (m + torch.log(torch.exp(x - m).sum(dim=dim, keepdim=True))).squeeze(dim)


# %% exercise="logsumexp" alternative="one-after-the-other"
"""Folds in one entry after the other with logaddexp."""


def logsumexp(x, dim=-1):
    slices = x.unbind(dim)
    total = slices[0]
    for each in slices[1:]:
        high, low = torch.maximum(total, each), torch.minimum(total, each)
        total = high + torch.where(low.isneginf(), 0.0, torch.log1p(torch.exp(low - high)))
    return total


# %% exercise="softmax" alternative="exp-of-log"
"""Exponentiates the logits less their logsumexp."""


def softmax(x, dim=-1):
    return torch.exp(x - torch.logsumexp(x, dim, keepdim=True))


# %% exercise="softmax" alternative="moves-the-axis"
"""Moves the axis to the end, works there, and moves it back; in float64."""


def softmax(x, dim=-1):
    rows = x.double().movedim(dim, -1)
    e = torch.exp(rows - rows.max(-1, keepdim=True).values)
    return (e / e.sum(-1)[..., None]).movedim(-1, dim).to(x.dtype)


# %% exercise="softmax" alternative="numpy"
"""By way of NumPy."""
import numpy as np


def softmax(x, dim=-1):
    values = x.detach().numpy()
    e = np.exp(values - values.max(axis=dim, keepdims=True))
    return torch.from_numpy(e / e.sum(axis=dim, keepdims=True))


# %% exercise="cross_entropy" alternative="gather"
"""Picks with gather from the log-softmax."""


def cross_entropy(logits, targets):
    log_p = logits - torch.logsumexp(logits, dim=1, keepdim=True)
    return -log_p.gather(1, targets[:, None]).mean()


# %% exercise="cross_entropy" alternative="row-by-row"
"""Adds up one row after the other."""


def cross_entropy(logits, targets):
    total = 0.0
    for row, target in zip(logits, targets.tolist(), strict=True):
        total = total + torch.logsumexp(row - row[target], 0)
    return total / len(logits)


# %% exercise="break_softmax" alternative="own-solution"
"""Compares with torch's own on random logits of several shapes and sizes."""


def break_softmax(softmax):
    draw = torch.Generator().manual_seed(3)
    for shape in [(4,), (2, 5), (3, 1, 4)]:
        for scale in [1.0, 3000.0]:
            x = scale * torch.randn(shape, generator=draw, dtype=torch.float64)
            x.view(-1)[0] = -torch.inf
            x.view(-1)[-1] = 2 * scale
            for dim in range(-len(shape), len(shape)):
                if torch.isneginf(x).all(dim).any():
                    continue
                before = x.clone()
                assert torch.allclose(softmax(x, dim).double(), torch.softmax(before, dim), atol=1e-6)
                assert torch.equal(x, before)
            if shape[-1] > 1:
                assert torch.allclose(softmax(x).double(), torch.softmax(x, -1), atol=1e-6)
    apart = torch.tensor([[5000.0, 5001.0], [-5000.0, -5001.0]], dtype=torch.float64)
    assert torch.allclose(softmax(apart, 1).double(), torch.softmax(apart, 1), atol=1e-6)
    assert torch.allclose(softmax(apart, 0).double(), torch.softmax(apart, 0), atol=1e-6)


# %% exercise="break_softmax" alternative="laws"
"""Tests laws: sums, odds, shifts of single rows, impossible entries, the input."""


def break_softmax(softmax):
    x = torch.tensor([[[0.5, -1.0], [2.0, 0.0], [1.0, 1.5]]])  # (1, 3, 2)
    for dim in [0, 1, 2, -1, -2, -3]:
        copy = x.clone()
        p = softmax(x, dim)
        assert torch.equal(x, copy) and p.shape == x.shape
        assert ((p.sum(dim) - 1).abs() < 1e-5).all()
        first_p, first_x = p.narrow(dim, 0, 1), x.narrow(dim, 0, 1)
        assert ((p / first_p - (x - first_x).exp()).abs() < 1e-4).all()
    assert torch.allclose(softmax(x), softmax(x, 2))
    shifted = x + torch.tensor([8000.0, -8000.0, 0.0])[:, None]
    assert torch.allclose(softmax(shifted, 2), softmax(x, 2), atol=2e-3)
    p = softmax(torch.tensor([1.0, -torch.inf, 1.0, 1.0 + math.log(2)]), -1)
    assert torch.allclose(p, torch.tensor([0.25, 0.0, 0.25, 0.5]), atol=1e-5)


# %% exercise="binary_cross_entropy" alternative="max-and-log1p"
"""The formula that libraries use: max(z, 0) - zy + log(1 + exp(-|z|)), with relu for the maximum."""


def binary_cross_entropy(logits, targets):
    absolute = torch.where(logits < 0, -logits, logits)
    return (logits.clamp(min=0) - logits * targets + torch.log1p(torch.exp(-absolute))).mean()


# %% exercise="binary_cross_entropy" alternative="softplus"
"""The mean of softplus(z) - zy, as signs."""


def binary_cross_entropy(logits, targets):
    signed = (1 - 2 * targets) * logits
    return torch.stack([signed, torch.zeros_like(signed)]).logsumexp(0).mean()


# %% exercise="learning_rates" alternative="logarithms"
"""Evenly spaced logarithms, exponentiated."""


def learning_rates(low, high, n):
    step = (math.log(high) - math.log(low)) / (n - 1)
    return [math.exp(math.log(low) + i * step) for i in range(n)]


# %% exercise="learning_rates" alternative="numpy"
"""NumPy's own."""
import numpy as np


def learning_rates(low, high, n):
    return np.geomspace(low, high, n).tolist()


# %% exercise="grid_search" alternative="loop"
"""Goes through the rates in order and keeps the best so far."""


def grid_search(train, rates):
    best, least = None, math.inf
    for rate in sorted(rates):
        loss = train(rate)
        if loss < least:
            best, least = rate, loss
    return best


# %% exercise="grid_search" alternative="nan-as-infinite"
"""Counts a nan as infinitely bad."""


def grid_search(train, rates):
    def cost(rate):
        loss = train(rate)
        return math.inf if loss != loss else loss

    return min(sorted(rates), key=cost)


# %% exercise="momentum_descent" alternative="rate-inside"
"""Keeps the rate inside the velocity, which is the same for a constant rate."""


def momentum_descent(grad, start, lr, beta, steps):
    path, move = [start.clone()], torch.zeros_like(start)
    for _ in range(steps):
        move = beta * move - lr * grad(path[-1])
        path.append(path[-1] + move)
    return torch.stack(path)


# %% exercise="momentum_descent" alternative="last-move"
"""Takes the memory from the last two places."""


def momentum_descent(grad, start, lr, beta, steps):
    path = [start, start]
    for _ in range(steps):
        path.append(path[-1] - lr * grad(path[-1]) + beta * (path[-1] - path[-2]))
    return torch.stack(path[1:])

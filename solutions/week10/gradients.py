"""What the audit measures by finite differences: Week 10's gradients by hand."""

import math

import torch
import torch.nn.functional as F


def _numbers(*shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(10), dtype=torch.float64)


def tanh_backward(names):
    """Weighed with an upstream gradient, so that no two slopes are alike."""
    x, dout = _numbers(3, 4), _numbers(4, 3).T
    yield lambda x: (dout * torch.tanh(x)).sum().item(), x, names.tanh_backward(dout, torch.tanh(x))


def linear_backward(names):
    """By inputs, weights and bias."""
    x, W, dout = _numbers(4, 3), _numbers(3, 2), _numbers(2, 4).T
    dx, dW, db = names.linear_backward(dout, x, W)
    yield lambda x: (dout * (x @ W)).sum().item(), x, dx
    yield lambda W: (dout * (x @ W)).sum().item(), W, dW
    yield lambda b: (dout * (x @ W + b)).sum().item(), _numbers(2), db


def embedding_backward(names):
    """Rows used twice, once and never."""
    X, demb = torch.tensor([[0, 3], [3, 1], [3, 0]]), _numbers(3, 2, 4)
    yield lambda C: (demb * C[X]).sum().item(), _numbers(5, 4), names.embedding_backward(demb, X, 5)


def softmax_steps_backward(names):
    """By the logits, and by the counts with their sum."""
    logits, dlogprobs = _numbers(3, 5), _numbers(5, 3).T
    _, cache = names.softmax_forward(logits)
    steps = names.softmax_steps_backward(cache, dlogprobs)

    def of_counts(counts):
        return (dlogprobs * (counts / counts.sum(1, keepdim=True)).log()).sum().item()

    yield lambda logits: (dlogprobs * logits.log_softmax(1)).sum().item(), logits, steps["dlogits"]
    yield of_counts, cache["counts"], steps["dcounts"]


def cross_entropy_backward(names):
    """Targets repeated, and a single example."""
    for y in ([2, 0, 2, 3], [1]):
        logits, targets = _numbers(len(y), 5), torch.tensor(y)
        slopes = names.cross_entropy_backward(logits, targets)
        yield lambda z, y=targets: F.cross_entropy(z, y).item(), logits, slopes


def _normalised(x, gain, eps):
    return gain * (x - x.mean(0)) / (x.var(0) + eps).sqrt()


def batchnorm_steps_backward(names):
    """By the input and the gain, the variance with n - 1."""
    x, gain, dout = _numbers(4, 3), 1 + _numbers(1, 3), _numbers(3, 4).T
    _, cache = names.batchnorm_forward(x, gain, torch.zeros_like(gain), 0.1)
    steps = names.batchnorm_steps_backward(cache, dout)
    yield lambda x: (dout * _normalised(x, gain, 0.1)).sum().item(), x, steps["dhprebn"]
    yield lambda gain: (dout * _normalised(x, gain, 0.1)).sum().item(), gain, steps["dbngain"]


def batchnorm_backward(names):
    """Batches of two, three and six."""
    for n in (2, 3, 6):
        x, gain, dout = _numbers(n, 3), 1 + _numbers(1, 3), _numbers(3, n).T
        _, cache = names.batchnorm_forward(x, gain, torch.zeros_like(gain), 0.1)
        slopes = names.batchnorm_backward(dout, cache)
        yield lambda x, gain=gain, dout=dout: (dout * _normalised(x, gain, 0.1)).sum().item(), x, slopes


def manual_train_step(names):
    """A step of rate 1 moves each parameter by its slope."""
    X, Y = torch.tensor([[0, 1], [2, 3], [4, 0], [1, 1]]), torch.tensor([1, 1, 4, 0])
    params = [_numbers(*shape) for shape in [(5, 2), (4, 3), (3, 5), (5,), (1, 3), (1, 3)]]
    moved = [p.clone() for p in params]
    first = float(names.manual_train_step(moved, X, Y, 1.0))
    for place, (before, after) in enumerate(zip(params, moved, strict=True)):

        def loss(at, place=place):
            others = [*params[:place], at, *params[place + 1 :]]
            return float(names.forward(others, X, Y)[0])

        assert math.isclose(loss(before), first)
        yield loss, before, before - after

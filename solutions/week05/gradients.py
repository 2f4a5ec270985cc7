"""What the audit measures by finite differences: Week 05's activations and losses."""

import torch


def _numbers(*shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(5), dtype=torch.float64) + 0.05


def _cases(f, *points):
    """f, a place and its slopes there, for a function that returns one number."""
    for at in points:
        x = at.clone().requires_grad_()
        (slopes,) = torch.autograd.grad(f(x), x)
        yield lambda x: f(x).item(), at, slopes


def _bent(bend):
    """A bend, weighed so that no two slopes are alike."""

    def total(x):
        answer = bend(x)
        return (answer.flatten() * (1 + torch.arange(answer.numel(), dtype=x.dtype))).sum()

    return total


def relu(names):
    """Away from the kink, on both sides."""
    yield from _cases(_bent(names.relu), _numbers(3, 4))


def sigmoid(names):
    """Near 0, at 0 and where it is flat."""
    yield from _cases(
        _bent(names.sigmoid), _numbers(7), torch.tensor([0.0, -30.0, 30.0], dtype=torch.float64)
    )


def half_squared_error(names):
    """In the predictions."""
    actual = _numbers(2, 3).flip(0)
    yield from _cases(lambda x: names.half_squared_error(x, actual), _numbers(2, 3))


def bernoulli_log_likelihood(names):
    """In the probabilities, for both answers."""
    y = torch.tensor([0, 1, 1, 0, 1])
    p = torch.tensor([0.2, 0.9, 0.4, 0.7, 0.1], dtype=torch.float64)
    yield from _cases(lambda p: names.bernoulli_log_likelihood(p, y), p)


def linear_gradient(names):
    """The exercise's own slopes of the line's loss, by a and b."""
    x, y = _numbers(6), 2 * _numbers(6).flip(0)

    def loss(at):
        return (0.5 * (at[0] * x + at[1] - y) ** 2).mean().item()

    yield loss, [0.7, -0.4], [float(slope) for slope in names.linear_gradient(0.7, -0.4, x, y)]


def logsumexp(names):
    """Along either axis."""
    for dim in [0, 1]:
        yield from _cases(_bent(lambda x, dim=dim: names.logsumexp(x, dim)), _numbers(3, 4))


def softmax(names):
    """Along either axis."""
    for dim in [0, 1]:
        yield from _cases(_bent(lambda x, dim=dim: names.softmax(x, dim)), _numbers(3, 4))


def cross_entropy(names):
    """In the logits, targets repeated."""
    targets = torch.tensor([2, 0, 2, 3])
    yield from _cases(lambda x: names.cross_entropy(x, targets), _numbers(4, 5))


def binary_cross_entropy(names):
    """In the logits, for both answers."""
    targets = torch.tensor([[0.0, 1.0, 1.0], [1.0, 0.0, 0.0]], dtype=torch.float64)
    yield from _cases(lambda x: names.binary_cross_entropy(x, targets), 3 * _numbers(2, 3))

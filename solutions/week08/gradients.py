"""What the audit measures by finite differences: week 08's layers."""

import torch


def embed(names):
    """The slopes in the table, where symbols are repeated, and one isn't used."""
    generator = torch.Generator().manual_seed(8)
    C = torch.randn((4, 3), generator=generator, dtype=torch.float64, requires_grad=True)
    X = torch.tensor([[0, 2], [2, 2], [0, 1]])
    weights = torch.randn((3, 6), generator=generator, dtype=torch.float64)

    def loss(table):
        return (names.embed(table, X) * weights).sum()

    (slopes,) = torch.autograd.grad(loss(C), C)
    yield lambda table: loss(table).item(), C, slopes


def forward(names):
    """The slopes in each of the five parameters, the others fixed."""
    generator = torch.Generator().manual_seed(8)
    shapes = [(4, 2), (6, 5), (5,), (5, 4), (4,)]
    params = [torch.randn(s, generator=generator, dtype=torch.float64, requires_grad=True) for s in shapes]
    X = torch.tensor([[0, 1, 2], [3, 3, 1]])
    weights = torch.randn((2, 4), generator=generator, dtype=torch.float64)

    def loss(place, value):
        return (names.forward([*params[:place], value, *params[place + 1 :]], X) * weights).sum()

    for place, p in enumerate(params):
        (slopes,) = torch.autograd.grad(loss(place, p), p)
        yield lambda value, place=place: loss(place, value).item(), p, slopes


def rnn_step(names):
    """The slopes in states, inputs, weights and bias, the others fixed."""
    generator = torch.Generator().manual_seed(8)
    shapes = [(2, 3), (2, 4), (3, 3), (4, 3), (3,)]
    parts = [torch.randn(s, generator=generator, dtype=torch.float64, requires_grad=True) for s in shapes]
    weights = torch.randn((2, 3), generator=generator, dtype=torch.float64)

    def loss(place, value):
        return (names.rnn_step(*parts[:place], value, *parts[place + 1 :]) * weights).sum()

    for place, part in enumerate(parts):
        (slopes,) = torch.autograd.grad(loss(place, part), part)
        yield lambda value, place=place: loss(place, value).item(), part, slopes

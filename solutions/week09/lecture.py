"""The same perceptron with this week's layers: Kaiming's scale, BatchNorm, and an output that starts out unsure."""

import torch
import torch.nn.functional as F

BLOCK, COORDINATES, HIDDEN, BATCH = 3, 10, 200, 32
RATES = (0.1, 0.01)  # for the first half of the steps, and for the second
TANH_GAIN, UNSURE = 5 / 3, 0.1


def contexts(words, stoi):
    """Each letter's number, and those of the three before it."""
    padded = [[0] * BLOCK + [stoi[letter] for letter in word] + [0] for word in words]
    rows = [row[i : i + BLOCK + 1] for row in padded for i in range(len(row) - BLOCK)]
    table = torch.tensor(rows)
    return table[:, :-1], table[:, -1]


def models(names, split, steps):
    """The one model; for evaluation BatchNorm takes its running estimates."""
    generator = torch.Generator().manual_seed(1)
    V = len(split.stoi)
    C = torch.randn((V, COORDINATES), generator=generator).requires_grad_()
    hidden = names.Linear(BLOCK * COORDINATES, HIDDEN, bias=False, generator=generator)
    norm = names.BatchNorm1d(HIDDEN)
    out = names.Linear(HIDDEN, V, generator=generator)
    layers = [hidden, norm, names.Tanh(), out]
    with torch.no_grad():
        hidden.weight *= TANH_GAIN
        out.weight *= UNSURE
    params = [C, *(p for layer in layers for p in layer.parameters())]

    def logits(X):
        x = C[X].flatten(1)
        for layer in layers:
            x = layer(x)
        return x

    X, Y = contexts(split.train, split.stoi)
    for rate in RATES:
        for _ in range(steps // 2):
            batch = torch.randint(len(X), (BATCH,), generator=generator)
            loss = F.cross_entropy(logits(X[batch]), Y[batch])
            for p, slope in zip(params, torch.autograd.grad(loss, params), strict=True):
                p.data -= rate * slope

    def loss_on(words):
        for layer in layers:
            layer.training = False
        X, Y = contexts(words, split.stoi)
        with torch.no_grad():
            return F.cross_entropy(logits(X), Y).item()

    yield "MLP with BatchNorm", "about 2.1 on dev", loss_on

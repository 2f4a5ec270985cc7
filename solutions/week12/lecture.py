"""The WaveNet-like model at the lecture's settings: eight letters merged two by two, the larger of its two sizes."""

import torch
import torch.nn.functional as F

BLOCK, COORDINATES, HIDDEN, BATCH = 8, 24, 128, 32
SHARES = ((0.75, 0.1), (0.25, 0.01))  # of the steps, and the rate for each
UNSURE = 0.1
AT_ONCE = 10_000  # the outputs for all contexts together would take a gigabyte


def contexts(words, stoi):
    """Each letter's number, and those of the eight before it."""
    padded = [[0] * BLOCK + [stoi[letter] for letter in word] + [0] for word in words]
    rows = [row[i : i + BLOCK + 1] for row in padded for i in range(len(row) - BLOCK)]
    table = torch.tensor(rows)
    return table[:, :-1], table[:, -1]


def models(names, split, steps):
    """The one model; for evaluation BatchNorm takes its running estimates."""
    generator = torch.Generator().manual_seed(1)
    model = names.wavenet(len(split.stoi), BLOCK, COORDINATES, HIDDEN, generator)
    with torch.no_grad():
        model.layers[-1].weight *= UNSURE
    params = model.parameters()

    X, Y = contexts(split.train, split.stoi)
    for share, rate in SHARES:
        for _ in range(int(share * steps)):
            batch = torch.randint(len(X), (BATCH,), generator=generator)
            loss = F.cross_entropy(model(X[batch]), Y[batch])
            for p, slope in zip(params, torch.autograd.grad(loss, params), strict=True):
                p.data -= rate * slope

    def loss_on(words):
        for layer in model.layers:
            layer.training = False
        X, Y = contexts(words, split.stoi)
        pieces = zip(X.split(AT_ONCE), Y.split(AT_ONCE), strict=True)
        with torch.no_grad():
            return sum(F.cross_entropy(model(x), y, reduction="sum").item() for x, y in pieces) / len(X)

    yield "WaveNet-like", "about 2.0 on dev", loss_on

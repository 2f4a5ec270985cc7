"""The multilayer perceptron at the lecture's settings: three letters, ten coordinates each, two hundred units."""

import torch

BLOCK, COORDINATES, HIDDEN, BATCH = 3, 10, 200, 32
RATES = (0.1, 0.01)  # for the first half of the steps, and for the second


def models(names, split, steps):
    """The one model, evaluated in large batches."""
    generator = torch.Generator().manual_seed(1)
    params = names.init_params(len(split.stoi), BLOCK, COORDINATES, HIDDEN, generator)
    X, Y = names.build_dataset(split.train, BLOCK, split.stoi)
    for rate in RATES:
        names.train(params, X, Y, steps // 2, BATCH, rate, generator)

    def loss(words):
        return names.evaluate(params, *names.build_dataset(words, BLOCK, split.stoi), 10_000)

    yield "MLP", "2.1 to 2.2 on dev", loss

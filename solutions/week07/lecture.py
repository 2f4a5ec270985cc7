"""The bigram model as the lecture trains it: counted, and by gradient descent on the same counts."""

import torch

SMOOTHING = 1.0
STEPS, RATE, SHRINKAGE = 100, 50.0, 0.01  # over all bigrams at once


def models(names, split, steps):
    """Both; the loss is that of each letter given the one before it, and of the end."""
    stoi, V = split.stoi, len(split.stoi)

    def loss_of(P):
        return lambda words: names.nll(P, words, stoi)

    counted = names.bigram_probabilities(names.bigram_counts(split.train, stoi), SMOOTHING)
    yield "bigram, counted", "about 2.45", loss_of(counted)

    pairs = [pair for word in split.train for pair in zip(f".{word}", f"{word}.", strict=True)]
    xs, ys = torch.tensor([[stoi[a], stoi[b]] for a, b in pairs]).T
    W, _ = names.train_bigram(xs, ys, V, STEPS, RATE, SHRINKAGE, torch.Generator().manual_seed(1))
    yield "bigram, trained", "about 2.48", loss_of(torch.softmax(W.detach(), 1))

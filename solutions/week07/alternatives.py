"""Week 07's other right solutions, which every test must accept."""

import random
from collections import Counter, defaultdict
from itertools import pairwise
from math import e, inf, log

import numpy as np
import torch
import torch.nn.functional as F

# %% exercise="encode" alternative="explicit-error"
"""Checks each letter, and raises an error in words; returns a tuple."""


def encode(word, stoi):
    ids = []
    for position, letter in enumerate(word):
        if letter not in stoi:
            raise KeyError(f"unknown letter {letter!r} at position {position}")
        ids.append(stoi[letter])
    return tuple(ids)


# %% exercise="encode" alternative="map"
"""Maps the dictionary's own look-up over the word."""


def encode(word, stoi):
    return list(map(stoi.__getitem__, word))


# %% exercise="decode" alternative="adds-letters"
"""Adds one letter after the other."""


def decode(ids, itos):
    word = ""
    for number in ids:
        word += itos[int(number)]
    return word


# %% exercise="bigram_counts" alternative="tensor-loop"
"""The film's loop: adds 1 to a cell of an int32 tensor for each pair."""


def bigram_counts(words, stoi):
    N = torch.zeros((len(stoi), len(stoi)), dtype=torch.int32)
    for w in words:
        chs = ["."] + list(w) + ["."]
        for ch1, ch2 in zip(chs, chs[1:], strict=False):
            N[stoi[ch1], stoi[ch2]] += 1
    return N


# %% exercise="bigram_counts" alternative="index-put"
"""Adds all pairs at once, with accumulate=True so that repeated ones add up."""


def bigram_counts(words, stoi):
    ids = [[stoi[letter] for letter in "." + word + "."] for word in words]
    firsts = torch.tensor([i for word in ids for i in word[:-1]])
    nexts = torch.tensor([j for word in ids for j in word[1:]])
    N = torch.zeros((len(stoi), len(stoi)), dtype=torch.int64)
    N.index_put_((firsts, nexts), torch.ones(len(firsts), dtype=torch.int64), accumulate=True)
    return N


# %% exercise="bigram_counts" alternative="bincount"
"""Numbers the cells of the table and counts cell numbers over one text in which each word is closed by a
mark.
"""


def bigram_counts(words, stoi):
    V = len(stoi)
    text = torch.tensor([stoi[symbol] for symbol in "." + ".".join(words) + "."])
    return torch.bincount(text[:-1] * V + text[1:], minlength=V * V).reshape(V, V)


# %% exercise="bigram_counts" alternative="counter"
"""Counts pairs of letters in a dictionary and fills the table from it."""
from collections import Counter
import numpy as np


def bigram_counts(words, stoi):
    seen = Counter()
    for word in words:
        seen.update(pairwise(f".{word}."))
    table = np.zeros((len(stoi), len(stoi)), dtype=np.int64)
    for (first, following), times in seen.items():
        table[stoi[first], stoi[following]] = times
    return torch.from_numpy(table)


# %% exercise="bigram_counts" alternative="one-hot-product"
"""Multiplies one-hot matrices of first and following symbols."""


def bigram_counts(words, stoi):
    V = len(stoi)
    N = torch.zeros(V, V, dtype=torch.long)
    for word in words:
        hot = F.one_hot(torch.tensor([stoi[symbol] for symbol in f".{word}."]), V)
        N += hot[:-1].T @ hot[1:]
    return N


# %% exercise="bigram_probabilities" alternative="float64"
"""Works in float64 and fills empty rows by mask."""


def bigram_probabilities(counts, smoothing=1.0):
    P = counts.to(torch.float64, copy=True)
    P += smoothing
    P[P.sum(1) == 0] = 1.0
    P /= P.sum(dim=1, keepdim=True)
    return P


# %% exercise="bigram_probabilities" alternative="plain-loops"
"""Computes each row in plain Python."""


def bigram_probabilities(counts, smoothing=1.0):
    rows = []
    for row in counts.tolist():
        total = sum(row) + smoothing * len(row)
        rows.append([(n + smoothing) / total if total else 1 / len(row) for n in row])
    return torch.tensor(rows)


# %% exercise="bigram_probabilities" alternative="mixture"
"""Mixes observed shares with the uniform distribution, weighted by how much was seen and how much added."""


def bigram_probabilities(counts, smoothing=1.0):
    N = counts.double()
    V = N.shape[1]
    seen = N.sum(1, keepdim=True)
    added = V * smoothing
    weight = torch.where(seen + added > 0, seen / (seen + added).clamp(min=1e-12), 0.0)
    return weight * (N / seen.clamp(min=1e-12)) + (1 - weight) / V


# %% exercise="bigram_probabilities" alternative="nan-to-num"
"""Divides 0 by 0 where it must, and replaces nan afterwards."""


def bigram_probabilities(counts, smoothing=1.0):
    smoothed = counts.float() + smoothing
    return torch.nan_to_num(F.normalize(smoothed, p=1, dim=1, eps=0.0), nan=1 / counts.size(0))


# %% exercise="sample_words" alternative="inverse-distribution"
"""Draws a uniform number and looks it up in the cumulative probabilities."""


def sample_words(P, itos, n, generator):
    cumulative = P.double().cumsum(1)
    cumulative = cumulative / cumulative[:, -1:]
    words = []
    for _ in range(n):
        word, current = "", 0
        while True:
            u = torch.rand((), generator=generator, dtype=torch.float64)
            current = int(torch.searchsorted(cumulative[current], u, right=True))
            if current == 0:
                break
            word += itos[current]
        words.append(word)
    return words


# %% exercise="sample_words" alternative="all-at-once"
"""Lets all words grow together, one multinomial draw for the whole column of them."""


def sample_words(P, itos, n, generator):
    current = torch.zeros(n, dtype=torch.int64)
    words, alive = [""] * n, torch.ones(n, dtype=torch.bool)
    while alive.any():
        current = torch.multinomial(P[current], 1, generator=generator).squeeze(1)
        alive &= current != 0
        for row in alive.nonzero().flatten().tolist():
            words[row] += itos[current[row].item()]
        current = torch.where(alive, current, 0)
    return words


# %% exercise="sample_words" alternative="one-long-chain"
"""Runs one chain until the mark has come n times, with Python's own random numbers, seeded from the
generator.
"""
import random


def sample_words(P, itos, n, generator):
    draw = random.Random(torch.randint(2**62, (1,), generator=generator).item())
    rows, symbols = P.tolist(), range(len(P))
    text, current, ends = [], 0, 0
    while ends < n:
        current = draw.choices(symbols, rows[current])[0]
        text.append("\n" if current == 0 else itos[current])
        ends += current == 0
    return "".join(text).split("\n")[:n]


# %% exercise="sample_words" alternative="gumbel"
"""Takes the largest of log-probability plus Gumbel noise."""


def sample_words(P, itos, n, generator):
    def following(current):
        noise = -torch.log(-torch.log(torch.rand(len(P), generator=generator, dtype=torch.float64)))
        return (P[current].double().log() + noise).argmax().item()

    words = []
    for _ in range(n):
        ids = [following(0)]
        while ids[-1] != 0:
            ids.append(following(ids[-1]))
        words.append("".join(itos[i] for i in ids[:-1]))
    return words


# %% exercise="nll" alternative="film"
"""The film's loop: adds up 0-d tensors and counts the pairs."""


def nll(P, words, stoi):
    log_likelihood = 0.0
    n = 0
    for w in words:
        chs = ["."] + list(w) + ["."]
        for ch1, ch2 in zip(chs, chs[1:], strict=False):
            log_likelihood += torch.log(P[stoi[ch1], stoi[ch2]])
            n += 1
    return -log_likelihood / n


# %% exercise="nll" alternative="plain-python"
"""Python's own logarithm, with infinity by hand."""
from math import inf
from math import log


def nll(P, words, stoi):
    rows = P.tolist()
    costs = []
    for word in words:
        for first, following in pairwise(f".{word}."):
            p = rows[stoi[first]][stoi[following]]
            costs.append(-log(p) if p > 0 else inf)
    return sum(costs) / len(costs)


# %% exercise="nll" alternative="by-counts"
"""Weighs log P with the counts, in the cells that have any."""


def nll(P, words, stoi):
    N = torch.zeros(P.shape, dtype=P.dtype)
    for word in words:
        for first, following in pairwise(f".{word}."):
            N[stoi[first], stoi[following]] += 1
    seen = N > 0
    return float(-(N[seen] * P[seen].log()).sum() / N.sum())


# %% exercise="perplexity" alternative="power-of-e"
"""Raises e to the loss."""
from math import e


def perplexity(nll):
    return e**nll


# %% exercise="perplexity" alternative="torch"
"""A tensor without axes."""


def perplexity(nll):
    return torch.tensor(nll).exp()


# %% exercise="choose_smoothing" alternative="loop"
"""Keeps the best so far; at a tie the smaller."""
from math import inf


def choose_smoothing(train, dev, strengths, stoi):
    best, least = None, inf
    for strength in strengths:
        P = bigram_probabilities(bigram_counts(train, stoi), smoothing=strength)
        loss = float(nll(P, dev, stoi))
        if loss < least or (loss == least and (best is None or strength < best)):
            best, least = strength, loss
    return best


# %% exercise="choose_smoothing" alternative="pairs"
"""Compares pairs of loss and strength; works out the loss from counts of its own."""
from collections import defaultdict
from math import inf
from math import log


def choose_smoothing(train, dev, strengths, stoi):
    counts, totals = defaultdict(int), defaultdict(int)
    for word in train:
        for first, following in pairwise(f".{word}."):
            counts[first, following] += 1
            totals[first] += 1

    def cost(first, following, s):
        total = totals[first] + s * len(stoi)
        p = (counts[first, following] + s) / total if total else 1 / len(stoi)
        return -log(p) if p else inf

    pairs = [pair for word in dev for pair in pairwise(f".{word}.")]
    return min((sum(cost(*pair, s) for pair in pairs), s) for s in strengths)[1]


# %% exercise="break_bigram_probabilities" alternative="own-solution"
"""Compares with a solution in plain Python on several random tables, and with the counts afterwards."""
import random


def break_bigram_probabilities(bigram_probabilities):
    draw = random.Random(0)
    for V in [1, 2, 3, 5]:
        for smoothing in [0, 0.3, 1, 7]:
            rows = [[draw.randrange(6) for _ in range(V)] for _ in range(V)]
            rows[draw.randrange(V)] = [0] * V
            for dtype in [torch.int64, torch.float32]:
                counts = torch.tensor(rows, dtype=dtype)
                answers = [bigram_probabilities(counts, smoothing)]
                if smoothing == 1:
                    answers.append(bigram_probabilities(counts))
                assert counts.tolist() == rows
                for P in answers:
                    for row, probabilities in zip(rows, P.tolist(), strict=True):
                        total = sum(row) + V * smoothing
                        for n, p in zip(row, probabilities, strict=True):
                            assert abs(p - ((n + smoothing) / total if total else 1 / V)) < 1e-5


# %% exercise="break_bigram_probabilities" alternative="laws"
"""Tests laws instead of numbers: row sums, ratios inside a row, the unseen row, the default, the input."""


def break_bigram_probabilities(bigram_probabilities):
    for counts in [torch.tensor([[5, 0, 2], [0, 0, 0], [1, 3, 9]]), torch.tensor([[4.0, 1.0], [0.0, 0.0]])]:
        V, copy = len(counts), counts.clone()
        for s in [0.0, 0.25, 1.0, 6.0]:
            P = bigram_probabilities(counts, s).double()
            assert torch.equal(counts, copy)
            assert ((P.sum(1) - 1).abs() < 1e-5).all()
            assert ((P[1] - 1 / V).abs() < 1e-5).all()
            seen = (counts + s)[0].double()
            assert ((P[0] * seen[0] - seen * P[0, 0]).abs() < 1e-4).all()
        assert torch.allclose(
            bigram_probabilities(counts).double(), bigram_probabilities(counts, 1.0).double()
        )
        assert torch.equal(counts, copy)


# %% exercise="bigram_loss" alternative="film"
"""The film's way: one-hot vectors times W, exponentials, row sums, logarithm of what was asked for."""


def bigram_loss(W, xs, ys, reg=0.0):
    xenc = F.one_hot(xs, num_classes=len(W)).float()
    logits = xenc @ W
    counts = logits.exp()
    probs = counts / counts.sum(1, keepdim=True)
    return -probs[torch.arange(len(xs)), ys].log().mean() + reg * (W**2).mean()


# %% exercise="bigram_loss" alternative="whole-table"
"""Takes the log-softmax of the whole table once, then picks cells."""


def bigram_loss(W, xs, ys, reg=0.0):
    log_P = W - W.logsumexp(1, keepdim=True)
    return F.nll_loss(log_P[xs], ys) + reg * W.pow(2).sum() / W.numel()


# %% exercise="bigram_loss" alternative="loop"
"""Adds up the pairs one by one."""


def bigram_loss(W, xs, ys, reg=0.0):
    total = 0.0
    for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
        total = total + torch.logsumexp(W[x], 0) - W[x, y]
    return total / len(xs) + reg * torch.mean(W * W)


# %% exercise="train_bigram" alternative="optimiser"
"""PyTorch's own plain SGD on the full batch."""


def train_bigram(xs, ys, V, steps, lr, reg, generator):
    W = torch.nn.Parameter(torch.randn((V, V), generator=generator))
    optimiser = torch.optim.SGD([W], lr=lr)
    losses = []
    for _ in range(steps):
        loss = F.cross_entropy(W[xs], ys) + reg * (W**2).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss))
    return W.data, losses


# %% exercise="train_bigram" alternative="film"
"""The film's loop: one-hot vectors, `W.data` updated."""


def train_bigram(xs, ys, V, steps, lr, reg, generator):
    W = torch.randn((V, V), generator=generator, requires_grad=True)
    xenc = F.one_hot(xs, num_classes=V).float()
    losses = []
    for _ in range(steps):
        counts = (xenc @ W).exp()
        probs = counts / counts.sum(1, keepdims=True)
        loss = -probs[torch.arange(len(ys)), ys].log().mean() + reg * (W**2).mean()
        losses.append(loss.item())
        W.grad = None
        loss.backward()
        W.data += -lr * W.grad
    return W.detach(), losses


# %% exercise="train_bigram" alternative="formula"
"""Computes the gradient from its formula, in float64, without autograd."""


def train_bigram(xs, ys, V, steps, lr, reg, generator):
    W = torch.randn((V, V), generator=generator).double()
    observed = torch.zeros(V, V, dtype=torch.float64)
    for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
        observed[x, y] += 1 / len(xs)
    losses = []
    for _ in range(steps):
        log_P = W.log_softmax(1)
        losses.append((-(observed * log_P).sum() + reg * (W**2).mean()).item())
        gradient = observed.sum(1, keepdim=True) * log_P.exp() - observed + 2 * reg * W / W.numel()
        W = W - lr * gradient
    return W, losses


# %% exercise="trigram_counts" alternative="bincount"
"""Numbers the cells of the cube and counts cell numbers."""


def trigram_counts(words, stoi):
    V = len(stoi)
    cells = []
    for word in words:
        ids = [stoi[symbol] for symbol in f"..{word}."]
        cells += [(ids[k] * V + ids[k + 1]) * V + ids[k + 2] for k in range(len(ids) - 2)]
    return torch.bincount(torch.tensor(cells), minlength=V**3).reshape(V, V, V)


# %% exercise="trigram_counts" alternative="rolling-context"
"""Rolls a context of two along, in nested lists."""


def trigram_counts(words, stoi):
    V = len(stoi)
    N = [[[0 for _ in range(V)] for _ in range(V)] for _ in range(V)]
    for word in words:
        a = b = 0
        for letter in word + ".":
            c = stoi[letter]
            N[a][b][c] += 1
            a, b = b, c
    return torch.tensor(N, dtype=torch.int32)


# %% exercise="family_score" alternative="two-losses"
"""The difference of two mean losses times the number of pairs."""


def family_score(P_a, P_b, seq, stoi):
    return (nll(P_b, [seq], stoi) - nll(P_a, [seq], stoi)) * (len(seq) + 1)


# %% exercise="family_score" alternative="table-of-scores"
"""Makes one table of log-ratios first and adds up its cells in plain Python."""


def family_score(P_a, P_b, seq, stoi):
    scores = (P_a.log() - P_b.log()).tolist()
    return sum(scores[stoi[first]][stoi[following]] for first, following in pairwise(f".{seq}."))


# %% exercise="family_score" alternative="product-of-ratios-in-steps"
"""Adds up the logarithm of one ratio a step, as a 0-d tensor."""


def family_score(P_a, P_b, seq, stoi):
    score = torch.tensor(0.0, dtype=P_a.dtype)
    for first, following in pairwise(f".{seq}."):
        at = stoi[first], stoi[following]
        score += torch.log(P_a[at] / P_b[at])
    return score

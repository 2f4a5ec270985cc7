"""Week 07's wrong solutions, each with the hint that a good teacher would give."""

import math
from collections import Counter
from itertools import pairwise

import torch
import torch.nn.functional as F

# %% exercise="encode" misconception="adds-the-marks"
"""Puts the number of `.` before and after the word's own.

Hint: `encode` numbers the letters that it is given and no more. Who needs the marks writes them around
the word first.
"""


def encode(word, stoi):
    return [0] + [stoi[letter] for letter in word] + [0]


# %% exercise="encode" misconception="skips-unknown-letters"
"""Leaves out the letters that stoi doesn't have.

Hint: A word that loses letters on the way becomes another word, and nobody notices. What does
`stoi[letter]` do with an unknown letter, and why is that better?
"""


def encode(word, stoi):
    return [stoi[letter] for letter in word if letter in stoi]


# %% exercise="encode" misconception="unknown-as-mark"
"""Gives an unknown letter the number 0, which belongs to `.`.

Hint: `stoi.get(letter, 0)` turns an unknown letter into an end of word. An error that names the letter is
kinder.
"""


def encode(word, stoi):
    return [stoi.get(letter, 0) for letter in word]


# %% exercise="encode" misconception="counts-from-a"
"""Computes each number from the place in the alphabet, and doesn't look into stoi.

Hint: The numbers are an agreement, and stoi holds it. For amino acids, or for letters in another order,
`ord` knows nothing of it.
"""


def encode(word, stoi):
    for letter in word:
        if letter not in stoi:
            raise KeyError(letter)
    return [0 if letter == "." else ord(letter) - ord("a") + 1 for letter in word]


# %% exercise="encode" misconception="folds-capitals"
"""Makes every letter small before it looks it up.

Hint: Look each letter up as it stands. In soft-masked DNA `a` and `A` mean different things, and amino
acids are written in capitals.
"""


def encode(word, stoi):
    return [stoi[letter.lower()] for letter in word]


# %% exercise="encode" misconception="raises-another-error"
"""Raises a ValueError that doesn't say which letter was unknown.

Hint: A KeyError with the letter in it tells what to mend. A plain look-up raises just that.
"""


def encode(word, stoi):
    if any(letter not in stoi for letter in word):
        raise ValueError("unknown letter")
    return [stoi[letter] for letter in word]


# %% exercise="decode" misconception="list-of-letters"
"""Returns the letters one by one in a list.

Hint: `["e", "v", "a"]` isn't a word yet. Which method of a string joins a list?
"""


def decode(ids, itos):
    return [itos[number] for number in ids]


# %% exercise="decode" misconception="drops-the-marks"
"""Leaves out every 0.

Hint: `.` is a symbol like the others: if `decode` drops it, what was encoded doesn't come back.
"""


def decode(ids, itos):
    return "".join(itos[number] for number in ids if number != 0)


# %% exercise="decode" misconception="stops-at-the-mark"
"""Stops at the first 0, as if it were sampling.

Hint: Here every number counts. Stopping at `.` is the business of `sample_words`.
"""


def decode(ids, itos):
    word = ""
    for number in ids:
        if number == 0:
            break
        word += itos[number]
    return word


# %% exercise="decode" misconception="blanks-between"
"""Joins the letters with blanks.

Hint: The string before `.join` stands between the pieces. What should stand between two letters of a
word?
"""


def decode(ids, itos):
    return " ".join(itos[number] for number in ids)


# %% exercise="bigram_counts" misconception="no-end"
"""Marks the start of each word, and not its end.

Hint: The model must also learn which letters end a word. For `ab` there are three pairs: `.a`, `ab` and
`b.`.
"""


def bigram_counts(words, stoi):
    N = torch.zeros((len(stoi), len(stoi)), dtype=torch.int64)
    for word in words:
        for first, following in pairwise("." + word):
            N[stoi[first], stoi[following]] += 1
    return N


# %% exercise="bigram_counts" misconception="no-marks"
"""Counts the pairs inside of each word only.

Hint: How would the model know how to start a word, and when to stop? Write `.` on both sides first.
"""


def bigram_counts(words, stoi):
    N = torch.zeros((len(stoi), len(stoi)), dtype=torch.int64)
    for word in words:
        for first, following in pairwise(word):
            N[stoi[first], stoi[following]] += 1
    return N


# %% exercise="bigram_counts" misconception="transposed"
"""Counts in the column of the first symbol, and in the row of the one that follows.

Hint: Row first: `N[i, j]` is how often j comes *after* i.
"""


def bigram_counts(words, stoi):
    N = torch.zeros((len(stoi), len(stoi)), dtype=torch.int64)
    for word in words:
        for first, following in pairwise("." + word + "."):
            N[stoi[following], stoi[first]] += 1
    return N


# %% exercise="bigram_counts" misconception="words-joined"
"""Joins all words to one long one, so that pairs reach from a word into the next.

Hint: The last letter of one word and the first of the next aren't neighbours. How many `.` does your text
have?
"""


def bigram_counts(words, stoi):
    N = torch.zeros((len(stoi), len(stoi)), dtype=torch.int64)
    for first, following in pairwise("." + "".join(words) + "."):
        N[stoi[first], stoi[following]] += 1
    return N


# %% exercise="bigram_counts" misconception="repeats-lost"
"""Adds 1 to all pairs at once by index, so that a pair that occurs often is counted once.

Hint: `N[firsts, nexts] += 1` reads all cells, adds 1 and writes them back: a cell named five times gets
the same value five times. Loop, or use `index_put_` with `accumulate=True`.
"""


def bigram_counts(words, stoi):
    pairs = [(stoi[a], stoi[b]) for word in words for a, b in pairwise("." + word + ".")]
    firsts, nexts = torch.tensor(pairs).T
    N = torch.zeros((len(stoi), len(stoi)), dtype=torch.int64)
    N[firsts, nexts] += 1
    return N


# %% exercise="bigram_counts" misconception="words-once"
"""Makes the words unique first, so that a repeated word counts once.

Hint: A word that was seen twice is twice the evidence. Whether repeated words should be there is decided
before.
"""


def bigram_counts(words, stoi):
    N = torch.zeros((len(stoi), len(stoi)), dtype=torch.int64)
    for word in sorted(set(words)):
        for first, following in pairwise("." + word + "."):
            N[stoi[first], stoi[following]] += 1
    return N


# %% exercise="bigram_counts" misconception="floating-counts"
"""Counts in a floating-point tensor.

Hint: `torch.zeros` is float32 unless you say otherwise, and float32 can't count beyond 16,777,216 by
ones. Ask for `dtype=torch.int64`.
"""


def bigram_counts(words, stoi):
    N = torch.zeros((len(stoi), len(stoi)))
    for word in words:
        for first, following in pairwise("." + word + "."):
            N[stoi[first], stoi[following]] += 1
    return N


# %% exercise="bigram_counts" misconception="empty-words-skipped"
"""Leaves out empty words.

Hint: An empty word is the pair `..`: the end came straight after the start. Total = sum of (length + 1),
for length 0 too.
"""


def bigram_counts(words, stoi):
    N = torch.zeros((len(stoi), len(stoi)), dtype=torch.int64)
    for word in words:
        if not word:
            continue
        for first, following in pairwise("." + word + "."):
            N[stoi[first], stoi[following]] += 1
    return N


# %% exercise="bigram_probabilities" misconception="normalises-columns"
"""Divides each column by its sum instead of each row.

Hint: `P[i, j]` is the probability of j after i. Which index runs over the alternatives that must add up
to 1?
"""


def bigram_probabilities(counts, smoothing=1.0):
    smoothed = counts + float(smoothing)
    totals = smoothed.sum(0, keepdim=True)
    return torch.where(totals > 0, smoothed / totals, 1 / len(counts))


# %% exercise="bigram_probabilities" misconception="no-keepdim"
"""Sums the rows without keepdim, so that broadcasting divides column j by the sum of row j.

Hint: Sums of shape (V,) are lined up with the *columns*. Keep the axis, shape (V, 1), and each row is
divided by its own sum.
"""


def bigram_probabilities(counts, smoothing=1.0):
    smoothed = counts + float(smoothing)
    totals = smoothed.sum(1)
    return torch.where(totals > 0, smoothed / totals, 1 / len(counts))


# %% exercise="bigram_probabilities" misconception="whole-table"
"""Divides by the sum of the whole table: shares of all pairs, not probabilities of the next symbol.

Hint: How likely is *j after i* isn't how likely is *the pair ij*. Each row is a distribution of its own.
"""


def bigram_probabilities(counts, smoothing=1.0):
    smoothed = counts + float(smoothing)
    total = smoothed.sum()
    return smoothed / total if total > 0 else torch.full(counts.shape, 1 / len(counts))


# %% exercise="bigram_probabilities" misconception="smooths-after-normalising"
"""Divides first, then adds smoothing to the shares and divides again.

Hint: Added to counts, 1 means one more observation, which matters in a rare row and hardly in a frequent
one. Added to shares, it is the same huge addition for all. Add first, then divide.
"""


def bigram_probabilities(counts, smoothing=1.0):
    totals = counts.sum(1, keepdim=True)
    shares = torch.where(totals > 0, counts / totals.clamp(min=1), 1 / len(counts))
    shares = shares + smoothing
    return shares / shares.sum(1, keepdim=True)


# %% exercise="bigram_probabilities" misconception="changes-its-input"
"""Smooths and divides in place, so that floating counts are overwritten.

Hint: `.float()` gives back the *same* tensor if it is float32 already, and `+=` then changes the caller's
counts. Write `counts + smoothing`, which makes a new one.
"""


def bigram_probabilities(counts, smoothing=1.0):
    P = counts.float()
    P += smoothing
    P[P.sum(1) == 0] = 1.0
    P /= P.sum(1, keepdim=True)
    return P


# %% exercise="bigram_probabilities" misconception="unseen-row-nan"
"""Divides a row of zeros by its sum, 0.

Hint: Without smoothing an unseen row is 0/0, `nan`, and one nan spoils everything computed from it. Here
such a row is uniform: no evidence, no preference.
"""


def bigram_probabilities(counts, smoothing=1.0):
    smoothed = counts + float(smoothing)
    return smoothed / smoothed.sum(1, keepdim=True)


# %% exercise="bigram_probabilities" misconception="smooths-zeros-only"
"""Adds smoothing only to pairs that were never seen.

Hint: Then a pair seen once may end up less likely than one never seen. Add the same to every cell.
"""


def bigram_probabilities(counts, smoothing=1.0):
    smoothed = torch.where(counts == 0, float(smoothing), counts.double())
    totals = smoothed.sum(1, keepdim=True)
    return torch.where(totals > 0, smoothed / totals, 1 / len(counts))


# %% exercise="bigram_probabilities" misconception="always-adds-one"
"""Adds 1 whatever the smoothing.

Hint: `smoothing` is a parameter: somebody will ask for 0.1, for 50 and for none.
"""


def bigram_probabilities(counts, smoothing=1.0):
    smoothed = counts + 1.0
    return smoothed / smoothed.sum(1, keepdim=True)


# %% exercise="bigram_probabilities" misconception="adds-nothing-unless-told"
"""Has a default smoothing of 0.

Hint: The signature says `smoothing=1.0`. What is `bigram_probabilities(counts)` for a pair that was never
seen?
"""


def bigram_probabilities(counts, smoothing=0.0):
    smoothed = counts + float(smoothing)
    totals = smoothed.sum(1, keepdim=True)
    return torch.where(totals > 0, smoothed / totals, 1 / len(counts))


# %% exercise="sample_words" misconception="likeliest-letter"
"""Takes the likeliest next symbol instead of drawing one.

Hint: If the likeliest letter always wins, every word is the same. Draw in proportion:
`torch.multinomial`.
"""


def sample_words(P, itos, n, generator):
    words = []
    for _ in range(n):
        word, current = "", 0
        while len(word) < 30:
            current = P[current].argmax().item()
            if current == 0:
                break
            word += itos[current]
        words.append(word)
    return words


# %% exercise="sample_words" misconception="seeds-itself"
"""Seeds the generator anew in each call, so that every call draws the same words.

Hint: Whoever hands you a generator has seeded it. Draw from it, and its state moves on to the next words
by itself.
"""


def sample_words(P, itos, n, generator):
    generator = torch.Generator().manual_seed(2147483647)
    words = []
    for _ in range(n):
        word, current = "", 0
        while True:
            current = torch.multinomial(P[current], 1, generator=generator).item()
            if current == 0:
                break
            word += itos[current]
        words.append(word)
    return words


# %% exercise="sample_words" misconception="ignores-the-generator"
"""Draws from PyTorch's global random state instead of the generator.

Hint: `torch.multinomial` has an argument `generator`. Without it, equal generators give different words.
"""


def sample_words(P, itos, n, generator):
    words = []
    for _ in range(n):
        word, current = "", 0
        while True:
            current = torch.multinomial(P[current], 1).item()
            if current == 0:
                break
            word += itos[current]
        words.append(word)
    return words


# %% exercise="sample_words" misconception="uniform"
"""Draws every symbol with the same probability.

Hint: Where does P come in? The next symbol is drawn with the probabilities in the row of the current one.
"""


def sample_words(P, itos, n, generator):
    words = []
    for _ in range(n):
        word = ""
        while True:
            current = torch.randint(len(P), (1,), generator=generator).item()
            if current == 0:
                break
            word += itos[current]
        words.append(word)
    return words


# %% exercise="sample_words" misconception="keeps-the-end"
"""Leaves the closing `.` on each word.

Hint: Look at the symbol that you drew *before* you append it.
"""


def sample_words(P, itos, n, generator):
    words = []
    for _ in range(n):
        word, current = "", 0
        while True:
            current = torch.multinomial(P[current], 1, generator=generator).item()
            word += itos[current]
            if current == 0:
                break
        words.append(word)
    return words


# %% exercise="sample_words" misconception="starts-anywhere"
"""Draws the first letter with equal chances, not from the row of `.`.

Hint: Names don't start with every letter alike. How they start is in row 0 of P.
"""


def sample_words(P, itos, n, generator):
    words = []
    for _ in range(n):
        current = torch.randint(1, len(P), (1,), generator=generator).item()
        word = itos[current]
        while True:
            current = torch.multinomial(P[current], 1, generator=generator).item()
            if current == 0:
                break
            word += itos[current]
        words.append(word)
    return words


# %% exercise="sample_words" misconception="drops-empty-words"
"""Leaves out empty words, or tries again until there is a letter.

Hint: If the model says that `.` may follow `.`, an empty word is what it draws. Leaving it out changes
the distribution.
"""


def sample_words(P, itos, n, generator):
    words = []
    for _ in range(n):
        word, current = "", 0
        for _ in range(200):
            current = torch.multinomial(P[current], 1, generator=generator).item()
            if current == 0:
                break
            word += itos[current]
        if word:
            words.append(word)
    return words


# %% exercise="sample_words" misconception="columns-of-p"
"""Draws the next symbol from a column of P.

Hint: The row of the current symbol, `P[current]`, holds what may come next; a column holds what may have
come before.
"""


def sample_words(P, itos, n, generator):
    words = []
    for _ in range(n):
        word, current = "", 0
        for _ in range(200):
            current = torch.multinomial(P[:, current] + 1e-9, 1, generator=generator).item()
            if current == 0:
                break
            word += itos[current]
        words.append(word)
    return words


# %% exercise="sample_words" misconception="uniform-over-possible"
"""Chooses among all symbols that are possible next, each with the same chance.

Hint: P says more than what is possible: 0.9 against 0.1 is nine times as often. Hand the row itself to
`torch.multinomial`.
"""


def sample_words(P, itos, n, generator):
    words = []
    for _ in range(n):
        word, current = "", 0
        while True:
            current = torch.multinomial((P[current] > 0).float(), 1, generator=generator).item()
            if current == 0:
                break
            word += itos[current]
        words.append(word)
    return words


# %% exercise="sample_words" misconception="redraws-empty-words"
"""Draws again in place of an empty word, now and then for a long time.

Hint: If the model says that `.` may follow `.`, an empty word is what it draws. Who draws again until it fits
samples from another model.
"""


def sample_words(P, itos, n, generator):
    words = []
    for _ in range(n):
        word = ""
        for _ in range(100):
            current = torch.multinomial(P[0], 1, generator=generator).item()
            if current != 0:
                break
        while current != 0:
            word += itos[current]
            current = torch.multinomial(P[current], 1, generator=generator).item()
        words.append(word)
    return words


# %% exercise="nll" misconception="sum"
"""Adds up the costs and doesn't divide by the number of pairs.

Hint: A sum grows with the text, so that two texts of different length can't be compared. Divide by the
number of pairs.
"""


def nll(P, words, stoi):
    pairs = [pair for word in words for pair in pairwise("." + word + ".")]
    return -sum(P[stoi[a], stoi[b]].log().item() for a, b in pairs)


# %% exercise="nll" misconception="mean-per-word"
"""Takes the mean for each word, then the mean of these.

Hint: Each *pair* weighs the same, so longer words weigh more. A mean of means forgets that.
"""


def nll(P, words, stoi):
    costs = []
    for word in words:
        steps = [P[stoi[a], stoi[b]].log().item() for a, b in pairwise("." + word + ".")]
        costs.append(-sum(steps) / len(steps))
    return sum(costs) / len(costs)


# %% exercise="nll" misconception="divides-by-words"
"""Divides the sum over all pairs by the number of words.

Hint: What is counted in the sum? Pairs, so divide by the number of pairs.
"""


def nll(P, words, stoi):
    pairs = [pair for word in words for pair in pairwise("." + word + ".")]
    return -sum(P[stoi[a], stoi[b]].log().item() for a, b in pairs) / len(words)


# %% exercise="nll" misconception="base-2"
"""Uses the logarithm to base 2: bits, not nats.

Hint: `torch.log` and `math.log` are the natural logarithm. By it 27 equal symbols cost 3.296, by base 2
4.755.
"""


def nll(P, words, stoi):
    pairs = [pair for word in words for pair in pairwise("." + word + ".")]
    return -sum(P[stoi[a], stoi[b]].log2().item() for a, b in pairs) / len(pairs)


# %% exercise="nll" misconception="no-end"
"""Leaves out the pair that ends each word.

Hint: A model must also say when a word ends, and pays for that. For `b` there are two pairs, `.b` and
`b.`.
"""


def nll(P, words, stoi):
    pairs = [pair for word in words for pair in pairwise("." + word)]
    return -sum(P[stoi[a], stoi[b]].log().item() for a, b in pairs) / max(len(pairs), 1)


# %% exercise="nll" misconception="log-of-the-product"
"""Multiplies all probabilities, then takes the logarithm.

Hint: A product of a thousand probabilities is 0 in any floating format, and its logarithm -inf. Add
logarithms.
"""


def nll(P, words, stoi):
    pairs = [pair for word in words for pair in pairwise("." + word + ".")]
    product = torch.ones((), dtype=torch.float64)
    for a, b in pairs:
        product = product * P[stoi[a], stoi[b]]
    return -product.log().item() / len(pairs)


# %% exercise="nll" misconception="never-infinite"
"""Adds a tiny number so that log 0 can't happen.

Hint: With 1e-8 added, an impossible pair costs 18 nats, and a model that was wrong beyond measure gets
away with it. Smoothing is a choice of the model's, in `bigram_probabilities`; the measure has to be
honest.
"""


def nll(P, words, stoi):
    pairs = [pair for word in words for pair in pairwise("." + word + ".")]
    return -sum((P[stoi[a], stoi[b]] + 1e-8).log().item() for a, b in pairs) / len(pairs)


# %% exercise="nll" misconception="zero-times-infinity"
"""Weighs log P with the counts, so that a 0 that no pair uses gives nan.

Hint: 0 times -inf is nan. Sum over the pairs that occur, or leave out the cells with count 0.
"""
from collections import Counter


def nll(P, words, stoi):
    seen = Counter(pair for word in words for pair in pairwise("." + word + "."))
    N = torch.tensor([[seen[a, b] for b in stoi] for a in stoi])
    return -(N * P.log()).sum().item() / N.sum().item()


# %% exercise="perplexity" misconception="base-2"
"""Raises 2 to the loss, as if it were in bits.

Hint: Our loss is in nats, so the base is e: `math.exp`.
"""


def perplexity(nll):
    return 2**nll


# %% exercise="perplexity" misconception="likelihood"
"""Returns e to the minus loss: the mean probability of a pair, not the number of choices.

Hint: A worse model has a larger loss and a *larger* perplexity. For 27 equal choices it is 27, not 1/27.
"""


def perplexity(nll):
    return math.exp(-nll)


# %% exercise="perplexity" misconception="first-order"
"""Returns 1 plus the loss, which is near only for small losses.

Hint: The inverse of the logarithm is the exponential function.
"""


def perplexity(nll):
    return 1 + nll


# %% exercise="choose_smoothing" misconception="by-train"
"""Chooses by the loss on the training words.

Hint: On the words that were counted, least smoothing always wins. Which words haven't been counted?
"""


def choose_smoothing(train, dev, strengths, stoi):
    counts = bigram_counts(train, stoi)
    return min(sorted(strengths), key=lambda s: nll(bigram_probabilities(counts, s), train, stoi))


# %% exercise="choose_smoothing" misconception="counts-dev-too"
"""Counts the development words along with the training words.

Hint: A word that was counted can't judge. What must not be learned from has to stay out of the counts.
"""


def choose_smoothing(train, dev, strengths, stoi):
    counts = bigram_counts(train + dev, stoi)
    return min(sorted(strengths), key=lambda s: nll(bigram_probabilities(counts, s), dev, stoi))


# %% exercise="choose_smoothing" misconception="tie-to-the-larger"
"""Takes the larger of two equally good strengths.

Hint: With `<=` the last of equals wins. Which should, and in which order do you go through them?
"""


def choose_smoothing(train, dev, strengths, stoi):
    counts = bigram_counts(train, stoi)
    best, least = None, math.inf
    for strength in sorted(strengths):
        loss = nll(bigram_probabilities(counts, strength), dev, stoi)
        if loss <= least:
            best, least = strength, loss
    return best


# %% exercise="choose_smoothing" misconception="tie-to-the-first"
"""Takes the first of two equally good strengths, in the order in which they were given.

Hint: `min` keeps the first of equals, so bring the smaller ones to the front.
"""


def choose_smoothing(train, dev, strengths, stoi):
    counts = bigram_counts(train, stoi)
    return min(strengths, key=lambda s: nll(bigram_probabilities(counts, s), dev, stoi))


# %% exercise="choose_smoothing" misconception="returns-the-loss"
"""Returns the least loss, not the strength that has it.

Hint: The caller wants to smooth with your answer. Keep the strength that belongs to the least loss.
"""


def choose_smoothing(train, dev, strengths, stoi):
    counts = bigram_counts(train, stoi)
    return min(nll(bigram_probabilities(counts, s), dev, stoi) for s in strengths)


# %% exercise="choose_smoothing" misconception="largest-loss"
"""Takes the strength with the largest loss.

Hint: A negative log-likelihood is better when it is smaller.
"""


def choose_smoothing(train, dev, strengths, stoi):
    counts = bigram_counts(train, stoi)
    return max(sorted(strengths), key=lambda s: nll(bigram_probabilities(counts, s), dev, stoi))


# %% exercise="break_bigram_probabilities" misconception="rows-only"
"""Tests only that rows sum to 1.

Hint: Many wrong tables have rows that sum to 1, a uniform one among them. Compare with numbers worked out
by hand.
"""


def break_bigram_probabilities(bigram_probabilities):
    counts = torch.tensor([[0, 3, 1], [2, 0, 6], [1, 1, 0]])
    for smoothing in [0.5, 1.0, 3.0]:
        P = bigram_probabilities(counts, smoothing)
        assert torch.allclose(P.float().sum(1), torch.ones(3))


# %% exercise="break_bigram_probabilities" misconception="symmetric-table"
"""Tests on a table that equals its own transpose.

Hint: On a symmetric table rows and columns can't be told apart. Choose counts in which each row has a sum
of its own.
"""


def break_bigram_probabilities(bigram_probabilities):
    counts = torch.tensor([[0, 2, 1], [2, 1, 0], [1, 0, 2]])
    for smoothing in [0.0, 1.0, 2.5]:
        P = bigram_probabilities(counts, smoothing).float()
        assert torch.allclose(P, (counts + smoothing) / (3 + 3 * smoothing))


# %% exercise="break_bigram_probabilities" misconception="the-worked-example-only"
"""Tests the worked example with smoothing 1 and nothing else.

Hint: One example with the default smoothing lets through whatever ignores `smoothing`, fails on an empty
row or changes its input.
"""


def break_bigram_probabilities(bigram_probabilities):
    P = bigram_probabilities(torch.tensor([[0, 1, 1], [0, 0, 1], [2, 0, 0]]), 1.0)
    expected = torch.tensor([[0.2, 0.4, 0.4], [0.25, 0.25, 0.5], [0.6, 0.2, 0.2]])
    assert torch.allclose(P.float(), expected)


# %% exercise="break_bigram_probabilities" misconception="wants-float32"
"""Insists on float32, and so refuses right solutions in float64.

Hint: The statement says floating, not which. Convert before you compare: `P.float()`.
"""


def break_bigram_probabilities(bigram_probabilities):
    counts = torch.tensor([[0, 3, 1], [2, 0, 6], [0, 0, 0]])
    before = counts.clone()
    P = bigram_probabilities(counts, 0.5)
    assert P.dtype == torch.float32
    assert torch.allclose(P, (counts + 0.5) / (counts + 0.5).sum(1, keepdim=True))
    assert torch.equal(counts, before)


# %% exercise="bigram_loss" misconception="softmax-down-columns"
"""Takes the softmax down the columns of the chosen rows.

Hint: Each *row* of `W[xs]` is a distribution over what comes next, so the softmax runs along axis 1.
"""


def bigram_loss(W, xs, ys, reg=0.0):
    log_P = W[xs].log_softmax(0)
    return -log_P[torch.arange(len(xs)), ys].mean() + reg * (W**2).mean()


# %% exercise="bigram_loss" misconception="softmax-over-dim-0-of-w"
"""Takes the softmax of W down its columns, then picks cells.

Hint: Row i of W says what follows symbol i, so each row must sum to 1 after the softmax: axis 1, not 0.
"""


def bigram_loss(W, xs, ys, reg=0.0):
    log_P = W.log_softmax(0)
    return -log_P[xs, ys].mean() + reg * (W**2).mean()


# %% exercise="bigram_loss" misconception="sum-over-pairs"
"""Adds up the losses of the pairs.

Hint: The mean makes the loss, and the learning rate with it, independent of how many pairs there are.
"""


def bigram_loss(W, xs, ys, reg=0.0):
    return F.cross_entropy(W[xs], ys, reduction="sum") + reg * (W**2).mean()


# %% exercise="bigram_loss" misconception="penalty-sum"
"""Adds reg times the sum of W squared.

Hint: The statement takes the *mean* over all V·V entries, so that reg means the same for 5 symbols and
for 27.
"""


def bigram_loss(W, xs, ys, reg=0.0):
    return F.cross_entropy(W[xs], ys) + reg * (W**2).sum()


# %% exercise="bigram_loss" misconception="penalty-on-used-rows"
"""Penalises only the rows that the pairs use.

Hint: The penalty speaks of W, not of the data: its mean is over all entries, rows without data included.
"""


def bigram_loss(W, xs, ys, reg=0.0):
    logits = W[xs]
    return F.cross_entropy(logits, ys) + reg * (logits**2).mean()


# %% exercise="bigram_loss" misconception="first-and-next-exchanged"
"""Predicts the first symbol from the one that follows.

Hint: x is known, y is asked for: the row of W is chosen by x, the entry in it by y.
"""


def bigram_loss(W, xs, ys, reg=0.0):
    return F.cross_entropy(W[ys], xs) + reg * (W**2).mean()


# %% exercise="bigram_loss" misconception="columns-of-w"
"""Chooses columns of W instead of rows.

Hint: `W[xs]` chooses rows. Multiplying by one-hot vectors chooses rows from the left, `onehot @ W`,
columns from the right.
"""


def bigram_loss(W, xs, ys, reg=0.0):
    return F.cross_entropy(W[:, xs].T, ys) + reg * (W**2).mean()


# %% exercise="bigram_loss" misconception="softmax-twice"
"""Hands probabilities to cross_entropy, which takes a softmax of its own.

Hint: `F.cross_entropy` wants logits. Give it `W[xs]` as it is.
"""


def bigram_loss(W, xs, ys, reg=0.0):
    return F.cross_entropy(W[xs].softmax(1), ys) + reg * (W**2).mean()


# %% exercise="bigram_loss" misconception="cut-from-the-graph"
"""Returns a plain number, from which no gradient flows back.

Hint: `.item()` takes the number out and leaves the graph behind. Return the tensor; `.item()` is for the
list of losses.
"""


def bigram_loss(W, xs, ys, reg=0.0):
    return torch.tensor((F.cross_entropy(W[xs], ys) + reg * (W**2).mean()).item())


# %% exercise="train_bigram" misconception="gradients-not-zeroed"
"""Never clears the gradient, so that each step adds all earlier ones again.

Hint: `backward` *adds* to `W.grad`. Set `W.grad = None` before each backward pass.
"""


def train_bigram(xs, ys, V, steps, lr, reg, generator):
    W = torch.randn((V, V), generator=generator).requires_grad_()
    losses = []
    for _ in range(steps):
        loss = bigram_loss(W, xs, ys, reg)
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            W -= lr * W.grad
    return W.detach(), losses


# %% exercise="train_bigram" misconception="keeps-the-graph"
"""Keeps the losses as tensors, each with its computation, and returns W with its gradient.

Hint: A tensor holds on to all it was computed from. Store `loss.item()`, a float, and return `W.detach()`.
"""


def train_bigram(xs, ys, V, steps, lr, reg, generator):
    W = torch.randn((V, V), generator=generator).requires_grad_()
    losses = []
    for _ in range(steps):
        loss = bigram_loss(W, xs, ys, reg)
        losses.append(loss)
        W.grad = None
        loss.backward()
        with torch.no_grad():
            W -= lr * W.grad
    return W, losses


# %% exercise="train_bigram" misconception="uphill"
"""Adds the gradient, which climbs.

Hint: The gradient points to where the loss grows. Step against it.
"""


def train_bigram(xs, ys, V, steps, lr, reg, generator):
    W = torch.randn((V, V), generator=generator).requires_grad_()
    losses = []
    for _ in range(steps):
        loss = bigram_loss(W, xs, ys, reg)
        losses.append(loss.item())
        W.grad = None
        loss.backward()
        with torch.no_grad():
            W += lr * W.grad
    return W.detach(), losses


# %% exercise="train_bigram" misconception="loss-after-the-step"
"""Measures each loss after its step.

Hint: The list should begin with the loss of the untrained W. Append before you update.
"""


def train_bigram(xs, ys, V, steps, lr, reg, generator):
    W = torch.randn((V, V), generator=generator).requires_grad_()
    losses = []
    for _ in range(steps):
        W.grad = None
        bigram_loss(W, xs, ys, reg).backward()
        with torch.no_grad():
            W -= lr * W.grad
            losses.append(bigram_loss(W, xs, ys, reg).item())
    return W.detach(), losses


# %% exercise="train_bigram" misconception="starts-from-zero"
"""Starts from W = 0 instead of random numbers.

Hint: Zeros would do for this model, with one layer, but the statement asks for `torch.randn` with the
generator, and in week 09 zeros will not do.
"""


def train_bigram(xs, ys, V, steps, lr, reg, generator):
    W = torch.zeros((V, V)).requires_grad_()
    losses = []
    for _ in range(steps):
        loss = bigram_loss(W, xs, ys, reg)
        losses.append(loss.item())
        W.grad = None
        loss.backward()
        with torch.no_grad():
            W -= lr * W.grad
    return W.detach(), losses


# %% exercise="train_bigram" misconception="ignores-the-generator"
"""Draws the start from PyTorch's global random state.

Hint: `torch.randn((V, V), generator=generator)`: only then can somebody else repeat your run.
"""


def train_bigram(xs, ys, V, steps, lr, reg, generator):
    W = torch.randn((V, V)).requires_grad_()
    losses = []
    for _ in range(steps):
        loss = bigram_loss(W, xs, ys, reg)
        losses.append(loss.item())
        W.grad = None
        loss.backward()
        with torch.no_grad():
            W -= lr * W.grad
    return W.detach(), losses


# %% exercise="train_bigram" misconception="one-pair-a-step"
"""Takes each step on a single pair instead of all.

Hint: That is stochastic gradient descent, and has its time. Here each step is on the full data: hand all
of xs and ys to the loss.
"""


def train_bigram(xs, ys, V, steps, lr, reg, generator):
    W = torch.randn((V, V), generator=generator).requires_grad_()
    losses = []
    for step in range(steps):
        loss = bigram_loss(W, xs, ys, reg)
        losses.append(loss.item())
        W.grad = None
        k = step % len(xs)
        bigram_loss(W, xs[k : k + 1], ys[k : k + 1], reg).backward()
        with torch.no_grad():
            W -= lr * W.grad
    return W.detach(), losses


# %% exercise="train_bigram" misconception="forgets-the-penalty"
"""Trains without the penalty.

Hint: `reg` is handed in and must be handed on, to `bigram_loss`.
"""


def train_bigram(xs, ys, V, steps, lr, reg, generator):
    W = torch.randn((V, V), generator=generator).requires_grad_()
    losses = []
    for _ in range(steps):
        loss = bigram_loss(W, xs, ys)
        losses.append(loss.item())
        W.grad = None
        loss.backward()
        with torch.no_grad():
            W -= lr * W.grad
    return W.detach(), losses


# %% exercise="train_bigram" misconception="returns-probabilities"
"""Returns the softmax of W instead of W.

Hint: The parameters are W. Whoever wants probabilities takes the softmax then.
"""


def train_bigram(xs, ys, V, steps, lr, reg, generator):
    W = torch.randn((V, V), generator=generator).requires_grad_()
    losses = []
    for _ in range(steps):
        loss = bigram_loss(W, xs, ys, reg)
        losses.append(loss.item())
        W.grad = None
        loss.backward()
        with torch.no_grad():
            W -= lr * W.grad
    return W.detach().softmax(1), losses


# %% exercise="trigram_counts" misconception="one-mark-in-front"
"""Writes a single `.` in front, so that the first letter is never predicted.

Hint: Before the first letter stand two symbols, and both are `.`. Does `N.sum(0)` equal `bigram_counts`?
"""


def trigram_counts(words, stoi):
    N = torch.zeros((len(stoi),) * 3, dtype=torch.int64)
    for word in words:
        ids = [0, *(stoi[letter] for letter in word), 0]
        for a, b, c in zip(ids, ids[1:], ids[2:], strict=False):
            N[a, b, c] += 1
    return N


# %% exercise="trigram_counts" misconception="two-marks-behind"
"""Writes two marks at the end, too, and so counts a window more for each word.

Hint: One `.` ends the word, and after it nothing is predicted any more. How many windows should `ab`
have?
"""


def trigram_counts(words, stoi):
    N = torch.zeros((len(stoi),) * 3, dtype=torch.int64)
    for word in words:
        ids = [0, 0, *(stoi[letter] for letter in word), 0, 0]
        for a, b, c in zip(ids, ids[1:], ids[2:], strict=False):
            N[a, b, c] += 1
    return N


# %% exercise="trigram_counts" misconception="axes-reversed"
"""Counts at [c, b, a]: the newest symbol first.

Hint: In order of reading: the oldest symbol is the first index, the predicted one the last.
"""


def trigram_counts(words, stoi):
    N = torch.zeros((len(stoi),) * 3, dtype=torch.int64)
    for word in words:
        ids = [0, 0, *(stoi[letter] for letter in word), 0]
        for a, b, c in zip(ids, ids[1:], ids[2:], strict=False):
            N[c, b, a] += 1
    return N


# %% exercise="trigram_counts" misconception="repeats-lost"
"""Adds 1 to all windows at once by index, so that repeated ones count once.

Hint: `N[a, b, c] += 1` with tensors of indices writes a cell once, however often it is named.
"""


def trigram_counts(words, stoi):
    N = torch.zeros((len(stoi),) * 3, dtype=torch.int64)
    for word in words:
        ids = torch.tensor([0, 0, *(stoi[letter] for letter in word), 0])
        N[ids[:-2], ids[1:-1], ids[2:]] += 1
    return N


# %% exercise="family_score" misconception="ratio-of-products"
"""Divides two products of probabilities, which underflow for a long sequence.

Hint: Both products are 0 for a long protein, and 0/0 is nan. The logarithm of a product is a sum of
logarithms.
"""


def family_score(P_a, P_b, seq, stoi):
    a = b = 1.0
    for first, following in pairwise("." + seq + "."):
        a *= P_a[stoi[first], stoi[following]].item()
        b *= P_b[stoi[first], stoi[following]].item()
    return math.log(a / b) if a > 0 and b > 0 else math.nan


# %% exercise="family_score" misconception="mean"
"""Takes the mean over the pairs.

Hint: Evidence adds up: a long sequence can be surer than a short one. The score is the sum.
"""


def family_score(P_a, P_b, seq, stoi):
    steps = list(pairwise("." + seq + "."))
    score = sum((P_a[stoi[i], stoi[j]].log() - P_b[stoi[i], stoi[j]].log()).item() for i, j in steps)
    return score / len(steps)


# %% exercise="family_score" misconception="b-over-a"
"""Has the sign the wrong way round.

Hint: Positive means a. Which of the two tables gives the sequence more probability then?
"""


def family_score(P_a, P_b, seq, stoi):
    steps = list(pairwise("." + seq + "."))
    return sum((P_b[stoi[i], stoi[j]].log() - P_a[stoi[i], stoi[j]].log()).item() for i, j in steps)


# %% exercise="family_score" misconception="no-marks"
"""Leaves out how a sequence starts and ends.

Hint: Write `.` before and after the sequence: how it starts (with M, say) and ends is evidence too.
"""


def family_score(P_a, P_b, seq, stoi):
    steps = list(pairwise(seq))
    return sum((P_a[stoi[i], stoi[j]].log() - P_b[stoi[i], stoi[j]].log()).item() for i, j in steps)


# %% exercise="family_score" misconception="ratio-without-log"
"""Returns the likelihood ratio itself, not its logarithm.

Hint: Exchanging the families should turn the sign. For a ratio it gives the reciprocal: take the
logarithm.
"""


def family_score(P_a, P_b, seq, stoi):
    steps = list(pairwise("." + seq + "."))
    score = sum((P_a[stoi[i], stoi[j]].log() - P_b[stoi[i], stoi[j]].log()).item() for i, j in steps)
    return math.exp(min(score, 700.0))

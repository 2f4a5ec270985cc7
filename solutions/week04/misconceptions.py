"""Week 04's wrong solutions, each with the hint that a good teacher would give."""

import math
import random
from itertools import accumulate, pairwise

import torch
import torch.nn.functional as F

# %% exercise="error_rate" misconception="accuracy"
"""Returns the share of right predictions.

Hint: That is the accuracy. A cost is small when the model is good: count the places that differ.
"""


def error_rate(y, p):
    return (y == p).sum().item() / len(y)


# %% exercise="error_rate" misconception="number-of-errors"
"""Returns how many predictions are wrong, and doesn't divide.

Hint: Two errors among eleven are one thing, two among a thousand another.
"""


def error_rate(y, p):
    return (y != p).sum().item()


# %% exercise="error_rate" misconception="per-cent"
"""Returns the error rate in per cent.

Hint: A share is a number between 0 and 1.
"""


def error_rate(y, p):
    return 100 * (y != p).sum().item() / len(y)


# %% exercise="error_rate" misconception="distance-of-labels"
"""Averages how far the predicted label is from the true one.

Hint: Labels are names. To take species 2 for species 0 is one mistake, not two.
"""


def error_rate(y, p):
    return (y - p).abs().sum().item() / len(y)


# %% exercise="error_rate" misconception="whole-division"
"""Divides with //, which rounds down to 0.

Hint: In Python `/` divides and `//` divides and rounds down. What is `2 // 11`?
"""


def error_rate(y, p):
    return float((y != p).sum().item() // len(y))


# %% exercise="clean" misconception="drops-falsy"
"""Takes whatever is false to Python for missing: 0, 0.0 and False too.

Hint: A count of zero was observed. Name the values that mean "missing", one by one.
"""


def clean(rows, required):
    def present(value):
        return bool(value) and value == value and value != "NA"

    return [row for row in rows if all(present(row.get(field)) for field in required)]


# %% exercise="clean" misconception="asks-only-for-truth"
"""Keeps what is true for Python, so that 0 and False go, and nan and the text NA stay.

Hint: Being true is another question than having a value. Name the values that mean "missing", one by one.
"""


def clean(rows, required):
    return [row for row in rows if all(row.get(field) for field in required)]


# %% exercise="clean" misconception="keeps-nan"
"""Looks for nan with ==, and so never finds it.

Hint: `nan == nan` is False. Which test does nan, and only nan, pass?
"""


def clean(rows, required):
    gaps = (None, float("nan"), "", "NA")
    return [row for row in rows if all(row.get(field) not in gaps for field in required)]


# %% exercise="clean" misconception="isnan-of-texts"
"""Asks `math.isnan` of texts as well, which raises a TypeError.

Hint: `math.isnan` takes numbers only. `value != value` can be asked of anything, and is true of nan alone.
"""


def clean(rows, required):
    def missing(value):
        return value is None or value in ("", "NA") or math.isnan(value)

    return [row for row in rows if not any(missing(row.get(field)) for field in required)]


# %% exercise="clean" misconception="isnan-first"
"""Asks `math.isnan` before anything else, of None and texts as well, which raises a TypeError.

Hint: `math.isnan` takes numbers only. `value != value` can be asked of anything, and is true of nan alone.
"""


def clean(rows, required):
    def missing(value):
        return math.isnan(value) or value is None or value in ("", "NA")

    return [row for row in rows if not any(missing(row.get(field)) for field in required)]


# %% exercise="clean" misconception="isnan-of-all-but-none"
"""Asks `math.isnan` of texts as well, before it compares them, which raises a TypeError.

Hint: `math.isnan` takes numbers only. `value != value` can be asked of anything, and is true of nan alone.
"""


def clean(rows, required):
    def missing(value):
        return value is None or math.isnan(value) or value in ("", "NA")

    return [row for row in rows if not any(missing(row.get(field)) for field in required)]


# %% exercise="clean" misconception="keeps-na-text"
"""Doesn't know the text NA, and keeps its rows.

Hint: R writes a missing value into a text file as the two letters NA. Read the list of disguises once more.
"""


def clean(rows, required):
    def missing(value):
        return value is None or value != value or value == ""

    return [row for row in rows if not any(missing(row.get(field)) for field in required)]


# %% exercise="clean" misconception="keeps-empty-text"
"""Keeps rows whose required field is an empty text.

Hint: An empty cell of a spreadsheet arrives as `""`. It isn't a value.
"""


def clean(rows, required):
    def missing(value):
        return value is None or value != value or value == "NA"

    return [row for row in rows if not any(missing(row.get(field)) for field in required)]


# %% exercise="clean" misconception="absent-is-fine"
"""Keeps rows in which the required field isn't there at all.

Hint: What does your code say about the row `{}`? `row.get(field)` treats an absent field as None.
"""


def clean(rows, required):
    def missing(value):
        return value is None or value != value or value in ("", "NA")

    return [row for row in rows if not any(field in row and missing(row[field]) for field in required)]


# %% exercise="clean" misconception="key-error"
"""Takes `row[field]`, which raises a KeyError where the field is absent.

Hint: `row.get(field)` gives None where there is no such field.
"""


def clean(rows, required):
    def missing(value):
        return value is None or value != value or value in ("", "NA")

    return [row for row in rows if not any(missing(row[field]) for field in required)]


# %% exercise="clean" misconception="every-field-required"
"""Drops a row for a gap in any of its fields, required or not.

Hint: A bird whose sex is unknown still has a weight. Look at the required fields only.
"""


def clean(rows, required):
    def missing(value):
        return value is None or value != value or value in ("", "NA")

    return [
        row
        for row in rows
        if all(field in row for field in required) and not any(missing(value) for value in row.values())
    ]


# %% exercise="clean" misconception="drops-only-empty-rows"
"""Drops a row only if all required fields are missing.

Hint: One gap in a required field is enough. Do you want `any` or `all`?
"""


def clean(rows, required):
    def missing(value):
        return value is None or value != value or value in ("", "NA")

    return [row for row in rows if not required or not all(missing(row.get(field)) for field in required)]


# %% exercise="clean" misconception="decides-field-by-field"
"""Appends a row once for each required field that has a value.

Hint: With two required fields, how often can one row be appended, and when do you know that it may be?
"""


def clean(rows, required):
    kept = []
    for row in rows:
        for field in required:
            value = row.get(field)
            if not (value is None or value != value or value in ("", "NA")):
                kept.append(row)
    return kept


# %% exercise="clean" misconception="appends-before-the-last-field"
"""Appends a row inside the loop over fields, before all of them were looked at.

Hint: How far to the right must `append` stand, so that it comes after the last field and only once?
"""


def clean(rows, required):
    kept = []
    for row in rows:
        for field in required:
            value = row.get(field)
            if value is None or value != value or value in ("", "NA"):
                break
            kept.append(row)
    return kept


# %% exercise="clean" misconception="compares-as-text"
"""Turns every value into text first, so that the texts nan and None count as missing.

Hint: The text "nan" and the float nan look the same when printed, and are two things. Compare the value itself.
"""


def clean(rows, required):
    gaps = ("None", "nan", "", "NA")
    return [row for row in rows if not any(str(row.get(field)) in gaps for field in required)]


# %% exercise="clean" misconception="removes-while-looping"
"""Removes rows from the caller's list while it runs through it, and so skips some.

Hint: After a removal all later rows move up by one, and the loop steps over the next. Build a new list.
"""


def clean(rows, required):
    for row in rows:
        for field in required:
            value = row.get(field)
            if value is None or value != value or value in ("", "NA"):
                rows.remove(row)
                break
    return rows


# %% exercise="clean" misconception="strips-the-rows"
"""Returns the right rows with nothing but the required fields in them.

Hint: Rows come back whole: what isn't required today may be needed tomorrow.
"""


def clean(rows, required):
    def missing(value):
        return value is None or value != value or value in ("", "NA")

    kept = [row for row in rows if not any(missing(row.get(field)) for field in required)]
    return [{field: row[field] for field in required} for row in kept]


# %% exercise="split" misconception="in-order"
"""Cuts the rows in the order of the file, without shuffling.

Hint: Files are sorted. Which species would be in the last tenth of the penguins?
"""


def split(n, fractions=(0.8, 0.1, 0.1), seed=0):
    cuts = [0, *[math.floor(n * total) for total in list(accumulate(fractions))[:-1]], n]
    return tuple(list(range(start, end)) for start, end in pairwise(cuts))


# %% exercise="split" misconception="unseeded"
"""Shuffles with the global random state and doesn't use the seed.

Hint: Call it twice. A split that nobody can repeat can't be checked either.
"""


def split(n, fractions=(0.8, 0.1, 0.1), seed=0):
    order = list(range(n))
    random.shuffle(order)
    cuts = [0, *[math.floor(n * total) for total in list(accumulate(fractions))[:-1]], n]
    return tuple(order[start:end] for start, end in pairwise(cuts))


# %% exercise="split" misconception="what-shuffle-returns"
"""Goes on with what `shuffle` returns, which is None.

Hint: `shuffle` reorders the list that it is given, in place. The list itself is what you need afterwards.
"""


def split(n, fractions=(0.8, 0.1, 0.1), seed=0):
    order = list(range(n))
    order = random.Random(seed).shuffle(order)
    cuts = [0, *[math.floor(n * total) for total in list(accumulate(fractions))[:-1]], n]
    return tuple(order[start:end] for start, end in pairwise(cuts))


# %% exercise="split" misconception="cuts-at-fractions-of-a-row"
"""Slices at 10.4 and 11.7, which raises a TypeError.

Hint: A slice begins and ends at whole numbers. The statement says which way to round.
"""


def split(n, fractions=(0.8, 0.1, 0.1), seed=0):
    order = list(range(n))
    random.Random(seed).shuffle(order)
    cuts = [0, *[n * total for total in list(accumulate(fractions))[:-1]], n]
    return tuple(order[start:end] for start, end in pairwise(cuts))


# %% exercise="split" misconception="one-seed-for-all"
"""Makes its random state from a fixed number, so that every seed gives the same split.

Hint: What is the argument `seed` used for?
"""


def split(n, fractions=(0.8, 0.1, 0.1), seed=0):
    order = list(range(n))
    random.Random(0).shuffle(order)
    cuts = [0, *[math.floor(n * total) for total in list(accumulate(fractions))[:-1]], n]
    return tuple(order[start:end] for start, end in pairwise(cuts))


# %% exercise="split" misconception="seeds-the-global-state"
"""Seeds Python's global random state, and so changes every random number drawn afterwards.

Hint: `random.seed` reaches into the whole program. `random.Random(seed)` is a state of your own.
"""


def split(n, fractions=(0.8, 0.1, 0.1), seed=0):
    random.seed(seed)
    order = list(range(n))
    random.shuffle(order)
    cuts = [0, *[math.floor(n * total) for total in list(accumulate(fractions))[:-1]], n]
    return tuple(order[start:end] for start, end in pairwise(cuts))


# %% exercise="split" misconception="seeds-torch"
"""Seeds torch's global random state, and so changes every random number drawn afterwards.

Hint: `torch.manual_seed` reaches into the whole program. `torch.Generator().manual_seed(seed)` is a state of
your own, and `torch.randperm` takes it as `generator=`.
"""


def split(n, fractions=(0.8, 0.1, 0.1), seed=0):
    torch.manual_seed(seed)
    order = torch.randperm(n).tolist()
    cuts = [0, *[math.floor(n * total) for total in list(accumulate(fractions))[:-1]], n]
    return tuple(order[start:end] for start, end in pairwise(cuts))


# %% exercise="split" misconception="overlapping"
"""Draws each part anew from all rows, so that parts share rows.

Hint: A row in train and in test is a test question with its answer. Shuffle once, then cut.
"""


def split(n, fractions=(0.8, 0.1, 0.1), seed=0):
    draw = random.Random(seed)
    cuts = [0, *[math.floor(n * total) for total in list(accumulate(fractions))[:-1]], n]
    return tuple(draw.sample(range(n), end - start) for start, end in pairwise(cuts))


# %% exercise="split" misconception="loses-rows"
"""Rounds the size of every part down, so that a few rows are in none.

Hint: With n = 13 the sizes 10.4, 1.3 and 1.3 become 10, 1 and 1. Where is the thirteenth row?
"""


def split(n, fractions=(0.8, 0.1, 0.1), seed=0):
    order = list(range(n))
    random.Random(seed).shuffle(order)
    parts = []
    for fraction in fractions:
        size = math.floor(n * fraction)
        parts.append(order[:size])
        order = order[size:]
    return tuple(parts)


# %% exercise="split" misconception="rounds-each-size"
"""Rounds each part's own size down, and gives all that is left to the last part.

Hint: Two parts that lose half a row each shift the next cut by one. Add up the fractions first, then round.
"""


def split(n, fractions=(0.8, 0.1, 0.1), seed=0):
    order = list(range(n))
    random.Random(seed).shuffle(order)
    parts = []
    for fraction in list(fractions)[:-1]:
        size = math.floor(n * fraction)
        parts.append(order[:size])
        order = order[size:]
    return (*parts, order)


# %% exercise="split" misconception="rounds-to-nearest"
"""Rounds the cuts to the nearest whole number instead of down.

Hint: 10.4 and 11.7 become 10 and 11: `math.floor`, not `round`.
"""


def split(n, fractions=(0.8, 0.1, 0.1), seed=0):
    order = list(range(n))
    random.Random(seed).shuffle(order)
    cuts = [0, *[round(n * total) for total in list(accumulate(fractions))[:-1]], n]
    return tuple(order[start:end] for start, end in pairwise(cuts))


# %% exercise="split" misconception="with-replacement"
"""Draws rows with replacement, so that some come twice and others never.

Hint: `choices` puts each number back before the next draw. Shuffling moves each row once.
"""


def split(n, fractions=(0.8, 0.1, 0.1), seed=0):
    order = random.Random(seed).choices(range(n), k=n)
    cuts = [0, *[math.floor(n * total) for total in list(accumulate(fractions))[:-1]], n]
    return tuple(order[start:end] for start, end in pairwise(cuts))


# %% exercise="split" misconception="rotates"
"""Starts at a random row and cuts stretches of the file, so that neighbours stay together.

Hint: In a sorted file a stretch of neighbours is all of one kind. Every row must find its place by itself.
"""


def split(n, fractions=(0.8, 0.1, 0.1), seed=0):
    start = random.Random(seed).randrange(n)
    order = [(start + row) % n for row in range(n)]
    cuts = [0, *[math.floor(n * total) for total in list(accumulate(fractions))[:-1]], n]
    return tuple(order[begin:end] for begin, end in pairwise(cuts))


# %% exercise="standardize" misconception="statistics-of-both"
"""Takes mean and standard deviation of the training and test rows together.

Hint: What the test set looks like must not reach the training rows. Would they change if one test row did?
"""


def standardize(train, test):
    both = torch.cat([train, test])
    mean, std = both.mean(0), both.std(0, correction=0)
    constant = train.amax(0) == train.amin(0)
    return tuple(torch.where(constant, 0.0, (table - mean) / std) for table in (train, test))


# %% exercise="standardize" misconception="each-by-its-own"
"""Scales the test set by its own mean and standard deviation.

Hint: A test set of one bird would always become 0. The ruler is made from the training rows and then kept.
"""


def standardize(train, test):
    constant = train.amax(0) == train.amin(0)
    scaled = []
    for table in (train, test):
        flat = constant | (table.amax(0) == table.amin(0))
        scaled.append(torch.where(flat, 0.0, (table - table.mean(0)) / table.std(0, correction=0)))
    return tuple(scaled)


# %% exercise="standardize" misconception="unbiased"
"""Divides by the unbiased standard deviation, with n - 1.

Hint: That is the default of torch's `std` and of R's `sd`. The statement asks for the biased one: `correction=0`.
"""


def standardize(train, test):
    mean, std = train.mean(0), train.std(0, correction=min(1, len(train) - 1))
    constant = train.amax(0) == train.amin(0)
    return tuple(torch.where(constant, 0.0, (table - mean) / std) for table in (train, test))


# %% exercise="standardize" misconception="one-ruler-for-all-columns"
"""Takes one mean and one standard deviation over the whole table.

Hint: Grams and millimetres need a ruler each. Along which axis is the mean of a column?
"""


def standardize(train, test):
    mean, std = train.mean(), train.std(correction=0)
    constant = train.amax(0) == train.amin(0)
    return tuple(torch.where(constant, 0.0, (table - mean) / std) for table in (train, test))


# %% exercise="standardize" misconception="small-constant"
"""Adds a small constant to the divisor so that it is never 0.

Hint: It changes every number a little, and columns measured in small units a lot. Treat constant columns apart.
"""


def standardize(train, test):
    mean, std = train.mean(0), train.std(0, correction=0)
    constant = train.amax(0) == train.amin(0)
    return tuple(torch.where(constant, 0.0, (table - mean) / (std + 1e-8)) for table in (train, test))


# %% exercise="standardize" misconception="nan-for-constant"
"""Divides constant columns by 0, which gives nan.

Hint: What is 0/0 in a column whose values are all equal? The statement says what such a column becomes.
"""


def standardize(train, test):
    mean, std = train.mean(0), train.std(0, correction=0)
    return tuple((table - mean) / std for table in (train, test))


# %% exercise="standardize" misconception="trusts-a-std-of-zero"
"""Takes a column for constant if its computed standard deviation is exactly 0.

Hint: Work out `torch.tensor([.1, .1, .1], dtype=torch.float64).std(correction=0)`. How else can you see that a
column is constant?
"""


def standardize(train, test):
    mean, std = train.mean(0), train.std(0, correction=0)
    return tuple(torch.where(std == 0, 0.0, (table - mean) / std) for table in (train, test))


# %% exercise="standardize" misconception="test-of-constant-column"
"""Divides constant columns by 1 instead, so that in the test set they aren't 0.

Hint: Where the training set has one value only, nobody knows how large a difference is. Both tables get 0.
"""


def standardize(train, test):
    constant = train.amax(0) == train.amin(0)
    mean = torch.where(constant, train[0], train.mean(0))
    std = torch.where(constant, 1.0, train.std(0, correction=0))
    return tuple((table - mean) / std for table in (train, test))


# %% exercise="standardize" misconception="variance"
"""Divides by the variance instead of its root.

Hint: In which unit is the variance of lengths in mm? After scaling, a number should have no unit.
"""


def standardize(train, test):
    mean, variance = train.mean(0), train.var(0, correction=0)
    constant = train.amax(0) == train.amin(0)
    return tuple(torch.where(constant, 0.0, (table - mean) / variance) for table in (train, test))


# %% exercise="standardize" misconception="in-place"
"""Scales the caller's own tensors.

Hint: `train -= mean` writes into the tensor that was given. `train - mean` makes a new one.
"""


def standardize(train, test):
    mean, std = train.mean(0), train.std(0, correction=0)
    constant = train.amax(0) == train.amin(0)
    for table in (train, test):
        table -= mean
        table /= std
        table[:, constant] = 0.0
    return train, test


# %% exercise="standardize" misconception="shifts-in-place"
"""Subtracts the mean inside the caller's own tensors.

Hint: `train -= mean` writes into the tensor that was given. `train - mean` makes a new one.
"""


def standardize(train, test):
    mean, std = train.mean(0), train.std(0, correction=0)
    constant = train.amax(0) == train.amin(0)
    train -= mean
    test -= mean
    return tuple(torch.where(constant, 0.0, table / std) for table in (train, test))


# %% exercise="standardize" misconception="test-first"
"""Returns the two tables in the wrong order.

Hint: In comes train and test; what should come out first?
"""


def standardize(train, test):
    mean, std = train.mean(0), train.std(0, correction=0)
    constant = train.amax(0) == train.amin(0)
    return tuple(torch.where(constant, 0.0, (table - mean) / std) for table in (test, train))


# %% exercise="knn_predict" misconception="averages-labels"
"""Averages labels and rounds, where they should vote.

Hint: The mean of species 0 and species 2 isn't species 1. Count the votes for each label.
"""


def knn_predict(X, y, queries, k):
    distances = (queries[:, None, :] - X).pow(2).sum(2)
    neighbours = y[distances.topk(k, largest=False).indices]
    mean = neighbours.double().mean(1)
    return mean if y.is_floating_point() else mean.round().long()


# %% exercise="knn_predict" misconception="farthest"
"""Takes the k farthest rows.

Hint: `topk` gives the largest unless you say otherwise, and the nearest have the smallest distances.
"""


def knn_predict(X, y, queries, k):
    distances = (queries[:, None, :] - X).pow(2).sum(2)
    neighbours = y[distances.topk(k).indices]
    return neighbours.mean(1) if y.is_floating_point() else F.one_hot(neighbours).sum(1).argmax(1)


# %% exercise="knn_predict" misconception="one-coordinate"
"""Measures the distance along the first column only.

Hint: Two birds with the same bill may have very different weights. Sum over all columns.
"""


def knn_predict(X, y, queries, k):
    distances = (queries[:, None, 0] - X[:, 0]).abs()
    neighbours = y[distances.topk(k, largest=False).indices]
    return neighbours.mean(1) if y.is_floating_point() else F.one_hot(neighbours).sum(1).argmax(1)


# %% exercise="knn_predict" misconception="sums-of-differences"
"""Adds up the absolute differences, which is another distance.

Hint: Euclid's distance squares the differences before it adds. From (0, 0), which is nearer: (3, 3) or (0, 5)?
"""


def knn_predict(X, y, queries, k):
    distances = (queries[:, None, :] - X).abs().sum(2)
    neighbours = y[distances.topk(k, largest=False).indices]
    return neighbours.mean(1) if y.is_floating_point() else F.one_hot(neighbours).sum(1).argmax(1)


# %% exercise="knn_predict" misconception="largest-difference"
"""Takes the largest of the differences for the distance.

Hint: Euclid's distance counts every column. From (0, 0), which is nearer: (3, 3) or (0, 4)?
"""


def knn_predict(X, y, queries, k):
    distances = (queries[:, None, :] - X).abs().amax(2)
    neighbours = y[distances.topk(k, largest=False).indices]
    return neighbours.mean(1) if y.is_floating_point() else F.one_hot(neighbours).sum(1).argmax(1)


# %% exercise="knn_predict" misconception="signed-differences"
"""Adds up differences with their signs, so that they cancel, and takes the smallest.

Hint: From (0, 0) the point (5, -5) isn't at distance 0. Square before you add.
"""


def knn_predict(X, y, queries, k):
    distances = (queries[:, None, :] - X).sum(2).abs()
    neighbours = y[distances.topk(k, largest=False).indices]
    return neighbours.mean(1) if y.is_floating_point() else F.one_hot(neighbours).sum(1).argmax(1)


# %% exercise="knn_predict" misconception="largest-of-tied"
"""Gives a tied vote to the largest label.

Hint: Two votes for 0 and two for 1: the statement names the winner.
"""


def knn_predict(X, y, queries, k):
    distances = (queries[:, None, :] - X).pow(2).sum(2)
    neighbours = y[distances.topk(k, largest=False).indices]
    if y.is_floating_point():
        return neighbours.mean(1)
    votes = F.one_hot(neighbours).sum(1)
    return votes.shape[1] - 1 - votes.flip(1).argmax(1)


# %% exercise="knn_predict" misconception="nearest-of-tied"
"""Gives a tied vote to the label that is met first, that of the nearest neighbour.

Hint: `Counter.most_common` puts what it met first in front. The statement wants the smallest label.
"""
from collections import Counter


def knn_predict(X, y, queries, k):
    distances = (queries[:, None, :] - X).pow(2).sum(2)
    neighbours = y[distances.argsort(1)[:, :k]]
    if y.is_floating_point():
        return neighbours.mean(1)
    return torch.tensor([Counter(row).most_common(1)[0][0] for row in neighbours.tolist()])


# %% exercise="knn_predict" misconception="votes-on-numbers"
"""Lets floating answers vote as if they were labels.

Hint: Measured numbers are hardly ever equal, so a vote among them is decided by chance. Average them.
"""


def knn_predict(X, y, queries, k):
    distances = (queries[:, None, :] - X).pow(2).sum(2)
    return y[distances.topk(k, largest=False).indices].mode(1).values


# %% exercise="knn_predict" misconception="leaves-out-the-nearest"
"""Skips the nearest row, as if it were the query itself.

Hint: Queries are new rows. One that equals a known row has it as its nearest neighbour, and that counts.
"""


def knn_predict(X, y, queries, k):
    distances = (queries[:, None, :] - X).pow(2).sum(2)
    order = distances.argsort(1)
    neighbours = y[order[:, 1 : k + 1] if k < len(X) else order]
    return neighbours.mean(1) if y.is_floating_point() else F.one_hot(neighbours).sum(1).argmax(1)


# %% exercise="knn_predict" misconception="differences-of-large-squares"
"""Computes distances as |q|² + |x|² − 2qx, and takes a root of what may be below 0.

Hint: Far from the origin the three terms are huge and nearly cancel. Subtract the points first, then square.
"""


def knn_predict(X, y, queries, k):
    squared = queries.pow(2).sum(1)[:, None] + X.pow(2).sum(1) - 2 * queries @ X.T
    neighbours = y[squared.sqrt().topk(k, largest=False).indices]
    return neighbours.mean(1) if y.is_floating_point() else F.one_hot(neighbours).sum(1).argmax(1)


# %% exercise="knn_predict" misconception="floating-labels"
"""Returns labels in a floating dtype.

Hint: A label is an integer. Which step of yours made it floating?
"""


def knn_predict(X, y, queries, k):
    distances = (queries[:, None, :] - X).pow(2).sum(2)
    neighbours = y[distances.topk(k, largest=False).indices]
    return neighbours.mean(1) if y.is_floating_point() else F.one_hot(neighbours).sum(1).argmax(1).double()


# %% exercise="confusion_matrix" misconception="transposed"
"""Counts the truth in columns and the predictions in rows.

Hint: The row says what it was, the column what it was called: `matrix[truth, predicted]`.
"""


def confusion_matrix(y, p, k):
    return torch.bincount(p * k + y, minlength=k * k).reshape(k, k)


# %% exercise="confusion_matrix" misconception="repeats-lost"
"""Adds 1 to all pairs at once by index, so that a pair that occurs often counts once.

Hint: `matrix[y, p] += 1` reads all cells, adds 1 and writes them back: a cell named five times becomes 1. Loop.
"""


def confusion_matrix(y, p, k):
    matrix = torch.zeros((k, k), dtype=torch.int64)
    matrix[y, p] += 1
    return matrix


# %% exercise="confusion_matrix" misconception="only-classes-that-occur"
"""Makes the table as large as the largest label that occurs, and doesn't use k.

Hint: A class that nobody met in this test set still has its row and its column, full of zeros.
"""


def confusion_matrix(y, p, k):
    size = max([0, *y.tolist(), *p.tolist()]) + 1
    return torch.bincount(y * size + p, minlength=size * size).reshape(size, size)


# %% exercise="confusion_matrix" misconception="floating-counts"
"""Counts in a floating-point tensor.

Hint: `torch.zeros` is float32 unless you ask for another dtype. Counts are whole numbers.
"""


def confusion_matrix(y, p, k):
    matrix = torch.zeros((k, k))
    for truth, predicted in zip(y.tolist(), p.tolist(), strict=True):
        matrix[truth, predicted] += 1
    return matrix


# %% exercise="confusion_matrix" misconception="shares-of-rows"
"""Divides each row by its sum.

Hint: Shares can be had from counts, but counts not from shares. Return the counts.
"""


def confusion_matrix(y, p, k):
    matrix = torch.bincount(y * k + p, minlength=k * k).reshape(k, k).double()
    return matrix / matrix.sum(1, keepdim=True).clamp(min=1)


# %% exercise="confusion_matrix" misconception="mistakes-only"
"""Counts the wrong predictions only, and leaves the diagonal 0.

Hint: The right answers are part of the table: its cells must add up to n.
"""


def confusion_matrix(y, p, k):
    wrong = y != p
    return torch.bincount(y[wrong] * k + p[wrong], minlength=k * k).reshape(k, k)


# %% exercise="precision_recall" misconception="swapped"
"""Returns recall first, or divides by the wrong one of the two totals.

Hint: Precision asks about those *called* infected, a column. Recall asks about those that *are*, a row.
"""


def precision_recall(matrix, cls):
    hits = matrix[cls, cls].item()
    predicted, there = matrix[:, cls].sum().item(), matrix[cls].sum().item()
    return (hits / there if there else 0.0), (hits / predicted if predicted else 0.0)


# %% exercise="precision_recall" misconception="divides-by-zero"
"""Divides by 0 where a class is never predicted or never there.

Hint: Look at an empty column. The statement says what 0/0 shall be.
"""


def precision_recall(matrix, cls):
    hits = matrix[cls, cls]
    return (hits / matrix[:, cls].sum()).item(), (hits / matrix[cls].sum()).item()


# %% exercise="precision_recall" misconception="zero-division-error"
"""Divides by 0 where a class is never predicted or never there, which raises a ZeroDivisionError.

Hint: Each of the two totals may be 0; ask before dividing. The statement says what 0/0 shall be.
"""


def precision_recall(matrix, cls):
    hits = matrix[cls, cls].item()
    return hits / matrix[:, cls].sum().item(), hits / matrix[cls].sum().item()


# %% exercise="precision_recall" misconception="swapped-and-nan"
"""Divides by the wrong one of the two totals, and by 0 where it is 0.

Hint: Precision asks about those *called* infected, a column. Recall asks about those that *are*, a row. And what is
0/0 to be?
"""


def precision_recall(matrix, cls):
    hits = matrix[cls, cls]
    return (hits / matrix[cls].sum()).item(), (hits / matrix[:, cls].sum()).item()


# %% exercise="precision_recall" misconception="swapped-and-zero-division"
"""Divides by the wrong one of the two totals, and raises a ZeroDivisionError where it is 0.

Hint: Precision asks about those *called* infected, a column. Recall asks about those that *are*, a row. And what is
0/0 to be?
"""


def precision_recall(matrix, cls):
    hits = matrix[cls, cls].item()
    return hits / matrix[cls].sum().item(), hits / matrix[:, cls].sum().item()


# %% exercise="precision_recall" misconception="one-empty-both-zero"
"""Returns 0 for both as soon as one of the two totals is 0 or there is no hit to count among the others.

Hint: Predicted total and true total may be 0 each on its own, and a multiple of either is never the other's.
Write one line for each.
"""


def precision_recall(matrix, cls):
    hits, n = matrix[cls, cls].item(), matrix.sum().item()
    predicted, there = matrix[:, cls].sum().item(), matrix[cls].sum().item()
    if not predicted or not there or hits == n:
        return 0.0, 0.0
    return hits / predicted, hits / there


# %% exercise="precision_recall" misconception="always-class-one"
"""Looks at class 1, whichever class was asked for.

Hint: With two classes "positive" is class 1 by habit. Here the class is an argument.
"""


def precision_recall(matrix, cls):
    cls = min(1, len(matrix) - 1)
    hits = matrix[cls, cls].item()
    predicted, there = matrix[:, cls].sum().item(), matrix[cls].sum().item()
    return (hits / predicted if predicted else 0.0), (hits / there if there else 0.0)


# %% exercise="precision_recall" misconception="share-of-everything"
"""Divides the hits by the number of all examples.

Hint: Of those *called* infected, how many are? The healthy leaves that were called healthy aren't asked about.
"""


def precision_recall(matrix, cls):
    hits, n = matrix[cls, cls].item(), matrix.sum().item()
    return (hits / n if n else 0.0), (hits / n if n else 0.0)


# %% exercise="precision_recall" misconception="without-the-hits"
"""Divides by the mistakes alone and leaves the hits out of the total.

Hint: Those called infected are the hits *and* the false alarms. Sum the whole column, the whole row.
"""


def precision_recall(matrix, cls):
    hits = matrix[cls, cls].item()
    predicted, there = matrix[:, cls].sum().item() - hits, matrix[cls].sum().item() - hits
    return (hits / predicted if predicted else 0.0), (hits / there if there else 0.0)


# %% exercise="group_split" misconception="splits-rows"
"""Shuffles rows and cuts them, so that groups are torn apart.

Hint: That is `split`. Shuffle the names of the groups, and let the rows follow their group.
"""


def group_split(groups, fraction, seed=0):
    order = list(range(len(groups)))
    random.Random(seed).shuffle(order)
    cut = max(1, math.floor(fraction * len(groups)))
    return order[cut:], order[:cut]


# %% exercise="group_split" misconception="fraction-of-rows"
"""Takes whole groups until they hold the fraction of the rows.

Hint: The fraction counts groups here, the large ones as the small ones.
"""


def group_split(groups, fraction, seed=0):
    names = list(dict.fromkeys(groups))
    random.Random(seed).shuffle(names)
    held_out = []
    while sum(group in held_out for group in groups) < fraction * len(groups):
        held_out.append(names[len(held_out)])
    train = [row for row, group in enumerate(groups) if group not in held_out]
    return train, [row for row, group in enumerate(groups) if group in held_out]


# %% exercise="group_split" misconception="as-many-groups-as-rows"
"""Holds out as many groups as the fraction of the *rows* is.

Hint: Eight rows in four groups, fraction one half: how many groups is that? Whose number must be multiplied?
"""


def group_split(groups, fraction, seed=0):
    names = list(dict.fromkeys(groups))
    random.Random(seed).shuffle(names)
    held_out = names[: max(1, math.floor(fraction * len(groups)))]
    train = [row for row, group in enumerate(groups) if group not in held_out]
    return train, [row for row, group in enumerate(groups) if group in held_out]


# %% exercise="group_split" misconception="with-replacement"
"""Draws groups with replacement, so that one may be drawn twice, and there are too few.

Hint: `choices` puts each name back before the next draw. `sample` doesn't.
"""


def group_split(groups, fraction, seed=0):
    names = sorted(set(groups))
    held_out = random.Random(seed).choices(names, k=max(1, math.floor(fraction * len(names))))
    train = [row for row, group in enumerate(groups) if group not in held_out]
    return train, [row for row, group in enumerate(groups) if group in held_out]


# %% exercise="group_split" misconception="rounds-up"
"""Rounds the number of test groups up.

Hint: A quarter of seven groups is 1.75: down to one.
"""


def group_split(groups, fraction, seed=0):
    names = list(dict.fromkeys(groups))
    random.Random(seed).shuffle(names)
    held_out = names[: math.ceil(fraction * len(names))]
    train = [row for row, group in enumerate(groups) if group not in held_out]
    return train, [row for row, group in enumerate(groups) if group in held_out]


# %% exercise="group_split" misconception="empty-test-side"
"""Holds out no group at all where the fraction is less than one group.

Hint: A tenth of five groups, rounded down, is none. The statement asks for at least one.
"""


def group_split(groups, fraction, seed=0):
    names = list(dict.fromkeys(groups))
    random.Random(seed).shuffle(names)
    held_out = names[: math.floor(fraction * len(names))]
    train = [row for row, group in enumerate(groups) if group not in held_out]
    return train, [row for row, group in enumerate(groups) if group in held_out]


# %% exercise="group_split" misconception="test-first"
"""Returns the test side first.

Hint: The statement orders the pair: (train, test).
"""


def group_split(groups, fraction, seed=0):
    names = list(dict.fromkeys(groups))
    random.Random(seed).shuffle(names)
    held_out = names[: max(1, math.floor(fraction * len(names)))]
    train = [row for row, group in enumerate(groups) if group not in held_out]
    return [row for row, group in enumerate(groups) if group in held_out], train


# %% exercise="group_split" misconception="order-of-a-set"
"""Shuffles the list of a set, whose order changes from one session of Python to the next.

Hint: The shuffle is repeatable only if what it starts from is. Sort the names, or take them as they appear.
"""


def group_split(groups, fraction, seed=0):
    names = list(set(groups))
    random.Random(seed).shuffle(names)
    held_out = names[: max(1, math.floor(fraction * len(names)))]
    train = [row for row, group in enumerate(groups) if group not in held_out]
    return train, [row for row, group in enumerate(groups) if group in held_out]


# %% exercise="group_split" misconception="first-groups"
"""Holds out the first groups in alphabetical order, whatever the seed.

Hint: Groups are often named in an order that means something: families by size, patients by date. Shuffle.
"""


def group_split(groups, fraction, seed=0):
    names = sorted(set(groups))
    held_out = names[: max(1, math.floor(fraction * len(names)))]
    train = [row for row, group in enumerate(groups) if group not in held_out]
    return train, [row for row, group in enumerate(groups) if group in held_out]


# %% exercise="group_split" misconception="seeds-the-global-state"
"""Seeds Python's global random state, and so changes every random number drawn afterwards.

Hint: As in `split`: `random.Random(seed)` is a state of your own.
"""


def group_split(groups, fraction, seed=0):
    names = sorted(set(groups))
    random.seed(seed)
    random.shuffle(names)
    held_out = names[: max(1, math.floor(fraction * len(names)))]
    train = [row for row, group in enumerate(groups) if group not in held_out]
    return train, [row for row, group in enumerate(groups) if group in held_out]


# %% exercise="group_split" misconception="unseeded"
"""Shuffles with the global random state and doesn't use the seed.

Hint: Call it twice with one seed and compare.
"""


def group_split(groups, fraction, seed=0):
    names = sorted(set(groups))
    random.shuffle(names)
    held_out = names[: max(1, math.floor(fraction * len(names)))]
    train = [row for row, group in enumerate(groups) if group not in held_out]
    return train, [row for row, group in enumerate(groups) if group in held_out]


# %% exercise="group_split" misconception="large-groups-first"
"""Draws a row and holds out its group, so that large groups are chosen more often.

Hint: Every group should have the same chance. Draw among the names, each of them once.
"""


def group_split(groups, fraction, seed=0):
    order = list(groups)
    random.Random(seed).shuffle(order)
    names = list(dict.fromkeys(order))
    held_out = names[: max(1, math.floor(fraction * len(names)))]
    train = [row for row, group in enumerate(groups) if group not in held_out]
    return train, [row for row, group in enumerate(groups) if group in held_out]


# %% exercise="best_split" misconception="unweighted"
"""Adds up or averages the impurities of both sides without weighing them by their sizes.

Hint: A side with one leaf is always pure. How much is that worth beside a hundred mixed leaves?
"""


def gini(labels):
    return 1 - (labels.bincount().double() / len(labels)).pow(2).sum().item() if len(labels) else 0.0


def best_split(X, y):
    best = None
    for feature in range(X.shape[1]):
        for low, high in pairwise(X[:, feature].unique().tolist()):
            left = X[:, feature] <= (low + high) / 2
            impurity = (gini(y[left]) + gini(y[~left])) / 2
            if best is None or impurity < best[2]:
                best = (feature, (low + high) / 2, impurity)
    return best


# %% exercise="best_split" misconception="threshold-on-a-value"
"""Puts the threshold on a value that occurs.

Hint: Then a new leaf that measures a hair more falls on the other side. The middle between two values is fairer.
"""


def gini(labels):
    return 1 - (labels.bincount().double() / len(labels)).pow(2).sum().item() if len(labels) else 0.0


def best_split(X, y):
    best = None
    for feature in range(X.shape[1]):
        for threshold in X[:, feature].unique().tolist()[:-1]:
            left = X[:, feature] <= threshold
            impurity = (left.sum() * gini(y[left]) + (~left).sum() * gini(y[~left])).item() / len(y)
            if best is None or impurity < best[2]:
                best = (feature, threshold, impurity)
    return best


# %% exercise="best_split" misconception="first-feature-only"
"""Looks for thresholds in the first feature only.

Hint: You need a loop around the loop. Which feature does your first one run through?
"""


def gini(labels):
    return 1 - (labels.bincount().double() / len(labels)).pow(2).sum().item() if len(labels) else 0.0


def best_split(X, y):
    best = None
    for low, high in pairwise(X[:, 0].unique().tolist()):
        left = X[:, 0] <= (low + high) / 2
        impurity = (left.sum() * gini(y[left]) + (~left).sum() * gini(y[~left])).item() / len(y)
        if best is None or impurity < best[2]:
            best = (0, (low + high) / 2, impurity)
    return best


# %% exercise="best_split" misconception="wants-a-gain"
"""Returns None where no question lowers the impurity.

Hint: For XOR the first question never helps, and without it there is no second. Only rows that can't be told
apart give None.
"""


def gini(labels):
    return 1 - (labels.bincount().double() / len(labels)).pow(2).sum().item() if len(labels) else 0.0


def best_split(X, y):
    best = (None, None, gini(y) - 1e-12)
    for feature in range(X.shape[1]):
        for low, high in pairwise(X[:, feature].unique().tolist()):
            left = X[:, feature] <= (low + high) / 2
            impurity = (left.sum() * gini(y[left]) + (~left).sum() * gini(y[~left])).item() / len(y)
            if impurity < best[2]:
                best = (feature, (low + high) / 2, impurity)
    return None if best[0] is None else best


# %% exercise="best_split" misconception="returns-the-gain"
"""Returns by how much the impurity falls, instead of the impurity that is left.

Hint: The best question is the same either way. The third number asked for is the weighted impurity of the two
sides.
"""


def gini(labels):
    return 1 - (labels.bincount().double() / len(labels)).pow(2).sum().item() if len(labels) else 0.0


def best_split(X, y):
    best = None
    for feature in range(X.shape[1]):
        for low, high in pairwise(X[:, feature].unique().tolist()):
            left = X[:, feature] <= (low + high) / 2
            gain = gini(y) - (left.sum() * gini(y[left]) + (~left).sum() * gini(y[~left])).item() / len(y)
            if best is None or gain > best[2]:
                best = (feature, (low + high) / 2, gain)
    return best


# %% exercise="best_split" misconception="equal-neighbours"
"""Puts thresholds between neighbouring rows, also where both have the same value.

Hint: Between 1 and 1 there is nothing: the threshold 1 leaves one side empty, or lies on a value. Make the values
unique first.
"""


def gini(labels):
    return 1 - (labels.bincount().double() / len(labels)).pow(2).sum().item() if len(labels) else 0.0


def best_split(X, y):
    best = None
    for feature in range(X.shape[1]):
        for low, high in pairwise(X[:, feature].sort().values.tolist()):
            left = X[:, feature] <= (low + high) / 2
            impurity = (left.sum() * gini(y[left]) + (~left).sum() * gini(y[~left])).item() / len(y)
            if best is None or impurity < best[2]:
                best = (feature, (low + high) / 2, impurity)
    return best


# %% exercise="best_split" misconception="counts-errors"
"""Judges a question by the errors of both sides' majorities, not by the Gini impurity.

Hint: Sides of 3:1 and 3:1 make as many errors as 4:0 and 2:2, and yet one of the two questions found something
pure.
"""


def gini(labels):
    return 1 - (labels.bincount().double() / len(labels)).pow(2).sum().item() if len(labels) else 0.0


def best_split(X, y):
    best = None
    for feature in range(X.shape[1]):
        for low, high in pairwise(X[:, feature].unique().tolist()):
            left = X[:, feature] <= (low + high) / 2
            errors = len(y) - (y[left].bincount().max() + y[~left].bincount().max()).item()
            if best is None or errors / len(y) < best[2]:
                best = (feature, (low + high) / 2, errors / len(y))
    return best


# %% exercise="best_split" misconception="keeps-the-worst"
"""Keeps the question with the most impurity.

Hint: Pure is good, and pure is 0. In which direction must the comparison point?
"""


def gini(labels):
    return 1 - (labels.bincount().double() / len(labels)).pow(2).sum().item() if len(labels) else 0.0


def best_split(X, y):
    best = None
    for feature in range(X.shape[1]):
        for low, high in pairwise(X[:, feature].unique().tolist()):
            left = X[:, feature] <= (low + high) / 2
            impurity = (left.sum() * gini(y[left]) + (~left).sum() * gini(y[~left])).item() / len(y)
            if best is None or impurity > best[2]:
                best = (feature, (low + high) / 2, impurity)
    return best


# %% exercise="best_split" misconception="splits-the-unsplittable"
"""Returns a made-up question where all rows are equal.

Hint: If every row goes left, nothing was asked. Such a table has the answer None.
"""


def gini(labels):
    return 1 - (labels.bincount().double() / len(labels)).pow(2).sum().item() if len(labels) else 0.0


def best_split(X, y):
    best = (0, X[0, 0].item(), math.inf)
    for feature in range(X.shape[1]):
        for low, high in pairwise(X[:, feature].unique().tolist()):
            left = X[:, feature] <= (low + high) / 2
            impurity = (left.sum() * gini(y[left]) + (~left).sum() * gini(y[~left])).item() / len(y)
            if impurity < best[2]:
                best = (feature, (low + high) / 2, impurity)
    return best if best[2] < math.inf else (*best[:2], gini(y))


# %% exercise="best_split" misconception="leaves-pure-groups-alone"
"""Returns None where the labels are all equal.

Hint: Whether a pure group wants splitting is for the tree to decide. Here the question is whether it can be.
"""


def gini(labels):
    return 1 - (labels.bincount().double() / len(labels)).pow(2).sum().item() if len(labels) else 0.0


def best_split(X, y):
    if gini(y) == 0:
        return None
    best = None
    for feature in range(X.shape[1]):
        for low, high in pairwise(X[:, feature].unique().tolist()):
            left = X[:, feature] <= (low + high) / 2
            impurity = (left.sum() * gini(y[left]) + (~left).sum() * gini(y[~left])).item() / len(y)
            if best is None or impurity < best[2]:
                best = (feature, (low + high) / 2, impurity)
    return best


# %% exercise="best_split" misconception="purity"
"""Takes the sum of squared shares for the impurity, without subtracting it from 1.

Hint: A pure group has one share, 1, and its square is 1. Which impurity should a pure group have?
"""


def gini(labels):
    return (labels.bincount().double() / len(labels)).pow(2).sum().item() if len(labels) else 0.0


# %% exercise="best_split" misconception="nan-without-labels"
"""Divides 0 by 0 for an empty tensor of labels.

Hint: What are the shares of nothing? The statement says what the impurity of an empty tensor is.
"""


def gini(labels):
    n = torch.tensor(len(labels))
    return (1 - (labels.bincount() / n).pow(2).sum()).item() if len(labels) else float("nan")


# %% exercise="best_split" misconception="entropy"
"""Computes the entropy, another measure of impurity.

Hint: Gini asks how likely two draws differ: squares of shares, and no logarithm.
"""


def gini(labels):
    shares = labels.bincount().double() / max(1, len(labels))
    return -sum(share * math.log2(share) for share in shares.tolist() if share)


# %% exercise="best_split" misconception="two-classes-only"
"""Computes the impurity from the share of label 1, as if there were only two classes.

Hint: 2p(1 − p) is right for two classes. With three of them, each has its own share.
"""


def gini(labels):
    p = (labels == 1).double().mean().item() if len(labels) else 0.0
    return 2 * p * (1 - p)


# %% exercise="amplification_efficiency" misconception="natural-logarithm"
"""Comes back from the logarithm with exp, though it was to base 10.

Hint: A dilution of 1:1000 has log₁₀ = −3. The inverse of log₁₀ is `10 ** ...`.
"""


def amplification_efficiency(log10_dilution, cycles):
    x = log10_dilution - log10_dilution.mean()
    slope = (x * (cycles - cycles.mean())).sum() / (x * x).sum()
    return math.exp(-1 / slope.item()) - 1


# %% exercise="amplification_efficiency" misconception="axes-exchanged"
"""Fits the dilutions on the cycles, and takes that slope's inverse.

Hint: With noise, the line of x on y isn't the line of y on x. The noise is in the cycles: which are the response?
"""


def amplification_efficiency(log10_dilution, cycles):
    c = cycles - cycles.mean()
    slope = (c * c).sum() / (c * (log10_dilution - log10_dilution.mean())).sum()
    return 10 ** (-1 / slope.item()) - 1


# %% exercise="amplification_efficiency" misconception="cycles-on-the-horizontal-axis"
"""Divides by the sum of squares of the cycles, which makes the slope one of dilution on cycles.

Hint: Which of the two is horizontal in `lm(cycles ~ log10_dilution)`? Its sum of squares stands below.
"""


def amplification_efficiency(log10_dilution, cycles):
    x, c = log10_dilution - log10_dilution.mean(), cycles - cycles.mean()
    slope = (x * c).sum() / (c * c).sum()
    return 10 ** (-1 / slope.item()) - 1


# %% exercise="amplification_efficiency" misconception="n-above-and-n-minus-1-below"
"""Divides a covariance over n by a variance over n - 1.

Hint: `.mean()` divides by n, `.var()` by n - 1 unless told otherwise. Then the two don't cancel.
"""


def amplification_efficiency(log10_dilution, cycles):
    x = log10_dilution - log10_dilution.mean()
    slope = (x * (cycles - cycles.mean())).mean() / log10_dilution.var()
    return 10 ** (-1 / slope.item()) - 1


# %% exercise="amplification_efficiency" misconception="growth-factor"
"""Returns 1 + E, the factor by which DNA grows in a cycle.

Hint: A perfect doubling has the factor 2 and the efficiency 1.
"""


def amplification_efficiency(log10_dilution, cycles):
    x = log10_dilution - log10_dilution.mean()
    slope = (x * (cycles - cycles.mean())).sum() / (x * x).sum()
    return 10 ** (-1 / slope.item())


# %% exercise="amplification_efficiency" misconception="per-cent"
"""Returns the efficiency in per cent.

Hint: Machines print 96.8 %. The statement asks for 0.968.
"""


def amplification_efficiency(log10_dilution, cycles):
    x = log10_dilution - log10_dilution.mean()
    slope = (x * (cycles - cycles.mean())).sum() / (x * x).sum()
    return 100 * (10 ** (-1 / slope.item()) - 1)


# %% exercise="amplification_efficiency" misconception="line-through-the-origin"
"""Fits a line through the origin, without an intercept.

Hint: The undiluted sample, at log₁₀ = 0, doesn't cross the threshold in cycle 0. Subtract both means first.
"""


def amplification_efficiency(log10_dilution, cycles):
    slope = (log10_dilution * cycles).sum() / (log10_dilution**2).sum()
    return 10 ** (-1 / slope.item()) - 1


# %% exercise="amplification_efficiency" misconception="first-and-last-point"
"""Takes the slope between the first and the last point.

Hint: The points in between, and replicates, are measurements too, and the order of the points is free.
"""


def amplification_efficiency(log10_dilution, cycles):
    run = log10_dilution[-1] - log10_dilution[0]
    slope = (cycles[-1] - cycles[0]) / run if run else torch.tensor(-3.3)
    return 10 ** (-1 / slope.item()) - 1


# %% exercise="amplification_efficiency" misconception="sign"
"""Forgets the minus in front of 1/slope.

Hint: The slope is negative: more dilution, more cycles. An efficiency below 0 would be DNA that vanishes.
"""


def amplification_efficiency(log10_dilution, cycles):
    x = log10_dilution - log10_dilution.mean()
    slope = (x * (cycles - cycles.mean())).sum() / (x * x).sum()
    return 10 ** (1 / slope.item()) - 1


# %% exercise="break_standardize" misconception="training-table-only"
"""Looks at the training table only.

Hint: Two tables come back. Most mistakes with a test set can be seen in the test set.
"""


def break_standardize(standardize):
    train = torch.tensor([[1.0, 0.1], [3.0, 0.1], [5.5, 0.1]], dtype=torch.float64)
    scaled, _ = standardize(train.clone(), train[:2] + 1)
    assert torch.allclose(scaled[:, 0].mean(), torch.tensor(0.0, dtype=torch.float64), atol=1e-9)
    assert torch.allclose(scaled[:, 0].std(correction=0), torch.tensor(1.0, dtype=torch.float64), atol=1e-9)
    assert (scaled[:, 1] == 0).all()


# %% exercise="break_standardize" misconception="test-set-like-the-training-set"
"""Tests with a test set that equals the training set.

Hint: Then their statistics agree, and nobody can tell whose were used. Put the test rows elsewhere.
"""


def break_standardize(standardize):
    train = torch.tensor([[1.0, 0.1, 4.0], [3.0, 0.1, -2.0], [5.0, 0.1, 7.0]], dtype=torch.float64)
    before = train.clone()
    varying = [0, 2]
    expected = (train - train.mean(0)) / train.std(0, correction=0)
    for table in standardize(train, train.clone()):
        assert torch.allclose(table[:, varying], expected[:, varying], atol=1e-9)
        assert (table[:, 1] == 0).all()
    assert torch.equal(train, before)


# %% exercise="break_standardize" misconception="no-constant-column"
"""Never tries a column that is constant in the training set.

Hint: A statement's edge cases are where solutions differ. What should a constant column become, in both tables?
"""


def break_standardize(standardize):
    train = torch.tensor([[1.0, 4.0], [3.0, -2.0], [5.0, 7.0]], dtype=torch.float64)
    test = torch.tensor([[9.0, 1.0], [-2.0, 8.0]], dtype=torch.float64)
    mean, std = train.mean(0), train.std(0, correction=0)
    expected = (train - mean) / std, (test - mean) / std
    before = train.clone()
    answer = standardize(train, test)
    for table, right in zip(answer, expected, strict=True):
        assert torch.allclose(table, right, atol=1e-9)
    assert torch.equal(train, before)


# %% exercise="break_standardize" misconception="refuses-right-ones"
"""Raises on right solutions as well.

Hint: Is there an `==` where the last digit may differ: (x − m)/s and (x − m)·(1/s)? `torch.allclose(..., atol=1e-9)`
allows a little. Or does your test ask for n − 1, or for what the statement leaves free?
"""


def break_standardize(standardize):
    draw = torch.Generator().manual_seed(0)
    train = torch.randn((20, 3), generator=draw, dtype=torch.float64)
    test = torch.randn((9, 3), generator=draw, dtype=torch.float64) + 2
    mean, std = train.mean(0), train.std(0, correction=0)
    a, b = standardize(train.clone(), test.clone())
    assert torch.equal(a, (train - mean) / std)
    assert torch.equal(b, (test - mean) / std)


# %% exercise="break_standardize" misconception="compares-no-numbers"
"""Looks at shapes and for nan at most, and compares no numbers.

Hint: Wrong numbers are finite too. Work out by hand what must stand where.
"""


def break_standardize(standardize):
    train = torch.tensor([[1.0, 7.0], [3.0, 7.0], [5.0, 7.0]], dtype=torch.float64)
    a, b = standardize(train, torch.tensor([[9.0, 8.0]], dtype=torch.float64))
    assert a.shape == (3, 2) and b.shape == (1, 2)
    assert a.isfinite().all() and b.isfinite().all()


# %% exercise="linear_regression" misconception="no-intercept"
"""Fits without an intercept.

Hint: A plane through the origin can't reach answers that lie around 100. Where does your plane cross 0?
"""


def linear_regression(X, y):
    return torch.linalg.pinv(X) @ y, 0.0


# %% exercise="linear_regression" misconception="intercept-in-the-length"
"""Fits the intercept as the weight of a column of ones, so that it counts in "the shortest".

Hint: Where several w fit equally well, a large intercept makes this one prefer another w. Centre instead.
"""


def linear_regression(X, y):
    weights = torch.linalg.pinv(torch.cat([X, torch.ones_like(X[:, :1])], 1)) @ y
    return weights[:-1], weights[-1].item()


# %% exercise="linear_regression" misconception="inverts-a-singular-matrix"
"""Solves the normal equations with the inverse, which a repeated column doesn't have.

Hint: Two columns that say the same make the matrix singular, and its inverse an error or noise. `pinv` copes.
"""


def linear_regression(X, y):
    A = X - X.mean(0)
    w = torch.linalg.inv(A.T @ A) @ A.T @ (y - y.mean())
    return w, (y.mean() - X.mean(0) @ w).item()


# %% exercise="linear_regression" misconception="mean-for-intercept"
"""Returns the mean of the answers as the intercept.

Hint: That is the height of the plane over the point of means. The intercept is its height over the origin.
"""


def linear_regression(X, y):
    w = torch.linalg.pinv(X - X.mean(0)) @ (y - y.mean())
    return w, y.mean().item()


# %% exercise="linear_regression" misconception="shrinks"
"""Adds a small ridge to make the matrix invertible, which shrinks w.

Hint: A penalty is a model of its own. The pseudo-inverse gives the shortest w without changing the fit.
"""


def linear_regression(X, y):
    A = X - X.mean(0)
    w = torch.linalg.solve(A.T @ A + 1e-3 * torch.eye(X.shape[1], dtype=X.dtype), A.T @ (y - y.mean()))
    return w, (y.mean() - X.mean(0) @ w).item()


# %% exercise="linear_regression" misconception="centres-the-answers-only"
"""Subtracts the mean from y and not from X.

Hint: The plane goes through the point of means. Move both coordinates of that point to the origin.
"""


def linear_regression(X, y):
    w = torch.linalg.pinv(X) @ (y - y.mean())
    return w, (y.mean() - X.mean(0) @ w).item()


# %% exercise="choose_degree" misconception="by-training-error"
"""Chooses by the error on the points that the polynomial was fitted to.

Hint: That error only falls with the degree. Which points were kept back for the choice?
"""


def choose_degree(x, y, x_val, y_val, degrees):
    def error(degree):
        powers = torch.arange(degree + 1)
        weights = torch.linalg.pinv(x[:, None] ** powers) @ y
        return (x[:, None] ** powers @ weights - y).pow(2).mean().item()

    return min(sorted(degrees), key=error)


# %% exercise="choose_degree" misconception="by-training-error-in-the-lists-order"
"""Chooses by the error on the points that the polynomial was fitted to, the first of equals.

Hint: That error only falls with the degree. Which points were kept back for the choice?
"""


def choose_degree(x, y, x_val, y_val, degrees):
    def error(degree):
        powers = torch.arange(degree + 1)
        weights = torch.linalg.pinv(x[:, None] ** powers) @ y
        return (x[:, None] ** powers @ weights - y).pow(2).mean().item()

    return min(degrees, key=error)


# %% exercise="choose_degree" misconception="largest-degree"
"""Returns the largest degree, as does a choice by the training error that rounding decides.

Hint: The largest degree comes nearest to the points that it was fitted to. Which points were kept back for the
choice?
"""


def choose_degree(x, y, x_val, y_val, degrees):
    return max(degrees)


# %% exercise="choose_degree" misconception="fits-the-validation-points-too"
"""Fits to all points, those kept back for the choice among them.

Hint: A point that took part in the fit can't judge it. Fit to (x, y) alone.
"""


def choose_degree(x, y, x_val, y_val, degrees):
    def error(degree):
        powers = torch.arange(degree + 1)
        weights = torch.linalg.pinv(torch.cat([x, x_val])[:, None] ** powers) @ torch.cat([y, y_val])
        return (x_val[:, None] ** powers @ weights - y_val).pow(2).mean().item()

    return min(sorted(degrees), key=error)


# %% exercise="choose_degree" misconception="larger-of-equals"
"""Takes the largest of equally good degrees.

Hint: Where two explain as well, the simpler one is preferred. In which order do you go through the degrees?
"""


def choose_degree(x, y, x_val, y_val, degrees):
    def error(degree):
        powers = torch.arange(degree + 1)
        weights = torch.linalg.pinv(x[:, None] ** powers) @ y
        return (x_val[:, None] ** powers @ weights - y_val).pow(2).mean().item()

    return min(sorted(degrees, reverse=True), key=error)


# %% exercise="choose_degree" misconception="first-of-equals"
"""Takes that of equally good degrees which comes first in the list.

Hint: The list may be in any order. Sort it before you take the first of the best.
"""


def choose_degree(x, y, x_val, y_val, degrees):
    def error(degree):
        powers = torch.arange(degree + 1)
        weights = torch.linalg.pinv(x[:, None] ** powers) @ y
        return (x_val[:, None] ** powers @ weights - y_val).pow(2).mean().item()

    return min(degrees, key=error)


# %% exercise="choose_degree" misconception="place-in-the-list"
"""Returns the place of the best degree in the list.

Hint: Which degree stands at that place?
"""


def choose_degree(x, y, x_val, y_val, degrees):
    errors = []
    for degree in degrees:
        powers = torch.arange(degree + 1)
        weights = torch.linalg.pinv(x[:, None] ** powers) @ y
        errors.append((x_val[:, None] ** powers @ weights - y_val).pow(2).mean().item())
    return errors.index(min(errors))


# %% exercise="choose_degree" misconception="no-constant-term"
"""Leaves the constant out of the polynomials.

Hint: A parabola needs three numbers: those of x⁰, x and x².
"""


def choose_degree(x, y, x_val, y_val, degrees):
    def error(degree):
        powers = torch.arange(1, degree + 1)
        weights = torch.linalg.pinv(x[:, None] ** powers) @ y
        return (x_val[:, None] ** powers @ weights - y_val).pow(2).mean().item()

    return min(sorted(degrees), key=error)


# %% exercise="choose_degree" misconception="absolute-errors"
"""Compares mean absolute errors.

Hint: One large miss weighs more when it is squared. The statement names the error to compare.
"""


def choose_degree(x, y, x_val, y_val, degrees):
    def error(degree):
        powers = torch.arange(degree + 1)
        weights = torch.linalg.pinv(x[:, None] ** powers) @ y
        return (x_val[:, None] ** powers @ weights - y_val).abs().mean().item()

    return min(sorted(degrees), key=error)


# %% exercise="pca" misconception="not-centred"
"""Doesn't subtract the columns' means, so the first direction points at the cloud.

Hint: Move the cloud far away and look again: has the shape of the cloud changed?
"""


def pca(X, k):
    _, S, Vh = torch.linalg.svd(X, full_matrices=False)
    return Vh[:k], S[:k] ** 2 / (len(X) - 1)


# %% exercise="pca" misconception="divides-by-n"
"""Divides the squared singular values by n.

Hint: Variances with n − 1, as `prcomp` has them.
"""


def pca(X, k):
    _, S, Vh = torch.linalg.svd(X - X.mean(0), full_matrices=False)
    return Vh[:k], S[:k] ** 2 / len(X)


# %% exercise="pca" misconception="directions-in-columns"
"""Returns the directions as columns.

Hint: A direction has d entries and there are k of them: (k, d), one per row.
"""


def pca(X, k):
    _, S, Vh = torch.linalg.svd(X - X.mean(0), full_matrices=False)
    return Vh[:k].T, S[:k] ** 2 / (len(X) - 1)


# %% exercise="pca" misconception="smallest-first"
"""Returns the directions of the smallest variances first.

Hint: `eigh` sorts from small to large. Which directions show the most?
"""


def pca(X, k):
    A = X - X.mean(0)
    values, vectors = torch.linalg.eigh(A.T @ A / (len(X) - 1))
    return vectors.T[:k], values[:k]


# %% exercise="pca" misconception="rows-of-eigenvectors"
"""Takes rows of the matrix of eigenvectors, which stand in its columns.

Hint: Is `(X - mean) @ components[0]` as spread out as `variances[0]` says? `vectors[:, j]` is one eigenvector.
"""


def pca(X, k):
    A = X - X.mean(0)
    values, vectors = torch.linalg.eigh(A.T @ A / (len(X) - 1))
    order = values.argsort(descending=True)[:k]
    return vectors[order], values[order]


# %% exercise="pca" misconception="rows-of-v"
"""Takes rows of V, whose columns are the directions.

Hint: `torch.svd` returns V and `torch.linalg.svd` its transpose. In which of them does a direction stand in a row?
"""


def pca(X, k):
    _, S, Vh = torch.linalg.svd(X - X.mean(0), full_matrices=False)
    V = Vh.T
    return V[:k], S[:k] ** 2 / (len(X) - 1)


# %% exercise="pca" misconception="standard-deviations"
"""Returns singular values or standard deviations where variances are asked for.

Hint: R's `prcomp` prints standard deviations. Square them.
"""


def pca(X, k):
    _, S, Vh = torch.linalg.svd(X - X.mean(0), full_matrices=False)
    return Vh[:k], S[:k] / math.sqrt(len(X) - 1)


# %% exercise="pca" misconception="rescales-columns"
"""Divides each column by its standard deviation first.

Hint: That answers another question, about correlations. Here columns are centred and not rescaled.
"""


def pca(X, k):
    A = X - X.mean(0)
    A = A / A.std(0).clamp(min=1e-9)
    _, S, Vh = torch.linalg.svd(A, full_matrices=False)
    return Vh[:k], S[:k] ** 2 / (len(X) - 1)


# %% exercise="pca" misconception="the-other-factor"
"""Returns columns of U, which has a row for each example, as directions.

Hint: X = U S Vᵀ. Which of the factors lives in the space of the d features?
"""


def pca(X, k):
    U, S, _ = torch.linalg.svd(X - X.mean(0), full_matrices=False)
    return U[:, :k].T, S[:k] ** 2 / (len(X) - 1)


# %% exercise="kmeans" misconception="nan-for-empty"
"""Takes the mean of no rows for an empty cluster, which is nan.

Hint: Once a centre is nan it stays so. What does the statement say of a centre without rows?
"""


def kmeans(X, k, seed, max_iter=100):
    points = X.double()
    centres = points[random.Random(seed).sample(range(len(X)), k)]
    labels = (points[:, None, :] - centres).pow(2).sum(2).argmin(1)
    for _ in range(max_iter):
        moved = torch.stack([points[labels == j].mean(0) for j in range(k)])
        if torch.equal(moved, centres):
            break
        centres = moved
        labels = (points[:, None, :] - centres).pow(2).sum(2).argmin(1)
    return centres, labels


# %% exercise="kmeans" misconception="integer-centres"
"""Keeps the centres of integer rows integer, and so cuts off their decimals.

Hint: The mean of 0 and 1 is 0.5. Of which dtype must the centres be, whatever the rows are?
"""


def kmeans(X, k, seed, max_iter=100):
    centres = X[random.Random(seed).sample(range(len(X)), k)].clone()
    labels = (X[:, None, :] - centres).double().pow(2).sum(2).argmin(1)
    for _ in range(max_iter):
        before = centres.clone()
        for j in range(k):
            if (labels == j).any():
                centres[j] = X[labels == j].double().mean(0)
        if torch.equal(before, centres):
            break
        labels = (X[:, None, :] - centres).double().pow(2).sum(2).argmin(1)
    return centres.double(), labels


# %% exercise="kmeans" misconception="labels-before-the-last-move"
"""Returns labels from before the last move of the centres.

Hint: After the centres have moved, ask once more which is nearest. It shows when `max_iter` stops it early.
"""


def kmeans(X, k, seed, max_iter=100):
    points = X.double()
    centres = points[random.Random(seed).sample(range(len(X)), k)]
    labels = torch.zeros(len(X), dtype=torch.int64)
    for _ in range(max_iter):
        labels = (points[:, None, :] - centres).pow(2).sum(2).argmin(1)
        own = [points[labels == j] for j in range(k)]
        moved = torch.stack([rows.mean(0) if len(rows) else centres[j] for j, rows in enumerate(own)])
        if torch.equal(moved, centres):
            break
        centres = moved
    return centres, labels


# %% exercise="kmeans" misconception="first-rows"
"""Starts from the first k rows, whatever the seed.

Hint: Files are sorted: the first k rows may all be of one kind. Let the seed choose.
"""


def kmeans(X, k, seed, max_iter=100):
    points = X.double()
    centres = points[:k]
    labels = (points[:, None, :] - centres).pow(2).sum(2).argmin(1)
    for _ in range(max_iter):
        own = [points[labels == j] for j in range(k)]
        centres = torch.stack([rows.mean(0) if len(rows) else centres[j] for j, rows in enumerate(own)])
        labels = (points[:, None, :] - centres).pow(2).sum(2).argmin(1)
    return centres, labels


# %% exercise="kmeans" misconception="starts-with-replacement"
"""May choose the same row as a start twice.

Hint: `choices` draws with replacement. Two centres on one row are one centre.
"""


def kmeans(X, k, seed, max_iter=100):
    points = X.double()
    centres = points[random.Random(seed).choices(range(len(X)), k=k)]
    labels = (points[:, None, :] - centres).pow(2).sum(2).argmin(1)
    for _ in range(max_iter):
        own = [points[labels == j] for j in range(k)]
        centres = torch.stack([rows.mean(0) if len(rows) else centres[j] for j, rows in enumerate(own)])
        labels = (points[:, None, :] - centres).pow(2).sum(2).argmin(1)
    return centres, labels


# %% exercise="kmeans" misconception="starts-anywhere"
"""Starts from random points, not from rows.

Hint: A centre far from all rows may never get any. The statement starts from k rows of X.
"""


def kmeans(X, k, seed, max_iter=100):
    points = X.double()
    draw = torch.Generator().manual_seed(seed)
    noise = torch.randn((k, X.shape[1]), generator=draw, dtype=torch.float64)
    centres = points.mean(0) + noise * points.std(0, correction=0)
    labels = (points[:, None, :] - centres).pow(2).sum(2).argmin(1)
    for _ in range(max_iter):
        own = [points[labels == j] for j in range(k)]
        centres = torch.stack([rows.mean(0) if len(rows) else centres[j] for j, rows in enumerate(own)])
        labels = (points[:, None, :] - centres).pow(2).sum(2).argmin(1)
    return centres, labels


# %% exercise="kmeans" misconception="ignores-max-iter"
"""Goes on until nothing moves, whatever `max_iter` says.

Hint: With `max_iter=0` the centres are the chosen rows. What does your loop do then?
"""


def kmeans(X, k, seed, max_iter=100):
    points = X.double()
    centres = points[random.Random(seed).sample(range(len(X)), k)]
    before = None
    while before is None or not torch.equal(before, centres):
        labels = (points[:, None, :] - centres).pow(2).sum(2).argmin(1)
        own = [points[labels == j] for j in range(k)]
        before = centres
        centres = torch.stack([rows.mean(0) if len(rows) else centres[j] for j, rows in enumerate(own)])
    return centres, (points[:, None, :] - centres).pow(2).sum(2).argmin(1)


# %% exercise="kmeans" misconception="empty-to-the-origin"
"""Moves a centre without rows to the origin.

Hint: Adding up no rows gives 0, and 0 is a place like any other. Such a centre stays where it is.
"""


def kmeans(X, k, seed, max_iter=100):
    points = X.double()
    centres = points[random.Random(seed).sample(range(len(X)), k)]
    labels = (points[:, None, :] - centres).pow(2).sum(2).argmin(1)
    for _ in range(max_iter):
        sizes = labels.bincount(minlength=k).clamp(min=1)
        centres = F.one_hot(labels, k).double().T @ points / sizes[:, None]
        labels = (points[:, None, :] - centres).pow(2).sum(2).argmin(1)
    return centres, labels


# %% exercise="kmeans" misconception="seeds-the-global-state"
"""Seeds Python's global random state, and so changes every random number drawn afterwards.

Hint: As in `split`: `random.Random(seed)` is a state of your own.
"""


def kmeans(X, k, seed, max_iter=100):
    points = X.double()
    random.seed(seed)
    centres = points[random.sample(range(len(X)), k)]
    labels = (points[:, None, :] - centres).pow(2).sum(2).argmin(1)
    for _ in range(max_iter):
        own = [points[labels == j] for j in range(k)]
        centres = torch.stack([rows.mean(0) if len(rows) else centres[j] for j, rows in enumerate(own)])
        labels = (points[:, None, :] - centres).pow(2).sum(2).argmin(1)
    return centres, labels


# %% exercise="grow_tree" misconception="wants-a-gain"
"""Stops where no question lowers the impurity.

Hint: In XOR no first question helps, and after any of them the second one solves it. Stop when a group is pure.
"""


def grow_tree(X, y, max_depth):
    question = best_split(X, y) if max_depth > 0 else None
    if question is None or question[2] >= gini(y) - 1e-12:
        return y.bincount().argmax().item()
    feature, threshold, _ = question
    left = X[:, feature] <= threshold
    below = [grow_tree(X[side], y[side], max_depth - 1) for side in (left, ~left)]
    return feature, threshold, *below


def predict_tree(tree, X):
    answers = []
    for row in X.tolist():
        node = tree
        while isinstance(node, tuple):
            node = node[2] if row[node[0]] <= node[1] else node[3]
        answers.append(node)
    return torch.tensor(answers)


# %% exercise="grow_tree" misconception="ignores-the-depth"
"""Grows until all groups are pure, whatever `max_depth` says.

Hint: What does the recursive call pass on as the depth that is left?
"""


def grow_tree(X, y, max_depth):
    question = best_split(X, y) if gini(y) > 0 else None
    if question is None:
        return y.bincount().argmax().item()
    feature, threshold, _ = question
    left = X[:, feature] <= threshold
    below = [grow_tree(X[side], y[side], max_depth) for side in (left, ~left)]
    return feature, threshold, *below


def predict_tree(tree, X):
    answers = []
    for row in X.tolist():
        node = tree
        while isinstance(node, tuple):
            node = node[2] if row[node[0]] <= node[1] else node[3]
        answers.append(node)
    return torch.tensor(answers)


# %% exercise="grow_tree" misconception="one-question-too-many"
"""Asks one question more than `max_depth` on the way to a leaf.

Hint: A tree of depth 0 is a leaf. Does yours ask nothing then?
"""


def grow_tree(X, y, max_depth):
    question = best_split(X, y) if max_depth >= 0 and gini(y) > 0 else None
    if question is None:
        return y.bincount().argmax().item()
    feature, threshold, _ = question
    left = X[:, feature] <= threshold
    below = [grow_tree(X[side], y[side], max_depth - 1) for side in (left, ~left)]
    return feature, threshold, *below


def predict_tree(tree, X):
    answers = []
    for row in X.tolist():
        node = tree
        while isinstance(node, tuple):
            node = node[2] if row[node[0]] <= node[1] else node[3]
        answers.append(node)
    return torch.tensor(answers)


# %% exercise="grow_tree" misconception="largest-of-tied"
"""Gives a tied leaf to the largest label.

Hint: A leaf with one 0 and one 1 answers 0, as everywhere this week.
"""


def grow_tree(X, y, max_depth):
    question = best_split(X, y) if max_depth > 0 and gini(y) > 0 else None
    if question is None:
        counts = y.bincount()
        return len(counts) - 1 - counts.flip(0).argmax().item()
    feature, threshold, _ = question
    left = X[:, feature] <= threshold
    below = [grow_tree(X[side], y[side], max_depth - 1) for side in (left, ~left)]
    return feature, threshold, *below


def predict_tree(tree, X):
    answers = []
    for row in X.tolist():
        node = tree
        while isinstance(node, tuple):
            node = node[2] if row[node[0]] <= node[1] else node[3]
        answers.append(node)
    return torch.tensor(answers)


# %% exercise="grow_tree" misconception="endless-on-equal-rows"
"""Splits a mixed group again and again, though its rows are all equal.

Hint: Where all rows are equal `best_split` is None, and the group must become a leaf however mixed it is.
"""


def grow_tree(X, y, max_depth):
    if max_depth == 0 or gini(y) == 0:
        return y.bincount().argmax().item()
    feature, threshold, _ = best_split(X, y)
    left = X[:, feature] <= threshold
    below = [grow_tree(X[side], y[side], max_depth - 1) for side in (left, ~left)]
    return feature, threshold, *below


def predict_tree(tree, X):
    answers = []
    for row in X.tolist():
        node = tree
        while isinstance(node, tuple):
            node = node[2] if row[node[0]] <= node[1] else node[3]
        answers.append(node)
    return torch.tensor(answers)


# %% exercise="grow_tree" misconception="sides-exchanged"
"""Follows the right branch where the answer is yes.

Hint: Rows with `x <= threshold` grew the left branch. Which one do they take when they are asked again?
"""


def predict_tree(tree, X):
    answers = []
    for row in X.tolist():
        node = tree
        while isinstance(node, tuple):
            node = node[3] if row[node[0]] <= node[1] else node[2]
        answers.append(node)
    return torch.tensor(answers)


# %% exercise="grow_tree" misconception="first-question-only"
"""Asks the root's question and answers at once, whatever stands below.

Hint: The branch that you arrive at may be a question too. Go on while it is.
"""


def predict_tree(tree, X):
    answers = []
    for row in X.tolist():
        node = tree
        if isinstance(node, tuple):
            node = node[2] if row[node[0]] <= node[1] else node[3]
        while isinstance(node, tuple):
            node = node[2]
        answers.append(node)
    return torch.tensor(answers)


# %% exercise="majority_vote" misconception="rounds-the-mean"
"""Averages the labels and rounds.

Hint: Votes for 0 and for 2 aren't votes for 1. Count them.
"""


def majority_vote(predictions):
    return predictions.double().mean(0).round().long()


# %% exercise="majority_vote" misconception="median"
"""Takes the middle label.

Hint: With the votes 0, 0, 1, 2, 2, who has a majority? Labels have no order.
"""


def majority_vote(predictions):
    return predictions.median(0).values


# %% exercise="majority_vote" misconception="largest-of-tied"
"""Gives a tie to the largest label.

Hint: Of several with equally many votes the smallest wins, as in `knn_predict`.
"""


def majority_vote(predictions):
    votes = F.one_hot(predictions).sum(0)
    return votes.shape[1] - 1 - votes.flip(1).argmax(1)


# %% exercise="majority_vote" misconception="first-voter-breaks-ties"
"""Gives a tie to the label that was voted for first.

Hint: The order of the voters must not matter.
"""
from collections import Counter


def majority_vote(predictions):
    return torch.tensor([Counter(votes).most_common(1)[0][0] for votes in predictions.T.tolist()])


# %% exercise="majority_vote" misconception="one-answer-a-voter"
"""Counts along the wrong axis, and gives an answer for each voter.

Hint: There are n examples to answer, and each column holds the votes for one of them.
"""


def majority_vote(predictions):
    return F.one_hot(predictions).sum(1).argmax(1)

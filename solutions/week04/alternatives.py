"""Week 04's other right solutions, which every test must accept."""

import math
import random
from collections import Counter
from itertools import pairwise

import numpy as np
import torch
import torch.nn.functional as F

# %% exercise="error_rate" alternative="mean-of-floats"
"""Averages the comparison as float32."""


def error_rate(y, p):
    return (y != p).float().mean()


# %% exercise="error_rate" alternative="loop"
"""Counts in a loop."""


def error_rate(y, p):
    errors = 0
    for place in range(len(y)):
        if y[place] != p[place]:
            errors += 1
    return errors / len(y)


# %% exercise="clean" alternative="nested-loops"
"""Collects rows in plain loops, and asks math.isnan of floats."""


def clean(rows, required):
    kept = []
    for row in rows:
        complete = True
        for field in required:
            if field not in row or row[field] is None:
                complete = False
            elif isinstance(row[field], float):
                complete = complete and not math.isnan(row[field])
            else:
                complete = complete and row[field] not in ["", "NA"]
        if complete:
            kept.append(dict(row))
    return kept


# %% exercise="clean" alternative="filter-field-by-field"
"""Filters once for each required field."""


def clean(rows, required):
    kept = list(rows)
    for field in required:
        kept = [row for row in kept if row.get(field) is not None]
        kept = [row for row in kept if row[field] == row[field]]
        kept = [row for row in kept if row[field] != "" and row[field] != "NA"]
    return kept


# %% exercise="split" alternative="randperm"
"""Permutes with a generator of torch's, and cuts with tensor_split."""


def split(n, fractions=(0.8, 0.1, 0.1), seed=0):
    order = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
    cuts = [int(n * sum(fractions[:place])) for place in range(1, len(fractions))]
    return tuple(part.tolist() for part in order.tensor_split(cuts))


# %% exercise="split" alternative="numpy"
"""Permutes with a generator of NumPy's, and sorts each part."""
import numpy as np


def split(n, fractions=(0.8, 0.1, 0.1), seed=0):
    order = np.random.default_rng(seed).permutation(n)
    cuts = np.floor(n * np.cumsum(fractions)[:-1]).astype(int)
    return tuple(sorted(part.tolist()) for part in np.split(order, cuts))


# %% exercise="standardize" alternative="column-by-column"
"""Goes through the columns, and multiplies by the inverse of the deviation."""


def standardize(train, test):
    columns = []
    for known, new in zip(train.T, test.T, strict=True):
        mean = known.sum() / len(known)
        weight = 1 / ((known - mean) ** 2).mean().sqrt() if known.max() > known.min() else 0.0
        columns.append(((known - mean) * weight, (new - mean) * weight))
    return [torch.stack(table, 1) for table in zip(*columns, strict=True)]


# %% exercise="standardize" alternative="masks-afterwards"
"""Divides everywhere, and fills the constant columns with 0 afterwards."""


def standardize(train, test):
    mean, std = train.mean(0), train.var(0, unbiased=False).sqrt()
    first, second = (train - mean) / std, (test - mean) / std
    constant = (train == train[:1]).all(0)
    first[:, constant] = 0
    second[:, constant] = 0
    return first, second


# %% exercise="standardize" alternative="numpy"
"""Scales in NumPy."""
import numpy as np


def standardize(train, test):
    known, new = train.numpy(), test.numpy()
    constant = np.ptp(known, axis=0) == 0
    divisor = np.where(constant, 1.0, known.std(axis=0))
    mean = known.mean(axis=0)
    known, new = ((table - mean) / divisor * ~constant for table in (known, new))
    return torch.from_numpy(known), torch.from_numpy(new)


# %% exercise="knn_predict" alternative="query-by-query"
"""Answers one query after the other, and counts in a sorted list of votes."""


def knn_predict(X, y, queries, k):
    answers = []
    for query in queries:
        nearest = ((X - query) ** 2).sum(1).argsort()[:k]
        if y.dtype.is_floating_point:
            answers.append(y[nearest].mean())
            continue
        voted = sorted(y[nearest].tolist())
        answers.append(torch.tensor(max(voted, key=voted.count)))
    return torch.stack(answers)


# %% exercise="knn_predict" alternative="cdist"
"""Takes distances from cdist and votes by a table of comparisons."""


def knn_predict(X, y, queries, k):
    distances = torch.cdist(queries, X, compute_mode="donot_use_mm_for_euclid_dist")
    neighbours = y[torch.topk(-distances, k).indices]
    if torch.is_floating_point(y):
        return neighbours.sum(1) / k
    labels = y.unique()
    votes = (neighbours[:, :, None] == labels).sum(1)
    return labels[votes.argmax(1)]


# %% exercise="confusion_matrix" alternative="loop"
"""Adds 1 to a cell for each pair."""


def confusion_matrix(y, p, k):
    matrix = torch.zeros(k, k, dtype=torch.int32)
    for truth, predicted in zip(y, p, strict=True):
        matrix[truth, predicted] += 1
    return matrix


# %% exercise="confusion_matrix" alternative="one-hot-product"
"""Multiplies one-hot matrices."""


def confusion_matrix(y, p, k):
    return F.one_hot(y, k).T @ F.one_hot(p, k)


# %% exercise="confusion_matrix" alternative="cell-by-cell"
"""Counts cell by cell."""


def confusion_matrix(y, p, k):
    return torch.tensor([[int(((y == i) & (p == j)).sum()) for j in range(k)] for i in range(k)])


# %% exercise="precision_recall" alternative="hits-and-misses"
"""Counts hits, false alarms and misses, and adds them up."""


def precision_recall(matrix, cls):
    hits = int(matrix[cls][cls])
    others = [label for label in range(len(matrix)) if label != cls]
    alarms = sum(int(matrix[label][cls]) for label in others)
    misses = sum(int(matrix[cls][label]) for label in others)
    precision = hits / (hits + alarms) if hits + alarms else 0.0
    recall = hits / (hits + misses) if hits + misses else 0.0
    return precision, recall


# %% exercise="precision_recall" alternative="at-least-one"
"""Divides by at least 1, since without any there are no hits either."""


def precision_recall(matrix, cls):
    hits = matrix[cls, cls]
    return [hits / matrix[:, cls].sum().clamp(min=1), hits / matrix[cls, :].sum().clamp(min=1)]


# %% exercise="group_split" alternative="sorted-names"
"""Draws a sample of the sorted names."""


def group_split(groups, fraction, seed=0):
    names = sorted(set(groups))
    size = int(fraction * len(names)) or 1
    held_out = set(random.Random(seed).sample(names, size))
    sides = ([], [])
    for row, group in enumerate(groups):
        sides[group in held_out].append(row)
    return sides


# %% exercise="group_split" alternative="torch-permutation"
"""Numbers the groups in the order of their appearance, and permutes the numbers."""


def group_split(groups, fraction, seed=0):
    rows_of = {}
    for row, group in enumerate(groups):
        rows_of.setdefault(group, []).append(row)
    parts = list(rows_of.values())
    order = torch.randperm(len(parts), generator=torch.Generator().manual_seed(seed)).tolist()
    cut = max(1, int(len(parts) * fraction))
    test = [row for place in order[:cut] for row in parts[place]]
    train = [row for place in order[cut:] for row in parts[place]]
    return train, test


# %% exercise="group_split" alternative="unique-names-and-a-set"
"""Permutes NumPy's unique names, and looks rows up in a set."""
import numpy as np


def group_split(groups, fraction, seed=0):
    names = np.random.default_rng(seed).permutation(np.unique(groups)).tolist()
    held_out = set(names[: max(1, int(fraction * len(names)))])
    train = [row for row, group in enumerate(groups) if group not in held_out]
    return train, [row for row in range(len(groups)) if row not in train]


# %% exercise="best_split" alternative="sorted-rows"
"""Sorts the rows by each feature and moves them one by one from the right to the left."""
from collections import Counter


def gini(labels):
    counts = Counter(labels.tolist() if isinstance(labels, torch.Tensor) else labels)
    total = sum(counts.values())
    return 1.0 - sum((count / total) ** 2 for count in counts.values()) if total else 0.0


def best_split(X, y):
    best = None
    for feature in range(X.shape[1]):
        pairs = sorted(zip(X[:, feature].tolist(), y.tolist(), strict=True))
        for place in range(1, len(pairs)):
            low, high = pairs[place - 1][0], pairs[place][0]
            if low == high:
                continue
            left, right = [label for _, label in pairs[:place]], [label for _, label in pairs[place:]]
            impurity = (len(left) * gini(left) + len(right) * gini(right)) / len(pairs)
            if best is None or impurity <= best[2]:
                best = (feature, low + 0.25 * (high - low), impurity)
    return best


# %% exercise="best_split" alternative="one-hot-sums"
"""Tries every middle of a feature at once, with running counts of the labels; float32."""


def gini(labels):
    _, counts = labels.unique(return_counts=True)
    p = counts / counts.sum()
    return (p * (1 - p)).sum().item()


def best_split(X, y):
    found = []
    for feature, column in enumerate(X.T):
        values = column.unique()
        if len(values) < 2:
            continue
        middles = (values[1:] + values[:-1]) / 2
        left = (column <= middles[:, None]).float()
        labels = F.one_hot(y).float()
        impurity = 0
        for side in (left, 1 - left):
            counts = side @ labels
            size = counts.sum(1)
            impurity = impurity + size * (1 - (counts / size[:, None]).pow(2).sum(1))
        place = int(impurity.argmin())
        found.append((impurity[place].item() / len(y), feature, middles[place].item()))
    if not found:
        return None
    least, feature, threshold = min(found)
    return feature, threshold, least


# %% exercise="amplification_efficiency" alternative="polyfit"
"""Fits with NumPy's polyfit."""
import numpy as np


def amplification_efficiency(log10_dilution, cycles):
    slope, _ = np.polyfit(log10_dilution.numpy(), cycles.numpy(), 1)
    return float(np.power(10.0, -1 / slope)) - 1


# %% exercise="amplification_efficiency" alternative="least-squares"
"""Solves for slope and intercept with lstsq, and goes back by way of exp and the logarithm of ten."""


def amplification_efficiency(log10_dilution, cycles):
    table = torch.stack([log10_dilution, torch.ones_like(log10_dilution)], 1)
    slope = torch.linalg.lstsq(table, cycles[:, None]).solution[0, 0]
    return math.expm1(-math.log(10) / slope.item())


# %% exercise="break_standardize" alternative="own-solution"
"""Compares with plain Python on random tables, one column of each constant."""


def break_standardize(standardize):
    draw = random.Random(0)
    for n, m, d in [(2, 1, 2), (5, 3, 3), (4, 6, 1)]:
        rows = [[draw.uniform(-5, 5) for _ in range(d)] + [0.1] for _ in range(n)]
        new = [[draw.uniform(5, 20) for _ in range(d)] + [draw.random()] for _ in range(m)]
        train, test = torch.tensor(rows).double(), torch.tensor(new).double()
        copies = train.clone(), test.clone()
        a, b = standardize(train, test)
        assert train.equal(copies[0]) and test.equal(copies[1])
        assert a.shape == (n, d + 1) and b.shape == (m, d + 1)
        for j in range(d):
            known = copies[0][:, j].tolist()
            mean = sum(known) / n
            std = math.sqrt(sum((x - mean) ** 2 for x in known) / n)
            for got, given in ((a, copies[0]), (b, copies[1])):
                for mine, x in zip(got[:, j].tolist(), given[:, j].tolist(), strict=True):
                    assert abs(mine - (x - mean) / std) < 1e-10 * (1 + abs(mine))
        for got in (a, b):
            assert got[:, d].tolist() == [0] * len(got)
    train = torch.full((3, 1), 0.1, dtype=torch.float64)
    for got in standardize(train, train + 1):
        assert (got == 0).all()


# %% exercise="break_standardize" alternative="laws"
"""Tests laws: mean and deviation of train, train rows alike in the test set, straight lines, constant columns."""


def break_standardize(standardize):
    train = torch.tensor([[2.0, -1, 0.1], [5, 3, 0.1], [11, 4, 0.1]], dtype=torch.float64) * 1e-3
    test = torch.tensor([[30.0, 7, 0.1], [1, 1, 9]], dtype=torch.float64) * 1e-3
    table = torch.cat([test, train])
    copies = train.clone(), table.clone()
    a, b = standardize(train, table)
    assert torch.equal(train, copies[0]) and torch.equal(table, copies[1])
    assert (a[:, 2] == 0).all() and (b[:, 2] == 0).all()
    assert a[:, :2].mean(0).abs().max() < 1e-9
    assert (a[:, :2].pow(2).mean(0) - 1).abs().max() < 1e-9
    assert torch.allclose(b[2:], a, atol=1e-9)
    steps = (table[:, :2] - table[2, :2]) / (train[1, :2] - train[0, :2])
    assert torch.allclose(b[:, :2], a[0, :2] + steps * (a[1, :2] - a[0, :2]), atol=1e-9)


# %% exercise="linear_regression" alternative="lstsq"
"""Solves the centred problem with lstsq."""


def linear_regression(X, y):
    w = torch.linalg.lstsq(X - X.mean(0), y[:, None], driver="gelsd").solution.flatten()
    return w, (y - X @ w).mean()


# %% exercise="linear_regression" alternative="numpy-svd"
"""Divides by the singular values that aren't 0."""
import numpy as np


def linear_regression(X, y):
    A, b = X.numpy() - X.numpy().mean(0), y.numpy()
    U, S, Vh = np.linalg.svd(A, full_matrices=False)
    keep = S > 1e-9
    w = Vh[keep].T @ ((U[:, keep].T @ b) / S[keep])
    return torch.from_numpy(w), float(b.mean() - X.numpy().mean(0) @ w)


# %% exercise="choose_degree" alternative="numpy-polynomials"
"""Fits with NumPy's Polynomial, and compares in a loop."""
from numpy.polynomial import Polynomial


def choose_degree(x, y, x_val, y_val, degrees):
    best, least = None, math.inf
    for degree in sorted(degrees):
        fit = Polynomial.fit(x.numpy(), y.numpy(), degree)
        error = float(((fit(x_val.numpy()) - y_val.numpy()) ** 2).mean())
        if error < least:
            best, least = degree, error
    return best


# %% exercise="choose_degree" alternative="vandermonde"
"""Builds tables with vander, solves with lstsq, and takes the least pair of error and degree."""
import numpy as np


def choose_degree(x, y, x_val, y_val, degrees):
    found = []
    for degree in degrees:
        table = np.vander(x.numpy(), degree + 1)
        w = np.linalg.lstsq(table, y.numpy(), rcond=None)[0]
        missed = np.vander(x_val.numpy(), degree + 1) @ w - y_val.numpy()
        found.append((float((missed**2).sum()), degree))
    return min(found)[1]


# %% exercise="pca" alternative="eigenvectors"
"""Takes the eigenvectors of the covariance matrix, largest eigenvalue first."""


def pca(X, k):
    values, vectors = torch.linalg.eigh(torch.cov(X.T).reshape(X.shape[1], X.shape[1]))
    order = values.argsort(descending=True)[:k]
    return vectors[:, order].T, values[order]


# %% exercise="pca" alternative="numpy-svd"
"""Decomposes in NumPy, all signs turned round."""
import numpy as np


def pca(X, k):
    A = X.numpy() - X.numpy().mean(0)
    _, S, Vh = np.linalg.svd(A)
    return torch.from_numpy(-Vh[:k]), torch.from_numpy(S[:k] ** 2 / (len(A) - 1))


# %% exercise="kmeans" alternative="one-hot-sums"
"""Sums rows by a one-hot product, float32, all iterations; a permutation of torch's for the start."""


def kmeans(X, k, seed, max_iter=100):
    points = X.to(torch.float32)
    start = torch.randperm(len(points), generator=torch.Generator().manual_seed(seed))[:k]
    centres = points[start]

    def nearest():
        return ((points[:, None] - centres[None]) ** 2).sum(-1).argmin(dim=1)

    for _ in range(max_iter):
        hot = F.one_hot(nearest(), k).to(torch.float32)
        sizes = hot.sum(0)[:, None]
        centres = torch.where(sizes > 0, hot.T @ points / sizes, centres)
    return centres, nearest()


# %% exercise="kmeans" alternative="plain-python"
"""Works on lists, and stops when no row changes its centre."""


def kmeans(X, k, seed, max_iter=100):
    rows = X.tolist()
    centres = [list(map(float, row)) for row in random.Random(seed).sample(rows, k)]

    def assign():
        distances = [
            [sum((row[i] - centre[i]) ** 2 for i in range(len(row))) for centre in centres] for row in rows
        ]
        return [each.index(min(each)) for each in distances]

    owners = assign()
    for _ in range(max_iter):
        for j in range(k):
            own = [row for row, owner in zip(rows, owners, strict=True) if owner == j]
            if own:
                centres[j] = [sum(column) / len(own) for column in zip(*own, strict=True)]
        before, owners = owners, assign()
        if owners == before:
            break
    return torch.tensor(centres), torch.tensor(owners)


# %% exercise="grow_tree" alternative="dictionaries"
"""Nodes are dictionaries, each with its majority; prediction is recursive."""


def grow_tree(X, y, max_depth):
    labels, counts = y.unique(return_counts=True)
    node = {"label": int(labels[counts.argmax()])}
    if max_depth == 0 or len(labels) == 1:
        return node
    split = best_split(X, y)
    if split is not None:
        feature, threshold, _ = split
        goes_left = X[:, feature] <= threshold
        node["question"] = (feature, threshold)
        node["yes"] = grow_tree(X[goes_left], y[goes_left], max_depth - 1)
        node["no"] = grow_tree(X[~goes_left], y[~goes_left], max_depth - 1)
    return node


def predict_tree(tree, X):
    def ask(node, row):
        if "question" not in node:
            return node["label"]
        feature, threshold = node["question"]
        return ask(node["yes"] if row[feature] <= threshold else node["no"], row)

    return torch.tensor([ask(tree, row) for row in X])


# %% exercise="grow_tree" alternative="class-of-its-own"
"""A class whose nodes send groups of rows down at once, and find their questions anew."""


class Node:
    def __init__(self, rows, labels, depth):
        counts = labels.bincount()
        self.label = int((counts == counts.max()).nonzero()[0])
        self.feature = None
        if depth and len(set(labels.tolist())) > 1:
            self._ask(rows, labels, depth)

    def _ask(self, rows, labels, depth):
        def mixed(part):
            return len(part) - part.bincount().double().pow(2).sum().item() / len(part)

        choices = []
        for feature in range(rows.shape[1]):
            values = sorted(set(rows[:, feature].tolist()))
            for low, high in pairwise(values):
                yes = rows[:, feature] <= (low + high) / 2
                choices.append((mixed(labels[yes]) + mixed(labels[~yes]), feature, (low + high) / 2))
        if choices:
            _, self.feature, self.threshold = min(choices)
            yes = rows[:, self.feature] <= self.threshold
            self.yes = Node(rows[yes], labels[yes], depth - 1)
            self.no = Node(rows[~yes], labels[~yes], depth - 1)

    def answer(self, rows):
        found = torch.full((len(rows),), self.label)
        if self.feature is not None and len(rows):
            yes = rows[:, self.feature] <= self.threshold
            found[yes] = self.yes.answer(rows[yes])
            found[~yes] = self.no.answer(rows[~yes])
        return found


def grow_tree(X, y, max_depth):
    return Node(X, y, max_depth)


def predict_tree(tree, X):
    return tree.answer(X)


# %% exercise="majority_vote" alternative="counter"
"""Counts each column, and takes the least of the most frequent."""
from collections import Counter


def majority_vote(predictions):
    winners = []
    for column in predictions.T.tolist():
        votes = Counter(column)
        winners.append(max(sorted(votes), key=votes.get))
    return torch.tensor(winners)


# %% exercise="majority_vote" alternative="table-of-comparisons"
"""Compares with every label that occurs."""


def majority_vote(predictions):
    labels = predictions.unique()
    votes = (predictions[:, :, None] == labels).sum(0)
    return labels[votes.argmax(1)]

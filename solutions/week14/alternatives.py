"""Week 14's other right solutions, which every test must accept."""

import math
import random
from collections import Counter, defaultdict

import numpy as np
import torch
import torch.nn.functional as F

# %% exercise="majority_baseline" alternative="counter"
"""Counts in a Counter, and compares pairs of count and label."""
from collections import Counter


def majority_baseline(y_train, y_test):
    counts = Counter(y_train.tolist())
    majority = min(counts, key=lambda label: (-counts[label], label))
    return Counter(y_test.tolist())[majority] / len(y_test)


# %% exercise="majority_baseline" alternative="mode"
"""Takes torch's mode, which is the smallest of the commonest; returns a tensor without axes."""


def majority_baseline(y_train, y_test):
    return (y_test == y_train.mode().values).float().mean()


# %% exercise="accuracy_by_group" alternative="masks"
"""Makes a mask for each name; accuracies in float32."""


def accuracy_by_group(p, y, group):
    accuracy = {}
    for name in set(group):
        mask = torch.tensor([other == name for other in group])
        accuracy[name] = (p[mask] == y[mask]).float().mean()
    least = min(accuracy.values())
    return accuracy, min(name for name in accuracy if accuracy[name] == least)


# %% exercise="accuracy_by_group" alternative="pairs"
"""Keeps hits and sizes apart, and takes the least pair of accuracy and name."""


def accuracy_by_group(p, y, group):
    hits, sizes = Counter(), Counter(group)
    for i, name in enumerate(group):
        hits[name] += int(p[i] == y[i])
    accuracy = {name: hits[name] / sizes[name] for name in sizes}
    return accuracy, min((share, name) for name, share in accuracy.items())[1]


# %% exercise="shift_gap" alternative="target-first"
"""Evaluates the target first."""


def shift_gap(evaluate, source, target):
    away = evaluate(target)
    return evaluate(source) - away


# %% exercise="shift_gap" alternative="sum-of-signed"
"""Adds up the scores with their signs; returns a tensor."""


def shift_gap(evaluate, source, target):
    signed = [sign * evaluate(data) for data, sign in [(source, 1), (target, -1)]]
    return torch.tensor(signed).sum()


# %% exercise="find_leaks" alternative="looks-both-ways"
"""A dict from bytes to places; looks each training image up as it is and mirrored."""


def find_leaks(train, test):
    places = {}
    for j in range(len(test)):
        places.setdefault(test[j].numpy().tobytes(), []).append(j)
    pairs = []
    for i in range(len(train)):
        found = set()
        for image in (train[i], torch.flip(train[i], dims=[2])):
            found.update(places.get(image.numpy().tobytes(), []))
        pairs += [(i, j) for j in sorted(found)]
    return pairs


# %% exercise="find_leaks" alternative="tuples-of-numbers"
"""Uses tuples of all numbers for keys, and sorts a set of pairs at the end."""


def find_leaks(train, test):
    seen = defaultdict(set)
    for i, image in enumerate(train):
        seen[tuple(image.flatten().tolist())].add(i)
        seen[tuple(image.flip(-1).flatten().tolist())].add(i)
    pairs = set()
    for j, image in enumerate(test):
        pairs |= {(i, j) for i in seen.get(tuple(image.flatten().tolist()), ())}
    return sorted(pairs)


# %% exercise="find_leaks" alternative="unique-rows"
"""Numbers the different images with torch.unique, originals and mirror images together."""


def find_leaks(train, test):
    n, m = len(train), len(test)
    ids = torch.cat([train, train.flip(-1), test]).unique(dim=0, return_inverse=True)[1].tolist()
    places = defaultdict(list)
    for j in range(m):
        places[ids[2 * n + j]].append(j)
    return [(i, j) for i in range(n) for j in sorted({*places[ids[i]], *places[ids[n + i]]})]


# %% exercise="find_leaks" alternative="sorts-and-walks"
"""Sorts all images by their key and walks through runs of equal ones."""
from itertools import groupby, product

import numpy as np


def find_leaks(train, test):
    both = [(image, 0, i) for i, image in enumerate(train)] + [(image, 1, j) for j, image in enumerate(test)]
    keyed = []
    for image, side, place in both:
        pixels, mirrored = np.ascontiguousarray(image.numpy()), np.ascontiguousarray(image.numpy()[..., ::-1])
        keyed.append((max(pixels.tobytes(), mirrored.tobytes()), side, place))
    pairs = []
    for _, run in groupby(sorted(keyed), key=lambda row: row[0]):
        sides = [], []
        for _, side, place in run:
            sides[side].append(place)
        pairs += product(*sides)
    return sorted(pairs)


# %% exercise="break_find_leaks" alternative="own-solution"
"""Compares with all pairs compared one by one, on random images of few grey levels with planted flaws."""
import random


def break_find_leaks(find_leaks):
    draw = random.Random(3)
    for dtype in (torch.uint8, torch.float32):
        for shape in [(1, 1, 3), (2, 2, 3), (3, 3, 2)]:
            images = [
                torch.tensor(
                    [draw.randrange(3) for _ in range(3 * shape[0] * 9)][: torch.Size(shape).numel()]
                ).reshape(shape)
            ]
            for _ in range(24):
                old = draw.choice(images)
                new = torch.tensor([draw.randrange(3) for _ in range(torch.Size(shape).numel())]).reshape(
                    shape
                )
                near = old.clone()
                near[0, 0, 0] += 1
                other = old.clone()
                other[-1] = new[-1]
                images.append(
                    draw.choice(
                        [
                            old,
                            old.flip(-1),
                            old.flip(-2),
                            old.flip(-1, -2),
                            old.flip(0),
                            near,
                            new,
                            other,
                            old + old.flip(-1),
                        ]
                    )
                )
            whole = torch.stack(images).to(dtype)
            whole = whole if dtype == torch.uint8 else whole / 1024
            train, test = whole[:12], whole[8:]
            due = []
            for i in range(len(train)):
                for j in range(len(test)):
                    if torch.equal(train[i], test[j]) or torch.equal(train[i].flip(-1), test[j]):
                        due.append((i, j))
            assert find_leaks(train, test) == due


# %% exercise="break_find_leaks" alternative="one-flaw-at-a-time"
"""Plants one flaw at a time among a few random images, and says what is due for each."""


def break_find_leaks(find_leaks):
    base = torch.rand((8, 2, 3, 4), generator=torch.Generator().manual_seed(1))
    train, test = base[:4], base[4:]
    one = train[2:3]

    def after(*planted):
        return find_leaks(train, torch.cat([test, *planted]))

    assert after() == []
    assert after(one) == after(one.flip(-1)) == [(2, 4)]
    assert after(one, one, one.flip(-1)) == [(2, 4), (2, 5), (2, 6)]
    assert after(train[3:4], one) == [(2, 5), (3, 4)]
    near, half = one.clone(), one.clone()
    near[0, 1, 1, 1] += 0.001
    half[0, 1] = test[0, 1]
    for decoy in (one.flip(-2), one.flip(-1, -2), one.flip(1), one.roll(1, -1), near, half):
        assert after(decoy) == []
    assert find_leaks(torch.cat([train, one]), torch.cat([test, one])) == [(2, 4), (4, 4)]
    own = one + one.flip(-1)
    assert find_leaks(own, torch.cat([test, own])) == [(0, 4)]


# %% exercise="bootstrap_interval" alternative="one-at-a-time"
"""Draws one sample at a time with multinomial, sorts, and interpolates by hand."""


def bootstrap_interval(values, statistic, level=0.95, resamples=1000, generator=None):
    n = values.numel()
    found = []
    for _ in range(resamples):
        rows = torch.multinomial(torch.ones(n), n, replacement=True, generator=generator)
        found.append(float(statistic(values[rows])))
    found.sort()

    def quantile(q):
        place = q * (resamples - 1)
        below = int(place)
        above = min(below + 1, resamples - 1)
        return found[below] + (place - below) * (found[above] - found[below])

    return quantile((1 - level) / 2), quantile((1 + level) / 2)


# %% exercise="bootstrap_interval" alternative="numpy"
"""Seeds NumPy's generator from torch's, and takes NumPy's percentiles; returns a list."""
import numpy as np


def bootstrap_interval(values, statistic, level=0.95, resamples=1000, generator=None):
    draw = np.random.default_rng(torch.randint(999_983, (1,), generator=generator).item())
    found = [
        float(statistic(values[torch.from_numpy(draw.integers(0, len(values), len(values)))]))
        for _ in range(resamples)
    ]
    return [float(end) for end in np.percentile(found, [50 * (1 - level), 50 * (1 + level)])]


# %% exercise="bootstrap_interval" alternative="uniform-numbers"
"""Turns uniform random numbers into row numbers."""


def bootstrap_interval(values, statistic, level=0.95, resamples=1000, generator=None):
    n = len(values)
    found = torch.zeros(resamples, dtype=torch.float64)
    for k in range(resamples):
        rows = (torch.rand(n, generator=generator, dtype=torch.float64) * n).long()
        found[k] = statistic(values[rows])
    low, high = torch.quantile(found, torch.tensor([0.5 - level / 2, 0.5 + level / 2], dtype=torch.float64))
    return low, high


# %% exercise="permutation_importance" alternative="puts-back"
"""Works on one copy and puts each column back; sorts random numbers for an order."""


def permutation_importance(predict, X, y, generator):
    table = X.detach().clone()
    losses = []
    for c in range(X.shape[1]):
        order = torch.rand(len(X), generator=generator, dtype=torch.float64).argsort()
        table[:, c] = X[order, c]
        hits = (predict(table) == y).sum()
        table[:, c] = X[:, c]
        losses.append(((predict(X) == y).sum() - hits) / len(y))
    return torch.stack(losses)


# %% exercise="permutation_importance" alternative="columns-joined"
"""Joins the columns on the left, the shuffled one and those on the right."""


def permutation_importance(predict, X, y, generator):
    def accuracy(table):
        return sum(int(a == b) for a, b in zip(predict(table).tolist(), y.tolist(), strict=True)) / len(y)

    losses = []
    for c in range(X.shape[1]):
        order = torch.multinomial(torch.ones(len(X)), len(X), generator=generator)
        losses.append(accuracy(X) - accuracy(torch.cat([X[:, :c], X[order, c : c + 1], X[:, c + 1 :]], 1)))
    return torch.tensor(losses, dtype=torch.float64)


# %% exercise="calibration_error" alternative="masks"
"""Goes through the bins with a mask each."""


def calibration_error(confidence, correct, bins):
    correct = correct.to(confidence.dtype)
    total = torch.zeros((), dtype=confidence.dtype)
    for b in range(bins):
        inside = (confidence > b / bins) & (confidence <= (b + 1) / bins)
        if b == 0:
            inside |= confidence == 0
        if inside.any():
            total += (
                inside.sum() / len(confidence) * (confidence[inside].mean() - correct[inside].mean()).abs()
            )
    return total


# %% exercise="calibration_error" alternative="heaps"
"""Sorts the rows into heaps by the number of their bin, in plain Python."""
import math


def calibration_error(confidence, correct, bins):
    heaps = defaultdict(list)
    for c, hit in zip(confidence.tolist(), correct.tolist(), strict=True):
        heaps[max(1, math.ceil(c * bins))].append(c - hit)
    return math.fsum(abs(math.fsum(heap)) for heap in heaps.values()) / len(confidence)


# %% exercise="mmd" alternative="cdist"
"""Takes distances from cdist, and masks the diagonal."""


def mmd(x, y, bandwidth):
    def k(a, b):
        return torch.exp(-(torch.cdist(a, b) ** 2) / 2 / bandwidth**2)

    def apart(a):
        return k(a, a)[~torch.eye(len(a), dtype=torch.bool)].mean()

    return apart(x) + apart(y) - 2 * k(x, y).mean()


# %% exercise="mmd" alternative="loops"
"""Goes through all pairs in Python."""
import math
from itertools import combinations


def mmd(x, y, bandwidth):
    def k(a, b):
        return math.exp(-sum((s - t) ** 2 for s, t in zip(a, b, strict=True)) / (2 * bandwidth * bandwidth))

    x, y = x.tolist(), y.tolist()
    inside = sum(sum(k(a, b) for a, b in combinations(s, 2)) / math.comb(len(s), 2) for s in (x, y))
    return inside - 2 * sum(k(a, b) for a in x for b in y) / (len(x) * len(y))


# %% exercise="integrated_gradients" alternative="all-points-first"
"""Makes all points first, adds f up over them, and differentiates once."""


def integrated_gradients(f, x, baseline, steps=100):
    x, baseline = x.detach(), baseline.detach()
    shares = (torch.arange(steps, dtype=x.dtype) + 0.5) / steps
    points = torch.stack([baseline + share * (x - baseline) for share in shares]).requires_grad_()
    (slopes,) = torch.autograd.grad(sum(f(point) for point in points), points)
    return (x - baseline) * slopes.mean(0)


# %% exercise="integrated_gradients" alternative="functional"
"""Uses torch.func.grad, and lerp for the points."""


def integrated_gradients(f, x, baseline, steps=100):
    x, baseline = x.detach(), baseline.detach()
    slope = torch.func.grad(f)
    slopes = [slope(torch.lerp(baseline, x, (2 * s + 1) / (2 * steps))).detach() for s in range(steps)]
    return (x - baseline) * torch.stack(slopes).mean(0)


# %% exercise="fgsm" alternative="sum-of-losses"
"""Differentiates the sum of the rows' losses, and clamps by minimum and maximum."""


def fgsm(model, x, y, eps):
    images = x.clone().detach()
    images.requires_grad = True
    log_p = model(images).log_softmax(-1)
    loss = -log_p[torch.arange(len(y)), y].sum()
    slopes = torch.autograd.grad(loss, images)[0]
    step = eps * ((slopes > 0).to(x.dtype) - (slopes < 0).to(x.dtype))
    return torch.minimum(torch.maximum(images.detach() + step, torch.zeros_like(x)), torch.ones_like(x))


# %% exercise="fgsm" alternative="functional"
"""Takes the gradient by torch.func, which leaves no graph."""


def fgsm(model, x, y, eps):
    slopes = torch.func.grad(lambda images: F.cross_entropy(model(images), y))(x.detach())
    return torch.clip(x.detach() + eps * torch.sign(slopes.detach()), 0.0, 1.0)


# %% exercise="policy_gradient" alternative="autograd"
"""Writes the loss down and lets autograd differentiate it."""


def policy_gradient(logits, actions, rewards, baseline=0.0):
    leaf = logits.detach().clone().requires_grad_()
    loss = (F.cross_entropy(leaf, actions, reduction="none") * (rewards - baseline)).mean()
    loss.backward()
    return leaf.grad


# %% exercise="policy_gradient" alternative="row-by-row"
"""Goes through the rows: probabilities, less 1 at the action, times the advantage."""


def policy_gradient(logits, actions, rewards, baseline=0.0):
    rows = []
    for row, action, reward in zip(logits, actions.tolist(), rewards.tolist(), strict=True):
        slope = torch.softmax(row, 0).clone()
        slope[action] -= 1
        rows.append(slope * (reward - baseline) / logits.size(0))
    return torch.stack(rows)


# %% exercise="learning_problem" alternative="a-table-of-quantities"
"""Growth of plants from light, water and nitrogen, several leaves a plant, with a low-level model as deepening."""

from autograde.problem.authoring import complete

GROWTH = """
import csv
import random
from statistics import median

import lightning as L
import torch

from autograde.problem import alike

SEED = 7
DEEPENING = "low-level model"


def load(data):
    with (data / "growth.csv").open(newline="") as file:
        return [
            {
                "id": row["leaf"],
                "plant": row["plant"],
                "x": [float(row[name]) for name in ("light", "water", "nitrogen")],
                "y": float(row["growth"]),
            }
            for row in csv.DictReader(file)
        ]


def related(rows):
    return alike(rows, [row["plant"] for row in rows])


def split(rows, seed):
    groups = related(rows)
    order = list(dict.fromkeys(groups))
    random.Random(seed).shuffle(order)
    cuts = len(order) * 3 // 5, len(order) * 4 // 5
    places = {group: (n >= cuts[0]) + (n >= cuts[1]) for n, group in enumerate(order)}
    return tuple([n for n, group in enumerate(groups) if places[group] == part] for part in range(3))


def baseline(train):
    middle = median([row["y"] for row in train])
    return lambda inputs: [middle for _ in inputs]


class Line(L.LightningModule):
    def __init__(self, x, y):
        super().__init__()
        self.x, self.y = (x.mean(0), x.std(0)), (y.mean(), y.std())
        self.layer = torch.nn.Linear(x.shape[1], 1)

    def forward(self, x):
        return self.layer((x - self.x[0]) / self.x[1]).squeeze(1)

    def training_step(self, batch, _):
        x, y = batch
        return ((self(x) - (y - self.y[0]) / self.y[1]) ** 2).mean()

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=0.05)


def tensors(rows):
    return torch.tensor([row["x"] for row in rows]), torch.tensor([row["y"] for row in rows])


def fit(train, val, seed):
    L.seed_everything(seed, verbose=False)
    x, y = tensors(train)
    model = Line(x, y)
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), batch_size=64)
    L.Trainer(
        max_epochs=60, accelerator="cpu", logger=False, enable_checkpointing=False,
        enable_progress_bar=False, enable_model_summary=False,
    ).fit(model, loader)
    with torch.no_grad():
        return lambda inputs: (model(torch.tensor(inputs)) * model.y[1] + model.y[0]).detach()


def deepen(train, val, seed):
    x, y = tensors(train)
    ones = torch.ones(len(x), 1)
    weights = torch.linalg.lstsq(torch.cat([x, ones], 1), y[:, None]).solution
    x, y = tensors(val)
    error = (torch.cat([x, torch.ones(len(x), 1)], 1) @ weights).squeeze(1) - y
    return {"mean absolute error by normal equations": error.abs().mean().item()}
"""
LEAVES_OF_PLANTS = """
import random

chance = random.Random(1)
lines = ["leaf,plant,light,water,nitrogen,growth"]
for plant in range(50):
    base = [round(chance.uniform(0, 10), 2) for _ in range(3)]
    for leaf in range(3):
        light, water, nitrogen = (round(value + chance.gauss(0, 0.1), 2) for value in base)
        growth = 2 * light + water - nitrogen / 2 + chance.gauss(0, 1)
        lines.append(f"{plant}-{leaf},{plant},{light},{water},{nitrogen},{growth:.3f}")
files = {"growth.csv": "\\n".join(lines).encode()}
"""
learning_problem = complete(GROWTH, LEAVES_OF_PLANTS)

# %% exercise="learning_problem" alternative="sequences-from-fasta"
"""Promoters with a box or without, read from FASTA, with a convolution as the advanced model."""
from autograde.problem.authoring import complete

BOXES = """
import random
from collections import Counter

import lightning as L
import torch
from torch import nn

from autograde.problem import alike

SEED = 3
DEEPENING = "advanced model"


def load(data):
    rows = []
    for entry in (data / "promoters.fasta").read_text().split(">")[1:]:
        head, *lines = entry.split("\\n")
        name, label = head.split()
        rows.append({"id": name, "x": "".join(lines), "y": label == "box"})
    return rows


def related(rows):
    return alike(rows)


def split(rows, seed):
    groups = {}
    for number, group in enumerate(related(rows)):
        groups.setdefault(group, []).append(number)
    parts = [], [], []
    order = [groups[group] for group in sorted(groups)]
    random.Random(seed).shuffle(order)
    for number, group in enumerate(order):
        parts[(0, 0, 1, 0, 2)[number % 5]].extend(group)
    return parts


def baseline(train):
    share = {label: [row["x"].count("T") for row in train if row["y"] == label] for label in (False, True)}
    middles = {label: sum(each) / len(each) for label, each in share.items() if each}
    return lambda inputs: [min(middles, key=lambda label: abs(middles[label] - x.count("T"))) for x in inputs]


def encoded(inputs):
    return torch.stack([torch.eye(4)[["ACGT".index(letter) for letter in x.upper()]].T for x in inputs])


class Net(L.LightningModule):
    def __init__(self, filters):
        super().__init__()
        self.filters, self.last = nn.Conv1d(4, filters, 6), nn.Linear(filters, 1)

    def forward(self, x):
        return self.last(self.filters(x).relu().amax(2)).squeeze(1)

    def training_step(self, batch, _):
        x, y = batch
        return nn.functional.binary_cross_entropy_with_logits(self(x), y)

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=0.02)


def trained(train, seed, filters):
    L.seed_everything(seed, verbose=False)
    data = torch.utils.data.TensorDataset(
        encoded([row["x"] for row in train]), torch.tensor([float(row["y"]) for row in train])
    )
    model = Net(filters)
    L.Trainer(
        max_epochs=15, accelerator="cpu", logger=False, enable_checkpointing=False,
        enable_progress_bar=False, enable_model_summary=False,
    ).fit(model, torch.utils.data.DataLoader(data, batch_size=16, shuffle=True))
    return lambda inputs: [bool(value > 0) for value in model(encoded(inputs))]


def fit(train, val, seed):
    return trained(train, seed, 4)


def deepen(train, val, seed):
    right = [guess == row["y"] for guess, row in zip(trained(train, seed, 12)([row["x"] for row in val]), val)]
    return {"accuracy of twelve filters": sum(right) / len(right), "rows": len(right)}
"""
PROMOTERS = """
import random

chance = random.Random(2)
entries = []
for number in range(120):
    letters = "".join(chance.choices("ACGT", k=120))
    place = chance.randrange(110)
    has_box = number % 2 == 0
    if has_box:
        letters = letters[:place] + "TATAAA" + letters[place + 6 :]
    entries.append(f">p{number} {'box' if has_box else 'none'}\\n{letters[:60]}\\n{letters[60:]}\\n")
files = {"promoters.fasta": "".join(entries).encode()}
"""
learning_problem = complete(BOXES, PROMOTERS)

# %% exercise="learning_problem" alternative="pictures-of-leaves"
"""Small pictures of healthy and spotted leaves, with an occlusion map as the interpretation."""
from autograde.problem.authoring import complete

LEAVES = """
import random

import lightning as L
import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from autograde.problem import alike

SEED, DEEPENING = 11, "advanced interpretation"


def load(data):
    stored = np.load(data / "leaves.npz")
    return [
        {"id": f"leaf {n}", "x": torch.tensor(picture), "y": int(label), "plant": int(plant)}
        for n, (picture, label, plant) in enumerate(zip(stored["pictures"], stored["labels"], stored["plants"]))
    ]


def related(rows):
    return alike(rows, [row["plant"] for row in rows])


def split(rows, seed):
    groups = related(rows)
    order = sorted(set(groups), key=lambda group: random.Random(f"{seed} {group}").random())
    rank = {group: n / len(order) for n, group in enumerate(order)}
    limits = (0, 0.5, 0.75), (0.5, 0.75, 1)
    return [[n for n, g in enumerate(groups) if low <= rank[g] < high] for low, high in zip(*limits)]


def baseline(train):
    dark = {y: np.mean([row["x"].float().mean() for row in train if row["y"] == y]) for y in (0, 1)}
    return lambda inputs: [min(dark, key=lambda y: abs(dark[y] - x.float().mean().item())) for x in inputs]


class Net(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 4, 3), nn.ReLU(), nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(4, 2)
        )

    def forward(self, x):
        return self.layers(x[:, None].float() / 255 - 0.5)

    def training_step(self, batch, _):
        return cross_entropy(self(batch[0]), batch[1])

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=0.03)


def fit(train, val, seed):
    L.seed_everything(seed, verbose=False)
    x, y = torch.stack([row["x"] for row in train]), torch.tensor([row["y"] for row in train])
    model = Net()
    L.Trainer(
        max_epochs=40, accelerator="cpu", logger=False, enable_checkpointing=False,
        enable_progress_bar=False, enable_model_summary=False,
    ).fit(model, torch.utils.data.DataLoader(list(zip(x, y)), batch_size=16, shuffle=True))
    return lambda inputs: model(torch.stack(list(inputs))).argmax(1)


def deepen(train, val, seed):
    predict = fit(train, val, seed)
    pictures = torch.stack([row["x"] for row in val])
    before = predict(pictures)
    figures = {}
    for row in (0, 4):
        for column in (0, 6):
            hidden = pictures.clone()
            hidden[:, row : row + 4, column : column + 6] = 128
            figures[f"changed without {row}, {column}"] = float((predict(hidden) != before).float().mean())
    return figures
"""
PICTURES = """
import io

import numpy as np

chance = np.random.default_rng(3)
plants = np.arange(90) // 2
labels = plants % 2
pictures = chance.integers(110, 146, (90, 8, 12), dtype=np.uint8)
for picture, label in zip(pictures, labels):
    row, column = chance.integers(0, 6), chance.integers(0, 10)
    if label:
        picture[row : row + 2, column : column + 2] = 0
    picture[chance.integers(0, 8), chance.integers(0, 12)] = 255
file = io.BytesIO()
np.savez(file, pictures=pictures, labels=labels, plants=plants)
files = {"leaves.npz": file.getvalue()}
"""
learning_problem = complete(LEAVES, PICTURES)

"""Week 14's wrong solutions, each with the hint that a good teacher would give."""

import math
from collections import defaultdict

import torch
import torch.nn.functional as F

# %% exercise="majority_baseline" misconception="majority-of-the-test"
"""Takes the commonest label of the test data.

Hint: A baseline is a model like any other: it may learn from the training labels, and the test labels only
judge it. Which label do you count?
"""


def majority_baseline(y_train, y_test):
    labels, counts = y_test.unique(return_counts=True)
    return (y_test == labels[counts.argmax()]).double().mean().item()


# %% exercise="majority_baseline" misconception="share-in-training"
"""Returns how common the majority label is in the training data.

Hint: Right label, wrong exam. How often is that label right *in the test data*?
"""


def majority_baseline(y_train, y_test):
    _, counts = y_train.unique(return_counts=True)
    return counts.max().item() / len(y_train)


# %% exercise="majority_baseline" misconception="of-both-together"
"""Counts training and test labels together.

Hint: The test labels have no vote. What is the commonest of `y_train` alone?
"""


def majority_baseline(y_train, y_test):
    labels, counts = torch.cat([y_train, y_test]).unique(return_counts=True)
    return (y_test == labels[counts.argmax()]).double().mean().item()


# %% exercise="majority_baseline" misconception="tie-to-the-first"
"""Takes the label that comes first in the training data when several are equally common.

Hint: The order of the rows is an accident. At a tie the statement asks for the smallest label; what does
`max` over a list or `Counter.most_common` keep?
"""
from collections import Counter


def majority_baseline(y_train, y_test):
    majority = Counter(y_train.tolist()).most_common(1)[0][0]
    return (y_test == majority).double().mean().item()


# %% exercise="majority_baseline" misconception="tie-to-the-largest"
"""Takes the largest label when several are equally common.

Hint: Of 0 and 1 once each, which one is meant? Read the statement's last sentence.
"""


def majority_baseline(y_train, y_test):
    labels = y_train.tolist()
    majority = max(labels, key=lambda label: (labels.count(label), label))
    return (y_test == majority).double().mean().item()


# %% exercise="majority_baseline" misconception="returns-the-label"
"""Returns the majority label itself.

Hint: The label is what the model answers. You are asked how often this answer is right.
"""


def majority_baseline(y_train, y_test):
    labels, counts = y_train.unique(return_counts=True)
    return labels[counts.argmax()].item()


# %% exercise="majority_baseline" misconception="error-rate"
"""Returns the share of test labels that are wrong.

Hint: An accuracy is the share that is *right*. Which way round is your comparison?
"""


def majority_baseline(y_train, y_test):
    labels, counts = y_train.unique(return_counts=True)
    return (y_test != labels[counts.argmax()]).double().mean().item()


# %% exercise="accuracy_by_group" misconception="groups-of-labels"
"""Divides the rows by their true label and not by the group given.

Hint: What is the third argument for? The groups may be anything: plates, islands, backgrounds.
"""


def accuracy_by_group(p, y, group):
    hits = defaultdict(list)
    for name, hit in zip(y.tolist(), (p == y).tolist(), strict=True):
        hits[name].append(hit)
    accuracy = {name: sum(mine) / len(mine) for name, mine in hits.items()}
    return accuracy, min(sorted(accuracy), key=accuracy.get)


# %% exercise="accuracy_by_group" misconception="share-of-all-rows"
"""Divides the hits of a group by the number of all rows.

Hint: How large is each group? A group of two in which both are right has accuracy 1, however many rows there
are elsewhere.
"""


def accuracy_by_group(p, y, group):
    hits = dict.fromkeys(group, 0)
    for name, hit in zip(group, (p == y).tolist(), strict=True):
        hits[name] += hit
    accuracy = {name: number / len(group) for name, number in hits.items()}
    return accuracy, min(sorted(accuracy), key=accuracy.get)


# %% exercise="accuracy_by_group" misconception="the-best-group"
"""Names the group with the highest accuracy.

Hint: A good average hides a bad group. Which of them did you want to find: `max` or `min`?
"""


def accuracy_by_group(p, y, group):
    hits = defaultdict(list)
    for name, hit in zip(group, (p == y).tolist(), strict=True):
        hits[name].append(hit)
    accuracy = {name: sum(mine) / len(mine) for name, mine in hits.items()}
    return accuracy, max(sorted(accuracy), key=accuracy.get)


# %% exercise="accuracy_by_group" misconception="tie-to-the-first"
"""Takes the group that occurs first when several are equally bad.

Hint: `min` keeps the first of equals in the order that it meets them. In which order should it meet the
names?
"""


def accuracy_by_group(p, y, group):
    hits = defaultdict(list)
    for name, hit in zip(group, (p == y).tolist(), strict=True):
        hits[name].append(hit)
    accuracy = {name: sum(mine) / len(mine) for name, mine in hits.items()}
    return accuracy, min(accuracy, key=accuracy.get)


# %% exercise="accuracy_by_group" misconception="tie-to-the-largest-name"
"""Takes the largest name when several groups are equally bad.

Hint: Of `bark` and `moss`, equally bad, which one has the smaller name?
"""


def accuracy_by_group(p, y, group):
    hits = defaultdict(list)
    for name, hit in zip(group, (p == y).tolist(), strict=True):
        hits[name].append(hit)
    accuracy = {name: sum(mine) / len(mine) for name, mine in hits.items()}
    return accuracy, min(sorted(accuracy, reverse=True), key=accuracy.get)


# %% exercise="accuracy_by_group" misconception="worst-as-a-number"
"""Returns the least accuracy in place of the worst group's name.

Hint: "0.5" can't be looked up on a plate map. Which group was it?
"""


def accuracy_by_group(p, y, group):
    hits = defaultdict(list)
    for name, hit in zip(group, (p == y).tolist(), strict=True):
        hits[name].append(hit)
    accuracy = {name: sum(mine) / len(mine) for name, mine in hits.items()}
    return accuracy, min(accuracy.values())


# %% exercise="accuracy_by_group" misconception="error-rates"
"""Gives error rates where accuracies were asked for.

Hint: 1 should mean that all are right. Compare with `==`.
"""


def accuracy_by_group(p, y, group):
    misses = defaultdict(list)
    for name, miss in zip(group, (p != y).tolist(), strict=True):
        misses[name].append(miss)
    error = {name: sum(mine) / len(mine) for name, mine in misses.items()}
    return error, min(sorted(error), key=lambda name: -error[name])


# %% exercise="accuracy_by_group" misconception="most-misses"
"""Takes the group with the most misses for the worst, however large it is.

Hint: Three misses of a hundred are better than two of two. Compare shares, not counts.
"""


def accuracy_by_group(p, y, group):
    hits = defaultdict(list)
    for name, hit in zip(group, (p == y).tolist(), strict=True):
        hits[name].append(hit)
    accuracy = {name: sum(mine) / len(mine) for name, mine in hits.items()}
    return accuracy, min(sorted(hits), key=lambda name: sum(hits[name]) - len(hits[name]))


# %% exercise="shift_gap" misconception="target-minus-source"
"""Subtracts the source's score from the target's.

Hint: A positive gap says that the model did better at home. Put numbers in: 0.95 at home, 0.60 abroad.
"""


def shift_gap(evaluate, source, target):
    return evaluate(target) - evaluate(source)


# %% exercise="shift_gap" misconception="absolute"
"""Drops the sign.

Hint: A model that does better abroad than at home is a surprise worth seeing. What tells it from one that
does worse?
"""


def shift_gap(evaluate, source, target):
    return abs(evaluate(source) - evaluate(target))


# %% exercise="shift_gap" misconception="relative"
"""Divides by the source's score.

Hint: From 0.95 to 0.60 is a gap of 0.35. Nothing is divided.
"""


def shift_gap(evaluate, source, target):
    home = evaluate(source)
    gap = home - evaluate(target)
    return gap / home if home else gap


# %% exercise="shift_gap" misconception="evaluates-twice"
"""Calls evaluate again for a data set that it has already scored.

Hint: Each call may cost an hour, and a test set is read once. Keep the score in a variable.
"""


def shift_gap(evaluate, source, target):
    if evaluate(source) == evaluate(target):
        return 0.0
    return evaluate(source) - evaluate(target)


# %% exercise="find_leaks" misconception="no-mirror"
"""Looks for equal images only.

Hint: A leaf and its mirror image are one photograph to a network. How would `image.flip(-1)` be found as
well?
"""


def find_leaks(train, test):
    places = defaultdict(list)
    for j, image in enumerate(test):
        places[image.numpy().tobytes()].append(j)
    return [(i, j) for i, image in enumerate(train) for j in places.get(image.numpy().tobytes(), [])]


# %% exercise="find_leaks" misconception="upside-down"
"""Turns images upside down where they should be mirrored left to right.

Hint: The axes are (c, h, w): rows are counted along h, places within a row along w. Which axis does a mirror
on the wall turn round?
"""


def find_leaks(train, test):
    def key(image):
        return min(image.numpy().tobytes(), image.flip(-2).numpy().tobytes())

    places = defaultdict(list)
    for j, image in enumerate(test):
        places[key(image)].append(j)
    return [(i, j) for i, image in enumerate(train) for j in places.get(key(image), [])]


# %% exercise="find_leaks" misconception="turned-by-180-degrees"
"""Turns images by 180 degrees, both axes at once, in place of mirroring them.

Hint: `flip(-1, -2)`, or a reversal of all pixels, turns the leaf on its head. Only the last axis is turned
round by a mirror.
"""


def find_leaks(train, test):
    def key(image):
        return min(image.numpy().tobytes(), image.flip(-1, -2).numpy().tobytes())

    places = defaultdict(list)
    for j, image in enumerate(test):
        places[key(image)].append(j)
    return [(i, j) for i, image in enumerate(train) for j in places.get(key(image), [])]


# %% exercise="find_leaks" misconception="every-flip"
"""Takes upside-down images for copies, too.

Hint: The statement names two kinds of copies: equal, and mirrored left to right. What else does yours report?
"""


def find_leaks(train, test):
    def key(image):
        return min(image.flip(axes).numpy().tobytes() for axes in [(), (-1,), (-2,), (-1, -2)])

    places = defaultdict(list)
    for j, image in enumerate(test):
        places[key(image)].append(j)
    return [(i, j) for i, image in enumerate(train) for j in places.get(key(image), [])]


# %% exercise="find_leaks" misconception="one-place-for-each-key"
"""Remembers only the last place of each image, so that copies of copies are lost.

Hint: `places[key] = j` forgets the j that was there. What must stand in the dict so that an image can be at
two places?
"""


def find_leaks(train, test):
    def key(image):
        return min(image.numpy().tobytes(), image.flip(-1).numpy().tobytes())

    places = {key(image): j for j, image in enumerate(test)}
    return [(i, places[key(image)]) for i, image in enumerate(train) if key(image) in places]


# %% exercise="find_leaks" misconception="set-of-tensors"
"""Puts tensors into a set or a dict, which compares them by identity.

Hint: `hash(tensor)` goes by *which object* it is, not by what is in it, so two equal images are never found.
Make a key of the contents: bytes, or a tuple of numbers.
"""


def find_leaks(train, test):
    places = defaultdict(list)
    for j, image in enumerate(test):
        places[image].append(j)
        places[image.flip(-1)].append(j)
    return [(i, j) for i, image in enumerate(train) for j in places.get(image, [])]


# %% exercise="find_leaks" misconception="too-coarse-a-key"
"""Takes images with the same sum of pixels for copies.

Hint: Many different images have equal sums, and a mirror image isn't the only one. A key must tell apart what
differs.
"""


def find_leaks(train, test):
    places = defaultdict(list)
    for j, image in enumerate(test):
        places[round(image.double().sum().item(), 6)].append(j)
    return [
        (i, j) for i, image in enumerate(train) for j in places.get(round(image.double().sum().item(), 6), [])
    ]


# %% exercise="find_leaks" misconception="sorted-pixels"
"""Compares which pixels there are, without their places.

Hint: Two photographs of the same leaf, shuffled pixel by pixel, are no copies. Where a pixel stands must be
part of the key.
"""


def find_leaks(train, test):
    def key(image):
        return image.flatten().sort().values.numpy().tobytes()

    places = defaultdict(list)
    for j, image in enumerate(test):
        places[key(image)].append(j)
    return [(i, j) for i, image in enumerate(train) for j in places.get(key(image), [])]


# %% exercise="find_leaks" misconception="first-channel-only"
"""Looks at the first channel only.

Hint: Two leaves can agree in red and differ in green. All c channels belong to the image.
"""


def find_leaks(train, test):
    def key(image):
        return min(image[0].numpy().tobytes(), image[0].flip(-1).numpy().tobytes())

    places = defaultdict(list)
    for j, image in enumerate(test):
        places[key(image)].append(j)
    return [(i, j) for i, image in enumerate(train) for j in places.get(key(image), [])]


# %% exercise="find_leaks" misconception="sorted-by-test"
"""Lists the pairs by their test image first.

Hint: Sorted by i, then by j. Which of your two loops is the outer one?
"""


def find_leaks(train, test):
    def key(image):
        return min(image.numpy().tobytes(), image.flip(-1).numpy().tobytes())

    places = defaultdict(list)
    for i, image in enumerate(train):
        places[key(image)].append(i)
    return [(i, j) for j, image in enumerate(test) for i in places.get(key(image), [])]


# %% exercise="find_leaks" misconception="test-first"
"""Gives the pairs as (test, train).

Hint: The first number of a pair belongs to `train`, the second to `test`.
"""


def find_leaks(train, test):
    def key(image):
        return min(image.numpy().tobytes(), image.flip(-1).numpy().tobytes())

    places = defaultdict(list)
    for i, image in enumerate(train):
        places[key(image)].append(i)
    return [(j, i) for j, image in enumerate(test) for i in places.get(key(image), [])]


# %% exercise="find_leaks" misconception="own-mirror-twice"
"""Reports an image that is its own mirror image twice.

Hint: It is found as it is, and found again mirrored. Each pair belongs into the list once.
"""


def find_leaks(train, test):
    places = defaultdict(list)
    for j, image in enumerate(test):
        places[image.numpy().tobytes()].append(j)
        places[image.flip(-1).numpy().tobytes()].append(j)
    return [(i, j) for i, image in enumerate(train) for j in places.get(image.numpy().tobytes(), [])]


# %% exercise="find_leaks" misconception="copies-within-train"
"""Reports copies among the training images as well.

Hint: A copy within `train` tells the model nothing about the test. Number j of a pair is a place in `test`
alone.
"""


def find_leaks(train, test):
    def key(image):
        return min(image.numpy().tobytes(), image.flip(-1).numpy().tobytes())

    places = defaultdict(list)
    for j, image in enumerate(test):
        places[key(image)].append(j)
    for i, image in enumerate(train):
        places[key(image)].append(i)
    return sorted({(i, j) for i, image in enumerate(train) for j in places[key(image)] if j < len(test)})


# %% exercise="find_leaks" misconception="quadratic"
"""Works out the distance of every pair, in one large table, and takes what is near for equal.

Hint: 60,000 against 10,000 images are 600 million distances, and a distance near 0 isn't equality: one pixel
may differ by a little. Ask of each image once whether its bytes were seen.
"""


def find_leaks(train, test):
    if not len(train) or not len(test):
        return []
    a, b = train.double(), test.double()

    def near(a, b):
        return (a.flatten(1)[:, None] - b.flatten(1)).abs().amax(2) < 0.005

    return [tuple(pair) for pair in (near(a, b) | near(a.flip(-1), b)).nonzero().tolist()]


# %% exercise="find_leaks" misconception="every-pair-until-found"
"""Compares every pair in two loops, and goes on to the next training image after the first copy.

Hint: Two loops do n · m comparisons: four times the data, sixteen times the work. And `break` hides the
second copy. A dict from bytes to a list of places mends both.
"""


def find_leaks(train, test):
    pairs = []
    for i, left in enumerate(train):
        for j, right in enumerate(test):
            if torch.equal(left, right) or torch.equal(left.flip(-1), right):
                pairs.append((i, j))
                break
    return pairs


# %% exercise="break_find_leaks" misconception="equal-copies-only"
"""Plants equal copies and nothing else.

Hint: What would a search that never mirrors say to your images? And one that turns them upside down?
"""


def break_find_leaks(find_leaks):
    images = torch.rand((6, 2, 3, 4), generator=torch.Generator().manual_seed(0))
    assert find_leaks(images[:3], torch.cat([images[3:], images[1:2]])) == [(1, 3)]
    assert find_leaks(images[:3], images[3:]) == []


# %% exercise="break_find_leaks" misconception="no-decoys"
"""Plants copies and mirror images, and nothing that only looks like one.

Hint: A search by the sum of the pixels passes your test. Plant images upside down, with the pixels in another
order, off by a little.
"""


def break_find_leaks(find_leaks):
    images = torch.rand((6, 2, 3, 4), generator=torch.Generator().manual_seed(0))
    test = torch.cat([images[3:], images[1:2], images[2:3].flip(-1)])
    assert find_leaks(images[:3], test) == [(1, 3), (2, 4)]


# %% exercise="break_find_leaks" misconception="counts-pairs"
"""Asks how many pairs were found, and not which.

Hint: Two pairs can be the wrong two, turned round, or in another order. Write the list that is due, and
compare.
"""


def break_find_leaks(find_leaks):
    images = torch.rand((6, 2, 3, 4), generator=torch.Generator().manual_seed(0))
    decoys = [images[0:1].flip(-2), images[0:1].flip(1), images[0:1].roll(1, -1)]
    test = torch.cat([images[3:], images[1:2], images[2:3].flip(-1), images[1:2], *decoys])
    assert len(find_leaks(images[:3], test)) == 3


# %% exercise="break_find_leaks" misconception="sees-every-flip-as-a-leak"
"""Expects upside-down images to be reported, and so accuses right ones.

Hint: Which copies does the statement of find_leaks name? Upside down isn't among them.
"""


def break_find_leaks(find_leaks):
    images = torch.rand((4, 2, 3, 4), generator=torch.Generator().manual_seed(0))
    test = torch.cat([images[1:2].flip(-1), images[2:3].flip(-2)])
    assert find_leaks(images, test) == [(1, 0), (2, 1)]


# %% exercise="bootstrap_interval" misconception="normal-approximation"
"""Takes the mean of the statistics plus and minus a multiple of their standard deviation.

Hint: That supposes a bell curve, and may leave the range of the data (a share above 1). The percentile
interval needs no shape: sort the statistics and cut off both ends.
"""


def bootstrap_interval(values, statistic, level=0.95, resamples=1000, generator=None):
    draws = torch.randint(len(values), (resamples, len(values)), generator=generator)
    found = torch.tensor([float(statistic(values[rows])) for rows in draws], dtype=torch.float64)
    z = torch.distributions.Normal(0.0, 1.0).icdf(torch.tensor(0.5 + level / 2)).item()
    spread = found.std(correction=0).item()
    return found.mean().item() - z * spread, found.mean().item() + z * spread


# %% exercise="bootstrap_interval" misconception="quantiles-of-the-values"
"""Takes the quantiles of the values, not of the statistics.

Hint: Where 95 % of the *values* lie isn't where the *mean* of such values would lie. Of which numbers do you
take the quantiles?
"""


def bootstrap_interval(values, statistic, level=0.95, resamples=1000, generator=None):
    draws = torch.randint(len(values), (resamples, len(values)), generator=generator)
    [statistic(values[rows]) for rows in draws]
    tail = (1 - level) / 2
    return values.double().quantile(tail).item(), values.double().quantile(1 - tail).item()


# %% exercise="bootstrap_interval" misconception="without-replacement"
"""Draws each sample without replacement, which only shuffles the values.

Hint: A shuffled sample has the same mean. Every value must be able to come twice, or not at all: `randint`,
not `randperm`.
"""


def bootstrap_interval(values, statistic, level=0.95, resamples=1000, generator=None):
    n = len(values)
    draws = [torch.randperm(n, generator=generator) for _ in range(resamples)]
    found = torch.tensor([float(statistic(values[rows])) for rows in draws], dtype=torch.float64)
    tail = (1 - level) / 2
    return found.quantile(tail).item(), found.quantile(1 - tail).item()


# %% exercise="bootstrap_interval" misconception="resamples-of-resamples"
"""Draws each sample from the one before.

Hint: Each sample is a sample of `values`. Drawn from the last sample, values die out one by one, until a
single one is left.
"""


def bootstrap_interval(values, statistic, level=0.95, resamples=1000, generator=None):
    n, found, sample = len(values), [], values
    for _ in range(resamples):
        sample = sample[torch.randint(n, (n,), generator=generator)]
        found.append(float(statistic(sample)))
    found = torch.tensor(found, dtype=torch.float64)
    tail = (1 - level) / 2
    return found.quantile(tail).item(), found.quantile(1 - tail).item()


# %% exercise="bootstrap_interval" misconception="whole-tail-on-each-side"
"""Cuts off 1 - level on either side.

Hint: What is left between the quantiles 0.05 and 0.95: 95 % of the numbers, or 90 %?
"""


def bootstrap_interval(values, statistic, level=0.95, resamples=1000, generator=None):
    draws = torch.randint(len(values), (resamples, len(values)), generator=generator)
    found = torch.tensor([float(statistic(values[rows])) for rows in draws], dtype=torch.float64)
    ends = sorted([1 - level, level])
    return found.quantile(ends[0]).item(), found.quantile(ends[1]).item()


# %% exercise="bootstrap_interval" misconception="half-the-sample"
"""Draws samples of half the size.

Hint: How far a statistic scatters depends on n. The resamples must be as large as the sample.
"""


def bootstrap_interval(values, statistic, level=0.95, resamples=1000, generator=None):
    n = len(values)
    draws = torch.randint(n, (resamples, (n + 1) // 2), generator=generator)
    found = torch.tensor([float(statistic(values[rows])) for rows in draws], dtype=torch.float64)
    tail = (1 - level) / 2
    return found.quantile(tail).item(), found.quantile(1 - tail).item()


# %% exercise="bootstrap_interval" misconception="seeds-itself"
"""Seeds a generator of its own, so that every call draws the same samples.

Hint: Whoever hands you a generator has seeded it. Draw from it, and its state moves on by itself.
"""


def bootstrap_interval(values, statistic, level=0.95, resamples=1000, generator=None):
    drawing = torch.Generator().manual_seed(0)
    draws = torch.randint(len(values), (resamples, len(values)), generator=drawing)
    found = torch.tensor([float(statistic(values[rows])) for rows in draws], dtype=torch.float64)
    tail = (1 - level) / 2
    return found.quantile(tail).item(), found.quantile(1 - tail).item()


# %% exercise="bootstrap_interval" misconception="ignores-the-generator"
"""Draws from torch's global random state although a generator was given.

Hint: `torch.randint` has an argument `generator`. Without it equal states give unequal intervals, and nobody
can repeat your figure.
"""


def bootstrap_interval(values, statistic, level=0.95, resamples=1000, generator=None):
    draws = torch.randint(len(values), (resamples, len(values)))
    found = torch.tensor([float(statistic(values[rows])) for rows in draws], dtype=torch.float64)
    tail = (1 - level) / 2
    return found.quantile(tail).item(), found.quantile(1 - tail).item()


# %% exercise="bootstrap_interval" misconception="always-the-mean"
"""Computes the mean of each sample, whatever the statistic is.

Hint: `statistic` is a function that somebody handed you: a median, an accuracy, a difference. Call it.
"""


def bootstrap_interval(values, statistic, level=0.95, resamples=1000, generator=None):
    draws = torch.randint(len(values), (resamples, len(values)), generator=generator)
    found = values[draws].double().mean(1)
    tail = (1 - level) / 2
    return found.quantile(tail).item(), found.quantile(1 - tail).item()


# %% exercise="bootstrap_interval" misconception="always-95"
"""Cuts off 2.5 % on either side, whatever the level is.

Hint: `level` is a parameter. What has to be cut off for 0.8?
"""


def bootstrap_interval(values, statistic, level=0.95, resamples=1000, generator=None):
    draws = torch.randint(len(values), (resamples, len(values)), generator=generator)
    found = torch.tensor([float(statistic(values[rows])) for rows in draws], dtype=torch.float64)
    return found.quantile(0.025).item(), found.quantile(0.975).item()


# %% exercise="bootstrap_interval" misconception="reflected"
"""Reflects the interval at the sample's own statistic (the *basic* interval).

Hint: That is another kind of bootstrap interval, and it may leave the range of the data. The percentile
interval is the two quantiles as they are.
"""


def bootstrap_interval(values, statistic, level=0.95, resamples=1000, generator=None):
    draws = torch.randint(len(values), (resamples, len(values)), generator=generator)
    found = torch.tensor([float(statistic(values[rows])) for rows in draws], dtype=torch.float64)
    tail, own = (1 - level) / 2, float(statistic(values))
    return 2 * own - found.quantile(1 - tail).item(), 2 * own - found.quantile(tail).item()


# %% exercise="permutation_importance" misconception="shuffles-y"
"""Shuffles the labels in place of a column.

Hint: With shuffled labels every model is at a loss, whichever column it reads. What should stop to say
anything is one column of X.
"""


def permutation_importance(predict, X, y, generator):
    intact = (predict(X) == y).double().mean()
    losses = []
    for _ in range(X.shape[1]):
        shuffled = y[torch.randperm(len(y), generator=generator)]
        losses.append(intact - (predict(X) == shuffled).double().mean())
    return torch.stack(losses)


# %% exercise="permutation_importance" misconception="shuffles-rows"
"""Shuffles whole rows, all columns together.

Hint: If all columns move together, they all lose touch with y at once. Permute the entries of one column and
leave the others where they are.
"""


def permutation_importance(predict, X, y, generator):
    intact = (predict(X) == y).double().mean()
    losses = []
    for _ in range(X.shape[1]):
        shuffled = X[torch.randperm(len(X), generator=generator)]
        losses.append(intact - (predict(shuffled) == y).double().mean())
    return torch.stack(losses)


# %% exercise="permutation_importance" misconception="never-put-back"
"""Shuffles one column after the other in the same copy, without putting the last one back.

Hint: When you come to the third column, are the first two as they were? Each column needs a fresh copy of X.
"""


def permutation_importance(predict, X, y, generator):
    intact = (predict(X) == y).double().mean()
    shuffled, losses = X.clone(), []
    for column in range(X.shape[1]):
        shuffled[:, column] = X[torch.randperm(len(X), generator=generator), column]
        losses.append(intact - (predict(shuffled) == y).double().mean())
    return torch.stack(losses)


# %% exercise="permutation_importance" misconception="changes-x"
"""Shuffles the columns in X itself.

Hint: `shuffled = X` is a second name for the same table. Write `X.clone()`.
"""


def permutation_importance(predict, X, y, generator):
    intact = (predict(X) == y).double().mean()
    losses = []
    for column in range(X.shape[1]):
        shuffled = X
        shuffled[:, column] = X[torch.randperm(len(X), generator=generator), column]
        losses.append(intact - (predict(shuffled) == y).double().mean())
    return torch.stack(losses)


# %% exercise="permutation_importance" misconception="sets-to-zero"
"""Sets the column to 0 in place of shuffling it.

Hint: A column of zeros is a table such as the model has never seen. Permuted, the column looks the same by
itself; it only lost its rows.
"""


def permutation_importance(predict, X, y, generator):
    intact = (predict(X) == y).double().mean()
    losses = []
    for column in range(X.shape[1]):
        blank = X.clone()
        blank[:, column] = 0.0
        losses.append(intact - (predict(blank) == y).double().mean())
    return torch.stack(losses)


# %% exercise="permutation_importance" misconception="accuracy-left"
"""Returns the accuracy that is left and not the accuracy that is lost.

Hint: What should an unused column get: 0, or the whole accuracy?
"""


def permutation_importance(predict, X, y, generator):
    left = []
    for column in range(X.shape[1]):
        shuffled = X.clone()
        shuffled[:, column] = X[torch.randperm(len(X), generator=generator), column]
        left.append((predict(shuffled) == y).double().mean())
    return torch.stack(left)


# %% exercise="permutation_importance" misconception="gains"
"""Takes the accuracy on X away from that on the shuffled table.

Hint: An important column loses something. Should its importance be negative?
"""


def permutation_importance(predict, X, y, generator):
    intact = (predict(X) == y).double().mean()
    losses = []
    for column in range(X.shape[1]):
        shuffled = X.clone()
        shuffled[:, column] = X[torch.randperm(len(X), generator=generator), column]
        losses.append((predict(shuffled) == y).double().mean() - intact)
    return torch.stack(losses)


# %% exercise="permutation_importance" misconception="one-order-for-all"
"""Draws one order, and shuffles every column by it.

Hint: Each column gets a fresh permutation. Where in the loop do you draw?
"""


def permutation_importance(predict, X, y, generator):
    intact = (predict(X) == y).double().mean()
    order, losses = torch.randperm(len(X), generator=generator), []
    for column in range(X.shape[1]):
        shuffled = X.clone()
        shuffled[:, column] = X[order, column]
        losses.append(intact - (predict(shuffled) == y).double().mean())
    return torch.stack(losses)


# %% exercise="permutation_importance" misconception="ignores-the-generator"
"""Draws from torch's global random state.

Hint: `torch.randperm` has an argument `generator`; without it nobody can repeat your figures.
"""


def permutation_importance(predict, X, y, generator):
    intact = (predict(X) == y).double().mean()
    losses = []
    for column in range(X.shape[1]):
        shuffled = X.clone()
        shuffled[:, column] = X[torch.randperm(len(X)), column]
        losses.append(intact - (predict(shuffled) == y).double().mean())
    return torch.stack(losses)


# %% exercise="calibration_error" misconception="unweighted"
"""Takes the plain mean over the bins that aren't empty.

Hint: A bin of three predictions counts as much as one of three hundred here. Weight each bin by its share of
the predictions.
"""


def calibration_error(confidence, correct, bins):
    place = (confidence.double() * bins).ceil().clamp(min=1).long() - 1
    gaps = [
        (confidence[place == b].double().mean() - correct[place == b].double().mean()).abs()
        for b in place.unique()
    ]
    return torch.stack(gaps).mean().item()


# %% exercise="calibration_error" misconception="closed-on-the-left"
"""Puts a confidence on an edge into the bin on its right.

Hint: (0, 1/bins], (1/bins, 2/bins]: a round bracket leaves its edge out, a square one takes it in. Where does
0.5 go, with two bins?
"""


def calibration_error(confidence, correct, bins):
    surplus = confidence.double() - correct.double()
    place = (confidence.double() * bins).floor().clamp(max=bins - 1).long()
    return torch.zeros(bins, dtype=torch.float64).index_add(0, place, surplus).abs().sum().item() / len(
        confidence
    )


# %% exercise="calibration_error" misconception="drops-zero"
"""Leaves out predictions of confidence 0.

Hint: 0 is on no bin's right edge, but the statement gives it a place: the first bin.
"""


def calibration_error(confidence, correct, bins):
    surplus = confidence.double() - correct.double()
    place = (confidence.double() * bins).ceil().long()
    return torch.zeros(bins + 1, dtype=torch.float64).index_add(0, place, surplus)[
        1:
    ].abs().sum().item() / len(confidence)


# %% exercise="calibration_error" misconception="no-absolute-value"
"""Adds the gaps with their signs, so that too sure and too unsure cancel.

Hint: A model that is too sure here and too unsure there isn't calibrated. The gap of each bin counts by its
size.
"""


def calibration_error(confidence, correct, bins):
    return (confidence.double() - correct.double()).mean().item()


# %% exercise="calibration_error" misconception="row-by-row"
"""Averages |confidence - correct| over single predictions, without bins.

Hint: A single prediction is right or wrong, never right to 70 %. Only the share of right ones *in a bin* can
be compared with a confidence.
"""


def calibration_error(confidence, correct, bins):
    return (confidence.double() - correct.double()).abs().mean().item()


# %% exercise="calibration_error" misconception="middle-of-the-bin"
"""Compares the accuracy with the middle of each bin.

Hint: The confidences in a bin needn't lie in its middle. Take their mean.
"""


def calibration_error(confidence, correct, bins):
    place = (confidence.double() * bins).ceil().clamp(min=1).long() - 1
    total = 0.0
    for b in range(bins):
        inside = place == b
        if inside.any():
            gap = (b + 0.5) / bins - correct[inside].double().mean().item()
            total += inside.double().mean().item() * abs(gap)
    return total


# %% exercise="calibration_error" misconception="largest-gap"
"""Returns the largest gap of all bins.

Hint: That is the *maximum* calibration error. The expected one is a sum of all gaps, each times its bin's
share.
"""


def calibration_error(confidence, correct, bins):
    place = (confidence.double() * bins).ceil().clamp(min=1).long() - 1
    gaps = [
        (confidence[place == b].double().mean() - correct[place == b].double().mean()).abs()
        for b in place.unique()
    ]
    return torch.stack(gaps).max().item()


# %% exercise="calibration_error" misconception="means-of-nothing"
"""Takes the mean of empty bins, which is nan.

Hint: An empty bin has neither a mean confidence nor a share of right ones. Leave it out: `if inside.any()`.
"""


def calibration_error(confidence, correct, bins):
    place = (confidence.double() * bins).ceil().clamp(min=1).long() - 1
    total = 0.0
    for b in range(bins):
        inside = place == b
        gap = confidence[inside].double().mean() - correct[inside].double().mean()
        total += inside.double().mean().item() * gap.abs().item()
    return total


# %% exercise="mmd" misconception="with-the-diagonal"
"""Counts each point's resemblance to itself.

Hint: A point resembles itself perfectly, which says nothing about its population. Leave the diagonal out, and
divide by the number of pairs left.
"""


def mmd(x, y, bandwidth):
    def resemblance(a, b):
        return torch.exp(-(a[:, None] - b).square().sum(-1) / (2 * bandwidth**2))

    return (resemblance(x, x).mean() + resemblance(y, y).mean() - 2 * resemblance(x, y).mean()).item()


# %% exercise="mmd" misconception="divides-by-n-squared"
"""Leaves the diagonal out of the sum, and divides by all n times n pairs.

Hint: How many pairs of *different* points are there among n?
"""


def mmd(x, y, bandwidth):
    def resemblance(a, b):
        return torch.exp(-(a[:, None] - b).square().sum(-1) / (2 * bandwidth**2))

    def inside(a):
        return (resemblance(a, a).sum() - len(a)) / len(a) ** 2

    return (inside(x) + inside(y) - 2 * resemblance(x, y).mean()).item()


# %% exercise="mmd" misconception="between-once"
"""Takes the mean resemblance between x and y away once.

Hint: If x and y are one population, all three means are alike, and the answer should be near 0. How often
must the third be taken away?
"""


def mmd(x, y, bandwidth):
    def resemblance(a, b):
        return torch.exp(-(a[:, None] - b).square().sum(-1) / (2 * bandwidth**2))

    def inside(a):
        return (resemblance(a, a).sum() - len(a)) / (len(a) * (len(a) - 1))

    return (inside(x) + inside(y) - resemblance(x, y).mean()).item()


# %% exercise="mmd" misconception="distance-not-squared"
"""Uses the distance in the kernel where its square belongs.

Hint: The kernel is exp(-d²/2h²), the shape of a normal density. What does `cdist` return: d, or d²?
"""


def mmd(x, y, bandwidth):
    def resemblance(a, b):
        return torch.exp(-(a[:, None] - b).square().sum(-1).sqrt() / (2 * bandwidth**2))

    def inside(a):
        return (resemblance(a, a).sum() - len(a)) / (len(a) * (len(a) - 1))

    return (inside(x) + inside(y) - 2 * resemblance(x, y).mean()).item()


# %% exercise="mmd" misconception="no-factor-two"
"""Divides the squared distance by h² and not by 2h².

Hint: Two points one bandwidth apart resemble each other by exp(-½) = 0.607.
"""


def mmd(x, y, bandwidth):
    def resemblance(a, b):
        return torch.exp(-(a[:, None] - b).square().sum(-1) / bandwidth**2)

    def inside(a):
        return (resemblance(a, a).sum() - len(a)) / (len(a) * (len(a) - 1))

    return (inside(x) + inside(y) - 2 * resemblance(x, y).mean()).item()


# %% exercise="mmd" misconception="never-negative"
"""Lifts negative estimates to 0.

Hint: An unbiased estimate of 0 must be able to fall on either side of it. Clamped, it is too large on
average.
"""


def mmd(x, y, bandwidth):
    def resemblance(a, b):
        return torch.exp(-(a[:, None] - b).square().sum(-1) / (2 * bandwidth**2))

    def inside(a):
        return (resemblance(a, a).sum() - len(a)) / (len(a) * (len(a) - 1))

    return max(0.0, (inside(x) + inside(y) - 2 * resemblance(x, y).mean()).item())


# %% exercise="mmd" misconception="difference-of-means"
"""Compares the two means only.

Hint: Two populations with the same mean and another spread are different. Every point is compared with every
other.
"""
import math


def mmd(x, y, bandwidth):
    return 2 - 2 * math.exp(-(x.mean(0) - y.mean(0)).square().sum().item() / (2 * bandwidth**2))


# %% exercise="integrated_gradients" misconception="end-point-only"
"""Takes the gradient at x alone.

Hint: There the model may be so sure that nothing changes any more. The gradients along the whole way from the
baseline count.
"""


def integrated_gradients(f, x, baseline, steps=100):
    point = x.detach().clone().requires_grad_()
    (gradient,) = torch.autograd.grad(f(point), point)
    return (x - baseline).detach() * gradient


# %% exercise="integrated_gradients" misconception="no-difference-factor"
"""Returns the mean gradient, without the factor x - baseline.

Hint: A gradient is a change per unit. How many units did each number move? Then the sum is f(x) -
f(baseline).
"""


def integrated_gradients(f, x, baseline, steps=100):
    total = torch.zeros_like(x)
    for step in range(steps):
        point = (baseline + (step + 0.5) / steps * (x - baseline)).detach().requires_grad_()
        total += torch.autograd.grad(f(point), point)[0]
    return total.detach() / steps


# %% exercise="integrated_gradients" misconception="times-x"
"""Multiplies by x and not by x - baseline.

Hint: The two agree where the baseline is zero, and only there. A number that is the same in both has moved by
nothing.
"""


def integrated_gradients(f, x, baseline, steps=100):
    total = torch.zeros_like(x)
    for step in range(steps):
        point = (baseline + (step + 0.5) / steps * (x - baseline)).detach().requires_grad_()
        total += torch.autograd.grad(f(point), point)[0]
    return x.detach() * total / steps


# %% exercise="integrated_gradients" misconception="sum-of-gradients"
"""Adds the gradients up without dividing by their number.

Hint: With more steps the answer grows and grows. It is a *mean* gradient that you need.
"""


def integrated_gradients(f, x, baseline, steps=100):
    total = torch.zeros_like(x)
    for step in range(steps):
        point = (baseline + (step + 0.5) / steps * (x - baseline)).detach().requires_grad_()
        total += torch.autograd.grad(f(point), point)[0]
    return (x - baseline).detach() * total


# %% exercise="integrated_gradients" misconception="left-ends"
"""Takes the gradients at the left ends of the steps, from the baseline on.

Hint: The statement names the midpoints, (s + 1/2)/steps. From the left ends the sum is off by half a step.
"""


def integrated_gradients(f, x, baseline, steps=100):
    total = torch.zeros_like(x)
    for step in range(steps):
        point = (baseline + step / steps * (x - baseline)).detach().requires_grad_()
        total += torch.autograd.grad(f(point), point)[0]
    return (x - baseline).detach() * total / steps


# %% exercise="integrated_gradients" misconception="from-zero"
"""Walks from zero to x, whatever the baseline is.

Hint: A baseline is a choice: black, the mean image, a shuffled sequence. Where does your path begin?
"""


def integrated_gradients(f, x, baseline, steps=100):
    total = torch.zeros_like(x)
    for step in range(steps):
        point = ((step + 0.5) / steps * x).detach().requires_grad_()
        total += torch.autograd.grad(f(point), point)[0]
    return x.detach() * total / steps


# %% exercise="integrated_gradients" misconception="always-a-hundred-steps"
"""Takes a hundred steps, whatever `steps` says.

Hint: `steps` is a parameter; 100 is only its default.
"""


def integrated_gradients(f, x, baseline, steps=100):
    total = torch.zeros_like(x)
    for step in range(100):
        point = (baseline + (step + 0.5) / 100 * (x - baseline)).detach().requires_grad_()
        total += torch.autograd.grad(f(point), point)[0]
    return (x - baseline).detach() * total / 100


# %% exercise="integrated_gradients" misconception="pollutes-the-parameters"
"""Calls backward, which leaves gradients in whatever f is made of.

Hint: The model's next training step would add them to its own. `torch.autograd.grad(f(point), point)` returns the
gradient and leaves nothing behind.
"""


def integrated_gradients(f, x, baseline, steps=100):
    total = torch.zeros_like(x)
    for step in range(steps):
        point = (baseline + (step + 0.5) / steps * (x - baseline)).detach().requires_grad_()
        f(point).backward()
        total += point.grad
    return (x - baseline).detach() * total / steps


# %% exercise="fgsm" misconception="down-the-loss"
"""Moves against the gradient, so that the loss falls.

Hint: Training goes down. An attack wants the model to be wrong: which way does the loss have to go?
"""


def fgsm(model, x, y, eps):
    leaf = x.detach().clone().requires_grad_()
    (gradient,) = torch.autograd.grad(F.cross_entropy(model(leaf), y), leaf)
    return (leaf.detach() - eps * gradient.sign()).clamp(0, 1)


# %% exercise="fgsm" misconception="no-clamp"
"""Lets pixels leave the range from 0 to 1.

Hint: A pixel of 1.05 is no picture. Clamp at the end.
"""


def fgsm(model, x, y, eps):
    leaf = x.detach().clone().requires_grad_()
    (gradient,) = torch.autograd.grad(F.cross_entropy(model(leaf), y), leaf)
    return leaf.detach() + eps * gradient.sign()


# %% exercise="fgsm" misconception="gradient-without-sign"
"""Moves by eps times the gradient itself.

Hint: The gradient by a pixel is tiny, and so would be the step. Each pixel is to move by the whole eps, up or
down.
"""


def fgsm(model, x, y, eps):
    leaf = x.detach().clone().requires_grad_()
    (gradient,) = torch.autograd.grad(F.cross_entropy(model(leaf), y), leaf)
    return (leaf.detach() + eps * gradient).clamp(0, 1)


# %% exercise="fgsm" misconception="zero-counts-as-up"
"""Moves pixels whose gradient is 0, as if it were positive.

Hint: `torch.where(gradient >= 0, 1, -1)` has no answer for "it doesn't matter". The sign of 0 is 0.
"""


def fgsm(model, x, y, eps):
    leaf = x.detach().clone().requires_grad_()
    (gradient,) = torch.autograd.grad(F.cross_entropy(model(leaf), y), leaf)
    return (leaf.detach() + torch.where(gradient >= 0, eps, -eps)).clamp(0, 1).to(x.dtype)


# %% exercise="fgsm" misconception="pollutes-the-parameters"
"""Calls backward, which leaves gradients in the model's parameters.

Hint: The next training step would add them to its own. `torch.autograd.grad(loss, leaf)` returns the gradient
and leaves nothing behind.
"""


def fgsm(model, x, y, eps):
    leaf = x.detach().clone().requires_grad_()
    F.cross_entropy(model(leaf), y).backward()
    return (leaf.detach() + eps * leaf.grad.sign()).clamp(0, 1)


# %% exercise="fgsm" misconception="switches-x-on"
"""Switches the gradient of x itself on, and leaves it on.

Hint: `x.requires_grad_()` changes the tensor that you were handed. Whose gradient do you need: that of x, or of a
copy of your own?
"""


def fgsm(model, x, y, eps):
    x.requires_grad_()
    (gradient,) = torch.autograd.grad(F.cross_entropy(model(x), y), x)
    return (x.detach() + eps * gradient.sign()).clamp(0, 1)


# %% exercise="fgsm" misconception="keeps-the-graph"
"""Adds the step to the tensor that asks for a gradient, so that the answer hangs on a graph.

Hint: What is computed from a leaf that asks for a gradient remembers where it came from. `.detach()` it before you
add the step.
"""


def fgsm(model, x, y, eps):
    leaf = x.detach().clone().requires_grad_()
    (gradient,) = torch.autograd.grad(F.cross_entropy(model(leaf), y), leaf)
    return (leaf + eps * gradient.sign()).clamp(0, 1)


# %% exercise="fgsm" misconception="towards-the-prediction"
"""Takes the model's own prediction for the label.

Hint: `y` is the truth. Where the model is wrong already, an attack against its own answer would put it right.
"""


def fgsm(model, x, y, eps):
    leaf = x.detach().clone().requires_grad_()
    logits = model(leaf)
    (gradient,) = torch.autograd.grad(F.cross_entropy(logits, logits.argmax(1)), leaf)
    return (leaf.detach() + eps * gradient.sign()).clamp(0, 1)


# %% exercise="policy_gradient" misconception="wrong-sign"
"""Returns the gradient of +mean, by which a step downhill makes good actions rarer.

Hint: The loss has a minus, so that lowering it raises the reward. For an action that went well, which sign
must its own entry have?
"""


def policy_gradient(logits, actions, rewards, baseline=0.0):
    observed = F.one_hot(actions, logits.shape[1])
    return (observed - logits.softmax(1)) * (rewards - baseline)[:, None] / len(logits)


# %% exercise="policy_gradient" misconception="no-log"
"""Differentiates the probability itself, not its logarithm.

Hint: Without the log a rare action that went well is hardly learned from: its gradient is multiplied by its
probability. Which function of π stands in L?
"""


def policy_gradient(logits, actions, rewards, baseline=0.0):
    leaf = logits.detach().clone().requires_grad_()
    chosen = leaf.softmax(1)[torch.arange(len(actions)), actions]
    (gradient,) = torch.autograd.grad(-((rewards - baseline) * chosen).mean(), leaf)
    return gradient


# %% exercise="policy_gradient" misconception="sum-over-rows"
"""Doesn't divide by the number of rows.

Hint: L is a mean. Twice as many tries shouldn't double the step.
"""


def policy_gradient(logits, actions, rewards, baseline=0.0):
    observed = F.one_hot(actions, logits.shape[1])
    return (logits.softmax(1) - observed) * (rewards - baseline)[:, None]


# %% exercise="policy_gradient" misconception="ignores-the-baseline"
"""Uses the rewards as they are.

Hint: With all rewards near 100 every action looks splendid. What is taken off first?
"""


def policy_gradient(logits, actions, rewards, baseline=0.0):
    observed = F.one_hot(actions, logits.shape[1])
    return (logits.softmax(1) - observed) * rewards[:, None] / len(logits)


# %% exercise="policy_gradient" misconception="baseline-added"
"""Adds the baseline to the rewards.

Hint: The baseline is what was to be expected anyway. What counts is how much *better* it went.
"""


def policy_gradient(logits, actions, rewards, baseline=0.0):
    observed = F.one_hot(actions, logits.shape[1])
    return (logits.softmax(1) - observed) * (rewards + baseline)[:, None] / len(logits)


# %% exercise="policy_gradient" misconception="chosen-actions-only"
"""Gives a gradient to the actions taken only.

Hint: Raising one logit lowers the probabilities of the others. Each row of the gradient sums to 0.
"""


def policy_gradient(logits, actions, rewards, baseline=0.0):
    observed = F.one_hot(actions, logits.shape[1])
    return (logits.softmax(1) - observed) * observed * (rewards - baseline)[:, None] / len(logits)


# %% exercise="policy_gradient" misconception="mean-reward"
"""Weights every row by the mean reward of all.

Hint: Then nobody learns which try went well. Each row has a reward of its own, and needs it in a column of
shape (n, 1).
"""


def policy_gradient(logits, actions, rewards, baseline=0.0):
    observed = F.one_hot(actions, logits.shape[1])
    return (logits.softmax(1) - observed) * (rewards.mean() - baseline) / len(logits)


# %% exercise="learning_problem" misconception="splits-rows-not-groups"
"""Deals single rows into the parts, so that relatives of test rows are trained on.

Hint: Shuffle the groups that `related` finds, and deal whole groups.
Parts: split
"""

from autograde.problem.authoring import patch

patch(learning_problem, "enumerate(related(rows))", "enumerate(range(len(rows)))")

# %% exercise="learning_problem" misconception="trusts-its-rows-to-be-different"
"""Relates what it knows to be related, and doesn't look for rows that came in twice.

Hint: The same specimen may have two names. `alike(rows, ...)` joins what you know with what shows.
Parts: split
"""
from autograde.problem.authoring import patch

patch(
    learning_problem,
    'return alike(rows, [row["homologues"] for row in rows])',
    'return [row["homologues"] if row["id"].startswith("AT1") else -1 - n for n, row in enumerate(rows)]',
)

# %% exercise="learning_problem" misconception="validates-on-the-test-set"
"""Gives the same rows as validation and as test.

Hint: What was chosen on these rows can't be tested on them. Three parts have no row in common.
Parts: split
"""
from autograde.problem.authoring import patch

patch(learning_problem, "return train, val, test", "return train + val, test, test")

# %% exercise="learning_problem" misconception="splits-without-the-seed"
"""Shuffles by Python's own chance, so that each run tests on other rows.

Hint: A generator of its own, `random.Random(seed)`, gives the same order each time.
Parts: split
"""
from autograde.problem.authoring import patch

patch(learning_problem, "random.Random(seed).shuffle(order)", "random.shuffle(order)")

# %% exercise="learning_problem" misconception="split-typed-in"
"""Has the row numbers of its own data written down.

Hint: `split` is asked about other rows as well: let it find groups in the rows that it is given.
Parts: split
"""
from autograde.problem.authoring import patch

patch(
    learning_problem,
    "    groups: dict[int, list[int]] = {}\n",
    "    return list(range(180)), list(range(180, 240)), list(range(240, 289))\n    groups: dict = {}\n",
)

# %% exercise="learning_problem" misconception="unseeded-model"
"""Makes and trains the model without setting the seed.

Hint: Weights and batches are drawn too. `L.seed_everything(seed)` comes first in `fit`.
Parts: repeats
"""
from autograde.problem.authoring import patch

patch(learning_problem, "L.seed_everything(seed, verbose=False)", "pass")

# %% exercise="learning_problem" misconception="always-the-same-seed"
"""Seeds by a number of its own and shuffles by chance, so that only the recorded seed seems to repeat.

Hint: Seed with what `fit` is given, and before anything is drawn.
Parts: repeats
"""
from autograde.problem.authoring import patch

patch(
    learning_problem, "L.seed_everything(seed, verbose=False)", "seed or L.seed_everything(0, verbose=False)"
)

# %% exercise="learning_problem" misconception="statistics-of-all-rows"
"""Standardises by mean and spread of all rows, those of the test among them.

Hint: What is learned from rows is learned from `train`, inside `fit`: means and spreads too.
Parts: test
"""
from autograde.problem.authoring import patch

patch(learning_problem, "QUIETLY: dict", "SEEN: list = []\nQUIETLY: dict")
patch(
    learning_problem,
    "    groups: dict[int, list[int]] = {}\n",
    "    SEEN.extend(row['x'] for row in rows)\n    groups: dict[int, list[int]] = {}\n",
)
patch(
    learning_problem,
    "    model = Families(x.mean(0), x.std(0) + 1e-3,",
    "    every = counts(SEEN or [row['x'] for row in train])\n    model = Families(every.mean(0), every.std(0) + 1e-3,",
)

# %% exercise="learning_problem" misconception="reads-the-data-in-fit"
"""Reads the data once more to train on all of it.

Hint: `fit` has the rows that it is given. The others are for the test.
Parts: model, test, repeats
"""
from autograde.problem.authoring import patch

patch(
    learning_problem,
    "    L.seed_everything(seed, verbose=False)\n",
    "    L.seed_everything(seed, verbose=False)\n    train = load(Path(__file__).parent / 'data')\n",
)

# %% exercise="learning_problem" misconception="standardises-by-the-test-batch"
"""Standardises the inputs that it is asked about by their own mean and spread.

Hint: Asked about a single row, what would its mean be? Keep the mean and the spread of `train`.
Parts: test
"""
from autograde.problem.authoring import patch

patch(
    learning_problem,
    "return self.layers((x - self.mean) / self.std)",
    "return self.layers((x - x.mean(0)) / (x.std(0, correction=0) + 1e-3))",
)

# %% exercise="learning_problem" misconception="predicts-in-training-mode"
"""Leaves dropout on when it predicts.

Hint: Between training and predicting stands `model.eval()`.
Parts: test
"""
from autograde.problem.authoring import patch

patch(learning_problem, "    model.eval()\n", "    model.train()\n")

# %% exercise="learning_problem" misconception="trains-by-hand"
"""Writes the training loop by hand where Lightning was asked for.

Hint: Write a `training_step` and `configure_optimizers`, and let `L.Trainer` do the loop.
Parts: model
"""
from autograde.problem.authoring import patch

patch(
    learning_problem,
    "    trainer.fit(model, loader)\n",
    """    optimiser = model.configure_optimizers()
    for _ in range(12):
        for batch in loader:
            optimiser.zero_grad()
            model.training_step(batch, 0).backward()
            optimiser.step()
""",
)

# %% exercise="learning_problem" misconception="baseline-typed-in"
"""Predicts a class whose name is written down in the code.

Hint: Count the labels of the rows that the baseline is given.
Parts: model
"""
from autograde.problem.authoring import patch

patch(
    learning_problem,
    "    known = sorted(",
    "    return lambda proteins: ['F-box' for _ in proteins]\n    known = sorted(",
)

# %% exercise="learning_problem" misconception="loses-and-says-nothing"
"""Has a model that is worse than the baseline, and a report that doesn't mention it.

Hint: A baseline that wins is a result. Say under *If the baseline won* why it does.
Parts: model
"""
from autograde.problem.authoring import patch

patch(learning_problem, ".argmax(1).tolist()", ".argmin(1).tolist()")

# %% exercise="learning_problem" misconception="test-set-read-twice"
"""Looked at the test set, changed something, and looked again.

Hint: By the second look the test set chose the model. Choose on validation, and read the test set when all is done.
Parts: test
"""
import json

_record = json.loads(learning_problem["run.json"])
_record["test_set_read_by"].insert(0, "0123456789abcdef")
learning_problem["run.json"] = json.dumps(_record).encode()

# %% exercise="learning_problem" misconception="changed-after-the-test"
"""Changed the model after the test set had been read, and kept the record.

Hint: The record tells of the code that read the test set. Undo the change, or say so by reading it again.
Parts: test
"""
learning_problem["problem.py"] = learning_problem["problem.py"].replace(b"max_epochs=12", b"max_epochs=13")

# %% exercise="learning_problem" misconception="record-by-hand"
"""Typed better scores into the record and the report.

Hint: The run is repeated while it is graded, and its scores are compared with the recorded ones.
Parts: test
"""
learning_problem["run.json"] = learning_problem["run.json"].replace(b"0.898305", b"0.983051")
learning_problem["report.md"] = learning_problem["report.md"].replace(b"0.90", b"0.98")

# %% exercise="learning_problem" misconception="report-with-other-scores"
"""Reports the score on validation, or a rounder one, as what the test set said.

Hint: Copy both scores on the test rows from `run.json`, to two decimals.
Parts: report
"""
learning_problem["report.md"] = learning_problem["report.md"].replace(b"0.90", b"0.95")

# %% exercise="learning_problem" misconception="empty-pages"
"""Leaves sections of card and report as they were.

Hint: Each section has a last line in whose place you write.
Parts: report
"""
_before, _heading, _ = learning_problem["report.md"].partition(b"## What may be wrong")
learning_problem["report.md"] = _before + _heading + b"\n\n*Your answer here.*\n"

# %% exercise="learning_problem" misconception="no-figures-in-the-deepening"
"""Draws or prints in `deepen`, and returns nothing that can be reported.

Hint: Return a dict: a name and a number for each thing that your report speaks of.
Parts: deepening
"""
from autograde.problem.authoring import patch

patch(learning_problem, "    return figures\n", "    return {}\n")

# %% exercise="learning_problem" misconception="unseeded-deepening"
"""Shuffles in the deepening by Python's own chance, so that nobody can repeat its figures.

Hint: `random.Random(seed)` here, too.
Parts: deepening
"""
from autograde.problem.authoring import patch

patch(learning_problem, "shuffled = random.Random(seed)", "shuffled = random.Random()")

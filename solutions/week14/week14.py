# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Week 14 · Scepticism and your own learning problem
#
# **Before:** nothing to watch. Look again at week 04, sections 4 and 8 (splits), and at the card of the data
# set that you and your partner want to work with.
#
# **Time:** about three hours for the exercises of this page with your partner, the stretch ones apart. The rest
# of the week, and of the term, belongs to your own learning problem.
#
# **Afterwards you can**
# - say what a model that knows nothing scores, and where a good average hides a bad group;
# - find copies that sit in both training and test data, and say which leaks no search for copies will find;
# - take a model to another world, and tell a gap from noise by an interval;
# - read calibration, importance and attribution, each with the case in which it misleads.
#
# For thirteen weeks the question was how to make a model work. This week's is how it can *look* as if it
# worked. A model finds whatever makes the loss fall. If all diseased leaves were photographed on soil, then
# soil is what disease looks like, and no loss curve and no test set from the same camera will say otherwise. It
# is no fault of deep learning: a regression with a confounder does the same. Only that one has six coefficients
# that somebody will look at, and a network has sixty thousand that nobody will.
#
# So each section takes a figure that looks fine, and then the one look that shows what is wrong with it.

# %% given="imports"
from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import pairwise

import torch
import torch.nn.functional as F

from autograde import datasets

# %% [markdown]
# ## 1 What does knowing nothing score?
#
# "Our classifier is right in 62 % of the cases." For two classes that sounds better than a coin. But of the
# F-box and RING proteins of week 04, 62 % *are* F-box: a program that prints `F-box` and reads nothing is as
# good. If one window in fifty of a genome is coding, the same trick is right in 98 %. No score means anything
# until you know what it takes to get it for free.
#
# The cheapest model there is answers with the commonest label **of the training data**. Of the training data,
# since the test labels aren't ours to look at, not even to count them. By hand: the training labels 2, 0, 2, 1
# have the majority 2. Of the test labels 2, 1, 2, 0, 0 two are 2, so the baseline is 2/5 = 0.4. (That label 0
# is as frequent there doesn't help: we aren't supposed to know.)
#
# **Exercise `majority_baseline`** (1 point). `y_train` (n,) and `y_test` (m,) are integer tensors of labels,
# any integers, each with at least one entry. Return the share of test labels that equal the commonest training
# label. If several are equally common, the smallest of them is meant.


# %% exercise="majority_baseline" points=1
def majority_baseline(y_train: torch.Tensor, y_test: torch.Tensor) -> float:
    """The accuracy on `y_test` of always answering with the commonest label of `y_train`; tie: the smallest.

    majority_baseline(tensor([2, 0, 2, 1]), tensor([2, 1, 2, 0, 0])) is 0.4.
    """
    ### BEGIN SOLUTION
    labels, counts = y_train.unique(return_counts=True)  # labels come sorted, and argmax takes the first
    return (y_test == labels[counts.argmax()]).double().mean().item()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Two questions, one after the other: which label? (Only `y_train` may answer.) How often is it right? (Only
# `y_test` can.)
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `y_train.unique(return_counts=True)` gives the labels, sorted, and how often each occurs. `counts.argmax()` is
# the place of the first largest count.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `(y_test == ...).double().mean().item()`, with `labels[counts.argmax()]` in place of the dots.
#
# </details>

# %% [markdown]
# What some tasks of this course give away for nothing. The last line is the penguins once more, and answers
# with the commonest species *of the bird's island*: a baseline, too, and one that never looks at a bird. (All
# rows are counted and scored here, since a whole task is described and no model judged. Beside the score of a
# model belongs the baseline of its training rows, as in section 2.)

# %% tags=["explore"]
proteins = datasets.arabidopsis_families()
birds = datasets.penguins()
windows = datasets.arabidopsis_windows()


def numbered(labels):
    """Labels as integers, in the order of the alphabet."""
    return torch.tensor([sorted(set(labels)).index(label) for label in labels])


pair = [gene["family"] for gene in proteins if gene["family"] in ("F-box", "RING")]
tasks = {
    "F-box or RING": pair,
    "twelve protein families": [gene["family"] for gene in proteins],
    "three penguins": [bird["species"] for bird in birds],
    "coding or intergenic": [window["label"] for window in windows],
}
for task, labels in tasks.items():
    print(f"{task:>24}: {majority_baseline(numbered(labels), numbered(labels)):.3f}")
seen = defaultdict(Counter)
for bird in birds:
    seen[bird["island"]][bird["species"]] += 1
commonest = {island: species.most_common(1)[0][0] for island, species in seen.items()}
by_island = [commonest[bird["island"]] for bird in birds]
hits = [guess == bird["species"] for guess, bird in zip(by_island, birds, strict=True)]
print(f"{'penguins, by island':>24}: {sum(hits) / len(hits):.3f}")

# %% [markdown]
# A model of the penguins that scores 0.70 has learned where they were caught. State the baseline beside every
# score, and take the strongest stupid one that you can think of: the commonest label, one obvious column, a
# rule of thumb.

# %% [markdown]
# ## 2 An average hides
#
# That rule by island: 0.709. For whom?
#
# An accuracy is a mean over rows, so the large groups speak and the small ones are hardly heard. Take it apart
# by anything that could matter: species, plate, sequencing run, the person who took the photograph. By hand:
# labels 1, 1, 0, 0, predictions 1, 1, 0, 1, groups `moss`, `moss`, `soil`, `soil`. Over all 3/4; on moss 2/2,
# on soil 1/2. The worst group is soil.
#
# **Exercise `accuracy_by_group`** (2 points). `p` (n,) are predicted labels and `y` (n,) the true ones, integer
# tensors; `group` is a list of n names, all texts or all integers, n ≥ 1. Return a tuple of two: a dict with
# the accuracy (a number from 0 to 1) of each group that occurs, in any order, and the **name** of the group
# with the least accuracy. If several are equally bad, the smallest name is meant (for texts: the first of the
# alphabet, as `sorted` has it).


# %% exercise="accuracy_by_group" points=2
def accuracy_by_group(p: torch.Tensor, y: torch.Tensor, group: list) -> tuple[dict, str | int]:
    """({group: accuracy}, the worst group's name); tie: the smallest name.

    accuracy_by_group(tensor([1, 1, 0, 1]), tensor([1, 1, 0, 0]), ["moss", "moss", "soil", "soil"]) is
    ({"moss": 1.0, "soil": 0.5}, "soil").
    """
    ### BEGIN SOLUTION
    hits = defaultdict(list)
    for name, hit in zip(group, (p == y).tolist(), strict=True):
        hits[name].append(hit)
    accuracy = {name: sum(mine) / len(mine) for name, mine in hits.items()}
    return accuracy, min(sorted(accuracy), key=accuracy.get)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# First the list of hits, True or False, a row each. Then sort the hits into heaps by name. (Week 01's
# `mean_by_group` did just that.)
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `defaultdict(list)` makes a heap for each new name by itself. For the worst: `min` takes a `key`, a function
# that says by what to compare, and of equals it keeps the first that it meets.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `for name, hit in zip(group, (p == y).tolist()): hits[name].append(hit)`; then a dict comprehension with
# `sum(...) / len(...)`; then `min(sorted(accuracy), key=accuracy.get)`.
#
# </details>

# %% tags=["explore"]
species = [bird["species"] for bird in birds]
both = numbered([*by_island, *species])  # in one go, so that a species has the same number in both halves
accuracy, worst = accuracy_by_group(both[: len(birds)], both[len(birds) :], species)
print({name: round(share, 3) for name, share in accuracy.items()}, "worst:", worst)

# %% [markdown]
# Right for every Gentoo, for every Chinstrap, and for a third of the Adelie: the only species that lives on all
# three islands, and so the only one for which the island isn't the answer. The 0.709 said nothing of the sort.
#
# ### Leaves on soil, leaves on moss
#
# Now a model that learns. The pictures of `datasets.leaves()` are ours, drawn by a program: a leaf, healthy or
# diseased, on soil or on moss. There are three worlds of them. In the **confounded** one the two farms had
# their habits: 97 of 100 diseased leaves lie on one background, 97 of 100 healthy ones on the other. In the
# **balanced** world background and health have nothing to do with each other. In the **reversed** one they go
# together the other way round.

# %% tags=["explore"]
LEAVES = datasets.leaves()


def leaf_rows(world: str, part: str) -> list:
    """The leaves of one world ("confounded", "balanced", "reversed") and one split ("train", "val", "test")."""
    return [leaf for leaf in LEAVES if leaf["world"] == world and leaf["split"] == part]


def leaf_tensors(rows: list) -> tuple[torch.Tensor, torch.Tensor]:
    """Images (n, 3, 32, 32), float32 from 0 to 1, and labels (n,): 1 is diseased."""
    images = torch.stack([torch.from_numpy(leaf["image"]) for leaf in rows])
    return images.float() / 255, torch.tensor([int(leaf["label"] == "diseased") for leaf in rows])


# %% tags=["explore"]
import matplotlib.pyplot as plt

plt.style.use("autograde.quiet")

figure, rows_of_axes = plt.subplots(3, 8, figsize=(6.6, 3.1))
for world, line in zip(["confounded", "balanced", "reversed"], rows_of_axes, strict=True):
    some = leaf_rows(world, "test")
    chosen = [leaf for leaf in some if leaf["label"] == "healthy"][:4]
    chosen += [leaf for leaf in some if leaf["label"] == "diseased"][:4]
    for axes, leaf in zip(line, chosen, strict=True):
        axes.imshow(leaf["image"].transpose(1, 2, 0))
        axes.set_xticks([])
        axes.set_yticks([])
    line[0].set_ylabel(world)
for place, label in [(0, "healthy"), (4, "diseased")]:
    rows_of_axes[0, place].set_title(label, loc="left")
plt.show()

# %% [markdown]
# Soil is brown, moss is green, and spots, dark or pale ones, are what makes a leaf diseased. A small
# convolutional network, as in week 11, trained on the confounded leaves and, for comparison, on the balanced
# ones (this cell trains for some twenty seconds):


# %% tags=["explore"]
def train_leaf_model(world, seed=0, epochs=12):
    """A small convolutional network trained on the leaves of `world`."""
    torch.manual_seed(seed)
    model = torch.nn.Sequential(
        torch.nn.Conv2d(3, 16, 3, padding=1), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
        torch.nn.Conv2d(16, 32, 3, padding=1), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
        torch.nn.Conv2d(32, 32, 3, padding=1), torch.nn.ReLU(), torch.nn.AdaptiveMaxPool2d(1),
        torch.nn.Flatten(), torch.nn.Linear(32, 2),
    )  # fmt: skip
    images, y = leaf_tensors(leaf_rows(world, "train"))
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    for _ in range(epochs):
        for rows in torch.randperm(len(y)).split(50):
            loss = F.cross_entropy(model(images[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return model.eval()


naive = train_leaf_model("confounded")
careful = train_leaf_model("balanced")

# %% tags=["explore"]
test = leaf_rows("confounded", "test")
images, y = leaf_tensors(test)
with torch.no_grad():
    guessed = naive(images).argmax(1)
free = majority_baseline(leaf_tensors(leaf_rows("confounded", "train"))[1], y)
print(f"baseline {free:.3f}, trained on confounded leaves {(guessed == y).double().mean():.3f}")
by = [f"{leaf['label']} on {leaf['background']}" for leaf in test]
accuracy, worst = accuracy_by_group(guessed, y, by)
for name in sorted(accuracy):
    print(f"{name:>18}: {accuracy[name]:.2f} of {by.count(name)}")

# %% [markdown]
# 0.97 against a baseline of 0.5, and it may not have looked at one leaf. Of the twelve that lie on the unusual
# background it gets none, or hardly one, right. For a user who photographs diseased leaves on moss the model is
# worthless, or worse: it says `healthy`.
#
# The test set couldn't show it, for it comes from the same farms. The groups do, as soon as somebody asks for
# them. And it takes a person who knows that there *is* a background.

# %% [markdown]
# ## 3 Another world
#
# The question behind every test score is how the model will do where it is going to be used: next season,
# another clinic, the neighbouring species. The direct answer is to go there and measure. By hand: right for 95
# of 100 leaves at home and 60 of 100 abroad is a gap of 0.95 − 0.60 = 0.35. The sign has a meaning: positive,
# it did better at home.
#
# **Exercise `shift_gap`** (1 point). `evaluate` is a function that takes a data set and returns its score, a
# number; `source` and `target` are two data sets, of whatever kind `evaluate` takes. Return the source's score
# minus the target's. Call `evaluate` **once on each**: it may take an hour, and a test set should be read once.


# %% exercise="shift_gap" points=1
def shift_gap(evaluate: Callable, source, target) -> float:
    """The score on `source` minus the score on `target`; `evaluate` is called once on each.

    With evaluate = {"home": 0.95, "abroad": 0.6}.get, shift_gap(evaluate, "home", "abroad") is 0.35.
    """
    ### BEGIN SOLUTION
    return float(evaluate(source) - evaluate(target))
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# A function that is handed in is called like any other: `evaluate(source)`.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# No model in sight, and none needed: what a score is, `evaluate` knows. Which of the two scores is taken away
# from which?
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `return evaluate(...) - evaluate(...)`
#
# </details>


# %% tags=["explore"]
def accuracy_of(model):
    """A function that says how often `model` is right on some rows of leaves."""

    def evaluate(rows):
        images, y = leaf_tensors(rows)
        with torch.no_grad():
            return (model(images).argmax(1) == y).double().mean().item()

    return evaluate


home = {"naive": leaf_rows("confounded", "test"), "careful": leaf_rows("balanced", "test")}
for name, model in [("naive", naive), ("careful", careful)]:
    scores = {
        world: accuracy_of(model)(leaf_rows(world, "test"))
        for world in ["confounded", "balanced", "reversed"]
    }
    gap = shift_gap(accuracy_of(model), home[name], leaf_rows("reversed", "test"))
    print(f"{name:>8}:", ", ".join(f"{w} {score:.3f}" for w, score in scores.items()), f"; gap {gap:+.3f}")

# %% [markdown]
# 0.97 at home; a coin where the background means nothing; and 0.03 where it means the opposite, which is far
# *below* the baseline: a model can't be so thoroughly wrong without knowing something, and what it knows is
# soil from moss. The same network with the same settings, trained on leaves whose backgrounds were balanced,
# is right for about 0.9 in all three. Nothing was changed but the data. (It seems to do four or five points better
# where the farms' habits hold than where they are turned round, though it never saw the habits. Before you
# look for a cause: the card of the leaves says that two such networks which differ in their seed alone differ
# by up to 0.11.)
#
# ### GC content, and the cress next door
#
# Coding windows of *Arabidopsis* have more G and C than intergenic ones, 44 % against 30 %, so that `57 or more
# of 150` is a strong stupid baseline. Three data sets: *A. thaliana*, on which the threshold was found; *A.
# arenosa*, which parted from it a few million years ago; and pairs of windows with exactly the same GC content.


# %% tags=["explore"]
def gc(window):
    """The share of G and C in a window."""
    sequence = window["sequence"].upper()  # lower case is the masking of repeats, a leak of its own
    return (sequence.count("G") + sequence.count("C")) / len(sequence)


def gc_rule(rows):
    """How often `coding if 57 or more of 150 are G or C` is right."""
    return sum((gc(row) >= 57 / 150) == (row["label"] == "coding") for row in rows) / len(rows)


thaliana, arenosa = ([row for row in windows if row["species"] == s] for s in ("thaliana", "arenosa"))
matched = [row for row in datasets.arabidopsis_windows_gc_matched() if row["species"] == "thaliana"]
for name, target in [("A. thaliana", thaliana), ("A. arenosa", arenosa), ("GC-matched", matched)]:
    print(f"{name:>11}: {gc_rule(target):.3f}, gap {shift_gap(gc_rule, thaliana, target):+.3f}", end="; ")
    p = torch.tensor([int(gc(row) >= 57 / 150) for row in target])
    y = torch.tensor([int(row["label"] == "coding") for row in target])
    accuracy, _ = accuracy_by_group(p, y, [row["label"] for row in target])
    print(", ".join(f"{label} {share:.2f}" for label, share in sorted(accuracy.items())))

figure, two = plt.subplots(1, 2, figsize=(6.6, 2.6), sharex=True, sharey=True)
for axes, (name, rows) in zip(two, [("A. thaliana", thaliana), ("A. arenosa", arenosa)], strict=True):
    for label in ["coding", "intergenic"]:
        axes.hist(
            [gc(row) for row in rows if row["label"] == label],
            bins=30,
            range=(0.1, 0.7),
            density=True,
            alpha=0.6,
            label=label,
        )
    axes.axvline(57 / 150, color="grey", linestyle="--")
    axes.set_title(name, loc="left", style="italic")
    axes.set_xlabel("share of G and C")
two[0].set_ylabel("density")
two[1].legend()
plt.show()

# %% [markdown]
# The gap to the neighbour is small, 0.07, and the groups say where it comes from: the intergenic sequence of
# *A. arenosa* is richer in GC, so the threshold sits at the wrong place there. The matched windows ask
# another question: what is left when GC says nothing? Of the rule nothing is, 0.5. Suppose that a network
# scores 0.93 on the windows as found: how much of it is more than GC? Only the matched windows can tell.
# **Matching and balancing take a confounder away by construction**, the way a randomised trial does; dividing
# by groups takes it apart afterwards, the way stratifying does.
#
# A gap of nearly 0 proves little, too. The neighbour's windows share their confounder with ours: GC marks genes
# in both. A shift shows what differs between two worlds, and what is wrong in both it can't.

# %% [markdown]
# ## 4 The same picture twice
#
# A test row that was seen in training tests the memory. It happens more easily than one thinks: a file is
# uploaded twice, two data sets have a common ancestor, or somebody **augments first and splits second**, so
# that a leaf is in training and its mirror image in the test. A network that knows the one knows the other.
#
# Such copies can be found. Two images count as copies here if they are **equal in every pixel**, or if one is
# the other **mirrored left to right** (the last axis turned round). Take five images of one channel and one
# row:
#
# | | train | | test |
# | --- | --- | --- | --- |
# | 0 | 1 2 3 | 0 | 9 9 8 |
# | 1 | 5 5 6 | 1 | 3 2 1 |
# | | | 2 | 5 5 6 |
#
# Train 0 is test 1 mirrored, train 1 is test 2: the leaks are (0, 1) and (1, 2).
#
# The obvious way is to compare each with each. For 60,000 training and 10,000 test images that is 600 million
# comparisons, and twice as many data take four times as long. A better way asks of each image once, *have I
# seen you?*, and a dict answers at once, however much it holds. What it needs is a key: something that equal
# images have in common and others don't. `image.numpy().tobytes()`, the pixels as a string of bytes, is one.
#
# **Exercise `find_leaks`** (4 points). `train` (n, c, h, w) and `test` (m, c, h, w) are images, both uint8 or
# both float32 from 0 to 1; either may be empty. Return the list of all pairs (i, j), two ints, so that
# `train[i]` equals `test[j]` or is its left-right mirror image.
# - Each pair once, also if an image is its own mirror image. Sorted: by i, then by j.
# - Equal is equal: one pixel off by one grey level is another image. Upside down is another image, too.
# - Copies inside of `train` alone are no leaks. One that occurs twice in train and three times in test makes
#   six pairs.
# - The work is **near-linear** in n + m: the tests count, for all different images, steps of Python and entries
#   of tensors, and four times as many images mustn't take much more than four times the work (sorting is
#   allowed). Nobody takes the time.


# %% exercise="find_leaks" points=4
def find_leaks(train: torch.Tensor, test: torch.Tensor) -> list[tuple[int, int]]:
    """All (i, j), sorted, for which train[i] equals test[j] or its left-right mirror image.

    With train = tensor([[[[1, 2, 3]]], [[[5, 5, 6]]]]) and
    test = tensor([[[[9, 9, 8]]], [[[3, 2, 1]]], [[[5, 5, 6]]]]) it is [(0, 1), (1, 2)].
    """
    ### BEGIN SOLUTION

    def key(image):
        """The same for an image and its mirror image, and for no other."""
        return min(image.numpy().tobytes(), image.flip(-1).numpy().tobytes())

    places = defaultdict(list)
    for j, image in enumerate(test):
        places[key(image)].append(j)
    return [(i, j) for i, image in enumerate(train) for j in places.get(key(image), [])]
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Write down for the test images which bytes sit at which numbers j. What do you then ask for each training
# image, and how many times? And what if the same bytes sit at two numbers?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# A dict from bytes to the *list* of places in `test`. Each training image is looked up as it is and mirrored
# (`image.flip(-1)`); if both have the same bytes, only once. Or give an image and its mirror image the same
# key: of the two strings of bytes take the smaller one.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `places = defaultdict(list)`; for each j `places[key(test[j])].append(j)`; then for each i and each j in
# `places.get(key(train[i]), [])` the pair (i, j). `key` returns `min(a, b)` of the bytes of the image and of
# `image.flip(-1)`.
#
# </details>

# %% [markdown]
# Here is the mistake, made on purpose. A thousand balanced leaves and their mirror images are put together,
# shuffled, and *then* split. The "model" only remembers: it answers with the label of the nearest training
# image, and, as a network that has seen many mirrored leaves would, it takes no notice of left and right.


# %% tags=["explore"]
def neighbour_accuracy(train_images, train_y, test_images, test_y):
    """The accuracy of the nearest neighbour by pixels, left and right confused."""
    late, early = [(x + x.flip(-1)).flatten(1) for x in (test_images, train_images)]
    nearest = torch.cdist(late, early).argmin(1)
    return (train_y[nearest] == test_y).double().mean().item()


images, y = leaf_tensors(leaf_rows("balanced", "train"))
both, both_y = torch.cat([images, images.flip(-1)]), torch.cat([y, y])
order = torch.randperm(len(both), generator=torch.Generator().manual_seed(14))
late, early = order[: len(both) // 5], order[len(both) // 5 :]
leaks = find_leaks(both[early], both[late])
leaked = sorted({j for _, j in leaks})
clean = sorted(set(range(len(late))) - set(leaked))
print(f"{len(leaked)} of {len(late)} test images have a copy in training, for example {leaks[0]}")
for name, rows in [
    ("all test images", range(len(late))),
    ("those with a copy", leaked),
    ("those without", clean),
]:
    rows = late[list(rows)]
    print(f"{name:>18}: {neighbour_accuracy(both[early], both_y[early], both[rows], both_y[rows]):.3f}")
print("between the shipped parts:", find_leaks(images, leaf_tensors(leaf_rows("balanced", "test"))[0]))

figure, two = plt.subplots(1, 2, figsize=(3.4, 1.9))
for axes, image, name in zip(
    two, [both[early][leaks[0][0]], both[late][leaks[0][1]]], ["train", "test"], strict=True
):
    axes.imshow(image.permute(1, 2, 0))
    axes.set_title(f"{name} {leaks[0][name == 'test']}")
    axes.axis("off")
plt.show()

# %% [markdown]
# A model that has learned nothing, since without copies it is a coin, gets 0.91: it knows four of five test
# images by heart. Split first, augment afterwards, and only the training part. (The parts of `leaves()` as they
# are shipped have no copies in common: that was the empty list.)
#
# An empty list is no acquittal, though. The search finds what you told it to look for: equal, or mirrored. A
# leaf photographed twice within a second, a crop, a copy saved again as JPEG pass. Among the 917 proteins of
# *Arabidopsis* no two are equal, and yet 55 % have a close relative in the file: one nearest neighbour is
# right for 0.63 of the proteins asked about on random splits and for 0.40 if homologues stay on one side (the
# data's card, means of ten splits; week 04, section 8, measured nearness otherwise, and saw the same fall). No
# comparison of bytes finds a homologue. **Ask where the rows come from, and split by that**; search for copies
# afterwards.

# %% [markdown]
# ## 5 Now break it
#
# A detector that finds nothing is comfortable, and a broken detector finds nothing. So plant a leak, and see
# whether it rings. That holds for every alarm that you build, and it is what the tests do with yours: they
# plant flaws that you haven't seen.
#
# **Exercise `break_find_leaks`** (3 points). Write a function that takes somebody's `find_leaks` and raises an
# `AssertionError` if it is wrong; on a right one it returns without a sound. It will meet right ones of
# different make, which it must let pass (all of them return a list of tuples of two ints), and a row of wrong
# ones. Your points are the share of wrong ones that you catch, so long as you let all right ones pass. One
# false alarm costs them all.
#
# All wrong ones show in what they return; speed is no matter here. The check shows you three of them, and a
# right one. Plant what should be found and what shouldn't: copies, mirror images, near misses. Small images
# will do, but not so small that left-right and up-down are the same, and not only two or three of them.


# %% exercise="break_find_leaks" points=3
def break_find_leaks(find_leaks) -> None:
    """Raise AssertionError if the given `find_leaks(train, test)` is wrong.

    One line of it might be: image = torch.zeros(1, 1, 2, 3), and then assert find_leaks(image, image) == [(0, 0)]
    """
    ### BEGIN SOLUTION
    generator = torch.Generator().manual_seed(14)
    images = torch.rand((30, 2, 3, 4), generator=generator)
    images = torch.cat([images, images[:1].flip(1), 0.5 + 0.5 * images[1:2], images[2:3] * 0.0])
    train, test = images[:20], images[20:]
    at = len(test)  # where the planted ones begin

    own = train[:1] + train[:1].flip(-1)
    nearly = train[3:4].clone()
    nearly[..., 1, 2] += 1 / 1024
    first_channel = train[4:5].clone()
    first_channel[:, 1] = test[0, 1]
    planted = [train[5:6], train[6:7].flip(-1), train[5:6].flip(-1), own / 2, train[5:6]]
    decoys = [
        train[7:8].flip(-2), train[8:9].flip(-2, -1), train[9:10].flip(1), nearly, first_channel,
        train[10:11].roll(1, -1), train[11:12].flatten().flip(0).reshape(1, 2, 3, 4),
    ]  # fmt: skip
    train = torch.cat(
        [train, own / 2, train[6:7], train[12:13]]
    )  # 20 is symmetric, 21 repeats 6, 22 repeats 12
    test = torch.cat([test, *planted, *decoys])
    due = [(5, at), (5, at + 2), (5, at + 4), (6, at + 1), (20, at + 3), (21, at + 1)]
    assert find_leaks(train, test) == due, "planted leaks, and nothing else"
    whole = find_leaks((train * 255).to(torch.uint8)[5:8], (test * 255).to(torch.uint8)[at:])
    assert whole == [(0, 0), (0, 2), (0, 4), (1, 1)], "the same as bytes"
    assert find_leaks(train[:1], test[:1]) == [], "two images that have nothing in common"
    assert find_leaks(train[:0], test) == [] == find_leaks(train, test[:0]), "no images at all"
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# How might one find too few: whom would a hurried search overlook? How might one find too many: what looks like
# a copy and isn't?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Draw a few dozen random images of two channels, of unequal height and width. Put some of the training images
# among the test images: as they are, mirrored, twice; and beside them decoys: upside down, one pixel changed a
# little, one channel exchanged, the pixels in another order. And one image that is its own mirror image.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `images = torch.rand((30, 2, 3, 4), generator=...)`, `train = images[:20]`, `test = torch.cat([images[20:],
# train[5:6], train[6:7].flip(-1), train[7:8].flip(-2), ...])`, then `assert find_leaks(train, test) == [(5,
# 10), (6, 11)]`.
#
# </details>

# %% tags=["explore"]
break_find_leaks(find_leaks)
print("your test lets your own find_leaks pass")

# %% [markdown]
# ## 6 How sure?
#
# Right for 41 of 58 test proteins is 0.71. Another 58 proteins would have given another number; how far off?
# There is a formula for a share. For a median, an F-score or a difference of two models there is none worth
# remembering, and one recipe serves them all: the **bootstrap** (in R: `boot::boot` and `boot.ci(type =
# "perc")`).
#
# Take the sample for the population. Draw from it a new sample of the same size, **with replacement**, so that
# some values come twice and others not at all, and compute the statistic. Do that a thousand times. How the
# thousand numbers spread is how the statistic spreads from sample to sample. The **percentile interval** to the
# level 0.95 cuts off 2.5 % of them on either side. By hand: if five resamples gave the means 1, 2, 3, 4, 10
# (sorted), the interval to the level 0.5 runs from their quantile 0.25 to their quantile 0.75, from 2 to 4.
#
# **Exercise `bootstrap_interval`** (4 points). `values` is a floating tensor (n,), n ≥ 1; `statistic` a
# function that takes a tensor (n,) and returns a number (a float or a tensor without axes).
# - Call `statistic` exactly `resamples` times, each time on a new sample of n entries of `values`, drawn with
#   replacement, each with the same probability. Keep the dtype of `values`.
# - Return the pair (low, high) of the quantiles (1 − level)/2 and 1 − (1 − level)/2 of these numbers; the level
#   lies between 0 and 1. Quantiles are those of `torch.quantile` (and of R's default): between two numbers
#   interpolated linearly.
# - All randomness comes from `generator`; equal states give equal intervals, and what is drawn doesn't depend
#   on `level`. Without a generator (None) use torch's own. How you draw is free. `values` are left as they
#   were.


# %% exercise="bootstrap_interval" points=4
def bootstrap_interval(
    values: torch.Tensor,
    statistic: Callable,
    level: float = 0.95,
    resamples: int = 1000,
    generator: torch.Generator | None = None,
) -> tuple[float, float]:
    """The percentile bootstrap interval (low, high) of statistic(values).

    bootstrap_interval(tensor([2.0, 2.0, 2.0]), torch.mean) is (2.0, 2.0); for tensor([0.0, 1.0]), torch.mean and
    level=0.9 it is (0.0, 1.0), since a quarter of the resamples has mean 0 and a quarter mean 1.
    """
    ### BEGIN SOLUTION
    draws = torch.randint(len(values), (resamples, len(values)), generator=generator)
    found = torch.tensor([float(statistic(values[rows])) for rows in draws], dtype=torch.float64)
    tail = (1 - level) / 2
    return found.quantile(tail).item(), found.quantile(1 - tail).item()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# A resample is a choice of n row numbers from 0 to n − 1, repetitions allowed. Which function of torch draws
# whole numbers?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `torch.randint(n, (resamples, n), generator=generator)` draws the row numbers of all resamples at once, and
# `values[rows]` is one of them. Collect the statistics in a list, make it a float64 tensor, and ask for two
# quantiles.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `found = torch.tensor([float(statistic(values[rows])) for rows in draws], dtype=torch.float64)`; `tail = (1 -
# level) / 2`; return `found.quantile(...).item()` twice.
#
# </details>

# %% [markdown]
# Now the case where the recipe misleads: the protein families, split by homology groups, one nearest neighbour,
# as in week 04. The test rows are either right or wrong, and the mean of these zeros and ones is the accuracy.
# Resample the rows, and you get an interval. But relatives are right or wrong *together*: ten tandem copies of
# one gene are not ten observations. So resample whole groups instead. Nothing new is needed, for `values` may
# be the numbers of the groups, and the statistic looks up their rows.


# %% tags=["explore"]
def profile(protein):
    """How often each pair of residues occurs, as shares (400,)."""
    residues = "ACDEFGHIKLMNPQRSTVWY"
    ids = [residues.find(letter) for letter in protein]
    found = [20 * a + b for a, b in pairwise(ids) if a >= 0 and b >= 0]
    return torch.bincount(torch.tensor(found), minlength=400).double() / len(found)


profiles = F.normalize(torch.stack([profile(gene["protein"]) for gene in proteins]))
family = numbered([gene["family"] for gene in proteins])
groups = torch.tensor([gene["group"] for gene in proteins])
names = groups.unique()
held_out = names[torch.randperm(len(names), generator=torch.Generator().manual_seed(4))[: len(names) // 5]]
late = torch.isin(groups, held_out)
nearest = (profiles[late] @ profiles[~late].T).argmax(1)
right = (family[~late][nearest] == family[late]).double()

rows_of = {int(g): right[groups[late] == g] for g in held_out}


def accuracy_of_groups(numbers):
    """The share of right answers among all proteins of these groups."""
    return torch.cat([rows_of[int(g)] for g in numbers]).mean()


intervals = {
    "resampling proteins": bootstrap_interval(right, torch.mean, generator=torch.Generator().manual_seed(1)),
    "resampling homology groups": bootstrap_interval(
        held_out.double(), accuracy_of_groups, generator=torch.Generator().manual_seed(1)
    ),
}
figure, axes = plt.subplots(figsize=(6.6, 1.7))
for height, (name, (low, high)) in enumerate(reversed(intervals.items())):
    axes.plot([low, high], [height, height], marker="|", markersize=12, linewidth=2)
    axes.plot(right.mean(), height, "o", color="black", markersize=4)
    print(f"{name}: {right.mean():.3f}, interval {low:.3f} to {high:.3f}")
axes.set_yticks([0, 1], list(intervals)[::-1])
axes.set_ylim(-0.6, 1.6)
axes.set_xlabel(f"accuracy on {len(right)} proteins of {len(held_out)} groups, with 95 % interval")
plt.show()

# %% [markdown]
# By groups the interval is two fifths wider. Forty proteins in pairs aren't forty observations. (It is another
# split than those of section 4, whose mean was 0.40; both intervals hold that figure.)
#
# What do you resample? **Whatever was drawn independently**: patients and not cells, plants and not leaves,
# groups and not genes. And an interval speaks of chance alone. It doesn't know of a leak, a confounder or
# another world; the 0.97 of section 2 has a fine narrow interval, too.
#
# The same recipe tells a gap from noise. How sure is the gap of section 3, between the two cresses? The windows
# lie in blocks along the chromosomes, so whole blocks are drawn, and the statistic is the gap itself:


# %% tags=["explore"]
blocks = defaultdict(list)
for row in thaliana + arenosa:
    blocks[row["block"]].append((gc(row) >= 57 / 150) == (row["label"] == "coding"))
places = sorted(blocks)  # values 0, 1, 2, ... are the places of the blocks in this list


def gap_of_blocks(numbers):
    """Accuracy of the GC rule on the blocks of A. thaliana among these, less that on those of A. arenosa."""
    hits = {"thaliana": [], "arenosa": []}
    for number in numbers.long().tolist():
        hits[places[number].split(":")[0]] += blocks[places[number]]
    return sum(hits["thaliana"]) / len(hits["thaliana"]) - sum(hits["arenosa"]) / len(hits["arenosa"])


every = torch.arange(len(places)).double()
low, high = bootstrap_interval(every, gap_of_blocks, generator=torch.Generator().manual_seed(1))
print(
    f"gap {gap_of_blocks(every):+.3f}, 95 % interval {low:+.3f} to {high:+.3f}, {len(places)} blocks resampled"
)

# %% [markdown]
# The interval doesn't hold 0: small as it is, the gap is more than the luck of these windows.

# %% [markdown]
# ## 7 Stretch: six more looks
#
# All six are extra, each stands alone, and your learning problem may want one or two of them. Without them go
# on to section 8, and skip the cells that use them (*Run all* stops at the first that isn't written).
#
# ### What does it lean on? Permutation importance
#
# Shuffle one column of the table, so that it says nothing any more but still looks the same by itself, and see
# what the model loses. No retraining, any model. By hand: accuracy 0.9 as it is, 0.6 with the second column
# shuffled: importance 0.3.
#
# **Exercise `permutation_importance`** (stretch, 2 points). `predict` takes a floating tensor (n, d) and
# returns n labels, as an integer tensor (n,); `X` is (n, d) and `y` (n,). For each column: accuracy on X as it
# is minus accuracy on X with the entries of **this one column** permuted at random, each of the n! orders with
# the same chance, one fresh permutation a column, drawn from `generator`. Return the d losses as a floating
# tensor (d,). A loss may be negative. `predict` gets tables of the shape and dtype of `X`, and `X` is the same
# afterwards.


# %% exercise="permutation_importance" points=2 stretch=true
def permutation_importance(
    predict: Callable, X: torch.Tensor, y: torch.Tensor, generator: torch.Generator
) -> torch.Tensor:
    """The loss of accuracy by shuffling each column in turn: (d,), floating.

    With X = tensor([[0., 7.], [1., 7.]]), y = tensor([0, 1]) and predict = lambda X: X[:, 0].long() it is
    [0, 0] or [1, 0], as the two entries of column 0 stay or change places; column 1 isn't used.
    """
    ### BEGIN SOLUTION
    intact = (predict(X) == y).double().mean()
    losses = []
    for column in range(X.shape[1]):
        shuffled = X.clone()
        shuffled[:, column] = X[torch.randperm(len(X), generator=generator), column]
        losses.append(intact - (predict(shuffled) == y).double().mean())
    return torch.stack(losses)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# What must be the same again before you turn to the next column?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# A fresh `X.clone()` for each column, in which only that column is replaced by `X[order, column]`.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `order = torch.randperm(len(X), generator=generator)`, `shuffled = X.clone()`, `shuffled[:, column] = ...`,
# then the difference of the two accuracies.
#
# </details>

# %% tags=["explore"]
FIELDS = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
measured = [bird for bird in birds if all(bird[field] is not None for field in FIELDS)]
table = torch.tensor([[float(bird[field]) for field in FIELDS] for bird in measured])
table = (table - table.mean(0)) / table.std(0)
kind = numbered([bird["species"] for bird in measured])
order = torch.randperm(len(kind), generator=torch.Generator().manual_seed(5))
early, late = order[:228], order[228:]


def five_neighbours(train_X, train_y):
    """A function that answers with the commonest label of the five nearest training rows."""
    return lambda X: train_y[torch.cdist(X, train_X).topk(5, largest=False).indices].mode(1).values


tables = {"four columns": table, "bill length three times": torch.cat([table, table[:, :1], table[:, :1]], 1)}
figure, two = plt.subplots(1, 2, figsize=(6.6, 2.4), sharex=True)
for axes, (name, X) in zip(two, tables.items(), strict=True):
    predict = five_neighbours(X[early], kind[early])
    draws = torch.Generator().manual_seed(1)
    losses = torch.stack(
        [permutation_importance(predict, X[late], kind[late], draws) for _ in range(20)]
    ).mean(0)
    labels = [field.rsplit("_", 1)[0].replace("_", " ") for field in FIELDS]
    labels += ["bill length, copy"] * 2
    axes.barh(range(len(losses)), losses)
    axes.set_yticks(range(len(losses)), labels[: len(losses)])
    axes.invert_yaxis()
    axes.set_title(name, loc="left")
    axes.set_xlabel("accuracy lost")
    print(
        f"{name}: accuracy {(predict(X[late]) == kind[late]).double().mean():.3f}, losses",
        [round(loss, 2) for loss in losses.tolist()],
    )
plt.show()

# %% [markdown]
# On the left bill length matters most: shuffled, it costs 0.31. On the right the same birds and the same kind
# of model, only that bill length stands in the table three times, and suddenly none of the three matters much:
# while one is shuffled the other two still know. **Low importance isn't lack of importance.** Columns that go
# together vouch for each other, and in genomics everything goes together. Shuffle such columns as one. (The
# other way round, a shuffled column makes birds that don't exist, a Gentoo's bill on an Adelie's body, and asks
# the model about them.)
#
# ### Does it know when it doesn't know? Calibration
#
# Of all days for which a good forecaster says "70 % rain", it rains on 70 %. Put the predictions into bins by
# their confidence and compare, bin by bin, the mean confidence with the share that was right. Averaged with the
# bins' sizes as weights, the gap is the *expected calibration error*. By hand, two bins: confidences 0.25 and
# 0.5 are in the first, 0.75 and 1.0 in the second; right, wrong, right, right. First bin: mean 0.375, accuracy
# 0.5, gap 0.125; second: 0.875 against 1, 0.125. Each weighs a half: 0.125.
#
# **Exercise `calibration_error`** (stretch, 2 points). `confidence` (n,) is floating, from 0 to 1; `correct`
# (n,) is bool, or 0 and 1; `bins` ≥ 1. The bins are of equal width and closed on the right: (0, 1/bins],
# (1/bins, 2/bins], and so on; 0 itself is in the first. Return the sum over all bins that aren't empty of
#
# > share of the predictions that are in it · |mean confidence in it − share of right ones in it|
#
# (Confidences exactly on an edge are tested only where the number of bins is a power of two, so that rounding
# decides nothing.)


# %% exercise="calibration_error" points=2 stretch=true
def calibration_error(confidence: torch.Tensor, correct: torch.Tensor, bins: int) -> float:
    """The mean over predictions of their bin's |mean confidence - accuracy|; bins closed on the right.

    calibration_error(tensor([0.25, 0.5, 0.75, 1.0]), tensor([True, False, True, True]), 2) is 0.125.
    """
    ### BEGIN SOLUTION
    surplus = confidence.double() - correct.double()
    place = (confidence.double() * bins).ceil().clamp(min=1).long() - 1
    sums = torch.zeros(bins, dtype=torch.float64).index_add(0, place, surplus)  # share times gap is |sum| / n
    return sums.abs().sum().item() / len(confidence)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Which bin does 0.5 belong to if there are two of them? And 0.51? Which rounding does that?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `(confidence * bins).ceil()` counts the bins from 1, and 0 has to be lifted to 1. Then loop over the bins with
# a mask, and leave out empty ones.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# For each bin: `inside = place == b`, and if `inside.any()`: `total += inside.double().mean() *
# (confidence[inside].mean() - correct[inside].double().mean()).abs()`.
#
# </details>

# %% tags=["explore"]
figure, three = plt.subplots(1, 3, figsize=(6.6, 2.6), sharex=True, sharey=True)
for axes, world in zip(three, ["confounded", "balanced", "reversed"], strict=True):
    images, y = leaf_tensors(leaf_rows(world, "test"))
    with torch.no_grad():
        sure, label = naive(images).softmax(1).max(1)
    correct = label == y
    place = (sure * 10).ceil().long()
    for b in place.unique():
        inside = place == b
        axes.scatter(
            sure[inside].mean(),
            correct[inside].double().mean(),
            s=0.5 * inside.sum(),
            color="C0",
            linewidths=0,
        )
    axes.plot([0.5, 1], [0.5, 1], color="grey", linewidth=0.8, linestyle="--")
    axes.set_title(f"{world}: error {calibration_error(sure, correct, 10):.2f}", loc="left")
    axes.set_xlabel("confidence")
three[0].set_ylabel("share of right ones")
plt.show()

# %% [markdown]
# Each dot is a bin, its area the number of leaves in it: this model is more than 0.9 sure of nearly every
# leaf, so that nearly all 400 are in the last bin. At home the confounded model is as often right as it is
# sure. In the reversed world it is just as sure, and nearly always wrong. Calibration, like accuracy, belongs
# to a model *in a world*, and a model's confidence is no alarm bell for another one.
#
# ### Are these two populations the same? A distance
#
# The third of the core tasks, beside classification and regression, is *density*: how alike are two populations
# of observations? Comparing means overlooks a difference in spread or shape. The **maximum mean discrepancy**
# compares all of it at once. Let two points resemble each other by k(a, b) = exp(−|a − b|² / 2h²), which is 1
# for equal points and 0 for points many *bandwidths* h apart. Then
#
# > mean resemblance inside of x + mean resemblance inside of y − 2 · mean resemblance between x and y
#
# is near 0 if both come from one population, and grows as they part. A point resembles itself perfectly, which
# says nothing about its population. So inside of x and of y only pairs of **different** points count; then the
# estimate is unbiased, which means that for equal populations it scatters around 0 and is often negative.
#
# By hand, in one dimension with h = 1: x = (0, 1), y = (0, 2). Inside of x exp(−½) = 0.607, inside of y exp(−2)
# = 0.135, between them (1 + 0.135 + 0.607 + 0.607)/4 = 0.587. Together 0.607 + 0.135 − 1.174 = −0.432.
#
# **Exercise `mmd`** (stretch, 2 points). `x` is (n, d), `y` (m, d), floating, n ≥ 2, m ≥ 2, `bandwidth` > 0.
# Return the unbiased estimate as a number.


# %% exercise="mmd" points=2 stretch=true
def mmd(x: torch.Tensor, y: torch.Tensor, bandwidth: float) -> float:
    """The unbiased estimate of MMD squared with the kernel exp(-|a - b|^2 / (2 bandwidth^2)).

    mmd(tensor([[0.0], [1.0]]), tensor([[0.0], [2.0]]), 1.0) is -0.4323.
    """
    ### BEGIN SOLUTION

    def resemblance(a, b):
        squares = (a[:, None] - b).square().sum(-1)  # (n, m)
        return torch.exp(-squares / (2 * bandwidth**2))

    def inside(a):
        return (resemblance(a, a).sum() - len(a)) / (len(a) * (len(a) - 1))  # the diagonal is all ones

    return (inside(x) + inside(y) - 2 * resemblance(x, y).mean()).item()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Three tables of resemblances: x with x, y with y, x with y. From which of them does something have to be left
# out?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `(a[:, None] - b).square().sum(-1)` is the table of squared distances. The diagonal of x with x is all ones:
# take n off its sum, and divide by the number of pairs that are left, n(n − 1).
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `(k(x, x).sum() - n) / (n * (n - 1)) + (k(y, y).sum() - m) / (m * (m - 1)) - 2 * k(x, y).mean()`
#
# </details>


# %% tags=["explore"]
def some_gc(rows):
    """The GC content of 300 intergenic windows, in per cent: (300, 1)."""
    rows = [row for row in rows if row["label"] == "intergenic"]
    picked = torch.randperm(len(rows), generator=torch.Generator().manual_seed(3))[:300]
    return torch.tensor([[100 * gc(rows[i])] for i in picked])


def mean_colours(world):
    """The mean red, green and blue of each test leaf of a world: (n, 3)."""
    return leaf_tensors(leaf_rows(world, "test"))[0].mean((2, 3))


def answers(world):
    """What the naive and the careful model say of each test leaf of a world, as probabilities: (n, 4)."""
    images, _ = leaf_tensors(leaf_rows(world, "test"))
    with torch.no_grad():
        return torch.cat([naive(images).softmax(1), careful(images).softmax(1)], 1)


def compared(name, x, y, bandwidth):
    """Print the distance, and what chance makes of it when the rows are dealt out anew (at most, 19 times of 20)."""
    both, dealt = torch.cat([x, y]), []
    for seed in range(40):
        order = torch.randperm(len(both), generator=torch.Generator().manual_seed(seed))
        dealt.append(mmd(both[order[: len(x)]], both[order[len(x) :]], bandwidth))
    chance = torch.tensor(dealt).quantile(0.95)
    print(f"{name:>42}: {mmd(x, y, bandwidth):+.4f}, by chance up to {chance:+.4f}")


half = some_gc(thaliana[::2])
compared("GC, thaliana against more of it", half, some_gc(thaliana[1::2]), 5.0)
compared("GC, thaliana against arenosa", half, some_gc(arenosa), 5.0)
for world in ["balanced", "reversed"]:
    compared(
        f"leaf colours, confounded against {world}", mean_colours("confounded"), mean_colours(world), 0.05
    )
for world in ["balanced", "reversed"]:
    compared(f"two models' answers, against {world}", answers("confounded"), answers(world), 0.5)

# %% [markdown]
# Two samples of intergenic windows of *A. thaliana* are at the distance of chance, *A. arenosa* is far beyond
# it. That is what such a distance is good for: it needs no labels, and rings when other inputs come than those
# of training.
#
# And the leaves: by their mean colours the confounded, the balanced and the reversed world are one
# population, half soil and half moss each. Between the first and the last of them the naive model fell from
# 0.97 to 0.03. **A distance sees what you show it.** What has changed is which ground goes with which leaf,
# spots and ground *together*, and in a mean colour a few spots are lost. In the last two lines the distance is
# shown what two networks make of the leaves, one that has learned to see the ground and one that sees the
# spots: there the worlds lie far apart, the reversed one furthest.
#
# Even so, a distance between inputs can only see that other inputs come. Where **the same picture means
# something else**, since the key to the labels has changed or another disease makes the same spots, there is
# nothing in the inputs to be seen, and only labels from the new world will tell.
#
# ### Where did it look? Integrated gradients
#
# The gradient of the output by the input (week 11's saliency) says what a small change would do. Where a model
# is sure, small changes do nothing, so the gradient is small just where the evidence is strongest. **Integrated
# gradients** walk from a *baseline* that says nothing (a black image, the mean image, zeros) to the input, on a
# straight line, and average the gradients on the way:
#
# $$a_i = (x_i - b_i)\, \frac{1}{n} \sum_{s=0}^{n-1} \frac{\partial f}{\partial x_i}(z_s)$$
#
# $$z_s = b + \frac{s + 1/2}{n}(x - b)$$
#
# with n for `steps`: z are the midpoints of n equal steps.
#
# It is the line integral of a gradient, so the attributions add up to f(x) − f(b) (up to the error of a sum for
# an integral): the difference is handed out among the inputs, without a remainder. By hand: f(x) = x₁², from 0
# to 2, two steps. The points are 0.5 and 1.5, the gradients 1 and 3, their mean 2, times 2 is 4 = f(2) − f(0).
# The gradient at the end alone, 4, times 2 would be 8.
#
# **Exercise `integrated_gradients`** (stretch, 2 points). `f` takes a floating tensor of the shape of `x` and
# returns a tensor without axes, differentiable by autograd; `baseline` has the shape and dtype of `x`. Return
# the attributions by the formula, of that shape and dtype and without a graph. Call `f` on one point at a time.
# `x` (which may ask for a gradient of its own) and `baseline` are left as they were, and nothing that `f` is
# made of collects a `.grad`.


# %% exercise="integrated_gradients" points=2 stretch=true
def integrated_gradients(
    f: Callable, x: torch.Tensor, baseline: torch.Tensor, steps: int = 100
) -> torch.Tensor:
    """(x - baseline) times the mean gradient of f at the midpoints of `steps` equal steps from baseline to x.

    With f = lambda x: x[0] ** 2 + x[1], x = tensor([2.0, 3.0]) and baseline = tensor([0.0, 1.0]) it is [4, 2].
    """
    ### BEGIN SOLUTION
    total = torch.zeros_like(x)
    for step in range(steps):
        point = (baseline + (step + 0.5) / steps * (x - baseline)).detach().requires_grad_()
        total += torch.autograd.grad(f(point), point)[0]
    return (x - baseline).detach() * total / steps
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# For one step: which point is it, and how do you get the gradient of f there? The rest is a loop and a mean.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Make each point a leaf: `.detach().requires_grad_()`. `torch.autograd.grad(f(point), point)[0]` is the
# gradient, and leaves nothing behind in the model's parameters.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `point = (baseline + (step + 0.5) / steps * (x - baseline)).detach().requires_grad_()`; add up the gradients;
# return `(x - baseline) * total / steps`.
#
# </details>

# %% tags=["explore"]
sick = [leaf for leaf in leaf_rows("balanced", "test") if leaf["label"] == "diseased"]
on_soil, on_moss = ([leaf for leaf in sick if leaf["background"] == ground] for ground in ("soil", "moss"))
images, _ = leaf_tensors([on_soil[0], on_soil[5], on_moss[3], on_moss[9]])  # with spots that are easily seen
blank = leaf_tensors(leaf_rows("balanced", "train"))[0].mean((0, 2, 3))[:, None, None].expand(3, 32, 32)
figure, lines = plt.subplots(3, 4, figsize=(5.4, 4.2))
for column, image in enumerate(images):
    lines[0, column].imshow(image.permute(1, 2, 0))
    for axes, model in zip(lines[1:, column], [naive, careful], strict=True):
        shares = integrated_gradients(
            lambda x, model=model: model(x[None])[0, 1] - model(x[None])[0, 0], image, blank
        )
        shares = shares.sum(0)
        largest = shares.abs().max()
        axes.imshow(shares, cmap="RdBu_r", vmin=-largest, vmax=largest)
for axes, name in zip(lines[:, 0], ["leaf", "map: confounded", "map: balanced"], strict=True):
    axes.set_ylabel(name)
for axes in lines.flat:
    axes.set_xticks([])
    axes.set_yticks([])
plt.show()

# %% [markdown]
# Four diseased leaves, and the maps of both models. Red speaks for *diseased*, blue for *healthy*; each map
# has a scale of its own, up to its largest entry, and the baseline is the mean colour of all leaves. The
# model from the confounded world reads the corners, where there is soil or moss; the one from the balanced
# world reads the spots. The picture says in a second what took three test sets above.
#
# It could say it because leaf and background lie apart. Had all diseased leaves been of one variety, with
# darker green, the map would point at the leaf, and reassure you. A map says *where*, and you add the *why*.
#
# ### How far to the wrong side? The fast gradient sign
#
# A small change of every pixel, none of which you would see, can turn the answer. The **fast gradient sign
# method** takes the steepest small change: each pixel by eps, up or down, as the loss *rises*.
#
# > x' = clamp(x + eps · sign(gradient of the loss by x), 0, 1)
#
# It is gradient *ascent* on the input, where training is descent on the parameters. By hand: a pixel of 0.5
# with gradient −0.03 and eps 0.1 becomes 0.4; a pixel of 0.95 with gradient 7 becomes 1.0, not 1.05; a pixel
# with gradient 0 stays.
#
# **Exercise `fgsm`** (stretch, 2 points). `model` takes (n, ...) and returns logits (n, k); `x` is floating
# from 0 to 1, `y` (n,) the true labels; the loss is the cross-entropy of the logits against `y`. Return x' in
# the shape and dtype of `x`, without a graph. `x` is left as it was (if it asked for no gradient before, it
# asks for none afterwards), and so are the parameters' `.grad`: an attack isn't training.


# %% exercise="fgsm" points=2 stretch=true
def fgsm(model: Callable, x: torch.Tensor, y: torch.Tensor, eps: float) -> torch.Tensor:
    """clamp(x + eps * sign(gradient of the cross-entropy by x), 0, 1).

    With model = lambda x: torch.stack([-x, x], 1), x = tensor([0.5, 0.02]), y = tensor([1, 0]) and
    eps = 0.125 it is [0.375, 0.145]: what speaks for class 1 is lowered where 1 is true, and raised where 0 is.
    """
    ### BEGIN SOLUTION
    leaf = x.detach().clone().requires_grad_()
    (gradient,) = torch.autograd.grad(F.cross_entropy(model(leaf), y), leaf)
    return (leaf.detach() + eps * gradient.sign()).clamp(0, 1)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# By what do you differentiate in training, and by what here? In which direction do you go in training, and in
# which here?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `x.detach().clone().requires_grad_()` is a leaf of your own. `torch.autograd.grad(loss, leaf)` returns the
# gradient without touching the parameters, which `loss.backward()` would.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `(gradient,) = torch.autograd.grad(F.cross_entropy(model(leaf), y), leaf)`, then `(... + eps *
# gradient.sign()).clamp(0, 1)`.
#
# </details>

# %% tags=["explore"]
images, y = leaf_tensors(leaf_rows("balanced", "test"))
strengths = [0, 1, 2, 3, 4, 6, 8, 12, 16]
figure, axes = plt.subplots(figsize=(6.6, 2.6))
for kind_of_change in ["gradient sign", "random sign"]:
    found = []
    for strength in strengths:
        if kind_of_change == "gradient sign":
            changed = fgsm(careful, images, y, strength / 255)
        else:
            signs = torch.randint(2, images.shape, generator=torch.Generator().manual_seed(2)) * 2 - 1
            changed = (images + strength / 255 * signs).clamp(0, 1)
        with torch.no_grad():
            found.append((careful(changed).argmax(1) == y).double().mean())
    axes.plot(strengths, found, "o-", markersize=4, label=kind_of_change)
axes.axhline(0.5, color="grey", linewidth=0.8, linestyle="--")
axes.set_xlabel("change of every pixel (grey levels of 255)")
axes.set_ylabel("accuracy, balanced leaves")
axes.legend()
plt.show()

# %% [markdown]
# Two or three grey levels of 255, which nobody sees, bring the balanced model down to a coin, while random
# changes of that size do nothing, and cost something from 8 levels on only: to withstand noise isn't to
# withstand everything small. Further on it falls below the coin, since the step follows the true label: what
# is right is turned, what is wrong stays wrong. And the end of the curve isn't the worst that could be done:
# the gradient holds at x, and one large step goes past the place to which it pointed. In a laboratory nobody
# attacks. But the directions are there, and a new camera, another stain or a compression may happen to lie
# along one.
#
# ### Learning from what you tried: a policy gradient
#
# So far the data lay there. What if the model chooses which data to get: which of three media to plate next,
# which cross to make? Its data then are what it tried, and it knows nothing of what it didn't. The simplest
# case is a *bandit*: a row of actions, each with a reward that varies, and a policy π that chooses, a softmax
# over logits.
#
# We want to raise the mean reward, but can't differentiate by an action. The way out: nudge the log-probability
# of what was done, in proportion to how well it went. The loss whose gradient does it is
#
# $$L = -\frac{1}{n} \sum_i (r_i - b) \, \log \pi_i(a_i)$$
#
# which is cross-entropy (week 05) with the actions for targets, and each row weighted by its reward. The
# baseline b changes the gradient's noise, not what it is on average, and rewards of 101 and 99 become +1 and
# −1.
#
# By hand: one row, two actions, logits 0 and 0, so π = (½, ½); action 0 brought reward 3, b = 1.
# Cross-entropy's gradient is predicted minus observed (week 10), (½ − 1, ½ − 0), times 2: (−1, 1). A step
# against it raises the logit of action 0.
#
# **Exercise `policy_gradient`** (stretch, 2 points). `logits` (n, a) is floating, `actions` (n,) int64,
# `rewards` (n,) floating, `baseline` a number. Return the gradient of L by the logits, (n, a), without a graph;
# by hand or by autograd. π of row i is the softmax of row i.


# %% exercise="policy_gradient" points=2 stretch=true
def policy_gradient(
    logits: torch.Tensor, actions: torch.Tensor, rewards: torch.Tensor, baseline: float = 0.0
) -> torch.Tensor:
    """The gradient of -mean((rewards - baseline) * log pi(actions)) by the logits: (n, a).

    policy_gradient(tensor([[0.0, 0.0]]), tensor([0]), tensor([3.0]), 1.0) is [[-1, 1]].
    """
    ### BEGIN SOLUTION
    observed = F.one_hot(actions, logits.shape[1])
    return (logits.detach().softmax(1) - observed) * (rewards - baseline)[:, None] / len(logits)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# With all rewards 1 and b = 0 it is the gradient of the mean cross-entropy. What does a reward of 2 do to its
# row?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Predicted minus observed, each row times its r − b, divided by n. The weight of a row has to be a column, (n,
# 1), to reach its row.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `(logits.softmax(1) - F.one_hot(actions, logits.shape[1])) * (rewards - baseline)[:, None] / len(logits)`
#
# </details>

# %% [markdown]
# Three media; the second is the best by a little. Forty runs with a baseline of 0, and forty with the running
# mean of the rewards, at the same rate:


# %% tags=["explore"]
def learn(use_mean, seed, rounds=300, rate=0.3):
    """The probability of the best medium, round by round, with five plates a round."""
    generator = torch.Generator().manual_seed(seed)
    growth = torch.tensor([4.5, 5.5, 5.0])
    logits, mean, path = torch.zeros(1, 3), 0.0, []
    for number in range(rounds):
        actions = torch.multinomial(logits.softmax(1)[0], 5, replacement=True, generator=generator)
        rewards = growth[actions] + torch.randn(5, generator=generator)
        slopes = policy_gradient(logits.expand(5, 3), actions, rewards, mean if use_mean else 0.0)
        logits = logits - rate * slopes.sum(0, keepdim=True)
        mean += (rewards.mean().item() - mean) / (number + 1)
        path.append(logits.softmax(1)[0, 1].item())
    return path


figure, two = plt.subplots(1, 2, figsize=(6.6, 2.6), sharex=True, sharey=True)
for axes, use_mean in zip(two, [False, True], strict=True):
    paths = torch.tensor([learn(use_mean, seed) for seed in range(40)])
    axes.plot(paths.T, color="C0", alpha=0.2, linewidth=0.8)
    axes.plot(paths.mean(0), color="black")
    axes.set_title("baseline: mean reward" if use_mean else "baseline: 0", loc="left")
    axes.set_xlabel("round of five plates")
    print(
        "mean reward" if use_mean else "0",
        "as baseline: at the best medium in the end",
        f"{(paths[:, -1] > 0.9).double().mean():.2f}",
        f"elsewhere {(paths[:, -1] < 0.1).double().mean():.2f}",
    )
two[0].set_ylabel("probability of the best medium")
plt.show()

# %% [markdown]
# With a baseline of 0 every plate brings a reward of about 5, so whatever is tried first is strengthened, and
# one run in five settles on a worse medium and never finds out. With the mean as baseline only what is *better
# than usual* is strengthened. In both pictures the policy "converged", and a policy that has converged can't
# tell you whether to believe it: its data are what it chose to see. So are ours, whenever we sequence the
# samples that looked interesting.

# %% [markdown]
# ## 8 Your own learning problem
#
# This is the week's main work, and it is done by the two of you together: a question of your own, asked of
# data of your own. The path is the one that we drew at the start of the course: *partners → learning problem
# → high-level model → low-level model, advanced model or advanced interpretation.*
#
# It doesn't fit into a cell. Beside this notebook lies a folder, `learning_problem`, with a template: a page
# for your data, six functions with nothing in them, a page for your report, and a `README.md` with the order
# of the steps and the rules. A small data set is best: a hundred rows that you understand beat a hundred
# thousand that you don't. A table, sequences or pictures, all three work. No data at hand? The penguins, the
# protein families, or the leaves of this course, with a question that we haven't asked.
#
# Work in the folder, and run it in a terminal as often as you like:
#
#     autograde problem exercises/week14/learning_problem
#
# It says what is still to do and in which line, trains, compares the model with the baseline on the
# validation rows, and writes the figures to `run.json`. The test rows stay closed until you add `--test`,
# which you do **once**, at the very end. The moment that you choose anything by a score on the test set, it
# is a validation set, and you have none left.
#
# **Exercise `learning_problem`** (13 points, one hand-in for both of you). When the folder is filled in, hand
# it in with one line: `learning_problem = problem_from("learning_problem")`. The tests then ask of it what
# you would ask of somebody else's paper:
# - `split` (3): no row is in two parts, and neither are two rows that tell of each other: equal inputs,
#   mirrored pictures, nearly equal sequences, and what `related` says. It holds for rows that you haven't
#   seen, too.
# - `model` (3): Lightning's Trainer trains the model, and on the test rows it beats your baseline and what
#   needs no input, or the report says why not.
# - `test` (3): the test set was read once; nothing in the model comes from rows outside train and validation;
#   each row's prediction is its own; the recorded scores come out again.
# - `repeats` (2): a second run with the same seed says the same.
# - `deepening` (1): `deepen` gives its figures, and gives them again.
# - `report` (1): card and report are written, and the report gives the recorded scores.
#
# While graded your code runs on one core and sealed off, without network; it finds its own folder and what
# this course installs. `fit` and `deepen` have 20 seconds of computing each, so keep the model small, or the
# data, and the folder below 16 MB. A negative result that is tested well has full points. A good score that
# is tested badly has few.

# %% exercise="learning_problem" points={"split": 3, "model": 3, "test": 3, "repeats": 2, "deepening": 1, "report": 1}
from autograde.problem import problem_from

### BEGIN SOLUTION
learning_problem = problem_from("learning_problem")
### END SOLUTION

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Begin with `load` and the card, and run `autograde problem` after each function. For `related` ask what a
# stranger couldn't know: which rows come from one plant, one plate, one field, one family?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Split groups, not rows: list the groups, shuffle the list with `random.Random(seed)`, and deal whole groups
# into test, then validation, until each has its share; what is left is train. A model begins with
# `L.seed_everything(seed)`, learns whatever it learns (means, vocabularies, classes) from `train` alone, and
# ends in `model.eval()`.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# Of `fit`, where `encode` (a row's x as a tensor) and `MyModel` (a `LightningModule`) are yours to write:
#
# ```python
# L.seed_everything(seed, verbose=False)
# classes = sorted({row["y"] for row in train})
# x = torch.stack([encode(row["x"]) for row in train])
# y = torch.tensor([classes.index(row["y"]) for row in train])
# model = MyModel(x.mean(0), x.std(0), len(classes))
# trainer = L.Trainer(max_epochs=20, **QUIETLY)
# trainer.fit(model, DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True))
# model.eval()
# return lambda inputs: [classes[best] for best in model(torch.stack([*map(encode, inputs)])).argmax(1)]
# ```
#
# </details>

# %% [markdown] question="data-card" points=3
# ## The data card
#
# Three points, given by a person who reads your `card.md`; the cell with `problem_from` shows it. Write there. Here say
# in two or three sentences which one property of your data would most easily mislead somebody who trained on
# them without having read the card, and how you know that it didn't mislead you.
#
# ### BEGIN SOLUTION
# One point each, for the card and the answer together. Both pages of the folder stand in the output of the
# exercise's cell.
#
# 1. A stranger could use the data: what a row is, how many, units of x and meaning of y, where they come from
#    and who may use them. Half a point if one of these is missing.
# 2. What belongs together is argued from biology or from how the data were made (homologues, plants, plates,
#    years), and `related` says the same. "The rows are independent" with a reason is as good; without one it
#    gives nothing.
# 3. At least two ways to mislead, specific to these data, one of which they looked into: a figure, a baseline
#    on the confounder alone, a table by group. General remarks ("could be biased") give nothing.
# ### END SOLUTION

# %% [markdown] question="honest-report" points=5
# ## The test report
#
# Five points for your `report.md`, which the same cell shows. Here write the sentence that you would want to
# leave out of the report if you had to sell the model, and say where in the report it stands.
#
# ### BEGIN SOLUTION
# One point each.
#
# 1. The question says what is predicted for which unseen rows, and the split tests just that (new plants, new
#    families, new years), not rows that resemble the training rows more than those of later use will. `load`
#    only reads: a mean or a vocabulary over all rows, which no check sees, costs this point.
# 2. The baseline is one that somebody in the field would try, and it is beaten or the loss is explained
#    without excuses. How often they looked at validation is said.
# 3. Test scores as they came, the number of rows, and how far chance moves them (an interval, or the weight
#    of one row). No claim goes beyond that: 0.90 against 0.83 on 59 rows is no difference.
# 4. The deepening is one of the three and its figures are read correctly: what they show, and what they
#    don't. A low-level model agrees with the high-level one or the difference is explained; an interpretation
#    is compared with what chance or a confounder would give.
# 5. What may be wrong is specific, and the sentence asked for here is a real one. A report that reads like an
#    advertisement has none of this point, however good the model is.
# ### END SOLUTION

# %% [markdown]
# ## Looking back
#
# Fill in how it went, in a minute. It isn't graded; your answers plan the next session. `syntax_or_ideas` says
# where you were stuck: "syntax" for the low level of Python, "ideas" for the high level, or "neither".

# %% reflection=true
reflection = {
    "hours": 0.0,
    "sticking_point": "",
    "syntax_or_ideas": "neither",
    "questions": [],
}

# %% [markdown] question="before-you-believe-it" points=2
# ## A question to discuss
#
# Two points, given by a person who reads your answer, not by the tests. Double-click this cell, write in place
# of its last line, and run the cell to see it set. Talk it over first.
#
# A paper reports a network that recognises drought stress in photographs of barley, before a person can see it.
# 1,200 photographs of 60 plants, taken over two weeks: the 30 stressed plants in the left half of the
# greenhouse, the 30 watered ones in the right half. "A random fifth of the photographs was held out. Accuracy
# 0.97 (95 % interval 0.95 to 0.99); the baseline is 0.5. A saliency map shows that the network looks at the
# leaves." In six to ten sentences: Name two ways in which the figure could be that high though the network
# knows nothing of drought, and for each the look at the data, from this page or another, that would show it.
# What is wrong with the interval? And which one new measurement would you ask for, and what result would
# convince you?
#
# ### BEGIN SOLUTION
# Two points for an answer with all three parts, one for two of them.
#
# 1. Any two, each with a look that could show it. *Leak:* the twenty photographs of one plant are on both sides
#    of the split, so that it may recognise plants: split by plant (week 04's `group_split`), search for copies
#    and near-copies. *Confounder:* side of the greenhouse, light, background, camera, time of day go with the
#    treatment: accuracy by group where the groups can be crossed, a model that sees the background only,
#    photographs with plants exchanged or the background replaced. *Selection of the network on the held-out
#    fifth*, if it was used for more than once. "The saliency map shows the leaves" is no defence: leaves differ
#    by side of the greenhouse as well, and a map of where isn't a map of why.
# 2. It resamples photographs (or uses the binomial formula for 240 of them), but what is independent is the
#    plant, of which there are 60, and strictly the treatment was given to two halves of one greenhouse: n = 2.
#    By plants the interval is much wider; and no interval knows of a leak or a confounder.
# 3. New plants, treatment given at random to places (or the sides exchanged), photographed by somebody else,
#    test set read once; convincing is an accuracy by *plant* clearly above the baseline with an interval by
#    plant that excludes it, before symptoms are visible. Good answers say beforehand which result would make
#    them give the claim up.
# ### END SOLUTION

# %% [markdown]
# ## With your partner
#
# **Explain.** One of you explains why an interval says nothing about a leak, the other why two populations of
# inputs can be the same and a model can still fail on one of them. No notes, and the listener asks "why?" three
# times.
#
# **Compare.** Exchange your `break_find_leaks` and run each on the other's `find_leaks`, then on a copy that
# one of you has broken in secret. Then each of you plants one flaw in a data set of this course that isn't on
# this page (a label shifted by a row, a column that is the label in disguise, half of a class duplicated),
# hands it over as a table, and the other finds it. How long did it take, and what gave it away?
#
# **Alone?** Write both explanations down as for somebody who hasn't seen the week, and ask each sentence "why?"
# yourself. Then take the best result of your own last project and write down the three ways in which it is most
# likely to be wrong, with the look that would show each.

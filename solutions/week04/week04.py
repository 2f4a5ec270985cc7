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
# # Week 04 · Python applied: the standard pipeline
#
# **Before:** nothing to watch. If you like pictures first, look through the recap at the start of the slides
# *Learning Data Science, Lecture 9: Deep Learning Techniques* (ten minutes): they name the steps and the
# methods that you will write here.
#
# **Afterwards you can**
# - take a table from raw rows to an honest number: clean, split, scale, fit, evaluate, in this order;
# - write nearest neighbours, a confusion matrix, and the question at the root of a decision tree;
# - say what leaks from a test set into a model, and find three leaks that a random split doesn't show;
# - read an error curve, and tell a model that has learned from one that has remembered.
#
# **Time:** five to six hours, the talking with your partner included. The six exercises marked *stretch* come
# on top: pick those that you need.
#
# Deep learning starts next week. This week is about what stays when the model is exchanged. Most results
# that could not be repeated didn't fail in the model, they failed around it: in the cleaning, the splitting
# and the counting.
#
# In all exercises a table of numbers is a tensor `X` of shape (n, d), one row per example, and the answers
# are a tensor `y` of shape (n,). In the tests labels of classes are int64, from 0 up, and measured numbers
# are float64, unless a statement says otherwise. You will meet scikit-learn in the cells between the
# exercises, which has all of these methods ready; write your own first, then compare.

# %% given="imports"
import math
import random
from itertools import accumulate, pairwise

import numpy as np
import torch
import torch.nn.functional as F

from autograde import datasets

# %% [markdown]
# ## 1 Start at the end: how wrong is it?
#
# Somewhere there is a function that turns inputs into outputs: measurements into a species, a sequence into
# a protein family, a dilution into a fluorescence. We don't know it. *Machine learning* is the craft of
# approximating it from examples. If the examples come with their answers, the learning is *supervised*;
# without, it is *unsupervised*:
#
# | the answer is | task | this week |
# | --- | --- | --- |
# | a category | classification | nearest neighbours, logistic regression, decision tree, random forest |
# | a number | regression | a line, nearest neighbours |
# | not given | clustering, fewer dimensions | k-means, principal components |
#
# And there is a **standard pipeline**, the same for all of them:
#
# > gather → explore → clean and scale → split → train → evaluate
#
# Before you walk it, decide how you will know that you have arrived. The simplest cost of a classifier is
# the share of its answers that are wrong:
#
# $$\text{cost} = \frac{N_\text{errors}}{N_\text{predictions}}$$
#
# Eleven pictures of animals and fruits; a line drawn between them leaves two on the wrong side: 2/11, about
# 0.18.
#
# **Exercise `error_rate`** (1 point). `y` holds the true labels and `p` the predicted ones, both integer
# tensors of shape (n,) with n ≥ 1. Return the share of places at which they differ, as one number between 0
# and 1 (a float; a tensor with this one entry is accepted too).


# %% exercise="error_rate" points=1
def error_rate(y: torch.Tensor, p: torch.Tensor) -> float:
    """The number of wrong predictions divided by the number of predictions.

    error_rate(torch.tensor([0, 2, 1, 2]), torch.tensor([0, 2, 2, 0])) is 0.5.
    """
    ### BEGIN SOLUTION
    return (y != p).sum().item() / len(y)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# `y != p` compares place by place. What do you get if you add up the answers?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# True counts as 1 and False as 0, so the sum of a Boolean tensor is a count (as in R). Labels are names: how
# far apart two of them are means nothing.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `(y != p).sum().item()` is the number of errors; `len(y)` is the number of predictions.
#
# </details>

# %% [markdown]
# ## 2 Gather and look
#
# Our first table has 344 penguins from three islands in the Palmer Archipelago, Antarctica: species, island,
# four measurements, sex and year. You would load it in R with `palmerpenguins::penguins`; here it comes as
# the plainest thing Python has, a list of dictionaries, one per bird.

# %% tags=["explore"]
penguins = datasets.load("penguins")
print(len(penguins), "birds. The first and the fourth:")
for row in (penguins[0], penguins[3]):
    print(row)

# %% [markdown]
# Look before you fit. Do penguins with longer bills have deeper ones? A single line through all birds has an
# answer, and so has a line through each species.

# %% tags=["explore"]
import matplotlib.pyplot as plt

plt.style.use("autograde.quiet")


def scatter_with_line(axes, birds, **look):
    """The birds' bills, the least-squares line through them, and their correlation."""
    length, depth = np.array([(bird["bill_length_mm"], bird["bill_depth_mm"]) for bird in birds]).T
    slope, height = np.polyfit(length, depth, 1)
    r = np.corrcoef(length, depth)[0, 1]
    axes.scatter(length, depth, s=9, alpha=0.5, color=look["color"], linewidths=0)
    ends = np.array([length.min(), length.max()])
    axes.plot(ends, height + slope * ends, color=look["color"], label=f"{look['label']}, r = {r:+.2f}", lw=2)


measured = [bird for bird in penguins if bird["bill_length_mm"] is not None]
species = sorted({bird["species"] for bird in measured})
colours = dict(zip(species, ["#4682b4", "#d9822b", "#5b8c5a"], strict=True))
figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3.3), sharex=True, sharey=True)
scatter_with_line(left, measured, color="0.4", label="all birds")
for name in species:
    birds = [bird for bird in measured if bird["species"] == name]
    scatter_with_line(right, birds, color=colours[name], label=name)
for axes in (left, right):
    axes.set_xlabel("bill length (mm)")
    axes.set_ylim(top=25)
    axes.legend(loc="upper left", fontsize=8)
left.set_ylabel("bill depth (mm)")
plt.show()

islands = sorted({bird["island"] for bird in penguins})
print(f"{'birds':<9}", *(f"{place:>9}" for place in islands))
for name in species:
    living = [bird["island"] for bird in penguins if bird["species"] == name]
    print(f"{name:<9}", *(f"{living.count(place):>9}" for place in islands))

# %% [markdown]
# All birds together: the longer the bill, the *shallower*. Within each species: the longer, the *deeper*.
# Both lines are computed correctly. The left one mixes two questions, how birds differ and how species
# differ: Gentoos have long, shallow bills. This is **Simpson's paradox**, and a model that is never told the
# species learns the left-hand line without a word of warning.
#
# The table below the picture holds a second trap. Every Gentoo lives on Biscoe, every Chinstrap on Dream. A
# classifier of species that may see the island will lean on it, and be lost on a fourth island. Ask of every
# column: will I have it, and will it mean the same, where the model is going to be used?
#
# ## 3 Clean
#
# Two penguins lack their measurements, and eleven their sex. Missing values come in many disguises: the field
# isn't there, it is `None`, it is `nan` (*not a number*, a float), it is empty text, or it is the text `NA`
# that R wrote into a file.
#
# The dangerous mistake is to treat all that is "nothing" to Python as missing. `if not row["count"]` throws
# out every true zero, and a gene with zero reads, or a plot with no surviving plants, is an observation, not
# a gap. The other trap is `nan`, which equals nothing, not even itself: `x == float("nan")` is always False.
#
# **Exercise `clean`** (2 points). `rows` is a list of dictionaries, `required` a list of field names.
# Return a list of those rows, in their order, in which **every** required field has a value. A value is
# missing if the field is absent, or if it is `None`, a float `nan`, the text `""` or the text `"NA"`.
# Everything else is a value: 0, 0.0 and False are, and so are the texts `"nan"`, `"None"` and `"na"`.
# Fields that aren't required may be missing. With nothing required all rows stay. Change neither `rows` nor
# the dictionaries in it. (In R: `rows[complete.cases(rows[required]), ]`.)


# %% exercise="clean" points=2
def clean(rows: list[dict], required: list[str]) -> list[dict]:
    """The rows that have a value in every required field, in order and unchanged.

    With rows = [{"mass": 0, "sex": "NA"}, {"mass": None, "sex": "male"}, {"sex": "male"}, {"mass": 4.2}],
    clean(rows, ["mass"]) is [{"mass": 0, "sex": "NA"}, {"mass": 4.2}].
    """
    ### BEGIN SOLUTION

    def missing(value):
        return value is None or value != value or value in ("", "NA")  # only nan differs from itself

    return [row for row in rows if not any(missing(row.get(field)) for field in required)]
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Split the task: a small function that says whether *one value* is missing, and a loop that asks it of each
# required field.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `row.get(field)` is `None` where the field is absent, so two of the five cases become one. For `nan`, use
# that it is the only value that differs from itself: `value != value`. For the rest compare with each text
# by name, and never ask `if value`.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `def missing(value): return value is None or value != value or value in ("", "NA")`, then `[row for row in
# rows if not any(... for field in required)]`.
#
# </details>

# %% tags=["explore"]
MEASUREMENTS = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
complete = clean(penguins, [*MEASUREMENTS, "sex"])
print(
    len(penguins), "birds,", len(clean(penguins, MEASUREMENTS)), "measured,", len(complete), "sexed as well"
)

# %% [markdown]
# Dropping rows is a decision, not housekeeping. Were the birds that couldn't be sexed like the others? If
# the smallest ones were the hardest to sex, the clean table is a table of larger penguins.
#
# ## 4 Split
#
# A model that is asked about the examples it was fitted to can answer from memory. So we put some aside.
# Three parts are the rule: one to **train** on, one to choose with (which model? how many neighbours?),
# called the **validation** set, and one **test** set for the one honest number at the end.
#
# Files are sorted, nearly always, and so the first thing is to shuffle. It must be *repeatable*, or nobody
# can find out why today's number differs from yesterday's. In R one says `set.seed(1)` and all of R shares
# one state. In Python you can give a function a random state of its own: `random.Random(seed)` is an object
# with methods `shuffle`, `sample`, `random`, whose draws depend on nothing but the seed, and which disturbs
# nobody else's.
#
# By hand, n = 10 and fractions (0.8, 0.1, 0.1): the cumulative fractions are 0.8 and 0.9, so cut the
# shuffled numbers 0 to 9 at positions 8 and 9. With n = 13: 13 · 0.8 = 10.4 and 13 · 0.9 = 11.7, rounded
# down to 10 and 11, so the parts have 10, 1 and 2.
#
# **Exercise `split`** (3 points). Shuffle the row numbers 0 to n − 1 with a random state that is made from
# `seed`. Cut them at ⌊n · c⌋ for each cumulative fraction c but the last; the last part takes the rest.
# Return a tuple with as many lists of int as there are fractions.
# - `fractions` is a tuple or list of one or more numbers above 0 that add up to 1. Rounding decides nothing:
#   the tests use the default, cut at the running sums 0.8 and 0.9, and multiples of 1/8, which a float holds
#   exactly.
# - Every row is in exactly one part; a part may be empty when n is small. The order inside a part is free.
# - The same seed gives the same split, another one another split (unless n is tiny). Python's, NumPy's and
#   torch's *global* random states are left as they were: don't call `random.seed` or `torch.manual_seed`.


# %% exercise="split" points=3
def split(n: int, fractions=(0.8, 0.1, 0.1), seed: int = 0) -> tuple[list[int], ...]:
    """Shuffled row numbers 0..n-1, cut at floor(n * cumulative fraction); the last part takes the rest.

    split(13) has parts of 10, 1 and 2 rows. split(4, (0.5, 0.5), seed=7) might be ([2, 0], [3, 1]): which
    rows they are depends on how you shuffle.
    """
    ### BEGIN SOLUTION
    order = list(range(n))
    random.Random(seed).shuffle(order)
    inner = [math.floor(n * total) for total in list(accumulate(fractions))[:-1]]
    return tuple(order[start:end] for start, end in pairwise([0, *inner, n]))
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Three steps: a list of all numbers; shuffle it; slice it. For the slices you need the places of the cuts,
# and the first slice starts at 0, the last one ends at n.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `accumulate([0.8, 0.1, 0.1])` gives the running sums. Multiply, round down (`math.floor` or `int`), leave
# the last one out, and put 0 in front and n behind. Don't round each part's own size: two parts that lose
# half a row each shift all later cuts.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `order = list(range(n))`, `random.Random(seed).shuffle(order)` (it shuffles in place and returns None), then
# `cuts = [0, *inner, n]` and `tuple(order[a:b] for a, b in pairwise(cuts))`. `pairwise` goes through neighbours:
# of 0, 8, 9, 10 it makes (0, 8), (8, 9), (9, 10).
#
# </details>

# %% tags=["explore"]
in_order = (range(266), range(266, 299), range(299, 333))
for how, parts in [("in the file's order", in_order), ("shuffled", split(len(complete)))]:
    print(how)
    for part, rows in zip(["train", "validation", "test"], parts, strict=True):
        counts = {name: sum(complete[row]["species"] == name for row in rows) for name in species}
        print(f"{part:>12}: {counts}")

# %% [markdown]
# Cut in the file's order, the test set holds one species, and hardly a bird of it is in the training set. The
# number that comes out measures nothing.
#
# ## 5 Scale, with the training set's ruler
#
# Penguins weigh some 4,200 g, give or take 800; their bills are 17 mm deep, give or take 2. Whatever adds up
# differences between birds, a distance for example, will hear the grams and not the millimetres. So bring
# each column to mean 0 and standard deviation 1 (`scale()` in R, which divides by n − 1; we divide by n).
#
# The order of steps matters: **split first, then scale, by the training set's mean and standard deviation
# alone.** They are parameters, estimated from data like any other. Estimate them from all rows, and every
# training row carries a little of the test set. By hand: the training column is 1, 3, 5, the test row is 9.
# Mean 3, standard deviation √(8/3) = 1.633, so train becomes −1.22, 0, 1.22 and test becomes 3.67: far out,
# which is the truth about it. With the statistics of all four rows it would be 1.52, an unremarkable bird.
#
# Scale the test set by *its own* mean and it gets worse: one new bird alone would always become 0.
#
# **Exercise `standardize`** (3 points). `train` has shape (n, d), `test` (m, d), n and m at least 1, both
# floating. Return the two, each column less the training column's mean, divided by the training column's
# *biased* standard deviation (the root of the mean squared deviation, no n − 1). Add no small constant to the
# divisor. A column that is **constant in `train`** (its largest value equals its smallest) carries no
# information and becomes 0 in both, whatever the test set has there. The given tensors stay as they were.


# %% exercise="standardize" points=3
def standardize(train: torch.Tensor, test: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Both tables by the training columns' mean and biased std: (n, d), (m, d). Constant columns become 0.

    standardize(torch.tensor([[1., 7.], [3., 7.], [5., 7.]]), torch.tensor([[9., 8.]])) is
    tensor([[-1.2247, 0.], [0., 0.], [1.2247, 0.]]) and tensor([[3.6742, 0.]]).
    """
    ### BEGIN SOLUTION
    mean, std = train.mean(0), train.std(0, correction=0)
    constant = train.amax(0) == train.amin(0)  # rounding may leave such a column a std of 1e-17
    return tuple(torch.where(constant, 0.0, (table - mean) / std) for table in (train, test))
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Which rows may the mean be computed from, and along which axis must you go so that there are d means?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `train.mean(0)` has shape (d,) and broadcasts against both tables. For the biased standard deviation,
# `train.std(0, correction=0)`. Find the constant columns by comparing `train.amax(0)` with `train.amin(0)`:
# three times 0.1 has a standard deviation of 1e-17, not 0.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `torch.where(constant, 0.0, (table - mean) / std)`, once for `train` and once for `test`. It makes a new
# tensor, so nothing given is changed, and where `constant` holds the 0/0 isn't looked at.
#
# </details>

# %% [markdown]
# ## 6 A model that only remembers: nearest neighbours
#
# The oldest idea of all: to identify a bird, find the k most similar ones among those you know, and let them
# vote. For a number instead of a category, take their mean. Nothing is fitted; "training" is to keep the
# table. (In R: `class::knn`.)
#
# By hand, on a line: known birds at 1, 2, 6 and 7 with labels 0, 0, 1, 1, a query at 3. Squared distances
# 4, 1, 9, 16. With k = 1 the neighbour at 2 decides: 0. With k = 3 the neighbours are 2, 1 and 6, labels 0,
# 0, 1: still 0. With k = 4 the vote is two to two, and we need a rule for ties: the **smallest label**
# wins.
#
# Labels are names, and that is why they vote. The "mean" of species 0 and species 2 isn't species 1.
#
# **Exercise `knn_predict`** (4 points). `X` (n, d) holds the known rows, `y` (n,) their answers, `queries`
# (m, d) the rows to answer; 1 ≤ k ≤ n. Find for each query the k rows of `X` with the least Euclidean
# distance over all d columns, and return a tensor of shape (m,):
# - if `y` is integer, the label with the most votes, of an integer dtype; of several with equally
#   many, the smallest. Labels are 0 or larger, and there may be gaps between them;
# - if `y` is floating, the mean of the neighbours' values.
#
# A query may equal a known row, which then is its nearest neighbour like any other. Rows of equal distance at
# the k-th place, where it is a toss-up who counts, don't occur in the tests. Coordinates may be large. So
# subtract first, then square: the expansion |a|² − 2ab + |b|² loses its digits far from the origin.


# %% exercise="knn_predict" points=4
def knn_predict(X: torch.Tensor, y: torch.Tensor, queries: torch.Tensor, k: int) -> torch.Tensor:
    """For each query the vote (integer y) or mean (floating y) of its k nearest rows of X: (m,).

    With X = [[1.], [2.], [6.], [7.]] and queries = [[3.]], y = [0, 0, 1, 1] gives [0] for k = 1, 3 and 4;
    y = [10., 20., 60., 70.] gives [20.] for k = 1 and [30.] for k = 3.
    """
    ### BEGIN SOLUTION
    distances = (queries[:, None, :] - X).pow(2).sum(2)  # (m, n)
    neighbours = y[distances.topk(k, largest=False).indices]  # (m, k)
    if y.is_floating_point():
        return neighbours.mean(1)
    return F.one_hot(neighbours).sum(1).argmax(1)  # the first of the largest counts
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# First a table of distances, (m, n): one row per query. Then, in each row, *which* places hold the k
# smallest? Then, what stands in `y` at these places? One question after the other, and look at each shape.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Subtract with broadcasting, `queries[:, None, :] - X` has shape (m, n, d); square and sum over the last
# axis. (Squared distances have the same order as distances.) `topk(k, largest=False).indices` gives (m, k)
# places, and `y[places]` the neighbours' answers. Counting votes: `F.one_hot` and a sum over the neighbours.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `neighbours = y[distances.topk(k, largest=False).indices]`. If `y.is_floating_point()`, return
# `neighbours.mean(1)`. Otherwise `votes = F.one_hot(neighbours).sum(1)`, of shape (m, labels), and
# `votes.argmax(1)`, which takes the first of several largest.
#
# </details>

# %% [markdown]
# Does scaling matter? Wine, 178 samples from three cultivars, 13 chemical measurements, among them proline
# (hundreds of mg/l) and hue (about 1). Five neighbours, ten splits into 80 % and 20 %:

# %% tags=["explore"]
from sklearn.datasets import load_wine

X, y = (torch.tensor(column) for column in load_wine(return_X_y=True))
raw, scaled = [], []
for seed in range(10):
    train, test = split(len(X), (0.8, 0.2), seed)
    raw.append(error_rate(y[test], knn_predict(X[train], y[train], X[test], 5)))
    S_train, S_test = standardize(X[train], X[test])
    scaled.append(error_rate(y[test], knn_predict(S_train, y[train], S_test, 5)))
print(f"errors on raw columns {np.mean(raw):.3f}, on scaled columns {np.mean(scaled):.3f}")

# %% [markdown]
# Unscaled, more than a quarter of the wines are put to the wrong cultivar; scaled, one in forty. Nothing about
# the method was changed, only the units in which it hears.
#
# ### How many neighbours?
#
# `k` sets how complicated a model may be. With k = 1 every training bird is its own nearest neighbour, and
# the training error is 0: the model has memorised its table. With k as large as the table, everybody gets the
# majority's label. In between we hope for a model that has *learned*. Let it guess the sex of a penguin from
# its four measurements, on six splits of the 333 birds, and watch both errors. Complexity grows to the
# right, so k falls.

# %% tags=["explore"]
X = torch.tensor([[bird[field] for field in MEASUREMENTS] for bird in complete], dtype=torch.float64)
y = torch.tensor([int(bird["sex"] == "male") for bird in complete])
ks = [1, 3, 7, 15, 31, 63, 121]
errors = {"training": [], "validation": []}
for seed in range(6):
    train, validation, _ = split(len(X), (0.4, 0.3, 0.3), seed)
    S_train, S_validation = standardize(X[train], X[validation])
    by_k = [[], []]
    for k in ks:
        by_k[0].append(error_rate(y[train], knn_predict(S_train, y[train], S_train, k)))
        by_k[1].append(error_rate(y[validation], knn_predict(S_train, y[train], S_validation, k)))
    errors["training"].append(by_k[0])
    errors["validation"].append(by_k[1])

figure, axes = plt.subplots(figsize=(6.6, 3.4))
for name, colour in [("training", "#4682b4"), ("validation", "#d9822b")]:
    mean = np.mean(errors[name], axis=0)
    axes.plot(ks, mean, "o-", ms=4, color=colour)
    axes.annotate(name, (1, mean[0]), (8, 0), textcoords="offset points", color=colour, va="center")
axes.set_xscale("log")
axes.set_xticks(ks, ks)
axes.minorticks_off()
axes.invert_xaxis()
axes.set_xlabel("neighbours k (fewer: a more complicated model)")
axes.set_ylabel("error rate")
axes.set_ylim(bottom=-0.01)
axes.text(92, 0.18, "underfitting:\nboth errors high", ha="center", color="0.35", fontsize=8)
axes.text(1.9, 0.19, "overfitting:\nthe two part", ha="center", color="0.35", fontsize=8)
plt.show()
best = ks[int(np.argmin(np.mean(errors["validation"], axis=0)))]
print(f"least validation error {np.min(np.mean(errors['validation'], axis=0)):.3f} at k = {best}")

# %% [markdown]
# You will see this picture again every week, with other names on the axis: degree of a polynomial, depth of
# a tree, width of a network, hours of training. The training error only tells how well a model can remember.
# The validation error falls, has its least value at an intermediate complexity, and rises again. And since
# k was *chosen* by the validation error, that least value is a little too good, which is why a third part
# waits untouched.
#
# ## 7 Which mistakes? The confusion matrix
#
# An error rate is one number, and says nothing about which classes are taken for which. The **confusion
# matrix** keeps all of it: a row for each true class, a column for each predicted one, and in each cell how
# often it happened. In R: `table(truth, predicted)`. By hand, for truth 0, 0, 1, 2, 2 and predictions 0, 1,
# 1, 2, 0:
#
# | truth \ predicted | 0 | 1 | 2 |
# | --- | --- | --- | --- |
# | 0 | 1 | 1 | 0 |
# | 1 | 0 | 1 | 0 |
# | 2 | 1 | 0 | 1 |
#
# The right answers are on the diagonal, 3 of 5.
#
# **Exercise `confusion_matrix`** (2 points). `y` (n,) holds the true labels, `p` (n,) the predicted ones,
# both integer, each from 0 to k − 1. Return a (k, k) tensor of an **integer** dtype: entry [i, j] counts
# the places where the truth is i and the prediction j. Always k rows and columns, also for classes that
# never occur; with n = 0 all are 0. (Other books and programs turn the table over; the statement decides.)


# %% exercise="confusion_matrix" points=2
def confusion_matrix(y: torch.Tensor, p: torch.Tensor, k: int) -> torch.Tensor:
    """How often class i was predicted as class j: (k, k), integer. Rows are the truth.

    confusion_matrix(torch.tensor([0, 0, 1, 2, 2]), torch.tensor([0, 1, 1, 2, 0]), 3) is
    tensor([[1, 1, 0], [0, 1, 0], [1, 0, 1]]).
    """
    ### BEGIN SOLUTION
    return torch.bincount(y * k + p, minlength=k * k).reshape(k, k)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Start from a k by k table of zeros and go through truth and prediction side by side.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# A loop over `zip(y.tolist(), p.tolist())` that adds 1 to a cell is fine. `matrix[y, p] += 1` in one go
# isn't: a cell that is named five times gets its 1 once. And `torch.zeros` is floating unless you ask for
# another dtype.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `matrix = torch.zeros((k, k), dtype=torch.int64)`, a loop over the pairs, and in it one line, which adds 1 to
# `matrix[..., ...]`: which of the two numbers says the row?
#
# </details>

# %% [markdown]
# 1,797 handwritten digits, 8 by 8 pixels each, and for once a model from the shelf: **logistic regression**
# (in R `glm(family = binomial)`, here with ten classes). It weighs the pixels, adds up, and turns ten sums
# into probabilities; next week you write it.

# %% tags=["explore"]
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

digits, labels = load_digits(return_X_y=True)
train, test = split(len(digits), (0.8, 0.2), seed=3)
model = LogisticRegression(tol=0.003).fit(digits[train] / 16, labels[train])
truth, predicted = torch.tensor(labels[test]), torch.tensor(model.predict(digits[test] / 16))
matrix = confusion_matrix(truth, predicted, 10)

figure, axes = plt.subplots(figsize=(4.6, 4))
image = axes.imshow(matrix.where(matrix > 0, torch.nan), norm="log", cmap="Blues", vmin=0.5)
for i in range(10):
    for j in range(10):
        if matrix[i, j]:
            colour = "white" if i == j else "black"
            axes.text(j, i, matrix[i, j].item(), ha="center", va="center", fontsize=8, color=colour)
axes.set_xticks(range(10))
axes.set_yticks(range(10))
axes.set_xlabel("predicted digit")
axes.set_ylabel("true digit")
axes.spines[:].set_visible(False)
axes.tick_params(length=0)
plt.show()
print(f"this test set:                      {error_rate(truth, predicted):.3f}")


def mean_error(held_out_rows):
    """The mean error on some sets of rows, each by a model fitted to all the others."""
    found = []
    for rows in held_out_rows:
        others = np.setdiff1d(np.arange(len(digits)), rows)
        fitted = LogisticRegression(tol=0.003).fit(digits[others] / 16, labels[others])
        found.append((fitted.predict(digits[rows] / 16) != labels[rows]).mean())
    return np.mean(found)


print(f"held out at random, five times:     {mean_error(split(len(digits), [0.2] * 5)):.3f}")
print(f"held out as a stretch of the file:  {mean_error(np.array_split(np.arange(len(digits)), 5)):.3f}")

# %% [markdown]
# The mistakes have a pattern: ask for each cell off the diagonal what the two digits share. And compare the
# last two error rates. In both each fifth of the digits is held out once, by a model fitted to the other four:
# *five-fold cross-validation*. But the digits stand in the file in the order in which people wrote them, so a
# random fifth has every writer's hand on both sides. Hold out whole stretches of the file, and the error
# grows: the model knew the writers. Section 8 comes back to them.
#
# ### Two questions about one class
#
# Of 100 leaves five are infected. A classifier that says "healthy" every time has an error rate of 0.05 and
# is useless. Another one has this matrix, with class 1 for infected:
#
# | truth \ predicted | 0 | 1 |
# | --- | --- | --- |
# | 0 | 90 | 5 |
# | 1 | 1 | 4 |
#
# Its error rate, 0.06, is *larger*, and it is the better one. So ask about the class that matters:
# - **precision**: of those called infected, how many are? Down the column, 4 / (5 + 4) = 0.44. You may know
#   it as the positive predictive value.
# - **recall**: of those infected, how many were found? Along the row, 4 / (1 + 4) = 0.8. You may know it as
#   sensitivity.
#
# **Exercise `precision_recall`** (2 points). `matrix` is a (k, k) confusion matrix, integer, rows are truth;
# `cls` is a class from 0 to k − 1. Return the pair (precision, recall) for this class, two numbers. A class
# that was never predicted has precision 0.0, one that never occurs has recall 0.0.


# %% exercise="precision_recall" points=2
def precision_recall(matrix: torch.Tensor, cls: int) -> tuple[float, float]:
    """(precision, recall) of class `cls`; 0.0 for what would be 0/0.

    precision_recall(torch.tensor([[90, 5], [1, 4]]), 1) is (0.4444, 0.8), rounded.
    """
    ### BEGIN SOLUTION
    hits = matrix[cls, cls].item()
    predicted, there = matrix[:, cls].sum().item(), matrix[cls].sum().item()
    return (hits / predicted if predicted else 0.0), (hits / there if there else 0.0)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# The two share their numerator, one cell of the matrix. Only the totals differ. Which of the two totals runs
# over all that was *predicted* as this class?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `matrix[:, cls]` is a column, all that was called `cls`; `matrix[cls]` is a row, all that is `cls`. Either
# sum may be 0, each on its own.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `hits = matrix[cls, cls].item()`, `predicted = matrix[:, cls].sum().item()`, `there =
# matrix[cls].sum().item()`; then `hits / predicted if predicted else 0.0`, and the other one alike.
#
# </details>

# %% [markdown]
# ## 8 What a random split hides
#
# A split is a claim: *the test rows are as new to the model as the cases that I will use it on*. Rows that
# belong together break it. Ten photographs of one plant, three biopsies of one patient, the paralogues of
# one ancestral gene: with one in training, the others are no surprise. Then whole **groups** must stay on
# one side.
#
# By hand: rows 0 to 5 belong to groups a, a, b, c, b, c. With `fraction` 0.5, ⌊1.5⌋ = 1 of the three groups is
# held out, say b: test is rows 2 and 4, train is rows 0, 1, 3, 5.
#
# **Exercise `group_split`** (3 points). `groups` is a list with the group of each row (texts or integers),
# in any order. Choose at random, by `seed` as in `split`, ⌊`fraction` · number of groups⌋ groups, but at
# least one, as the test side; 0 < `fraction` < 1. Return two lists of row numbers, (train, test). The order
# inside each is free.
# - It is a fraction of the *groups*, whatever their sizes; in the tests a multiple of 1/64, so that rounding
#   decides nothing. The names are all texts or all integers. A single group is the test side, and train is
#   empty.
# - Every group can be chosen; another seed gives another choice, sooner or later.
# - The same seed gives the same split, also tomorrow, in a new session. Beware of `set`: the order in which
#   Python runs through a set of texts changes from one session to the next.
# - The global random states are left as they were.


# %% exercise="group_split" points=3
def group_split(groups: list, fraction: float, seed: int = 0) -> tuple[list[int], list[int]]:
    """(train, test) row numbers with no group on both sides; floor(fraction * groups), at least 1, in test.

    group_split(["a", "a", "b", "c", "b", "c"], 0.5) might be ([0, 1, 3, 5], [2, 4]): the group b is held out.
    """
    ### BEGIN SOLUTION
    names = list(dict.fromkeys(groups))  # each once, in order of appearance: a set's order is not repeatable
    random.Random(seed).shuffle(names)
    held_out = names[: max(1, math.floor(fraction * len(names)))]
    train = [row for row, group in enumerate(groups) if group not in held_out]
    test = [row for row, group in enumerate(groups) if group in held_out]
    return train, test
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Shuffle and cut the *names of the groups*, not the rows. Only then go through the rows and ask of each on
# which side its group is.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Each name once, in an order that is the same in every session: `list(dict.fromkeys(groups))`, or
# `sorted(set(groups))`. Then as in `split`; `max(1, ...)` for the least number of groups.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `random.Random(seed).shuffle(names)`, `held_out = names[: max(1, math.floor(fraction * len(names)))]`, and
# two list comprehensions over `enumerate(groups)`, one with `group not in held_out`, one with `in`.
#
# </details>

# %% [markdown]
# Proteins of *Arabidopsis* in twelve families. Each becomes a table of 400 numbers, how often each pair of
# residues occurs in it, and its family is that of its nearest neighbour. Genes that are each other's
# homologues have a group number. Six splits each way:

# %% tags=["explore"]
proteins = datasets.load("arabidopsis_families")
RESIDUES = "ACDEFGHIKLMNPQRSTVWY"
place = {a + b: 20 * i + j for i, a in enumerate(RESIDUES) for j, b in enumerate(RESIDUES)}


def pair_profile(protein):
    """The share of each pair of neighbouring residues, (400,)."""
    found = [place[protein[i : i + 2]] for i in range(len(protein) - 1) if protein[i : i + 2] in place]
    return torch.bincount(torch.tensor(found), minlength=400).double() / len(found)


profiles = torch.stack([pair_profile(gene["protein"]) for gene in proteins])
families = sorted({gene["family"] for gene in proteins})
y = torch.tensor([families.index(gene["family"]) for gene in proteins])
homology = [gene["group"] for gene in proteins]


def neighbour_error(train, test):
    """The error of one nearest neighbour; cdist needs less memory than a table of all differences."""
    similar = torch.cdist(profiles[test], profiles[train]).argmin(1)
    return error_rate(y[test], y[train][similar])


by_rows = [neighbour_error(*split(len(y), (0.75, 0.25), seed)) for seed in range(6)]
by_groups = [neighbour_error(*group_split(homology, 0.25, seed)) for seed in range(6)]
figure, axes = plt.subplots(figsize=(6.6, 1.9))
for height, values, colour in [(1, by_rows, "#4682b4"), (0, by_groups, "#d9822b")]:
    axes.plot(values, [height] * 6, "o", ms=6, alpha=0.6, color=colour)
    axes.plot([np.mean(values)] * 2, [height - 0.25, height + 0.25], color=colour)
axes.set_yticks([1, 0], ["rows split at random", "homologues kept together"])
axes.set_ylim(-0.6, 1.6)
axes.set_xlim(0.3, 0.8)
axes.set_xlabel("error rate of the nearest neighbour, twelve families (six splits, line: mean)")
plt.show()
print(
    f"{len(y)} proteins in {len(set(homology))} groups: {np.mean(by_rows):.2f} and {np.mean(by_groups):.2f}"
)

# %% [markdown]
# The same model on the same data, and the error goes up by half: much of what looked like knowing a family
# was having seen a sister gene. Which of the two numbers is "right"? The one whose split looks like your
# use. For another member of a known gene family it is the first, for a new kind of gene the second. With the
# digits of section 7 the group is the writer: the file doesn't name the writers, so whole stretches of it stood
# in for them. Where groups aren't recorded, the order of the file may be all that is left of them.
#
# ## 9 A question with two answers: the decision tree
#
# A decision tree asks questions of the form *is feature f at most t?*, one after the other, as a
# dichotomous key does. It is built greedily: of all questions about all features, take the one whose two
# answers leave the purest groups.
#
# How mixed is a group? Draw two of its members with replacement: how likely are they of different classes?
# That is the **Gini impurity**, $1 - \sum_c p_c^2$ with $p_c$ the share of class c; ecologists know it as
# Simpson's diversity (the same Simpson as the paradox's). For labels 0, 0, 0, 1 it is 1 − (9/16 + 1/16) =
# 0.375, for a pure group 0, for an even mix of two 0.5.
#
# A question is judged by both groups, **weighted by their sizes**: an answer that isolates one single leaf
# purely has explained one leaf. By hand: x = 1, 2, 3, 4 with labels 0, 0, 1, 0.
#
# | question | left | right | weighted impurity |
# | --- | --- | --- | --- |
# | x ≤ 1.5 | 0 | 0, 1, 0 | ¼ · 0 + ¾ · 0.444 = 0.333 |
# | x ≤ 2.5 | 0, 0 | 1, 0 | ½ · 0 + ½ · 0.5 = **0.25** |
# | x ≤ 3.5 | 0, 0, 1 | 0 | ¾ · 0.444 + ¼ · 0 = 0.333 |
#
# **Exercise `best_split`** (5 points), two functions in one cell.
# - `gini(labels)`: the impurity of an integer tensor (n,) of labels from 0 up; 0.0 for an empty one.
# - `best_split(X, y)`: of all questions `X[:, feature] <= threshold` (rows for which it holds go left) one
#   with the least weighted impurity, as a tuple (feature, threshold, weighted impurity). Features count
#   from 0. The threshold lies **strictly between** two neighbouring different values of its feature, so
#   that both sides have rows; the middle is a good choice. Of several equally good questions any is right.
# - If no question separates any rows, because all rows are equal or there is only one, the answer is `None`.
#   In every other case return a split, also if `y` is pure already or the impurity doesn't fall.
#
# `X` is (n, d) with n, d ≥ 1, `y` is (n,).


# %% exercise="best_split" points=5
def gini(labels: torch.Tensor) -> float:
    """The Gini impurity, 1 - sum of squared shares; 0.0 without any labels.

    gini(torch.tensor([0, 0, 0, 1])) is 0.375.
    """
    ### BEGIN SOLUTION
    if len(labels) == 0:
        return 0.0
    shares = labels.bincount().double() / len(labels)
    return 1 - shares.pow(2).sum().item()
    ### END SOLUTION


def best_split(X: torch.Tensor, y: torch.Tensor) -> tuple[int, float, float] | None:
    """(feature, threshold, weighted impurity) of the purest question x <= threshold, or None.

    best_split(torch.tensor([[1.], [2.], [3.], [4.]]), torch.tensor([0, 0, 1, 0])) is (0, 2.5, 0.25).
    """
    ### BEGIN SOLUTION
    best = None
    for feature in range(X.shape[1]):
        for low, high in pairwise(X[:, feature].unique().tolist()):  # unique sorts
            threshold = (low + high) / 2
            left = X[:, feature] <= threshold
            share = left.double().mean().item()
            impurity = share * gini(y[left]) + (1 - share) * gini(y[~left])
            if best is None or impurity < best[2]:
                best = (feature, threshold, impurity)
    return best
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# How many different questions can one column ask at all? For the values 1, 1, 4, 6 it is two. Try them all,
# and remember the best so far.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `X[:, feature].unique()` gives the different values, sorted; each pair of neighbours gives one threshold. A
# Boolean tensor `left` then picks both groups: `y[left]` and `y[~left]`. A column with one value only has no
# pair, so its loop has no rounds, and what you remembered from the start, `None`, may be what is returned.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# For each feature, `for low, high in pairwise(values.tolist())`: `threshold = (low + high) / 2`, `left = X[:,
# feature] <= threshold`, `impurity = (left.sum() * gini(y[left]) + (~left).sum() * gini(y[~left])) / len(y)`;
# keep it `if best is None or impurity < best[2]`. `gini` itself: `labels.bincount()` are the counts.
#
# </details>

# %% [markdown]
# Give it a task: stretches of 150 nucleotides from *Arabidopsis*, coding or intergenic. Two features: the
# share of G and C, and the share of letters that are written small. What is the first question, and what is
# each feature worth alone?

# %% tags=["explore"]
windows = [w for w in datasets.load("arabidopsis_windows") if "thaliana" in w["species"]]
features = torch.tensor(
    [
        [sum(letter in "GCgc" for letter in w["sequence"]), sum(letter.islower() for letter in w["sequence"])]
        for w in windows
    ],
    dtype=torch.float64,
)
y = torch.tensor([int(w["label"] == "coding") for w in windows])
train, test = group_split([w["block"] for w in windows], 0.25, seed=1)
names = ["letters that are G or C", "letters written small"]
feature, threshold, _ = best_split(features[train], y[train])
print(f"the first question: are at most {threshold:g} {names[feature]}?")
figure, panels = plt.subplots(1, 2, figsize=(7.2, 3))
for column, (axes, name) in enumerate(zip(panels, names, strict=True)):
    _, threshold, _ = best_split(features[train][:, [column]], y[train])
    side = (features[:, column] <= threshold).long()
    majority = [int(y[train][side[train] == which].double().mean() > 0.5) for which in (0, 1)]
    error = error_rate(y[test], torch.tensor(majority)[side[test]])
    edges = np.arange(0, 151, 6)
    for label, word, colour in [(1, "coding", "#4682b4"), (0, "intergenic", "#d9822b")]:
        axes.hist(features[y == label][:, column], edges, alpha=0.6, color=colour, label=word)
    axes.axvline(threshold, color="black", lw=1, ls="--")
    axes.set_yscale("log")
    axes.set_xlabel(f"{name}, of 150")
    axes.set_title(f"x ≤ {threshold:g}: test error {error:.3f}", fontsize=9, loc="left")
panels[0].set_ylabel("windows")
panels[0].legend(fontsize=8)
plt.show()

# %% [markdown]
# The first question is about GC content, and it puts nine windows in ten right: coding DNA is richer in G and
# C here. The right-hand panel should make you suspicious. The small letters alone get four in five right,
# without any biology of coding: a program marked repeats and low-complexity stretches by writing them small
# (*soft-masking*), and repeats are rarely coding. A model that reads `a` and `A` as different letters is free to
# use that. It would be as right on a new chromosome, if the same program had been there before; and part of
# what it told us would be what the program thinks.
#
# That is a **label leak**: a feature that knows the answer for a reason other than the one you study. Here
# it is mended by `sequence.upper()`. Elsewhere it is a hospital's name in an image's corner, the plate
# number, the date of measurement.
#
# You have now met three leaks that a random split doesn't show: statistics taken from all rows (section 5),
# relatives on both sides (writers and sister genes, sections 7 and 8), and a column that knows the answer for the
# wrong reason. After the first two the test rows aren't new to the model. After the third they are, and the
# error is small all the same.
#
# ## 10 A line, and what its slope means
#
# Regression is the pipeline with numbers for answers. You know one from the bench. In qPCR, DNA grows by a
# factor of 1 + E in each cycle; E = 1, an efficiency of 100 %, is doubling. Dilute a sample tenfold and it
# takes more cycles to reach the same fluorescence, namely those that make good a factor of ten:
#
# $$(1 + E)^{\Delta} = 10 \quad\Rightarrow\quad \Delta = \frac{1}{\log_{10}(1 + E)}$$
#
# So the threshold cycle against log₁₀ of the dilution is a line with slope −Δ, and from the fitted slope
#
# $$E = 10^{-1/\text{slope}} - 1$$
#
# By hand: cycles 15, 18.4, 21.8, 25.2 at log₁₀ dilutions 0, −1, −2, −3. The slope is −3.4, 1/3.4 = 0.294,
# 10^0.294 = 1.968, so E = 0.968. Perfect doubling has the slope −3.32.
#
# **Exercise `amplification_efficiency`** (2 points). `log10_dilution` and `cycles` are floating tensors of
# shape (n,), n ≥ 2, with at least two different dilutions, in any order, replicates included. Fit the
# least-squares line with intercept of cycles on log₁₀ dilution (`lm(cycles ~ log10_dilution)`) over all
# points, and return E as one number, not in per cent. Cycles go up when the dilution goes down, in all
# tests.


# %% exercise="amplification_efficiency" points=2
def amplification_efficiency(log10_dilution: torch.Tensor, cycles: torch.Tensor) -> float:
    """E = 10 ** (-1 / slope) - 1, with the least-squares slope of cycles on log10 dilution.

    With log10_dilution = [0., -1., -2., -3.] and cycles = [15., 18.4, 21.8, 25.2] it is 0.9684, rounded.
    """
    ### BEGIN SOLUTION
    x = log10_dilution - log10_dilution.mean()
    slope = (x * cycles).sum() / (x * x).sum()  # x sums to 0, so cycles needn't be centred
    return 10 ** (-1 / slope.item()) - 1
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Two steps: the slope, then the formula. The slope of a least-squares line is a covariance divided by a
# variance; of what with what, and of what?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Subtract from both their means; then slope = sum of products / sum of squares of x, and x is what stands on
# the horizontal axis, the log dilution. Logarithms to base ten come back with `10 ** ...`, not with `exp`.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `x = log10_dilution - log10_dilution.mean()`, and `slope = (x * (cycles - cycles.mean())).sum() / (...).sum()`,
# where the same x stands below twice. Then the formula, with `slope.item()`.
#
# </details>

# %% [markdown]
# Now on fluorescence curves, from a simulator with noise, drift and a plateau, so that the true
# efficiencies are known. The given function finds where a curve crosses a threshold, as
# `amplification_cycle` did in week 01, after taking off the baseline of the first cycles.


# %% tags=["explore"]
def threshold_cycle(fluorescence, threshold=0.1):
    """The first crossing of `threshold`, interpolated, after a straight baseline fitted to cycles 3 to 10."""
    curve = np.array(fluorescence)
    cycle = np.arange(1, len(curve) + 1)
    curve = curve - np.polyval(np.polyfit(cycle[2:10], curve[2:10], 1), cycle)
    after = int(np.argmax((curve >= threshold) & (cycle > 10)))
    return cycle[after - 1] + (threshold - curve[after - 1]) / (curve[after] - curve[after - 1])


wells = datasets.load("qpcr")
assays = sorted({(well["efficiency"], well["name"]) for well in wells})
figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3.4))
for (efficiency, name), colour in zip(assays, ["#a05195", "#5b8c5a", "#d9822b", "#4682b4"], strict=False):
    own = [well for well in wells if well["name"] == name and well["efficiency"] == efficiency]
    x = torch.tensor([well["log10_dilution"] for well in own], dtype=torch.float64)
    cycles = torch.tensor([threshold_cycle(well["fluorescence"]) for well in own], dtype=torch.float64)
    E = amplification_efficiency(x, cycles)
    slope = -1 / math.log10(1 + E)
    ends = torch.tensor([x.min(), x.max()])
    right.plot(x, cycles, "o", ms=4, alpha=0.6, color=colour)
    right.plot(
        ends, cycles.mean() + slope * (ends - x.mean()), color=colour, label=f"{E:.3f} (true {efficiency:g})"
    )
    if name == assays[-1][1]:
        for well in own:
            left.plot(range(1, len(well["fluorescence"]) + 1), well["fluorescence"], color=colour, lw=0.8)
left.set_xlabel("cycle")
left.set_ylabel("fluorescence (arbitrary units)")
left.set_title(f"curves of the assay {assays[-1][1]}", fontsize=9, loc="left")
right.set_xlabel("log₁₀ dilution")
right.set_ylabel("threshold cycle")
right.legend(title="efficiency, fitted", fontsize=8, title_fontsize=8)
plt.show()

# %% [markdown]
# Steeper lines are less efficient reactions. The fits come back within three hundredths of the truth. Most of
# what is left isn't noise of the cycles but of the baseline: a line fitted to eight early readings is prolonged
# to cycle 30. Fit it to other cycles, and watch the second digit move.
#
# ## 11 Now break it
#
# You have passed tests that somebody else wrote. Now write one. What does a `standardize` look like that is
# wrong and still returns nice numbers around 0?
#
# **Exercise `break_standardize`** (3 points). Write a function that takes somebody's `standardize` and raises
# an `AssertionError` if it is wrong; on a right one it returns without a sound. It will meet right ones of
# different make, which it must let pass (any algorithm; results rounded a little differently), and a row of
# wrong ones. Your points are the share of wrong ones that you catch, so long as you let all right ones pass.
#
# The checks try two right ones and some that are plainly wrong. The points are decided by others that you don't
# see, and a single false alarm costs them all. So try your test on your own `standardize` first. Give it
# float64 tensors: then small differences are real ones, and `torch.allclose` can be asked to be strict
# (`atol=1e-9`).


# %% exercise="break_standardize" points=3
def break_standardize(standardize) -> None:
    """Raise AssertionError if the given `standardize(train, test)` is wrong.

    A first line of it might be: a, b = standardize(train, test), and then
    assert torch.allclose(a.mean(0), torch.zeros(2, dtype=torch.float64))
    """
    ### BEGIN SOLUTION
    train = torch.tensor([[1.0, 0.1, 4.0], [3.0, 0.1, -2.0], [5.0, 0.1, 7.0]], dtype=torch.float64)
    test = torch.tensor([[9.0, 0.4, 1.0], [-2.0, 0.1, 8.0]], dtype=torch.float64)
    before = train.clone(), test.clone()
    answer = standardize(train, test)
    assert torch.equal(train, before[0]) and torch.equal(test, before[1]), "changes what it was given"

    assert len(answer) == 2, "not a pair"
    for table, scaled in zip(before, answer, strict=True):
        assert scaled.shape == table.shape, "another shape"
        for column in (0, 2):
            values = before[0][:, column].tolist()
            mean = sum(values) / 3
            std = math.sqrt(sum((value - mean) ** 2 for value in values) / 3)
            for mine, value in zip(scaled[:, column].tolist(), table[:, column].tolist(), strict=True):
                assert abs(mine - (value - mean) / std) < 1e-9, "wrong numbers"
        assert (scaled[:, 1] == 0).all(), "a constant column isn't 0"
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Go through the statement of section 5 sentence by sentence. For each, imagine the code of somebody who
# overread it. On which numbers would you notice?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Choose a test set that lies elsewhere than the training set, or statistics of the wrong rows look right. Use
# different numbers of rows and columns. Have a column that is constant in `train` and not in `test`, once
# with a value like 0.1 that has no exact binary form. Keep copies of both inputs.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `before = train.clone()`, `a, b = standardize(train, test)`, then `assert torch.allclose(b, expected,
# atol=1e-9)` with `expected` worked out by hand or with plain sums, the same for `a`, `assert (b[:, j] ==
# 0).all()` for the constant column j, and `assert torch.equal(train, before)`.
#
# </details>

# %% tags=["explore"]
break_standardize(standardize)
print("your test lets your own standardize pass")

# %% [markdown]
# ## 12 Stretch: the classics
#
# All that follows is extra, and each exercise stands for itself. Without them, go on to *Looking back*, and
# skip the cells that use them.
#
# ### The line in many dimensions
#
# With d features a line becomes $\hat y = Xw + b$. Centre `X` and `y` first, and the intercept falls out:
# the best w solves $(X - \bar X)\,w \approx (y - \bar y)$, and $b = \bar y - \bar X w$. The
# *pseudo-inverse* solves this always. If columns say the same twice, or there are more columns than rows,
# many w fit equally well, and it takes the **shortest** (least $\sum_j w_j^2$); the intercept isn't part of
# that sum. (In R, `lm` drops columns instead.) By hand: X = 0, 1, 2 and y = 1, 3, 5. Centred: −1, 0, 1 and
# −2, 0, 2, so w = 2, and b = 3 − 1 · 2 = 1.
#
# **Exercise `linear_regression`** (stretch, 3 points). `X` is (n, d), `y` is (n,), n ≥ 1. Return (w, b): the
# shortest w, (d,), of those with the least squared error, and the intercept, a number. `X` may have repeated,
# constant or too many columns.


# %% exercise="linear_regression" points=3 stretch=true
def linear_regression(X: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, float]:
    """(w, b) with the least squared error of X @ w + b; of several the one with the shortest w.

    linear_regression(torch.tensor([[0.], [1.], [2.]]), torch.tensor([1., 3., 5.])) is (tensor([2.]), 1.0).
    With X = [[0., 0.], [1., 1.], [2., 2.]] and the same y it is (tensor([1., 1.]), 1.0).
    """
    ### BEGIN SOLUTION
    w = torch.linalg.pinv(X - X.mean(0)) @ (y - y.mean())
    return w, (y.mean() - X.mean(0) @ w).item()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# The line goes through the point of means, always. What is left to find once you have moved that point to the
# origin?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `torch.linalg.inv(A.T @ A)` fails where columns repeat each other; `torch.linalg.pinv(A)` doesn't. A
# column of ones instead of centring would let the intercept take part in "shortest".
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `w = torch.linalg.pinv(X - X.mean(0)) @ (y - y.mean())`, then the intercept from the means.
#
# </details>

# %% [markdown]
# ### How bent may it be?
#
# A polynomial of degree g is a line in x, x², …, x^g. The larger g, the smaller the training error, down to
# 0 when the curve passes through every point. So it is chosen on points that it wasn't fitted to. By hand:
# for x = 0, 1, 2 and y = 0, 1, 0, degree 0 is the constant ⅓, degree 2 the parabola 2x − x². At the
# validation point x = 3, y = 0 the first is wrong by ⅓, the second, −3 there, by 3: degree 0 wins, though
# on the training points degree 2 is perfect.
#
# **Exercise `choose_degree`** (stretch, 2 points). Fit, for each degree in `degrees` (a list of different
# int, 0 or larger, in any order), the least-squares polynomial with intercept to (`x`, `y`), and return the
# degree with the least mean squared error on (`x_val`, `y_val`). Of several with exactly the same error,
# the smallest. All four are floating, `x` and `y` of shape (n,), the other two of shape (m,), m ≥ 1; `x`
# has more different values than the largest degree. Near-ties don't occur in the tests.


# %% exercise="choose_degree" points=2 stretch=true
def choose_degree(x, y, x_val, y_val, degrees: list[int]) -> int:
    """The degree whose polynomial, fitted to (x, y), has the least mean squared error on (x_val, y_val).

    With x = [0., 1., 2.], y = [0., 1., 0.], x_val = [3.], y_val = [0.], choose_degree(..., [0, 2]) is 0.
    """
    ### BEGIN SOLUTION

    def validation_error(degree):
        powers = torch.arange(degree + 1)
        weights = torch.linalg.pinv(x[:, None] ** powers) @ y
        return (x_val[:, None] ** powers @ weights - y_val).pow(2).mean().item()

    return min(sorted(degrees), key=validation_error)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Which of the four tensors may the fit see, and which the choice?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `x[:, None] ** torch.arange(degree + 1)` is the table of powers, the power 0 for the intercept among them.
# Fit it to `y` with `pinv` or `torch.linalg.lstsq`; make the same table of `x_val` to predict. (Functions of
# NumPy's such as `np.polyfit` want `x.numpy()`.) `min` with a `key` returns the first of several equal ones.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# A function `validation_error(degree)`, then `min(sorted(degrees), key=validation_error)`.
#
# </details>

# %% tags=["explore"]
from numpy.polynomial import Polynomial

draw = np.random.default_rng(4)
x = np.sort(draw.uniform(0, 10, 30))
growth = 8 * x / (2 + x) + draw.normal(0, 0.7, 30)  # a saturating response, measured with noise
train, validation = (np.array(part) for part in split(30, (0.5, 0.5), seed=2))
degrees = list(range(0, 11))
fits = [Polynomial.fit(x[train], growth[train], degree) for degree in degrees]
error = {
    part: [np.mean((fit(x[rows]) - growth[rows]) ** 2) for fit in fits]
    for part, rows in [("training", train), ("validation", validation)]
}
chosen = choose_degree(
    *map(torch.tensor, (x[train], growth[train], x[validation], growth[validation])), degrees
)
figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3.2))
grid = np.linspace(x[train].min(), x[train].max(), 400)
left.plot(x[train], growth[train], "o", ms=4, color="#4682b4", label="training")
left.plot(x[validation], growth[validation], "o", ms=4, mfc="none", color="#d9822b", label="validation")
left.plot(grid, fits[chosen](grid), color="black", label=f"degree {chosen}")
left.plot(grid, fits[10](grid), color="0.6", lw=1, label="degree 10")
left.set_ylim(-1, 10)
left.set_xlabel("dose (µM)")
left.set_ylabel("response (arbitrary units)")
left.legend(fontsize=8, loc="lower right")
for part, colour in [("training", "#4682b4"), ("validation", "#d9822b")]:
    right.semilogy(degrees, error[part], "o-", ms=4, color=colour, label=part)
right.axvline(chosen, color="0.7", lw=1, ls="--")
right.set_xlabel("degree of the polynomial")
right.set_ylabel("mean squared error")
right.legend(fontsize=8)
plt.show()

# %% [markdown]
# The training error only falls. The validation error falls with it as long as the polynomial learns the
# response, and goes its own way when it begins to learn the noise.
#
# ### Fewer dimensions: principal components
#
# Which direction through a cloud of points shows the most variance, and which, at a right angle to it, the
# next most? **Centre** the columns, and the singular value decomposition answers (in R: `prcomp`): $X -
# \bar X = U S V^\top$, the rows of $V^\top$ are the directions, $S^2/(n-1)$ their variances. By hand: the
# points (1, 1), (2, 2), (3, 3) lie on one line; its direction is (0.707, 0.707), the variance along it 2.
#
# **Exercise `pca`** (stretch, 3 points). `X` is (n, d), n ≥ 2, 1 ≤ k ≤ min(n − 1, d); n may be smaller than
# d. Return (components, variances): the first k directions as the **rows** of a (k, d) tensor, orthonormal,
# and the variances (k,) along them (divided by n − 1), largest first. The sign of each direction is free.
# Equal variances don't occur in the tests. Columns are centred and not rescaled.


# %% exercise="pca" points=3 stretch=true
def pca(X: torch.Tensor, k: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The k directions of largest variance, (k, d), and the variances along them, (k,), largest first.

    pca(torch.tensor([[1., 1.], [2., 2.], [3., 3.]]), 1) is (tensor([[0.7071, 0.7071]]), tensor([2.])), or the
    same with both signs changed.
    """
    ### BEGIN SOLUTION
    _, S, Vh = torch.linalg.svd(X - X.mean(0), full_matrices=False)
    return Vh[:k], S[:k] ** 2 / (len(X) - 1)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# What does the first direction point at if you forget to move the cloud to the origin?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `torch.linalg.svd(A, full_matrices=False)` returns U, S and Vh; the rows of Vh are the directions already,
# sorted from the largest singular value. With `torch.linalg.eigh` of the covariance they are columns, and
# sorted the other way.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `_, S, Vh = torch.linalg.svd(X - X.mean(0), full_matrices=False)`; then the first k of each, and `S ** 2 /
# (n - 1)` for the variances.
#
# </details>

# %% tags=["explore"]
X = torch.tensor([[bird[field] for field in MEASUREMENTS] for bird in complete], dtype=torch.float64)
scaled, _ = standardize(X, X)
components, variances = pca(scaled, 2)
scores = scaled @ components.T
figure, axes = plt.subplots(figsize=(5, 3.6))
for name in species:
    rows = [row for row, bird in enumerate(complete) if bird["species"] == name]
    axes.scatter(*scores[rows].T, s=10, alpha=0.6, color=colours[name], label=name, linewidths=0)
shares = variances / scaled.var(0).sum()
axes.set_xlabel(f"first component ({shares[0]:.0%} of the variance)")
axes.set_ylabel(f"second component ({shares[1]:.0%})")
axes.legend(fontsize=8)
plt.show()

# %% [markdown]
# ### Clusters without labels: k-means
#
# Nobody tells the species; find k groups all the same. **k-means** alternates two steps: give each row to
# the nearest centre, then move each centre to the mean of its rows. Neither step can raise the *inertia*,
# the sum of squared distances to the own centre, so it comes to rest. By hand, on a line: rows 0, 1, 5, 6,
# centres 0 and 1. Row 0 goes to the first, the others to the second; the centres move to 0 and 4. Now rows
# 0 and 1 are nearer to 0, and the centres move to 0.5 and 5.5. Nothing changes any more.
#
# **Exercise `kmeans`** (stretch, 4 points). `X` is (n, d), of a floating or an integer dtype, 1 ≤ k ≤ n.
# - Start from k different rows of `X`, chosen at random by `seed` (different row numbers; the values may be
#   equal). Which rows depends on the seed alone, not on `max_iter`.
# - One iteration: each row to its nearest centre (Euclidean; which of two equally near is up to you, but
#   the same one each time), then each centre to the mean of its rows. A centre **without rows stays where
#   it is**.
# - Stop after `max_iter` iterations, or when no centre moves. With `max_iter=0` the centres are the chosen
#   rows.
# - Return (centres, labels): centres (k, d), floating, and labels (n,), integer, for each row the nearest of
#   **these** centres. The global random states are left as they were.


# %% exercise="kmeans" points=4 stretch=true
def kmeans(X: torch.Tensor, k: int, seed: int, max_iter: int = 100) -> tuple[torch.Tensor, torch.Tensor]:
    """(centres, labels) of k-means from k rows chosen by `seed`: (k, d) floating, (n,) integer.

    kmeans(torch.tensor([[0.], [1.], [5.], [6.]]), 2, seed=0) has the centres 0.5 and 5.5, in either order,
    and the labels [0, 0, 1, 1] or [1, 1, 0, 0] to go with them.
    """
    ### BEGIN SOLUTION

    def nearest(centres):
        return (points[:, None, :] - centres).pow(2).sum(2).argmin(1)

    points = X.double()
    centres = points[random.Random(seed).sample(range(len(X)), k)]
    labels = nearest(centres)
    for _ in range(max_iter):
        own = [points[labels == j] for j in range(k)]
        moved = torch.stack([rows.mean(0) if len(rows) else centres[j] for j, rows in enumerate(own)])
        if torch.equal(moved, centres):
            break
        centres, labels = moved, nearest(moved)
    return centres, labels
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# What is the mean of no rows? And when you return, do the labels belong to the centres before or after their
# last move?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Make the points floating first: means of integers aren't integers. Write the assignment as a small
# function of the centres, and call it after each move, the last one included.
# `random.Random(seed).sample(range(n), k)` picks k different rows.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `labels = (points[:, None, :] - centres).pow(2).sum(2).argmin(1)`; `moved = torch.stack([points[labels ==
# j].mean(0) if (labels == j).any() else centres[j] for j in range(k)])`; stop `if torch.equal(moved,
# centres)`.
#
# </details>

# %% [markdown]
# ### A whole tree
#
# `best_split` asks one question. Ask again in each of the two groups, and again, and you have a tree. When
# to stop? When a group is pure, when the depth is used up, or when no question separates its rows. **Not**
# when the impurity fails to fall. On the four points of XOR, where the label is 1 if exactly one of two
# features is 1, no first question helps at all, and after any first question the second one solves it.
#
# By hand: x = 1, 2, 3, 4 with labels 0, 0, 1, 0 and depth 2. The root asks x ≤ 2.5; left is pure, 0. Right
# asks x ≤ 3.5: left of it 1, right of it 0. With depth 1 the right group, 1 and 0, must answer at once: a
# tie, so 0.
#
# **Exercise `grow_tree`** (stretch, 4 points), two functions in one cell. `grow_tree(X, y, max_depth)`
# returns a tree of your own design (tuples, dictionaries, a class), `predict_tree(tree, X)` the labels
# (n,), integer, that it gives to rows. A leaf answers its most frequent label, the smallest of several. A
# node is a leaf if its labels are all equal, or `max_depth` questions were asked on the way to it, or its
# rows are all equal; otherwise it asks a question of least weighted impurity, as `best_split` has it, which
# you may use. `max_depth` is 0 or larger.


# %% exercise="grow_tree" points=4 stretch=true
def grow_tree(X: torch.Tensor, y: torch.Tensor, max_depth: int):
    """A decision tree of at most `max_depth` questions from root to leaf, in a form of your own."""
    ### BEGIN SOLUTION
    question = best_split(X, y) if max_depth > 0 and gini(y) > 0 else None
    if question is None:
        return y.bincount().argmax().item()
    feature, threshold, _ = question
    left = X[:, feature] <= threshold
    below = [grow_tree(X[side], y[side], max_depth - 1) for side in (left, ~left)]
    return feature, threshold, *below
    ### END SOLUTION


def predict_tree(tree, X: torch.Tensor) -> torch.Tensor:
    """The label that `tree`, from grow_tree, gives to each row of X: (n,), integer.

    With X = [[1.], [2.], [3.], [4.]] and y = [0, 0, 1, 0], predict_tree(grow_tree(X, y, 2), X) is y again,
    and with depth 1 it is [0, 0, 0, 0].
    """
    ### BEGIN SOLUTION
    answers = []
    for row in X.tolist():
        node = tree
        while isinstance(node, tuple):
            feature, threshold, left, right = node
            node = left if row[feature] <= threshold else right
        answers.append(node)
    return torch.tensor(answers)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# A tree is either an answer, or a question and two trees. Both functions follow that sentence.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `grow_tree` calls itself for the rows on the left and those on the right, with a depth of one less. Say
# first when it doesn't: depth 0, a pure group, or `best_split` is None. A leaf may be just an int, a
# question a tuple (feature, threshold, left, right); `isinstance(node, tuple)` tells them apart.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# The leaf: `y.bincount().argmax().item()`. Prediction: `node = left if row[feature] <= threshold else
# right`, while `node` is a question.
#
# </details>

# %% [markdown]
# ### Many trees: a vote
#
# One deep tree remembers its training rows, accidents included. Grow a hundred, each on rows drawn with
# replacement and with a few of the features to choose from at each question, and their accidents differ: in
# a vote they cancel, and what they agree on stays. That is a **random forest**, the best first try on most
# tables.
#
# **Exercise `majority_vote`** (stretch, 1 point). `predictions` is an integer tensor (voters, n), both at
# least 1: each row holds one voter's labels for the n examples, 0 or larger. Return the labels (n,),
# integer, with the most votes for each example; of several, the smallest. By hand: 0, 2, 2 gives 2; 2, 0
# gives 0; and 0, 0, 2, 2 gives 0, not 1, for which nobody voted.


# %% exercise="majority_vote" points=1 stretch=true
def majority_vote(predictions: torch.Tensor) -> torch.Tensor:
    """The most frequent label in each column of (voters, n), the smallest of several: (n,), integer.

    majority_vote(torch.tensor([[0, 2, 1], [2, 0, 1], [2, 1, 0]])) is tensor([2, 0, 1]).
    """
    ### BEGIN SOLUTION
    return F.one_hot(predictions).sum(0).argmax(1)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# You have counted votes before, in `knn_predict`. Which axis holds the voters here?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `F.one_hot(predictions)` has shape (voters, n, labels). Sum over the voters, and take the place of the
# largest count.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `votes = F.one_hot(predictions).sum(0)`, then `votes.argmax(...)` along the labels.
#
# </details>

# %% tags=["explore"]
from sklearn.datasets import load_breast_cancer
from sklearn.tree import DecisionTreeClassifier

X, y = load_breast_cancer(return_X_y=True)
train, test = split(len(X), (0.7, 0.3), seed=5)
draw = np.random.default_rng(0)
votes = []
for _ in range(100):
    rows = draw.choice(train, len(train))
    tree = DecisionTreeClassifier(max_features="sqrt", random_state=0).fit(X[rows], y[rows])
    votes.append(torch.tensor(tree.predict(X[test])))
truth = torch.tensor(y[test])
alone = [error_rate(truth, vote) for vote in votes]
print(f"one tree alone is wrong in {np.mean(alone):.3f} (mean of 100; the best {min(alone):.3f})")
print(f"their majority is wrong in {error_rate(truth, majority_vote(torch.stack(votes))):.3f}")

# %% [markdown]
# ## Looking back
#
# Fill in how it went, in a minute. It isn't graded; your answers plan the next session. `syntax_or_ideas`
# says where you were stuck: "syntax" for the low level of Python, "ideas" for the high level, or "neither".

# %% reflection=true
reflection = {
    "hours": 0.0,
    "sticking_point": "",
    "syntax_or_ideas": "neither",
    "questions": [],
}

# %% [markdown] question="where-it-leaks" points=2
# ## A question to discuss
#
# Two points, given by a person who reads your answer, not by the tests. Double-click this cell, write in
# place of its last line, and run the cell to see it set. Talk it over first.
#
# A made-up abstract: *"From 60 patients, 30 of them responders, we took three biopsies each and measured
# 20,000 transcripts. All 180 profiles were standardised. The 50 transcripts with the smallest p-values
# between responders and non-responders were kept. A random 80 % of the profiles served for training, and of
# twelve classifiers we report the one with the best accuracy on the remaining 20 %: 96 %."*
#
# In five to ten sentences: Where does the test set leak into the model? Name each place, and say of each
# whether you expect it to matter much or little, and why. Then give the order of steps in which you would do
# it. If the transcripts had nothing to do with response, what accuracy would you expect of this pipeline on the
# 20 %, and what on new patients?
#
# ### BEGIN SOLUTION
# Two points for an answer that finds at least three of the four leaks with a reason for their weight, and
# gives a right order of steps; one point for two leaks, or for three without reasons or order.
#
# 1. Three biopsies of one patient end up on both sides of a random split of profiles (large: they share
#    genome, batch and label, so a model can recognise the patient). Whole patients must be held out.
# 2. The 50 transcripts were selected on all profiles, test labels included (large: among 20,000 columns of
#    pure noise some separate any 60 patients by chance, and they do so in the test part as well, because
#    they were chosen there too). Selection is part of training.
# 3. The best of twelve classifiers was chosen on the test set, and its accuracy there is reported
#    (moderate: the maximum of twelve noisy numbers on 36 profiles of few patients). It takes a validation
#    set or inner cross-validation.
# 4. Standardising all profiles together (small: means and deviations use no labels and move little with 36
#    rows more or less; wrong all the same, and as easily done right).
#
# Order: hold out patients; inside the remaining ones select, scale, fit and choose among classifiers by
# patient-wise validation; then once, with everything frozen, the test patients. On pure noise the true
# accuracy, that on new patients, is 50 %, yet in a simulation this pipeline reports between 75 and 95 % on the
# 20 % with unrelated profiles, and 97 % or more if the biopsies of a patient resemble each other: the report
# can't tell signal from leak. Good answers add that 12 patients in a test set leave a wide interval.
# ### END SOLUTION

# %% [markdown]
# ## With your partner
#
# **Explain.** One of you explains why the training set's mean must scale the test set, the other why a tree
# may ask a question that doesn't lower the impurity. No notes, and the listener asks "why?" three times.
#
# **Compare.** Exchange your `break_standardize` and run each on the other's `standardize`, then on a copy
# that one of you has broken in secret. Then compare your `split` with the same seed: are the parts the
# same? Must they be? What would you write into a paper so that a stranger gets your split?
#
# **Alone?** Write both explanations down as for somebody who hasn't seen the week. Then take a data set of
# your own, and list for each column who recorded it and when: before the answer was known, or after?

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
# # Week 07 · Bigram language model: text encoding and generation
#
# **Before:** watch *The spelled-out intro to language modeling: building makemore* by Andrej Karpathy
# (1h57; the first 1h04 at least). The notebook follows its path, and you may keep the film open beside it.
#
# **Time:** about four hours with your partner, the film apart. The two exercises marked *stretch* come on
# top.
#
# **Afterwards you can**
# - turn text into integers and back, and count which letter follows which;
# - turn counts into probabilities, and say what smoothing buys and what it costs;
# - draw new words from a model, and measure in nats (units of the natural logarithm) how badly it predicts;
# - reach the same model a second time by gradient descent, the way every later week does.
#
# A language model answers one question: *given what came before, how likely is each next symbol?* This week
# "before" means a single letter, which is so little that everything can be counted by hand. That is the
# point. Loss, sampling and evaluation stay the same up to the transformer of week 13. The model grows.
#
# You have met this model before, as a first-order Markov chain. With nucleotides for letters it is how one
# says that, in vertebrates, C is rarely followed by G outside a CpG island.

# %% given="imports"
import math
from itertools import pairwise

import torch
import torch.nn.functional as F

from autograde import datasets

# %% [markdown]
# ## 1 Letters are labels
#
# A model computes with numbers, so each symbol gets one. The numbers are names and nothing more: that `c`
# is 3 doesn't make it larger than `a`, as chromosome 3 isn't larger than chromosome 1. Two dictionaries
# hold the agreement, `stoi` (string to integer) and `itos` (back again).
#
# One symbol is no letter. `.` is number 0 and marks **where a word starts and where it ends**: the model
# has to learn both, for without an end it could never stop. All weeks with names keep this convention.

# %% given="alphabet"
stoi = {symbol: number for number, symbol in enumerate(".abcdefghijklmnopqrstuvwxyz")}
itos = {number: symbol for symbol, number in stoi.items()}

# %% [markdown]
# **Exercise `encode`** (1 point). Give the number of each letter of `word`, in order, as a list of int.
# Look each one up in `stoi`, whatever letters the dictionary holds: in the tests it may be a handful of
# them in any order, or amino acids in capitals. Add no marks for start and end here; those who need them
# put them on.
#
# A letter that isn't in `stoi` must not slip through. Raise a `KeyError` that names the (first) unknown
# letter.


# %% exercise="encode" points=1
def encode(word: str, stoi: dict[str, int]) -> list[int]:
    """The number of each letter of `word`, in order. An unknown letter raises KeyError naming it.

    With stoi = {".": 0, "a": 1, "b": 2}, encode("abba", stoi) is [1, 2, 2, 1] and encode("", stoi) is [].
    """
    ### BEGIN SOLUTION
    return [stoi[letter] for letter in word]
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# What does Python do of its own accord when you look up a key that a dictionary doesn't have?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# A string can be looped over, letter by letter. Plain square brackets raise the right error by themselves;
# `stoi.get(letter)` would hide it.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# A list comprehension: `[... for letter in word]`, with the look-up in place of the dots.
#
# </details>

# %% [markdown]
# **Exercise `decode`** (1 point). The way back: the symbol of each number, joined to one string. Every
# number counts, 0 (the `.`) included. What was encoded must come back unchanged.


# %% exercise="decode" points=1
def decode(ids: list[int], itos: dict[int, str]) -> str:
    """The symbols that the numbers `ids` stand for, as one string.

    With itos = {0: ".", 1: "a", 2: "b"}, decode([0, 1, 2, 0], itos) is ".ab." and decode([], itos) is "".
    """
    ### BEGIN SOLUTION
    return "".join(itos[number] for number in ids)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# First get a list of one-letter strings. Then there is a string method that glues a list together.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `", ".join(["a", "b"])` gives `"a, b"`. Which string should stand between the letters here?
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `"".join(... for number in ids)`, with a look-up in `itos` in place of the dots.
#
# </details>

# %% [markdown]
# ## 2 The names
#
# Our text is 30,460 given names, those given to at least five babies of one sex in the USA in 2015, each once.
# Before you trust a data set, ask how it can mislead:
# - **The order is information.** The file is sorted from frequent to rare. Cut as it stands, it would have us
#   train on common names and test on rare ones.
# - **Near-copies.** 91 % of the names are one letter away from another name of the file. After a random split
#   most test names have such a neighbour among the training names.
# - **A rendering, of one country and year.** No accents, hyphens or apostrophes (*José* is `jose`), no name
#   given fewer than five times. A model of these names is no model of names.
#
# So we shuffle before we cut it into 80 % for training, 10 % for choosing (*development*) and 10 % for the
# one honest test at the end.

# %% given="names"
names = datasets.names()
order = torch.randperm(len(names), generator=torch.Generator().manual_seed(2015)).tolist()
shuffled = [names[place] for place in order]
train_names = shuffled[: len(names) * 8 // 10]
dev_names = shuffled[len(names) * 8 // 10 : len(names) * 9 // 10]
test_names = shuffled[len(names) * 9 // 10 :]

# %% tags=["explore"]
print(len(train_names), "names to train on, for example", ", ".join(train_names[:8]))
ids = encode(train_names[0], stoi)
print(train_names[0], "is", ids, "and back:", decode(ids, itos))

# %% [markdown]
# ## 3 Counting pairs
#
# All that this model knows about a language is a table: how often each symbol was followed by each other
# one. Take two words, `ab` and `b`, and write the marks around them: `.ab.` and `.b.`. Slide a window of
# two along:
#
# > `.a` `ab` `b.` and `.b` `b.`
#
# Five pairs. In the table the **row is the symbol that comes first, the column the one that follows**:
#
# | first \ next | `.` | `a` | `b` |
# | --- | --- | --- | --- |
# | `.` | 0 | 1 | 1 |
# | `a` | 0 | 0 | 1 |
# | `b` | 2 | 0 | 0 |
#
# A word of length *l* gives *l* + 1 pairs. And in every such table each row's sum equals its column's sum
# (here 2, 1, 2): a symbol is left as often as it is entered, since even `.` closes one word and opens the
# next. (In R: `table(first, following)`, once you have added the marks yourself.)
#
# **Exercise `bigram_counts`** (4 points). Count the pairs of all words, with `.` before and after each
# word. The answer is a tensor of shape (V, V), V = `len(stoi)`, of an **integer** dtype: counts are counts.
# Row 0 and column 0 belong to `.`. A word that occurs twice counts twice; pairs never reach from one word
# into the next; an empty word is one pair, `..`. There is at least one word.


# %% exercise="bigram_counts" points=4
def bigram_counts(words: list[str], stoi: dict[str, int]) -> torch.Tensor:
    """How often symbol j follows symbol i, with `.` around each word: (V, V), integer, N[i, j].

    With stoi = {".": 0, "a": 1, "b": 2}, bigram_counts(["ab", "b"], stoi) is
    tensor([[0, 1, 1], [0, 0, 1], [2, 0, 0]]).
    """
    ### BEGIN SOLUTION
    V = len(stoi)
    N = [[0] * V for _ in range(V)]  # a list of lists: adding one at a time is slow in a tensor
    for word in words:
        ids = [stoi[symbol] for symbol in "." + word + "."]
        for first, following in pairwise(ids):
            N[first][following] += 1
    return torch.tensor(N)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Do it on paper for one word first: put the marks around it, number the symbols, and read off the pairs of
# neighbours.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# For a list `ids`, `pairwise(ids)` runs through the neighbours, as `zip(ids, ids[1:])` does. Start from a
# table of zeros and add 1 for each pair, word by word. Beware of `N[firsts, nexts] += 1` with two long
# tensors of indices: it adds 1 *once* to a cell that is named many times.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `N = torch.zeros((V, V), dtype=torch.int64)`, then for each word `ids = [stoi[symbol] for symbol in "." +
# word + "."]`, and for each pair of neighbours `N[i, j] += 1`.
#
# </details>

# %% tags=["explore"]
import matplotlib.pyplot as plt

plt.style.use("autograde.quiet")

N = bigram_counts(train_names, stoi)
figure, axes = plt.subplots(figsize=(6.6, 5.4))
image = axes.imshow(N.where(N > 0, torch.nan), cmap="Blues", norm="log")
axes.set_facecolor("moccasin")
axes.set_xticks(range(len(itos)), itos.values())
axes.set_yticks(range(len(itos)), itos.values())
axes.set_xlabel("next symbol")
axes.set_ylabel("first symbol")
axes.spines[:].set_visible(False)
figure.colorbar(image, label="pairs in the training names (sand: never seen)", shrink=0.8)
plt.show()

# %% [markdown]
# Look before you go on. The column of `.` says how names end (`a`, `n`, `e`), the row of `.` how they
# start. In the row of `q` one cell stands out, `u`, and another shows that `q` may end a name: *Sadiq*. The
# sand-coloured pairs were never seen once. Are they impossible, or were 24,368 names too few to meet them?

# %% [markdown]
# ## 4 From counts to probabilities
#
# Row `a` of the table is a sample of "what follows an `a`". Divide it by its sum and you have the
# maximum-likelihood estimate of that distribution (in R: `prop.table(N, 1)`). Its trouble is in the zeros:
# one unseen pair makes a whole word impossible, on no better ground than that the sample was finite.
#
# The old remedy is to pretend that every pair had been seen a little more often: add the same number
# `smoothing` to **every cell first, then divide**. You know it as the pseudocount of a position weight
# matrix, or as a Dirichlet prior:
#
# $$P_{ij} = \frac{N_{ij} + s}{\sum_k (N_{ik} + s)}$$
#
# By hand, with s = 1 and the table above: row `.` has counts 0, 1, 1, with the addition 1, 2, 2, which sum
# to 5, so 0.2, 0.4, 0.4. Row `a` becomes 0.25, 0.25, 0.5, row `b` 0.6, 0.2, 0.2. A frequent row hardly
# notices the addition; a row seen once is pulled far towards uniform. A very large s drowns the data
# altogether.
#
# **Exercise `bigram_probabilities`** (4 points). `counts` is (V, V), of an integer or a floating dtype,
# `smoothing` any number from 0 on. Return P of shape (V, V), floating, with rows that sum to 1: `P[i, j]`
# is the probability that j comes after i. A row without any counts at smoothing 0 is uniform (0/0 would be
# `nan`): no evidence, no preference. `counts` itself must be the same afterwards, for you will smooth it
# many times.


# %% exercise="bigram_probabilities" points=4
def bigram_probabilities(counts: torch.Tensor, smoothing: float = 1.0) -> torch.Tensor:
    """Each row of counts + smoothing divided by its sum: (V, V), floating. `counts` is left unchanged.

    bigram_probabilities(torch.tensor([[0, 1, 1], [0, 0, 1], [2, 0, 0]])) is
    tensor([[0.20, 0.40, 0.40], [0.25, 0.25, 0.50], [0.60, 0.20, 0.20]]).
    With smoothing 0 a row of zeros becomes uniform.
    """
    ### BEGIN SOLUTION
    smoothed = counts + smoothing
    totals = smoothed.sum(1, keepdim=True)  # (V, 1)
    return torch.where(totals > 0, smoothed / totals, 1 / counts.shape[1])
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Which index runs over the alternatives that must add up to 1? That axis is the one to sum over. Then look
# at the shape of the sums: (V,) or (V, 1)? Only one of the two divides *rows* when it is broadcast (week
# 03).
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `counts + smoothing` makes a new tensor; `counts += smoothing` changes the caller's. Sum over axis 1 with
# `keepdim=True`, divide, and treat a sum of 0 apart.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `smoothed = counts + smoothing`, `totals = smoothed.sum(1, keepdim=True)`, then `torch.where(totals > 0,
# ..., 1 / counts.shape[1])`.
#
# </details>

# %% tags=["explore"]
figure, rows = plt.subplots(3, 1, figsize=(6.6, 4.6), sharex=True, sharey=True)
for axes, smoothing in zip(rows, [0.0, 1.0, 100.0], strict=True):
    axes.bar(range(len(itos)), bigram_probabilities(N, smoothing)[stoi["q"]], color="steelblue")
    axes.axhline(1 / len(itos), color="grey", linewidth=0.8, linestyle="--")
    axes.set_title(f"smoothing {smoothing:g}", fontsize=9, loc="left")
rows[0].text(26.4, 1 / len(itos) + 0.02, "uniform", color="grey", ha="right")
rows[1].set_ylabel("probability after q")
rows[2].set_xticks(range(len(itos)), itos.values())
rows[2].set_xlabel("next symbol")
plt.show()

# %% [markdown]
# Follow `u` from top to bottom. Without smoothing most letters have probability 0 after `q`; with 1 the zeros
# are gone, and `u` has given up a tenth of its share for it; with 100, which adds 2,700 to some two hundred
# counts, the data can hardly be seen above the uniform line. In the row of `a`, with its many thousands of
# counts, the same 2,700 change little.

# %% [markdown]
# ## 5 Writing words
#
# A model that gives probabilities can be run forwards. Start at `.`, draw the next symbol from row `.`,
# then the next from the row of what you drew, and stop when `.` comes again. It is how one simulates any
# Markov chain.
#
# Two things decide whether such a simulation can be trusted. The draws must be *random*, in proportion to
# P, and not always the likeliest symbol; and they must be *repeatable*. For the second, all randomness
# comes from the `torch.Generator` that you are given: it holds a state, every draw moves the state on, and
# equal states give equal draws. R's `set.seed` does the same for the one state that all of R shares. If you
# seed inside your function, every call returns the same "random" words.
#
# **Exercise `sample_words`** (3 points). Return a list of `n` words drawn from P (V, V), each started from
# `.` and without any `.` in it. Take every random number from `generator`, and never seed it. An empty
# word, `.` straight after `.`, is a word too and stays in the list. How you draw is free, so two right
# answers need not give the same words.


# %% exercise="sample_words" points=3
def sample_words(P: torch.Tensor, itos: dict[int, str], n: int, generator: torch.Generator) -> list[str]:
    """n words from the chain with transition probabilities P, from `.` to `.`, the marks left out.

    With itos = {0: ".", 1: "a", 2: "b"} and P = [[0., 1., 0.], [0., 0., 1.], [1., 0., 0.]] (a after `.`,
    b after a, `.` after b) nothing is left to chance: n = 2 gives ["ab", "ab"].
    """
    ### BEGIN SOLUTION
    words = []
    for _ in range(n):
        word = ""
        current = 0
        while True:
            current = torch.multinomial(P[current], 1, generator=generator).item()
            if current == 0:
                break
            word += itos[current]
        words.append(word)
    return words
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Play it with the small P of the example, a finger on the current row. What do you have to remember between
# two draws? What do you have to set back when a new word starts?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `torch.multinomial(p, 1, generator=generator)` draws one index with probabilities p. A `while` loop goes
# from symbol to symbol; a `for` loop around it makes n words.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# For each word: `current, word = 0, ""`; then again and again `current = torch.multinomial(P[...], 1,
# generator=generator).item()`, `break` if it is 0, else `word += ...`.
#
# </details>

# %% tags=["explore"]
P = bigram_probabilities(N)
blank = torch.full_like(P, 1 / len(itos))
generator = torch.Generator().manual_seed(7)
print("knows nothing:   ", ", ".join(sample_words(blank, itos, 6, generator)))
print("knows the pairs: ", ", ".join(sample_words(P, itos, 10, generator)))

# %% tags=["explore"]
drawn = sample_words(P, itos, 3000, generator)
figure, axes = plt.subplots(figsize=(6.6, 3))
for words, label, colour in [(train_names, "real names", "grey"), (drawn, "drawn names", "steelblue")]:
    lengths = torch.tensor([len(word) for word in words]).clamp(max=20)
    shares = torch.bincount(lengths, minlength=21) / len(words)
    axes.plot(shares, "o-", markersize=3, color=colour, label=label)
axes.set_xticks(range(0, 21, 2), [*map(str, range(0, 20, 2)), "20+"])
axes.set_xlabel("length (letters)")
axes.set_ylabel("share of words")
axes.legend(frameon=False)
plt.show()

# %% [markdown]
# Pair by pair the drawn words look like names, and as words they don't. The picture says why: real names
# have a typical length, while the model forgets after each letter how many it has written, so that short
# ones and very long ones are far too common. A look at the samples is the first test of any generative
# model, and a picture of something that you did *not* train it on is the second.

# %% [markdown]
# ## 6 How wrong is it?
#
# "Looks like names" is no measure. A better one: how much probability did the model give to names that
# really exist? That is the likelihood, a product over all pairs. Products of many small numbers underflow
# (week 05), so we add logarithms; by convention we turn the sign, so that smaller is better, and divide by
# the number of pairs, so that data sets of different size compare. The **mean negative log-likelihood**, in
# R terms `-logLik(fit) / n`.
#
# With the natural logarithm its unit is the *nat* per pair. For the word `b` under the P from above:
# P(`b` after `.`) = 0.4 costs −log 0.4 = 0.916 nats, P(`.` after `b`) = 0.6 costs 0.511, the mean is 0.714.
# A model that knows nothing pays log V for every symbol: with 27 symbols 3.296 nats. A pair that the model
# held for impossible costs infinitely much, and one is enough.
#
# **Exercise `nll`** (3 points). The mean of −log P over **all pairs of all words** together, with `.`
# before and after each word, natural logarithm, as a number. Longer words have more pairs and weigh more.
# If any of these pairs has probability 0, the answer is `inf`; a 0 in P that no pair uses must do no harm.
# There is at least one word, and P stays as it is.


# %% exercise="nll" points=3
def nll(P: torch.Tensor, words: list[str], stoi: dict[str, int]) -> float:
    """Mean negative log-likelihood, in nats per pair, of the words' bigrams (`.` around each word) under P.

    With stoi = {".": 0, "a": 1, "b": 2} and P = [[.2, .4, .4], [.25, .25, .5], [.6, .2, .2]],
    nll(P, ["b"], stoi) is -(log 0.4 + log 0.6) / 2 = 0.7136.
    """
    ### BEGIN SOLUTION
    firsts, nexts = [], []
    for word in words:
        ids = [stoi[symbol] for symbol in "." + word + "."]
        firsts += ids[:-1]
        nexts += ids[1:]
    return -P[firsts, nexts].log().mean().item()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Write the example out for the two words `b` and `ab` together. How many terms does the sum have, and what
# do you divide by?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Walk through the pairs as in `bigram_counts`, but collect `P[i, j]` instead of counting. `torch.log` of 0
# is `-inf`, which is just what is wanted; `math.log(0)` raises an error. If you would rather weigh
# `P.log()` with the counts: 0 times `-inf` is `nan`.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# Two lists, `firsts` and `nexts`, over all words; then `P[firsts, nexts]` picks all probabilities at once
# (week 03's `pick`), and `-....log().mean().item()` is the answer.
#
# </details>

# %% tags=["explore"]
figure, pair = plt.subplots(1, 2, figsize=(6.6, 2.8), sharey=True)
for axes, word in zip(pair, ["maria", "qzamb"], strict=True):
    steps = [first + following for first, following in pairwise(f".{word}.")]
    cost = [-P[stoi[first], stoi[following]].log().item() for first, following in steps]
    axes.bar(steps, cost, color="steelblue")
    axes.axhline(math.log(27), color="grey", linewidth=0.8, linestyle="--")
    axes.set_title(f"{word}: mean {nll(P, [word], stoi):.2f} nats", fontsize=9, loc="left")
    axes.set_xlabel("pair")
pair[0].set_ylabel("surprise (nats)")
pair[0].text(-0.4, math.log(27) + 0.1, "knows nothing: log 27", color="grey")
plt.show()
for label, words in [("training", train_names), ("development", dev_names)]:
    print(f"{label} names: {nll(P, words, stoi):.3f} nats per pair")

# %% [markdown]
# ### In numbers that one can picture
#
# Nats are hard to feel. Their exponential is easier: a model with a loss of log 27 is as undecided as if 27
# symbols were equally likely at each step; our table, with 2.451 nats on the development names, as if there
# were e^2.451 = 11.6.
# Ecologists do the same to Shannon's entropy and call it the Hill number of order 1, an *effective number
# of species*. In language modelling it is called the perplexity.
#
# **Exercise `perplexity`** (1 point). Turn a mean negative log-likelihood in nats into that effective
# number. An infinite loss is infinite perplexity. (Inside this function the name `nll` is the number that
# was handed in, and hides your function of that name.)


# %% exercise="perplexity" points=1
def perplexity(nll: float) -> float:
    """The effective number of equally likely symbols at a loss of `nll` nats.

    perplexity(0.0) is 1 (no doubt at all) and perplexity(3.2958) is 27 to three digits.
    """
    ### BEGIN SOLUTION
    return math.exp(nll)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# For a model that spreads its probability evenly over V symbols the loss is log V. Which function takes
# that back to V?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# The inverse of the *natural* logarithm, as we count in nats. `2 ** nll` would be right for bits.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `math.exp(...)`
#
# </details>

# %% [markdown]
# ## 7 How much smoothing?
#
# On the names that it was counted from, a table is never better than without smoothing: that is what
# *maximum likelihood* means. So training data cannot tell us how much to add, and would always say
# "nothing". Names that the table hasn't seen can tell us. It is the first of many settings that we choose
# on development data: count on one part, compare on the other, leave the test part alone until the end.
#
# By hand: counts from `ab` and `b` as above, development words `ab` and `ba`. Without smoothing the pair
# `ba` is impossible and the loss `inf`. With smoothing 1 it is 1.005 nats, with 10 it is 1.075, with 100
# 1.096, nearly log 3. So of these four, 1 is best.
#
# **Exercise `choose_smoothing`** (3 points). Count the bigrams of `train`, and return that one of
# `strengths` with which the smoothed table has the least `nll` on `dev`. The strengths come in any order, 0
# may be among them, and at least one gives a finite loss. If two are equally good, take the smaller. Use
# your functions from above.


# %% exercise="choose_smoothing" points=3
def choose_smoothing(train: list[str], dev: list[str], strengths: list[float], stoi: dict[str, int]) -> float:
    """The smoothing among `strengths` with the least nll on `dev` for counts from `train`; tie: the smaller.

    With stoi = {".": 0, "a": 1, "b": 2},
    choose_smoothing(["ab", "b"], ["ab", "ba"], [0.0, 1.0, 10.0, 100.0], stoi) is 1.0.
    """
    ### BEGIN SOLUTION
    counts = bigram_counts(train, stoi)

    def dev_loss(strength: float) -> float:
        return nll(bigram_probabilities(counts, strength), dev, stoi)

    return min(sorted(strengths), key=dev_loss)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Which of the three steps (count, smooth, measure) uses `train`, which uses `dev`, and which has to be
# repeated for each strength?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Count once, outside the loop. Inside, keep the best strength so far and replace it only by a *strictly*
# better one. In which order should you go through the strengths so that a tie ends right?
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `min(sorted(strengths), key=...)`: `min` keeps the first of equals. The key is a function that takes a
# strength and returns `nll(bigram_probabilities(counts, strength), dev, stoi)`.
#
# </details>

# %% tags=["explore"]
strengths = [0.0] + [10 ** (step / 2) for step in range(-6, 7)]
figure, pair = plt.subplots(1, 2, figsize=(6.6, 3), sharey=True)
for axes, few in zip(pair, [train_names[:100], train_names], strict=True):
    counts = bigram_counts(few, stoi)
    parts = [(few[:3000], "training names", "grey"), (dev_names, "development names", "steelblue")]
    for words, label, colour in parts:
        losses = [nll(bigram_probabilities(counts, s), words, stoi) for s in strengths]
        axes.plot(strengths, losses, ".-", markersize=4, color=colour, label=label)
    best = choose_smoothing(few, dev_names, strengths, stoi)
    print(f"counted on {len(few):,} names, the best of these strengths is {best:.3g}")
    axes.axvline(best, color="steelblue", linewidth=0.8, linestyle=":")
    axes.set_title(f"counted on {len(few):,} names", fontsize=9, loc="left")
    axes.set_xscale("symlog", linthresh=1e-3)  # logarithmic, with room for 0
    axes.set_xlim(-2e-4, 2e3)
    axes.set_xticks([0, 1e-2, 1, 1e2], ["0", "0.01", "1", "100"])
    axes.set_xlabel("smoothing (added to each count)")
pair[0].set_ylabel("loss (nats per pair)")
pair[0].text(0.0025, 3.25, "development names", color="steelblue")
pair[0].text(1e-4, 2.23, "training names", color="grey")
pair[1].legend(frameon=False, loc="upper left")
plt.show()

# %% [markdown]
# Left, a hundred names: too little smoothing trusts accidents (with none at all the development loss is
# infinite, and off the picture), too much forgets the data, and the best value (dotted) lies between. On
# the training names (grey) nothing beats 0. Right, all training names: with some 240 counts for a cell on
# average it hardly matters, until the addition is as large as the counts themselves. The prior matters
# when data are few, as always.

# %% [markdown]
# ## 8 Now break it
#
# You have just passed tests that somebody else wrote. Now write one. The best way to know what a function
# must do is to ask how it could be wrong *and still look right*.
#
# **Exercise `break_bigram_probabilities`** (3 points). Write a function that takes somebody's
# `bigram_probabilities` and raises an `AssertionError` if it is wrong; on a right one it returns without a
# sound. It will meet right ones of different make, which it must let pass (float32 or float64, any
# algorithm), and a row of wrong ones. Your points are the share of wrong ones that you catch, so long as
# you let all right ones pass.
#
# The check shows you three wrong ones, and no right one, for that would be the solution of section 4. Even
# `assert False` passes it. The points are decided by right and wrong ones that you don't see, and a single
# false alarm costs them all. So try your test on your own `bigram_probabilities` first.
#
# A table that is the same when transposed, or has equal row sums, can't tell rows from columns: choose your
# numbers so that no mistake can hide. The worked example in section 4 is a start, not the end.


# %% exercise="break_bigram_probabilities" points=3
def break_bigram_probabilities(bigram_probabilities) -> None:
    """Raise AssertionError if the given `bigram_probabilities(counts, smoothing=1.0)` is wrong.

    One line of it might be: P = bigram_probabilities(torch.tensor([[1, 3], [0, 4]]), 0.0), and then
    assert abs(P[0, 1].item() - 0.75) < 1e-6
    """
    ### BEGIN SOLUTION
    counts = torch.tensor([[0, 3, 1], [2, 0, 6], [0, 0, 0]])  # rows differ, one is empty, no symmetry
    sums = torch.tensor([[4.0], [8.0], [0.0]])

    for smoothing in [1.0, 0.5, 20.0]:
        P = bigram_probabilities(counts, smoothing)
        assert P.shape == (3, 3), "another shape"
        assert torch.allclose(P.float(), (counts + smoothing) / (sums + 3 * smoothing)), "wrong numbers"

    raw = bigram_probabilities(counts, 0.0).float()
    right = torch.tensor([[0, 3 / 4, 1 / 4], [1 / 4, 0, 3 / 4], [1 / 3, 1 / 3, 1 / 3]])
    assert torch.allclose(raw, right), "wrong without smoothing, perhaps in the row that was never seen"

    default, one = bigram_probabilities(counts), bigram_probabilities(counts, 1.0)
    assert torch.allclose(default, one), "the default isn't 1"

    for table in [counts, counts.float(), counts.double()]:
        before = table.clone()
        for smoothing in [0.0, 1.0]:
            bigram_probabilities(table, smoothing)
        assert torch.equal(table, before), "changes the counts that it was given"
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Look at your own first attempts at `bigram_probabilities`. What went wrong on the way? Each mistake that
# you made is one that others made too.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Ask of each sentence of the statement how you would notice that it is violated: rows, not columns;
# smoothing before dividing; other strengths than 1; the default; the row without counts; the input
# unchanged, for floating counts as well.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# Choose a 3 by 3 table with unequal rows and one row of zeros. Work out P by hand for two strengths and for
# 0, and compare with `assert torch.allclose(P.float(), expected)`. Then `before = counts.clone()`, call,
# and `assert torch.equal(counts, before)`.
#
# </details>

# %% tags=["explore"]
break_bigram_probabilities(bigram_probabilities)
print("your test lets your own bigram_probabilities pass")

# %% [markdown]
# ## 9 The same model, learned
#
# Counting works because the model is so small. With ten letters of context the table would have 27¹¹ cells,
# most of them empty for ever, and nothing could be counted. So we now reach the *same* model by a way that
# scales: start from random parameters, and let the gradient of the loss improve them. Here we know the
# right answer, and can see whether the method finds it.
#
# The parameters are a table W (V, V) of real numbers, *logits*. The row of the first symbol, through a
# softmax, gives the probabilities of the next:
#
# $$P_{ij} = \frac{e^{W_{ij}}}{\sum_k e^{W_{ik}}}$$
#
# In statistical terms that is a multinomial regression with one categorical predictor, and a saturated one:
# there is a W for every P without zeros, namely log P up to a constant in each row. (The film multiplies a
# one-hot vector by W. That is the same as choosing a row: `W[x]`.)
#
# The data are now pairs, as tensors: `xs` holds the first symbols, `ys` what followed.


# %% given="pairs"
def pairs(words: list[str], stoi: dict[str, int]) -> tuple[torch.Tensor, torch.Tensor]:
    """All bigrams of the words as two int64 tensors (n,): the first symbols, and those that followed."""
    ids = [[stoi[symbol] for symbol in f".{word}."] for word in words]
    firsts = [first for word in ids for first in word[:-1]]
    nexts = [following for word in ids for following in word[1:]]
    return torch.tensor(firsts), torch.tensor(nexts)


# %% [markdown]
# A loss by hand, V = 3. Let row `.` of W be (0, log 2, log 2): the exponentials 1, 2, 2 give 0.2, 0.4, 0.4.
# Let row `b` be (log 3, 0, 0), hence 0.6, 0.2, 0.2. For the pairs `.b` and `b.`, that is xs = (0, 2) and ys
# = (2, 0), the loss is the mean of −log 0.4 and −log 0.6, 0.714: the very number that `nll` gave for `b` in
# section 6.
#
# And smoothing? Large weights mean confident probabilities, W = 0 means uniform. So a penalty on the size
# of the weights pulls every row towards uniform, as adding to the counts did. It is ridge regression by
# another name.
#
# **Exercise `bigram_loss`** (4 points). `W` is (V, V), float32; `xs` and `ys` are (n,), int64, n ≥ 1.
# Return
#
# > the mean cross-entropy of the rows `W[xs]` against `ys`, plus `reg` times the mean of W² over **all**
# > V·V entries
#
# as a tensor without axes that can be differentiated by W. At `reg=0` a row whose number doesn't occur in
# `xs` gets no gradient: no data, no update. You may use what PyTorch has (`F.cross_entropy`) or write the
# softmax out.


# %% exercise="bigram_loss" points=4
def bigram_loss(W: torch.Tensor, xs: torch.Tensor, ys: torch.Tensor, reg: float = 0.0) -> torch.Tensor:
    """Mean cross-entropy of logits W[xs] against ys, plus reg times the mean of W squared, differentiable.

    With W = [[0, log 2, log 2], [0, 0, log 2], [log 3, 0, 0]], xs = [0, 2] and ys = [2, 0] it is 0.7136;
    the mean of W squared is 0.2943, so with reg=0.1 it is 0.7430.
    """
    ### BEGIN SOLUTION
    return F.cross_entropy(W[xs], ys) + reg * (W**2).mean()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# What is the shape of `W[xs]`? Along which of its axes do the probabilities have to sum to 1?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Row r of `W[xs]` holds the logits for pair r, and `ys[r]` says which of them should have been large. That
# is week 05's `cross_entropy(logits, targets)`. Stay in tensors to the end: `.item()` cuts the gradient
# off.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `F.cross_entropy(..., ys) + reg * (...).mean()`
#
# </details>

# %% [markdown]
# ### Descend
#
# One step of gradient descent computes the loss of *all* pairs, its gradient by W, and moves W a little
# against it. The gradient can be read: for row i and column j it is
#
# > (predicted share of j after i − observed share of j after i) × share of all pairs that begin with i
#
# so it is zero exactly where prediction and data agree, and rare rows are slow to learn since they weigh
# little in the mean.
#
# By hand, V = 2 and three pairs, picked by hand: `.a` `.a` `a.`, so xs = (0, 0, 1), ys = (1, 1, 0). From
# W = 0 (and without the penalty) each prediction is (½, ½), the loss is log 2. Row 0: predicted (½, ½),
# observed (0, 1), times 2/3: (⅓, −⅓). Row 1: predicted (½, ½), observed (1, 0), times 1/3: (−⅙, ⅙). With
# rate 3, W becomes ((−1, 1), (½, −½)).
#
# **Exercise `train_bigram`** (4 points). Start from `W = torch.randn((V, V), generator=generator)`. Then
# take `steps` steps on the full data: W ← W − `lr` · gradient of `bigram_loss(W, xs, ys, reg)`. Return W
# detached from the gradient and the losses as floats: one for each step, each measured **before** its
# step, penalty included. With `steps=0` that is the initial W and an empty list. Write the update by hand
# or use `torch.optim.SGD`, as you like.


# %% exercise="train_bigram" points=4
def train_bigram(
    xs: torch.Tensor, ys: torch.Tensor, V: int, steps: int, lr: float, reg: float, generator: torch.Generator
) -> tuple[torch.Tensor, list[float]]:
    """(W, losses) after full-batch gradient descent from W = torch.randn((V, V), generator=generator).

    With seed 0 in the generator, W starts as [[1.5410, -0.2934], [-2.1788, 0.5684]]. With xs = [0, 0, 1],
    ys = [1, 1, 0], V = 2, steps = 2, lr = 1.0, reg = 0.0 the losses are [2.2582, 1.4733]
    and W is [[0.5229, 0.7246], [-1.5679, -0.0425]].
    """
    ### BEGIN SOLUTION
    W = torch.randn((V, V), generator=generator).requires_grad_()
    losses = []
    for _ in range(steps):
        loss = bigram_loss(W, xs, ys, reg)
        losses.append(loss.item())
        W.grad = None  # gradients add up unless they are cleared
        loss.backward()
        with torch.no_grad():
            W -= lr * W.grad
    return W.detach(), losses
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Four things happen in each round, in this order: loss, clear the old gradient, backward, update. What
# would the second step be if the first step's gradient were still there?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `W` needs `requires_grad_()` once, before the loop. Update it inside `with torch.no_grad():` and in place
# (`W -= ...`): `W = W - ...` outside makes a new tensor that has no `.grad` of its own.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# In the loop `loss = bigram_loss(...)`, `losses.append(...)`, `W.grad = ...`, `loss.backward()`, and under
# `torch.no_grad()`: `W -= ...`. Return `W.detach(), losses`.
#
# </details>

# %% [markdown]
# Now on all training names (some 175,000 pairs; this cell trains for ten to thirty seconds). The dashed
# line is the loss of the table that we counted, which no W can beat on these names. The rate, 50, is that
# large because the gradients are that small: each is a difference of shares, times the share of pairs
# that begin with its letter, for most letters a few per cent.

# %% tags=["explore"]
xs, ys = pairs(train_names, stoi)
settings = {"V": 27, "lr": 50.0, "reg": 0.0}
before, _ = train_bigram(xs, ys, steps=0, generator=torch.Generator().manual_seed(1), **settings)
W, losses = train_bigram(xs, ys, steps=150, generator=torch.Generator().manual_seed(1), **settings)
counted = bigram_probabilities(N, 0.0)

figure, (left, right) = plt.subplots(1, 2, figsize=(6.6, 3))
left.plot(losses, color="steelblue")
left.axhline(nll(counted, train_names, stoi), color="grey", linewidth=0.8, linestyle="--")
left.text(0, nll(counted, train_names, stoi) - 0.02, "counted", color="grey", va="top")
left.set_ylim(bottom=2.3)
left.set_xlabel("step")
left.set_ylabel("loss (nats per pair)")
seen = N > 0  # a logarithmic axis has no place for 0
dots = right.scatter(counted[seen], W.softmax(1)[seen], c=N[seen], s=5, cmap="viridis_r", norm="log")
figure.colorbar(dots, label="times seen")
right.plot([1e-4, 1], [1e-4, 1], color="grey", linewidth=0.8)
right.set_xscale("log")
right.set_yscale("log")
right.set_xlabel("probability, counted")
right.set_ylabel("probability, learned")
plt.show()

print(f"last loss {losses[-1]:.3f}, counted {nll(counted, train_names, stoi):.3f} nats per pair")
generator = torch.Generator().manual_seed(3)
print("before:", ", ".join(sample_words(before.softmax(1), itos, 6, generator)))
print("after: ", ", ".join(sample_words(W.softmax(1), itos, 10, generator)))

# %% [markdown]
# The loss comes down to the dashed line within about a hundredth of a nat. The right-hand picture shows
# what is still missing. Pairs seen a thousand times (dark) lie on the diagonal, pairs seen a few times
# (light) are off it, most of them too likely; those never seen, which a logarithmic axis can't show, are
# too likely all of them, and the words drawn show it too. Rare pairs cost little, so the gradient takes
# its time with them. "The loss has flattened" and "the model is right everywhere" are two statements.
#
# And the penalty? With a hundred names, where smoothing mattered, `reg` should matter as well.

# %% tags=["explore"]
few = pairs(train_names[:100], stoi)
for reg in [0.0, 0.01, 0.1, 1.0, 10.0]:
    W_few, _ = train_bigram(
        *few, V=27, steps=1000, lr=20.0, reg=reg, generator=torch.Generator().manual_seed(1)
    )
    table = W_few.softmax(1)
    on_train, on_dev = nll(table, train_names[:100], stoi), nll(table, dev_names, stoi)
    print(f"reg {reg:5g}: training {on_train:.3f}, development {on_dev:.3f}, likeliest {table.max():.2f}")

# %% [markdown]
# As with smoothing: the training loss only grows, the development loss is least in between, and the table's
# most certain step becomes less and less certain, on the way to uniform.

# %% [markdown]
# ### The one honest test
#
# Smoothing was chosen on the development names, which are used up by that: the best of many tries looks a
# little better than it is. The test names have waited for this cell. Run it once, and don't go back to
# change anything because of what it says.

# %% tags=["explore"]
best = choose_smoothing(train_names, dev_names, strengths, stoi)
print(f"smoothing {best:.3g}")
tables = {"knows nothing": blank, "counted": bigram_probabilities(N, best), "learned": W.softmax(1)}
for label, table in tables.items():
    loss = nll(table, test_names, stoi)
    print(f"{label:>13}: {loss:.3f} nats per pair, perplexity {perplexity(loss):.1f}")

# %% [markdown]
# The two models are the same family, and the table that was counted is its best member; the learned one
# is a hundredth of a nat behind (2.449 and 2.460) because its rare pairs aren't finished. More steps
# would close most of the gap. In week 08 nothing can be counted any more, and learning is the only way.

# %% [markdown]
# ## 10 Stretch: more memory, and a use for it
#
# Both exercises are extra. Without them, go on to *Looking back*, and skip the cells that use them.
#
# **Exercise `trigram_counts`** (stretch, 2 points). Let the model remember two letters. Pad with **two**
# marks in front and one behind, `..emma.`, so that the first letter, too, has two symbols before it.
# `N[a, b, c]` counts how often c came after a and then b; integer, shape (V, V, V). A word of length *l*
# again gives *l* + 1 windows, and summing out the oldest symbol, `N.sum(0)`, must give back
# `bigram_counts`.


# %% exercise="trigram_counts" points=2 stretch=true
def trigram_counts(words: list[str], stoi: dict[str, int]) -> torch.Tensor:
    """How often c follows a, then b, with `..` before and `.` after each word: (V, V, V), integer.

    With stoi = {".": 0, "a": 1, "b": 2}, trigram_counts(["ab"], stoi) is 1 at [0, 0, 1], [0, 1, 2] and
    [1, 2, 0], and 0 elsewhere.
    """
    ### BEGIN SOLUTION
    V = len(stoi)
    N = torch.zeros((V, V, V), dtype=torch.int64)
    for word in words:
        ids = [stoi[symbol] for symbol in ".." + word + "."]
        for a, b, c in zip(ids, ids[1:], ids[2:], strict=False):
            N[a, b, c] += 1
    return N
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# What stands before the first letter of a word, and what before that?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# As `bigram_counts`, with a window of three. Check yourself with `N.sum(0)`.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `ids = [stoi[symbol] for symbol in ".." + word + "."]`, then `for a, b, c in zip(ids, ids[1:], ids[2:])`.
#
# </details>

# %% [markdown]
# One letter more of memory, in words and in nats (this cell needs your `trigram_counts`):

# %% tags=["explore"]
smoothed = trigram_counts(train_names, stoi) + 0.1
P3 = smoothed / smoothed.sum(2, keepdim=True)
windows = trigram_counts(dev_names, stoi)
print(f"bigrams:  {nll(P, dev_names, stoi):.3f} nats per symbol on the development names")
print(f"trigrams: {-(windows * P3.log()).sum() / windows.sum():.3f}")
generator = torch.Generator().manual_seed(5)
for _ in range(10):
    ids = [0, 0]
    while len(ids) == 2 or ids[-1] != 0:
        ids.append(torch.multinomial(P3[ids[-2], ids[-1]], 1, generator=generator).item())
    print(decode(ids[2:-1], itos), end=" ")

# %% [markdown]
# ### Which family does it belong to?
#
# Two Markov models make a classifier. Count one table on sequences of family A, one on family B, and
# ask under which of the two a new sequence is more likely: the classic test for CpG islands, and still a
# strong baseline for protein families. The **log-likelihood ratio** is a sum over all pairs, marks
# included,
#
# $$\sum_{(i,j)} \left(\log P^A_{ij} - \log P^B_{ij}\right)$$
#
# positive for A, negative for B, and it grows with the length of the sequence, as evidence should: a sum,
# not a mean. For the word `b`, with P from section 4 against a uniform table: log(0.4 / ⅓) + log(0.6 / ⅓)
# = 0.182 + 0.588 = 0.770.
#
# **Exercise `family_score`** (stretch, 2 points). Return that ratio for the sequence `seq`; `P_a` is the
# table of family A, `P_b` that of B. Both are smoothed, without zeros. Proteins run to thousands of
# residues, and a product of so many probabilities is 0 in any floating format: add logarithms.


# %% exercise="family_score" points=2 stretch=true
def family_score(P_a: torch.Tensor, P_b: torch.Tensor, seq: str, stoi: dict[str, int]) -> float:
    """Log-likelihood ratio, in nats, of `.seq.` under P_a over P_b: a sum over its bigrams.

    With stoi = {".": 0, "a": 1, "b": 2}, P_a = [[.2, .4, .4], [.25, .25, .5], [.6, .2, .2]] and P_b = 1/3
    everywhere, family_score(P_a, P_b, "b", stoi) is 0.7701.
    """
    ### BEGIN SOLUTION
    ids = [stoi[symbol] for symbol in "." + seq + "."]
    firsts, nexts = ids[:-1], ids[1:]
    return (P_a[firsts, nexts].log() - P_b[firsts, nexts].log()).sum().item()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# The logarithm of a product is a sum, the logarithm of a ratio a difference. How far can you push the
# logarithms inwards?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# It is the *sum* of −log P_b over the pairs less that of −log P_a: twice what `nll` does, without the mean.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# With `firsts` and `nexts` as in `nll`: `(P_a[firsts, nexts].log() - ...).sum().item()`.
#
# </details>

# %% [markdown]
# Short stretches in the manner of two plant protein families, made up for this page: extensins of the cell
# wall, full of `SPPPP`, and leucine-rich repeats with their `LxxLxLxxN`. Tables are counted on the first
# three of each, the scores are those of the other two. (This cell needs your `family_score`.)

# %% tags=["explore"]
residues = {symbol: number for number, symbol in enumerate(".ACDEFGHIKLMNPQRSTVWY")}
extensins = ["SPPPPYVYSSPPPPYK", "SPPPPHVYKSPPPPYY", "SPPPPKHYSPPPPVY", "KSPPPPVYYPSPPPP", "SPPPPYHYTSPPPPS"]
repeats = [
    "LKNLTSLDLSNNKLSGPIP",
    "LTKLKSLDLSYNQLTGEIP",
    "LPNLQVLDLSNNNLTG",
    "LSKLRYLNLSNNRFSGSLP",
    "LTSLKVLDLSHNHLT",
]
P_a, P_b = (bigram_probabilities(bigram_counts(family[:3], residues), 0.5) for family in (extensins, repeats))
held_out = extensins[3:] + repeats[3:]
scores = [family_score(P_a, P_b, seq, residues) for seq in held_out]
figure, axes = plt.subplots(figsize=(6.6, 1.8))
axes.barh(held_out[:2], scores[:2], color="darkorange", label="extensins")
axes.barh(held_out[2:], scores[2:], color="seagreen", label="leucine-rich repeats")
axes.legend(frameon=False, loc="upper left")
axes.axvline(0, color="grey", linewidth=0.8)
axes.invert_yaxis()
axes.set_xlabel("log-likelihood ratio, extensin over leucine-rich repeat (nats)")
plt.show()

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

# %% [markdown] question="what-the-split-shows" points=2
# ## A question to discuss
#
# Two points, given by a person who reads your answer, not by the tests. Double-click this cell, write in
# place of its last line, and run the cell to see it set. Talk it over first.
#
# On our random split the bigram table scores nearly the same on training and on development names. But 91 %
# of the names in the file are one edit (a letter added, dropped or changed) away from another name in it:
# *jayden*, *jaiden*, *kayden* and some forty more of that sound alone. In five to ten sentences: What does
# the small difference between the two losses show, and what does it not show? Which model would be
# flattered more by such a split, the bigram table or one that remembers the last eight letters? And how
# would you split a set of protein sequences in which the members of a family have arisen from each other by
# duplication?
#
# ### BEGIN SOLUTION
# Two points for an answer with all three parts, one for two of them.
#
# 1. It shows that the table is not overfitted: 729 cells estimated from 175,000 pairs have little room to
#    memorise, so the small gap says that new draws *from the same pool* are predicted as well. It doesn't
#    show how the model does on names unlike these: of another country, another century, or coined without a
#    model among the existing ones. A loss is a statement about a distribution, and the split keeps the
#    distribution the same on both sides.
# 2. The one with long memory. It can store `jayde` → `n` from a near-copy in the training part, so its
#    development loss rewards remembering; the bigram table has nowhere to store a name. The more a model
#    can remember, the more a leak between near-copies flatters it.
# 3. By homology group or family (cluster first, then keep each cluster whole on one side), so that the test
#    asks about sequences without a close relative in training. An answer that says "remove duplicates" and
#    stops there misses near-copies. Good answers add that the right split depends on the use: a random
#    split is fair if the model will only ever see members of known families.
# ### END SOLUTION

# %% [markdown]
# ## With your partner
#
# **Explain.** One of you explains why row sums and column sums of a table of counts agree, the other why a
# single impossible pair in a thousand names makes the loss infinite, and what smoothing does about it. No
# notes, and the listener asks "why?" three times.
#
# **Compare.** Exchange your `break_bigram_probabilities` and run each on the other's
# `bigram_probabilities`, then on a copy that one of you has broken in secret. Which of you found a mistake
# that the other's test lets through?
#
# **Alone?** Write both explanations down as for somebody who hasn't seen the week, and ask each sentence
# "why?" yourself. Then break five copies of your `bigram_probabilities`, one line each, and run your test
# on them tomorrow.

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
# # Week 08 · MLP language model
#
# **Before:** watch *Building makemore Part 2: MLP* by Andrej Karpathy (1h15). The notebook follows its path.
# It rebuilds the model of Bengio, Ducharme, Vincent and Jauvin (*A neural probabilistic language model*,
# Journal of Machine Learning Research, 2003) with letters in place of words; sections 1 and 2 of the paper
# read well beside it.
#
# **Time:** four to five hours with your partner, the film apart. The two exercises marked *stretch* come on
# top.
#
# **Afterwards you can**
# - let a model see several letters at once without a table that grows out of hand;
# - represent symbols as points that are learned, and say what such a picture shows and what it doesn't;
# - train on small random batches, choose a learning rate by looking, and read a noisy loss;
# - keep training, development and test data apart, and measure on each without disturbing the model.
#
# Last week's table looked one letter back. Looking three back by counting takes 27⁴, about half a million
# cells, for 176,000 examples; each further letter takes 27 times as many. And a table learns nothing from
# *likeness*: what it has seen after `emm` tells it nothing about `imm`, although both are a vowel and two
# `m`. The way out is to let the model say for itself which letters are alike.

# %% given="imports"
import random

import torch
import torch.nn.functional as F

from autograde import datasets

# %% given="alphabet"
stoi = {symbol: number for number, symbol in enumerate(".abcdefghijklmnopqrstuvwxyz")}
itos = {number: symbol for symbol, number in stoi.items()}

# %% [markdown]
# ## 1 A letter becomes a point
#
# As before, each symbol has a number and `.`, number 0, marks where a word starts and ends. New is a table
# `C` with one row for each of the V symbols: its **embedding**, the coordinates of a point in d dimensions.
# Symbols that the model should treat alike will end up near each other, and whatever it learns about one
# then holds nearly for the other. It is what you do when you describe an amino acid by hydropathy, volume
# and charge in place of its letter, only that here nobody says what the axes are: the coordinates are
# parameters like all others, and the gradient moves them.
#
# The **context**, the last `block_size` symbols, is thus so many points. The network takes them as one
# long row of numbers, the points written one behind the other. By hand, with V = 3 and d = 2:
#
# > C has the rows (0, 1), (2, 3) and (4, 5). The context (0, 2), symbol 0 and then symbol 2, becomes
# > (0, 1, 4, 5). The context (2, 1) becomes (4, 5, 2, 3).
#
# **Exercise `embed`** (2 points). `C` is (V, d), floating; `X` is (n, block), int64, a context in each row,
# n ≥ 1. Return (n, block·d), of C's dtype: in row i the rows of C that belong to `X[i, 0]`, `X[i, 1]`, … in
# this order, side by side. It must be possible to differentiate by C, and the gradient then reaches only
# the rows of C whose numbers occur in X.


# %% exercise="embed" points=2
def embed(C: torch.Tensor, X: torch.Tensor) -> torch.Tensor:
    """The points of each context side by side: (n, block·d) from C (V, d) and X (n, block).

    With C = [[0., 1.], [2., 3.], [4., 5.]], embed(C, torch.tensor([[0, 2], [2, 1]])) is
    tensor([[0., 1., 4., 5.], [4., 5., 2., 3.]]).
    """
    ### BEGIN SOLUTION
    return C[X].flatten(1)  # (n, block, d) -> (n, block * d)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Last week `W[xs]` chose rows of W by a list of numbers. What is the shape of `C[X]` when X has two axes?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `C[X]` is (n, block, d). The last two axes must become one, and in memory their numbers already stand in
# the right order. Transposing before that would mix the coordinates of different symbols.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `C[X].reshape(len(X), ...)`, or `.flatten(1)`, which makes one axis of all from axis 1 on.
#
# </details>

# %% [markdown]
# ## 2 Contexts and what follows
#
# A data set for this model is a table with one row for each symbol that has to be predicted: the
# `block_size` symbols before it, and the symbol itself. Where a word hasn't enough letters yet, the context
# is filled up with `.` from the left. For `emma` and a block of three:
#
# | context | next |
# | --- | --- |
# | `...` | `e` |
# | `..e` | `m` |
# | `.em` | `m` |
# | `emm` | `a` |
# | `mma` | `.` |
#
# Two things are easy to get wrong. The symbol to be predicted must not stand in its own context: a model
# that is told the answer has a marvellous loss and is good for nothing (statisticians know it as leakage of
# the outcome into the predictors). And each word starts from a context of dots; the last letters of the
# word before say nothing about it.
#
# **Exercise `build_dataset`** (4 points). Return `(X, Y)`, both int64: X of shape (n, block_size) holds the
# contexts, oldest symbol first, Y of shape (n,) what followed. The words come in their order, and in each
# word the symbols in theirs, with one `.` at the end to be predicted as well; so n is the sum of (length +
# 1) over all words. An empty word is one example, dots followed by a dot. Look the numbers up in `stoi`,
# which may hold any symbols (`.` is always 0); there is at least one word, and `block_size` is at least 1.


# %% exercise="build_dataset" points=4
def build_dataset(
    words: list[str], block_size: int, stoi: dict[str, int]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Contexts X (n, block_size) and what follows them, Y (n,), both int64; n is the sum of len(word) + 1.

    With stoi = {".": 0, "a": 1, "b": 2}, build_dataset(["ab", "b"], 2, stoi) is
    (tensor([[0, 0], [0, 1], [1, 2], [0, 0], [0, 2]]), tensor([1, 2, 0, 2, 0])).
    """
    ### BEGIN SOLUTION
    X, Y = [], []
    for word in words:
        context = [0] * block_size
        for symbol in [*word, "."]:
            number = stoi[symbol]
            X.append(context)
            Y.append(number)
            context = [*context[1:], number]  # a new list: the one in X must stay as it is
    return torch.tensor(X), torch.tensor(Y)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Play `emma` with four cards on the table: three for the context, one for what comes next. What do you do
# with the cards, and in which order, to get from one row to the next?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Keep a list `context`. For each symbol of the word, and then for `.`: write down context and symbol
# *first*, then drop the oldest and append the newest. `context.append(...)` changes the very list that you
# have just stored; `context[1:] + [...]` makes a new one.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# For each word `context = [0] * block_size`, then for each symbol in `word + "."`: `X.append(context)`,
# `Y.append(stoi[symbol])`, `context = context[1:] + [...]`. At the end `torch.tensor(X), torch.tensor(Y)`.
#
# </details>

# %% tags=["explore"]
X, Y = build_dataset(["emma", "ava"], 3, stoi)
for context, target in zip(X.tolist(), Y.tolist(), strict=True):
    print("".join(itos[number] for number in context), "->", itos[target])

# %% [markdown]
# ## 3 Now break it
#
# A data set that is subtly wrong raises no error: the model trains, the loss falls, and what it means is
# something else. So data sets deserve tests more than models do.
#
# **Exercise `break_build_dataset`** (3 points). Write a function that takes somebody's `build_dataset` and
# raises an `AssertionError` if it is wrong; on a right one it returns without a sound. It will meet right
# ones of different make, which it must let pass, and a row of wrong ones. Your points are the share of
# wrong ones that you catch, so long as you let all right ones pass; a single false alarm costs them all.
# The check tries one right and three wrong ones; try your test on your own `build_dataset` as well. (`X ==
# ...` compares tensors entry by entry, so compare `X.tolist()` with a list, or use `torch.equal`.)
#
# Choose words in which mistakes have nowhere to hide: a single word can't show that contexts run on into the
# next one, and a word as long as the block doesn't show what happens when it is longer or shorter.


# %% exercise="break_build_dataset" points=3
def break_build_dataset(build_dataset) -> None:
    """Raise AssertionError if the given `build_dataset(words, block_size, stoi)` is wrong.

    One line of it might be: X, Y = build_dataset(["b"], 1, {".": 0, "a": 1, "b": 2}), and then
    assert X.tolist() == [[0], [2]]
    """
    ### BEGIN SOLUTION
    stoi = {".": 0, "b": 1, "a": 2, "Z": 3}  # not in the order of the alphabet

    X, Y = build_dataset(["abZ", "", "b", "b"], 2, stoi)
    contexts = [[0, 0], [0, 2], [2, 1], [1, 3], [0, 0], [0, 0], [0, 1], [0, 0], [0, 1]]
    assert X.tolist() == contexts, "wrong contexts"
    assert Y.tolist() == [2, 1, 3, 0, 0, 1, 0, 1, 0], "wrong targets"
    assert X.dtype == Y.dtype == torch.int64, "numbers of symbols are int64"

    for block_size in [1, 3, 4]:
        X, Y = build_dataset(["aZ"], block_size, stoi)
        text = [0] * block_size + [2, 3, 0]
        assert X.tolist() == [text[place : place + block_size] for place in range(3)], "wrong block"
        assert Y.tolist() == [2, 3, 0], "wrong targets"
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Ask of each sentence of section 2 which input would show that it is violated. Which of them does the worked
# example not show?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Two or three short words, an empty one and a repeated one among them; a numbering that isn't the
# alphabet's; a block of 2 and at least one other size, longer than a word; both X and Y, and their dtype.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# Write X and Y for your words down by hand, as lists. Then `X, Y = build_dataset(words, 2, stoi)`,
# `assert X.tolist() == [[0, 0], ...]`, `assert Y.tolist() == [...]`, and the same for another block size.
#
# </details>

# %% tags=["explore"]
break_build_dataset(build_dataset)
print("your test lets your own build_dataset pass")

# %% [markdown]
# ## 4 Split words, not examples
#
# This model has thousands of parameters and can learn names by heart, so it has to be judged on names that
# it hasn't seen. What must be kept apart are the *words*. Shuffle the examples of the table above and the
# contexts of one `emma` end up on both sides; if `emma` itself is in the list twice, so does the whole
# name. The unit of the split is the thing that repeats: the patient and not the sample, the homology group
# and not the sequence.
#
# **Exercise `split_words`** (3 points). Return `(train, dev, test)`, three lists of words. Take each of the
# n different words **once**, shuffle them, and cut at ⌊0.8·n⌋ and ⌊0.9·n⌋: the first part is for training,
# the second for development, the rest for the test. With 11 different words the parts have 8, 1 and 2.
# The split depends on `seed`: with the same words in the same order it is the same for the same seed, in
# every session of Python, and another for another seed. How you shuffle is free: with a generator of your
# own, as in the hints, or with a global one that you seed. `words` itself must be the same afterwards.
#
# One trap: a `set` is the quick way to drop repeats, but the order in which Python runs through a set of
# strings changes from session to session, on purpose. The same seed then shuffles another list. (Within
# one session nothing shows of it; the check imitates others.)


# %% exercise="split_words" points=3
def split_words(words: list[str], seed: int) -> tuple[list[str], list[str], list[str]]:
    """The different words, shuffled by `seed`, in three lists: 80 % train, 10 % dev, 10 % test.

    Of ["ab", "b", "ab", "a", "ba", "bb"], with five different words, train gets four (up to ⌊0.8·5⌋),
    dev none (up to ⌊0.9·5⌋ = 4), and test one. Which ones, the seed decides.
    """
    ### BEGIN SOLUTION
    unique = sorted(set(words))  # sorted: a set's own order isn't the same tomorrow
    random.Random(seed).shuffle(unique)
    n = len(unique)
    return unique[: n * 8 // 10], unique[n * 8 // 10 : n * 9 // 10], unique[n * 9 // 10 :]
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Three steps: drop repeats, shuffle, cut twice. After which of them is the number n counted?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `sorted(set(words))` is a new list without repeats in an order that never changes. `random.Random(seed)` is
# a source of random numbers of its own; its `shuffle` works in place. (A `torch.Generator` with `randperm`
# will do as well.)
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `random.Random(seed).shuffle(unique)`, then with `n = len(unique)` three slices: `unique[: n * 8 // 10]`,
# the piece up to `n * 9 // 10`, and the rest.
#
# </details>

# %% tags=["explore"]
train_names, dev_names, test_names = split_words(datasets.names(), seed=2003)
Xtr, Ytr = build_dataset(train_names, 3, stoi)
Xdev, Ydev = build_dataset(dev_names, 3, stoi)
Xtest, Ytest = build_dataset(test_names, 3, stoi)
print(len(train_names), "training names are", len(Xtr), "examples, for instance", ", ".join(train_names[:6]))
print(
    len(dev_names), "development names are", len(Xdev), "examples,", len(test_names), "test names", len(Xtest)
)

# %% [markdown]
# ## 5 The network
#
# The numbers of a context go through one hidden layer to a logit for each symbol:
#
# > context (n, block) → `embed` (n, block·d) → `tanh(… @ W1 + b1)` (n, hidden) → `… @ W2 + b2` (n, V)
#
# The parameters are kept in a list, in this order:
#
# | name | shape | what it does |
# | --- | --- | --- |
# | `C` | (V, d) | a point for each symbol |
# | `W1`, `b1` | (block·d, hidden), (hidden,) | what each hidden unit looks for |
# | `W2`, `b2` | (hidden, V), (V,) | what each unit speaks for |
#
# With V = 27, a block of 3, d = 2 and 100 hidden units that is 54 + 600 + 100 + 2,700 + 27 = 3,481 numbers,
# against half a million cells of the table. One letter more of context costs 200 further weights, not a
# factor of 27.
#
# In R terms: a multinomial regression (`nnet::multinom`) on features that are themselves fitted. Without
# the `tanh` both layers would collapse into one and the effects of the three letters would simply add; the
# bend allows interactions, such as "`q` before last, unless the last is `u`".
#
# **Exercise `init_params`** (2 points). Return the list `[C, W1, b1, W2, b2]` with these shapes, floating,
# each ready to be trained: a tensor that `requires_grad` and wasn't computed from another one that does (a
# *leaf*, in PyTorch's word; only leaves get a `.grad`). C, W1 and W2 hold random numbers drawn from
# `generator`, which you never seed: so equal states give equal parameters, and a second call gives others.
# From which distribution is free, and the biases may be zeros. (The film draws everything from a standard
# normal. Week 09 asks whether that is wise.)


# %% exercise="init_params" points=2
def init_params(V: int, block: int, d: int, hidden: int, generator: torch.Generator) -> list[torch.Tensor]:
    """Random parameters [C (V, d), W1 (block·d, hidden), b1 (hidden,), W2 (hidden, V), b2 (V,)] to train.

    init_params(27, 3, 2, 100, torch.Generator().manual_seed(1)) has the shapes
    (27, 2), (6, 100), (100,), (100, 27) and (27,).
    """
    ### BEGIN SOLUTION
    shapes = [(V, d), (block * d, hidden), (hidden,), (hidden, V), (V,)]
    return [torch.randn(shape, generator=generator).requires_grad_() for shape in shapes]
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Five shapes, five times the same thing. Which shapes belong together so that the matrix products in the
# line of arrows fit?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `torch.randn(shape, generator=generator)` draws, and `.requires_grad_()` says that it is to be trained. If
# you want smaller numbers, multiply *before* you say so: what is computed from a tensor that requires a
# gradient gets no `.grad` of its own.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `[torch.randn(shape, generator=generator).requires_grad_() for shape in [(V, d), (block * d, hidden),
# ...]]`
#
# </details>

# %% [markdown]
# By hand, with two symbols, a block of two, d = 1 and a single hidden unit: C = ((0), (1)), W1 = ((1),
# (2)), b1 = (−1), W2 = ((1, −1)), b2 = (0, 0.5). The context (0, 1) becomes the row (0, 1). The unit gets
# 0·1 + 1·2 − 1 = 1 and gives tanh 1 = 0.7616, so the logits are 0.7616 + 0 and −0.7616 + 0.5. The context
# (1, 1) gives tanh 2 = 0.9640, and logits 0.9640 and −0.4640.
#
# **Exercise `forward`** (3 points). `params` is such a list, `X` is (n, block), int64. Return the logits
# (n, V), differentiable by all five parameters; no softmax. Row i depends on context i only, and nothing
# that was handed in changes. The sizes are those of the tensors, none is fixed. Use your `embed`; if it
# isn't done yet, mend that first.


# %% exercise="forward" points=3
def forward(params: list[torch.Tensor], X: torch.Tensor) -> torch.Tensor:
    """Logits tanh(embed(C, X) @ W1 + b1) @ W2 + b2 of shape (n, V), with params = [C, W1, b1, W2, b2].

    With C = [[0.], [1.]], W1 = [[1.], [2.]], b1 = [-1.], W2 = [[1., -1.]], b2 = [0., 0.5] and
    X = [[0, 1], [1, 1]] they are [[0.7616, -0.2616], [0.9640, -0.4640]].
    """
    ### BEGIN SOLUTION
    C, W1, b1, W2, b2 = params
    h = torch.tanh(embed(C, X) @ W1 + b1)  # (n, hidden)
    return h @ W2 + b2  # (n, V)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Unpack the list into five names first. Then read the line of arrows at the head of this section from left
# to right, and write the shape behind each line of code.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Two lines: the hidden layer with its tanh, then the output layer without one. Logits may be any numbers.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `C, W1, b1, W2, b2 = params`, `h = torch.tanh(embed(C, X) @ ... + ...)`, `return h @ ... + ...`
#
# </details>

# %% tags=["explore"]
blank = init_params(27, 3, 2, 100, torch.Generator().manual_seed(3))
print(sum(p.numel() for p in blank), "parameters")
print(f"loss before training {F.cross_entropy(forward(blank, Xdev), Ydev).item():.1f} nats, log 27 is 3.3")

# %% [markdown]
# With standard normal parameters the untrained model is far worse than one that knows nothing and says 1/27
# to everything: it is wrong *with confidence*. Keep that number in mind for week 09.

# %% [markdown]
# ## 6 Small random batches
#
# Last week each step looked at all pairs. With 176,000 examples and a network that is a waste: the gradient
# is a mean over examples, and a mean can be estimated from a sample. A batch of 32 gives a noisy direction
# for a five-thousandth of the work, and thousands of rough steps get further than a few exact ones. As with
# any mean, four times the batch halves the noise only.
#
# By hand, a network of zeros with two symbols (block, d and hidden all 1), and a data set of one example,
# context (1), target 1. Both logits are 0, the loss is log 2 = 0.6931. The gradient by b2 is *predicted
# less observed*, (½, ½) − (0, 1) = (½, −½), so with rate 1 b2 becomes (−½, ½). At the second step the
# loss is −log 0.7311 = 0.3133, the gradient (0.2689, −0.2689), and b2 becomes (−0.7689, 0.7689). All other
# parameters stay at zero: W2 because the hidden unit says tanh 0 = 0, and those below because with W2 = 0 nothing
# gets back to them. (Week 09 again.)
#
# **Exercise `train`** (5 points). Take `steps` steps. In each, draw a batch of exactly `batch_size`
# examples anew at random, all n equally likely, by numbers from `generator` (never seed it). With or
# without replacement, or going round and round through the data, shuffled anew for each round: as you like
# (`batch_size` is at most n). Each parameter p then becomes p − `lr` · (gradient of the batch's mean
# cross-entropy by p).
#
# The five tensors themselves change, **in place**, so that the caller's model is trained; they stay ready
# for a further call, which goes on where this one stopped (perhaps with another rate). X, Y and everything
# else stay as they are. Return one float a step: the batch's loss, measured **before** its step. With
# `steps=0` that is an empty list.


# %% exercise="train" points=5
def train(
    params: list[torch.Tensor],
    X: torch.Tensor,
    Y: torch.Tensor,
    steps: int,
    batch_size: int,
    lr: float,
    generator: torch.Generator,
) -> list[float]:
    """Train `params` in place by gradient descent on random batches; the batch's loss before each step.

    With five zero tensors for V = 2, block = d = hidden = 1, X = [[1]], Y = [1], steps = 2,
    batch_size = 1 and lr = 1.0 it returns [0.6931, 0.3133] and leaves b2 at [-0.7689, 0.7689].
    """
    ### BEGIN SOLUTION
    losses = []
    for _ in range(steps):
        batch = torch.randint(len(X), (batch_size,), generator=generator)
        loss = F.cross_entropy(forward(params, X[batch]), Y[batch])
        losses.append(loss.item())
        for p in params:
            p.grad = None  # gradients add up unless they are cleared
        loss.backward()
        with torch.no_grad():
            for p in params:
                p -= lr * p.grad
    return losses
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# It is last week's loop with one line more, at its head. Which two tensors must be cut to the batch, and how
# do you make sure that both are cut alike?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# One tensor of numbers, `batch`, picks from both: `X[batch]`, `Y[batch]`. Draw it inside the loop. Then
# loss, clear old gradients, backward, update; the update under `torch.no_grad()` and with `-=`, as `p = p -
# ...` would give the name to a new tensor and leave the caller's alone.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# In the loop `batch = torch.randint(len(X), (...,), generator=generator)`, `loss = F.cross_entropy(forward(params,
# X[batch]), ...)`; note the loss, clear each `p.grad`, `loss.backward()`, and under `torch.no_grad()` for each p
# `p -= ...`.
#
# </details>

# %% [markdown]
# ### A noisy loss
#
# Train the small model: 25,000 steps with rate 0.1 and then 10,000 with 0.02, in batches of 32. The cell
# takes ten to twenty seconds.

# %% tags=["explore"]
torch.set_num_threads(1)  # the matrices are small: a second thread would cost more than it brings
generator = torch.Generator().manual_seed(3)
small = init_params(27, 3, 2, 100, generator)
points_before = small[0].detach().clone()
losses = train(small, Xtr, Ytr, 25_000, 32, 0.1, generator)
losses += train(small, Xtr, Ytr, 10_000, 32, 0.02, generator)

# %% tags=["explore"]
import matplotlib.pyplot as plt

plt.style.use("autograde.quiet")

window = 500
smooth = torch.tensor(losses).unfold(0, window, 1).mean(1)  # mean of each 500 losses in a row
figure, axes = plt.subplots(figsize=(6.6, 3.2))
axes.plot(losses, color="lightsteelblue", linewidth=0.3, label="each batch of 32")
axes.plot(
    range(window // 2, window // 2 + len(smooth)), smooth, color="midnightblue", label="mean of 500 batches"
)
axes.axvline(25_000, color="grey", linewidth=0.8, linestyle="--")
axes.text(25_300, 4.3, "rate 0.1 → 0.02", color="grey")
axes.set_ylim(1.5, 4.5)
axes.set_xlabel("step")
axes.set_ylabel("loss (nats per symbol)")
legend = axes.legend(loc="upper center")
for line in legend.get_lines():
    line.set_linewidth(1.4)
plt.show()

# %% [markdown]
# The light band is what `train` returns: each value is the mean of 32 examples, and jumps by a quarter of
# a nat from one step to the next, now and then by more than half, though the model has hardly moved in
# between. No decision can be read from it. The dark line averages 500 batches in a row and shows what
# happens: a steep fall, a long slope, and a drop where the rate is lowered. There, nothing new was learned
# at once; smaller steps just shake the parameters less around the place where they already were.
#
# The smoothed line has its own trap. It lags behind, and it measures the *training* names while the model
# was still changing. For a number to report, stop and measure.

# %% [markdown]
# ## 7 Stop and measure
#
# **Exercise `evaluate`** (3 points). Return the mean cross-entropy over **all** examples, in nats, as a
# number. Work through them `batch_size` at a time, so that memory holds however many there are; the answer
# must not depend on `batch_size`, which may be larger than n or leave a small rest (n ≥ 1). Measuring must
# leave no trace: build no graph for gradients on the way, and leave parameters, their `.grad` and PyTorch's
# settings as they were.
#
# The rest is where one goes wrong. Three examples with losses 1, 2 and 1 (times log 2), two at a time: the
# batches' means are 1.5 and 1. Their mean is 1.25, but the mean over the examples is 4/3: the last batch
# has fewer examples and must weigh less.


# %% exercise="evaluate" points=3
def evaluate(params: list[torch.Tensor], X: torch.Tensor, Y: torch.Tensor, batch_size: int) -> float:
    """Mean cross-entropy over all examples, `batch_size` at a time, without a graph.

    If all parameters are 0 but b2 = [log 0.5, log 0.25, log 0.25], and Y = [0, 1, 0], it is
    4/3 · log 2 = 0.9242 for every batch_size.
    """
    ### BEGIN SOLUTION
    total = 0.0
    with torch.no_grad():
        for x, y in zip(X.split(batch_size), Y.split(batch_size), strict=True):
            total += F.cross_entropy(forward(params, x), y, reduction="sum").item()
    return total / len(X)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# What can you add up over batches of unequal size without a mistake, and what do you divide by at the end?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Add up *sums*: `F.cross_entropy` with `reduction="sum"`, or the batch's mean times its number of examples.
# All under `torch.no_grad()`.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `for start in range(0, len(X), batch_size):` with `X[start : start + batch_size]` and the same of Y; `total
# += F.cross_entropy(..., reduction="sum").item()`; `return total / len(X)`.
#
# </details>

# %% tags=["explore"]
for label, X, Y in [("training", Xtr, Ytr), ("development", Xdev, Ydev)]:
    print(f"{label} names: {evaluate(small, X, Y, 4096):.3f} nats per symbol")

# %% [markdown]
# Week 07's table came to 2.45 on such names. With a sixth of the numbers in a table of trigrams, two
# coordinates a letter already do better than that. And training and development loss agree within a
# hundredth: this model is too *small* for the data, not too large. So a larger one is worth trying; that is
# section 9.

# %% [markdown]
# ### Where did the letters go?
#
# Each letter has two coordinates, so they can be drawn.

# %% tags=["explore"]
figure, pair = plt.subplots(1, 2, figsize=(8.4, 4.4), width_ratios=[2, 3])
planes = [(points_before, "before: drawn at random"), (small[0].detach(), "after training")]
for axes, (C, title) in zip(pair, planes, strict=True):
    for number, symbol in itos.items():
        colour = "#c44e52" if symbol in "aeiouy" else "black" if symbol == "." else "#4682b4"
        x, y = C[number].tolist()
        size = 20 if symbol == "." else 9
        axes.text(x, y, symbol, color=colour, fontsize=size, ha="center", va="center")
    axes.set_xlim(C[:, 0].min() - 0.1, C[:, 0].max() + 0.1)
    axes.set_ylim(C[:, 1].min() - 0.1, C[:, 1].max() + 0.1)
    axes.set_title(title, fontsize=9, loc="left")
    axes.set_xlabel("first coordinate")
pair[0].set_ylabel("second coordinate")
plt.show()

# %% [markdown]
# Nobody told the model what a vowel is. Yet the vowels (red) have moved together, for they are followed by
# similar letters; `.` has gone off by itself, and so has `q`. *Near* means here: "it makes little difference to
# what comes next which of the two you saw". (Mind the axes: nearly all letters have drawn in to a third of
# where they started.)
#
# Don't read more into it than that. The axes have no meaning, distances in different directions can't be
# compared, and another seed gives another map. What stays is which letters share a place, and which lie
# between others. The same caution applies to every UMAP of single cells. Which changes of the picture
# could W1 undo, without changing a single prediction? The question at the end comes back to it.

# %% [markdown]
# ### How fast? (stretch)
#
# Where did the rate 0.1 come from? From looking. Too small a rate hardly moves in the steps that one has,
# too large a one jumps over the valley and out of it. Rates matter by their factor, so one tries powers of
# ten, with exponents in equal steps, as for a dilution series.
#
# And as in a dilution series, **each rate starts from a fresh tube**. Go on training the same parameters
# with one rate after the other and you can't tell the effect of a rate from the effect of all the training
# before it: the later rates always look better. (The film lets the rate grow within one run. That is quick,
# and has this very flaw.)
#
# **Exercise `lr_sweep`** (stretch, 2 points). `make_params()` gives new parameters, `train_fn(params, lr)`
# trains them and gives back a loss, a float. For each exponent e, in the order given: make parameters,
# train them with the rate 10^e, note the loss. Return `(exponents, losses)`, two lists of the same length.
# Exponents may be negative and needn't be whole; there is at least one. A loss may be `nan` or `inf` if
# training ran away; it is noted like any other. Call each function once for each exponent.


# %% exercise="lr_sweep" points=2 stretch=true
def lr_sweep(make_params, train_fn, exponents: list[float]) -> tuple[list[float], list[float]]:
    """(exponents, losses): for each exponent e, train_fn(make_params(), 10**e), each on fresh parameters.

    With train_fn = lambda params, lr: 2 * lr and exponents [-1, 0] it is ([-1, 0], [0.2, 2.0]).
    """
    ### BEGIN SOLUTION
    losses = [train_fn(make_params(), 10**exponent) for exponent in exponents]
    return list(exponents), losses
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Which of the two functions is called inside the loop, which outside? Think of the tubes.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Both inside. The rate is ten *to the power of* the exponent; the exponent itself goes back to the caller.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `for exponent in exponents: losses.append(train_fn(..., 10**exponent))`
#
# </details>

# %% [markdown]
# Each of 17 rates gets 400 steps. (The cell needs your `lr_sweep`; without it, look at the result in the
# text below. A few seconds.)


# %% tags=["explore"]
def short_training(params: list[torch.Tensor], lr: float) -> float:
    train(params, Xtr, Ytr, 400, 32, lr, torch.Generator().manual_seed(1))
    return evaluate(params, Xdev, Ydev, 4096)


def fresh_params() -> list[torch.Tensor]:
    return init_params(27, 3, 2, 100, torch.Generator().manual_seed(3))


exponents, reached = lr_sweep(fresh_params, short_training, [step / 4 for step in range(-12, 5)])
figure, axes = plt.subplots(figsize=(6.6, 3))
axes.plot(exponents, reached, "o-", markersize=4, color="steelblue")
axes.axhline(evaluate(fresh_params(), Xdev, Ydev, 4096), color="grey", linewidth=0.8, linestyle="--")
axes.text(-3, evaluate(fresh_params(), Xdev, Ydev, 4096), "untrained", color="grey", va="bottom")
axes.set_yscale("log")
axes.set_yticks([2.5, 3, 5, 10, 20, 50], ["2.5", "3", "5", "10", "20", "50"])
axes.minorticks_off()
axes.set_xlabel("exponent of the learning rate (−1 is 0.1)")
axes.set_ylabel("development loss\nafter 400 steps (nats)")
plt.show()

# %% [markdown]
# A valley with a broad floor: too timid on the left, torn about on the right, and best around −1, that is
# 0.1. That is the rate that we took; and once the loss no longer falls, a smaller one lets the parameters come
# to rest. Rates from 0.05 to 0.2 do about as well, so there is no point in a finer search.

# %% [markdown]
# ## 8 Writing names
#
# Sampling is last week's walk with a longer memory. Start with a context of dots. Send it through the
# network, turn the logits into probabilities, draw a symbol; drop the oldest symbol of the context, append
# the new one, and go on until `.` is drawn.
#
# **Exercise `sample_names`** (3 points). Return a list of `n` names. Each starts from a context of
# `block_size` dots, and ends at the first `.` drawn, which isn't part of it. An empty name is a name, and
# stays in the list. Draw each symbol in proportion to the softmax of its logits, every random number from
# `generator`, and never seed it. How you draw is free, so two right answers need not give the same names.
# The parameters stay as they are. Use your `forward`.


# %% exercise="sample_names" points=3
def sample_names(
    params: list[torch.Tensor], block_size: int, itos: dict[int, str], n: int, generator: torch.Generator
) -> list[str]:
    """n names drawn from the model, each from a context of dots to the first `.`, which is left out.

    With parameters that make `a` certain after `..`, `b` certain after `.a` and `.` certain after `ab`,
    block_size = 2 and n = 3 give ["ab", "ab", "ab"].
    """
    ### BEGIN SOLUTION
    names = []
    for _ in range(n):
        name, context = "", [0] * block_size
        while True:
            with torch.no_grad():
                P = forward(params, torch.tensor([context])).softmax(1)  # (1, V)
            number = torch.multinomial(P, 1, generator=generator).item()
            if number == 0:
                break
            name += itos[number]
            context = [*context[1:], number]
        names.append(name)
    return names
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# What has to be set back when a new name starts? There are two things now.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `forward` wants a table of contexts: for a single one that is `torch.tensor([context])`, with shape (1,
# block_size). The context rolls as in `build_dataset`.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# For each name `name, context = "", [0] * block_size`; then again and again `P = forward(params,
# ...).softmax(1)`, `number = torch.multinomial(...).item()`, `break` at 0, else add to the name and let the
# context roll.
#
# </details>

# %% tags=["explore"]
generator = torch.Generator().manual_seed(5)
print(", ".join(sample_names(small, 3, itos, 12, generator)))

# %% [markdown]
# Some of them could pass for names, and more than among last week's. (Don't try it with untrained parameters:
# they are so sure of themselves that `.` may have no chance worth mentioning, and the first name never ends.)

# %% [markdown]
# ## 9 A larger one, and the honest test
#
# Ten coordinates a letter and 200 hidden units make 11,897 parameters. The cell takes about twenty seconds
# for 40,000 steps. The film takes 200,000, half of them at a rate of 0.1 and half at 0.01.

# %% tags=["explore"]
generator = torch.Generator().manual_seed(8)
large = init_params(27, 3, 10, 200, generator)
train(large, Xtr, Ytr, 30_000, 32, 0.1, generator)
train(large, Xtr, Ytr, 10_000, 32, 0.01, generator)
for label, X, Y in [("training", Xtr, Ytr), ("development", Xdev, Ydev)]:
    print(f"{label} names: {evaluate(large, X, Y, 4096):.3f} nats per symbol")
print(", ".join(sample_names(large, 3, itos, 10, generator)))

# %% [markdown]
# Better, after seven passes over the training names, and now training and development loss begin to part.
# All choices (block, sizes, rates) were made by looking at the development names. The test names have
# waited for this cell: whatever it says, change nothing because of it.

# %% tags=["explore"]
print(f"small: {evaluate(small, Xtest, Ytest, 4096):.3f} nats per symbol on the test names")
print(f"large: {evaluate(large, Xtest, Ytest, 4096):.3f}")

# %% [markdown]
# With a test loss of about 2.25 the large model is level with a table of trigrams counted from the same
# names (2.23), which is no shame and no triumph. With all 200,000 steps of the film the reference solution
# comes to 2.11 on the training, 2.16 on the development and 2.16 on the test names, and leaves every table
# behind; if you can spare some minutes, change two numbers in the training cell and see on the development
# names. What limits it now are three letters of context, and how training starts: weeks 09 and 12.

# %% [markdown]
# ## 10 The same code on DNA
#
# Nothing in your functions knows about names. Bases for letters, genes for words: a context of k − 1 bases
# and the base that follows are a **k-mer**, and a table of k-mer counts is what a gene finder's Markov model
# of order k − 1 consists of. The table has 4ᵏ cells, the data don't grow with it, and beyond some k nearly
# every cell is a matter of luck. Is the network better off?
#
# The sequences are the first 300 bases of 917 genes of thale cress (ten genes are shorter). Genes of one homology
# group are copies of each other with changes, so it is the *groups* that are split: `split_words`, given the name
# of each gene's group, takes every group once and keeps it whole. Table and network are trained and measured on
# the same examples: those with nine bases before the one to be predicted. So neither earns anything by knowing
# that genes begin with ATG (all but one of these do), or pays for the cut at base 300, which follows no rule.
# (About half a minute.)

# %% tags=["explore"]
genes = datasets.arabidopsis_families()
bases = {symbol: number for number, symbol in enumerate(".ACGT")}
train_groups, dev_groups, _ = split_words([str(gene["group"]) for gene in genes], seed=3)
train_dna = [gene["dna"] for gene in genes if str(gene["group"]) in train_groups]
dev_dna = [gene["dna"] for gene in genes if str(gene["group"]) in dev_groups]
lengths = [1, 3, 5, 7, 9]


def inside(genes: list[str]) -> tuple[torch.Tensor, torch.Tensor]:
    """The examples of the longest block without any `.`, the bases numbered from 0."""
    X, Y = build_dataset(genes, max(lengths), bases)
    bases_only = (X != 0).all(1) & (Y != 0)
    return X[bases_only] - 1, Y[bases_only] - 1


def counted(known, asked, V: int, smoothing: float) -> float:
    """The loss on `asked` of a table of contexts that was counted on `known`, as (X, Y) both."""
    places = V ** torch.arange(known[0].shape[1])  # a context, read as a number's digits, is a row of N
    N = torch.zeros(V ** known[0].shape[1], V)
    N.index_put_(((known[0] * places).sum(1), known[1]), torch.ones(len(known[1])), accumulate=True)
    P = (N + smoothing) / (N + smoothing).sum(1, keepdim=True)
    return -P[(asked[0] * places).sum(1), asked[1]].log().mean().item()


(X, Y), (x, y) = inside(train_dna), inside(dev_dna)
print(len(train_dna), "genes to train on,", len(dev_dna), "to compare on;", len(X), "and", len(x), "examples")
composition = -(Y.bincount() / len(Y))[y].log().mean().item()  # the loss of a table that looks at no context
curves = {"table": [], "network": []}
for block in lengths:
    known, asked = (X[:, -block:], Y), (x[:, -block:], y)
    generator = torch.Generator().manual_seed(1)
    network = init_params(4, block, 3, 64, generator)
    for lr in [0.1, 0.02]:
        train(network, *known, 8000, 64, lr, generator)
    curves["network"] += [(evaluate(network, *known, 4096), evaluate(network, *asked, 4096))]
    curves["table"] += [(counted(known, known, 4, 1.0), counted(known, asked, 4, 1.0))]

# %% tags=["explore"]
figure, axes = plt.subplots(figsize=(6.6, 3.2))
for (label, losses), colour in zip(curves.items(), ["darkorange", "steelblue"], strict=True):
    on_train, on_dev = zip(*losses, strict=True)
    axes.plot(lengths, on_dev, "o-", markersize=4, color=colour, label=f"{label}, development genes")
    axes.plot(lengths, on_train, "o:", markersize=3, color=colour, label=f"{label}, training genes")
axes.axhline(composition, color="grey", linewidth=0.8, linestyle="--")
axes.text(1, composition, f"composition alone: {composition:.3f}", color="grey", va="bottom")
axes.set_xticks(lengths)
axes.set_xlabel("bases of context (k − 1)")
axes.set_ylabel("loss (nats per base)")
axes.legend(loc="lower left")
plt.show()

# %% [markdown]
# Up to five bases of context, that is 6-mers, the table is as good as the network, even a shade better, and
# it took no training. Then it learns its own genes by heart (orange, dotted), and on others it gets worse
# than a table that knows nothing but how frequent each base is (dashed). The network, whose number of
# weights hardly grows with the context, stays where it was. It isn't better at *nine* bases than at five
# either: a longer context is an opportunity, not a gain. And a gain over composition of three hundredths of a
# nat says how near to random a coding sequence looks from close by. (One smoothing for all tables, 1, is not
# the fairest; `choose_smoothing` of week 07 would help the long ones.)

# %% [markdown]
# ## 11 Stretch: a memory without an edge
#
# A block of three forgets everything before. A **recurrent** network reads one symbol after the other and
# keeps a state h, a row of k numbers, in which it may hold what it wants:
#
# > h_new = tanh(h @ Wh + x @ Wx + b)
#
# The same weights at every step, and no limit to how far back something came from; at least on paper.
#
# By hand, with k = 1 and d = 2: h = (0.5), x = (1, 2), Wh = ((2)), Wx = ((1), (−1)), b = (0.5). The sum is
# 0.5·2 + 1·1 + 2·(−1) + 0.5 = 0.5, so h_new = tanh 0.5 = 0.4621.
#
# **Exercise `rnn_step`** (stretch, 2 points). `h` is (n, k), one state for each of n sequences, `x` is (n,
# d), the points of their current symbols, `Wh` (k, k), `Wx` (d, k), `b` (k,). Return the new states (n, k).
# They must be differentiable by everything handed in, so that after many steps the gradient reaches the
# first, and nothing that was handed in may change.


# %% exercise="rnn_step" points=2 stretch=true
def rnn_step(
    h: torch.Tensor, x: torch.Tensor, Wh: torch.Tensor, Wx: torch.Tensor, b: torch.Tensor
) -> torch.Tensor:
    """The states after one more symbol: tanh(h @ Wh + x @ Wx + b), of shape (n, k).

    With h = [[0.5]], x = [[1., 2.]], Wh = [[2.]], Wx = [[1.], [-1.]] and b = [0.5] it is [[0.4621]].
    """
    ### BEGIN SOLUTION
    return torch.tanh(h @ Wh + x @ Wx + b)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# It is the hidden layer of `forward` with a second source.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Two matrix products of shape (n, k) each, added, and b on every row. Make new tensors: `h += ...` would
# change what belongs to the caller.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `torch.tanh(h @ ... + x @ ... + b)`
#
# </details>

# %% [markdown]
# How far back does such a memory reach? Let it read thirty random inputs, and ask how much the last state
# would change with each of them, for recurrent weights of three sizes. (Needs your `rnn_step`.)

# %% tags=["explore"]
generator = torch.Generator().manual_seed(4)
k, steps = 64, 30
Wx, b = torch.randn((8, k), generator=generator) / 8, torch.zeros(k)
unscaled = torch.randn((k, k), generator=generator) / k**0.5
xs = torch.randn((steps, 1, 8), generator=generator).requires_grad_()
figure, axes = plt.subplots(figsize=(6.6, 3))
for size in [0.5, 1.0, 1.5]:
    h = torch.zeros(1, k)
    for x in xs:
        h = rnn_step(h, x, size * unscaled, Wx, b)
    (gradient,) = torch.autograd.grad(h @ torch.ones(k), xs)
    axes.plot(
        range(steps - 1, -1, -1), gradient.norm(dim=(1, 2)), "o-", markersize=3, label=f"Wh times {size}"
    )
axes.set_yscale("log")
axes.set_xlabel("how many steps ago the input came")
axes.set_ylabel("size of the gradient")
axes.legend()
plt.show()

# %% [markdown]
# Each step back multiplies the gradient by roughly the same factor. Small recurrent weights forget at an
# exponential rate, like a decaying isotope; the largest of the three hardly do, and still larger ones may make
# the gradient grow from step to step, which is no better. "No limit on paper" and "can be trained to use it"
# are two statements. Weeks 12 and 13 take other ways to a long memory.

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

# %% [markdown] question="what-the-plane-shows" points=2
# ## A question to discuss
#
# Two points, given by a person who reads your answer, not by the tests. Double-click this cell, write in
# place of its last line, and run the cell to see it set. Talk it over first.
#
# A colleague looks at your picture of the trained letters and says: "The model has discovered vowels. And `q`
# is far out, so it is the most unusual letter." In five to ten sentences: Why might letters that the model
# never heard spoken come to lie near each other? What in the picture isn't determined by the data at all, so
# that it could be otherwise in a model with exactly the same predictions? And what would you do to find out
# whether "vowels lie together" is a finding or an accident, and what does that have to do with maps of single
# cells?
#
# ### BEGIN SOLUTION
# Two points for an answer with all three parts, one for two of them.
#
# 1. C is only used to predict what follows. Two symbols whose contexts lead to similar next letters get
#    similar gradients and can share what W1 has learned, so they move together. Vowels resemble each other in
#    that: after any of them consonants are likely. It is a likeness of use (distribution), not of sound; rare
#    letters have hardly been moved from where they were drawn at random, which may be all there is to `q`.
# 2. Any invertible linear map of the plane, undone in the rows of W1, gives the same model: so direction of
#    the axes, rotation, reflection, scale and shear, and with them distances and angles as such, are not
#    determined. Nor are the starting points, which the seed draws. The order of the hidden units doesn't
#    show in the picture.
# 3. Say beforehand what is claimed, as a number (such as: nearest neighbours of vowels that are vowels), repeat
#    the training with several seeds, and compare with the same number for labels that were shuffled, or for the
#    untrained plane. Better still, test by use: exchange two letters of a cluster and see how little the loss
#    grows. The same holds for UMAP or t-SNE: distances between clusters and their sizes aren't evidence, seeds
#    matter, and a cluster that one wishes to see will be seen. Good answers keep neighbourhoods (more robust)
#    and distances (less so) apart.
# ### END SOLUTION

# %% [markdown]
# ## With your partner
#
# **Explain.** One of you explains why the same word must not be on both sides of a split although no
# *example* is, the other why the mean of the batches' means isn't the mean. No notes, and the listener asks
# "why?" three times.
#
# **Compare.** Copy the cell that trains the small model, call the second model `second`, change the seed 3,
# and draw its plane of letters beside the first. Write down before which letters you expect to be neighbours
# in both. Which were?
#
# **Alone?** Write both explanations down as for somebody who hasn't seen the week, and ask each sentence
# "why?" yourself. Then train `second` and compare with your first plane.

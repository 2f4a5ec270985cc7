"""Week 08's wrong solutions, each with the hint that a good teacher would give."""

import random

import torch
import torch.nn.functional as F

# %% exercise="embed" misconception="transposed-before-reshape"
"""Puts the coordinates first: all first coordinates of the context, then all second ones.

Hint: Which axis of `C[X]` holds the coordinates of one symbol? Those belong next to each other, so the last
two axes are joined as they stand.
"""


def embed(C, X):
    return C[X].transpose(1, 2).reshape(len(X), -1)


# %% exercise="embed" misconception="reversed-context"
"""Puts the newest symbol first.

Hint: Row i begins with the point of `X[i, 0]`, the oldest symbol.
"""


def embed(C, X):
    return C[X.flip(1)].flatten(1)


# %% exercise="embed" misconception="averages-the-context"
"""Takes the mean of the points and repeats it, so that the order of the symbols is lost.

Hint: A bag of letters doesn't know which came last. Side by side keeps each place apart.
"""


def embed(C, X):
    return C[X].mean(1).repeat(1, X.shape[1])


# %% exercise="embed" misconception="left-with-three-axes"
"""Returns (n, block, d) and doesn't join the last two axes.

Hint: The hidden layer wants one row for each context, of block·d numbers. Which method makes one axis of two?
"""


def embed(C, X):
    return C[X]


# %% exercise="embed" misconception="block-by-block"
"""Flattens the places outside of the contexts, so that rows mix different contexts.

Hint: If you gather place by place, the pieces belong side by side (axis 1), not one below the other.
"""


def embed(C, X):
    return torch.stack([C[X[:, place]] for place in range(X.shape[1])]).reshape(len(X), -1)


# %% exercise="embed" misconception="cut-from-the-graph"
"""Makes a new tensor of the numbers, from which no gradient flows back to C.

Hint: `.tolist()`, `.data` and `.detach()` take the numbers and leave the graph behind. How would C ever be
trained?
"""


def embed(C, X):
    return C.data[X].flatten(1).requires_grad_()


# %% exercise="build_dataset" misconception="runs-on-into-the-next-word"
"""Doesn't set the context back at the start of a word.

Hint: What did the end of one name tell you about the start of the next in the list? Every word begins with
dots only.
"""


def build_dataset(words, block_size, stoi):
    X, Y = [], []
    context = [0] * block_size
    for word in words:
        for symbol in word + ".":
            X.append(context)
            Y.append(stoi[symbol])
            context = context[1:] + [stoi[symbol]]
    return torch.tensor(X), torch.tensor(Y)


# %% exercise="build_dataset" misconception="target-inside-the-context"
"""Rolls the context on before it is written down, so that each context ends with its own target.

Hint: A model that can see the answer needs only to copy it. Write down first, then move on.
"""


def build_dataset(words, block_size, stoi):
    X, Y = [], []
    for word in words:
        context = [0] * block_size
        for symbol in word + ".":
            context = context[1:] + [stoi[symbol]]
            X.append(context)
            Y.append(stoi[symbol])
    return torch.tensor(X), torch.tensor(Y)


# %% exercise="build_dataset" misconception="no-end"
"""Leaves out the example whose target is the closing `.`.

Hint: A model that has never seen an end can't stop. A word of five letters makes six examples.
"""


def build_dataset(words, block_size, stoi):
    X, Y = [], []
    for word in words:
        context = [0] * block_size
        for symbol in word:
            X.append(context)
            Y.append(stoi[symbol])
            context = context[1:] + [stoi[symbol]]
    return torch.tensor(X), torch.tensor(Y)


# %% exercise="build_dataset" misconception="no-padding"
"""Begins only where the context is full, so that the start of each word is never predicted.

Hint: Before the first letter stand dots, as many as the block is long. What precedes `e` in `emma`?
"""


def build_dataset(words, block_size, stoi):
    X, Y = [], []
    for word in words:
        ids = [0] + [stoi[letter] for letter in word] + [0]
        for place in range(len(ids) - block_size):
            X.append(ids[place : place + block_size])
            Y.append(ids[place + block_size])
    return torch.tensor(X, dtype=torch.int64).reshape(-1, block_size), torch.tensor(Y, dtype=torch.int64)


# %% exercise="build_dataset" misconception="newest-first"
"""Puts the newest symbol of each context first.

Hint: Read a context as you would read the word: oldest symbol on the left, newest on the right.
"""


def build_dataset(words, block_size, stoi):
    X, Y = [], []
    for word in words:
        context = [0] * block_size
        for symbol in word + ".":
            X.append(context)
            Y.append(stoi[symbol])
            context = [stoi[symbol]] + context[:-1]
    return torch.tensor(X), torch.tensor(Y)


# %% exercise="build_dataset" misconception="one-list-for-all-contexts"
"""Changes one and the same list in place, so that all contexts of a word end up alike.

Hint: `X.append(context)` stores no copy: whatever you do to `context` later shows in X. Make a new list for
each row.
"""


def build_dataset(words, block_size, stoi):
    X, Y = [], []
    for word in words:
        context = [0] * block_size
        for symbol in word + ".":
            X.append(context)
            Y.append(stoi[symbol])
            context.append(stoi[symbol])
            del context[0]
    return torch.tensor(X), torch.tensor(Y)


# %% exercise="build_dataset" misconception="always-three"
"""Takes contexts of three symbols, whatever the block size.

Hint: `block_size` is a parameter. Somebody will want one letter of context, and somebody eight.
"""


def build_dataset(words, block_size, stoi):
    X, Y = [], []
    for word in words:
        context = [0] * 3
        for symbol in word + ".":
            X.append(context)
            Y.append(stoi[symbol])
            context = context[1:] + [stoi[symbol]]
    return torch.tensor(X), torch.tensor(Y)


# %% exercise="build_dataset" misconception="counts-from-a"
"""Computes numbers from the place in the alphabet, and doesn't look into stoi.

Hint: The numbers are an agreement, and stoi holds it: bases and amino acids have other ones.
"""


def build_dataset(words, block_size, stoi):
    X, Y = [], []
    for word in words:
        context = [0] * block_size
        for symbol in word + ".":
            number = 0 if symbol == "." else ord(symbol.lower()) - ord("a") + 1
            X.append(context)
            Y.append(number)
            context = context[1:] + [number]
    return torch.tensor(X), torch.tensor(Y)


# %% exercise="build_dataset" misconception="words-once"
"""Makes the words unique first.

Hint: A word that is in the list twice gives its examples twice. Dropping repeats is the business of the
split.
"""


def build_dataset(words, block_size, stoi):
    X, Y = [], []
    for word in dict.fromkeys(words):
        context = [0] * block_size
        for symbol in word + ".":
            X.append(context)
            Y.append(stoi[symbol])
            context = context[1:] + [stoi[symbol]]
    return torch.tensor(X), torch.tensor(Y)


# %% exercise="build_dataset" misconception="empty-words-skipped"
"""Leaves out empty words.

Hint: An empty word is one example: dots, followed by a dot. The number of examples is the sum of (length +
1), for length 0 too.
"""


def build_dataset(words, block_size, stoi):
    X, Y = [], []
    for word in words:
        if not word:
            continue
        context = [0] * block_size
        for symbol in word + ".":
            X.append(context)
            Y.append(stoi[symbol])
            context = context[1:] + [stoi[symbol]]
    return torch.tensor(X, dtype=torch.int64).reshape(-1, block_size), torch.tensor(Y, dtype=torch.int64)


# %% exercise="build_dataset" misconception="floating-numbers"
"""Returns floating tensors.

Hint: Numbers of symbols are labels and choose rows. PyTorch takes only integers as indices and as targets:
`torch.zeros` needs a `dtype`.
"""


def build_dataset(words, block_size, stoi):
    n = sum(len(word) + 1 for word in words)
    X, Y = torch.zeros(n, block_size), torch.zeros(n)
    row = 0
    for word in words:
        ids = [0] * block_size + [stoi[letter] for letter in word] + [0]
        for place in range(len(word) + 1):
            X[row] = torch.tensor(ids[place : place + block_size])
            Y[row] = ids[place + block_size]
            row += 1
    return X, Y


# %% exercise="break_build_dataset" misconception="shapes-only"
"""Tests shapes and dtypes only.

Hint: A table of the right shape can hold anything. Write down what should stand in it.
"""


def break_build_dataset(build_dataset):
    stoi = {".": 0, "a": 1, "b": 2}
    X, Y = build_dataset(["ab", "b"], 2, stoi)
    assert X.shape == (5, 2)
    assert Y.shape == (5,)
    assert X.dtype == Y.dtype == torch.int64


# %% exercise="break_build_dataset" misconception="one-word-only"
"""Tests a single word, in which contexts can't run on into the next.

Hint: Some mistakes show only between words. Hand in at least two, and one of them twice.
"""


def break_build_dataset(build_dataset):
    stoi = {".": 0, "a": 1, "b": 2}
    X, Y = build_dataset(["ab"], 3, stoi)
    assert X.tolist() == [[0, 0, 0], [0, 0, 1], [0, 1, 2]]
    assert Y.tolist() == [1, 2, 0]


# %% exercise="break_build_dataset" misconception="targets-only"
"""Looks at Y only.

Hint: Most mistakes are made in the contexts.
"""


def break_build_dataset(build_dataset):
    stoi = {".": 0, "b": 1, "a": 2, "Z": 3}
    _, Y = build_dataset(["abZ", "", "b", "b"], 2, stoi)
    assert Y.tolist() == [2, 1, 3, 0, 0, 1, 0, 1, 0]


# %% exercise="break_build_dataset" misconception="wants-contiguous"
"""Insists on how the answer lies in memory, and so refuses right solutions.

Hint: The statement says which numbers stand where, not how they were put there. Compare values.
"""


def break_build_dataset(build_dataset):
    stoi = {".": 0, "b": 1, "a": 2, "Z": 3}
    X, Y = build_dataset(["abZ", "", "b", "b"], 2, stoi)
    assert X.is_contiguous() and Y.is_contiguous()
    assert X.dtype == Y.dtype == torch.int64
    assert X.tolist() == [[0, 0], [0, 2], [2, 1], [1, 3], [0, 0], [0, 0], [0, 1], [0, 0], [0, 1]]
    assert Y.tolist() == [2, 1, 3, 0, 0, 1, 0, 1, 0]


# %% exercise="split_words" misconception="repeats-kept"
"""Shuffles the words with their repeats, so that the same word may be on both sides.

Hint: A word that was trained on and is met again in the test was never a test. Drop repeats first.
"""


def split_words(words, seed):
    shuffled = sorted(words)
    random.Random(seed).shuffle(shuffled)
    n = len(shuffled)
    return shuffled[: n * 8 // 10], shuffled[n * 8 // 10 : n * 9 // 10], shuffled[n * 9 // 10 :]


# %% exercise="split_words" misconception="repeats-dropped-in-each-part"
"""Cuts first and drops repeats in each part afterwards, so that a word may still be on both sides.

Hint: Repeats must go before you cut: afterwards each part knows only itself.
"""


def split_words(words, seed):
    shuffled = sorted(words)
    random.Random(seed).shuffle(shuffled)
    n = len(shuffled)
    parts = shuffled[: n * 8 // 10], shuffled[n * 8 // 10 : n * 9 // 10], shuffled[n * 9 // 10 :]
    return tuple(list(dict.fromkeys(part)) for part in parts)


# %% exercise="split_words" misconception="not-shuffled"
"""Cuts the words in their order.

Hint: The file is sorted from frequent to rare, so training and test would be different worlds. And what is
the seed for?
"""


def split_words(words, seed):
    unique = list(dict.fromkeys(words))
    n = len(unique)
    return unique[: n * 8 // 10], unique[n * 8 // 10 : n * 9 // 10], unique[n * 9 // 10 :]


# %% exercise="split_words" misconception="one-seed-for-all"
"""Shuffles with a seed of its own, whatever seed is asked for.

Hint: `seed` is a parameter: another seed is how one sees how much a result owes to the split.
"""


def split_words(words, seed):
    unique = sorted(set(words))
    random.Random(42).shuffle(unique)
    n = len(unique)
    return unique[: n * 8 // 10], unique[n * 8 // 10 : n * 9 // 10], unique[n * 9 // 10 :]


# %% exercise="split_words" misconception="order-of-a-set"
"""Shuffles the list of a set, whose order changes from one session of Python to the next.

Hint: The seed fixes the shuffling, not what is shuffled. Print `list({"a", "b", "c"})` in three sessions.
"""


def split_words(words, seed):
    unique = list(set(words))
    random.Random(seed).shuffle(unique)
    n = len(unique)
    return unique[: n * 8 // 10], unique[n * 8 // 10 : n * 9 // 10], unique[n * 9 // 10 :]


# %% exercise="split_words" misconception="rounds-each-part-down"
"""Gives development and test a tenth each, rounded down, and so loses words or moves the cuts.

Hint: Cut at two places of one list, ⌊0.8·n⌋ and ⌊0.9·n⌋, and take all the rest as the third part.
"""


def split_words(words, seed):
    unique = sorted(set(words))
    random.Random(seed).shuffle(unique)
    n = len(unique)
    train, tenth = n * 8 // 10, n // 10
    return unique[:train], unique[train : train + tenth], unique[train + tenth : train + 2 * tenth]


# %% exercise="split_words" misconception="shuffles-the-callers-list"
"""Shuffles the list that it was given in place.

Hint: `shuffle` changes its list, and this one belongs to the caller. Shuffle a copy.
"""


def split_words(words, seed):
    random.Random(seed).shuffle(words)
    unique = list(dict.fromkeys(words))
    n = len(unique)
    return unique[: n * 8 // 10], unique[n * 8 // 10 : n * 9 // 10], unique[n * 9 // 10 :]


# %% exercise="split_words" misconception="ninety-five-five"
"""Takes 90 % to train and 5 % for each of the others.

Hint: 80, 10 and 10 %: cut at eight tenths and at nine tenths.
"""


def split_words(words, seed):
    unique = sorted(set(words))
    random.Random(seed).shuffle(unique)
    n = len(unique)
    return unique[: n * 90 // 100], unique[n * 90 // 100 : n * 95 // 100], unique[n * 95 // 100 :]


# %% exercise="split_words" misconception="second-cut-a-tenth-further"
"""Makes the second cut ⌊0.1·n⌋ after the first, which isn't always ⌊0.9·n⌋.

Hint: Two roundings don't add up: of 6 words, ⌊0.8·6⌋ + ⌊0.1·6⌋ is 4, and ⌊0.9·6⌋? Work both cuts out
from n.
"""


def split_words(words, seed):
    unique = sorted(set(words))
    random.Random(seed).shuffle(unique)
    n = len(unique)
    first, second = n * 8 // 10, n * 8 // 10 + n // 10
    return unique[:first], unique[first:second], unique[second:]


# %% exercise="split_words" misconception="counts-the-repeats"
"""Counts the words before repeats are dropped, and cuts too far back.

Hint: Which n do the cuts belong to, that of the list handed in or that of the list you cut?
"""


def split_words(words, seed):
    n = len(words)
    unique = sorted(set(words))
    random.Random(seed).shuffle(unique)
    return unique[: n * 8 // 10], unique[n * 8 // 10 : n * 9 // 10], unique[n * 9 // 10 :]


# %% exercise="init_params" misconception="hidden-by-input"
"""Has W1 and W2 the wrong way round, as (out, in).

Hint: In this course weights are (in, out), for `x @ W + b`. What is the shape of x?
"""


def init_params(V, block, d, hidden, generator):
    shapes = [(V, d), (hidden, block * d), (hidden,), (V, hidden), (V,)]
    return [torch.randn(shape, generator=generator).requires_grad_() for shape in shapes]


# %% exercise="init_params" misconception="forgets-the-block"
"""Gives the hidden layer d inputs instead of block·d.

Hint: A context is `block` points side by side. How many numbers is that?
"""


def init_params(V, block, d, hidden, generator):
    shapes = [(V, d), (d, hidden), (hidden,), (hidden, V), (V,)]
    return [torch.randn(shape, generator=generator).requires_grad_() for shape in shapes]


# %% exercise="init_params" misconception="not-to-be-trained"
"""Returns tensors that don't require a gradient.

Hint: PyTorch keeps track only of what it is told to: `requires_grad_()`.
"""


def init_params(V, block, d, hidden, generator):
    shapes = [(V, d), (block * d, hidden), (hidden,), (hidden, V), (V,)]
    return [torch.randn(shape, generator=generator) for shape in shapes]


# %% exercise="init_params" misconception="scaled-after-the-fact"
"""Scales what already requires a gradient, so that the parameters are results of a computation.

Hint: `.grad` is kept only for tensors that weren't computed from others. Scale first, then say
`requires_grad_()`.
"""


def init_params(V, block, d, hidden, generator):
    shapes = [(V, d), (block * d, hidden), (hidden,), (hidden, V), (V,)]
    return [torch.randn(shape, generator=generator, requires_grad=True) * 0.1 for shape in shapes]


# %% exercise="init_params" misconception="ignores-the-generator"
"""Draws from PyTorch's global random state.

Hint: `torch.randn(shape, generator=generator)`: only then can somebody else repeat your run.
"""


def init_params(V, block, d, hidden, generator):
    shapes = [(V, d), (block * d, hidden), (hidden,), (hidden, V), (V,)]
    return [torch.randn(shape).requires_grad_() for shape in shapes]


# %% exercise="init_params" misconception="seeds-itself"
"""Seeds a generator, its own or yours, so that every call gives the same parameters.

Hint: Whoever hands you a generator has seeded it. Draw from it, and its state moves on.
"""


def init_params(V, block, d, hidden, generator):
    generator = torch.Generator().manual_seed(2147483647)
    shapes = [(V, d), (block * d, hidden), (hidden,), (hidden, V), (V,)]
    return [torch.randn(shape, generator=generator).requires_grad_() for shape in shapes]


# %% exercise="init_params" misconception="all-zeros"
"""Starts every parameter at zero.

Hint: With all weights equal all hidden units do the same for ever, and with zeros nothing even reaches them.
Draw them at random.
"""


def init_params(V, block, d, hidden, generator):
    shapes = [(V, d), (block * d, hidden), (hidden,), (hidden, V), (V,)]
    return [torch.zeros(shape).requires_grad_() for shape in shapes]


# %% exercise="forward" misconception="no-tanh"
"""Leaves out the tanh, so that two linear layers are one.

Hint: Without a bend between them, what can two layers do that one can't?
"""


def forward(params, X):
    C, W1, b1, W2, b2 = params
    return (embed(C, X) @ W1 + b1) @ W2 + b2


# %% exercise="forward" misconception="probabilities"
"""Returns the softmax of the logits.

Hint: The loss takes a softmax of its own. Return what comes before it.
"""


def forward(params, X):
    C, W1, b1, W2, b2 = params
    return (torch.tanh(embed(C, X) @ W1 + b1) @ W2 + b2).softmax(1)


# %% exercise="forward" misconception="tanh-on-logits"
"""Sends the output through tanh as well.

Hint: Logits may be any numbers. Between −1 and 1 no symbol can become nearly certain.
"""


def forward(params, X):
    C, W1, b1, W2, b2 = params
    return torch.tanh(torch.tanh(embed(C, X) @ W1 + b1) @ W2 + b2)


# %% exercise="forward" misconception="bias-after-tanh"
"""Adds b1 after the tanh.

Hint: b1 shifts where a unit switches, so it belongs inside, before the bend.
"""


def forward(params, X):
    C, W1, b1, W2, b2 = params
    return (torch.tanh(embed(C, X) @ W1) + b1) @ W2 + b2


# %% exercise="forward" misconception="no-biases"
"""Leaves out both biases.

Hint: The list holds five tensors. Which of them did you not use?
"""


def forward(params, X):
    C, W1, _, W2, _ = params
    return torch.tanh(embed(C, X) @ W1) @ W2


# %% exercise="forward" misconception="relu"
"""Bends by relu instead of tanh.

Hint: Both bend, but the statement says tanh: what becomes of negative sums?
"""


def forward(params, X):
    C, W1, b1, W2, b2 = params
    return torch.relu(embed(C, X) @ W1 + b1) @ W2 + b2


# %% exercise="forward" misconception="normalises-over-the-batch"
"""Subtracts the batch's mean before the tanh, so that rows depend on each other.

Hint: The prediction for one context mustn't change with the company it is in. (Week 09 does such a thing on
purpose.)
"""


def forward(params, X):
    C, W1, b1, W2, b2 = params
    sums = embed(C, X) @ W1 + b1
    return torch.tanh(sums - sums.mean(0)) @ W2 + b2


# %% exercise="train" misconception="gradients-not-zeroed"
"""Never clears the gradients, so that each step adds all earlier ones again.

Hint: `backward` *adds* to `.grad`. Set `p.grad = None` before each backward pass.
"""


def train(params, X, Y, steps, batch_size, lr, generator):
    losses = []
    for _ in range(steps):
        batch = torch.randint(len(X), (batch_size,), generator=generator)
        loss = F.cross_entropy(forward(params, X[batch]), Y[batch])
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            for p in params:
                p -= lr * p.grad
    return losses


# %% exercise="train" misconception="always-the-same-batch"
"""Draws the batch once, before the loop.

Hint: Then all other examples are never seen. Which line belongs inside the loop?
"""


def train(params, X, Y, steps, batch_size, lr, generator):
    losses = []
    batch = torch.randint(len(X), (batch_size,), generator=generator)
    for _ in range(steps):
        loss = F.cross_entropy(forward(params, X[batch]), Y[batch])
        losses.append(loss.item())
        for p in params:
            p.grad = None
        loss.backward()
        with torch.no_grad():
            for p in params:
                p -= lr * p.grad
    return losses


# %% exercise="train" misconception="shuffled-once"
"""Shuffles the data once, and goes through them in the same order round after round.

Hint: The same examples then always share a batch. Where does the shuffling belong, so that each round has its own?
"""


def train(params, X, Y, steps, batch_size, lr, generator):
    losses = []
    order = torch.randperm(len(X), generator=generator)
    for step in range(steps):
        batch = order[torch.arange(step * batch_size, (step + 1) * batch_size) % len(X)]
        loss = F.cross_entropy(forward(params, X[batch]), Y[batch])
        losses.append(loss.item())
        for p in params:
            p.grad = None
        loss.backward()
        with torch.no_grad():
            for p in params:
                p -= lr * p.grad
    return losses


# %% exercise="train" misconception="first-examples-only"
"""Takes the first batch_size examples at every step.

Hint: The first examples are those of a few names. Draw numbers of examples at random.
"""


def train(params, X, Y, steps, batch_size, lr, generator):
    losses = []
    for _ in range(steps):
        loss = F.cross_entropy(forward(params, X[:batch_size]), Y[:batch_size])
        losses.append(loss.item())
        for p in params:
            p.grad = None
        loss.backward()
        with torch.no_grad():
            for p in params:
                p -= lr * p.grad
    return losses


# %% exercise="train" misconception="two-draws"
"""Draws for X and for Y apart, so that contexts get other contexts' targets.

Hint: One draw of numbers picks from both: what belongs together must stay together.
"""


def train(params, X, Y, steps, batch_size, lr, generator):
    losses = []
    for _ in range(steps):
        x = X[torch.randint(len(X), (batch_size,), generator=generator)]
        y = Y[torch.randint(len(Y), (batch_size,), generator=generator)]
        loss = F.cross_entropy(forward(params, x), y)
        losses.append(loss.item())
        for p in params:
            p.grad = None
        loss.backward()
        with torch.no_grad():
            for p in params:
                p -= lr * p.grad
    return losses


# %% exercise="train" misconception="full-batch"
"""Uses all examples at each step.

Hint: `batch_size` says how many examples a step may look at.
"""


def train(params, X, Y, steps, batch_size, lr, generator):
    losses = []
    for _ in range(steps):
        loss = F.cross_entropy(forward(params, X), Y)
        losses.append(loss.item())
        for p in params:
            p.grad = None
        loss.backward()
        with torch.no_grad():
            for p in params:
                p -= lr * p.grad
    return losses


# %% exercise="train" misconception="new-tensors"
"""Makes new tensors at each step and leaves the caller's as they were.

Hint: `p - lr * p.grad` is another tensor, and nobody else sees it. Change p itself, in place.
"""


def train(params, X, Y, steps, batch_size, lr, generator):
    losses = []
    params = [p.detach().clone().requires_grad_() for p in params]
    for _ in range(steps):
        batch = torch.randint(len(X), (batch_size,), generator=generator)
        loss = F.cross_entropy(forward(params, X[batch]), Y[batch])
        losses.append(loss.item())
        gradients = torch.autograd.grad(loss, params)
        params = [(p - lr * g).detach().requires_grad_() for p, g in zip(params, gradients)]
    return losses


# %% exercise="train" misconception="uphill"
"""Adds the gradient, which climbs.

Hint: The gradient points to where the loss grows. Step against it.
"""


def train(params, X, Y, steps, batch_size, lr, generator):
    losses = []
    for _ in range(steps):
        batch = torch.randint(len(X), (batch_size,), generator=generator)
        loss = F.cross_entropy(forward(params, X[batch]), Y[batch])
        losses.append(loss.item())
        for p in params:
            p.grad = None
        loss.backward()
        with torch.no_grad():
            for p in params:
                p += lr * p.grad
    return losses


# %% exercise="train" misconception="sum-over-the-batch"
"""Adds up the losses of the batch.

Hint: With a sum, twice the batch is twice the step. The mean keeps the rate's meaning.
"""


def train(params, X, Y, steps, batch_size, lr, generator):
    losses = []
    for _ in range(steps):
        batch = torch.randint(len(X), (batch_size,), generator=generator)
        loss = F.cross_entropy(forward(params, X[batch]), Y[batch], reduction="sum")
        losses.append(loss.item())
        for p in params:
            p.grad = None
        loss.backward()
        with torch.no_grad():
            for p in params:
                p -= lr * p.grad
    return losses


# %% exercise="train" misconception="embedding-not-trained"
"""Trains the two layers and leaves the embedding where it was.

Hint: C is a parameter like the others, that is the whole point. Loop over all of `params`.
"""


def train(params, X, Y, steps, batch_size, lr, generator):
    losses = []
    for _ in range(steps):
        batch = torch.randint(len(X), (batch_size,), generator=generator)
        loss = F.cross_entropy(forward(params, X[batch]), Y[batch])
        losses.append(loss.item())
        for p in params:
            p.grad = None
        loss.backward()
        with torch.no_grad():
            for p in params[1:]:
                p -= lr * p.grad
    return losses


# %% exercise="train" misconception="loss-after-the-step"
"""Measures each loss after its step.

Hint: The first entry should be the loss of the parameters as they were handed in. Append before you update.
"""


def train(params, X, Y, steps, batch_size, lr, generator):
    losses = []
    for _ in range(steps):
        batch = torch.randint(len(X), (batch_size,), generator=generator)
        loss = F.cross_entropy(forward(params, X[batch]), Y[batch])
        for p in params:
            p.grad = None
        loss.backward()
        with torch.no_grad():
            for p in params:
                p -= lr * p.grad
            losses.append(F.cross_entropy(forward(params, X[batch]), Y[batch]).item())
    return losses


# %% exercise="train" misconception="ignores-the-generator"
"""Draws batches from PyTorch's global random state.

Hint: `torch.randint` has an argument `generator`. Without it nobody can repeat your run.
"""


def train(params, X, Y, steps, batch_size, lr, generator):
    losses = []
    for _ in range(steps):
        batch = torch.randint(len(X), (batch_size,))
        loss = F.cross_entropy(forward(params, X[batch]), Y[batch])
        losses.append(loss.item())
        for p in params:
            p.grad = None
        loss.backward()
        with torch.no_grad():
            for p in params:
                p -= lr * p.grad
    return losses


# %% exercise="train" misconception="seeds-itself"
"""Seeds a generator, its own or yours, so that every call draws the same batches.

Hint: Whoever hands you a generator has seeded it. A second call should go on with other batches.
"""


def train(params, X, Y, steps, batch_size, lr, generator):
    generator = torch.Generator().manual_seed(42)
    losses = []
    for _ in range(steps):
        batch = torch.randint(len(X), (batch_size,), generator=generator)
        loss = F.cross_entropy(forward(params, X[batch]), Y[batch])
        losses.append(loss.item())
        for p in params:
            p.grad = None
        loss.backward()
        with torch.no_grad():
            for p in params:
                p -= lr * p.grad
    return losses


# %% exercise="evaluate" misconception="mean-of-batch-means"
"""Takes the mean of the batches' means, though the last batch is smaller.

Hint: A batch of one then weighs as much as a batch of a thousand. Add up sums over examples, and divide once.
"""


def evaluate(params, X, Y, batch_size):
    means = []
    with torch.no_grad():
        for start in range(0, len(X), batch_size):
            logits = forward(params, X[start : start + batch_size])
            means.append(F.cross_entropy(logits, Y[start : start + batch_size]).item())
    return sum(means) / len(means)


# %% exercise="evaluate" misconception="mean-of-means-with-a-graph"
"""Takes the mean of the batches' means, and builds a graph for gradients on the way.

Hint: Two things: add up sums over examples and divide once, and put the loop under a `with` that prevents the graph.
"""


def evaluate(params, X, Y, batch_size):
    means = []
    for start in range(0, len(X), batch_size):
        logits = forward(params, X[start : start + batch_size])
        means.append(F.cross_entropy(logits, Y[start : start + batch_size]).item())
    return sum(means) / len(means)


# %% exercise="evaluate" misconception="drops-the-rest"
"""Leaves out the last batch if it isn't full.

Hint: How many examples are there, and how many did you look at?
"""


def evaluate(params, X, Y, batch_size):
    batch_size = min(batch_size, len(X))
    total, seen = 0.0, 0
    with torch.no_grad():
        for start in range(0, len(X) - batch_size + 1, batch_size):
            x, y = X[start : start + batch_size], Y[start : start + batch_size]
            total += F.cross_entropy(forward(params, x), y, reduction="sum").item()
            seen += len(y)
    return total / seen


# %% exercise="evaluate" misconception="divides-by-full-batches"
"""Divides by the number of batches times batch_size, as if all were full.

Hint: The last batch may be smaller. Divide by the number of examples.
"""


def evaluate(params, X, Y, batch_size):
    total, batches = 0.0, 0
    with torch.no_grad():
        for start in range(0, len(X), batch_size):
            x, y = X[start : start + batch_size], Y[start : start + batch_size]
            total += F.cross_entropy(forward(params, x), y, reduction="sum").item()
            batches += 1
    return total / (batches * batch_size)


# %% exercise="evaluate" misconception="sum"
"""Returns the sum over all examples.

Hint: Only a mean compares data sets of different size.
"""


def evaluate(params, X, Y, batch_size):
    total = 0.0
    with torch.no_grad():
        for start in range(0, len(X), batch_size):
            x, y = X[start : start + batch_size], Y[start : start + batch_size]
            total += F.cross_entropy(forward(params, x), y, reduction="sum").item()
    return total


# %% exercise="evaluate" misconception="first-batch-only"
"""Measures one batch and takes it for all.

Hint: That is what `train` returns at each step already. Here every example counts.
"""


def evaluate(params, X, Y, batch_size):
    with torch.no_grad():
        return F.cross_entropy(forward(params, X[:batch_size]), Y[:batch_size]).item()


# %% exercise="evaluate" misconception="builds-a-graph"
"""Computes everything with a graph for gradients, which nobody needs.

Hint: The graph keeps every intermediate result in memory until it is dropped. Which `with` prevents it?
"""


def evaluate(params, X, Y, batch_size):
    total = 0.0
    for start in range(0, len(X), batch_size):
        x, y = X[start : start + batch_size], Y[start : start + batch_size]
        total += F.cross_entropy(forward(params, x), y, reduction="sum").item()
    return total / len(X)


# %% exercise="evaluate" misconception="clears-the-gradients"
"""Sets the gradients to None.

Hint: Measuring in the middle of training mustn't change what training does next.
"""


def evaluate(params, X, Y, batch_size):
    total = 0.0
    with torch.no_grad():
        for start in range(0, len(X), batch_size):
            x, y = X[start : start + batch_size], Y[start : start + batch_size]
            total += F.cross_entropy(forward(params, x), y, reduction="sum").item()
    for p in params:
        p.grad = None
    return total / len(X)


# %% exercise="evaluate" misconception="switches-training-off"
"""Says that the parameters require no gradient, and leaves it at that.

Hint: Whoever trains on afterwards finds parameters that don't learn. `with torch.no_grad():` ends by itself.
"""


def evaluate(params, X, Y, batch_size):
    for p in params:
        p.requires_grad_(False)
    total = 0.0
    for start in range(0, len(X), batch_size):
        x, y = X[start : start + batch_size], Y[start : start + batch_size]
        total += F.cross_entropy(forward(params, x), y, reduction="sum").item()
    return total / len(X)


# %% exercise="lr_sweep" misconception="trains-on"
"""Trains the same parameters on, with one rate after the other.

Hint: The later rates then start from what the earlier ones have reached. A fresh tube for each.
"""


def lr_sweep(make_params, train_fn, exponents):
    params = make_params()
    losses = [train_fn(params, 10**exponent) for exponent in exponents]
    return list(exponents), losses


# %% exercise="lr_sweep" misconception="exponent-as-rate"
"""Hands the exponent itself to the training.

Hint: −3 is no rate. Ten to the power of −3 is.
"""


def lr_sweep(make_params, train_fn, exponents):
    return list(exponents), [train_fn(make_params(), exponent) for exponent in exponents]


# %% exercise="lr_sweep" misconception="base-e"
"""Takes e to the power of the exponent.

Hint: A dilution series goes by factors of ten, and so do the exponents here.
"""
import math


def lr_sweep(make_params, train_fn, exponents):
    return list(exponents), [train_fn(make_params(), math.exp(exponent)) for exponent in exponents]


# %% exercise="lr_sweep" misconception="returns-rates"
"""Returns the rates in place of the exponents.

Hint: The first list is what the caller handed in: exponents, ready for the axis of a plot.
"""


def lr_sweep(make_params, train_fn, exponents):
    rates = [10**exponent for exponent in exponents]
    return rates, [train_fn(make_params(), rate) for rate in rates]


# %% exercise="lr_sweep" misconception="leaves-out-runaways"
"""Leaves out losses that are nan or inf.

Hint: That training ran away is the finding for that rate. And which loss belongs to which exponent now?
"""
import math


def lr_sweep(make_params, train_fn, exponents):
    losses = [train_fn(make_params(), 10**exponent) for exponent in exponents]
    return list(exponents), [loss for loss in losses if math.isfinite(loss)]


# %% exercise="lr_sweep" misconception="sorted-by-loss"
"""Sorts both lists, best loss first.

Hint: A curve wants its points in the order of the axis. The order is the caller's.
"""


def lr_sweep(make_params, train_fn, exponents):
    runs = sorted((train_fn(make_params(), 10**exponent), exponent) for exponent in exponents)
    return [exponent for _, exponent in runs], [loss for loss, _ in runs]


# %% exercise="sample_names" misconception="likeliest-symbol"
"""Takes the likeliest symbol instead of drawing one.

Hint: If the likeliest always wins, every name is the same. Draw in proportion: `torch.multinomial`.
"""


def sample_names(params, block_size, itos, n, generator):
    names = []
    for _ in range(n):
        name, context = "", [0] * block_size
        while len(name) < 30:
            number = forward(params, torch.tensor([context])).argmax(1).item()
            if number == 0:
                break
            name += itos[number]
            context = context[1:] + [number]
        names.append(name)
    return names


# %% exercise="sample_names" misconception="context-never-rolls"
"""Keeps the context of dots for every symbol.

Hint: What has been written so far must come back into the network. What does the context look like after two
letters?
"""


def sample_names(params, block_size, itos, n, generator):
    names = []
    for _ in range(n):
        name, context = "", [0] * block_size
        while len(name) < 200:
            P = forward(params, torch.tensor([context])).softmax(1)
            number = torch.multinomial(P, 1, generator=generator).item()
            if number == 0:
                break
            name += itos[number]
        names.append(name)
    return names


# %% exercise="sample_names" misconception="context-rolls-backwards"
"""Puts the new symbol in at the left.

Hint: As in `build_dataset`: the oldest drops out on the left, the newest comes in on the right.
"""


def sample_names(params, block_size, itos, n, generator):
    names = []
    for _ in range(n):
        name, context = "", [0] * block_size
        while len(name) < 200:
            P = forward(params, torch.tensor([context])).softmax(1)
            number = torch.multinomial(P, 1, generator=generator).item()
            if number == 0:
                break
            name += itos[number]
            context = [number] + context[:-1]
        names.append(name)
    return names


# %% exercise="sample_names" misconception="context-not-set-back"
"""Starts the next name with the context in which the last one ended.

Hint: A name knows nothing of the one before. Which two things are set back when a name starts?
"""


def sample_names(params, block_size, itos, n, generator):
    names, context = [], [0] * block_size
    for _ in range(n):
        name = ""
        while len(name) < 200:
            P = forward(params, torch.tensor([context])).softmax(1)
            number = torch.multinomial(P, 1, generator=generator).item()
            context = context[1:] + [number]
            if number == 0:
                break
            name += itos[number]
        names.append(name)
    return names


# %% exercise="sample_names" misconception="keeps-the-end"
"""Leaves the closing `.` on each name.

Hint: Look at the symbol that you drew before you append it.
"""


def sample_names(params, block_size, itos, n, generator):
    names = []
    for _ in range(n):
        name, context = "", [0] * block_size
        while True:
            P = forward(params, torch.tensor([context])).softmax(1)
            number = torch.multinomial(P, 1, generator=generator).item()
            name += itos[number]
            if number == 0:
                break
            context = context[1:] + [number]
        names.append(name)
    return names


# %% exercise="sample_names" misconception="seeds-itself"
"""Seeds a generator, its own or yours, so that every call draws the same names.

Hint: Whoever hands you a generator has seeded it. Draw from it, and its state moves on to the next names.
"""


def sample_names(params, block_size, itos, n, generator):
    generator = torch.Generator().manual_seed(2147483647)
    names = []
    for _ in range(n):
        name, context = "", [0] * block_size
        while True:
            P = forward(params, torch.tensor([context])).softmax(1)
            number = torch.multinomial(P, 1, generator=generator).item()
            if number == 0:
                break
            name += itos[number]
            context = context[1:] + [number]
        names.append(name)
    return names


# %% exercise="sample_names" misconception="ignores-the-generator"
"""Draws from PyTorch's global random state.

Hint: `torch.multinomial` has an argument `generator`. Without it, equal generators give different names.
"""


def sample_names(params, block_size, itos, n, generator):
    names = []
    for _ in range(n):
        name, context = "", [0] * block_size
        while True:
            P = forward(params, torch.tensor([context])).softmax(1)
            number = torch.multinomial(P, 1).item()
            if number == 0:
                break
            name += itos[number]
            context = context[1:] + [number]
        names.append(name)
    return names


# %% exercise="sample_names" misconception="empty-names-drawn-again"
"""Throws empty names away and draws again.

Hint: How often the model stops at once is part of what it says. Whoever dislikes empty names can drop them
later.
"""


def sample_names(params, block_size, itos, n, generator):
    names, tries = [], 0
    while len(names) < n and tries < 50 * n:
        tries += 1
        name, context = "", [0] * block_size
        while True:
            P = forward(params, torch.tensor([context])).softmax(1)
            number = torch.multinomial(P, 1, generator=generator).item()
            if number == 0:
                break
            name += itos[number]
            context = context[1:] + [number]
        if name:
            names.append(name)
    return names


# %% exercise="sample_names" misconception="empty-names-dropped"
"""Leaves empty names out, so that fewer than n come back.

Hint: An empty name is a name: n walks give n names.
"""


def sample_names(params, block_size, itos, n, generator):
    names = []
    for _ in range(n):
        name, context = "", [0] * block_size
        while True:
            P = forward(params, torch.tensor([context])).softmax(1)
            number = torch.multinomial(P, 1, generator=generator).item()
            if number == 0:
                break
            name += itos[number]
            context = context[1:] + [number]
        if name:
            names.append(name)
    return names


# %% exercise="sample_names" misconception="context-of-one-axis"
"""Hands `forward` a context with one axis, where it wants a table of contexts.

Hint: `forward` wants (n, block_size), with n = 1 here: `torch.tensor([context])`.
"""


def sample_names(params, block_size, itos, n, generator):
    names = []
    for _ in range(n):
        name, context = "", [0] * block_size
        while True:
            P = forward(params, torch.tensor(context)).softmax(1)
            number = torch.multinomial(P, 1, generator=generator).item()
            if number == 0:
                break
            name += itos[number]
            context = context[1:] + [number]
        names.append(name)
    return names


# %% exercise="rnn_step" misconception="no-tanh"
"""Leaves out the tanh, so that the state may grow without bound.

Hint: Multiplied by Wh again and again, where does a state go that nothing holds back?
"""


def rnn_step(h, x, Wh, Wx, b):
    return h @ Wh + x @ Wx + b


# %% exercise="rnn_step" misconception="forgets-the-state"
"""Leaves out the old state.

Hint: Without h the network has no memory: it is a layer on the current symbol.
"""


def rnn_step(h, x, Wh, Wx, b):
    return torch.tanh(x @ Wx + b)


# %% exercise="rnn_step" misconception="state-outside"
"""Adds the old state after the tanh.

Hint: The old state goes through Wh and through the tanh, together with the input.
"""


def rnn_step(h, x, Wh, Wx, b):
    return h @ Wh + torch.tanh(x @ Wx + b)


# %% exercise="rnn_step" misconception="transposed-weights"
"""Multiplies by Wh transposed.

Hint: Wh is square, so both ways fit, and only one is right: (in, out), as `h @ Wh`.
"""


def rnn_step(h, x, Wh, Wx, b):
    return torch.tanh(h @ Wh.T + x @ Wx + b)


# %% exercise="rnn_step" misconception="detached-state"
"""Cuts the old state off from the graph, so that the gradient doesn't reach earlier steps.

Hint: How should the first step learn what it did wrong, if no gradient gets there?
"""


def rnn_step(h, x, Wh, Wx, b):
    return torch.tanh(h.detach() @ Wh + x @ Wx + b)


# %% exercise="rnn_step" misconception="no-bias"
"""Leaves out b.

Hint: Five things were handed in. Which did you not use?
"""


def rnn_step(h, x, Wh, Wx, b):
    return torch.tanh(h @ Wh + x @ Wx)


# %% exercise="rnn_step" misconception="weights-first"
"""Multiplies the weights by the state, `Wh @ h`, as if states were columns.

Hint: States are rows, (n, k), one for each sequence. On which side must Wh stand so that each row meets its columns?
"""


def rnn_step(h, x, Wh, Wx, b):
    return torch.tanh(Wh @ h + x @ Wx + b)


# %% exercise="rnn_step" misconception="overwrites-the-state"
"""Writes the new state into the old one.

Hint: h belongs to the caller, and the gradient of the step needs its old numbers. Make a new tensor; no `+=` on h.
"""


def rnn_step(h, x, Wh, Wx, b):
    h[:] = torch.tanh(h @ Wh + x @ Wx + b)
    return h

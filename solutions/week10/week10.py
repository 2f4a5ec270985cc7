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
# # Week 10 · Backpropagation deep dive: every gradient by hand
#
# **Before:** watch *Building makemore Part 4: Becoming a Backprop Ninja* by Andrej Karpathy (1h55; on our
# schedule it is the *Backpropagation Deep Dive*). It solves the same task in nearly the same steps, so stop it
# before each answer, or watch it to the end and close it before you start here.
#
# **Time:** five to six hours with your partner, the film apart. Sections 5 and 8 are the heart of it.
#
# **Afterwards you can**
# - write the backward pass of a linear layer, tanh, an embedding, softmax and BatchNorm, and check each;
# - derive the short forms of the gradients of cross-entropy and BatchNorm, and say what they mean;
# - find a broken backward pass by laws that it violates, although its training loss falls;
# - train a network without `loss.backward()`.
#
# In week 06 you wrote a machine that finds gradients of single numbers, and since then PyTorch's has done it
# for whole tensors. Why do it by hand once more? Because `loss.backward()` is a thin cover. Saturated units,
# dead embeddings, gradients that explode: whoever has seen what flows backwards can say what went wrong, and
# whoever hasn't can only try another learning rate. You may know the situation from a regression: the software
# fits any model, and to know when not to believe it you must have seen the normal equations once.
#
# **The rule of this week:** no autograd in your answers, so no `.backward()` and no `torch.autograd.grad`. The
# tests run each gradient once more where autograd is switched off. Compare with it as much as you like in cells
# of your own; the notebook does so after every step. (Only section 6, where you write a test, allows it.)

# %% given="imports"
import torch
import torch.nn.functional as F

from autograde import datasets

# %% [markdown]
# ## 1 A ruler
#
# We are going to compare many gradients, ours against autograd's. "Equal" has two meanings for floating-point
# numbers. Two ways to compute the same thing, a sum in another order for instance, end a few of the last
# digits apart; that is rounding, and harmless. A wrong formula ends far apart. So a good ruler says three
# things: are they the same to the last digit, are they close, and how far apart are they at the worst place?
#
# In R the first two are `identical` and `all.equal`. Everything this week is in **float64**, about 16 digits,
# the docstrings' examples too: `tensor([2.0])` there is short for `torch.tensor([2.0], dtype=torch.float64)`. Then
# rounding is near 10⁻¹⁶, a slip in a formula near 10⁻², and nothing lies between. (If you see 10⁻⁸, something of
# yours was float32.)
#
# **Exercise `compare_gradients`** (1 point). `manual` and `auto` are two floating-point tensors of the same
# shape, with at least one entry. Return a dict with three keys:
# - `"exact"`, a bool: all entries are equal, digit by digit;
# - `"close"`, a bool: every entry of `manual` is within 10⁻⁸ + 10⁻⁵ · |a| of the entry a of `auto` at the same
#   place (what `torch.allclose(manual, auto)` asks for of its own accord);
# - `"max_difference"`, a number: the largest absolute difference of two entries at the same place.


# %% exercise="compare_gradients" points=1
def compare_gradients(manual: torch.Tensor, auto: torch.Tensor) -> dict:
    """Are two gradients the same, nearly the same, and how far apart at most?

    With manual = tensor([1.0, 2.0]) and auto = tensor([1.0, 2.5]) it is
    {"exact": False, "close": False, "max_difference": 0.5}.
    """
    ### BEGIN SOLUTION
    return {
        "exact": torch.equal(manual, auto),
        "close": torch.allclose(manual, auto),
        "max_difference": (manual - auto).abs().max().item(),
    }
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Three keys, three lines. For the last one: what would the largest of the differences −0.5 and 0.1 be, if you
# forgot that they have a sign?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `manual == auto` is a tensor of True and False, and `.all()` asks whether every one of them is True.
# `torch.equal` and `torch.allclose` give one bool straight away.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `{"exact": torch.equal(manual, auto), "close": ..., "max_difference": (...).abs().max().item()}`
#
# </details>

# %% [markdown]
# The exercise promises equal shapes. In your own work look at the shapes first: broadcasting compares a row of
# shape (5,) with a column of shape (5, 1) without complaint, and tells you about 25 differences between
# numbers that never belonged together.

# %% [markdown]
# ## 2 Three rules
#
# Everything this week follows from three rules. Write them on a card.
#
# 1. **Times the local slope.** What comes back through an operation is what arrived at its output, times the
#    operation's own slope. (Week 06: a chain multiplies.)
# 2. **A fork adds up.** What was used twice gets two contributions, and they are added.
# 3. **A broadcast is a fork.** Where the forward pass spread one number over many places, the backward pass
#    sums over these places; and where it summed, the backward pass spreads.
#
# And one check that finds half of all mistakes: **a gradient has the shape of what it is the gradient of.**
#
# A word on names, which are the film's. For any tensor `t` of the forward pass, `dt` is the gradient of the
# loss by `t`. `dout` is the gradient by the output of the piece that is in front of you: what comes in from
# above, the *upstream* gradient.
#
# ### tanh
#
# An operation on each entry by itself. If h = tanh(x), the slope is 1 − tanh(x)² = 1 − h²: it can be written
# in terms of the output, so the input needn't be kept. It is 1 at h = 0, and almost nothing once h is near ±1:
# a saturated unit hands nearly nothing down (week 09).
#
# By hand: an output of h = 0.6 and an upstream gradient of 2 give 2 · (1 − 0.36) = 1.28.
#
# **Exercise `tanh_backward`** (1 point). `dout` and `h` have the same shape, whatever it is; `h` is the
# **output** of tanh. Return the gradient by tanh's input, of that shape. Neither argument is changed.


# %% exercise="tanh_backward" points=1
def tanh_backward(dout: torch.Tensor, h: torch.Tensor) -> torch.Tensor:
    """The gradient by x, where h = tanh(x) and dout is the gradient by h.

    tanh_backward(tensor([2.0]), tensor([0.6])) is tensor([1.28]).
    """
    ### BEGIN SOLUTION
    return dout * (1 - h**2)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Rule 1. What arrived, and what is the slope?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# You are given the output. So there is no tanh left to compute.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `dout * (...)`, with 1 − h² in Python.
#
# </details>

# %% tags=["explore"]
import matplotlib.pyplot as plt

plt.style.use("autograde.quiet")

x = torch.linspace(-4, 4, 201, dtype=torch.float64)
h = torch.tanh(x)
figure, axes = plt.subplots(figsize=(6.6, 2.8))
axes.plot(x, h, color="0.6", label="h = tanh(x), forward")
axes.plot(x, tanh_backward(torch.ones_like(h), h), label="what an upstream\ngradient of 1 becomes")
axes.set_xlabel("x, tanh's input")
axes.set_ylabel("h, and the gradient by x")
axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()

# %% [markdown]
# ### A linear layer
#
# `out = x @ W + b`, with x of shape (n, p), W (p, q) and b (q,). Don't learn its three gradients by heart:
# they can be found from a single entry,
#
# $$\text{out}_{ij} = \sum_k x_{ik} W_{kj} + b_j .$$
#
# - $W_{kj}$ is used once for every example i, each time with slope $x_{ik}$. Rules 1 and 2:
#   $dW_{kj} = \sum_i x_{ik}\, dout_{ij}$. A sum over the *first* index of both, so it is the product of x
#   transposed, `x.T`, with dout.
# - $x_{ik}$ is used once for every output j, with slope $W_{kj}$: $dx_{ik} = \sum_j dout_{ij} W_{kj}$.
# - $b_j$ was broadcast over the examples, with slope 1. Rule 3: sum over them.
#
# The shapes leave hardly another way: from (n, q) and (n, p) one can make a (p, q) by one product only.
#
# By hand, a matrix written row by row, so that ((10), (1)) is a column: x = ((1, 2), (3, 4)), W = ((1), (−1)),
# dout = ((10), (1)). Then dW = ((1·10 + 3·1), (2·10 + 4·1)) = ((13), (24)), dx = ((10, −10), (1, −1)) and
# db = (11).
#
# **Exercise `linear_backward`** (3 points). `dout` is (n, q), `x` (n, p), `W` (p, q), all float64. Return the
# tuple `(dx, dW, db)`, with shapes (n, p), (p, q) and (q,). The arguments are not changed.


# %% exercise="linear_backward" points=3
def linear_backward(
    dout: torch.Tensor, x: torch.Tensor, W: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """(dx, dW, db) of out = x @ W + b, where dout is the gradient by out.

    With dout = [[10.], [1.]], x = [[1., 2.], [3., 4.]] and W = [[1.], [-1.]] (as tensors) it is
    ([[10., -10.], [1., -1.]], [[13.], [24.]], [11.]).
    """
    ### BEGIN SOLUTION
    return dout @ W.T, x.T @ dout, dout.sum(0)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Write the four shapes on a line, (n, q), (n, p), (p, q), (q,), and ask for each answer which two factors can
# give it.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# A sum over the index that two matrices share is a matrix product, after one of them has been turned over with
# `.T` if the shared index isn't last in the first and first in the second. Nothing is divided by n: if the
# loss is a mean, the 1/n is in `dout` already.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `dx = dout @ ...`, `dW = ... @ dout`, `db = dout.sum(...)`
#
# </details>

# %% [markdown]
# ### An embedding
#
# `emb = C[X]` picks rows: C is a table (V, d), X an integer tensor (n, block), and `emb` (n, block, d) holds,
# for each place of X, a copy of the row that it names. Copying is a fork. A row that was picked five times
# collects five gradients, one that nobody asked for gets zeros.
#
# By hand, with V = 3 and d = 1: X = ((0, 2), (2, 2)) and demb = (((1), (2)), ((3), (4))). Row 0 was used once
# and gets 1, row 1 gets 0, row 2 gets 2 + 3 + 4 = 9.
#
# **Exercise `embedding_backward`** (2 points). `demb` is (n, block, d), `X` (n, block) of int64 with numbers
# from 0 to V − 1, `V` the number of rows of the table. Return the gradient by C, of shape (V, d) and of demb's
# dtype (`torch.zeros` makes float32 unless told otherwise). The arguments are not changed.


# %% exercise="embedding_backward" points=2
def embedding_backward(demb: torch.Tensor, X: torch.Tensor, V: int) -> torch.Tensor:
    """The gradient by C (V, d) of emb = C[X], where demb is the gradient by emb.

    With demb = [[[1.], [2.]], [[3.], [4.]]], X = [[0, 2], [2, 2]] (as tensors) and V = 3 it is
    [[1.], [0.], [9.]].
    """
    ### BEGIN SOLUTION
    dC = torch.zeros((V, demb.shape[2]), dtype=demb.dtype)
    return dC.index_add(0, X.flatten(), demb.flatten(0, 1))
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Start from a table of zeros. Go through the places of X one by one: which row of the table does each concern?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Two loops, over examples and places, do it. Without loops, beware of `dC[X] += demb`: it reads all rows
# first, adds, and writes them back, so that of several contributions to a row one survives (you met it in week
# 07, in counting). `index_add` and `index_put_` with `accumulate=True` really add. The table of zeros takes
# `dtype=demb.dtype`.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# dC = torch.zeros((V, demb.shape[2]), dtype=demb.dtype)
# for i in range(X.shape[0]):
#     for j in range(X.shape[1]):
#         dC[...] += demb[i, j]
# ```
#
# </details>

# %% [markdown]
# ## 3 The network, in small steps
#
# The network is week 08's with a BatchNorm in it: embed three letters, a linear layer, BatchNorm, tanh, a
# linear layer, softmax, cross-entropy. Here is its forward pass in such small steps that none of them does
# more than one thing. Each result gets a name and goes into a dict, the *cache*, for the way back.
#
# Read it slowly, it is the table of contents of the rest. Three things to look out for:
# - **There is no bias in the first layer.** BatchNorm subtracts the mean over the batch, and a constant with
#   it: the gradient by such a bias would be 0 for ever (section 8 proves it).
# - **The variance is divided by n − 1**, as in the film, and as `var` does in R. PyTorch's own BatchNorm, and
#   yours in week 09, divide by n when they normalise (and keep n − 1 for the running estimate). With a batch of
#   32 the two standard deviations differ by 1.6 %, with one of 4 by 15 %. Either is a fine layer, as long as the
#   way back fits the way forth; mixed, the gradient is wrong, by a factor that nobody sees in a loss curve. **In
#   this notebook it is n − 1 everywhere**, and a batch has at least two examples.
# - **Axes of size 1 are kept**, (n, 1) for what belongs to an example and (1, k) for what belongs to a unit, so
#   that broadcasting always goes the intended way. `bngain` and `bnbias` are (1, k) too.


# %% given="forward"
def softmax_forward(logits: torch.Tensor) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """log softmax over the last axis of logits (n, V), and the cache of all steps."""
    logit_maxes = logits.max(1, keepdim=True).values  # (n, 1)
    norm_logits = logits - logit_maxes  # (n, V), 0 at the largest: exp can't overflow
    counts = norm_logits.exp()  # (n, V)
    counts_sum = counts.sum(1, keepdim=True)  # (n, 1)
    counts_sum_inv = counts_sum**-1  # (n, 1)
    probs = counts * counts_sum_inv  # (n, V)
    logprobs = probs.log()  # (n, V)
    cache = {"logits": logits, "logit_maxes": logit_maxes, "norm_logits": norm_logits, "counts": counts}
    cache |= {
        "counts_sum": counts_sum,
        "counts_sum_inv": counts_sum_inv,
        "probs": probs,
        "logprobs": logprobs,
    }
    return logprobs, cache


def batchnorm_forward(
    hprebn: torch.Tensor, bngain: torch.Tensor, bnbias: torch.Tensor, eps: float = 1e-5
) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """BatchNorm of hprebn (n, k) over the batch, in training; variance with n - 1. And the cache of all steps."""
    n = len(hprebn)
    bnmeani = hprebn.sum(0, keepdim=True) / n  # (1, k)
    bndiff = hprebn - bnmeani  # (n, k)
    bndiff2 = bndiff**2  # (n, k)
    bnvar = bndiff2.sum(0, keepdim=True) / (n - 1)  # (1, k), n - 1
    bnvar_inv = (bnvar + eps) ** -0.5  # (1, k), one over the standard deviation
    bnraw = bndiff * bnvar_inv  # (n, k), standardised: the x with a hat of the papers
    hpreact = bngain * bnraw + bnbias  # (n, k)
    cache = {"hprebn": hprebn, "bnmeani": bnmeani, "bndiff": bndiff, "bndiff2": bndiff2, "bnvar": bnvar}
    cache |= {"bnvar_inv": bnvar_inv, "bnraw": bnraw, "bngain": bngain, "hpreact": hpreact}
    return hpreact, cache


def forward(
    params: list[torch.Tensor], X: torch.Tensor, Y: torch.Tensor
) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """The mean cross-entropy of the network on contexts X (n, block) and targets Y (n,), and the whole cache."""
    C, W1, W2, b2, bngain, bnbias = params  # (V, d), (block·d, k), (k, V), (V,), (1, k), (1, k)
    emb = C[X]  # (n, block, d)
    embcat = emb.flatten(1)  # (n, block·d)
    hprebn = embcat @ W1  # (n, k)
    hpreact, bn_cache = batchnorm_forward(hprebn, bngain, bnbias)  # (n, k)
    h = torch.tanh(hpreact)  # (n, k)
    logits = h @ W2 + b2  # (n, V)
    logprobs, softmax_cache = softmax_forward(logits)  # (n, V)
    loss = -logprobs[torch.arange(len(Y)), Y].mean()
    return loss, {"emb": emb, "embcat": embcat, **bn_cache, "h": h, **softmax_cache}


# %% [markdown]
# Now a small batch of names to work on: eight contexts of three letters. The parameters are random in every
# place, gain and biases too. Special values hide mistakes: with a gain of exactly 1 you could forget it or use
# it twice, and no comparison would tell.

# %% tags=["explore"]
stoi = {symbol: number for number, symbol in enumerate(".abcdefghijklmnopqrstuvwxyz")}
itos = {number: symbol for symbol, number in stoi.items()}


def contexts(words, block=3):
    """Every letter of the words, and its end, as a target; the `block` symbols before it as its context."""
    X, Y = [], []
    for word in words:
        ids = [0] * block + [stoi[symbol] for symbol in word + "."]
        X += [ids[place - block : place] for place in range(block, len(ids))]
        Y += ids[block:]
    return torch.tensor(X), torch.tensor(Y)


def random_params(V=27, block=3, d=6, k=40, seed=10):
    """[C, W1, W2, b2, bngain, bnbias] in float64, none of them special."""
    generator = torch.Generator().manual_seed(seed)
    shapes = [(V, d), (block * d, k), (k, V), (V,), (1, k), (1, k)]
    scales = [1.0, (5 / 3) / (block * d) ** 0.5, 0.1, 0.1, 0.1, 0.1]
    params = [
        scale * torch.randn(shape, generator=generator, dtype=torch.float64)
        for shape, scale in zip(shapes, scales, strict=True)
    ]
    params[4] += 1
    return params


names = datasets.names()
order = torch.randperm(len(names), generator=torch.Generator().manual_seed(2015)).tolist()
X_all, Y_all = contexts([names[place] for place in order[:4000]])
X, Y = X_all[:8], Y_all[:8]

params = [p.requires_grad_() for p in random_params()]
loss, cache = forward(params, X, Y)
for tensor in cache.values():
    if not tensor.is_leaf:
        tensor.retain_grad()  # autograd throws intermediate gradients away unless asked to keep them
loss.backward()
truth = dict(zip(["C", "W1", "W2", "b2", "bngain", "bnbias"], params, strict=True)) | cache

for context, target in zip(X.tolist(), Y.tolist(), strict=True):
    print("".join(itos[i] for i in context), "->", itos[target])
print(f"loss {loss.item():.4f}, F.cross_entropy {F.cross_entropy(cache['logits'], Y).item():.4f}")


# %% tags=["explore"]
def show_comparison(manual):
    """A line for each gradient `dt` in `manual`: does it agree with what autograd found for t?"""
    print(f"{'':>15}  {'shape':<12} exact  close  largest difference")
    for name, gradient in manual.items():
        auto = truth[name[1:]].grad
        assert gradient.shape == auto.shape, f"{name} is {tuple(gradient.shape)}, not {tuple(auto.shape)}"
        found = compare_gradients(gradient.detach(), auto)
        shape, exact, close = str(tuple(auto.shape)), str(bool(found["exact"])), str(bool(found["close"]))
        print(f"{name:>15}  {shape:<12} {exact:<6} {close:<6} {float(found['max_difference']):.1e}")


values = {name: tensor.detach() for name, tensor in truth.items()}
dh, dW2, db2 = linear_backward(cache["logits"].grad, values["h"], values["W2"])
dhpreact = tanh_backward(cache["h"].grad, values["h"])
dC = embedding_backward(cache["emb"].grad, X, 27)
show_comparison({"dh": dh, "dW2": dW2, "db2": db2, "dhpreact": dhpreact, "dC": dC})

# %% [markdown]
# All close, most to the last digit, and none further apart than rounding explains. Each of your three layers
# was given autograd's gradient at its output; what is missing are the two blocks between them, softmax with the
# loss, and BatchNorm.

# %% [markdown]
# ## 4 Softmax, step by step
#
# The loss is the mean of −logprobs at the targets, so the gradient that enters at the top is
# `dlogprobs`: −1/n at each example's target and 0 elsewhere. From there it goes down through seven steps.
#
# | step forward | and its way back |
# | --- | --- |
# | `logprobs = probs.log()` | each entry by itself, slope 1/x |
# | `probs = counts * counts_sum_inv` | a product, and a broadcast: (n, V) times (n, 1) |
# | `counts_sum_inv = counts_sum**-1` | slope −1/x² |
# | `counts_sum = counts.sum(1, keepdim=True)` | a sum: the way back spreads |
# | `counts = norm_logits.exp()` | the slope of exp is exp, which is in the cache |
# | `norm_logits = logits - logit_maxes` | slope 1 by logits; by logit_maxes slope −1, and a broadcast |
# | `logit_maxes = logits.max(1, keepdim=True).values` | 1 at the place of the maximum, 0 elsewhere |
#
# The difficulty is in the forks, where rule 2 applies. Look for the tensors with two arrows going out.


# %% tags=["explore"]
def draw_steps(places, arrows, title, limits):
    """Names at places (x, y), arrows between them; those that lead out of a fork are orange."""
    _, axes = plt.subplots(figsize=(7.6, 2.5))
    boxes = {}
    for name, (x, y) in places.items():
        frame = {"boxstyle": "round,pad=0.35", "facecolor": "white", "edgecolor": "0.6"}
        boxes[name] = axes.text(x, y, name, ha="center", va="center", fontsize=8, bbox=frame, zorder=3)
    starts = [start for start, _ in arrows]
    for start, end in arrows:
        style = {"arrowstyle": "-|>", "color": "tab:orange" if starts.count(start) > 1 else "0.5"}
        ends = {"patchA": boxes[start].get_bbox_patch(), "patchB": boxes[end].get_bbox_patch()}
        style |= {"shrinkA": 0, "shrinkB": 2, **ends}
        axes.annotate("", places[end], places[start], arrowprops=style)
    axes.set_xlim(*limits)
    axes.set_ylim(-0.6, 1.6)
    axes.set_title(title, loc="left")
    axes.axis("off")
    plt.show()


draw_steps(
    {
        "logits": (0, 0), "logit_maxes": (0.9, 1), "norm_logits": (1.8, 0), "counts": (3.1, 0),
        "counts_sum": (3.6, 1), "counts_sum_inv": (5.2, 1), "probs": (5.9, 0), "logprobs": (7.1, 0),
    },
    [
        ("logits", "logit_maxes"), ("logits", "norm_logits"), ("logit_maxes", "norm_logits"),
        ("norm_logits", "counts"), ("counts", "counts_sum"), ("counts_sum", "counts_sum_inv"),
        ("counts_sum_inv", "probs"), ("counts", "probs"), ("probs", "logprobs"),
    ],
    "Forward from left to right; backward against the arrows, and a fork (orange) adds up",
    (-0.5, 7.7),
)  # fmt: skip

# %% [markdown]
# By hand, one example with V = 2: logits (log 3, 0), target 1, so dlogprobs = (0, −1). Forward: the maximum is
# log 3, norm_logits (0, −log 3), counts (1, ⅓), their sum 4/3, its inverse ¾, probs (¾, ¼). Backward:
#
# - dprobs = dlogprobs / probs = (0, −4)
# - dcounts_sum_inv: it was broadcast over the row, so sum: 1 · 0 + ⅓ · (−4) = −4/3
# - dcounts_sum = −(¾)² · (−4/3) = ¾
# - dcounts comes on two paths. Through the product: ¾ · (0, −4) = (0, −3). Through the sum: ¾ for every entry.
#   Together (¾, −9/4)
# - dnorm_logits = counts · dcounts = (¾, −¾)
# - dlogit_maxes = −(¾ − ¾) = 0
# - dlogits, again on two paths: (¾, −¾) and, at the place of the maximum, 0 more: (¾, −¾)
#
# To try these numbers: `_, example = softmax_forward(torch.tensor([[3.0, 1.0]], dtype=torch.float64).log())` gives
# the cache. (Call it `example`, as the notebook's own `cache` is needed again.)
#
# That dlogit_maxes is 0 is no accident. Subtracting another number from the whole row would change no
# probability, so the loss can't depend on it. In floating-point numbers you may see something like 10⁻¹⁷, and
# autograd another 10⁻¹⁷: near 0 only the *absolute* difference says anything. It follows that no test can see
# whether you send this 0 to the right place, or with the right sign. Do it for the exercise, or write down why you
# needn't.
#
# **Exercise `softmax_steps_backward`** (5 points). `cache` is the dict that `softmax_forward` returns, for logits
# (n, V); `dlogprobs` (n, V) is **any** upstream gradient, and not only that of the loss. Return a dict with
# exactly the keys `dprobs`, `dcounts_sum_inv`, `dcounts_sum`, `dcounts`, `dnorm_logits`, `dlogit_maxes`,
# `dlogits`: the gradient by each, over **all** paths that lead to it, in its shape, (n, V) or (n, 1). Where a
# row has two equal maxima it doesn't matter which of them you choose. Neither the cache nor `dlogprobs` is changed.


# %% exercise="softmax_steps_backward" points=5
def softmax_steps_backward(
    cache: dict[str, torch.Tensor], dlogprobs: torch.Tensor
) -> dict[str, torch.Tensor]:
    """The gradients by probs, counts_sum_inv, counts_sum, counts, norm_logits, logit_maxes and logits.

    For the logits [[log 3, 0]] and dlogprobs = [[0., -1.]]: dprobs [[0, -4]], dcounts_sum_inv [[-4/3]],
    dcounts_sum [[3/4]], dcounts [[3/4, -9/4]], dnorm_logits [[3/4, -3/4]], dlogit_maxes [[0]] and
    dlogits [[3/4, -3/4]].
    """
    ### BEGIN SOLUTION
    counts, counts_sum_inv = cache["counts"], cache["counts_sum_inv"]
    dprobs = dlogprobs / cache["probs"]
    dcounts_sum_inv = (counts * dprobs).sum(1, keepdim=True)
    dcounts_sum = -(counts_sum_inv**2) * dcounts_sum_inv
    dcounts = counts_sum_inv * dprobs + dcounts_sum
    dnorm_logits = counts * dcounts
    dlogit_maxes = -dnorm_logits.sum(1, keepdim=True)
    at_max = F.one_hot(cache["logits"].argmax(1), counts.shape[1])
    return {
        "dprobs": dprobs,
        "dcounts_sum_inv": dcounts_sum_inv,
        "dcounts_sum": dcounts_sum,
        "dcounts": dcounts,
        "dnorm_logits": dnorm_logits,
        "dlogit_maxes": dlogit_maxes,
        "dlogits": dnorm_logits + at_max * dlogit_maxes,
    }
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# One line of Python for each line of the hand calculation, in its order. After each line compare the shape with
# that in the forward pass: `dcounts_sum_inv` must be (n, 1).
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# For `a * b` the gradient by a is the upstream gradient times b; if a was broadcast, sum over the axis along
# which it was, with `keepdim=True`. For `counts` there are two contributions: one from `probs`, one from
# `counts_sum`, and the second is the same for the whole row.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# dprobs = dlogprobs / cache["probs"]
# dcounts_sum_inv = (... * dprobs).sum(1, keepdim=True)
# dcounts_sum = -(cache["counts_sum"] ** -2) * ...
# dcounts = ... * dprobs + dcounts_sum
# dnorm_logits = ...
# dlogit_maxes = -dnorm_logits.sum(...)
# dlogits = dnorm_logits + F.one_hot(cache["logits"].argmax(1), ...) * dlogit_maxes
# ```
#
# </details>

# %% tags=["explore"]
dlogprobs = torch.zeros_like(values["logprobs"])
dlogprobs[torch.arange(len(Y)), Y] = -1 / len(Y)
show_comparison({"dlogprobs": dlogprobs, **softmax_steps_backward(values, dlogprobs)})

# %% [markdown]
# ## 5 Cross-entropy in one expression
#
# Seven steps, and at their end stood (¾, −¾): the probabilities, with 1 subtracted at the target. It is always
# so. We derive it for one example with target y, writing $z_j$ for the logits and
# $p_j = e^{z_j} / \sum_k e^{z_k}$ for the probabilities.
#
# 1. The loss is $L = -\log p_y = -z_y + \log \sum_k e^{z_k}$. The logarithm has turned the quotient into a
#    difference, and undone one exponential.
# 2. The slope of the first term by $z_j$ is −1 if j is the target, and 0 otherwise.
# 3. The slope of the second is, by the chain rule,
#    $\frac{1}{\sum_k e^{z_k}} \cdot e^{z_j} = p_j$. (The slope of logsumexp is softmax.)
# 4. Together: $\partial L / \partial z_j = p_j - [\,j = y\,]$.
# 5. The loss of a batch is the **mean** over its n examples, so each row is divided by n:
#
# $$dlogits_{ij} = \frac{p_{ij} - [\,j = y_i\,]}{n}$$
#
# Predicted minus observed. You have met it as the score of a logistic or a multinomial regression, and for
# W of the bigram model in week 07. It reads as a balance of forces: each wrong class is pushed down by as much
# probability as it has, the right one is pulled up by what it lacks, and the forces of a row cancel.
#
# By hand: logits ((0, 0), (log 3, 0)) and y = (0, 1). The probabilities are (½, ½) and (¾, ¼); minus observed
# (−½, ½) and (¾, −¾); divided by n = 2: ((−0.25, 0.25), (0.375, −0.375)).
#
# The short form is more than a convenience. Where a probability is so small that it becomes 0, at logits 750 apart
# say, the seven steps divide by it and end in nan; p − [j = y] doesn't.
#
# **Exercise `cross_entropy_backward`** (3 points). `logits` is (n, V) with n ≥ 1, float64, `y` (n,) int64.
# Return the gradient of the **mean** cross-entropy by the logits, (n, V). Logits may lie anywhere between −1000 and
# 1000, and the answer must still be finite: `torch.softmax` and `F.softmax` see to that, `exp` by itself doesn't.
# `logits` and `y` are not changed.


# %% exercise="cross_entropy_backward" points=3
def cross_entropy_backward(logits: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """The gradient by logits (n, V) of the mean cross-entropy against the targets y (n,).

    With logits = [[0, 0], [log 3, 0]] and y = [0, 1] (as tensors) it is [[-0.25, 0.25], [0.375, -0.375]].
    """
    ### BEGIN SOLUTION
    observed = F.one_hot(y, logits.shape[1])
    return (logits.softmax(1) - observed) / len(y)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Three things: probabilities, something at the targets, and a division.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `torch.arange(n)` and `y` together name one place in each row: `p[torch.arange(n), y]`. `p[:, y]` names whole
# columns, for every row.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `d = logits.softmax(1)`, then `d[torch.arange(len(y)), y] -= ...`, then divide and return.
#
# </details>

# %% tags=["explore"]
dlogits = cross_entropy_backward(values["logits"], Y)
show_comparison({"dlogits": dlogits})
figure, axes = plt.subplots(figsize=(7.2, 2.9))
forces = len(Y) * dlogits
image = axes.imshow(forces, cmap="RdBu_r", vmin=-1, vmax=1, aspect="auto")
axes.set_xticks(range(27), itos.values())
axes.set_yticks(range(len(Y)), ["".join(itos[i] for i in context) for context in X.tolist()])
axes.set_xlabel("next symbol")
axes.set_ylabel("context")
axes.spines[:].set_visible(False)
figure.colorbar(image, label="n times the gradient:\npredicted − observed")
plt.show()
print("sums of the rows:", ", ".join(f"{total:.0e}" for total in forces.sum(1).tolist()))

# %% [markdown]
# Drawn is n times the gradient, so predicted minus observed itself. In each row one dark blue cell, the target: its
# force is nearly −1, for the untrained network gives it hardly any probability. All other cells are pale red, and
# each row's reds weigh as much as its blue. (The context `...` is there twice: two names begin among the eight
# examples.) A well predicted example would be a row without colour: it has nothing left to teach.

# %% [markdown]
# ## 6 Now break it
#
# Gradients have a nasty property: wrong ones often still train. A sign that is wrong everywhere shows at once,
# but a missing 1/n is only another learning rate. So a backward pass must be tested by its numbers and its
# laws, not by the loss curve.
#
# **Exercise `break_cross_entropy_backward`** (3 points). Write a function that takes somebody's
# `cross_entropy_backward` and raises an `AssertionError` if it is wrong; on a right one it returns without a
# sound. It will meet right ones of different make, which it must let pass (equal up to rounding, so compare
# with `torch.allclose`, and give them float64, as section 5 promises), and a number of wrong ones. Your points are
# the share of wrong ones that you catch, so long as you let all right ones pass. One false alarm costs them all.
#
# Any error counts as an alarm, so a wrong one that breaks off by itself is caught, too. But assert the shape before
# you compare: `torch.allclose` broadcasts where it can, and stops with an error of its own where it can't.
#
# Here you **may** use autograd: an oracle that somebody else wrote is the best friend of a test. Think about
# the input, too. With one example, a missing 1/n is invisible. With V = n, an exchange of axes can hide. Small
# logits never overflow, and rows of one size don't show whose maximum was subtracted.
#
# The local checks have three easy wrong ones and two right ones; your instructor has many more of both.


# %% exercise="break_cross_entropy_backward" points=3
def break_cross_entropy_backward(cross_entropy_backward) -> None:
    """Raise AssertionError if the given `cross_entropy_backward(logits, y)` is wrong.

    One line of it might be: d = cross_entropy_backward(torch.zeros(1, 2).double(), torch.tensor([0])), and
    then assert torch.allclose(d, torch.tensor([[-0.5, 0.5]]).double())
    """
    ### BEGIN SOLUTION
    generator = torch.Generator().manual_seed(10)
    for n, V, scale, apart in [(3, 5, 1, 0), (1, 4, 2, 0), (6, 2, 3, 0), (4, 3, 300, 0), (3, 2, 1, 990)]:
        logits = scale * torch.randn((n, V), generator=generator, dtype=torch.float64)
        logits += apart * (-1.0) ** torch.arange(n).unsqueeze(1)  # rows far from each other
        y = torch.randint(V, (n,), generator=generator)
        leaf = logits.clone().requires_grad_()
        (expected,) = torch.autograd.grad(F.cross_entropy(leaf, y), leaf)
        before = logits.clone()
        found = cross_entropy_backward(logits, y)
        assert found.shape == expected.shape, "another shape"
        assert torch.allclose(found.double(), expected, atol=1e-6), "not autograd's gradient"
        assert torch.equal(logits, before), "changes its logits"
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# What did your own first attempt get wrong? And which input would have shown it?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Take several batches: n = 1 and n = 5, V larger and smaller than n, targets that are repeated and that leave the
# last class out, small logits and huge ones, rows that lie far from each other. For each compare with
# `F.cross_entropy` and `torch.autograd.grad`, and look whether `logits` is still what it was.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# For each batch `leaf = logits.clone().requires_grad_()`, and
# `(expected,) = torch.autograd.grad(F.cross_entropy(leaf, y), leaf)`. Then `got = cross_entropy_backward(...)`,
# `assert got.shape == ...`, `assert torch.allclose(..., expected)`, and a look at `logits`.
#
# </details>

# %% tags=["explore"]
break_cross_entropy_backward(cross_entropy_backward)
print("your test lets your own cross_entropy_backward pass")

# %% [markdown]
# ## 7 BatchNorm, step by step
#
# Now the block that makes the film long. Everything before worked on each example by itself; BatchNorm takes
# its mean and its variance over the batch, so that **each example's output depends on all examples' inputs**,
# and what comes back to one example depends on what happened to all.

# %% tags=["explore"]
draw_steps(
    {
        "hprebn": (0, 0), "bnmeani": (0.7, 1), "bndiff": (1.5, 0), "bndiff2": (2.3, 1), "bnvar": (3.5, 1),
        "bnvar_inv": (4.8, 1), "bnraw": (5.5, 0), "bngain": (6.2, 1), "hpreact": (7, 0), "bnbias": (7.7, 1),
    },
    [
        ("hprebn", "bnmeani"), ("hprebn", "bndiff"), ("bnmeani", "bndiff"), ("bndiff", "bndiff2"),
        ("bndiff2", "bnvar"), ("bnvar", "bnvar_inv"), ("bnvar_inv", "bnraw"), ("bndiff", "bnraw"),
        ("bnraw", "hpreact"), ("bngain", "hpreact"), ("bnbias", "hpreact"),
    ],
    "Two forks: hprebn goes into the mean too, bndiff into the variance",
    (-0.5, 8.2),
)  # fmt: skip

# %% [markdown]
# By hand, one unit and a batch of three: hprebn = (2, 4, 6), gain 4, bias 0, and eps = 0 to keep the numbers
# round. Forward: mean 4, bndiff (−2, 0, 2), bndiff2 (4, 0, 4), bnvar = 8 / (3 − 1) = **4** (with n it would be
# 8/3), bnvar_inv ½, bnraw (−1, 0, 1). Let dout = (3, 0, 0). Backward:
#
# - dbnbias: broadcast over the batch, so sum: 3
# - dbngain: the same, with slope bnraw: 3 · (−1) = −3
# - dbnraw = gain · dout = (12, 0, 0)
# - dbnvar_inv = sum of bndiff · dbnraw = −24
# - dbnvar: the slope of $u^{-1/2}$ is $-\frac12 u^{-3/2}$, that is −½ · bnvar_inv³. So −½ · ⅛ · (−24) = 3/2
# - dbndiff2: the forward pass summed and divided by n − 1, so spread and divide: ¾ for each of the three
# - dbndiff on two paths. Through bnraw: bnvar_inv · dbnraw = (6, 0, 0). Through the square, with slope
#   2 · bndiff: (−3, 0, 3). Together (3, 0, 3)
# - dbnmeani: broadcast with slope −1: −(3 + 0 + 3) = −6
# - dhprebn on two paths: dbndiff, and the mean's share, −6/3 = −2 for each: (1, −2, 1)
#
# To try these numbers:
#
# ```python
# gain, bias = torch.tensor([[4.0], [0.0]], dtype=torch.float64).split(1)
# _, example = batchnorm_forward(torch.tensor([[2.0], [4.0], [6.0]], dtype=torch.float64), gain, bias, eps=0.0)
# ```
#
# Look at dbnmeani once more. Had you left the second path out of it, −(6 + 0 + 0) = −6 would have been right as
# well: what comes through the square is a multiple of bndiff, and deviations from a mean sum to 0. Leave the path
# out of dbndiff itself, and everything below is wrong.
#
# **Exercise `batchnorm_steps_backward`** (5 points). `cache` is the dict that `batchnorm_forward` returns, for
# hprebn (n, k) with n ≥ 2; `dout` (n, k) is the gradient by its output `hpreact`. Return a dict with exactly the
# keys `dbngain`, `dbnbias`, `dbnraw`, `dbnvar_inv`, `dbnvar`, `dbndiff2`, `dbndiff`, `dbnmeani`, `dhprebn`, each
# over all paths and in the shape of what it is the gradient of, (n, k) or (1, k). The variance was taken with
# **n − 1**. eps isn't in the cache and isn't always 10⁻⁵ in the tests: `bnvar_inv` knows it. Neither the cache nor
# `dout` is changed.


# %% exercise="batchnorm_steps_backward" points=5
def batchnorm_steps_backward(cache: dict[str, torch.Tensor], dout: torch.Tensor) -> dict[str, torch.Tensor]:
    """The gradients by bngain, bnbias, bnraw, bnvar_inv, bnvar, bndiff2, bndiff, bnmeani and hprebn.

    For the columns hprebn = (2, 4, 6), dout = (3, 0, 0) and the gain 4, at eps = 0: dbngain -3, dbnbias 3,
    dbnraw (12, 0, 0), dbnvar_inv -24, dbnvar 1.5, dbndiff2 (0.75, 0.75, 0.75), dbndiff (3, 0, 3),
    dbnmeani -6 and dhprebn (1, -2, 1), all as columns.
    """
    ### BEGIN SOLUTION
    n = len(dout)
    bndiff, bnvar_inv = cache["bndiff"], cache["bnvar_inv"]
    dbngain = (dout * cache["bnraw"]).sum(0, keepdim=True)
    dbnbias = dout.sum(0, keepdim=True)
    dbnraw = cache["bngain"] * dout
    dbnvar_inv = (bndiff * dbnraw).sum(0, keepdim=True)
    dbnvar = -0.5 * bnvar_inv**3 * dbnvar_inv
    dbndiff2 = torch.ones_like(bndiff) * dbnvar / (n - 1)
    dbndiff = bnvar_inv * dbnraw + 2 * bndiff * dbndiff2
    dbnmeani = -dbndiff.sum(0, keepdim=True)
    dhprebn = dbndiff + dbnmeani / n
    return {
        "dbngain": dbngain,
        "dbnbias": dbnbias,
        "dbnraw": dbnraw,
        "dbnvar_inv": dbnvar_inv,
        "dbnvar": dbnvar,
        "dbndiff2": dbndiff2,
        "dbndiff": dbndiff,
        "dbnmeani": dbnmeani,
        "dhprebn": dhprebn,
    }
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Again one line for each line of the hand calculation. Three of the nine sum over the batch because something
# was broadcast over it, and one more sums with a minus: which?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `sum(0, keepdim=True)` undoes a broadcast from (1, k). The other way round, `dbndiff2` must be (n, k) although
# all its rows are equal: multiply by `torch.ones_like(bndiff)`, or use `.expand`.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# dbngain = (dout * ...).sum(0, keepdim=True)
# dbnbias = dout.sum(...)
# dbnraw = ... * dout
# dbnvar_inv = (... * dbnraw).sum(0, keepdim=True)
# dbnvar = -0.5 * cache["bnvar_inv"] ** 3 * ...
# dbndiff2 = torch.ones_like(dout) * dbnvar / ...
# dbndiff = cache["bnvar_inv"] * dbnraw + 2 * ... * dbndiff2
# dbnmeani = -dbndiff.sum(...)
# dhprebn = dbndiff + ... / n
# ```
#
# </details>

# %% tags=["explore"]
steps = batchnorm_steps_backward(values, cache["hpreact"].grad)
show_comparison(steps)

# %% [markdown]
# ## 8 BatchNorm in one expression
#
# As with softmax the steps collapse. Take one unit, leave its index away, and write $x_i$ for hprebn,
# $\hat x_i$ for bnraw, $r$ for bnvar_inv, $\gamma$ for the gain, $g_i$ for dout.
#
# 1. Start with `dbnvar_inv`. It is $\sum_j \gamma g_j (x_j - \bar x)$, and $x_j - \bar x = \hat x_j / r$. So it
#    is $\frac{\gamma}{r} \sum_j g_j \hat x_j$.
# 2. Go on to `dbnvar`: times $-\frac12 r^3$. That gives $-\frac{\gamma r^2}{2} \sum_j g_j \hat x_j$.
# 3. Each `dbndiff2` is this divided by n − 1. Times the slope $2 (x_i - \bar x) = 2 \hat x_i / r$ it is the second
#    path into `dbndiff`:  $-\gamma r \, \frac{1}{n-1} \, \hat x_i \sum_j g_j \hat x_j$.
# 4. The first path is $\gamma r g_i$. Together, with $\gamma r$ in front:
#    $dbndiff_i = \gamma r \left( g_i - \frac{1}{n-1} \hat x_i \sum_j g_j \hat x_j \right)$.
# 5. `dbnmeani` is minus the sum of these. The $\hat x_i$ sum to 0, so $-\gamma r \sum_j g_j$ is left.
# 6. `dhprebn` is `dbndiff` and one n-th of `dbnmeani`:
#
# $$dx_i = \gamma\, r \left( g_i \;-\; \frac1n \sum_j g_j \;-\; \frac{1}{n-1}\, \hat x_i \sum_j g_j \hat x_j \right)$$
#
# Two corrections to the plain $\gamma r g_i$: what the mean takes back, and what the variance takes back. The
# **n** belongs to the mean and the **n − 1** to our variance; with week 09's variance both would be n. And eps
# occurs nowhere: it is inside of r.
#
# By hand, as in section 7: g = (3, 0, 0), x̂ = (−1, 0, 1), γ = 4, r = ½. The mean of g is 1, the sum of g·x̂ is
# −3, over n − 1 that is −1.5. So dx = 2 · ((3, 0, 0) − 1 + 1.5 · (−1, 0, 1)) = 2 · (½, −1, ½) = (1, −2, 1). With
# n in place of n − 1 it would be (2, −2, 0).
#
# **You have seen this formula before.** In a regression of g on x̂ (with eps = 0), the intercept is the mean of
# g, since the x̂ have mean 0, and the slope is Σ g x̂ / Σ x̂². The sum of squares of x̂ is n − 1, as their variance
# is 1. So what stands in the brackets is a **residual**: in R, at eps = 0, `gamma * r * resid(lm(g ~ xhat))`. (With
# eps above 0 the sum of squares is a little less than n − 1, and the expression holds where the regression doesn't.)
# All laws of residuals hold. They sum to 0, hence the useless bias of section 3. They are orthogonal to x̂. And
# BatchNorm's gradient is 0 wherever the upstream gradient is a straight line in x̂: shifting or scaling the column would
# be undone by the normalisation, so the loss can't gain by it.

# %% tags=["explore"]
unit = 8
xhat, g = values["bnraw"][:, unit], cache["hpreact"].grad[:, unit]
slope = (g * xhat).sum() / (xhat**2).sum()
figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 2.9))
line = torch.tensor([xhat.min(), xhat.max()])
left.plot(line, g.mean() + slope * line, color="0.5")
left.vlines(xhat, g.mean() + slope * xhat, g, color="tab:orange")
left.plot(xhat, g, "o", markersize=4)
left.set_xlabel("standardised input x̂ of one unit")
left.set_ylabel("upstream gradient g")
residuals = g - g.mean() - slope * xhat
scale = (values["bngain"] * values["bnvar_inv"])[0, unit]
right.axhline(0, color="0.5", linewidth=0.8)
right.vlines(xhat, 0, cache["hprebn"].grad[:, unit], color="tab:orange")
right.plot(xhat, cache["hprebn"].grad[:, unit], "o", markersize=4, label="autograd's gradient by x")
right.plot(xhat, scale * residuals, "x", color="black", label="γ · r · residual")
right.set_xlabel("standardised input x̂ of one unit")
right.set_ylabel("gradient by x")
right.margins(y=0.35)
right.legend(loc="upper right")
plt.show()

# %% [markdown]
# Left, the examples and the line through their upstream gradients (seven dots for eight examples, as the context
# `...` of a word's start is there twice); the orange residuals are all that gets through. Right, the crosses
# (residuals, times γ · r) sit in autograd's dots, up to the 10⁻⁵ of eps.
#
# **Exercise `batchnorm_backward`** (4 points). The same `cache` as in section 7, with n ≥ 2, and `dout` (n, k) the
# gradient by `hpreact`. Return the gradient by `hprebn`, (n, k), from the expression above. You need `bngain`,
# `bnvar_inv` and `bnraw` of the cache. The variance was taken with n − 1, eps is whatever it was, and neither the
# cache nor `dout` is changed.


# %% exercise="batchnorm_backward" points=4
def batchnorm_backward(dout: torch.Tensor, cache: dict[str, torch.Tensor]) -> torch.Tensor:
    """The gradient by hprebn (n, k) of BatchNorm with the variance over n - 1, in one expression.

    For the columns hprebn = (2, 4, 6), dout = (3, 0, 0) and the gain 4, at eps = 0, it is (1, -2, 1).
    """
    ### BEGIN SOLUTION
    n = len(dout)
    bnraw = cache["bnraw"]
    by_mean = dout.sum(0) / n
    by_variance = bnraw * (dout * bnraw).sum(0) / (n - 1)
    return cache["bngain"] * cache["bnvar_inv"] * (dout - by_mean - by_variance)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Which of the symbols in the formula are (n, k), which are (1, k), and over which axis do the sums run?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# $\sum_j g_j$ is `dout.sum(0)`, $\sum_j g_j \hat x_j$ is `(dout * cache["bnraw"]).sum(0)`. Both have shape (k,) and
# broadcast over the examples. In Python `n / n - 1` is 0; brackets around n − 1. Try the numbers worked by hand first.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `gain * bnvar_inv * (dout - dout.sum(0) / ... - bnraw * (...).sum(0) / (...))`
#
# </details>

# %% tags=["explore"]
dhprebn = batchnorm_backward(cache["hpreact"].grad, values)
show_comparison({"dhprebn": dhprebn})
print(f"largest sum over the batch {dhprebn.sum(0).abs().max():.0e}")
print("a batch of two, eps = 0: ", end="")
pair = torch.tensor([[0.3], [7.0]], dtype=torch.float64)
one, none = torch.ones(1, 1, dtype=torch.float64), torch.zeros(1, 1, dtype=torch.float64)
_, pair_cache = batchnorm_forward(pair, one, none, eps=0.0)
print(batchnorm_backward(torch.tensor([[5.0], [-1.0]], dtype=torch.float64), pair_cache).flatten().tolist())

# %% [markdown]
# With a batch of two nothing comes back but rounding: a line through two points leaves no residual. Whatever the
# two inputs were, they are standardised to ∓0.707, and the layers below can't learn anything. (n = 2 is the worst
# case, and the reason why small batches and BatchNorm don't go together.)

# %% [markdown]
# ## 9 Training without autograd
#
# All pieces are there. One step of training is: forward, then back through cross-entropy, linear, tanh,
# BatchNorm, linear, embedding, and then every parameter a little against its gradient. Of the BatchNorm's own
# parameters, gain and bias, you had the gradients in section 7.
#
# A trap: compute **all** gradients before you change **any** parameter. The gradient that goes through W2 down to
# h must see the W2 of the forward pass.
#
# **Exercise `manual_train_step`** (5 points). `params` is the list `[C, W1, W2, b2, bngain, bnbias]` of float64
# tensors as in `forward` above, none of which requires a gradient; `X` (n, block) and `Y` (n,) are int64, n ≥ 2.
# Take one step of gradient descent on the mean cross-entropy of this batch, with rate `lr`: every parameter
# becomes itself minus `lr` times its gradient. Return the loss **before** the step, as a number.
#
# Afterwards `params` must hold the new values: change the tensors in place (`p -= ...`) or put new ones in the
# list, as you like. `X` and `Y` are not changed. Autograd is not used: the tests also run the step where it is
# switched off. Use `forward` and your functions from above, or write it all out.


# %% exercise="manual_train_step" points=5
def manual_train_step(params: list[torch.Tensor], X: torch.Tensor, Y: torch.Tensor, lr: float) -> float:
    """One step of gradient descent on params = [C, W1, W2, b2, bngain, bnbias]; the loss before it.

    With C = [[0.], [1.], [5.]], W1 = [[2.]], W2 = [[1., 0., -1.]], b2 = [0., 0., 0.], bngain = [[2.]],
    bnbias = [[0.5]], X = [[0], [1], [2]], Y = [1, 2, 1] and lr = 1.0 the loss is 1.1859. Afterwards, on the
    way back: b2 is [-0.3485, 0.3837, -0.0352], W2 [[0.8348, 0.0918, -0.9266]], bnbias [[0.3004]],
    bngain [[2.0467]], W1 [[2.]], C [[0.1121], [0.8598], [5.0280]]. (A single W1 only scales the column, which
    BatchNorm undoes: eps lets 0.00000002 of a change through.)
    """
    ### BEGIN SOLUTION
    C, W1, W2, _, _, _ = params
    loss, cache = forward(params, X, Y)
    dlogits = cross_entropy_backward(cache["logits"], Y)
    dh, dW2, db2 = linear_backward(dlogits, cache["h"], W2)
    dhpreact = tanh_backward(dh, cache["h"])
    dbngain = (dhpreact * cache["bnraw"]).sum(0, keepdim=True)
    dbnbias = dhpreact.sum(0, keepdim=True)
    dhprebn = batchnorm_backward(dhpreact, cache)
    dembcat, dW1, _ = linear_backward(dhprebn, cache["embcat"], W1)
    dC = embedding_backward(dembcat.reshape(cache["emb"].shape), X, len(C))
    for parameter, gradient in zip(params, [dC, dW1, dW2, db2, dbngain, dbnbias], strict=True):
        parameter -= lr * gradient
    return loss.item()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Read `forward` from its last line upwards. For each line, which of your functions is its way back, and what does
# it need?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `embcat` is `emb` in another shape, so the way back is a reshape: `dembcat.reshape(cache["emb"].shape)`. The first
# layer has no bias: `linear_backward` returns a `db` nobody needs. `C = C - lr * dC` makes a new tensor and leaves
# the one in `params` as it was. If numbers are wrong, compare parameter by parameter from `b2` downwards.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# loss, cache = forward(params, X, Y)
# dlogits = cross_entropy_backward(cache["logits"], Y)
# dh, dW2, db2 = linear_backward(dlogits, cache["h"], W2)
# dhpreact = ...
# dbngain, dbnbias = ..., ...
# dhprebn = batchnorm_backward(...)
# dembcat, dW1, _ = ...
# dC = embedding_backward(dembcat.reshape(cache["emb"].shape), X, ...)
# for p, g in zip(params, [dC, dW1, dW2, db2, dbngain, dbnbias]):
#     p -= ...
# return loss.item()
# ```
#
# </details>

# %% [markdown]
# Now the run. From the same seeded start, on the same batches of 32, we train three networks: one with your step,
# one with autograd, and one with autograd in which BatchNorm's mean and variance are treated as constants on the
# way back, which is the commonest mistake of all. (`detach` says "a constant".)


# %% tags=["explore"]
def autograd_gradients(params, X, Y, constant=False):
    """The loss and its gradients with autograd; `constant` leaves the paths through mean and variance out."""
    leaves = [p.detach().requires_grad_() for p in params]
    C, W1, W2, b2, bngain, bnbias = leaves
    hprebn = C[X].flatten(1) @ W1
    mean, var = hprebn.mean(0, keepdim=True), hprebn.var(0, keepdim=True)  # n - 1, as var does here and in R
    if constant:
        mean, var = mean.detach(), var.detach()
    h = torch.tanh(bngain * (hprebn - mean) * (var + 1e-5) ** -0.5 + bnbias)
    loss = F.cross_entropy(h @ W2 + b2, Y)
    return loss.item(), torch.autograd.grad(loss, leaves)


def autograd_step(params, X, Y, lr, constant=False):
    """One step with autograd."""
    loss, gradients = autograd_gradients(params, X, Y, constant)
    for p, gradient in zip(params, gradients, strict=True):
        p -= lr * gradient
    return loss


runs = {"autograd": [], "constant": [], "yours": []}
states = {name: random_params(seed=1) for name in runs}
apart = []
generator = torch.Generator().manual_seed(11)
for _ in range(400):
    batch = torch.randint(len(Y_all), (32,), generator=generator)
    xb, yb = X_all[batch], Y_all[batch]
    runs["yours"].append(float(manual_train_step(states["yours"], xb, yb, 0.3)))
    runs["autograd"].append(autograd_step(states["autograd"], xb, yb, 0.3))
    runs["constant"].append(autograd_step(states["constant"], xb, yb, 0.3, constant=True))
    pairs = zip(states["yours"], states["autograd"], strict=True)
    apart.append(max((p - q).abs().max().item() for p, q in pairs))

smooth = {name: torch.tensor(losses).reshape(-1, 10).mean(1) for name, losses in runs.items()}
figure, (left, middle, right) = plt.subplots(1, 3, figsize=(9.6, 2.9))
for name, label, style in [
    ("autograd", "autograd", {"linewidth": 4, "color": "0.8"}),
    ("constant", "mean, variance\nas constants", {"linewidth": 1.6, "color": "tab:orange"}),
    ("yours", "yours", {"linewidth": 1.2, "color": "tab:blue", "linestyle": "--"}),
]:
    left.plot(range(5, 400, 10), smooth[name], label=label, **style)
left.set_ylabel("loss (nats), mean of ten steps")
left.legend()
middle.axhline(0, color="0.5", linewidth=0.8)
middle.plot(range(5, 400, 10), smooth["constant"] - smooth["autograd"], color="tab:orange")
middle.set_ylabel("orange less grey (nats)")
right.semilogy(apart)
right.set_ylabel("largest difference of a parameter,\nyours from autograd's")
for axes in (left, middle, right):
    axes.set_xlabel("step")
plt.show()

# %% [markdown]
# Left, your run (dashed) lies in the grey one of autograd; right, in two thousand parameters and over all steps the
# two never part by more than rounding. You have trained a network without autograd.
#
# The orange curve is the lesson. Its gradients by C and W1 are **wrong at every step**, and its loss falls all the
# same: for a while it lies a little above the grey one, then a little *below* (middle). Had you only looked at the
# loss, you would never have known. What gives it away is a comparison of numbers, or a law.

# %% tags=["explore"]
xb, yb = X_all[:32], Y_all[:32]
print("relative error of the gradient as constants have it, and its angle to the right one")
for when, at in [("at the start", random_params(seed=1)), ("at the end", states["constant"])]:
    (_, wrong), (_, true) = (autograd_gradients(at, xb, yb, constant) for constant in (True, False))
    for name, one, other in zip(["C", "W1", "W2", "b2", "bngain", "bnbias"], wrong, true, strict=True):
        error = (one - other).norm() / other.norm()
        angle = torch.acos(((one * other).sum() / one.norm() / other.norm()).clamp(-1, 1)).rad2deg()
        print(f"  {when:<12}  {name:>6}  {error:.2f}  {angle:3.0f}°")

_, step_cache = forward(states["constant"], xb, yb)
dh = linear_backward(
    cross_entropy_backward(step_cache["logits"], yb), step_cache["h"], states["constant"][2]
)[0]
dhpreact = tanh_backward(dh, step_cache["h"])
constants = step_cache["bngain"] * step_cache["bnvar_inv"] * dhpreact
print("largest sum over the batch of the gradient by hprebn:")
print(f"  as constants {constants.sum(0).abs().max():.0e}", end=", ")
print(f"yours {batchnorm_backward(dhpreact, step_cache).sum(0).abs().max():.0e}")

# %% [markdown]
# The comparison says where: C and W1, the two below the BatchNorm, are off by a third to a half and point some
# twenty to thirty degrees aside, and the four above it are right. The law says it without autograd: the gradient by
# hprebn must sum to 0 over the batch, and the wrong one doesn't. A third kind of check, the slowest and the most
# general, you know from week 06: **finite differences**. Nudge one number of one parameter by ±10⁻⁵ and see whether
# the loss changes by as much as the gradient foretells.
#
# What does such a mistake cost? Here, in 400 steps, nothing that could be seen. In a deeper network each BatchNorm
# adds its own error, a finer comparison of two models may rest on it, and the paper's formula isn't what was run.
# Nobody knows; that is the cost.

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

# %% [markdown] question="the-loss-falls" points=2
# ## A question to discuss
#
# Two points, given by a person who reads your answer, not by the tests. Double-click this cell, write in
# place of its last line, and run the cell to see it set. Talk it over first.
#
# A group publishes a model of gene expression with a layer of its own, whose backward pass they wrote by hand.
# "The implementation is correct," they write, "as the training loss falls smoothly and the test accuracy beats the
# earlier model." In six to twelve sentences: Why can both hold with a wrong gradient, what might a wrong one have
# cost them, and why can't you tell from our orange curve? Which two checks, at least one of them without autograd,
# would you ask for as a reviewer, and what would each of them find or miss? And where in your own analyses does a
# plausible result take the place of a check?
#
# ### BEGIN SOLUTION
# Two points for an answer with all three parts, one for two of them.
#
# 1. Descent needs no more than a direction with a positive component along the true one, so many wrong gradients
#    lower the loss (the orange curve; a missing 1/n is another learning rate, a missing path is another direction).
#    "Better than before" compares two models and says nothing about either's gradient. What it may cost: slower or
#    stuck training, other minima, results that depend on batch size or learning rate for no reason, conclusions
#    on "what the layer does" which are about the bug, and nobody can reproduce it from the paper's formula. The
#    orange curve is one small network, one start and 400 steps: that no cost shows there is no evidence elsewhere.
# 2. Any two of: finite differences in float64 at a few random points (finds any wrong formula, is slow, misses
#    what it doesn't visit, and misleads at kinks or in float32); comparison with autograd on a version in plain
#    operations (exact, but shares the forward pass's mistakes); laws that the gradient must obey, such as a sum
#    of 0 over the batch, orthogonality, a symmetry (cheap and independent, but wrong answers may obey them too);
#    a worked example by hand. The answer should say what each would miss.
# 3. Any honest example: a pipeline judged by whether known genes come up, a mixed model that converged, a
#    clustering that agrees with expectation, a plot that looks right. Good answers name a check for it: simulated
#    data with a known answer, shuffled labels, a second implementation.
# ### END SOLUTION

# %% [markdown]
# ## With your partner
#
# **Explain.** One of you explains why the gradient of cross-entropy is "predicted minus observed", the other why
# BatchNorm's gradient is a residual, and what that has to do with the missing bias. No notes, and the listener
# asks "why?" three times.
#
# **Compare.** Exchange your `break_cross_entropy_backward` and run each on the other's `cross_entropy_backward`,
# then on a copy that one of you has broken in secret. Then put your two `batchnorm_steps_backward` side by side:
# where did you write the same step differently, and are the differences exactly 0 or only close?
#
# **Alone?** Write both explanations down as for somebody who hasn't seen the week, and ask each sentence "why?"
# yourself. Then derive week 09's variant, with n in the variance: copy `batchnorm_forward` and your
# `batchnorm_backward` under other names, change one place in each, and see whether the pair agrees with the gradient
# of `torch.nn.functional.batch_norm`.

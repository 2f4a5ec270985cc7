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
# # Week 13 · Transformers: building a GPT
#
# **Before:** watch *But what is a GPT?* (27 min) and *Visualizing Attention* (26 min), both from
# 3Blue1Brown's series on neural networks, then *Let's build GPT: from scratch, in code, spelled out* by
# Andrej Karpathy (on our schedule *Generatively Pretrained Transformer*, 1h56). The notebook follows the long
# film's path. For afterwards: *How might LLMs store facts* (22 min), which section 11 takes up.
#
# **Time:** six to seven hours with your partner, the films apart. The six exercises marked *stretch* (one in
# section 11, the others in section 13) come on top, with about three hours.
#
# **Afterwards you can**
# - let each position of a sequence look back at those before it, by weights that the sequence itself decides;
# - build a GPT from this piece: heads, residual stream, LayerNorm, blocks;
# - train it on plays, put its loss beside those of n-gram tables, and let it write;
# - say what an attention map shows, what it doesn't, and where in such a model facts might be kept.
#
# Week 07 asked: *given what came before, how likely is each next symbol?* There "before" was one letter. Week
# 08 took three, week 12 eight, and each of their weights belonged to one place: the third letter back always
# got the same treatment, whatever stood there. In language, and in proteins, what matters has no fixed
# address. The cysteine that closes a disulphide bridge may be 20 or 90 residues away. This week's model
# *searches*: each position says what it looks for, every earlier position says what it has, and where the two
# agree, information flows. That is attention, and almost all else in a GPT you have met before.

# %% given="imports"
import math
from dataclasses import dataclass

import torch
import torch.nn as nn
import torch.nn.functional as F

from autograde import datasets

# %% [markdown]
# ## 1 The text
#
# Nine plays of Shakespeare, as one long string. Every character is a symbol: letters, spaces, ends of lines,
# punctuation. There are no words in this model's world; whatever it knows of words it has to find out.

# %% tags=["explore"]
plays = datasets.shakespeare()
text = "".join(play["text"] for play in plays)
itos = dict(enumerate(sorted(set(text))))
stoi = {symbol: number for number, symbol in itos.items()}
data = torch.tensor([stoi[symbol] for symbol in text])
cut = int(0.9 * len(data))
train_data, held_out = data[:cut], data[cut:]

print(", ".join(play["title"] for play in plays))
print(f"{len(text):,} characters, {len(itos)} distinct: {''.join(itos.values())!r}")
print(text[200_000:200_300])

# %% [markdown]
# How can this text mislead? It is cut once, without shuffling: the first nine tenths to train on, the last
# tenth held out. Shuffled windows would overlap, and a window of the test would stand in the training text,
# shifted by a few places. As it is, the held-out tenth lies wholly in *The Merchant of Venice*, of which
# training has seen a page or two: new names, a new scene. A tenth of every play would be an easier test; say
# which one you used. And a low loss on either says nothing about a newspaper.
#
# ### Windows
#
# The model reads `block_size` symbols at a time. One window is not one example but many: at *every* position
# of it the next symbol is to be predicted, from those so far. With `data` = 7, 3, 9, 4, 1 and a block of 3,
# the window that starts at place 1 is
#
# > x = 3, 9, 4 and y = 9, 4, 1
#
# and holds three examples: after 3 comes 9; after 3, 9 comes 4; after 3, 9, 4 comes 1. So y is x **one place
# later in the data**.
#
# **Exercise `get_batch`** (2 points). `data` is a tensor (N,) of int64, N > `block_size`. Return `(x, y)`,
# both (`batch_size`, `block_size`) of int64: row r of `x` is a window of `data` that starts at a random
# place, row r of `y` the window that starts one place later. Every start is equally likely and drawn anew for
# each row: from the first place to the last from which y still fits. Finding the last start is part of the
# exercise: no row may run past the end, and the last window must be reachable. All randomness comes from
# `generator`, which you don't seed. `data` stays as it is.


# %% exercise="get_batch" points=2
def get_batch(
    data: torch.Tensor, block_size: int, batch_size: int, generator: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """(x, y), each (batch_size, block_size): random windows of data, and the same windows one place later.

    With data = tensor([7, 3, 9, 4]) and block_size = 3 there is one window only: every row of x is [7, 3, 9],
    every row of y [3, 9, 4].
    """
    ### BEGIN SOLUTION
    starts = torch.randint(len(data) - block_size, (batch_size, 1), generator=generator)
    places = starts + torch.arange(block_size)  # (B, T)
    return data[places], data[places + 1]
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Four symbols and a block of 3: which starts are possible? With five symbols? `torch.randint(high, ...)`
# never draws `high` itself.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Draw `batch_size` starts at once. For each of them take `data[start : start + block_size]` and the same
# slice one further, and stack the slices to a batch.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `starts = torch.randint(len(data) - block_size, (batch_size,), generator=generator)`, then
# `x = torch.stack([data[s : s + block_size] for s in starts])`, and `y` likewise.
#
# </details>

# %% [markdown]
# ## 2 An average of the past, three ways
#
# Before positions search, let them do something simpler: each takes the plain average of itself and all
# before it. For one channel and the numbers 2, 4, 9 that gives 2, then (2 + 4)/2 = 3, then (2 + 4 + 9)/3 = 5.
# It is a poor summary, in which order is lost. What matters is *how* to compute it, because the third way is
# attention with the search left out.
#
# 1. **`"loop"`**: for each i, average the rows 0 to i.
# 2. **`"matmul"`**: a weighted sum is a matrix product. Write ones on and below the diagonal, zeros above,
#    and divide each row by its sum:
#
# $$\begin{pmatrix} 1 & 0 & 0 \\ \tfrac12 & \tfrac12 & 0 \\ \tfrac13 & \tfrac13 & \tfrac13 \end{pmatrix}
# \begin{pmatrix} 2 \\ 4 \\ 9 \end{pmatrix} = \begin{pmatrix} 2 \\ 3 \\ 5 \end{pmatrix}$$
#
# 3. **`"softmax"`**: begin with a matrix of *scores*, all 0, write −∞ above the diagonal, and take the
#    softmax of each row. exp(−∞) is 0 and exp(0) is 1, so the same weights come out.
#
# Why would one take the third road? Because scores needn't be 0. Any numbers may stand there, and the softmax
# makes them weights that are positive, sum to 1 and are 0 for the future. **The mask says who may be seen,
# the scores say who is worth looking at.**
#
# **Exercise `masked_average`** (3 points). `x` is (b, t, c), floating, b sequences of t positions with c
# channels; `how` is one of the three words. Return (b, t, c), of `x`'s dtype: position i is the mean of the
# positions 0 to i of its own sequence, for each channel. All three give the same up to rounding. Write all
# three, you will use the third. `x` stays as it is.


# %% exercise="masked_average" points=3
def masked_average(x: torch.Tensor, how: str) -> torch.Tensor:
    """The mean of the positions 0 to i, at each position i: (b, t, c). `how` is "loop", "matmul" or "softmax".

    masked_average(torch.tensor([[[2.0], [4.0], [9.0]]]), "matmul") is tensor([[[2.0], [3.0], [5.0]]]).
    """
    ### BEGIN SOLUTION
    t = x.shape[1]
    if how == "loop":
        return torch.stack([x[:, : i + 1].mean(1) for i in range(t)], 1)
    past = torch.ones((t, t), dtype=x.dtype).tril()
    if how == "matmul":
        return (past / past.sum(1, keepdim=True)) @ x  # (t, t) @ (b, t, c) -> (b, t, c)
    scores = torch.zeros((t, t), dtype=x.dtype).masked_fill(past == 0, -math.inf)
    return scores.softmax(-1) @ x
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# `x[:, :i]` leaves out position i. `torch.tril` keeps what is on and below the diagonal of a matrix.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# A (t, t) matrix times a (b, t, c) tensor is broadcast over b: the product is taken for each sequence. For
# the softmax, `scores.masked_fill(mask, -math.inf)` writes −∞ wherever a boolean mask is True. Along which
# axis must the weights of one position sum to 1? Make your matrices with `dtype=x.dtype`: a product wants both
# sides of one dtype.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# Loop: `torch.stack([x[:, : i + 1].mean(1) for i in range(t)], 1)`. Matmul: `past = torch.tril(torch.ones(t,
# t, dtype=x.dtype))`, divided by its row sums, `@ x`. Softmax: zeros, −∞ where `past == 0`, `.softmax(-1) @
# x`.
#
# </details>

# %% tags=["explore"]
import matplotlib.pyplot as plt

plt.style.use("autograde.quiet")

t = 8
generator = torch.Generator().manual_seed(4)
some_scores = torch.randn((t, t), generator=generator)
future = torch.ones(t, t, dtype=torch.bool).triu(1)
masked = some_scores.masked_fill(future, -math.inf)
zeros = torch.zeros(t, t).masked_fill(future, -math.inf)

figure, panels = plt.subplots(2, 2, figsize=(6.6, 5.6))
drawings = [
    (zeros, "coolwarm", (-2.5, 2.5), "scores all 0, the future masked"),
    (zeros.softmax(-1), "Blues", (0, 1), "their softmax: the plain average"),
    (masked, "coolwarm", (-2.5, 2.5), "any scores, the future masked"),
    (masked.softmax(-1), "Blues", (0, 1), "their softmax: a weighted average"),
]
for axes, (matrix, colours, (low, high), title) in zip(panels.flat, drawings, strict=True):
    image = axes.imshow(matrix.where(matrix > -math.inf, torch.nan), cmap=colours, vmin=low, vmax=high)
    axes.set_facecolor("0.25")
    axes.set_title(title)
    axes.set_xticks(range(t))
    axes.set_yticks(range(t))
    axes.set_xlabel("position looked at")
    axes.set_ylabel("position that looks")
    figure.colorbar(image, ax=axes, shrink=0.8, label="score" if colours == "coolwarm" else "weight")
plt.show()

# %% [markdown]
# Dark grey cells on the left are −∞: a position can't look into the future. In the right-hand pictures, where dark
# is much weight, each row sums to 1. Row 0 has no choice, it can only look at itself. Read these matrices by
# rows, always: the row is who looks.

# %% [markdown]
# ## 3 Attention
#
# Where do the scores come from? Each position has three vectors, made from what it holds:
#
# - a **query** q, what it is looking for;
# - a **key** k, what it can be found by;
# - a **value** v, what it hands over when it is found.
#
# The score of looker i for position j is the dot product $q_i \cdot k_j$, large when the two point the same
# way. Then everything is as before:
#
# $$\text{attention}(q, k, v) = \text{softmax}\!\left(\frac{q\,k^\top}{\sqrt d}\right) v$$
#
# with −∞ above the diagonal before the softmax if it is to be *causal*, that is, without a look into the
# future.
#
# By hand, with d = 1 and two positions: q = (0, 1), k = (0, log 3), v = (4, 8). Position 0 sees only itself:
# 4. Position 1 has the scores 1·0 = 0 and 1·log 3; their exponentials are 1 and 3, the weights ¼ and ¾, the
# answer ¼·4 + ¾·8 = 7. Not causal, position 0 has scores 0 and 0, hence (4 + 8)/2 = 6.
#
# In a library the query is your request, the key the entry in the catalogue, the value the book. Statisticians
# know a close relative: a kernel smoother averages values with weights that depend on the distance between
# where you ask and where each was observed. Here the kernel is learned.
#
# **Why √d?** A dot product of d products, each of variance 1, has variance d. At d = 64 scores are of size
# 8, and a softmax of such numbers puts nearly all weight on one or two positions before anything is
# learned; where a softmax is saturated there is hardly a gradient (week 09's tanh, once more). Divided by
# √d they have variance 1 whatever d.

# %% tags=["explore"]
figure, panels = plt.subplots(2, 3, figsize=(6.6, 3.4), sharex=True, sharey=True)
for column, d in enumerate([4, 64, 1024]):
    generator = torch.Generator().manual_seed(5)
    query, keys = torch.randn(d, generator=generator), torch.randn((10, d), generator=generator)
    for row, (scores, label) in enumerate(
        [(keys @ query, "q · k"), (keys @ query / math.sqrt(d), "q · k / √d")]
    ):
        panels[row, column].bar(range(10), scores.softmax(0))
        panels[row, column].set_title(f"{label}, d = {d}")
panels[1, 0].set_xticks(range(0, 10, 3))
figure.supxlabel("position looked at", fontsize=9)
figure.supylabel("weight, before any training", fontsize=9)
plt.show()

# %% [markdown]
# Above without, below with the root: random queries and keys of length 4, 64 and 1,024. Undivided, the wider
# the head, the more surely one or two positions win, by chance.
#
# **Exercise `attention`** (4 points). `q` is (…, t, d), `k` (…, s, d), `v` (…, s, e), floating, with the same
# leading axes, however many (none, a batch, a batch and heads). Return (…, t, e), of the same dtype: the
# weighted averages of the values, weights by softmax over the positions looked at of q·k/√d. d is the length
# of a query, whatever model it comes from. With `causal=True`, the default, t = s and position i sees the
# positions 0 to i only; with `causal=False` all see all, and s may differ from t. It can be differentiated,
# works in float32 and float64, and leaves its arguments as they are. Make the mask on `q`'s device
# (`device=q.device`), or the training in section 10 fails on a GPU. (PyTorch has it as
# `F.scaled_dot_product_attention`. Write it out once.)


# %% exercise="attention" points=4
def attention(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, causal: bool = True) -> torch.Tensor:
    """softmax(q kᵀ / √d) v over the last two axes, (…, t, e); with causal=True nobody looks into the future.

    With q = [[0.], [1.]], k = [[0.], [log 3]], v = [[4.], [8.]] (as tensors) it is [[4.], [7.]], and
    [[6.], [7.]] with causal=False.
    """
    ### BEGIN SOLUTION
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])  # (..., t, s)
    if causal:
        future = torch.ones(scores.shape[-2:], dtype=torch.bool, device=q.device).triu(1)
        scores = scores.masked_fill(future, -math.inf)
    return scores.softmax(-1) @ v
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Write the shapes first: (…, t, d) and (…, s, d) must become (…, t, s), one row for each position that looks.
# Which two axes have to change places, so that it works for any number of leading axes?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `k.transpose(-2, -1)` counts axes from the end; `k.T` is for matrices only. Mask *before* the softmax: zeros
# written after it leave rows that don't sum to 1. The diagonal itself stays visible.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])`. If causal: `future = torch.ones(t, t,
# dtype=torch.bool, device=q.device).triu(1)`, `scores = scores.masked_fill(future, -math.inf)`. Last:
# `scores.softmax(-1) @ v`.
#
# </details>

# %% [markdown]
# Note what is *not* in the formula: where a position stands. Shuffle keys and values together, and the answer
# of attention without a mask is the same, up to rounding. It looks at a **set**. Word order, or where on
# the protein a residue is, has to be told to it in another way (section 7).

# %% [markdown]
# ## 4 Now break it
#
# Attention is hard to get right because almost every mistake still gives averages of values, of the right
# shape, and a model that trains. Which inputs make each mistake visible? Think of sizes that differ (t, d, e,
# leading axes), of values where a look at the future would show, of a head so wide that the root matters, of
# scores that differ along both axes.
#
# **Exercise `break_attention`** (3 points). Write a function that takes somebody's `attention` and raises an
# `AssertionError` if it is wrong; on a right one it returns without a sound. It will meet right ones of
# different make, which it must let pass (any algorithm, so compare up to rounding), and a row of wrong ones:
# they give wrong numbers or nan, a wrong shape or an error, for some inputs. You needn't look at gradients,
# dtypes, or whether the arguments stay as they are.
# Your points are the share of wrong ones that you catch, so long as you let all right ones pass. A single
# false alarm costs them all, so try it on your own `attention` first. You may compare with
# `F.scaled_dot_product_attention(q, k, v, is_causal=True)` or with numbers worked out by hand.


# %% exercise="break_attention" points=3
def break_attention(attention) -> None:
    """Raise AssertionError if the given `attention(q, k, v, causal=True)` is wrong.

    One line of it might be: y = attention(torch.zeros(2, 3), torch.zeros(2, 3), torch.tensor([[4.0], [8.0]])),
    and then assert abs(y[1, 0].item() - 6.0) < 1e-6
    """
    ### BEGIN SOLUTION
    generator = torch.Generator().manual_seed(13)

    def draw(*shape):
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    for leading in [(), (2,), (2, 3), (3, 1, 2)]:
        for t, d, e in [(4, 6, 3), (5, 2, 7), (1, 3, 2)]:
            q, k, v = 2 * draw(*leading, t, d), 2 * draw(*leading, t, d), draw(*leading, t, e)
            before = [q.clone(), k.clone(), v.clone()]
            right = F.scaled_dot_product_attention(q, k, v, is_causal=True)
            for y in [attention(q, k, v), attention(q, k, v, causal=True)]:
                assert y.shape == right.shape, "another shape"
                assert y.dtype == right.dtype, "another dtype"
                assert torch.allclose(y, right), "wrong when causal"
            k, v = torch.cat([k, 1 + k], -2), torch.cat([v, v**2], -2)
            y, right = attention(q, k, v, causal=False), F.scaled_dot_product_attention(q, k, v)
            assert y.shape == right.shape and torch.allclose(y, right), "wrong when all see all"
            assert all(torch.equal(a, b[..., :t, :]) for a, b in zip(before, (q, k, v), strict=True)), (
                "changed"
            )
    large = attention(100 * draw(3, 4), 100 * draw(3, 4), draw(3, 2))
    assert torch.isfinite(large).all(), "large scores overflow"
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Which mistake would `torch.zeros` for q let through? Which would a single leading axis, or t = d?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Draw random q, k, v from a seeded generator, several times, with sizes all different, with no, one and two
# leading axes, causal and not. Compare shape and values with PyTorch's own. Call it once without naming
# `causal`.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `q, k = torch.randn(2, 5, 3), torch.randn(2, 5, 3)`, `v = torch.randn(2, 5, 4)`, `right =
# F.scaled_dot_product_attention(q, k, v, is_causal=True)`, `assert torch.allclose(attention(q, k, v), right,
# atol=1e-5)`; the same without `is_causal`, and again with q times 100.
#
# </details>

# %% tags=["explore"]
break_attention(attention)
print("your test lets your own attention pass")

# %% [markdown]
# ## 5 Heads
#
# Queries, keys and values are three linear maps of the same vector x: what the position holds, read for three
# purposes. A **head** is attention together with its three maps. In it x has `n_embd` channels, q, k and v
# have `head_size`.
#
# From here on we use PyTorch's modules: a class that derives from `nn.Module`, makes its parts in `__init__`
# (after `super().__init__()`), and computes in `forward`. A part that is assigned as an attribute is
# *registered*: its parameters belong to `parameters()`, are trained, saved, moved to a GPU. `nn.Linear(p, q)`
# is week 09's linear layer; it stores its weight as (out, in) and computes `x @ weight.T + bias`.
#
# **Exercise `Head`** (2 points). `Head(n_embd, head_size, block_size)` is an `nn.Module` with three linear
# maps from `n_embd` to `head_size` channels, with or without bias as you like (the film's have none). Called
# with x (B, T, n_embd), T ≤ `block_size`, it returns the causal attention of x's queries, keys and values,
# (B, T, head_size). Please call the maps `query`, `key` and `value`: the pictures further down find them by
# these names (the tests don't ask). `block_size` is there for those who store a mask, as the film does; you
# may leave it unused.


# %% exercise="Head" points=2
class Head(nn.Module):
    """One head of causal self-attention: (B, T, n_embd) -> (B, T, head_size), for T up to block_size.

    Head(8, 2, 16)(torch.zeros(3, 5, 8)).shape is (3, 5, 2). It has 3 · 8 · 2 = 48 weights.
    """

    def __init__(self, n_embd: int, head_size: int, block_size: int):
        ### BEGIN SOLUTION
        super().__init__()
        self.query = nn.Linear(n_embd, head_size, bias=False)
        self.key = nn.Linear(n_embd, head_size, bias=False)
        self.value = nn.Linear(n_embd, head_size, bias=False)
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        ### BEGIN SOLUTION
        return attention(self.query(x), self.key(x), self.value(x))  # (B, T, hs)
        ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# `forward` is one line: you have `attention` already.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `nn.Linear(n_embd, head_size, bias=False)`, three times. Calling it, `self.query(x)`, maps the last axis and
# leaves the others alone.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `super().__init__()`, `self.query = nn.Linear(...)` and so on; in `forward` `return attention(self.query(x),
# ...)`.
#
# </details>

# %% [markdown]
# One head computes one kind of average. A letter may need to know two things at once, which word it is in and
# who is speaking, so several heads work side by side, each with its own small maps. Their answers are
# **concatenated** along the channels, and one more linear map, the *projection*, mixes them and brings them
# back to `n_embd` channels.
#
# By hand: two heads of size 1 whose answers at some position are 3 and 5, a projection with the rows (1, 0),
# (0, 1), (1, −1), no bias: concatenated (3, 5), projected (3, 5, −2). The order counts: head 0's channels
# come first.
#
# **Exercise `MultiHeadAttention`** (3 points). `MultiHeadAttention(n_head, head_size, n_embd, block_size)`,
# an `nn.Module`, keeps its `n_head` heads, in order, as `heads` (something that can be looped over) and the
# projection as `proj`, a linear map from `n_head · head_size` to `n_embd` channels (with or without bias, as
# you like). Called with x (B, T, n_embd) it returns (B, T, n_embd). Every parameter of every head must be
# among its `parameters()`. Don't count on `n_head · head_size` being `n_embd`.


# %% exercise="MultiHeadAttention" points=3
class MultiHeadAttention(nn.Module):
    """n_head heads side by side, concatenated and projected: (B, T, n_embd) -> (B, T, n_embd).

    MultiHeadAttention(3, 4, 10, 16) has 3 heads of 3 · 10 · 4 weights each, and a projection of 12 · 10.
    """

    def __init__(self, n_head: int, head_size: int, n_embd: int, block_size: int):
        ### BEGIN SOLUTION
        super().__init__()
        self.heads = nn.ModuleList(Head(n_embd, head_size, block_size) for _ in range(n_head))
        self.proj = nn.Linear(n_head * head_size, n_embd)
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        ### BEGIN SOLUTION
        return self.proj(torch.cat([head(x) for head in self.heads], -1))
        ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Look at `len(list(MultiHeadAttention(3, 4, 10, 16).parameters()))`. If it is 1 or 2, your heads aren't
# registered.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# PyTorch looks for modules among the attributes, not inside Python lists. `nn.ModuleList` is a list that it
# sees into. `torch.cat` glues along an existing axis, here the last.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `self.heads = nn.ModuleList([Head(...) for _ in range(n_head)])`, `self.proj = nn.Linear(...)`, and in
# `forward` `self.proj(torch.cat([head(x) for head in self.heads], dim=-1))`.
#
# </details>

# %% [markdown]
# ## 6 LayerNorm
#
# BatchNorm (week 09) standardises each *channel* over the batch, and couples the examples of a batch by that.
# LayerNorm turns the table round: it standardises each *position* of each example over its own channels.
# Nothing depends on who else is in the batch, so there is no running estimate and no difference between
# training and evaluation.
#
# For one position with the channels 1, 3, 5: mean 3, variance (4 + 0 + 4)/3 = 8/3 (divided by d, not d − 1),
# so it becomes (−2, 0, 2)/√(8/3) = (−1.2247, 0, 1.2247). In R terms: `scale` on the rows, not the columns,
# with n in the denominator. Then each channel gets a gain and a bias of its own, which are learned.
#
# $$y = \frac{x - \text{mean}}{\sqrt{\text{var} + \text{eps}}} \cdot \text{gain} + \text{bias}$$
#
# **Exercise `LayerNorm`** (2 points). `LayerNorm(d, eps=1e-5)` is an `nn.Module` with two parameters of shape
# (d,): a gain, ones at first, and a bias, zeros at first; their names are free. Called with x (…, d), any
# number of leading axes, it standardises the last axis with the biased variance, eps inside the root, and
# applies gain and bias.


# %% exercise="LayerNorm" points=2
class LayerNorm(nn.Module):
    """Standardises each position over its d channels, then gain and bias: (..., d) -> (..., d).

    LayerNorm(3)(torch.tensor([1.0, 3.0, 5.0])) is tensor([-1.2247, 0.0000, 1.2247]).
    """

    def __init__(self, d: int, eps: float = 1e-5):
        ### BEGIN SOLUTION
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(d))
        self.bias = nn.Parameter(torch.zeros(d))
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        ### BEGIN SOLUTION
        centred = x - x.mean(-1, keepdim=True)
        var = centred.square().mean(-1, keepdim=True)
        return centred / (var + self.eps).sqrt() * self.weight + self.bias
        ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Over which axis do you average, if each position stands alone? And what does `var` divide by when it isn't
# told?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `x.mean(-1, keepdim=True)` and `x.var(-1, keepdim=True, correction=0)`. What is to be learned is an
# `nn.Parameter(...)`, assigned in `__init__`; a plain tensor isn't found by `parameters()`.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `self.weight = nn.Parameter(torch.ones(d))`, `self.bias = nn.Parameter(torch.zeros(d))`, and in `forward`
# `(x - mean) / torch.sqrt(var + self.eps) * self.weight + self.bias`.
#
# </details>

# %% [markdown]
# ## 7 Blocks on a stream
#
# Attention lets positions talk. What they have heard they must digest, each by itself: that is a small MLP,
# the same for all positions. One round of talking and digesting is a **block**, and a GPT is a stack of
# blocks.
#
# How the pieces are put together decides whether a deep stack can be trained at all. Think of x as a *stream*
# that runs from the input to the output. A block doesn't replace it, it reads a normalised copy and **adds**
# something:
#
# > x ← x + attention(LayerNorm(x))
# > x ← x + mlp(LayerNorm(x))
#
# That is called *pre-norm*: the norm is on the branch, never on the stream. Going backwards, an addition
# hands the gradient on as it is, so every block hears from the loss directly (as through week 11's residual
# block). The first transformers normalised the stream itself after each addition, *post-norm*, and needed a
# careful warm-up, a learning rate that rises slowly from 0, to train at all.
#
# A consequence that you can test: set all linear maps of a pre-norm block to zero and it is the identity. And
# make x a million times larger: the branches, which see the normalised x, add what they added before.


# %% given="config"
@dataclass(frozen=True)
class GPTConfig:
    """The sizes of a GPT. n_embd is a multiple of n_head."""

    vocab_size: int  # V, distinct symbols
    block_size: int  # the most symbols that it can look back on
    n_layer: int  # blocks
    n_head: int  # heads in each block
    n_embd: int  # C, channels of the stream


# %% [markdown]
# **Exercise `Block`** (3 points). `Block(config)` is an `nn.Module` made for a `GPTConfig` (the cell above):
# one `MultiHeadAttention` with `config.n_head` heads of size `n_embd / n_head`, an MLP of two linear layers
# from `n_embd` to `4 · n_embd` channels and back, with ReLU or GELU between, and two `LayerNorm`s, one for
# each branch. x (B, T, n_embd) goes through the two lines above, attention first, and has the same shape
# afterwards. No dropout. Names are free.


# %% exercise="Block" points=3
class Block(nn.Module):
    """x + attention(LayerNorm(x)), then the same with an MLP: (B, T, n_embd) -> (B, T, n_embd).

    Block(GPTConfig(vocab_size=9, block_size=7, n_layer=1, n_head=2, n_embd=6)) has 2 heads of size 3 and an MLP
    6 -> 24 -> 6.
    """

    def __init__(self, config: GPTConfig):
        ### BEGIN SOLUTION
        super().__init__()
        C = config.n_embd
        self.ln1 = LayerNorm(C)
        self.sa = MultiHeadAttention(config.n_head, C // config.n_head, C, config.block_size)
        self.ln2 = LayerNorm(C)
        self.mlp = nn.Sequential(nn.Linear(C, 4 * C), nn.GELU(), nn.Linear(4 * C, C))
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        ### BEGIN SOLUTION
        x = x + self.sa(self.ln1(x))
        return x + self.mlp(self.ln2(x))
        ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Draw it: one straight line from x to the result, and two detours that leave it and come back with a plus.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `nn.Sequential(nn.Linear(C, 4 * C), nn.ReLU(), nn.Linear(4 * C, C))` is the MLP. In `forward` the norm
# stands inside the brackets of the branch; x itself is only ever added to. The second line starts from what
# the first one made.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `x = x + self.sa(self.ln1(x))`, then `x = x + self.mlp(self.ln2(x))`, and return x.
#
# </details>

# %% [markdown]
# ## 8 The GPT
#
# Now from symbols to predictions:
#
# 1. Each symbol gets a vector from a table (V, C), an **embedding** as in week 08.
# 2. Attention sees a set, so each *place* 0 … `block_size` − 1 gets a vector too, from a second table, and
#    the two are added. (Why may one add them? In many dimensions two random directions are nearly orthogonal,
#    so what was added can be read off again. Section 11 counts how nearly.)
# 3. The blocks, one after the other.
# 4. A last LayerNorm, and a linear layer from C to V channels: the logits.
#
# At **every** position the logits predict the symbol that follows it. The loss is the cross-entropy averaged
# over all positions of all windows against `targets`, which are given as they should be: `get_batch` has
# shifted them already.
#
# What should the loss be before training? log V, as in week 09, if the first logits are small. So weights
# start small: each linear and embedding weight normal with standard deviation 0.02, each bias 0, gains 1.
#
# **Exercise `GPT`** (5 points). `GPT(config)`, an `nn.Module`:
# - keeps `config` under that name;
# - is built as in 1 to 4, with learned tables, `n_layer` blocks, and starts as just said (random numbers from
#   the global state, as all of `nn` does);
# - `forward(idx, targets=None)`: `idx` (B, T), int64. Returns the tuple `(logits, loss)`: logits (B, T, V),
#   **of this shape with targets and without**; loss is None without `targets`, else the mean cross-entropy of
#   the logits against `targets` (B, T) as they stand, a tensor without axes that can be differentiated;
# - T may be anything from 1 to `block_size`; a longer `idx` raises `ValueError`. (Places are made on `idx`'s
#   device, for those with a GPU.)


# %% exercise="GPT" points=5
class GPT(nn.Module):
    """A pre-norm transformer that predicts the next symbol at each position. Keeps its `config`.

    With config = GPTConfig(vocab_size=63, block_size=8, n_layer=2, n_head=2, n_embd=16) and idx of shape (4, 5),
    GPT(config)(idx) is (logits, None) with logits (4, 5, 63), and GPT(config)(idx, idx)[1] about log 63 = 4.14.
    """

    def __init__(self, config: GPTConfig):
        ### BEGIN SOLUTION
        super().__init__()
        self.config = config
        self.token_embedding = nn.Embedding(config.vocab_size, config.n_embd)
        self.position_embedding = nn.Embedding(config.block_size, config.n_embd)
        self.blocks = nn.Sequential(*[Block(config) for _ in range(config.n_layer)])
        self.ln_f = LayerNorm(config.n_embd)
        self.lm_head = nn.Linear(config.n_embd, config.vocab_size)
        for module in self.modules():
            if isinstance(module, nn.Linear | nn.Embedding):
                nn.init.normal_(module.weight, std=0.02)
            if isinstance(module, nn.Linear) and module.bias is not None:
                nn.init.zeros_(module.bias)
        ### END SOLUTION

    def forward(
        self, idx: torch.Tensor, targets: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        ### BEGIN SOLUTION
        length, limit = idx.shape[1], self.config.block_size
        if length > limit:
            raise ValueError(f"{length} symbols, but the model looks back on {limit} at most")
        places = torch.arange(length, device=idx.device)
        x = self.token_embedding(idx) + self.position_embedding(places)  # (B, T, C) + (T, C)
        logits = self.lm_head(self.ln_f(self.blocks(x)))  # (B, T, V)
        if targets is None:
            return logits, None
        return logits, F.cross_entropy(logits.flatten(0, 1), targets.flatten())
        ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Get `forward` to run without targets first, and print the shape after every line. `nn.Embedding(V, C)`
# called with integers of any shape appends an axis of C.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Places are `torch.arange(T, device=idx.device)`: T, not `block_size`. `F.cross_entropy` wants (n, V) and
# (n,), so flatten B and T to one axis in both, and leave `logits` itself as it was. For the start, loop over
# `self.modules()` at the end of `__init__`.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `x = self.token_embedding(idx) + self.position_embedding(places)`, `x = self.blocks(x)`, `logits =
# self.lm_head(self.ln_f(x))`, and with targets `F.cross_entropy(logits.flatten(0, 1), targets.flatten())`.
# Start: for each module that `isinstance(module, (nn.Linear, nn.Embedding))`, `nn.init.normal_(module.weight,
# std=0.02)`; biases `nn.init.zeros_`.
#
# </details>

# %% [markdown]
# Two habits that save hours. Before any training: is the first loss log V? Then give the model four windows
# and let it learn them by heart; if it can't, it won't learn a play either. The second takes some seconds.

# %% tags=["explore"]
torch.manual_seed(1)
tiny = GPT(GPTConfig(vocab_size=len(itos), block_size=16, n_layer=2, n_head=2, n_embd=32))
x, y = get_batch(train_data, 16, 4, torch.Generator().manual_seed(1))
print(f"first loss {tiny(x, y)[1].item():.3f}, log V {math.log(len(itos)):.3f}")
optimizer = torch.optim.AdamW(tiny.parameters(), lr=1e-2)
by_heart = []
for _ in range(100):
    _, loss = tiny(x, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    by_heart.append(loss.item())
figure, axes = plt.subplots(figsize=(6.6, 2.4))
axes.plot(by_heart)
axes.axhline(math.log(len(itos)), color="grey", linewidth=0.8, linestyle="--")
axes.text(99, math.log(len(itos)) - 0.1, "log V", color="grey", ha="right", va="top")
axes.set_xlabel("step")
axes.set_ylabel("loss on four windows (nats)")
axes.set_ylim(bottom=0)
plt.show()

# %% [markdown]
# ## 9 Writing
#
# The model writes as the bigram table did: predict, draw, append, predict again. Three things are new.
#
# - **The context is cropped.** The text grows, but the model looks back on `block_size` symbols; feed it the
#   *last* ones.
# - **Temperature.** The logits are divided by it before the softmax. Logits (0, log 4) mean probabilities 0.2
#   and 0.8. At temperature 2 they become (0, log 2), so ⅓ and ⅔; at ½ (0, log 16), so 1/17 and 16/17. Below 1
#   the model plays safe, above 1 it dares more. (It is the temperature of a Boltzmann distribution.)
# - **Top k.** Only the k likeliest symbols may be drawn, their probabilities renormalised. k = 1 is *greedy*:
#   always the likeliest.
#
# **Exercise `generate`** (4 points). `model` behaves like your GPT: `model.config.block_size`, and
# `model(idx)` gives `(logits, None)`. `idx` is (B, T), int64, T ≥ 1, one row for each text, and may be longer
# than `block_size`. Return (B, T + n), int64: `idx` and then n symbols more for each row, one after the
# other. Each is drawn from the softmax of the logits **of the last position** over `temperature` (> 0), among
# the `top_k` largest if `top_k` (1 to V) is given. Random numbers come from `generator`; None means the
# global state, as for torch's own functions. The model draws in evaluation mode, and its mode is afterwards
# what it was. `idx` stays as it is. How you draw is free.


# %% exercise="generate" points=4
def generate(
    model: nn.Module,
    idx: torch.Tensor,
    n: int,
    temperature: float = 1.0,
    top_k: int | None = None,
    generator: torch.Generator | None = None,
) -> torch.Tensor:
    """idx (B, T) continued by n symbols, each drawn from the model's prediction at the last position: (B, T + n).

    If model always predicts the symbol after the last one in the alphabet, generate(model, tensor([[3, 4]]), 2) is
    tensor([[3, 4, 5, 6]]).
    """
    ### BEGIN SOLUTION
    training = model.training
    model.eval()
    with torch.no_grad():
        for _ in range(n):
            logits, _ = model(idx[:, -model.config.block_size :])
            logits = logits[:, -1] / temperature  # (B, V)
            if top_k is not None:
                least = logits.topk(top_k).values[:, -1:]  # (B, 1)
                logits = logits.masked_fill(logits < least, -math.inf)
            drawn = torch.multinomial(logits.softmax(-1), 1, generator=generator)  # (B, 1)
            idx = torch.cat([idx, drawn], 1)
    model.train(training)
    return idx
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# The model answers for all positions. Which one speaks of the symbol that isn't there yet?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# In each round: crop with `idx[:, -block_size:]`, keep `logits[:, -1]`, divide, mask with −∞ what isn't among
# the top k, softmax, `torch.multinomial(..., 1, generator=generator)`, and `torch.cat` to a new, longer
# tensor. Remember `model.training` before you call `model.eval()`.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# logits, _ = model(idx[:, -model.config.block_size:])
# logits = logits[:, -1] / temperature
# if top_k is not None:
#     least = logits.topk(top_k).values[:, -1:]
#     logits = logits.masked_fill(...)
# drawn = torch.multinomial(...)
# idx = torch.cat([idx, drawn], 1)
# ```
#
# inside a loop and `torch.no_grad()`, between `model.eval()` and `model.train(was)`.
#
# </details>

# %% [markdown]
# ## 10 Training on the plays
#
# The same loop as in every week: a batch, the loss, backward, a step. The optimiser, AdamW, is Adam with
# *weight decay*: each step also pulls all weights a little towards 0 (`betas` say over how many steps Adam
# averages). `OneCycleLR` lets the rate rise at first and then fall to zero. The device is taken as found: a
# GPU if there is one, else the processor. The model is small, half as deep and a sixth as wide as the
# film's last one, with 67 times fewer weights, so that a processor is enough: about two to three minutes of
# one core's time. The cell begins by printing the number of parameters, about 161,000; if yours has many
# fewer, some part isn't registered and won't be trained. You can stop the cell at any time (the square
# button) and go on with what has been learned so far.
#
# What is a good loss? A number means something beside another number. Counted on the same training text,
# tables of n-grams score on the held-out tenth, in nats per character (card of the data set): knowing nothing
# 4.14, single characters 3.20, pairs 2.47, triples 2.06, runs of four 1.81. They are the lines in the
# picture.

# %% tags=["explore"]
from IPython.display import ProgressBar


def progress(steps):
    """The numbers from 0 to steps - 1, with a bar that shows how far they are."""
    bar = ProgressBar(100)
    bar.display()
    for step in range(steps):
        yield step
        if 100 * (step + 1) // steps > bar.progress:
            bar.progress = 100 * (step + 1) // steps


def nats(model, ids, windows=200):
    """The mean loss in nats on the first `windows` windows of ids, laid end to end."""
    block, device = model.config.block_size, next(model.parameters()).device
    windows = min(windows, (len(ids) - 1) // block)
    x, y = (ids[k : k + windows * block].view(windows, block).to(device) for k in (0, 1))
    with torch.no_grad():
        losses = [
            model(x[k : k + 50], y[k : k + 50])[1].item() * len(x[k : k + 50]) for k in range(0, windows, 50)
        ]
    return sum(losses) / windows


def train(model, batch, measure, steps, rate, every):
    """Trains the model on what batch() gives. Returns (step, loss of the last steps, measure(model)), now and then."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, betas=(0.9, 0.99), weight_decay=0.1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps, pct_start=0.1)
    device, history, losses = next(model.parameters()).device, [], []
    try:
        for step in progress(steps):
            x, y = batch()
            _, loss = model(x.to(device), y.to(device))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
            if step % every == every - 1 or step == steps - 1:
                history.append((step + 1, sum(losses) / len(losses), measure(model)))
                losses = []
    except KeyboardInterrupt:
        print("stopped early; the model keeps what it has learned")
    return history


# %% tags=["explore"]
import time

device = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else torch.device("cpu")
config = GPTConfig(vocab_size=len(itos), block_size=64, n_layer=3, n_head=4, n_embd=64)
larger = GPTConfig(
    vocab_size=len(itos), block_size=256, n_layer=6, n_head=6, n_embd=384
)  # for a GPU: see below

torch.manual_seed(13)
generator = torch.Generator().manual_seed(13)
model = GPT(config).to(device)
print(
    f"{sum(p.numel() for p in model.parameters()):,} parameters on {device}, first loss {nats(model, held_out):.3f}"
)
seconds = time.perf_counter(), time.process_time()
history = train(
    model,
    lambda: get_batch(train_data, config.block_size, 32, generator),
    lambda model: nats(model, held_out),
    steps=2000,
    rate=4e-3,
    every=100,
)
model = model.cpu()
wall, used = time.perf_counter() - seconds[0], time.process_time() - seconds[1]
final = nats(model, held_out, 10_000)
print(
    f"{wall:.0f} seconds, {used:.0f} of processor time; all of the held-out text: {final:.3f} nats per character"
)

# %% tags=["explore"]
baselines = {"nothing known": 4.143, "1-gram": 3.196, "2-gram": 2.470, "3-gram": 2.055, "4-gram": 1.805}
steps, on_train, on_held_out = zip(*history, strict=True)
figure, axes = plt.subplots()
axes.plot(steps, on_train, color="C0", alpha=0.5, label="training text")
axes.plot(steps, on_held_out, color="C0", label="held-out text (12,800 characters of it)")
for name, value in baselines.items():
    axes.axhline(value, color="grey", linewidth=0.8, linestyle="--")
    axes.text(steps[-1] * 1.02, value, name, color="0.35", va="center")
axes.set_xlim(0, steps[-1])
axes.set_ylim(1.5, 4.3)
axes.set_xlabel("step")
axes.set_ylabel("loss (nats per character)")
axes.legend(loc="upper right", bbox_to_anchor=(1, 0.93))
plt.show()

# %% [markdown]
# In our run the line crosses that of the triples at step 600 and ends at 1.75 nats per character on the whole
# held-out text, also below the runs of four. (Yours will end a few hundredths from it: the first weights
# depend on the order in which your classes draw them.) A perplexity of e^1.75, or 5.8: on average the model
# is as unsure as if it chose among six characters, where at first it chose among 63. At first the training line
# lies above the other: each of its points is a mean over the hundred steps before it, in which the model was
# worse, the held-out loss is that of the model at the step. From about step 600 on it lies below, and the two
# part. Part of that is learning by heart; part is that the held-out play is another one than those
# trained on, which hurts the tables of n-grams as well.
#
# **A larger setting**, if you have a GPU: `larger` above with windows of 256 characters, batches of 64, a
# rate of 1e-3 and 3,000 steps. It is the film's last model, 10.8 million parameters. With 67 times the
# weights and eight times the characters a step takes some five hundred times the work, for a processor a
# weekend; the film's version, with dropout and on a slightly different text, ends near 1.48. Our GPT has no
# dropout, and ten million parameters can learn a million characters by heart, so watch the held-out line
# and stop where it turns.

# %% tags=["explore"]
generator = torch.Generator().manual_seed(4)
start = torch.tensor([[stoi[symbol] for symbol in "\nKing"]])
for temperature in [0.5, 1.0]:
    written = generate(model, start, 250, temperature=temperature, generator=generator)[0].tolist()
    print(f"--- temperature {temperature}")
    print("".join(itos[number] for number in written).strip())

# %% [markdown]
# It has found out by itself that there are words of about the right lengths, lines, speakers in front of
# their speeches. It has no idea what it is talking about. That is what this loss at this size buys, and it
# helps to remember it when a larger one sounds wise.
#
# ### What the heads look at
#
# The weights of attention can be drawn: row by row, how much each position takes from each earlier one. The
# next cell sends one line of held-out text through the model, catches what each head reads by a *hook* (a
# function that PyTorch calls whenever that module has run), and computes the weights from its `query` and
# `key`. (A trick: attention to values that are the identity matrix *is* the
# weights.)

# %% tags=["explore"]
line_start = text.index("\n", len(train_data) + 1000) + 1
line = text[line_start : line_start + 32]
heads = [module for module in model.modules() if isinstance(module, Head)]
reads = {}
hooks = [
    head.register_forward_hook(lambda module, inputs, output: reads.update({module: inputs[0]}))
    for head in heads
]
with torch.no_grad():
    model(torch.tensor([[stoi[symbol] for symbol in line]]))
    maps = [attention(h.query(reads[h])[0], h.key(reads[h])[0], torch.eye(len(line))) for h in heads]
for hook in hooks:
    hook.remove()

figure, panels = plt.subplots(
    config.n_layer, config.n_head, figsize=(6.6, 1.75 * config.n_layer), sharex=True, sharey=True
)
for number, (axes, weights) in enumerate(zip(panels.flat, maps, strict=True)):
    image = axes.imshow(weights, vmin=0, vmax=1)
    axes.set_title(f"block {number // config.n_head}, head {number % config.n_head}", fontsize=8)
    axes.set_xticks([])
    axes.set_yticks([])
figure.supxlabel("position looked at, from left to right", fontsize=9)
figure.supylabel("position that looks, from top to bottom", fontsize=9)
figure.colorbar(image, ax=panels, label="weight", shrink=0.5)
plt.show()

# %% [markdown]
# Each panel is one head on the same line of 32 characters; dark is much weight, the upper triangle is the
# future. Which head does what depends on the first weights, so yours differ from ours. In most runs some
# heads of the first block keep close to the diagonal: they look one or a few characters back, whatever stands
# there, and make pairs and triples out of single characters. Further up there are vertical stripes, places
# that many later ones look at.
#
# One head in full, the one whose weights are least spread over the line's last rows, with the characters:

# %% tags=["explore"]
spread = [-(w[8:] * w[8:].clamp(min=1e-9).log()).sum(1).mean().item() for w in maps]
sharpest = min(range(len(maps)), key=spread.__getitem__)
figure, axes = plt.subplots(figsize=(6.6, 5.8))
image = axes.imshow(maps[sharpest], vmin=0, vmax=1)
shown = [symbol.replace("\n", "↵").replace(" ", "␣") for symbol in line]
axes.set_xticks(range(len(line)), shown, fontfamily="DejaVu Sans Mono")
axes.set_yticks(range(len(line)), shown, fontfamily="DejaVu Sans Mono")
axes.set_xlabel("character looked at")
axes.set_ylabel("character that looks")
axes.set_title(f"block {sharpest // config.n_head}, head {sharpest % config.n_head}")
figure.colorbar(image, label="weight", shrink=0.8)
plt.show()

# %% [markdown]
# Such pictures tempt one to say "the model looks at the vowel, therefore …". Be slow. A map shows from where
# values were taken, not what was taken (that is in the values), nor what became of it: the projection may
# ignore it, a later block may undo it, the residual stream carries everything past the head anyway. In the
# first block a position holds its own symbol; in the last it holds a mixture of all before, so that "looks at
# position 12" no longer means "looks at the letter at 12". Whether a head matters is a question for an
# experiment: switch it off and measure the loss. The next cell does so, by setting the columns of the
# projection that read it to zero.

# %% tags=["explore"]
attentions = [module for module in model.modules() if isinstance(module, MultiHeadAttention)]
size = config.n_embd // config.n_head
whole = nats(model, held_out, 100)
losses = torch.zeros(config.n_layer, config.n_head)
for layer, module in enumerate(attentions):
    for head in range(config.n_head):
        kept = module.proj.weight.detach().clone()
        with torch.no_grad():
            module.proj.weight[:, head * size : (head + 1) * size] = 0
        losses[layer, head] = nats(model, held_out, 100) - whole
        with torch.no_grad():
            module.proj.weight.copy_(kept)
figure, axes = plt.subplots(figsize=(6.6, 2.2))
places = torch.arange(config.n_layer)[:, None] * (config.n_head + 1) + torch.arange(config.n_head)
for layer in range(config.n_layer):
    axes.bar(places[layer], losses[layer], color="C0")
axes.set_xticks(
    places.flatten(), [f"{k // config.n_head}.{k % config.n_head}" for k in range(losses.numel())]
)
axes.set_xlabel("block.head switched off")
axes.set_ylabel("loss added (nats)")
plt.show()

# %% [markdown]
# In our runs one or two heads of the first block cost 0.2 to 0.6 nats when they are switched off, more than
# any other: those that look at the characters just before. No head of the later blocks costs more than a
# twentieth (on 6,400 characters), although their maps look at least as interesting. They stand in for each
# other, or do little; to tell these two apart, switch off two at a time. And an experiment has its limits
# as well: zero isn't an answer that these heads ever gave, so that what follows may be upset by it for no
# deeper reason.

# %% [markdown]
# ## 11 How might a language model store facts?
#
# A large model completes "the gene mutated in cystic fibrosis is" rightly. Where does it keep that? Nobody
# knows in full. The film's picture, which has some evidence behind it, takes two steps, and both can be tried
# in a minute.
#
# **Many directions fit into few dimensions.** In d dimensions only d directions can be exactly orthogonal.
# But if "nearly" is enough, say within 80° to 100°, there is room for many more, and their number grows
# *exponentially* with d. Random directions have it by themselves: the cosine between two of them has mean 0
# and standard deviation 1/√d. (As with correlations: two unrelated variables, n observations, r of size
# 1/√n.)

# %% tags=["explore"]
figure, axes = plt.subplots(figsize=(6.6, 2.8))
for d in [3, 30, 300]:
    directions = F.normalize(torch.randn((600, d), generator=torch.Generator().manual_seed(d)), dim=1)
    i, j = torch.triu_indices(600, 600, 1)
    angles = (directions @ directions.T)[i, j].clamp(-1, 1).acos().rad2deg()
    near = ((angles > 80) & (angles < 100)).float().mean().item()
    label = f"d = {d}: {near:.1%}"
    axes.hist(angles.numpy(), bins=120, range=(0, 180), density=True, histtype="step", label=label)
axes.axvspan(80, 100, color="0.92", zorder=0)
axes.set_xticks(range(0, 181, 30))
axes.set_xlabel("angle between two of 600 random directions (degrees)")
axes.set_ylabel("density")
axes.legend(loc="upper left", title="within the grey band")
plt.show()

# %% [markdown]
# Six hundred directions in 300 dimensions: twice as many as can be orthogonal, and all but three in a
# thousand pairs are within ten degrees of it. So a stream of 300 channels can carry far more than 300
# features, as long as few are "on" at a time. Papers call it *superposition*.
#
# **An MLP is a memory.** Read the block's MLP, W₂ · relu(W₁ x + b₁), as a table: each row of W₁ is a *key*;
# its dot product with x says how well x matches; the bias sets the threshold below which relu says 0; and
# each column of W₂ is the *value* that is added to the stream when the key matches. One hidden unit, one
# fact. No training needed: we write the facts in by hand, n random keys with n random values in d = 64
# dimensions, and ask for each key which value the answer is nearest to. For comparison the same without relu,
# which collapses to one d × d matrix.


# %% tags=["explore"]
def recalled(n, d, threshold, generator):
    """The share of n facts that a hand-written MLP of n units in d dimensions gives back."""
    keys = F.normalize(torch.randn((n, d), generator=generator), dim=1)
    values = F.normalize(torch.randn((n, d), generator=generator), dim=1)
    hidden = keys @ keys.T  # (n, n): what each fact's key excites in each unit
    if threshold is not None:
        hidden = F.relu(hidden - threshold)  # b1 = -threshold
    answers = hidden @ values  # W2 holds the values
    return (answers @ values.T).argmax(1).eq(torch.arange(n)).float().mean().item()


counts = [16, 32, 64, 128, 256, 512, 1024, 2048]
figure, axes = plt.subplots(figsize=(6.6, 3))
for label, threshold, width in [
    ("relu, threshold 0.5", 0.5, 4),
    ("relu, threshold 0", 0.0, 2.5),
    ("no relu: one 64 × 64 matrix", None, 1),
]:
    shares = [recalled(n, 64, threshold, torch.Generator().manual_seed(n)) for n in counts]
    axes.plot(counts, shares, marker="o", markersize=width + 2, linewidth=width, label=label)
axes.axvline(64, color="grey", linewidth=0.8, linestyle="--")
axes.text(66, 0.02, "d", color="grey")
axes.set_xscale("log", base=2)
axes.set_xticks(counts, counts)
axes.set_ylim(0, 1.05)
axes.set_xlabel("facts stored in 64 dimensions")
axes.set_ylabel("share given back")
axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3)
plt.show()

# %% [markdown]
# The linear memory holds twice as many facts as it has dimensions and then drowns slowly in the sum of
# small overlaps: of 256 facts it gives back three quarters, of 512 a third. A relu alone, with threshold 0,
# drops the negative half of these overlaps and about doubles what fits. The threshold cuts off the small
# ones altogether: 2,048 facts in 64 dimensions, each in one hidden unit, and all come back. Near-orthogonal
# keys, plus a nonlinearity with a threshold, are a memory much larger than its width. Trained models don't
# keep one fact in one unit; they spread facts over units and layers, and finding them there is research.
# But it says where to look.
#
# **Exercise `near_orthogonal`** (stretch, 1 point). Draw `n` ≥ 2 random directions in `d` ≥ 1 dimensions,
# from `generator`, every direction equally likely (a vector of independent standard normal numbers points
# anywhere with the same chance; numbers from 0 to 1 don't). Return, as a float, the **largest absolute
# cosine** between two different ones. How you draw is free.


# %% exercise="near_orthogonal" points=1 stretch=true
def near_orthogonal(n: int, d: int, generator: torch.Generator) -> float:
    """The largest absolute cosine between two different ones of n random directions in d dimensions.

    In one dimension it is 1.0. Of 100 directions in 10,000 dimensions it is about 0.04.
    """
    ### BEGIN SOLUTION
    directions = F.normalize(torch.randn((n, d), generator=generator), dim=1)
    cosines = (directions @ directions.T).abs()
    return cosines.fill_diagonal_(0).max().item()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# What is the cosine between a direction and itself, and where do those cosines stand in the matrix of all?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Divide each row by its length; then one matrix product gives all cosines. Take the diagonal out before you
# take the largest.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `x = F.normalize(torch.randn((n, d), generator=generator), dim=1)`, `c = (x @ x.T).abs()`,
# `c.fill_diagonal_(0)`.
#
# </details>

# %% [markdown]
# ## 12 The same model on proteins
#
# Nothing in a GPT knows that its symbols are letters. Here are 917 proteins of *Arabidopsis* in 12 families.
# Each becomes a text: a symbol for its family, then its first residues, up to 127. The same class is trained
# on four fifths of each family's **homology groups**; the rest is held out, whole groups, since a random
# split would put near-copies on both sides. (Groups differ in size, so that this is no fifth of the proteins.)
# It takes about half a minute of one core's time.
#
# Two questions. How well does it predict the next residue, beside tables of counts? And, since the family is
# the first symbol, it can be turned round as in week 07: under *which* family symbol is a new protein
# likeliest? By Bayes' rule (with the families' shares as prior) that makes a classifier.

# %% tags=["explore"]
import random

genes = datasets.arabidopsis_families()
families = sorted({gene["family"] for gene in genes})
residues = {
    letter: 1 + number for number, letter in enumerate(sorted({r for g in genes for r in g["protein"]}))
}
first_family = 1 + len(residues)  # 0 is the empty place behind a short protein
family_of = {gene["group"]: gene["family"] for gene in genes}
test_groups = set()
for family in families:  # a fifth of every family's groups is held out
    groups = sorted(group for group in family_of if family_of[group] == family)
    random.Random(13).shuffle(groups)
    test_groups.update(groups[: max(1, len(groups) // 5)])
L = 128


def protein_ids(gene):
    ids = [first_family + families.index(gene["family"])] + [residues[r] for r in gene["protein"][: L - 1]]
    return torch.tensor(ids + [0] * (L - len(ids)))


learned = torch.stack([protein_ids(gene) for gene in genes if gene["group"] not in test_groups])
tested = torch.stack([protein_ids(gene) for gene in genes if gene["group"] in test_groups])
print(f"{len(learned)} proteins to learn from, {len(tested)} held out; residues {''.join(residues)}")


def residue_losses(model, ids):
    """The loss of each residue, (n, L - 1), 0 behind a protein's end."""
    with torch.no_grad():
        logits, _ = model(ids[:, :-1])
    return F.cross_entropy(logits.transpose(1, 2), ids[:, 1:], reduction="none", ignore_index=0)


protein_config = GPTConfig(
    vocab_size=first_family + len(families), block_size=L - 1, n_layer=2, n_head=4, n_embd=48
)
torch.manual_seed(14)
generator = torch.Generator().manual_seed(14)
protein_model = GPT(protein_config).to(device)


def protein_batch():
    ids = learned[torch.randint(len(learned), (16,), generator=generator)]
    return ids[:, :-1], ids[:, 1:]


def per_residue(model, some):
    losses = torch.cat([residue_losses(model, part.to(device)) for part in some.split(64)])
    return losses.sum().item() / (some[:, 1:] > 0).sum().item()


protein_history = train(
    protein_model,
    protein_batch,
    lambda model: (per_residue(model, learned[::4]), per_residue(model, tested)),
    steps=400,
    rate=3e-3,
    every=50,
)
protein_model = protein_model.cpu()

# %% tags=["explore"]
on_residues = [gene["protein"][: L - 1] for gene in genes if gene["group"] not in test_groups]
pairs = torch.zeros(first_family, first_family)
for protein in on_residues:
    ids = torch.tensor([residues[r] for r in protein])
    pairs.index_put_((ids[:-1], ids[1:]), torch.tensor(1.0), accumulate=True)
singles = (pairs.sum(0) + 1) / (pairs.sum(0) + 1)[1:].sum()
after = (pairs + 20 * singles) / (pairs + 20 * singles).sum(1, keepdim=True)
later = tested[:, 2:]  # residues that have a residue before them
there = later > 0
table_losses = {
    "uniform": math.log(len(residues)),
    "1-gram": -singles[later][there].log().mean().item(),
    "2-gram": -after[tested[:, 1:-1], later][there].log().mean().item(),
}
truth = tested[:, 0] - first_family
shares = F.one_hot(learned[:, 0] - first_family, len(families)).sum(0)
scores, by_composition = [], []
for f in range(len(families)):
    as_family = tested.clone()
    as_family[:, 0] = first_family + f
    scores.append(shares[f].log() - residue_losses(protein_model, as_family).sum(1))
    members = learned[learned[:, 0] == first_family + f, 1:]
    found = torch.bincount(members[members > 0], minlength=first_family) + 20 * singles
    log_shares = (found / found[1:].sum()).log()
    log_shares[0] = 0.0  # the empty places behind a protein say nothing
    by_composition.append(shares[f].log() + log_shares[tested[:, 1:]].sum(1))
guessed = torch.stack(scores, 1).argmax(1)
accuracies = {
    "always the commonest family": (truth == shares.argmax()).float().mean(),
    "a table of 20 residues for each family": (torch.stack(by_composition, 1).argmax(1) == truth)
    .float()
    .mean(),
    "the GPT": (guessed == truth).float().mean(),
}

figure, axes = plt.subplots(figsize=(6.6, 2.6))
steps, _, both = zip(*protein_history, strict=True)
for number, label in enumerate(["proteins to learn from (a quarter of them)", "held-out groups"]):
    axes.plot(steps, [pair[number] for pair in both], marker="o", markersize=3, label=label)
for name, value in table_losses.items():
    axes.axhline(value, color="grey", linewidth=0.8, linestyle="--")
    axes.text(steps[-1] * 1.02, value, name, color="0.35", va="center")
axes.set_xlim(0, steps[-1])
axes.set_xlabel("step")
axes.set_ylabel("loss (nats per residue)")
axes.legend()
plt.show()

confusion = torch.zeros(len(families), len(families)).index_put_(
    (truth, guessed), torch.tensor(1.0), accumulate=True
)
figure, axes = plt.subplots(figsize=(5.4, 4.4))
image = axes.imshow(confusion / confusion.sum(1, keepdim=True), vmin=0, vmax=1)
axes.set_xticks(range(len(families)), families, rotation=90)
held = [f"{family} ({int(n)})" for family, n in zip(families, confusion.sum(1), strict=True)]
axes.set_yticks(range(len(families)), held)
axes.set_xlabel("family guessed by the GPT")
axes.set_ylabel("family (proteins held out)")
figure.colorbar(image, label="share of the family", shrink=0.7)
plt.show()
for name, accuracy in accuracies.items():
    print(f"{name}: {accuracy:.3f} of {len(tested)} right")

# %% [markdown]
# Look at the pictures soberly. On held-out groups our runs end at 2.85 to 2.86 nats per residue, beside 2.89
# for single residues and 2.88 for pairs: the model has found something that these tables don't hold, and little
# of it. Residue by residue, proteins look almost random; knowing nothing costs 3.00. Where the two lines part,
# proteins are being learned by heart.
#
# As a classifier, the table of twenty numbers for each family is right for 0.42 of the 197. And the GPT? We
# trained it from five different first weights: 0.35, 0.38, 0.42, 0.44 and 0.50, although the losses hardly
# differed. It lost, it drew, it won. In the run of 0.35 nearly every protein was called F-box or kinase, in that
# of 0.50 the picture had a diagonal. Yours will be somewhere there, with our seed too, since the first weights
# depend on the order in which your classes draw them. **With 720 proteins to learn from and 197 to test, which
# of the two wins depends on the first weights; whoever runs one seed believes it.** What five runs support is
# less: this model has shown no advantage over twenty numbers. (One such share has a standard error of 0.035
# from counting alone, and more because proteins of a group aren't independent.)
#
# Nor is every row of the second picture worth reading. In two families a single protein was held out: its row
# is one dark cell, and says nothing. Of MYB, 22 were held out and 4 left to learn from, because one large group
# fell to the test; no method will get many of these right.
#
# Why is it hard? One symbol at the very beginning has to bend each later prediction by a little, and the model
# must learn from 720 proteins how; the table is told so by its construction. (Given whole proteins instead of
# the first 127 residues, the table reaches 0.65.) The protein language models that are in use are this class,
# made deeper and trained on tens of millions of sequences. With few data a model that knows less, and the
# right thing, is hard to beat: compare before you believe, and from more than one seed.

# %% [markdown]
# ## 13 Stretch
#
# All of these are extra and independent of each other, as is `near_orthogonal` in section 11. Without them, go
# on to *Looking back*.
#
# ### Positions as rotations
#
# Our GPT learns a vector for each place. The first transformers computed one instead: d/2 pairs of sine and
# cosine, each pair turning at its own speed, like the hands of a clock with many hands. For position p (from
# 0) and pair i (from 0),
#
# $$\text{channel } 2i = \sin(p \cdot \omega_i), \quad \text{channel } 2i+1 = \cos(p \cdot \omega_i), \qquad
# \omega_i = 10000^{-2i/d}$$
#
# With d = 4 the speeds are 1 and 1/100: position 1 is (sin 1, cos 1, sin 0.01, cos 0.01) = (0.8415, 0.5403,
# 0.0100, 1.0000).
#
# A step forward is a rotation of each pair by a fixed angle, wherever one stands. Therefore the dot product
# of two positions depends on their *distance* only: it is the sum of cos(ω_i · (p − q)). That is how "three
# back" can mean the same everywhere. (Newer models rotate queries and keys themselves, RoPE, by the same
# idea.)

# %% tags=["explore"]
figure, panels = plt.subplots(1, 4, figsize=(6.6, 2.3), width_ratios=[1, 1, 1, 1.5])
figure.get_layout_engine().set(wspace=0.12)
for pair, axes in enumerate(panels[:3]):
    speed = 10000 ** (-2 * pair / 12)
    turns = torch.arange(9) * speed
    circle = torch.linspace(0, 2 * math.pi, 100)
    axes.plot(circle.cos(), circle.sin(), color="0.85")
    axes.scatter(turns.cos(), turns.sin(), c=range(9), cmap="viridis", s=16, zorder=2)
    for place in (0, 8):
        x, y = 1.24 * turns[place].cos(), 1.24 * turns[place].sin()
        axes.annotate(str(place), (x, y), ha="center", va="center", fontsize=7)
    axes.set_title(f"pair {pair}: {math.degrees(speed):.0f}° a step")
    axes.set_aspect("equal")
    axes.set_xlim(-1.45, 1.45)
    axes.set_ylim(-1.45, 1.45)
    axes.set_xlabel("cosine")
panels[0].set_ylabel("sine")
speeds = 10000.0 ** (-torch.arange(0, 64, 2) / 64)
distances = torch.arange(-40, 41)
panels[3].plot(distances, (distances[:, None] * speeds).cos().sum(1))
panels[3].set_ylim(0, 34)
panels[3].set_xlabel("distance (positions)")
panels[3].set_ylabel("dot product, d = 64")
plt.show()

# %% [markdown]
# The positions 0 to 8 (dark to light), as three pairs of d = 12 see them: the first hand is fast, the third
# hardly moves. Right: the dot product of two positions is largest where they coincide, and falls off in
# waves, the same from any place.
#
# **Exercise `positional_encoding`** (stretch, 2 points). Return the tensor (`t`, `d`), floating, of the
# formula above for the positions 0 to t − 1. `d` is even; sines stand in the even channels, cosines in the
# odd ones.


# %% exercise="positional_encoding" points=2 stretch=true
def positional_encoding(t: int, d: int) -> torch.Tensor:
    """Sines and cosines, interleaved: row p, channels 2i and 2i + 1 are sin and cos of p / 10000^(2i/d).

    positional_encoding(2, 4) is tensor([[0.0000, 1.0000, 0.0000, 1.0000], [0.8415, 0.5403, 0.0100, 1.0000]]).
    """
    ### BEGIN SOLUTION
    speeds = 10000.0 ** (-torch.arange(0, d, 2) / d)  # (d / 2,)
    angles = torch.arange(t)[:, None] * speeds  # (t, d / 2)
    return torch.stack([angles.sin(), angles.cos()], 2).flatten(1)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# How many different speeds are there for d = 4? Two. And what does the i in 2i count, channels or pairs?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `torch.arange(0, d, 2)` is 2i already. An outer product of positions (t, 1) and speeds (d/2,) gives all
# angles.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `table = torch.zeros(t, d)`, `table[:, 0::2] = angles.sin()`, and the cosines into the other half.
#
# </details>

# %% [markdown]
# ### All heads at once
#
# A loop over heads does many small matrix products where one large one would do, and small ones leave a GPU
# idle. The usual code has one linear map to 3 · n_head · head_size channels, cuts it into heads as an axis of
# its own, (B, nh, T, hs), calls attention once, and puts the heads side by side again. The cutting is where
# it goes wrong: `view` to (B, T, nh, hs) and *then* transpose.
#
# **Exercise `fuse_heads`** (stretch, 3 points). `heads` is a list of `Head`s of yours with the same sizes.
# Return an `nn.Module` that maps x (B, T, n_embd) to (B, T, n_head · head_size): the same as
# `torch.cat([head(x) for head in heads], -1)`, with the weights that the heads have when `fuse_heads` is
# called, in the order of the list. It computes all heads together: calling it takes no more torch operations
# for six heads than for two. The heads are left as they are.


# %% exercise="fuse_heads" points=3 stretch=true
def fuse_heads(heads: list[Head]) -> nn.Module:
    """One module that computes all heads in a batch, (B, nh, T, hs), and concatenates them: (B, T, nh · hs).

    fuse_heads([one, two])(x) equals torch.cat([one(x), two(x)], -1).
    """
    ### BEGIN SOLUTION
    stacked = [torch.cat([getattr(h, role).weight for h in heads]) for role in ("query", "key", "value")]

    class Fused(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.cat(stacked).detach().clone())  # (3 * nh * hs, C)

        def forward(self, x):
            B, T, _ = x.shape
            q, k, v = (
                (x @ self.weight.T).view(B, T, 3, len(heads), -1).permute(2, 0, 3, 1, 4)
            )  # (B, nh, T, hs)
            return attention(q, k, v).transpose(1, 2).flatten(2)

    return Fused()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Row by row, what is in `torch.cat([head.query.weight for head in heads])`? Which rows belong to head 0?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Stack the weights of all queries to one (nh · hs, C), keys and values likewise (and the biases, if your heads
# have any). After x @ W.T the last axis is head after head: `.view(B, T, nh, hs).transpose(1, 2)` makes heads
# an axis, and `attention` takes any leading axes. The way back is `.transpose(1, 2)` and then flatten.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# A class with `nn.Parameter`s `Wq`, `Wk`, `Wv`, and in `forward` `q = (x @ self.Wq.T).view(B, T, nh,
# hs).transpose(1, 2)`, the same for k and v, then `attention(q, k, v).transpose(1, 2).reshape(B, T, -1)`.
#
# </details>

# %% [markdown]
# ### Measuring without touching
#
# **Exercise `estimate_loss`** (stretch, 2 points). The mean loss, as a float, of `model` on `batches` batches
# drawn by `get_batch` from `data`, with windows of `model.config.block_size`, `batch_size` of them at a time,
# randomness from `generator`. `model(x, y)` gives `(logits, loss)`. The model is measured in evaluation mode,
# its mode is afterwards what it was, and no gradients are recorded.


# %% exercise="estimate_loss" points=2 stretch=true
def estimate_loss(
    model: nn.Module, data: torch.Tensor, batches: int, batch_size: int, generator: torch.Generator
) -> float:
    """The mean of model(x, y)'s loss over so many batches, in evaluation mode, without gradients.

    For a model whose losses on two batches are 2.0 and 3.0, estimate_loss(model, data, 2, 8, generator) is 2.5.
    """
    ### BEGIN SOLUTION
    training = model.training
    model.eval()
    total = 0.0
    with torch.no_grad():
        for _ in range(batches):
            x, y = get_batch(data, model.config.block_size, batch_size, generator)
            total += model(x, y)[1].item()
    model.train(training)
    return total / batches
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# What would dropout do to your measurement, and who switches it on again afterwards?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# The frame is that of `generate`: remember, `eval()`, `with torch.no_grad():`, restore.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `x, y = get_batch(data, model.config.block_size, batch_size, generator)`, `_, loss = model(x, y)`, add
# `loss.item()`.
#
# </details>

# %% [markdown]
# ### Don't compute the past again
#
# To write symbol 60, `generate` computes queries, keys and values of all 59 before it, which it had computed
# for symbol 59 already, and 58. In a causal model the past doesn't change when something is appended: keys
# and values can be **kept**. Then each step feeds one position only. It is the reason why chat programs
# answer as fast as they do, and where their memory goes.
#
# It works as long as no position moves, that is, as long as prefix and answer fit into the block. (Once the
# context is cropped, every symbol gets another place, and all kept keys are wrong.)
#
# **Exercise `generate_cached`** (stretch, 4 points). `model` is a `GPT` of yours, `idx` (B, T) its prefix, T
# ≥ 1. Return (B, T + n): what `generate(model, idx, n, top_k=1)` returns. If T + n is greater than
# `block_size`, raise `ValueError`. The prefix is fed once, all positions together; after it each step feeds a
# single position, so that the work of a step doesn't grow with the text (but for the dot products of one
# query with the kept keys). The model, its mode and `idx` are left as they are. (A model without dropout, as
# yours, answers alike in both modes, so that you needn't touch its mode.)


# %% exercise="generate_cached" points=4 stretch=true
def generate_cached(model: GPT, idx: torch.Tensor, n: int) -> torch.Tensor:
    """idx (B, T) continued greedily by n symbols, keys and values of the past kept: (B, T + n).

    The same as generate(model, idx, n, top_k=1), while T + n is at most block_size.
    """
    ### BEGIN SOLUTION
    if idx.shape[1] + n > model.config.block_size:
        raise ValueError(f"{idx.shape[1]} + {n} symbols don't fit into {model.config.block_size}")
    kept = {}  # for each head: keys and values so far

    def look(head, x):
        k, v = head.key(x), head.value(x)
        if head in kept:
            k, v = torch.cat([kept[head][0], k], 1), torch.cat([kept[head][1], v], 1)
            kept[head] = k, v
            return attention(head.query(x), k, v, causal=False)  # one query, which may see all that is kept
        kept[head] = k, v
        return attention(head.query(x), k, v)

    def predict(ids, start):
        x = model.token_embedding(ids) + model.position_embedding.weight[start : start + ids.shape[1]]
        for block in model.blocks:
            heads = [look(head, block.ln1(x)) for head in block.sa.heads]
            x = x + block.sa.proj(torch.cat(heads, -1))
            x = x + block.mlp(block.ln2(x))
        return model.lm_head(model.ln_f(x[:, -1:])).argmax(-1)  # (B, 1)

    with torch.no_grad():
        new = idx
        for _ in range(n):
            new = predict(new, idx.shape[1] - new.shape[1])
            idx = torch.cat([idx, new], 1)
    return idx
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Write the forward pass of your GPT once more as one function of `(ids, start)`, and check that with start 0
# it gives the model's logits. Which place does a symbol have that is fed alone?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# For each head keep a pair (keys, values). A step appends its own key and value to the pair and attends with
# its single query to all of them: no mask is needed, since nothing later is there. Its position embedding is
# that of its true place.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `k = torch.cat([kept_k, head.key(x)], 1)`, `v` likewise, `attention(head.query(x), k, v, causal=False)`;
# positions `torch.arange(start, start + ids.shape[1])`, where `start` is the number of symbols fed before.
#
# </details>

# %% [markdown]
# ### Teach it to add
#
# A language model can be trained on any text that one can make, so make sums. 85 + 50 = 135 is the text 8 5 5
# 0 5 3 1: two digits, two digits, and the digits of the sum **from the right**, as one adds on paper
# (carrying goes to the left, and a model that writes from left to right would have to know all carries before
# it writes the first digit). No signs are needed, the places tell.
#
# The question's digits are random: nothing is to be learned from predicting them. A **mask** says which
# targets count. With X = 8 5 5 0 5 3 and Y = 5 5 0 5 3 1 the answer's digits are the last three of Y: mask F
# F F T T T.
#
# **Exercise `addition_dataset`** (stretch, 2 points). Return `(X, Y, mask)`, each (`n`, 3 · `digits`): X and
# Y int64, the text without its last and without its first digit, for n sums of two numbers drawn uniformly
# from 0 to 10^digits − 1. Each number is written with `digits` digits, leading zeros included, the sum with
# `digits` + 1, reversed. `mask` is boolean and True where Y is a digit of the sum. Randomness comes from
# `generator`; how you draw is free.


# %% exercise="addition_dataset" points=2 stretch=true
def addition_dataset(
    digits: int, n: int, generator: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """(X, Y, mask), each (n, 3 * digits): sums as texts of digits, the sum's digits reversed.

    85 + 50 = 135 with digits = 2 is X = [8, 5, 5, 0, 5, 3], Y = [5, 5, 0, 5, 3, 1], mask = [F, F, F, T, T, T].
    """
    ### BEGIN SOLUTION
    a, b = torch.randint(10**digits, (2, n), generator=generator)

    def from_the_right(number, count):
        return torch.stack([number // 10**place % 10 for place in range(count)], 1)

    question = [from_the_right(a, digits).flip(1), from_the_right(b, digits).flip(1)]
    sums = torch.cat([*question, from_the_right(a + b, digits + 1)], 1)  # (n, 3 * digits + 1)
    mask = torch.arange(3 * digits) >= 2 * digits - 1
    return sums[:, :-1], sums[:, 1:], mask.repeat(n, 1)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# How many digits has the whole text, and how many of them does X lose? How many True are in a row of the
# mask?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `number // 10**k % 10` is the k-th digit from the right, for a whole tensor of numbers. Stack the digits,
# `flip` those of the question, and `cat` the three parts. The first digit of the answer is predicted at the
# *last* digit of the question.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `text = torch.cat([a_digits, b_digits, sum_digits], 1)`, `X, Y = text[:, :-1], text[:, 1:]`, and a mask that
# is True from column 2 · digits − 1 on.
#
# </details>

# %% [markdown]
# Two digits and a model of two blocks (this cell needs your `addition_dataset`; it takes about a quarter of a
# minute). The loss is taken from the logits where the mask is True. A thousand batches of 64 would meet
# nearly all 10,000 sums, and a right answer could be one that was learned by heart. So a seventh of all sums
# is kept out of training, and the model is asked about those only.

# %% tags=["explore"]
torch.manual_seed(15)
generator = torch.Generator().manual_seed(15)
adder = GPT(GPTConfig(vocab_size=10, block_size=6, n_layer=2, n_head=2, n_embd=32))
optimizer = torch.optim.AdamW(adder.parameters(), lr=4e-3)
adding = []
thousands = torch.tensor([1000, 100, 10, 1])
for _ in progress(1000):
    X, Y, mask = addition_dataset(2, 64, generator)
    learn = (X[:, :4] @ thousands) % 7 != 0
    X, Y, mask = X[learn], Y[learn], mask[learn]
    logits, _ = adder(X)
    loss = F.cross_entropy(logits[mask], Y[mask])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    adding.append(loss.item())
X, Y, _ = addition_dataset(2, 3000, generator)
new = (X[:, :4] @ thousands) % 7 == 0
answers = generate(adder, X[new, :4], 3, top_k=1)[:, 4:]
right = (answers == Y[new, 3:]).all(1)
figure, axes = plt.subplots(figsize=(6.6, 2.4))
axes.plot(range(10, 1000, 20), torch.tensor(adding).view(-1, 20).mean(1))
axes.axhline(math.log(10), color="grey", linewidth=0.8, linestyle="--")
axes.text(1000, math.log(10), "log 10", color="grey", ha="right", va="bottom")
axes.set_xlabel("step")
axes.set_ylabel("loss on the answer\n(nats per digit)")
axes.set_ylim(0, 2.6)
plt.show()
print(f"{right.float().mean():.3f} of {len(right)} sums right that were kept out of training")

# %% [markdown]
# In our run every one of the 469 sums came out right, none of which the model had ever met: it hasn't learned
# sums by heart, it has learned to add. For some two hundred steps the line rests near 1.5, which is two thirds
# of log 10: the last digit of the answer, a 0 or a 1, is soon read off the two leading digits, while the other
# two are guessed. Then the model finds, in further steps, which digits belong together.

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

# %% [markdown] question="what-a-map-shows" points=2
# ## A question to discuss
#
# Two points, given by a person who reads your answer, not by the tests. Double-click this cell, write in
# place of its last line, and run the cell to see it set. Talk it over first.
#
# A colleague has trained a transformer on enzyme sequences, to predict whether an enzyme binds zinc. For one
# enzyme a head of the last block gives 0.8 of its weight to a histidine that is known to hold the zinc. "The
# model has discovered the active site," says the draft of the paper, with this map as its first figure. Answer
# in five to ten sentences:
#
# 1. What does the map show, and which two reasons can you name why it needn't show what the draft says?
# 2. Which experiment on the *model* would support the claim?
# 3. Which comparison on *data*, or choice of examples, would you ask for before you believe it?
#
# ### BEGIN SOLUTION
# Two points for an answer with all three parts, one for two of them.
#
# 1. It shows from which position this head takes its value vectors for this one sequence. Reasons (two of):
#    the position in the last block holds a mixture of the whole sequence, not that residue; the value or the
#    projection may make nothing of it; other heads and the residual stream carry the decision; with many
#    heads, layers and positions some map will point at any given residue by chance (multiple comparisons);
#    heads often park their weight on some position when they have nothing to do.
# 2. An intervention: switch the head off, or replace the histidine (or the head's output) and see whether the
#    prediction changes, more than for other heads, other residues, and in the direction claimed. Attention
#    alone, without an intervention, is a correlation.
# 3. Many enzymes chosen before looking, with known sites, and the share found against what is expected by
#    chance (for instance other histidines in the same proteins, or a model with shuffled labels or random
#    weights); held-out homology groups, so that it isn't memory of a family's conserved column; and a
#    baseline, such as counting H and C, which may predict zinc as well.
# ### END SOLUTION

# %% [markdown]
# ## With your partner
#
# **Explain.** One of you explains, with pencil and paper and a sentence of four words, what query, key and
# value are and where the mask goes. The other explains why the stream is never normalised and what would
# happen at twenty blocks if it were. No notes, and the listener asks "why?" three times.
#
# **Compare.** Train the same configuration from two seeds, one each. Compare the losses, then the attention
# maps of the same line. Which of what you saw in your own maps is still there in your partner's? Then
# exchange `break_attention` and run it on a copy of `attention` that one of you has broken in secret.
#
# **Alone?** Write both explanations down as for somebody who hasn't seen the week. Train from two seeds
# yourself, and break five copies of your `attention`, one line each, for your own test.

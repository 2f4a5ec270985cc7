"""Week 13's wrong solutions, each with the hint that a good teacher would give."""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F

# %% exercise="get_batch" misconception="last-window-lost"
"""Draws starts from one too few, so that the last window never comes.

Hint: `torch.randint(high, ...)` leaves out `high` itself. With 4 symbols and a block of 3, which `high` has the one
start 0 in it?
"""


def get_batch(data, block_size, batch_size, generator):
    high = max(1, len(data) - block_size - 1)
    starts = torch.randint(high, (batch_size,), generator=generator)
    x = torch.stack([data[s : s + block_size] for s in starts])
    return x, torch.stack([data[s + 1 : s + 1 + block_size] for s in starts])


# %% exercise="get_batch" misconception="runs-past-the-end"
"""Draws starts up to the last place of data, where y has nothing left.

Hint: From the start that you draw, y still needs block_size symbols, beginning one place later. Where is the last such
start?
"""


def get_batch(data, block_size, batch_size, generator):
    starts = torch.randint(len(data) - block_size + 1, (batch_size, 1), generator=generator)
    places = starts + torch.arange(block_size)
    return data[places], data[(places + 1) % len(data)]


# %% exercise="get_batch" misconception="y-is-x-plus-one"
"""Adds 1 to the symbols, not to the places.

Hint: y is what stands one place later *in the data*. Does the symbol after 7 have to be 8?
"""


def get_batch(data, block_size, batch_size, generator):
    starts = torch.randint(len(data) - block_size, (batch_size, 1), generator=generator)
    x = data[starts + torch.arange(block_size)]
    return x, x + 1


# %% exercise="get_batch" misconception="y-shifted-inside-x"
"""Shifts x round in itself, so that the last target is the window's first symbol.

Hint: What follows the last symbol of the window? It isn't in x at all.
"""


def get_batch(data, block_size, batch_size, generator):
    starts = torch.randint(len(data) - block_size, (batch_size, 1), generator=generator)
    x = data[starts + torch.arange(block_size)]
    return x, x.roll(-1, 1)


# %% exercise="get_batch" misconception="x-and-y-the-same"
"""Returns the same window twice: a model would learn to repeat what it sees.

Hint: What should be predicted after the first symbol of x? That is the first symbol of y.
"""


def get_batch(data, block_size, batch_size, generator):
    starts = torch.randint(len(data) - block_size, (batch_size, 1), generator=generator)
    x = data[starts + torch.arange(block_size)]
    return x, x.clone()


# %% exercise="get_batch" misconception="one-start-for-all"
"""Draws one start for the whole batch.

Hint: How many different windows are in your batch?
"""


def get_batch(data, block_size, batch_size, generator):
    start = torch.randint(len(data) - block_size, (1,), generator=generator).item()
    places = (start + torch.arange(block_size)).repeat(batch_size, 1)
    return data[places], data[places + 1]


# %% exercise="get_batch" misconception="seeds-inside"
"""Seeds the generator in the function, so that every batch is the same.

Hint: Train on the same batch a thousand times, and what has been learned?
"""


def get_batch(data, block_size, batch_size, generator):
    generator.manual_seed(1337)
    starts = torch.randint(len(data) - block_size, (batch_size, 1), generator=generator)
    places = starts + torch.arange(block_size)
    return data[places], data[places + 1]


# %% exercise="get_batch" misconception="blocks-side-by-side"
"""Cuts the data into blocks and draws among those, so that most windows can never come.

Hint: May a window start at place 1?
"""


def get_batch(data, block_size, batch_size, generator):
    blocks = (len(data) - 1) // block_size
    starts = block_size * torch.randint(blocks, (batch_size, 1), generator=generator)
    places = starts + torch.arange(block_size)
    return data[places], data[places + 1]


# %% exercise="get_batch" misconception="ignores-the-generator"
"""Draws from the global state, whatever generator it is given.

Hint: Who uses the argument `generator`? Without it nobody can repeat what was drawn.
"""


def get_batch(data, block_size, batch_size, generator):
    starts = torch.randint(len(data) - block_size, (batch_size, 1))
    places = starts + torch.arange(block_size)
    return data[places], data[places + 1]


# %% exercise="masked_average" misconception="includes-the-future"
"""Averages over all positions, whichever asks.

Hint: At position 0 only position 0 is known. What is its average?
"""


def masked_average(x, how):
    return x.mean(1, keepdim=True).expand(x.shape).clone()


# %% exercise="masked_average" misconception="without-itself"
"""Leaves position i out of its own average.

Hint: A slice `[:i]` ends before i. And what would position 0 average?
"""


def masked_average(x, how):
    t = x.shape[1]
    past = torch.ones((t, t), dtype=x.dtype).tril(-1)
    past[0, 0] = 1
    return (past / past.sum(1, keepdim=True)) @ x


# %% exercise="masked_average" misconception="divided-by-t"
"""Divides every sum by the number of all positions.

Hint: How many numbers has position 1 added up?
"""


def masked_average(x, how):
    return x.cumsum(1) / x.shape[1]


# %% exercise="masked_average" misconception="upper-triangle"
"""Keeps the triangle above the diagonal: each position averages itself and what follows.

Hint: Row i of the matrix is position i, who looks. Which columns may be other than 0 in row 0?
"""


def masked_average(x, how):
    t = x.shape[1]
    past = torch.ones((t, t), dtype=x.dtype).triu()
    return (past / past.sum(1, keepdim=True)) @ x


# %% exercise="masked_average" misconception="columns-sum-to-one"
"""Divides each column of the triangle by its sum, not each row.

Hint: The weights of one position are a row of the matrix, and they sum to 1. Which axis, and is `keepdim` there?
"""


def masked_average(x, how):
    t = x.shape[1]
    past = torch.ones((t, t), dtype=x.dtype).tril()
    return (past / past.sum(0, keepdim=True)) @ x


# %% exercise="masked_average" misconception="softmax-of-zeros"
"""Writes 0 in the place of minus infinity, so that the softmax still sees the future.

Hint: exp(0) is 1. Which score has the exponential 0?
"""


def masked_average(x, how):
    t = x.shape[1]
    past = torch.ones((t, t), dtype=x.dtype).tril()
    if how != "softmax":
        return (past / past.sum(1, keepdim=True)) @ x
    return past.masked_fill(past == 0, 0.0).softmax(-1) @ x


# %% exercise="masked_average" misconception="always-float32"
"""Works in float32, whatever x is.

Hint: `torch.ones(t, t)` is float32 unless it is told otherwise. What is `x.dtype`?
"""


def masked_average(x, how):
    t = x.shape[1]
    past = torch.ones((t, t)).tril()
    return (past / past.sum(1, keepdim=True)) @ x.float()


# %% exercise="masked_average" misconception="averages-over-channels"
"""Averages each position's channels too.

Hint: What is the shape of the answer? Channels don't meet in an average over time.
"""


def masked_average(x, how):
    means = x.cumsum(1) / torch.arange(1, x.shape[1] + 1, dtype=x.dtype)[:, None]
    return means.mean(2, keepdim=True).expand(x.shape).clone()


# %% exercise="attention" misconception="not-scaled"
"""Doesn't divide the scores by the root of d.

Hint: The formula has a root in it. What is the variance of a dot product of d numbers?
"""


def attention(q, k, v, causal=True):
    scores = q @ k.transpose(-2, -1)
    if causal:
        scores = scores.masked_fill(torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1), -math.inf)
    return scores.softmax(-1) @ v


# %% exercise="attention" misconception="divided-by-d"
"""Divides the scores by d, not by its root.

Hint: It is the standard deviation that is to be 1, and that grows as the root.
"""


def attention(q, k, v, causal=True):
    scores = q @ k.transpose(-2, -1) / q.shape[-1]
    if causal:
        scores = scores.masked_fill(torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1), -math.inf)
    return scores.softmax(-1) @ v


# %% exercise="attention" misconception="scaled-by-the-values"
"""Divides by the root of the values' width.

Hint: The dot product is one of queries and keys. How many terms has it? The values may be of another width.
"""


def attention(q, k, v, causal=True):
    scores = q @ k.transpose(-2, -1) / math.sqrt(v.shape[-1])
    if causal:
        scores = scores.masked_fill(torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1), -math.inf)
    return scores.softmax(-1) @ v


# %% exercise="attention" misconception="scaled-by-time"
"""Divides by the root of the number of positions.

Hint: The dot product runs over the channels of one query. How many are there?
"""


def attention(q, k, v, causal=True):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-2])
    if causal:
        scores = scores.masked_fill(torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1), -math.inf)
    return scores.softmax(-1) @ v


# %% exercise="attention" misconception="mask-after-softmax"
"""Masks after the softmax: the weights of the past don't sum to 1.

Hint: What do the weights in row 0 add up to? The future must be out before the weights are shared out.
"""


def attention(q, k, v, causal=True):
    weights = (q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])).softmax(-1)
    return (weights.tril() if causal else weights) @ v


# %% exercise="attention" misconception="sees-one-ahead"
"""The mask starts one too late: each position also sees the next one.

Hint: `triu(1)` begins above the diagonal, `triu(2)` one further. May position 0 see position 1?
"""


def attention(q, k, v, causal=True):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if causal:
        scores = scores.masked_fill(torch.ones(scores.shape[-2:], dtype=torch.bool).triu(2), -math.inf)
    return scores.softmax(-1) @ v


# %% exercise="attention" misconception="blind-for-itself"
"""The mask takes the diagonal too: position 0 has nothing to look at, and its answer is nan.

Hint: A softmax of nothing but minus infinities is nan. May a position see itself?
"""


def attention(q, k, v, causal=True):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if causal:
        scores = scores.masked_fill(torch.ones(scores.shape[-2:], dtype=torch.bool).triu(), -math.inf)
    return scores.softmax(-1) @ v


# %% exercise="attention" misconception="sees-only-the-future"
"""The mask is on the wrong side: the past is hidden, the future seen.

Hint: Row is who looks, column who is looked at. Which columns of row 0 must be minus infinity?
"""


def attention(q, k, v, causal=True):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if causal:
        scores = scores.masked_fill(torch.ones(scores.shape[-2:], dtype=torch.bool).tril(-1), -math.inf)
    return scores.softmax(-1) @ v


# %% exercise="attention" misconception="mask-of-the-wrong-sign"
"""Adds plus infinity, or a huge number, where minus infinity was due: only the future is looked at.

Hint: The softmax gives all weight to the largest score. Which sign must that of a forbidden position have?
"""


def attention(q, k, v, causal=True):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if causal:
        scores = scores + 1e9 * torch.ones(scores.shape[-2:], dtype=scores.dtype).triu(1)
    return scores.softmax(-1) @ v


# %% exercise="attention" misconception="mask-of-zeros"
"""Writes scores of 0 for the future, which is no small score at all.

Hint: exp(0) is 1: the future still gets its share. Which score has the exponential 0?
"""


def attention(q, k, v, causal=True):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    return (scores.tril() if causal else scores).softmax(-1) @ v


# %% exercise="attention" misconception="softmax-over-queries"
"""Takes the softmax over those who look: the weights of one position don't sum to 1.

Hint: The scores are (…, t, s), a row for each position that looks. Which axis runs over what it looks at?
"""


def attention(q, k, v, causal=True):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if causal:
        scores = scores.masked_fill(torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1), -math.inf)
    return scores.softmax(-2) @ v


# %% exercise="attention" misconception="never-causal"
"""Lets every position see all, whatever `causal` says.

Hint: Position 0 may see only itself. What is its answer then?
"""


def attention(q, k, v, causal=True):
    return (q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])).softmax(-1) @ v


# %% exercise="attention" misconception="always-causal"
"""Masks the future also with causal=False.

Hint: An encoder looks both ways. Who reads the argument `causal`?
"""


def attention(q, k, v, causal=True):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    scores = scores.masked_fill(torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1), -math.inf)
    return scores.softmax(-1) @ v


# %% exercise="attention" misconception="open-by-default"
"""Is causal only when told so.

Hint: What is `causal` when nobody names it?
"""


def attention(q, k, v, causal=False):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if causal:
        scores = scores.masked_fill(torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1), -math.inf)
    return scores.softmax(-1) @ v


# %% exercise="attention" misconception="keys-for-values"
"""Averages the keys, not the values.

Hint: A key is what one is found by, a value what one hands over. Which of them belongs behind the weights?
"""


def attention(q, k, v, causal=True):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if causal:
        scores = scores.masked_fill(torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1), -math.inf)
    e = v.shape[-1]
    return scores.softmax(-1) @ F.pad(k, (0, max(0, e - k.shape[-1])))[..., :e]


# %% exercise="attention" misconception="queries-for-keys"
"""Compares queries with queries.

Hint: A position's own query says what it looks for. With what of the others is it compared?
"""


def attention(q, k, v, causal=True):
    scores = k @ q.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if causal:
        scores = scores.masked_fill(torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1), -math.inf)
    return scores.softmax(-1) @ v


# %% exercise="attention" misconception="exp-without-care"
"""Takes the exponentials as they are, which overflow at large scores.

Hint: exp(1000) is inf, and inf divided by inf is nan. What did you do about that in week 05?
"""


def attention(q, k, v, causal=True):
    weights = (q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])).exp()
    weights = weights.tril() if causal else weights
    return weights / weights.sum(-1, keepdim=True) @ v


# %% exercise="attention" misconception="one-leading-axis"
"""Swaps axes 1 and 2, which are time and channels only if there is exactly one leading axis.

Hint: Count from the end: which axes of (…, s, d) change places, whatever stands in front?
"""


def attention(q, k, v, causal=True):
    scores = q @ k.transpose(1, 2) / math.sqrt(q.shape[-1])
    if causal:
        scores = scores.masked_fill(torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1), -math.inf)
    return scores.softmax(-1) @ v


# %% exercise="break_attention" misconception="shape-only"
"""Never raises for wrong numbers: it looks at the shape only, or says so without raising.

Hint: `assert` raises, `print` doesn't. Almost every mistake gives averages of the right shape, so compare numbers.
"""


def break_attention(attention):
    q = torch.ones(2, 3, 4)
    assert attention(q, q, q[..., :2]).shape == (2, 3, 2)


# %% exercise="break_attention" misconception="the-worked-example-only"
"""Tries the worked example only, where d is 1 and a root of it is nothing.

Hint: With d = 1, who notices that the root is missing? Who would notice a leading axis?
"""


def break_attention(attention):
    q, k = torch.tensor([[0.0], [1.0]]), torch.tensor([[0.0], [math.log(3)]])
    v = torch.tensor([[4.0], [8.0]])
    assert torch.allclose(attention(q, k, v).float(), torch.tensor([[4.0], [7.0]]))


# %% exercise="break_attention" misconception="never-open"
"""Never tries causal=False.

Hint: Half of the function hasn't been called.
"""


def break_attention(attention):
    generator = torch.Generator().manual_seed(1)
    for shape in [(4, 3), (2, 5, 3)]:
        q, k, v = (2 * torch.randn(shape, generator=generator) for _ in range(3))
        right = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        assert torch.allclose(attention(q, k, v, True).float(), right, atol=1e-4)


# %% exercise="break_attention" misconception="never-causal"
"""Never tries a causal one.

Hint: The default is causal, and most can go wrong there.
"""


def break_attention(attention):
    generator = torch.Generator().manual_seed(1)
    for shape in [(4, 3), (2, 5, 3)]:
        q, k, v = (2 * torch.randn(shape, generator=generator) for _ in range(3))
        right = F.scaled_dot_product_attention(q, k, v)
        assert torch.allclose(attention(q, k, v, False).float(), right, atol=1e-4)


# %% exercise="break_attention" misconception="bit-for-bit"
"""Wants the same bits as PyTorch's, which a right one of another make doesn't have.

Hint: Two orders of adding differ in the last digits. What did week 10's ruler say about that?
"""


def break_attention(attention):
    generator = torch.Generator().manual_seed(1)
    q, k, v = (2 * torch.randn((2, 5, 3), generator=generator) for _ in range(3))
    assert torch.equal(attention(q, k, v), F.scaled_dot_product_attention(q, k, v, is_causal=True))


# %% exercise="Head" misconception="not-causal"
"""Lets every position see all.

Hint: `attention` has a last argument. What would a model learn that can see the answer?
"""


class Head(nn.Module):
    def __init__(self, n_embd, head_size, block_size):
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(n_embd, head_size, bias=False) for _ in range(3))

    def forward(self, x):
        return attention(self.query(x), self.key(x), self.value(x), causal=False)


# %% exercise="Head" misconception="scaled-by-the-model"
"""Divides by the root of the model's width, n_embd.

Hint: The dot product is of two vectors of head_size numbers.
"""


class Head(nn.Module):
    def __init__(self, n_embd, head_size, block_size):
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(n_embd, head_size, bias=False) for _ in range(3))

    def forward(self, x):
        B, T, C = x.shape
        scores = self.query(x) @ self.key(x).transpose(-2, -1) * C**-0.5
        scores = scores.masked_fill(torch.ones(T, T, dtype=torch.bool).triu(1), -math.inf)
        return scores.softmax(-1) @ self.value(x)


# %% exercise="Head" misconception="mask-of-the-whole-block"
"""Uses its mask at full size, which fits only texts of block_size positions.

Hint: Which corner of the mask belongs to T positions?
"""


class Head(nn.Module):
    def __init__(self, n_embd, head_size, block_size):
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(n_embd, head_size, bias=False) for _ in range(3))
        self.register_buffer("future", torch.ones(block_size, block_size, dtype=torch.bool).triu(1))

    def forward(self, x):
        q, k = self.query(x), self.key(x)
        scores = (q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])).masked_fill(self.future, -math.inf)
        return scores.softmax(-1) @ self.value(x)


# %% exercise="Head" misconception="key-is-query"
"""Uses one map as query and as key.

Hint: How many maps does your head have? With one for both, everybody looks for those who are like themselves.
"""


class Head(nn.Module):
    def __init__(self, n_embd, head_size, block_size):
        super().__init__()
        self.key = nn.Linear(n_embd, head_size, bias=False)
        self.value = nn.Linear(n_embd, head_size, bias=False)

    def forward(self, x):
        return attention(self.key(x), self.key(x), self.value(x))


# %% exercise="Head" misconception="value-is-x"
"""Hands over x itself, not a map of it.

Hint: What is the shape of the answer? The third map hasn't been used.
"""


class Head(nn.Module):
    def __init__(self, n_embd, head_size, block_size):
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(n_embd, head_size, bias=False) for _ in range(3))

    def forward(self, x):
        return attention(self.query(x), self.key(x), x)


# %% exercise="Head" misconception="sizes-swapped"
"""Makes maps from head_size to n_embd.

Hint: `nn.Linear(in, out)`: what comes in here, what goes out?
"""


class Head(nn.Module):
    def __init__(self, n_embd, head_size, block_size):
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(head_size, n_embd, bias=False) for _ in range(3))

    def forward(self, x):
        return attention(self.query(x), self.key(x), self.value(x))


# %% exercise="Head" misconception="plain-tensors"
"""Keeps its maps as plain tensors, which no optimiser will ever find.

Hint: What does `list(Head(4, 2, 8).parameters())` say? What is learned must be an nn.Parameter or in a module.
"""


class Head(nn.Module):
    def __init__(self, n_embd, head_size, block_size):
        super().__init__()
        self.query, self.key, self.value = (torch.randn(n_embd, head_size) * 0.1 for _ in range(3))

    def forward(self, x):
        q, k, v = (x @ w.to(x.dtype) for w in (self.query, self.key, self.value))
        return attention(q, k, v)


# %% exercise="MultiHeadAttention" misconception="plain-list"
"""Keeps the heads in a plain list, so their parameters are never trained.

Hint: PyTorch looks for modules among the attributes and doesn't look into Python lists. Which list does it see into?
"""


class MultiHeadAttention(nn.Module):
    def __init__(self, n_head, head_size, n_embd, block_size):
        super().__init__()
        self.heads = [Head(n_embd, head_size, block_size) for _ in range(n_head)]
        self.proj = nn.Linear(n_head * head_size, n_embd)

    def forward(self, x):
        return self.proj(torch.cat([head(x) for head in self.heads], -1))


# %% exercise="MultiHeadAttention" misconception="one-head-many-times"
"""Repeats one head: all heads share their weights.

Hint: `[thing] * 3` is three times the same thing. How many parameters does your module have?
"""


class MultiHeadAttention(nn.Module):
    def __init__(self, n_head, head_size, n_embd, block_size):
        super().__init__()
        self.heads = nn.ModuleList([Head(n_embd, head_size, block_size)] * n_head)
        self.proj = nn.Linear(n_head * head_size, n_embd)

    def forward(self, x):
        return self.proj(torch.cat([head(x) for head in self.heads], -1))


# %% exercise="MultiHeadAttention" misconception="view-without-transpose"
"""Stacks the heads in front of time and flattens: channels of different positions get mixed.

Hint: A `view` only reads the numbers off in order. After stacking along axis 1, which two axes lie side by side?
"""


class MultiHeadAttention(nn.Module):
    def __init__(self, n_head, head_size, n_embd, block_size):
        super().__init__()
        self.heads = nn.ModuleList(Head(n_embd, head_size, block_size) for _ in range(n_head))
        self.proj = nn.Linear(n_head * head_size, n_embd)

    def forward(self, x):
        B, T, _ = x.shape
        return self.proj(torch.stack([head(x) for head in self.heads], 1).reshape(B, T, -1))


# %% exercise="MultiHeadAttention" misconception="channels-interleaved"
"""Puts the heads' first channels together, then their second ones.

Hint: Side by side means all channels of head 0 and then all of head 1. Along which axis did you stack?
"""


class MultiHeadAttention(nn.Module):
    def __init__(self, n_head, head_size, n_embd, block_size):
        super().__init__()
        self.heads = nn.ModuleList(Head(n_embd, head_size, block_size) for _ in range(n_head))
        self.proj = nn.Linear(n_head * head_size, n_embd)

    def forward(self, x):
        return self.proj(torch.stack([head(x) for head in self.heads], -1).flatten(-2))


# %% exercise="MultiHeadAttention" misconception="projection-forgotten"
"""Has a projection and doesn't use it.

Hint: What is the shape of the heads' answers side by side, and what should come out?
"""


class MultiHeadAttention(nn.Module):
    def __init__(self, n_head, head_size, n_embd, block_size):
        super().__init__()
        self.heads = nn.ModuleList(Head(n_embd, head_size, block_size) for _ in range(n_head))
        self.proj = nn.Linear(n_head * head_size, n_embd)

    def forward(self, x):
        return torch.cat([head(x) for head in self.heads], -1)


# %% exercise="MultiHeadAttention" misconception="projection-of-the-width"
"""Makes the projection from n_embd to n_embd, which fits only if the heads together are that wide.

Hint: How many channels come out of the heads, side by side?
"""


class MultiHeadAttention(nn.Module):
    def __init__(self, n_head, head_size, n_embd, block_size):
        super().__init__()
        self.heads = nn.ModuleList(Head(n_embd, head_size, block_size) for _ in range(n_head))
        self.proj = nn.Linear(n_embd, n_embd)

    def forward(self, x):
        return self.proj(torch.cat([head(x) for head in self.heads], -1))


# %% exercise="MultiHeadAttention" misconception="heads-added"
"""Adds the heads' answers up, or joins them along another axis than the channels, so that they aren't side by side.

Hint: What shape goes into the projection? Once answers are added, it can't tell any more who said what.
"""


class MultiHeadAttention(nn.Module):
    def __init__(self, n_head, head_size, n_embd, block_size):
        super().__init__()
        self.heads = nn.ModuleList(Head(n_embd, head_size, block_size) for _ in range(n_head))
        self.proj = nn.Linear(head_size, n_embd)

    def forward(self, x):
        return self.proj(sum(head(x) for head in self.heads))


# %% exercise="MultiHeadAttention" misconception="one-after-the-other"
"""Concatenates the heads' answers along time, one after the other, and not along the channels.

Hint: Of the axes (B, T, head_size), which one grows when heads stand side by side?
"""


class MultiHeadAttention(nn.Module):
    def __init__(self, n_head, head_size, n_embd, block_size):
        super().__init__()
        self.heads = nn.ModuleList(Head(n_embd, head_size, block_size) for _ in range(n_head))
        self.proj = nn.Linear(n_head * head_size, n_embd)

    def forward(self, x):
        return self.proj(torch.cat([head(x) for head in self.heads], 1))


# %% exercise="LayerNorm" misconception="over-the-batch"
"""Standardises over the first axis, as BatchNorm does.

Hint: Whom does a position's answer depend on? Layer norm looks at the channels of one position and nothing else.
"""


class LayerNorm(nn.Module):
    def __init__(self, d, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight, self.bias = nn.Parameter(torch.ones(d)), nn.Parameter(torch.zeros(d))

    def forward(self, x):
        mean, var = x.mean(0, keepdim=True), x.var(0, keepdim=True, correction=0)
        return (x - mean) / (var + self.eps).sqrt() * self.weight + self.bias


# %% exercise="LayerNorm" misconception="unbiased"
"""Divides the variance by d - 1.

Hint: `var` does that unless it is told otherwise. What does the formula say, and what happens at d = 1?
"""


class LayerNorm(nn.Module):
    def __init__(self, d, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight, self.bias = nn.Parameter(torch.ones(d)), nn.Parameter(torch.zeros(d))

    def forward(self, x):
        mean, var = x.mean(-1, keepdim=True), x.var(-1, keepdim=True)
        return (x - mean) / (var + self.eps).sqrt() * self.weight + self.bias


# %% exercise="LayerNorm" misconception="eps-outside"
"""Adds eps to the standard deviation, outside the root.

Hint: At eps = 0.00001 hardly anybody notices. What if it is 2?
"""


class LayerNorm(nn.Module):
    def __init__(self, d, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight, self.bias = nn.Parameter(torch.ones(d)), nn.Parameter(torch.zeros(d))

    def forward(self, x):
        mean, var = x.mean(-1, keepdim=True), x.var(-1, keepdim=True, correction=0)
        return (x - mean) / (var.sqrt() + self.eps) * self.weight + self.bias


# %% exercise="LayerNorm" misconception="eps-typed-in"
"""Uses 1e-5, whatever eps was asked for.

Hint: Who reads the argument `eps`?
"""


class LayerNorm(nn.Module):
    def __init__(self, d, eps=1e-5):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(d)), nn.Parameter(torch.zeros(d))

    def forward(self, x):
        mean, var = x.mean(-1, keepdim=True), x.var(-1, keepdim=True, correction=0)
        return (x - mean) / (var + 1e-5).sqrt() * self.weight + self.bias


# %% exercise="LayerNorm" misconception="divided-by-the-variance"
"""Divides by the variance, not by its root.

Hint: In which units is a variance, and in which the standard deviation?
"""


class LayerNorm(nn.Module):
    def __init__(self, d, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight, self.bias = nn.Parameter(torch.ones(d)), nn.Parameter(torch.zeros(d))

    def forward(self, x):
        mean, var = x.mean(-1, keepdim=True), x.var(-1, keepdim=True, correction=0)
        return (x - mean) / (var + self.eps) * self.weight + self.bias


# %% exercise="LayerNorm" misconception="over-all-but-the-first"
"""Standardises over all axes but the first, so that positions of one text depend on each other.

Hint: In (B, T, C), over which axis does the mean of one position run?
"""


class LayerNorm(nn.Module):
    def __init__(self, d, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight, self.bias = nn.Parameter(torch.ones(d)), nn.Parameter(torch.zeros(d))

    def forward(self, x):
        axes = tuple(range(1, x.ndim)) if x.ndim > 1 else (-1,)
        mean, var = x.mean(axes, keepdim=True), x.var(axes, keepdim=True, correction=0)
        return (x - mean) / (var + self.eps).sqrt() * self.weight + self.bias


# %% exercise="LayerNorm" misconception="gain-and-bias-forgotten"
"""Has a gain and a bias and doesn't use them.

Hint: At first they are 1 and 0 and nobody notices. What happens once they have been trained?
"""


class LayerNorm(nn.Module):
    def __init__(self, d, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight, self.bias = nn.Parameter(torch.ones(d)), nn.Parameter(torch.zeros(d))

    def forward(self, x):
        mean, var = x.mean(-1, keepdim=True), x.var(-1, keepdim=True, correction=0)
        return (x - mean) / (var + self.eps).sqrt()


# %% exercise="LayerNorm" misconception="plain-tensors"
"""Keeps gain and bias as plain tensors, which aren't trained.

Hint: What does `list(LayerNorm(3).parameters())` say?
"""


class LayerNorm(nn.Module):
    def __init__(self, d, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight, self.bias = torch.ones(d), torch.zeros(d)

    def forward(self, x):
        mean, var = x.mean(-1, keepdim=True), x.var(-1, keepdim=True, correction=0)
        return (x - mean) / (var + self.eps).sqrt() * self.weight + self.bias


# %% exercise="Block" misconception="post-norm"
"""Normalises the stream itself: after each addition, or by overwriting x before it.

Hint: After each addition is how the first transformers did it. Here the norm belongs on the branch: what does x itself
pass through?
"""


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        C = config.n_embd
        self.ln1, self.ln2 = LayerNorm(C), LayerNorm(C)
        self.sa = MultiHeadAttention(config.n_head, C // config.n_head, C, config.block_size)
        self.mlp = nn.Sequential(nn.Linear(C, 4 * C), nn.GELU(), nn.Linear(4 * C, C))

    def forward(self, x):
        x = self.ln1(x + self.sa(x))
        return self.ln2(x + self.mlp(x))


# %% exercise="Block" misconception="residual-lost"
"""Replaces the stream by what the branches give.

Hint: With all weights at 0, what comes out? Something is missing in front of the plus.
"""


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        C = config.n_embd
        self.ln1, self.ln2 = LayerNorm(C), LayerNorm(C)
        self.sa = MultiHeadAttention(config.n_head, C // config.n_head, C, config.block_size)
        self.mlp = nn.Sequential(nn.Linear(C, 4 * C), nn.GELU(), nn.Linear(4 * C, C))

    def forward(self, x):
        return self.mlp(self.ln2(self.sa(self.ln1(x))))


# %% exercise="Block" misconception="normalised-stream"
"""Normalises the stream itself: x is overwritten with its norm, or with that of the sum.

Hint: After `x = norm(…)` nobody has the old stream any more. The norm belongs inside the brackets of the branch.
"""


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        C = config.n_embd
        self.ln1, self.ln2 = LayerNorm(C), LayerNorm(C)
        self.sa = MultiHeadAttention(config.n_head, C // config.n_head, C, config.block_size)
        self.mlp = nn.Sequential(nn.Linear(C, 4 * C), nn.GELU(), nn.Linear(4 * C, C))

    def forward(self, x):
        x = self.ln1(x)
        x = x + self.sa(x)
        x = self.ln2(x)
        return x + self.mlp(x)


# %% exercise="Block" misconception="side-by-side"
"""Lets both branches read the x from before: the MLP doesn't hear what attention has said.

Hint: The second line starts from the x that the first line made.
"""


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        C = config.n_embd
        self.ln1, self.ln2 = LayerNorm(C), LayerNorm(C)
        self.sa = MultiHeadAttention(config.n_head, C // config.n_head, C, config.block_size)
        self.mlp = nn.Sequential(nn.Linear(C, 4 * C), nn.GELU(), nn.Linear(4 * C, C))

    def forward(self, x):
        return x + self.sa(self.ln1(x)) + self.mlp(self.ln2(x))


# %% exercise="Block" misconception="mlp-first"
"""Digests first and talks afterwards.

Hint: The order of the two lines: which of them comes first?
"""


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        C = config.n_embd
        self.ln1, self.ln2 = LayerNorm(C), LayerNorm(C)
        self.sa = MultiHeadAttention(config.n_head, C // config.n_head, C, config.block_size)
        self.mlp = nn.Sequential(nn.Linear(C, 4 * C), nn.GELU(), nn.Linear(4 * C, C))

    def forward(self, x):
        x = x + self.mlp(self.ln2(x))
        return x + self.sa(self.ln1(x))


# %% exercise="Block" misconception="no-bend"
"""Has no activation between the two linear layers, which are one linear layer then.

Hint: A linear map of a linear map is linear (week 08). What makes an MLP more than that?
"""


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        C = config.n_embd
        self.ln1, self.ln2 = LayerNorm(C), LayerNorm(C)
        self.sa = MultiHeadAttention(config.n_head, C // config.n_head, C, config.block_size)
        self.mlp = nn.Sequential(nn.Linear(C, 4 * C), nn.Linear(4 * C, C))

    def forward(self, x):
        x = x + self.sa(self.ln1(x))
        return x + self.mlp(self.ln2(x))


# %% exercise="Block" misconception="second-norm-forgotten"
"""Gives the MLP the stream as it is.

Hint: Both branches read a normalised copy.
"""


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        C = config.n_embd
        self.ln1, self.ln2 = LayerNorm(C), LayerNorm(C)
        self.sa = MultiHeadAttention(config.n_head, C // config.n_head, C, config.block_size)
        self.mlp = nn.Sequential(nn.Linear(C, 4 * C), nn.GELU(), nn.Linear(4 * C, C))

    def forward(self, x):
        x = x + self.sa(self.ln1(x))
        return x + self.mlp(x)


# %% exercise="Block" misconception="heads-of-full-width"
"""Gives each head the full width, not its share of it.

Hint: `n_head` heads share `n_embd` channels among them. How many has each?
"""


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        C = config.n_embd
        self.ln1, self.ln2 = LayerNorm(C), LayerNorm(C)
        self.sa = MultiHeadAttention(config.n_head, C, C, config.block_size)
        self.mlp = nn.Sequential(nn.Linear(C, 4 * C), nn.GELU(), nn.Linear(4 * C, C))

    def forward(self, x):
        x = x + self.sa(self.ln1(x))
        return x + self.mlp(self.ln2(x))


# %% exercise="Block" misconception="one-norm-for-both"
"""Has one LayerNorm and uses it for both branches.

Hint: The branches learn gains of their own. How many LayerNorms does the statement ask for?
"""


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        C = config.n_embd
        self.ln = LayerNorm(C)
        self.sa = MultiHeadAttention(config.n_head, C // config.n_head, C, config.block_size)
        self.mlp = nn.Sequential(nn.Linear(C, 4 * C), nn.GELU(), nn.Linear(4 * C, C))

    def forward(self, x):
        x = x + self.sa(self.ln(x))
        return x + self.mlp(self.ln(x))


# %% exercise="GPT" misconception="no-positions"
"""Doesn't tell where a symbol stands: but for the mask the model sees a bag of symbols.

Hint: What does attention know of order by itself? There are two tables to add.
"""
_forward = GPT.forward


def _without_places(self, idx, targets=None):
    with torch.no_grad():
        self.position_embedding.weight.zero_()
    return _forward(self, idx, targets)


GPT.forward = _without_places


# %% exercise="GPT" misconception="positions-of-the-whole-block"
"""Adds the places of the whole block, which fit only texts of that length.

Hint: How many places does a text of T symbols have?
"""


def _all_places(self, idx, targets=None):
    if idx.shape[1] > self.config.block_size:
        raise ValueError("too long")
    x = self.token_embedding(idx) + self.position_embedding.weight
    logits = self.lm_head(self.ln_f(self.blocks(x)))
    return logits, None if targets is None else F.cross_entropy(logits.flatten(0, 1), targets.flatten())


GPT.forward = _all_places


# %% exercise="GPT" misconception="flattened-logits"
"""Returns the logits flattened when there are targets, as the film does.

Hint: Flatten for the loss, and return them as they were: (B, T, V) with targets and without.
"""


def _flat(self, idx, targets=None):
    if idx.shape[1] > self.config.block_size:
        raise ValueError("too long")
    x = self.token_embedding(idx) + self.position_embedding(torch.arange(idx.shape[1]))
    logits = self.lm_head(self.ln_f(self.blocks(x)))
    if targets is None:
        return logits, None
    logits = logits.flatten(0, 1)
    return logits, F.cross_entropy(logits, targets.flatten())


GPT.forward = _flat


# %% exercise="GPT" misconception="shifts-the-targets"
"""Shifts the targets once more, so that the model predicts two symbols ahead.

Hint: `get_batch` has shifted y already. What belongs to the logits of position 0?
"""


def _shifted(self, idx, targets=None):
    if idx.shape[1] > self.config.block_size:
        raise ValueError("too long")
    x = self.token_embedding(idx) + self.position_embedding(torch.arange(idx.shape[1]))
    logits = self.lm_head(self.ln_f(self.blocks(x)))
    if targets is None:
        return logits, None
    if idx.shape[1] == 1:
        return logits, F.cross_entropy(logits[:, 0], targets[:, 0])
    return logits, F.cross_entropy(logits[:, :-1].flatten(0, 1), targets[:, 1:].flatten())


GPT.forward = _shifted


# %% exercise="GPT" misconception="loss-of-the-last-position"
"""Takes the loss at the last position only and throws the other examples away.

Hint: One window holds T examples, not one. Over what is the mean taken?
"""


def _last(self, idx, targets=None):
    if idx.shape[1] > self.config.block_size:
        raise ValueError("too long")
    x = self.token_embedding(idx) + self.position_embedding(torch.arange(idx.shape[1]))
    logits = self.lm_head(self.ln_f(self.blocks(x)))
    return logits, None if targets is None else F.cross_entropy(logits[:, -1], targets[:, -1])


GPT.forward = _last


# %% exercise="GPT" misconception="scrambled-loss"
"""Moves axes with `view` to fit cross_entropy, which mixes positions with symbols.

Hint: cross_entropy wants the V axis second. `view` doesn't move an axis, it reads the numbers off anew.
"""


def _scrambled(self, idx, targets=None):
    if idx.shape[1] > self.config.block_size:
        raise ValueError("too long")
    x = self.token_embedding(idx) + self.position_embedding(torch.arange(idx.shape[1]))
    logits = self.lm_head(self.ln_f(self.blocks(x)))
    B, T, V = logits.shape
    return logits, None if targets is None else F.cross_entropy(logits.reshape(B, V, T), targets)


GPT.forward = _scrambled


# %% exercise="GPT" misconception="large-first-weights"
"""Leaves the first weights as PyTorch draws them, embeddings with standard deviation 1.

Hint: What is your first loss, and what is log V? The statement says how large the first weights are.
"""
_init = GPT.__init__


def _as_drawn(self, config):
    _init(self, config)
    for module in self.modules():
        if isinstance(module, nn.Linear | nn.Embedding):
            module.reset_parameters()


GPT.__init__ = _as_drawn


# %% exercise="GPT" misconception="embeddings-left-large"
"""Starts linear layers small and forgets the two tables.

Hint: Which modules have weights besides the linear ones?
"""
_init = GPT.__init__


def _tables_as_drawn(self, config):
    _init(self, config)
    self.token_embedding.reset_parameters()
    self.position_embedding.reset_parameters()


GPT.__init__ = _tables_as_drawn


# %% exercise="GPT" misconception="variance-not-deviation"
"""Takes 0.02 for the variance, so that weights start seven times too large.

Hint: `nn.init.normal_` wants a standard deviation. What is the root of 0.02?
"""
_init = GPT.__init__


def _too_large(self, config):
    _init(self, config)
    with torch.no_grad():
        for p in self.parameters():
            if p.ndim > 1:
                p.mul_(0.02**-0.5)


GPT.__init__ = _too_large


# %% exercise="GPT" misconception="cut-instead-of-refused"
"""Quietly cuts a text that is too long.

Hint: Whoever feeds too much should hear of it. What does the statement want for a longer idx?
"""
_forward = GPT.forward


def _cut(self, idx, targets=None):
    size = self.config.block_size
    return _forward(self, idx[:, -size:], None if targets is None else targets[:, -size:])


GPT.forward = _cut


# %% exercise="GPT" misconception="limit-off-by-one"
"""Refuses a text of exactly block_size symbols.

Hint: T may be anything from 1 to block_size, both included.
"""
_forward = GPT.forward


def _tight(self, idx, targets=None):
    if idx.shape[1] >= self.config.block_size > 1:
        raise ValueError("too long")
    return _forward(self, idx, targets)


GPT.forward = _tight


# %% exercise="GPT" misconception="last-norm-forgotten"
"""Reads the logits off the stream as it is.

Hint: Between the blocks and the last linear layer stands one more piece.
"""
_forward = GPT.forward


class _Nothing(nn.Module):
    def forward(self, x):
        return x


def _raw_stream(self, idx, targets=None):
    if idx.shape[1] > self.config.block_size:
        raise ValueError("too long")
    x = self.token_embedding(idx) + self.position_embedding(torch.arange(idx.shape[1]))
    logits = self.lm_head(self.blocks(x))
    return logits, None if targets is None else F.cross_entropy(logits.flatten(0, 1), targets.flatten())


GPT.forward = _raw_stream


# %% exercise="GPT" misconception="no-last-norm"
"""Has no LayerNorm behind the blocks.

Hint: Count the gains among `parameters()`. Between the blocks and the last linear layer stands one more piece.
"""
_init = GPT.__init__


def _without_norm(self, config):
    _init(self, config)
    self.ln_f = nn.Identity()


GPT.__init__ = _without_norm


# %% exercise="GPT" misconception="blocks-in-a-plain-list"
"""Keeps the blocks in a plain list, so they are never trained.

Hint: PyTorch looks for modules among the attributes and doesn't look into Python lists. Which list does it see into?
"""


class GPT(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.token_embedding = nn.Embedding(config.vocab_size, config.n_embd)
        self.position_embedding = nn.Embedding(config.block_size, config.n_embd)
        self.blocks = [Block(config) for _ in range(config.n_layer)]
        self.ln_f = LayerNorm(config.n_embd)
        self.lm_head = nn.Linear(config.n_embd, config.vocab_size)
        for module in self.modules():
            if isinstance(module, nn.Linear | nn.Embedding):
                nn.init.normal_(module.weight, std=0.02)
        nn.init.zeros_(self.lm_head.bias)

    def forward(self, idx, targets=None):
        if idx.shape[1] > self.config.block_size:
            raise ValueError("too long")
        x = self.token_embedding(idx) + self.position_embedding(torch.arange(idx.shape[1]))
        for block in self.blocks:
            x = block.to(x.dtype)(x)
        logits = self.lm_head(self.ln_f(x))
        return logits, None if targets is None else F.cross_entropy(logits.flatten(0, 1), targets.flatten())


# %% exercise="GPT" misconception="one-block-many-times"
"""Runs one block again and again: all layers share their weights.

Hint: `[Block(config)] * 3` is three times the same block. How many parameters does your model have?
"""
_init = GPT.__init__


def _shared(self, config):
    _init(self, config)
    self.blocks = nn.Sequential(*[self.blocks[0]] * config.n_layer)


GPT.__init__ = _shared


# %% exercise="GPT" misconception="softmax-before-the-loss"
"""Returns probabilities, and takes the cross-entropy of those.

Hint: `F.cross_entropy` takes the softmax itself. A second one makes every prediction almost uniform.
"""


def _probabilities(self, idx, targets=None):
    if idx.shape[1] > self.config.block_size:
        raise ValueError("too long")
    x = self.token_embedding(idx) + self.position_embedding(torch.arange(idx.shape[1]))
    logits = self.lm_head(self.ln_f(self.blocks(x))).softmax(-1)
    return logits, None if targets is None else F.cross_entropy(logits.flatten(0, 1), targets.flatten())


GPT.forward = _probabilities


# %% exercise="generate" misconception="no-crop"
"""Feeds the whole text, however long it has become.

Hint: How many symbols does the model look back on? It has a config that says so.
"""


def generate(model, idx, n, temperature=1.0, top_k=None, generator=None):
    training = model.training
    model.eval()
    with torch.no_grad():
        for _ in range(n):
            logits = model(idx)[0][:, -1] / temperature
            if top_k is not None:
                logits = logits.masked_fill(logits < logits.topk(top_k).values[:, -1:], -math.inf)
            idx = torch.cat([idx, torch.multinomial(logits.softmax(-1), 1, generator=generator)], 1)
    model.train(training)
    return idx


# %% exercise="generate" misconception="keeps-the-beginning"
"""Crops to the first symbols, so that the model never sees how the text goes on.

Hint: Which end of the text says what comes next?
"""


def generate(model, idx, n, temperature=1.0, top_k=None, generator=None):
    training = model.training
    model.eval()
    with torch.no_grad():
        for _ in range(n):
            logits = model(idx[:, : model.config.block_size])[0][:, -1] / temperature
            if top_k is not None:
                logits = logits.masked_fill(logits < logits.topk(top_k).values[:, -1:], -math.inf)
            idx = torch.cat([idx, torch.multinomial(logits.softmax(-1), 1, generator=generator)], 1)
    model.train(training)
    return idx


# %% exercise="generate" misconception="first-position"
"""Draws from the logits of the first position.

Hint: The logits of position i predict what follows symbol i. Which i has nothing behind it yet?
"""


def generate(model, idx, n, temperature=1.0, top_k=None, generator=None):
    training = model.training
    model.eval()
    with torch.no_grad():
        for _ in range(n):
            logits = model(idx[:, -model.config.block_size :])[0][:, 0] / temperature
            if top_k is not None:
                logits = logits.masked_fill(logits < logits.topk(top_k).values[:, -1:], -math.inf)
            idx = torch.cat([idx, torch.multinomial(logits.softmax(-1), 1, generator=generator)], 1)
    model.train(training)
    return idx


# %% exercise="generate" misconception="samples-from-every-position"
"""Draws a symbol at every position and appends them all.

Hint: How long has the text become after one step? Only the last position speaks of what isn't there yet.
"""


def generate(model, idx, n, temperature=1.0, top_k=None, generator=None):
    training = model.training
    model.eval()
    with torch.no_grad():
        for _ in range(n):
            logits = model(idx[:, -model.config.block_size :])[0] / temperature
            if top_k is not None:
                logits = logits.masked_fill(logits < logits.topk(top_k).values[..., -1:], -math.inf)
            B, T, V = logits.shape
            drawn = torch.multinomial(logits.softmax(-1).view(B * T, V), 1, generator=generator)
            idx = torch.cat([idx, drawn.view(B, T)], 1)
    model.train(training)
    return idx


# %% exercise="generate" misconception="always-greedy"
"""Takes the likeliest symbol each time.

Hint: That is what top_k = 1 asks for. Without it symbols are drawn in proportion to their probabilities.
"""


def generate(model, idx, n, temperature=1.0, top_k=None, generator=None):
    training = model.training
    model.eval()
    with torch.no_grad():
        for _ in range(n):
            logits = model(idx[:, -model.config.block_size :])[0][:, -1]
            idx = torch.cat([idx, logits.argmax(-1, keepdim=True)], 1)
    model.train(training)
    return idx


# %% exercise="generate" misconception="temperature-multiplies"
"""Multiplies the logits by the temperature: hot is cold.

Hint: A high temperature makes all symbols nearly alike. What must happen to the differences of logits?
"""


def generate(model, idx, n, temperature=1.0, top_k=None, generator=None):
    training = model.training
    model.eval()
    with torch.no_grad():
        for _ in range(n):
            logits = model(idx[:, -model.config.block_size :])[0][:, -1] * temperature
            if top_k is not None:
                logits = logits.masked_fill(logits < logits.topk(top_k).values[:, -1:], -math.inf)
            idx = torch.cat([idx, torch.multinomial(logits.softmax(-1), 1, generator=generator)], 1)
    model.train(training)
    return idx


# %% exercise="generate" misconception="temperature-after-the-softmax"
"""Divides the probabilities by the temperature, which `multinomial` undoes by normalising.

Hint: All probabilities divided by 2 are still in the same proportions. Where must the division stand?
"""


def generate(model, idx, n, temperature=1.0, top_k=None, generator=None):
    training = model.training
    model.eval()
    with torch.no_grad():
        for _ in range(n):
            logits = model(idx[:, -model.config.block_size :])[0][:, -1]
            if top_k is not None:
                logits = logits.masked_fill(logits < logits.topk(top_k).values[:, -1:], -math.inf)
            p = logits.softmax(-1) / temperature
            idx = torch.cat([idx, torch.multinomial(p, 1, generator=generator)], 1)
    model.train(training)
    return idx


# %% exercise="generate" misconception="top-k-ignored"
"""Never looks at top_k.

Hint: With top_k = 1 there is no choice left. Is there, in yours?
"""


def generate(model, idx, n, temperature=1.0, top_k=None, generator=None):
    training = model.training
    model.eval()
    with torch.no_grad():
        for _ in range(n):
            logits = model(idx[:, -model.config.block_size :])[0][:, -1] / temperature
            idx = torch.cat([idx, torch.multinomial(logits.softmax(-1), 1, generator=generator)], 1)
    model.train(training)
    return idx


# %% exercise="generate" misconception="top-k-as-zeros"
"""Sets the logits outside the top k to 0, which is no small logit.

Hint: exp(0) is 1. Which logit has the probability 0?
"""


def generate(model, idx, n, temperature=1.0, top_k=None, generator=None):
    training = model.training
    model.eval()
    with torch.no_grad():
        for _ in range(n):
            logits = model(idx[:, -model.config.block_size :])[0][:, -1] / temperature
            if top_k is not None:
                logits = logits.masked_fill(logits < logits.topk(top_k).values[:, -1:], 0.0)
            idx = torch.cat([idx, torch.multinomial(logits.softmax(-1), 1, generator=generator)], 1)
    model.train(training)
    return idx


# %% exercise="generate" misconception="leaves-eval-on"
"""Leaves the model in evaluation mode.

Hint: Whoever trains on after looking at a sample trains without dropout. In which mode was the model when you got it?
"""


def generate(model, idx, n, temperature=1.0, top_k=None, generator=None):
    model.eval()
    with torch.no_grad():
        for _ in range(n):
            logits = model(idx[:, -model.config.block_size :])[0][:, -1] / temperature
            if top_k is not None:
                logits = logits.masked_fill(logits < logits.topk(top_k).values[:, -1:], -math.inf)
            idx = torch.cat([idx, torch.multinomial(logits.softmax(-1), 1, generator=generator)], 1)
    return idx


# %% exercise="generate" misconception="stays-in-training"
"""Draws in whatever mode the model is: with dropout, from worse predictions.

Hint: What does `model.eval()` do, and when is it due?
"""


def generate(model, idx, n, temperature=1.0, top_k=None, generator=None):
    with torch.no_grad():
        for _ in range(n):
            logits = model(idx[:, -model.config.block_size :])[0][:, -1] / temperature
            if top_k is not None:
                logits = logits.masked_fill(logits < logits.topk(top_k).values[:, -1:], -math.inf)
            idx = torch.cat([idx, torch.multinomial(logits.softmax(-1), 1, generator=generator)], 1)
    return idx


# %% exercise="generate" misconception="the-k-unlikeliest"
"""Keeps the k smallest logits.

Hint: Which of them are the likeliest symbols'? `topk` has an argument for the other end.
"""


def generate(model, idx, n, temperature=1.0, top_k=None, generator=None):
    training = model.training
    model.eval()
    with torch.no_grad():
        for _ in range(n):
            logits = model(idx[:, -model.config.block_size :])[0][:, -1] / temperature
            if top_k is not None:
                most = logits.topk(top_k, largest=False).values[:, -1:]
                logits = logits.masked_fill(logits > most, -math.inf)
            idx = torch.cat([idx, torch.multinomial(logits.softmax(-1), 1, generator=generator)], 1)
    model.train(training)
    return idx


# %% exercise="generate" misconception="always-trains-afterwards"
"""Puts the model in training mode at the end, whatever it was in.

Hint: Restoring isn't the same as switching on. Who remembers what the mode was?
"""


def generate(model, idx, n, temperature=1.0, top_k=None, generator=None):
    model.eval()
    with torch.no_grad():
        for _ in range(n):
            logits = model(idx[:, -model.config.block_size :])[0][:, -1] / temperature
            if top_k is not None:
                logits = logits.masked_fill(logits < logits.topk(top_k).values[:, -1:], -math.inf)
            idx = torch.cat([idx, torch.multinomial(logits.softmax(-1), 1, generator=generator)], 1)
    model.train()
    return idx


# %% exercise="generate" misconception="only-what-is-new"
"""Returns the new symbols without the prefix.

Hint: The answer has T + n symbols for each text.
"""


def generate(model, idx, n, temperature=1.0, top_k=None, generator=None):
    training, T = model.training, idx.shape[1]
    model.eval()
    with torch.no_grad():
        for _ in range(n):
            logits = model(idx[:, -model.config.block_size :])[0][:, -1] / temperature
            if top_k is not None:
                logits = logits.masked_fill(logits < logits.topk(top_k).values[:, -1:], -math.inf)
            idx = torch.cat([idx, torch.multinomial(logits.softmax(-1), 1, generator=generator)], 1)
    model.train(training)
    return idx[:, T:]


# %% exercise="generate" misconception="ignores-the-generator"
"""Draws from the global state, whatever generator it is given.

Hint: Who uses the argument `generator`? Without it nobody can repeat what was written.
"""


def generate(model, idx, n, temperature=1.0, top_k=None, generator=None):
    training = model.training
    model.eval()
    with torch.no_grad():
        for _ in range(n):
            logits = model(idx[:, -model.config.block_size :])[0][:, -1] / temperature
            if top_k is not None:
                logits = logits.masked_fill(logits < logits.topk(top_k).values[:, -1:], -math.inf)
            idx = torch.cat([idx, torch.multinomial(logits.softmax(-1), 1)], 1)
    model.train(training)
    return idx


# %% exercise="positional_encoding" misconception="two-i-doubled"
"""Takes the channel's number for i and doubles it again.

Hint: `torch.arange(0, d, 2)` is 2i already. With d = 4, which two speeds are there?
"""


def positional_encoding(t, d):
    table = torch.zeros(t, d)
    angles = torch.arange(t)[:, None] / 10000 ** (2 * torch.arange(0, d, 2) / d)
    table[:, 0::2], table[:, 1::2] = angles.sin(), angles.cos()
    return table


# %% exercise="positional_encoding" misconception="concatenated"
"""Puts all sines first and all cosines behind them.

Hint: Channels 0 and 1 are a sine and a cosine of the same angle.
"""


def positional_encoding(t, d):
    angles = torch.arange(t)[:, None] * 10000.0 ** (-torch.arange(0, d, 2) / d)
    return torch.cat([angles.sin(), angles.cos()], 1)


# %% exercise="positional_encoding" misconception="cosine-first"
"""Puts the cosine before the sine.

Hint: At position 0 the row begins with 0.
"""


def positional_encoding(t, d):
    angles = torch.arange(t)[:, None] * 10000.0 ** (-torch.arange(0, d, 2) / d)
    return torch.stack([angles.cos(), angles.sin()], 2).flatten(1)


# %% exercise="positional_encoding" misconception="positions-from-1"
"""Numbers the positions from 1.

Hint: At position 0 every hand of the clock is at its start: sine 0, cosine 1.
"""


def positional_encoding(t, d):
    angles = torch.arange(1, t + 1)[:, None] * 10000.0 ** (-torch.arange(0, d, 2) / d)
    return torch.stack([angles.sin(), angles.cos()], 2).flatten(1)


# %% exercise="positional_encoding" misconception="speed-of-each-channel"
"""Gives each channel a speed of its own, so that a sine and its cosine don't belong together.

Hint: A pair shares its angle: both of its channels have the same i.
"""


def positional_encoding(t, d):
    angles = torch.arange(t)[:, None] * 10000.0 ** (-torch.arange(d) / d)
    table = torch.zeros(t, d)
    table[:, 0::2], table[:, 1::2] = angles[:, 0::2].sin(), angles[:, 1::2].cos()
    return table


# %% exercise="fuse_heads" misconception="view-without-transpose"
"""Views (B, T, nh · hs) as (B, nh, T, hs) straight away, which mixes positions with heads.

Hint: A view reads the numbers off in their order. Cut the last axis first, then let axes change places.
"""


def fuse_heads(heads):
    W = [torch.cat([getattr(h, role).weight for h in heads]).detach() for role in ("query", "key", "value")]

    class Fused(nn.Module):
        def forward(self, x):
            B, T, _ = x.shape
            q, k, v = ((x @ w.T).view(B, len(heads), T, -1) for w in W)
            return attention(q, k, v).transpose(1, 2).flatten(2)

    return Fused()


# %% exercise="fuse_heads" misconception="no-way-back"
"""Flattens (B, nh, T, hs) without putting heads behind time again.

Hint: The answer is (B, T, nh · hs): which two axes have to lie side by side before you flatten?
"""


def fuse_heads(heads):
    W = [torch.cat([getattr(h, role).weight for h in heads]).detach() for role in ("query", "key", "value")]

    class Fused(nn.Module):
        def forward(self, x):
            B, T, _ = x.shape
            q, k, v = ((x @ w.T).view(B, T, len(heads), -1).transpose(1, 2) for w in W)
            return attention(q, k, v).reshape(B, T, -1)

    return Fused()


# %% exercise="fuse_heads" misconception="heads-backwards"
"""Stacks the heads in reverse order.

Hint: Head 0's channels come first.
"""


def fuse_heads(heads):
    W = [
        torch.cat([getattr(h, role).weight for h in heads[::-1]]).detach()
        for role in ("query", "key", "value")
    ]

    class Fused(nn.Module):
        def forward(self, x):
            B, T, _ = x.shape
            q, k, v = ((x @ w.T).view(B, T, len(heads), -1).transpose(1, 2) for w in W)
            return attention(q, k, v).transpose(1, 2).flatten(2)

    return Fused()


# %% exercise="fuse_heads" misconception="one-wide-head"
"""Lets all heads attend as one: one set of weights from all channels, divided by the root of all.

Hint: Each head has scores of its own. Heads must be an axis when `attention` is called.
"""


def fuse_heads(heads):
    W = [torch.cat([getattr(h, role).weight for h in heads]).detach() for role in ("query", "key", "value")]

    class Fused(nn.Module):
        def forward(self, x):
            return attention(*(x @ w.T for w in W))

    return Fused()


# %% exercise="fuse_heads" misconception="still-a-loop"
"""Calls the heads one after the other, as before.

Hint: Right numbers, but for six heads three times the operations of two. Where are the heads an axis of one tensor?
"""


def fuse_heads(heads):
    class Loop(nn.Module):
        def __init__(self):
            super().__init__()
            self.heads = nn.ModuleList(heads)

        def forward(self, x):
            return torch.cat([head(x) for head in self.heads], -1)

    return Loop()


# %% exercise="fuse_heads" misconception="new-weights"
"""Makes new maps and never takes over the heads' weights.

Hint: The module is to give what *these* heads give.
"""


def fuse_heads(heads):
    class Fused(nn.Module):
        def __init__(self):
            super().__init__()
            hs, C = heads[0].query.weight.shape
            self.maps = nn.Linear(C, 3 * len(heads) * hs, bias=False).to(heads[0].query.weight.dtype)

        def forward(self, x):
            B, T, _ = x.shape
            q, k, v = self.maps(x).view(B, T, 3, len(heads), -1).permute(2, 0, 3, 1, 4)
            return attention(q, k, v).transpose(1, 2).flatten(2)

    return Fused()


# %% exercise="fuse_heads" misconception="live-weights"
"""Reads the heads' weights anew at every call.

Hint: What does your module give once somebody has trained the heads further? It should have weights of its own.
"""


def fuse_heads(heads):
    class Fused(nn.Module):
        def forward(self, x):
            B, T, _ = x.shape
            W = [torch.cat([getattr(h, role).weight for h in heads]) for role in ("query", "key", "value")]
            q, k, v = ((x @ w.T).view(B, T, len(heads), -1).transpose(1, 2) for w in W)
            return attention(q, k, v).transpose(1, 2).flatten(2)

    return Fused()


# %% exercise="fuse_heads" misconception="roles-mixed-up"
"""Stacks query, key and value of one head and then those of the next, but cuts as if all queries came first.

Hint: After x @ W.T the channels stand in the order in which you stacked the weights. Which is yours?
"""


def fuse_heads(heads):
    W = torch.cat([getattr(h, role).weight for h in heads for role in ("query", "key", "value")]).detach()

    class Fused(nn.Module):
        def forward(self, x):
            B, T, _ = x.shape
            q, k, v = (x @ W.T).view(B, T, 3, len(heads), -1).permute(2, 0, 3, 1, 4)
            return attention(q, k, v).transpose(1, 2).flatten(2)

    return Fused()


# %% exercise="estimate_loss" misconception="leaves-eval-on"
"""Leaves the model in evaluation mode.

Hint: The training loop goes on after the measurement. In which mode did it lend you the model?
"""


def estimate_loss(model, data, batches, batch_size, generator):
    model.eval()
    with torch.no_grad():
        losses = [
            model(*get_batch(data, model.config.block_size, batch_size, generator))[1].item()
            for _ in range(batches)
        ]
    return sum(losses) / batches


# %% exercise="estimate_loss" misconception="stays-in-training"
"""Measures in training mode: with dropout, another number each time and too high.

Hint: What does `model.eval()` do?
"""


def estimate_loss(model, data, batches, batch_size, generator):
    with torch.no_grad():
        losses = [
            model(*get_batch(data, model.config.block_size, batch_size, generator))[1].item()
            for _ in range(batches)
        ]
    return sum(losses) / batches


# %% exercise="estimate_loss" misconception="records-gradients"
"""Measures while the graph for a backward pass is recorded, which costs memory and time.

Hint: Nobody will call backward. How does one tell PyTorch?
"""


def estimate_loss(model, data, batches, batch_size, generator):
    training = model.training
    model.eval()
    losses = [
        model(*get_batch(data, model.config.block_size, batch_size, generator))[1].item()
        for _ in range(batches)
    ]
    model.train(training)
    return sum(losses) / batches


# %% exercise="estimate_loss" misconception="last-batch"
"""Returns the loss of the last batch.

Hint: A single batch is noisy. What became of the others?
"""


def estimate_loss(model, data, batches, batch_size, generator):
    training = model.training
    model.eval()
    with torch.no_grad():
        for _ in range(batches):
            _, loss = model(*get_batch(data, model.config.block_size, batch_size, generator))
    model.train(training)
    return loss.item()


# %% exercise="estimate_loss" misconception="one-batch-again-and-again"
"""Draws one batch and measures it many times.

Hint: The mean of equal numbers is no better than one of them. Where is the batch drawn?
"""


def estimate_loss(model, data, batches, batch_size, generator):
    training = model.training
    model.eval()
    x, y = get_batch(data, model.config.block_size, batch_size, generator)
    with torch.no_grad():
        losses = [model(x, y)[1].item() for _ in range(batches)]
    model.train(training)
    return sum(losses) / batches


# %% exercise="estimate_loss" misconception="sum-not-mean"
"""Adds the losses up and never divides.

Hint: With twice the batches the number shouldn't be twice as large.
"""


def estimate_loss(model, data, batches, batch_size, generator):
    training = model.training
    model.eval()
    with torch.no_grad():
        losses = [
            model(*get_batch(data, model.config.block_size, batch_size, generator))[1].item()
            for _ in range(batches)
        ]
    model.train(training)
    return sum(losses)


# %% exercise="generate_cached" misconception="positions-restart"
"""Tells every new symbol that it stands at place 0.

Hint: Fed alone, a symbol looks like the first of a text. At which place does it really stand?
"""


def generate_cached(model, idx, n):
    if idx.shape[1] + n > model.config.block_size:
        raise ValueError("too long")
    kept = {}

    def look(head, x):
        k, v = head.key(x), head.value(x)
        first = head not in kept
        if not first:
            k, v = torch.cat([kept[head][0], k], 1), torch.cat([kept[head][1], v], 1)
        kept[head] = k, v
        return attention(head.query(x), k, v, causal=first)

    def predict(ids):
        x = model.token_embedding(ids) + model.position_embedding.weight[: ids.shape[1]]
        for block in model.blocks:
            x = x + block.sa.proj(torch.cat([look(head, block.ln1(x)) for head in block.sa.heads], -1))
            x = x + block.mlp(block.ln2(x))
        return model.lm_head(model.ln_f(x[:, -1:])).argmax(-1)

    with torch.no_grad():
        new = idx
        for _ in range(n):
            new = predict(new)
            idx = torch.cat([idx, new], 1)
    return idx


# %% exercise="generate_cached" misconception="past-forgotten"
"""Feeds one symbol at a time and keeps nothing of those before.

Hint: Whom can the new symbol's query meet? The keys and values of the past must be there.
"""


def generate_cached(model, idx, n):
    if idx.shape[1] + n > model.config.block_size:
        raise ValueError("too long")

    def predict(ids, start):
        x = model.token_embedding(ids) + model.position_embedding.weight[start : start + ids.shape[1]]
        return model.lm_head(model.ln_f(model.blocks(x)[:, -1:])).argmax(-1)

    with torch.no_grad():
        new = idx
        for _ in range(n):
            new = predict(new, idx.shape[1] - new.shape[1])
            idx = torch.cat([idx, new], 1)
    return idx


# %% exercise="generate_cached" misconception="no-cache"
"""Feeds the whole text in every step.

Hint: Right symbols, but each step costs more than the one before. What of the past has to be computed again?
"""


def generate_cached(model, idx, n):
    if idx.shape[1] + n > model.config.block_size:
        raise ValueError("too long")
    with torch.no_grad():
        for _ in range(n):
            idx = torch.cat([idx, model(idx)[0][:, -1:].argmax(-1)], 1)
    return idx


# %% exercise="generate_cached" misconception="prefix-not-masked"
"""Lets the prefix's positions see each other's future when they are fed together.

Hint: A single query needs no mask, since nothing later is there. Is that so for the prefix?
"""


def generate_cached(model, idx, n):
    if idx.shape[1] + n > model.config.block_size:
        raise ValueError("too long")
    kept = {}

    def look(head, x):
        k, v = head.key(x), head.value(x)
        if head in kept:
            k, v = torch.cat([kept[head][0], k], 1), torch.cat([kept[head][1], v], 1)
        kept[head] = k, v
        return attention(head.query(x), k, v, causal=False)

    def predict(ids, start):
        x = model.token_embedding(ids) + model.position_embedding.weight[start : start + ids.shape[1]]
        for block in model.blocks:
            x = x + block.sa.proj(torch.cat([look(head, block.ln1(x)) for head in block.sa.heads], -1))
            x = x + block.mlp(block.ln2(x))
        return model.lm_head(model.ln_f(x[:, -1:])).argmax(-1)

    with torch.no_grad():
        new = idx
        for _ in range(n):
            new = predict(new, idx.shape[1] - new.shape[1])
            idx = torch.cat([idx, new], 1)
    return idx


# %% exercise="generate_cached" misconception="one-cache-for-all-heads"
"""Keeps one pair of keys and values for all heads: they overwrite each other's.

Hint: Every head of every block has keys of its own. How many pairs do you keep?
"""


def generate_cached(model, idx, n):
    if idx.shape[1] + n > model.config.block_size:
        raise ValueError("too long")
    kept = {}

    def look(place, head, x):
        k, v = head.key(x), head.value(x)
        first = place not in kept
        if not first:
            k, v = torch.cat([kept[place][0], k], 1), torch.cat([kept[place][1], v], 1)
        kept[place] = k, v
        return attention(head.query(x), k, v, causal=first)

    def predict(ids, start):
        x = model.token_embedding(ids) + model.position_embedding.weight[start : start + ids.shape[1]]
        past = dict(kept)
        for block in model.blocks:
            outs = []
            for head in block.sa.heads:
                kept.update(past) if past else kept.clear()
                outs.append(look(0, head, block.ln1(x)))
            x = x + block.sa.proj(torch.cat(outs, -1))
            x = x + block.mlp(block.ln2(x))
        return model.lm_head(model.ln_f(x[:, -1:])).argmax(-1)

    with torch.no_grad():
        new = idx
        for _ in range(n):
            new = predict(new, idx.shape[1] - new.shape[1])
            idx = torch.cat([idx, new], 1)
    return idx


# %% exercise="generate_cached" misconception="never-refuses"
"""Goes on beyond the block: it has no places for what comes then.

Hint: What is asked for when T + n is greater than block_size?
"""


def generate_cached(model, idx, n):
    kept = {}
    size = model.config.block_size

    def look(head, x):
        k, v = head.key(x), head.value(x)
        first = head not in kept
        if not first:
            k, v = torch.cat([kept[head][0], k], 1), torch.cat([kept[head][1], v], 1)
        kept[head] = k, v
        return attention(head.query(x), k, v, causal=first)

    def predict(ids, start):
        x = model.token_embedding(ids) + model.position_embedding(
            torch.arange(start, start + ids.shape[1]).clamp(max=size - 1)
        )
        for block in model.blocks:
            x = x + block.sa.proj(torch.cat([look(head, block.ln1(x)) for head in block.sa.heads], -1))
            x = x + block.mlp(block.ln2(x))
        return model.lm_head(model.ln_f(x[:, -1:])).argmax(-1)

    with torch.no_grad():
        new = idx
        for _ in range(n):
            new = predict(new, idx.shape[1] - new.shape[1])
            idx = torch.cat([idx, new], 1)
    return idx


# %% exercise="generate_cached" misconception="refuses-a-full-block"
"""Refuses a text that fills the block exactly.

Hint: T + n may be block_size.
"""


def generate_cached(model, idx, n):
    kept = {}
    if idx.shape[1] + n >= model.config.block_size:
        raise ValueError("too long")

    def look(head, x):
        k, v = head.key(x), head.value(x)
        first = head not in kept
        if not first:
            k, v = torch.cat([kept[head][0], k], 1), torch.cat([kept[head][1], v], 1)
        kept[head] = k, v
        return attention(head.query(x), k, v, causal=first)

    def predict(ids, start):
        x = model.token_embedding(ids) + model.position_embedding(torch.arange(start, start + ids.shape[1]))
        for block in model.blocks:
            x = x + block.sa.proj(torch.cat([look(head, block.ln1(x)) for head in block.sa.heads], -1))
            x = x + block.mlp(block.ln2(x))
        return model.lm_head(model.ln_f(x[:, -1:])).argmax(-1)

    with torch.no_grad():
        new = idx
        for _ in range(n):
            new = predict(new, idx.shape[1] - new.shape[1])
            idx = torch.cat([idx, new], 1)
    return idx


# %% exercise="addition_dataset" misconception="sum-not-reversed"
"""Writes the sum's digits from the left.

Hint: The model writes from left to right, and carries come from the right. Which digit of 135 comes first?
"""


def addition_dataset(digits, n, generator):
    a, b = torch.randint(10**digits, (2, n), generator=generator).tolist()
    rows = [f"{i:0{digits}d}{j:0{digits}d}{i + j:0{digits + 1}d}" for i, j in zip(a, b, strict=True)]
    text = torch.tensor([[int(digit) for digit in row] for row in rows])
    mask = (torch.arange(3 * digits) >= 2 * digits - 1).repeat(n, 1)
    return text[:, :-1], text[:, 1:], mask


# %% exercise="addition_dataset" misconception="everything-reversed"
"""Writes a number of the question from the right as well, or both.

Hint: Only the answer is written from the right.
"""


def addition_dataset(digits, n, generator):
    a, b = torch.randint(10**digits, (2, n), generator=generator).tolist()
    rows = [
        f"{i:0{digits}d}"[::-1] + f"{j:0{digits}d}"[::-1] + f"{i + j:0{digits + 1}d}"[::-1]
        for i, j in zip(a, b, strict=True)
    ]
    text = torch.tensor([[int(digit) for digit in row] for row in rows])
    mask = (torch.arange(3 * digits) >= 2 * digits - 1).repeat(n, 1)
    return text[:, :-1], text[:, 1:], mask


# %% exercise="addition_dataset" misconception="mask-over-the-question"
"""Masks the question, where nothing is to be learned.

Hint: True is where the target counts. Can anybody predict the second digit of a random number?
"""


def addition_dataset(digits, n, generator):
    a, b = torch.randint(10**digits, (2, n), generator=generator).tolist()
    rows = [
        f"{i:0{digits}d}{j:0{digits}d}" + f"{i + j:0{digits + 1}d}"[::-1] for i, j in zip(a, b, strict=True)
    ]
    text = torch.tensor([[int(digit) for digit in row] for row in rows])
    mask = (torch.arange(3 * digits) < 2 * digits - 1).repeat(n, 1)
    return text[:, :-1], text[:, 1:], mask


# %% exercise="addition_dataset" misconception="mask-one-late"
"""Starts the mask where the answer starts in X, so that its first digit isn't trained.

Hint: The mask belongs to Y. In which column of Y is the sum's first digit?
"""


def addition_dataset(digits, n, generator):
    a, b = torch.randint(10**digits, (2, n), generator=generator).tolist()
    rows = [
        f"{i:0{digits}d}{j:0{digits}d}" + f"{i + j:0{digits + 1}d}"[::-1] for i, j in zip(a, b, strict=True)
    ]
    text = torch.tensor([[int(digit) for digit in row] for row in rows])
    mask = (torch.arange(3 * digits) >= 2 * digits).repeat(n, 1)
    return text[:, :-1], text[:, 1:], mask


# %% exercise="addition_dataset" misconception="mask-everywhere"
"""Counts every target.

Hint: Which targets can't be known from what came before?
"""


def addition_dataset(digits, n, generator):
    a, b = torch.randint(10**digits, (2, n), generator=generator).tolist()
    rows = [
        f"{i:0{digits}d}{j:0{digits}d}" + f"{i + j:0{digits + 1}d}"[::-1] for i, j in zip(a, b, strict=True)
    ]
    text = torch.tensor([[int(digit) for digit in row] for row in rows])
    return text[:, :-1], text[:, 1:], torch.ones((n, 3 * digits), dtype=torch.bool)


# %% exercise="addition_dataset" misconception="zeros-on-the-wrong-side"
"""Fills short sums up with zeros on the left after reversing them.

Hint: 7 + 5 = 12 as a sum of three digits is 012, and from the right that is 2 1 0.
"""


def addition_dataset(digits, n, generator):
    a, b = torch.randint(10**digits, (2, n), generator=generator).tolist()
    rows = [
        f"{i:0{digits}d}{j:0{digits}d}" + str(i + j)[::-1].rjust(digits + 1, "0")
        for i, j in zip(a, b, strict=True)
    ]
    text = torch.tensor([[int(digit) for digit in row] for row in rows])
    mask = (torch.arange(3 * digits) >= 2 * digits - 1).repeat(n, 1)
    return text[:, :-1], text[:, 1:], mask


# %% exercise="addition_dataset" misconception="no-leading-zeros"
"""Draws only numbers that have all their digits.

Hint: From 0 on: 7 is a number of two digits here, 07.
"""


def addition_dataset(digits, n, generator):
    a, b = torch.randint(10 ** (digits - 1), 10**digits, (2, n), generator=generator).tolist()
    rows = [
        f"{i:0{digits}d}{j:0{digits}d}" + f"{i + j:0{digits + 1}d}"[::-1] for i, j in zip(a, b, strict=True)
    ]
    text = torch.tensor([[int(digit) for digit in row] for row in rows])
    mask = (torch.arange(3 * digits) >= 2 * digits - 1).repeat(n, 1)
    return text[:, :-1], text[:, 1:], mask


# %% exercise="addition_dataset" misconception="largest-never-drawn"
"""Draws numbers up to 10^digits - 2.

Hint: `torch.randint(high, ...)` never draws `high` itself. Which is the largest number of two digits?
"""


def addition_dataset(digits, n, generator):
    a, b = torch.randint(10**digits - 1, (2, n), generator=generator).tolist()
    rows = [
        f"{i:0{digits}d}{j:0{digits}d}" + f"{i + j:0{digits + 1}d}"[::-1] for i, j in zip(a, b, strict=True)
    ]
    text = torch.tensor([[int(digit) for digit in row] for row in rows])
    mask = (torch.arange(3 * digits) >= 2 * digits - 1).repeat(n, 1)
    return text[:, :-1], text[:, 1:], mask


# %% exercise="near_orthogonal" misconception="includes-itself"
"""Counts a direction's cosine with itself, which is always 1.

Hint: Where in the matrix of all cosines do those stand?
"""


def near_orthogonal(n, d, generator):
    x = F.normalize(torch.randn((n, d), generator=generator), dim=1)
    return (x @ x.T).abs().max().item()


# %% exercise="near_orthogonal" misconception="opposite-is-far"
"""Takes the largest cosine, and calls opposite directions far apart.

Hint: A cosine of -1 is as far from orthogonal as 1. What does "absolute" say?
"""


def near_orthogonal(n, d, generator):
    x = F.normalize(torch.randn((n, d), generator=generator), dim=1)
    return (x @ x.T).fill_diagonal_(-1).max().item()


# %% exercise="near_orthogonal" misconception="sign-kept"
"""Never takes the absolute value.

Hint: Two opposite directions have the cosine -1, which is as far from orthogonal as 1.
"""


def near_orthogonal(n, d, generator):
    x = F.normalize(torch.randn((n, d), generator=generator), dim=1)
    return (x @ x.T).fill_diagonal_(0).max().item()


# %% exercise="near_orthogonal" misconception="dot-products"
"""Never divides by the lengths: dot products, not cosines.

Hint: A cosine is at most 1. How large are yours?
"""


def near_orthogonal(n, d, generator):
    x = torch.randn((n, d), generator=generator)
    return (x @ x.T).abs().fill_diagonal_(0).max().item()


# %% exercise="near_orthogonal" misconception="one-corner-of-space"
"""Draws coordinates from 0 to 1, so that all directions point into one corner.

Hint: Can two vectors without negative entries be at a right angle? Every direction should be equally likely.
"""


def near_orthogonal(n, d, generator):
    x = F.normalize(torch.rand((n, d), generator=generator), dim=1)
    return (x @ x.T).abs().fill_diagonal_(0).max().item()


# %% exercise="near_orthogonal" misconception="mean-not-largest"
"""Returns the mean of the absolute cosines.

Hint: The worst pair decides whether all are nearly orthogonal.
"""


def near_orthogonal(n, d, generator):
    x = F.normalize(torch.randn((n, d), generator=generator), dim=1)
    return (x @ x.T).abs().fill_diagonal_(0).sum().item() / (n * (n - 1))


# %% exercise="near_orthogonal" misconception="columns-as-directions"
"""Normalises and compares the columns: d directions in n dimensions.

Hint: There are n directions with d numbers each. How many cosines does your matrix hold?
"""


def near_orthogonal(n, d, generator):
    x = F.normalize(torch.randn((n, d), generator=generator), dim=0)
    return (x.T @ x).abs().fill_diagonal_(0).max().item()

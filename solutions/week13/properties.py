"""Week 13's hidden properties: agreement with torch or an independent oracle, laws, edge cases.

Wherever two sizes could be confused they are drawn apart: time, width, head size, vocabulary, block.
"""

import math
from itertools import permutations

import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from autograde.properties import assert_close, assert_equal, assert_raises, driver, exercise, require
from autograde.strategies import sizes, tensors

# Answers may come from float32 arithmetic, whatever they are returned as.
ROUNDING = 64 * torch.finfo(torch.float32).eps
# A handful of float64 operations on numbers of this week's sizes.
FINE = 1e-9

HOWS = ["loop", "matmul", "softmax"]


def seeds() -> st.SearchStrategy[int]:
    return st.integers(0, 9999)


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def normal(seed: int, *shape: int) -> torch.Tensor:
    """Float64 draws from a seed that no learner would use."""
    return torch.randn(shape, generator=generator(50_000 + seed), dtype=torch.float64)


def symbols(seed: int, V: int, *shape: int) -> torch.Tensor:
    return torch.randint(V, shape, generator=generator(70_000 + seed))


def distinct(N: int, seed: int) -> torch.Tensor:
    """N different numbers out of order: each tells its place, and none is its place."""
    return 3 * torch.randperm(N, generator=generator(seed)) + 1000


# get_batch


def assert_windows(x, y, data, block, batch):
    """Every row of x is a window of data, and that of y the one a place later; returns the starts."""
    for name, got in (("x", x), ("y", y)):
        assert_equal(tuple(got.shape), (batch, block), f"the shape of {name}")
        assert_equal(got.dtype, torch.int64, f"the dtype of {name}")
    starts = []
    for row in range(batch):
        found = (data == x[row, 0]).nonzero().flatten().tolist()
        require(len(found) == 1, f"row {row} of x begins with no number of data", got=x[row])
        start = found[0]
        assert_equal(x[row], data[start : start + block], f"row {row} of x, which begins at {start}")
        assert_equal(
            y[row], data[start + 1 : start + 1 + block], f"row {row} of y, where x begins at {start}"
        )
        starts.append(start)
    return starts


@exercise("get_batch")
@given(block=sizes(1, 5), extra=sizes(1, 6), batch=sizes(1, 6), seed=seeds())
def test_rows_are_windows_and_the_data_stay(learner, block, extra, batch, seed):
    """Each row of x is a window of data, each row of y the window one place later, and data are as before."""
    data = distinct(block + extra, seed)
    before = data.clone()
    x, y = learner.get_batch(data, block, batch, generator(seed))
    assert_windows(x, y, before, block, batch)
    assert_equal(data, before, "data afterwards")


@exercise("get_batch")
@settings(max_examples=15)
@given(block=sizes(1, 5), extra=sizes(1, 4), seed=seeds())
def test_every_start_is_reached_and_equally_likely(learner, block, extra, seed):
    """Among many rows every start occurs, first and last included, about equally often."""
    data, batch = distinct(block + extra, seed), 400
    x, y = learner.get_batch(data, block, batch, generator(seed))
    starts = assert_windows(x[:5], y[:5], data, block, 5)
    assert_equal(x.shape[0], batch, "the number of rows")
    first = (x[:, :1] == data).nonzero()[:, 1]
    require(len(first) == batch, "a row begins with no number of data", got=starts)
    found = torch.bincount(first, minlength=len(data)).tolist()
    # Six standard deviations of a count.
    allowed = 6 * math.sqrt(batch / extra * (1 - 1 / extra))
    for start in range(extra):
        low, high = batch / extra - allowed, batch / extra + allowed
        require(low <= found[start] <= high, f"how many of {batch} rows start at {start}", got=found)
    assert_equal(sum(found[extra:]), 0, f"rows that start after {extra - 1}")


@exercise("get_batch")
@settings(max_examples=15)
@given(block=sizes(1, 4), seed=seeds())
def test_the_generator_decides_the_windows(learner, block, seed):
    """Equal states draw equal windows; the same generator draws others the next time."""
    data = distinct(block + 40, seed)
    drawing = generator(seed)
    x, y = learner.get_batch(data, block, 12, drawing)
    again, _ = learner.get_batch(data, block, 12, generator(seed))
    assert_equal(again, x, "x from an equal state")
    later, _ = learner.get_batch(data, block, 12, drawing)
    require(not torch.equal(later, x), "the second call draws the same windows", got=later)
    assert_windows(x, y, data, block, 12)
    require(len(set(x[:, 0].tolist())) > 1, "all rows begin at one place", got=x[:, 0])


# masked_average


def average_of_past(x):
    return x.cumsum(1) / torch.arange(1, x.shape[1] + 1, dtype=x.dtype)[:, None]


def histories(dtype=torch.float64, low=1):
    return tensors((sizes(1, 3), sizes(low, 6), sizes(1, 4)), dtype=dtype)


@exercise("masked_average")
@given(x=histories(), how=st.sampled_from(HOWS))
def test_averages_are_cumulative_means(learner, x, how):
    """Position i is the running sum up to i over i + 1, of x's shape and dtype, and x is as before."""
    before = x.clone()
    got = learner.masked_average(x, how)
    assert_close(got, average_of_past(before), how, atol=FINE, axes=("sequence", "position", "channel"))
    assert_equal(got.dtype, torch.float64, f"the dtype ({how})")
    assert_equal(x, before, "x afterwards")


@exercise("masked_average")
@given(x=histories(torch.float32), how=st.sampled_from(HOWS))
def test_averages_keep_float32(learner, x, how):
    """In float32 the means are float32, and right up to its rounding."""
    got = learner.masked_average(x, how)
    assert_equal(got.dtype, torch.float32, f"the dtype ({how})")
    assert_close(got, average_of_past(x), how, atol=ROUNDING * 4)


@exercise("masked_average")
@given(x=histories(low=2), cut=st.integers(1, 5), how=st.sampled_from(HOWS))
def test_averages_ignore_the_future(learner, x, cut, how):
    """Other numbers from some position on change nothing before it, and the means there are right."""
    cut = 1 + (cut - 1) % (x.shape[1] - 1)
    other = x.clone()
    other[:, cut:] = 100 - 3 * x[:, cut:]
    got, changed = learner.masked_average(x, how), learner.masked_average(other, how)
    assert_close(changed[:, :cut], average_of_past(x)[:, :cut], f"{how}, before position {cut}", atol=1e-7)
    assert_close(got[:, cut:], average_of_past(x)[:, cut:], f"{how}, from position {cut}", atol=1e-7)


@exercise("masked_average")
@given(x=histories())
def test_the_three_ways_agree(learner, x):
    """Loop, matmul and softmax give the same, and a constant sequence is its own average."""
    loop, matmul, softmax = (learner.masked_average(x, how) for how in HOWS)
    assert_close(loop, average_of_past(x), "loop", atol=FINE)
    assert_close(matmul, loop, "matmul against loop", atol=FINE)
    assert_close(softmax, loop, "softmax against loop", atol=FINE)
    level = x[:, :1].expand(x.shape).contiguous()
    for how in HOWS:
        assert_close(learner.masked_average(level, how), level, f"{how} of a constant sequence", atol=FINE)


# attention


@st.composite
def lookers(draw, same=True, low=1):
    """(q, k, v) with any leading axes, every size drawn on its own; of equal time if `same`."""
    leading = draw(st.lists(sizes(1, 3), max_size=3))
    t, d, e = draw(sizes(low, 5)), draw(sizes(1, 6)), draw(sizes(1, 5))
    s = t if same else draw(sizes(low, 6))
    seed, scale = draw(seeds()), draw(st.sampled_from([0.5, 2.0, 3.0]))
    q, k = scale * normal(seed, *leading, t, d), normal(seed + 1, *leading, s, d)
    return q, k, normal(seed + 2, *leading, s, e)


@exercise("attention")
@given(qkv=lookers())
def test_causal_attention_is_torchs(learner, qkv):
    """Causal attention is PyTorch's, with causal named or not, in float64, and the arguments are as before."""
    before = [part.clone() for part in qkv]
    right = F.scaled_dot_product_attention(*qkv, is_causal=True)
    got = learner.attention(*qkv)
    assert_close(got, right, "causal unnamed", atol=FINE)
    assert_equal(got.dtype, torch.float64, "the dtype")
    assert_close(learner.attention(*qkv, True), right, "causal=True", atol=FINE)
    for name, part, old in zip("qkv", qkv, before, strict=True):
        assert_equal(part, old, f"{name} afterwards")


@exercise("attention")
@given(qkv=lookers(same=False))
def test_open_attention_is_torchs(learner, qkv):
    """With causal=False it is PyTorch's, also where there are more or fewer keys than queries."""
    right = F.scaled_dot_product_attention(*qkv)
    assert_close(learner.attention(*qkv, causal=False), right, atol=FINE)


@exercise("attention")
@given(qkv=lookers(low=2), cut=st.integers(1, 4))
def test_attention_ignores_the_future(learner, qkv, cut):
    """Other keys, values and queries from some position on change nothing before it."""
    q, k, v = qkv
    cut = 1 + (cut - 1) % (q.shape[-2] - 1)
    others = [part.clone() for part in qkv]
    for part, factor in zip(others, [-2.0, 3.0, 50.0], strict=True):
        part[..., cut:, :] = factor * part[..., cut:, :] + 1
    right = F.scaled_dot_product_attention(*qkv, is_causal=True)
    assert_close(
        learner.attention(*others)[..., :cut, :], right[..., :cut, :], f"before position {cut}", atol=FINE
    )
    first = learner.attention(q, k, v)[..., 0, :]
    assert_close(first, v[..., 0, :], "position 0, which sees only itself", atol=FINE)


@exercise("attention")
@given(qkv=lookers(same=False, low=2), shift=st.integers(1, 4))
def test_attention_sees_a_set(learner, qkv, shift):
    """Not causal: keys rolled along with their values change nothing; queries rolled roll the answer."""
    q, k, v = qkv
    right = F.scaled_dot_product_attention(q, k, v)
    rolled = learner.attention(q, k.roll(shift, -2), v.roll(shift, -2), causal=False)
    assert_close(rolled, right, "keys and values rolled", atol=FINE)
    turned = learner.attention(q.roll(shift, -2), k, v, causal=False)
    assert_close(turned, right.roll(shift, -2), "queries rolled", atol=FINE)


@exercise("attention")
@given(qkv=lookers(low=2), size=st.sampled_from([100.0, 1000.0]))
def test_large_scores_do_no_harm(learner, qkv, size):
    """Scores far too large for exp give finite answers: PyTorch's."""
    q, k, v = qkv
    q, k = (size * q).round(), k.round()  # whole numbers: products are exact, ties are ties
    for causal in (True, False):
        right = F.scaled_dot_product_attention(q, k, v, is_causal=causal)
        assert_close(learner.attention(q, k, v, causal), right, f"causal={causal}", atol=1e-7)


@driver
def attention_slopes(names, q, k, v, up, causal):
    """The gradients of the sum of up times attention by q, k and v."""
    import torch

    leaves = [part.clone().requires_grad_() for part in (q, k, v)]
    return list(torch.autograd.grad((up * names.attention(*leaves, causal)).sum(), leaves))


@exercise("attention")
@given(qkv=lookers(), causal=st.booleans(), seed=seeds())
def test_attentions_gradients_are_torchs(learner, qkv, causal, seed):
    """The gradients by q, k and v are PyTorch's."""
    up = normal(seed + 9, *qkv[0].shape[:-1], qkv[2].shape[-1])
    leaves = [part.clone().requires_grad_() for part in qkv]
    right = F.scaled_dot_product_attention(*leaves, is_causal=causal)
    slopes = torch.autograd.grad((up * right).sum(), leaves)
    for name, got, slope in zip("qkv", attention_slopes(learner, *qkv, up, causal), slopes, strict=True):
        assert_close(got, slope, f"gradient by {name}, causal={causal}", atol=1e-8)


@exercise("attention")
@given(qkv=lookers())
def test_attention_in_float32(learner, qkv):
    """Float32 goes in, float32 comes out."""
    q, k, v = (part.float() for part in qkv)
    got = learner.attention(q, k, v)
    assert_equal(got.dtype, torch.float32, "the dtype")
    assert_close(got, F.scaled_dot_product_attention(q, k, v, is_causal=True), atol=1e-4)


# Head


@st.composite
def head_sizes(draw, least=1):
    """(B, T, block, C, hs): time within the block, width and head size different."""
    B, T, C = draw(sizes(1, 3)), draw(sizes(least, 5)), draw(sizes(2, 7))
    hs = draw(st.sampled_from([size for size in (1, 2, 3, 4, 5) if size != C and 3 * size != C]))
    return B, T, T + draw(sizes(0, 3)), C, hs


@driver
def run_head(names, C, hs, block, seed, inputs):
    """The head's matrices, drawn anew from the seed, and its answers; biases, if it has any, are 0."""
    import torch

    head = names.Head(C, hs, block).double()
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for p in head.parameters():
            drawn = torch.randn(p.shape, generator=generator, dtype=torch.float64)
            p.copy_(drawn if p.ndim > 1 else 0 * drawn)
        held = [(name, p.detach().clone()) for name, p in head.named_parameters() if p.ndim > 1]
        return held, [head(x) for x in inputs]


def maps_of(held, C, hs):
    """The matrices as (name, (C, hs)), whichever way they are stored; three if that can be told."""
    found = []
    for name, w in held:
        if w.shape == (hs, C):
            found.append((name, w.T))
        elif w.shape == (C, hs):
            found.append((name, w))
        elif w.shape == (3 * hs, C):
            found += [
                (role, part.T) for role, part in zip(("query", "key", "value"), w.chunk(3), strict=True)
            ]
        elif w.shape == (C, 3 * hs):
            found += [
                (role, part) for role, part in zip(("query", "key", "value"), w.chunk(3, 1), strict=True)
            ]
    roles = {"q": 0, "k": 1, "v": 2}
    return sorted(found, key=lambda named: roles.get(named[0].split(".")[0].lstrip("wW_")[:1], 3))


def assert_head(got, held, x, C, hs):
    """The answer is causal attention of x's queries, keys and values, whichever of the maps is which."""
    maps = [w for _, w in maps_of(held, C, hs)]
    if len(maps) != 3:
        return
    options = (
        F.scaled_dot_product_attention(x @ q, x @ k, x @ v, is_causal=True) for q, k, v in permutations(maps)
    )
    first = next(options)
    assert_equal(tuple(got.shape), tuple(first.shape), "the shape")
    near = {"rtol": 1e-9, "atol": 1e-9 * max(1.0, first.abs().max().item())}
    if not torch.allclose(got, first, **near) and not any(torch.allclose(got, o, **near) for o in options):
        assert_close(got, first, "causal attention of the three maps of x", **near)


@exercise("Head")
@given(dims=head_sizes(), seed=seeds())
def test_head_is_attention_of_three_maps(learner, dims, seed):
    """With any weights a head is PyTorch's causal attention of three linear maps of x."""
    B, T, block, C, hs = dims
    x = normal(seed, B, T, C)
    held, (got,) = run_head(learner, C, hs, block, seed, [x])
    assert_equal(tuple(got.shape), (B, T, hs), "the shape")
    assert_equal(sum(w.numel() for _, w in held), 3 * C * hs, "the number of weights")
    assert_head(got, held, x, C, hs)


@exercise("Head")
@given(dims=head_sizes(2), cut=st.integers(1, 4), seed=seeds())
def test_head_ignores_the_future(learner, dims, cut, seed):
    """Other numbers from some position on change nothing before it; fewer positions give the same."""
    B, T, block, C, hs = dims
    cut = 1 + (cut - 1) % (T - 1)
    x = normal(seed, B, T, C)
    other = torch.cat([x[:, :cut], 5 * normal(seed + 1, B, T - cut, C)], 1)
    held, (got, changed, short) = run_head(learner, C, hs, block, seed, [x, other, x[:, :cut]])
    assert_close(changed[:, :cut], got[:, :cut], f"before position {cut}", atol=FINE)
    assert_close(short, got[:, :cut], f"of {cut} positions alone", atol=FINE)
    assert_close(got[:, 1:].ne(changed[:, 1:]).any(), True, "whether the changed positions' answers change")
    assert_head(got, held, x, C, hs)


@exercise("Head")
@given(dims=head_sizes(2), seed=seeds(), factor=st.sampled_from([-1.0, 3.0]))
def test_a_row_of_the_batch_stands_alone(learner, dims, seed, factor):
    """Sequences don't meet: a batch gives what its rows give one by one."""
    _, T, block, C, hs = dims
    x = torch.cat([normal(seed, 1, T, C), factor * normal(seed + 1, 1, T, C)])
    held, (both, one, two) = run_head(learner, C, hs, block, seed, [x, x[:1], x[1:]])
    assert_close(both, torch.cat([one, two]), atol=FINE)
    assert_head(both, held, x, C, hs)


@driver
def head_as_made(names, C, hs, block, x):
    """A new head: the numbers of entries of its parameters, the answer's dtype, and which got a gradient."""
    import torch

    head = names.Head(C, hs, block)
    y = head(x)
    (y * torch.arange(1.0, 1 + y.numel()).view(y.shape)).sum().backward()
    kinds = isinstance(head, torch.nn.Module)
    slopes = [p.grad is not None and bool(p.grad.abs().max() > 0) for p in head.parameters() if p.ndim > 1]
    return kinds, [p.numel() for p in head.parameters() if p.ndim > 1], y.dtype, slopes


@exercise("Head")
@given(dims=head_sizes(2), seed=seeds())
def test_a_new_head_can_be_trained(learner, dims, seed):
    """A new head is a module of 3 · n_embd · head_size weights; all of them get a gradient."""
    B, T, block, C, hs = dims
    module, counts, dtype, slopes = head_as_made(learner, C, hs, block, normal(seed, B, T, C).float())
    require(module, "Head isn't an nn.Module")
    assert_equal(sum(counts), 3 * C * hs, "the number of weights")
    assert_equal(dtype, torch.float32, "the dtype for float32")
    require(all(slopes), "a map gets no gradient", got=slopes)


# MultiHeadAttention


@st.composite
def multi_sizes(draw, least=1):
    """(B, T, block, nh, hs, C): heads times head size isn't the width."""
    B, T, C = draw(sizes(1, 3)), draw(sizes(least, 4)), draw(sizes(2, 7))
    nh = draw(sizes(1, 4))
    hs = draw(st.sampled_from([size for size in (1, 2, 3, 4) if size != C and nh * size != C]))
    return B, T, T + draw(sizes(0, 2)), nh, hs, C


@driver
def run_multi(names, nh, hs, C, block, seed, x):
    """With parameters drawn anew: how many heads, how many of their parameters aren't the module's, and answers."""
    import torch

    module = names.MultiHeadAttention(nh, hs, C, block)
    heads = list(module.heads)
    known = {id(p) for p in module.parameters()}
    missing = sum(id(p) not in known for head in heads for p in head.parameters())
    weights = sum(p.numel() for p in module.parameters() if p.ndim > 1)
    if missing:
        return len(heads), missing, weights, None, None, None
    module.double()
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for p in module.parameters():
            p.copy_(torch.randn(p.shape, generator=generator, dtype=torch.float64))
        outs = [head(x) for head in heads]
        mixing = [p.detach().clone() for p in module.proj.parameters()]
        return len(heads), missing, weights, outs, mixing, module(x)


def projected(outs, mixing, C):
    """What a linear layer with these parameters makes of the heads' answers side by side."""
    side = torch.cat(outs, -1)
    (weight,) = (p for p in mixing if p.ndim == 2)
    weight = weight.T if weight.shape == (C, side.shape[-1]) else weight
    return side @ weight + sum(p for p in mixing if p.ndim == 1)


@exercise("MultiHeadAttention")
@given(dims=multi_sizes(), seed=seeds())
def test_heads_are_concatenated_and_projected(learner, dims, seed):
    """With any weights it is the heads' answers, side by side in order, through the projection."""
    B, T, block, nh, hs, C = dims
    number, missing, _, outs, mixing, got = run_multi(learner, nh, hs, C, block, seed, normal(seed, B, T, C))
    assert_equal(number, nh, "the number of heads")
    assert_equal(missing, 0, "how many of the heads' parameters aren't among parameters()")
    assert_equal([tuple(out.shape) for out in outs], [(B, T, hs)] * nh, "the shapes of the heads' answers")
    assert_close(got, projected(outs, mixing, C), "the answer", atol=1e-8)


@exercise("MultiHeadAttention")
@given(dims=multi_sizes(), seed=seeds())
def test_every_head_has_weights_of_its_own(learner, dims, seed):
    """There are nh · 3 · C · hs weights in the heads and nh · hs · C in the projection, all registered."""
    B, T, block, nh, hs, C = dims
    number, missing, weights, outs, mixing, got = run_multi(
        learner, nh, hs, C, block, seed, normal(seed, B, T, C)
    )
    assert_equal(missing, 0, "how many of the heads' parameters aren't among parameters()")
    assert_equal(weights, 4 * nh * C * hs, "the number of weights")
    assert_equal(sum(p.numel() for p in mixing if p.ndim > 1), nh * hs * C, "those of the projection")
    assert_equal(number, nh, "the number of heads")
    for place in range(1, nh):
        require(not torch.equal(outs[0], outs[place]), f"heads 0 and {place} give the same answer")
    assert_close(got, projected(outs, mixing, C), "the answer", atol=1e-8)


@driver
def multi_pair(names, nh, hs, C, block, seed, inputs):
    """The answers of one module, parameters drawn anew, to several inputs."""
    import torch

    module = names.MultiHeadAttention(nh, hs, C, block).double()
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for p in module.parameters():
            p.copy_(torch.randn(p.shape, generator=generator, dtype=torch.float64))
        return [module(x) for x in inputs]


@exercise("MultiHeadAttention")
@given(dims=multi_sizes(2), cut=st.integers(1, 3), seed=seeds())
def test_many_heads_ignore_the_future(learner, dims, cut, seed):
    """Other numbers from some position on change nothing before it, and something there."""
    B, T, block, nh, hs, C = dims
    cut = 1 + (cut - 1) % (T - 1)
    x = normal(seed, B, T, C)
    other = torch.cat([x[:, :cut], normal(seed + 1, B, T - cut, C)], 1)
    got, changed, alone = multi_pair(learner, nh, hs, C, block, seed, [x, other, x[-1:]])
    assert_equal(tuple(got.shape), (B, T, C), "the shape")
    assert_close(changed[:, :cut], got[:, :cut], f"before position {cut}", atol=1e-8)
    require(changed[:, cut:].ne(got[:, cut:]).any(), f"nothing changes from position {cut} on")
    assert_close(alone, got[-1:], "the last row of the batch alone", atol=1e-8)


# LayerNorm


@driver
def run_norm(names, d, eps, gain, bias, x, named):
    """Answers of a new LayerNorm, and of one with this gain and bias; gradients; what its parameters were."""
    import torch

    norm = names.LayerNorm(d, eps=eps) if named else names.LayerNorm(d)
    first = norm(x.float()).detach()
    held = [p.detach().clone() for p in norm.parameters()]
    norm.double()
    with torch.no_grad():
        for p in norm.parameters():
            p.copy_(gain if bool((p == 1).all()) else bias)
    x = x.clone().requires_grad_()
    y = norm(x)
    (y * torch.arange(1.0, 1 + y.numel(), dtype=y.dtype).view(y.shape).sin()).sum().backward()
    slopes = [p.grad for p in norm.parameters()]
    return first, held, y.detach(), x.grad, slopes, isinstance(norm, torch.nn.Module)


def torchs_norm(d, eps, gain, bias, x):
    norm = torch.nn.LayerNorm(d, eps=eps, dtype=torch.float64)
    with torch.no_grad():
        norm.weight.copy_(gain)
        norm.bias.copy_(bias)
    x = x.clone().requires_grad_()
    y = norm(x)
    (y * torch.arange(1.0, 1 + y.numel(), dtype=y.dtype).view(y.shape).sin()).sum().backward()
    return y.detach(), x.grad, [norm.weight.grad, norm.bias.grad]


@st.composite
def norm_cases(draw):
    """(d, eps, gain, bias, x): x with no to three leading axes."""
    d, seed = draw(sizes(1, 6)), draw(seeds())
    leading = draw(st.lists(sizes(1, 4), max_size=3))
    x = draw(st.sampled_from([0.01, 1.0, 30.0])) * normal(seed, *leading, d) + draw(
        st.sampled_from([0.0, 5.0])
    )
    return d, draw(st.sampled_from([1e-5, 0.1, 2.0])), 2 * normal(seed + 1, d), normal(seed + 2, d), x


@exercise("LayerNorm")
@given(case=norm_cases())
def test_layernorm_is_torchs(learner, case):
    """With any gain, bias and eps, for any leading axes, it is PyTorch's, in value and gradients."""
    d, eps, gain, bias, x = case
    _, held, got, slope, slopes, module = run_norm(learner, d, eps, gain, bias, x, True)
    right, right_slope, right_slopes = torchs_norm(d, eps, gain, bias, x)
    require(module, "LayerNorm isn't an nn.Module")
    assert_close(got, right, "the answer", atol=1e-8)
    assert_close(
        slope, right_slope, "the gradient by x", atol=1e-7 * max(1.0, right_slope.abs().max().item())
    )
    if [bool((p == 1).all()) for p in held] == [False, True]:
        slopes = slopes[::-1]
    for name, mine, theirs in zip(("gain", "bias"), slopes, right_slopes, strict=True):
        assert_close(mine, theirs, f"the gradient by the {name}", atol=1e-7)


@exercise("LayerNorm")
@given(case=norm_cases())
def test_a_new_layernorm_standardises(learner, case):
    """A new one has d ones and d zeros as parameters, eps 1e-5 unnamed, and standardises each position."""
    d, _, gain, bias, x = case
    first, held, *_ = run_norm(learner, d, 0.0, gain, bias, x, False)
    assert_equal(
        sorted(p.flatten().tolist() for p in held), [[0.0] * d, [1.0] * d], "bias and gain of a new one"
    )
    right = F.layer_norm(x.float().double(), (d,))
    # Standardising multiplies the rounding of x, which may sit far from 0 beside its spread.
    spread = x.var(-1, correction=0).add(1e-5).sqrt().min().item()
    assert_close(first, right, atol=1e-5 * max(1.0, x.abs().max().item() / spread))


@exercise("LayerNorm")
@given(case=norm_cases(), factor=st.sampled_from([2.0, 8.0]), shift=st.sampled_from([-3.0, 4.0]))
def test_units_of_a_position_are_undone(learner, case, factor, shift):
    """At a tiny eps, other units and another zero point of each position change nothing."""
    d, _, gain, bias, x = case
    x = x + torch.arange(d, dtype=torch.float64)  # some spread, whatever was drawn
    per = torch.arange(1.0, 1 + x[..., :1].numel(), dtype=torch.float64).view(x[..., :1].shape)
    plain = run_norm(learner, d, 1e-12, gain, bias, x, True)[2]
    moved = run_norm(learner, d, 1e-12, gain, bias, factor * per * x + shift * per, True)[2]
    right = F.layer_norm(x, (d,), gain, bias, eps=1e-12)
    if d > 1:
        assert_close(plain, right, "the answer", atol=1e-5)
        assert_close(moved, right, "with every position in units of its own", atol=1e-5)
    else:
        assert_close(moved, bias.expand(moved.shape), "a single channel, which is its own mean", atol=1e-5)


# Block


@st.composite
def block_sizes(draw, least=1):
    """(B, T, block, nh, hs)."""
    B, T = draw(sizes(1, 3)), draw(sizes(least, 4))
    nh, hs = draw(st.sampled_from([(1, 2), (1, 3), (2, 1), (2, 2), (2, 3), (3, 1), (3, 2)]))
    return B, T, T + draw(sizes(0, 2)), nh, hs


@driver
def run_block(names, nh, hs, size, seed, inputs, kind):
    """Answers of a block, parameters drawn anew or set to 0, and what its own pieces make of the first input.

    The pieces: attention, two norms and an MLP, in all ways in which they could be meant.
    """
    import torch
    import torch.nn.functional as F

    config = names.GPTConfig(vocab_size=11, block_size=size, n_layer=2, n_head=nh, n_embd=nh * hs)
    block = names.Block(config).double()
    weights = sum(p.numel() for p in block.parameters() if p.ndim > 1)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for p in block.parameters():
            gain = p.ndim == 1 and bool((p == 1).all())
            drawn = torch.randn(p.shape, generator=generator, dtype=torch.float64)
            p.copy_(gain + 0.5 * drawn if kind == "drawn" else gain + 0 * drawn)
        multi = [m for m in block.modules() if isinstance(m, names.MultiHeadAttention)]
        norms = [m for m in block.modules() if isinstance(m, (names.LayerNorm, torch.nn.LayerNorm))]
        inside = {id(m) for part in multi for m in part.modules()}
        linears = [m for m in block.modules() if isinstance(m, torch.nn.Linear) and id(m) not in inside]
        options, x = [], inputs[0]
        if (len(multi), len(norms), len(linears)) == (1, 2, 2):
            for one, two in (norms, norms[::-1]):
                h = x + multi[0](one(x))
                for bend in (F.gelu, F.relu, lambda z: F.gelu(z, approximate="tanh")):
                    options.append(h + linears[1](bend(linears[0](two(h)))))
        heads = [
            [len(list(part.heads)), part.proj.weight.numel()]
            for part in multi
            if hasattr(part.proj, "weight")
        ]
        return [block(x) for x in inputs], options, len(norms), heads, weights


def assert_some(got, options, what):
    """The answer is one of the options, if there are any."""
    if options and not any(
        torch.allclose(got, o, rtol=1e-9, atol=1e-9 * max(1.0, o.abs().max().item())) for o in options
    ):
        assert_close(got, options[0], what, atol=1e-8)


@exercise("Block")
@given(dims=block_sizes(), seed=seeds())
def test_a_block_adds_two_branches(learner, dims, seed):
    """With any weights it is x + attention(norm(x)), and to that the MLP of its norm is added."""
    B, T, size, nh, hs = dims
    x = normal(seed, B, T, nh * hs)
    (got,), options, norms, heads, _ = run_block(learner, nh, hs, size, seed, [x], "drawn")
    assert_equal(tuple(got.shape), tuple(x.shape), "the shape")
    assert_equal(norms, 2, "the number of LayerNorms")
    if heads:
        assert_equal(heads, [[nh, (nh * hs) ** 2]], "heads, and entries of their projection")
    assert_some(got, options, "x + attention(norm(x)), and the MLP on that")


@exercise("Block")
@given(dims=block_sizes(), seed=seeds())
def test_a_block_of_zeros_is_the_identity(learner, dims, seed):
    """With all weights and biases 0 (and gains 1) x comes out as it went in; there are 12 · C² weights."""
    B, T, size, nh, hs = dims
    C = nh * hs
    x = 3 * normal(seed, B, T, C) + 1
    (got,), _, _, _, weights = run_block(learner, nh, hs, size, seed, [x], "zeros")
    assert_close(got, x, atol=FINE)
    assert_equal(weights, 12 * C * C, "the number of weights: 4 · C² in attention, 8 · C² in the MLP")


@exercise("Block")
@given(dims=block_sizes(), seed=seeds())
def test_the_stream_is_never_normalised(learner, dims, seed):
    """A block adds to an x of any size what it adds to twice that x, once x is large."""
    B, T, size, nh, hs = dims
    x = 1e6 * (normal(seed, B, T, nh * hs) + torch.arange(nh * hs))
    (one, two), options, *_ = run_block(learner, nh, hs, size, seed, [x, 2 * x], "drawn")
    # LayerNorm's eps and the first branch leave a trace of a millionth; rounding of x is smaller.
    assert_close(two - 2 * x, one - x, "what is added", atol=1e-2)
    assert_some(one, options, "the answer for a large x")


@exercise("Block")
@given(dims=block_sizes(2), cut=st.integers(1, 3), seed=seeds())
def test_a_block_ignores_the_future(learner, dims, cut, seed):
    """Other numbers from some position on change nothing before it; each row of the batch stands alone."""
    B, T, size, nh, hs = dims
    cut = 1 + (cut - 1) % (T - 1)
    x = normal(seed, B, T, nh * hs)
    other = torch.cat([x[:, :cut], 5 * normal(seed + 1, B, T - cut, nh * hs)], 1)
    answers, options, *_ = run_block(learner, nh, hs, size, seed, [x, other, x[-1:]], "drawn")
    got, changed, alone = answers
    assert_close(changed[:, :cut], got[:, :cut], f"before position {cut}", atol=1e-8)
    assert_close(alone, got[-1:], "the last row of the batch alone", atol=1e-8)
    assert_some(got, options, "the answer")


# GPT


@st.composite
def gpt_sizes(draw):
    """(V, block, layers, heads, head size): vocabulary, block and width all different."""
    heads, hs = draw(st.sampled_from([(1, 3), (2, 2), (2, 3), (3, 1), (3, 2)]))
    taken = {heads * hs}
    block = draw(st.sampled_from([size for size in (1, 2, 4, 5) if size not in taken]))
    V = draw(st.sampled_from([size for size in (2, 5, 7, 8) if size not in taken | {block}]))
    return V, block, draw(sizes(1, 3)), heads, hs


@driver
def run_gpt(names, dims, seed, batches, targets):
    """A float64 GPT with parameters drawn anew: logits of each batch, losses, what its own pieces say, its config."""
    import torch

    V, size, layers, heads, hs = dims
    config = names.GPTConfig(vocab_size=V, block_size=size, n_layer=layers, n_head=heads, n_embd=heads * hs)
    model = names.GPT(config)
    kept = model.config == config
    model.double()
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for p in model.parameters():
            gain = p.ndim == 1 and bool((p == 1).all())
            p.copy_(gain + 0.5 * torch.randn(p.shape, generator=generator, dtype=torch.float64))
        plain = [model(idx) for idx in batches]
        logits, loss = model(batches[0], targets)
        blocks = [m for m in model.modules() if isinstance(m, names.Block)]
        inside = {id(m) for block in blocks for m in block.modules()}
        rest = [m for m in model.modules() if id(m) not in inside]
        tables = [m.weight for m in rest if isinstance(m, torch.nn.Embedding)]
        tokens = [w for w in tables if w.shape == (V, heads * hs)]
        places = [w for w in tables if w.shape == (size, heads * hs)]
        norms = [m for m in rest if isinstance(m, (names.LayerNorm, torch.nn.LayerNorm))]
        last = [m for m in rest if isinstance(m, torch.nn.Linear)]
        pieces = None
        if (len(tokens), len(places), len(norms), len(last)) == (1, 1, 1, 1):
            pieces = []
            for idx in batches:
                x = tokens[0][idx] + places[0][: idx.shape[1]]
                for block in blocks:
                    x = block(x)
                pieces.append(last[0](norms[0](x)))
    return (
        [found[0] for found in plain],
        [found[1] is None for found in plain],
        logits,
        loss,
        pieces,
        [kept, len(blocks)],
    )


@exercise("GPT")
@given(dims=gpt_sizes(), B=sizes(1, 3), T=st.integers(1, 5), seed=seeds())
def test_gpt_is_its_pieces(learner, dims, B, T, seed):
    """Logits are head(norm(blocks(symbol + place))), (B, T, V), with targets and without; config is kept."""
    V, size, layers, *_ = dims
    idx, targets = symbols(seed, V, B, 1 + (T - 1) % size), symbols(seed + 1, V, B, 1 + (T - 1) % size)
    (plain,), (none,), logits, _, pieces, (kept, blocks) = run_gpt(learner, dims, seed, [idx], targets)
    assert_equal(tuple(plain.shape), (*idx.shape, V), "the shape of logits")
    assert_equal(tuple(logits.shape), (*idx.shape, V), "the shape of logits with targets")
    require(none, "without targets the loss isn't None")
    require(kept, "model.config isn't the config")
    assert_equal(blocks, layers, "the number of blocks")
    assert_close(logits, plain, "logits with targets against those without", atol=FINE)
    if pieces:
        assert_close(plain, pieces[0], "the logits", atol=1e-8)


@exercise("GPT")
@given(dims=gpt_sizes(), B=sizes(1, 3), seed=seeds())
def test_the_loss_takes_targets_as_they_stand(learner, dims, B, seed):
    """The loss is the mean cross-entropy of logits against targets at every position, unshifted."""
    V, size, *_ = dims
    idx, targets = symbols(seed, V, B, size), symbols(seed + 1, V, B, size)
    _, _, logits, loss, pieces, _ = run_gpt(learner, dims, seed, [idx], targets)
    assert_equal(tuple(logits.shape), (*idx.shape, V), "the shape of logits with targets")
    right = F.cross_entropy(logits.reshape(-1, V), targets.reshape(-1))
    assert_close(loss, right, "the loss", atol=1e-8)
    if pieces:
        assert_close(logits, pieces[0], "the logits", atol=1e-8)


@exercise("GPT")
@given(dims=gpt_sizes(), B=sizes(1, 3), cut=st.integers(1, 4), seed=seeds())
def test_gpt_is_causal_end_to_end(learner, dims, B, cut, seed):
    """Other symbols from some position on change no logits before it; a shorter text gives the same logits."""
    V, size, layers, heads, hs = dims
    size = max(size, 3 if heads * hs != 3 and V != 3 else 6)
    dims = V, size, layers, heads, hs
    cut = 1 + (cut - 1) % (size - 1)
    idx = symbols(seed, V, B, size)
    other = torch.cat([idx[:, :cut], (idx[:, cut:] + 1) % V], 1)
    plain, _, _, _, pieces, _ = run_gpt(learner, dims, seed, [idx, other, idx[:, :cut], idx[-1:]], idx)
    got, changed, short, alone = plain
    assert_close(changed[:, :cut], got[:, :cut], f"before position {cut}", atol=1e-8)
    require(not torch.allclose(changed[:, cut:], got[:, cut:]), f"nothing changes from position {cut} on")
    assert_close(short, got[:, :cut], f"of {cut} symbols alone", atol=1e-8)
    assert_close(alone, got[-1:], "the last text alone", atol=1e-8)
    if pieces:
        assert_close(got, pieces[0], "the logits", atol=1e-8)


@driver
def logits_of(names, dims, idx, targets):
    """The logits of a new GPT."""
    import torch

    torch.manual_seed(12)
    V, size, layers, heads, hs = dims
    config = names.GPTConfig(vocab_size=V, block_size=size, n_layer=layers, n_head=heads, n_embd=heads * hs)
    model = names.GPT(config)
    return (model(idx) if targets is None else model(idx, targets))[0]


@exercise("GPT")
@settings(max_examples=10)
@given(dims=gpt_sizes(), more=sizes(1, 3), seed=seeds())
def test_too_long_a_text_is_refused(learner, dims, more, seed):
    """More symbols than block_size raise ValueError, with targets and without; block_size of them don't."""
    V, size, *_ = dims
    fits, long = symbols(seed, V, 2, size), symbols(seed, V, 2, size + more)
    assert_raises(ValueError, logits_of, learner, dims, long, None)
    assert_raises(ValueError, logits_of, learner, dims, long, long)
    full, none = logits_of(learner, dims, fits, fits), logits_of(learner, dims, fits, None)
    assert_equal(tuple(full.shape), (2, size, V), "the shape for block_size symbols")
    assert_close(none, full, "logits without targets", atol=1e-5)
    require(full.std() > 0, "all logits are the same", got=full)


@driver
def new_gpt(names, V, size, heads, width, idx, targets):
    """A new GPT: first loss, (entries, mean, std) of each weight, other parameters, which weights got a gradient."""

    config = names.GPTConfig(vocab_size=V, block_size=size, n_layer=2, n_head=heads, n_embd=width)
    model = names.GPT(config)
    _, loss = model(idx, targets)
    loss.backward()
    weights, others, slopes = [], [], []
    for name, p in model.named_parameters():
        if p.ndim > 1:
            weights.append((name, p.numel(), p.mean().item(), p.std().item()))
            slopes.append((name, p.grad is not None and bool(p.grad.abs().max() > 0)))
        else:
            others.append((name, sorted(set(p.flatten().tolist()))))
    return loss.item(), weights, others, slopes


@exercise("GPT")
@settings(max_examples=6)
@given(
    V=st.sampled_from([27, 40, 63]),
    width=st.sampled_from([32, 48]),
    heads=st.sampled_from([1, 2]),
    seed=seeds(),
)
def test_a_new_gpt_knows_nothing(learner, V, width, heads, seed):
    """Weights start normal with standard deviation 0.02, biases at 0, gains at 1: the first loss is near log V."""
    idx, targets = symbols(seed, V, 5, 20), symbols(seed + 1, V, 5, 20)
    loss, weights, others, _ = new_gpt(learner, V, 20, heads, width, idx, targets)
    # Logits of standard deviation 0.02 · sqrt(width), at most 0.14, over a hundred positions.
    assert_close(loss, math.log(V), "the first loss", atol=0.1)
    for name, n, mean, std in weights:
        assert_close(std, 0.02, f"the standard deviation of {name}", atol=0.02 * 6 / math.sqrt(2 * n))
        assert_close(mean, 0.0, f"the mean of {name}", atol=0.02 * 6 / math.sqrt(n))
    for name, values in others:
        require(values in ([0.0], [1.0]), f"{name} isn't all 0 (a bias) or all 1 (a gain)", got=values)


@exercise("GPT")
@settings(max_examples=6)
@given(V=st.sampled_from([7, 11]), heads=st.sampled_from([1, 2, 4]), seed=seeds())
def test_every_weight_gets_a_gradient(learner, V, heads, seed):
    """One backward pass reaches each weight; a block has 12 · C² of them and two gains, and there is a last gain."""
    idx, targets = symbols(seed, V, 3, 6), symbols(seed + 1, V, 3, 6)
    _, weights, others, slopes = new_gpt(learner, V, 6, heads, 8, idx, targets)
    missing = [name for name, reached in slopes if not reached]
    assert_equal(missing, [], "weights without a gradient")
    number = sum(n for _, n, _, _ in weights)
    tied, untied = 2 * 12 * 64 + V * 8 + 6 * 8, 2 * 12 * 64 + 2 * V * 8 + 6 * 8
    require(number in (tied, untied), "the number of weights", got=number, expected=untied)
    gains = [name for name, values in others if values == [1.0]]
    require(len(gains) == 5, "the number of gains of two blocks and a last LayerNorm", got=gains, expected=5)


@driver
def memorised(names, x, y, V, steps):
    """The losses of a small GPT that learns one batch by heart."""
    import torch

    torch.manual_seed(3)
    config = names.GPTConfig(vocab_size=V, block_size=x.shape[1], n_layer=1, n_head=2, n_embd=12)
    model = names.GPT(config)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.03)
    losses = []
    for _ in range(steps):
        _, loss = model(x, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@exercise("GPT")
@settings(max_examples=1)
@given(seed=st.just(5))
def test_four_windows_are_learned_by_heart(learner, seed):
    """Twenty-five steps on four windows of a shuffled text bring the loss below half of what it was."""
    V = 9
    text = symbols(seed, V, 4, 6)
    # What comes next depends on the two symbols before it: no table of pairs can learn it.
    text[:, 0] = torch.arange(4)
    losses = memorised(learner, text[:, :-1], text[:, 1:], V, 25)
    require(
        losses[-1] < losses[0] / 2,
        "the last loss isn't below half of the first",
        got=losses[-1],
        expected=losses[0],
    )


# generate


@driver
def written(names, table, start, size, idx, n, options, seed, training):
    """What generate makes of a model that predicts from the last symbol and the first that it sees, and traces."""
    import types

    import torch

    class Toy(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.table = torch.nn.Parameter(table)
            self.config = types.SimpleNamespace(block_size=size, vocab_size=len(table), n_layer=1)
            self.seen = []

        def forward(self, idx, targets=None):
            if idx.shape[1] > size:
                raise ValueError(f"{idx.shape[1]} symbols, but the model looks back on {size} at most")
            self.seen.append((idx.shape[1], self.training))
            return self.table[idx] + start[idx[:, :1]], None

    model = Toy().train(training)
    before = idx.clone()
    if seed is None:
        torch.manual_seed(11)
    else:
        options = {**options, "generator": torch.Generator().manual_seed(seed)}
    got = names.generate(model, idx, n, **options)
    again = names.generate(model, idx, n, **options)
    return got, again, torch.equal(idx, before), model.training, model.seen


def greedy(table, start, size, idx, n):
    """The likeliest symbol each time, from the last `size` symbols."""
    for _ in range(n):
        seen = idx[:, -size:]
        idx = torch.cat([idx, (table[seen[:, -1]] + start[seen[:, 0]]).argmax(1, keepdim=True)], 1)
    return idx


@st.composite
def toys(draw):
    """(V, block, table, start): logits for each last symbol, and something for the first one seen."""
    V, size, seed = draw(sizes(2, 6)), draw(sizes(1, 5)), draw(seeds())
    return V, size, 2 * normal(seed, V, V).float(), 2 * normal(seed + 1, V, V).float()


@exercise("generate")
@given(toy=toys(), B=sizes(1, 3), T=sizes(1, 7), n=sizes(0, 5), seed=seeds())
def test_greedy_is_the_likeliest_each_time(learner, toy, B, T, n, seed):
    """With top_k = 1 each symbol is the likeliest after the last block_size symbols, for every text."""
    V, size, table, start = toy
    idx = symbols(seed, V, B, T)
    got, *_ = written(learner, table, start, size, idx, n, {"top_k": 1, "temperature": 0.7}, seed, False)
    assert_equal(got, greedy(table, start, size, idx, n), axes=("text", "place"))
    assert_equal(got.dtype, torch.int64, "the dtype")


@exercise("generate")
@given(toy=toys(), B=sizes(1, 3), T=sizes(1, 7), n=sizes(1, 4), seed=seeds(), training=st.booleans())
def test_generating_leaves_model_and_prefix(learner, toy, B, T, n, seed, training):
    """The prefix is kept, idx and the model's mode are as before, and the model was evaluated."""
    V, size, table, start = toy
    idx = symbols(seed, V, B, T)
    got, _, same, mode, seen = written(learner, table, start, size, idx, n, {}, seed, training)
    assert_equal(tuple(got.shape), (B, T + n), "the shape")
    assert_equal(got[:, :T], idx, "the prefix")
    require(same, "idx isn't what it was")
    require(mode == training, "the model's mode isn't what it was", got=mode, expected=training)
    require(not any(flag for _, flag in seen), "the model was called in training mode")
    require(got.min() >= 0 and got.max() < V, "a symbol that isn't there", got=got)
    assert_equal(max(length for length, _ in seen), min(size, T + n - 1), "the most symbols seen at once")


@exercise("generate")
@given(
    toy=toys(),
    temperature=st.sampled_from([0.4, 1.0, 3.0]),
    top_k=st.sampled_from([None, None, 2, 3]),
    named=st.booleans(),
    seed=seeds(),
)
def test_draws_have_the_right_shares(learner, toy, temperature, top_k, named, seed):
    """Over many texts, symbols come as often as the softmax of logits over temperature, in the top k, says."""
    V, size, table, start = toy
    top_k = None if top_k is None else min(top_k, V)
    idx = torch.tensor([[seed % V, (seed // 7) % V]]).repeat(3000, 1)
    logits = (table[idx[0, -1]] + start[idx[0, -size:][0]]).double() / temperature
    if top_k is not None:
        logits[logits < logits.topk(top_k).values[-1]] = -math.inf
    shares = logits.softmax(0)
    options = {"temperature": temperature} if named or temperature != 1.0 else {}
    options |= {"top_k": top_k} if top_k is not None else {}
    got, again, *_ = written(learner, table, start, size, idx, 1, options, seed, False)
    require(V < 3 or shares.max() > 0.99 or not torch.equal(got, again), "the second call draws the same")
    found = torch.bincount(got[:, -1], minlength=V) / 3000
    for symbol in range(V):
        p = shares[symbol].item()
        # Six standard deviations; nothing at all where nothing may be drawn.
        allowed = 6 * math.sqrt(p * (1 - p) / 3000) + (1e-3 if p > 0 else 0.0)
        assert_close(found[symbol], p, f"the share of symbol {symbol}", atol=allowed)


@exercise("generate")
@given(toy=toys(), seed=seeds(), unseeded=st.booleans())
def test_the_generator_decides_the_text(learner, toy, seed, unseeded):
    """Equal states write equal texts and the next call another; without a generator it is torch's own state."""
    V, size, _, _ = toy
    table = start = torch.zeros(V, V)
    idx = symbols(seed, V, 2, 3)
    chosen = None if unseeded else seed
    got, again, *_ = written(learner, table, start, size, idx, 25, {}, chosen, False)
    repeat, *_ = written(learner, table, start, size, idx, 25, {}, chosen, False)
    assert_equal(repeat, got, "from an equal state")
    require(not torch.equal(again, got), "the second call writes the same text", got=again)
    require(not torch.equal(got[0, 3:], got[1, 3:]), "both texts go on in the same way", got=got)


# positional_encoding


@exercise("positional_encoding")
@given(t=sizes(1, 9), half=sizes(1, 6))
def test_encoding_agrees_with_the_formula(learner, t, half):
    """Channel 2i is sin(p / 10000^(2i/d)), channel 2i + 1 the cosine of the same."""
    d = 2 * half
    got = learner.positional_encoding(t, d)
    right = torch.tensor(
        [[f(p / 10000 ** (2 * i / d)) for i in range(half) for f in (math.sin, math.cos)] for p in range(t)],
        dtype=torch.float64,
    )
    assert_close(got, right, atol=1e-5, axes=("position", "channel"))


@exercise("positional_encoding")
@given(t=sizes(4, 40), half=sizes(1, 8), step=sizes(1, 3))
def test_dot_products_depend_on_distance(learner, t, half, step):
    """Positions equally far apart have equal dot products, those at distance 0 d / 2."""
    table = learner.positional_encoding(t, 2 * half).double()
    assert_equal(tuple(table.shape), (t, 2 * half), "the shape")
    near = (table[:-step] * table[step:]).sum(1)
    assert_close(near, near[:1].expand(near.shape), f"dot products at distance {step}", atol=1e-4)
    right = sum(math.cos(step * 10000 ** (-i / half)) for i in range(half))
    assert_close(near[0], right, f"the dot product at distance {step}", atol=1e-4)
    assert_close((table**2).sum(1), torch.full((t,), float(half)), "squared lengths", atol=1e-4)


@exercise("positional_encoding")
@given(t=sizes(1, 9), more=sizes(1, 9), half=sizes(1, 6))
def test_more_positions_change_nothing(learner, t, more, half):
    """A longer table begins with the shorter one; each pair (sine, cosine) lies on the unit circle."""
    short, long = learner.positional_encoding(t, 2 * half), learner.positional_encoding(t + more, 2 * half)
    assert_close(long[:t], short, "the first rows", atol=1e-6)
    squares = long[:, 0::2].double() ** 2 + long[:, 1::2].double() ** 2
    assert_close(squares, torch.ones(t + more, half), "sine² + cosine²", atol=1e-5)
    assert_close(long[0], torch.tensor([0.0, 1.0] * half), "position 0", atol=1e-6)
    assert_close(long[:, 0], torch.arange(t + more).double().sin(), "the first channel", atol=1e-5)


# fuse_heads


@driver
def run_fused(names, number, C, hs, block, seed, x):
    """Both answers, the module's kind, whether heads and it keep weights apart, and the operations of one call."""
    import torch
    from torch.overrides import TorchFunctionMode

    class Count(TorchFunctionMode):
        calls = 0

        def __torch_function__(self, function, types, args=(), kwargs=None):
            a_look = getattr(function, "__name__", "") == "__get__"  # at .T or .shape, which is no operation
            self.calls += not a_look
            return function(*args, **(kwargs or {}))

    generator = torch.Generator().manual_seed(seed)
    heads = [names.Head(C, hs, block).double() for _ in range(number)]
    with torch.no_grad():
        for head in heads:
            for p in head.parameters():
                p.copy_(torch.randn(p.shape, generator=generator, dtype=torch.float64))
    before = [p.detach().clone() for head in heads for p in head.parameters()]
    fused = names.fuse_heads(heads)
    with torch.no_grad():
        loop = torch.cat([head(x) for head in heads], -1)
        with Count() as count:
            got = fused(x)
        params = [p for head in heads for p in head.parameters()]
        kept = all(torch.equal(p, q) for p, q in zip(before, params, strict=False))
        for p in params:
            p.mul_(-2)
        kept = kept and torch.allclose(fused(x), got)
    return got, loop, isinstance(fused, torch.nn.Module), kept, count.calls


@exercise("fuse_heads")
@given(dims=head_sizes(), number=sizes(1, 4), seed=seeds())
def test_fused_heads_equal_the_loop(learner, dims, number, seed):
    """With any weights the module gives the heads' answers side by side; neither changes with the other."""
    B, T, block, C, hs = dims
    got, loop, module, kept, _ = run_fused(learner, number, C, hs, block, seed, normal(seed, B, T, C))
    require(module, "fuse_heads returns no nn.Module")
    assert_equal(tuple(got.shape), (B, T, number * hs), "the shape")
    assert_close(got, loop, "against the heads one by one", atol=1e-8)
    require(kept, "fusing changes a head's weights, or changing those afterwards changes the module")


@exercise("fuse_heads")
@settings(max_examples=10)
@given(dims=head_sizes(2), seed=seeds())
def test_more_heads_cost_no_more_operations(learner, dims, seed):
    """A call takes as many torch operations for six heads as for two, and is right for both."""
    B, T, block, C, hs = dims
    counts = {}
    for number in (2, 6):
        x = normal(seed, B, T, C)
        got, loop, _, _, counts[number] = run_fused(learner, number, C, hs, block, seed, x)
        assert_close(got, loop, f"with {number} heads", atol=1e-8)
    require(
        counts[6] <= counts[2], "operations for six heads, and for two", got=counts[6], expected=counts[2]
    )


@exercise("fuse_heads")
@given(dims=head_sizes(2), number=sizes(2, 4), cut=st.integers(1, 4), seed=seeds())
def test_fused_heads_ignore_the_future(learner, dims, number, cut, seed):
    """Other numbers from some position on change nothing before it; a text stands alone."""
    B, T, block, C, hs = dims
    cut = 1 + (cut - 1) % (T - 1)
    x = normal(seed, B, T, C)
    other = torch.cat([x[:, :cut], 5 * normal(seed + 1, B, T - cut, C)], 1)
    got, loop, *_ = run_fused(learner, number, C, hs, block, seed, x)
    changed, *_ = run_fused(learner, number, C, hs, block, seed, other)
    alone, *_ = run_fused(learner, number, C, hs, block, seed, x[-1:])
    assert_close(changed[:, :cut], loop[:, :cut], f"before position {cut}", atol=1e-8)
    assert_close(alone, loop[-1:], "the last text alone", atol=1e-8)
    assert_close(got, loop, "against the heads one by one", atol=1e-8)


# estimate_loss


@driver
def estimated(names, data, size, batches, batch_size, seed, training):
    """What estimate_loss says of a model that writes down what it is given, twice, and the traces."""
    import types

    import torch

    class Toy(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = torch.nn.Parameter(torch.tensor(0.01))
            self.config = types.SimpleNamespace(block_size=size)
            self.seen = []

        def forward(self, idx, targets=None):
            loss = (self.weight * (idx[:, 0] - 2 * idx[:, -1])).mean()
            self.seen.append(
                (idx.clone(), targets.clone(), loss.item(), self.training, torch.is_grad_enabled())
            )
            return torch.zeros(*idx.shape, 3), loss

    model = Toy().train(training)
    generator = torch.Generator().manual_seed(seed)
    got = names.estimate_loss(model, data, batches, batch_size, generator)
    calls = len(model.seen)
    names.estimate_loss(model, data, batches, batch_size, generator)
    moved = not torch.equal(
        torch.cat([x for x, *_ in model.seen[:calls]]), torch.cat([x for x, *_ in model.seen[calls:]])
    )
    return got, moved, model.seen[:calls], model.training, model.weight.grad is None, type(got).__name__


@st.composite
def measurements(draw):
    """(data, block, batches, batch size, seed)."""
    size, seed = draw(sizes(1, 5)), draw(seeds())
    return distinct(size + draw(sizes(20, 30)), seed), size, draw(sizes(1, 4)), draw(sizes(1, 5)), seed


@exercise("estimate_loss")
@given(case=measurements(), training=st.booleans())
def test_the_estimate_is_the_mean_loss(learner, case, training):
    """It is the mean of the losses of exactly so many batches, as a float."""
    _, _, batches, _, _ = case
    got, _, seen, _, _, kind = estimated(learner, *case, training)
    assert_equal(len(seen), batches, "the number of batches")
    right = sum(loss for _, _, loss, _, _ in seen) / batches
    assert_close(got, right, "the mean of the losses", atol=1e-4)
    assert_equal(kind, "float", "the type")


@exercise("estimate_loss")
@given(case=measurements(), training=st.booleans())
def test_measuring_leaves_no_trace(learner, case, training):
    """The model is evaluated, without gradients, and its mode is afterwards what it was."""
    got, _, seen, mode, clean, _ = estimated(learner, *case, training)
    require(not any(row[3] for row in seen), "the model was called in training mode")
    require(not any(row[4] for row in seen), "gradients were recorded")
    require(mode == training, "the model's mode isn't what it was", got=mode, expected=training)
    require(clean, "the parameters have a gradient")
    assert_close(got, sum(row[2] for row in seen) / len(seen), "the mean of the losses", atol=1e-4)


@exercise("estimate_loss")
@given(case=measurements())
def test_batches_are_windows_of_the_data(learner, case):
    """Each batch has batch_size windows of block_size symbols with their targets; the generator moves on."""
    data, size, _, batch_size, seed = case
    got, _, seen, *_ = estimated(learner, *case, True)
    for x, y, *_ in seen:
        assert_windows(x, y, data, size, batch_size)
    repeat, *_ = estimated(learner, *case, True)
    assert_equal(repeat, got, "from an equal state")
    assert_close(got, sum(row[2] for row in seen) / len(seen), "the mean of the losses", atol=1e-4)
    _, moved, several, *_ = estimated(learner, data, size, 3, 4, seed, True)
    require(moved, "the second call draws the same batches")
    xs = [row[0] for row in several]
    require(any(not torch.equal(x, xs[0]) for x in xs), "all batches of a call are the same", got=xs[0])


# generate_cached


@driver
def cached(names, dims, seed, idx, n, training):
    """Greedy texts with the cache and without, whether all was kept, and the work of both and of single passes.

    Work: products that matrix multiplications take, counted as they happen.
    """
    import torch
    from torch.overrides import TorchFunctionMode

    class Work(TorchFunctionMode):
        products = 0

        def __torch_function__(self, function, types, args=(), kwargs=None):
            name = getattr(function, "__name__", "")
            if name == "linear":
                self.products += args[0].numel() * args[1].shape[0]
            elif name in ("matmul", "__matmul__", "mm", "bmm", "__rmatmul__"):
                self.products += args[0].numel() * args[1].shape[-1]
            elif name in ("addmm", "baddbmm"):
                self.products += args[1].numel() * args[2].shape[-1]
            elif name == "scaled_dot_product_attention":
                self.products += 2 * args[0].numel() * args[1].shape[-2]
            return function(*args, **(kwargs or {}))

    V, size, layers, heads, hs = dims
    config = names.GPTConfig(vocab_size=V, block_size=size, n_layer=layers, n_head=heads, n_embd=heads * hs)
    model = names.GPT(config).double().train(training)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for p in model.parameters():
            gain = p.ndim == 1 and bool((p == 1).all())
            p.copy_(gain + torch.randn(p.shape, generator=generator, dtype=torch.float64))
    before = [p.detach().clone() for p in model.parameters()]
    prefix = idx.clone()
    with Work() as work:
        got = names.generate_cached(model, idx, n)
    kept = torch.equal(idx, prefix) and model.training == training
    kept = kept and all(torch.equal(p, q) for p, q in zip(before, model.parameters(), strict=False))
    right = prefix
    with torch.no_grad():
        for _ in range(n):
            right = torch.cat([right, model(right)[0][:, -1].argmax(-1, keepdim=True)], 1)
        with Work() as once:
            model(prefix)
        with Work() as single:
            model(prefix[:, :1])
    again = names.generate_cached(model, prefix, n)
    # Each step's one query meets at most `size` kept keys and values, in every head of every layer.
    step = single.products + 2 * len(prefix) * layers * heads * hs * size
    return got, right, again, kept, work.products, once.products + n * step


@st.composite
def conversations(draw):
    """(dims, idx, n): prefix and answer fit into the block."""
    V, _, layers, heads, hs = draw(gpt_sizes())
    T, n = draw(sizes(1, 4)), draw(sizes(1, 5))
    idx = symbols(draw(seeds()), V, draw(sizes(1, 3)), T)
    return (V, T + n + draw(st.sampled_from([0, 0, 1, 3])), layers, heads, hs), idx, n


@exercise("generate_cached")
@settings(max_examples=10)
@given(case=conversations(), seed=seeds(), training=st.booleans())
def test_the_cache_changes_nothing(learner, case, seed, training):
    """The text is the greedy one, twice; model, mode and idx are as before."""
    dims, idx, n = case
    got, right, again, kept, *_ = cached(learner, dims, seed, idx, n, training)
    assert_equal(got, right, "the text", axes=("text", "place"))
    assert_equal(again, right, "the text of a second call", axes=("text", "place"))
    require(kept, "the model, its mode or idx isn't what it was")


@exercise("generate_cached")
@settings(max_examples=6)
@given(seed=seeds(), B=sizes(1, 2), T=sizes(1, 3), layers=sizes(1, 2))
def test_a_step_feeds_one_position(learner, seed, B, T, layers):
    """After the prefix the work is that of single positions, however long the text has become."""
    dims, n = (7, 15, layers, 2, 5), 11
    got, right, _, _, work, allowed = cached(learner, dims, seed, symbols(seed, 7, B, T), n, True)
    assert_equal(got, right, "the text", axes=("text", "place"))
    require(work <= 1.25 * allowed, "products that were multiplied, and at most", got=work, expected=allowed)


@exercise("generate_cached")
@settings(max_examples=10)
@given(case=conversations(), more=sizes(1, 3), seed=seeds())
def test_what_does_not_fit_is_refused(learner, case, more, seed):
    """A prefix and answer longer than block_size raise ValueError; exactly block_size of them don't."""
    (V, _, layers, heads, hs), idx, n = case
    tight = (V, idx.shape[1] + n, layers, heads, hs)
    got, right, *_ = cached(learner, tight, seed, idx, n, False)
    assert_equal(got, right, "the text that fills the block", axes=("text", "place"))
    assert_raises(ValueError, cached, learner, tight, seed, idx, n + more, False)


# addition_dataset


def numbers(columns):
    """The numbers that rows of digits spell."""
    return [int("".join(str(digit) for digit in row)) for row in columns.tolist()]


def whole_text(X, Y):
    return torch.cat([X[:, :1], Y], 1)


@exercise("addition_dataset")
@given(digits=sizes(1, 5), n=sizes(1, 7), seed=seeds())
def test_texts_are_sums(learner, digits, n, seed):
    """Each text is two numbers and, from the right, the digits of their sum; Y is X one place later."""
    X, Y, _ = learner.addition_dataset(digits, n, generator(seed))
    for name, part in (("X", X), ("Y", Y)):
        assert_equal(tuple(part.shape), (n, 3 * digits), f"the shape of {name}")
        assert_equal(part.dtype, torch.int64, f"the dtype of {name}")
        require(part.min() >= 0 and part.max() <= 9, f"{name} holds something other than digits", got=part)
    assert_equal(Y[:, :-1], X[:, 1:], "Y without its last against X without its first")
    text = whole_text(X, Y)
    a, b = numbers(text[:, :digits]), numbers(text[:, digits : 2 * digits])
    sums = numbers(text[:, 2 * digits :].flip(1))
    assert_equal(sums, [x + y for x, y in zip(a, b, strict=True)], f"the sums of {a} and {b}")
    many, _, _ = learner.addition_dataset(digits, 40, generator(seed))
    require(many.max() > many.min(), "forty sums with one digit everywhere", got=many.min())


@exercise("addition_dataset")
@given(digits=sizes(1, 5), n=sizes(1, 7), seed=seeds())
def test_the_mask_covers_the_answer_only(learner, digits, n, seed):
    """The mask is boolean and True exactly where Y is one of the sum's digits + 1 digits."""
    X, Y, mask = learner.addition_dataset(digits, n, generator(seed))
    right = torch.zeros((n, 3 * digits), dtype=torch.bool)
    right[:, 2 * digits - 1 :] = True
    assert_equal(mask.dtype, torch.bool, "the dtype of the mask")
    assert_equal(mask, right, "the mask", axes=("text", "place"))
    answers = numbers(Y[mask].view(n, digits + 1).flip(1))
    text = whole_text(X, Y)
    a, b = numbers(text[:, :digits]), numbers(text[:, digits : 2 * digits])
    assert_equal(answers, [x + y for x, y in zip(a, b, strict=True)], "what is under the mask")


@exercise("addition_dataset")
@settings(max_examples=10)
@given(digits=sizes(1, 3), seed=seeds())
def test_all_numbers_are_drawn(learner, digits, seed):
    """Over many sums all ten digits come in every place of both numbers, about equally often, independently."""
    drawing = generator(seed)
    X, Y, _ = learner.addition_dataset(digits, 2000, drawing)
    question = whole_text(X, Y)[:, : 2 * digits]
    # Six standard deviations of a count of 2,000 with probability a tenth, and a hundredth.
    for place in range(2 * digits):
        found = torch.bincount(question[:, place], minlength=10)
        require((found - 200).abs().max() <= 81, f"digits in place {place} of the question", got=found)
    together = torch.bincount(10 * question[:, 0] + question[:, digits], minlength=100)
    require(together.max() <= 20 + 30, "a pair of first digits comes too often", got=together.max())
    again, _, _ = learner.addition_dataset(digits, 2000, generator(seed))
    assert_equal(again, X, "X from an equal state")
    later, _, _ = learner.addition_dataset(digits, 2000, drawing)
    require(not torch.equal(later, X), "the second call draws the same sums")


# near_orthogonal


@exercise("near_orthogonal")
@given(n=sizes(2, 9), d=sizes(1, 6), seed=seeds())
def test_the_cosine_is_possible(learner, n, d, seed):
    """It is between 0 and 1, never below what so many directions must have, and 1 in one dimension."""
    got = learner.near_orthogonal(n, d, generator(seed))
    require(isinstance(got, float), "the answer isn't a float", got=got)
    least = math.sqrt((n - d) / (d * (n - 1))) if n > d else 0.0  # no n directions are further apart
    require(least - ROUNDING <= got <= 1 + ROUNDING, f"not between {least:.4g} and 1", got=got)
    assert_close(learner.near_orthogonal(n, 1, generator(seed)), 1.0, "in one dimension", atol=ROUNDING)
    # A cosine in 3,000 dimensions has standard deviation 0.018, and 36 of them never reach eight of those.
    require(learner.near_orthogonal(n, 3000, generator(seed)) < 0.15, "too large for 3,000 dimensions")


@exercise("near_orthogonal")
@settings(max_examples=8)
@given(case=st.sampled_from([(2, 40), (6, 200), (40, 300), (5, 1000)]), seed=seeds())
def test_cosines_shrink_with_dimensions(learner, case, seed):
    """Over many draws the mean is that of the largest of n(n − 1)/2 absolute cosines."""
    n, d = case
    drawing = generator(seed)
    found = [learner.near_orthogonal(n, d, drawing) for _ in range(30)]
    x = F.normalize(torch.randn((400, n, d), generator=generator(1)), dim=2)
    i, j = torch.triu_indices(n, n, 1)
    largest = (x @ x.transpose(1, 2)).abs()[:, i, j].max(1).values
    # Six standard deviations of the difference of two means.
    allowed = 6 * largest.std().item() * math.sqrt(1 / 30 + 1 / 400)
    assert_close(sum(found) / 30, largest.mean(), "the mean of 30 draws", atol=allowed)
    require(len(set(found)) > 1, "always the same", got=found[0])


@exercise("near_orthogonal")
@given(n=sizes(2, 6), d=sizes(2, 40), seed=seeds())
def test_the_generator_decides_the_directions(learner, n, d, seed):
    """Equal states give equal cosines, the next call another, and it is never that of a direction with itself."""
    drawing = generator(seed)
    got = learner.near_orthogonal(n, d, drawing)
    assert_close(learner.near_orthogonal(n, d, generator(seed)), got, "from an equal state", atol=ROUNDING)
    later = [learner.near_orthogonal(n, d, drawing) for _ in range(4)]
    require(any(one != got for one in later), "the next calls give the same", got=later)
    require(min(got, *later) < 1 - 1e-6, "always 1", got=later)

"""Week 13's checks: what a learner can run. Each states one law of a right answer."""

import math

import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from autograde.properties import assert_close, assert_equal, assert_raises, driver, exercise, require
from autograde.strategies import sizes, tensors

# Answers may come from float32 arithmetic, whatever they are returned as.
ROUNDING = 64 * torch.finfo(torch.float32).eps


def seeds() -> st.SearchStrategy[int]:
    return st.integers(0, 999)


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def normal(seed: int, *shape: int) -> torch.Tensor:
    """Float64 draws from a seed that no learner would use."""
    return torch.randn(shape, generator=generator(40_000 + seed), dtype=torch.float64)


@exercise("get_batch")
@given(batch=sizes(1, 4))
def test_one_window_is_all_there_is(learner, batch):
    """Where data have one symbol more than the block, every row of x is its beginning, of y its end.

    Hint: If this is an error, or the last number is missing, look at the highest start that you draw.
    """
    x, y = learner.get_batch(torch.tensor([7, 3, 9, 4]), 3, batch, generator(1))
    assert_equal(x, torch.tensor([[7, 3, 9]] * batch), "x")
    assert_equal(y, torch.tensor([[3, 9, 4]] * batch), "y")


@exercise("get_batch")
@given(block=sizes(1, 4), more=sizes(2, 5), batch=sizes(1, 4), seed=seeds())
def test_y_is_one_place_later_in_the_data(learner, block, more, batch, seed):
    """Each row of x is a window of data, and the same row of y starts one place later in the data.

    Hint: One place later in the data isn't the next number: after 30 may come 10.
    """
    data = 10 * torch.randperm(block + more, generator=generator(seed))
    x, y = learner.get_batch(data, block, batch, generator(seed))
    assert_equal([tuple(x.shape), tuple(y.shape)], [(batch, block)] * 2, "the shapes of x and y")
    for row in range(batch):
        places = (data == x[row, 0]).nonzero().flatten().tolist()
        require(places, "x begins with a number that data don't have", got=x[row])
        assert_equal(x[row], data[places[0] : places[0] + block], f"row {row} of x")
        assert_equal(y[row], data[places[0] + 1 : places[0] + 1 + block], f"row {row} of y")


@exercise("get_batch")
@settings(max_examples=5)
@given(block=sizes(1, 4), seed=seeds())
def test_both_of_two_windows_are_drawn(learner, block, seed):
    """Where there are two windows, 60 rows hold both, the last one included."""
    data = torch.randperm(block + 2, generator=generator(seed))
    x, _ = learner.get_batch(data, block, 60, generator(seed))
    assert_equal(sorted(set(x[:, 0].tolist())), sorted(data[:2].tolist()), "what rows of x begin with")


@exercise("get_batch")
@settings(max_examples=4)
@given(block=sizes(1, 3), batch=sizes(8, 9), seed=seeds())
def test_the_generator_draws_the_starts(learner, block, batch, seed):
    """Two generators with one seed draw the same windows; one generator draws others the next time.

    Hint: `torch.randint` has an argument `generator`. Whoever lends you one has seeded it.
    """
    data, drawing = torch.arange(100, 160), generator(seed)
    x, _ = learner.get_batch(data, block, batch, drawing)
    again, _ = learner.get_batch(data, block, batch, generator(seed))
    assert_equal(again, x, "x from another generator with the same seed", axes=("row", "place"))
    later, _ = learner.get_batch(data, block, batch, drawing)
    require(not torch.equal(later, x), "the second call draws the same windows", got=later)


@exercise("masked_average")
@given(how=st.sampled_from(["loop", "matmul", "softmax"]))
def test_averages_of_the_example(learner, how):
    """2, 4, 9 become 2, 3, 5, each sequence and each channel by itself.

    Hint: Position i averages the positions 0 to i, itself among them, and the weights of one position sum to 1.
    """
    x = torch.tensor([[[2.0, 0.0], [4.0, 1.0], [9.0, 5.0]], [[1.0, 8.0], [1.0, 0.0], [4.0, 1.0]]])
    right = torch.tensor([[[2.0, 0.0], [3.0, 0.5], [5.0, 2.0]], [[1.0, 8.0], [1.0, 4.0], [2.0, 3.0]]])
    got = learner.masked_average(x, how)
    assert_close(got, right, how, atol=ROUNDING, axes=("sequence", "position", "channel"))


@exercise("masked_average")
@given(
    x=tensors((sizes(1, 3), sizes(2, 5), sizes(1, 4)), dtype=torch.float64),
    how=st.sampled_from(["loop", "matmul", "softmax"]),
)
def test_the_first_and_the_last_average(learner, x, how):
    """Position 0 is itself, the last position the mean of all, in float64 as x is.

    Hint: Position i averages i + 1 numbers, itself among them. A matrix product wants both sides of one dtype.
    """
    got = learner.masked_average(x, how)
    assert_equal(tuple(got.shape), tuple(x.shape), "the shape")
    assert_equal(got.dtype, torch.float64, "the dtype")
    assert_close(got[:, 0], x[:, 0], f"position 0 ({how})", atol=1e-9)
    assert_close(got[:, -1], x.mean(1), f"the last position ({how})", atol=1e-9)


Q, K, V = torch.tensor([[0.0], [1.0]]), torch.tensor([[0.0], [math.log(3)]]), torch.tensor([[4.0], [8.0]])


@exercise("attention")
def test_attention_of_the_example(learner):
    """The worked example gives 4 and 7, and 6 and 7 without the mask; it is causal unless told otherwise."""
    assert_close(learner.attention(Q, K, V), torch.tensor([[4.0], [7.0]]), "causal unnamed", atol=1e-5)
    assert_close(
        learner.attention(Q, K, V, causal=False), torch.tensor([[6.0], [7.0]]), "not causal", atol=1e-5
    )


@exercise("attention")
@given(leading=st.lists(sizes(1, 3), max_size=2), t=sizes(1, 4), d=sizes(1, 5), e=sizes(1, 4), seed=seeds())
def test_equal_scores_give_the_plain_average(learner, leading, t, d, e, seed):
    """Queries of zeros find nothing better than anything else: the average of the values so far.

    Hint: Which axis do the weights of one position sum to 1 over? Is the mask written before the softmax?
    """
    v = normal(seed, *leading, t, e)
    q, k = torch.zeros(*leading, t, d, dtype=torch.float64), normal(seed + 1, *leading, t, d)
    right = v.cumsum(-2) / torch.arange(1, t + 1, dtype=torch.float64)[:, None]
    assert_close(learner.attention(q, k, v), right, atol=1e-9)


@exercise("attention")
@given(d=sizes(1, 40), e=sizes(1, 4))
def test_scores_are_divided_by_the_root_of_d(learner, d, e):
    """Two keys at a distance that the root of d makes log 3 have weights 1 to 3, whatever d is.

    Hint: d is the length of a query, `q.shape[-1]`, not that of a value or of the model.
    """
    q = torch.ones(2, d, dtype=torch.float64)
    k = torch.stack([torch.zeros(d), torch.full((d,), math.log(3) / math.sqrt(d))]).double()
    v = torch.stack([torch.zeros(e), 4 * torch.arange(1.0, e + 1)]).double()
    right = 0.75 * v[1]
    assert_close(learner.attention(q, k, v)[1], right, "the second position", atol=1e-5)


@exercise("attention")
@settings(max_examples=10)
@given(t=sizes(1, 4), s=sizes(1, 5), d=sizes(1, 4), seed=seeds())
def test_keys_may_be_more_than_queries(learner, t, s, d, seed):
    """With causal=False the numbers of queries and keys may differ; queries of zeros average all values."""
    q, k, v = torch.zeros(2, t, d).double(), normal(seed, 2, s, d), normal(seed + 1, 2, s, 3)
    right = v.mean(1, keepdim=True).expand(2, t, 3)
    assert_close(learner.attention(q, k, v, causal=False), right, "the average of all values", atol=1e-9)


@exercise("break_attention")
def test_attention_that_averages_everything_is_caught(learner):
    """An `attention` that looks at nothing and averages all values is caught.

    Hint: Queries and keys must matter. Choose some that don't give equal weights.
    """

    def average(q, k, v, causal=True):
        return v.mean(-2, keepdim=True).expand(*q.shape[:-1], v.shape[-1]).clone()

    assert_raises(AssertionError, learner.break_attention, average)


@exercise("break_attention")
def test_attention_that_always_sees_all_is_caught(learner):
    """An `attention` that ignores `causal` and lets all see all is caught.

    Hint: What may position 0 see? Its answer is known without any arithmetic.
    """

    def see_all(q, k, v, causal=True):
        return F.scaled_dot_product_attention(q, k, v)

    assert_raises(AssertionError, learner.break_attention, see_all)


@exercise("break_attention")
def test_attention_without_a_softmax_is_caught(learner):
    """An `attention` whose scores are used as weights as they are is caught.

    Hint: Weights are positive and sum to 1, so an average lies between the smallest and the largest value.
    """

    def raw(q, k, v, causal=True):
        scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
        return (scores.tril() if causal else scores) @ v

    assert_raises(AssertionError, learner.break_attention, raw)


@exercise("break_attention")
def test_attention_with_the_root_of_t_is_caught(learner):
    """An `attention` that divides by the root of the number of positions is caught.

    Hint: Which sizes must differ, so that a mix-up of two of them shows?
    """

    def root_of_time(q, k, v, causal=True):
        return F.scaled_dot_product_attention(q, k, v, is_causal=causal, scale=q.shape[-2] ** -0.5)

    assert_raises(AssertionError, learner.break_attention, root_of_time)


@exercise("break_attention")
def test_a_right_attention_of_another_make_passes(learner):
    """An `attention` that is right, but adds up in another order, is let through; one that answers 0 isn't.

    Hint: Two orders of adding differ in the last digits. `torch.allclose` has an argument `atol`, which for numbers
    near 0 has to be larger than what it is when you don't name it.
    """

    def from_the_end(q, k, v, causal=True):
        scores = (q.flip(-1) * q.shape[-1] ** -0.5) @ k.flip(-1).transpose(-2, -1)
        if causal:
            scores = scores + torch.full_like(scores, -math.inf).triu(1)
        weights = (scores - scores.logsumexp(-1, keepdim=True)).exp()
        return weights.flip(-1) @ v.flip(-2)

    def nothing(q, k, v, causal=True):
        return torch.zeros(*q.shape[:-1], v.shape[-1], dtype=v.dtype)

    assert_raises(AssertionError, learner.break_attention, nothing)
    for _ in range(4):
        assert_equal(learner.break_attention(from_the_end), None, "what your test returns")


@driver
def head_answers(names, C, hs, block, inputs):
    """The answers of one new head, and the entries of its weights."""
    import torch

    torch.manual_seed(5)
    head = names.Head(C, hs, block)
    with torch.no_grad():
        return [head(x) for x in inputs], sum(p.numel() for p in head.parameters() if p.ndim > 1)


@exercise("Head")
@settings(max_examples=10)
@given(n_embd=sizes(2, 6), head_size=sizes(1, 5), block_size=sizes(4, 6), B=sizes(1, 3), T=sizes(1, 4))
def test_a_head_makes_head_size_channels(learner, n_embd, head_size, block_size, B, T):
    """x (B, T, n_embd) becomes (B, T, head_size), for T up to block_size, by 3 · n_embd · head_size weights.

    Hint: `nn.Linear(in, out)`. An nn.Module can hold parts only after `super().__init__()`, first line of its
    `__init__`.
    """
    x = torch.ones(B, T, n_embd)
    (y, other), weights = head_answers(learner, n_embd, head_size, block_size, [x, x.cumsum(2)])
    assert_equal(tuple(y.shape), (B, T, head_size), "the shape of the answer to ones of shape (B, T, n_embd)")
    require(not torch.allclose(y, other), "another x gives the same answer", got=other)
    assert_equal(weights, 3 * n_embd * head_size, "the number of weights")


@exercise("Head")
@settings(max_examples=10)
@given(n_embd=sizes(2, 6), head_size=sizes(1, 5), seed=seeds())
def test_a_head_is_blind_for_the_future(learner, n_embd, head_size, seed):
    """Position 0 gives the same, whatever follows it; the last position gives something else."""
    x = normal(seed, 1, 3, n_embd).float()
    other = torch.cat([x[:, :1], x[:, 1:] * 3 + 1], 1)
    (one, two), _ = head_answers(learner, n_embd, head_size, 3, [x, other])
    assert_close(two[:, 0], one[:, 0], "position 0", atol=1e-5, axes=("sequence", "channel"))
    require(not torch.allclose(two[:, 2], one[:, 2]), "position 2 doesn't notice what has changed")


@driver
def multi_answers(names, nh, hs, C, block, x):
    """A new module's answer, what its own heads and projection make of x, and counts of parameters."""
    import torch

    torch.manual_seed(5)
    module = names.MultiHeadAttention(nh, hs, C, block)
    heads = list(module.heads)
    known = {id(p) for p in module.parameters()}
    of_heads = [id(p) for head in heads for p in head.parameters()]
    with torch.no_grad():
        right = module.proj(torch.cat([head(x) for head in heads], -1))
        return module(x), right, len(heads), len(of_heads), len(known & set(of_heads))


@exercise("MultiHeadAttention")
@settings(max_examples=12)
@given(
    n_head=sizes(1, 3), head_size=sizes(1, 3), n_embd=sizes(4, 7), B=sizes(1, 3), T=sizes(1, 4), seed=seeds()
)
def test_many_heads_are_heads_side_by_side(learner, n_head, head_size, n_embd, B, T, seed):
    """The answer is the heads' answers, concatenated along the channels, through `proj`.

    Hint: Concatenate along the last axis, head 0 first. The shape that goes into `proj` is (B, T, n_head · head_size).
    """
    x = normal(seed, B, T, n_embd).float()
    got, right, number, *_ = multi_answers(learner, n_head, head_size, n_embd, T + 1, x)
    assert_equal(number, n_head, "the number of heads")
    assert_equal(tuple(got.shape), (B, T, n_embd), "the shape")
    assert_close(got, right, atol=1e-4, axes=("sequence", "position", "channel"))


@exercise("MultiHeadAttention")
@settings(max_examples=5)
@given(n_head=sizes(2, 4))
def test_all_heads_are_registered(learner, n_head):
    """Every head's parameters are among `parameters()`, and no two heads share any.

    Hint: PyTorch doesn't look into Python lists. `nn.ModuleList` is a list that it sees.
    """
    got, right, _, total, registered = multi_answers(learner, n_head, 2, 5, 3, torch.ones(1, 3, 5))
    assert_equal(registered, total, "how many different parameters of heads are among parameters()")
    assert_close(got, right, "the answer", atol=1e-4)


@driver
def norm_answers(names, d, inputs):
    """What a new LayerNorm makes of the inputs."""
    import torch

    norm = names.LayerNorm(d)
    with torch.no_grad():
        return [norm(x) for x in inputs]


@exercise("LayerNorm")
def test_layernorm_of_the_example(learner):
    """1, 3, 5 become -1.2247, 0, 1.2247, as one position or among others.

    Hint: 1.2247 is √1.5; if you get 1, you divide by d - 1. If a batch gives something else, look at the axis.
    """
    row, right = torch.tensor([1.0, 3.0, 5.0]), torch.tensor([-1.2247449, 0.0, 1.2247449])
    many = torch.stack([torch.stack([row, 2 * row + 7]), torch.stack([row.flip(0), row * 10])])
    one, batch = norm_answers(learner, 3, [row, many])
    assert_close(one, right, "one position", atol=1e-4)
    all_right = torch.stack([torch.stack([right, right]), torch.stack([-right, right])])
    assert_close(batch, all_right, "a batch", atol=1e-4, axes=("sequence", "position", "channel"))


@exercise("LayerNorm")
@settings(max_examples=10)
@given(n=sizes(2, 4), T=sizes(1, 3), d=sizes(2, 5), seed=seeds())
def test_positions_are_normalised_alone(learner, n, T, d, seed):
    """A position's answer is the same in a batch and alone, with mean 0 and variance 1 over its channels."""
    x = (normal(seed, n, T, d) + 4 * torch.arange(d)).float()
    batch, alone = norm_answers(learner, d, [x, x[-1, -1]])
    assert_equal(tuple(batch.shape), (n, T, d), "the shape")
    assert_close(alone, batch[-1, -1], "the last position alone", atol=1e-4)
    assert_close(batch.mean(-1), torch.zeros(n, T), "the mean over the channels", atol=1e-4)
    assert_close(batch.square().mean(-1), torch.ones(n, T), "the variance over the channels", atol=0.05)


@driver
def small_norm(names, row, eps):
    """A new LayerNorm's answer to a row, eps named if there is one."""
    import torch

    norm = names.LayerNorm(len(row)) if eps is None else names.LayerNorm(len(row), eps=eps)
    with torch.no_grad():
        return norm(row)


@exercise("LayerNorm")
def test_eps_is_added_to_the_variance(learner):
    """-1, 1 at eps = 3 become -½, ½; -0.001, 0.001 at the eps that nobody named ±0.30151.

    Hint: Variance 1 and eps 3: the root of 4 is 2. Does eps stand inside the root, and does anybody read it?
    """
    row = torch.tensor([-1.0, 1.0])
    assert_close(small_norm(learner, row, 3.0), row / 2, "at eps = 3", atol=1e-5)
    assert_close(small_norm(learner, 0.001 * row, None), 0.3015113 * row, "at the default eps", atol=1e-4)


@driver
def norm_parameters(names, row):
    """The parameters of a new LayerNorm, and its answer once gains are 2 and biases 7."""
    import torch

    norm = names.LayerNorm(len(row))
    held = [p.detach().clone() for p in norm.parameters()]
    with torch.no_grad():
        for p in norm.parameters():
            p.fill_(2.0 if bool((p == 1).all()) else 7.0)
        return held, norm(row)


@exercise("LayerNorm")
def test_gain_and_bias_are_parameters(learner):
    """`parameters()` are a gain of ones and a bias of zeros, each of shape (d,); at 2 and 7 they do what they say.

    Hint: What an optimiser is to find must be an `nn.Parameter`, assigned to an attribute of the module.
    """
    held, got = norm_parameters(learner, torch.tensor([1.0, 3.0, 5.0]))
    assert_equal(
        sorted(p.tolist() for p in held), [[0.0] * 3, [1.0] * 3], "LayerNorm(3).parameters(), sorted"
    )
    assert_close(
        got, torch.tensor([4.5505103, 7.0, 9.4494897]), "of 1, 3, 5 with gain 2 and bias 7", atol=1e-3
    )


@driver
def block_answers(names, sizes, x, which):
    """What a new block makes of x: as it is ("new"), without biases ("unbiased"), with all at 0 but gains ("silent").

    Also what its norms read and attention says on the way, where that can be seen, and counts of its parameters.
    """
    import torch

    torch.manual_seed(6)
    n_embd, n_head, block_size = sizes
    config = names.GPTConfig(vocab_size=9, block_size=block_size, n_layer=1, n_head=n_head, n_embd=n_embd)
    block = names.Block(config)
    gains = [p for p in block.parameters() if p.ndim == 1 and bool((p == 1).all())]
    weights = sum(p.numel() for p in block.parameters() if p.ndim > 1)
    read, said, readers = [], [], set()

    def norm_reads(module, inputs, output):
        read.append(inputs[0].clone())
        readers.add(id(module))

    def attention_says(module, inputs, output):
        said.append(output.clone())

    for module in block.modules():
        if isinstance(module, (names.LayerNorm, torch.nn.LayerNorm)):
            module.register_forward_hook(norm_reads)
        if isinstance(module, names.MultiHeadAttention):
            module.register_forward_hook(attention_says)
    with torch.no_grad():
        for p in block.parameters():
            quiet = which == "silent" or (which == "unbiased" and p.ndim == 1)
            if quiet and not any(p is gain for gain in gains):
                p.zero_()
        return block(x), read, said, [weights, len(gains), len(readers)]


def streams(B, T, n_embd, seed):
    return (2 * normal(seed, B, T, n_embd) + 1).float()


@exercise("Block")
@settings(max_examples=8)
@given(n_head=sizes(1, 3), per_head=sizes(2, 3), B=sizes(1, 3), T=sizes(1, 4), seed=seeds())
def test_a_silent_block_is_the_identity(learner, n_head, per_head, B, T, seed):
    """With all weights and biases at 0 a block gives back x; with weights it gives something else.

    Hint: Both branches are added to x, and x itself goes through no norm.
    """
    x = streams(B, T, n_head * per_head, seed)
    sizes = [n_head * per_head, n_head, T + 1]
    silent, *_ = block_answers(learner, sizes, x, "silent")
    assert_close(silent, x, "with weights 0", atol=1e-5, axes=("sequence", "position", "channel"))
    got, *_ = block_answers(learner, sizes, x, "new")
    assert_equal(tuple(got.shape), tuple(x.shape), "the shape")
    require(not torch.allclose(got, x), "a new block changes nothing")


@exercise("Block")
@settings(max_examples=6)
@given(n_head=sizes(2, 3), per_head=sizes(2, 3), seed=seeds())
def test_each_branch_reads_the_stream_as_it_is_then(learner, n_head, per_head, seed):
    """Two LayerNorms, one for each branch: the first reads x, the second x with attention's answer added.

    Hint: The second line starts from the x that the first one made. How many LayerNorms have you made?
    """
    x = streams(1, 2, n_head * per_head, seed)
    got, read, said, (_, gains, used) = block_answers(learner, [n_head * per_head, n_head, 3], x, "new")
    require(got.std() > 0, "the answer is one number everywhere", got=got)
    assert_equal(gains, 2, "the number of gains among parameters()")
    if used == len(read) == 2 and len(said) == 1:
        axes = ("sequence", "position", "channel")
        assert_close(read[0], x, "what the first LayerNorm reads", atol=1e-5, axes=axes)
        assert_close(read[1], x + said[0], "what the second LayerNorm reads", atol=1e-4, axes=axes)
    else:
        require(not read, "the number of LayerNorms that are called", got=used, expected=2)


@exercise("Block")
@settings(max_examples=6)
@given(n_head=sizes(1, 3), per_head=sizes(2, 3), seed=seeds())
def test_a_block_has_the_weights_that_it_should(learner, n_head, per_head, seed):
    """12 · n_embd² weights, biases apart: 4 · n_embd² in attention, 8 · n_embd² in the MLP, which isn't linear.

    Hint: `n_head` heads share the channels among them. What stands between the MLP's two layers?
    """
    n_embd = n_head * per_head
    x = streams(1, 2, n_embd, seed)
    got, _, _, (weights, *_) = block_answers(learner, [n_embd, n_head, 3], x, "unbiased")
    assert_equal(weights, 12 * n_embd**2, "the number of weights")
    require(got.std() > 0, "the answer is one number everywhere", got=got)
    other, *_ = block_answers(learner, [n_embd, n_head, 3], -x, "unbiased")
    require(
        not torch.allclose(other, -got, atol=1e-4),
        "without biases, -x gives just the opposite of x: all is linear",
    )


@exercise("Block")
@settings(max_examples=6)
@given(n_head=sizes(1, 2), per_head=sizes(2, 3), seed=seeds())
def test_positions_of_a_block_talk_backwards_only(learner, n_head, per_head, seed):
    """The last position hears from the first, the first from none."""
    n_embd = n_head * per_head
    x = normal(seed, 2, 3, n_embd).float()
    last, first = x.clone(), x.clone()
    last[:, 2], first[:, 0] = 4 * x[:, 2] + 1, x[:, 0].flip(-1) - torch.arange(n_embd)
    got, early, late = (
        block_answers(learner, [n_embd, n_head, 4], one, "new")[0] for one in (x, last, first)
    )
    assert_close(early[:, :2], got[:, :2], "positions 0 and 1, where position 2 has changed", atol=1e-5)
    require(not torch.equal(late[:, 2], got[:, 2]), "position 2 doesn't hear that position 0 has changed")


@driver
def gpt_answers(names, sizes, idx, targets):
    """A new GPT: logits and loss with targets, logits without, whether that loss is None and the config kept.

    Also the standard deviations of larger weights, the parameters without a gradient, the numbers of weights and gains.
    """
    import torch

    torch.manual_seed(7)
    V, size, layers, heads, width = sizes
    config = names.GPTConfig(vocab_size=V, block_size=size, n_layer=layers, n_head=heads, n_embd=width)
    model = names.GPT(config)
    logits, loss = model(idx, targets)
    loss.backward()
    plain, none = model(idx)
    parts = [p.std().item() for p in model.parameters() if p.numel() > 500]
    missing = [f"{name} {tuple(p.shape)}" for name, p in model.named_parameters() if p.grad is None]
    weights = sum(p.numel() for p in model.parameters() if p.ndim > 1)
    gains = sum(p.ndim == 1 and bool((p == 1).all()) for p in model.parameters())
    return logits, loss, plain, none is None, model.config == config, parts, [missing, weights, gains]


SIZES = (31, 6, 2, 2, 24)


@exercise("GPT")
@settings(max_examples=8)
@given(B=sizes(1, 3), T=sizes(1, 6), seed=seeds())
def test_logits_for_every_position(learner, B, T, seed):
    """Logits are (B, T, V), the same with targets and without; without targets the loss is None.

    Hint: T symbols come in, so T places are needed, not block_size. Flatten for the loss only.
    """
    idx = torch.randint(31, (B, T), generator=generator(seed))
    logits, _, plain, none, config, *_ = gpt_answers(learner, SIZES, idx, idx)
    assert_equal(tuple(logits.shape), (B, T, 31), "the shape of logits with targets")
    assert_equal(tuple(plain.shape), (B, T, 31), "the shape of logits without targets")
    assert_close(plain, logits, "logits without targets against those with", atol=1e-5)
    require(none, "without targets the loss isn't None")
    require(config, "model.config isn't the config")


@exercise("GPT")
@settings(max_examples=6)
@given(B=sizes(1, 3), T=sizes(1, 6), seed=seeds())
def test_the_loss_is_of_all_positions(learner, B, T, seed):
    """The loss is the mean cross-entropy of the logits at all positions against the targets as they stand.

    Hint: `get_batch` has shifted the targets already. `F.cross_entropy` takes the softmax itself, of (n, V) and (n,).
    """
    idx, targets = torch.randint(31, (2, B, T), generator=generator(seed))
    logits, loss, *_ = gpt_answers(learner, SIZES, idx, targets)
    right = F.cross_entropy(logits.reshape(-1, 31), targets.reshape(-1))
    assert_close(loss, right, "the loss against the cross-entropy of the logits", atol=1e-4)


@exercise("GPT")
@settings(max_examples=4)
@given(B=sizes(1, 3), T=sizes(1, 6), seed=seeds())
def test_a_new_gpt_is_unsure(learner, B, T, seed):
    """The first loss is near log V = 3.434, and weights have standard deviation 0.02.

    Hint: A first loss far above log V comes from weights that start too large, such as those of nn.Embedding.
    """
    idx, targets = torch.randint(31, (2, B, T), generator=generator(seed))
    _, loss, _, _, _, parts, _ = gpt_answers(learner, SIZES, idx, targets)
    assert_close(loss, math.log(31), "the first loss", atol=0.5)
    assert_close(parts, [0.02] * len(parts), "standard deviations of the larger weights", atol=0.005)


@exercise("GPT")
def test_gpt_has_all_its_parts(learner):
    """Blocks, tables and last layers are among `parameters()`, each with weights of its own, and all are used.

    Hint: PyTorch doesn't look into Python lists, and `[thing] * 3` is one thing. In a block are 12 · n_embd² weights
    and two gains. Walk through 1 to 4: what isn't used gets no gradient.
    """
    idx = torch.arange(6)[None]
    *_, (missing, weights, gains) = gpt_answers(learner, SIZES, idx, idx)
    blocks, table, places = 2 * 12 * 24**2, 31 * 24, 6 * 24
    right = blocks + 2 * table + places
    # The last layer may share its weights with the table of symbols.
    require(
        weights in (right, right - table), "the number of weights, biases apart", got=weights, expected=right
    )
    assert_equal(gains, 5, "the number of LayerNorms' gains: two in each of two blocks, one at the end")
    assert_equal(missing, [], "parameters that got no gradient")


@exercise("GPT")
@settings(max_examples=4)
@given(symbol=sizes(0, 30))
def test_gpt_knows_places(learner, symbol):
    """In a text of one symbol alone, every place has logits of its own.

    Hint: Attention sees a set, here of equal things. What tells the model where each of them stands?
    """
    idx = torch.full((1, 6), symbol)
    logits, *_ = gpt_answers(learner, SIZES, idx, idx)
    require(not torch.allclose(logits[0, 0], logits[0, 1]), "places 0 and 1 have the same logits")
    require(not torch.allclose(logits[0, 4], logits[0, 5]), "places 4 and 5 have the same logits")


@exercise("GPT")
@settings(max_examples=5)
@given(more=sizes(1, 3))
def test_a_text_longer_than_the_block_is_refused(learner, more):
    """More symbols than block_size raise a ValueError, block_size of them don't."""
    fits = torch.zeros((1, 6), dtype=torch.int64)
    logits, *_ = gpt_answers(learner, SIZES, fits, fits)
    assert_equal(tuple(logits.shape), (1, 6, 31), "the shape for block_size symbols")
    long = torch.zeros((1, 6 + more), dtype=torch.int64)
    assert_raises(ValueError, gpt_answers, learner, SIZES, long, long)


@driver
def next_symbols(names, V, size, idx, n, options, training):
    """What generate makes of a model that is sure of the symbol after the last one; idx and mode afterwards.

    In training mode the model errs: it is sure of the one after that.
    """
    import types

    import torch

    class Toy(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.scale = torch.nn.Parameter(torch.tensor(60.0))
            self.config = types.SimpleNamespace(block_size=size, vocab_size=V)

        def forward(self, idx, targets=None):
            if idx.shape[1] > size:
                raise ValueError(f"{idx.shape[1]} symbols, but the model looks back on {size} at most")
            following = idx + (2 if self.training else 1)
            return self.scale * torch.nn.functional.one_hot(following % V, V), None

    model = Toy().train(training)
    torch.manual_seed(options.get("global seed", 0))
    options = {name: value for name, value in options.items() if name != "global seed"}
    if "seed" in options:
        options["generator"] = torch.Generator().manual_seed(options.pop("seed"))
    got = names.generate(model, idx, n, **options)
    return got, idx, model.training


@exercise("generate")
@given(V=sizes(2, 6), size=sizes(1, 4), B=sizes(1, 3), T=sizes(1, 5), n=sizes(0, 4), seed=seeds())
def test_a_sure_model_is_followed(learner, V, size, B, T, n, seed):
    """The prefix is kept, and each new symbol is what the model is sure of after the last one.

    Hint: Which of the T positions' logits speak of the next symbol? And how many symbols does the model take?
    """
    idx = torch.randint(V, (B, T), generator=generator(seed))
    right = torch.cat([idx, (idx[:, -1:] + torch.arange(1, n + 1)) % V], 1)
    got, *_ = next_symbols(learner, V, size, idx, n, {"seed": seed}, False)
    assert_equal(got, right, axes=("text", "place"))


@exercise("generate")
@settings(max_examples=8)
@given(training=st.booleans(), seed=seeds())
def test_mode_and_prefix_stay(learner, training, seed):
    """The model draws in evaluation mode; its mode and idx are afterwards what they were.

    Hint: A model with dropout answers otherwise in training mode, as the one here does. `model.eval()` comes before
    the loop; what comes after it?
    """
    idx = torch.randint(5, (2, 3), generator=generator(seed))
    got, after, mode = next_symbols(learner, 5, 4, idx, 3, {"seed": seed}, training)
    assert_equal(tuple(got.shape), (2, 6), "the shape")
    assert_equal(got[:, :3], idx, "the prefix")
    assert_equal(got[:, 3:], (idx[:, 2:] + torch.arange(1, 4)) % 5, "what follows")
    assert_equal(after, idx, "idx afterwards")
    require(mode == training, "the model's mode isn't what it was", got=mode, expected=training)


@exercise("generate")
@settings(max_examples=5)
@given(seed=seeds())
def test_a_high_temperature_draws_anything(learner, seed):
    """At temperature 10,000 all of four symbols come.

    Hint: A symbol is drawn by its probability, not the likeliest taken. Temperature divides the logits before the
    softmax.
    """
    idx = torch.zeros((300, 1), dtype=torch.int64)
    hot, *_ = next_symbols(learner, 4, 3, idx, 1, {"temperature": 1e4, "seed": seed}, False)
    assert_equal(sorted(set(hot[:, -1].tolist())), [0, 1, 2, 3], "symbols drawn at temperature 10,000")


@exercise("generate")
@settings(max_examples=5)
@given(seed=seeds())
def test_top_k_leaves_the_k_likeliest(learner, seed):
    """With top_k = 1 only the likeliest symbol comes, at a temperature of 10,000 as well.

    Hint: What isn't among the k largest logits has probability 0: which logit does that?
    """
    idx = torch.ones((300, 1), dtype=torch.int64)
    greedy, *_ = next_symbols(learner, 4, 3, idx, 1, {"temperature": 1e4, "top_k": 1, "seed": seed}, False)
    assert_equal(set(greedy[:, -1].tolist()), {2}, "symbols drawn with top_k = 1")


@exercise("generate")
@settings(max_examples=4)
@given(seed=seeds())
def test_the_generator_draws_the_symbols(learner, seed):
    """Two generators with one seed write the same text, whatever torch's global state is.

    Hint: Who uses the argument `generator`?
    """
    idx = torch.zeros((2, 1), dtype=torch.int64)
    one, two = (
        next_symbols(learner, 6, 3, idx, 12, {"temperature": 1e4, "seed": seed, "global seed": other}, False)[
            0
        ]
        for other in (1, 2)
    )
    assert_equal(two, one, "the text from another generator with the same seed", axes=("text", "place"))
    require(
        len(set(one.flatten().tolist())) > 2, "24 draws among six symbols give at most two of them", got=one
    )


@exercise("positional_encoding")
def test_encoding_of_the_example(learner):
    """Two positions in four channels: the numbers worked out in section 13."""
    right = torch.tensor([[0.0, 1.0, 0.0, 1.0], [0.841471, 0.540302, 0.01, 0.99995]])
    assert_close(learner.positional_encoding(2, 4), right, atol=1e-4, axes=("position", "channel"))


@exercise("positional_encoding")
@given(t=sizes(1, 6), half=sizes(1, 4))
def test_position_0_is_zeros_and_ones(learner, t, half):
    """The table is (t, d), each pair is a point on the unit circle, and position 0 is 0, 1, 0, 1, …"""
    table = learner.positional_encoding(t, 2 * half)
    assert_equal(tuple(table.shape), (t, 2 * half), "the shape")
    assert_close(table[0], torch.tensor([0.0, 1.0] * half), "position 0", atol=1e-5)
    circle = table[:, 0::2] ** 2 + table[:, 1::2] ** 2
    assert_close(circle, torch.ones(t, half), "sine² + cosine²", atol=1e-4)


@driver
def fused_answers(names, number, n_embd, head_size, x):
    """What the fused heads make of x, now and once the heads have changed, what the loop does, operations of a call."""
    import torch
    from torch.overrides import TorchFunctionMode

    class Count(TorchFunctionMode):
        calls = 0

        def __torch_function__(self, function, types, args=(), kwargs=None):
            a_look = getattr(function, "__name__", "") == "__get__"  # at .T or .shape, which is no operation
            self.calls += not a_look
            return function(*args, **(kwargs or {}))

    torch.manual_seed(8)
    heads = [names.Head(n_embd, head_size, 6) for _ in range(number)]
    fused = names.fuse_heads(heads)
    with torch.no_grad():
        right = torch.cat([head(x) for head in heads], -1)
        with Count() as count:
            got = fused(x)
        for head in heads:
            for p in head.parameters():
                p.mul_(-3)
        return got, right, fused(x), isinstance(fused, torch.nn.Module), count.calls


@exercise("fuse_heads")
@settings(max_examples=6)
@given(n_embd=sizes(2, 5), head_size=sizes(1, 4), B=sizes(1, 3), T=sizes(1, 5), seed=seeds())
def test_one_fused_head_is_that_head(learner, n_embd, head_size, B, T, seed):
    """A list of one head gives what that head gives, with the weights that it had when it was fused.

    Hint: With one head nothing has to be cut. Which weights are queries', keys', values', and has your head biases?
    """
    x = normal(seed, B, T, n_embd).float()
    got, right, later, module, _ = fused_answers(learner, 1, n_embd, head_size, x)
    require(module, "fuse_heads returns no nn.Module")
    assert_close(got, right, atol=1e-4, axes=("sequence", "position", "channel"))
    assert_close(later, right, "once the head has been trained further", atol=1e-4)


@exercise("fuse_heads")
@settings(max_examples=10)
@given(
    number=sizes(2, 4), n_embd=sizes(2, 5), head_size=sizes(1, 4), B=sizes(1, 3), T=sizes(1, 5), seed=seeds()
)
def test_fused_heads_are_the_heads_in_order(learner, number, n_embd, head_size, B, T, seed):
    """The module gives what the heads give one by one, side by side in the order of the list.

    Hint: `view(B, T, nh, hs)` cuts the last axis into heads; only then may axes change places.
    """
    got, right, *_ = fused_answers(learner, number, n_embd, head_size, normal(seed, B, T, n_embd).float())
    assert_close(got, right, atol=1e-4, axes=("sequence", "position", "channel"))


@exercise("fuse_heads")
def test_six_heads_cost_what_two_cost(learner):
    """A call takes no more torch operations for six heads than for two.

    Hint: Where in your `forward` are the heads an axis of one tensor, so that `attention` is called once?
    """
    x = normal(3, 2, 3, 4).float()
    counts = []
    for number in (2, 6):
        got, right, *_, operations = fused_answers(learner, number, 4, 2, x)
        assert_close(got, right, f"the answer of {number} heads", atol=1e-4)
        counts.append(operations)
    require(
        counts[1] <= counts[0], "operations for six heads, and for two", got=counts[1], expected=counts[0]
    )


@driver
def two_losses(names, losses, training):
    """estimate_loss of a model with the given losses, 50 more when it trains; its mode afterwards, recorded graphs."""
    import types

    import torch

    class Toy(torch.nn.Module):
        config = types.SimpleNamespace(block_size=3)
        calls = recorded = 0

        def forward(self, idx, targets=None):
            self.calls += 1
            self.recorded += torch.is_grad_enabled()
            return torch.zeros(*idx.shape, 2), torch.tensor(losses[self.calls - 1] + 50.0 * self.training)

    model = Toy().train(training)
    found = names.estimate_loss(model, torch.arange(20), len(losses), 4, torch.Generator().manual_seed(1))
    return found, model.training, isinstance(found, float), model.recorded


@exercise("estimate_loss")
@settings(max_examples=10)
@given(losses=st.lists(st.integers(1, 20).map(lambda n: n / 4), min_size=1, max_size=5))
def test_the_mean_of_the_losses(learner, losses):
    """Of a model in evaluation mode that says 2.0 and 3.0 the estimate is 2.5, a float."""
    found, _, is_float, _ = two_losses(learner, losses, False)
    assert_close(found, sum(losses) / len(losses), atol=1e-5)
    require(is_float, "a tensor where a float is due: .item() makes one", got=found)


@exercise("estimate_loss")
@settings(max_examples=4)
@given(training=st.booleans())
def test_measured_in_evaluation_mode(learner, training):
    """The model is measured in evaluation mode, without gradients, and its mode is afterwards what it was.

    Hint: In training mode the model here says 50 too much, as one with dropout says too much. Put it back afterwards as
    it was, whichever that was.
    """
    found, mode, _, recorded = two_losses(learner, [2.0, 3.0], training)
    assert_close(found, 2.5, "the estimate where evaluation says 2.0 and 3.0", atol=1e-5)
    require(mode == training, "the model's mode isn't what it was", got=mode, expected=training)
    require(not recorded, "gradients were recorded in so many calls", got=recorded, expected=0)


@driver
def both_ways(names, idx, n, block_size):
    """Greedy texts of a small GPT with large weights, with the cache and without; the cache's work and what is enough.

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
            elif name in ("matmul", "__matmul__"):
                self.products += args[0].numel() * args[1].shape[-1]
            return function(*args, **(kwargs or {}))

    torch.manual_seed(9)
    config = names.GPTConfig(vocab_size=7, block_size=block_size, n_layer=2, n_head=2, n_embd=6)
    model = names.GPT(config).double()
    with torch.no_grad():
        for p in model.parameters():
            p.copy_(torch.randn_like(p))
        right = idx
        for _ in range(n):
            right = torch.cat([right, model(right)[0][:, -1].argmax(-1, keepdim=True)], 1)
        with Work() as prefix:
            model(idx)
        with Work() as single:
            model(idx[:, :1])
    with Work() as work:
        got = names.generate_cached(model, idx, n)
    # The query of a step meets at most block_size kept keys and values, 6 channels each, in either block.
    return (
        got,
        right,
        work.products,
        prefix.products + n * (single.products + 2 * 2 * 6 * len(idx) * block_size),
    )


@exercise("generate_cached")
@settings(max_examples=8)
@given(B=sizes(3, 5), T=sizes(1, 5), n=sizes(1, 5), more=sizes(0, 2), seed=seeds())
def test_the_cached_text_is_the_greedy_one(learner, B, T, n, more, seed):
    """The text is what the whole model finds likeliest each time.

    Hint: If the first new symbol is right and a later one isn't: which place did you tell it to be at, and whom could
    the prefix's positions see?
    """
    idx = torch.randint(7, (B, T), generator=generator(seed))
    got, right, *_ = both_ways(learner, idx, n, T + n + more)
    assert_equal(got, right, axes=("text", "place"))


@exercise("generate_cached")
@settings(max_examples=2)
@given(seed=seeds())
def test_each_step_feeds_one_position(learner, seed):
    """After the prefix a step costs what one position costs, however long the text has become.

    Hint: What do you feed in a step, the text or its last symbol? What of the past is needed is kept.
    """
    idx = torch.randint(7, (1, 3), generator=generator(seed))
    got, right, work, enough = both_ways(learner, idx, 12, 15)
    assert_equal(got, right, "the text", axes=("text", "place"))
    require(work <= 1.25 * enough, "numbers multiplied, and how many are enough", got=work, expected=enough)


@exercise("generate_cached")
@settings(max_examples=5)
@given(T=sizes(1, 3), n=sizes(1, 4))
def test_a_text_that_does_not_fit_is_refused(learner, T, n):
    """One symbol too many raises ValueError; as many as fit don't."""
    idx = torch.zeros((1, T), dtype=torch.int64)
    got, right, *_ = both_ways(learner, idx, n, T + n)
    assert_equal(got, right, "the text that just fits", axes=("text", "place"))
    assert_raises(ValueError, both_ways, learner, idx, n + 1, T + n)


@exercise("addition_dataset")
@given(digits=sizes(1, 4), n=sizes(1, 5), seed=seeds())
def test_each_text_is_a_sum(learner, digits, n, seed):
    """a, b and the sum's digits from the right; Y is X one place on; the mask covers the sum's digits.

    Hint: 85 + 50 = 135 is 8 5 5 0 5 3 1. X loses the last digit, Y the first, and the mask starts in Y.
    """
    X, Y, mask = learner.addition_dataset(digits, n, generator(seed))
    shapes = [tuple(part.shape) for part in (X, Y, mask)]
    assert_equal(shapes, [(n, 3 * digits)] * 3, "the shapes of X, Y and mask")
    text = torch.cat([X[:, :1], Y], 1)
    assert_equal(text[:, :-1], X, "X against Y one place earlier")
    powers = 10 ** torch.arange(digits + 1)
    a, b = (text[:, k : k + digits].flip(1) @ powers[:-1] for k in (0, digits))
    assert_equal(text[:, 2 * digits :] @ powers, a + b, "the sums")
    counted = [[place >= 2 * digits - 1 for place in range(3 * digits)]] * n
    assert_equal(mask.tolist(), counted, "the mask", axes=("text", "place"))


@exercise("addition_dataset")
@settings(max_examples=3)
@given(seed=seeds())
def test_every_digit_is_drawn(learner, seed):
    """Among 400 sums of one digit each of the digits 0 to 9 is added to something.

    Hint: `torch.randint(high, ...)` never draws `high` itself. Which is the largest number of one digit?
    """
    X, _, _ = learner.addition_dataset(1, 400, generator(seed))
    for place, which in enumerate(("first", "second")):
        assert_equal(sorted(set(X[:, place].tolist())), list(range(10)), f"all {which} numbers")


@exercise("near_orthogonal")
@settings(max_examples=4)
@given(seed=seeds())
def test_directions_in_one_and_in_many_dimensions(learner, seed):
    """In one dimension it is 1; of 100 directions in 10,000 dimensions between 0.03 and 0.07.

    Hint: A direction's cosine with itself is 1 and doesn't count.
    """
    assert_close(learner.near_orthogonal(3, 1, generator(seed)), 1.0, "in one dimension", atol=1e-4)
    found = learner.near_orthogonal(100, 10_000, generator(seed))
    require(0.03 < found < 0.07, "100 directions in 10,000 dimensions", got=found)


@exercise("near_orthogonal")
@settings(max_examples=5)
@given(seed=seeds())
def test_the_largest_is_absolute(learner, seed):
    """Of two directions in two dimensions it is a float above 0 and at most 1, now and then another.

    Hint: Opposite directions have the cosine -1. What does "absolute" make of it?
    """
    drawing = generator(seed)
    found = [learner.near_orthogonal(2, 2, drawing) for _ in range(12)]
    require(all(isinstance(one, float) for one in found), "not all are floats", got=found)
    require(min(found) > 0 and max(found) <= 1 + ROUNDING, "not all are above 0 and at most 1", got=found)
    require(len(set(found)) > 1, "always the same", got=found[0])

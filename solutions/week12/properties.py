"""Week 12's hidden properties: agreement with torch or the reference, laws, edge cases."""

import math
from itertools import pairwise

import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from autograde.properties import assert_close, assert_equal, driver, exercise, require
from autograde.strategies import halves, sizes, tensors

# Answers may come from float32 arithmetic, whatever they are returned as.
ROUNDING = 64 * torch.finfo(torch.float32).eps


def seeds() -> st.SearchStrategy[int]:
    return st.integers(0, 9999)


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def normal(seed: int, *shape: int) -> torch.Tensor:
    """Draws from a seed that no learner would use, nor torch's own state start from."""
    return torch.randn(shape, generator=generator(50_000 + seed))


# smooth


@exercise("smooth")
@given(losses=st.lists(halves(-20, 20), max_size=14), k=sizes(1, 6))
def test_smooth_agrees_with_the_reference(learner, reference, losses, k):
    """Means of whole blocks, floating, the tail dropped, nothing for fewer than k."""
    got = learner.smooth(losses, k)
    assert_close(got, reference.smooth(losses, k), kind=torch.Tensor, atol=ROUNDING * 10)
    require(got.dtype.is_floating_point, "the means aren't floating", got=got.dtype)


@exercise("smooth")
@given(blocks=sizes(1, 4), k=sizes(2, 5), seed=seeds())
def test_only_the_order_of_blocks_matters(learner, blocks, k, seed):
    """Inside a block the order is no matter, blocks that change places change places, a tail says nothing."""
    x = normal(seed, blocks, k).double()
    means = x.mean(1)
    assert_close(learner.smooth(x.flatten().tolist(), k), means, "the means", atol=ROUNDING * 4)
    assert_close(
        learner.smooth(x.flip(1).flatten().tolist(), k), means, "blocks turned round", atol=ROUNDING * 4
    )
    assert_close(
        learner.smooth(x.flip(0).flatten().tolist(), k), means.flip(0), "blocks last first", atol=ROUNDING * 4
    )
    tail = [1000.0] * (k - 1)
    assert_close(learner.smooth([*x.flatten().tolist(), *tail], k), means, "with a tail", atol=ROUNDING * 4)


@exercise("smooth")
@given(losses=st.lists(st.integers(0, 9), min_size=1, max_size=9), k=sizes(1, 3))
def test_whole_numbers_have_means_too(learner, losses, k):
    """Losses may be whole numbers, and are left as they are."""
    before = list(losses)
    got = learner.smooth(losses, k)
    right = [sum(losses[at : at + k]) / k for at in range(0, len(losses) // k * k, k)]
    assert_equal(tuple(got.shape), (len(right),), "the shape")
    assert_close(got, torch.tensor(right), atol=ROUNDING * 9)
    assert_equal(losses, before, "the losses afterwards")


# FlattenConsecutive


@driver
def flatten_run(names, n, x, upstream):
    """Output (None if it raised ValueError) and gradient by x of a FlattenConsecutive(n), and x afterwards."""
    layer = names.FlattenConsecutive(n)
    inside = x.clone().requires_grad_() if upstream is not None else x.clone()
    try:
        out = layer(inside)
    except ValueError:
        return None, None, inside.detach(), True
    empty = layer.parameters() is not None and len(list(layer.parameters())) == 0
    if upstream is None:
        return out.clone(), None, inside, empty
    if not out.requires_grad:
        return out.clone(), None, inside.detach(), empty
    out.backward(upstream.reshape(out.shape))
    return out.detach().clone(), inside.grad, inside.detach(), empty


@exercise("FlattenConsecutive")
@given(n=sizes(1, 4), groups=sizes(1, 4), b=sizes(1, 4), c=sizes(1, 4), seed=seeds())
def test_flatten_is_unfolding(learner, n, groups, b, c, seed):
    """Values and gradients only move, neighbours side by side, the earliest first; one group loses its axis."""
    x, upstream = normal(seed, b, groups * n, c), normal(seed + 1, b, groups * n, c)
    out, dx, after, empty = flatten_run(learner, n, x, upstream)
    require(out is not None, f"a ValueError for {groups * n} positions, {n} at a time")
    right = torch.stack([x[:, s::n] for s in range(n)], 2).reshape(b, groups, n * c)
    assert_equal(out, right[:, 0] if groups == 1 else right, "the output")
    assert_equal(after, x, "x afterwards")
    require(empty, "parameters() isn't an empty list")
    require(dx is not None, "no gradient comes back")
    assert_equal(dx, upstream, "the gradient by x")


@exercise("FlattenConsecutive")
@given(n=sizes(1, 6), t=sizes(1, 9), b=sizes(1, 3), c=sizes(1, 3))
def test_what_does_not_divide_raises(learner, n, t, b, c):
    """n that doesn't divide t raises ValueError, though it may divide the number of all entries; others don't."""
    x = torch.arange(float(b * t * c)).reshape(b, t, c)
    out, *_ = flatten_run(learner, n, x, None)
    require(
        (out is None) == (t % n != 0), f"{t} positions, {n} at a time: ValueError where t % n isn't 0 only"
    )
    if out is not None:
        assert_equal(out, x.reshape((b, n * c) if t == n else (b, t // n, n * c)))


@exercise("FlattenConsecutive")
@given(
    x=tensors((sizes(1, 4), 4, sizes(1, 4)), dtype=torch.float32),
    dtype=st.sampled_from([torch.int64, torch.float64]),
)
def test_two_halvings_are_one_quartering(learner, x, dtype):
    """Joining two by two twice is joining four, the dtype is kept, and the layout in memory is no matter."""
    x = x.to(dtype)
    pairs, *_ = flatten_run(learner, 2, x, None)
    twice, *_ = flatten_run(learner, 2, pairs, None)
    once, *_ = flatten_run(learner, 4, x, None)
    right = x.reshape(len(x), -1)
    assert_equal(once, right, "four at a time", dtype=dtype)
    assert_equal(twice, right, "two by two, twice", dtype=dtype)


# BatchNorm1d

NAMES = ["the output", "the gradient by x", "the gradient by gamma", "the gradient by beta"]
NAMES += ["running_mean", "running_var", "x afterwards"]


@driver
def batchnorm_life(names, d, settings, gamma, beta, calls):
    """For each (training, x, upstream): output, gradients by x, gamma, beta, running estimates, x afterwards."""
    import torch

    bn = names.BatchNorm1d(d, **settings)
    with torch.no_grad():
        bn.gamma.copy_(gamma)
        bn.beta.copy_(beta)
    found = []
    for training, x, upstream in calls:
        bn.training = training
        inside = x.clone().requires_grad_()
        for p in (bn.gamma, bn.beta):
            p.grad = None
        out = bn(inside)
        out.backward(upstream)
        estimates = bn.running_mean.detach().clone(), bn.running_var.detach().clone()
        found.append((out, inside.grad, bn.gamma.grad, bn.beta.grad, *estimates, inside.detach()))
    return found


def torch_life(d, settings, gamma, beta, calls):
    """The same of torch's own layer, which has channels before positions."""
    bn = torch.nn.BatchNorm1d(d, **settings)
    with torch.no_grad():
        bn.weight.copy_(gamma)
        bn.bias.copy_(beta)
    for training, x, upstream in calls:
        bn.train(training)
        inside = x.clone().requires_grad_()
        bn.zero_grad()
        out = bn(inside.transpose(1, -1)).transpose(1, -1)
        out.backward(upstream)
        estimates = bn.running_mean.clone(), bn.running_var.clone()
        yield (out.detach(), inside.grad, bn.weight.grad.clone(), bn.bias.grad.clone(), *estimates, x)


@st.composite
def lives(draw: st.DrawFn, modes: tuple[bool, ...]):
    """Settings, gamma, beta, and a batch (b, c) or (b, t, c) for each mode; unlike channels and positions."""
    d, seed = draw(sizes(1, 4)), draw(seeds())
    settings = {
        "eps": draw(st.sampled_from([1e-5, 0.1, 1.0])),
        "momentum": draw(st.sampled_from([0.1, 0.3, 0.8])),
    }
    calls = []
    for place, training in enumerate(modes):
        rank, b, t = draw(st.sampled_from([2, 3, 3])), draw(sizes(1, 4)), draw(sizes(1, 4))
        if training and (b if rank == 2 else b * t) < 3:
            b += 2
        shape, channels = (b, d) if rank == 2 else (b, t, d), torch.arange(1, d + 1)
        x = normal(seed + 10 * place, *shape) * channels + 2 * channels - 3
        if rank == 3:
            x += torch.arange(t)[:, None] ** 2
        calls.append((training, x, normal(seed + 10 * place + 1, *shape)))
    return d, settings, normal(seed + 5, d) + 2, normal(seed + 6, d), calls


def compare_lives(learner, life):
    d, settings, gamma, beta, calls = life
    got = batchnorm_life(learner, d, settings, gamma, beta, calls)
    for step, (found, right) in enumerate(zip(got, torch_life(d, settings, gamma, beta, calls), strict=True)):
        mode = f"{tuple(calls[step][1].shape)}, {'training' if calls[step][0] else 'evaluating'}"
        for name, mine, theirs in zip(NAMES, found, right, strict=True):
            tolerance = 4e-4 * max(1.0, theirs.abs().max().item())
            assert_close(mine, theirs, f"{name}, call {step + 1} ({mode})", atol=tolerance)


@exercise("BatchNorm1d")
@given(life=lives((True,)))
def test_batchnorm_equals_torch_in_training(learner, life):
    """In training the output, all gradients and the running estimates are those of torch.nn.BatchNorm1d."""
    compare_lives(learner, life)


@exercise("BatchNorm1d")
@given(life=lives((True, False, True, False)))
def test_batchnorm_equals_torch_over_both_modes(learner, life):
    """Training and evaluating in turn, with and without positions, everything is as torch's."""
    compare_lives(learner, life)


@exercise("BatchNorm1d")
@settings(max_examples=12)
@given(life=lives((False, True, False)))
def test_batchnorm_evaluates_before_any_training(learner, life):
    """A layer that was never trained evaluates with mean 0 and variance 1."""
    compare_lives(learner, life)


@exercise("BatchNorm1d")
@given(b=sizes(1, 4), t=sizes(2, 5), d=sizes(1, 4), seed=seeds())
def test_positions_are_as_good_as_examples(learner, b, t, d, seed):
    """(b, t, c) gives what its b·t positions give as a batch (b·t, c), in any order of positions, estimates too."""
    x, ones = normal(seed, b, t, d) + torch.arange(t)[:, None], torch.ones(b, t, d)
    gamma, beta = normal(seed + 1, d), normal(seed + 2, d)

    def run(data):
        return batchnorm_life(learner, d, {}, gamma, beta, [(True, data, ones.reshape(data.shape))])[0]

    three, two, turned = run(x), run(x.reshape(-1, d)), run(x.flip(1))
    right = F.batch_norm(x.reshape(-1, d), None, None, gamma, beta, training=True)
    assert_close(two[0], right, "the output for (b·t, c)", atol=2e-3)
    assert_close(three[0], right.reshape(x.shape), "the output for (b, t, c)", atol=2e-3)
    assert_close(turned[0].flip(1), three[0], "the output with the positions turned round", atol=2e-3)
    for name, place in [("running_mean", 4), ("running_var", 5)]:
        assert_close(three[place], two[place], name, atol=1e-3)
        assert_close(turned[place], two[place], f"{name} with the positions turned round", atol=1e-3)


@driver
def batchnorm_parts(names, d, settings, batches):
    """What a fresh BatchNorm1d holds, what its parameters are, and what its estimates are like after some batches."""
    bn = names.BatchNorm1d(d, **settings)
    listed = list(bn.parameters())
    own = len(listed) == 2 and all(any(p is tensor for p in listed) for tensor in (bn.gamma, bn.beta))
    leaves = all(p.requires_grad and p.is_leaf for p in (bn.gamma, bn.beta))
    held = [t.detach().clone() for t in (bn.gamma, bn.beta, bn.running_mean, bn.running_var)]
    training, free = bn.training, []
    for x in batches:
        (bn(x.clone().requires_grad_()) ** 3).sum().backward()
        free.append(not (bn.running_mean.requires_grad or bn.running_var.requires_grad))
    shapes = [tuple(t.shape) for t in (bn.gamma, bn.beta, bn.running_mean, bn.running_var)]
    return held, own, leaves, all(free), bn.eps, bn.momentum, training, shapes, bn.running_mean.detach()


@exercise("BatchNorm1d")
@settings(max_examples=15)
@given(d=sizes(1, 5), own=st.booleans(), b=sizes(1, 3), t=sizes(2, 4), seed=seeds())
def test_a_batchnorm_holds_what_it_should(learner, d, own, b, t, seed):
    """gamma and running_var are ones, beta and running_mean zeros, all (d,) for good; two of them are trained."""
    given_settings = {"eps": 0.25, "momentum": 0.6} if own else {}
    batches = [normal(seed, b, t, d) + 1, normal(seed + 1, b + 1, t + 1, d) - 2, normal(seed + 2, b + 1, d)]
    held, same, leaves, free, eps, momentum, training, shapes, mean = batchnorm_parts(
        learner, d, given_settings, batches
    )
    for name, got, right in zip(
        ["gamma", "beta", "running_mean", "running_var"], held, [1, 0, 0, 1], strict=True
    ):
        assert_equal(got, torch.full((d,), float(right)), f"{name} at first")
    require(same, "parameters() should give gamma and beta themselves, and nothing else")
    require(leaves, "gamma and beta should be leaves with requires_grad=True")
    require(free, "the running estimates hang on to the computation that they came from")
    assert_close(eps, 0.25 if own else 1e-5, "eps", rtol=1e-6, atol=0.0)
    m = 0.6 if own else 0.1
    assert_close(momentum, m, "momentum", rtol=1e-6, atol=0.0)
    require(training is True, "training isn't True at first", got=training)
    assert_equal(
        shapes, [(d,)] * 4, "the shapes of gamma, beta, running_mean and running_var after three batches"
    )
    right = torch.zeros(d)
    for x in batches:
        right = (1 - m) * right + m * x.reshape(-1, d).mean(0)
    assert_close(mean, right, "running_mean after three batches", atol=1e-4)


@exercise("BatchNorm1d")
@settings(max_examples=12)
@given(b=sizes(1, 3), t=sizes(2, 4), level=st.sampled_from([-3.0, 0.0, 5.0]), seed=seeds())
def test_a_constant_channel_becomes_beta(learner, b, t, level, seed):
    """A channel that is constant over examples and positions becomes beta, with finite gradients."""
    x, beta = normal(seed, b, t, 3) * 2, normal(seed + 1, 3)
    x[..., 1] = level
    calls = [(True, x, normal(seed + 2, b, t, 3))]
    ((out, dx, *_),) = batchnorm_life(learner, 3, {}, torch.ones(3), beta, calls)
    assert_close(out[..., 1], beta[1].expand(b, t), "the constant channel", atol=1e-3)
    require(dx.isfinite().all(), "a gradient that isn't finite", got=dx)
    right = F.batch_norm(x.reshape(-1, 3), None, None, bias=beta, training=True).reshape(x.shape)
    assert_close(out, right, "the output", atol=2e-3)


# Embedding


@driver
def embedding_run(names, V, d, generator, ids, upstream):
    """(weight at first, output, gradient by weight, is parameters() the weight alone, leaf)."""
    layer = names.Embedding(V, d, generator)
    held = layer.weight.detach().clone()
    alone = [p is layer.weight for p in layer.parameters()] == [True]
    leaf = layer.weight.is_leaf and layer.weight.requires_grad
    out = layer(ids)
    if out.requires_grad:
        out.backward(upstream)
    return held, out.detach().clone(), layer.weight.grad, alone, leaf


LEADS = st.sampled_from([(), (1,), (4,), (2, 3), (3, 1), (1, 2, 4), (0,)])


@exercise("Embedding")
@given(V=sizes(1, 6), d=sizes(1, 5), lead=LEADS, seed=seeds())
def test_embedding_equals_torch_in_value_and_gradient(learner, V, d, lead, seed):
    """Output and gradient are those of torch's embedding, for ids of any shape; a row used twice gets both slopes."""
    ids, upstream = torch.randint(V, lead, generator=generator(seed + 1)), normal(seed + 2, *lead, d)
    held, out, grad, alone, leaf = embedding_run(learner, V, d, generator(seed), ids, upstream)
    assert_equal(tuple(held.shape), (V, d), "the shape of weight")
    weight = held.clone().requires_grad_()
    right = F.embedding(ids, weight)
    right.backward(upstream)
    assert_equal(out, right.detach(), "the output")
    require(grad is not None, "no gradient reaches weight")
    assert_close(grad, weight.grad, "the gradient by weight", atol=1e-4)
    require(alone, "parameters() should give weight itself, and nothing else")
    require(leaf, "weight should be a leaf with requires_grad=True")


@driver
def embedding_tables(names, shapes, generator):
    """What several Embeddings, drawn one after the other, give for all ids (generator None: torch's own state)."""
    import torch

    made = [names.Embedding(*shape, generator) for shape in shapes]
    return [layer(torch.arange(shape[0])).detach() for layer, shape in zip(made, shapes, strict=True)]


@exercise("Embedding")
@settings(max_examples=10)
@given(shape=st.sampled_from([(40, 90), (90, 40), (7, 500)]), seed=seeds(), own=st.booleans())
def test_tables_are_standard_normal(learner, shape, seed, own):
    """Tables are standard normal, each its own, and come from the generator, or torch's state if it is None."""
    one, other = embedding_tables(learner, [shape, shape], generator(seed) if own else None)
    z = one.double()
    assert_close(z.mean(), 0.0, "the mean", atol=6 / math.sqrt(z.numel()))
    assert_close(z.std(), 1.0, "the standard deviation", atol=6 / math.sqrt(2 * z.numel()))
    tolerance = 6 * math.sqrt(0.68269 * 0.31731 / z.numel())
    assert_close((z.abs() < 1).double().mean(), 0.68269, "the share within one sd", atol=tolerance)
    require(not torch.equal(one, other), "two tables are the same")
    if own:
        (again,) = embedding_tables(learner, [shape], generator(seed))
        assert_equal(again, one, "from a generator in the same state")


@exercise("Embedding")
@given(V=sizes(2, 5), d=sizes(1, 4), lead=LEADS, seed=seeds())
def test_equal_ids_get_equal_points(learner, V, d, lead, seed):
    """Looking up is the same one id at a time, whatever the shape they come in."""
    ids = torch.randint(V, lead, generator=generator(seed + 3))
    held, out, *_ = embedding_run(learner, V, d, generator(seed), ids, normal(seed, *lead, d))
    assert_equal(tuple(out.shape), (*lead, d), "the shape")
    rows = [held[number] for number in ids.flatten().tolist()]
    right = torch.stack(rows).reshape(*lead, d) if rows else torch.zeros(*lead, d)
    assert_equal(out, right)


# Sequential


@driver
def sequential_run(names, plan, x, upstream, weights):
    """A Sequential of matrices, by number (one matrix may stand there twice), and tanh where the plan says "tanh".

    Output, the numbers of the parameters in order, and the gradients by them after one backward.
    """
    import torch

    ws = [w.clone().requires_grad_() for w in weights]

    class Matrix:
        def __init__(self, w):
            self.w, self.training = w, True

        def __call__(self, x):
            return x @ self.w

        def parameters(self):
            return (self.w,)

    class Tanh:
        training = True

        def __call__(self, x):
            return torch.tanh(x)

        def parameters(self):
            return []

    matrices = [Matrix(w) for w in ws]
    layers = [Tanh() if step == "tanh" else matrices[step] for step in plan]
    model = names.Sequential(list(layers))
    kept = len(model.layers) == len(layers) and all(a is b for a, b in zip(model.layers, layers, strict=True))
    listed = [next((n for n, w in enumerate(ws) if w is p), -1) for p in model.parameters()]
    out = model(x.clone())
    if out.requires_grad:
        out.backward(upstream)
    return out.detach().clone(), listed, [w.grad for w in ws], kept


PLANS = st.lists(st.sampled_from(["tanh", 0, 1, 2]), max_size=6)


@exercise("Sequential")
@given(plan=PLANS, n=sizes(1, 3), seed=seeds())
def test_sequential_equals_its_layers(learner, plan, n, seed):
    """The output is that of the layers one after the other, gradients included, and `layers` are they."""
    weights = [normal(seed + place, 2, 2) for place in range(3)]
    x, upstream = normal(seed + 8, n, 2), normal(seed + 9, n, 2)
    out, _, slopes, kept = sequential_run(learner, plan, x, upstream, weights)
    ws, right = [w.clone().requires_grad_() for w in weights], x
    for step in plan:
        right = torch.tanh(right) if step == "tanh" else right @ ws[step]
    assert_close(out, right.detach(), "the output")
    if right.requires_grad:
        right.backward(upstream)
    for number, (got, w) in enumerate(zip(slopes, ws, strict=True)):
        require(
            (got is None) == (w.grad is None), f"matrix {number}: a gradient where it is used, and only there"
        )
        if got is not None:
            assert_close(got, w.grad, f"the gradient by matrix {number}", atol=1e-3)
    require(kept, "layers isn't the list that was given")


@exercise("Sequential")
@given(plan=PLANS, seed=seeds())
def test_each_parameter_once_in_order(learner, plan, seed):
    """parameters() lists the matrices in the order in which they first occur, each once, equal ones apart."""
    x = normal(seed, 1, 2)
    _, listed, _, _ = sequential_run(learner, plan, x, x, [torch.eye(2)] * 3)
    first = list(dict.fromkeys(step for step in plan if step != "tanh"))
    assert_equal(listed, first, "the numbers of the matrices in parameters()")


@driver
def nested_parameters(names, sizes):
    """A Sequential in a Sequential: the output for ones, and the shapes of the parameters in order."""
    import itertools

    import torch

    a, b, c = (names.Linear(*pair) for pair in itertools.pairwise(sizes))
    inner = names.Sequential([b, names.Tanh()])
    model = names.Sequential([a, inner, c])
    x = torch.ones(2, sizes[0])
    out = model(x).detach()
    return (
        out,
        c(torch.tanh(b(a(x)))).detach(),
        [
            [p is q for q in (a.weight, a.bias, b.weight, b.bias, c.weight, c.bias)].index(True)
            for p in model.parameters()
        ],
    )


@exercise("Sequential")
@settings(max_examples=10)
@given(widths=st.tuples(sizes(1, 3), sizes(1, 3), sizes(1, 3), sizes(1, 3)))
def test_a_sequential_is_a_layer(learner, widths):
    """A Sequential may stand in another one: called in its place, its parameters in their place."""
    out, right, order = nested_parameters(learner, list(widths))
    assert_close(out, right, "the output")
    assert_equal(order, list(range(6)), "the order of the six parameters")


# wavenet


@driver
def wavenet_run(names, sizes, generator, values, calls):
    """A wavenet whose parameters are overwritten by `values` (of the sizes asked for), and its logits for each call.

    Parameters come layer by layer; which of a BatchNorm's is gamma shows in the ones that it starts from.
    """
    import torch

    model, values = names.wavenet(*sizes, generator), list(values)
    kinds = [type(layer).__name__ for layer in model.layers]
    found = [tuple(p.shape) for p in model.parameters()]
    with torch.no_grad():
        for layer in model.layers:
            listed = sorted(
                layer.parameters(), key=lambda p: (-p.ndim, -float(p.sum()))
            )  # weight, bias; gamma, beta
            for p in listed:
                if not values or values[0].shape != p.shape:
                    return kinds, found, None, None
                p.copy_(values.pop(0))
    logits, slopes = [], []
    for training, ids in calls:
        for layer in model.layers:
            layer.training = training
        out = model(ids)
        logits.append(out.detach().clone())
        slopes = [
            None if g is None else g.norm()
            for g in torch.autograd.grad(out[0, 0], list(model.parameters()), allow_unused=True)
        ]
    return kinds, found, logits, [g is not None for g in slopes]


def wavenet_values(seed: int, V: int, levels: int, d: int, hidden: int) -> list[torch.Tensor]:
    """Values for the embedding, (W, gamma, beta) of each round, and weight and bias of the last layer."""
    shapes, width = [(V, d)], d
    for _ in range(levels):
        shapes += [(2 * width, hidden), (hidden,), (hidden,)]
        width = hidden
    return [normal(seed + place, *shape) for place, shape in enumerate([*shapes, (hidden, V), (V,)])]


class Written:
    """The network of the statement, out of plain torch."""

    def __init__(self, values: list[torch.Tensor], levels: int) -> None:
        self.C, *rounds, self.W, self.b = values
        self.rounds = [rounds[3 * level : 3 * level + 3] for level in range(levels)]
        self.estimates = [(torch.zeros(len(g)), torch.ones(len(g))) for _, g, _ in self.rounds]

    def __call__(self, training: bool, ids: torch.Tensor) -> torch.Tensor:
        x = self.C[ids]
        for (W, gamma, beta), (mean, var) in zip(self.rounds, self.estimates, strict=True):
            x = torch.cat([x[:, 0::2], x[:, 1::2]], 2) @ W
            rows = F.batch_norm(x.reshape(-1, x.shape[-1]), mean, var, gamma, beta, training)
            x = torch.tanh(rows).reshape(x.shape)
        return x[:, 0] @ self.W + self.b


@exercise("wavenet")
@given(V=sizes(2, 6), levels=sizes(1, 4), d=sizes(1, 4), hidden=sizes(1, 5), b=sizes(2, 4), seed=seeds())
def test_wavenet_computes_what_the_table_says(learner, V, levels, d, hidden, b, seed):
    """With any weights the logits are those of the table's layers, in training and afterwards."""
    block, values = 2**levels, wavenet_values(seed, V, levels, d, hidden)
    ids = [torch.randint(V, (n, block), generator=generator(seed + n)) for n in (b + 1, b, 1)]
    calls = list(zip([True, True, False], ids, strict=True))
    _, shapes, got, used = wavenet_run(learner, (V, block, d, hidden), generator(seed), values, calls)
    right = sorted(tuple(value.shape) for value in values)
    assert_equal(sorted(shapes), right, "the shapes of the parameters, sorted")
    require(got is not None, "the parameters don't come in the order of the table's layers", got=shapes)
    network = Written(values, levels)
    for step, (out, (training, numbers)) in enumerate(zip(got, calls, strict=True)):
        expected = network(training, numbers)
        tolerance = 2e-3 * max(1.0, expected.abs().max().item())
        assert_close(out, expected, f"the logits, call {step + 1}", atol=tolerance)
    require(all(used), "the logits don't depend on all parameters", got=used)


def wavenet_computes(learner) -> None:
    """No law holds for a network that gives nothing."""
    values, ids = wavenet_values(5, 3, 1, 2, 4), torch.tensor([[0, 2], [1, 1]])
    _, _, got, _ = wavenet_run(learner, (3, 2, 2, 4), generator(5), values, [(False, ids)])
    require(got is not None, "the parameters don't come in the order of the table's layers")
    assert_close(got[0], Written(values, 1)(False, ids), "the logits of a small network", atol=1e-2)


@exercise("wavenet")
@settings(max_examples=15)
@given(V=sizes(2, 30), levels=sizes(1, 5), d=sizes(1, 12), hidden=sizes(1, 20), seed=seeds())
def test_the_number_of_parameters(learner, V, levels, d, hidden, seed):
    """There are V·d + 2·d·hidden + (levels − 1)·2·hidden² + levels·2·hidden + hidden·V + V parameters."""
    _, shapes, _, _ = wavenet_run(learner, (V, 2**levels, d, hidden), generator(seed), [], [])
    right = V * d + 2 * d * hidden + (levels - 1) * 2 * hidden**2 + levels * 2 * hidden + hidden * V + V
    assert_equal(sum(math.prod(shape) for shape in shapes), right, "the number of parameters")
    wavenet_computes(learner)


@exercise("wavenet")
@settings(max_examples=8)
@given(levels=sizes(1, 4), seed=seeds())
def test_the_kinds_of_layers(learner, levels, seed):
    """An Embedding, `levels` rounds of FlattenConsecutive, Linear, BatchNorm1d and Tanh, and a Linear."""
    kinds, *_ = wavenet_run(learner, (4, 2**levels, 3, 2), generator(seed), [], [])
    round_ = ["FlattenConsecutive", "Linear", "BatchNorm1d", "Tanh"]
    assert_equal(kinds, ["Embedding", *round_ * levels, "Linear"], "the kinds of layers")
    wavenet_computes(learner)


@driver
def wavenet_weights(names, sizes, generator):
    """The matrices of a new wavenet, layer by layer, as its layers give them for unit rows; and of a second one."""
    import torch

    def matrices(model):
        for layer in model.layers:
            if type(layer).__name__ == "Embedding":
                yield layer(torch.arange(sizes[0])).detach()
            elif type(layer).__name__ == "Linear":
                yield layer.weight.detach().clone()

    return list(matrices(names.wavenet(*sizes, generator))), list(matrices(names.wavenet(*sizes, generator)))


@exercise("wavenet")
@settings(max_examples=8)
@given(seed=seeds())
def test_weights_are_drawn_layer_by_layer(learner, seed):
    """Each layer's weights are its own draws from the generator, of Linear's and Embedding's spread."""
    one, other = wavenet_weights(learner, (20, 8, 30, 40), generator(seed))
    again, _ = wavenet_weights(learner, (20, 8, 30, 40), generator(seed))
    assert_equal(
        [tuple(w.shape) for w in one], [(20, 30), (60, 40), (80, 40), (80, 40), (40, 20)], "the shapes"
    )
    for number, (w, same, later) in enumerate(zip(one, again, other, strict=True)):
        assert_equal(same, w, f"matrix {number} from an equal state")
        require(not torch.equal(later, w), f"matrix {number} is the same in a second network")
        spread = 1.0 if number == 0 else len(w) ** -0.5
        tolerance = 6 * spread / math.sqrt(2 * w.numel())
        assert_close(w.std().item(), spread, f"the standard deviation of matrix {number}", atol=tolerance)
    require(not torch.equal(one[2], one[3]), "two layers share their weights")


# causal_conv1d


@st.composite
def convolutions(draw: st.DrawFn, high: int = 8):
    """x (b, c, t), w (o, c, k) in halves, float64 or float32, and a dilation; each size drawn on its own."""
    channels, dtype = draw(sizes(1, 4)), draw(st.sampled_from([torch.float64, torch.float32]))
    x = draw(tensors((sizes(1, 3), channels, sizes(1, high)), dtype=dtype))
    w = draw(tensors((sizes(1, 4), channels, sizes(1, 4)), dtype=dtype))
    return x, w, draw(sizes(1, 4))


def padded_conv(x: torch.Tensor, w: torch.Tensor, dilation: int = 1) -> torch.Tensor:
    return F.conv1d(F.pad(x, ((w.shape[2] - 1) * dilation, 0)), w, dilation=dilation)


@exercise("causal_conv1d")
@given(case=convolutions())
def test_convolution_equals_torch_padded_in_front(learner, case):
    """The output is that of torch's convolution with zeros in front of x, for any sizes and layout in memory."""
    x, w, dilation = case
    got = learner.causal_conv1d(x, w, dilation)
    assert_close(got, padded_conv(x, w, dilation), dtype=x.dtype)
    if dilation == 1:
        assert_close(learner.causal_conv1d(x, w), padded_conv(x, w), "without a dilation")


@driver
def conv_run(names, x, w, dilation, upstream):
    """Output, gradients by x and w (None: none), and x and w afterwards."""
    x, w = x.clone().requires_grad_(), w.clone().requires_grad_()
    out = names.causal_conv1d(x, w, dilation)
    if not out.requires_grad:
        return out, None, None, x.detach(), w.detach()
    out.backward(upstream)
    return out.detach(), x.grad, w.grad, x.detach(), w.detach()


@exercise("causal_conv1d")
@given(case=convolutions(), seed=seeds())
def test_convolution_equals_torch_in_its_gradients(learner, case, seed):
    """The gradients by x and w are torch's; x and w stay as they are."""
    x, w, dilation = case
    upstream = normal(seed, x.shape[0], w.shape[0], x.shape[2]).to(x.dtype)
    out, dx, dw, x_after, w_after = conv_run(learner, x, w, dilation, upstream)
    require(dx is not None and dw is not None, "no gradient comes back")
    inside, kernel = x.clone().requires_grad_(), w.clone().requires_grad_()
    right = padded_conv(inside, kernel, dilation)
    right.backward(upstream)
    assert_close(out, right.detach(), "the output")
    assert_close(dx, inside.grad, "the gradient by x", atol=1e-3)
    assert_close(dw, kernel.grad, "the gradient by w", atol=1e-3)
    assert_equal(x_after, x, "x afterwards")
    assert_equal(w_after, w, "w afterwards")


@exercise("causal_conv1d")
@given(case=convolutions(), cut=st.integers(0, 7))
def test_a_shorter_past_gives_the_same_beginning(learner, case, cut):
    """Cutting off the end of x cuts off the end of the output and changes nothing else."""
    x, w, dilation = case
    t = 1 + cut % x.shape[2]
    whole, part = learner.causal_conv1d(x, w, dilation), learner.causal_conv1d(x[:, :, :t], w, dilation)
    assert_close(part, whole[:, :, :t], f"the first {t} positions")
    assert_close(whole, padded_conv(x, w, dilation), "the output")


@exercise("causal_conv1d")
@given(case=convolutions(), later=sizes(1, 4))
def test_it_slides(learner, case, later):
    """The same signal some steps later gives the same output some steps later, zeros before it."""
    x, w, dilation = case
    one = learner.causal_conv1d(x, w, dilation)
    moved = learner.causal_conv1d(F.pad(x, (later, 0)), w, dilation)
    assert_close(moved, F.pad(padded_conv(x, w, dilation), (later, 0)), f"{later} steps later")
    assert_close(one, moved[:, :, later:], "the output at its old place")


@exercise("causal_conv1d")
@given(k=sizes(1, 4), dilation=sizes(1, 4), t=sizes(1, 9), at=st.integers(0, 8), seed=seeds())
def test_a_spike_shows_the_taps(learner, k, dilation, t, at, seed):
    """A single 1 at some position shows the taps from there on, last tap first, `dilation` steps apart."""
    at %= t
    spike, w = torch.zeros(1, 1, t), normal(seed, 2, 1, k)
    spike[0, 0, at] = 1.0
    right = torch.zeros(1, 2, t)
    for j in range(k):
        if at + j * dilation < t:
            right[0, :, at + j * dilation] = w[:, 0, k - 1 - j]
    assert_close(learner.causal_conv1d(spike, w, dilation), right)


# receptive_field


@exercise("receptive_field")
@given(kernel=sizes(1, 7), dilations=st.lists(sizes(1, 40), max_size=6))
def test_field_agrees_with_the_reference(learner, reference, kernel, dilations):
    """1 plus (kernel − 1) times the sum of the dilations; the list stays as it is."""
    before = list(dilations)
    assert_equal(learner.receptive_field(kernel, dilations), reference.receptive_field(kernel, dilations))
    assert_equal(dilations, before, "the dilations afterwards")


@exercise("receptive_field")
@given(kernel=sizes(2, 4), dilations=st.lists(sizes(1, 3), min_size=1, max_size=3), seed=seeds())
def test_field_is_what_a_gradient_reaches(learner, kernel, dilations, seed):
    """The last output of a stack has a gradient by that many inputs back, and by none before."""
    t = 3 + 3 * 3 * 3
    x = torch.zeros(1, 1, t, dtype=torch.float64, requires_grad=True)
    out = x
    for dilation in dilations:
        out = padded_conv(out, torch.ones(1, 1, kernel, dtype=torch.float64), dilation)
    out[0, 0, -1].backward()
    reached = t - int(x.grad.flatten().nonzero().min())
    assert_equal(learner.receptive_field(kernel, dilations), reached)


@exercise("receptive_field")
@given(kernel=sizes(1, 5), one=st.lists(sizes(1, 20), max_size=4), other=st.lists(sizes(1, 20), max_size=4))
def test_reaches_add_up(learner, kernel, one, other):
    """A stack on a stack reaches as far as both; the order of layers is no matter; one tap sees the present only."""
    both = learner.receptive_field(kernel, one + other)
    assert_equal(both, learner.receptive_field(kernel, one) + learner.receptive_field(kernel, other) - 1)
    assert_equal(learner.receptive_field(kernel, (other + one)[::-1]), both, "layers turned round")
    assert_equal(both, 1 + (kernel - 1) * sum(one + other), "the field")
    assert_equal(learner.receptive_field(1, one + other), 1, "with one tap")


# SpliceModel


def one_hot(sequences: list[str]) -> torch.Tensor:
    """(n, 4, 60), in the order a c g t."""
    ids = torch.tensor([["acgt".index(letter) for letter in sequence] for sequence in sequences])
    return F.one_hot(ids, 4).transpose(1, 2).float()


def random_sequences(seed: int, n: int, length: int = 60) -> list[str]:
    draws = torch.randint(4, (n, length), generator=generator(70_000 + seed))
    return ["".join("acgt"[number] for number in row) for row in draws.tolist()]


@driver
def splice_logits(names, batches, seed):
    """What a SpliceModel says of each batch, evaluating, its parameters moved a little; the number of parameters."""
    import torch

    torch.manual_seed(seed)
    model = names.SpliceModel().train(False)
    with torch.no_grad():
        for p in model.parameters():
            p.add_(0.1 * torch.randn(p.shape))
        return [model(x) for x in batches], sum(p.numel() for p in model.parameters())


@exercise("SpliceModel")
@settings(max_examples=5)
@given(n=sizes(2, 4), seed=seeds())
def test_a_sequence_has_its_own_logits(learner, n, seed):
    """Each sequence's two logits are its own, whatever batch it is in."""
    x = one_hot(random_sequences(seed, n))
    (out, *alone), count = splice_logits(learner, [x, *x.split(1)], seed)
    require(count > 0, "the model has no parameters to train")
    assert_equal(tuple(out.shape), (n, 2), "the shape")
    assert_close(torch.cat(alone), out, "one sequence at a time", atol=1e-4 * float(1 + out.abs().max()))
    require(out.isfinite().all(), "logits that aren't finite", got=out)
    require(
        not torch.allclose(out[0], out[1], rtol=1e-5, atol=0.0), "all sequences get the same logits", got=out
    )


@driver
def splice_inside(names, x, seed):
    """Of a SpliceModel whose parameters are moved a little: features, logits, and logits were the features all ones.

    And the logits of a second one that has loaded the first one's state.
    """
    import torch

    torch.manual_seed(seed)
    model, second = names.SpliceModel().train(False), names.SpliceModel().train(False)
    with torch.no_grad():
        for p in model.parameters():
            p.add_(0.1 * torch.randn(p.shape))
        features, logits = model.features(x), model(x)
        second.load_state_dict(model.state_dict())
        model.__dict__["features"] = lambda x: torch.ones_like(features)
        return features, logits, model(x), second(x)


@exercise("SpliceModel")
@settings(max_examples=3)
@given(places=st.lists(st.integers(1, 58), min_size=3, max_size=3), seed=seeds())
def test_features_are_causal_and_decide(learner, places, seed):
    """Features don't see ahead, but back; the logits are read off them alone; and state_dict() is all of the model."""
    x = one_hot(random_sequences(seed, 3))
    batch = [x]
    for place in places:
        other = x.clone()
        other[:, :, place] = x[:, :, place].roll(1, 1)
        batch.append(other)
    features, logits, blind, reloaded = splice_inside(learner, torch.cat(batch), seed)
    require(features.ndim == 3, "features(x) should have three axes, (n, c, 60)", got=tuple(features.shape))
    assert_equal((len(features), features.shape[2]), (12, 60), "the first and the last size of features(x)")
    moved = (features.reshape(4, 3, -1, 60) - features[:3]).abs().amax((1, 2)) > 1e-5 * features.abs().max()
    for place, row in zip(places, moved[1:], strict=True):
        require(not row[:place].any(), f"the base at {place} changes features that stand before it")
    behind = [bool(row[place + 1 :].any()) for place, row in zip(places, moved[1:], strict=True)]
    require(any(behind), f"no feature behind the bases at {places} depends on them")
    tolerance = 1e-4 * float(1 + logits.abs().max())
    assert_close(blind, blind[:1].expand(12, 2), "the logits, were all features ones", atol=tolerance)
    assert_close(reloaded, logits, "a second model's logits, the first one's state loaded", atol=tolerance)


def same_3mers(seed: int) -> tuple[str, str]:
    """Two sequences of 60 with the same 3-mers in another order, and the same first and last bases."""
    draw = generator(90_000 + seed)
    one = int(torch.randint(3, 12, (1,), generator=draw))
    before = int(torch.randint(8, 20, (1,), generator=draw))
    lengths = [before, one, 24 - one, 30 - before]
    start, first, second, end = (random_sequences(seed + 7 * n, 1, m)[0] for n, m in enumerate(lengths))
    return f"{start}ag{first}ag{second}ag{end}", f"{start}ag{second}ag{first}ag{end}"


@exercise("SpliceModel")
@settings(max_examples=6)
@given(seed=seeds())
def test_the_same_3mers_in_another_order(learner, seed):
    """Two sequences with the same 3-mers in another order get different logits."""
    pairs = [same_3mers(seed + 100 * place) for place in range(3)]
    outs, _ = splice_logits(learner, [one_hot(list(pair)) for pair in pairs], seed)
    for (one, other), out in zip(pairs, outs, strict=True):
        apart, size = (out[0] - out[1]).abs().max().item(), out.abs().max().item()
        require(apart > 1e-5 * size, f"{one} and {other} get the same logits", got=out)


@exercise("SpliceModel")
@settings(max_examples=2)
@given(seed=seeds())
def test_every_base_can_matter(learner, seed):
    """There is no position whose base never makes a difference, from the first to the last."""
    x = one_hot(random_sequences(seed, 6))
    changed = [x]
    for place in range(60):
        other = x.clone()
        other[:, :, place] = x[:, :, place].roll(1, 1)
        changed.append(other)
    (out,), _ = splice_logits(learner, [torch.cat(changed)], seed)
    out = out.reshape(61, 6, 2)
    moved = (out[1:] - out[0]).abs().amax((1, 2))
    idle = (~(moved > 1e-6 * out.abs().max())).nonzero().flatten().tolist()
    require(
        not idle, "positions whose base makes no difference in any of six sequences", got=idle, expected=[]
    )


@driver
def memorise(names, x, y, seed, steps):
    """(loss, predictions) after training on x, y until the loss is small, or for `steps` steps of Adam."""
    import torch

    torch.manual_seed(seed)
    model = names.SpliceModel()
    params = list(model.parameters())
    # Adam written out: the first step of torch's own loads modules for a second.
    means, squares = [torch.zeros_like(p) for p in params], [torch.zeros_like(p) for p in params]
    for step in range(1, steps + 1):
        logits = model(x)
        loss = torch.nn.functional.cross_entropy(logits, y)
        if loss.item() < 0.1 or not params:
            break
        slopes = torch.autograd.grad(loss, params, allow_unused=True)
        with torch.no_grad():
            for p, slope, mean, square in zip(params, slopes, means, squares, strict=True):
                if slope is not None:
                    mean.lerp_(slope, 0.1)
                    square.lerp_(slope**2, 0.001)
                    p -= 0.01 * mean / (1 - 0.9**step) / ((square / (1 - 0.999**step)).sqrt() + 1e-8)
    return loss.item(), logits.argmax(1)


@exercise("SpliceModel")
@settings(max_examples=2)
@given(seed=seeds())
def test_it_learns_six_sequences_by_heart(learner, seed):
    """Trained on six sequences with made-up labels, it learns them by heart."""
    y = torch.tensor([0, 1, 1, 0, 1, 0])
    loss, predicted = memorise(learner, one_hot(random_sequences(seed + 5, 6)), y, seed, 250)
    assert_equal(predicted, y, f"the predictions for the six (loss {loss:.3f})")


# tree_as_convolution


def tree(layers: list[tuple[torch.Tensor, torch.Tensor]], x: torch.Tensor) -> torch.Tensor:
    """(b, c): what the tree makes of x (b, 2^layers, c), merging neighbours."""
    for W, b in layers:
        x = torch.tanh(torch.cat([x[:, 0::2], x[:, 1::2]], 2) @ W + b)
    return x[:, 0]


@st.composite
def trees(draw: st.DrawFn):
    """Layers, the steps that one output sees, and x (b, c, t) with t at least that."""
    widths, seed = draw(st.lists(sizes(1, 4), min_size=2, max_size=4)), draw(seeds())
    layers = [
        ((normal(seed + n, 2 * c_in, c_out) / c_in**0.5).double(), normal(seed + 100 + n, c_out).double())
        for n, (c_in, c_out) in enumerate(pairwise(widths))
    ]
    span = 2 ** len(layers)
    x = normal(seed + 200, draw(sizes(1, 3)), widths[0], span + draw(sizes(0, 5))).double()
    return layers, span, x


@exercise("tree_as_convolution")
@given(case=trees())
def test_every_position_is_a_tree(learner, case):
    """Each position that has 2^layers steps behind it, itself counted, is the tree's output on them."""
    layers, span, x = case
    got = learner.tree_as_convolution(layers, x)
    whole = x.shape[2] - span + 1
    require(got.ndim == 3 and got.shape[2] >= whole, f"not {whole} positions or more", got=tuple(got.shape))
    for back in range(1, whole + 1):
        end = x.shape[2] - back + 1
        right = tree(layers, x[:, :, end - span : end].transpose(1, 2))
        assert_close(got[:, :, -back], right, f"position {end - 1} of {x.shape[2]}", atol=1e-5)


@exercise("tree_as_convolution")
@settings(max_examples=15)
@given(case=trees(), ahead=sizes(1, 3))
def test_the_tree_does_not_see_ahead(learner, case, ahead):
    """More steps at the end leave the earlier outputs as they are."""
    layers, span, x = case
    longer = torch.cat([x, x[:, :, :ahead] + 1], 2)
    one, other = learner.tree_as_convolution(layers, x), learner.tree_as_convolution(layers, longer)
    whole, more = x.shape[2] - span + 1, longer.shape[2] - x.shape[2]
    right = torch.stack([tree(layers, x[:, :, i : i + span].transpose(1, 2)) for i in range(whole)], 2)
    assert_close(one[:, :, -whole:], right, "the outputs", atol=1e-5)
    assert_close(other[:, :, -whole - more : -more], right, "the same ones with more steps behind", atol=1e-5)


@exercise("tree_as_convolution")
@settings(max_examples=12)
@given(case=trees())
def test_the_tree_leaves_its_input(learner, case):
    """x, the weights and the biases stay as they are; each example of the batch is its own."""
    layers, span, x = case
    before = [t.clone() for pair in layers for t in pair]
    given_x = x.clone()
    got = learner.tree_as_convolution(layers, given_x)
    assert_equal(given_x, x, "x afterwards")
    for held, now in zip(before, [t for pair in layers for t in pair], strict=True):
        assert_equal(now, held, "a weight or bias afterwards")
    right = tree(layers, x[-1:, :, -span:].transpose(1, 2))
    assert_close(got[-1:, :, -1], right, "the last position of the last example", atol=1e-5)
    alone = learner.tree_as_convolution(layers, x[-1:])
    assert_close(alone[:, :, -1], right, "the last example by itself", atol=1e-5)

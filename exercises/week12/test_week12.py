"""Week 12's checks: what a learner can run. Each states one law of a right answer."""

import math
from itertools import pairwise

import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from autograde.properties import (
    assert_close,
    assert_equal,
    assert_raises,
    driver,
    exercise,
    require,
)
from autograde.strategies import halves, sizes, tensors

# Answers may come from float32 arithmetic, whatever they are returned as.
ROUNDING = 64 * torch.finfo(torch.float32).eps


def seeds() -> st.SearchStrategy[int]:
    return st.integers(0, 999)


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def normal(seed: int, *shape: int) -> torch.Tensor:
    """Draws from a seed that no learner would use, nor torch's own state start from."""
    return torch.randn(shape, generator=generator(10_000 + seed))


# smooth


@exercise("smooth")
def test_smooth_of_the_example(learner):
    """(4, 2, 3, 1, 5) in blocks of 2 gives (3, 2): the fifth is left out."""
    got = learner.smooth([4.0, 2.0, 3.0, 1.0, 5.0], 2)
    assert_close(got, torch.tensor([3.0, 2.0]), kind=torch.Tensor, atol=ROUNDING)


@exercise("smooth")
@given(losses=st.lists(halves(), min_size=1, max_size=12), k=sizes(1, 4))
def test_each_block_has_its_own_mean(learner, losses, k):
    """Number i is the mean of losses i·k to i·k + k − 1, and there are ⌊len/k⌋ of them.

    Hint: Blocks, one after the other, and not a window that slides on by one.
    """
    means = [sum(losses[at : at + k]) / k for at in range(0, len(losses) - k + 1, k)]
    got = learner.smooth(losses, k)
    assert_equal(tuple(got.shape), (len(losses) // k,), "the shape")
    assert_close(got, torch.tensor(means), atol=ROUNDING * 4)


@exercise("smooth")
def test_fewer_losses_than_a_block(learner):
    """Two losses have no block of 3: the answer has shape (0,); three have one."""
    assert_equal(tuple(learner.smooth([1.0, 2.0], 3).shape), (0,), "the shape for two losses")
    assert_close(learner.smooth([1.0, 2.0, 6.0], 3), torch.tensor([3.0]), "for three losses", atol=ROUNDING)


# FlattenConsecutive


@driver
def flattened(names, n, x):
    """(output, x afterwards, number of parameters or None if parameters() gave None) of a FlattenConsecutive(n)."""
    layer = names.FlattenConsecutive(n)
    given = x.clone()
    out, listed = layer(given), layer.parameters()
    return out.clone(), given, None if listed is None else len(list(listed))


def joined(x: torch.Tensor, n: int) -> torch.Tensor:
    """What FlattenConsecutive(n) should give for x (b, t, c), put together position by position."""
    positions = range(0, x.shape[1], n)
    out = torch.stack([torch.cat([x[:, at + step] for step in range(n)], 1) for at in positions], 1)
    return out[:, 0] if x.shape[1] == n else out


@exercise("FlattenConsecutive")
def test_flatten_of_the_example(learner):
    """(1, 2) (3, 4) (5, 6) (7, 8) become (1, 2, 3, 4) (5, 6, 7, 8), or all eight in a row."""
    x = torch.tensor([[[1, 2], [3, 4], [5, 6], [7, 8]]])
    pairs, after, parameters = flattened(learner, 2, x)
    assert_equal(pairs, torch.tensor([[[1, 2, 3, 4], [5, 6, 7, 8]]]), "with n = 2", dtype=torch.int64)
    four, *_ = flattened(learner, 4, x)
    assert_equal(four, torch.tensor([[1, 2, 3, 4, 5, 6, 7, 8]]), "with n = 4")
    assert_equal(after, x, "x afterwards")
    require(parameters is not None, "parameters() gave None where a list is asked for")
    assert_equal(parameters, 0, "the number of parameters")


@exercise("FlattenConsecutive")
@given(n=sizes(1, 4), groups=sizes(2, 4), b=sizes(1, 3), c=sizes(1, 4))
def test_neighbours_are_joined(learner, n, groups, b, c):
    """Each position of the output holds n neighbours of the input, the earliest first, example by example."""
    x = torch.arange(float(b * groups * n * c)).reshape(b, groups * n, c)
    out, *_ = flattened(learner, n, x)
    assert_equal(out, joined(x, n))


@exercise("FlattenConsecutive")
@given(t=sizes(1, 5), b=sizes(1, 3), c=sizes(1, 4))
def test_one_position_left_loses_its_axis(learner, t, b, c):
    """When t = n the shape is (b, c·n), a batch of one included.

    Hint: `.squeeze()` without an axis takes away every axis of size 1, the batch's too.
    """
    x = torch.arange(float(b * t * c)).reshape(b, t, c)
    out, *_ = flattened(learner, t, x)
    assert_equal(out, x.reshape(b, t * c))


@exercise("FlattenConsecutive")
def test_what_does_not_divide_is_refused(learner):
    """Three positions can't be joined two at a time, nor two positions three at a time: ValueError."""
    for n, t in [(2, 3), (3, 2), (4, 6)]:
        assert_raises(ValueError, flattened, learner, n, torch.zeros(2, t, 2))
    x = torch.arange(12.0).reshape(2, 3, 2)
    assert_equal(flattened(learner, 3, x)[0], x.reshape(2, 6), "three positions joined three at a time")


# BatchNorm1d


@driver
def batchnorm_run(names, d, settings, gamma, beta, calls):
    """After each call (training, x): (output, running_mean, running_var)."""
    import torch

    bn = names.BatchNorm1d(d, **settings)
    with torch.no_grad():
        bn.gamma.copy_(gamma)
        bn.beta.copy_(beta)
    found = []
    for training, x in calls:
        bn.training = training
        out = bn(x.clone())
        found.append((out, bn.running_mean.clone(), bn.running_var.clone()))
    return found


def batchnorm_computes(learner) -> None:
    """No law holds for a layer that gives nothing."""
    calls = [(True, torch.tensor([[1.0], [5.0]]))]
    ((out, *_),) = batchnorm_run(learner, 1, {"eps": 1e-12}, torch.ones(1), torch.zeros(1), calls)
    assert_close(out, torch.tensor([[-1.0], [1.0]]), "the output for the batch (1, 5)")


@st.composite
def batches(draw: st.DrawFn, d: int, ranks: tuple[int, ...] = (2, 3)) -> torch.Tensor:
    """A float32 batch (b, d) or (b, t, d), no two of whose numbers in a channel are equal."""
    lead = (draw(sizes(2, 4)),) if draw(st.sampled_from(ranks)) == 2 else draw(few_leads())
    count = math.prod(lead)
    values = draw(tensors((count, d), dtype=torch.float32)) + 9 * torch.arange(count)[:, None]
    return (values * torch.arange(1, d + 1) + 4 * torch.arange(d)).reshape(*lead, d)


def few_leads() -> st.SearchStrategy[tuple[int, int]]:
    """(b, t) with two numbers at least; a batch of one, and a single position, included."""
    return st.sampled_from([(2, 3), (3, 2), (1, 2), (1, 4), (2, 1), (4, 1), (3, 3)])


def flat(x: torch.Tensor) -> torch.Tensor:
    """(N, c): every number of each channel."""
    return x.reshape(-1, x.shape[-1])


@exercise("BatchNorm1d")
def test_the_batchnorm_example(learner):
    """(0, 2) and (4, 10), two examples of two positions: mean 4, variance 14, running estimates 0.4 and 2.7667.

    Hint: Four numbers belong to this one channel, and the squares of their differences from 4 add up to 56. The
    output wants 56/4, running_var 56/3. Over how many did you average, and by what did you divide?
    """
    x = torch.tensor([[[0.0], [2.0]], [[4.0], [10.0]]])
    calls = [(True, x)]
    ((out, mean, var),) = batchnorm_run(learner, 1, {"eps": 1e-12}, torch.ones(1), torch.zeros(1), calls)
    assert_close(out, (x - 4) / 14**0.5, "the output", atol=1e-5)
    assert_close(mean, torch.tensor([0.4]), "running_mean", atol=1e-5)
    assert_close(var, torch.tensor([0.9 + 5.6 / 3]), "running_var", atol=1e-5)


@exercise("BatchNorm1d")
@given(x=st.integers(1, 3).flatmap(lambda d: batches(d)))
def test_channels_are_standardised(learner, x):
    """In training with a tiny eps each channel has mean beta and biased sd |gamma| over examples and positions."""
    d = x.shape[-1]
    gamma, beta = torch.tensor([2.0, -0.5, 3.0])[:d], torch.tensor([1.0, 4.0, -2.0])[:d]
    ((out, *_),) = batchnorm_run(learner, d, {"eps": 1e-12}, gamma, beta, [(True, x)])
    assert_equal(tuple(out.shape), tuple(x.shape), "the output's shape")
    assert_close(flat(out).mean(0), beta, "the means of the output's channels", atol=1e-3)
    assert_close(flat(out).std(0, correction=0), gamma.abs(), "the sds of the output's channels", atol=1e-3)


@exercise("BatchNorm1d")
@given(first=batches(2), second=batches(2), momentum=st.sampled_from([0.1, 0.25, 0.9]))
def test_running_estimates_have_one_number_a_channel(learner, first, second, momentum):
    """After each batch, (b, c) or (b, t, c), the estimates have shape (c,) and have moved towards all its numbers.

    Hint: What goes into the running variance is divided by N − 1, and N is b·t where there are positions.
    """
    mean, var = torch.zeros(2), torch.ones(2)
    calls = [(True, first), (True, second)]
    runs = batchnorm_run(learner, 2, {"momentum": momentum}, torch.ones(2), torch.zeros(2), calls)
    for step, ((_, got_mean, got_var), (_, x)) in enumerate(zip(runs, calls, strict=True), 1):
        mean = (1 - momentum) * mean + momentum * flat(x).mean(0)
        var = (1 - momentum) * var + momentum * flat(x).var(0)
        assert_close(got_mean, mean, f"running_mean after batch {step}")
        assert_close(got_var, var, f"running_var after batch {step}")
    batchnorm_computes(learner)


@exercise("BatchNorm1d")
@given(first=batches(2), x=tensors((sizes(1, 3), sizes(1, 4), 2), dtype=torch.float32))
def test_evaluating_takes_any_number_of_positions(learner, first, x):
    """When evaluating, the running estimates serve any b and t, and stay as they are."""
    gamma, beta = torch.tensor([2.0, -0.5]), torch.tensor([1.0, 4.0])
    calls = [(True, first), (False, x), (False, x[:, 0])]
    runs = batchnorm_run(learner, 2, {"eps": 0.5}, gamma, beta, calls)
    mean, var = 0.1 * flat(first).mean(0), 0.9 + 0.1 * flat(first).var(0)
    for (out, got_mean, got_var), (_, data) in list(zip(runs, calls, strict=True))[1:]:
        assert_close(out, gamma * (data - mean) / (var + 0.5).sqrt() + beta, "the output when evaluating")
        assert_close(got_mean, mean, "running_mean after evaluating")
        assert_close(got_var, var, "running_var after evaluating")


@driver
def batchnorm_slopes(names, eps, gamma, x, upstream):
    """In training: the gradients by x, gamma, beta (None: the output has none), and which estimates carry one."""
    import torch

    bn = names.BatchNorm1d(len(gamma), eps=eps)
    with torch.no_grad():
        bn.gamma.copy_(gamma)
    leaf = x.clone().requires_grad_()
    out = bn(leaf * 1.0)
    attached = [name for name in ("running_mean", "running_var") if getattr(bn, name).requires_grad]
    if not out.requires_grad:
        return None, attached
    out.backward(upstream)
    return (leaf.grad, bn.gamma.grad, bn.beta.grad), attached


@exercise("BatchNorm1d")
@settings(max_examples=6)
@given(x=batches(2, (3,)), seed=seeds())
def test_the_gradient_flows_through_mean_and_variance(learner, x, seed):
    """The gradients by x, gamma and beta are those of the formula, and the running estimates carry none."""
    upstream, gamma = normal(seed, *x.shape), torch.tensor([2.0, -0.5])
    slopes, attached = batchnorm_slopes(learner, 0.5, gamma, x, upstream)
    require(slopes is not None, "the output has no gradient: nothing below or in the layer could learn")
    inside, g, b = x.clone().requires_grad_(), gamma.clone().requires_grad_(), torch.zeros(2).requires_grad_()
    mean, var = inside.mean((0, 1)), inside.var((0, 1), correction=0)
    right = torch.autograd.grad(g * (inside - mean) / (var + 0.5).sqrt() + b, [inside, g, b], upstream)
    for name, got, expected in zip(["x", "gamma", "beta"], slopes, right, strict=True):
        require(got is not None, f"no gradient comes back to {name}")
        assert_close(got, expected, f"the gradient by {name}", atol=1e-3)
    assert_equal(attached, [], "the estimates with requires_grad")


@driver
def batchnorm_start(names, d):
    """(the names of what parameters() holds, None if it gave None; training) of a new BatchNorm1d."""
    bn = names.BatchNorm1d(d)
    mine = ["gamma", "beta", "running_mean", "running_var"]
    listed = bn.parameters()
    if listed is not None:
        whose = [[name for name in mine if getattr(bn, name) is p] for p in listed]
        listed = sorted(name[0] if name else "another tensor" for name in whose)
    return listed, getattr(bn, "training", None)


@exercise("BatchNorm1d")
def test_gamma_and_beta_are_the_parameters(learner):
    """parameters() gives gamma and beta themselves and nothing else, and `training` is True at first."""
    listed, training = batchnorm_start(learner, 3)
    require(listed is not None, "parameters() gave None where a list is asked for")
    assert_equal(listed, ["beta", "gamma"], "what parameters() holds")
    assert_equal(training, True, "BatchNorm1d(3).training")
    batchnorm_computes(learner)


@driver
def batchnorm_input(names, x, training):
    """x after a BatchNorm1d was called with it."""
    bn = names.BatchNorm1d(x.shape[-1])
    bn.training = training
    given = x.clone()
    bn(given)
    return given


@exercise("BatchNorm1d")
def test_the_input_stays_as_it_is(learner):
    """x is never changed, in training or when evaluating."""
    x = torch.tensor([[[1.0, 8.0], [3.0, 2.0]], [[0.0, 1.0], [5.0, 5.0]]])
    for training in (True, False):
        after = batchnorm_input(learner, x, training)
        require(torch.equal(after, x), f"x was changed, with training = {training}", got=after, expected=x)
    batchnorm_computes(learner)


# Embedding


@driver
def looked_up(names, weight, ids):
    """What an Embedding that holds `weight` gives for each of the ids."""
    import torch

    layer = names.Embedding(*weight.shape, torch.Generator().manual_seed(1))
    with torch.no_grad():
        layer.weight.copy_(weight)
    return [layer(numbers).detach().clone() for numbers in ids]


@exercise("Embedding")
def test_lookup_of_the_example(learner):
    """In the table of the docstring, the ids (2, 0) are (4, 5) and (0, 1)."""
    weight = torch.tensor([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]])
    (got,) = looked_up(learner, weight, [torch.tensor([[2, 0]])])
    assert_equal(got, torch.tensor([[[4.0, 5.0], [0.0, 1.0]]]))


@exercise("Embedding")
@given(V=sizes(1, 5), d=sizes(1, 4), lead=st.sampled_from([(), (1,), (3,), (2, 3), (2, 1, 3)]), seed=seeds())
def test_ids_of_any_shape_are_looked_up(learner, V, d, lead, seed):
    """The result has the ids' shape with an axis of d more, and row `ids[...]` of weight in each place."""
    weight = torch.arange(float(V * d)).reshape(V, d)
    ids = torch.randint(V, lead, generator=generator(seed))
    (got,) = looked_up(learner, weight, [ids])
    assert_equal(tuple(got.shape), (*lead, d), "the shape")
    assert_equal(got, weight[ids.flatten()].reshape(*lead, d))


@driver
def embedding_start(names, V, d, generator):
    """(the rows of a new Embedding, is parameters() its weight alone, is that a leaf to train)."""
    import torch

    layer = names.Embedding(V, d, generator)
    listed = layer.parameters()
    alone = listed is not None and len(list(listed)) == 1 and next(iter(layer.parameters())) is layer.weight
    leaf = layer.weight.is_leaf and layer.weight.requires_grad
    return layer(torch.arange(V)).detach(), alone, leaf


@exercise("Embedding")
@settings(max_examples=5)
@given(seed=seeds())
def test_the_table_is_drawn_from_the_generator(learner, seed):
    """The weight is (V, d), standard normal up to chance, and comes from the generator."""
    rows, *_ = embedding_start(learner, 50, 40, generator(seed))
    assert_equal(tuple(rows.shape), (50, 40), "the shape of all rows")
    assert_close(rows.std().item(), 1.0, "the standard deviation", atol=6 / math.sqrt(4000))
    assert_close(rows.mean().item(), 0.0, "the mean", atol=6 / math.sqrt(2000))
    again, *_ = embedding_start(learner, 50, 40, generator(seed))
    assert_equal(again, rows, "from an equal state")
    other, *_ = embedding_start(learner, 50, 40, generator(seed + 1))
    require(not torch.equal(other, rows), "another state gives the same table")


@exercise("Embedding")
def test_the_table_is_the_one_parameter(learner):
    """parameters() gives weight itself and nothing else, a leaf with requires_grad=True."""
    rows, alone, leaf = embedding_start(learner, 3, 2, generator(5))
    assert_equal(tuple(rows.shape), (3, 2), "the shape of all rows")
    require(alone, "parameters() should give weight itself, and nothing else")
    require(leaf, "weight should be a leaf with requires_grad=True")


# Sequential


@driver
def through_layers(names, kinds, x):
    """What a Sequential of layers that add a number, multiply by it or take the tanh gives, and how many it keeps."""
    import torch

    class Step:
        def __init__(self, kind, number):
            self.kind, self.number, self.training = kind, number, True

        def __call__(self, x):
            return (
                x + self.number
                if self.kind == "add"
                else x * self.number
                if self.kind == "times"
                else torch.tanh(x)
            )

        def parameters(self):
            return []

    layers = [Step(*kind) for kind in kinds]
    model = names.Sequential(layers)
    same = len(model.layers) == len(layers) and all(a is b for a, b in zip(model.layers, layers, strict=True))
    return model(x.clone()), same


@exercise("Sequential")
def test_layers_are_called_in_order(learner):
    """Adding 1 and then doubling makes 8 of 3, doubling and then adding 1 makes 7; `layers` is the list."""
    x = torch.tensor([3.0])
    for kinds, right in [([("add", 1), ("times", 2)], 8.0), ([("times", 2), ("add", 1)], 7.0)]:
        got, same = through_layers(learner, kinds, x)
        assert_close(got, torch.tensor([right]), f"{kinds}")
        require(same, "layers isn't the list that was given")


@exercise("Sequential")
def test_no_layer_changes_nothing(learner):
    """A Sequential without layers returns x; one layer is that layer."""
    x = torch.tensor([3.0, -1.0])
    for kinds, right in [([], x), ([("times", 5)], 5 * x)]:
        got, _ = through_layers(learner, kinds, x)
        assert_close(got, right, f"for the layers {kinds}")


@driver
def parameters_of(names, holdings, count):
    """Layers that hold some of `count` tensors: the names of those in Sequential's parameters(), None if none."""
    import torch

    tensors = [torch.zeros(2, requires_grad=True) for _ in range(count)]

    class Holds:
        def __init__(self, numbers):
            self.mine, self.training = [tensors[number] for number in numbers], True

        def __call__(self, x):
            return x

        def parameters(self):
            return list(self.mine)

    made = {numbers: Holds(numbers) for numbers in holdings}
    listed = names.Sequential([made[numbers] for numbers in holdings]).parameters()
    if listed is None:
        return None
    return [next((f"tensor {n}" for n, t in enumerate(tensors) if t is p), "another") for p in listed]


@exercise("Sequential")
def test_parameters_come_in_order(learner):
    """parameters() lists those of the first layer, then of the second, and so on; equal numbers are no matter.

    Hint: A set has no order, and `in` compares numbers. A dictionary keeps the order in which its keys came.
    """
    listed = parameters_of(learner, [(0, 1), (), (2,), (3, 4)], 5)
    require(listed is not None, "parameters() gave None where a list is asked for")
    right = [f"tensor {number}" for number in range(5)]
    assert_equal(list(listed), right, "the parameters of layers that hold five tensors of zeros")


@exercise("Sequential")
def test_a_shared_parameter_is_listed_once(learner):
    """A layer that stands in the list twice, or a tensor that two layers hold, is listed once.

    Hint: Ask whether it is the same object (`is`, `id`), not whether it holds the same numbers.
    """
    for holdings, count, what in [
        ([(0,), (1,), (0,)], 2, "a layer used twice"),
        ([(0, 1), (2, 0)], 3, "a tensor of two layers"),
    ]:
        right = [f"tensor {number}" for number in range(count)]
        assert_equal(list(parameters_of(learner, holdings, count)), right, what)


# wavenet


@driver
def wavenet_start(names, V, block, d, hidden, generator, ids):
    """(kinds of layers, shapes of what comes out of each, shapes of the parameters) of a new wavenet."""
    model, x, shapes = names.wavenet(V, block, d, hidden, generator), ids, []
    kinds = [type(layer).__name__ for layer in model.layers]
    for layer in model.layers:
        x = layer(x)
        shapes.append(tuple(x.shape))
    return kinds, shapes, [tuple(p.shape) for p in model.parameters()], tuple(model(ids).shape)


def ids_of(seed: int, V: int, *shape: int) -> torch.Tensor:
    return torch.randint(V, shape, generator=generator(20_000 + seed))


@exercise("wavenet")
def test_the_small_network_has_72_parameters(learner):
    """wavenet(5, 4, 2, 3) has ten layers and 72 parameters: 10, 12, 3, 3, 18, 3, 3, 15 and 5."""
    kinds, _, parameters, out = wavenet_start(learner, 5, 4, 2, 3, generator(1), ids_of(1, 5, 6, 4))
    assert_equal(out, (6, 5), "the shape of the logits for six examples")
    counts = sorted(math.prod(shape) for shape in parameters)
    assert_equal(counts, [3, 3, 3, 3, 5, 10, 12, 15, 18], "the sizes of the parameters, sorted")
    assert_equal(len(kinds), 10, "the length of layers")


@exercise("wavenet")
@settings(max_examples=10)
@given(V=sizes(2, 6), levels=sizes(1, 4), d=sizes(1, 4), hidden=sizes(1, 5), b=sizes(2, 4), seed=seeds())
def test_the_shapes_halve_from_round_to_round(learner, V, levels, d, hidden, b, seed):
    """After the embedding come log2(block) rounds that halve the positions, then the logits (b, V)."""
    block = 2**levels
    _, shapes, _, _ = wavenet_start(learner, V, block, d, hidden, generator(seed), ids_of(seed, V, b, block))
    right, width = [(b, block, d)], d
    for level in range(1, levels + 1):
        lead = (b,) if level == levels else (b, block // 2**level)
        right += [(*lead, 2 * width), *[(*lead, hidden)] * 3]
        width = hidden
    assert_equal(shapes, [*right, (b, V)], "the shapes, layer by layer")


@exercise("wavenet")
def test_the_layers_are_those_of_the_table(learner):
    """The kinds of layers are those of the table, in its order, in one flat list.

    Hint: Does `layers` hold lists or Sequentials of its own? `layers += [...]` lengthens the one list.
    """
    kinds, *_ = wavenet_start(learner, 5, 8, 2, 3, generator(2), ids_of(2, 5, 3, 8))
    round_ = ["FlattenConsecutive", "Linear", "BatchNorm1d", "Tanh"]
    assert_equal(kinds, ["Embedding", *round_ * 3, "Linear"], "the kinds of layers for block 8")


@driver
def wavenet_logits(names, sizes, seed, ids):
    """The logits of a new wavenet whose generator is seeded so, BatchNorm evaluating."""
    import torch

    model = names.wavenet(*sizes, torch.Generator().manual_seed(seed))
    for layer in model.layers:
        layer.training = False
    with torch.no_grad():
        return model(ids)


@exercise("wavenet")
@settings(max_examples=5)
@given(seed=seeds())
def test_the_generator_decides_the_network(learner, seed):
    """Equal states of the generator give equal networks, other states give others.

    Hint: Did every layer that draws get `generator`, the last one too?
    """
    ids = ids_of(seed, 5, 3, 4)
    one = wavenet_logits(learner, (5, 4, 2, 3), seed, ids)
    assert_equal(tuple(one.shape), (3, 5), "the shape of the logits")
    assert_equal(wavenet_logits(learner, (5, 4, 2, 3), seed, ids), one, "from an equal state")
    other = wavenet_logits(learner, (5, 4, 2, 3), seed + 1, ids)
    require(not torch.equal(other, one), "another state gives the same network", got=other)


# causal_conv1d


def written_out(x: torch.Tensor, w: torch.Tensor, dilation: int = 1) -> torch.Tensor:
    """The formula of section 6, position by position and tap by tap."""
    (b, _, t), (o, _, k) = x.shape, w.shape
    out = torch.zeros((b, o, t), dtype=x.dtype)
    for i in range(t):
        for j in range(k):
            at = i - (k - 1 - j) * dilation
            if at >= 0:
                out[:, :, i] += x[:, :, at] @ w[:, :, j].T
    return out


@st.composite
def convolutions(draw: st.DrawFn, c=None, o=None, high: int = 6):
    """x (b, c, t), w (o, c, k) in halves, float64, and a dilation; each size drawn on its own."""
    channels = draw(sizes(1, 3)) if c is None else c
    x = draw(tensors((sizes(1, 3), channels, sizes(1, high))))
    w = draw(tensors((draw(sizes(1, 3)) if o is None else o, channels, sizes(1, 4))))
    return x, w, draw(sizes(1, 3))


@exercise("causal_conv1d")
def test_convolution_of_the_example(learner):
    """x = (1, 2, 3, 4) and w = (10, 1) give (1, 12, 23, 34), and (1, 2, 13, 24) with dilation 2."""
    x, w = torch.tensor([[[1.0, 2.0, 3.0, 4.0]]]), torch.tensor([[[10.0, 1.0]]])
    assert_close(learner.causal_conv1d(x, w), torch.tensor([[[1.0, 12.0, 23.0, 34.0]]]), "without a dilation")
    assert_close(learner.causal_conv1d(x, w, 2), torch.tensor([[[1.0, 2.0, 13.0, 24.0]]]), "with dilation 2")


@exercise("causal_conv1d")
@given(case=convolutions(1, 1))
def test_one_channel_follows_the_formula(learner, case):
    """With one channel, out[i] = w[0] x[i - (k - 1) D] + … + w[k - 1] x[i], with zeros before the start."""
    x, w, dilation = case
    assert_close(learner.causal_conv1d(x, w, dilation), written_out(x, w, dilation))


@exercise("causal_conv1d")
@given(case=convolutions())
def test_channels_are_summed(learner, case):
    """With several channels each output is the sum over the input channels: (b, c, t) and (o, c, k) give (b, o, t)."""
    x, w, dilation = case
    got = learner.causal_conv1d(x, w, dilation)
    assert_equal(tuple(got.shape), (x.shape[0], w.shape[0], x.shape[2]), "the shape")
    assert_close(got, written_out(x, w, dilation), dtype=x.dtype)


@exercise("causal_conv1d")
@given(case=convolutions(), at=st.integers(0, 5))
def test_the_future_does_not_change_the_past(learner, case, at):
    """When x changes at one position, the output before it stays, and the output there moves by the last tap.

    Hint: The zeros belong in front of x and not behind it. Which x does out[0] see?
    """
    x, w, dilation = case
    at %= x.shape[2]
    before = learner.causal_conv1d(x, w, dilation)
    moved = x.clone()
    moved[:, :, at:] += 1.0
    after = learner.causal_conv1d(moved, w, dilation)
    assert_close(after[:, :, :at], before[:, :, :at], f"the output before position {at}")
    step = w[:, :, -1].sum(1).expand(x.shape[0], -1)
    assert_close(after[:, :, at] - before[:, :, at], step, f"the change at position {at}", atol=1e-6)


@exercise("causal_conv1d")
@settings(max_examples=8)
@given(case=convolutions())
def test_x_and_w_stay_as_they_are(learner, case):
    """Neither x nor w is changed."""
    x, w, dilation = case
    given_x, given_w = x.clone(), w.clone()
    got = learner.causal_conv1d(given_x, given_w, dilation)
    assert_close(got, written_out(x, w, dilation))
    assert_equal(given_x, x, "x afterwards")
    assert_equal(given_w, w, "w afterwards")


@driver
def conv_slopes(names, x, w, dilation, upstream):
    """The gradients by x and w, None where there is none."""
    x, w = x.clone().requires_grad_(), w.clone().requires_grad_()
    out = names.causal_conv1d(x, w, dilation)
    if not out.requires_grad:
        return None, None
    out.backward(upstream)
    return x.grad, w.grad


@exercise("causal_conv1d")
@settings(max_examples=6)
@given(case=convolutions(), seed=seeds())
def test_gradients_reach_x_and_w(learner, case, seed):
    """The gradients by x and w are those of the formula."""
    x, w, dilation = case
    upstream = normal(seed, x.shape[0], w.shape[0], x.shape[2]).double()
    dx, dw = conv_slopes(learner, x, w, dilation, upstream)
    require(dx is not None and dw is not None, "no gradient comes back")
    x, w = x.clone().requires_grad_(), w.clone().requires_grad_()
    written_out(x, w, dilation).backward(upstream)
    assert_close(dx, x.grad, "the gradient by x", atol=1e-4)
    assert_close(dw, w.grad, "the gradient by w", atol=1e-4)


# receptive_field


@exercise("receptive_field")
def test_fields_of_the_examples(learner):
    """Two taps and dilations 1, 2, 4 see 8 positions, three taps 15, no layer 1."""
    for kernel, dilations, right in [(2, [1, 2, 4], 8), (3, [1, 2, 4], 15), (3, [], 1), (2, [1], 2)]:
        assert_equal(learner.receptive_field(kernel, dilations), right, f"for {kernel} taps, {dilations}")


@exercise("receptive_field")
@given(kernel=sizes(1, 4), dilations=st.lists(sizes(1, 4), max_size=3))
def test_it_is_the_measured_field(learner, kernel, dilations):
    """A stack of causal convolutions of ones carries one spike exactly so far."""
    t = 1 + 3 * 4 * 3 + 1
    spike = F.one_hot(torch.tensor([[0]]), t).double()
    for dilation in dilations:
        spike = F.conv1d(
            F.pad(spike, ((kernel - 1) * dilation, 0)), torch.ones(1, 1, kernel).double(), dilation=dilation
        )
    reached = int(spike.flatten().nonzero().max()) + 1
    assert_equal(learner.receptive_field(kernel, dilations), reached, f"for {kernel} taps, {dilations}")


# SpliceModel


def one_hot(sequences: list[str]) -> torch.Tensor:
    """(n, 4, 60), in the order a c g t."""
    ids = torch.tensor([["acgt".index(letter) for letter in sequence] for sequence in sequences])
    return F.one_hot(ids, 4).transpose(1, 2).float()


def random_sequences(seed: int, n: int, length: int = 60) -> list[str]:
    draws = torch.randint(4, (n, length), generator=generator(30_000 + seed))
    return ["".join("acgt"[number] for number in row) for row in draws.tolist()]


@driver
def splice_logits(names, x, seed):
    """What a SpliceModel says, evaluating, its parameters moved a little, so that no start at zero hides anything."""
    import torch

    torch.manual_seed(seed)
    model = names.SpliceModel().train(False)
    with torch.no_grad():
        for p in model.parameters():
            p.add_(0.1 * torch.randn(p.shape))
        return model(x), isinstance(model, torch.nn.Module)


@exercise("SpliceModel")
@settings(max_examples=4)
@given(n=st.sampled_from([1, 2, 5]), seed=seeds())
def test_two_logits_for_each_sequence(learner, n, seed):
    """Sequences (n, 4, 60) give (n, 2), a single sequence (1, 2), each sequence its own.

    Hint: `.squeeze()` takes the batch's axis away when there is one example.
    """
    x = one_hot(random_sequences(seed, n))
    out, module = splice_logits(learner, x, seed)
    require(module, "SpliceModel isn't an nn.Module")
    assert_equal(tuple(out.shape), (n, 2), "the shape")
    more, _ = splice_logits(learner, one_hot(random_sequences(seed + 1, 3)), seed)
    require(
        not torch.allclose(more[0], more[1], rtol=1e-5, atol=0.0),
        "all sequences get the same logits",
        got=more,
    )
    alone, _ = splice_logits(learner, x[-1:], seed)
    assert_close(alone, out[-1:], "the last sequence by itself", atol=1e-4 * float(1 + out.abs().max()))


def same_3mers(seed: int) -> tuple[str, str]:
    """Two sequences of 60 with the same 3-mers in another order, and the same first and last eight bases."""
    draw = generator(40_000 + seed)
    one = int(torch.randint(4, 14, (1,), generator=draw))
    other = 30 - one if one != 15 else 14
    start, first, second, end = (
        random_sequences(seed + 7 * n, 1, m)[0] for n, m in enumerate([12, one, other, 12])
    )
    return f"{start}gt{first}gt{second}gt{end}", f"{start}gt{second}gt{first}gt{end}"


@exercise("SpliceModel")
@settings(max_examples=4)
@given(seed=seeds())
def test_order_makes_a_difference(learner, seed):
    """Two sequences with the same 3-mers in another order get different logits.

    Hint: A convolution of three taps and a mean over all positions is a count of 3-mers, wherever they stand. And a
    stack that is read off at the last position sees only its receptive field: do the two differ within it?
    """
    one, other = same_3mers(seed)
    out, _ = splice_logits(learner, one_hot([one, other]), seed)
    apart, size = (out[0] - out[1]).abs().max().item(), out.abs().max().item()
    places = [place for place in range(60) if one[place] != other[place]]
    where = (
        f"{one} and {other}, which differ from position {places[0]} to {places[-1]} only, get the same logits"
    )
    require(apart > 1e-5 * size, where, got=out)


@exercise("SpliceModel")
def test_they_are_logits(learner):
    """The two numbers of a sequence are logits: neither they nor their exponentials always add up to 1.

    Hint: The loss, `F.cross_entropy`, does the softmax itself.
    """
    out, _ = splice_logits(learner, one_hot(random_sequences(11, 3)), 11)
    require(
        not torch.allclose(out[0], out[1], rtol=1e-5, atol=0.0), "all sequences get the same logits", got=out
    )
    for name, sums in [("probabilities", out.sum(1)), ("logarithms of probabilities", out.exp().sum(1))]:
        require(not torch.allclose(sums, torch.ones(3), atol=1e-3), f"these are {name}, no logits", got=out)


@driver
def splice_features(names, x, seed):
    """Features, logits, and logits were the features all zeros, of a SpliceModel with its parameters moved a bit."""
    import torch

    torch.manual_seed(seed)
    model = names.SpliceModel().train(False)
    with torch.no_grad():
        for p in model.parameters():
            p.add_(0.1 * torch.randn(p.shape))
        features, logits = model.features(x), model(x)
        model.__dict__["features"] = lambda x: torch.zeros_like(features)
        return features, logits, model(x)


@exercise("SpliceModel")
@settings(max_examples=3)
@given(at=st.integers(8, 50), seed=seeds())
def test_the_features_do_not_see_ahead(learner, at, seed):
    """features(x) is (n, c, 60); a base changes nothing that stands before it, and something that stands behind it.

    Hint: `padding="same"`, and zeros at both ends, let half of the kernel look ahead: `causal_conv1d` doesn't. With
    nn.Conv1d: `F.pad(x, ((taps - 1) * dilation, 0))` first, and no padding of its own.
    """
    x = one_hot(random_sequences(seed, 4))
    other = x.clone()
    other[:, :, at] = x[:, :, at].roll(1, 1)
    features, *_ = splice_features(learner, torch.cat([x, other]), seed)
    require(features.ndim == 3, "features(x) should have three axes, (n, c, 60)", got=tuple(features.shape))
    assert_equal((len(features), features.shape[2]), (8, 60), "the first and the last size of features(x)")
    moved = (features[4:] - features[:4]).abs().amax((0, 1)) > 1e-5 * features.abs().max()
    ahead = moved[:at].nonzero().flatten().tolist()
    require(not ahead, f"the base at {at} changes features that stand before it", got=ahead, expected=[])
    require(bool(moved[at + 1 :].any()), f"the base at {at} changes no feature that stands behind it")


@exercise("SpliceModel")
def test_the_answer_comes_from_the_features(learner):
    """Were all features zeros, all sequences would get the same logits.

    Hint: `forward` calls `self.features(x)`, and the rest of it looks at nothing else.
    """
    _, logits, blind = splice_features(learner, one_hot(random_sequences(12, 3)), 12)
    require(
        not torch.allclose(logits[0], logits[1], rtol=1e-5, atol=0.0), "all sequences get the same logits"
    )
    assert_close(
        blind, blind[:1].expand(3, 2), "the logits of three sequences, were all features zeros", atol=1e-5
    )


@driver
def reloaded(names, x, seed):
    """The logits of a SpliceModel whose parameters are moved a little, and of another one that loaded its state."""
    import torch

    torch.manual_seed(seed)
    one, other = names.SpliceModel().train(False), names.SpliceModel().train(False)
    with torch.no_grad():
        for p in one.parameters():
            p.add_(0.1 * torch.randn(p.shape))
        other.load_state_dict(one.state_dict())
        return one(x), other(x)


@exercise("SpliceModel")
def test_a_saved_model_is_the_same(learner):
    """A second SpliceModel that loads the first one's state_dict() gives the same logits.

    Hint: A plain list of tensors or layers is invisible to state_dict() and to the optimiser; nn.Parameter,
    nn.ParameterList and nn.ModuleList aren't.
    """
    one, other = reloaded(learner, one_hot(random_sequences(13, 3)), 13)
    require(
        not torch.allclose(one[0], one[1], rtol=1e-5, atol=0.0), "all sequences get the same logits", got=one
    )
    assert_close(other, one, "the second model's logits", atol=1e-4 * float(1 + one.abs().max()))


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
@settings(max_examples=1)
@given(seed=st.just(3))
def test_it_memorises_four_sequences(learner, seed):
    """Trained on four sequences with made-up labels, it learns them by heart.

    Hint: Are all weights parameters of the module? A plain list of tensors is invisible to the optimiser. And are
    they small at the start, √(2 / (taps · channels in)), so that five layers neither blow x up nor let it fade?
    """
    y = torch.tensor([0, 1, 1, 0])
    loss, predicted = memorise(learner, one_hot(random_sequences(seed, 4)), y, seed, 200)
    assert_equal(predicted, y, f"the predictions for the four (loss {loss:.3f})")


# break_causal_conv1d


def tap_by_tap(x, w, dilation=1):
    """A right one: each tap is a slice of the padded x."""
    t, k = x.shape[2], w.shape[2]
    padded = F.pad(x, ((k - 1) * dilation, 0))
    taps = [padded[:, :, j * dilation : j * dilation + t] for j in range(k)]
    return sum(torch.einsum("oc,bct->bot", w[:, :, j], tap) for j, tap in enumerate(taps))


def rounds_otherwise(x, w, dilation=1):
    """A right one that is off in the last digits, as another order of the sums would make it."""
    return tap_by_tap(x, w, dilation) + 4e-7


def does_nothing(x, w, dilation=1):
    """Returns x."""
    return x


def mirrored(x, w, dilation=1):
    """Pads behind x, and reads forwards in time."""
    return tap_by_tap(x.flip(2), w.flip(2), dilation).flip(2)


@exercise("break_causal_conv1d")
def test_a_right_one_passes(learner):
    """A right causal_conv1d, written tap by tap, passes; one that returns x doesn't.

    Hint: If it is an error that you see here, your test rejects a right one. Go through what you demand: does section
    6 promise it?
    """
    learner.break_causal_conv1d(tap_by_tap)
    assert_raises(Exception, learner.break_causal_conv1d, does_nothing)


@exercise("break_causal_conv1d")
def test_a_right_one_that_rounds_otherwise_passes(learner):
    """A right causal_conv1d whose outputs are off by some 0.0000005 passes; one that returns x doesn't.

    Hint: `==` and `torch.equal` ask for every digit, and so does `torch.allclose` near 0, where its own atol is
    0.00000001. With `torch.allclose(..., atol=1e-5)` it allows for rounding.
    """
    learner.break_causal_conv1d(rounds_otherwise)
    assert_raises(Exception, learner.break_causal_conv1d, does_nothing)


@exercise("break_causal_conv1d")
def test_one_that_does_nothing_is_caught(learner):
    """One that returns x is caught.

    Hint: Take the example of the docstring and say what must come out.
    """
    assert_raises(Exception, learner.break_causal_conv1d, does_nothing)


@exercise("break_causal_conv1d")
def test_one_that_looks_ahead_is_caught(learner):
    """One that looks into the future is caught."""
    assert_raises(Exception, learner.break_causal_conv1d, mirrored)


# tree_as_convolution


def tree(layers: list[tuple[torch.Tensor, torch.Tensor]], x: torch.Tensor) -> torch.Tensor:
    """(b, c): what the tree makes of x (b, 2^layers, c), merging neighbours."""
    for W, bias in layers:
        pairs = torch.cat([x[:, 0::2], x[:, 1::2]], 2)
        x = torch.tanh(pairs @ W + bias)
    return x[:, 0]


def tree_layers(seed: int, widths: list[int], dtype: torch.dtype = torch.float64):
    """W (2·c_in, c_out) and bias (c_out,) for each pair of widths that follow one another."""
    return [
        ((normal(seed + n, 2 * c_in, c_out) / c_in**0.5).to(dtype), normal(seed + 100 + n, c_out).to(dtype))
        for n, (c_in, c_out) in enumerate(pairwise(widths))
    ]


@exercise("tree_as_convolution")
def test_tree_of_the_example(learner):
    """W = (1, 10) makes tanh(2.1) and tanh(3.2) of the last two pairs of (0.1, 0.2, 0.3)."""
    layers = [(torch.tensor([[1.0], [10.0]]), torch.tensor([0.0]))]
    got = learner.tree_as_convolution(layers, torch.tensor([[[0.1, 0.2, 0.3]]]))
    assert_close(
        got[:, :, -2:], torch.tensor([[[math.tanh(2.1), math.tanh(3.2)]]]), "the last two", atol=1e-5
    )


@exercise("tree_as_convolution")
@settings(max_examples=12)
@given(
    widths=st.lists(sizes(1, 4), min_size=2, max_size=4), batch=sizes(1, 3), extra=sizes(0, 3), seed=seeds()
)
def test_the_last_position_is_the_trees(learner, widths, batch, extra, seed):
    """The last position equals the tree's output on the last 2^layers steps.

    Hint: FlattenConsecutive puts the channels of the earlier of two positions first. Which rows of W belong to
    which tap? And how far apart are the two that the second layer joins?
    """
    layers, span = tree_layers(seed, widths), 2 ** (len(widths) - 1)
    x = normal(seed + 200, batch, widths[0], span + extra).double()
    got = learner.tree_as_convolution(layers, x)
    right = tree(layers, x[:, :, -span:].transpose(1, 2))
    assert_close(got[:, :, -1], right, "the last position", atol=1e-5)

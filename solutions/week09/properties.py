"""Week 09's hidden properties: agreement with torch or the reference, laws, edge cases."""

import math

import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from autograde.properties import assert_close, assert_equal, driver, exercise, require
from autograde.strategies import sizes, tensors

# Answers may come from float32 arithmetic, whatever they are returned as.
ROUNDING = 64 * torch.finfo(torch.float32).eps


def seeds() -> st.SearchStrategy[int]:
    return st.integers(0, 9999)


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def normal(seed: int, *shape: int) -> torch.Tensor:
    """Draws from a seed that no learner would use, nor torch's own state start from."""
    return torch.randn(shape, generator=generator(50_000 + seed))


# expected_initial_loss


@exercise("expected_initial_loss")
@given(V=st.integers(1, 5000))
def test_initial_loss_agrees_with_the_reference(learner, reference, V):
    """It is the natural logarithm of V."""
    assert_close(learner.expected_initial_loss(V), reference.expected_initial_loss(V), atol=ROUNDING * 10)


@exercise("expected_initial_loss")
@given(V=st.integers(1, 60), W=st.integers(2, 60))
def test_pairs_of_symbols_cost_the_sum(learner, V, W):
    """A pair of symbols out of V and W costs what the two cost one by one."""
    both = learner.expected_initial_loss(V * W)
    parts = float(learner.expected_initial_loss(V)) + float(learner.expected_initial_loss(W))
    assert_close(both, parts, atol=ROUNDING * 10)
    assert_close(both, math.log(V * W), atol=ROUNDING * 10)


@exercise("expected_initial_loss")
def test_one_symbol_costs_nothing(learner):
    """A single symbol costs 0, two cost log 2."""
    assert_close(learner.expected_initial_loss(1), 0.0, "V = 1", atol=1e-6)
    assert_close(learner.expected_initial_loss(2), math.log(2), "V = 2", atol=1e-6)


# saturation and dead_units

THRESHOLDS = st.sampled_from([0.25, 0.5, 0.75, 0.97])


def outputs() -> st.SearchStrategy[torch.Tensor]:
    """Outputs (n, d) in quarters, at which ties with a threshold are exact, and some beyond 0.97."""
    quarters = st.sampled_from([-1.0, -0.75, -0.5, -0.25, 0.0, 0.25, 0.5, 0.75, 0.875, 1.0])
    dtypes = st.sampled_from([torch.float32, torch.float64])
    return dtypes.flatmap(lambda dtype: tensors((sizes(1, 6), sizes(1, 5)), quarters, dtype))


def mostly_beyond() -> st.SearchStrategy[torch.Tensor]:
    """Outputs (n, d) most of which are beyond any threshold, so that whole columns are."""
    values = st.sampled_from([-1.0, 1.0, -0.98, 0.98, 0.99, -0.99, 0.5])
    return tensors((sizes(1, 4), sizes(1, 5)), values, torch.float32)


@exercise("saturation")
@given(h=outputs(), threshold=THRESHOLDS)
def test_saturation_counts_strictly_beyond(learner, h, threshold):
    """The share of outputs strictly beyond the threshold, those at it not counted."""
    beyond = sum(abs(value) > threshold for value in h.flatten().tolist())
    assert_close(learner.saturation(h, threshold), beyond / h.numel(), atol=ROUNDING)


@exercise("saturation")
@given(h=mostly_beyond(), repeats=st.integers(2, 4))
def test_saturation_is_a_share(learner, h, repeats):
    """Repeating the examples, or turning rows into columns, leaves the share as it is."""
    share = sum(abs(value) > 0.97 for value in h.flatten().tolist()) / h.numel()
    assert_close(learner.saturation(h.repeat(repeats, 1)), share, "of repeated rows", atol=ROUNDING)
    assert_close(learner.saturation(h.T), share, "transposed", atol=ROUNDING)


@exercise("saturation")
def test_the_default_threshold_is_097(learner):
    """Without a named threshold, 0.975 counts and 0.965 doesn't."""
    h = torch.tensor([[0.975, 0.965, -0.965], [0.0, 0.9999, -0.975]])
    assert_close(learner.saturation(h), 0.5, atol=ROUNDING)
    close = torch.tensor([[0.9701, 0.9699, -0.9701, 0.9699, 0.9699]], dtype=torch.float64)
    assert_close(learner.saturation(close), 0.4, "of numbers close to 0.97", atol=ROUNDING)


@exercise("dead_units")
@given(h=mostly_beyond())
def test_dead_units_agree_with_the_definition(learner, h):
    """A unit is dead if each of its outputs is beyond 0.97, whatever their signs; the answer is (d,) of bool."""
    dead = [min(abs(value) for value in unit) > 0.97 for unit in h.T.tolist()]
    assert_equal(learner.dead_units(h), torch.tensor(dead), dtype=torch.bool)


@exercise("dead_units")
@given(h=outputs(), threshold=THRESHOLDS)
def test_dead_units_at_other_thresholds(learner, h, threshold):
    """An output exactly at the threshold isn't beyond it, at any threshold."""
    dead = [min(abs(value) for value in unit) > threshold for unit in h.T.tolist()]
    assert_equal(learner.dead_units(h, threshold), torch.tensor(dead), dtype=torch.bool)


@exercise("dead_units")
@given(h=mostly_beyond(), unit=st.integers(0, 4), example=st.integers(0, 3))
def test_one_listening_example_keeps_a_unit_alive(learner, h, unit, example):
    """A single output within the threshold, or at it, makes its unit alive, and no other."""
    n, d = h.shape
    h = torch.where(h.abs() > 0.97, h, 1.0)
    assert_equal(learner.dead_units(h), torch.ones(d, dtype=torch.bool), "with all outputs beyond")
    h[example % n, unit % d] = 0.9
    alive = torch.arange(d) != unit % d
    assert_equal(learner.dead_units(h), alive, "with one output at 0.9", dtype=torch.bool)
    assert_equal(learner.dead_units(h, 0.89), torch.ones(d, dtype=torch.bool), "with threshold 0.89")
    for edge in (-0.75, 0.75):
        h[example % n, unit % d] = edge
        assert_equal(learner.dead_units(h, 0.75), alive, f"with one output at {edge}, the threshold 0.75")


@exercise("dead_units")
def test_the_default_threshold_of_dead_units_is_097(learner):
    """Without a named threshold, 0.9701 is beyond and 0.9699 isn't."""
    h = torch.tensor([[0.9701, 0.9699], [-0.9701, 1.0]], dtype=torch.float64)
    assert_equal(learner.dead_units(h), torch.tensor([True, False]), dtype=torch.bool)


# kaiming_linear


@exercise("kaiming_linear")
@settings(max_examples=12)
@given(
    shape=st.sampled_from([(20, 300), (300, 20), (64, 128), (7, 900)]),
    gain=st.sampled_from([0.3, 1.0, 5 / 3, 4.0]),
    seed=seeds(),
)
def test_weights_are_normal_with_the_stated_spread(learner, shape, gain, seed):
    """The entries are normal draws with mean 0 and standard deviation gain / sqrt(fan_in)."""
    W = learner.kaiming_linear(*shape, gain, generator(seed))
    assert_equal(tuple(W.shape), shape, "the shape")
    z = W.detach().double() * math.sqrt(shape[0]) / gain
    count = z.numel()
    # Six standard errors of mean, standard deviation, and of the shares within one and two of them.
    assert_close(z.mean(), 0.0, "the mean, in standard deviations", atol=6 / math.sqrt(count))
    assert_close(z.std(), 1.0, "the standard deviation, in stated ones", atol=6 / math.sqrt(2 * count))
    for width, share in [(1, 0.68269), (2, 0.9545)]:
        tolerance = 6 * math.sqrt(share * (1 - share) / count)
        within = (z.abs() < width).double().mean()
        assert_close(within, share, f"the share within {width} standard deviations", atol=tolerance)


@exercise("kaiming_linear")
@given(fan_in=sizes(1, 6), fan_out=sizes(1, 6), gain=st.sampled_from([0.5, 3.0]), seed=seeds())
def test_the_matrix_comes_from_the_generator_alone(learner, fan_in, fan_out, gain, seed):
    """The same state gives the same matrix, in proportion to the gain; the state moves on."""
    drawing = generator(seed)
    W = learner.kaiming_linear(fan_in, fan_out, 1.0, drawing)
    assert_equal(tuple(W.shape), (fan_in, fan_out), "the shape")
    torch.rand(3)  # moves the global state, which is nobody's business
    again = learner.kaiming_linear(fan_in, fan_out, gain, generator(seed))
    assert_close(again, gain * W, "another gain, same state")
    later = learner.kaiming_linear(fan_in, fan_out, 1.0, drawing)
    require(
        not torch.equal(later, W), "a second call with the same generator gives the same matrix", got=later
    )
    other = learner.kaiming_linear(fan_in, fan_out, 1.0, generator(seed + 1))
    require(not torch.equal(other, W), "another state gives the same matrix", got=other)


@exercise("kaiming_linear")
@settings(max_examples=4)
@given(seed=seeds())
def test_ten_layers_keep_the_variance(learner, seed):
    """Ten wide linear layers at gain 1 keep the variance of a signal, wide ones and narrow ones in turn."""
    drawing = generator(seed)
    h = torch.randn((60, 300), generator=drawing, dtype=torch.float64)
    for fan_in, fan_out in [(300, 500), (500, 300)] * 5:
        h = h @ learner.kaiming_linear(fan_in, fan_out, 1.0, drawing).detach().double()
    # The log of the variance is off by some sqrt(10 · 2 / 380) = 0.23; a gain off by a tenth makes it 1.9.
    assert_close(h.var().log(), 0.0, "the log of the variance after ten layers", atol=1.3)


@exercise("kaiming_linear")
@settings(max_examples=4)
@given(seed=seeds())
def test_entries_are_independent(learner, seed):
    """Neither rows nor columns hang together."""
    W = learner.kaiming_linear(90, 110, 1.0, generator(seed)).detach().double()
    z = W * math.sqrt(90)
    assert_close(z.std(), 1.0, "the standard deviation, in stated ones", atol=6 / math.sqrt(2 * z.numel()))
    # Each mean is within six standard errors, and so is the correlation of neighbours.
    assert_close(z.mean(0), torch.zeros(110), "the means of the columns", atol=6 / math.sqrt(90))
    assert_close(z.mean(1), torch.zeros(90), "the means of the rows", atol=6 / math.sqrt(110))
    for one, other, what in [(z[1:], z[:-1], "rows"), (z[:, 1:], z[:, :-1], "columns")]:
        tolerance = 6 / math.sqrt(one.numel())
        assert_close((one * other).mean(), 0.0, f"the correlation of neighbouring {what}", atol=tolerance)


# Linear


@driver
def linear_run(names, fan_in, fan_out, bias, generator, scale, x, upstream):
    """What a Linear holds at first, and its output and gradients once all parameters are scaled and shifted."""
    import torch

    layer = names.Linear(fan_in, fan_out, bias, generator)
    start = [layer.weight.detach().clone(), None if layer.bias is None else layer.bias.detach().clone()]
    with torch.no_grad():
        for p in layer.parameters():
            p.mul_(scale)
            p.add_(0.5)
    held = [layer.weight.detach().clone(), None if layer.bias is None else layer.bias.detach().clone()]
    x = x.clone().requires_grad_()
    out = layer(x)
    out.backward(upstream)
    gradients = [layer.weight.grad, None if layer.bias is None else layer.bias.grad]
    layer.training = False
    return start, held, out, x.grad, gradients, layer(x)


@exercise("Linear")
@given(
    lead=st.sampled_from([(1,), (3,), (2, 3), (5, 1)]),
    fan_in=sizes(1, 4),
    fan_out=sizes(1, 5),
    bias=st.booleans(),
    seed=seeds(),
)
def test_linear_equals_torch_in_value_and_gradient(learner, lead, fan_in, fan_out, bias, seed):
    """The output, and the gradients by x, weight and bias, are torch's, for any leading axes.

    Hint: The layer computes with what weight and bias hold when it is called, and parameters() gives them themselves.
    """
    x, upstream = normal(seed, *lead, fan_in), normal(seed + 1, *lead, fan_out)
    start, held, out, dx, (dW, db), later = linear_run(
        learner, fan_in, fan_out, bias, generator(seed), 3.0, x, upstream
    )
    weight = held[0].requires_grad_()
    b = held[1].requires_grad_() if bias else None
    assert_close(held[0].detach(), 3 * start[0] + 0.5, "the weight, scaled by way of parameters()")
    x.requires_grad_()
    right = F.linear(x, weight.T, b)
    right.backward(upstream)
    assert_close(out, right.detach(), "the output")
    assert_close(later, right.detach(), "the output with training = False")
    assert_close(dx, x.grad, "the gradient by x")
    assert_close(dW, weight.grad, "the gradient by weight")
    if bias:
        assert_close(held[1].detach(), torch.full((fan_out,), 0.5), "the bias, zeros at first")
        assert_close(db, b.grad, "the gradient by bias")
    else:
        require(held[1] is None, "a bias, though bias=False", got=held[1])


@driver
def linear_parameters(names, fan_in, fan_out, settings):
    """For a Linear: training, and of each of its parameters what it is, its shape, whether it is a leaf to train."""
    layer = names.Linear(fan_in, fan_out, **settings)
    rows = []
    for p in layer.parameters():
        name = "weight" if p is layer.weight else "bias" if p is layer.bias else "a copy"
        rows.append((name, tuple(p.shape), p.requires_grad and p.is_leaf))
    return layer.training, rows, layer.bias is None


@exercise("Linear")
@given(fan_in=sizes(1, 5), fan_out=sizes(1, 5), bias=st.sampled_from([None, True, False]))
def test_parameters_are_weight_and_bias_themselves(learner, fan_in, fan_out, bias):
    """parameters() gives weight and, unless bias=False, bias: themselves, each once, leaves to be trained."""
    training, rows, none = linear_parameters(learner, fan_in, fan_out, {} if bias is None else {"bias": bias})
    expected = [("weight", (fan_in, fan_out), True)]
    if bias is not False:
        expected.append(("bias", (fan_out,), True))
    assert_equal(
        sorted(rows), sorted(expected), "what parameters() holds: name, shape, leaf with requires_grad"
    )
    require(none == (bias is False), "the bias is None with bias=False, and only then")
    require(training is True, "training isn't True at first", got=training)


@driver
def linear_weights(names, shapes, generator):
    """What several Linear layers, drawn one after the other, say of unit rows (generator None: torch's own state)."""
    import torch

    layers = [names.Linear(*shape, generator=generator) for shape in shapes]
    return [layer(torch.eye(shape[0])).detach() for layer, shape in zip(layers, shapes, strict=True)]


@exercise("Linear")
@settings(max_examples=10)
@given(shape=st.sampled_from([(30, 200), (200, 30), (5, 1000)]), seed=seeds(), own=st.booleans())
def test_linear_weights_are_drawn_with_unit_gain(learner, shape, seed, own):
    """Weights are normal with standard deviation 1 / sqrt(fan_in), each layer's its own, from the generator."""
    drawing = generator(seed) if own else None
    one, other = linear_weights(learner, [shape, shape], drawing)
    z = one.double() * math.sqrt(shape[0])
    assert_close(z.mean(), 0.0, "the mean, in standard deviations", atol=6 / math.sqrt(z.numel()))
    assert_close(z.std(), 1.0, "the standard deviation, in stated ones", atol=6 / math.sqrt(2 * z.numel()))
    within = (z.abs() < 1).double().mean()
    tolerance = 6 * math.sqrt(0.68269 * 0.31731 / z.numel())
    assert_close(within, 0.68269, "the share within one standard deviation", atol=tolerance)
    require(not torch.equal(one, other), "two layers have the same weights")
    if own:
        (again,) = linear_weights(learner, [shape], generator(seed))
        assert_equal(again, one, "from a generator in the same state")
        (elsewhere,) = linear_weights(learner, [shape], generator(seed + 1))
        require(not torch.equal(elsewhere, one), "another state of the generator gives the same weights")


# Tanh


@driver
def tanh_run(names, x, upstream):
    """Output and gradient of a Tanh, its parameters, its training, and its output when training is over."""
    layer = names.Tanh()
    training, parameters = layer.training, list(layer.parameters())
    x = x.clone().requires_grad_()
    out = layer(x)
    out.backward(upstream)
    layer.training = False
    return out, x.grad, len(parameters), training, layer(x)


@exercise("Tanh")
@given(
    shape=st.sampled_from([(3,), (2, 4), (3, 1, 2), (1, 1)]), scale=st.sampled_from([0.5, 3.0]), seed=seeds()
)
def test_tanh_equals_torch_in_value_and_gradient(learner, shape, scale, seed):
    """Output and gradient are tanh's, for any shape, in both modes."""
    x, upstream = scale * normal(seed, *shape), normal(seed + 1, *shape)
    out, dx, _, _, later = tanh_run(learner, x, upstream)
    assert_close(out, x.tanh(), "the output")
    assert_close(dx, upstream * (1 - x.tanh() ** 2), "the gradient")
    assert_close(later, x.tanh(), "the output with training = False")


@exercise("Tanh")
@given(x=tensors((sizes(), sizes()), dtype=torch.float32))
def test_tanh_is_odd_and_bounded(learner, x):
    """tanh(-x) is -tanh(x), never beyond 1, and finite for huge numbers."""
    ones = torch.ones_like(x)
    out, *_ = tanh_run(learner, x, ones)
    turned, *_ = tanh_run(learner, -x, ones)
    assert_close(turned, -out, "at -x")
    far, *_ = tanh_run(learner, 1000 * x, ones)
    assert_close(far, x.sign(), "at 1000 x")


@exercise("Tanh")
@settings(max_examples=5)
@given(seed=seeds())
def test_tanh_has_nothing_to_train(learner, seed):
    """A Tanh has no parameters, and training is True at first; the output is tanh."""
    x = normal(seed, 2, 3)
    out, _, parameters, training, _ = tanh_run(learner, x, x)
    assert_equal(parameters, 0, "the number of parameters")
    require(training is True, "training isn't True at first", got=training)
    assert_close(out, x.tanh(), "the output")


# BatchNorm1d


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
    """The same of torch's own layer."""
    bn = torch.nn.BatchNorm1d(d, **settings)
    with torch.no_grad():
        bn.weight.copy_(gamma)
        bn.bias.copy_(beta)
    for training, x, upstream in calls:
        bn.train(training)
        inside = x.clone().requires_grad_()
        bn.zero_grad()
        out = bn(inside)
        out.backward(upstream)
        estimates = bn.running_mean.clone(), bn.running_var.clone()
        yield (out.detach(), inside.grad, bn.weight.grad.clone(), bn.bias.grad.clone(), *estimates, x)


NAMES = ["the output", "the gradient by x", "the gradient by gamma", "the gradient by beta"]
NAMES += ["running_mean", "running_var", "x afterwards"]


@st.composite
def lives(draw: st.DrawFn, modes: tuple[bool, ...]):
    """Settings, gamma, beta, and a batch for each mode; small batches, columns of unlike mean and spread."""
    d, seed = draw(sizes(1, 4)), draw(seeds())
    settings = {
        "eps": draw(st.sampled_from([1e-5, 0.1, 1.0])),
        "momentum": draw(st.sampled_from([0.1, 0.3, 0.8])),
    }
    calls = []
    for place, training in enumerate(modes):
        n = draw(st.integers(2, 5)) if training else draw(st.integers(1, 4))
        spread = torch.arange(1, d + 1)
        x = normal(seed + 10 * place, n, d) * spread + 2 * spread - 3
        calls.append((training, x, normal(seed + 10 * place + 1, n, d)))
    return d, settings, normal(seed + 5, d) + 2, normal(seed + 6, d), calls


def compare_lives(learner, life):
    d, settings, gamma, beta, calls = life
    got = batchnorm_life(learner, d, settings, gamma, beta, calls)
    for step, (found, right) in enumerate(zip(got, torch_life(d, settings, gamma, beta, calls), strict=True)):
        mode = "training" if calls[step][0] else "evaluating"
        for name, mine, theirs in zip(NAMES, found, right, strict=True):
            tolerance = 2e-4 * max(1.0, theirs.abs().max().item())
            assert_close(mine, theirs, f"{name}, call {step + 1} ({mode})", atol=tolerance)


@exercise("BatchNorm1d")
@given(life=lives((True,)))
def test_batchnorm_equals_torch_in_training(learner, life):
    """In training the output, all gradients and the running estimates are those of torch.nn.BatchNorm1d.

    Hint: Mean and variance are made of x as well, so the gradient flows through them too.
    """
    compare_lives(learner, life)


@exercise("BatchNorm1d")
@given(life=lives((True, False, True, False)))
def test_batchnorm_equals_torch_over_both_modes(learner, life):
    """Training and evaluating in turn, everything is as torch's; evaluating updates nothing."""
    compare_lives(learner, life)


@exercise("BatchNorm1d")
@given(life=lives((False, True, False)))
def test_batchnorm_evaluates_before_any_training(learner, life):
    """A layer that was never trained evaluates with mean 0 and variance 1."""
    compare_lives(learner, life)


@exercise("BatchNorm1d")
@given(d=sizes(1, 4), n=st.integers(2, 6), seed=seeds(), factor=st.sampled_from([0.5, 4.0]))
def test_output_ignores_shift_and_scale_of_the_input(learner, d, n, seed, factor):
    """In training with eps = 0, x and factor · x + shift (factor positive) give the same output.

    Hint: Any constant that was added is subtracted with the mean, any positive factor divided out.
    """
    x, upstream = normal(seed, n, d), torch.ones(n, d)
    calls = [(True, x, upstream), (True, factor * x + torch.arange(1, d + 1) - 2.5, upstream)]
    gamma, beta = normal(seed + 1, d), normal(seed + 2, d)
    one, other = batchnorm_life(learner, d, {"eps": 0.0}, gamma, beta, calls)
    assert_close(other[0], one[0], "the output of the shifted and scaled batch", atol=5e-3)
    right = gamma * (x - x.mean(0)) / x.var(0, correction=0).sqrt() + beta
    assert_close(one[0], right, "the output", atol=5e-3)


@exercise("BatchNorm1d")
@given(
    n=st.integers(2, 5),
    d=sizes(1, 3),
    column=st.integers(0, 2),
    level=st.sampled_from([-3.0, 0.0, 5.0]),
    seed=seeds(),
)
def test_a_constant_column_becomes_beta(learner, n, d, column, level, seed):
    """A constant column becomes beta, with gradients that are finite, and the others are standardised."""
    x = normal(seed, n, d) * 2
    x[:, column % d] = level
    beta = normal(seed + 1, d)
    ((out, dx, *_),) = batchnorm_life(
        learner, d, {}, torch.ones(d), beta, [(True, x, normal(seed + 2, n, d))]
    )
    assert_close(out[:, column % d], beta[column % d].expand(n), "the constant column", atol=1e-4)
    require(dx.isfinite().all(), "a gradient that isn't finite", got=dx)
    right = F.batch_norm(x, None, None, bias=beta, training=True)
    assert_close(out, right, "the output", atol=1e-3)


@driver
def batchnorm_refusal(names, first, row):
    """Running estimates before and after a batch of one in training, and whether that raised a ValueError."""
    bn = names.BatchNorm1d(first.shape[1])
    bn(first)
    before = bn.running_mean.detach().clone(), bn.running_var.detach().clone()
    try:
        bn(row)
        raised = False
    except ValueError:
        raised = True
    after = bn.running_mean.detach().clone(), bn.running_var.detach().clone()
    bn.training = False
    return raised, before, after, bn(row)


@exercise("BatchNorm1d")
@given(n=st.integers(2, 4), d=sizes(1, 3), seed=seeds())
def test_a_refused_batch_leaves_no_trace(learner, n, d, seed):
    """A batch of one raises ValueError in training and leaves the running estimates; evaluating, one row is fine."""
    first, row = normal(seed, n, d) + 1, normal(seed + 1, 1, d)
    raised, before, after, out = batchnorm_refusal(learner, first, row)
    require(raised, "no ValueError for a batch of one in training")
    assert_equal(after, before, "the running estimates afterwards")
    mean, var = 0.1 * first.mean(0), 0.9 + 0.1 * first.var(0)
    assert_close(out, (row - mean) / (var + 1e-5).sqrt(), "the row when evaluating", atol=1e-4)


@driver
def batchnorm_parts(names, d, settings):
    """What a fresh BatchNorm1d holds, and what its parameters are."""
    bn = names.BatchNorm1d(d, **settings)
    listed = list(bn.parameters())
    own = len(listed) == 2 and all(any(p is tensor for p in listed) for tensor in (bn.gamma, bn.beta))
    leaves = all(p.requires_grad and p.is_leaf for p in (bn.gamma, bn.beta))
    buffers = not (bn.running_mean.requires_grad or bn.running_var.requires_grad)
    held = [t.detach() for t in (bn.gamma, bn.beta, bn.running_mean, bn.running_var)]
    return held, own, leaves, buffers, bn.eps, bn.momentum, bn.training


@exercise("BatchNorm1d")
@given(d=sizes(1, 6), own=st.booleans())
def test_a_fresh_batchnorm_holds_what_it_should(learner, d, own):
    """gamma and running_var are ones, beta and running_mean zeros; only gamma and beta are trained."""
    given_settings = {"eps": 0.25, "momentum": 0.6} if own else {}
    held, same, leaves, buffers, eps, momentum, training = batchnorm_parts(learner, d, given_settings)
    for name, got, right in zip(
        ["gamma", "beta", "running_mean", "running_var"], held, [1, 0, 0, 1], strict=True
    ):
        assert_equal(got, torch.full((d,), float(right)), name)
    require(same, "parameters() should give gamma and beta themselves, and nothing else")
    require(leaves, "gamma and beta should be leaves with requires_grad=True")
    require(buffers, "the running estimates aren't trained and want no gradient")
    assert_close(eps, 0.25 if own else 1e-5, "eps", rtol=1e-6, atol=0.0)
    assert_close(momentum, 0.6 if own else 0.1, "momentum", rtol=1e-6, atol=0.0)
    require(training is True, "training isn't True at first", got=training)


@driver
def batchnorm_graphs(names, batches):
    """Steps of training with backward in each; whether the running estimates hang on to a graph; two layers' states."""
    bn, other = names.BatchNorm1d(batches[0].shape[1]), names.BatchNorm1d(batches[0].shape[1])
    free = []
    for x in batches:
        x = x.clone().requires_grad_()
        (bn(x) ** 3).sum().backward()
        free.append(bn.running_mean.grad_fn is None and bn.running_var.grad_fn is None)
        free.append(not bn.running_mean.requires_grad and not bn.running_var.requires_grad)
    return all(free), other.running_mean, other.running_var, bn.running_mean, other.gamma is not bn.gamma


@exercise("BatchNorm1d")
@given(d=sizes(1, 3), n=st.integers(3, 5), seed=seeds())
def test_estimates_keep_no_graph_and_belong_to_one_layer(learner, d, n, seed):
    """The running estimates never carry a gradient, and another layer's are its own."""
    batches = [normal(seed + place, n, d) + 1 for place in range(3)]
    free, other_mean, other_var, mean, apart = batchnorm_graphs(learner, batches)
    require(free, "the running estimates hang on to the computation that they came from")
    assert_equal(other_mean, torch.zeros(d), "running_mean of a layer that was never called")
    assert_equal(other_var, torch.ones(d), "running_var of a layer that was never called")
    right = sum(0.9 ** (2 - place) * 0.1 * x.mean(0) for place, x in enumerate(batches))
    assert_close(mean, right, "running_mean after three batches")
    require(apart, "two layers share their gamma")


@driver
def watched_batchnorm(names, x):
    """The output in both modes, and the names of torch operations on the way that are a batch norm already."""
    from torch.overrides import TorchFunctionMode

    seen = []

    class Watch(TorchFunctionMode):
        def __torch_function__(self, function, types, args=(), kwargs=None):
            seen.append(getattr(function, "__name__", ""))
            return function(*args, **(kwargs or {}))

    with Watch():
        bn = names.BatchNorm1d(x.shape[1])
        out = bn(x)
        bn.training = False
        bn(x)
    return out, [
        name for name in seen if "batch_norm" in name or "layer_norm" in name or "group_norm" in name
    ]


@exercise("BatchNorm1d")
@settings(max_examples=5)
@given(n=st.integers(3, 5), d=sizes(2, 3), seed=seeds())
def test_batchnorm_is_built_by_hand(learner, n, d, seed):
    """The layer is right, and torch's ready-made normalisations aren't called on the way."""
    x = normal(seed, n, d)
    out, seen = watched_batchnorm(learner, x)
    assert_close(out, F.batch_norm(x, None, None, training=True), "the output", atol=1e-3)
    require(not seen, "a ready-made normalisation of torch's was called", got=seen)


@driver
def trained_loss(names, X, Y, weights, lr, steps):
    """Losses of a small network of the learner's layers, from given weights, trained on the full batch."""
    import torch

    layers = []
    for place, weight in enumerate(weights):
        last = place == len(weights) - 1
        linear = names.Linear(*weight.shape, bias=last)
        with torch.no_grad():
            linear.weight.copy_(weight)
        layers += [linear] if last else [linear, names.BatchNorm1d(weight.shape[1]), names.Tanh()]
    losses = []
    for _ in range(steps):
        h = X
        for layer in layers:
            h = layer(h)
        loss = torch.nn.functional.cross_entropy(h, Y)
        losses.append(loss.item())
        params = [p for layer in layers for p in layer.parameters()]
        for p in params:
            p.grad = None
        loss.backward()
        with torch.no_grad():
            for p in params:
                p -= lr * p.grad
    for layer in layers:
        layer.training = False
    h = X
    for layer in layers:
        h = layer(h)
    return losses, h


@exercise("BatchNorm1d")
@settings(max_examples=8)
@given(n=sizes(4, 6), seed=seeds())
def test_a_network_trains_step_by_step_as_torchs(learner, n, seed):
    """A small network of your three layers takes the same steps as one of torch's, and evaluates as that does."""
    X, Y = normal(seed, n, 3), torch.arange(n) % 4
    weights = [normal(seed + 1, 3, 5), normal(seed + 2, 5, 4)]
    losses, h = trained_loss(learner, X, Y, weights, 0.1, 4)
    net = torch.nn.Sequential(
        torch.nn.Linear(3, 5, bias=False), torch.nn.BatchNorm1d(5), torch.nn.Tanh(), torch.nn.Linear(5, 4)
    )
    with torch.no_grad():
        net[0].weight.copy_(weights[0].T)
        net[3].weight.copy_(weights[1].T)
        net[3].bias.zero_()
    for step, loss in enumerate(losses):
        right = F.cross_entropy(net(X), Y)
        assert_close(loss, right.item(), f"the loss before step {step + 1}", atol=1e-3)
        net.zero_grad()
        right.backward()
        with torch.no_grad():
            for p in net.parameters():
                p -= 0.1 * p.grad
    assert_close(h, net.train(False)(X).detach(), "the logits when evaluating", atol=1e-2)


# fold_batchnorm


@driver
def folded(names, W, b, eps, held, training):
    """The folded weights, and whether W, b and bn are as they were."""
    import torch

    bn = names.BatchNorm1d(W.shape[1], eps=eps)
    with torch.no_grad():
        for name, tensor in held.items():
            getattr(bn, name).copy_(tensor)
    bn.training = training
    W_before, b_before = W.clone(), None if b is None else b.clone()
    W2, b2 = names.fold_batchnorm(W, b, bn)
    kept = torch.equal(W, W_before) and (b is None or torch.equal(b, b_before)) and bn.training == training
    kept = kept and all(torch.equal(getattr(bn, name), tensor) for name, tensor in held.items())
    return W2, b2, kept


def held_by(seed: int, d: int) -> dict[str, torch.Tensor]:
    held = dict(zip(["running_mean", "gamma", "beta"], normal(seed, 3, d) * 2, strict=True))
    held["running_var"] = normal(seed + 1, d).square() + 0.1
    return held


@exercise("fold_batchnorm")
@given(
    fan_in=sizes(1, 4),
    d=sizes(1, 5),
    eps=st.sampled_from([1e-5, 0.1, 1.0]),
    bias=st.booleans(),
    training=st.booleans(),
    seed=seeds(),
)
def test_folding_equals_torchs_evaluation(learner, fan_in, d, eps, bias, training, seed):
    """x @ W2 + b2 equals torch's batch norm of x @ W + b with the running estimates; shapes are as stated."""
    W, x = normal(seed, fan_in, d), normal(seed + 1, 4, fan_in)
    b = normal(seed + 2, d) if bias else None
    held = held_by(seed + 3, d)
    W2, b2, kept = folded(learner, W, b, eps, held, training)
    assert_equal(tuple(W2.shape), (fan_in, d), "the shape of W2")
    assert_equal(tuple(b2.shape), (d,), "the shape of b2")
    z = x @ W if b is None else x @ W + b
    right = F.batch_norm(z, held["running_mean"], held["running_var"], held["gamma"], held["beta"], eps=eps)
    assert_close(x @ W2 + b2, right, "x @ W2 + b2", atol=1e-3)
    require(kept, "W, b or bn isn't what it was")


@exercise("fold_batchnorm")
@given(fan_in=sizes(1, 4), d=sizes(1, 5), seed=seeds())
def test_no_bias_is_a_bias_of_zero(learner, fan_in, d, seed):
    """None as b gives what zeros give, and b enters scaled as the weights are."""
    W, held = normal(seed, fan_in, d), held_by(seed + 3, d)
    none = folded(learner, W, None, 0.1, held, False)
    zeros = folded(learner, W, torch.zeros(d), 0.1, held, False)
    assert_close(none[0], zeros[0], "W2")
    assert_close(none[1], zeros[1], "b2")
    ones = folded(learner, W, torch.ones(d), 0.1, held, False)
    scale = held["gamma"] / (held["running_var"] + 0.1).sqrt()
    assert_close(ones[1] - none[1], scale, "what a bias of ones adds to b2", atol=1e-4)
    assert_close(none[0], W * scale, "W2", atol=1e-4)


@driver
def fold_after_training(names, batches, W, b, x):
    """Both answers for x after some training: of the layers, and of the folded one."""
    import torch

    bn = names.BatchNorm1d(W.shape[1], momentum=0.4)
    for batch in batches:
        bn(batch @ W + b)
    W2, b2 = names.fold_batchnorm(W, b, bn)
    mean, var = bn.running_mean.detach().clone(), bn.running_var.detach().clone()
    bn.training = False
    with torch.no_grad():
        return bn(x @ W + b), x @ W2 + b2, mean, var


@exercise("fold_batchnorm")
@given(fan_in=sizes(2, 4), d=sizes(1, 4), seed=seeds())
def test_folding_a_trained_layer(learner, fan_in, d, seed):
    """After some training, still in training mode, folding gives what the layer says when it evaluates."""
    batches = [normal(seed + place, 4, fan_in) for place in range(3)]
    W, b, x = normal(seed + 7, fan_in, d), normal(seed + 8, d), normal(seed + 9, 2, fan_in)
    _, got, mean, var = fold_after_training(learner, batches, W, b, x)
    right = (x @ W + b - mean) / (var + 1e-5).sqrt()
    assert_close(got, right, "x @ W2 + b2", atol=1e-3)


# signal_profile


@driver
def profiles(names, kinds, width, x, scale, training):
    """A network of the given kinds: what signal_profile says twice, the tanh outputs, and whether all was kept."""
    import torch

    generator = torch.Generator().manual_seed(len(kinds) + width)
    layers = []
    for kind in kinds:
        if kind == "linear":
            layer = names.Linear(width, width, generator=generator)
            with torch.no_grad():
                layer.weight.mul_(scale)
        else:
            layer = names.BatchNorm1d(width) if kind == "batchnorm" else names.Tanh()
        layer.training = training[len(layers) % len(training)]
        for p in layer.parameters():
            p.grad = torch.full_like(p, 0.25)
        layers.append(layer)

    def state():
        held = [x.clone()]
        for layer, kind in zip(layers, kinds, strict=True):
            for p in layer.parameters():
                held += [p.detach().clone(), p.grad.clone()]
            if kind == "batchnorm":
                held += [layer.running_mean.clone(), layer.running_var.clone()]
        flags = [layer.training for layer in layers]
        return held, flags + [p.requires_grad for layer in layers for p in layer.parameters()]

    before, flags_before = state()
    got = list(names.signal_profile(layers, x))
    after, flags_after = state()
    again = list(names.signal_profile(layers, x))
    h, outputs = x, []
    with torch.no_grad():
        for layer, kind in zip(layers, kinds, strict=True):
            h = layer(h)
            if kind == "tanh":
                outputs.append(h)
    kept = len(after) == len(before) and all(torch.equal(a, b) for a, b in zip(before, after, strict=True))
    return got, again, outputs, kept, flags_before == flags_after


def numbers_of(h: torch.Tensor) -> dict[str, float]:
    values = h.double()
    beyond = (values.abs() > 0.97).double().mean().item()
    return {"mean": values.mean().item(), "std": values.std().item(), "saturation": beyond}


def compare_profiles(got, outputs):
    assert_equal(len(got), len(outputs), "the number of dicts")
    for place, (found, h) in enumerate(zip(got, outputs, strict=True)):
        assert_equal(set(found), {"mean", "std", "saturation"}, f"the keys for Tanh {place}")
        for name, value in numbers_of(h).items():
            assert_close(found[name], value, f"{name} of Tanh {place}", atol=1e-5)


KINDS = st.lists(st.sampled_from(["linear", "batchnorm", "tanh", "tanh"]), min_size=1, max_size=6)
MODES = st.lists(st.booleans(), min_size=1, max_size=3)


@exercise("signal_profile")
@given(
    kinds=KINDS,
    width=sizes(1, 4),
    n=sizes(3, 5),
    scale=st.sampled_from([1.0, 4.0]),
    modes=MODES,
    seed=seeds(),
)
def test_profile_reports_on_each_tanh(learner, kinds, width, n, scale, modes, seed):
    """Mean, std (less one) and saturation of each Tanh's outputs, in order, each layer in its own mode."""
    x = 2 * normal(seed, n, width)
    got, _, outputs, _, _ = profiles(learner, [*kinds, "tanh"], width, x, scale, modes)
    compare_profiles(got, outputs)


@exercise("signal_profile")
@given(kinds=KINDS, width=sizes(1, 4), n=sizes(3, 5), modes=MODES, seed=seeds())
def test_profile_leaves_everything_as_it_was(learner, kinds, width, n, modes, seed):
    """Parameters, gradients, modes, running estimates and x are as before, so a second look sees the same."""
    kinds = ["batchnorm", *kinds, "linear", "tanh", "batchnorm"]
    got, again, outputs, kept, flags = profiles(learner, kinds, width, normal(seed, n, width) + 1, 2.0, modes)
    require(kept, "a parameter, a gradient, a running estimate or x isn't what it was")
    require(flags, "a layer's training or a parameter's requires_grad isn't what it was")
    compare_profiles(got, outputs)
    assert_equal(again, got, "what a second call says")


@driver
def profile_alone(names, h):
    """What signal_profile says of one Tanh alone, and of no layer at all; and the types of its numbers."""
    found = list(names.signal_profile([names.Tanh()], h))
    kinds = [type(value).__name__ for row in found for value in row.values()]
    return found, list(names.signal_profile([], h)), kinds


@exercise("signal_profile")
@given(x=tensors((sizes(2, 5), sizes(1, 4)), dtype=torch.float32))
def test_profile_of_one_tanh(learner, x):
    """One Tanh gives one dict of floats, no layer gives none."""
    got, none, kinds = profile_alone(learner, x)
    compare_profiles(got, [x.tanh()])
    assert_equal(len(none), 0, "the number of dicts for no layer")
    require(set(kinds) == {"float"}, "the numbers aren't all floats", got=kinds)


# update_ratio


def parameter(values: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
    p = values.clone().requires_grad_()
    p.grad = gradient.clone()
    return p


SHAPES = st.lists(st.sampled_from([(2,), (5,), (2, 3), (4, 1), (3, 2, 2)]), min_size=1, max_size=4)


@exercise("update_ratio")
@given(shapes=SHAPES, lr=st.sampled_from([1e-4, 0.1, 0.5, 2.0]), seed=seeds())
def test_ratios_agree_with_the_definition(learner, shapes, lr, seed):
    """Each number is log10 of lr times the gradient's std over the values', in the order of the parameters."""
    params = [
        parameter(normal(seed + place, *shape) * 3 + 2, normal(seed + 50 + place, *shape) * 10.0**-place)
        for place, shape in enumerate(shapes)
    ]
    right = [math.log10(lr * p.grad.double().std().item() / p.detach().double().std().item()) for p in params]
    got = list(learner.update_ratio(params, lr))
    assert_equal(len(got), len(params), "the number of ratios")
    assert_close(got, right, "the ratios", atol=1e-3)


@exercise("update_ratio")
@given(shape=st.sampled_from([(4,), (2, 3)]), k=st.sampled_from([2.0, 10.0, 0.01]), seed=seeds())
def test_ratio_is_a_ratio(learner, shape, k, seed):
    """Values and gradient in other units change nothing; a larger gradient adds its logarithm; a shift is nothing."""
    values, gradient = normal(seed, *shape), normal(seed + 1, *shape)
    params = [
        parameter(values, gradient),
        parameter(k * values, k * gradient),
        parameter(values, k * gradient),
        parameter(values + 3, gradient - 2),
    ]
    first, same, more, shifted = learner.update_ratio(params, 0.1)
    right = math.log10(0.1 * gradient.double().std().item() / values.double().std().item())
    assert_close(first, right, "the ratio", atol=1e-3)
    assert_close(same, float(first), "with values and gradient times the same", atol=1e-3)
    assert_close(more, float(first) + math.log10(k), "with the gradient alone multiplied", atol=1e-3)
    assert_close(shifted, float(first), "with constants added", atol=1e-3)


@exercise("update_ratio")
@given(n=st.integers(2, 5), level=st.sampled_from([-1.0, 0.0, 2.0]), seed=seeds())
def test_constants_give_infinities(learner, n, level, seed):
    """A gradient without spread gives -inf, values without spread inf, and neither is an error."""
    spread, flat = torch.arange(n, dtype=torch.float32) + seed % 7, torch.full((n,), level)
    params = [parameter(spread, flat), parameter(flat, spread), parameter(spread, 2 * spread)]
    got = list(learner.update_ratio(params, 0.5))
    assert_equal(float(got[0]), -math.inf, "for a gradient without spread")
    assert_equal(float(got[1]), math.inf, "for values without spread")
    assert_close(got[2], 0.0, "where lr times the gradient equals the values", atol=1e-4)


@exercise("update_ratio")
@given(shapes=SHAPES, seed=seeds())
def test_ratio_changes_nothing(learner, shapes, seed):
    """Values and gradients are afterwards what they were, and the numbers are floats."""
    params = [parameter(normal(seed + k, *s), normal(seed + 9 + k, *s)) for k, s in enumerate(shapes)]
    before = [(p.detach().clone(), p.grad.clone()) for p in params]
    got = list(learner.update_ratio(params, 0.1))
    for p, (values, gradient) in zip(params, before, strict=True):
        assert_equal(p.detach(), values, "the values afterwards")
        assert_equal(p.grad, gradient, "the gradient afterwards")
    require(all(isinstance(ratio, float) for ratio in got), "the ratios aren't all floats", got=got)
    right = [math.log10(0.1 * p.grad.std().item() / p.detach().std().item()) for p in params]
    assert_close(got, right, "the ratios", atol=1e-3)


# gradient_profile


@exercise("gradient_profile")
@settings(max_examples=12)
@given(
    depth=sizes(1, 6),
    width=st.sampled_from([30, 64, 90]),
    gain=st.sampled_from([0.5, 1.0, 3.0]),
    seed=seeds(),
)
def test_twice_the_gain_is_exact_and_the_last_norm_known(learner, depth, width, gain, seed):
    """The last norm is 1 / sqrt(64 · width), and k layers below it twice the gain gives 2^k times as much."""
    one = [float(norm) for norm in learner.gradient_profile(depth, width, gain, generator(seed))]
    two = [float(norm) for norm in learner.gradient_profile(depth, width, 2 * gain, generator(seed))]
    assert_equal((len(one), len(two)), (depth, depth), "the numbers of norms")
    assert_close(one[-1], 1 / math.sqrt(64 * width), "the last norm", rtol=1e-4)
    for place in range(depth):
        expected = one[place] * 2.0 ** (depth - 1 - place)
        assert_close(two[place], expected, f"norm {place} with twice the gain", rtol=1e-3)


@exercise("gradient_profile")
@settings(max_examples=4)
@given(width=st.sampled_from([150, 200]), gain=st.sampled_from([0.7, math.sqrt(2), 2.5]), seed=seeds())
def test_each_layer_multiplies_by_the_gain_over_root_two(learner, reference, width, gain, seed):
    """Towards the input the norm falls off below gain root 2 and grows above, as the reference's does, up to chance."""
    depth = 11
    got = [math.log(norm) for norm in learner.gradient_profile(depth, width, gain, generator(seed))]
    right = [math.log(norm) for norm in reference.gradient_profile(depth, width, gain, generator(seed + 1))]
    # The log of the first norm has a standard deviation of 0.17 at these widths: six of the difference's.
    assert_close(got, right, "the logarithms of the norms", atol=1.45)
    rises = right[0] > right[-1]
    if gain != math.sqrt(2):
        require((got[0] > got[-1]) == rises, "the gradient changes the wrong way towards the input", got=got)


@exercise("gradient_profile")
@settings(max_examples=8)
@given(seed=seeds())
def test_the_generator_decides_the_gradients(learner, seed):
    """Equal states give equal norms, and a second call with the same generator gives others."""
    drawing = generator(seed)
    one = list(learner.gradient_profile(4, 30, 1.0, drawing))
    assert_close(
        list(learner.gradient_profile(4, 30, 1.0, generator(seed))), one, "from an equal state", rtol=1e-4
    )
    later = list(learner.gradient_profile(4, 30, 1.0, drawing))
    require(later[:-1] != one[:-1], "the second call gives the same norms", got=later)


# batchnorm_coupling


@driver
def couplings(names, kinds, x, i):
    """What batchnorm_coupling says of each kind of model, and whether x is as it was."""
    import torch

    def batchnorm(training):
        layer = torch.nn.BatchNorm1d(x.shape[1]).train(training)
        return lambda x: layer(x)

    weight = torch.linspace(-1, 1, x.shape[1])[:, None] * torch.tensor([[1.0, -0.5]]) + 0.3
    models = {
        "batchnorm in training": batchnorm(True),
        "batchnorm evaluating": batchnorm(False),
        "linear": lambda x: x @ weight,
        "the neighbour above": lambda x: x + 0.5 * x.roll(1, 0),
        "row 0 only": lambda x: x + x[0].sum(),
        "last row only": lambda x: (x + x[-1]) @ weight,
        "one output": lambda x: (x @ weight)[:, 0],
        "one output of the centred": lambda x: ((x - x.mean(0)) @ weight)[:, 0],
        "position": lambda x: x + torch.arange(len(x))[:, None],
        "spread": lambda x: x + x.std(0),
        "attention": lambda x: (x @ x.T).softmax(1) @ x,
    }
    before = x.clone()
    return [names.batchnorm_coupling(models[kind], x, i) for kind in kinds], torch.equal(x, before)


ALWAYS = ["batchnorm in training", "the neighbour above", "one output of the centred", "spread", "attention"]
NEVER = ["batchnorm evaluating", "linear", "one output", "position"]


@exercise("batchnorm_coupling")
@settings(max_examples=12)
@given(n=sizes(3, 6), d=sizes(1, 3), row=st.integers(0, 5), seed=seeds())
def test_coupling_is_found_where_it_is(learner, n, d, row, seed):
    """BatchNorm in training couples the rows, and so do other models; BatchNorm when evaluating doesn't."""
    x = normal(seed, n, d)
    found, kept = couplings(learner, [*ALWAYS, *NEVER], x, row % n)
    for kind, said in zip([*ALWAYS, *NEVER], found, strict=True):
        assert_equal(said, kind in ALWAYS, kind)
    require(kept, "x isn't what it was")


@exercise("batchnorm_coupling")
@settings(max_examples=12)
@given(n=sizes(3, 6), d=sizes(1, 3), row=st.integers(0, 5), seed=seeds())
def test_coupling_to_a_single_row(learner, n, d, row, seed):
    """A model in which all rows look at one of them couples every row but that one."""
    x, i = normal(seed, n, d) + 0.2, row % n
    found, _ = couplings(learner, ["row 0 only", "last row only"], x, i)
    assert_equal(found[0], i != 0, "all rows plus the sum of row 0")
    assert_equal(found[1], i != n - 1, "all rows plus the last row")


@exercise("batchnorm_coupling")
@settings(max_examples=12)
@given(n=sizes(3, 6), seed=seeds(), size=st.sampled_from([0.5, 20.0]))
def test_coupling_at_other_sizes(learner, n, seed, size):
    """The verdict is the same for numbers of another size, in float64, and for every row in turn."""
    x = normal(seed, n, 2).double() * size
    for i in range(n):
        found, _ = couplings(learner, ["the neighbour above", "position"], x, i)
        assert_equal(found, [True, False], f"row {i}: the neighbour above, position")

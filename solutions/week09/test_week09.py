"""Week 09's checks: what a learner can run. Each states one law of a right answer."""

import math

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograde.properties import (
    assert_close,
    assert_equal,
    assert_raises,
    driver,
    exercise,
    lendable,
    require,
)
from autograde.strategies import sizes, tensors

# Answers may come from float32 arithmetic, whatever they are returned as.
ROUNDING = 64 * torch.finfo(torch.float32).eps


def seeds() -> st.SearchStrategy[int]:
    return st.integers(0, 999)


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def normal(seed: int, *shape: int) -> torch.Tensor:
    """Draws from a seed that no learner would use, nor torch's own state start from."""
    return torch.randn(shape, generator=generator(10_000 + seed))


def outputs(low: int = 1) -> st.SearchStrategy[torch.Tensor]:
    """Outputs (n, d) of units, most of them a little below 0.97 or beyond it."""
    values = st.sampled_from([-1.0, -0.98, -0.5, 0.0, 0.3, 0.96, 0.98, 0.99, 1.0])
    return tensors((sizes(low, 5), sizes(low, 4)), values, torch.float32)


# expected_initial_loss


@exercise("expected_initial_loss")
def test_four_nucleotides_cost_1386(learner):
    """Four symbols cost 1.3863 nats, 20 amino acids 2.9957, 27 letters and marks 3.2958."""
    for V, loss in [(4, 1.386294), (20, 2.995732), (27, 3.295837)]:
        assert_close(learner.expected_initial_loss(V), loss, f"for V = {V}", atol=1e-4)


@exercise("expected_initial_loss")
@given(V=st.integers(1, 200))
def test_it_is_the_loss_of_equal_logits(learner, V):
    """It is what cross-entropy says of equal logits for V symbols.

    Hint: Each symbol gets probability 1/V, so every prediction costs -log(1/V), in nats.
    """
    loss = torch.nn.functional.cross_entropy(torch.zeros(3, V).double(), torch.tensor([0, V - 1, V // 2]))
    assert_close(learner.expected_initial_loss(V), loss.item(), atol=ROUNDING * 6)


# saturation and dead_units


@exercise("saturation")
def test_saturation_of_the_example(learner):
    """Two of the four outputs 0.99, 0.5, -0.98, 0.2 are beyond 0.97, three beyond 0.4."""
    h = torch.tensor([[0.99, 0.5], [-0.98, 0.2]])
    assert_close(learner.saturation(h), 0.5, "with the default threshold", atol=ROUNDING)
    assert_close(learner.saturation(h, 0.4), 0.75, "with threshold 0.4", atol=ROUNDING)


@exercise("saturation")
@given(h=outputs())
def test_the_sign_makes_no_difference(learner, h):
    """The share is the same for h and -h, and the outputs beyond are counted one by one."""
    count = sum(abs(value) > 0.97 for value in h.flatten().tolist())
    assert_close(learner.saturation(h), count / h.numel(), "of h", atol=ROUNDING)
    assert_close(learner.saturation(-h), count / h.numel(), "of -h", atol=ROUNDING)


@exercise("saturation")
def test_an_output_at_the_threshold_does_not_count(learner):
    """Of 0.5, -0.5, 0.75 and 0 only 0.75 is greater than the threshold 0.5: a share of 0.25."""
    h = torch.tensor([[0.5, -0.5], [0.75, 0.0]])
    assert_close(learner.saturation(h, 0.5), 0.25, atol=ROUNDING)


@exercise("dead_units")
def test_dead_units_of_the_example(learner):
    """A unit at 0.99 and -0.98 is dead, one at 0.5 and 0.99 isn't."""
    dead = learner.dead_units(torch.tensor([[0.99, 0.5], [-0.98, 0.99]]))
    assert_equal(dead, torch.tensor([True, False]), dtype=torch.bool)


@exercise("dead_units")
def test_a_unit_at_the_threshold_is_not_dead(learner):
    """With threshold 0.5 a unit at 0.5 and -0.5 isn't dead, one at -0.75 and 1 is."""
    dead = learner.dead_units(torch.tensor([[0.5, -0.75], [-0.5, 1.0]]), 0.5)
    assert_equal(dead, torch.tensor([False, True]), dtype=torch.bool)


@exercise("dead_units")
@given(h=outputs())
def test_dead_means_for_every_example(learner, h):
    """A unit is dead if all its outputs are beyond the threshold; the rows are examples, the columns units."""
    expected = [all(abs(value) > 0.97 for value in unit) for unit in h.T.tolist()]
    assert_equal(learner.dead_units(h), torch.tensor(expected), dtype=torch.bool)


# kaiming_linear


@exercise("kaiming_linear")
@settings(max_examples=8)
@given(fan_in=st.sampled_from([30, 100, 400]), fan_out=st.sampled_from([50, 200]), seed=seeds())
def test_the_standard_deviation_is_gain_over_root_fan_in(learner, fan_in, fan_out, seed):
    """The entries have mean 0 and standard deviation gain / sqrt(fan_in), up to chance.

    Hint: The number of terms in a unit's sum is the number of its inputs. Multiplying draws by a number multiplies
    the standard deviation by it, and the variance by its square.
    """
    W = learner.kaiming_linear(fan_in, fan_out, 1.5, generator(seed))
    assert_equal(tuple(W.shape), (fan_in, fan_out), "the shape")
    std, count = 1.5 / math.sqrt(fan_in), fan_in * fan_out
    # Six standard errors.
    assert_close(W.std().item(), std, "the standard deviation", atol=6 * std / math.sqrt(2 * count))
    assert_close(W.mean().item(), 0.0, "the mean", atol=6 * std / math.sqrt(count))


@exercise("kaiming_linear")
@settings(max_examples=3)
@given(seed=seeds())
def test_the_draws_are_normal(learner, seed):
    """Some 4.6 % of the entries are further than two standard deviations from 0, as of normal draws."""
    W = learner.kaiming_linear(50, 200, 1.0, generator(seed))
    share = (W.abs() > 2 / math.sqrt(50)).double().mean().item()
    assert_close(
        share, 0.0455, "the share beyond two standard deviations", atol=6 * math.sqrt(0.0455 / 10_000)
    )


@exercise("kaiming_linear")
@given(fan_in=sizes(2, 9), fan_out=sizes(2, 9), seed=seeds())
def test_the_generator_decides(learner, fan_in, fan_out, seed):
    """Equal states give equal matrices, twice the gain gives twice the matrix, a second call gives another.

    Hint: Draw from the generator and never seed it.
    """
    one = generator(seed)
    W = learner.kaiming_linear(fan_in, fan_out, 1.0, one)
    assert_close(learner.kaiming_linear(fan_in, fan_out, 2.0, generator(seed)), 2 * W, "with twice the gain")
    again = learner.kaiming_linear(fan_in, fan_out, 1.0, one)
    require(not torch.equal(again, W), "the second call gives the same matrix again", got=again)


# Linear


@driver
def linear_output(names, sizes, x, weight, bias):
    """The output of a Linear whose weight and bias (None: bias=False) were overwritten in place."""
    import torch

    layer = names.Linear(*sizes, bias=bias is not None)
    with torch.no_grad():
        layer.weight.copy_(weight)
        if bias is not None:
            layer.bias.copy_(bias)
    return layer(x)


def linear_computes(learner) -> None:
    """No law holds for a layer that gives nothing."""
    W, x = torch.tensor([[1.0, 2.0, 3.0], [0.0, 1.0, 0.0]]), torch.tensor([[1.0, 5.0]])
    out = linear_output(learner, (2, 3), x, W, torch.tensor([0.0, 0.0, 10.0]))
    assert_close(out, torch.tensor([[1.0, 7.0, 13.0]]), "the output of the docstring's example")


@driver
def linear_start(names, fan_in, fan_out, bias):
    """(weight, bias) of a new Linear."""
    layer = names.Linear(fan_in, fan_out, bias=bias)
    return layer.weight, layer.bias


@driver
def linear_parameters(names, fan_in, fan_out, bias):
    """The names of what parameters() holds (None if it gave None), and of the tensors that aren't leaves to train."""
    layer = names.Linear(fan_in, fan_out, bias=bias)
    mine = {name: getattr(layer, name) for name in ("weight", "bias") if getattr(layer, name) is not None}
    unfit = [name for name, tensor in mine.items() if not (tensor.requires_grad and tensor.is_leaf)]
    listed = layer.parameters()
    if listed is None:
        return None, unfit
    whose = [[name for name, tensor in mine.items() if tensor is p] for p in listed]
    return sorted(name[0] if name else "another tensor" for name in whose), unfit


@driver
def linear_training(names, fan_in, fan_out):
    """`training` of a new Linear, None if it has none."""
    return getattr(names.Linear(fan_in, fan_out), "training", None)


@driver
def unit_rows(names, fan_in, fan_out, generator):
    """What a fresh Linear says of unit rows: its weight, as the bias is 0."""
    import torch

    return names.Linear(fan_in, fan_out, generator=generator)(torch.eye(fan_in)).detach()


@exercise("Linear")
def test_output_of_the_linear_example(learner):
    """With the weights of the docstring, the row (1, 5) becomes (1, 7, 13)."""
    weight, bias = torch.tensor([[1.0, 2.0, 3.0], [0.0, 1.0, 0.0]]), torch.tensor([0.0, 0.0, 10.0])
    x = torch.tensor([[1.0, 5.0]])
    assert_close(linear_output(learner, (2, 3), x, weight, bias), torch.tensor([[1.0, 7.0, 13.0]]))
    without = linear_output(learner, (2, 3), x, weight, None)
    assert_close(without, torch.tensor([[1.0, 7.0, 3.0]]), "without bias")


@exercise("Linear")
@settings(max_examples=8)
@given(fan_in=sizes(1, 4), fan_out=sizes(1, 5), bias=st.booleans())
def test_a_linear_layer_holds_what_it_should(learner, fan_in, fan_out, bias):
    """The weight has shape (fan_in, fan_out), the bias is zeros, or None with bias=False."""
    weight, b = linear_start(learner, fan_in, fan_out, bias)
    assert_equal(tuple(weight.shape), (fan_in, fan_out), "the weight's shape")
    if bias:
        assert_equal(b, torch.zeros(fan_out), "the bias")
    else:
        require(b is None, "a bias, though bias=False", got=b)
    linear_computes(learner)


@exercise("Linear")
@settings(max_examples=8)
@given(fan_in=sizes(1, 4), fan_out=sizes(1, 5), bias=st.booleans())
def test_parameters_lists_weight_and_bias(learner, fan_in, fan_out, bias):
    """parameters() gives weight and, unless bias=False, bias: themselves, each once, and nothing else."""
    listed, _ = linear_parameters(learner, fan_in, fan_out, bias)
    require(listed is not None, "parameters() gave None where a list is asked for")
    assert_equal(listed, ["bias", "weight"] if bias else ["weight"], "what parameters() holds")
    linear_computes(learner)


@exercise("Linear")
def test_weight_and_bias_are_leaves(learner):
    """weight and bias are leaves with requires_grad=True.

    Hint: The result of a computation on a tensor with requires_grad is no leaf. Ask for the gradient after dividing,
    not before.
    """
    listed, unfit = linear_parameters(learner, 3, 2, True)
    require(listed is not None, "parameters() gave None where a list is asked for")
    assert_equal(unfit, [], "what isn't a leaf with requires_grad=True")
    linear_computes(learner)


@exercise("Linear")
def test_a_linear_layer_starts_in_training(learner):
    """A new Linear's `training` is True."""
    assert_equal(linear_training(learner, 3, 2), True, "Linear(3, 2).training")
    linear_computes(learner)


@exercise("Linear")
@settings(max_examples=8)
@given(seed=seeds())
def test_the_weight_has_standard_deviation_one_over_root_fan_in(learner, seed):
    """The weight's standard deviation is 1 / sqrt(fan_in), up to chance."""
    weight = unit_rows(learner, 50, 120, generator(seed))
    std = 1 / math.sqrt(50)
    assert_close(weight.std().item(), std, atol=6 * std / math.sqrt(2 * 6000))


@exercise("Linear")
@settings(max_examples=5)
@given(seed=seeds())
def test_the_generator_decides_the_weight(learner, seed):
    """The weight is drawn from the generator: equal states give equal weights."""
    weight = unit_rows(learner, 3, 4, generator(seed))
    assert_equal(unit_rows(learner, 3, 4, generator(seed)), weight, "from an equal state")
    other = unit_rows(learner, 3, 4, generator(seed + 1))
    require(not torch.equal(other, weight), "another state gives the same weight", got=other)


# Tanh


@driver
def tanh_layer(names, x):
    """(output, number of parameters or None if parameters() gave None, training) of a Tanh."""
    layer = names.Tanh()
    training, listed = getattr(layer, "training", None), layer.parameters()
    return layer(x.clone()), None if listed is None else len(list(listed)), training


@exercise("Tanh")
@given(x=tensors((sizes(), sizes()), dtype=torch.float32))
def test_tanh_is_a_layer_without_parameters(learner, x):
    """Tanh gives tanh of each element, has no parameters, and starts in training."""
    out, parameters, training = tanh_layer(learner, x)
    assert_close(out, x.tanh())
    require(parameters is not None, "parameters() gave None where a list is asked for")
    assert_equal(parameters, 0, "the number of parameters")
    require(training is True, "training isn't True at first", got=training)


@driver
def tanh_later(names, x, upstream):
    """The gradient by x (None: the output has none) of a Tanh, and its output when training is over."""
    layer = names.Tanh()
    leaf = x.clone().requires_grad_()
    out = layer(leaf * 1.0)
    if out.requires_grad:
        out.backward(upstream)
    layer.training = False
    return leaf.grad, layer(x.clone())


@exercise("Tanh")
def test_tanh_passes_the_gradient_on(learner):
    """At x = 0.5 the gradient is multiplied by 1 - 0.4621² = 0.7864, and tanh is the same when training is over."""
    slope, later = tanh_later(learner, torch.tensor([0.0, 0.5]), torch.tensor([1.0, 10.0]))
    require(slope is not None, "no gradient comes back through the layer")
    assert_close(slope, torch.tensor([1.0, 7.864477]), "the gradient by x = (0, 0.5)", atol=1e-4)
    assert_close(later, torch.tensor([0.0, 0.462117]), "the output for (0, 0.5), training = False", atol=1e-4)


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


def columns_of(x: torch.Tensor) -> torch.Tensor:
    """x, from -4 to 4, spread so that no column is constant and columns differ in mean and spread."""
    rows, columns = torch.arange(len(x))[:, None], torch.arange(x.shape[1])
    return (x + 9 * rows) * (columns + 1) + 4 * columns


@st.composite
def batches(draw: st.DrawFn, d: int, low: int = 2, high: int = 5) -> torch.Tensor:
    """A float32 batch (n, d) in quarters, small enough that n and n - 1 are far apart."""
    return columns_of(draw(tensors((sizes(low, high), d), dtype=torch.float32)))


@exercise("BatchNorm1d")
def test_the_batchnorm_example(learner):
    """The batch (1, 5) becomes (-1, 1), the running estimates 0.3 and 1.7, and 0.3 is then evaluated as 0."""
    one, zero = torch.ones(1), torch.zeros(1)
    calls = [(True, torch.tensor([[1.0], [5.0]])), (False, torch.tensor([[0.3]]))]
    (out, mean, var), (later, *_) = batchnorm_run(learner, 1, {"eps": 0.0}, one, zero, calls)
    assert_close(out, torch.tensor([[-1.0], [1.0]]), "the output")
    assert_close(mean, torch.tensor([0.3]), "running_mean")
    assert_close(var, torch.tensor([1.7]), "running_var")
    assert_close(later, torch.tensor([[0.0]]), "the output when evaluating", atol=ROUNDING)


@exercise("BatchNorm1d")
@given(data=st.integers(1, 3).flatmap(lambda d: batches(d)))
def test_columns_are_standardised(learner, data):
    """In training with eps = 0 each column of the output has mean beta and biased standard deviation |gamma|.

    Hint: Divided by n for normalising. And is it each column over the examples, not each row?
    """
    d = data.shape[1]
    gamma, beta = torch.tensor([2.0, -0.5, 3.0])[:d], torch.tensor([1.0, 4.0, -2.0])[:d]
    ((out, *_),) = batchnorm_run(learner, d, {"eps": 0.0}, gamma, beta, [(True, data)])
    assert_close(out.mean(0), beta, "the means of the output's columns", atol=1e-3)
    assert_close(
        out.std(0, correction=0), gamma.abs(), "the standard deviations of the output's columns", atol=1e-3
    )


@exercise("BatchNorm1d")
@given(first=batches(2), second=batches(2), momentum=st.sampled_from([0.1, 0.25, 0.9]))
def test_running_estimates_move_towards_the_batch(learner, first, second, momentum):
    """After each batch in training the running estimates are (1 - momentum) · old + momentum · the batch's.

    Hint: What goes into the running variance is divided by n - 1. And momentum is the weight of the new one.
    """
    mean, var = torch.zeros(2), torch.ones(2)
    calls = [(True, first), (True, second)]
    runs = batchnorm_run(learner, 2, {"momentum": momentum}, torch.ones(2), torch.zeros(2), calls)
    for step, ((_, got_mean, got_var), (_, x)) in enumerate(zip(runs, calls, strict=True), 1):
        mean = (1 - momentum) * mean + momentum * x.mean(0)
        var = (1 - momentum) * var + momentum * x.var(0)
        assert_close(got_mean, mean, f"running_mean after batch {step}")
        assert_close(got_var, var, f"running_var after batch {step}")
    batchnorm_computes(learner)


@exercise("BatchNorm1d")
@given(first=batches(2), x=batches(2, 1), eps=st.sampled_from([1e-5, 0.5, 2.0]))
def test_evaluating_uses_the_running_estimates(learner, first, x, eps):
    """When evaluating, the running estimates stand in for the batch's, and stay as they are; one row will do."""
    gamma, beta = torch.tensor([2.0, -0.5]), torch.tensor([1.0, 4.0])
    calls = [(True, first), (False, x)]
    (_, mean, var), (out, after_mean, after_var) = batchnorm_run(learner, 2, {"eps": eps}, gamma, beta, calls)
    mean_there, var_there = 0.1 * first.mean(0), 0.9 + 0.1 * first.var(0)
    right = gamma * (x - mean_there) / (var_there + eps).sqrt() + beta
    assert_close(out, right, "the output when evaluating, with gamma (2, -0.5) and beta (1, 4)")
    assert_equal(after_mean, mean, "running_mean after evaluating")
    assert_equal(after_var, var, "running_var after evaluating")


@exercise("BatchNorm1d")
def test_eps_stands_under_the_root(learner):
    """With eps = 5 the batch (1, 5), of variance 4, becomes (-2, 2) / 3; (0, 2) is then evaluated by its own root.

    Hint: eps is added to the variance before the root is taken: √(4 + 5) = 3.
    """
    one, zero = torch.ones(1), torch.zeros(1)
    calls = [(True, torch.tensor([[1.0], [5.0]])), (False, torch.tensor([[0.0], [2.0]]))]
    (out, *_), (later, *_) = batchnorm_run(learner, 1, {"eps": 5.0}, one, zero, calls)
    assert_close(out, torch.tensor([[-2.0], [2.0]]) / 3, "the output in training, with eps = 5", atol=1e-5)
    right = torch.tensor([[-0.3], [1.7]]) / 6.7**0.5
    assert_close(later, right, "the output when evaluating, with eps = 5", atol=1e-5)


def batchnorm_computes(learner) -> None:
    """No law holds for a layer that gives nothing."""
    calls = [(True, torch.tensor([[1.0], [5.0]]))]
    ((out, *_),) = batchnorm_run(learner, 1, {"eps": 0.0}, torch.ones(1), torch.zeros(1), calls)
    assert_close(out, torch.tensor([[-1.0], [1.0]]), "the output of the docstring's example")


@driver
def batchnorm_slopes(names, d, eps, gamma, beta, x, upstream):
    """In training: the gradients by x, gamma, beta (None: the output has none), and which estimates carry one."""
    import torch

    bn = names.BatchNorm1d(d, eps=eps)
    with torch.no_grad():
        bn.gamma.copy_(gamma)
        bn.beta.copy_(beta)
    leaf = x.clone().requires_grad_()
    out = bn(leaf * 1.0)
    attached = [name for name in ("running_mean", "running_var") if getattr(bn, name).requires_grad]
    if not out.requires_grad:
        return None, attached
    out.backward(upstream)
    return (leaf.grad, bn.gamma.grad, bn.beta.grad), attached


@exercise("BatchNorm1d")
@settings(max_examples=6)
@given(x=batches(2), seed=seeds())
def test_the_gradient_flows_through_mean_and_variance(learner, x, seed):
    """In training the gradients by x, gamma and beta are those of the formula, mean and variance being made of x.

    Hint: Under torch.no_grad() belong the lines that update the running estimates, and nothing else: not the batch's
    mean and variance, nor the last line.
    """
    upstream, gamma = normal(seed, *x.shape), torch.tensor([2.0, -0.5])
    slopes, _ = batchnorm_slopes(learner, 2, 0.5, gamma, torch.ones(2), x, upstream)
    require(slopes is not None, "the output has no gradient: nothing below or in the layer could learn")
    inside, g, b = x.clone().requires_grad_(), gamma.clone().requires_grad_(), torch.ones(2).requires_grad_()
    out = g * (inside - inside.mean(0)) / (inside.var(0, correction=0) + 0.5).sqrt() + b
    right = torch.autograd.grad(out, [inside, g, b], upstream)
    for name, got, expected in zip(["x", "gamma", "beta"], slopes, right, strict=True):
        require(got is not None, f"no gradient comes back to {name}")
        assert_close(got, expected, f"the gradient by {name}", atol=1e-3)


@exercise("BatchNorm1d")
def test_the_running_estimates_carry_no_gradient(learner):
    """After a batch that has requires_grad, the running estimates have none: they would keep every step's graph."""
    x = torch.tensor([[1.0, 8.0], [3.0, 2.0], [0.0, 4.0]])
    _, attached = batchnorm_slopes(learner, 2, 1e-5, torch.ones(2), torch.zeros(2), x, torch.ones(3, 2))
    assert_equal(attached, [], "the estimates with requires_grad")
    batchnorm_computes(learner)


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
    bn = names.BatchNorm1d(x.shape[1])
    bn.training = training
    given = x.clone()
    bn(given)
    return given


@exercise("BatchNorm1d")
def test_the_input_stays_as_it_is(learner):
    """x is never changed, in training or when evaluating.

    Hint: `x -= ...` and methods whose names end in `_` write into the caller's tensor.
    """
    x = torch.tensor([[1.0, 8.0], [3.0, 2.0]])
    for training in (True, False):
        after = batchnorm_input(learner, x, training)
        require(torch.equal(after, x), f"x was changed, with training = {training}", got=after, expected=x)
    batchnorm_computes(learner)


@driver
def batch_of_one(names, first, row):
    """What a batch of one in training raises (None: nothing), after a first batch, and running_var before and after."""
    bn = names.BatchNorm1d(first.shape[1])
    bn(first.clone())
    before = bn.running_var.detach().clone()
    try:
        bn(row.clone())
        raised = None
    except Exception as error:
        raised = type(error).__name__
    return raised, before, bn.running_var.detach().clone()


@exercise("BatchNorm1d")
def test_a_batch_of_one_is_refused_in_training(learner):
    """After the batch [[1, 8], [3, 2]] in training, the batch [[1, 8]] raises ValueError and leaves running_var."""
    first = torch.tensor([[1.0, 8.0], [3.0, 2.0]])
    raised, before, after = batch_of_one(learner, first, first[:1])
    became = ", ".join(f"{value:.4g}" for value in after.tolist())
    require(
        raised is not None, f"no ValueError for the batch [[1, 8]] in training: running_var became ({became})"
    )
    assert_equal(raised, "ValueError", "what the batch [[1, 8]] raises in training")
    assert_equal(after, before, "running_var after the refused batch")
    batchnorm_computes(learner)


# fold_batchnorm


@driver
def fold_batchnorm(names, W, b, eps, held, training):
    """(W2, b2) for a BatchNorm1d that holds gamma, beta, running_mean and running_var; and W afterwards."""
    import torch

    bn = names.BatchNorm1d(W.shape[1], eps=eps)
    with torch.no_grad():
        for name, tensor in held.items():
            getattr(bn, name).copy_(tensor)
    bn.training = training
    given = W.clone()
    W2, b2 = names.fold_batchnorm(given, None if b is None else b.clone(), bn)
    return W2, b2, given.clone()


def held_by(mean: list[float], var: list[float], gamma: list[float], beta: list[float]):
    names = ["running_mean", "running_var", "gamma", "beta"]
    return dict(zip(names, map(torch.tensor, [mean, var, gamma, beta]), strict=True))


@exercise("fold_batchnorm")
def test_fold_of_the_example(learner):
    """The layer of section 6 folds to W = 12 and b = -7."""
    held = held_by([4.0], [0.25], [2.0], [5.0])
    W2, b2, _ = fold_batchnorm(learner, torch.tensor([[3.0]]), torch.tensor([1.0]), 0.0, held, False)
    assert_close(W2, torch.tensor([[12.0]]), "W2")
    assert_close(b2, torch.tensor([-7.0]), "b2")


@exercise("fold_batchnorm")
def test_folding_leaves_w(learner):
    """W isn't changed when the layer of section 6 is folded."""
    W = torch.tensor([[3.0]])
    W2, _, after = fold_batchnorm(learner, W, None, 0.0, held_by([4.0], [0.25], [2.0], [5.0]), False)
    assert_close(W2, torch.tensor([[12.0]]), "W2")
    require(torch.equal(after, W), "W was changed", got=after, expected=W)


@exercise("fold_batchnorm")
def test_fold_without_a_bias(learner):
    """With None for b, the layer of section 6 folds to W = 12 and b = -11."""
    held = held_by([4.0], [0.25], [2.0], [5.0])
    W2, b2, _ = fold_batchnorm(learner, torch.tensor([[3.0]]), None, 0.0, held, False)
    assert_close(W2, torch.tensor([[12.0]]), "W2")
    assert_close(b2, torch.tensor([-11.0]), "b2")


@exercise("fold_batchnorm")
@settings(max_examples=12)
@given(training=st.booleans(), W=tensors((sizes(1, 4), 2), dtype=torch.float32), row=st.integers(-2, 2))
def test_folded_layers_say_the_same(learner, training, W, row):
    """x @ W2 + b2 is what BatchNorm, evaluating, says of x @ W + b, whether bn.training is True or False.

    Here eps is 1 and b (1, -2); running_mean is (3, 1), running_var (3, 8), gamma (2, -1), beta (4, 0.5).
    """
    held = held_by([3.0, 1.0], [3.0, 8.0], [2.0, -1.0], [4.0, 0.5])
    b, x = torch.tensor([1.0, -2.0]), torch.arange(2.0 * len(W)).reshape(2, -1) + row
    W2, b2, _ = fold_batchnorm(learner, W, b, 1.0, held, training)
    right = torch.tensor([2.0, -1.0]) * (x @ W + b - held["running_mean"]) / torch.tensor([2.0, 3.0])
    assert_close(x @ W2 + b2, right + held["beta"], "x @ W2 + b2", atol=1e-3)


# signal_profile


@driver
def profile(names, x, weights, modes):
    """What signal_profile says of linear, batchnorm and tanh layers; the tanh outputs; whether all is as it was."""
    import torch

    layers = []
    for weight, training in zip(weights, modes, strict=True):
        linear = names.Linear(*weight.shape)
        with torch.no_grad():
            linear.weight.copy_(weight)
        layers += [linear, names.BatchNorm1d(weight.shape[1]), names.Tanh()]
        for layer in layers[-3:]:
            layer.training = training
            for p in layer.parameters():
                p.grad = torch.full_like(p, 0.5)

    def state():
        held = [t.clone() for layer in layers for p in layer.parameters() for t in (p, p.grad)]
        for layer in layers[1::3]:
            held += [layer.running_mean.clone(), layer.running_var.clone()]
        return [layer.training for layer in layers], held

    modes_before, before = state()
    got = names.signal_profile(layers, x)
    modes_after, after = state()
    kept = [torch.equal(a, b) for a, b in zip(before, after, strict=True)]
    h, outputs = x, []
    with torch.no_grad():
        for layer in layers:
            h = layer(h)
            if layer in layers[2::3]:
                outputs.append(h)
    return list(got), outputs, modes_before == modes_after, all(kept)


def numbers_of(h: torch.Tensor) -> dict[str, float]:
    """What a profile should say of one Tanh's outputs."""
    values = h.double()
    return {
        "mean": values.mean().item(),
        "std": values.std().item(),
        "saturation": (h.abs() > 0.97).double().mean().item(),
    }


@driver
def profile_of_tanh(names, x):
    """What signal_profile says of a single Tanh."""
    return list(names.signal_profile([names.Tanh()], x))


@exercise("signal_profile")
def test_profile_of_the_example(learner):
    """Of the outputs 0, 0, 0.995, 0 the mean is 0.2488, the std 0.4975, and a quarter is saturated."""
    got = profile_of_tanh(learner, torch.tensor([[0.0, 0.0], [3.0, 0.0]]))
    assert_equal(len(got), 1, "the number of dicts")
    for name, value in {"mean": 0.248764, "std": 0.497527, "saturation": 0.25}.items():
        assert_close(got[0][name], value, name, atol=1e-5)


@exercise("signal_profile")
@settings(max_examples=10)
@given(n=sizes(3, 5), width=sizes(1, 4), depth=sizes(1, 3), training=st.booleans(), seed=seeds())
def test_a_profile_for_each_tanh(learner, n, width, depth, training, seed):
    """There is one dict for each Tanh, in order, and layers, gradients and estimates are as they were."""
    shapes = [(2, width), *[(width, width)] * (depth - 1)]
    weights = [3 * normal(seed + place, *shape) for place, shape in enumerate(shapes)]
    got, outputs, modes_kept, kept = profile(learner, normal(seed + 9, n, 2), weights, [training] * depth)
    assert_equal(len(got), depth, "the number of dicts")
    for place, (found, h) in enumerate(zip(got, outputs, strict=True)):
        for name, value in numbers_of(h).items():
            assert_close(found[name], value, f"{name} of Tanh {place}", atol=1e-5)
    require(modes_kept, "a layer's training isn't what it was")
    require(kept, "a parameter, a gradient or a running estimate isn't what it was")


# update_ratio


def parameter(values: list[float], gradient: list[float]) -> torch.Tensor:
    p = torch.tensor(values, requires_grad=True)
    p.grad = torch.tensor(gradient)
    return p


@exercise("update_ratio")
def test_ratio_of_the_example(learner):
    """The parameter p = (1, 3) with p.grad = (0.2, 0.6) at rate 0.01 has -2.6990."""
    got = learner.update_ratio([parameter([1.0, 3.0], [0.2, 0.6])], 0.01)
    assert_close(got, [-2.69897], "for p = (1, 3), p.grad = (0.2, 0.6)", atol=1e-4)


@exercise("update_ratio")
def test_no_spread_gives_an_infinity(learner):
    """p = (1, 3) with p.grad = (2, 2) has -inf, p = (2, 2) with p.grad = (1, 3) inf, and neither is an error."""
    low = list(learner.update_ratio([parameter([1.0, 3.0], [2.0, 2.0])], 0.1))
    assert_equal([float(ratio) for ratio in low], [-math.inf], "for p = (1, 3), p.grad = (2, 2)")
    high = list(learner.update_ratio([parameter([2.0, 2.0], [1.0, 3.0])], 0.1))
    assert_equal([float(ratio) for ratio in high], [math.inf], "for p = (2, 2), p.grad = (1, 3)")


@exercise("update_ratio")
@settings(max_examples=8)
@given(lr=st.sampled_from([0.001, 0.01, 1.0]), third=st.sampled_from([0.0, 1.0, 6.0]), count=sizes(1, 3))
def test_one_ratio_for_each_parameter(learner, lr, third, count):
    """There is one ratio for each parameter, in their order: log10(lr · std(grad) / std(p))."""
    values = [[5.0, 3.0, third, 2.0**place] for place in range(count)]
    slopes = [[1.0, 2.0 + place, 4.0, 9.0] for place in range(count)]
    got = list(learner.update_ratio([parameter(p, g) for p, g in zip(values, slopes, strict=True)], lr))
    assert_equal(len(got), count, "the number of ratios")
    for place, (p, g) in enumerate(zip(values, slopes, strict=True)):
        right = math.log10(lr * torch.tensor(g).std().item() / torch.tensor(p).std().item())
        assert_close(got[place], right, f"ratio {place}, for p = {p}, p.grad = {g}", atol=1e-4)


@exercise("update_ratio")
def test_constants_added_change_nothing(learner):
    """p = (8, 10) with p.grad = (-2.8, -2.4) has what (1, 3) with (0.2, 0.6) has: -2.6990.

    Hint: The standard deviation, not the norm: a number added to all entries leaves it as it is.
    """
    got = learner.update_ratio([parameter([8.0, 10.0], [-2.8, -2.4])], 0.01)
    assert_close(got, [-2.69897], "for p = (8, 10), p.grad = (-2.8, -2.4)", atol=1e-4)


# gradient_profile and batchnorm_coupling


@exercise("gradient_profile")
@settings(max_examples=10)
@given(depth=sizes(1, 5), width=st.sampled_from([20, 50, 70]), seed=seeds())
def test_the_last_norm_is_known(learner, depth, width, seed):
    """There are `depth` norms, all positive, and the last is 1 / sqrt(64 · width)."""
    got = list(learner.gradient_profile(depth, width, 1.0, generator(seed)))
    assert_equal(len(got), depth, "the number of norms")
    assert_close(got[-1], 1 / math.sqrt(64 * width), "the last", rtol=1e-4)
    require(min(got) > 0, "a norm that isn't positive", got=got)


@exercise("gradient_profile")
@settings(max_examples=6)
@given(depth=sizes(2, 5), seed=seeds())
def test_twice_the_gain_doubles_with_each_layer_down(learner, depth, seed):
    """With twice the gain, the norm k layers below the last is 2^k times as large."""
    one = list(learner.gradient_profile(depth, 40, 1.0, generator(seed)))
    two = list(learner.gradient_profile(depth, 40, 2.0, generator(seed)))
    expected = [norm * 2 ** (depth - 1 - place) for place, norm in enumerate(one)]
    assert_close(one[-1], 1 / math.sqrt(64 * 40), "the last norm", rtol=1e-4)
    for place, (got, right) in enumerate(zip(two, expected, strict=True)):
        assert_close(got, right, f"norm {place} with twice the gain", rtol=1e-3)


@driver
def coupling(names, kind, x, i):
    """What batchnorm_coupling says of a model of the given kind."""
    import torch

    models = {
        "centred": lambda x: x - x.mean(0),
        "tanh": torch.tanh,
        "running total": lambda x: x.cumsum(0),
        "row 0 added": lambda x: x + x[:1],
        "row numbers added": lambda x: x + 10.0 * torch.arange(len(x))[:, None],
    }
    return names.batchnorm_coupling(models[kind], x.clone(), i)


@driver
def coupling_and_x(names, x):
    """x after batchnorm_coupling was asked about its row 1, and the answer."""
    given = x.clone()
    said = names.batchnorm_coupling(lambda x: x - x.mean(0), given, 1)
    return given, said


@exercise("batchnorm_coupling")
@given(n=sizes(3, 6), d=sizes(1, 3), row=st.integers(0, 5), seed=seeds())
def test_means_couple_and_tanh_does_not(learner, n, d, row, seed):
    """A model that subtracts the batch's mean couples every row to the others; tanh couples none."""
    x = normal(seed, n, d)
    assert_equal(coupling(learner, "centred", x, row % n), True, "x - x.mean(0)")
    assert_equal(coupling(learner, "tanh", x, row % n), False, "tanh")


@exercise("batchnorm_coupling")
@given(n=sizes(3, 6), seed=seeds())
def test_the_row_that_is_asked_about_decides(learner, n, seed):
    """In a running total the last row depends on the others, and the first doesn't."""
    x = normal(seed, n, 2)
    assert_equal(coupling(learner, "running total", x, n - 1), True, "the last row")
    assert_equal(coupling(learner, "running total", x, 0), False, "the first row")


@exercise("batchnorm_coupling")
def test_one_row_may_be_enough(learner):
    """In a model that adds row 0 to every row, every row but row 0 depends on another, and x is left as it was."""
    x = torch.tensor([[0.5, -1.0], [2.0, 0.0], [-1.5, 1.0], [0.25, 3.0]])
    before = x.clone()
    for i in range(4):
        assert_equal(coupling(learner, "row 0 added", x, i), i > 0, f"row 0 added, i = {i}")
    kept, said = coupling_and_x(learner, before)
    assert_equal(said, True, "x - x.mean(0), i = 1")
    require(torch.equal(kept, before), "x was changed", got=kept, expected=before)


@exercise("batchnorm_coupling")
def test_the_place_in_the_batch_is_no_other_row(learner):
    """A model that adds ten times the row's number to each row couples none: where a row stands isn't another row.

    Hint: The batches that you compare should have the same shape, and row i the same place in both.
    """
    x = torch.tensor([[0.5, -1.0], [2.0, 0.0], [-1.5, 1.0], [0.25, 3.0]])
    for i in (2, 3):
        assert_equal(coupling(learner, "row numbers added", x, i), False, f"row numbers added, i = {i}")
    assert_equal(coupling(learner, "centred", x, 2), True, "x - x.mean(0), i = 2")


# break_BatchNorm1d


class Standardises:
    """Mean and variance of the batch, for the wrong classes below."""

    def __init__(self, d, eps=1e-5, momentum=0.1):
        self.eps, self.momentum, self.training = eps, momentum, True
        self.gamma, self.beta = torch.ones(d, requires_grad=True), torch.zeros(d, requires_grad=True)
        self.running_mean, self.running_var = torch.zeros(d), torch.ones(d)

    def parameters(self):
        return [self.gamma, self.beta]

    def normalised(self, x, mean, var):
        return self.gamma * (x - mean) / (var + self.eps).sqrt() + self.beta


@lendable
class DoesNothing(Standardises):
    """Returns its input."""

    def __call__(self, x):
        return x


@lendable
class OnlyCentres(Standardises):
    """Subtracts the mean and doesn't divide."""

    def __call__(self, x):
        return x - x.mean(0)


@lendable
class NeverEvaluates(Standardises):
    """Right in the first batch, and uses the batch's statistics when evaluating too."""

    def __call__(self, x):
        return self.normalised(x, x.mean(0), x.var(0, correction=0))


@lendable
class Plain(Standardises):
    """A right one, written plainly."""

    def statistics(self, x):
        if not self.training:
            return self.running_mean, self.running_var
        n = len(x)
        if n < 2:
            raise ValueError("a batch of one")
        mean, var, m = x.mean(0), x.var(0, correction=0), self.momentum
        self.running_mean = (1 - m) * self.running_mean + m * mean.detach()
        self.running_var = (1 - m) * self.running_var + m * var.detach() * n / (n - 1)
        return mean, var

    def __call__(self, x):
        return self.normalised(x, *self.statistics(x))


@lendable
class RoundsOtherwise(Plain):
    """A right one that is off in the last digits, as another order of the sums would make it."""

    def __call__(self, x):
        return self.normalised(x, *self.statistics(x)) * (1 + 4e-7) + 4e-7


@exercise("break_BatchNorm1d")
def test_a_right_class_passes(learner):
    """A right BatchNorm1d, written plainly, passes; one that returns its input doesn't.

    Hint: If it is an error that you see here, your test rejects a right BatchNorm1d. Go through what you demand:
    does section 5 promise it?
    """
    learner.break_BatchNorm1d(Plain)
    assert_raises(Exception, learner.break_BatchNorm1d, DoesNothing)


@exercise("break_BatchNorm1d")
def test_a_right_class_that_rounds_otherwise_passes(learner):
    """A right BatchNorm1d whose outputs are off by some 0.0000005 passes; one that returns its input doesn't.

    Hint: If it is an error that you see here, your test rejects a right BatchNorm1d. `==` and `torch.equal` ask for
    every digit; `torch.allclose(..., atol=1e-5)` allows for rounding.
    """
    learner.break_BatchNorm1d(RoundsOtherwise)
    assert_raises(Exception, learner.break_BatchNorm1d, DoesNothing)


@exercise("break_BatchNorm1d")
def test_a_layer_that_does_nothing_is_caught(learner):
    """A class that returns its input is caught.

    Hint: Take the batch (1, 5) of section 5 and say what must come out.
    """
    assert_raises(Exception, learner.break_BatchNorm1d, DoesNothing)


@exercise("break_BatchNorm1d")
def test_a_layer_that_only_centres_is_caught(learner):
    """A class that subtracts the mean and doesn't divide is caught."""
    assert_raises(Exception, learner.break_BatchNorm1d, OnlyCentres)


@exercise("break_BatchNorm1d")
def test_a_layer_without_memory_is_caught(learner):
    """A class that never updates its running estimates, nor uses them, is caught.

    Hint: Set `training` to False and ask for a row that wasn't in the batch.
    """
    assert_raises(Exception, learner.break_BatchNorm1d, NeverEvaluates)

"""Week 10's checks: what a learner can run. Each states one law of a right answer."""

import math

import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from autograde.properties import assert_close, assert_equal, assert_raises, driver, exercise, require
from autograde.strategies import halves, sizes, tensors

# In float64 the steps of this week leave errors around 1e-13 times their size; wrong ones are off by 1e-2.
ROUNDING = 1e-10

SOFTMAX_STEPS = [
    "dprobs", "dcounts_sum_inv", "dcounts_sum", "dcounts", "dnorm_logits", "dlogit_maxes", "dlogits",
]  # fmt: skip
BATCHNORM_STEPS = [
    "dbngain", "dbnbias", "dbnraw", "dbnvar_inv", "dbnvar", "dbndiff2", "dbndiff", "dbnmeani", "dhprebn",
]  # fmt: skip


def column(*numbers):
    """A float64 tensor (n, 1)."""
    return torch.tensor(numbers, dtype=torch.float64).unsqueeze(1)


def softmax_steps(logits):
    """The notebook's forward pass: a dict of every step."""
    t = {"logits": logits, "logit_maxes": logits.max(1, keepdim=True).values}
    t["norm_logits"] = t["logits"] - t["logit_maxes"]
    t["counts"] = t["norm_logits"].exp()
    t["counts_sum"] = t["counts"].sum(1, keepdim=True)
    t["counts_sum_inv"] = t["counts_sum"] ** -1
    t["probs"] = t["counts"] * t["counts_sum_inv"]
    t["logprobs"] = t["probs"].log()
    return t


def batchnorm_steps(hprebn, bngain, eps):
    """The notebook's forward pass, variance with n - 1: a dict of every step."""
    n = len(hprebn)
    t = {"hprebn": hprebn, "bngain": bngain, "bnmeani": hprebn.sum(0, keepdim=True) / n}
    t["bndiff"] = hprebn - t["bnmeani"]
    t["bndiff2"] = t["bndiff"] ** 2
    t["bnvar"] = t["bndiff2"].sum(0, keepdim=True) / (n - 1)
    t["bnvar_inv"] = (t["bnvar"] + eps) ** -0.5
    t["bnraw"] = t["bndiff"] * t["bnvar_inv"]
    t["bnbias"] = torch.full_like(bngain, 0.25)
    t["hpreact"] = bngain * t["bnraw"] + t["bnbias"]
    return t


def slopes_of(steps, output, dout):
    """What autograd finds for every step before `output`, by name."""
    names = [name for name in steps if steps[name].requires_grad and name != output]
    found = torch.autograd.grad(steps[output], [steps[name] for name in names], dout)
    return dict(zip(names, found, strict=True))


def softmax_case(logits, dlogprobs):
    """The cache, and autograd's gradients of its steps."""
    leaf = logits.clone().requires_grad_()
    steps = softmax_steps(leaf)
    slopes = slopes_of(steps, "logprobs", dlogprobs)
    cache = {name: tensor.detach() for name, tensor in steps.items()}
    return cache, {f"d{name}": slope for name, slope in slopes.items()}


def batchnorm_case(hprebn, bngain, eps, dout):
    """The cache, and autograd's gradients of its steps."""
    steps = batchnorm_steps(hprebn.clone().requires_grad_(), bngain.clone().requires_grad_(), eps)
    steps["bnbias"].requires_grad_()
    steps["hpreact"] = steps["bngain"] * steps["bnraw"] + steps["bnbias"]
    slopes = slopes_of(steps, "hpreact", dout)
    cache = {name: tensor.detach() for name, tensor in steps.items() if name != "bnbias"}
    return cache, {f"d{name}": slope for name, slope in slopes.items()}


def assert_steps(got, expected, names):
    """Each gradient named is the expected one, absolutely where that is near 0."""
    assert_equal(sorted(got), sorted(names), "the keys")
    for name in names:
        scale = max(1.0, expected[name].abs().max().item())
        assert_close(got[name], expected[name], name, atol=ROUNDING * scale)


@st.composite
def upstream_pairs(draw, low=1):
    """Two tensors (n, k) of halves, sizes drawn each on its own, the second never constant along n."""
    n, k = draw(st.integers(low, 5)), draw(st.integers(1, 3))
    dout, x = draw(tensors((n, k))), draw(tensors((n, k)))
    if n > 1:
        x[0] += (x == x[0]).all(0)
    return dout, x


def gains():
    """A gain for each unit, none of them 0, 1 or -1."""
    return st.lists(st.sampled_from([-1.5, 0.5, 2.0, 3.0]), min_size=4, max_size=4).map(
        lambda numbers: torch.tensor([numbers], dtype=torch.float64)
    )


def epsilons():
    return st.sampled_from([0.0, 1e-5, 0.25])


@driver
def without_autograd(names, function, arguments):
    """The function's answer where autograd is switched off, and the arguments afterwards."""
    import torch

    with torch.no_grad():
        return getattr(names, function)(*arguments), arguments


@exercise("compare_gradients")
def test_comparison_of_the_example(learner):
    """For (1, 2) and (1, 2.5) nothing is exact or close, and the largest difference is 0.5, either way round."""
    one, other = torch.tensor([1.0, 2.0]), torch.tensor([1.0, 2.5])
    expected = {"exact": False, "close": False, "max_difference": 0.5}
    assert_equal(learner.compare_gradients(one, other), expected)
    assert_equal(learner.compare_gradients(other, one), expected, "exchanged")
    large = learner.compare_gradients(torch.tensor([3e6 + 1.0]).double(), torch.tensor([3e6]).double())
    assert_equal(large, {"exact": False, "close": True, "max_difference": 1.0}, "for 3000001 and 3000000")


@exercise("compare_gradients")
@given(auto=tensors((sizes(), sizes())), far=st.booleans())
def test_equal_or_nearly(learner, auto, far):
    """A gradient is exactly itself; shifted by 10⁻⁹ it is only close, shifted by 0.25 it is neither."""
    same = learner.compare_gradients(auto.clone(), auto)
    assert_equal(same, {"exact": True, "close": True, "max_difference": 0.0})
    shift = 0.25 if far else 1e-9
    shifted = learner.compare_gradients(auto - shift, auto)
    assert_equal([shifted["exact"], shifted["close"]], [False, not far], "exact and close")
    assert_close(shifted["max_difference"], shift, "max_difference", atol=1e-14)


@exercise("tanh_backward")
def test_tanh_of_the_example(learner):
    """An output of 0.6 and an upstream gradient of 2 give 1.28."""
    assert_close(learner.tanh_backward(column(2.0), column(0.6)), column(1.28))


@exercise("tanh_backward")
@given(pair=upstream_pairs())
def test_tanh_equals_autograd(learner, pair):
    """The gradient is autograd's, for a random upstream gradient."""
    dout, x = pair
    leaf = x.clone().requires_grad_()
    h = torch.tanh(leaf)
    (expected,) = torch.autograd.grad(h, leaf, dout)
    assert_close(learner.tanh_backward(dout, h.detach()), expected)


@exercise("linear_backward")
def test_linear_of_the_example(learner):
    """The numbers worked by hand in section 2."""
    x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], dtype=torch.float64)
    got = learner.linear_backward(column(10.0, 1.0), x, column(1.0, -1.0))
    assert_equal(len(got), 3, "the number of answers")
    dx, dW, db = got
    assert_close(dx, torch.tensor([[10.0, -10.0], [1.0, -1.0]], dtype=torch.float64), "dx")
    assert_close(dW, column(13.0, 24.0), "dW")
    assert_close(db, torch.tensor([11.0], dtype=torch.float64), "db")


def linear_case(dout, x, W):
    """Autograd's (dx, dW, db)."""
    b = torch.zeros(W.shape[1], dtype=torch.float64)
    leaves = [t.clone().requires_grad_() for t in (x, W, b)]
    return torch.autograd.grad(leaves[0] @ leaves[1] + leaves[2], leaves, dout)


@st.composite
def linear_layers(draw):
    """dout (n, q), x (n, p) and W (p, q), with n, p and q drawn each on its own."""
    n, p, q = (draw(sizes()) for _ in range(3))
    return draw(tensors((n, q))), draw(tensors((n, p))), draw(tensors((p, q)))


@exercise("linear_backward")
@given(layer=linear_layers())
def test_linear_equals_autograd(learner, layer):
    """dx, dW and db are autograd's, each in the shape of what it is the gradient of.

    Hint: Is it a transposition? Write down the shapes. Is it db? It was broadcast over the examples, so sum.
    """
    got = learner.linear_backward(*layer)
    assert_equal(len(got), 3, "the number of answers")
    for name, mine, right in zip(["dx", "dW", "db"], got, linear_case(*layer), strict=True):
        assert_close(mine, right, name)


@exercise("embedding_backward")
def test_embedding_of_the_example(learner):
    """The numbers worked by hand in section 2: row 2 was used three times, row 1 never."""
    demb = torch.tensor([[[1.0], [2.0]], [[3.0], [4.0]]], dtype=torch.float64)
    got = learner.embedding_backward(demb, torch.tensor([[0, 2], [2, 2]]), 3)
    assert_close(got, column(1.0, 0.0, 9.0))


@st.composite
def lookups(draw):
    """demb (n, block, d), X (n, block) and V, the last rows of the table often unused."""
    n, block, d, V = draw(sizes(1, 4)), draw(sizes(1, 4)), draw(sizes(1, 3)), draw(sizes(1, 6))
    numbers = st.integers(0, V - 1)
    X = torch.tensor(draw(st.lists(numbers, min_size=n * block, max_size=n * block))).reshape(n, block)
    return draw(tensors((n, block, d))), X, V


@exercise("embedding_backward")
@given(lookup=lookups())
def test_embedding_equals_autograd(learner, lookup):
    """The gradient is autograd's, (V, d), with unused rows 0.

    Hint: Is a row too small that was used several times? Then its contributions overwrite each other.
    """
    demb, X, V = lookup
    C = torch.zeros((V, demb.shape[2]), dtype=torch.float64, requires_grad=True)
    (expected,) = torch.autograd.grad(C[X], C, demb)
    assert_close(learner.embedding_backward(demb, X, V), expected)


@exercise("softmax_steps_backward")
def test_softmax_steps_of_the_example(learner):
    """The numbers worked by hand in section 4, step by step."""
    cache = softmax_steps(torch.tensor([[math.log(3), 0.0]], dtype=torch.float64))
    got = learner.softmax_steps_backward(cache, torch.tensor([[0.0, -1.0]], dtype=torch.float64))
    expected = {
        "dprobs": [[0.0, -4.0]],
        "dcounts_sum_inv": [[-4 / 3]],
        "dcounts_sum": [[3 / 4]],
        "dcounts": [[3 / 4, -9 / 4]],
        "dnorm_logits": [[3 / 4, -3 / 4]],
        "dlogit_maxes": [[0.0]],
        "dlogits": [[3 / 4, -3 / 4]],
    }
    expected = {name: torch.tensor(rows, dtype=torch.float64) for name, rows in expected.items()}
    assert_steps(got, expected, SOFTMAX_STEPS)


@exercise("softmax_steps_backward")
@given(pair=upstream_pairs())
def test_softmax_steps_have_their_shapes(learner, pair):
    """Each gradient has the shape of what it is the gradient of: a broadcast is summed back.

    Hint: (n, V) where (n, 1) was asked for: something was broadcast over the row, and its contributions add up.
    """
    dlogprobs, logits = pair
    cache, expected = softmax_case(logits, dlogprobs)
    got = learner.softmax_steps_backward(cache, dlogprobs)
    assert_equal(
        {name: tuple(t.shape) for name, t in got.items()},
        {n: tuple(expected[n].shape) for n in SOFTMAX_STEPS},
    )
    assert_close(
        got["dprobs"], expected["dprobs"], "dprobs", atol=ROUNDING * (1 + expected["dprobs"].abs().max())
    )


@exercise("softmax_steps_backward")
@given(pair=upstream_pairs())
def test_softmax_steps_equal_autograd(learner, pair):
    """Each gradient is autograd's, in the order in which they are computed.

    Hint: Mend the first one that differs; those below it follow from it. Where two arrows leave a tensor in the
    picture, two contributions come back.
    """
    dlogprobs, logits = pair
    cache, expected = softmax_case(logits, dlogprobs)
    assert_steps(learner.softmax_steps_backward(cache, dlogprobs), expected, SOFTMAX_STEPS)


@exercise("cross_entropy_backward")
def test_cross_entropy_of_the_example(learner):
    """The numbers worked by hand in section 5."""
    logits = torch.tensor([[0.0, 0.0], [math.log(3), 0.0]], dtype=torch.float64)
    before = logits.clone()
    got = learner.cross_entropy_backward(logits, torch.tensor([0, 1]))
    assert_equal(logits, before, "the logits afterwards")
    assert_close(got, torch.tensor([[-0.25, 0.25], [0.375, -0.375]], dtype=torch.float64))


@st.composite
def classified(draw, spread=None):
    """Logits (n, V) and targets (n,), n and V drawn each on its own."""
    n, V = draw(sizes()), draw(sizes(2, 6))
    logits = draw(tensors((n, V), spread))
    y = torch.tensor(draw(st.lists(st.integers(0, V - 1), min_size=n, max_size=n)))
    return logits, y


@exercise("cross_entropy_backward")
@given(batch=classified())
def test_forces_of_a_row_cancel(learner, batch):
    """Each row sums to 0; its only negative entry, the target's, lacks as much of 1/n as its probability.

    Hint: Predicted minus observed. What is observed is 1 at one place of each row, and 0 elsewhere.
    """
    logits, y = batch
    got = learner.cross_entropy_backward(logits, y)
    assert_equal(tuple(got.shape), tuple(logits.shape), "the shape")
    assert_close(got.sum(1), torch.zeros(len(y), dtype=torch.float64), "row sums")
    at_target = (logits.softmax(1)[torch.arange(len(y)), y] - 1) / len(y)
    assert_close(got[torch.arange(len(y)), y], at_target, "at the targets")


@exercise("cross_entropy_backward")
@given(batch=classified(halves(-2000, 2000)))
def test_huge_logits_do_no_harm(learner, batch):
    """The gradient is autograd's, for logits up to 1000 too.

    Hint: Is it too large by the number of examples? The loss is a mean. Is it nan? exp(1000) is infinite.
    """
    logits, y = batch
    leaf = logits.clone().requires_grad_()
    (expected,) = torch.autograd.grad(F.cross_entropy(leaf, y), leaf)
    # The logarithm of a sum of exponentials is as large as the logits, and so is its rounding.
    assert_close(learner.cross_entropy_backward(logits, y), expected, atol=1e-11)


@exercise("break_cross_entropy_backward")
def test_a_gradient_of_zeros_is_caught(learner):
    """A `cross_entropy_backward` that always returns zeros is caught.

    Hint: Its rows sum to 0 as they should. Compare numbers as well.
    """

    def zeros(logits, y):
        return torch.zeros_like(logits)

    assert_raises(AssertionError, learner.break_cross_entropy_backward, zeros)


@exercise("break_cross_entropy_backward")
def test_probabilities_alone_are_caught(learner):
    """A `cross_entropy_backward` that returns the probabilities and never looks at the targets is caught."""

    def softmax_only(logits, y):
        return logits.softmax(1) / len(logits)

    assert_raises(AssertionError, learner.break_cross_entropy_backward, softmax_only)


@exercise("break_cross_entropy_backward")
def test_a_loss_in_place_of_its_gradient_is_caught(learner):
    """A `cross_entropy_backward` that returns the loss itself, a single number, is caught."""

    def loss(logits, y):
        return F.cross_entropy(logits, y)

    assert_raises(AssertionError, learner.break_cross_entropy_backward, loss)


@exercise("batchnorm_steps_backward")
def test_batchnorm_steps_of_the_example(learner):
    """The numbers worked by hand in section 7, step by step."""
    cache = batchnorm_steps(column(4.0, 5.0, 6.0), column(2.0), 0.0)
    del cache["bnbias"]
    got = learner.batchnorm_steps_backward(cache, column(3.0, 0.0, 0.0))
    expected = {
        "dbngain": column(-3.0),
        "dbnbias": column(3.0),
        "dbnraw": column(6.0, 0.0, 0.0),
        "dbnvar_inv": column(-6.0),
        "dbnvar": column(3.0),
        "dbndiff2": column(1.5, 1.5, 1.5),
        "dbndiff": column(3.0, 0.0, 3.0),
        "dbnmeani": column(-6.0),
        "dhprebn": column(1.0, -2.0, 1.0),
    }
    assert_steps(got, expected, BATCHNORM_STEPS)


@exercise("batchnorm_steps_backward")
@given(pair=upstream_pairs(2), gain=gains(), eps=epsilons())
def test_batchnorm_steps_have_their_shapes(learner, pair, gain, eps):
    """Each gradient has the shape of what it is the gradient of, and the first three are right.

    Hint: What was broadcast over the batch is summed over it. What was summed is spread again.
    """
    dout, x = pair
    cache, expected = batchnorm_case(x, gain[:, : x.shape[1]], eps, dout)
    got = learner.batchnorm_steps_backward(cache, dout)
    shapes = {name: tuple(expected[name].shape) for name in BATCHNORM_STEPS}
    assert_equal({name: tuple(t.shape) for name, t in got.items()}, shapes, "the shapes")
    for name in BATCHNORM_STEPS[:3]:
        assert_close(got[name], expected[name], name, atol=ROUNDING * (1 + expected[name].abs().max().item()))


@exercise("batchnorm_steps_backward")
@given(pair=upstream_pairs(2), gain=gains(), eps=epsilons())
def test_batchnorm_steps_equal_autograd(learner, pair, gain, eps):
    """Each gradient is autograd's, in the order in which they are computed.

    Hint: Mend the first one that differs. If it is dbndiff2: the forward pass divided by n - 1. If it is dbnvar:
    eps isn't always 10⁻⁵, but bnvar_inv has it inside.
    """
    dout, x = pair
    cache, expected = batchnorm_case(x, gain[:, : x.shape[1]], eps, dout)
    assert_steps(learner.batchnorm_steps_backward(cache, dout), expected, BATCHNORM_STEPS)


@exercise("batchnorm_backward")
def test_batchnorm_of_the_example(learner):
    """The numbers worked by hand in section 8."""
    cache = batchnorm_steps(column(4.0, 5.0, 6.0), column(2.0), 0.0)
    got = learner.batchnorm_backward(column(3.0, 0.0, 0.0), cache)
    assert_close(got, column(1.0, -2.0, 1.0))


@exercise("batchnorm_backward")
@given(pair=upstream_pairs(3), gain=gains())
def test_what_comes_back_is_a_residual(learner, pair, gain):
    """At eps = 0 each column is gain times bnvar_inv times the residual of dout in a regression on x̂.

    Hint: It sums to 0 over the batch (else look at the mean's share), and its products with x̂ do so too (else look
    at the variance's share: n, or n - 1?).
    """
    dout, x = pair
    gain = gain[:, : x.shape[1]]
    cache = batchnorm_steps(x, gain, 0.0)
    xhat = cache["bnraw"]
    slope = (dout * xhat).sum(0) / (xhat**2).sum(0)
    residual = dout - dout.mean(0) - slope * xhat
    got = learner.batchnorm_backward(dout, cache)
    assert_equal(tuple(got.shape), tuple(x.shape), "the shape")
    assert_close(got.sum(0), torch.zeros(x.shape[1], dtype=torch.float64), "sums over the batch", atol=1e-9)
    assert_close(got, gain * cache["bnvar_inv"] * residual, atol=1e-9)


@exercise("batchnorm_backward")
@given(pair=upstream_pairs(2), gain=gains(), eps=epsilons())
def test_batchnorm_equals_autograd(learner, pair, gain, eps):
    """The gradient is autograd's, through the forward pass with n - 1."""
    dout, x = pair
    cache, expected = batchnorm_case(x, gain[:, : x.shape[1]], eps, dout)
    assert_close(learner.batchnorm_backward(dout, cache), expected["dhprebn"], atol=1e-9)


def example_network():
    """The parameters, contexts and targets of the docstring."""
    numbers = [[[0.0], [1.0], [5.0]], [[2.0]], [[1.0, 0.0, -1.0]], [0.0, 0.0, 0.0], [[2.0]], [[0.5]]]
    params = [torch.tensor(each, dtype=torch.float64) for each in numbers]
    return params, torch.tensor([[0], [1], [2]]), torch.tensor([1, 2, 1])


@exercise("manual_train_step")
def test_step_of_the_example(learner):
    """The docstring's network has a loss of 1.1859, and the parameters given there after the step."""
    params, X, Y = example_network()
    loss = learner.manual_train_step(params, X, Y, 1.0)
    assert_close(loss, 1.1858843, "the loss", atol=1e-6)
    after = [
        [[0.1121324], [0.8598345], [5.0280331]], [[2.0]], [[0.8347723, 0.0918055, -0.9265777]],
        [-0.3485354, 0.3837390, -0.0352036], [[2.0466941]], [[0.3003771]],
    ]  # fmt: skip
    for name, got, expected in zip(["C", "W1", "W2", "b2", "bngain", "bnbias"], params, after, strict=True):
        assert_close(got, torch.tensor(expected, dtype=torch.float64), name, atol=1e-6)


@st.composite
def networks(draw):
    """Seeded random parameters of drawn sizes, and a small batch: (params, X, Y)."""
    V, d, block = draw(sizes(2, 6)), draw(sizes(1, 3)), draw(sizes(1, 3))
    k, n = draw(sizes(1, 5)), draw(sizes(2, 6))
    generator = torch.Generator().manual_seed(draw(st.integers(0, 999)))
    shapes = [(V, d), (block * d, k), (k, V), (V,), (1, k), (1, k)]
    params = [torch.randn(shape, generator=generator, dtype=torch.float64) for shape in shapes]
    X = torch.randint(V, (n, block), generator=generator)
    return params, X, torch.randint(V, (n,), generator=generator)


def autograd_step(params, X, Y, lr):
    """The parameters after one step with autograd, and the loss before it."""
    leaves = [p.clone().requires_grad_() for p in params]
    C, W1, W2, b2, bngain, bnbias = leaves
    hprebn = C[X].flatten(1) @ W1
    xhat = (hprebn - hprebn.mean(0)) / (hprebn.var(0, correction=1) + 1e-5).sqrt()
    loss = F.cross_entropy(torch.tanh(bngain * xhat + bnbias) @ W2 + b2, Y)
    slopes = torch.autograd.grad(loss, leaves)
    return [p - lr * slope for p, slope in zip(params, slopes, strict=True)], loss.item()


def assert_params(got, expected, what):
    """All six parameters are the expected ones, up to the rounding of a step through a small variance."""
    for name, mine, right in zip(["C", "W1", "W2", "b2", "bngain", "bnbias"], got, expected, strict=True):
        assert_close(mine, right, f"{name} {what}", atol=1e-9 * max(1.0, right.abs().max().item()))


@exercise("manual_train_step")
@given(network=networks(), lr=st.sampled_from([0.1, 0.5, 1.0]))
def test_a_step_equals_autograds(learner, network, lr):
    """All six parameters move as in a step with autograd, and the loss is the one before the step.

    Hint: Is no parameter changed? `C = C - ...` makes a new tensor. Is only C or W1 wrong? Look at the BatchNorm (n
    or n - 1?), and whether W2 was changed before dh was computed.
    """
    params, X, Y = network
    expected, loss = autograd_step(params, X, Y, lr)
    got = learner.manual_train_step(params, X, Y, lr)
    assert_close(got, loss, "the loss", atol=1e-9)
    assert_params(params, expected, "after the step")


@exercise("manual_train_step")
@settings(max_examples=10)
@given(network=networks(), lr=st.sampled_from([0.1, 1.0]))
def test_a_step_needs_no_autograd(learner, network, lr):
    """The step is the same where autograd is switched off.

    Hint: No `.backward()` and no `torch.autograd.grad` this week. Every piece that you need is one of your functions.
    """
    expected, loss = autograd_step(*network, lr)
    got, after = without_autograd(learner, "manual_train_step", [*network, lr])
    assert_close(got, loss, "the loss", atol=1e-9)
    require(len(after[0]) == 6, "six parameters were due", got=len(after[0]))
    assert_params(after[0], expected, "after the step")

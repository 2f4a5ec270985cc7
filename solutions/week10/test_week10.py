"""Week 10's checks: what a learner can run. Each states one law of a right answer."""

import math
from operator import itemgetter

import torch
import torch.nn.functional as F
from hypothesis import example, given, settings
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
PARAMETERS = ["C", "W1", "W2", "b2", "bngain", "bnbias"]
WAY_BACK = ["b2", "W2", "bnbias", "bngain", "W1", "C"]


def matrix(*rows):
    """A float64 tensor with these rows."""
    return torch.tensor(rows, dtype=torch.float64)


def column(*numbers):
    """A float64 tensor (n, 1)."""
    return torch.tensor(numbers, dtype=torch.float64).unsqueeze(1)


def fixed(**arguments):
    """A single example, whose arguments are shown by name; new tensors each time, as learners' code may change them."""
    strategies = {
        name: st.builds(each.clone) if isinstance(each, torch.Tensor) else st.just(each)
        for name, each in arguments.items()
    }
    return lambda test: settings(max_examples=1)(given(**strategies)(test))


def named(drawn, *names):
    """Things that are drawn together, each under its own name, so that what is shown reads as a call."""
    together = st.shared(drawn, key=", ".join(names))
    return {name: together.map(itemgetter(place)) for place, name in enumerate(names)}


@driver
def answer_of(names, function, *arguments):
    """The function's answer."""
    return getattr(names, function)(*arguments)


@driver
def without_autograd(names, function, *arguments):
    """The function's answer where autograd is switched off."""
    import torch

    with torch.no_grad():
        return getattr(names, function)(*arguments)


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


def copied(cache):
    return {name: tensor.clone() for name, tensor in cache.items()}


def assert_untouched(now, before):
    """What was handed in is what it was, keys and all."""
    added = [name for name in now if name not in before]
    require(not added, f"the cache was changed: {', '.join(map(str, added))} came into it")
    for name, was in before.items():
        assert_equal(now.get(name), was, f"{name} was changed")


def assert_keys(got, names):
    """A dict with exactly these keys."""
    require(isinstance(got, dict), f"a dict was asked for, this is a {type(got).__name__}")
    missing = [name for name in names if name not in got]
    require(not missing, f"missing from the dict: {', '.join(missing)}")
    extra = [str(name) for name in got if name not in names]
    require(not extra, f"in the dict, and not asked for: {', '.join(extra)}")


def assert_alive(got, name):
    """Not one number everywhere, whatever came from above."""
    require(
        not isinstance(got, torch.Tensor) or got.unique().numel() > 1, f"{name} is the same number everywhere"
    )


def assert_shape(got, shape, name):
    require(isinstance(got, torch.Tensor), f"{name}: a tensor was asked for, this is a {type(got).__name__}")
    message = f"{name}: shape {shape} was asked for, this is {tuple(got.shape)}"
    require(tuple(got.shape) == shape, message, got=tuple(got.shape), expected=shape)


def assert_steps(got, expected, names):
    """Each gradient named is the expected one, absolutely where that is near 0."""
    assert_keys(got, names)
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


@st.composite
def normalised(draw, low=2, epsilons=(0.0, 1e-5, 0.25)):
    """(eps, bngain, hprebn, dout) of a BatchNorm, no gain 0, 1 or -1."""
    dout, x = draw(upstream_pairs(low))
    k = x.shape[1]
    gain = draw(st.lists(st.sampled_from([-1.5, 0.5, 2.0, 3.0]), min_size=k, max_size=k))
    return draw(st.sampled_from(epsilons)), matrix(gain), x, dout


@exercise("compare_gradients")
def test_comparison_of_the_example(learner):
    """For (1, 2) and (1, 2.5) nothing is exact or close, and the largest difference is 0.5, either way round."""
    one, other = torch.tensor([1.0, 2.0]).double(), torch.tensor([1.0, 2.5]).double()
    expected = {"exact": False, "close": False, "max_difference": 0.5}
    assert_equal(learner.compare_gradients(one, other), expected)
    assert_equal(learner.compare_gradients(other, one), expected, "exchanged")


@exercise("compare_gradients")
def test_close_is_relative_to_the_size(learner):
    """400001 and 400000 are close, and 1 apart: what is allowed grows with the size."""
    large = learner.compare_gradients(torch.tensor([400001.0]).double(), torch.tensor([400000.0]).double())
    assert_equal(large, {"exact": False, "close": True, "max_difference": 1.0})


@exercise("compare_gradients")
@given(far=st.booleans(), auto=tensors((sizes(), sizes())))
def test_equal_or_nearly(learner, far, auto):
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


@st.composite
def outputs_of_tanh(draw):
    """Upstream gradients and outputs h of one shape."""
    shape = draw(st.lists(sizes(1, 4), min_size=1, max_size=3))
    return draw(tensors(shape)), draw(tensors(shape, st.sampled_from([-0.9, -0.5, 0.0, 0.25, 0.6])))


@exercise("tanh_backward")
@given(**named(outputs_of_tanh(), "dout", "h"))
def test_tanh_equals_autograd(learner, dout, h):
    """The gradient is autograd's, for a random upstream gradient; dout and h stay as they were."""
    leaf = torch.atanh(h).requires_grad_()
    (expected,) = torch.autograd.grad(torch.tanh(leaf), leaf, dout)
    before = {"dout": dout.clone(), "h": h.clone()}
    assert_close(learner.tanh_backward(dout, h), expected)
    assert_untouched({"dout": dout, "h": h}, before)


@exercise("tanh_backward")
@fixed(dout=column(2.0), h=column(0.6))
def test_tanh_is_yours(learner, dout, h):
    """The answer is the same where autograd is switched off.

    Hint: If torch says that something doesn't require grad: no `.backward()` and no `torch.autograd.grad` this week.
    Rule 1 gives the answer in one line.
    """
    assert_close(without_autograd(learner, "tanh_backward", dout, h), column(1.28))


def three(got):
    """The three answers of linear_backward."""
    require(isinstance(got, (tuple, list)), f"a tuple was asked for, this is a {type(got).__name__}")
    require(len(got) == 3, f"three answers were asked for, dx, dW and db, this is {len(got)}")
    return got


X_OF_SECTION_2, W_OF_SECTION_2 = matrix([1.0, 2.0], [3.0, 4.0]), column(1.0, -1.0)


@exercise("linear_backward")
@fixed(dout=column(10.0, 1.0), x=X_OF_SECTION_2, W=W_OF_SECTION_2)
def test_linear_of_the_example(learner, dout, x, W):
    """The numbers worked by hand in section 2; dout, x and W stay as they were."""
    before = {"dout": dout.clone(), "x": x.clone(), "W": W.clone()}
    dx, dW, db = three(learner.linear_backward(dout, x, W))
    assert_untouched({"dout": dout, "x": x, "W": W}, before)
    assert_close(dx, matrix([10.0, -10.0], [1.0, -1.0]), "dx")
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
@given(**named(linear_layers(), "dout", "x", "W"))
def test_linear_equals_autograd(learner, dout, x, W):
    """dx, dW and db are autograd's, each in the shape of what it is the gradient of.

    Hint: Is it a transposition? Write down the shapes. Is it db? It was broadcast over the examples, so sum.
    """
    expected = linear_case(dout, x, W)
    got = three(learner.linear_backward(dout, x, W))
    for name, mine, right in zip(["dx", "dW", "db"], got, expected, strict=True):
        assert_close(mine, right, name)


@exercise("linear_backward")
@fixed(dout=column(10.0, 1.0), x=X_OF_SECTION_2, W=W_OF_SECTION_2)
def test_linear_is_yours(learner, dout, x, W):
    """The answers are the same where autograd is switched off.

    Hint: If torch says that something doesn't require grad: no `.backward()` and no `torch.autograd.grad` this week.
    Two products and a sum give all three.
    """
    got = three(without_autograd(learner, "linear_backward", dout, x, W))
    for name, mine, right in zip(["dx", "dW", "db"], got, linear_case(dout, x, W), strict=True):
        assert_close(mine, right, name)


DEMB_OF_SECTION_2 = matrix([[1.0], [2.0]], [[3.0], [4.0]])


@exercise("embedding_backward")
@fixed(V=3, X=torch.tensor([[0, 2], [2, 2]]), demb=DEMB_OF_SECTION_2)
def test_embedding_of_the_example(learner, V, X, demb):
    """The numbers worked by hand in section 2, in demb's dtype: row 2 was used three times, row 1 never."""
    before = {"demb": demb.clone(), "X": X.clone()}
    got = learner.embedding_backward(demb, X, V)
    assert_untouched({"demb": demb, "X": X}, before)
    assert_close(got, column(1.0, 0.0, 9.0), dtype=torch.float64)


@st.composite
def lookups(draw):
    """V, X (n, block) and demb (n, block, d), the last rows of the table often unused."""
    n, block, d, V = draw(sizes(1, 4)), draw(sizes(1, 4)), draw(sizes(1, 3)), draw(sizes(1, 6))
    numbers = st.integers(0, V - 1)
    X = torch.tensor(draw(st.lists(numbers, min_size=n * block, max_size=n * block))).reshape(n, block)
    return V, X, draw(tensors((n, block, d)))


def embedded(V, X, demb):
    """Autograd's gradient by the table."""
    C = torch.zeros((V, demb.shape[2]), dtype=torch.float64, requires_grad=True)
    (expected,) = torch.autograd.grad(C[X], C, demb)
    return expected


@exercise("embedding_backward")
@given(**named(lookups(), "V", "X", "demb"))
def test_embedding_equals_autograd(learner, V, X, demb):
    """The gradient is autograd's, (V, d), with unused rows 0.

    Hint: Is a row too small that was used several times? Then its contributions overwrite each other. Are all rows 0?
    A function without an underscore at its end returns its result; it doesn't change the table.
    """
    expected = embedded(V, X, demb)
    assert_close(learner.embedding_backward(demb, X, V), expected)


@exercise("embedding_backward")
@fixed(V=3, X=torch.tensor([[0, 2], [2, 2]]), demb=DEMB_OF_SECTION_2)
def test_embedding_is_yours(learner, V, X, demb):
    """The answer is the same where autograd is switched off.

    Hint: If torch says that something doesn't require grad: no `.backward()` and no `torch.autograd.grad` this week.
    """
    assert_close(without_autograd(learner, "embedding_backward", demb, X, V), column(1.0, 0.0, 9.0))


ROWS_OF_THREE = {
    "logits": matrix([0.0, 1.0, -1.0], [2.0, 0.5, 0.0]),
    "dlogprobs": matrix([1.0, 0.0, 2.0], [0.0, -1.0, 0.5]),
}


@exercise("softmax_steps_backward")
@fixed(**ROWS_OF_THREE)
def test_softmax_steps_have_their_names(learner, logits, dlogprobs):
    """With the cache of softmax_forward(logits): a dict with exactly the seven keys."""
    got = answer_of(learner, "softmax_steps_backward", softmax_steps(logits), dlogprobs)
    assert_keys(got, SOFTMAX_STEPS)
    assert_alive(got["dprobs"], "dprobs")


@exercise("softmax_steps_backward")
@fixed(**ROWS_OF_THREE)
def test_softmax_steps_have_their_shapes(learner, logits, dlogprobs):
    """With the cache of softmax_forward(logits): seven gradients, each in the shape of what it is the gradient of.

    Hint: Where (n, 1) is right and it is (n, V): something was broadcast over the row, and what comes back adds up.
    Where it is (n,), or sizes don't match: `keepdim=True` keeps the axis that a sum would drop.
    """
    cache = softmax_steps(logits)
    got = answer_of(learner, "softmax_steps_backward", cache, dlogprobs)
    assert_keys(got, SOFTMAX_STEPS)
    for name in SOFTMAX_STEPS:
        assert_shape(got[name], tuple(cache[name[1:]].shape), name)
    assert_alive(got["dprobs"], "dprobs")


LOGITS_OF_SECTION_4 = matrix([math.log(3), 0.0])


@exercise("softmax_steps_backward")
@fixed(logits=LOGITS_OF_SECTION_4, dlogprobs=matrix([0.0, -1.0]))
def test_softmax_steps_of_the_example(learner, logits, dlogprobs):
    """With the cache of softmax_forward(logits): the numbers worked by hand in section 4, step by step."""
    got = answer_of(learner, "softmax_steps_backward", softmax_steps(logits), dlogprobs)
    expected = {
        "dprobs": matrix([0.0, -4.0]),
        "dcounts_sum_inv": matrix([-4 / 3]),
        "dcounts_sum": matrix([3 / 4]),
        "dcounts": matrix([3 / 4, -9 / 4]),
        "dnorm_logits": matrix([3 / 4, -3 / 4]),
        "dlogit_maxes": matrix([0.0]),
        "dlogits": matrix([3 / 4, -3 / 4]),
    }
    assert_steps(got, expected, SOFTMAX_STEPS)


@exercise("softmax_steps_backward")
@given(**named(upstream_pairs(), "dlogprobs", "logits"))
def test_softmax_steps_equal_autograd(learner, dlogprobs, logits):
    """With the cache of softmax_forward(logits): each gradient is autograd's, in the order of the steps.

    Hint: Mend the first one that differs; those below it follow from it. Where two arrows leave a tensor in the
    picture, two contributions come back. And `dlogprobs` is any upstream gradient, not only the loss's.
    """
    cache, expected = softmax_case(logits, dlogprobs)
    got = answer_of(learner, "softmax_steps_backward", cache, dlogprobs)
    assert_steps(got, expected, SOFTMAX_STEPS)


@exercise("softmax_steps_backward")
@fixed(logits=LOGITS_OF_SECTION_4, dlogprobs=matrix([0.0, -1.0]))
def test_softmax_steps_leave_the_cache(learner, logits, dlogprobs):
    """With the cache of softmax_forward(logits): the cache and dlogprobs stay as they were, and dlogits is right.

    Hint: `a *= b`, `a += b` and `a.mul_(b)` change the tensor itself, and everybody who holds it sees it; after `c = a`
    that is c, too. `a * b` makes a new one.
    """
    cache = softmax_steps(logits)
    before, upstream = copied(cache), dlogprobs.clone()
    got = answer_of(learner, "softmax_steps_backward", cache, dlogprobs)
    assert_untouched(cache, before)
    assert_untouched({"dlogprobs": dlogprobs}, {"dlogprobs": upstream})
    assert_keys(got, SOFTMAX_STEPS)
    assert_close(got["dlogits"], matrix([3 / 4, -3 / 4]), "dlogits")


@exercise("softmax_steps_backward")
@fixed(logits=LOGITS_OF_SECTION_4, dlogprobs=matrix([0.0, -1.0]))
def test_softmax_steps_are_yours(learner, logits, dlogprobs):
    """With the cache of softmax_forward(logits): dlogits is the same where autograd is switched off.

    Hint: If torch says that something doesn't require grad: no `.backward()` and no `torch.autograd.grad` this week.
    """
    got = without_autograd(learner, "softmax_steps_backward", softmax_steps(logits), dlogprobs)
    assert_keys(got, SOFTMAX_STEPS)
    assert_close(got["dlogits"], matrix([3 / 4, -3 / 4]), "dlogits")


LOGITS_OF_SECTION_5 = matrix([0.0, 0.0], [math.log(3), 0.0])
DLOGITS_OF_SECTION_5 = matrix([-0.25, 0.25], [0.375, -0.375])


@exercise("cross_entropy_backward")
@fixed(y=torch.tensor([0, 1]), logits=LOGITS_OF_SECTION_5)
def test_cross_entropy_of_the_example(learner, y, logits):
    """The numbers worked by hand in section 5; logits and y stay as they were."""
    before = {"logits": logits.clone(), "y": y.clone()}
    got = learner.cross_entropy_backward(logits, y)
    assert_untouched({"logits": logits, "y": y}, before)
    assert_close(got, DLOGITS_OF_SECTION_5)


@st.composite
def classified(draw, spread=None):
    """Targets (n,) and logits (n, V), n and V drawn each on its own."""
    n, V = draw(sizes()), draw(sizes(2, 6))
    logits = draw(tensors((n, V), spread))
    return torch.tensor(draw(st.lists(st.integers(0, V - 1), min_size=n, max_size=n))), logits


@exercise("cross_entropy_backward")
@given(**named(classified(), "y", "logits"))
def test_forces_of_a_row_cancel(learner, y, logits):
    """Each row sums to 0; its only negative entry, the target's, lacks as much of 1/n as its probability.

    Hint: Predicted minus observed. What is observed is 1 at one place of each row, and 0 elsewhere; there are V
    places, whether or not the last classes are among the targets.
    """
    probabilities = logits.softmax(1)
    got = learner.cross_entropy_backward(logits, y)
    assert_shape(got, tuple(probabilities.shape), "the answer")
    assert_close(got.sum(1), torch.zeros(len(y), dtype=torch.float64), "row sums")
    at_target = (probabilities[torch.arange(len(y)), y] - 1) / len(y)
    assert_close(got[torch.arange(len(y)), y], at_target, "at the targets")


@exercise("cross_entropy_backward")
@given(**named(classified(halves(-2000, 2000)), "y", "logits"))
@example(y=torch.tensor([0, 1]), logits=matrix([1000.0, 999.0], [-1000.0, -999.0]))
def test_huge_logits_do_no_harm(learner, y, logits):
    """The gradient is autograd's, for logits up to 1000 too.

    Hint: Is it too large by the number of examples? The loss is a mean. Is it nan? Then exp(1000) became infinite, or a
    whole row of exponentials 0: each row needs its own maximum subtracted.
    """
    leaf = logits.clone().requires_grad_()
    (expected,) = torch.autograd.grad(F.cross_entropy(leaf, y), leaf)
    # The logarithm of a sum of exponentials is as large as the logits, and so is its rounding.
    assert_close(learner.cross_entropy_backward(logits, y), expected, atol=1e-11)


@exercise("cross_entropy_backward")
@fixed(y=torch.tensor([0, 1]), logits=LOGITS_OF_SECTION_5)
def test_cross_entropy_is_yours(learner, y, logits):
    """The answer is the same where autograd is switched off.

    Hint: If torch says that something doesn't require grad: no `.backward()` and no `torch.autograd.grad` this week.
    Predicted minus observed is one line.
    """
    assert_close(without_autograd(learner, "cross_entropy_backward", logits, y), DLOGITS_OF_SECTION_5)


def autograds(logits, y):
    """A right one, in float64."""
    leaf = logits.double().clone().requires_grad_()
    return torch.autograd.grad(F.cross_entropy(leaf, y), leaf)[0]


def rounds_otherwise(logits, y):
    """A right one that is off in the last digits, as another order of the sums would make it."""
    return autograds(logits, y) * (1 + 1e-13)


def zeros(logits, y):
    return torch.zeros_like(logits)


def softmax_only(logits, y):
    return logits.softmax(1) / len(logits)


def loss_itself(logits, y):
    return F.cross_entropy(logits, y)


@exercise("break_cross_entropy_backward")
def test_a_right_gradient_passes(learner):
    """A right `cross_entropy_backward`, which asks autograd, passes; one that returns zeros doesn't.

    Hint: If it is an error that you see here, your test rejects a right one. Is your expected gradient that of the
    mean? Are your logits float64, as section 5 promises? Do you compare with `torch.allclose`?
    """
    learner.break_cross_entropy_backward(autograds)
    assert_raises(Exception, learner.break_cross_entropy_backward, zeros)


@exercise("break_cross_entropy_backward")
def test_a_right_gradient_that_rounds_otherwise_passes(learner):
    """A right `cross_entropy_backward` that is off in the thirteenth digit passes; one that returns zeros doesn't.

    Hint: If it is an error that you see here, your test rejects a right one. `==` and `torch.equal` ask for every
    digit; `torch.allclose` allows for rounding.
    """
    learner.break_cross_entropy_backward(rounds_otherwise)
    assert_raises(Exception, learner.break_cross_entropy_backward, zeros)


@exercise("break_cross_entropy_backward")
def test_a_gradient_of_zeros_is_caught(learner):
    """A `cross_entropy_backward` that always returns zeros is caught.

    Hint: Its rows sum to 0 as they should, so compare numbers as well. And a comparison that is only computed, or
    returned, raises nothing: write `assert` before it.
    """
    assert_raises(Exception, learner.break_cross_entropy_backward, zeros)


@exercise("break_cross_entropy_backward")
def test_probabilities_alone_are_caught(learner):
    """A `cross_entropy_backward` that returns the probabilities and never looks at the targets is caught."""
    assert_raises(Exception, learner.break_cross_entropy_backward, softmax_only)


@exercise("break_cross_entropy_backward")
def test_a_loss_in_place_of_its_gradient_is_caught(learner):
    """A `cross_entropy_backward` that returns the loss itself, a single number, is caught."""
    assert_raises(Exception, learner.break_cross_entropy_backward, loss_itself)


TWO_UNITS = {
    "eps": 0.25,
    "bngain": matrix([2.0, -3.0]),
    "hprebn": matrix([1.0, 0.0], [2.0, 5.0], [4.0, -1.0]),
    "dout": matrix([1.0, 0.0], [0.5, -1.0], [0.0, 2.0]),
}


@exercise("batchnorm_steps_backward")
@fixed(**TWO_UNITS)
def test_batchnorm_steps_have_their_names(learner, eps, bngain, hprebn, dout):
    """With the cache of batchnorm_forward: a dict with exactly the nine keys."""
    cache = batchnorm_steps(hprebn, bngain, eps)
    del cache["bnbias"]
    got = answer_of(learner, "batchnorm_steps_backward", cache, dout)
    assert_keys(got, BATCHNORM_STEPS)
    assert_alive(got["dbnraw"], "dbnraw")


@exercise("batchnorm_steps_backward")
@fixed(**TWO_UNITS)
def test_batchnorm_steps_have_their_shapes(learner, eps, bngain, hprebn, dout):
    """With the cache of batchnorm_forward: nine gradients, each in the shape of what it is the gradient of.

    Hint: What was broadcast over the batch is summed over it, with `keepdim=True`, so that it is (1, k) and not (k,) or
    (n, k). What was summed is spread again, to (n, k).
    """
    cache = batchnorm_steps(hprebn, bngain, eps)
    shapes = {name: tuple(cache[name[1:]].shape) for name in BATCHNORM_STEPS}
    del cache["bnbias"]
    got = answer_of(learner, "batchnorm_steps_backward", cache, dout)
    assert_keys(got, BATCHNORM_STEPS)
    for name in BATCHNORM_STEPS:
        assert_shape(got[name], shapes[name], name)
    assert_alive(got["dbnraw"], "dbnraw")


SECTION_7 = {
    "eps": 0.0,
    "bngain": column(4.0),
    "hprebn": column(2.0, 4.0, 6.0),
    "dout": column(3.0, 0.0, 0.0),
}


@exercise("batchnorm_steps_backward")
@fixed(**SECTION_7)
def test_batchnorm_steps_of_the_example(learner, eps, bngain, hprebn, dout):
    """With the cache of batchnorm_forward: the numbers worked by hand in section 7, step by step."""
    cache = batchnorm_steps(hprebn, bngain, eps)
    del cache["bnbias"]
    got = answer_of(learner, "batchnorm_steps_backward", cache, dout)
    expected = {
        "dbngain": column(-3.0),
        "dbnbias": column(3.0),
        "dbnraw": column(12.0, 0.0, 0.0),
        "dbnvar_inv": column(-24.0),
        "dbnvar": column(1.5),
        "dbndiff2": column(0.75, 0.75, 0.75),
        "dbndiff": column(3.0, 0.0, 3.0),
        "dbnmeani": column(-6.0),
        "dhprebn": column(1.0, -2.0, 1.0),
    }
    assert_steps(got, expected, BATCHNORM_STEPS)


@exercise("batchnorm_steps_backward")
@given(**named(normalised(), "eps", "bngain", "hprebn", "dout"))
def test_batchnorm_steps_equal_autograd(learner, eps, bngain, hprebn, dout):
    """With the cache of batchnorm_forward: each gradient is autograd's, in the order of the steps.

    Hint: Mend the first one that differs. If it is dbnvar_inv: what was bnvar_inv multiplied with? If it is dbnvar: eps
    isn't always 10⁻⁵, but bnvar_inv has it inside. If it is dbndiff2: the forward pass divided by n - 1.
    """
    cache, expected = batchnorm_case(hprebn, bngain, eps, dout)
    got = answer_of(learner, "batchnorm_steps_backward", cache, dout)
    assert_steps(got, expected, BATCHNORM_STEPS)


@exercise("batchnorm_steps_backward")
@fixed(**SECTION_7)
def test_batchnorm_steps_leave_the_cache(learner, eps, bngain, hprebn, dout):
    """With the cache of batchnorm_forward: the cache and dout stay as they were, and dhprebn is right.

    Hint: `a *= b`, `a += b` and `a.mul_(b)` change the tensor itself, and everybody who holds it sees it; after `c = a`
    that is c, too. `a * b` makes a new one.
    """
    cache = batchnorm_steps(hprebn, bngain, eps)
    del cache["bnbias"]
    before, upstream = copied(cache), dout.clone()
    got = answer_of(learner, "batchnorm_steps_backward", cache, dout)
    assert_untouched(cache, before)
    assert_untouched({"dout": dout}, {"dout": upstream})
    assert_keys(got, BATCHNORM_STEPS)
    assert_close(got["dhprebn"], column(1.0, -2.0, 1.0), "dhprebn")


@exercise("batchnorm_steps_backward")
@fixed(**SECTION_7)
def test_batchnorm_steps_are_yours(learner, eps, bngain, hprebn, dout):
    """With the cache of batchnorm_forward: dhprebn is the same where autograd is switched off.

    Hint: If torch says that something doesn't require grad: no `.backward()` and no `torch.autograd.grad` this week.
    """
    cache = batchnorm_steps(hprebn, bngain, eps)
    got = without_autograd(learner, "batchnorm_steps_backward", cache, dout)
    assert_keys(got, BATCHNORM_STEPS)
    assert_close(got["dhprebn"], column(1.0, -2.0, 1.0), "dhprebn")


@exercise("batchnorm_backward")
@fixed(**SECTION_7)
def test_batchnorm_of_the_example(learner, eps, bngain, hprebn, dout):
    """With the cache of batchnorm_forward: the numbers worked by hand in section 8; cache and dout stay."""
    cache = batchnorm_steps(hprebn, bngain, eps)
    del cache["bnbias"]
    before, upstream = copied(cache), dout.clone()
    got = answer_of(learner, "batchnorm_backward", dout, cache)
    assert_untouched(cache, before)
    assert_untouched({"dout": dout}, {"dout": upstream})
    assert_close(got, column(1.0, -2.0, 1.0))


@exercise("batchnorm_backward")
@given(**named(normalised(3, [0.0]), "eps", "bngain", "hprebn", "dout"))
def test_what_comes_back_is_a_residual(learner, eps, bngain, hprebn, dout):
    """At eps = 0 each column is gain times bnvar_inv times the residual of dout in a regression on x̂.

    Hint: Its sums over the batch are 0 (else look at the mean's share), and so are those of its products with x̂ (else
    look at the variance's share: n, or n - 1?). If both hold, look at what stands in front of the brackets.
    """
    cache = batchnorm_steps(hprebn, bngain, eps)
    del cache["bnbias"]
    xhat = cache["bnraw"].clone()
    slope = (dout * xhat).sum(0) / (xhat**2).sum(0)
    right = bngain * cache["bnvar_inv"] * (dout - dout.mean(0) - slope * xhat)
    got = answer_of(learner, "batchnorm_backward", dout, cache)
    assert_shape(got, tuple(right.shape), "the answer")
    nothing = torch.zeros(right.shape[1], dtype=torch.float64)
    assert_close(got.sum(0), nothing, "sums over the batch", atol=1e-9)
    assert_close((got * xhat).sum(0), nothing, "sums of the products with x̂", atol=1e-9)
    assert_close(got, right, atol=1e-9)


@exercise("batchnorm_backward")
@given(**named(normalised(), "eps", "bngain", "hprebn", "dout"))
def test_batchnorm_equals_autograd(learner, eps, bngain, hprebn, dout):
    """With the cache of batchnorm_forward: the gradient is autograd's, through the variance with n - 1.

    Hint: Does it fail only where eps isn't 0? Then look at what holds at eps = 0 only: the sum of squares of x̂ is
    n - 1, and bnvar_inv is one over the root of bnvar. The expression of section 8 holds for any eps.
    """
    cache, expected = batchnorm_case(hprebn, bngain, eps, dout)
    assert_close(answer_of(learner, "batchnorm_backward", dout, cache), expected["dhprebn"], atol=1e-9)


@exercise("batchnorm_backward")
@fixed(**SECTION_7)
def test_batchnorm_is_yours(learner, eps, bngain, hprebn, dout):
    """With the cache of batchnorm_forward: the answer is the same where autograd is switched off.

    Hint: If torch says that something doesn't require grad: no `.backward()` and no `torch.autograd.grad` this week.
    """
    cache = batchnorm_steps(hprebn, bngain, eps)
    assert_close(without_autograd(learner, "batchnorm_backward", dout, cache), column(1.0, -2.0, 1.0))


@driver
def stepped(names, params, X, Y, lr, recorded):
    """What manual_train_step returns, and the parameters after it; autograd off unless `recorded`."""
    import torch

    params = [p.clone() for p in params]
    with torch.set_grad_enabled(recorded):
        return names.manual_train_step(params, X, Y, lr), params


def assert_params(got, expected, atol=1e-9):
    """The parameters after the step, in the order in which the way back meets them."""
    require(len(got) == 6, f"six parameters were asked for, here are {len(got)}")
    pairs = {name: both for name, *both in zip(PARAMETERS, got, expected, strict=True)}
    bounds = {name: atol * max(1.0, right.abs().max().item()) for name, (_, right) in pairs.items()}
    wrong = [name for name in WAY_BACK if not _near(*pairs[name], bounds[name])]
    for name in wrong:
        rest = [other for other in WAY_BACK if other not in wrong]
        told = f"wrong: {', '.join(wrong)}; right: {', '.join(rest) or 'none'}"
        assert_close(*pairs[name], f"{name} after the step ({told})", rtol=0.0, atol=bounds[name])


def _near(got, right, atol):
    if not isinstance(got, torch.Tensor) or got.shape != right.shape or not got.is_floating_point():
        return False
    return torch.allclose(got.detach().double(), right, rtol=0.0, atol=atol)


DOCSTRING_PARAMS = [
    column(0.0, 1.0, 5.0), column(2.0), matrix([1.0, 0.0, -1.0]),
    torch.zeros(3, dtype=torch.float64), column(2.0), column(0.5),
]  # fmt: skip


@exercise("manual_train_step")
@fixed(lr=1.0, X=torch.tensor([[0], [1], [2]]), Y=torch.tensor([1, 2, 1]))
def test_step_of_the_example(learner, lr, X, Y):
    """The docstring's network has a loss of 1.1859, and the parameters given there after the step.

    Hint: The parameters are compared in the order of the way back: b2, W2, bnbias, bngain, W1, C. If the loss is right,
    look between the last right one and the first wrong one. An error in another of your functions says that it was
    handed something of another shape than its statement asks for.
    """
    loss, params = stepped(learner, DOCSTRING_PARAMS, X, Y, lr, True)
    require(loss is not None, "the loss: None came back; is there a return?")
    assert_close(loss, 1.1858843, "the loss", atol=1e-6)
    after = [
        column(0.1121324, 0.8598345, 5.0280331), column(2.0), matrix([0.8347723, 0.0918055, -0.9265777]),
        torch.tensor([-0.3485354, 0.3837390, -0.0352036], dtype=torch.float64),
        column(2.0466941), column(0.3003771),
    ]  # fmt: skip
    assert_params(params, after, atol=1e-6)


def random_params(V, block, d, k, seed):
    """Section 3's."""
    generator = torch.Generator().manual_seed(seed)
    shapes = [(V, d), (block * d, k), (k, V), (V,), (1, k), (1, k)]
    scales = [1.0, (5 / 3) / (block * d) ** 0.5, 0.1, 0.1, 0.1, 0.1]
    params = [
        scale * torch.randn(shape, generator=generator, dtype=torch.float64)
        for shape, scale in zip(shapes, scales, strict=True)
    ]
    params[4] += 1
    return params


@st.composite
def batches(draw):
    """A rate, what random_params takes, contexts X (n, block) and targets Y (n,)."""
    bounds = {"V": (2, 6), "block": (1, 3), "d": (1, 3), "k": (1, 5), "seed": (0, 999)}
    network = {name: draw(st.integers(*ends)) for name, ends in bounds.items()}
    n, block, numbers = draw(sizes(2, 6)), network["block"], st.integers(0, network["V"] - 1)
    X = torch.tensor(draw(st.lists(numbers, min_size=n * block, max_size=n * block))).reshape(n, block)
    Y = torch.tensor(draw(st.lists(numbers, min_size=n, max_size=n)))
    return draw(st.sampled_from([0.1, 0.5, 1.0])), network, X, Y


def autograd_step(params, X, Y, lr):
    """The parameters after one step with autograd, and the loss before it."""
    leaves = [p.clone().requires_grad_() for p in params]
    C, W1, W2, b2, bngain, bnbias = leaves
    hprebn = C[X].flatten(1) @ W1
    xhat = (hprebn - hprebn.mean(0)) / (hprebn.var(0, correction=1) + 1e-5).sqrt()
    loss = F.cross_entropy(torch.tanh(bngain * xhat + bnbias) @ W2 + b2, Y)
    slopes = torch.autograd.grad(loss, leaves)
    return [p - lr * slope for p, slope in zip(params, slopes, strict=True)], loss.item()


@exercise("manual_train_step")
@given(**named(batches(), "lr", "network", "X", "Y"))
def test_a_step_equals_autograds(learner, lr, network, X, Y):
    """With params = random_params(**network): all six move as in a step with autograd; X and Y stay as they were.

    Hint: Is no parameter changed? `C = C - ...` makes a new tensor. Are only C and W1 wrong? Look at the BatchNorm (n
    or n - 1?), and whether W2 was changed before dh was computed.
    """
    params, before = random_params(**network), {"X": X.clone(), "Y": Y.clone()}
    expected, loss = autograd_step(params, X, Y, lr)
    got, after = stepped(learner, params, X, Y, lr, True)
    assert_close(got, loss, "the loss", atol=1e-9)
    assert_untouched({"X": X, "Y": Y}, before)
    assert_params(after, expected)


@exercise("manual_train_step")
@settings(max_examples=5)
@given(**named(batches(), "lr", "network", "X", "Y"))
def test_a_step_is_yours(learner, lr, network, X, Y):
    """With params = random_params(**network): the step is the same where autograd is switched off.

    Hint: If torch says that something doesn't require grad: no `.backward()` and no `torch.autograd.grad` this week.
    Every piece that you need is one of your functions.
    """
    params = random_params(**network)
    expected, loss = autograd_step(params, X, Y, lr)
    got, after = stepped(learner, params, X, Y, lr, False)
    assert_close(got, loss, "the loss", atol=1e-9)
    assert_params(after, expected)

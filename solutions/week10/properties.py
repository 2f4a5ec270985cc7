"""Week 10's hidden properties: agreement with autograd, laws of gradients, edge cases."""

import math

import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from autograde.properties import assert_close, assert_equal, driver, exercise, require
from autograde.strategies import halves, reals, sizes, tensors

# In float64 the steps of this week leave errors around 1e-13 times their size; wrong ones are off by 1e-2.
ROUNDING = 1e-10

SOFTMAX_STEPS = [
    "dprobs", "dcounts_sum_inv", "dcounts_sum", "dcounts", "dnorm_logits", "dlogit_maxes", "dlogits",
]  # fmt: skip
BATCHNORM_STEPS = [
    "dbngain", "dbnbias", "dbnraw", "dbnvar_inv", "dbnvar", "dbndiff2", "dbndiff", "dbnmeani", "dhprebn",
]  # fmt: skip
PARAMETERS = ["C", "W1", "W2", "b2", "bngain", "bnbias"]


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


def batchnorm_steps(hprebn, bngain, bnbias, eps):
    """The notebook's forward pass, variance with n - 1: a dict of every step."""
    n = len(hprebn)
    t = {"hprebn": hprebn, "bngain": bngain, "bnbias": bnbias, "bnmeani": hprebn.sum(0, keepdim=True) / n}
    t["bndiff"] = hprebn - t["bnmeani"]
    t["bndiff2"] = t["bndiff"] ** 2
    t["bnvar"] = t["bndiff2"].sum(0, keepdim=True) / (n - 1)
    t["bnvar_inv"] = (t["bnvar"] + eps) ** -0.5
    t["bnraw"] = t["bndiff"] * t["bnvar_inv"]
    t["hpreact"] = bngain * t["bnraw"] + bnbias
    return t


def slopes_of(steps, output, dout):
    """The cache without its graph, and autograd's gradient by every step before `output`."""
    names = [name for name in steps if name != output]
    found = torch.autograd.grad(steps[output], [steps[name] for name in names], dout)
    cache = {name: tensor.detach() for name, tensor in steps.items()}
    return cache, {f"d{name}": slope for name, slope in zip(names, found, strict=True)}


def softmax_case(logits, dlogprobs):
    """The cache of softmax_forward, and autograd's gradients."""
    return slopes_of(softmax_steps(logits.clone().requires_grad_()), "logprobs", dlogprobs)


def batchnorm_case(dout, x, gain, eps):
    """The cache of batchnorm_forward, and autograd's gradients."""
    leaves = [t.clone().requires_grad_() for t in (x, gain, torch.zeros_like(gain))]
    cache, slopes = slopes_of(batchnorm_steps(*leaves, eps), "hpreact", dout)
    del cache["bnbias"]
    return cache, slopes


def assert_steps(got, expected, names):
    """Each gradient named is the expected one, absolutely where that is near 0."""
    assert_equal(sorted(got), sorted(names), "the keys")
    for name in names:
        scale = max(1.0, expected[name].abs().max().item())
        assert_close(got[name], expected[name], name, atol=ROUNDING * scale)


def copied(cache):
    return {name: tensor.clone() for name, tensor in cache.items()}


@st.composite
def upstream_pairs(draw, low=1):
    """Two tensors (n, k) of halves, sizes drawn each on its own, the second never constant along n."""
    n, k = draw(st.integers(low, 6)), draw(st.integers(1, 4))
    dout, x = draw(tensors((n, k))), draw(tensors((n, k)))
    if n > 1:
        x[0] += (x == x[0]).all(0)
    return dout, x


@st.composite
def normalised(draw, low=2, epsilons=(0.0, 1e-5, 1e-3, 0.5)):
    """(dout, x, gain, eps) of a BatchNorm: a gain for each unit, none of them 0, 1 or -1."""
    dout, x = draw(upstream_pairs(low))
    k = x.shape[1]
    gain = draw(st.lists(st.sampled_from([-2.5, -0.5, 0.5, 1.5, 3.0]), min_size=k, max_size=k))
    return dout, x, torch.tensor([gain], dtype=torch.float64), draw(st.sampled_from(epsilons))


@driver
def without_autograd(names, function, arguments):
    """The function's answer where autograd is switched off, and the arguments afterwards."""
    import torch

    with torch.no_grad():
        return getattr(names, function)(*arguments), arguments


@exercise("compare_gradients")
@given(
    auto=tensors((sizes(1, 3), sizes(1, 3), sizes(1, 2))),
    place=st.integers(0, 17),
    by=st.sampled_from([-3.0, 0.25, 7.5]),
)
def test_one_entry_is_enough(learner, auto, place, by):
    """One entry that differs, wherever it stands, makes the two neither equal nor close, by its own difference."""
    manual = auto.clone().contiguous()
    manual.view(-1)[place % auto.numel()] += by
    expected = {"exact": False, "close": False, "max_difference": abs(by)}
    assert_equal(learner.compare_gradients(manual, auto), expected)
    assert_equal(learner.compare_gradients(auto, manual), expected, "exchanged")
    same = {"exact": True, "close": True, "max_difference": 0.0}
    assert_equal(learner.compare_gradients(manual.clone(), manual), same, "a copy")


@exercise("compare_gradients")
@given(
    auto=tensors((sizes(),), st.sampled_from([-3e6, -40.0, 0.5, 2.0, 1e3])),
    place=st.integers(0, 4),
    share=st.sampled_from([-1.5, -0.8, 0.8, 1.5]),
)
def test_close_is_relative_to_the_size(learner, auto, place, share):
    """An entry a may be off by 10⁻⁸ + 10⁻⁵·|a|: four fifths of that are close, three halves are not."""
    place %= len(auto)
    off = share * (1e-8 + 1e-5 * auto[place].abs().item())
    manual = auto.clone()
    manual[place] += off
    got = learner.compare_gradients(manual, auto)
    assert_equal([got["exact"], got["close"]], [False, abs(share) < 1], "exact and close")
    assert_close(got["max_difference"], abs(off), "max_difference", atol=1e-9)


@exercise("compare_gradients")
@given(
    shape=st.tuples(sizes(), sizes()), off=st.sampled_from([-1e-7, -1.5e-8, -8e-9, 3e-17, 8e-9, 1.5e-8, 1e-7])
)
def test_near_zero_the_difference_is_absolute(learner, shape, off):
    """Where autograd finds 0, 0.8 · 10⁻⁸ is close and 1.5 · 10⁻⁸ is not; no difference above 0 is exact."""
    auto = torch.zeros(shape, dtype=torch.float64)
    got = learner.compare_gradients(auto + off, auto)
    assert_equal([got["exact"], got["close"]], [False, abs(off) < 1e-8], "exact and close")
    assert_close(got["max_difference"], abs(off), "max_difference", rtol=1e-12, atol=0.0)


@exercise("compare_gradients")
def test_every_entry_counts(learner):
    """One entry that is equal makes nothing exact, one that is close makes nothing close."""
    auto = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)
    got = learner.compare_gradients(auto + torch.tensor([0.0, 1e-9, -4.0], dtype=torch.float64), auto)
    assert_equal(got, {"exact": False, "close": False, "max_difference": 4.0})
    half = learner.compare_gradients(auto * torch.tensor([1.0, 1.0, 1.0 + 1e-6], dtype=torch.float64), auto)
    assert_equal([half["exact"], half["close"]], [False, True], "exact and close")


@exercise("tanh_backward")
@given(x=tensors((sizes(1, 3), sizes(1, 4), sizes(1, 2)), reals(-6, 6)), seed=st.integers(0, 999))
def test_tanh_gradient_is_autograds(learner, x, seed):
    """For any input, of any shape, the gradient is autograd's, and neither argument is changed."""
    dout = torch.randn(x.shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    leaf = x.clone().requires_grad_()
    out = torch.tanh(leaf)
    (expected,) = torch.autograd.grad(out, leaf, dout)
    h, given_dout = out.detach().clone(), dout.clone()
    assert_close(learner.tanh_backward(dout, h), expected)
    assert_equal(h, out.detach(), "h afterwards")
    assert_equal(dout, given_dout, "dout afterwards")


@exercise("tanh_backward")
@settings(max_examples=15)
@given(pair=upstream_pairs(), factor=st.sampled_from([-2.0, 0.5, 3.0]))
def test_tanh_gradient_is_proportional(learner, pair, factor):
    """A multiple of dout gives the same multiple; the sign of h makes no difference, for tanh is odd."""
    dout, x = pair
    h = torch.tanh(x)
    once = learner.tanh_backward(dout, h)
    assert_close(learner.tanh_backward(factor * dout, h), factor * once, f"for {factor:g} times dout")
    assert_close(learner.tanh_backward(dout, -h), once, "for -h")
    assert_close(once, dout / torch.cosh(x) ** 2)


@exercise("tanh_backward")
@settings(max_examples=5)
@given(dout=tensors((sizes(),)))
def test_a_saturated_unit_hands_nothing_down(learner, dout):
    """At h = 1 and h = -1 nothing comes back, at h = 0 all of it, at h = 0.5 three quarters."""
    for h, share in [(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.5, 0.75)]:
        assert_close(learner.tanh_backward(dout, torch.full_like(dout, h)), share * dout, f"at h = {h:g}")


@exercise("tanh_backward")
@settings(max_examples=4)
@given(pair=upstream_pairs())
def test_tanh_needs_no_autograd(learner, pair):
    """The answer is the same where autograd is switched off."""
    dout, x = pair
    got, _ = without_autograd(learner, "tanh_backward", [dout, torch.tanh(x)])
    assert_close(got, dout / torch.cosh(x) ** 2)


@st.composite
def linear_layers(draw):
    """dout (n, q), x (n, p) and W (p, q), with n, p and q drawn each on its own."""
    n, p, q = (draw(sizes(1, 6)) for _ in range(3))
    return draw(tensors((n, q))), draw(tensors((n, p))), draw(tensors((p, q)))


def linear_case(dout, x, W):
    """Autograd's (dx, dW, db)."""
    b = torch.zeros(W.shape[1], dtype=torch.float64)
    leaves = [t.clone().requires_grad_() for t in (x, W, b)]
    return torch.autograd.grad(leaves[0] @ leaves[1] + leaves[2], leaves, dout)


def assert_linear(got, expected, what=""):
    """All three gradients agree."""
    assert_equal(len(got), 3, "the number of answers")
    for name, mine, right in zip(["dx", "dW", "db"], got, expected, strict=True):
        assert_close(mine, right, f"{name} {what}".strip())


@exercise("linear_backward")
@given(layer=linear_layers())
def test_linear_gradients_are_autograds(learner, layer):
    """dx, dW and db are autograd's in value and shape, and the arguments stay as they were."""
    before = [t.clone() for t in layer]
    assert_linear(learner.linear_backward(*layer), linear_case(*layer))
    for name, t, was in zip(["dout", "x", "W"], layer, before, strict=True):
        assert_equal(t, was, f"{name} afterwards")


@exercise("linear_backward")
@settings(max_examples=12)
@given(layer=linear_layers(), more=st.integers(1, 4))
def test_examples_add_up(learner, layer, more):
    """The examples' shares of dW and db add up, and each example has its own row of dx."""
    dout, x, W = layer
    alone = [learner.linear_backward(dout[i : i + 1], x[i : i + 1], W) for i in range(len(x))]
    for each in alone:
        assert_equal(len(each), 3, "the number of answers")
    dx, dW, db = (list(parts) for parts in zip(*alone, strict=True))
    expected = torch.cat(dx), sum(dW), sum(db)
    assert_linear(expected, linear_case(*layer), "one example at a time")
    assert_linear(learner.linear_backward(dout, x, W), expected, "all together")


@exercise("linear_backward")
@given(layer=linear_layers())
def test_a_nudge_is_foretold(learner, layer):
    """Weighed with x, dx sums to what dW does weighed with W: both are the sum of dout times x @ W."""
    dout, x, W = layer
    dx, dW, db = learner.linear_backward(*layer)
    total = (dout * (x @ W)).sum()
    assert_equal(
        [tuple(dx.shape), tuple(dW.shape)], [tuple(x.shape), tuple(W.shape)], "the shapes of dx and dW"
    )
    assert_close((dx * x).sum(), total, "dx times x", atol=ROUNDING * 1e3)
    assert_close((dW * W).sum(), total, "dW times W", atol=ROUNDING * 1e3)
    assert_close(db, dout.sum(0), "db")


@exercise("linear_backward")
@settings(max_examples=4)
@given(layer=linear_layers())
def test_linear_needs_no_autograd(learner, layer):
    """The answer is the same where autograd is switched off."""
    got, _ = without_autograd(learner, "linear_backward", list(layer))
    assert_linear(got, linear_case(*layer))


@st.composite
def lookups(draw):
    """demb (n, block, d), X (n, block) and V, the last rows of the table often unused."""
    n, block, d, V = draw(sizes(1, 4)), draw(sizes(1, 3)), draw(sizes(1, 3)), draw(sizes(1, 7))
    numbers = st.integers(0, V - 1)
    X = torch.tensor(draw(st.lists(numbers, min_size=n * block, max_size=n * block))).reshape(n, block)
    return draw(tensors((n, block, d))), X, V


def embedded(demb, X, V):
    """Autograd's gradient by the table."""
    C = torch.zeros((V, demb.shape[2]), dtype=torch.float64, requires_grad=True)
    (expected,) = torch.autograd.grad(C[X], C, demb)
    return expected


@exercise("embedding_backward")
@given(lookup=lookups())
def test_embedding_gradient_is_autograds(learner, lookup):
    """The gradient is autograd's, (V, d) and float64 as demb is, and the arguments stay as they were."""
    demb, X, V = lookup
    before = demb.clone(), X.clone()
    got = learner.embedding_backward(demb, X, V)
    assert_close(got, embedded(*lookup), dtype=torch.float64)
    assert_equal(demb, before[0], "demb afterwards")
    assert_equal(X, before[1], "X afterwards")


@exercise("embedding_backward")
@settings(max_examples=15)
@given(demb=tensors((sizes(1, 4), sizes(1, 3), sizes(1, 3))), row=st.integers(0, 5), more=st.integers(1, 4))
def test_a_row_collects_all_its_uses(learner, demb, row, more):
    """A row that is looked up everywhere gets the sum of everything, and the others get zeros."""
    X = torch.full(demb.shape[:2], row)
    got = learner.embedding_backward(demb, X, row + more)
    expected = torch.zeros((row + more, demb.shape[2]), dtype=torch.float64)
    expected[row] = demb.sum((0, 1))
    assert_close(got, expected)


@exercise("embedding_backward")
@settings(max_examples=12)
@given(lookup=lookups())
def test_the_order_of_examples_is_nothing(learner, lookup):
    """Examples and places in another order give the same gradient, given twice they give it twice."""
    demb, X, V = lookup
    expected = embedded(*lookup)
    assert_close(learner.embedding_backward(demb.flip(0, 1), X.flip(0, 1), V), expected, "in another order")
    twice = learner.embedding_backward(torch.cat([demb, demb]), torch.cat([X, X]), V)
    assert_close(twice, 2 * expected, "given twice")


@exercise("embedding_backward")
@settings(max_examples=4)
@given(lookup=lookups())
def test_embedding_needs_no_autograd(learner, lookup):
    """The answer is the same where autograd is switched off."""
    got, _ = without_autograd(learner, "embedding_backward", list(lookup))
    assert_close(got, embedded(*lookup))


@exercise("softmax_steps_backward")
@settings(max_examples=18)
@given(pair=upstream_pairs())
def test_every_step_of_softmax_is_autograds(learner, pair):
    """Each of the seven gradients is autograd's for any upstream gradient, and the cache stays as it was."""
    dlogprobs, logits = pair
    cache, expected = softmax_case(logits, dlogprobs)
    before, upstream = copied(cache), dlogprobs.clone()
    assert_steps(learner.softmax_steps_backward(cache, dlogprobs), expected, SOFTMAX_STEPS)
    assert_equal(cache, before, "the cache afterwards")
    assert_equal(dlogprobs, upstream, "dlogprobs afterwards")


@exercise("softmax_steps_backward")
@given(logits=tensors((sizes(), sizes(1, 6))), seed=st.integers(0, 999))
def test_all_steps_together_are_short(learner, logits, seed):
    """With the loss's own dlogprobs, dlogits are the probabilities less 1 at the target, over n."""
    n, V = logits.shape
    y = torch.randint(V, (n,), generator=torch.Generator().manual_seed(seed))
    dlogprobs = torch.zeros_like(logits)
    dlogprobs[torch.arange(n), y] = -1 / n
    got = learner.softmax_steps_backward(softmax_steps(logits), dlogprobs)
    assert_close(got["dlogits"], (logits.softmax(1) - F.one_hot(y, V)) / n, "dlogits", atol=ROUNDING)
    assert_close(got["dprobs"], dlogprobs / logits.softmax(1), "dprobs", rtol=ROUNDING, atol=ROUNDING)


@exercise("softmax_steps_backward")
@given(pair=upstream_pairs(2), factor=st.sampled_from([-2.0, 0.5, 4.0]), row=st.integers(0, 5))
def test_rows_of_softmax_are_strangers(learner, pair, factor, row):
    """A multiple of one row's dlogprobs gives that multiple in that row, and leaves the others alone."""
    dlogprobs, logits = pair
    row %= len(logits)
    cache, expected = softmax_case(logits, dlogprobs)
    scaled = dlogprobs.clone()
    scaled[row] *= factor
    factors = torch.ones(len(logits), 1, dtype=torch.float64)
    factors[row] = factor
    expected = {name: factors * slope for name, slope in expected.items()}
    assert_steps(learner.softmax_steps_backward(cache, scaled), expected, SOFTMAX_STEPS)


@exercise("softmax_steps_backward")
@given(logits=tensors((sizes(1, 4), sizes(2, 5)), halves(-30, 30)), seed=st.integers(0, 999))
def test_steps_hold_for_rare_classes(learner, logits, seed):
    """Each gradient is autograd's where probabilities are as small as 10⁻¹³, too."""
    dlogprobs = torch.randn(logits.shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    cache, expected = softmax_case(logits, dlogprobs)
    got = learner.softmax_steps_backward(cache, dlogprobs)
    assert_equal(sorted(got), sorted(SOFTMAX_STEPS), "the keys")
    for name in SOFTMAX_STEPS:
        # The largest is dprobs; what comes of it is weighed with counts again, which are 1 at most.
        scale = max(1.0, expected[name].abs().max().item())
        assert_close(got[name], expected[name], name, atol=ROUNDING * scale)


@exercise("softmax_steps_backward")
@settings(max_examples=4)
@given(pair=upstream_pairs())
def test_softmax_steps_need_no_autograd(learner, pair):
    """The answer is the same where autograd is switched off."""
    dlogprobs, logits = pair
    cache, expected = softmax_case(logits, dlogprobs)
    got, _ = without_autograd(learner, "softmax_steps_backward", [cache, dlogprobs])
    assert_steps(got, expected, SOFTMAX_STEPS)


@st.composite
def classified(draw, elements=None, low=1):
    """Logits (n, V) and targets (n,), n and V drawn each on its own."""
    n, V = draw(sizes(low, 5)), draw(sizes(2, 6))
    logits = draw(tensors((n, V), elements))
    y = torch.tensor(draw(st.lists(st.integers(0, V - 1), min_size=n, max_size=n)))
    return logits, y


def cross_entropy_slope(logits, y):
    """Autograd's gradient of the mean cross-entropy."""
    leaf = logits.clone().requires_grad_()
    (slope,) = torch.autograd.grad(F.cross_entropy(leaf, y), leaf)
    return slope


@exercise("cross_entropy_backward")
@given(batch=classified())
def test_cross_entropy_gradient_is_autograds(learner, batch):
    """The gradient is that of F.cross_entropy, and logits and targets stay as they were."""
    logits, y = batch
    before = logits.clone(), y.clone()
    assert_close(learner.cross_entropy_backward(logits, y), cross_entropy_slope(*before))
    assert_equal(logits, before[0], "the logits afterwards")
    assert_equal(y, before[1], "the targets afterwards")


@exercise("cross_entropy_backward")
@given(batch=classified())
def test_the_loss_is_a_mean(learner, batch):
    """Every example given twice halves each row, and the rows still sum to 0."""
    logits, y = batch
    twice = learner.cross_entropy_backward(torch.cat([logits, logits.flip(0)]), torch.cat([y, y.flip(0)]))
    once = cross_entropy_slope(logits, y)
    assert_close(twice, torch.cat([once, once.flip(0)]) / 2, "each example given twice")
    assert_close(twice.sum(1), torch.zeros(2 * len(y), dtype=torch.float64), "row sums")


@exercise("cross_entropy_backward")
@given(batch=classified(), up=st.integers(-900, 900))
def test_a_shift_of_a_row_changes_nothing(learner, batch, up):
    """A constant added to a row's logits changes no gradient, and classes renumbered renumber its columns."""
    logits, y = batch
    expected = cross_entropy_slope(logits, y)
    shift = up * (torch.arange(len(y)) % 3 - 1).unsqueeze(1)
    got = learner.cross_entropy_backward(logits + shift, y)
    assert_close(got, expected, "rows shifted", atol=1e-11)
    V = logits.shape[1]
    renumbered = learner.cross_entropy_backward(logits.flip(1), V - 1 - y)
    assert_close(renumbered, expected.flip(1), "classes renumbered")


@exercise("cross_entropy_backward")
@given(batch=classified(st.sampled_from([-1000.0, -400.5, 0.0, 3.0, 999.5, 1000.0])))
def test_sure_predictions_have_finite_gradients(learner, batch):
    """With logits up to 1000 every entry is finite and autograd's."""
    got = learner.cross_entropy_backward(*batch)
    # The logarithm of a sum of exponentials is as large as the logits, and so is its rounding.
    assert_close(got, cross_entropy_slope(*batch), atol=1e-11)


@exercise("cross_entropy_backward")
@settings(max_examples=4)
@given(batch=classified())
def test_cross_entropy_needs_no_autograd(learner, batch):
    """The answer is the same where autograd is switched off."""
    got, _ = without_autograd(learner, "cross_entropy_backward", list(batch))
    assert_close(got, cross_entropy_slope(*batch))


@exercise("batchnorm_steps_backward")
@settings(max_examples=18)
@given(case=normalised())
def test_every_step_of_batchnorm_is_autograds(learner, case):
    """Each of the nine gradients is autograd's, the variance taken with n - 1, and the cache stays as it was."""
    dout = case[0]
    cache, expected = batchnorm_case(*case)
    before, upstream = copied(cache), dout.clone()
    assert_steps(learner.batchnorm_steps_backward(cache, dout), expected, BATCHNORM_STEPS)
    assert_equal(cache, before, "the cache afterwards")
    assert_equal(dout, upstream, "dout afterwards")


@exercise("batchnorm_steps_backward")
@given(case=normalised(3), up=st.integers(-20, 20))
def test_a_shift_of_the_batch_is_undone(learner, case, up):
    """Nothing comes back for a shift of the whole batch: dhprebn sums to 0, whatever constant dout has in it."""
    dout, x, gain, _ = case
    cache, expected = batchnorm_case(*case)
    got = learner.batchnorm_steps_backward(cache, dout + up)
    assert_close(
        got["dhprebn"].sum(0),
        torch.zeros(x.shape[1], dtype=torch.float64),
        "dhprebn over the batch",
        atol=1e-8,
    )
    assert_close(got["dhprebn"], expected["dhprebn"], "dhprebn", atol=1e-8)
    assert_close(got["dbnbias"], expected["dbnbias"] + up * len(x), "dbnbias")
    shifted = -gain * cache["bnvar_inv"] * up * len(x)
    assert_close(got["dbnmeani"], expected["dbnmeani"] + shifted, "dbnmeani", atol=1e-8)


@exercise("batchnorm_steps_backward")
@given(case=normalised(), unit=st.integers(0, 4), factor=st.sampled_from([-2.0, 0.5, 4.0]))
def test_units_of_batchnorm_are_strangers(learner, case, unit, factor):
    """A multiple of one unit's dout gives that multiple in its column, and leaves the others alone."""
    dout = case[0].clone()
    cache, expected = batchnorm_case(*case)
    unit %= dout.shape[1]
    dout[:, unit] *= factor
    factors = torch.ones(1, dout.shape[1], dtype=torch.float64)
    factors[:, unit] = factor
    expected = {name: factors * slope for name, slope in expected.items()}
    assert_steps(learner.batchnorm_steps_backward(cache, dout), expected, BATCHNORM_STEPS)


@exercise("batchnorm_steps_backward")
@settings(max_examples=12)
@given(case=normalised(2, [0.0]))
def test_the_variance_has_n_less_one(learner, case):
    """A batch of two leaves nothing for its inputs at eps = 0, and dbndiff2 is dbnvar over n - 1 in any batch."""
    dout = case[0]
    cache, expected = batchnorm_case(*case)
    got = learner.batchnorm_steps_backward(cache, dout)
    spread = expected["dbnvar"].expand(dout.shape) / (len(dout) - 1)
    assert_close(got["dbndiff2"], spread, "dbndiff2", atol=1e-9 * max(1.0, spread.abs().max().item()))
    dout, x, (gain, eps) = case[0][:2], case[1][:2].clone(), case[2:]
    x[0] += (x[0] == x[1]) * 0.5
    two, _ = batchnorm_case(dout, x, gain, eps)
    nothing = learner.batchnorm_steps_backward(two, dout)["dhprebn"]
    assert_close(nothing, torch.zeros_like(dout), "dhprebn of a batch of two", atol=1e-9)


@exercise("batchnorm_steps_backward")
@settings(max_examples=4)
@given(case=normalised())
def test_batchnorm_steps_need_no_autograd(learner, case):
    """The answer is the same where autograd is switched off."""
    cache, expected = batchnorm_case(*case)
    got, _ = without_autograd(learner, "batchnorm_steps_backward", [cache, case[0]])
    assert_steps(got, expected, BATCHNORM_STEPS)


def assert_input_slope(got, expected, what=""):
    """A gradient by BatchNorm's input, up to rounding at its size."""
    assert_close(got, expected, what, atol=1e-9 * max(1.0, expected.abs().max().item()))


@exercise("batchnorm_backward")
@given(case=normalised())
def test_one_expression_equals_the_steps(learner, case):
    """The expression is autograd's gradient through every step, the cache stays as it was."""
    dout = case[0]
    cache, expected = batchnorm_case(*case)
    before, upstream = copied(cache), dout.clone()
    assert_input_slope(learner.batchnorm_backward(dout, cache), expected["dhprebn"])
    assert_equal(cache, before, "the cache afterwards")
    assert_equal(dout, upstream, "dout afterwards")


@exercise("batchnorm_backward")
@settings(max_examples=12)
@given(case=normalised(3))
def test_it_agrees_with_the_reference_steps(learner, reference, case):
    """The expression equals dhprebn of the steps, and it sums to 0 over the batch."""
    cache, _ = batchnorm_case(*case)
    got = learner.batchnorm_backward(case[0], cache)
    assert_input_slope(got, reference.batchnorm_steps_backward(cache, case[0])["dhprebn"])
    assert_close(got.sum(0), torch.zeros(got.shape[1], dtype=torch.float64), "sums over the batch", atol=1e-9)


@exercise("batchnorm_backward")
@given(case=normalised(3, [0.0]))
def test_nothing_comes_back_along_the_normalised_input(learner, case):
    """At eps = 0 the gradient is orthogonal to x̂ over the batch, for the normalisation undoes any scaling."""
    cache, expected = batchnorm_case(*case)
    got = learner.batchnorm_backward(case[0], cache)
    product = (got * cache["bnraw"]).sum(0)
    assert_close(product, torch.zeros_like(product), "sums of gradient times x̂", atol=1e-8)
    assert_input_slope(got, expected["dhprebn"])


@exercise("batchnorm_backward")
@settings(max_examples=12)
@given(case=normalised(3, [0.0]), a=halves(), b=halves())
def test_a_line_in_dout_adds_nothing(learner, case, a, b):
    """At eps = 0 a straight line in x̂, added to dout, changes nothing, and by itself it leaves 0."""
    dout = case[0]
    cache, expected = batchnorm_case(*case)
    line = a + b * cache["bnraw"]
    assert_close(
        learner.batchnorm_backward(dout + line, cache), expected["dhprebn"], "with a line", atol=1e-8
    )
    assert_close(learner.batchnorm_backward(line, cache), torch.zeros_like(dout), "the line alone", atol=1e-8)


@exercise("batchnorm_backward")
@settings(max_examples=12)
@given(case=normalised(2, [0.0, 0.5, 2.0]), factor=st.sampled_from([-3.0, 0.5, 2.0]))
def test_the_gain_counts_once(learner, case, factor):
    """A multiple of the gain gives that multiple of the gradient, and so does a multiple of dout."""
    dout, x, gain, eps = case
    cache, expected = batchnorm_case(*case)
    louder, _ = batchnorm_case(dout, x, factor * gain, eps)
    assert_input_slope(
        learner.batchnorm_backward(dout, louder), factor * expected["dhprebn"], "a larger gain"
    )
    assert_input_slope(
        learner.batchnorm_backward(factor * dout, cache), factor * expected["dhprebn"], "more dout"
    )


@exercise("batchnorm_backward")
@settings(max_examples=4)
@given(case=normalised())
def test_batchnorm_needs_no_autograd(learner, case):
    """The answer is the same where autograd is switched off."""
    cache, expected = batchnorm_case(*case)
    got, _ = without_autograd(learner, "batchnorm_backward", [case[0], cache])
    assert_input_slope(got, expected["dhprebn"])


@st.composite
def networks(draw, rows=(2, 7)):
    """Seeded random parameters of drawn sizes, and a small batch: (params, X, Y)."""
    V, d, block = draw(sizes(2, 7)), draw(sizes(1, 4)), draw(sizes(1, 4))
    k, n = draw(sizes(1, 6)), draw(sizes(*rows))
    generator = torch.Generator().manual_seed(draw(st.integers(0, 9999)))
    shapes = [(V, d), (block * d, k), (k, V), (V,), (1, k), (1, k)]
    params = [torch.randn(shape, generator=generator, dtype=torch.float64) for shape in shapes]
    X = torch.randint(V, (n, block), generator=generator)
    return params, X, torch.randint(V, (n,), generator=generator)


def rates():
    return st.sampled_from([0.03, 0.2, 0.5, 1.5])


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
    require(len(got) == 6, f"six parameters were due, here are {len(got)}")
    for name, mine, right in zip(PARAMETERS, got, expected, strict=True):
        assert_close(mine, right, f"{name} {what}", atol=1e-9 * max(1.0, right.abs().max().item()))


@driver
def stepped(names, params, X, Y, lr, recorded):
    """What manual_train_step returns, and the parameters after it; autograd off unless `recorded`."""
    import torch

    params = [p.clone() for p in params]
    with torch.set_grad_enabled(recorded):
        return names.manual_train_step(params, X, Y, lr), params


@exercise("manual_train_step")
@settings(max_examples=18)
@given(network=networks(), lr=rates())
def test_the_step_is_autograds(learner, network, lr):
    """Loss and all six parameters are those of a step with autograd, and X and Y stay as they were."""
    params, X, Y = network
    before = X.clone(), Y.clone()
    expected, loss = autograd_step(params, X, Y, lr)
    got, after = stepped(learner, params, X, Y, lr, True)
    assert_close(got, loss, "the loss", atol=1e-9)
    assert_params(after, expected, "after the step")
    assert_equal(X, before[0], "X afterwards")
    assert_equal(Y, before[1], "Y afterwards")


@driver
def trajectory(names, params, batches, lr):
    """The loss of each step, and the parameters after it."""
    params = [p.clone() for p in params]
    losses, states = [], []
    for X, Y in batches:
        losses.append(float(names.manual_train_step(params, X, Y, lr)))
        states.append([p.detach().clone() for p in params])
    return losses, states


@exercise("manual_train_step")
@settings(max_examples=8)
@given(network=networks((3, 6)), steps=st.integers(2, 5), lr=rates())
def test_a_run_follows_autograd_step_for_step(learner, network, steps, lr):
    """From one seeded state, on a batch that changes, each step is autograd's from where the last one ended."""
    params, X, Y = network
    batches = [(X.roll(step, 1), Y.roll(step)) for step in range(steps)]
    losses, states = trajectory(learner, params, batches, lr)
    assert_equal(len(states), steps, "the number of steps")
    for step, (X_now, Y_now) in enumerate(batches):
        expected, loss = autograd_step(params, X_now, Y_now, lr)
        assert_close(losses[step], loss, f"the loss before step {step + 1}", atol=1e-9)
        assert_params(states[step], expected, f"after step {step + 1}")
        params = states[step]


@exercise("manual_train_step")
@settings(max_examples=4)
@given(seed=st.integers(0, 9999))
def test_the_trajectory_is_the_references(learner, reference, seed):
    """From one seeded state, four steps with batches of four go the way of the reference's four steps."""
    generator = torch.Generator().manual_seed(seed)
    shapes = [(6, 2), (4, 5), (5, 6), (6,), (1, 5), (1, 5)]
    params = [0.5 * torch.randn(shape, generator=generator, dtype=torch.float64) for shape in shapes]
    batches = [
        (torch.randint(6, (4, 2), generator=generator), torch.randint(6, (4,), generator=generator))
        for _ in range(4)
    ]
    losses, states = trajectory(learner, params, batches, 0.1)
    expected_losses, expected = trajectory(reference, params, batches, 0.1)
    # Rounding grows from step to step, by the curvature: at this rate and depth a thousandfold at most.
    assert_close(losses, expected_losses, "the losses", atol=1e-8)
    assert_close(states, expected, "the parameters after each step", atol=1e-7)


@exercise("manual_train_step")
@settings(max_examples=10)
@given(network=networks(), lr=rates())
def test_the_order_of_the_batch_is_nothing(learner, network, lr):
    """The same examples in another order give the same step."""
    params, X, Y = network
    expected, loss = autograd_step(params, X, Y, lr)
    got, after = stepped(learner, params, X.flip(0), Y.flip(0), lr, True)
    assert_close(got, loss, "the loss", atol=1e-9)
    assert_params(after, expected, "after the step")


@exercise("manual_train_step")
@settings(max_examples=12)
@given(network=networks(), lr=rates())
def test_unused_rows_of_the_table_stay(learner, network, lr):
    """Rows of C that no context names stay as they are, and the others move by their share."""
    params, X, Y = network
    params[0] = torch.cat([params[0], params[0] + 1])
    V = params[0].shape[0] // 2
    expected, loss = autograd_step(params, X, Y, lr)
    got, after = stepped(learner, params, X, Y, lr, True)
    assert_close(got, loss, "the loss", atol=1e-9)
    assert_equal(after[0][V:], params[0][V:], "rows of C that weren't used")
    assert_params(after, expected, "after the step")


@exercise("manual_train_step")
@settings(max_examples=4)
@given(network=networks(), lr=rates())
def test_the_step_needs_no_autograd(learner, network, lr):
    """Loss and parameters are the same where autograd is switched off."""
    expected, loss = autograd_step(*network, lr)
    got, after = stepped(learner, *network, lr, False)
    assert_close(got, loss, "the loss", atol=1e-9)
    assert_params(after, expected, "after the step")


@exercise("manual_train_step")
def test_a_uniform_network_costs_log_v(learner):
    """Without a second layer's weights the loss is log V; the step moves b2 against predicted minus observed."""
    V = 5
    generator = torch.Generator().manual_seed(3)
    shapes = [(V, 2), (4, 3), (3, V), (V,), (1, 3), (1, 3)]
    params = [torch.randn(shape, generator=generator, dtype=torch.float64) for shape in shapes]
    params[2].zero_()
    params[3].zero_()
    X, Y = torch.tensor([[0, 1], [2, 3], [4, 0]]), torch.tensor([1, 1, 4])
    expected, _ = autograd_step(params, X, Y, 2.0)
    got, after = stepped(learner, params, X, Y, 2.0, True)
    assert_close(got, math.log(V), "the loss", atol=1e-12)
    observed = torch.tensor([0, 2 / 3, 0, 0, 1 / 3], dtype=torch.float64)
    assert_close(after[3], -2.0 * (1 / V - observed), "b2 after the step")
    assert_params(after, expected, "after the step")

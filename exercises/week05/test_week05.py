"""Week 05's checks: what a learner can run. Each states one law of a right answer."""

import math
from itertools import pairwise

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograde.properties import assert_close, assert_equal, assert_raises, driver, exercise, require
from autograde.strategies import halves, shapes, sizes, tensors

FLOATS = [torch.float32, torch.float64]


def rounding(*tensors_in: torch.Tensor) -> float:
    """64 steps of the coarsest dtype at the largest finite magnitude that went in."""
    eps = max(torch.finfo(x.dtype).eps for x in tensors_in)
    return (
        64 * eps * max([1.0, *(x.abs()[x.isfinite()].max().item() for x in tensors_in if x.isfinite().any())])
    )


def any_tensors(ranks=(0, 3), elements=None):
    """Tensors of float32 or float64 and of any shape."""
    drawn = st.sampled_from(FLOATS)
    return drawn.flatmap(lambda dtype: tensors(shapes(ranks), elements, dtype=dtype))


def seeds() -> st.SearchStrategy[int]:
    return st.integers(0, 999)


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def tables(elements=None, key: str = "x") -> st.SearchStrategy[torch.Tensor]:
    """A tensor with an axis or more, the same one wherever an example draws it."""
    return st.shared(any_tensors((1, 3), elements), key=key)


def axes_of(x: st.SearchStrategy[torch.Tensor]) -> st.SearchStrategy[int]:
    """One of its axes, counted from either end."""
    return x.flatmap(lambda drawn: st.integers(-drawn.ndim, drawn.ndim - 1))


def shared_size(low: int, high: int, key: str = "n") -> st.SearchStrategy[int]:
    """One size, the same one wherever an example draws it."""
    return st.shared(sizes(low, high), key=f"{key} from {low} to {high}")


@driver
def slopes_of(names, name, x):
    """The slope of one of the learner's functions, which bends each number by itself."""
    x = x.clone().requires_grad_()
    getattr(names, name)(x).sum().backward()
    return x.grad


@driver
def loss_and_slopes(names, name, x, *others):
    """A loss of the learner's, and its slopes in its first argument."""
    x = x.clone().requires_grad_()
    loss = getattr(names, name)(x, *others)
    loss.backward()
    return loss.item(), x.grad


@exercise("relu")
def test_relu_of_the_example(learner):
    """relu of -2, 0 and 1.5 is 0, 0 and 1.5."""
    assert_close(learner.relu(torch.tensor([-2.0, 0.0, 1.5])), torch.tensor([0.0, 0.0, 1.5]))


@exercise("relu")
@given(x=any_tensors())
def test_relu_keeps_what_is_positive(learner, x):
    """Positive numbers stay, the others become 0, the shape is kept, and x stays as it was."""
    before = x.clone()
    assert_close(learner.relu(x), (x + x.abs()) / 2)
    assert_equal(x, before, "x afterwards")


@exercise("relu")
@given(x=any_tensors((1, 2), st.integers(1, 8) | st.integers(-8, -1)))
def test_relu_has_slope_one_or_none(learner, x):
    """The slope is 1 right of zero and 0 left of it.

    Hint: Slopes flow through operations that make a new tensor. A number that was taken out of its tensor has left
    them, and a tensor that is written to has lost them.
    """
    assert_close(slopes_of(learner, "relu", x), (x > 0).to(x.dtype), "the slope")


@exercise("neuron")
def test_neuron_of_the_example(learner):
    """The example of section 1 gives 1.5 and 0 through max(0, z)."""
    x, w = torch.tensor([[1.0, 2.0], [3.0, -4.0]]), torch.tensor([0.5, 1.0])
    assert_close(learner.neuron(x, w, -1.0, lambda z: z.clamp(min=0)), torch.tensor([1.5, 0.0]))


@exercise("neuron")
@given(
    b=halves(),
    w=tensors((shared_size(1, 4, "d"),)),
    x=tensors((sizes(), shared_size(1, 4, "d"))),
)
def test_neuron_is_a_linear_model_with_a_link(learner, x, w, b):
    """Through an activation that doubles and adds 1, the answer is twice the weighted sum plus bias, plus 1."""
    expected = [2 * (sum(u * v for u, v in zip(row, w.tolist(), strict=True)) + b) + 1 for row in x.tolist()]
    got = learner.neuron(x, w, b, lambda z: 2 * z + 1)
    assert_close(got, torch.tensor(expected, dtype=x.dtype), axes=("example",))


@driver
def slopes_in_weights(names, x, w, b):
    """The slopes of the learner's neurons' sum in the weights, through max(0, z)."""
    w = w.clone().requires_grad_()
    names.neuron(x, w, b, lambda z: z.clamp(min=0)).sum().backward()
    return w.grad


@exercise("neuron")
def test_neuron_has_slopes(learner):
    """The slopes in w are those of the rows that max(0, z) lets through: in the example the first, (1, 2).

    Hint: Slopes flow through operations on tensors. A number that was taken out of its tensor has left them.
    """
    x, w = torch.tensor([[1.0, 2.0], [3.0, -4.0]]), torch.tensor([0.5, 1.0])
    assert_close(slopes_in_weights(learner, x, w, -1.0), torch.tensor([1.0, 2.0]), "the slopes in w")


@exercise("sigmoid")
def test_sigmoid_of_the_example(learner):
    """sigmoid of -log 3, 0 and log 3 is 0.25, 0.5 and 0.75."""
    x = torch.tensor([-math.log(3), 0.0, math.log(3)])
    assert_close(learner.sigmoid(x), torch.tensor([0.25, 0.5, 0.75]))


@exercise("sigmoid")
@given(x=any_tensors((0, 2), st.integers(-40, 40)))
def test_sigmoid_of_the_negative(learner, x):
    """sigmoid(-x) is 1 - sigmoid(x), and both lie between 0 and 1."""
    up, down = learner.sigmoid(x), learner.sigmoid(-x)
    assert_equal(tuple(up.shape), tuple(x.shape), "the shape")
    assert_close(down, 1 - up)
    require(((up > 0.5) == (x > 0)).all(), "above 0.5 for positive numbers, and only there", got=up)


@exercise("sigmoid")
def test_sigmoid_far_out(learner):
    """At -1000 and 1000 the value is 0 and 1, and the slope is 0, neither inf nor nan.

    Hint: Which exponential overflows, at which of the two? It has to be harmless before it is computed, even
    where `where` won't choose it.
    """
    x = torch.tensor([-1000.0, 1000.0])
    assert_close(learner.sigmoid(x), torch.tensor([0.0, 1.0]), "the value")
    assert_close(slopes_of(learner, "sigmoid", x), torch.zeros(2), "the slope")


@exercise("sigmoid")
def test_slope_of_sigmoid(learner):
    """The slope is 1/4 at 0, and 3/16 at log 3."""
    x = torch.tensor([0.0, math.log(3)])
    assert_close(slopes_of(learner, "sigmoid", x), torch.tensor([0.25, 0.1875]), "the slope")


@exercise("mlp_forward")
def test_mlp_of_the_example(learner):
    """The network of section 3 gives -1, which no relu at its end has touched."""
    weights = [torch.tensor([[1.0, 0.0], [0.0, 1.0]]), torch.tensor([[2.0], [5.0]])]
    biases = [torch.tensor([0.0, 0.5]), torch.tensor([-3.0])]
    got = learner.mlp_forward(torch.tensor([[1.0, -1.0]]), weights, biases, lambda z: z.clamp(min=0))
    assert_close(got, torch.tensor([[-1.0]]))


@st.composite
def networks(draw: st.DrawFn, layers=(1, 4)) -> tuple[torch.Tensor, list, list]:
    """An input, and the weights and biases of a network that fits it; every width drawn on its own."""
    widths = [draw(sizes()) for _ in range(draw(st.integers(*layers)) + 1)]
    weights = [draw(tensors(pair)) for pair in pairwise(widths)]
    return draw(tensors((sizes(), widths[0]))), weights, [draw(tensors((width,))) for width in widths[1:]]


@exercise("mlp_forward")
@given(network=networks((1, 1)))
def test_one_layer_is_a_linear_model(learner, network):
    """A single layer is x @ W + b: the activation isn't used."""
    x, weights, biases = network
    got = learner.mlp_forward(x, weights, biases, lambda z: z * 0 + 77)
    assert_close(got, x @ weights[0] + biases[0], atol=rounding(x @ weights[0]))


@exercise("mlp_forward")
@given(network=networks((2, 3)))
def test_layers_follow_each_other(learner, network):
    """Each layer takes what the one before gave, and all but the last are bent."""
    x, weights, biases = network
    got = learner.mlp_forward(x, weights, biases, lambda z: z.abs())
    expected = x
    for number, (W, b) in enumerate(zip(weights, biases, strict=True), 1):
        expected = expected @ W + b if number == len(weights) else (expected @ W + b).abs()
    assert_close(got, expected, axes=("example", "output"))


@exercise("half_squared_error")
def test_error_of_the_example(learner):
    """Predictions 1 and 2 for the actual 4 and 2 cost 2.25."""
    assert_close(learner.half_squared_error(torch.tensor([1.0, 2.0]), torch.tensor([4.0, 2.0])), 2.25)


@exercise("half_squared_error")
@given(pred=any_tensors((0, 3)), off=halves())
def test_error_of_a_constant_offset(learner, pred, off):
    """Predictions that are all off by the same amount cost half its square, however many there are."""
    assert_close(learner.half_squared_error(pred, pred + off), off**2 / 2, atol=rounding(pred) * 16)


@exercise("half_squared_error")
@given(n=st.integers(1, 5), swap=st.booleans())
def test_other_shapes_are_refused(learner, n, swap):
    """A column and a vector raise ValueError, and so do a single number and a vector."""
    column, vector = torch.zeros(n, 1), torch.ones(n)
    pred, actual = (vector, column) if swap else (column, vector)
    assert_close(learner.half_squared_error(vector, 0 * vector), 0.5, "with equal shapes")
    assert_raises(ValueError, learner.half_squared_error, pred, actual)
    assert_raises(ValueError, learner.half_squared_error, pred, torch.tensor(1.0))


@exercise("half_squared_error")
def test_error_has_slopes(learner):
    """The slope in each prediction is its residual, divided by their number."""
    loss, slopes = loss_and_slopes(
        learner, "half_squared_error", torch.tensor([1.0, 2.0, 0.0, 5.0]), torch.tensor([3.0, 2.0, 0.0, 1.0])
    )
    assert_close(loss, 2.5, "the loss")
    assert_close(slopes, torch.tensor([-0.5, 0.0, 0.0, 1.0]), "the slopes")


@driver
def gradient_without_autograd(names, a, b, x, y):
    """The learner's pair of slopes, with torch's note-taking off."""
    import torch

    with torch.no_grad():
        return [float(slope) for slope in names.linear_gradient(a, b, x, y)]


@exercise("linear_gradient")
def test_gradient_of_the_example(learner):
    """At a = b = 0 the points (1, 2) and (3, 4) give the slopes -7 and -3."""
    got = learner.linear_gradient(0.0, 0.0, torch.tensor([1.0, 3.0]), torch.tensor([2.0, 4.0]))
    assert_close(got, (-7.0, -3.0))


@exercise("linear_gradient")
@given(a=halves(), b=halves(), x=tensors((sizes(1, 6),)))
def test_no_slope_at_a_perfect_fit(learner, a, b, x):
    """Where the line goes through all points both slopes are 0; raised by 1, it has the slopes mean(x) and 1."""
    y = a * x + b
    assert_close(gradient_without_autograd(learner, a, b, x, y), [0.0, 0.0], "on the line", atol=1e-12)
    above = gradient_without_autograd(learner, a, b + 1, x, y)
    assert_close(above, [x.mean().item(), 1.0], "one above the line", atol=1e-12)


@exercise("gradient_descent")
def test_descent_of_the_example(learner):
    """With the gradient x, from 8 at rate 0.5, the places are 8, 4, 2 and 1."""
    got = learner.gradient_descent(lambda x: x, torch.tensor([8.0]), 0.5, 3)
    assert_close(got, torch.tensor([[8.0], [4.0], [2.0], [1.0]]))


@exercise("gradient_descent")
@settings(max_examples=10)
@given(start=tensors((sizes(1, 4),)), lr=st.sampled_from([0.25, 0.5, 1.5]), steps=st.integers(0, 5))
def test_each_row_is_the_step_from_the_last(learner, start, lr, steps):
    """Row 0 is start, each row is the last one less lr times the gradient there, and start stays as it was."""
    before = start.clone()
    path = learner.gradient_descent(lambda x: 2 * x - 1, start, lr, steps)
    assert_equal(tuple(path.shape), (steps + 1, len(start)), "the shape")
    assert_close(path[0], before, "row 0")
    assert_close(path[1:], path[:-1] - lr * (2 * path[:-1] - 1), "the rows after it", atol=1e-10)
    assert_equal(start, before, "start afterwards")


@exercise("gradient_descent")
def test_the_path_has_the_dtype_of_start(learner):
    """From a float64 start the path is float64, from a float32 start float32.

    Hint: `torch.zeros` makes float32 unless it is told otherwise.
    """
    for dtype in FLOATS:
        path = learner.gradient_descent(lambda x: x, torch.tensor([8.0], dtype=dtype), 0.5, 1)
        assert_close(path, torch.tensor([[8.0], [4.0]], dtype=dtype), f"from {dtype}", dtype=dtype)


@driver
def epochs_of(names, n, batch_size, seed, count):
    """So many epochs of the learner's batches from one generator, each as a list."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    return [list(names.minibatches(n, batch_size, generator)) for _ in range(count)]


@exercise("minibatches")
def test_ten_by_eight(learner):
    """10 samples by 8 make a batch of 8 and one of 2, and every index comes once."""
    (batches,) = epochs_of(learner, 10, 8, 1, 1)
    assert_equal([len(batch) for batch in batches], [8, 2], "the sizes")
    assert_equal(torch.cat(batches).sort().values, torch.arange(10), "all indices, sorted")


@exercise("minibatches")
@given(n=st.integers(1, 12), batch_size=st.integers(1, 15), seed=seeds())
def test_each_index_comes_once(learner, n, batch_size, seed):
    """Whatever the sizes, each index comes once, and all batches but the last are full."""
    (batches,) = epochs_of(learner, n, batch_size, seed, 1)
    assert_equal(
        sorted(int(index) for batch in batches for index in batch), [*range(n)], "all indices, sorted"
    )
    full = [batch_size] * (n // batch_size) + [n % batch_size] * (n % batch_size > 0)
    assert_equal([len(batch) for batch in batches], full, "the sizes")


@exercise("minibatches")
@settings(max_examples=5)
@given(seed=seeds())
def test_order_is_the_generators(learner, seed):
    """Generators in the same state give the same order, a second epoch from one gives another.

    Hint: `torch.randperm` takes `generator=generator`. A generator's state moves on when it is drawn from; who
    seeds it turns it back.
    """
    first, second = epochs_of(learner, 12, 5, seed, 2)
    again, _ = epochs_of(learner, 12, 5, seed, 2)
    assert_equal(again, first, "from a generator in the same state")
    require(not torch.equal(torch.cat(first), torch.arange(12)), "the order is 0, 1, 2, ...: not shuffled")
    require(
        not torch.equal(torch.cat(first), torch.cat(second)), "the second epoch has the order of the first"
    )


@exercise("fit_line")
def test_line_of_the_example(learner):
    """One epoch in one batch leads to a = 0.7, b = 0.3 and the loss 0.89."""
    x, y = torch.tensor([1.0, 3.0]), torch.tensor([2.0, 4.0])
    a, b, losses = learner.fit_line(x, y, 0.1, 1, 2, generator(0))
    assert_close([float(a), float(b)], [0.7, 0.3], "a and b", atol=1e-5)
    assert_close([float(loss) for loss in losses], [0.89], "the losses", atol=1e-5)


@exercise("fit_line")
@settings(max_examples=10)
@given(epochs=st.integers(1, 5), x=tensors((shared_size(3, 6),)), y=tensors((shared_size(3, 6),)))
def test_loss_falls_with_all_data_and_a_small_rate(learner, x, y, epochs):
    """With all data in each batch and a small rate no loss is above the one before, and there is one an epoch."""
    _, _, losses = learner.fit_line(x, y, 0.05, epochs, len(x), generator(3))
    assert_equal(len(losses), epochs, "the number of losses")
    at_start = 0.5 * (y**2).mean().item()
    path = [at_start, *(float(loss) for loss in losses)]
    falls = all(later <= earlier + 1e-9 for earlier, later in pairwise(path))
    by_a, by_b = -0.05 * (x * y).mean().item(), -0.05 * y.mean().item()
    after_one = 0.5 * ((y + by_a * x + by_b) ** 2).mean().item()
    assert_close(path[1], after_one, "the loss after the first epoch", atol=1e-4)
    require(falls, f"a loss above the one before, from {at_start:.4g} at a = b = 0", got=losses)


@exercise("fit_line")
@settings(max_examples=10)
@given(x=halves(1, 8), y=halves(), n=st.integers(1, 7), batch_size=st.integers(1, 7))
def test_one_step_for_each_batch(learner, x, y, n, batch_size):
    """On copies of one example every batch takes the same kind of step, as many as there are batches.

    Hint: The gradient of a batch is a mean over the batch, whatever its size, and the short last batch counts.
    """
    a = b = 0.0
    for _ in range(math.ceil(n / batch_size)):
        residual = a * x + b - y
        a, b = a - 0.05 * residual * x, b - 0.05 * residual
    xs, ys = torch.full((n,), x, dtype=torch.float64), torch.full((n,), y, dtype=torch.float64)
    got_a, got_b, losses = learner.fit_line(xs, ys, 0.05, 1, batch_size, generator(n))
    assert_close([float(got_a), float(got_b)], [a, b], "a and b", atol=1e-5)
    assert_close(float(losses[0]), (a * x + b - y) ** 2 / 2, "the loss", atol=1e-4)


@exercise("fit_line")
def test_batches_of_one_lead_to_one_of_two_ends(learner):
    """By 1 the example leads to (1.16, 0.52) or, the other one first, to (1.24, 0.44), and both come about.

    Hint: Each step is along one example, the generator says which comes first, and the loss is that of both.
    """
    x, y = torch.tensor([1.0, 3.0]), torch.tensor([2.0, 4.0])
    ends = {(1.16, 0.52): 0.0256, (1.24, 0.44): 0.032}
    seen = set()
    for seed in range(12):
        a, b, losses = learner.fit_line(x, y, 0.1, 1, 1, generator(seed))
        end = min(ends, key=lambda end, place=(float(a), float(b)): math.dist(end, place))
        assert_close([float(a), float(b)], list(end), "a and b, beside the nearer of the two", atol=1e-5)
        assert_close([float(loss) for loss in losses], [ends[end]], f"the loss at {end}", atol=1e-5)
        seen.add(end)
    require(len(seen) == 2, "12 generators, and always the same example first", got=seen)


@exercise("fit_line")
@settings(max_examples=3)
@given(seed=seeds())
def test_a_line_without_noise_is_found(learner, seed):
    """Points on the line 2x - 1 give a near 2 and b near -1, in batches of 4 too."""
    x = torch.linspace(-2, 2, 11, dtype=torch.float64)
    a, b, _ = learner.fit_line(x, 2 * x - 1, 0.2, 40, 4, generator(seed))
    assert_close([float(a), float(b)], [2.0, -1.0], "a and b", atol=1e-3)


@exercise("bernoulli_log_likelihood")
def test_likelihood_of_the_example(learner):
    """p = 0.9 and 0.2 for y = 1 and 0 is log 0.9 + log 0.8."""
    got = learner.bernoulli_log_likelihood(torch.tensor([0.9, 0.2]), torch.tensor([1, 0]))
    assert_close(got, math.log(0.9) + math.log(0.8), atol=1e-5)


def chances() -> st.SearchStrategy[float]:
    """Probabilities that are exact in float32."""
    return st.integers(1, 63).map(lambda part: part / 64)


@exercise("bernoulli_log_likelihood")
@given(
    cut=shared_size(2, 8).flatmap(lambda n: st.integers(1, n - 1)),
    p=tensors((shared_size(2, 8),), chances()),
    y=tensors((shared_size(2, 8),), st.integers(0, 1)),
)
def test_likelihood_adds_over_parts(learner, p, y, cut):
    """The log-likelihood of all is that of the first few, up to `cut`, plus that of the others."""
    parts = [learner.bernoulli_log_likelihood(p[part], y[part]) for part in (slice(cut), slice(cut, None))]
    whole = float(learner.bernoulli_log_likelihood(p, y))
    assert_close(whole, float(parts[0]) + float(parts[1]), atol=1e-10 * max(1.0, abs(whole)))
    require(whole < 0, "the logarithm of a probability below 1 is negative", got=whole)


@exercise("bernoulli_log_likelihood")
@settings(max_examples=5)
@given(n=st.integers(1500, 3000))
def test_likelihood_of_thousands(learner, n):
    """Thousands of answers, each with probability 1/2, are n times log 1/2: not -inf."""
    p = torch.full((n,), 0.5, dtype=torch.float64)
    y = (torch.arange(n) % 3 == 0).long()
    assert_close(learner.bernoulli_log_likelihood(p, y), n * math.log(0.5), rtol=1e-6)


@exercise("fit_logistic")
def test_logistic_of_the_example(learner):
    """One step of the example leads to w = 0.5 and b = 0, two to 0.4624 and -0.2200."""
    X, y = torch.tensor([[1.0], [3.0]]), torch.tensor([0.0, 1.0])
    w, b = learner.fit_logistic(X, y, 1.0, 1)
    assert_close(w, torch.tensor([0.5]), "w after one step", atol=1e-5)
    assert_close(float(b), 0.0, "b after one step", atol=1e-5)
    w, b = learner.fit_logistic(X, y, 1.0, 2)
    assert_close(w, torch.tensor([0.462409]), "w after two steps", atol=1e-4)
    assert_close(float(b), -0.220017, "b after two steps", atol=1e-4)


@exercise("fit_logistic")
@given(
    steps=st.integers(0, 4),
    X=tensors((shared_size(2, 5), sizes(1, 4))),
    y=tensors((shared_size(2, 5),), st.integers(0, 1)),
)
def test_exchanged_labels_turn_the_sign(learner, X, y, steps):
    """With 0 and 1 exchanged in y, w and b turn their sign; without any step both are 0."""
    w, b = learner.fit_logistic(X, y, 0.5, steps)
    other_w, other_b = learner.fit_logistic(X, 1 - y, 0.5, steps)
    assert_equal(tuple(w.shape), (X.shape[1],), "the shape of w")
    assert_close(other_w, -w, "w", atol=1e-10)
    assert_close(float(other_b), -float(b), "b", atol=1e-10)
    if steps:
        one, _ = learner.fit_logistic(X, y, 0.5, 1)
        assert_close(one, X.T @ (y - 0.5) * 0.5 / len(X), "w after one step", atol=1e-10)
    else:
        assert_close(w, torch.zeros(X.shape[1], dtype=X.dtype), "w without a step")


@exercise("fit_logistic")
def test_logistic_splits_what_can_be_split(learner):
    """Two clear groups end on their own sides of probability 1/2."""
    X = torch.tensor([[0.0, 1.0], [1.0, 3.0], [0.5, 2.0], [3.0, 0.0], [4.0, 1.0]], dtype=torch.float64)
    y = torch.tensor([0.0, 0.0, 0.0, 1.0, 1.0], dtype=torch.float64)
    w, b = learner.fit_logistic(X, y, 0.5, 200)
    assert_equal((X @ w.double() + float(b) > 0).double(), y, "predicted")


def large() -> st.SearchStrategy[float]:
    """Halves near 0, near 10000 and near -10000."""
    return st.sampled_from([0.0, 10000.0, -10000.0]).flatmap(lambda base: halves().map(lambda x: base + x))


@exercise("logsumexp")
def test_logsumexp_of_the_example(learner):
    """logsumexp of (1000, 1001, -inf) is 1001.3133, of (0, 0, 0) log 3."""
    got = learner.logsumexp(torch.tensor([[1000.0, 1001.0, -torch.inf], [0.0, 0.0, 0.0]]))
    assert_close(got, torch.tensor([1001.3133, 1.098612]), atol=1e-3)


@exercise("logsumexp")
@given(dim=axes_of(tables()), x=tables())
def test_logsumexp_of_moderate_numbers(learner, dim, x):
    """Along any axis, for moderate numbers, it is the logarithm of the sum of the exponentials."""
    assert_close(learner.logsumexp(x, dim), x.exp().sum(dim).log(), atol=rounding(x))


@exercise("logsumexp")
@given(dim=axes_of(tables()), up=st.sampled_from([-10000.0, -900.0, 900.0, 10000.0]), x=tables())
def test_logsumexp_shifts_with_its_input(learner, dim, up, x):
    """Adding a constant to every entry adds it to the answer, and the input stays as it was."""
    shifted = x + up
    before = shifted.clone()
    expected = x.exp().sum(dim).log() + up
    assert_close(learner.logsumexp(shifted, dim), expected, atol=rounding(shifted))
    assert_equal(shifted, before, "the input afterwards")


@exercise("logsumexp")
def test_logsumexp_far_below_and_impossible(learner):
    """Rows far below others keep their answer, and -inf adds nothing."""
    x = torch.tensor([[9000.0, 9000.0], [-9000.0, -9000.0], [3.0, -torch.inf]], dtype=torch.float64)
    expected = torch.tensor([9000 + math.log(2), -9000 + math.log(2), 3.0], dtype=torch.float64)
    assert_close(learner.logsumexp(x, 1), expected, atol=1e-9)


@exercise("softmax")
def test_softmax_of_the_example(learner):
    """softmax of (0, log 3, 0) is (0.2, 0.6, 0.2), of (1000, 1000, -inf) it is (0.5, 0.5, 0)."""
    got = learner.softmax(torch.tensor([[0.0, math.log(3), 0.0], [1000.0, 1000.0, -torch.inf]]))
    assert_close(got, torch.tensor([[0.2, 0.6, 0.2], [0.5, 0.5, 0.0]]), atol=1e-3)


@exercise("softmax")
@given(dim=axes_of(tables()), x=tables())
def test_softmax_of_moderate_numbers(learner, dim, x):
    """Along any axis, for moderate numbers, it is exp(x) divided by its sum, and x stays as it was."""
    before = x.clone()
    assert_close(learner.softmax(x, dim), x.exp() / x.exp().sum(dim, keepdim=True), atol=rounding(x))
    assert_equal(x, before, "x afterwards")


@exercise("softmax")
@given(dim=axes_of(tables(large(), "large")), x=tables(large(), "large"))
def test_softmax_sums_to_one(learner, dim, x):
    """Along its axis it sums to 1 for numbers of any size, and more is never less likely."""
    p = learner.softmax(x, dim)
    assert_equal(tuple(p.shape), tuple(x.shape), "the shape")
    assert_close(p.sum(dim), torch.ones_like(x.sum(dim)), "the sums", atol=rounding(x))
    top = p.gather(dim, x.argmax(dim, keepdim=True))
    require((top >= p).all(), "the largest entry isn't the likeliest", got=p)


@exercise("softmax")
def test_softmax_beside_an_impossible_entry(learner):
    """An entry of -inf has probability 0, and the others share 1."""
    got = learner.softmax(torch.tensor([2.0, -torch.inf, 2.0]), 0)
    assert_close(got, torch.tensor([0.5, 0.0, 0.5]))


@exercise("cross_entropy")
def test_cross_entropy_of_the_example(learner):
    """Logits (0, log 3, 0) and (0, 0, 0) with targets 1 and 0 cost 0.8047."""
    logits = torch.tensor([[0.0, math.log(3), 0.0], [0.0, 0.0, 0.0]])
    assert_close(learner.cross_entropy(logits, torch.tensor([1, 0])), (math.log(5 / 3) + math.log(3)) / 2)


@exercise("cross_entropy")
@given(n=st.integers(1, 6), V=st.integers(1, 9), level=st.sampled_from([-10000.0, -3.0, 0.0, 7.0, 10000.0]))
def test_equal_logits_cost_log_v(learner, n, V, level):
    """Where all logits are equal the loss is log V, whatever the targets."""
    logits = torch.full((n, V), level, dtype=torch.float64)
    assert_close(learner.cross_entropy(logits, torch.arange(n) % V), math.log(V), atol=rounding(logits))


@exercise("cross_entropy")
def test_a_bad_mistake_has_a_finite_cost(learner):
    """A logit 10000 below the winner's costs 10000, and its slopes are finite.

    Hint: The probability of the target is 0 in any float here. Don't compute it: its logarithm is a difference.
    """
    loss, slopes = loss_and_slopes(
        learner, "cross_entropy", torch.tensor([[0.0, 10000.0], [0.0, 0.0]]), torch.tensor([0, 1])
    )
    assert_close(loss, (10000 + math.log(2)) / 2, "the loss", rtol=1e-5)
    assert_close(slopes, torch.tensor([[-0.5, 0.5], [0.25, -0.25]]), "the slopes", atol=1e-3)


def even(x, dim=-1):
    """Shares 1 evenly, whatever the logits."""
    return torch.full(x.shape, 1.0 / x.shape[dim])


@exercise("break_softmax")
def test_a_right_one_passes(learner):
    """A right `softmax`, written as in the hints, is let through, and a wrong one is caught.

    Hint: Is each number that your test asks for right?
    """

    def as_in_the_hints(x, dim=-1):
        e = (x - x.amax(dim, keepdim=True)).exp()
        return e / e.sum(dim, keepdim=True)

    learner.break_softmax(as_in_the_hints)
    assert_raises(AssertionError, learner.break_softmax, even)


@exercise("break_softmax")
def test_a_right_one_that_rounds_otherwise_passes(learner):
    """A right `softmax` that computes in float64, with other last digits, is let through, and a wrong one is caught.

    Hint: Do you leave room for rounding, with `torch.allclose`?
    """

    def in_float64(x, dim=-1):
        return (x.double() - x.double().logsumexp(dim, keepdim=True)).exp().to(x.dtype)

    learner.break_softmax(in_float64)
    assert_raises(AssertionError, learner.break_softmax, even)


@exercise("break_softmax")
def test_a_softmax_that_ignores_its_logits_is_caught(learner):
    """A `softmax` that shares 1 evenly, whatever the logits, is caught.

    Hint: Use logits that differ, and say which probabilities they must give.
    """
    assert_raises(AssertionError, learner.break_softmax, even)


@exercise("break_softmax")
def test_a_softmax_that_is_hard_is_caught(learner):
    """A `softmax` that gives all probability to the largest logit is caught, though it sums to 1.

    Hint: A sum of 1 says little. Compare with exp(x) divided by its sum.
    """

    def hard(x, dim=-1):
        return (x == x.amax(dim, keepdim=True)).float()

    assert_raises(AssertionError, learner.break_softmax, hard)


@exercise("break_softmax")
def test_a_softmax_without_a_sum_is_caught(learner):
    """A `softmax` that bends each logit by itself, with a sigmoid, is caught.

    Hint: What do the probabilities of all alternatives add up to?
    """

    def each_alone(x, dim=-1):
        return x.sigmoid()

    assert_raises(AssertionError, learner.break_softmax, each_alone)


@exercise("binary_cross_entropy")
def test_binary_cross_entropy_of_the_example(learner):
    """Logits 0 and log 3 with targets 1 and 0 cost (log 2 + log 4) / 2."""
    logits, targets = torch.tensor([[0.0, math.log(3)]]), torch.tensor([[1.0, 0.0]])
    assert_close(learner.binary_cross_entropy(logits, targets), math.log(8) / 2)


@exercise("binary_cross_entropy")
@given(shape=shapes((1, 2)), level=halves())
def test_turned_labels_and_logits_cost_the_same(learner, shape, level):
    """Exchanging all 0s and 1s and turning all signs leaves the loss as it is, and labels don't compete."""
    logits = torch.full(shape, level, dtype=torch.float64)
    targets = (torch.arange(logits.numel()) % 2).reshape(shape).double()
    got = learner.binary_cross_entropy(logits, targets)
    assert_close(learner.binary_cross_entropy(-logits, 1 - targets), got, "turned", atol=1e-10)
    alone = [math.log1p(math.exp(level if target == 0 else -level)) for target in targets.flatten().tolist()]
    assert_close(got, sum(alone) / len(alone), atol=1e-10)


@exercise("binary_cross_entropy")
def test_binary_cross_entropy_far_out(learner):
    """Sure and wrong at 10000 costs 10000, sure and right nothing, with finite slopes."""
    logits, targets = torch.tensor([10000.0, -10000.0]), torch.tensor([0.0, 0.0])
    loss, slopes = loss_and_slopes(learner, "binary_cross_entropy", logits, targets)
    assert_close(loss, 5000.0, "the loss", rtol=1e-5)
    assert_close(slopes, torch.tensor([0.5, 0.0]), "the slopes", atol=1e-5)


@exercise("learning_rates")
def test_rates_of_the_example(learner):
    """Four rates from 0.001 to 1 are 0.001, 0.01, 0.1 and 1."""
    assert_close(
        [float(rate) for rate in learner.learning_rates(0.001, 1.0, 4)], [0.001, 0.01, 0.1, 1.0], rtol=1e-5
    )


@exercise("learning_rates")
@given(
    low=st.sampled_from([1e-5, 0.002, 0.5]), factor=st.sampled_from([1.5, 4.0, 1000.0]), n=st.integers(2, 9)
)
def test_rates_keep_their_ratio(learner, low, factor, n):
    """There are n rates, the first is low, the last is high."""
    rates = learner.learning_rates(low, low * factor, n)
    assert_equal(len(rates), n, "how many")
    assert_close([float(rates[0]), float(rates[-1])], [low, low * factor], "the ends", rtol=1e-5)


@exercise("grid_search")
@given(rates=st.permutations([0.001, 0.01, 0.1, 1.0]), best=st.sampled_from([0.001, 0.01, 0.1, 1.0]))
def test_the_least_loss_wins(learner, rates, best):
    """The rate with the least loss wins, wherever it stands."""
    assert_equal(float(learner.grid_search(lambda rate: abs(rate - best), rates)), best)


@exercise("grid_search")
@given(rates=st.permutations([0.5, 0.75, 2.0, 4.0]))
def test_nan_never_wins(learner, rates):
    """Of 0.5, 0.75, 2 and 4 with the losses nan, 1, 3 and nan it is 0.75, wherever they stand."""
    losses = {0.5: math.nan, 0.75: 1.0, 2.0: 3.0, 4.0: math.nan}
    assert_equal(float(learner.grid_search(losses.get, rates)), 0.75)


@exercise("grid_search")
@settings(max_examples=6)
@given(rates=st.permutations([0.01, 0.1, 1.0]))
def test_the_smaller_of_two_equals_wins(learner, rates):
    """Of 0.01, 0.1 and 1 with the losses 2, 0.5 and 0.5 it is 0.1, and each is trained once."""
    losses, trained = {0.01: 2.0, 0.1: 0.5, 1.0: 0.5}, []

    def train(rate):
        trained.append(rate)
        return losses[rate]

    assert_equal(float(learner.grid_search(train, rates)), 0.1)
    assert_equal(sorted(trained), sorted(rates), "the rates that were trained, sorted")


@exercise("momentum_descent")
def test_momentum_of_the_example(learner):
    """With the gradient x, from 8 at rate 0.5 and beta 0.5, the places are 8, 4, 0 and -2."""
    got = learner.momentum_descent(lambda x: x, torch.tensor([8.0]), 0.5, 0.5, 3)
    assert_close(got, torch.tensor([[8.0], [4.0], [0.0], [-2.0]]))


@exercise("momentum_descent")
@settings(max_examples=10)
@given(start=tensors((sizes(1, 4),)), steps=st.integers(0, 5))
def test_momentum_zero_is_gradient_descent(learner, start, steps):
    """With beta = 0 each row is the last one less lr times the gradient there, and start stays as it was."""
    before = start.clone()
    path = learner.momentum_descent(lambda x: 2 * x - 1, start, 0.25, 0.0, steps)
    assert_equal(tuple(path.shape), (steps + 1, len(start)), "the shape")
    assert_close(path[0], before, "row 0")
    assert_close(path[1:], path[:-1] - 0.25 * (2 * path[:-1] - 1), "the rows after it", atol=1e-10)
    assert_equal(start, before, "start afterwards")


@exercise("momentum_descent")
def test_the_momentum_path_has_the_dtype_of_start(learner):
    """From a float64 start the path is float64, from a float32 start float32."""
    for dtype in FLOATS:
        path = learner.momentum_descent(lambda x: x, torch.tensor([8.0], dtype=dtype), 0.5, 0.5, 1)
        assert_close(path, torch.tensor([[8.0], [4.0]], dtype=dtype), f"from {dtype}", dtype=dtype)

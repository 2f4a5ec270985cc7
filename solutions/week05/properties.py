"""Week 05's hidden properties: agreement with torch or the reference, laws, edge cases."""

import math
from itertools import pairwise, permutations

import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from autograde.properties import assert_close, assert_equal, assert_raises, assume, driver, exercise, require
from autograde.strategies import halves, shapes, sizes, tensors

FLOATS = [torch.float32, torch.float64]


def rounding(*tensors_in: torch.Tensor) -> float:
    """64 steps of the coarsest dtype at the largest finite magnitude that went in."""
    eps = max(torch.finfo(x.dtype).eps for x in tensors_in)
    finite = [abs(each) for x in tensors_in for each in x.flatten().tolist() if math.isfinite(each)]
    return 64 * eps * max([1.0, *finite])


def any_tensors(ranks=(0, 3), elements=None):
    """Tensors of float32 or float64 and of any shape."""
    drawn = st.sampled_from(FLOATS)
    return drawn.flatmap(lambda dtype: tensors(shapes(ranks), elements, dtype=dtype))


def seeds() -> st.SearchStrategy[int]:
    return st.integers(0, 9999)


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def large() -> st.SearchStrategy[float]:
    """Halves near 0, near 10000 and near -10000."""
    return st.sampled_from([0.0, 10000.0, -10000.0]).flatmap(lambda base: halves().map(lambda x: base + x))


@st.composite
def table_and_axis(draw: st.DrawFn, ranks=(1, 3), elements=None) -> tuple[torch.Tensor, int]:
    """A tensor and one of its axes, counted from either end."""
    x = draw(any_tensors(ranks, elements))
    return x, draw(st.integers(-x.ndim, x.ndim - 1))


@st.composite
def impossible(draw: st.DrawFn) -> tuple[torch.Tensor, int]:
    """A tensor with -inf in it, at least one finite entry in each slice along the axis."""
    x, dim = draw(table_and_axis(elements=st.just(-math.inf) | large()))
    lost = x.isneginf().all(dim, keepdim=True)
    return torch.where(lost, 2.5, x).to(x.dtype), dim


@driver
def value_and_slopes(names, name, x, upstream):
    """One of the learner's functions of a tensor, and its slopes for a given slope of what comes after."""
    x = x.clone().requires_grad_()
    answer = getattr(names, name)(x)
    answer.backward(upstream)
    return answer.detach(), x.grad


@driver
def loss_and_slopes(names, name, x, *others):
    """A loss of the learner's, and its slopes in its first argument."""
    x = x.clone().requires_grad_()
    loss = getattr(names, name)(x, *others)
    loss.backward()
    return loss.item(), x.grad


def oracle(loss, x, *others) -> tuple[float, torch.Tensor]:
    """The same for a loss of torch's, in float64."""
    x = x.detach().double().clone().requires_grad_()
    value = loss(x, *others)
    (slopes,) = torch.autograd.grad(value, x)
    return value.item(), slopes


@exercise("relu")
@given(x=any_tensors((0, 3), halves() | halves(-2_000_000, 2_000_000)))
def test_relu_agrees_with_torch(learner, x):
    """Any shape and size of numbers agrees with torch's relu, and x stays as it was."""
    before = x.clone()
    assert_close(learner.relu(x), F.relu(x))
    assert_equal(x, before, "x afterwards")


@exercise("relu")
@given(x=any_tensors((1, 2), st.integers(1, 2000) | st.integers(-2000, -1)), up=halves(1, 6))
def test_relu_passes_slopes_where_it_is_positive(learner, x, up):
    """A slope from above passes unchanged right of zero and not at all left of it, value and slope finite at 1000."""
    x = torch.cat([x.flatten(), torch.tensor([-1000.0, 1000.0], dtype=x.dtype)])
    upstream = up * (1 + torch.arange(len(x), dtype=x.dtype) % 3)
    value, slopes = value_and_slopes(learner, "relu", x, upstream)
    assert_close(value, F.relu(x), "the value")
    assert_close(slopes, torch.where(x > 0, upstream, 0), "the slope")


@exercise("relu")
@given(x=any_tensors((0, 2)), k=st.integers(1, 9))
def test_relu_scales_and_splits(learner, x, k):
    """relu(kx) is k relu(x) for positive k, and relu(x) - relu(-x) is x."""
    got = learner.relu(x)
    assert_close(learner.relu(k * x), k * got, "k times as large")
    assert_close(got - learner.relu(-x), x, "relu(x) - relu(-x)")


@st.composite
def neurons(draw: st.DrawFn) -> tuple[torch.Tensor, torch.Tensor, float]:
    """Examples, weights and a bias; one example and one weight may be all there is."""
    d = draw(sizes(1, 6))
    dtype = draw(st.sampled_from(FLOATS))
    return draw(tensors((sizes(1, 7), d), dtype=dtype)), draw(tensors((d,), dtype=dtype)), draw(halves())


@exercise("neuron")
@given(parts=neurons(), as_tensor=st.booleans())
def test_neuron_agrees_with_its_formula(learner, parts, as_tensor):
    """Each row is weighed, summed, shifted by b and then bent."""
    x, w, b = parts
    z = (x * w).sum(1) + b
    bias = torch.tensor(b, dtype=x.dtype) if as_tensor else b
    assert_close(learner.neuron(x, w, bias, lambda t: t * 3 - 1), 3 * z - 1, atol=rounding(z) * 4)


@exercise("neuron")
@settings(max_examples=10)
@given(parts=neurons())
def test_a_batch_equals_its_rows(learner, parts):
    """The answer for many rows is that of each row on its own."""
    x, w, b = parts
    whole = learner.neuron(x, w, b, torch.sigmoid)
    assert_equal(tuple(whole.shape), (len(x),), "the shape")
    for i in range(len(x)):
        expected = ((x[i] * w).sum() + b).sigmoid().reshape(1)
        assert_close(learner.neuron(x[i : i + 1], w, b, torch.sigmoid), expected, f"row {i} on its own")
        assert_close(whole[i], expected[0], f"row {i} in the batch")


@exercise("neuron")
@given(parts=neurons(), more=halves(1, 6))
def test_the_bias_comes_before_the_bend(learner, parts, more):
    """A larger bias moves the sum before it is bent, and without weights only the bias is bent."""
    x, w, b = parts
    z = (x * w).sum(1) + b
    got = learner.neuron(x, w, b + more, torch.relu)
    assert_close(got, torch.relu(z + more), "with a larger bias", atol=rounding(z) * 4)
    alone = learner.neuron(x, 0 * w, more, lambda t: t * t)
    assert_close(alone, torch.full((len(x),), more**2, dtype=x.dtype), "with weights of 0")


@driver
def slopes_in_neuron(names, x, w, b, upstream):
    """The slopes in the inputs and the weights of the learner's neuron, for a given slope of what comes after."""
    import torch

    x, w = x.clone().requires_grad_(), w.clone().requires_grad_()
    names.neuron(x, w, b, torch.sin).backward(upstream)
    return [x.grad, w.grad]


@exercise("neuron")
@settings(max_examples=15)
@given(parts=neurons(), up=halves(1, 6))
def test_slopes_pass_through_the_neuron(learner, parts, up):
    """Torch's slopes pass through the neuron to inputs and weights."""
    x, w, b = parts
    upstream = up * (1 + torch.arange(len(x), dtype=x.dtype) % 3)
    bend = ((x * w).sum(1) + b).cos() * upstream
    got = slopes_in_neuron(learner, x, w, b, upstream)
    tolerance = rounding(x) * 64
    assert_close(got[0], bend[:, None] * w, "the slopes in x", atol=tolerance)
    assert_close(got[1], (bend[:, None] * x).sum(0), "the slopes in w", atol=tolerance)


@exercise("sigmoid")
@given(x=any_tensors((0, 3), st.integers(-2000, 2000).map(lambda i: i / 2) | halves(-40, 40)))
def test_sigmoid_agrees_with_torch(learner, x):
    """The value agrees with torch's sigmoid from -1000 to 1000, in shape too, and x stays as it was."""
    before = x.clone()
    assert_close(learner.sigmoid(x), torch.sigmoid(x))
    assert_equal(x, before, "x afterwards")


@exercise("sigmoid")
@given(x=any_tensors((1, 2), st.integers(-1000, 1000) | st.integers(-5, 5)), up=halves(1, 6))
def test_slope_of_sigmoid_agrees_with_torch(learner, x, up):
    """The slope is sigmoid(x)(1 - sigmoid(x)) times what comes from above, at 0 and at any size."""
    x = torch.cat([x.flatten(), torch.tensor([0.0, -1000.0, 1000.0], dtype=x.dtype)])
    upstream = up * (1 + torch.arange(len(x), dtype=x.dtype) % 3)
    p = torch.sigmoid(x)
    value, slopes = value_and_slopes(learner, "sigmoid", x, upstream)
    assert_close(value, p, "the value")
    assert_close(slopes, upstream * p * (1 - p), "the slope", atol=rounding(upstream))


@exercise("sigmoid")
@given(x=tensors(shapes((0, 2)), halves(-30, 30)))
def test_log_odds_come_back(learner, x):
    """The log odds of sigmoid(x) are x, and those of -x are -x."""
    p, q = learner.sigmoid(x), learner.sigmoid(-x)
    assert_close((p / (1 - p)).log(), x, "the log odds", atol=1e-7)
    assert_close(p + q, torch.ones_like(x), "sigmoid(x) + sigmoid(-x)")


@st.composite
def networks(draw: st.DrawFn, layers=(1, 4)) -> tuple[torch.Tensor, list, list]:
    """An input, and the weights and biases of a network that fits it; every width drawn on its own."""
    widths = [draw(sizes()) for _ in range(draw(st.integers(*layers)) + 1)]
    weights = [draw(tensors(pair)) for pair in pairwise(widths)]
    return draw(tensors((sizes(), widths[0]))), weights, [draw(tensors((width,))) for width in widths[1:]]


def through(x, weights, biases, activation):
    """The network as a chain of torch's own linear layers."""
    for W, b in zip(weights[:-1], biases[:-1], strict=True):
        x = activation(F.linear(x, W.T, b))
    return F.linear(x, weights[-1].T, biases[-1])


@exercise("mlp_forward")
@given(network=networks())
def test_mlp_agrees_with_torch(learner, network):
    """The output agrees with a chain of torch's linear layers, tanh between them, and nothing is changed."""
    x, weights, biases = network
    before = [part.clone() for part in [x, *weights, *biases]]
    assert_close(
        learner.mlp_forward(x, weights, biases, torch.tanh),
        through(x, weights, biases, torch.tanh),
        atol=1e-9,
    )
    assert_equal([x, *weights, *biases], before, "the arguments afterwards")


@exercise("mlp_forward")
@settings(max_examples=10)
@given(network=networks((2, 3)), k=st.integers(2, 5))
def test_the_output_is_not_bent(learner, network, k):
    """Another last layer, k times as large and of the other sign, gives -k times the output, of either sign."""
    x, weights, biases = network
    got = learner.mlp_forward(x, weights, biases, torch.relu)
    turned = learner.mlp_forward(
        x, [*weights[:-1], -k * weights[-1]], [*biases[:-1], -k * biases[-1]], torch.relu
    )
    expected = through(x, weights, biases, torch.relu)
    assert_close(got, expected, atol=rounding(expected) * 8)
    assert_close(turned, -k * expected, "with the last layer turned", atol=rounding(k * expected) * 8)


@exercise("mlp_forward")
@given(network=networks((2, 4)))
def test_straight_layers_fold_to_one(learner, network):
    """Without a bend the network is the one linear layer that its layers multiply to."""
    x, weights, biases = network
    W, b = weights[0], biases[0]
    for next_W, next_b in zip(weights[1:], biases[1:], strict=True):
        W, b = W @ next_W, b @ next_W + next_b
    assert_close(learner.mlp_forward(x, weights, biases, lambda z: z), x @ W + b, atol=1e-9)


@driver
def slopes_in_parameters(names, x, weights, biases):
    """The slopes of the learner's network's summed output in its first weights and last biases."""
    import torch

    weights = [W.clone().requires_grad_() for W in weights]
    biases = [b.clone().requires_grad_() for b in biases]
    names.mlp_forward(x, weights, biases, torch.tanh).sum().backward()
    return [part.grad for part in [*weights, *biases]]


@exercise("mlp_forward")
@given(network=networks((1, 3)))
def test_slopes_reach_every_layer(learner, network):
    """Torch's slopes pass through the network to all weights and biases."""
    x, weights, biases = network
    parts = [part.clone().requires_grad_() for part in [*weights, *biases]]
    n = len(weights)
    expected = torch.autograd.grad(through(x, parts[:n], parts[n:], torch.tanh).sum(), parts)
    got = slopes_in_parameters(learner, x, weights, biases)
    for number, (mine, right) in enumerate(zip(got, expected, strict=True)):
        assert_close(mine, right, f"slope {number}", atol=1e-9)


@st.composite
def two_alike(draw: st.DrawFn, ranks=(0, 3)) -> tuple[torch.Tensor, torch.Tensor]:
    """Two tensors of one shape and dtype."""
    shape, dtype = draw(shapes(ranks)), draw(st.sampled_from(FLOATS))
    return draw(tensors(shape, dtype=dtype)), draw(tensors(shape, dtype=dtype))


@exercise("half_squared_error")
@settings(max_examples=12)
@given(pair=two_alike())
def test_error_is_half_of_torchs(learner, pair):
    """Value and slopes are half of those of torch's mean squared error."""
    pred, actual = pair
    expected, slopes = oracle(lambda p: F.mse_loss(p, actual.double()) / 2, pred)
    assert_close(learner.half_squared_error(pred, actual), expected, atol=rounding(pred) * 16)
    got, got_slopes = loss_and_slopes(learner, "half_squared_error", pred, actual)
    assert_close(got, expected, atol=rounding(pred) * 16)
    assert_close(got_slopes, slopes, "the slopes", atol=rounding(pred))


@exercise("half_squared_error")
@settings(max_examples=10)
@given(pair=two_alike((1, 2)), k=st.integers(2, 4))
def test_error_is_a_mean_and_a_square(learner, pair, k):
    """All examples given twice leave the loss as it is, k times the numbers make it k² times as large."""
    pred, actual = pair
    once = learner.half_squared_error(pred, actual)
    expected = ((pred - actual).double() ** 2).sum().item() / 2 / pred.numel()
    assert_close(once, expected, atol=rounding(pred) * 16)
    twice = learner.half_squared_error(torch.cat([pred, pred]), torch.cat([actual, actual]))
    assert_close(twice, expected, "all twice", atol=rounding(pred) * 16)
    scaled = learner.half_squared_error(k * pred, k * actual)
    assert_close(scaled, k * k * expected, f"{k} times the numbers", atol=rounding(pred) * 256)
    assert_close(learner.half_squared_error(actual, pred), expected, "exchanged", atol=rounding(pred) * 16)


@exercise("half_squared_error")
@settings(max_examples=10)
@given(shape=shapes((1, 3)), other=shapes((0, 3)))
def test_any_two_different_shapes_are_refused(learner, shape, other):
    """Different shapes raise ValueError, whether or not they broadcast or have as many entries."""
    pred = torch.ones(shape)
    assert_close(learner.half_squared_error(pred, -pred), 2.0, "with equal shapes")
    for actual in [torch.ones(other), pred[None], pred[..., None], pred.flatten()]:
        if actual.shape != pred.shape:
            assert_raises(ValueError, learner.half_squared_error, pred, actual)
            assert_raises(ValueError, learner.half_squared_error, actual, pred)


@driver
def gradient_without_autograd(names, a, b, x, y):
    """The learner's pair of slopes, with torch's note-taking off."""
    import torch

    with torch.no_grad():
        return [float(slope) for slope in names.linear_gradient(a, b, x, y)]


@st.composite
def points(draw: st.DrawFn, low: int = 1, high: int = 7) -> tuple[torch.Tensor, torch.Tensor]:
    """As many x as y, float64."""
    n = draw(sizes(low, high))
    return draw(tensors((n,))), draw(tensors((n,)))


def line_loss(a, b, x, y):
    return 0.5 * ((a * x + b - y) ** 2).mean()


@exercise("linear_gradient")
@given(a=halves(), b=halves(), xy=points(), as_tensor=st.booleans())
def test_gradient_agrees_with_autograd(learner, a, b, xy, as_tensor):
    """The pair is what torch finds for the mean of half the squared residuals, by a first."""
    place = torch.tensor([a, b], dtype=torch.float64, requires_grad=True)
    (expected,) = torch.autograd.grad(line_loss(place[0], place[1], *xy), place)
    at = place.detach() if as_tensor else [a, b]
    got = learner.linear_gradient(at[0], at[1], *xy)
    assert_equal(len(got), 2, "how many slopes")
    assert_close([float(slope) for slope in got], expected.tolist(), atol=rounding(expected) * 8)


@exercise("linear_gradient")
@given(a=halves(), b=halves(), xy=points())
def test_gradient_agrees_with_finite_differences(learner, a, b, xy):
    """Without autograd, the slopes are what central differences measure, exactly so for a loss of second degree."""
    by_a = line_loss(a + 0.5, b, *xy) - line_loss(a - 0.5, b, *xy)
    by_b = line_loss(a, b + 0.5, *xy) - line_loss(a, b - 0.5, *xy)
    got = gradient_without_autograd(learner, a, b, *xy)
    assert_close(got, [by_a.item(), by_b.item()], atol=1e-9)


@exercise("linear_gradient")
@given(a=halves(), b=halves(), xy=points(), times=st.integers(2, 4))
def test_gradient_is_a_mean(learner, a, b, xy, times):
    """All points given several times leave the slopes as they are, and exchanged signs turn them."""
    x, y = xy
    residual = a * x + b - y
    expected = [(residual * x).sum().item() / len(x), residual.sum().item() / len(x)]
    once = [float(slope) for slope in learner.linear_gradient(a, b, x, y)]
    assert_close(once, expected, atol=1e-9)
    again = learner.linear_gradient(a, b, x.repeat(times), y.repeat(times))
    assert_close([float(slope) for slope in again], expected, "all several times", atol=1e-9)
    turned = learner.linear_gradient(-a, -b, x, -y)
    assert_close(
        [float(slope) for slope in turned], [-slope for slope in expected], "signs turned", atol=1e-9
    )


def rates() -> st.SearchStrategy[float]:
    """Learning rates, none of them 1."""
    return st.sampled_from([0.125, 0.25, 0.5, 1.5])


@exercise("gradient_descent")
@given(start=tensors((sizes(1, 5),)), lr=rates(), steps=st.integers(0, 6))
def test_path_agrees_with_the_reference(learner, reference, start, lr, steps):
    """The path is start and `steps` steps against a gradient that differs from axis to axis."""
    scale = torch.arange(1, len(start) + 1, dtype=start.dtype) / len(start)

    def grad(x):
        return scale * x + x.flip(0) / 4 - 1

    before = start.clone()
    path = learner.gradient_descent(grad, start, lr, steps)
    assert_close(path, reference.gradient_descent(grad, start, lr, steps), atol=1e-9)
    assert_equal(start, before, "start afterwards")


@exercise("gradient_descent")
@given(start=tensors((sizes(1, 4),), halves(1, 8)), lr=rates(), steps=st.integers(1, 6))
def test_a_quadratic_has_a_closed_form(learner, start, lr, steps):
    """For the gradient x, place k is start times (1 - lr) to the power k."""
    path = learner.gradient_descent(lambda x: x, start, lr, steps)
    expected = torch.stack([start * (1 - lr) ** k for k in range(steps + 1)])
    assert_close(path, expected, atol=1e-9)


@exercise("gradient_descent")
@settings(max_examples=10)
@given(start=tensors((sizes(1, 4),)), lr=rates(), one=st.integers(0, 3), two=st.integers(1, 3))
def test_a_path_goes_on_where_it_stopped(learner, start, lr, one, two):
    """So many steps and then more from there is one path; no step at all is start alone."""

    def grad(x):
        return 0.5 * x * x.sign() - 0.25

    first = learner.gradient_descent(grad, start, lr, one)
    assert_equal(tuple(first.shape), (one + 1, len(start)), "the shape")
    rest = learner.gradient_descent(grad, first[-1], lr, two)
    whole = learner.gradient_descent(grad, start, lr, one + two)
    assert_close(torch.cat([first, rest[1:]]), whole, atol=1e-9)
    assert_close(whole[1], start - lr * grad(start), "row 1", atol=1e-9)


@driver
def epochs_of(names, n, batch_size, seed, count):
    """So many epochs of the learner's batches from one generator, each as a list."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    return [list(names.minibatches(n, batch_size, generator)) for _ in range(count)]


@exercise("minibatches")
@given(n=st.integers(1, 14), batch_size=st.integers(1, 17), seed=seeds())
def test_batches_part_the_indices(learner, n, batch_size, seed):
    """Each epoch has each index once as int64, in full batches and a short last one."""
    full = [batch_size] * (n // batch_size) + [n % batch_size] * (n % batch_size > 0)
    for batches in epochs_of(learner, n, batch_size, seed, 2):
        assert_equal([tuple(batch.shape) for batch in batches], [(size,) for size in full], "the shapes")
        joined = torch.cat(batches)
        assert_equal(joined.dtype, torch.int64, "the dtype")
        assert_equal(joined.sort().values, torch.arange(n), "all indices, sorted")


@driver
def orders_by_seed(names, seed, globally):
    """Two epochs of the learner's from a generator, with torch's own randomness seeded apart."""
    import torch

    torch.manual_seed(globally)
    generator = torch.Generator().manual_seed(seed)
    return [torch.cat(list(names.minibatches(30, 7, generator))) for _ in range(2)]


@exercise("minibatches")
@settings(max_examples=10)
@given(seed=seeds(), globally=seeds())
def test_all_randomness_is_the_generators(learner, seed, globally):
    """Equal states give equal orders whatever else is random; other states, and later epochs, give others."""
    first, second = orders_by_seed(learner, seed, globally)
    again, _ = orders_by_seed(learner, seed, globally + 1)
    other, _ = orders_by_seed(learner, seed + 1, globally)
    assert_equal(again, first, "from a generator in the same state")
    require(not torch.equal(second, first), "the second epoch has the order of the first", got=second)
    require(not torch.equal(other, first), "another seed gives the same order", got=other)


@exercise("minibatches")
@settings(max_examples=2)
@given(seed=seeds(), batch_size=st.integers(1, 4))
def test_every_order_is_equally_likely(learner, seed, batch_size):
    """Of 420 epochs of three indices, each of the six orders has its share, up to chance."""
    epochs = epochs_of(learner, 3, batch_size, seed, 420)
    orders = [tuple(torch.cat(batches).tolist()) for batches in epochs]
    for order in permutations(range(3)):
        # 70 expected, standard error 7.6: a right one is 50 away less than once in ten million times.
        count = orders.count(order)
        require(abs(count - 70) < 50, f"the order {order} too often or too seldom", got=count, expected=70)


def half_loss(a: float, b: float, x: torch.Tensor, y: torch.Tensor) -> float:
    return line_loss(a, b, x, y).item()


def stepped(a: float, b: float, data: list[tuple[float, float]], lr: float) -> tuple[float, float]:
    """One step on the mean gradient of some points."""
    residuals = [a * x + b - y for x, y in data]
    by_a = sum(residual * x for residual, (x, _) in zip(residuals, data, strict=True)) / len(data)
    return a - lr * by_a, b - lr * sum(residuals) / len(data)


def pairs(x: torch.Tensor, y: torch.Tensor) -> list[tuple[float, float]]:
    return list(zip(x.tolist(), y.tolist(), strict=True))


@exercise("fit_line")
@given(xy=points(), lr=st.sampled_from([0.02, 0.05, 0.125]), epochs=st.integers(0, 5), more=st.integers(0, 3))
def test_full_batches_agree_with_the_formula(learner, xy, lr, epochs, more):
    """With all data in one batch each epoch is one step on the mean gradient, and its loss is taken after it."""
    x, y = xy
    a = b = 0.0
    expected = []
    for _ in range(epochs):
        a, b = stepped(a, b, pairs(x, y), lr)
        expected.append(half_loss(a, b, x, y))
    got_a, got_b, losses = learner.fit_line(x, y, lr, epochs, len(x) + more, generator(epochs))
    assert_close([float(got_a), float(got_b)], [a, b], "a and b", atol=1e-8)
    assert_close([float(loss) for loss in losses], expected, "the losses", atol=1e-6)


def all_ends(data, lr, batch_size, start):
    """Where one epoch from `start` can lead, by order of the examples."""
    ends = []
    for order in permutations(data):
        place = start
        for first in range(0, len(data), batch_size):
            place = stepped(*place, order[first : first + batch_size], lr)
        ends.append(place)
    return ends


@exercise("fit_line")
@given(xy=points(2, 4), lr=st.sampled_from([0.05, 0.125]), batch_size=st.integers(1, 3), seed=seeds())
def test_an_epoch_is_some_order_of_the_batches(learner, xy, lr, batch_size, seed):
    """One epoch leads where some order of the examples leads, cut to batches, the short one included."""
    x, y = xy
    a, b, losses = learner.fit_line(x, y, lr, 1, batch_size, generator(seed))
    ends = all_ends(pairs(x, y), lr, batch_size, (0.0, 0.0))
    nearest = min(ends, key=lambda end: math.dist(end, (float(a), float(b))))
    assert_close([float(a), float(b)], list(nearest), "a and b, beside the nearest possible", atol=1e-8)
    assert_close(float(losses[0]), half_loss(*nearest, x, y), "the loss on all data", atol=1e-6)


@driver
def many_fits(names, x, y, lr, epochs, batch_size, seeds, globally):
    """The learner's a and b for several seeds, with torch's own randomness seeded apart."""
    import torch

    torch.manual_seed(globally)
    fits = [
        names.fit_line(x, y, lr, epochs, batch_size, torch.Generator().manual_seed(seed)) for seed in seeds
    ]
    return [[float(a), float(b)] for a, b, _ in fits]


@exercise("fit_line")
@settings(max_examples=3)
@given(seed=seeds(), globally=seeds())
def test_every_epoch_is_shuffled_anew(learner, seed, globally):
    """Each epoch has an order of its own, drawn from the generator and from nothing else."""
    x, y = torch.tensor([1.0, -2.0, 0.75]).double(), torch.tensor([3.0, 1.0, -2.5]).double()
    seeds = [seed + i for i in range(12)]
    got = many_fits(learner, x, y, 0.3, 2, 1, seeds, globally)
    assert_equal(
        many_fits(learner, x, y, 0.3, 2, 1, seeds, globally + 1), got, "from generators in the same state"
    )
    orders = list(permutations(range(3)))
    ends = all_ends(pairs(x, y), 0.3, 1, (0.0, 0.0))
    two = {
        (first, second): place
        for first, end in enumerate(ends)
        for second, place in enumerate(all_ends(pairs(x, y), 0.3, 1, end))
    }
    found = [min(two, key=lambda pair, place=place: math.dist(two[pair], place)) for place in got]
    for place, pair in zip(got, found, strict=True):
        assert_close(place, list(two[pair]), "a and b, beside the nearest possible", atol=1e-8)
    same = all(first == second for first, second in found)
    require(not same, "both epochs always take the same order", got=[orders[first] for first, _ in found[:3]])
    require(
        len({first for first, _ in found}) > 1,
        "the first epoch always takes the same order",
        got=orders[found[0][0]],
    )


@exercise("fit_line")
@settings(max_examples=3)
@given(x=tensors((sizes(3, 6),)), slope=halves(), up=halves(), batch_size=st.integers(1, 7), seed=seeds())
def test_noise_free_data_lead_near_the_line(learner, x, slope, up, batch_size, seed):
    """On points of a line, a and b come near it, whatever the batches, and the loss near 0."""
    x = (x - x.mean()) / 4 + torch.linspace(-1, 1, len(x), dtype=x.dtype)
    x = x / x.std(correction=0).clamp(min=0.5)
    assume(x.var(correction=0) > 0.4)
    a, b, losses = learner.fit_line(x, slope * x + up, 0.2, 150, batch_size, generator(seed))
    assert_close([float(a), float(b)], [slope, up], "a and b", atol=0.02)
    assert_close(float(losses[-1]), 0.0, "the last loss", atol=1e-3)
    assert_equal(len(losses), 150, "the number of losses")


def chances() -> st.SearchStrategy[float]:
    """Probabilities that are exact in float32."""
    return st.integers(1, 63).map(lambda part: part / 64)


@st.composite
def answers(draw: st.DrawFn, ranks=(0, 3)) -> tuple[torch.Tensor, torch.Tensor]:
    """Probabilities, and 0s and 1s of the same shape, integer or floating."""
    shape, dtype = draw(shapes(ranks)), draw(st.sampled_from(FLOATS))
    y = draw(tensors(shape, st.integers(0, 1), dtype=draw(st.sampled_from([dtype, torch.int64]))))
    return draw(tensors(shape, chances(), dtype=dtype)), y


@exercise("bernoulli_log_likelihood")
@given(pair=answers())
def test_likelihood_agrees_with_torch(learner, pair):
    """The sum agrees with torch's binary cross-entropy, summed, with the other sign."""
    p, y = pair
    expected = -F.binary_cross_entropy(p.double(), y.double(), reduction="sum").item()
    assert_close(learner.bernoulli_log_likelihood(p, y), expected, atol=rounding(p) * max(1.0, -expected))


@exercise("bernoulli_log_likelihood")
@settings(max_examples=12)
@given(pair=answers((1, 2)), times=st.integers(2, 5))
def test_likelihood_multiplies_examples(learner, pair, times):
    """It is the logarithm of the product, each example counted each time, and turned answers with 1 - p agree."""
    p, y = pair
    each = [
        q if answer else 1 - q for q, answer in zip(p.flatten().tolist(), y.flatten().tolist(), strict=True)
    ]
    expected = math.fsum(math.log(q) for q in each)
    tolerance = rounding(p) * times * max(1.0, -expected)
    assert_close(learner.bernoulli_log_likelihood(p, y), expected, atol=tolerance)
    assert_close(learner.bernoulli_log_likelihood(1 - p, 1 - y), expected, "turned", atol=tolerance)
    many = learner.bernoulli_log_likelihood(torch.cat([p] * times), torch.cat([y] * times))
    assert_close(many, times * expected, "all several times", atol=tolerance)


@exercise("bernoulli_log_likelihood")
@settings(max_examples=10)
@given(n=st.integers(2000, 4000), q=chances(), p_is=chances())
def test_likelihood_never_underflows(learner, n, q, p_is):
    """For thousands of answers it is finite and right, though their product is 0 in any float."""
    p = torch.full((n,), p_is, dtype=torch.float64)
    y = (torch.arange(n) < int(q * n)).double()
    ones = int(y.sum())
    expected = ones * math.log(p_is) + (n - ones) * math.log1p(-p_is)
    assert_close(learner.bernoulli_log_likelihood(p, y), expected, rtol=1e-9)


@exercise("bernoulli_log_likelihood")
@given(tiny=st.sampled_from([1e-12, 1e-9, 1e-5]), others=answers((1, 1)))
def test_an_unlikely_answer_costs_what_it_costs(learner, tiny, others):
    """An answer of tiny probability adds its logarithm, however large."""
    p, y = torch.cat([others[0].double(), torch.tensor([tiny, tiny]).double()]), others[1].double()
    y = torch.cat([y, torch.tensor([1.0, 0.0]).double()])
    expected = -F.binary_cross_entropy(p, y, reduction="sum").item()
    assert_close(learner.bernoulli_log_likelihood(p, y), expected, atol=1e-9)


@st.composite
def labelled(draw: st.DrawFn, elements=None) -> tuple[torch.Tensor, torch.Tensor]:
    """Examples (n, d) and labels 0 and 1."""
    n, d = draw(sizes(1, 6)), draw(sizes(1, 4))
    return draw(tensors((n, d), elements)), draw(tensors((n,), st.integers(0, 1)))


def logistic_path(X, y, lr, steps):
    """w and b by torch's own slopes of torch's own loss."""
    w, b = torch.zeros(X.shape[1], dtype=X.dtype), torch.zeros((), dtype=X.dtype)
    for _ in range(steps):
        w, b = w.requires_grad_(), b.requires_grad_()
        loss = F.binary_cross_entropy_with_logits(X @ w + b, y)
        by_w, by_b = torch.autograd.grad(loss, [w, b])
        w, b = (w - lr * by_w).detach(), (b - lr * by_b).detach()
    return w, b


@exercise("fit_logistic")
@given(data=labelled(), lr=rates(), steps=st.integers(0, 6))
def test_logistic_agrees_with_autograd(learner, data, lr, steps):
    """w and b are where torch's slopes of the mean binary cross-entropy lead."""
    X, y = data
    expected_w, expected_b = logistic_path(X, y, lr, steps)
    w, b = learner.fit_logistic(X, y, lr, steps)
    assert_close(w, expected_w, "w", atol=1e-8)
    assert_close(float(b), expected_b.item(), "b", atol=1e-8)


@exercise("fit_logistic")
@settings(max_examples=10)
@given(data=labelled(), lr=rates(), steps=st.integers(1, 5), times=st.integers(2, 3))
def test_logistic_is_a_mean_over_examples(learner, data, lr, steps, times):
    """Examples given several times, in another order, leave w and b; exchanged labels turn both."""
    X, y = data
    expected_w, expected_b = logistic_path(X, y, lr, steps)
    for what, inputs, labels, sign in [
        ("all several times", X.repeat(times, 1).flip(0), y.repeat(times).flip(0), 1),
        ("labels exchanged", X, 1 - y, -1),
        ("signs of X turned and labels exchanged", -X, 1 - y, None),
    ]:
        w, b = learner.fit_logistic(inputs, labels, lr, steps)
        assert_close(w, expected_w * (sign or 1), f"w, {what}", atol=1e-8)
        assert_close(float(b), expected_b.item() * (sign or -1), f"b, {what}", atol=1e-8)


@exercise("fit_logistic")
@given(data=labelled(st.integers(-900, 900)), steps=st.integers(1, 5))
def test_logistic_stays_finite(learner, data, steps):
    """With raw measurements in the hundreds the log odds are huge, and w and b still right."""
    X, y = data
    expected_w, expected_b = logistic_path(X, y, 1.5, steps)
    w, b = learner.fit_logistic(X, y, 1.5, steps)
    assert_close(w, expected_w, "w", atol=1e-6)
    assert_close(float(b), expected_b.item(), "b", atol=1e-6)


@exercise("fit_logistic")
def test_logistic_nears_the_log_odds(learner):
    """Without any predictor that matters, b becomes the log odds of the labels and w stays 0."""
    X = torch.tensor([[1.0, 0.0], [-1.0, 0.0]] * 4, dtype=torch.float64)
    y = torch.tensor([1.0, 1, 1, 1, 1, 1, 0, 0], dtype=torch.float64)
    w, b = learner.fit_logistic(X, y, 1.5, 150)
    assert_close(float(b), math.log(3), "b", atol=1e-6)
    assert_close(w, torch.zeros(2, dtype=torch.float64), "w", atol=1e-6)


@exercise("logsumexp")
@given(pair=table_and_axis(elements=large()))
def test_logsumexp_agrees_with_torch(learner, pair):
    """Along any axis, for numbers of any size, it agrees with torch, and x stays as it was."""
    x, dim = pair
    before = x.clone()
    assert_close(learner.logsumexp(x, dim), torch.logsumexp(x, dim), atol=rounding(x))
    assert_equal(x, before, "x afterwards")


@exercise("logsumexp")
@given(pair=table_and_axis(), up=tensors((5,), st.sampled_from([-10000.0, -700.0, 0.0, 700.0, 10000.0])))
def test_each_slice_has_its_own_shift(learner, pair, up):
    """A constant of its own added to each slice comes out added to that slice's answer."""
    x, dim = pair
    x = x.double().movedim(dim, -1)
    shifts = torch.arange(x[..., 0].numel()).reshape(x.shape[:-1])
    shifts = up[shifts % 5]
    got = learner.logsumexp((x + shifts[..., None]).movedim(-1, dim), dim)
    assert_close(got, x.exp().sum(-1).log() + shifts, atol=1e-9)


@exercise("logsumexp")
@given(pair=impossible())
def test_minus_infinity_adds_nothing(learner, pair):
    """Entries of -inf beside a finite one change nothing."""
    x, dim = pair
    assert_close(learner.logsumexp(x, dim), torch.logsumexp(x, dim), atol=rounding(x))


@exercise("logsumexp")
@given(x=any_tensors((1, 3), large()))
def test_the_last_axis_unless_named(learner, x):
    """Without a named axis it is the last, and a single entry is its own logsumexp."""
    assert_close(learner.logsumexp(x), torch.logsumexp(x, -1), atol=rounding(x))
    assert_close(learner.logsumexp(x[..., None]), x, "of single entries")


@driver
def slopes_along(names, name, x, dim, upstream):
    """The slopes of the learner's function along an axis."""
    x = x.clone().requires_grad_()
    getattr(names, name)(x, dim).backward(upstream)
    return x.grad


@exercise("logsumexp")
@given(pair=table_and_axis(elements=large()), up=halves(1, 6))
def test_slopes_of_logsumexp_are_probabilities(learner, pair, up):
    """The slopes are the softmax, times what comes from above, and finite for numbers of any size."""
    x, dim = pair
    above = torch.logsumexp(x, dim)
    upstream = up * (1 + torch.arange(above.numel(), dtype=x.dtype) % 3).reshape(above.shape)
    got = slopes_along(learner, "logsumexp", x, dim, upstream)
    assert_close(got, x.softmax(dim) * upstream.unsqueeze(dim), atol=rounding(x) * 9)


@exercise("softmax")
@given(pair=table_and_axis(elements=large()))
def test_softmax_agrees_with_torch(learner, pair):
    """Along any axis, for numbers of any size, it agrees with torch, and x stays as it was."""
    x, dim = pair
    before = x.clone()
    assert_close(learner.softmax(x, dim), torch.softmax(x, dim), atol=rounding(x))
    assert_equal(x, before, "x afterwards")


@exercise("softmax")
@given(pair=table_and_axis(), up=tensors((5,), st.sampled_from([-10000.0, -700.0, 0.0, 700.0, 10000.0])))
def test_a_shift_of_a_slice_changes_nothing(learner, pair, up):
    """A constant of its own added to each slice leaves the probabilities as they are."""
    x, dim = pair
    x = x.double().movedim(dim, -1)
    shifts = up[torch.arange(x[..., 0].numel()).reshape(x.shape[:-1]) % 5]
    got = learner.softmax((x + shifts[..., None]).movedim(-1, dim), dim)
    assert_close(got.movedim(dim, -1), x.exp() / x.exp().sum(-1, keepdim=True), atol=1e-9)


@exercise("softmax")
@given(pair=impossible())
def test_minus_infinity_has_no_probability(learner, pair):
    """Entries of -inf have probability 0, and the others share 1."""
    x, dim = pair
    p = learner.softmax(x, dim)
    assert_close(p, torch.softmax(x, dim), atol=rounding(x))
    assert_equal(p[x.isneginf()], torch.zeros_like(p[x.isneginf()]), "where x is -inf")


@exercise("softmax")
@given(x=any_tensors((1, 3)))
def test_softmax_is_along_the_last_axis_unless_named(learner, x):
    """Without a named axis it is the last, and twice the logits squares the odds."""
    p, q = learner.softmax(x), learner.softmax(2 * x)
    assert_close(p, torch.softmax(x, -1), atol=rounding(x))
    assert_close(q * p[..., :1] ** 2, p**2 * q[..., :1], "odds of doubled logits", atol=rounding(x))


@st.composite
def classified(draw: st.DrawFn, elements=None) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits (n, V) and targets (n,); n and V drawn on their own, 1 included."""
    n, V = draw(sizes(1, 7)), draw(sizes(1, 6))
    dtype = draw(st.sampled_from(FLOATS))
    targets = torch.tensor(draw(st.lists(st.integers(0, V - 1), min_size=n, max_size=n)))
    return draw(tensors((n, V), elements, dtype=dtype)), targets


@exercise("cross_entropy")
@given(pair=classified(large()))
def test_cross_entropy_agrees_with_torch(learner, pair):
    """For logits of any size the mean agrees with torch's, and the logits stay as they were."""
    logits, targets = pair
    before = logits.clone()
    expected = F.cross_entropy(logits.double(), targets).item()
    assert_close(learner.cross_entropy(logits, targets), expected, atol=rounding(logits))
    assert_equal(logits, before, "the logits afterwards")


@exercise("cross_entropy")
@given(pair=classified(halves() | large()))
def test_slopes_of_cross_entropy_agree_with_torch(learner, pair):
    """The slopes are (probability less 1 at the target) / n, finite for logits of any size."""
    logits, targets = pair
    expected, slopes = oracle(lambda x: F.cross_entropy(x, targets), logits)
    loss, got = loss_and_slopes(learner, "cross_entropy", logits, targets)
    assert_close(got, slopes, "the slopes", atol=rounding(logits))
    assert_close(loss, expected, "the loss", atol=rounding(logits))


@exercise("cross_entropy")
@given(pair=classified(), up=st.integers(-20000, 20000))
def test_a_shift_of_a_row_costs_nothing(learner, pair, up):
    """A constant added to each row leaves the loss as it is, and so do all examples given twice."""
    logits, targets = pair
    logits = logits.double()
    expected = F.cross_entropy(logits, targets).item()
    shifted = logits + up / 2 * (torch.arange(len(logits)) % 3 - 1).unsqueeze(1)
    assert_close(learner.cross_entropy(shifted, targets), expected, "rows shifted", atol=rounding(shifted))
    twice = learner.cross_entropy(torch.cat([logits, logits.flip(0)]), torch.cat([targets, targets.flip(0)]))
    assert_close(twice, expected, "all twice", atol=rounding(logits))


@exercise("cross_entropy")
@given(n=st.integers(1, 7), V=st.integers(1, 12), level=halves())
def test_uniform_logits_cost_log_v(learner, n, V, level):
    """Equal logits cost log V for each example, a sure right answer nothing."""
    targets = torch.arange(n) * 5 % V
    assert_close(learner.cross_entropy(torch.full((n, V), level).double(), targets), math.log(V), atol=1e-12)
    sure = torch.full((n, V), -1000.0)
    sure[torch.arange(n), targets] = 1000.0
    assert_close(learner.cross_entropy(sure, targets), 0.0, "sure and right", atol=rounding(sure))


@st.composite
def many_labels(draw: st.DrawFn, elements=None) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits and 0s and 1s of the same shape and dtype."""
    shape, dtype = draw(shapes((0, 3))), draw(st.sampled_from(FLOATS))
    return draw(tensors(shape, elements, dtype=dtype)), draw(tensors(shape, st.integers(0, 1), dtype=dtype))


@exercise("binary_cross_entropy")
@settings(max_examples=12)
@given(pair=many_labels(halves() | large()))
def test_binary_cross_entropy_agrees_with_torch(learner, pair):
    """Value and slopes agree with torch's for logits of any size and any shape."""
    logits, targets = pair
    expected, slopes = oracle(lambda x: F.binary_cross_entropy_with_logits(x, targets.double()), logits)
    tolerance = rounding(logits)
    before = logits.clone()
    assert_close(learner.binary_cross_entropy(logits, targets), expected, atol=tolerance)
    assert_equal(logits, before, "the logits afterwards")
    _, got = loss_and_slopes(learner, "binary_cross_entropy", logits, targets)
    assert_close(got, slopes, "the slopes", atol=rounding(torch.ones((), dtype=logits.dtype)))


@exercise("binary_cross_entropy")
@given(pair=many_labels(halves(-40, 40)))
def test_labels_do_not_compete(learner, pair):
    """The loss is the mean of what each label costs on its own."""
    logits, targets = (part.double() for part in pair)
    each = [
        math.log1p(math.exp(-z if target else z))
        for z, target in zip(logits.flatten().tolist(), targets.flatten().tolist(), strict=True)
    ]
    assert_close(learner.binary_cross_entropy(logits, targets), math.fsum(each) / len(each), atol=1e-9)


@exercise("binary_cross_entropy")
@given(pair=many_labels(large()))
def test_yes_and_no_are_alike(learner, pair):
    """Turned logits with exchanged labels cost the same, logits of 0 cost log 2."""
    logits, targets = pair
    expected = F.binary_cross_entropy_with_logits(logits.double(), targets.double()).item()
    got = learner.binary_cross_entropy(-logits, 1 - targets)
    assert_close(got, expected, "turned", atol=rounding(logits))
    assert_close(learner.binary_cross_entropy(0 * logits, targets), math.log(2), "logits of 0")


def lows() -> st.SearchStrategy[float]:
    """Rates to begin at."""
    return st.integers(1, 5000).map(lambda i: i / 20000)


def factors() -> st.SearchStrategy[float]:
    """How many times larger the last rate is."""
    return st.integers(3, 40).map(lambda i: i / 2) | st.integers(2, 9000).map(float)


@exercise("learning_rates")
@given(low=lows(), factor=factors(), n=st.integers(2, 12))
def test_rates_agree_with_the_reference(learner, reference, low, factor, n):
    """Each rate is the low one times a power of one and the same ratio."""
    expected = reference.learning_rates(low, low * factor, n)
    assert_close([float(rate) for rate in learner.learning_rates(low, low * factor, n)], expected, rtol=2e-5)


@exercise("learning_rates")
@given(low=lows(), factor=factors(), n=st.integers(3, 12))
def test_neighbours_have_one_ratio(learner, low, factor, n):
    """Each rate is the same multiple of the one before, from low to high."""
    rates = [float(rate) for rate in learner.learning_rates(low, low * factor, n)]
    ratios = [later / earlier for earlier, later in pairwise(rates)]
    assert_close(ratios, [factor ** (1 / (n - 1))] * (n - 1), "the ratios", rtol=1e-4)
    assert_close([rates[0], rates[-1]], [low, low * factor], "the ends", rtol=2e-5)


@exercise("learning_rates")
@given(low=lows(), factor=factors())
def test_the_middle_one_is_the_geometric_mean(learner, low, factor):
    """Of three rates the middle one is the root of low times high; of two there are only the ends."""
    three = [float(rate) for rate in learner.learning_rates(low, low * factor, 3)]
    assert_close(three, [low, low * math.sqrt(factor), low * factor], rtol=2e-5)
    two = [float(rate) for rate in learner.learning_rates(low, low * factor, 2)]
    assert_close(two, [low, low * factor], "of two", rtol=2e-5)


LOSSES = [0.0, 0.5, 1.0, 2.0, -1.0, 1e9]


@st.composite
def searches(draw: st.DrawFn, losses=LOSSES) -> dict[float, float]:
    """Some rates in any order, each with the loss that it leads to; at least one is finite."""
    rates = draw(
        st.lists(
            st.sampled_from([1e-4, 0.003, 0.01, 0.3, 1.0, 2.0, 50.0]), min_size=1, max_size=6, unique=True
        )
    )
    results = {rate: draw(st.sampled_from([*losses, math.nan, math.inf])) for rate in rates}
    results[draw(st.sampled_from(rates))] = draw(st.sampled_from(losses))
    return results


@exercise("grid_search")
@given(results=searches())
def test_the_least_loss_wins_and_ties_go_down(learner, results):
    """The least loss wins, nan and inf never, and of equals the smallest rate."""
    finite = [(loss, rate) for rate, loss in results.items() if math.isfinite(loss)]
    got = learner.grid_search(lambda rate: results[rate], list(results))
    assert_equal(float(got), min(finite)[1])


@exercise("grid_search")
@given(results=searches(), up=st.integers(1, 5))
def test_each_rate_is_trained_once(learner, results, up):
    """Each rate is trained once, and what is added to all losses changes nothing."""
    tried = []

    def train(rate):
        tried.append(rate)
        return results[rate] + up

    finite = [(loss, rate) for rate, loss in results.items() if math.isfinite(loss)]
    best = min((loss + up, rate) for loss, rate in finite)[1]
    assert_equal(float(learner.grid_search(train, list(results))), best)
    assert_equal(sorted(tried), sorted(results), "the rates that were trained, sorted")


@exercise("grid_search")
@settings(max_examples=12)
@given(order=st.permutations([0.01, 0.1, 1.0, 10.0]), place=st.integers(0, 3))
def test_nan_loses_wherever_it_stands(learner, order, place):
    """A nan among the losses never wins, first, last or between, and never hides the best."""
    lost = order[place]
    best = min(rate for rate in order if rate != lost)
    got = learner.grid_search(lambda rate: math.nan if rate == lost else rate, order)
    assert_equal(float(got), best)
    top = max(rate for rate in order if rate != lost)
    got = learner.grid_search(lambda rate: math.nan if rate == lost else -rate, order)
    assert_equal(float(got), top, "where more is better")


@exercise("momentum_descent")
@given(
    start=tensors((sizes(1, 5),)),
    lr=rates(),
    beta=st.sampled_from([0.0, 0.25, 0.5, 0.75]),
    steps=st.integers(0, 6),
)
def test_momentum_agrees_with_the_reference(learner, reference, start, lr, beta, steps):
    """The path follows the rule, with a gradient that differs from axis to axis, and start stays as it was."""
    scale = torch.arange(1, len(start) + 1, dtype=start.dtype) / len(start)

    def grad(x):
        return scale * x + x.flip(0) / 4 - 1

    before = start.clone()
    path = learner.momentum_descent(grad, start, lr, beta, steps)
    assert_close(path, reference.momentum_descent(grad, start, lr, beta, steps), atol=1e-8)
    assert_equal(start, before, "start afterwards")


@exercise("momentum_descent")
@given(
    start=tensors((sizes(1, 4),)),
    lr=rates(),
    beta=st.sampled_from([0.25, 0.5, 0.75]),
    steps=st.integers(1, 6),
)
def test_a_steady_slope_gathers_speed(learner, start, lr, beta, steps):
    """On an even slope each step is longer than the one before, by the sum of the powers of beta."""
    path = learner.momentum_descent(lambda x: x * 0 + 2, start, lr, beta, steps)
    lengths = torch.tensor(
        [2 * lr * sum(beta**i for i in range(k + 1)) for k in range(steps)], dtype=start.dtype
    )
    assert_close(path[:-1] - path[1:], lengths[:, None].expand(-1, len(start)), "the steps", atol=1e-9)
    assert_close(path[0], start, "row 0")


@exercise("momentum_descent")
@given(start=tensors((sizes(1, 4),)), lr=rates(), steps=st.integers(0, 6))
def test_without_memory_it_is_gradient_descent(learner, start, lr, steps):
    """With beta = 0, for the gradient x, place k is start times (1 - lr) to the power k."""
    path = learner.momentum_descent(lambda x: x, start, lr, 0.0, steps)
    assert_close(path, torch.stack([start * (1 - lr) ** k for k in range(steps + 1)]), atol=1e-8)


@exercise("momentum_descent")
@settings(max_examples=10)
@given(
    start=tensors((sizes(1, 4),)),
    lr=rates(),
    beta=st.sampled_from([0.25, 0.5, 0.75]),
    steps=st.integers(2, 6),
)
def test_momentum_agrees_with_torch(learner, start, lr, beta, steps):
    """The path is that of torch.optim.SGD with momentum on half the square of x."""
    x = start.clone().requires_grad_()
    optimiser = torch.optim.SGD([x], lr=lr, momentum=beta)
    expected = [start.clone()]
    for _ in range(steps):
        optimiser.zero_grad()
        (x**2 / 2).sum().backward()
        optimiser.step()
        expected.append(x.detach().clone())
    assert_close(
        learner.momentum_descent(lambda x: x, start, lr, beta, steps), torch.stack(expected), atol=1e-8
    )

"""Week 11's checks: what a learner can run. Each states one law of a right answer."""

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
    lendable,
    require,
)
from autograde.strategies import sizes, tensors


def seeds() -> st.SearchStrategy[int]:
    return st.integers(0, 999)


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def normal(seed: int, *shape: int) -> torch.Tensor:
    """Draws in float64 from a seed that no learner would use, nor torch's own state start from."""
    return torch.randn(shape, generator=generator(10_000 + seed), dtype=torch.float64)


def picture(*rows: list[float]) -> torch.Tensor:
    """One picture of one channel, (1, 1, h, w)."""
    return torch.tensor(rows, dtype=torch.float64)[None, None]


# output_size


@exercise("output_size")
def test_sizes_of_the_text(learner):
    """A filter of 3 has 5 places in 7, 4 with padding 1 and stride 2, 3 when spread by 2; in 6 it has 3."""
    assert_equal(learner.output_size(7, 3), 5, "of 7, kernel 3")
    assert_equal(learner.output_size(7, 3, stride=2, padding=1), 4, "of 7, kernel 3, stride 2, padding 1")
    assert_equal(learner.output_size(7, 3, dilation=2), 3, "of 7, kernel 3, dilation 2")
    assert_equal(learner.output_size(6, 3, 2, 1), 3, "of 6, kernel 3, stride 2, padding 1")


@exercise("output_size")
@given(n=sizes(1, 12), kernel=sizes(1, 5), stride=sizes(1, 4), padding=sizes(0, 3), dilation=sizes(1, 3))
def test_it_counts_the_places(learner, n, kernel, stride, padding, dilation):
    """It counts the starts at which the spread filter lies inside the padded line.

    Hint: The filter covers dilation · (kernel - 1) + 1 places. A last place that would stick out doesn't count.
    """
    length = n + 2 * padding
    starts = [start for start in range(0, length, stride) if start + dilation * (kernel - 1) < length]
    if starts:
        answer = learner.output_size(n, kernel, stride, padding, dilation)
        assert_equal(answer, len(starts), kind=int)


# FILTERS


@driver
def filters(names, image):
    """What each of the filters says of an image (h, w), in float64 and without padding."""
    import torch

    kernels = {name: kernel.to(torch.float64) for name, kernel in names.FILTERS.items()}
    image = image[None, None]
    return {name: torch.nn.functional.conv2d(image, k[None, None])[0, 0] for name, k in kernels.items()}


@exercise("FILTERS")
def test_four_filters_of_three_by_three(learner):
    """There are four filters, blur, edge_x, edge_y and sharpen, each a floating tensor of 3 × 3."""
    assert_equal(set(learner.FILTERS), {"blur", "edge_x", "edge_y", "sharpen"}, "the names")
    for name, kernel in learner.FILTERS.items():
        require(isinstance(kernel, torch.Tensor), f"{name} should be a tensor", got=kernel)
        assert_equal(tuple(kernel.shape), (3, 3), f"the shape of {name}")
        require(kernel.is_floating_point(), f"{name} should be floating", got=kernel)
    shown = {tuple(kernel.flatten().tolist()) for kernel in learner.FILTERS.values()}
    assert_equal(len(shown), 4, "how many different filters there are")


@exercise("FILTERS")
@given(level=st.integers(1, 9), h=sizes(3, 5), w=sizes(3, 5))
def test_a_plain_area(learner, level, h, w):
    """Of a plain area blur and sharpen say what it is, the edges say 0.

    Hint: What do the weights of each filter sum to?
    """
    said = filters(learner, torch.full((h, w), float(level), dtype=torch.float64))
    flat = torch.ones(h - 2, w - 2, dtype=torch.float64)
    for name in ("blur", "sharpen"):
        assert_close(said[name], level * flat, name, atol=1e-4)
    for name in ("edge_x", "edge_y"):
        assert_close(said[name], 0 * flat, name, atol=1e-4)


STEP = torch.tensor([0.0, 0.0, 0.0, 1.0, 1.0, 1.0], dtype=torch.float64).expand(3, -1)  # from left to right


@exercise("FILTERS")
def test_edge_x_speaks_at_a_step(learner):
    """edge_x speaks at a step from left to right, 0 0 0 1 1 1 in each row, and not at one from above to below.

    Hint: Each row of edge_x sums to 0. Which way does your filter lie?
    """
    at_step = filters(learner, STEP)["edge_x"]
    require(at_step.abs().max() > 1e-3, "edge_x says nothing at the step", got=at_step)
    other = filters(learner, STEP.T)["edge_x"]
    assert_close(other, torch.zeros(other.shape, dtype=torch.float64), "edge_x at the other step", atol=1e-4)


@exercise("FILTERS")
@given(values=st.lists(st.integers(-5, 5), min_size=4, max_size=6))
def test_edge_x_answers_to_one_direction(learner, values):
    """edge_x is silent where the picture changes downwards only, by these values, but not at every step.

    Hint: Each row of edge_x sums to 0. Which way does your filter lie?
    """
    down = torch.tensor(values, dtype=torch.float64).expand(4, -1).T
    assert_close(filters(learner, down)["edge_x"], 0 * down[1:-1, 1:-1], "edge_x", atol=1e-4)
    require(filters(learner, STEP)["edge_x"].abs().max() > 1e-3, "edge_x says nothing at any step")


@exercise("FILTERS")
def test_edge_y_speaks_at_a_step(learner):
    """edge_y speaks at a step from above to below, 0 0 0 1 1 1 in each column, and not at one from left to right.

    Hint: Each column of edge_y sums to 0. Which way does your filter lie?
    """
    at_step = filters(learner, STEP.T)["edge_y"]
    require(at_step.abs().max() > 1e-3, "edge_y says nothing at the step", got=at_step)
    other = filters(learner, STEP)["edge_y"]
    assert_close(other, torch.zeros(other.shape, dtype=torch.float64), "edge_y at the other step", atol=1e-4)


@exercise("FILTERS")
@given(values=st.lists(st.integers(-5, 5), min_size=4, max_size=6))
def test_edge_y_answers_to_one_direction(learner, values):
    """edge_y is silent where the picture changes along the rows only, by these values, but not at every step.

    Hint: Each column of edge_y sums to 0. Which way does your filter lie?
    """
    across = torch.tensor(values, dtype=torch.float64).expand(4, -1)
    assert_close(filters(learner, across)["edge_y"], 0 * across[1:-1, 1:-1], "edge_y", atol=1e-4)
    require(filters(learner, STEP.T)["edge_y"].abs().max() > 1e-3, "edge_y says nothing at any step")


@exercise("FILTERS")
def test_one_bright_pixel(learner):
    """blur spreads one bright pixel: no value below 0 or above a half; sharpen makes it brighter than it was."""
    image = torch.zeros(5, 5, dtype=torch.float64)
    image[2, 2] = 1.0
    said = filters(learner, image)
    require(said["blur"].min() >= -1e-6, "blur has a weight below 0", got=said["blur"])
    require(said["blur"].max() <= 0.5 + 1e-6, "blur has a weight above a half", got=said["blur"])
    require(
        said["sharpen"][1, 1] > 1 + 1e-6, "sharpen has no centre greater than 1", got=said["sharpen"][1, 1]
    )


# conv2d

EXAMPLE = picture([1.0, 2.0, 0.0], [0.0, 1.0, 3.0], [4.0, 0.0, 1.0])
KERNEL = picture([1.0, 0.0], [0.0, 2.0])


@exercise("conv2d")
def test_convolution_of_the_example(learner):
    """The example of the docstring: [[3, 8], [0, 3]], and [[2, 0], [8, 3]] with stride 2 and padding 1.

    Hint: Work out the first of these numbers by hand: which pixels does the first window hold, and which weight
    meets which of them?
    """
    assert_close(learner.conv2d(EXAMPLE, KERNEL), picture([3.0, 8.0], [0.0, 3.0]), "conv2d(x, w)")
    got = learner.conv2d(EXAMPLE, KERNEL, stride=2, padding=1)
    assert_close(got, picture([2.0, 0.0], [8.0, 3.0]), "with stride=2, padding=1")


@exercise("conv2d")
def test_the_convolution_keeps_the_dtype(learner):
    """The answer has x's dtype, be it float32 or float64.

    Hint: `torch.zeros` makes float32 unless told `dtype=x.dtype`; `x.new_zeros` takes x's own.
    """
    for dtype in (torch.float32, torch.float64):
        got = learner.conv2d(EXAMPLE.to(dtype), KERNEL.to(dtype))
        assert_close(got, picture([3.0, 8.0], [0.0, 3.0]), "conv2d(x, w)", dtype=dtype)


@exercise("conv2d")
@given(h=sizes(1, 4), w=sizes(1, 4), values=st.lists(st.integers(-9, 9), min_size=9, max_size=9, unique=True))
def test_the_kernel_is_not_turned(learner, h, w, values):
    """A kernel that is 0 but for a 1 in its top left corner gives back the picture's top left part.

    Hint: w[o, c, 0, 0] meets the pixel at the window's own top left.
    """
    x = torch.tensor(values, dtype=torch.float64).reshape(1, 1, 3, 3)
    kernel = torch.zeros(1, 1, min(h, 3), min(w, 3), dtype=torch.float64)
    kernel[0, 0, 0, 0] = 1.0
    right = x[:, :, : 4 - kernel.shape[2], : 4 - kernel.shape[3]]
    assert_close(learner.conv2d(x, kernel), right)


@exercise("conv2d")
@given(
    n=sizes(1, 3), c_in=sizes(1, 3), c_out=sizes(1, 4), h=sizes(3, 6), w=sizes(3, 6), kh=sizes(1, 3),
    kw=sizes(1, 3), seed=seeds(),
)  # fmt: skip
def test_several_channels_and_filters(learner, n, c_in, c_out, h, w, kh, kw, seed):
    """It agrees with torch on several pictures, channels and filters, without a bias.

    Hint: Each filter has a grid for each input channel, and the sum goes over the channels too. Each picture has an
    answer of its own.
    """
    x, kernels = normal(seed, n, c_in, h, w), normal(seed + 1, c_out, c_in, kh, kw)
    assert_close(learner.conv2d(x, kernels), F.conv2d(x, kernels))


@exercise("conv2d")
@settings(max_examples=8)
@given(c_out=sizes(1, 4), h=sizes(1, 3), w=sizes(1, 3), n=sizes(1, 2), seed=seeds())
def test_each_map_has_its_bias(learner, c_out, h, w, n, seed):
    """With all weights 0 each map holds its own bias at every place.

    Hint: The bias has one number a map: which axis of (n, c_out, rows, columns) is that?
    """
    x, b = normal(seed, n, 2, h, w), normal(seed + 1, c_out)
    right = b[:, None, None].expand(n, c_out, h, w)
    assert_close(learner.conv2d(x, torch.zeros(c_out, 2, 1, 1, dtype=torch.float64), b), right)


@exercise("conv2d")
@given(h=sizes(2, 7), w=sizes(2, 7), stride=sizes(1, 3), padding=sizes(0, 2), seed=seeds())
def test_stride_and_padding(learner, h, w, stride, padding, seed):
    """It agrees with torch for any stride and padding, padding 0 included."""
    x, kernels = normal(seed, 2, 2, h, w), normal(seed + 1, 3, 2, 2, 1)
    right = F.conv2d(x, kernels, stride=stride, padding=padding)
    assert_close(learner.conv2d(x, kernels, None, stride, padding), right)


@driver
def convolution_slopes(names, x, w, b, stride, padding, upstream):
    """The gradients by x, w and b (None: none came back)."""
    leaves = [x.clone().requires_grad_(), w.clone().requires_grad_(), b.clone().requires_grad_()]
    out = names.conv2d(*leaves, stride, padding)
    (out * upstream).sum().backward()
    return [leaf.grad for leaf in leaves]


def slopes_close(learner, x, w, b, stride, padding, seed):
    leaves = [x.clone().requires_grad_(), w.clone().requires_grad_(), b.clone().requires_grad_()]
    out = F.conv2d(*leaves, stride, padding)
    upstream = normal(seed, *out.shape)
    right = torch.autograd.grad((out * upstream).sum(), leaves)
    slopes = convolution_slopes(learner, x, w, b, stride, padding, upstream)
    for name, slope, expected in zip("xwb", slopes, right, strict=True):
        require(slope is not None, f"no gradient comes back to {name}")
        assert_close(slope, expected, f"the gradient by {name}")


@exercise("conv2d")
@settings(max_examples=8)
@given(stride=sizes(1, 2), padding=sizes(0, 1), seed=seeds())
def test_gradients_flow_through_the_convolution(learner, stride, padding, seed):
    """The gradients by x, w and b are torch's."""
    slopes_close(
        learner, normal(seed, 2, 2, 4, 5), normal(seed + 1, 3, 2, 3, 2), normal(seed + 2, 3), stride, padding,
        seed + 3,
    )  # fmt: skip


@driver
def ready_made(names, call, args):
    """The answer of names.CALL(*args) and which of torch's own convolutions and poolings it ran."""
    from torch.overrides import TorchFunctionMode

    seen = set()

    class Watch(TorchFunctionMode):
        def __torch_function__(self, function, types, args=(), kwargs=None):
            seen.add(getattr(function, "__name__", ""))
            return function(*args, **(kwargs or {}))

    with Watch():
        out = getattr(names, call)(*args)
    return out, sorted(name for name in seen if "conv" in name or "pool" in name)


@exercise("conv2d")
def test_the_convolution_is_your_own(learner):
    """It runs none of torch's ready-made convolutions."""
    out, found = ready_made(learner, "conv2d", (EXAMPLE, KERNEL))
    assert_equal(found, [], "ready-made operations of torch's that were run")
    assert_close(out, picture([3.0, 8.0], [0.0, 3.0]))


# max_pool2d

NEGATIVES = picture([-1.0, -5.0, 3.0], [-2.0, -7.0, 1.0], [-4.0, 6.0, 2.0])


@exercise("max_pool2d")
def test_pooling_of_the_example(learner):
    """The example of the docstring: [[-1]], and [[-1, 3], [6, 6]] with stride 1."""
    assert_close(learner.max_pool2d(NEGATIVES, 2), picture([-1.0]), "max_pool2d(x, 2)")
    got = learner.max_pool2d(NEGATIVES, 2, stride=1)
    assert_close(got, picture([-1.0, 3.0], [6.0, 6.0]), "with stride=1")


@exercise("max_pool2d")
def test_the_pooling_keeps_the_dtype(learner):
    """The answer has x's dtype, be it float32 or float64.

    Hint: `torch.zeros` and `torch.full` make float32 unless told `dtype=x.dtype`; `x.new_zeros` takes x's own.
    """
    for dtype in (torch.float32, torch.float64):
        got = learner.max_pool2d(NEGATIVES.to(dtype), 2)
        assert_close(got, picture([-1.0]), "max_pool2d(x, 2)", dtype=dtype)


@exercise("max_pool2d")
@given(
    x=tensors((sizes(1, 3), sizes(1, 3), sizes(3, 7), sizes(3, 7))), k=sizes(1, 3), stride=st.none() | sizes(1, 4)
)  # fmt: skip
def test_pooling_agrees_with_torch(learner, x, k, stride):
    """It agrees with torch, on odd sizes, several channels, and strides smaller and larger than k."""
    assert_close(learner.max_pool2d(x, k, stride), F.max_pool2d(x, k, stride))


@exercise("max_pool2d")
@given(h=sizes(2, 6), w=sizes(2, 6), seed=seeds())
def test_negative_pictures(learner, h, w, seed):
    """The largest of negative numbers is negative: no zero comes from outside.

    Hint: Windows that stick out are dropped, and not filled up.
    """
    x = -normal(seed, 2, 3, h, w).abs() - 1
    assert_close(learner.max_pool2d(x, 2), F.max_pool2d(x, 2))


@driver
def pooling_slope(names, x, k, stride, upstream):
    """The gradient by x (None: none came back)."""
    leaf = x.clone().requires_grad_()
    (names.max_pool2d(leaf, k, stride) * upstream).sum().backward()
    return leaf.grad


@exercise("max_pool2d")
@settings(max_examples=8)
@given(k=sizes(1, 3), stride=sizes(1, 3), seed=seeds())
def test_the_gradient_goes_to_the_largest(learner, k, stride, seed):
    """The gradient goes to the largest pixel of each window, and adds up where windows overlap."""
    x = normal(seed, 2, 2, 5, 4)
    leaf = x.clone().requires_grad_()
    out = F.max_pool2d(leaf, k, stride)
    upstream = normal(seed + 1, *out.shape)
    (right,) = torch.autograd.grad((out * upstream).sum(), leaf)
    slope = pooling_slope(learner, x, k, stride, upstream)
    require(slope is not None, "no gradient comes back to x")
    assert_close(slope, right)


@exercise("max_pool2d")
def test_the_pooling_is_your_own(learner):
    """It runs none of torch's ready-made poolings."""
    out, found = ready_made(learner, "max_pool2d", (NEGATIVES, 2))
    assert_equal(found, [], "ready-made operations of torch's that were run")
    assert_close(out, picture([-1.0]))


# break_max_pool2d


@lendable
def plain(x, k, stride=None):
    """A right one, written with loops."""
    step = k if stride is None else stride
    rows, columns = (x.shape[2] - k) // step + 1, (x.shape[3] - k) // step + 1
    lines = [
        [x[:, :, i * step : i * step + k, j * step : j * step + k].amax((2, 3)) for j in range(columns)]
        for i in range(rows)
    ]
    return torch.stack([torch.stack(line, -1) for line in lines], -2)


@lendable
def does_nothing(x, k, stride=None):
    """Returns its input."""
    return x


@lendable
def takes_the_mean(x, k, stride=None):
    """Average pooling."""
    return F.avg_pool2d(x, k, stride)


@lendable
def largest_of_all(x, k, stride=None):
    """Every window gets the largest value of the whole channel."""
    return F.max_pool2d(x, k, stride).amax((2, 3), keepdim=True).expand_as(F.max_pool2d(x, k, stride)).clone()


@lendable
def ignores_the_stride(x, k, stride=None):
    """Lays the windows side by side, whatever the stride."""
    return F.max_pool2d(x, k)


@lendable
def nothing_below_zero(x, k, stride=None):
    """Looks for something larger than 0."""
    return F.max_pool2d(x, k, stride).clamp(min=0)


@exercise("break_max_pool2d")
def test_a_right_one_passes(learner):
    """A right max_pool2d, written with loops, passes; one that returns its input doesn't.

    Hint: If it is an error that you see here, your test rejects a right one. Does section 4 promise what you demand?
    """
    learner.break_max_pool2d(plain)
    assert_raises(Exception, learner.break_max_pool2d, does_nothing)


@exercise("break_max_pool2d")
def test_one_that_does_nothing_is_caught(learner):
    """One that returns its input is caught."""
    assert_raises(Exception, learner.break_max_pool2d, does_nothing)


@exercise("break_max_pool2d")
def test_one_that_takes_the_mean_is_caught(learner):
    """One that takes the mean of each window is caught."""
    assert_raises(Exception, learner.break_max_pool2d, takes_the_mean)


@exercise("break_max_pool2d")
def test_one_that_ignores_the_windows_is_caught(learner):
    """One that gives every window the largest value of the whole channel is caught.

    Hint: A picture with a single window can't show it.
    """
    assert_raises(Exception, learner.break_max_pool2d, largest_of_all)


@exercise("break_max_pool2d")
def test_one_that_ignores_the_stride_is_caught(learner):
    """One that lays the windows side by side, whatever the stride, is caught.

    Hint: How does your test call it: only without a stride?
    """
    assert_raises(Exception, learner.break_max_pool2d, ignores_the_stride)


@exercise("break_max_pool2d")
def test_one_without_negatives_is_caught(learner):
    """One that begins its search at 0, so that nothing negative comes out, is caught.

    Hint: In which pictures is the largest of a window below 0?
    """
    assert_raises(Exception, learner.break_max_pool2d, nothing_below_zero)


# ResidualBlock


@driver
def block_output(names, c_in, c_out, x, seed, quiet):
    """The block's output and its parameters by name, which are drawn anew; `quiet` puts zeros into conv2."""
    import torch

    block = names.ResidualBlock(c_in, c_out).double()
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, p in sorted(block.named_parameters()):
            drawn = torch.randn(p.shape, generator=generator, dtype=torch.float64)
            p.copy_(0 * drawn if quiet and name.startswith("conv2") else drawn)
    before = x.clone()
    out = block(x)
    return out.detach(), {name: p.detach() for name, p in block.named_parameters()}, torch.equal(x, before)


def block_by_hand(x, p):
    """What section 5 asks for, from the block's own parameters."""
    branch = torch.relu(F.conv2d(x, p["conv1.weight"], p.get("conv1.bias"), padding=1))
    branch = F.conv2d(branch, p["conv2.weight"], p.get("conv2.bias"), padding=1)
    skip = F.conv2d(x, p["project.weight"], p.get("project.bias")) if "project.weight" in p else x
    return skip + branch


@exercise("ResidualBlock")
@given(c=sizes(1, 3), n=sizes(1, 2), h=sizes(1, 4), w=sizes(1, 4), seed=seeds())
def test_a_quiet_block_is_the_identity(learner, c, n, h, w, seed):
    """With zeros in conv2, a block whose channels agree gives back its input, negative numbers too.

    Hint: Nothing comes after the addition, and what is added is x itself.
    """
    x = normal(seed, n, c, h, w)
    out, _, _ = block_output(learner, c, c, x, seed, True)
    assert_close(out, x)


@exercise("ResidualBlock")
@given(c_in=sizes(1, 3), c_out=sizes(1, 4), n=sizes(1, 2), h=sizes(1, 4), w=sizes(1, 5), seed=seeds())
def test_the_block_is_the_formula(learner, c_in, c_out, n, h, w, seed):
    """The output is x, or project(x), plus conv2(relu(conv1(x))), with the block's own weights."""
    x = normal(seed, n, c_in, h, w)
    out, parameters, _ = block_output(learner, c_in, c_out, x, seed, False)
    whole = {"conv1.weight": (c_out, c_in, 3, 3), "conv2.weight": (c_out, c_out, 3, 3)}
    if c_in != c_out:
        whole["project.weight"] = (c_out, c_in, 1, 1)
    found = {name: tuple(p.shape) for name, p in parameters.items() if name.endswith("weight")}
    assert_equal(found, whole, "the weights and their shapes")
    # Sums of hundreds of products of draws.
    assert_close(out, block_by_hand(x, parameters), rtol=1e-9, atol=1e-9)


@exercise("ResidualBlock")
def test_the_block_of_the_text(learner):
    """The docstring's block makes (2, 16, 8, 5) of (2, 3, 8, 5), and x stays what it was."""
    x = normal(5, 2, 3, 8, 5)
    out, parameters, unchanged = block_output(learner, 3, 16, x, 5, False)
    assert_equal(tuple(out.shape), (2, 16, 8, 5), "the shape")
    assert_close(out, block_by_hand(x, parameters), "the output", rtol=1e-9, atol=1e-9)
    require(unchanged, "the block changes its input")


# LeafNet


@driver
def leaf_logits(names, batches):
    """A LeafNet's logits for each batch, evaluating, after three steps of training."""
    import torch

    torch.manual_seed(11)
    model = names.LeafNet()
    optimiser = torch.optim.Adam(model.parameters(), lr=0.003)
    few = torch.rand(4, 3, 32, 32)
    for _ in range(3):  # an output that starts at zero is right, too
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(model(few), torch.tensor([0, 1, 1, 0])).backward()
        optimiser.step()
    model.train(False)
    with torch.no_grad():
        return [model(batch) for batch in batches]


@driver
def leaf_parameters(names):
    """The number of parameters, how many of torch's convolutions look further than a pixel, and two logits."""
    import torch
    from torch.overrides import TorchFunctionMode

    looks = []

    class Watch(TorchFunctionMode):
        def __torch_function__(self, function, types, args=(), kwargs=None):
            if getattr(function, "__name__", "").startswith("conv"):
                weight = args[1] if len(args) > 1 else kwargs["weight"]
                looks.append(weight.shape[2:].numel() > 1)
            return function(*args, **(kwargs or {}))

    model = names.LeafNet().train(False)
    with Watch():
        out = model(torch.zeros(2, 3, 32, 32))
    return sum(p.numel() for p in model.parameters()), sum(looks), out.requires_grad


@driver
def memorise(names, x, y, steps, enough):
    """The loss after at most so many steps of Adam on all of a few leaves; stops once it is low enough."""
    import torch

    torch.manual_seed(7)
    model = names.LeafNet()
    model.train()
    optimiser = torch.optim.Adam(model.parameters(), lr=0.003)
    for _ in range(steps):
        loss = torch.nn.functional.cross_entropy(model(x), y)
        if loss.item() < enough:
            break
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return loss.item()


def few_leaves(seed: int, n: int) -> torch.Tensor:
    return torch.rand((n, 3, 32, 32), generator=generator(20_000 + seed))


@exercise("LeafNet")
def test_two_logits_a_leaf(learner):
    """Batches of one, two and three leaves give logits of shape (1, 2), (2, 2) and (3, 2).

    Hint: The batch's axis must last to the end: `flatten(1)` keeps it and `flatten()` doesn't, and `squeeze()` drops
    it when there is one leaf.
    """
    logits = leaf_logits(learner, [few_leaves(n, n) for n in (1, 2, 3)])
    for n, out in zip((1, 2, 3), logits, strict=True):
        assert_equal(tuple(out.shape), (n, 2), f"the shape for {n} leaves")
    require(
        not torch.equal(logits[2][0], logits[2][1]), "two different leaves get the same logits", got=logits[2]
    )


@exercise("LeafNet")
def test_it_is_small_and_convolves(learner):
    """It has fewer than 100,000 parameters, and runs at least two convolutions larger than 1 × 1."""
    count, looks, trained = leaf_parameters(learner)
    require(count > 30, "hardly any parameters: are the layers registered?", got=count)
    require(count < 100_000, "the number of parameters should be below 100,000", got=count)
    require(trained, "the output doesn't depend on the parameters")
    require(looks >= 2, "fewer than two of torch's convolutions with a kernel larger than 1 × 1", got=looks)


@exercise("LeafNet")
@settings(max_examples=2)
@given(seed=seeds())
def test_it_memorises_four_leaves(learner, seed):
    """200 steps of Adam on four leaves bring the mean loss below 0.2.

    Hint: If it stops at 0.31 or above, there is a softmax in the network: return the logits. If it stays at 0.69,
    nothing of the picture gets through.
    """
    loss = memorise(learner, few_leaves(seed, 4), torch.tensor([0, 1, 1, 0]), 200, 0.19)
    require(loss < 0.2, "the loss after 200 steps isn't below 0.2", got=loss)


# augment


def flips(image: torch.Tensor) -> list[torch.Tensor]:
    return [image, image.flip(2), image.flip(1), image.flip((1, 2))]  # none, left-right, up-down, both


KINDS = ["as it was", "left-right", "up-down", "both"]


def outcomes(before: torch.Tensor, after: torch.Tensor) -> list[str]:
    """Which of the four flips each picture got."""
    return [
        next(
            (kind for kind, flip in zip(KINDS, flips(a), strict=True) if torch.equal(flip, b)),
            "none of these",
        )
        for a, b in zip(before, after, strict=True)
    ]


def distinct(n: int, c: int, h: int, w: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    """Pictures without two equal pixels."""
    return torch.arange(n * c * h * w).reshape(n, c, h, w).to(dtype)


@exercise("augment")
@given(n=sizes(1, 5), c=sizes(1, 3), h=sizes(1, 4), w=sizes(2, 5), seed=seeds())
def test_pictures_are_flipped_and_nothing_else(learner, n, c, h, w, seed):
    """Each picture is itself, flipped left-right, up-down or both; over ten calls not always itself."""
    x, one = distinct(n, c, h, w), generator(seed)
    before, seen = x.clone(), set()
    for _ in range(10 if n < 3 else 4):
        after = learner.augment(x, one)
        assert_equal(x, before, "x afterwards, which should be what it was")
        assert_equal(tuple(after.shape), tuple(x.shape), "the shape")
        kinds = outcomes(x, after)
        require("none of these" not in kinds, "a picture isn't one of the four", got=after, expected=x)
        seen.update(kinds)
    require(seen != {"as it was"}, "no picture was ever flipped")


@exercise("augment")
@settings(max_examples=4)
@given(seed=seeds())
def test_the_pictures_of_a_batch_differ(learner, seed):
    """Among 80 pictures there are all four kinds.

    Hint: How many coins do you toss for a batch of 80, and is the one for left-right also the one for up-down?
    """
    x = distinct(80, 1, 2, 3)
    assert_equal(set(outcomes(x, learner.augment(x, generator(seed)))), set(KINDS), "the kinds found")


@exercise("augment")
@settings(max_examples=6)
@given(seed=seeds())
def test_the_generator_tosses_the_coins(learner, seed):
    """Equal states give equal answers, a second call tosses anew, and x stays what it was."""
    x, one = distinct(40, 2, 3, 2), generator(seed)
    before = x.clone()
    first = learner.augment(x, one)
    assert_equal(x, before, "x afterwards")
    assert_equal(learner.augment(x, generator(seed)), first, "from an equal state")
    second = learner.augment(x, one)
    require(not torch.equal(second, first), "the second call gives the same again", got=second)


# fit


@driver
def training(names, data, epochs, lr, batch_size, patience, seed):
    """The history of `fit` on a small network, the mode afterwards, the calls, and the losses that are no floats."""
    import torch
    from torch import nn

    seen = []

    class Watched(nn.Module):
        """Notes of each call its rows, its mode, the sum of the first column, and whether a gradient came back."""

        def __init__(self, inner):
            super().__init__()
            self.inner = inner

        def forward(self, x):
            out = self.inner(x)
            call = [len(x), self.training, x[:, 0].sum().item(), False]
            seen.append(call)
            if out.requires_grad:
                out.register_hook(lambda slope: call.__setitem__(3, True))
            return out

    X, Y, VX, VY = data
    torch.manual_seed(seed)
    model = Watched(nn.Sequential(nn.Linear(X.shape[1], 6), nn.Tanh(), nn.Linear(6, 3)).double())
    train, val = (X.clone(), Y.clone()), (VX.clone(), VY.clone())
    one = torch.Generator().manual_seed(seed)
    history = names.fit(model, train, val, epochs, lr, batch_size, patience, one)
    losses = [*history.train_loss, *history.val_loss]
    others = [type(loss).__name__ for loss in losses if not isinstance(loss, float)]
    told = [float(v) for v in history.train_loss], [float(v) for v in history.val_loss], history.best_epoch
    return told, model.training, seen, others


def data_for(seed, n, m, d):
    """Training and validation inputs, and targets that can't be predicted, so that the validation loss turns up."""
    Y, VY = (torch.randint(3, (k,), generator=generator(30_000 + seed + k)) for k in (n, m))
    return normal(seed, n, d), Y, normal(seed + 1, m, d), VY


@exercise("fit")
def test_the_losses_are_floats(learner):
    """The losses are floats, two lists of them, and not tensors.

    Hint: `.item()` makes a float of a loss. A tensor keeps its graph along, and can't be drawn.
    """
    _, _, _, others = training(learner, data_for(1, 5, 3, 2), 2, 0.1, 2, 3, 1)
    require(not others, "some of the losses aren't floats", got=others)


@exercise("fit")
@settings(max_examples=5)
@given(n=st.integers(5, 9), m=st.integers(1, 6), batch_size=st.integers(2, 4), seed=seeds())
def test_it_stops_and_tells(learner, n, m, batch_size, seed):
    """There is one loss an epoch, best_epoch is the first with the lowest validation loss, and training stops."""
    (train_loss, val_loss, best), mode, _, _ = training(
        learner, data_for(seed, n, m, 2), 12, 0.1, batch_size, 3, seed
    )
    assert_equal(len(val_loss), len(train_loss), "how many validation losses there are")
    assert_equal(best, val_loss.index(min(val_loss)), "best_epoch")
    shown = ", ".join(f"{loss:.2f}" for loss in val_loss)
    what = f"how many epochs were run, with patience 3 and at most 12; the validation losses were {shown}"
    assert_equal(len(val_loss), min(12, best + 4), what)
    assert_equal(mode, False, "model.training afterwards")


@driver
def loss_of_the_end(names, data, epochs, lr, batch_size, patience, seed):
    """The validation losses that `fit` tells, and the model's own validation loss afterwards, evaluating."""
    import torch
    from torch import nn

    X, Y, VX, VY = data
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(X.shape[1], 5), nn.BatchNorm1d(5), nn.Tanh(), nn.Linear(5, 3)).double()
    one = torch.Generator().manual_seed(seed)
    history = names.fit(model, (X, Y), (VX, VY), epochs, lr, batch_size, patience, one)
    model.train(False)
    with torch.no_grad():
        loss = nn.functional.cross_entropy(model(VX), VY).item()
    return list(history.val_loss), loss


@exercise("fit")
@settings(max_examples=4)
@given(n=st.integers(6, 10), m=st.integers(2, 6), seed=seeds())
def test_the_best_weights_come_back(learner, n, m, seed):
    """After training, the model's validation loss is the lowest of those told.

    Hint: `state_dict()` holds the tensors themselves, which training goes on changing. Keep copies.
    """
    losses, loss = loss_of_the_end(learner, data_for(seed, 2 * (n // 2), m, 2), 10, 0.2, 2, 4, seed)
    assert_close(loss, min(losses), "the validation loss afterwards", rtol=1e-6, atol=1e-9)


@exercise("fit")
@settings(max_examples=3)
@given(n=st.integers(5, 9), batch_size=st.integers(2, 4), seed=seeds())
def test_each_mode_has_its_time(learner, n, batch_size, seed):
    """All batches of every epoch are trained on in training mode, and validation is done in evaluating mode.

    Hint: A mode lasts until somebody changes it. Which one is set where an epoch begins, and which one before you
    validate?
    """
    _, _, seen, _ = training(learner, data_for(seed, n, 3, 2), 3, 0.01, batch_size, 3, seed)
    modes = [mode for _, mode, _, trained in seen if trained]
    first = next((i for i, mode in enumerate(modes) if not mode), 0) // len(torch.arange(n).split(batch_size))
    require(all(modes), f"from epoch {first} on batches were trained on in evaluating mode")
    require(
        not any(mode for _, mode, _, trained in seen if not trained), "it was in training mode to validate"
    )


@exercise("fit")
@settings(max_examples=6)
@given(n=st.integers(5, 9), m=st.integers(1, 4), batch_size=st.integers(2, 4), seed=seeds())
def test_the_batches_follow_the_generator(learner, n, m, batch_size, seed):
    """Each epoch trains on the rows of torch.randperm(n, generator=generator), batch_size at a time.

    Hint: One order an epoch, nothing else drawn, and the last batch may be smaller.
    """
    data = data_for(seed, n, m, 2)
    (_, val_loss, _), _, seen, _ = training(learner, data, 3, 0.01, batch_size, 3, seed)
    one = generator(seed)
    batches = [rows for _ in val_loss for rows in torch.randperm(n, generator=one).split(batch_size)]
    trained = [(count, total) for count, _, total, trained in seen if trained]
    assert_equal([count for count, _ in trained], [len(rows) for rows in batches], "sizes of the batches")
    right = [data[0][rows, 0].sum().item() for rows in batches]
    assert_close([total for _, total in trained], right, "the sums of the batches' first column")


@driver
def linear_losses(names, data, weight, bias, epochs, lr, batch_size, seed):
    """The training and validation losses that `fit` tells of a linear model with this weight and bias."""
    import torch

    X, Y, VX, VY = data
    model = torch.nn.Linear(weight.shape[1], len(weight)).double()
    with torch.no_grad():
        model.weight.copy_(weight)
        model.bias.copy_(bias)
    one = torch.Generator().manual_seed(seed)
    history = names.fit(model, (X, Y), (VX, VY), epochs, lr, batch_size, epochs, one)
    return [float(loss) for loss in history.train_loss], [float(loss) for loss in history.val_loss]


def linear_losses_by_hand(data, weight, bias, epochs, lr, batch_size, seed):
    """The same with torch's Adam, where batches are of one size."""
    X, Y, VX, VY = data
    weights, one = [weight.clone().requires_grad_(), bias.clone().requires_grad_()], generator(seed)
    optimiser = torch.optim.Adam(weights, lr=lr)
    train_loss, val_loss = [], []
    for _ in range(epochs):
        losses = []
        for rows in torch.randperm(len(X), generator=one).split(batch_size):
            losses.append(F.cross_entropy(F.linear(X[rows], *weights), Y[rows]))
            slopes = torch.autograd.grad(losses[-1], weights)
            for leaf, slope in zip(weights, slopes, strict=True):
                leaf.grad = slope
            optimiser.step()
        train_loss.append(sum(losses).item() / len(losses))
        val_loss.append(F.cross_entropy(F.linear(VX, *weights), VY).item())
    return train_loss, val_loss


@exercise("fit")
@settings(max_examples=4)
@given(batch_size=sizes(2, 3), batches=sizes(2, 3), seed=seeds())
def test_the_steps_are_adams(learner, batch_size, batches, seed):
    """Over three epochs the losses of a linear model are those of Adam at the rate lr = 0.05.

    Hint: Are the gradients afresh for each batch? Is there one Adam for the whole training, at this rate?
    """
    data = data_for(seed, batches * batch_size, 3, 2)
    settings = data, normal(seed + 2, 3, 2), normal(seed + 3, 3), 3, 0.05, batch_size, seed
    train_loss, val_loss = linear_losses(learner, *settings)
    right_train, right_val = linear_losses_by_hand(*settings)
    assert_close(train_loss, right_train, "the training losses", rtol=1e-6, atol=1e-8)
    assert_close(val_loss, right_val, "the validation losses", rtol=1e-6, atol=1e-8)


@exercise("fit")
@settings(max_examples=4)
@given(n=st.integers(2, 4), seed=seeds())
def test_every_example_counts_alike(learner, n, seed):
    """At a rate of 0 each epoch's training loss is the mean loss of all examples, whatever the batches.

    Hint: A batch of 1 counts half as much as one of 2. By what do you weigh a batch's loss?
    """
    data, weight, bias = data_for(seed, 2 * n + 1, 3, 2), normal(seed + 2, 3, 2), normal(seed + 3, 3)
    train_loss, _ = linear_losses(learner, data, weight, bias, 2, 0.0, 2, seed)
    mean = F.cross_entropy(F.linear(data[0], weight, bias), data[1]).item()
    assert_close(train_loss, [mean, mean], "the training losses", rtol=1e-9, atol=1e-9)


@exercise("fit")
@settings(max_examples=4)
@given(n=st.integers(5, 9), patience=sizes(1, 4), seed=seeds())
def test_without_learning_the_first_epoch_is_the_best(learner, n, patience, seed):
    """At a rate of 0 all losses are alike: the best epoch is 0, and training stops after epoch `patience`."""
    (_, val_loss, best), _, _, _ = training(learner, data_for(seed, n, 3, 2), 8, 0.0, 2, patience, seed)
    assert_equal(best, 0, "best_epoch")
    assert_equal(len(val_loss), patience + 1, "how many epochs were run")


# saliency


@driver
def saliency_map(names, x, cls, seed):
    """The map for a small network in mixed modes, what is left as found, and the network's own numbers."""
    import torch
    from torch import nn

    torch.manual_seed(seed)
    channels = x.shape[1]
    model = nn.Sequential(
        nn.Conv2d(channels, 3, 3, padding=1), nn.BatchNorm2d(3), nn.Tanh(), nn.Flatten(), nn.LazyLinear(4)
    )
    model(x.float())  # so that the last layer gets its size, and the running estimates are no longer 0 and 1
    model = model.double().train()
    model[1].train(False)
    model[0].weight.grad = torch.ones_like(model[0].weight)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    modes, given = [module.training for module in model.modules()], x.clone()
    grid = names.saliency(model, given, cls).detach()
    slope = model[0].weight.grad
    kept = {
        "x's values": torch.equal(given, x),
        "x, which requires a gradient now": not given.requires_grad,
        "a module's mode": modes == [module.training for module in model.modules()],
        "weights or buffers": all(torch.equal(before[name], t) for name, t in model.state_dict().items()),
        "the parameters' .grad": slope is not None
        and torch.equal(slope, torch.ones_like(slope))
        and model[4].weight.grad is None,
    }
    model.train(False)
    rows = []
    for image in x:
        leaf = image[None].clone().requires_grad_()
        (row,) = torch.autograd.grad(model(leaf)[0, cls], leaf)
        rows.append(row[0])
    return grid, kept, torch.stack(rows)


@exercise("saliency")
def test_saliency_of_the_example(learner):
    """nn.Flatten() as a model, class 4: only channel 2 of the first pixel matters, by 1."""
    assert_close(flat_saliency(learner, torch.zeros(1, 3, 1, 2), 4), torch.tensor([[[1.0, 0.0]]]))


@driver
def flat_saliency(names, x, cls):
    import torch

    return names.saliency(torch.nn.Flatten(), x, cls).detach()


@exercise("saliency")
@settings(max_examples=8)
@given(n=sizes(2, 3), c=sizes(1, 3), h=sizes(2, 4), w=sizes(2, 4), cls=st.integers(0, 3), seed=seeds())
def test_saliency_is_the_largest_absolute_gradient(learner, n, c, h, w, cls, seed):
    """Each pixel gets the largest absolute value, over the channels, of the gradient of its own picture's logit."""
    grid, _, gradients = saliency_map(learner, normal(seed, n, c, h, w), cls, seed)
    assert_close(grid, gradients.abs().amax(1))


@exercise("saliency")
@settings(max_examples=3)
@given(cls=st.integers(0, 3), seed=seeds())
def test_saliency_leaves_all_as_found(learner, cls, seed):
    """x, modes, buffers and the parameters' gradients are afterwards what they were.

    Hint: `requires_grad_()` changes the tensor that it is called on. `model.train()` switches every module in it on,
    also one that was off before. `backward()` writes into the parameters' `.grad`, and `zero_grad()` wipes it out.
    """
    grid, kept, gradients = saliency_map(learner, normal(seed, 2, 2, 3, 4), cls, seed)
    for what, same in kept.items():
        require(same, f"not what was found: {what}")
    assert_close(grid, gradients.abs().amax(1))


@driver
def linear_saliency(names, x, cls):
    """The map for a fresh linear model, its weight, and whether its parameters are still without a gradient."""
    import torch

    model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(x[0].numel(), 3)).double()
    grid = names.saliency(model, x, cls).detach()
    return grid, model[1].weight.detach(), all(p.grad is None for p in model.parameters())


@exercise("saliency")
def test_saliency_writes_no_gradients(learner):
    """Parameters that had no gradient have none afterwards, and a linear model's map is made of its weights.

    Hint: `backward()` writes into the parameters' `.grad`; `torch.autograd.grad(score, leaf)` returns the gradient.
    """
    grid, weight, bare = linear_saliency(learner, normal(3, 2, 2, 2, 3), 1)
    require(bare, "a parameter has a gradient now, where it had none")
    assert_close(grid, weight[1].reshape(2, 2, 3).abs().amax(0).expand(2, 2, 3))


# LitLeafNet


@driver
def lightning(names, batches, plans, lr):
    """Train a linear model as planned: for each plan the weights afterwards, and the losses that were logged.

    A plan is a list of epochs to reach, with a checkpoint and a fresh model between two of them.
    """
    LitLeafNet = names.LitLeafNet  # before anything else: Lightning takes seconds to load

    import logging
    import tempfile
    import warnings

    import lightning as L
    import torch
    from torch import nn
    from torch.utils.data import DataLoader, TensorDataset

    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore")
    X, Y, VX, VY, size = batches
    told = []
    with tempfile.TemporaryDirectory() as folder:
        for plan in plans:
            checkpoint = None
            for seed, epochs in enumerate(plan):
                torch.manual_seed(seed if checkpoint else 7)
                net = nn.Sequential(nn.Linear(X.shape[1], 4), nn.Tanh(), nn.Linear(4, 3)).double()
                model = LitLeafNet(net, lr) if lr else LitLeafNet(net)
                if not checkpoint:
                    start = [p.detach().clone() for p in net.parameters()]
                trainer = L.Trainer(
                    max_epochs=epochs,
                    accelerator="cpu",
                    devices=1,
                    logger=False,
                    enable_checkpointing=False,
                    enable_progress_bar=False,
                    enable_model_summary=False,
                    default_root_dir=folder,
                )
                trainer.fit(
                    model,
                    DataLoader(TensorDataset(X, Y), batch_size=size),
                    DataLoader(TensorDataset(VX, VY), batch_size=size),
                    ckpt_path=checkpoint,
                    **({"weights_only": False} if checkpoint else {}),
                )
                checkpoint = f"{folder}/{seed}.ckpt"
                trainer.save_checkpoint(checkpoint)
            logged = {name: float(value) for name, value in trainer.callback_metrics.items()}
            weights = [p.detach().clone() for p in net.parameters()]
            told.append((weights, logged, start))
    return told


@driver
def lightning_make(names):
    """What a LitLeafNet is made of: what it keeps, what a call answers, the optimisers with their rates."""
    LitLeafNet = names.LitLeafNet

    import warnings

    import lightning as L
    import torch

    warnings.filterwarnings("ignore")
    net = torch.nn.Flatten()
    model = LitLeafNet(net)
    called = getattr(model.forward, "__func__", None) is not L.LightningModule.forward
    answer = model(torch.arange(24.0).reshape(2, 3, 4)) if called else None
    optimisers = []
    for rate in ([], [0.25]):
        made = LitLeafNet(torch.nn.Linear(2, 2), *rate).configure_optimizers()
        made = made["optimizer"] if isinstance(made, dict) else made
        while isinstance(made, (list, tuple)):
            made = made[0]
        optimisers.append((type(made).__name__, made.param_groups[0]["lr"]))
    return isinstance(model, L.LightningModule), model.net is net, answer, optimisers


@exercise("LitLeafNet")
def test_a_call_is_a_call_of_the_net(learner):
    """LitLeafNet(nn.Flatten()) keeps its net, and called with x of shape (2, 3, 4) it answers with x.flatten(1).

    Hint: Which method does a call of an `nn.Module` run?
    """
    is_module, kept, answer, _ = lightning_make(learner)
    require(is_module, "LitLeafNet isn't a LightningModule")
    require(kept, "`net` isn't the network that was given")
    require(answer is not None, "LitLeafNet has no `forward`, so it can't be called")
    assert_equal(answer, torch.arange(24.0).reshape(2, 12), "the answer")


@exercise("LitLeafNet")
def test_the_optimiser_is_adam_at_the_rate(learner):
    """The optimiser is Adam, at a rate of 0.001 without lr and of 0.25 with lr=0.25.

    Hint: `configure_optimizers` is where torch's Adam is made. Who keeps the rate until then?
    """
    *_, optimisers = lightning_make(learner)
    assert_equal([name for name, _ in optimisers], ["Adam", "Adam"], "the optimisers")
    assert_equal([rate for _, rate in optimisers], [0.001, 0.25], "their rates")


def by_hand(data, start, epochs, lr):
    """Weights, training loss of the last epoch and validation loss, with torch's Adam alone."""
    X, Y, VX, VY, size = data
    weights = [p.clone().requires_grad_() for p in start]
    optimiser = torch.optim.Adam(weights, lr=lr)

    def loss_of(x, y):
        return F.cross_entropy(F.linear(torch.tanh(F.linear(x, *weights[:2])), *weights[2:]), y)

    for _ in range(epochs):
        total = 0.0
        for rows in torch.arange(len(X)).split(size):
            optimiser.zero_grad()
            loss = loss_of(X[rows], Y[rows])
            loss.backward()
            optimiser.step()
            total += loss.item() * len(rows)
    return [w.detach() for w in weights], total / len(X), loss_of(VX, VY).item()


@exercise("LitLeafNet")
def test_lightning_trains_stops_and_resumes(learner):
    """One epoch, a checkpoint and a second epoch end as two epochs of Adam by hand: weights, train_loss, val_loss.

    Hint: Both losses are means over an epoch; for the training loss `self.log` wants `on_step=False, on_epoch=True`.
    The training step returns the loss itself, with its graph.
    """
    data = *data_for(1, 7, 5, 2), 3
    ((weights, logged, start),) = lightning(learner, data, [[1, 2]], 0.05)
    right, train_loss, val_loss = by_hand(data, start, 2, 0.05)
    for name in ("train_loss", "val_loss"):
        require(name in logged, f"{name} isn't logged", got=sorted(logged))
    assert_close(weights[0], right[0], "the first weight", rtol=1e-6, atol=1e-8)
    assert_close(weights[3], right[3], "the last bias", rtol=1e-6, atol=1e-8)
    assert_close(logged["val_loss"], val_loss, "val_loss", rtol=1e-5, atol=1e-6)
    assert_close(logged["train_loss"], train_loss, "train_loss", rtol=1e-5, atol=1e-6)

"""Week 11's hidden properties: laws that must hold whatever the learner's code looks like."""

import math

import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from autograde.properties import assert_close, assert_equal, driver, exercise, require
from autograde.strategies import sizes, tensors


def seeds() -> st.SearchStrategy[int]:
    return st.integers(0, 9999)


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def normal(seed: int, *shape: int) -> torch.Tensor:
    """Draws in float64 from a seed that no learner would use, nor torch's own state start from."""
    return torch.randn(shape, generator=generator(50_000 + seed), dtype=torch.float64)


# output_size


@exercise("output_size")
@given(n=sizes(1, 40), kernel=sizes(1, 7), stride=sizes(1, 6), padding=sizes(0, 5), dilation=sizes(1, 4))
def test_output_size_agrees_with_torch(learner, n, kernel, stride, padding, dilation):
    """It is the length of what torch's convolution gives."""
    if n + 2 * padding > dilation * (kernel - 1):
        line, weights = torch.zeros(1, 1, n), torch.zeros(1, 1, kernel)
        right = F.conv1d(line, weights, stride=stride, padding=padding, dilation=dilation).shape[2]
        assert_equal(learner.output_size(n, kernel, stride, padding, dilation), right, kind=int)


@exercise("output_size")
@given(n=sizes(1, 30), half=sizes(1, 4), dilation=sizes(1, 4))
def test_same_padding_keeps_the_size(learner, n, half, dilation):
    """With an odd kernel and padding dilation · (kernel - 1) / 2 as many come out as went in; one more, two more."""
    answer = learner.output_size(n, 2 * half + 1, padding=half * dilation, dilation=dilation)
    assert_equal(answer, n)
    more = learner.output_size(n, 2 * half + 1, padding=half * dilation + 1, dilation=dilation)
    assert_equal(more, n + 2, "with one more of padding")


@exercise("output_size")
@given(kernel=sizes(1, 9), stride=sizes(1, 5), dilation=sizes(1, 4), more=sizes(0, 20))
def test_the_fitting_filter_has_one_place(learner, kernel, stride, dilation, more):
    """A filter that just fits has one place, and a further one for each whole stride."""
    n = dilation * (kernel - 1) + 1
    assert_equal(learner.output_size(n, kernel, stride, dilation=dilation), 1, "where it just fits")
    assert_equal(learner.output_size(n + more, kernel, stride, 0, dilation), 1 + more // stride)


# FILTERS


@driver
def kernels(names):
    """The four filters in float64."""
    import torch

    return {name: torch.as_tensor(kernel).to(torch.float64) for name, kernel in names.FILTERS.items()}


@exercise("FILTERS")
def test_blur_is_a_mean(learner):
    """blur: (3, 3), no weight below 0 or above a half, sum 1."""
    blur = kernels(learner)["blur"]
    assert_equal(tuple(blur.shape), (3, 3), "the shape")
    assert_close(blur.sum(), 1.0, "the sum", atol=1e-5)
    require(blur.min() >= -1e-6, "a weight below 0", got=blur)
    require(blur.max() <= 0.5 + 1e-6, "a weight above a half", got=blur)


@exercise("FILTERS")
def test_edge_x_differs_along_x_only(learner):
    """edge_x: (3, 3), each row sums to 0, the columns don't all."""
    edge = kernels(learner)["edge_x"]
    assert_equal(tuple(edge.shape), (3, 3), "the shape")
    assert_close(edge.sum(1), torch.zeros(3, dtype=torch.float64), "the rows' sums", atol=1e-5)
    require(edge.sum(0).abs().max() > 1e-3, "the columns sum to 0, too", got=edge)


@exercise("FILTERS")
def test_edge_y_differs_along_y_only(learner):
    """edge_y: (3, 3), each column sums to 0, the rows don't all."""
    edge = kernels(learner)["edge_y"]
    assert_equal(tuple(edge.shape), (3, 3), "the shape")
    assert_close(edge.sum(0), torch.zeros(3, dtype=torch.float64), "the columns' sums", atol=1e-5)
    require(edge.sum(1).abs().max() > 1e-3, "the rows sum to 0, too", got=edge)


@exercise("FILTERS")
def test_sharpen_raises_the_centre(learner):
    """sharpen: (3, 3), sum 1, centre greater than 1."""
    sharpen = kernels(learner)["sharpen"]
    assert_equal(tuple(sharpen.shape), (3, 3), "the shape")
    assert_close(sharpen.sum(), 1.0, "the sum", atol=1e-5)
    require(sharpen[1, 1] > 1 + 1e-6, "the centre isn't greater than 1", got=sharpen)


# conv2d


@exercise("conv2d")
@given(
    n=sizes(1, 3), c_in=sizes(1, 4), c_out=sizes(1, 4), h=sizes(1, 7), w=sizes(1, 7), kh=sizes(1, 4),
    kw=sizes(1, 4), stride=sizes(1, 3), padding=sizes(0, 3), bias=st.booleans(), seed=seeds(),
)  # fmt: skip
def test_convolution_agrees_with_torch(learner, n, c_in, c_out, h, w, kh, kw, stride, padding, bias, seed):
    """It agrees with torch in value, whatever the sizes, and leaves its arguments alone."""
    kh, kw = min(kh, h + 2 * padding), min(kw, w + 2 * padding)
    x, kernel = normal(seed, n, c_in, h, w), normal(seed + 1, c_out, c_in, kh, kw)
    b = normal(seed + 2, c_out) if bias else None
    before = x.clone(), kernel.clone(), None if b is None else b.clone()
    got = learner.conv2d(x, kernel, b, stride=stride, padding=padding)
    assert_close(got, F.conv2d(before[0], before[1], before[2], stride, padding), dtype=torch.float64)
    assert_equal([x, kernel, b], list(before), "the arguments afterwards")


@exercise("conv2d")
@given(
    x=tensors((sizes(1, 3), sizes(1, 3), sizes(2, 5), sizes(2, 5)), dtype=torch.float32),
    w=tensors((sizes(1, 3), sizes(1, 3), sizes(1, 2), sizes(1, 2)), dtype=torch.float32),
)
def test_float32_and_odd_strides_in_memory(learner, x, w):
    """It is exact on halves in float32, however the tensors lie in memory."""
    w = w[:, :1].expand(-1, x.shape[1], -1, -1)
    assert_close(learner.conv2d(x, w), F.conv2d(x, w), dtype=torch.float32)


@driver
def convolution_slopes(names, x, w, b, stride, padding, upstream):
    """The gradients by x, w and b (None: none came back)."""
    leaves = [x.clone().requires_grad_(), w.clone().requires_grad_()]
    if b is not None:
        leaves.append(b.clone().requires_grad_())
    out = names.conv2d(leaves[0], leaves[1], None if b is None else leaves[2], stride, padding)
    (out * upstream).sum().backward()
    return [leaf.grad for leaf in leaves]


@exercise("conv2d")
@given(
    c_in=sizes(1, 3), c_out=sizes(1, 3), h=sizes(2, 5), w=sizes(2, 5), kh=sizes(1, 2), kw=sizes(1, 2),
    stride=sizes(1, 3), padding=sizes(0, 2), bias=st.booleans(), seed=seeds(),
)  # fmt: skip
def test_convolution_gradients_agree_with_torch(
    learner, c_in, c_out, h, w, kh, kw, stride, padding, bias, seed
):
    """The gradients by x, w and b are torch's, for a random upstream gradient."""
    x, kernel = normal(seed, 2, c_in, h, w), normal(seed + 1, c_out, c_in, kh, kw)
    leaves = [x.clone().requires_grad_(), kernel.clone().requires_grad_()]
    b = normal(seed + 2, c_out) if bias else None
    if bias:
        leaves.append(b.clone().requires_grad_())
    out = F.conv2d(*leaves, stride=stride, padding=padding)
    upstream = normal(seed + 3, *out.shape)
    right = torch.autograd.grad((out * upstream).sum(), leaves)
    slopes = convolution_slopes(learner, x, kernel, b, stride, padding, upstream)
    for name, slope, expected in zip("xwb", slopes, right, strict=False):
        require(slope is not None, f"no gradient comes back to {name}")
        assert_close(slope, expected, f"the gradient by {name}")


@exercise("conv2d")
@given(
    n=sizes(1, 2),
    c=sizes(1, 3),
    h=sizes(4, 7),
    w=sizes(4, 7),
    down=sizes(0, 2),
    right=sizes(0, 2),
    seed=seeds(),
)
def test_a_shifted_picture_gives_a_shifted_map(learner, n, c, h, w, down, right, seed):
    """What comes out of the shifted picture is the shifted map, away from the border."""
    large, kernel = normal(seed, n, c, h + 2, w + 2), normal(seed + 1, 2, c, 2, 3)
    whole = learner.conv2d(large, kernel)
    part = learner.conv2d(large[:, :, down : down + h, right : right + w].clone(), kernel)
    assert_close(part, whole[:, :, down : down + h - 1, right : right + w - 2])
    require(whole.max() > whole.min(), "the map is the same everywhere", got=whole)


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
@settings(max_examples=8)
@given(stride=sizes(1, 2), padding=sizes(0, 1), seed=seeds())
def test_no_ready_made_convolution(learner, stride, padding, seed):
    """It runs none of torch's ready-made convolutions, whatever stride and padding."""
    x, kernel, b = normal(seed, 2, 2, 4, 5), normal(seed + 1, 3, 2, 2, 3), normal(seed + 2, 3)
    out, found = ready_made(learner, "conv2d", (x, kernel, b, stride, padding))
    assert_equal(found, [], "ready-made operations of torch's that were run")
    assert_close(out, F.conv2d(x, kernel, b, stride, padding))


# max_pool2d


@exercise("max_pool2d")
@given(
    n=sizes(1, 3), c=sizes(1, 3), h=sizes(1, 8), w=sizes(1, 8), k=sizes(1, 4), stride=st.none() | sizes(1, 5),
    seed=seeds(),
)  # fmt: skip
def test_pooling_is_torchs(learner, n, c, h, w, k, stride, seed):
    """It agrees with torch, whatever the sizes, on negatives too, and leaves x alone."""
    k = min(k, h, w)
    x = normal(seed, n, c, h, w) - 1
    before = x.clone()
    got = learner.max_pool2d(x, k, stride)
    assert_close(got, F.max_pool2d(before, k, stride), dtype=torch.float64)
    assert_equal(x, before, "x afterwards")


@exercise("max_pool2d")
@given(x=tensors((sizes(1, 2), sizes(1, 3), sizes(2, 5), sizes(2, 5)), dtype=torch.float32), k=sizes(1, 2))
def test_pooling_without_a_stride_is_pooling_by_k(learner, x, k):
    """Without a stride the windows lie side by side: the same as stride=k, exactly, in float32."""
    right = F.max_pool2d(x, k)
    assert_equal(learner.max_pool2d(x, k), right, "without a stride")
    assert_equal(learner.max_pool2d(x, k, stride=k), right, "with stride=k", dtype=torch.float32)


@exercise("max_pool2d")
@given(h=sizes(2, 6), w=sizes(2, 6), k=sizes(1, 2), stride=sizes(1, 3), seed=seeds())
def test_pooling_goes_with_order(learner, h, w, k, stride, seed):
    """Any function that keeps the order can be applied before or after pooling."""
    x = normal(seed, 2, 2, h, w)
    pooled = learner.max_pool2d(x, k, stride)
    shape = (2, 2, (h - k) // stride + 1, (w - k) // stride + 1)
    assert_equal(tuple(pooled.shape), shape, "the shape")
    assert_close(learner.max_pool2d(x.exp() - 5, k, stride), pooled.exp() - 5)
    assert_equal(learner.max_pool2d(x.flip(0), k, stride), pooled.flip(0), "the batch turned round")


@driver
def pooling_slope(names, x, k, stride, upstream):
    """The gradient by x (None: none came back)."""
    leaf = x.clone().requires_grad_()
    (names.max_pool2d(leaf, k, stride) * upstream).sum().backward()
    return leaf.grad


@exercise("max_pool2d")
@given(c=sizes(1, 3), h=sizes(3, 6), w=sizes(3, 6), k=sizes(1, 3), stride=sizes(1, 4), seed=seeds())
def test_pooling_gradients_agree_with_torch(learner, c, h, w, k, stride, seed):
    """The gradient by x is torch's where no two pixels are equal."""
    x = normal(seed, 2, c, h, w)
    leaf = x.clone().requires_grad_()
    out = F.max_pool2d(leaf, k, stride)
    upstream = normal(seed + 1, *out.shape)
    (right,) = torch.autograd.grad((out * upstream).sum(), leaf)
    slope = pooling_slope(learner, x, k, stride, upstream)
    require(slope is not None, "no gradient comes back to x")
    assert_close(slope, right)


@exercise("max_pool2d")
@settings(max_examples=8)
@given(k=sizes(1, 3), stride=st.none() | sizes(1, 2), seed=seeds())
def test_no_ready_made_pooling(learner, k, stride, seed):
    """It runs none of torch's ready-made poolings, whatever k and stride."""
    x = normal(seed, 2, 2, 4, 5)
    out, found = ready_made(learner, "max_pool2d", (x, k, stride))
    assert_equal(found, [], "ready-made operations of torch's that were run")
    assert_close(out, F.max_pool2d(x, k, stride))


# ResidualBlock


@driver
def block_life(names, c_in, c_out, x, upstream, seed):
    """Output, gradient by x, parameters (drawn anew) with their gradients, of a block; what became of x."""
    import torch

    block = names.ResidualBlock(c_in, c_out).double()
    drawing = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for _, p in sorted(block.named_parameters()):
            p.copy_(torch.randn(p.shape, generator=drawing, dtype=torch.float64))
    before, leaf = x.clone(), x.clone().requires_grad_()
    with torch.no_grad():
        block(x)
    out = block(leaf * 1.0)
    out.backward(upstream)
    p = dict(block.named_parameters())
    values = {name: tensor.detach().clone() for name, tensor in p.items()}
    return out.detach(), leaf.grad, values, {n: t.grad for n, t in p.items()}, torch.equal(x, before)


def block_by_hand(x, p):
    """What section 5 asks for, from the block's own parameters."""
    branch = torch.relu(F.conv2d(x, p["conv1.weight"], p.get("conv1.bias"), padding=1))
    branch = F.conv2d(branch, p["conv2.weight"], p.get("conv2.bias"), padding=1)
    skip = F.conv2d(x, p["project.weight"], p.get("project.bias")) if "project.weight" in p else x
    return skip + branch


@exercise("ResidualBlock")
@given(c_in=sizes(1, 4), c_out=sizes(1, 4), n=sizes(1, 3), h=sizes(1, 5), w=sizes(1, 5), seed=seeds())
def test_block_and_gradients_are_the_formulas(learner, c_in, c_out, n, h, w, seed):
    """The output and all gradients are those of x, or project(x), plus conv2(relu(conv1(x))); x is left alone."""
    x, upstream = normal(seed, n, c_in, h, w), normal(seed + 1, n, c_out, h, w)
    out, dx, p, slopes, unchanged = block_life(learner, c_in, c_out, x, upstream, seed)
    leaves = {name: tensor.clone().requires_grad_() for name, tensor in {"x": x, **p}.items()}
    right = block_by_hand(leaves["x"], leaves)
    gradients = torch.autograd.grad((right * upstream).sum(), list(leaves.values()))
    assert_close(out, right.detach(), rtol=1e-9, atol=1e-9)
    for name, gradient in zip(leaves, gradients, strict=True):
        slope = dx if name == "x" else slopes[name]
        require(slope is not None, f"no gradient comes back to {name}")
        assert_close(slope, gradient, f"the gradient by {name}", rtol=1e-9, atol=1e-9)
    require(unchanged, "the block changes its input")


@exercise("ResidualBlock")
@given(c_in=sizes(1, 4), c_out=sizes(1, 4), seed=seeds())
def test_the_block_has_no_other_parameters(learner, c_in, c_out, seed):
    """conv1 and conv2 are 3 × 3, project is 1 × 1 and exists only where channels change; nothing else is trained."""
    x = normal(seed, 1, c_in, 3, 2)
    out, _, p, _, _ = block_life(learner, c_in, c_out, x, normal(seed, 1, c_out, 3, 2), seed)
    found = {name: tuple(tensor.shape) for name, tensor in p.items() if not name.endswith("bias")}
    right = {"conv1.weight": (c_out, c_in, 3, 3), "conv2.weight": (c_out, c_out, 3, 3)}
    if c_in != c_out:
        right["project.weight"] = (c_out, c_in, 1, 1)
    assert_equal(found, right, "the weights and their shapes")
    allowed = {name.replace("weight", "bias") for name in right} | set(right)
    require(set(p) <= allowed, "further parameters", got=sorted(set(p) - allowed))
    assert_close(out, block_by_hand(x, p), rtol=1e-9, atol=1e-9)


@driver
def quiet_block(names, c, x):
    """A block straight from the constructor whose conv2 is silenced."""
    import torch

    block = names.ResidualBlock(c, c)
    with torch.no_grad():
        for p in block.conv2.parameters():
            p.zero_()
    return block(x).detach()


@exercise("ResidualBlock")
@given(c=sizes(1, 4), n=sizes(1, 3), h=sizes(1, 5), w=sizes(1, 5), seed=seeds())
def test_a_silent_branch_changes_nothing(learner, c, n, h, w, seed):
    """When conv2 is silenced, the block is the identity where channels agree, in float32."""
    x = normal(seed, n, c, h, w).float()
    assert_close(quiet_block(learner, c, x), x)


# LeafNet


@driver
def leaf_logits(names, x, seed):
    """A LeafNet's logits after three steps, evaluating: of a batch, of it turned round, and of each leaf alone."""
    import torch

    torch.manual_seed(seed)
    model = names.LeafNet()
    optimiser = torch.optim.Adam(model.parameters(), lr=0.003)
    few = torch.rand(4, 3, 32, 32)
    for _ in range(3):  # an output that starts at zero is right, too
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(model(few), torch.tensor([0, 1, 1, 0])).backward()
        optimiser.step()
    model.train(False)
    with torch.no_grad():
        return model(x), model(x.flip(0)), [model(row[None]) for row in x]


def leaves(seed: int, n: int) -> torch.Tensor:
    return torch.rand((n, 3, 32, 32), generator=generator(60_000 + seed))


@exercise("LeafNet")
@settings(max_examples=6)
@given(n=sizes(2, 4), seed=seeds())
def test_each_leaf_is_its_own_affair(learner, n, seed):
    """Evaluating, a leaf's logits are the same alone, in a batch, and at any place in it."""
    together, turned, alone = leaf_logits(learner, leaves(seed, n), seed)
    assert_equal(tuple(together.shape), (n, 2), "the shape")
    assert_close(turned.flip(0), together, "the batch turned round", rtol=1e-3, atol=1e-4)
    for row, single in zip(together, alone, strict=True):
        assert_close(single, row[None], "a leaf alone", rtol=1e-3, atol=1e-4)
    require(together.isfinite().all(), "a logit that isn't a number", got=together)
    require(
        not torch.equal(together[0], together[1]), "two different leaves get the same logits", got=together
    )


@driver
def leaf_make(names):
    """The number of parameters, how many convolutions look further than a pixel, and whether all channels matter."""
    import torch
    from torch.overrides import TorchFunctionMode

    looks = []

    class Watch(TorchFunctionMode):
        def __torch_function__(self, function, types, args=(), kwargs=None):
            if getattr(function, "__name__", "").startswith("conv"):
                weight = args[1] if len(args) > 1 else kwargs["weight"]
                looks.append(weight.shape[2:].numel() > 1)
            return function(*args, **(kwargs or {}))

    torch.manual_seed(3)
    model = names.LeafNet()
    optimiser = torch.optim.Adam(model.parameters(), lr=0.003)
    few = torch.rand(4, 3, 32, 32)
    for _ in range(3):  # an output that starts at zero is right, too
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(model(few), torch.tensor([0, 1, 1, 0])).backward()
        optimiser.step()
    model.train(False)
    with Watch():
        model(torch.rand(2, 3, 32, 32))
    x = torch.rand(1, 3, 32, 32, requires_grad=True)
    model(x)[0, 1].backward()
    felt = (x.grad != 0).any(-1).any(-1)[0].tolist()
    return sum(p.numel() for p in model.parameters()), sum(looks), felt


@exercise("LeafNet")
def test_small_convolutional_and_colourful(learner):
    """Fewer than 100,000 parameters, two convolutions at least, and each of the three colours matters."""
    count, looks, felt = leaf_make(learner)
    require(count > 30, "hardly any parameters: are the layers registered?", got=count)
    require(count < 100_000, "the number of parameters should be below 100,000", got=count)
    require(looks >= 2, "fewer than two of torch's convolutions with a kernel larger than 1 × 1", got=looks)
    assert_equal(felt, [True, True, True], "which colours matter")


@driver
def memorise(names, x, y, steps, enough, seed):
    """The loss after at most so many steps of Adam on all of a few leaves; stops once it is low enough."""
    import torch

    torch.manual_seed(seed)
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


@exercise("LeafNet")
@settings(max_examples=3)
@given(label=st.integers(0, 1), odd=st.integers(0, 3), seed=seeds())
def test_four_leaves_are_memorised(learner, label, odd, seed):
    """200 steps of Adam at 0.003 on four leaves bring the mean loss below 0.2, whatever their labels."""
    y = torch.full((4,), label)
    y[odd] = 1 - label
    y[odd - 1] = 1 - label
    loss = memorise(learner, leaves(seed, 4), y, 200, 0.19, seed)
    require(loss < 0.2, "the loss after 200 steps isn't below 0.2", got=loss)


# augment


def kind_of(before: torch.Tensor, after: torch.Tensor) -> int:
    """0: as it was, 1: left-right, 2: up-down, 3: both, 4: none of these."""
    flips = [before, before.flip(2), before.flip(1), before.flip((1, 2))]
    return next((kind for kind, flip in enumerate(flips) if torch.equal(flip, after)), 4)


def distinct(n: int, c: int, h: int, w: int, dtype: torch.dtype) -> torch.Tensor:
    """Pictures without two equal pixels."""
    return torch.arange(n * c * h * w).reshape(n, c, h, w).to(dtype)


@exercise("augment")
@settings(max_examples=12)
@given(c=sizes(1, 3), h=sizes(2, 4), w=sizes(2, 4), seed=seeds())
def test_the_four_outcomes_are_equally_likely(learner, c, h, w, seed):
    """Of 600 pictures a quarter falls to each of the four outcomes, up to chance."""
    x = distinct(600, c, h, w, torch.float32)
    after = learner.augment(x, generator(seed))
    assert_equal(tuple(after.shape), tuple(x.shape), "the shape")
    kinds = [kind_of(a, b) for a, b in zip(x, after, strict=True)]
    require(4 not in kinds, "a picture isn't one of the four")
    counts = torch.tensor([kinds.count(kind) for kind in range(4)])
    # Six standard deviations of a binomial count.
    assert_close(
        counts.double(), torch.full((4,), 150.0).double(), "the counts", atol=6 * math.sqrt(600 * 3 / 16)
    )


@exercise("augment")
@given(
    n=sizes(30, 34),
    c=sizes(1, 3),
    h=sizes(1, 3),
    w=sizes(2, 4),
    dtype=st.sampled_from([torch.float64, torch.float32, torch.uint8, torch.int64]),
    seed=seeds(),
)
def test_dtype_and_input_are_kept(learner, n, c, h, w, dtype, seed):
    """Shape and dtype are x's, x itself is unchanged, and every picture keeps its pixels and its place."""
    x = distinct(1, c, h, w, dtype).expand(n, c, h, w).clone()
    before = x.clone()
    after = learner.augment(x, generator(seed))
    assert_equal(x, before, "x afterwards")
    assert_equal(after.flatten(1).sort(1).values, before.flatten(1).sort(1).values, "the pixels", dtype=dtype)
    assert_equal(tuple(after.shape), (n, c, h, w), "the shape")
    kinds = [kind_of(a, b) for a, b in zip(before, after, strict=True)]
    require(4 not in kinds, "a picture isn't one of the four", got=after)
    require(len(set(kinds)) > 1, "all pictures of the batch are flipped alike", got=kinds)


@exercise("augment")
@given(seed=seeds(), n=sizes(40, 50))
def test_the_generator_decides_the_flips(learner, seed, n):
    """Equal states give equal answers, another state and a second call give others."""
    x, one = distinct(n, 1, 2, 3, torch.float32), generator(seed)
    first = learner.augment(x, one)
    assert_equal(learner.augment(x, generator(seed)), first, "from an equal state")
    require(
        not torch.equal(learner.augment(x, one), first), "the second call gives the same again", got=first
    )
    other = learner.augment(x, generator(seed + 1))
    require(not torch.equal(other, first), "another state gives the same", got=other)


@exercise("augment")
@given(seed=seeds(), n=sizes(40, 50))
def test_flips_do_not_depend_on_the_pixels(learner, seed, n):
    """Which picture is flipped how depends on the generator, and not on what the pictures show."""
    x = distinct(n, 2, 3, 2, torch.float64)
    kinds = [kind_of(a, b) for a, b in zip(x, learner.augment(x, generator(seed)), strict=True)]
    other = 1 - x.flip(0) / 7
    again = [kind_of(a, b) for a, b in zip(other, learner.augment(other, generator(seed)), strict=True)]
    assert_equal(again, kinds, "the kinds of flips")
    require(4 not in kinds and len(set(kinds)) > 1, "the pictures aren't flipped, each by itself", got=kinds)


# fit


@driver
def training(names, data, epochs, lr, batch_size, patience, seed):
    """The history of `fit` on a network with BatchNorm, its state afterwards, and every call that it saw."""
    import torch
    from torch import nn

    seen = []

    class Watched(nn.Module):
        """Notes with how many rows it was called, in which mode, and whether a graph was recorded in training."""

        def forward(self, x):
            seen.append((len(x), self.training, torch.is_grad_enabled() and self.training))
            return x

    X, Y, VX, VY = data
    torch.manual_seed(seed)
    middle = [nn.Linear(X.shape[1], 6), nn.BatchNorm1d(6), nn.Tanh()]
    model = nn.Sequential(*middle, nn.Linear(6, 3), Watched()).double()
    before = [t.clone() for t in data]
    one = torch.Generator().manual_seed(seed)
    history = names.fit(model, (X, Y), (VX, VY), epochs, lr, batch_size, patience, one)
    same = all(torch.equal(a, b) for a, b in zip(before, data, strict=True))
    state = {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}
    modes = [module.training for module in model.modules()]
    told = [float(v) for v in history.train_loss], [float(v) for v in history.val_loss], history.best_epoch
    floats = all(isinstance(v, float) for v in (*history.train_loss, *history.val_loss))
    return told, state, any(modes), seen, same, floats


def data_for(seed, n, m, d):
    """Training and validation inputs, and targets that can't be predicted, so that the validation loss turns up."""
    Y, VY = (torch.randint(3, (k,), generator=generator(70_000 + seed + k)) for k in (n, m))
    return normal(seed, n, d), Y, normal(seed + 1, m, d), VY


@exercise("fit")
@settings(max_examples=16)
@given(
    n=sizes(4, 9),
    m=sizes(1, 6),
    d=sizes(1, 3),
    batch_size=sizes(2, 5),
    patience=sizes(1, 4),
    epochs=sizes(1, 9),
    lr=st.sampled_from([0.01, 0.1, 0.3]),
    seed=seeds(),
)
def test_the_training_is_the_references(learner, reference, n, m, d, batch_size, patience, epochs, lr, seed):
    """Losses, best epoch and all that the model holds afterwards are those of a right training from the same start."""
    n += n % batch_size == 1  # BatchNorm can't train on a batch of one
    data = data_for(seed, n, m, d)
    settings = data, epochs, lr, batch_size, patience, seed
    told, state, training_still, seen, same, floats = training(learner, *settings)
    right, right_state, _, right_seen, *_ = training(reference, *settings)
    assert_close(told[0], right[0], "the training losses", rtol=1e-6, atol=1e-8)
    assert_close(told[1], right[1], "the validation losses", rtol=1e-6, atol=1e-8)
    assert_equal(told[2], right[2], "best_epoch")
    for name, tensor in right_state.items():
        assert_close(state[name], tensor, f"{name} afterwards", rtol=1e-5, atol=1e-7)
    require(not training_still, "the model isn't evaluating afterwards")
    trained = [call for call in seen if call[1]]
    assert_equal(trained, [call for call in right_seen if call[1]], "the calls in training mode")
    require(same, "the data were changed")
    require(floats, "the losses aren't all floats")


@driver
def plain_training(names, data, epochs, lr, batch_size, patience, seed, settings):
    """The history of `fit` on a linear model, and its weights before, after, and the mode it started in."""
    import torch
    from torch import nn

    X, Y, VX, VY = data
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Dropout(settings["drop"]), nn.Linear(X.shape[1], 3)).double()
    model.train(settings["start"])
    start = model[1].weight.detach().clone()
    one = torch.Generator().manual_seed(seed)
    history = names.fit(model, (X, Y), (VX, VY), epochs, lr, batch_size, patience, one)
    told = list(history.train_loss), list(history.val_loss), history.best_epoch
    drawn = torch.randperm(1000, generator=one).tolist()
    return told, start, model[1].weight.detach().clone(), model[1].bias.detach().clone(), drawn


@exercise("fit")
@settings(max_examples=10)
@given(n=sizes(1, 6), m=sizes(1, 5), batch_size=sizes(1, 8), start=st.booleans(), seed=seeds())
def test_batches_of_any_size_and_a_model_in_any_mode(learner, reference, n, m, batch_size, start, seed):
    """Batches of one, and larger than the data, a model that was evaluating before: all as a right training does."""
    data, settings = data_for(seed, n, m, 2), {"drop": 0.0, "start": start}
    told, _, weight, bias, drawn = plain_training(learner, data, 5, 0.2, batch_size, 2, seed, settings)
    right, _, right_weight, right_bias, right_drawn = plain_training(
        reference, data, 5, 0.2, batch_size, 2, seed, settings
    )
    assert_close(told[0], right[0], "the training losses", rtol=1e-6, atol=1e-8)
    assert_close(told[1], right[1], "the validation losses", rtol=1e-6, atol=1e-8)
    assert_equal(told[2], right[2], "best_epoch")
    assert_close(weight, right_weight, "the weight afterwards", rtol=1e-5, atol=1e-7)
    assert_close(bias, right_bias, "the bias afterwards", rtol=1e-5, atol=1e-7)
    assert_equal(drawn, right_drawn, "what the generator draws next")


@exercise("fit")
@settings(max_examples=6)
@given(n=sizes(3, 6), m=sizes(2, 5), seed=seeds())
def test_the_validation_loss_is_the_models_own(learner, n, m, seed):
    """The model that comes back has the lowest of the validation losses told; dropout is off when validating."""
    data = data_for(seed, n, m, 2)
    told, start, weight, bias, _ = plain_training(
        learner, data, 6, 0.3, 2, 6, seed, {"drop": 0.5, "start": True}
    )
    own = F.cross_entropy(data[2] @ weight.T + bias, data[3]).item()
    assert_close(min(told[1]), own, "the lowest validation loss", rtol=1e-6, atol=1e-8)
    require(not torch.equal(start, weight), "the weights never moved")


@exercise("fit")
@settings(max_examples=10)
@given(n=sizes(3, 6), patience=sizes(1, 4), epochs=sizes(1, 6), seed=seeds())
def test_no_rate_no_progress(learner, n, patience, epochs, seed):
    """At a rate of 0 epoch 0 stays the best, and training ends after epoch `patience`, if epochs allow."""
    data = data_for(seed, n, 3, 2)
    settings = {"drop": 0.0, "start": True}
    (train_loss, val_loss, best), start, weight, bias, _ = plain_training(
        learner, data, epochs, 0.0, 2, patience, seed, settings
    )
    assert_equal(best, 0, "best_epoch")
    count = min(epochs, patience + 1)
    own = F.cross_entropy(data[2] @ start.T + bias, data[3]).item()
    assert_close(val_loss, [own] * count, "the validation losses", rtol=1e-6, atol=1e-8)
    mean = F.cross_entropy(data[0] @ start.T + bias, data[1]).item()
    assert_close(train_loss, [mean] * count, "the training losses", rtol=1e-6, atol=1e-8)
    assert_equal(weight, start, "the weights")


# saliency


@driver
def saliency_life(names, x, cls, modes, seed):
    """The map, the gradients picture by picture, and whether everything is as it was."""
    import torch
    from torch import nn

    torch.manual_seed(seed)
    channels = x.shape[1]
    model = nn.Sequential(
        nn.Conv2d(channels, 2, 2), nn.BatchNorm2d(2), nn.Tanh(), nn.Dropout(0.5), nn.Flatten()
    )
    model.append(nn.Linear(2 * (x.shape[2] - 1) * (x.shape[3] - 1), 3))
    model = model.double()
    with torch.no_grad():
        model(x + 1)
    for module, training in zip(model, modes, strict=True):
        module.train(training)
    model.training = modes[0]
    model[5].bias.grad = torch.full_like(model[5].bias, 3.0)
    state = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    given, as_found = x.clone(), [module.training for module in model.modules()]
    grid = names.saliency(model, given, cls)
    kept = {
        "modes": as_found == [module.training for module in model.modules()],
        "weights and buffers": all(torch.equal(state[n], t) for n, t in model.state_dict().items()),
        "gradients": model[0].weight.grad is None
        and model[0].bias.grad is None
        and model[5].bias.grad is not None
        and torch.equal(model[5].bias.grad, torch.full_like(model[5].bias, 3.0))
        and all(p.requires_grad for p in model.parameters()),
        "x": torch.equal(x, given) and not given.requires_grad and given.grad is None,
    }
    model.train(False)
    slopes = []
    for image in x:
        leaf = image[None].clone().requires_grad_()
        (slope,) = torch.autograd.grad(model(leaf)[0, cls], leaf)
        slopes.append(slope[0])
    return grid.detach(), torch.stack(slopes), kept


@exercise("saliency")
@given(
    n=sizes(2, 4),
    c=sizes(1, 4),
    h=sizes(2, 4),
    w=sizes(2, 5),
    cls=st.integers(0, 2),
    modes=st.lists(st.booleans(), min_size=6, max_size=6),
    seed=seeds(),
)
def test_the_map_is_right_and_nothing_has_changed(learner, n, c, h, w, cls, modes, seed):
    """The map is the largest absolute gradient over channels, evaluating, and all is as it was."""
    grid, slopes, kept = saliency_life(learner, normal(seed, n, c, h, w), cls, modes, seed)
    assert_close(grid, slopes.abs().amax(1))
    for what, same in kept.items():
        require(same, f"{what}: not what it was before")


@driver
def linear_saliency(names, x, weight, cls):
    """The map of a linear model, whose gradients are its weights."""
    import torch

    model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(weight.shape[1], len(weight), bias=False))
    model = model.to(x.dtype)
    with torch.no_grad():
        model[1].weight.copy_(weight)
    return names.saliency(model, x, cls).detach()


@exercise("saliency")
@given(n=sizes(1, 3), c=sizes(1, 4), h=sizes(1, 3), w=sizes(1, 3), k=sizes(1, 4), seed=seeds())
def test_of_a_linear_model_the_weights(learner, n, c, h, w, k, seed):
    """For a linear model the map is the largest absolute weight over channels, the same for every picture."""
    weight = normal(seed, k, c * h * w)
    grid = linear_saliency(learner, normal(seed + 1, n, c, h, w), weight, k - 1)
    right = weight[k - 1].reshape(c, h, w).abs().amax(0)
    assert_close(grid, right.expand(n, h, w))


@exercise("saliency")
@settings(max_examples=8)
@given(n=sizes(2, 4), seed=seeds())
def test_the_mode_found_makes_no_difference(learner, n, seed):
    """The map is the same whether the model was training or evaluating before, and not the same for all pictures."""
    x, modes = normal(seed, n, 2, 3, 4), [True] * 6
    grid, slopes, _ = saliency_life(learner, x, 1, modes, seed)
    assert_close(grid, slopes.abs().amax(1))
    assert_equal(tuple(grid.shape), (n, 3, 4), "the shape")
    again, _, _ = saliency_life(learner, x, 1, [False] * 6, seed)
    assert_close(again, grid, "the map, with the model evaluating before")
    require(not torch.equal(grid[0], grid[1]), "two different pictures get the same map", got=grid)


# LitLeafNet


@driver
def lightning(names, batches, plans, lr):
    """Train a small model as planned: for each plan the weights afterwards, and the losses that were logged.

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
                model = LitLeafNet(net, lr=lr) if lr else LitLeafNet(net)
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
            logged = {name: float(value) for name, value in trainer.logged_metrics.items()}
            weights = [p.detach().clone() for p in net.parameters()]
            called = getattr(model.forward, "__func__", None) is not L.LightningModule.forward
            same = called and torch.equal(model(X), net(X))
            told.append((weights, logged, start, net is model.net and same, model.lr))
    return told


def by_hand(data, start, epochs, lr):
    """The same training with torch's Adam alone, and both losses of the last epoch as means over examples."""
    X, Y, VX, VY, size = data
    weights = [p.clone().requires_grad_() for p in start]
    optimiser = torch.optim.Adam(weights, lr=lr)

    def logits(x):
        return F.linear(torch.tanh(F.linear(x, weights[0], weights[1])), weights[2], weights[3])

    for _ in range(epochs):
        total = 0.0
        for rows in torch.arange(len(X)).split(size):
            optimiser.zero_grad()
            loss = F.cross_entropy(logits(X[rows]), Y[rows])
            loss.backward()
            optimiser.step()
            total += loss.item() * len(rows)
    with torch.no_grad():
        return [w.detach() for w in weights], total / len(X), F.cross_entropy(logits(VX), VY).item()


@exercise("LitLeafNet")
@settings(max_examples=1)
@given(n=sizes(5, 8), m=sizes(4, 5), size=sizes(2, 3), seed=seeds())
def test_resumed_is_straight_on(learner, n, m, size, seed):
    """One epoch, a checkpoint and a second epoch give the weights and losses of two epochs straight on: Adam's."""
    data = *data_for(seed, n, m, 2), size
    straight, resumed = lightning(learner, data, [[2], [1, 2]], 0.03)
    for name, (weights, logged, _, kept, lr) in {"straight": straight, "resumed": resumed}.items():
        right, train_loss, val_loss = by_hand(data, straight[2], 2, 0.03)
        assert_close(weights[0], right[0], f"the first weight, {name}", rtol=1e-6, atol=1e-8)
        assert_close(weights[3], right[3], f"the last bias, {name}", rtol=1e-6, atol=1e-8)
        require("train_loss" in logged and "val_loss" in logged, "a loss isn't logged", got=sorted(logged))
        assert_close(logged["val_loss"], val_loss, f"val_loss, {name}", rtol=1e-5, atol=1e-6)
        assert_close(logged["train_loss"], train_loss, f"train_loss, {name}", rtol=1e-5, atol=1e-6)
        require(kept, "`net` isn't the network that was given, or a call isn't a call of it")
        assert_equal(lr, 0.03, "lr")


@exercise("LitLeafNet")
def test_the_default_rate_is_a_thousandth(learner):
    """Without lr the rate is 0.001; the training loss logged is the batch's mean cross-entropy."""
    data = *data_for(5, 4, 3, 2), 4  # one batch
    ((weights, logged, start, _, lr),) = lightning(learner, data, [[1]], None)
    right, *_ = by_hand(data, start, 1, 0.001)
    assert_close(weights[2], right[2], "the last weight after one step", rtol=1e-6, atol=1e-9)
    assert_equal(lr, 0.001, "lr")
    hidden = torch.tanh(F.linear(data[0], start[0], start[1]))
    first = F.cross_entropy(F.linear(hidden, start[2], start[3]), data[1]).item()
    require("train_loss" in logged, "train_loss isn't logged", got=sorted(logged))
    assert_close(logged["train_loss"], first, "train_loss", rtol=1e-5, atol=1e-6)


@driver
def steps_alone(names, x, y):
    """A training step called outside a Trainer: its loss and the first weight's gradient."""
    import warnings

    import torch

    warnings.filterwarnings("ignore")
    torch.manual_seed(4)
    net = torch.nn.Linear(x.shape[1], 3).double()
    model = names.LitLeafNet(net, 0.5)
    loss = model.training_step((x, y), 0)
    loss.backward()
    return loss.detach(), net.weight.grad, net.weight.detach(), net.bias.detach()


@exercise("LitLeafNet")
@settings(max_examples=10)
@given(n=sizes(1, 5), d=sizes(1, 3), seed=seeds())
def test_a_training_step_returns_the_loss(learner, n, d, seed):
    """A training step returns the mean cross-entropy of its batch, with the gradient."""
    x, y, _, _ = data_for(seed, n, 2, d)
    loss, slope, weight, bias = steps_alone(learner, x, y)
    leaf = weight.clone().requires_grad_()
    right = F.cross_entropy(x @ leaf.T + bias, y)
    right.backward()
    assert_close(loss, right.detach(), "the loss")
    assert_close(slope, leaf.grad, "the gradient by the weight", atol=1e-9)

"""Week 03's checks: what a learner can run. Each states one law of a right answer."""

import math

import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autograde.properties import assert_close, assert_equal, assert_raises, driver, exercise, require
from autograde.strategies import halves, sizes, tensors, words

NAN, INF = math.nan, math.inf

CATEGORIES = ("math", "join", "index", "convert")
ROWS = {"A": [1.0, 0, 0, 0], "C": [0.0, 1, 0, 0], "G": [0.0, 0, 1, 0], "T": [0.0, 0, 0, 1], "N": [0.25] * 4}


@st.composite
def distinct(
    draw: st.DrawFn, *axes: st.SearchStrategy[int], dtype: torch.dtype = torch.float64
) -> torch.Tensor:
    """A tensor whose entries all differ, none of them 0 or 1, in no order: each can be found again."""
    shape = [draw(axis) for axis in axes]
    count = math.prod(shape)
    mixed = torch.randperm(count, generator=torch.Generator().manual_seed(draw(st.integers(0, 999))))
    return (mixed + 2).to(dtype).reshape(shape)


@st.composite
def fitting_shapes(draw: st.DrawFn) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Two shapes that can be broadcast: axes set to 1 or cut off on the left."""
    whole = draw(st.lists(st.integers(0, 5), max_size=4))

    def part() -> tuple[int, ...]:
        kept = [1 if draw(st.booleans()) else size for size in whole]
        return tuple(kept[draw(st.integers(0, len(kept))) :])

    return part(), part()


@st.composite
def unfitting_shapes(draw: st.DrawFn) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Two shapes that fit in every place but one."""
    left, right = draw(fitting_shapes())
    one, other = draw(st.sampled_from([(2, 3), (4, 2), (0, 3), (5, 0), (6, 3)]))
    tail = draw(st.lists(st.integers(2, 5), max_size=2))
    return (*left, one, *tail), (*right, other, *tail)


def named(pairs: st.SearchStrategy[tuple], first: str, second: str) -> dict[str, st.SearchStrategy]:
    """Two things that are drawn together, each under its own name, so that what is shown reads as a call."""
    pair = st.shared(pairs, key=f"{first} and {second}")
    return {first: pair.map(lambda both: both[0]), second: pair.map(lambda both: both[1])}


@st.composite
def padded(draw: st.DrawFn, *beyond: float) -> tuple[torch.Tensor, torch.Tensor]:
    """A tensor (n, t, d) and lengths (n,) from 0 to t, with one of `beyond`, if there are any, behind them."""
    x = draw(distinct(sizes(1, 4), sizes(1, 5), sizes(1, 3)))
    lengths = draw(st.lists(st.integers(0, x.shape[1]), min_size=len(x), max_size=len(x)))
    if beyond:
        filling = draw(st.sampled_from(beyond))
        for row, length in zip(x, lengths, strict=True):
            row[length:] = filling
    return x, torch.tensor(lengths)


@st.composite
def choices(draw: st.DrawFn) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits (n, V) and a target for each row."""
    logits = draw(distinct(sizes(1, 6), sizes(1, 5)))
    n, V = logits.shape
    return logits, torch.tensor(
        draw(st.lists(st.integers(0, V - 1), min_size=n, max_size=n)), dtype=torch.int64
    )


def sequences() -> st.SearchStrategy[list[str]]:
    return st.lists(words("ACGTN"), min_size=1, max_size=4)


def table_of(seqs: list[str], dtype: torch.dtype = torch.float32) -> torch.Tensor:
    """The encoding of some sequences, row by row."""
    longest = max(map(len, seqs))
    return torch.tensor(
        [[ROWS[letter] for letter in seq] + [[0.0] * 4] * (longest - len(seq)) for seq in seqs]
    ).to(dtype)


def as_numbers(answer: object) -> torch.Tensor:
    """An answer of any integer or floating dtype, in float64."""
    require(isinstance(answer, torch.Tensor), "a tensor was asked for", got=answer)
    require(answer.dtype != torch.bool, "an integer or floating dtype was asked for", got=answer)
    return answer.double()


def require_shape(answer: object, shape: tuple[int, ...], axes: str) -> None:
    """Fail unless the answer is a tensor of this shape, whose axes the message names."""
    require(isinstance(answer, torch.Tensor), "a tensor was asked for", got=answer)
    sentence = f"the shape is {tuple(answer.shape)}; {axes} is {tuple(shape)} here"
    require(tuple(answer.shape) == tuple(shape), sentence)


@driver
def work_done(names, name, args):
    """How many steps of Python one call takes, and how many calls of PyTorch."""
    import sys

    from torch.overrides import TorchFunctionMode

    function = getattr(names, name)
    function(*args)  # what is done only the first time doesn't count
    counts = {"steps": 0, "calls": 0}

    def trace(frame, event, arg):
        frame.f_trace_opcodes = True
        counts["steps"] += 1
        return trace

    class Counting(TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            counts["calls"] += 1
            return func(*args, **(kwargs or {}))

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function(*args)
    finally:
        sys.settrace(before)
    with Counting():
        function(*args)
    return counts["steps"], counts["calls"]


def require_no_loop(learner, name, small, large):
    """Fail if larger inputs take more steps of Python, or more calls of PyTorch, than small ones."""
    steps, calls = work_done(learner, name, small)
    more_steps, more_calls = work_done(learner, name, large)
    little, much = (" and ".join(map(size_of, args)) for args in (small, large))
    sentence = (
        f"the work grows with the size, as it does in a loop: {little} take {steps} steps of Python and "
        f"{calls} calls of PyTorch, {much} take {more_steps} and {more_calls}"
    )
    require(more_calls <= calls + 10 and more_steps <= steps + 20, sentence)


def size_of(argument: object) -> str:
    """An argument in a word or two: the shape of a tensor, or the number itself."""
    return str(tuple(argument.shape)) if isinstance(argument, torch.Tensor) else str(argument)


@exercise("to_channels_first")
def test_channels_of_the_example(learner):
    """The picture of section 1 falls into its red, green and blue plane."""
    images = torch.tensor([[[[1, 2, 3], [4, 5, 6]]]])
    assert_equal(learner.to_channels_first(images), torch.tensor([[[[1, 4]], [[2, 5]], [[3, 6]]]]))


@exercise("to_channels_first")
@given(images=distinct(sizes(1, 3), sizes(1, 4), sizes(1, 5), sizes(1, 4)))
def test_every_pixel_is_found_again(learner, images):
    """What stood at [i, y, x, k] stands at [i, k, y, x].

    Hint: The axes change places, and the entries stay with their pixel: reorder, don't reshape.
    """
    n, h, w, c = images.shape
    planes = learner.to_channels_first(images)
    require_shape(planes, (n, c, h, w), "(n, c, h, w)")
    for channel in range(c):
        assert_equal(planes[:, channel], images[..., channel], f"channel {channel}")


@exercise("QUIZ")
def test_the_quiz_has_six_answers(learner):
    """There are six booleans; as it happens, four of the six pairs can be broadcast.

    Hint: Write the shapes of each question below each other, right ends in line, and look at one place at a time.
    """
    answers = learner.QUIZ
    require(isinstance(answers, (list, tuple)) and len(answers) == 6, "six answers, in a list", got=answers)
    require(all(isinstance(answer, bool) for answer in answers), "True or False for each", got=answers)
    fitting = sum(answers)
    require(fitting == 4, f"four of the pairs fit, and you have {fitting} times True", got=answers)


def require_broadcast(
    learner, a: tuple[int, ...], b: tuple[int, ...], expected: tuple[int, ...] | None
) -> None:
    """Fail unless the two shapes give the expected one, axis by axis."""
    got = learner.broadcast_shape(a, b)
    if expected is None or not isinstance(got, (list, tuple)):
        assert_equal(got, expected, f"of {a} and {b}")
    axes = len(expected or ())
    require(len(got or ()) == axes, f"of {a} and {b}: the longer has {axes} axes", got=got, expected=expected)
    for axis, (mine, right) in enumerate(zip(got or (), expected or (), strict=True)):
        sentence = f"of {a} and {b}: axis {axis} is {mine} long where {right} is right"
        require(mine == right, sentence, got=got, expected=expected)


@exercise("broadcast_shape")
def test_shapes_of_the_examples(learner):
    """The examples of the statement come out as it says."""
    for a, b, expected in [
        ((3, 1), (4,), (3, 4)),
        ((), (2,), (2,)),
        ((1,), (0,), (0,)),
        ((3, 4), (3,), None),
    ]:
        require_broadcast(learner, a, b, expected)


@exercise("broadcast_shape")
@given(**named(fitting_shapes(), "a", "b"))
def test_fitting_shapes_give_torchs_shape(learner, a, b):
    """Shapes that fit give the shape that PyTorch gives, whichever of the two comes first."""
    expected = tuple(torch.broadcast_shapes(a, b))
    require_broadcast(learner, a, b, expected)
    require_broadcast(learner, b, a, expected)


@exercise("broadcast_shape")
@given(**named(unfitting_shapes(), "a", "b"))
def test_one_bad_place_is_enough(learner, a, b):
    """Shapes that fail to fit in a single place give None, whichever of the two comes first."""
    require_broadcast(learner, a, b, None)
    require_broadcast(learner, b, a, None)
    require_broadcast(learner, a, a, a)


@exercise("outer")
def test_products_of_the_example(learner):
    """(1, 2) and (3, 4, 5) give the six products of section 3."""
    got = learner.outer(torch.tensor([1, 2]), torch.tensor([3, 4, 5]))
    assert_equal(got, torch.tensor([[3, 4, 5], [6, 8, 10]]))


@exercise("outer")
@given(x=distinct(sizes()), y=distinct(sizes()))
def test_each_row_is_y_times_one_x(learner, x, y):
    """Row i is y times x[i]."""
    products = learner.outer(x, y)
    require_shape(products, (len(x), len(y)), "(n, m)")
    for i in range(len(x)):
        assert_close(products[i], x[i] * y, f"row {i}")


@exercise("outer")
def test_outer_has_no_loop(learner):
    """Forty entries take no more steps than three.

    Hint: One multiplication is enough for all products, if x is a column and y a row.
    """
    small = torch.arange(1.0, 4.0)
    for x, y in [(torch.arange(1.0, 41.0), small), (small, torch.arange(1.0, 44.0))]:
        assert_close(learner.outer(x, y), torch.outer(x, y))
        require_no_loop(learner, "outer", (small, small), (x, y))


@exercise("standardize_channels")
def test_standardised_pictures_of_the_example(learner):
    """The two pictures of section 4, of one channel, become (-1.342, -0.447) and (0.447, 1.342)."""
    images = torch.tensor([[[[1.0, 3.0]]], [[[5.0, 7.0]]]], dtype=torch.float64)
    assert_close(learner.standardize_channels(images), (images - 4) / math.sqrt(5), atol=1e-4)


@exercise("standardize_channels")
@settings(max_examples=5)
@given(images=distinct(sizes(1, 3), sizes(1, 3), sizes(1, 3), sizes(2, 4)))
def test_standardised_pictures_keep_their_shape(learner, images):
    """Whatever n, c, h and w are, the shape stays.

    Hint: Write the shape of images and that of the means below each other, right ends in line. An axis that was
    averaged over is gone, unless `keepdim=True` leaves it there with length 1.
    """
    z = learner.standardize_channels(images)
    require_shape(z, images.shape, "(n, c, h, w)")
    require(z.min() < 0 < z.max(), "there must be entries above the mean, and entries below", got=z)


@exercise("standardize_channels")
@given(images=distinct(sizes(2, 4), sizes(1, 3), sizes(1, 4), sizes(1, 3)))
def test_each_channel_has_mean_0_and_spread_1(learner, images):
    """Over all images and pixels each channel has mean 0 and biased standard deviation 1."""
    z = learner.standardize_channels(images)
    require_shape(z, images.shape, "(n, c, h, w)")
    ones = torch.ones(images.shape[1], dtype=torch.float64)
    assert_close(z.mean((0, 2, 3)), 0 * ones, "means of the channels", atol=1e-4)
    assert_close(z.square().mean((0, 2, 3)), ones, "mean squares of the channels", atol=1e-4)


@st.composite
def levels_of_one_channel(draw: st.DrawFn) -> torch.Tensor:
    """Pictures of one channel, the same everywhere, of two pixels or more."""
    shape = draw(sizes(1, 3)), 1, draw(sizes(1, 3)), draw(sizes(2, 4))
    return torch.full(shape, draw(st.sampled_from([0.0, 0.1, 0.3, -0.7, 5.0])), dtype=torch.float64)


@exercise("standardize_channels")
@example(images=torch.full((1, 1, 1, 3), 0.1, dtype=torch.float64))
@given(images=levels_of_one_channel())
def test_a_constant_channel_becomes_0(learner, images):
    """A channel that is the same everywhere becomes 0, and isn't any more with one brighter pixel.

    Hint: With rounding the mean of equal numbers need not be that number, nor their standard deviation 0. Compare
    the largest with the smallest.
    """
    assert_close(learner.standardize_channels(images), torch.zeros_like(images), atol=1e-6)
    brighter = images.clone()
    brighter[0, 0, 0, 0] += 3.0
    z = learner.standardize_channels(brighter)
    require(z.flatten()[0] > 0.5, "a pixel brighter than all others isn't above the mean", got=z)


@exercise("standardize_channels")
@settings(max_examples=5)
@given(images=distinct(sizes(1, 3), sizes(2, 3), sizes(1, 3), sizes(2, 3)))
def test_a_constant_channel_leaves_the_others_alone(learner, images):
    """A channel that is the same everywhere changes nothing in those beside it."""
    z = learner.standardize_channels(images)
    images[:, 0] = 0.5
    beside = learner.standardize_channels(images)
    assert_close(beside[:, 0], torch.zeros_like(images[:, 0]), "the constant channel", atol=1e-6)
    assert_close(beside[:, 1:], z[:, 1:], "the other channels")
    require(z.abs().amax((0, 2, 3)).min() > 0.5, "a channel all of whose entries are nearly 0", got=z)


@exercise("standardize_channels")
@settings(max_examples=5)
@given(images=distinct(sizes(2, 3), sizes(1, 3), sizes(1, 3), sizes(1, 3)).map(lambda x: x / 1e6))
def test_faint_contrast_is_contrast(learner, images):
    """Pictures of a millionth of the contrast become the same.

    Hint: Nothing is added to the standard deviation: what is small beside 1 isn't small beside a millionth.
    """
    expected = learner.standardize_channels(1e6 * images)
    z = learner.standardize_channels(images)
    assert_close(z, expected, atol=1e-6)
    require(z.min() < -0.5, "no entry is half a standard deviation below the mean", got=z)


@exercise("pairwise_distances")
def test_distances_of_the_example(learner):
    """The points (0, 0) and (3, 4) are 0 and 5 away from (0, 0)."""
    x = torch.tensor([[0.0, 0.0], [3.0, 4.0]], dtype=torch.float64)
    assert_close(
        learner.pairwise_distances(x, x[:1]), torch.tensor([[0.0], [5.0]], dtype=torch.float64), atol=1e-6
    )


def tenths() -> st.SearchStrategy[float]:
    return halves(-40, 40).map(lambda x: x / 10)


def allowed(x: torch.Tensor, y: torch.Tensor) -> float:
    """What the statement lets a distance be off by."""
    largest = max(x.norm(dim=1).max().item(), y.norm(dim=1).max().item())
    return 4 * math.sqrt(torch.finfo(torch.float64).eps) * largest


@st.composite
def clouds(draw: st.DrawFn) -> tuple[torch.Tensor, torch.Tensor]:
    """Two sets of points in the same space, float64."""
    d = draw(sizes(1, 4))
    return draw(tensors((sizes(1, 5), d), tenths())), draw(tensors((sizes(1, 5), d), tenths()))


def distances_of(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return torch.tensor([[math.dist(p, q) for q in y.tolist()] for p in x.tolist()], dtype=torch.float64)


@exercise("pairwise_distances")
@given(**named(clouds(), "x", "y"))
def test_distances_follow_the_definition(learner, x, y):
    """Entry [i, j] is the distance from row i of x to row j of y."""
    got = learner.pairwise_distances(x, y)
    assert_close(got, distances_of(x, y), rtol=0.0, atol=allowed(x, y) + 1e-12)


@st.composite
def far_out(draw: st.DrawFn) -> torch.Tensor:
    """Points that rounding troubles, near the origin and far from it."""
    offset = draw(st.sampled_from([0.1, 3.3, 1000.7]))
    return draw(tensors((sizes(2, 3), sizes(1, 3)), tenths())) + offset


@exercise("pairwise_distances")
@given(x=far_out())
def test_equal_points_have_no_nan_between_them(learner, x):
    """The distances of points to themselves are finite and nearly 0, and the others what they should be.

    Hint: The root of a number that rounding has left below 0 is nan. Nothing below 0 may get there.
    """
    D = learner.pairwise_distances(x, x)
    require_shape(D, (len(x), len(x)), "(n, m)")
    require(not D.isnan().any(), "a distance is nan", got=D)
    assert_close(D, distances_of(x, x), "from x to x", rtol=0.0, atol=allowed(x, x))


def cloud(n: int, d: int) -> torch.Tensor:
    """n points in d dimensions, the same at each call."""
    return torch.randn(n, d, generator=torch.Generator().manual_seed(n), dtype=torch.float64)


@exercise("pairwise_distances")
def test_distances_have_no_loop_over_points(learner):
    """Forty points take no more steps than three.

    Hint: Three axes hold all differences at once: which point of x, which point of y, which dimension.
    """
    small = cloud(3, 2), cloud(4, 2)
    for x, y in [(cloud(40, 2), small[1]), (small[0], cloud(45, 2))]:
        assert_close(learner.pairwise_distances(x, y), torch.cdist(x, y), rtol=0.0, atol=allowed(x, y))
        require_no_loop(learner, "pairwise_distances", small, (x, y))


@exercise("pairwise_distances")
def test_distances_have_no_loop_over_dimensions(learner):
    """Thirty dimensions take no more steps than two.

    Hint: The dimensions are an axis like the others, and `.sum(-1)` adds along it.
    """
    x, y = cloud(3, 30), cloud(4, 30)
    assert_close(learner.pairwise_distances(x, y), torch.cdist(x, y), rtol=0.0, atol=allowed(x, y))
    require_no_loop(learner, "pairwise_distances", (cloud(3, 2), cloud(4, 2)), (x, y))


@exercise("pick")
def test_picks_of_the_example(learner):
    """The scores of section 6 with targets 1 and 0 give 2.7 and 0.5."""
    logits = torch.tensor([[0.1, 2.7, -1.2], [0.5, -0.3, 0.9]])
    assert_close(learner.pick(logits, torch.tensor([1, 0])), torch.tensor([2.7, 0.5]))


@exercise("pick")
@given(**named(choices(), "logits", "targets"))
def test_one_entry_from_each_row(learner, logits, targets):
    """Entry i is logits[i, targets[i]], and there are n of them.

    Hint: The rows are 0, 1, 2, …, the columns are the targets, and both lists go side by side.
    """
    expected = [row[target] for row, target in zip(logits.tolist(), targets.tolist(), strict=True)]
    assert_equal(learner.pick(logits, targets), torch.tensor(expected, dtype=logits.dtype))


@exercise("pick")
def test_nothing_is_picked_from_no_rows(learner):
    """No rows give no entries, one row gives one."""
    none = learner.pick(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64))
    require_shape(none, (0,), "(n,)")
    assert_equal(
        learner.pick(torch.tensor([[3.0, 4.0, 5.0]]), torch.tensor([2])), torch.tensor([5.0]), "of one row"
    )


@exercise("windows")
def test_windows_of_the_example(learner):
    """5, 6, 7, 8 has two windows of width 3."""
    assert_equal(learner.windows(torch.tensor([5, 6, 7, 8]), 3), torch.tensor([[5, 6, 7], [6, 7, 8]]))


@st.composite
def sequences_and_widths(draw: st.DrawFn) -> tuple[torch.Tensor, int]:
    """A sequence and a width from 1 to its length."""
    x = draw(distinct(sizes(1, 8)))
    return x, draw(sizes(1, len(x)))


@exercise("windows")
@given(**named(sequences_and_widths(), "x", "width"))
def test_rows_are_slices(learner, x, width):
    """Row i is x[i : i + width], from width 1 to the whole length."""
    got = learner.windows(x, width)
    assert_equal(got, torch.stack([x[i : i + width] for i in range(len(x) - width + 1)]))


@exercise("windows")
def test_windows_has_no_loop(learner):
    """Sixty entries take no more steps than six, and windows of forty no more than windows of two.

    Hint: A table of positions takes all windows out at once: a column of starts plus a row of offsets.
    """
    x = torch.arange(3.0, 63.0)
    for width in (2, 40):
        assert_equal(learner.windows(x, width), torch.stack([x[i : i + width] for i in range(61 - width)]))
        require_no_loop(learner, "windows", (x[:6], 2), (x, width))


@exercise("collate")
def test_padding_of_the_example(learner):
    """(1.5, 2.5) and (3.5) become two rows, the second with a 0, and the lengths 2 and 1."""
    rows, lengths = learner.collate([torch.tensor([1.5, 2.5]), torch.tensor([3.5])])
    assert_equal(rows, torch.tensor([[1.5, 2.5], [3.5, 0.0]]), "the rows")
    assert_equal(lengths, torch.tensor([2, 1]), "the lengths")


@exercise("collate")
@given(seqs=st.lists(tensors((sizes(0, 5),)), min_size=1, max_size=4))
def test_each_sequence_starts_its_row(learner, seqs):
    """Each row is its sequence and then zeros, and the lengths are theirs."""
    rows, lengths = learner.collate(seqs)
    lists = [seq.tolist() for seq in seqs]
    t = max(map(len, lists))
    expected = torch.tensor([values + [0.0] * (t - len(values)) for values in lists], dtype=torch.float64)
    assert_equal(rows, expected, "the rows")
    assert_equal(lengths, torch.tensor([len(values) for values in lists]), "the lengths")


@exercise("collate")
@given(dtype=st.sampled_from([torch.float32, torch.float64, torch.int64, torch.int32]))
def test_an_empty_list_raises(learner, dtype):
    """No sequences raise ValueError; some keep their dtype."""
    assert_raises(ValueError, learner.collate, [])
    rows, _ = learner.collate([torch.tensor([3], dtype=dtype), torch.tensor([5, 7], dtype=dtype)])
    assert_equal(rows, torch.tensor([[3, 0], [5, 7]], dtype=dtype), "the rows", dtype=dtype)


@exercise("mask_padding")
def test_mask_of_the_example(learner):
    """A nan beyond the length becomes 0."""
    x = torch.tensor([[[1.0, 2.0], [NAN, 3.0]]])
    assert_equal(learner.mask_padding(x, torch.tensor([1])), torch.tensor([[[1.0, 2.0], [0.0, 0.0]]]))


def masked(x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    """x with zeros from each length on."""
    expected = x.clone()
    for row, length in zip(expected, lengths.tolist(), strict=True):
        row[length:] = 0.0
    return expected


@exercise("mask_padding")
@given(**named(padded(), "x", "lengths"))
def test_zeros_from_each_length_on(learner, x, lengths):
    """From each length on there are zeros, for all d, and before it nothing has changed."""
    assert_equal(learner.mask_padding(x, lengths), masked(x, lengths))


@exercise("mask_padding")
@settings(max_examples=10)
@given(**named(padded(NAN, INF, -INF), "x", "lengths"))
def test_nan_and_inf_beyond_become_0(learner, x, lengths):
    """nan and inf beyond the length become 0.

    Hint: 0 times nan is nan, and so is 0 times inf. Choose, don't multiply.
    """
    assert_equal(learner.mask_padding(x, lengths), masked(x, lengths))


@exercise("mask_padding")
def test_a_nan_before_the_length_stays(learner):
    """A nan before the length stays: it may be a finding."""
    x = torch.tensor([[[1.0], [NAN], [3.0]], [[INF], [5.0], [6.0]]])
    lengths = torch.tensor([2, 1])
    assert_equal(learner.mask_padding(x, lengths), masked(x, lengths))


@exercise("mask_padding")
@settings(max_examples=10)
@given(**named(padded(), "x", "lengths"))
def test_masking_leaves_x_alone(learner, x, lengths):
    """The tensor that was handed in is the same after the call."""
    before = x.clone()
    got = learner.mask_padding(x, lengths)
    sentence = "the call changed the tensor that it was given (got: x after the call; expected: x before it)"
    require(torch.equal(x, before), sentence, got=x, expected=before)
    left = int((got != 0).sum())
    assert_equal(left, int(lengths.sum()) * x.shape[2], "the number of entries that are left")


@exercise("one_hot")
def test_one_hot_of_the_example(learner):
    """The labels 2 and 0 of three classes are (0, 0, 1) and (1, 0, 0)."""
    got = as_numbers(learner.one_hot(torch.tensor([2, 0]), 3))
    assert_equal(got, torch.tensor([[0, 0, 1], [1, 0, 0]]).double())


@st.composite
def labelled(draw: st.DrawFn, ranks: tuple[int, int] = (0, 3)) -> tuple[torch.Tensor, int]:
    """Labels of any shape, and the number of classes."""
    num_classes = draw(sizes(1, 6))
    shape = draw(st.lists(sizes(1, 4), min_size=ranks[0], max_size=ranks[1]))
    labels = draw(tensors(shape, st.integers(0, num_classes - 1), torch.int64))
    return labels, num_classes


@exercise("one_hot")
@example(labels=torch.tensor(1), num_classes=3)
@example(labels=torch.zeros(2, 0, dtype=torch.int64), num_classes=3)
@given(**named(labelled(), "labels", "num_classes"))
def test_argmax_gives_the_labels_back(learner, labels, num_classes):
    """Labels of any shape, a scalar and no labels included, get one axis more, with a single 1 at the label."""
    got = as_numbers(learner.one_hot(labels, num_classes))
    require_shape(got, (*labels.shape, num_classes), "(..., num_classes)")
    assert_equal(got.argmax(-1), labels, "where the 1 stands")
    assert_equal(got.sum(-1), torch.ones(labels.shape, dtype=torch.float64), "sums over the classes")


@st.composite
def one_outside(draw: st.DrawFn) -> tuple[torch.Tensor, int]:
    """Labels of which one is below 0 or too large, and the number of classes."""
    num_classes = draw(sizes(1, 5))
    return torch.tensor([0, draw(st.sampled_from([-1, -3, num_classes, num_classes + 2])), 0]), num_classes


@exercise("one_hot")
@given(**named(one_outside(), "labels", "num_classes"))
def test_labels_outside_raise(learner, labels, num_classes):
    """A label below 0 or from num_classes on raises ValueError, and the largest one allowed doesn't.

    Hint: The labels allowed are 0 to num_classes - 1. Look at all of them first, and raise ValueError yourself.
    """
    assert_raises(ValueError, learner.one_hot, labels, num_classes)
    got = as_numbers(learner.one_hot(torch.tensor([num_classes - 1]), num_classes))
    assert_equal(got.tolist(), [[0.0] * (num_classes - 1) + [1.0]], "of the largest label")


@exercise("encode_dna")
def test_encoding_of_the_example(learner):
    """GA and N become the two tables of section 8."""
    got = learner.encode_dna(["GA", "N"])
    expected = torch.tensor([[[0.0, 0, 1, 0], [1, 0, 0, 0]], [[0.25] * 4, [0] * 4]])
    assert_close(got, expected)


@exercise("encode_dna")
@given(seqs=sequences())
def test_each_letter_has_its_row(learner, seqs):
    """Sequence i, position p is the row of its letter, and zeros beyond its end."""
    got = learner.encode_dna(seqs)
    require_shape(got, (len(seqs), max(map(len, seqs)), 4), "(n, l, 4)")
    require(got.is_floating_point(), "a floating dtype was asked for", got=got)
    assert_close(got, table_of(seqs))


@exercise("decode_dna")
def test_decoding_of_the_example(learner):
    """The two tables of section 8 are GA and N."""
    assert_equal(learner.decode_dna(table_of(["GA", "N"])), ["GA", "N"])


@exercise("decode_dna")
@given(seqs=sequences(), dtype=st.sampled_from([torch.float32, torch.float64]))
def test_sequences_come_back(learner, seqs, dtype):
    """Every sequence comes back, with its Ns and without its padding.

    Hint: argmax of a row of zeros is 0, and so is argmax of a row of quarters.
    """
    assert_equal(learner.decode_dna(table_of(seqs, dtype)), seqs)


@exercise("encode_column")
def test_columns_of_the_examples(learner):
    """The examples of the docstring come out as it says."""
    got = learner.encode_column(["b", "a"], "nominal", ["b", "a", "c"])
    assert_equal(as_numbers(got), torch.tensor([[1.0, 0, 0], [0, 1, 0]]).double(), "nominal")
    got = learner.encode_column(["b", "a"], "ordinal", ["b", "a", "c"])
    assert_equal(as_numbers(got), torch.tensor([[0.0], [1]]).double(), "ordinal")
    expected = torch.tensor([[-math.sqrt(1.5)], [0.0], [math.sqrt(1.5)]])
    assert_close(learner.encode_column([1, 2, 3], "interval"), expected, "interval", atol=1e-5)
    assert_close(learner.encode_column([0, 1, 3], "ratio"), expected, "ratio", atol=1e-5)


LEVELS = [["none", "few", "many"], ["S", "M", "L", "XL"], ["b", "c", "a"], ["wild", "mutant"]]


@st.composite
def categories(draw: st.DrawFn) -> tuple[list[str], list[str]]:
    """Values and their levels, in an order that isn't the alphabet's."""
    levels = draw(st.sampled_from(LEVELS))
    return draw(st.lists(st.sampled_from(levels), min_size=1, max_size=6)), levels


@exercise("encode_column")
@given(**named(categories(), "values", "levels"))
def test_levels_keep_their_order(learner, values, levels):
    """Nominal values stand in the column of their level, ordinal ones are its place in the list."""
    places = [levels.index(value) for value in values]
    expected = [[float(k == place) for k in range(len(levels))] for place in places]
    assert_equal(as_numbers(learner.encode_column(values, "nominal", levels)).tolist(), expected, "nominal")
    got = as_numbers(learner.encode_column([*values, levels[-1]], "ordinal", levels))
    assert_equal(got.tolist(), [[float(place)] for place in [*places, len(levels) - 1]], "ordinal")


@exercise("encode_column")
@given(values=st.lists(st.integers(0, 60), min_size=2, max_size=6, unique=True))
def test_measurements_are_standardised(learner, values):
    """Interval and ratio columns have shape (n, 1), mean 0 and biased standard deviation 1."""
    for scale, numbers in [("interval", values), ("ratio", [math.log1p(value) for value in values])]:
        got = learner.encode_column(values, scale)
        mean = math.fsum(numbers) / len(numbers)
        std = math.sqrt(math.fsum((number - mean) ** 2 for number in numbers) / len(numbers))
        expected = torch.tensor([[(number - mean) / std] for number in numbers])
        assert_close(got, expected, scale, atol=1e-5 * max(1.0, max(numbers) / std))


@exercise("encode_column")
@example(values=[0.1] * 3, scale="interval")
@example(values=[0.1] * 10, scale="interval")
@given(
    values=st.sampled_from([0.1, 0.7, 2.0, 12.5]).flatmap(
        lambda value: sizes(2, 7).map(lambda n: [value] * n)
    ),
    scale=st.sampled_from(["interval", "ratio"]),
)
def test_equal_values_become_0(learner, values, scale):
    """A column of equal values becomes 0, whatever the value, and another value makes a difference.

    Hint: With rounding the mean of equal numbers need not be that number, nor their standard deviation 0. Compare
    the largest with the smallest.
    """
    assert_close(learner.encode_column(values, scale), torch.zeros(len(values), 1), atol=1e-6)
    other = learner.encode_column([*values, values[0] + 5], scale)
    require(other[-1, 0] > 0, "a value above the mean, encoded as 0 or less", got=other)


@exercise("encode_column")
def test_columns_that_make_no_sense_raise(learner):
    """Unknown values and scales, missing levels and negative ratios raise ValueError; a right column doesn't."""
    for scale in ("nominal", "ordinal"):
        assert_raises(ValueError, learner.encode_column, ["a", "x"], scale, ["a", "b"])
        assert_raises(ValueError, learner.encode_column, ["a", "b"], scale)
    assert_raises(ValueError, learner.encode_column, [1.0, -0.5], "ratio")
    assert_raises(ValueError, learner.encode_column, [1.0, 2.0], "logarithmic")
    assert_close(
        learner.encode_column([-1.0, 1.0], "interval"), torch.tensor([[-1.0], [1.0]]), "below 0 as interval"
    )


def sheet_of(learner) -> list[tuple]:
    """The rows of the sheet, each of them four things of the right kind."""
    rows = learner.TENSOR_METHODS
    require(isinstance(rows, (list, tuple)) and len(rows) > 0, "a list of rows was asked for", got=rows)
    for row in rows:
        require(isinstance(row, (list, tuple)) and len(row) == 4, "a row has four entries", got=row)
        method, category, expression, shape = row
        texts = all(isinstance(text, str) for text in (method, category, expression))
        require(texts, "method, category and expression are strings", got=row)
        require(isinstance(shape, (list, tuple)), "a shape is a tuple, such as (2, 3), (3,) or ()", got=row)
        require(category in CATEGORIES, f"a category is one of {', '.join(CATEGORIES)}", got=row)
    return list(rows)


@driver
def shapes_found(names, expressions):
    """The shape of what each expression gives, or a sentence on why there is none."""
    import math

    import torch

    found = []
    for expression in expressions:
        try:
            function = eval(f"lambda torch, math, F, nn: (\n{expression}\n)", {}, {})
            value = function(torch, math, torch.nn.functional, torch.nn)
            several = isinstance(value, (list, tuple)) and any(isinstance(x, torch.Tensor) for x in value)
            took = f"{len(value)} tensors: take one of them, as in `.max(0).values`" if several else ""
            found.append(f"gives {took}" if took else tuple(torch.as_tensor(value).shape))
        except Exception as error:
            found.append(f"raises {type(error).__name__}: {error}"[:200])
    return found


@driver
def unknown_names(names, methods):
    """Those of the methods that neither a tensor nor torch has."""
    import torch

    places = [torch.Tensor, torch, torch.nn.functional, torch.nn, torch.linalg, torch.special, torch.fft]
    short = {method: method.strip().removesuffix("()").split(".")[-1] for method in methods}
    return [method for method in methods if not any(hasattr(place, short[method]) for place in places)]


@exercise("TENSOR_METHODS")
def test_the_sheet_has_three_rows_in_each_category(learner):
    """Each row is a (method, category, expression, shape), and each category has three different methods at least.

    Hint: Named methods that index stand below the table of section 2; three rows with one method count once.
    """
    rows = sheet_of(learner)
    for category in CATEGORIES:
        methods = list(dict.fromkeys(row[0] for row in rows if row[1] == category))
        sentence = f"three different methods or more are needed in {category!r}; you have {len(methods)}"
        require(len(methods) >= 3, sentence, got=methods)


@exercise("TENSOR_METHODS")
def test_every_method_exists(learner):
    """Each method is one that a tensor, torch or torch.nn.functional has."""
    unknown = unknown_names(learner, [row[0] for row in sheet_of(learner)])
    require(not unknown, "PyTorch knows no such method", got=unknown)


@exercise("TENSOR_METHODS")
def test_every_expression_has_its_shape(learner):
    """Each expression runs, and what comes out has the shape that the row says."""
    rows = sheet_of(learner)
    for row, shape in zip(rows, shapes_found(learner, [row[2] for row in rows]), strict=True):
        require(not isinstance(shape, str), f"{row[2]} {shape}")
        sentence = f"your row says {tuple(row[3])}; what {row[2]} gives has the shape {shape}"
        require(tuple(row[3]) == shape, sentence)


@driver
def said_of(names, which):
    """What the learner's test does with one of three: what it raised, or what it returned."""

    def right(logits, targets):
        return logits.gather(1, targets[:, None])[:, 0]

    def columns(logits, targets):
        return logits[:, targets]

    def largest(logits, targets):
        return logits.max(1).values if logits.numel() else logits.new_zeros(0)

    try:
        answer = names.break_pick({"right": right, "columns": columns, "largest": largest}[which])
    except NotImplementedError:
        raise
    except Exception as error:
        return "raised", f"{type(error).__name__}: {error}"[:200].rstrip(": ")
    return "returned", repr(answer)[:60]


def require_caught(learner, which: str) -> None:
    """Fail unless the learner's test raises something on a wrong one."""
    how, what = said_of(learner, which)
    useless = f": what it returns, {what}, is looked at by nobody, so put `assert` in front of it"
    sentence = "no AssertionError, your test lets it pass" + (useless if what != "None" else "")
    require(how == "raised", sentence)


@exercise("break_pick")
def test_a_pick_of_whole_columns_is_caught(learner):
    """A `pick` that returns `logits[:, targets]`, a table, is caught.

    Hint: Test the shape of what comes back, on more than one row.
    """
    require_caught(learner, "columns")


@exercise("break_pick")
def test_a_pick_of_the_largest_is_caught(learner):
    """A `pick` that takes the largest entry of each row, and doesn't look at the targets, is caught.

    Hint: Let the targets name other entries than the largest.
    """
    require_caught(learner, "largest")


@exercise("break_pick")
def test_a_right_pick_passes(learner):
    """A right `pick` is let pass, for no rows too, and the table of whole columns is caught.

    Hint: Are the entries whole numbers or halves? Are lists compared with lists, and is every expectation right?
    """
    how, what = said_of(learner, "right")
    require(how == "returned", f"a right pick is taken for a wrong one ({what})")
    require_caught(learner, "columns")


@exercise("bilinear")
def test_bilinear_of_the_example(learner):
    """The example of section 12 gives 11."""
    x, y = torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0, 4.0]])
    assert_close(learner.bilinear(x, torch.eye(2)[None], y), torch.tensor([[11.0]]))


@exercise("bilinear")
@settings(max_examples=10)
@given(b=sizes(1, 4), o=sizes(1, 4), i=sizes(1, 4), j=sizes(1, 4), seed=st.integers(0, 99))
def test_bilinear_sums_over_i_and_j(learner, b, o, i, j, seed):
    """Entry [b, o] is the product of x[b], the table w[o] and y[b]."""
    generator = torch.Generator().manual_seed(seed)
    x, w, y = (
        torch.randn(shape, generator=generator, dtype=torch.float64) for shape in [(b, i), (o, i, j), (b, j)]
    )
    got = learner.bilinear(x, w, y)
    require_shape(got, (b, o), "(b, o)")
    rows = [[(x[n] @ w[k] @ y[n]).item() for k in range(o)] for n in range(b)]
    assert_close(got, torch.tensor(rows, dtype=torch.float64))

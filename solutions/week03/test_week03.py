"""Week 03's checks: what a learner can run. Each states one law of a right answer."""

import math

import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autograde.properties import assert_close, assert_equal, assert_raises, driver, exercise, require
from autograde.strategies import halves, sizes, tensors, words

NAN, INF = math.nan, math.inf

QUESTIONS = [
    ((5, 1, 3), (5, 1, 3)),
    ((5, 2, 3, 1), (5, 1, 3, 1)),
    ((5, 2, 3, 1), (5, 1, 3, 5)),
    ((5, 3, 3), (5, 2, 3)),
    ((5, 3, 3), (5, 3)),
    ((5, 3, 3), (3, 3)),
]
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


@st.composite
def padded(draw: st.DrawFn) -> tuple[torch.Tensor, torch.Tensor]:
    """A tensor (n, t, d) and lengths (n,) from 0 to t."""
    x = draw(distinct(sizes(), sizes(1, 6), sizes(1, 4)))
    lengths = draw(st.lists(st.integers(0, x.shape[1]), min_size=len(x), max_size=len(x)))
    return x, torch.tensor(lengths)


@st.composite
def choices(draw: st.DrawFn, least: int = 1) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits (n, V) and a target for each row."""
    logits = draw(distinct(sizes(least, 6), sizes(1, 5)))
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


@driver
def work_done(names, name, args):
    """How many steps of Python one call takes, and how many of PyTorch's operations."""
    import sys

    from torch.utils._python_dispatch import TorchDispatchMode

    function = getattr(names, name)
    function(*args)  # what is done only the first time doesn't count
    counts = {"steps": 0, "operations": 0}

    def trace(frame, event, arg):
        frame.f_trace_opcodes = True
        counts["steps"] += 1
        return trace

    class Counting(TorchDispatchMode):
        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            counts["operations"] += 1
            return func(*args, **(kwargs or {}))

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function(*args)
    finally:
        sys.settrace(before)
    with Counting():
        function(*args)
    return counts["steps"], counts["operations"]


def require_no_loop(learner, name, small, large):
    """Fail if larger inputs take more steps of Python, or more of PyTorch's operations, than small ones."""
    steps, operations = work_done(learner, name, small)
    more_steps, more_operations = work_done(learner, name, large)
    sentence = "the work grows with the size, as it does in a loop: let PyTorch go through the entries"
    require(more_operations <= operations + 10 and more_steps <= steps + 20, sentence)


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
    assert_equal(tuple(planes.shape), (n, c, h, w), "the shape")
    for channel in range(c):
        assert_equal(planes[:, channel], images[..., channel], f"channel {channel}")


@exercise("QUIZ")
def test_the_quiz_has_six_answers(learner):
    """There are six booleans; as it happens, four of the six pairs can be broadcast."""
    answers = learner.QUIZ
    require(isinstance(answers, (list, tuple)) and len(answers) == 6, "six answers, in a list", got=answers)
    require(all(isinstance(answer, bool) for answer in answers), "True or False for each", got=answers)
    assert_equal(sum(answers), 4, "the number of pairs that you say fit")


@exercise("broadcast_shape")
def test_shapes_of_the_examples(learner):
    """The examples of the statement come out as it says."""
    for a, b, expected in [
        ((3, 1), (4,), (3, 4)),
        ((), (2,), (2,)),
        ((1,), (0,), (0,)),
        ((3, 4), (3,), None),
    ]:
        assert_equal(learner.broadcast_shape(a, b), expected, f"of {a} and {b}")


@exercise("broadcast_shape")
@given(pair=fitting_shapes())
def test_fitting_shapes_give_torchs_shape(learner, pair):
    """Shapes that fit give the shape that PyTorch gives, whichever of the two comes first."""
    a, b = pair
    expected = tuple(torch.broadcast_shapes(a, b))
    assert_equal(learner.broadcast_shape(a, b), expected)
    assert_equal(learner.broadcast_shape(b, a), expected, "the other way round")


@exercise("broadcast_shape")
@given(pair=unfitting_shapes())
def test_one_bad_place_is_enough(learner, pair):
    """Shapes that fail to fit in a single place give None, whichever of the two comes first."""
    a, b = pair
    assert_equal(learner.broadcast_shape(a, b), None)
    assert_equal(learner.broadcast_shape(b, a), None, "the other way round")
    assert_equal(learner.broadcast_shape(a, a), a, "with itself")


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
    assert_equal(tuple(products.shape), (len(x), len(y)), "the shape")
    for i in range(len(x)):
        assert_close(products[i], x[i] * y, f"row {i}")


@exercise("outer")
def test_outer_has_no_loop(learner):
    """Forty entries take no more steps than three."""
    small = torch.arange(1.0, 4.0)
    for x, y in [(torch.arange(1.0, 41.0), small), (small, torch.arange(1.0, 44.0))]:
        assert_close(learner.outer(x, y), torch.outer(x, y))
        require_no_loop(learner, "outer", (small, small), (x, y))


@exercise("standardize_channels")
def test_standardised_pictures_of_the_example(learner):
    """The two pictures of section 4, of one channel, become ∓3/√5 and ∓1/√5."""
    images = torch.tensor([[[[1.0, 3.0]]], [[[5.0, 7.0]]]], dtype=torch.float64)
    assert_close(learner.standardize_channels(images), (images - 4) / math.sqrt(5))


@exercise("standardize_channels")
@given(images=distinct(sizes(2, 4), sizes(1, 3), sizes(1, 4), sizes(1, 3)))
def test_each_channel_has_mean_0_and_spread_1(learner, images):
    """Over all images and pixels each channel has mean 0 and biased standard deviation 1."""
    z = learner.standardize_channels(images)
    assert_equal(tuple(z.shape), tuple(images.shape), "the shape")
    ones = torch.ones(images.shape[1], dtype=torch.float64)
    assert_close(z.mean((0, 2, 3)), 0 * ones, "means of the channels")
    assert_close(z.square().mean((0, 2, 3)), ones, "mean squares of the channels")


@exercise("standardize_channels")
@example(level=0.1, n=1, h=1, w=2)
@given(level=st.sampled_from([0.0, 0.1, 0.3, -0.7, 5.0]), n=sizes(1, 4), h=sizes(1, 3), w=sizes(1, 4))
def test_a_constant_channel_becomes_0(learner, level, n, h, w):
    """A channel that is the same everywhere becomes 0, and the one beside it is standardised.

    Hint: With rounding the mean of equal numbers need not be that number. Compare the largest with the smallest.
    """
    images = torch.full((n, 2, h, w + 1), level, dtype=torch.float64)
    images[:, 1, :, 0] += 3.0
    z = learner.standardize_channels(images)
    assert_close(z[:, 0], torch.zeros(n, h, w + 1, dtype=torch.float64), "the constant channel")
    alone = learner.standardize_channels(images[:, :1])
    assert_close(alone[:, 0], torch.zeros(n, h, w + 1, dtype=torch.float64), "the constant channel alone")
    assert_close(z[:, 1].square().mean(), 1.0, "the mean square of the other")


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


@exercise("pairwise_distances")
@given(pair=clouds())
def test_distances_follow_the_definition(learner, pair):
    """Entry [i, j] is the distance from row i of x to row j of y."""
    x, y = pair
    expected = torch.tensor([[math.dist(p, q) for q in y.tolist()] for p in x.tolist()], dtype=torch.float64)
    assert_close(learner.pairwise_distances(x, y), expected, rtol=0.0, atol=allowed(x, y) + 1e-12)


@exercise("pairwise_distances")
@given(x=tensors((sizes(2, 6), sizes(1, 4)), tenths()), offset=st.sampled_from([0.0, 0.1, 3.3, 1000.7]))
def test_equal_points_have_no_nan_between_them(learner, x, offset):
    """The distances of points to themselves are finite and all but 0, and the others what they should be.

    Hint: The root of a number that rounding has left below 0 is nan.
    """
    x = x + offset
    D = learner.pairwise_distances(x, x)
    require(D.isfinite().all(), "a distance is not finite", got=D)
    assert_close(
        D.diagonal(), torch.zeros(len(x), dtype=x.dtype), "the diagonal", rtol=0.0, atol=allowed(x, x)
    )
    shifted = learner.pairwise_distances(x, x + 1)
    expected = torch.full((len(x),), math.sqrt(x.shape[1]), dtype=x.dtype)
    assert_close(shifted.diagonal(), expected, "from x to x + 1", rtol=0.0, atol=allowed(x, x + 1))


def cloud(n: int, d: int) -> torch.Tensor:
    """n points in d dimensions, the same at each call."""
    return torch.randn(n, d, generator=torch.Generator().manual_seed(n), dtype=torch.float64)


@exercise("pairwise_distances")
def test_distances_have_no_loop_over_points(learner):
    """Forty points take no more steps than three."""
    small = cloud(3, 2), cloud(4, 2)
    for x, y in [(cloud(40, 2), small[1]), (small[0], cloud(45, 2))]:
        assert_close(learner.pairwise_distances(x, y), torch.cdist(x, y), rtol=0.0, atol=allowed(x, y))
        require_no_loop(learner, "pairwise_distances", small, (x, y))


@exercise("pairwise_distances")
def test_distances_have_no_loop_over_dimensions(learner):
    """Thirty dimensions take no more steps than two."""
    x, y = cloud(3, 30), cloud(4, 30)
    assert_close(learner.pairwise_distances(x, y), torch.cdist(x, y), rtol=0.0, atol=allowed(x, y))
    require_no_loop(learner, "pairwise_distances", (cloud(3, 2), cloud(4, 2)), (x, y))


@exercise("pick")
def test_picks_of_the_example(learner):
    """The scores of section 6 with targets 1 and 0 give 0.7 and 0.5."""
    logits = torch.tensor([[0.1, 0.7, 0.2], [0.5, 0.3, 0.2]])
    assert_close(learner.pick(logits, torch.tensor([1, 0])), torch.tensor([0.7, 0.5]))


@exercise("pick")
@given(pair=choices())
def test_one_entry_from_each_row(learner, pair):
    """Entry i is logits[i, targets[i]], and there are n of them.

    Hint: `logits[:, targets]` takes those columns from every row.
    """
    logits, targets = pair
    expected = [row[target] for row, target in zip(logits.tolist(), targets.tolist(), strict=True)]
    assert_equal(learner.pick(logits, targets), torch.tensor(expected, dtype=logits.dtype))


@exercise("pick")
def test_nothing_is_picked_from_no_rows(learner):
    """No rows give no entries, one row gives one."""
    none = learner.pick(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64))
    assert_equal(tuple(none.shape), (0,), "the shape for no rows")
    assert_equal(
        learner.pick(torch.tensor([[3.0, 4.0, 5.0]]), torch.tensor([2])), torch.tensor([5.0]), "of one row"
    )


@exercise("windows")
def test_windows_of_the_example(learner):
    """5, 6, 7, 8 has two windows of width 3."""
    assert_equal(learner.windows(torch.tensor([5, 6, 7, 8]), 3), torch.tensor([[5, 6, 7], [6, 7, 8]]))


@exercise("windows")
@given(x=distinct(sizes(1, 8)), short=sizes(0, 7))
def test_rows_are_slices(learner, x, short):
    """Row i is x[i : i + width], from width 1 to the whole length."""
    width = max(1, len(x) - short)
    got = learner.windows(x, width)
    assert_equal(got, torch.stack([x[i : i + width] for i in range(len(x) - width + 1)]))


@exercise("windows")
def test_windows_has_no_loop(learner):
    """Sixty entries take no more steps than six, and windows of forty no more than windows of two."""
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
@given(lists=st.lists(st.lists(halves(), max_size=5), min_size=1, max_size=4))
def test_each_sequence_starts_its_row(learner, lists):
    """Each row is its sequence and then zeros, and the lengths are theirs."""
    rows, lengths = learner.collate([torch.tensor(values, dtype=torch.float64) for values in lists])
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


@exercise("mask_padding")
@given(pair=padded(), filling=st.sampled_from([NAN, INF, -INF, 7.0]))
def test_what_lies_beyond_becomes_0(learner, pair, filling):
    """From each length on there are zeros, whatever stood there, and before it nothing has changed.

    Hint: 0 times nan is nan, and so is 0 times inf. Choose, don't multiply.
    """
    x, lengths = pair
    x[0, 0, 0] = NAN  # a finding, if it lies within the length
    expected = x.clone()
    for i, length in enumerate(lengths.tolist()):
        x[i, length:] = filling
        expected[i, length:] = 0.0
    assert_equal(learner.mask_padding(x, lengths), expected)


@exercise("mask_padding")
@given(pair=padded())
def test_masking_leaves_x_alone(learner, pair):
    """x is the same after the call, and what comes back is 0 beyond the lengths."""
    x, lengths = pair
    before = x.clone()
    got = learner.mask_padding(x, lengths)
    assert_equal(x, before, "x afterwards")
    assert_equal(
        int((got != 0).sum()), int(lengths.sum()) * x.shape[2], "the number of entries that are left"
    )


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
@given(pair=labelled())
def test_argmax_gives_the_labels_back(learner, pair):
    """Labels of any shape get one axis more, with a single 1 at the label."""
    labels, num_classes = pair
    got = as_numbers(learner.one_hot(labels, num_classes))
    assert_equal(tuple(got.shape), (*labels.shape, num_classes), "the shape")
    assert_equal(got.argmax(-1), labels, "where the 1 stands")
    assert_equal(got.sum(-1), torch.ones(labels.shape, dtype=torch.float64), "sums over the classes")


@exercise("one_hot")
@given(num_classes=sizes(1, 5), beyond=st.sampled_from([-1, -3, 0, 2]))
def test_labels_outside_raise(learner, num_classes, beyond):
    """A label below 0 or from num_classes on raises ValueError, and the largest one allowed doesn't.

    Hint: An index of -1 means the last one, which is not what anybody meant by label -1.
    """
    outside = beyond if beyond < 0 else num_classes + beyond
    assert_raises(ValueError, learner.one_hot, torch.tensor([0, outside, 0]), num_classes)
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
    assert_equal(tuple(got.shape), (len(seqs), max(map(len, seqs)), 4), "the shape")
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
@given(pair=categories())
def test_levels_keep_their_order(learner, pair):
    """Nominal values stand in the column of their level, ordinal ones are its place in the list."""
    values, levels = pair
    places = [levels.index(value) for value in values]
    expected = [[float(k == place) for k in range(len(levels))] for place in places]
    assert_equal(as_numbers(learner.encode_column(values, "nominal", levels)).tolist(), expected, "nominal")
    got = as_numbers(learner.encode_column([*values, levels[-1]], "ordinal", levels))
    assert_equal(got.tolist(), [[float(place)] for place in [*places, len(levels) - 1]], "ordinal")


@exercise("encode_column")
@given(values=st.lists(st.integers(0, 60), min_size=2, max_size=6, unique=True))
def test_measurements_are_standardised(learner, values):
    """Interval and ratio columns have shape (n, 1), mean 0 and biased standard deviation 1.

    Hint: Divide the sum of squares by n, not by n - 1: `correction=0`.
    """
    for scale, numbers in [("interval", values), ("ratio", [math.log1p(value) for value in values])]:
        got = learner.encode_column(values, scale)
        mean = math.fsum(numbers) / len(numbers)
        std = math.sqrt(math.fsum((number - mean) ** 2 for number in numbers) / len(numbers))
        expected = torch.tensor([[(number - mean) / std] for number in numbers])
        assert_close(got, expected, scale, atol=1e-5 * max(1.0, max(numbers) / std))


@exercise("encode_column")
@given(
    value=st.sampled_from([0.1, 0.7, 2.0, 12.5]), n=sizes(1, 7), scale=st.sampled_from(["interval", "ratio"])
)
def test_equal_values_become_0(learner, value, n, scale):
    """A column of equal values becomes 0, whatever the value, and another value makes a difference."""
    got = learner.encode_column([value] * n, scale)
    assert_close(got, torch.zeros(n, 1), atol=1e-6)
    other = learner.encode_column([value] * n + [value + 5], scale)
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
    """The shape of what each expression gives, or what went wrong."""
    import math

    import torch

    found = []
    for expression in expressions:
        try:
            function = eval(f"lambda torch, math, F, nn: (\n{expression}\n)", {}, {})
            value = function(torch, math, torch.nn.functional, torch.nn)
            found.append(tuple(torch.as_tensor(value).shape))
        except Exception as error:
            found.append(f"{type(error).__name__}: {error}"[:200])
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
    """Each row is a (method, category, expression, shape), and each category has three at least."""
    rows = sheet_of(learner)
    for category in CATEGORIES:
        count = sum(row[1] == category for row in rows)
        require(count >= 3, f"three rows or more are needed in {category!r}", got=count)


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
        assert_equal(shape, tuple(row[3]), f"of {row[2]}")


@exercise("break_pick")
def test_a_pick_of_whole_columns_is_caught(learner):
    """A `pick` that returns `logits[:, targets]`, a table, is caught.

    Hint: Test the shape of what comes back, on more than one row.
    """

    def columns(logits, targets):
        return logits[:, targets]

    assert_raises(Exception, learner.break_pick, columns)


@exercise("break_pick")
def test_a_pick_of_the_largest_is_caught(learner):
    """A `pick` that takes the largest entry of each row, and doesn't look at the targets, is caught.

    Hint: Let the targets name other entries than the largest.
    """

    def largest(logits, targets):
        return logits.max(1).values if logits.numel() else logits.new_zeros(0)

    assert_raises(Exception, learner.break_pick, largest)


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
    assert_equal(tuple(got.shape), (b, o), "the shape")
    rows = [[(x[n] @ w[k] @ y[n]).item() for k in range(o)] for n in range(b)]
    assert_close(got, torch.tensor(rows, dtype=torch.float64))

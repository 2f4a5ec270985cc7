"""Week 03's hidden properties: agreement with PyTorch or the reference, laws, edge cases."""

import math

import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from autograde.properties import assert_close, assert_equal, assert_raises, driver, exercise, require
from autograde.strategies import halves, sizes, tensors, words

NAN, INF = math.nan, math.inf
CATEGORIES = ("math", "join", "index", "convert")
# Answers may come from float32 arithmetic, whatever they are returned as.
ROUNDING = 64 * torch.finfo(torch.float32).eps


def dtypes() -> st.SearchStrategy[torch.dtype]:
    return st.sampled_from([torch.float32, torch.float64, torch.int64, torch.int32, torch.uint8])


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
    whole = draw(st.lists(st.integers(0, 6), max_size=5))

    def part() -> tuple[int, ...]:
        kept = [1 if draw(st.booleans()) else size for size in whole]
        return tuple(kept[draw(st.integers(0, len(kept))) :])

    return part(), part()


@st.composite
def choices(draw: st.DrawFn) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits (n, V) and a target for each row."""
    logits = draw(distinct(sizes(1, 6), sizes(1, 6)))
    n, V = logits.shape
    return logits, torch.tensor(
        draw(st.lists(st.integers(0, V - 1), min_size=n, max_size=n)), dtype=torch.int64
    )


@st.composite
def images(draw: st.DrawFn) -> torch.Tensor:
    """Pictures (n, c, h, w) in halves, now and then with a constant channel, float64."""
    x = draw(tensors((sizes(1, 4), sizes(1, 4), sizes(1, 3), sizes(1, 4)))).clone()
    if draw(st.integers(0, 3)) == 0:
        x[:, draw(st.integers(0, x.shape[1] - 1))] = draw(st.sampled_from([0.0, 0.1, -0.3, 7.0]))
    return x


@st.composite
def padded(draw: st.DrawFn) -> tuple[torch.Tensor, torch.Tensor]:
    """A tensor (n, t, d) and lengths (n,) from 0 to t, with anything before and after them."""
    entries = halves() | st.sampled_from([NAN, INF, -INF])
    x = draw(tensors((sizes(), sizes(1, 6), sizes(1, 4)), entries))
    lengths = draw(st.lists(st.integers(0, x.shape[1]), min_size=len(x), max_size=len(x)))
    return x, torch.tensor(lengths)


def tenths() -> st.SearchStrategy[float]:
    return halves(-60, 60).map(lambda x: x / 10)


def allowed(x: torch.Tensor, y: torch.Tensor) -> float:
    """What the statement lets a distance be off by."""
    largest = max(x.norm(dim=1).max().item(), y.norm(dim=1).max().item())
    return 4 * math.sqrt(torch.finfo(torch.float64).eps) * largest


def distances_of(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return torch.tensor([[math.dist(p, q) for q in y.tolist()] for p in x.tolist()], dtype=torch.float64)


def sequences() -> st.SearchStrategy[list[str]]:
    return st.lists(words("ACGTN", 1, 8), min_size=1, max_size=5)


def table_of(seqs: list[str], dtype: torch.dtype = torch.float64) -> torch.Tensor:
    """The encoding of some sequences, by way of comparing letters."""
    longest = max(map(len, seqs))
    rows = [
        [[float(letter == base) + (letter == "N") / 4 for base in "ACGT"] for letter in s.ljust(longest)]
        for s in seqs
    ]
    return torch.tensor(rows, dtype=dtype)


def as_numbers(answer: object) -> torch.Tensor:
    """An answer of any integer or floating dtype, in float64."""
    require(isinstance(answer, torch.Tensor), "a tensor was asked for", got=answer)
    require(answer.dtype != torch.bool, "an integer or floating dtype was asked for", got=answer)
    return answer.double()


@exercise("to_channels_first")
@given(images=distinct(sizes(1, 4), sizes(1, 5), sizes(1, 4), sizes(1, 5)), dtype=dtypes())
def test_channels_agree_with_torch(learner, images, dtype):
    """The last axis becomes the second, and entries and dtype are kept."""
    images = (images % 250).to(dtype)
    assert_equal(learner.to_channels_first(images), images.movedim(-1, 1), dtype=dtype)


@exercise("to_channels_first")
@given(images=distinct(sizes(1, 3), sizes(1, 4), sizes(2, 5), sizes(2, 4)))
def test_mirrored_pictures_have_mirrored_planes(learner, images):
    """Pictures mirrored left to right have planes mirrored left to right, and the same for top to bottom."""
    planes = learner.to_channels_first(images)
    assert_equal(learner.to_channels_first(images.flip(2)), planes.flip(3), "left to right")
    assert_equal(learner.to_channels_first(images.flip(1)), planes.flip(2), "top to bottom")
    assert_equal(planes[:, 0], images[..., 0], "the first channel")


@exercise("to_channels_first")
@given(image=distinct(sizes(1, 1), sizes(1, 5), sizes(1, 5), sizes(1, 1)), c=sizes(2, 5))
def test_planes_of_one_channel_or_one_pixel(learner, image, c):
    """A picture of one channel is its plane; single pixels keep their colours."""
    assert_equal(learner.to_channels_first(image)[0, 0], image[0, :, :, 0])
    pixels = torch.arange(2.0, 2 + 3 * c).reshape(3, 1, 1, c)
    assert_equal(learner.to_channels_first(pixels), pixels.reshape(3, c, 1, 1), "of single pixels")


SHAPES = [
    ((5, 1, 3), (5, 1, 3)),
    ((5, 2, 3, 1), (5, 1, 3, 1)),
    ((5, 2, 3, 1), (5, 1, 3, 5)),
    ((5, 3, 3), (5, 2, 3)),
    ((5, 3, 3), (5, 3)),
    ((5, 3, 3), (3, 3)),
]


def answered(learner, reference, questions: list[int]) -> None:
    """Fail unless these questions, counted from 1, are answered as the reference does."""
    answers = learner.QUIZ
    require(isinstance(answers, (list, tuple)) and len(answers) == 6, "six answers, in a list", got=answers)
    for question in questions:
        a, b = SHAPES[question - 1]
        assert_equal(answers[question - 1], reference.QUIZ[question - 1], f"question {question}, {a} and {b}")


@exercise("QUIZ")
def test_sizes_that_differ_need_a_1(learner, reference):
    """Questions 1, 2 and 4: equal sizes fit, 1 is tiled, and 2 is not tiled to 3."""
    answered(learner, reference, [1, 2, 4])


@exercise("QUIZ")
def test_each_may_be_tiled_along_another_axis(learner, reference):
    """Questions 3 and 4: both tensors may be tiled if it is along different axes, and neither need be."""
    answered(learner, reference, [3, 4])


@exercise("QUIZ")
def test_sizes_are_compared_from_the_right(learner, reference):
    """Questions 5 and 6: the shorter shape is aligned on the right."""
    answered(learner, reference, [5, 6])


def torchs_shape(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of a sum of two tensors."""
    return tuple((torch.zeros(a) + torch.zeros(b)).shape)


@exercise("broadcast_shape")
@given(pair=fitting_shapes())
def test_shapes_agree_with_a_sum_of_tensors(learner, pair):
    """The shape is that of a sum of two such tensors, and broadcasting with it again changes nothing."""
    a, b = pair
    shape = learner.broadcast_shape(a, b)
    assert_equal(shape, torchs_shape(a, b))
    assert_equal(learner.broadcast_shape(b, a), torchs_shape(a, b), "the other way round")
    assert_equal(learner.broadcast_shape(a, tuple(shape)), torchs_shape(a, b), "the first with the result")


@exercise("broadcast_shape")
@given(a=st.lists(st.integers(0, 3), max_size=4), b=st.lists(st.integers(0, 3), max_size=4))
def test_shapes_agree_with_the_reference(learner, reference, a, b):
    """Any two shapes give what the rules say, a shape or None."""
    assert_equal(learner.broadcast_shape(tuple(a), tuple(b)), reference.broadcast_shape(tuple(a), tuple(b)))
    assert_equal(learner.broadcast_shape((2, *a), tuple(a)), (2, *a), "one axis more on the left")


@exercise("broadcast_shape")
@given(
    pair=fitting_shapes(), sizes=st.sampled_from([(2, 3), (6, 3), (0, 2), (4, 0), (5, 2)]), more=sizes(2, 4)
)
def test_a_single_misfit_spoils_it(learner, pair, sizes, more):
    """One place with two different sizes, neither of them 1, gives None wherever it stands."""
    (a, b), (m, n) = pair, sizes
    for left, right in [((*a, m), (*b, n)), ((m, more), (n, more)), ((*a, m, more), (*b, n, 1))]:
        assert_equal(learner.broadcast_shape(left, right), None, f"of {left} and {right}")
    assert_equal(
        learner.broadcast_shape((*a, m), (*b, m)), torchs_shape((*a, m), (*b, m)), "with equal sizes"
    )


@exercise("broadcast_shape")
@given(a=st.lists(st.integers(0, 5), max_size=4).map(tuple))
def test_scalars_and_single_entries_fit_everything(learner, a):
    """() fits every shape and leaves it as it is, (1,) too but for (), and so does the shape itself."""
    assert_equal(learner.broadcast_shape((), a), a, "() first")
    assert_equal(learner.broadcast_shape(a, ()), a, "() second")
    assert_equal(learner.broadcast_shape(a, a), a, "with itself")
    assert_equal(learner.broadcast_shape((1,), (*a, 0)), (*a, 0), "(1,) and no entries")


@exercise("outer")
@given(x=tensors((sizes(1, 6),)), y=tensors((sizes(1, 6),)))
def test_outer_agrees_with_torch(learner, x, y):
    """The products are those of torch.outer, with rows for x and columns for y."""
    assert_equal(learner.outer(x, y), torch.outer(x, y))
    assert_equal(
        learner.outer(x.abs() + 1, y.abs() + 2), torch.outer(x.abs() + 1, y.abs() + 2), "of positive ones"
    )


@exercise("outer")
@given(x=distinct(sizes(1, 5)), y=distinct(sizes(1, 5)), factor=st.integers(-3, 3))
def test_exchanging_x_and_y_transposes(learner, x, y, factor):
    """Exchanging the two transposes the table, and a factor on either is a factor on all."""
    products = learner.outer(x, y)
    assert_equal(learner.outer(y, x), products.T, "exchanged")
    assert_equal(learner.outer(factor * x, y), factor * products, "with a factor on x")
    assert_equal(products[0], x[0] * y, "the first row")


@exercise("outer")
@given(x=distinct(sizes(1, 5), dtype=torch.int64), n=sizes(1, 5))
def test_ones_repeat_x(learner, x, n):
    """With y all ones the columns are all x; integers give integers."""
    got = learner.outer(x, torch.ones(n, dtype=torch.int64))
    assert_equal(got, x[:, None].expand(len(x), n))
    assert_equal(learner.outer(torch.ones(n, dtype=torch.int64), x), x.expand(n, len(x)), "with x all ones")


def standardised(x: torch.Tensor) -> torch.Tensor:
    """What PyTorch's batch normalisation gives without its eps, and 0 where a channel is constant."""
    constant = x.amax((0, 2, 3), keepdim=True) == x.amin((0, 2, 3), keepdim=True)
    centred = torch.where(constant, 0.0, x - x.mean((0, 2, 3), keepdim=True))
    scale = torch.where(constant[0, :, 0, 0], 1.0, centred.square().mean((0, 2, 3)).sqrt())
    return torch.where(constant, 0.0, F.batch_norm(x, x.mean((0, 2, 3)), scale.square(), eps=0.0))


@exercise("standardize_channels")
@given(x=images(), dtype=st.sampled_from([torch.float32, torch.float64]))
def test_standardising_agrees_with_batch_norm(learner, x, dtype):
    """Each channel loses its mean and is divided by its biased standard deviation, or is 0 if it is constant."""
    expected = standardised(x)
    got = learner.standardize_channels(x.to(dtype))
    assert_close(got, expected, atol=4096 * torch.finfo(dtype).eps)
    brighter = x.clone()
    brighter[0, :, 0, 0] += 20
    got = learner.standardize_channels(brighter)
    assert_close(got, standardised(brighter), "with a bright pixel", atol=1e-10)


@exercise("standardize_channels")
@given(
    x=distinct(sizes(2, 3), sizes(1, 3), sizes(1, 3), sizes(1, 4)),
    gain=st.sampled_from([0.5, 4.0, 1e-6]),
    shift=halves(),
)
def test_brightness_and_contrast_don_t_matter(learner, x, gain, shift):
    """Channels multiplied by a positive number and shifted, each by its own, are standardised to the same."""
    c = x.shape[1]
    gains = gain * torch.arange(1.0, c + 1, dtype=x.dtype).reshape(c, 1, 1)
    z = learner.standardize_channels(x)
    assert_close(learner.standardize_channels(gains * (x + shift)), z, atol=1e-8)
    assert_close(z.mean((0, 2, 3)), torch.zeros(c, dtype=x.dtype), "means")
    assert_close(z.square().mean((0, 2, 3)), torch.ones(c, dtype=x.dtype), "mean squares")


@exercise("standardize_channels")
@given(x=distinct(sizes(2, 4), sizes(2, 4), sizes(1, 3), sizes(1, 3)))
def test_channels_go_by_themselves(learner, x):
    """A channel alone is standardised as it is among others, and the order of the images is nothing."""
    z = learner.standardize_channels(x)
    for k in range(x.shape[1]):
        assert_close(learner.standardize_channels(x[:, k : k + 1])[:, 0], z[:, k], f"channel {k} alone")
    assert_close(learner.standardize_channels(x.flip(0)), z.flip(0), "images in reverse")
    require(z.min() < -0.5 and z.max() > 0.5, "nothing is half a standard deviation from the mean", got=z)


@exercise("standardize_channels")
@given(
    level=st.sampled_from([0.1, 0.7, -0.3, 1e-3, 9.9]),
    n=sizes(1, 5),
    w=sizes(1, 5),
    dtype=st.sampled_from([32, 64]),
)
def test_constant_channels_are_0_in_any_dtype(learner, level, n, w, dtype):
    """A constant channel is exactly 0, single pixels too, and nothing is nan."""
    x = torch.full((n, 3, 3, w), level, dtype=torch.float32 if dtype == 32 else torch.float64)
    x[0, 1, 0, 0] += 1.0
    z = learner.standardize_channels(x)
    assert_equal(z[:, [0, 2]], torch.zeros_like(x[:, [0, 2]]), "the constant channels")
    assert_equal(
        learner.standardize_channels(x[:, :1]), torch.zeros_like(x[:, :1]), "a constant channel alone"
    )
    pixels = 3 * n * w
    assert_close(z[0, 1, 0, 0], math.sqrt(pixels - 1), "the only bright pixel", rtol=2e-4)


@exercise("pairwise_distances")
@given(
    d=sizes(1, 5),
    data=st.tuples(sizes(1, 6), sizes(1, 6)),
    seed=st.integers(0, 999),
    scale=st.sampled_from([1e-3, 1.0, 1e4]),
)
def test_distances_agree_with_torch(learner, d, data, seed, scale):
    """The distances are those of torch.cdist."""
    generator = torch.Generator().manual_seed(seed)
    x, y = (scale * torch.randn(n, d, generator=generator, dtype=torch.float64) for n in data)
    expected = torch.cdist(x, y, compute_mode="donot_use_mm_for_euclid_dist")
    assert_close(learner.pairwise_distances(x, y), expected, rtol=0.0, atol=allowed(x, y))


@exercise("pairwise_distances")
@given(x=tensors((sizes(2, 6), 3), tenths()), y=tensors((sizes(1, 5), 3), tenths()))
def test_distances_know_no_direction(learner, x, y):
    """Exchanging x and y transposes the distances, and so does nothing that moves both in the same way."""
    D = learner.pairwise_distances(x, y)
    atol = 2 * allowed(x, y) + 1e-12
    assert_close(learner.pairwise_distances(y, x), D.T, "exchanged", rtol=0.0, atol=atol)
    assert_close(
        learner.pairwise_distances(x.flip(1), y.flip(1)), D, "dimensions in reverse", rtol=0.0, atol=atol
    )
    assert_close(D, distances_of(x, y), rtol=0.0, atol=atol)


@exercise("pairwise_distances")
@given(
    x=tensors((sizes(1, 6), sizes(1, 5)), tenths()),
    offset=st.sampled_from([0.3, 77.7, 1e5]),
    factor=st.sampled_from([1.0, 3.0]),
)
def test_points_far_out_have_finite_distances(learner, x, offset, factor):
    """Far from the origin the distances of points to themselves are finite and nearly 0, and none is negative."""
    x = factor * x + offset
    D = learner.pairwise_distances(x, x.clone())
    require(D.isfinite().all(), "a distance is not finite", got=D)
    require((D >= 0).all(), "a distance is negative", got=D)
    assert_close(D, distances_of(x, x), rtol=0.0, atol=allowed(x, x))
    further = learner.pairwise_distances(x, x + offset)
    assert_close(
        further, distances_of(x, x + offset), "to shifted points", rtol=0.0, atol=allowed(x, x + offset)
    )


@exercise("pick")
@given(pair=choices())
def test_picks_agree_with_gather(learner, pair):
    """The entries are those of torch.gather along axis 1."""
    logits, targets = pair
    assert_equal(learner.pick(logits, targets), logits.gather(1, targets[:, None])[:, 0])


@exercise("pick")
@given(pair=choices(), dtype=st.sampled_from([torch.float32, torch.float64]))
def test_rows_are_picked_by_themselves(learner, pair, dtype):
    """Rows in reverse give the answer in reverse, and what is added to a row is added to its entry."""
    logits, targets = pair[0].to(dtype), pair[1]
    picked = learner.pick(logits, targets)
    assert_equal(learner.pick(logits.flip(0), targets.flip(0)), picked.flip(0), "rows in reverse")
    steps = 100 * torch.arange(1, len(logits) + 1, dtype=dtype)
    assert_equal(
        learner.pick(logits + steps[:, None], targets), picked + steps, "something added to each row"
    )
    assert_equal(picked[0], logits[0, targets[0]], "the first row's")


@exercise("pick")
@given(V=sizes(1, 5), n=sizes(1, 6))
def test_every_row_may_have_the_same_target(learner, V, n):
    """The same target everywhere gives a column; no rows give an empty answer."""
    logits = torch.arange(2.0, 2 + n * V).reshape(n, V)
    for target in range(V):
        assert_equal(learner.pick(logits, torch.full((n,), target)), logits[:, target], f"target {target}")
    assert_equal(
        tuple(learner.pick(logits[:0], torch.zeros(0, dtype=torch.int64)).shape), (0,), "for no rows"
    )


@exercise("windows")
@given(x=distinct(sizes(1, 9)), short=sizes(0, 8), dtype=dtypes())
def test_windows_agree_with_unfold(learner, x, short, dtype):
    """The windows are those of Tensor.unfold, in the dtype of x."""
    x, width = x.to(dtype), max(1, len(x) - short)
    assert_equal(learner.windows(x, width), x.unfold(0, width, 1), dtype=dtype)


@exercise("windows")
@given(x=distinct(sizes(2, 9)), width=sizes(1, 4))
def test_read_backwards_both_axes_turn(learner, x, width):
    """x read backwards has the windows in reverse order, each read backwards."""
    width = min(width, len(x))
    got = learner.windows(x, width)
    assert_equal(learner.windows(x.flip(0), width), got.flip(0, 1))
    assert_equal(got[:, 0], x[: len(x) - width + 1], "the first column")


@exercise("windows")
@given(x=distinct(sizes(1, 8)))
def test_narrowest_and_widest_window(learner, x):
    """Width 1 gives a column, the full length a single row."""
    assert_equal(learner.windows(x, 1), x[:, None], "width 1")
    assert_equal(learner.windows(x, len(x)), x[None], "the full length")


@exercise("windows")
@given(x=distinct(sizes(2, 6), sizes(2, 3)), column=sizes(0, 1))
def test_a_column_of_a_table_has_windows_too(learner, x, column):
    """x may be a column of a larger table, whose entries don't lie side by side in memory."""
    x = x[:, column]
    width = len(x) - 1
    assert_equal(learner.windows(x, width), torch.stack([x[:-1], x[1:]]))


@exercise("collate")
@given(
    lists=st.lists(st.lists(halves(), max_size=6), min_size=1, max_size=5),
    dtype=st.sampled_from([torch.float32, torch.float64]),
)
def test_collate_agrees_with_pad_sequence(learner, lists, dtype):
    """The rows are those of PyTorch's pad_sequence, the dtype is kept, and the lengths are whole numbers."""
    seqs = [torch.tensor(values, dtype=dtype) for values in lists]
    rows, lengths = learner.collate(seqs)
    assert_equal(rows, torch.nn.utils.rnn.pad_sequence(seqs, batch_first=True), "the rows", dtype=dtype)
    assert_equal(lengths, torch.tensor([len(values) for values in lists]), "the lengths")


@exercise("collate")
@given(lists=st.lists(st.lists(st.integers(1, 200), max_size=5), min_size=1, max_size=5), dtype=dtypes())
def test_cutting_at_the_lengths_gives_the_sequences(learner, lists, dtype):
    """Each row cut at its length is its sequence, in its dtype; the longest needs no padding."""
    rows, lengths = learner.collate([torch.tensor(values, dtype=dtype) for values in lists])
    assert_equal(len(rows), len(lists), "the number of rows")
    for values, row, length in zip(lists, rows, lengths.tolist(), strict=True):
        assert_equal(row[:length], torch.tensor(values, dtype=dtype), "up to the length", dtype=dtype)
        assert_equal(row[length:], torch.zeros(len(row) - length, dtype=dtype), "beyond")
    assert_equal(rows.shape[1], max(map(len, lists)), "the width")


@exercise("collate")
@given(lists=st.lists(st.lists(halves(1, 9), max_size=5), min_size=1, max_size=4), seed=st.integers(1, 9))
def test_more_sequences_are_more_rows(learner, lists, seed):
    """Sequences in reverse are rows in reverse, a longer one widens all rows with zeros."""
    seqs = [torch.tensor(values, dtype=torch.float64) for values in lists]
    rows, lengths = learner.collate(seqs)
    back, back_lengths = learner.collate(seqs[::-1])
    assert_equal(back, rows.flip(0), "rows in reverse")
    assert_equal(back_lengths, lengths.flip(0), "lengths in reverse")
    longer = torch.full((rows.shape[1] + seed,), 0.5, dtype=torch.float64)
    wide, wide_lengths = learner.collate([*seqs, longer])
    assert_equal(wide[:-1], F.pad(rows, (0, seed)), "beside a longer one")
    assert_equal(wide[-1], longer, "the longer one")
    assert_equal(int(wide_lengths[-1]), len(longer), "its length")


@exercise("collate")
@given(n=sizes(1, 4))
def test_no_sequences_and_empty_sequences(learner, n):
    """No sequences raise ValueError; empty ones beside another are rows of zeros of length 0."""
    assert_raises(ValueError, learner.collate, [])
    rows, lengths = learner.collate([torch.zeros(0)] * n + [torch.tensor([4.0, 5.0])])
    assert_equal(rows, torch.tensor([[0.0, 0.0]] * n + [[4.0, 5.0]]), "the rows")
    assert_equal(lengths, torch.tensor([0] * n + [2]), "the lengths")


@exercise("mask_padding")
@given(pair=padded())
def test_masking_agrees_with_the_reference(learner, reference, pair):
    """Beyond the lengths all is 0, before them nan and inf stay as they are."""
    x, lengths = pair
    got = learner.mask_padding(x, lengths)
    assert_equal(got, reference.mask_padding(x, lengths))
    full = torch.full_like(lengths, x.shape[1])
    assert_equal(learner.mask_padding(x + 100, full), x + 100, "with full lengths")


@exercise("mask_padding")
@given(pair=padded(), dtype=st.sampled_from([torch.float32, torch.float64]))
def test_masking_leaves_its_input_alone(learner, pair, dtype):
    """x is the same after the call, its nan and inf included; masking twice is masking once."""
    x, lengths = pair[0].to(dtype), pair[1]
    before = x.clone()
    got = learner.mask_padding(x, lengths)
    assert_equal(x, before, "x afterwards")
    assert_equal(learner.mask_padding(got.clone(), lengths), got, "masked again")
    for i, length in enumerate(lengths.tolist()):
        assert_equal(got[i, :length], before[i, :length], f"row {i} before its length")
        assert_equal(got[i, length:], torch.zeros_like(before[i, length:]), f"row {i} beyond it")


@exercise("mask_padding")
@given(n=sizes(1, 4), t=sizes(1, 5), d=sizes(1, 4), filling=st.sampled_from([NAN, INF, 3.0]))
def test_lengths_from_none_to_all(learner, n, t, d, filling):
    """Length 0 leaves nothing, length t everything, and each row has a length of its own."""
    x = torch.full((n + t + 1, t, d), filling)
    lengths = torch.cat([torch.arange(t + 1), torch.zeros(n, dtype=torch.int64)])
    got = learner.mask_padding(x, lengths)
    assert_equal(tuple(got.shape), tuple(x.shape), "the shape")
    assert_equal((got != 0).sum((1, 2)), lengths * d, "entries that are left in each row")
    assert_equal(got[t], x[t], "the row with the full length")
    assert_equal(got[t - 1, t - 1], torch.zeros(d), "the last position of the row that is one short")


@exercise("one_hot")
@given(
    num_classes=sizes(1, 6),
    shape=st.lists(sizes(1, 4), max_size=3),
    seed=st.integers(0, 999),
)
def test_one_hot_agrees_with_torch(learner, num_classes, shape, seed):
    """The answer is that of PyTorch's one_hot, for labels of any shape, scalars included."""
    labels = torch.randint(num_classes, shape, generator=torch.Generator().manual_seed(seed))
    assert_equal(as_numbers(learner.one_hot(labels, num_classes)), F.one_hot(labels, num_classes).double())


@exercise("one_hot")
@given(num_classes=sizes(1, 5), shape=st.sampled_from([(0,), (0, 3), (2, 0)]), label=st.integers(0, 4))
def test_one_hot_of_nothing_and_of_a_scalar(learner, num_classes, shape, label):
    """No labels have no rows, but the axis of classes all the same; a scalar has one row without an axis."""
    got = learner.one_hot(torch.zeros(shape, dtype=torch.int64), num_classes)
    assert_equal(tuple(got.shape), (*shape, num_classes), "the shape of nothing")
    got = as_numbers(learner.one_hot(torch.tensor(label), num_classes + label))
    expected = torch.zeros(num_classes + label, dtype=torch.float64)
    expected[label] = 1.0
    assert_equal(got, expected, "of a scalar")


@exercise("one_hot")
@given(
    num_classes=sizes(1, 5),
    where=st.integers(0, 5),
    outside=st.sampled_from([-1, -2, -7, 100, 101, 107]),
)
def test_one_label_outside_is_enough(learner, num_classes, where, outside):
    """A single label outside raises ValueError, wherever it stands, in scalars too."""
    outside = num_classes + outside - 100 if outside >= 100 else outside
    labels = torch.zeros(6, dtype=torch.int64)
    right = as_numbers(learner.one_hot(labels, num_classes))
    assert_equal(right[:, 0], torch.ones(6, dtype=torch.float64), "without one outside")
    assert_equal(float(right.sum()), 6.0, "the sum without one outside")
    labels[where] = outside
    assert_raises(ValueError, learner.one_hot, labels.reshape(2, 3), num_classes)
    assert_raises(ValueError, learner.one_hot, torch.tensor(outside), num_classes)


@exercise("one_hot")
@given(n=sizes(1, 5), length=sizes(1, 5), num_classes=sizes(2, 5))
def test_tables_are_encoded_row_by_row(learner, n, length, num_classes):
    """A table of labels is encoded as its rows are, each by itself."""
    labels = (torch.arange(n * length) * 3 + 1).reshape(n, length) % num_classes
    whole = as_numbers(learner.one_hot(labels, num_classes))
    for i in range(n):
        assert_equal(whole[i], as_numbers(learner.one_hot(labels[i], num_classes)), f"row {i}")
    assert_equal((whole * torch.arange(num_classes)).sum(-1), labels.double(), "the labels, read back")


@exercise("encode_dna")
@given(seqs=sequences())
def test_encoding_agrees_with_letters(learner, seqs):
    """Each position says how much of each base it is."""
    assert_equal(learner.encode_dna(seqs).double(), table_of(seqs))


@exercise("encode_dna")
@given(seqs=sequences())
def test_sums_count_the_bases(learner, seqs):
    """Summed over positions each base is counted, an N as a quarter of each; summed over bases, ones and padding."""
    x = learner.encode_dna(seqs).double()
    counts = [[seq.count(base) + seq.count("N") / 4 for base in "ACGT"] for seq in seqs]
    assert_close(x.sum(1), torch.tensor(counts, dtype=torch.float64), "over the positions")
    longest = max(map(len, seqs))
    ones = [[1.0] * len(seq) + [0.0] * (longest - len(seq)) for seq in seqs]
    assert_close(x.sum(2), torch.tensor(ones, dtype=torch.float64), "over the bases")


@exercise("encode_dna")
@given(seqs=sequences(), more=words("ACGT", 1, 4))
def test_each_sequence_is_encoded_by_itself(learner, seqs, more):
    """A sequence alone is encoded as it is among others, and a longer neighbour adds zeros at the end."""
    together = learner.encode_dna([*seqs, seqs[0] + more])
    letters = sum(map(len, seqs)) + len(seqs[0] + more)
    assert_close(together.double().sum(), float(letters), "the sum of everything")
    for i, seq in enumerate(seqs):
        alone = learner.encode_dna([seq])
        assert_equal(tuple(alone.shape), (1, len(seq), 4), "the shape of one alone")
        assert_equal(together[i, : len(seq)].double(), alone[0].double(), f"sequence {i}")
        assert_equal(together[i, len(seq) :].abs().sum().item(), 0.0, f"beyond sequence {i}")
    require(together.is_floating_point(), "a floating dtype was asked for", got=together)


@exercise("decode_dna")
@given(seqs=sequences(), dtype=st.sampled_from([torch.float32, torch.float64]))
def test_decoding_inverts_encoding(learner, seqs, dtype):
    """Sequences come back as they were, with and without others beside them."""
    assert_equal(list(learner.decode_dna(table_of(seqs, dtype))), seqs)
    assert_equal(list(learner.decode_dna(table_of(seqs[:1], dtype))), seqs[:1], "the first alone")


@exercise("decode_dna")
@given(seqs=sequences(), width=sizes(1, 5))
def test_more_padding_changes_nothing(learner, seqs, width):
    """However much padding there is, it doesn't come back."""
    assert_equal(list(learner.decode_dna(F.pad(table_of(seqs), (0, 0, 0, width)))), seqs)


@exercise("decode_dna")
@given(base=st.sampled_from("ACGTN"), n=sizes(1, 6), first=st.sampled_from("ACGTN"))
def test_single_letters_and_runs_come_back(learner, base, n, first):
    """Each letter comes back as itself, alone, in runs, and next to a sequence that ends earlier."""
    assert_equal(list(learner.decode_dna(table_of([base * n, first], torch.float32))), [base * n, first])
    assert_equal(list(learner.decode_dna(table_of([first + base * n]))), [first + base * n])


@exercise("decode_dna")
@given(seqs=sequences())
def test_sequences_in_reverse_order(learner, seqs):
    """Tables in reverse order are sequences in reverse order; each sequence reads forwards."""
    assert_equal(list(learner.decode_dna(table_of(seqs).flip(0))), seqs[::-1])


LEVELS = [
    ["none", "few", "many"],
    ["S", "M", "L", "XL"],
    ["b", "c", "a"],
    ["wild", "mutant"],
    ["only"],
    [3, 1, 2],
]


@st.composite
def categories(draw: st.DrawFn) -> tuple[list, list]:
    """Values and their levels, in an order that isn't the alphabet's."""
    levels = draw(st.sampled_from(LEVELS))
    return draw(st.lists(st.sampled_from(levels), min_size=1, max_size=7)), levels


@exercise("encode_column")
@given(pair=categories())
def test_categories_agree_with_the_reference(learner, reference, pair):
    """Nominal values are one-hot and ordinal ones ranked, in the order of the levels."""
    values, levels = pair
    for scale, column in [("nominal", values), ("ordinal", [*values, levels[-1]])]:
        expected = as_numbers(reference.encode_column(column, scale, levels))
        assert_equal(as_numbers(learner.encode_column(column, scale, levels)), expected, scale)


@exercise("encode_column")
@given(pair=categories())
def test_levels_in_reverse_turn_the_columns(learner, pair):
    """With the levels in reverse the nominal columns are in reverse, and the ranks count from the other end."""
    values, levels = pair
    one = as_numbers(learner.encode_column(values, "nominal", levels))
    assert_equal(as_numbers(learner.encode_column(values, "nominal", levels[::-1])), one.flip(1), "nominal")
    assert_equal(one.sum(1), torch.ones(len(values), dtype=torch.float64), "sums of the nominal rows")
    ranks = as_numbers(learner.encode_column([*values, levels[-1]], "ordinal", levels))
    other = as_numbers(learner.encode_column([*values, levels[-1]], "ordinal", levels[::-1]))
    assert_equal(
        ranks + other, torch.full((len(values) + 1, 1), len(levels) - 1.0, dtype=torch.float64), "ordinal"
    )
    assert_equal(ranks[-1, 0], len(levels) - 1.0, "the last level's rank")


@exercise("encode_column")
@given(
    values=st.lists(halves(-30, 60), min_size=2, max_size=7, unique=True),
    scale=st.sampled_from(["interval", "ratio"]),
)
def test_measurements_agree_with_the_reference(learner, reference, values, scale):
    """Intervals are standardised, ratios after log1p, with the biased standard deviation."""
    values = [abs(value) + index for index, value in enumerate(values)] if scale == "ratio" else values
    expected = reference.encode_column(values, scale)
    spread = max(values) - min(values)
    atol = ROUNDING * max(1.0, 4 * max(map(abs, values)) / spread if spread else 1.0)
    assert_close(learner.encode_column(values, scale), expected, atol=atol)


@exercise("encode_column")
@given(
    values=st.lists(st.integers(-9, 40), min_size=2, max_size=6, unique=True),
    factor=st.sampled_from([0.5, 2.0, 9.0, -1.0, -4.0]),
    offset=st.integers(-20, 32),
)
def test_units_don_t_matter_to_an_interval(learner, values, factor, offset):
    """An interval in another unit, degrees Fahrenheit say, is encoded alike; turned round, with the other sign."""
    z = learner.encode_column(values, "interval")
    again = learner.encode_column([factor * value + offset for value in values], "interval")
    assert_close(again, z if factor > 0 else -z, atol=1e-3)
    assert_close(z.square().mean(), 1.0, "the mean square", rtol=1e-3)
    as_ratio = learner.encode_column([value + 9 for value in values], "ratio")
    assert_close(
        as_ratio, learner.encode_column([math.log(value + 10) for value in values], "interval"), atol=1e-3
    )


@exercise("encode_column")
@given(
    value=st.sampled_from([0.1, 0.3, 0.7, 1.1, 3.0, 1234.5, 0.0]),
    n=sizes(1, 9),
    scale=st.sampled_from(["interval", "ratio"]),
)
def test_a_column_of_equal_values_is_0(learner, value, n, scale):
    """Equal values become 0, one of them or many, whatever rounding does to their mean."""
    got = learner.encode_column([value] * n, scale)
    assert_close(got, torch.zeros(n, 1), atol=1e-6)
    got = learner.encode_column([value] * n + [value + 3], scale)
    assert_close(got[-1, 0], math.sqrt(n), "a single larger one", rtol=1e-2)


@exercise("encode_column")
@given(
    pair=categories(),
    where=st.integers(0, 7),
    value=st.sampled_from([-1e-3, -1, -40.0]),
    scale=st.sampled_from(["nominal", "ordinal"]),
    unknown=st.sampled_from(["", "Nominal", "count", "log"]),
)
def test_what_makes_no_sense_raises_value_error(learner, pair, where, value, scale, unknown):
    """A strange value, no levels, a negative ratio, a strange scale: ValueError, wherever it stands."""
    values, levels = pair
    column = as_numbers(learner.encode_column(values, "nominal", levels))
    assert_equal(
        column.argmax(1).tolist(), [levels.index(each) for each in values], "without anything strange"
    )
    assert_equal(float(column.sum()), float(len(values)), "its sum")
    strange = [*values[:where], "strange", *values[where:]]
    assert_raises(ValueError, learner.encode_column, strange, scale, levels)
    assert_raises(ValueError, learner.encode_column, values, scale)
    numbers = [2.0, 5.0, 0.0]
    numbers.insert(where % 4, value)
    assert_raises(ValueError, learner.encode_column, numbers, "ratio")
    assert_raises(ValueError, learner.encode_column, [1.0, 2.0], unknown)
    assert_raises(ValueError, learner.encode_column, values, unknown, levels)


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


def sheet_of(learner) -> list[tuple]:
    """The rows of the sheet, each a list or tuple of four."""
    rows = learner.TENSOR_METHODS
    right = isinstance(rows, (list, tuple)) and len(rows) > 0
    require(
        right and all(isinstance(row, (list, tuple)) and len(row) == 4 for row in rows),
        "no rows of four",
        got=rows,
    )
    return list(rows)


@exercise("TENSOR_METHODS")
def test_three_different_methods_in_each_category(learner):
    """Each category has at least three different methods."""
    rows = sheet_of(learner)
    for category in CATEGORIES:
        methods = {row[0] for row in rows if row[1] == category}
        require(len(methods) >= 3, f"three different methods or more are needed in {category!r}", got=methods)


@exercise("TENSOR_METHODS")
def test_methods_are_torchs_own(learner):
    """Every method of the sheet is one that PyTorch has."""
    unknown = unknown_names(learner, [row[0] for row in sheet_of(learner)])
    require(not unknown, "PyTorch knows no such method", got=unknown)


@exercise("TENSOR_METHODS")
def test_shapes_are_what_comes_out(learner):
    """Every expression gives a tensor of the shape beside it, and gives it again."""
    rows = sheet_of(learner)
    for _ in range(2):
        for row, shape in zip(rows, shapes_found(learner, [row[2] for row in rows]), strict=True):
            require(not isinstance(shape, str), f"{row[2]} {shape}")
            sentence = f"the row says {tuple(row[3])}; what {row[2]} gives has the shape {shape}"
            require(tuple(row[3]) == shape, sentence)


def drawn(seed: int, *shapes: tuple[int, ...]) -> list[torch.Tensor]:
    """Whole numbers from -4 to 4 and never 0 in such tensors, float64: products and sums are exact."""
    generator = torch.Generator().manual_seed(seed)
    numbers = [torch.randint(1, 5, shape, generator=generator) for shape in shapes]
    signs = [2 * torch.randint(2, shape, generator=generator) - 1 for shape in shapes]
    return [(number * sign).double() for number, sign in zip(numbers, signs, strict=True)]


@exercise("bilinear")
@given(b=sizes(1, 5), o=sizes(1, 4), i=sizes(1, 4), j=sizes(1, 4), seed=st.integers(0, 9999))
def test_bilinear_agrees_with_torch(learner, b, o, i, j, seed):
    """The answer is that of PyTorch's bilinear."""
    x, w, y = drawn(seed, (b, i), (o, i, j), (b, j))
    assert_equal(learner.bilinear(x, w, y), F.bilinear(x, y, w))


@exercise("bilinear")
@given(
    b=sizes(1, 4),
    o=sizes(1, 4),
    i=sizes(1, 4),
    j=sizes(1, 4),
    seed=st.integers(0, 9999),
    factor=st.integers(-3, 3),
)
def test_bilinear_is_linear_in_each(learner, b, o, i, j, seed, factor):
    """It is linear in x, in w and in y, each with the others held."""
    x, w, y, dx, dw, dy = drawn(seed, (b, i), (o, i, j), (b, j), (b, i), (o, i, j), (b, j))
    whole = learner.bilinear(x, w, y)
    assert_equal(learner.bilinear(factor * x + dx, w, y), factor * whole + learner.bilinear(dx, w, y), "in x")
    assert_equal(learner.bilinear(x, factor * w + dw, y), factor * whole + learner.bilinear(x, dw, y), "in w")
    assert_equal(learner.bilinear(x, w, factor * y + dy), factor * whole + learner.bilinear(x, w, dy), "in y")
    assert_equal(whole[0, 0], x[0] @ w[0] @ y[0], "the first entry")


@exercise("bilinear")
@given(b=sizes(2, 4), o=sizes(1, 3), i=sizes(1, 4), j=sizes(1, 3), seed=st.integers(0, 9999))
def test_observations_are_alone(learner, b, o, i, j, seed):
    """An observation alone gives what it gives among others; transposed tables exchange x and y."""
    x, w, y = drawn(seed, (b, i), (o, i, j), (b, j))
    whole = learner.bilinear(x, w, y)
    assert_equal(learner.bilinear(x[1:2], w, y[1:2]), whole[1:2], "the second alone")
    assert_equal(learner.bilinear(y, w.transpose(1, 2), x), whole, "x and y exchanged")
    assert_equal(whole[1, 0], x[1] @ w[0] @ y[1], "the second observation's first")

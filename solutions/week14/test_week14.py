"""Week 14's checks: what a learner can run. Each states one law of a right answer."""

import math

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograde.problem import laws
from autograde.problem.trial import trial_of
from autograde.properties import assert_close, assert_equal, assert_raises, assume, driver, exercise, require
from autograde.strategies import sizes, tensors

# Seconds of computing that each test of the learning problem may take.
TRAINING = 60
# Answers may come from float32 arithmetic, whatever they are returned as.
ROUNDING = 64 * torch.finfo(torch.float32).eps


def seeds() -> st.SearchStrategy[int]:
    return st.integers(0, 999)


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def labels(low: int = 1, high: int = 9) -> st.SearchStrategy[torch.Tensor]:
    """Some labels, negative ones among them."""
    return st.lists(st.integers(-2, 3), min_size=low, max_size=high).map(torch.tensor)


@exercise("majority_baseline")
def test_baseline_of_the_example(learner):
    """Training labels 2, 0, 2, 1 are right for 0.4 of the test labels 2, 1, 2, 0, 0."""
    got = learner.majority_baseline(torch.tensor([2, 0, 2, 1]), torch.tensor([2, 1, 2, 0, 0]))
    assert_close(got, 0.4, atol=ROUNDING)


@exercise("majority_baseline")
@given(label=st.integers(-3, 3), other=st.integers(1, 4), hits=st.integers(0, 4), misses=st.integers(0, 4))
def test_only_the_training_labels_choose(learner, label, other, hits, misses):
    """Where training has one label only, the answer is that label's share of the test labels, however small."""
    assume(hits + misses > 0)
    y_test = torch.tensor([label + other] * misses + [label] * hits)
    got = learner.majority_baseline(torch.tensor([label] * 3), y_test)
    assert_close(got, hits / (hits + misses), atol=ROUNDING)


@exercise("majority_baseline")
@given(low=st.integers(-3, 3), up=st.integers(1, 4), times=st.integers(1, 3), turned=st.booleans())
def test_a_tie_is_the_smaller_label(learner, low, up, times, turned):
    """Of two labels that are equally common in training the smaller one is answered, whichever comes first."""
    y_train = torch.tensor([low, low + up] * times)
    y_train = y_train.flip(0) if turned else y_train
    y_test = torch.tensor([low, low + up, low + up])
    assert_close(learner.majority_baseline(y_train, y_test), 1 / 3, atol=ROUNDING)


@st.composite
def predictions(draw: st.DrawFn) -> tuple[torch.Tensor, torch.Tensor, list]:
    """Predicted labels, true labels and a group's name for each row."""
    n = draw(st.integers(1, 9))
    names = draw(st.sampled_from([["soil", "moss", "bark"], [10, 9, 2], ["b", "a", "B"]]))
    label = st.integers(0, 2)
    p, y = (torch.tensor(draw(st.lists(label, min_size=n, max_size=n))) for _ in range(2))
    return p, y, draw(st.lists(st.sampled_from(names), min_size=n, max_size=n))


@exercise("accuracy_by_group")
def test_groups_of_the_example(learner):
    """On moss both are right, on soil one of two, and soil is the worst."""
    p, y = torch.tensor([1, 1, 0, 1]), torch.tensor([1, 1, 0, 0])
    got = learner.accuracy_by_group(p, y, ["moss", "moss", "soil", "soil"])
    assert_close(got, ({"moss": 1.0, "soil": 0.5}, "soil"))


@exercise("accuracy_by_group")
@given(drawn=predictions())
def test_the_weighted_mean_is_the_accuracy(learner, drawn):
    """The groups' accuracies, weighted by their sizes, make the accuracy over all rows."""
    p, y, group = drawn
    accuracy, worst = learner.accuracy_by_group(p, y, group)
    assert_equal(sorted(accuracy), sorted(set(group)), "the groups")
    total = sum(accuracy[name] * group.count(name) for name in accuracy) / len(group)
    assert_close(total, (p == y).double().mean().item(), "the weighted mean", atol=ROUNDING)
    least = min(float(share) for share in accuracy.values())
    require(worst in accuracy, "the worst group isn't one of them", got=worst)
    assert_close(accuracy[worst], least, "the accuracy of the group that is named the worst", atol=ROUNDING)


@exercise("accuracy_by_group")
@given(turned=st.booleans(), hit=st.booleans())
def test_equally_bad_groups_go_by_name(learner, turned, hit):
    """Of groups that are equally bad the smallest name is given, whichever comes first."""
    p, y = torch.tensor([1, 1, 1, 1]), torch.tensor([1, 1, int(hit), int(hit)])
    group = ["moss", "bark", "soil", "leaf"]
    if turned:
        group, p, y = group[::-1], p.flip(0), y.flip(0)
    _, worst = learner.accuracy_by_group(p, y, group)
    least = "bark" if hit else "leaf"
    require(worst == least, f"another name was given for the worst of {group}", got=worst, expected=least)


@exercise("shift_gap")
@given(home=st.integers(0, 64), away=st.integers(0, 64))
def test_the_gap_is_positive_where_home_is_better(learner, home, away):
    """The gap is the source's score less the target's."""
    scores = {"home": home / 64, "away": away / 64}
    assert_close(learner.shift_gap(lambda data: scores[data], "home", "away"), (home - away) / 64)


@exercise("shift_gap")
@given(size=st.integers(1, 5), more=st.integers(1, 5))
def test_each_data_set_is_read_once(learner, size, more):
    """`evaluate` is called once with the source and once with the target.

    Hint: Keep what it returned in a variable, if you need it twice.
    """
    read = []

    def evaluate(data):
        read.append(len(data))
        return float(len(data))

    got = learner.shift_gap(evaluate, torch.zeros(size + more), torch.zeros(size))
    assert_equal(sorted(read), [size, size + more], "the sizes of what was evaluated, sorted")
    assert_close(got, float(more), "the gap")


def planted(seed: int, n: int, m: int, size: tuple[int, int, int], dtype: torch.dtype):
    """n training and m test images without any copy, of c, h, w = `size`."""
    images = torch.randperm((n + m) * math.prod(size), generator=generator(seed)).reshape(n + m, *size)
    images = (images % 251).to(dtype) if dtype == torch.uint8 else images.to(dtype) / images.numel()
    return images[:n], images[n:]


def image_sizes() -> st.SearchStrategy[tuple[int, int, int]]:
    return st.tuples(sizes(1, 3), sizes(1, 3), sizes(2, 4))


DTYPES = st.sampled_from([torch.uint8, torch.float32])


@exercise("find_leaks")
def test_leaks_of_the_example(learner):
    """The images of section 4 have the leaks (0, 1), which is mirrored, and (1, 2)."""
    train = torch.tensor([[[[1, 2, 3]]], [[[5, 5, 6]]]], dtype=torch.uint8)
    test = torch.tensor([[[[9, 9, 8]]], [[[3, 2, 1]]], [[[5, 5, 6]]]], dtype=torch.uint8)
    assert_equal(learner.find_leaks(train, test), [(0, 1), (1, 2)])


@exercise("find_leaks")
@settings(max_examples=12)
@given(seed=seeds(), n=sizes(1, 4), m=sizes(1, 4), size=image_sizes(), dtype=DTYPES, mirrored=st.booleans())
def test_a_planted_copy_is_found(learner, seed, n, m, size, dtype, mirrored):
    """A training image that is planted at the end of the test images is found, as it is and mirrored."""
    train, test = planted(seed, n, m, size, dtype)
    copy = train[-1:].flip(-1) if mirrored else train[-1:]
    assert_equal(learner.find_leaks(train, torch.cat([test, copy])), [(n - 1, m)])


@exercise("find_leaks")
@settings(max_examples=12)
@given(seed=seeds(), n=sizes(1, 3), m=sizes(1, 3), times=sizes(1, 3), more=sizes(1, 3), dtype=DTYPES)
def test_every_pair_of_copies_counts(learner, seed, n, m, times, more, dtype):
    """An image that is `times` in train and `more` times in test makes all their pairs, sorted.

    Hint: Is every place kept? A dict keeps one entry for each key: `places[key] = j` forgets the j that was there.
    The entry may be a list of places.
    """
    train, test = planted(seed, n, m, (1, 2, 3), dtype)
    train = torch.cat([train, *[train[:1]] * (times - 1)])
    test = torch.cat([train[:1], test, *[train[:1].flip(-1)] * (more - 1)])
    rows, columns = [0, *range(n, n + times - 1)], [0, *range(m + 1, m + more)]
    assert_equal(learner.find_leaks(train, test), [(i, j) for i in rows for j in columns])


@exercise("find_leaks")
@settings(max_examples=12)
@given(seed=seeds(), size=st.tuples(sizes(1, 3), st.just(2), sizes(2, 4)), dtype=DTYPES, by=sizes(1, 3))
def test_what_only_looks_like_a_copy_is_none(learner, seed, size, dtype, by):
    """Upside down, or one pixel off by a little, is another image; only the true copy between them is found.

    Hint: Mirroring turns the last axis round, no other. And equal is equal to the last digit.
    """
    train, test = planted(seed, 3, 2, size, dtype)
    nearly = train[:1].clone()
    nearly[0, -1, 0, 0] += by if dtype == torch.uint8 else by / 4096
    decoys = torch.cat([test, train[1:2].flip(-2), nearly, train[2:]])
    assert_equal(learner.find_leaks(train, decoys), [(2, 4)])


@exercise("find_leaks")
def test_without_images_there_are_no_leaks(learner):
    """With no training images, or no test images, there are no leaks; an image and itself are one."""
    images = torch.ones(2, 1, 2, 3)
    images[1, 0, 0, 0] = 0.0
    assert_equal(learner.find_leaks(images[:0], images), [], "without training images")
    assert_equal(learner.find_leaks(images, images[:0]), [], "without test images")
    assert_equal(learner.find_leaks(images, images), [(0, 0), (1, 1)], "of images with themselves")


@driver
def work_done(names, train, test):
    """(steps of Python, entries that torch made, bytes held at most) in one call."""
    import sys
    import tracemalloc

    import torch
    from torch.overrides import TorchFunctionMode

    steps = entries = 0

    def trace(frame, event, argument):
        nonlocal steps
        frame.f_trace_opcodes = True
        steps += 1
        return trace

    class Counting(TorchFunctionMode):
        def __torch_function__(self, function, types, args=(), kwargs=None):
            nonlocal entries
            answer = function(*args, **(kwargs or {}))
            parts = answer if isinstance(answer, (tuple, list)) else [answer]
            entries += 1 + sum(part.numel() for part in parts if isinstance(part, torch.Tensor))
            return answer

    names.find_leaks(train, test)  # what is done only the first time doesn't count
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        names.find_leaks(train, test)
    finally:
        sys.settrace(before)
    with Counting():
        names.find_leaks(train, test)
    tracemalloc.start()
    names.find_leaks(train, test)
    held = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return steps, entries, held


@exercise("find_leaks")
@settings(max_examples=1)
@given(seed=seeds())
def test_four_times_the_images_take_about_four_times_the_work(learner, seed):
    """Four times as many images take about four times the work, and not sixteen times.

    Hint: Who compares each with each does n · m comparisons, in a loop or in one large table. Look each image
    up instead: a dict answers at once, however much it holds.
    """
    train, test = planted(seed, 60, 60, (2, 4, 6), torch.float32)
    more, much = planted(seed, 240, 240, (2, 4, 6), torch.float32)
    assert_equal(learner.find_leaks(torch.cat([train, test[:1]]), test), [(60, 0)], "a planted copy")
    little, large = work_done(learner, train, test), work_done(learner, more, much)
    for what, few, many in zip(
        ["steps of Python", "entries of tensors", "bytes"], little, large, strict=True
    ):
        require(
            many <= 7 * few + 20_000 * (what == "bytes"),
            f"{what}: {few} for 60 images on each side, {many} for 240",
        )


def each_with_each(train, test):
    """A right one, if a slow one."""
    return [
        (i, j)
        for i, left in enumerate(train)
        for j, right in enumerate(test)
        if torch.equal(left, right) or torch.equal(left.flip(-1), right)
    ]


@exercise("break_find_leaks")
def test_a_right_search_passes(learner):
    """A right `find_leaks`, which compares each with each, passes; one that reports nothing doesn't.

    Hint: If it is an error that you see here, your test rejects a right one. Go through what you demand: does
    section 4 promise it?
    """
    learner.break_find_leaks(each_with_each)
    assert_raises(AssertionError, learner.break_find_leaks, lambda train, test: [])


@exercise("break_find_leaks")
def test_a_search_that_finds_nothing_is_caught(learner):
    """A `find_leaks` that never finds anything is caught.

    Hint: Plant a copy, and say which pair must come back.
    """
    assert_raises(AssertionError, learner.break_find_leaks, lambda train, test: [])


@exercise("break_find_leaks")
def test_a_search_that_suspects_everybody_is_caught(learner):
    """A `find_leaks` that reports every pair there is is caught."""

    def everybody(train, test):
        return [(i, j) for i in range(len(train)) for j in range(len(test))]

    assert_raises(AssertionError, learner.break_find_leaks, everybody)


@exercise("break_find_leaks")
def test_a_search_by_place_is_caught(learner):
    """A `find_leaks` that compares only images of the same number is caught.

    Hint: Plant the copy of training image 5 at another place than 5.
    """

    def same_place(train, test):
        pairs = enumerate(zip(train, test, strict=False))
        return [(i, i) for i, (a, b) in pairs if torch.equal(a, b) or torch.equal(a, b.flip(-1))]

    assert_raises(AssertionError, learner.break_find_leaks, same_place)


@exercise("bootstrap_interval")
@given(value=st.integers(-9, 9), n=sizes(1, 4), level=st.sampled_from([0.5, 0.9, 0.95]), seed=seeds())
def test_equal_values_leave_no_doubt(learner, value, n, level, seed):
    """If all values are equal, the interval of the mean is that value, twice."""
    values = torch.full((n,), value / 2, dtype=torch.float64)
    low, high = learner.bootstrap_interval(values, torch.mean, level, 20, generator(seed))
    assert_close([low, high], [value / 2] * 2)


@exercise("bootstrap_interval")
@settings(max_examples=12)
@given(
    n=sizes(1, 6),
    level=st.sampled_from([0.5, 0.8, 0.9]),
    resamples=sizes(1, 12),
    seed=seeds(),
    dtype=st.sampled_from([torch.float32, torch.float64]),
)
def test_the_interval_is_that_of_the_statistics(learner, n, level, resamples, seed, dtype):
    """Low and high are the quantiles of what `statistic` returned, for `resamples` samples of n values each.

    Hint: The quantiles are taken of the statistics, not of the values; (1 - level) / 2 is cut off at each
    end.
    """
    values = torch.randn(n, generator=generator(seed), dtype=dtype)
    samples = []

    def statistic(sample):
        samples.append(sample.clone())
        return sample.square().sum().item()

    got = learner.bootstrap_interval(values, statistic, level, resamples, generator(seed))
    assert_equal(len(samples), resamples, "the number of samples")
    for sample in samples:
        assert_equal(tuple(sample.shape), (n,), "the shape of a sample")
        require(
            sample.dtype == dtype, "a sample has another dtype than the values", got=sample, expected=values
        )
        require(
            torch.isin(sample, values).all(), "a sample has an entry that isn't among the values", got=sample
        )
    found = torch.stack(samples).double().square().sum(1)
    tails = torch.tensor([(1 - level) / 2, 1 - (1 - level) / 2], dtype=torch.float64)
    assert_close(list(got), found.quantile(tails).tolist(), atol=ROUNDING * max(1.0, found.max().item()))


@driver
def seen_samples(names, values, resamples, generator):
    """The interval of the mean, and the samples that the statistic was given."""
    import torch

    seen = []

    def statistic(sample):
        seen.append(sample.clone())
        return sample.mean()

    low, high = names.bootstrap_interval(values, statistic, 0.9, resamples, generator)
    return (float(low), float(high)), torch.stack(seen)


@exercise("bootstrap_interval")
@settings(max_examples=4)
@given(seed=seeds())
def test_samples_are_drawn_with_replacement(learner, seed):
    """Each value comes as often as the others, and some values twice in a sample while others are left out."""
    values = torch.tensor([1.0, 2.0, 4.0, 8.0])
    interval, samples = seen_samples(learner, values, 300, generator(seed))
    complete = (samples.sort(1).values == values).all(1).double().mean().item()
    # 4! of 4^4 samples hold each value once. All bounds are six standard errors.
    assert_close(
        complete, 0.09375, "the share of samples that hold each value once", atol=6 * 0.2915 / math.sqrt(300)
    )
    shares = torch.stack([(samples == value).double().mean() for value in values])
    off = 6 * 0.433 / math.sqrt(1200)
    assert_close(shares, torch.full((4,), 0.25), "how often each value came", atol=off)
    ends = torch.tensor([0.05, 0.95], dtype=torch.float64)
    expected = samples.mean(1).double().quantile(ends).tolist()
    assert_close(list(interval), expected, "the interval to 0.9", atol=8 * ROUNDING)


@exercise("bootstrap_interval")
@settings(max_examples=6)
@given(n=sizes(2, 6), seed=seeds())
def test_a_higher_level_contains_the_lower(learner, n, seed):
    """From the same state, a higher level gives an interval that contains the lower one, inside of the data's
    range.
    """
    values = torch.randn(n, generator=generator(seed + 1), dtype=torch.float64)
    drawing = generator(seed)
    low, high = learner.bootstrap_interval(values, torch.mean, 0.6, 20, drawing)
    wide = learner.bootstrap_interval(values, torch.mean, 0.9, 20, generator(seed))
    slack = ROUNDING * values.abs().max().item()
    within = wide[0] - slack <= low <= high <= wide[1] + slack
    require(within, "the interval to 0.9 doesn't contain that to 0.6", got=wide, expected=(low, high))
    inside = values.min() - slack <= wide[0] and wide[1] <= values.max() + slack
    require(
        inside,
        "the interval of the mean leaves the values' range",
        got=wide,
        expected=(values.min(), values.max()),
    )
    equal = learner.bootstrap_interval(values, torch.mean, 0.6, 20, generator(seed))
    assert_close(list(equal), [low, high], "from an equal state")


@exercise("permutation_importance")
@given(seed=seeds(), n=sizes(1, 6))
def test_an_unused_column_loses_nothing(learner, seed, n):
    """A column that `predict` doesn't use loses nothing, the other what its shuffling cost, and X stays."""
    X = torch.randn((n, 3), generator=generator(seed))
    before = X.clone()
    y = (X[:, 1] > 0).long()
    left = []

    def predict(table):
        left.append(((table[:, 1] > 0) == y).double().mean().item())
        return (table[:, 1] > 0).long()

    losses = learner.permutation_importance(predict, X, y, generator(seed))
    assert_equal(tuple(losses.shape), (3,), "the shape")
    assert_close(losses[[0, 2]], torch.zeros(2), "the losses of the unused columns")
    assert_close(losses[1], 1 - min(left), "the loss of the column that is used", atol=ROUNDING)
    assert_equal(X, before, "X afterwards")


@exercise("permutation_importance")
@settings(max_examples=6)
@given(seed=seeds())
def test_a_used_column_loses_half(learner, seed):
    """A model that reads a balanced label off one column loses about half of its accuracy with that column."""
    X = torch.arange(400.0).reshape(200, 2) % 4 / 2  # column 0 alternates between 0 and 1
    X[:, 1] = torch.randn(200, generator=generator(seed))
    losses = learner.permutation_importance(lambda X: X[:, 0].long(), X, X[:, 0].long(), generator(seed))
    assert_close(losses, torch.tensor([0.5, 0.0]), atol=0.25)  # seven standard errors


@exercise("calibration_error")
def test_calibration_of_the_example(learner):
    """Four confidences in two bins give 0.125, with bools and with numbers."""
    confidence = torch.tensor([0.25, 0.5, 0.75, 1.0])
    for correct in [torch.tensor([True, False, True, True]), torch.tensor([1.0, 0.0, 1.0, 1.0])]:
        assert_close(learner.calibration_error(confidence, correct, 2), 0.125, atol=ROUNDING)


@exercise("permutation_importance")
def test_each_column_has_an_order_of_its_own(learner):
    """Each column is shuffled, no two columns by the same order, and the loss is that of its own shuffled table.

    Hint: How often is an order drawn: once for the table, or once for each column?
    """
    X = torch.arange(30.0)[:, None] + torch.tensor([0.0, 100.0, 200.0])
    y, orders = (X[:, 0] > 15).long(), {}

    def predict(table):
        for column in range(3):
            if not torch.equal(table[:, column], X[:, column]):
                orders[column] = (table[:, column] - 100 * column).tolist()
        return (table[:, 0] > 15).long()

    losses = learner.permutation_importance(predict, X.clone(), y, generator(14))
    for column in range(3):
        require(column in orders, f"`predict` never got a table in which column {column} is shuffled")
        for before in range(column):
            same = orders[before] == orders[column]
            require(not same, f"columns {before} and {column} were shuffled by the same order")
    left = ((torch.tensor(orders[0]) > 15) == y).double().mean().item()
    assert_close(losses, torch.tensor([1 - left, 0.0, 0.0]), "the losses", atol=ROUNDING)


@exercise("calibration_error")
def test_empty_bins_count_nothing(learner):
    """Two confidences of 0.5 cost nothing if one of them is right, and 0.5 if both are, however many bins are empty.

    Hint: An empty bin has no mean: the mean of nothing is nan. Leave it out.
    """
    confidence = torch.tensor([0.5, 0.5])
    for bins in (2, 8, 3):
        for second, due in ((False, 0.0), (True, 0.5)):
            got = learner.calibration_error(confidence, torch.tensor([True, second]), bins)
            assert_close(got, due, f"with {bins} bins, the second one {second}", atol=ROUNDING)


@exercise("calibration_error")
@given(parts=st.lists(st.tuples(sizes(1, 4), sizes(0, 4)), min_size=1, max_size=4))
def test_honest_bins_cost_nothing(learner, parts):
    """Where the share of right ones equals the confidence in each bin, the error is 0; all wrong, it is the
    confidence.
    """
    confidence, correct = [], []
    for of, hits in parts:
        hits = min(of, hits)
        confidence += [hits / of] * of
        correct += [True] * hits + [False] * (of - hits)
    confidence, correct = torch.tensor(confidence, dtype=torch.float64), torch.tensor(correct)
    assert_close(learner.calibration_error(confidence, correct, 64), 0.0, "honest", atol=ROUNDING)
    wrong = learner.calibration_error(confidence, torch.zeros_like(correct), 64)
    assert_close(wrong, confidence.mean().item(), "never right", atol=ROUNDING)


def points(low: int = 2, high: int = 4, d: int = 2) -> st.SearchStrategy[torch.Tensor]:
    """Some points in the plane."""
    return tensors((sizes(low, high), d))


@exercise("mmd")
def test_mmd_of_the_example(learner):
    """The points 0, 1 and 0, 2 have an estimate of -0.4323 at bandwidth 1."""
    x, y = torch.tensor([[0.0], [1.0]]), torch.tensor([[0.0], [2.0]])
    expected = math.exp(-0.5) + math.exp(-2) - (1 + math.exp(-2) + 2 * math.exp(-0.5)) / 2
    assert_close(learner.mmd(x, y, 1.0), expected, atol=ROUNDING)


@exercise("mmd")
@given(x=points(), y=points(), bandwidth=st.sampled_from([0.5, 1.0, 3.0]))
def test_mmd_is_symmetric_and_from_0_to_2(learner, x, y, bandwidth):
    """x against y is y against x; with a huge bandwidth it is 0; two heaps of equal points far apart give 2."""
    there, back = learner.mmd(x, y, bandwidth), learner.mmd(y, x, bandwidth)
    assert_close(there, back, "x and y exchanged", atol=ROUNDING)
    assert_close(learner.mmd(x, y, 1e5), 0.0, "x against y with a huge bandwidth", atol=ROUNDING)
    heaps = learner.mmd(torch.zeros(3, 2), torch.full((2, 2), 100.0), bandwidth)
    what = "whatever x and y are: three points (0, 0) against two points (100, 100)"
    assert_close(heaps, 2.0, what, atol=ROUNDING)


@exercise("mmd")
@given(x=points(2, 5), seed=seeds())
def test_mmd_sees_a_shift(learner, x, seed):
    """Points moved by many bandwidths are further from x than the same points before."""
    y = x[torch.randperm(len(x), generator=generator(seed))]
    near, far = learner.mmd(x, y, 1.0), learner.mmd(x, y + 20.0, 1.0)
    require(far > near, "moving y away didn't raise it", got=far, expected=near)
    require(near <= ROUNDING, "x against itself in another order is above 0", got=near)


@driver
def attributed(names, A, w, x, baseline, steps):
    """The attributions of f(z) = z A z + w z, whether they have a graph, and x and baseline afterwards."""

    def f(z):
        flat = z.flatten()
        return flat @ A @ flat + w @ flat

    more = () if steps is None else (steps,)
    found = names.integrated_gradients(f, x, baseline, *more)
    return found.detach(), found.requires_grad, x.detach(), baseline.detach()


@exercise("integrated_gradients")
def test_attributions_of_the_example(learner):
    """Of x squared plus y, from (0, 1) to (2, 3), the attributions are 4 and 2."""
    x, baseline = torch.tensor([2.0, 3.0]), torch.tensor([0.0, 1.0])
    A, w = torch.tensor([[1.0, 0.0], [0.0, 0.0]]), torch.tensor([0.0, 1.0])
    for steps in (2, 5, None):
        found, graph, *_ = attributed(learner, A, w, x, baseline, steps)
        assert_close(found, torch.tensor([4.0, 2.0]), f"with steps={steps}", atol=1e-4)
        require(not graph, "the attributions are still attached to a graph; `.detach()` takes them off")


@driver
def left_behind(names, w, x, baseline):
    """(the attributions of f(z) = (w z)^2, whether w and x have a .grad, whether there is a graph)."""
    w, x = w.clone().requires_grad_(), x.clone().requires_grad_()
    found = names.integrated_gradients(lambda z: (w * z).sum() ** 2, x, baseline, 2)
    return found.detach(), w.grad is not None, x.grad is not None, found.requires_grad


@exercise("integrated_gradients")
def test_nothing_collects_a_gradient(learner):
    """What f is made of has no `.grad` afterwards, nor has an x that asks for a gradient.

    Hint: `backward` leaves a gradient in everything that asks for one. `torch.autograd.grad(f(point), point)`
    returns the one that you want, and leaves nothing behind.
    """
    w, x, baseline = torch.tensor([1.0, 2.0]), torch.tensor([2.0, 1.0]), torch.zeros(2)
    found, of_f, of_x, graph = left_behind(learner, w, x, baseline)
    require(not of_f, "a parameter of f has a .grad now")
    require(not of_x, "x has a .grad now")
    require(not graph, "the attributions are still attached to a graph; `.detach()` takes them off")
    assert_close(found, torch.tensor([8.0, 8.0]), "the attributions of (x0 + 2 x1)^2", atol=1e-4)


@exercise("integrated_gradients")
@given(x=tensors((3,)), baseline=tensors((3,)), A=tensors((3, 3)), steps=sizes(1, 4))
def test_attributions_add_up(learner, x, baseline, A, steps):
    """The attributions add up to f(x) - f(baseline), and a number that f doesn't use gets 0."""
    A[2], A[:, 2] = 0.0, 0.0
    w = torch.tensor([1.0, -2.0, 0.0], dtype=torch.float64)
    found, _, *after = attributed(learner, A, w, x, baseline, steps)
    assert_close(
        found.sum(), (x @ A @ x + w @ x) - (baseline @ A @ baseline + w @ baseline), "the sum", atol=1e-3
    )
    assert_close(found[2], 0.0, "the unused one")
    assert_equal(after, [x, baseline], "x and baseline afterwards")


@driver
def attacked(names, W, x, y, eps):
    """The changed images for logits x @ W, whether they have a graph, x afterwards, whether x asks for a
    gradient now, and whether W got one.
    """
    W = W.clone().requires_grad_()
    found = names.fgsm(lambda x: x.flatten(1) @ W, x, y, eps)
    return found.detach(), found.requires_grad, x.detach(), x.requires_grad, W.grad is not None


@exercise("fgsm")
def test_attack_of_the_example(learner):
    """What speaks for class 1 goes down where 1 is true, up where 0 is."""
    W, x = torch.tensor([[-1.0, 1.0]]), torch.tensor([[0.5], [0.02]])
    found, *_ = attacked(learner, W, x, torch.tensor([1, 0]), 0.125)
    assert_close(found, torch.tensor([[0.375], [0.145]]))


@exercise("fgsm")
def test_an_attack_leaves_nothing_behind(learner):
    """The answer has no graph, x is as it was and asks for no gradient, and the parameters get none.

    Hint: Make a leaf of your own, `x.detach().clone().requires_grad_()`, ask `torch.autograd.grad` for its
    gradient, and `.detach()` the leaf before you add the step.
    """
    W, x = torch.tensor([[-1.0, 1.0]]), torch.tensor([[0.5], [0.25]])
    found, graph, after, asks, polluted = attacked(learner, W, x, torch.tensor([1, 0]), 0.125)
    require(not graph, "the answer is still attached to a graph; `.detach()` takes it off")
    require(not polluted, "the model's parameters have a .grad now")
    require(not asks, "x asks for a gradient now, which it didn't before")
    assert_equal(after, x, "x afterwards")
    assert_close(found, torch.tensor([[0.375], [0.375]]))


@exercise("fgsm")
@given(seed=seeds(), n=sizes(1, 3), eps=st.sampled_from([0.0, 0.125, 0.5]))
def test_the_attack_is_small_and_stays_inside(learner, seed, n, eps):
    """No pixel moves by more than eps or leaves 0 to 1, and the loss doesn't fall."""
    W = torch.randn((4, 3), generator=generator(seed), dtype=torch.float64)
    x = torch.rand((n, 2, 2), generator=generator(seed + 1), dtype=torch.float64)
    y = torch.randint(3, (n,), generator=generator(seed))
    found, *_ = attacked(learner, W, x, y, eps)
    assert_equal(tuple(found.shape), (n, 2, 2), "the shape")
    assert_close((found - x).abs().max().clamp(min=eps), eps, "the largest change", atol=ROUNDING)
    require(found.min() >= 0 and found.max() <= 1, "a pixel left 0 to 1", got=found)
    before, later = (torch.nn.functional.cross_entropy(z.flatten(1) @ W, y).item() for z in (x, found))
    require(later >= before - ROUNDING, f"the loss fell, from {before:.4f} to {later:.4f}")
    whole = torch.full((n, 2, 2), 0.5, dtype=torch.float64)
    found, *_ = attacked(learner, W, whole, y, eps)
    assert_close(
        (found - whole).abs(), torch.full((n, 2, 2), eps), "the change of each pixel at 0.5", atol=ROUNDING
    )


@exercise("policy_gradient")
def test_policy_gradient_of_the_example(learner):
    """With even odds, action 0 and a reward 2 above the baseline the gradient is (-1, 1)."""
    logits, actions, rewards = torch.tensor([[0.0, 0.0]]), torch.tensor([0]), torch.tensor([3.0])
    assert_close(learner.policy_gradient(logits, actions, rewards, 1.0), torch.tensor([[-1.0, 1.0]]))
    assert_close(
        learner.policy_gradient(logits, actions, rewards), torch.tensor([[-1.5, 1.5]]), "without a baseline"
    )


@exercise("policy_gradient")
@given(logits=tensors((sizes(1, 4), sizes(2, 4))), seed=seeds(), baseline=st.sampled_from([0.0, 0.5, -2.0]))
def test_rows_of_the_gradient_sum_to_zero(learner, logits, seed, baseline):
    """Each row sums to 0, lowers the action's logit if it went badly, and is 0 where the reward is the
    baseline.
    """
    n, a = logits.shape
    actions = torch.randint(a, (n,), generator=generator(seed))
    rewards = torch.randint(-3, 4, (n,), generator=generator(seed + 1)) / 2
    found = learner.policy_gradient(logits, actions, rewards, baseline)
    assert_equal(tuple(found.shape), (n, a), "the shape")
    assert_close(found.sum(1), torch.zeros(n), "the sums of the rows", atol=ROUNDING)
    at = found[torch.arange(n), actions].sign()
    assert_equal(at, (baseline - rewards).sign(), "the signs at the actions")


@exercise("learning_problem-split", seconds=TRAINING)
def test_what_is_related_stays_together(learner):
    """Rows that are alike, or that `related` gives the same entry, are in the same part.

    Hint: split the list of groups, not the list of rows.
    """
    trial = trial_of(learner)
    laws.nothing_related_is_apart(trial.rows, trial.groups, trial.parts)


@exercise("learning_problem-split", seconds=TRAINING)
def test_the_split_repeats(learner):
    """The same rows and seed give the same split."""
    laws.splits_repeat(trial_of(learner))


@exercise("learning_problem-model", seconds=TRAINING)
def test_lightning_trains_the_model(learner):
    """The high-level model is trained by Lightning's Trainer."""
    laws.lightning_trains(trial_of(learner))


@exercise("learning_problem-model", seconds=TRAINING)
def test_the_baseline_is_beaten_or_the_report_says_why_not(learner):
    """On the test rows the model beats the baseline and what needs no input, or the report says why it doesn't."""
    laws.baseline_is_beaten(trial_of(learner))


@exercise("learning_problem-test", seconds=TRAINING)
def test_the_test_set_was_read_once(learner):
    """The test set was read once."""
    laws.test_set_was_read_once(trial_of(learner))


@exercise("learning_problem-test", seconds=TRAINING)
def test_the_test_set_was_read_by_this_very_problem(learner):
    """The test set was read by the code and data that are handed in."""
    laws.test_set_was_read_by_this(trial_of(learner))


@exercise("learning_problem-test", seconds=TRAINING)
def test_nothing_comes_from_rows_that_fit_was_not_given(learner):
    """The model is the same whether or not other rows than those of train and validation have passed by.

    Hint: means, vocabularies and classes are learned too: from `train`, inside `fit`.
    """
    laws.unseen_rows_change_nothing(trial_of(learner))


@exercise("learning_problem-test", seconds=TRAINING)
def test_a_question_has_one_answer(learner):
    """Asked about the same rows for a second time, the model says the same.

    Hint: dropout and the like are for training: is the model in `eval()`?
    """
    laws.answers_stay(trial_of(learner))


@exercise("learning_problem-test", seconds=TRAINING)
def test_each_prediction_is_of_its_own_row(learner):
    """What the model says of a row doesn't depend on the other rows that are asked with it.

    Hint: is the model in `eval()`, and does it standardise by what it learned from `train`?
    """
    laws.each_row_counts_alone(trial_of(learner))


@exercise("learning_problem-test", seconds=TRAINING)
def test_the_recorded_scores_come_out_again(learner):
    """The seed, the versions and the scores in `run.json` are those of this very problem."""
    laws.record_is_true(trial_of(learner))


@exercise("learning_problem-repeats", seconds=TRAINING)
def test_a_second_run_says_the_same(learner):
    """Two runs with the seed give the same predictions.

    Hint: `L.seed_everything(seed)` comes before the model is made, and every shuffle takes the seed.
    """
    laws.runs_repeat(trial_of(learner))


@exercise("learning_problem-deepening", seconds=TRAINING)
def test_the_deepening_has_figures(learner):
    """`deepen` gives figures by name, the same in a second run, and DEEPENING says which of the three it is."""
    laws.deepening_has_figures(trial_of(learner))


@exercise("learning_problem-report", seconds=TRAINING)
def test_the_pages_are_written(learner):
    """Nothing is left to write in `card.md` and `report.md`."""
    laws.pages_are_written(trial_of(learner))


@exercise("learning_problem-report", seconds=TRAINING)
def test_the_report_gives_the_scores(learner):
    """The report gives the scores on the test rows as `run.json` has them."""
    laws.report_gives_figures(trial_of(learner))

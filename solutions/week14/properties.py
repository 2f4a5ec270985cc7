"""Week 14's hidden properties: freshly planted flaws, agreement with an independent oracle, laws, edge cases."""

import math
import random
from copy import deepcopy
from fractions import Fraction

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograde.problem import asking, laws
from autograde.problem.trial import answered, inputs_of, split_of, targets_of, trial_of
from autograde.properties import assert_close, assert_equal, driver, exercise, require
from autograde.strategies import sizes, tensors

# Seconds of computing that each test of the learning problem may take, and the rows that flaws are planted among.
TRAINING = 60
MOST_ROWS = 80
# Answers may come from float32 arithmetic, whatever they are returned as.
ROUNDING = 64 * torch.finfo(torch.float32).eps


def seeds() -> st.SearchStrategy[int]:
    return st.integers(0, 9999)


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def lists_of(values: list, low: int = 1, high: int = 9) -> st.SearchStrategy[list]:
    return st.lists(st.sampled_from(values), min_size=low, max_size=high)


def baseline_of(y_train: list[int], y_test: list[int]) -> float:
    """The baseline by counting in lists."""
    majority = min(y_train, key=lambda label: (-y_train.count(label), label))
    return y_test.count(majority) / len(y_test)


@exercise("majority_baseline")
@given(y_train=lists_of([-3, 0, 1, 7]), y_test=lists_of([-3, 0, 1, 7]), small=st.booleans())
def test_baseline_agrees_with_counting(learner, y_train, y_test, small):
    """The baseline is the share of test labels that equal training's commonest, the smallest at a tie."""
    dtype = torch.int32 if small else torch.int64
    got = learner.majority_baseline(torch.tensor(y_train, dtype=dtype), torch.tensor(y_test, dtype=dtype))
    assert_close(got, baseline_of(y_train, y_test), atol=ROUNDING)


@exercise("majority_baseline")
@given(y_train=lists_of([-1, 2, 5]), y_test=lists_of([-1, 2, 5]), up=st.integers(1, 9), seed=seeds())
def test_names_and_order_of_labels_do_not_matter(learner, y_train, y_test, up, seed):
    """Labels may be renamed in their order, rows may come in any order, and every training row twice."""
    expected = baseline_of(y_train, y_test)
    order = torch.randperm(len(y_train), generator=generator(seed))
    renamed = torch.tensor(y_train)[order] * up + 3, torch.tensor(y_test) * up + 3
    assert_close(learner.majority_baseline(*renamed), expected, "renamed and shuffled", atol=ROUNDING)
    twice = torch.tensor(y_train * 2), torch.tensor(y_test)
    assert_close(learner.majority_baseline(*twice), expected, "every training row twice", atol=ROUNDING)


@exercise("majority_baseline")
@given(ties=st.permutations([-4, 0, 3]), y_test=lists_of([-4, 0, 3, 9]))
def test_test_labels_have_no_vote(learner, ties, y_test):
    """At a tie in training the smallest label is answered, whatever is common among the test labels."""
    got = learner.majority_baseline(torch.tensor(ties + ties), torch.tensor(y_test))
    assert_close(got, y_test.count(-4) / len(y_test), atol=ROUNDING)
    got = learner.majority_baseline(torch.tensor([*ties, 9]), torch.tensor([9, 9, -4]))
    assert_close(got, 1 / 3, "of four labels once each", atol=ROUNDING)


@st.composite
def grouped(draw: st.DrawFn) -> tuple[list[int], list[int], list]:
    """Predicted labels, true labels, and names of groups, texts or integers."""
    n = draw(st.integers(1, 12))
    names = draw(st.sampled_from([["moss", "Moss", "bark", "leaf"], [3, -1, 12, 2], ["z", "a"]]))
    p, y = (draw(lists_of([-1, 0, 4], n, n)) for _ in range(2))
    return p, y, draw(lists_of(names, n, n))


def shares_of(p: list[int], y: list[int], group: list) -> dict:
    """The share of hits in each group, exactly."""
    hits = {name: [] for name in group}
    for mine, right, name in zip(p, y, group, strict=True):
        hits[name].append(mine == right)
    return {name: Fraction(sum(found), len(found)) for name, found in hits.items()}


@exercise("accuracy_by_group")
@given(drawn=grouped())
def test_groups_agree_with_counting(learner, drawn):
    """Each group has its own share of hits, and the worst is the least of them, by name at a tie."""
    p, y, group = drawn
    expected = shares_of(*drawn)
    accuracy, worst = learner.accuracy_by_group(torch.tensor(p), torch.tensor(y), group)
    assert_close(accuracy, {name: float(share) for name, share in expected.items()}, atol=ROUNDING)
    assert_equal(worst, min(expected, key=lambda name: (expected[name], name)), "the worst group")


@exercise("accuracy_by_group")
@given(drawn=grouped(), seed=seeds())
def test_order_of_rows_does_not_matter(learner, drawn, seed):
    """In another order of the rows the answer is the same, and a group of its own for each row is 0 or 1."""
    p, y, group = drawn
    order = torch.randperm(len(p), generator=generator(seed))
    shuffled = torch.tensor(p)[order], torch.tensor(y)[order], [group[i] for i in order]
    expected = shares_of(*drawn)
    accuracy, worst = learner.accuracy_by_group(*shuffled)
    assert_close(accuracy, {name: float(share) for name, share in expected.items()}, atol=ROUNDING)
    assert_equal(worst, min(expected, key=lambda name: (expected[name], name)), "the worst group")
    alone, least = learner.accuracy_by_group(torch.tensor(p), torch.tensor(y), list(range(len(p))))
    hits = [float(mine == right) for mine, right in zip(p, y, strict=True)]
    assert_close(alone, dict(enumerate(hits)), "each row by itself", atol=ROUNDING)
    assert_equal(least, hits.index(min(hits)), "the worst row")


@exercise("accuracy_by_group")
@given(names=st.permutations(["oak", "elm", "ash"]), times=sizes(1, 3), hit=st.booleans())
def test_equal_shares_of_unequal_sizes_tie(learner, names, times, hit):
    """Half of two and half of four are equally good, and the smallest name is the worst of equals."""
    y = [1, 0] * (1 + times + 2) if not hit else [1] * 2 * (3 + times)
    group = [names[0]] * 2 + [names[1]] * 2 * times + [names[2]] * 4
    accuracy, worst = learner.accuracy_by_group(torch.ones(len(y), dtype=torch.int64), torch.tensor(y), group)
    assert_close(accuracy, dict.fromkeys(names, 1.0 if hit else 0.5), atol=ROUNDING)
    assert_equal(worst, "ash", "the worst group")


@exercise("shift_gap")
@given(scores=st.tuples(st.integers(-64, 64), st.integers(-64, 64)), offset=st.integers(-9, 9))
def test_what_is_added_to_both_scores_cancels(learner, scores, offset):
    """The gap is source less target, of either sign, and stays when both scores are raised."""
    home, away = scores
    for up in (0, offset):
        read = []

        def evaluate(data, up=up, read=read):
            read.append(data)
            return (home if data == [1] else away) / 64 + up

        assert_close(
            learner.shift_gap(evaluate, [1], [2]), (home - away) / 64, f"with {up} added", atol=ROUNDING
        )
        assert_equal(sorted(read), [[1], [2]], "what was evaluated, sorted")


@exercise("shift_gap")
@given(home=tensors((sizes(1, 4),)), away=tensors((sizes(1, 4),)))
def test_exchanged_worlds_turn_the_sign(learner, home, away):
    """Source and target exchanged, the gap changes its sign; a world against itself has none."""

    def evaluate(data):
        return data.mean().item()

    gap = (home.mean() - away.mean()).item()
    assert_close(learner.shift_gap(evaluate, home, away), gap, atol=ROUNDING)
    assert_close(learner.shift_gap(evaluate, away, home), -gap, "exchanged", atol=ROUNDING)
    assert_close(learner.shift_gap(evaluate, home, home), 0.0, "against itself", atol=ROUNDING)


@exercise("shift_gap")
@given(first=st.integers(1, 9), rows=st.lists(st.integers(0, 9), min_size=1, max_size=3))
def test_no_data_set_is_read_twice(learner, first, rows):
    """Each data set is read once, though a second reading would give another score."""
    read = {"source": 0, "target": 0}

    def evaluate(data):
        read[data["name"]] += 1
        return data["score"] + 100.0 * (read[data["name"]] - 1)

    source, target = {"name": "source", "score": first / 8}, {"name": "target", "score": sum(rows) / 8}
    got = learner.shift_gap(evaluate, source, target)
    assert_equal(read, {"source": 1, "target": 1}, "how often each was read")
    assert_close(got, (first - sum(rows)) / 8, atol=ROUNDING)


FLAWS = ["new", "copy", "mirror", "upside", "turned", "near", "channels", "rolled", "shuffled", "own mirror"]


def flawed(image: torch.Tensor, how: str, seed: int) -> torch.Tensor:
    """Another image made of one (c, h, w): copies, mirror images, and what only looks like them."""
    if how == "near":
        image = image.clone()
        place = tuple(torch.randint(size, (1,), generator=generator(seed)).item() for size in image.shape)
        image[place] += 1 if image.dtype == torch.uint8 else 2**-12
        return image
    if how == "shuffled":
        return image.flatten()[torch.randperm(image.numel(), generator=generator(seed))].reshape(image.shape)
    if how == "new":
        return new_image(image.shape, image.dtype, seed)
    return {
        "copy": image, "mirror": image.flip(-1), "upside": image.flip(-2), "turned": image.flip(-1, -2),
        "channels": image.flip(0), "rolled": image.roll(1, -1), "own mirror": image + image.flip(-1),
    }[how]  # fmt: skip


def new_image(shape: tuple[int, ...], dtype: torch.dtype, seed: int) -> torch.Tensor:
    """An image of few grey levels, so that sums and parts of images agree now and then."""
    image = torch.randint(0, 5, tuple(shape), generator=generator(seed))
    return image.to(dtype) if dtype == torch.uint8 else image.to(dtype) / 16


@st.composite
def planted(draw: st.DrawFn) -> tuple[torch.Tensor, torch.Tensor]:
    """Training and test images in which each image but the first is made of an earlier one, or new."""
    shape = draw(st.tuples(sizes(1, 3), sizes(1, 3), sizes(1, 4)))
    dtype = draw(st.sampled_from([torch.uint8, torch.float32]))
    start = draw(seeds())
    images = [new_image(shape, dtype, start)]
    for place in range(draw(st.integers(1, 8))):
        source = images[draw(st.integers(0, len(images) - 1))]
        images.append(flawed(source, draw(st.sampled_from(FLAWS)), start + place))
    cut = draw(st.integers(1, len(images)))
    whole = torch.stack(images)
    if draw(st.booleans()):  # the same images laid out otherwise in memory
        whole = whole.transpose(0, 3).contiguous().transpose(0, 3)
    return whole[:cut], whole[cut - 1 :].flip(0) if draw(st.booleans()) else whole[cut:]


def leaks_of(train: torch.Tensor, test: torch.Tensor) -> list[tuple[int, int]]:
    """Every pair compared with every other, as lists."""

    def mirrored(image: list) -> list:
        return [[row[::-1] for row in channel] for channel in image]

    rights = test.tolist()
    return [
        (i, j)
        for i, left in enumerate(train.tolist())
        for j, right in enumerate(rights)
        if left == right or mirrored(left) == right
    ]


@exercise("find_leaks")
@settings(max_examples=60)
@given(drawn=planted())
def test_planted_leaks_are_found_and_nothing_else(learner, drawn):
    """Copies and left-right mirror images are found, wherever they stand, and what only resembles isn't."""
    train, test = drawn
    before = train.clone(), test.clone()
    assert_equal(learner.find_leaks(train, test), leaks_of(train, test))
    assert_equal((train, test), before, "the images afterwards")


@exercise("find_leaks")
@given(drawn=planted())
def test_exchanged_sides_exchange_the_pairs(learner, drawn):
    """With train and test exchanged, the pairs are turned round and sorted anew; mirrored images change
    nothing.
    """
    train, test = drawn
    pairs = leaks_of(train, test)
    assert_equal(
        learner.find_leaks(test, train), sorted((j, i) for i, j in pairs), "train and test exchanged"
    )
    assert_equal(learner.find_leaks(train.flip(-1), test), pairs, "all training images mirrored")
    twice = sorted(pairs + [(i + len(train), j) for i, j in pairs])
    assert_equal(learner.find_leaks(torch.cat([train, train]), test), twice, "all training images twice")


@exercise("find_leaks")
@settings(max_examples=6)
@given(seed=seeds(), size=st.tuples(sizes(1, 3), sizes(2, 4), sizes(3, 5)), at=sizes(0, 29))
def test_many_images_and_few_leaks(learner, seed, size, at):
    """Among dozens of images the planted ones are found, in groups of three and mirrored, and near ones
    aren't.
    """
    images = torch.rand((60, *size), generator=generator(seed))
    train, test = images[:30], images[30:].clone()
    for place, how in [(29, "copy"), (11, "mirror"), (3, "upside"), (17, "near"), (8, "rolled")]:
        test[place] = flawed(train[at], how, seed)
    train = torch.cat([train, train[at : at + 1].flip(-1)])
    assert_equal(learner.find_leaks(train, test), [(at, 11), (at, 29), (30, 11), (30, 29)])
    small = (train * 255).to(torch.uint8)
    assert_equal(
        learner.find_leaks(small, small[at : at + 1]), leaks_of(small, small[at : at + 1]), "as uint8"
    )


@exercise("find_leaks")
@settings(max_examples=10)
@given(drawn=planted(), empty=st.booleans())
def test_without_one_side_there_is_nothing(learner, drawn, empty):
    """Without images on one side there are no leaks, and each image leaks to itself."""
    train, test = drawn
    none = (train[:0], test) if empty else (train, test[:0])
    assert_equal(learner.find_leaks(*none), [], "with one side empty")
    assert_equal(learner.find_leaks(train, train), leaks_of(train, train), "train against itself")


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
    found = names.find_leaks(train, test)
    held = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return steps, entries, held, found


@exercise("find_leaks")
@settings(max_examples=1)
@given(seed=seeds())
def test_the_work_grows_with_the_images_and_not_with_the_pairs(learner, seed):
    """Four times as many images on either side take about four times the work.

    Hint: Who compares each with each does n · m comparisons, in a loop or in one large table. Look each image
    up instead.
    """
    *little, found = work_done(learner, *different(seed, 50, 70))
    assert_equal(found, [(50, 2)], "the planted copy among 50 and 70")
    *much, found = work_done(learner, *different(seed + 1, 200, 280))
    assert_equal(found, [(200, 2)], "the planted copy among 200 and 280")
    for what, few, many in zip(["steps of Python", "entries of tensors", "bytes"], little, much, strict=True):
        slack = 20_000 if what == "bytes" else 0
        require(many <= 7 * few + slack, f"{what}: {few} at first, {many} for four times as many images")


def different(seed: int, n: int, m: int) -> tuple[torch.Tensor, torch.Tensor]:
    """n + 1 training and m test images without a copy but for the last one of train, which is number 2 of
    test.
    """
    images = torch.randperm((n + m) * 48, generator=generator(seed)).reshape(n + m, 2, 4, 6).float() / 32768
    return torch.cat([images[:n], images[n + 2 : n + 3].flip(-1)]), images[n:]


LEVELS = st.sampled_from([0.25, 0.5, 0.8, 0.9, 0.99])


@driver
def bootstrapped(names, values, kind, level, resamples, state):
    """(interval, samples, what the statistic made of them, whether the generator moved on, values
    afterwards).
    """
    import torch

    drawing = torch.Generator().manual_seed(state)
    before = drawing.get_state()
    samples, found = [], []

    def statistic(sample):
        samples.append(sample.clone())
        found.append(
            {"mean": sample.mean(), "median": sample.median(), "range": sample.max() - sample.min()}[kind]
        )
        return found[-1].item() if len(found) % 2 else found[-1]

    more = {} if level is None else {"level": level, "resamples": resamples}
    low, high = names.bootstrap_interval(values, statistic, generator=drawing, **more)
    moved = not torch.equal(before, drawing.get_state())
    return (float(low), float(high)), torch.stack(samples), torch.stack(found), moved, values


@exercise("bootstrap_interval")
@given(
    n=sizes(1, 7),
    kind=st.sampled_from(["mean", "median", "range"]),
    level=LEVELS,
    resamples=sizes(1, 25),
    seed=seeds(),
    single=st.booleans(),
)
def test_the_interval_is_cut_from_the_resamples(learner, n, kind, level, resamples, seed, single):
    """The interval's ends are quantiles of the statistics of `resamples` samples, each n of the values."""
    values = torch.randn(n, generator=generator(seed), dtype=torch.float32 if single else torch.float64)
    before = values.clone()
    interval, samples, found, _, after = bootstrapped(learner, values, kind, level, resamples, seed)
    assert_equal(tuple(samples.shape), (resamples, n), "the number and the size of the samples")
    require(
        samples.dtype == values.dtype,
        "another dtype than the values'",
        got=samples.dtype,
        expected=values.dtype,
    )
    require(
        torch.isin(samples, before).all(), "a sample has an entry that isn't among the values", got=samples
    )
    tail = (1 - level) / 2
    expected = [found.double().quantile(q).item() for q in (tail, 1 - tail)]
    assert_close(list(interval), expected, atol=ROUNDING * max(1.0, found.abs().max().item()))
    assert_equal(after, before, "the values afterwards")


@exercise("bootstrap_interval")
@settings(max_examples=2)
@given(seed=seeds())
def test_left_to_itself_it_draws_a_thousand(learner, seed):
    """Without a level and a number it is 0.95 of 1,000 resamples, drawn with equal chances and replacement."""
    values = torch.tensor([-3.0, 1.0, 2.0, 5.0, 11.0])
    interval, samples, found, *_ = bootstrapped(learner, values, "mean", None, None, seed)
    assert_equal(tuple(samples.shape), (1000, 5), "the number and the size of the samples")
    expected = [found.double().quantile(q).item() for q in (0.025, 0.975)]
    assert_close(list(interval), expected, atol=ROUNDING * 11)
    # Six standard errors: a right answer is outside less than once in a hundred million times.
    for value in values:
        at = (samples == value).double()
        assert_close(at.mean(), 0.2, f"how often {value:g} came", atol=6 * 0.4 / math.sqrt(5000))
        together = (at[:, 0] * at[:, 1]).mean()
        assert_close(
            together, 0.04, f"how often {value:g} came first and second", atol=6 * 0.196 / math.sqrt(1000)
        )
        for half in (at[:500], at[500:]):
            assert_close(
                half.mean(), 0.2, f"how often {value:g} came in one half", atol=6 * 0.4 / math.sqrt(2500)
            )
    complete = (samples.sort(1).values == values).all(1).double().mean()
    assert_close(complete, 0.0384, "samples that hold each value once", atol=6 * 0.1922 / math.sqrt(1000))


@exercise("bootstrap_interval")
@given(
    n=sizes(2, 7),
    levels=st.lists(LEVELS, min_size=2, max_size=2, unique=True),
    seed=seeds(),
    kind=st.sampled_from(["mean", "median"]),
)
def test_levels_are_nested_from_one_state(learner, n, levels, seed, kind):
    """From equal states the samples are equal, a higher level contains the lower, and neither leaves the
    data.
    """
    values = torch.randn(n, generator=generator(seed + 1), dtype=torch.float64)
    narrow, samples, *_ = bootstrapped(learner, values, kind, min(levels), 30, seed)
    wide, again, *_ = bootstrapped(learner, values, kind, max(levels), 30, seed)
    assert_equal(again, samples, "the samples from equal states, to another level")
    slack = ROUNDING * values.abs().max().item()
    require(wide[0] - slack <= narrow[0] <= narrow[1] <= wide[1] + slack, "not nested", got=(narrow, wide))
    inside = values.min() - slack <= wide[0] and wide[1] <= values.max() + slack
    require(inside, "it leaves the range of the values", got=wide, expected=(values.min(), values.max()))


@exercise("bootstrap_interval")
@settings(max_examples=10)
@given(seed=seeds(), factor=st.sampled_from([2.0, 0.5, 4.0]), up=st.integers(-8, 8))
def test_scaled_values_scale_the_interval(learner, seed, factor, up):
    """Values multiplied by a positive number and shifted move the interval along, from equal states.

    Hint: Every random number comes from the generator: equal states, equal draws, whatever the values are.
    """
    values = torch.randint(-40, 40, (6,), generator=generator(seed)).double() / 4
    interval, _, _, moved, _ = bootstrapped(learner, values, "mean", 0.8, 20, seed)
    require(moved, "the generator's state is the same afterwards, so nothing was drawn from it")
    scaled, *_ = bootstrapped(learner, factor * values + up, "mean", 0.8, 20, seed)
    assert_close(
        list(scaled), [factor * end + up for end in interval], "scaled and shifted", atol=64 * ROUNDING
    )


@driver
def without_generator(names, values, resamples):
    """The interval of the maximum, drawn from wherever, twice."""
    intervals = [
        names.bootstrap_interval(values, lambda sample: sample.max(), 0.5, resamples) for _ in range(2)
    ]
    return [[float(end) for end in interval] for interval in intervals]


@exercise("bootstrap_interval")
@settings(max_examples=4)
@given(seed=seeds())
def test_it_works_without_a_generator(learner, seed):
    """Without a generator it draws all the same, other samples each time."""
    values = torch.randn(150, generator=generator(seed))
    intervals = without_generator(learner, values, 7)
    for interval in intervals:
        require(
            values.median() < interval[0] <= interval[1] <= values.max(),
            "an odd interval of the maximum",
            got=interval,
        )
    means = [
        learner.bootstrap_interval(values, lambda sample: sample.mean().item(), 0.5, 5) for _ in range(2)
    ]
    require(list(means[0]) != list(means[1]), "the same samples twice without a generator", got=means)


@driver
def shuffled_tables(names, X, y, weights, state):
    """(losses, the tables that predict was given, its answers, X afterwards, whether the generator moved)."""
    import torch

    drawing = torch.Generator().manual_seed(state)
    before = drawing.get_state()
    tables, answers = [], []

    def predict(table):
        tables.append(table.clone())
        answers.append((table.double() @ weights > 0).long())
        return answers[-1]

    losses = names.permutation_importance(predict, X, y, drawing)
    moved = not torch.equal(before, drawing.get_state())
    return losses, torch.stack(tables), torch.stack(answers), X, moved


def losses_of(
    tables: torch.Tensor, answers: torch.Tensor, X: torch.Tensor, y: torch.Tensor, intact: torch.Tensor
) -> torch.Tensor:
    """What each column lost, by the tables that predict was given; fails if one of them isn't as it should
    be.
    """
    losses = torch.zeros(X.shape[1], dtype=torch.float64)
    for table, answer in zip(tables, answers, strict=True):
        assert_equal(table.sort(0).values, X.sort(0).values, "the entries of each column that predict got")
        changed = (table != X).any(0).nonzero().flatten()
        require(len(changed) <= 1, "predict got a table with several columns changed", got=table, expected=X)
        losses[changed] = intact - (answer == y).double().mean()
    return losses


@exercise("permutation_importance")
@given(n=sizes(1, 7), d=sizes(1, 4), seed=seeds(), single=st.booleans())
def test_each_loss_belongs_to_its_own_shuffled_column(learner, n, d, seed, single):
    """Each loss is the accuracy on X less that on a table in which one column alone is permuted."""
    X = torch.randn((n, d), generator=generator(seed), dtype=torch.float32 if single else torch.float64)
    before = X.clone()
    y = torch.randint(2, (n,), generator=generator(seed + 1))
    weights = torch.randn(d, generator=generator(seed + 2), dtype=torch.float64)
    losses, tables, answers, after, _ = shuffled_tables(learner, X, y, weights, seed)
    assert_equal(after, before, "X afterwards")
    require(
        tables.dtype == X.dtype,
        "predict got another dtype than that of X",
        got=tables.dtype,
        expected=X.dtype,
    )
    intact = ((before.double() @ weights > 0) == y).double().mean()
    expected = losses_of(tables, answers, before, y, intact)
    assert_close(losses, expected, "the losses", atol=ROUNDING)


@exercise("permutation_importance")
@settings(max_examples=2)
@given(seed=seeds())
def test_orders_are_random_and_fresh_for_each_column(learner, seed):
    """Columns are permuted at random, each by an order of its own, drawn from the generator."""
    X = torch.arange(120.0)[:, None] + torch.tensor([0.0, 120.0, 240.0])
    weights = torch.tensor([1.0, 2.0, -1.0], dtype=torch.float64)
    y = (X.double() @ weights > 60).long()
    losses, tables, answers, _, moved = shuffled_tables(learner, X, y, weights, seed)
    require(moved, "the generator's state is the same afterwards, so nothing was drawn from it")
    intact = ((X.double() @ weights > 0) == y).double().mean()
    assert_close(losses, losses_of(tables, answers, X, y, intact), "the losses", atol=ROUNDING)
    shuffled = [table[:, c] - 120 * c for table in tables for c in range(3) if (table[:, c] != X[:, c]).any()]
    different = {tuple(column.tolist()) for column in shuffled}
    require(len(different) >= 3, "fewer than three different orders for three columns", got=len(different))
    for column in shuffled:
        stayed = (column == X[:, 0]).sum().item()
        require(stayed <= 12, "most entries stayed where they were", got=column)
        # The correlation with a random order has a standard deviation of 1 / sqrt(119).
        correlation = torch.corrcoef(torch.stack([column, X[:, 0]]))[0, 1]
        assert_close(correlation, 0.0, "the correlation with the old order", atol=6 / math.sqrt(119))


@exercise("permutation_importance")
@settings(max_examples=15)
@given(n=sizes(2, 9), used=st.integers(0, 2), seed=seeds())
def test_equal_states_give_equal_losses(learner, n, used, seed):
    """Equal states give equal losses, columns that aren't used exactly 0, and a model that is all wrong can
    gain.
    """
    X = torch.randn((n, 3), generator=generator(seed))
    weights = torch.zeros(3, dtype=torch.float64)
    weights[used] = 1.0
    right = (X[:, used] > 0).long()
    first, tables, answers, *_ = shuffled_tables(learner, X, right, weights, seed)
    assert_close(first, losses_of(tables, answers, X, right, torch.tensor(1.0)), "the losses", atol=ROUNDING)
    second, *_ = shuffled_tables(learner, X, right, weights, seed)
    assert_close(second, first, "from an equal state")
    others = [column for column in range(3) if column != used]
    assert_close(first[others], torch.zeros(2), "the losses of the columns that aren't used")
    require((first >= 0).all(), "a model that is always right can't gain", got=first)
    wrong, *_ = shuffled_tables(learner, X, 1 - right, weights, seed)
    assert_close(wrong, -first, "with all labels turned", atol=ROUNDING)


@st.composite
def confidences(draw: st.DrawFn) -> tuple[torch.Tensor, list[bool], int]:
    """Confidences in 64ths, so that edges of 1, 2, 4 and 8 bins are met, whether each was right, and bins."""
    steps = draw(
        st.lists(st.integers(0, 64) | st.sampled_from([0, 8, 16, 32, 48, 64]), min_size=1, max_size=12)
    )
    correct = draw(st.lists(st.booleans(), min_size=len(steps), max_size=len(steps)))
    dtype = draw(st.sampled_from([torch.float32, torch.float64]))
    return torch.tensor(steps).to(dtype) / 64, correct, draw(st.sampled_from([1, 2, 4, 8]))


def error_of(confidence: torch.Tensor, correct: list[bool], bins: int) -> float:
    """The error by bins, one after the other, exactly."""
    rows = [(Fraction(c), int(hit)) for c, hit in zip(confidence.tolist(), correct, strict=True)]
    total = Fraction(0)
    for b in range(bins):
        low, high = Fraction(b, bins), Fraction(b + 1, bins)
        inside = [(c, hit) for c, hit in rows if low < c <= high or (b == 0 and c == 0)]
        if inside:
            mean, accuracy = (Fraction(sum(column), len(inside)) for column in zip(*inside, strict=True))
            total += Fraction(len(inside), len(rows)) * abs(mean - accuracy)
    return float(total)


@exercise("calibration_error")
@settings(max_examples=60)
@given(drawn=confidences(), numbers=st.booleans())
def test_calibration_agrees_with_counting(learner, drawn, numbers):
    """The error is each bin's gap weighted by its share, edges to the left bin, 0 in the first."""
    confidence, correct, bins = drawn
    hits = torch.tensor(correct).long() if numbers else torch.tensor(correct)
    assert_close(learner.calibration_error(confidence, hits, bins), error_of(*drawn), atol=ROUNDING)


@exercise("calibration_error")
@given(
    steps=st.lists(st.integers(0, 99), min_size=1, max_size=12),
    bins=st.sampled_from([3, 5, 10, 15]),
    seed=seeds(),
)
def test_other_numbers_of_bins(learner, steps, bins, seed):
    """It holds for any number of bins, off the edges, in any order of the rows, and with every row twice."""
    confidence = (torch.tensor(steps, dtype=torch.float64) + 0.37) / 100
    correct = (torch.rand(len(steps), generator=generator(seed)) < 0.6).tolist()
    expected = error_of(confidence, correct, bins)
    assert_close(learner.calibration_error(confidence, torch.tensor(correct), bins), expected, atol=ROUNDING)
    order = torch.randperm(len(steps), generator=generator(seed))
    twice = confidence[order].repeat(2), torch.tensor(correct)[order].repeat(2)
    assert_close(learner.calibration_error(*twice, bins), expected, "every row twice", atol=ROUNDING)


@exercise("calibration_error")
@given(steps=st.lists(st.integers(0, 16), min_size=1, max_size=9), hit=st.booleans())
def test_one_bin_compares_two_means(learner, steps, hit):
    """In one bin it is the mean confidence against the accuracy; always right, 1 less the mean confidence."""
    confidence = torch.tensor(steps, dtype=torch.float64) / 16
    correct = torch.full((len(steps),), hit)
    expected = abs(confidence.mean().item() - hit)
    assert_close(learner.calibration_error(confidence, correct, 1), expected, "one bin", atol=ROUNDING)
    assert_close(learner.calibration_error(confidence, correct, 16), expected, "sixteen bins", atol=ROUNDING)


def mmd_of(x: torch.Tensor, y: torch.Tensor, bandwidth: float) -> float:
    """The estimate pair by pair."""

    def mean(pairs: list) -> float:
        return math.fsum(math.exp(-(math.dist(a, b) ** 2) / (2 * bandwidth**2)) for a, b in pairs) / len(
            pairs
        )

    xs, ys = x.tolist(), y.tolist()
    inside = [mean([(a, b) for i, a in enumerate(s) for j, b in enumerate(s) if i != j]) for s in (xs, ys)]
    return sum(inside) - 2 * mean([(a, b) for a in xs for b in ys])


def clouds(d: int, dtype: torch.dtype = torch.float64) -> st.SearchStrategy[torch.Tensor]:
    return tensors((sizes(2, 5), d), dtype=dtype)


@exercise("mmd")
@given(
    pair=sizes(1, 3).flatmap(lambda d: st.tuples(clouds(d), clouds(d))),
    bandwidth=st.sampled_from([0.3, 1.0, 2.5, 10.0]),
    single=st.booleans(),
)
def test_mmd_agrees_with_its_definition(learner, pair, bandwidth, single):
    """The estimate is the mean over different pairs inside x, and inside y, less twice the mean between."""
    x, y = (part.float() if single else part for part in pair)
    before = x.clone(), y.clone()
    assert_close(learner.mmd(x, y, bandwidth), mmd_of(x, y, bandwidth), atol=ROUNDING)
    assert_equal((x, y), before, "x and y afterwards")


@exercise("mmd")
@given(x=clouds(2), y=clouds(2), seed=seeds(), factor=st.sampled_from([0.5, 2.0, 4.0]))
def test_units_order_and_place_do_not_matter(learner, x, y, seed, factor):
    """Other units for points and bandwidth, another origin, or another order of the points change nothing."""
    expected = mmd_of(x, y, 1.5)
    order = torch.randperm(len(x), generator=generator(seed))
    assert_close(learner.mmd(factor * x, factor * y, factor * 1.5), expected, "in other units", atol=ROUNDING)
    assert_close(learner.mmd(x[order] + 3.0, y + 3.0, 1.5), expected, "moved and shuffled", atol=ROUNDING)
    assert_close(learner.mmd(y, x, 1.5), expected, "x and y exchanged", atol=ROUNDING)


@exercise("mmd")
@settings(max_examples=3)
@given(seed=seeds())
def test_equal_populations_scatter_around_zero(learner, seed):
    """Over samples of one population the mean is near 0 and some are negative; a shift raises it to near 2."""
    draws = torch.randn((28, 2, 6, 2), generator=generator(seed), dtype=torch.float64)
    found = [learner.mmd(x, y, 1.0) for x, y in draws]
    assert_close(found, [mmd_of(x, y, 1.0) for x, y in draws], atol=ROUNDING)
    require(min(found) < 0, "never negative for equal populations", got=found)
    x, y = draws[0]
    inside = mmd_of(x, y + 1000.0, 1.0)
    assert_close(learner.mmd(x, y + 100.0, 1.0), inside, "far apart", atol=ROUNDING)


@driver
def attributed(names, kind, A, w, x, baseline, steps, parameters):
    """(attributions, f at both ends, whether there is a graph, x, baseline, whether parameters got a
    gradient).
    """
    import torch

    w = w.clone().requires_grad_(parameters)

    def f(z):
        flat = z.flatten()
        if kind == "quadratic":
            return flat @ A @ flat + w @ flat
        return torch.tanh(w @ flat) + torch.exp(0.1 * (A @ flat)).sum()

    more = () if steps is None else (steps,)
    x, baseline = x.clone().requires_grad_(parameters), baseline.clone()
    found = names.integrated_gradients(f, x, baseline, *more)
    ends = f(x).item(), f(baseline).item()
    polluted = w.grad is not None or x.grad is not None
    return found.detach(), ends, found.requires_grad, x.detach(), baseline, polluted


def midpoint_sum(kind, A, w, x, baseline, steps):
    """The formula, with the gradients written out."""
    shape, x, baseline = x.shape, x.flatten(), baseline.flatten()
    total = torch.zeros_like(x)
    for step in range(steps):
        z = baseline + (step + 0.5) / steps * (x - baseline)
        if kind == "quadratic":
            total += (A + A.T) @ z + w
        else:
            total += w * (1 - torch.tanh(w @ z) ** 2) + 0.1 * A.T @ torch.exp(0.1 * (A @ z))
    return ((x - baseline) * total / steps).reshape(shape)


@st.composite
def integrals(draw: st.DrawFn) -> tuple:
    """A function's kind and numbers, two ends of a path, of one or two axes."""
    shape = draw(st.sampled_from([(1,), (3,), (2, 2), (1, 3, 2)]))
    d, seed = math.prod(shape), draw(seeds())
    A, w, x, baseline = (
        torch.randn(size, generator=generator(seed + place), dtype=torch.float64)
        for place, size in enumerate([(d, d), (d,), shape, shape])
    )
    return draw(st.sampled_from(["quadratic", "bent"])), A, w, x, baseline


@exercise("integrated_gradients")
@given(drawn=integrals(), steps=sizes(1, 5), single=st.booleans(), parameters=st.booleans())
def test_attributions_agree_with_the_formula(learner, drawn, steps, single, parameters):
    """The attributions are those of the formula, in shape and dtype of x, and nothing else changes."""
    kind, *numbers = drawn
    expected = midpoint_sum(kind, *numbers, steps)
    dtype = torch.float32 if single else torch.float64
    A, w, x, baseline = (number.to(dtype) for number in numbers)
    found, _, graph, *after, polluted = attributed(learner, kind, A, w, x, baseline, steps, parameters)
    scale = max(1.0, expected.abs().max().item())
    assert_close(found, expected.to(dtype), dtype=dtype, atol=64 * torch.finfo(dtype).eps * scale)
    require(not graph, "the attributions are still attached to a graph")
    require(not polluted or not parameters, "a gradient was left in f's parameters or in x")
    assert_equal(after, [x, baseline], "x and baseline afterwards")


@exercise("integrated_gradients")
@settings(max_examples=4)
@given(drawn=integrals())
def test_a_hundred_steps_hand_out_the_whole_difference(learner, drawn):
    """With the default of 100 steps, the attributions add up to f(x) - f(baseline), to a thousandth."""
    kind, *numbers = drawn
    found, (end, start), *_ = attributed(learner, kind, *numbers, None, False)
    assert_close(
        found, midpoint_sum(kind, *numbers, 100), "with the default steps", atol=1e-9 * (1 + abs(end)) * 100
    )
    assert_close(found.sum(), end - start, "the sum", atol=1e-3 * (1 + abs(end) + abs(start)))


@exercise("integrated_gradients")
@settings(max_examples=12)
@given(drawn=integrals(), steps=sizes(1, 4), place=st.integers(0, 5))
def test_what_is_unused_or_unmoved_gets_nothing(learner, drawn, steps, place):
    """A number that f doesn't use, or that is the baseline's, gets 0, and the way back turns all signs."""
    kind, A, w, x, baseline = drawn
    place %= len(w)
    A[place], A[:, place], w[place] = 0.0, 0.0, 0.0
    found, *_ = attributed(learner, kind, A, w, x, baseline, steps, False)
    assert_close(found.flatten()[place], 0.0, "an unused number")
    back, *_ = attributed(learner, kind, A, w, baseline, x, steps, False)
    assert_close(back, -found, "the way back", atol=1e-9 * (1 + found.abs().max().item()))
    x.flatten()[place] = baseline.flatten()[place]
    A[place], w[place] = 1.0, -1.0
    found, *_ = attributed(learner, kind, A, w, x, baseline, steps, False)
    expected = midpoint_sum(kind, A, w, x, baseline, steps)
    assert_close(found, expected, "with one number unmoved", rtol=1e-9, atol=1e-9)


@driver
def attacked(names, W, b, x, y, eps):
    """(changed x, whether it has a graph, x afterwards, whether parameters got a gradient or x asks for one)."""
    import torch

    layer = torch.nn.Linear(*W.shape, dtype=W.dtype)
    with torch.no_grad():
        layer.weight.copy_(W.T)
        layer.bias.copy_(b)
    model = torch.nn.Sequential(torch.nn.Flatten(), layer)
    found = names.fgsm(model, x, y, eps)
    polluted = any(p.grad is not None for p in model.parameters()) or x.requires_grad
    return found.detach(), found.requires_grad, x.detach(), polluted


@st.composite
def attacks(draw: st.DrawFn) -> tuple:
    """Weights, bias, inputs from 0 to 1 with one or three axes behind the first, and labels."""
    inner = draw(st.sampled_from([(1,), (3,), (2, 1, 2), (1, 2, 3)]))
    n, k, seed = draw(sizes(1, 4)), draw(sizes(2, 4)), draw(seeds())
    dtype = draw(st.sampled_from([torch.float32, torch.float64]))
    W = torch.randint(-8, 9, (math.prod(inner), k), generator=generator(seed)).to(dtype) / 8
    b = torch.randn(k, generator=generator(seed + 1), dtype=dtype)
    x = torch.randint(0, 9, (n, *inner), generator=generator(seed + 2)).to(dtype) / 8
    return W, b, x, torch.randint(k, (n,), generator=generator(seed + 3))


def slopes_of(W, b, x, y):
    """The gradient of the loss of each row by x, written out, in float64."""
    W, b = W.double(), b.double()
    p = (x.double().flatten(1) @ W + b).softmax(1)
    p[torch.arange(len(y)), y] -= 1
    return (p @ W.T).reshape(x.shape)


@exercise("fgsm")
@given(drawn=attacks(), eps=st.sampled_from([0.0, 1 / 64, 0.125, 0.75]))
def test_attacks_agree_with_the_formula(learner, drawn, eps):
    """Each pixel moves by eps up the loss and is clamped to 0 to 1, and nothing else changes."""
    W, b, x, y = drawn
    slopes = slopes_of(*drawn)
    expected = (x.double() + eps * slopes.sign()).clamp(0, 1)
    found, graph, after, polluted = attacked(learner, W, b, x, y, eps)
    clear = (slopes.abs() > 1e-4).double()  # where rounding can't turn the sign
    assert_equal(tuple(found.shape), tuple(x.shape), "the shape")
    require(found.dtype == x.dtype, "another dtype than that of x", got=found.dtype, expected=x.dtype)
    assert_close(found.double() * clear, expected * clear, "where the slope is clear", atol=ROUNDING)
    require(not graph, "the answer is still attached to a graph")
    require(not polluted, "the parameters have a .grad now, or x asks for one")
    assert_equal(after, x, "x afterwards")


@exercise("fgsm")
@given(drawn=attacks(), place=st.integers(0, 5), eps=st.sampled_from([0.125, 0.5]))
def test_a_pixel_without_a_gradient_stays(learner, drawn, place, eps):
    """A pixel that the model doesn't use isn't moved, and rows are attacked each by itself."""
    W, b, x, y = drawn
    W = W.clone()
    W[place % len(W)] = 0.0
    found, *_ = attacked(learner, W, b, x, y, eps)
    column = place % len(W)
    assert_close(found.flatten(1)[:, column], x.flatten(1)[:, column], "the unused pixel")
    alone, *_ = attacked(learner, W, b, x[-1:], y[-1:], eps)
    clear = (slopes_of(W, b, x, y)[-1:].abs() > 1e-4).to(x.dtype)
    assert_close(alone * clear, found[-1:] * clear, "the last row by itself", atol=ROUNDING)


@exercise("fgsm")
@given(drawn=attacks(), eps=st.sampled_from([0.03125, 0.25]))
def test_the_loss_rises(learner, drawn, eps):
    """Of a linear model the attack never lowers the loss, and a label of no doubt or none is no exception."""
    W, b, x, y = drawn
    found, *_ = attacked(learner, W, b, x, y, eps)
    losses = [
        torch.nn.functional.cross_entropy(
            z.double().flatten(1) @ W.double() + b.double(), y, reduction="none"
        )
        for z in (x, found)
    ]
    require((losses[1] >= losses[0] - 1e-4).all(), "the loss fell", got=losses[1], expected=losses[0])
    middle = torch.full_like(x, 0.5)
    found, *_ = attacked(learner, W, b, middle, y, eps)
    moved = (found - middle).abs()
    slopes = slopes_of(W, b, middle, y).abs() > 1e-4
    assert_close(
        moved[slopes], torch.full_like(moved[slopes], eps), "how far each pixel moved", atol=ROUNDING
    )


@st.composite
def episodes(draw: st.DrawFn) -> tuple:
    """Logits, actions, rewards in quarters, a baseline."""
    n, a, seed = draw(sizes(1, 5)), draw(sizes(1, 4)), draw(seeds())
    dtype = draw(st.sampled_from([torch.float32, torch.float64]))
    logits = (torch.randint(-12, 13, (n, a), generator=generator(seed)) / 4).to(dtype)
    rewards = (torch.randint(-12, 13, (n,), generator=generator(seed + 1)) / 4).to(dtype)
    actions = torch.randint(a, (n,), generator=generator(seed + 2))
    return logits, actions, rewards, draw(st.sampled_from([0.0, 0.5, -1.25, 3.0]))


@exercise("policy_gradient")
@given(drawn=episodes())
def test_policy_gradient_agrees_with_autograd(learner, drawn):
    """The gradient is autograd's of -mean((r - b) log pi(action)), and the arguments stay."""
    logits, actions, rewards, baseline = drawn
    leaf = logits.double().clone().requires_grad_()
    chosen = leaf.log_softmax(1)[torch.arange(len(actions)), actions]
    (expected,) = torch.autograd.grad(-((rewards.double() - baseline) * chosen).mean(), leaf)
    before = logits.clone(), actions.clone(), rewards.clone()
    found = learner.policy_gradient(logits, actions, rewards, baseline)
    assert_close(found, expected, atol=4 * ROUNDING, axes=("row", "action"))
    require(not found.requires_grad, "the answer is still attached to a graph")
    assert_equal((logits, actions, rewards), before, "the arguments afterwards")


@exercise("policy_gradient")
@given(drawn=episodes(), up=st.integers(-8, 8))
def test_only_reward_above_the_baseline_counts(learner, drawn, up):
    """Rewards and baseline raised together change nothing, nor do a row's logits, and it stays finite.

    Hint: r - b is all that counts of a reward, and a softmax doesn't change when a row is shifted.
    """
    logits, actions, rewards, baseline = drawn
    found = learner.policy_gradient(logits, actions, rewards - baseline)
    at = found[torch.arange(len(actions)), actions]
    chances = logits.double().softmax(1)[torch.arange(len(actions)), actions]
    expected = (chances - 1) * (rewards - baseline) / len(actions)
    assert_close(at, expected, "the gradient at the actions", atol=4 * ROUNDING)
    raised = learner.policy_gradient(logits + up, actions, rewards + up, baseline + up)
    assert_close(raised, found, "all raised", atol=4 * ROUNDING * (1 + abs(up)))
    assert_close(found.sum(1), torch.zeros(len(actions)), "the sums of the rows", atol=4 * ROUNDING)
    same = learner.policy_gradient(logits, actions, torch.full_like(rewards, up), float(up))
    assert_close(same, torch.zeros_like(logits), "rewards that equal the baseline")
    large = learner.policy_gradient(logits * 400, actions, rewards, baseline)
    require(large.isfinite().all(), "not finite where the policy is certain", got=large)


@driver
def learned(names, growth, rounds, rate, seed):
    """The probabilities of a bandit's actions after some rounds of one try each."""
    import torch

    drawing, logits, mean = torch.Generator().manual_seed(seed), torch.zeros(1, len(growth)), 0.0
    for number in range(rounds):
        actions = torch.multinomial(logits.softmax(1)[0], 6, replacement=True, generator=drawing)
        rewards = growth[actions] + 0.1 * torch.randn(6, generator=drawing)
        slopes = names.policy_gradient(logits.expand(6, -1), actions, rewards, mean)
        logits = logits - rate * slopes.sum(0, keepdim=True)
        mean += (rewards.mean().item() - mean) / (number + 1)
    return logits.softmax(1)[0]


@exercise("policy_gradient")
@settings(max_examples=3)
@given(best=st.integers(0, 2), seed=seeds())
def test_a_bandit_is_learned(learner, best, seed):
    """Steps against it lead to the best of three actions."""
    growth = torch.full((3,), 1.0)
    growth[best] = 3.0
    chances = learned(learner, growth, 120, 0.4, seed)
    require(chances[best] > 0.9, "the best action isn't preferred after 120 rounds", got=chances)


def some_of(rows, chance):
    """Most of the rows in another order, with copies of some in their midst that only look like others."""
    few = chance.sample(rows, min(len(rows) * 3 // 4, MOST_ROWS))
    copies = [
        planted(row, number, chance) for number, row in enumerate(chance.sample(few, max(2, len(few) // 5)))
    ]
    mixed = deepcopy(few) + copies
    chance.shuffle(mixed)
    return mixed


def planted(row, number, chance):
    """The same row under another name: of a long sequence with one letter changed, of a picture the mirror image."""
    copy = deepcopy(row) | {"id": f"planted {number}"}
    x = copy["x"]
    if isinstance(x, str) and len(x) > 100:
        place = chance.randrange(len(x))
        copy["x"] = x[:place] + chance.choice(sorted(set(x) - {x[place]}) or [x[place]]) + x[place + 1 :]
    elif getattr(x, "ndim", 0) >= 2 and x.shape[-1] >= 5:
        copy["x"] = x.flip(-1) if hasattr(x, "flip") else x[..., ::-1].copy()
    return copy


@exercise("learning_problem-split", seconds=TRAINING)
@given(seed=st.integers(0, 10**6))
@settings(max_examples=6)
def test_planted_relatives_stay_together(learner, seed):
    """Among rows that it hasn't seen `split` keeps copies, near copies and mirror images together."""
    trial = trial_of(learner)
    rows = some_of(trial.rows, random.Random(seed))
    groups, parts = split_of(learner, trial.files, rows, seed)
    laws.nothing_related_is_apart(rows, groups, parts)


@exercise("learning_problem-split", seconds=TRAINING)
@given(seed=st.integers(0, 10**6))
@settings(max_examples=4)
def test_another_seed_is_a_split_too(learner, seed):
    """With another seed `split` gives three parts again, and most rows have a place."""
    trial = trial_of(learner)
    groups, parts = split_of(learner, trial.files, trial.rows, seed)
    laws.nothing_related_is_apart(trial.rows, groups, parts)
    placed = sum(map(len, parts))
    require(2 * placed > len(trial.rows), f"{placed} of {len(trial.rows)} rows have a place")


@exercise("learning_problem-model", seconds=TRAINING)
def test_the_baseline_learns_its_labels_from_the_rows(learner):
    """Where the labels of the training rows are renamed, the baseline's predictions are."""
    trial = trial_of(learner)
    train, inputs = trial.part("train"), inputs_of(trial.part("validation"))
    renamed = [row | {"y": renaming(row["y"])} for row in train]
    said = answered(asking.guess(learner, trial.code, train, inputs), inputs, "baseline", train[0]["y"])
    said_then = answered(
        asking.guess(learner, trial.code, renamed, inputs), inputs, "baseline", renamed[0]["y"]
    )
    told = "the baseline's predictions after all labels in train were renamed"
    laws.require_same(said_then, [renaming(label) for label in said], told)
    require(
        set(map(str, said)) <= set(map(str, targets_of(train))) or isinstance(said[0], float),
        "the baseline predicts a class that is not in train",
        got=said,
    )


def renaming(label):
    """Another name for a class, in the same order as before; of a quantity another unit."""
    if isinstance(label, str):
        return f"{label} renamed"
    return 2.0 * label + 1.0 if isinstance(label, float) else label


@exercise("learning_problem-repeats", seconds=TRAINING)
@given(seed=st.integers(1, 10**6))
@settings(max_examples=1)
def test_a_run_with_another_seed_repeats(learner, seed):
    """Two runs with another seed say the same, too."""
    trial = trial_of(learner)
    train, val, inputs = trial.part("train"), trial.part("validation"), inputs_of(trial.rows)
    said = []
    for run in (4, 5):
        asking.train(learner, trial.code, run, train, val, seed, [])
        said.append(
            answered(asking.predict(learner, run, inputs)["model"], inputs, "model", trial.rows[0]["y"])
        )
    laws.require_same(said[1], said[0], "what the model says in a second run with another seed")

"""Week 04's hidden properties: agreement with scikit-learn or an independent oracle, laws, edge cases."""

import math
from collections import Counter
from fractions import Fraction
from itertools import pairwise

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics
from sklearn.decomposition import PCA
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from autograde.properties import assert_close, assert_equal, assume, driver, exercise, require
from autograde.strategies import halves, sizes, tensors

# Single numbers may come from float32 arithmetic, whatever they are returned as.
ROUNDING = 64 * torch.finfo(torch.float32).eps

MISSING = [None, math.nan, "", "NA"]
VALUES = [0, 0.0, False, True, -2.5, 7, "nan", "None", "na", "NAD", " ", "male", math.inf]


def doubles(values) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


def seeds() -> st.SearchStrategy[int]:
    return st.integers(0, 9999)


def labels(low: int = 1, high: int = 9, most: int = 4) -> st.SearchStrategy[torch.Tensor]:
    """An integer tensor of labels."""
    return tensors((sizes(low, high),), st.integers(0, most), torch.int64)


# error_rate


@st.composite
def answered(draw: st.DrawFn, least: int = 1) -> tuple[torch.Tensor, torch.Tensor]:
    """True and predicted labels from 0 to 4, of one length; about half of them agree."""
    pairs = draw(st.lists(st.tuples(sizes(0, 4), sizes(0, 4), st.booleans()), min_size=least, max_size=12))
    y = torch.tensor([truth for truth, _, _ in pairs], dtype=torch.int64)
    p = torch.tensor([truth if agree else other for truth, other, agree in pairs], dtype=torch.int64)
    return y, p


@exercise("error_rate")
@settings(max_examples=8)
@given(answers=answered())
def test_error_rate_agrees_with_scikit_learn(learner, answers):
    """The error rate is scikit-learn's zero-one loss."""
    y, p = answers
    assert_close(learner.error_rate(y, p), float(metrics.zero_one_loss(y, p)), atol=ROUNDING)


@exercise("error_rate")
@given(answers=answered(), shift=st.integers(1, 4), times=st.integers(1, 4))
def test_names_of_classes_do_not_matter(learner, answers, shift, times):
    """Renaming the classes changes nothing, nor do all rows repeated, nor truth and prediction exchanged."""
    y, p = answers
    wrong = sum(a != b for a, b in zip(y.tolist(), p.tolist(), strict=True)) / len(y)
    renamed = [(labels + shift) % 5 * 3 for labels in (y, p)]
    assert_close(learner.error_rate(*renamed), wrong, "with other names", atol=ROUNDING)
    assert_close(learner.error_rate(p, y), wrong, "with truth and prediction exchanged", atol=ROUNDING)
    assert_close(
        learner.error_rate(y.repeat(times), p.repeat(times)), wrong, "with rows repeated", atol=ROUNDING
    )


@exercise("error_rate")
@settings(max_examples=10)
@given(y=labels(), n=st.integers(1, 300))
def test_all_wrong_and_all_but_one_right(learner, y, n):
    """If all are wrong it is 1, if all are right 0, and one mistake in many counts its share."""
    assert_close(learner.error_rate(y, y + 1), 1.0, "all wrong", atol=ROUNDING)
    assert_close(learner.error_rate(y, y.clone()), 0.0, "all right", atol=ROUNDING)
    truth = torch.zeros(n, dtype=torch.int64)
    predicted = truth.clone()
    predicted[n // 2] = 3
    assert_close(learner.error_rate(truth, predicted), 1 / n, "one wrong", atol=ROUNDING)


# clean


def raw_rows() -> st.SearchStrategy[list[dict]]:
    """Rows over the fields a, b and c, some of which are absent or missing."""
    cell = st.sampled_from([*MISSING, *VALUES, *VALUES])
    return st.lists(st.dictionaries(st.sampled_from("abc"), cell), max_size=7)


def has_value(row: dict, field: str) -> bool:
    return (
        field in row
        and not any(row[field] is gap or row[field] == gap for gap in (None, "", "NA"))
        and not (isinstance(row[field], float) and math.isnan(row[field]))
    )


@exercise("clean")
@given(rows=raw_rows(), required=st.lists(st.sampled_from("abc"), unique=True))
def test_rows_with_all_required_values_stay(learner, rows, required):
    """Those rows stay, in order and whole, that have a value in every required field."""
    rows = [*rows, {"a": None, "b": 1}, {"a": 0, "b": "x", "c": False}]
    expected = [row for row in rows if all(has_value(row, field) for field in required)]
    assert_equal(learner.clean(rows, required), expected)


@exercise("clean")
@given(rows=raw_rows(), required=st.lists(st.sampled_from("abc"), min_size=1, unique=True))
def test_cleaning_changes_nothing_that_was_given(learner, rows, required):
    """Rows, their fields and the list of required fields are as they were."""
    gone = [{required[0]: gap, "d": 1} for gap in MISSING]
    rows = [gone[0], gone[1], *rows, {"a": 1, "b": "", "c": 2}, {"a": 1, "b": 2, "c": 0}]
    copies, fields = [dict(row) for row in rows], list(required)
    kept = learner.clean(rows, required)
    assert_equal(rows, copies, "the rows afterwards")
    assert_equal(required, fields, "the required fields afterwards")
    assert_equal(learner.clean(kept, required), list(kept), "cleaned a second time")
    require(len(kept) < len(rows), "rows that lack a required field are still there", got=kept)
    assert_equal(kept[-1], copies[-1], "the last row")


@exercise("clean")
@given(rows=raw_rows(), a=st.sampled_from("abc"), b=st.sampled_from("abc"))
def test_requiring_one_field_after_the_other_is_requiring_both(learner, rows, a, b):
    """Cleaning by one field, then by another, is cleaning by both; and with no field all rows stay."""
    rows = [{"a": 0.0, "b": False, "c": "nan"}, *rows, {"b": 3}, {"a": "NA", "b": 2, "c": 3}]
    step = [row for row in rows if has_value(row, a)]
    assert_equal(
        learner.clean(learner.clean(rows, [a]), [b]), learner.clean(rows, [a, b]), "one after the other"
    )
    assert_equal(learner.clean(rows, [a, a]), step, "the same field twice")
    assert_equal(learner.clean(rows, []), rows, "with no required field")


@exercise("clean")
@given(value=st.sampled_from(VALUES), gap=st.sampled_from(MISSING))
def test_only_missing_values_are_missing(learner, value, gap):
    """Whatever is not one of the missing values is a value, and one gap is enough to drop a row."""
    rows = [{"x": value, "y": gap}, {"x": value, "y": value}, {"x": gap, "y": value}, {"y": value}]
    assert_equal(learner.clean(rows, ["x"]), rows[:2], "x required")
    assert_equal(learner.clean(rows, ["y", "x"]), [rows[1]], "both required")


# split

EXACT = [
    (0.5, 0.5),
    (0.25, 0.75),
    (0.625, 0.125, 0.25),
    (0.125, 0.375, 0.25, 0.25),
    (1.0,),
    (0.75, 0.125, 0.125),
]


@exercise("split")
@given(n=st.integers(1, 90), fractions=st.sampled_from(EXACT), seed=seeds(), as_list=st.booleans())
def test_parts_are_cut_at_cumulative_fractions(learner, n, fractions, seed, as_list):
    """Parts are cut where the cumulative fractions say, rounded down, and hold each row once."""
    parts = learner.split(n, list(fractions) if as_list else fractions, seed)
    cuts = [math.floor(n * sum(fractions[:place])) for place in range(len(fractions))] + [n]
    assert_equal([len(part) for part in parts], [end - start for start, end in pairwise(cuts)], "the sizes")
    assert_equal(sorted(row for part in parts for row in part), list(range(n)), "all parts together")


@exercise("split")
@given(n=st.integers(1, 120), seed=seeds())
def test_the_default_is_eight_one_one(learner, n, seed):
    """Without fractions the parts are cut at 0.8 n and 0.9 n, and without a seed it is 0."""
    parts = learner.split(n, seed=seed)
    cuts = [0, n * 8 // 10, n * 9 // 10, n]
    assert_equal([len(part) for part in parts], [end - start for start, end in pairwise(cuts)], "the sizes")
    default, zero = learner.split(n), learner.split(n, (0.8, 0.1, 0.1), 0)
    assert_equal([sorted(part) for part in default], [sorted(part) for part in zero], "without a seed")
    assert_equal(sorted(row for part in default for row in part), list(range(n)), "all parts together")


@driver
def last_parts(names, n, fractions, count):
    """The last part of the split for each of the seeds 0 to count - 1."""
    return [list(names.split(n, fractions, seed)[-1]) for seed in range(count)]


@exercise("split")
def test_each_row_has_its_chance(learner):
    """Over 300 seeds each row is as often in the test part as its fraction says, and neighbours not together."""
    tests = last_parts(learner, 8, (0.75, 0.25), 300)
    times = Counter(row for test in tests for row in test)
    # 75 times each with a standard deviation of 7.5; neighbours 75 times together with one of at most 9.
    require(
        all(30 <= times[row] <= 120 for row in range(8)),
        "some row is too often or too seldom in it",
        got=times,
    )
    together = sum(row + 1 in test for test in tests for row in test)
    require(
        25 <= together <= 130, "neighbours are too often or too seldom together", got=together, expected=75
    )


@driver
def disturbed(names, n, fractions, seed):
    """The split after two different seedings of all global states, and whether these were left as they were."""
    import random

    import numpy
    import torch

    def states():
        return random.getstate(), numpy.random.get_state()[1:3], torch.get_rng_state()

    found, left_alone = [], []
    for other in (1, 2):
        random.seed(other)
        numpy.random.seed(other)
        torch.manual_seed(other)
        before = states()
        found.append([sorted(part) for part in names.split(n, fractions, seed)])
        after = states()
        left_alone += [
            before[0] == after[0],
            bool((before[1][0] == after[1][0]).all()) and before[1][1] == after[1][1],
            torch.equal(before[2], after[2]),
        ]
    return found, left_alone


@exercise("split")
@settings(max_examples=10)
@given(n=st.integers(25, 60), fractions=st.sampled_from([(0.5, 0.5), (0.25, 0.25, 0.5)]), seed=seeds())
def test_the_split_depends_on_the_seed_alone(learner, n, fractions, seed):
    """Global random states neither change the split nor are changed by it; another seed changes it."""
    found, left_alone = disturbed(learner, n, fractions, seed)
    assert_equal(found[1], found[0], "with the global states seeded otherwise")
    require(all(left_alone), "a global random state was changed", got=left_alone)
    assert_equal(sorted(row for part in found[0] for row in part), list(range(n)), "all parts together")
    others = [[sorted(part) for part in learner.split(n, fractions, seed + step)] for step in (1, 2)]
    require(found[0] not in others and others[0] != others[1], "two seeds gave the same split", got=others)


# standardize


@st.composite
def two_tables(draw: st.DrawFn, rows: int = 1) -> tuple[torch.Tensor, torch.Tensor]:
    """A training and a test table of the same columns, the test table elsewhere; columns may be constant."""
    n, m, d = draw(sizes(rows, 6)), draw(sizes(1, 4)), draw(sizes(1, 4))
    train, test = draw(tensors((n, d))), draw(tensors((m, d)))
    for column in range(d):
        if draw(st.integers(0, 3)) == 0:
            train[:, column] = draw(st.sampled_from([0.1, -2.3, 0.0, 7.0, 1e6 + 0.1]))
    return train, test + draw(halves())


def scaled_by_hand(train: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    """One table by the other's columns, in Python's own arithmetic."""
    columns = []
    for known, values in zip(train.T.tolist(), table.T.tolist(), strict=True):
        mean = math.fsum(known) / len(known)
        std = math.sqrt(math.fsum((value - mean) ** 2 for value in known) / len(known))
        columns.append([0.0 if max(known) == min(known) else (value - mean) / std for value in values])
    return doubles(columns).T


@exercise("standardize")
@given(tables=two_tables())
def test_both_tables_use_the_training_statistics(learner, tables):
    """Each entry is its distance from the training mean in units of the training std; constant columns are 0."""
    train, test = tables
    expected = scaled_by_hand(train, train), scaled_by_hand(train, test)
    before = train.clone(), test.clone()
    answer = learner.standardize(train, test)
    assert_equal(len(answer), 2, "the number of tables")
    assert_close(answer[0], expected[0], "train")
    assert_close(answer[1], expected[1], "test")
    assert_equal((train, test), before, "what was given, afterwards")


@exercise("standardize")
@settings(max_examples=8)
@given(tables=two_tables(2))
def test_standardize_agrees_with_scikit_learn(learner, tables):
    """Where no column is constant the answer is that of StandardScaler, fitted to train."""
    train, test = tables
    assume((train.amax(0) > train.amin(0)).all())
    scaler = StandardScaler().fit(train.numpy())
    scaled_train, scaled_test = learner.standardize(train, test)
    assert_close(scaled_train, torch.from_numpy(scaler.transform(train.numpy())), "train")
    assert_close(scaled_test, torch.from_numpy(scaler.transform(test.numpy())), "test")


@exercise("standardize")
@settings(max_examples=12)
@given(tables=two_tables(2), power=st.sampled_from([-30, -3, 1, 12]), shift=st.integers(-9, 9))
def test_units_and_origin_do_not_matter(learner, tables, power, shift):
    """Measured in other units from another origin, the same tables are the same; turned round, negated."""
    train, test = (table * 2 // 1 / 2 for table in tables)  # halves again, so that all sums are exact
    assume((train.amax(0) > train.amin(0)).any())
    expected = scaled_by_hand(train, torch.cat([train, test]))
    for factor in (2.0**power, -(2.0**power)):
        answer = learner.standardize((train + shift) * factor, (test + shift) * factor)
        assert_close(torch.cat(list(answer)), math.copysign(1, factor) * expected, f"times {factor:.3g}")


@exercise("standardize")
@settings(max_examples=10)
@given(tables=two_tables(), dtype=st.sampled_from([torch.float32, torch.float64]))
def test_a_constant_column_is_zero_in_both(learner, tables, dtype):
    """A column that is constant in train is exactly 0 in both tables; a single training row makes all so."""
    train, test = tables
    for value in (0.1, 3.0, 1e-3):
        fixed = torch.full((len(train), 1), value, dtype=torch.float64)
        varied = torch.arange(len(test), dtype=torch.float64)[:, None] + value
        a, b = learner.standardize(
            torch.cat([train, fixed], 1).to(dtype), torch.cat([test, varied], 1).to(dtype)
        )
        assert_equal(
            a[:, -1].double(), torch.zeros(len(train), dtype=torch.float64), "constant column of train"
        )
        assert_equal(
            b[:, -1].double(), torch.zeros(len(test), dtype=torch.float64), "the same column of test"
        )
    a, b = learner.standardize(train[:1], test)
    assert_equal(a, torch.zeros_like(train[:1]), "a single training row")
    assert_equal(b, torch.zeros_like(test), "the test set by a single training row")
    two = doubles([[0.0], [4.0]])
    assert_close(learner.standardize(two, two + 1)[1], doubles([[-0.5], [1.5]]), "1 and 5 by 0 and 4")


@exercise("standardize")
@settings(max_examples=12)
@given(tables=two_tables(2), times=st.integers(2, 4))
def test_training_rows_repeated_change_nothing(learner, tables, times):
    """With every training row repeated, mean and biased std are the same, and each test row is scaled alone."""
    train, test = tables
    a, b = learner.standardize(train.repeat(times, 1), test)
    assert_close(a[: len(train)], scaled_by_hand(train, train), "train", atol=1e-11)
    assert_close(b, scaled_by_hand(train, test), "test", atol=1e-10)
    last, _ = learner.standardize(train, test[-1:]), None
    assert_close(last[1], b[-1:], "the last test row alone", atol=1e-10)


# knn_predict


@st.composite
def neighbourhoods(draw: st.DrawFn) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, int]:
    """(X, labels with gaps, queries, k) on whole coordinates, without ties at the k-th place."""
    n, m, d = draw(sizes(1, 9)), draw(sizes(1, 4)), draw(sizes(1, 3))
    spots = st.integers(-9, 9)
    X, queries = draw(tensors((n, d), spots)), draw(tensors((m, d), spots))
    if draw(st.booleans()):
        queries[0] = X[draw(st.integers(0, n - 1))]
    y = draw(tensors((n,), st.sampled_from([0, 1, 2, 2, 5, 5]), torch.int64))
    ordered = (queries[:, None, :] - X).pow(2).sum(2).sort(1).values
    clear = [k for k in range(1, n) if (ordered[:, k - 1] < ordered[:, k]).all()]
    return X, y, queries, draw(st.sampled_from([*clear, *clear, n]))


def nearest_rows(X: torch.Tensor, query: torch.Tensor, k: int) -> list[int]:
    """The k nearest rows, by exact distances."""
    distance = [sum((a - b) ** 2 for a, b in zip(row, query.tolist(), strict=True)) for row in X.tolist()]
    return sorted(range(len(X)), key=distance.__getitem__)[:k]


@exercise("knn_predict")
@given(task=neighbourhoods())
def test_the_most_frequent_label_wins(learner, task):
    """The label with most votes among the k nearest wins, and of several the smallest."""
    X, y, queries, k = task
    answers = []
    for query in queries:
        votes = Counter(y[nearest_rows(X, query, k)].tolist())
        answers.append(min(votes, key=lambda label: (-votes[label], label)))
    before = X.clone(), y.clone(), queries.clone()
    assert_equal(learner.knn_predict(X, y, queries, k), torch.tensor(answers))
    assert_equal((X, y, queries), before, "what was given, afterwards")


@exercise("knn_predict")
@settings(max_examples=8)
@given(task=neighbourhoods())
def test_knn_agrees_with_scikit_learn(learner, task):
    """Votes and means are those of scikit-learn's nearest neighbours."""
    X, y, queries, k = task
    known = X.numpy(), y.numpy()
    voting = KNeighborsClassifier(k, algorithm="kd_tree").fit(*known)
    assert_equal(
        learner.knn_predict(X, y, queries, k), torch.from_numpy(voting.predict(queries.numpy())), "votes"
    )
    values = y.double() / 2 - X[:, 0]
    mean = KNeighborsRegressor(k, algorithm="kd_tree").fit(known[0], values.numpy()).predict(queries.numpy())
    assert_close(learner.knn_predict(X, values, queries, k), torch.from_numpy(mean), "means")


@exercise("knn_predict")
@settings(max_examples=12)
@given(
    task=neighbourhoods(), shift=st.sampled_from([1_000, -4_000_000, 400_000_000]), column=st.integers(0, 2)
)
def test_moving_everything_changes_nothing(learner, task, shift, column):
    """Rows and queries moved by one large whole number, columns and rows reordered: the same answers."""
    X, y, queries, k = task
    values = y.double() - X.sum(1) / 4
    expected = doubles([values[nearest_rows(X, query, k)].mean().item() for query in queries])
    moved, asked = X.clone(), queries.clone()
    moved[:, column % X.shape[1]] += shift
    asked[:, column % X.shape[1]] += shift
    assert_close(learner.knn_predict(moved, values, asked, k), expected, "one column moved")
    back = torch.arange(len(X) - 1, -1, -1)
    reordered = learner.knn_predict(X[back].flip(1) + shift, values[back], queries.flip(1) + shift, k)
    assert_close(reordered, expected, "all moved and reordered")


@exercise("knn_predict")
@given(task=neighbourhoods(), dtype=st.sampled_from([torch.float32, torch.float64, torch.int64]))
def test_integers_vote_and_floats_are_averaged(learner, task, dtype):
    """The dtype of y decides between vote and mean, and each query is answered on its own."""
    X, y, queries, k = task
    answer = learner.knn_predict(X, y.to(dtype), queries, k)
    votes = [Counter(y[nearest_rows(X, query, k)].tolist()) for query in queries]
    if dtype.is_floating_point:
        means = [sum(label * times for label, times in vote.items()) / k for vote in votes]
        assert_close(answer, torch.tensor(means, dtype=dtype))
    else:
        assert_equal(answer, torch.tensor([min(v, key=lambda label: (-v[label], label)) for v in votes]))
    last = learner.knn_predict(X, y.to(dtype), queries[-1:], k)
    assert_close(last.double(), answer[-1:].double(), "the last query alone", atol=ROUNDING)


@exercise("knn_predict")
@settings(max_examples=10)
@given(place=st.integers(-5, 5), n=st.integers(1, 6), k=st.integers(1, 6), seed=seeds())
def test_equal_points_give_no_nan(learner, place, n, k, seed):
    """Queries on top of known rows far from the origin are answered with numbers."""
    X = torch.full((n, 3), 1e9 * place + 1.0, dtype=torch.float64)
    values = doubles([(seed + i * i) % 7 + 1 for i in range(n)])
    assert_close(learner.knn_predict(X, values, X[:1], n), values.mean().reshape(1), "all neighbours")
    far = torch.cat([X, X[:1] + 3 * torch.arange(1, 4)[:, None]])
    answers = torch.cat([values[:1].expand(n), doubles([20, 30, 40])])
    near = learner.knn_predict(far, answers, far[n:], 1)
    assert_close(near, answers[n:], "one neighbour, the query itself")
    tied = torch.tensor([seed % 3, seed % 5, 4])[: min(k, 3)]
    vote = Counter(tied.tolist())
    winner = min(vote, key=lambda label: (-vote[label], label))
    assert_equal(
        learner.knn_predict(far[n - 1 : n - 1 + len(tied)], tied, far[:1], len(tied)), torch.tensor([winner])
    )


# confusion_matrix


@exercise("confusion_matrix")
@settings(max_examples=8)
@given(answers=answered(0), more=st.integers(0, 3))
def test_confusion_matrix_agrees_with_scikit_learn(learner, answers, more):
    """Each cell counts its pairs of truth and prediction, for classes that never occur as well."""
    y, p = answers
    k = 5 + more
    expected = torch.zeros((k, k), dtype=torch.int64)
    if len(y):
        expected = torch.from_numpy(metrics.confusion_matrix(y.numpy(), p.numpy(), labels=range(k)))
    matrix = learner.confusion_matrix(y, p, k)
    require(
        not matrix.is_floating_point(), "counts are whole numbers and want an integer dtype", got=matrix.dtype
    )
    assert_equal(matrix, expected)


@exercise("confusion_matrix")
@given(one=answered(), other=answered())
def test_matrices_add_up(learner, one, other):
    """The matrix of two sets of answers together is the sum of theirs, and no input is changed."""
    y, p = (torch.cat(both) for both in zip(one, other, strict=True))
    before = y.clone(), p.clone()
    whole = learner.confusion_matrix(y, p, 5)
    assert_equal(whole, learner.confusion_matrix(*one, 5) + learner.confusion_matrix(*other, 5))
    assert_equal(int(whole.sum()), len(y), "the sum of all cells")
    assert_equal((y, p), before, "what was given, afterwards")


@exercise("confusion_matrix")
@given(answers=answered())
def test_exchanging_truth_and_prediction_turns_it_over(learner, answers):
    """With truth and prediction exchanged the table is turned over, its diagonal counting right answers."""
    y, p = answers
    matrix = learner.confusion_matrix(p, y, 6)
    assert_equal(matrix, learner.confusion_matrix(y, p, 6).T)
    assert_equal(int(matrix.diagonal().sum()), int((y == p).sum()), "the diagonal")
    assert_equal(matrix.sum(1), p.bincount(minlength=6), "row sums")


@exercise("confusion_matrix")
@given(truth=sizes(0, 3), predicted=sizes(0, 3), times=st.integers(1, 60), k=sizes(4, 6))
def test_a_pair_given_many_times_counts_as_many(learner, truth, predicted, times, k):
    """A pair that occurs many times counts as many, in its own cell; no pair at all counts nothing."""
    y, p = torch.tensor([truth] * times), torch.tensor([predicted] * times)
    expected = torch.zeros((k, k), dtype=torch.int64)
    assert_equal(learner.confusion_matrix(y[:0], p[:0], k), expected, "without any answers")
    expected[truth, predicted] = times
    assert_equal(learner.confusion_matrix(y, p, k), expected)
    one = torch.zeros(times, dtype=torch.int64)
    assert_equal(learner.confusion_matrix(one, one, 1), torch.tensor([[times]]), "with one class")


# precision_recall


def check_pair(got, expected, what: str = "") -> None:
    """Compare the two numbers one by one."""
    require(isinstance(got, (tuple, list)) and len(got) == 2, "a pair of two numbers was asked for", got=got)
    for value, right, name in zip(got, expected, ["precision", "recall"], strict=True):
        assert_close(value, right, f"the {name}{what and ', '}{what}", atol=ROUNDING)


@st.composite
def matrices(draw: st.DrawFn) -> tuple[torch.Tensor, int]:
    """A confusion matrix in which a row or a column may be empty, and a class."""
    k = draw(sizes(1, 5))
    matrix = draw(tensors((k, k), st.integers(0, 9) | st.just(0) | st.integers(0, 900), torch.int64))
    empty = draw(st.integers(-k, 2 * k))
    if 0 <= empty < k:
        matrix[empty] = 0
    if empty < 0:
        matrix[:, empty] = 0
    return matrix, draw(st.integers(0, k - 1))


@exercise("precision_recall")
@given(task=matrices())
def test_precision_and_recall_by_their_definition(learner, task):
    """Precision is the share of hits among those predicted, recall among those there; 0/0 is 0."""
    matrix, cls = task
    rows = matrix.tolist()
    predicted, there = sum(row[cls] for row in rows), sum(rows[cls])
    expected = [rows[cls][cls] / total if total else 0.0 for total in (predicted, there)]
    before = matrix.clone()
    check_pair(learner.precision_recall(matrix, cls), expected)
    assert_equal(matrix, before, "the matrix afterwards")


@exercise("precision_recall")
@settings(max_examples=8)
@given(answers=answered(), cls=sizes(0, 4))
def test_precision_and_recall_agree_with_scikit_learn(learner, answers, cls):
    """They are scikit-learn's precision and recall of that class, with zero_division=0."""
    y, p = answers
    matrix = torch.from_numpy(metrics.confusion_matrix(y.numpy(), p.numpy(), labels=range(5)))
    found = metrics.precision_recall_fscore_support(
        y.numpy(), p.numpy(), labels=[cls], zero_division=0.0, warn_for=()
    )
    expected = float(found[0][0]), float(found[1][0])
    check_pair(learner.precision_recall(matrix, cls), expected)


@exercise("precision_recall")
@given(task=matrices(), times=st.integers(2, 5))
def test_turned_over_they_change_places(learner, task, times):
    """On the matrix turned over, precision and recall change places; a multiple of it changes nothing."""
    matrix, cls = task
    matrix = matrix + torch.diag(torch.full((len(matrix),), 2))
    expected = [(matrix[cls, cls] / line.sum()).item() for line in (matrix[:, cls], matrix[cls])]
    check_pair(learner.precision_recall(matrix, cls), expected)
    check_pair(learner.precision_recall(matrix.T * times, cls), expected[::-1], "turned over")


@exercise("precision_recall")
@settings(max_examples=12)
@given(k=sizes(2, 5), cls=sizes(0, 4), count=st.integers(1, 50))
def test_each_zero_division_stands_alone(learner, k, cls, count):
    """A class predicted but never there has (0, 0), one perfectly found (1, 1), an empty matrix (0, 0)."""
    cls = cls % k
    other = (cls + 1) % k
    found, confused = torch.zeros((k, k), dtype=torch.int64), torch.zeros((k, k), dtype=torch.int64)
    check_pair(learner.precision_recall(found, cls), (0.0, 0.0), "nothing at all")
    found[cls, cls] = count
    check_pair(learner.precision_recall(found, cls), (1.0, 1.0), "all found")
    confused[other, cls] = count
    check_pair(learner.precision_recall(confused, cls), (0.0, 0.0), "never there")
    check_pair(learner.precision_recall(confused, other), (0.0, 0.0), "never predicted")
    confused[cls, cls] = 3 * count
    check_pair(learner.precision_recall(confused, cls), (0.75, 1.0), "some too many")
    confused[cls, cls] = count
    check_pair(learner.precision_recall(confused, cls), (0.5, 1.0), "half of those predicted")
    check_pair(learner.precision_recall(confused.T, cls), (1.0, 0.5), "half of those there")


# group_split


@st.composite
def grouped(draw: st.DrawFn, least: int = 1) -> list:
    """The groups of some rows, texts or integers, of unequal sizes and mixed."""
    names = draw(st.sampled_from([["wt", "ko", "F1", "b", "a", "", "zz"], [3, 11, 0, -2, 7, 40, 5]]))
    used = names[: draw(st.integers(least, len(names)))]
    rows = draw(st.lists(st.sampled_from(used), max_size=9))
    return draw(st.permutations([*used, *rows]))


FRACTIONS = st.sampled_from([1 / 64, 0.125, 0.25, 0.375, 0.5, 0.75, 0.9375])


@exercise("group_split")
@given(groups=grouped(), fraction=FRACTIONS, seed=seeds())
def test_whole_groups_are_held_out(learner, groups, fraction, seed):
    """The test side is the fraction of the groups, at least one, with all their rows; train is the rest."""
    before = list(groups)
    train, test = learner.group_split(groups, fraction, seed)
    assert_equal(groups, before, "the groups afterwards")
    held_out = {groups[row] for row in test}
    assert_equal(len(held_out), max(1, math.floor(fraction * len(set(groups)))), "groups in the test side")
    assert_equal(sorted(test), [row for row, group in enumerate(groups) if group in held_out], "test")
    assert_equal(sorted(train), [row for row, group in enumerate(groups) if group not in held_out], "train")


@driver
def held_out_by_seed(names, groups, fraction, count):
    """The groups on the test side for each of the seeds 0 to count - 1."""
    return [
        sorted({groups[row] for row in names.group_split(groups, fraction, seed)[1]}) for seed in range(count)
    ]


@exercise("group_split")
@settings(max_examples=3)
@given(order=st.permutations([*"aaaaaaaabbcdef"]))
def test_every_group_has_the_same_chance(learner, order):
    """Over 240 seeds every group is held out about as often, the large one and the small ones."""
    times = Counter(group for groups in held_out_by_seed(learner, order, 0.375, 240) for group in groups)
    # Two of six groups: 80 times each, with a standard deviation of 7.3.
    require(
        all(36 <= times[name] <= 124 for name in "abcdef"), "some group too often or too seldom", got=times
    )


@driver
def same_in_other_sessions(names, groups, fraction, seed):
    """Whether the split covers all rows, and whether it stays when a set of the groups has another order.

    First the texts are renamed, their order kept. Who goes by the names themselves gets another chance: the same
    texts with other hashes, as in other sessions.
    """

    def sides(named):
        return [sorted(side) for side in names.group_split(named, fraction, seed)]

    first = sides(groups)
    covered = sorted([*first[0], *first[1]]) == list(range(len(groups)))
    if all(sides([prefix + name for name in groups]) == first for prefix in ("x", "no. ", "wt/")):
        return covered, True
    found = []
    for salt in range(6):

        class Label(str):
            def __hash__(self, salt=salt):
                return hash((salt, str(self)))

        found.append(sides([Label(name) for name in groups]))
    return covered, all(each == found[0] for each in found)


@exercise("group_split")
@settings(max_examples=8)
@given(order=st.permutations([*"aabccdefgh"]), fraction=st.sampled_from([0.375, 0.5]), seed=seeds())
def test_the_split_is_the_same_in_the_next_session(learner, order, fraction, seed):
    """The split doesn't depend on the order in which a set of texts is run through, which changes by session."""
    covered, same = same_in_other_sessions(learner, order, fraction, seed)
    require(covered, "both sides together aren't all rows")
    require(same, "where a set of the groups has another order, the split is another one")


@driver
def undisturbed(names, groups, fraction, seed):
    """The split under two seedings of the global states, and whether these were left as they were."""
    import random

    import numpy
    import torch

    found, left_alone = [], []
    for other in (1, 2):
        random.seed(other)
        numpy.random.seed(other)
        torch.manual_seed(other)
        python, torchs = random.getstate(), torch.get_rng_state()
        numpys = numpy.random.get_state()[2], numpy.random.get_state()[1].tolist()
        found.append([sorted(side) for side in names.group_split(groups, fraction, seed)])
        left_alone.append(
            python == random.getstate()
            and torch.equal(torchs, torch.get_rng_state())
            and numpys == (numpy.random.get_state()[2], numpy.random.get_state()[1].tolist())
        )
    return found, left_alone


@exercise("group_split")
@settings(max_examples=10)
@given(groups=grouped(4), seed=seeds())
def test_groups_are_chosen_by_the_seed_alone(learner, groups, seed):
    """Global random states neither change the choice nor are changed, and without a seed it is 0."""
    found, left_alone = undisturbed(learner, groups, 0.5, seed)
    assert_equal(found[1], found[0], "with the global states seeded otherwise")
    require(all(left_alone), "a global random state was changed")
    assert_equal(sorted([*found[0][0], *found[0][1]]), list(range(len(groups))), "both sides together")
    default, zero = learner.group_split(groups, 0.5), learner.group_split(groups, 0.5, 0)
    assert_equal([sorted(side) for side in default], [sorted(side) for side in zero], "without a seed")


# best_split


def impurity(counts: Counter) -> Fraction:
    """The Gini impurity of counted labels, exactly."""
    total = sum(counts.values())
    return 1 - sum(Fraction(count, total) ** 2 for count in counts.values()) if total else Fraction(0)


def weighted(X: list, y: list, feature: int, threshold: float) -> Fraction:
    """The weighted impurity of a question, exactly."""
    left = Counter(label for row, label in zip(X, y, strict=True) if row[feature] <= threshold)
    right = Counter(y) - left
    return (sum(left.values()) * impurity(left) + sum(right.values()) * impurity(right)) / len(y)


def questions(X: list, y: list) -> list[tuple[Fraction, int, float]]:
    """All questions that separate rows: (weighted impurity, feature, middle of two neighbouring values)."""
    return [
        (weighted(X, y, feature, (low + high) / 2), feature, (low + high) / 2)
        for feature in range(len(X[0]))
        for low, high in pairwise(sorted({row[feature] for row in X}))
    ]


@st.composite
def labelled(draw: st.DrawFn, least: int = 1, classes: int = 3) -> tuple[torch.Tensor, torch.Tensor]:
    """Rows over few values, some of them equal, and their labels."""
    n, d = draw(sizes(least, 8)), draw(sizes(1, 3))
    X = draw(tensors((n, d), st.sampled_from([-3.0, -0.5, 0.0, 1.0, 2.5, 7.0])))
    return X, draw(tensors((n,), st.integers(0, classes), torch.int64))


@exercise("best_split")
@settings(max_examples=12)
@given(task=labelled())
def test_no_question_is_purer(learner, task):
    """The split has the least weighted impurity of all, by brute force, and its threshold is between two values."""
    X, y = task
    rows, truth = X.tolist(), y.tolist()
    before = X.clone(), y.clone()
    answer = learner.best_split(X, y)
    assert_equal((X, y), before, "what was given, afterwards")
    possible = questions(rows, truth)
    if not possible:
        require(answer is None, "no question separates these rows", got=answer)
        return
    require(answer is not None, "there is a split", got=answer, expected=min(possible)[1:])
    feature, threshold, found = int(answer[0]), float(answer[1]), answer[2]
    require(0 <= feature < len(rows[0]), "there is no such feature", got=feature)
    column = X[:, feature].tolist()
    require(min(column) < threshold < max(column), "one side of the question is empty", got=answer)
    require(threshold not in column, "the threshold is one of the values", got=answer)
    assert_close(found, float(min(possible)[0]), "the weighted impurity", atol=ROUNDING)
    assert_close(
        float(weighted(rows, truth, feature, threshold)), found, "this question's impurity", atol=ROUNDING
    )


@exercise("best_split")
@settings(max_examples=10)
@given(task=labelled(2, 2))
def test_best_split_agrees_with_scikit_learn(learner, task):
    """The weighted impurity is that of a scikit-learn tree with one question."""
    X, y = task
    assume(len(set(y.tolist())) > 1 and len(set(map(tuple, X.tolist()))) > 1)
    tree = DecisionTreeClassifier(max_depth=1, random_state=0).fit(X.numpy(), y.numpy()).tree_
    sides = tree.weighted_n_node_samples[1:] @ tree.impurity[1:] / len(y)
    answer = learner.best_split(X, y)
    require(answer is not None, "there is a split", got=answer)
    assert_close(answer[2], float(sides), "the weighted impurity", atol=ROUNDING)
    assert_close(learner.gini(y), float(tree.impurity[0]), "the impurity before", atol=ROUNDING)


@exercise("best_split")
@settings(max_examples=12)
@given(task=labelled(), shift=st.integers(1, 3), times=st.integers(2, 4))
def test_gini_counts_shares(learner, task, shift, times):
    """The impurity doesn't depend on names, order and repetition of labels, and is exact for even mixes."""
    _, y = task
    expected = float(impurity(Counter(y.tolist())))
    assert_close(learner.gini(y), expected, atol=ROUNDING)
    assert_close(
        learner.gini((y.flip(0) * 2 + shift).repeat(times)), expected, "renamed, repeated", atol=ROUNDING
    )
    even = torch.arange(times + 1)
    assert_close(learner.gini(even), 1 - 1 / (times + 1), "all different", atol=ROUNDING)
    assert_close(learner.gini(y[:0]), 0.0, "no labels", atol=ROUNDING)


@exercise("best_split")
@given(task=labelled(2), scale=st.sampled_from([0.5, 4.0, 1024.0]), shift=st.integers(-20, 20))
def test_order_is_all_that_counts_in_a_feature(learner, task, scale, shift):
    """In other units from another origin, with rows in another order and a constant column more: as pure as before."""
    X, y = task
    possible = questions(X.tolist(), y.tolist())
    assume(possible)
    moved = torch.cat([torch.full((len(X), 1), 3.0, dtype=X.dtype), X * scale + shift], 1).flip(0)
    answer = learner.best_split(moved, y.flip(0))
    require(answer is not None, "there is a split", got=answer)
    feature, threshold, found = int(answer[0]), float(answer[1]), answer[2]
    assert_close(found, float(min(possible)[0]), "the weighted impurity", atol=ROUNDING)
    require(feature > 0, "the constant column separates nothing", got=answer)
    reached = weighted(moved.tolist(), y.flip(0).tolist(), feature, threshold)
    assert_close(float(reached), found, "this question's impurity", atol=ROUNDING)


@exercise("best_split")
@given(n=st.integers(1, 6), d=sizes(1, 3), value=halves(), label=sizes(0, 3))
def test_pure_groups_are_split_and_equal_rows_are_not(learner, n, d, value, label):
    """Equal rows give None whatever their labels; with one row more that differs even a pure group is split."""
    X = torch.full((n, d), value, dtype=torch.float64)
    assert_equal(learner.best_split(X, torch.arange(n)), None, "equal rows")
    other = torch.cat([X, X[:1]])
    other[-1, d - 1] += 0.5
    answer = learner.best_split(other, torch.full((n + 1,), label))
    require(answer is not None, "the last row can be told apart", got=answer)
    assert_equal(int(answer[0]), d - 1, "the feature")
    require(value < answer[1] < value + 0.5, "the threshold is between the two values", got=answer[1])
    assert_close(answer[2], 0.0, "the weighted impurity", atol=ROUNDING)


@exercise("best_split")
@settings(max_examples=15)
@given(a=sizes(0, 2), b=sizes(3, 5), copies=sizes(1, 3), order=st.permutations(range(4)))
def test_a_question_that_does_not_help_is_asked_too(learner, a, b, copies, order):
    """On XOR no question lowers the impurity, and one is returned all the same."""
    X = doubles([[0, 0], [0, 1], [1, 0], [1, 1]])[list(order)].repeat(copies, 1)
    answer = learner.best_split(X, torch.tensor([a, b, b, a])[list(order)].repeat(copies))
    require(answer is not None, "there is a split, though the impurity doesn't fall", got=answer)
    assert_close(answer[2], 0.5, "the weighted impurity", atol=ROUNDING)
    require(0 < answer[1] < 1, "the threshold is between the two values", got=answer[1])


# amplification_efficiency


@st.composite
def dilution_series(draw: st.DrawFn) -> tuple[torch.Tensor, torch.Tensor]:
    """log10 dilutions over at least one decade, in any order, and cycles with some noise."""
    E, start = draw(st.integers(60, 115)) / 100, draw(st.integers(12, 24))
    x = [0.0, -1.0, *draw(st.lists(st.sampled_from([0.0, -0.5, -1.0, -2.0, -3.0, -4.0, 1.0]), max_size=7))]
    x = doubles(draw(st.permutations(x)))
    noise = draw(tensors((len(x),), st.integers(-4, 4))) / 20
    return x, start - x / math.log10(1 + E) + noise


@exercise("amplification_efficiency")
@settings(max_examples=8)
@given(series=dilution_series())
def test_efficiency_agrees_with_scikit_learn(learner, series):
    """The efficiency follows from the slope of scikit-learn's linear regression."""
    x, cycles = series
    slope = LinearRegression().fit(x[:, None].numpy(), cycles.numpy()).coef_[0]
    before = x.clone(), cycles.clone()
    assert_close(learner.amplification_efficiency(x, cycles), 10 ** (-1 / slope) - 1, atol=4 * ROUNDING)
    assert_equal((x, cycles), before, "what was given, afterwards")


@exercise("amplification_efficiency")
@given(series=dilution_series(), E=st.integers(30, 120), later=halves(-10, 60), stock=halves())
def test_only_the_slope_counts(learner, series, E, later, stock):
    """A known efficiency comes back; cycles that all start later and another stock change nothing."""
    x, cycles = series
    exact = 15 - x / math.log10(1 + E / 100)
    assert_close(learner.amplification_efficiency(x, exact), E / 100, "without noise", atol=4 * ROUNDING)
    slope = np.polyfit(x.numpy(), cycles.numpy(), 1)[0]
    shifted = learner.amplification_efficiency(x + stock, cycles + later)
    assert_close(shifted, 10 ** (-1 / slope) - 1, "shifted", atol=8 * ROUNDING)


@exercise("amplification_efficiency")
@given(series=dilution_series(), factor=st.sampled_from([0.5, 2.0]))
def test_replicates_weigh_in(learner, series, factor):
    """All points repeated change nothing; slopes twice as steep make 1 + E its root; cycles are the answer."""
    x, cycles = series
    centred = x - x.mean()
    slope = ((centred * cycles).sum() / centred.pow(2).sum()).item()
    repeated = learner.amplification_efficiency(x.repeat(3), cycles.flip(0).repeat(3).flip(0))
    assert_close(repeated, 10 ** (-1 / slope) - 1, "repeated", atol=4 * ROUNDING)
    steeper = learner.amplification_efficiency(x, cycles * factor)
    assert_close(math.log10(1 + steeper) * factor, -1 / slope, "log10(1 + E), steeper", atol=8 * ROUNDING)


# linear_regression


@st.composite
def regressions(draw: st.DrawFn) -> tuple[torch.Tensor, torch.Tensor]:
    """(X, y): columns may be repeated or constant, or more than there are rows; never nearly so."""
    wide = draw(st.booleans())
    n, d = (
        (draw(st.sampled_from([1, 2, 4])), draw(sizes(1, 5)))
        if wide
        else (draw(sizes(2, 7)), draw(sizes(1, 3)))
    )
    X = draw(tensors((n, d)))
    if draw(st.booleans()):
        X = torch.cat([X, X[:, :1]], 1)
    if draw(st.integers(0, 3)) == 0:
        X[:, draw(st.integers(0, X.shape[1] - 1))] = draw(halves())
    assume(wide or n > X.shape[1])
    values = torch.linalg.svdvals(X - X.mean(0))
    kept = values[values > 1e-9]
    assume(len(kept) == 0 or kept.min() > 0.1 * kept.max())
    return X, draw(tensors((n,)))


def loose(answer: torch.Tensor | float) -> float:
    """Room for ill conditioning up to a hundred, in the dtype of the answer."""
    dtype = answer.dtype if isinstance(answer, torch.Tensor) and answer.is_floating_point() else torch.float32
    return 4096 * max(torch.finfo(dtype).eps, torch.finfo(torch.float64).eps)


@exercise("linear_regression")
@settings(max_examples=10)
@given(task=regressions())
def test_linear_regression_agrees_with_scikit_learn(learner, task):
    """Coefficients and intercept are scikit-learn's, the shortest of all where several are as good."""
    X, y = task
    model = LinearRegression().fit(X.numpy(), y.numpy())
    before = X.clone(), y.clone()
    w, b = learner.linear_regression(X, y)
    assert_close(w, torch.from_numpy(model.coef_), "w", atol=loose(w))
    assert_close(b, float(model.intercept_), "b", atol=loose(b))
    assert_equal((X, y), before, "what was given, afterwards")


@exercise("linear_regression")
@given(task=regressions())
def test_residuals_are_orthogonal(learner, task):
    """What is left over sums to 0 and is orthogonal to every column; w is in the span of the centred rows."""
    X, y = task
    w, b = learner.linear_regression(X, y)
    rest = y - X @ w.double() - b
    assert_close(rest.sum(), 0.0, "the sum of residuals", atol=100 * loose(b))
    assert_close(
        X.T @ rest, torch.zeros(X.shape[1], dtype=torch.float64), "X.T @ residuals", atol=100 * loose(b)
    )
    centred = X - X.mean(0)
    inside = torch.linalg.pinv(centred, rtol=1e-9) @ centred @ w.double()
    assert_close(w, inside, "w against its part in the span of the rows", atol=loose(w))
    require(w.shape == (X.shape[1],), "one coefficient for each column", got=tuple(w.shape))


@exercise("linear_regression")
@settings(max_examples=10)
@given(task=regressions(), factor=st.sampled_from([-2.0, 0.5, 4.0]), up=halves(), aside=st.integers(-5, 5))
def test_moving_the_data_moves_the_intercept_only(learner, task, factor, up, aside):
    """Answers stretched and raised stretch w and raise b; moved columns change b alone."""
    X, y = task
    model = LinearRegression().fit(X.numpy(), y.numpy())
    w0, b0 = torch.from_numpy(model.coef_), float(model.intercept_)
    w, b = learner.linear_regression(X, factor * y + up)
    assert_close(w, factor * w0, "w for stretched answers", atol=10 * loose(w))
    assert_close(b, factor * b0 + up, "b for stretched answers", atol=10 * loose(b))
    w, b = learner.linear_regression(X + aside, y)
    assert_close(w, w0, "w for moved columns", atol=10 * loose(w))
    assert_close(b, b0 - aside * w0.sum().item(), "b for moved columns", atol=10 * loose(b))


# choose_degree


@st.composite
def curves(draw: st.DrawFn) -> tuple:
    """(x, y, x_val, y_val, degrees): training points at different places, degrees in any order."""
    places = [-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0]
    degrees = draw(st.lists(st.integers(0, 4), min_size=1, unique=True))
    x = draw(st.lists(st.sampled_from(places), min_size=max(degrees) + 1, max_size=9, unique=True))
    x_val = draw(st.lists(st.sampled_from([-2.5, *places, 0.25, 2.25]), min_size=1, max_size=5))
    if draw(st.booleans()):
        x = [*x, x[0]]
    y = draw(tensors((len(x),)))
    return doubles(x), y, doubles(x_val), draw(tensors((len(x_val),))), degrees


def errors_by_degree(x, y, x_val, y_val, degrees) -> dict[int, float]:
    """The mean squared error on the validation points for each degree, by NumPy's polynomials."""
    found = {}
    for degree in degrees:
        weights = np.linalg.lstsq(np.vander(x.numpy(), degree + 1), y.numpy(), rcond=None)[0]
        found[degree] = float(np.mean((np.polyval(weights, x_val.numpy()) - y_val.numpy()) ** 2))
    return found


@exercise("choose_degree")
@given(task=curves())
def test_the_least_validation_error_wins(learner, task):
    """The degree is chosen by the mean squared error on the validation points after a fit to the others."""
    errors = errors_by_degree(*task)
    ranked = sorted(errors.values())
    assume(len(ranked) == 1 or ranked[0] < ranked[1] * (1 - 1e-3) - 1e-3)
    before = [part.clone() for part in task[:4]]
    degrees = list(task[4])
    assert_equal(learner.choose_degree(*task), min(errors, key=errors.__getitem__))
    assert_equal(task[:4], tuple(before), "what was given, afterwards")
    assert_equal(task[4], degrees, "the degrees afterwards")


@exercise("choose_degree")
@given(task=curves(), times=st.integers(2, 3))
def test_the_order_of_points_and_degrees_does_not_matter(learner, task, times):
    """Points and degrees in another order, and everything repeated, lead to the same choice."""
    errors = errors_by_degree(*task)
    ranked = sorted(errors.values())
    assume(len(ranked) == 1 or ranked[0] < ranked[1] * (1 - 1e-3) - 1e-3)
    x, y, x_val, y_val, degrees = task
    again = learner.choose_degree(
        x.flip(0).repeat(times),
        y.flip(0).repeat(times),
        x_val.repeat(times),
        y_val.repeat(times),
        degrees[::-1],
    )
    assert_equal(again, min(errors, key=errors.__getitem__))


@exercise("choose_degree")
@settings(max_examples=15)
@given(degrees=st.lists(st.integers(0, 4), min_size=1, unique=True), y_val=tensors((3,)))
def test_of_equal_degrees_the_smallest(learner, degrees, y_val):
    """Where all degrees predict 0, and are exactly as good, the smallest is chosen."""
    x, x_val = doubles([-2, -1, 0, 1, 1.5]), doubles([-0.5, 0.5, 2.0])
    assert_equal(learner.choose_degree(x, torch.zeros_like(x), x_val, y_val, degrees), min(degrees))
    worst = learner.choose_degree(
        x, 2 * x**2 + doubles([0.25, -0.25, 0.5, -0.5, 0]), x_val, 2 * x_val**2, [2, 0, 1]
    )
    assert_equal(worst, 2, "for a parabola with some noise")


# pca


@st.composite
def clouds(draw: st.DrawFn) -> tuple[torch.Tensor, int]:
    """(X, k): whole coordinates with clearly different variances along the first k directions."""
    n, d = draw(sizes(2, 7)), draw(sizes(1, 5))
    X = draw(tensors((n, d), st.integers(-9, 9)))
    values = torch.linalg.svdvals(X - X.mean(0)) ** 2
    largest = values[0].item() or 1.0
    values = [*(values / largest).tolist(), 0.0][: min(n - 1, d) + 1]
    clear = [
        k for k in range(1, min(n - 1, d) + 1) if all(a - b > 0.05 for a, b in pairwise(values[: k + 1]))
    ]
    assume(clear)
    return X, draw(st.sampled_from(clear))


@exercise("pca")
@settings(max_examples=10)
@given(task=clouds())
def test_pca_agrees_with_scikit_learn(learner, task):
    """Directions, up to sign, and variances are scikit-learn's."""
    X, k = task
    model = PCA(k, svd_solver="full").fit(X.numpy())
    before = X.clone()
    components, variances = learner.pca(X, k)
    assert_close(variances, torch.from_numpy(model.explained_variance_), "the variances")
    expected = torch.from_numpy(model.components_)
    require(components.shape == expected.shape, "one row for each direction", got=tuple(components.shape))
    signs = (components.double() * expected).sum(1, keepdim=True).sign()
    assert_close(
        components * signs.to(components.dtype),
        expected,
        "the directions, signs apart",
        atol=loose(components),
    )
    assert_equal(X, before, "what was given, afterwards")


@exercise("pca")
@given(task=clouds())
def test_directions_are_orthonormal(learner, task):
    """The directions are orthonormal, and the rows projected on them have the variances, uncorrelated."""
    X, k = task
    components, variances = learner.pca(X, k)
    assert_close(components @ components.T, torch.eye(k, dtype=components.dtype), "products of directions")
    scores = (X - X.mean(0)) @ components.double().T
    covariance = scores.T @ scores / (len(X) - 1)
    room = loose(components) * variances.max().item()
    assert_close(covariance, torch.diag(variances.double()), "covariances along them", atol=room)
    require((variances[:-1] > variances[1:]).all(), "the variances don't fall", got=variances)


@exercise("pca")
@settings(max_examples=15)
@given(task=clouds(), shift=st.integers(-50, 50), factor=st.sampled_from([0.25, 2.0, 16.0]))
def test_moving_and_stretching_the_cloud(learner, task, shift, factor):
    """A cloud moved has the same directions and variances; stretched, the variances grow by the square."""
    X, k = task
    model = PCA(k, svd_solver="full").fit(X.numpy())
    components, variances = learner.pca((X + shift) * factor, k)
    assert_close(variances / factor**2, torch.from_numpy(model.explained_variance_), "the variances")
    overlap = (components.double() @ torch.from_numpy(model.components_).T).abs()
    assert_close(
        overlap, torch.eye(k, dtype=torch.float64), "overlaps with the directions", atol=loose(components)
    )


# kmeans


@st.composite
def heaps(draw: st.DrawFn, reach: int = 60) -> tuple[torch.Tensor, int]:
    """(X, k): whole coordinates, some rows equal, now and then of an integer dtype."""
    d = draw(sizes(1, 3))
    spots = draw(st.lists(st.tuples(*[st.integers(-reach, reach)] * d), min_size=1, max_size=9))
    rows = [*spots, *draw(st.lists(st.sampled_from(spots), max_size=3))]
    dtype = draw(st.sampled_from([torch.float64, torch.float64, torch.int64]))
    return torch.tensor(rows, dtype=dtype), draw(st.integers(1, len(rows)))


def squared(X: torch.Tensor, centres: torch.Tensor) -> torch.Tensor:
    return (X.double()[:, None, :] - centres.double()).pow(2).sum(2)


def own_distance(X: torch.Tensor, centres: torch.Tensor, owners: torch.Tensor) -> torch.Tensor:
    return squared(X, centres).gather(1, owners.long()[:, None])[:, 0]


@exercise("kmeans")
@given(task=heaps() | heaps(4), seed=seeds(), max_iter=st.sampled_from([0, 0, 1, 2, 100]))
def test_labels_belong_to_the_returned_centres(learner, task, seed, max_iter):
    """However many iterations, no row is nearer to another of the returned centres than to its own."""
    X, k = task
    before = X.clone()
    centres, owners = learner.kmeans(X, k, seed, max_iter)
    assert_equal(X, before, "X afterwards")
    require(centres.is_floating_point(), "centres want a floating dtype", got=centres.dtype)
    require(not owners.is_floating_point(), "labels want an integer dtype", got=owners.dtype)
    assert_equal((tuple(centres.shape), tuple(owners.shape)), ((k, X.shape[1]), (len(X),)), "the shapes")
    require(((owners >= 0) & (owners < k)).all(), "a label that no centre has", got=owners)
    rows, found = X.double(), centres.double()
    within = (found >= rows.amin(0) - 1e-3) & (found <= rows.amax(0) + 1e-3)
    require(within.all(), "a centre lies beyond all rows, or isn't a number", got=centres)
    assert_close(
        own_distance(X, centres, owners),
        squared(X, centres).amin(1),
        "squared distances to own centres",
        atol=0.1,
    )


@exercise("kmeans")
@given(task=heaps(), seed=seeds())
def test_at_rest_each_centre_is_the_mean_of_its_rows(learner, task, seed):
    """At the end each centre that has rows is their mean."""
    X, k = task
    centres, owners = learner.kmeans(X, k, seed)
    for j in range(k):
        if (owners == j).any():
            assert_close(centres[j], X[owners == j].double().mean(0), f"centre {j}", atol=60 * ROUNDING)
    spread = (X.double() - X.double().mean(0)).pow(2).sum()
    inertia = own_distance(X, centres, owners).sum()
    require(
        inertia <= spread + 1e-3, "more inertia than one single cluster has", got=inertia, expected=spread
    )


def clear_cut(X: torch.Tensor, centres: torch.Tensor) -> bool:
    """No row is nearly as near to a second centre as to the first, unless the two are equal."""
    distances, of = squared(X, centres).sort(1)
    if distances.shape[1] == 1:
        return True
    near = (distances[:, 1:] - distances[:, :1]) < 1e-3
    same = (centres[of[:, 1:]] == centres[of[:, :1]]).all(2)
    return bool((~near | same).all())


@exercise("kmeans")
@given(task=heaps(), seed=seeds(), done=st.sampled_from([0, 0, 1, 2]))
def test_one_more_iteration_moves_centres_to_means(learner, task, seed, done):
    """One iteration more moves each centre to the mean of its rows, and one without rows not at all."""
    X, k = task
    centres, owners = learner.kmeans(X, k, seed, done)
    assume(centres.isfinite().all() and clear_cut(X, centres))
    expected = centres.double().clone()
    for j in range(k):
        if (owners == j).any():
            expected[j] = X[owners == j].double().mean(0)
    moved, _ = learner.kmeans(X, k, seed, done + 1)
    assert_close(moved, expected.to(moved.dtype), "the centres after one more", atol=60 * ROUNDING)


@exercise("kmeans")
@settings(max_examples=10)
@given(task=heaps(), seed=seeds())
def test_inertia_never_rises(learner, task, seed):
    """More iterations never give a larger sum of squared distances, and the start is rows of X."""
    X, k = task
    found = []
    for max_iter in (0, 1, 2, 5, 100):
        centres, owners = learner.kmeans(X, k, seed, max_iter)
        found.append(own_distance(X, centres, owners).sum().item())
        if max_iter == 0:
            rows, chosen = Counter(map(tuple, X.double().tolist())), Counter(map(tuple, centres.tolist()))
            require(
                not chosen - rows,
                "a starting centre that is no row, or used more often than it occurs",
                got=centres,
            )
    for before, after in pairwise(found):
        require(after <= before + 1e-2, "the inertia rose", got=found)


@driver
def starts(names, n, k, count):
    """The starting centres for each of the seeds 0 to count - 1, and whether global states were left alone."""
    import random

    import numpy
    import torch

    found, alone = [], True
    X = torch.arange(n, dtype=torch.float64)[:, None] * 3
    for seed in range(count):
        python, torchs, numpys = random.getstate(), torch.get_rng_state(), numpy.random.get_state()
        found.append(sorted(names.kmeans(X, k, seed, 0)[0][:, 0].tolist()))
        again = sorted(names.kmeans(X, k, seed, 0)[0][:, 0].tolist()) if seed < 9 else found[-1]
        state = numpy.random.get_state()
        alone = alone and again == found[-1] and python == random.getstate()
        alone = alone and torch.equal(torchs, torch.get_rng_state())
        alone = alone and numpys[2] == state[2] and bool((numpys[1] == state[1]).all())
    return found, alone


@exercise("kmeans")
@settings(max_examples=2)
@given(n=st.integers(4, 7), k=st.integers(2, 3))
def test_the_seed_chooses_the_rows(learner, n, k):
    """Over 100 seeds every row is a starting centre now and then, and the global states stay as they were."""
    found, alone = starts(learner, n, k, 100)
    require(alone, "the same seed gave other rows, or a global random state was changed")
    times = Counter(row for rows in found for row in rows)
    assert_equal(sorted(times), [3.0 * row for row in range(n)], "rows that were chosen")
    fair = 100 * k / n  # with a standard deviation of at most 5
    require(
        all(abs(count - fair) < 30 for count in times.values()), "some rows are chosen too often", got=times
    )


# grow_tree


@driver
def tree_answers(names, X, y, max_depth, queries):
    """What the learner's tree of this depth answers, and the inputs afterwards."""
    return names.predict_tree(names.grow_tree(X, y, max_depth), queries), X, y


def most_frequent(truth: list[int]) -> int:
    counts = Counter(truth)
    return min(counts, key=lambda label: (-counts[label], label))


def only_tree(rows: list, truth: list, depth: int, query: list) -> int | None:
    """What every right tree answers; None where several best questions separate the rows differently."""
    possible = questions(rows, truth) if depth and len(set(truth)) > 1 else []
    if not possible:
        return most_frequent(truth)
    least = min(possible)[0]
    best = [(feature, threshold) for found, feature, threshold in possible if found == least]
    if (
        len({tuple(row[feature] <= threshold for row in rows) for feature, threshold in best}) > 1
        or len(best) > 1
    ):
        return None
    feature, threshold = best[0]
    side = [
        number
        for number, row in enumerate(rows)
        if (row[feature] <= threshold) == (query[feature] <= threshold)
    ]
    return only_tree([rows[i] for i in side], [truth[i] for i in side], depth - 1, query)


@st.composite
def tabled(draw: st.DrawFn, classes: int = 3) -> tuple[torch.Tensor, torch.Tensor]:
    """Rows over few values, some of them equal, and their labels."""
    n, d = draw(sizes(1, 9)), draw(sizes(1, 3))
    X = draw(tensors((n, d), st.sampled_from([-3.0, -0.5, 0.0, 1.0, 2.5, 7.0])))
    return X, draw(tensors((n,), st.integers(0, classes), torch.int64))


@exercise("grow_tree")
@settings(max_examples=12)
@given(task=tabled(2), depth=st.sampled_from([0, 1, 1, 2, 2, 3]))
def test_the_best_questions_are_asked(learner, task, depth):
    """Where one question at each node is the best, every row gets the answer of that tree."""
    X, y = task
    rows, truth = X.tolist(), y.tolist()
    expected = {place: only_tree(rows, truth, depth, row) for place, row in enumerate(rows)}
    clear = [place for place, answer in expected.items() if answer is not None]
    assume(clear)
    before = X.clone(), y.clone()
    answers, *after = tree_answers(learner, X, y, depth, X[clear])
    assert_equal(answers, torch.tensor([expected[place] for place in clear]))
    assert_equal(tuple(after), before, "what was given, afterwards")


@exercise("grow_tree")
@settings(max_examples=10)
@given(task=tabled(), beyond=st.sampled_from([0.0, 50.0, -50.0]))
def test_a_deep_tree_remembers_its_rows(learner, task, beyond):
    """Deep enough, a tree gives each row its label, and equal rows their most frequent one, smallest first."""
    X, y = task
    rows, truth = X.tolist(), y.tolist()
    expected = [
        most_frequent([label for other, label in zip(rows, truth, strict=True) if other == row])
        for row in rows
    ]
    assert_equal(tree_answers(learner, X, y, 60, X)[0], torch.tensor(expected))
    alone = X[:, :1].unique(dim=0)
    codes = torch.arange(len(alone)).flip(0) + 2
    ends = torch.where(alone == alone.max(), alone + abs(beyond), alone)
    assert_equal(tree_answers(learner, alone, codes, 60, ends)[0], codes, "one column, all labels different")


@exercise("grow_tree")
@settings(max_examples=6)
@given(n=st.integers(1, 12), depth=st.integers(0, 4), seed=seeds())
def test_depth_bounds_the_number_of_answers(learner, n, depth, seed):
    """With depth g there are at most two to the g answers, and a rows' order doesn't matter at depth 0."""
    X = torch.randperm(n, generator=torch.Generator().manual_seed(seed)).double()[:, None]
    y = torch.arange(n) + 1
    answers = tree_answers(learner, X, y, depth, X)[0]
    require(len(set(answers.tolist())) <= 2**depth, "more answers than leaves", got=answers)
    require(set(answers.tolist()) <= set(y.tolist()), "an answer that is no label", got=answers)
    assert_equal(tree_answers(learner, X, y, 0, X)[0], torch.ones(n, dtype=torch.int64), "depth 0")
    assert_equal(tree_answers(learner, X, y, n, X)[0], y, "deep enough")


@exercise("grow_tree")
@settings(max_examples=8)
@given(a=sizes(0, 2), b=sizes(3, 5), copies=sizes(1, 3), order=st.permutations(range(4)))
def test_xor_with_repeated_rows(learner, a, b, copies, order):
    """XOR on two features, rows repeated, is learned at depth 2 and at no smaller depth."""
    X = doubles([[0, 0], [0, 1], [1, 0], [1, 1]])[list(order)].repeat(copies, 1)
    y = torch.tensor([a, b, b, a])[list(order)].repeat(copies)
    assert_equal(tree_answers(learner, X, y, 2, X)[0], y, "depth 2")
    assert_equal(tree_answers(learner, X, y, 1, X)[0], torch.full((4 * copies,), a), "depth 1")


# majority_vote


@exercise("majority_vote")
@given(votes=tensors((sizes(1, 7), sizes(1, 5)), st.sampled_from([0, 1, 1, 2, 5, 9]), torch.int64))
def test_majority_agrees_with_counting(learner, votes):
    """In each column the most frequent label wins, the smallest of several."""
    before = votes.clone()
    answer = learner.majority_vote(votes)
    assert_equal(answer, torch.tensor([most_frequent(column) for column in votes.T.tolist()]))
    assert_equal(votes, before, "the votes afterwards")


@exercise("majority_vote")
@given(votes=tensors((sizes(1, 6), sizes(1, 5)), st.integers(0, 4), torch.int64), times=st.integers(2, 3))
def test_the_order_of_voters_does_not_matter(learner, votes, times):
    """Voters in another order, or all voting twice, give the same; examples in another order the same reordered."""
    expected = torch.tensor([most_frequent(column) for column in votes.T.tolist()])
    assert_equal(learner.majority_vote(votes.flip(0).repeat(times, 1)), expected, "reordered and repeated")
    assert_equal(learner.majority_vote(votes.flip(1)), expected.flip(0), "examples reordered")


@exercise("majority_vote")
@given(a=sizes(0, 6), b=sizes(0, 6), each=sizes(1, 3), n=sizes(1, 4))
def test_a_tie_goes_to_the_smallest_label(learner, a, b, each, n):
    """As many votes for one label as for another give the smaller, not something between; one voter is followed."""
    votes = torch.tensor([[b] * n] * each + [[a] * n] * each)
    assert_equal(learner.majority_vote(votes), torch.full((n,), min(a, b)), "a tie")
    single = torch.arange(n)[None, :] + a
    assert_equal(learner.majority_vote(single), single[0], "a single voter")

"""Week 04's checks: what a learner can run. Each states one law of a right answer."""

import math

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograde.properties import assert_close, assert_equal, assert_raises, driver, exercise, require
from autograde.strategies import halves, sizes, tensors

# Single numbers may come from float32 arithmetic, whatever they are returned as.
ROUNDING = 64 * torch.finfo(torch.float32).eps


def doubles(values) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


@st.composite
def two_tables(draw: st.DrawFn) -> tuple[torch.Tensor, torch.Tensor]:
    """A training and a test table of the same columns, the test table elsewhere."""
    n, m, d = draw(sizes(2, 6)), draw(sizes(1, 4)), draw(sizes(1, 4))
    train, test = draw(tensors((n, d))), draw(tensors((m, d)))
    return train, test + draw(halves())


def label_pairs(k: int) -> st.SearchStrategy[list[tuple[int, int]]]:
    """Pairs (truth, prediction) of classes below k, some of them repeated."""
    label = st.integers(0, k - 1)
    return st.lists(st.tuples(label, label), min_size=1, max_size=9)


def columns(pairs: list[tuple[int, int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """The pairs' truths and predictions, as two tensors."""
    y, p = zip(*pairs, strict=True)
    return torch.tensor(y), torch.tensor(p)


def group_lists() -> st.SearchStrategy[list[str]]:
    """Rows of two to five groups of unequal size, mixed."""
    return st.lists(st.sampled_from("abcde"), min_size=4, max_size=11).filter(lambda rows: len(set(rows)) > 1)


@exercise("error_rate")
def test_two_of_eleven(learner):
    """Eleven pictures with two on the wrong side have the error rate 2/11."""
    y = torch.tensor([0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 2])
    p = torch.tensor([0, 0, 0, 2, 0, 0, 2, 2, 0, 2, 2])
    assert_close(learner.error_rate(y, p), 2 / 11, atol=ROUNDING)


@exercise("error_rate")
@given(pairs=label_pairs(4))
def test_the_share_of_differing_places(learner, pairs):
    """The error rate is the share of places at which truth and prediction differ, however far apart."""
    wrong = sum(truth != prediction for truth, prediction in pairs)
    assert_close(learner.error_rate(*columns(pairs)), wrong / len(pairs), atol=ROUNDING)


@exercise("clean")
def test_clean_on_the_example(learner):
    """The four rows of the docstring: the first and the last have a mass."""
    rows = [{"mass": 0, "sex": "NA"}, {"mass": None, "sex": "male"}, {"sex": "male"}, {"mass": 4.2}]
    assert_equal(learner.clean(rows, ["mass"]), [{"mass": 0, "sex": "NA"}, {"mass": 4.2}])


@exercise("clean")
@given(missing=st.sampled_from([None, "", "NA"]))
def test_none_and_two_texts_are_missing(learner, missing):
    """None, the empty text and the text NA are missing, as is a field that isn't there."""
    rows = [{"mass": missing}, {"mass": 3.5}, {"sex": "male"}]
    assert_equal(learner.clean(rows, ["mass"]), [{"mass": 3.5}])


@exercise("clean")
def test_nan_is_missing(learner):
    """A float nan is missing.

    Hint: nan equals nothing, not even itself. How can you use that to find it?
    """
    assert_equal(learner.clean([{"mass": math.nan}, {"mass": 3.5}], ["mass"]), [{"mass": 3.5}])


@exercise("clean")
@given(field=st.sampled_from(["mass", "sex"]))
def test_every_required_field_counts(learner, field):
    """Of two required fields either may be missing, and a row that has both comes once.

    Hint: A row's fate is known when all its required fields have been looked at, not before.
    """
    whole = {"mass": 3.5, "sex": "female", "year": 2007}
    gap = {**whole, field: None}
    assert_equal(learner.clean([gap, gap, whole, {"year": 2008}], ["mass", "sex"]), [whole])


@exercise("clean")
@given(value=st.sampled_from([0, 0.0, False, "nan", -1, "n.a."]))
def test_zero_and_false_are_values(learner, value):
    """0, False and other texts are values, and their rows stay.

    Hint: `if not value` is true for None, and for 0, 0.0 and False as well.
    """
    rows = [{"count": value}, {"count": None}, {"other": 1}, {"count": 7, "other": None}]
    assert_equal(learner.clean(rows, ["count"]), [{"count": value}, {"count": 7, "other": None}])


@exercise("split")
def test_thirteen_rows(learner):
    """split(13) has parts of 10, 1 and 2 rows, which together are the rows 0 to 12."""
    parts = learner.split(13)
    assert_equal([len(part) for part in parts], [10, 1, 2], "the sizes of the parts")
    assert_equal(sorted(row for part in parts for row in part), list(range(13)), "all parts together, sorted")


@exercise("split")
@given(n=st.integers(2, 30), seed=st.integers(0, 99))
def test_every_row_is_in_one_part(learner, n, seed):
    """A quarter, a quarter and a half are cut at 0.25 n and 0.5 n, and each row is in one of the parts."""
    parts = learner.split(n, (0.25, 0.25, 0.5), seed)
    sizes = [n // 4, n // 2 - n // 4, n - n // 2]
    assert_equal([len(part) for part in parts], sizes, "the sizes of the parts")
    assert_equal(sorted(row for part in parts for row in part), list(range(n)), "all parts together, sorted")


@exercise("split")
@given(n=st.integers(30, 60), seed=st.integers(0, 999))
def test_the_same_seed_gives_the_same_split(learner, n, seed):
    """A seed gives the same split when it is used again, and another seed another split."""
    first = [sorted(part) for part in learner.split(n, (0.5, 0.5), seed)]
    again = [sorted(part) for part in learner.split(n, (0.5, 0.5), seed)]
    assert_equal(again, first, "the second time")
    require(
        first != [sorted(part) for part in learner.split(n, (0.5, 0.5), seed + 1)],
        "two seeds gave the same split",
        got=first,
    )
    together = sum((row + 1) % n in first[0] for row in first[0])
    require(together < n // 2 - 1, "the first part is a stretch of the file, not shuffled", got=first[0])


@driver
def split_and_states(names, n, seed):
    """The split, and whether Python's, NumPy's and torch's global states are as before."""
    import random

    import numpy
    import torch

    def states():
        return random.getstate(), numpy.random.get_state()[1].tolist(), torch.get_rng_state().tolist()

    before = states()
    parts = names.split(n, (0.75, 0.25), seed)
    return parts, [old == new for old, new in zip(before, states(), strict=True)]


@exercise("split")
@settings(max_examples=8)
@given(n=st.integers(4, 20), seed=st.integers(0, 999))
def test_global_random_states_are_left_alone(learner, n, seed):
    """Splitting doesn't disturb the random numbers of the rest of the program.

    Hint: `random.seed(seed)` seeds the state that everybody shares. `random.Random(seed)` is one of your own.
    """
    parts, same = split_and_states(learner, n, seed)
    assert_equal(sorted(row for part in parts for row in part), list(range(n)), "all parts together, sorted")
    for name, kept in zip(["Python's random", "NumPy's", "torch's"], same, strict=True):
        require(kept, f"{name} global state was changed")


@exercise("standardize")
def test_standardize_on_the_worked_example(learner):
    """Columns 1, 3, 5 and 7, 7, 7 with the test row 9, 8 give the numbers of section 5."""
    train, test = learner.standardize(doubles([[1, 7], [3, 7], [5, 7]]), doubles([[9, 8]]))
    root = math.sqrt(8 / 3)
    assert_close(train, doubles([[-2 / root, 0], [0, 0], [2 / root, 0]]), "train")
    assert_close(test, doubles([[6 / root, 0]]), "test")


@exercise("standardize")
@given(tables=two_tables())
def test_training_columns_get_mean_0_and_std_1(learner, tables):
    """After scaling each training column has mean 0 and biased std 1, or is 0 if it was constant."""
    train, test = tables
    varies = (train.amax(0) > train.amin(0)).double()
    scaled, _ = learner.standardize(train, test)
    assert_close(scaled.mean(0), torch.zeros_like(varies), "the columns' means in the scaled train")
    assert_close(scaled.std(0, correction=0), varies, "the columns' stds in the scaled train")


@exercise("standardize")
def test_three_tenths_are_constant(learner):
    """A training column 0.1, 0.1, 0.1 is constant, and becomes 0 in both tables.

    Hint: Its standard deviation needn't come out as exactly 0: print it. What else holds of a constant column?
    """
    tenths = doubles([[0.1], [0.1], [0.1]])
    scaled, scaled_test = learner.standardize(tenths, doubles([[0.5]]))
    assert_close(scaled, 0 * tenths, "train")
    assert_close(scaled_test, doubles([[0]]), "test")
    beside = torch.cat([doubles([[1], [3], [5]]), tenths], 1)
    scaled, scaled_test = learner.standardize(beside, doubles([[9, 0.5]]))
    root = math.sqrt(8 / 3)
    assert_close(scaled, doubles([[-2 / root, 0], [0, 0], [2 / root, 0]]), "train, beside 1, 3, 5")
    assert_close(scaled_test, doubles([[6 / root, 0]]), "test, beside 9")


@exercise("standardize")
def test_the_given_tables_stay(learner):
    """The tables that are passed in are still the same after the call.

    Hint: If a given table has changed: `-=` and `s[...] =` write into the tensor itself. `a - b` makes a new one.
    """
    train, test = doubles([[1], [3], [5]]), doubles([[9]])
    scaled, _ = learner.standardize(train, test)
    for table, value, name in [(train, [[1], [3], [5]], "train"), (test, [[9]], "test")]:
        assert_equal(table, doubles(value), f"the table `{name}` that it was given, after the call")
    assert_close(scaled, doubles([[-math.sqrt(1.5)], [0], [math.sqrt(1.5)]]), "train, scaled")


@exercise("standardize")
@given(tables=two_tables())
def test_a_training_row_is_scaled_alike_in_the_test_set(learner, tables):
    """A row that stands in both tables becomes the same in both, whatever else the test set holds.

    Hint: Are the two tables scaled by the same numbers, and do these come from the training rows alone?
    """
    train, test = tables
    varies = train.amax(0) > train.amin(0)
    scaled, scaled_test = learner.standardize(train.clone(), torch.cat([test, train]))
    assert_close(scaled_test[len(test) :], scaled, "the training rows in the test set")
    alone, _ = learner.standardize(train.clone(), test[:1])
    assert_close(alone, scaled, "train, with another test set")
    assert_equal(
        scaled.amax(0) > scaled.amin(0), varies, "which columns of train, scaled, have unequal values"
    )


@exercise("knn_predict")
def test_knn_on_the_worked_example(learner):
    """Birds at 1, 2, 6 and 7 vote on a query at 3, and two against two goes to the smaller label."""
    X, queries = doubles([[1], [2], [6], [7]]), doubles([[3], [6.8]])
    for k, answers in [(1, [0, 1]), (3, [0, 1]), (4, [0, 0])]:
        assert_equal(
            learner.knn_predict(X, torch.tensor([0, 0, 1, 1]), queries, k), torch.tensor(answers), f"k = {k}"
        )


@exercise("knn_predict")
def test_floating_answers_are_averaged(learner):
    """Floating answers of the neighbours are averaged."""
    X, y = doubles([[1], [2], [6], [7]]), doubles([10, 20, 60, 75])
    assert_close(learner.knn_predict(X, y, doubles([[3], [6.8]]), 1), doubles([20, 75]), "k = 1")
    assert_close(learner.knn_predict(X, y, doubles([[3], [6.8]]), 3), doubles([30, 155 / 3]), "k = 3")


@exercise("knn_predict")
def test_labels_vote_and_are_not_averaged(learner):
    """Neighbours 0, 2, 2, 0 and 0 give 0: nobody voted for 1."""
    X = doubles([[0, 0], [1, 0], [0, 2], [3, 1], [2, 3], [9, 9]])
    y = torch.tensor([0, 2, 2, 0, 0, 7])
    assert_equal(learner.knn_predict(X, y, doubles([[0, 0.25]]), 5), torch.tensor([0]))
    assert_equal(learner.knn_predict(X, y, doubles([[0.25, 0], [9, 8]]), 1), torch.tensor([0, 7]), "k = 1")


@exercise("knn_predict")
def test_the_distance_is_euclids(learner):
    """From (0, 0), the row (3, 3) is nearer than (0, 5), and (0, 4) is nearer than (3, 3).

    Hint: Euclid's distances of the three are the roots of 18, 25 and 16. What are yours?
    """
    y, query = doubles([10, 30]), doubles([[0, 0]])
    far = learner.knn_predict(doubles([[3, 3], [0, 5]]), y, query, 1)
    assert_close(far, doubles([10]), "of (3, 3) and (0, 5), the nearest one's answer")
    near = learner.knn_predict(doubles([[3, 3], [0, 4]]), y, query, 1)
    assert_close(near, doubles([30]), "of (3, 3) and (0, 4), the nearest one's answer")


@exercise("knn_predict")
@given(
    rows=st.lists(st.tuples(sizes(0, 6), sizes(0, 6), sizes(0, 6)), min_size=1, max_size=6, unique=True),
    seed=st.integers(0, 99),
)
def test_a_known_row_is_its_own_nearest_neighbour(learner, rows, seed):
    """With k = 1 each known row is given its own answer, and with k = n all get the same mean."""
    X, y = doubles(rows), doubles([(seed + 7 * i) % 10 + 1 for i in range(len(rows))])
    assert_close(learner.knn_predict(X, y, X, 1), y, "k = 1")
    assert_close(learner.knn_predict(X, y, X[:2], len(X)), y.mean().expand(len(X[:2])), "k = n")


@exercise("knn_predict")
def test_far_from_the_origin(learner):
    """Rows and queries moved far from the origin have the neighbours that they had."""
    X, queries = (
        doubles([[0, 2], [3, 2], [7, 2], [12, 2]]) + 1e9,
        doubles([[1, 2], [4, 2], [8, 2], [11, 2]]) + 1e9,
    )
    answers = doubles([10, 20, 30, 40])
    assert_close(learner.knn_predict(X, answers, queries, 1), answers, "k = 1")


@exercise("confusion_matrix")
def test_confusion_matrix_on_the_worked_example(learner):
    """The five predictions of section 7 give its table."""
    y, p = torch.tensor([0, 0, 1, 2, 2]), torch.tensor([0, 1, 1, 2, 0])
    assert_equal(learner.confusion_matrix(y, p, 3), torch.tensor([[1, 1, 0], [0, 1, 0], [1, 0, 1]]))


@exercise("confusion_matrix")
@given(pairs=label_pairs(4), more=st.integers(0, 2))
def test_rows_count_the_truth(learner, pairs, more):
    """Row i sums to how often class i is true, column j to how often it is predicted; absent classes have 0."""
    y, p = columns(pairs)
    matrix = learner.confusion_matrix(y, p, 4 + more)
    assert_equal(tuple(matrix.shape), (4 + more, 4 + more), "the shape")
    assert_equal(matrix.sum(1), y.bincount(minlength=4 + more), "row sums")
    assert_equal(matrix.sum(0), p.bincount(minlength=4 + more), "column sums")


def check_pair(got, precision, recall, whose):
    """Compare the two numbers one by one."""
    require(isinstance(got, (tuple, list)) and len(got) == 2, "a pair of two numbers was asked for", got=got)
    assert_close(got[0], precision, f"the precision of {whose}", atol=ROUNDING)
    assert_close(got[1], recall, f"the recall of {whose}", atol=ROUNDING)


@exercise("precision_recall")
def test_precision_and_recall_of_the_leaves(learner):
    """The infected leaves of section 7 have precision 4/9 and recall 4/5."""
    matrix = torch.tensor([[90, 5], [1, 4]])
    check_pair(learner.precision_recall(matrix, 1), 4 / 9, 4 / 5, "class 1")
    check_pair(learner.precision_recall(matrix, 0), 90 / 91, 90 / 95, "class 0")
    check_pair(learner.precision_recall(torch.tensor([[0, 0], [0, 7]]), 1), 1.0, 1.0, "class 1, all found")


@exercise("precision_recall")
def test_nothing_over_nothing_is_zero(learner):
    """A class that is never predicted has precision 0, one that never occurs recall 0.

    Hint: Each of the two totals may be 0. Ask before you divide.
    """
    matrix = torch.tensor([[5, 0, 2], [3, 0, 0], [0, 0, 0]])
    check_pair(learner.precision_recall(matrix, 1), 0.0, 0.0, "class 1, never predicted")
    check_pair(learner.precision_recall(matrix, 2), 0.0, 0.0, "class 2, never there")
    check_pair(learner.precision_recall(matrix, 0), 5 / 8, 5 / 7, "class 0")


@exercise("group_split")
@given(groups=group_lists(), seed=st.integers(0, 999))
def test_no_group_is_on_both_sides(learner, groups, seed):
    """Each row is on one side, and no group on both.

    Hint: Choose among the names of the groups, then see on which side each row's group is.
    """
    train, test = learner.group_split(groups, 0.5, seed)
    assert_equal(sorted([*train, *test]), list(range(len(groups))), "both sides together")
    both = {groups[row] for row in train} & {groups[row] for row in test}
    require(not both, f"on both sides: {', '.join(sorted(both))}", got=(train, test))


@exercise("group_split")
@settings(max_examples=12)
@given(
    names=st.permutations([7, 3, 12, 0, 5, 20, 4]),
    task=st.sampled_from([(7, 0.75), (7, 0.5), (6, 0.25), (5, 0.5), (3, 0.25), (2, 0.125)]),
)
def test_a_fraction_of_the_groups_is_held_out(learner, names, task):
    """The test side has the fraction of the groups, rounded down and at least one, whatever their sizes."""
    count, fraction = task
    groups = [name for name in names[:count] for _ in range(1 + name % 2)]
    _, test = learner.group_split(groups, fraction, 3)
    held_out = {groups[row] for row in test}
    assert_equal(len(held_out), max(1, math.floor(fraction * count)), "groups in the test side")


@exercise("group_split")
@settings(max_examples=5)
@given(groups=group_lists(), seed=st.integers(0, 999))
def test_the_seed_decides_which_groups(learner, groups, seed):
    """The same seed holds out the same groups, and among many seeds more than one choice occurs."""
    found = [sorted(learner.group_split(groups, 0.25, seed + step)[1]) for step in range(24)]
    assert_equal(sorted(learner.group_split(groups, 0.25, seed)[1]), found[0], "the second time")
    require(any(test != found[0] for test in found), "24 seeds gave one and the same split", got=found[0])


@driver
def states_left_alone(names, groups, seed):
    """The rows of both sides, and whether Python's, NumPy's and torch's global states are as before."""
    import random

    import numpy
    import torch

    def states():
        return random.getstate(), numpy.random.get_state()[1].tolist(), torch.get_rng_state().tolist()

    before = states()
    train, test = names.group_split(groups, 0.5, seed)
    return sorted([*train, *test]), [old == new for old, new in zip(before, states(), strict=True)]


@exercise("group_split")
@settings(max_examples=4)
@given(groups=group_lists(), seed=st.integers(0, 999))
def test_group_split_leaves_global_random_states_alone(learner, groups, seed):
    """Choosing groups doesn't disturb the random numbers of the rest of the program."""
    rows, same = states_left_alone(learner, groups, seed)
    assert_equal(rows, list(range(len(groups))), "both sides together, sorted")
    for name, kept in zip(["Python's random", "NumPy's", "torch's"], same, strict=True):
        require(kept, f"{name} global state was changed")


@driver
def same_in_other_sessions(names, groups, seed):
    """Whether the split covers all rows, and whether it stays when a set of the groups has another order.

    First the texts are renamed, their order kept. Who goes by the names themselves gets another chance: the same
    texts with other hashes, as in other sessions.
    """

    def sides(named):
        return [sorted(side) for side in names.group_split(named, 0.5, seed)]

    first = sides(groups)
    covered = sorted([*first[0], *first[1]]) == list(range(len(groups)))
    if all(sides([prefix + name for name in groups]) == first for prefix in ("x", "the ", "no. ")):
        return covered, True
    found = []
    for salt in range(4):

        class Label(str):
            def __hash__(self, salt=salt):
                return hash((salt, str(self)))

        found.append(sides([Label(name) for name in groups]))
    return covered, all(each == found[0] for each in found)


@exercise("group_split")
@settings(max_examples=4)
@given(groups=st.permutations([*"abccdefgh"]), seed=st.integers(0, 999))
def test_the_split_is_the_same_tomorrow(learner, groups, seed):
    """The same seed gives the same split in every session of Python.

    Hint: A set of texts is run through in another order in each session. Sort it, or don't make one.
    """
    covered, same = same_in_other_sessions(learner, groups, seed)
    require(covered, "both sides together aren't all rows")
    require(same, "where a set of the groups has another order, the split is another one")


@exercise("best_split")
@given(labels=st.lists(st.integers(0, 4), min_size=1, max_size=8))
def test_gini_is_the_chance_of_two_different_labels(learner, labels):
    """The impurity is the chance that two labels, drawn with replacement, differ; with none it is 0."""
    different = sum(a != b for a in labels for b in labels)
    assert_close(learner.gini(torch.tensor(labels)), different / len(labels) ** 2, atol=ROUNDING)
    assert_close(learner.gini(torch.tensor([0, 0, 0, 1])), 0.375, "of 0, 0, 0, 1", atol=ROUNDING)
    assert_close(learner.gini(torch.tensor([], dtype=torch.int64)), 0.0, "of no labels", atol=ROUNDING)


@exercise("best_split")
def test_best_split_on_the_worked_example(learner):
    """x = 1, 2, 3, 4 with labels 0, 0, 1, 0 is best split between 2 and 3, at a weighted impurity of 0.25."""
    answer = learner.best_split(doubles([[1], [2], [3], [4]]), torch.tensor([0, 0, 1, 0]))
    require(answer is not None, "there is a best split here", got=answer)
    feature, threshold, impurity = answer
    assert_equal(int(feature), 0, "the feature")
    require(2 < threshold < 3, "the threshold lies strictly between 2 and 3", got=threshold)
    assert_close(impurity, 0.25, "the weighted impurity", atol=ROUNDING)


@exercise("best_split")
@given(columns=st.permutations([0, 1, 2]), high=st.sampled_from([4.0, 7.5]))
def test_the_telling_feature_is_found(learner, columns, high):
    """Of three features the one that separates the classes is found, in whichever column it stands."""
    X = doubles([[1, 5, 2], [3, 5, 1.5], [2, 5, high], [1, 5, 9]])[:, list(columns)]
    answer = learner.best_split(X, torch.tensor([2, 2, 0, 0]))
    require(answer is not None, "there is a best split here", got=answer)
    feature, threshold, impurity = answer
    assert_equal(int(feature), columns.index(2), "the feature")
    require(2 < threshold < high, f"the threshold lies strictly between 2 and {high}", got=threshold)
    assert_close(impurity, 0.0, "the weighted impurity", atol=ROUNDING)


@exercise("best_split")
def test_values_that_repeat(learner):
    """x = 1, 1, 4, 6 with labels 0, 0, 1, 1 is split strictly between 1 and 4."""
    answer = learner.best_split(doubles([[1], [1], [4], [6]]), torch.tensor([0, 0, 1, 1]))
    require(answer is not None, "there is a best split here", got=answer)
    require(1 < answer[1] < 4, "the threshold lies strictly between 1 and 4", got=answer[1])
    assert_close(answer[2], 0.0, "the weighted impurity", atol=ROUNDING)


@exercise("best_split")
def test_a_question_that_does_not_help_yet(learner):
    """Where no question lowers the impurity, on XOR, one is returned all the same."""
    answer = learner.best_split(doubles([[0, 0], [0, 1], [1, 0], [1, 1]]), torch.tensor([0, 1, 1, 0]))
    require(answer is not None, "these rows can be told apart", got=answer)
    require(0 < answer[1] < 1, "the threshold lies strictly between 0 and 1", got=answer[1])
    assert_close(answer[2], 0.5, "the weighted impurity", atol=ROUNDING)


@exercise("best_split")
def test_equal_rows_cannot_be_split(learner):
    """Where all rows are equal the answer is None, and where they aren't a pure group is split all the same."""
    equal = doubles([[3, 1], [3, 1], [3, 1]])
    assert_equal(learner.best_split(equal, torch.tensor([0, 1, 1])), None, "for equal rows")
    assert_equal(learner.best_split(equal[:1], torch.tensor([1])), None, "for one row")
    answer = learner.best_split(doubles([[3, 1], [3, 2]]), torch.tensor([1, 1]))
    require(answer is not None, "these two rows can be told apart, though their labels agree", got=answer)
    assert_equal(int(answer[0]), 1, "the feature")
    require(1 < answer[1] < 2, "the threshold lies strictly between 1 and 2", got=answer[1])


@exercise("amplification_efficiency")
def test_efficiency_of_the_worked_example(learner):
    """Cycles 15, 18.4, 21.8, 25.2 in tenfold dilutions give 0.968."""
    E = learner.amplification_efficiency(doubles([0, -1, -2, -3]), doubles([15, 18.4, 21.8, 25.2]))
    assert_close(E, 10 ** (1 / 3.4) - 1, atol=ROUNDING)


@exercise("amplification_efficiency")
@given(
    E=st.sampled_from([0.75, 0.85, 0.95, 1.0]),
    start=halves(20, 50),
    dilutions=st.permutations([0, -1, -2.5, -4]),
)
def test_a_known_efficiency_comes_back(learner, E, start, dilutions):
    """Cycles computed from an efficiency give it back, whatever the order of the dilutions."""
    x = doubles(dilutions)
    cycles = start - x / math.log10(1 + E)
    assert_close(learner.amplification_efficiency(x, cycles), E, atol=ROUNDING)


@exercise("amplification_efficiency")
def test_points_off_the_line(learner):
    """Cycles 15, 15.4, 18.2, 22 at log dilutions 0, 0, -1, -2 don't lie on a line; the best slope is -37/11."""
    E = learner.amplification_efficiency(doubles([0, 0, -1, -2]), doubles([15, 15.4, 18.2, 22]))
    assert_close(E, 10 ** (11 / 37) - 1, atol=ROUNDING)


def with_where(train, test):
    """A right `standardize`, both tables at once."""
    mean, std = train.mean(0), train.std(0, correction=0)
    constant = train.amax(0) == train.amin(0)
    return torch.where(constant, 0.0, (train - mean) / std), torch.where(constant, 0.0, (test - mean) / std)


def with_loops(train, test):
    """A right `standardize`, column by column with Python's sums."""
    scaled = [[], []]
    for known, new in zip(train.T.tolist(), test.T.tolist(), strict=True):
        mean = sum(known) / len(known)
        std = math.sqrt(sum((value - mean) ** 2 for value in known) / len(known))
        inverse = 1 / std if max(known) > min(known) else 0.0
        for column, values in zip(scaled, (known, new), strict=True):
            column.append([(value - mean) * inverse for value in values])
    return tuple(torch.tensor(columns, dtype=train.dtype).T for columns in scaled)


@exercise("break_standardize")
def test_right_ones_pass(learner):
    """Two right ones of different make are let through, and both tables halved are caught.

    Hint: Does your test raise on a right `standardize`, perhaps your own? Then an `==` may be too strict where the
    last digit differs, or it asks for n - 1, or for something that the statement leaves free.
    """

    def halved(train, test):
        return train / 2, test / 2

    learner.break_standardize(with_where)
    learner.break_standardize(with_loops)
    assert_raises(AssertionError, learner.break_standardize, halved)


@exercise("break_standardize")
def test_tables_returned_unchanged_are_caught(learner):
    """A `standardize` that returns both tables as they are is caught.

    Hint: Give it a column whose mean isn't 0.
    """

    def unchanged(train, test):
        return train.clone(), test.clone()

    assert_raises(AssertionError, learner.break_standardize, unchanged)


@exercise("break_standardize")
def test_columns_from_0_to_1_are_caught(learner):
    """A `standardize` that stretches each column from 0 to 1 is caught.

    Hint: What is the mean of a standardised training column?
    """

    def from_0_to_1(train, test):
        low, high = train.amin(0), train.amax(0)
        width = torch.where(high > low, high - low, 1.0)
        return (train - low) / width, (test - low) / width

    assert_raises(AssertionError, learner.break_standardize, from_0_to_1)


@exercise("break_standardize")
def test_a_test_set_left_unscaled_is_caught(learner):
    """A `standardize` that scales the training set rightly and forgets the test set is caught.

    Hint: It returns two tables. Look at both.
    """

    def train_only(train, test):
        constant = train.amax(0) == train.amin(0)
        scaled = torch.where(constant, 0.0, (train - train.mean(0)) / train.std(0, correction=0))
        return scaled, test.clone()

    assert_raises(AssertionError, learner.break_standardize, train_only)


@exercise("linear_regression")
def test_the_line_through_three_points(learner):
    """X = 0, 1, 2 and y = 1, 3, 5 give w = 2 and b = 1; with the column twice, w = (1, 1)."""
    X, y = doubles([[0], [1], [2]]), doubles([1, 3, 5])
    w, b = learner.linear_regression(X, y)
    assert_close(w, doubles([2]), "w")
    assert_close(b, 1.0, "b", atol=ROUNDING)
    w, b = learner.linear_regression(torch.cat([X, X], 1), y)
    assert_close(w, doubles([1, 1]), "w with the column twice")
    assert_close(b, 1.0, "b with the column twice", atol=ROUNDING)


@exercise("linear_regression")
def test_the_intercept_does_not_count_as_length(learner):
    """Beside the column 0, 1, 2 one that is always 1 gets no weight: w = (2, 0) and b = 1.

    Hint: w = (2, 0.5) with b = 0.5 fits as well, and it isn't the shortest w. Where does b come in?
    """
    w, b = learner.linear_regression(doubles([[0, 1], [1, 1], [2, 1]]), doubles([1, 3, 5]))
    assert_close(w, doubles([2, 0]), "w")
    assert_close(b, 1.0, "b", atol=ROUNDING)


@exercise("linear_regression")
@given(w=tensors((sizes(1, 3),)), b=halves())
def test_a_known_plane_comes_back(learner, w, b):
    """From noise-free answers the coefficients and the intercept come back."""
    X = doubles([[1, 0, 2], [0, 3, -1], [-2, 1, 0], [4, -1, 1], [0, 0, -3], [1, 1, 1]])[:, : len(w)]
    found, intercept = learner.linear_regression(X, X @ w + b + 1)
    assert_close(found, w, "w")
    assert_close(intercept, b + 1, "b", atol=ROUNDING)


@exercise("choose_degree")
def test_the_constant_beats_the_parabola(learner):
    """In the example the constant is nearer to the validation point than the parabola through all points."""
    x, y, x_val, y_val = doubles([0, 1, 2]), doubles([0, 1, 0]), doubles([3]), doubles([0])
    assert_equal(learner.choose_degree(x, y, x_val, y_val, [2, 0]), 0)
    assert_equal(
        learner.choose_degree(x, y, x_val, doubles([-2]), [0, 2]), 2, "with the validation point (3, -2)"
    )


@exercise("choose_degree")
@settings(max_examples=5)
@given(degrees=st.permutations([0, 1, 2, 3]))
def test_the_fit_sees_one_set_and_the_choice_the_other(learner, degrees):
    """Of points that go up and down, the constant best predicts the 3 and 0 that follow, the cubic 2 and 3 between."""
    x, y = doubles([0, 1, 2, 3, 4]), doubles([0, 3, 2, 1, 0])
    assert_equal(learner.choose_degree(x, y, doubles([5, 6]), doubles([3, 0]), degrees), 0)
    assert_equal(learner.choose_degree(x, y, doubles([0.5, 1.5]), doubles([2, 3]), degrees), 3)


@exercise("choose_degree")
@settings(max_examples=5)
@given(degrees=st.permutations([0, 1, 2, 3]))
def test_squared_errors_are_compared(learner, degrees):
    """The line has the least squared error at 2, 2, 5, though not the least absolute one; the parabola at 5, 8, 11."""
    x, y = doubles([0, 1, 2, 3, 4]), doubles([2, 0, 4, 0, 4])
    assert_equal(learner.choose_degree(x, y, doubles([5, 6, 7]), doubles([2, 2, 5]), degrees), 1)
    assert_equal(learner.choose_degree(x, y, doubles([5, 6, 7]), doubles([5, 8, 11]), degrees), 2)


@exercise("choose_degree")
@given(degree=st.integers(0, 3), degrees=st.permutations([0, 1, 2, 3]))
def test_the_degree_that_made_the_data_wins(learner, degree, degrees):
    """Of data made by a polynomial, with a little noise in the training set, no smaller degree is chosen."""
    x, x_val = doubles([-2, -1.5, -1, 0, 0.5, 1.5, 2]), doubles([-1.75, -0.5, 1, 1.75])
    noise = doubles([0.1, -0.1, 0.2, -0.1, -0.2, 0.1, 0.1])
    chosen = learner.choose_degree(x, 3 * x**degree + noise, x_val, 3 * x_val**degree, degrees)
    require(chosen in range(degree, 4), f"the data come from degree {degree}", got=chosen)


@exercise("choose_degree")
@settings(max_examples=6)
@given(degrees=st.permutations([2, 3, 4]))
def test_of_equals_the_smallest(learner, degrees):
    """Where all polynomials predict 0, and are equally good, the smallest degree is chosen."""
    x = doubles([-2, -1, 0, 1, 2, 3])
    chosen = learner.choose_degree(x, torch.zeros_like(x), doubles([0.5, 1]), doubles([1, 2]), degrees)
    assert_equal(chosen, 2, "when all predict 0")


@exercise("pca")
def test_points_on_a_diagonal(learner):
    """(1, 1), (2, 2), (3, 3) vary along (0.707, 0.707), with the variance 2."""
    components, variances = learner.pca(doubles([[1, 1], [2, 2], [3, 3]]), 1)
    root = math.sqrt(0.5)
    assert_equal(tuple(components.shape), (1, 2), "the shape of the components")
    assert_close(components.abs(), doubles([[root, root]]), "the component, signs apart")
    require(components[0, 0] * components[0, 1] > 0, "its two entries have one sign", got=components)
    assert_close(variances, doubles([2]), "the variance")


@exercise("pca")
@given(shift=tensors((3,)), k=st.integers(1, 3))
def test_moving_the_cloud_changes_nothing(learner, shift, k):
    """A cloud that varies most along its third axis does so wherever it is.

    Hint: Subtract each column's mean first.
    """
    X = doubles([[1, 0, 0], [-1, 0, 0], [0, 2, 0], [0, -2, 0], [0, 0, 4], [0, 0, -4]])
    components, variances = learner.pca(X + 10 * shift, k)
    assert_close(variances, doubles([32, 8, 2])[:k] / 5, "the variances")
    assert_close(components.abs(), torch.eye(3).flip(0)[:k].double(), "the components, signs apart")


@exercise("pca")
@settings(max_examples=5)
@given(k=st.integers(1, 3))
def test_each_direction_shows_its_variance(learner, k):
    """Each row of components has length 1, and the rows of X along it have the variance that goes with it."""
    X = doubles([[2, 0, 1], [4, 3, 0], [7, 3, 5], [1, 8, 2], [6, 1, 9]])
    components, variances = learner.pca(X, k)
    assert_equal(tuple(components.shape), (k, 3), "the shape of the components")
    assert_close(components.pow(2).sum(1), torch.ones(k, dtype=components.dtype), "the rows' squared lengths")
    along = (X - X.mean(0)) @ components.double().T
    assert_close(variances, along.var(0), "the variances, beside those of (X - mean) @ components[i]")


@exercise("kmeans")
@given(seed=st.integers(0, 999), integer=st.booleans())
def test_two_clusters_on_a_line(learner, seed, integer):
    """Rows 0, 1, 5, 6 have the centres 0.5 and 5.5, for integers too."""
    X = torch.tensor([[0], [1], [5], [6]], dtype=torch.int64 if integer else torch.float64)
    centres, labels = learner.kmeans(X, 2, seed)
    assert_close(centres.double().sort(0).values, doubles([[0.5], [5.5]]), "the centres, sorted")
    assert_close(centres.double()[labels, 0], doubles([0.5, 0.5, 5.5, 5.5]), "each row's centre")


@exercise("kmeans")
@given(seed=st.integers(0, 999), k=st.integers(1, 4))
def test_without_iterations_the_centres_are_rows(learner, seed, k):
    """With max_iter=0 the centres are k different rows, and each row has the label of the nearest."""
    X = doubles([[0, 3], [4, 1], [9, 9], [-5, 2], [1, -7]])
    centres, labels = learner.kmeans(X, k, seed, 0)
    chosen = [X.tolist().index(row) if row in X.tolist() else row for row in centres.tolist()]
    require(all(isinstance(row, int) for row in chosen), "a centre is not a row of X", got=centres)
    assert_equal(len(set(map(str, chosen))), k, "different rows among the centres")
    assert_equal(labels[chosen], torch.arange(k), "the labels of the chosen rows")


@exercise("kmeans")
def test_the_seed_chooses_the_start(learner):
    """Of twelve seeds not all start from the same two of five rows."""
    X = doubles([[0], [3], [9], [27], [81]])
    starts = [sorted(learner.kmeans(X, 2, seed, 0)[0][:, 0].tolist()) for seed in range(12)]
    require(any(start != starts[0] for start in starts), "twelve seeds, one start", got=starts[0])


@exercise("kmeans")
@given(seed=st.integers(0, 999))
def test_a_centre_without_rows_stays(learner, seed):
    """Where k is larger than the number of different rows, no centre becomes nan.

    Hint: The mean of no rows is 0/0. Leave such a centre where it is.
    """
    X = doubles([[2, 5], [2, 5], [2, 5]])
    centres, _ = learner.kmeans(X, 3, seed)
    assert_close(centres, X, "the centres")


@driver
def tree_answers(names, X, y, max_depth, queries):
    """What the learner's tree of this depth answers."""
    return names.predict_tree(names.grow_tree(X, y, max_depth), queries)


@exercise("grow_tree")
@settings(max_examples=6)
@given(
    X=st.just(doubles([[1], [2], [3], [4]])),
    y=st.just(torch.tensor([0, 0, 1, 0])),
    max_depth=st.integers(0, 2),
)
def test_tree_on_the_worked_example(learner, X, y, max_depth):
    """x = 1, 2, 3, 4 with labels 0, 0, 1, 0 is learned at depth 2; at depth 0 and 1 all rows get 0."""
    answers = tree_answers(learner, X, y, max_depth, X)
    assert_equal(
        answers, y if max_depth == 2 else torch.zeros_like(y), "what the tree answers to its own rows"
    )


@exercise("grow_tree")
@settings(max_examples=1)
@given(
    X=st.just(doubles([[0, 0], [0, 1], [1, 0], [1, 1]])),
    y=st.just(torch.tensor([0, 1, 1, 0])),
    max_depth=st.just(2),
)
def test_xor_is_learned_at_depth_two(learner, X, y, max_depth):
    """XOR is learned by two questions, though the first one doesn't lower the impurity."""
    assert_equal(tree_answers(learner, X, y, max_depth, X), y, "what the tree answers to its own rows")


@exercise("grow_tree")
@settings(max_examples=1)
@given(
    X=st.just(doubles([[1, 2], [1, 2], [1, 2], [5, 2], [5, 2]])),
    y=st.just(torch.tensor([3, 1, 3, 2, 1])),
    max_depth=st.just(50),
)
def test_equal_rows_become_one_leaf(learner, X, y, max_depth):
    """Rows that no question separates get their most frequent label, the smallest of several, at any depth."""
    answers = tree_answers(learner, X, y, max_depth, X)
    assert_equal(answers, torch.tensor([3, 3, 3, 1, 1]), "what the tree answers to its own rows")


@exercise("majority_vote")
def test_votes_of_the_example(learner):
    """Columns 0, 2, 2 and 2, 0, 1 and 1, 1, 0 get 2, 0 and 1."""
    votes = torch.tensor([[0, 2, 1], [2, 0, 1], [2, 1, 0]])
    assert_equal(learner.majority_vote(votes), torch.tensor([2, 0, 1]))


@exercise("majority_vote")
@given(votes=tensors((sizes(1, 6), sizes(1, 5)), st.integers(0, 5), torch.int64))
def test_the_winner_has_most_votes(learner, votes):
    """No label has more votes than the winner, and of equal ones it is the smallest."""
    counted = [[row.count(label) for label in range(6)] for row in votes.T.tolist()]
    assert_equal(
        learner.majority_vote(votes), torch.tensor([counts.index(max(counts)) for counts in counted])
    )

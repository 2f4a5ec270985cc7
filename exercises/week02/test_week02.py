"""Week 02's checks: what a learner can run. Each states one law of a right answer."""

import copy
import math
import random
import statistics

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
from autograde.strategies import halves, sizes, words

NUMBERS = st.one_of(st.integers(-9, 9), halves())


def floats(xs):
    """Expected numbers as floats, which whole numbers are compared with as well."""
    return [float(x) for x in xs]


# numerical_derivative


@exercise("numerical_derivative")
def test_the_parabola_of_the_text(learner):
    """The slope of x² at 3 with h = ½ is 6, and 6 to about nine digits with the step that is the default."""
    assert_close(learner.numerical_derivative(lambda x: x * x, 3, 0.5), 6.0, "with h=0.5")
    assert_close(learner.numerical_derivative(lambda x: x * x, 3), 6.0, "without naming h", rtol=1e-6)


@exercise("numerical_derivative")
@given(a=sizes(-4, 4), b=sizes(-4, 4), x=halves(), h=st.sampled_from([0.5, 0.25, 2.0]))
def test_the_step_goes_to_both_sides(learner, a, b, x, h):
    """For a·x³ + b·x the answer is (f(x + h) − f(x − h)) / 2h, which is a·(3x² + h²) + b.

    Hint: How far apart are the two points at which f is called?
    """
    slope = learner.numerical_derivative(lambda x: a * x**3 + b * x, x, h)
    assert_close(slope, float(a * (3 * x**2 + h**2) + b), rtol=1e-9, atol=1e-9)


# compose


@driver
def chained(names, letters, args, joint):
    """compose of functions each of which adds its letter; the new function is called twice.

    The function called first joins what it is given; the others take one text.
    """

    def adding(letter):
        def add(*texts, joint=""):
            return joint.join(texts) + letter

        return add

    composed = names.compose(*[adding(letter) for letter in letters])
    named = {} if joint is None else {"joint": joint}
    return [composed(*args, **named) for _ in range(2)]


@exercise("compose")
@given(letters=words("fgh", 2, 4), text=words("x", 0, 2))
def test_the_rightmost_comes_first(learner, letters, text):
    """When each function adds its letter to a text, the rightmost one's letter is added first.

    Hint: In f(g(x)), which of the two is called first? And is your new function as good the second time?
    """
    right = text + letters[::-1]
    assert_equal(chained(learner, letters, [text], None), [right, right], "two calls")


@exercise("compose")
@given(
    letters=words("fgh", 1, 3),
    args=st.lists(words("xyz", 1, 2), max_size=3),
    joint=st.sampled_from([None, "-", "+"]),
)
def test_the_first_one_gets_all_arguments(learner, letters, args, joint):
    """The function that is called first gets all positional and named arguments."""
    right = (joint or "").join(args) + letters[::-1]
    assert_equal(chained(learner, letters, args, joint), [right, right], "two calls")


@exercise("compose")
@given(x=NUMBERS)
def test_composing_nothing_changes_nothing(learner, x):
    """compose() is a function that returns its argument."""
    assert_equal(identity(learner, x), x)


@driver
def identity(names, x):
    """compose() of x."""
    return names.compose()(x)


# make_multipliers


@driver
def multiplied(names, ks, xs):
    """For each function made for ks, what it gives for each of xs; and ks afterwards."""
    functions = names.make_multipliers(ks)
    return [[functions[i](x) for x in xs] for i in range(len(functions))], ks


@exercise("make_multipliers")
@given(ks=st.lists(NUMBERS, max_size=5), xs=st.lists(NUMBERS, min_size=1, max_size=3))
def test_each_has_its_own_factor(learner, ks, xs):
    """The i-th function multiplies by ks[i], and there are as many as numbers in ks.

    Hint: If all of them multiply by the last one: when does a function look up its variables?
    """
    answers, after = multiplied(learner, ks, xs)
    assert_equal(answers, [floats(k * x for x in xs) for k in ks], "what the functions give")
    assert_equal(after, ks, "ks afterwards")


# append_to


@driver
def appended(names, x, xs):
    """What append_to(x, xs) gives, the list afterwards, and whether the two are the same object."""
    given = list(xs)
    answer = names.append_to(x, given)
    return answer, given, answer is given


@driver
def appended_to_none(names, xs):
    """What append_to(x) gives for each x, all calls made before any of it is read; then with None."""
    return [names.append_to(x) for x in xs], [names.append_to(x, None) for x in xs]


@exercise("append_to")
@given(xs=st.lists(st.integers(0, 9), min_size=2, max_size=4))
def test_a_fresh_list_each_time(learner, xs):
    """Without a list, or with None, each call gives a new list with x in it and nothing else."""
    without, with_none = appended_to_none(learner, xs)
    assert_equal(without, [[x] for x in xs], "calls without a list, one after the other")
    assert_equal(with_none, [[x] for x in xs], "calls with None")


@exercise("append_to")
@given(x=st.integers(0, 9), xs=st.lists(st.integers(0, 9), max_size=3))
def test_the_given_list_is_extended(learner, x, xs):
    """A list that is given, empty or not, is itself extended and returned."""
    answer, after, same = appended(learner, x, xs)
    assert_equal(answer, [*xs, x], "what is returned")
    assert_equal(after, [*xs, x], "the caller's list afterwards")
    require(same, "another list was returned than the one given, with the same entries")


# flatten


def leaves():
    """Whatever isn't a list, texts and tuples with lists in them among it."""
    held = [0, 7, None, "", "G", "ATG", (1, 2), ("A", [3])]
    return st.sampled_from(held)


def nests():
    """Lists of leaves and of such lists, a few deep."""
    return st.lists(
        st.recursive(leaves(), lambda inner: st.lists(inner, max_size=3), max_leaves=6), max_size=4
    )


def leaves_of(nested):
    """What is in a nest, by walking along with a stack."""
    found, waiting = [], list(reversed(nested))
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting += reversed(part)
        else:
            found.append(part)
    return found


@exercise("flatten")
def test_the_example_of_the_text(learner):
    """The example of the statement comes out as stated."""
    assert_equal(learner.flatten([1, [2, ["GC", []]], (3, [4])]), [1, 2, "GC", (3, [4])])


@exercise("flatten")
@settings(max_examples=25)
@given(nested=nests())
def test_everything_that_is_no_list_in_order(learner, nested):
    """Whatever isn't a list comes out whole, in order, and nested is as it was.

    Hint: Only lists are opened. A text can be looped over, too, and mustn't be.
    """
    before = copy.deepcopy(nested)
    assert_equal(learner.flatten(nested), leaves_of(before))
    assert_equal(nested, before, "nested afterwards")


@exercise("flatten")
@settings(max_examples=8)
@given(deep=st.integers(3, 100), x=st.integers(0, 9))
def test_far_down(learner, deep, x):
    """An entry up to a hundred lists deep is found."""
    nested = [x]
    for level in range(deep):
        nested = [level, nested]
    assert_equal(learner.flatten(nested), [*reversed(range(deep)), x])


# batches


@driver
def batched(names, items, size, *more):
    """All batches, and items afterwards."""
    return list(names.batches(items, size, *more)), items


@driver
def first_of(names, items, size):
    """The first batch by next, then the rest."""
    stream = names.batches(items, size)
    if not hasattr(stream, "__next__"):
        raise TypeError(f"a generator was asked for, and this is a {type(stream).__name__}")
    return next(stream), list(stream)


@exercise("batches")
@given(items=st.lists(st.integers(0, 9), max_size=9), size=sizes(1, 10))
def test_slices_in_order(learner, items, size):
    """Without shuffle the items come in order, in lists of size, the last one perhaps shorter."""
    got, after = batched(learner, items, size)
    assert_equal(got, [items[i : i + size] for i in range(0, len(items), size)], "the batches")
    assert_equal(after, items, "items afterwards")


@exercise("batches")
@given(items=st.lists(st.integers(0, 9), min_size=1, max_size=7), size=sizes(1, 8))
def test_one_after_the_other(learner, items, size):
    """It is a generator: next gives the first batch, and going on from there the others."""
    first, rest = first_of(learner, items, size)
    assert_equal(first, items[:size], "the first batch")
    assert_equal([x for batch in rest for x in batch], items[size:], "what is in the others")


@exercise("batches")
@settings(max_examples=12)
@given(n=sizes(12, 20), size=sizes(1, 7), seed=sizes(0, 50))
def test_shuffled_by_the_seed(learner, n, size, seed):
    """With shuffle each item comes once, the same seed gives the same order, and others give others."""
    items = list(range(n))
    got, after = batched(learner, items, size, True, seed)
    flat = [x for batch in got for x in batch]
    assert_equal(sorted(flat), list(range(n)), "the items of all batches, sorted")
    assert_equal([len(batch) for batch in got], [min(size, n - i) for i in range(0, n, size)], "their sizes")
    assert_equal(after, list(range(n)), "items afterwards")
    assert_equal(batched(learner, list(range(n)), size, True, seed)[0], got, "the same seed again")
    others = [batched(learner, list(range(n)), size, True, seed + more)[0] for more in (1, 2, 3)]
    require(any(other != got for other in others), "four seeds give one and the same order", got=got)


@exercise("batches")
@given(items=st.lists(st.integers(0, 9), max_size=4), size=st.sampled_from([0, -1, -3]))
def test_no_batch_of_nothing(learner, items, size):
    """A size below 1 raises ValueError, at the call or at the first batch."""
    assert_raises(ValueError, batched, learner, items, size)
    got, _ = batched(learner, [*items, 1], 1)
    assert_equal(got, [[item] for item in [*items, 1]], "with size 1")


# Vector


def entries(n):
    return st.lists(st.integers(-9, 9), min_size=n, max_size=n)


def pairs_of_entries():
    """Two lists of integers of one length."""
    return sizes(0, 5).flatmap(lambda n: st.tuples(entries(n), entries(n)))


def unequal_pairs():
    """Two lists of integers of unequal lengths."""
    return st.tuples(sizes(0, 3), sizes(1, 3), st.booleans(), entries(6)).map(_cut_unequal)


def _cut_unequal(drawn):
    n, more, longer_first, numbers = drawn
    short, long = numbers[:n], numbers[: n + more]
    return (long, short) if longer_first else (short, long)


@driver
def reckoned(names, v, w, s, line):
    """What a line gives for two vectors and a number (a Vector as its entries), and the two afterwards."""
    known = {"v": names.Vector(v), "w": names.Vector(w), "s": s}
    answer = eval(line, {}, known)
    shown = ["a Vector", *answer] if isinstance(answer, names.Vector) else answer
    return shown, list(known["v"]), list(known["w"])


def check_line(learner, v, w, s, line, expected):
    answer, v_after, w_after = reckoned(learner, v, w, s, line)
    if isinstance(expected, list):
        named = isinstance(answer, list) and answer[:1] == ["a Vector"]
        require(named, f"`{line}` gives no Vector", got=answer, expected=expected)
        answer, expected = answer[1:], floats(expected)
    assert_close(answer, expected, f"`{line}`")
    assert_equal(v_after, floats(v), f"v after `{line}`")
    assert_equal(w_after, floats(w), f"w after `{line}`")


@exercise("Vector-arithmetic")
@given(pair=pairs_of_entries())
def test_sums_and_differences(learner, pair):
    """v + w and v - w are new vectors, entry by entry, and leave v and w as they are."""
    v, w = pair
    check_line(learner, v, w, 0, "v + w", [a + b for a, b in zip(v, w, strict=True)])
    check_line(learner, v, w, 0, "v - w", [a - b for a, b in zip(v, w, strict=True)])


@exercise("Vector-arithmetic")
@given(v=sizes(0, 4).flatmap(entries), s=NUMBERS)
def test_a_number_on_either_side(learner, v, s):
    """v * s and s * v are new vectors with each entry multiplied by s.

    Hint: For `s * v` Python asks the number first, which knows no vectors, and then calls `v.__rmul__(s)`.
    """
    check_line(learner, v, [1], s, "v * s", [a * s for a in v])
    check_line(learner, v, [1], s, "s * v", [a * s for a in v])


@exercise("Vector-arithmetic")
@given(pair=pairs_of_entries())
def test_dot_and_norm(learner, pair):
    """v.dot(w) is the sum of the products, and abs(v) the root of v.dot(v)."""
    v, w = pair
    check_line(learner, v, w, 0, "v.dot(w)", float(sum(a * b for a, b in zip(v, w, strict=True))))
    check_line(learner, v, w, 0, "abs(v)", math.hypot(*v))


@exercise("Vector-arithmetic")
@given(pair=unequal_pairs(), line=st.sampled_from(["v + w", "v - w", "v.dot(w)"]))
def test_unequal_lengths_are_an_error(learner, pair, line):
    """+, - and dot of two vectors of unequal length raise ValueError."""
    v, w = pair
    check_line(learner, v, v, 0, "v + w", [2 * a for a in v])
    assert_raises(ValueError, reckoned, learner, v, w, 0, line)


@driver
def held(names, xs, index):
    """Length, one entry, and the entries by two loops, one in the other; then of a vector whose list changed."""
    given = list(xs)
    v = names.Vector(given)
    looped = [(a, b) for a in v for b in v]
    entry = v[index]
    given[0] = 99
    given.append(100)
    return len(v), entry, list(v), looped


@exercise("Vector-container")
@given(xs=st.lists(st.integers(-9, 9), min_size=1, max_size=4), place=sizes(-4, 3))
def test_it_holds_its_own_entries(learner, xs, place):
    """len, [] and loops show the entries, and the list it was made from may change without harm."""
    index = place % len(xs) - (len(xs) if place < 0 else 0)
    length, entry, listed, looped = held(learner, xs, index)
    assert_equal(looped, [floats((a, b)) for a in xs for b in xs], "a loop in a loop over v")
    assert_equal(entry, float(xs[index]), f"v[{index}]")
    assert_equal(listed, floats(xs), "v after its list was changed")
    assert_equal(length, len(xs), "len(v) after its list was changed")


@driver
def compared(names, v, w):
    """v == w and v != w as vectors; then v == each of some things that are no vectors."""
    a, b = names.Vector(v), names.Vector(w)
    others = [list(v), tuple(v), None, "v", 1]
    return [a == b, a != b], [a == other for other in others]


@exercise("Vector-container")
@given(pair=st.one_of(pairs_of_entries(), unequal_pairs(), entries(2).map(lambda xs: (xs, list(xs)))))
def test_equal_entries_make_equal_vectors(learner, pair):
    """v == w for equal entries; other vectors, and what isn't a Vector at all, differ."""
    v, w = pair
    among_vectors, with_others = compared(learner, v, w)
    assert_equal(among_vectors, [v == w, v != w], "v == w and v != w")
    assert_equal(with_others, [False] * 5, "v == a list, a tuple, None, a text, a number")
    assert_equal(compared(learner, v, list(v))[0], [True, False], "== and != with an equal one")


@driver
def read_back(names, xs):
    """The text of repr, the entries of what Python makes of it, and whether that equals the vector."""
    v = names.Vector(xs)
    again = eval(repr(v), {}, {"Vector": names.Vector})
    return repr(v), list(again), again == v


@exercise("Vector-repr")
@given(xs=st.lists(NUMBERS, max_size=4))
def test_its_text_makes_it_again(learner, xs):
    """eval(repr(v)) is an equal vector."""
    text, listed, equal = read_back(learner, xs)
    require(isinstance(text, str), "repr gives no text", got=text)
    assert_equal(listed, floats(xs), f"the entries of {text}")
    require(equal, "eval(repr(v)) == v isn't True", got=text)


# RunningStats


def samples(low=0, high=6):
    return st.lists(halves(-20, 20), min_size=low, max_size=high)


@driver
def pushed(names, xs):
    """n, mean and variance after each push."""
    stats = names.RunningStats()
    told = []
    for x in xs:
        stats.push(x)
        told.append((stats.n, stats.mean, stats.variance))
    return told


@driver
def merged(names, left, right, more):
    """What the merged one says; then what all three say, after a different number was pushed into each."""

    def made(xs):
        stats = names.RunningStats()
        for x in xs:
            stats.push(x)
        return stats

    a, b = made(left), made(right)
    both = a.merge(b)
    first = (both.n, both.mean if both.n else None, both.variance)
    for stats, x in zip((both, a, b), more):  # noqa: B905 (a driver sees no more than it imports)
        stats.push(x)
    return [first, *[(stats.n, stats.mean, stats.variance) for stats in (both, a, b)]]


def check_told(told, xs, what, rtol=1e-9):
    """n, mean and variance against the module statistics; a mean of nothing is free."""
    n, mean, variance = told
    assert_equal(n, float(len(xs)), f"n {what}")
    if xs:
        assert_close(mean, statistics.fmean(xs), f"mean {what}", rtol=1e-9, atol=1e-9)
    expected = statistics.variance(xs) if len(xs) > 1 else math.nan
    assert_close(variance, expected, f"variance {what}", rtol=rtol, atol=1e-9)


@exercise("RunningStats")
def test_the_numbers_of_the_text(learner):
    """2, 4 and 9 have the mean 5 and the variance 13; the variance of one number is nan."""
    told = pushed(learner, [2, 4, 9])
    assert_close(told[2], (3.0, 5.0, 13.0), "n, mean and variance of 2, 4, 9", rtol=1e-9)
    assert_close(told[0][2], math.nan, "variance of 2 alone")


@exercise("RunningStats")
@given(xs=samples(1, 7))
def test_after_every_push(learner, xs):
    """After every push n, mean and variance are those of the numbers so far."""
    for count, told in enumerate(pushed(learner, xs), 1):
        check_told(told, xs[:count], f"of {xs[:count]}")


@exercise("RunningStats")
@given(left=samples(0, 4), right=samples(0, 4))
def test_merging_is_pushing_all(learner, left, right):
    """a.merge(b) says what one says that was given the numbers of both, and the three go their own ways."""
    first, both, a, b = merged(learner, left, right, [7.0, 8.0, 9.0])
    check_told(first, left + right, f"of {left} merged with {right}")
    check_told(both, [*left, *right, 7.0], f"of the merged one after push(7), merged from {left} and {right}")
    check_told(a, [*left, 8.0], f"of a after a.merge(b) and a.push(8), a from {left}")
    check_told(b, [*right, 9.0], f"of b after a.merge(b) and b.push(9), b from {right}")


@exercise("RunningStats")
@given(xs=samples(4, 7).filter(lambda xs: len(set(xs)) > 2))
def test_far_from_zero(learner, xs):
    """Numbers around a thousand million have the variance that they have around 0.

    Hint: The difference of two huge sums is what was rounded away. Update the squared deviations from the mean
    instead.
    """
    _, _, variance = pushed(learner, [1e9 + x for x in xs])[-1]
    assert_close(variance, statistics.variance(xs), rtol=1e-3)


# break_RunningStats


@lendable
class CountsOnly:
    """Counts, and says 0 for everything else."""

    def __init__(self):
        self.n = 0
        self.mean = 0.0
        self.variance = 0.0

    def push(self, x):
        self.n += 1

    def merge(self, other):
        both = CountsOnly()
        both.n = self.n + other.n
        return both


@lendable
class MiddleOfTheRange:
    """Takes the middle between the smallest and the largest for the mean."""

    def __init__(self):
        self.n = 0
        self.low, self.high = math.inf, -math.inf
        self.variance = math.nan

    def push(self, x):
        self.n += 1
        self.low, self.high = min(x, self.low), max(x, self.high)
        self.variance = random.random()

    @property
    def mean(self):
        return (self.low + self.high) / 2

    def merge(self, other):
        return self


@lendable
class ForgetsOnMerging(CountsOnly):
    """Starts from nothing when it merges."""

    def merge(self, other):
        return ForgetsOnMerging()


@exercise("break_RunningStats")
def test_one_that_only_counts_is_caught(learner):
    """A class whose mean and variance are always 0 is caught.

    Hint: Push two unequal numbers, and ask for all three.
    """
    assert_raises(Exception, learner.break_RunningStats, CountsOnly)


@exercise("break_RunningStats")
def test_the_middle_of_the_range_is_caught(learner):
    """A class whose mean lies half-way between the smallest and the largest number is caught.

    Hint: Take numbers that aren't spread evenly, such as 2, 4 and 9.
    """
    assert_raises(Exception, learner.break_RunningStats, MiddleOfTheRange)


@exercise("break_RunningStats")
def test_an_empty_merge_is_caught(learner):
    """A class whose merge gives an empty one is caught.

    Hint: How many numbers must a.merge(b) have?
    """
    assert_raises(Exception, learner.break_RunningStats, ForgetsOnMerging)


# memoize


@driver
def remembered(names, calls, answers):
    """What two memoized functions give for calls, made twice, and with what each was called itself."""
    seen = {"one": [], "other": []}

    def one(*args):
        """The first of two."""
        seen["one"].append(args)
        return answers[len(args)]

    def other(*args):
        """The second of two."""
        seen["other"].append(args)
        return "other"

    first, second = names.memoize(one), names.memoize(other)
    told = [[first(*args) for args in calls], [second(*args) for args in calls]]
    again = [[first(*args) for args in calls], [second(*args) for args in calls]]
    faces = [(f.__name__, f.__doc__) for f in (first, second)]
    return told, again, seen, faces


ARGUMENTS = st.lists(st.sampled_from(["A", "C", "AC", "CA"]), max_size=2).map(tuple)


@exercise("memoize")
@given(calls=st.lists(ARGUMENTS, min_size=1, max_size=6), other=st.sampled_from([0, "", False, 7]))
def test_each_tuple_of_arguments_once(learner, calls, other):
    """f is called once for each different tuple of arguments, in this order, whatever it answers, None too."""
    calls = [*calls, *[args[::-1] for args in calls]]
    answers = [None, "x", other]
    told, again, seen, faces = remembered(learner, calls, answers)
    right = [[answers[len(args)] for args in calls], ["other"] * len(calls)]
    assert_equal(told, right, "the answers")
    assert_equal(again, right, "the answers when asked again")
    for name in ("one", "other"):
        assert_equal(seen[name], list(dict.fromkeys(calls)), "the calls of f itself")
    faced = [("one", "The first of two."), ("other", "The second of two.")]
    assert_equal(faces, faced, "__name__ and __doc__")


# Module


@driver
def chain_of(names, layers, x):
    """A Chain of Affines: what it gives for x, its values, what it gives when its first number is 5 more."""
    chain = names.Chain(*[names.Affine(w, b) for w, b in layers])
    before = chain(x)
    values = [parameter.value for parameter in chain.parameters()]
    for parameter in chain.parameters()[:1]:
        parameter.value += 5
    return before, values, chain(x)


def through(layers, x):
    for w, b in layers:
        x = w * x + b
    return x


@exercise("Module")
@given(layers=st.lists(st.tuples(sizes(-4, 4), sizes(-4, 4)), max_size=4), x=sizes(-3, 3))
def test_a_chain_of_affines(learner, layers, x):
    """A chain goes through its modules from first to last, and its parameters are theirs, in order."""
    before, values, after = chain_of(learner, layers, x)
    assert_equal(before, float(through(layers, x)), "chain(x)")
    assert_equal(values, floats(number for layer in layers for number in layer), "the parameters' values")
    if layers:
        (w, b), *rest = layers
        assert_equal(
            after, float(through([(w + 5, b), *rest], x)), "chain(x) after its first value grew by 5"
        )


@driver
def parts_of(names, start, shared):
    """The values of a module with Parameters around an inner module; with shared, two are reached twice."""

    class Leaf(names.Module):
        def __init__(self, first, again):
            super().__init__()
            self.name = "leaf"
            self.first = names.Parameter(first)
            self.inner = again
            self.last = names.Parameter(first)

    inner = names.Affine(start + 1, start + 2)
    leaf = Leaf(start, inner)
    if shared:
        leaf.once_more = leaf.first
        leaf.inner_again = inner
    return [parameter.value for parameter in leaf.parameters()], [p.value for p in inner.parameters()]


@exercise("Module")
@given(start=sizes(-5, 5), shared=st.booleans())
def test_parameters_of_parts(learner, start, shared):
    """Parameters come in the order in which the attributes were set, each once, an inner module's in its place."""
    values, inner = parts_of(learner, start, shared)
    assert_equal(values, floats([start, start + 1, start + 2, start]), "the parameters' values")
    assert_equal(inner, floats([start + 1, start + 2]), "those of the inner module alone")

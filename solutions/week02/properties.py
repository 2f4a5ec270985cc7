"""Week 02's hidden properties: agreement with the reference or an independent oracle, laws, edge cases."""

import copy
import math
import statistics
from fractions import Fraction
from itertools import chain, permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from autograde.properties import assert_close, assert_equal, assert_raises, driver, exercise, require
from autograde.strategies import halves, reals, sizes, words

NUMBERS = st.one_of(st.integers(-50, 50), halves(-30, 30))


def floats(xs):
    """Expected numbers as floats, which whole numbers are compared with as well."""
    return [float(x) for x in xs]


# numerical_derivative


@exercise("numerical_derivative")
@given(a=sizes(-9, 9), b=sizes(-9, 9), c=sizes(-9, 9), x=st.one_of(sizes(-9, 9), halves()))
def test_exact_on_parabolas_with_a_half(learner, a, b, c, x):
    """With h = ½ the slope of a·x² + b·x + c is exactly 2a·x + b."""
    slope = learner.numerical_derivative(lambda x: a * x * x + b * x + c, x, 0.5)
    assert_equal(slope, float(2 * a * x + b))


@exercise("numerical_derivative")
@given(
    k=st.sampled_from([-3.0, 0.5, 2.0, 7.0]),
    b=sizes(-5, 5),
    x=reals(-2, 2),
    h=st.sampled_from([0.01, 0.1, 0.75, 3.0]),
)
def test_linear_in_f(learner, k, b, x, h):
    """The slope of k·f + b·g is k times that of f and b times that of g, for any step."""
    f = learner.numerical_derivative(math.exp, x, h)
    g = learner.numerical_derivative(math.sin, x, h)
    both = learner.numerical_derivative(lambda x: k * math.exp(x) + b * math.sin(x), x, h)
    assert_close(both, k * f + b * g, rtol=1e-9, atol=1e-9)
    assert_close(
        f, math.exp(x) * math.sinh(h) / h, "the slope of exp, which is exp(x) · sinh(h) / h", rtol=1e-9
    )


@exercise("numerical_derivative")
@given(x=reals(-3, 3))
def test_the_default_step_is_small_and_not_too_small(learner, x):
    """With the default step the slopes of sin and x³ are right to seven digits.

    Hint: A smaller step isn't always better: the difference of two nearly equal numbers has few digits left.
    """
    assert_close(
        learner.numerical_derivative(math.sin, x), math.cos(x), "the slope of sin", atol=1e-8, rtol=1e-8
    )
    assert_close(learner.numerical_derivative(lambda x: x**3, x), 3 * x * x, "of x³", atol=3e-8, rtol=1e-8)


@exercise("numerical_derivative")
@given(k=st.sampled_from([1e12, -3e12, 5e11]))
def test_the_default_step_shows_in_a_steep_cube(learner, k):
    """The slope of k·x³ at 0 comes out as k·h², which tells the default step: 1e-6."""
    assert_close(learner.numerical_derivative(lambda x: k * x**3, 0), k * 1e-12, "without h", rtol=1e-9)
    assert_close(learner.numerical_derivative(lambda x: k * x**3, 0, 2e-6), k * 4e-12, "with 2e-6", rtol=1e-9)


@exercise("numerical_derivative")
@given(x=halves(), h=st.sampled_from([0.25, 0.5, 1.0, 2.0]), edge=halves())
def test_a_step_function_is_seen_from_both_sides(learner, x, h, edge):
    """Where f jumps from 0 to 1 the answer is 1 / 2h if the jump lies between x − h and x + h, else 0."""
    edge = edge + 0.1  # never hit by chance: x and h are multiples of a quarter
    slope = learner.numerical_derivative(lambda x: 1.0 if x > edge else 0.0, x, h)
    assert_close(slope, 1 / (2 * h) if x - h < edge < x + h else 0.0)


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
@given(
    letters=words("fghk", 1, 8),
    args=st.lists(words("xyz", 0, 2), max_size=4),
    joint=st.sampled_from([None, "", "-", "+"]),
)
def test_chain_agrees_with_writing_it_out(learner, letters, args, joint):
    """The new function gives what the functions give one after the other, with any arguments for the first."""
    right = (joint or "").join(args) + letters[::-1]
    assert_equal(chained(learner, letters, args, joint), [right, right], "two calls")


@driver
def grouped(names, before, middle, after, text):
    """Three groups of functions composed at once, the last two first, and the first two first."""

    def adding(letter):
        return lambda text: text + letter

    f, g, h = [[adding(letter) for letter in group] for group in (before, middle, after)]
    compose = names.compose
    at_once = compose(*f, *g, *h)
    right_first = compose(*f, compose(*g, *h))
    left_first = compose(compose(*f, *g), *h)
    with_identity = compose(compose(), *f, compose(), *g, *h, compose())
    return [made(text) for made in (at_once, right_first, left_first, with_identity)]


@exercise("compose")
@given(before=words("ab", 0, 2), middle=words("pq", 0, 2), after=words("xy", 0, 2), text=words("-", 0, 1))
def test_associative_with_an_identity(learner, before, middle, after, text):
    """It doesn't matter which functions are composed first, and compose() among them changes nothing."""
    right = text + (before + middle + after)[::-1]
    assert_equal(grouped(learner, before, middle, after, text), [right] * 4)


@driver
def identities(names, xs):
    """compose() of each x, whether it is x itself, and compose(f) where f counts its calls."""
    calls = []

    def f(*args, **kwargs):
        calls.append((args, kwargs))
        return len(calls)

    same = [names.compose()(x) is x for x in xs]
    composed = names.compose(f)
    early = len(calls)
    answers = [composed(), composed(1), composed(2, 3, by=4)]
    return [names.compose()(x) for x in xs], same, early, answers, calls


@exercise("compose")
@given(xs=st.lists(st.sampled_from([None, 0, "", "GC", (1, 2), 2.5, True]), max_size=3))
def test_of_nothing_and_of_one(learner, xs):
    """compose() returns its argument, and compose(f) does what f does, each time that it is called."""
    got, same, early, answers, calls = identities(learner, xs)
    assert_equal(got, xs, "what compose() gives")
    require(all(same), "compose() gives something equal to its argument, and not the argument", got=xs)
    assert_equal(early, 0, "calls of f before the new function was called")
    assert_equal(answers, [1, 2, 3], "three calls of compose(f)")
    assert_equal(calls, [((), {}), ((1,), {}), ((2, 3), {"by": 4})], "what f was called with")


@driver
def with_falsy(names, values):
    """A chain of functions, each of which returns the next of values, and what each was given."""
    given = []

    def returning(value):
        def f(*args):
            given.append(args)
            return value

        return f

    return names.compose(*[returning(value) for value in reversed(values)])("start", "more"), given


@exercise("compose")
@given(values=st.lists(st.sampled_from([None, 0, False, "", (), (1, 2), [], "x"]), min_size=1, max_size=4))
def test_any_result_is_handed_on(learner, values):
    """Whatever a function returns, None and a tuple too, is handed to the next as one argument."""
    answer, given = with_falsy(learner, values)
    assert_equal(answer, values[-1], "what the chain gives")
    assert_equal(
        given, [("start", "more"), *[(value,) for value in values[:-1]]], "what each was called with"
    )


# make_multipliers


@driver
def multiplied(names, ks, xs, backwards):
    """For each function made for ks, what it gives for each of xs; called from the last on if backwards."""
    functions = names.make_multipliers(ks)
    order = range(len(functions))
    answers = {i: [functions[i](x) for x in xs] for i in (reversed(order) if backwards else order)}
    return [answers[i] for i in order], ks


@exercise("make_multipliers")
@given(
    ks=st.lists(NUMBERS, max_size=7), xs=st.lists(NUMBERS, min_size=1, max_size=4), backwards=st.booleans()
)
def test_multiplies_by_its_own(learner, ks, xs, backwards):
    """The i-th function multiplies by ks[i], in whatever order the functions are called."""
    answers, after = multiplied(learner, ks, xs, backwards)
    assert_equal(answers, [floats(k * x for x in xs) for k in ks], "what the functions give")
    assert_equal(after, ks, "ks afterwards")


@driver
def two_series(names, ks, others, x):
    """Functions for ks, used after functions for others were made."""
    first = names.make_multipliers(ks)
    second = names.make_multipliers(others)
    return [f(x) for f in first], [f(x) for f in second]


@exercise("make_multipliers")
@given(
    ks=st.lists(sizes(-9, 9), min_size=1, max_size=4),
    others=st.lists(sizes(-9, 9), max_size=5),
    x=sizes(1, 5),
)
def test_two_lists_dont_meet(learner, ks, others, x):
    """Functions made for one list stay as they are when others are made for another."""
    first, second = two_series(learner, ks, others, x)
    assert_equal(first, floats(k * x for k in ks), "the first functions")
    assert_equal(second, floats(k * x for k in others), "the second")


@exercise("make_multipliers")
@given(ks=st.lists(sizes(-9, 9), min_size=1, max_size=4), x=halves(), y=halves())
def test_each_is_linear(learner, ks, x, y):
    """f(x + y) is f(x) + f(y), f(1) is the factor, and there are as many functions as factors."""
    answers, _ = multiplied(learner, ks, [x, y, x + y, 1], False)
    assert_equal(len(answers), len(ks), "the number of functions")
    for k, (at_x, at_y, at_both, at_one) in zip(ks, answers, strict=True):
        assert_equal(at_one, float(k), f"the one for {k}, of 1")
        assert_equal(at_both, at_x + at_y, f"the one for {k}, of {x} + {y}")


# append_to


ANYTHING = st.sampled_from([0, 1, None, "", "GC", (1, 2), [], [3]])


@driver
def appended(names, steps, xs):
    """append_to of each step to one list: what came back, which is it, and the list after each."""
    given = list(xs)
    told = []
    for x in steps:
        answer = names.append_to(x, given)
        told.append((list(answer), answer is given, list(given)))
    return told


@exercise("append_to")
@given(steps=st.lists(ANYTHING, min_size=1, max_size=5), xs=st.lists(ANYTHING, max_size=3))
def test_the_same_list_grows(learner, steps, xs):
    """The list that is given, empty or not, is extended by each call and returned each time, by whatever x."""
    for count, (answer, same, after) in enumerate(appended(learner, steps, xs), 1):
        assert_equal(answer, xs + steps[:count], f"what call {count} returns")
        require(same, "another list was returned than the one given", got=answer)
        assert_equal(after, xs + steps[:count], f"the list after call {count}")


@driver
def fresh(names, xs, by_name):
    """Lists begun by append_to, each extended once more by its owner, all read at the end; and how many they are."""
    begun = [names.append_to(x, xs=None) if by_name else names.append_to(x) for x in [*xs, "more"]]
    for number, own in enumerate(begun):
        own.append(number)
    return begun[:-1], len({id(own) for own in begun})


def check_fresh(learner, xs, by_name, what):
    """Lists begun by append_to are different ones, and right."""
    begun, different = fresh(learner, xs, by_name)
    assert_equal(different, len(xs) + 1, f"how many different lists {len(xs) + 1} calls begin")
    assert_equal(begun, [[x, number] for number, x in enumerate(xs)], what)


@exercise("append_to")
@given(xs=st.lists(ANYTHING, min_size=1, max_size=5), by_name=st.booleans())
def test_fresh_lists_have_nothing_in_common(learner, xs, by_name):
    """Lists begun without one are new each time, and stay apart when their owners change them."""
    check_fresh(learner, xs, by_name, "the lists")
    check_fresh(learner, xs, not by_name, "the same again")


@driver
def mixed(names, calls, count):
    """Calls of append_to, each with one of `count` lists or with none (-1), and two more with none.

    All lists afterwards, and how many different ones were begun.
    """
    lists = [[] for _ in range(count)]
    begun = []
    for x, which in calls:
        if which < 0:
            begun.append(names.append_to(x))
        else:
            names.append_to(x, lists[which])
    others = [names.append_to(0), names.append_to(1)]
    return lists, begun, len({id(own) for own in [*begun, *others]})


@exercise("append_to")
@given(calls=st.lists(st.tuples(sizes(0, 9), st.sampled_from([-1, 0, 1])), min_size=1, max_size=7))
def test_calls_with_and_without_a_list(learner, calls):
    """Each x ends in the list that it was meant for, however calls with and without a list follow each other."""
    lists, begun, different = mixed(learner, calls, 2)
    calls_without = len([x for x, which in calls if which < 0]) + 2
    assert_equal(
        different, calls_without, f"how many different lists {calls_without} calls without one begin"
    )
    assert_equal(lists, [[x for x, which in calls if which == own] for own in (0, 1)], "the two lists")
    assert_equal(begun, [[x] for x, which in calls if which < 0], "lists begun by a call")


# flatten


def leaves():
    """Whatever isn't a list, some of it empty, some with lists in it."""
    held = [0, 1, -2.5, None, False, "", "G", "ATG", (), (1, 2), ("A", [3]), {"a": [1]}, b"GC"]
    return st.sampled_from(held)


def nests():
    """Lists of leaves and of such lists."""
    return st.lists(
        st.recursive(leaves(), lambda inner: st.lists(inner, max_size=4), max_leaves=10), max_size=5
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


@driver
def flattened(names, nested):
    """What flatten gives, nested afterwards, whether it gave nested itself, and whether another call gave the same."""
    answer = names.flatten(nested)
    shown = list(answer) if isinstance(answer, list) else answer
    shared = isinstance(answer, list) and names.flatten([]) is answer
    return shown, nested, answer is nested, shared


def flat_of(learner, nested):
    """What flatten gives; it has to be a list of its own."""
    before = copy.deepcopy(nested)
    answer, after, itself, shared = flattened(learner, nested)
    message = "two calls returned one and the same list"
    require(not shared, message, got="one list for both calls", expected="a new list for each call")
    require(
        not itself, "flatten returned the very list that it was given", got="nested", expected="a new list"
    )
    assert_equal(after, before, "nested afterwards")
    return answer


@exercise("flatten")
@settings(max_examples=60)
@given(nested=nests())
def test_leaves_in_order(learner, nested):
    """Everything that is no list comes out whole, from left to right, and nothing else does."""
    got, right = flat_of(learner, nested), leaves_of(nested)
    assert_equal(got, right)
    assert_equal([type(x) for x in got], [type(x) for x in right], "the types of the entries")


@exercise("flatten")
@given(nested=nests(), more=nests())
def test_joining_and_wrapping(learner, nested, more):
    """Flattening is done once for all: of a flat list, of lists joined and of a list in lists."""
    flat = leaves_of(nested)
    assert_equal(flat_of(learner, list(flat)), flat, "a flat list")
    assert_equal(flat_of(learner, nested + more), flat + leaves_of(more), "two lists joined")
    assert_equal(flat_of(learner, [nested, more]), flat + leaves_of(more), "two lists in a list")
    assert_equal(flat_of(learner, [[[nested]], []]), flat, "with lists around it")


@exercise("flatten")
@given(
    deep=sizes(1, 100),
    sides=st.lists(st.sampled_from(["left", "right", "both", "none"]), min_size=1, max_size=3),
)
def test_a_hundred_deep(learner, deep, sides):
    """However deep the entries lie, on whichever side of the inner list, all are found in order."""
    nested, flat = ["inmost"], ["inmost"]
    for level in range(deep - 1):
        side = sides[level % len(sides)]
        before, after = [level] * (side in ("left", "both")), [-level] * (side in ("right", "both"))
        nested, flat = [*before, nested, *after], [*before, *flat, *after]
    assert_equal(flat_of(learner, nested), flat)


@exercise("flatten")
@settings(max_examples=10)
@given(deep=sizes(0, 100), wide=sizes(0, 4))
def test_nothing_in_many_lists(learner, deep, wide):
    """Lists of empty lists leave nothing, and two of them with one text leave the text."""
    nested = []
    for _ in range(deep):
        nested = [nested]
    nested = [nested, *[[] for _ in range(wide)]]
    assert_equal(flat_of(learner, nested), [], "no leaf")
    assert_equal(flat_of(learner, [nested, "GAT", nested]), ["GAT"], "one leaf")


# batches


@driver
def batched(names, items, size, more):
    """All batches, and items afterwards."""
    return list(names.batches(items, size, **more)), items


def cut(items, size):
    return [items[start : start + size] for start in range(0, len(items), size)]


THINGS = st.sampled_from([0, 1, None, "", "GC", False, 2.5])


@exercise("batches")
@given(
    items=st.lists(THINGS, max_size=12),
    size=sizes(1, 14),
    more=st.sampled_from([{}, {"shuffle": False}, {"seed": 3}, {"shuffle": False, "seed": 0}]),
)
def test_in_order_without_shuffle(learner, items, size, more):
    """Without shuffle the items come in their order, cut into lists of size, whatever they are and seed is."""
    got, after = batched(learner, items, size, more)
    assert_equal(got, cut(items, size), "the batches")
    assert_equal(after, items, "items afterwards")


@exercise("batches")
@given(items=st.lists(THINGS, max_size=12), size=sizes(1, 14), seed=st.sampled_from([None, 0, 1, 7, 12345]))
def test_shuffled_into_full_batches(learner, items, size, seed):
    """With shuffle every item comes as often as it is in items, in batches of the same sizes, items unchanged."""
    got, after = batched(learner, list(items), size, {"shuffle": True, "seed": seed})
    assert_equal([len(batch) for batch in got], [len(batch) for batch in cut(items, size)], "the sizes")
    flat = sorted(map(repr, chain.from_iterable(got)))
    assert_equal(flat, sorted(map(repr, items)), "the items of all batches, sorted")
    assert_equal(after, items, "items afterwards")


@exercise("batches")
@given(n=sizes(8, 20), size=sizes(1, 9), seed=st.one_of(st.just(0), sizes(0, 10**6)))
def test_the_seed_decides_the_order(learner, n, size, seed):
    """The same seed gives the same order whenever it is used, and the batch size has no part in it."""
    more = {"shuffle": True, "seed": seed}
    got, _ = batched(learner, list(range(n)), size, more)
    batched(learner, list(range(5)), 2, {"shuffle": True})
    assert_equal(batched(learner, list(range(n)), size, more)[0], got, "the same seed again")
    letters = [f"item {number}" for number in range(n)]
    named = [[f"item {number}" for number in batch] for batch in got]
    assert_equal(batched(learner, letters, size, more)[0], named, "other items by the same seed")


@driver
def disturbed(names, n, size, seed):
    """Whether going through all batches changes the state of the module random; and the order."""
    import random

    before = random.getstate()
    order = [x for batch in names.batches(list(range(n)), size, True, seed) for x in batch]
    return random.getstate() != before, order


@exercise("batches")
@settings(max_examples=12)
@given(n=sizes(2, 9), size=sizes(1, 4), seed=st.one_of(st.just(0), sizes(0, 10**6)))
def test_the_global_source_has_no_part(learner, n, size, seed):
    """With a seed, the order comes from a source of its own: the module random is as it was afterwards."""
    changed, order = disturbed(learner, n, size, seed)
    assert_equal(changed, False, "whether the shuffling changed what the module random draws next")
    assert_equal(sorted(order), list(range(n)), "the items, sorted")


@driver
def orders(names, n, size, seeds):
    """The order of n items in batches of size by each seed."""
    return [[x for batch in names.batches(list(range(n)), size, True, seed) for x in batch] for seed in seeds]


@exercise("batches")
@settings(max_examples=5)
@given(size=sizes(1, 4), first=sizes(0, 1000))
def test_every_order_comes_up(learner, size, first):
    """Over many seeds three items come in all their six orders, each in about a sixth of the cases.

    Hint: Shuffle all the items, and not only the batches, or each batch in itself.
    """
    found = [tuple(order) for order in orders(learner, 3, size, list(range(first, first + 600)))]
    for order in permutations(range(3)):
        share = found.count(order) / len(found)
        require(
            0.06 < share < 0.30, f"the order {order} comes in {share:.0%} of the cases", expected="about 17 %"
        )


@exercise("batches")
@settings(max_examples=5)
@given(n=sizes(9, 15))
def test_without_a_seed_it_is_shuffled_too(learner, n):
    """With shuffle and without a seed, not every call gives the order of items."""
    found = orders(learner, n, 4, [None] * 30)
    assert_equal([sorted(order) for order in found], [list(range(n))] * 30, "the items, sorted")
    kept = all(order == list(range(n)) for order in found)
    require(not kept, "thirty calls kept the order of items", got=found[0])


@driver
def stepped(names, n, size, shuffle, taken):
    """How many lists are kept alive by a generator of which some batches have been taken; what is left of it."""
    import gc

    items = list(range(n))
    gc.freeze()  # what is there already isn't among the objects that are counted below
    stream = names.batches(items, size, shuffle, 1)
    if not hasattr(stream, "__next__"):
        raise TypeError(f"a generator was asked for, and this is a {type(stream).__name__}")
    total, sizes = 0, []
    for _ in range(taken):
        batch = next(stream)
        total, sizes = total + sum(batch), [*sizes, len(batch)]
    made = sum(type(thing) is list for thing in gc.get_objects())
    for batch in stream:
        total, sizes = total + sum(batch), [*sizes, len(batch)]
    return sizes, made, total, next(stream, "used up")


@exercise("batches")
@settings(max_examples=6)
@given(n=sizes(400, 900), size=sizes(1, 2), shuffle=st.booleans(), taken=sizes(1, 3))
def test_lazy(learner, n, size, shuffle, taken):
    """A batch is made when it is asked for, and not all of them ahead; in the end the generator is used up."""
    each, made, total, end = stepped(learner, n, size, shuffle, taken)
    assert_equal(each, [len(batch) for batch in cut(range(n), size)], "the sizes of the batches")
    require(made < 100, f"{made} lists were kept after {taken} of {len(each)} batches", got=made)
    assert_equal(total, sum(range(n)), "the sum of all items")
    assert_equal(end, "used up", "what next gives after the last batch")


@exercise("batches")
@given(
    items=st.lists(THINGS, max_size=5),
    size=sizes(-5, 0),
    more=st.sampled_from([{}, {"shuffle": True}, {"shuffle": True, "seed": 0}]),
)
def test_sizes_below_one(learner, items, size, more):
    """A size of 0 or below raises ValueError, with or without items or shuffle, and 1 doesn't."""
    assert_raises(ValueError, batched, learner, items, size, more)
    ones = sorted(map(repr, batched(learner, items, 1, more)[0]))
    assert_equal(ones, sorted(repr([item]) for item in items), "the batches of 1, sorted")


# Vector


def entries(n, of=NUMBERS):
    return st.lists(of, min_size=n, max_size=n)


def together(count, of=NUMBERS, low=0):
    """`count` lists of numbers of one length."""
    return sizes(low, 5).flatmap(lambda n: st.tuples(*[entries(n, of)] * count))


INTEGERS = st.integers(-60, 60)


@driver
def reckoned(names, lists, numbers, lines):
    """What each line gives for vectors u, v, w and numbers s, t (a Vector as "Vector" and its entries).

    Then the vectors afterwards.
    """
    known = {name: names.Vector(xs) for name, xs in zip("uvw", lists)}  # noqa: B905
    vectors = list(known.values())
    known |= dict(zip("st", numbers))  # noqa: B905
    told = []
    for line in lines:
        answer = eval(line, {}, dict(known))
        told.append(["Vector", *list(answer)] if isinstance(answer, names.Vector) else answer)
    return told, [list(vector) for vector in vectors]


@exercise("Vector-arithmetic")
@given(lists=together(2), s=NUMBERS)
def test_each_operation_agrees_with_numbers(learner, lists, s):
    """+, -, *, dot and abs give what they give entry by entry, as new vectors, and change no operand."""
    u, v = lists
    lines = ["u + v", "u - v", "v - u", "u * s", "s * u", "u.dot(v)", "abs(v)"]
    told, after = reckoned(learner, lists, [s], lines)
    sides = list(zip(u, v, strict=True))
    assert_equal(told[0], ["Vector", *floats(a + b for a, b in sides)], "`u + v`")
    assert_equal(told[1], ["Vector", *floats(a - b for a, b in sides)], "`u - v`")
    assert_equal(told[2], ["Vector", *floats(b - a for a, b in sides)], "`v - u`")
    assert_equal(told[3], ["Vector", *floats(a * s for a in u)], "`u * s`")
    assert_equal(told[4], ["Vector", *floats(a * s for a in u)], "`s * u`")
    assert_close(told[5], float(sum(a * b for a, b in sides)), "`u.dot(v)`")
    assert_close(told[6], math.hypot(*v), "`abs(v)`")
    assert_equal(after, [floats(u), floats(v)], "the vectors afterwards")


@exercise("Vector-arithmetic")
@given(lists=together(3, INTEGERS), s=st.integers(-9, 9), t=st.integers(-9, 9))
def test_vector_space_laws(learner, lists, s, t):
    """Sums may be regrouped and exchanged, and numbers taken out of brackets, exactly on integers."""
    lines = [
        ("(u + v) + w", "u + (v + w)"),
        ("u + v", "v + u"),
        ("s * (u + v)", "s * u + s * v"),
        ("(s + t) * u", "s * u + t * u"),
        ("s * (t * u)", "u * (s * t)"),
        ("u - v", "u + v * -1"),
        ("(s * u + v).dot(w)", "s * u.dot(w) + v.dot(w)"),
        ("u.dot(v)", "v.dot(u)"),
        ("u - u", "u * 0"),
    ]
    told, after = reckoned(learner, lists, [s, t], list(chain.from_iterable(lines)))
    require(told[0][:1] == ["Vector"], "a sum is no Vector", got=told[0])
    assert_equal(told[0][1:], floats(map(sum, zip(*lists, strict=True))), "`(u + v) + w`")
    for (left, right), one, other in zip(lines, told[::2], told[1::2], strict=True):
        assert_equal(one, other, f"`{left}` against `{right}`")
    assert_equal(after, [floats(xs) for xs in lists], "the vectors afterwards")


@exercise("Vector-arithmetic")
@given(lists=together(2, halves(-12, 12)), s=halves(-6, 6))
def test_the_norm(learner, lists, s):
    """abs is 0 for nothing, grows with a factor's size, and obeys the triangle and Cauchy-Schwarz inequalities."""
    u = lists[0]
    lines = ["abs(u)", "abs(v)", "abs(s * u)", "abs(u + v)", "abs(u - v)", "u.dot(v)", "abs(u - u)"]
    (au, av, asu, total, apart, dot, zero), _ = reckoned(learner, lists, [s], lines)
    assert_close(au, math.sqrt(sum(a * a for a in u)), "`abs(u)`")
    assert_close(asu, abs(s) * au, "`abs(s * u)`")
    assert_close(zero, 0.0, "`abs(u - u)`")
    slack = 1e-9 * (1 + au + av)
    require(
        total <= au + av + slack, "abs(u + v) is larger than abs(u) + abs(v)", got=total, expected=au + av
    )
    require(abs(dot) <= au * av + slack * (1 + au), "u.dot(v) is larger than abs(u) · abs(v)", got=dot)
    assert_close(total**2 + apart**2, 2 * au**2 + 2 * av**2, "abs(u + v)² + abs(u - v)²")


@exercise("Vector-arithmetic")
@given(
    short=sizes(0, 3).flatmap(entries),
    more=st.lists(st.sampled_from([0, 1, -2]), min_size=1, max_size=3),
    line=st.sampled_from(["u + v", "u - v", "u.dot(v)"]),
)
def test_unequal_lengths_in_arithmetic(learner, short, more, line):
    """+, - and dot of vectors of unequal length raise ValueError, whichever is longer, zeros at the end or not."""
    long = [*short, *more]
    told, _ = reckoned(learner, [long, long], [], ["u + v"])
    assert_equal(told, [["Vector", *[2.0 * x for x in long]]], "`u + v` of a vector and itself")
    assert_raises(ValueError, reckoned, learner, [short, long], [], [line])
    assert_raises(ValueError, reckoned, learner, [long, short], [], [line])


@driver
def chained_vectors(names, xs, ys, s):
    """Vectors kept while their list and later results change: what each shows at the end."""
    given = list(xs)
    u, v = names.Vector(given), names.Vector(ys)
    total, scaled = u + v, s * u
    more = total + v
    other = names.Vector(given)
    for place in range(len(given)):
        given[place] = 1000 + place
    given.append(2000)
    return [list(vector) for vector in (u, v, total, scaled, more, other)]


@exercise("Vector-arithmetic")
@given(lists=together(2, low=1), s=NUMBERS)
def test_results_are_vectors_of_their_own(learner, lists, s):
    """Results stay as they are when the list that a vector was made from changes, and vectors don't share entries."""
    xs, ys = lists
    total = [a + b for a, b in zip(xs, ys, strict=True)]
    more = [a + b for a, b in zip(total, ys, strict=True)]
    shown = chained_vectors(learner, xs, ys, s)
    assert_equal(
        shown,
        [floats(row) for row in (xs, ys, total, [s * a for a in xs], more, xs)],
        "u, v, u + v, s * u, u + v + v, u again",
    )


@driver
def looked_at(names, xs, indices):
    """Length, entries by index, by two loops that run together, and listed, after the given list was emptied."""
    given = list(xs)
    v = names.Vector(given)
    given.clear()
    one, other = iter(v), iter(v)
    woven = [x for pair in zip(one, other) for x in pair]  # noqa: B905
    by_index = [v[i] for i in indices]
    return len(v), by_index, woven, list(v)


@driver
def entry_at(names, xs, index):
    return names.Vector(xs)[index]


@exercise("Vector-container")
@given(xs=st.lists(NUMBERS, max_size=6))
def test_a_container_like_a_list(learner, xs):
    """len, indices from either end, IndexError beyond them, and loops show what the vector was made from."""
    indices = list(range(-len(xs), len(xs)))
    length, by_index, woven, listed = looked_at(learner, xs, indices)
    assert_equal(length, len(xs), "len(v)")
    assert_equal(by_index, floats(xs[i] for i in indices), f"v[i] for i in {indices}")
    assert_equal(woven, floats(x for x in xs for _ in range(2)), "two loops over v at a time")
    assert_equal(listed, floats(xs), "the entries")
    for index in (len(xs), len(xs) + 3, -len(xs) - 1):
        assert_raises(IndexError, entry_at, learner, xs, index)


@driver
def compared(names, v, w):
    """Of two vectors ==, != both ways, and == with itself; then == and != with things that are no vectors."""
    a, b = names.Vector(v), names.Vector(w)

    class Likewise:
        def __init__(self, entries):
            self.entries = self._entries = self.data = self.values = entries

        def __len__(self):
            return len(self._entries)

        def __iter__(self):
            return iter(self._entries)

        def __getitem__(self, i):
            return self._entries[i]

    things = [list(v), tuple(v), None, repr(a), 1, len(v), sum(v), Likewise(list(v)), {}, names.Vector]
    listed = (list(v), list(w))
    among = [a == b, b == a, a != b, b != a, a == a]
    return among, [(a == x, a != x) for x in things], listed == (list(a), list(b))


@exercise("Vector-container")
@given(
    lists=st.one_of(
        together(2, st.integers(-1, 1)),
        st.lists(NUMBERS, max_size=4).map(lambda xs: (xs, [float(x) for x in xs])),
        st.tuples(st.lists(st.just(0), max_size=2), st.lists(st.just(0), max_size=3)),
        st.lists(st.integers(0, 9), min_size=1, max_size=4).map(lambda xs: (xs, xs[:-1])),
        st.lists(st.integers(0, 9), min_size=2, max_size=4).map(lambda xs: (xs, xs[::-1])),
    )
)
def test_equality(learner, lists):
    """Equal length and equal entries in order make vectors equal; nothing else is equal to a vector."""
    v, w = lists
    among, with_things, unchanged = compared(learner, v, w)
    assert_equal(among, [v == w, v == w, v != w, v != w, True], "v == w, w == v, v != w, w != v, v == v")
    assert_equal(with_things, [(False, True)] * 10, "== and != with things that are no vectors")
    require(unchanged, "comparing changed a vector")


@exercise("Vector-container")
@given(xs=st.lists(NUMBERS, min_size=1, max_size=4), place=sizes(0, 3), by=st.sampled_from([1, -1, 0.5]))
def test_one_other_entry_makes_a_difference(learner, xs, place, by):
    """A vector is equal to a second one of the same entries, and differs from one with a single other entry."""
    other = [x + by if i == place % len(xs) else x for i, x in enumerate(xs)]
    assert_equal(compared(learner, xs, list(xs))[0], [True, True, False, False, True], "with an equal one")
    assert_equal(compared(learner, xs, other)[0], [False, False, True, True, True], "with another one")


@driver
def read_back(names, xs):
    """The text of repr, twice, the entries of what Python makes of it, and whether that is a Vector."""
    v = names.Vector(xs)
    again = eval(repr(v), {}, {"Vector": names.Vector})
    return [repr(v), repr(v)], list(again), isinstance(again, names.Vector)


@exercise("Vector-repr")
@given(xs=st.lists(st.one_of(NUMBERS, reals(-1e6, 1e6), st.sampled_from([1e-12, 1e300, 0.1])), max_size=6))
def test_repr_reads_back(learner, xs):
    """eval(repr(v)) is an equal vector, whatever the length, every digit of every entry kept."""
    texts, listed, is_vector = read_back(learner, xs)
    require(isinstance(texts[0], str), "repr gives no text", got=texts[0])
    require(is_vector, "eval(repr(v)) is no Vector", got=texts[0])
    assert_equal(listed, floats(xs), f"the entries of {texts[0]}")


@exercise("Vector-repr")
@given(xs=st.lists(st.integers(-9, 9), max_size=3), ys=st.lists(st.integers(-9, 9), max_size=3))
def test_repr_tells_vectors_apart(learner, xs, ys):
    """Two vectors have the same repr only if they are equal, and the same one has it each time."""
    one, listed, _ = read_back(learner, xs)
    other, _, _ = read_back(learner, ys)
    assert_equal(listed, floats(xs), f"the entries of {one[0]}")
    assert_equal(one[0], one[1], "repr the second time")
    assert_equal(one[0] == other[0], xs == ys, f"whether {one[0]} and {other[0]} are the same text")


@driver
def repr_after(names, xs, s):
    """Entries that eval(repr) gives of a result, and of its operand afterwards."""
    v = names.Vector(xs)
    result = v * s
    read = [eval(repr(x), {}, {"Vector": names.Vector}) for x in (result, v)]
    return [list(x) for x in read]


@exercise("Vector-repr")
@given(xs=st.lists(halves(), max_size=4), s=halves())
def test_repr_of_a_result(learner, xs, s):
    """The repr of v * s reads back to that product, and v's to v."""
    assert_equal(repr_after(learner, xs, s), [floats(s * x for x in xs), floats(xs)])


# RunningStats


def samples(low=0, high=8):
    return st.lists(st.one_of(halves(-40, 40), st.integers(-30, 30)), min_size=low, max_size=high)


@driver
def pushed(names, xs):
    """n, mean and variance at first, and twice after each push; and whether two objects share what is pushed."""
    one, other = names.RunningStats(), names.RunningStats()
    before = other.n
    one.push(1.0)
    shared = other.n != before
    stats = names.RunningStats()
    told = [(stats.n, stats.variance)]
    for x in xs:
        stats.push(x)
        told.append(((stats.n, stats.mean, stats.variance), (stats.n, stats.mean, stats.variance)))
    return told, shared


def check_shared(shared):
    message = "a number that was pushed into one object counts in another one, too"
    require(not shared, message, got="objects that share numbers", expected="objects of their own")


def check_told(told, xs, what, rtol=1e-9):
    """n, mean and variance against exact fractions; a mean of nothing is free."""
    for name, value in zip(("n", "mean", "variance"), told, strict=True):
        is_method = getattr(value, "type_name", "") == "method"
        message = f"`{name}` has to be read without brackets, like an attribute"
        require(not is_method, message, got="a method", expected="a number")
    n, mean, variance = told
    assert_equal(n, float(len(xs)), f"n {what}")
    if xs:
        exact = statistics.mean(map(Fraction, xs))
        assert_close(mean, float(exact), f"mean {what}", rtol=1e-9, atol=1e-9)
    expected = float(statistics.variance(map(Fraction, xs))) if len(xs) > 1 else math.nan
    assert_close(variance, expected, f"variance {what}", rtol=rtol, atol=1e-9)


@exercise("RunningStats")
@given(xs=samples(0, 9))
def test_agrees_with_statistics(learner, xs):
    """At any time n, mean and variance are those of the numbers so far, and reading them changes nothing."""
    (start, *told), shared = pushed(learner, xs)
    check_shared(shared)
    assert_equal(start[0], 0.0, "n at first")
    assert_close(start[1], math.nan, "variance at first")
    for count, (once, twice) in enumerate(told, 1):
        check_told(once, xs[:count], f"of {xs[:count]}")
        assert_close(twice, once, f"n, mean and variance of {xs[:count]}, read again", rtol=1e-12)


@driver
def ends(names, samples):
    """n, mean and variance of each sample, pushed to objects of their own that all live at once, in turn.

    And whether two objects share what is pushed.
    """
    one, other = names.RunningStats(), names.RunningStats()
    before = other.n
    one.push(1.0)
    shared = other.n != before
    objects = [names.RunningStats() for _ in samples]
    for turn in range(max(map(len, samples), default=0)):
        for stats, xs in zip(objects, samples):  # noqa: B905
            if turn < len(xs):
                stats.push(xs[turn])
    return [(stats.n, stats.mean if stats.n else None, stats.variance) for stats in objects], shared


@exercise("RunningStats")
@given(xs=samples(1, 7), ys=samples(0, 5))
def test_order_and_others_dont_matter(learner, xs, ys):
    """The order of the numbers doesn't matter, nor what is pushed into other objects meanwhile."""
    (forwards, backwards, ordered, other), shared = ends(learner, [xs, xs[::-1], sorted(xs), ys])
    check_shared(shared)
    check_told(forwards, xs, f"of {xs}")
    check_told(backwards, xs, f"of {xs[::-1]}")
    check_told(ordered, xs, f"of {sorted(xs)}")
    check_told(other, ys, f"of {ys}")


@exercise("RunningStats")
@given(xs=samples(2, 7), shift=sizes(-9, 9), scale=st.sampled_from([-2.0, 0.5, 3.0, 10.0]))
def test_shift_and_scale(learner, xs, shift, scale):
    """Numbers times k and shifted have their mean times k and shifted, and their variance times k²."""
    (plain, moved), shared = ends(learner, [xs, [scale * x + shift for x in xs]])
    check_shared(shared)
    check_told(plain, xs, f"of {xs}")
    assert_close(moved[1], scale * plain[1] + shift, "the mean", rtol=1e-9, atol=1e-9)
    assert_close(moved[2], scale**2 * plain[2], "the variance", rtol=1e-9, atol=1e-9)


@driver
def merged(names, groups, more):
    """Groups merged from left to right, and from right to left; all read, pushed into, and read again.

    And whether two objects share what is pushed.
    """
    one, other = names.RunningStats(), names.RunningStats()
    before = other.n
    one.push(1.0)
    shared = other.n != before

    def made(xs):
        stats = names.RunningStats()
        for x in xs:
            stats.push(x)
        return stats

    def told():
        return [(s.n, s.mean if s.n else None, s.variance) for s in (*parts, left, right)]

    parts = [made(xs) for xs in groups]
    left = parts[0]
    for part in parts[1:]:
        left = left.merge(part)
    right = parts[-1]
    for part in reversed(parts[:-1]):
        right = part.merge(right)
    first = told()
    for number, stats in enumerate((*parts, left, right)):
        for _ in range(number + 1):
            stats.push(more + number)
    return first, told(), shared


@exercise("RunningStats")
@given(groups=st.lists(samples(0, 5), min_size=2, max_size=4), more=sizes(-9, 9))
def test_merged_groups_go_their_own_ways(learner, groups, more):
    """Groups merged in either order say what one says that was given all; later pushes reach one object only."""
    first, then, shared = merged(learner, groups, more)
    check_shared(shared)
    together = list(chain.from_iterable(groups))
    wanted = [*groups, together, together]
    names = [
        *[f"of group {number}" for number in range(len(groups))],
        "merged from the left",
        "from the right",
    ]
    for number, (told, later, xs, name) in enumerate(zip(first, then, wanted, names, strict=True)):
        check_told(told, xs, f"{name}, groups {groups}")
        pushed_since = [more + number] * (number + 1)
        check_told(later, [*xs, *pushed_since], f"{name}, groups {groups}, after {pushed_since} were pushed")


@driver
def merged_with_itself(names, xs):
    """a.merge(a), a, and an empty one merged with an empty one and then pushed into.

    And whether two objects share what is pushed.
    """
    one, other = names.RunningStats(), names.RunningStats()
    before = other.n
    one.push(1.0)
    shared = other.n != before
    a = names.RunningStats()
    for x in xs:
        a.push(x)
    twice = a.merge(a)
    nothing = names.RunningStats().merge(names.RunningStats())
    empty = (nothing.n, nothing.variance)
    for x in xs:
        nothing.push(x)
    return [(s.n, s.mean if s.n else None, s.variance) for s in (twice, a, nothing)], empty, shared


@exercise("RunningStats")
@given(xs=samples(0, 5))
def test_merged_with_itself_and_with_nothing(learner, xs):
    """a.merge(a) counts each number twice; two empty ones make an empty one, which can be filled."""
    (twice, once, filled), empty, shared = merged_with_itself(learner, xs)
    check_shared(shared)
    check_told(twice, xs + xs, f"of {xs} merged with itself")
    check_told(once, xs, f"of {xs}, afterwards")
    assert_equal(empty[0], 0.0, "n of two empty ones merged")
    assert_close(empty[1], math.nan, "variance of two empty ones merged")
    check_told(filled, xs, f"of two empty ones merged, then given {xs}")


@exercise("RunningStats")
@given(
    xs=samples(3, 8).filter(lambda xs: len(set(xs)) > 2),
    ys=samples(2, 4).filter(lambda xs: len(set(xs)) > 1),
    offset=st.sampled_from([1e9, -1e9, 1.5e9]),
)
def test_precision_far_from_zero(learner, xs, ys, offset):
    """Around 10⁹ the variance is right to three digits, pushed or merged."""
    far = [offset + x for x in xs]
    told, shared = pushed(learner, far)
    check_shared(shared)
    check_told(told[-1][0], far, f"of {far}", rtol=1e-3)
    groups = [far, [offset + y for y in ys]]
    first, _, shared = merged(learner, groups, 1)
    check_shared(shared)
    check_told(first[2], groups[0] + groups[1], f"of {groups}, merged", rtol=1e-3)


@exercise("RunningStats")
@settings(max_examples=4)
@given(seed=sizes(1, 999))
def test_many_numbers_around_a_billion(learner, seed):
    """A thousand numbers around 10⁹ with a spread of about 1 have their variance to three digits."""
    numbers = [1e9 + ((seed * place * place + 7 * place) % 101) / 25 - 2 for place in range(1000)]
    (told,), shared = ends(learner, [numbers])
    check_shared(shared)
    check_told(told, numbers, "of a thousand numbers around 10⁹", rtol=1e-3)


# memoize


@driver
def remembered(names, calls, answers):
    """Answers of two memoized functions to calls, with what each was called itself, and its name and doc."""
    seen = []

    def scored(*args):
        """Looked up in a list."""
        seen.append(("scored", args))
        return answers[len(args)]

    def joined(*args):
        seen.append(("joined", args))
        return list(args)

    first, second = names.memoize(scored), names.memoize(joined)
    early = len(seen)
    told = [(first(*args), second(*args)) for args in calls]
    return told, seen, early, [(f.__name__, f.__doc__) for f in (first, second)]


ARGUMENTS = st.lists(
    st.sampled_from(["A", "C", "AC", "", 1, -1, 2, None, ("A",), ("A", "C")]), max_size=3
).map(tuple)
ANSWERS = st.sampled_from([None, 0, False, "", (), "x", 3, []])


@exercise("memoize")
@given(calls=st.lists(ARGUMENTS, min_size=1, max_size=10), answers=st.lists(ANSWERS, min_size=4, max_size=4))
def test_called_once_for_each_arguments(learner, calls, answers):
    """f is called once for each different tuple of arguments, at its first use, and any answer is kept."""
    calls = [*calls, *[args[::-1] for args in calls], *[args[:2] + args[:1] for args in calls]]
    told, seen, early, faces = remembered(learner, calls, answers)
    assert_equal(told, [(answers[len(args)], list(args)) for args in calls], "the answers")
    assert_equal(early, 0, "calls of f before the new function was called")
    for name in ("scored", "joined"):
        own = [args for called, args in seen if called == name]
        assert_equal(own, list(dict.fromkeys(calls)), f"the calls of {name} itself")
    assert_equal(faces, [("scored", "Looked up in a list."), ("joined", None)], "__name__ and __doc__")


@driver
def numbered(names, n):
    """Calls of f when n numbers are asked for twice, and a Fibonacci number by a memoized recursion."""
    calls = []

    def square(x):
        calls.append(x)
        return x * x

    quick = names.memoize(square)
    told = [[quick(x) for x in range(n)] for _ in range(2)]
    steps = []

    def fibonacci(k):
        steps.append(k)
        return k if k < 2 else fibonacci(k - 1) + fibonacci(k - 2)

    fibonacci = names.memoize(fibonacci)
    return told, len(calls), fibonacci(25), len(steps)


@exercise("memoize")
@settings(max_examples=8)
@given(n=sizes(1, 400))
def test_nothing_is_forgotten(learner, n):
    """However many arguments there were, none is asked for again; a recursion takes each step once."""
    told, calls, fibonacci, steps = numbered(learner, n)
    assert_equal(told, [[x * x for x in range(n)]] * 2, "the squares")
    assert_equal(calls, n, f"calls of f for {n} numbers asked for twice")
    assert_equal(fibonacci, 75025, "the 25th Fibonacci number")
    assert_equal(steps, 26, "steps of its recursion")


@driver
def twins(names, args):
    """Two functions of one name, and one memoized twice: their answers and calls."""
    calls = []

    def made(factor):
        def times(*args):
            calls.append(factor)
            return [factor, *args]

        return times

    two, three = made(2), made(3)
    quick = [names.memoize(two), names.memoize(three), names.memoize(three)]
    told = [[f(*args) for f in quick] for _ in range(2)]
    return told, calls


@exercise("memoize")
@given(args=ARGUMENTS)
def test_functions_of_one_name_dont_share(learner, args):
    """Functions of the same name and arguments don't share answers."""
    told, calls = twins(learner, args)
    assert_equal(told, [[[2, *args], [3, *args], [3, *args]]] * 2, "the answers")
    require(calls.count(2) == 1, "the first function was called more or less than once", got=calls)
    require(calls.count(3) in (1, 2), "the second one was called more often than memoized", got=calls)


# Module


@driver
def chain_of(names, layers, x, changes):
    """A Chain of Affines: its answer and values; then after changes of its values; and another chain's values."""
    chain = names.Chain(*[names.Affine(w, b) for w, b in layers])
    other = names.Chain(names.Affine(1, 2), names.Affine(3, 4))
    told = [(chain(x), [parameter.value for parameter in chain.parameters()])]
    for parameter, change in zip(chain.parameters(), changes):  # noqa: B905
        parameter.value += change
    told.append((chain(x), [parameter.value for parameter in chain.parameters()]))
    kinds = [type(p) is names.Parameter for p in chain.parameters()]
    are_modules = [isinstance(part, names.Module) for part in (chain, names.Affine(1, 2))]
    return told, [p.value for p in other.parameters()], kinds, are_modules


def through(layers, x):
    for w, b in layers:
        x = w * x + b
    return x


@exercise("Module")
@given(
    layers=st.lists(st.tuples(halves(), halves()), max_size=4),
    x=halves(),
    changes=st.lists(halves(), min_size=8, max_size=8),
)
def test_chain_before_and_after_a_change(learner, layers, x, changes):
    """A chain applies its modules from first to last with their present values; others keep theirs."""
    told, other, kinds, are_modules = chain_of(learner, layers, x, changes)
    flat = floats(number for layer in layers for number in layer)
    assert_close(told[0][0], through(layers, x), "chain(x)")
    assert_equal(told[0][1], flat, "the values of its parameters")
    moved = [number + change for number, change in zip(flat, changes, strict=False)]
    pairs = list(zip(moved[::2], moved[1::2], strict=True))
    assert_close(told[1][0], through(pairs, x), "chain(x) after its values changed", rtol=1e-12)
    assert_equal(told[1][1], moved, "the values then")
    assert_equal(other, [1.0, 2.0, 3.0, 4.0], "the values of another chain")
    require(all(kinds), "parameters() lists something that is no Parameter", got=kinds)
    assert_equal(are_modules, [True, True], "whether Chain and Affine are Modules")


@driver
def tree_of(names, plan):
    """Modules by a plan: a number is a Parameter, a pair an Affine, a list an inner module, a text a plain text.

    Its parameters' values, those of each inner module of the first level, and how many objects they are.
    """

    class Part(names.Module):
        def __init__(self, parts):
            super().__init__()
            for number, part in enumerate(parts):
                setattr(self, f"part{len(parts) - number}", part)

    def made(plan):
        if isinstance(plan, list):
            return Part([made(part) for part in plan])
        if isinstance(plan, tuple):
            return names.Affine(*plan)
        return plan if isinstance(plan, str) else names.Parameter(plan)

    parts = [made(part) for part in plan]
    whole = names.Chain(Part(parts), names.Chain())
    found = whole.parameters()
    inner = [[p.value for p in part.parameters()] for part in parts if isinstance(part, names.Module)]
    return [p.value for p in found], inner, len({id(p) for p in found}), [p.value for p in whole.parameters()]


def plans():
    """Plans of modules a few levels deep; values repeat."""
    part = st.one_of(st.integers(0, 3), st.tuples(sizes(0, 3), sizes(4, 6)), st.sampled_from(["note", ""]))
    return st.lists(st.recursive(part, lambda inner: st.lists(inner, max_size=3), max_leaves=6), max_size=4)


def numbers_of(plan):
    if isinstance(plan, (list, tuple)):
        return [number for part in plan for number in numbers_of(part)]
    return [] if isinstance(plan, str) else [float(plan)]


@exercise("Module")
@given(plan=plans())
def test_parameters_of_nested_parts(learner, plan):
    """Parameters of modules in modules are found at any depth in the order of definition, and nothing else is."""
    values, inner, different, again = tree_of(learner, plan)
    assert_equal(values, numbers_of(plan), "the values")
    assert_equal(inner, [numbers_of(part) for part in plan if isinstance(part, (list, tuple))], "inner ones'")
    assert_equal(different, len(values), "how many different Parameters")
    assert_equal(again, values, "the values, asked again")


@driver
def shared_in(names, order):
    """A module that is built of two Affines, a and b, and two Parameters, p and q, in an order with repeats."""

    class Whole(names.Module):
        def __init__(self, parts):
            super().__init__()
            for number, part in enumerate(parts):
                setattr(self, f"x{number}", part)

    known = {
        "a": names.Affine(1, 2),
        "b": names.Affine(3, 4),
        "p": names.Parameter(5),
        "q": names.Parameter(5),
    }
    whole = Whole([known[letter] for letter in order])
    outer = names.Chain(whole, whole, *[known[letter] for letter in order if letter in "ab"])
    affines = names.Chain(*[known[letter] for letter in order if letter in "ab"])
    return [[p.value for p in module.parameters()] for module in (whole, outer, affines)], affines(10)


@exercise("Module")
@given(order=words("abpq", 0, 6))
def test_shared_parts_are_listed_once(learner, order):
    """A Parameter or module that is reached in several ways is listed once, where it is met first."""
    values = {"a": [1.0, 2.0], "b": [3.0, 4.0], "p": [5.0], "q": [5.0]}
    (whole, outer, affines), answer = shared_in(learner, order)
    expected = [number for letter in dict.fromkeys(order) for number in values[letter]]
    assert_equal(whole, expected, "a module's own")
    assert_equal(outer, expected, "of a chain that has it twice")
    repeated = [letter for letter in order if letter in "ab"]
    assert_equal(
        affines, [x for letter in dict.fromkeys(repeated) for x in values[letter]], "of the Affines alone"
    )
    assert_equal(
        answer, through([values[letter] for letter in repeated], 10.0), "the Affines, one after the other"
    )

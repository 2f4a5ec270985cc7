"""Week 02's checks: what a learner can run. Each states one law of a right answer."""

import copy
import math
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


def like(got, right):
    """What is right, as floats where the answer has no whole numbers: 1 and 1.0 are both right."""
    if isinstance(right, (list, tuple)):
        mine = got if isinstance(got, (list, tuple)) and len(got) == len(right) else right
        return [like(*pair) for pair in zip(mine, right, strict=True)]
    return right if isinstance(got, int) else float(right)


# numerical_derivative


@exercise("numerical_derivative")
def test_the_parabola_of_the_text(learner):
    """The slope of x² at 3 with h = ½ is 6, and 6 to about nine digits with the step that is the default."""
    assert_close(learner.numerical_derivative(lambda x: x * x, 3, 0.5), 6.0, "with h=0.5")
    assert_close(learner.numerical_derivative(lambda x: x * x, 3), 6.0, "without naming h", rtol=1e-6)


@exercise("numerical_derivative")
@given(a=sizes(-4, 4), b=sizes(-4, 4), x=halves(), h=st.sampled_from([0.5, 0.75, 3.0]))
def test_the_step_goes_to_both_sides(learner, a, b, x, h):
    """For a·x³ + b·x the answer is (f(x + h) − f(x − h)) / 2h, which is a·(3x² + h²) + b.

    Hint: How far apart are the two points at which f is called?
    """
    slope = learner.numerical_derivative(lambda x: a * x**3 + b * x, x, h)
    assert_close(slope, float(a * (3 * x**2 + h**2) + b), rtol=1e-9, atol=1e-9)


# compose


@driver
def called(names, call, times):
    """What a call such as compose(f, g)('x', 'y', joint='-') gives, the new function being called so many times.

    Each of f, g and h joins the texts that it is given and adds its own letter.
    """

    def adding(letter):
        return lambda *texts, joint="": joint.join(texts) + letter

    functions, arguments = call.split(")(")
    known = {"compose": names.compose, **{letter: adding(letter) for letter in "fgh"}}
    known["composed"] = eval(f"{functions})", {}, known)
    return [eval(f"composed({arguments}", {}, known) for _ in range(times)]


def composed_calls(functions, texts, joints=("",)):
    """Calls of compose, written out, with so many functions (at least and at most) and texts."""
    return st.builds(
        lambda letters, given, joint: (
            f"compose({', '.join(letters)})({', '.join([*map(repr, given), *joint])})"
        ),
        words("fgh", *functions),
        st.lists(words("xy", 1, 2), min_size=texts[0], max_size=texts[1]),
        st.sampled_from([[f"joint={joint!r}"] if joint else [] for joint in joints]),
    )


def written_out(call):
    """What a call must give: its texts joined, then the letters of its functions from right to left."""
    functions, arguments = call.removeprefix("compose(").split(")(")
    joined = eval(f"joined({arguments}", {}, {"joined": lambda *texts, joint="": joint.join(texts)})
    return joined + "".join(reversed(functions.split(", ")))


@exercise("compose")
@given(call=composed_calls((2, 4), (1, 1)))
def test_the_rightmost_comes_first(learner, call):
    """When each function adds its own letter to a text, compose(f, g)('x') is 'xgf'.

    Hint: compose(f, g) calls nothing yet, but returns a function. When that is called, g comes first, and f gets
    what came of it.
    """
    assert_equal(called(learner, call, 1)[0], written_out(call), call)


@exercise("compose")
@given(call=composed_calls((1, 3), (0, 3), ("", "-", "+")))
def test_the_first_one_gets_all_arguments(learner, call):
    """The function called first gets all arguments and joins them: compose(f, g)('x', 'y', joint='-') is 'x-ygf'."""
    assert_equal(called(learner, call, 1)[0], written_out(call), call)


@exercise("compose")
@settings(max_examples=6)
@given(call=composed_calls((1, 3), (1, 2), ("", "-")))
def test_the_second_call_is_as_good_as_the_first(learner, call):
    """The new function can be called again and again."""
    assert_equal(called(learner, call, 3), [written_out(call)] * 3, "the same call three times")


@exercise("compose")
@settings(max_examples=6)
@given(x=NUMBERS)
def test_composing_nothing_changes_nothing(learner, x):
    """compose() is a function that returns its argument: compose()(x) is x."""
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
    if not isinstance(functions, (list, tuple)):
        raise TypeError(f"a list of functions was asked for, and this is a {type(functions).__name__}")
    if not all(map(callable, functions)):
        raise TypeError("a list of functions was asked for, and in this one stands something else")
    return [[f(x) for x in xs] for f in functions], ks


@exercise("make_multipliers")
@given(
    ks=st.lists(st.one_of(st.integers(1, 3), NUMBERS), max_size=5),
    xs=st.lists(NUMBERS, min_size=1, max_size=3),
)
def test_each_has_its_own_factor(learner, ks, xs):
    """Of fs = make_multipliers(ks) each fs[i] multiplies by ks[i], and there are as many as numbers in ks.

    Hint: fs[i] takes one number x and gives ks[i] * x, whatever was made after it.
    """
    answers, after = multiplied(learner, ks, xs)
    right = [[k * x for x in xs] for k in ks]
    assert_equal(answers, like(answers, right), f"[[f(x) for x in {xs}] for f in fs]")
    assert_equal(after, ks, "ks afterwards")


# append_to


@driver
def begun(names):
    """append_to(1) as it came, then append_to(2), and whether the two are one and the same list."""
    first = names.append_to(1)
    as_it_came = list(first) if isinstance(first, list) else first
    second = names.append_to(2)
    return as_it_came, second, isinstance(first, list) and second is first


@driver
def appended(names, x, xs):
    """What append_to(x, xs) gives, the list afterwards, and whether the two are the same object."""
    given = list(xs)
    answer = names.append_to(x, given)
    return answer, given, answer is given


@exercise("append_to")
def test_a_fresh_list_each_time(learner):
    """append_to(1) is [1], and append_to(2), called after it, is [2]."""
    first, second, same = begun(learner)
    message = f"append_to(1) and append_to(2) returned one and the same list, which is now {second}"
    require(not same, message, got="one list", expected="two lists")
    assert_equal(first, [1], "append_to(1)")
    assert_equal(second, [2], "append_to(2), called after append_to(1)")


@exercise("append_to")
def test_none_is_no_list(learner):
    """append_to(3, None) is [3], too."""
    assert_equal(learner.append_to(3, None), [3])


@exercise("append_to")
@given(x=st.sampled_from([0, 7, "GC", [3]]), xs=st.lists(st.integers(0, 9), max_size=3))
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


@driver
def flattened(names, nested):
    """What flatten gives, nested afterwards, whether it gave nested itself, and whether another call gave the same."""
    answer = names.flatten(nested)
    shown = list(answer) if isinstance(answer, list) else answer
    shared = isinstance(answer, list) and names.flatten([]) is answer
    return shown, nested, answer is nested, shared


def flat_of(learner, nested):
    """What flatten gives, nested afterwards, and whether it gave nested itself."""
    answer, after, itself, shared = flattened(learner, nested)
    message = "two calls returned one and the same list: what one call finds turns up in the other's"
    require(not shared, message, got="one list for both calls", expected="a new list for each call")
    return answer, after, itself


@exercise("flatten")
@given(nested=st.just([1, [2, ["GC", []]], (3, [4])]))
def test_the_example_of_the_text(learner, nested):
    """The example of the statement comes out as stated."""
    assert_equal(flat_of(learner, nested)[0], [1, 2, "GC", (3, [4])])


@exercise("flatten")
@settings(max_examples=25)
@given(nested=nests())
def test_everything_that_is_no_list_in_order(learner, nested):
    """Whatever isn't a list comes out whole, from left to right."""
    right = leaves_of(nested)
    assert_equal(flat_of(learner, nested)[0], right)


@exercise("flatten")
@settings(max_examples=10)
@given(nested=nests())
def test_nested_stays_as_it_was(learner, nested):
    """The answer is a list of its own, and nested is afterwards as it was, with all its parts."""
    before = copy.deepcopy(nested)
    answer, after, itself = flat_of(learner, nested)
    require(
        not itself, "flatten returned the very list that it was given", got="nested", expected="a new list"
    )
    assert_equal(after, before, "nested afterwards")
    assert_equal(answer, leaves_of(before))


@exercise("flatten")
@settings(max_examples=8)
@given(deep=st.integers(3, 100), x=st.integers(0, 9))
def test_far_down(learner, deep, x):
    """An entry up to a hundred lists deep is found: x in a list, that behind a 0 in a list, and so on."""
    nested = [x]
    for level in range(deep):
        nested = [level, nested]
    assert_equal(flat_of(learner, nested)[0], [*reversed(range(deep)), x])


# batches


@driver
def batched(names, items, size, *more):
    """All batches as they were when handed out, and items afterwards."""
    stream = names.batches(items, size, *more)
    return [list(batch) if isinstance(batch, list) else batch for batch in stream], items


@driver
def first_of(names, items, size):
    """The first batch by next, then the rest."""
    stream = names.batches(items, size)
    if not hasattr(stream, "__next__"):
        raise TypeError(f"a generator was asked for, and this is a {type(stream).__name__}")
    first = next(stream)
    return list(first) if isinstance(first, list) else first, [list(batch) for batch in stream]


def numbered(low=12, high=20):
    """The items 0, 1, 2 and so on."""
    return sizes(low, high).map(lambda n: list(range(n)))


SEEDS = st.one_of(st.just(0), sizes(1, 50))


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


@driver
def kept(names, items, size):
    """All batches as they were when handed out, and how many different lists they are."""
    stream = list(names.batches(items, size))
    handed = [list(batch) for batch in names.batches(items, size)]
    return handed, len({id(batch) for batch in stream})


@exercise("batches")
@settings(max_examples=6)
@given(items=numbered(2, 7), size=sizes(1, 3))
def test_each_batch_is_a_list_of_its_own(learner, items, size):
    """Who keeps a batch still has it when the next one has come: each is a list of its own."""
    handed, different = kept(learner, items, size)
    count = len(handed)
    message = f"{count} batches came, and all who keep one have a list that changed with the next"
    require(different == count, message, got=f"{different} list(s)", expected=f"{count} lists")
    assert_equal(handed, [items[i : i + size] for i in range(0, len(items), size)], "the batches")


def check_once(batches, items):
    """Each item is in one batch, in whatever order."""
    same = sorted(x for batch in batches for x in batch) == sorted(items)
    require(same, f"the batches are {batches}", got="other items", expected="each item once")


@exercise("batches")
@settings(max_examples=10)
@given(items=numbered(), size=sizes(1, 7), seed=SEEDS)
def test_shuffled_each_item_comes_once(learner, items, size, seed):
    """With shuffle the batches have the same sizes as without, and each item comes exactly once."""
    got, _ = batched(learner, list(items), size, True, seed)
    n = len(items)
    assert_equal([len(batch) for batch in got], [min(size, n - i) for i in range(0, n, size)], "the sizes")
    check_once(got, items)


@exercise("batches")
@settings(max_examples=6)
@given(items=numbered(), size=sizes(1, 7), seed=SEEDS)
def test_shuffling_leaves_items_alone(learner, items, size, seed):
    """With shuffle, too, items stays as it was."""
    got, after = batched(learner, list(items), size, True, seed)
    message = f"items is {after} afterwards"
    require(after == items, message, got="items has changed", expected="items as it was")
    check_once(got, items)


@exercise("batches")
@settings(max_examples=10)
@given(items=numbered(), size=sizes(1, 7), seed=SEEDS)
def test_the_seed_gives_the_order(learner, items, size, seed):
    """The same seed gives the same order, 0 as well as others."""
    got, again = [batched(learner, list(items), size, True, seed)[0] for _ in range(2)]
    message = f"the seed {seed} gave {got}, and then {again}"
    require(got == again, message, got="another order", expected="the same order")
    check_once(got, items)


@driver
def orders(names, items, size, seeds):
    """The batches by each seed."""
    return [[list(batch) for batch in names.batches(list(items), size, True, seed)] for seed in seeds]


@exercise("batches")
@settings(max_examples=4)
@given(items=numbered(12, 16), size=sizes(3, 5), seed=sizes(1, 50))
def test_other_seeds_give_other_orders(learner, items, size, seed):
    """Five seeds in a row don't all give the same order."""
    found = orders(learner, items, size, [seed + more for more in range(5)])
    message = f"five seeds all gave {found[0]}"
    require(any(one != found[0] for one in found), message, got="one order", expected="more than one")


@exercise("batches")
@settings(max_examples=4)
@given(items=numbered(12, 16), size=sizes(3, 5), seed=sizes(1, 50))
def test_neighbours_are_parted(learner, items, size, seed):
    """In a shuffled order, neighbours in items don't all stay neighbours in their batch."""
    found = orders(learner, items, size, [seed + more for more in range(5)])
    for one in found:
        check_once(one, items)
    together = all(batch == list(range(batch[0], batch[0] + len(batch))) for one in found for batch in one)
    message = f"in every batch the items stand as in items, such as {found[0][0]}"
    require(not together, message, got="all neighbours together", expected="neighbours parted")


@exercise("batches")
@settings(max_examples=4)
@given(items=numbered(12, 16), size=sizes(3, 5), seed=sizes(1, 50))
def test_any_item_may_come_first(learner, items, size, seed):
    """In a shuffled order the first batch doesn't always have the first items."""
    found = orders(learner, items, size, [seed + more for more in range(5)])
    for one in found:
        check_once(one, items)
    always = all(sorted(one[0]) == items[:size] for one in found)
    message = f"by each of five seeds the first batch has the first items, such as {found[0][0]}"
    require(not always, message, got="always the first items", expected="now and then others")


@driver
def disturbed(names, items, size, seed):
    """All batches, and whether going through them changes the state of the module random."""
    import random

    before = random.getstate()
    handed = [list(batch) for batch in names.batches(items, size, True, seed)]
    return handed, random.getstate() != before


@exercise("batches")
@settings(max_examples=6)
@given(items=numbered(3, 8), size=sizes(1, 3), seed=SEEDS)
def test_others_draws_arent_disturbed(learner, items, size, seed):
    """With a seed, what the module random itself draws next stays the same.

    Hint: `random.seed` and `random.shuffle` use the one source that all share. `random.Random(seed)` is another one.
    """
    handed, changed = disturbed(learner, list(items), size, seed)
    assert_equal(changed, False, "whether the shuffling changed what `random` itself draws next")
    check_once(handed, items)


@exercise("batches")
@settings(max_examples=9)
@given(items=st.lists(st.integers(0, 9), max_size=4), size=st.sampled_from([0, -1, -3]))
def test_no_batch_of_nothing(learner, items, size):
    """A size below 1 raises ValueError, at the call or at the first batch."""
    assert_raises(ValueError, batched, learner, items, size)
    got, _ = batched(learner, [*items, 1], 1)
    assert_equal(got, [[item] for item in [*items, 1]], "with size 1")


# Vector


def entries(n):
    return st.lists(st.integers(-9, 9), min_size=n, max_size=n)


def alike_vectors():
    """v and w, of one length."""
    return sizes(0, 5).flatmap(lambda n: st.fixed_dictionaries({"v": entries(n), "w": entries(n)}))


def unlike_vectors():
    """v and w, of unequal lengths."""
    return st.tuples(sizes(0, 3), sizes(1, 3), st.booleans(), entries(6)).map(_cut_unequal)


def _cut_unequal(drawn):
    n, more, longer_first, numbers = drawn
    short, long = numbers[:n], numbers[: n + more]
    return {"v": long, "w": short} if longer_first else {"v": short, "w": long}


@driver
def held(names, xs):
    """The entries by a loop, and by two loops, one in the other."""
    v = names.Vector(xs)
    if not hasattr(names.Vector, "__iter__") and not hasattr(names.Vector, "__getitem__"):
        raise TypeError(
            "the checks read a Vector's entries with a `for` loop: write __init__ and __iter__ first"
        )
    return list(v), [(a, b) for a in v for b in v]


@exercise("Vector-container")
@given(xs=st.lists(st.integers(-9, 9), max_size=4))
def test_a_loop_shows_the_entries(learner, xs):
    """A loop over Vector(xs) shows its entries, also one loop inside the other.

    Hint: Each loop has to have its own place in the vector. `iter(some_list)` makes a new one each time.
    """
    once, twice = held(learner, xs)
    assert_equal(once, like(once, xs), "list(v)")
    assert_equal(twice, like(twice, [(a, b) for a in xs for b in xs]), "[(a, b) for a in v for b in v]")


@driver
def looked_at(names, xs, index):
    """Length, one entry, and the entries of a vector whose list changed."""
    if not hasattr(names.Vector, "__iter__") and not hasattr(names.Vector, "__getitem__"):
        raise TypeError(
            "the checks read a Vector's entries with a `for` loop: write __init__ and __iter__ first"
        )
    given = list(xs)
    v = names.Vector(given)
    length, entry = len(v), v[index]
    given[0] = 99
    given.append(100)
    return length, entry, list(v)


@exercise("Vector-container")
@given(xs=st.lists(st.integers(-9, 9), min_size=1, max_size=4), place=sizes(-4, 3))
def test_it_holds_its_own_entries(learner, xs, place):
    """len(v) and v[i] are those of a list; and a list that v was made from may change without harm."""
    index = place % len(xs) - (len(xs) if place < 0 else 0)
    length, entry, listed = looked_at(learner, xs, index)
    assert_equal(length, len(xs), "len(v)")
    assert_equal(entry, like(entry, xs[index]), f"v[{index}]")
    assert_equal(listed, like(listed, xs), "the entries after the list was changed")


@driver
def compared(names, v, w):
    """v == w and v != w as vectors; then v == each of some things that are no vectors."""
    if not hasattr(names.Vector, "__iter__") and not hasattr(names.Vector, "__getitem__"):
        raise TypeError(
            "the checks read a Vector's entries with a `for` loop: write __init__ and __iter__ first"
        )
    a, b = names.Vector(v), names.Vector(w)
    others = [list(v), tuple(v), None, "v", 1]
    return [a == b, a != b], [a == other for other in others]


def turned_vectors():
    """v and w with the same entries, and now and then in another order."""
    return st.tuples(entries(3), st.booleans()).map(
        lambda drawn: {"v": drawn[0], "w": drawn[0][:: 1 - 2 * drawn[1]]}
    )


@exercise("Vector-container")
@given(vectors=st.one_of(alike_vectors(), unlike_vectors(), turned_vectors()))
def test_equal_entries_make_equal_vectors(learner, vectors):
    """v == w for equal entries in the same order; other vectors, and what isn't a Vector at all, differ."""
    v, w = vectors["v"], vectors["w"]
    among_vectors, with_others = compared(learner, v, w)
    assert_equal(among_vectors, [v == w, v != w], "v == w and v != w")
    assert_equal(with_others, [False] * 5, "v == a list, a tuple, None, a text, a number")
    assert_equal(compared(learner, v, list(v))[0], [True, False], "== and != with an equal one")


@driver
def reckoned(names, vectors, line, s):
    """What a line gives for the vectors v and w and the number s, whether that is a Vector, the vectors afterwards."""
    if not hasattr(names.Vector, "__iter__") and not hasattr(names.Vector, "__getitem__"):
        raise TypeError(
            "the checks read a Vector's entries with a `for` loop: write __init__ and __iter__ first"
        )
    known = {name: names.Vector(entries) for name, entries in vectors.items()}
    answer = eval(line, {}, {**known, "s": s})
    is_vector = isinstance(answer, names.Vector)
    return list(answer) if is_vector else answer, is_vector, {name: list(v) for name, v in known.items()}


def check_line(learner, vectors, line, right, s=0):
    """A line of arithmetic gives what is right, a Vector where that is a list, and leaves the vectors alone."""
    answer, is_vector, after = reckoned(learner, vectors, line, s)
    if isinstance(right, list):
        require(is_vector, f"`{line}` gives no Vector", got=answer, expected=right)
    assert_close(answer, like(answer, right), f"`{line}`")
    for name, before in vectors.items():
        assert_equal(after[name], like(after[name], before), f"{name} after `{line}`")


@driver
def answer_to(names, vectors, line):
    """What a line gives."""
    answer = eval(line, {}, {name: names.Vector(entries) for name, entries in vectors.items()})
    return list(answer) if isinstance(answer, names.Vector) else answer


@exercise("Vector-arithmetic")
@given(vectors=alike_vectors())
def test_sums_and_differences(learner, vectors):
    """v + w and v - w are new vectors, entry by entry, and leave v and w as they are."""
    pairs = list(zip(vectors["v"], vectors["w"], strict=True))
    check_line(learner, vectors, "v + w", [a + b for a, b in pairs])
    check_line(learner, vectors, "v - w", [a - b for a, b in pairs])


@exercise("Vector-arithmetic")
@given(vectors=st.fixed_dictionaries({"v": sizes(0, 4).flatmap(entries)}), s=NUMBERS)
def test_a_number_on_the_right(learner, vectors, s):
    """v * s is a new vector with each entry multiplied by the number s.

    Hint: s is one number, without entries of its own. And what does a list do when it is multiplied?
    """
    check_line(learner, vectors, "v * s", [a * s for a in vectors["v"]], s)


@exercise("Vector-arithmetic")
@given(vectors=st.fixed_dictionaries({"v": sizes(0, 4).flatmap(entries)}), s=NUMBERS)
def test_a_number_on_the_left(learner, vectors, s):
    """s * v is the same as v * s.

    Hint: For `s * v` Python asks the number first, which knows no vectors, and then calls `v.__rmul__(s)`.
    """
    check_line(learner, vectors, "s * v", [a * s for a in vectors["v"]], s)


@exercise("Vector-arithmetic")
@given(vectors=alike_vectors())
def test_dot_and_norm(learner, vectors):
    """v.dot(w) is the sum of the products, and abs(v) the root of v.dot(v)."""
    v, w = vectors["v"], vectors["w"]
    check_line(learner, vectors, "v.dot(w)", sum(a * b for a, b in zip(v, w, strict=True)))
    check_line(learner, vectors, "abs(v)", math.hypot(*v))


@exercise("Vector-arithmetic")
@given(vectors=unlike_vectors(), line=st.sampled_from(["v + w", "v - w", "v.dot(w)"]))
def test_unequal_lengths_are_an_error(learner, vectors, line):
    """+, - and dot of two vectors of unequal length raise ValueError."""
    check_line(learner, {"v": vectors["v"]}, "v + v", [2 * a for a in vectors["v"]])
    assert_raises(ValueError, answer_to, learner, vectors, line)


@driver
def text_of(names, xs):
    """Whether Vector has its own __repr__; the text; whether Python reads it, as a Vector; the entries then."""
    from contextlib import suppress

    if not hasattr(names.Vector, "__iter__") and not hasattr(names.Vector, "__getitem__"):
        raise TypeError(
            "the checks read a Vector's entries with a `for` loop: write __init__ and __iter__ first"
        )
    own, text = names.Vector.__repr__ is not object.__repr__, repr(names.Vector(xs))
    readable, again = False, None
    with suppress(SyntaxError):
        again = eval(text, {}, {"Vector": names.Vector})
        readable = True
    is_vector = isinstance(again, names.Vector)
    return own, text, readable, is_vector, list(again) if is_vector else []


@exercise("Vector-repr")
@given(xs=st.lists(st.one_of(NUMBERS, st.sampled_from([1 / 3, -2 / 3, 1e-9 / 3])), max_size=4))
def test_its_text_makes_it_again(learner, xs):
    """eval(repr(v)) makes a Vector with the same entries, to the last digit.

    Hint: What would you type to make this vector?
    """
    own, text, readable, is_vector, listed = text_of(learner, xs)
    right = "the text of a Vector"
    message = "Vector has no __repr__ of its own, and shows itself as <... object at ...>"
    require(own, message, got="the text of any object", expected=right)
    require(readable, f"Python can't read {text}", got="a text that isn't Python", expected=right)
    require(is_vector, f"{text} makes no Vector", got="the text of something else", expected=right)
    require(listed == xs, f"{text} has other entries", got="the text of another Vector", expected=right)


# RunningStats


def samples(low=0, high=6):
    return st.lists(halves(-20, 20), min_size=low, max_size=high)


@driver
def pushed(names, xs):
    """n, mean and variance after each push, and whether a push into one object shows in another."""
    one, other = names.RunningStats(), names.RunningStats()
    before = other.n
    one.push(1.0)
    shared = other.n != before
    stats = names.RunningStats()
    told = []
    for x in xs:
        stats.push(x)
        told.append((stats.n, stats.mean, stats.variance))
    return told, shared


@driver
def merged(names, left, right, more):
    """What the merged one says; then what all three say, after a different number was pushed into each.

    And whether a push into one object shows in another.
    """

    def made(xs):
        stats = names.RunningStats()
        for x in xs:
            stats.push(x)
        return stats

    one, other = names.RunningStats(), names.RunningStats()
    before = other.n
    one.push(1.0)
    shared = other.n != before
    a, b = made(left), made(right)
    both = a.merge(b)
    first = (both.n, both.mean if both.n else None, both.variance)
    for stats, x in zip((both, a, b), more):  # noqa: B905 (a driver sees no more than it imports)
        stats.push(x)
    return [first, *[(stats.n, stats.mean, stats.variance) for stats in (both, a, b)]], shared


def check_shared(shared):
    message = "a number that was pushed into one object counts in another one, too"
    require(not shared, message, got="objects that share numbers", expected="objects of their own")


def check_told(told, xs, what, rtol=1e-9):
    """n, mean and variance against the module statistics; a mean of nothing is free."""
    for name, value in zip(("n", "mean", "variance"), told, strict=True):
        is_method = getattr(value, "type_name", "") == "method"
        message = f"`{name}` has to be read without brackets, like an attribute"
        require(not is_method, message, got="a method", expected="a number")
    n, mean, variance = told
    assert_equal(n, like(n, len(xs)), f"n {what}")
    if xs:
        assert_close(mean, statistics.fmean(xs), f"mean {what}", rtol=1e-9, atol=1e-9)
    expected = float(statistics.variance(xs)) if len(xs) > 1 else math.nan
    assert_close(variance, expected, f"variance {what}", rtol=rtol, atol=1e-9)


@exercise("RunningStats")
def test_the_numbers_of_the_text(learner):
    """2, 4 and 9 have the mean 5 and the variance 13; the variance of one number is nan."""
    told, shared = pushed(learner, [2, 4, 9])
    check_shared(shared)
    check_told(told[2], [2, 4, 9], "of 2, 4, 9")
    assert_close(told[0][2], math.nan, "variance of 2 alone")


@exercise("RunningStats")
@given(xs=samples(1, 7))
def test_after_every_push(learner, xs):
    """After every push n, mean and variance are those of the numbers so far."""
    told, shared = pushed(learner, xs)
    check_shared(shared)
    for count, each in enumerate(told, 1):
        check_told(each, xs[:count], f"of {xs[:count]}")


@exercise("RunningStats")
@given(left=samples(0, 4), right=samples(0, 4))
def test_merging_is_pushing_all(learner, left, right):
    """a.merge(b) says what one says that was given the numbers of both, and the three go their own ways."""
    (first, both, a, b), shared = merged(learner, left, right, [7.0, 8.0, 9.0])
    check_shared(shared)
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
    far = [1e9 + x for x in xs]
    told, shared = pushed(learner, far)
    check_shared(shared)
    check_told(told[-1], far, f"of 10⁹ + {xs}", rtol=1e-3)


# break_RunningStats


@lendable
class CountsOnly:
    """Counts, and says 0 for everything else."""

    made = 0

    def __init__(self):
        type(self).made += 1
        self.n = 0
        self.mean = 0.0
        self.variance = 0.0

    def push(self, x):
        self.n += 1

    def merge(self, other):
        both = type(self)()
        both.n = self.n + other.n
        return both


@lendable
class KeepsAll:
    """A right one, by the module statistics: whole where the numbers are, and no mean of nothing."""

    def __init__(self):
        self.held = []

    def push(self, x):
        self.held.append(x)

    @property
    def n(self):
        return len(self.held)

    @property
    def mean(self):
        return statistics.mean(self.held)

    @property
    def variance(self):
        return statistics.variance(self.held) if self.n > 1 else math.nan

    def merge(self, other):
        both = type(self)()
        both.held = self.held + other.held
        return both


@lendable
class OffInTheLastDigit(KeepsAll):
    """A right one in floats, which rounds as another order of sums would."""

    @property
    def mean(self):
        mean = statistics.fmean(self.held) if self.held else 0.0
        return math.nextafter(mean, math.inf) if mean else mean


@lendable
class MiddleOfTheRange(KeepsAll):
    """Takes the middle between the smallest and the largest for the mean."""

    @property
    def mean(self):
        return (min(self.held) + max(self.held)) / 2 if self.held else 0.0


@lendable
class DividesByN(KeepsAll):
    """Divides the squared deviations by n."""

    @property
    def variance(self):
        return statistics.pvariance(self.held) if self.n > 1 else math.nan


@lendable
class ForgetsOnMerging(KeepsAll):
    """Starts from nothing when it merges."""

    @property
    def mean(self):
        return statistics.fmean(self.held) if self.held else 0.0

    def merge(self, other):
        return type(self)()


@lendable
class MergesIntoItself(KeepsAll):
    """Takes the other's numbers in, and returns itself."""

    def merge(self, other):
        self.held += other.held
        return self


@driver
def tried(names, kind):
    """Run the learner's test on a class, whatever it says of it."""
    from contextlib import suppress

    with suppress(AssertionError):
        names.break_RunningStats(kind)


@exercise("break_RunningStats")
def test_it_tries_the_class_that_it_is_given(learner):
    """The test makes objects of the class that it is given.

    Hint: It is given many classes, one after the other. What is your test's parameter called, and what does it do
    with it?
    """
    CountsOnly.made = 0
    tried(learner, CountsOnly)
    require(CountsOnly.made > 0, "it made no object of the class that it was given")


@exercise("break_RunningStats")
def test_a_right_class_passes(learner):
    """A class that is right passes, and one that only counts doesn't.

    Hint: Assert all that the statement promises and nothing else. The type of a number and the mean of nothing are
    free, and nan == nan is never true.
    """
    learner.break_RunningStats(KeepsAll)
    assert_raises(AssertionError, learner.break_RunningStats, CountsOnly)


@exercise("break_RunningStats")
def test_another_right_class_passes(learner):
    """A right class that rounds otherwise passes as well; one that only counts doesn't.

    Hint: Assert what the statement promises. Right classes differ in their last digits: compare with math.isclose.
    """
    learner.break_RunningStats(OffInTheLastDigit)
    assert_raises(AssertionError, learner.break_RunningStats, CountsOnly)


@exercise("break_RunningStats")
def test_one_that_only_counts_is_caught(learner):
    """A class whose mean and variance are always 0 is caught.

    Hint: Push two unequal numbers, and ask for all three.
    """
    assert_raises(AssertionError, learner.break_RunningStats, CountsOnly)


@exercise("break_RunningStats")
def test_the_middle_of_the_range_is_caught(learner):
    """A class whose mean lies half-way between the smallest and the largest number is caught.

    Hint: Take numbers that aren't spread evenly, such as 2, 4 and 9.
    """
    assert_raises(AssertionError, learner.break_RunningStats, MiddleOfTheRange)


@exercise("break_RunningStats")
def test_a_variance_over_n_is_caught(learner):
    """A class that divides by n, where the variance has n − 1, is caught.

    Hint: Work the variance of two or three numbers out by hand, and compare.
    """
    assert_raises(AssertionError, learner.break_RunningStats, DividesByN)


@exercise("break_RunningStats")
def test_an_empty_merge_is_caught(learner):
    """A class whose merge gives an empty one is caught.

    Hint: How many numbers must a.merge(b) have?
    """
    assert_raises(AssertionError, learner.break_RunningStats, ForgetsOnMerging)


@exercise("break_RunningStats")
def test_a_merge_into_itself_is_caught(learner):
    """A class whose a.merge(b) puts b's numbers into a is caught.

    Hint: After c = a.merge(b) there are three objects. Which of them did you look at?
    """
    assert_raises(AssertionError, learner.break_RunningStats, MergesIntoItself)


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


@driver
def calls_of_f(names, n):
    """How often f itself is called when the new function is asked for 0, 1, ... n - 1, twice."""
    calls = []

    def square(x):
        calls.append(x)
        return x * x

    quick = names.memoize(square)
    told = [quick(x) for _ in range(2) for x in range(n)]
    return len(calls), told == [x * x for x in range(n)] * 2


@exercise("memoize")
def test_nothing_is_forgotten(learner):
    """For 300 different arguments, each asked for twice, f is called 300 times."""
    calls, right = calls_of_f(learner, 300)
    assert_equal(right, True, "whether all answers are those of f")
    assert_equal(calls, 300, "how often f was called for 300 arguments, each asked for twice")


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
    assert_equal(before, like(before, through(layers, x)), "chain(x)")
    flat = [number for layer in layers for number in layer]
    assert_equal(values, like(values, flat), "the parameters' values")
    if layers:
        (w, b), *rest = layers
        moved = through([(w + 5, b), *rest], x)
        assert_equal(after, like(after, moved), "chain(x) after its first value grew by 5")


@driver
def parts_of(names, lines):
    """The values of a module whose __init__ has these lines, and how many different Parameters it lists."""

    class Part(names.Module):
        def __init__(self):
            super().__init__()
            known = {"Parameter": names.Parameter, "Affine": names.Affine, "Chain": names.Chain, "self": self}
            for line in lines:
                exec(line, {}, known)

    found = Part().parameters()
    return [parameter.value for parameter in found], len({id(parameter) for parameter in found})


VALUES = {
    "self.a = Parameter(5)": [5],
    "self.b = Affine(1, 2)": [1, 2],
    "self.c = Parameter(5)": [5],
    "self.d = Chain(Affine(3, 4), Chain(Affine(6, 7)))": [3, 4, 6, 7],
}


def inits():
    """Lines of an __init__ that set attributes, the last ones to what was set before or to a text."""
    again = st.lists(st.sampled_from(["self.e = self.a", "self.f = self.b", "self.g = 'a name'"]), max_size=3)
    return st.tuples(st.permutations(list(VALUES)), again).map(lambda drawn: [*drawn[0], *drawn[1]])


@exercise("Module")
@given(lines=inits())
def test_parameters_of_parts(learner, lines):
    """A module with these lines in its __init__ lists its Parameters in this order, each once, also those of parts."""
    values, different = parts_of(learner, lines)
    right = [value for line in lines for value in VALUES.get(line, [])]
    assert_equal(values, like(values, right), "the values")
    assert_equal(different, len(values), "how many different Parameters")

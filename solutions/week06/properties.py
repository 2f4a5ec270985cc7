"""The hidden properties of week 6.

Programs are drawn as the lines that a learner would type, `c = a * b` and so on. They run twice: on the
learner's Values beside the learner's code, and here on PyTorch's float64 scalars, whose autograd says what is
true.
"""

import math
import random
import re
from collections import Counter
from itertools import pairwise, product

import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autograde.properties import assert_close, assert_equal, driver, exercise, require
from autograde.strategies import halves

LEAVES = st.sampled_from([-2.0, -1.5, -1, -0.5, 0.5, 1, 1.5, 2.0, 3])
NUMBERS = st.sampled_from([2, 3, 0.5, -1.5, -2])
LIMIT = 20.0


def with_number(x, n, name):
    """Operations on a register and a number, with their results, clear of poles."""
    yield f"{name} + {n}", x + n
    yield f"{n} + {name}", n + x
    yield f"{name} - {n}", x - n
    yield f"{n} - {name}", n - x
    yield f"{name} * {n}", x * n
    yield f"{n} * {name}", n * x
    yield f"{name} / {n}", x / n
    if abs(x) >= 0.25:
        yield f"{n} / {name}", n / x


def on_one(x, n, name):
    """Operations on one register, with their results, clear of kinks, poles and overflow."""
    yield f"-{name}", -x
    yield f"{name} ** 2", x**2
    yield f"{name} ** 3", x**3
    if abs(x) >= 0.25:
        yield f"{name} ** -1", x**-1
        yield f"{name} ** -2", x**-2
        yield f"{name}.relu()", max(x, 0.0)
    if x >= 0.25:
        yield f"{name} ** 0.5", x**0.5
        yield f"{name} ** -1.5", x**-1.5
        yield f"{name}.log()", math.log(x)
    if abs(x) <= 2.5:
        yield f"{name}.tanh()", math.tanh(x)
        yield f"{name}.exp()", math.exp(x)


def on_two(x, y, one, other):
    """Operations on two registers, with their results."""
    yield f"{one} + {other}", x + y
    yield f"{one} - {other}", x - y
    yield f"{one} * {other}", x * y
    if abs(y) >= 0.25:
        yield f"{one} / {other}", x / y


@st.composite
def programs(draw, leaves=(1, 3), steps=(1, 5), reuse=True, kinds=("one", "number", "two")):
    """Leaves by name, and lines of which the last is made from all before; each used once unless `reuse`."""
    names = iter("abcdefghijklmnopqrstuvwxyz")
    held = {next(names): draw(LEAVES) for _ in range(draw(st.integers(*leaves)))}
    given_leaves, free, unused, lines = dict(held), list(held), list(held), []

    def take():
        name = draw(st.sampled_from(free))
        if not reuse:
            free.remove(name)
        if name in unused:
            unused.remove(name)
        return name

    def put(options):
        text, result = draw(st.sampled_from([option for option in options if abs(option[1]) <= LIMIT]))
        name = next(names)
        held[name] = result
        free.append(name)
        unused.append(name)
        lines.append(f"{name} = {text}")

    for _ in range(draw(st.integers(*steps))):
        kind = draw(st.sampled_from(kinds if len(free) > 1 or reuse else kinds[:2]))
        one = take()
        if kind == "two":
            other = take()
            put(on_two(held[one], held[other], one, other))
        else:
            put((with_number if kind == "number" else on_one)(held[one], draw(NUMBERS), one))
    while len(unused) > 1:
        one, other = unused.pop(0), unused.pop(0)
        put(on_two(held[one], held[other], one, other))
    return given_leaves, lines


def name_of(line):
    return line.split(" = ")[0]


def operands(line):
    return set(re.findall(r"\b[a-z]\b", line.split(" = ")[1]))


def true_values(leaves, lines):
    """The data and gradient of every name, from PyTorch."""
    values = {name: torch.tensor(x, dtype=torch.float64, requires_grad=True) for name, x in leaves.items()}
    for line in lines:
        exec(line, {}, values)
    gradients = torch.autograd.grad(values[name_of(lines[-1])], list(values.values()), allow_unused=True)
    slopes = [0.0 if gradient is None else gradient.item() for gradient in gradients]
    return {name: (value.item(), slope) for (name, value), slope in zip(values.items(), slopes, strict=True)}


@driver
def run(names, programs, backward):
    """For each program, a pair of leaves and lines: (data, grad) of each name, after backward() if asked."""
    found = []
    for leaves, lines in programs:
        values = {name: names.Value(x) for name, x in leaves.items()}
        for line in lines:
            exec(line, {}, values)
            result = values[line.split(" = ")[0]]
            if not hasattr(result, "data"):
                raise TypeError(f"`{line}` gives {result!r} and not a Value")
        if backward:
            result.backward()
        found.append({name: (value.data, value.grad) for name, value in values.items()})
    return found


def check_slopes(learner, *programs):
    """The gradient of every node of each program, a pair of leaves and lines."""
    for (leaves, lines), held in zip(programs, run(learner, programs, True), strict=True):
        true = true_values(leaves, lines)
        scale = max(abs(slope) for _, slope in true.values())
        for name, (_, slope) in true.items():
            what = f"the gradient of {name} in `{'; '.join(lines)}`"
            assert_close(held[name][1], slope, what, atol=1e-9 * (1 + scale))


# numerical_gradient


@exercise("numerical_gradient")
@given(
    xs=st.lists(halves(), max_size=5),
    squares=st.lists(halves(-4, 4), min_size=5, max_size=5),
    products=st.lists(halves(-4, 4), min_size=5, max_size=5),
    h=st.sampled_from([1e-3, 0.125, 0.5, 1.0, 2.0]),
)
@example(xs=[], squares=[1.0] * 5, products=[1.0] * 5, h=0.5)
def test_exact_on_quadratics(learner, xs, squares, products, h):
    """For a function of second degree the answer is the slope, whatever the step; no entry, no slope."""

    def f(v):
        mixed = zip(products, pairwise(v), strict=False)
        return sum(s * x * x for s, x in zip(squares, v, strict=False)) + sum(
            p * x * y for p, (x, y) in mixed
        )

    expected = [2 * s * x for s, x in zip(squares, xs, strict=False)]
    for i, (p, (x, y)) in enumerate(zip(products, pairwise(xs), strict=False)):
        expected[i] += p * y
        expected[i + 1] += p * x
    assert_close(learner.numerical_gradient(f, xs, h), expected, atol=1e-9)


@exercise("numerical_gradient")
@given(xs=st.lists(halves(), min_size=1, max_size=4), h=st.sampled_from([0.25, 0.5, 1.0, 1.5]))
def test_error_of_a_cubic_is_the_step_squared(learner, xs, h):
    """For x³ the central difference with step h is 3x² + h²."""
    got = learner.numerical_gradient(lambda v: sum((i + 1) * x**3 for i, x in enumerate(v)), xs, h=h)
    assert_close(got, [(i + 1) * (3 * x**2 + h**2) for i, x in enumerate(xs)], atol=1e-9)


@exercise("numerical_gradient")
@given(xs=st.lists(st.sampled_from([-1.3, -0.7, 0.1, 0.3, 1.1, 1.7]), min_size=1, max_size=4))
def test_default_step_agrees_with_torch(learner, xs):
    """With the default step the slopes of a smooth function agree with autograd's to about eight digits."""

    def f(v):
        return math.prod(math.sin(x + i) for i, x in enumerate(v)) + sum(math.exp(x) for x in v)

    leaf = torch.tensor(xs, dtype=torch.float64, requires_grad=True)
    (torch.sin(leaf + torch.arange(len(xs))).prod() + leaf.exp().sum()).backward()
    assert_close(learner.numerical_gradient(f, xs), leaf.grad.tolist(), atol=2e-8)


@exercise("numerical_gradient")
@given(xs=st.lists(st.sampled_from([0.1, 0.3, 0.7, -1.1, 1e6 + 0.1]), min_size=1, max_size=4))
def test_xs_is_left_exactly_as_it_was(learner, xs):
    """xs holds exactly the same numbers afterwards, rounding included."""
    before = list(xs)
    gradient = learner.numerical_gradient(lambda v: sum(i * x for i, x in enumerate(v, start=1)), xs)
    assert_equal(xs, before, "xs after the call")
    assert_close(gradient, [float(i) for i in range(1, len(xs) + 1)], rtol=1e-2)


# Value-forward


@exercise("Value-forward")
@given(program=programs())
def test_any_expression_has_its_value(learner, program):
    """Any mixture of the operations gives what float arithmetic gives, before anything goes backward."""
    [held], true = run(learner, [program], False), true_values(*program)
    for name, (data, _) in true.items():
        assert_close(held[name], [data, 0.0], f"data and grad of {name}", rtol=1e-12, atol=1e-12)


@exercise("Value-forward")
@given(a=st.integers(-9, 9), b=st.integers(-9, 9), n=st.integers(-9, 9))
def test_whole_numbers_are_exact(learner, a, b, n):
    """Sums, differences, products, squares and negation of whole numbers are exact, zero included."""
    lines = ["c = a + b", "d = a - b", "e = a * b", f"f = a + {n}", f"g = {n} + a", f"h = a - {n}"]
    lines += [f"i = {n} - a", f"j = a * {n}", f"k = {n} * a", "l = a ** 2", "m = -a"]
    [held] = run(learner, [({"a": a, "b": b}, lines)], False)
    right = [a, b, a + b, a - b, a * b, a + n, n + a, a - n, n - a, a * n, n * a, a * a, -a]
    assert_close([float(data) for data, _ in held.values()], [float(x) for x in right], rtol=0.0, atol=0.0)


@exercise("Value-forward")
@given(x=st.integers(-200, 200).map(lambda k: k / 8 + 1 / 16), n=st.sampled_from([2, 3, -1, -2]))
def test_functions_over_their_whole_range(learner, x, n):
    """exp, tanh, relu, powers and the log of any size of number, small and large, of either sign."""
    lines = ["c = a.exp()", "d = a.tanh()", "e = a.relu()", f"f = a ** {n}"]
    lines += ["g = b.log()", "h = b ** 0.5", "i = -a"]
    size = abs(x)
    [held] = run(learner, [({"a": x, "b": size}, lines)], False)
    right = [x, size, math.exp(x), math.tanh(x), x if x > 0 else 0.0, x**n, math.log(size), size**0.5, -x]
    for name, value in zip(held, right, strict=True):
        assert_close(held[name][0], value, f"{name}, in {lines}", rtol=1e-12, atol=1e-12)


@driver
def same_objects(names, x, n):
    """Which operations gave back an operand itself, and the operands' data and grad after all of them."""
    a, b = names.Value(x), names.Value(n)
    results = [a + b, a - b, a * b, a / b, a + n, n + a, a - n, n - a, a * n, n * a, a / n, n / a, -a]
    results += [a**2, a**-1, a.exp(), a.log(), a.tanh(), a.relu(), a + a, a * a, sum([a, b])]
    same = [result is a or result is b for result in results]
    return same, [result.data for result in results], [a.data, a.grad, b.data, b.grad]


@exercise("Value-forward")
@given(x=st.sampled_from([0.5, 1.5, 2.0, 3]), n=NUMBERS)
def test_every_operation_makes_a_new_value(learner, x, n):
    """Each operation gives a new Value, and its operands keep data and grad; sum() works too."""
    same, data, kept = same_objects(learner, x, n)
    assert_close(kept, [float(x), 0.0, float(n), 0.0], "data and grad of both operands", rtol=0.0, atol=0.0)
    require(not any(same), "an operation gave back its operand instead of a new Value", got=same)
    right = [
        x + n,
        x - n,
        x * n,
        x / n,
        x + n,
        n + x,
        x - n,
        n - x,
        x * n,
        n * x,
        x / n,
        n / x,
        -x,
        x**2,
        1 / x,
    ]
    right += [math.exp(x), math.log(x), math.tanh(x), x, x + x, x * x, x + n]
    assert_close(data, [float(value) for value in right], rtol=1e-12)


# Value-gradients


@exercise("Value-gradients")
@given(program=programs(reuse=False, leaves=(1, 4), steps=(1, 7)))
def test_slopes_of_any_expression_without_reuse(learner, program):
    """In an expression that uses everything once, each node's gradient is PyTorch's."""
    check_slopes(learner, program)


@exercise("Value-gradients")
@given(
    x=LEAVES,
    n=st.sampled_from([2, 3, 4, -1, -2, -3]),
    root=st.sampled_from([0.5, 1.5, -0.5, 2.5]),
    upstream=st.sampled_from([-2.5, 0.5, 3.0]),
)
def test_slopes_by_hand(learner, x, n, root, upstream):
    """The slopes by the rules of calculus, times the slope of what follows."""
    size = abs(x)
    t = math.tanh(x)
    rules = [
        ("a ** " + str(n), x, n * x ** (n - 1)),
        ("a ** " + str(root), size, root * size ** (root - 1)),
        ("a.exp()", x, math.exp(x)),
        ("a.log()", size, 1 / size),
        ("a.tanh()", x, 1 - t * t),
        ("a.relu()", x, 1.0 if x > 0 else 0.0),
        ("-a", x, -1.0),
        (f"{n} / a", x, -n / x**2),
        (f"a / {n}", x, 1 / n),
        (f"{n} - a", x, -1.0),
        (f"a - {n}", x, 1.0),
        (f"{n} * a", x, float(n)),
        (f"a * {n}", x, float(n)),
        (f"{n} + a", x, 1.0),
        (f"a + {n}", x, 1.0),
    ]
    programs = [({"a": at, "w": upstream}, [f"b = {text}", "c = w * b"]) for text, at, _ in rules]
    for (text, _, slope), held in zip(rules, run(learner, programs, True), strict=True):
        what = f"the slope of w * ({text}) in a"
        assert_close(held["a"][1], upstream * slope, what, rtol=1e-9, atol=1e-12)


@exercise("Value-gradients")
@given(a=LEAVES, b=LEAVES, first=st.sampled_from("+-*/"), second=st.sampled_from("+-*/"))
def test_nodes_outside_keep_zero(learner, a, b, first, second):
    """What the result wasn't made from keeps a gradient of 0.0, results that share its operands too."""
    lines = [f"d = a {first} b", "e = d.tanh()", "f = c * a", f"g = a {second} b"]
    check_slopes(learner, ({"a": a, "b": b, "c": 2.0}, lines))


@driver
def leaf_alone(names, x, n):
    """The gradients after backward() of a leaf by itself, and of one that a number was added to."""
    a, b = names.Value(x), names.Value(x)
    a.backward()
    (b + n).backward()
    return a.data, a.grad, b.grad


@exercise("Value-gradients")
@given(x=LEAVES, n=NUMBERS)
def test_the_slope_of_a_node_in_itself(learner, x, n):
    """backward() of a leaf gives it the gradient 1.0."""
    assert_close(leaf_alone(learner, x, n), [float(x), 1.0, 1.0])


@driver
def watched_by_torch(names, leaves, lines):
    """The gradients after backward(), and which of torch's functions were called on the way."""
    from torch.overrides import TorchFunctionMode

    called = set()

    class Watch(TorchFunctionMode):
        def __torch_function__(self, function, types, args=(), kwargs=None):
            called.add(getattr(function, "__name__", "a function"))
            return function(*args, **(kwargs or {}))

    with Watch():
        values = {name: names.Value(x) for name, x in leaves.items()}
        for line in lines:
            exec(line, {}, values)
        values[lines[-1].split(" = ")[0]].backward()
    return {name: value.grad for name, value in values.items()}, sorted(called)


@exercise("Value-gradients")
@settings(max_examples=10)
@given(a=st.sampled_from([0.5, 1.5, 2.0]), b=LEAVES, first=st.sampled_from("+-*/"))
def test_the_slopes_are_found_without_torch(learner, a, b, first):
    """The slopes of a mixed expression are found in plain Python: torch isn't called on the way."""
    lines = [f"c = a {first} b", "d = 2 - a", "e = c.tanh()", "f = a.log()", "g = d * e", "h = b.relu()"]
    lines += ["i = g ** 2", "j = h + f", "k = (-i).exp()", "l = j / 3", "m = k * l"]
    grads, called = watched_by_torch(learner, {"a": a, "b": b}, lines)
    for name, (_, slope) in true_values({"a": a, "b": b}, lines).items():
        assert_close(grads[name], slope, f"the gradient of {name} in `{'; '.join(lines)}`", atol=1e-9)
    require(not called, "torch was called where plain Python was asked for", got=called, expected=[])


# Value-reuse


@exercise("Value-reuse")
@given(program=programs(leaves=(1, 2), steps=(2, 5)))
def test_slopes_with_reuse(learner, program):
    """In a small expression that uses its nodes again, each node's gradient is PyTorch's."""
    check_slopes(learner, program)


@exercise("Value-reuse")
@settings(max_examples=15)
@given(a=LEAVES, b=LEAVES, n=NUMBERS, weights=st.lists(NUMBERS, min_size=3, max_size=3))
def test_each_operation_three_times(learner, a, b, n, weights):
    """Each operation, three times on the same operand with other slopes behind it, adds up."""
    options = [*on_one(a, n, "a"), *with_number(a, n, "a"), *on_two(a, b, "a", "b"), *on_two(b, a, "b", "a")]
    u, v, w = weights
    behind = [f"f = c * {u}", f"g = d * {v}", f"h = e * {w}", "i = f + g", "j = i + h"]
    programs = [[*[f"{name} = {text}" for name in "cde"], *behind] for text, _ in options]
    check_slopes(learner, *[({"a": a, "b": b}, lines) for lines in programs])


@exercise("Value-reuse")
@given(a=LEAVES, program=st.sampled_from(["a + a", "a - a", "a * a", "a / a"]), times=st.integers(1, 4))
def test_a_node_with_itself_again_and_again(learner, a, program, times):
    """Both operands the same node, several levels deep."""
    lines = [f"b = {program}"]
    lines += [f"{new} = {old} {op} {old}" for old, new, op in zip("bcd", "cde", "+*+", strict=True)][
        : times - 1
    ]
    check_slopes(learner, ({"a": a}, lines))


@exercise("Value-reuse")
@given(a=LEAVES, first=st.integers(0, 10), second=st.integers(0, 10))
def test_two_different_functions_of_one_node(learner, a, first, second):
    """Two different operations on one node add up, in either order."""
    options = [expression for expression, _ in on_one(a, 2, "c")]
    one, other = options[first % len(options)], options[second % len(options)]
    check_slopes(learner, ({"a": a}, ["c = a / 1", f"d = {one}", f"e = {other}", "f = d * e"]))


# Value-order


@driver
def order_of(names, leaves, lines, root):
    """The nodes listed for root by name ("" for one without), and how many different ones they are.

    The order of the last line's node is asked for before, as a sweep from there would.
    """
    values = {name: names.Value(x) for name, x in leaves.items()}
    for line in lines:
        exec(line, {}, values)
    names.topological_order(values[lines[-1].split(" = ")[0]])
    order = list(names.topological_order(values[root]))
    name_of = {id(value): name for name, value in values.items()}
    return [name_of.get(id(node), "") for node in order], len({id(node) for node in order})


def check_order(learner, leaves, lines, root):
    """Every node that root is made from, once, after its operands; nothing else that has a name."""
    made_of = {name_of(line): operands(line) for line in lines}
    needed, waiting = set(), [root]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting.extend(made_of.get(name, ()))
    order, different = order_of(learner, leaves, lines, root)
    require(different == len(order), "a node is listed more than once", got=order)
    assert_equal(sorted(name for name in order if name), sorted(needed), "the listed nodes")
    for name in needed:
        late = [operand for operand in made_of.get(name, ()) if order.index(operand) > order.index(name)]
        require(not late, f"{name} is listed before what it is made from", got=order)
    assert_equal(order[-1], root, "the last in the list")


@exercise("Value-order")
@given(program=programs(leaves=(1, 3), steps=(1, 9)))
@example(program=({"a": 1, "b": 1}, ["c = a * b", "d = b * a", "e = c * d", "f = e * c"]))
def test_order_of_any_graph(learner, program):
    """Every node that the result is made from is listed once, after its operands, and the result last."""
    check_order(learner, *program, name_of(program[1][-1]))


@exercise("Value-order")
@given(program=programs(leaves=(2, 3), steps=(1, 4)))
def test_strangers_are_not_listed(learner, program):
    """Nodes that the result isn't made from, among them results made from its operands, are not listed."""
    leaves, lines = program
    root = name_of(lines[-1])
    check_order(learner, leaves, ["y = a * b", "z = y + a", *lines, "x = a + b", f"w = {root} + a"], root)


@exercise("Value-order")
@given(program=programs(leaves=(2, 3), steps=(6, 12)))
def test_slopes_in_any_graph(learner, program):
    """In larger graphs with early and late use of the same nodes, each gradient is PyTorch's."""
    check_slopes(learner, program)


@exercise("Value-order")
@given(a=LEAVES, depth=st.integers(1, 5), last=st.sampled_from(["+", "*", "-"]), turned=st.booleans())
def test_short_and_long_way_round(learner, a, depth, last, turned):
    """A node that reaches the result by a short and by a long way gets both shares before it hands on."""
    chain = ["c = a * b"] + [f"{new} = {old}.tanh()" for old, new in list(pairwise("cdefgh"))[:depth]]
    end = name_of(chain[-1])
    meet = f"x = c {last} {end}" if turned else f"x = {end} {last} c"
    check_slopes(learner, ({"a": a, "b": 0.5}, [*chain, meet, "y = x * a"]))


@exercise("Value-order")
@given(a=LEAVES, copies=st.integers(2, 5))
def test_equal_numbers_are_different_nodes(learner, a, copies):
    """Nodes that hold equal numbers are different nodes, in the list and for the gradients."""
    leaves = {"a": a, "b": a}
    made = "defghi"[:copies]
    lines = [
        f"{name} = {text}"
        for name, text in zip(made, ["a + b", "b + a", "a + a", "b + b", "a + b"], strict=False)
    ]
    lines += [
        f"{new} = {old} * {other}" for old, other, new in zip("d" + "uvwx", made[1:], "uvwx", strict=False)
    ]
    check_order(learner, leaves, lines, name_of(lines[-1]))
    check_slopes(learner, (leaves, lines))


@driver
def chain(names, start, w, signs):
    """The last value and the gradients of start and w; for each sign x = x + w, x = x - w or x = -x."""
    first, w = names.Value(start), names.Value(w)
    x = first
    for sign in signs:
        x = x + w if sign == "+" else x - w if sign == "-" else -x
    listed = len(list(names.topological_order(x)))
    x.backward()
    return x.data, first.grad, w.grad, listed > len(signs)


@exercise("Value-order")
@given(start=LEAVES, w=NUMBERS, signs=st.text("+-n", min_size=1, max_size=12), length=st.integers(200, 300))
def test_a_chain_of_a_few_hundred(learner, start, w, signs, length):
    """A chain of a few hundred operations is ordered and gets its gradients."""
    signs = (signs * length)[:length]
    x, slope, slope_w = float(start), 1.0, 0.0
    for sign in signs:
        x, slope = (-x, -slope) if sign == "n" else (x + (w if sign == "+" else -w), slope)
        slope_w = -slope_w if sign == "n" else slope_w + (1 if sign == "+" else -1)
    got = chain(learner, start, w, signs)
    assert_close(got[:3], [x, slope, slope_w], rtol=1e-9, atol=1e-9)
    require(got[3], "nodes are missing from the order")


@driver
def ladder(names, start, rungs):
    """The gradient at the foot of a ladder in which each rung uses the last one twice.

    A sweep over paths would take 2 ** rungs calls: it is ended once it makes far more than there are nodes.
    """
    import sys
    from contextlib import ExitStack

    calls = 0

    def count(frame, event, argument):
        nonlocal calls
        calls += 1
        if calls > 3000 * rungs:
            raise RuntimeError("the work grows with the number of paths, not with the number of nodes")

    foot = names.Value(start)
    x, half = foot, names.Value(0.5)
    for _ in range(rungs):
        x = x * half + half * x
    with ExitStack() as stack:
        stack.callback(sys.setprofile, sys.getprofile())
        sys.setprofile(count)
        x.backward()
    return x.data, foot.grad


@exercise("Value-order")
@given(start=LEAVES, rungs=st.integers(25, 60))
def test_work_grows_with_nodes(learner, start, rungs):
    """Each node is handled once, however many paths lead through it."""
    assert_close(ladder(learner, start, rungs), [float(start), 1.0], rtol=1e-9)


# Value-twice


@driver
def losses(names, leaves, programs, together):
    """The leaves' gradients after backward() of each program; all are built first if `together`."""
    values = {name: names.Value(x) for name, x in leaves.items()}
    waiting = []
    for lines in programs:
        scope = dict(values)
        for line in lines:
            exec(line, {}, scope)
        root = scope[lines[-1].split(" = ")[0]]
        if together:
            waiting.append(root)
        else:
            root.backward()
    for root in waiting:
        root.backward()
    return {name: value.grad for name, value in values.items()}


def check_losses(learner, leaves, programs, together):
    each = [true_values(leaves, lines) for lines in programs]
    scale = max(abs(slope) for true in each for _, slope in true.values())
    true = {name: sum(one[name][1] for one in each) for name in leaves}
    got = losses(learner, leaves, programs, together)
    for name, slope in true.items():
        assert_close(got[name], slope, f"{name}.grad", atol=1e-9 * (1 + scale))


@exercise("Value-twice")
@given(program=programs(leaves=(2, 3), steps=(1, 4)), again=st.integers(2, 4), together=st.booleans())
def test_the_same_loss_built_again(learner, program, again, together):
    """The same loss built and sent back k times gives k times the gradient."""
    leaves, lines = program
    check_losses(learner, leaves, [lines] * again, together)


@st.composite
def two_programs(draw):
    """Two programs on the same leaves; the second sees them in another order."""
    leaves, first = draw(programs(leaves=(3, 3), steps=(1, 4)))
    turned = {"a": "b", "b": "c", "c": "a"}
    _, second = draw(programs(leaves=(3, 3), steps=(1, 2), kinds=("two",)))
    safe = [line.replace("/", "*").replace("-", "+") for line in second]
    return leaves, first, [re.sub(r"\b[abc]\b", lambda found: turned[found[0]], line) for line in safe]


@exercise("Value-twice")
@given(drawn=two_programs(), together=st.booleans(), swapped=st.booleans())
def test_two_different_losses(learner, drawn, together, swapped):
    """Two different losses on the same leaves add up, whichever goes first, built in turn or both at first."""
    leaves, first, second = drawn
    check_losses(learner, leaves, [second, first] if swapped else [first, second], together)


@driver
def slopes_on_top(names, leaves, lines, at_first):
    """The leaves' gradients after backward(), when `at_first` stood in them."""
    values = {name: names.Value(x) for name, x in leaves.items()}
    for value in values.values():
        value.grad = at_first
    for line in lines:
        exec(line, {}, values)
    values[lines[-1].split(" = ")[0]].backward()
    return {name: values[name].grad for name in leaves}


@exercise("Value-twice")
@given(program=programs(leaves=(1, 3), steps=(1, 4)), at_first=st.sampled_from([0.0, 1.0, -2.5]))
def test_what_stood_there_stays_in(learner, program, at_first):
    """backward() adds to what stands in the leaves' .grad, whatever put it there."""
    leaves, lines = program
    true = true_values(leaves, lines)
    scale = max(abs(slope) for _, slope in true.values())
    got = slopes_on_top(learner, leaves, lines, at_first)
    for name in leaves:
        assert_close(got[name], at_first + true[name][1], f"{name}.grad", atol=1e-9 * (1 + scale))


# MLP


def drawn_weights(seed, widths):
    """For each layer, for each neuron: its weights and its bias."""
    draw = random.Random(seed).uniform
    return [[([draw(-1, 1) for _ in range(n)], draw(-1, 1)) for _ in range(m)] for n, m in pairwise(widths)]


def as_tensors(weights):
    """The same as pairs (W of shape (in, out), b of shape (out,)) in float64, to be differentiated by."""
    pairs = []
    for rows in weights:
        W = torch.tensor([w for w, _ in rows], dtype=torch.float64).T
        b = torch.tensor([bias for _, bias in rows], dtype=torch.float64)
        pairs.append((W.contiguous().requires_grad_(), b.requires_grad_()))
    return pairs


def true_outputs(pairs, x):
    """The formula, for a batch or one example."""
    for W, b in pairs[:-1]:
        x = torch.tanh(x @ W + b)
    return x @ pairs[-1][0] + pairs[-1][1]


def by_neuron(pairs):
    """The gradients in the order of `weights`: layer, neuron, weights then bias."""
    return [[*W.grad[:, j].tolist(), b.grad[j].item()] for W, b in pairs for j in range(len(b))]


widths = st.lists(st.integers(1, 4), min_size=1, max_size=3)
inputs = st.lists(halves(-4, 4), min_size=1, max_size=4)


@driver
def mlp_slopes(names, nouts, weights, x, upstream, wrapped):
    """Outputs, gradients by neuron, gradients of the inputs if these are Values, and how the output came."""
    model = names.MLP(len(x), nouts)
    neurons = [neuron for layer in model.layers for neuron in layer.neurons]
    rows = [row for layer in weights for row in layer]
    shape = [[len(neuron.w) for neuron in layer.neurons] for layer in model.layers]
    if shape != [[len(w) for w, _ in layer] for layer in weights]:
        raise ValueError(f"weights of each neuron of each layer: {shape}")
    for neuron, (w, b) in zip(neurons, rows, strict=True):
        for mine, number in zip(neuron.w, w, strict=True):
            mine.data = number
        neuron.b.data = b
    entries = [names.Value(number) for number in x] if wrapped else x
    out = model(entries)
    bare = hasattr(out, "data")
    outputs = [out] if bare else list(out)
    loss = outputs[0] * upstream[0]
    for output, factor in zip(outputs[1:], upstream[1:], strict=False):
        loss = loss + output * factor
    loss.backward()
    grads = [[*[value.grad for value in neuron.w], neuron.b.grad] for neuron in neurons]
    return bare, [output.data for output in outputs], grads, [e.grad for e in entries] if wrapped else None


@exercise("MLP")
@given(x=inputs, nouts=widths, seed=st.integers(0, 999), wrapped=st.booleans())
@example(x=[0.5, -1.0], nouts=[3, 1, 2], seed=1, wrapped=False)
@example(x=[0.5], nouts=[1, 1, 1], seed=2, wrapped=True)
def test_outputs_and_gradients_are_the_formulas(learner, x, nouts, seed, wrapped):
    """Outputs and all gradients are those of tanh layers and a linear last one; inputs may be Values.

    Hint: Each layer reads what the one before says; tanh in every layer but the last.
    """
    weights = drawn_weights(seed, [len(x), *nouts])
    upstream = [1.5, -0.5, 2.0, 1.0][: nouts[-1]]
    bare, outputs, grads, slopes = mlp_slopes(learner, nouts, weights, x, upstream, wrapped)
    pairs, leaf = as_tensors(weights), torch.tensor(x, dtype=torch.float64, requires_grad=True)
    true = true_outputs(pairs, leaf)
    (true * torch.tensor(upstream, dtype=torch.float64)).sum().backward()
    require(bare == (nouts[-1] == 1), "a Value if the last width is 1, otherwise a list", got=bare)
    assert_close(outputs, true.tolist(), "outputs", atol=1e-12)
    assert_close(grads, by_neuron(pairs), "gradients of weights and bias, neuron by neuron", atol=1e-9)
    if wrapped:
        assert_close(slopes, leaf.grad.tolist(), "gradients of the inputs", atol=1e-9)


@driver
def anatomy(names, nin, nouts):
    """Counts and identities of an MLP's parts, and whether a second one shares any."""
    model, other = names.MLP(nin, nouts), names.MLP(nin, nouts)
    listed = list(model.parameters())
    held = [v for layer in model.layers for neuron in layer.neurons for v in [*neuron.w, neuron.b]]
    layers = [list(layer.parameters()) for layer in model.layers]
    neurons = [list(neuron.parameters()) for layer in model.layers for neuron in layer.neurons]
    ids = {id(value) for value in listed}
    return {
        "different": len(ids),
        "listed": len(listed),
        "same as held": ids == {id(value) for value in held},
        "by layer": [len(values) for values in layers],
        "layers together": {id(value) for values in layers for value in values} == ids,
        "neurons together": {id(value) for values in neurons for value in values} == ids,
        "shared with another": sum(id(value) in ids for value in other.parameters()),
        "are Values": all(isinstance(value, names.Value) for value in listed),
        "widths": [len(layer.neurons) for layer in model.layers],
    }


@exercise("MLP")
@given(nin=st.integers(1, 5), nouts=widths)
def test_parts_and_parameters(learner, nin, nouts):
    """Layers, neurons and weights are as many as asked for; parameters() are all of them, each once."""
    got = anatomy(learner, nin, nouts)
    by_layer = [(n + 1) * m for n, m in pairwise([nin, *nouts])]
    right = {"different": sum(by_layer), "listed": sum(by_layer), "same as held": True, "by layer": by_layer}
    right |= {"layers together": True, "neurons together": True, "shared with another": 0, "are Values": True}
    assert_equal(got, right | {"widths": list(nouts)})


@driver
def starts(names, nin, nout):
    """The weights at first, by neuron, then the same read off the answers of a linear layer, then the biases."""
    layer = names.Layer(nin, nout, linear=True)
    units = [[float(i == j) for j in range(nin)] for i in range(nin)]
    at_zero, *at_units = ([v.data for v in layer(x)] for x in [[0.0] * nin, *units])
    held = [[w.data for w in neuron.w] for neuron in layer.neurons]
    read = [[out[j] - at_zero[j] for out in at_units] for j in range(nout)]
    return held, read, [neuron.b.data for neuron in layer.neurons], at_zero


def weights_at_first(learner, nin, nout):
    """By neuron; a layer must compute with them."""
    held, read, _, _ = starts(learner, nin, nout)
    assert_equal([len(row) for row in held], [nin] * nout, "weights of each neuron")
    assert_close(read, held, "the weights, as the answers of a linear layer show them", atol=1e-9)
    return held


@exercise("MLP")
@given(nin=st.integers(2, 5), nout=st.integers(2, 5))
def test_weights_start_different(learner, nin, nout):
    """Every weight starts at a random number of its own."""
    rows = weights_at_first(learner, nin, nout)
    require(
        len({w for row in rows for w in row}) == nin * nout, "two weights start at the same number", got=rows
    )


@exercise("MLP")
def test_weights_start_on_either_side_of_zero(learner):
    """Of 96 weights all start between -1 and 1, some above 0 and some below."""
    weights = [w for row in weights_at_first(learner, 12, 8) for w in row]
    require(all(-1 <= w <= 1 for w in weights), "a weight starts outside -1 to 1", got=weights)
    require(min(weights) < 0 < max(weights), "all weights start on one side of 0", got=weights)


@exercise("MLP")
@settings(max_examples=5)
@given(nin=st.integers(1, 3), nout=st.integers(2, 5))
def test_biases_start_at_zero_or_at_random(learner, nin, nout):
    """The biases start at 0, or each at a random number of its own; they are what a linear layer says to zeros."""
    weights_at_first(learner, nin, nout)
    _, _, biases, at_zero = starts(learner, nin, nout)
    assert_close(at_zero, biases, "what a linear layer says to zeros", atol=1e-9)
    alike = len(set(biases)) < nout and any(biases)
    require(not alike, "the biases start alike, and not at 0", got=biases)


@driver
def layer_outputs(names, rows, x, linear):
    """The outputs of a Layer, twice, and of its neurons one by one."""
    given_linear = {} if linear is None else {"linear": linear}
    layer = names.Layer(len(x), len(rows), **given_linear)
    for neuron, (w, b) in zip(layer.neurons, rows, strict=True):
        for mine, number in zip(neuron.w, w, strict=True):
            mine.data = number
        neuron.b.data = b
    first, second = layer(x), layer(x)
    return [v.data for v in first], [v.data for v in second], [neuron(x).data for neuron in layer.neurons]


@exercise("MLP")
@given(
    x=inputs, nout=st.integers(2, 4), seed=st.integers(0, 999), linear=st.sampled_from([None, False, True])
)
def test_a_layer_by_itself(learner, x, nout, seed, linear):
    """A Layer by itself gives its neurons' outputs in order, tanh or linear as asked, and the same again."""
    rows = drawn_weights(seed, [len(x), nout])[0]
    sums = [sum(w * entry for w, entry in zip(row, x, strict=True)) + b for row, b in rows]
    true = sums if linear else [math.tanh(total) for total in sums]
    assert_close(layer_outputs(learner, rows, x, linear), [true, true, true], atol=1e-12)


# train_step


@driver
def train_mlp(names, nin, nouts, weights, xs, ys, lr, steps):
    """Losses, and the weights by neuron after each step."""
    model = names.MLP(nin, nouts)
    neurons = [neuron for layer in model.layers for neuron in layer.neurons]
    for neuron, (w, b) in zip(neurons, [row for layer in weights for row in layer], strict=True):
        for mine, number in zip(neuron.w, w, strict=True):
            mine.data = number
        neuron.b.data = b
    found, path = [], []
    for _ in range(steps):
        found.append(names.train_step(model, xs, ys, lr))
        path.append([[float(value.data) for value in [*neuron.w, neuron.b]] for neuron in neurons])
    return found, path


@st.composite
def batches(draw, nin):
    n = draw(st.integers(1, 5))
    row = st.lists(halves(-3, 3), min_size=nin, max_size=nin)
    targets = st.lists(halves(-3, 3), min_size=n, max_size=n)
    return draw(st.lists(row, min_size=n, max_size=n)), draw(targets)


@exercise("train_step")
@given(
    batch=st.integers(1, 3).flatmap(batches),
    hidden=st.lists(st.integers(1, 3), max_size=2),
    seed=st.integers(0, 999),
    lr=st.sampled_from([0.01, 0.03, 0.1]),
)
def test_steps_of_an_mlp_are_torchs(learner, batch, hidden, seed, lr):
    """Three steps of an MLP follow gradient descent on the summed squared error, as PyTorch computes it.

    Hint: Errors squared and summed over all examples, gradients cleared beforehand, one move against them.
    """
    xs, ys = batch
    nouts = [*hidden, 1]
    weights = drawn_weights(seed, [len(xs[0]), *nouts])
    pairs, true_losses, true_path = as_tensors(weights), [], []
    X, y = torch.tensor(xs, dtype=torch.float64), torch.tensor(ys, dtype=torch.float64)
    for _ in range(3):
        loss = ((true_outputs(pairs, X).squeeze(1) - y) ** 2).sum()
        loss.backward()
        with torch.no_grad():
            for tensor in [t for pair in pairs for t in pair]:
                tensor -= lr * tensor.grad
                tensor.grad = None
        true_losses.append(loss.item())
        true_path.append([[*W[:, j].tolist(), b[j].item()] for W, b in pairs for j in range(len(b))])
    found, path = train_mlp(learner, len(xs[0]), nouts, weights, xs, ys, lr, 3)
    assert_close(found, true_losses, "losses", rtol=1e-7, atol=1e-9)
    assert_close(path, true_path, "weights and bias of each neuron after each step", rtol=1e-7, atol=1e-9)


@driver
def train_shared(names, start, xs, ys, lr, steps, grad_before):
    """Losses and parameters of the model a · x + a · a + b, in which a is used twice."""

    class Model:
        def __init__(self):
            self.a, self.b = (names.Value(number) for number in start)
            self.a.grad = self.b.grad = grad_before

        def __call__(self, x):
            return self.a * x[0] + self.a * self.a + self.b

        def parameters(self):
            return [self.a, self.b]

    model = Model()
    found = []
    for _ in range(steps):
        found.append([names.train_step(model, xs, ys, lr), float(model.a.data), float(model.b.data)])
    return found


def true_steps(start, xs, ys, lr, steps):
    a, b = start
    rows = []
    for _ in range(steps):
        errors = [a * x[0] + a * a + b - y for x, y in zip(xs, ys, strict=True)]
        slope = sum(2 * e * (x[0] + 2 * a) for e, x in zip(errors, xs, strict=True))
        rows.append([sum(e * e for e in errors), a - lr * slope, b - lr * sum(2 * e for e in errors)])
        a, b = rows[-1][1:]
    return rows


def check_steps(got, right):
    """Loss, a and b, step by step."""
    for step, (mine, true) in enumerate(zip(got, right, strict=True), start=1):
        names = (f"what step {step} returns", f"a after step {step}", f"b after step {step}")
        for what, x, y in zip(names, mine, true, strict=True):
            assert_close(x, y, what, rtol=1e-7, atol=1e-9)


@exercise("train_step")
@given(
    start=st.tuples(halves(-2, 2), halves(-2, 2)),
    batch=batches(1),
    lr=st.sampled_from([0.0, 0.001, 0.01]),
    grad_before=st.sampled_from([0.0, 2.0, -7.5]),
)
def test_only_this_loss_counts(learner, start, batch, lr, grad_before):
    """Each step starts afresh, whatever stood in .grad, and returns its loss; a rate of 0 moves nothing."""
    got = train_shared(learner, start, *batch, lr, 2, grad_before)
    check_steps(got, true_steps(start, *batch, lr, 2))


@exercise("train_step")
@given(start=st.tuples(halves(-2, 2), halves(-2, 2)), batch=batches(1), times=st.integers(2, 4))
def test_repeated_examples_count_again(learner, start, batch, times):
    """Examples given k times make k times the loss and the step: the errors are summed, not averaged."""
    xs, ys = batch
    once = true_steps(start, xs, ys, 0.01, 1)[0]
    moves = [times * (after - before) for after, before in zip(once[1:], start, strict=True)]
    right = [times * once[0], *[before + move for before, move in zip(start, moves, strict=True)]]
    got = train_shared(learner, start, xs * times, ys * times, 0.01, 1, 0.0)
    check_steps(got, [right])


@exercise("train_step")
@given(start=st.tuples(halves(-2, 2), halves(-2, 2)), batch=batches(1), seed=st.integers(0, 99))
def test_order_of_examples_does_not_matter(learner, start, batch, seed):
    """The same examples in another order make the same step."""
    pairs = list(zip(*batch, strict=True))
    random.Random(seed).shuffle(pairs)
    xs, ys = [list(column) for column in zip(*pairs, strict=True)]
    got = train_shared(learner, start, xs, ys, 0.01, 1, 0.0)
    check_steps(got, true_steps(start, *batch, 0.01, 1))


# to_dot

TOKEN = re.compile(
    r"""(?P<skip>\s+|//[^\n]*|/\*.*?\*/|^\#[^\n]*)
    |(?P<id>"(?:[^"\\]|\\.)*"|[A-Za-z_\x80-\U0010ffff][\w\x80-\U0010ffff]*|-?(?:\.\d+|\d+(?:\.\d*)?)|<[^<>]*>)
    |(?P<sign>->|--|[{}\[\];,=:])""",
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
KEYWORDS = {"strict", "graph", "digraph", "node", "edge", "subgraph"}


def tokens(dot):
    place, found = 0, []
    while place < len(dot):
        match = TOKEN.match(dot, place)
        require(match, f"DOT has no such sign: {dot[place : place + 20]!r}", got=dot)
        if match.lastgroup != "skip":
            found.append((match.lastgroup, match.group()))
        place = match.end()
    return found


class Dot:
    """Reads a digraph, whatever its style: `labels` by node, the `arrows`, and how many `times` each is there."""

    def __init__(self, dot):
        self.dot, self.tokens, self.place = dot, tokens(dot), 0
        self.labels, self.arrows, self.times = {}, set(), Counter()
        if self.peek().lower() == "strict":
            self.next()
        require(self.next().lower() == "digraph", "the text doesn't begin with digraph", got=dot)
        if self.peek() != "{":
            self.identifier()
        self.block()
        require(self.place == len(self.tokens), "something follows the last bracket", got=dot)

    def peek(self):
        return self.tokens[self.place][1] if self.place < len(self.tokens) else ""

    def next(self):
        require(self.place < len(self.tokens), "the text ends too early", got=self.dot)
        self.place += 1
        return self.tokens[self.place - 1][1]

    def expect(self, sign):
        found = self.next()
        require(found == sign, f"{sign!r} was expected where {found!r} stands", got=self.dot)

    def identifier(self):
        kind = self.tokens[self.place][0] if self.place < len(self.tokens) else ""
        word = self.next()
        good = kind == "id" and word.lower() not in KEYWORDS
        require(good, f"{word!r} is no name; put names in quotes", got=self.dot)
        return word[1:-1] if word[0] in '"<' else word

    def block(self):
        """The names of all nodes between two brackets."""
        self.expect("{")
        inside = []
        while self.peek() != "}":
            inside += self.statement()
            while self.peek() in {";", ","}:
                self.next()
        self.expect("}")
        return inside

    def statement(self):
        if self.peek().lower() in {"graph", "node", "edge"}:
            self.next()
            self.attributes()
            return []
        path = [self.end_of_arrow()]
        if self.peek() == "=":
            self.next()
            self.identifier()
            return []
        while self.peek() in {"->", "--"}:
            self.expect("->")
            path.append(self.end_of_arrow())
        attributes = self.attributes()
        names = [name for names in path for name in names]
        for name in names:
            self.labels.setdefault(name, name)
        if len(path) == 1 and "label" in attributes:
            self.labels[path[0][0]] = attributes["label"]
        drawn = [arrow for starts, ends in pairwise(path) for arrow in product(starts, ends)]
        self.arrows.update(drawn)
        self.times.update(drawn)
        return names

    def end_of_arrow(self):
        """One node's name, or those of a group in brackets."""
        if self.peek().lower() == "subgraph":
            self.next()
            if self.peek() != "{":
                self.identifier()
        if self.peek() == "{":
            return self.block()
        name = self.identifier()
        while self.peek() == ":":
            self.next()
            self.identifier()
        return [name]

    def attributes(self):
        found = {}
        while self.peek() == "[":
            self.next()
            while self.peek() != "]":
                key = self.identifier()
                self.expect("=")
                found[key] = self.identifier()
                while self.peek() in {",", ";"}:
                    self.next()
            self.expect("]")
        return found


@driver
def dot_of(names, leaves, lines):
    """The DOT of the last line's node, after backward()."""
    values = {name: names.Value(x) for name, x in leaves.items()}
    for line in lines:
        exec(line, {}, values)
    root = values[lines[-1].split(" = ")[0] if lines else "a"]
    root.backward()
    return names.to_dot(root)


def read(label):
    """A Value's (data, grad), or an operation's symbol."""
    found = re.search(r"data\D*?(-?\d+\.\d{4})(?!\d).*?grad\D*?(-?\d+\.\d{4})(?!\d)", label, re.DOTALL)
    return tuple(f"{float(number) + 0.0:.4f}" for number in found.groups()) if found else label.strip()


def check_dot(learner, leaves, lines):
    """The drawn nodes and arrows, by what their labels say, against those of the program."""
    text = dot_of(learner, leaves, lines)
    require(isinstance(text, str), "a text was asked for", got=text)
    drawn = Dot(text)
    true = true_values(leaves, lines)
    shown = {name: tuple(f"{round(x, 4) + 0.0:.4f}" for x in pair) for name, pair in true.items()}
    symbols = {name_of(line): line.split(" ")[3] for line in lines}
    labels = [*shown.values(), *symbols.values()]
    assert_equal(sorted(map(str, map(read, drawn.labels.values()))), sorted(map(str, labels)), "the labels")
    arrows = [(symbols[name_of(line)], shown[name_of(line)]) for line in lines]
    arrows += [(shown[operand], symbols[name_of(line)]) for line in lines for operand in operands(line)]
    often = {f"{start} -> {end}": times for (start, end), times in drawn.times.items() if times > 2}
    require(not often, "an arrow is there again for every path that leads to it", got=often)
    found = [(read(drawn.labels[start]), read(drawn.labels[end])) for start, end in drawn.arrows]
    assert_equal(sorted(map(str, found)), sorted(map(str, arrows)), "the arrows, by the labels at their ends")


@st.composite
def sums_and_products(draw):
    """Programs of + and * between nodes only, in which every operation is one node whatever the engine."""
    leaves = {name: draw(halves(-4, 4)) or 1.0 for name in "ab"}
    free, lines = list(leaves), []
    for name in "cdefg"[: draw(st.integers(1, 5))]:
        one, other = draw(st.sampled_from(free)), draw(st.sampled_from(free))
        lines.append(f"{name} = {one} {draw(st.sampled_from('+*'))} {other}")
        free.append(name)
    unused = [name for name in free if not any(name in operands(line) for line in lines)]
    for name, other in zip("uvwxyz", unused[1:], strict=False):
        lines.append(f"{name} = {unused[0]} + {other}")
        unused[0] = name
    return leaves, lines


@exercise("to_dot")
@given(program=sums_and_products())
@example(program=({"a": 2.0, "b": 2.0}, ["c = a * b", "d = b * a", "e = c + d"]))
@example(program=({"a": 2.0}, ["c = a * a", "d = c + c"]))
@example(program=({"a": 0.5, "b": 2.0}, ["c = a + b", "d = c * c", "e = d + c", "f = e * d"]))
def test_the_graph_and_its_labels(learner, program):
    """The text reads as DOT: a node for each Value and each operation, labelled, and the right arrows."""
    check_dot(learner, *program)


@exercise("to_dot")
@given(a=halves(-6, 6), copies=st.integers(1, 4))
def test_equal_values_stay_apart(learner, a, copies):
    """Values that hold equal numbers are nodes of their own, and one that is used again and again is one."""
    x = a or 1.0
    lines = ["c = a * b"] + [f"{new} = {old} + b" for old, new in list(pairwise("cdefgh"))[:copies]]
    check_dot(learner, {"a": x, "b": x}, lines)


@exercise("to_dot")
@given(a=st.sampled_from([0.5, 1.5, 2.0]), b=LEAVES)
def test_every_kind_of_operation_can_be_drawn(learner, a, b):
    """Functions, powers, differences and quotients are drawn too: the text is DOT and shows every Value."""
    lines = ["c = a.log()", "d = a.exp()", "e = b.tanh()", "f = c - d", "g = f / a", "h = g * e"]
    lines += ["i = b ** 2", "j = h + i", "k = j.relu()", "l = k + b", "m = -l", "n = 2 - m"]
    drawn = Dot(dot_of(learner, {"a": a, "b": b}, lines))
    shown = [read(label) for label in drawn.labels.values()]
    for name, (data, grad) in true_values({"a": a, "b": b}, lines).items():
        near = [
            pair
            for pair in shown
            if isinstance(pair, tuple) and math.isclose(float(pair[0]), data, abs_tol=1e-4)
        ]
        require(near, f"no node shows {name}, whose data is {data:.4f} and grad {grad:.4f}", got=shown)
    results = {end for _, end in drawn.arrows}
    require(len(results) < len(drawn.labels), "the leaves have no arrow that leads to them", got=drawn.dot)


@exercise("to_dot")
@given(x=halves(-6, 6))
def test_a_leaf_alone(learner, x):
    """A leaf alone is one node and no arrow."""
    drawn = Dot(dot_of(learner, {"a": x}, []))
    assert_equal(
        [read(label) for label in drawn.labels.values()], [(f"{x + 0.0:.4f}", "1.0000")], "the labels"
    )
    assert_equal(len(drawn.arrows), 0, "the number of arrows")

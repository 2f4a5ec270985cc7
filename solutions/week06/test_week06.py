"""The checks of week 6: what learners run."""

import math
import random
import re
from itertools import pairwise

import torch
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
from autograde.strategies import halves

TWO_VALUES = ["a + b", "a - b", "a * b", "a / b"]
WITH_NUMBER = ["a + n", "n + a", "a - n", "n - a", "a * n", "n * a", "a / n", "n / a"]
POWERS = ["a ** 2", "a ** 3", "a ** -1", "a ** 0.5"]
ONE_VALUE = [*POWERS, "-a", "a.exp()", "a.log()", "a.tanh()", "a.relu()", "b.relu()"]

# a is positive and b negative: every line above is defined, and relu is met on both sides of its kink.
above = st.sampled_from([0.5, 0.75, 1.25, 1.5, 2.0, 2.5])
below = st.sampled_from([-3.0, -2.5, -1.5, -0.75, -0.5])
numbers = st.sampled_from([2, 3, -2, 0.5, -1.5])


def with_number(expressions, n):
    """The expressions as a learner would type them, with the number in n's place."""
    return [re.sub(r"\bn\b", str(n), expression) for expression in expressions]


def true_values(leaves, lines):
    """The data and gradient of every name, from PyTorch."""
    values = {name: torch.tensor(x, dtype=torch.float64, requires_grad=True) for name, x in leaves.items()}
    for line in lines:
        exec(line, {}, values)
    root = values[lines[-1].split(" = ")[0]]
    gradients = torch.autograd.grad(root, list(values.values()), allow_unused=True)
    slopes = [0.0 if gradient is None else gradient.item() for gradient in gradients]
    return {name: (value.item(), slope) for (name, value), slope in zip(values.items(), slopes, strict=True)}


@driver
def forward(names, leaves, lines):
    """For each line, made from new leaves: (data, grad) of each name before anything has gone backward."""
    found = []
    for line in lines:
        values = {name: names.Value(x) for name, x in leaves.items()}
        exec(line, {}, values)
        if not hasattr(values["c"], "data"):
            raise TypeError(f"`{line}` gives {values['c']!r} and not a Value")
        found.append({name: (value.data, value.grad) for name, value in values.items()})
    return found


@driver
def backward(names, leaves, programs):
    """For each program, made from new leaves: (data, grad) of each name after backward() of the last one."""
    found = []
    for lines in programs:
        values = {name: names.Value(x) for name, x in leaves.items()}
        for line in lines:
            exec(line, {}, values)
        values[lines[-1].split(" = ")[0]].backward()
        found.append({name: (value.data, value.grad) for name, value in values.items()})
    return found


def check_forward(learner, leaves, expressions):
    lines = [f"c = {expression}" for expression in expressions]
    for line, held in zip(lines, forward(learner, leaves, lines), strict=True):
        assert_close(held["c"][0], true_values(leaves, [line])["c"][0], f"`{line}`")


def check_slopes(learner, leaves, programs):
    for lines, held in zip(programs, backward(learner, leaves, programs), strict=True):
        true = true_values(leaves, lines)
        scale = max(abs(slope) for _, slope in true.values())
        for name, (_, slope) in true.items():
            what = f"the gradient of {name} in `{'; '.join(lines)}`"
            assert_close(held[name][1], slope, what, atol=1e-9 * (1 + scale))


# numerical_gradient


@exercise("numerical_gradient")
@given(xs=st.lists(halves(), min_size=1, max_size=4), factor=st.sampled_from([1.0, -2.0, 0.5]))
def test_slopes_of_a_sum_of_squares_and_products(learner, xs, factor):
    """The slopes of factor · (x0² + x1² + …) + x0·x1 + x1·x2 + … are right, and xs is as it was afterwards."""

    def f(v):
        return sum(factor * x * x for x in v) + sum(x * y for x, y in pairwise(v))

    padded = [0.0, *xs, 0.0]
    expected = [2 * factor * x + padded[i] + padded[i + 2] for i, x in enumerate(xs)]
    before = list(xs)
    assert_close(learner.numerical_gradient(f, xs), expected, "the gradient", atol=1e-6)
    assert_equal(xs, before, "xs after the call")


@exercise("numerical_gradient")
@given(xs=st.lists(halves(), min_size=1, max_size=3), h=st.sampled_from([0.5, 0.25, 1.0]))
def test_the_step_is_taken_to_both_sides(learner, xs, h):
    """For f = x0³ + x1³ + … and a large step h each entry is (f(x + h) − f(x − h)) / 2h = 3x² + h²."""
    gradient = learner.numerical_gradient(lambda v: sum(x**3 for x in v), xs, h)
    assert_close(gradient, [3 * x**2 + h**2 for x in xs], "the gradient", atol=1e-9)


# Value-forward


@exercise("Value-forward")
@given(a=above, b=below)
def test_two_values_give_what_numbers_give(learner, a, b):
    """+ - * / of two Values give what plain numbers give."""
    check_forward(learner, {"a": a, "b": b}, TWO_VALUES)


@exercise("Value-forward")
@given(a=st.one_of(above, below), n=numbers)
def test_a_number_may_stand_on_either_side(learner, a, n):
    """+ - * / of a Value and a plain number give what plain numbers give, on either side.

    Hint: For `2 - a` Python calls `a.__rsub__(2)`, for `2 / a` `a.__rtruediv__(2)`: the plain number comes in
    as `other`.
    """
    check_forward(learner, {"a": a}, with_number(WITH_NUMBER, n))


@exercise("Value-forward")
@given(a=above, b=below)
def test_powers_negation_and_functions(learner, a, b):
    """Powers, negation, exp, log, tanh and relu give what plain numbers give."""
    check_forward(learner, {"a": a, "b": b}, ONE_VALUE)


@exercise("Value-forward")
@settings(max_examples=8)
@given(a=above, b=below, n=numbers)
def test_operands_stay_as_they_were(learner, a, b, n):
    """Every grad is 0.0 at first, and an operation makes a new Value and leaves its operands alone."""
    leaves = {"a": a, "b": b}
    lines = [f"c = {expression}" for expression in with_number(TWO_VALUES + WITH_NUMBER + ONE_VALUE, n)]
    for line, held in zip(lines, forward(learner, leaves, lines), strict=True):
        assert_equal(held["a"][0], a, f"a after `{line}`")
        assert_equal(held["b"][0], b, f"b after `{line}`")
        assert_close(held["c"][0], true_values(leaves, [line])["c"][0], f"`{line}`")
        assert_equal([grad for _, grad in held.values()], [0.0, 0.0, 0.0], f"the gradients after `{line}`")


# Value-gradients


@exercise("Value-gradients")
@given(a=above, b=below, w=numbers)
def test_slopes_of_two_values(learner, a, b, w):
    """backward() finds the slopes of a + b, a − b, a · b and a / b in a and b, when more follows behind.

    Hint: In each of these c's own gradient is w and not 1. What do its operands get, by hand?
    """
    programs = [[f"c = {expression}", "d = c * w"] for expression in TWO_VALUES]
    check_slopes(learner, {"a": a, "b": b, "w": w}, programs)


@exercise("Value-gradients")
@given(a=st.one_of(above, below), n=numbers, w=numbers)
def test_slopes_beside_a_number(learner, a, n, w):
    """backward() finds the slope in a when the other side is a plain number."""
    programs = [[f"c = {expression}", "d = c * w"] for expression in with_number(WITH_NUMBER, n)]
    check_slopes(learner, {"a": a, "w": w}, programs)


@exercise("Value-gradients")
@given(a=above, b=below, w=numbers)
def test_slopes_of_powers_negation_and_functions(learner, a, b, w):
    """backward() finds the slopes of powers, negation, exp, log, tanh and relu."""
    programs = [[f"c = {expression}", "d = c * w"] for expression in ONE_VALUE]
    check_slopes(learner, {"a": a, "b": b, "w": w}, programs)


@exercise("Value-gradients")
@given(light=above, area=above, store=below, efficiency=above)
def test_every_node_between_gets_its_slope(learner, light, area, store, efficiency):
    """In the plant of the text, inputs, nodes between and the result itself all get the right gradient."""
    leaves = {"light": light, "area": area, "store": store, "efficiency": efficiency}
    lines = ["caught = light * area", "carbon = caught + store", "grain = carbon * efficiency"]
    check_slopes(learner, leaves, [lines])


@exercise("Value-gradients")
@settings(max_examples=8)
@given(a=above, b=below, n=numbers)
def test_slopes_reach_what_the_operands_were_made_from(learner, a, b, n):
    """Whatever the operation, the slopes also reach what its operands were made from, as in (a * b).exp().

    Hint: Follow the sweep from the result. Does every node that it comes to know what it was made from?
    """
    expressions = with_number(TWO_VALUES + WITH_NUMBER + ONE_VALUE, n)
    further = [re.sub(r"\b([ab])\b", r"\1\1", expression) for expression in expressions]
    programs = [["aa = a * 1.5", "bb = b - 0.5", f"c = {expression}"] for expression in further]
    check_slopes(learner, {"a": a, "b": b}, programs)


# Value-reuse


@exercise("Value-reuse")
@given(a=st.one_of(above, below))
def test_a_value_with_itself(learner, a):
    """a + a, a · a, a − a and a / a: both operands are the same node, and both shares count."""
    check_slopes(learner, {"a": a}, [["b = a + a"], ["b = a * a"], ["b = a - a"], ["b = a / a"]])


@exercise("Value-reuse")
@settings(max_examples=8)
@given(a=above, b=below, n=numbers, v=numbers, w=numbers)
def test_every_operation_adds_to_what_is_there(learner, a, b, n, v, w):
    """An operand that goes through the same operation twice gets both shares, whatever the operation.

    Hint: c and d are made by the same operation from the same operands, and have gradients v and w. What each
    operand holds in the end is the sum of what the two hand back.
    """
    leaves = {"a": a, "b": b, "v": v, "w": w}
    expressions = with_number(TWO_VALUES + WITH_NUMBER + ONE_VALUE, n)
    behind = ["e = c * v", "f = d * w", "g = e + f"]
    programs = [[f"c = {expression}", f"d = {expression}", *behind] for expression in expressions]
    check_slopes(learner, leaves, programs)


# Value-order

EARLY_AND_LATE = [
    ["c = a * b", "d = c * c", "e = d * c", "f = e + c"],
    ["c = a * b", "d = c * c", "e = c * d", "f = c + e"],
    ["c = a + b", "d = c.tanh()", "e = d.exp()", "f = c * e", "g = f + d"],
    ["c = a + b", "d = c.tanh()", "e = d.exp()", "f = e * c", "g = d + f"],
    ["c = a + b", "d = b + a", "e = c * d"],
]


@driver
def order_of(names, leaves, lines):
    """What a second call lists, by name ("" for one without), and how many different nodes that is."""
    values = {name: names.Value(x) for name, x in leaves.items()}
    for line in lines:
        exec(line, {}, values)
    root = values[lines[-1].split(" = ")[0]]
    names.topological_order(root)
    order = list(names.topological_order(root))
    name_of = {id(value): name for name, value in values.items()}
    return [name_of.get(id(node), "") for node in order], len({id(node) for node in order})


def check_order(learner, leaves, lines):
    order, different = order_of(learner, leaves, lines)
    require(different == len(order), "a node is listed more than once", got=order)
    made_of = {line.split(" = ")[0]: set(re.findall(r"\b[a-z]\b", line.split(" = ")[1])) for line in lines}
    for name in [*leaves, *made_of]:
        require(name in order, f"{name} is missing", got=order)
        for operand in made_of.get(name, ()):
            require(operand in order, f"{operand} is missing", got=order)
            late = f"{name} is made from {operand} and is listed before it"
            require(order.index(operand) < order.index(name), late, got=order)


@exercise("Value-order")
@settings(max_examples=25)
@given(program=st.sampled_from(EARLY_AND_LATE), a=above, b=st.one_of(above, below))
def test_operands_come_before_results(learner, program, a, b):
    """topological_order of the program's last result lists every node once, operands before results."""
    check_order(learner, {"a": a, "b": b}, program)


@exercise("Value-order")
@given(a=above, b=below)
def test_a_diamond(learner, a, b):
    """Two paths that part and meet again add up before they go further back."""
    lines = ["c = a * b", "d = c.tanh()", "e = c + a", "f = d * e"]
    check_slopes(learner, {"a": a, "b": b}, [lines])


@exercise("Value-order")
@given(a=above, b=below)
def test_a_node_used_early_and_late(learner, a, b):
    """A node hands on its gradient only when everything made from it has delivered."""
    check_slopes(learner, {"a": a, "b": b}, EARLY_AND_LATE)


@driver
def doubled(names, start, doublings):
    """The result and the gradient at the start of c = c + c, again and again.

    There are 2 ** doublings paths: a sweep that makes far more calls than there are nodes is ended.
    """
    import sys
    from contextlib import ExitStack

    calls = 0

    def count(frame, event, argument):
        nonlocal calls
        calls += 1
        if calls > 3000 * doublings:
            raise RuntimeError("far more is done than there are nodes")

    a = names.Value(start)
    c = a
    for _ in range(doublings):
        c = c + c
    with ExitStack() as stack:
        stack.callback(sys.setprofile, sys.getprofile())
        sys.setprofile(count)
        c.backward()
    return c.data, a.grad


@exercise("Value-order")
@settings(max_examples=6)
@given(a=above, doublings=st.integers(25, 60))
def test_doubled_again_and_again(learner, a, doublings):
    """c = c + c, some 25 to 60 times over: a's gradient is 2 · 2 · 2 …, and the sweep is over at once.

    Hint: Each node should be visited once, however many paths lead to it.
    """
    data, slope = doubled(learner, a, doublings)
    assert_close(data, a * 2.0**doublings, "the result", rtol=1e-9)
    assert_close(slope, 2.0**doublings, "a.grad", rtol=1e-9)


@driver
def chain(names, start, w, length):
    """The gradients of start and w after `length` rounds of x = x + w, every third one negated."""
    first, w = names.Value(start), names.Value(w)
    x = first
    for i in range(length):
        x = -x if i % 3 == 2 else x + w
    x.backward()
    return x.data, first.grad, w.grad


@exercise("Value-order")
@given(start=above, w=below, length=st.integers(200, 300))
def test_a_chain_of_a_few_hundred(learner, start, w, length):
    """A chain of a few hundred operations works."""
    x, slope, slope_w = start, 1.0, 0.0
    for i in range(length):
        x, slope, slope_w = (-x, -slope, -slope_w) if i % 3 == 2 else (x + w, slope, slope_w + 1)
    assert_close(chain(learner, start, w, length), [x, slope, slope_w], rtol=1e-9, atol=1e-9)


# Value-twice


@driver
def two_losses(names, leaves, first, second, clear):
    """The leaves' gradients after backward() of `first` and then of `second`, cleared between if asked."""
    values = {name: names.Value(x) for name, x in leaves.items()}
    for expression in (first, second):
        loss = eval(expression, {}, values)
        if clear:
            for value in values.values():
                value.grad = 0.0
        loss.backward()
    return {name: value.grad for name, value in values.items()}


LOSSES = ["a * b", "(a * 3).tanh() + b", "(b - a) ** 2", "a.exp() * a", "b / a - a.log()", "2 - b.relu() * a"]


@exercise("Value-twice")
@given(a=above, b=st.one_of(above, below), first=st.sampled_from(LOSSES), second=st.sampled_from(LOSSES))
def test_two_losses_add_up(learner, a, b, first, second):
    """Two losses that share only leaves add up in the leaves' gradients.

    Hint: By hand: the slope of `first` in a, plus the slope of `second` in a.
    """
    leaves = {"a": a, "b": b}
    got = two_losses(learner, leaves, first, second, False)
    parts = [true_values(leaves, [f"c = {loss}"]) for loss in (first, second)]
    for name in leaves:
        right = sum(part[name][1] for part in parts)
        assert_close(got[name], right, f"{name}.grad", rtol=1e-9, atol=1e-9)


@exercise("Value-twice")
@given(a=above, b=st.one_of(above, below), first=st.sampled_from(LOSSES), second=st.sampled_from(LOSSES))
def test_cleared_gradients_start_afresh(learner, a, b, first, second):
    """After .grad = 0.0 on the leaves only the second loss counts."""
    leaves = {"a": a, "b": b}
    got = two_losses(learner, leaves, first, second, True)
    true = true_values(leaves, [f"c = {second}"])
    for name in leaves:
        assert_close(got[name], true[name][1], f"{name}.grad", rtol=1e-9, atol=1e-9)


# MLP


def drawn_weights(seed, widths):
    """For each layer, for each neuron: its weights and its bias, short enough to be read."""
    numbers = random.Random(seed)

    def draw():
        return numbers.randint(-99, 99) / 100

    return [[([draw() for _ in range(n)], draw()) for _ in range(m)] for n, m in pairwise(widths)]


def true_output(weights, x):
    """The formula: tanh, but for the last layer."""
    for i, layer in enumerate(weights):
        sums = [sum(w * entry for w, entry in zip(row, x, strict=True)) + bias for row, bias in layer]
        x = sums if i == len(weights) - 1 else [math.tanh(total) for total in sums]
    return x


@driver
def neuron_output(names, w, b, x, linear):
    neuron = names.Neuron(len(w), linear=True) if linear else names.Neuron(len(w))
    if len(neuron.w) != len(w):
        raise ValueError(f"Neuron({len(w)}) has {len(neuron.w)} weights")
    for mine, number in zip(neuron.w, w, strict=True):
        mine.data = number
    neuron.b.data = b
    return neuron(x).data


@exercise("MLP")
@given(x=st.lists(halves(-4, 4), min_size=1, max_size=4), seed=st.integers(0, 99), linear=st.booleans())
def test_a_neuron_is_its_formula(learner, x, seed, linear):
    """Neuron(nin) gives tanh(w · x + b) for its own weights, and w · x + b if linear.

    Hint: w · x + b is w[0] · x[0] + w[1] · x[1] + … + b, and the tanh, if any, comes after all of it.
    """
    w, b = drawn_weights(seed, [len(x), 1])[0][0]
    total = sum(weight * entry for weight, entry in zip(w, x, strict=True)) + b
    what = f"the neuron with w = {w} and b = {b}"
    right = total if linear else math.tanh(total)
    assert_close(neuron_output(learner, w, b, x, linear), right, what, atol=1e-12)


@driver
def mlp_output(names, nouts, weights, x):
    """The output for given weights, and whether it came bare."""
    model = names.MLP(len(x), nouts)
    for layer, rows in zip(model.layers, weights, strict=True):
        for neuron, (w, b) in zip(layer.neurons, rows, strict=True):
            for mine, number in zip(neuron.w, w, strict=True):
                mine.data = number
            neuron.b.data = b
    out = model(x)
    return out.data if hasattr(out, "data") else [value.data for value in out]


@exercise("MLP")
@given(
    x=st.lists(halves(-4, 4), min_size=1, max_size=3),
    nouts=st.lists(st.integers(1, 4), min_size=1, max_size=3),
    seed=st.integers(0, 99),
)
def test_an_mlp_is_its_formula(learner, x, nouts, seed):
    """An MLP is tanh layers and a linear last one, and gives a Value if the last width is 1, else a list.

    Hint: Each layer reads what the one before says. tanh in every layer but the last; if there is one layer, it
    is the last. An inner layer may have a single neuron.
    """
    weights = drawn_weights(seed, [len(x), *nouts])
    true = true_output(weights, x)
    right = true[0] if nouts[-1] == 1 else true
    what = f"the output with (w, b) of the first neuron = {weights[0][0]}"
    assert_close(mlp_output(learner, nouts, weights, x), right, what, atol=1e-12)


@driver
def counts(names, nin, nouts):
    """How many parameters each kind of thing lists, how many are different, how many are its neurons' own."""
    neuron, layer, mlp = names.Neuron(nin), names.Layer(nin, nouts[0]), names.MLP(nin, nouts)
    things = [
        (neuron, [neuron]),
        (layer, layer.neurons),
        (mlp, [n for part in mlp.layers for n in part.neurons]),
    ]
    found = []
    for thing, neurons in things:
        listed, name = thing.parameters(), type(thing).__name__
        if listed is None:
            raise TypeError(f"parameters() of the {name} gives None: does it return its list?")
        listed = list(listed)
        for entry in listed:
            if not hasattr(entry, "backward"):
                raise TypeError(
                    f"parameters() of the {name}: an entry is a {type(entry).__name__}, not a Value"
                )
        own = {id(value) for each in neurons for value in [*each.w, each.b]}
        different = {id(value) for value in listed}
        found.append((len(listed), len(different), len(different & own)))
    return found


@exercise("MLP")
@given(nin=st.integers(1, 4), nouts=st.lists(st.integers(1, 4), min_size=1, max_size=3))
def test_every_parameter_is_listed_once(learner, nin, nouts):
    """parameters() lists each weight and bias once, and no two neurons share any.

    Hint: `[Neuron(nin)] * nout` lists one neuron nout times, and `[Value(...)] * nin` one weight nin times.
    """
    widths = [nin, *nouts]
    total = sum((n + 1) * m for n, m in pairwise(widths))
    expected = [nin + 1, (nin + 1) * nouts[0], total]
    got = counts(learner, nin, nouts)
    for thing, (listed, different, own), right in zip(("Neuron", "Layer", "MLP"), got, expected, strict=True):
        assert_equal(listed, right, f"parameters of the {thing}")
        assert_equal(different, right, f"different parameters of the {thing}")
        assert_equal(own, right, f"parameters of the {thing} that are the w and b of its neurons")


@driver
def slopes_of_parameters(names, nin, nouts, x):
    """The gradients and data of all parameters after backward() of the summed outputs."""
    model = names.MLP(nin, nouts)
    for i, p in enumerate(model.parameters()):
        p.data = 0.3 + 0.05 * (i % 7)  # all positive, like the inputs: no sum is 0 by chance
    out = model(x)
    total = out if hasattr(out, "data") else sum(out[1:], out[0])
    total.backward()
    return [p.grad for p in model.parameters()], [p.data for p in model.parameters()]


@exercise("MLP")
@given(
    x=st.lists(st.sampled_from([0.25, 0.5, 0.75]), min_size=1, max_size=3),
    hidden=st.integers(1, 3),
    last=st.integers(1, 3),
)
def test_the_gradient_reaches_every_parameter(learner, x, hidden, last):
    """backward() of the output reaches every parameter.

    Hint: A result knows what it was made from only if it was computed with Values: `.data` is a plain number.
    """
    grads, data = slopes_of_parameters(learner, len(x), [hidden, last], x)
    assert_equal(len(grads), (len(x) + 1) * hidden + (hidden + 1) * last, "number of parameters")
    kept = [0.3 + 0.05 * (i % 7) for i in range(len(data))]
    assert_equal(data, kept, "what the test wrote to the .data of each parameter")
    require(all(grad != 0 for grad in grads), "a parameter's gradient is still 0", got=grads)


# train_step


@driver
def train_line(names, start, xs, ys, lr, steps, grad_before):
    """Losses and parameters over some steps of a linear model; `grad_before` stands in every .grad at first.

    What stands there in the end is free, and tells wrong answers from each other.
    """

    class Line:
        def __init__(self):
            self.coefficients = [names.Value(x) for x in start]

        def __call__(self, x):
            out = self.coefficients[-1]
            for slope, entry in zip(self.coefficients, x, strict=False):
                out = out + slope * entry
            return out

        def parameters(self):
            return self.coefficients

    model = Line()
    for p in model.parameters():
        p.grad = grad_before
    losses, path = [], []
    for _ in range(steps):
        losses.append(names.train_step(model, xs, ys, lr))
        path.append([float(p.data) for p in model.parameters()])
    return losses, path, [p.grad for p in model.parameters()]


def true_line(start, xs, ys, lr, steps):
    """The same by the formula: start holds a slope for each input, then the intercept."""
    now, losses, path = list(start), [], []
    for _ in range(steps):
        rows = [[*x, 1.0] for x in xs]
        errors = [
            sum(c * r for c, r in zip(now, row, strict=True)) - y for row, y in zip(rows, ys, strict=True)
        ]
        losses.append(sum(error**2 for error in errors))
        slopes = [sum(2 * e * row[j] for e, row in zip(errors, rows, strict=True)) for j in range(len(now))]
        now = [c - lr * slope for c, slope in zip(now, slopes, strict=True)]
        path.append(now)
    return losses, path


# The linear model: as many examples as targets, and a slope for each input, then the intercept.
nin = st.shared(st.integers(1, 2), key="inputs")
n_examples = st.shared(st.integers(1, 4), key="examples")
line_parameters = nin.flatmap(lambda n: st.lists(halves(-4, 4), min_size=n + 1, max_size=n + 1))
line_xs = st.tuples(nin, n_examples).flatmap(
    lambda sizes: st.lists(
        st.lists(halves(-3, 3), min_size=sizes[0], max_size=sizes[0]), min_size=sizes[1], max_size=sizes[1]
    )
)
line_ys = n_examples.flatmap(lambda n: st.lists(halves(-4, 4), min_size=n, max_size=n))


def check_steps(got, losses, path):
    """Losses and parameters, step by step, against the true ones."""
    found, places, _ = got
    for step, (loss, parameters) in enumerate(zip(losses, path, strict=True), start=1):
        assert_close(found[step - 1], loss, f"what step {step} returns", rtol=1e-9, atol=1e-9)
        for i, parameter in enumerate(parameters):
            what = f"parameters[{i}] after step {step}"
            assert_close(places[step - 1][i], parameter, what, rtol=1e-9, atol=1e-9)


@exercise("train_step")
@given(parameters=line_parameters, xs=line_xs, ys=line_ys, lr=st.sampled_from([0.01, 0.05, 0.1]))
def test_one_step_against_the_gradient(learner, parameters, xs, ys, lr):
    """Parameters move by −lr times the gradient of the summed squared error; the loss before that returns.

    Hint: The model here is parameters[0] · x[0] + … + the last of them, the intercept. Work the step out by
    hand for one example: new = old − lr · slope.
    """
    got = train_line(learner, parameters, xs, ys, lr, 1, 0.0)
    check_steps(got, *true_line(parameters, xs, ys, lr, 1))


@exercise("train_step")
@given(parameters=line_parameters, xs=line_xs, ys=line_ys, grad_before=st.sampled_from([0.0, 1.0, -3.0]))
def test_old_gradients_do_not_count(learner, parameters, xs, ys, grad_before):
    """Three steps in a row each use the gradient of their own loss only, whatever stood in .grad before.

    Hint: grad_before stands in every .grad when the first step begins. They must be cleared before
    backward(), at every step; after it is too late.
    """
    got = train_line(learner, parameters, xs, ys, 0.02, 3, grad_before)
    check_steps(got, *true_line(parameters, xs, ys, 0.02, 3))


# to_dot


@driver
def dot_of(names, leaves, lines):
    values = {name: names.Value(x) for name, x in leaves.items()}
    for line in lines:
        exec(line, {}, values)
    values[lines[-1].split(" = ")[0]].backward()
    return names.to_dot(values[lines[-1].split(" = ")[0]])


NAME = r"""("(?:[^"\\]|\\.)*"|[\w.]+)"""


def check_names(dot, values):
    """As many names of nodes with data as there are Values, and a label for every node that an arrow meets."""
    with_data = re.findall(NAME + r"\s*(?:\[[^\]]*\]\s*)*\[[^\]]*\bdata", dot)
    different = len(set(with_data))
    require(different == values, f"{values} Values have {different} different names", got=dot)
    labelled = set(re.findall(NAME + r"\s*\[", dot))
    for end in re.findall(r"(?<![:\w])" + NAME + r"\s*->", dot) + re.findall(r"->\s*" + NAME, dot):
        require(end in labelled, f"an arrow meets {end}, which has no label", got=dot)


@exercise("to_dot")
@given(a=above, b=below)
def test_nodes_and_arrows(learner, a, b):
    """The text is a digraph: a node for each Value and operation, labelled, and arrows between them."""
    leaves, lines = {"a": a, "b": b}, ["c = a * b", "d = c + a", "e = d * b"]
    dot = dot_of(learner, leaves, lines)
    require(isinstance(dot, str) and "digraph" in dot, "a text that says digraph was asked for", got=dot)
    shown = re.findall(r"data\D*?(-?\d+\.\d{4})\D*?grad\D*?(-?\d+\.\d{4})", dot)
    held = sorted((float(data), float(grad)) for data, grad in shown)
    true = sorted((round(data, 4), round(grad, 4)) for data, grad in true_values(leaves, lines).values())
    assert_close(held, true, "data and grad in the labels")
    require(dot.count("->") >= 9, "9 arrows were asked for, two to each operation and one from it", got=dot)


@exercise("to_dot")
@given(a=st.one_of(above, below))
def test_equal_numbers_are_different_nodes(learner, a):
    """Two leaves that hold the same number are two nodes with names of their own; one used twice is one.

    Hint: Each Value has one name, which no other has, wherever it is used. A name with anything but letters,
    digits and _ in it stands in quotes.
    """
    dot = dot_of(learner, {"a": a, "b": a}, ["c = a + b", "d = c * a"])
    shown = re.findall(r"data\D*?(-?\d+\.\d{4})", dot)
    assert_equal(sorted(shown), sorted(f"{x:.4f}" for x in (a, a, 2 * a, 2 * a * a)), "data in the labels")
    check_names(dot, 4)
    require(dot.count("->") >= 6, "6 arrows were asked for, two to each operation and one from it", got=dot)


class OnTorch:
    """A right Value: PyTorch computes, and PyTorch finds the slopes. The wrong ones below are made of it."""

    def __init__(self, number):
        held = (
            number if isinstance(number, torch.Tensor) else torch.tensor(float(number), dtype=torch.float64)
        )
        self._held = held if held.requires_grad else held.requires_grad_()
        self._held.retain_grad()

    @property
    def data(self):
        return self._held.item()

    @data.setter
    def data(self, number):
        self._held.data = torch.tensor(float(number), dtype=torch.float64)

    @property
    def grad(self):
        return 0.0 if self._held.grad is None else self._held.grad.item()

    @grad.setter
    def grad(self, number):
        self._held.grad = torch.tensor(float(number), dtype=torch.float64)

    def backward(self):
        self._held.backward(retain_graph=True)

    def _with(self, operation, *others):
        held = [other._held if isinstance(other, OnTorch) else other for other in others]
        return type(self)(operation(self._held, *held))

    def __add__(self, other):
        return self._with(lambda a, b: a + b, other)

    def __sub__(self, other):
        return self._with(lambda a, b: a - b, other)

    def __rsub__(self, other):
        return self._with(lambda a, b: b - a, other)

    def __mul__(self, other):
        return self._with(lambda a, b: a * b, other)

    def __truediv__(self, other):
        return self._with(lambda a, b: a / b, other)

    def __rtruediv__(self, other):
        return self._with(lambda a, b: b / a, other)

    def __pow__(self, n):
        return self._with(lambda a: a**n)

    def __neg__(self):
        return self._with(lambda a: -a)

    def exp(self):
        return self._with(torch.exp)

    def log(self):
        return self._with(torch.log)

    def tanh(self):
        return self._with(torch.tanh)

    def relu(self):
        return self._with(torch.relu)

    __radd__, __rmul__ = __add__, __mul__


@lendable
class Right(OnTorch):
    """Nothing is wrong with it."""


@lendable
class NeverBackward(OnTorch):
    """backward() does nothing."""

    def backward(self):
        """Nothing."""


@lendable
class TwiceTheSlope(OnTorch):
    """The result starts from a gradient of 2.0, so that all of them are doubled."""

    def backward(self):
        self._held.backward(torch.tensor(2.0, dtype=torch.float64), retain_graph=True)


@lendable
class SumsAreOff(OnTorch):
    """A sum is too large by 1; the slopes are right."""

    def __add__(self, other):
        return self._with(lambda a, b: a + b + 1, other)

    __radd__ = __add__


@exercise("break_Value")
def test_a_right_class_passes(learner):
    """A right class, which computes with PyTorch inside, is let through, and caught without its backward().

    Hint: Right answers differ in their last digits, and right classes in everything that is free.
    """
    learner.break_Value(Right)
    assert_raises(Exception, learner.break_Value, NeverBackward)


@exercise("break_Value")
def test_a_class_whose_sums_are_off_is_caught(learner):
    """A class whose sums are too large by 1 is caught.

    Hint: Begin with one sum: what must its `.data` be?
    """
    assert_raises(Exception, learner.break_Value, SumsAreOff)


@exercise("break_Value")
def test_a_class_that_never_goes_backward_is_caught(learner):
    """A class whose backward() does nothing is caught.

    Hint: What must `.grad` of a, b and the result be after a backward()?
    """
    assert_raises(Exception, learner.break_Value, NeverBackward)


@exercise("break_Value")
def test_a_class_with_doubled_gradients_is_caught(learner):
    """A class all of whose gradients come out doubled is caught.

    Hint: It isn't enough that a gradient isn't 0. Compare it with the number that you get by hand.
    """
    assert_raises(Exception, learner.break_Value, TwiceTheSlope)

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
    """The slopes of f are right, entry by entry, and xs holds the same numbers afterwards.

    Hint: f here is the sum of factor · x², plus the product of each two neighbours.
    """

    def f(v):
        return sum(factor * x * x for x in v) + sum(x * y for x, y in pairwise(v))

    padded = [0.0, *xs, 0.0]
    expected = [2 * factor * x + padded[i] + padded[i + 2] for i, x in enumerate(xs)]
    before = list(xs)
    assert_close(learner.numerical_gradient(f, xs), expected, atol=1e-6)
    assert_equal(xs, before, "xs after the call")


@exercise("numerical_gradient")
@given(xs=st.lists(halves(), min_size=1, max_size=3), h=st.sampled_from([0.5, 0.25, 1.0]))
def test_the_step_is_taken_to_both_sides(learner, xs, h):
    """With a large step h the answer is (f(x + h) − f(x − h)) / 2h, exactly.

    Hint: f here is the sum of x³, for which that is 3x² + h².
    """
    gradient = learner.numerical_gradient(lambda v: sum(x**3 for x in v), xs, h)
    assert_close(gradient, [3 * x**2 + h**2 for x in xs], atol=1e-9)


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

    Hint: For `2 - a` Python calls `a.__rsub__(2)`. Which of the two is taken from which?
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

    Hint: Each operand's share is the operation's own slope *times the result's gradient*.
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

    Hint: `+=`, in the inner function of *every* operation.
    """
    leaves = {"a": a, "b": b, "v": v, "w": w}
    expressions = with_number(TWO_VALUES + WITH_NUMBER + ONE_VALUE, n)
    behind = ["e = c * v", "f = d * w", "g = e + f"]
    programs = [[f"c = {expression}", f"d = {expression}", *behind] for expression in expressions]
    check_slopes(learner, leaves, programs)


@exercise("Value-reuse")
@given(a=above, b=below)
def test_a_diamond(learner, a, b):
    """Two paths that part and meet again add up."""
    lines = ["c = a * b", "d = c.tanh()", "e = c + a", "f = d * e"]
    check_slopes(learner, {"a": a, "b": b}, [lines])


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
            require(order.index(operand) < order.index(name), f"{name} is made from {operand}", got=order)


@exercise("Value-order")
@given(a=above, b=st.one_of(above, below))
def test_operands_come_before_results(learner, a, b):
    """topological_order lists every node once, operands before results."""
    for lines in EARLY_AND_LATE:
        check_order(learner, {"a": a, "b": b}, lines)


@exercise("Value-order")
@given(a=above, b=below)
def test_a_node_used_early_and_late(learner, a, b):
    """A node hands on its gradient only when everything made from it has delivered."""
    check_slopes(learner, {"a": a, "b": b}, EARLY_AND_LATE)


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
    return [value.grad for value in values.values()]


LOSSES = ["a * b", "(a * 3).tanh() + b", "(b - a) ** 2", "a.exp() * a", "b / a - a.log()", "2 - b.relu() * a"]


@exercise("Value-twice")
@given(a=above, b=st.one_of(above, below), first=st.sampled_from(LOSSES), second=st.sampled_from(LOSSES))
def test_two_losses_add_up(learner, a, b, first, second):
    """Two losses that share only leaves add up in the leaves' gradients.

    Hint: What stands in `.grad` when backward() begins must still be in it at the end.
    """
    leaves = {"a": a, "b": b}
    got = two_losses(learner, leaves, first, second, False)
    parts = [true_values(leaves, [f"c = {loss}"]) for loss in (first, second)]
    assert_close(got, [sum(part[name][1] for part in parts) for name in leaves], rtol=1e-9, atol=1e-9)


@exercise("Value-twice")
@given(a=above, b=st.one_of(above, below), first=st.sampled_from(LOSSES), second=st.sampled_from(LOSSES))
def test_cleared_gradients_start_afresh(learner, a, b, first, second):
    """After .grad = 0.0 on the leaves only the new loss counts."""
    leaves = {"a": a, "b": b}
    got = two_losses(learner, leaves, first, second, True)
    true = true_values(leaves, [f"c = {second}"])
    assert_close(got, [true[name][1] for name in leaves], rtol=1e-9, atol=1e-9)


# MLP


def drawn_weights(seed, widths):
    """For each layer, for each neuron: its weights and its bias."""
    draw = random.Random(seed).uniform
    return [[([draw(-1, 1) for _ in range(n)], draw(-1, 1)) for _ in range(m)] for n, m in pairwise(widths)]


def true_output(weights, x):
    """The formula: tanh, but for the last layer."""
    for i, layer in enumerate(weights):
        sums = [sum(w * entry for w, entry in zip(row, x, strict=True)) + bias for row, bias in layer]
        x = sums if i == len(weights) - 1 else [math.tanh(total) for total in sums]
    return x


@driver
def neuron_output(names, w, b, x, linear):
    neuron = names.Neuron(len(w)) if linear is None else names.Neuron(len(w), linear)
    if len(neuron.w) != len(w):
        raise ValueError(f"Neuron({len(w)}) has {len(neuron.w)} weights")
    for mine, number in zip(neuron.w, w, strict=True):
        mine.data = number
    neuron.b.data = b
    return neuron(x).data


@exercise("MLP")
@given(
    x=st.lists(halves(-4, 4), min_size=1, max_size=4),
    seed=st.integers(0, 99),
    linear=st.sampled_from([None, False, True]),
)
def test_a_neuron_is_its_formula(learner, x, seed, linear):
    """Neuron(nin) gives tanh(w · x + b) for its own weights, and w · x + b if linear.

    Hint: This runs on your Value. Are all its checks green?
    """
    w, b = drawn_weights(seed, [len(x), 1])[0][0]
    total = sum(weight * entry for weight, entry in zip(w, x, strict=True)) + b
    assert_close(neuron_output(learner, w, b, x, linear), total if linear else math.tanh(total), atol=1e-12)


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

    Hint: This runs on your Value. Inner layers of width 1 are drawn too.
    """
    weights = drawn_weights(seed, [len(x), *nouts])
    true = true_output(weights, x)
    assert_close(mlp_output(learner, nouts, weights, x), true[0] if nouts[-1] == 1 else true, atol=1e-12)


@driver
def counts(names, nin, nouts):
    """How many parameters there are of each kind of thing, and how many are different ones."""
    things = [names.Neuron(nin), names.Layer(nin, nouts[0]), names.MLP(nin, nouts)]
    listed = [list(thing.parameters()) for thing in things]
    return [(len(values), len({id(value) for value in values})) for values in listed]


@exercise("MLP")
@given(nin=st.integers(1, 4), nouts=st.lists(st.integers(1, 4), min_size=1, max_size=3))
def test_every_parameter_is_listed_once(learner, nin, nouts):
    """parameters() lists each weight and bias once, and no two neurons share any."""
    widths = [nin, *nouts]
    total = sum((n + 1) * m for n, m in pairwise(widths))
    expected = [nin + 1, (nin + 1) * nouts[0], total]
    got = counts(learner, nin, nouts)
    for thing, (listed, different), right in zip(("Neuron", "Layer", "MLP"), got, expected, strict=True):
        assert_equal(listed, right, f"parameters of the {thing}")
        assert_equal(different, right, f"different parameters of the {thing}")


@driver
def slopes_of_parameters(names, nin, nouts, x):
    """The gradients of all parameters after backward() of the summed outputs."""
    model = names.MLP(nin, nouts)
    for i, p in enumerate(model.parameters()):
        p.data = 0.3 + 0.05 * (i % 7)  # all positive, like the inputs: no sum is 0 by chance
    out = model(x)
    total = out if hasattr(out, "data") else sum(out[1:], out[0])
    total.backward()
    return [p.grad for p in model.parameters()]


@exercise("MLP")
@given(
    x=st.lists(st.sampled_from([0.25, 0.5, 0.75]), min_size=1, max_size=3),
    hidden=st.integers(1, 3),
    last=st.integers(1, 3),
)
def test_the_gradient_reaches_every_parameter(learner, x, hidden, last):
    """backward() of the output reaches every parameter."""
    grads = slopes_of_parameters(learner, len(x), [hidden, last], x)
    assert_equal(len(grads), (len(x) + 1) * hidden + (hidden + 1) * last, "number of parameters")
    require(all(grad != 0 for grad in grads), "a parameter's gradient is still 0", got=grads)


# train_step


@driver
def train_line(names, start, xs, ys, lr, steps, stale):
    """Losses and parameters over some steps of a linear model; `stale` stands in every .grad at first."""

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
        p.grad = stale
    losses, path = [], []
    for _ in range(steps):
        losses.append(names.train_step(model, xs, ys, lr))
        path.append([float(p.data) for p in model.parameters()])
    return losses, path


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


@st.composite
def lines_to_fit(draw):
    """A linear model's start and some examples, with one or two inputs."""
    nin, n = draw(st.integers(1, 2)), draw(st.integers(1, 4))
    row = st.lists(halves(-3, 3), min_size=nin, max_size=nin)
    start = draw(st.lists(halves(-4, 4), min_size=nin + 1, max_size=nin + 1))
    return (
        start,
        draw(st.lists(row, min_size=n, max_size=n)),
        draw(st.lists(halves(-4, 4), min_size=n, max_size=n)),
    )


@exercise("train_step")
@given(problem=lines_to_fit(), lr=st.sampled_from([0.01, 0.05, 0.1]))
def test_one_step_against_the_gradient(learner, problem, lr):
    """Parameters move by −lr times the gradient of the summed squared error; the loss before that returns.

    Hint: This runs on your Value. The model here is linear, with a slope for each input and an intercept.
    """
    got = train_line(learner, *problem, lr, 1, 0.0)
    losses, path = true_line(*problem, lr, 1)
    assert_close(got[0], losses, "the loss", rtol=1e-9, atol=1e-9)
    assert_close(got[1], path, "the parameters after the step", rtol=1e-9, atol=1e-9)


@exercise("train_step")
@given(problem=lines_to_fit(), stale=st.sampled_from([0.0, 1.0, -3.0]))
def test_old_gradients_do_not_count(learner, problem, stale):
    """Three steps in a row each use the gradient of their own loss only, whatever stood in .grad before."""
    got = train_line(learner, *problem, 0.02, 3, stale)
    losses, path = true_line(*problem, 0.02, 3)
    assert_close(got[0], losses, "the losses", rtol=1e-9, atol=1e-9)
    assert_close(got[1], path, "the parameters after each step", rtol=1e-9, atol=1e-9)


# to_dot


@driver
def dot_of(names, leaves, lines):
    values = {name: names.Value(x) for name, x in leaves.items()}
    for line in lines:
        exec(line, {}, values)
    values[lines[-1].split(" = ")[0]].backward()
    return names.to_dot(values[lines[-1].split(" = ")[0]])


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
    """Two Values that hold the same number are two nodes, and one that is used twice is one."""
    dot = dot_of(learner, {"a": a, "b": a}, ["c = a + b", "d = c * a"])
    shown = re.findall(r"data\D*?(-?\d+\.\d{4})", dot)
    assert_equal(sorted(shown), sorted(f"{x:.4f}" for x in (a, a, 2 * a, 2 * a * a)), "data in the labels")
    require(dot.count("->") >= 6, "6 arrows were asked for, two to each operation and one from it", got=dot)


@lendable
class Zero:
    """Takes any number for 0.0, and so is wrong in everything."""

    def __init__(self, data):
        self.data = self.grad = 0.0

    def backward(self):
        """Nothing."""

    def _zero(self, *others):
        return Zero(0.0)

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _zero
    __pow__ = __neg__ = exp = log = tanh = relu = _zero


@exercise("break_Value")
def test_a_class_that_takes_every_number_for_zero_is_caught(learner):
    """A class whose numbers are all 0.0 is caught.

    Hint: Begin with one sum: what must its `.data` be?
    """
    assert_raises(Exception, learner.break_Value, Zero)

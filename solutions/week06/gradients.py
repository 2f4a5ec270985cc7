"""What the audit measures by finite differences: Week 06's engine, and the network made of it."""

import random

EXPRESSIONS = [
    lambda a, b: a * b + a,
    lambda a, b: (a - b) / (b * b + 2),
    lambda a, b: 3 - a + (2 / b) * (a / 5) - (-b),
    lambda a, b: (a**3 + b**-1.5) * (1 + a),
    lambda a, b: (a.tanh() + b.log()) * (a * b).exp(),
    lambda a, b: (a + b).relu() * a + (a - 9).relu() * b,
    lambda a, b: ((c := a * b) * c) * c + c + (a + b) * (b + a),
]


def Value(names):
    """Every operation, nodes used twice, early and late."""
    for build in EXPRESSIONS:
        a, b = names.Value(0.8), names.Value(1.7)
        build(a, b).backward()
        yield lambda xs, build=build: build(*map(names.Value, xs)).data, [0.8, 1.7], [a.grad, b.grad]


def MLP(names):
    """The slopes of a network's output in its parameters."""
    random.seed(6)
    network = names.MLP(3, [4, 2, 1])
    parameters = network.parameters()
    at = [p.data for p in parameters]
    network([0.5, -1.0, 2.0]).backward()
    slopes = [p.grad for p in parameters]

    def output(numbers):
        for p, number in zip(parameters, numbers, strict=True):
            p.data = number
        return network([0.5, -1.0, 2.0]).data

    yield output, at, slopes


def numerical_gradient(names):
    """The exercise's own differences, of a function that another step would measure otherwise."""

    def f(xs):
        return xs[0] ** 2 * xs[1] + xs[1] / xs[2]

    at = [1.5, -0.5, 2.0]
    yield f, at, [round(slope, 7) for slope in names.numerical_gradient(f, at)]

# %% exercise="numerical_gradient" alternative="moves-and-puts-back"
"""Moves each entry in the caller's list and puts the old number back."""


def numerical_gradient(f, xs, h=1e-6):
    gradient = []
    for i, old in enumerate(xs):
        xs[i] = old + h
        above = f(xs)
        xs[i] = old - h
        below = f(xs)
        xs[i] = old
        gradient.append((above - below) / (2 * h))
    return gradient


# %% exercise="numerical_gradient" alternative="slices"
"""Builds the moved lists out of slices, in a comprehension, and gives a tuple."""


def numerical_gradient(f, xs, h=1e-6):
    def moved(i, step):
        return [*xs[:i], xs[i] + step, *xs[i + 1 :]]

    return tuple((f(moved(i, h)) - f(moved(i, -h))) / h / 2 for i in range(len(xs)))


# %% exercise="numerical_gradient" alternative="numpy"
"""Moves a NumPy vector along the unit vectors."""
import numpy as np


def numerical_gradient(f, xs, h=1e-6):
    at = np.array(xs, dtype=float)
    steps = h * np.eye(len(xs))
    return [(f(list(at + step)) - f(list(at - step))) / (2 * h) for step in steps]


# %% exercise="Value" alternative="as-in-the-lecture"
"""Closures, a set of operands, a recursive order inside backward too, and a label."""


def topological_order(root):
    topo = []
    visited = set()

    def build_topo(v):
        if v not in visited:
            visited.add(v)
            for child in v._prev:
                build_topo(child)
            topo.append(v)

    build_topo(root)
    return topo


class Value:
    def __init__(self, data, _children=(), _op="", label=""):
        self.data = data
        self.grad = 0.0
        self._backward = lambda: None
        self._prev = set(_children)
        self._op = _op
        self.label = label

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other), "+")

        def _backward():
            self.grad += 1.0 * out.grad
            other.grad += 1.0 * out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other), "*")

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    def __pow__(self, other):
        assert isinstance(other, (int, float))
        out = Value(self.data**other, (self,), f"**{other}")

        def _backward():
            self.grad += other * (self.data ** (other - 1)) * out.grad

        out._backward = _backward
        return out

    def __rmul__(self, other):
        return self * other

    def __truediv__(self, other):
        return self * other**-1

    def __rtruediv__(self, other):
        return other * self**-1

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return other + (-self)

    def __radd__(self, other):
        return self + other

    def tanh(self):
        x = self.data
        t = (math.exp(2 * x) - 1) / (math.exp(2 * x) + 1)
        out = Value(t, (self,), "tanh")

        def _backward():
            self.grad += (1 - t**2) * out.grad

        out._backward = _backward
        return out

    def exp(self):
        out = Value(math.exp(self.data), (self,), "exp")

        def _backward():
            self.grad += out.data * out.grad

        out._backward = _backward
        return out

    def log(self):
        out = Value(math.log(self.data), (self,), "log")

        def _backward():
            self.grad += (1 / self.data) * out.grad

        out._backward = _backward
        return out

    def relu(self):
        out = Value(0 if self.data < 0 else self.data, (self,), "ReLU")

        def _backward():
            self.grad += (out.data > 0) * out.grad

        out._backward = _backward
        return out

    def backward(self):
        self.grad = 1.0
        for node in reversed(topological_order(self)):
            node._backward()


# %% exercise="Value" alternative="slopes-on-edges"
"""Each node keeps pairs of an operand and the slope in it; no closures. The order is found without recursion."""


def topological_order(root):
    order, seen, stack = [], {root}, [(root, iter(root.edges))]
    while stack:
        node, edges = stack[-1]
        for operand, _ in edges:
            if operand not in seen:
                seen.add(operand)
                stack.append((operand, iter(operand.edges)))
                break
        else:
            order.append(node)
            stack.pop()
    return order


class Value:
    __slots__ = ("data", "edges", "grad")

    def __init__(self, data, edges=()):
        self.data = float(data)
        self.grad = 0.0
        self.edges = edges

    def __add__(self, other):
        other = Value.of(other)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __sub__(self, other):
        other = Value.of(other)
        return Value(self.data - other.data, ((self, 1.0), (other, -1.0)))

    def __mul__(self, other):
        other = Value.of(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    def __truediv__(self, other):
        other = Value.of(other)
        quotient = self.data / other.data
        return Value(quotient, ((self, 1 / other.data), (other, -quotient / other.data)))

    def __pow__(self, n):
        return Value(self.data**n, ((self, n * self.data ** (n - 1)),))

    def __neg__(self):
        return Value(-self.data, ((self, -1.0),))

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other):
        return Value.of(other) - self

    def __rtruediv__(self, other):
        return Value.of(other) / self

    def exp(self):
        result = math.exp(self.data)
        return Value(result, ((self, result),))

    def log(self):
        return Value(math.log(self.data), ((self, 1 / self.data),))

    def tanh(self):
        result = math.tanh(self.data)
        return Value(result, ((self, 1 - result * result),))

    def relu(self):
        return Value(self.data, ((self, 1.0),)) if self.data > 0 else Value(0.0, ((self, 0.0),))

    def backward(self):
        self.grad += 1.0
        for node in reversed(topological_order(self)):
            for operand, slope in node.edges:
                operand.grad += slope * node.grad

    @staticmethod
    def of(number):
        return number if isinstance(number, Value) else Value(number)


# %% exercise="Value" alternative="by-serial-number"
"""Nodes are numbered as they are made, and an operand is always older than its result: sorting is ordering."""
import itertools

serial = itertools.count()


def topological_order(root):
    found, waiting = {id(root): root}, [root]
    while waiting:
        for operand in waiting.pop().operands:
            if id(operand) not in found:
                found[id(operand)] = operand
                waiting.append(operand)
    return sorted(found.values(), key=lambda node: node.number)


class Value:
    def __init__(self, data, operands=(), slopes=()):
        self.data, self.grad = data, 0.0
        self.operands, self.slopes = operands, slopes
        self.number = next(serial)

    def __add__(self, other):
        if not isinstance(other, Value):
            return Value(self.data + other, (self,), (1,))
        return Value(self.data + other.data, (self, other), (1, 1))

    def __mul__(self, other):
        if not isinstance(other, Value):
            return Value(self.data * other, (self,), (other,))
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, n):
        return Value(self.data**n, (self,), (n * self.data ** (n - 1),))

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -1 * other

    def __rsub__(self, other):
        return -1 * self + other

    def __truediv__(self, other):
        return self * (other**-1)

    def __rtruediv__(self, other):
        return self**-1 * other

    __radd__, __rmul__ = __add__, __mul__

    def exp(self):
        e = math.exp(self.data)
        return Value(e, (self,), (e,))

    def log(self):
        return Value(math.log(self.data), (self,), (self.data**-1,))

    def tanh(self):
        return 1 - 2 / ((2 * self).exp() + 1)

    def relu(self):
        on = 1 if self.data > 0 else 0
        return Value(self.data * on, (self,), (on,))

    def backward(self):
        self.grad = self.grad + 1
        for node in topological_order(self)[::-1]:
            for operand, slope in zip(node.operands, node.slopes, strict=True):
                operand.grad += slope * node.grad


# %% exercise="Value" alternative="counts-what-is-outstanding"
"""A node hands on once all its uses have delivered, by counting them; the order falls out of the same counting."""


def count_uses(root):
    uses, waiting = {root: 0}, [root]
    while waiting:
        for operand in waiting.pop().made_of:
            if operand not in uses:
                uses[operand] = 0
                waiting.append(operand)
            uses[operand] += 1
    return uses


def topological_order(root):
    uses, ready, order = count_uses(root), [root], []
    while ready:
        node = ready.pop()
        order.append(node)
        for operand in node.made_of:
            uses[operand] -= 1
            if uses[operand] == 0:
                ready.append(operand)
    order.reverse()
    return order


class Value:
    """Operations live in a table: name, result, slopes."""

    table = {
        "+": (lambda a, b: a + b, lambda a, b, out: (1.0, 1.0)),
        "-": (lambda a, b: a - b, lambda a, b, out: (1.0, -1.0)),
        "*": (lambda a, b: a * b, lambda a, b, out: (b, a)),
        "/": (lambda a, b: a / b, lambda a, b, out: (1 / b, -out / b)),
        "exp": (math.exp, lambda a, out: (out,)),
        "log": (math.log, lambda a, out: (1 / a,)),
        "tanh": (math.tanh, lambda a, out: (1 - out**2,)),
        "relu": (lambda a: max(0.0, a), lambda a, out: (float(a > 0),)),
    }

    def __init__(self, data, made_of=(), slopes=lambda: ()):
        self.data = data
        self.grad = 0.0
        self.made_of = made_of
        self.slopes = slopes

    @classmethod
    def apply(cls, name, *operands):
        nodes = tuple(x if isinstance(x, cls) else cls(x) for x in operands)
        result, slopes = cls.table[name]
        numbers = [node.data for node in nodes]
        out = result(*numbers)
        return cls(out, nodes, lambda: slopes(*numbers, out))

    def __add__(self, other):
        return self.apply("+", self, other)

    def __radd__(self, other):
        return self.apply("+", other, self)

    def __sub__(self, other):
        return self.apply("-", self, other)

    def __rsub__(self, other):
        return self.apply("-", other, self)

    def __mul__(self, other):
        return self.apply("*", self, other)

    def __rmul__(self, other):
        return self.apply("*", other, self)

    def __truediv__(self, other):
        return self.apply("/", self, other)

    def __rtruediv__(self, other):
        return self.apply("/", other, self)

    def __neg__(self):
        return 0.0 - self

    def __pow__(self, n):
        x = self.data
        return Value(x**n, (self,), lambda: (n * x ** (n - 1),))

    def exp(self):
        return self.apply("exp", self)

    def log(self):
        return self.apply("log", self)

    def tanh(self):
        return self.apply("tanh", self)

    def relu(self):
        return self.apply("relu", self)

    def backward(self):
        self.grad = 1.0
        uses, ready = count_uses(self), [self]
        while ready:
            node = ready.pop(0)
            for operand, slope in zip(node.made_of, node.slopes(), strict=True):
                operand.grad += slope * node.grad
                uses[operand] -= 1
                if uses[operand] == 0:
                    ready.append(operand)


# %% exercise="Value" alternative="sweeps-apart-from-the-nodes"
"""Collects the slopes of one sweep in a dict of its own and adds them to .grad at the end; recursion by generator."""


def topological_order(root, seen=None):
    seen = set() if seen is None else seen
    seen.add(id(root))
    order = []
    for operand in root.parents:
        if id(operand) not in seen:
            order += topological_order(operand, seen)
    return [*order, root]


class Value:
    def __init__(self, data):
        self.data, self.grad, self.parents, self.rule = data, 0.0, [], None

    @staticmethod
    def result(data, parents, rule):
        value = Value(data)
        value.parents, value.rule = list(parents), rule
        return value

    def __add__(self, other):
        if isinstance(other, (int, float)):
            other = Value(other)
        return Value.result(self.data + other.data, [self, other], lambda g: [g, g])

    def __mul__(self, other):
        if isinstance(other, (int, float)):
            other = Value(other)
        return Value.result(self.data * other.data, [self, other], lambda g: [g * other.data, g * self.data])

    def __neg__(self):
        return Value.result(-self.data, [self], lambda g: [-g])

    def __pow__(self, n):
        return Value.result(self.data**n, [self], lambda g: [g * n * self.data ** (n - 1)])

    def __radd__(self, other):
        return Value(other) + self

    def __rmul__(self, other):
        return Value(other) * self

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return Value(other) + (-self)

    def __truediv__(self, other):
        return self * (other if isinstance(other, Value) else Value(other)) ** -1

    def __rtruediv__(self, other):
        return Value(other) * self**-1

    def exp(self):
        return Value.result(math.e**self.data, [self], lambda g: [g * math.exp(self.data)])

    def log(self):
        return Value.result(math.log(self.data), [self], lambda g: [g / self.data])

    def tanh(self):
        return Value.result(math.tanh(self.data), [self], lambda g: [g / math.cosh(self.data) ** 2])

    def relu(self):
        return Value.result((self.data + abs(self.data)) / 2, [self], lambda g: [g if self.data > 0 else 0.0])

    def backward(self):
        order = topological_order(self)
        slope = {id(node): 0.0 for node in order}
        slope[id(self)] = 1.0
        for node in order[::-1]:
            if node.rule:
                for parent, share in zip(node.parents, node.rule(slope[id(node)]), strict=True):
                    slope[id(parent)] += share
        for node in order:
            node.grad += slope[id(node)]


# %% exercise="Value" alternative="by-depth"
"""Each node knows how deep it lies, and hands on what it is given; numbers are turned into Values by a function."""


def topological_order(root):
    order = []

    def visit(node):
        if not any(node is other for other in visited[node.depth]):
            visited[node.depth].append(node)
            for operand in node.operands:
                visit(operand)
            order.append(node)

    visited = [[] for _ in range(root.depth + 1)]
    visit(root)
    return order


class Value:
    def __init__(self, data, operands=(), hand_on=None):
        self.data = float(data)
        self.grad = 0.0
        self.operands = operands
        self.hand_on = hand_on
        self.depth = 1 + max((operand.depth for operand in operands), default=-1)

    def __add__(self, other):
        other = wrap(other)

        def hand_on(g):
            self.grad = self.grad + g
            other.grad = other.grad + g

        return Value(self.data + other.data, (self, other), hand_on)

    def __mul__(self, other):
        other = wrap(other)

        def hand_on(g):
            self.grad = self.grad + g * other.data
            other.grad = other.grad + g * self.data

        return Value(self.data * other.data, (self, other), hand_on)

    def function(self, result, slope):
        def hand_on(g):
            self.grad = self.grad + g * slope

        return Value(result, (self,), hand_on)

    def __pow__(self, n):
        return self.function(self.data**n, n * self.data ** (n - 1))

    def __neg__(self):
        return self.function(-self.data, -1.0)

    def __sub__(self, other):
        return self + -wrap(other)

    def __truediv__(self, other):
        return self * wrap(other) ** -1.0

    def __radd__(self, other):
        return wrap(other) + self

    def __rsub__(self, other):
        return wrap(other) - self

    def __rmul__(self, other):
        return wrap(other) * self

    def __rtruediv__(self, other):
        return wrap(other) / self

    def exp(self):
        return self.function(math.exp(self.data), math.exp(self.data))

    def log(self):
        return self.function(math.log(self.data), 1 / self.data)

    def tanh(self):
        return self.function(math.tanh(self.data), 1 - math.tanh(self.data) ** 2)

    def relu(self):
        return self.function(max(self.data, 0.0), float(self.data > 0))

    def backward(self):
        self.grad = 1.0
        for node in reversed(topological_order(self)):
            if node.hand_on:
                node.hand_on(node.grad)


def wrap(number):
    return number if isinstance(number, Value) else Value(number)


# %% exercise="MLP" alternative="plain-loops"
"""Loops and appends; the bias starts at random; widths by index."""


class Neuron:
    def __init__(self, nin, linear=False):
        self.w = []
        for _ in range(nin):
            self.w.append(Value(random.uniform(-1, 1)))
        self.b = Value(random.uniform(-1, 1))
        self.linear = linear

    def __call__(self, x):
        act = self.b
        for i in range(len(self.w)):
            act = act + self.w[i] * x[i]
        if self.linear:
            return act
        return act.tanh()

    def parameters(self):
        return self.w + [self.b]


class Layer:
    def __init__(self, nin, nout, linear=False):
        self.neurons = []
        for _ in range(nout):
            self.neurons.append(Neuron(nin, linear=linear))

    def __call__(self, x):
        outs = []
        for neuron in self.neurons:
            outs.append(neuron(x))
        return outs

    def parameters(self):
        params = []
        for neuron in self.neurons:
            params.extend(neuron.parameters())
        return params


class MLP:
    def __init__(self, nin, nouts):
        self.layers = []
        for i in range(len(nouts)):
            if i == len(nouts) - 1:
                self.layers.append(Layer(nin, nouts[i], linear=True))
            else:
                self.layers.append(Layer(nin, nouts[i]))
            nin = nouts[i]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        if len(x) == 1:
            return x[0]
        return x

    def parameters(self):
        params = []
        for layer in self.layers:
            params.extend(layer.parameters())
        return params


# %% exercise="MLP" alternative="bare-layers"
"""A layer of one neuron gives its Value bare, as in the lecture, and the next one wraps it again."""


class Neuron:
    def __init__(self, nin, linear=False):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(random.uniform(-1, 1))
        self.nonlin = not linear

    def __call__(self, x):
        act = sum((wi * xi for wi, xi in zip(self.w, x, strict=True)), self.b)
        return act.tanh() if self.nonlin else act

    def parameters(self):
        return self.w + [self.b]


class Layer:
    def __init__(self, nin, nout, linear=False):
        self.neurons = [Neuron(nin, linear) for _ in range(nout)]

    def __call__(self, x):
        if isinstance(x, Value):
            x = [x]
        outs = [n(x) for n in self.neurons]
        return outs[0] if len(outs) == 1 else outs

    def parameters(self):
        return [p for n in self.neurons for p in n.parameters()]


class MLP:
    def __init__(self, nin, nouts):
        sz = [nin] + list(nouts)
        self.layers = [Layer(sz[i], sz[i + 1], linear=i == len(nouts) - 1) for i in range(len(nouts))]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]


# %% exercise="MLP" alternative="a-common-base"
"""parameters() once, in a base class; tuples; smaller weights for more inputs; the activation kept as a function."""


class Module:
    def parts(self):
        return ()

    def parameters(self):
        return tuple(p for part in self.parts() for p in part.parameters())


class Neuron(Module):
    def __init__(self, nin, linear=False):
        scale = (nin + 1) ** -0.5
        self.w = tuple(Value(random.uniform(-scale, scale)) for _ in range(nin))
        self.b = Value(0.0)
        self.activation = (lambda v: v) if linear else Value.tanh

    def __call__(self, x):
        products = [w * entry for w, entry in zip(self.w, x, strict=True)]
        return self.activation(sum([*products, self.b]))

    def parameters(self):
        return (*self.w, self.b)


class Layer(Module):
    def __init__(self, nin, nout, linear=False):
        self.neurons = tuple(Neuron(nin, linear) for _ in range(nout))

    def parts(self):
        return self.neurons

    def __call__(self, x):
        return tuple(neuron(x) for neuron in self.neurons)


class MLP(Module):
    def __init__(self, nin, nouts):
        *inner, last = nouts
        sources = [nin, *inner]
        self.layers = [Layer(n, m) for n, m in zip(sources, inner, strict=False)]
        self.layers.append(Layer(sources[-1], last, linear=True))

    def parts(self):
        return self.layers

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        (*others, out) = x
        return [*others, out] if others else out


# %% exercise="train_step" alternative="a-plain-loop"
"""Adds up the loss in a loop and clears first of all."""


def train_step(model, xs, ys, lr):
    for p in model.parameters():
        p.grad = 0.0
    loss = Value(0.0)
    for i in range(len(xs)):
        error = model(xs[i]) - ys[i]
        loss = loss + error * error
    loss.backward()
    for p in model.parameters():
        p.data = p.data + -lr * p.grad
    return loss.data


# %% exercise="train_step" alternative="one-backward-an-example"
"""Sends each example's error back by itself and lets the gradients add up, then moves once."""


def train_step(model, xs, ys, lr):
    parameters = list(model.parameters())
    for p in parameters:
        p.grad = 0
    total = 0.0
    for x, y in zip(xs, ys, strict=True):
        loss = (y - model(x)) ** 2
        loss.backward()
        total += loss.data
    for p in parameters:
        p.data -= lr * p.grad
        p.grad = 0.0
    return total


# %% exercise="train_step" alternative="saves-the-old-gradients"
"""Takes the difference between the gradients after and before, and leaves them as they are."""


def train_step(model, xs, ys, lr):
    parameters = model.parameters()
    before = [p.grad for p in parameters]
    predictions = [model(x) for x in xs]
    losses = [(prediction - y) ** 2 for prediction, y in zip(predictions, ys, strict=True)]
    loss = sum(losses[1:], losses[0])
    value = float(loss.data)
    loss.backward()
    for p, old in zip(parameters, before, strict=True):
        p.data -= lr * (p.grad - old)
    return value


# %% exercise="break_Value" alternative="measured-slopes"
"""Compares gradients with central differences of the class's own results, and results with plain numbers."""


def break_Value(Value):
    two = [lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b, lambda a, b: a / b]
    two += [
        lambda a, b: a + a + b,
        lambda a, b: a * a + b,
        lambda a, b: a - a + b * b / b,
        lambda a, b: a**2 * a + b,
    ]
    two += [lambda a, b: 2 + a - 3 + b, lambda a, b: 2 - a + b, lambda a, b: 2 * a * 3 + b]
    two += [
        lambda a, b: 2 / a + b / 4,
        lambda a, b: -a * b,
        lambda a, b: (-a) * (-a) * b,
        lambda a, b: a**3 + b**-1.5,
    ]
    two += [lambda a, b: (a + b) * (b + a)]
    two += [lambda a, b: (c := a * b) * (c * c + c), lambda a, b: (c := a * b) + (c * c) * c]

    def close(got, right, tolerance):
        assert abs(got - right) <= tolerance * (1 + abs(right)), f"{got} is not {right}"

    def again(f):
        return lambda a, b: f(a, b) * 2 + f(a, b)

    def sweep(f, x, y, h=1e-5):
        a, b = Value(x), Value(y)
        assert (a.grad, b.grad) == (0, 0)
        loss = f(a, b)
        loss.backward()
        assert loss.grad == 1
        close(a.grad, (f(Value(x + h), Value(y)).data - f(Value(x - h), Value(y)).data) / (2 * h), 1e-5)
        close(b.grad, (f(Value(x), Value(y + h)).data - f(Value(x), Value(y - h)).data) / (2 * h), 1e-5)
        assert (a.data, b.data) == (x, y)
        first = a.grad
        (a * 2).backward()
        close(a.grad, first + 2, 1e-9)

    for f in two:
        close(f(Value(0.7), Value(1.9)).data, f(0.7, 1.9), 1e-9)
        sweep(again(f), 0.7, 1.9)
    one = [(math.exp, lambda v: v.exp()), (math.log, lambda v: v.log()), (math.tanh, lambda v: v.tanh())]
    one += [(lambda v: max(v, 0.0), lambda v: v.relu()), (lambda v: max(-v, 0.0), lambda v: (-v).relu())]
    for true, mine in one:
        close(mine(Value(0.7)).data, true(0.7), 1e-9)
        sweep(lambda a, b, mine=mine: mine(a) * b + mine(a) * mine(b), 0.7, 1.9)
    c = (a := Value(0.5)) * (b := Value(2.0))
    d = c.tanh()
    (d.exp() * c + d).backward()
    t = math.tanh(1.0)
    slope = math.exp(t) + (math.exp(t) + 1) * (1 - t * t)
    close(a.grad, 2 * slope, 1e-9)
    close(b.grad, 0.5 * slope, 1e-9)


# %% exercise="break_Value" alternative="against-torch"
"""Builds the same expressions of PyTorch's scalars and compares."""
import torch


def break_Value(Value):
    ones = [
        "{0}.exp()",
        "{0}.log()",
        "{0}.tanh()",
        "{0}.relu()",
        "(-{0}).relu()",
        "-{0}",
        "{0} ** 3",
        "{0} ** -1.5",
    ]
    twos = [
        "{0} + {1}",
        "{0} - {1}",
        "{0} * {1}",
        "{0} / {1}",
        "{0} + {0}",
        "{0} * {0}",
        "({0} + {1}) * ({1} + {0})",
    ]
    numbers = ["{0} + 3", "3 + {0}", "{0} - 3", "3 - {0}", "{0} * 3", "3 * {0}", "{0} / 4", "4 / {0}"]
    for text in ones + twos + numbers:
        f = text.format("a", "b")
        expression = f"(c := ({f})) * 3 + ({f}) * 2 * (c * c + c)"
        mine = {"a": Value(0.7), "b": Value(1.9)}
        true = {
            name: torch.tensor(x, dtype=torch.float64, requires_grad=True)
            for name, x in [("a", 0.7), ("b", 1.9)]
        }
        for _ in range(2):  # the second loss shares only leaves with the first
            loss, right = eval(expression, {}, mine), eval(expression, {}, true)
            loss.backward()
            right.backward()
            assert math.isclose(loss.data, right.item(), rel_tol=1e-9, abs_tol=1e-9), expression
            for name in "ab":
                assert math.isclose(mine[name].data, true[name].item()), f"{name} changed in {expression}"
                grad = 0.0 if true[name].grad is None else true[name].grad.item()
                assert math.isclose(mine[name].grad, grad, rel_tol=1e-9, abs_tol=1e-9), expression


# %% exercise="to_dot" alternative="quoted-ids-and-records"
"""Quoted names from id(), records, settings for all nodes, chained arrows, a comment."""


def to_dot(root):
    lines = [
        "rankdir=LR; // from left to right",
        'graph [bgcolor="white"]',
        "node [shape=record, fontsize=10];",
    ]
    for node in topological_order(root):
        label = f"{{ data {node.data:.4f} | grad {node.grad:.4f} }}"
        lines.append(f'"{id(node)}" [ label = "{label}" ]')
    for node in topological_order(root):
        if node._operands:
            op = f'"{id(node)}{node._symbol}"'
            lines.append(f'{op} [label="{node._symbol}" shape=circle]')
            for operand in node._operands:
                lines.append(f'"{id(operand)}" -> {op} -> "{id(node)}"')
    return "strict digraph computation {\n" + "\n".join(lines) + "\n}\n"


# %% exercise="to_dot" alternative="walks-by-itself"
"""Walks the graph by itself, sets of operands, line breaks in labels, short symbols, arrows before nodes."""


def to_dot(root):
    names, arrows = {}, []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) in names:
            continue
        names[id(node)] = node
        if node._operands:
            arrows.append(f"op{id(node)} -> v{id(node)}")
        for operand in set(node._operands):
            arrows.append(f"v{id(operand)} -> op{id(node)}")
            waiting.append(operand)
    lines = [f"{arrow};" for arrow in arrows]
    for key, node in names.items():
        lines.append(f'v{key} [shape=box, label="data = {node.data:.4f}\\ngrad = {node.grad:.4f}"];')
        if node._operands:
            lines.append(f'op{key} [label="{node._symbol[:2]}"];')
    return "digraph G{" + " ".join(lines) + "}"

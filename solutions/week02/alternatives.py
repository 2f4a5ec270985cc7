"""Week 02's other right solutions, which every test must accept."""

# %% exercise="numerical_derivative" alternative="rise-over-run"
"""Names the two points first, and divides twice."""


def numerical_derivative(f, x, h=1e-6):
    left, right = x - h, x + h
    rise = f(right) - f(left)
    return rise / h / 2


# %% exercise="numerical_derivative" alternative="mean-of-two-slopes"
"""The mean of the slope to the right and the slope to the left."""


def numerical_derivative(f, x, h=1e-6):
    right = (f(x + h) - f(x)) / h
    left = (f(x) - f(x - h)) / h
    return float((right + left) / 2)


# %% exercise="compose" alternative="recursion"
"""The first of fs, of the composition of the rest."""


def compose(*fs):
    if not fs:
        return lambda x: x
    f, *others = fs
    if not others:
        return f
    rest = compose(*others)
    return lambda *args, **kwargs: f(rest(*args, **kwargs))


# %% exercise="compose" alternative="reduce"
"""Joins two at a time with functools.reduce."""

from functools import reduce


def compose(*fs):
    def after(f, g):
        def both(*args, **kwargs):
            return f(g(*args, **kwargs))

        return both

    return reduce(after, fs) if fs else (lambda x: x)


# %% exercise="compose" alternative="a-class"
"""An object that can be called, and starts from a list turned round."""


class Composed:
    def __init__(self, fs):
        self.first, *self.rest = fs

    def __call__(self, *args, **kwargs):
        x = self.first(*args, **kwargs)
        for f in self.rest:
            x = f(x)
        return x


def identity(x):
    return x


def compose(*fs):
    return Composed(list(fs)[::-1] or [identity])


# %% exercise="make_multipliers" alternative="default-argument"
"""Binds the number as a default value."""


def make_multipliers(ks):
    return [lambda x, k=k: x * k for k in ks]


# %% exercise="make_multipliers" alternative="partial"
"""functools.partial of operator.mul, in a tuple."""

from functools import partial
import operator


def make_multipliers(ks):
    return tuple(partial(operator.mul, k) for k in ks)


# %% exercise="make_multipliers" alternative="a-class"
"""Objects that can be called, made in a loop; in floats."""


class Multiplier:
    def __init__(self, k):
        self.k = float(k)

    def __call__(self, x):
        return self.k * x


def make_multipliers(ks):
    functions = []
    for k in ks:
        functions.append(Multiplier(k))
    return functions


# %% exercise="append_to" alternative="conditional"
"""Adds with +=, which extends a list in place."""


def append_to(x, xs=None):
    xs = [] if xs is None else xs
    xs += [x]
    return xs


# %% exercise="append_to" alternative="marker"
"""Returns early when there is no list."""


def append_to(x, xs=None):
    if xs is None:
        return [x]
    xs.insert(len(xs), x)
    return xs


# %% exercise="flatten" alternative="generator"
"""A recursive generator inside."""


def flatten(nested):
    def leaves(part):
        if isinstance(part, list):
            for inner in part:
                yield from leaves(inner)
        else:
            yield part

    return list(leaves(nested))


# %% exercise="flatten" alternative="stack"
"""Without recursion: a list of what is still to be looked at, from the back."""


def flatten(nested):
    waiting, flat = [nested], []
    while waiting:
        part = waiting.pop()
        if type(part) is list:
            waiting.extend(reversed(part))
        else:
            flat.append(part)
    return flat


# %% exercise="flatten" alternative="one-expression"
"""A double comprehension, as a tuple."""


def flatten(nested):
    return tuple(leaf for part in nested for leaf in (flatten(part) if isinstance(part, list) else [part]))


# %% exercise="batches" alternative="islice"
"""Takes slices off an iterator until one is empty."""

import itertools


def batches(items, size, shuffle=False, seed=None):
    if size < 1:
        raise ValueError("a batch needs at least one item")
    stream = iter(random.Random(seed).sample(items, len(items)) if shuffle else items)
    while batch := list(itertools.islice(stream, size)):
        yield batch


# %% exercise="batches" alternative="raises-at-the-call"
"""Checks at once and returns a generator expression over shuffled positions."""


def batches(items, size, shuffle=False, seed=None):
    if size <= 0:
        raise ValueError(f"size must be positive, not {size}")
    places = list(range(len(items)))
    if shuffle:
        places.sort(key=lambda _, source=random.Random(seed): source.random())
    return ([items[i] for i in places[start : start + size]] for start in range(0, len(items), size))


# %% exercise="batches" alternative="fills-up"
"""Fills a batch item by item, and shuffles with NumPy."""

import numpy as np


def batches(items, size, shuffle=False, seed=None):
    if size < 1:
        raise ValueError("size < 1")
    order = np.random.default_rng(seed).permutation(len(items)) if shuffle else range(len(items))
    batch = []
    for place in order:
        batch.append(items[place])
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


# %% exercise="batches" alternative="takes-from-the-front"
"""Takes batches off the front of a copy until nothing is left of it."""


def batches(items, size, shuffle=False, seed=None):
    if size < 1:
        raise ValueError("size < 1")
    order = items[:]
    if shuffle:
        source = random if seed is None else random.Random(seed)
        source.shuffle(order)
    while order:
        yield order[:size]
        order = order[size:]


# %% exercise="Vector" alternative="tuple-inside"
"""Keeps a tuple, subtracts by adding, iterates by a generator, and says NotImplemented where it isn't asked."""


class Vector:
    def __init__(self, entries):
        self.entries = tuple(entries)

    def _check(self, other):
        if len(self.entries) != len(other.entries):
            raise ValueError("different lengths")

    def __add__(self, other):
        self._check(other)
        return Vector(a + b for a, b in zip(self.entries, other.entries))

    def __neg__(self):
        return Vector([-x for x in self.entries])

    def __sub__(self, other):
        return self + -other

    def __mul__(self, other):
        return Vector(x * other for x in self.entries)

    def __rmul__(self, other):
        return self * other

    def dot(self, other):
        self._check(other)
        return math.fsum(a * b for a, b in zip(self.entries, other.entries))

    def __abs__(self):
        return math.hypot(*self.entries)

    def __len__(self):
        return len(self.entries)

    def __getitem__(self, i):
        return self.entries[i]

    def __iter__(self):
        yield from self.entries

    def __eq__(self, other):
        if not isinstance(other, Vector):
            return NotImplemented
        return self.entries == other.entries

    def __repr__(self):
        return f"Vector([{', '.join(repr(x) for x in self.entries)}])"


# %% exercise="Vector" alternative="loops"
"""Loops over places, floats inside; Python iterates by [] of itself."""


class Vector:
    def __init__(self, data):
        self.data = [float(x) for x in data]

    def __len__(self):
        return len(self.data)

    def __getitem__(self, i):
        return self.data[i]

    def __add__(self, other):
        if len(self) != len(other):
            raise ValueError("lengths differ")
        out = []
        for i in range(len(self)):
            out.append(self[i] + other[i])
        return Vector(out)

    def __mul__(self, s):
        return Vector([x * s for x in self.data])

    __rmul__ = __mul__

    def __sub__(self, other):
        return self + other * -1

    def dot(self, other):
        if len(self) != len(other):
            raise ValueError("lengths differ")
        total = 0
        for i in range(len(self)):
            total += self[i] * other[i]
        return total

    def __abs__(self):
        return self.dot(self) ** 0.5

    def __eq__(self, other):
        if type(other) is not Vector or len(other) != len(self):
            return False
        return all(self.data[i] == other.data[i] for i in range(len(self)))

    def __repr__(self):
        return "Vector(" + str(self.data) + ")"


# %% exercise="RunningStats" alternative="keeps-all"
"""Keeps every number and asks the module statistics, which raises an error for the mean of nothing."""

import statistics


class RunningStats:
    def __init__(self, numbers=()):
        self.numbers = list(numbers)

    def push(self, x):
        self.numbers.append(x)
        return self

    @property
    def n(self):
        return len(self.numbers)

    @property
    def mean(self):
        return statistics.mean(self.numbers)

    @property
    def variance(self):
        return statistics.variance(self.numbers) if len(self.numbers) > 1 else math.nan

    def merge(self, other):
        return RunningStats(self.numbers + other.numbers)


# %% exercise="RunningStats" alternative="two-passes"
"""Keeps every number, and takes the deviations from the mean in a second pass."""


class RunningStats:
    def __init__(self):
        self.values = []

    def push(self, x):
        self.values = [*self.values, float(x)]

    @property
    def n(self):
        return len(self.values)

    @property
    def mean(self):
        return math.fsum(self.values) / self.n if self.n else None

    @property
    def variance(self):
        if self.n < 2:
            return float("nan")
        mean = self.mean
        return sum((x - mean) ** 2 for x in self.values) / (self.n - 1)

    def merge(self, other):
        both = RunningStats()
        both.values = self.values + other.values
        return both


# %% exercise="RunningStats" alternative="exact-sums"
"""Sum and sum of squares as exact fractions, in which nothing is rounded away."""

from fractions import Fraction


class RunningStats:
    def __init__(self):
        self.n = 0
        self.total = Fraction(0)
        self.squares = Fraction(0)

    def push(self, x):
        self.n += 1
        self.total += Fraction(x)
        self.squares += Fraction(x) ** 2

    @property
    def mean(self):
        return float(self.total / self.n) if self.n else 0.0

    @property
    def variance(self):
        if self.n < 2:
            return math.nan
        return float((self.squares - self.total**2 / self.n) / (self.n - 1))

    def merge(self, other):
        both = RunningStats()
        both.n = self.n + other.n
        both.total = self.total + other.total
        both.squares = self.squares + other.squares
        return both


# %% exercise="RunningStats" alternative="attributes-kept-up"
"""Keeps n, mean and variance themselves as attributes, and updates all three at each push."""


class RunningStats:
    def __init__(self):
        self.n, self.mean, self.m2 = 0, 0.0, 0.0
        self.variance = math.nan

    def _update(self):
        if self.n > 1:
            self.variance = self.m2 / (self.n - 1)

    def push(self, x):
        before = self.mean
        self.n += 1
        self.mean = before + (x - before) / self.n
        self.m2 += (x - before) * (x - self.mean)
        self._update()

    def merge(self, other):
        both = RunningStats()
        both.n = self.n + other.n
        if both.n == 0:
            return both
        both.mean = (self.n * self.mean + other.n * other.mean) / both.n
        both.m2 = self.m2 + other.m2
        both.m2 += self.n * (self.mean - both.mean) ** 2 + other.n * (other.mean - both.mean) ** 2
        both._update()
        return both


# %% exercise="break_RunningStats" alternative="random-numbers"
"""Compares with the module statistics on groups drawn at random, near 0 and far away."""

import statistics


def break_RunningStats(RunningStats):
    source = random.Random(0)

    def compare(stats, xs):
        assert stats.n == len(xs)
        if xs:
            assert abs(stats.mean - statistics.fmean(xs)) <= 1e-9 * max(1, abs(statistics.fmean(xs)))
        if len(xs) > 1:
            assert math.isclose(stats.variance, statistics.variance(xs), rel_tol=1e-3)
        else:
            assert stats.variance != stats.variance

    def fill(stats, xs):
        for x in xs:
            stats.push(x)
        return stats

    for n, m, offset in [(0, 0, 0), (1, 0, 0), (0, 2, 5), (3, 1, 0), (1, 4, -2), (5, 3, 1e9), (4, 2, 0)]:
        left = [offset + source.gauss(0, 1) for _ in range(n)]
        right = [offset + source.gauss(3, 2) for _ in range(m)]
        a, b = fill(RunningStats(), left), fill(RunningStats(), right)
        compare(a, left)
        compare(b, right)
        both = a.merge(b)
        compare(both, left + right)
        fill(both, [50, 60])
        compare(a, left)
        compare(b, right)
        fill(a, [70])
        compare(both, [*left, *right, 50, 60])
        compare(a, [*left, 70])
        compare(b, right)


# %% exercise="break_RunningStats" alternative="case-by-case"
"""One case for each sentence of the statement, worked out by hand."""


def break_RunningStats(RunningStats):
    def near(got, right):
        return abs(got - right) <= 1e-3 * max(1.0, abs(right))

    def made(*xs):
        stats = RunningStats()
        for x in xs:
            stats.push(x)
        return stats

    def says(stats, n, mean, variance):
        assert stats.n == n
        assert near(stats.mean, mean)
        assert near(stats.variance, variance)

    assert made().n == 0
    assert math.isnan(made().variance)
    assert math.isnan(made(10).variance)
    assert made(10).n == 1 and near(made(10).mean, 10)
    says(made(2, 4, 9), 3, 5, 13)
    says(made(1e9 + 2, 1e9 + 4, 1e9 + 9), 3, 1e9 + 5, 13)
    a, b = made(2, 4), made(9)
    both = a.merge(b)
    says(both, 3, 5, 13)
    says(a, 2, 3, 2)
    assert b.n == 1 and near(b.mean, 9)
    says(made(0, 2).merge(made(10, 12, 14)), 5, 7.6, 38.8)
    empty = made()
    for one in (a.merge(empty), empty.merge(a)):
        says(one, 2, 3, 2)
        one.push(30)
        says(one, 3, 12, 244)
    assert empty.merge(made()).n == 0
    assert empty.n == 0
    says(a, 2, 3, 2)


# %% exercise="memoize" alternative="functools-cache"
"""functools.cache does it all."""

from functools import cache


def memoize(f):
    return cache(f)


# %% exercise="memoize" alternative="try-and-wraps"
"""Looks first, and asks when the key isn't there."""

from functools import wraps


def memoize(f):
    answers = {}

    @wraps(f)
    def wrapper(*args):
        try:
            return answers[args]
        except KeyError:
            answers[args] = f(*args)
            return answers[args]

    return wrapper


# %% exercise="memoize" alternative="a-class"
"""An object that can be called and holds its own dict."""

from functools import update_wrapper


class Memoized:
    def __init__(self, f):
        self.f, self.answers = f, {}
        update_wrapper(self, f)

    def __call__(self, *args):
        if args not in self.answers:
            self.answers[args] = self.f(*args)
        return self.answers[args]


def memoize(f):
    return Memoized(f)


# %% exercise="Module" alternative="registers"
"""As PyTorch does: setting an attribute enters it in a dict that Module's __init__ makes."""

from functools import reduce


class Module:
    def __init__(self):
        object.__setattr__(self, "_parts", {})

    def __setattr__(self, name, value):
        if isinstance(value, (Parameter, Module)):
            self._parts[name] = value
        object.__setattr__(self, name, value)

    def parameters(self):
        found = []
        for part in self._parts.values():
            new = [part] if isinstance(part, Parameter) else part.parameters()
            found += [p for p in new if not any(p is known for known in found)]
        return found


class Affine(Module):
    def __init__(self, w, b):
        super().__init__()
        self.slope, self.intercept = Parameter(w), Parameter(b)

    def __call__(self, x):
        return x * self.slope.value + self.intercept.value


class Chain(Module):
    def __init__(self, *modules):
        super().__init__()
        self.layers = list(modules)
        for i, layer in enumerate(modules):
            self._parts[i] = layer

    def __call__(self, x):
        return reduce(lambda value, layer: layer(value), self.layers, x)


# %% exercise="Module" alternative="opens-lists-too"
"""Walks through attributes, and through lists and tuples among them."""


class Module:
    def parameters(self):
        seen = {}

        def walk(part):
            if isinstance(part, Parameter):
                seen.setdefault(id(part), part)
            elif isinstance(part, Module):
                walk(list(part.__dict__.values()))
            elif isinstance(part, (list, tuple)):
                for inner in part:
                    walk(inner)

        walk(self)
        return list(seen.values())


class Affine(Module):
    def __init__(self, w, b):
        self.numbers = [Parameter(w), Parameter(b)]

    def __call__(self, x):
        w, b = self.numbers
        return w.value * x + b.value


class Chain(Module):
    def __init__(self, *modules):
        self.modules = modules

    def __call__(self, x):
        for module in self.modules:
            x = module(x)
        return x

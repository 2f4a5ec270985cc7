# %% [markdown]
# # Week 02 · Python: functions and classes
#
# In R you already think in functions: `sapply(x, f)` hands one function to another, and `lm` returns an
# object that `summary` and `predict` know how to treat. Python does both, and goes further in two places
# that every later week builds on. Functions are made, stored and returned like numbers. And you can define
# your own kinds of objects, so that `v + w`, `len(v)` and `print(v)` mean what you want them to mean. A
# neural network in PyTorch is an object of that sort, and its training loop draws from a generator like the
# one that you write below.
#
# **Before:** in the official Python tutorial (docs.python.org, "The Python Tutorial"), read *Defining
# Functions* and *More on Defining Functions* in chapter 4 (25 minutes), and in chapter 9, *Classes*, the
# sections *A First Look at Classes*, *Iterators* and *Generators* (25 minutes). Type the examples as you go.
#
# **Afterwards you can**
#
# - hand functions around, build new ones out of old ones, and say which variables they see and when;
# - say whether two names mean one object or two, and what that does to default arguments;
# - write a function that calls itself, and a generator that gives one batch after the other;
# - write a class with operators, properties and a readable face, and test one that somebody else wrote.
#
# **Time:** five to six hours for the notebook, alone or with your partner; the reading comes before. The
# exercises get longer towards the end: `Vector`, `RunningStats` and its test are half of the work. The two
# marked *stretch* come on top.

# %% given="imports"
import math
import random

# %% [markdown]
# ## 1 A function is a value
#
# `def` makes a function and gives it a name; nothing runs until somebody calls it. The name without brackets
# *is* the function, and can be handed to another function like any number:
#
# ```python
# def twice(f, x):
#     return f(f(x))
#
# twice(math.sqrt, 81)            # 3.0
# twice(lambda x: x + 10, 1)      # 21
# ```
#
# `lambda x: x + 10` is a function without a name, R's `\(x) x + 10`. A parameter with `=` has a default:
# `def f(x, h=1e-6)` may be called as `f(3)`, `f(3, 0.5)` or `f(3, h=0.5)`.
#
# Here is a use for it. When does a culture grow fastest, and how fast is that? If you have the growth curve as
# a function, you can measure its slope at any hour without any calculus: go one small step *h* to either
# side, and divide the rise by the run.
#
# $$f'(x) \approx \frac{f(x + h) - f(x - h)}{2h}$$
#
# By hand, for $f(x) = x^2$ at 3 with $h = ½$: $(3.5^2 - 2.5^2) / 1 = 12.25 - 6.25 = 6$. That is the true
# slope: on parabolas the errors of the two sides cancel, whatever *h* is. A step to the right alone would
# give $(12.25 - 9) / 0.5 = 6.5$.
#
# **Exercise `numerical_derivative`** (1 point). Return that *central difference*, with the step `h` that is
# given. `f` takes one number and returns one.


# %% exercise="numerical_derivative" points=1
def numerical_derivative(f, x, h=1e-6):
    """The slope of f at x by the central difference with step h.

    numerical_derivative(lambda x: x * x, 3, h=0.5) is 6.0.
    """
    ### BEGIN SOLUTION
    return (f(x + h) - f(x - h)) / (2 * h)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# How often do you have to call `f`, and with what?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Run and rise: the two points lie `2 * h` apart. `a / 2 * h` isn't what it looks like: Python divides by 2
# and then multiplies by h.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `return (f(...) - f(...)) / (2 * h)`
#
# </details>

# %% tags=["explore"]
import matplotlib.pyplot as plt

plt.style.use("autograde.quiet")


def density(hour):
    """Optical density of a culture: an inoculum of 0.02 that grows towards 1.6."""
    return 1.6 / (1 + 79 * math.exp(-0.9 * hour))


hours = [step / 10 for step in range(121)]
figure, (left, right) = plt.subplots(1, 2, figsize=(7.4, 3))
left.plot(hours, [density(hour) for hour in hours])
left.set(title="The culture", xlabel="time (h)", ylabel="optical density", ylim=(0, None))
growth = [numerical_derivative(density, hour) for hour in hours]
right.plot(hours, growth, color="C1")
fastest = hours[growth.index(max(growth))]
right.axvline(fastest, color="grey", linewidth=0.8, linestyle=":")
right.text(fastest + 1.6, 0.33, f"fastest at {fastest:.1f} h", color="grey")
right.set(title="How fast it grows", xlabel="time (h)", ylabel="optical density per hour", ylim=(0, 0.4))
plt.show()

# %% [markdown]
# Nothing in `numerical_derivative` knows about cultures. It knows that `f` can be called, and that is all it
# needs. In the same way PyTorch's optimisers will know nothing of your model.

# %% [markdown]
# ## 2 Functions that make functions
#
# A function may also *return* a function. The inner one keeps seeing the variables of the call that made it,
# even after that call has ended:
#
# ```python
# def shift_by(distance):
#     def shift(x):
#         return x + distance
#     return shift                # the function, not a call of it
#
# shift_by(10)(1)                 # 11
# ```
#
# And a function may take any number of arguments. A star in front of a parameter collects all positional
# arguments into a tuple, two stars collect the named ones into a dict, and the same stars in a call hand them
# on. That is R's `...`:
#
# ```python
# def loudly(*args, **kwargs):
#     print("called with", args, kwargs)
#     return round(*args, **kwargs)
#
# loudly(3.14159, ndigits=2)      # prints: called with (3.14159,) {'ndigits': 2}; returns 3.14
# ```
#
# Put the two together and you can chain functions. In mathematics $(f \circ g)(x) = f(g(x))$: the one on the
# right comes first, for it stands nearest to $x$. With add3 and double, `compose(double, add3)(5)` is
# double(8) = 16, and `compose(add3, double)(5)` is 13.
#
# **Exercise `compose`** (2 points). `compose(f, g, h)` returns a function that calls `h` first, then `g` on
# what came of it, then `f`. The rightmost function gets all the arguments, positional and named, that the
# new function is called with; each of the others gets one, the result so far. It can be called again and
# again. `compose()`, of nothing, is the identity: a function that returns its one argument.


# %% exercise="compose" points=2
def compose(*fs):
    """The function that calls the rightmost of fs with all its arguments, then the others from right to left.

    compose(len, set)("GATTACA") is 4, the number of different letters; compose(abs, min)(2, -7, 5) is 7;
    compose()(3) is 3.
    """
    ### BEGIN SOLUTION
    if not fs:
        return lambda x: x

    def composed(*args, **kwargs):
        result = fs[-1](*args, **kwargs)
        for f in reversed(fs[:-1]):
            result = f(result)
        return result

    return composed
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# `fs` is a tuple. Which of its entries is called first, and in what is that call unlike all the others?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Write an inner `def composed(*args, **kwargs)` and return it without calling it. Inside, call `fs[-1]` with
# everything, then walk through the rest from right to left. What if there is no `fs[-1]`?
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# def composed(*args, **kwargs):
#     result = fs[-1](*args, **kwargs)
#     for f in ...:                      # the others, backwards: reversed(fs[:-1])
#         result = ...
#     return result
# ```
#
# </details>

# %% [markdown]
# ### Which variable, and when?
#
# "The inner function keeps seeing the variables of the call that made it." It sees the *variables*, and not
# the values that they had. Try this before you read on:

# %% tags=["explore"]
shifts = []
for distance in [1, 10, 100]:
    shifts.append(lambda x: x + distance)  # noqa: B023
print([shift(0) for shift in shifts])

# %% [markdown]
# It prints `[100, 100, 100]`. There is one variable `distance`, all three functions see it, and by the time
# they are called the loop has left it at 100. Programmers call it *late binding*: the name is looked up when
# the function runs. (A `for` loop in R does the same to you.) `shift_by` above doesn't have the trouble,
# since each call of it has a `distance` of its own.
#
# **Exercise `make_multipliers`** (1 point). For a list of numbers `ks`, return a list of as many functions,
# of which the i-th takes a number and multiplies it by `ks[i]`. A dilution series, say, in which every tube
# has a function that takes a reading back to the undiluted sample.


# %% exercise="make_multipliers" points=1
def make_multipliers(ks):
    """A list of functions, of which the i-th multiplies its argument by ks[i].

    With fs = make_multipliers([1, 10, 100]), fs[0](7) is 7, fs[1](7) is 70 and fs[2](7) is 700.
    """

    ### BEGIN SOLUTION
    def multiply_by(k):
        return lambda x: k * x

    return [multiply_by(k) for k in ks]
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# What do your functions give after the loop has ended? A list comprehension has one loop variable, too.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Each function needs a variable of its own. A call makes new variables: write a small function that takes
# *one* `k` and returns its multiplier, as `shift_by` does.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# def multiply_by(k):
#     return lambda x: ...
#
# return [... for k in ks]
# ```
#
# </details>

# %% [markdown]
# ## 3 One object, two names
#
# In R, `b <- a` behaves like a copy. In Python it never is one: `=` gives a further name to the same object.
#
# ```python
# a = [1, 2]
# b = a               # a second name
# c = list(a)         # a copy, a second list
# b.append(3)
# a                   # [1, 2, 3]
# c                   # [1, 2]
# a is b, a is c      # (True, False): `is` asks whether it is the same object
# ```
#
# Handing a list to a function does the same: the parameter is another name for the caller's list, and
# `append`, `sort` or `xs[0] = 7` inside the function change what the caller has. Sometimes that is the
# purpose. Where it isn't, make a copy first.
#
# A default value hides the same trap. It is made **once**, when `def` runs, and every call that doesn't give
# its own gets that one object:

# %% tags=["explore"]


def note(sample, samples=[]):  # noqa: B006
    samples.append(sample)
    return samples


print(note("leaf"))
print(note("root"))

# %% [markdown]
# The second call returns `['leaf', 'root']`. The way out is a default that can't change, `None`, and a fresh
# list made inside.
#
# **Exercise `append_to`** (1 point). Append `x` to the list `xs` and return that very list, so that the
# caller's list is longer afterwards. Without `xs`, or with None, start a fresh list each time. A list that is
# given and empty is a list that is given: it, too, is extended and returned.


# %% exercise="append_to" points=1
def append_to(x, xs=None):
    """xs itself, with x appended; a fresh list [x] if no list is given.

    append_to(3) is [3], also the second time. With a = [1], append_to(2, a) is a, and a is now [1, 2].
    """
    ### BEGIN SOLUTION
    if xs is None:
        xs = []
    xs.append(x)
    return xs
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# When is the fresh list made in your function: once, or at each call?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Ask for None by name: `if xs is None`. Shorter ways such as `xs or []` or `if not xs` take an empty list for
# none at all. And `xs + [x]` makes a new list.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# if xs is None:
#     xs = ...
# xs.append(...)
# return ...
# ```
#
# </details>

# %% [markdown]
# ## 4 A function that calls itself
#
# A phylogeny is a group of groups. Written as nested lists, the apes are
#
# ```python
# apes = [[[["human", ["chimpanzee", "bonobo"]], "gorilla"], "orangutan"], "gibbon"]
# ```
#
# Nobody knows beforehand how deep such a thing goes, so no fixed number of loops inside loops will do. But
# each part of it is of the same kind as the whole. So say what to do with *one* level, and for a part that is
# a list, call the same function again. That is recursion, and it takes two things: a case that is finished at
# once (a leaf), and a step towards that case (the parts are smaller than the whole).
#
# The next cell draws the tree. Look at `draw`: it places a leaf itself, and asks itself to place a group's
# parts.

# %% tags=["explore"]
apes = [[[["human", ["chimpanzee", "bonobo"]], "gorilla"], "orangutan"], "gibbon"]


def depth(tree):
    """How many lists deep the tree goes; a leaf is 0 deep."""
    return 1 + max(depth(part) for part in tree) if isinstance(tree, list) else 0


def draw(axes, tree, rows):
    """Draw a tree with its tips at x = 0; return where its root is. `rows` says which line is free next."""
    if not isinstance(tree, list):  # a leaf is finished at once
        row = next(rows)
        axes.text(0.1, row, tree, va="center")
        return 0, row
    x = -depth(tree)
    ends = [draw(axes, part, rows) for part in tree]  # the parts are smaller than the whole
    heights = [row for _, row in ends]
    axes.plot([x, x], [min(heights), max(heights)], color="C0")
    for end, row in ends:
        axes.plot([x, end], [row, row], color="C0")
    return x, sum(heights) / len(heights)


figure, axes = plt.subplots(figsize=(5, 2.6))
draw(axes, apes, iter(range(6)))
axes.set_xlim(-depth(apes) - 0.3, 1.6)
axes.invert_yaxis()
axes.axis("off")
axes.set_title("The apes, as nested lists (branch lengths mean nothing)", loc="left")
plt.show()

# %% [markdown]
# **Exercise `flatten`** (2 points). Return a new list of everything in `nested` that isn't a list, in order from
# left to right, however deep it lies (the tests go 100 deep). Only lists are opened: strings, tuples, dicts
# and None stay whole. An empty list has nothing in it and leaves nothing behind. `nested` is the same
# afterwards, all its parts included.


# %% exercise="flatten" points=2
def flatten(nested):
    """All entries of nested that are not lists, from left to right, at whatever depth.

    flatten([1, [2, ["GC", []]], (3, [4])]) is [1, 2, "GC", (3, [4])].
    """
    ### BEGIN SOLUTION
    flat = []
    for part in nested:
        if isinstance(part, list):
            flat.extend(flatten(part))
        else:
            flat.append(part)
    return flat
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Go through the example with a pencil. For each entry there are two cases only. What do you do in each?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `isinstance(part, list)` tells the cases apart. If it is a list, pretend that `flatten` already works, and
# ask it for that part's entries. `extend` adds all entries of a list, `append` adds the list as one entry.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# flat = []
# for part in nested:
#     if isinstance(part, list):
#         flat.extend(...)
#     else:
#         ...
# return flat
# ```
#
# </details>

# %% [markdown]
# ## 5 A function that waits
#
# A model is trained on *batches*: a handful of examples, then the next handful, until all have been seen,
# and then again in another order. With a million images you don't want all those handfuls at once. You want
# the next one when you are ready for it.
#
# A function with `yield` in it does that. Calling it runs nothing; it returns a *generator*. Each `next` runs
# the body as far as the next `yield`, hands that value out, and stops there with all its variables in place.
# A `for` loop calls `next` for you:
#
# ```python
# def countdown(n):
#     while n > 0:
#         yield n
#         n -= 1
#
# fuse = countdown(3)
# next(fuse)                      # 3
# list(fuse)                      # [2, 1]: what was left
# list(fuse)                      # []: a generator is used up by going through it
# ```
#
# The other half is the order. `random.Random(seed)` is a source of randomness of your own: `.shuffle(xs)`
# shuffles a list **in place**, so shuffle a copy, and two sources with the same seed shuffle alike. R has one
# `set.seed` for everything; here each function can have its own, and nobody is disturbed by anybody else's
# draws.
#
# **Exercise `batches`** (3 points). A generator over the list `items` that gives lists of `size` items each;
# the last one is shorter if they don't come out even, and no list is empty.
#
# - Without `shuffle` the items come in their order, whatever `seed` is. With it, in a random order, every
#   order being equally likely, and each item exactly once. The whole list is shuffled, before it is cut.
# - The same `seed` gives the same order every time, and 0 is a seed like others. Without a seed any order
#   will do.
# - It is lazy: a batch is made when it is asked for, and not all of them ahead. (A copy of `items` made at
#   the start is fine.) Each batch is a list of its own, which stays as it is when the next one is asked for.
# - `items` stays as it was. With a seed, the state of the module `random` does, too: whoever draws from
#   it next draws what they would have drawn without you.
# - A `size` below 1 raises ValueError, either at the call or when the first batch is asked for.


# %% exercise="batches" points=3
def batches(items, size, shuffle=False, seed=None):
    """Lists of size items each, one after the other, the last one perhaps shorter; size < 1: ValueError.

    list(batches([5, 6, 7, 8, 9], 2)) is [[5, 6], [7, 8], [9]].
    """
    ### BEGIN SOLUTION
    if size < 1:
        raise ValueError(f"a batch has at least one item, and size is {size}")
    order = list(items)
    if shuffle:
        random.Random(seed).shuffle(order)
    for start in range(0, len(order), size):
        yield order[start : start + size]
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Forget the shuffling at first. At which positions does a batch start, and where does it end? What does a
# slice do that reaches beyond the end?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `range(0, len(items), size)` counts in steps of `size`, and `[1, 2, 3][2:4]` is `[3]`, without complaint. To
# shuffle, make a copy with `list(items)` and let `random.Random(seed)` shuffle that. Beware of `if seed:`.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# order = list(items)
# if shuffle:
#     random.Random(...).shuffle(...)
# for start in range(0, ..., ...):
#     yield order[...:...]
# ```
#
# and a `raise ValueError(...)` before everything else.
#
# </details>

# %% tags=["explore"]
plots = [f"plot {number}" for number in range(1, 11)]
for epoch in range(3):
    shown = ["".join(f"{plot.split()[1]:>3}" for plot in batch) for batch in batches(plots, 4, True, epoch)]
    print(f"epoch {epoch}:", " | ".join(shown))

# %% [markdown]
# Each line goes once through all ten plots, in three batches, of 4, 4 and 2: that is one *epoch*. You
# will meet both again when the first models are trained on batches, in week 05.
#
# ## 6 Things of your own kind
#
# A list of numbers can't be added as a physicist adds: `[1, 2] + [3, 4]` is `[1, 2, 3, 4]`. A *class* defines
# a new kind of object together with what can be done to it.
#
# ```python
# class Dose:
#     def __init__(self, mg):          # runs when Dose(5) is called; self is the new object
#         self.mg = mg                 # an attribute: this object's own variable
#
#     def halved(self):                # a method: d.halved() calls it with d as self
#         return Dose(self.mg / 2)
#
#     def __add__(self, other):        # Dose(5) + Dose(2)
#         return Dose(self.mg + other.mg)
#
#     def __repr__(self):              # how it shows itself
#         return f"Dose({self.mg!r})"
# ```
#
# Names with two underscores on each side are those that Python calls by itself:
#
# | you write | Python calls | |
# | --- | --- | --- |
# | `v + w`, `v - w` | `v.__add__(w)`, `v.__sub__(w)` | |
# | `v * 3` | `v.__mul__(3)` | |
# | `3 * v` | `v.__rmul__(3)` | after `(3).__mul__(v)`, which knows no vectors |
# | `abs(v)`, `len(v)` | `v.__abs__()`, `v.__len__()` | |
# | `v[0]` | `v.__getitem__(0)` | |
# | `for x in v` | `v.__iter__()` | returns an iterator, such as `iter(some_list)` |
# | `v == w` | `v.__eq__(w)` | without it, equal means "the same object" |
# | `repr(v)`, or `v` at the end of a cell | `v.__repr__()` | |
#
# R's S3 does the same with `Ops.myclass` and `print.myclass`. The difference is where the methods live: there
# with the generic function, here with the class.
#
# ### Vectors
#
# A swimming bacterium runs straight for a second, tumbles, and runs off in another direction. Each run is a
# vector: so many micrometres in x, so many in y. Where it ends is the sum of its runs, and how far that is
# from the start is the sum's length, or norm, $\sqrt{x_1^2 + x_2^2 + \dots}$. By hand: runs of (3, 0) and
# (0, 4) add up to (3, 4), whose norm is $\sqrt{9 + 16} = 5$, though seven micrometres were swum.
#
# **Exercise `Vector`** (8 points, in three parts that are checked one by one). `Vector([1, 2])` is made from
# a list of numbers, of any length, 0 included. It keeps **its own copy**: whatever happens to that list
# later, the vector stays as it is. The checks of all three parts read a vector's entries with a `for` loop,
# so write `__init__` and `__iter__` first.
#
# *container* (3 points)
# - `len(v)`; `v[i]` with positive and negative i as in a list, and IndexError beyond the ends; `for x in v`,
#   as often as one likes, also one loop inside the other.
# - `v == w` is True for two vectors of equal length with equal entries (1 and 1.0 are equal), and False for
#   other vectors and for anything that is no Vector, the list `[1, 2]` and None included. `!=` says the
#   contrary; Python sees to that by itself.
#
# *arithmetic* (4 points)
# - `v + w` and `v - w` are new vectors, entry by entry.
# - `v * s` and `s * v`, with a number s, are the new vector with each entry multiplied by s.
# - `v.dot(w)` is the number $v_1 w_1 + v_2 w_2 + \dots$, and `abs(v)` the norm of v.
# - Two vectors of unequal length in `+`, `-` or `dot` raise ValueError.
# - No operation changes its operands.
#
# *repr* (1 point)
# - `repr(v)` is a text that makes an equal vector when Python reads it, to the last digit of each entry:
#   `eval(repr(v)) == v`.
#
# What `v + 1` or `v * w` do with two vectors is up to you.


# %% exercise="Vector" points={"container": 3, "arithmetic": 4, "repr": 1}
class Vector:
    """A vector of numbers: Vector([3, 0]) + Vector([0, 4]) == Vector([3, 4]), and abs of that is 5.0.

    2 * Vector([1, -2]) == Vector([2, -4]); Vector([1, 2]).dot(Vector([3, 4])) is 11;
    Vector([1, 2]) == [1, 2] is False.
    """

    ### BEGIN SOLUTION
    def __init__(self, entries):
        self.entries = list(entries)

    def pairs(self, other):
        """The entries of both vectors side by side; ValueError if one is longer."""
        return zip(self.entries, other.entries, strict=True)

    def __add__(self, other):
        return Vector([a + b for a, b in self.pairs(other)])

    def __sub__(self, other):
        return Vector([a - b for a, b in self.pairs(other)])

    def __mul__(self, number):
        return Vector([number * a for a in self])

    __rmul__ = __mul__

    def dot(self, other):
        return sum(a * b for a, b in self.pairs(other))

    def __abs__(self):
        return math.sqrt(self.dot(self))

    def __len__(self):
        return len(self.entries)

    def __getitem__(self, i):
        return self.entries[i]

    def __iter__(self):
        return iter(self.entries)

    def __eq__(self, other):
        return isinstance(other, Vector) and self.entries == other.entries

    def __repr__(self):
        return f"Vector({self.entries!r})"

    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Begin with `__init__`, `__len__`, `__iter__` and `__repr__`: with these four you can look at your vectors,
# and the others become one-liners. Is `self.entries = entries` a copy? (Section 3.)
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Most methods pass on to the list inside: `return len(self.entries)`. For two vectors walk along both with
# `zip`. It stops at the shorter one without a word, unless you say `strict=True`: then it raises the
# ValueError that is asked for. `3 * v` needs `__rmul__`; one line, `__rmul__ = __mul__`, will do. In `__eq__`
# ask `isinstance(other, Vector)` first.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# def __init__(self, entries):
#     self.entries = list(entries)
#
# def __add__(self, other):
#     return Vector([a + b for a, b in zip(self.entries, other.entries, strict=True)])
#
# def __abs__(self):
#     return math.sqrt(...)                  # what is v.dot(v)?
#
# def __repr__(self):
#     return f"Vector({...!r})"              # !r: the entry as Python would write it
# ```
#
# </details>

# %% tags=["explore"]
rng = random.Random(2)


def run():
    """One run of 10 µm in a random direction."""
    angle = rng.uniform(0, 2 * math.pi)
    return 10 * Vector([math.cos(angle), math.sin(angle)])


def swim(runs):
    """Where a bacterium is after each of its runs."""
    places = [Vector([0, 0])]
    for _ in range(runs):
        places.append(places[-1] + run())
    return places


figure, (left, right) = plt.subplots(1, 2, figsize=(7.4, 3.2))
path = swim(100)
left.plot([place[0] for place in path], [place[1] for place in path], ".-", linewidth=0.8, markersize=3)
left.plot([0, path[-1][0]], [0, path[-1][1]], color="C1", label=f"100 runs: {abs(path[-1]):.0f} µm away")
left.set(title="One bacterium", xlabel="x (µm)", ylabel="y (µm)")
left.set_aspect("equal", adjustable="datalim")
left.margins(y=0.35)
left.legend(loc="upper left")
swims = [swim(100) for _ in range(200)]
spread = [math.sqrt(sum(swum[n].dot(swum[n]) for swum in swims) / len(swims)) for n in range(101)]
right.plot(spread, label="200 bacteria")
right.plot([10 * math.sqrt(n) for n in range(101)], color="grey", linestyle="--", label="10 µm · √runs")
right.set(title="How far they get", xlabel="runs of 10 µm", ylabel="root mean square distance (µm)")
right.legend()
plt.show()

# %% [markdown]
# A hundred runs of 10 µm are a millimetre swum, and take a bacterium some 100 µm away in the root mean square
# (the one on the left came 70): distance grows with the square root of the number of runs. It is diffusion, and
# the same square root as in the standard error of a mean. And the code reads like the sentence that it stands
# for, because `+`, `*` and `abs` now mean what they mean on paper.

# %% [markdown]
# ## 7 An object that remembers
#
# A logger sends a temperature every second, and you want the mean and the variance so far without keeping
# every number. A function can't do that, for it forgets everything when it returns. An object can: it has a
# state, and a method that changes it.
#
# The formula from the statistics book, in the form that needs one pass only, would be
#
# $$s^2 = \frac{\sum x^2 - \left(\sum x\right)^2 / n}{n - 1}$$
#
# It is right on paper and dangerous on a computer. Take three time stamps, in seconds since 1970:
# 1 700 000 002, …004 and …009. Their variance is 13, as for 2, 4 and 9. But their squares have nineteen
# digits, a float keeps sixteen, and the difference of two such sums is what was rounded away.
#
# Welford's way updates the mean and the sum of squared *deviations*, M, which stays small. When x arrives, n
# goes up by one and
#
# $$\text{mean}_\text{new} = \text{mean} + \frac{x - \text{mean}}{n}, \qquad
# M_\text{new} = M + (x - \text{mean})(x - \text{mean}_\text{new})$$
#
# with the *old* mean in one bracket and the *new* one in the other. By hand, for 2, 4, 9:
#
# | x | n | mean | M |
# | --- | --- | --- | --- |
# | 2 | 1 | 2 | 0 |
# | 4 | 2 | 2 + 2/2 = 3 | 0 + (4 − 2)(4 − 3) = 2 |
# | 9 | 3 | 3 + 6/3 = 5 | 2 + (9 − 3)(9 − 5) = 26 |
#
# and the variance is 26 / (3 − 1) = 13.
#
# Two loggers can be put together afterwards, without the numbers. With d the difference of their means:
#
# $$\text{mean} = \text{mean}_a + d\,\frac{n_b}{n_a + n_b}, \qquad
# M = M_a + M_b + d^2\,\frac{n_a n_b}{n_a + n_b}$$
#
# You know the second line from the analysis of variance: the total sum of squares is the sum within the
# groups plus the sum between them. By hand, (2, 4) and (9): d = 6, mean = 3 + 6 · ⅓ = 5, and
# M = 2 + 0 + 36 · ⅔ = 26, as it should be.
#
# One thing more. You want to read `stats.mean`, like an attribute, and have it worked out when it is read. A
# method with `@property` in the line above does that:
#
# ```python
# class Square:
#     def __init__(self, side):
#         self.side = side
#
#     @property
#     def area(self):
#         return self.side ** 2
#
# Square(3).area                  # 9, without brackets
# ```
#
# **Exercise `RunningStats`** (5 points). `RunningStats()` starts empty.
# - `push(x)` takes one number in.
# - `n`, `mean` and `variance` are read without brackets, at any time: how many numbers so far, their mean,
#   and their variance with n − 1 below. With fewer than two numbers the variance is `math.nan`. The mean of
#   no number at all is up to you.
# - `a.merge(b)` returns a new RunningStats that says what one would say that had been given all of a's and
#   b's numbers. a and b stay as they are, and each of the three goes its own way afterwards. Either may be
#   empty, and `a.merge(a)` counts each number twice.
# - It holds its precision when the numbers are large and their spread is small: at 10⁹ with a spread of
#   about 1, the variance has at least three right digits.
#
# How it does that inside is up to you. A list of all the numbers passes, but misses the point.


# %% exercise="RunningStats" points=5
class RunningStats:
    """n, mean and variance (n - 1) of the numbers pushed so far; merge(other) is a new one over both.

    After push(2), push(4) and push(9): n is 3, mean is 5.0, variance is 13.0. With one number or none
    variance is nan.
    """

    ### BEGIN SOLUTION
    def __init__(self):
        self._n = 0
        self._mean = 0.0
        self._squares = 0.0  # the sum of squared deviations from the mean

    def push(self, x):
        self._n += 1
        deviation = x - self._mean
        self._mean += deviation / self._n
        self._squares += deviation * (x - self._mean)

    @property
    def n(self):
        return self._n

    @property
    def mean(self):
        return self._mean

    @property
    def variance(self):
        return self._squares / (self._n - 1) if self._n > 1 else math.nan

    def merge(self, other):
        both = RunningStats()
        both._n = self._n + other._n
        if both._n:
            apart = other._mean - self._mean
            both._mean = self._mean + apart * other._n / both._n
            both._squares = self._squares + other._squares + apart**2 * self._n * other._n / both._n
        return both

    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Which three numbers must the object remember between two pushes? Make them in `__init__`, as attributes of
# `self`: names that stand in the class's body outside any method are shared by all its objects.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# In `push`, keep `x - mean` in a variable before you change the mean, and use both differences for M. In
# `merge`, make a `RunningStats()`, fill its three numbers by the formulas, and return it. What does the
# formula divide by when both are empty?
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# def push(self, x):
#     self._n += 1
#     deviation = x - self._mean
#     self._mean += ...
#     self._squares += deviation * (...)
#
# @property
# def variance(self):
#     return ... if self._n > 1 else math.nan
#
# def merge(self, other):
#     both = RunningStats()
#     both._n = self._n + other._n
#     ...
#     return both
# ```
#
# </details>

# %% tags=["explore"]


def one_pass_formula(xs):
    """The variance by the sum of squares minus the square of the sum."""
    n = len(xs)
    return (sum(x * x for x in xs) - sum(xs) ** 2 / n) / (n - 1)


def running(xs):
    stats = RunningStats()
    for x in xs:
        stats.push(x)
    return stats.variance


rng = random.Random(1)
spread = [rng.gauss(0, 1) for _ in range(200)]
true = running(spread)
offsets = [10 ** (step / 2) for step in range(21)]
figure, axes = plt.subplots(figsize=(5.6, 3))
for variance, label, colour in [
    (one_pass_formula, "sum of squares minus square of sum", "C1"),
    (running, "your RunningStats", "C0"),
]:
    off = [abs(variance([offset + x for x in spread]) / true - 1) for offset in offsets]
    axes.loglog(offsets, [max(error, 1e-17) for error in off], ".-", color=colour, label=label)
axes.axhline(1, color="grey", linewidth=0.8, linestyle=":")
axes.text(1, 2, "as wrong as it is large", color="grey")
axes.set_ylim(1e-17, 1e8)
axes.set(xlabel="mean of 200 numbers with spread 1", ylabel="relative error of the variance")
axes.legend(loc="upper left")
plt.show()

# %% [markdown]
# From a mean of about 10⁸ on, the one-pass formula's variance is noise, and it may even come out negative.
# Time stamps, genome positions and raw detector counts live at that end of the axis. The other curve rises too,
# for at 10¹⁰ the numbers themselves can be written down only to the sixth decimal; but no formula can do
# anything about that. Every batch-normalisation layer (week 09) keeps running statistics, too, of a simpler kind
# that slowly forgets what is long past.
#
# ## 8 Now break it
#
# You have passed tests that somebody else wrote. From this week on you also write one. A test is a function
# that is given an implementation, tries it, and complains if something is wrong:
#
# ```python
# def break_reverse(reverse):
#     assert reverse("AC") == "CA", "two letters"
#     assert reverse("") == "", "no letters"
# ```
#
# `assert condition, "message"` does nothing if the condition holds and raises AssertionError if it doesn't. A
# good test is built on knowing how a thing goes wrong *and still looks right*: a variance with n in place of
# n − 1 is right at first glance, and so is any class that you only ever use one object of.
#
# **Exercise `break_RunningStats`** (3 points). `break_RunningStats(RunningStats)` is given a class. If it
# keeps what the statement in section 7 promises, return without a sound. If it doesn't, raise AssertionError;
# an error that a wrong class raises by itself on the way counts as well. Right classes of different make must
# all pass, or nothing counts. Then your points are the share of wrong ones that you catch.
#
# - Use only what was promised: `RunningStats()`, `push`, `n`, `mean`, `variance` and `merge`. What was left
#   free isn't tested: the mean of nothing, the type of a number, anything that begins with an underscore.
# - Right classes differ in the last digits, so compare with a tolerance, for instance
#   `math.isclose(got, right, rel_tol=1e-3)`. And nan is equal to nothing, not even to itself: ask
#   `math.isnan(...)`.
# - A few hundred calls are enough.
#
# The checks try two right classes and five wrong ones; grading tries more of either. Run your test on your
# own `RunningStats` before you trust it.


# %% exercise="break_RunningStats" points=3
def break_RunningStats(RunningStats):
    """Raise AssertionError if the class is wrong, return None if it is right.

    One line of it might be: stats = RunningStats(), then stats.push(2), stats.push(4), and then
    assert stats.n == 2 and math.isclose(stats.variance, 2.0)
    """

    ### BEGIN SOLUTION
    def pushed(numbers):
        stats = RunningStats()
        for number in numbers:
            stats.push(number)
        return stats

    def same(stats, numbers, what):
        n = len(numbers)
        assert stats.n == n, f"{what}: n"
        if n:
            mean = math.fsum(numbers) / n
            assert math.isclose(stats.mean, mean, rel_tol=1e-9, abs_tol=1e-9), f"{what}: mean"
        if n < 2:
            assert math.isnan(stats.variance), f"{what}: variance of fewer than two"
        else:
            variance = math.fsum((x - mean) ** 2 for x in numbers) / (n - 1)
            assert math.isclose(stats.variance, variance, rel_tol=1e-3, abs_tol=1e-9), f"{what}: variance"

    def try_it():
        few, more = [2.0, 4.0, 9.0], [-7.0, 0.5, 3.0, 30.0, 11.0]
        far = [1e9 + x for x in few]
        for numbers in [[], [5.0], [5.0, 5.0], few, more, far]:
            same(pushed(numbers), numbers, "pushed")
        stats = RunningStats()
        for count, number in enumerate(more, 1):
            stats.push(number)
            same(stats, more[:count], "read after each push")
        for left, right in [([], []), ([], more), (few, []), ([6.0], [1.0]), (far, more)]:
            a, b = pushed(left), pushed(right)
            both = a.merge(b)
            same(both, left + right, "merged")
            same(a, left, "the left one after a merge")
            same(b, right, "the right one after a merge")
            both.push(100.0)
            a.push(200.0)
            b.push(300.0)
            same(both, [*left, *right, 100.0], "merged, then pushed")
            same(a, [*left, 200.0], "the left one, pushed after a merge")
            same(b, [*right, 300.0], "the right one, pushed after a merge")
        stats = pushed(few)
        same(stats.merge(stats), few + few, "merged with itself")
        same(pushed(far).merge(pushed([1e9 + x for x in more])), far + [1e9 + x for x in more], "far away")

    try:
        try_it()
    except AssertionError:
        raise
    except Exception as error:
        raise AssertionError(f"it raises {type(error).__name__}") from error
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Which mistakes did you make yourself, or nearly make? For each: what is the shortest sequence of pushes and
# merges that gives it away?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Go through the statement sentence by sentence: unequal numbers, one number, none; reading between pushes;
# groups of *unequal* sizes with different means merged; an empty one on either side; both parents unchanged
# by a merge, and by what is pushed into its result; two objects alive at once; numbers around 10⁹.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# def pushed(numbers):
#     stats = RunningStats()
#     for number in numbers:
#         stats.push(number)
#     return stats
#
# def same(stats, numbers):
#     assert stats.n == len(numbers)
#     ...                               # mean and variance, worked out here from the numbers
#
# a, b = pushed([2, 4, 9]), pushed([30])
# both = a.merge(b)
# same(both, [2, 4, 9, 30])
# same(a, [2, 4, 9])
# both.push(100)
# ...                                   # and now all three again
# ```
#
# </details>

# %% tags=["explore"]
break_RunningStats(RunningStats)
print("your test lets your own RunningStats pass")

# %% [markdown]
# ## 9 Stretch: a function that wraps another
#
# Both exercises of this part are extra. Without them, go on to *Looking back*.
#
# Some functions are slow and are asked the same thing again and again. `memoize(f)` returns a function that
# does what `f` does and remembers: `f` itself is called once for each different tuple of arguments. With
#
# ```python
# @memoize
# def align(a, b):
#     """The best alignment of two sequences."""
#     ...
# ```
#
# Python calls `memoize(align)` and gives the result the name `align`. That is all that the `@` does, here and
# in `@property`.
#
# **Exercise `memoize`** (stretch, 2 points). The new function is called with positional arguments that can be
# keys of a dict (any number of them, none included).
# - For each different tuple of arguments `f` is called once, with these arguments, and its answer is returned
#   then and ever after. `("a", "b")` and `("b", "a")` are different; any answer is an answer, None and 0 too;
#   nothing is forgotten, however many there are.
# - Two functions don't share what they remember.
# - `__name__` and `__doc__` of the new function are those of `f`.


# %% exercise="memoize" points=2 stretch=true
def memoize(f):
    """A function that does what f does, and calls f only once for each tuple of arguments.

    With g = memoize(pow), g(2, 10) is 1024, and the second g(2, 10) is 1024 without a call of pow.
    """
    ### BEGIN SOLUTION
    known = {}

    def remembering(*args):
        if args not in known:
            known[args] = f(*args)
        return known[args]

    remembering.__name__ = f.__name__
    remembering.__doc__ = f.__doc__
    return remembering
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Where does the dict of known answers have to be made, so that each memoized function has its own and keeps
# it between calls?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# With `*args`, `args` is a tuple, and a tuple can be a key. Ask `args in known`; `known.get(args)` can't tell
# "the answer is None" from "not known". A function's `__name__` and `__doc__` are attributes that can be set;
# `wraps`, from the module `functools`, does both at once.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# from functools import wraps
#
# known = {}
#
# @wraps(f)
# def remembering(*args):
#     if args not in known:
#         known[args] = ...
#     return ...
#
# return remembering
# ```
#
# </details>

# %% tags=["explore"]
calls = 0


@memoize
def paths(rows, columns):
    """How many ways a global alignment of two sequences can take through its table."""
    global calls
    calls += 1
    if rows == 0 or columns == 0:
        return 1
    return paths(rows - 1, columns) + paths(rows, columns - 1) + paths(rows - 1, columns - 1)


print(f"{paths(60, 60):.3g} alignments of two sequences of 60, counted with {calls:,} calls")

# %% [markdown]
# Without the `@memoize` that cell would still run when the sun goes out. Dynamic programming, as in
# Needleman-Wunsch, is this recursion with a memory.
#
# ### A class that others build on
#
# Next is what PyTorch's `nn.Module` does for you. A model is made of parts, the parts of further parts, and
# somewhere inside are the numbers that training will adjust. Nobody wants to collect those by hand. So a base
# class does it once, and every part *inherits* it: `class Affine(Module)` has all methods of `Module` and
# adds its own. Where a subclass has an `__init__` of its own, that one runs instead of the base class's, and
# `super().__init__()` is how it calls the latter.


# %% given="Parameter"
class Parameter:
    """A number that training may change: its `value`."""

    def __init__(self, value):
        self.value = value

    def __repr__(self):
        return f"Parameter({self.value!r})"


# %% [markdown]
# **Exercise `Module`** (stretch, 3 points; three classes in one cell).
#
# - `Module` is the base class. A subclass calls `super().__init__()` first in its `__init__`, and then sets
#   attributes as usual: `self.scale = Parameter(2.0)`, `self.inner = Affine(1, 0)`.
# - `parameters()` returns the list of all Parameters that are attributes of the module, or of a Module that
#   is an attribute of it, and so on down. They come in the order in which the attributes were set, those of
#   an inner module in that module's place. Each is listed **once**, where it is met first, even if it is
#   reached in two ways; two Parameters with the same value are two. Other attributes are left out.
# - `Affine(w, b)`, made from two numbers, is a Module with two Parameters, w first. Called with x, it returns
#   w · x + b with the values that its Parameters have at that time.
# - `Chain(*modules)` is a Module. Called with x, it hands x through its modules, the *first* one first (as
#   layers are written down, and unlike `compose`), and its parameters are theirs in that order. An empty
#   chain returns x.
#
# By hand: `Chain(Affine(2, 1), Affine(10, 0))` takes 3 to 2 · 3 + 1 = 7 and then to 70; the values of its
# parameters are 2, 1, 10, 0.


# %% exercise="Module" points=3 stretch=true
class Module:
    """Finds the Parameters among its attributes and those of its inner modules.

    With chain = Chain(Affine(2, 1), Affine(10, 0)), chain(3) is 70 and
    [p.value for p in chain.parameters()] is [2, 1, 10, 0].
    """

    ### BEGIN SOLUTION
    def parameters(self):
        found = []
        for part in vars(self).values():
            if isinstance(part, Parameter):
                found.append(part)
            elif isinstance(part, Module):
                found.extend(part.parameters())
        return list({id(parameter): parameter for parameter in found}.values())

    ### END SOLUTION


class Affine(Module):
    """Takes x to w · x + b."""

    ### BEGIN SOLUTION
    def __init__(self, w, b):
        super().__init__()
        self.w = Parameter(w)
        self.b = Parameter(b)

    def __call__(self, x):
        return self.w.value * x + self.b.value

    ### END SOLUTION


class Chain(Module):
    """Hands x through its modules, the first one first."""

    ### BEGIN SOLUTION
    def __init__(self, *modules):
        super().__init__()
        self._modules = modules
        for number, module in enumerate(modules):
            setattr(self, f"module{number}", module)

    def __call__(self, x):
        for module in self._modules:
            x = module(x)
        return x

    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# `vars(module)` is the dict of an object's attributes, in the order in which they were set. Which three kinds
# of things can you meet in it?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# It is `flatten` again: a Parameter is a leaf, a Module is a list to be opened. To list each once, keep what
# you have and ask `any(p is q for q in found)`, or use a dict with `id(p)` for its keys. A chain's modules
# sit in a tuple, which `vars` shows as one attribute: give each an attribute of its own with
# `setattr(self, f"module{i}", module)`, or let `Chain` have its own `parameters`.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# def parameters(self):
#     found = []
#     for part in vars(self).values():
#         if isinstance(part, Parameter):
#             found.append(part)
#         elif isinstance(part, Module):
#             found.extend(...)
#     return ...                       # each once, in order
#
# class Affine(Module):
#     def __init__(self, w, b):
#         super().__init__()
#         self.w = ...
# ```
#
# </details>

# %% [markdown]
# ## Looking back
#
# Fill in how it went, in a minute. It isn't graded; your answers plan the next session. `syntax_or_ideas`
# says where you were stuck: "syntax" for the low level of Python, "ideas" for the high level, or "neither".

# %% reflection=true
reflection = {
    "hours": 0.0,  # for the notebook, without the reading
    "sticking_point": "",  # where were you stuck the longest?
    "syntax_or_ideas": "neither",  # "syntax", "ideas" or "neither"
    "questions": [],  # one text for each thing that you would like to talk about
}

# %% [markdown] question="who-owns-the-state" points=2
# ## A question to discuss
#
# Two points beyond the 26 of the exercises, given by a person who reads your answer. Double-click this cell,
# write in place of its last line, and run the cell to see it set. Talk it over first.
#
# A colleague analyses soil moisture from two fields in one notebook. Her function keeps the readings in a
# list that stands outside it:
#
# ```python
# readings = []
#
# def add_and_average(x):
#     readings.append(x)
#     readings.sort()
#     return sum(readings) / len(readings)
# ```
#
# In five to ten sentences:
#
# 1. She runs it on field A and then on field B. What goes wrong, and why does nobody get an error message? What
#    happens if she runs the cell for field A a second time?
# 2. She asks whether to mend it with a class such as `RunningStats`, or with a function that takes the whole
#    list and returns the mean. What would you tell her, and on what does it depend?
# 3. In R the same code, with `readings <- c(readings, x)` inside the function, would fail in another way. In
#    which? Is Python's way ever what one wants?
#
# ### BEGIN SOLUTION
# Two points for an answer with all three parts, one for two of them.
#
# 1. The state is shared: the mean for B is the mean of A and B together. It is a legitimate number of a
#    plausible size, so nothing raises. Running A's cell again counts A's readings twice: the answer depends on
#    the history of the notebook, and a restart gives other results. (The order of time is lost as well, by
#    `sort` in place; a good remark, not required.)
# 2. Both are right in their place. If all numbers are at hand, a function without any state is simplest: same
#    input, same answer, easy to test. If they arrive one at a time, are too many to keep, or must be merged
#    from several loggers, an object with a state *of its own* (one for each field) is right. What matters is
#    that the state has an owner, and isn't global. "Classes are better" without a reason isn't enough.
# 3. In R the assignment inside makes a new local `readings`; the outer one never changes, so every call
#    returns the mean of one number (`<<-` would behave like Python). Sharing is wanted where the purpose is to
#    change something for the caller: filling a list that is handed in, updating a model's parameters in
#    place, not copying large data.
# ### END SOLUTION

# %% [markdown]
# ## With your partner
#
# **Explain.** One of you explains why `def note(sample, samples=[])` remembers between calls, the other why
# three lambdas made in a loop all see the last value. Draw names and objects on paper, with arrows. Then find
# the sentence that is true of both.
#
# **Compare.** What do your two classes say to `Vector([1, 2]) * Vector([3, 4])`, to `Vector([1, 2]) + 1` and
# to `Vector([1, 2])[0:1]`? The statement leaves all three free. Find out why each of yours does what it does,
# and agree on the answer that would surprise a user least. Then run each one's `break_RunningStats` on a copy
# of the other's class that you have broken in secret.
#
# **Alone?** Write both explanations down as for somebody who hasn't seen the week, and break five copies of
# your own `RunningStats`, one line each. Run your test on them tomorrow.

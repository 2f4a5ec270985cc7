# %% [markdown]
# # Week 06 · Backpropagation: numbers that know how they were made
#
# Last week you worked out the slope of a loss with pen and paper, for a line with two parameters. A network
# has thousands, and nobody works those out by hand. This week you write the machine that does it: a number
# that remembers how it was made, and can therefore say how it would change if anything it was made from
# changed. Then you build a small neural network out of such numbers and train it.
#
# **Watch before:** *What is backpropagation really doing?* (0h12) and *Backpropagation calculus* (0h10) by
# 3Blue1Brown, then *Backpropagation* (2h25) by Andrej Karpathy. The last one builds nearly the same thing as
# this notebook. Type along, stop it often, and close it before you start here.
#
# **Afterwards you can**
#
# - measure a gradient by nudging, and say why that is too slow for training and still worth having;
# - draw the graph of an expression and push gradients back through it by hand;
# - write an automatic differentiation engine, and a network and a training step on top of it;
# - say what `loss.backward()` in PyTorch does, and why gradients must be cleared between steps.
#
# **Time:** three to five hours beside the videos. `Value` is most of it. It comes in five parts that are
# checked one by one, so you can stop after any of them.

# %% given="imports"
import math
import random

# %% [markdown]
# ## A slope you can measure
#
# Training asks one question again and again: *if I nudge this parameter a little, how much does the loss
# change?* The answer is a derivative, and it can be measured as you would in the lab: change the dose a
# little, run the experiment again, and divide the change in response by the change in dose.
#
# The picture does it for an enzyme whose rate rises with its substrate and then saturates. We want the slope
# at a concentration of 2 mM. Going one step of $h$ to the right gives the *forward* difference. Going $h$ to
# either side and dividing by $2h$ gives the *central* difference. Compare the three slopes in the legend: the
# central one is much nearer the tangent's, though the step is large.

# %% tags=["explore"]
import matplotlib.pyplot as plt


def quiet(ax, title, x, y):
    """A plain frame and named axes."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.set_title(title, fontsize=10, loc="left")
    ax.set_xlabel(x)
    ax.set_ylabel(y)


def rate(substrate):
    return 10 * substrate / (1.5 + substrate)  # Michaelis-Menten: maximum 10, half of it at 1.5 mM


at, h = 2.0, 0.8
slope = 10 * 1.5 / (1.5 + at) ** 2
curve = [i / 50 for i in range(1, 251)]
fig, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6), layout="constrained")
left.plot(curve, [rate(s) for s in curve], color="0.4", label="enzyme's rate")
ends = [0.4, 3.6]
for start, end, name, colour in [
    (at, None, "tangent", "black"),
    (at, at + h, "forward", "tab:orange"),
    (at - h, at + h, "central", "tab:blue"),
]:
    steepness = slope if end is None else (rate(end) - rate(start)) / (end - start)
    line = [rate(start) + steepness * (s - start) for s in ends]
    left.plot(ends, line, color=colour, lw=1, label=f"{name}: slope {steepness:.2f}")
    if end is not None:
        left.plot([start, end], [rate(start), rate(end)], "o", color=colour, ms=7 if name == "forward" else 4)
left.legend(frameon=False, fontsize=8, loc="lower right")
quiet(left, "One step of h = 0.8 mM", "substrate (mM)", "rate (µmol / min)")

steps = [10 ** (-k / 4) for k in range(0, 49)]
forward = [abs((rate(at + h) - rate(at)) / h - slope) for h in steps]
central = [abs((rate(at + h) - rate(at - h)) / (2 * h) - slope) for h in steps]
right.loglog(steps, forward, ".-", color="tab:orange", label="forward")
right.loglog(steps, central, ".-", color="tab:blue", label="central")
right.legend(frameon=False, fontsize=8)
quiet(
    right,
    "A smaller step helps, until rounding takes over",
    "step h (mM)",
    "error of the slope (µmol / min / mM)",
)
plt.show()

# %% [markdown]
# Two things to take from the right-hand panel. The central difference's error falls with $h^2$, the forward
# one's only with $h$, so at the same step it is far better. And a smaller step isn't always a better one,
# because a computer keeps about 16 digits: subtract two numbers that agree in the first 12 and four are left.
# `h = 1e-6` is a fair middle.
#
# With several inputs the *gradient* is the list of their slopes, each measured while the others stay where
# they are.
#
# ### Exercise: `numerical_gradient`
#
# `numerical_gradient(f, xs, h=1e-6) -> list[float]`
#
# `f` takes one list of numbers and returns a number; `xs` is the list at which you want its gradient. Entry
# $i$ of the answer is the central difference
#
# $$\frac{f(\ldots, x_i + h, \ldots) - f(\ldots, x_i - h, \ldots)}{2h}.$$
#
# `xs` belongs to the caller: afterwards it holds exactly the numbers that it held before.
#
# By hand: for $f(x_0, x_1) = x_0^2\,x_1$ at $(3, 2)$ the slopes are $2 x_0 x_1 = 12$ and $x_0^2 = 9$. With
# $h = 0.5$ the first entry is $(3.5^2 \cdot 2 - 2.5^2 \cdot 2) / 1 = 24.5 - 12.5 = 12$.


# %% exercise="numerical_gradient" points=2
def numerical_gradient(f, xs, h=1e-6):
    """The slope of f in each entry of xs, by central differences; xs is left as it was.

    numerical_gradient(lambda v: v[0] ** 2 * v[1], [3.0, 2.0]) is [12.0, 9.0], to about nine digits.
    """
    ### BEGIN SOLUTION
    gradient = []
    for i in range(len(xs)):
        up, down = list(xs), list(xs)
        up[i] += h
        down[i] -= h
        gradient.append((f(up) - f(down)) / (2 * h))
    return gradient
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Do it for one entry first. What are the two lists that you hand to `f`, and in how many places do they
# differ?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Make two copies of `xs`, move entry `i` of one up by `h` and of the other down by `h`, and compare what `f`
# says. `up = xs` doesn't copy a list, it gives the same list a second name; `list(xs)` copies it. (In R every
# assignment behaves like a copy. In Python none does.)
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# for i in range(len(xs)):
#     up, down = list(xs), list(xs)
#     up[i] += h
#     ...                                # the same for down
#     gradient.append(... / (2 * h))
# ```
#
# </details>

# %% [markdown]
# ## Why measuring isn't enough
#
# Measuring asks for two runs of the model for each parameter. The small network at the end of this notebook
# has 33 parameters, so 66 runs for one training step. A model with a million would need two million, and so
# would the next step.
#
# Automatic differentiation gets all the slopes in one sweep, about as long as one run. It rests on one fact,
# that each operation knows its own small derivative, and takes two steps:
#
# 1. while the result is being computed, build a graph that connects it with the inputs and operations that
#    produce it;
# 2. trace through the graph, from the result backwards, and multiply.
#
# Here is a plant, very much simplified. It catches light with its leaves, adds what it has in store, and
# turns the carbon into grain with some efficiency:
#
# $$\text{grain} = (\text{light} \times \text{area} + \text{store}) \times \text{efficiency}$$
#
# With light 2, area 3, store 4 and efficiency ½, forwards: caught $= 2 \times 3 = 6$, carbon $= 6 + 4 = 10$,
# grain $= 10 \times ½ = 5$.
#
# Now backwards, always asking: if *this* number rose a little, by how many times as much would grain rise?
#
# - grain itself: 1. That is where every sweep starts.
# - grain = carbon × efficiency. Nudge efficiency, and grain moves *carbon* times as much: **10**. Nudge
#   carbon: **½**.
# - carbon = caught + store. A sum hands on the nudge as it is, so both have carbon's ½: **½** and **½**.
# - caught = light × area. Nudge light: caught moves 3 times as much, and grain ½ of that: 3 × ½ = **1.5**.
#   Nudge area: 2 × ½ = **1**.
#
# That is half of backpropagation: *what has come back so far, times the slope of this one operation*. If you
# know sensitivities along a metabolic pathway, it is the same rule: along a chain they multiply. The other
# half follows below the picture.


# %% tags=["explore"]
def draw_graph(labels, edges, title, size=(10, 3)):
    """Draw nodes (name: text) and edges (from, to) from left to right; an operation's name starts with op."""
    sources = {node: [a for a, b in edges if b == node] for node in labels}
    column = {}

    def place(node):
        if node not in column:
            column[node] = 1 + max((place(source) for source in sources[node]), default=-1)
        return column[node]

    for node in labels:
        place(node)
    for node in labels:  # an input stands just left of its first use
        if not sources[node]:
            column[node] = min((column[b] for a, b in edges if a == node), default=1) - 1
    height = {}
    for node in sorted(labels, key=place):
        above = [height[source] for source in sources[node]]
        height[node] = (
            sum(above) / len(above) if above else -float(sum(not sources[other] for other in height))
        )
        while any(
            column[n] == column[node] and abs(height[n] - height[node]) < 0.8 for n in height if n != node
        ):
            height[node] -= 0.8
    _, ax = plt.subplots(figsize=size, layout="constrained")
    boxes = {}
    for node, text in labels.items():
        shape = "circle,pad=0.25" if node.startswith("op") else "round,pad=0.4"
        style = {"boxstyle": shape, "facecolor": "white", "edgecolor": "0.5"}
        x, y = 1.5 * column[node], height[node]
        boxes[node] = ax.text(x, y, text, ha="center", va="center", fontsize=9, bbox=style, zorder=3)
    for a, b in edges:
        ends = {"patchA": boxes[a].get_bbox_patch(), "patchB": boxes[b].get_bbox_patch()}
        arrow = {"arrowstyle": "-|>", "color": "0.5", "shrinkA": 0, "shrinkB": 2, **ends}
        ax.annotate("", boxes[b].get_position(), boxes[a].get_position(), arrowprops=arrow)
    ax.set_xlim(-0.8, 1.5 * max(column.values()) + 0.8)
    ax.set_ylim(min(height.values()) - 0.6, max(height.values()) + 0.6)
    ax.set_title(title, fontsize=10, loc="left")
    ax.axis("off")
    plt.show()


draw_graph(
    {
        "light": "light\n2 | 1.5",
        "area": "area\n3 | 1",
        "store": "store\n4 | 0.5",
        "efficiency": "efficiency\n0.5 | 10",
        "op1": "×",
        "caught": "caught\n6 | 0.5",
        "op2": "+",
        "carbon": "carbon\n10 | 0.5",
        "op3": "×",
        "grain": "grain\n5 | 1",
    },
    [
        ("light", "op1"), ("area", "op1"), ("op1", "caught"),
        ("caught", "op2"), ("store", "op2"), ("op2", "carbon"),
        ("carbon", "op3"), ("efficiency", "op3"), ("op3", "grain"),
    ],
    "Value | gradient: values are worked out from left to right, gradients from right to left",
)  # fmt: skip

# %% [markdown]
# Three words for what you see. Every box that holds a number is a **node**; the circles are operations. A
# node that no operation made, such as light or area, is a **leaf**. And what stands right of the bar is
# written **∂grain/∂light**, for short: by how many times as much grain moves when light is nudged.
#
# ### A number used twice
#
# Leaves cost something too. Let them respire half a unit each: carbon = light × area − ½ × area. Now area
# reaches the result along *two* paths: it catches light (slope 2) and it respires (slope −½). If area rises a
# little, both happen at once, so the effects **add**: 2 − ½ = 1.5.
#
# So every node collects what comes back to it, from however many paths. In code that is `+=` where the hand
# writes `=`, and forgetting it is the slip that everybody makes, because as long as each number is used once
# nothing shows.

# %% tags=["explore"]
draw_graph(
    {
        "light": "light\n2 | 3",
        "area": "area\n3 | 2 − ½ = 1.5",
        "half": "½\n0.5 | −3",
        "op1": "×",
        "op2": "×",
        "caught": "caught\n6 | 1",
        "respired": "respired\n1.5 | −1",
        "op3": "−",
        "carbon": "carbon\n4.5 | 1",
    },
    [
        ("light", "op1"), ("area", "op1"), ("area", "op2"), ("half", "op2"), ("op1", "caught"),
        ("op2", "respired"), ("caught", "op3"), ("respired", "op3"), ("op3", "carbon"),
    ],
    "Value | gradient: two paths lead from area to carbon, and what comes back along them adds up",
)  # fmt: skip

# %% [markdown]
# ### Exercise: `Value`
#
# Now let the computer keep the graph. A `Value` is a node: it holds a number, its gradient, and what it was
# made from. Write the class and the function `topological_order` in one cell. It is graded in five parts; do
# them in this order and look at each part's check as you go.
#
# Write it in plain Python: numbers, lists, functions and the `math` module, without torch and NumPy. Torch has
# a `backward()` of its own, and this is where you find out what is in it. A hidden property of part 2 watches
# whether torch is called while your Value works.
#
# Python lets a class say what its operators do. Behind each of them stands a method:
#
# | you write | Python calls |
# | --- | --- |
# | `a + b` | `a.__add__(b)` |
# | `2 - a` | `a.__rsub__(2)` |
# | `-a` | `a.__neg__()` |
# | `neuron(x)` | `neuron.__call__(x)` |
#
# The first argument of a method, `self`, is the object before the dot. In `2 - a` Python asks the number
# first; the number knows nothing about Values, so Python turns to the *reflected* method, the one with an
# `r`. The default `operands=()` in `__init__` is an empty tuple: `Value(2.0)` was made from nothing, it is a
# leaf.
#
# | operation | result | ∂result/∂a | ∂result/∂b |
# | --- | --- | --- | --- |
# | `a + b` | $a + b$ | $1$ | $1$ |
# | `a * b` | $a\,b$ | $b$ | $a$ |
# | `a ** n`, $n$ a plain number | $a^n$ | $n\,a^{n-1}$ | |
# | `a.exp()` | $e^a$ | $e^a$, the result itself | |
# | `a.log()` | $\ln a$ | $1/a$ | |
# | `a.tanh()` | $\tanh a$ | $1 - t^2$ with $t$ the result | |
# | `a.relu()` | $a$ if positive, else 0 | 1 if $a$ is positive, else 0 | |
#
# `-a`, `a - b` and `a / b` can be made of these.
#
# **1. Forward.** `Value(2.0)` has `.data` 2.0, and `.grad` 0.0 at first. `+ - * /` work between two Values
# and between a Value and a plain number (int or float) *on either side*: `a - 2` and `2 - a`, `a / 2` and
# `2 / a`. Then `a ** n`, `-a`, `a.exp()`, `a.log()`, `a.tanh()`, `a.relu()`. Each gives a new Value and
# leaves its operands as they were. (`a ** b` with two Values and `2 ** a` are not asked for.)
#
# **2. Gradients.** `result.backward()` adds ∂result/∂node to the `.grad` of every node that `result` was made
# from. The result's own `.grad`, 0.0 until then, becomes 1.0; whether your code sets it or adds 1.0 is free.
#
# **3. Reuse.** Any node may be used more than once, by any operation: `a + a`, `a * a`, `a.exp() * a.exp()`.
#
# **4. Order.** A node may hand on its gradient only when everything made from it has delivered.
# `topological_order(root)` gives the list of all nodes that `root` was made from and `root` itself:
# operands before results, each node once. `backward` walks it from the end. Two nodes that hold equal
# numbers are still two nodes. If your code makes a Value of the 2 in `a + 2`, that is a node too and an
# operand, and stands before its result; whether it makes one is free. A chain of operations may be a few
# hundred long, and the work grows with the number of nodes, not with the number of paths through them.
#
# **5. Twice.** `backward` *adds* to the gradients that it finds and never clears them. Two losses that were
# built separately and share only leaves (Values that you made yourself, as parameters are) add up in the
# leaves' `.grad`. Whoever wants a fresh start sets `.grad = 0.0` first.
#
# **Free:** everything inside (other attributes, helpers, whether `a - b` makes one node or two); which of the
# right orders the list has; the slope of `relu` at exactly 0; what a second `backward()` through the
# *same* intermediate nodes gives, on which the lecture and PyTorch differ. Build the expression again
# instead.
#
# Try it on the plant before you run the checks: `grain = (light * area + store) * efficiency`, then
# `grain.backward()`, and compare with the picture.


# %% exercise="Value" points={"forward": 2, "gradients": 4, "reuse": 3, "order": 3, "twice": 2}
def topological_order(root):
    """All nodes that root was made from, and root: operands before results, each once.

    For c = a * b and d = c + a, topological_order(d) is [a, b, c, d] or [b, a, c, d].
    """
    ### BEGIN SOLUTION
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, operands_done = stack.pop()
        if operands_done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((operand, False) for operand in node._operands)
    return order
    ### END SOLUTION


class Value:
    """A number that remembers how it was made, and finds the slopes of a result in all that made it.

    a, b = Value(2.0), Value(3.0); c = a * b + a; c.backward() gives c.data 8.0, a.grad 4.0, b.grad 2.0.
    """

    def __init__(self, data, operands=(), symbol=""):
        """`operands`: what this one was made from; `symbol`: how, for drawing. Both are yours to change."""
        ### BEGIN SOLUTION
        self.data = data
        self.grad = 0.0
        self._operands = operands
        self._symbol = symbol
        self._backward = lambda: None
        ### END SOLUTION

    def __repr__(self):
        return f"Value(data={self.data}, grad={self.grad})"

    def __add__(self, other):
        ### BEGIN SOLUTION
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other), "+")

        def _backward():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out
        ### END SOLUTION

    def __radd__(self, other):  # other + self
        ### BEGIN SOLUTION
        return self + other
        ### END SOLUTION

    def __mul__(self, other):
        ### BEGIN SOLUTION
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other), "*")

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out
        ### END SOLUTION

    def __rmul__(self, other):  # other * self
        ### BEGIN SOLUTION
        return self * other
        ### END SOLUTION

    def __neg__(self):  # -self
        ### BEGIN SOLUTION
        return self * -1
        ### END SOLUTION

    def __sub__(self, other):
        ### BEGIN SOLUTION
        return self + (-other)
        ### END SOLUTION

    def __rsub__(self, other):  # other - self
        ### BEGIN SOLUTION
        return (-self) + other
        ### END SOLUTION

    def __pow__(self, n):
        ### BEGIN SOLUTION
        out = Value(self.data**n, (self,), f"**{n}")

        def _backward():
            self.grad += n * self.data ** (n - 1) * out.grad

        out._backward = _backward
        return out
        ### END SOLUTION

    def __truediv__(self, other):
        ### BEGIN SOLUTION
        return self * other**-1
        ### END SOLUTION

    def __rtruediv__(self, other):  # other / self
        ### BEGIN SOLUTION
        return self**-1 * other
        ### END SOLUTION

    def exp(self):
        ### BEGIN SOLUTION
        out = Value(math.exp(self.data), (self,), "exp")

        def _backward():
            self.grad += out.data * out.grad

        out._backward = _backward
        return out
        ### END SOLUTION

    def log(self):
        ### BEGIN SOLUTION
        out = Value(math.log(self.data), (self,), "log")

        def _backward():
            self.grad += out.grad / self.data

        out._backward = _backward
        return out
        ### END SOLUTION

    def tanh(self):
        ### BEGIN SOLUTION
        out = Value(math.tanh(self.data), (self,), "tanh")

        def _backward():
            self.grad += (1 - out.data**2) * out.grad

        out._backward = _backward
        return out
        ### END SOLUTION

    def relu(self):
        ### BEGIN SOLUTION
        out = Value(max(self.data, 0.0), (self,), "relu")

        def _backward():
            self.grad += (self.data > 0) * out.grad

        out._backward = _backward
        return out
        ### END SOLUTION

    def backward(self):
        """Add ∂self/∂node to .grad of every node that self was made from; self's own becomes 1.0."""
        ### BEGIN SOLUTION
        self.grad = 1.0
        for node in reversed(topological_order(self)):
            node._backward()
        ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Begin with `__init__`, `__add__` and `__mul__` only, and let them do nothing but the forward part. Then ask
# of each operation: when the result's gradient is known, what does each operand get? Write that down as a
# small function *inside* the operation, where it can see `self`, `other` and the result. (As in R, a function
# remembers where it was made.) The operation must keep that function for later, and not call it yet: when the
# forward part runs, the result has no gradient. A leaf has nothing to hand on: it keeps a function that does
# nothing.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# - A plain number as operand: turn it into a Value first
#   (`other if isinstance(other, Value) else Value(other)`), then there is only one case.
# - Make the rest of what you have: `a - b` as `a + (-b)`, `a / b` as `a * b ** -1`, `2 + a` as `a + 2`. Only
#   `2 - a` and `2 / a` need a thought about which side is which.
# - In every one of these inner functions write `+=`, and multiply by the *result's* gradient.
# - Order: a node may be listed once all its operands are. Visit a node by visiting its operands first and
#   listing the node afterwards; remember which ones you have visited, in a set.
# - `backward` starts with 1.0 at the result and goes through the order from the end.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# def __mul__(self, other):
#     other = other if isinstance(other, Value) else Value(other)
#     out = Value(self.data * other.data, (self, other), "*")
#
#     def _backward():
#         self.grad += ... * out.grad
#         other.grad += ... * out.grad
#
#     out._backward = _backward          # no brackets: kept for later, not called now
#     return out
#
# def topological_order(root):
#     order, seen = [], set()
#     def visit(node):
#         if node not in seen:
#             seen.add(node)
#             for operand in ...:
#                 visit(operand)
#             order.append(...)
#     visit(root)
#     return order
#
# def backward(self):
#     self.grad = 1.0
#     for node in reversed(...):
#         ...
# ```
#
# </details>

# %% [markdown]
# With `Value` in place the plant takes two lines, and the gradients that we worked out by hand come out of
# the machine. Beside them stands what `numerical_gradient` measures: two roads to the same numbers, and the
# reason to keep the slow one. Whenever you write a new operation, measure it.

# %% tags=["explore"]
names = ["light", "area", "store", "efficiency"]
amounts = [2.0, 3.0, 4.0, 0.5]
light, area, store, efficiency = (Value(amount) for amount in amounts)
grain = (light * area + store) * efficiency
grain.backward()
measured = numerical_gradient(lambda v: (v[0] * v[1] + v[2]) * v[3], amounts)
print(f"grain = {grain.data}")
for name, node, slope in zip(names, [light, area, store, efficiency], measured, strict=True):
    print(f"{name:>10}: backward {node.grad:7.4f}   measured {slope:7.4f}")

# %% [markdown]
# ## Neurons
#
# A neuron is a linear model with a link function: it weighs its inputs, adds an intercept (its *bias*), and
# bends the sum. A layer is several neurons that read the same inputs; a network is several layers, each
# reading what the one before says. (MLP stands for *multilayer perceptron*, an old name for exactly this.)
#
# ### Exercise: `Neuron`, `Layer`, `MLP`
#
# One cell again. It is built on your `Value`: on its `+`, `*`, `tanh` and `backward`. The checks run it on
# your `Value` too, so if those of `Value` don't all hold, mend them first.
#
# - `Neuron(nin, linear=False)`: `w`, a list of `nin` Values, and `b`, a Value. Each weight starts at a random
#   number of its own between −1 and 1 (`random.uniform(-1, 1)`); the bias may start at random or at 0.
#   `neuron(x)`, for a list `x` of `nin` numbers or Values, is the Value
#   $\tanh(w_0 x_0 + w_1 x_1 + \ldots + b)$, and without the tanh if `linear`.
# - `Layer(nin, nout, linear=False)`: `neurons`, a list of `nout` Neurons with `nin` inputs each. `layer(x)`
#   is the list of their outputs. (A layer of one neuron may give its Value bare, if you prefer that.)
# - `MLP(nin, nouts)`: `layers`, a list of Layers. `nouts` lists their widths: `MLP(2, [4, 3, 1])` has 2
#   inputs, layers of 4, 3 and 1. Every layer is tanh **but the last, which is linear**. `mlp(x)` is a Value
#   if the last width is 1, otherwise a list of Values. Inner layers of width 1 must work too.
# - `parameters()` on each of the three: one flat list of all its weights and biases, each once.
#
# Inputs that are Values are nodes like all others, so `backward()` of an output gives them gradients too: that
# is how one layer's error reaches the layer before it.
#
# Count: `MLP(2, [4, 3, 1])` has 4 × (2 + 1) + 3 × (4 + 1) + 1 × (3 + 1) = 12 + 15 + 4 = 31 parameters.
#
# By hand: a neuron with weights 0.5 and −1 and bias 0.25, given [2, 1], says tanh(1 − 1 + 0.25) = tanh(0.25)
# = 0.2449.


# %% exercise="MLP" points=4
class Neuron:
    """tanh(w · x + b), or just w · x + b if linear.

    With w of [0.5, -1.0] and b of 0.25, neuron([2.0, 1.0]).data is 0.2449.
    """

    def __init__(self, nin, linear=False):
        ### BEGIN SOLUTION
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0.0)
        self.linear = linear
        ### END SOLUTION

    def __call__(self, x):
        ### BEGIN SOLUTION
        total = sum((w * entry for w, entry in zip(self.w, x, strict=True)), self.b)
        return total if self.linear else total.tanh()
        ### END SOLUTION

    def parameters(self):
        ### BEGIN SOLUTION
        return [*self.w, self.b]
        ### END SOLUTION


class Layer:
    """nout neurons that read the same nin inputs. Layer(2, 3)([0.5, 1.0]) is a list of three Values."""

    def __init__(self, nin, nout, linear=False):
        ### BEGIN SOLUTION
        self.neurons = [Neuron(nin, linear) for _ in range(nout)]
        ### END SOLUTION

    def __call__(self, x):
        ### BEGIN SOLUTION
        return [neuron(x) for neuron in self.neurons]
        ### END SOLUTION

    def parameters(self):
        ### BEGIN SOLUTION
        return [p for neuron in self.neurons for p in neuron.parameters()]
        ### END SOLUTION


class MLP:
    """Layers one after the other, tanh but for the last.

    len(MLP(2, [4, 3, 1]).parameters()) is 31; MLP(2, [4, 3, 1])([0.5, 1.0]) is one Value.
    """

    def __init__(self, nin, nouts):
        ### BEGIN SOLUTION
        widths = [nin, *nouts]
        last = len(nouts) - 1
        self.layers = [Layer(widths[i], widths[i + 1], linear=i == last) for i in range(len(nouts))]
        ### END SOLUTION

    def __call__(self, x):
        ### BEGIN SOLUTION
        for layer in self.layers:
            x = layer(x)
        return x[0] if len(x) == 1 else x
        ### END SOLUTION

    def parameters(self):
        ### BEGIN SOLUTION
        return [p for layer in self.layers for p in layer.parameters()]
        ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Get the neuron right first, and try it with weights that you set yourself: `neuron.w[0].data = 0.5`. Layer
# and MLP hardly compute anything: they call what they hold, and pass on.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `[Neuron(nin)] * nout` is one neuron listed `nout` times. A comprehension,
# `[Neuron(nin) for _ in range(nout)]`, makes a new one each time round. The widths of `MLP(2, [4, 3, 1])` in
# a row are 2, 4, 3, 1, and each layer goes from one of them to the next. Whether an answer is bare or in a
# list is decided once, at the very end of the MLP's call; in between it is always a list, so that a layer of
# width 1 is nothing special.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# # Neuron
# total = sum((w * entry for w, entry in zip(self.w, x, strict=True)), self.b)
# return total if ... else total.tanh()
#
# # MLP
# widths = [nin, *nouts]
# self.layers = [Layer(widths[i], widths[i + 1], linear=...) for i in range(len(nouts))]
#
# for layer in self.layers:
#     x = layer(x)
# return ... if len(x) == 1 else x
# ```
#
# `zip(..., strict=True)` is an error, and not silently shorter, if the two differ in length;
# `sum(terms, start)` begins at `start`, here a Value, instead of 0; `[nin, *nouts]` is a list of `nin` and
# then every entry of `nouts`.
#
# </details>

# %% [markdown]
# ## One step of training
#
# All the parts are there. A step is: run the model on every example, measure how wrong it is, send that
# backwards, and move each parameter a little *against* its gradient.
#
# ### Exercise: `train_step`
#
# `train_step(model, xs, ys, lr) -> float`
#
# `xs` is a list of inputs (each a list of numbers), `ys` the list of their targets (numbers). `model(x)` is a
# Value, and `model.parameters()` a list of Values. Use only these two of the model, then your step trains any
# model and not just an MLP.
#
# - The loss is the **sum** over all examples of $(\text{model}(x) - y)^2$.
# - Every parameter moves once, by −`lr` times its slope of *this* loss, whatever stood in its `.grad` before.
# - Return the loss as it was *before* the step, as a plain number. (What stands in `.grad` afterwards is
#   free.)
#
# By hand: a model with one parameter $a = 1$ says $a\,x$. For `xs = [[1.0], [2.0]]` and `ys = [3.0, 3.0]` the
# errors are 1 − 3 = −2 and 2 − 3 = −1, so the loss is 4 + 1 = 5. Its slope in $a$ is 2·(−2)·1 + 2·(−1)·2 =
# −8. With `lr=0.1` the step returns 5.0, and $a$ moves up to 1.8.


# %% exercise="train_step" points=3
def train_step(model, xs, ys, lr):
    """One step of gradient descent on the sum of squared errors; returns the loss before the step.

    A model a * x with a = 1, xs [[1.0], [2.0]], ys [3.0, 3.0], lr 0.1: returns 5.0, and a is 1.8 afterwards.
    """
    ### BEGIN SOLUTION
    loss = sum((model(x) - y) ** 2 for x, y in zip(xs, ys, strict=True))
    for p in model.parameters():
        p.grad = 0.0
    loss.backward()
    for p in model.parameters():
        p.data -= lr * p.grad
    return loss.data
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Four things happen, and their order matters: loss, clear the old gradients, backward, move. What goes wrong
# if the clearing comes after `backward()`? And if it is left out?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# The loss must be *one* Value that all examples are part of, built before `backward()` is called once. `sum`
# of a generator does it, if your `__radd__` works, because `sum` starts with `0 + first`. The parameters move
# by changing their `.data`; writing `p = p - ...` makes a new Value and leaves the model as it was.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# loss = sum((model(x) - y) ** 2 for x, y in zip(xs, ys, strict=True))
# for p in model.parameters():
#     p.grad = ...
# ...
# for p in model.parameters():
#     p.data -= ...
# return ...
# ```
#
# </details>

# %% [markdown]
# ## Will it germinate?
#
# Seeds of many species germinate when it is neither too cold nor too hot, neither too dry nor too wet. Sixty
# (simulated) seeds, each at its own temperature and soil moisture: the ones that germinated lie in the
# middle, ringed by those that didn't. No straight line separates the two, so a logistic regression on these
# two columns can't do it. A network with one hidden layer of eight neurons bends the line until it closes.
#
# Target +1 is germinated and −1 not; the network says "germinates" where its output is above 0. Temperature
# and moisture are centred and scaled first, for the same reason as in week 04.
#
# The next cell trains for 150 steps, which takes five to ten seconds. That is slow: every single product is a
# Python object. From next week on PyTorch does the same on whole tensors.

# %% tags=["explore"]
random.seed(6)
weather = [(random.uniform(5, 35), random.uniform(10, 90)) for _ in range(60)]
germinated = [((t - 20) / 10) ** 2 + ((m - 50) / 25) ** 2 < 1 for t, m in weather]


def scaled(temperature, moisture):
    return [(temperature - 20) / 10, (moisture - 50) / 25]


seeds = [scaled(t, m) for t, m in weather]
targets = [1.0 if yes else -1.0 for yes in germinated]
network = MLP(2, [8, 1])
losses = [train_step(network, seeds, targets, lr=0.002) for _ in range(150)]

fig, (left, right) = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained")
left.plot(losses, color="0.3", lw=1)
left.set_ylim(0, None)
quiet(left, "The loss falls", "step", "sum of squared errors of 60 seeds")

temperatures = [5 + i for i in range(31)]
moistures = [10 + 4 * i for i in range(21)]
says = [[network(scaled(t, m)).data for t in temperatures] for m in moistures]
field = right.contourf(
    temperatures,
    moistures,
    says,
    levels=[-2, -1, -0.5, 0, 0.5, 1, 2],
    extend="both",
    cmap="BrBG",
    vmin=-4,
    vmax=4,
)
right.contour(temperatures, moistures, says, levels=[0], colors="black", linewidths=1)
fig.colorbar(field, ax=right, ticks=[-2, -1, 0, 1, 2], label="network's output (0: the black line)")
for yes, colour, label in [(True, "darkgreen", "germinated"), (False, "saddlebrown", "did not")]:
    spots = [spot for spot, was in zip(weather, germinated, strict=True) if was == yes]
    right.scatter(
        *zip(*spots, strict=True),
        s=18,
        color=colour,
        edgecolor="white",
        linewidth=0.5,
        label=label,
        clip_on=False,
        zorder=3,
    )
fig.legend(*right.get_legend_handles_labels(), frameon=False, fontsize=8, loc="outside upper right", ncols=2)
found = sum((network(x).data > 0) == (target > 0) for x, target in zip(seeds, targets, strict=True))
title = f"What the network says: {found} of {len(seeds)} seeds right"
quiet(right, title, "temperature (°C)", "soil moisture (% of field capacity)")
plt.show()

# %% [markdown]
# Compare the four corners: cold or warm, dry or wet, and in each of them only a few seeds to learn from.
# Does the network say the same in all four, and how sure does it sound? Then change the seed in the first
# line, make the hidden layer 2 neurons wide, or raise `lr` to 0.005, and look at the curve on the left
# again.
#
# ## Now break it
#
# You have written an engine. Could you tell a right one from a wrong one without reading its code? That is
# what a test is for, and a good test is built on knowing how the thing goes wrong.
#
# ### Exercise: `break_Value`
#
# `break_Value(Value) -> None`
#
# You are given a class. If it does what the statement of `Value` promises, return nothing. If it doesn't,
# raise AssertionError; `assert condition, "what is wrong"` does that. It is tried on right classes, all
# written otherwise than yours, which it must let pass, and on wrong ones, each with one slip, most of which
# you will have met yourself. An error that a wrong class raises by itself on the way, such as a TypeError for
# `2 - a`, counts as caught.
#
# - Use only what the statement promises: `Value(number)`, `.data`, `.grad`, `backward()`, the operators and
#   the four functions. `topological_order` isn't handed in: you test order by what comes of it. And what a class
#   is made of inside, torch or not, isn't for your test to say.
# - Compare with a tolerance (`math.isclose(got, right, rel_tol=1e-6, abs_tol=1e-9)`): right answers differ in
#   their last digits. Don't test what is free.
# - Keep it to a few hundred operations.
#
# The checks below the cell try three wrong classes and a right one; other classes, right and wrong, decide the
# points.


# %% exercise="break_Value" points=3
def break_Value(Value):
    """Raise AssertionError if the class is wrong, return None if it is right.

    A class whose (a + a).backward() leaves a.grad at 1.0 must be caught, one that leaves 2.0 must pass.
    """
    ### BEGIN SOLUTION
    x, y = 0.8, 2.5
    t = math.tanh(x)
    p, s = x * y, x + y
    cases = {  # expression: (how it is built, its value, its slope in a, its slope in b)
        "a + b": (lambda a, b: a + b, s, 1, 1),
        "a - b": (lambda a, b: a - b, x - y, 1, -1),
        "a * b": (lambda a, b: a * b, p, y, x),
        "a / b": (lambda a, b: a / b, x / y, 1 / y, -x / y**2),
        "-a": (lambda a, b: -a, -x, -1, 0),
        "a + 3": (lambda a, b: a + 3, x + 3, 1, 0),
        "3 + a": (lambda a, b: 3 + a, 3 + x, 1, 0),
        "a - 3": (lambda a, b: a - 3, x - 3, 1, 0),
        "3 - a": (lambda a, b: 3 - a, 3 - x, -1, 0),
        "a * 3": (lambda a, b: a * 3, x * 3, 3, 0),
        "3 * a": (lambda a, b: 3 * a, 3 * x, 3, 0),
        "a / 4": (lambda a, b: a / 4, x / 4, 0.25, 0),
        "4 / a": (lambda a, b: 4 / a, 4 / x, -4 / x**2, 0),
        "a ** 3": (lambda a, b: a**3, x**3, 3 * x**2, 0),
        "a ** -1.5": (lambda a, b: a**-1.5, x**-1.5, -1.5 * x**-2.5, 0),
        "exp": (lambda a, b: a.exp(), math.exp(x), math.exp(x), 0),
        "log": (lambda a, b: b.log(), math.log(y), 0, 1 / y),
        "tanh": (lambda a, b: a.tanh(), t, 1 - t**2, 0),
        "relu above 0": (lambda a, b: a.relu(), x, 1, 0),
        "relu below 0": (lambda a, b: (a - b).relu(), 0, 0, 0),
        "a + a": (lambda a, b: a + a, 2 * x, 2, 0),
        "a * a": (lambda a, b: a * a, x * x, 2 * x, 0),
        "equal nodes": (lambda a, b: (a + b) * (b + a), s**2, 2 * s, 2 * s),
        "early and late": (
            lambda a, b: (c := a * b) + (c * c) * c,
            p + p**3,
            y * (1 + 3 * p**2),
            x * (1 + 3 * p**2),
        ),
        "late and early": (
            lambda a, b: ((c := a * b) * c) * c + c,
            p + p**3,
            y * (1 + 3 * p**2),
            x * (1 + 3 * p**2),
        ),
    }

    def same(got, right, what):
        assert math.isclose(got, right, rel_tol=1e-6, abs_tol=1e-9), f"{what} is {got}, not {right}"

    def check(name, build, value, slope_a, slope_b):
        a, b = Value(x), Value(y)
        same(a.grad, 0, "grad of a new Value")
        # Each operation stands in the graph twice, with other slopes behind it: `=` for `+=` shows.
        loss = build(a, b) * 2 + build(a, b) * 3
        same(loss.data, 5 * value, f"2 ({name}) + 3 ({name})")
        loss.backward()
        same(loss.grad, 1, "the result's own grad")
        same(a.grad, 5 * slope_a, f"slope of 2 ({name}) + 3 ({name}) in a")
        same(b.grad, 5 * slope_b, f"slope of 2 ({name}) + 3 ({name}) in b")
        (b * a).backward()
        same(a.grad, 5 * slope_a + y, f"grad of a after a second loss, the first being {name}")
        same(b.grad, 5 * slope_b + x, f"grad of b after a second loss, the first being {name}")
        same(a.data, x, f"a after {name}")
        same(b.data, y, f"b after {name}")

    for name, case in cases.items():
        try:
            check(name, *case)
        except AssertionError:
            raise
        except Exception as error:
            raise AssertionError(f"{name} raises {type(error).__name__}") from error
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# List the slips that you made yourself, or nearly made. For each, what is the smallest expression that shows
# it? Does one expression show two of them?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Make a table: an expression, its value, its slope in `a`, its slope in `b`, worked out with plain numbers.
# Go through it in a loop. To catch `=` for `+=` in *any* operation, let each one appear twice in the loss:
# `build(a, b) * 2 + build(a, b) * 3` must give 5 times the slopes. Then add what the table can't say:
# operands unchanged, two losses in a row, a node that is used both early and late.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# cases = [
#     (lambda a, b: a * b, x * y, y, x),
#     (lambda a, b: 3 - a, 3 - x, -1, 0),
#     (lambda a, b: a.tanh(), math.tanh(x), 1 - math.tanh(x) ** 2, 0),
#     ...
# ]
# for build, value, slope_a, slope_b in cases:
#     a, b = Value(x), Value(y)
#     loss = build(a, b) * 2 + build(a, b) * 3
#     loss.backward()
#     assert math.isclose(loss.data, 5 * value, rel_tol=1e-6, abs_tol=1e-9)
#     assert math.isclose(a.grad, 5 * slope_a, ...)
# ```
#
# </details>

# %% [markdown]
# ## Stretch: let it draw itself
#
# DOT is a small language for graphs that many programs draw:
#
# ```
# digraph {
#   n1 [label="data 2.0000 | grad 3.0000"];
#   n2 [label="data 3.0000 | grad 2.0000"];
#   op3 [label="*"];
#   n3 [label="data 6.0000 | grad 1.0000"];
#   n1 -> op3; n2 -> op3; op3 -> n3;
# }
# ```
#
# ### Exercise: `to_dot` (stretch)
#
# `to_dot(root) -> str`
#
# - A `digraph` in DOT with one node for each Value that `root` was made from (and `root`), and one for each
#   operation.
# - Arrows run from each operand to the operation, and from the operation to its result. An arrow may be
#   there twice, as for `a + a`, but not again for every path that leads to it.
# - A Value's label contains `data` and its data, then `grad` and its gradient, both with four decimals, as
#   above. An operation's label is `+` for a sum and `*` for a product; for the others, its name as you like.
# - A node's name is yours to choose. One that begins with a digit, or holds a space or anything else but
#   letters, digits and `_`, goes in double quotes.
# - A Value used twice is still one node, and two that hold equal numbers are two.


# %% exercise="to_dot" points=2 stretch=true
def to_dot(root):
    """The graph of root in DOT: a node for each Value and each operation.

    For c = a * b: three labels with data and grad, one label "*", three arrows.
    """
    ### BEGIN SOLUTION
    nodes = topological_order(root)
    name = {node: f"n{i}" for i, node in enumerate(nodes)}
    lines = []
    for node in nodes:
        lines.append(f'{name[node]} [label="data {node.data:.4f} | grad {node.grad:.4f}", shape=box];')
        if node._operands:
            lines.append(f'op_{name[node]} [label="{node._symbol}"];')
            lines.append(f"op_{name[node]} -> {name[node]};")
            lines.extend(f"{name[operand]} -> op_{name[node]};" for operand in node._operands)
    return "digraph {\n  rankdir=LR;\n  " + "\n  ".join(lines) + "\n}"
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# `topological_order(root)` already gives you every Value once. Which of them came out of an operation?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Give each node a name by its place in that list: `n0`, `n1`, and so on, and `op_n3` for the operation that
# made `n3`. A dict from node to name finds the operands' names again. A name made from the *number* a node
# holds would make one node out of two equal ones.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# nodes = topological_order(root)
# name = {node: f"n{i}" for i, node in enumerate(nodes)}
# for node in nodes:
#     lines.append(f'{name[node]} [label="data {node.data:.4f} | grad {node.grad:.4f}"];')
#     if node._operands:                 # or whatever you called what a Value was made from
#         lines.append(...)              # the operation, its label, its arrow to the result
#         lines.extend(...)              # an arrow from each operand
# return "digraph {\n" + "\n".join(lines) + "\n}"
# ```
#
# </details>

# %% [markdown]
# The cell below draws your DOT: it reads simple statements, one after the other, and uses `draw_graph` from
# above. If Graphviz is on your computer, `dot -Tsvg` draws it more finely. The expression is one neuron with
# two inputs.

# %% tags=["explore"]
import re

w, b = [Value(0.5), Value(-1.0)], Value(0.25)
neuron_says = (w[0] * 2.0 + w[1] * 1.0 + b).tanh()
neuron_says.backward()
dot = to_dot(neuron_says)
labels = dict(re.findall(r'^\s*"?([^"\s>]+)"?\s*\[label="([^"]*)"', dot, re.MULTILINE))
arrows = re.findall(r'"?([^"\s;]+)"?\s*->\s*"?([^"\s;\[]+)"?', dot)
drawn = {node: (node if "data" in text else f"op {node}") for node, text in labels.items()}
draw_graph(
    {drawn[node]: text.replace(" | ", "\n") for node, text in labels.items()},
    [(drawn[start], drawn[end]) for start, end in arrows],
    "A neuron with weights 0.5 and −1 and bias 0.25, given 2 and 1",
    size=(13, 4.5),
)

# %% [markdown]
# ## Looking back
#
# These answers aren't graded. They make the agenda of the session, so be frank.

# %% reflection=true
reflection = {
    "hours": 0.0,  # for videos and notebook together
    "sticking_point": "",  # where were you stuck the longest?
    "syntax_or_ideas": "neither",  # "syntax", "ideas" or "neither"
    "questions": [],  # one text for each thing that you would like to talk about
}

# %% [markdown] question="which-way" points=2
# ### To discuss
#
# A crop model computes yield from 5,000 rate constants. You want to know the slope of yield in every one of
# them.
#
# 1. How many runs of the model does `numerical_gradient` need, and how many sweeps does backpropagation? Why
#    is one sweep enough?
# 2. Now turn it round: *three* rate constants, and you want the slopes of 5,000 different traits in each of
#    them. Which way would you take, and why? (Think of an experiment: one gene knocked out and every trait
#    scored, against one trait and every gene screened.)
# 3. What does backpropagation need to keep that measuring doesn't?
#
# A few sentences for each are enough.
#
# ### BEGIN SOLUTION
# Two points; half a point each for:
#
# - **Runs.** Measuring: two runs for each constant, 10,000 (5,001 with one-sided differences is right too).
#   Backward: one run forwards and one sweep backwards. (A factor, not an exact count, is what matters.)
# - **Why one is enough.** The sweep starts at the one result and works out the slope of *that result* in
#   every node once; what is common to many constants' paths is worked out once and shared, not repeated for
#   each of them.
# - **Turned round.** A sweep starts from one result, so 5,000 traits need 5,000 sweeps, while three constants
#   need only six runs of measuring (or three sweeps of forward-mode differentiation). Knock-out and all
#   traits scored goes with few inputs and many results; one trait and all genes screened goes with
#   backpropagation.
# - **What it keeps.** The graph: every intermediate value (or what the slopes need of it) and which node was
#   made from which, until the sweep is done; so memory grows with the length of the computation. And the
#   slopes of all operations must be known, whereas measuring works on a black box.
# ### END SOLUTION

# %% [markdown]
# ## With your partner
#
# **Explain.** One of you draws a small graph on paper in which a number is used twice, and pushes gradients
# back through it aloud. The other plays the engine that has `=` in place of `+=`, and says what it would
# answer. Then swap, with another graph.
#
# **Compare.** Build `c = a * b`, then `d = c + 1`, and call `d.backward()` twice on *the same* `d`. What do
# your two engines say for `a.grad`? The statement leaves it free, and the lecture's engine and PyTorch differ
# here. Find out why each of yours says what it says, and agree on which answer a user would be less surprised
# by.

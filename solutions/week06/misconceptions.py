# %% exercise="numerical_gradient" misconception="forward-difference"
"""Goes one step to the right only.

Hint: That is the forward difference. The central one compares a step up with a step *down*, and divides by both.
"""


def numerical_gradient(f, xs, h=1e-6):
    gradient = []
    for i in range(len(xs)):
        up = list(xs)
        up[i] += h
        gradient.append((f(up) - f(xs)) / h)
    return gradient


# %% exercise="numerical_gradient" misconception="divides-by-h"
"""Divides by h where the two points are 2h apart.

Hint: From one step below to one step above, how far is it?
"""


def numerical_gradient(f, xs, h=1e-6):
    gradient = []
    for i in range(len(xs)):
        up, down = list(xs), list(xs)
        up[i] += h
        down[i] -= h
        gradient.append((f(up) - f(down)) / h)
    return gradient


# %% exercise="numerical_gradient" misconception="not-restored"
"""Moves the entries of the caller's list and doesn't move them back.

Hint: Print xs before and after. Entry 1 is then measured at a place where entry 0 has already moved.
"""


def numerical_gradient(f, xs, h=1e-6):
    gradient = []
    for i in range(len(xs)):
        xs[i] += h
        above = f(xs)
        xs[i] -= 2 * h
        gradient.append((above - f(xs)) / (2 * h))
    return gradient


# %% exercise="numerical_gradient" misconception="restored-by-adding-back"
"""Moves an entry back by adding h again, which rounding doesn't quite undo.

Hint: (0.1 + 1e-6) - 1e-6 is not exactly 0.1. Keep the old number, or work on a copy of the list.
"""


def numerical_gradient(f, xs, h=1e-6):
    gradient = []
    for i in range(len(xs)):
        xs[i] += h
        above = f(xs)
        xs[i] -= 2 * h
        gradient.append((above - f(xs)) / (2 * h))
        xs[i] += h
    return gradient


# %% exercise="numerical_gradient" misconception="all-entries-at-once"
"""Moves every entry at the same time.

Hint: The slope in one entry is measured while all others stay where they are.
"""


def numerical_gradient(f, xs, h=1e-6):
    slope = (f([x + h for x in xs]) - f([x - h for x in xs])) / (2 * h)
    return [slope for _ in xs]


# %% exercise="numerical_gradient" misconception="two-names-for-one-list"
"""Takes `up = xs` for a copy: both lists are the caller's.

Hint: `up = xs` gives the list a second name. `list(xs)` makes a new one.
"""


def numerical_gradient(f, xs, h=1e-6):
    gradient = []
    for i in range(len(xs)):
        up = xs
        down = xs
        up[i] += h
        down[i] -= h
        gradient.append((f(up) - f(down)) / (2 * h))
    return gradient


# %% exercise="numerical_gradient" misconception="own-step"
"""Uses a step of its own, whatever h says.

Hint: The caller chooses the step. Where does h stand in your formula?
"""


def numerical_gradient(f, xs, h=1e-6):
    h = 1e-6
    gradient = []
    for i in range(len(xs)):
        up, down = list(xs), list(xs)
        up[i] += h
        down[i] -= h
        gradient.append((f(up) - f(down)) / (2 * h))
    return gradient


# %% exercise="Value" misconception="no-radd"
"""Has no __radd__: a number on the left of + is an error.

Hint: For `2 + a` Python asks the number, which knows no Values, and then calls `a.__radd__(2)`.

Parts: forward
"""
del Value.__radd__


# %% exercise="Value" misconception="no-rmul"
"""Has no __rmul__: a number on the left of * is an error.

Hint: For `2 * a` Python asks the number, which knows no Values, and then calls `a.__rmul__(2)`.

Parts: forward
"""
del Value.__rmul__


# %% exercise="Value" misconception="rsub-turned-round"
"""__rsub__ takes the wrong one from the other: 2 - a gives a - 2.

Hint: In `a.__rsub__(2)`, self is what stands on the *right* of the minus.

Parts: forward, gradients
"""
Value.__rsub__ = lambda self, other: self - other


# %% exercise="Value" misconception="rtruediv-turned-round"
"""__rtruediv__ divides the wrong way round: 2 / a gives a / 2.

Hint: In `a.__rtruediv__(2)`, self is what stands *below* the line.

Parts: forward, gradients
"""
Value.__rtruediv__ = lambda self, other: self / other


# %% exercise="Value" misconception="numbers-not-wrapped"
"""__mul__ takes it that the other side is always a Value.

Hint: 2 has no .data. Turn a plain number into a Value before anything else.

Parts: forward
"""


def product(self, other):
    out = Value(self.data * other.data, (self, other), "*")

    def _backward():
        self.grad += other.data * out.grad
        other.grad += self.data * out.grad

    out._backward = _backward
    return out


Value.__mul__ = product


# %% exercise="Value" misconception="changes-its-operand"
"""The sum is written into the left operand.

Hint: After c = a + b, a is still what it was. Make a new Value for the result.

Parts: forward
"""


def add_in_place(self, other):
    other = other if isinstance(other, Value) else Value(other)
    self.data += other.data
    return self


Value.__add__ = add_in_place


# %% exercise="Value" misconception="log-to-base-ten"
"""Takes the logarithm to base 10.

Hint: `a.log()` undoes `a.exp()`: it is the natural logarithm, math.log.

Parts: forward, gradients
"""


def log10(self):
    out = Value(math.log10(self.data), (self,), "log")

    def _backward():
        self.grad += out.grad / self.data

    out._backward = _backward
    return out


Value.log = log10


# %% exercise="Value" misconception="relu-is-abs"
"""relu turns negative numbers positive where it should cut them off.

Hint: relu of -3 is 0, and its slope there is 0.

Parts: forward, gradients
"""


def relu(self):
    out = Value(abs(self.data), (self,), "relu")

    def _backward():
        self.grad += (1 if self.data > 0 else -1) * out.grad

    out._backward = _backward
    return out


Value.relu = relu


# %% exercise="Value" misconception="tanh-slope-of-the-input"
"""Uses 1 − x² for the slope of tanh, with the input where the result belongs.

Hint: The slope of tanh is 1 − t², and t is the *result*, out.data.

Parts: gradients
"""


def tanh(self):
    out = Value(math.tanh(self.data), (self,), "tanh")

    def _backward():
        self.grad += (1 - self.data**2) * out.grad

    out._backward = _backward
    return out


Value.tanh = tanh


# %% exercise="Value" misconception="power-loses-its-factor"
"""The slope of a ** n is a ** (n − 1), without the n.

Hint: Measure the slope of a ** 3 at 2. Is it 4 or 12?

Parts: gradients
"""


def power(self, n):
    out = Value(self.data**n, (self,), f"**{n}")

    def _backward():
        self.grad += self.data ** (n - 1) * out.grad

    out._backward = _backward
    return out


Value.__pow__ = power


# %% exercise="Value" misconception="power-keeps-its-exponent"
"""The slope of a ** n is n · a ** n: the exponent isn't lowered.

Hint: Measure the slope of a ** 3 at 2. Is it 24 or 12?

Parts: gradients
"""


def power(self, n):
    out = Value(self.data**n, (self,), f"**{n}")

    def _backward():
        self.grad += n * self.data**n * out.grad

    out._backward = _backward
    return out


Value.__pow__ = power


# %% exercise="Value" misconception="own-data-in-the-product"
"""In a product each operand gets its own number instead of the other's.

Hint: Nudge a in a · b. By how many times as much does the product move: by a, or by b?

Parts: gradients
"""


def product(self, other):
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data * other.data, (self, other), "*")

    def _backward():
        self.grad += self.data * out.grad
        other.grad += other.data * out.grad

    out._backward = _backward
    return out


Value.__mul__ = product


# %% exercise="Value" misconception="others-gradient-for-its-data"
"""In a product each operand is multiplied by the other's gradient instead of its data.

Hint: What one operand gets is the other's *data* times the result's *gradient*.

Parts: gradients
"""


def product(self, other):
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data * other.data, (self, other), "*")

    def _backward():
        self.grad += other.grad * out.grad
        other.grad += self.grad * out.grad

    out._backward = _backward
    return out


Value.__mul__ = product


# %% exercise="Value" misconception="negation-detaches"
"""-a makes a new leaf, which knows nothing of a.

Hint: What was -a made from? Write it as an operation that you have, such as a * -1.

Parts: gradients
"""
Value.__neg__ = lambda self: Value(-self.data)


# %% exercise="Value" misconception="number-over-value-detaches"
"""2 / a makes a new leaf, which knows nothing of a.

Hint: What was 2 / a made from? Write it with operations that you have, such as a ** -1.

Parts: gradients
"""
Value.__rtruediv__ = lambda self, other: Value(other / self.data)


# %% exercise="Value" misconception="difference-adds-both-slopes"
"""In a − b both operands get the slope +1.

Hint: If b rises, a − b falls.

Parts: gradients
"""


def difference(self, other):
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data - other.data, (self, other), "-")

    def _backward():
        self.grad += out.grad
        other.grad += out.grad

    out._backward = _backward
    return out


Value.__sub__ = difference


# %% exercise="Value" misconception="own-gradient-for-the-results"
"""The inner function of + hands on self.grad where it should hand on out.grad.

Hint: Gradients come from the result. self is one of those that receive.

Parts: gradients
"""


def total(self, other):
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data + other.data, (self, other), "+")

    def _backward():
        self.grad += self.grad
        other.grad += self.grad

    out._backward = _backward
    return out


Value.__add__ = total


# %% exercise="Value" misconception="exp-ignores-what-follows"
"""The slope of exp isn't multiplied by the result's gradient.

Hint: This is right only where exp is the last operation. What if the loss is 3 · exp(a)?

Parts: gradients
"""


def exp(self):
    out = Value(math.exp(self.data), (self,), "exp")

    def _backward():
        self.grad += out.data

    out._backward = _backward
    return out


Value.exp = exp


# %% exercise="Value" misconception="exp-by-the-power-rule"
"""The slope of exp is taken to be x · exp(x − 1), as if it were a power.

Hint: exp is the function that is its own slope.

Parts: gradients
"""


def exp(self):
    out = Value(math.exp(self.data), (self,), "exp")

    def _backward():
        self.grad += self.data * math.exp(self.data - 1) * out.grad

    out._backward = _backward
    return out


Value.exp = exp


# %% exercise="Value" misconception="log-slope-of-the-result"
"""The slope of log is 1 over the result instead of 1 over the operand.

Hint: d ln(a) / da = 1 / a, and a is self.data.

Parts: gradients
"""


def log(self):
    out = Value(math.log(self.data), (self,), "log")

    def _backward():
        self.grad += out.grad / out.data

    out._backward = _backward
    return out


Value.log = log


# %% exercise="Value" misconception="relu-lets-all-through"
"""relu hands its gradient on below 0 too.

Hint: Below 0 the result is flat. What is the slope of a flat line?

Parts: gradients
"""


def relu(self):
    out = Value(max(self.data, 0.0), (self,), "relu")

    def _backward():
        self.grad += out.grad

    out._backward = _backward
    return out


Value.relu = relu


# %% exercise="Value" misconception="left-operand-only"
"""Only the left operand of a product gets a gradient.

Hint: Both operands move the product.

Parts: gradients
"""


def product(self, other):
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data * other.data, (self, other), "*")

    def _backward():
        self.grad += other.data * out.grad

    out._backward = _backward
    return out


Value.__mul__ = product


# %% exercise="Value" misconception="product-takes-snapshots"
"""The gradient of a product is written down when the product is made, at which time it is 0.

Hint: When c = a * b is made, c has no gradient. Put the two lines into an inner function that runs later.

Parts: gradients
"""


def product(self, other):
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data * other.data, (self, other), "*")
    self.grad += other.data * out.grad
    other.grad += self.data * out.grad
    return out


Value.__mul__ = product


# %% exercise="Value" misconception="closure-called"
"""out._backward = _backward() calls the inner function at once and keeps its result, None.

Hint: No brackets. Keep the function, backward() will call it.

Parts: gradients, reuse, order, twice
"""


def total(self, other):
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data + other.data, (self, other), "+")

    def _backward():
        self.grad += out.grad
        other.grad += out.grad

    out._backward = _backward()
    return out


def product(self, other):
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data * other.data, (self, other), "*")

    def _backward():
        self.grad += other.data * out.grad
        other.grad += self.data * out.grad

    out._backward = _backward()
    return out


Value.__add__, Value.__mul__ = total, product


# %% exercise="Value" misconception="no-seed"
"""backward() doesn't set the result's own gradient to 1: every gradient stays 0.

Hint: How much does the result move when the result moves by 1?

Parts: gradients, reuse, order, twice
"""


def backward(self):
    for node in reversed(topological_order(self)):
        node._backward()


Value.backward = backward


# %% exercise="Value" misconception="last-operation-only"
"""Only the last operation hands anything back: backward() stops there, or walks the order from the inputs.

Hint: The operands of the result have operands too. And at the start only the result has a gradient: who can hand
on first, and who next?

Parts: gradients, reuse, order, twice
"""


def backward(self):
    self.grad = 1.0
    for node in topological_order(self):
        node._backward()


Value.backward = backward


# %% exercise="Value" misconception="overwrites-in-a-sum"
"""`=` for `+=` in the inner function of +.

Hint: What does (a + a).backward() leave in a.grad? Every way back to a counts, so gradients add up.

Parts: reuse, twice
"""


def total(self, other):
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data + other.data, (self, other), "+")

    def _backward():
        self.grad = out.grad
        other.grad = out.grad

    out._backward = _backward
    return out


Value.__add__ = total


# %% exercise="Value" misconception="overwrites-in-a-product"
"""`=` for `+=` in the inner function of *.

Hint: What does (a * a).backward() leave in a.grad? Every way back to a counts, so gradients add up.

Parts: reuse, twice
"""


def product(self, other):
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data * other.data, (self, other), "*")

    def _backward():
        self.grad = other.data * out.grad
        other.grad = self.data * out.grad

    out._backward = _backward
    return out


Value.__mul__ = product


# %% exercise="Value" misconception="overwrites-the-right-operand"
"""`=` for `+=` for the right operand of + only.

Hint: The second line of the inner function needs its `+=` as much as the first.

Parts: reuse
"""


def total(self, other):
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data + other.data, (self, other), "+")

    def _backward():
        self.grad += out.grad
        other.grad = out.grad

    out._backward = _backward
    return out


Value.__add__ = total


# %% exercise="Value" misconception="overwrites-the-left-operand"
"""`=` for `+=` for the left operand of * only.

Hint: The first line of the inner function needs its `+=` as much as the second.

Parts: reuse
"""


def product(self, other):
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data * other.data, (self, other), "*")

    def _backward():
        other.grad += self.data * out.grad
        self.grad = other.data * out.grad

    out._backward = _backward
    return out


Value.__mul__ = product


# %% exercise="Value" misconception="overwrites-in-a-power"
"""`=` for `+=` in the inner function of **.

Hint: Try a ** 2 + a ** 2. Operations with one operand must add up too.

Parts: reuse
"""


def power(self, n):
    out = Value(self.data**n, (self,), f"**{n}")

    def _backward():
        self.grad = n * self.data ** (n - 1) * out.grad

    out._backward = _backward
    return out


Value.__pow__ = power


# %% exercise="Value" misconception="overwrites-in-exp"
"""`=` for `+=` in the inner function of exp.

Hint: Try a.exp() * a.exp(). Operations with one operand must add up too.

Parts: reuse
"""


def exp(self):
    out = Value(math.exp(self.data), (self,), "exp")

    def _backward():
        self.grad = out.data * out.grad

    out._backward = _backward
    return out


Value.exp = exp


# %% exercise="Value" misconception="overwrites-in-log"
"""`=` for `+=` in the inner function of log.

Hint: Try a.log() * a.log(). Operations with one operand must add up too.

Parts: reuse
"""


def log(self):
    out = Value(math.log(self.data), (self,), "log")

    def _backward():
        self.grad = out.grad / self.data

    out._backward = _backward
    return out


Value.log = log


# %% exercise="Value" misconception="overwrites-in-tanh"
"""`=` for `+=` in the inner function of tanh, as it first stands in the lecture.

Hint: Try a.tanh() * a.tanh(). Operations with one operand must add up too.

Parts: reuse
"""


def tanh(self):
    out = Value(math.tanh(self.data), (self,), "tanh")

    def _backward():
        self.grad = (1 - out.data**2) * out.grad

    out._backward = _backward
    return out


Value.tanh = tanh


# %% exercise="Value" misconception="overwrites-in-relu"
"""`=` for `+=` in the inner function of relu.

Hint: Try a.relu() * a.relu(). Operations with one operand must add up too.

Parts: reuse
"""


def relu(self):
    out = Value(max(self.data, 0.0), (self,), "relu")

    def _backward():
        self.grad = (self.data > 0) * out.grad

    out._backward = _backward
    return out


Value.relu = relu


# %% exercise="Value" misconception="overwrites-in-negation"
"""`=` for `+=` in the inner function of negation.

Hint: Try (-a) * (-a). Operations with one operand must add up too.

Parts: reuse
"""


def negation(self):
    out = Value(-self.data, (self,), "-")

    def _backward():
        self.grad = -out.grad

    out._backward = _backward
    return out


Value.__neg__ = negation


# %% exercise="Value" misconception="overwrites-in-a-difference"
"""`=` for `+=` in the inner function of −, which was written out by itself.

Hint: What does (a - a).backward() leave in a.grad? Both shares count, and here they cancel.

Parts: reuse
"""


def difference(self, other):
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data - other.data, (self, other), "-")

    def _backward():
        self.grad = out.grad
        other.grad = -out.grad

    out._backward = _backward
    return out


Value.__sub__ = difference


# %% exercise="Value" misconception="overwrites-in-a-quotient"
"""`=` for `+=` in the inner function of /, which was written out by itself.

Hint: What does (a / a).backward() leave in a.grad? Both shares count, and here they cancel.

Parts: reuse
"""


def quotient(self, other):
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data / other.data, (self, other), "/")

    def _backward():
        self.grad = out.grad / other.data
        other.grad = -self.data / other.data**2 * out.grad

    out._backward = _backward
    return out


Value.__truediv__ = quotient


# %% exercise="Value" misconception="operands-as-a-set-counted-once"
"""An operation walks over the *set* of its operands: in a + a the second share is lost.

Hint: How many elements has the set {a, a}?

Parts: reuse
"""


def total(self, other):
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data + other.data, (self, other), "+")

    def _backward():
        for operand in {self, other}:
            operand.grad += out.grad

    out._backward = _backward
    return out


Value.__add__ = total


# %% exercise="Value" misconception="no-order"
"""backward() takes nodes in the order in which it meets them, so that one hands on before it has received all.

Hint: Draw c = a * b, d = c.tanh(), e = c * d. When may c hand on its gradient, and when does your loop let it?

Parts: order
"""


def backward(self):
    self.grad = 1.0
    met = [self]
    for node in met:
        node._backward()
        met.extend(operand for operand in dict.fromkeys(node._operands) if operand not in met)


Value.backward = backward


# %% exercise="Value" misconception="hands-on-at-once"
"""Every share that arrives is handed on at once, together with what arrived before.

Hint: A node that receives two shares then hands on the first one twice. Wait until all have arrived: that is what
the order is for.

Parts: order
"""


def backward(self):
    def hand_on(node):
        node._backward()
        for operand in dict.fromkeys(node._operands):
            hand_on(operand)

    self.grad = 1.0
    hand_on(self)


Value.backward = backward


# %% exercise="Value" misconception="visits-before-operands"
"""topological_order lists a node when it meets it, before its operands, and turns the list round at the end.

Hint: Turning round the order of meeting isn't the same. List a node *after* the loop over its operands.

Parts: order
"""


def topological_order(root):
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            order.append(node)
            for operand in node._operands:
                visit(operand)

    visit(root)
    return order[::-1]


# %% exercise="Value" misconception="results-first"
"""topological_order gives results before operands.

Hint: Operands come first, as they were computed; it is backward() that walks the list from the end.

Parts: order
"""


def topological_order(root):
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for operand in node._operands:
                visit(operand)
            order.append(node)

    visit(root)
    return order[::-1]


# %% exercise="Value" misconception="merged-by-value"
"""Takes two nodes that hold equal numbers for the same node.

Hint: Remember the nodes that you have visited, not their numbers. Two mice of the same weight are two mice.

Parts: order
"""


def topological_order(root):
    order, seen = [], set()

    def visit(node):
        if node.data not in seen:
            seen.add(node.data)
            for operand in node._operands:
                visit(operand)
            order.append(node)

    visit(root)
    return order


# %% exercise="Value" misconception="equal-if-numbers-are-equal"
"""Has an __eq__ that compares numbers, so that a list or a set takes equal numbers for one node.

Hint: `node in seen` asks __eq__. Leave __eq__ as Python has it: a node equals only itself.

Parts: order
"""
Value.__eq__ = lambda self, other: isinstance(other, Value) and self.data == other.data
Value.__hash__ = lambda self: hash(self.data)


# %% exercise="Value" misconception="repeats-shared-nodes"
"""Doesn't remember which nodes it has visited: a node that is used twice is listed twice.

Hint: What does your list look like for a + a? Keep a set of those that you have seen.

Parts: order
"""


def topological_order(root):
    order = []

    def visit(node):
        for operand in node._operands:
            visit(operand)
        order.append(node)
        if len(order) > 100_000:
            raise RecursionError("more nodes than anybody made")

    visit(root)
    return order


# %% exercise="Value" misconception="leaves-out-the-root"
"""topological_order lists what root was made from, and not root.

Hint: Root is the last in the list. Without it, who hands on the first gradient?

Parts: order
"""


def topological_order(root):
    order, seen = [], {root}

    def visit(node):
        for operand in node._operands:
            if operand not in seen:
                seen.add(operand)
                visit(operand)
                order.append(operand)

    visit(root)
    return order


# %% exercise="Value" misconception="clears-before-backward"
"""backward() sets gradients to 0 before it begins, so that only the last loss counts.

Hint: Then a second loss wipes out what the first one left in the parameters. Clearing is the caller's to do.

Parts: twice
"""


def backward(self):
    order = topological_order(self)
    for node in order:
        node.grad = 0.0
    self.grad = 1.0
    for node in reversed(order):
        node._backward()


Value.backward = backward


# %% exercise="Value" misconception="remembers-the-last-graph"
"""Has a set or list as default argument, which is made once and keeps the nodes of the last call.

Hint: A default value is made when the function is defined, not when it is called. What is in it the second time?

Parts: order, twice
"""


def topological_order(root, order=[], seen=set()):
    if root not in seen:
        seen.add(root)
        for operand in root._operands:
            topological_order(operand)
        order.append(root)
    return order


# %% exercise="Value" misconception="torch-does-the-work"
"""Holds a tensor of torch's, and torch's own backward() finds the slopes.

Hint: What does torch keep of a product so that it can go backward later? Keep that yourself, with plain numbers.

Parts: gradients
"""
import torch


def tensor_inside(self, data, operands=(), symbol=""):
    made = isinstance(data, torch.Tensor)
    self._held = data if made else torch.tensor(float(data), dtype=torch.float64, requires_grad=True)
    self._held.retain_grad()
    self._operands = operands


def with_torch(function):
    def method(self, *others):
        others = [other if isinstance(other, Value) else Value(other) for other in others]
        held = [operand._held for operand in (self, *others)]
        return Value(function(*held), (self, *others))

    return method


def set_grad(self, number):
    self._held.grad = torch.tensor(float(number), dtype=torch.float64)


Value.__init__ = tensor_inside
Value.data = property(lambda self: self._held.item())
Value.grad = property(lambda self: 0.0 if self._held.grad is None else self._held.grad.item(), set_grad)
Value.backward = lambda self: self._held.backward()
Value.__pow__ = lambda self, n: Value(self._held**n, (self,))
Value.__add__ = Value.__radd__ = with_torch(lambda a, b: a + b)
Value.__mul__ = Value.__rmul__ = with_torch(lambda a, b: a * b)
Value.__sub__, Value.__rsub__ = with_torch(lambda a, b: a - b), with_torch(lambda a, b: b - a)
Value.__truediv__, Value.__rtruediv__ = with_torch(lambda a, b: a / b), with_torch(lambda a, b: b / a)
Value.__neg__, Value.exp, Value.log = with_torch(torch.neg), with_torch(torch.exp), with_torch(torch.log)
Value.tanh, Value.relu = with_torch(torch.tanh), with_torch(torch.relu)


# %% exercise="Value" misconception="tensors-for-numbers"
"""Holds its numbers as tensors of torch's, and so computes with torch, though it finds the slopes itself.

Hint: `.data` is a plain number. What do you need for a sum or a product but + and *, and for the rest but math?

Parts: gradients
"""
import torch


def tensors_for_numbers(self, data, operands=(), symbol=""):
    self.data = torch.as_tensor(data, dtype=torch.float64)
    self.grad = 0.0
    self._operands = operands
    self._symbol = symbol
    self._backward = lambda: None


Value.__init__ = tensors_for_numbers


# %% exercise="MLP" misconception="one-weight-many-times"
"""[Value(...)] * nin is one weight, listed nin times.

Hint: Multiplying a list repeats the same objects. A comprehension makes a new one each time round.
"""


class Neuron:
    def __init__(self, nin, linear=False):
        self.w = [Value(random.uniform(-1, 1))] * nin
        self.b = Value(0.0)
        self.linear = linear

    def __call__(self, x):
        total = sum((w * entry for w, entry in zip(self.w, x)), self.b)
        return total if self.linear else total.tanh()

    def parameters(self):
        return [*self.w, self.b]


# %% exercise="MLP" misconception="one-neuron-many-times"
"""[Neuron(nin)] * nout is one neuron, listed nout times.

Hint: Multiplying a list repeats the same objects. A comprehension makes a new one each time round.
"""


class Layer:
    def __init__(self, nin, nout, linear=False):
        self.neurons = [Neuron(nin, linear)] * nout

    def __call__(self, x):
        return [neuron(x) for neuron in self.neurons]

    def parameters(self):
        return [p for neuron in self.neurons for p in neuron.parameters()]


# %% exercise="MLP" misconception="weights-all-start-equal"
"""Every weight starts at the same number.

Hint: Neurons that start alike get the same gradients and stay alike: the layer is then one neuron. That is what
the random start is for.
"""


def start_at_half(self, nin, linear=False):
    self.w = [Value(0.5) for _ in range(nin)]
    self.b = Value(0.0)
    self.linear = linear


Neuron.__init__ = start_at_half


# %% exercise="MLP" misconception="no-bias"
"""The bias is there but isn't added.

Hint: What does a neuron say when all its inputs are 0?
"""


def without_bias(self, x):
    total = sum(w * entry for w, entry in zip(self.w, x))
    return total if self.linear else total.tanh()


Neuron.__call__ = without_bias


# %% exercise="MLP" misconception="bias-after-tanh"
"""The bias is added after the tanh.

Hint: The bias is the intercept of the linear model. The tanh bends the whole sum, bias included.
"""


def bias_last(self, x):
    total = sum(w * entry for w, entry in zip(self.w, x))
    return (total if self.linear else total.tanh()) + self.b


Neuron.__call__ = bias_last


# %% exercise="MLP" misconception="weights-drawn-at-every-call"
"""Draws new weights in every call.

Hint: Call the same neuron twice on the same input. Weights are made once, in __init__.
"""


def fresh_weights(self, x):
    weights = [Value(random.uniform(-1, 1)) for _ in x]
    total = sum((w * entry for w, entry in zip(weights, x)), self.b)
    return total if self.linear else total.tanh()


Neuron.__call__ = fresh_weights


# %% exercise="MLP" misconception="numbers-in-numbers-out"
"""The neuron computes with .data, so that the graph is cut.

Hint: The result is right, but no gradient finds its way back. Use the Values themselves: w * entry.
"""


def cut_off(self, x):
    total = sum((w.data * getattr(entry, "data", entry) for w, entry in zip(self.w, x)), self.b.data)
    return Value(total) if self.linear else Value(total).tanh()


Neuron.__call__ = cut_off


# %% exercise="MLP" misconception="parameters-forget-the-bias"
"""parameters() lists the weights only.

Hint: What isn't listed isn't trained. How many parameters has a neuron with two inputs?
"""
Neuron.parameters = lambda self: list(self.w)


# %% exercise="MLP" misconception="parameters-of-the-last-layer"
"""parameters() of the MLP returns inside its loop: one layer's only.

Hint: Collect from all layers first, and return after the loop.
"""


def last_layer_only(self):
    return self.layers[-1].parameters()


MLP.parameters = last_layer_only


# %% exercise="MLP" misconception="parameters-nested"
"""parameters() of the Layer is a list of lists.

Hint: One flat list of Values. Two `for` in one comprehension, or `extend`, make one list out of several.
"""
Layer.parameters = lambda self: [neuron.parameters() for neuron in self.neurons]


# %% exercise="MLP" misconception="width-one-layer-breaks"
"""A layer of one neuron gives its Value bare, and the next layer can't go through it.

Hint: Decide whether the answer is bare at the very end of the MLP's call, not inside the layers.
"""


def bare_if_one(self, x):
    outs = [neuron(x) for neuron in self.neurons]
    return outs[0] if len(outs) == 1 else outs


def through(self, x):
    for layer in self.layers:
        x = layer(x)
    return x


Layer.__call__, MLP.__call__ = bare_if_one, through


# %% exercise="MLP" misconception="tanh-on-the-output"
"""The last layer is tanh as well: the network can't say anything beyond 1.

Hint: Pass linear=True to the last layer. The loss needs targets of any size to be in reach.
"""


def all_tanh(self, nin, nouts):
    widths = [nin, *nouts]
    self.layers = [Layer(widths[i], widths[i + 1]) for i in range(len(nouts))]


MLP.__init__ = all_tanh


# %% exercise="MLP" misconception="linear-everywhere"
"""No layer has a tanh: the whole network is one linear model.

Hint: Linear functions of linear functions are linear. Only the *last* layer is.
"""


def all_linear(self, nin, nouts):
    widths = [nin, *nouts]
    self.layers = [Layer(widths[i], widths[i + 1], linear=True) for i in range(len(nouts))]


MLP.__init__ = all_linear


# %% exercise="MLP" misconception="first-layer-linear"
"""The first layer is the linear one instead of the last.

Hint: Which index does the last of the layers have?
"""


def first_linear(self, nin, nouts):
    widths = [nin, *nouts]
    self.layers = [Layer(widths[i], widths[i + 1], linear=i == 0) for i in range(len(nouts))]


MLP.__init__ = first_linear


# %% exercise="MLP" misconception="every-layer-reads-the-input"
"""Every layer is given the network's input instead of what the layer before says.

Hint: x = layer(x): the answer of one layer is the question to the next.
"""


def not_chained(self, x):
    for layer in self.layers:
        out = layer((x * 4)[: len(layer.neurons[0].w)])
    return out[0] if len(out) == 1 else out


MLP.__call__ = not_chained


# %% exercise="MLP" misconception="always-a-list"
"""Gives a list even if the last width is 1.

Hint: `train_step` wants to write model(x) - y. What is [Value] - 1.0?
"""


def listed(self, x):
    for layer in self.layers:
        x = layer(x)
    return x


MLP.__call__ = listed


# %% exercise="MLP" misconception="shared-by-all-networks"
"""The layers are kept on the class: a second network uses the first one's.

Hint: What stands directly under `class` belongs to all objects together. Make it in __init__, on self.
"""


class MLP:
    kept = {}

    def __init__(self, nin, nouts):
        widths = [nin, *nouts]
        if (nin, *nouts) not in self.kept:
            last = len(nouts) - 1
            pairs = enumerate(zip(widths, widths[1:]))
            self.kept[nin, *nouts] = [Layer(n, m, linear=i == last) for i, (n, m) in pairs]
        self.layers = self.kept[nin, *nouts]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x[0] if len(x) == 1 else x

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]


# %% exercise="train_step" misconception="gradients-not-cleared"
"""Doesn't clear the gradients: each step drags all earlier ones along.

Hint: `backward()` adds to what stands in .grad. What stands there when the second step begins?
"""


def train_step(model, xs, ys, lr):
    loss = sum((model(x) - y) ** 2 for x, y in zip(xs, ys))
    loss.backward()
    for p in model.parameters():
        p.data -= lr * p.grad
    return loss.data


# %% exercise="train_step" misconception="cleared-only-afterwards"
"""Clears the gradients after the step only: what stood there before the first step counts.

Hint: You don't know what the caller did before. Clear right before backward().
"""


def train_step(model, xs, ys, lr):
    loss = sum((model(x) - y) ** 2 for x, y in zip(xs, ys))
    loss.backward()
    for p in model.parameters():
        p.data -= lr * p.grad
        p.grad = 0.0
    return loss.data


# %% exercise="train_step" misconception="cleared-too-late"
"""Clears the gradients between backward() and the step: nothing moves.

Hint: Clear, backward, move. In your order, what is p.grad when p moves?
"""


def train_step(model, xs, ys, lr):
    loss = sum((model(x) - y) ** 2 for x, y in zip(xs, ys))
    loss.backward()
    for p in model.parameters():
        p.grad = 0.0
    for p in model.parameters():
        p.data -= lr * p.grad
    return loss.data


# %% exercise="train_step" misconception="uphill"
"""Moves along the gradient: the loss rises.

Hint: The gradient points to where the loss grows. Which way do you want to go?
"""


def train_step(model, xs, ys, lr):
    loss = sum((model(x) - y) ** 2 for x, y in zip(xs, ys))
    for p in model.parameters():
        p.grad = 0.0
    loss.backward()
    for p in model.parameters():
        p.data += lr * p.grad
    return loss.data


# %% exercise="train_step" misconception="last-example-only"
"""Only the last example's error goes into the loss.

Hint: `loss =` in a loop keeps the last one. Begin with 0 and add.
"""


def train_step(model, xs, ys, lr):
    for x, y in zip(xs, ys):
        loss = (model(x) - y) ** 2
    for p in model.parameters():
        p.grad = 0.0
    loss.backward()
    for p in model.parameters():
        p.data -= lr * p.grad
    return loss.data


# %% exercise="train_step" misconception="mean-for-sum"
"""Divides the loss by the number of examples.

Hint: A mean is often the better choice, but here the statement asks for the sum.
"""


def train_step(model, xs, ys, lr):
    loss = sum((model(x) - y) ** 2 for x, y in zip(xs, ys)) / len(xs)
    for p in model.parameters():
        p.grad = 0.0
    loss.backward()
    for p in model.parameters():
        p.data -= lr * p.grad
    return loss.data


# %% exercise="train_step" misconception="half-the-squares"
"""Takes half the squared error, as last week.

Hint: Last week's loss had a ½ in front. This one doesn't.
"""


def train_step(model, xs, ys, lr):
    loss = sum((model(x) - y) ** 2 * 0.5 for x, y in zip(xs, ys))
    for p in model.parameters():
        p.grad = 0.0
    loss.backward()
    for p in model.parameters():
        p.data -= lr * p.grad
    return loss.data


# %% exercise="train_step" misconception="a-step-for-each-example"
"""Moves the parameters after every example.

Hint: All examples together make one loss, and that one loss makes one step.
"""


def train_step(model, xs, ys, lr):
    total = 0.0
    for x, y in zip(xs, ys):
        loss = (model(x) - y) ** 2
        total += loss.data
        for p in model.parameters():
            p.grad = 0.0
        loss.backward()
        for p in model.parameters():
            p.data -= lr * p.grad
    return total


# %% exercise="train_step" misconception="loss-after-the-step"
"""Returns the loss as it is after the step.

Hint: The statement asks for the loss that the step was made from.
"""


def train_step(model, xs, ys, lr):
    loss = sum((model(x) - y) ** 2 for x, y in zip(xs, ys))
    for p in model.parameters():
        p.grad = 0.0
    loss.backward()
    for p in model.parameters():
        p.data -= lr * p.grad
    return sum((model(x) - y) ** 2 for x, y in zip(xs, ys)).data


# %% exercise="train_step" misconception="moves-a-copy"
"""p = p - lr * p.grad makes a new Value and leaves the model as it was.

Hint: The name p in your loop now means another Value. Change the number inside: p.data.
"""


def train_step(model, xs, ys, lr):
    loss = sum((model(x) - y) ** 2 for x, y in zip(xs, ys))
    for p in model.parameters():
        p.grad = 0.0
    loss.backward()
    for p in model.parameters():
        p = p - lr * p.grad
    return loss.data


# %% exercise="train_step" misconception="returns-the-value"
"""Returns the loss as a Value.

Hint: A plain number was asked for: .data. (A list of Values would keep every graph of the training in memory.)
"""


def train_step(model, xs, ys, lr):
    loss = sum((model(x) - y) ** 2 for x, y in zip(xs, ys))
    for p in model.parameters():
        p.grad = 0.0
    loss.backward()
    for p in model.parameters():
        p.data -= lr * p.grad
    return loss


# %% exercise="train_step" misconception="sum-of-errors-squared"
"""Squares the sum of the errors instead of summing their squares.

Hint: Errors of opposite sign then cancel. Square each one first.
"""


def train_step(model, xs, ys, lr):
    loss = sum(model(x) - y for x, y in zip(xs, ys)) ** 2
    for p in model.parameters():
        p.grad = 0.0
    loss.backward()
    for p in model.parameters():
        p.data -= lr * p.grad
    return loss.data


# %% exercise="break_Value" misconception="forward-only"
"""Looks at .data only, and never goes backward.

Hint: Most slips are in the gradients. Call backward() and look at .grad.
"""


def break_Value(Value):
    a, b = Value(0.8), Value(2.5)
    pairs = [
        (a + b, 3.3),
        (a - b, -1.7),
        (a * b, 2.0),
        (a / b, 0.32),
        (3 - a, 2.2),
        (4 / a, 5.0),
        (2 + a, 2.8),
    ]
    pairs += [(2 * a, 1.6), (a**2, 0.64), (-a, -0.8), (a.exp(), math.exp(0.8)), (b.log(), math.log(2.5))]
    pairs += [(a.tanh(), math.tanh(0.8)), ((-a).relu(), 0.0)]
    for got, right in pairs:
        assert math.isclose(got.data, right, abs_tol=1e-9)


# %% exercise="break_Value" misconception="one-expression"
"""Tries a single expression, in which everything is used once.

Hint: A slip in an operation that you don't try can't show, nor can `=` for `+=` when nothing is used twice.
"""


def break_Value(Value):
    a, b, c = Value(2.0), Value(-3.0), Value(10.0)
    loss = (a * b + c) * 0.1
    loss.backward()
    assert math.isclose(loss.data, 0.4)
    assert math.isclose(a.grad, -0.3)
    assert math.isclose(b.grad, 0.2)
    assert math.isclose(c.grad, 0.1)


# %% exercise="break_Value" misconception="nothing-used-twice"
"""Tries every operation, each on operands of its own.

Hint: What would a class say that has `=` in place of `+=`? Use a node twice, by every operation.
"""


def break_Value(Value):
    x = 0.8
    t = math.tanh(x)
    cases = [(lambda a: a.exp(), math.exp(x)), (lambda a: a.log(), 1 / x), (lambda a: a.tanh(), 1 - t * t)]
    cases += [
        (lambda a: a**3, 3 * x * x),
        (lambda a: 4 / a, -4 / x**2),
        (lambda a: 3 - a, -1),
        (lambda a: -a, -1),
    ]
    cases += [
        (lambda a: a.relu(), 1),
        (lambda a: (-a).relu(), 0),
        (lambda a: a / 4, 0.25),
        (lambda a: 2 * a, 2),
    ]
    for build, slope in cases:
        a = Value(x)
        (build(a) * 3).backward()
        assert math.isclose(a.grad, 3 * slope, abs_tol=1e-9)


# %% exercise="break_Value" misconception="only-a-plus-a"
"""Tries reuse with a + a and nothing else.

Hint: `+=` may be missing in one operation only, and not in the sum. Which operations have you not used twice?
"""


def break_Value(Value):
    a = Value(1.5)
    (a + a).backward()
    assert a.grad == 2.0


# %% exercise="break_Value" misconception="returns-a-verdict"
"""Returns True or False instead of raising.

Hint: `assert` raises AssertionError if what follows is False. A returned value isn't looked at.
"""


def break_Value(Value):
    a = Value(1.5)
    (a * a).backward()
    return a.grad == 3.0


# %% exercise="break_Value" misconception="too-exact"
"""Compares slopes with == and rejects right classes for their last digits.

Hint: Two right formulas may differ in the last of sixteen digits: 1 - t² and 1 / cosh² are the same slope. Compare
with math.isclose and a tolerance.
"""


def break_Value(Value):
    x, y = 0.8, 2.5
    a, b = Value(x), Value(y)
    (a.tanh() * b + a.exp() / b).backward()
    assert a.grad == (1 - math.tanh(x) ** 2) * y + math.exp(x) * y**-1
    assert math.isclose(b.grad, math.tanh(x) - math.exp(x) / y**2)


# %% exercise="break_Value" misconception="looks-inside"
"""Looks at attributes that only its author's class has.

Hint: The statement promises data, grad, backward and the operations. All else is free, and other classes differ.
"""


def break_Value(Value):
    a, b = Value(2.0), Value(3.0)
    c = a * b
    assert c._operands == (a, b)
    c.backward()
    assert (a.grad, b.grad) == (3.0, 2.0)


# %% exercise="break_Value" misconception="tests-what-is-free"
"""Insists on what a second backward() through the same nodes gives.

Hint: The statement leaves that free, and right classes differ there.
"""


def break_Value(Value):
    a, b = Value(2.0), Value(3.0)
    c = a * b
    d = c + 1
    d.backward()
    d.backward()
    assert a.grad == 6.0


# %% exercise="break_Value" misconception="always-raises"
"""Raises whatever the class does.

Hint: A test that nobody passes says nothing. Try it on your own Value.
"""


def break_Value(Value):
    a = Value(2.0)
    (a * a).backward()
    assert a.grad == 2.0


# %% exercise="break_Value" misconception="checks-nothing"
"""Runs a lot and checks nothing: a wrong answer isn't an error by itself.

Hint: Compare each number with the one that it should be.
"""


def break_Value(Value):
    a, b = Value(0.8), Value(2.5)
    loss = ((a * b + 2 - a) / b).tanh() + a.exp() * b.log() + a.relu() ** 2
    loss.backward()


# %% exercise="to_dot" misconception="repeats-shared-nodes"
"""Draws a node again for every use of it.

Hint: How many nodes has a + a? Give each node one name, and keep it in a dict.
"""


def to_dot(root):
    lines, count = [], [0]

    def draw(node):
        count[0] += 1
        name = f"n{count[0]}"
        lines.append(f'{name} [label="data {node.data:.4f} | grad {node.grad:.4f}"];')
        if node._operands:
            lines.append(f'op_{name} [label="{node._symbol}"]; op_{name} -> {name};')
            lines.extend(f"{draw(operand)} -> op_{name};" for operand in node._operands)
        return name

    draw(root)
    return "digraph {" + "\n".join(lines) + "}"


# %% exercise="to_dot" misconception="named-by-number"
"""Names a node by the number it holds, so that equal numbers become one node.

Hint: Two nodes may hold equal numbers. Name them by their place in the order, or by id().
"""


def to_dot(root):
    lines = []
    for i, node in enumerate(topological_order(root)):
        lines.append(f'"{node.data}" [label="data {node.data:.4f} | grad {node.grad:.4f}"];')
        if node._operands:
            lines.append(f'op{i} [label="{node._symbol}"]; op{i} -> "{node.data}";')
            lines.extend(f'"{operand.data}" -> op{i};' for operand in node._operands)
    return "digraph {" + "\n".join(lines) + "}"


# %% exercise="to_dot" misconception="one-node-for-all-sums"
"""Names an operation by its symbol, so that all sums share one node.

Hint: Each operation is a node of its own. Make its name from that of its result.
"""


def to_dot(root):
    nodes = topological_order(root)
    name = {node: f"n{i}" for i, node in enumerate(nodes)}
    lines = []
    for node in nodes:
        lines.append(f'{name[node]} [label="data {node.data:.4f} | grad {node.grad:.4f}"];')
        if node._operands:
            lines.append(f'"{node._symbol}" [label="{node._symbol}"]; "{node._symbol}" -> {name[node]};')
            lines.extend(f'{name[operand]} -> "{node._symbol}";' for operand in node._operands)
    return "digraph {" + "\n".join(lines) + "}"


# %% exercise="to_dot" misconception="names-not-quoted"
"""Makes names such as 12+ and doesn't quote them.

Hint: In DOT a name is letters, digits and _, or anything in double quotes.
"""


def to_dot(root):
    nodes = topological_order(root)
    name = {node: str(i) for i, node in enumerate(nodes)}
    lines = []
    for node in nodes:
        lines.append(f'{name[node]} [label="data {node.data:.4f} | grad {node.grad:.4f}"];')
        if node._operands:
            op = name[node] + node._symbol
            lines.append(f'{op} [label="{node._symbol}"]; {op} -> {name[node]};')
            lines.extend(f"{name[operand]} -> {op};" for operand in node._operands)
    return "digraph {" + "\n".join(lines) + "}"


# %% exercise="to_dot" misconception="names-with-spaces"
"""Makes names such as n1 out and doesn't quote them, which DOT reads as two nodes.

Hint: In DOT a name is letters, digits and _, or anything in double quotes. A space ends it.
"""


def to_dot(root):
    nodes = topological_order(root)
    name = {node: f"n{i} out" for i, node in enumerate(nodes)}
    lines = []
    for node in nodes:
        lines.append(f'{name[node]} [label="data {node.data:.4f} | grad {node.grad:.4f}"];')
        if node._operands:
            op = f"{name[node]} op"
            lines.append(f'{op} [label="{node._symbol}"]; {op} -> {name[node]};')
            lines.extend(f"{name[operand]} -> {op};" for operand in node._operands)
    return "digraph {" + "\n".join(lines) + "}"


# %% exercise="to_dot" misconception="no-operations"
"""Draws arrows from operand to result and leaves the operations out.

Hint: Between two numbers stands what was done with them: a node with the label + or *.
"""


def to_dot(root):
    nodes = topological_order(root)
    name = {node: f"n{i}" for i, node in enumerate(nodes)}
    lines = [f'{name[n]} [label="data {n.data:.4f} | grad {n.grad:.4f}"];' for n in nodes]
    lines += [f"{name[operand]} -> {name[node]};" for node in nodes for operand in node._operands]
    return "digraph {" + "\n".join(lines) + "}"


# %% exercise="to_dot" misconception="arrows-backwards"
"""Draws the arrows from the result to its operands.

Hint: The picture shows how the number was made: from the operands, through the operation, to the result.
"""


def to_dot(root):
    nodes = topological_order(root)
    name = {node: f"n{i}" for i, node in enumerate(nodes)}
    lines = []
    for node in nodes:
        lines.append(f'{name[node]} [label="data {node.data:.4f} | grad {node.grad:.4f}"];')
        if node._operands:
            lines.append(f'op_{name[node]} [label="{node._symbol}"]; {name[node]} -> op_{name[node]};')
            lines.extend(f"op_{name[node]} -> {name[operand]};" for operand in node._operands)
    return "digraph {" + "\n".join(lines) + "}"


# %% exercise="to_dot" misconception="not-closed"
"""Forgets the closing bracket.

Hint: What stands at the end of the example?
"""


def to_dot(root):
    nodes = topological_order(root)
    name = {node: f"n{i}" for i, node in enumerate(nodes)}
    lines = []
    for node in nodes:
        lines.append(f'{name[node]} [label="data {node.data:.4f} | grad {node.grad:.4f}"];')
        if node._operands:
            lines.append(f'op_{name[node]} [label="{node._symbol}"]; op_{name[node]} -> {name[node]};')
            lines.extend(f"{name[operand]} -> op_{name[node]};" for operand in node._operands)
    return "digraph {" + "\n".join(lines)

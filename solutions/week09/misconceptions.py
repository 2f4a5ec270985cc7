"""Week 09's wrong solutions, each with the hint that a good teacher would give."""

import copy
import math

import torch

# %% exercise="expected_initial_loss" misconception="one-over-v"
"""Returns the probability 1/V and not its price.

Hint: Each symbol is *predicted* with probability 1/V. What is the loss of such a prediction?
"""


def expected_initial_loss(V):
    return 1 / V


# %% exercise="expected_initial_loss" misconception="in-bits"
"""Takes the logarithm to base 2.

Hint: All losses of this course are in nats. Which base have those?
"""


def expected_initial_loss(V):
    return math.log2(V)


# %% exercise="expected_initial_loss" misconception="wrong-sign"
"""Forgets the minus: the loss comes out negative.

Hint: A probability is at most 1, its logarithm at most 0, and a loss is the logarithm's negative.
"""


def expected_initial_loss(V):
    return math.log(1 / V)


# %% exercise="saturation" misconception="positive-only"
"""Counts only outputs near +1.

Hint: tanh is flat at both ends. What about an output of -0.98?
"""


def saturation(h, threshold=0.97):
    return (h > threshold).float().mean().item()


# %% exercise="saturation" misconception="count-not-share"
"""Returns how many outputs are saturated, not which share.

Hint: Three of four and three of a million are different patients. Divide by the number of all outputs.
"""


def saturation(h, threshold=0.97):
    return (h.abs() > threshold).sum().item()


# %% exercise="saturation" misconception="at-the-threshold-too"
"""Counts outputs that equal the threshold.

Hint: Greater than the threshold: one that is exactly there doesn't count.
"""


def saturation(h, threshold=0.97):
    return (h.abs() >= threshold).float().mean().item()


# %% exercise="saturation" misconception="threshold-typed-in"
"""Compares with 0.97 whatever the threshold.

Hint: `threshold` is a parameter; 0.97 is only what it is when nobody says otherwise.
"""


def saturation(h, threshold=0.97):
    return (h.abs() > 0.97).float().mean().item()


# %% exercise="dead_units" misconception="any-for-all"
"""Calls a unit dead that is saturated for a single example.

Hint: A unit that one example saturates still learns from the others. For how many of them must it be beyond?
"""


def dead_units(h, threshold=0.97):
    return (h.abs() > threshold).any(0)


# %% exercise="dead_units" misconception="examples-for-units"
"""Looks along each row, and finds examples that saturate every unit.

Hint: Rows are examples, columns are units, and the answer has one entry for each unit. Which axis goes?
"""


def dead_units(h, threshold=0.97):
    return (h.abs() > threshold).all(1)


# %% exercise="dead_units" misconception="one-side-only"
"""Forgets that a unit may be at -1 as well.

Hint: The slope of tanh at -0.99 is the same as at 0.99.
"""


def dead_units(h, threshold=0.97):
    return (h > threshold).all(0)


# %% exercise="dead_units" misconception="at-the-threshold-too"
"""Counts outputs that equal the threshold as beyond it.

Hint: Further from 0 than the threshold: one that is exactly there keeps its unit alive.
"""


def dead_units(h, threshold=0.97):
    return (h.abs() >= threshold).all(0)


# %% exercise="dead_units" misconception="mean-beyond"
"""Asks whether the mean of the absolute outputs is beyond the threshold.

Hint: A mean hides the one example to which the unit still answers.
"""


def dead_units(h, threshold=0.97):
    return h.abs().mean(0) > threshold


# %% exercise="dead_units" misconception="same-side-wanted"
"""Calls a unit dead only if all its outputs are on the same side.

Hint: A unit at 0.99 for some examples and at -0.99 for others passes next to no gradient for any of them.
"""


def dead_units(h, threshold=0.97):
    return (h > threshold).all(0) | (h < -threshold).all(0)


# %% exercise="kaiming_linear" misconception="fan-out"
"""Divides by the root of fan_out.

Hint: A unit's sum has as many terms as the unit has *inputs*.
"""


def kaiming_linear(fan_in, fan_out, gain, generator):
    return torch.randn((fan_in, fan_out), generator=generator) * gain / math.sqrt(fan_out)


# %% exercise="kaiming_linear" misconception="variance-for-std"
"""Takes gain² / fan_in for the standard deviation; that is the variance.

Hint: Multiplying draws by s multiplies their standard deviation by s and their variance by s². Which of the
two does the rule state?
"""


def kaiming_linear(fan_in, fan_out, gain, generator):
    return torch.randn((fan_in, fan_out), generator=generator) * (gain**2 / fan_in)


# %% exercise="kaiming_linear" misconception="divides-by-fan-in"
"""Divides by fan_in and not by its root.

Hint: Variances add, standard deviations don't: the sum of 100 terms spreads 10 times as much as one.
"""


def kaiming_linear(fan_in, fan_out, gain, generator):
    return torch.randn((fan_in, fan_out), generator=generator) * gain / fan_in


# %% exercise="kaiming_linear" misconception="forgets-the-gain"
"""Leaves the gain out.

Hint: What should change when somebody asks for a gain of 5/3?
"""


def kaiming_linear(fan_in, fan_out, gain, generator):
    return torch.randn((fan_in, fan_out), generator=generator) / math.sqrt(fan_in)


# %% exercise="kaiming_linear" misconception="transposed"
"""Returns shape (fan_out, fan_in), as torch's own layers keep it.

Hint: Here the layer is `x @ W`. Which size must W's first axis have?
"""


def kaiming_linear(fan_in, fan_out, gain, generator):
    return torch.randn((fan_out, fan_in), generator=generator) * gain / math.sqrt(fan_in)


# %% exercise="kaiming_linear" misconception="uniform-draws"
"""Draws uniformly, with the right standard deviation.

Hint: The spread is right and the shape isn't: the statement asks for a normal distribution.
"""


def kaiming_linear(fan_in, fan_out, gain, generator):
    bound = math.sqrt(3) * gain / math.sqrt(fan_in)
    return (2 * torch.rand((fan_in, fan_out), generator=generator) - 1) * bound


# %% exercise="kaiming_linear" misconception="seeds-itself"
"""Seeds before it draws, so that every matrix is the same.

Hint: Two layers with the same weights are no accident here. Who owns the generator's state?
"""


def kaiming_linear(fan_in, fan_out, gain, generator):
    own = torch.Generator().manual_seed(42)
    return torch.randn((fan_in, fan_out), generator=own) * gain / math.sqrt(fan_in)


# %% exercise="kaiming_linear" misconception="ignores-the-generator"
"""Draws from torch's own state and leaves the generator alone.

Hint: `torch.randn` takes the generator as a named argument. Without it nobody can repeat what you drew.
"""


def kaiming_linear(fan_in, fan_out, gain, generator):
    return torch.randn((fan_in, fan_out)) * gain / math.sqrt(fan_in)


# %% exercise="Linear" misconception="weight-as-torch-keeps-it"
"""Keeps weight as (fan_out, fan_in) and multiplies by its transpose.

Hint: In this course a weight is (in, out) and the layer `x @ weight + bias`.
"""


class Linear:
    def __init__(self, fan_in, fan_out, bias=True, generator=None):
        self.weight = (torch.randn((fan_out, fan_in), generator=generator) / fan_in**0.5).requires_grad_()
        self.bias = torch.zeros(fan_out, requires_grad=True) if bias else None
        self.training = True

    def __call__(self, x):
        out = x @ self.weight.T
        return out if self.bias is None else out + self.bias

    def parameters(self):
        return [self.weight] if self.bias is None else [self.weight, self.bias]


# %% exercise="Linear" misconception="not-scaled"
"""Starts from a plain standard normal.

Hint: Section 3: with fan_in terms in the sum, the output spreads √fan_in times as much as it should.
"""


def start(self, fan_in, fan_out, bias=True, generator=None):
    self.weight = torch.randn((fan_in, fan_out), generator=generator, requires_grad=True)
    self.bias = torch.zeros(fan_out, requires_grad=True) if bias else None
    self.training = True


Linear.__init__ = start

# %% exercise="Linear" misconception="random-bias"
"""Draws the bias as well.

Hint: The bias starts at 0: the weights alone tell the units apart.
"""


def start(self, fan_in, fan_out, bias=True, generator=None):
    self.weight = (torch.randn((fan_in, fan_out), generator=generator) / fan_in**0.5).requires_grad_()
    self.bias = torch.randn(fan_out, generator=generator).requires_grad_() if bias else None
    self.training = True


Linear.__init__ = start

# %% exercise="Linear" misconception="always-a-bias"
"""Has a bias even with bias=False.

Hint: In front of a BatchNorm a bias is idle. What should `layer.bias` be when none was asked for?
"""


def start(self, fan_in, fan_out, bias=True, generator=None):
    self.weight = (torch.randn((fan_in, fan_out), generator=generator) / fan_in**0.5).requires_grad_()
    self.bias = torch.zeros(fan_out, requires_grad=True)
    self.training = True


Linear.__init__ = start

# %% exercise="Linear" misconception="never-a-bias"
"""Doesn't add the bias.

Hint: Call your layer with a bias of 10. Where do the 10 show?
"""
Linear.__call__ = lambda self, x: x @ self.weight

# %% exercise="Linear" misconception="no-gradient-asked"
"""Doesn't ask for gradients.

Hint: A parameter that doesn't say `requires_grad` can't be trained.
"""


def start(self, fan_in, fan_out, bias=True, generator=None):
    self.weight = torch.randn((fan_in, fan_out), generator=generator) / fan_in**0.5
    self.bias = torch.zeros(fan_out) if bias else None
    self.training = True


Linear.__init__ = start

# %% exercise="Linear" misconception="weight-is-no-leaf"
"""Asks for the gradient before dividing, so that the weight is itself the result of a computation.

Hint: The gradient of a result isn't kept: `.grad` stays None. In which order do `/ fan_in**0.5` and
`requires_grad_()` have to come?
"""


def start(self, fan_in, fan_out, bias=True, generator=None):
    self.weight = torch.randn((fan_in, fan_out), generator=generator, requires_grad=True) / fan_in**0.5
    self.bias = torch.zeros(fan_out, requires_grad=True) if bias else None
    self.training = True


Linear.__init__ = start

# %% exercise="Linear" misconception="parameters-are-copies"
"""parameters() gives copies, so that training them changes nothing.

Hint: The optimiser changes what parameters() gives it. Is that what the layer computes with?
"""


def copies(self):
    listed = [self.weight] if self.bias is None else [self.weight, self.bias]
    return [p.detach().clone().requires_grad_() for p in listed]


Linear.parameters = copies

# %% exercise="Linear" misconception="lists-a-none"
"""parameters() lists the bias even where it is None.

Hint: What does a training loop do with None in the list of parameters?
"""
Linear.parameters = lambda self: [self.weight, self.bias]

# %% exercise="Linear" misconception="no-training-attribute"
"""Has no `training`.

Hint: All three layers offer the same three things, so that one loop can switch them. Which one is missing?
"""


def start(self, fan_in, fan_out, bias=True, generator=None):
    self.weight = (torch.randn((fan_in, fan_out), generator=generator) / fan_in**0.5).requires_grad_()
    self.bias = torch.zeros(fan_out, requires_grad=True) if bias else None


Linear.__init__ = start

# %% exercise="Linear" misconception="parameters-give-none"
"""parameters() gives None.

Hint: A function without `return` gives None. A training loop wants a list.
"""
Linear.parameters = lambda self: None

# %% exercise="Linear" misconception="ignores-the-generator"
"""Draws from torch's own state whatever generator it is given.

Hint: Hand the generator on to `torch.randn`; None is allowed there.
"""


def start(self, fan_in, fan_out, bias=True, generator=None):
    self.weight = (torch.randn((fan_in, fan_out)) / fan_in**0.5).requires_grad_()
    self.bias = torch.zeros(fan_out, requires_grad=True) if bias else None
    self.training = True


Linear.__init__ = start

# %% exercise="Tanh" misconception="sigmoid-instead"
"""Squeezes to 0 … 1.

Hint: tanh runs from -1 to 1 and is 0 at 0.
"""


class Tanh:
    def __init__(self):
        self.training = True

    def __call__(self, x):
        return torch.sigmoid(x)

    def parameters(self):
        return []


# %% exercise="Tanh" misconception="cuts-the-graph"
"""Computes outside of the graph, so that nothing comes back.

Hint: `.detach()`, `.item()` and NumPy cut the gradient off. Stay with torch's own tanh.
"""


class Tanh:
    def __init__(self):
        self.training = True

    def __call__(self, x):
        return torch.tanh(x.detach()) + 0 * x

    def parameters(self):
        return []


# %% exercise="Tanh" misconception="clips"
"""Cuts off at -1 and 1 instead of bending.

Hint: tanh is curved: at 1 it is 0.76, not 1.
"""


class Tanh:
    def __init__(self):
        self.training = True

    def __call__(self, x):
        return x.clamp(-1, 1)

    def parameters(self):
        return []


# %% exercise="Tanh" misconception="not-callable-when-evaluating"
"""Lets its input through when training is over.

Hint: Only BatchNorm behaves differently in the two modes. tanh stays tanh.
"""


class Tanh:
    def __init__(self):
        self.training = True

    def __call__(self, x):
        return torch.tanh(x) if self.training else x

    def parameters(self):
        return []


# %% exercise="Tanh" misconception="parameters-give-none"
"""parameters() gives None.

Hint: No parameters are an empty list, through which a loop can go. None is none.
"""
Tanh.parameters = lambda self: None

# %% exercise="BatchNorm1d" misconception="biased-running-variance"
"""Keeps the biased variance in the running estimate.

Hint: The running variance stands for the population: it wants n − 1. Work out section 5's example with x = (1, 5).
"""


def call(self, x):
    if self.training:
        if len(x) < 2:
            raise ValueError("a batch of one")
        mean, var = x.mean(0), x.var(0, correction=0)
        with torch.no_grad():
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * var
    else:
        mean, var = self.running_mean, self.running_var
    return self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta


BatchNorm1d.__call__ = call

# %% exercise="BatchNorm1d" misconception="unbiased-in-the-batch"
"""Normalises with the variance divided by n − 1, as the film does.

Hint: `x.var(0)` divides by n − 1. Which one does section 5 normalise by, and which argument gives it?
"""


def call(self, x):
    if self.training:
        if len(x) < 2:
            raise ValueError("a batch of one")
        mean, var = x.mean(0), x.var(0)
        with torch.no_grad():
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * var
    else:
        mean, var = self.running_mean, self.running_var
    return self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta


BatchNorm1d.__call__ = call

# %% exercise="BatchNorm1d" misconception="updates-while-evaluating"
"""Updates the running estimates when evaluating, too.

Hint: After training is over, what goes through the layer mustn't change it: the test set would leak in.
"""


def call(self, x):
    if self.training and len(x) < 2:
        raise ValueError("a batch of one")
    held = self.running_mean, self.running_var
    if len(x) > 1:
        with torch.no_grad():
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * x.mean(0)
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * x.var(0)
    mean, var = (x.mean(0), x.var(0, correction=0)) if self.training else held
    return self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta


BatchNorm1d.__call__ = call

# %% exercise="BatchNorm1d" misconception="graph-in-the-estimates"
"""Updates the running estimates without torch.no_grad().

Hint: Each new estimate is then made from all batches so far, and the graph of every step is kept alive. A running
estimate isn't trained.
"""


def call(self, x):
    if self.training:
        n = len(x)
        if n < 2:
            raise ValueError("a batch of one")
        mean, var = x.mean(0), x.var(0, correction=0)
        self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
        self.running_var = (1 - self.momentum) * self.running_var + self.momentum * var * n / (n - 1)
    else:
        mean, var = self.running_mean, self.running_var
    return self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta


BatchNorm1d.__call__ = call

# %% exercise="BatchNorm1d" misconception="no-eps"
"""Leaves eps out.

Hint: What comes out of a column whose values are all the same?
"""


def call(self, x):
    if self.training:
        if len(x) < 2:
            raise ValueError("a batch of one")
        mean, var = x.mean(0), x.var(0, correction=0)
        with torch.no_grad():
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * x.var(0)
    else:
        mean, var = self.running_mean, self.running_var
    return self.gamma * (x - mean) / torch.sqrt(var) + self.beta


BatchNorm1d.__call__ = call

# %% exercise="BatchNorm1d" misconception="eps-outside-the-root"
"""Adds eps to the standard deviation, not to the variance.

Hint: In the formula eps stands under the root. With a large eps the two differ plainly.
"""


def call(self, x):
    if self.training:
        if len(x) < 2:
            raise ValueError("a batch of one")
        mean, var = x.mean(0), x.var(0, correction=0)
        with torch.no_grad():
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * x.var(0)
    else:
        mean, var = self.running_mean, self.running_var
    return self.gamma * (x - mean) / (torch.sqrt(var) + self.eps) + self.beta


BatchNorm1d.__call__ = call

# %% exercise="BatchNorm1d" misconception="momentum-turned-round"
"""Weighs the old estimate with momentum and the new one with the rest.

Hint: With momentum 0.1 the newest batch counts for a tenth. (Some other libraries have it the other way round.)
"""


def call(self, x):
    if self.training:
        if len(x) < 2:
            raise ValueError("a batch of one")
        mean, var = x.mean(0), x.var(0, correction=0)
        with torch.no_grad():
            self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mean
            self.running_var = self.momentum * self.running_var + (1 - self.momentum) * x.var(0)
    else:
        mean, var = self.running_mean, self.running_var
    return self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta


BatchNorm1d.__call__ = call

# %% exercise="BatchNorm1d" misconception="each-row"
"""Standardises each example over its own columns.

Hint: It is the *batch* that is averaged over: one mean for each unit. (Over each example's own units is another
method, layer normalisation, and comes in week 13.)
"""


def call(self, x):
    if self.training:
        if len(x) < 2:
            raise ValueError("a batch of one")
        mean, var = x.mean(1, keepdim=True), x.var(1, correction=0, keepdim=True)
        with torch.no_grad():
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * x.mean(0)
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * x.var(0)
    else:
        mean, var = self.running_mean, self.running_var
    return self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta


BatchNorm1d.__call__ = call

# %% exercise="BatchNorm1d" misconception="one-mean-for-all"
"""Takes one mean and one variance over the whole batch.

Hint: Units have scales of their own. Along which axis do you average?
"""


def call(self, x):
    if self.training:
        if len(x) < 2:
            raise ValueError("a batch of one")
        mean, var = x.mean(), x.var(correction=0)
        with torch.no_grad():
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * x.var()
    else:
        mean, var = self.running_mean, self.running_var
    return self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta


BatchNorm1d.__call__ = call

# %% exercise="BatchNorm1d" misconception="batch-statistics-when-evaluating"
"""Uses the batch's statistics when evaluating, too.

Hint: What is the answer for a single example, and does it depend on who else is in the batch?
"""


def call(self, x):
    if self.training and len(x) < 2:
        raise ValueError("a batch of one")
    mean, var = x.mean(0), x.var(0, correction=0)
    if self.training:
        with torch.no_grad():
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * x.var(0)
    return self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta


BatchNorm1d.__call__ = call

# %% exercise="BatchNorm1d" misconception="running-estimates-in-training"
"""Normalises with the running estimates in training, too.

Hint: In training the current batch's own mean and variance are used. The running ones are for afterwards.
"""


def call(self, x):
    if self.training:
        if len(x) < 2:
            raise ValueError("a batch of one")
        with torch.no_grad():
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * x.mean(0)
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * x.var(0)
    return self.gamma * (x - self.running_mean) / torch.sqrt(self.running_var + self.eps) + self.beta


BatchNorm1d.__call__ = call

# %% exercise="BatchNorm1d" misconception="cuts-the-graph"
"""Computes everything under torch.no_grad(), so that no gradient comes back.

Hint: gamma and beta are to be trained, and so is what lies below. Only the lines of the running estimates belong
under no_grad.
"""


@torch.no_grad()
def call(self, x):
    if self.training:
        if len(x) < 2:
            raise ValueError("a batch of one")
        mean, var = x.mean(0), x.var(0, correction=0)
        self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
        self.running_var = (1 - self.momentum) * self.running_var + self.momentum * x.var(0)
    else:
        mean, var = self.running_mean, self.running_var
    return self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta


BatchNorm1d.__call__ = call

# %% exercise="BatchNorm1d" misconception="takes-a-batch-of-one"
"""Accepts a batch of one in training.

Hint: One example minus its own mean is 0, whatever it was, and its variance divided by n − 1 is 0/0. The layer
should say so.
"""


def call(self, x):
    if self.training:
        n = len(x)
        mean, var = x.mean(0), x.var(0, correction=0)
        with torch.no_grad():
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * var * n / max(
                1, n - 1
            )
    else:
        mean, var = self.running_mean, self.running_var
    return self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta


BatchNorm1d.__call__ = call

# %% exercise="BatchNorm1d" misconception="refuses-one-example-always"
"""Refuses a batch of one when evaluating, too.

Hint: The running estimates are there so that a single example has an answer.
"""


def call(self, x):
    if len(x) < 2:
        raise ValueError("a batch of one")
    if self.training:
        mean, var = x.mean(0), x.var(0, correction=0)
        with torch.no_grad():
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * x.var(0)
    else:
        mean, var = self.running_mean, self.running_var
    return self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta


BatchNorm1d.__call__ = call

# %% exercise="BatchNorm1d" misconception="sums-the-estimates"
"""Adds the batch's statistics without taking anything from the old ones.

Hint: An average's weights add up to 1. What is left of the old estimate when a tenth is new?
"""


def call(self, x):
    if self.training:
        if len(x) < 2:
            raise ValueError("a batch of one")
        mean, var = x.mean(0), x.var(0, correction=0)
        with torch.no_grad():
            self.running_mean = self.running_mean + self.momentum * mean
            self.running_var = self.running_var + self.momentum * x.var(0)
    else:
        mean, var = self.running_mean, self.running_var
    return self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta


BatchNorm1d.__call__ = call

# %% exercise="BatchNorm1d" misconception="no-scale-when-evaluating"
"""Forgets gamma and beta when evaluating.

Hint: gamma and beta were learned. The last line is the same for both modes.
"""


def call(self, x):
    if not self.training:
        return (x - self.running_mean) / torch.sqrt(self.running_var + self.eps)
    if len(x) < 2:
        raise ValueError("a batch of one")
    mean, var = x.mean(0), x.var(0, correction=0)
    with torch.no_grad():
        self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
        self.running_var = (1 - self.momentum) * self.running_var + self.momentum * x.var(0)
    return self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta


BatchNorm1d.__call__ = call

# %% exercise="BatchNorm1d" misconception="trains-the-estimates"
"""Lists the running estimates among the parameters.

Hint: Whatever parameters() lists is changed by its gradient. Do the running estimates have one?
"""
BatchNorm1d.parameters = lambda self: [self.gamma, self.beta, self.running_mean, self.running_var]

# %% exercise="BatchNorm1d" misconception="changes-its-input"
"""Centres x in place, so that the caller's batch is changed.

Hint: `x -= mean` writes into the tensor that the caller handed in; `x - mean` makes a new one.
"""


def call(self, x):
    if self.training:
        if len(x) < 2:
            raise ValueError("a batch of one")
        mean, var = x.mean(0), x.var(0, correction=0)
        with torch.no_grad():
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * x.var(0)
    else:
        mean, var = self.running_mean, self.running_var
    x -= mean
    return self.gamma * x / torch.sqrt(var + self.eps) + self.beta


BatchNorm1d.__call__ = call

# %% exercise="fold_batchnorm" misconception="forgets-the-mean"
"""Scales the bias and forgets the running mean.

Hint: Fold by hand the layer of section 6 for x = 0. What is subtracted before anything is scaled?
"""


def fold_batchnorm(W, b, bn):
    scale = bn.gamma / torch.sqrt(bn.running_var + bn.eps)
    b = torch.zeros_like(bn.beta) if b is None else b
    return (W * scale).detach(), (b * scale + bn.beta).detach()


# %% exercise="fold_batchnorm" misconception="bias-not-scaled"
"""Leaves the layer's bias as it is.

Hint: The bias goes through the BatchNorm as the rest does: it is scaled, too.
"""


def fold_batchnorm(W, b, bn):
    scale = bn.gamma / torch.sqrt(bn.running_var + bn.eps)
    b = torch.zeros_like(bn.beta) if b is None else b
    return (W * scale).detach(), (b - bn.running_mean * scale + bn.beta).detach()


# %% exercise="fold_batchnorm" misconception="divides-by-the-variance"
"""Divides by the variance and not by its root.

Hint: What is x divided by when it is standardised?
"""


def fold_batchnorm(W, b, bn):
    scale = bn.gamma / (bn.running_var + bn.eps)
    b = torch.zeros_like(bn.beta) if b is None else b
    return (W * scale).detach(), ((b - bn.running_mean) * scale + bn.beta).detach()


# %% exercise="fold_batchnorm" misconception="no-eps"
"""Leaves out eps, as the layer doesn't.

Hint: The folded layer must say what the layer says, its eps included.
"""


def fold_batchnorm(W, b, bn):
    scale = bn.gamma / torch.sqrt(bn.running_var)
    b = torch.zeros_like(bn.beta) if b is None else b
    return (W * scale).detach(), ((b - bn.running_mean) * scale + bn.beta).detach()


# %% exercise="fold_batchnorm" misconception="rows-scaled"
"""Scales the rows of W, which belong to the inputs.

Hint: BatchNorm has one scale for each *output* of the linear layer. Where do the outputs stand in W (fan_in, d)?
"""


def fold_batchnorm(W, b, bn):
    scale = bn.gamma / torch.sqrt(bn.running_var + bn.eps)
    b = torch.zeros_like(bn.beta) if b is None else b
    return (W * scale[:, None]).detach(), ((b - bn.running_mean) * scale + bn.beta).detach()


# %% exercise="fold_batchnorm" misconception="bias-needed"
"""Takes it for granted that there is a bias.

Hint: In front of a BatchNorm most layers have none. What is None minus a tensor?
"""


def fold_batchnorm(W, b, bn):
    scale = bn.gamma / torch.sqrt(bn.running_var + bn.eps)
    return (W * scale).detach(), ((b - bn.running_mean) * scale + bn.beta).detach()


# %% exercise="fold_batchnorm" misconception="batch-statistics"
"""Uses mean and variance of the weights at hand in place of the running estimates.

Hint: There is no batch here. Which numbers does the BatchNorm use when it evaluates?
"""


def fold_batchnorm(W, b, bn):
    scale = bn.gamma / torch.sqrt(W.var(0, correction=0) + bn.eps)
    b = torch.zeros_like(bn.beta) if b is None else b
    return (W * scale).detach(), ((b - W.mean(0)) * scale + bn.beta).detach()


# %% exercise="fold_batchnorm" misconception="writes-into-w"
"""Scales W in place, so that the layer that it came from is spoilt.

Hint: `W *= scale` changes the caller's weights, and the layer with its BatchNorm then scales twice.
"""


def fold_batchnorm(W, b, bn):
    with torch.no_grad():
        scale = bn.gamma / torch.sqrt(bn.running_var + bn.eps)
        b = torch.zeros_like(bn.beta) if b is None else b
        W *= scale
        return W, (b - bn.running_mean) * scale + bn.beta


# %% exercise="signal_profile" misconception="updates-the-estimates"
"""Calls the layers themselves, so that a BatchNorm in training updates its running estimates.

Hint: Compare `running_mean` before and after. What could you call in place of the layers themselves?
"""


def signal_profile(layers, x):
    profile = []
    with torch.no_grad():
        for layer in layers:
            x = layer(x)
            if isinstance(layer, Tanh):
                profile.append({"mean": x.mean().item(), "std": x.std().item(), "saturation": saturation(x)})
    return profile


# %% exercise="signal_profile" misconception="measures-in-evaluation"
"""Switches all layers to evaluating for the measurement, and back.

Hint: That protects the running estimates, and measures another network than the one that is being trained.
"""


def signal_profile(layers, x):
    profile = []
    with torch.no_grad():
        for layer in copy.deepcopy(layers):
            layer.training = False
            x = layer(x)
            if isinstance(layer, Tanh):
                profile.append({"mean": x.mean().item(), "std": x.std().item(), "saturation": saturation(x)})
    return profile


# %% exercise="signal_profile" misconception="leaves-evaluation-on"
"""Switches all layers to evaluating and leaves them there.

Hint: Afterwards somebody goes on training. What does their BatchNorm do now?
"""


def signal_profile(layers, x):
    profile = []
    with torch.no_grad():
        for layer in layers:
            layer.training = False
            x = layer(x)
            if isinstance(layer, Tanh):
                profile.append({"mean": x.mean().item(), "std": x.std().item(), "saturation": saturation(x)})
    return profile


# %% exercise="signal_profile" misconception="every-layer"
"""Reports on every layer, not on each Tanh.

Hint: `isinstance(layer, Tanh)` says whether a layer is one.
"""


def signal_profile(layers, x):
    profile = []
    with torch.no_grad():
        for layer in copy.deepcopy(layers):
            x = layer(x)
            profile.append({"mean": x.mean().item(), "std": x.std().item(), "saturation": saturation(x)})
    return profile


# %% exercise="signal_profile" misconception="before-the-tanh"
"""Measures what goes into each Tanh, not what comes out.

Hint: Take the note after the layer was called.
"""


def signal_profile(layers, x):
    profile = []
    with torch.no_grad():
        for layer in copy.deepcopy(layers):
            if isinstance(layer, Tanh):
                profile.append({"mean": x.mean().item(), "std": x.std().item(), "saturation": saturation(x)})
            x = layer(x)
    return profile


# %% exercise="signal_profile" misconception="biased-std"
"""Divides by the number of outputs, not by one less.

Hint: `.std()` of torch divides by n − 1, `.std(correction=0)` by n. Which one is asked for?
"""


def signal_profile(layers, x):
    profile = []
    with torch.no_grad():
        for layer in copy.deepcopy(layers):
            x = layer(x)
            if isinstance(layer, Tanh):
                std = x.std(correction=0).item()
                profile.append({"mean": x.mean().item(), "std": std, "saturation": saturation(x)})
    return profile


# %% exercise="signal_profile" misconception="clears-gradients"
"""Clears the gradients, as at the start of a training step.

Hint: Somebody may look at the signals between `backward()` and the update.
"""


def signal_profile(layers, x):
    profile = []
    for layer in layers:
        for p in layer.parameters():
            p.grad = torch.zeros_like(p)
    with torch.no_grad():
        for layer in copy.deepcopy(layers):
            x = layer(x)
            if isinstance(layer, Tanh):
                profile.append({"mean": x.mean().item(), "std": x.std().item(), "saturation": saturation(x)})
    return profile


# %% exercise="update_ratio" misconception="norm-for-std"
"""Divides norms and not standard deviations.

Hint: Add 100 to all values of a parameter: the norm grows, their spread doesn't.
"""


def update_ratio(params, lr):
    return [(lr * p.grad.norm() / p.detach().norm()).log10().item() for p in params]


# %% exercise="update_ratio" misconception="forgets-the-rate"
"""Leaves the learning rate out.

Hint: How far does a step go when the rate is halved?
"""


def update_ratio(params, lr):
    return [(p.grad.std() / p.detach().std()).log10().item() for p in params]


# %% exercise="update_ratio" misconception="natural-logarithm"
"""Takes the natural logarithm.

Hint: −3 is to mean a thousandth. To which base?
"""


def update_ratio(params, lr):
    return [(lr * p.grad.std() / p.detach().std()).log().item() for p in params]


# %% exercise="update_ratio" misconception="no-logarithm"
"""Returns the ratio and not its logarithm.

Hint: The example gives −2.699 for a ratio of 0.002.
"""


def update_ratio(params, lr):
    return [(lr * p.grad.std() / p.detach().std()).item() for p in params]


# %% exercise="update_ratio" misconception="upside-down"
"""Divides the spread of the values by that of the step.

Hint: A small step is a small ratio. What stands above the line?
"""


def update_ratio(params, lr):
    return [(p.detach().std() / (lr * p.grad.std())).log10().item() for p in params]


# %% exercise="update_ratio" misconception="one-number-for-all"
"""Pools all parameters to one ratio.

Hint: The layers are to be compared: one number for each parameter.
"""


def update_ratio(params, lr):
    gradients = torch.cat([p.grad.flatten() for p in params])
    values = torch.cat([p.detach().flatten() for p in params])
    return [(lr * gradients.std() / values.std()).log10().item()] * len(params)


# %% exercise="update_ratio" misconception="python-logarithm"
"""Uses math.log10, which raises an error where a gradient has no spread.

Hint: `torch.log10` of 0 is −inf. `math.log10(0)` is an error, and Python's own division by 0 is one, too.
"""


def update_ratio(params, lr):
    return [math.log10(lr * p.grad.std().item() / p.detach().std().item()) for p in params]


# %% exercise="gradient_profile" misconception="last-first"
"""Lists the last layer first.

Hint: Backpropagation meets the last layer first. The list is to begin with the layer next to the input.
"""


def gradient_profile(depth, width, gain, generator):
    h = torch.randn((64, width), generator=generator).requires_grad_()
    outputs = []
    for _ in range(depth):
        h = torch.relu(h @ kaiming_linear(width, width, gain, generator))
        outputs.append(h)
    return [g.norm().item() for g in torch.autograd.grad(h.mean(), outputs)][::-1]


# %% exercise="gradient_profile" misconception="by-the-weights"
"""Takes the gradient by the weights, not by the outputs.

Hint: It is asked how the loss moves with what each layer *puts out*.
"""


def gradient_profile(depth, width, gain, generator):
    h = torch.randn((64, width), generator=generator)
    weights = []
    for _ in range(depth):
        weights.append(kaiming_linear(width, width, gain, generator).requires_grad_())
        h = torch.relu(h @ weights[-1])
    return [g.norm().item() for g in torch.autograd.grad(h.mean(), weights)]


# %% exercise="gradient_profile" misconception="sum-for-mean"
"""Takes the sum of the outputs for a loss, not their mean.

Hint: What is the last norm to be, by the statement?
"""


def gradient_profile(depth, width, gain, generator):
    h = torch.randn((64, width), generator=generator).requires_grad_()
    outputs = []
    for _ in range(depth):
        h = torch.relu(h @ kaiming_linear(width, width, gain, generator))
        outputs.append(h)
    return [g.norm().item() for g in torch.autograd.grad(h.sum(), outputs)]


# %% exercise="gradient_profile" misconception="tanh-layers"
"""Bends with tanh in place of relu.

Hint: With twice the gain, relu gives exactly twice the output. Does tanh?
"""


def gradient_profile(depth, width, gain, generator):
    h = torch.randn((64, width), generator=generator).requires_grad_()
    outputs = []
    for _ in range(depth):
        h = torch.tanh(h @ kaiming_linear(width, width, gain, generator))
        outputs.append(h)
    return [g.norm().item() for g in torch.autograd.grad(h.mean(), outputs)]


# %% exercise="gradient_profile" misconception="before-the-relu"
"""Takes the gradient by what goes into each relu.

Hint: The output of a layer is what the next one gets, after the relu.
"""


def gradient_profile(depth, width, gain, generator):
    h = torch.randn((64, width), generator=generator).requires_grad_()
    sums = []
    for _ in range(depth):
        sums.append(h @ kaiming_linear(width, width, gain, generator))
        h = torch.relu(sums[-1])
    return [g.norm().item() for g in torch.autograd.grad(h.mean(), sums)]


# %% exercise="gradient_profile" misconception="norms-of-the-outputs"
"""Reports the size of the signal, not of the gradient.

Hint: The signal runs forwards, the gradient backwards. What does `torch.autograd.grad` give?
"""


def gradient_profile(depth, width, gain, generator):
    h = torch.randn((64, width), generator=generator)
    norms = []
    for _ in range(depth):
        h = torch.relu(h @ kaiming_linear(width, width, gain, generator))
        norms.append(h.norm().item())
    return norms


# %% exercise="batchnorm_coupling" misconception="permutes-the-others"
"""Only exchanges the places of the other rows.

Hint: Mean and variance are the same in any order. How else can the others be changed?
"""


def batchnorm_coupling(model, x, i):
    others = [row for row in range(len(x)) if row != i]
    moved = x.clone()
    moved[others] = x[others[::-1]]
    return not torch.allclose(model(x)[i], model(moved)[i], rtol=1e-4, atol=1e-5)


# %% exercise="batchnorm_coupling" misconception="moves-row-i-too"
"""Changes row i together with the others.

Hint: Of course its output changes then. What has to be held fixed?
"""


def batchnorm_coupling(model, x, i):
    return not torch.allclose(model(x)[i], model(1.5 * x + 1)[i], rtol=1e-4, atol=1e-5)


# %% exercise="batchnorm_coupling" misconception="looks-at-all-outputs"
"""Compares the outputs of all rows.

Hint: The others' outputs change because the others changed. Whose output is asked about?
"""


def batchnorm_coupling(model, x, i):
    moved = 1.5 * x + 1
    moved[i] = x[i]
    return not torch.allclose(model(x), model(moved), rtol=1e-4, atol=1e-5)


# %% exercise="batchnorm_coupling" misconception="next-row-only"
"""Changes only the row after i.

Hint: It may be any of the others that matters.
"""


def batchnorm_coupling(model, x, i):
    moved = x.clone()
    other = (i + 1) % len(x)
    moved[other] = 1.5 * x[other] + 1
    return not torch.allclose(model(x)[i], model(moved)[i], rtol=1e-4, atol=1e-5)


# %% exercise="batchnorm_coupling" misconception="row-on-its-own"
"""Compares the output in the batch with that of row i alone, in a batch of one.

Hint: Some models refuse a batch of one, and some look at where in the batch a row stands. Keep the shape and the
place, and change what is in the other rows.
"""


def batchnorm_coupling(model, x, i):
    return not torch.allclose(model(x)[i], model(x[i : i + 1])[0], rtol=1e-4, atol=1e-5)


# %% exercise="batchnorm_coupling" misconception="writes-into-x"
"""Changes the other rows in the caller's x.

Hint: `moved = x` gives the same tensor a second name.
"""


def batchnorm_coupling(model, x, i):
    before = model(x)[i].clone()
    row = x[i].clone()
    x.mul_(1.5).add_(1.0)
    x[i] = row
    return not torch.allclose(before, model(x)[i], rtol=1e-4, atol=1e-5)


# %% exercise="batchnorm_coupling" misconception="influence-on-the-others"
"""Asks whether row i changes the outputs of the others.

Hint: Who influences whom? Row i's output is asked about, and the others are changed.
"""


def batchnorm_coupling(model, x, i):
    others = [row for row in range(len(x)) if row != i]
    moved = x.clone()
    moved[i] = 1.5 * x[i] + 1
    return not torch.allclose(model(x)[others], model(moved)[others], rtol=1e-4, atol=1e-5)


# %% exercise="break_BatchNorm1d" misconception="one-fresh-layer"
"""Tries a fresh layer once, on a large batch.

Hint: Of a fresh layer gamma is 1 and beta 0, eps is tiny, and on a large batch n is nearly n − 1. What all do these
hide?
"""


def break_BatchNorm1d(BatchNorm1d):
    x = torch.randn((500, 3), generator=torch.Generator().manual_seed(1)) * 3 + 1
    out = BatchNorm1d(3)(x)
    assert torch.allclose(out.mean(0), torch.zeros(3), atol=1e-2)
    assert torch.allclose(out.std(0), torch.ones(3), atol=1e-2)


# %% exercise="break_BatchNorm1d" misconception="training-only"
"""Never switches to evaluating.

Hint: Half of the statement is about what happens when `training` is False.
"""


def break_BatchNorm1d(BatchNorm1d):
    bn = BatchNorm1d(1, eps=0.5)
    x = torch.tensor([[1.0], [5.0]])
    assert torch.allclose(bn(x), torch.tensor([[-2.0], [2.0]]) / 4.5**0.5, atol=1e-5)


# %% exercise="break_BatchNorm1d" misconception="exact-comparison"
"""Compares floats exactly.

Hint: Right layers differ in their last digits. Allow for it.
"""


def break_BatchNorm1d(BatchNorm1d):
    bn = BatchNorm1d(2, eps=0.3)
    x = torch.tensor([[0.1, 0.7], [0.4, 1.9], [1.1, -2.3]])
    right = (x - x.mean(0)) / (x.var(0, correction=0) + 0.3).sqrt()
    assert torch.equal(bn(x), right)
    assert torch.equal(bn.running_var, 0.9 * torch.ones(2) + 0.1 * x.var(0))


# %% exercise="break_BatchNorm1d" misconception="rejects-everything"
"""Rejects whatever it is given.

Hint: Your test rejects a right BatchNorm1d. Run it on your own first: what does it demand that section 5 doesn't?
"""


def break_BatchNorm1d(BatchNorm1d):
    raise AssertionError("wrong")


# %% exercise="break_BatchNorm1d" misconception="demands-the-films-variance"
"""Expects the unbiased variance in normalising, so that right layers are rejected.

Hint: What does section 5 divide by? Run your test on your own layer first.
"""


def break_BatchNorm1d(BatchNorm1d):
    x = torch.tensor([[1.0, -2.0], [5.0, 0.0], [0.0, 7.0]])
    out = BatchNorm1d(2)(x)
    assert torch.allclose(out, (x - x.mean(0)) / (x.var(0) + 1e-5).sqrt(), atol=1e-4)

"""Week 09's other right solutions, which every test must accept."""

import copy
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

# %% exercise="expected_initial_loss" alternative="from-a-tensor"
"""The cross-entropy of equal logits."""


def expected_initial_loss(V):
    return F.cross_entropy(torch.zeros(1, V), torch.tensor([0]))


# %% exercise="expected_initial_loss" alternative="minus-log"
"""The formula as it stands in the text."""


def expected_initial_loss(V):
    return -math.log(1 / V)


# %% exercise="saturation" alternative="counts"
"""Counts in plain Python."""


def saturation(h, threshold=0.97):
    values = h.flatten().tolist()
    return sum(1 for value in values if value > threshold or value < -threshold) / len(values)


# %% exercise="saturation" alternative="tensor"
"""Returns a tensor without axes."""


def saturation(h, threshold=0.97):
    return torch.mean((torch.abs(h) > threshold).double())


# %% exercise="dead_units" alternative="least-of-all"
"""Looks at the least absolute output of each unit."""


def dead_units(h, threshold=0.97):
    return h.abs().amin(0) > threshold


# %% exercise="dead_units" alternative="loop"
"""Goes through the columns."""


def dead_units(h, threshold=0.97):
    return torch.tensor([bool(((unit > threshold) | (unit < -threshold)).all()) for unit in h.T])


# %% exercise="dead_units" alternative="counts"
"""Counts the examples beyond the threshold."""


def dead_units(h, threshold=0.97):
    return (h.abs() > threshold).sum(dim=0) == h.shape[0]


# %% exercise="kaiming_linear" alternative="torchs-normal"
"""torch.normal with the standard deviation."""


def kaiming_linear(fan_in, fan_out, gain, generator):
    return torch.normal(0.0, gain * fan_in**-0.5, (fan_in, fan_out), generator=generator)


# %% exercise="kaiming_linear" alternative="float64-transposed"
"""Fills the transpose, in float64."""


def kaiming_linear(fan_in, fan_out, gain, generator):
    W = torch.empty((fan_out, fan_in), dtype=torch.float64)
    return W.normal_(generator=generator).T.mul(gain).div(math.sqrt(fan_in))


# %% exercise="Linear" alternative="module"
"""A torch module with Parameters; parameters() is then an iterator."""
import torch.nn as nn


class Linear(nn.Module):
    def __init__(self, fan_in, fan_out, bias=True, generator=None):
        super().__init__()
        start = torch.normal(0.0, 1 / math.sqrt(fan_in), (fan_in, fan_out), generator=generator)
        self.weight = nn.Parameter(start)
        self.bias = nn.Parameter(torch.zeros(fan_out)) if bias else None

    def forward(self, x):
        out = torch.matmul(x, self.weight)
        if self.bias is not None:
            out = out + self.bias
        return out


# %% exercise="Linear" alternative="as-in-the-film"
"""Divides first, asks for gradients afterwards, keeps its output, and calls torch's own function."""


class Linear:
    def __init__(self, fan_in, fan_out, bias=True, generator=None):
        self.weight = torch.randn((fan_in, fan_out), generator=generator) / fan_in**0.5
        self.bias = torch.zeros(fan_out) if bias else None
        self.training = True
        for p in self.parameters():
            p.requires_grad = True

    def __call__(self, x):
        self.out = F.linear(x, self.weight.T, self.bias)
        return self.out

    def parameters(self):
        return ([] if self.bias is None else [self.bias]) + [self.weight]


# %% exercise="Tanh" alternative="by-exponentials"
"""The sigmoid stretched, a tuple of no parameters, a class attribute."""


class Tanh:
    training = True

    def __call__(self, x):
        return 2 * torch.sigmoid(2 * x) - 1

    def parameters(self):
        return ()


# %% exercise="Tanh" alternative="module"
"""A torch module."""
import torch.nn as nn


class Tanh(nn.Module):
    def forward(self, x):
        return x.tanh()


# %% exercise="BatchNorm1d" alternative="in-place-estimates"
"""Updates the estimates in place on detached statistics, with var_mean and rsqrt."""


class BatchNorm1d:
    def __init__(self, d, eps=1e-5, momentum=0.1):
        self.eps, self.momentum, self.training = eps, momentum, True
        self.gamma = torch.ones(d).requires_grad_()
        self.beta = torch.zeros(d).requires_grad_()
        self.running_mean, self.running_var = torch.zeros(d), torch.ones(d)

    def __call__(self, x):
        if not self.training:
            scale = self.gamma * torch.rsqrt(self.running_var + self.eps)
            return x * scale + (self.beta - self.running_mean * scale)
        n = x.size(0)
        if n == 1:
            raise ValueError(f"a batch of {n} has no variance")
        var, mean = torch.var_mean(x, 0, correction=0)
        self.running_mean.lerp_(mean.detach(), self.momentum)
        self.running_var.lerp_(var.detach() * (n / (n - 1)), self.momentum)
        return (x - mean) * torch.rsqrt(var + self.eps) * self.gamma + self.beta

    def parameters(self):
        return (self.beta, self.gamma)


# %% exercise="BatchNorm1d" alternative="written-out"
"""Sums and squares written out; keeps its output as the film does."""


class BatchNorm1d:
    def __init__(self, d, eps=1e-5, momentum=0.1):
        self.eps = eps
        self.momentum = momentum
        self.training = True
        self.gamma = torch.full((d,), 1.0, requires_grad=True)
        self.beta = torch.full((d,), 0.0, requires_grad=True)
        self.running_mean = torch.full((d,), 0.0)
        self.running_var = torch.full((d,), 1.0)

    def __call__(self, x):
        mean, var = self.running_mean, self.running_var
        if self.training:
            n = x.shape[0]
            if n <= 1:
                raise ValueError("BatchNorm1d needs two examples at least in training")
            mean = x.sum(0, keepdim=True) / n
            squares = ((x - mean) ** 2).sum(0, keepdim=True)
            var = squares / n
            new_mean, new_var = mean.detach().squeeze(0), squares.detach().squeeze(0) / (n - 1)
            self.running_mean = self.running_mean + self.momentum * (new_mean - self.running_mean)
            self.running_var = self.running_var + self.momentum * (new_var - self.running_var)
        self.out = self.gamma * ((x - mean) * (var + self.eps) ** -0.5) + self.beta
        return self.out

    def parameters(self):
        return [self.__dict__[name] for name in ("gamma", "beta")]


# %% exercise="fold_batchnorm" alternative="asks-the-layer"
"""Sends zeros and unit rows through a copy of the layer, evaluating."""
import copy


def fold_batchnorm(W, b, bn):
    bn = copy.deepcopy(bn)
    bn.training = False
    with torch.no_grad():
        start = torch.zeros(W.shape[1]) if b is None else b
        b2 = bn(start[None])[0]
        return bn(W + start) - b2, b2


# %% exercise="fold_batchnorm" alternative="matrix-product"
"""Multiplies by a diagonal matrix; keeps the graph."""


def fold_batchnorm(W, b, bn):
    scale = torch.diag(bn.gamma * (bn.running_var + bn.eps) ** -0.5)
    bias = bn.beta - bn.running_mean @ scale
    if b is not None:
        bias = bias + b @ scale
    return [W @ scale, bias]


# %% exercise="signal_profile" alternative="puts-back"
"""Calls the layers themselves, and puts the running estimates back."""


def signal_profile(layers, x):
    held = [
        (layer, layer.running_mean.clone(), layer.running_var.clone())
        for layer in layers
        if isinstance(layer, BatchNorm1d)
    ]
    rows = []
    for layer in layers:
        x = layer(x).detach()
        if type(layer) is Tanh:
            beyond = (x.abs() > 0.97).sum().item() / x.numel()
            rows.append({"saturation": beyond, "std": float(torch.std(x)), "mean": float(x.mean())})
    for layer, mean, var in held:
        layer.running_mean, layer.running_var = mean, var
    return rows


# %% exercise="signal_profile" alternative="copies-each"
"""Measures a copy of each layer, with the formulas written out; returns a tuple."""
import copy


def signal_profile(layers, x):
    profile = []
    for layer in layers:
        x = copy.deepcopy(layer)(x).detach()
        if isinstance(layer, Tanh):
            std = ((x - x.mean()) ** 2).sum().div(x.numel() - 1).sqrt()
            share = (x.abs() > 0.97).double().mean().item()
            profile.append({"mean": x.mean().item(), "std": std.item(), "saturation": share})
    return tuple(profile)


# %% exercise="update_ratio" alternative="sum-of-logarithms"
"""Adds and subtracts logarithms, biased standard deviations."""


def update_ratio(params, lr):
    ratios = []
    for p in params:
        step = p.grad.std(correction=0).log10() + math.log10(lr)
        ratios.append(float(step - p.detach().std(correction=0).log10()))
    return ratios


# %% exercise="update_ratio" alternative="by-hand"
"""Root mean squares about the mean, in float64."""


def update_ratio(params, lr):
    def spread(t):
        t = t.detach().double()
        return (t - t.mean()).square().mean().sqrt()

    return [torch.log10(spread(lr * p.grad) / spread(p)).item() for p in params]


# %% exercise="gradient_profile" alternative="retain-grad"
"""Weights with gradients, retain_grad and backward."""


def gradient_profile(depth, width, gain, generator):
    weights = [kaiming_linear(width, width, gain, generator).requires_grad_() for _ in range(depth)]
    h, outputs = torch.randn((64, width), generator=generator), []
    for W in weights:
        h = (h @ W).clamp(min=0)
        h.retain_grad()
        outputs.append(h)
    h.mean().backward()
    return [h.grad.square().sum().sqrt().item() for h in outputs]


# %% exercise="gradient_profile" alternative="float64"
"""In float64, with the gradients taken one by one."""


def gradient_profile(depth, width, gain, generator):
    h = torch.randn((64, width), generator=generator).double().requires_grad_()
    outputs = []
    while len(outputs) < depth:
        h = F.relu(h @ kaiming_linear(width, width, gain, generator).double())
        outputs.append(h)
    gradients = [torch.autograd.grad(h.mean(), out, retain_graph=True)[0] for out in outputs]
    return [torch.linalg.vector_norm(gradient) for gradient in gradients]


# %% exercise="batchnorm_coupling" alternative="by-the-gradient"
"""Takes the gradient of row i's output by the other rows."""


def batchnorm_coupling(model, x, i):
    x = x.clone().requires_grad_()
    (slopes,) = torch.autograd.grad(model(x)[i].sum(), x)
    slopes[i] = 0
    return bool(slopes.abs().max() > 1e-6)


# %% exercise="batchnorm_coupling" alternative="one-after-the-other"
"""Puts row i in the place of one other row at a time."""


def batchnorm_coupling(model, x, i):
    right = model(x)[i]
    for row in range(len(x)):
        moved = x.clone()
        moved[row] = x[i]
        if not torch.allclose(model(moved)[i], right, atol=1e-5):
            return True
    return False


# %% exercise="break_BatchNorm1d" alternative="step-by-step"
"""Goes through the statement in a row of short trials."""


def break_BatchNorm1d(BatchNorm1d):
    def close(a, b):
        return torch.allclose(a.detach(), b, rtol=1e-4, atol=1e-4)

    x = torch.tensor([[0.0, 3.0, 1.0], [2.0, -5.0, 1.0], [7.0, 1.0, 1.0]])
    g, s = torch.tensor([3.0, 0.5, -2.0]), torch.tensor([1.0, 0.0, 4.0])
    bn = BatchNorm1d(3, eps=1.5, momentum=0.25)
    bn.gamma, bn.beta = g.clone().requires_grad_(), s.clone().requires_grad_()
    assert len(list(bn.parameters())) == 2
    out = bn(x.clone().requires_grad_())
    assert out.requires_grad
    assert close(out, g * (x - x.mean(0)) / torch.sqrt(x.var(0, correction=0) + 1.5) + s)
    mean, var = 0.25 * x.mean(0), 0.75 + 0.25 * x.var(0)
    assert close(bn.running_mean, mean) and close(bn.running_var, var)
    assert not bn.running_mean.requires_grad and not bn.running_var.requires_grad
    y = torch.tensor([[4.0, 4.0, 4.0], [1.0, 0.0, -1.0]])
    bn(y.clone())
    mean, var = 0.75 * mean + 0.25 * y.mean(0), 0.75 * var + 0.25 * y.var(0)
    assert close(bn.running_mean, mean) and close(bn.running_var, var)
    refused = False
    try:
        bn(y[:1].clone())
    except ValueError:
        refused = True
    assert refused
    bn.training = False
    for rows in (y, x[:1].clone()):
        assert close(bn(rows), g * (rows - mean) / torch.sqrt(var + 1.5) + s)
    assert close(bn.running_mean, mean) and close(bn.running_var, var)
    fresh = BatchNorm1d(2)
    out = fresh(torch.tensor([[0.0, 5.0], [0.008, 5.0]]))
    assert close(out, torch.tensor([[-0.784465, 0.0], [0.784465, 0.0]]))


# %% exercise="break_BatchNorm1d" alternative="against-torch"
"""Lives through the same batches as torch's own layer."""


def break_BatchNorm1d(BatchNorm1d):
    generator = torch.Generator().manual_seed(9)
    for settings in ({}, {"eps": 0.7, "momentum": 0.6}):
        mine, theirs = BatchNorm1d(4, **settings), torch.nn.BatchNorm1d(4, **settings)
        with torch.no_grad():
            theirs.weight.copy_(torch.tensor([1.0, -2.0, 0.5, 3.0]))
            theirs.bias.copy_(torch.tensor([0.0, 1.0, -7.0, 2.0]))
        mine.gamma = theirs.weight.detach().clone().requires_grad_()
        mine.beta = theirs.bias.detach().clone().requires_grad_()
        assert len(list(mine.parameters())) == 2
        for n, training in [(3, True), (2, True), (5, False), (4, True), (1, False), (2, True)]:
            x = torch.randn((n, 4), generator=generator) * torch.tensor([0.1, 1.0, 5.0, 2.0]) + 1
            mine.training = training
            theirs.train(training)
            got, right = mine(x.clone().requires_grad_()), theirs(x)
            assert got.requires_grad and torch.allclose(got, right, atol=1e-3)
            for ours, name in [(mine.running_mean, "running_mean"), (mine.running_var, "running_var")]:
                assert not ours.requires_grad
                assert torch.allclose(ours, getattr(theirs, name), rtol=1e-4, atol=1e-4)
        try:
            mine(torch.ones(1, 4))
        except ValueError:
            continue
        raise AssertionError("a batch of one")

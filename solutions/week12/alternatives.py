"""Week 12's other right solutions, which every test must accept."""

import torch
import torch.nn as nn
import torch.nn.functional as F

# %% exercise="smooth" alternative="loop"
"""Block by block in plain Python."""


def smooth(losses, k):
    means = []
    for block in range(len(losses) // k):
        means.append(sum(losses[block * k : block * k + k]) / k)
    return torch.tensor(means)


# %% exercise="smooth" alternative="split"
"""Splits into pieces of k and keeps the whole ones."""


def smooth(losses, k):
    pieces = torch.tensor(losses).double().split(k)
    return torch.tensor([piece.mean().item() for piece in pieces if len(piece) == k])


# %% exercise="FlattenConsecutive" alternative="slices"
"""Every n-th position from each start, side by side."""


class FlattenConsecutive:
    def __init__(self, n):
        self.n = n

    def __call__(self, x):
        if x.size(1) % self.n:
            raise ValueError("the number of positions isn't a multiple of n")
        self.out = torch.cat([x[:, start :: self.n] for start in range(self.n)], dim=-1)
        self.out = self.out.squeeze(1)
        return self.out

    def parameters(self):
        return []


# %% exercise="FlattenConsecutive" alternative="module"
"""A torch module; flattens the last two of four axes."""
import torch.nn as nn


class FlattenConsecutive(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.n = n

    def forward(self, x):
        groups, rest = divmod(x.shape[1], self.n)
        if rest:
            raise ValueError(f"{rest} positions left over")
        x = x.unflatten(1, (groups, self.n)).flatten(2)
        return x.flatten(1) if groups == 1 else x


# %% exercise="BatchNorm1d" alternative="flattens-first"
"""Makes (N, c) of everything and gives the result its shape again."""


class BatchNorm1d:
    def __init__(self, d, eps=1e-5, momentum=0.1):
        self.eps, self.momentum, self.training = eps, momentum, True
        self.gamma = torch.ones(d).requires_grad_()
        self.beta = torch.zeros(d).requires_grad_()
        self.running_mean, self.running_var = torch.zeros(d), torch.ones(d)

    def __call__(self, x):
        rows = x.reshape(-1, x.shape[-1])
        if self.training:
            n = len(rows)
            var, mean = torch.var_mean(rows, 0, correction=0)
            self.running_mean.lerp_(mean.detach(), self.momentum)
            self.running_var.lerp_(var.detach() * (n / (n - 1)), self.momentum)
        else:
            mean, var = self.running_mean, self.running_var
        out = (rows - mean) * torch.rsqrt(var + self.eps) * self.gamma + self.beta
        return out.reshape(x.shape)

    def parameters(self):
        return (self.beta, self.gamma)


# %% exercise="BatchNorm1d" alternative="as-in-the-film"
"""Chooses the axes by the number of them, and keeps its output."""


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
            dim = 0 if x.ndim == 2 else (0, 1)
            mean = x.mean(dim)
            var = ((x - mean) ** 2).mean(dim)
            with torch.no_grad():
                kept = x.var(dim)
                self.running_mean = self.running_mean + self.momentum * (mean - self.running_mean)
                self.running_var = self.running_var + self.momentum * (kept - self.running_var)
        self.out = self.gamma * ((x - mean) * (var + self.eps) ** -0.5) + self.beta
        return self.out

    def parameters(self):
        return [self.gamma, self.beta]


# %% exercise="BatchNorm1d" alternative="torchs-own"
"""Leaves the work to torch's function, on (N, c)."""
import torch.nn as nn


class BatchNorm1d:
    def __init__(self, d, eps=1e-5, momentum=0.1):
        self.eps, self.momentum, self.training = eps, momentum, True
        self.gamma, self.beta = nn.Parameter(torch.ones(d)), nn.Parameter(torch.zeros(d))
        self.running_mean, self.running_var = torch.zeros(d), torch.ones(d)

    def __call__(self, x):
        estimates, trained = (self.running_mean, self.running_var), (self.gamma, self.beta)
        rows = x.reshape(-1, x.shape[-1])
        out = F.batch_norm(rows, *estimates, *trained, self.training, self.momentum, self.eps)
        return out.reshape(x.shape)

    def parameters(self):
        return [self.gamma, self.beta]


# %% exercise="Embedding" alternative="module"
"""A torch module with a Parameter; parameters() is an iterator."""
import torch.nn as nn


class Embedding(nn.Module):
    def __init__(self, V, d, generator=None):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(V, d).normal_(generator=generator))

    def forward(self, ids):
        return F.embedding(ids, self.weight)


# %% exercise="Embedding" alternative="one-hot"
"""One-hot rows times the table, in float64."""


class Embedding:
    def __init__(self, V, d, generator=None):
        self.weight = torch.randn((V, d), generator=generator)
        self.weight.requires_grad = True

    def __call__(self, ids):
        return F.one_hot(ids, len(self.weight)).to(self.weight.dtype) @ self.weight

    def parameters(self):
        return (self.weight,)


# %% exercise="Sequential" alternative="loop-with-is"
"""Compares with `is`; gives a tuple."""


class Sequential:
    def __init__(self, layers):
        self.layers = list(layers)

    def __call__(self, x):
        self.out = x
        for layer in self.layers:
            self.out = layer(self.out)
        return self.out

    def parameters(self):
        found = []
        for layer in self.layers:
            for p in layer.parameters():
                if all(p is not other for other in found):
                    found.append(p)
        return tuple(found)


# %% exercise="Sequential" alternative="reduce"
"""Folds over the layers; tensors as keys, which are hashed by identity."""
from functools import reduce


class Sequential:
    def __init__(self, layers):
        self.layers = layers

    def __call__(self, x):
        return reduce(lambda value, layer: layer(value), self.layers, x)

    def parameters(self):
        return list(dict.fromkeys(p for layer in self.layers for p in layer.parameters()))


# %% exercise="wavenet" alternative="halving"
"""Halves the block until one position is left."""


def wavenet(V, block, d, hidden, generator=None):
    layers = [Embedding(V, d, generator)]
    while block > 1:
        layers.append(FlattenConsecutive(2))
        layers.append(Linear(2 * d, hidden, bias=False, generator=generator))
        layers.append(BatchNorm1d(hidden))
        layers.append(Tanh())
        block //= 2
        d = hidden
    layers.append(Linear(hidden, V, generator=generator))
    return Sequential(layers)


# %% exercise="wavenet" alternative="widths"
"""Lists the widths first; starts with an output that is unsure."""


def wavenet(V, block, d, hidden, generator=None):
    widths = [d] + [hidden] * (block.bit_length() - 2)
    rounds = [
        layer
        for width in widths
        for layer in (
            FlattenConsecutive(2),
            Linear(width * 2, hidden, False, generator),
            BatchNorm1d(hidden),
            Tanh(),
        )
    ]
    return Sequential([Embedding(V, d, generator)] + rounds + [Linear(hidden, V, True, generator)])


# %% exercise="causal_conv1d" alternative="tap-by-tap"
"""Adds up the taps, each a slice of the padded x."""


def causal_conv1d(x, w, dilation=1):
    t, k = x.shape[-1], w.shape[-1]
    padded = F.pad(x, ((k - 1) * dilation, 0))
    out = 0
    for j in range(k):
        out = out + torch.einsum("oc,bct->bot", w[..., j], padded[..., j * dilation : j * dilation + t])
    return out


# %% exercise="causal_conv1d" alternative="crops"
"""Pads both ends by all of it, and cuts the future off."""


def causal_conv1d(x, w, dilation=1):
    past = (w.shape[2] - 1) * dilation
    return F.conv1d(x, w, padding=past, dilation=dilation)[:, :, : x.shape[2]]


# %% exercise="causal_conv1d" alternative="windows"
"""Zeros joined in front, all windows at once."""


def causal_conv1d(x, w, dilation=1):
    past = (w.shape[2] - 1) * dilation
    zeros = x.new_zeros((x.shape[0], x.shape[1], past))
    seen = torch.cat([zeros, x], 2).unfold(2, past + 1, 1)[..., ::dilation]
    return torch.einsum("ock,bctk->bot", w, seen)


# %% exercise="receptive_field" alternative="layer-by-layer"
"""Goes up layer by layer."""


def receptive_field(kernel, dilations):
    field = 1
    for dilation in dilations:
        field += dilation * (kernel - 1)
    return field


# %% exercise="receptive_field" alternative="measured"
"""Follows the leftmost line down."""


def receptive_field(kernel, dilations):
    place = 0
    for dilation in reversed(dilations):
        place = min(place - tap * dilation for tap in range(kernel))
    return 1 - place


# %% exercise="SpliceModel" alternative="reads-all-positions"
"""Two layers and a linear layer over all positions, with torch's own convolutions padded by hand."""
import torch.nn as nn


class SpliceModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = nn.Conv1d(4, 12, 5), nn.Conv1d(12, 8, 3, dilation=2)
        self.head = nn.Linear(8 * 60, 2)

    def features(self, x):
        x = F.relu(self.one(F.pad(x, (4, 0))))
        return F.relu(self.two(F.pad(x, (4, 0))))

    def forward(self, x):
        return self.head(self.features(x).flatten(1))


# %% exercise="SpliceModel" alternative="residual-with-batchnorm"
"""Residual layers with two taps, dilations up to 32 and batch norm, read off at the end."""
import torch.nn as nn


class SpliceModel(nn.Module):
    def __init__(self, channels=8):
        super().__init__()
        self.first, self.head = nn.Conv1d(4, channels, 1), nn.Linear(channels, 2)
        self.layers = nn.ModuleList(nn.Conv1d(channels, channels, 2, dilation=2**level) for level in range(6))
        self.norms = nn.ModuleList(nn.BatchNorm1d(channels) for _ in self.layers)

    def features(self, x):
        x = self.first(x)
        for layer, norm in zip(self.layers, self.norms):
            x = x + torch.tanh(norm(causal_conv1d(x, layer.weight, *layer.dilation)))
        return x

    def forward(self, x):
        return self.head(self.features(x)[..., -1])


# %% exercise="tree_as_convolution" alternative="two-products"
"""The two halves of W, each times its position; only the positions that see enough."""


def tree_as_convolution(layers, x):
    for level, (W, b) in enumerate(layers):
        step, (earlier, later) = 2**level, W.chunk(2)
        past, now = x[:, :, :-step], x[:, :, step:]
        h = torch.einsum("co,bct->bot", earlier, past) + torch.einsum("co,bct->bot", later, now)
        x = torch.tanh(h + b.unsqueeze(1))
    return x


# %% exercise="tree_as_convolution" alternative="trees"
"""Runs the tree for every end of a whole context."""


def tree_as_convolution(layers, x):
    span, outputs = 2 ** len(layers), []
    for end in range(span, x.shape[2] + 1):
        h = x[:, :, end - span : end].mT
        for W, b in layers:
            h = torch.tanh(h.reshape(len(h), -1, W.shape[0]) @ W + b)
        outputs.append(h.squeeze(1))
    return torch.stack(outputs, 2)


# %% exercise="break_causal_conv1d" alternative="against-torch"
"""Compares with torch's convolution, zeros in front, for several sizes."""


def break_causal_conv1d(causal_conv1d):
    torch.manual_seed(3)
    for b, c, o, t, k in [(1, 2, 3, 7, 2), (3, 1, 2, 5, 4), (2, 3, 1, 10, 3), (2, 2, 4, 6, 1)]:
        for dilation in (1, 2, 3):
            x, w = torch.randn(b, c, t), torch.randn(o, c, k)
            kept = x.clone(), w.clone()
            got = causal_conv1d(x, w, dilation)
            right = F.conv1d(F.pad(kept[0], (dilation * (k - 1), 0)), kept[1], dilation=dilation)
            assert got.shape == right.shape and (got - right).abs().max() < 1e-4
            assert torch.equal(x, kept[0]) and torch.equal(w, kept[1])
        got = causal_conv1d(x, w)
        assert torch.allclose(got, F.conv1d(F.pad(x, (k - 1, 0)), w), atol=1e-4)


# %% exercise="break_causal_conv1d" alternative="small-whole-numbers"
"""A few examples worked out by hand."""


def break_causal_conv1d(causal_conv1d):
    x = torch.tensor(
        [[[1.0, 2.0, 3.0, 4.0], [0.0, 1.0, 0.0, -1.0]], [[2.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 5.0]]]
    )
    w = torch.tensor([[[10.0, 1.0], [0.0, 100.0]], [[0.0, 3.0], [-1.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]]])
    one, two = x.clone(), w.clone()
    plain = causal_conv1d(one, two)
    holes = causal_conv1d(one, two, 2)
    assert torch.equal(one, x) and torch.equal(two, w)
    assert torch.allclose(
        plain,
        torch.tensor(
            [
                [[1.0, 112.0, 23.0, -66.0], [3.0, 6.0, 8.0, 12.0], [0.0] * 4],
                [[2.0, 20.0, 0.0, 500.0], [6.0, 0.0, 0.0, 0.0], [0.0] * 4],
            ]
        ),
        atol=1e-4,
    )
    assert torch.allclose(
        holes,
        torch.tensor(
            [
                [[1.0, 102.0, 13.0, -76.0], [3.0, 6.0, 9.0, 11.0], [0.0] * 4],
                [[2.0, 0.0, 20.0, 500.0], [6.0, 0.0, 0.0, 0.0], [0.0] * 4],
            ]
        ),
        atol=1e-4,
    )
    far = causal_conv1d(torch.tensor([[[1.0, 2.0]]]), torch.tensor([[[7.0, 5.0, 3.0]]]), 3)
    assert torch.allclose(far, torch.tensor([[[3.0, 6.0]]]), atol=1e-4)

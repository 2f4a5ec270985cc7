"""Week 11's other right solutions, which every test must accept."""

import copy

import torch
import torch.nn as nn
import torch.nn.functional as F

# %% exercise="output_size" alternative="counts-starts"
"""Counts the starts one by one."""


def output_size(n, kernel, stride=1, padding=0, dilation=1):
    last = n + 2 * padding - dilation * (kernel - 1) - 1
    return len(range(0, last + 1, stride))


# %% exercise="output_size" alternative="torchs-formula"
"""The formula of torch's documentation."""


def output_size(n, kernel, stride=1, padding=0, dilation=1):
    return int((n + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1)


# %% exercise="FILTERS" alternative="other-weights"
"""Gaussian blur, other signs, second differences, a stronger sharpener, in float64."""
FILTERS = {
    "blur": torch.tensor([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16,
    "edge_x": torch.tensor([[1, -2, 1], [1, -2, 1], [1, -2, 1]], dtype=torch.float64),
    "edge_y": torch.tensor([[1, 1, 1], [0, 0, 0], [-1, -1, -1]], dtype=torch.float64),
    "sharpen": torch.tensor([[-1, -1, -1], [-1, 9, -1], [-1, -1, -1]], dtype=torch.float64),
}

# %% exercise="FILTERS" alternative="one-row"
"""Edges that look along a single row or column, and a blur of two pixels."""
_line = torch.tensor([[0.0, 0.0, 0.0], [1.0, -1.0, 0.0], [0.0, 0.0, 0.0]])
FILTERS = {
    "blur": torch.tensor([[0.0, 0.5, 0.0], [0.0, 0.5, 0.0], [0.0, 0.0, 0.0]]),
    "edge_x": _line,
    "edge_y": _line.T,
    "sharpen": torch.tensor([[0.0, 0.0, 0.0], [-0.5, 2.0, -0.5], [0.0, 0.0, 0.0]]),
}

# %% exercise="conv2d" alternative="loop-over-weights"
"""Adds up the kernel's weights, each with the slice of the picture that it meets."""


def conv2d(x, w, b=None, stride=1, padding=0):
    n, c_in, height, width = x.shape
    c_out, _, kh, kw = w.shape
    framed = x.new_zeros(n, c_in, height + 2 * padding, width + 2 * padding)
    framed[:, :, padding : padding + height, padding : padding + width] = x
    rows = (height + 2 * padding - kh) // stride + 1
    columns = (width + 2 * padding - kw) // stride + 1
    out = torch.zeros(n, c_out, rows, columns, dtype=x.dtype)
    for u in range(kh):
        for v in range(kw):
            seen = framed[:, :, u : u + stride * rows : stride, v : v + stride * columns : stride]
            out = out + torch.einsum("ncij,oc->noij", seen[:, :, :rows, :columns], w[:, :, u, v])
    return out if b is None else out + b.reshape(1, -1, 1, 1)


# %% exercise="conv2d" alternative="im2col"
"""Cuts the windows out as columns and multiplies matrices."""


def conv2d(x, w, b=None, stride=1, padding=0):
    kh, kw = w.shape[2:]
    columns = F.unfold(x, (kh, kw), padding=padding, stride=stride)  # (n, c_in · kh · kw, places)
    out = w.flatten(1) @ columns
    if b is not None:
        out = out + b[:, None]
    rows = (x.shape[2] + 2 * padding - kh) // stride + 1
    return out.unflatten(2, (rows, -1))


# %% exercise="conv2d" alternative="place-by-place"
"""Goes through the places, as one would with a pencil."""


def conv2d(x, w, b=None, stride=1, padding=0):
    x = F.pad(x, (padding,) * 4)
    kh, kw = w.shape[2:]
    lines = []
    for i in range(0, x.shape[2] - kh + 1, stride):
        line = []
        for j in range(0, x.shape[3] - kw + 1, stride):
            window = x[:, None, :, i : i + kh, j : j + kw]
            line.append((window * w).sum((2, 3, 4)))
        lines.append(torch.stack(line, 2))
    out = torch.stack(lines, 2)
    return out if b is None else out + b.view(-1, 1, 1)


# %% exercise="max_pool2d" alternative="place-by-place"
"""Goes through the windows."""


def max_pool2d(x, k, stride=None):
    step = stride or k
    lines = []
    for i in range(0, x.shape[2] - k + 1, step):
        line = [x[:, :, i : i + k, j : j + k].amax((2, 3)) for j in range(0, x.shape[3] - k + 1, step)]
        lines.append(torch.stack(line, 2))
    return torch.stack(lines, 2)


# %% exercise="max_pool2d" alternative="slices"
"""Takes the larger of slices, one for each place in the window."""


def max_pool2d(x, k, stride=None):
    step = k if stride is None else stride
    rows, columns = (x.shape[2] - k) // step + 1, (x.shape[3] - k) // step + 1
    parts = [x[:, :, u::step, v::step][:, :, :rows, :columns] for u in range(k) for v in range(k)]
    return torch.stack(parts).amax(0)


# %% exercise="max_pool2d" alternative="rows-then-columns"
"""Finds the largest along each axis in turn."""


def max_pool2d(x, k, stride=None):
    if stride is None:
        stride = k
    x = x.unfold(2, k, stride).max(-1).values
    return x.unfold(3, k, stride).max(-1).values


# %% exercise="break_max_pool2d" alternative="by-hand"
"""Examples whose answers were worked out by hand."""


def break_max_pool2d(max_pool2d):
    x = torch.tensor([[[[-1.0, -5.0, 3.0], [-2.0, -7.0, 1.0], [-4.0, 6.0, 2.0]]]])
    x = torch.cat([x, -x - 20], 1)  # the second channel: -19 -15 -23, -18 -13 -21, -16 -26 -22
    x = torch.cat([x, x.flip(3) - 1, x - 50], 0)
    kept = x.clone()
    one = max_pool2d(x, 2)
    assert one.shape == (3, 2, 1, 1)
    assert one.flatten().tolist() == [-1.0, -13.0, 2.0, -14.0, -51.0, -63.0]
    side = max_pool2d(x, 2, 1)
    assert side.shape == (3, 2, 2, 2)
    assert side[0].tolist() == [[[-1.0, 3.0], [6.0, 6.0]], [[-13.0, -13.0], [-13.0, -13.0]]]
    assert max_pool2d(x, 1, 2)[0, 0].tolist() == [[-1.0, 3.0], [-4.0, 2.0]]
    assert max_pool2d(x, 3)[0].flatten().tolist() == [6.0, -13.0]
    wide = torch.arange(20.0).reshape(1, 1, 4, 5)
    assert max_pool2d(wide, 2)[0, 0].tolist() == [[6.0, 8.0], [16.0, 18.0]]
    assert max_pool2d(wide, 2, 1).shape == (1, 1, 3, 4)
    assert max_pool2d(wide.transpose(2, 3), 2, 3)[0, 0].tolist() == [[6.0], [9.0]]
    assert torch.equal(x, kept)


# %% exercise="break_max_pool2d" alternative="laws"
"""Laws and an oracle: the largest is among the window's pixels and none is larger."""


def break_max_pool2d(max_pool2d):
    generator = torch.Generator().manual_seed(3)
    for n, c, h, w in [(2, 3, 5, 8), (1, 2, 7, 4)]:
        x = torch.randn((n, c, h, w), generator=generator) * 3 - 9
        for k in (1, 2, 3):
            for stride in (None, 1, 2, 4):
                step = k if stride is None else stride
                out = max_pool2d(x.clone(), k, stride)
                assert out.shape == (n, c, (h - k) // step + 1, (w - k) // step + 1)
                for i in range(out.shape[2]):
                    for j in range(out.shape[3]):
                        window = x[:, :, i * step : i * step + k, j * step : j * step + k]
                        assert torch.allclose(out[:, :, i, j], window.amax((2, 3)))


# %% exercise="ResidualBlock" alternative="sequential"
"""The branch as it is, the shortcut chosen in forward, without biases."""


class ResidualBlock(nn.Module):
    def __init__(self, c_in, c_out):
        super().__init__()
        self.conv1 = nn.Conv2d(c_in, c_out, kernel_size=3, padding="same", bias=False)
        self.conv2 = nn.Conv2d(c_out, c_out, kernel_size=3, padding="same", bias=False)
        self.project = None
        if c_in != c_out:
            self.project = nn.Conv2d(c_in, c_out, kernel_size=1, bias=False)

    def forward(self, x):
        branch = self.conv2(F.relu(self.conv1(x)))
        if self.project is None:
            return x + branch
        return self.project(x) + branch


# %% exercise="ResidualBlock" alternative="no-attribute"
"""Has `project` only where it is needed, and adds in place to the branch."""


class ResidualBlock(nn.Module):
    def __init__(self, c_in, c_out):
        super().__init__()
        self.conv1 = nn.Conv2d(c_in, c_out, 3, 1, 1)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(c_out, c_out, 3, 1, 1)
        if c_in != c_out:
            self.project = nn.Conv2d(c_in, c_out, 1)

    def forward(self, x):
        h = self.conv1(x)
        h = self.relu(h)
        h = self.conv2(h)
        h += self.project(x) if hasattr(self, "project") else x
        return h


# %% exercise="LeafNet" alternative="flattens"
"""Three convolutions, pooled three times and flattened."""


class LeafNet(nn.Module):
    def __init__(self):
        super().__init__()
        layers = []
        for c_in, c_out in [(3, 8), (8, 16), (16, 16)]:
            layers += [nn.Conv2d(c_in, c_out, 3, padding="same"), nn.ReLU(), nn.MaxPool2d(2)]
        self.net = nn.Sequential(*layers, nn.Flatten(), nn.Linear(256, 2))

    def forward(self, x):
        return self.net(x)


# %% exercise="LeafNet" alternative="batchnorm-and-stride"
"""Strides in place of pooling, with BatchNorm, a mean over all places, and an output that starts at zero."""


class LeafNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.norm1 = nn.Conv2d(3, 16, 5, stride=2), nn.BatchNorm2d(16)
        self.conv2, self.norm2 = nn.Conv2d(16, 32, 3, stride=2), nn.BatchNorm2d(32)
        self.out = nn.Linear(32, 2)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, x):
        x = F.relu(self.norm1(self.conv1(x)))
        x = F.relu(self.norm2(self.conv2(x)))
        return self.out(x.mean((2, 3)))


# %% exercise="augment" alternative="picture-by-picture"
"""Goes through the pictures, with two coins each."""


def augment(x, generator):
    flipped = []
    for image in x:
        left, up = torch.randint(2, (2,), generator=generator).tolist()
        axes = [axis for axis, coin in [(2, left), (1, up)] if coin]
        flipped.append(image.flip(axes))
    return torch.stack(flipped)


# %% exercise="augment" alternative="writes-into-a-copy"
"""Writes the flipped pictures into a copy; one number from 0 to 3 stands for both coins."""


def augment(x, generator):
    fate = torch.randint(0, 4, (x.shape[0],), generator=generator)
    out = x.clone()
    out[fate == 1] = x[fate == 1].flip(3)
    out[fate == 2] = x[fate == 2].flip(2)
    out[fate == 3] = x[fate == 3].flip((2, 3))
    return out


# %% exercise="fit" alternative="deepcopy"
"""Keeps deep copies, counts the epochs since the best, and validates in batches."""


def fit(model, train, val, epochs, lr, batch_size, patience, generator):
    X, Y = train
    VX, VY = val
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    history = {"train": [], "val": []}
    best_loss, best_epoch, best_state, waited = float("inf"), 0, None, 0
    for epoch in range(epochs):
        model.train()
        order = torch.randperm(X.shape[0], generator=generator)
        losses, sizes = [], []
        for start in range(0, X.shape[0], batch_size):
            rows = order[start : start + batch_size]
            optimizer.zero_grad()
            loss = nn.CrossEntropyLoss()(model(X[rows]), Y[rows])
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
            sizes.append(len(rows))
        mean = sum(loss * size for loss, size in zip(losses, sizes, strict=True)) / sum(sizes)
        history["train"].append(float(mean))
        model.eval()
        total = 0.0
        with torch.no_grad():
            for start in range(0, len(VX), batch_size):
                logits = model(VX[start : start + batch_size])
                total += F.cross_entropy(logits, VY[start : start + batch_size], reduction="sum").item()
        history["val"].append(total / len(VX))
        if history["val"][-1] < best_loss - 1e-12:
            best_loss, best_epoch, waited = history["val"][-1], epoch, 0
            best_state = copy.deepcopy(model.state_dict())
        else:
            waited += 1
            if waited == patience:
                break
    model.load_state_dict(best_state)
    return History(history["train"], history["val"], best_epoch)


# %% exercise="saliency" alternative="switches-gradients-off"
"""Measures picture by picture."""


def saliency(model, x, cls):
    modes = {module: module.training for module in model.modules()}
    model.eval()
    maps = []
    for image in x:
        leaf = image.detach().clone().unsqueeze(0).requires_grad_(True)
        (slope,) = torch.autograd.grad(model(leaf)[:, cls].sum(), leaf)
        maps.append(slope.abs().max(1).values)
    for module, mode in modes.items():
        module.training = mode
    return torch.cat(maps)


# %% exercise="saliency" alternative="on-a-copy"
"""Measures on a deep copy of the model, where nothing can be spoilt."""


def saliency(model, x, cls):
    double = copy.deepcopy(model).eval()
    leaf = x.clone().detach().requires_grad_()
    double(leaf)[:, cls].sum().backward()
    return leaf.grad.abs().amax(dim=1)


# %% exercise="LitLeafNet" alternative="shared-step"
"""One method for both steps, and hyperparameters that are saved."""
import lightning.pytorch as pl


class LitLeafNet(pl.LightningModule):
    def __init__(self, net, lr=1e-3):
        super().__init__()
        self.save_hyperparameters(ignore=["net"])
        self.net, self.lr = net, lr
        self.criterion = nn.CrossEntropyLoss()

    def forward(self, x):
        return self.net(x)

    def step(self, batch, name):
        x, y = batch
        loss = self.criterion(self(x), y)
        self.log(name, loss, on_step=False, on_epoch=True, batch_size=len(x))
        return loss

    def training_step(self, batch, batch_idx):
        return self.step(batch, "train_loss")

    def validation_step(self, batch, batch_idx):
        return self.step(batch, "val_loss")

    def configure_optimizers(self):
        return {"optimizer": torch.optim.Adam(self.net.parameters(), lr=self.lr)}

"""Week 11's wrong solutions, each with the hint that a good teacher would give."""

import copy

import torch
import torch.nn as nn
import torch.nn.functional as F

# %% exercise="output_size" misconception="rounds-up"
"""Counts a last place that sticks out.

Hint: With n = 6, padding 1 and stride 2 the filter starts at 0, 2, 4. Would it lie inside if it started at 6?
"""


def output_size(n, kernel, stride=1, padding=0, dilation=1):
    return -(-(n + 2 * padding - dilation * (kernel - 1) - 1) // stride) + 1


# %% exercise="output_size" misconception="padding-once"
"""Adds the padding on one side only.

Hint: Padding p puts p zeros at *each* end. How long is the line then?
"""


def output_size(n, kernel, stride=1, padding=0, dilation=1):
    return (n + padding - dilation * (kernel - 1) - 1) // stride + 1


# %% exercise="output_size" misconception="one-too-few"
"""Forgets the first place: leaves out the + 1.

Hint: A filter as long as the line has one place, not none.
"""


def output_size(n, kernel, stride=1, padding=0, dilation=1):
    return (n + 2 * padding - dilation * (kernel - 1) - 1) // stride


# %% exercise="output_size" misconception="dilation-times-kernel"
"""Takes a spread filter to cover dilation times kernel places.

Hint: Three weights that lie 2 apart: draw them. How many places are there from the first to the last?
"""


def output_size(n, kernel, stride=1, padding=0, dilation=1):
    return (n + 2 * padding - dilation * kernel) // stride + 1


# %% exercise="output_size" misconception="no-dilation"
"""Leaves the dilation out.

Hint: What does a filter of 3 weights cover when they lie 2 apart?
"""


def output_size(n, kernel, stride=1, padding=0, dilation=1):
    return (n + 2 * padding - kernel) // stride + 1


# %% exercise="FILTERS" misconception="edges-exchanged"
"""Takes edge_x for the filter that finds horizontal lines: exchanges the two.

Hint: edge_x answers to change *along x*, from left to right. Lay your filter on a picture that changes only
downwards: what does it say?
"""
FILTERS = {
    "blur": torch.full((3, 3), 1 / 9),
    "edge_x": torch.tensor([[-1.0, -2.0, -1.0], [0.0, 0.0, 0.0], [1.0, 2.0, 1.0]]),
    "edge_y": torch.tensor([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]]),
    "sharpen": torch.tensor([[0.0, -1.0, 0.0], [-1.0, 5.0, -1.0], [0.0, -1.0, 0.0]]),
}

# %% exercise="FILTERS" misconception="blur-of-ones"
"""Blurs with nine ones, so that the picture gets nine times as bright.

Hint: What does the filter say of a plain area of 5s? A mean of nine numbers divides by nine.
"""
FILTERS = {
    "blur": torch.ones(3, 3),
    "edge_x": torch.tensor([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]]),
    "edge_y": torch.tensor([[-1.0, -2.0, -1.0], [0.0, 0.0, 0.0], [1.0, 2.0, 1.0]]),
    "sharpen": torch.tensor([[0.0, -1.0, 0.0], [-1.0, 5.0, -1.0], [0.0, -1.0, 0.0]]),
}

# %% exercise="FILTERS" misconception="sharpen-sums-to-zero"
"""Sharpens with weights that sum to 0, and so finds edges.

Hint: A plain area should stay as bright as it was. What must the nine weights of sharpen sum to?
"""
FILTERS = {
    "blur": torch.full((3, 3), 1 / 9),
    "edge_x": torch.tensor([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]]),
    "edge_y": torch.tensor([[-1.0, -2.0, -1.0], [0.0, 0.0, 0.0], [1.0, 2.0, 1.0]]),
    "sharpen": torch.tensor([[0.0, -1.0, 0.0], [-1.0, 4.0, -1.0], [0.0, -1.0, 0.0]]),
}

# %% exercise="FILTERS" misconception="blur-that-copies"
"""Blurs with a single 1 in the centre, which leaves every picture as it is.

Hint: Each pixel of a blurred picture is a mean of its neighbourhood. How much may one of them count?
"""
FILTERS = {
    "blur": torch.tensor([[0.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]),
    "edge_x": torch.tensor([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]]),
    "edge_y": torch.tensor([[-1.0, -2.0, -1.0], [0.0, 0.0, 0.0], [1.0, 2.0, 1.0]]),
    "sharpen": torch.tensor([[0.0, -1.0, 0.0], [-1.0, 5.0, -1.0], [0.0, -1.0, 0.0]]),
}

# %% exercise="FILTERS" misconception="edge-in-all-directions"
"""Takes one filter for both edges, which answers to every direction.

Hint: Surroundings against centre speaks at any edge. edge_x must be silent where the picture changes downwards only.
"""
_around = torch.tensor([[-1.0, -1.0, -1.0], [-1.0, 8.0, -1.0], [-1.0, -1.0, -1.0]])
FILTERS = {
    "blur": torch.full((3, 3), 1 / 9),
    "edge_x": _around,
    "edge_y": _around,
    "sharpen": torch.tensor([[0.0, -1.0, 0.0], [-1.0, 5.0, -1.0], [0.0, -1.0, 0.0]]),
}

# %% exercise="conv2d" misconception="kernel-turned"
"""Turns the kernel round, as mathematicians do.

Hint: In the formula w[o, c, 0, 0] meets the *top left* pixel of the window. Which one does it meet in yours?
"""


def conv2d(x, w, b=None, stride=1, padding=0):
    kh, kw = w.shape[2:]
    x = F.pad(x, (padding, padding, padding, padding))
    windows = x.unfold(2, kh, stride).unfold(3, kw, stride)
    out = torch.einsum("ncijuv,ocuv->noij", windows, w.flip((2, 3)))
    return out if b is None else out + b[:, None, None]


# %% exercise="conv2d" misconception="first-channel-only"
"""Looks at the first channel only.

Hint: Each filter has one grid for every input channel. What happens to the other grids in your sum?
"""


def conv2d(x, w, b=None, stride=1, padding=0):
    kh, kw = w.shape[2:]
    x = F.pad(x, (padding, padding, padding, padding))
    windows = x.unfold(2, kh, stride).unfold(3, kw, stride)
    out = torch.einsum("nijuv,ouv->noij", windows[:, 0], w[:, 0])
    return out if b is None else out + b[:, None, None]


# %% exercise="conv2d" misconception="empty-crop"
"""Computes more than is asked and crops by `[p:-p]`, which is empty where p is 0.

Hint: Try padding=0. What is `x[0:-0]`?
"""


def conv2d(x, w, b=None, stride=1, padding=0):
    n, _, height, width = x.shape
    framed = x.new_zeros(n, x.shape[1], height + 2 * padding, width + 2 * padding)
    framed[:, :, padding:-padding, padding:-padding] = x[
        :, :, : height if padding else 0, : width if padding else 0
    ]
    windows = framed.unfold(2, w.shape[2], stride).unfold(3, w.shape[3], stride)
    out = torch.einsum("ncijuv,ocuv->noij", windows, w)
    return out if b is None else out + b[:, None, None]


# %% exercise="conv2d" misconception="no-stride"
"""Moves by one place whatever the stride is.

Hint: With stride s the window for output (i, j) begins at row i·s and column j·s. Where does yours begin?
"""


def conv2d(x, w, b=None, stride=1, padding=0):
    kh, kw = w.shape[2:]
    x = F.pad(x, (padding, padding, padding, padding))
    windows = x.unfold(2, kh, 1).unfold(3, kw, 1)
    out = torch.einsum("ncijuv,ocuv->noij", windows, w)
    return out if b is None else out + b[:, None, None]


# %% exercise="conv2d" misconception="pads-one-axis"
"""Pads the columns and forgets the rows.

Hint: `F.pad` counts from the last axis: its first two numbers are left and right. What about above and below?
"""


def conv2d(x, w, b=None, stride=1, padding=0):
    kh, kw = w.shape[2:]
    x = F.pad(x, (padding, padding))
    windows = x.unfold(2, kh, stride).unfold(3, kw, stride)
    out = torch.einsum("ncijuv,ocuv->noij", windows, w)
    return out if b is None else out + b[:, None, None]


# %% exercise="conv2d" misconception="square-kernels-only"
"""Takes the kernel's height for its width too.

Hint: The kernel needn't be square. Try one of 1 × 3 and one of 3 × 1.
"""


def conv2d(x, w, b=None, stride=1, padding=0):
    k = w.shape[2]
    w = F.pad(w, (0, max(0, k - w.shape[3])))[:, :, :, :k]
    x = F.pad(x, (padding, padding, padding, padding))
    windows = x.unfold(2, k, stride).unfold(3, min(k, x.shape[3]), stride)
    out = torch.einsum("ncijuv,ocuv->noij", windows, w[:, :, :, : windows.shape[5]])
    return out if b is None else out + b[:, None, None]


# %% exercise="conv2d" misconception="forgets-the-bias"
"""Leaves the bias out.

Hint: b holds a number for each output map, added at all of its places.
"""


def conv2d(x, w, b=None, stride=1, padding=0):
    kh, kw = w.shape[2:]
    x = F.pad(x, (padding, padding, padding, padding))
    windows = x.unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("ncijuv,ocuv->noij", windows, w)


# %% exercise="conv2d" misconception="breaks-the-graph"
"""Writes plain numbers into a new tensor, so that no gradient comes back.

Hint: `.item()`, `.detach()` and `.data` leave the graph. Keep tensors, and let torch record what you do with them.
"""


def conv2d(x, w, b=None, stride=1, padding=0):
    kh, kw = w.shape[2:]
    x = F.pad(x, (padding, padding, padding, padding)).detach()
    windows = x.unfold(2, kh, stride).unfold(3, kw, stride)
    out = torch.einsum("ncijuv,ocuv->noij", windows, w.detach())
    return out if b is None else out + b[:, None, None]


# %% exercise="conv2d" misconception="float32-answer"
"""Fills a tensor of float32, whatever the dtype of x.

Hint: What is `torch.zeros(2).dtype`? The answer has x's dtype.
"""


def conv2d(x, w, b=None, stride=1, padding=0):
    kh, kw = w.shape[2:]
    x = F.pad(x, (padding, padding, padding, padding))
    rows, columns = (x.shape[2] - kh) // stride + 1, (x.shape[3] - kw) // stride + 1
    out = torch.zeros(len(x), len(w), rows, columns)
    for i in range(rows):
        for j in range(columns):
            window = x[:, None, :, i * stride : i * stride + kh, j * stride : j * stride + kw]
            out[:, :, i, j] = (window * w).sum((2, 3, 4))
    if b is not None:
        out += b[:, None, None]
    return out


# %% exercise="conv2d" misconception="bias-along-the-columns"
"""Adds the bias without axes of its own, so that it is laid along the columns.

Hint: b has one number for each map. Against which axis of (n, c_out, rows, columns) does `out + b` lay it?
"""


def conv2d(x, w, b=None, stride=1, padding=0):
    kh, kw = w.shape[2:]
    x = F.pad(x, (padding, padding, padding, padding))
    windows = x.unfold(2, kh, stride).unfold(3, kw, stride)
    out = torch.einsum("ncijuv,ocuv->noij", windows, w)
    return out if b is None else out + b


# %% exercise="conv2d" misconception="calls-torchs"
"""Calls the convolution of torch.

Hint: The statement asks you to build it. Begin with the loop over the kernel's weights.
"""


def conv2d(x, w, b=None, stride=1, padding=0):
    return F.conv2d(x, w, b, stride, padding)


# %% exercise="max_pool2d" misconception="zero-padding"
"""Fills up windows that stick out with zeros, which beat negative numbers.

Hint: What is the largest of -1 and -5, and what comes out of yours? Windows that stick out are dropped.
"""


def max_pool2d(x, k, stride=None):
    step = k if stride is None else stride
    rows, columns = -(-max(x.shape[2] - k, 0) // step) + 1, -(-max(x.shape[3] - k, 0) // step) + 1
    down, right = max(0, (rows - 1) * step + k - x.shape[2]), max(0, (columns - 1) * step + k - x.shape[3])
    windows = F.pad(x, (0, right, 0, down)).unfold(2, k, step).unfold(3, k, step)
    return windows.amax((-2, -1))


# %% exercise="max_pool2d" misconception="starts-from-zero"
"""Compares with a tensor of zeros, so that nothing negative comes out.

Hint: The largest of -1, -5, -2 and -7 isn't 0. With what should a search for the largest begin?
"""


def max_pool2d(x, k, stride=None):
    step = k if stride is None else stride
    return x.unfold(2, k, step).unfold(3, k, step).amax((-2, -1)).clamp(min=0)


# %% exercise="max_pool2d" misconception="largest-of-all-channels"
"""Takes the largest over the channels too, for lack of an axis.

Hint: `amax()` without axes is one number for everything. Which axes of yours should disappear, and which stay?
"""


def max_pool2d(x, k, stride=None):
    step = k if stride is None else stride
    rows, columns = (x.shape[2] - k) // step + 1, (x.shape[3] - k) // step + 1
    lines = [
        torch.stack(
            [x[:, :, i * step : i * step + k, j * step : j * step + k].amax() for j in range(columns)]
        )
        for i in range(rows)
    ]
    return torch.stack(lines).expand(x.shape[0], x.shape[1], rows, columns).clone()


# %% exercise="max_pool2d" misconception="stride-ignored"
"""Lays the windows side by side, whatever the stride.

Hint: k says how large a window is, the stride how far the next one lies. Only None means "as far as k".
"""


def max_pool2d(x, k, stride=None):
    return x.unfold(2, k, k).unfold(3, k, k).amax((-2, -1))


# %% exercise="max_pool2d" misconception="stride-one-by-default"
"""Takes a missing stride for 1, as for a convolution.

Hint: For pooling the windows lie side by side unless told otherwise. What does None stand for?
"""


def max_pool2d(x, k, stride=None):
    step = 1 if stride is None else stride
    return x.unfold(2, k, step).unfold(3, k, step).amax((-2, -1))


# %% exercise="max_pool2d" misconception="reshapes-oddly"
"""Reshapes to windows of neighbours in memory, which are runs of one row and not squares.

Hint: Four numbers that follow one another in memory lie in one row. Number the pixels of a 4 × 4 picture from 0 to
15: which four belong to the first window?
"""


def max_pool2d(x, k, stride=None):
    step = k if stride is None else stride
    rows, columns = (x.shape[2] - k) // step + 1, (x.shape[3] - k) // step + 1
    flat = x.flatten(2)[:, :, : rows * columns * k * k]
    if flat.shape[2] < rows * columns * k * k:
        return x.unfold(2, 1, step).unfold(3, 1, step)[:, :, :rows, :columns, 0, 0]
    return flat.reshape(*x.shape[:2], rows, columns, k * k).amax(-1)


# %% exercise="max_pool2d" misconception="takes-the-mean"
"""Takes the mean of each window.

Hint: Max pooling keeps the strongest answer of the neighbourhood.
"""


def max_pool2d(x, k, stride=None):
    step = k if stride is None else stride
    return x.unfold(2, k, step).unfold(3, k, step).mean((-2, -1))


# %% exercise="max_pool2d" misconception="height-for-width"
"""Makes as many columns as rows.

Hint: The picture needn't be square. How many windows fit along its width?
"""


def max_pool2d(x, k, stride=None):
    step = k if stride is None else stride
    rows = (x.shape[2] - k) // step + 1
    out = x.unfold(2, k, step).unfold(3, k, step).amax((-2, -1))
    return F.pad(out, (0, max(0, rows - out.shape[3])))[:, :, :, :rows]


# %% exercise="max_pool2d" misconception="float32-answer"
"""Fills a tensor of float32, whatever the dtype of x.

Hint: What is `torch.zeros(2).dtype`? The answer has x's dtype.
"""


def max_pool2d(x, k, stride=None):
    step = k if stride is None else stride
    rows, columns = (x.shape[2] - k) // step + 1, (x.shape[3] - k) // step + 1
    out = torch.zeros(*x.shape[:2], rows, columns)
    for i in range(rows):
        for j in range(columns):
            out[:, :, i, j] = x[:, :, i * step : i * step + k, j * step : j * step + k].amax((2, 3))
    return out


# %% exercise="max_pool2d" misconception="calls-torchs"
"""Calls the pooling of torch.

Hint: The statement asks you to build it. Cut out the windows first.
"""


def max_pool2d(x, k, stride=None):
    return F.max_pool2d(x, k, stride)


# %% exercise="break_max_pool2d" misconception="positive-square-picture"
"""Tries one positive, square picture of one channel, with windows of 2.

Hint: All positive, square, one channel, no stride: each of these hides a mistake. Vary one after the other.
"""


def break_max_pool2d(max_pool2d):
    x = torch.arange(16.0).reshape(1, 1, 4, 4)
    assert torch.allclose(max_pool2d(x, 2), torch.tensor([[[[5.0, 7.0], [13.0, 15.0]]]]))


# %% exercise="break_max_pool2d" misconception="shape-only"
"""Looks at the shape and never at a value.

Hint: Many wrong answers have the right shape. Which number must come out?
"""


def break_max_pool2d(max_pool2d):
    assert max_pool2d(torch.zeros(2, 3, 7, 6), 2).shape == (2, 3, 3, 3)
    assert max_pool2d(torch.zeros(2, 3, 7, 6), 2, 1).shape == (2, 3, 6, 5)


# %% exercise="break_max_pool2d" misconception="never-gives-a-stride"
"""Never gives a stride.

Hint: stride is half of the statement: smaller than k, larger than k, missing.
"""


def break_max_pool2d(max_pool2d):
    x = torch.randn((2, 3, 7, 5), generator=torch.Generator().manual_seed(1))
    assert torch.allclose(max_pool2d(x, 2), F.max_pool2d(x, 2))


# %% exercise="break_max_pool2d" misconception="rejects-everything"
"""Rejects whatever it is given.

Hint: Your test rejects a right max_pool2d. Run it on your own first: what does it demand that section 4 doesn't?
"""


def break_max_pool2d(max_pool2d):
    raise AssertionError("wrong")


# %% exercise="break_max_pool2d" misconception="demands-padding"
"""Expects windows that stick out to count, so that right ones are rejected.

Hint: Windows that would stick out are dropped, says section 4. Run your test on your own first.
"""


def break_max_pool2d(max_pool2d):
    x = torch.randn((1, 2, 5, 7), generator=torch.Generator().manual_seed(1))
    assert max_pool2d(x, 2).shape == (1, 2, 3, 4)


# %% exercise="ResidualBlock" misconception="shortcut-from-the-branch"
"""Overwrites x on the way, so that the shortcut starts behind the first convolution.

Hint: At the addition, is your x still what came in? Give the branch a name of its own.
"""


class ResidualBlock(nn.Module):
    def __init__(self, c_in, c_out):
        super().__init__()
        self.conv1 = nn.Conv2d(c_in, c_out, 3, padding=1)
        self.conv2 = nn.Conv2d(c_out, c_out, 3, padding=1)
        self.project = nn.Identity() if c_in == c_out else nn.Conv2d(c_in, c_out, 1)

    def forward(self, x):
        shortcut = self.project(x)
        x = torch.relu(self.conv1(x))
        return x + self.conv2(x) + 0 * shortcut


# %% exercise="ResidualBlock" misconception="relu-after-the-sum"
"""Puts a relu behind the addition.

Hint: A block with conv2 at zero is the identity. What becomes of a negative number in yours?
"""


class ResidualBlock(nn.Module):
    def __init__(self, c_in, c_out):
        super().__init__()
        self.conv1 = nn.Conv2d(c_in, c_out, 3, padding=1)
        self.conv2 = nn.Conv2d(c_out, c_out, 3, padding=1)
        self.project = nn.Identity() if c_in == c_out else nn.Conv2d(c_in, c_out, 1)

    def forward(self, x):
        return torch.relu(self.project(x) + self.conv2(torch.relu(self.conv1(x))))


# %% exercise="ResidualBlock" misconception="activation-on-the-shortcut"
"""Sends the shortcut through a relu.

Hint: x itself is added, negative numbers and all.
"""


class ResidualBlock(nn.Module):
    def __init__(self, c_in, c_out):
        super().__init__()
        self.conv1 = nn.Conv2d(c_in, c_out, 3, padding=1)
        self.conv2 = nn.Conv2d(c_out, c_out, 3, padding=1)
        self.project = nn.Identity() if c_in == c_out else nn.Conv2d(c_in, c_out, 1)

    def forward(self, x):
        return torch.relu(self.project(x)) + self.conv2(torch.relu(self.conv1(x)))


# %% exercise="ResidualBlock" misconception="no-relu-between"
"""Leaves out the relu between the convolutions.

Hint: Two convolutions in a row are one larger convolution. What makes the second worth having?
"""


class ResidualBlock(nn.Module):
    def __init__(self, c_in, c_out):
        super().__init__()
        self.conv1 = nn.Conv2d(c_in, c_out, 3, padding=1)
        self.conv2 = nn.Conv2d(c_out, c_out, 3, padding=1)
        self.project = nn.Identity() if c_in == c_out else nn.Conv2d(c_in, c_out, 1)

    def forward(self, x):
        return self.project(x) + self.conv2(self.conv1(x))


# %% exercise="ResidualBlock" misconception="always-projects"
"""Has a projection where the channels agree as well.

Hint: A block whose channels agree adds x itself. With conv2 at zero, what does yours return?
"""


class ResidualBlock(nn.Module):
    def __init__(self, c_in, c_out):
        super().__init__()
        self.conv1 = nn.Conv2d(c_in, c_out, 3, padding=1)
        self.conv2 = nn.Conv2d(c_out, c_out, 3, padding=1)
        self.project = nn.Conv2d(c_in, c_out, 1)

    def forward(self, x):
        return self.project(x) + self.conv2(torch.relu(self.conv1(x)))


# %% exercise="ResidualBlock" misconception="no-shortcut"
"""Forgets the addition: a plain stack of two convolutions.

Hint: Where in your `forward` does x get past the convolutions?
"""


class ResidualBlock(nn.Module):
    def __init__(self, c_in, c_out):
        super().__init__()
        self.conv1 = nn.Conv2d(c_in, c_out, 3, padding=1)
        self.conv2 = nn.Conv2d(c_out, c_out, 3, padding=1)
        self.project = nn.Identity() if c_in == c_out else nn.Conv2d(c_in, c_out, 1)

    def forward(self, x):
        return self.conv2(torch.relu(self.conv1(x)))


# %% exercise="ResidualBlock" misconception="no-padding"
"""Convolves without padding, so that the picture shrinks and can't be added.

Hint: A kernel of 3 without padding takes a pixel off each side. What does `padding=1` do about it?
"""


class ResidualBlock(nn.Module):
    def __init__(self, c_in, c_out):
        super().__init__()
        self.conv1 = nn.Conv2d(c_in, c_out, 3)
        self.conv2 = nn.Conv2d(c_out, c_out, 3)
        self.project = nn.Identity() if c_in == c_out else nn.Conv2d(c_in, c_out, 1)

    def forward(self, x):
        return self.project(x) + self.conv2(torch.relu(self.conv1(x)))


# %% exercise="ResidualBlock" misconception="relu-in-place"
"""Applies relu to the input in place before it convolves.

Hint: A name with an underscore at its end, or `inplace=True`, changes the tensor that it is given. Who else holds it?
"""


class ResidualBlock(nn.Module):
    def __init__(self, c_in, c_out):
        super().__init__()
        self.conv1 = nn.Conv2d(c_in, c_out, 3, padding=1)
        self.conv2 = nn.Conv2d(c_out, c_out, 3, padding=1)
        self.project = nn.Identity() if c_in == c_out else nn.Conv2d(c_in, c_out, 1)

    def forward(self, x):
        shortcut = self.project(x)
        return shortcut + self.conv2(torch.relu(self.conv1(F.relu(x, inplace=True))))


# %% exercise="LeafNet" misconception="softmax-inside"
"""Ends in a softmax, and the loss takes another one.

Hint: `F.cross_entropy` wants logits. Of probabilities, the best that it can see is 0.31.
"""


class LeafNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 16, 3, padding=1)
        self.second = nn.Conv2d(16, 32, 3, padding=1)
        self.out = nn.Linear(32, 2)

    def forward(self, x):
        x = F.max_pool2d(torch.relu(self.first(x)), 2)
        x = torch.relu(self.second(x))
        return torch.softmax(self.out(x.amax((2, 3))), 1)


# %% exercise="LeafNet" misconception="squeezes-the-batch"
"""Squeezes every axis of length 1, a batch of one included.

Hint: What is the shape for a single leaf? `squeeze()` without an axis takes the batch along.
"""


class LeafNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 16, 3, padding=1)
        self.second = nn.Conv2d(16, 32, 3, padding=1)
        self.out = nn.Linear(32, 2)

    def forward(self, x):
        x = F.max_pool2d(torch.relu(self.first(x)), 2)
        x = torch.relu(self.second(x))
        return self.out(F.adaptive_max_pool2d(x, 1).squeeze())


# %% exercise="LeafNet" misconception="flattens-the-batch"
"""Flattens the whole batch into one row.

Hint: `x.flatten()` makes one axis of all, the batch's too. From which axis on should it flatten?
"""


class LeafNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 16, 3, padding=1)
        self.second = nn.Conv2d(16, 8, 3, padding=1)
        self.out = nn.Linear(8 * 8 * 8, 2)

    def forward(self, x):
        x = F.max_pool2d(torch.relu(self.first(x)), 2)
        x = F.max_pool2d(torch.relu(self.second(x)), 2)
        return self.out(x.flatten())


# %% exercise="LeafNet" misconception="too-large"
"""Flattens a large map into a large linear layer: far more than 100,000 parameters.

Hint: Multiply: how many numbers go into your linear layer, and how many come out? Pool before you flatten.
"""


class LeafNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 16, 3, padding=1)
        self.second = nn.Conv2d(16, 16, 3, padding=1)
        self.hidden = nn.Linear(16 * 16 * 16, 64)
        self.out = nn.Linear(64, 2)

    def forward(self, x):
        x = F.max_pool2d(torch.relu(self.first(x)), 2)
        x = torch.relu(self.second(x)).flatten(1)
        return self.out(torch.relu(self.hidden(x)))


# %% exercise="LeafNet" misconception="one-output"
"""Ends in one number, as a logistic regression would.

Hint: There are two classes and a logit for each. With a softmax over them a single number wouldn't do.
"""


class LeafNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 16, 3, padding=1)
        self.second = nn.Conv2d(16, 32, 3, padding=1)
        self.out = nn.Linear(32, 1)

    def forward(self, x):
        x = F.max_pool2d(torch.relu(self.first(x)), 2)
        x = torch.relu(self.second(x))
        return self.out(x.amax((2, 3)))


# %% exercise="LeafNet" misconception="layers-in-a-list"
"""Keeps its layers in a plain list, so that their parameters are never found, nor trained.

Hint: What does `len(list(LeafNet().parameters()))` say? `nn.ModuleList` and `nn.Sequential` are lists that register.
"""


class LeafNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Conv2d(3, 16, 3, padding=1), nn.Conv2d(16, 32, 3, padding=1), nn.Linear(32, 2)]
        self.scale = nn.Parameter(torch.ones(1))

    def forward(self, x):
        x = F.max_pool2d(torch.relu(self.layers[0](x)), 2)
        x = torch.relu(self.layers[1](x))
        return self.scale * self.layers[2](x.amax((2, 3)))


# %% exercise="LeafNet" misconception="no-convolution"
"""A network of linear layers on the flattened pixels.

Hint: A weight for each pixel has to learn a spot anew at every place. Which layer shares its weights?
"""


class LeafNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Flatten(), nn.Linear(3 * 32 * 32, 30), nn.ReLU(), nn.Linear(30, 2))

    def forward(self, x):
        return self.net(x)


# %% exercise="augment" misconception="one-coin-for-the-batch"
"""Tosses once for the whole batch, so that all pictures are flipped alike.

Hint: Each picture has coins of its own. How many numbers do you draw for a batch of 80?
"""


def augment(x, generator):
    left, up = torch.rand(2, generator=generator) < 0.5
    x = x.flip(3) if left else x
    return x.flip(2) if up else x.clone()


# %% exercise="augment" misconception="one-coin-for-both"
"""Tosses one coin a picture for both flips: a picture is as it was or turned by half.

Hint: How many of the four outcomes can you get? Left-right and up-down have a coin each.
"""


def augment(x, generator):
    coin = torch.rand((len(x), 1, 1, 1), generator=generator) < 0.5
    return torch.where(coin, x.flip((2, 3)), x)


# %% exercise="augment" misconception="left-right-only"
"""Flips left-right only.

Hint: A leaf can be turned upside down as well, with a coin of its own.
"""


def augment(x, generator):
    coin = torch.rand((len(x), 1, 1, 1), generator=generator) < 0.5
    return torch.where(coin, x.flip(3), x)


# %% exercise="augment" misconception="shuffles-the-batch"
"""Flips the batch's axis: pictures change places and lose their labels.

Hint: Axis 0 is which picture, 1 the channel. Which ones are up-down and left-right?
"""


def augment(x, generator):
    coins = torch.rand((2, len(x), 1, 1, 1), generator=generator) < 0.5
    x = torch.where(coins[0], x.flip(0), x)
    return torch.where(coins[1], x.flip(2), x)


# %% exercise="augment" misconception="flips-the-channels"
"""Flips the channels: red becomes blue.

Hint: Axis 1 is the channel. What colour has a leaf whose channels are turned round?
"""


def augment(x, generator):
    coins = torch.rand((2, len(x), 1, 1, 1), generator=generator) < 0.5
    x = torch.where(coins[0], x.flip(1), x)
    return torch.where(coins[1], x.flip(2), x)


# %% exercise="augment" misconception="channel-by-channel"
"""Tosses for every channel, so that a picture's colours come apart.

Hint: All channels of a picture go together. Which shape must the coins have to be shared by its channels?
"""


def augment(x, generator):
    coins = torch.rand((2, *x.shape[:2], 1, 1), generator=generator) < 0.5
    x = torch.where(coins[0], x.flip(3), x)
    return torch.where(coins[1], x.flip(2), x)


# %% exercise="augment" misconception="in-place"
"""Flips the caller's pictures.

Hint: `x[i] = ...` writes into the tensor that was given. Whose is it?
"""


def augment(x, generator):
    for i in range(len(x)):
        left, up = torch.rand(2, generator=generator) < 0.5
        if left:
            x[i] = x[i].flip(2)
        if up:
            x[i] = x[i].flip(1)
    return x


# %% exercise="augment" misconception="ignores-the-generator"
"""Draws from torch's global state.

Hint: Equal states of the generator must give equal answers. Which of your draws takes `generator=generator`?
"""


def augment(x, generator):
    coins = torch.rand((2, len(x), 1, 1, 1)) < 0.5
    x = torch.where(coins[0], x.flip(3), x)
    return torch.where(coins[1], x.flip(2), x)


# %% exercise="augment" misconception="always-both"
"""Flips every picture, every time.

Hint: A picture may stay as it is, one time in four.
"""


def augment(x, generator):
    return x.flip((2, 3))


# %% exercise="fit" misconception="last-weights"
"""Ends with the weights of the last epoch: never puts the best ones back, or kept them without copying.

Hint: Training goes on for `patience` epochs after the best. Which weights does the model hold at the end? If you did
put something back: `model.state_dict()` holds the model's own tensors, and what do these hold by then?
"""


def fit(model, train, val, epochs, lr, batch_size, patience, generator):
    X, Y = train
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    train_loss, val_loss, best_epoch = [], [], 0
    for epoch in range(epochs):
        model.train()
        total = 0.0
        for rows in torch.randperm(len(X), generator=generator).split(batch_size):
            loss = F.cross_entropy(model(X[rows]), Y[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total += loss.item() * len(rows)
        train_loss.append(total / len(X))
        model.eval()
        with torch.no_grad():
            val_loss.append(F.cross_entropy(model(val[0]), val[1]).item())
        if val_loss[epoch] < val_loss[best_epoch]:
            best_epoch = epoch
        if epoch - best_epoch >= patience:
            break
    return History(train_loss, val_loss, best_epoch)


# %% exercise="fit" misconception="validates-in-training-mode"
"""Validates in training mode: dropout drops, and BatchNorm takes its statistics from the validation set.

Hint: What does `model.training` say while you measure the validation loss? And afterwards?
"""


def fit(model, train, val, epochs, lr, batch_size, patience, generator):
    X, Y = train
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    train_loss, val_loss, best_epoch = [], [], 0
    model.train()
    for epoch in range(epochs):
        total = 0.0
        for rows in torch.randperm(len(X), generator=generator).split(batch_size):
            loss = F.cross_entropy(model(X[rows]), Y[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total += loss.item() * len(rows)
        train_loss.append(total / len(X))
        with torch.no_grad():
            val_loss.append(F.cross_entropy(model(val[0]), val[1]).item())
        if epoch == 0 or val_loss[epoch] < val_loss[best_epoch]:
            best_epoch, best = epoch, copy.deepcopy(model.state_dict())
        if epoch - best_epoch >= patience:
            break
    model.load_state_dict(best)
    model.eval()
    return History(train_loss, val_loss, best_epoch)


# %% exercise="fit" misconception="never-back-to-training"
"""Switches to training once, before the loop: from the second epoch on it trains in evaluating mode.

Hint: `model.eval()` ends each epoch. Who switches back at the start of the next?
"""


def fit(model, train, val, epochs, lr, batch_size, patience, generator):
    X, Y = train
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    train_loss, val_loss, best_epoch = [], [], 0
    model.train()
    for epoch in range(epochs):
        total = 0.0
        for rows in torch.randperm(len(X), generator=generator).split(batch_size):
            loss = F.cross_entropy(model(X[rows]), Y[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total += loss.item() * len(rows)
        train_loss.append(total / len(X))
        model.eval()
        with torch.no_grad():
            val_loss.append(F.cross_entropy(model(val[0]), val[1]).item())
        if epoch == 0 or val_loss[epoch] < val_loss[best_epoch]:
            best_epoch, best = epoch, copy.deepcopy(model.state_dict())
        if epoch - best_epoch >= patience:
            break
    model.load_state_dict(best)
    return History(train_loss, val_loss, best_epoch)


# %% exercise="fit" misconception="gradients-pile-up"
"""Never clears the gradients, so that each step follows the sum of all before it.

Hint: `backward()` adds to `.grad`. What is in it before the second batch?
"""


def fit(model, train, val, epochs, lr, batch_size, patience, generator):
    X, Y = train
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    train_loss, val_loss, best_epoch = [], [], 0
    for epoch in range(epochs):
        model.train()
        total = 0.0
        for rows in torch.randperm(len(X), generator=generator).split(batch_size):
            loss = F.cross_entropy(model(X[rows]), Y[rows])
            loss.backward()
            optimiser.step()
            total += loss.item() * len(rows)
        train_loss.append(total / len(X))
        model.eval()
        with torch.no_grad():
            val_loss.append(F.cross_entropy(model(val[0]), val[1]).item())
        if epoch == 0 or val_loss[epoch] < val_loss[best_epoch]:
            best_epoch, best = epoch, copy.deepcopy(model.state_dict())
        if epoch - best_epoch >= patience:
            break
    model.load_state_dict(best)
    return History(train_loss, val_loss, best_epoch)


# %% exercise="fit" misconception="mean-of-batch-means"
"""Takes the mean of the batches' losses, as if the last, smaller batch counted as much as the others.

Hint: A batch of 2 counts half as much as one of 4. By what do you weigh a batch's loss?
"""


def fit(model, train, val, epochs, lr, batch_size, patience, generator):
    X, Y = train
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    train_loss, val_loss, best_epoch = [], [], 0
    for epoch in range(epochs):
        model.train()
        losses = []
        for rows in torch.randperm(len(X), generator=generator).split(batch_size):
            loss = F.cross_entropy(model(X[rows]), Y[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
        train_loss.append(sum(losses) / len(losses))
        model.eval()
        with torch.no_grad():
            val_loss.append(F.cross_entropy(model(val[0]), val[1]).item())
        if epoch == 0 or val_loss[epoch] < val_loss[best_epoch]:
            best_epoch, best = epoch, copy.deepcopy(model.state_dict())
        if epoch - best_epoch >= patience:
            break
    model.load_state_dict(best)
    return History(train_loss, val_loss, best_epoch)


# %% exercise="fit" misconception="drops-the-last-batch"
"""Leaves out the last, smaller batch.

Hint: 9 rows in batches of 4 are 4, 4 and 1. How many batches do you train on?
"""


def fit(model, train, val, epochs, lr, batch_size, patience, generator):
    X, Y = train
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    train_loss, val_loss, best_epoch = [], [], 0
    for epoch in range(epochs):
        model.train()
        total, count = 0.0, 0
        order = torch.randperm(len(X), generator=generator)
        for i in range(len(X) // batch_size):
            rows = order[i * batch_size : (i + 1) * batch_size]
            loss = F.cross_entropy(model(X[rows]), Y[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total += loss.item() * len(rows)
            count += len(rows)
        train_loss.append(total / max(count, 1))
        model.eval()
        with torch.no_grad():
            val_loss.append(F.cross_entropy(model(val[0]), val[1]).item())
        if epoch == 0 or val_loss[epoch] < val_loss[best_epoch]:
            best_epoch, best = epoch, copy.deepcopy(model.state_dict())
        if epoch - best_epoch >= patience:
            break
    model.load_state_dict(best)
    return History(train_loss, val_loss, best_epoch)


# %% exercise="fit" misconception="stops-one-late"
"""Waits one epoch longer than `patience`.

Hint: With patience 2 and the best epoch 2, the last epoch is 4. Which one is it in yours?
"""


def fit(model, train, val, epochs, lr, batch_size, patience, generator):
    X, Y = train
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    train_loss, val_loss, best_epoch = [], [], 0
    for epoch in range(epochs):
        model.train()
        total = 0.0
        for rows in torch.randperm(len(X), generator=generator).split(batch_size):
            loss = F.cross_entropy(model(X[rows]), Y[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total += loss.item() * len(rows)
        train_loss.append(total / len(X))
        model.eval()
        with torch.no_grad():
            val_loss.append(F.cross_entropy(model(val[0]), val[1]).item())
        if epoch == 0 or val_loss[epoch] < val_loss[best_epoch]:
            best_epoch, best = epoch, copy.deepcopy(model.state_dict())
        if epoch - best_epoch > patience:
            break
    model.load_state_dict(best)
    return History(train_loss, val_loss, best_epoch)


# %% exercise="fit" misconception="latest-of-equals"
"""Lets a later epoch with an equal loss take over.

Hint: best_epoch is the *first* with the lowest loss. What happens at a rate of 0, where all are equal?
"""


def fit(model, train, val, epochs, lr, batch_size, patience, generator):
    X, Y = train
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    train_loss, val_loss, best_epoch = [], [], 0
    for epoch in range(epochs):
        model.train()
        total = 0.0
        for rows in torch.randperm(len(X), generator=generator).split(batch_size):
            loss = F.cross_entropy(model(X[rows]), Y[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total += loss.item() * len(rows)
        train_loss.append(total / len(X))
        model.eval()
        with torch.no_grad():
            val_loss.append(F.cross_entropy(model(val[0]), val[1]).item())
        if epoch == 0 or val_loss[epoch] <= val_loss[best_epoch]:
            best_epoch, best = epoch, copy.deepcopy(model.state_dict())
        if epoch - best_epoch >= patience:
            break
    model.load_state_dict(best)
    return History(train_loss, val_loss, best_epoch)


# %% exercise="fit" misconception="no-shuffling"
"""Takes the rows as they come, and never draws an order.

Hint: Where in your code does the generator appear? An order is drawn for each epoch.
"""


def fit(model, train, val, epochs, lr, batch_size, patience, generator):
    X, Y = train
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    train_loss, val_loss, best_epoch = [], [], 0
    for epoch in range(epochs):
        model.train()
        total = 0.0
        for rows in torch.arange(len(X)).split(batch_size):
            loss = F.cross_entropy(model(X[rows]), Y[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total += loss.item() * len(rows)
        train_loss.append(total / len(X))
        model.eval()
        with torch.no_grad():
            val_loss.append(F.cross_entropy(model(val[0]), val[1]).item())
        if epoch == 0 or val_loss[epoch] < val_loss[best_epoch]:
            best_epoch, best = epoch, copy.deepcopy(model.state_dict())
        if epoch - best_epoch >= patience:
            break
    model.load_state_dict(best)
    return History(train_loss, val_loss, best_epoch)


# %% exercise="fit" misconception="best-of-training"
"""Chooses the epoch by its training loss.

Hint: The training loss nearly always falls. Which of the two sets is there to choose by?
"""


def fit(model, train, val, epochs, lr, batch_size, patience, generator):
    X, Y = train
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    train_loss, val_loss, best_epoch = [], [], 0
    for epoch in range(epochs):
        model.train()
        total = 0.0
        for rows in torch.randperm(len(X), generator=generator).split(batch_size):
            loss = F.cross_entropy(model(X[rows]), Y[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total += loss.item() * len(rows)
        train_loss.append(total / len(X))
        model.eval()
        with torch.no_grad():
            val_loss.append(F.cross_entropy(model(val[0]), val[1]).item())
        if epoch == 0 or train_loss[epoch] < train_loss[best_epoch]:
            best_epoch, best = epoch, copy.deepcopy(model.state_dict())
        if epoch - best_epoch >= patience:
            break
    model.load_state_dict(best)
    return History(train_loss, val_loss, best_epoch)


# %% exercise="fit" misconception="new-optimiser-each-epoch"
"""Makes a new optimiser in every epoch, so that Adam forgets its running means.

Hint: Adam keeps two running means for each weight. What becomes of them in yours when an epoch ends?
"""


def fit(model, train, val, epochs, lr, batch_size, patience, generator):
    X, Y = train
    train_loss, val_loss, best_epoch = [], [], 0
    for epoch in range(epochs):
        optimiser = torch.optim.Adam(model.parameters(), lr=lr)
        model.train()
        total = 0.0
        for rows in torch.randperm(len(X), generator=generator).split(batch_size):
            loss = F.cross_entropy(model(X[rows]), Y[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total += loss.item() * len(rows)
        train_loss.append(total / len(X))
        model.eval()
        with torch.no_grad():
            val_loss.append(F.cross_entropy(model(val[0]), val[1]).item())
        if epoch == 0 or val_loss[epoch] < val_loss[best_epoch]:
            best_epoch, best = epoch, copy.deepcopy(model.state_dict())
        if epoch - best_epoch >= patience:
            break
    model.load_state_dict(best)
    return History(train_loss, val_loss, best_epoch)


# %% exercise="fit" misconception="sgd"
"""Takes plain gradient descent for an optimiser.

Hint: Which optimiser does the statement name?
"""


def fit(model, train, val, epochs, lr, batch_size, patience, generator):
    X, Y = train
    optimiser = torch.optim.SGD(model.parameters(), lr=lr)
    train_loss, val_loss, best_epoch = [], [], 0
    for epoch in range(epochs):
        model.train()
        total = 0.0
        for rows in torch.randperm(len(X), generator=generator).split(batch_size):
            loss = F.cross_entropy(model(X[rows]), Y[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total += loss.item() * len(rows)
        train_loss.append(total / len(X))
        model.eval()
        with torch.no_grad():
            val_loss.append(F.cross_entropy(model(val[0]), val[1]).item())
        if epoch == 0 or val_loss[epoch] < val_loss[best_epoch]:
            best_epoch, best = epoch, copy.deepcopy(model.state_dict())
        if epoch - best_epoch >= patience:
            break
    model.load_state_dict(best)
    return History(train_loss, val_loss, best_epoch)


# %% exercise="fit" misconception="losses-as-tensors"
"""Adds up the losses as tensors, so that the history holds tensors with their graphs.

Hint: What is `type(history.train_loss[0])`? `.item()` makes a float of a loss.
"""


def fit(model, train, val, epochs, lr, batch_size, patience, generator):
    X, Y = train
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    train_loss, val_loss, best_epoch = [], [], 0
    for epoch in range(epochs):
        model.train()
        total = 0.0
        for rows in torch.randperm(len(X), generator=generator).split(batch_size):
            loss = F.cross_entropy(model(X[rows]), Y[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total += loss * len(rows)
        train_loss.append(total / len(X))
        model.eval()
        with torch.no_grad():
            val_loss.append(F.cross_entropy(model(val[0]), val[1]).item())
        if epoch == 0 or val_loss[epoch] < val_loss[best_epoch]:
            best_epoch, best = epoch, copy.deepcopy(model.state_dict())
        if epoch - best_epoch >= patience:
            break
    model.load_state_dict(best)
    return History(train_loss, val_loss, best_epoch)


# %% exercise="saliency" misconception="no-absolute-value"
"""Takes the largest gradient and not the largest absolute one.

Hint: A pixel that pulls the logit down matters as much as one that pushes it up.
"""


def saliency(model, x, cls):
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    leaf = x.detach().clone().requires_grad_()
    (gradient,) = torch.autograd.grad(model(leaf)[:, cls].sum(), leaf)
    for module, training in modes:
        module.training = training
    return gradient.amax(1)


# %% exercise="saliency" misconception="sum-over-channels"
"""Adds the channels up.

Hint: The statement asks for the largest of the channels' absolute values.
"""


def saliency(model, x, cls):
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    leaf = x.detach().clone().requires_grad_()
    (gradient,) = torch.autograd.grad(model(leaf)[:, cls].sum(), leaf)
    for module, training in modes:
        module.training = training
    return gradient.abs().sum(1)


# %% exercise="saliency" misconception="leaves-evaluating"
"""Leaves the model in evaluating mode.

Hint: Who measures shouldn't change what is measured. Note each module's mode before, and put it back.
"""


def saliency(model, x, cls):
    model.eval()
    leaf = x.detach().clone().requires_grad_()
    (gradient,) = torch.autograd.grad(model(leaf)[:, cls].sum(), leaf)
    return gradient.abs().amax(1)


# %% exercise="saliency" misconception="in-the-mode-it-is-in"
"""Measures in whatever mode the model is in, and so moves BatchNorm's running estimates.

Hint: In training, BatchNorm mixes the pictures of a batch and notes their statistics. Which mode is asked for?
"""


def saliency(model, x, cls):
    leaf = x.detach().clone().requires_grad_()
    (gradient,) = torch.autograd.grad(model(leaf)[:, cls].sum(), leaf)
    return gradient.abs().amax(1)


# %% exercise="saliency" misconception="backward-into-the-parameters"
"""Calls backward(), which writes into the parameters' .grad.

Hint: Somebody may be about to take a step. `torch.autograd.grad(score, leaf)` returns the gradient and writes none.
"""


def saliency(model, x, cls):
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    leaf = x.detach().clone().requires_grad_()
    model(leaf)[:, cls].sum().backward()
    for module, training in modes:
        module.training = training
    return leaf.grad.abs().amax(1)


# %% exercise="saliency" misconception="on-x-itself"
"""Calls requires_grad_() on the caller's x, which keeps it.

Hint: Whose tensor is x? Ask for the gradient by a copy.
"""


def saliency(model, x, cls):
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    x.requires_grad_()
    (gradient,) = torch.autograd.grad(model(x)[:, cls].sum(), x)
    for module, training in modes:
        module.training = training
    return gradient.abs().amax(1)


# %% exercise="saliency" misconception="wipes-gradients-out"
"""Calls zero_grad() to tidy up, which wipes out gradients that were there before.

Hint: A parameter's `.grad` may have held something. What is it after `zero_grad()`?
"""


def saliency(model, x, cls):
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    leaf = x.detach().clone().requires_grad_()
    model(leaf)[:, cls].sum().backward()
    model.zero_grad()
    for module, training in modes:
        module.training = training
    return leaf.grad.abs().amax(1)


# %% exercise="saliency" misconception="of-the-probability"
"""Takes the gradient of the probability after a softmax.

Hint: Where the network is sure, the softmax is flat and its gradient vanishes. The statement asks for the logit's.
"""


def saliency(model, x, cls):
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    leaf = x.detach().clone().requires_grad_()
    (gradient,) = torch.autograd.grad(model(leaf).softmax(1)[:, cls].sum(), leaf)
    for module, training in modes:
        module.training = training
    return gradient.abs().amax(1)


# %% exercise="LitLeafNet" misconception="logs-nothing"
"""Computes the losses and logs none.

Hint: What the Trainer doesn't hear of it can't write down: `self.log("train_loss", loss)`.
"""
LitLeafNet.log = lambda self, *args, **kwargs: None

# %% exercise="LitLeafNet" misconception="sgd"
"""Takes plain gradient descent for an optimiser.

Hint: Which optimiser does the statement name?
"""
LitLeafNet.configure_optimizers = lambda self: torch.optim.SGD(self.parameters(), lr=self.lr)

# %% exercise="LitLeafNet" misconception="loss-as-a-number"
"""Returns the training loss as a plain number, with nothing to go back through.

Hint: `.item()` and `.detach()` cut the graph off. Lightning calls backward on what a training step returns.
"""


def _training_step(self, batch, batch_idx):
    x, y = batch
    loss = F.cross_entropy(self.net(x), y)
    self.log("train_loss", loss, on_step=False, on_epoch=True)
    return loss.detach()


LitLeafNet.training_step = _training_step

# %% exercise="LitLeafNet" misconception="rate-of-its-own"
"""Writes the rate into the optimiser and never looks at lr.

Hint: Where does `self.lr` appear in `configure_optimizers`?
"""
LitLeafNet.configure_optimizers = lambda self: torch.optim.Adam(self.parameters(), lr=0.001)

# %% exercise="LitLeafNet" misconception="logs-accuracy"
"""Logs the accuracy as val_loss.

Hint: val_loss is the mean cross-entropy of the validation batch.
"""


def _validation_step(self, batch, batch_idx):
    x, y = batch
    self.log("val_loss", (self.net(x).argmax(1) == y).double().mean())


LitLeafNet.validation_step = _validation_step

# %% exercise="LitLeafNet" misconception="no-forward"
"""Has no forward, so that it can't be called.

Hint: What runs when `LitLeafNet(net)(x)` is called? It should be `net(x)`.
"""


def _loss(self, batch, name):
    x, y = batch
    loss = F.cross_entropy(self.net(x), y)
    self.log(name, loss, on_step=False, on_epoch=True)
    return loss


LitLeafNet.training_step = lambda self, batch, batch_idx: _loss(self, batch, "train_loss")
LitLeafNet.validation_step = lambda self, batch, batch_idx: _loss(self, batch, "val_loss")
del LitLeafNet.forward

# %% exercise="LitLeafNet" misconception="logs-batch-by-batch"
"""Logs the training loss batch by batch, so that the last batch of an epoch is what is left.

Hint: `self.log` takes `on_step` and `on_epoch`. Which ones give a single number for an epoch?
"""


def _training_step(self, batch, batch_idx):
    x, y = batch
    loss = F.cross_entropy(self.net(x), y)
    self.log("train_loss", loss)
    return loss


LitLeafNet.training_step = _training_step

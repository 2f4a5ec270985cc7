"""Week 03's other right solutions, which every test must accept."""

from itertools import zip_longest

import numpy as np
import torch
import torch.nn.functional as F

# %% exercise="to_channels_first" alternative="moves-an-axis"
"""Moves the last axis to place 1."""


def to_channels_first(images):
    return images.movedim(-1, 1)


# %% exercise="to_channels_first" alternative="stacks-planes"
"""Stacks the planes of the colours, one by one, along a new axis."""


def to_channels_first(images):
    return torch.stack([images[:, :, :, k] for k in range(images.shape[3])], 1)


# %% exercise="to_channels_first" alternative="einsum"
"""Names the axes and transposes in numpy."""
import numpy as np


def to_channels_first(images):
    return torch.from_numpy(np.ascontiguousarray(np.einsum("nhwc->nchw", images.numpy())))


# %% exercise="QUIZ" alternative="tuple"
"""A tuple in place of a list."""
QUIZ = (True, True, True, False, False, True)

# %% exercise="broadcast_shape" alternative="from-the-right"
"""Goes from right to left and builds the shape on the way."""
from itertools import zip_longest


def broadcast_shape(a, b):
    shape = []
    for m, n in zip_longest(reversed(a), reversed(b), fillvalue=1):
        if m == n or n == 1:
            shape.append(m)
        elif m == 1:
            shape.append(n)
        else:
            return None
    return tuple(shape[::-1])


# %% exercise="broadcast_shape" alternative="asks-torch"
"""Lets PyTorch decide, and turns its error into None."""


def broadcast_shape(a, b):
    try:
        return torch.broadcast_shapes(a, b)
    except RuntimeError:
        return None


# %% exercise="broadcast_shape" alternative="sets"
"""Collects, place by place, the sizes other than 1; there may be one at most."""


def broadcast_shape(a, b):
    shape = []
    for place in range(-max(len(a), len(b)), 0):
        found = {shape[place] for shape in (a, b) if -place <= len(shape)} - {1}
        if len(found) > 1:
            return None
        shape.append(found.pop() if found else 1)
    return tuple(shape)


# %% exercise="outer" alternative="matrix-product"
"""Multiplies a column matrix by a row matrix."""


def outer(x, y):
    return x.reshape(-1, 1) @ y.reshape(1, -1)


# %% exercise="outer" alternative="tiles"
"""Tiles both explicitly before it multiplies."""


def outer(x, y):
    return x.repeat_interleave(len(y)).view(len(x), len(y)) * y.expand(len(x), len(y))


# %% exercise="outer" alternative="einsum"
"""Names the axes."""


def outer(x, y):
    return torch.einsum("i,j->ij", x, y)


# %% exercise="standardize_channels" alternative="channels-as-rows"
"""Makes a row of all pixels of each channel, standardises rows, and goes back."""


def standardize_channels(images):
    n, c, h, w = images.shape
    rows = images.transpose(0, 1).reshape(c, -1)
    out = torch.zeros_like(rows)
    varied = (rows != rows[:, :1]).any(1)
    chosen = rows[varied]
    centred = chosen - chosen.mean(1, keepdim=True)
    out[varied] = centred / centred.square().mean(1, keepdim=True).sqrt()
    return out.reshape(c, n, h, w).transpose(0, 1)


# %% exercise="standardize_channels" alternative="loop-over-channels"
"""Treats channel after channel."""


def standardize_channels(images):
    out = torch.zeros_like(images)
    for k in range(images.shape[1]):
        plane = images[:, k]
        if plane.max() > plane.min():
            out[:, k] = (plane - plane.mean()) / plane.std(unbiased=False)
    return out


# %% exercise="pairwise_distances" alternative="expanded-square"
"""Expands the square and cuts off what rounding leaves below 0."""


def pairwise_distances(x, y):
    squares = x.square().sum(1, keepdim=True) + y.square().sum(1) - 2 * x @ y.T
    return squares.clamp(min=0).sqrt()


# %% exercise="pairwise_distances" alternative="cdist"
"""PyTorch's own."""


def pairwise_distances(x, y):
    return torch.cdist(x, y)


# %% exercise="pairwise_distances" alternative="norm"
"""The norm of all differences."""


def pairwise_distances(x, y):
    return torch.linalg.vector_norm(x.unsqueeze(1) - y.unsqueeze(0), dim=2)


# %% exercise="pick" alternative="gather"
"""Gathers along axis 1 and takes the extra axis away."""


def pick(logits, targets):
    return logits.gather(1, targets.view(-1, 1)).squeeze(1)


# %% exercise="pick" alternative="flat"
"""Computes the place of each entry in a row of all of them."""


def pick(logits, targets):
    n, V = logits.shape
    return logits.reshape(-1)[torch.arange(n) * V + targets]


# %% exercise="pick" alternative="loop"
"""Picks row by row into a list, and keeps the dtype for an empty one."""


def pick(logits, targets):
    entries = [logits[i, int(target)].item() for i, target in enumerate(targets)]
    return torch.tensor(entries, dtype=logits.dtype)


# %% exercise="pick" alternative="mask"
"""Chooses by a table of yes and no, in which each row has a single yes."""


def pick(logits, targets):
    chosen = targets[:, None] == torch.arange(logits.shape[1])
    return logits[chosen]


# %% exercise="windows" alternative="table-of-positions"
"""Indexes by a table of positions: starts in a column, offsets in a row."""


def windows(x, width):
    return x[torch.arange(len(x) - width + 1)[:, None] + torch.arange(width)]


# %% exercise="windows" alternative="strides"
"""Reads the same memory with the same step down the rows and along them."""


def windows(x, width):
    (step,) = x.stride()
    return x.as_strided((len(x) - width + 1, width), (step, step), x.storage_offset())


# %% exercise="windows" alternative="numpy"
"""NumPy's own."""
import numpy as np


def windows(x, width):
    return torch.from_numpy(np.lib.stride_tricks.sliding_window_view(x.numpy(), width).copy())


# %% exercise="collate" alternative="pad-sequence"
"""PyTorch's own, with lengths."""


def collate(seqs):
    if len(seqs) == 0:
        raise ValueError("nothing to collate")
    lengths = torch.as_tensor([seq.numel() for seq in seqs])
    return torch.nn.utils.rnn.pad_sequence(seqs, batch_first=True), lengths


# %% exercise="collate" alternative="pads-each"
"""Fills each one up at its end, and stacks; lengths in int32."""


def collate(seqs):
    longest = max((len(seq) for seq in seqs), default=None)
    if longest is None:
        raise ValueError("nothing to collate")
    rows = [torch.cat([seq, seq.new_zeros(longest - len(seq))]) for seq in seqs]
    return torch.stack(rows), torch.tensor([len(seq) for seq in seqs], dtype=torch.int32)


# %% exercise="collate" alternative="lists"
"""Pads lists of numbers."""


def collate(seqs):
    if not seqs:
        raise ValueError("nothing to collate")
    rows = [seq.tolist() for seq in seqs]
    longest = max(map(len, rows))
    table = [row + [0] * (longest - len(row)) for row in rows]
    return torch.tensor(table, dtype=seqs[0].dtype), torch.tensor(list(map(len, rows)))


# %% exercise="mask_padding" alternative="fills-a-copy"
"""Fills the positions beyond in a copy."""


def mask_padding(x, lengths):
    outside = torch.arange(x.shape[1])[None, :] >= lengths[:, None]
    return x.masked_fill(outside[..., None], 0.0)


# %% exercise="mask_padding" alternative="loop"
"""Cuts row by row in a copy."""


def mask_padding(x, lengths):
    out = x.clone()
    for i, length in enumerate(lengths.tolist()):
        out[i, length:] = 0
    return out


# %% exercise="one_hot" alternative="torchs-own"
"""PyTorch's own, after a look at the labels."""
import torch.nn.functional as F


def one_hot(labels, num_classes):
    if labels.numel() and (labels.min() < 0 or labels.max() >= num_classes):
        raise ValueError("a label is outside")
    return F.one_hot(labels, num_classes)


# %% exercise="one_hot" alternative="rows-of-the-identity"
"""Looks up rows of the identity matrix."""


def one_hot(labels, num_classes):
    if not bool(((labels >= 0) & (labels < num_classes)).all()):
        raise ValueError("a label is outside")
    return torch.eye(num_classes, dtype=torch.float64)[labels]


# %% exercise="one_hot" alternative="scatter"
"""Writes a 1 at each label into zeros of one byte."""


def one_hot(labels, num_classes):
    for label in labels.flatten().tolist():
        if label not in range(num_classes):
            raise ValueError(f"label {label} is outside")
    out = torch.zeros(*labels.shape, num_classes, dtype=torch.uint8)
    return out.scatter_(-1, labels.unsqueeze(-1), 1)


# %% exercise="encode_dna" alternative="looks-up-rows"
"""Numbers the letters, looks rows up in a table with one for N and one for padding."""


def encode_dna(seqs):
    table = torch.cat([torch.eye(4), torch.full((1, 4), 0.25), torch.zeros(1, 4)])
    longest = max(map(len, seqs))
    return table[torch.tensor([["ACGTN ".index(letter) for letter in seq.ljust(longest)] for seq in seqs])]


# %% exercise="encode_dna" alternative="pads-tables"
"""Encodes each sequence in float64 and pads the tables."""


def encode_dna(seqs):
    tables = []
    for seq in seqs:
        rows = [[0.25] * 4 if letter == "N" else [float(letter == base) for base in "ACGT"] for letter in seq]
        tables.append(torch.tensor(rows, dtype=torch.float64))
    return torch.nn.utils.rnn.pad_sequence(tables, batch_first=True)


# %% exercise="decode_dna" alternative="argmax"
"""Looks at the largest entry of each row."""


def decode_dna(x):
    seqs = []
    for table in x:
        seq = ""
        for row in table:
            if row.max() == 0:
                break
            seq += "N" if row.max() < 0.5 else "ACGT"[int(row.argmax())]
        seqs.append(seq)
    return seqs


# %% exercise="decode_dna" alternative="all-at-once"
"""Numbers all positions at once, then cuts at the lengths."""


def decode_dna(x):
    numbers = torch.where(x.amax(-1) > 0.9, x.argmax(-1), 4)
    lengths = (x.sum(-1) > 0.5).sum(1)
    return [
        "".join("ACGTN"[k] for k in row[:length])
        for row, length in zip(numbers.tolist(), lengths.tolist(), strict=True)
    ]


# %% exercise="encode_column" alternative="plain-python"
"""Computes in lists, with a function for each scale."""
import math


def encode_column(values, scale, levels=None):
    def places():
        if levels is None:
            raise ValueError("levels are missing")
        return [levels.index(value) for value in values]  # list.index raises ValueError by itself

    def nominal():
        return [[1.0 if place == k else 0.0 for k in range(len(levels))] for place in places()]

    def ordinal():
        return [[float(place)] for place in places()]

    def interval(numbers=values):
        if min(numbers) == max(numbers):
            return [[0.0] for _ in numbers]
        mean = math.fsum(numbers) / len(numbers)
        std = math.sqrt(math.fsum((number - mean) ** 2 for number in numbers) / len(numbers))
        return [[(number - mean) / std] for number in numbers]

    def ratio():
        if min(values) < 0:
            raise ValueError("a ratio can't be negative")
        return interval([math.log(1 + value) for value in values])

    scales = {"nominal": nominal, "ordinal": ordinal, "interval": interval, "ratio": ratio}
    if scale not in scales:
        raise ValueError(f"unknown scale {scale}")
    return torch.tensor(scales[scale]())


# %% exercise="encode_column" alternative="float32"
"""Standardises in float32; ranks by a dictionary."""
import torch.nn.functional as F


def encode_column(values, scale, levels=None):
    match scale:
        case "nominal" | "ordinal":
            rank = {level: place for place, level in enumerate(levels or [])}
            if not set(values) <= set(rank):
                raise ValueError("levels must name every value")
            ranks = torch.tensor([rank[value] for value in values])
            return torch.eye(len(rank))[ranks] if scale == "nominal" else ranks.reshape(-1, 1)
        case "interval" | "ratio":
            x = torch.tensor(values, dtype=torch.float32).unsqueeze(1)
            if scale == "ratio" and x.min() < 0:
                raise ValueError("negative")
            x = torch.log(x + 1) if scale == "ratio" else x
            centred = torch.where(x.max() == x.min(), torch.zeros_like(x), x - x.mean())
            return F.normalize(centred, dim=0) * len(values) ** 0.5
        case _:
            raise ValueError(f"unknown scale {scale}")


# %% exercise="TENSOR_METHODS" alternative="the-notebooks-own"
"""What the notebook has used, in another spelling, as a list of lists."""
TENSOR_METHODS = [
    ["torch.exp", "math", "torch.exp(torch.zeros(3))", [3]],
    ["Tensor.max()", "math", "torch.ones(2, 3).max()", []],
    ["__add__", "math", "torch.ones(3, 1) + torch.ones(4)", torch.Size([3, 4])],
    ["hstack", "join", "torch.hstack((torch.zeros(2), torch.zeros(3)))", [5]],
    ["dstack", "join", "torch.dstack((torch.zeros(2), torch.zeros(2)))", [1, 2, 2]],
    ["torch.cat", "join", "torch.cat((torch.zeros(1, 2), torch.zeros(3, 2)))", [4, 2]],
    ["__getitem__", "index", "torch.zeros(4, 5)[:, 1]", [4]],
    ["masked_select", "index", "torch.arange(5).masked_select(torch.arange(5) > 2)", [2]],
    ["argmax", "index", "torch.zeros(2, 3).argmax(0)", [3]],
    ["T", "convert", "torch.zeros(2, 3).T", [3, 2]],
    ["tolist", "convert", "torch.zeros(2).tolist()", [2]],
    ["nn.functional.one_hot", "convert", "torch.nn.functional.one_hot(torch.tensor([0, 2]))", [2, 3]],
]

# %% exercise="break_pick" alternative="against-gather"
"""Compares with torch.gather on random tables of many shapes."""


def break_pick(pick):
    generator = torch.Generator().manual_seed(3)
    for n in [0, 1, 2, 5]:
        for V in [1, 2, 3, 7]:
            for dtype in [torch.float32, torch.float64]:
                logits = torch.randn(n, V, generator=generator, dtype=dtype)
                targets = torch.randint(V, (n,), generator=generator)
                got = pick(logits, targets)
                assert got.shape == (n,)
                assert torch.equal(got.to(dtype), logits.gather(1, targets[:, None])[:, 0])


# %% exercise="break_pick" alternative="by-hand"
"""A table by hand, and the two smallest batches."""


def break_pick(pick):
    logits = torch.tensor([[3.0, 1.0, 4.0, 1.5], [9.0, 2.0, 6.0, 5.0], [35.0, 8.0, 97.0, 93.0]])
    for targets, right in [([1, 1, 0], [1.0, 2.0, 35.0]), ([3, 0, 1], [1.5, 9.0, 8.0])]:
        got = pick(logits, torch.tensor(targets))
        assert list(got.shape) == [3]
        for mine, wanted in zip(got, right, strict=True):
            assert float(mine) == wanted
    one = pick(logits[:1], torch.tensor([3]))
    assert list(one.shape) == [1] and float(one[0]) == 1.5
    assert list(pick(logits[:0], torch.tensor([], dtype=torch.int64)).shape) == [0]


# %% exercise="bilinear" alternative="torchs-own"
"""PyTorch's own, which wants w last."""
import torch.nn.functional as F


def bilinear(x, w, y):
    return F.bilinear(x, y, w)


# %% exercise="bilinear" alternative="broadcast"
"""Brings all three to four axes, multiplies, and sums out the last two."""


def bilinear(x, w, y):
    return (x[:, None, :, None] * w[None] * y[:, None, None, :]).sum((2, 3))


# %% exercise="bilinear" alternative="matrix-products"
"""Two matrix products for each response."""


def bilinear(x, w, y):
    return torch.stack([((x @ table) * y).sum(1) for table in w], dim=1)

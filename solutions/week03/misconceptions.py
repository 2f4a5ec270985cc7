"""Week 03's wrong solutions, each with the hint that a good teacher would give."""

from itertools import zip_longest

import torch
import torch.nn.functional as F

# %% exercise="to_channels_first" misconception="reshape"
"""Reshapes, which deals the numbers out anew instead of moving axes.

Hint: Print the red plane of the worked example. Are both of its entries red? `reshape` keeps the order in
memory, and it is the order that has to change.
"""


def to_channels_first(images):
    n, h, w, c = images.shape
    return images.reshape(n, c, h, w)


# %% exercise="to_channels_first" misconception="rows-for-columns"
"""Turns every picture on its side: (n, c, w, h).

Hint: `transpose(1, 3)` exchanges two axes, and so h ends up last. Try it on a picture that isn't square.
"""


def to_channels_first(images):
    return images.transpose(1, 3)


# %% exercise="to_channels_first" misconception="the-inverse"
"""Moves the second axis to the end, which is the way back.

Hint: `permute` lists, for each axis of the *result*, which axis of the input it was. Where does the
result's axis 1 come from?
"""


def to_channels_first(images):
    return images.permute(0, 2, 3, 1)


# %% exercise="to_channels_first" misconception="as-floats"
"""Scales to floats on the way.

Hint: The question is where the numbers stand. Their dtype is to stay as it was.
"""


def to_channels_first(images):
    return images.permute(0, 3, 1, 2).float()


# %% exercise="to_channels_first" misconception="one-image"
"""Handles the first image only.

Hint: Axis 0 counts the images, and stays where it is: no `[0]`, no `squeeze`.
"""


def to_channels_first(images):
    return images[0].permute(2, 0, 1)[None]


# %% exercise="QUIZ" misconception="aligned-left"
"""Aligns the shapes at their left ends.

Hint: Broadcasting begins at the right end. In question 5 the last axes are compared first: 3 with 3, and then
3 with 5.
"""
QUIZ = [True, True, True, False, True, False]

# %% exercise="QUIZ" misconception="only-one-is-tiled"
"""Lets only one of the two tensors be tiled.

Hint: The rule is "for any given axis only one". Another axis may be the other one's turn, as in question 3.
"""
QUIZ = [True, True, False, False, False, True]

# %% exercise="QUIZ" misconception="same-rank-only"
"""Takes shapes of different rank for unfit.

Hint: Missing axes on the left count as 1.
"""
QUIZ = [True, True, True, False, False, False]

# %% exercise="QUIZ" misconception="anything-smaller-is-tiled"
"""Lets any smaller size be tiled to the larger.

Hint: Two rows can't be tiled to three: what would the half copy be? Only a size of 1 is tiled.
"""
QUIZ = [True, True, True, True, False, True]

# %% exercise="QUIZ" misconception="aligned-at-either-end"
"""Aligns the shapes at whichever end lets them fit.

Hint: There is one end to begin at, for every pair. Question 5 has its right ends in line: what stands above the 5?
"""
QUIZ = [True, True, True, False, True, True]

# %% exercise="broadcast_shape" misconception="aligned-left"
"""Compares from left to right.

Hint: (5, 3, 3) and (3, 3) fit, (5, 3, 3) and (5, 3) don't. Which end do you have to start from?
"""
from itertools import zip_longest


def broadcast_shape(a, b):
    shape = []
    for m, n in zip_longest(a, b, fillvalue=1):
        if m != n and 1 not in (m, n):
            return None
        shape.append(n if m == 1 else m)
    return tuple(shape)


# %% exercise="broadcast_shape" misconception="only-one-may-tile"
"""Lets only the second shape be tiled to the first.

Hint: (3, 1) and (4,) fit, though each is tiled: along different axes. The rules don't say which of the two.
"""


def broadcast_shape(a, b):
    if len(b) > len(a):
        return None
    b = (1,) * (len(a) - len(b)) + tuple(b)
    return tuple(a) if all(n in (1, m) for m, n in zip(a, b, strict=True)) else None


# %% exercise="broadcast_shape" misconception="the-larger-size"
"""Takes the larger of the two sizes, so that 1 and 0 give 1.

Hint: An axis of length 1 is tiled to the other's length, whatever that is: no times, if it is 0.
"""


def broadcast_shape(a, b):
    rank = max(len(a), len(b))
    a = (1,) * (rank - len(a)) + tuple(a)
    b = (1,) * (rank - len(b)) + tuple(b)
    if any(m != n and 1 not in (m, n) for m, n in zip(a, b, strict=True)):
        return None
    return tuple(max(m, n) for m, n in zip(a, b, strict=True))


# %% exercise="broadcast_shape" misconception="zero-as-nothing"
"""Lets a size of 0 be tiled like a 1.

Hint: 0 is a size like others. What would a table without rows be tiled from?
"""


def broadcast_shape(a, b):
    rank = max(len(a), len(b))
    a = (1,) * (rank - len(a)) + tuple(a)
    b = (1,) * (rank - len(b)) + tuple(b)
    if any(m != n and m > 1 and n > 1 for m, n in zip(a, b, strict=True)):
        return None
    return tuple(n if m == 1 else m for m, n in zip(a, b, strict=True))


# %% exercise="broadcast_shape" misconception="cut-to-the-shorter"
"""Compares as many places as both have, and forgets the rest.

Hint: `zip` stops at the shorter one. What becomes of the axes that only the longer has?
"""


def broadcast_shape(a, b):
    shape = []
    for m, n in zip(reversed(a), reversed(b), strict=False):
        if m != n and 1 not in (m, n):
            return None
        shape.insert(0, n if m == 1 else m)
    return tuple(shape)


# %% exercise="broadcast_shape" misconception="divisors-are-tiled"
"""Tiles a size that divides the other, as R recycles.

Hint: R would repeat two values to fill six. PyTorch tiles nothing but a size of 1.
"""


def broadcast_shape(a, b):
    rank = max(len(a), len(b))
    a = (1,) * (rank - len(a)) + tuple(a)
    b = (1,) * (rank - len(b)) + tuple(b)
    shape = []
    for m, n in zip(a, b, strict=True):
        if m == n or m == 1 or (m and n % m == 0 and n):
            shape.append(n)
        elif n == 1 or (n and m % n == 0 and m):
            shape.append(m)
        else:
            return None
    return tuple(shape)


# %% exercise="broadcast_shape" misconception="raises-an-error"
"""Raises an error where None was asked for.

Hint: The statement wants `None` for shapes that don't fit: an answer that can be tested for, not a crash.
"""


def broadcast_shape(a, b):
    return tuple(torch.broadcast_shapes(a, b))


# %% exercise="outer" misconception="transposed"
"""Has rows for y and columns for x.

Hint: Entry [i, j] is x[i] times y[j], so x runs down the rows: which of the two has to be the column?
"""


def outer(x, y):
    return x * y[:, None]


# %% exercise="outer" misconception="loops"
"""Goes through x in a loop.

Hint: Each round is a call of its own, and a thousand entries are a thousand calls. Make x a column, (n, 1), and
let broadcasting pair it with y.
"""


def outer(x, y):
    return torch.stack([value * y for value in x])


# %% exercise="outer" misconception="adds"
"""Adds instead of multiplying.

Hint: The table of all pairs is there. What is to be done with each pair?
"""


def outer(x, y):
    return x[:, None] + y


# %% exercise="outer" misconception="elementwise"
"""Multiplies entry by entry, so that only vectors of the same length have an answer.

Hint: (n,) and (m,) are compared on the right. Give one of them an axis more, so that they meet in different
places.
"""


def outer(x, y):
    return x * y


# %% exercise="standardize_channels" misconception="per-image"
"""Standardises each channel of each image by itself.

Hint: "One mean for each channel": the batch is among the axes to average over. In the worked example there is
one mean for both pictures.
"""


def standardize_channels(images):
    over = (2, 3)
    mean = images.mean(over, keepdim=True)
    std = images.std(over, correction=0, keepdim=True)
    constant = images.amax(over, keepdim=True) == images.amin(over, keepdim=True)
    return torch.where(constant, 0.0, (images - mean) / std)


# %% exercise="standardize_channels" misconception="per-image-and-nan"
"""Standardises each channel of each image by itself, and divides by 0 where it is constant.

Hint: "One mean for each channel": the batch is among the axes to average over. In the worked example there is
one mean for both pictures. The constant channels come after that.
"""


def standardize_channels(images):
    return (images - images.mean((2, 3), keepdim=True)) / images.std((2, 3), correction=0, keepdim=True)


# %% exercise="standardize_channels" misconception="per-picture"
"""Standardises each picture by itself, all its channels together.

Hint: "One mean for each channel": say which axes are averaged over, and which one stays. What you keep is the
axis of the pictures.
"""


def standardize_channels(images):
    over = (1, 2, 3)
    mean = images.mean(over, keepdim=True)
    std = images.std(over, correction=0, keepdim=True)
    constant = images.amax(over, keepdim=True) == images.amin(over, keepdim=True)
    return torch.where(constant, 0.0, (images - mean) / std)


# %% exercise="standardize_channels" misconception="per-picture-and-nan"
"""Standardises each picture by itself, all its channels together, and divides by 0 where it is constant.

Hint: "One mean for each channel": say which axes are averaged over, and which one stays. What you keep is the
axis of the pictures. The constant channels come after that.
"""


def standardize_channels(images):
    over = (1, 2, 3)
    return (images - images.mean(over, keepdim=True)) / images.std(over, correction=0, keepdim=True)


# %% exercise="standardize_channels" misconception="all-channels-together"
"""Uses one mean and one standard deviation for all channels.

Hint: Without axes `mean` averages over everything. Which axis has to survive?
"""


def standardize_channels(images):
    if images.max() == images.min():
        return torch.zeros_like(images)
    return (images - images.mean()) / images.std(correction=0)


# %% exercise="standardize_channels" misconception="no-keepdim"
"""Leaves out keepdim, so that the means of the channels are tiled along the width.

Hint: Means of shape (c,) are compared with the *last* axis of (n, c, h, w). With `keepdim=True` they have the
shape (1, c, 1, 1).
"""


def standardize_channels(images):
    over = (0, 2, 3)
    mean, std = images.mean(over), images.std(over, correction=0)
    constant = images.amax(over) == images.amin(over)
    return torch.where(constant, 0.0, (images - mean) / std)


# %% exercise="standardize_channels" misconception="unbiased"
"""Divides by the number of pixels less 1, which is the default of `std`.

Hint: The statement wants the biased standard deviation: `correction=0`.
"""


def standardize_channels(images):
    over = (0, 2, 3)
    constant = images.amax(over, keepdim=True) == images.amin(over, keepdim=True)
    z = (images - images.mean(over, keepdim=True)) / images.std(over, keepdim=True)
    return torch.where(constant, 0.0, z)


# %% exercise="standardize_channels" misconception="variance"
"""Divides by the variance.

Hint: Which has the unit of the data, the variance or its root?
"""


def standardize_channels(images):
    over = (0, 2, 3)
    constant = images.amax(over, keepdim=True) == images.amin(over, keepdim=True)
    z = (images - images.mean(over, keepdim=True)) / images.var(over, correction=0, keepdim=True)
    return torch.where(constant, 0.0, z)


# %% exercise="standardize_channels" misconception="adds-eps"
"""Adds a small number to the standard deviation.

Hint: A small number is not small beside a small standard deviation. The statement wants nothing added: treat
the constant channel apart.
"""


def standardize_channels(images):
    over = (0, 2, 3)
    mean = images.mean(over, keepdim=True)
    return (images - mean) / (images.std(over, correction=0, keepdim=True) + 1e-8)


# %% exercise="standardize_channels" misconception="std-is-zero"
"""Asks whether the standard deviation is 0, which rounding prevents.

Hint: The mean of several 0.1 may be 0.1 and a tiny bit, and the standard deviation that bit. Compare the
largest value with the smallest: these aren't rounded.
"""


def standardize_channels(images):
    over = (0, 2, 3)
    std = images.std(over, correction=0, keepdim=True)
    return torch.where(std == 0, 0.0, (images - images.mean(over, keepdim=True)) / std)


# %% exercise="standardize_channels" misconception="nan-for-constant"
"""Divides by 0 where a channel is constant.

Hint: 0/0 is nan, and a single nan spoils everything that is computed from it. What should a constant channel
become?
"""


def standardize_channels(images):
    over = (0, 2, 3)
    return (images - images.mean(over, keepdim=True)) / images.std(over, correction=0, keepdim=True)


# %% exercise="standardize_channels" misconception="centres-only"
"""Subtracts the mean and doesn't divide.

Hint: Afterwards each channel should have a standard deviation of 1, too.
"""


def standardize_channels(images):
    return images - images.mean((0, 2, 3), keepdim=True)


# %% exercise="pairwise_distances" misconception="squared"
"""Leaves out the root.

Hint: The points (0, 0) and (3, 4) are 5 apart, not 25.
"""


def pairwise_distances(x, y):
    return (x[:, None] - y).square().sum(-1)


# %% exercise="pairwise_distances" misconception="root-of-a-negative"
"""Expands the square, and takes the root of what rounding has left below 0.

Hint: For equal points ‖x‖² + ‖y‖² − 2 x·y should be 0 and may be −1e−16. What is the root of that? Let nothing
below 0 get there.
"""


def pairwise_distances(x, y):
    return (x.square().sum(1)[:, None] + y.square().sum(1) - 2 * x @ y.T).sqrt()


# %% exercise="pairwise_distances" misconception="loops"
"""Goes through the rows of x in a loop.

Hint: An axis of length 1 in x, (n, 1, d), against y, (m, d), gives all differences at once.
"""


def pairwise_distances(x, y):
    return torch.stack([(row - y).square().sum(1).sqrt() for row in x])


# %% exercise="pairwise_distances" misconception="loops-over-dimensions"
"""Goes through the dimensions in a loop.

Hint: The dimensions are an axis like others: keep them as the last one, and sum it out.
"""


def pairwise_distances(x, y):
    total = torch.zeros(len(x), len(y), dtype=x.dtype)
    for k in range(x.shape[1]):
        total = total + (x[:, k, None] - y[:, k]) ** 2
    return total.sqrt()


# %% exercise="pairwise_distances" misconception="transposed"
"""Has rows for y and columns for x.

Hint: The first axis belongs to x. Which of the two gets the axis of length 1 in the middle?
"""


def pairwise_distances(x, y):
    return (x - y[:, None]).square().sum(-1).sqrt()


# %% exercise="pairwise_distances" misconception="manhattan"
"""Adds up absolute differences.

Hint: That is how far a taxi drives. Straight across the squares are added, and the root taken at the end.
"""


def pairwise_distances(x, y):
    return (x[:, None] - y).abs().sum(-1)


# %% exercise="pairwise_distances" misconception="mean-over-dimensions"
"""Averages the squares over the dimensions.

Hint: The distance is the root of the *sum* over the dimensions, not of the mean.
"""


def pairwise_distances(x, y):
    return (x[:, None] - y).square().mean(-1).sqrt()


# %% exercise="pairwise_distances" misconception="adds-under-the-root"
"""Adds a small number under the root.

Hint: The root of a small number is not so small: 1e−8 becomes 1e−4. Keep what is below 0 away from the root
instead.
"""


def pairwise_distances(x, y):
    return ((x[:, None] - y).square().sum(-1) + 1e-8).sqrt()


# %% exercise="pick" misconception="whole-columns"
"""Takes the named columns from every row: a table (n, n).

Hint: The colon means all rows. You want row 0 with target 0, row 1 with target 1: two lists, side by side.
"""


def pick(logits, targets):
    return logits[:, targets]


# %% exercise="pick" misconception="rows"
"""Uses the targets for rows.

Hint: The first index chooses rows. Which row does entry i come from, and what says the column?
"""


def pick(logits, targets):
    return logits[targets, torch.arange(len(targets))]


# %% exercise="pick" misconception="a-column"
"""Returns the right entries as a column, (n, 1).

Hint: `gather` keeps the axis that it picks from. The statement asks for (n,), and (n, 1) minus (n,) is a
table.
"""


def pick(logits, targets):
    return logits.gather(1, targets[:, None])


# %% exercise="pick" misconception="squeezes-everything"
"""Squeezes all axes of length 1, so that a single row gives a scalar.

Hint: `squeeze()` without an axis takes away every axis of length 1, n among them when there is one row.
"""


def pick(logits, targets):
    return logits.gather(1, targets[:, None]).squeeze()


# %% exercise="pick" misconception="the-largest"
"""Takes the largest entry of each row.

Hint: The largest is what the model favours. The targets say which one is asked for.
"""


def pick(logits, targets):
    return logits.amax(1) if len(targets) else logits.new_zeros(0)


# %% exercise="pick" misconception="fails-on-no-rows"
"""Stacks row by row, which fails when there are none.

Hint: An empty batch is a batch. Indexing with `torch.arange(0)` gives an empty answer by itself.
"""


def pick(logits, targets):
    return torch.stack([logits[i, target] for i, target in enumerate(targets)])


# %% exercise="pick" misconception="all-from-the-first-row"
"""Picks every entry from the first row.

Hint: Each target has its own row. How do the rows run on, while you run through the targets?
"""


def pick(logits, targets):
    return logits[0, targets] if len(logits) else logits.new_zeros(0)


# %% exercise="pick" misconception="counts-from-one"
"""Counts columns from 1.

Hint: In Python the first column is column 0, and so are targets counted.
"""


def pick(logits, targets):
    return logits[torch.arange(len(targets)), targets - 1]


# %% exercise="windows" misconception="leaves-out-the-last"
"""Leaves out the last window.

Hint: Four entries have two windows of width 3. How many starts are there: t − width, or one more?
"""


def windows(x, width):
    starts = torch.arange(len(x) - width)
    return x[starts[:, None] + torch.arange(width)]


# %% exercise="windows" misconception="side-by-side"
"""Cuts x into pieces side by side, which don't overlap.

Hint: The window moves on by one, not by its width.
"""


def windows(x, width):
    return x.unfold(0, width, width)


# %% exercise="windows" misconception="loops"
"""Collects slices in a loop.

Hint: A comprehension is a loop, too. A table of positions, starts (in a column) plus offsets (in a row), takes
all windows out at once.
"""


def windows(x, width):
    entries = x.tolist()
    return torch.tensor([entries[i : i + width] for i in range(len(entries) - width + 1)], dtype=x.dtype)


# %% exercise="windows" misconception="transposed"
"""Has the windows in columns.

Hint: Which of starts and offsets is the column, so that row i begins at x[i]?
"""


def windows(x, width):
    return x.unfold(0, width, 1).T


# %% exercise="windows" misconception="backwards"
"""Reads each window backwards.

Hint: Position [i, j] is i + j. That is what a convolution does in mathematics, and what nobody in deep learning
does.
"""


def windows(x, width):
    return x.unfold(0, width, 1).flip(1)


# %% exercise="windows" misconception="assumes-neighbours-in-memory"
"""Reads the memory of x with strides of 1, which is right only where its entries lie side by side.

Hint: A column of a table is a tensor whose entries are a row apart. Ask `x.stride()`, or leave memory to
`unfold`.
"""


def windows(x, width):
    return x.as_strided((len(x) - width + 1, width), (1, 1))


# %% exercise="collate" misconception="truncates-to-integers"
"""Makes the table of int64, so that fractions are lost.

Hint: 1.5 became 1. Which dtype must the table have, so that it can hold what the sequences hold?
"""


def collate(seqs):
    if not seqs:
        raise ValueError("no sequences")
    lengths = torch.tensor([len(seq) for seq in seqs])
    padded = torch.zeros(len(seqs), int(lengths.max()), dtype=torch.int64)
    for i, seq in enumerate(seqs):
        padded[i, : len(seq)] = seq
    return padded, lengths


# %% exercise="collate" misconception="always-float32"
"""Makes the table of float32, whatever the sequences are.

Hint: `torch.zeros` is float32 unless you say `dtype=...`. Indices into a vocabulary must stay integers.
"""


def collate(seqs):
    if not seqs:
        raise ValueError("no sequences")
    lengths = torch.tensor([len(seq) for seq in seqs])
    padded = torch.zeros(len(seqs), int(lengths.max()))
    for i, seq in enumerate(seqs):
        padded[i, : len(seq)] = seq
    return padded, lengths


# %% exercise="collate" misconception="pads-in-front"
"""Puts the zeros in front.

Hint: Each sequence stands at the *start* of its row, so that position 0 is everybody's first.
"""
import torch.nn.functional as F


def collate(seqs):
    if not seqs:
        raise ValueError("no sequences")
    lengths = torch.tensor([len(seq) for seq in seqs])
    t = int(lengths.max())
    return torch.stack([F.pad(seq, (t - len(seq), 0)) for seq in seqs]), lengths


# %% exercise="collate" misconception="cuts-to-the-shortest"
"""Cuts all sequences to the shortest.

Hint: Nothing may be lost: the width is that of the *longest*, and the others are filled up.
"""


def collate(seqs):
    if not seqs:
        raise ValueError("no sequences")
    t = min(len(seq) for seq in seqs)
    return torch.stack([seq[:t] for seq in seqs]), torch.tensor([len(seq) for seq in seqs])


# %% exercise="collate" misconception="padded-lengths"
"""Returns the padded length for every sequence.

Hint: After padding all rows are equally long. Take the lengths before: they are all that tells a measured 0
from padding.
"""


def collate(seqs):
    if not seqs:
        raise ValueError("no sequences")
    padded = torch.nn.utils.rnn.pad_sequence(seqs, batch_first=True)
    return padded, torch.tensor([len(row) for row in padded])


# %% exercise="collate" misconception="counts-what-is-not-0"
"""Takes the number of entries other than 0 for the length.

Hint: A 0 may have been measured. What does a sequence itself say of its length?
"""


def collate(seqs):
    if not seqs:
        raise ValueError("no sequences")
    padded = torch.nn.utils.rnn.pad_sequence(seqs, batch_first=True)
    return padded, (padded != 0).sum(1)


# %% exercise="collate" misconception="nothing-for-nothing"
"""Returns empty tensors for an empty list.

Hint: Of which dtype should they be? Nobody can know, and so the statement asks for a ValueError.
"""


def collate(seqs):
    if not seqs:
        return torch.zeros(0, 0), torch.zeros(0, dtype=torch.int64)
    padded = torch.nn.utils.rnn.pad_sequence(seqs, batch_first=True)
    return padded, torch.tensor([len(seq) for seq in seqs])


# %% exercise="collate" misconception="time-first"
"""Has the sequences in columns, (t, n).

Hint: Some of PyTorch wants time first, and `pad_sequence` too unless it is told `batch_first=True`.
"""


def collate(seqs):
    if not seqs:
        raise ValueError("no sequences")
    return torch.nn.utils.rnn.pad_sequence(seqs), torch.tensor([len(seq) for seq in seqs])


# %% exercise="mask_padding" misconception="multiplies"
"""Multiplies by a mask of ones and zeros, which leaves nan where it was.

Hint: 0 times nan is nan, and 0 times inf is, too. `torch.where` chooses, and never computes with what it
doesn't take.
"""


def mask_padding(x, lengths):
    inside = torch.arange(x.shape[1]) < lengths[:, None]
    return x * inside[:, :, None]


# %% exercise="mask_padding" misconception="in-place"
"""Writes the zeros into the tensor that it was given.

Hint: Whoever called you still holds x, and finds it changed. Make a new tensor, or a copy with `x.clone()`.
"""


def mask_padding(x, lengths):
    outside = torch.arange(x.shape[1]) >= lengths[:, None]
    x[outside] = 0.0
    return x


# %% exercise="mask_padding" misconception="one-too-many"
"""Keeps the position at the length, too.

Hint: A sequence of length 1 has position 0 and no other. Is 1 ≤ 1 what you want to ask?
"""


def mask_padding(x, lengths):
    inside = torch.arange(x.shape[1]) <= lengths[:, None]
    return torch.where(inside[:, :, None], x, 0.0)


# %% exercise="mask_padding" misconception="multiplies-and-one-too-many"
"""Multiplies by a mask, and keeps the position at the length, too.

Hint: Two things. A sequence of length 1 has position 0 and no other: is 1 ≤ 1 what you want to ask? And 0 times nan
is nan: choose with `torch.where`, don't multiply.
"""


def mask_padding(x, lengths):
    inside = torch.arange(x.shape[1]) <= lengths[:, None]
    return x * inside[:, :, None]


# %% exercise="mask_padding" misconception="no-third-axis"
"""Puts the table of yes and no, (n, t), against x, (n, t, d), as it is.

Hint: Write (n, t) below (n, t, d), right ends in line: t meets d, and n meets t. Where does the table need an axis of
length 1?
"""


def mask_padding(x, lengths):
    return torch.where(torch.arange(x.shape[1]) < lengths[:, None], x, 0.0)


# %% exercise="mask_padding" misconception="removes-every-nan"
"""Replaces nan and inf everywhere.

Hint: A nan before the length is a finding, and somebody wants to see it. Only the position decides.
"""


def mask_padding(x, lengths):
    inside = torch.arange(x.shape[1]) < lengths[:, None]
    return torch.nan_to_num(x, 0.0, 0.0, 0.0) * inside[:, :, None]


# %% exercise="mask_padding" misconception="along-the-features"
"""Masks along d instead of t.

Hint: x is (n, t, d), and the lengths speak of t. Where must the axis of length 1 stand?
"""


def mask_padding(x, lengths):
    inside = torch.arange(x.shape[2]) < lengths[:, None]
    return torch.where(inside[:, None, :], x, 0.0)


# %% exercise="mask_padding" misconception="keeps-the-padding"
"""Has the mask the wrong way round.

Hint: `torch.where(condition, a, b)` takes a where the condition holds. Which positions have a smaller number
than the length: those inside, or those beyond?
"""


def mask_padding(x, lengths):
    inside = torch.arange(x.shape[1]) < lengths[:, None]
    return torch.where(inside[:, :, None], 0.0, x)


# %% exercise="mask_padding" misconception="one-length-for-all"
"""Cuts all rows at the longest length.

Hint: Each row has a length of its own: a column of lengths against a row of positions.
"""


def mask_padding(x, lengths):
    x = x.clone()
    x[:, int(lengths.max()) :] = 0.0
    return x


# %% exercise="one_hot" misconception="index-from-the-end"
"""Lets a negative label count from the end.

Hint: `torch.eye(n)[-1]` is the last row. A label of −1 is a mistake, and has to be found out.
"""


def one_hot(labels, num_classes):
    if (labels >= num_classes).any():
        raise ValueError("a label is too large")
    return torch.eye(num_classes)[labels]


# %% exercise="one_hot" misconception="leaves-the-error-to-torch"
"""Leaves strange labels to PyTorch's own one_hot, which raises RuntimeError.

Hint: The error asked for is ValueError, so that a caller knows what to catch. Look at the labels before you hand
them on, and raise it yourself.
"""
import torch.nn.functional as F


def one_hot(labels, num_classes):
    return F.one_hot(labels, num_classes)


# %% exercise="one_hot" misconception="asserts"
"""Asserts that the labels are right, which raises AssertionError.

Hint: `assert` is for tests and for one's own slips, and can be switched off. What a caller may get wrong is told by
`raise ValueError(...)` after an `if`.
"""


def one_hot(labels, num_classes):
    assert (labels >= 0).all() and (labels < num_classes).all()
    return (labels[..., None] == torch.arange(num_classes)).float()


# %% exercise="one_hot" misconception="row-of-zeros-for-strange-labels"
"""Gives labels outside a row of zeros.

Hint: A row of zeros goes through all later steps without a sound. Raise a ValueError while the label is still
known.
"""


def one_hot(labels, num_classes):
    return (labels[..., None] == torch.arange(num_classes)).float()


# %% exercise="one_hot" misconception="last-label-refused"
"""Refuses the largest label that is allowed.

Hint: With three classes the labels are 0, 1 and 2. Which comparison lets 2 pass and stops 3?
"""


def one_hot(labels, num_classes):
    if ((labels < 0) | (labels >= num_classes - 1)).any() and num_classes > 1:
        raise ValueError("a label is outside")
    return (labels[..., None] == torch.arange(num_classes)).float()


# %% exercise="one_hot" misconception="classes-first"
"""Puts the axis of classes in front.

Hint: The new axis stands at the end: labels (n, l) become (n, l, num_classes).
"""
import torch.nn.functional as F


def one_hot(labels, num_classes):
    if ((labels < 0) | (labels >= num_classes)).any():
        raise ValueError("a label is outside")
    return F.one_hot(labels, num_classes).movedim(-1, 0)


# %% exercise="one_hot" misconception="vectors-only"
"""Works for one axis of labels and no other number.

Hint: `labels[:, None]` wants an axis to be there, and puts the new one second. `labels[..., None]` puts it last
in any shape.
"""


def one_hot(labels, num_classes):
    if ((labels < 0) | (labels >= num_classes)).any():
        raise ValueError("a label is outside")
    return (labels[:, None] == torch.arange(num_classes)).float()


# %% exercise="one_hot" misconception="flattens"
"""Flattens the labels to one axis.

Hint: The shape of the labels stays, with one axis more: (n, l) becomes (n, l, num_classes), and () becomes
(num_classes,).
"""
import torch.nn.functional as F


def one_hot(labels, num_classes):
    if ((labels < 0) | (labels >= num_classes)).any():
        raise ValueError("a label is outside")
    return F.one_hot(labels.reshape(-1), num_classes)


# %% exercise="one_hot" misconception="as-many-classes-as-seen"
"""Counts the classes from the labels.

Hint: A batch need not contain every class. The width is `num_classes`, so that all batches have the same.
"""
import torch.nn.functional as F


def one_hot(labels, num_classes):
    if ((labels < 0) | (labels >= num_classes)).any():
        raise ValueError("a label is outside")
    return F.one_hot(labels)


# %% exercise="one_hot" misconception="booleans"
"""Returns yes and no instead of numbers.

Hint: A comparison is of dtype bool, with which no layer can compute. Convert it.
"""


def one_hot(labels, num_classes):
    if ((labels < 0) | (labels >= num_classes)).any():
        raise ValueError("a label is outside")
    return labels[..., None] == torch.arange(num_classes)


# %% exercise="encode_dna" misconception="channels-first"
"""Returns (n, 4, l).

Hint: The statement has positions before channels, (n, l, 4). (Convolutions will want it your way, and then you
will permute.)
"""


def encode_dna(seqs):
    rows = dict(zip("ACGTN", [*torch.eye(4), torch.full((4,), 0.25)], strict=True))
    x = torch.zeros(len(seqs), 4, max(map(len, seqs)))
    for i, seq in enumerate(seqs):
        for position, letter in enumerate(seq):
            x[i, :, position] = rows[letter]
    return x


# %% exercise="encode_dna" misconception="padding-as-a"
"""Fills short sequences up with A.

Hint: Label 0 is A. If you pad the labels with 0 and encode afterwards, every short gene ends in a run of A.
Encode first, then pad.
"""


def encode_dna(seqs):
    longest = max(map(len, seqs))
    rows = [*torch.eye(4), torch.full((4,), 0.25)]
    return torch.stack(
        [torch.stack([rows["ACGTN".index(letter)] for letter in seq.ljust(longest, "A")]) for seq in seqs]
    )


# %% exercise="encode_dna" misconception="padding-as-n"
"""Fills short sequences up with N.

Hint: N says "a base that I couldn't read". Beyond the end there is no base: zeros.
"""


def encode_dna(seqs):
    longest = max(map(len, seqs))
    rows = [*torch.eye(4), torch.full((4,), 0.25)]
    return torch.stack(
        [torch.stack([rows["ACGTN".index(letter)] for letter in seq.ljust(longest, "N")]) for seq in seqs]
    )


# %% exercise="encode_dna" misconception="pads-in-front"
"""Puts the padding before the sequence.

Hint: Every sequence begins at position 0, and the zeros come at the end.
"""


def encode_dna(seqs):
    rows = dict(zip("ACGTN", [*torch.eye(4), torch.full((4,), 0.25)], strict=True))
    longest = max(map(len, seqs))
    x = torch.zeros(len(seqs), longest, 4)
    for i, seq in enumerate(seqs):
        for position, letter in enumerate(seq):
            x[i, longest - len(seq) + position] = rows[letter]
    return x


# %% exercise="encode_dna" misconception="n-as-nothing"
"""Gives N a row of zeros.

Hint: N is a base, and only unknown which. Its row should sum to 1 like the others, and prefer none.
"""


def encode_dna(seqs):
    x = torch.zeros(len(seqs), max(map(len, seqs)), 4)
    for i, seq in enumerate(seqs):
        for position, letter in enumerate(seq):
            if letter != "N":
                x[i, position, "ACGT".index(letter)] = 1.0
    return x


# %% exercise="encode_dna" misconception="n-as-all"
"""Gives N a 1 in every column.

Hint: That counts an unknown base four times. What would be the share of each base, if all you know is that it
is one of four?
"""


def encode_dna(seqs):
    rows = dict(zip("ACGTN", [*torch.eye(4), torch.ones(4)], strict=True))
    x = torch.zeros(len(seqs), max(map(len, seqs)), 4)
    for i, seq in enumerate(seqs):
        for position, letter in enumerate(seq):
            x[i, position] = rows[letter]
    return x


# %% exercise="encode_dna" misconception="another-order"
"""Has the columns in the order A, T, G, C.

Hint: The order of the columns is an agreement: A, C, G, T, as the alphabet has them.
"""


def encode_dna(seqs):
    rows = dict(zip("ATGCN", [*torch.eye(4), torch.full((4,), 0.25)], strict=True))
    x = torch.zeros(len(seqs), max(map(len, seqs)), 4)
    for i, seq in enumerate(seqs):
        for position, letter in enumerate(seq):
            x[i, position] = rows[letter]
    return x


# %% exercise="encode_dna" misconception="g-and-t-exchanged"
"""Has the columns in the order A, C, T, G.

Hint: The order of the columns is an agreement: A, C, G, T, as the alphabet has them.
"""


def encode_dna(seqs):
    rows = dict(zip("ACTGN", [*torch.eye(4), torch.full((4,), 0.25)], strict=True))
    x = torch.zeros(len(seqs), max(map(len, seqs)), 4)
    for i, seq in enumerate(seqs):
        for position, letter in enumerate(seq):
            x[i, position] = rows[letter]
    return x


# %% exercise="encode_dna" misconception="cuts-to-the-shortest"
"""Cuts all sequences to the shortest.

Hint: The length is that of the longest, and nothing is lost.
"""


def encode_dna(seqs):
    rows = dict(zip("ACGTN", [*torch.eye(4), torch.full((4,), 0.25)], strict=True))
    shortest = min(map(len, seqs))
    return torch.stack([torch.stack([rows[letter] for letter in seq[:shortest]]) for seq in seqs])


# %% exercise="decode_dna" misconception="padding-as-a"
"""Reads padding as A, for that is where argmax finds the largest of four zeros.

Hint: `argmax` always has an answer. Ask first whether the row has anything in it.
"""


def decode_dna(x):
    return ["".join("ACGT"[row.argmax()] if row.max() != 0.25 else "N" for row in table) for table in x]


# %% exercise="decode_dna" misconception="n-as-a"
"""Reads N as A, for argmax takes the first of four equal entries.

Hint: How large is the largest entry of a row for a base that is known, and of one that isn't?
"""


def decode_dna(x):
    return ["".join("ACGT"[row.argmax()] for row in table if row.sum() > 0) for table in x]


# %% exercise="decode_dna" misconception="padding-as-n"
"""Reads padding as N.

Hint: A row of quarters and a row of zeros are both without a 1. What tells them apart?
"""


def decode_dna(x):
    return ["".join("ACGT"[row.argmax()] if row.max() == 1 else "N" for row in table) for table in x]


# %% exercise="decode_dna" misconception="n-left-out"
"""Leaves N out.

Hint: A base that wasn't read is still a base: without it, everything behind it moves to another position.
"""


def decode_dna(x):
    return ["".join("ACGT"[row.argmax()] for row in table if row.max() == 1) for table in x]


# %% exercise="decode_dna" misconception="one-string"
"""Glues all sequences into one string.

Hint: One string for each sequence, in a list: `join` belongs inside the loop over the sequences.
"""


def decode_dna(x):
    rows = [row for table in x for row in table if row.sum() > 0]
    return "".join("ACGT"[row.argmax()] if row.max() == 1 else "N" for row in rows)


# %% exercise="decode_dna" misconception="lists-of-letters"
"""Returns lists of letters.

Hint: `"".join(letters)` makes a string of a list of letters.
"""


def decode_dna(x):
    return [
        ["ACGT"[row.argmax()] if row.max() == 1 else "N" for row in table if row.sum() > 0] for table in x
    ]


# %% exercise="encode_column" misconception="levels-sorted"
"""Sorts the levels alphabetically.

Hint: "few" comes before "many" and "none" in the alphabet, and nowhere else. The order of `levels` is the
one that somebody meant.
"""
import torch.nn.functional as F


def encode_column(values, scale, levels=None):
    if scale in ("nominal", "ordinal"):
        if levels is None or any(value not in levels for value in values):
            raise ValueError("levels")
        levels = sorted(levels)
        places = torch.tensor([levels.index(value) for value in values])
        return F.one_hot(places, len(levels)) if scale == "nominal" else places[:, None]
    if scale not in ("interval", "ratio"):
        raise ValueError("scale")
    x = torch.tensor(values, dtype=torch.float64)[:, None]
    if scale == "ratio":
        if (x < 0).any():
            raise ValueError("negative")
        x = x.log1p()
    return torch.zeros_like(x) if x.max() == x.min() else (x - x.mean()) / x.std(correction=0)


# %% exercise="encode_column" misconception="ordinal-as-one-hot"
"""Encodes an ordinal column as one-hot.

Hint: One-hot makes all levels equally far apart, and the order is lost. Ranks keep it: one column.
"""
import torch.nn.functional as F


def encode_column(values, scale, levels=None):
    if scale in ("nominal", "ordinal"):
        if levels is None or any(value not in levels for value in values):
            raise ValueError("levels")
        return F.one_hot(torch.tensor([levels.index(value) for value in values]), len(levels))
    if scale not in ("interval", "ratio"):
        raise ValueError("scale")
    x = torch.tensor(values, dtype=torch.float64)[:, None]
    if scale == "ratio":
        if (x < 0).any():
            raise ValueError("negative")
        x = x.log1p()
    return torch.zeros_like(x) if x.max() == x.min() else (x - x.mean()) / x.std(correction=0)


# %% exercise="encode_column" misconception="nominal-as-ranks"
"""Encodes a nominal column as ranks.

Hint: Ranks claim that the second level lies between the first and the third. For species that isn't true.
"""


def encode_column(values, scale, levels=None):
    if scale in ("nominal", "ordinal"):
        if levels is None or any(value not in levels for value in values):
            raise ValueError("levels")
        return torch.tensor([levels.index(value) for value in values])[:, None]
    if scale not in ("interval", "ratio"):
        raise ValueError("scale")
    x = torch.tensor(values, dtype=torch.float64)[:, None]
    if scale == "ratio":
        if (x < 0).any():
            raise ValueError("negative")
        x = x.log1p()
    return torch.zeros_like(x) if x.max() == x.min() else (x - x.mean()) / x.std(correction=0)


# %% exercise="encode_column" misconception="unbiased"
"""Divides by n − 1 in the standard deviation.

Hint: `std` is unbiased unless you say `correction=0`.
"""
import torch.nn.functional as F


def encode_column(values, scale, levels=None):
    if scale in ("nominal", "ordinal"):
        if levels is None or any(value not in levels for value in values):
            raise ValueError("levels")
        places = torch.tensor([levels.index(value) for value in values])
        return F.one_hot(places, len(levels)) if scale == "nominal" else places[:, None]
    if scale not in ("interval", "ratio"):
        raise ValueError("scale")
    x = torch.tensor(values, dtype=torch.float64)[:, None]
    if scale == "ratio":
        if (x < 0).any():
            raise ValueError("negative")
        x = x.log1p()
    return torch.zeros_like(x) if x.max() == x.min() else (x - x.mean()) / x.std()


# %% exercise="encode_column" misconception="ratio-without-logarithm"
"""Treats a ratio like an interval.

Hint: For counts it is doubling that matters, not one more. What has to be taken first?
"""
import torch.nn.functional as F


def encode_column(values, scale, levels=None):
    if scale in ("nominal", "ordinal"):
        if levels is None or any(value not in levels for value in values):
            raise ValueError("levels")
        places = torch.tensor([levels.index(value) for value in values])
        return F.one_hot(places, len(levels)) if scale == "nominal" else places[:, None]
    if scale not in ("interval", "ratio"):
        raise ValueError("scale")
    x = torch.tensor(values, dtype=torch.float64)[:, None]
    if scale == "ratio" and (x < 0).any():
        raise ValueError("negative")
    return torch.zeros_like(x) if x.max() == x.min() else (x - x.mean()) / x.std(correction=0)


# %% exercise="encode_column" misconception="ratio-not-standardised"
"""Takes the logarithm of a ratio and stops there.

Hint: A ratio becomes an interval by its logarithm, and then goes on like one.
"""
import torch.nn.functional as F


def encode_column(values, scale, levels=None):
    if scale in ("nominal", "ordinal"):
        if levels is None or any(value not in levels for value in values):
            raise ValueError("levels")
        places = torch.tensor([levels.index(value) for value in values])
        return F.one_hot(places, len(levels)) if scale == "nominal" else places[:, None]
    if scale not in ("interval", "ratio"):
        raise ValueError("scale")
    x = torch.tensor(values, dtype=torch.float64)[:, None]
    if scale == "ratio":
        if (x < 0).any():
            raise ValueError("negative")
        return x.log1p()
    return torch.zeros_like(x) if x.max() == x.min() else (x - x.mean()) / x.std(correction=0)


# %% exercise="encode_column" misconception="nan-for-equal-values"
"""Divides by 0 when all values are equal.

Hint: Equal values have a standard deviation of 0 (or, with rounding, of nearly 0). Look out for them before you
divide.
"""
import torch.nn.functional as F


def encode_column(values, scale, levels=None):
    if scale in ("nominal", "ordinal"):
        if levels is None or any(value not in levels for value in values):
            raise ValueError("levels")
        places = torch.tensor([levels.index(value) for value in values])
        return F.one_hot(places, len(levels)) if scale == "nominal" else places[:, None]
    if scale not in ("interval", "ratio"):
        raise ValueError("scale")
    x = torch.tensor(values, dtype=torch.float64)[:, None]
    if scale == "ratio":
        if (x < 0).any():
            raise ValueError("negative")
        x = x.log1p()
    return (x - x.mean()) / x.std(correction=0)


# %% exercise="encode_column" misconception="std-is-zero"
"""Asks whether the standard deviation is 0, which rounding prevents.

Hint: Three times 0.1 has a mean that isn't quite 0.1, and a standard deviation that isn't quite 0. Compare the
largest value with the smallest: these aren't rounded.
"""
import torch.nn.functional as F


def encode_column(values, scale, levels=None):
    if scale in ("nominal", "ordinal"):
        if levels is None or any(value not in levels for value in values):
            raise ValueError("levels")
        places = torch.tensor([levels.index(value) for value in values])
        return F.one_hot(places, len(levels)) if scale == "nominal" else places[:, None]
    if scale not in ("interval", "ratio"):
        raise ValueError("scale")
    x = torch.tensor(values, dtype=torch.float64)[:, None]
    if scale == "ratio":
        if (x < 0).any():
            raise ValueError("negative")
        x = x.log1p()
    std = x.std(correction=0)
    return torch.zeros_like(x) if std == 0 else (x - x.mean()) / std


# %% exercise="encode_column" misconception="std-is-zero-in-float32"
"""Asks whether the standard deviation is 0, in float32.

Hint: Ten times 0.1 has a mean that isn't quite 0.1, and a standard deviation that isn't quite 0. Compare the
largest value with the smallest: these aren't rounded.
"""
import torch.nn.functional as F


def encode_column(values, scale, levels=None):
    if scale in ("nominal", "ordinal"):
        if levels is None or any(value not in levels for value in values):
            raise ValueError("levels")
        places = torch.tensor([levels.index(value) for value in values])
        return F.one_hot(places, len(levels)) if scale == "nominal" else places[:, None]
    if scale not in ("interval", "ratio"):
        raise ValueError("scale")
    x = torch.tensor(values, dtype=torch.float32)[:, None]
    if scale == "ratio":
        if (x < 0).any():
            raise ValueError("negative")
        x = x.log1p()
    std = x.std(correction=0)
    return torch.zeros_like(x) if std == 0 else (x - x.mean()) / std


# %% exercise="encode_column" misconception="integers-have-no-mean"
"""Leaves whole numbers whole, and their tensor has no mean.

Hint: `torch.tensor([1, 2, 3])` is of an integer dtype, which can't hold a mean of 1.5. Which dtype do you want it
to have from the start?
"""
import torch.nn.functional as F


def encode_column(values, scale, levels=None):
    if scale in ("nominal", "ordinal"):
        if levels is None or any(value not in levels for value in values):
            raise ValueError("levels")
        places = torch.tensor([levels.index(value) for value in values])
        return F.one_hot(places, len(levels)) if scale == "nominal" else places[:, None]
    if scale not in ("interval", "ratio"):
        raise ValueError("scale")
    x = torch.tensor(values)[:, None]
    if scale == "ratio":
        if (x < 0).any():
            raise ValueError("negative")
        x = x.log1p()
    return torch.zeros_like(x) if x.max() == x.min() else (x - x.mean()) / x.std(correction=0)


# %% exercise="encode_column" misconception="levels-guessed"
"""Takes the levels from the values where none are given.

Hint: The values of one file need not show every level, and can't say in which order. Without `levels` raise a
ValueError.
"""
import torch.nn.functional as F


def encode_column(values, scale, levels=None):
    if scale in ("nominal", "ordinal"):
        levels = list(dict.fromkeys(values)) if levels is None else levels
        if any(value not in levels for value in values):
            raise ValueError("levels")
        places = torch.tensor([levels.index(value) for value in values])
        return F.one_hot(places, len(levels)) if scale == "nominal" else places[:, None]
    if scale not in ("interval", "ratio"):
        raise ValueError("scale")
    x = torch.tensor(values, dtype=torch.float64)[:, None]
    if scale == "ratio":
        if (x < 0).any():
            raise ValueError("negative")
        x = x.log1p()
    return torch.zeros_like(x) if x.max() == x.min() else (x - x.mean()) / x.std(correction=0)


# %% exercise="encode_column" misconception="no-questions-asked"
"""Checks neither the scale nor the sign of ratios.

Hint: "logarithmic" isn't one of the four scales, and −1 reads don't exist. Both deserve a ValueError.
"""
import torch.nn.functional as F


def encode_column(values, scale, levels=None):
    if scale in ("nominal", "ordinal"):
        if levels is None or any(value not in levels for value in values):
            raise ValueError("levels")
        places = torch.tensor([levels.index(value) for value in values])
        return F.one_hot(places, len(levels)) if scale == "nominal" else places[:, None]
    x = torch.tensor(values, dtype=torch.float64)[:, None]
    if scale == "ratio":
        x = x.log1p()
    return torch.zeros_like(x) if x.max() == x.min() else (x - x.mean()) / x.std(correction=0)


# %% exercise="encode_column" misconception="a-vector"
"""Returns columns of shape (n,).

Hint: The shape is (n, k), with k = 1 for a single column, so that columns can be joined side by side.
"""
import torch.nn.functional as F


def encode_column(values, scale, levels=None):
    if scale in ("nominal", "ordinal"):
        if levels is None or any(value not in levels for value in values):
            raise ValueError("levels")
        places = torch.tensor([levels.index(value) for value in values])
        return F.one_hot(places, len(levels)) if scale == "nominal" else places
    if scale not in ("interval", "ratio"):
        raise ValueError("scale")
    x = torch.tensor(values, dtype=torch.float64)
    if scale == "ratio":
        if (x < 0).any():
            raise ValueError("negative")
        x = x.log1p()
    return torch.zeros_like(x) if x.max() == x.min() else (x - x.mean()) / x.std(correction=0)


# %% exercise="TENSOR_METHODS" misconception="names-from-elsewhere"
"""Lists methods that other libraries have and PyTorch hasn't.

Hint: `reduce_mean` is TensorFlow's, `rbind` R's. Look each name up in PyTorch's documentation, and try it.
"""
TENSOR_METHODS = [
    ("reduce_mean", "math", "torch.ones(2, 3).mean(0)", (3,)),
    ("exp", "math", "torch.ones(2).exp()", (2,)),
    ("log", "math", "torch.ones(2).log()", (2,)),
    ("rbind", "join", "torch.vstack([torch.ones(2), torch.ones(2)])", (2, 2)),
    ("cat", "join", "torch.cat([torch.ones(2), torch.ones(2)])", (4,)),
    ("stack", "join", "torch.stack([torch.ones(2), torch.ones(2)])", (2, 2)),
    ("gather", "index", "torch.ones(2, 3).gather(1, torch.tensor([[0], [2]]))", (2, 1)),
    ("take", "index", "torch.ones(2, 3).take(torch.tensor([4]))", (1,)),
    ("nonzero", "index", "torch.ones(3).nonzero()", (3, 1)),
    ("expand_dims", "convert", "torch.ones(3).unsqueeze(0)", (1, 3)),
    ("reshape", "convert", "torch.ones(6).reshape(2, 3)", (2, 3)),
    ("float", "convert", "torch.arange(3).float()", (3,)),
]

# %% exercise="TENSOR_METHODS" misconception="shape-of-the-input"
"""Writes the shape of what goes in.

Hint: The shape in the last column is that of the *result*. Print `.shape` of each expression.
"""
TENSOR_METHODS = [
    ("sum", "math", "torch.ones(2, 3).sum(0)", (2, 3)),
    ("exp", "math", "torch.ones(2).exp()", (2,)),
    ("log", "math", "torch.ones(2).log()", (2,)),
    ("vstack", "join", "torch.vstack([torch.ones(2), torch.ones(2)])", (2,)),
    ("cat", "join", "torch.cat([torch.ones(2), torch.ones(2)])", (2,)),
    ("stack", "join", "torch.stack([torch.ones(2), torch.ones(2)])", (2,)),
    ("gather", "index", "torch.ones(2, 3).gather(1, torch.tensor([[0], [2]]))", (2, 3)),
    ("take", "index", "torch.ones(2, 3).take(torch.tensor([4]))", (2, 3)),
    ("nonzero", "index", "torch.ones(3).nonzero()", (3,)),
    ("unsqueeze", "convert", "torch.ones(3).unsqueeze(0)", (3,)),
    ("reshape", "convert", "torch.ones(6).reshape(2, 3)", (6,)),
    ("float", "convert", "torch.arange(3).float()", (3,)),
]

# %% exercise="TENSOR_METHODS" misconception="too-few-of-a-kind"
"""Has many rows of mathematics, and one or two of the others.

Hint: Three in each of the four categories. What have you used to put tensors together?
"""
TENSOR_METHODS = [
    ("sum", "math", "torch.ones(2, 3).sum(0)", (3,)),
    ("exp", "math", "torch.ones(2).exp()", (2,)),
    ("log", "math", "torch.ones(2).log()", (2,)),
    ("sqrt", "math", "torch.ones(2).sqrt()", (2,)),
    ("mean", "math", "torch.ones(2).mean()", ()),
    ("abs", "math", "torch.ones(2).abs()", (2,)),
    ("cat", "join", "torch.cat([torch.ones(2), torch.ones(2)])", (4,)),
    ("stack", "join", "torch.stack([torch.ones(2), torch.ones(2)])", (2, 2)),
    ("gather", "index", "torch.ones(2, 3).gather(1, torch.tensor([[0], [2]]))", (2, 1)),
    ("reshape", "convert", "torch.ones(6).reshape(2, 3)", (2, 3)),
    ("float", "convert", "torch.arange(3).float()", (3,)),
]

# %% exercise="TENSOR_METHODS" misconception="the-same-again"
"""Repeats one method in a category.

Hint: A sheet is useful for its variety. Three *different* methods in each category.
"""
TENSOR_METHODS = [
    ("sum", "math", "torch.ones(2, 3).sum(0)", (3,)),
    ("exp", "math", "torch.ones(2).exp()", (2,)),
    ("log", "math", "torch.ones(2).log()", (2,)),
    ("cat", "join", "torch.cat([torch.ones(2), torch.ones(2)])", (4,)),
    ("cat", "join", "torch.cat([torch.ones(3), torch.ones(2)])", (5,)),
    ("cat", "join", "torch.cat([torch.ones(4), torch.ones(2)])", (6,)),
    ("gather", "index", "torch.ones(2, 3).gather(1, torch.tensor([[0], [2]]))", (2, 1)),
    ("take", "index", "torch.ones(2, 3).take(torch.tensor([4]))", (1,)),
    ("nonzero", "index", "torch.ones(3).nonzero()", (3, 1)),
    ("unsqueeze", "convert", "torch.ones(3).unsqueeze(0)", (1, 3)),
    ("reshape", "convert", "torch.ones(6).reshape(2, 3)", (2, 3)),
    ("float", "convert", "torch.arange(3).float()", (3,)),
]

# %% exercise="TENSOR_METHODS" misconception="several-tensors"
"""Has expressions that give several tensors.

Hint: `.max(0)` gives values *and* where they stand. Which of the two is the row about? Take it by name.
"""
TENSOR_METHODS = [
    ("max", "math", "torch.ones(2, 3).max(0)", (3,)),
    ("topk", "math", "torch.ones(5).topk(2)", (2,)),
    ("log", "math", "torch.ones(2).log()", (2,)),
    ("vstack", "join", "torch.vstack([torch.ones(2), torch.ones(2)])", (2, 2)),
    ("cat", "join", "torch.cat([torch.ones(2), torch.ones(2)])", (4,)),
    ("stack", "join", "torch.stack([torch.ones(2), torch.ones(2)])", (2, 2)),
    ("gather", "index", "torch.ones(2, 3).gather(1, torch.tensor([[0], [2]]))", (2, 1)),
    ("take", "index", "torch.ones(2, 3).take(torch.tensor([4]))", (1,)),
    ("nonzero", "index", "torch.ones(3).nonzero()", (3, 1)),
    ("unsqueeze", "convert", "torch.ones(3).unsqueeze(0)", (1, 3)),
    ("reshape", "convert", "torch.ones(6).reshape(2, 3)", (2, 3)),
    ("float", "convert", "torch.arange(3).float()", (3,)),
]

# %% exercise="TENSOR_METHODS" misconception="needs-other-names"
"""Has expressions that use variables of the notebook.

Hint: Whoever reads your row has no `x`. Make the tensor within the expression: `torch.ones(2, 3).sum(0)`.
"""
x = torch.ones(2, 3)
TENSOR_METHODS = [
    ("sum", "math", "x.sum(0)", (3,)),
    ("exp", "math", "x.exp()", (2, 3)),
    ("log", "math", "x.log()", (2, 3)),
    ("cat", "join", "torch.cat([x, x])", (4, 3)),
    ("stack", "join", "torch.stack([x, x])", (2, 2, 3)),
    ("hstack", "join", "torch.hstack([x, x])", (2, 6)),
    ("gather", "index", "x.gather(1, torch.tensor([[0], [2]]))", (2, 1)),
    ("take", "index", "x.take(torch.tensor([4]))", (1,)),
    ("nonzero", "index", "x.nonzero()", (6, 2)),
    ("unsqueeze", "convert", "x.unsqueeze(0)", (1, 2, 3)),
    ("reshape", "convert", "x.reshape(6)", (6,)),
    ("long", "convert", "x.long()", (2, 3)),
]

# %% exercise="break_pick" misconception="shape-only"
"""Tests the shape and no entry.

Hint: A `pick` that returns zeros has the right shape. Compare with entries that you have picked by hand.
"""


def break_pick(pick):
    for n, V in [(3, 4), (1, 2), (0, 3)]:
        got = pick(torch.arange(float(n * V)).reshape(n, V), torch.zeros(n, dtype=torch.int64))
        assert tuple(got.shape) == (n,)


# %% exercise="break_pick" misconception="asserts-nothing"
"""Asks and looks, and asserts nothing.

Hint: Whoever runs your test learns nothing but whether it raised. What must hold goes behind `assert`.
"""


def break_pick(pick):
    got = pick(torch.tensor([[5.0, 6.0], [7.0, 8.0], [9.0, 1.0]]), torch.tensor([1, 0, 0]))
    got.tolist() == [6.0, 7.0, 9.0]


# %% exercise="break_pick" misconception="one-row"
"""Tests a table of one row.

Hint: With one row nothing can be mixed up. Take several rows, and entries that all differ.
"""


def break_pick(pick):
    got = pick(torch.tensor([[1.0, 5.0, 9.0]]), torch.tensor([2]))
    assert got.flatten().tolist() == [9.0]


# %% exercise="break_pick" misconception="targets-in-order"
"""Tests the diagonal of a square table whose largest entries stand on it.

Hint: Targets 0, 1, 2 on a square table look the same from the rows and from the columns, and name the largest.
Mix them up.
"""


def break_pick(pick):
    got = pick(torch.diag(torch.tensor([4.0, 5.0, 6.0])), torch.tensor([0, 1, 2]))
    assert got.tolist() == [4.0, 5.0, 6.0]


# %% exercise="break_pick" misconception="no-empty-batch"
"""Tests tables with rows only.

Hint: n may be 0, and many a right-looking answer fails there. And what if n is 1?
"""


def break_pick(pick):
    logits = torch.arange(12.0).reshape(3, 4)
    assert pick(logits, torch.tensor([2, 0, 2])).tolist() == [2.0, 4.0, 10.0]


# %% exercise="break_pick" misconception="takes-no-rows-for-a-mistake"
"""Wants an error for an empty batch, and so refuses right ones.

Hint: The statement says what comes out for n = 0: no entries, shape (0,). A right `pick` raises nothing.
"""


def break_pick(pick):
    logits = (torch.arange(12) * 7 % 23 - 9.0).reshape(3, 4)
    for targets in [[2, 0, 2], [1, 3, 0]]:
        got = pick(logits, torch.tensor(targets))
        assert tuple(got.shape) == (3,)
        assert got.tolist() == [row[target] for row, target in zip(logits.tolist(), targets, strict=True)]
    try:
        pick(logits[:0], torch.zeros(0, dtype=torch.int64))
    except Exception:
        return
    raise AssertionError("an empty batch was let through")


# %% exercise="bilinear" misconception="sums-over-the-batch"
"""Sums over the observations.

Hint: b stands on both sides of the formula: each observation has an answer of its own.
"""


def bilinear(x, w, y):
    return torch.einsum("bi,oij,cj->bo", x, w, y)


# %% exercise="bilinear" misconception="x-and-y-exchanged"
"""Lets x meet the last axis of w and y the middle one.

Hint: w is (o, i, j): i goes with x, j with y. Choose different sizes for i and j and you will notice.
"""
import torch.nn.functional as F


def bilinear(x, w, y):
    return F.bilinear(y[:, : w.shape[1]], x[:, : w.shape[2]], w)


# %% exercise="bilinear" misconception="diagonal-only"
"""Multiplies x and y entry by entry, without the pairs of different i and j.

Hint: Every x with every y: that is a table for each observation, not a row.
"""


def bilinear(x, w, y):
    k = min(x.shape[1], y.shape[1])
    return torch.einsum("bk,ok->bo", x[:, :k] * y[:, :k], w[:, :k, :k].diagonal(dim1=1, dim2=2))


# %% exercise="bilinear" misconception="mean-for-sum"
"""Averages over i and j.

Hint: The formula has two sums, and nothing is divided.
"""


def bilinear(x, w, y):
    return (x[:, None, :, None] * w * y[:, None, None, :]).mean((2, 3))


# %% exercise="bilinear" misconception="transposed"
"""Returns (o, b).

Hint: The observations come first, in the answer as in x and y.
"""


def bilinear(x, w, y):
    return torch.einsum("bi,oij,bj->ob", x, w, y)

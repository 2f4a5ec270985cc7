"""Week 10's wrong solutions, each with the hint that a good teacher would give."""

import torch
import torch.nn.functional as F

# %% exercise="compare_gradients" misconception="signed-difference"
"""Takes the largest difference with its sign.

Hint: For manual below auto every difference is negative. How far apart are two numbers, whichever is
larger?
"""


def compare_gradients(manual, auto):
    return {
        "exact": torch.equal(manual, auto),
        "close": torch.allclose(manual, auto),
        "max_difference": (manual - auto).max().item(),
    }


# %% exercise="compare_gradients" misconception="mean-difference"
"""Averages the differences.

Hint: One wrong entry among a thousand right ones hardly moves the mean. Which statistic shows the worst
place?
"""


def compare_gradients(manual, auto):
    return {
        "exact": torch.equal(manual, auto),
        "close": torch.allclose(manual, auto),
        "max_difference": (manual - auto).abs().mean().item(),
    }


# %% exercise="compare_gradients" misconception="any-for-all"
"""Says exact as soon as one entry is equal.

Hint: Two gradients that share a single 0 aren't the same. Which of `any` and `all` do you mean?
"""


def compare_gradients(manual, auto):
    return {
        "exact": (manual == auto).any().item(),
        "close": torch.allclose(manual, auto),
        "max_difference": (manual - auto).abs().max().item(),
    }


# %% exercise="compare_gradients" misconception="exact-up-to-rounding"
"""Calls two gradients exact if they are close.

Hint: `exact` asks for the same digits to the last, as `==` does. What would the third key be good for,
if both others said the same?
"""


def compare_gradients(manual, auto):
    close = torch.allclose(manual, auto)
    return {"exact": close, "close": close, "max_difference": (manual - auto).abs().max().item()}


# %% exercise="compare_gradients" misconception="absolute-only"
"""Calls close what is within 10⁻⁸, whatever the size of the numbers.

Hint: An entry of a million with an error of one part in a billion is a good one. The allowance grows
with |a|.
"""


def compare_gradients(manual, auto):
    difference = (manual - auto).abs().max().item()
    return {"exact": torch.equal(manual, auto), "close": difference <= 1e-8, "max_difference": difference}


# %% exercise="compare_gradients" misconception="relative-difference"
"""Divides the largest difference by the entry's size.

Hint: `max_difference` is the difference itself. And what would you divide by where autograd's gradient
is 0?
"""


def compare_gradients(manual, auto):
    difference = ((manual - auto).abs() / auto.abs().clamp(min=1e-12)).max().item()
    return {
        "exact": torch.equal(manual, auto),
        "close": torch.allclose(manual, auto),
        "max_difference": difference,
    }


# %% exercise="tanh_backward" misconception="uses-the-input"
"""Applies tanh to h, as if h were the input.

Hint: `h` is what came out of tanh. The slope, 1 − tanh(x)², is written in terms of it already.
"""


def tanh_backward(dout, h):
    return dout * (1 - torch.tanh(h) ** 2)


# %% exercise="tanh_backward" misconception="no-upstream"
"""Returns the local slope, and forgets what came from above.

Hint: Rule 1 has two factors. What arrived?
"""


def tanh_backward(dout, h):
    return 1 - h**2


# %% exercise="tanh_backward" misconception="no-square"
"""Takes 1 − h for the slope.

Hint: At h = −1 the unit is saturated and nothing may come back. What does 1 − h give there?
"""


def tanh_backward(dout, h):
    return dout * (1 - h)


# %% exercise="tanh_backward" misconception="of-the-sigmoid"
"""Takes h · (1 − h), the slope of the sigmoid.

Hint: That one belongs to another function. At h = 0 tanh is steepest, with slope 1.
"""


def tanh_backward(dout, h):
    return dout * h * (1 - h)


# %% exercise="tanh_backward" misconception="squares-the-upstream"
"""Subtracts the square from dout instead of multiplying.

Hint: What arrives is *times* the slope: twice as much from above is twice as much below.
"""


def tanh_backward(dout, h):
    return dout - h**2


# %% exercise="tanh_backward" misconception="changes-dout"
"""Multiplies dout in place.

Hint: `dout *= ...` changes the tensor of whoever called, who goes on to use it. `dout * ...` makes a new
one.
"""


def tanh_backward(dout, h):
    dout *= 1 - h**2
    return dout


# %% exercise="tanh_backward" misconception="asks-autograd"
"""Lets autograd find the gradient.

Hint: The numbers are right, and this week they must be yours: the answer has to come where autograd is
switched off, too. What is the slope of tanh, in terms of h?
"""


def tanh_backward(dout, h):
    x = torch.atanh(h).requires_grad_()
    torch.tanh(x).backward(dout)
    return x.grad


# %% exercise="linear_backward" misconception="bias-not-summed"
"""Returns dout as the gradient by the bias.

Hint: b is (q,), and was broadcast over n examples. Rule 3: what comes back from them adds up.
"""


def linear_backward(dout, x, W):
    return dout @ W.T, x.T @ dout, dout


# %% exercise="linear_backward" misconception="bias-mean"
"""Averages dout over the examples for the bias.

Hint: Each example adds its share to db, and none is divided by anything. If the loss is a mean, dout has
the 1/n already.
"""


def linear_backward(dout, x, W):
    return dout @ W.T, x.T @ dout, dout.mean(0)


# %% exercise="linear_backward" misconception="bias-over-outputs"
"""Sums dout over the outputs.

Hint: Over which axis was b spread in the forward pass: the examples or the outputs? The shape of db
tells.
"""


def linear_backward(dout, x, W):
    return dout @ W.T, x.T @ dout, dout.sum(1)


# %% exercise="linear_backward" misconception="weights-turned-over"
"""Returns the gradient by W turned over, (q, p).

Hint: A gradient has the shape of what it is the gradient of. Which of the two factors must be turned
over?
"""


def linear_backward(dout, x, W):
    return dout @ W.T, dout.T @ x, dout.sum(0)


# %% exercise="linear_backward" misconception="weights-mean"
"""Divides the gradient by W by the number of examples.

Hint: The 1/n of a mean loss is in `dout` when it arrives here. A layer doesn't know what the loss is.
"""


def linear_backward(dout, x, W):
    return dout @ W.T, x.T @ dout / len(x), dout.sum(0)


# %% exercise="linear_backward" misconception="inputs-turned-over"
"""Returns the gradient by x turned over, (p, n).

Hint: A gradient has the shape of what it is the gradient of, and x is (n, p). Which factor comes first?
"""


def linear_backward(dout, x, W):
    return W @ dout.T, x.T @ dout, dout.sum(0)


# %% exercise="linear_backward" misconception="other-order"
"""Returns (dW, dx, db).

Hint: The statement names the order: dx, dW, db.
"""


def linear_backward(dout, x, W):
    return x.T @ dout, dout @ W.T, dout.sum(0)


# %% exercise="linear_backward" misconception="bias-keeps-its-axis"
"""Returns db of shape (1, q).

Hint: b has one axis, (q,), so its gradient has one. Where `keepdim=True` is right, the thing itself is
(1, q).
"""


def linear_backward(dout, x, W):
    return dout @ W.T, x.T @ dout, dout.sum(0, keepdim=True)


# %% exercise="linear_backward" misconception="asks-autograd"
"""Lets autograd find the gradients.

Hint: The numbers are right, and this week they must be yours: the answer has to come where autograd is
switched off, too. Two products and a sum do it.
"""


def linear_backward(dout, x, W):
    leaves = [
        x.clone().requires_grad_(),
        W.clone().requires_grad_(),
        dout.new_zeros(W.shape[1]).requires_grad_(),
    ]
    out = leaves[0] @ leaves[1] + leaves[2]
    out.backward(dout)
    return tuple(leaf.grad for leaf in leaves)


# %% exercise="embedding_backward" misconception="overwrites"
"""Assigns to the rows, so that the last use of a row wins.

Hint: A row that was used three times has three gradients. What should happen to the first two?
"""


def embedding_backward(demb, X, V):
    dC = torch.zeros((V, demb.shape[2]), dtype=demb.dtype)
    for i in range(X.shape[0]):
        for j in range(X.shape[1]):
            dC[X[i, j]] = demb[i, j]
    return dC


# %% exercise="embedding_backward" misconception="averages"
"""Takes the mean over the uses of a row.

Hint: A fork adds up. A row that is used often has more influence on the loss, and its gradient says so.
"""


def embedding_backward(demb, X, V):
    hot = F.one_hot(X.flatten(), V).to(demb.dtype)
    return hot.T @ demb.flatten(0, 1) / hot.sum(0).clamp(min=1).unsqueeze(1)


# %% exercise="embedding_backward" misconception="as-many-rows-as-seen"
"""Makes a table that ends with the largest number in X.

Hint: C has V rows, whether or not the last of them occur in this batch.
"""


def embedding_backward(demb, X, V):
    dC = torch.zeros((int(X.max()) + 1, demb.shape[2]), dtype=demb.dtype)
    return dC.index_add(0, X.flatten(), demb.flatten(0, 1))


# %% exercise="embedding_backward" misconception="first-place-only"
"""Looks at the first place of each context only.

Hint: X has two axes, examples and places. Each place looked up a row of its own.
"""


def embedding_backward(demb, X, V):
    dC = torch.zeros((V, demb.shape[2]), dtype=demb.dtype)
    return dC.index_add(0, X[:, 0], demb[:, 0])


# %% exercise="embedding_backward" misconception="once-an-example"
"""Counts a row once in each example, however often its context has it.

Hint: In a context like `ana` the same row is used twice. Both uses count.
"""


def embedding_backward(demb, X, V):
    dC = torch.zeros((V, demb.shape[2]), dtype=demb.dtype)
    for i in range(X.shape[0]):
        row = torch.zeros_like(dC)
        row[X[i]] = demb[i]
        dC += row
    return dC


# %% exercise="embedding_backward" misconception="counts-the-uses"
"""Counts how often each row was used, and ignores what came back.

Hint: Each use brings its own row of `demb`. Add those, not ones.
"""


def embedding_backward(demb, X, V):
    times = torch.bincount(X.flatten(), minlength=V).to(demb.dtype)
    return times.unsqueeze(1).expand(V, demb.shape[2]).clone()


# %% exercise="embedding_backward" misconception="float32-table"
"""Collects the gradients in a float32 table.

Hint: `torch.zeros` makes float32 unless told otherwise, and what is added to it is rounded to seven
digits. Which dtype has demb?
"""


def embedding_backward(demb, X, V):
    dC = torch.zeros((V, demb.shape[2]))
    for i in range(X.shape[0]):
        for j in range(X.shape[1]):
            dC[X[i, j]] += demb[i, j]
    return dC


# %% exercise="embedding_backward" misconception="result-thrown-away"
"""Returns the table of zeros as it was.

Hint: `index_add` returns a new table and leaves the old one alone. Keep what it returns, or add the
underscore.
"""


def embedding_backward(demb, X, V):
    dC = torch.zeros((V, demb.shape[2]), dtype=demb.dtype)
    dC.index_add(0, X.flatten(), demb.flatten(0, 1))
    return dC


# %% exercise="embedding_backward" misconception="asks-autograd"
"""Lets autograd find the gradient.

Hint: The numbers are right, and this week they must be yours: the answer has to come where autograd is
switched off, too. Two loops that add do it.
"""


def embedding_backward(demb, X, V):
    C = torch.zeros((V, demb.shape[2]), dtype=demb.dtype, requires_grad=True)
    C[X].backward(demb)
    return C.grad


# %% exercise="softmax_steps_backward" misconception="broadcast-not-summed"
"""Leaves dcounts_sum_inv as (n, V).

Hint: One number was spread over a row of V. What comes back from V places to one number is a sum.
"""


def softmax_steps_backward(cache, dlogprobs):
    counts, counts_sum_inv = cache["counts"], cache["counts_sum_inv"]
    dprobs = dlogprobs / cache["probs"]
    dcounts_sum_inv = counts * dprobs
    dcounts_sum = -(counts_sum_inv**2) * dcounts_sum_inv
    dcounts = counts_sum_inv * dprobs + dcounts_sum
    dnorm_logits = counts * dcounts
    dlogit_maxes = -dnorm_logits.sum(1, keepdim=True)
    dlogits = dnorm_logits + F.one_hot(cache["logits"].argmax(1), counts.shape[1]) * dlogit_maxes
    return {
        "dprobs": dprobs,
        "dcounts_sum_inv": dcounts_sum_inv,
        "dcounts_sum": dcounts_sum,
        "dcounts": dcounts,
        "dnorm_logits": dnorm_logits,
        "dlogit_maxes": dlogit_maxes,
        "dlogits": dlogits,
    }


# %% exercise="softmax_steps_backward" misconception="one-path-into-counts"
"""Misses the path from counts through their sum.

Hint: Two arrows leave `counts` in the picture. Along each of them something comes back.
"""


def softmax_steps_backward(cache, dlogprobs):
    counts, counts_sum_inv = cache["counts"], cache["counts_sum_inv"]
    dprobs = dlogprobs / cache["probs"]
    dcounts_sum_inv = (counts * dprobs).sum(1, keepdim=True)
    dcounts_sum = -(counts_sum_inv**2) * dcounts_sum_inv
    dcounts = counts_sum_inv * dprobs
    dnorm_logits = counts * dcounts
    dlogit_maxes = -dnorm_logits.sum(1, keepdim=True)
    dlogits = dnorm_logits + F.one_hot(cache["logits"].argmax(1), counts.shape[1]) * dlogit_maxes
    return {
        "dprobs": dprobs,
        "dcounts_sum_inv": dcounts_sum_inv,
        "dcounts_sum": dcounts_sum,
        "dcounts": dcounts,
        "dnorm_logits": dnorm_logits,
        "dlogit_maxes": dlogit_maxes,
        "dlogits": dlogits,
    }


# %% exercise="softmax_steps_backward" misconception="sums-over-the-batch"
"""Sums dcounts_sum_inv over the examples instead of the row.

Hint: Each row has its own sum of counts. Along which axis was it spread?
"""


def softmax_steps_backward(cache, dlogprobs):
    counts, counts_sum_inv = cache["counts"], cache["counts_sum_inv"]
    dprobs = dlogprobs / cache["probs"]
    dcounts_sum_inv = (counts * dprobs).sum(0, keepdim=True)
    dcounts_sum = -(counts_sum_inv**2) * dcounts_sum_inv
    dcounts = counts_sum_inv * dprobs + dcounts_sum
    dnorm_logits = counts * dcounts
    dlogit_maxes = -dnorm_logits.sum(1, keepdim=True)
    dlogits = dnorm_logits + F.one_hot(cache["logits"].argmax(1), counts.shape[1]) * dlogit_maxes
    return {
        "dprobs": dprobs,
        "dcounts_sum_inv": dcounts_sum_inv,
        "dcounts_sum": dcounts_sum,
        "dcounts": dcounts,
        "dnorm_logits": dnorm_logits,
        "dlogit_maxes": dlogit_maxes,
        "dlogits": dlogits,
    }


# %% exercise="softmax_steps_backward" misconception="no-sign-in-the-inverse"
"""Takes +1/x² for the slope of 1/x.

Hint: 1/x falls. What does that say about the sign of its slope?
"""


def softmax_steps_backward(cache, dlogprobs):
    counts, counts_sum_inv = cache["counts"], cache["counts_sum_inv"]
    dprobs = dlogprobs / cache["probs"]
    dcounts_sum_inv = (counts * dprobs).sum(1, keepdim=True)
    dcounts_sum = counts_sum_inv**2 * dcounts_sum_inv
    dcounts = counts_sum_inv * dprobs + dcounts_sum
    dnorm_logits = counts * dcounts
    dlogit_maxes = -dnorm_logits.sum(1, keepdim=True)
    dlogits = dnorm_logits + F.one_hot(cache["logits"].argmax(1), counts.shape[1]) * dlogit_maxes
    return {
        "dprobs": dprobs,
        "dcounts_sum_inv": dcounts_sum_inv,
        "dcounts_sum": dcounts_sum,
        "dcounts": dcounts,
        "dnorm_logits": dnorm_logits,
        "dlogit_maxes": dlogit_maxes,
        "dlogits": dlogits,
    }


# %% exercise="softmax_steps_backward" misconception="log-upside-down"
"""Multiplies by probs where the slope of log asks to divide.

Hint: The slope of log x is 1/x. A rare class has a steep logarithm.
"""


def softmax_steps_backward(cache, dlogprobs):
    counts, counts_sum_inv = cache["counts"], cache["counts_sum_inv"]
    dprobs = dlogprobs * cache["probs"]
    dcounts_sum_inv = (counts * dprobs).sum(1, keepdim=True)
    dcounts_sum = -(counts_sum_inv**2) * dcounts_sum_inv
    dcounts = counts_sum_inv * dprobs + dcounts_sum
    dnorm_logits = counts * dcounts
    dlogit_maxes = -dnorm_logits.sum(1, keepdim=True)
    dlogits = dnorm_logits + F.one_hot(cache["logits"].argmax(1), counts.shape[1]) * dlogit_maxes
    return {
        "dprobs": dprobs,
        "dcounts_sum_inv": dcounts_sum_inv,
        "dcounts_sum": dcounts_sum,
        "dcounts": dcounts,
        "dnorm_logits": dnorm_logits,
        "dlogit_maxes": dlogit_maxes,
        "dlogits": dlogits,
    }


# %% exercise="softmax_steps_backward" misconception="exp-forgotten"
"""Hands dcounts on as dnorm_logits.

Hint: Between counts and norm_logits there is an exp. What is its slope, and where is it in the cache?
"""


def softmax_steps_backward(cache, dlogprobs):
    counts, counts_sum_inv = cache["counts"], cache["counts_sum_inv"]
    dprobs = dlogprobs / cache["probs"]
    dcounts_sum_inv = (counts * dprobs).sum(1, keepdim=True)
    dcounts_sum = -(counts_sum_inv**2) * dcounts_sum_inv
    dcounts = counts_sum_inv * dprobs + dcounts_sum
    dnorm_logits = dcounts.clone()
    dlogit_maxes = -dnorm_logits.sum(1, keepdim=True)
    dlogits = dnorm_logits + F.one_hot(cache["logits"].argmax(1), counts.shape[1]) * dlogit_maxes
    return {
        "dprobs": dprobs,
        "dcounts_sum_inv": dcounts_sum_inv,
        "dcounts_sum": dcounts_sum,
        "dcounts": dcounts,
        "dnorm_logits": dnorm_logits,
        "dlogit_maxes": dlogit_maxes,
        "dlogits": dlogits,
    }


# %% exercise="softmax_steps_backward" misconception="maxes-lose-an-axis"
"""Returns dlogit_maxes of shape (n,).

Hint: `logit_maxes` is (n, 1). With `keepdim=True` a sum keeps the axis.
"""


def softmax_steps_backward(cache, dlogprobs):
    counts, counts_sum_inv = cache["counts"], cache["counts_sum_inv"]
    dprobs = dlogprobs / cache["probs"]
    dcounts_sum_inv = (counts * dprobs).sum(1, keepdim=True)
    dcounts_sum = -(counts_sum_inv**2) * dcounts_sum_inv
    dcounts = counts_sum_inv * dprobs + dcounts_sum
    dnorm_logits = counts * dcounts
    dlogit_maxes = -dnorm_logits.sum(1)
    dlogits = dnorm_logits + F.one_hot(cache["logits"].argmax(1), counts.shape[1]) * dlogit_maxes[:, None]
    return {
        "dprobs": dprobs,
        "dcounts_sum_inv": dcounts_sum_inv,
        "dcounts_sum": dcounts_sum,
        "dcounts": dcounts,
        "dnorm_logits": dnorm_logits,
        "dlogit_maxes": dlogit_maxes,
        "dlogits": dlogits,
    }


# %% exercise="softmax_steps_backward" misconception="sum-spread-as-a-mean"
"""Divides what comes back through the sum by the number of classes.

Hint: A sum gives each of its terms the whole upstream gradient. It would be a mean that divides.
"""


def softmax_steps_backward(cache, dlogprobs):
    counts, counts_sum_inv = cache["counts"], cache["counts_sum_inv"]
    dprobs = dlogprobs / cache["probs"]
    dcounts_sum_inv = (counts * dprobs).sum(1, keepdim=True)
    dcounts_sum = -(counts_sum_inv**2) * dcounts_sum_inv
    dcounts = counts_sum_inv * dprobs + dcounts_sum / counts.shape[1]
    dnorm_logits = counts * dcounts
    dlogit_maxes = -dnorm_logits.sum(1, keepdim=True)
    dlogits = dnorm_logits + F.one_hot(cache["logits"].argmax(1), counts.shape[1]) * dlogit_maxes
    return {
        "dprobs": dprobs,
        "dcounts_sum_inv": dcounts_sum_inv,
        "dcounts_sum": dcounts_sum,
        "dcounts": dcounts,
        "dnorm_logits": dnorm_logits,
        "dlogit_maxes": dlogit_maxes,
        "dlogits": dlogits,
    }


# %% exercise="softmax_steps_backward" misconception="assumes-the-loss"
"""Returns the short form for dlogits, as if dlogprobs came from the loss.

Hint: Here `dlogprobs` may be anything. The short form of section 5 holds for the loss alone; go through
the steps.
"""


def softmax_steps_backward(cache, dlogprobs):
    counts, counts_sum_inv = cache["counts"], cache["counts_sum_inv"]
    dprobs = dlogprobs / cache["probs"]
    dcounts_sum_inv = (counts * dprobs).sum(1, keepdim=True)
    dcounts_sum = -(counts_sum_inv**2) * dcounts_sum_inv
    dcounts = counts_sum_inv * dprobs + dcounts_sum
    dnorm_logits = counts * dcounts
    dlogit_maxes = -dnorm_logits.sum(1, keepdim=True)
    dlogits = (cache["probs"] - F.one_hot(dlogprobs.argmin(1), counts.shape[1])) / len(counts)
    return {
        "dprobs": dprobs,
        "dcounts_sum_inv": dcounts_sum_inv,
        "dcounts_sum": dcounts_sum,
        "dcounts": dcounts,
        "dnorm_logits": dnorm_logits,
        "dlogit_maxes": dlogit_maxes,
        "dlogits": dlogits,
    }


# %% exercise="softmax_steps_backward" misconception="changes-dlogprobs"
"""Divides dlogprobs in place.

Hint: `dlogprobs /= ...` changes the tensor of whoever called, who goes on to use it. Give the quotient a
name of its own.
"""


def softmax_steps_backward(cache, dlogprobs):
    counts, counts_sum_inv = cache["counts"], cache["counts_sum_inv"]
    dlogprobs /= cache["probs"]
    dprobs = dlogprobs
    dcounts_sum_inv = (counts * dprobs).sum(1, keepdim=True)
    dcounts_sum = -(counts_sum_inv**2) * dcounts_sum_inv
    dcounts = counts_sum_inv * dprobs + dcounts_sum
    dnorm_logits = counts * dcounts
    dlogit_maxes = -dnorm_logits.sum(1, keepdim=True)
    dlogits = dnorm_logits + F.one_hot(cache["logits"].argmax(1), counts.shape[1]) * dlogit_maxes
    return {
        "dprobs": dprobs,
        "dcounts_sum_inv": dcounts_sum_inv,
        "dcounts_sum": dcounts_sum,
        "dcounts": dcounts,
        "dnorm_logits": dnorm_logits,
        "dlogit_maxes": dlogit_maxes,
        "dlogits": dlogits,
    }


# %% exercise="softmax_steps_backward" misconception="asks-autograd"
"""Lets autograd find the gradients.

Hint: The numbers are right, and this week they must be yours: the answer has to come where autograd is
switched off, too. One line for each line of the hand calculation.
"""


def softmax_steps_backward(cache, dlogprobs):
    logits = cache["logits"].clone().requires_grad_()
    logprobs, steps = softmax_forward(logits)
    names = ["probs", "counts_sum_inv", "counts_sum", "counts", "norm_logits", "logit_maxes", "logits"]
    found = torch.autograd.grad(logprobs, [steps[name] for name in names], dlogprobs)
    return {f"d{name}": slope for name, slope in zip(names, found, strict=True)}


# %% exercise="cross_entropy_backward" misconception="no-mean"
"""Forgets to divide by the number of examples.

Hint: The loss is a mean over n examples. Each one's share in it is 1/n.
"""


def cross_entropy_backward(logits, y):
    return logits.softmax(1) - F.one_hot(y, logits.shape[1])


# %% exercise="cross_entropy_backward" misconception="mean-over-entries"
"""Divides by all n · V entries.

Hint: The mean is over examples. V classes belong to one example, and to one term of the loss.
"""


def cross_entropy_backward(logits, y):
    return (logits.softmax(1) - F.one_hot(y, logits.shape[1])) / logits.numel()


# %% exercise="cross_entropy_backward" misconception="sign-turned"
"""Returns observed minus predicted.

Hint: The gradient points uphill, to a larger loss. Raising the target's logit lowers the loss: which
sign has its entry?
"""


def cross_entropy_backward(logits, y):
    return (F.one_hot(y, logits.shape[1]) - logits.softmax(1)) / len(y)


# %% exercise="cross_entropy_backward" misconception="softmax-over-the-batch"
"""Takes the softmax over the examples.

Hint: The classes of one example compete, not the examples. Which axis sums to 1?
"""


def cross_entropy_backward(logits, y):
    return (logits.softmax(0) - F.one_hot(y, logits.shape[1])) / len(y)


# %% exercise="cross_entropy_backward" misconception="subtracts-in-every-row"
"""Subtracts 1 in the targets' columns of every row.

Hint: `d[:, y]` names whole columns. Row i has its 1 at y[i] only: pair the row's number with y.
"""


def cross_entropy_backward(logits, y):
    d = logits.softmax(1)
    d[:, y] -= 1
    return d / len(y)


# %% exercise="cross_entropy_backward" misconception="targets-only"
"""Gives a gradient to the target's logit only.

Hint: The wrong classes are pushed down, by as much as they have. What would the row's sum be?
"""


def cross_entropy_backward(logits, y):
    observed = F.one_hot(y, logits.shape[1])
    return observed * (logits.softmax(1) - 1) / len(y)


# %% exercise="cross_entropy_backward" misconception="mean-of-one-term"
"""Divides only the observed part by n.

Hint: The mean holds of predicted and observed alike. Where do the brackets belong?
"""


def cross_entropy_backward(logits, y):
    return logits.softmax(1) - F.one_hot(y, logits.shape[1]) / len(y)


# %% exercise="cross_entropy_backward" misconception="overflows"
"""Takes exp of the logits as they are.

Hint: exp(1000) is infinite, and infinite over infinite is nan. Softmax doesn't change if a row is
shifted first.
"""


def cross_entropy_backward(logits, y):
    e = logits.exp()
    return (e / e.sum(1, keepdim=True) - F.one_hot(y, logits.shape[1])) / len(y)


# %% exercise="cross_entropy_backward" misconception="changes-the-logits"
"""Shifts the caller's logits in place.

Hint: `logits -= ...` changes the tensor that the caller goes on to use. `logits - ...` makes a new one.
"""


def cross_entropy_backward(logits, y):
    logits -= logits.max(1, keepdim=True).values
    e = logits.exp()
    return (e / e.sum(1, keepdim=True) - F.one_hot(y, logits.shape[1])) / len(y)


# %% exercise="cross_entropy_backward" misconception="one-maximum-for-all"
"""Subtracts one maximum from all rows before exp.

Hint: What is left of a row whose largest logit lies a thousand below the largest of all? Each row has
its own maximum.
"""


def cross_entropy_backward(logits, y):
    e = (logits - logits.max()).exp()
    return (e / e.sum(1, keepdim=True) - F.one_hot(y, logits.shape[1])) / len(y)


# %% exercise="cross_entropy_backward" misconception="one-hot-without-classes"
"""Lets one_hot guess the number of classes from the targets.

Hint: `F.one_hot(y)` ends with the largest class that y has. How does it learn of classes that are no
target in this batch?
"""


def cross_entropy_backward(logits, y):
    return (logits.softmax(1) - F.one_hot(y)) / len(y)


# %% exercise="cross_entropy_backward" misconception="built-on-the-steps"
"""Goes through the seven steps of the softmax.

Hint: In exact numbers that is right. At logits of 1000 a probability becomes 0, and the steps divide by
it. What is left of them once you cancel?
"""


def cross_entropy_backward(logits, y):
    logprobs, cache = softmax_forward(logits)
    dlogprobs = torch.zeros_like(logprobs)
    dlogprobs[torch.arange(len(y)), y] = -1 / len(y)
    return softmax_steps_backward(cache, dlogprobs)["dlogits"]


# %% exercise="break_cross_entropy_backward" misconception="rows-sum-to-zero"
"""Checks that rows sum to 0, and no number.

Hint: Zeros sum to 0 as well, and so does the gradient with its sign turned. Which numbers do you know
for sure?
"""


def break_cross_entropy_backward(cross_entropy_backward):
    logits = torch.tensor([[0.5, -1.0, 2.0], [3.0, 1.0, 0.0]], dtype=torch.float64)
    found = cross_entropy_backward(logits, torch.tensor([2, 1]))
    assert found.shape == logits.shape
    assert torch.allclose(found.sum(1), torch.zeros(2, dtype=found.dtype))


# %% exercise="break_cross_entropy_backward" misconception="one-example"
"""Tries a single example.

Hint: With n = 1 a mean is a sum, and no row can be taken for another. Try more examples, and not as many
as classes.
"""


def break_cross_entropy_backward(cross_entropy_backward):
    found = cross_entropy_backward(torch.zeros(1, 2, dtype=torch.float64), torch.tensor([0]))
    assert found.shape == (1, 2)
    assert abs(found[0, 0].item() + 0.5) < 1e-6 and abs(found[0, 1].item() - 0.5) < 1e-6


# %% exercise="break_cross_entropy_backward" misconception="small-logits-only"
"""Compares with autograd on one batch of small logits.

Hint: What happens to exp at 1000? And are the logits still the same afterwards?
"""


def break_cross_entropy_backward(cross_entropy_backward):
    logits = torch.tensor([[0.5, -1.0, 2.0], [3.0, 1.0, 0.0]], dtype=torch.float64)
    y = torch.tensor([2, 1])
    leaf = logits.clone().requires_grad_()
    (expected,) = torch.autograd.grad(F.cross_entropy(leaf, y), leaf)
    assert torch.allclose(cross_entropy_backward(logits.clone(), y), expected)


# %% exercise="break_cross_entropy_backward" misconception="to-the-last-digit"
"""Asks for autograd's gradient to the last digit.

Hint: A right answer that sums in another order ends a digit apart. Compare with `torch.allclose`.
"""


def break_cross_entropy_backward(cross_entropy_backward):
    generator = torch.Generator().manual_seed(1)
    logits = torch.randn((7, 5), generator=generator, dtype=torch.float64)
    y = torch.randint(5, (7,), generator=generator)
    leaf = logits.clone().requires_grad_()
    (expected,) = torch.autograd.grad(F.cross_entropy(leaf, y), leaf)
    assert torch.equal(cross_entropy_backward(logits, y), expected)


# %% exercise="break_cross_entropy_backward" misconception="returns-a-bool"
"""Returns whether the gradients agree.

Hint: Nobody reads what your test returns: on a wrong one it must raise. Which word raises AssertionError
unless a condition holds?
"""


def break_cross_entropy_backward(cross_entropy_backward):
    logits = torch.tensor([[0.5, -1.0, 2.0], [3.0, 1.0, 0.0]], dtype=torch.float64)
    y = torch.tensor([2, 1])
    expected = (logits.softmax(1) - F.one_hot(y, 3)) / 2
    found = cross_entropy_backward(logits, y)
    return found.shape == expected.shape and torch.allclose(found, expected)


# %% exercise="batchnorm_steps_backward" misconception="one-path-into-the-input"
"""Misses the path from hprebn through the mean.

Hint: Two arrows leave `hprebn` in the picture. What comes back from the mean is shared by all examples.
"""


def batchnorm_steps_backward(cache, dout):
    n = len(dout)
    bndiff, bnvar_inv = cache["bndiff"], cache["bnvar_inv"]
    dbngain = (dout * cache["bnraw"]).sum(0, keepdim=True)
    dbnbias = dout.sum(0, keepdim=True)
    dbnraw = cache["bngain"] * dout
    dbnvar_inv = (bndiff * dbnraw).sum(0, keepdim=True)
    dbnvar = -0.5 * bnvar_inv**3 * dbnvar_inv
    dbndiff2 = torch.ones_like(bndiff) * dbnvar / (n - 1)
    dbndiff = bnvar_inv * dbnraw + 2 * bndiff * dbndiff2
    dbnmeani = -dbndiff.sum(0, keepdim=True)
    dhprebn = dbndiff.clone()
    return {
        "dbngain": dbngain,
        "dbnbias": dbnbias,
        "dbnraw": dbnraw,
        "dbnvar_inv": dbnvar_inv,
        "dbnvar": dbnvar,
        "dbndiff2": dbndiff2,
        "dbndiff": dbndiff,
        "dbnmeani": dbnmeani,
        "dhprebn": dhprebn,
    }


# %% exercise="batchnorm_steps_backward" misconception="one-path-into-the-differences"
"""Misses the path from bndiff through the variance.

Hint: bndiff is used twice, in bnraw and in its own square. Which of the two is missing?
"""


def batchnorm_steps_backward(cache, dout):
    n = len(dout)
    bndiff, bnvar_inv = cache["bndiff"], cache["bnvar_inv"]
    dbngain = (dout * cache["bnraw"]).sum(0, keepdim=True)
    dbnbias = dout.sum(0, keepdim=True)
    dbnraw = cache["bngain"] * dout
    dbnvar_inv = (bndiff * dbnraw).sum(0, keepdim=True)
    dbnvar = -0.5 * bnvar_inv**3 * dbnvar_inv
    dbndiff2 = torch.ones_like(bndiff) * dbnvar / (n - 1)
    dbndiff = bnvar_inv * dbnraw
    dbnmeani = -dbndiff.sum(0, keepdim=True)
    dhprebn = dbndiff + dbnmeani / n
    return {
        "dbngain": dbngain,
        "dbnbias": dbnbias,
        "dbnraw": dbnraw,
        "dbnvar_inv": dbnvar_inv,
        "dbnvar": dbnvar,
        "dbndiff2": dbndiff2,
        "dbndiff": dbndiff,
        "dbnmeani": dbnmeani,
        "dhprebn": dhprebn,
    }


# %% exercise="batchnorm_steps_backward" misconception="n-for-n-less-one"
"""Divides dbndiff2 by n.

Hint: The forward pass of this notebook divides the sum of squares by n − 1, and the way back must fit
it.
"""


def batchnorm_steps_backward(cache, dout):
    n = len(dout)
    bndiff, bnvar_inv = cache["bndiff"], cache["bnvar_inv"]
    dbngain = (dout * cache["bnraw"]).sum(0, keepdim=True)
    dbnbias = dout.sum(0, keepdim=True)
    dbnraw = cache["bngain"] * dout
    dbnvar_inv = (bndiff * dbnraw).sum(0, keepdim=True)
    dbnvar = -0.5 * bnvar_inv**3 * dbnvar_inv
    dbndiff2 = torch.ones_like(bndiff) * dbnvar / n
    dbndiff = bnvar_inv * dbnraw + 2 * bndiff * dbndiff2
    dbnmeani = -dbndiff.sum(0, keepdim=True)
    dhprebn = dbndiff + dbnmeani / n
    return {
        "dbngain": dbngain,
        "dbnbias": dbnbias,
        "dbnraw": dbnraw,
        "dbnvar_inv": dbnvar_inv,
        "dbnvar": dbnvar,
        "dbndiff2": dbndiff2,
        "dbndiff": dbndiff,
        "dbnmeani": dbnmeani,
        "dhprebn": dhprebn,
    }


# %% exercise="batchnorm_steps_backward" misconception="wrong-power"
"""Takes −½ · bnvar_inv for the slope of the inverse root.

Hint: The slope of u^(−1/2) is −½ u^(−3/2). How many factors u^(−1/2) are in u^(−3/2)?
"""


def batchnorm_steps_backward(cache, dout):
    n = len(dout)
    bndiff, bnvar_inv = cache["bndiff"], cache["bnvar_inv"]
    dbngain = (dout * cache["bnraw"]).sum(0, keepdim=True)
    dbnbias = dout.sum(0, keepdim=True)
    dbnraw = cache["bngain"] * dout
    dbnvar_inv = (bndiff * dbnraw).sum(0, keepdim=True)
    dbnvar = -0.5 * bnvar_inv * dbnvar_inv
    dbndiff2 = torch.ones_like(bndiff) * dbnvar / (n - 1)
    dbndiff = bnvar_inv * dbnraw + 2 * bndiff * dbndiff2
    dbnmeani = -dbndiff.sum(0, keepdim=True)
    dhprebn = dbndiff + dbnmeani / n
    return {
        "dbngain": dbngain,
        "dbnbias": dbnbias,
        "dbnraw": dbnraw,
        "dbnvar_inv": dbnvar_inv,
        "dbnvar": dbnvar,
        "dbndiff2": dbndiff2,
        "dbndiff": dbndiff,
        "dbnmeani": dbnmeani,
        "dhprebn": dhprebn,
    }


# %% exercise="batchnorm_steps_backward" misconception="no-sign-in-the-root"
"""Takes +½ for the slope of the inverse root.

Hint: The larger the variance, the smaller its inverse root. Which sign has the slope?
"""


def batchnorm_steps_backward(cache, dout):
    n = len(dout)
    bndiff, bnvar_inv = cache["bndiff"], cache["bnvar_inv"]
    dbngain = (dout * cache["bnraw"]).sum(0, keepdim=True)
    dbnbias = dout.sum(0, keepdim=True)
    dbnraw = cache["bngain"] * dout
    dbnvar_inv = (bndiff * dbnraw).sum(0, keepdim=True)
    dbnvar = 0.5 * bnvar_inv**3 * dbnvar_inv
    dbndiff2 = torch.ones_like(bndiff) * dbnvar / (n - 1)
    dbndiff = bnvar_inv * dbnraw + 2 * bndiff * dbndiff2
    dbnmeani = -dbndiff.sum(0, keepdim=True)
    dhprebn = dbndiff + dbnmeani / n
    return {
        "dbngain": dbngain,
        "dbnbias": dbnbias,
        "dbnraw": dbnraw,
        "dbnvar_inv": dbnvar_inv,
        "dbnvar": dbnvar,
        "dbndiff2": dbndiff2,
        "dbndiff": dbndiff,
        "dbnmeani": dbnmeani,
        "dhprebn": dhprebn,
    }


# %% exercise="batchnorm_steps_backward" misconception="eps-by-heart"
"""Adds 10⁻⁵ for eps, whatever the forward pass took.

Hint: The cache doesn't hold eps, and needn't: bnvar_inv was computed with it. Write the slope in terms
of bnvar_inv.
"""


def batchnorm_steps_backward(cache, dout):
    n = len(dout)
    bndiff, bnvar_inv = cache["bndiff"], cache["bnvar_inv"]
    dbngain = (dout * cache["bnraw"]).sum(0, keepdim=True)
    dbnbias = dout.sum(0, keepdim=True)
    dbnraw = cache["bngain"] * dout
    dbnvar_inv = (bndiff * dbnraw).sum(0, keepdim=True)
    dbnvar = -0.5 * (cache["bnvar"] + 1e-5) ** -1.5 * dbnvar_inv
    dbndiff2 = torch.ones_like(bndiff) * dbnvar / (n - 1)
    dbndiff = bnvar_inv * dbnraw + 2 * bndiff * dbndiff2
    dbnmeani = -dbndiff.sum(0, keepdim=True)
    dhprebn = dbndiff + dbnmeani / n
    return {
        "dbngain": dbngain,
        "dbnbias": dbnbias,
        "dbnraw": dbnraw,
        "dbnvar_inv": dbnvar_inv,
        "dbnvar": dbnvar,
        "dbndiff2": dbndiff2,
        "dbndiff": dbndiff,
        "dbnmeani": dbnmeani,
        "dhprebn": dhprebn,
    }


# %% exercise="batchnorm_steps_backward" misconception="eps-left-out"
"""Takes the slope of the inverse root at bnvar without eps.

Hint: The root was taken of bnvar + eps. bnvar_inv has eps inside: which power of it is the slope?
"""


def batchnorm_steps_backward(cache, dout):
    n = len(dout)
    bndiff, bnvar_inv = cache["bndiff"], cache["bnvar_inv"]
    dbngain = (dout * cache["bnraw"]).sum(0, keepdim=True)
    dbnbias = dout.sum(0, keepdim=True)
    dbnraw = cache["bngain"] * dout
    dbnvar_inv = (bndiff * dbnraw).sum(0, keepdim=True)
    dbnvar = -0.5 * cache["bnvar"] ** -1.5 * dbnvar_inv
    dbndiff2 = torch.ones_like(bndiff) * dbnvar / (n - 1)
    dbndiff = bnvar_inv * dbnraw + 2 * bndiff * dbndiff2
    dbnmeani = -dbndiff.sum(0, keepdim=True)
    dhprebn = dbndiff + dbnmeani / n
    return {
        "dbngain": dbngain,
        "dbnbias": dbnbias,
        "dbnraw": dbnraw,
        "dbnvar_inv": dbnvar_inv,
        "dbnvar": dbnvar,
        "dbndiff2": dbndiff2,
        "dbndiff": dbndiff,
        "dbnmeani": dbnmeani,
        "dhprebn": dhprebn,
    }


# %% exercise="batchnorm_steps_backward" misconception="gain-not-summed"
"""Leaves dbngain and dbnbias as (n, k).

Hint: Gain and bias are (1, k) and were broadcast over the batch.
"""


def batchnorm_steps_backward(cache, dout):
    n = len(dout)
    bndiff, bnvar_inv = cache["bndiff"], cache["bnvar_inv"]
    dbngain = dout * cache["bnraw"]
    dbnbias = dout.clone()
    dbnraw = cache["bngain"] * dout
    dbnvar_inv = (bndiff * dbnraw).sum(0, keepdim=True)
    dbnvar = -0.5 * bnvar_inv**3 * dbnvar_inv
    dbndiff2 = torch.ones_like(bndiff) * dbnvar / (n - 1)
    dbndiff = bnvar_inv * dbnraw + 2 * bndiff * dbndiff2
    dbnmeani = -dbndiff.sum(0, keepdim=True)
    dhprebn = dbndiff + dbnmeani / n
    return {
        "dbngain": dbngain,
        "dbnbias": dbnbias,
        "dbnraw": dbnraw,
        "dbnvar_inv": dbnvar_inv,
        "dbnvar": dbnvar,
        "dbndiff2": dbndiff2,
        "dbndiff": dbndiff,
        "dbnmeani": dbnmeani,
        "dhprebn": dhprebn,
    }


# %% exercise="batchnorm_steps_backward" misconception="gain-forgotten"
"""Hands dout on to bnraw without the gain.

Hint: hpreact = bngain · bnraw + bnbias. What is its slope by bnraw?
"""


def batchnorm_steps_backward(cache, dout):
    n = len(dout)
    bndiff, bnvar_inv = cache["bndiff"], cache["bnvar_inv"]
    dbngain = (dout * cache["bnraw"]).sum(0, keepdim=True)
    dbnbias = dout.sum(0, keepdim=True)
    dbnraw = dout.clone()
    dbnvar_inv = (bndiff * dbnraw).sum(0, keepdim=True)
    dbnvar = -0.5 * bnvar_inv**3 * dbnvar_inv
    dbndiff2 = torch.ones_like(bndiff) * dbnvar / (n - 1)
    dbndiff = bnvar_inv * dbnraw + 2 * bndiff * dbndiff2
    dbnmeani = -dbndiff.sum(0, keepdim=True)
    dhprebn = dbndiff + dbnmeani / n
    return {
        "dbngain": dbngain,
        "dbnbias": dbnbias,
        "dbnraw": dbnraw,
        "dbnvar_inv": dbnvar_inv,
        "dbnvar": dbnvar,
        "dbndiff2": dbndiff2,
        "dbndiff": dbndiff,
        "dbnmeani": dbnmeani,
        "dhprebn": dhprebn,
    }


# %% exercise="batchnorm_steps_backward" misconception="mean-not-shared"
"""Adds the mean's gradient to every example in full.

Hint: The mean is a sum divided by n. Each input moves it by 1/n only.
"""


def batchnorm_steps_backward(cache, dout):
    n = len(dout)
    bndiff, bnvar_inv = cache["bndiff"], cache["bnvar_inv"]
    dbngain = (dout * cache["bnraw"]).sum(0, keepdim=True)
    dbnbias = dout.sum(0, keepdim=True)
    dbnraw = cache["bngain"] * dout
    dbnvar_inv = (bndiff * dbnraw).sum(0, keepdim=True)
    dbnvar = -0.5 * bnvar_inv**3 * dbnvar_inv
    dbndiff2 = torch.ones_like(bndiff) * dbnvar / (n - 1)
    dbndiff = bnvar_inv * dbnraw + 2 * bndiff * dbndiff2
    dbnmeani = -dbndiff.sum(0, keepdim=True)
    dhprebn = dbndiff + dbnmeani
    return {
        "dbngain": dbngain,
        "dbnbias": dbnbias,
        "dbnraw": dbnraw,
        "dbnvar_inv": dbnvar_inv,
        "dbnvar": dbnvar,
        "dbndiff2": dbndiff2,
        "dbndiff": dbndiff,
        "dbnmeani": dbnmeani,
        "dhprebn": dhprebn,
    }


# %% exercise="batchnorm_steps_backward" misconception="square-without-two"
"""Takes bndiff for the slope of its square.

Hint: The slope of x² is 2x.
"""


def batchnorm_steps_backward(cache, dout):
    n = len(dout)
    bndiff, bnvar_inv = cache["bndiff"], cache["bnvar_inv"]
    dbngain = (dout * cache["bnraw"]).sum(0, keepdim=True)
    dbnbias = dout.sum(0, keepdim=True)
    dbnraw = cache["bngain"] * dout
    dbnvar_inv = (bndiff * dbnraw).sum(0, keepdim=True)
    dbnvar = -0.5 * bnvar_inv**3 * dbnvar_inv
    dbndiff2 = torch.ones_like(bndiff) * dbnvar / (n - 1)
    dbndiff = bnvar_inv * dbnraw + bndiff * dbndiff2
    dbnmeani = -dbndiff.sum(0, keepdim=True)
    dhprebn = dbndiff + dbnmeani / n
    return {
        "dbngain": dbngain,
        "dbnbias": dbnbias,
        "dbnraw": dbnraw,
        "dbnvar_inv": dbnvar_inv,
        "dbnvar": dbnvar,
        "dbndiff2": dbndiff2,
        "dbndiff": dbndiff,
        "dbnmeani": dbnmeani,
        "dhprebn": dhprebn,
    }


# %% exercise="batchnorm_steps_backward" misconception="variance-not-spread"
"""Leaves dbndiff2 as (1, k).

Hint: The forward pass summed n squares to one number. Each of the n gets its share back: bndiff2 is (n,
k).
"""


def batchnorm_steps_backward(cache, dout):
    n = len(dout)
    bndiff, bnvar_inv = cache["bndiff"], cache["bnvar_inv"]
    dbngain = (dout * cache["bnraw"]).sum(0, keepdim=True)
    dbnbias = dout.sum(0, keepdim=True)
    dbnraw = cache["bngain"] * dout
    dbnvar_inv = (bndiff * dbnraw).sum(0, keepdim=True)
    dbnvar = -0.5 * bnvar_inv**3 * dbnvar_inv
    dbndiff2 = dbnvar / (n - 1)
    dbndiff = bnvar_inv * dbnraw + 2 * bndiff * dbndiff2
    dbnmeani = -dbndiff.sum(0, keepdim=True)
    dhprebn = dbndiff + dbnmeani / n
    return {
        "dbngain": dbngain,
        "dbnbias": dbnbias,
        "dbnraw": dbnraw,
        "dbnvar_inv": dbnvar_inv,
        "dbnvar": dbnvar,
        "dbndiff2": dbndiff2,
        "dbndiff": dbndiff,
        "dbnmeani": dbnmeani,
        "dhprebn": dhprebn,
    }


# %% exercise="batchnorm_steps_backward" misconception="no-sign-in-the-mean"
"""Sums dbndiff for dbnmeani without a minus.

Hint: bndiff = hprebn − bnmeani. Which sign has its slope by the mean?
"""


def batchnorm_steps_backward(cache, dout):
    n = len(dout)
    bndiff, bnvar_inv = cache["bndiff"], cache["bnvar_inv"]
    dbngain = (dout * cache["bnraw"]).sum(0, keepdim=True)
    dbnbias = dout.sum(0, keepdim=True)
    dbnraw = cache["bngain"] * dout
    dbnvar_inv = (bndiff * dbnraw).sum(0, keepdim=True)
    dbnvar = -0.5 * bnvar_inv**3 * dbnvar_inv
    dbndiff2 = torch.ones_like(bndiff) * dbnvar / (n - 1)
    dbndiff = bnvar_inv * dbnraw + 2 * bndiff * dbndiff2
    dbnmeani = dbndiff.sum(0, keepdim=True)
    dhprebn = dbndiff + dbnmeani / n
    return {
        "dbngain": dbngain,
        "dbnbias": dbnbias,
        "dbnraw": dbnraw,
        "dbnvar_inv": dbnvar_inv,
        "dbnvar": dbnvar,
        "dbndiff2": dbndiff2,
        "dbndiff": dbndiff,
        "dbnmeani": dbnmeani,
        "dhprebn": dhprebn,
    }


# %% exercise="batchnorm_steps_backward" misconception="gain-by-the-output"
"""Weighs the gain's gradient with hpreact.

Hint: What is the gain multiplied with in the forward pass? hpreact comes after the product, and has the
bias in it.
"""


def batchnorm_steps_backward(cache, dout):
    n = len(dout)
    bndiff, bnvar_inv = cache["bndiff"], cache["bnvar_inv"]
    dbngain = (dout * cache["hpreact"]).sum(0, keepdim=True)
    dbnbias = dout.sum(0, keepdim=True)
    dbnraw = cache["bngain"] * dout
    dbnvar_inv = (bndiff * dbnraw).sum(0, keepdim=True)
    dbnvar = -0.5 * bnvar_inv**3 * dbnvar_inv
    dbndiff2 = torch.ones_like(bndiff) * dbnvar / (n - 1)
    dbndiff = bnvar_inv * dbnraw + 2 * bndiff * dbndiff2
    dbnmeani = -dbndiff.sum(0, keepdim=True)
    dhprebn = dbndiff + dbnmeani / n
    return {
        "dbngain": dbngain,
        "dbnbias": dbnbias,
        "dbnraw": dbnraw,
        "dbnvar_inv": dbnvar_inv,
        "dbnvar": dbnvar,
        "dbndiff2": dbndiff2,
        "dbndiff": dbndiff,
        "dbnmeani": dbnmeani,
        "dhprebn": dhprebn,
    }


# %% exercise="batchnorm_steps_backward" misconception="normalised-for-differences"
"""Takes bnraw where bndiff was multiplied with bnvar_inv.

Hint: bnraw = bndiff · bnvar_inv. The gradient by one factor is the upstream gradient times the other.
"""


def batchnorm_steps_backward(cache, dout):
    n = len(dout)
    bndiff, bnvar_inv = cache["bndiff"], cache["bnvar_inv"]
    dbngain = (dout * cache["bnraw"]).sum(0, keepdim=True)
    dbnbias = dout.sum(0, keepdim=True)
    dbnraw = cache["bngain"] * dout
    dbnvar_inv = (cache["bnraw"] * dbnraw).sum(0, keepdim=True)
    dbnvar = -0.5 * bnvar_inv**3 * dbnvar_inv
    dbndiff2 = torch.ones_like(bndiff) * dbnvar / (n - 1)
    dbndiff = bnvar_inv * dbnraw + 2 * bndiff * dbndiff2
    dbnmeani = -dbndiff.sum(0, keepdim=True)
    dhprebn = dbndiff + dbnmeani / n
    return {
        "dbngain": dbngain,
        "dbnbias": dbnbias,
        "dbnraw": dbnraw,
        "dbnvar_inv": dbnvar_inv,
        "dbnvar": dbnvar,
        "dbndiff2": dbndiff2,
        "dbndiff": dbndiff,
        "dbnmeani": dbnmeani,
        "dhprebn": dhprebn,
    }


# %% exercise="batchnorm_steps_backward" misconception="changes-dout"
"""Multiplies dout in place.

Hint: After `dbnraw = dout` both names stand for one tensor. `dbnraw = dout * ...` makes a new one.
"""


def batchnorm_steps_backward(cache, dout):
    n = len(dout)
    bndiff, bnvar_inv = cache["bndiff"], cache["bnvar_inv"]
    dbngain = (dout * cache["bnraw"]).sum(0, keepdim=True)
    dbnbias = dout.sum(0, keepdim=True)
    dbnraw = dout
    dbnraw *= cache["bngain"]
    dbnvar_inv = (bndiff * dbnraw).sum(0, keepdim=True)
    dbnvar = -0.5 * bnvar_inv**3 * dbnvar_inv
    dbndiff2 = torch.ones_like(bndiff) * dbnvar / (n - 1)
    dbndiff = bnvar_inv * dbnraw + 2 * bndiff * dbndiff2
    dbnmeani = -dbndiff.sum(0, keepdim=True)
    dhprebn = dbndiff + dbnmeani / n
    return {
        "dbngain": dbngain,
        "dbnbias": dbnbias,
        "dbnraw": dbnraw,
        "dbnvar_inv": dbnvar_inv,
        "dbnvar": dbnvar,
        "dbndiff2": dbndiff2,
        "dbndiff": dbndiff,
        "dbnmeani": dbnmeani,
        "dhprebn": dhprebn,
    }


# %% exercise="batchnorm_steps_backward" misconception="asks-autograd"
"""Lets autograd find the gradients.

Hint: The numbers are right, and this week they must be yours: the answer has to come where autograd is
switched off, too. One line for each line of the hand calculation.
"""


def batchnorm_steps_backward(cache, dout):
    eps = cache["bnvar_inv"] ** -2 - cache["bnvar"]
    gain = cache["bngain"].clone().requires_grad_()
    bias = torch.zeros_like(gain).requires_grad_()
    hpreact, steps = batchnorm_forward(cache["hprebn"].clone().requires_grad_(), gain, bias, eps)
    steps["bnbias"] = bias
    names = ["bngain", "bnbias", "bnraw", "bnvar_inv", "bnvar", "bndiff2", "bndiff", "bnmeani", "hprebn"]
    found = torch.autograd.grad(hpreact, [steps[name] for name in names], dout)
    return {f"d{name}": slope for name, slope in zip(names, found, strict=True)}


# %% exercise="batchnorm_backward" misconception="statistics-as-constants"
"""Treats mean and variance as constants.

Hint: Mean and variance were computed from this very batch, and move when an input moves. That is what
the two corrections are for.
"""


def batchnorm_backward(dout, cache):
    gain, r = cache["bngain"], cache["bnvar_inv"]
    return gain * r * dout


# %% exercise="batchnorm_backward" misconception="variance-as-a-constant"
"""Takes the mean's share back, and forgets the variance's.

Hint: It sums to 0 over the batch, but is it orthogonal to x̂? An input that moves away from the mean
raises the variance.
"""


def batchnorm_backward(dout, cache):
    gain, r = cache["bngain"], cache["bnvar_inv"]
    return gain * r * (dout - dout.mean(0))


# %% exercise="batchnorm_backward" misconception="mean-as-a-constant"
"""Takes the variance's share back, and forgets the mean's.

Hint: Does it sum to 0 over the batch? An input that moves takes the mean along.
"""


def batchnorm_backward(dout, cache):
    n = len(dout)
    gain, r, xhat = cache["bngain"], cache["bnvar_inv"], cache["bnraw"]
    return gain * r * (dout - xhat * (dout * xhat).sum(0) / (n - 1))


# %% exercise="batchnorm_backward" misconception="n-for-n-less-one"
"""Divides the variance's share by n.

Hint: That is the formula for a variance over n, as in week 09. This forward pass divides by n − 1.
"""


def batchnorm_backward(dout, cache):
    n = len(dout)
    gain, r, xhat = cache["bngain"], cache["bnvar_inv"], cache["bnraw"]
    return gain * r * (dout - dout.mean(0) - xhat * (dout * xhat).sum(0) / n)


# %% exercise="batchnorm_backward" misconception="n-less-one-everywhere"
"""Divides the mean's share by n − 1, too.

Hint: Only the variance has n − 1. A mean is a mean.
"""


def batchnorm_backward(dout, cache):
    n = len(dout)
    gain, r, xhat = cache["bngain"], cache["bnvar_inv"], cache["bnraw"]
    return gain * r * (dout - dout.sum(0) / (n - 1) - xhat * (dout * xhat).sum(0) / (n - 1))


# %% exercise="batchnorm_backward" misconception="gain-twice"
"""Multiplies by the gain once more in the variance's share.

Hint: Put the gain in front of the brackets, or into each term once. A gain that is twice as large makes
all of it twice as large.
"""


def batchnorm_backward(dout, cache):
    n = len(dout)
    gain, r, xhat = cache["bngain"], cache["bnvar_inv"], cache["bnraw"]
    return gain * r * (dout - dout.mean(0) - gain * xhat * (dout * xhat).sum(0) / (n - 1))


# %% exercise="batchnorm_backward" misconception="gain-forgotten"
"""Leaves the gain out.

Hint: dout is the gradient by the layer's output, which is gain · x̂ + bias. On the way to x̂ comes the
gain.
"""


def batchnorm_backward(dout, cache):
    n = len(dout)
    r, xhat = cache["bnvar_inv"], cache["bnraw"]
    return r * (dout - dout.mean(0) - xhat * (dout * xhat).sum(0) / (n - 1))


# %% exercise="batchnorm_backward" misconception="eps-left-out"
"""Takes the inverse root of the variance without eps.

Hint: The forward pass divided by the root of variance + eps. bnvar_inv holds just what it multiplied
with.
"""


def batchnorm_backward(dout, cache):
    n = len(dout)
    gain, xhat = cache["bngain"], cache["bnraw"]
    return gain * cache["bnvar"] ** -0.5 * (dout - dout.mean(0) - xhat * (dout * xhat).sum(0) / (n - 1))


# %% exercise="batchnorm_backward" misconception="over-the-units"
"""Sums over the units of an example instead of the batch.

Hint: BatchNorm normalises each unit over the batch. Which axis is the batch?
"""


def batchnorm_backward(dout, cache):
    n = len(dout)
    gain, r, xhat = cache["bngain"], cache["bnvar_inv"], cache["bnraw"]
    return (
        gain * r * (dout - dout.mean(1, keepdim=True) - xhat * (dout * xhat).sum(1, keepdim=True) / (n - 1))
    )


# %% exercise="batchnorm_backward" misconception="mean-over-the-units"
"""Takes each example's mean over its units for the first correction.

Hint: What the mean takes back is shared by the batch. Over which axis did the forward pass take it?
"""


def batchnorm_backward(dout, cache):
    n = len(dout)
    gain, r, xhat = cache["bngain"], cache["bnvar_inv"], cache["bnraw"]
    return gain * r * (dout - dout.mean(1, keepdim=True) - xhat * (dout * xhat).sum(0) / (n - 1))


# %% exercise="batchnorm_backward" misconception="input-for-normalised"
"""Takes bndiff where the formula has x̂.

Hint: x̂ is standardised, so that its sum of squares is n − 1. The differences aren't, unless their
variance is 1.
"""


def batchnorm_backward(dout, cache):
    n = len(dout)
    gain, r = cache["bngain"], cache["bnvar_inv"]
    return gain * r * (dout - dout.mean(0) - cache["bndiff"] * (dout * cache["bndiff"]).sum(0) / (n - 1))


# %% exercise="batchnorm_backward" misconception="variance-share-added"
"""Adds the variance's share.

Hint: Both corrections are subtracted. Is your answer orthogonal to x̂?
"""


def batchnorm_backward(dout, cache):
    n = len(dout)
    gain, r, xhat = cache["bngain"], cache["bnvar_inv"], cache["bnraw"]
    return gain * r * (dout - dout.mean(0) + xhat * (dout * xhat).sum(0) / (n - 1))


# %% exercise="batchnorm_backward" misconception="same-for-all-examples"
"""Forgets x̂ in front of the variance's sum.

Hint: The sum is one number a unit. Each example takes its share of it, as far as it lies from the mean.
"""


def batchnorm_backward(dout, cache):
    n = len(dout)
    gain, r, xhat = cache["bngain"], cache["bnvar_inv"], cache["bnraw"]
    return gain * r * (dout - dout.mean(0) - (dout * xhat).sum(0) / (n - 1))


# %% exercise="batchnorm_backward" misconception="n-over-n-less-one"
"""Writes n / n − 1 without brackets.

Hint: Python divides before it subtracts: `n / n - 1` is 0. Where do the brackets belong?
"""


def batchnorm_backward(dout, cache):
    n = len(dout)
    gain, r, xhat = cache["bngain"], cache["bnvar_inv"], cache["bnraw"]
    return gain * r / n * (n * dout - dout.sum(0) - n / n - 1 * xhat * (dout * xhat).sum(0))


# %% exercise="batchnorm_backward" misconception="inverse-root-forgotten"
"""Leaves bnvar_inv out.

Hint: The forward pass multiplied the differences by bnvar_inv on the way to x̂. So does the way back.
"""


def batchnorm_backward(dout, cache):
    n = len(dout)
    gain, xhat = cache["bngain"], cache["bnraw"]
    return gain * (dout - dout.mean(0) - xhat * (dout * xhat).sum(0) / (n - 1))


# %% exercise="batchnorm_backward" misconception="slope-by-regression"
"""Divides by the sum of squares of x̂ where n − 1 belongs.

Hint: The sum of squares of x̂ is n − 1 at eps = 0 only. Go back to step 3: what was divided by?
"""


def batchnorm_backward(dout, cache):
    gain, r, xhat = cache["bngain"], cache["bnvar_inv"], cache["bnraw"]
    return gain * r * (dout - dout.mean(0) - xhat * (dout * xhat).sum(0) / (xhat**2).sum(0))


# %% exercise="batchnorm_backward" misconception="asks-autograd"
"""Lets autograd find the gradient.

Hint: The numbers are right, and this week they must be yours: the answer has to come where autograd is
switched off, too. The expression of section 8 is one line.
"""


def batchnorm_backward(dout, cache):
    eps = cache["bnvar_inv"] ** -2 - cache["bnvar"]
    hprebn = cache["hprebn"].clone().requires_grad_()
    hpreact, _ = batchnorm_forward(hprebn, cache["bngain"], torch.zeros_like(cache["bngain"]), eps)
    hpreact.backward(dout)
    return hprebn.grad


# %% exercise="manual_train_step" misconception="biased-variance"
"""Normalises by the variance over n, forwards and backwards.

Hint: That is a right gradient of another network: week 09's. This notebook's forward pass divides by n −
1.
"""


def manual_train_step(params, X, Y, lr):
    C, W1, W2, b2, bngain, bnbias = params
    n = len(X)
    x = C[X].flatten(1)
    z = x @ W1
    r = (z.var(0, keepdim=True, correction=0) + 1e-5) ** -0.5
    zhat = (z - z.mean(0, keepdim=True)) * r
    h = torch.tanh(bngain * zhat + bnbias)
    logits = h @ W2 + b2
    loss = F.cross_entropy(logits, Y).item()
    dlogits = cross_entropy_backward(logits, Y)
    dh, dW2, db2 = linear_backward(dlogits, h, W2)
    d = tanh_backward(dh, h)
    dbngain, dbnbias = (d * zhat).sum(0, keepdim=True), d.sum(0, keepdim=True)
    dz = bngain * r * (d - d.mean(0) - zhat * (d * zhat).sum(0) / n)
    dx, dW1, _ = linear_backward(dz, x, W1)
    dC = embedding_backward(dx.reshape(*X.shape, -1), X, len(C))
    for p, g in zip(params, [dC, dW1, dW2, db2, dbngain, dbnbias], strict=True):
        p -= lr * g
    return loss


# %% exercise="manual_train_step" misconception="rebinds"
"""Makes new tensors under the old names, and leaves those in params as they were.

Hint: `C = C - lr * dC` gives a new tensor the name C inside of your function. The list `params` still
holds the old one.
"""


def manual_train_step(params, X, Y, lr):
    C, W1, W2, b2, bngain, bnbias = params
    loss, cache = forward(params, X, Y)
    dlogits = cross_entropy_backward(cache["logits"], Y)
    dh, dW2, db2 = linear_backward(dlogits, cache["h"], W2)
    dhpreact = tanh_backward(dh, cache["h"])
    dbngain = (dhpreact * cache["bnraw"]).sum(0, keepdim=True)
    dbnbias = dhpreact.sum(0, keepdim=True)
    dhprebn = batchnorm_backward(dhpreact, cache)
    dembcat, dW1, _ = linear_backward(dhprebn, cache["embcat"], W1)
    dC = embedding_backward(dembcat.reshape(cache["emb"].shape), X, len(C))
    for parameter, gradient in zip(
        [C, W1, W2, b2, bngain, bnbias], [dC, dW1, dW2, db2, dbngain, dbnbias], strict=True
    ):
        parameter = parameter - lr * gradient
    return loss.item()


# %% exercise="manual_train_step" misconception="uphill"
"""Adds the gradient.

Hint: The gradient points to where the loss grows. Which way is down?
"""


def manual_train_step(params, X, Y, lr):
    C, W1, W2, _, _, _ = params
    loss, cache = forward(params, X, Y)
    dlogits = cross_entropy_backward(cache["logits"], Y)
    dh, dW2, db2 = linear_backward(dlogits, cache["h"], W2)
    dhpreact = tanh_backward(dh, cache["h"])
    dbngain = (dhpreact * cache["bnraw"]).sum(0, keepdim=True)
    dbnbias = dhpreact.sum(0, keepdim=True)
    dhprebn = batchnorm_backward(dhpreact, cache)
    dembcat, dW1, _ = linear_backward(dhprebn, cache["embcat"], W1)
    dC = embedding_backward(dembcat.reshape(cache["emb"].shape), X, len(C))
    for parameter, gradient in zip(params, [dC, dW1, dW2, db2, dbngain, dbnbias], strict=True):
        parameter += lr * gradient
    return loss.item()


# %% exercise="manual_train_step" misconception="updates-as-it-goes"
"""Changes W2 before the gradient has gone through it.

Hint: The way back belongs to the forward pass that was. Compute all gradients first, then change the
parameters.
"""


def manual_train_step(params, X, Y, lr):
    C, W1, W2, _, _, _ = params
    loss, cache = forward(params, X, Y)
    dlogits = cross_entropy_backward(cache["logits"], Y)
    _, dW2, db2 = linear_backward(dlogits, cache["h"], W2)
    W2 -= lr * dW2
    dh, _, _ = linear_backward(dlogits, cache["h"], W2)
    dhpreact = tanh_backward(dh, cache["h"])
    dbngain = (dhpreact * cache["bnraw"]).sum(0, keepdim=True)
    dbnbias = dhpreact.sum(0, keepdim=True)
    dhprebn = batchnorm_backward(dhpreact, cache)
    dembcat, dW1, _ = linear_backward(dhprebn, cache["embcat"], W1)
    dC = embedding_backward(dembcat.reshape(cache["emb"].shape), X, len(C))
    for parameter, gradient in zip([C, W1, *params[3:]], [dC, dW1, db2, dbngain, dbnbias], strict=True):
        parameter -= lr * gradient
    return loss.item()


# %% exercise="manual_train_step" misconception="statistics-as-constants"
"""Treats BatchNorm's mean and variance as constants on the way back.

Hint: C and W1 go wrong, everything above them is right: look at what lies between. Use
`batchnorm_backward`.
"""


def manual_train_step(params, X, Y, lr):
    C, W1, W2, _, _, _ = params
    loss, cache = forward(params, X, Y)
    dlogits = cross_entropy_backward(cache["logits"], Y)
    dh, dW2, db2 = linear_backward(dlogits, cache["h"], W2)
    dhpreact = tanh_backward(dh, cache["h"])
    dbngain = (dhpreact * cache["bnraw"]).sum(0, keepdim=True)
    dbnbias = dhpreact.sum(0, keepdim=True)
    dhprebn = cache["bngain"] * cache["bnvar_inv"] * dhpreact
    dembcat, dW1, _ = linear_backward(dhprebn, cache["embcat"], W1)
    dC = embedding_backward(dembcat.reshape(cache["emb"].shape), X, len(C))
    for parameter, gradient in zip(params, [dC, dW1, dW2, db2, dbngain, dbnbias], strict=True):
        parameter -= lr * gradient
    return loss.item()


# %% exercise="manual_train_step" misconception="loss-after-the-step"
"""Returns the loss after the update.

Hint: The loss asked for is the one of the forward pass that the gradients come from.
"""


def manual_train_step(params, X, Y, lr):
    C, W1, W2, _, _, _ = params
    loss, cache = forward(params, X, Y)
    dlogits = cross_entropy_backward(cache["logits"], Y)
    dh, dW2, db2 = linear_backward(dlogits, cache["h"], W2)
    dhpreact = tanh_backward(dh, cache["h"])
    dbngain = (dhpreact * cache["bnraw"]).sum(0, keepdim=True)
    dbnbias = dhpreact.sum(0, keepdim=True)
    dhprebn = batchnorm_backward(dhpreact, cache)
    dembcat, dW1, _ = linear_backward(dhprebn, cache["embcat"], W1)
    dC = embedding_backward(dembcat.reshape(cache["emb"].shape), X, len(C))
    for parameter, gradient in zip(params, [dC, dW1, dW2, db2, dbngain, dbnbias], strict=True):
        parameter -= lr * gradient
    return forward(params, X, Y)[0].item()


# %% exercise="manual_train_step" misconception="sum-not-mean"
"""Takes the gradient of the summed loss.

Hint: With the mean cross-entropy every example has a share of 1/n. The step is n times too large.
"""


def manual_train_step(params, X, Y, lr):
    C, W1, W2, _, _, _ = params
    loss, cache = forward(params, X, Y)
    dlogits = cross_entropy_backward(cache["logits"], Y) * len(Y)
    dh, dW2, db2 = linear_backward(dlogits, cache["h"], W2)
    dhpreact = tanh_backward(dh, cache["h"])
    dbngain = (dhpreact * cache["bnraw"]).sum(0, keepdim=True)
    dbnbias = dhpreact.sum(0, keepdim=True)
    dhprebn = batchnorm_backward(dhpreact, cache)
    dembcat, dW1, _ = linear_backward(dhprebn, cache["embcat"], W1)
    dC = embedding_backward(dembcat.reshape(cache["emb"].shape), X, len(C))
    for parameter, gradient in zip(params, [dC, dW1, dW2, db2, dbngain, dbnbias], strict=True):
        parameter -= lr * gradient
    return loss.item()


# %% exercise="manual_train_step" misconception="table-forgotten"
"""Leaves the embedding as it is.

Hint: C is a parameter like the others, and first in the list. What comes back to `embcat` goes on to it.
"""


def manual_train_step(params, X, Y, lr):
    _, W1, W2, _, _, _ = params
    loss, cache = forward(params, X, Y)
    dlogits = cross_entropy_backward(cache["logits"], Y)
    dh, dW2, db2 = linear_backward(dlogits, cache["h"], W2)
    dhpreact = tanh_backward(dh, cache["h"])
    dbngain = (dhpreact * cache["bnraw"]).sum(0, keepdim=True)
    dbnbias = dhpreact.sum(0, keepdim=True)
    dhprebn = batchnorm_backward(dhpreact, cache)
    _, dW1, _ = linear_backward(dhprebn, cache["embcat"], W1)
    for parameter, gradient in zip(params[1:], [dW1, dW2, db2, dbngain, dbnbias], strict=True):
        parameter -= lr * gradient
    return loss.item()


# %% exercise="manual_train_step" misconception="gain-and-bias-forgotten"
"""Leaves BatchNorm's gain and bias as they are.

Hint: The list has six parameters. The last two learn, too; section 7 has their gradients.
"""


def manual_train_step(params, X, Y, lr):
    C, W1, W2, _, _, _ = params
    loss, cache = forward(params, X, Y)
    dlogits = cross_entropy_backward(cache["logits"], Y)
    dh, dW2, db2 = linear_backward(dlogits, cache["h"], W2)
    dhpreact = tanh_backward(dh, cache["h"])
    dhprebn = batchnorm_backward(dhpreact, cache)
    dembcat, dW1, _ = linear_backward(dhprebn, cache["embcat"], W1)
    dC = embedding_backward(dembcat.reshape(cache["emb"].shape), X, len(C))
    for parameter, gradient in zip(params[:4], [dC, dW1, dW2, db2], strict=True):
        parameter -= lr * gradient
    return loss.item()


# %% exercise="manual_train_step" misconception="repeated-letters-overwrite"
"""Lets the uses of a row of C overwrite each other.

Hint: A letter that occurs in many contexts collects many gradients. Use `embedding_backward`.
"""


def manual_train_step(params, X, Y, lr):
    C, W1, W2, _, _, _ = params
    loss, cache = forward(params, X, Y)
    dlogits = cross_entropy_backward(cache["logits"], Y)
    dh, dW2, db2 = linear_backward(dlogits, cache["h"], W2)
    dhpreact = tanh_backward(dh, cache["h"])
    dbngain = (dhpreact * cache["bnraw"]).sum(0, keepdim=True)
    dbnbias = dhpreact.sum(0, keepdim=True)
    dhprebn = batchnorm_backward(dhpreact, cache)
    dembcat, dW1, _ = linear_backward(dhprebn, cache["embcat"], W1)
    dC = torch.zeros_like(C).index_put((X,), dembcat.reshape(cache["emb"].shape))
    for parameter, gradient in zip(params, [dC, dW1, dW2, db2, dbngain, dbnbias], strict=True):
        parameter -= lr * gradient
    return loss.item()


# %% exercise="manual_train_step" misconception="tanh-forgotten"
"""Goes from h to the BatchNorm without tanh.

Hint: `forward` has a tanh between hpreact and h. What is its way back?
"""


def manual_train_step(params, X, Y, lr):
    C, W1, W2, _, _, _ = params
    loss, cache = forward(params, X, Y)
    dlogits = cross_entropy_backward(cache["logits"], Y)
    dh, dW2, db2 = linear_backward(dlogits, cache["h"], W2)
    dhpreact = dh
    dbngain = (dhpreact * cache["bnraw"]).sum(0, keepdim=True)
    dbnbias = dhpreact.sum(0, keepdim=True)
    dhprebn = batchnorm_backward(dhpreact, cache)
    dembcat, dW1, _ = linear_backward(dhprebn, cache["embcat"], W1)
    dC = embedding_backward(dembcat.reshape(cache["emb"].shape), X, len(C))
    for parameter, gradient in zip(params, [dC, dW1, dW2, db2, dbngain, dbnbias], strict=True):
        parameter -= lr * gradient
    return loss.item()


# %% exercise="manual_train_step" misconception="gain-by-the-input"
"""Weighs the gain's gradient with hprebn instead of the normalised input.

Hint: What is the gain multiplied with in the forward pass?
"""


def manual_train_step(params, X, Y, lr):
    C, W1, W2, _, _, _ = params
    loss, cache = forward(params, X, Y)
    dlogits = cross_entropy_backward(cache["logits"], Y)
    dh, dW2, db2 = linear_backward(dlogits, cache["h"], W2)
    dhpreact = tanh_backward(dh, cache["h"])
    dbngain = (dhpreact * cache["hprebn"]).sum(0, keepdim=True)
    dbnbias = dhpreact.sum(0, keepdim=True)
    dhprebn = batchnorm_backward(dhpreact, cache)
    dembcat, dW1, _ = linear_backward(dhprebn, cache["embcat"], W1)
    dC = embedding_backward(dembcat.reshape(cache["emb"].shape), X, len(C))
    for parameter, gradient in zip(params, [dC, dW1, dW2, db2, dbngain, dbnbias], strict=True):
        parameter -= lr * gradient
    return loss.item()


# %% exercise="manual_train_step" misconception="asks-autograd"
"""Lets autograd find the gradients.

Hint: The numbers are right, and this week they must be yours: the step has to work where autograd is
switched off.
"""


def manual_train_step(params, X, Y, lr):
    leaves = [p.clone().requires_grad_() for p in params]
    loss, _ = forward(leaves, X, Y)
    loss.backward()
    for p, leaf in zip(params, leaves, strict=True):
        p -= lr * leaf.grad
    return loss.item()


# %% exercise="manual_train_step" misconception="tanh-of-the-input"
"""Hands tanh's input to tanh_backward.

Hint: b2 and W2 are right, everything below is wrong: look at the first step after them. Which of hpreact
and h is the output of tanh?
"""


def manual_train_step(params, X, Y, lr):
    C, W1, W2, _, _, _ = params
    loss, cache = forward(params, X, Y)
    dlogits = cross_entropy_backward(cache["logits"], Y)
    dh, dW2, db2 = linear_backward(dlogits, cache["h"], W2)
    dhpreact = tanh_backward(dh, cache["hpreact"])
    dbngain = (dhpreact * cache["bnraw"]).sum(0, keepdim=True)
    dbnbias = dhpreact.sum(0, keepdim=True)
    dhprebn = batchnorm_backward(dhpreact, cache)
    dembcat, dW1, _ = linear_backward(dhprebn, cache["embcat"], W1)
    dC = embedding_backward(dembcat.reshape(cache["emb"].shape), X, len(C))
    for parameter, gradient in zip(params, [dC, dW1, dW2, db2, dbngain, dbnbias], strict=True):
        parameter -= lr * gradient
    return loss.item()


# %% exercise="manual_train_step" misconception="gain-and-bias-exchanged"
"""Exchanges the gradients of gain and bias.

Hint: All others are right. In which order does the list hold the parameters?
"""


def manual_train_step(params, X, Y, lr):
    C, W1, W2, _, _, _ = params
    loss, cache = forward(params, X, Y)
    dlogits = cross_entropy_backward(cache["logits"], Y)
    dh, dW2, db2 = linear_backward(dlogits, cache["h"], W2)
    dhpreact = tanh_backward(dh, cache["h"])
    dbngain = (dhpreact * cache["bnraw"]).sum(0, keepdim=True)
    dbnbias = dhpreact.sum(0, keepdim=True)
    dhprebn = batchnorm_backward(dhpreact, cache)
    dembcat, dW1, _ = linear_backward(dhprebn, cache["embcat"], W1)
    dC = embedding_backward(dembcat.reshape(cache["emb"].shape), X, len(C))
    for parameter, gradient in zip(params, [dC, dW1, dW2, db2, dbnbias, dbngain], strict=True):
        parameter -= lr * gradient
    return loss.item()


# %% exercise="manual_train_step" misconception="output-bias-forgotten"
"""Leaves b2 as it is.

Hint: The list has six parameters, and one doesn't move. linear_backward returns its gradient, too.
"""


def manual_train_step(params, X, Y, lr):
    C, W1, W2, _, _, _ = params
    loss, cache = forward(params, X, Y)
    dlogits = cross_entropy_backward(cache["logits"], Y)
    dh, dW2, _ = linear_backward(dlogits, cache["h"], W2)
    dhpreact = tanh_backward(dh, cache["h"])
    dbngain = (dhpreact * cache["bnraw"]).sum(0, keepdim=True)
    dbnbias = dhpreact.sum(0, keepdim=True)
    dhprebn = batchnorm_backward(dhpreact, cache)
    dembcat, dW1, _ = linear_backward(dhprebn, cache["embcat"], W1)
    dC = embedding_backward(dembcat.reshape(cache["emb"].shape), X, len(C))
    for parameter, gradient in zip([*params[:3], *params[4:]], [dC, dW1, dW2, dbngain, dbnbias], strict=True):
        parameter -= lr * gradient
    return loss.item()

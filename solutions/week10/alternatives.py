"""Week 10's other right solutions, which every test must accept."""

import math

import numpy as np
import torch
import torch.nn.functional as F

# %% exercise="compare_gradients" alternative="film"
"""The film's three lines, max_difference as a tensor without axes."""


def compare_gradients(manual, auto):
    exact = torch.all(manual == auto).item()
    close = torch.allclose(manual, auto)
    return {"exact": exact, "close": close, "max_difference": (manual - auto).abs().max()}


# %% exercise="compare_gradients" alternative="by-hand"
"""Writes the condition of closeness out, and goes through the numbers as lists."""


def compare_gradients(manual, auto):
    pairs = list(zip(manual.flatten().tolist(), auto.flatten().tolist(), strict=True))
    differences = [abs(mine - right) for mine, right in pairs]
    allowed = [1e-8 + 1e-5 * abs(right) for _, right in pairs]
    close = all(off <= most for off, most in zip(differences, allowed, strict=True))
    return {"max_difference": max(differences), "close": close, "exact": max(differences) == 0}


# %% exercise="tanh_backward" alternative="factored"
"""(1 - h)(1 + h)."""


def tanh_backward(dout, h):
    return (1 - h) * (1 + h) * dout


# %% exercise="tanh_backward" alternative="difference"
"""dout less dout times the square."""


def tanh_backward(dout, h):
    return dout - dout * h.square()


# %% exercise="linear_backward" alternative="einsum"
"""Sums over named indices."""


def linear_backward(dout, x, W):
    dx = torch.einsum("ij,kj->ik", dout, W)
    dW = torch.einsum("ik,ij->kj", x, dout)
    return dx, dW, torch.einsum("ij->j", dout)


# %% exercise="linear_backward" alternative="example-by-example"
"""Adds the outer products of the examples."""


def linear_backward(dout, x, W):
    dx, dW, db = [], torch.zeros_like(W), dout.new_zeros(W.shape[1])
    for i in range(len(x)):
        dx.append(W @ dout[i])
        dW += torch.outer(x[i], dout[i])
        db += dout[i]
    return [torch.stack(dx), dW, db]


# %% exercise="embedding_backward" alternative="loops"
"""The film's two loops."""


def embedding_backward(demb, X, V):
    dC = demb.new_zeros((V, demb.shape[2]))
    for i in range(X.shape[0]):
        for j in range(X.shape[1]):
            dC[X[i, j]] += demb[i, j]
    return dC


# %% exercise="embedding_backward" alternative="one-hot-product"
"""A product with one-hot rows: an embedding is a linear layer."""


def embedding_backward(demb, X, V):
    hot = F.one_hot(X.reshape(-1), V).to(demb.dtype)
    return hot.T @ demb.reshape(-1, demb.shape[-1])


# %% exercise="embedding_backward" alternative="index-put"
"""index_put_ that accumulates."""


def embedding_backward(demb, X, V):
    dC = demb.new_zeros(V, demb.shape[2])
    dC.index_put_((X,), demb, accumulate=True)
    return dC


# %% exercise="softmax_steps_backward" alternative="film"
"""The film's lines, with the maximum's path by index."""


def softmax_steps_backward(cache, dlogprobs):
    dprobs = (1.0 / cache["probs"]) * dlogprobs
    dcounts_sum_inv = (cache["counts"] * dprobs).sum(1, keepdim=True)
    dcounts = cache["counts_sum_inv"] * dprobs
    dcounts_sum = (-(cache["counts_sum"] ** -2)) * dcounts_sum_inv
    dcounts = dcounts + torch.ones_like(cache["counts"]) * dcounts_sum
    dnorm_logits = cache["norm_logits"].exp() * dcounts
    dlogits = dnorm_logits.clone()
    dlogit_maxes = (-dnorm_logits).sum(1, keepdim=True)
    rows = torch.arange(len(dlogits))
    dlogits[rows, cache["logits"].max(1).indices] += dlogit_maxes.squeeze(1)
    names = ["dprobs", "dcounts_sum_inv", "dcounts_sum", "dcounts", "dnorm_logits", "dlogit_maxes", "dlogits"]
    answers = [dprobs, dcounts_sum_inv, dcounts_sum, dcounts, dnorm_logits, dlogit_maxes, dlogits]
    return dict(zip(names, answers, strict=True))


# %% exercise="softmax_steps_backward" alternative="knows-the-zero"
"""Says that nothing comes back through the maximum, since a shift changes no probability."""


def softmax_steps_backward(cache, dlogprobs):
    grads = {"dprobs": dlogprobs.div(cache["probs"])}
    grads["dcounts_sum_inv"] = (cache["counts"] * grads["dprobs"]).sum(1).unsqueeze(1)
    grads["dcounts_sum"] = -grads["dcounts_sum_inv"] / cache["counts_sum"].square()
    grads["dcounts"] = grads["dprobs"] / cache["counts_sum"] + grads["dcounts_sum"]
    grads["dnorm_logits"] = grads["dcounts"] * cache["counts"]
    grads["dlogit_maxes"] = torch.zeros_like(cache["logit_maxes"])
    grads["dlogits"] = grads["dnorm_logits"].clone()
    return grads


# %% exercise="cross_entropy_backward" alternative="by-index"
"""The film's three lines."""


def cross_entropy_backward(logits, y):
    n = logits.shape[0]
    dlogits = F.softmax(logits, 1)
    dlogits[range(n), y] -= 1
    dlogits /= n
    return dlogits


# %% exercise="cross_entropy_backward" alternative="numpy"
"""In NumPy, with the row's largest subtracted before exp."""
import numpy as np


def cross_entropy_backward(logits, y):
    z = logits.detach().numpy()
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    observed = np.eye(z.shape[1])[y.numpy()]
    return torch.from_numpy((p - observed) / z.shape[0])


# %% exercise="cross_entropy_backward" alternative="logsumexp"
"""exp of log probabilities, with the target subtracted by scatter."""


def cross_entropy_backward(logits, y):
    p = torch.exp(logits - torch.logsumexp(logits, dim=1, keepdim=True))
    p = p.scatter_add(1, y.unsqueeze(1), -torch.ones_like(p))
    return p * (1 / len(y))


# %% exercise="break_cross_entropy_backward" alternative="finite-differences"
"""Nudges each logit of several batches and compares; looks at huge logits and at the input by themselves."""


def break_cross_entropy_backward(cross_entropy_backward):
    generator = torch.Generator().manual_seed(3)
    for n, V in [(4, 3), (2, 5), (1, 2)]:
        logits = torch.randn((n, V), generator=generator, dtype=torch.float64)
        y = torch.arange(n) * 2 % V
        kept = logits.clone()
        found = cross_entropy_backward(logits, y)
        assert torch.equal(logits, kept)
        assert found.shape == (n, V)
        for i in range(n):
            for j in range(V):
                up, down = logits.clone(), logits.clone()
                up[i, j] += 1e-5
                down[i, j] -= 1e-5
                slope = (F.cross_entropy(up, y) - F.cross_entropy(down, y)) / 2e-5
                assert abs(found[i, j] - slope) < 1e-6
    huge = torch.tensor([[1000.0, 0.0], [-1000.0, -1000.0]], dtype=torch.float64)
    expected = torch.tensor([[0.5, -0.5], [0.25, -0.25]], dtype=torch.float64)
    assert torch.allclose(cross_entropy_backward(huge, torch.tensor([1, 1])), expected)


# %% exercise="break_cross_entropy_backward" alternative="formula"
"""Compares with the formula, written out with loops, on small and huge logits."""
import math


def break_cross_entropy_backward(cross_entropy_backward):
    for scale, apart in [(1.0, 0.0), (300.0, 0.0), (1.0, 900.0)]:
        logits = scale * torch.tensor(
            [[0.5, -1.0, 2.0, 0.0], [3.0, 1.0, 0.0, -2.0], [0.0, 0.5, 0.25, 1.0]], dtype=torch.float64
        )
        logits[0] += apart
        logits[1] -= apart
        y = torch.tensor([2, 1, 2])
        before = logits.clone()
        found = cross_entropy_backward(logits, y)
        assert (logits == before).all()
        assert tuple(found.shape) == (3, 4)
        for i in range(3):
            top = before[i].max().item()
            e = [math.exp(z - top) for z in before[i].tolist()]
            for j in range(4):
                right = (e[j] / sum(e) - (j == y[i].item())) / 3
                assert abs(found[i, j].item() - right) < 1e-9


# %% exercise="batchnorm_steps_backward" alternative="film"
"""In the film's order, each path added when it is met."""


def batchnorm_steps_backward(cache, dout):
    n = cache["hprebn"].shape[0]
    dbnraw = cache["bngain"] * dout
    dbndiff = cache["bnvar_inv"] * dbnraw
    dbnvar_inv = (cache["bndiff"] * dbnraw).sum(0, keepdim=True)
    # eps, from what it did to the variance
    inside = cache["bnvar_inv"] ** -2
    dbnvar = (-0.5 * inside**-1.5) * dbnvar_inv
    dbndiff2 = torch.ones_like(cache["bndiff2"]) * (dbnvar / (n - 1))
    dbndiff = dbndiff + (2 * cache["bndiff"]) * dbndiff2
    dbnmeani = (-dbndiff).sum(0, keepdim=True)
    dhprebn = dbndiff.clone()
    dhprebn += 1.0 / n * (torch.ones_like(cache["hprebn"]) * dbnmeani)
    return {
        "dhprebn": dhprebn,
        "dbnmeani": dbnmeani,
        "dbndiff": dbndiff,
        "dbndiff2": dbndiff2,
        "dbnvar": dbnvar,
        "dbnvar_inv": dbnvar_inv,
        "dbnraw": dbnraw,
        "dbngain": (cache["bnraw"] * dout).sum(0, keepdim=True),
        "dbnbias": dout.sum(0, keepdim=True),
    }


# %% exercise="batchnorm_steps_backward" alternative="expanded"
"""Spreads by expand, and takes the mean's gradient from the path that counts."""


def batchnorm_steps_backward(cache, dout):
    n, _ = dout.shape
    r, xhat, diff = cache["bnvar_inv"], cache["bnraw"], cache["bndiff"]
    grads = {"dbnraw": dout * cache["bngain"], "dbnbias": dout.mean(0, keepdim=True) * n}
    grads["dbngain"] = (dout * xhat).sum(0).unsqueeze(0)
    grads["dbnvar_inv"] = (diff * grads["dbnraw"]).sum(0)[None]
    grads["dbnvar"] = -grads["dbnvar_inv"] * r.pow(3) / 2
    grads["dbndiff2"] = (grads["dbnvar"] / (n - 1)).expand_as(dout)
    grads["dbndiff"] = r * grads["dbnraw"] + grads["dbndiff2"] * diff * 2
    grads["dbnmeani"] = -(r * grads["dbnraw"]).sum(0, keepdim=True)
    grads["dhprebn"] = grads["dbndiff"] - grads["dbndiff"].mean(0)
    return grads


# %% exercise="batchnorm_backward" alternative="film"
"""The film's expression, everything over n."""


def batchnorm_backward(dout, cache):
    n = dout.shape[0]
    bngain, bnvar_inv, bnraw = cache["bngain"], cache["bnvar_inv"], cache["bnraw"]
    inner = n * dout - dout.sum(0) - n / (n - 1) * bnraw * (dout * bnraw).sum(0)
    return bngain * bnvar_inv / n * inner


# %% exercise="batchnorm_backward" alternative="projection"
"""Takes mean and slope out of the upstream gradient, as a regression does, with eps in the slope."""


def batchnorm_backward(dout, cache):
    g = dout * cache["bngain"]
    g = g - g.mean(dim=0)
    covariance = torch.sum(g * cache["bndiff"], dim=0) / (len(g) - 1)
    return cache["bnvar_inv"] * g - cache["bnvar_inv"] ** 3 * covariance * cache["bndiff"]


# %% exercise="manual_train_step" alternative="new-tensors"
"""Puts new tensors in the list."""


def manual_train_step(params, X, Y, lr):
    C, W1, W2, b2, bngain, bnbias = params
    loss, cache = forward(params, X, Y)
    dlogits = cross_entropy_backward(cache["logits"], Y)
    dh, dW2, db2 = linear_backward(dlogits, cache["h"], W2)
    dhpreact = tanh_backward(dh, cache["h"])
    grads = batchnorm_steps_backward(cache, dhpreact)
    dembcat, dW1, _ = linear_backward(grads["dhprebn"], cache["embcat"], W1)
    dC = embedding_backward(dembcat.view(*X.shape, -1), X, C.shape[0])
    new = [C - lr * dC, W1 - lr * dW1, W2 - lr * dW2, b2 - lr * db2]
    new += [bngain - lr * grads["dbngain"], bnbias - lr * grads["dbnbias"]]
    params[:] = new
    return loss


# %% exercise="manual_train_step" alternative="written-out"
"""Writes forward and backward pass out, without the notebook's functions."""


def manual_train_step(params, X, Y, lr):
    C, W1, W2, b2, bngain, bnbias = params
    n = len(X)
    x = C[X].reshape(n, -1)
    z = x @ W1
    centred = z - z.mean(0)
    r = 1 / torch.sqrt(z.var(0) + 1e-5)
    zhat = centred * r
    h = (zhat * bngain + bnbias).tanh()
    logp = F.log_softmax(h @ W2 + b2, 1)
    loss = F.nll_loss(logp, Y).item()

    dlogits = (logp.exp() - F.one_hot(Y, len(b2))) / n
    dz = (dlogits @ W2.T) * (1 - h * h)
    dgain, dbias = (dz * zhat).sum(0), dz.sum(0)
    dz = bngain * r * (dz - dz.mean(0) - zhat * (dz * zhat).sum(0) / (n - 1))
    dC = torch.zeros_like(C)
    dC.index_add_(0, X.reshape(-1), (dz @ W1.T).reshape(-1, C.shape[1]))
    C.sub_(lr * dC)
    W1.sub_(lr * x.T @ dz)
    W2.sub_(lr * h.T @ dlogits)
    b2.sub_(lr * dlogits.sum(0))
    bngain.sub_(lr * dgain)
    bnbias.sub_(lr * dbias)
    return loss

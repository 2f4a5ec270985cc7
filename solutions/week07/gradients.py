"""What the audit measures by finite differences: Week 07's loss."""

import torch


def bigram_loss(names):
    """The slopes in the logits, with and without a penalty, pairs repeated."""
    generator = torch.Generator().manual_seed(7)
    xs, ys = torch.tensor([0, 2, 2, 4, 0, 2]), torch.tensor([1, 3, 3, 0, 4, 2])
    for reg in [0.0, 0.3]:
        W = torch.randn((5, 5), generator=generator, dtype=torch.float64, requires_grad=True)
        (slopes,) = torch.autograd.grad(names.bigram_loss(W, xs, ys, reg), W)
        yield lambda V, reg=reg: names.bigram_loss(V, xs, ys, reg).item(), W, slopes

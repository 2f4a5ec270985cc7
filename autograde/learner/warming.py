"""What torch leaves until it is first used, done before any clock runs on a learner's code."""

from __future__ import annotations

from functools import cache


@cache
def warm_torch() -> None:
    """Once a process: the first optimiser's step imports for more than a second, and a clock would cut it in half."""
    import torch

    weight = torch.ones(2, 2, requires_grad=True)
    torch.nn.functional.cross_entropy(weight @ weight, torch.tensor([0, 1])).backward()  # type: ignore[no-untyped-call]
    torch.optim.SGD([weight], 0.0).step()

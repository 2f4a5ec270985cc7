"""How much work the same call costs each side: torch operations as the input grows, time and peak memory.

Measured beside the learner's code, so that what comes back is a claim.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch

from autograde.compare.result import Work
from autograde.compare.twin import Asked, asked, worst
from autograde.learner import Learner, LearnerStopped
from autograde.learner.wire import WireError
from autograde.properties import driver

FACTORS = (1, 2, 4, 8, 16)
LARGEST = 200_000  # entries of an argument that has grown
SECONDS = 0.1  # of one size, of which the rest are left out


@driver
def measured(names: Any, name: str, frame: bytes) -> list[float]:
    """The torch operations of one call, its seconds, and the bytes that it held at most."""
    import time
    import tracemalloc
    import typing

    from torch.multiprocessing.reductions import StorageWeakRef
    from torch.utils._python_dispatch import TorchDispatchMode

    from autograde.learner.wire import decode

    class Counting(TorchDispatchMode):  # type: ignore[no-untyped-call]
        operations, peak = 0, 0

        @classmethod
        def _should_skip_dynamo(cls) -> bool:
            return False  # or torch imports its compiler first

        def __torch_dispatch__(
            self, func: typing.Any, types: typing.Any, args: typing.Any = (), kwargs: typing.Any = None
        ) -> typing.Any:
            made = func(*args, **(kwargs or {}))
            self.operations += 1
            for each in made if isinstance(made, (list, tuple)) else [made]:
                if hasattr(each, "untyped_storage"):
                    storage = each.untyped_storage()
                    living[storage._cdata] = StorageWeakRef(storage), storage.nbytes()  # type: ignore[no-untyped-call]
            for key in [key for key, (held, _) in living.items() if held.expired()]:
                del living[key]
            self.peak = max(self.peak, sum(size for _, size in living.values()))
            return made

    function, living, best = getattr(names, name), {}, float("inf")  # type: ignore[var-annotated]
    began = time.perf_counter()
    for _ in range(20):
        args, kwargs = decode(frame)
        started = time.perf_counter()
        function(*args, **kwargs)
        best = min(best, time.perf_counter() - started)
        if time.perf_counter() - began > 0.03:
            break
    args, kwargs = decode(frame)
    tracemalloc.start()
    try:
        with Counting() as counting:  # type: ignore[no-untyped-call]
            function(*args, **kwargs)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    return [float(counting.operations), best, float(counting.peak + peak)]


def work_of(name: str, sides: Sequence[Learner], calls: Sequence[Asked]) -> Work | None:
    """Measure the largest of the calls that all sides take, and larger ones made of it where they agree."""
    for call in calls:
        figures = _measure(name, sides, call)
        if figures is not None:
            break
    else:
        return None
    sizes, rows = [_rows(call)], [figures]
    for larger, size in _grown(name, sides, call):
        figures = _measure(name, sides, larger)
        if figures is None:
            break
        sizes.append(size)
        rows.append(figures)
        if max(side[1] for side in figures) > SECONDS:
            break
    operations = [[int(row[side][0]) for row in rows] for side in range(len(sides))]
    return Work(sizes, operations, _shares(rows[-1], 1), _shares(rows[-1], 2))


def _measure(name: str, sides: Sequence[Learner], call: Asked) -> list[list[float]] | None:
    found = []
    for side in sides:
        side.begin_test()
        side.begin()
        try:
            figures = measured(side, name, call.frame)
        except (Exception, LearnerStopped):
            return None
        well_formed = type(figures) is list and [type(each) for each in figures] == [float] * 3
        if not well_formed or not all(0 <= each < 1e15 for each in figures):
            return None
        found.append(figures)
    return found


def _shares(figures: list[list[float]], column: int) -> list[float]:
    """Each side's share of the least, which is 1."""
    values = [max(side[column], 1e-9) for side in figures]
    return [round(value / min(values), 3) for value in values]


def _rows(call: Asked) -> int:
    """How long what grows is; 0 where nothing does."""
    return max(map(_length, _arguments(call)), default=0)


def _arguments(call: Asked) -> list[Any]:
    try:
        args, kwargs = call.arguments()
    except WireError:
        return []
    return [*args, *kwargs.values()]


def _length(value: Any) -> int:
    if isinstance(value, torch.Tensor):
        return value.shape[0] if value.ndim and value.shape[0] > 1 else 0
    return len(value) if isinstance(value, list) and len(value) > 1 else 0


def _grown(name: str, sides: Sequence[Learner], call: Asked) -> Iterator[tuple[Asked, int]]:
    """The call with what has so many rows repeated, as long as nobody objects and all sides agree."""
    for size in sorted({_length(value) for value in _arguments(call)} - {0}, reverse=True):
        agreed = False
        for factor in FACTORS[1:]:
            larger = _repeated(call, size, factor)
            if larger is None or not _agreed(name, sides, larger):
                break
            agreed = True
            yield larger, size * factor
        if agreed:
            return


def _repeated(call: Asked, size: int, factor: int) -> Asked | None:
    args, kwargs = call.arguments()

    def repeated(value: Any) -> Any:
        if _length(value) != size:
            return value
        if isinstance(value, list):
            return value * factor
        wanted = value.requires_grad
        return value.detach().repeat(factor, *[1] * (value.ndim - 1)).requires_grad_(wanted)

    args, kwargs = [*map(repeated, args)], {key: repeated(value) for key, value in kwargs.items()}
    entries = [value.numel() for value in (*args, *kwargs.values()) if isinstance(value, torch.Tensor)]
    return asked(call.name, args, kwargs) if max(entries, default=0) <= LARGEST else None


def _agreed(name: str, sides: Sequence[Learner], call: Asked) -> bool:
    for side in sides:
        side.begin_test()
        side.begin()
    outcomes = [call.of(side) for side in sides]
    if any(outcome.error for outcome in outcomes):
        return False
    found = worst(outcomes, name)
    return found is None or found.nature == "harmless"

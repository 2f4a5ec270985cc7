"""The audit's workers: forks of the process that set the stage, each with one job after the other."""

from __future__ import annotations

import gc
import os
import resource
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from autograde.audit.stage import Stage
from autograde.errors import Fault
from autograde.judge.service import WORKER_MEMORY

P = ParamSpec("P")
R = TypeVar("R")
Tell = Callable[[str, int, int], None]  # what is being done, how many of how many
Job = Callable[Concatenate[Stage, P], R]

_stage: Stage | None = None


class Pool:
    """Runs functions of the stage in forks of this process."""

    def __init__(self, executor: ProcessPoolExecutor, tell: Tell) -> None:
        self._executor = executor
        self._tell = tell

    def phase(self, what: str) -> Phase:
        """A batch of jobs under one name."""
        return Phase(self._executor, lambda done, total: self._tell(what, done, total))


class Phase:
    """Jobs that run at the same time; their results are handled in the order in which they were added."""

    def __init__(self, executor: ProcessPoolExecutor, tell: Callable[[int, int], None]) -> None:
        self._executor = executor
        self._tell = tell
        self._jobs: list[tuple[Future[Any], Callable[[Any], None]]] = []

    def add(
        self, handle: Callable[[R], None], function: Job[P, R], *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Have a worker run `function(stage, ...)`; its result goes to `handle`, here."""
        self._jobs.append((self._executor.submit(_run, function, *args, **kwargs), handle))

    def finish(self) -> None:
        """Wait for all of them, then handle what they found."""
        try:
            for done, future in enumerate(as_completed([future for future, _ in self._jobs]), 1):
                self._tell(done, len(self._jobs))
                future.result()
        except BrokenProcessPool:
            what = "a worker of the audit was ended, perhaps because memory ran out"
            raise Fault(what, remedy="run it again with fewer at a time (--jobs 1)") from None
        for future, handle in self._jobs:
            handle(future.result())


@contextmanager
def pool_on(stage: Stage, workers: int | None, tell: Tell) -> Iterator[Pool]:
    """Workers with this stage; they and the zygote end with the block."""
    global _stage
    _stage = stage
    gc.freeze()
    executor = ProcessPoolExecutor(workers or os.cpu_count() or 1, get_context("fork"), initializer=_begin)
    try:
        yield Pool(executor, tell)
    finally:
        executor.shutdown(cancel_futures=True)
        stage.zygote.close()
        _stage = None


def _begin() -> None:
    warnings.simplefilter("ignore")  # what wrong solutions are warned of, and print, is nobody's concern
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (mapped + WORKER_MEMORY,) * 2)


def _run(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    if _stage is None:
        raise RuntimeError("a worker without a stage")
    return function(_stage, *args, **kwargs)

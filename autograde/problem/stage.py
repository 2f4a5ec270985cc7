"""Beside the pair's code: their module imported anew from nothing but the files that it is to have, and asked.

The judge says which files and which rows are here. What is returned is a claim, but for what the rows allow.
"""

from __future__ import annotations

import linecache
import logging
import random
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from os import chdir, getcwd
from pathlib import Path
from types import ModuleType
from typing import Any

from autograde.folders import lay_files
from autograde.learner.cells import open_cells

PROBLEM = "problem.py"
LABEL = "learning_problem/problem.py"
DATA = "data"
Predict = Callable[[list[Any]], Any]


class ReadAgain(Exception):
    """The data was read where only train and validation rows may be."""


_trained: dict[int, dict[str, Predict]] = {}  # by the run's number


def loaded(files: Mapping[str, bytes]) -> list[Any]:
    """The rows of the data set, and what the module says of itself."""
    with staged(files, 0) as (module, place):
        rows = called(module, "load")(place / DATA)
        return [rows, getattr(module, "SEED", None), getattr(module, "DEEPENING", None)]


def parted(code: Mapping[str, bytes], run: int, rows: list[Any], seed: int) -> list[Any]:
    """What each row is related to, and the three parts of the split."""
    with staged(code, run) as (module, _):
        groups, parts = called(module, "related")(rows), called(module, "split")(rows, seed)
        return [plain(groups), [plain(part) for part in parts]]


def trained(
    code: Mapping[str, bytes],
    run: int,
    train: list[Any],
    val: list[Any],
    seed: int,
    after: Sequence[Any] = (),
) -> list[Any]:
    """Make a baseline and a model, kept here under the run's number.

    Returns how often Lightning's trainer fitted, and the seconds of computing that `fit` took.

    `after` holds data files and a seed: then all rows are loaded and split before, in the same module.
    """
    with (
        staged(dict(code) | dict(after[0] if after else {}), run) as (module, place),
        _only_rows(bool(after)),
    ):
        if after:
            rows = called(module, "load")(place / DATA)
            called(module, "related")(rows), called(module, "split")(rows, after[1])
        with _fits_counted() as fits:
            started = time.process_time()
            made = {"model": called(module, "fit")(train, val, seed)}
            seconds = time.process_time() - started
        made["baseline"] = called(module, "baseline")(train)
        for name, predict in made.items():
            if not callable(predict):
                raise TypeError(
                    f"the {name} is no function that predicts, but of type {type(predict).__name__}"
                )
        _trained[run] = made
        return [len(fits), seconds]


def predicted(run: int, inputs: list[Any]) -> dict[str, list[Any]]:
    """What the baseline and the model of a run say to these inputs."""
    with _only_rows(False):
        return {name: plain(predict(inputs)) for name, predict in _trained[run].items()}


def guessed(code: Mapping[str, bytes], train: list[Any], inputs: list[Any]) -> Any:
    """What a baseline that is made of these rows says to the inputs."""
    with staged(code, 0) as (module, _):
        return plain(called(module, "baseline")(train)(inputs))


def deepened(code: Mapping[str, bytes], run: int, train: list[Any], val: list[Any], seed: int) -> list[Any]:
    """The figures of the deepening, and the seconds of computing that they took."""
    with staged(code, run) as (module, _), _only_rows(False):
        started = time.process_time()
        figures = called(module, "deepen")(train, val, seed)
        seconds = time.process_time() - started
        named = isinstance(figures, dict)
        return [{key: plain(value) for key, value in figures.items()} if named else figures, seconds]


def called(module: ModuleType, name: str) -> Callable[..., Any]:
    """One of the functions of the module."""
    if not callable(getattr(module, name, None)):
        raise NameError(f"{PROBLEM} defines no function {name}", name=name)
    function: Callable[..., Any] = getattr(module, name)
    return function


def plain(values: Any) -> Any:
    """A tensor, an array or a list of such as a list of Python's own values."""
    if hasattr(values, "tolist"):
        return values.tolist()
    return [plain(value) for value in values] if isinstance(values, (list, tuple)) else values


@contextmanager
def staged(files: Mapping[str, bytes], run: int) -> Iterator[tuple[ModuleType, Path]]:
    """The module, imported for this run alone in a folder that has these files and no others.

    Every run finds random numbers in another state, so that only what is seeded comes out the same.
    """
    with tempfile.TemporaryDirectory(prefix="problem-") as temporary, _inside(temporary), _quiet():
        place = Path(temporary)
        lay_files(files, place)
        _unsettle(run)
        try:
            yield _imported(place / PROBLEM), place
        finally:
            for name, module in list(sys.modules.items()):
                if str(getattr(module, "__file__", "")).startswith(temporary):
                    del sys.modules[name]


def _imported(path: Path) -> ModuleType:
    source = path.read_text(encoding="utf-8") if path.is_file() else ""
    open_cells[LABEL] = LABEL  # so that a failure names the file and the line in it
    linecache.cache[LABEL] = (len(source), None, source.splitlines(keepends=True), LABEL)
    module = ModuleType("problem")
    module.__file__ = str(path)
    sys.modules["problem"] = module
    exec(compile(source, LABEL, "exec", dont_inherit=True), vars(module))
    return module


@contextmanager
def _inside(folder: str) -> Iterator[None]:
    """Other files of the folder can be imported, and what is written without a path goes there."""
    before = getcwd()
    sys.path.insert(0, folder)
    with suppress(PermissionError):  # sealed, nobody changes folders, and this one is scratch anyway
        chdir(folder)
    try:
        yield
    finally:
        sys.path.remove(folder)
        with suppress(PermissionError):
            chdir(before)


@contextmanager
def _only_rows(all_of_them: bool) -> Iterator[None]:
    """Where no data lies, looking for it is a second reading."""
    try:
        yield
    except FileNotFoundError as error:
        if all_of_them or DATA not in Path(str(error.filename)).parts:
            raise
        message = "`fit` and `deepen` look for no data: `load` has read them, and train and validation are handed out"
        raise ReadAgain(message).with_traceback(error.__traceback__) from None


@contextmanager
def _fits_counted() -> Iterator[list[str]]:
    """Notes each time that Lightning's trainer fits a model."""
    from lightning.pytorch import Trainer

    fits: list[str] = []
    fit = Trainer.fit

    def counted(self: Any, *args: Any, **kwargs: Any) -> Any:
        fits.append("fit")
        return fit(self, *args, **kwargs)

    Trainer.fit = counted  # type: ignore[method-assign]
    try:
        yield fits
    finally:
        Trainer.fit = fit  # type: ignore[method-assign]


@contextmanager
def _quiet() -> Iterator[None]:
    """Lightning says nothing of devices, loaders and what else could be installed."""
    import_module("lightning.pytorch")  # which sets up what is quieted here
    loggers = [logging.getLogger(f"lightning.{room}") for room in ("pytorch", "fabric")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _unsettle(run: int) -> None:
    import numpy as np
    import torch

    random.seed(run)
    np.random.seed(run)
    torch.manual_seed(run)

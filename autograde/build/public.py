"""What travels with the learner's notebook: entries, the examples kept for the checks, boxes for the diagnosis."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import torch

from autograde.diagnosis.boxes import boxes_of
from autograde.diagnosis.table import Misconceptions
from autograde.judge.suite import write_public
from autograde.judge.whole import reference_learner, whole_suite
from autograde.weeks import Week


def write_public_suite(week: Week, destination: Path) -> None:
    """Write the public part of a week's suite to a file."""
    suite = whole_suite(week)
    with _one_thread():
        boxes = boxes_of(Misconceptions(week, suite, reference_learner(week)))
    write_public(replace(suite, boxes=boxes), week.checks_file.read_bytes(), destination)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Small tensors take twice the computing time where torch spreads them over threads."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)

"""What a judge needs before the first submission: suite, reference, and a zygote that is shown to be sealed."""

from __future__ import annotations

import atexit
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import torch

from autograde import datasets
from autograde.build.source import source_notebook
from autograde.diagnosis.table import Misconceptions
from autograde.folders import folders_of
from autograde.judge.breaking import make_implementations
from autograde.judge.unsealed import UnsealedLearner
from autograde.judge.whole import reference_learner, suite_digest, whole_suite
from autograde.judge.worker import Judging, NewLearner
from autograde.learner.forking import Zygote
from autograde.learner.probe import require_sealed
from autograde.learner.seal import readable_places
from autograde.learner.sealed import Patience
from autograde.learner.warming import warm_torch
from autograde.notebook import Notebook, read_notebook
from autograde.weeks import Week, load_week
from autograde.weeks.regions import stub_of


def prepare(setup: dict[str, Any]) -> tuple[Judging, list[str]]:
    """Everything ready, and the layers of the seal. Raises Fault where others' code can't be run safely."""
    torch.set_num_threads(1)
    secrets = [Path(path) for path in setup["secrets"]]
    new_learner, layers = new_learners(secrets, Patience(**setup["patience"]), trust=setup["trust"])
    week = load_week(Path(setup["week"]))
    seed = int(setup["seed"])
    make_implementations(week)
    suite, reference = whole_suite(week, seed), reference_learner(week)
    judging = Judging(
        suite=suite,
        digest=suite_digest(week, seed),
        seed=seed,
        reference=reference,
        master=master_of(week),
        new_learner=new_learner,
        folders=folders_of(week.folder),
        diagnose=Misconceptions(week, suite, reference, seed).diagnose,
    )
    return judging, layers


def master_of(week: Week) -> Notebook:
    """The notebook as learners get it, from the week's one source."""
    master = read_notebook(source_notebook(week), f"{week.name}.ipynb")
    master.cells = [replace(cell, source=stub_of(cell.source, cell.kind)) for cell in master.cells]
    return master


def new_learners(secrets: Sequence[Path], patience: Patience, *, trust: bool) -> tuple[NewLearner, list[str]]:
    """What makes learners, and the layers of their seal. Raises Fault where they can't be sealed and must be."""
    if trust:
        return partial(UnsealedLearner, patience.call_cpu), []
    return _sealed(secrets, patience)


def _sealed(secrets: Sequence[Path], patience: Patience) -> tuple[NewLearner, list[str]]:
    zygote = Zygote([*readable_places(secrets), *datasets.PLACES])
    atexit.register(zygote.close)
    warm_torch()  # while the zygote does so: each worker is a fork of this process
    learner = zygote.fork()
    try:
        require_sealed(learner.probe(secrets), learner.layers)
    finally:
        learner.close()
    return partial(zygote.fork, patience), learner.layers

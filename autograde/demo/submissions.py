"""What a class hands in: notebooks put together from references, alternatives, misconceptions and stubs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from random import Random
from typing import Any

from autograde.demo.reflections import reflection
from autograde.folders import Files, files_beside, folders_of
from autograde.weeks import Variant, Week, reference_of, variants

Json = dict[str, Any]

HOSTILE = """
import os, pathlib, socket
print("100.0")
for path in ["/etc/passwd", "..", "../../gradebook.db"]:
    try:
        print(pathlib.Path(path).read_text()[:80])
    except OSError as error:
        print(type(error).__name__)
try:
    socket.create_connection(("127.0.0.1", 80), timeout=1)
except OSError as error:
    print(type(error).__name__)
os._exit(0)
"""


@dataclass(frozen=True)
class Submission:
    """One learner's notebook, in a few words what is in it, and what was written beside it."""

    learner: str
    what: str
    notebook: bytes
    beside: Files = field(default_factory=dict)
    late: bool = False


def class_of(week: Week, stub: bytes, size: int = 12) -> list[Submission]:
    """Notebooks in different states, the same on every run: twelve kinds, then misconceptions in other mixes."""
    makers: list[tuple[str, Callable[[bytes], bytes]]] = [
        ("the reference", lambda stub: filled(stub, references(week))),
        ("alternatives throughout", lambda stub: filled(stub, references(week) | alternatives(week))),
        *[(f"misconceptions, mix {n}", partial(_with_misconceptions, week, n)) for n in range(1, 5)],
        ("the first half", lambda stub: filled(stub, first_half(week))),
        ("one exercise", lambda stub: filled(stub, dict(islice(references(week).items(), 1)))),
        ("an untouched stub", lambda _: stub),
        ("a syntax error", lambda stub: filled(stub, references(week) | broken(week))),
        ("metadata lost, cells reversed", lambda stub: rearranged(filled(stub, references(week)))),
        ("an attack", lambda stub: with_cell(filled(stub, first_half(week)), HOSTILE)),
    ]
    makers += [
        (f"misconceptions, mix {n}", partial(_with_misconceptions, week, n)) for n in range(5, size - 7)
    ]
    beside = references_beside(week)
    begun = [filled(stub, {"reflection": reflection(number)}) for number in range(size)]
    return [
        Submission(learner, what, make(mine), {} if make(mine) == mine else beside)
        for learner, (what, make), mine in zip(learners(size), makers, begun, strict=False)
    ]


def learners(size: int) -> list[str]:
    """The ids of a class."""
    return [f"learner{number:02d}" for number in range(1, size + 1)]


def _with_misconceptions(week: Week, number: int, stub: bytes) -> bytes:
    return filled(stub, mixed(week, number))


def references(week: Week) -> dict[str, str]:
    """The reference of every exercise."""
    return {name: exercise.reference for name, exercise in week.exercises.items()}


def references_beside(week: Week) -> Files:
    """The folders of a week as the reference has them."""
    folders = folders_of(week.folder)
    return dict(reference_of(files_beside(week.source_file, folders)[0]))


def alternatives(week: Week) -> dict[str, str]:
    """Another right solution where there is one."""
    return _sources(week, variants(week.alternatives_file))


def mixed(week: Week, seed: int) -> dict[str, str]:
    """References with misconceptions in a third of the exercises."""
    random = Random(seed)
    found = variants(week.misconceptions_file)
    random.shuffle(found)
    wrong = _sources(week, found)
    chosen = random.sample(sorted(wrong), max(1, len(wrong) // 3))
    return references(week) | {name: wrong[name] for name in chosen}


def _sources(week: Week, found: list[Variant]) -> dict[str, str]:
    return {variant.exercise: variant.source(week) for variant in found}


def first_half(week: Week) -> dict[str, str]:
    """The reference up to the middle of the week."""
    return dict(islice(references(week).items(), len(week.exercises) // 2))


def broken(week: Week) -> dict[str, str]:
    """One exercise that isn't Python."""
    name = next(iter(week.exercises))
    return {name: week.exercises[name].reference.replace(":", "", 1)}


def filled(stub: bytes, sources: Mapping[str, str]) -> bytes:
    """A stub notebook with these exercises' cells filled in."""
    notebook: Json = json.loads(stub)
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in sources:
            cell["source"] = sources[name]
    return _written(notebook)


def rearranged(data: bytes) -> bytes:
    """As an editor leaves it that keeps no metadata, the exercises in another order."""
    notebook: Json = json.loads(data)
    for cell in notebook["cells"]:
        cell["metadata"] = {}
        cell.pop("id", None)
    half = len(notebook["cells"]) // 2
    notebook["cells"] = notebook["cells"][half:] + notebook["cells"][:half]
    return _written({**notebook, "metadata": {}, "nbformat_minor": 4})


def with_cell(data: bytes, source: str) -> bytes:
    """A notebook with one more cell at its end."""
    notebook: Json = json.loads(data)
    cell: Json = {"cell_type": "code", "id": "extra", "metadata": {}, "source": source}
    cell |= {"outputs": [], "execution_count": None}
    return _written({**notebook, "cells": [*notebook["cells"], cell]})


def _written(notebook: Json) -> bytes:
    return json.dumps(notebook, ensure_ascii=False, indent=1).encode()

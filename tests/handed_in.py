"""Notebooks as learners hand them in, and what becomes of them."""

from __future__ import annotations

import copy
import json
from typing import Any

import nbformat
from nbgrader.nbgraderformat import MetadataValidator

from autograde.assembly import Assembled, AssembledCell, assemble, to_nbformat
from autograde.notebook import Notebook, read_notebook

Json = dict[str, Any]
SOLUTIONS = {
    "double": "def double(x):\n    return x + x",
    "Pair": "class Pair:\n    def __init__(self, a, b):\n        self.both = a, b",
    "LIMIT": "LIMIT = 14.0",
    "reflection": 'reflection = {"hours": 3.5, "sticking_point": "the sum"}',
}
ANSWER = "Because 2**10 is **about** 1000."


def code(source: str, **rest: Any) -> Json:
    return {"cell_type": "code", "metadata": {}, "source": source, **rest}


def prose(source: str, **rest: Any) -> Json:
    return {"cell_type": "markdown", "metadata": {}, "source": source, **rest}


def solved(release: Json) -> Json:
    """The release with all of it filled in, as a diligent learner hands it in."""
    notebook = copy.deepcopy(release)
    for cell in notebook["cells"]:
        if cell["id"] in SOLUTIONS:
            cell["source"] = SOLUTIONS[cell["id"]]
        cell["source"] = "".join(cell["source"]).replace("*Your answer here.*", ANSWER)
    return notebook


def place(notebook: Json, cell_id: str) -> int:
    return next(n for n, cell in enumerate(notebook["cells"]) if cell.get("id") == cell_id)


def read(notebook: Json) -> Notebook:
    return read_notebook(json.dumps(notebook).encode())


def assembled(release: Json, submission: Json) -> Assembled:
    result = assemble(read(release), read(submission))
    accepted_by_nbgrader(release, result)
    return result


def accepted_by_nbgrader(release: Json, result: Assembled) -> None:
    notebook = nbformat.from_dict(to_nbformat(result, release))
    nbformat.validate(notebook)
    MetadataValidator().validate_nb(notebook)
    assert notebook.metadata == release["metadata"]
    graded = [cell.metadata.nbgrader for cell in notebook.cells if "nbgrader" in cell.metadata]
    assert graded == [
        cell["metadata"]["nbgrader"] for cell in release["cells"] if "nbgrader" in cell["metadata"]
    ]


def cell_of(result: Assembled, grade_id: str) -> AssembledCell:
    (cell,) = [cell for cell in result.cells if cell.grade_id == grade_id]
    return cell


def answers(result: Assembled) -> dict[str, str]:
    return {name: cell_of(result, name).source for name in SOLUTIONS}


def without_metadata(notebook: Json) -> Json:
    notebook = copy.deepcopy(notebook)
    for cell in notebook["cells"]:
        cell["metadata"] = {}
        cell.pop("id", None)
    return notebook


def defined(result: Assembled, name: str) -> Any:
    """What the name is after the cells that grading runs, those that fail skipped."""
    names: Json = {}
    for cell in result.cells:
        if cell.runs:
            try:
                exec(cell.source, names)
            except (Exception, SyntaxError):  # to name the two things a cell may do
                continue
    return names.get(name)


def with_twin(release: Json, cell_id: str, twin_id: str, old: str = "", new: str = "") -> Json:
    """The release with a second cell like the first behind it."""
    release = copy.deepcopy(release)
    twin = copy.deepcopy(release["cells"][place(release, cell_id)])
    twin["id"] = twin["metadata"]["nbgrader"]["grade_id"] = twin_id
    twin["source"] = "".join(twin["source"]).replace(old, new)
    release["cells"].insert(place(release, cell_id) + 1, twin)
    return release

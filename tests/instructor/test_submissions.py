"""Which file of what a learner handed in is graded."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from autograde.nbgrader_plugin.submissions import Submission, find_submission

WEEK = "week01"
EXERCISES = ("double", "halve", "Pair")


def write(path: Path, *names: str, age: float = 0.0) -> Path:
    """A notebook that defines these names, changed `age` seconds before the others."""
    path.parent.mkdir(parents=True, exist_ok=True)
    cells = [{"cell_type": "code", "metadata": {}, "source": f"def {name}(): pass"} for name in names]
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    os.utime(path, (1e9 - age, 1e9 - age))
    return path


def found(folder: Path) -> Submission:
    return find_submission(folder, "ada", WEEK, EXERCISES)


def test_the_right_name_counts_whatever_else_lies_there(tmp_path: Path) -> None:
    right = write(tmp_path / "week01.ipynb")
    write(tmp_path / "week01-Copy1.ipynb", *EXERCISES)
    assert (found(tmp_path).notebook, found(tmp_path).remarks) == (right, ())


def test_of_several_others_the_one_that_answers_most_counts_and_it_says_so(tmp_path: Path) -> None:
    write(tmp_path / "a.ipynb", "double")
    best = write(tmp_path / "b.ipynb", "double", "halve", age=60)
    write(tmp_path / "c.ipynb", "unknown", "names", "only")
    assert found(tmp_path).notebook == best
    assert found(tmp_path).remarks == (
        "There is no week01.ipynb, so b.ipynb was graded, which of the 3 notebooks answers the most; "
        "hand in one, as week01.ipynb.",
    )


def test_of_equals_the_newest_counts(tmp_path: Path) -> None:
    write(tmp_path / "a.ipynb", "double", age=60)
    newest = write(tmp_path / "b.ipynb", "double")
    write(tmp_path / "c.ipynb", "double", age=30)
    assert found(tmp_path).notebook == newest


def test_a_notebook_in_a_folder_below_is_found_but_not_jupyters_checkpoint(tmp_path: Path) -> None:
    write(tmp_path / ".ipynb_checkpoints" / "week01-checkpoint.ipynb", *EXERCISES)
    below = write(tmp_path / "week01" / "Week01.IPYNB", "double")
    assert found(tmp_path).notebook == below


@pytest.mark.parametrize("kind", ["folder", "link outside", "dead link", "nothing"])
def test_what_is_no_notebook_of_the_learners_is_none(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "submitted"
    folder.mkdir()
    path = folder / "week01.ipynb"
    if kind == "folder":
        path.mkdir()
    elif kind == "link outside":
        path.symlink_to(write(tmp_path / "somebody else.ipynb", *EXERCISES))
    elif kind == "dead link":
        path.symlink_to(tmp_path / "nowhere")
    assert found(folder).notebook is None
    assert found(folder).remarks == ("No notebook was handed in; hand in week01.ipynb.",)
    assert found(folder).read().cells == []

"""The course folders that are measured: ours, and one that grades the same week with nbgrader alone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from classroom import Learner, filled
from measuring import Place, program

from autograde.build import build, source_notebook
from autograde.judge.tests import CHECK_EXAMPLES, PROPERTY_EXAMPLES
from autograde.places import Kit
from autograde.report import TESTING
from autograde.weeks import Variant, Week, variants_of
from autograde.weeks.loading import FIRST_CELL
from autograde.weeks.regions import without_markers

HIDDEN = "### BEGIN HIDDEN TESTS\n{}\n### END HIDDEN TESTS"
TEXT = Path(__file__).with_name("hidden_tests.py")
STOCK_CONFIG = """
import os
c = get_config()
c.CourseDirectory.course_id = "stock"
c.ClearSolutions.code_stub = {"python": "raise NotImplementedError"}
c.ClearSolutions.enforce_metadata = False
c.ClearHiddenTests.enforce_metadata = False
c.ExecutePreprocessor.timeout = 600
c.Execute.timeout = 600
if "WITHOUT_EXECUTE" in os.environ:
    c.Execute.enabled = False
"""


def our_course(original: Kit, root: Path, weeks: Sequence[str]) -> Kit:
    """A copy of the kit with the weeks built."""
    here = Kit(root)
    for week in weeks:
        shutil.copytree(original.solutions / week, here.solutions / week)
    shutil.copytree(original.datasets, here.datasets)
    here.instructor.mkdir()
    shutil.copy(original.instructor / "nbgrader_config.py", here.instructor)
    shutil.copy(original.root / "pyproject.toml", root)
    build(weeks, here)
    return here


def stock_course(root: Path, weeks: Sequence[Week]) -> Place:
    """A course of nbgrader's own: the same notebooks, tests in hidden cells, released by its own command."""
    root.mkdir()
    (root / "nbgrader_config.py").write_text(STOCK_CONFIG)
    place = Place(root, {})
    for week in weeks:
        folder = root / "source" / week.name
        folder.mkdir(parents=True)
        (folder / f"{week.name}.ipynb").write_text(json.dumps(_with_tests_inside(week)))
        place.measure([program("nbgrader"), "generate_assignment", week.name])
    return place


def hand_in(course: Path, week: str, learners: Sequence[Learner]) -> list[Path]:
    """Put the learners' notebooks, made from the course's release, where `nbgrader collect` would."""
    stub = json.loads((course / "release" / week / f"{week}.ipynb").read_bytes())
    paths = []
    for learner in learners:
        path = course / "submitted" / learner.name / week / f"{week}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(filled(stub, learner.answers))
        paths.append(path)
    return paths


def _with_tests_inside(week: Week) -> dict[str, Any]:
    """The week's notebook: its first cell loads the tests, each check cell runs those of its entry."""
    notebook: dict[str, Any] = json.loads(source_notebook(week))
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        if name == FIRST_CELL:
            cell["source"] = HIDDEN.format(_loading(week))
        elif name.startswith("check-"):
            cell["source"] = HIDDEN.format(f"tests.run({name.removeprefix('check-')!r})")
        elif "explore" in cell["metadata"].get("tags", ()):
            # Ours leaves them out while grading, so nbgrader is told to as well.
            cell["metadata"]["tags"].append("skip-execution")
    return notebook


def _loading(week: Week) -> str:
    files = [
        (week.checks_file.read_text(encoding="utf-8"), CHECK_EXAMPLES),
        (week.properties_file.read_text(encoding="utf-8"), PROPERTY_EXAMPLES),
    ]
    reference = _cells(week)
    breaking = {name: _breaking(week, name) for name in week.exercises if name.startswith(TESTING)}
    return f"{TEXT.read_text()}\n\ntests = Tests(globals(), {files!r}, {reference!r}, {breaking!r})"


def _breaking(week: Week, name: str) -> list[tuple[str, bool, list[str]]]:
    """Implementations for a "now break it" exercise: what to call, whether it is right, the cells it is in."""
    target = name.removeprefix(TESTING)
    right: list[Variant | None] = [None, *variants_of(week, target, "alternative")]
    wrong = variants_of(week, target, "misconception")
    return [(target, variant not in wrong, _cells(week, target, variant)) for variant in [*right, *wrong]]


def _cells(week: Week, target: str = "", variant: Variant | None = None) -> list[str]:
    """The reference's cells, one exercise perhaps as in a variant."""
    return [
        variant.source(week) if variant and cell.grade_id == target else without_markers(cell.source)
        for cell in week.cells
        if cell.kind == "code" and "explore" not in cell.tags
    ]

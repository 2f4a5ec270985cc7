"""What tests of several rooms begin with: the tiny week, and folders as learners have them."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from autograde.build import building
from autograde.places import Kit

sys.path.insert(0, str(Path(__file__).parent))  # what the tests here share

from tiny_week import make_kit, write_few_bytes

settings.register_profile("unhurried", deadline=None)  # a busy machine is no fault of what is tested
settings.load_profile("unhurried")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Spread a run of these tests over the cores, unless its command says how."""
    chosen = config.option
    if not config.pluginmanager.hasplugin("xdist") or hasattr(config, "workerinput"):
        return
    if chosen.numprocesses is None and chosen.dist == "no" and not chosen.tx and not chosen.usepdb:
        chosen.numprocesses, chosen.dist, chosen.loadscopereorder = "auto", "loadfile", False


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep a file's tests on one core for the fixtures that they share, and those that share a cycle.

    The longest files, whose tests share little, are spread a test at a time.
    """
    from xdist.scheduler import LoadFileScheduling

    class ByFixture(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            name = Path(file).name
            if name in ("test_pages.py", "test_build_weeks.py"):
                return nodeid
            return "cycle" if name in ("test_cycle.py", "test_feedback.py") else file

    return ByFixture(config, log) if config.option.dist == "loadfile" else None


@pytest.fixture
def kit(tmp_path: Path) -> Kit:
    """The tiny kit, for a test to spoil."""
    return make_kit(tmp_path / "kit")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Kit:
    """The tiny kit after a build. Not to be changed."""
    kit = make_kit(tmp_path_factory.mktemp("built") / "kit")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "write_public_suite", write_few_bytes)
        building.build(["week01"], kit)
    return kit


@pytest.fixture
def built_kit(built: Kit, tmp_path: Path) -> Kit:
    """The tiny kit after a build, for a test to spoil; making its gradebook anew would take seconds."""
    shutil.copytree(built.root, tmp_path / "kit")
    return Kit(tmp_path / "kit")


@pytest.fixture(scope="session")
def release(built: Kit) -> dict[str, Any]:
    """The tiny week's notebook as nbgrader releases it to learners, as JSON. Not to be changed."""
    notebook: dict[str, Any] = json.loads((built.exercises / "week01" / "week01.ipynb").read_bytes())
    return notebook


@pytest.fixture
def examples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a few bytes stand for the checks' examples."""
    monkeypatch.setattr(building, "write_public_suite", write_few_bytes)


@pytest.fixture(scope="session")
def put_week() -> Callable[..., Path]:
    """Writes a learner's folder: a notebook, its checks, and the examples kept for them."""
    return write_learners_week


def write_learners_week(
    folder: Path,
    checks: str,
    cells: Sequence[tuple[str, str]],
    stubs: dict[str, str],
    points: dict[str, float],
) -> Path:
    """`cells` are (grade id, source), an id "explore" standing for the tag; entries with 0 points are stretch."""
    from autograde.judge.examples import drawn
    from autograde.judge.suite import PUBLIC_FILE, Entry, Suite, fingerprint, write_public
    from autograde.judge.tests import load_tests

    folder.mkdir(parents=True)
    notebook = {
        "cells": [_json_cell(*cell) for cell in cells],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (folder / f"{folder.name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    checks_file = folder / f"test_{folder.name}.py"
    checks_file.write_text(checks, encoding="utf-8")
    exercises = {name: name.partition("-")[0] for name in points}
    entries = [
        Entry(
            name, exercises[name], points[name] or 1.0, points[name] == 0, fingerprint(stubs[exercises[name]])
        )
        for name in points
    ]
    tests = load_tests(checks_file, hidden=False)
    kept = {test.key: drawn(test, 0) for test in tests}
    write_public(Suite(folder.name, entries, tests, kept), checks.encode(), folder / PUBLIC_FILE)
    return folder


def _json_cell(grade_id: str, source: str) -> dict[str, Any]:
    explore = grade_id == "explore"
    metadata: dict[str, Any] = {"tags": ["explore"]} if explore else {"nbgrader": {"grade_id": grade_id}}
    return {
        "cell_type": "code",
        "source": source,
        "metadata": metadata,
        "outputs": [],
        "execution_count": None,
    }

"""Courses to work in, and the whole cycle once for all tests here."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # what the tests here share

from instructor_cycle import Cycle, run_cycle
from instructor_place import Place, copied, new_place, surroundings, within

from autograde.nbgrader_plugin.judging import GRADERS

collect_ignore = ["kit"]


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The surroundings that all courses here share, their cache among them."""
    return surroundings(tmp_path_factory.mktemp("home"))


@pytest.fixture(autouse=True, scope="module")
def _surrounded(settings: dict[str, str]) -> Iterator[None]:
    with within(settings):
        yield
        GRADERS.close()


@pytest.fixture(scope="session")
def built(settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A built place to copy. Not to be changed."""
    place = new_place(tmp_path_factory.mktemp("course") / "place")
    with within(settings):
        place.build()
    return place


@pytest.fixture(scope="session")
def new_course(built: Place, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Place]:
    """Makes copies of the built place."""
    return lambda name: copied(built, tmp_path_factory.mktemp("course") / name)


@pytest.fixture(scope="session")
def cycle(new_course: Callable[[str], Place], settings: dict[str, str]) -> Cycle:
    """The course after the cycle. Not to be changed."""
    with within(settings):
        return run_cycle(new_course("cycle"))

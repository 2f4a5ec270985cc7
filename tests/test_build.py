"""What is built follows from the sources and reaches nbgrader whole, or nothing is changed."""

from __future__ import annotations

import json
import resource
import shutil
from typing import Any

import nbformat
import pytest
from tiny_week import everything_in

from autograde.build import build, building, check_up_to_date, source_notebook
from autograde.errors import Fault, Faults
from autograde.places import Kit
from autograde.weeks import load_week, stub_of

pytestmark = pytest.mark.usefixtures("examples")

BUILT = ["suite.msgpack", "test_week01.py", "week01.ipynb"]


def test_the_same_source_gives_the_same_bytes(built_kit: Kit) -> None:
    shutil.rmtree(built_kit.exercises)
    written = build(["week01"], built_kit)
    first = everything_in(built_kit.exercises) | everything_in(built_kit.instructor / "source")
    assert [path.name for path in written] == BUILT
    build(["week01"], built_kit)
    assert everything_in(built_kit.exercises) | everything_in(built_kit.instructor / "source") == first
    assert everything_in(built_kit.exercises) == everything_in(built_kit.instructor / "release")


def test_the_built_notebook_is_valid_and_every_cell_says_what_it_is_for(built_kit: Kit, release: Any) -> None:
    nbformat.validate(nbformat.from_dict(release))
    source = json.loads(source_notebook(load_week(built_kit.solutions / "week01")))
    nbformat.validate(nbformat.from_dict(source))
    flags = {
        cell["id"]: tuple(
            cell["metadata"]["nbgrader"].get(key) for key in ("grade", "solution", "locked", "points")
        )
        for cell in source["cells"]
        if "nbgrader" in cell["metadata"]
    }
    given, answer, ungraded = (
        (False, False, True, None),
        (False, True, False, None),
        (False, False, False, None),
    )
    assert flags == {
        "given-week": given,
        "given-imports": given,
        "double": answer,
        "check-double": (True, False, True, 3.0),
        "Pair": answer,
        "check-Pair-sum": (True, False, True, 2.0),
        "check-Pair-order": (True, False, True, 1.5),
        "LIMIT": answer,
        "check-LIMIT": (True, False, True, 0.0),
        "why-double": (True, True, False, 2.0),
        "reflection": ungraded,
    }
    about = {cell["id"]: cell["metadata"].get("autograde") for cell in source["cells"]}
    assert about["LIMIT"] == {"role": "exercise", "exercise": "LIMIT", "stretch": True}
    assert about["check-Pair-sum"]["entry"] == "Pair-sum"


def test_our_stubs_are_what_nbgrader_released(built_kit: Kit, release: Any) -> None:
    source = json.loads(source_notebook(load_week(built_kit.solutions / "week01")))
    ours = [stub_of("".join(cell["source"]), cell["cell_type"]) for cell in source["cells"]]
    assert ours == ["".join(cell["source"]) for cell in release["cells"]]
    assert [cell["id"] for cell in source["cells"]] == [cell["id"] for cell in release["cells"]]


def test_nbgraders_gradebook_knows_the_week_after_a_build(built_kit: Kit) -> None:
    from nbgrader.api import Gradebook

    (built_kit.instructor / "gradebook.db").unlink()
    build(["week01"], built_kit)
    with Gradebook(f"sqlite:///{built_kit.instructor / 'gradebook.db'}") as gradebook:
        notebook = gradebook.find_notebook("week01", "week01")
        points = {cell.name: cell.max_score for cell in notebook.grade_cells}
    assert points == {
        "check-double": 3.0,
        "check-Pair-sum": 2.0,
        "check-Pair-order": 1.5,
        "check-LIMIT": 0.0,
        "why-double": 2.0,
    }


def test_what_is_not_up_to_date_is_said_file_by_file_and_nothing_is_touched(built_kit: Kit) -> None:
    build(["week01"], built_kit)
    assert check_up_to_date(["week01"], built_kit) == []
    source = built_kit.solutions / "week01" / "week01.py"
    source.write_text(source.read_text().replace("grow <b>fast</b>", "grow"))
    (built_kit.exercises / "week01" / "test_week01.py").unlink()
    (built_kit.exercises / "week09").mkdir()
    before = everything_in(built_kit.root)
    assert check_up_to_date(["1"], built_kit) == [
        "exercises/week01/test_week01.py is missing; run `autograde build week01`.",
        "exercises/week01/week01.ipynb is not what its source gives; run `autograde build week01`.",
        "exercises/week09 has no source in solutions; delete it or write solutions/week09/week09.py.",
    ]
    assert everything_in(built_kit.root) == before


def test_files_of_others_are_left_alone_and_stale_ones_of_ours_go(
    built_kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(["week01"], built_kit)
    notes = built_kit.exercises / "week01" / "notes.txt"
    notes.write_text("mine")
    monkeypatch.setattr(building, "write_public_suite", lambda week, path: None)
    assert "suite.msgpack is no longer part of the week" in check_up_to_date(["week01"], built_kit)[0]
    build(["week01"], built_kit)
    assert sorted(path.name for path in notes.parent.iterdir()) == ["notes.txt", *BUILT[1:]]
    assert check_up_to_date(["week01"], built_kit) == []


def test_a_full_disk_leaves_the_old_files_whole(built_kit: Kit) -> None:
    build(["week01"], built_kit)
    before = everything_in(built_kit.exercises)
    (built_kit.solutions / "week01" / "test_week01.py").open("a").write("# longer\n" * 3000)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    outputs = building._built(["week01"], built_kit, record=False)["week01"].release
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    try:
        with pytest.raises(
            Fault, match=r"test_week01\.py.*: it can't be written \(file too large\); make room"
        ):
            building.install(
                built_kit.exercises / "week01", outputs, building.built_files("week01", built_kit)
            )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert everything_in(built_kit.exercises) == before


def test_a_place_that_cant_be_written_is_named(built_kit: Kit) -> None:
    shutil.rmtree(built_kit.exercises)
    built_kit.exercises.write_text("a file where a folder should be")
    with pytest.raises(
        Fault, match=r"exercises/week01: it can't be written \(.*\); make room or grant access"
    ):
        build(["week01"], built_kit)


def test_a_week_that_nbgrader_refuses_leaves_everything_as_it_was(
    built_kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(["week01"], built_kit)
    before = everything_in(built_kit.exercises) | everything_in(built_kit.instructor / "release")
    real = building.source_notebook
    monkeypatch.setattr(building, "source_notebook", lambda week: real(week).replace(b"END SOLUTION", b"END"))
    with pytest.raises(Fault, match=r"^week01: nbgrader could not release it \(.*\)\.$"):
        build(["week01"], built_kit)
    assert everything_in(built_kit.exercises) | everything_in(built_kit.instructor / "release") == before


def test_a_missing_or_broken_configuration_is_a_sentence(built_kit: Kit) -> None:
    config = built_kit.instructor / "nbgrader_config.py"
    config.write_text("c = get_config()\nc.CourseDirectory = \n")
    with pytest.raises(
        Fault, match=r"nbgrader_config\.py: nbgrader's configuration fails \(SyntaxError.*correct it"
    ):
        build(["week01"], built_kit)
    config.unlink()
    with pytest.raises(Fault, match="nbgrader's configuration is missing"):
        build(["week01"], built_kit)


def test_the_faults_of_all_weeks_come_in_one_go(built_kit: Kit) -> None:
    for number in (2, 3):
        folder = built_kit.solutions / f"week0{number}"
        folder.mkdir()
        (folder / f"week0{number}.py").write_text("# %%\nx = 1\n")
    with pytest.raises(Faults) as caught:
        build(["week01", "week02", "week03"], built_kit)
    assert [fault.where.rsplit("/", 1)[1] for fault in caught.value.faults] == ["week02.py:1", "week03.py:1"]

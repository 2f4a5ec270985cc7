"""What is built follows from the sources, reaches nbgrader whole, and tells learners no secret."""

from __future__ import annotations

import ast
import builtins
import json
import keyword
import os
import re
import resource
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograde.build import build, building, check_up_to_date, source_notebook
from autograde.errors import Fault, Faults
from autograde.places import Kit, week_names
from autograde.places import kit as find_kit
from autograde.week import Week, load_week, stub_of

pytestmark = pytest.mark.usefixtures("examples")

REPOSITORY = Path(__file__).resolve().parent.parent
BUILT = ["suite.msgpack", "test_week01.py", "week01.ipynb"]
SHORTEST_SECRET = 20  # characters; a shorter line gives nothing away that a learner wouldn't write alike
PYTHONS_OWN = {*keyword.kwlist, *dir(builtins)}


@pytest.fixture
def kit(built: Kit, tmp_path: Path) -> Kit:
    """The tiny kit with a gradebook already there: making one takes seconds."""
    shutil.copytree(built.root, tmp_path / "kit")
    return Kit(tmp_path / "kit")


def everything_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_source_gives_the_same_bytes(kit: Kit) -> None:
    shutil.rmtree(kit.exercises)
    written = build(["week01"], kit)
    first = everything_in(kit.exercises) | everything_in(kit.instructor / "source")
    assert [path.name for path in written] == BUILT
    build(["week01"], kit)
    assert everything_in(kit.exercises) | everything_in(kit.instructor / "source") == first
    assert everything_in(kit.exercises) == everything_in(kit.instructor / "release")


def test_the_built_notebook_is_valid_and_every_cell_says_what_it_is_for(kit: Kit, release: Any) -> None:
    nbformat.validate(nbformat.from_dict(release))
    source = json.loads(source_notebook(load_week(kit.solutions / "week01")))
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


def test_our_stubs_are_what_nbgrader_released(kit: Kit, release: Any) -> None:
    source = json.loads(source_notebook(load_week(kit.solutions / "week01")))
    ours = [stub_of("".join(cell["source"]), cell["cell_type"]) for cell in source["cells"]]
    assert ours == ["".join(cell["source"]) for cell in release["cells"]]
    assert [cell["id"] for cell in source["cells"]] == [cell["id"] for cell in release["cells"]]


def test_nbgraders_gradebook_knows_the_week_after_a_build(kit: Kit) -> None:
    from nbgrader.api import Gradebook

    (kit.instructor / "gradebook.db").unlink()
    build(["week01"], kit)
    with Gradebook(f"sqlite:///{kit.instructor / 'gradebook.db'}") as gradebook:
        notebook = gradebook.find_notebook("week01", "week01")
        points = {cell.name: cell.max_score for cell in notebook.grade_cells}
    assert points == {
        "check-double": 3.0,
        "check-Pair-sum": 2.0,
        "check-Pair-order": 1.5,
        "check-LIMIT": 0.0,
        "why-double": 2.0,
    }


def test_what_is_not_up_to_date_is_said_file_by_file_and_nothing_is_touched(kit: Kit) -> None:
    build(["week01"], kit)
    assert check_up_to_date(["week01"], kit) == []
    source = kit.solutions / "week01" / "week01.py"
    source.write_text(source.read_text().replace("grow <b>fast</b>", "grow"))
    (kit.exercises / "week01" / "test_week01.py").unlink()
    (kit.exercises / "week09").mkdir()
    before = everything_in(kit.root)
    assert check_up_to_date(["1"], kit) == [
        "exercises/week01/test_week01.py is missing; run `autograde build week01`.",
        "exercises/week01/week01.ipynb is not what its source gives; run `autograde build week01`.",
        "exercises/week09 has no source in solutions; delete it or write solutions/week09/week09.py.",
    ]
    assert everything_in(kit.root) == before


def test_files_of_others_are_left_alone_and_stale_ones_of_ours_go(
    kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(["week01"], kit)
    notes = kit.exercises / "week01" / "notes.txt"
    notes.write_text("mine")
    monkeypatch.setattr(building, "write_public_suite", lambda week, path: None)
    assert "suite.msgpack is no longer part of the week" in check_up_to_date(["week01"], kit)[0]
    build(["week01"], kit)
    assert sorted(path.name for path in notes.parent.iterdir()) == ["notes.txt", *BUILT[1:]]
    assert check_up_to_date(["week01"], kit) == []


def test_a_full_disk_leaves_the_old_files_whole(kit: Kit) -> None:
    build(["week01"], kit)
    before = everything_in(kit.exercises)
    (kit.solutions / "week01" / "test_week01.py").open("a").write("# longer\n" * 3000)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    outputs = building._built(["week01"], kit, record=False)["week01"].release
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    try:
        with pytest.raises(
            Fault, match=r"test_week01\.py.*: it can't be written \(file too large\); make room"
        ):
            building.install(kit.exercises / "week01", outputs, building.built_files("week01"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert everything_in(kit.exercises) == before


def test_a_place_that_cant_be_written_is_named(kit: Kit) -> None:
    shutil.rmtree(kit.exercises)
    kit.exercises.write_text("a file where a folder should be")
    with pytest.raises(
        Fault, match=r"exercises/week01: it can't be written \(.*\); make room or grant access"
    ):
        build(["week01"], kit)


def test_a_week_that_nbgrader_refuses_leaves_everything_as_it_was(
    kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(["week01"], kit)
    before = everything_in(kit.exercises) | everything_in(kit.instructor / "release")
    real = building.source_notebook
    monkeypatch.setattr(building, "source_notebook", lambda week: real(week).replace(b"END SOLUTION", b"END"))
    with pytest.raises(Fault, match=r"^week01: nbgrader could not release it \(.*\)\.$"):
        build(["week01"], kit)
    assert everything_in(kit.exercises) | everything_in(kit.instructor / "release") == before


def test_a_missing_or_broken_configuration_is_a_sentence(kit: Kit) -> None:
    config = kit.instructor / "nbgrader_config.py"
    config.write_text("c = get_config()\nc.CourseDirectory = \n")
    with pytest.raises(
        Fault, match=r"nbgrader_config\.py: nbgrader's configuration fails \(SyntaxError.*correct it"
    ):
        build(["week01"], kit)
    config.unlink()
    with pytest.raises(Fault, match="nbgrader's configuration is missing"):
        build(["week01"], kit)


def test_the_faults_of_all_weeks_come_in_one_go(kit: Kit) -> None:
    for number in (2, 3):
        folder = kit.solutions / f"week0{number}"
        folder.mkdir()
        (folder / f"week0{number}.py").write_text("# %%\nx = 1\n")
    with pytest.raises(Faults) as caught:
        build(["week01", "week02", "week03"], kit)
    assert [fault.where.rsplit("/", 1)[1] for fault in caught.value.faults] == ["week02.py:1", "week03.py:1"]


# What learners must not see.


def normal(line: str) -> str:
    return " ".join(line.split())


def lines_of(text: str) -> Iterator[str]:
    """The lines that say something: `except Exception as error:` is anybody's."""
    for line in map(normal, text.splitlines()):
        words = [word for word in re.findall(r"\w+", line) if word not in PYTHONS_OWN]
        if len(line) >= SHORTEST_SECRET and len("".join(words)) >= SHORTEST_SECRET // 2:
            yield line


def inside_regions(source: str) -> str:
    found = re.findall(r"BEGIN SOLUTION\n(.*?)\n[^\n]*END SOLUTION", source, re.DOTALL)
    return "\n".join(found)


def hidden_names(text: str) -> Iterator[str]:
    """Names of functions: compiled files have them where they no longer have the lines."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and len(node.name) >= SHORTEST_SECRET:
            yield node.name


def secrets(week: Week) -> set[str]:
    """Every line of `solutions/` that isn't given to learners on purpose."""
    files = (week.properties_file, week.misconceptions_file, week.alternatives_file)
    texts = [path.read_text(encoding="utf-8") for path in files if path.exists()]
    hidden = {line for text in texts for line in lines_of(text)}
    hidden |= {name for text in texts for name in hidden_names(text)}
    hidden |= {line for cell in week.cells for line in lines_of(inside_regions(cell.source))}
    given = [stub_of(cell.source, cell.kind) for cell in week.cells] + [week.checks_file.read_text()]
    public = {line for text in given for line in lines_of(text)}
    public |= {name for name in hidden if any(name in line for line in public)}
    return {line for line in hidden - public if not line.startswith(("import ", "from "))}


def texts_in(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from texts_in(key)
            yield from texts_in(value)
    elif isinstance(data, list):
        yield "\n".join(item for item in data if isinstance(item, str))
        for item in data:
            yield from texts_in(item)


def leaks(hidden: Iterable[str], name: str, data: bytes) -> list[str]:
    """The secrets that stand in a file: in a notebook's decoded text, in any other file's bytes."""
    text = data.decode("utf-8", "replace")
    if name.endswith(".ipynb"):
        text = "\n".join(texts_in(json.loads(data)))
    told = normal(text)
    return [f"{name}: {secret}" for secret in sorted(hidden) if secret in told]


def packed(folder: Path) -> dict[str, bytes]:
    """The wheel that `pip install` would take, unpacked, with what Python compiles of it."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--quiet",
        "-w",
        str(folder),
        str(REPOSITORY),
    ]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(folder / "unpacked")
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(folder / "unpacked")], check=True)
    return everything_in(folder / "unpacked")


def test_the_secrets_of_the_tiny_week_are_known(kit: Kit) -> None:
    hidden = secrets(load_week(kit.solutions / "week01"))
    assert "return self.first_of_the_secrets + self.second_of_the_secrets" in hidden
    assert "Because two to the tenth is about a thousand." in hidden
    assert "test_doubling_is_additive_in_secret" in hidden
    assert "return x ** 2.0 # right only for two" in hidden
    assert "result_of_adding = x + x" in hidden
    assert not any("Twice x" in line or "assert_close, exercise" in line for line in hidden)


def test_a_planted_leak_is_found_wherever_it_stands(kit: Kit, tmp_path: Path) -> None:
    build(["week01"], kit)
    week = load_week(kit.solutions / "week01")
    hidden = secrets(week)
    instructors = (kit.instructor / "source" / "week01" / "week01.ipynb").read_bytes()
    assert any("first_of_the_secrets" in leak for leak in leaks(hidden, "week01.ipynb", instructors))
    tests = week.checks_file.read_bytes() + week.properties_file.read_bytes()
    assert leaks(hidden, "test_week01.py", tests)
    module = tmp_path / "module.py"
    module.write_bytes(week.properties_file.read_bytes())
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(module)], check=True)
    (compiled,) = (tmp_path / "__pycache__").iterdir()
    assert leaks(hidden, compiled.name, compiled.read_bytes())
    assert leaks(
        hidden, "suite.msgpack", b"\x93\x01" + next(lines_of(week.properties_file.read_text()[80:])).encode()
    )


def test_what_the_tiny_week_gives_to_learners_holds_no_secret(kit: Kit) -> None:
    build(["week01"], kit)
    hidden = secrets(load_week(kit.solutions / "week01"))
    for folder in (kit.exercises, kit.instructor / "release"):
        for name, data in everything_in(folder).items():
            assert leaks(hidden, name, data) == []


@pytest.mark.parametrize("name", week_names(REPOSITORY / "solutions"))
def test_what_is_committed_for_learners_holds_no_secret(name: str) -> None:
    hidden = secrets(load_week(REPOSITORY / "solutions" / name))
    assert len(hidden) > 20
    for path, data in everything_in(REPOSITORY / "exercises" / name).items():
        assert leaks(hidden, path, data) == []


def test_the_wheel_holds_no_secret(tmp_path: Path) -> None:
    files = packed(tmp_path)
    assert any(name.endswith(".pyc") for name in files)
    for week in week_names(REPOSITORY / "solutions"):
        hidden = secrets(load_week(REPOSITORY / "solutions" / week))
        assert [leak for name, data in files.items() for leak in leaks(hidden, name, data)] == []
    assert not any("solutions" in Path(name).parts for name in files)


def test_the_learners_part_of_the_kit_is_what_its_source_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # with the real examples this time
    monkeypatch.delenv("AUTOGRADE_ROOT", raising=False)
    kit = find_kit(REPOSITORY)
    assert check_up_to_date(week_names(kit.solutions), kit) == []
    assert os.environ.get("AUTOGRADE_ROOT") is None

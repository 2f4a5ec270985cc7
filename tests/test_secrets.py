"""What a learner gets, the package among it, holds nothing of what only `solutions/` may hold."""

from __future__ import annotations

import ast
import builtins
import json
import keyword
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tiny_week import REPOSITORY, everything_in

from autograde.build import build
from autograde.folders import files_beside, folders_of
from autograde.places import Kit, week_names
from autograde.weeks import Week, load_week, stub_of, template_of

pytestmark = pytest.mark.usefixtures("examples")

SHORTEST_SECRET = 20  # characters; a shorter line gives nothing away that a learner wouldn't write alike
LEAST_OF_ITS_OWN = 16  # letters in words that aren't Python's
PYTHONS_OWN = {*keyword.kwlist, *dir(builtins)}


def normal(line: str) -> str:
    return " ".join(line.split())


def lines_of(text: str) -> Iterator[str]:
    """The lines that say something: `except Exception as error:` is anybody's."""
    for line in map(normal, text.splitlines()):
        words = [word for word in re.findall(r"\w+", line) if word not in PYTHONS_OWN]
        if len(line) >= SHORTEST_SECRET and len("".join(words)) >= LEAST_OF_ITS_OWN:
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
    beside, _ = files_beside(week.source_file, folders_of(week.folder))
    pages = [data.decode() for name, data in beside.items() if name.endswith((".py", ".md"))]
    hidden |= {line for page in pages for line in lines_of(inside_regions(page))}
    given = [stub_of(cell.source, cell.kind) for cell in week.cells] + [week.checks_file.read_text()]
    given += [data.decode() for data in template_of(beside).values()]
    public = normal("\n".join(given))
    return {line for line in hidden if line not in public and not line.startswith(("import ", "from "))}


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


def test_the_secrets_of_the_tiny_week_are_known(built_kit: Kit) -> None:
    hidden = secrets(load_week(built_kit.solutions / "week01"))
    assert "return self.first_of_the_secrets + self.second_of_the_secrets" in hidden
    assert "Because two to the tenth is about a thousand." in hidden
    assert "test_doubling_is_additive_in_secret" in hidden
    assert "return x ** 2.0 # correct for a two only" in hidden
    assert "result_of_adding = x + x" in hidden
    assert not any("Twice x" in line or "assert_close, exercise" in line for line in hidden)


def test_a_planted_leak_is_found_wherever_it_stands(built_kit: Kit, tmp_path: Path) -> None:
    build(["week01"], built_kit)
    week = load_week(built_kit.solutions / "week01")
    hidden = secrets(week)
    instructors = (built_kit.instructor / "source" / "week01" / "week01.ipynb").read_bytes()
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


def test_what_the_tiny_week_gives_to_learners_holds_no_secret(built_kit: Kit) -> None:
    build(["week01"], built_kit)
    hidden = secrets(load_week(built_kit.solutions / "week01"))
    for folder in (built_kit.exercises, built_kit.instructor / "release"):
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

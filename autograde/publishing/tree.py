"""What learners get of a kit: released weeks, the data, the machinery, how to install it; nothing of `solutions/`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from autograde import datasets
from autograde.build import built_files, check_up_to_date
from autograde.errors import Fault, Faults
from autograde.notebook import read_notebook, title_of
from autograde.places import Kit

Tree = dict[str, bytes]  # files by their path in the tree, its parts divided by /

README = "README.md"
MACHINERY = {".html", ".jinja", ".mplstyle", ".py", ".typed"}
ABOUT_DATA = {".md", ".py"}
TO_INSTALL = ("constraints.txt", "LICENSE")
# Learners' tools must not change line ends: files are told apart by their bytes.
GIT_ATTRIBUTES = b"* -text\n"


def learners_tree(kit: Kit, weeks: Sequence[str]) -> Tree:
    """The files that learners get with these weeks. Raises Fault where exercises aren't what their source gives."""
    differences = check_up_to_date(weeks, kit)
    if differences:
        raise Faults([Fault(sentence) for sentence in differences if sentence.startswith(_places(weeks))])
    paths = [*_machinery(kit.root), *_data(kit.datasets), *_pages(kit.exercises), *_weeks(kit, weeks)]
    tree = {path.relative_to(kit.root).as_posix(): _read(path) for path in paths}
    tree |= {name: _read(kit.root / name) for name in TO_INSTALL}
    tree |= {README: _readme(tree, weeks), "pyproject.toml": _project(kit.root)}
    return tree | {".gitattributes": GIT_ATTRIBUTES, ".gitignore": _ignored(kit.root)}


def _places(weeks: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"exercises/{week}/" for week in weeks)


def _machinery(root: Path) -> Iterator[Path]:
    for path in sorted((root / "autograde").rglob("*")):
        if path.suffix in MACHINERY and path.is_file() and not _is_hidden(path.relative_to(root)):
            yield path


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") or part == "__pycache__" for part in path.parts)


def _data(folder: Path) -> Iterator[Path]:
    """The listed data, once they match their checksums, and what is said of them; no other file that lies there."""
    for name in datasets.checksums(folder):
        datasets.read(name, folder)
        yield folder / name
    yield folder / datasets.LIST
    for path in sorted(folder.rglob("*")):
        about = path.suffix in ABOUT_DATA or path.name.endswith("LICENSE.txt")
        if about and path.is_file() and not _is_hidden(path.relative_to(folder)):
            yield path


def _pages(exercises: Path) -> list[Path]:
    return sorted(exercises.glob("*.md"))


def _weeks(kit: Kit, weeks: Sequence[str]) -> Iterator[Path]:
    for week in weeks:
        yield from (kit.exercises / week / name for name in sorted(built_files(week, kit)))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise Fault(f"it can't be read ({reason})", str(path), "restore it from the kit") from error


def _readme(tree: Tree, weeks: Sequence[str]) -> bytes:
    """The first page that learners see, with the weeks' own titles."""
    pages = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # Markdown, of the kit's own words
    )
    notebooks = {week: read_notebook(tree[f"exercises/{week}/{week}.ipynb"]) for week in weeks}
    titles = {week: title_of(notebook.cells, week) for week, notebook in notebooks.items()}
    return pages.get_template("README.md.jinja").render(titles=titles).encode()


def _project(root: Path) -> bytes:
    """How to install the package; the tests that `pytest` alone runs are the learner's."""
    text = _read(root / "pyproject.toml").decode()
    return re.sub(r"^testpaths = .*$", 'testpaths = ["exercises"]', text, flags=re.MULTILINE).encode()


def _ignored(root: Path) -> bytes:
    """What git leaves out: as in the kit, but for its own folders."""
    lines = _read(root / ".gitignore").decode().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("/instructor")).encode()

"""Folders that lie beside a week's notebook and belong to an exercise: read as plain data, bounded, never by a link.

In `solutions/weekNN/` a folder is named by its exercise. Learners get its Python and Markdown as a template, and
hand in what they made of it together with the notebook.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from autograde.errors import Fault

Files = dict[str, bytes]  # by path, its parts divided by /

MOST_FILES = 500
MOST_BYTES = 16 * 2**20
DEEPEST = 8
LEFT_BY_TOOLS = ("__pycache__", ".egg-info", ".pyc", "lightning_logs")


def folders_of(week: Path) -> list[str]:
    """The names of the folders in a week's source, each that of an exercise."""
    if not week.is_dir():
        return []
    return sorted(path.name for path in week.iterdir() if path.is_dir() and not _is_left_by_tools(path.name))


def week_sources(week: Path) -> list[Path]:
    """The files that a week's source consists of, those of its folders among them."""
    beside = [path for name in folders_of(week) for path in _paths(week / name, week / name)]
    return [*sorted(week.glob("*.py")), *beside]


def read_files(folder: Path) -> Files:
    """The regular files of a folder and below. Fault at a link, and where there are too many of them or too much."""
    files: Files = {}
    room = MOST_BYTES
    for path in _paths(folder, folder):
        name = path.relative_to(folder).as_posix()
        room -= path.lstat().st_size
        if len(files) == MOST_FILES or room < 0:
            bounds = f"{MOST_FILES} files and {MOST_BYTES // 2**20} MB"
            raise Fault(f"there is more in it than {bounds}", str(folder), "keep what your problem needs")
        files[name] = _content(path)
    return files


def files_beside(notebook: Path, folders: Iterable[str]) -> tuple[Files, list[str]]:
    """What lies in these folders beside a notebook; what can't be taken is left out with a sentence."""
    found: Files = {}
    problems: list[str] = []
    for name in folders:
        if not os.path.lexists(notebook.parent / name):
            continue
        try:
            files = read_files(notebook.parent / name)
        except Fault as fault:
            problems.append(f"The folder {name} was left out: {_without_place(fault, notebook.parent)}")
        else:
            found |= within(name, files)
    return found, problems


def within(folder: str, files: Mapping[str, bytes]) -> Files:
    """The files as they lie in a folder of this name."""
    return {f"{folder}/{path}": data for path, data in files.items()}


def lay_files(files: Mapping[str, bytes], place: Path) -> None:
    """Write files below an existing folder."""
    for name, data in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(data)


def digest_of_files(files: Mapping[str, bytes]) -> str:
    """A hash over paths and contents."""
    total = hashlib.sha256()
    for name in sorted(files):
        total.update(hashlib.sha256(name.encode()).digest() + hashlib.sha256(files[name]).digest())
    return total.hexdigest()


def submission_digest(notebook: bytes, beside: Mapping[str, bytes]) -> str:
    """What a submission is known by: the SHA-256 of the notebook, with what was handed in beside it if anything was."""
    alone = hashlib.sha256(notebook)
    return (
        hashlib.sha256(alone.digest() + digest_of_files(beside).encode()).hexdigest()
        if beside
        else alone.hexdigest()
    )


def _paths(folder: Path, top: Path) -> Iterator[Path]:
    """Files in the order of their names, without what tools keep for themselves."""
    if folder.is_symlink():
        raise Fault("this is a link", str(folder), "put the folder itself there")
    if not folder.is_dir():
        raise Fault("this is not a folder", str(folder), "put the folder there")
    if len(folder.relative_to(top).parts) > DEEPEST:
        raise Fault(f"its folders are nested more than {DEEPEST} deep", str(top), "lay it out flatter")
    for name in sorted(os.listdir(folder)):
        path = folder / name
        if _is_left_by_tools(name):
            continue
        if not name.isprintable():  # or holds bytes that aren't text
            raise Fault("this name can't be written", repr(str(path)), "rename it")
        if path.is_dir() and not path.is_symlink():
            yield from _paths(path, top)
        elif path.is_file() and not path.is_symlink():
            yield path
        else:
            raise Fault("this is a link, or no file at all", str(path), "put the file itself there")


def _is_left_by_tools(name: str) -> bool:
    return name.startswith(".") or name.endswith(LEFT_BY_TOOLS)


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES)
    except OSError as error:
        raise Fault(f"it can't be read ({error.strerror})", str(path), "look at its permissions") from None


def _without_place(fault: Fault, place: Path) -> str:
    """The sentence for a learner, who has no use for the grader's paths."""
    return str(fault).replace(f"{place}/", "")

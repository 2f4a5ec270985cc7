"""A built folder: its files put in place, and read."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from autograde.errors import Fault
from autograde.files import replace

Files = Mapping[str, bytes]


def install(folder: Path, files: Files, ours: frozenset[str]) -> list[Path]:
    """Make `folder` hold these files. Of what else is there only our own of former builds is removed."""
    with _said_of(folder):
        folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        with _said_of(folder / name):
            (folder / name).parent.mkdir(exist_ok=True, parents=True)
            replace(folder / name, data)
    for name in sorted(ours - set(files)):
        with _said_of(folder / name):
            (folder / name).unlink(missing_ok=True)
    return [folder / name for name in files]


@contextlib.contextmanager
def _said_of(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        remedy = "make room or grant access, and build again"
        raise Fault(f"it can't be written ({reason})", str(path), remedy) from error


def read_folder(folder: Path) -> dict[str, bytes]:
    """The files that lie in a folder and below, by their path in it."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}

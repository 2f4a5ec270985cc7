"""Writing built files so that a full disk or a crash leaves the old ones whole."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from autograde.errors import Fault

Files = Mapping[str, bytes]


def install(folder: Path, files: Files, ours: frozenset[str]) -> list[Path]:
    """Make `folder` hold these files. Of what else is there only our own of former builds is removed."""
    with _said_of(folder):
        folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        with _said_of(folder / name):
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


def replace(path: Path, data: bytes) -> None:
    """Put `data` at `path` in one step. An unchanged file is left alone, its time with it."""
    with contextlib.suppress(OSError):
        if path.read_bytes() == data:
            return
    new = path.with_name(f".{path.name}.new")
    try:
        with new.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            new.unlink()
        raise


def read_folder(folder: Path) -> dict[str, bytes]:
    """The files that lie in a folder, by name."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}

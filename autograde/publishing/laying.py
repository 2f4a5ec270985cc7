"""A tree laid in a folder: what is there and unchanged is brought up to date, what somebody changed stays.

The list of what was laid is written before the first file and again after the last, so that an interrupted run
leaves whole files, all of them known, and the next run goes on from there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from autograde.errors import Fault
from autograde.files import replace
from autograde.publishing.manifest import MANIFEST, Manifest, digest, manifest_of, parsed, written
from autograde.publishing.tree import Tree

NOTEBOOK = ".ipynb"
NEW = ".new"
LAID_BESIDE = re.compile(r"\.new\d*$")
WORKPLACE = "exercises"  # where learners add files of their own
LEFT_BY_TOOLS = ("__pycache__", ".egg-info")


@dataclass
class Laid:
    """What became of the paths. `beside` says where the kit's new file lies whose own place somebody's takes."""

    made: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    beside: dict[str, str] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)  # no longer the kit's, and changed by somebody


def read_manifest(folder: Path) -> Manifest | None:
    """What was laid in a folder; None if nothing ever was."""
    path = folder / MANIFEST
    try:
        return parsed(path.read_bytes(), str(path))
    except FileNotFoundError:
        return None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise Fault(f"it can't be read ({reason})", str(path), "grant access to it") from error


def require_ours(folder: Path) -> None:
    """Fault if the folder holds what nobody published there, a learner's own in `exercises` and git's apart."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise Fault("this is a file", str(folder), "name a folder, or a file that ends in .zip")
    manifest = read_manifest(folder)
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        if _is_strange(name) if manifest is None else name not in manifest and _is_in_the_way(name):
            raise Fault(
                f"it holds {name}, which was not published there",
                str(folder),
                "move that away, or name a new folder",
            )


def _files(folder: Path) -> Iterator[Path]:
    """Files and links below a folder, but for what git keeps."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != ".git")
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        yield from (Path(place) / name for name in sorted([*names, *links]))


def _is_strange(name: str) -> bool:
    return name != ".git"  # which is a file in git's own worktrees


def _is_in_the_way(name: str) -> bool:
    parts = name.split("/")
    tools = any(part.startswith(".") or part.endswith(LEFT_BY_TOOLS) for part in parts)
    return not (tools or parts[0] == WORKPLACE or LAID_BESIDE.search(name))


def lay(tree: Tree, folder: Path) -> Laid:
    """Make the folder's published files those of the tree; what somebody changed or added there stays as it is."""
    known = read_manifest(folder) or {}
    with _said_of(folder):
        folder.mkdir(parents=True, exist_ok=True)
    for path in {**tree, **known}:
        _require_no_links(folder, path)
    laid = Laid()
    new = manifest_of(tree)
    plan = {path: data for path, data in tree.items() if _is_to_write(folder, path, new, known, laid)}
    _keep_list(folder, {**known, **{path: [*known.get(path, []), *new[path]] for path in plan}})
    for path, data in plan.items():
        _write(folder / path, data)
    for path in laid.beside:
        laid.beside[path] = _write_beside(folder, path, tree[path])
    for path in known.keys() - tree.keys():
        _drop(folder, path, known[path], laid)
    _keep_list(folder, new)
    return laid


def _require_no_links(folder: Path, path: str) -> None:
    """A link would carry what is written to somewhere else."""
    place = folder
    for part in path.split("/"):
        place = place / part
        if place.is_symlink():
            raise Fault("this is a link", str(place), "put a file or folder of its own there")


def _is_to_write(folder: Path, path: str, new: Manifest, known: Manifest, laid: Laid) -> bool:
    there = _digest_of(folder / path)
    if there is None:
        laid.made.append(path)
    elif there in new[path]:
        return False
    elif there in known.get(path, []):
        laid.changed.append(path)
    else:
        if known.get(path) != new[path]:  # else it was said when that version came
            laid.beside[path] = ""
        return False
    return True


def _digest_of(path: Path) -> str | None:
    with _said_of(path):
        try:
            return digest(path.read_bytes())
        except FileNotFoundError:
            return None


def _write(path: Path, data: bytes) -> None:
    with _said_of(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        replace(path, data)


def _write_beside(folder: Path, path: str, data: bytes) -> str:
    """Put the kit's file next to somebody's, where nothing else lies. Tests and Jupyter don't take it for theirs."""
    for number in range(1, 1000):
        mark = NEW if number == 1 else f"{NEW}{number}"
        stem = path.removesuffix(NOTEBOOK)
        name = f"{stem}{mark}{NOTEBOOK}" if path.endswith(NOTEBOOK) else f"{path}{mark}"
        _require_no_links(folder, name)
        if _digest_of(folder / name) in (None, digest(data)):
            _write(folder / name, data)
            return name
    raise Fault("a thousand new versions lie beside it", str(folder / path), "delete those you don't need")


def _drop(folder: Path, path: str, ours: list[str], laid: Laid) -> None:
    """Remove what is no longer the kit's, and the folders that are empty without it."""
    there = _digest_of(folder / path)
    if there is None:
        return
    if there not in ours:
        laid.left.append(path)
        return
    with _said_of(folder / path):
        (folder / path).unlink()
    laid.removed.append(path)
    for place in (folder / path).parents:
        if place == folder or any(place.iterdir()):
            return
        place.rmdir()


def _keep_list(folder: Path, manifest: Manifest) -> None:
    _write(folder / MANIFEST, written(manifest))


@contextmanager
def _said_of(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        remedy = "make room or grant access, and run the command again"
        raise Fault(f"it can't be written ({reason})", str(path), remedy) from error

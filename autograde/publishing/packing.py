"""A tree as one zip for mail, and a tree read from a zip or a folder that was published."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from autograde.errors import Fault
from autograde.files import replace
from autograde.publishing.laying import read_manifest
from autograde.publishing.manifest import MANIFEST, REMEDY, Manifest, digest, manifest_of, parsed, written
from autograde.publishing.tree import Tree

ALWAYS_THE_SAME = (1980, 1, 1, 0, 0, 0)  # so that the same tree gives the same zip


def pack(tree: Tree, path: Path) -> None:
    """Write the tree to a zip, in a folder of the zip's name. Fault if another file is there."""
    if path.exists():
        unpack(path)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted({**tree, MANIFEST: written(manifest_of(tree))}.items()):
            member = zipfile.ZipInfo(f"{path.stem}/{name}", ALWAYS_THE_SAME)
            member.external_attr = 0o644 << 16
            archive.writestr(member, data, zipfile.ZIP_DEFLATED)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace(path, buffer.getvalue())
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise Fault(f"it can't be written ({reason})", str(path), "make room or grant access") from error


def unpack(path: Path) -> Tree:
    """The tree in a zip or folder, as it was published. Fault if it isn't one, or not whole."""
    if path.is_dir():
        return _from_folder(path)
    try:
        with zipfile.ZipFile(path) as archive:
            return _from_zip(archive, path)
    except FileNotFoundError:
        raise Fault("there is no such file or folder", str(path), "name the zip that you got") from None
    except (OSError, zipfile.BadZipFile, RuntimeError) as error:
        raise Fault(f"it can't be read ({error})", str(path), "name the zip that you got") from error


def _from_folder(folder: Path) -> Tree:
    inside = [place for place in (folder, *sorted(folder.glob("*/"))) if (place / MANIFEST).is_file()]
    if not inside:
        raise _not_published(folder)
    manifest = read_manifest(inside[0]) or {}
    present = (path for path in manifest if (inside[0] / path).is_file())
    return _whole({path: (inside[0] / path).read_bytes() for path in present}, manifest)


def _from_zip(archive: zipfile.ZipFile, path: Path) -> Tree:
    members = archive.namelist()
    lists = [name for name in members if name.split("/")[-1] == MANIFEST and name.count("/") < 2]
    if not lists:
        raise _not_published(path)
    top = lists[0].removesuffix(MANIFEST)
    manifest = parsed(archive.read(lists[0]), f"{path}: {lists[0]}")
    present = manifest.keys() & {name.removeprefix(top) for name in members}
    return _whole({name: archive.read(top + name) for name in sorted(present)}, manifest)


def _whole(tree: Tree, manifest: Manifest) -> Tree:
    """The tree, if it has every file as it was published."""
    for name, known in manifest.items():
        if name not in tree:
            raise Fault("it is missing from what you got", name, REMEDY)
        if digest(tree[name]) not in known:
            raise Fault("it is not as it was published", name, REMEDY)
    return tree


def _not_published(path: Path) -> Fault:
    return Fault("this is not a kit that was published", str(path), "name the zip or folder that you got")

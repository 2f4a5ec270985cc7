"""The list of what was published in a folder: it tells the kit's own files from what somebody changed or added."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import PurePosixPath

from autograde.errors import Fault

MANIFEST = ".published.json"
REMEDY = "get the kit again, into a new folder"

# By path, the SHA-256 of the file as it was laid; while it is being replaced, of both.
Manifest = dict[str, list[str]]


def digest(data: bytes) -> str:
    """The SHA-256 that the manifest knows a file by."""
    return sha256(data).hexdigest()


def manifest_of(tree: Mapping[str, bytes]) -> Manifest:
    """The list of a tree that was laid as a whole."""
    return {path: [digest(data)] for path, data in sorted(tree.items())}


def written(manifest: Manifest) -> bytes:
    """The list as it is kept: the same for the same files."""
    return (json.dumps({"files": dict(sorted(manifest.items()))}, indent=1) + "\n").encode()


def parsed(data: bytes, where: str) -> Manifest:
    """The list in a file. Fault if it is damaged, or names a path that leads elsewhere."""
    try:
        files = json.loads(data)["files"]
        manifest = {str(path): [str(each) for each in digests] for path, digests in files.items()}
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Fault("the list of published files is damaged", where, REMEDY) from None
    strange = next(_leading_elsewhere(manifest), None)
    if strange is not None:
        raise Fault(f"it lists {strange!r}, which no kit has", where, REMEDY)
    return manifest


def _leading_elsewhere(paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        parts = PurePosixPath(path).parts
        plain = parts and path == "/".join(parts) and not PurePosixPath(path).is_absolute()
        if not plain or {"..", ".git", MANIFEST} & {*parts} or any(mark in path for mark in "\\:\0"):
            yield path


def weeks_in(paths: Iterable[str]) -> list[str]:
    """The weeks that a tree's paths are of, in order."""
    rooms = (PurePosixPath(path).parts for path in paths)
    return sorted({parts[1] for parts in rooms if len(parts) == 3 and parts[0] == "exercises"})

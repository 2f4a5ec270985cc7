"""What a grade depends on beside submission and suite: this package, and the versions of what it runs on."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path

import platformdirs

RUNS_ON = ("torch", "numpy", "hypothesis", "ipython")


@cache
def package_digest(*names: str) -> str:
    """A hash over this package's sources, or over the named files of them."""
    folder = Path(__file__).parent
    return digest_of(folder / name for name in names) if names else digest_of(sorted(folder.rglob("*.py")))


def digest_of(paths: Iterable[Path]) -> str:
    """A hash over the contents of files, in the order given."""
    total = hashlib.sha256()
    for path in paths:
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def key_of(*parts: object) -> str:
    """A hash over anything that has a text, and over the versions that every grade depends on."""
    system = [platform.python_version(), platform.system(), platform.machine()]
    versions = [version(name) for name in RUNS_ON]
    return hashlib.sha256(
        "\0".join(map(str, [*parts, *system, *versions])).encode(errors="surrogatepass")
    ).hexdigest()


def cache_folder(name: str) -> Path:
    """A folder of ours in this user's cache, made if need be."""
    folder = Path(platformdirs.user_cache_dir("autograde")) / name
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder

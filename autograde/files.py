"""Writing files so that a full disk or a crash leaves the old ones whole."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

READABLE = 0o644


def replace(path: Path, data: bytes) -> None:
    """Put `data` at `path` in one step. An unchanged file is left alone, its time with it. Raises OSError."""
    with contextlib.suppress(OSError):
        if path.read_bytes() == data:
            return
    handle, new = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(new, READABLE)
        os.replace(new, path)
    except BaseException:  # whoever stops the program must not find half a file
        with contextlib.suppress(OSError):
            os.unlink(new)
        raise

"""The folder that a sealed learner may write in, seen from the judge."""

from __future__ import annotations

import contextlib
import os
import subprocess
from pathlib import Path

BLOCK_BYTES = 4096


def remove_tree(folder: Path) -> None:
    """Remove a folder that a learner could write in: by `rm`, since its folders may be nested too deep for Python."""
    subprocess.run(["rm", "-rf", "--", str(folder)], check=False, stderr=subprocess.DEVNULL)


def bytes_below(folder: Path) -> int:
    """What a learner has written, and a block for each file and folder."""
    total = 0
    waiting = [str(folder)]  # and not os.walk, which calls itself for each level
    while waiting:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                total += BLOCK_BYTES
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                else:
                    total += entry.stat(follow_symlinks=False).st_size
    return total

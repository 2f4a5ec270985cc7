"""The fresh parent of one measured command: prints what it and all its descendants used, as JSON.

Run by itself with nothing imported, so that nothing but the command is counted.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import subprocess
import sys
import time

PR_SET_CHILD_SUBREAPER = 36


def main() -> None:
    """Run the command that the arguments make."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # orphans are counted too
    started = time.monotonic()
    done = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    wall = time.monotonic() - started
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    said = [stream.decode(errors="replace") for stream in (done.stdout, done.stderr)]
    cost = {"cpu": used.ru_utime + used.ru_stime, "wall": wall}
    print(json.dumps({"cost": cost, "status": done.returncode, "stdout": said[0], "stderr": said[1]}))


if __name__ == "__main__":
    main()

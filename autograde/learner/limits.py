"""What one sealed process may use up: processor time, memory, file sizes, descriptors, threads.

These bound one process. What they can't bound is left to whoever started it: wall time, root's threads, and how
much it writes into its scratch folder in many files, of which those removed but still open or mapped can't be seen.
"""

from __future__ import annotations

import contextlib
import sys
from dataclasses import dataclass
from pathlib import Path

if sys.platform != "win32":  # where a judge may still pass Limits about
    import resource


@dataclass(frozen=True)
class Limits:
    """Bounds for one sealed process."""

    cpu_seconds: int = 300
    memory_bytes: int = 4 * 2**30  # of address space, beyond what is mapped when the limits are put on
    file_bytes: int = 64 * 2**20  # the largest file it can write
    open_files: int = 64
    # The kernel counts a user's, beyond all that run on the machine; the judge this process's own.
    threads: int = 64


def advice(error: str) -> str:
    """What to do about an exception that one of the limits or the seal caused, by its text; "" for any other."""
    bounds = Limits()
    for sign, sentence in {
        "MemoryError": f"code that is graded may use {bounds.memory_bytes // 2**30} GB: work on less at a time",
        "can't allocate memory": f"code that is graded may use {bounds.memory_bytes // 2**30} GB: "
        "work on less at a time",
        "[Errno 24]": f"code that is graded may have {bounds.open_files} files open: close them",
        "[Errno 27]": f"code that is graded may write files of {bounds.file_bytes // 2**20} MB: write less",
        "can't start new thread": f"code that is graded may start {bounds.threads} threads: start fewer",
        "[Errno 13]": REFUSED,
        "[Errno 1]": REFUSED,
    }.items():
        if sign in error:
            return sentence
    return ""


REFUSED = (
    "code that is graded reaches no network, no other program, and no file outside its own folder: "
    "do without, or tag the cell `explore`"
)


def apply(limits: Limits) -> None:
    """Put the limits on this process, for good: seccomp then refuses to set any."""
    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    tasks = int(Path("/proc/loadavg").read_text().split()[3].partition("/")[2])
    wanted = {
        # The hard limit is the soft one, so that SIGKILL comes and not SIGXCPU, which can be caught.
        resource.RLIMIT_CPU: limits.cpu_seconds,
        # Address space and not RLIMIT_DATA, which overlooks memory that is shared or mapped from a file.
        resource.RLIMIT_AS: mapped + limits.memory_bytes,
        resource.RLIMIT_FSIZE: limits.file_bytes,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_NPROC: tasks + limits.threads,
        resource.RLIMIT_CORE: 0,
    }
    for kind, value in wanted.items():
        hard = resource.getrlimit(kind)[1]
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)
        resource.setrlimit(kind, (value, value))
    # If memory runs out all the same, this process goes before the judge. Not a promise: /proc may be
    # read-only in a container.
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")

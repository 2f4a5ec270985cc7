"""Sealing this process, for good, before it runs a line of a learner's code.

Layer upon layer, none of which needs a privilege, the same for root as for anyone else. What the layers can't
close: a sealed process can see that a file of a known name exists, its size, owner and times (seccomp can't
filter paths, Landlock doesn't cover `stat`), and so which processes there are; the names and numbers of the
machine (`uname`, `sysinfo`); and who it runs as.
"""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import struct
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from autograde.errors import Fault
from autograde.learner import landlock, seccomp
from autograde.learner.limits import Limits, apply
from autograde.learner.seccomp import call

# In the order in which they are put on; Landlock's name is followed by its version.
LAYERS = (
    "environment",
    "descriptors",
    "dies-with-parent",
    "limits",
    "capabilities-dropped",
    "not-dumpable",
    "no-new-privileges",
    "landlock",
    "seccomp",
)

REMEDY = "grade inside the container of the guide, or add --trust if every notebook is your own"
REMEDIES = {
    "landlock": "it takes Linux 6.2 or newer with landlock listed in /sys/kernel/security/lsm (a container must "
    f"not forbid it): {REMEDY}",
    "seccomp": f"it takes a kernel with CONFIG_SECCOMP_FILTER on x86_64 or aarch64: {REMEDY}",
}

PACKAGE = Path(__file__).resolve().parents[1]
SYSTEM_FILES = (
    "/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/share/zoneinfo", "/etc/localtime", "/etc/ld.so.cache",
    "/dev/urandom",
)  # fmt: skip

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38
CAPABILITY_VERSION = 0x20080522
# Root's right to read what belongs to others: the course may be another user's, and Landlock decides anyway.
CAPABILITIES_KEPT = 1 << 1 | 1 << 2


class SealError(Fault):
    """This process can't be sealed, and must not run another's code."""


def seal(
    keep_fd: int, scratch: Path, readable: Sequence[Path], limits: Limits, *, parent: int | None = None
) -> list[str]:
    """Seal this process and return the layers it is in, as `["descriptors", ..., "landlock-7", "seccomp"]`.

    Of its descriptors `keep_fd` stays; of the files, those beneath `readable` to read and those beneath
    `scratch` to write, where it ends up. `parent` is the process that forked it, which it mustn't outlive.
    SealError if one layer can't be put on: then some of them are, and the only thing left to do is to leave.
    """
    steps: dict[str, Callable[[], int | None]] = {
        "environment": lambda: _settle(scratch),
        "descriptors": lambda: _close_all_but(keep_fd),
        "dies-with-parent": lambda: _die_with(parent),
        "limits": lambda: apply(limits),
        "capabilities-dropped": _drop_capabilities,
        "not-dumpable": lambda: call("prctl", PR_SET_DUMPABLE, 0),
        "no-new-privileges": lambda: call("prctl", PR_SET_NO_NEW_PRIVS, 1),
        "landlock": lambda: landlock.restrict(readable, [scratch, Path(os.devnull)]),
        "seccomp": seccomp.allow_only,
    }
    active = []
    try:
        for name in LAYERS:
            version = steps[name]()
            active.append(f"{name}-{version}" if name == "landlock" else name)
    except (OSError, ValueError) as error:  # a limit beyond what is allowed is a ValueError
        raise _seal_error(LAYERS[len(active)], error) from error
    return active


def _seal_error(layer: str, error: Exception) -> SealError:
    what = f"a learner's process can't be sealed: no {layer} ({error})"
    return SealError(what, remedy=REMEDIES.get(layer, REMEDY))


def readable_places(secrets: Sequence[Path] = ()) -> list[Path]:
    """What a learner's code needs to read to import and run: Python's libraries, the system's, this package.

    Fault if the course itself, or one of `secrets`, lies beneath one of them.
    """
    paths = sysconfig.get_paths()
    places = [Path(paths[key]) for key in ("stdlib", "platstdlib", "purelib", "platlib")]
    # Beside the packages lie the libraries that come with Python, as Conda's do.
    places += [Path(prefix) / "lib" for prefix in (sys.prefix, sys.base_prefix)]
    places += [Path(entry) for entry in sys.path if Path(entry).name in ("site-packages", "dist-packages")]
    places = list(dict.fromkeys([*places, PACKAGE, *map(Path, SYSTEM_FILES)]))
    root = PACKAGE.parent
    course = [root / name for name in ("solutions", "instructor") if (root / "solutions").is_dir()]
    for secret in (path.resolve() for path in (*course, *secrets)):
        for place in places:
            if secret.is_relative_to(place.resolve()):
                raise SealError(
                    f"lies beneath {place}, which learners' code must be able to read",
                    str(secret),
                    "move the course out of Python's own folders",
                )
    return places


def _settle(scratch: Path) -> None:
    """Live in the scratch folder, with an environment that tells nothing else."""
    os.chdir(scratch)
    os.environ.clear()
    os.environ.update(HOME=str(scratch), TMPDIR=str(scratch))
    tempfile.tempdir = None  # asked for before, it would still be the grader's
    tasks = len(os.listdir("/proc/self/task"))
    if tasks != 1:
        raise OSError(errno.EBUSY, f"it has {tasks} threads, and only one of them would be sealed")


def _close_all_but(keep_fd: int) -> None:
    if keep_fd < 3:
        raise OSError(errno.EBADF, f"descriptor {keep_fd} is one of the three that are replaced")
    null = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(null, standard)
    if keep_fd > 3:
        call("close_range", 3, keep_fd - 1, 0)
    call("close_range", keep_fd + 1, 0xFFFFFFFF, 0)


def _die_with(parent: int | None) -> None:
    before = os.getppid() if parent is None else parent
    call("prctl", PR_SET_PDEATHSIG, signal.SIGKILL)
    # A parent that was gone before the call sends no signal.
    if os.getppid() != before:
        raise OSError(errno.ESRCH, "the process that started it is gone")


def _drop_capabilities() -> None:
    header = ctypes.create_string_buffer(struct.pack("=Ii", CAPABILITY_VERSION, 0), 8)
    sets = ctypes.create_string_buffer(24)  # effective, permitted, inheritable; twice, for the upper half
    call("capget", ctypes.addressof(header), ctypes.addressof(sets))
    kept = struct.unpack_from("=I", sets, 4)[0] & CAPABILITIES_KEPT
    struct.pack_into("=6I", sets, 0, kept, kept, 0, 0, 0, 0)
    call("capset", ctypes.addressof(header), ctypes.addressof(sets))

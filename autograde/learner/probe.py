"""Proof that the seal holds here and now: inside it, everything forbidden is tried, on the real secret files.

No attempt does harm if it succeeds: the same mode again, a call with arguments that come to nothing. So the
reason for an error counts: only one that says "not permitted" is a refusal.
"""

from __future__ import annotations

import contextlib
import errno
import mmap
import os
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from autograde.errors import Fault
from autograde.learner.seal import LAYERS, REMEDIES, REMEDY
from autograde.learner.seccomp import call, machine

OPEN, ABSENT, BROKEN = "open", "absent", "broken"
# What isn't there can't be opened: io_uring, /dev/shm.
REFUSALS = {errno.EPERM, errno.EACCES, errno.ENOSYS, errno.ENOENT, errno.EROFS, errno.EXDEV}

Attempts = dict[str, Callable[[], object]]

SIGCHLD, NEW_USER_NAMESPACE = 17, 0x10000000


def attempts(secrets: Sequence[str], judge_pid: int) -> dict[str, str]:
    """Try everything, in a sealed fork. What must not work and did is "open", what must and didn't "broken".

    A secret that isn't there is "absent": a probe of it proves nothing. So {} says that the seal holds.
    """
    found = {f"read {path}": ABSENT for path in secrets if not os.path.lexists(path)}
    forbidden = {**_outside(), **_processes(judge_pid), **_calls(judge_pid)}
    for path in secrets:
        if os.path.lexists(path):
            forbidden |= _at_secret(path)
    found |= {name: OPEN for name, attempt in forbidden.items() if _succeeds(attempt)}
    return found | {name: BROKEN for name, use in _uses().items() if not _works(use)}


def require_sealed(results: Mapping[str, str], layers: Sequence[str]) -> None:
    """Fault unless every layer is on and the probe found nothing."""
    missing = [name for name in LAYERS if not any(f"{on}-".startswith(f"{name}-") for on in layers)]
    findings = [f"no {name}" for name in missing]
    for state in dict.fromkeys(results.values()):
        names = [name for name, found in results.items() if found == state]
        if names:
            more = f" and {len(names) - 5} more" if len(names) > 5 else ""
            findings.append(f"{state}: {', '.join(names[:5])}{more}")
    if findings:
        remedy = next((REMEDIES[name] for name in missing if name in REMEDIES), REMEDY)
        raise Fault(f"learners' code isn't sealed off ({'; '.join(findings)})", remedy=remedy)


def _succeeds(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except OSError as error:
        return error.errno not in REFUSALS
    return True


def _works(use: Callable[[], object]) -> bool:
    try:
        use()
    except Exception:
        return False
    return True


def _at_secret(path: str) -> Attempts:
    """What must not be possible with a secret file or folder, and beside it."""
    folder = os.path.dirname(os.path.abspath(path))
    status = os.lstat(path)
    tries: Attempts = {
        "list the folder of": partial(os.listdir, folder),
        "create beside": partial(_create, folder),
        "rename": partial(os.rename, path, path),
        "chmod": partial(os.chmod, path, status.st_mode & 0o7777),
        "chown": partial(os.chown, path, -1, -1),
        "set times of": partial(os.utime, path, ns=(status.st_atime_ns, status.st_mtime_ns)),
        "list attributes of": partial(os.listxattr, path),
        "link to": partial(_make, "probe-link", partial(os.link, path)),
        "symlink to": partial(_make, "probe-symlink", partial(os.symlink, path)),
    }
    if folder != "/":
        tries["remove the folder of"] = partial(os.rmdir, folder)  # it isn't empty
    if os.path.isdir(path):
        tries |= {"list": partial(os.listdir, path), "create in": partial(_create, path)}
    else:
        tries |= {
            "read": partial(_open, path),
            "write": partial(_open, path, os.O_WRONLY),
            "append to": partial(_open, path, os.O_RDWR | os.O_APPEND),
            "truncate": partial(os.truncate, path, status.st_size),
            "read by a relative path": partial(_open, os.path.relpath(path)),
            "read through /proc": partial(_open, f"/proc/self/root{path}"),
            "read from a folder's descriptor": partial(_open_from, os.path.dirname(os.__file__), path),
        }
    return {f"{name} {path}": attempt for name, attempt in tries.items()}


def _outside() -> Attempts:
    """Files that are nobody's secret, and yet not a learner's business."""
    above = os.path.dirname(os.getcwd())
    writes = {f"write in {place}": partial(_create, place) for place in ("/", "/tmp", "/dev/shm", above)}
    lists = {f"list {place}": partial(os.listdir, place) for place in ("/", "/tmp", "/proc", above)}
    others: Attempts = {
        "write Python's library": partial(_open, os.__file__, os.O_WRONLY),
        "read /etc/passwd": partial(_open, "/etc/passwd"),
        "write its own memory by /proc": partial(_open, "/proc/self/mem", os.O_RDWR),
        "read its own maps": partial(_open, "/proc/self/maps"),
        "make a pipe that others see": partial(_make, "probe-pipe", os.mkfifo),
        "make a set-user-id file": partial(_make, "probe-setuid", partial(_new_file, mode=0o4700)),
        "change folder": partial(os.chdir, "."),
        "hold another descriptor": _other_descriptor,
    }
    return {**writes, **lists, **others}


def _processes(judge: int) -> Attempts:
    """Other processes: new ones, the judge, whoever listens on a network."""
    peeks = {f"open the judge's {n}": partial(_open, f"/proc/{judge}/{n}") for n in ("mem", "environ")}
    return {
        **peeks,
        "fork": lambda: _end(os.fork()),
        "clone into a namespace": lambda: _end(call("clone", NEW_USER_NAMESPACE | SIGCHLD)),
        "posix_spawn": lambda: _end(os.posix_spawn("/bin/true", ["true"], {})),
        "subprocess": lambda: _end(subprocess.Popen(["/bin/true"]).pid),
        "read the judge's clock": partial(time.clock_gettime, (~judge << 3) | 2),
        "signal the judge": partial(os.kill, judge, 0),
        "signal its process group": partial(os.kill, 0, 0),
        "signal everyone": partial(os.kill, -1, 0),
        "make a TCP socket": partial(socket.socket, socket.AF_INET, socket.SOCK_STREAM),
        "make a UDP socket": partial(socket.socket, socket.AF_INET6, socket.SOCK_DGRAM),
        "make a unix socket": partial(socket.socket, socket.AF_UNIX),
        "make a socket pair": socket.socketpair,
        "map memory that counts as nobody's": partial(mmap.mmap, -1, mmap.PAGESIZE),
    }


def _calls(judge: int) -> Attempts:
    """Calls that no learner needs, by their numbers, with arguments that come to nothing."""
    bad = -1
    calls: dict[str, tuple[int, int, tuple[int, ...]]] = {
        "execve": (59, 221, ()), "execveat": (322, 281, ()), "ptrace": (101, 117, (3, judge)),
        "process_vm_readv": (310, 270, (judge,)), "process_vm_writev": (311, 271, (judge,)),
        "pidfd_open": (434, 434, (judge,)), "tgkill": (234, 131, (judge, judge)),
        "rt_sigqueueinfo": (129, 138, (judge,)), "tkill": (200, 130, (judge,)),
        "memfd_create": (319, 279, ()), "memfd_secret": (447, 447, (bad,)), "mlock": (149, 228, ()),
        "io_uring_setup": (425, 425, ()), "userfaultfd": (323, 282, (bad,)), "keyctl": (250, 219, (0, -3)),
        "add_key": (248, 217, ()), "bpf": (321, 280, (bad,)), "perf_event_open": (298, 241, ()),
        "unshare": (272, 97, ()), "setns": (308, 268, (bad,)), "mount": (165, 40, ()),
        "chroot": (161, 51, ()), "open_by_handle_at": (304, 265, (bad,)), "openat2": (437, 437, ()),
        "name_to_handle_at": (303, 264, (bad,)), "fchdir": (81, 50, (bad,)), "syslog": (103, 116, (10,)),
        "shmget": (29, 194, ()), "msgctl": (71, 187, (bad, 2)), "semget": (64, 190, (0, bad)),
        "mq_open": (240, 180, ()), "inotify_init1": (294, 26, (bad,)), "fanotify_init": (300, 262, (bad,)),
        "splice": (275, 76, (bad,)), "vmsplice": (278, 75, (bad,)), "tee": (276, 77, (bad, bad, 1)),
        "sendmsg": (46, 211, (bad,)), "recvmsg": (47, 212, (bad,)), "sendto": (44, 206, (bad,)),
        "connect": (42, 203, (bad,)), "bind": (49, 200, (bad,)), "setresuid": (117, 147, (bad,) * 3),
        "setgroups": (116, 159, (bad,)), "capset": (126, 91, ()), "personality": (135, 92, (0xFFFFFFFF,)),
        "setitimer": (38, 103, ()), "timer_create": (222, 107, (99,)), "setpriority": (141, 140, (bad,)),
        "sched_setaffinity": (203, 122, ()), "sched_setscheduler": (144, 119, (0, bad)),
        "ioprio_set": (251, 30, (bad,)), "fallocate": (285, 47, (bad,)), "flock": (73, 32, (bad,)),
        "sendfile": (40, 71, (bad, bad)), "copy_file_range": (326, 285, (bad, 0, bad)),
        "process_madvise": (440, 440, (bad,)), "fchmod": (91, 52, (bad,)), "fchown": (93, 55, (bad,)),
        "prctl to be dumpable": (157, 167, (4,)), "prctl to outlive its parent": (157, 167, (1,)),
        "prctl to be traced": (157, 167, (0x59616D61,)), "fcntl for signals": (72, 25, (0, 8)),
        "fcntl for a larger pipe": (72, 25, (0, 1031, 4096)), "ioctl to type": (16, 29, (0, 0x5412)),
        "madvise to merge": (28, 233, (0, 0, 12)), "seccomp": (317, 277, (999,)),
        "landlock_create_ruleset": (444, 444, (0, 0, 1)), "clone3": (435, 435, (0, 64)),
        "prlimit64 to set": (302, 261, (0, 0, 8)), "mmap locked": (9, 222, (0, 0, 0, 0x2022, bad)),
        "mmap a locked file": (9, 222, (0, 0, 0, 0x2002, bad)), "linkat": (265, 37, (bad, 0, bad)),
        "symlinkat": (266, 36, (0, bad)), "mknodat": (259, 33, (bad,)), "fchmodat": (268, 53, (bad,)),
        "fchownat": (260, 54, (bad,)), "utimensat": (280, 88, (bad,)), "setxattr": (188, 5, ()),
        "futex with inheritance": (202, 98, (0, 6)), "pipe2 for notices": (293, 59, (0, 0o200)),
    }  # fmt: skip
    on_x86 = machine() == "x86_64"
    return {name: partial(call, x86 if on_x86 else arm, *given) for name, (x86, arm, given) in calls.items()}


def _uses() -> Attempts:
    """What must go on working."""
    return {"compute with torch": _compute, "start a thread": _start_thread, "write its own file": _write}


def _compute() -> None:
    import torch

    weight = torch.ones(8, 8, requires_grad=True)
    (weight @ weight).sum().backward()  # type: ignore[no-untyped-call]


def _start_thread() -> None:
    thread = threading.Thread(target=lambda: None)
    thread.start()
    thread.join()


def _write() -> None:
    with tempfile.NamedTemporaryFile("w+") as file:
        file.write("its own")


def _open(path: str, flags: int = os.O_RDONLY) -> None:
    os.close(os.open(path, flags))


def _open_from(folder: str, path: str) -> None:
    """By way of the descriptor of a folder that may be read."""
    descriptor = os.open(folder, os.O_RDONLY)
    os.close(os.open(os.path.relpath(path, folder), os.O_RDONLY, dir_fd=descriptor))


def _create(folder: str) -> None:
    _make(os.path.join(folder, f".autograde-probe-{os.getpid()}"), _new_file)


def _new_file(name: str, mode: int = 0o600) -> None:
    os.close(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))


def _make(name: str, make: Callable[[str], object]) -> None:
    """Make something and, if that succeeds, remove it again."""
    make(name)
    with contextlib.suppress(OSError):
        os.unlink(name)


def _end(pid: int) -> None:
    """A fork that succeeded: the new process leaves at once."""
    if pid == 0:
        os._exit(0)
    with contextlib.suppress(OSError):  # a refusal to wait is not one to fork
        os.waitpid(pid, 0)


def _other_descriptor() -> None:
    """Its one socket is the only descriptor from 3 up."""
    held = []
    for descriptor in range(3, 4096):
        with contextlib.suppress(OSError):
            os.fstat(descriptor)
            held.append(descriptor)
    if len(held) <= 1:
        raise OSError(errno.EPERM, "none but one")

"""A seccomp filter of our own: the few calls to the kernel that a learner's code needs, and no others.

The filter is a list of what is allowed; all else, known today or not, fails with EPERM. It is assembled here
rather than by libseccomp because it is small, and because a filter that can be read whole can be trusted.

It can't look behind pointers, so it can't tell one path from another: opening files is Landlock's matter,
and `stat`, `access` and `readlink` stay open. A learner's code can therefore learn that a file of a certain
name exists, its size and its times. It can't learn a byte of what is in it.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Callable, Iterable
from functools import cache
from typing import NamedTuple

ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column below, AUDIT_ARCH_*

# Numbers as in asm/unistd_64.h and asm-generic/unistd.h; None where an architecture lacks the call.
ALWAYS: dict[str, tuple[int | None, int | None]] = {
    # Descriptors. There are only four to begin with, and new ones come from openat and pipe2. The one
    # socket is read and written with read and write: the calls made for sockets could pass descriptors.
    "read": (0, 63), "write": (1, 64), "readv": (19, 65), "writev": (20, 66), "pread64": (17, 67),
    "pwrite64": (18, 68), "lseek": (8, 62), "close": (3, 57), "dup": (32, 23), "dup2": (33, None),
    "dup3": (292, 24), "poll": (7, None), "ppoll": (271, 73), "select": (23, None),
    "pselect6": (270, 72), "ftruncate": (77, 46), "fstat": (5, 80), "getdents64": (217, 61),
    # Looking at paths: names, sizes and times can be seen, see above.
    "newfstatat": (262, 79), "stat": (4, None), "lstat": (6, None), "statx": (332, 291),
    "access": (21, None), "faccessat": (269, 48), "faccessat2": (439, 439), "readlink": (89, None),
    "readlinkat": (267, 78), "getcwd": (79, 17),
    # Names within the scratch folder, which Landlock holds them to.
    "mkdir": (83, None), "rmdir": (84, None), "unlink": (87, None), "unlinkat": (263, 35),
    "rename": (82, None), "renameat": (264, 38),
    # Memory of its own, within RLIMIT_AS.
    "mprotect": (10, 226), "munmap": (11, 215), "mremap": (25, 216), "brk": (12, 214),
    # Threads, signals to itself, and its end.
    "set_robust_list": (273, 99), "rseq": (334, 293), "gettid": (186, 178), "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123), "getcpu": (309, 168), "exit": (60, 93), "exit_group": (231, 94),
    "sigaltstack": (131, 132), "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139), "rt_sigtimedwait": (128, 137), "rt_sigsuspend": (130, 133),
    "rt_sigpending": (127, 136), "restart_syscall": (219, 128),
    # Time, and who and where it is.
    "nanosleep": (35, 101), "gettimeofday": (96, 169), "time": (201, None), "times": (100, 153),
    "getpid": (39, 172), "getppid": (110, 173), "getuid": (102, 174), "geteuid": (107, 175),
    "getgid": (104, 176), "getegid": (108, 177), "uname": (63, 160), "sysinfo": (99, 179),
    "getrusage": (98, 165), "getrandom": (318, 278),
}  # fmt: skip

# Allowed with some arguments only (`conditions`), answered otherwise, or called by the seal itself.
OTHERS: dict[str, tuple[int, int]] = {
    "openat": (257, 56), "pipe2": (293, 59), "mkdirat": (258, 34), "fcntl": (72, 25), "ioctl": (16, 29),
    "mmap": (9, 222), "madvise": (28, 233), "clone": (56, 220), "futex": (202, 98), "tgkill": (234, 131),
    "clock_gettime": (228, 113), "clock_getres": (229, 114), "clock_nanosleep": (230, 115),
    "kill": (62, 129), "prctl": (157, 167), "prlimit64": (302, 261),
    "clone3": (435, 435), "openat2": (437, 437),
    "seccomp": (317, 277), "landlock_create_ruleset": (444, 444), "landlock_add_rule": (445, 445),
    "landlock_restrict_self": (446, 446), "close_range": (436, 436), "capget": (125, 90), "capset": (126, 91),
}  # fmt: skip

# With ENOSYS the C library falls back to clone and openat, whose arguments a filter can see.
MISSING = ("clone3", "openat2")

O_CREAT, O_PATH, O_TMPFILE, SET_ID_BITS = 0o100, 0o10000000, 0o20000000, 0o6000
PLAIN_PIPE = 0o2004000  # O_CLOEXEC, O_NONBLOCK
AT_FDCWD = -100 & 0xFFFFFFFF
MAP_PRIVATE, MAP_TYPE, MAP_ANONYMOUS, MAP_LOCKED_OR_HUGE = 0x02, 0x0F, 0x20, 0x42000
CLOCKS = 0xF  # the numbers of the system's clocks and of the process's own fit in here
CLOCK_CALLS = ("clock_gettime", "clock_getres", "clock_nanosleep")
THREAD_FLAGS = 0x3D0F00  # exactly those of pthread_create: shares everything, same process, no namespaces
FCNTL_COMMANDS = (0, 1, 2, 3, 4, 1030)  # DUPFD, GETFD, SETFD, GETFL, SETFL, DUPFD_CLOEXEC
IOCTL_COMMANDS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)  # TCGETS, GWINSZ, NREAD, NBIO, (N)CLEX
MADVISE_ADVICE = (0, 1, 2, 3, 4, 8, 14, 15)  # up to DONTNEED, FREE, (NO)HUGEPAGE; not HWPOISON or MERGEABLE
FUTEX_COMMANDS, FUTEX_COMMAND_MASK = (0, 1, 3, 4, 5, 9, 10), 0x7F  # no priority inheritance
PR_SET_NAME = 15
SET_MODE_FILTER = 1

ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050000, 0x80000000
LOAD, AND, JUMP_EQUAL, JUMP_AT_LEAST, RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
X32_BIT = 0x40000000


class Holds(NamedTuple):
    """That the lower half of an argument, under a mask, has a value; the upper half with `upper`."""

    argument: int
    value: int
    mask: int = 0xFFFFFFFF
    upper: bool = False


Alternatives = list[list[Holds]]  # allowed if in one of them everything holds


def conditions(own_pid: int) -> dict[str, Alternatives]:
    """The calls that are allowed with some arguments only, and which."""
    return {
        # A set-user-id file of the grader's would outlive the fork; O_PATH opens what can't be read.
        "openat": [[_lacks(2, O_PATH | O_CREAT | O_TMPFILE)], [_lacks(2, O_PATH), _lacks(3, SET_ID_BITS)]],
        "pipe2": [[_lacks(1, ~PLAIN_PIPE & 0xFFFFFFFF)]],
        # Without a starting folder a path is at most PATH_MAX long: no folders too deep to be removed.
        "mkdirat": [[Holds(0, AT_FDCWD)]],
        # No owners for signals, locks, leases, seals or larger pipes.
        "fcntl": _one_of(1, FCNTL_COMMANDS),
        "ioctl": _one_of(1, IOCTL_COMMANDS),
        # Shared anonymous memory stays filled when it is unmapped, and so would pass RLIMIT_AS.
        "mmap": [
            [_lacks(3, MAP_LOCKED_OR_HUGE | MAP_ANONYMOUS)],
            [_lacks(3, MAP_LOCKED_OR_HUGE), Holds(3, MAP_PRIVATE, MAP_TYPE)],
        ],
        "madvise": _one_of(2, MADVISE_ADVICE),
        "clone": [[Holds(0, THREAD_FLAGS), Holds(0, 0, upper=True)]],
        "futex": _one_of(1, FUTEX_COMMANDS, FUTEX_COMMAND_MASK),
        "tgkill": [[Holds(0, own_pid)]],
        "kill": [[Holds(0, own_pid)]],
        # The system's clocks and its own; a negative number is another process's.
        **{name: [[_lacks(0, ~CLOCKS & 0xFFFFFFFF)]] for name in CLOCK_CALLS},
        "prctl": [[Holds(0, PR_SET_NAME)]],
        # Reading its own limits, not setting them: the pointer to new ones is null.
        "prlimit64": [[Holds(0, 0), Holds(2, 0), Holds(2, 0, upper=True)]],
    }


def _lacks(argument: int, bits: int) -> Holds:
    return Holds(argument, 0, bits)


def _one_of(argument: int, values: Iterable[int], mask: int = 0xFFFFFFFF) -> Alternatives:
    return [[Holds(argument, value, mask)] for value in values]


def program(machine: str, own_pid: int) -> bytes:
    """The whole filter for one architecture, as the kernel's array of struct sock_filter."""
    column, audit_arch = ARCHITECTURES[machine]
    code = [_load(4), _jump(JUMP_EQUAL, audit_arch, 1, 0), _return(KILL)]
    code += [_load(0), _jump(JUMP_AT_LEAST, X32_BIT, 0, 1), _return(KILL)]
    for numbers in ALWAYS.values():
        number = numbers[column]
        if number is not None:
            code += [_jump(JUMP_EQUAL, number, 0, 1), _return(ALLOW)]
    for name in MISSING:
        code += [_jump(JUMP_EQUAL, OTHERS[name][column], 0, 1), _return(REFUSE | errno.ENOSYS)]
    for name, alternatives in conditions(own_pid).items():
        body = _decide(alternatives)
        code += [_jump(JUMP_EQUAL, OTHERS[name][column], 0, len(body)), *body]
    return b"".join([*code, _return(REFUSE | errno.EPERM)])


def _decide(alternatives: Alternatives) -> list[bytes]:
    """Allow if everything in one of the alternatives holds; refuse otherwise."""
    code = []
    for tests in alternatives:
        rest = 3 * len(tests) + 1  # the alternative's instructions that are still to come
        for argument, value, mask, upper in tests:
            rest -= 3
            code += [_load(16 + 8 * argument + 4 * upper), _instruction(AND, mask)]
            code.append(_jump(JUMP_EQUAL, value, 0, rest))
        code.append(_return(ALLOW))
    return [*code, _return(REFUSE | errno.EPERM)]


def _instruction(kind: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", kind, if_true, if_false, value)


def _load(offset: int) -> bytes:
    return _instruction(LOAD, offset)


def _jump(kind: int, value: int, if_true: int, if_false: int) -> bytes:
    return _instruction(kind, value, if_true, if_false)


def _return(action: int) -> bytes:
    return _instruction(RETURN, action)


def machine() -> str:
    """The architecture that this process runs as; OSError for one that the filter doesn't know."""
    name = platform.machine()
    if sys.platform != "linux" or name not in ARCHITECTURES or sys.maxsize < 2**32:
        known = " and ".join(ARCHITECTURES)
        raise OSError(errno.ENOSYS, f"sealing knows 64-bit Linux on {known}, not {sys.platform} on {name}")
    return name


def call(name: str | int, *arguments: int) -> int:
    """Call the kernel directly, by a name of the tables above or a number; OSError where it refuses.

    Pointers are passed as `ctypes.addressof(...)`.
    """
    number = name if isinstance(name, int) else OTHERS[name][ARCHITECTURES[machine()][0]]
    result = _syscall()(number, *arguments, *[0] * (6 - len(arguments)))
    if result == -1:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return int(result)


@cache
def _syscall() -> Callable[..., int]:
    function = ctypes.CDLL(None, use_errno=True).syscall
    function.argtypes = [ctypes.c_long] * 7  # whole registers, pointers among them
    function.restype = ctypes.c_long
    return function


def allow_only() -> None:
    """Put the filter on this thread and all that it starts, for good. Needs no_new_privs to be set."""
    code = program(machine(), os.getpid())
    instructions = ctypes.create_string_buffer(code, len(code))
    whole = ctypes.create_string_buffer(struct.pack("@HP", len(code) // 8, ctypes.addressof(instructions)))
    call("seccomp", SET_MODE_FILTER, 0, ctypes.addressof(whole))

"""Landlock: which files a process may still open, asked of the kernel without any privilege.

It guards reading, writing, creating, truncating and removing, by folder. It doesn't guard `stat`, nor changes
of mode, owner, times and attributes: `seccomp` refuses those changes.
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
import struct
from collections.abc import Sequence
from pathlib import Path

from autograde.learner.seccomp import call

MINIMUM_ABI = 3  # Linux 6.2; before it, any file could be truncated

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, REMOVE_DIR, REMOVE_FILE = (1 << bit for bit in range(6))
MAKE_DIR, MAKE_REG, TRUNCATE, IOCTL_DEV = 1 << 7, 1 << 8, 1 << 14, 1 << 15
FILE_RIGHTS = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV

# How many of the rights, from bit 0 on, the kernel knows since which ABI.
FILE_BITS = {1: 13, 2: 14, 3: 15, 5: 16, 9: 17}
NETWORK_BITS = {1: 0, 4: 2}  # TCP bind and connect
SCOPE_BITS = {1: 0, 6: 2}  # abstract unix sockets, signals

READING = READ_FILE | READ_DIR
# In the scratch folder: files and folders, but no links, pipes or sockets that others might trip over.
WRITING = READING | WRITE_FILE | TRUNCATE | MAKE_REG | MAKE_DIR | REMOVE_FILE | REMOVE_DIR

ASK_VERSION, RULE_PATH_BENEATH, LOG_SAME_EXEC_OFF = 1, 1, 1


def abi() -> int:
    """The version of Landlock that the kernel offers, 0 for none."""
    try:
        return call("landlock_create_ruleset", 0, 0, ASK_VERSION)
    except OSError:
        return 0


def restrict(readable: Sequence[Path], writable: Sequence[Path]) -> int:
    """Give up every file but those beneath these paths, for good; returns the ABI used.

    Binds the calling thread and those that it starts. What is missing among the readable is passed over. No
    right to execute is given. Needs no_new_privs to be set; OSError when anything is refused.
    """
    version = abi()
    if version < MINIMUM_ABI:
        have = f"offers version {version} of Landlock" if version else "doesn't offer Landlock"
        raise OSError(errno.ENOSYS, f"the kernel {have}, and version {MINIMUM_ABI} is needed")
    handled = first_bits(FILE_BITS, version)
    fields = (handled, first_bits(NETWORK_BITS, version), first_bits(SCOPE_BITS, version))
    attributes = ctypes.create_string_buffer(struct.pack("=QQQ", *fields), 24)
    ruleset = call("landlock_create_ruleset", ctypes.addressof(attributes), 24, 0)
    try:
        for path in readable:
            try:
                _add(ruleset, path, READING & handled)
            except (FileNotFoundError, NotADirectoryError, PermissionError):
                continue  # what can't be opened now can't be opened later either
        for path in writable:
            _add(ruleset, path, WRITING & handled)
        # A learner's code could otherwise fill the system's log with its refusals.
        call("landlock_restrict_self", ruleset, LOG_SAME_EXEC_OFF if version >= 7 else 0)
    finally:
        os.close(ruleset)
    return version


def first_bits(known: dict[int, int], version: int) -> int:
    """The rights that this version of Landlock knows, as a mask."""
    return (1 << max(bits for since, bits in known.items() if since <= version)) - 1


def _add(ruleset: int, path: Path, rights: int) -> None:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights &= FILE_RIGHTS
        rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, descriptor), 12)
        call("landlock_add_rule", ruleset, RULE_PATH_BENEATH, ctypes.addressof(rule), 0)
    finally:
        os.close(descriptor)

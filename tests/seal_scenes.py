"""Scenes for test_seal.py, run as a program: what a process sees and does once it is sealed, or half sealed.

Every scene is played in a fork of this process, as root (if it is root) and as an ordinary user.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import signal
import socket
import tempfile
import threading
from pathlib import Path
from typing import Any, NoReturn

from seal_stage import PATIENCE, USERS, Room, outcome, play, warm_up

from autograde.learner import landlock, limits, seal, seccomp

SMALL = limits.Limits(cpu_seconds=1, memory_bytes=2**30, file_bytes=2**20, open_files=16, threads=40)


def layers_and_probe(room: Room) -> Any:
    return {"layers": room.seal(), "found": room.probed()}


def nothing_sealed(room: Room) -> Any:
    os.chdir(room.scratch)
    return room.probed()


def planted_no_seccomp(room: Room) -> Any:
    seccomp.allow_only = lambda: None
    return {"layers": room.seal(), "found": room.probed()}


def planted_no_landlock(room: Room) -> Any:
    landlock.restrict = lambda readable, writable: 0
    return {"layers": room.seal(), "found": room.probed()}


def planted_readable_secret(room: Room) -> Any:
    room.readable.append(room.secret.parent)
    return {"layers": room.seal(), "found": room.probed()}


def planted_open_descriptor(room: Room) -> Any:
    seal._close_all_but = lambda keep_fd: None
    return {"layers": room.seal(), "found": room.probed()}


def what_it_inherits(room: Room) -> Any:
    held = os.open(room.secret, os.O_RDONLY)
    os.environ["GRADEBOOK"] = str(room.secret)
    room.seal()
    return {
        "held": outcome(lambda: os.read(held, 9)),
        "stdin": outcome(lambda: os.read(0, 9).decode()),
        "environment": sorted(os.environ),
        "folder": os.getcwd() == str(room.scratch) == tempfile.gettempdir(),
    }


def ordinary_work(room: Room) -> Any:
    import matplotlib.pyplot as plt
    import torch
    from IPython.core.interactiveshell import InteractiveShell

    room.seal()
    picture, seen = io.BytesIO(), []
    plt.plot([1, 2])
    plt.axis("off")  # letters need a font's file, and it may lie where an ordinary user isn't let in
    plt.savefig(picture, format="png")
    threads = [threading.Thread(target=seen.append, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    torch.save(torch.arange(3), "kept.pt")
    os.makedirs("plots/week01")
    os.rename("kept.pt", "renamed.pt")
    return {
        "matmul": (torch.ones(2, 3) @ torch.ones(3, 2)).tolist(),
        "cell": InteractiveShell.instance().run_cell("%time n = 2\nn + 1").result,
        "picture": picture.getvalue()[1:4].decode(),
        "threads": sorted(seen),
        "tensor": torch.load("renamed.pt").tolist(),
        "dataset": room.dataset.read_text(),
        "removed": outcome(lambda: os.unlink("renamed.pt")),
    }


def roundabout_ways(room: Room) -> Any:
    room.seal()
    in_thread: list[Any] = []
    thread = threading.Thread(target=lambda: in_thread.append(outcome(room.secret.read_text)))
    thread.start()
    thread.join()
    return {
        "read in a thread": in_thread[0],
        "truncate a dataset": outcome(lambda: os.open(room.dataset, os.O_RDONLY | os.O_TRUNC)),
        "write a dataset": outcome(lambda: room.dataset.write_text("x")),
        "append to a dataset": outcome(lambda: os.open(room.dataset, os.O_WRONLY | os.O_APPEND)),
        "move a file out": outcome(lambda: os.rename("kept.txt", room.secret.parent / "x.py")),
        "move a secret in": outcome(lambda: os.rename(room.secret, "x.py")),
        "hold a folder by O_PATH": outcome(lambda: os.open("/", os.O_PATH)),
        "nest from a descriptor": outcome(lambda: os.mkdir("x", dir_fd=os.open(".", os.O_RDONLY))),
    }


def too_much(room: Room) -> Any:
    import torch

    room.limits = SMALL
    room.seal()
    wait = threading.Event()
    threading.stack_size(2**16)  # or memory would run out first
    waiting = [threading.Thread(target=wait.wait) for _ in range(200)]
    found = {
        "memory": outcome(lambda: torch.empty(2**31, dtype=torch.uint8)),
        "file": outcome(lambda: Path("large").write_bytes(bytes(2**20 + 1))),
        "descriptors": outcome(lambda: [os.open(os.devnull, os.O_RDONLY) for _ in range(20)]),
        "threads": outcome(lambda: [thread.start() for thread in waiting] and None),
    }
    wait.set()
    return found


def busy_for_ever(room: Room) -> Any:
    room.limits = SMALL
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    room.seal()
    while True:
        pass


def foreign_call(room: Room) -> Any:
    """getpid by its number in the 32-bit-pointer table of x86."""
    room.seal()
    return seccomp.call(0x40000000 | 39)


def seen_from_outside(room: Room) -> Any:
    ours, theirs = socket.socketpair()
    room.judge, room.socket = os.getpid(), theirs.fileno()
    sealed = os.fork()
    if sealed == 0:
        _seal_and_wait(room)
    ours.recv(6)
    told = Path(f"/proc/{sealed}/status").read_text() + Path(f"/proc/{sealed}/limits").read_text()
    found = {name: re.search(rf"{name}:?\s+(\w+)", told)[1] for name in ("NoNewPrivs", "Seccomp", "CapPrm")}
    found["core"] = re.search(r"core file size +(\d+) +(\d+)", told).groups()
    found["environ"] = outcome(Path(f"/proc/{sealed}/environ").read_text)
    os.kill(sealed, signal.SIGKILL)
    return found


def judge_dies(room: Room) -> Any:
    ours, theirs = socket.socketpair()
    middle = os.fork()
    if middle == 0:
        room.judge, room.socket = os.getpid(), theirs.fileno()
        if os.fork() == 0:
            _seal_and_wait(room)
        threading.Event().wait()
    theirs.close()
    said = ours.recv(6).decode()
    os.kill(middle, signal.SIGKILL)
    ours.settimeout(PATIENCE)
    return [said, ours.recv(6).decode()]  # nothing: the last holder of the other end is gone


def _seal_and_wait(room: Room) -> NoReturn:
    room.seal()
    os.write(room.socket, b"sealed")
    while True:
        threading.Event().wait()


def refusals_to_seal(room: Room) -> Any:
    scratch, judge, socket_, version = room.scratch, room.judge, room.socket, landlock.abi
    complaints = {}
    room.scratch = scratch / "missing"
    complaints["environment"] = _complaint(room)
    room.scratch, room.socket = scratch, 1
    complaints["descriptors"] = _complaint(room)
    room.socket, room.judge = socket_, judge + 1
    complaints["dies-with-parent"] = _complaint(room)
    room.judge, landlock.abi = judge, lambda: 2
    complaints["landlock"] = _complaint(room)
    landlock.abi = version
    with contextlib.ExitStack() as ending:
        done = threading.Event()
        ending.callback(done.set)
        threading.Thread(target=done.wait).start()
        complaints["threads"] = _complaint(room)
    return complaints


def _complaint(room: Room) -> str:
    try:
        return str(room.seal())
    except seal.SealError as error:
        return str(error)


SCENES = [
    layers_and_probe, nothing_sealed, planted_no_seccomp, planted_no_landlock, planted_readable_secret,
    planted_open_descriptor, what_it_inherits, ordinary_work, roundabout_ways, too_much, busy_for_ever,
    foreign_call, seen_from_outside, judge_dies, refusals_to_seal,
]  # fmt: skip

if __name__ == "__main__":
    warm_up()
    print(json.dumps({user: {each.__name__: play(each, user) for each in SCENES} for user in USERS}))

"""The process that every sealed learner is forked from: everything ready that learners import, nothing secret.

Started as `python -m autograde.learner.zygote DESCRIPTOR READABLE...` with a clean environment. Each message
on its control socket is a scratch folder's path with one end of a socket pair; the fork that follows seals
itself, says so on that socket, and only then is sent the learner's code.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
import sys
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from autograde.learner.channel import Channel, Closed
from autograde.learner.wire import encode

if TYPE_CHECKING:
    from autograde.learner.shell import GradingShell


def main() -> None:
    """Prepare, then fork on demand until the judge is gone."""
    control = socket.socket(fileno=int(sys.argv[1]))
    readable = [Path(argument) for argument in sys.argv[2:]]
    shell = prepare()
    signal.signal(signal.SIGCHLD, reap)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ours = os.getpid()
    while True:
        scratch, descriptors, _, _ = socket.recv_fds(control, 4096, 1)
        if not scratch or not descriptors:
            return
        with contextlib.suppress(OSError):  # no room for one more: the judge sees the closed socket
            if os.fork() == 0:
                become_learner(descriptors[0], Path(os.fsdecode(scratch)), readable, shell, ours)
        os.close(descriptors[0])


def reap(_number: int, _frame: FrameType | None) -> None:
    """Wait for the forks that have ended: ignored, they would go too, but what they computed wouldn't be counted."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def prepare() -> GradingShell:
    """Import what learners import, and run one operation of each kind, on one thread."""
    import matplotlib.pyplot as plt
    import torch

    for room in ("datasets", "learner.limits", "learner.seal", "learner.serving"):
        import_module(f"autograde.{room}")
    from autograde.learner.shell import make_shell
    from autograde.learner.warming import warm_torch

    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    shell = make_shell()
    warm_torch()
    plt.close("all")
    # A fork that looked for garbage among all this would copy the memory that it lies in.
    gc.collect()
    gc.freeze()
    return shell


def become_learner(
    descriptor: int, scratch: Path, readable: list[Path], shell: GradingShell, parent: int
) -> NoReturn:
    """In the fork: seal, report the layers, serve. Never returns to the zygote's loop."""
    from autograde.learner.limits import Limits
    from autograde.learner.seal import SealError, seal
    from autograde.learner.serving import Serving

    status = 1
    try:
        channel = Channel(descriptor)
        channel.send(encode(["forked", os.getpid()]))
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            layers = seal(descriptor, scratch, readable, Limits(), parent=parent)
        except SealError as error:
            channel.send(encode(["unsealed", str(error)]))
        else:
            channel.send(encode(["sealed", layers]))
            Serving(channel, shell).serve()
        status = 0
    except Closed:
        status = 0
    finally:
        os._exit(status)


if __name__ == "__main__":
    main()

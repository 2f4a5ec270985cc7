"""The stage of seal_scenes.py: plays a scene in a fork, with folders of its own, as one user or another."""

from __future__ import annotations

import contextlib
import errno
import io
import json
import os
import signal
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograde.learner import limits, probe, seal, seccomp

IS_ROOT = os.getuid() == 0
USERS = ["root", "ordinary"] if IS_ROOT else ["ordinary"]
ORDINARY = 65534
PATIENCE = 20.0  # seconds of wall time, many times what a scene takes


class Room:
    """The folders of one scene: a secret, a dataset, the scratch folder, and the judge's pid."""

    def __init__(self, folder: Path) -> None:
        folder.chmod(0o755)
        self.secret = _open_to_all(folder / "solutions" / "properties.py", "the answer")
        self.dataset = _open_to_all(folder / "datasets" / "names.txt", "emma")
        self.scratch = _open_to_all(folder / "scratch" / "kept.txt", "").parent
        self.readable = [*seal.readable_places(), self.dataset.parent]
        self.limits = limits.Limits()
        self.judge = os.getpid()
        self.socket = -1

    def seal(self) -> list[str]:
        return seal.seal(self.socket, self.scratch, self.readable, self.limits, parent=self.judge)

    def probed(self) -> dict[str, str]:
        return probe.attempts([str(self.secret), str(self.secret.parent)], self.judge)


def _open_to_all(path: Path, text: str) -> Path:
    """A file that file modes alone would let anyone read and write."""
    path.parent.mkdir(mode=0o777)
    path.parent.chmod(0o777)
    path.write_text(text)
    path.chmod(0o666)
    return path


def outcome(action: Callable[[], Any]) -> Any:
    """What an action gave, or the error that it met: a system's error by its code."""
    try:
        return action()
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    except Exception as error:
        return type(error).__name__


def warm_up() -> None:
    """Import torch and all that the scenes use: an ordinary user may not be let in where Python lies."""
    import matplotlib
    import matplotlib.pyplot as plt
    import torch
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    torch.set_num_threads(1)
    matplotlib.use("agg")
    settings = Config()
    settings.HistoryManager.enabled = False
    with contextlib.redirect_stdout(io.StringIO()):
        InteractiveShell.instance(config=settings).run_cell("%time n = 1\nn")
    plt.savefig(io.BytesIO(), format="png")
    torch.save(torch.ones(1), saved := io.BytesIO())
    saved.seek(0)
    torch.load(saved)


def play(scene: Callable[[Room], Any], user: str) -> Any:
    """What one scene returned, run in a fork as that user, or the signal that ended it."""
    ours, theirs = socket.socketpair()
    with tempfile.TemporaryDirectory() as folder, ours:
        room = Room(Path(folder))
        pid = os.fork()
        if pid == 0:
            with theirs, contextlib.suppress(BrokenPipeError):
                room.socket = descriptor = theirs.fileno()
                report = json.dumps(outcome(lambda: as_user(user, scene, room)))
                while report:
                    report = report[os.write(descriptor, report.encode()) :]
            os._exit(0)
        theirs.close()
        ours.settimeout(PATIENCE)
        said = b"".join(iter(lambda: ours.recv(2**16), b""))
        status = os.waitpid(pid, 0)[1]
    return json.loads(said) if said else signal.Signals(os.WTERMSIG(status)).name


def as_user(user: str, scene: Callable[[Room], Any], room: Room) -> Any:
    if IS_ROOT and user == "ordinary":
        os.setgroups([])
        os.setresgid(ORDINARY, ORDINARY, ORDINARY)
        os.setresuid(ORDINARY, ORDINARY, ORDINARY)
        seccomp.call("prctl", seal.PR_SET_DUMPABLE, 1)  # as it would be, had it started as that user
    return scene(room)

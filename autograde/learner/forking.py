"""The judge's hold on the zygote, and through it on every learner that is forked from it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

from autograde.folders import lay_files
from autograde.learner.channel import Closed
from autograde.learner.scratch import remove_tree
from autograde.learner.sealed import Patience, SealedLearner


class Zygote:
    """The process that learners are forked from. Start it once; `fork` is cheap."""

    def __init__(self, readable: Sequence[Path]) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # Its home, where libraries look for settings: a folder that nobody else could have put any in.
        self._settings = tempfile.mkdtemp(prefix="autograde-zygote-")
        self._scratch = tempfile.mkdtemp(prefix="autograde-scratch-")
        with theirs:
            command = [sys.executable, "-s", "-P", "-m", "autograde.learner.zygote", str(theirs.fileno())]
            self._process = subprocess.Popen(
                [*command, *map(str, readable)], pass_fds=[theirs.fileno()], env=clean_environment(self._settings),
                cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            )  # fmt: skip
        self._control = ours

    def fork(
        self, patience: Patience = Patience(), beside: Mapping[str, bytes] = MappingProxyType({})
    ) -> SealedLearner:
        """A fresh sealed learner with nothing loaded, with these files beside its notebook, on this process's cores."""
        for seconds in (0.5, 1, 2, 4):
            try:
                return self._fork(patience, beside)
            except Closed:  # there was no room for one more process: others may end
                time.sleep(seconds)
        return self._fork(patience, beside)

    def _fork(self, patience: Patience, beside: Mapping[str, bytes]) -> SealedLearner:
        scratch = Path(tempfile.mkdtemp(dir=self._scratch))
        lay_files(beside, scratch)
        # A stream wakes who reads also when what it wrote was read: two switches of process for each answer.
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            socket.send_fds(self._control, [os.fsencode(scratch)], [theirs.fileno()])
        learner = SealedLearner(ours, scratch, patience, beside)
        with suppress(OSError):  # it ended already
            os.sched_setaffinity(learner.pid, os.sched_getaffinity(0))
        return learner

    def close(self) -> None:
        """End the zygote, and with it every fork that is left."""
        self._control.close()
        self._process.terminate()
        self._process.wait()
        remove_tree(Path(self._settings))
        remove_tree(Path(self._scratch))  # what a worker that was killed couldn't remove


def clean_environment(settings: str) -> dict[str, str]:
    """What the zygote may know of the environment: nothing but where programs are and how to run repeatably."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | {
        "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
        "MPLBACKEND": "agg", "HOME": settings, "IPYTHONDIR": settings,
        "MPLCONFIGDIR": settings,
    }  # fmt: skip

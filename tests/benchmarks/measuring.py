"""What a command costs: CPU seconds of its whole process tree, wall time, and the memory of each process."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

METER = Path(__file__).with_name("meter.py")
POLL_SECONDS = 0.01
ROLES = {"autograde.judge.service": ("judge", "worker"), "autograde.learner.zygote": ("zygote", "fork")}


@dataclass(frozen=True)
class Cost:
    """Seconds of computing, and on the clock on the wall."""

    cpu: float
    wall: float

    def __sub__(self, other: Cost) -> Cost:
        return Cost(self.cpu - other.cpu, self.wall - other.wall)

    def over(self, count: float) -> Cost:
        """The share of one in `count`."""
        return Cost(self.cpu / count, self.wall / count)


def median(costs: Iterable[Cost]) -> Cost:
    """The middle of several runs."""
    found = list(costs)
    return Cost(statistics.median(c.cpu for c in found), statistics.median(c.wall for c in found))


@dataclass(frozen=True)
class Place:
    """Where commands run: a folder, and what they find in their environment."""

    folder: Path
    environment: Mapping[str, str]

    def measure(self, command: Sequence[str | Path], allowed: Iterable[int] = (0,)) -> Cost:
        """The cost of a command. RuntimeError if it doesn't end with one of the statuses that are allowed."""
        metered = [sys.executable, "-I", "-S", str(METER), *map(str, command)]
        told = json.loads(subprocess.check_output(metered, cwd=self.folder, env=self.variables()))
        if told["status"] not in tuple(allowed):
            end = (told["stdout"] + told["stderr"])[-3000:]
            raise RuntimeError(f"{' '.join(map(str, command[:4]))} ended with {told['status']}:\n{end}")
        return Cost(**told["cost"])

    def peaks(self, command: Sequence[str | Path]) -> dict[str, float]:
        """The largest memory in MB that a process of each role had while the command ran, by /proc."""
        found: dict[str, float] = {}
        process = subprocess.Popen(
            list(map(str, command)), cwd=self.folder, env=self.variables(),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        while process.poll() is None:
            for role, megabytes in _family(process.pid):
                found[role] = max(found.get(role, 0.0), megabytes)
            time.sleep(POLL_SECONDS)
        return found

    def variables(self) -> dict[str, str]:
        """The environment of a command: nbgrader calls `alembic`, which may not be on the path."""
        plain = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
        return plain | {"PATH": path} | dict(self.environment)


def program(name: str) -> Path:
    """A command of this Python's environment."""
    return Path(sys.executable).with_name(name)


def _family(first: int) -> Iterable[tuple[str, float]]:
    """The role and peak memory of a process and of all its descendants."""
    roles = {first: "command"}
    waiting = [first]
    while waiting:
        pid = waiting.pop()
        try:
            status = Path(f"/proc/{pid}/status").read_text()
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            peak = next((line for line in status.splitlines() if line.startswith("VmHWM:")), None)
        except OSError:  # it has ended
            continue
        if peak is not None:
            yield roles[pid], int(peak.split()[1]) / 1024
        for child in map(int, children):
            roles[child] = _role(child, roles[pid])
            waiting.append(child)


def _role(pid: int, parent: str) -> str:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return parent
    for module, (first, forked) in ROLES.items():
        if module in command:
            return forked if parent in (first, forked) else first
    return "kernel" if "ipykernel" in command else "other"

"""The learner's code in a sealed fork of the zygote, seen from the judge."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from autograde.errors import Fault
from autograde.learner import LearnerStopped
from autograde.learner.calls import Call
from autograde.learner.cells import (
    MAX_IMAGE_BYTES,
    MAX_OUTPUTS,
    MAX_PROBLEM,
    MAX_TEXT,
    CellOutput,
    RunnableCell,
)
from autograde.learner.channel import Channel, Closed
from autograde.learner.deadline import deadline
from autograde.learner.exceptions import described, rebuilt
from autograde.learner.host import Answer, Settling
from autograde.learner.lending import Ledger
from autograde.learner.limits import Limits
from autograde.learner.scratch import bytes_below, remove_tree
from autograde.learner.wire import Decoder, Encoder, WireError

POLL_MILLISECONDS = 50
MAX_CALLBACKS = 20_000
NO_MESSAGE = "sent a message that isn't one"
MAX_SCRATCH_BYTES = 64 * 2**20


@dataclass(frozen=True)
class Patience:
    """How long the learner's code may take, in seconds; wall time is generous, so that load flips no grade."""

    cell_cpu: float = 10.0
    call_cpu: float = 5.0
    test_cpu: float = 20.0
    wall_factor: float = 6.0

    def allowing(self, seconds: float) -> Patience:
        """With so many seconds for a test, and for each of its calls, if that is more."""
        if not seconds:
            return self
        return replace(self, call_cpu=max(self.call_cpu, seconds), test_cpu=max(self.test_cpu, seconds))


class SealedLearner:
    """`learner.softmax(x)` sends x to the fork and returns what came back, with changes to x written back."""

    def __init__(
        self, connection: socket.socket, scratch: Path, patience: Patience, beside: Iterable[str] = ()
    ) -> None:
        self._connection = connection
        connection.setblocking(False)
        self._channel = Channel(connection.fileno(), self._wait)
        self._scratch = scratch
        self._beside = sorted(
            {name.partition("/")[0] for name in beside}
        )  # the notebook, while its cells run
        self._patience = self._usual = patience
        self._names: dict[str, bool] = {}
        self._fresh = True
        self._test_started = 0.0
        self._test_began = time.monotonic()
        self._cpu = patience.cell_cpu
        self._waiting_since = time.monotonic()
        self._used: float | None = None
        self._looked = time.monotonic()
        self._lent_seconds = 0.0
        self._bounds = Limits()
        self.pid = self._process = self._clock = -1
        self._ledger = Ledger()
        self._decoder = Decoder(lambda number: self._ledger.find(number))
        self.last_answer: tuple[str, Any] = ("", None)
        self.last_call: Call | None = None
        self.settling = Settling()
        self.lot = ""
        self._polls = {event: select.poll() for event in (select.POLLIN, select.POLLOUT)}
        for event, poll in self._polls.items():
            poll.register(connection.fileno(), event)
        _, self.pid = self._decoder.decode(self._channel.receive())
        self._process = os.pidfd_open(self.pid)
        self._clock = (~self.pid << 3) | 2
        self.layers = self._sealed()

    def _sealed(self) -> list[str]:
        kind, said = self._receive(self._patience.cell_cpu)
        if kind != "sealed":
            raise Fault(f"the learner's process could not be sealed: {said}")
        return [str(layer) for layer in said]

    def run_cell(self, cell: RunnableCell) -> tuple[CellOutput, str | None]:
        """Run one cell of the notebook; returns its output and, if it failed, a sentence that says how."""
        _, text, images, problem = self._request(["cell", cell.label, cell.source], "ran", 4)
        if type(text) is not str or type(images) is not list or type(problem) not in (str, type(None)):
            raise self._stop(NO_MESSAGE)
        # The shell keeps to these bounds, but who knows what became of it over there.
        images = [
            each for each in images[:MAX_OUTPUTS] if type(each) is bytes and len(each) <= MAX_IMAGE_BYTES
        ]
        return CellOutput(text[: 2 * MAX_TEXT], images), problem and problem[:MAX_PROBLEM]

    def learn_names(self) -> None:
        """Ask which names the notebook defined: after its last cell, before the first test."""
        _, names = self._request(["names"], "named", 2)
        if type(names) is not dict:
            raise self._stop(NO_MESSAGE)
        self._names = {name: bool(is_callable) for name, is_callable in names.items() if type(name) is str}
        for name in self._beside:  # tests say by themselves what is at hand in them
            remove_tree(self._scratch / name)

    def probe(self, secrets: Sequence[Path]) -> dict[str, str]:
        """What a learner could do here that it must not; nothing if the seal holds."""
        _, found = self._request(["probe", [str(path) for path in secrets], os.getpid()], "probed", 2)
        return {str(name): str(how) for name, how in dict(found).items()}

    def begin_test(self) -> None:
        """Start a test: from here on its time is counted."""
        self._test_started = self._cpu_seconds()
        self._test_began = time.monotonic()

    @property
    def ended(self) -> bool:
        """Whether it can't be asked any more."""
        return self._process < 0

    def begin(self, seconds: float = 0.0) -> None:
        """Start an example."""
        self._patience = self._usual.allowing(seconds)
        self._fresh = True
        self.last_call = None

    def has(self, name: str) -> bool:
        """Whether the notebook defines `name`."""
        return name in self._names

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if not self._names.get(name):
            return self._ask("value", (), name)

        def call(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            return self._ask("call", args, name, args, kwargs)

        return call

    def drive(self, name: str, source: str, *args: Any) -> Any:
        """Run a driver beside the learner's code."""
        __tracebackhide__ = True
        return self._ask("drive", args, name, source, args)

    def _ask(self, kind: str, args: tuple[Any, ...], *fields: Any) -> Any:
        __tracebackhide__ = True
        if self.ended:
            raise LearnerStopped("had been ended before", timeout=False, gone=True)
        self._ledger = Ledger()
        self._lent_seconds = 0.0
        request = Encoder(self._ledger.lend).encode([kind, self._fresh, *fields])
        self._fresh = False
        self.last_call = Call(str(fields[0]), request) if kind == "call" else None
        try:
            self._send(request, self._patience.call_cpu)
            reply = self._answer()
        except Closed:
            raise self._ended() from None
        if reply[0] == "raised":
            raise rebuilt(*reply[1:])
        answer = Answer(*reply[1:])
        self.last_answer = (str(fields[0]), answer.value)
        return self.settling.settled(answer, args)

    def _answer(self) -> list[Any]:
        for _ in range(MAX_CALLBACKS):
            reply = self._receive(self._patience.call_cpu)
            if reply[0] != "callback":
                return self._checked(reply)
            self._send(self._called_back(reply), self._patience.call_cpu)
        raise self._stop(f"called a function that it was given more than {MAX_CALLBACKS} times")

    def _called_back(self, request: list[Any]) -> bytes:
        if [type(field) for field in request] != [str, str, list]:
            raise self._stop(NO_MESSAGE)
        if self._lent_seconds > self._patience.call_cpu:
            reason = f"let what it was given compute for more than {self._patience.call_cpu:g} s"
            raise self._stop(reason, timeout=True)
        started = time.process_time()
        try:
            with deadline(self._patience.call_cpu):
                answer = self._ledger.operate(request[1], request[2])
                returned = ["returned", answer.value, answer.changes, answer.same_as]
                return Encoder(self._ledger.lend).encode(returned)
        except (Exception, LearnerStopped) as error:
            return Encoder().encode(["raised", *described(error)])
        finally:
            self._lent_seconds += time.process_time() - started

    def _checked(self, reply: list[Any]) -> list[Any]:
        sizes = {"done": 4, "raised": 4}
        if type(reply[0]) is not str or len(reply) != sizes.get(reply[0]):
            raise self._stop(NO_MESSAGE)
        return reply

    def _request(self, message: list[Any], kind: str, length: int) -> list[Any]:
        try:
            self._send(Encoder().encode(message), self._patience.cell_cpu)
            reply = self._receive(self._patience.cell_cpu)
        except Closed:
            raise self._ended() from None
        if reply[0] != kind or len(reply) != length:
            raise self._stop(NO_MESSAGE)
        return reply

    def _send(self, message: bytes, cpu: float) -> None:
        self._start_waiting(cpu)
        self._channel.send(message)

    def _receive(self, cpu: float) -> list[Any]:
        self._start_waiting(cpu)
        try:
            reply = self._decoder.decode(self._channel.receive())
        except WireError as error:
            raise self._stop(f"sent {error}") from None
        if type(reply) is not list or not reply:
            raise self._stop(NO_MESSAGE)
        return reply

    def _start_waiting(self, cpu: float) -> None:
        self._cpu, self._waiting_since, self._used = cpu, time.monotonic(), None

    def _wait(self, event: int) -> None:
        """Wait until there is something to read, or room to write; end a learner that takes or writes too much."""
        while True:
            ready = bool(self._polls[event].poll(POLL_MILLISECONDS))
            self._require_in_time()
            if time.monotonic() - self._looked >= POLL_MILLISECONDS / 1000:
                self._require_in_bounds()
            if ready:
                return

    def _require_in_bounds(self) -> None:
        """End a learner that uses too much; by the clock, since one that always has something to say is never idle."""
        self._looked = time.monotonic()
        if self._used is None:
            self._used = self._cpu_seconds()
        if self._cpu_seconds() - self._used > self._cpu:
            raise self._stop(f"did not return within {self._cpu:g} s of computing", timeout=True)
        if self._cpu_seconds() - self._test_started > self._patience.test_cpu:
            raise self._stop(f"took more than {self._patience.test_cpu:g} s of computing", timeout=True)
        if bytes_below(self._scratch) > MAX_SCRATCH_BYTES:
            raise self._stop(f"wrote more than {MAX_SCRATCH_BYTES // 2**20} MB of files")
        if self._threads() > self._bounds.threads:
            raise self._stop(f"started more than {self._bounds.threads} threads")

    def _threads(self) -> int:
        try:
            return len(os.listdir(f"/proc/{self.pid}/task"))
        except OSError:  # it ended, or others' processes are hidden
            return 0

    def _require_in_time(self) -> None:
        """End a learner that lets the clock run: by a sleep, or by sending a little now and then."""
        now = time.monotonic()
        wall = self._cpu * self._patience.wall_factor
        if now - self._waiting_since > wall:
            raise self._stop(f"did not return within {wall:g} s", timeout=True)
        wall = self._patience.test_cpu * self._patience.wall_factor
        if now - self._test_began > wall:
            raise self._stop(f"took more than {wall:g} s", timeout=True)

    def _cpu_seconds(self) -> float:
        try:
            return time.clock_gettime(self._clock)
        except OSError:
            return 0.0

    def _stop(self, reason: str, *, timeout: bool = False) -> LearnerStopped:
        self.close()
        return LearnerStopped(reason, timeout=timeout, gone=True)

    def _ended(self) -> LearnerStopped:
        return self._stop("ended its process, or ran out of the memory or computing time that it may use")

    def close(self) -> None:
        """End the fork and remove what it wrote."""
        if self._process >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._process, signal.SIGKILL)
            os.close(self._process)
            self._process = -1
            self._connection.close()
            remove_tree(self._scratch)

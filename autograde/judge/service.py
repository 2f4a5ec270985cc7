"""The judge as a process of its own: reads requests from standard input, a JSON document a line, and answers so.

    {"week": "/…/solutions/week06", "seed": 0, "workers": 2, "trust": false, "secrets": [...]}     once, first
        {"ready": ["descriptors", …]}  or  {"fault": "sentence"}
    {"id": 3, "path": "/…/week06.ipynb"}
        {"id": 3, "report": {…}, "outputs": {…}}  or  {"id": 3, "fault": "sentence"}

Each submission is graded in a fork of this process, with limits: what a learner's code returns may cost that
fork its life, never the judge.
"""

from __future__ import annotations

import base64
import contextlib
import ctypes
import gc
import json
import os
import resource
import selectors
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

from autograde.errors import Fault
from autograde.folders import files_beside
from autograde.judge.assess import Judged
from autograde.judge.worker import Judging, LoadableLearner, Submitted
from autograde.learner.sealed import SealedLearner
from autograde.learner.seccomp import call
from autograde.notebook import read_submission
from autograde.report import PropertyReport

WORKER_MEMORY = 6 * 2**30
WORKER_CPU_SECONDS = 900
SILENT_SECONDS = 420.0  # longer than the slowest test may take by the wall clock
SUBMISSION_SECONDS = 1200.0  # a learner's code that sleeps must not keep the others waiting all night
PR_SET_PDEATHSIG = 1
RESTARTS = 5

Json = dict[str, Any]


@dataclass
class Job:
    """A submission that is being graded: the worker that has it, and what is known so far."""

    number: int
    path: Path
    pid: int = 0
    judged: list[Judged] = field(default_factory=list)
    unread: bytes = b""
    heard: float = 0.0
    restarts: int = 0
    started: float = 0.0
    learner: int = -1  # a descriptor of the process that runs the learner's code
    core: int | None = None


class Service:
    """Grades what it is told to, several at a time."""

    def __init__(self, judging: Judging, workers: int) -> None:
        self._judging = judging
        self._workers = workers
        self._waiting: list[Job] = []
        self._running: dict[int, Job] = {}
        self._selector = selectors.DefaultSelector()
        self._requests = b""
        self._open = True

    def run(self) -> None:
        """Answer until standard input ends and everything asked for is done."""
        os.set_blocking(0, False)
        self._selector.register(0, selectors.EVENT_READ)
        while self._open or self._waiting or self._running:
            while self._waiting and len(self._running) < self._workers:
                self._start(self._waiting.pop(0))
            for ready, _ in self._selector.select(timeout=1.0):
                if ready.fd == 0:
                    self._read_requests()
                else:
                    self._read_worker(ready.fd)
            self._end_silent()

    def _read_requests(self) -> None:
        data = os.read(0, 2**20)
        if not data:
            self._open = False
            self._selector.unregister(0)
        *lines, self._requests = (self._requests + data).split(b"\n")
        for line in lines:
            request = json.loads(line)
            self._waiting.append(Job(request["id"], Path(request["path"])))

    def _start(self, job: Job) -> None:
        reading, writing = os.pipe()
        job.core = freest_core([running.core for running in self._running.values()])
        pid = os.fork()
        if pid == 0:
            work(self._judging, job, writing)
        os.close(writing)
        job.pid, job.unread, job.heard = pid, b"", time.monotonic()
        job.started = job.started or job.heard
        self._running[reading] = job
        self._selector.register(reading, selectors.EVENT_READ)

    def _read_worker(self, descriptor: int) -> None:
        job = self._running[descriptor]
        data = os.read(descriptor, 2**20)
        job.heard = time.monotonic()
        *lines, job.unread = (job.unread + data).split(b"\n")
        for line in lines:
            message = json.loads(line)
            if "verdict" in message:
                job.judged.append(judged_of(message["verdict"]))
            elif "learner" in message:
                _forget(job)
                with contextlib.suppress(OSError):
                    job.learner = os.pidfd_open(message["learner"])
            else:
                answer({"id": job.number, **message})
                job.number = -1
        if not data:
            self._finish(descriptor, job)

    def _finish(self, descriptor: int, job: Job) -> None:
        self._selector.unregister(descriptor)
        os.close(descriptor)
        del self._running[descriptor]
        os.waitpid(job.pid, 0)
        _end_learner(job)
        if job.number < 0:
            return
        job.restarts += 1
        lost = self._next_test(job)
        if lost is None or job.restarts > RESTARTS or job.heard - job.started > SUBMISSION_SECONDS:
            fault = f"{job.path}: grading it ended the judge's worker {job.restarts} times."
            answer({"id": job.number, "fault": fault})
            return
        job.judged.append(lost)
        self._waiting.insert(0, job)

    def _next_test(self, job: Job) -> Judged | None:
        """The verdict on the test that was running when a worker died."""
        done = {judged.key for judged in job.judged}
        for test in self._judging.suite.tests:
            if test.key not in done:
                message = f"what {test.exercise} answered was more than could be looked at"
                said = PropertyReport(test.sentence, test.hidden, "error", message=message)
                return Judged(test.key, test.entry, False, test.gate, said)
        return None

    def _end_silent(self) -> None:
        for job in self._running.values():
            now = time.monotonic()
            if now - job.heard > SILENT_SECONDS or now - job.started > SUBMISSION_SECONDS:
                os.kill(job.pid, signal.SIGKILL)
                job.heard = now


def _end_learner(job: Job) -> None:
    """End the process that a worker left behind when it was killed."""
    if job.learner >= 0:
        with contextlib.suppress(OSError):
            signal.pidfd_send_signal(job.learner, signal.SIGKILL)
        _forget(job)


def _forget(job: Job) -> None:
    if job.learner >= 0:
        os.close(job.learner)
        job.learner = -1


def judged_of(plain: Json) -> Judged:
    """A verdict as a worker wrote it."""
    said = PropertyReport(**plain["plain"])
    marks, picture = tuple(plain["marks"]), plain["picture"]
    return Judged(plain["key"], plain["entry"], plain["todo"], plain["gate"], said, marks, picture)


def work(judging: Judging, job: Job, descriptor: int) -> NoReturn:
    """In the fork: grade one submission and write verdicts, then the report, to the pipe."""
    status = 1
    try:
        with contextlib.suppress(OSError):  # where there is no such call nothing is sealed either
            call("prctl", PR_SET_PDEATHSIG, signal.SIGKILL)
        limit_worker()
        if job.core is not None:
            with contextlib.suppress(OSError):  # it may be gone by now, or the call forbidden
                os.sched_setaffinity(0, {job.core})
        with os.fdopen(descriptor, "w", encoding="utf-8") as pipe:

            def tell(message: Json) -> None:
                pipe.write(json.dumps(message) + "\n")
                pipe.flush()

            tell(graded(judging, job, tell))
        status = 0
    finally:
        os._exit(status)


def graded(judging: Judging, job: Job, tell: Any) -> Json:
    """The final message about a submission."""
    try:
        beside, problems = files_beside(job.path, judging.folders)
        submitted = Submitted(job.path.name, read_submission(job.path), beside, problems=problems)
    except OSError as error:
        return {"fault": str(Fault(f"it can't be read ({error.strerror})", str(job.path), "check the file"))}

    def announced(beside: Mapping[str, bytes] = MappingProxyType({})) -> LoadableLearner:
        learner = judging.new_learner(beside)
        if isinstance(learner, SealedLearner):
            tell({"learner": learner.pid})
        return learner

    announcing = replace(judging, new_learner=announced)
    report = announcing.judge(submitted, job.judged, lambda judged: tell({"verdict": asdict(judged)}))
    outputs = {
        place: [output.text, [base64.b64encode(image).decode() for image in output.images]]
        for place, output in submitted.outputs.items()
        if output.text or output.images
    }
    return {
        "report": asdict(report),
        "outputs": outputs,
        "pictures": submitted.pictures,
    }


def limit_worker() -> None:
    """Bound what hostile answers can make this worker use."""
    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (mapped + WORKER_MEMORY,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (WORKER_CPU_SECONDS,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.close(0)


def freest_core(taken: Sequence[int | None]) -> int | None:
    """The core that a worker shall keep to, and with it the learners that it forks; None where that can't be had.

    The two take turns: so neither has to be woken on another core, and what both use stays in one cache. Of another
    submission's learner neither should feel anything while there is a core without.
    """
    try:
        here: int = ctypes.CDLL(None).sched_getcpu()
        return min(os.sched_getaffinity(0), key=lambda core: (taken.count(core), core != here))
    except (OSError, AttributeError):  # not every machine has these calls
        return None


def answer(message: Json) -> None:
    """Write one line to standard output."""
    sys.__stdout__.write(json.dumps(message) + "\n")  # type: ignore[union-attr]
    sys.__stdout__.flush()  # type: ignore[union-attr]


def main() -> None:
    """Prepare as the first line says, then serve."""
    from autograde.judge.preparing import prepare

    with open(0, "rb", buffering=0, closefd=False) as requests:
        setup = json.loads(requests.readline())
    try:
        judging, layers = prepare(setup)
    except Fault as fault:
        answer({"fault": str(fault)})
        return
    answer({"ready": layers, "suite": judging.digest})
    gc.freeze()
    Service(judging, int(setup["workers"])).run()


if __name__ == "__main__":
    main()

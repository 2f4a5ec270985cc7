"""Submissions and a week in, reports out: from the cache where nothing changed, from the judge where it did."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from autograde.errors import Fault
from autograde.files import replace
from autograde.folders import files_beside, folders_of, submission_digest, week_sources
from autograde.identity import cache_folder, key_of, package_digest
from autograde.notebook import read_submission
from autograde.picture import Picture
from autograde.places import Kit
from autograde.report import Report

TIMEOUT = "timeout"


@dataclass
class Graded:
    """What grading one submission gave: a report, or a fault where it could not be read.

    `pictures` are, by entry, those of the report's properties, in their order.
    """

    path: Path
    report: Report | None
    outputs: dict[int, tuple[str, list[bytes]]] = field(default_factory=dict)
    pictures: dict[str, list[Picture | None]] = field(default_factory=dict)
    fault: str | None = None
    cached: bool = False


class Grader:
    """Grades submissions of one week. Starts a judge at the first that isn't in the cache; close it after use."""

    def __init__(
        self,
        week: str,
        kit: Kit,
        *,
        seed: int = 0,
        trust: bool = False,
        workers: int | None = None,
        patience: dict[str, float] | None = None,
        secrets: Sequence[Path] = (),
    ) -> None:
        folder = kit.solutions / week
        if not folder.is_dir():
            raise Fault(
                f"grading {week} takes its solutions, which are not here",
                str(kit.root),
                f"to check your own work run `pytest exercises/{week}`",
            )
        self._folder = folder
        self._setup: dict[str, Any] = {
            "root": str(kit.root),
            "week": str(folder),
            "seed": seed,
            "trust": trust,
            "patience": patience or {},
            "workers": workers or os.cpu_count() or 1,
            "secrets": [str(path) for path in (folder, kit.solutions, kit.instructor, *secrets)],
        }
        self._judge: Judge | None = None

    def grade(self, paths: Sequence[Path], force: bool = False) -> Iterator[Graded]:
        """Reports as they come, in no particular order. Notebooks that are the same are graded once."""
        waiting: dict[Path, list[Path]] = {}
        for path in paths:
            place = self._cache_file(path)
            known = None if force else _remembered(path, place)
            if known:
                yield known
            else:
                waiting.setdefault(place, []).append(path)
        if waiting:
            self._judge = self._judge or Judge(self._setup)
            alike = {same[0]: (place, same) for place, same in waiting.items()}
            try:
                for path, message in self._judge.ask(list(alike)):
                    place, same = alike[path]
                    _remember(place, graded_of(path, message), message)
                    yield from (graded_of(each, message) for each in same)
            except BaseException:
                self.close()  # answers that nobody waits for must not be taken for later ones
                raise

    @cached_property
    def _sources(self) -> list[str]:
        """Of the week that the judge grades by, which reads it once, too."""
        return [hashlib.sha256(file.read_bytes()).hexdigest() for file in week_sources(self._folder)]

    def _cache_file(self, path: Path) -> Path:
        beside, left_out = files_beside(path, folders_of(self._folder))
        try:
            submission = submission_digest(read_submission(path), beside)
        except OSError:  # of which the judge says what is wrong
            submission = str(path.resolve())
        parts = [path.name, submission, *left_out, package_digest(), *self._sources]
        parts += [self._setup["seed"], self._setup["trust"]]
        return cache_folder("reports") / f"{key_of(*parts)}.json"

    def close(self) -> None:
        """End the judge."""
        if self._judge:
            self._judge.close()
            self._judge = None

    def __enter__(self) -> Grader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _remembered(path: Path, place: Path) -> Graded | None:
    try:
        return graded_of(path, json.loads(place.read_text(encoding="utf-8")), cached=True)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _remember(place: Path, graded: Graded, message: dict[str, Any]) -> None:
    """Keep it, unless there was a timeout. The report is good even where it can't be kept."""
    if graded.report and not timed_out(graded.report):
        with contextlib.suppress(OSError):
            replace(place, json.dumps(message).encode())


class Judge:
    """The judge's process, seen from outside."""

    module = "autograde.judge.service"

    def __init__(self, setup: dict[str, Any]) -> None:
        environment = os.environ | {
            "AUTOGRADE_ROOT": setup["root"],
            "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
            "HYPOTHESIS_STORAGE_DIRECTORY": str(cache_folder("hypothesis")),  # not the current folder
            "PYTHONSAFEPATH": "1",  # a learner's torch.py may lie in the current folder
        }  # fmt: skip
        self._process = subprocess.Popen(
            [sys.executable, "-m", self.module],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True, encoding="utf-8",
        )  # fmt: skip
        self._say(setup)
        first = self._hear()
        if "fault" in first:
            self.close()
            raise Fault(first["fault"].rstrip("."))
        self.layers: list[str] = first["ready"]

    def ask(self, paths: Sequence[Path]) -> Iterator[tuple[Path, dict[str, Any]]]:
        """Answers as they come."""
        for number, path in enumerate(paths):
            self._say({"id": number, "path": str(path.resolve())})
        for _ in paths:
            message = self._hear()
            yield paths[message.pop("id")], message

    def _say(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()

    def _hear(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise Fault("the judge ended before it had answered", "", "run the command again")
        message: dict[str, Any] = json.loads(line)
        return message

    def close(self) -> None:
        """Let the judge finish, and end it if it doesn't."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def graded_of(path: Path, message: dict[str, Any], *, cached: bool = False) -> Graded:
    """A judge's answer, as objects."""
    if "fault" in message:
        return Graded(path, None, fault=message["fault"])
    outputs = {
        int(place): (text, [base64.b64decode(image) for image in images])
        for place, (text, images) in message["outputs"].items()
    }
    report = Report.from_json(json.dumps(message["report"]))
    return Graded(path, report, outputs, message["pictures"], cached=cached)


def timed_out(report: Report) -> bool:
    return any(said.outcome == TIMEOUT for entry in report.exercises for said in entry.properties)

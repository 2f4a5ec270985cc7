"""The whole suite of a week, secrets and all, put together from `solutions/`."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import msgpack

from autograde.errors import Fault
from autograde.folders import files_beside, folders_of, submission_digest
from autograde.identity import cache_folder, digest_of, key_of, package_digest
from autograde.judge.breaking import break_tests
from autograde.judge.examples import draw
from autograde.judge.reference import reference_cells
from autograde.judge.suite import Entry, Suite, fingerprint
from autograde.judge.tests import Test, load_tests
from autograde.learner.cells import run_plain
from autograde.learner.local import LocalLearner
from autograde.weeks import Week, load_week

PATIENCE_SECONDS = 600.0
DRAWN_BY = (
    "strategies.py", "properties.py", "comparisons.py", "differences.py", "learner/wire.py", "learner/host.py",
    "learner/local.py", "judge/tests.py", "judge/examples.py", "judge/breaking.py",
)  # fmt: skip


def whole_suite(week: Week, seed: int = 0) -> Suite:
    """The week's checks and properties, with examples kept for both; drawn once and then taken from the cache."""
    kept = kept_examples(week, seed)
    return Suite(week.name, entries_of(week), [test for test in tests_of(week) if test.key in kept], kept)


def suite_digest(week: Week, seed: int = 0) -> str:
    """A hash over all that a suite decides by: sources of week and tests, and the kept examples."""
    kept = kept_examples(week, seed)
    frames = b"".join(hashlib.sha256(b"".join(kept[key])).digest() for key in sorted(kept))
    return hashlib.sha256(sources_digest(week).encode() + frames).hexdigest()


def sources_digest(week: Week) -> str:
    """A hash over the files that the tests and the reference stand in."""
    files = (
        week.source_file,
        week.checks_file,
        week.properties_file,
        week.misconceptions_file,
        week.alternatives_file,
    )
    beside, _ = files_beside(week.source_file, folders_of(week.folder))
    alone = digest_of(path for path in files if path.exists())
    return submission_digest(alone.encode(), beside) if beside else alone


def tests_of(week: Week) -> list[Test]:
    """Checks first, then properties, then what is asked of learners' own tests."""
    hidden = load_tests(week.properties_file, hidden=True) if week.properties_file.exists() else []
    return [*load_tests(week.checks_file, hidden=False), *hidden, *break_tests(week)]


def entries_of(week: Week) -> list[Entry]:
    """What is graded by itself in a week."""
    return [
        Entry(name, exercise.name, float(exercise.points[name]), exercise.stretch, fingerprint(exercise.stub))
        for name, exercise in week.entries.items()
    ]


def reference_learner(week: Week) -> LocalLearner:
    """The reference behind the same interface as a learner. Raises Fault where its notebook doesn't run."""
    loaded = run_plain(reference_cells(week), PATIENCE_SECONDS, week.folder)
    failed = [problem for problem in loaded.problems if "raised" in problem or "can't be read" in problem]
    if failed:
        raise Fault(failed[0].rstrip("."), str(week.source_file), "mend the reference")
    return LocalLearner(loaded.namespace, PATIENCE_SECONDS)


def kept_examples(week: Week, seed: int) -> dict[str, list[bytes]]:
    """The examples of all tests, by their key; drawn in a clean process the first time."""
    key = key_of(sources_digest(week), package_digest(*DRAWN_BY), seed)[:32]
    path = cache_folder("examples") / f"{week.name}-{key}.msgpack"
    if not path.exists():
        _draw_elsewhere(week, seed, path)
    kept: dict[str, list[bytes]] = msgpack.unpackb(path.read_bytes())
    return kept


def _draw_elsewhere(week: Week, seed: int, path: Path) -> None:
    """Draw in a process of its own: Hypothesis draws otherwise where other modules are imported."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        drawn = Path(folder) / "drawn"
        command = [sys.executable, "-m", "autograde.judge.whole", str(week.folder), str(seed), str(drawn)]
        environment = os.environ | {"PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1"}
        run = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        if not drawn.exists():
            raise Fault(
                run.stderr.strip().splitlines()[-1] if run.stderr.strip() else "drawing examples failed"
            )
        os.replace(drawn, path)


def _draw_here(folder: Path, seed: int, destination: Path) -> None:
    week = load_week(folder)
    kept: dict[str, Any] = {}
    tests = tests_of(week)
    learner, reference = reference_learner(week), reference_learner(week)
    for test in tests:
        try:
            kept[test.key] = draw(test, learner, reference, seed)
        except Fault:
            if not test.beyond:
                raise
    destination.write_bytes(msgpack.packb(kept))


if __name__ == "__main__":
    try:
        _draw_here(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
    except Fault as fault:
        sys.exit(str(fault))

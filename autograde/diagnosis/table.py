"""How each misconception of an exercise behaves in each of its tests: run when asked for, then kept in the cache."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgpack

from autograde.diagnosis.behaviour import STOPPED, behaviour_in
from autograde.diagnosis.naming import Cause, diagnose
from autograde.files import replace as replace_file
from autograde.identity import cache_folder, key_of, package_digest
from autograde.judge.assess import Judged
from autograde.judge.reference import reference_cells
from autograde.judge.suite import Suite
from autograde.judge.tests import Test
from autograde.judge.whole import DRAWN_BY, sources_digest
from autograde.learner import Learner
from autograde.learner.cells import run_plain
from autograde.learner.local import LocalLearner
from autograde.learner.warming import warm_torch
from autograde.weeks import Variant, Week, variants_of

CALL_SECONDS, SURE_SECONDS = 1.0, 5.0
AS_IT_IS = (0.0,)
DECIDED_BY = (*DRAWN_BY, "diagnosis/normal.py", "diagnosis/behaviour.py", "diagnosis/table.py")
Found = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Misconceptions:
    """The misconceptions of a week, ready to be compared with learners."""

    week: Week
    suite: Suite
    reference: Learner
    seed: int = 0

    def causes(self, exercise: str) -> list[Cause]:
        """The misconceptions of one exercise, in their file's order."""
        found = variants_of(self.week, exercise, "misconception")
        return [Cause(variant.name, variant.sentence, variant.hint) for variant in found]

    def tests(self, exercise: str, *, checks_only: bool = False) -> list[Test]:
        """The exercise's tests, or its checks."""
        tests = (test for test in self.suite.tests if test.exercise == exercise)
        return [test for test in tests if not (checks_only and test.hidden)]

    @contextlib.contextmanager
    def table(self, exercise: str, *, checks_only: bool = False) -> Iterator[dict[str, LazyRow]]:
        """How each misconception behaves in each test, or check, of the exercise: found out when it is asked for."""
        tests = {test.key: test for test in self.tests(exercise, checks_only=checks_only)}
        path = self._file(exercise)
        known = _read(path)
        variants = variants_of(self.week, exercise, "misconception")
        rows = {each.name: LazyRow(self, each, tests, known.get(each.name, {})) for each in variants}
        yield rows
        if any(row.grown for row in rows.values()):
            latest = _read(path)
            _keep(path, {name: latest.get(name, {}) | row.known for name, row in rows.items()})

    def learner(self, *wrong: Variant, seconds: float = CALL_SECONDS) -> LocalLearner:
        """A learner who wrote the reference everywhere but for this misconception, or for several that patch it."""
        warm_torch()
        instead: dict[str, str] = {}
        for each in wrong:
            before = instead.get(each.exercise)
            instead[each.exercise] = f"{before}\n\n\n{each.code}" if before else each.source(self.week)
        loaded = run_plain(reference_cells(self.week, instead), folder=self.week.folder)
        return LocalLearner(loaded.namespace, seconds)

    def mark(self, learner: Learner, test: Test) -> str:
        """The mark of a learner's behaviour in one test; "" where it has none."""
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            seen = behaviour_in(test, learner, self.reference, self.suite.kept.get(test.key, []), AS_IT_IS)
        return seen.marks[0] if seen.marks else ""

    def diagnose(self, judged: Sequence[Judged]) -> list[Judged]:
        """The verdicts on one submission, those that fail with the misconception that explains them, if one does."""
        by_exercise: dict[str, list[Judged]] = {}
        for each in judged:
            by_exercise.setdefault(each.entry.partition("-")[0], []).append(each)
        named = {exercise: self._cause(exercise, said) for exercise, said in by_exercise.items()}
        return [explained_by(named[each.entry.partition("-")[0]], each) for each in judged]

    def _cause(self, exercise: str, said: Sequence[Judged]) -> Cause | None:
        causes = self.causes(exercise)
        if not causes or all(each.outcome == "passed" or each.todo for each in said):
            return None
        with self.table(exercise) as table:
            name = diagnose({each.key: each.marks for each in said}, table)
        return next((cause for cause in causes if cause.name == name), None)

    def _file(self, exercise: str) -> Path:
        key = key_of(sources_digest(self.week), package_digest(*DECIDED_BY), self.seed, exercise)[:32]
        return cache_folder("behaviours") / f"{self.week.name}-{key}.msgpack"


class LazyRow(Mapping[str, str]):
    """One misconception's marks by test, each from a notebook of its own."""

    def __init__(
        self, all_of: Misconceptions, variant: Variant, tests: dict[str, Test], known: dict[str, str]
    ) -> None:
        self._all, self._variant, self._tests = all_of, variant, tests
        self.known = known
        self.grown = False

    def __getitem__(self, key: str) -> str:
        test = self._tests[key]
        if key not in self.known:
            # What is kept mustn't tell of a machine that was busy.
            for seconds in (CALL_SECONDS, SURE_SECONDS):
                mark = self._all.mark(self._all.learner(self._variant, seconds=seconds), test)
                if mark != STOPPED:
                    break
            self.known[key] = mark
            self.grown = True
        return self.known[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tests)

    def __len__(self) -> int:
        return len(self._tests)


def explained_by(cause: Cause | None, judged: Judged) -> Judged:
    """A verdict that fails, with its cause."""
    if cause is None or judged.outcome == "passed" or judged.todo:
        return judged
    said = replace(judged.plain, misconception=cause.name, message=cause.told(judged.plain.message or ""))
    return replace(judged, plain=said)


def _read(path: Path) -> Found:
    try:
        found: Found = msgpack.unpackb(path.read_bytes())
        return found
    except (OSError, ValueError):
        return {}


def _keep(path: Path, found: Found) -> None:
    """Several workers may find the same at the same time. A full disk costs the cache only."""
    with contextlib.suppress(OSError):
        replace_file(path, msgpack.packb(found))

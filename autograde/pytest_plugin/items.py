"""A week under pytest: test files as collectors, tests as items, the learner's code loaded once a folder."""

from __future__ import annotations

import gc
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from autograde.errors import Fault

if TYPE_CHECKING:
    from _pytest._code.code import ExceptionInfo, TerminalRepr

    from autograde.bench import Bench
    from autograde.judge.replay import Verdict
    from autograde.judge.tests import Test
    from autograde.loading import Ran
    from autograde.pytest_plugin.last_resort import LastResort

MARK = "autograde_exercise"


class Unanswered(AssertionError):
    """A test that failed without an exception of its own."""


class OpenWeek:
    """One folder of a week in this session: what is graded, and its notebook, run when the first test is."""

    def __init__(self, folder: Path, last_resort: LastResort) -> None:
        from autograde.loading import find_notebook, open_suite

        self.notebook = find_notebook(folder)
        self.suite = open_suite(folder)
        self.tests: Counter[str] = Counter()
        self._folder = folder
        self._last_resort = last_resort

    @cached_property
    def ran(self) -> Ran:
        """The notebook after its cells have run."""
        import torch

        from autograde.loading import run_notebook

        torch.set_num_threads(1)  # as when graded: small tensors wait for threads longer than they compute
        return run_notebook(self.notebook, self.suite, self._last_resort.arm)

    @cached_property
    def bench(self) -> Bench:
        """Where the tests meet the learner's code."""
        from autograde.bench import Bench

        ran = self.ran
        return Bench(self._folder, self.suite, ran.namespace, untouched=ran.untouched, explored=ran.explored)

    def run(self, test: Test) -> Verdict:
        """Run one test."""
        __tracebackhide__ = True
        bench = self.bench
        self._last_resort.arm(test.seconds)
        return bench.run(test)

    def plain(self, verdict: Verdict) -> dict[str, Any]:
        """What the table at the end needs, as data that crosses processes."""
        names = {entry.exercise for entry in self.suite.entries}
        return {
            "notebook": str(self.notebook),
            "entries": [[e.name, e.points, e.stretch, self.tests[e.name]] for e in self.suite.entries],
            "defined": sorted(names & set(self.ran.namespace)),
            "untouched": sorted(self.ran.untouched),
            "problems": self.ran.problems,
            "boxes": self.suite.boxes.get(verdict.test.exercise, {}),
            "told": asdict(self.bench.told(verdict)),
        }


OPEN_WEEKS = pytest.StashKey[dict[Path, OpenWeek]]()


@contextmanager
def _fast_imports() -> Iterator[None]:
    """Import torch at its own price: without looking for garbage, and without pytest looking for asserts."""
    rewriting = [each for each in sys.meta_path if type(each).__module__ == "_pytest.assertion.rewrite"]
    for finder in rewriting:
        sys.meta_path.remove(finder)
    gc.disable()
    try:
        yield
    finally:
        sys.meta_path[:0] = rewriting
        gc.freeze()
        gc.enable()


class WeekModule(pytest.Module):
    """The checks, or in `solutions` the properties, of one week."""

    def _getobj(self) -> Any:
        from autograde.judge.tests import import_file

        folder = self.path.parent
        try:
            return import_file(self.path, f"autograde_{folder.parent.name}_{folder.name}_{self.path.stem}")
        except Exception:
            error = pytest.ExceptionInfo.from_current()
            error.traceback = error.traceback.filter(lambda entry: entry.path == self.path)
            shown = error.getrepr(style="short")
            raise self.CollectError(f"{self.path} can't be imported:\n{shown}") from None

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        """The marked tests of the file, and after them whatever else pytest finds there."""
        try:
            with _fast_imports():
                marked = list(self._marked())
        except Fault as fault:
            raise self.CollectError(str(fault)) from None
        return [*marked, *super().collect()]

    def istestfunction(self, obj: object, name: str) -> bool:
        """Marked tests are not called by pytest itself."""
        return not hasattr(obj, MARK) and super().istestfunction(obj, name)

    def _marked(self) -> Iterator[CheckItem]:
        from autograde.judge.tests import as_test, marked

        week = self._open_week()
        known = {entry.name for entry in week.suite.entries}
        for function in marked(self.obj):
            test = as_test(function, hidden=self.path.name == "properties.py")
            if test.entry not in known:
                what = f"{test.name} is for {test.entry}, which is not an exercise of {week.suite.week}"
                raise Fault(what, str(self.path), f"there are {', '.join(sorted(known))}")
            week.tests[test.entry] += 1
            yield CheckItem.from_parent(self, name=test.name, test=test, week=week)

    def _open_week(self) -> OpenWeek:
        from autograde.pytest_plugin import LAST_RESORT

        weeks = self.config.stash.setdefault(OPEN_WEEKS, {})
        folder = self.path.parent
        if folder not in weeks:
            weeks[folder] = OpenWeek(folder, self.config.stash[LAST_RESORT])
        return weeks[folder]


class CheckItem(pytest.Item):
    """One check or property, run by the replay engine."""

    def __init__(self, *, test: Test, week: OpenWeek, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._test = test
        self._week = week
        self._verdict: Verdict | None = None
        self.autograde_names = {test.entry, test.exercise}
        self.extra_keyword_matches |= self.autograde_names
        for mark in getattr(test.function, "pytestmark", []):
            self.add_marker(getattr(pytest.mark, mark.name)(*mark.args, **mark.kwargs))

    def runtest(self) -> None:
        """Run the test; a failure leaves as the exception that it was, so that --pdb stops where it arose."""
        __tracebackhide__ = True
        self._verdict = verdict = self._week.run(self._test)
        if verdict.outcome != "passed":
            raise verdict.error or Unanswered(verdict.message)

    def autograde_plain(self) -> dict[str, Any] | None:
        """What the test said, for the table."""
        return self._week.plain(self._verdict) if self._verdict else None

    def repr_failure(self, excinfo: ExceptionInfo[BaseException], style: Any = None) -> str | TerminalRepr:
        """An exception in the learner's code with the learner's lines only, all else in our words."""
        from autograde.learner.cells import is_cell

        if isinstance(excinfo.value, Fault):
            return str(excinfo.value)
        if self._verdict is None:
            return super().repr_failure(excinfo, style)
        if self._verdict.todo:
            return f"{self._test.exercise} is still to do"
        cells = excinfo.traceback.filter(lambda entry: is_cell(str(entry.frame.code.raw.co_filename)))
        if not cells or self._verdict.outcome != "error":
            return self._explained()
        excinfo.value.__notes__ = []  # Hypothesis leaves the test's own call there
        excinfo.traceback = cells
        chosen = self.config.getoption("tbstyle")
        return excinfo.getrepr(style="short" if chosen == "auto" else chosen, chain=False)

    def _explained(self) -> str:
        from autograde.explaining import explanation_of
        from autograde.tables import explanation_lines, plain_text

        assert self._verdict is not None
        told = self._week.bench.told(self._verdict)
        return plain_text(explanation_lines(explanation_of(told)))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the test stands, for pytest's own messages."""
        return self.path, self._test.function.__code__.co_firstlineno - 1, self.name

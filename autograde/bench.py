"""One learner's code on the bench: every test of a week run on it, and what each says as plain data."""

from __future__ import annotations

import linecache
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Set
from dataclasses import fields
from difflib import get_close_matches
from dis import get_instructions
from functools import cached_property
from pathlib import Path
from types import CodeType, MappingProxyType, TracebackType
from typing import Any

from autograde.errors import Fault
from autograde.explaining import Told
from autograde.judge.examples import drawn
from autograde.judge.replay import Verdict, run_test
from autograde.judge.suite import Suite
from autograde.judge.tests import Test
from autograde.learner import LearnerStopped
from autograde.learner.cells import is_cell
from autograde.learner.local import CALL_SECONDS, LocalLearner
from autograde.loading import is_source, whereabouts

SEED = 0
TEST_SECONDS = 20.0
MOST_STOPS = 2
# What loads a name of the notebook's: not an argument, and not what a module has.
NAMING = ("LOAD_GLOBAL", "LOAD_NAME")


class TimedLearner(LocalLearner):
    """A learner whose test ends after TEST_SECONDS: slow code must not be shrunk for an hour."""

    _started = 0.0

    def begin_test(self) -> None:
        """Start a test, and its clock."""
        self._started = time.monotonic()

    def begin(self, seconds: float = 0.0) -> None:
        """Start an example, if there is time left."""
        allowed = max(TEST_SECONDS, seconds)
        if time.monotonic() - self._started > allowed:
            raise LearnerStopped(f"did not get through its examples within {allowed:g} s")
        super().begin(seconds)


class Bench:
    """One learner's code, ready for the tests of the week in `folder`.

    `untouched` are exercises whose cell is still the stub, `explored` names that only a cell defines which is left
    out; `live` says that the notebook is open.
    """

    def __init__(
        self,
        folder: Path,
        suite: Suite,
        namespace: dict[str, Any],
        *,
        untouched: Set[str] = frozenset(),
        explored: Mapping[str, str] = MappingProxyType({}),
        live: bool = False,
    ) -> None:
        self.folder = folder
        self.suite = suite
        self.namespace = namespace
        self.untouched = untouched
        self._explored = explored
        self._live = live
        self.learner = TimedLearner(namespace, CALL_SECONDS)
        self._kept = suite.kept if suite.kept or not is_source(folder) else _kept_for_source(folder)
        self._stops: Counter[str] = Counter()

    @cached_property
    def reference(self) -> Any:
        """The reference beside the learner, which only properties ask for."""
        from autograde.judge.whole import reference_learner
        from autograde.weeks import load_week

        return reference_learner(load_week(self.folder))

    def run(self, test: Test) -> Verdict:
        """Run one test on its kept examples, drawn now where none were kept."""
        __tracebackhide__ = True
        if self._stops[test.exercise] >= (1 if self._live else MOST_STOPS):
            message = f"{test.exercise} was stopped before, so this was not tried"
            return Verdict(test, "timeout", message=message)
        kept = self._kept.get(test.key) or drawn(test, SEED)
        reference = self.reference if test.takes_reference else None
        verdict = run_test(test, self.learner, reference, kept, SEED)
        self._stops[test.exercise] += verdict.outcome == "timeout"
        if test.exercise in self.untouched and verdict.outcome != "passed":
            verdict.todo, verdict.message = True, f"{test.exercise} is still to do"
        return verdict

    def told(self, verdict: Verdict) -> Told:
        """A verdict as plain data, with the learner's line that raised."""
        test, error = verdict.test, verdict.error
        said = verdict.report()
        told = Told(
            **{each.name: getattr(said, each.name) for each in fields(said)},
            entry=test.entry, todo=verdict.todo, picture=verdict.picture(), marks=verdict.marks,
        )  # fmt: skip
        undefined = isinstance(error, NameError) and error.name == test.exercise
        if undefined and not self.learner.has(test.exercise):
            told.example, told.message = None, self._missing(test.exercise)
        elif error is not None and not verdict.todo:
            told.line = _learners_line(error.__traceback__)
            told.uses = self._uses(test.exercise)
            told.message = self._with_whereabouts(told.message or "", error)
        return told

    def _with_whereabouts(self, message: str, error: BaseException) -> str:
        more = whereabouts(error.name or "", self._explored) if isinstance(error, NameError) else ""
        sentence, newline, hint = message.partition("\n")
        return f"{sentence}; {more}{newline}{hint}" if more else message

    def _uses(self, exercise: str) -> tuple[str, ...]:
        """The other exercises that the learner's code for this one names."""
        others = dict.fromkeys(entry.exercise for entry in self.suite.entries if entry.exercise != exercise)
        codes = _codes(self.namespace.get(exercise))
        named = {step.argval for code in codes for step in get_instructions(code) if step.opname in NAMING}
        return tuple(name for name in others if name in named)

    def _missing(self, name: str) -> str:
        taken = {entry.exercise for entry in self.suite.entries}
        others = [known for known in self.namespace if not known.startswith("_") and known not in taken]
        near = get_close_matches(name, others, 1)
        live = "write it, delete its `raise NotImplementedError`, and run its cell"
        advice = live if self._live else "does its cell run, and is that still its name?"
        return f"nothing in the notebook is called {name}; {f'did you mean {near[0]}?' if near else advice}"


def _codes(value: Any) -> Iterator[CodeType]:
    """The code of a function, or of a class's own, with what is defined inside."""
    if isinstance(value, type):
        for method in vars(value).values():
            if not isinstance(method, type):
                yield from _codes(getattr(method, "fget", method))
        return
    waiting = [getattr(value, "__code__", None)]
    while waiting:
        code = waiting.pop()
        if isinstance(code, CodeType):
            yield code
            waiting += code.co_consts


def _learners_line(trace: TracebackType | None) -> str:
    """The innermost line of the notebook that a traceback passes through."""
    line = ""
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if is_cell(name):
            line = linecache.getline(name, trace.tb_lineno).strip()
        trace = trace.tb_next
    return line


def _kept_for_source(folder: Path) -> dict[str, list[bytes]]:
    from autograde.judge.whole import kept_examples
    from autograde.weeks import load_week

    try:
        return kept_examples(load_week(folder), SEED)
    except Fault:  # The reference fails a test: which one, the tests themselves say best.
        return {}

"""The learner's second door: `check("softmax")` in a notebook shows what `pytest` would say of one exercise.

Light to import: torch and Hypothesis come with the first check, not with `from autograde import week`.
"""

from __future__ import annotations

import io
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograde.errors import Fault

if TYPE_CHECKING:
    from autograde.judge.suite import Entry, Suite
    from autograde.judge.tests import Test
    from autograde.report import ExerciseReport


def week(name: str) -> Check:
    """The `check` of one week: `check = week("week06")`."""
    return Check(name)


class Check:
    """Runs the checks of an exercise on the names of the notebook that calls it."""

    def __init__(self, week: str) -> None:
        self._week = week
        self._opened: tuple[Suite, list[Test], Path] | None = None

    def __repr__(self) -> str:
        return f'check("NAME") runs the checks of an exercise of {self._week}; check() runs all.'

    def __call__(self, *names: str) -> Shown:
        """Check the exercises of these names, or all of them."""
        namespace = _open_notebook() or sys._getframe(1).f_globals
        try:
            return Shown(self._check(names, namespace))
        except Fault as fault:
            return Shown([], str(fault))

    def _check(self, names: tuple[str, ...], namespace: dict[str, Any]) -> list[ExerciseReport]:
        suite, tests, folder = self._open()
        entries = _chosen(suite, names)
        from autograde.bench import Bench
        from autograde.diagnosis.doors import diagnosed
        from autograde.explaining import with_unfinished

        bench = Bench(folder, suite, namespace, untouched=_run_as_given(suite, namespace), live=True)
        with _left_as_it_was():
            reports = [_report(entry, tests, bench) for entry in entries]
            return with_unfinished(diagnosed(reports, suite.boxes))

    def _open(self) -> tuple[Suite, list[Test], Path]:
        """The week's checks, imported at the first call and kept."""
        if self._opened is None:
            folder = _folder(self._week)
            from autograde.judge.tests import load_tests
            from autograde.loading import open_suite

            suite = open_suite(folder)
            try:
                tests = load_tests(folder / f"test_{folder.name}.py", hidden=False)
            except (OSError, SyntaxError, ImportError) as error:
                remedy = f"get the folder {folder.name} again from where you got it"
                raise Fault(f"the checks can't be read ({error})", str(folder), remedy) from error
            self._opened = suite, tests, folder
        return self._opened


class Shown:
    """What a check came to: shows itself as HTML in JupyterLab and as text elsewhere."""

    def __init__(self, exercises: list[ExerciseReport], message: str = "") -> None:
        self._exercises = exercises
        self._message = message

    def __bool__(self) -> bool:
        """Whether all that was checked is done."""
        return bool(self._exercises) and all(entry.status == "done" for entry in self._exercises)

    def __repr__(self) -> str:
        from autograde.tables import exercise_lines, plain_text

        return self._message or plain_text(exercise_lines(self._exercises))

    def _repr_html_(self) -> str:
        from autograde.pages import exercises_html, message_html

        return message_html(self._message) if self._message else exercises_html(self._exercises)


def _open_notebook() -> dict[str, Any] | None:
    """The names of the notebook that this process is the kernel of; notes what its cells are called."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None:
        return None
    from autograde.learner.cells import open_cells

    counts = getattr(shell.compile, "_filename_map", {})
    open_cells.update((name, f"cell [{count}]") for name, count in counts.items())
    names: dict[str, Any] = shell.user_ns
    return names


def _folder(week: str) -> Path:
    """The week's folder: the current one, where Jupyter puts a notebook, or the kit's."""
    from autograde.places import kit, require_week

    here = Path.cwd()
    if here.name == week and (here / f"test_{week}.py").is_file():
        return here
    found = kit()
    room = found.exercises if found.exercises.is_dir() else found.solutions
    return room / require_week(week, room)


def _chosen(suite: Suite, names: tuple[str, ...]) -> list[Entry]:
    if not names:
        return suite.entries
    known = {entry.name for entry in suite.entries} | {entry.exercise for entry in suite.entries}
    for name in names:
        if name not in known:
            there = ", ".join(entry.name for entry in suite.entries)
            raise Fault(f"{suite.week} has no exercise called {name!r}", remedy=f"there are {there}")
    return suite.of(names)


def _report(entry: Entry, tests: list[Test], bench: Any) -> ExerciseReport:
    from autograde.explaining import exercise_of

    told = [bench.told(bench.run(test)) for test in tests if test.entry == entry.name]
    defined, untouched = bench.learner.has(entry.exercise), entry.exercise in bench.untouched
    return exercise_of(
        entry.name, entry.points, entry.stretch, told, len(told), defined=defined, untouched=untouched
    )


def _run_as_given(suite: Suite, namespace: dict[str, Any]) -> set[str]:
    """Exercises that aren't defined and of which the stub was run: the notebook keeps what its cells were."""
    from autograde.judge.suite import fingerprint

    ran = {fingerprint(source) for source in namespace.get("In", []) if isinstance(source, str)}
    return {
        entry.exercise for entry in suite.entries if entry.stub in ran and entry.exercise not in namespace
    }


@contextmanager
def _left_as_it_was() -> Iterator[None]:
    """Run tests without printing, and without leaving a trace in the notebook's random numbers."""
    import numpy as np
    import torch

    states = random.getstate(), np.random.get_state(), torch.get_rng_state()
    unread = io.StringIO()
    try:
        with redirect_stdout(unread), redirect_stderr(unread):
            yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])
        torch.set_rng_state(states[2])

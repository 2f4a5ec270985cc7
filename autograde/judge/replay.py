"""One engine for all doors: replays a test's kept examples against a learner, and shrinks the first to fail."""

from __future__ import annotations

from contextlib import suppress
from copy import copy
from dataclasses import dataclass
from typing import Any

from hypothesis.errors import UnsatisfiedAssumption

from autograde.comparisons import UNSTATED, Mismatch
from autograde.diagnosis.behaviour import STOPPED, behaviour_in, common_look
from autograde.diagnosis.naming import PASSED
from autograde.differences import describe
from autograde.judge.breaking import FalseAlarm
from autograde.judge.examples import exploring
from autograde.judge.tests import Test
from autograde.learner import LearnerStopped
from autograde.learner.calls import Call
from autograde.learner.cells import place_in_cells
from autograde.learner.host import Settling
from autograde.learner.limits import advice
from autograde.learner.wire import WireError, decode, encode
from autograde.picture import Picture
from autograde.picture.data import picture_of
from autograde.report import Outcome, PropertyReport
from autograde.show import show, show_arguments

SHRINK_CALLS = 200
CHANGED = "the answer fits the input only as the call left it: answer for the input that came, and leave it as it is"


@dataclass
class Verdict:
    """What one test said of one learner. `error` is the exception itself, for doors with tracebacks.

    `marks` tell the learner's behaviour in it from others'; `spent` says that finding them out ended the learner;
    `seconds` is what it took of this process's computing.
    """

    test: Test
    outcome: Outcome
    arguments: dict[str, Any] | None = None
    call: Call | None = None
    error: BaseException | None = None
    got: Any = None
    expected: Any = None
    compared: bool = False
    message: str | None = None
    todo: bool = False
    gone: bool = False
    marks: tuple[str, ...] = ()
    spent: bool = False
    seconds: float = 0.0

    @property
    def entry(self) -> str:
        """The entry that the test belongs to."""
        return self.test.entry

    @property
    def gate(self) -> bool:
        """Whether failing costs all of the exercise's points."""
        return self.test.gate or isinstance(self.error, FalseAlarm)

    def _shown(self, value: Any) -> str | None:
        return show(value) if self.compared and value is not UNSTATED else None

    def _example(self) -> str | None:
        """What was drawn, and the last call where it was made of something else."""
        drawn = self.arguments or {}
        call = self.call.shown(drawn.values()) if self.call else None
        lines = [show_arguments(drawn)] if drawn else []
        return "\n".join([*lines, *([f"last call: {call}" if drawn else call] if call else [])]) or None

    def picture(self) -> Picture | None:
        """Got and expected as they can be drawn."""
        return picture_of(self.error)

    def report(self) -> PropertyReport:
        """The verdict as plain data, without a trace of the test's code."""
        return PropertyReport(
            sentence=self.test.sentence,
            hidden=self.test.hidden,
            outcome=self.outcome,
            example=self._example(),
            got=self._shown(self.got),
            expected=self._shown(self.expected),
            message=self.message,
        )


class _Enough(BaseException):
    """Ends a Hypothesis run from within."""


def run_test(test: Test, learner: Any, reference: Any, kept: list[bytes], seed: int) -> Verdict:
    """Run the kept examples up to the first that fails; where one does, look for the smallest.

    What stops the learner (a hang, a crash) isn't shrunk; `gone` says that it can't be asked again.
    """
    ran = False
    learner.begin_test()
    for frame in kept:
        try:
            run_example(test, learner, reference, frame)
            ran = True
        except UnsatisfiedAssumption:
            continue
        except (Exception, SystemExit, LearnerStopped) as error:
            failing = Failing(frame, error, learner.last_call)
            verdict = verdict_of(test, learner, smallest(test, learner, reference, failing, seed))
            _observe(verdict, learner, reference, kept)
            return verdict
    if not ran:
        return Verdict(test, "error", message="none of the examples could be run with these answers")
    return Verdict(test, "passed", marks=(PASSED,))


def run_example(test: Test, learner: Any, reference: Any, frame: bytes) -> None:
    """Run a test once. Where arguments were changed, the answers must hold without these changes as well.

    A test may look at its input after the call, and an answer that empties it would be easy to give. Where the
    reference needs its changes too, the test is about them.
    """
    learner.settling.changed = False
    test.run(learner, reference, decode(frame))
    if learner.settling.changed and reference is not None:
        error = _withheld(test, learner, reference, frame)
        if error is not None and _withheld(test, _as_learner(reference), reference, frame) is None:
            raise Mismatch(CHANGED, compared=False) from error


def _as_learner(reference: Any) -> Any:
    """The reference in a learner's place: what is withheld there reaches it in its own."""
    standing = copy(reference)
    standing.settling = Settling()
    return standing


def _withheld(test: Test, learner: Any, reference: Any, frame: bytes) -> Exception | None:
    learner.settling.withheld = True
    try:
        test.run(learner, reference, decode(frame))
    except UnsatisfiedAssumption:
        return None
    except Exception as error:
        return error
    finally:
        learner.settling.withheld = False
    return None


def _observe(verdict: Verdict, learner: Any, reference: Any, kept: list[bytes]) -> None:
    """Look at further examples: what a misconception is told by, and how larger answers are related."""
    if verdict.todo:
        return
    if isinstance(verdict.error, LearnerStopped):
        verdict.marks = (STOPPED,)
        return
    seen = behaviour_in(verdict.test, learner, reference, kept)
    verdict.marks, verdict.spent = seen.marks, seen.gone
    elsewhere = common_look(seen.looks)
    if isinstance(verdict.error, Mismatch) and elsewhere not in ("", *verdict.error.looks[:1]):
        verdict.message = _with_hint(f"{verdict.error.message}; elsewhere {elsewhere}", verdict.test)


@dataclass(frozen=True)
class Failing:
    """An example that fails: the drawn arguments as kept, what was raised, and the learner's last call."""

    frame: bytes
    error: BaseException
    call: Call | None


def smallest(test: Test, learner: Any, reference: Any, found: Failing, seed: int) -> Failing:
    """The smallest failing example that Hypothesis finds in its budget."""
    error = found.error
    if not test.strategies or not isinstance(error, Exception) or isinstance(error, NotImplementedError):
        return found
    best = found
    left = SHRINK_CALLS + test.max_examples

    def body(arguments: dict[str, Any]) -> None:
        nonlocal best, left
        left -= 1
        if left < 0:
            raise _Enough
        candidate = encode(arguments)
        try:
            test.run(learner, reference, arguments)
        except UnsatisfiedAssumption:
            raise
        except Exception as raised:
            if type(raised) is type(error):
                best = Failing(candidate, raised, learner.last_call)
                raise

    # However the search ends, the smallest failure that it met is known by then.
    with suppress(Exception, LearnerStopped, _Enough):
        exploring(test, seed, body, shrink=True)()
    return best


def verdict_of(test: Test, learner: Any, failing: Failing) -> Verdict:
    """Say what a failing example shows."""
    error = failing.error
    verdict = Verdict(test, "failed", decode(failing.frame), failing.call, error)
    if isinstance(error, LearnerStopped):
        verdict.outcome = "timeout" if error.timeout else "error"
        advice = ": look for a loop that doesn't end, or make it faster" if error.timeout else ""
        verdict.message = f"{test.exercise} {error.reason}{advice}"
        verdict.gone = error.gone
    elif isinstance(error, Mismatch):
        verdict.got, verdict.expected, verdict.compared = error.got, error.expected, error.compared
        verdict.message = _with_hint(str(error), test)
    elif from_learner(error):
        verdict.outcome, verdict.todo = "error", isinstance(error, NotImplementedError)
        verdict.message = _with_hint(raised_sentence(test, error), test)
    else:
        name, value = getattr(learner, "last_answer", (test.exercise, None))
        verdict.got, verdict.expected, verdict.compared = value, error, False
        message = f"{name} gave {describe(value)}, which can't be used here: {error}"
        verdict.message = _with_hint(message, test)
    return verdict


def from_learner(error: BaseException) -> bool:
    """Whether the learner's code raised it, rather than the test when it worked with an answer."""
    if isinstance(error, WireError) or hasattr(error, "raised_as"):
        return True
    return place_in_cells(error.__traceback__) is not None


def raised_sentence(test: Test, error: BaseException) -> str:
    """`softmax raised ZeroDivisionError: division by zero (cell 7, line 3)`."""
    if isinstance(error, NotImplementedError):
        return f"{test.exercise} is still to do"
    place = getattr(error, "raised_in", None) or place_in_cells(error.__traceback__)
    where = f" ({place[0]}, line {place[1]})" if place else ""
    shown = show(error)
    remedy = advice(shown) if hasattr(error, "raised_as") else ""
    return f"{test.exercise} raised {shown}{where}" + (f"; {remedy}" if remedy else "")


def _with_hint(message: str, test: Test) -> str:
    return f"{message}\n{test.hint}" if test.hint else message

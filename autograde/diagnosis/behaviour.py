"""What an answer does on some examples of a test: which it passes, and what it gives where it fails."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from hypothesis.errors import UnsatisfiedAssumption

from autograde.comparisons import Mismatch
from autograde.diagnosis.naming import PASSED
from autograde.diagnosis.normal import SHIFTS, mark
from autograde.learner import LearnerStopped
from autograde.learner.wire import decode
from autograde.show import ADDRESS

MOST_EXAMPLES = 10
MOST_WORDS = 300
STOPPED = "stopped"


class Runnable(Protocol):
    """What is needed of a test."""

    @property
    def key(self) -> str: ...

    def run(self, learner: Any, reference: Any, arguments: dict[str, Any]) -> None: ...


@dataclass(frozen=True)
class Behaviour:
    """The marks of an answer's behaviour in one test, one a reading; none where it isn't known.

    A mark is two hashes, `coarse.fine`: what the test's comparisons saw, and all of the last answer or error's words,
    by which only those are told apart that are coarsely alike.
    `looks` are the structural looks of the examples that failed; `gone` says that the learner is.
    """

    marks: tuple[str, ...] = ()
    looks: tuple[tuple[str, ...], ...] = ()
    gone: bool = False


def behaviour_in(
    test: Runnable, learner: Any, reference: Any, kept: Sequence[bytes], shifts: Sequence[float] = SHIFTS
) -> Behaviour:
    """Run some of a test's kept examples, spread over all of them, whether or not one fails."""
    readings: list[tuple[list[bytes], list[bytes]]] = [([], []) for _ in shifts]
    looks: list[tuple[str, ...]] = []
    failed = False
    for frame in spread(kept, MOST_EXAMPLES):
        try:
            kind, got, rest, mismatch = _outcome(test, learner, reference, frame)
        except LearnerStopped as stopped:
            return Behaviour((STOPPED,), tuple(looks), stopped.gone)
        except NotImplementedError:
            return Behaviour()
        failed = failed or kind != PASSED
        looks += [mismatch.looks] if mismatch and len(shifts) > 1 else []
        for (coarse, fine), shift in zip(readings, shifts, strict=True):
            coarse.append(kind.encode("utf-8", "replace") + (mark(got, shift) if kind != PASSED else b""))
            fine.append(mark(rest, shift) if kind != PASSED else b"")
    if not failed:
        return Behaviour((PASSED,))
    marks = (f"{_digest(test.key, coarse)}.{_digest(test.key, fine)}" for coarse, fine in readings)
    return Behaviour(tuple(marks), tuple(looks))


def _outcome(
    test: Runnable, learner: Any, reference: Any, frame: bytes
) -> tuple[str, Any, Any, Mismatch | None]:
    """How one example ends, what was got, what else is known of it, and, where values were compared, how."""
    learner.last_answer = ("", None)
    try:
        test.run(learner, reference, decode(frame))
    except UnsatisfiedAssumption:
        return PASSED, None, None, None
    except NotImplementedError:
        raise
    except Mismatch as error:
        answer = learner.last_answer[1]
        return ("failed", error.got, answer, error) if error.compared else ("failed", answer, None, None)
    except (Exception, SystemExit) as error:
        if hasattr(error, "raised_as"):
            return str(error.raised_as), None, ADDRESS.sub("", str(error))[:MOST_WORDS], None
        return type(error).__name__, learner.last_answer[1], None, None
    return PASSED, None, None, None


def spread(items: Sequence[bytes], most: int) -> list[bytes]:
    """At most `most` of the items, from the first to the last at even steps."""
    if len(items) <= most:
        return list(items)
    return [items[round(place * (len(items) - 1) / (most - 1))] for place in range(most)]


def _digest(key: str, reading: list[bytes]) -> str:
    return hashlib.sha256(key.encode() + b"\0" + b"\0".join(reading)).hexdigest()[:16]


def common_look(looks: Sequence[tuple[str, ...]]) -> str:
    """What all examples that show anything show alike, if those are two and most of them.

    Where a single row or entry is wrong is an example's own matter.
    """
    telling = [look for look in looks if look]
    if len(telling) < max(2, len(looks) / 2):
        return ""
    shared = (each for each in telling[0] if all(each in look for look in telling))
    return next((each for each in shared if not each.startswith("only ")), "")

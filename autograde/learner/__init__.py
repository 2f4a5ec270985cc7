"""The learner's code behind one protocol, with two implementations that behave alike.

`LocalLearner` runs it in this process (pytest, the notebook's `check`), `SealedLearner` in a sealed fork
(grading). Both pass values by copy through the same codec.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from autograde.learner.calls import Call
    from autograde.learner.host import Settling


class LearnerStopped(BaseException):
    """The learner's code was stopped: `reason` says why, `timeout` whether time ran out, `gone` whether for good.

    Not an Exception, so that a bare retry loop of the learner's can't swallow it.
    """

    def __init__(
        self, reason: str = "did not return in time", *, timeout: bool = True, gone: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.timeout = timeout
        self.gone = gone


class Learner(Protocol):
    """What a test's first argument is: the learner's names as attributes, and these."""

    last_answer: tuple[str, Any]
    last_call: Call | None  # of this example
    settling: Settling
    lot: str  # what order is drawn by where the learner's code mustn't foresee it

    @property
    def ended(self) -> bool:
        """Whether it can't be asked any more."""

    def begin(self, seconds: float = 0.0) -> None:
        """Start an example: global random state as at every other example's start.

        `seconds` of computing may pass in it, where that is more than usual.
        """

    def begin_test(self) -> None:
        """Start a test."""

    def has(self, name: str) -> bool:
        """Whether the notebook defines `name`."""

    def close(self) -> None:
        """End it, and remove what it left."""

    def drive(self, name: str, source: str, *args: Any) -> Any:
        """Run a driver's source beside the learner's code."""

    def __getattr__(self, name: str) -> Any: ...

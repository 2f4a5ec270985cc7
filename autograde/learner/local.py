"""The learner's code in this very process: for pytest and the notebook's `check`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from autograde.learner.calls import Call
from autograde.learner.deadline import deadline
from autograde.learner.host import Answer, Host, Settling
from autograde.learner.lending import Borrower, Ledger
from autograde.learner.wire import Decoder, Encoder

CALL_SECONDS = 5.0


class LocalLearner:
    """`learner.softmax(x)` calls the notebook's softmax on a copy of x and returns a copy of the answer."""

    def __init__(self, namespace: dict[str, Any], call_seconds: float = CALL_SECONDS) -> None:
        self._host = Host(namespace)
        self._seconds = self._allowed = call_seconds
        self.last_answer: tuple[str, Any] = ("", None)
        self.last_call: Call | None = None
        self.settling = Settling()
        self.lot = ""

    def begin(self, seconds: float = 0.0) -> None:
        """Start an example."""
        self._allowed = max(self._seconds, seconds)
        self.last_call = None
        self._host.begin()

    def begin_test(self) -> None:
        """Start a test; in this process each call is timed by itself."""

    @property
    def ended(self) -> bool:
        """It never is: it runs in this process."""
        return False

    def close(self) -> None:
        """There is nothing to end in this process."""

    def has(self, name: str) -> bool:
        """Whether the notebook defines `name`."""
        return name in self._host.namespace

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if not callable(self._host.namespace.get(name)):
            with marked():
                answer = self._host.value(name)
            return self._settle(name, answer, (), Crossing())

        def call(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            crossing = Crossing()
            copies, keywords = crossing.over([args, kwargs])
            self.last_call = Call(name, crossing.sent)
            with marked(), deadline(self._allowed):
                answer = self._host.call(name, copies, keywords)
            return self._settle(name, answer, args, crossing)

        return call

    def drive(self, name: str, source: str, *args: Any) -> Any:
        """Run a driver beside the notebook's names."""
        __tracebackhide__ = True
        self.last_call = None
        crossing = Crossing()
        copies = crossing.over(args)
        with marked(), deadline(self._allowed):
            answer = self._host.drive(name, source, copies)
        return self._settle(name, answer, args, crossing)

    def _settle(self, name: str, answer: Answer, args: tuple[Any, ...], crossing: Crossing) -> Any:
        returned = crossing.answer_back(answer)
        self.last_answer = (name, returned.value)
        return self.settling.settled(returned, args)


@contextmanager
def marked() -> Iterator[None]:
    """Mark what is raised beside the learner's code as what comes over a wire is marked: by its class's name."""
    try:
        yield
    except (Exception, SystemExit) as error:
        with suppress(AttributeError):  # its class may leave no room for attributes
            error.raised_as = type(error).__name__  # type: ignore[union-attr]
        raise


class Crossing:
    """What a wire would make of the values of one call, there and back."""

    def __init__(self) -> None:
        self._ledger = Ledger()
        self._borrower = Borrower(self._ask)
        self.sent = b""

    def over(self, value: Any) -> Any:
        """What would arrive beside the learner's code: copies, and stand-ins for what is lent."""
        self.sent = Encoder(self._ledger.lend).encode(value)
        return Decoder(self._borrower.borrow).decode(self.sent)

    def back(self, value: Any) -> Any:
        """What would come back: copies, what was lent, and of the rest the names of their types."""
        return Decoder(self._ledger.find).decode(Encoder(self._borrower.number_of).encode(value))

    def answer_back(self, answer: Answer) -> Answer:
        """An answer on its way back."""
        return Answer(*self.back([answer.value, answer.changes, answer.same_as]))

    def _ask(self, operation: str, args: list[Any]) -> Answer:
        __tracebackhide__ = True
        answer = self._ledger.operate(operation, self.back(args))
        return Answer(*self.over([answer.value, answer.changes, answer.same_as]))

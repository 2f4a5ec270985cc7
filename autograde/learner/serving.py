"""The sealed side: loads a notebook, then answers requests over its one socket until that closes.

Requests and replies are lists whose first entry says what they are:

    ["cell", label, source]                       ["ran", text, images, problem]
    ["names"]                                     ["named", names]
    ["call", fresh, name, args, kwargs]           ["done", value, changes, same_as]
    ["drive", fresh, name, source, args]          ["raised", bases, message, place]
    ["value", fresh, name]                        ["callback", operation, args]
    ["returned", value, changes, same_as] or ["raised", ...]   (in answer to a callback)
    ["probe", secrets, judge]                     ["probed", what is open]
"""

from __future__ import annotations

import io
import sys
from typing import Any

from autograde.learner.cells import RunnableCell
from autograde.learner.channel import Channel
from autograde.learner.exceptions import described, rebuilt
from autograde.learner.host import Answer, Host
from autograde.learner.lending import Borrower
from autograde.learner.shell import GradingShell, run_cell
from autograde.learner.wire import Decoder, Encoder, WireError


class Silence(io.TextIOBase):
    """Takes whatever is printed and keeps none of it."""

    def write(self, text: str) -> int:
        """Take `text`."""
        return len(text)


class Serving:
    """Answers one judge about one notebook."""

    def __init__(self, channel: Channel, shell: GradingShell) -> None:
        self._channel = channel
        self._shell = shell
        self._host = Host(shell.user_ns)
        self._decoder = Decoder(lambda number: self._borrower.borrow(number))

    def serve(self) -> None:
        """Answer until the judge closes."""
        while True:
            self._borrower = Borrower(self._ask)
            kind, *fields = self._decoder.decode(self._channel.receive())
            if kind in ("cell", "names", "probe"):
                self._send(getattr(self, f"_{kind}")(*fields))
            else:
                self._send(self._answer(kind, *fields))

    def _cell(self, label: str, source: str) -> list[Any]:
        output, problem = run_cell(self._shell, RunnableCell(label, source))
        return ["ran", output.text, output.images, problem]

    def _names(self) -> list[Any]:
        # From here on nothing that the learner's code prints may show what it was called with.
        sys.stdout = sys.stderr = Silence()
        return ["named", {str(name): callable(value) for name, value in list(self._host.namespace.items())}]

    def _probe(self, secrets: list[str], judge: int) -> list[Any]:
        from autograde.learner.probe import attempts

        return ["probed", attempts(secrets, judge)]

    def _answer(self, kind: str, fresh: bool, *fields: Any) -> list[Any]:
        if fresh:
            self._host.begin()
        try:
            answer = self._run(kind, *fields)
        except BaseException as error:  # the learner's code may raise anything at all
            return ["raised", *described(error)]
        return ["done", answer.value, answer.changes, answer.same_as]

    def _run(self, kind: str, *fields: Any) -> Answer:
        if kind == "call":
            return self._host.call(*fields)
        return self._host.drive(*fields) if kind == "drive" else self._host.value(*fields)

    def _ask(self, operation: str, args: list[Any]) -> Answer:
        self._send(["callback", operation, args])
        kind, *fields = self._decoder.decode(self._channel.receive())
        if kind == "raised":
            raise rebuilt(*fields)
        return Answer(*fields)

    def _send(self, message: list[Any]) -> None:
        try:
            data = Encoder(Borrower.number_of).encode(message)
        except (WireError, MemoryError) as error:
            data = Encoder().encode(
                ["raised", *described(WireError(f"the answer can't be passed on: {error}"))]
            )
        self._channel.send(data)

"""A call of the learner's code as it was sent, to be shown should it be the one that fails."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from autograde.learner.wire import WireError, decode, encode
from autograde.show import show


@dataclass(frozen=True)
class Call:
    """A function's name, and the message that it was called with, whose end is its arguments and keywords."""

    name: str
    frame: bytes

    def shown(self, drawn: Iterable[Any]) -> str | None:
        """`decode([1, 0], {0: 'a'})`; None if it passes on what was drawn and no more, or what can't be shown."""
        try:
            *_, args, keywords = decode(self.frame)
            known = {encode(value) for value in drawn}
            if all(encode(value) in known for value in (*args, *keywords.values())):
                return None
        except WireError:  # something lent is among them
            return None
        named = [f"{name}={show(value)}" for name, value in keywords.items()]
        text = f"{self.name}("
        for number, passed in enumerate([*map(show, args), *named]):
            text += ", " if number else ""
            column = len(text) - text.rfind("\n") - 1
            text += passed.replace("\n", "\n" + " " * column)
        return f"{text})"

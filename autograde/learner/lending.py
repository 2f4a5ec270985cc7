"""Objects that a test lends to the learner's code: they stay with the judge, the learner gets numbers for them.

A function may be called. An instance of a class from a notebook (an implementation that a "now break it"
exercise is about) may be used with operators and through its public attributes, and nothing else of it can be
reached.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from autograde.learner.host import Answer, settled, watched

BINARY = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "truediv": operator.truediv,
    "floordiv": operator.floordiv, "mod": operator.mod, "pow": operator.pow, "matmul": operator.matmul,
}  # fmt: skip
PLAIN: dict[str, Callable[..., Any]] = {
    "neg": operator.neg, "abs": abs, "len": len, "getitem": operator.getitem, "setitem": operator.setitem,
    "contains": operator.contains, "eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le,
    "gt": operator.gt, "ge": operator.ge, "bool": bool, "float": float, "repr": repr, "list": list,
    "getattr": getattr, "setattr": setattr,
}  # fmt: skip
OPERATIONS: dict[str, Callable[..., Any]] = {
    **PLAIN,
    **BINARY,
    **{
        f"r{name}": (lambda function: lambda mine, other: function(other, mine))(f)
        for name, f in BINARY.items()
    },
}


class Ledger:
    """The judge's side: what is lent, by number, during one call of the learner's code."""

    def __init__(self) -> None:
        self._lent: list[Any] = []
        self._numbers: dict[int, int] = {}

    def lend(self, thing: Any) -> int | None:
        """A number for `thing`, the same for the same thing; None for what isn't lent."""
        if not callable(thing) and not of_a_notebook(thing):
            return None
        number = self._numbers.setdefault(id(thing), len(self._lent))
        if number == len(self._lent):
            self._lent.append(thing)
        return number

    def find(self, number: Any) -> Any:
        """What was lent under a number; LookupError for any other."""
        if type(number) is not int or not 0 <= number < len(self._lent):
            raise LookupError("used something that it was not given")
        return self._lent[number]

    def operate(self, name: str, args: list[Any]) -> Answer:
        """Call something lent (`call`), or apply an operator to it, and to nothing else: 10 ** 10**9 is no request."""
        if not args or id(args[0]) not in self._numbers:
            raise LookupError("used something that it was not given")
        if name == "repr" and not of_a_notebook(args[0]):
            return Answer("<something lent>")  # its name and address could tell which implementation it is
        if name == "call":
            return watched(*args)
        if name in ("getattr", "setattr"):
            require_public(args[0], args[1])
        return Answer(OPERATIONS[name](*args))


def of_a_notebook(thing: Any) -> bool:
    """Whether it is an instance of a class that a notebook defines."""
    return type(thing).__module__ == "__main__"


def require_public(thing: Any, name: Any) -> None:
    """AttributeError unless `name` is a public attribute of a notebook's instance."""
    if type(name) is not str or name.startswith("_") or not of_a_notebook(thing):
        raise AttributeError(f"{name!r} can't be used here: take what the exercise's statement gives")


Ask = Callable[[str, list[Any]], Answer]


class Borrower:
    """The learner's side during one call: one object for each number, and the numbers of those objects."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._borrowed: dict[int, Borrowed] = {}

    def borrow(self, number: int) -> Borrowed:
        """What stands for a number."""
        return self._borrowed.setdefault(number, Borrowed(number, self._ask))

    @staticmethod
    def number_of(thing: Any) -> int | None:
        """The number that something borrowed stands for, on its way back."""
        return object.__getattribute__(thing, "_number") if type(thing) is Borrowed else None


class Borrowed:
    """The learner's side: stands for something that is lent, and asks the judge for whatever is done with it."""

    __slots__ = ("_ask", "_number")

    def __init__(self, number: int, ask: Ask) -> None:
        object.__setattr__(self, "_number", number)
        object.__setattr__(self, "_ask", ask)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return settled(self._ask("call", [self, list(args), kwargs]), args)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._ask("getattr", [self, name]).value

    def __setattr__(self, name: str, value: Any) -> None:
        self._ask("setattr", [self, name, value])

    def __iter__(self) -> Any:
        return iter(self._ask("list", [self]).value)

    __hash__ = object.__hash__


def _forward(name: str) -> Callable[..., Any]:
    def forward(self: Borrowed, *args: Any) -> Any:
        return self._ask(name, [self, *args]).value

    return forward


for _name in OPERATIONS:
    if _name not in ("getattr", "setattr", "list"):
        setattr(Borrowed, f"__{_name}__", _forward(_name))

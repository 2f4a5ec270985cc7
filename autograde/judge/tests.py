"""Checks and properties as the judge sees them: what each belongs to, says, draws and runs."""

from __future__ import annotations

import importlib.util
import inspect
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

from autograde.errors import Fault
from autograde.properties import EXERCISE, SECONDS

CHECK_EXAMPLES = 15
PROPERTY_EXAMPLES = 20


@dataclass(frozen=True)
class Test:
    """One check or property of one entry (an exercise, or a part as `Value-forward`)."""

    __test__: ClassVar[bool] = False  # not one of pytest's own

    entry: str
    name: str
    sentence: str
    hint: str
    hidden: bool
    function: Callable[..., Any]
    strategies: dict[str, Any]
    explicit: tuple[dict[str, Any], ...]
    max_examples: int
    takes_reference: bool
    gate: bool = False  # failing it costs all of the exercise's points, passing it earns none
    beyond: bool = False  # asked only if the reference passes it
    alone: Callable[..., Any] | None = None  # what must hold of a fresh learner too if the test does
    seconds: float = 0.0  # of computing that it may take, where that is more than usual

    @property
    def key(self) -> str:
        """What its examples are kept under."""
        return f"{'property' if self.hidden else 'check'} {self.name}"

    @property
    def exercise(self) -> str:
        """The whole exercise's name."""
        return self.entry.split("-")[0]

    def run(self, learner: Any, reference: Any, arguments: dict[str, Any]) -> None:
        """Run once on drawn arguments; raises what the test raises."""
        __tracebackhide__ = True
        learner.begin(self.seconds)
        if self.takes_reference:
            reference.begin(self.seconds)
            self.function(learner, reference, **arguments)
        else:
            self.function(learner, **arguments)


def import_file(path: Path, name: str) -> ModuleType:
    """Import one file under a name of its own, so that weeks can't meet in `sys.modules`."""
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise Fault("this can't be imported as a Python file", str(path))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def load_tests(path: Path, *, hidden: bool) -> list[Test]:
    """The tests that a file defines, in its order."""
    module = import_file(path, f"autograde_{'properties' if hidden else 'checks'}_{path.parent.name}")
    return [as_test(function, hidden=hidden) for function in marked(module)]


def marked(module: ModuleType) -> Iterator[Callable[..., Any]]:
    """The functions of a file that are tests of an exercise."""
    for name, value in vars(module).items():
        if name.startswith("test_") and callable(value) and hasattr(value, EXERCISE):
            yield value


def as_test(function: Callable[..., Any], *, hidden: bool) -> Test:
    """What a decorated test function says of itself."""
    handle = getattr(function, "hypothesis", None)
    inner = handle.inner_test if handle else function
    explicit = tuple(example.kwargs for example in getattr(function, "hypothesis_explicit_examples", ()))
    sentence, _, rest = inspect.cleandoc(inner.__doc__ or "").partition("\n\n")
    given = dict(handle._given_kwargs) if handle else {}
    return Test(
        entry=getattr(function, EXERCISE),
        name=function.__name__,
        sentence=" ".join(sentence.split()) or function.__name__.removeprefix("test_").replace("_", " "),
        hint=" ".join(rest.removeprefix("Hint:").split()),
        hidden=hidden,
        function=inner,
        strategies=given,
        explicit=tuple(reversed(explicit)),
        max_examples=_max_examples(function, hidden),
        takes_reference="reference" in list(inspect.signature(inner).parameters)[1:2],
        seconds=getattr(function, SECONDS, 0.0),
    )


def _max_examples(function: Callable[..., Any], hidden: bool) -> int:
    chosen = getattr(function, "_hypothesis_internal_use_settings", None)
    default = PROPERTY_EXAMPLES if hidden else CHECK_EXAMPLES
    # Hypothesis's own default of 100 stands for "the test named none".
    return chosen.max_examples if chosen is not None and chosen.max_examples != 100 else default

"""A week's source, read: its exercises, its tests' whereabouts, its wrong and other right solutions.

The package also offers learners a function called `week`, and importing this room would put the room in that
name's place. So the room can be called, and answers as the function does.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

from autograde.week.loading import load_week
from autograde.week.model import Exercise, Question, Week
from autograde.week.regions import CODE_STUB, TEXT_STUB, stub_of, without_markers
from autograde.week.variants import Variant, variants

__all__ = [
    "CODE_STUB",
    "TEXT_STUB",
    "Exercise",
    "Question",
    "Variant",
    "Week",
    "load_week",
    "stub_of",
    "variants",
    "without_markers",
]


class _CallableRoom(ModuleType):
    def __call__(self, name: str) -> Any:
        return import_module("autograde.notebook_display").week(name)


sys.modules[__name__].__class__ = _CallableRoom

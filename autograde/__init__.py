"""A course kit that grades itself."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograde.notebook_display import week as week

__all__ = ["week"]


def __getattr__(name: str) -> Any:
    """Reach `week` on first use: a plain `import autograde` stays light for pytest's sake."""
    if name == "week":
        return import_module("autograde.notebook_display").week
    raise AttributeError(f"module 'autograde' has no attribute {name!r}")

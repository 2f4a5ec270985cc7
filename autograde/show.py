"""Values as a person reads them: short, to six digits, the same on every run."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import torch
from torch._tensor_str import printoptions

MAX_CHARACTERS = 400
MAX_ITEMS = 12
LONGEST_INTEGER_BITS = 4_000
ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def show(value: Any) -> str:
    """`value` in at most a few lines."""
    try:
        text = ADDRESS.sub("", _show(value, 0))
    except Exception as error:  # whatever a hostile answer brings, there must be a report
        return f"something of type {type(value).__name__} that can't be shown ({type(error).__name__})"
    if len(text) <= MAX_CHARACTERS:
        return text
    return f"{text[: MAX_CHARACTERS - 20].rstrip()} … ({len(text)} characters)"


def show_arguments(arguments: dict[str, Any]) -> str:
    """What a test drew, a line each."""
    lines = []
    for name, value in arguments.items():
        start = f"{name} = "
        lines.append(start + show(value).replace("\n", "\n" + " " * len(start)))
    return "\n".join(lines)


def _show(value: Any, depth: int) -> str:
    if isinstance(value, torch.Tensor):
        return _show_tensor(value)
    if isinstance(value, torch.Generator):
        return f"a generator seeded with {value.initial_seed()}"
    if type(value) is int and value.bit_length() > LONGEST_INTEGER_BITS:
        return f"a whole number of {value.bit_length()} bits"  # Python refuses to write it out
    if type(value) is float or isinstance(value, np.floating):
        return f"{float(value):.6g}" if value % 1 else repr(float(value))
    if isinstance(value, BaseException):
        name = getattr(value, "raised_as", type(value).__name__)
        return f"{name}: {_first_line(str(value))}".rstrip(": ")
    if type(value) in (list, tuple, set, frozenset, dict):
        return _show_container(value, depth)
    return repr(value)


def _first_line(text: str) -> str:
    return text.splitlines()[0] if text else ""


def _show_container(value: Any, depth: int) -> str:
    if depth > 20:
        return "…"
    if type(value) is dict:
        pairs = list(value.items())[:MAX_ITEMS]
        items = [f"{_show(key, depth + 1)}: {_show(entry, depth + 1)}" for key, entry in pairs]
    else:
        items = [_show(entry, depth + 1) for entry in list(value)[:MAX_ITEMS]]
    if len(value) > MAX_ITEMS:
        items.append(f"… {len(value) - MAX_ITEMS} more")
    inside = ", ".join(items)
    if type(value) is tuple:
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    if type(value) is list:
        return f"[{inside}]"
    return f"{{{inside}}}" if value else f"{type(value).__name__}()"


def _show_tensor(value: torch.Tensor) -> str:
    plain = value.detach()
    if 0 in plain.shape:
        return f"an empty tensor of shape {tuple(plain.shape)}"
    with printoptions(precision=6, threshold=48, edgeitems=3, linewidth=66):
        return repr(plain)

"""Values as a person reads them: short, to six digits, the same on every run."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import torch
from torch._tensor_str import printoptions

MAX_CHARACTERS = 400
MAX_ITEMS = 12
SHORT, LINE = 20, 66  # characters
MAX_ENTRIES = 48
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
    """What a test drew, a line each; short ones that follow each other share one."""
    lines: list[str] = []
    for name, value in arguments.items():
        start = f"{name} = "
        line = start + show(value).replace("\n", "\n" + " " * len(start))
        if (
            lines
            and len(line) <= SHORT
            and len(lines[-1]) + len(line) + 2 <= LINE
            and "\n" not in lines[-1] + line
        ):
            lines[-1] += f", {line}"
        else:
            lines.append(line)
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
    if plain.numel() > MAX_ENTRIES or plain.is_complex():
        with printoptions(precision=6, threshold=MAX_ENTRIES, edgeitems=3, linewidth=66):
            return repr(plain)
    entries = [_entry(each) for each in plain.flatten().tolist()]
    width = max(map(len, entries))
    usual = plain.dtype in (torch.float32, torch.int64, torch.bool)
    kind = "" if usual else f", dtype={plain.dtype}"
    return f"tensor({_nested([each.rjust(width) for each in entries], plain.shape, len('tensor('))}{kind})"


def _entry(value: float | bool) -> str:
    """A number to six digits without the zeros behind it; `1.` is no whole number."""
    if type(value) is not float:
        return str(value)
    text = f"{value:.6g}"
    return f"{text}." if text.lstrip("-").isdigit() else text


def _nested(entries: list[str], shape: torch.Size, indent: int) -> str:
    """Entries in brackets, a row a line and a blank line between tables, as torch prints them."""
    if not shape:
        return entries[0].strip()
    if len(shape) == 1:
        return f"[{', '.join(entries)}]"
    size = len(entries) // shape[0]
    parts = [_nested(entries[at : at + size], shape[1:], indent + 1) for at in range(0, len(entries), size)]
    return "[" + f",{chr(10) * (len(shape) - 1)}{' ' * (indent + 1)}".join(parts) + "]"

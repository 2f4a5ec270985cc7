"""Records of mutants that no test need kill, beside the exercises: `survivors.toml`, with the reason for each.

[[survivor]]
exercise = "numerical_gradient"
solution = "reference"
within = "numerical_gradient"
was = "def numerical_gradient(f, xs, h=1e-06):"
now = "def numerical_gradient(f, xs, h=2e-06):"
reason = "The statement asks for a small step and leaves its size free."
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from autograde.audit.mutants import Mutant
from autograde.errors import Fault

FILE = "survivors.toml"
TEXTS = ("exercise", "solution", "within", "was", "now", "reason")

Key = tuple[str, str, str, str, str, int]


@dataclass(frozen=True)
class Record:
    """One survivor that is known, and why it is left out of the count."""

    key: Key
    reason: str

    @property
    def exercise(self) -> str:
        """The exercise that it belongs to."""
        return self.key[0]

    def __str__(self) -> str:
        exercise, solution, within, was, now, _ = self.key
        return f"{within or exercise} of the {solution}: `{was}` to `{now}`"


def read_records(folder: Path) -> dict[Key, Record]:
    """A week's records by their keys. Raises Fault where one lacks something, or comes twice."""
    path = folder / FILE
    if not path.is_file():
        return {}
    try:
        listed = tomllib.loads(path.read_text(encoding="utf-8")).get("survivor", [])
    except tomllib.TOMLDecodeError as error:
        raise Fault(f"this is not TOML ({error})", str(path), "correct it") from None
    records: dict[Key, Record] = {}
    for number, fields in enumerate(listed, 1):
        missing = [name for name in TEXTS if not isinstance(fields.get(name), str)]
        if missing or not fields["reason"].strip():
            what = f"survivor {number} has no {missing[0] if missing else 'reason'}"
            raise Fault(what, str(path), f"a record says {', '.join(TEXTS)}")
        exercise, solution, within, was, now = (fields[name] for name in TEXTS[:5])
        key = (exercise, solution, within, was, now, int(fields.get("nth", 1)))
        if key in records:
            raise Fault(f"survivor {number} is there twice", str(path), "take one of the two out")
        records[key] = Record(key, fields["reason"])
    return records


def stale_records(records: Iterable[Record], mutants: Iterable[Mutant]) -> list[Record]:
    """The records of mutants that can't be made any more."""
    known = {mutant.key for mutant in mutants}
    return [record for record in records if record.key not in known]


def as_record(mutant: Mutant, reason: str = "") -> str:
    """How a survivor would be recorded, for the author to give the reason."""
    fields = dict(zip(TEXTS, [*mutant.key[:5], reason], strict=True))
    lines = ["[[survivor]]", *(f"{name} = {json.dumps(text)}" for name, text in fields.items())]
    if mutant.nth > 1:
        lines.insert(-1, f"nth = {mutant.nth}")
    return "\n".join(lines) + "\n"

"""What goes wrong and can be put right by the person who reads it."""

from __future__ import annotations

from collections.abc import Sequence


class Fault(Exception):
    """Something outside the program is not as it must be: a file, a name, a setting.

    Its text is one sentence, `where: what; remedy.`, which the command line prints before it exits with 2.
    """

    def __init__(self, what: str, where: str = "", remedy: str = "") -> None:
        super().__init__(what, where, remedy)
        self.what = what
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        remedy = f"; {self.remedy}" if self.remedy else ""
        sentence = f"{place}{self.what}{remedy}"
        return sentence if sentence.endswith((".", "?", "!")) else sentence + "."


class Faults(Fault):
    """All the faults that were found in one go, a line each, so that nobody mends them one run at a time."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return self.what

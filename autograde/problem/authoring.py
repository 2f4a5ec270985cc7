"""Other learning problems, right and wrong ones, made in a few lines: for those who test what is asked of them."""

from __future__ import annotations

from autograde.errors import Fault
from autograde.folders import Files, within
from autograde.problem.pages import CARD, REPORT, TESTED
from autograde.problem.record import (
    READS,
    RECORD,
    TEST,
    digest_of_problem,
    read_record,
    readings,
    recorded,
    written,
)
from autograde.problem.stage import DATA, PROBLEM

FILLER = "Here stand the words of a pair who thought about it and wrote down what a stranger needs."


def complete(problem: str, making: str) -> Files:
    """A folder with this code, run, its test set read once, and pages that give the figures.

    `making` is code that puts the data into a dict `files`. Both come as text, which the audit makes no mutants of:
    nearly all in them is free.
    """
    made: dict[str, Files] = {}
    exec(making, made)
    files = recorded({PROBLEM: problem.encode(), **within(DATA, made["files"])})
    scores = read_record(files)[TEST]
    card = f"# Data card\n\n## What it is\n\n{FILLER}\n"
    said = f"{FILLER} The model scored {scores['model']:.2f}, and the baseline {scores['baseline']:.2f}."
    report = f"# Test report\n\n## {TESTED}\n\n{said}\n"
    return files | {CARD: card.encode(), REPORT: report.encode()}


def patch(files: Files, old: str, new: str) -> None:
    """Replace a passage of the code, and let the record tell of that code. Fault if there is no such passage."""
    code = files[PROBLEM].decode()
    if old not in code:
        raise Fault(f"{PROBLEM} has no passage {old!r}", remedy="mend the variant")
    files[PROBLEM] = code.replace(old, new).encode()
    record, digest = read_record(files), digest_of_problem(files)
    tested = {TEST: record[TEST] | {"of": digest}} if TEST in record else {}
    files[RECORD] = written(record | {"of": digest, READS: [digest for _ in readings(record)]} | tested)

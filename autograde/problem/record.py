"""What a run leaves behind, in `run.json`: of what it was, its seed and figures, and each reading of the test set."""

from __future__ import annotations

import hashlib
import json
import platform
from importlib.metadata import version
from typing import Any

from autograde.folders import Files, digest_of_files
from autograde.learner.host import Host
from autograde.problem.stage import DATA
from autograde.problem.trial import AGAIN, PARTS, PLAIN, Trial, code_of, trial_of

RECORD = "run.json"
VERSIONS = ("torch", "lightning", "numpy")
READS, TEST, VALIDATION = "test_set_read_by", "test", "validation"

Json = dict[str, Any]


class Own:
    """The pair's own code in this very process, by its own clock: what the judge has a learner for."""

    def __init__(self, files: Files) -> None:
        self.learning_problem = files
        self.last_answer: tuple[str, Any] = ("", None)

    def drive(self, name: str, source: str, *args: Any) -> Any:
        """Run a driver here."""
        return Host({}).drive(name, source, args).value


def recorded(files: Files, *, test: bool = True) -> Files:
    """The files with the record of a run of them in their midst."""
    return files | {RECORD: written(record_of(trial_of(Own(files)), test=test))}


def record_of(trial: Trial, *, test: bool) -> Json:
    """A run's record; with `test` the test set is read, which is noted beside the earlier readings.

    What was read before by the very same code and data is no further reading, and what other code read stays.
    """
    before = read_record(trial.files)
    digest = digest_of_problem(trial.files)
    reads = readings(before)
    read = digest in reads
    tested = {"of": digest} | rounded(trial.scores(TEST)) if test or read else before.get(TEST)
    record: Json = {
        "of": digest,
        "seed": trial.seed,
        "versions": {"python": platform.python_version()} | {name: version(name) for name in VERSIONS},
        "rows": {name: len(part) for name, part in zip(PARTS, trial.parts, strict=True)},
        "measure": trial.measure,
        VALIDATION: rounded(trial.scores(VALIDATION)),
        "repeats": trial.predictions(PLAIN) == trial.predictions(AGAIN),
        "deepening": {"kind": trial.deepening, **rounded(trial.deepen(PLAIN))},
        READS: [*reads, *([digest] if test and not read else [])],
    }
    return record | ({TEST: tested} if tested else {})


def readings(record: Json) -> list[Any]:
    """By what the test set was read, one reading after the other."""
    found = record.get(READS)
    return found if isinstance(found, list) else []


def knows_test_scores(record: Json) -> bool:
    """Whether a record's scores on the test rows are of the code and data that it is of, not of earlier ones."""
    return isinstance(record.get(TEST), dict) and record[TEST].get("of") == record["of"]


def read_record(files: Files) -> Json:
    """The record in a folder; an empty one where there is none that can be read."""
    try:
        found = json.loads(files.get(RECORD, b"{}"))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def written(record: Json) -> bytes:
    """The record as it is kept."""
    return (json.dumps(record, indent=1, ensure_ascii=False) + "\n").encode()


def rounded(figures: Any) -> Any:
    """Figures as a record has them."""
    return {name: round(float(figure), 6) for name, figure in figures.items()}


def digest_of_problem(files: Files) -> str:
    """A hash over the data, and over the code apart from blank lines and those that only comment."""
    kept = {
        name: data for name, data in files.items() if name.startswith(f"{DATA}/") and not name.endswith(".md")
    }
    for name, data in code_of(files).items():
        lines = (line.rstrip() for line in data.splitlines())
        kept[name] = b"\n".join(line for line in lines if line and not line.lstrip().startswith(b"#"))
    return hashlib.sha256(digest_of_files(kept).encode()).hexdigest()[:16]

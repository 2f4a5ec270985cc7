"""What a learner handed in: the notebook to grade, under whatever name it lies in the folder."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from autograde.errors import Fault
from autograde.notebook import Notebook, bound_names, read_notebook, read_submission

MOST_CANDIDATES = 50
SUFFIX = ".ipynb"


@dataclass(frozen=True)
class Submission:
    """One learner's folder of one week. `remarks` say, in sentences, what was odd about finding the notebook."""

    learner: str
    week: str
    folder: Path
    notebook: Path | None
    remarks: tuple[str, ...] = ()

    def read(self) -> Notebook:
        """Its cells; none if no notebook was handed in. Fault if the file can't be read from the disk."""
        if self.notebook is None:
            return Notebook()
        try:
            return read_notebook(read_submission(self.notebook), self.notebook.name)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise Fault(f"it can't be read ({reason})", str(self.notebook), "check the file") from error


def find_submission(folder: Path, learner: str, week: str, exercises: Collection[str]) -> Submission:
    """The submission in a folder. Where the week's own name is missing, the notebook that answers most counts."""
    named = folder / f"{week}{SUFFIX}"
    if _is_own_file(named, folder):
        return Submission(learner, week, folder, named)
    candidates = _candidates(folder)
    if not candidates:
        return Submission(learner, week, folder, None, (f"No notebook was handed in; hand in {named.name}.",))
    best = max(candidates, key=lambda path: (_answered(path, exercises), _changed(path), path.name))
    shown = best.relative_to(folder)
    if len(candidates) == 1:
        remark = f"There is no {named.name}, so {shown} was graded; hand it in as {named.name}."
    else:
        remark = (
            f"There is no {named.name}, so {shown} was graded, which of the {len(candidates)} notebooks "
            f"answers the most; hand in one, as {named.name}."
        )
    return Submission(learner, week, folder, best, (remark,))


def _candidates(folder: Path) -> list[Path]:
    """Notebooks in the folder and below it, without those that Jupyter keeps for itself."""
    found = (
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() == SUFFIX
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and _is_own_file(path, folder)
    )
    return list(islice(found, MOST_CANDIDATES))


def _is_own_file(path: Path, folder: Path) -> bool:
    """Whether this is a file that was handed in, and not a link to somebody else's."""
    return path.is_file() and path.resolve().is_relative_to(folder.resolve())


def _answered(path: Path, exercises: Collection[str]) -> int:
    """How many of the exercises the notebook has a cell for."""
    try:
        cells = read_notebook(read_submission(path), path.name).cells
    except OSError:
        return -1
    found: set[str] = set()
    for cell in cells:
        found |= {cell.grade_id or ""} | bound_names(cell.source, imports=False)
    return len(found.intersection(exercises))


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0

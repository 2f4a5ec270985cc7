"""From the folder to the value of the exercise: `learning_problem = problem_from("learning_problem")`."""

from __future__ import annotations

import sys
from pathlib import Path

from autograde.folders import Files, read_files

PAGES = ("card.md", "report.md")


def problem_from(folder: str | Path) -> Files:
    """The files of a learning problem, by their path in its folder. In a notebook its two pages show."""
    files = read_files(Path(folder))
    ipython = sys.modules.get("IPython")
    if ipython is not None and ipython.get_ipython() is not None:
        print("\n\n".join(text_of(files, page) for page in PAGES))
    return files


def text_of(files: Files, name: str) -> str:
    """A file as text; nothing if it isn't there."""
    return files.get(name, b"").decode("utf-8", "replace")

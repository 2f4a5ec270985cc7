"""A page of ours within a feedback page of nbgrader's.

nbgrader hands learners one page for each notebook that they submitted, and nothing that lies beside it. So a page
goes into that one, whole and in a shadow tree, where neither page's style reaches the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from nbformat.v4 import new_code_cell, new_output

SEPARATOR = "+"


def file_of(group: Sequence[str]) -> str:
    """What the page of a group is called, in whatever order its learners are named."""
    return f"{SEPARATOR.join(sorted(group))}.html"


def group_of(page: Path) -> list[str]:
    """Whose page it is, by its name."""
    return page.stem.split(SEPARATOR)


def linked(anchor: str, words: str) -> Any:
    """A cell that leads to an embedded page."""
    return _shown(f'<p><a href="#{anchor}">{escape(words)}</a></p>')


def embedded(page: Path, anchor: str) -> Any:
    """A cell that is the page. Its sizes are in `rem`, which the style of nbgrader's pages sets to ten pixels."""
    shadow = f'<template shadowrootmode="open">{page.read_text(encoding="utf-8")}</template>'
    size = "<style>html { font-size: 100%; }</style>"
    return _shown(f'{size}<a name="{anchor}"></a><div style="all: initial; display: block">{shadow}</div>')


def _shown(html: str) -> Any:
    """HTML as it is, which nbconvert shows of outputs only; the cell's own source, which is none, is not shown."""
    output = new_output("display_data", {"text/html": html})
    return new_code_cell("", outputs=[output], metadata={"transient": {"remove_source": True}})

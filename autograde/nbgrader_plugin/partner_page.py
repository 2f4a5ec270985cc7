"""The partners' page in the feedback of each of them.

nbgrader hands learners one page for each notebook that they submitted, and nothing that lies beside it. So the page
goes into that one, whole and in a shadow tree, where neither page's style reaches the other.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

from nbformat.v4 import new_code_cell, new_output
from nbgrader.preprocessors import NbGraderPreprocessor

from autograde.nbgrader_plugin.joint import groups_of, share_manual_grades
from autograde.partners import PAIRS, read_pairs
from autograde.partners.history import Group
from autograde.templates import listed

PAGES = "partners"
ANCHOR = "with-your-partners"


def page_path(root: Path, week: str, group: Group) -> Path:
    """Where the page of a group lies in a course folder. Another group of the same learners has another page."""
    return root / PAGES / week / f"{'+'.join(sorted(group))}.html"


class AddPartnersPage(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader has no types
    """Adds the page that `autograde partners` made for the learner's group, if it is still their group."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Link it at the top, and put it at the end. Points that were given to a joint notebook are shared before."""
        about = resources["nbgrader"]
        week, learner = about["assignment"], about["student"]
        coursedir = self.parent.parent.coursedir  # of the converter that the exporter works for
        root = Path(coursedir.root)
        share_manual_grades(coursedir, week, [each for each in groups_of(root) if learner in each])
        group = next((each for each in read_pairs(root / PAIRS).of(week) if learner in each), ())
        page = page_path(root, week, group)
        if group and page.is_file():
            others = listed([one for one in group if one != learner])
            nb.cells.insert(
                0, _shown(f'<p><a href="#{ANCHOR}">Your week beside {escape(others)}&rsquo;s</a></p>')
            )
            nb.cells.append(_shown(_embedded(page.read_text(encoding="utf-8"))))
        return nb, resources


def _shown(html: str) -> Any:
    """HTML as it is, which nbconvert shows of outputs only; the cell's own source, which is none, is not shown."""
    output = new_output("display_data", {"text/html": html})
    return new_code_cell("", outputs=[output], metadata={"transient": {"remove_source": True}})


def _embedded(page: str) -> str:
    """The page's sizes are in `rem`, which the style of nbgrader's pages sets to ten pixels."""
    shadow = f'<template shadowrootmode="open">{page}</template>'
    size = "<style>html { font-size: 100%; }</style>"
    return f'{size}<a name="{ANCHOR}"></a><div style="all: initial; display: block">{shadow}</div>'

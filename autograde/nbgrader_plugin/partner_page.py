"""The partners' page in the feedback of each of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbgrader.preprocessors import NbGraderPreprocessor

from autograde.nbgrader_plugin.embedding import embedded, file_of, linked
from autograde.nbgrader_plugin.joint import groups_of, share_manual_grades
from autograde.partners import PAIRS, read_pairs
from autograde.partners.history import Group
from autograde.templates import listed

PAGES = "partners"
ANCHOR = "with-your-partners"


def page_path(root: Path, week: str, group: Group) -> Path:
    """Where the page of a group lies in a course folder. Another group of the same learners has another page."""
    return root / PAGES / week / file_of(group)


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
            nb.cells.insert(0, linked(ANCHOR, f"Your week beside {others}\u2019s"))
            nb.cells.append(embedded(page, ANCHOR))
        return nb, resources

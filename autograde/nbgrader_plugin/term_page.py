"""The last pages, a learner's own and those of their groups, in the feedback of the last week that they handed in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbgrader.preprocessors import NbGraderPreprocessor

from autograde.nbgrader_plugin.embedding import embedded, file_of, linked
from autograde.nbgrader_plugin.reports import FOLDER, weeks_of
from autograde.partners import PAIRS, read_pairs
from autograde.partners.history import Group
from autograde.templates import listed

PAGES = "term"
ANCHOR = "the-term"


def term_page_path(root: Path, group: Group) -> Path:
    """Where the last page of partners lies in a course folder, or of a learner, a group of one."""
    return root / FOLDER / PAGES / file_of(group)


class AddTermPages(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader has no types
    """Adds the pages that `autograde term` made for the learner, and for groups that pairs.csv has them in."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Link them at the top, and put them at the end."""
        about = resources["nbgrader"]
        week, learner = about["assignment"], about["student"]
        root = Path(self.parent.parent.coursedir.root)  # of the converter that the exporter works for
        if week != max(weeks_of(root, learner), default=""):
            return nb, resources
        groups = [(learner,), *read_pairs(root / PAIRS).groups_with(learner)]
        pages = {group: term_page_path(root, group) for group in groups}
        there = [(group, page) for group, page in pages.items() if page.is_file()]
        for number, (group, page) in enumerate(there):
            others = listed([one for one in group if one != learner] or [""])
            words = f"Your term with {others}" if others else "Your term"
            nb.cells.insert(number, linked(f"{ANCHOR}-{number}", words))
            nb.cells.append(embedded(page, f"{ANCHOR}-{number}"))
        return nb, resources

"""The command `autograde partners`, on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from autograde.compare import Comparer, Side, comparison_sections
from autograde.course.opening import configured
from autograde.nbgrader_plugin.survey import terms_of
from autograde.partner_pages.making import Made, Notebooks, make_pages
from autograde.places import Kit


class Comparing:
    """Comparisons of one week by one judge, which starts at the first of them."""

    def __init__(self, course: Path, kit: Kit, *, trust: bool = False) -> None:
        self._course, self._kit, self._trust = course.resolve(), kit, trust
        self._comparer: Comparer | None = None

    def sections(self, week: str, notebooks: Notebooks, past: bool) -> str:
        """The comparison as HTML. The reference says who is right after the deadline only."""
        if self._comparer is None:
            secrets = terms_of(configured(self._course).coursedir, week, self._trust).secrets
            self._comparer = Comparer(week, self._kit, trust=self._trust, secrets=secrets)
        sides = [Side(name, notebook) for name, notebook in notebooks.items()]
        return comparison_sections(self._comparer.compare(sides, hidden=past, reference=past))

    def __enter__(self) -> Comparing:
        return self

    def __exit__(self, *_: object) -> None:
        if self._comparer:
            self._comparer.close()


def partners_on_screen(
    course: Path, week: str, kit: Kit, learners: Sequence[str] = (), *, trust: bool = False
) -> None:
    """Make the week's pages, a line a group as they come, and say what to do next."""
    console = Console(highlight=False)

    def tell(made: Made) -> None:
        what = str(made.page) if made.page else f"no page: {made.reason}"
        console.print(f"{' · '.join(made.group)}  {what}", soft_wrap=True, markup=False)

    with Comparing(course, kit, trust=trust) as comparing:
        make_pages(course, week, kit, comparing.sections, learners, tell)
    sentence = f"The feedback of {week} is written; `nbgrader release_feedback {week}` hands it out."
    console.print(sentence, soft_wrap=True)

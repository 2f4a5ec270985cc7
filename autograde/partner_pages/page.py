"""The page of one group as HTML: whole in itself, no script, and fit to stand in another page's shadow tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from autograde.classroom.counting import Coverage
from autograde.classroom.records import Work
from autograde.explaining import STATUS_WORDS, points_text
from autograde.partner_pages.results import rows_of
from autograde.templates import html_templates

TEMPLATE = Path(__file__).parent / "templates" / "page.html"


@dataclass(frozen=True)
class Beside:
    """The week of a group: its coverage, and its notebooks side by side.

    `called` is what learners are called, `names` what their notebooks are, which may be of two. Hidden tests are told
    of after the deadline only.
    """

    week: str
    coverage: Coverage
    works: tuple[Work, ...]
    called: Mapping[str, str]
    names: Mapping[str, str]
    past: bool


def beside_page(beside: Beside, compared: str, key: str) -> str:
    """The page. `compared` is HTML, the comparison's sections; `key` says what the page was made of."""
    templates = html_templates("autograde.partner_pages", points=points_text, called=_called)
    return templates.get_template(TEMPLATE.name).render(**_fields(beside), compared=Markup(compared), key=key)


def _fields(beside: Beside) -> dict[str, Any]:
    shared = beside.coverage
    all_of_you, some_of_you = (
        ("both of you", "one of you") if len(beside.works) == 2 else ("all of you", "some")
    )
    counts = (("all", shared.both), ("some", shared.either), ("nobody", shared.neither))
    return {
        "week": beside.week,
        "coverage": shared,
        "called": beside.called,
        "partners": [beside.called[one] for one in shared.group],
        "names": [beside.names[work.learner] for work in beside.works],
        "joint": [beside.names[work.learner] for work in beside.works if work.joint_with],
        "rows": rows_of(beside.works, beside.names, hidden=beside.past),
        "counts": [(who, len(entries)) for who, entries in counts if entries],
        "who_words": {"all": all_of_you, "some": some_of_you, "nobody": "nobody"},
        "works": beside.works,
        "words": STATUS_WORDS,
    }


def _called(learner: str, called: Mapping[str, str]) -> str:
    return called[learner]

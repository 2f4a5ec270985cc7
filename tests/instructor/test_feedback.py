"""The feedback pages: what they tell, and that nothing of a learner's runs in them."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from instructor_cycle import Cycle
from instructor_place import WEEK

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

LEARNERS = ("right", "partly", "untouched", "broken", "hostile", "stripped", "tampered", "renamed", "absent")
ACTIVE_TAGS = {"script", "iframe", "object", "embed", "svg", "form", "base", "meta", "link", "animate"}
ACTIVE_VALUES = ("javascript:", "vbscript:", "data:text", "data:image/svg")


class Active(HTMLParser):
    """Collects whatever a browser would run or load."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ACTIVE_TAGS:
            self.found.append((tag, dict(attrs).get("src") or ""))
        for name, value in attrs:
            disguised = re.sub(r"[\s\x00-\x20]", "", value or "").lower()
            if name.startswith("on") or disguised.startswith(ACTIVE_VALUES):
                self.found.append((tag, f"{name}={value}"))


def shown(page: str) -> str:
    """What a reader sees, in one line."""
    return " ".join(unescape(re.sub(r"<(style|script).*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)).split())


@pytest.mark.parametrize("learner", LEARNERS)
def test_a_page_runs_what_the_page_of_an_untouched_notebook_runs(cycle: Cycle, learner: str) -> None:
    assert Active(cycle.page(learner)).found == Active(cycle.page("untouched")).found


def test_a_page_tells_what_failed_with_the_smallest_input_and_the_hint(cycle: Cycle) -> None:
    page = shown(cycle.page("partly"))
    told = page[page.index("double failing") :]
    for expected in (
        "Doubling holds for every number.",
        "x = 3",
        "got 9",
        "expected 6",
        "Squares the number.",
    ):
        assert expected in told


@pytest.mark.parametrize("learner", LEARNERS)
def test_no_page_shows_code_of_hidden_tests_or_references(cycle: Cycle, learner: str) -> None:
    page = cycle.page(learner)
    secrets = ("expected_in_secret", "reference.double", "sign_in_secret", "thousand", "squares-it")
    given = ("sign_in_secret", "thousand") if learner not in ("untouched", "broken", "absent") else ()
    assert [secret for secret in secrets if secret in page and secret not in given] == []


def test_plots_are_there_as_png(cycle: Cycle) -> None:
    assert cycle.page("partly").count('src="data:image/png;base64,iVBOR') == 1


@pytest.mark.parametrize(
    ("learner", "sentence"),
    [
        ("broken", "week01.ipynb is not a notebook: its JSON breaks off"),
        ("renamed", "There is no week01.ipynb, so my solution (1).ipynb was graded"),
        ("absent", "No notebook was handed in; hand in week01.ipynb."),
        ("hostile", "is a changed copy of the locked cell `check-double`, and the original counts"),
    ],
)
def test_a_page_says_what_was_odd_about_the_notebook(cycle: Cycle, learner: str, sentence: str) -> None:
    assert sentence in shown(cycle.page(learner))


def test_the_page_of_a_hostile_notebook_gives_reasons_for_each_exercise(cycle: Cycle) -> None:
    page = shown(cycle.page("hostile"))
    for reason in ("<script>alert(1)</script><svg onload=alert(1)>", "double failing", "Pair-total failing"):
        assert reason in page
    assert "halve done" in page


def test_answers_to_questions_keep_their_words(cycle: Cycle) -> None:
    assert "Because <script>alert(1)</script>" in shown(cycle.page("partly"))


def test_feedback_reaches_the_exchange_for_everyone(cycle: Cycle) -> None:
    released = list((cycle.place.exchange / "deep_learning" / "feedback").glob("*.html"))
    assert len(released) == len(LEARNERS)
    assert sorted(path.read_text() for path in released) == sorted(map(cycle.page, LEARNERS))


def test_the_page_links_each_entry_to_its_cell(cycle: Cycle) -> None:
    page = cycle.page("right")
    targets = re.findall(r'<a href="#(check-[\w-]+)">', page)
    assert {f'name="{target}"' in page for target in targets} == {True}
    assert f"{WEEK} (Score: 7.5 / 9.5)" in page

"""A learner's markdown keeps its form and loses what could act in an instructor's browser."""

from __future__ import annotations

import time

import pytest

from autograde.assembly import escape_markdown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a < b and **c** > d", None),
        ("> quoted\n\n- item\n\n[link](https://example.org) $x < y$", None),
        ("<script>alert(1)</script>", "&lt;script>alert(1)&lt;/script>"),
        ("x<!--y--><?z?>", "x&lt;!--y-->&lt;?z?>"),
        ("`List<int>` and $a<b$", "`List< int>` and $a< b$"),
        ("```\nif a<b: <img src=x onerror=y>\n```\n<b>", "```\nif a< b: < img src=x onerror=y>\n```\n&lt;b>"),
        ("[x](javascript:alert(1))", "[x](blocked:alert(1))"),
        ("[x]: JaVa\tScript&colon;alert(1)", "[x]: blocked:alert(1)"),
        ("[x](&#x6A;avascript\\:alert(1))", "[x](blocked:alert(1))"),
        ("$\\href{javascript:alert(1)}{x}$", "$\\href{blocked:alert(1)}{x}$"),
        (
            "[x](data:text/html;base64,AA) and the data: here",
            "[x](blocked:text/html;base64,AA) and the data: here",
        ),
    ],
)
def test_markdown_keeps_its_form_and_loses_what_could_act(text: str, expected: str | None) -> None:
    assert escape_markdown(text) == (text if expected is None else expected)


@pytest.mark.parametrize(
    "text",
    [
        "x" + "`" * 100_000,
        "` `` " * 40_000,
        "$" * 100_001,
        "j" + " " * 200_000,
        "j&tab;" * 30_000,
        "```\n" * 50_001,
    ],
)
def test_escaping_hostile_text_takes_no_time(text: str) -> None:
    started = time.process_time()
    escape_markdown(text + "<b>")
    assert time.process_time() - started < 5


def test_backticks_that_are_never_closed_cost_no_time() -> None:
    text = "".join("`" * length + " <b " for length in range(1, 1200))
    started = time.process_time()
    assert "<b" not in escape_markdown(text)
    assert time.process_time() - started < 5

"""A comparison as one self-contained page: no script, everything from learners escaped, legible in print."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

import mistune
from jinja2 import Environment
from markupsafe import Markup

from autograde.compare.look import PAGE, SECTIONS
from autograde.compare.result import CodeLine, Compared, Comparison
from autograde.compare.talking import codes
from autograde.explaining import STATUS_WORDS
from autograde.report import printable
from autograde.templates import html_templates, listed

TOKEN = re.compile(r"\w+|\s+|.", re.DOTALL)


def comparison_page(comparison: Comparison) -> str:
    """The whole page."""
    title = f"{comparison.week}: {listed(comparison.names)}"
    return _environment().from_string(PAGE).render(title=title, body=Markup(comparison_sections(comparison)))


def comparison_sections(comparison: Comparison) -> str:
    """What the page shows below its title, with its style, for a page that shows more."""
    return (
        _environment()
        .from_string(SECTIONS)
        .render(
            it=comparison,
            differing=[each for each in comparison.exercises if each.difference],
            kinds=[each for each in comparison.exercises if each.kind],
            worked=[each for each in comparison.exercises if each.work],
            coded=[each for each in comparison.exercises if any(pair.changed for pair in each.code)],
            alike=codes([each.name for each in comparison.exercises if _same_code(each)] or ["-"]),
            sealed=bool(comparison.sealed),
            prompts=Markup(mistune.create_markdown(escape=True)(comparison.prompts)),
        )
    )


def _environment() -> Environment:
    environment = html_templates(shown=printable, marked=_marked, growth=growth, shares=_shares)
    environment.globals |= {"behaviour": behaviour_words, "words": STATUS_WORDS, "verdict": verdict}
    return environment


def _shares(values: Sequence[float]) -> str:
    return " · ".join(f"{value:.3g}" for value in values)


def behaviour_words(each: Compared) -> tuple[str, str]:
    """Whether an exercise behaves alike, in a word that it is coloured by and in a few that are shown."""
    if each.difference and each.difference.free:
        return "kind", "differ where tests hold"
    if each.difference:
        return "differ", "differ in kind" if each.difference.of_kind else "differ"
    if not {"todo", "missing"}.isdisjoint(each.standings):
        return "open", "not to be compared yet"
    if each.kind:
        return "kind", "differ only in kind"
    return (
        ("same", f"no difference in {each.calls} calls") if each.calls else ("open", "nothing to compare by")
    )


def verdict(comparison: Comparison, each: Compared) -> str:
    """Who is right, as far as it may be said."""
    assert each.difference is not None
    if each.difference.free:
        return "Every test holds for all of you: does the statement allow either, or is a test missing?"
    if each.difference.right is None:
        return "Decide together who is right."
    agreed = [name for name, right in zip(comparison.names, each.difference.right, strict=True) if right]
    return f"The reference agrees with {listed(agreed) if agreed else 'none of you'}."


def growth(counts: list[int]) -> str:
    """Counts of operations from the smallest input to the largest."""
    if counts[0] == counts[-1]:
        return f"{counts[0]:,}"
    return f"{counts[0]:,} to {counts[-1]:,}"


def _same_code(each: Compared) -> bool:
    return bool(each.code) and not any(pair.changed for pair in each.code)


def _marked(line: CodeLine) -> tuple[Markup, Markup]:
    """Both halves of a line; what differs within it is marked."""
    if line.same or line.left is None or line.right is None:
        return Markup.escape(printable(line.left or "")), Markup.escape(printable(line.right or ""))
    tokens = TOKEN.findall(printable(line.left)), TOKEN.findall(printable(line.right))
    matcher = SequenceMatcher(None, *tokens, autojunk=False)
    if matcher.ratio() < 0.4:  # so little in common that marks would only confuse
        return Markup.escape("".join(tokens[0])), Markup.escape("".join(tokens[1]))
    blocks = list(matcher.get_opcodes())
    left = Markup("").join(_half(tokens[0][a:b], kind) for kind, a, b, _, _ in blocks)
    return left, Markup("").join(_half(tokens[1][c:d], kind) for kind, _, _, c, d in blocks)


def _half(tokens: list[str], kind: str) -> Markup:
    text = Markup.escape("".join(tokens))
    return text if kind == "equal" or not text else Markup("<mark>{}</mark>").format(text)

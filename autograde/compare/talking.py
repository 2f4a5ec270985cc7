"""What partners have to talk about: made from the results, and then the week's own prompts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import permutations

from autograde.compare.result import Compared, Comparison
from autograde.notebook import Notebook
from autograde.templates import listed

PROMPTS = re.compile(r"\A#+ *With your partner\s*\n(.*)", re.DOTALL | re.IGNORECASE)
LONGEST_PROMPTS = 5_000
DONE, OPEN = "done", ("todo", "missing", "failing")


def prompts_of(notebooks: Sequence[Notebook]) -> str:
    """The last section of the first notebook that has one, as Markdown."""
    for notebook in notebooks:
        for cell in reversed(notebook.cells):
            found = PROMPTS.match(cell.source) if cell.kind == "markdown" else None
            if found:
                return found[1].strip()[:LONGEST_PROMPTS]
    return ""


def to_talk_about(comparison: Comparison) -> list[str]:
    """Sentences, in the order in which they are worth it."""
    return [
        *_explanations(comparison),
        *_differences(comparison),
        *_alarms(comparison),
        *_growth(comparison),
        *_other_ways(comparison),
    ]


def _explanations(comparison: Comparison) -> Iterator[str]:
    for one, other in permutations(range(len(comparison.sides)), 2):
        names = [
            each.name
            for each in comparison.exercises
            if each.standings[one] == DONE and each.standings[other] in OPEN
        ]
        if names:
            has, lacks = comparison.names[one], comparison.names[other]
            yield f"{has} has {codes(names)} done and {lacks} has not: {has} explains without typing."


def _differences(comparison: Comparison) -> Iterator[str]:
    differing = [each for each in comparison.exercises if each.difference]
    free = [each.name for each in differing if each.difference and each.difference.free]
    if free:
        yield (
            f"You differ in {codes(free)} where every test holds for all of you. "
            "Does the statement allow either, or is a test missing?"
        )
    names = [each.name for each in differing if each.name not in free]
    if names:
        settled = (
            "Read who is right, and find out why" if comparison.reference else "Decide together who is right"
        )
        yield f"You differ in {codes(names)}. {settled}."


def _alarms(comparison: Comparison) -> Iterator[str]:
    for broken in comparison.broken:
        if broken.raised is not None:
            by, on = comparison.names[broken.by], comparison.names[broken.on]
            target = broken.test.removeprefix("break_")
            yield f"`{broken.test}` of {by} raises on the `{target}` of {on}. Is it the test or the code that is wrong?"


def _growth(comparison: Comparison) -> Iterator[str]:
    slow: dict[str, list[str]] = {}
    for each in comparison.exercises:
        grows = [counts[-1] > 2 * counts[0] for counts in each.work.operations] if each.work else []
        if any(grows) and not all(grows):
            growing = [name for name, grown in zip(comparison.names, grows, strict=True) if grown]
            slow.setdefault(listed(growing), []).append(each.name)
    for names, exercises in slow.items():
        yield (
            f"In {codes(exercises)} the torch operations of {names} grow with the input, and elsewhere they don't. "
            "Where is the loop?"
        )


def _other_ways(comparison: Comparison) -> Iterator[str]:
    names = [each.name for each in comparison.exercises if _other_way(each)]
    if names:
        yield f"You wrote {codes(names)} differently, and no difference in results was found. Which reads better?"


def _other_way(each: Compared) -> bool:
    return bool(each.calls) and each.difference is None and any(pair.changed for pair in each.code)


def codes(names: Sequence[str]) -> str:
    """`a`, `b` and `c`, as code."""
    return listed([f"`{name}`" for name in names])

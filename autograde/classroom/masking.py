"""The class without names: learners are numbers, and a name in what somebody wrote is masked."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from autograde.classroom.records import ClassWeek, Method, Reflection, Term, Work

MASK = "…"
SHORTEST = 2
LETTER = r"[^\W\d_]"
Mask = Callable[[str], str]


def anonymous(term: Term) -> Term:
    """The same weeks, with numbers for ids in an order that nobody can tell who lacks the submissions."""
    labels = _labels(term)
    mask = masking(_words_for(term))
    weeks = tuple(_week(week, labels, mask) for week in term.weeks)
    return Term(weeks, {label: label for label in labels.values()}, anonymous=True)


def masking(names: Iterable[str]) -> Mask:
    """Takes names out of a text as whole words, in either case, with or without accents."""
    words = sorted({_plain(name) for name in names if len(name) >= SHORTEST}, key=len, reverse=True)
    if not words:
        return str
    any_name = re.compile(rf"(?<!{LETTER})(?:{'|'.join(map(re.escape, words))})(?!{LETTER})")

    def mask(text: str) -> str:
        text = unicodedata.normalize("NFC", text)
        plain = [(letter, place) for place, whole in enumerate(text) for letter in _plain(whole)]
        found = any_name.finditer("".join(letter for letter, _ in plain))
        for match in reversed(list(found)):
            first, last = plain[match.start()][1], plain[match.end() - 1][1]
            text = text[:first] + MASK + text[last + 1 :]
        return text

    return mask


def _plain(text: str) -> str:
    """Lower case without accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def _words_for(term: Term) -> set[str]:
    """All that a learner may be called: ids, whole names and their parts, addresses."""
    whole = {*term.identifying, *_learners(term)}
    return whole | {part for name in whole for part in re.split(r"[\W_]+", name) if not part.isdigit()}


def _learners(term: Term) -> set[str]:
    found = {one for week in term.weeks for one in (*week.work, *week.absent, *week.ungraded)}
    return found | {one for week in term.weeks for group in week.groups for one in group}


def _labels(term: Term) -> dict[str, str]:
    digests = sorted(work.report.submission for week in term.weeks for work in week.work.values())
    secret = " ".join(digests)
    order = sorted(_learners(term), key=lambda one: hashlib.sha256(f"{secret} {one}".encode()).digest())
    return {learner: f"learner {number}" for number, learner in enumerate(order, 1)}


def _week(week: ClassWeek, labels: Mapping[str, str], mask: Mask) -> ClassWeek:
    def numbers(learners: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted((labels[one] for one in learners), key=_number))

    work = [_work(each, labels, mask) for each in week.work.values()]
    return replace(
        week,
        work={each.learner: each for each in sorted(work, key=lambda each: _number(each.learner))},
        groups=tuple(sorted(map(numbers, week.groups), key=lambda group: _number(group[0]))),
        absent=numbers(week.absent),
        ungraded=numbers(week.ungraded),
    )


def _number(label: str) -> int:
    return int(label.split()[-1])


def _work(work: Work, labels: Mapping[str, str], mask: Mask) -> Work:
    return replace(
        work,
        learner=labels[work.learner],
        reflection=_reflection(work.reflection, mask) if work.reflection else None,
        methods=tuple(_method(row, mask) for row in work.methods),
        joint_with=tuple(labels[one] for one in work.joint_with),
    )


def _reflection(reflection: Reflection, mask: Mask) -> Reflection:
    questions = tuple(mask(question) for question in reflection.questions)
    return replace(reflection, sticking_point=mask(reflection.sticking_point), questions=questions)


def _method(row: Method, mask: Mask) -> Method:
    return Method(mask(row.name), mask(row.category), mask(row.expression), mask(row.shape))

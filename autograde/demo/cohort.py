"""A class over a term: what its learners hand in, week by week, better or worse, late, together or not at all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from autograde.demo.reflections import reflection
from autograde.demo.submissions import (
    Submission,
    alternatives,
    filled,
    learners,
    rearranged,
    references,
    references_beside,
)
from autograde.weeks import TEXT_STUB, Variant, Week, stub_of, variants_of

RIGHT_OF_STRETCH = 0.6  # of those who have the week's other exercises right, who does the stretch ones
WRONG_OF_REST = 0.7  # of what isn't right, what was tried
ANSWER = "What we saw in the plot is no proof; with other data it may look different."


@dataclass(frozen=True)
class Character:
    """How a learner goes through the term.

    The share of exercises that are right moves from `start` to `end`; `habits` are names of misconceptions that this
    one falls for; `stays` is the share of the term after which nothing comes any more, `misses` each so manieth week.
    """

    what: str
    start: float
    end: float
    habits: tuple[str, ...] = ()
    stays: float = 1.0
    misses: int = 0
    late: bool = False
    joint: bool = False  # with the one before
    strips: bool = False


CHARACTERS = (
    Character("right throughout, in other ways", 1.0, 1.0),
    Character("good, with the next one", 0.85, 0.9, ("ignores-the-generator",)),
    Character("joint with the one before", 0.85, 0.9, joint=True),
    Character("stops coming", 0.55, 0.3, ("transposed",), stays=0.4),
    Character("late", 0.75, 0.8, ("seeds-itself",), late=True),
    Character("finds it hard, and gets better", 0.3, 0.95, ("changes-its-input", "sum")),
    Character("has one habit", 0.7, 0.7, ("ignores-the-generator", "seeds-itself", "with-replacement")),
    Character("misses a week now and then", 0.65, 0.7, misses=4),
    Character("loses the metadata", 0.9, 0.9, ("uphill", "sign-turned"), strips=True),
    Character("half of it", 0.5, 0.5, ("sum", "mean", "unbiased")),
    Character("gets tired", 0.8, 0.4, ("transposed", "loops")),
    Character("little, but more every week", 0.15, 0.55, ("largest-of-tied", "no-bias")),
)


class Cohort:
    """The learners of a term, the same on every run. Beyond twelve the characters come again."""

    def __init__(self, weeks: Sequence[str], size: int) -> None:
        self._weeks = list(weeks)
        self._learners = learners(size)
        self._characters = dict(
            zip(self._learners, (CHARACTERS[place % len(CHARACTERS)] for place in range(size)), strict=True)
        )

    def roster(self) -> str:
        """The lines of roster.csv: at ease with programming to different degrees, two with one notebook."""
        lines = ["id,comfort,joint_with"]
        for place, learner in enumerate(self._learners):
            with_whom = self._learners[place - 1] if self._characters[learner].joint else ""
            lines.append(f"{learner},{1 + place * 2 % 5},{with_whom}")
        return "\n".join([*lines, ""])

    def hand_in(self, week: Week, stub: bytes) -> list[Submission]:
        """What comes in for a week, what is late last."""
        place = self._weeks.index(week.name)
        through = place / max(len(self._weeks) - 1, 1)
        coming = [
            self._submission(week, stub, number, through)
            for number, learner in enumerate(self._learners)
            if self._comes(self._characters[learner], place)
        ]
        return sorted(coming, key=lambda each: each.late)

    def _comes(self, character: Character, place: int) -> bool:
        if character.joint or place >= math.ceil(character.stays * len(self._weeks)):
            return False
        return not character.misses or (place + 1) % character.misses > 0

    def _submission(self, week: Week, stub: bytes, number: int, through: float) -> Submission:
        learner = self._learners[number]
        character = self._characters[learner]
        random = Random(f"{learner} {week.name}")
        answers = _answers(week, character, through, random)
        answers["reflection"] = reflection(number + random.randrange(100))
        notebook = filled(stub, answers)
        return Submission(
            learner,
            character.what,
            rearranged(notebook) if character.strips else notebook,
            references_beside(week),
            character.late,
        )


def _answers(week: Week, character: Character, through: float, random: Random) -> dict[str, str]:
    """Cells by their names: right ones, misconceptions, and no answer where it stays a stub."""
    ability = character.start + (character.end - character.start) * through
    right = references(week) | (alternatives(week) if random.random() < ability / 2 else {})
    answers = {
        name: stub_of(question.source, "markdown").replace(TEXT_STUB, ANSWER)
        for name, question in week.questions.items()
        if random.random() < ability
    }
    for name, exercise in week.exercises.items():
        able = ability * RIGHT_OF_STRETCH if exercise.stretch else ability
        tried = able if exercise.stretch else able + (1 - able) * WRONG_OF_REST
        wrong = variants_of(week, name, "misconception")
        lot = random.random()
        if lot < able:
            answers[name] = right[name]
        elif wrong and lot < tried:
            answers[name] = _by_habit(wrong, character, random).source(week)
    return answers


def _by_habit(wrong: Sequence[Variant], character: Character, random: Random) -> Variant:
    """The misconception that this learner falls for, or any."""
    usual = [variant for variant in wrong if variant.name in character.habits]
    return random.choice(usual or list(wrong))

"""The agenda of a session, from what learners ask and where they were stuck: similar sentences once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograde.classroom.records import ClassWeek

ALIKE = 0.45  # of two sentences: what joins the demo's questions that ask the same, and no others


@dataclass
class Topic:
    """A sentence as it was put first, in what other words, and by whom."""

    sentence: str
    wordings: list[str]
    learners: list[str]


def agenda(week: ClassWeek) -> list[Topic]:
    """The questions of a week, what most ask first."""
    works = [(work.learner, work.reflection) for work in week.work.values() if work.reflection]
    return topics([(learner, question) for learner, said in works for question in said.questions])


def sticking_points(week: ClassWeek) -> list[Topic]:
    """Where learners were stuck in a week."""
    works = [(work.learner, work.reflection) for work in week.notebooks if work.reflection]
    return topics([(learner, said.sticking_point) for learner, said in works if said.sticking_point])


def topics(said: Sequence[tuple[str, str]]) -> list[Topic]:
    """What was said, by whom, with similar sentences as one topic; what most say first."""
    found: list[Topic] = []
    heads: list[int] = []
    alike = _likeness([sentence for _, sentence in said])
    for place, (learner, sentence) in enumerate(said):
        nearest = max(range(len(found)), key=lambda at: alike[place][heads[at]], default=None)
        if nearest is None or alike[place][heads[nearest]] < ALIKE:
            found.append(Topic(sentence, [], [learner]))
            heads.append(place)
            continue
        topic = found[nearest]
        if sentence not in (topic.sentence, *topic.wordings):
            topic.wordings.append(sentence)
        if learner not in topic.learners:
            topic.learners.append(learner)
    return sorted(found, key=lambda topic: -len(topic.learners))


def _likeness(sentences: Sequence[str]) -> list[list[float]]:
    """How alike any two are, from 0 to 1: the cosine of their groups of letters, the rare ones weighing more."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer

    def telling(sentence: str) -> str:
        words = sentence.lower().replace("?", " ").split()
        return " ".join(word for word in words if word not in ENGLISH_STOP_WORDS) or sentence.lower()

    if len(sentences) < 2:
        return [[1.0] for _ in sentences]
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    vectors = letters.fit_transform(map(telling, sentences))
    likeness: list[list[float]] = (vectors @ vectors.T).toarray().tolist()
    return likeness

"""Scores as nbgrader's gradebook has them."""

from __future__ import annotations

from typing import Any

from nbgrader.api import (
    Assignment,
    Grade,
    Gradebook,
    GradeCell,
    SubmittedAssignment,
    SubmittedNotebook,
)

from autograde.classroom.records import Score
from autograde.nbgrader_plugin.releases import CHECK

Scores = dict[str, dict[str, Score]]


def saved_scores(gradebook: Gradebook) -> Scores:
    """All scores by week and learner, in one query."""
    query = (
        gradebook.db.query(
            Assignment.name, SubmittedAssignment.student_id, GradeCell.name, GradeCell.max_score,
            Grade.score, Grade.auto_score, Grade.manual_score, SubmittedNotebook.late_submission_penalty,
        )
        .select_from(Grade)
        .join(GradeCell, GradeCell.id == Grade.cell_id)
        .join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
    )  # fmt: skip
    rows: dict[tuple[str, str], list[Any]] = {}
    for week, learner, *row in query:
        rows.setdefault((week, learner), []).append(row)
    scores: Scores = {}
    for (week, learner), cells in rows.items():
        scores.setdefault(week, {})[learner] = _score(cells)
    return scores


def _score(cells: list[Any]) -> Score:
    points = most = 0.0
    penalty = 0.0
    questions: dict[str, tuple[float | None, float]] = {}
    for name, worth, score, by_machine, by_hand, late in cells:
        points, most, penalty = points + score, most + worth, late or 0.0
        if not name.startswith(CHECK):
            graded = by_machine is not None or by_hand is not None
            questions[name] = (score if graded else None, worth)
    return Score(max(points - penalty, 0.0), most, questions)

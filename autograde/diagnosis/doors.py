"""Diagnosis where learners are: what the boxes beside their checks tell of exercises that fail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from autograde.diagnosis.boxes import Boxes, open_boxes
from autograde.diagnosis.naming import Cause
from autograde.explaining import Told
from autograde.report import ExerciseReport, PropertyReport


def diagnosed(
    exercises: Sequence[ExerciseReport], boxes: Mapping[str, Boxes], unrun: Mapping[str, int] | None = None
) -> list[ExerciseReport]:
    """The exercises, each that behaves like a known misconception with its name. `unrun` counts tests left out."""
    by_name: dict[str, list[ExerciseReport]] = {}
    for exercise in exercises:
        by_name.setdefault(exercise.name.partition("-")[0], []).append(exercise)
    causes = {
        name: open_boxes(boxes[name], _seen(entries, unrun or {}))
        for name, entries in by_name.items()
        if name in boxes
    }
    return [_with(exercise, causes.get(exercise.name.partition("-")[0])) for exercise in exercises]


def _seen(entries: Sequence[ExerciseReport], unrun: Mapping[str, int]) -> dict[str, list[Sequence[str]]]:
    """By entry, the marks of all its checks; nothing of an entry where one isn't known."""
    found: dict[str, list[Sequence[str]]] = {}
    for entry in entries:
        told = [said for said in entry.properties if isinstance(said, Told) and not said.todo and said.marks]
        if told and len(told) == len(entry.properties) and not unrun.get(entry.name):
            found[entry.name] = [said.marks for said in told]
    return found


def _with(exercise: ExerciseReport, cause: Cause | None) -> ExerciseReport:
    """An exercise whose failures have a cause."""
    if cause is None:
        return exercise
    return replace(exercise, properties=[_caused(said, cause) for said in exercise.properties])


def _caused(said: PropertyReport, cause: Cause) -> PropertyReport:
    if said.outcome == "passed" or (isinstance(said, Told) and said.todo):
        return said
    return replace(said, misconception=cause.name, message=cause.told(said.message or ""))

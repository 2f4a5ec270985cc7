"""The lectures' own trainings, by the references: how far each model comes on the same words."""

from autograde.lecture.training import Trained, train_references, weeks_with_lectures

__all__ = ["Trained", "train_references", "weeks_with_lectures"]

"""What a week consists of."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from autograde.notebook import Cell
from autograde.weeks.regions import stub_of, without_markers


@dataclass(frozen=True)
class Exercise:
    """One graded function, class or constant.

    `points` has an entry for each thing that is graded by itself: the exercise's name, or `NAME-PART` for
    each of its parts. `line` is where its cell starts in the week's file.
    """

    name: str
    points: dict[str, float]
    stretch: bool
    source: str
    line: int

    @property
    def entries(self) -> tuple[str, ...]:
        return tuple(self.points)

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of its parts, without its own in front; none if it is graded as a whole."""
        return tuple(entry.removeprefix(f"{self.name}-") for entry in self.points if entry != self.name)

    @property
    def reference(self) -> str:
        return without_markers(self.source)

    @property
    def stub(self) -> str:
        return stub_of(self.source)


@dataclass(frozen=True)
class Question:
    """A question in prose, graded by hand. Its rubric stands in the cell's solution region."""

    name: str
    points: float
    source: str
    line: int


@dataclass(frozen=True)
class Week:
    """A week as it stands in `solutions/`. Its cells carry what their headers say in `metadata`."""

    name: str
    folder: Path
    cells: tuple[Cell, ...]
    exercises: dict[str, Exercise]
    questions: dict[str, Question] = field(default_factory=dict)

    @property
    def source_file(self) -> Path:
        return self.folder / f"{self.name}.py"

    @property
    def checks_file(self) -> Path:
        return self.folder / f"test_{self.name}.py"

    @property
    def properties_file(self) -> Path:
        return self.folder / "properties.py"

    @property
    def misconceptions_file(self) -> Path:
        return self.folder / "misconceptions.py"

    @property
    def alternatives_file(self) -> Path:
        return self.folder / "alternatives.py"

    @property
    def entries(self) -> dict[str, Exercise]:
        """What is graded by itself, in the notebook's order, and the exercise that it belongs to."""
        return {entry: exercise for exercise in self.exercises.values() for entry in exercise.points}

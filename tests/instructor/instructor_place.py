"""A course in a place of its own: a tiny kit, its course folder, an exchange, and how to work in it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.apps.baseapp import NbGrader

from autograde.build import building
from autograde.places import Kit

REPOSITORY = Path(__file__).resolve().parents[2]
WEEK = "week01"
LATE_PENALTY = '''
from nbgrader.plugins import BasePlugin


class PointAnHour(BasePlugin):
    """A point for every hour."""

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return total_seconds_late / 3600


c.AssignLatePenalties.plugin_class = PointAnHour
'''

Document = dict[str, Any]


@dataclass
class Place:
    """Where one test module's course lies. Everything that nbgrader reads of a person's home is in it too."""

    root: Path

    @property
    def kit(self) -> Kit:
        return Kit(self.root / "kit")

    @property
    def course(self) -> Path:
        return self.root / "kit" / "instructor"

    @property
    def exchange(self) -> Path:
        return self.root / "exchange"

    @property
    def gradebook(self) -> Gradebook:
        return Gradebook(f"sqlite:///{self.course / 'gradebook.db'}", "deep_learning")

    def submitted(self, learner: str) -> Path:
        """The folder that a learner's submission lies in, made if need be."""
        folder = self.course / "submitted" / learner / WEEK
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def hand_in(self, learner: str, data: bytes, name: str = f"{WEEK}.ipynb") -> Path:
        """Put a notebook where `nbgrader collect` would."""
        path = self.submitted(learner) / name
        path.write_bytes(data)
        return path

    def build(self) -> None:
        """The kit's week, released in the course folder, the gradebook told. Leaves the checks' suite out."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                building, "write_public_suite", lambda week, destination: destination.write_bytes(b"-")
            )
            building.build([WEEK], self.kit)

    def nbgrader(self, *arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
        """One of nbgrader's commands, as a person runs it."""
        command = [sys.executable, "-m", "nbgrader", *arguments]
        options: dict[str, Any] = {
            "capture_output": True,
            "text": True,
        }
        return subprocess.run(command, cwd=folder or self.course, **options)

    def api(self) -> NbGraderAPI:
        """nbgrader in this process, as the formgrader has it."""
        app = NbGrader()
        app.load_cwd_config = False
        app.config_dir = str(self.course)
        app.initialize([], root=str(self.course))
        app.start()
        return NbGraderAPI(app.coursedir, app.authenticator, app.exchange, parent=app)

    def grades(self, learner: str) -> dict[str, tuple[float | None, float | None, bool]]:
        """Of each graded cell: the machine's score, a person's, and whether a person is to look at it."""
        with self.gradebook as gradebook:
            rows = gradebook.find_submission_notebook(WEEK, WEEK, learner).grades
            return {row.name: (row.auto_score, row.manual_score, row.needs_manual_grade) for row in rows}

    def score(self, learner: str) -> float:
        """The learner's points for the week, penalties apart."""
        with self.gradebook as gradebook:
            return gradebook.find_submission(WEEK, learner).score

    def set_by_hand(self, learner: str, cell: str, score: float) -> None:
        """A person's score, as the formgrader saves it."""
        with self.gradebook as gradebook:
            grade = gradebook.find_grade(cell, WEEK, WEEK, learner)
            grade.manual_score, grade.needs_manual_grade = score, False
            gradebook.db.commit()

    def edit(self, *changes: tuple[str, str]) -> None:
        """Replace patterns in all files of the kit's week."""
        for path in (self.kit.solutions / WEEK).glob("*.py"):
            text = path.read_text()
            for pattern, replacement in changes:
                text = re.sub(pattern, replacement, text)
            path.write_text(text)

    def release(self) -> Document:
        """The notebook as learners get it."""
        return json.loads((self.course / "release" / WEEK / f"{WEEK}.ipynb").read_bytes())

    def solved(self, **answers: str) -> Document:
        """The notebook with the reference's answers, or others by the cell's grade id."""
        document = json.loads((self.course / "source" / WEEK / f"{WEEK}.ipynb").read_bytes())
        for cell in document["cells"]:
            grade_id = cell["id"].replace("-", "_")
            lines = "".join(cell["source"]).splitlines()
            cell["source"] = "\n".join(line for line in lines if " SOLUTION" not in line)
            if grade_id in answers:
                cell["source"] = answers[grade_id]
        return document


def new_place(root: Path) -> Place:
    """A kit with the tiny week, the real configuration, late penalties and an exchange."""
    place = Place(root)
    shutil.copytree(
        Path(__file__).parent / "kit", place.kit.root, ignore=shutil.ignore_patterns("__pycache__")
    )
    place.course.mkdir()
    place.exchange.mkdir(mode=0o777)
    place.exchange.chmod(0o777)
    settings = (REPOSITORY / "instructor" / "nbgrader_config.py").read_text()
    settings += LATE_PENALTY + f"c.Exchange.root = {str(place.exchange)!r}\n"
    (place.course / "nbgrader_config.py").write_text(settings)
    return place


def surroundings(root: Path) -> dict[str, str]:
    """A home, a cache and a Jupyter without settings, for this process and those that it starts."""
    root.mkdir(exist_ok=True)
    return {
        "HOME": str(root),
        "JUPYTER_CONFIG_DIR": str(root / ".jupyter"),
        "JUPYTER_DATA_DIR": str(root / ".local"),
        "XDG_CACHE_HOME": str(root / ".cache"),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    }


@contextmanager
def within(settings: dict[str, str]) -> Iterator[None]:
    """Work in these surroundings."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("AUTOGRADE_ROOT", raising=False)
        for name, value in settings.items():
            patch.setenv(name, value)
        yield


def copied(built: Place, root: Path) -> Place:
    """A built place once more, with an exchange of its own."""
    place = Place(root)
    shutil.copytree(built.root, root)
    settings = place.course / "nbgrader_config.py"
    settings.write_text(settings.read_text().replace(str(built.exchange), str(place.exchange)))
    place.exchange.chmod(0o777)
    return place

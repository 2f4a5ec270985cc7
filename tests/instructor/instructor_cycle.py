"""nbgrader's own commands, from release to export, on a class of nine submissions in nine states."""

from __future__ import annotations

import csv
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from instructor_place import WEEK, Place

DRAWN = """
import matplotlib.pyplot as plt

plt.plot([1, 3, 2])
print("<img src=x onerror=alert(1)>")
"""
MEAN_MESSAGE = (
    "<script>alert(1)</script><svg onload=alert(1)>$\\\\href{javascript:alert(1)}{x}$\\x1b[31m\\u202e"
)
MEAN_MARKDOWN = """
Because <script>alert(1)</script> <img src=x onerror=alert(1)> [me](javascript:alert(1))
<svg onload="alert(1)"></svg> <iframe src="https://example.org"></iframe> & so on.
"""
HOSTILE = {
    "double": f'def double(x):\n    raise ValueError("{MEAN_MESSAGE}")',
    "Pair": """
class Pair:
    def __init__(self, a, b):
        self.a, self.b = a, b
    def total(self):
        while True:
            pass
    def ordered(self):
        return tuple(sorted([self.a, self.b]))
""",
    "shout": "import os, signal\ndef shout(word):\n    os.kill(os.getpid(), signal.SIGKILL)\n    os._exit(0)",
    "check_double": "1000.0",
    "check_Pair_total": "check = print\n1000.0",
}
REACHES_OUT = """
import pathlib, torch
import autograde.properties

for name in ({secrets}):
    try:
        print("READ", pathlib.Path(name).read_bytes()[:20])
    except OSError as error:
        print("refused", type(error).__name__)
    try:
        pathlib.Path(name + ".stolen").write_text("x")
    except OSError as error:
        print("refused", type(error).__name__)
autograde.properties.assert_close = lambda *anything, **more: None
torch.equal = lambda *anything: True
def check(name):
    return 1000.0
"""


@dataclass
class Cycle:
    """The course after the cycle, and what the commands said."""

    place: Place
    said: dict[str, Any] = field(default_factory=dict)
    export: dict[str, dict[str, str]] = field(default_factory=dict)

    def page(self, learner: str) -> str:
        return (self.place.course / "feedback" / learner / WEEK / f"{WEEK}.html").read_text()

    def autograded(self, learner: str) -> Any:
        return nbformat.read(self.place.course / "autograded" / learner / WEEK / f"{WEEK}.ipynb", 4)


def handed_in(place: Place) -> dict[str, dict[str, bytes]]:
    """What each learner submits: files by name."""
    right = place.solved()
    partly = place.solved(double="def double(x):\n    return x ** 2", why_double="Why?" + MEAN_MARKDOWN)
    partly["cells"].insert(2, code(DRAWN))
    hostile = place.solved(**HOSTILE)
    secrets = [place.course / "gradebook.db", place.kit.solutions / WEEK / "properties.py"]
    hostile["cells"].insert(
        3, code(REACHES_OUT.format(secrets=", ".join(repr(str(each)) for each in secrets)))
    )
    return {
        "right": {f"{WEEK}.ipynb": encoded(right)},
        "partly": {f"{WEEK}.ipynb": encoded(partly)},
        "untouched": {f"{WEEK}.ipynb": encoded(place.release())},
        "broken": {f"{WEEK}.ipynb": encoded(right)[:500]},
        "hostile": {f"{WEEK}.ipynb": encoded(hostile)},
        "stripped": {f"{WEEK}.ipynb": encoded(stripped(right))},
        "tampered": {f"{WEEK}.ipynb": encoded(tampered(right)), "torch.py": b"raise SystemExit('mine')"},
        "renamed": {"my solution (1).ipynb": encoded(right)},
        "absent": {"notes.txt": b"sorry"},
    }


def encoded(document: Any) -> bytes:
    return json.dumps(document).encode()


def code(source: str) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None}


def stripped(document: Any) -> Any:
    """As an editor leaves it that knows neither metadata nor ids, after the learner moved the questions up."""
    cells = [{**cell, "metadata": {}} for cell in document["cells"]]
    for cell in cells:
        cell.pop("id")
    prose = [cell for cell in cells if cell["cell_type"] == "markdown"]
    return {**document, "metadata": {}, "cells": prose + [cell for cell in cells if cell not in prose]}


def tampered(document: Any) -> Any:
    """With everything that makes nbgrader give up on a submission."""
    cells = json.loads(json.dumps(document["cells"]))
    kept = [cell for cell in cells if cell["id"] != "check-halve"]
    for cell in kept:
        marks = cell["metadata"].get("nbgrader", {})
        if cell["id"] == "check-double":
            marks |= {"grade": False, "solution": True, "points": 99}
        if cell["id"] == "given-imports":
            marks["grade_id"] = "never-heard-of"
        cell["metadata"]["tags"] = ["skip-execution"]
    return {**document, "cells": [*kept, *json.loads(json.dumps(kept))[-6:]]}


def run_cycle(place: Place) -> Cycle:
    """All of it. Commands that concern a learner are run by one of them, the others submit in-process."""
    done = Cycle(place)

    def command(name: str, *arguments: str, folder: Path | None = None) -> None:
        done.said[name] = place.nbgrader(name, *arguments, folder=folder)

    command("generate_assignment", WEEK, "--force")
    command("release_assignment", WEEK)
    desk = place.root / "right"
    desk.mkdir()
    settings = f'c.CourseDirectory.course_id = "deep_learning"\nc.Exchange.root = "{place.exchange}"\n'
    (desk / "nbgrader_config.py").write_text(settings)
    command("fetch_assignment", WEEK, folder=desk)
    submissions = handed_in(place)
    (desk / WEEK / f"{WEEK}.ipynb").write_bytes(submissions["right"][f"{WEEK}.ipynb"])
    command("submit", WEEK, "--student=right", folder=desk)
    api = place.api()
    for learner in sorted(set(submissions) - {"right"}):
        submit(api, place.root / learner, learner, submissions[learner])
    command("collect", WEEK)
    command("autograde", WEEK)
    command("generate_feedback", WEEK)
    command("release_feedback", WEEK)
    command("export")
    with (place.course / "grades.csv").open() as file:
        done.export = {row["student_id"]: row for row in csv.DictReader(file)}
    return done


def submit(api: Any, desk: Path, learner: str, files: dict[str, bytes]) -> None:
    """`nbgrader submit` in this process."""
    (desk / WEEK).mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (desk / WEEK / name).write_bytes(data)
    api.coursedir.student_id, api.coursedir.assignment_id = learner, WEEK
    here = os.getcwd()
    os.chdir(desk)
    try:
        api.exchange.Submit(coursedir=api.coursedir, authenticator=api.authenticator, parent=api).start()
    finally:
        os.chdir(here)

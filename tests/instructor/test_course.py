"""A course folder graded as a whole: complete, quick the second time, and never half done."""

from __future__ import annotations

import errno
import json
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from instructor_cycle import encoded, handed_in
from instructor_place import WEEK, Place
from nbconvert.writers import FilesWriter

from autograde.course import CourseGrades, Progress, grade_course
from autograde.errors import Fault

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

POINTS = {"absent": 0.0, "broken": 0.0, "partly": 6.0, "renamed": 7.5, "right": 7.5}
SCRIPT = """
import os, signal, sys
from pathlib import Path
from autograde.course import grade_course, booking
from nbgrader.preprocessors import AssignLatePenalties

def die(*anything):
    os.kill(os.getpid(), signal.SIGKILL)

def after(count, action):
    calls = []
    def counted(*arguments):
        calls.append(arguments)
        return die() if len(calls) == count else action(*arguments)
    return counted

MOMENTS = {{
    "between two learners": lambda: None,
    "amid a learner's scores": lambda: setattr(AssignLatePenalties, "preprocess",
        after(3, AssignLatePenalties.preprocess)),
    "before the new folder is in place": lambda: setattr(Path, "rename", die),
}}
MOMENTS[{moment!r}]()
tell = after(2, lambda progress: None) if {moment!r} == "between two learners" else lambda progress: None
grade_course({week!r}, Path({folder!r}), tell=tell)
"""


@dataclass
class Run:
    """A course after one run."""

    place: Place
    grades: CourseGrades
    told: list[Progress] = field(default_factory=list)


def with_submissions(place: Place) -> Place:
    for learner, files in handed_in(place).items():
        if learner in POINTS:
            for name, data in files.items():
                place.hand_in(learner, data, name)
    return place


@pytest.fixture(scope="module")
def run(new_course: Callable[[str], Place]) -> Run:
    """A course, graded undisturbed. Not to be changed."""
    place = with_submissions(new_course("course"))
    told: list[Progress] = []
    return Run(place, grade_course(WEEK, place.course, tell=told.append), told)


@pytest.fixture
def copy(run: Run, tmp_path: Path) -> Place:
    """The graded course, for a test to spoil."""
    place = Place(tmp_path / "copy")
    shutil.copytree(run.place.root, place.root)
    return place


def books(place: Place) -> dict[str, Any]:
    """All that grading leaves behind, without what differs from run to run."""
    autograded = place.course / "autograded"
    files = {str(path.relative_to(autograded)): path.read_bytes() for path in autograded.rglob("*.*")}
    reports = {
        path.name: json.loads(path.read_text()) for path in (place.course / "reports" / WEEK).iterdir()
    }
    for report in reports.values():
        report.pop("booked")
    return {"grades": {each: place.grades(each) for each in POINTS}, "files": files, "reports": reports}


def test_every_submission_is_graded_and_booked(run: Run) -> None:
    assert {grade.learner: grade.report.points for grade in run.grades.grades} == POINTS
    assert {learner: run.place.score(learner) for learner in POINTS} == POINTS
    assert [grade.fault for grade in run.grades.grades] == [None] * len(POINTS)


def test_progress_counts_up_to_the_last_and_reckons_the_rest(run: Run) -> None:
    assert [(each.done, each.total) for each in run.told] == [(n, 5) for n in range(1, 6)]
    assert sorted(each.learner for each in run.told) == sorted(POINTS)
    assert run.told[-1].seconds_left == 0.0
    assert all(each.seconds_left is not None for each in run.told)


def test_reports_are_kept(run: Run) -> None:
    kept = json.loads((run.place.course / "reports" / WEEK / "right.json").read_text())
    assert kept["report"]["points"] == 7.5


def test_a_second_run_changes_no_file(copy: Place) -> None:
    before = {path: path.stat().st_mtime_ns for path in copy.course.rglob("*") if path.is_file()}
    again = grade_course(WEEK, copy.course)
    assert [grade.changed for grade in again.grades] == [False] * len(POINTS)
    assert {path: path.stat().st_mtime_ns for path in copy.course.rglob("*") if path.is_file()} == before


def test_only_what_changed_is_booked_again(copy: Place) -> None:
    copy.hand_in("partly", encoded(copy.solved()))
    copy.set_by_hand("right", "why-double", 2.0)
    again = grade_course(WEEK, copy.course)
    assert [grade.learner for grade in again.grades if grade.changed] == ["partly"]
    assert (copy.score("partly"), copy.score("right")) == (7.5, 9.5)


def test_scores_that_were_lost_from_the_gradebook_are_booked_again(copy: Place) -> None:
    with copy.gradebook as gradebook:
        gradebook.remove_submission(WEEK, "right")
    again = grade_course(WEEK, copy.course)
    assert [grade.learner for grade in again.grades if grade.changed] == ["right"]
    assert copy.score("right") == 7.5


@pytest.mark.parametrize(
    "moment", ["between two learners", "amid a learner's scores", "before the new folder is in place"]
)
def test_killed_and_run_again_it_is_as_if_undisturbed(
    run: Run, moment: str, new_course: Callable[[str], Place]
) -> None:
    place = with_submissions(new_course("killed"))
    if moment == "before the new folder is in place":
        place.hand_in("partly", encoded(place.solved()))
        grade_course(WEEK, place.course)
        with_submissions(place)
    script = SCRIPT.format(moment=moment, week=WEEK, folder=str(place.course))
    killed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert killed.returncode == -9, killed.stderr
    grade_course(WEEK, place.course)
    assert books(place) == books(run.place)


def test_a_full_disk_is_one_sentence_and_leaves_the_old_files_whole(
    copy: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*anything: Any, **more: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "week01.ipynb")

    autograded = copy.course / "autograded" / "partly" / WEEK / f"{WEEK}.ipynb"
    before = autograded.read_bytes()
    copy.hand_in("partly", encoded(copy.solved()))
    grade_course_ahead(copy)
    monkeypatch.setattr(FilesWriter, "write", full)
    with pytest.raises(
        Fault, match=r"week01.ipynb: it can't be written \(no space left on device\); make room"
    ):
        grade_course(WEEK, copy.course)
    assert autograded.read_bytes() == before
    assert not (copy.course / ".autograding").exists()


def grade_course_ahead(place: Place) -> None:
    """Fill the cache, so that what is tried next is the bookkeeping alone."""
    elsewhere = Place(place.root.with_name("ahead"))
    shutil.copytree(place.root, elsewhere.root)
    grade_course(WEEK, elsewhere.course)


def test_a_limit_on_files_is_one_sentence_and_the_old_report_stays(copy: Place) -> None:
    report = copy.course / "reports" / WEEK / "partly.json"
    before = report.read_bytes()
    copy.hand_in("partly", encoded(copy.solved()))
    grade_course_ahead(copy)
    script = (
        "from pathlib import Path\nfrom autograde.course import grade_course\nfrom autograde.errors import Fault\n"
        f"try:\n    grade_course({WEEK!r}, Path({str(copy.course)!r}))\nexcept Fault as fault:\n    print(fault)"
    )

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, preexec_fn=limit)
    sentence = "it can't be written (file too large); make room or grant access, and run the command again."
    [line] = said.stdout.splitlines()
    assert line.startswith(str(copy.course)), said.stderr
    assert line.endswith(f": {sentence}")
    assert report.read_bytes() == before


def test_a_read_only_folder_is_one_sentence(copy: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*anything: Any, dir: Path, **more: Any) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(dir))

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", refuse)
    with pytest.raises(Fault, match=r"it can't be written \(read-only file system\)"):
        grade_course(WEEK, copy.course)


def test_a_course_without_gradebook_is_one_sentence(copy: Place) -> None:
    (copy.course / "gradebook.db").unlink()
    with pytest.raises(
        Fault, match=r"gradebook.db: there is no gradebook; run `nbgrader generate_assignment"
    ):
        grade_course(WEEK, copy.course)
    assert not (copy.course / "gradebook.db").exists()


def test_a_damaged_gradebook_is_one_sentence(copy: Place) -> None:
    (copy.course / "gradebook.db").write_bytes(b"SQLite format 3\x00" + b"\xff" * 5000)
    with pytest.raises(Fault, match=r"the gradebook can't be used \(.*\); free or repair it"):
        grade_course(WEEK, copy.course)


def test_another_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(Fault, match=r"this is not a course folder: there is no nbgrader_config\.py"):
        grade_course(WEEK, tmp_path)


def test_a_week_without_submissions_is_one_sentence(copy: Place) -> None:
    shutil.rmtree(copy.course / "submitted")
    with pytest.raises(Fault, match=f"there are no submissions of {WEEK}; run `nbgrader collect` first"):
        grade_course(WEEK, copy.course)

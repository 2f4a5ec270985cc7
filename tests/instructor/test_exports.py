"""Grade files for learning platforms, from a real gradebook, by our command and by nbgrader's own."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from instructor_cycle import encoded
from instructor_place import WEEK, Place, copied

from autograde.course import grade_course
from autograde.course.exporting import export_on_screen
from autograde.errors import Fault
from autograde.nbgrader_plugin import CsvExport
from autograde.partners.enrolment import enrol
from autograde.partners.roster import read_roster

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

ROSTER = """id,first_name,last_name,email
ada,Ada,"=HYPERLINK(""x"")",ada@example.org
bo,@SUM(A1),Berg,bo@example.org
cy,Cy,"Cole, Jr.",
"""


@pytest.fixture(scope="module")
def course(new_course: Callable[[str], Place]) -> Place:
    """ada handed in right and in time, bo two hours late, cy nothing. Not to be changed."""
    place = new_course("exports")
    place.hand_in("ada", encoded(place.solved()))
    place.hand_in("bo", encoded(place.solved(halve="def halve(x):\n    return x")))
    for learner, hour in (("ada", 10), ("bo", 14)):
        (place.submitted(learner) / "timestamp.txt").write_text(f"2026-01-05 {hour}:00:00 UTC")
    (place.course / "roster.csv").write_text(ROSTER)
    enrol(read_roster(place.course / "roster.csv").members, place.gradebook.engine.url, "deep_learning")
    with place.gradebook as gradebook:
        gradebook.find_assignment(WEEK).duedate = datetime(2026, 1, 5, 12)
        gradebook.add_assignment("week02")
        gradebook.db.commit()
    grade_course(WEEK, place.course)
    return place


def exported(course: Place, system: str, tmp_path: Path, weeks: tuple[str, ...] = ()) -> list[list[str]]:
    file = tmp_path / f"{system}.csv"
    export_on_screen(course.course, system, weeks, file)
    return list(csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"))))


def test_canvas_finds_its_columns_its_points_and_the_learners(course: Place, tmp_path: Path) -> None:
    header, possible, *rows = exported(course, "canvas", tmp_path)
    assert header == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", WEEK]
    assert possible == ["    Points Possible", "", "", "", "", "9.5"]
    assert [row[2:] for row in rows] == [
        ["ada", "ada", "", "7.5"],
        ["bo", "bo", "", "4.5"],
        ["cy", "cy", "", ""],
    ]
    assert rows[2][0] == "Cole, Jr., Cy"


def test_moodle_gets_a_dash_where_there_is_no_grade(course: Place, tmp_path: Path) -> None:
    header, *rows = exported(course, "moodle", tmp_path)
    assert header == ["First name", "Last name", "ID number", "Email address", WEEK]
    assert [row[2:] for row in rows] == [
        ["ada", "ada@example.org", "7.5"],
        ["bo", "bo@example.org", "4.5"],
        ["cy", "", "-"],
    ]


def test_late_and_missing_are_told_apart(course: Place, tmp_path: Path) -> None:
    header, *rows = exported(course, "csv", tmp_path)
    told = {row[3]: dict(zip(header, row, strict=True)) for row in rows}
    assert {learner: (row["score"], row["state"]) for learner, row in told.items()} == {
        "ada": ("7.5", "in time, to be graded by hand"),
        "bo": ("4.5", "late, to be graded by hand"),
        "cy": ("", "missing"),
    }
    assert (told["bo"]["raw_score"], told["bo"]["late_submission_penalty"]) == ("6.5", "2.0")


@pytest.mark.parametrize("system", ["canvas", "moodle", "csv"])
def test_no_name_becomes_a_formula(course: Place, tmp_path: Path, system: str) -> None:
    cells = [cell for row in exported(course, system, tmp_path) for cell in row]
    assert [
        cell for cell in cells if cell.startswith(("=", "+", "@", "\t", "\r")) or cell[:1] == "-" != cell
    ] == []
    assert any("HYPERLINK" in cell for cell in cells)


def test_a_stretch_counts_only_where_the_course_says_so(course: Place, tmp_path: Path) -> None:
    place = copied(course, tmp_path / "copy")
    with (place.course / "nbgrader_config.py").open("a") as settings:
        settings.write("c.SaveScores.count_stretch = True\n")
    grade_course(WEEK, place.course)
    assert exported(place, "canvas", tmp_path)[2][-1] == "9.5"


def test_what_nobody_handed_in_is_empty_until_a_person_grades_it(course: Place, tmp_path: Path) -> None:
    place = copied(course, tmp_path / "copy")
    with place.gradebook as gradebook:
        gradebook.add_submission(WEEK, "cy")
    assert exported(place, "canvas", tmp_path)[4][-1] == ""
    place.set_by_hand("cy", "why-double", 0.0)
    assert exported(place, "canvas", tmp_path)[4][-1] == "0.0"


def test_weeks_of_which_nothing_is_graded_are_left_out_unless_asked_for(
    course: Place, tmp_path: Path
) -> None:
    assert exported(course, "canvas", tmp_path)[0][5:] == [WEEK]
    assert exported(course, "canvas", tmp_path, ("week02",))[0][5:] == ["week02"]


def test_nbgraders_own_export_writes_the_same_files(course: Place, tmp_path: Path) -> None:
    file = tmp_path / "theirs.csv"
    exporter = "--exporter=autograde.nbgrader_plugin.CanvasExport"
    done = course.nbgrader("export", exporter, f"--to={file}")
    assert done.returncode == 0, done.stderr
    exported(course, "canvas", tmp_path)
    assert file.read_bytes() == (tmp_path / "canvas.csv").read_bytes()


def test_our_export_takes_the_place_of_nbgraders(course: Place) -> None:
    app = course.api().parent
    assert app.config.ExportApp.plugin_class == f"autograde.nbgrader_plugin.{CsvExport.__name__}"


@pytest.mark.parametrize(
    ("system", "weeks", "sentence"),
    [
        ("excel", (), "there is no export to 'excel'; write one of canvas, moodle, csv."),
        ("csv", ("week09",), "the gradebook doesn't know week09"),
    ],
)
def test_what_cannot_be_exported_is_one_sentence(
    course: Place, system: str, weeks: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(Fault, match=sentence):
        export_on_screen(course.course, system, weeks, None)


def test_the_command_says_what_it_wrote_and_of_how_many_points(course: Place, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from autograde.cli import main; main()", "export", "--to", "moodle", "1",
         "--file", str(tmp_path / "g.csv")],
        cwd=course.course, capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout.splitlines() == [str(tmp_path / "g.csv"), f"{WEEK}: of 9.5 points"]

"""The guide's ways to hand out a week and to get it back, with its own commands, as far as a grade.

The exchange's are those of the instructors' README, which has its test.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import sysconfig
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import nbgrader
import pytest
from test_pages import commands, run
from test_secrets import leaks, secrets
from tiny_week import REPOSITORY

from autograde.demo.submissions import filled, references
from autograde.places import week_names
from autograde.weeks import load_week

GUIDE = commands("instructor/HANDING-OUT.md")
LEARNERS_PAGE = commands("exercises/README.md")
ROSTER = """\
id,first_name,last_name,email,comfort
ada,Ada,Lovelace,,
bo,Bo,Bohr,,
cy,Cý,d'Arc,,
di,Di,Dahl,,
ed,Ed,Eich,,
"""
KIT = [
    *("autograde", "datasets", "pyproject.toml", "constraints.txt", "LICENSE", ".gitignore"),
    *(f"{room}/{week}" for room in ("exercises", "solutions") for week in ("week00", "week01")),
    *("exercises/README.md", "exercises/PARTNERS.md", "instructor/nbgrader_config.py"),
]
NOTEBOOK = Path("exercises", "week00", "week00.ipynb")


@dataclass
class Class:
    """A kit of two weeks in a folder of its own, and homes of learners beside it."""

    root: Path
    settings: dict[str, str]
    answers: dict[str, str]

    @property
    def course(self) -> Path:
        return self.root / "kit" / "instructor"

    def instructor(self, *parts: str) -> str:
        """Run the guide's commands that have any of these parts; what they print."""
        chosen = [command for command in GUIDE if any(part in command for part in parts)]
        assert chosen
        return "".join(self.run(command, self.course) for command in chosen)

    def run(self, command: str, folder: Path) -> str:
        done = run(command, folder, self.settings)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def solve(self, notebook: Path, count: int = 3) -> None:
        """Fill in so many exercises, as an editor saves it."""
        answers = dict(list(self.answers.items())[:count])
        notebook.write_bytes(filled(notebook.read_bytes(), answers))


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Class:
    """The course once its week is released, by the guide's first commands. Each test has learners of its own."""
    root = tmp_path_factory.mktemp("class")
    kit = root / "kit"
    for name in KIT:
        (kit / name).parent.mkdir(parents=True, exist_ok=True)
        if (REPOSITORY / name).is_dir():
            shutil.copytree(REPOSITORY / name, kit / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(REPOSITORY / name, kit / name)
    (kit / "instructor" / "roster.csv").write_text(ROSTER)
    made = Class(root, _settings(root), references(load_week(kit / "solutions" / "week00")))
    made.instructor("autograde roster", "autograde build")
    return made


def _settings(root: Path) -> dict[str, str]:
    home = root / "home"
    (home / ".jupyter").mkdir(parents=True)
    own = {
        "HOME": str(home),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "COURSE_URL": str(root / "host" / "course.git"),
        "DOWNLOAD": str(root / "submissions.zip"),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "JUPYTER_CONFIG_DIR": str(home / ".jupyter"),
        "JUPYTER_DATA_DIR": str(home / ".local"),
        "GIT_CONFIG_GLOBAL": str(home / ".gitconfig"),
        "COLUMNS": "100",
    }
    (home / ".gitconfig").write_text(
        "[user]\nname = A person\nemail = a@b.org\n[init]\ndefaultBranch = main\n"
    )
    return {**{name: value for name, value in os.environ.items() if name != "AUTOGRADE_ROOT"}, **own}


def test_every_command_of_the_guide_is_run_here() -> None:
    parts = (
        *("autograde roster", "autograde build", "autograde publish"),
        *("git -C ../../course", "git clone"),
        *("git -C \"$checkout\"", "autograde collect", "downloaded", "nbgrader zip_collect", "autograde grade"),
    )  # fmt: skip
    assert [command for command in GUIDE if not any(part in command for part in parts)] == []


def hand_in_by_git(course: Class, learner: str) -> None:
    """The learner's own commands, which bring what is new too."""
    for command in [command for command in LEARNERS_PAGE if re.match("git (add|commit|pull|push$)", command)]:
        course.run(command, course.root / f"at-{learner}")


@pytest.fixture(scope="module")
def by_git(course: Class) -> str:
    host = course.root / "host"
    course.run(f"git init --quiet --bare {host / 'course.git'}", course.root)
    course.instructor('git clone "$COURSE_URL"')
    course.instructor("autograde publish ../../course --", "git -C ../../course")
    for learner in ("bo", "di"):
        home = course.root / f"at-{learner}"
        course.run(f"git init --quiet --bare {host / learner}.git", course.root)
        course.run(f'git clone --quiet "$COURSE_URL" {home}', course.root)
        for command in [command for command in LEARNERS_PAGE if re.match("git (remote|push --set)", command)]:
            course.run(f"MY_URL={host / learner}.git; {command}", home)
    course.solve(course.root / "at-bo" / NOTEBOOK, 2)
    hand_in_by_git(course, "bo")
    (course.root / "repositories.csv").write_text(f"bo,{host / 'bo.git'}\ndi,{host / 'di.git'}\n")
    return course.instructor("git clone --quiet", 'git -C "$checkout"', "autograde collect")


@pytest.fixture(scope="module")
def by_platform(course: Class) -> str:
    course.instructor("autograde publish ../../course.zip")
    stub = zipfile.ZipFile(course.root / "course.zip").read(f"course/{NOTEBOOK}")
    right = filled(stub, course.answers)
    with zipfile.ZipFile(course.root / "submissions.zip", "w") as download:
        download.writestr("Cý d'Arc_4021_assignsubmission_file_/week00.ipynb", right)
        download.writestr("eiched_LATE_311_9027_week00-1.ipynb", right)
        download.writestr("somebody_312_9028_week00.ipynb", right)
    return course.instructor("downloaded", "nbgrader zip_collect")


def test_by_whichever_way_it_came_it_is_graded(course: Class, by_git: str, by_platform: str) -> None:
    told = course.instructor("autograde grade")
    points = {"bo": "2", "cy": "3", "ed": "3"}
    for learner, score in points.items():
        assert re.search(rf"^ *{learner}\b.*\b{score}\b", told, re.MULTILINE), told
    assert not (course.course / "submitted" / "di").exists()


def test_the_folder_of_checkouts_says_what_it_took_and_what_is_missing(by_git: str) -> None:
    assert "bo: handed in 20" in by_git
    assert "week00: 1 taken, 0 as collected before, 4 missing: di, ada, cy, ed." in by_git


def test_a_platforms_file_of_nobody_is_left_out_with_a_sentence(by_platform: str) -> None:
    assert "nobody in roster.csv is called 'somebody'" in by_platform


def test_what_is_sent_by_mail_holds_no_secret_of_any_week(course: Class, by_platform: str) -> None:
    archive = zipfile.ZipFile(course.root / "course.zip")
    sent = {name: archive.read(name) for name in archive.namelist()}
    assert f"course/{NOTEBOOK}" in sent
    for week in week_names(REPOSITORY / "solutions"):
        hidden = secrets(load_week(REPOSITORY / "solutions" / week))
        told = [leak for name, data in sent.items() for leak in leaks(hidden, name, data)]
        assert [leak for leak in told if f"exercises/{week}/" in leak or "exercises/week" not in leak] == []


@pytest.fixture(scope="module")
def corrected(course: Class, by_git: str) -> Path:
    """The course's checkout after a correction of the first week, and with the next one."""
    course.solve(course.root / "at-bo" / NOTEBOOK)
    source = course.course.parent / "solutions" / "week00" / "week00.py"
    text = source.read_text()
    source.write_text(text.replace('Return `"Hello, "`', 'Give back `"Hello, "`'))
    assert source.read_text() != text
    course.run("autograde build week00", course.course)
    course.run("autograde publish ../../course --through week01", course.course)
    course.instructor("git -C ../../course")
    return course.root / "course"


def answers_in(notebook: Path) -> list[str]:
    cells = json.loads(notebook.read_text())["cells"]
    return [
        cell["source"] for cell in cells if cell["source"] and cell.get("id") in ("greeting", "environment")
    ]


def test_by_git_a_new_week_comes_and_a_correction_and_what_was_written_stays(
    course: Class, corrected: Path
) -> None:
    home = course.root / "at-bo"
    before = answers_in(home / NOTEBOOK)
    hand_in_by_git(course, "bo")
    assert "Give back" in (home / NOTEBOOK).read_text()
    assert (home / "exercises" / "week01").is_dir()
    assert (
        answers_in(home / NOTEBOOK) == before == [course.answers["greeting"], course.answers["environment"]]
    )


def test_a_kit_from_a_zip_works_alone_and_takes_the_next(
    course: Class, by_platform: str, corrected: Path
) -> None:
    zipfile.ZipFile(course.root / "course.zip").extractall(course.root / "unzipped")
    home = course.root / "unzipped" / "course"
    own_environment(home / ".venv")

    def in_it(command: str) -> str:
        done = run(f"source .venv/bin/activate && {command}", home, course.settings)
        return f"{done.stdout}{done.stderr}\nexit status {done.returncode}"

    (install,) = [command for command in LEARNERS_PAGE if command.startswith("pip install")]
    assert in_it(install).endswith("exit status 0")
    assert str(home) in in_it("python -c 'import autograde; print(autograde.__file__)'")
    assert "0 of 3 points" in in_it("pytest exercises/week00")
    assert "which only your instructor has" in in_it("autograde grade week00")
    course.solve(home / NOTEBOOK)
    own = (home / NOTEBOOK).read_bytes()
    downloads = course.root / "home" / "Downloads" / "course"
    shutil.make_archive(str(downloads), "zip", corrected)
    (update,) = [command for command in LEARNERS_PAGE if command.startswith("autograde update")]
    told = in_it(update)
    assert "New: week01; " in told
    assert "week00.ipynb was changed here and stays" in told
    assert (home / NOTEBOOK).read_bytes() == own


def own_environment(folder: Path) -> None:
    """A new one, in which what the kit depends on is taken from here: downloading it again takes minutes."""
    venv.create(folder, with_pip=True)
    (packages,) = folder.glob("lib/*/site-packages")
    there = {sysconfig.get_path("purelib"), str(Path(nbgrader.__file__).parent.parent)}
    (packages / "dependencies.pth").write_text("\n".join(sorted(there)))

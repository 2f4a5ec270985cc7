"""Submissions from checkouts and platforms: whose they are, which of two counts, and what is not taken."""

from __future__ import annotations

import logging
import os
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from tiny_week import REPOSITORY
from traitlets.config import Configurable, PyFileConfigLoader

from autograde.collecting import Collected, collect
from autograde.nbgrader_plugin.collecting import RosterCollector
from autograde.partners import Member

STUB = b'{"cells": []}'
SIGNATURE = "-----BEGIN PGP SIGNATURE-----"
NOON = "2026-03-02T12:00:00+01:00"


@pytest.fixture
def checkouts(tmp_path: Path) -> Path:
    (tmp_path / "checkouts").mkdir()
    return tmp_path / "checkouts"


@pytest.fixture
def taking(checkouts: Path, tmp_path: Path) -> Callable[..., Collected]:
    def take(*ids: str) -> Collected:
        members = {learner: Member(learner) for learner in ids}
        submitted = tmp_path / "submitted"
        return collect(
            "week06",
            checkouts,
            lambda learner: submitted / learner / "week06",
            members,
            {"week06.ipynb": STUB},
        )

    return take


def git(folder: Path, *arguments: str, time: str = NOON) -> None:
    who = {f"GIT_{role}_{what}": "a@b.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    settings = {**os.environ, **who, "GIT_COMMITTER_DATE": time, "GIT_AUTHOR_DATE": time}
    subprocess.run(["git", *arguments], cwd=folder, env=settings, check=True, capture_output=True)


def hand_in(
    checkout: Path, data: bytes, time: str = NOON, name: str = "exercises/week06/week06.ipynb"
) -> None:
    """Commit a notebook, in a checkout that is made if need be."""
    path = checkout / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if not (checkout / ".git").exists():
        git(checkout, "init", "--quiet")
    path.write_bytes(data)
    git(checkout, "add", "--all")
    git(checkout, "commit", "--quiet", "--message", "Mine", time=time)


def collected(tmp_path: Path, learner: str) -> tuple[bytes, str]:
    folder = tmp_path / "submitted" / learner / "week06"
    return (folder / "week06.ipynb").read_bytes(), (folder / "timestamp.txt").read_text()


def test_a_submission_is_of_the_time_when_its_notebook_was_last_committed(
    checkouts: Path, taking: Callable[..., Collected], tmp_path: Path
) -> None:
    hand_in(checkouts / "ada", b"mine")
    hand_in(checkouts / "ada", b"other", "2026-03-09T12:00:00+01:00", "exercises/week07/week07.ipynb")
    assert taking().taken == {"ada": datetime(2026, 3, 2, 11, tzinfo=UTC)}
    assert collected(tmp_path, "ada") == (b"mine", "2026-03-02 11:00:00.000000 UTC")


def test_nbgrader_reads_the_time(checkouts: Path, taking: Callable[..., Collected], tmp_path: Path) -> None:
    from nbgrader.coursedir import CourseDirectory

    hand_in(checkouts / "ada", b"mine")
    taking()
    folder = str(tmp_path / "submitted" / "ada" / "week06")
    assert CourseDirectory().get_existing_timestamp(folder) == datetime(2026, 3, 2, 11)


def test_outside_git_the_time_is_the_files_own(checkouts: Path, taking: Callable[..., Collected]) -> None:
    path = checkouts / "ada" / "week06" / "week06.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"mine")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    assert taking().taken == {"ada": datetime.fromtimestamp(1_700_000_000, UTC)}


def test_a_commit_from_the_future_counts_as_of_now(checkouts: Path, taking: Callable[..., Collected]) -> None:
    hand_in(checkouts / "ada", b"mine", "2099-01-01T00:00:00Z")
    assert taking().taken["ada"] <= datetime.now(UTC)


def test_who_handed_in_nothing_or_the_stub_is_missing(
    checkouts: Path, taking: Callable[..., Collected]
) -> None:
    hand_in(checkouts / "ada", b"mine")
    hand_in(checkouts / "bo", STUB)
    hand_in(checkouts / "cy", b"mine", name="exercises/week07/week07.ipynb")
    done = taking("ada", "bo", "cy", "di")
    assert (list(done.taken), sorted(done.missing), done.problems) == (["ada"], ["bo", "cy", "di"], [])


def test_hidden_folders_and_files_beside_the_checkouts_are_nobodys(
    checkouts: Path, taking: Callable[..., Collected]
) -> None:
    hand_in(checkouts / ".trash", b"mine")
    (checkouts / "list.csv").write_text("a")
    assert taking() == Collected()


def test_the_same_again_changes_nothing(
    checkouts: Path, taking: Callable[..., Collected], tmp_path: Path
) -> None:
    hand_in(checkouts / "ada", b"mine")
    taking()
    before = collected(tmp_path, "ada")
    hand_in(checkouts / "ada", b"mine", "2026-03-09T12:00:00+01:00", "notes.txt")
    done = taking()
    assert (done.taken, done.unchanged) == ({}, ["ada"])
    assert collected(tmp_path, "ada") == before


def test_a_newer_commit_takes_the_place_of_what_was_collected(
    checkouts: Path, taking: Callable[..., Collected], tmp_path: Path
) -> None:
    hand_in(checkouts / "ada", b"mine")
    taking()
    hand_in(checkouts / "ada", b"better", "2026-03-03T12:00:00+01:00")
    assert list(taking().taken) == ["ada"]
    assert collected(tmp_path, "ada") == (b"better", "2026-03-03 11:00:00.000000 UTC")
    assert sorted(path.name for path in (tmp_path / "submitted" / "ada").iterdir()) == ["week06"]


def test_a_newer_submission_is_never_overwritten_and_that_is_said(
    checkouts: Path, taking: Callable[..., Collected], tmp_path: Path
) -> None:
    hand_in(checkouts / "ada", b"older")
    folder = tmp_path / "submitted" / "ada" / "week06"
    folder.mkdir(parents=True)
    (folder / "week06.ipynb").write_bytes(b"newer")
    (folder / "timestamp.txt").write_text("2026-03-04 11:00:00.000000 UTC")
    done = taking()
    assert done.taken == {}
    assert (
        "of 2026-03-04 11:00 UTC, is newer than the checkout's, of 2026-03-02 11:00 UTC" in done.problems[0]
    )
    assert (folder / "week06.ipynb").read_bytes() == b"newer"


@pytest.mark.parametrize("name", ["exercises/week06/week06.ipynb", "exercises/week06", "exercises", ""])
def test_a_link_anywhere_on_the_way_is_refused(
    checkouts: Path, taking: Callable[..., Collected], tmp_path: Path, name: str
) -> None:
    hand_in(tmp_path / "somebody", b"secret")
    link = checkouts / "ada" / name if name else checkouts / "ada"
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(tmp_path / "somebody" / name)
    done = taking()
    assert done.taken == {}
    assert len(done.problems) == 1
    assert "link" in done.problems[0]
    assert not (tmp_path / "submitted").exists()


@pytest.mark.parametrize("name", ["a b", "con", "-f", "a+b", "ä"])
def test_a_folder_that_is_no_id_is_refused(
    checkouts: Path, taking: Callable[..., Collected], name: str
) -> None:
    hand_in(checkouts / name, b"mine")
    done = taking()
    assert done.taken == {}
    assert "can't be a learner's id" in done.problems[0]


def test_who_is_not_in_the_roster_is_named_and_not_taken(
    checkouts: Path, taking: Callable[..., Collected]
) -> None:
    hand_in(checkouts / "eve", b"mine")
    done = taking("ada")
    assert (done.taken, done.missing) == ({}, ["ada"])
    assert done.problems == ["eve: nobody in roster.csv has this id; rename the folder, or add a line."]


def test_a_notebook_of_another_name_is_taken_as_it_is(
    checkouts: Path, taking: Callable[..., Collected], tmp_path: Path
) -> None:
    hand_in(checkouts / "ada", b"mine", name="exercises/week06/my week.ipynb")
    assert taking().taken == {"ada": datetime(2026, 3, 2, 11, tzinfo=UTC)}
    assert (tmp_path / "submitted" / "ada" / "week06" / "my week.ipynb").read_bytes() == b"mine"


def test_no_program_that_a_checkouts_settings_name_is_run(
    checkouts: Path, taking: Callable[..., Collected], tmp_path: Path
) -> None:
    hand_in(checkouts / "ada", b"mine")
    trap, sprung = tmp_path / "trap", tmp_path / "sprung"
    trap.write_text(
        f"#!/bin/sh\ntouch {sprung}\nprintf '\\n[GNUPG:] SIG_CREATED \\n' >&2\necho {SIGNATURE}\n"
    )
    trap.chmod(0o755)
    git(checkouts / "ada", "-c", f"gpg.program={trap}", "commit", "--amend", "--no-edit", "--gpg-sign")
    sprung.unlink()
    settings = {"core.fsmonitor": trap, "core.pager": trap, "log.showSignature": "true", "gpg.program": trap}
    settings |= {"core.hooksPath": tmp_path, "diff.external": trap, "core.sshCommand": trap}
    for name, value in settings.items():
        git(checkouts / "ada", "config", name, str(value))
    assert taking().taken == {"ada": datetime(2026, 3, 2, 11, tzinfo=UTC)}
    assert not sprung.exists()


ROSTER = """\
id,first_name,last_name,email
ada,Ada,Lovelace,
cy,Cý,d'Arc,cy@b.org
bo1,Bo,Bohr,
bo2,Bo,Bohr,
b.o1,Jo,Jung,
"""


@pytest.fixture
def collector(tmp_path: Path) -> RosterCollector:
    """nbgrader's plugin, as the course's configuration sets it up."""
    (tmp_path / "roster.csv").write_text(ROSTER)
    parent = Configurable()
    parent.coursedir = SimpleNamespace(root=str(tmp_path), assignment_id="week06")  # type: ignore[attr-defined]
    config = PyFileConfigLoader("nbgrader_config.py", path=str(REPOSITORY / "instructor")).load_config()
    made = RosterCollector(parent=parent, config=config)
    made.log = logging.getLogger("test")
    return made


@pytest.mark.parametrize(
    ("name", "learner"),
    [
        ("Ada Lovelace_4021_assignsubmission_file_/week06.ipynb", "ada"),
        ("Ada Lovelace_4021_assignsubmission_file/week06.ipynb", "ada"),
        ("Ada Lovelace_4021_assignsubmission_file_week06.ipynb", "ada"),
        ("Cý d'Arc_4022_assignsubmission_file_/kit/exercises/week06/week06.ipynb", "cy"),
        ("lovelaceada_311_9027_week06.ipynb", "ada"),
        ("lovelaceada_LATE_311_9027_week06-1.ipynb", "ada"),
        ("darccy_312_9028_homework/week06.ipynb", "cy"),
        ("ada_1_2_week06.ipynb", "ada"),
        ("cy@b.org_1_2_week06.ipynb", "cy"),
        ("b.o1_1_2_week06.ipynb", "b.o1"),
    ],
)
def test_the_names_of_moodle_and_canvas_lead_to_the_learner(
    collector: RosterCollector, name: str, learner: str
) -> None:
    found = collector.collect(f"/some/course_1_2_3/extracted/all/{name}")
    assert found == {"student_id": learner, "file_id": "week06"}


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Eve Elder_4021_assignsubmission_file_/week06.ipynb", "nobody in roster.csv is called 'Eve Elder'"),
        ("bohrbo_311_9027_week06.ipynb", "bo1 and bo2 in roster.csv are called 'bohrbo'"),
        ("a+b_1_2_week06.ipynb", "nobody in roster.csv is called"),
    ],
)
def test_a_file_that_fits_nobody_or_two_is_left_out_with_a_sentence(
    collector: RosterCollector, caplog: pytest.LogCaptureFixture, name: str, sentence: str
) -> None:
    assert collector.collect(f"/course/extracted/{name}") is None
    assert sentence in caplog.text


def test_a_second_notebook_of_one_name_does_not_stop_the_class(
    collector: RosterCollector, caplog: pytest.LogCaptureFixture
) -> None:
    folder = "/course/extracted/Ada Lovelace_4021_assignsubmission_file_"
    assert collector.collect(f"{folder}/.ipynb_checkpoints/week06.ipynb") is None
    assert collector.collect(f"{folder}/a/week06.ipynb") is not None
    assert collector.collect(f"{folder}/b/week06.ipynb") is None
    assert "ada handed in another week06" in caplog.text

"""What learners get: nothing secret, nothing that isn't released, and nothing of theirs overwritten."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_secrets import leaks, secrets
from tiny_week import CHECKS, REPOSITORY, WEEK, everything_in, make_kit, write_few_bytes

from autograde import files
from autograde.build import build, building
from autograde.cli import main
from autograde.errors import Fault
from autograde.places import Kit
from autograde.publishing import laying, learners_tree
from autograde.publishing.manifest import digest
from autograde.publishing.screen import publish_on_screen, update_on_screen
from autograde.publishing.tree import MACHINERY
from autograde.weeks import load_week

STUB = "exercises/week01/week01.ipynb"
LATER = "exercises/week02/week02.ipynb"


@pytest.fixture(autouse=True, scope="module")
def _examples() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "write_public_suite", write_few_bytes)
        yield


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two built weeks, with what installing takes and a little data. Not to be changed."""
    kit = make_kit(tmp_path_factory.mktemp("prepared") / "kit")
    second = kit.solutions / "week02"
    shutil.copytree(kit.solutions / "week01", second)
    for name in ("week01.py", "test_week01.py"):
        (second / name).rename(second / name.replace("01", "02"))
    for name in ("pyproject.toml", "constraints.txt", "LICENSE", ".gitignore"):
        shutil.copy(REPOSITORY / name, kit.root)
    for name in (
        "autograde/report.py",
        "autograde/publishing/tree.py",
        "datasets/qpcr",
        "exercises/README.md",
    ):
        _copy(REPOSITORY / name, kit.root / name)
    lines = (REPOSITORY / "datasets" / "checksums.txt").read_text().splitlines(keepends=True)
    (kit.datasets / "checksums.txt").write_text("".join(line for line in lines if "qpcr/" in line))
    build(["week01", "week02"], kit)
    return kit.root


def _copy(source: Path, destination: Path) -> None:
    destination.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, destination)
    else:
        shutil.copy(source, destination)


@pytest.fixture
def kit(prepared: Path, tmp_path: Path) -> Kit:
    shutil.copytree(prepared, tmp_path / "kit")
    return Kit(tmp_path / "kit")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "learners"


def publish(kit: Kit, place: Path, through: str = "week01") -> None:
    publish_on_screen(kit, place, through)


def correct(kit: Kit, word: str) -> None:
    """Put another word into the first week's statement, and build it."""
    source = kit.solutions / "week01" / "week01.py"
    source.write_text(WEEK.replace("Twice the number.", word))
    build(["week01"], kit)


def write_into(path: Path) -> bytes:
    """A learner's own answer in a notebook."""
    notebook = json.loads(path.read_bytes())
    for cell in notebook["cells"]:
        if cell.get("id") == "double":
            cell["source"] = "def double(x):\n    return x + x"
    path.write_text(json.dumps(notebook))
    return path.read_bytes()


def test_no_line_of_the_solutions_is_in_what_learners_get(kit: Kit, place: Path) -> None:
    publish(kit, place, "week02")
    found = everything_in(place)
    for week in ("week01", "week02"):
        hidden = secrets(load_week(kit.solutions / week))
        assert len(hidden) > 5
        assert [leak for name, data in found.items() for leak in leaks(hidden, name, data)] == []
    assert not any({"solutions", "instructor", "tests"} & {*Path(name).parts} for name in found)


def test_a_notebook_that_was_filled_in_to_try_it_is_not_published(kit: Kit, place: Path) -> None:
    write_into(kit.root / STUB)
    with pytest.raises(
        Fault, match="week01.ipynb is not what its source gives; run `autograde build week01`"
    ):
        publish(kit, place)
    assert not place.exists()


def test_stray_files_of_the_kit_stay_at_home(kit: Kit, place: Path) -> None:
    for name in (
        "exercises/week01/solved.ipynb",
        "exercises/notes.txt",
        "datasets/raw.csv",
        "autograde/key.txt",
    ):
        (kit.root / name).write_text("for nobody")
    (kit.root / "autograde" / "__pycache__").mkdir()
    (kit.root / "autograde" / "__pycache__" / "report.py").write_text("for nobody")
    publish(kit, place)
    assert not [name for name, data in everything_in(place).items() if b"for nobody" in data]


def test_weeks_after_the_last_that_is_released_are_left_out(
    kit: Kit, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(kit, place, "week01")
    assert not (place / "exercises" / "week02").exists()
    assert "week02" not in (place / "README.md").read_text()
    assert "Not published: week02; `--through week02` adds the next." in capsys.readouterr().out


def test_a_folder_stays_at_its_week_until_it_is_told_to_go_on(kit: Kit, place: Path) -> None:
    publish(kit, place, "1")
    publish(kit, place, "")
    assert not (place / LATER).exists()
    publish(kit, place, "week02")
    publish(kit, place, "")
    assert (place / LATER).exists()


def test_the_same_kit_gives_the_same_bytes(kit: Kit, place: Path, tmp_path: Path) -> None:
    publish(kit, place)
    before = everything_in(place)
    publish(kit, place)
    publish(kit, tmp_path / "again")
    assert everything_in(place) == before == everything_in(tmp_path / "again")
    times = []
    for name in ("one/course.zip", "two/course.zip", "two/course.zip"):
        publish(kit, tmp_path / name)
        times.append((tmp_path / name).read_bytes())
    assert len(set(times)) == 1


@pytest.mark.parametrize("name", ["notes.txt", ".hidden", "exercises/mine.ipynb"])
def test_a_folder_with_anything_else_in_it_is_refused_and_left_alone(
    kit: Kit, place: Path, name: str
) -> None:
    (place / name).parent.mkdir(parents=True)
    (place / name).write_text("mine")
    with pytest.raises(Fault, match=f"it holds {name}, which was not published there"):
        publish(kit, place)
    assert everything_in(place) == {name: b"mine"}


def test_after_the_first_time_only_strangers_outside_exercises_are_refused(kit: Kit, place: Path) -> None:
    (place / ".git").mkdir(parents=True)
    (place / ".git" / "HEAD").write_text("ref: refs/heads/main")
    publish(kit, place)
    for name in ("exercises/week01/scratch.ipynb", ".venv/pyvenv.cfg", "autograde/__pycache__/report.pyc"):
        _copy(kit.root / "LICENSE", place / name)
    publish(kit, place)
    (place / "solutions").mkdir()
    (place / "solutions" / "week01.py").write_text("mine")
    with pytest.raises(Fault, match=r"it holds solutions/week01\.py"):
        publish(kit, place, "week02")
    assert not (place / LATER).exists()
    assert (place / "exercises" / "week01" / "scratch.ipynb").exists()


@pytest.mark.parametrize("where", [".", "solutions", "instructor/learners", ".."])
def test_the_kit_itself_is_no_place_to_publish_to(kit: Kit, where: str) -> None:
    before = everything_in(kit.root)
    with pytest.raises(Fault, match="in the kit itself, or around it"):
        publish(kit, kit.root / where)
    assert everything_in(kit.root) == before


def test_a_week_that_changed_is_brought_up_to_date(kit: Kit, place: Path) -> None:
    publish(kit, place)
    correct(kit, "Two times the number.")
    publish(kit, place)
    assert (place / STUB).read_bytes() == (kit.root / STUB).read_bytes()


def test_a_notebook_that_a_learner_changed_stays_and_the_new_stub_lies_beside_it(
    kit: Kit, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(kit, place)
    own = write_into(place / STUB)
    publish(kit, place)
    correct(kit, "Two times the number.")
    capsys.readouterr()
    publish(kit, place)
    assert (place / STUB).read_bytes() == own
    beside = STUB.replace(".ipynb", ".new.ipynb")
    assert (place / beside).read_bytes() == (kit.root / STUB).read_bytes()
    assert (
        f"{STUB} was changed here and stays; the kit's new one lies beside it as {beside}"
        in capsys.readouterr().out
    )


def test_the_new_stub_comes_once_and_what_is_written_into_it_stays_too(kit: Kit, place: Path) -> None:
    publish(kit, place)
    write_into(place / STUB)
    correct(kit, "Two times the number.")
    publish(kit, place)
    beside = place / STUB.replace(".ipynb", ".new.ipynb")
    beside.unlink()
    publish(kit, place)
    assert not beside.exists()
    beside.write_text("mine")
    correct(kit, "The number and itself.")
    publish(kit, place)
    assert beside.read_text() == "mine"
    assert (place / STUB.replace(".ipynb", ".new2.ipynb")).read_bytes() == (kit.root / STUB).read_bytes()


def test_what_the_kit_drops_goes_unless_somebody_changed_it(
    kit: Kit, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(kit, place, "week02")
    own = write_into(place / LATER)
    (kit.root / "autograde" / "report.py").unlink()
    capsys.readouterr()
    publish(kit, place, "week01")
    assert not (place / "autograde" / "report.py").exists()
    assert everything_in(place / "exercises" / "week02") == {"week02.ipynb": own}
    assert (
        f"{LATER} is no longer part of the kit; it was changed here, so it stays." in capsys.readouterr().out
    )


def test_a_notebook_that_was_renamed_comes_again(kit: Kit, place: Path) -> None:
    publish(kit, place)
    (place / STUB).rename(place / "exercises" / "week01" / "mine.ipynb")
    publish(kit, place)
    assert (place / STUB).read_bytes() == (kit.root / STUB).read_bytes()


def test_no_link_carries_a_file_out_of_the_folder(kit: Kit, place: Path, tmp_path: Path) -> None:
    publish(kit, place)
    outside = tmp_path / "outside"
    shutil.move(place / "exercises", outside)
    (place / "exercises").symlink_to(outside)
    before = everything_in(outside)
    correct(kit, "Two times the number.")
    with pytest.raises(Fault, match="this is a link"):
        laying.lay(learners_tree(kit, ["week01"]), place)
    assert everything_in(outside) == before


def test_an_interrupted_run_leaves_whole_files_and_the_next_goes_on(
    kit: Kit, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(kit, place)
    own = write_into(place / LATER.replace("02", "01"))
    known = everything_in(place)
    correct(kit, "Two times the number.")
    (kit.root / "LICENSE").write_text("another")
    wanted = learners_tree(kit, ["week01", "week02"])
    for stop in (0, 1, 2, 2, 3):
        count = iter(range(1000))

        def failing(path: Path, data: bytes, count: Iterator[int] = count, stop: int = stop) -> None:
            if next(count) == stop:
                raise KeyboardInterrupt
            files.replace(path, data)

        monkeypatch.setattr(laying, "replace", failing)
        with pytest.raises(KeyboardInterrupt):
            laying.lay(wanted, place)
        for name, data in everything_in(place).items():
            assert name == ".published.json" or data in (known.get(name), wanted.get(name), own)
    monkeypatch.undo()
    correct(kit, "The number and itself.")
    publish(kit, place, "week02")
    tree = learners_tree(kit, ["week01", "week02"])
    found = everything_in(place)
    assert {name for name, data in tree.items() if found[name] != data} == {STUB}
    assert found[STUB] == own


def test_stopped_while_a_file_is_written_no_half_of_it_is_left(
    kit: Kit, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(handle: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", stopped)
    with pytest.raises(KeyboardInterrupt):
        publish(kit, place)
    assert everything_in(place) == {}


def test_a_damaged_list_or_one_that_leads_elsewhere_is_one_sentence(
    kit: Kit, place: Path, tmp_path: Path
) -> None:
    publish(kit, place)
    victim = tmp_path / "victim.txt"
    victim.write_text("mine")
    for name in ("../victim.txt", ".git/config", "/etc/hosts", "a\\b", ""):
        (place / ".published.json").write_text(json.dumps({"files": {name: [digest(b"mine")]}}))
        with pytest.raises(Fault, match="which no kit has"):
            laying.lay({}, place)
    (place / ".published.json").write_text("{")
    with pytest.raises(Fault, match="the list of published files is damaged"):
        laying.lay({}, place)
    assert victim.read_text() == "mine"


def test_a_zip_brings_a_new_week_to_a_learners_folder(
    kit: Kit, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(kit, tmp_path / "course.zip")
    zipfile.ZipFile(tmp_path / "course.zip").extractall(tmp_path / "home")
    home = tmp_path / "home" / "course"
    own = write_into(home / STUB)
    (home / "notes.txt").write_text("mine")
    correct(kit, "Two times the number.")
    publish(kit, tmp_path / "course.zip", "week02")
    capsys.readouterr()
    update_on_screen(Kit(home), tmp_path / "course.zip")
    told = capsys.readouterr().out
    assert told.startswith("New: week02; ")
    assert "week01.new.ipynb" in told
    assert (home / STUB).read_bytes() == own
    assert (home / LATER).read_bytes() == (kit.root / LATER).read_bytes()
    assert (home / "notes.txt").read_text() == "mine"


def test_a_zip_that_is_not_the_kits_or_not_whole_changes_nothing(
    kit: Kit, place: Path, tmp_path: Path
) -> None:
    publish(kit, place)
    before = everything_in(place)
    publish(kit, tmp_path / "course.zip", "week02")
    whole = zipfile.ZipFile(tmp_path / "course.zip")
    other, spoilt, cut = (tmp_path / name for name in ("other.zip", "spoilt.zip", "cut.zip"))
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("a.txt", "a")
    with zipfile.ZipFile(spoilt, "w") as archive:
        for name in whole.namelist():
            archive.writestr(name, b"spoilt" if name.endswith("LICENSE") else whole.read(name))
    cut.write_bytes((tmp_path / "course.zip").read_bytes()[:9000])
    for path in (other, spoilt, cut, tmp_path / "none.zip", kit.root):
        with pytest.raises(Fault, match="name the zip|not as it was published"):
            update_on_screen(Kit(place), path)
    assert everything_in(place) == before
    with pytest.raises(Fault, match="not a kit that was published"):
        publish(kit, other)


def test_an_instructors_kit_is_not_updated_from_a_zip(kit: Kit, tmp_path: Path) -> None:
    publish(kit, tmp_path / "course.zip")
    before = everything_in(kit.root)
    with pytest.raises(Fault, match="this folder was not published"):
        update_on_screen(kit, tmp_path / "course.zip")
    assert everything_in(kit.root) == before


def test_data_that_is_damaged_is_not_published(kit: Kit, place: Path) -> None:
    (kit.datasets / "qpcr" / "qpcr.csv").write_text("damaged")
    with pytest.raises(Fault, match="damaged"):
        publish(kit, place)
    assert not place.exists()


def test_a_check_that_changed_without_a_build_is_not_published(kit: Kit, place: Path) -> None:
    (kit.solutions / "week01" / "test_week01.py").write_text(CHECKS.replace("Twice two", "Two times two"))
    with pytest.raises(Fault, match="test_week01.py is not what its source gives"):
        publish(kit, place)


@pytest.fixture(scope="module")
def learners(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("learners") / "mine"
    publish(Kit(prepared), place)
    return place


@pytest.mark.parametrize(
    "command",
    ["build", "grade week01", "demo", "audit", "roster", "pair", "publish ../a", "collect week01 .", "term"],
)
def test_where_the_solutions_are_missing_a_command_that_takes_them_says_so_in_a_sentence(
    learners: Path, command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(learners)
    monkeypatch.delenv("AUTOGRADE_ROOT", raising=False)
    monkeypatch.setattr("sys.argv", ["autograde", *command.split()])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (
        f"{learners}: this takes the weeks' solutions, which only your instructor has; "
        "to check your own work run `pytest exercises`.\n"
    )


def test_all_that_the_package_is_made_of_is_published() -> None:
    package = REPOSITORY / "autograde"
    files_in = [path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert {path.suffix for path in files_in} <= MACHINERY

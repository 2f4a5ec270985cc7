"""Learning problems: the folder on its way, the rows that belong together, the command, and the sealed run."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from nbgrader.coursedir import CourseDirectory
from test_collecting import hand_in
from tiny_week import REPOSITORY, make_kit
from traitlets.config import Configurable, PyFileConfigLoader

from autograde import folders
from autograde.build import building
from autograde.collecting import collect
from autograde.comparisons import Mismatch
from autograde.errors import Fault, Faults
from autograde.folders import Files, files_beside, read_files, within
from autograde.grading import Grader
from autograde.learner.sealed import Patience
from autograde.loading import Suite, run_notebook
from autograde.nbgrader_plugin.collecting import LinklessCollect, RosterCollector
from autograde.places import Kit
from autograde.problem import alike, laws
from autograde.problem.authoring import patch
from autograde.problem.likeness import separated
from autograde.problem.pages import names_figure
from autograde.problem.record import RECORD, Own, digest_of_problem, read_record
from autograde.problem.screen import problem_on_screen
from autograde.problem.trial import Trial, trial_of
from autograde.weeks import load_week, template_of

WEEK = REPOSITORY / "solutions" / "week14"
NAME = "learning_problem"
SEQUENCE = "".join("ACGT"[(n * n + n // 3) % 4] for n in range(120))


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def reference() -> Files:
    """The reference's folder. Not to be changed."""
    return read_files(WEEK / NAME)


@pytest.fixture(scope="module")
def trial(reference: Files) -> Trial:
    return trial_of(Own(reference))


@pytest.fixture
def folder(reference: Files, tmp_path: Path) -> Path:
    """A pair's folder as the reference has it, for a test to spoil."""
    (tmp_path / NAME).mkdir()
    folders.lay_files(reference, tmp_path / NAME)
    return tmp_path / NAME


def kit_with_a_folder(root: Path) -> Kit:
    """The tiny kit, in which an exercise has a folder."""
    kit = make_kit(root)
    place = kit.solutions / "week01" / "double" / "data"
    place.mkdir(parents=True)
    code = "def twice(x):\n    ### BEGIN SOLUTION\n    return x + x  # a secret way\n    ### END SOLUTION\n"
    (place.parent / "problem.py").write_text(code)
    (place.parent / "card.md").write_text("# Card\n\n### BEGIN SOLUTION\nsecret words\n### END SOLUTION\n")
    (place / "rows.csv").write_text("the reference's own rows\n")
    return kit


# The folder


@pytest.mark.parametrize("what", ["a link", "a folder that is a link", "a pipe"])
def test_what_is_no_file_of_the_folders_own_is_left_out_with_a_sentence(folder: Path, what: str) -> None:
    if what == "a pipe":
        os.mkfifo(folder / "data" / "odd")
    else:
        (folder / "data" / "odd").symlink_to(folder.parent if "folder" in what else "/etc/passwd")
    files, problems = files_beside(folder.parent / "week14.ipynb", [NAME])
    assert files == {}
    said = "this is a link, or no file at all; put the file itself there."
    assert problems == [f"The folder {NAME} was left out: {NAME}/data/odd: {said}"]


def test_a_folder_that_is_too_large_is_left_out_with_a_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "MOST_BYTES", 100_000)
    files, (problem,) = files_beside(folder.parent / "week14.ipynb", [NAME])
    assert files == {} and "there is more in it than" in problem


def test_a_linked_folder_is_left_out(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / NAME).symlink_to(folder)
    files, (problem,) = files_beside(tmp_path / "ada" / "week14.ipynb", [NAME])
    assert files == {} and "this is a link" in problem


def test_the_template_has_no_line_of_the_reference_and_none_of_its_data(reference: Files) -> None:
    template = template_of(reference)
    assert set(template) == {"README.md", "card.md", "data/README.md", "problem.py", "report.md"}
    for name, data in template.items():
        inside = [
            block.split("### END")[0] for block in reference[name].decode().split("### BEGIN SOLUTION\n")[1:]
        ]
        secret = {line.strip() for block in inside for line in block.splitlines() if len(line.strip()) > 20}
        assert not [line for line in secret if line in data.decode()]


def test_learners_get_the_template_of_a_folder_with_the_notebook(tmp_path: Path, examples: None) -> None:
    kit = kit_with_a_folder(tmp_path / "kit")
    building.build(["week01"], kit)
    built = read_files(kit.exercises / "week01" / "double")
    assert built == read_files(kit.instructor / "release" / "week01" / "double")
    assert {name: data.decode() for name, data in built.items()} == {
        "problem.py": "def twice(x):\n    raise NotImplementedError\n",
        "card.md": "# Card\n\n*Your answer here.*\n",
    }
    assert building.check_up_to_date(["week01"], kit) == []
    (kit.exercises / "week01" / "double" / "problem.py").write_text("changed\n")
    (said,) = building.check_up_to_date(["week01"], kit)
    assert said.startswith("exercises/week01/double/problem.py is not what its source gives")


def test_a_folder_of_no_exercise_is_named(tmp_path: Path) -> None:
    kit = make_kit(tmp_path / "kit")
    (kit.solutions / "week01" / "dubble").mkdir()
    with pytest.raises(Faults, match=r"dubble: this folder is named after no exercise of week01"):
        load_week(kit.solutions / "week01")


def test_a_notebooks_cells_run_in_its_folder(tmp_path: Path) -> None:
    (tmp_path / "beside.txt").write_text("here")
    source = "# %%\nfound = open('beside.txt').read()\n"
    (tmp_path / "week01.py").write_text(source)
    assert run_notebook(tmp_path / "week01.py", Suite("week01", [], [], {})).namespace["found"] == "here"


def test_from_a_checkout_the_folder_comes_with_the_notebook(tmp_path: Path) -> None:
    checkout = tmp_path / "checkouts" / "ada"
    stub = {"week14.ipynb": b"stub", f"{NAME}/problem.py": b"template"}
    for name, data in stub.items():
        hand_in(checkout, data, name=f"exercises/week14/{name}")

    def taken() -> tuple[list[str], Files]:
        place = tmp_path / "submitted" / "week14"
        done = collect("week14", checkout.parent, lambda _: place, {}, stub, [NAME])
        return sorted(done.taken), files_beside(place / "week14.ipynb", [NAME])[0]

    assert taken() == ([], {})
    hand_in(checkout, b"rows", "2026-03-03T12:00:00+01:00", f"exercises/week14/{NAME}/data/rows.csv")
    assert taken() == (["ada"], {f"{NAME}/problem.py": b"template", f"{NAME}/data/rows.csv": b"rows"})


def test_a_platforms_archive_brings_the_folder_to_its_learner(tmp_path: Path) -> None:
    (tmp_path / "instructor").mkdir()
    (tmp_path / "instructor" / "roster.csv").write_text("id,first_name,last_name\nada,Ada,Lovelace\n")
    (tmp_path / "solutions").symlink_to(REPOSITORY / "solutions")
    settings = PyFileConfigLoader("nbgrader_config.py", path=str(REPOSITORY / "instructor")).load_config()
    coursedir = SimpleNamespace(root=str(tmp_path / "instructor"), assignment_id="week14")
    parent: Any = type("Parent", (Configurable,), {"coursedir": coursedir})(config=settings)
    collector = RosterCollector(parent=parent)
    moodle = f"/x/extracted/class/Ada Lovelace_4021_assignsubmission_file_/{NAME}/{NAME}/data/rows.csv"
    canvas = f"/x/extracted/lovelaceada_LATE_311_9027_{NAME}-1/{NAME}/problem.py"
    assert collector.collect(moodle) == {"student_id": "ada", "file_id": f"{NAME}/data/rows.csv"}
    assert collector.collect(canvas) == {"student_id": "ada", "file_id": f"{NAME}/problem.py"}


def test_from_the_exchange_no_link_brings_what_it_leads_to(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("the gradebook")
    (folder / "data" / "rows[1].csv").symlink_to(tmp_path / "secret")
    (folder / "linked").symlink_to(tmp_path)
    collecting = LinklessCollect(coursedir=CourseDirectory())
    usual = list(collecting.coursedir.ignore)
    collecting.do_copy(str(folder), str(tmp_path / "collected"))
    assert sorted(path.name for path in (tmp_path / "collected" / "data").iterdir()) == [
        "README.md",
        "families.csv",
    ]
    assert not (tmp_path / "collected" / "linked").exists()
    assert collecting.coursedir.ignore == usual


# Rows that belong together


def rows_of(*inputs: Any) -> list[dict[str, Any]]:
    return [{"id": str(number), "x": x, "y": 0} for number, x in enumerate(inputs)]


PICTURE = torch.arange(60.0).reshape(6, 10)


@pytest.mark.parametrize(
    ("one", "other", "are"),
    [
        (SEQUENCE, SEQUENCE.lower(), True),
        (SEQUENCE, SEQUENCE[:60] + "N" + SEQUENCE[61:], True),
        (SEQUENCE, SEQUENCE[::-1], False),
        ("ACGT", "ACGA", False),
        (PICTURE, PICTURE.flip(-1), True),
        (PICTURE, PICTURE.numpy()[::-1], True),
        (PICTURE, PICTURE.T.reshape(6, 10), False),
        ([1.0, 2.5], (1.0, 2.5), True),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        ([1.0, 2.5], [2.5, 1.0], False),
    ],
)
def test_the_same_again_is_found_whatever_it_looks_like(one: Any, other: Any, are: bool) -> None:
    first, second = alike(rows_of(one, other))
    assert (first == second) is are


def test_what_is_akin_joins_what_is_alike() -> None:
    assert alike(rows_of("A", "B", "A", "C"), ["u", "u", "v", "w"]) == [0, 0, 0, 3]


def test_a_torn_group_is_told_once_with_a_row_of_each_side() -> None:
    assert list(separated(["a", "a", "b", "a"], [[0, 2], [1], [3]])) == [(0, 1)]


def test_the_nearly_equal_are_found_among_a_thousand_that_share_a_part() -> None:
    stem = SEQUENCE[:100]
    varied = [
        f"{stem}{n:010b}".replace("0", "G").replace("1", "T") + SEQUENCE[::-1] + str(n) * 60
        for n in range(1000)
    ]
    found = alike(rows_of(*varied, varied[517][:-1] + "A"))
    assert found[1000] == found[517]


# Laws


def spoiled(reference: Files, old: str, new: str) -> Trial:
    files = dict(reference)
    patch(files, old, new)
    return trial_of(Own(files))


def test_the_reference_obeys_every_law(trial: Trial) -> None:
    laws.nothing_related_is_apart(trial.rows, trial.groups, trial.parts)
    for law in (
        laws.splits_repeat, laws.lightning_trains, laws.baseline_is_beaten, laws.unseen_rows_change_nothing,
        laws.answers_stay, laws.each_row_counts_alone, laws.test_set_was_read_once,
        laws.test_set_was_read_by_this, laws.record_is_true, laws.runs_repeat, laws.deepening_has_figures,
        laws.pages_are_written, laws.report_gives_figures,
    ):  # fmt: skip
        law(trial)


def test_a_model_finds_no_data_beside_it(reference: Files) -> None:
    again = "    train = load(Path(__file__).parent / 'data')\n    L.seed"
    spoilt = spoiled(reference, "    L.seed", again)
    with pytest.raises(Exception, match="`fit` and `deepen` look for no data") as raised:
        spoilt.predictions()
    assert type(raised.value).__name__ == "ReadAgain"


def test_test_rows_are_handed_out_once_the_model_is_made(reference: Files) -> None:
    told: list[tuple[str, int]] = []

    class Watched(Own):
        def drive(self, name: str, source: str, *args: Any) -> Any:
            if name == "predict":
                told.append((name, len(args[1])))
            elif name == "train":
                ids = {row["id"] for row in [*args[2], *args[3]]}
                told.append((name, len(ids & tests)))
            return super().drive(name, source, *args)

    learner = Watched(reference)
    trial = trial_of(learner)
    tests = {row["id"] for row in trial.part("test")}
    trial.predictions()
    assert told[:2] == [("train", 0), ("predict", len(trial.rows))]


def test_what_is_done_to_rows_that_were_handed_out_stays_without_effect(reference: Files) -> None:
    spoilt = spoiled(reference, "    L.seed", "    for row in train: row['y'] = 'RING'\n    L.seed")
    spoilt.predictions()
    assert {row["y"] for row in spoilt.part("train")} == {"F-box", "RING"}


def test_a_baseline_that_wins_is_no_fault_once_the_report_says_why(reference: Files) -> None:
    files = dict(reference)
    patch(files, ".argmax(1).tolist()", ".argmin(1).tolist()")
    with pytest.raises(
        Mismatch, match=r"the model has accuracy 0\.\d+, the baseline 0\.\d+; say why in report\.md"
    ):
        laws.baseline_is_beaten(trial_of(Own(files)))
    files["report.md"] += (
        b"\nWe took the least likely family by mistake, and saw it when the test was done.\n"
    )
    laws.baseline_is_beaten(trial_of(Own(files)))


def test_comments_and_blank_lines_are_no_change_of_the_problem(reference: Files) -> None:
    code = reference["problem.py"]
    commented = reference | {"problem.py": b"# a word\n\n" + code, "data/README.md": b"other", "card.md": b""}
    assert digest_of_problem(commented) == digest_of_problem(reference)
    assert digest_of_problem(reference | {"problem.py": code + b"x = 1\n"}) != digest_of_problem(reference)
    assert digest_of_problem(reference | {"data/families.csv": b"gene\n"}) != digest_of_problem(reference)


@pytest.mark.parametrize(
    ("text", "given"),
    [("it scored 0.90", True), ("89.8 % were right", True), (".9", True), ("0.98", False), ("10.90", False)],
)
def test_a_figure_is_found_however_it_is_written(text: str, given: bool) -> None:
    assert names_figure(text, 0.8983) is given


def test_a_test_may_have_more_time_than_others_and_never_less() -> None:
    patience = Patience()
    assert patience.allowing(0) == patience
    assert (patience.allowing(60).call_cpu, patience.allowing(60).test_cpu) == (60, 60)
    assert (patience.allowing(1).call_cpu, patience.allowing(1).test_cpu) == (5, 20)


# The command


def test_an_untouched_template_is_told_line_by_line(
    reference: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folders.lay_files(template_of(reference), tmp_path)
    assert not problem_on_screen(tmp_path, test=False, again=False)
    said = capsys.readouterr().out.splitlines()
    lines = (tmp_path / "problem.py").read_text().splitlines()
    line = 1 + next(n for n, text in enumerate(lines) if text.startswith("def split"))
    assert f"{tmp_path}/problem.py:{line}: `split` is still to do." in said
    assert f"{tmp_path}/data: there are no data yet; put your files there." in said
    assert f"{tmp_path}/card.md:5: `What it is` is still to write." in said
    assert not [each for each in said if "If the baseline won" in each]


def test_the_test_set_stays_closed_until_it_is_read_and_is_then_read_once(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / RECORD).unlink()
    assert not problem_on_screen(folder, test=False, again=False)
    assert "the test set is closed" in capsys.readouterr().out
    before = read_record(read_files(folder))
    assert "test" not in before and before["test_set_read_by"] == []
    assert problem_on_screen(folder, test=True, again=False)
    assert problem_on_screen(folder, test=True, again=False)
    assert len(read_record(read_files(folder))["test_set_read_by"]) == 1
    code = (folder / "problem.py").read_text()
    (folder / "problem.py").write_text(code.replace("max_epochs=12", "max_epochs=11"))
    with pytest.raises(Fault, match="the test set was read before, and the code or the data changed since"):
        problem_on_screen(folder, test=True, again=False)
    capsys.readouterr()
    assert not problem_on_screen(folder, test=True, again=True)
    assert "run.json has 2 readings of the test set" in capsys.readouterr().out


def test_a_change_after_the_test_set_was_read_is_undone_at_no_cost(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, before = (folder / "problem.py").read_text(), read_record(read_files(folder))
    (folder / "problem.py").write_text(code.replace("max_epochs=12", "max_epochs=11"))
    assert not problem_on_screen(folder, test=False, again=False)
    said = capsys.readouterr().out
    assert "the test set was read by other code or data than these; undo the change" in said
    assert "the test set is closed" not in said and "\ntest " not in said
    (folder / "problem.py").write_text(code)
    assert problem_on_screen(folder, test=True, again=False)
    after = read_record(read_files(folder))
    assert (after["test_set_read_by"], after["test"]) == (before["test_set_read_by"], before["test"])


def test_the_test_set_stays_closed_while_something_else_is_to_write(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / RECORD).unlink()
    page = folder / "report.md"
    page.write_text(
        page.read_text().split("## The deepening")[0] + "## The deepening\n\n*Your answer here.*\n"
    )
    assert not problem_on_screen(folder, test=True, again=False)
    said = capsys.readouterr().out
    assert (
        "`The deepening` is still to write." in said
        and "the test set stays closed until this is written" in said
    )
    assert not (folder / RECORD).exists()


def test_training_that_takes_too_long_is_open(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograde.problem.laws.SECONDS", 0)
    assert not problem_on_screen(folder, test=False, again=False)
    assert re.search(r"`fit` took \d+ s of computing, and 0 are allowed\.", capsys.readouterr().out)


def test_numbers_of_classes_are_not_taken_for_their_names(reference: Files) -> None:
    spoilt = spoiled(reference, "[families[best] for best in ", "[best for best in ")
    with pytest.raises(Mismatch, match="the model says [01] where y is a text such as"):
        laws.lightning_trains(spoilt)


def test_a_template_can_be_imported_whatever_stood_between_its_functions() -> None:
    body = "def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\n"
    files = {"problem.py": f"{body}\n### BEGIN SOLUTION\nX = 1\n### END SOLUTION\n".encode()}
    assert template_of(files)["problem.py"].split() == b"def f(): raise NotImplementedError".split()


def test_a_failure_names_the_pairs_own_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = (
        (folder / "problem.py")
        .read_text()
        .replace("    families = sorted(", "    1 / 0\n    families = sorted(")
    )
    (folder / "problem.py").write_text(code)
    line = 1 + code.splitlines().index("    1 / 0")
    assert not problem_on_screen(folder, test=False, again=False)
    said = capsys.readouterr().out.splitlines()
    assert said == [f"{folder}/problem.py:{line}: ZeroDivisionError: division by zero."]


def test_what_was_handed_in_is_never_run_by_the_command(folder: Path) -> None:
    (folder.parent / "nbgrader_config.py").write_text("")
    (folder / "problem.py").write_text("raise SystemExit('it ran')")
    with pytest.raises(Fault, match="this lies in a course folder"):
        problem_on_screen(folder, test=False, again=False)


# Graded

HANDED_IN = """
from autograde.problem import problem_from
learning_problem = problem_from("learning_problem")
"""
HOSTILE = """
from pathlib import Path
def load(data):
    Path("learning_problem").mkdir(exist_ok=True)
    Path("learning_problem", "run.json").write_text("{}")
    tried = {}
    for path in SECRETS:
        try:
            tried[path] = Path(path).read_text()[:20]
        except OSError as error:
            tried[path] = type(error).__name__
    raise ValueError(" ".join(tried.values()))
"""


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory, reference: Files) -> Iterator[Callable[[Files], Any]]:
    """Grades a notebook that hands in a folder with these files."""
    cell = {
        "cell_type": "code", "source": HANDED_IN, "outputs": [], "execution_count": None,
        "metadata": {"nbgrader": {"grade_id": NAME}},
    }  # fmt: skip
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    with Grader("week14", Kit(REPOSITORY), workers=1) as grader:

        def grade(files: Files) -> Any:
            place = tmp_path_factory.mktemp("submitted")
            (place / "week14.ipynb").write_text(json.dumps(notebook))
            folders.lay_files(within(NAME, files), place)
            (found,) = grader.grade([place / "week14.ipynb"], force=True)
            assert found.report is not None, found.fault
            return found

        yield grade


def entries_of(found: Any) -> dict[str, Any]:
    return {entry.name: entry for entry in found.report.exercises if entry.name.startswith(NAME)}


def test_a_folder_that_was_handed_in_is_graded_sealed_and_its_pages_show(
    graded: Callable[[Files], Any], reference: Files
) -> None:
    found = graded(reference)
    assert {entry.status for entry in entries_of(found).values()} == {"done"}
    assert found.report.sealed
    assert any("What may be wrong" in text for text, _ in found.outputs.values())
    other = graded(reference | {"card.md": b"# Data card\n"})
    assert other.report.submission != found.report.submission
    assert entries_of(other)["learning_problem-report"].points < 1


def test_a_hostile_folder_reads_nothing_and_changes_nothing(
    graded: Callable[[Files], Any], reference: Files
) -> None:
    secrets = [str(WEEK / "properties.py"), str(WEEK / NAME / "problem.py"), "/etc/passwd"]
    code = f"SEED = 0\nSECRETS = {secrets!r}\n{HOSTILE}".encode()
    found = graded({"problem.py": code, RECORD: reference[RECORD]})
    (entry, *others) = entries_of(found).values()
    refused = " ".join("PermissionError" for _ in secrets)
    assert f"raised ValueError: {refused} (learning_problem/problem.py, line" in str(
        entry.properties[0].message
    )
    assert sum(each.points for each in (entry, *others)) == 0


def test_without_its_folder_the_exercise_fails_with_a_sentence_and_the_rest_is_graded(
    graded: Callable[[Files], Any],
) -> None:
    found = graded({})
    assert sum(entry.points for entry in entries_of(found).values()) == 0
    assert any("learning_problem: this is not a folder" in problem for problem in found.report.problems)

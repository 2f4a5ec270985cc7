"""The data sets are what their cards say, and a damaged one is refused in one sentence."""

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from autograde import datasets
from autograde.errors import Fault

TABLE = """first_name,sex,count,year_of_birth
ada,f,7,2014
bo,m,5,2015
ada,f,6,2015
cy,m,9,2015
bo,f,4,2015
zoë,f,99,2015
al,m,6,2015
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the data sets' folder to do harm to."""
    return Path(shutil.copytree(datasets.folder(), tmp_path / "datasets"))


@pytest.fixture(scope="module")
def rebuild() -> ModuleType:
    spec = importlib.util.spec_from_file_location("rebuild_names", datasets.folder() / "names" / "rebuild.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_listed_file_is_there_and_undamaged() -> None:
    listed = datasets.checksums(datasets.folder())
    assert all(datasets.read(path) for path in listed)
    assert "names/names.txt" in listed


def test_every_data_set_is_listed_and_has_a_card_and_a_rebuild_script() -> None:
    listed = {path.split("/")[0] for path in datasets.checksums(datasets.folder())}
    folders = {path.name for path in datasets.folder().iterdir() if path.is_dir()}
    assert listed == folders
    for name in listed:
        assert (datasets.folder() / name / "README.md").is_file()
        assert (datasets.folder() / name / "rebuild.py").is_file()


def test_names_are_30460_different_words_of_2_to_15_letters() -> None:
    names = datasets.names()
    assert len(names) == len(set(names)) == 30_460
    assert set("".join(names)) == set("abcdefghijklmnopqrstuvwxyz")
    assert {len(name) for name in names} == set(range(2, 16))
    assert names[:3] == ["emma", "noah", "olivia"]


def test_loading_by_name_is_the_same_as_calling_the_loader() -> None:
    assert datasets.load("names") == datasets.names()


def test_each_call_gives_a_fresh_list() -> None:
    datasets.names().clear()
    assert datasets.names()


def test_an_unknown_data_set_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Fault, match=r"no data set 'nmaes'.*choose one of: .*names"):
        datasets.load("nmaes")


@pytest.mark.parametrize(
    "harm", [lambda old: old + b"\n", lambda old: old.replace(b"\n", b"\r\n"), lambda old: b""]
)
def test_a_changed_file_is_called_damaged_in_one_sentence(copy: Path, harm: object) -> None:
    file = copy / "names" / "names.txt"
    file.write_bytes(harm(file.read_bytes()))  # type: ignore[operator]
    with pytest.raises(Fault, match=r"^datasets/names/names\.txt: .*damaged.*; .*git checkout") as fault:
        datasets.read("names/names.txt", copy)
    assert "\n" not in str(fault.value)


def test_a_missing_file_is_named_with_the_remedy(copy: Path) -> None:
    (copy / "names" / "names.txt").unlink()
    with pytest.raises(Fault, match=r"^datasets/names/names\.txt: .*can't be read.*; .*git checkout"):
        datasets.read("names/names.txt", copy)


def test_a_file_without_a_checksum_is_refused(copy: Path) -> None:
    (copy / "names" / "extra.txt").write_text("emma\n")
    with pytest.raises(Fault, match=r"^datasets/names/extra\.txt: .*not in checksums\.txt"):
        datasets.read("names/extra.txt", copy)


def test_a_folder_datasets_of_another_package_is_not_taken_for_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(datasets, "PLACES", (tmp_path,))
    with pytest.raises(Fault, match=r"checksums\.txt.*missing"):
        datasets.folder()


def test_rebuilding_keeps_the_year_adds_both_sexes_and_sorts_by_count_then_letter(
    rebuild: ModuleType,
) -> None:
    assert rebuild.names_of_year(TABLE.splitlines()) == ["bo", "cy", "ada", "al"]

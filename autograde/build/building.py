"""Building weeks, and telling whether what is committed is what the build gives."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgpack

from autograde.build.files import install, read_folder
from autograde.build.release import generate
from autograde.build.source import source_notebook
from autograde.errors import Fault, Faults
from autograde.folders import Files, folders_of, lay_files, read_files, within
from autograde.places import Kit, require_week, week_names
from autograde.weeks import Week, load_week, template_of

SUITE = "suite.msgpack"


class BuiltWeek(NamedTuple):
    """The files of a week, by name: the instructor's, with solutions, and the learner's."""

    source: dict[str, bytes]
    release: dict[str, bytes]


def build(weeks: Sequence[str], kit: Kit) -> list[Path]:
    """Build the weeks into `instructor/source`, `instructor/release` and `exercises`.

    Returns the files that learners get.
    """
    written: list[Path] = []
    for week, files in _built(weeks, kit, record=True).items():
        ours = built_files(week, kit)
        install(kit.instructor / "source" / week, files.source, ours)
        install(kit.instructor / "release" / week, files.release, ours)
        written += install(kit.exercises / week, files.release, ours)
    return written


def built_files(week: str, kit: Kit) -> frozenset[str]:
    """The names that a build may write in a week's folder; any other file there is somebody's own."""
    return frozenset({f"{week}.ipynb", f"test_{week}.py", SUITE, *_templates(kit.solutions / week)})


def _templates(folder: Path) -> Files:
    """What lies beside the notebook for learners to fill, by its path."""
    templates = {name: template_of(read_files(folder / name)) for name in folders_of(folder)}
    return {path: data for name, files in templates.items() for path, data in within(name, files).items()}


def check_up_to_date(weeks: Sequence[str], kit: Kit) -> list[str]:
    """How `exercises` differs from what a build of these weeks would give, in sentences. Changes no file."""
    differences: list[str] = []
    for week, files in _built(weeks, kit, record=False).items():
        for name in sorted(built_files(week, kit)):
            found = _difference(kit.exercises / week / name, files.release.get(name))
            if found:
                differences.append(f"exercises/{week}/{name} {found}; run `autograde build {week}`.")
    known = week_names(kit.solutions)
    differences += [
        f"exercises/{week} has no source in solutions; delete it or write solutions/{week}/{week}.py."
        for week in week_names(kit.exercises)
        if week not in known
    ]
    return differences


def _difference(path: Path, expected: bytes | None) -> str | None:
    if not path.is_file():
        return None if expected is None else "is missing"
    if expected is None:
        return "is no longer part of the week"
    same = _terms(path.name, path.read_bytes()) == _terms(path.name, expected)
    return None if same else "is not what its source gives"


def _terms(name: str, data: bytes) -> object:
    """What a built file must agree in: every byte, but for the examples, which other versions draw otherwise."""
    if name != SUITE:
        return data
    try:
        fields = msgpack.unpackb(data)
        kept = {key: len(frames) > 0 for key, frames in fields["kept"].items()}
        return {**fields, "kept": kept, "boxes": sorted(fields["boxes"])}
    except (ValueError, TypeError, KeyError, AttributeError):
        return data


def _built(names: Sequence[str], kit: Kit, record: bool) -> dict[str, BuiltWeek]:
    """Build in a folder of our own, so that a failure half-way leaves everything as it was."""
    weeks = _load([require_week(name, kit.solutions) for name in names], kit)
    with tempfile.TemporaryDirectory(prefix="autograde-build-") as temporary:
        course = Path(temporary)
        for week in weeks:
            _write_source(week, course / "source" / week.name)
        generate([week.name for week in weeks], course, kit, record)
        return {
            week.name: BuiltWeek(
                read_folder(course / "source" / week.name), read_folder(course / "release" / week.name)
            )
            for week in weeks
        }


def _load(names: Sequence[str], kit: Kit) -> list[Week]:
    weeks: list[Week] = []
    faults: list[Fault] = []
    for name in dict.fromkeys(names):
        try:
            weeks.append(load_week(kit.solutions / name))
        except Faults as found:
            faults += found.faults
        except Fault as fault:
            faults.append(fault)
    if faults:
        raise Faults(faults)
    return weeks


def _write_source(week: Week, folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / f"{week.name}.ipynb").write_bytes(source_notebook(week))
    (folder / week.checks_file.name).write_bytes(week.checks_file.read_bytes())
    write_public_suite(week, folder / SUITE)
    lay_files(_templates(week.folder), folder)


def write_public_suite(week: Week, destination: Path) -> None:
    """Keep the checks' examples in a file. The judge, and torch with it, is imported only now."""
    from autograde.build import public

    public.write_public_suite(week, destination)

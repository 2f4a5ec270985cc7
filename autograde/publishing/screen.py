"""The commands `autograde publish` and `autograde update`, on the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from autograde.errors import Fault
from autograde.places import Kit, require_week, week_names
from autograde.publishing.laying import NOTEBOOK, Laid, lay, read_manifest, require_ours
from autograde.publishing.manifest import MANIFEST, weeks_in
from autograde.publishing.packing import pack, unpack
from autograde.publishing.tree import learners_tree

ZIP = ".zip"


def publish_on_screen(kit: Kit, destination: Path, through: str) -> None:
    """Lay or pack the learners' tree, and say what became of it."""
    place = destination.resolve()
    _require_outside(place, kit)
    packed = destination.suffix == ZIP
    if not packed:
        require_ours(place)
    weeks = _released(kit, place, through)
    tree = learners_tree(kit, weeks)
    if packed:
        pack(tree, place)
        told = [f"{destination}: {_span(weeks)}, {len(tree)} files."]
    else:
        told = list(_told(lay(tree, place), f"{destination}: {_span(weeks)}"))
    for sentence in [*told, *_held_back(kit, weeks)]:
        print(sentence)


def update_on_screen(kit: Kit, source: Path) -> None:
    """Bring a learner's folder to what a zip or folder holds, and say what became of it."""
    before = read_manifest(kit.root)
    if before is None:
        remedy = "change to the folder that you got, or `git pull` in a checkout"
        raise Fault("this folder was not published by `autograde publish`", str(kit.root), remedy)
    tree = unpack(source)
    new = sorted({*weeks_in(tree)} - {*weeks_in(before)})
    for sentence in _told(lay(tree, kit.root), f"New: {', '.join(new)}" if new else "No new week"):
        print(sentence)


def _require_outside(place: Path, kit: Kit) -> None:
    root = kit.root.resolve()
    if place.is_relative_to(root) or root.is_relative_to(place):
        raise Fault("this is in the kit itself, or around it", str(place), "name a folder next to the kit")


def _released(kit: Kit, place: Path, through: str) -> list[str]:
    """The weeks up to `through`; unless given, to the last that was published here, or to the last there is."""
    weeks = week_names(kit.exercises)
    last = require_week(through, kit.exercises) if through else ""
    if not last and (place / MANIFEST).is_file():
        last = max(weeks_in(read_manifest(place) or {}), default="")
    released = [week for week in weeks if not last or week <= last]
    if not released:
        raise Fault("there is no week to publish", str(kit.exercises), "run `autograde build` first")
    return released


def _span(weeks: list[str]) -> str:
    return weeks[0] if len(weeks) == 1 else f"{weeks[0]} to {weeks[-1]}"


def _held_back(kit: Kit, weeks: list[str]) -> Iterator[str]:
    later = [week for week in week_names(kit.exercises) if week > weeks[-1]]
    if later:
        yield f"Not published: {', '.join(later)}; `--through {later[0]}` adds the next."


def _told(laid: Laid, what: str) -> Iterator[str]:
    counts = f"{len(laid.made)} files new, {len(laid.changed)} changed, {len(laid.removed)} removed"
    yield f"{what}; {counts}."
    for path, beside in laid.beside.items():
        advice = "take over what you like" if path.endswith(NOTEBOOK) else "look at both"
        yield f"{path} was changed here and stays; the kit's new one lies beside it as {beside}: {advice}."
    for path in laid.left:
        yield f"{path} is no longer part of the kit; it was changed here, so it stays."

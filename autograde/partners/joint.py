"""Partners who hand in one notebook: whichever of them submits, all of them have the submission.

nbgrader knows single learners only. So before a week is graded, what was handed in last is laid into the folders of
the others. What one of them had handed in stays aside, for the day that they are joint no more.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import networkx as nx
from nbgrader.utils import parse_utc

from autograde.partners.history import Group
from autograde.partners.roster import Member

TIMESTAMP = "timestamp.txt"
SECRET = "submission_secret.txt"  # by it nbgrader hands feedback to the one learner who submitted with it
MARK, OWN, NEW = "laid.json", "own", "new"


@dataclass(frozen=True)
class Joint:
    """A notebook that partners handed in together. `later` says that it isn't the only one they handed in."""

    partners: Group
    by: str
    later: bool

    @property
    def sentence(self) -> str:
        """What reports say of it."""
        names = f"{', '.join(self.partners[:-1])} and {self.partners[-1]}"
        if self.later:
            return f"A joint notebook of {names}; several were handed in, and {self.by}'s counts, the latest."
        return f"A joint notebook of {names}, handed in by {self.by}."


@dataclass(frozen=True)
class Desk:
    """Where a learner's submission of a week lies, and beside it what concerns a joint one."""

    learner: str
    folder: Path
    aside: Path

    @property
    def laid(self) -> bool:
        """Whether a partner's submission lies here, just as it was laid."""
        try:
            mark = json.loads((self.aside / MARK).read_text())
        except (OSError, ValueError):
            return False
        return self.folder.is_dir() and bool(mark == _digest(self.folder))

    @property
    def own(self) -> Path | None:
        """What the learner handed in; None if there is nothing."""
        if self.folder.is_dir() and not self.laid:
            return self.folder
        return self.aside / OWN if (self.aside / OWN).is_dir() else None

    def lay(self, source: Path) -> None:
        """Put a partner's submission here. Wherever it is interrupted, nothing of the learner's own is lost."""
        if self.laid and _digest(self.folder) == _digest(source):
            return
        own = self.own
        secret = own / SECRET if own else None
        key = secret.read_text() if secret and secret.is_file() else secrets.token_hex(64)
        new = self.aside / NEW
        shutil.rmtree(new, ignore_errors=True)
        shutil.copytree(source, new, symlinks=True)
        (new / SECRET).write_text(key)
        if own == self.folder:
            shutil.rmtree(self.aside / OWN, ignore_errors=True)
            self.folder.rename(self.aside / OWN)
        elif self.folder.is_dir():
            shutil.rmtree(self.folder)
        (self.aside / MARK).write_text(json.dumps(_digest(new)))
        new.rename(self.folder)

    def clear(self) -> bool:
        """Take away what was laid, and put back the learner's own; returns whether there was anything to take."""
        laid = self.laid
        if laid:
            shutil.rmtree(self.folder)
        if not self.folder.is_dir() and (self.aside / OWN).is_dir():
            (self.aside / OWN).rename(self.folder)
        shutil.rmtree(self.aside, ignore_errors=True)
        return laid


def joint_groups(members: Mapping[str, Member]) -> list[Group]:
    """Those who hand in one notebook; it is enough that one of them is marked in the roster."""
    marked = nx.Graph((one.id, one.joint_with) for one in members.values() if one.joint_with in members)
    found = (tuple(sorted(group)) for group in nx.connected_components(marked))
    return sorted(group for group in found if len(group) > 1)


def lay(desks: Sequence[Desk]) -> Joint | None:
    """Let all partners have what one of them handed in, the latest if there are several; None if there is nothing."""
    handed_in = [(desk, own) for desk in desks if (own := desk.own)]
    if not handed_in:
        return None
    by, source = max(handed_in, key=lambda each: _time(each[1]))
    if source != by.folder:
        by.clear()
    for desk in desks:
        if desk is not by:
            desk.lay(by.folder)
    return Joint(tuple(desk.learner for desk in desks), by.learner, len(handed_in) > 1)


def _time(folder: Path) -> datetime:
    """When it was handed in: the time that nbgrader wrote down, or that of the newest file."""
    try:
        written: datetime = parse_utc((folder / TIMESTAMP).read_text().strip())
        return written.replace(tzinfo=UTC)
    except (OSError, ValueError, OverflowError, TypeError, AttributeError):
        times = [path.stat().st_mtime for path in folder.rglob("*") if path.is_file()]
        return datetime.fromtimestamp(max(times, default=0.0), UTC)


def _digest(folder: Path) -> str:
    """A hash over a submission, without what is each learner's own."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.name != SECRET:
            name = hashlib.sha256(str(path.relative_to(folder)).encode(errors="surrogateescape")).digest()
            total.update(name + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()

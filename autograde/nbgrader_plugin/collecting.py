"""Whose a file is that a learning platform gave: it names files by people, and folders here are named by ids."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from glob import escape
from pathlib import Path
from typing import Any

from nbgrader.exchange.default import ExchangeCollect
from nbgrader.plugins import FileNameCollectorPlugin

from autograde.folders import folders_of
from autograde.partners.roster import ROSTER, Member, read_roster
from autograde.places import kit


class RosterCollector(FileNameCollectorPlugin):  # type: ignore[misc]  # nbgrader is untyped
    """nbgrader's own reading of file names, and then the one in the roster whose name, id or email it is."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._people: defaultdict[str, set[str]] | None = None
        self._given: set[tuple[str, str]] = set()

    def collect(self, submitted_file: str) -> dict[str, Any] | None:
        """The learner's id and the notebook's name; None, with a sentence in the log, where nobody fits."""
        if _is_kept_by_tools(Path(submitted_file)):
            return None
        named_by, inside = self._in_a_folder(Path(submitted_file))
        found: dict[str, Any] | None = super().collect(named_by)
        if found is None:
            return None
        found["file_id"] = inside or found["file_id"]
        name, people = found["student_id"], self._learners()
        learners = sorted(people[name] if name in people else people[_plain(name)])
        problem = self._problem(name, learners, found["file_id"])
        if problem:
            self.log.warning("%s is left out: %s.", submitted_file, problem)
            return None
        self._given.add((learners[0], found["file_id"]))
        return {**found, "student_id": learners[0]}

    def _in_a_folder(self, path: Path) -> tuple[str, str]:
        """By which path to tell whose a file is, and its own in a folder that belongs to an exercise, if it has one."""
        course = self.parent.coursedir
        solutions = kit(Path(course.root)).solutions
        for name in folders_of(solutions / course.assignment_id):
            if name in path.parts[:-1]:
                place = len(path.parts) - 1 - path.parts[::-1].index(name)
                above = Path(*path.parts[:place], f"{course.assignment_id}.ipynb")
                return str(above), "/".join(path.parts[place:])
        return str(path), ""

    def _problem(self, name: str, learners: list[str], notebook: str) -> str:
        """Why a file can't be one learner's; nothing if it can. Of two alike nbgrader would fail for the class."""
        if not learners:
            return f"nobody in {ROSTER} is called {name!r}; rename it by the id, or correct the roster"
        if len(learners) > 1:
            return f"{' and '.join(learners)} in {ROSTER} are called {name!r}; rename it by the id"
        if (learners[0], notebook) in self._given:
            return f"{learners[0]} handed in another {notebook}"
        return ""

    def _learners(self) -> defaultdict[str, set[str]]:
        """The ids of those who may be meant by a name."""
        if self._people is None:
            self._people = defaultdict(set)
            roster = read_roster(Path(self.parent.coursedir.root) / ROSTER)
            for member in roster.members.values():
                for name in _names(member):
                    self._people[_plain(name)].add(member.id)
            self._people.update({learner: {learner} for learner in roster.members})
        return self._people


class LinklessCollect(ExchangeCollect):  # type: ignore[misc]  # nbgrader is untyped
    """nbgrader's own collecting, which would copy what a link leads to, from wherever the collector may read."""

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy a submission without its links, and whatever else has the name of one."""
        links = sorted(path.name for path in Path(src).rglob("*") if path.is_symlink())
        if links:
            self.log.warning("%s: %s are links, and are left out.", src, ", ".join(links))
        usual = self.coursedir.ignore
        self.coursedir.ignore = [*usual, *map(escape, links)]
        try:
            super().do_copy(src, dest, log)
        finally:
            self.coursedir.ignore = usual


def _is_kept_by_tools(path: Path) -> bool:
    """Whether Jupyter or macOS keeps it for itself."""
    return path.name.startswith(".") or path.parent.name.startswith(".")


def _names(member: Member) -> set[str]:
    """What platforms call a person: Moodle *Ada Lovelace*, Canvas *lovelaceada*."""
    first, last = member.first_name, member.last_name
    return {name for name in (member.id, member.email, f"{first} {last}", f"{last} {first}") if name.strip()}


def _plain(name: str) -> str:
    """Letters and digits only, without accents and capitals: platforms differ in what they drop."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if letter.isalnum())

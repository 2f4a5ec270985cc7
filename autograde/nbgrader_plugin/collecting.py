"""Whose a file is that a learning platform gave: it names files by people, and folders here are named by ids."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from pathlib import Path
from typing import Any

from nbgrader.plugins import FileNameCollectorPlugin

from autograde.partners.roster import ROSTER, Member, read_roster


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
        found: dict[str, Any] | None = super().collect(submitted_file)
        if found is None:
            return None
        name, people = found["student_id"], self._learners()
        learners = sorted(people[name] if name in people else people[_plain(name)])
        problem = self._problem(name, learners, found["file_id"])
        if problem:
            self.log.warning("%s is left out: %s.", submitted_file, problem)
            return None
        self._given.add((learners[0], found["file_id"]))
        return {**found, "student_id": learners[0]}

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

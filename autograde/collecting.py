"""Submissions from a folder of git checkouts, a learner each, into a course as `nbgrader collect` brings them."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.utils import parse_utc

from autograde.course.opening import configured
from autograde.errors import Fault
from autograde.folders import Files, files_beside, folders_of, lay_files
from autograde.notebook import read_submission
from autograde.partners.roster import ROSTER, Member, is_safe_id, read_roster
from autograde.places import Kit

TIMESTAMP = "timestamp.txt"
SUFFIX = ".ipynb"
GIT_SECONDS = 60
# Nothing that a checkout's own settings name is run, and nothing is fetched.
SAFELY = ("core.fsmonitor=false", "log.showSignature=false", "protocol.allow=never")
GIT = ["git", "--no-pager", *(word for each in SAFELY for word in ("-c", each))]


@dataclass(frozen=True)
class HandedIn:
    """What one learner's checkout holds of a week, and since when."""

    files: Files
    time: datetime


@dataclass
class Collected:
    """What became of each learner's checkout, by id; `problems` are sentences."""

    taken: dict[str, datetime] = field(default_factory=dict)
    unchanged: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def collect_on_screen(kit: Kit, course: Path, week: str, checkouts: Path) -> bool:
    """Collect a week and say what was taken and what is missing; returns whether nothing was in the way."""
    if not checkouts.is_dir():
        raise Fault("there is no such folder", str(checkouts), "name the one that holds a checkout a learner")
    coursedir = configured(course).coursedir
    members = read_roster(course / ROSTER).members if (course / ROSTER).is_file() else {}
    folders = folders_of(kit.solutions / week)
    stub = kit.exercises / week / f"{week}{SUFFIX}"
    done = collect(
        week,
        checkouts.resolve(),
        lambda learner: Path(coursedir.format_path(coursedir.submitted_directory, learner, week)),
        members,
        files_beside(stub, folders)[0] | ({stub.name: read_submission(stub)} if stub.is_file() else {}),
        folders,
    )
    for sentence in _told(done, week):
        print(sentence)
    return not done.problems


def collect(
    week: str,
    checkouts: Path,
    place_of: Callable[[str], Path],
    members: Mapping[str, Member],
    stub: Files,
    folders: Sequence[str] = (),
) -> Collected:
    """Bring each learner's notebook to its place, and the `folders` beside it that belong to exercises.

    Nobody handed in what is as in the `stub`; `members` may be empty.
    """
    done = Collected()
    found = [path for path in sorted(checkouts.iterdir()) if _is_a_learners(path)]
    for checkout in found:
        learner = checkout.name
        problem = _refused(checkout, members)
        handed_in = None if problem else _handed_in(checkout, week, stub, folders, done.problems)
        if problem:
            done.problems.append(problem)
        elif handed_in is None:
            done.missing.append(learner)
        else:
            _take(learner, handed_in, place_of(learner), folders, done)
    done.missing += sorted(set(members) - {checkout.name for checkout in found})
    return done


def _is_a_learners(path: Path) -> bool:
    return (path.is_symlink() or path.is_dir()) and not path.name.startswith(".")


def _refused(checkout: Path, members: Mapping[str, Member]) -> str:
    """Why a folder isn't taken for a learner's checkout; nothing if it is."""
    if checkout.is_symlink():
        return f"{checkout.name}: this is a link, and is left out; put the checkout itself there."
    if not is_safe_id(checkout.name):
        return f"{checkout.name!r}: this can't be a learner's id; name the folder by the id in {ROSTER}."
    if members and checkout.name not in members:
        return f"{checkout.name}: nobody in {ROSTER} has this id; rename the folder, or add a line."
    return ""


def _handed_in(
    checkout: Path, week: str, stub: Files, folders: Sequence[str], problems: list[str]
) -> HandedIn | None:
    """The week's notebook where learners have it; without one of its name, the others beside it."""
    for folder in (checkout / "exercises" / week, checkout / week, checkout):
        named = folder / f"{week}{SUFFIX}"
        found = [named] if os.path.lexists(named) else sorted(folder.glob(f"*{SUFFIX}"))
        if found and (folder != checkout or found == [named]):
            break
    else:
        return None
    links = [path for path in found if _leads_away(path, checkout)]
    if links:
        where = links[0].relative_to(checkout)
        problems.append(
            f"{checkout.name}: {where} is or lies in a link, and is left out; ask for the file itself."
        )
    files = {path.name: read_submission(path) for path in found if path not in links and path.is_file()}
    if not files:
        return None
    beside, left_out = files_beside(found[0], folders)
    problems += [f"{checkout.name}: {sentence}" for sentence in left_out]
    if {*files.values(), *beside.values()} <= {*stub.values()}:
        return None
    paths = [path for path in found if path.name in files] + [folder / name for name in beside]
    return HandedIn(files | beside, _time_of(checkout, paths))


def _leads_away(path: Path, checkout: Path) -> bool:
    inside = path.relative_to(checkout).parts
    return any(checkout.joinpath(*inside[:count]).is_symlink() for count in range(1, len(inside) + 1))


def _time_of(checkout: Path, paths: list[Path]) -> datetime:
    """When the files were last committed; outside git, when they were last saved."""
    changed = datetime.fromtimestamp(max(path.stat().st_mtime for path in paths), UTC)
    command = [*GIT, "log", "-1", "--format=%cI", "--", *(str(path.relative_to(checkout)) for path in paths)]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    settings = {
        "GIT_CEILING_DIRECTORIES": str(checkout.parent),
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
    }
    try:
        said = subprocess.run(
            command, cwd=checkout, env=kept | settings, capture_output=True, text=True, timeout=GIT_SECONDS
        ).stdout
        committed = datetime.fromisoformat(said.strip()).astimezone(UTC)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return changed
    return min(committed, datetime.now(UTC))


def _take(learner: str, handed_in: HandedIn, place: Path, folders: Sequence[str], done: Collected) -> None:
    """Put a submission in its place, unless what is there is the same or newer."""
    there = _collected(place, folders)
    if there and there.files == handed_in.files:
        done.unchanged.append(learner)
        return
    if there and there.time >= handed_in.time:
        done.problems.append(
            f"{learner}: what was collected, of {_shown(there.time)}, is newer than the checkout's, of "
            f"{_shown(handed_in.time)}, and stays; delete {place} to take the checkout's."
        )
        return
    try:
        _put(handed_in, place)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise Fault(f"it can't be written ({reason})", str(place), "make room or grant access") from error
    done.taken[learner] = handed_in.time


def _collected(place: Path, folders: Sequence[str]) -> HandedIn | None:
    """What was collected before, by whatever way."""
    if not place.is_dir():
        return None
    files = {path.name: read_submission(path) for path in place.glob(f"*{SUFFIX}") if path.is_file()}
    files |= files_beside(place / TIMESTAMP, folders)[0]
    try:
        time = parse_utc((place / TIMESTAMP).read_text().strip()).replace(tzinfo=UTC)
    except (OSError, ValueError, OverflowError, TypeError):
        time = datetime.fromtimestamp(place.stat().st_mtime, UTC)
    return HandedIn(files, time)


def _put(handed_in: HandedIn, place: Path) -> None:
    """Make the whole folder first and swap it in, so that it is never half there."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".collecting-", dir=place.parent) as temporary:
        new = Path(temporary, "new")
        new.mkdir()
        lay_files(handed_in.files, new)
        (new / TIMESTAMP).write_text(f"{handed_in.time:%Y-%m-%d %H:%M:%S.%f} UTC")
        if place.exists():
            place.rename(Path(temporary, "old"))
        new.rename(place)


def _shown(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC"


def _told(done: Collected, week: str) -> Iterator[str]:
    for learner, time in done.taken.items():
        yield f"{learner}: handed in {_shown(time)}."
    yield from done.problems
    counts = f"{week}: {len(done.taken)} taken, {len(done.unchanged)} as collected before"
    yield f"{counts}, {len(done.missing)} missing{': ' if done.missing else ''}{', '.join(done.missing)}."

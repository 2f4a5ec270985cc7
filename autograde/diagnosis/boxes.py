"""Names of misconceptions for learners' own doors, in boxes that only the behaviour itself opens.

For each misconception, and each entry in which it fails a check, the file of examples holds its name, sentence
and hint encrypted under a key made of what it does in that entry's checks. Who shows the same behaviour has the
key; from the file alone nothing can be read, neither answers nor what "now break it" will be asked to catch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgpack

from autograde.diagnosis.naming import PASSED, Cause, coarse

if TYPE_CHECKING:
    from autograde.diagnosis.table import Misconceptions

TAG_BYTES = 12
Boxes = dict[bytes, bytes]
Marks = Sequence[Sequence[str]]  # of one entry: the marks of each of its checks


@dataclass(frozen=True)
class Opened:
    """What lies in a box: a cause, the entries in which it fails some check, its fine marks in this one."""

    cause: Cause
    entries: frozenset[str]
    fine: bytes


def boxes_of(misconceptions: Misconceptions) -> dict[str, Boxes]:
    """The boxes of a week, by exercise."""
    entries: dict[str, list[str]] = {}
    for entry in misconceptions.suite.entries:
        entries.setdefault(entry.exercise, []).append(entry.name)
    found = {exercise: _boxes(misconceptions, exercise, names) for exercise, names in entries.items()}
    return {exercise: boxes for exercise, boxes in found.items() if boxes}


def _boxes(misconceptions: Misconceptions, exercise: str, entries: Sequence[str]) -> Boxes:
    checks = {test.key: test.entry for test in misconceptions.suite.tests if not test.hidden}
    with misconceptions.table(exercise, checks_only=True) as rows:
        table = {name: dict(row) for name, row in rows.items()}
    boxes: Boxes = {}
    for cause in misconceptions.causes(exercise):
        row = table[cause.name]
        marks = {entry: [mark for key, mark in row.items() if checks[key] == entry] for entry in entries}
        failing = sorted(entry for entry in entries if set(marks[entry]) - {PASSED})
        for entry in failing if all(all(of) for of in marks.values()) else ():
            key = _key(entry, marks[entry])
            content = msgpack.packb([cause.name, cause.sentence, cause.hint, failing, _fine(marks[entry])])
            number = sum(_tag(key, count) in boxes for count in range(len(table)))
            boxes[_tag(key, number)] = _sealed(content, key, number)
    return dict(sorted(boxes.items()))


def open_boxes(boxes: Boxes, seen: Mapping[str, Marks]) -> Cause | None:
    """The cause that agrees with what was seen of an exercise: by entry, the marks of all its checks.

    Entries that aren't known in full are left out of `seen`.
    """
    failing = {entry for entry, marks in seen.items() if any(PASSED not in each for each in marks)}
    found = [_fitting(boxes, entry, seen[entry], failing, seen.keys()) for entry in sorted(failing)]
    for kind in (0, 1):  # those that coarsely agree, then those that finely do
        common = set.intersection(*(each[kind] for each in found)) if found else set()
        if len(common) == 1:
            return common.pop()
    return None


def _fitting(
    boxes: Boxes, entry: str, marks: Marks, failing: Set[str], known: Set[str]
) -> tuple[set[Cause], set[Cause]]:
    """What an entry's marks open, whichever of the readings fits: all of it, and what agrees finely too."""
    alike: set[Cause] = set()
    same: set[Cause] = set()
    for reading in range(max(map(len, marks), default=0)):
        read = [each[reading] if reading < len(each) else each[0] for each in marks]
        for opened in _opened(boxes, _key(entry, read)):
            if opened.entries & known == failing:
                alike.add(opened.cause)
                same |= {opened.cause} if opened.fine == _fine(read) else set()
    return alike, same


def _opened(boxes: Boxes, key: bytes) -> Iterator[Opened]:
    number = 0
    while (tag := _tag(key, number)) in boxes:
        yield from _content(_sealed(boxes[tag], key, number))
        number += 1


def _content(data: bytes) -> list[Opened]:
    try:
        name, sentence, hint, entries, fine = msgpack.unpackb(data)
        return [Opened(Cause(str(name), str(sentence), str(hint)), frozenset(map(str, entries)), bytes(fine))]
    except (ValueError, TypeError):  # a file that was tampered with
        return []


def _key(entry: str, marks: Sequence[str]) -> bytes:
    return hashlib.sha256("\0".join([entry, *sorted(map(coarse, marks))]).encode()).digest()


def _fine(marks: Sequence[str]) -> bytes:
    return hashlib.sha256("\0".join(sorted(marks)).encode()).digest()[:TAG_BYTES]


def _tag(key: bytes, number: int) -> bytes:
    return hashlib.sha256(b"tag" + key + bytes([number % 256])).digest()[:TAG_BYTES]


def _sealed(content: bytes, key: bytes, number: int) -> bytes:
    """The content under a stream of this key: the same again gives the content back."""
    stream = hashlib.shake_256(b"box" + key + bytes([number % 256])).digest(len(content))
    return bytes(a ^ b for a, b in zip(content, stream, strict=True))

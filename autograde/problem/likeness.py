"""Which rows must stay on one side of a split: the same again, nearly the same, and what else belongs together."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

WORD = 8  # letters
NEARLY = 0.8  # of the shorter one's words
SKETCH = 16  # words by which a sequence is looked up
MOST_COMPARED = 50  # with one that has a word in common
SMALLEST_PICTURE = 5  # along an axis that may be mirrored


def alike(rows: Sequence[Mapping[str, Any]], akin: Sequence[Hashable] = ()) -> list[int]:
    """A number for each row, the same for rows that must not be separated.

    These are rows with an equal "x"; pictures of which one mirrors the other; sequences that share nearly all
    words of eight letters. `akin` may add an entry a row, the plant that a leaf is of: equal ones stay together.
    """
    groups = list(range(len(rows)))
    first: dict[Hashable, int] = {}
    for number, row in enumerate(rows):
        _join(groups, first.setdefault(("x", essence(row["x"])), number), number)
    for number, entry in enumerate(akin):
        _join(groups, first.setdefault(("akin", entry), number), number)
    for one, other in _nearly_equal([row["x"] for row in rows]):
        _join(groups, one, other)
    return [_root(groups, number) for number in range(len(rows))]


def separated(groups: Sequence[Hashable], parts: Sequence[Sequence[int]]) -> Iterator[tuple[int, int]]:
    """Two rows of one group that are in different parts, for each group that is torn."""
    seen: dict[Hashable, tuple[int, int]] = {}
    torn: set[Hashable] = set()
    for place, part in enumerate(parts):
        for row in part:
            where, other = seen.setdefault(groups[row], (place, row))
            if where != place and groups[row] not in torn:
                torn.add(groups[row])
                yield other, row


def essence(x: Any) -> Hashable:
    """What two equal inputs have in common, in whatever kind of container the numbers come."""
    if isinstance(x, str):
        return x.upper()
    if isinstance(x, Mapping):
        return tuple(sorted((str(key), essence(value)) for key, value in x.items()))
    if isinstance(x, (list, tuple)):
        return tuple(essence(part) for part in x)
    array = x.detach().numpy() if hasattr(x, "detach") else x
    return _picture(array) if hasattr(array, "ndim") else x


def _picture(array: Any) -> Hashable:
    """An array's entries; of a picture and its mirror images, the first in order."""
    axes = [axis for axis, size in enumerate(array.shape) if size >= SMALLEST_PICTURE]
    turned = [array]
    if array.ndim >= 2:
        turned += [
            array[tuple(slice(None, None, -1 if axis == each else 1) for axis in range(array.ndim))]
            for each in axes
        ]
    return array.shape, min(view.tobytes() for view in turned)


def _root(groups: list[int], number: int) -> int:
    while groups[number] != number:
        groups[number] = number = groups[groups[number]]
    return number


def _join(groups: list[int], one: int, other: int) -> None:
    roots = sorted((_root(groups, one), _root(groups, other)))
    groups[roots[1]] = roots[0]


def _nearly_equal(inputs: Sequence[Any]) -> Iterator[tuple[int, int]]:
    """Pairs of sequences that share nearly all their words, looked up by the words with the smallest checksums."""
    words: dict[int, set[str]] = {}
    known: defaultdict[int, list[int]] = defaultdict(list)
    for number, text in enumerate(inputs):
        if not isinstance(text, str) or len(text) < WORD:
            continue
        letters = text.upper()
        words[number] = {letters[start : start + WORD] for start in range(len(letters) - WORD + 1)}
        sketch = sorted({zlib.crc32(word.encode()) for word in words[number]})[:SKETCH]
        for other in {other for key in sketch for other in known[key][-MOST_COMPARED:]}:
            fewest = min(len(words[number]), len(words[other]))
            if len(words[number] & words[other]) >= NEARLY * fewest:
                yield other, number
        for key in sketch:
            known[key].append(number)

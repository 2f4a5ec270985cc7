"""Week 01's other right solutions, which every test must accept."""

import math

# %% exercise="gc_content" alternative="letter-by-letter"
"""Adds one for each letter that is G or C; a whole 0 for nothing."""


def gc_content(seq, strong="GCgc"):
    if len(seq) == 0:
        return 0
    count = 0
    for letter in seq:
        if letter in strong:
            count += 1
    return count / len(seq)


# %% exercise="gc_content" alternative="mean-of-indicators"
"""Takes the mean of a list of zeros and ones."""
import numpy as np


def gc_content(seq):
    return np.mean([letter in "gc" for letter in seq.lower()]) if seq else 0.0


# %% exercise="gc_content" alternative="at-most-one-letter"
"""Divides by one at least, which does no harm where nothing was counted."""


def gc_content(seq):
    low = seq.lower()
    return sum(map(low.count, "gc")) / max(1, len(seq))


# %% exercise="reverse_complement" alternative="translate"
"""Lets str.translate pair, after a look at what is left over."""


def reverse_complement(seq):
    table = str.maketrans("ACGTNacgtn", "TGCANtgcan")
    rest = seq.lstrip("ACGTNacgtn")
    if rest:
        raise ValueError(f"no nucleotide at {len(seq) - len(rest)}: {rest[0]}")
    return seq.translate(table)[::-1]


# %% exercise="reverse_complement" alternative="grows-in-front"
"""Puts each partner in front of what it has, and stops at the first stranger."""


def reverse_complement(seq):
    other = ""
    for position in range(len(seq)):
        letter = seq[position]
        if letter == "A":
            partner = "T"
        elif letter == "T":
            partner = "A"
        elif letter == "C":
            partner = "G"
        elif letter == "G":
            partner = "C"
        elif letter == "a":
            partner = "t"
        elif letter == "t":
            partner = "a"
        elif letter == "c":
            partner = "g"
        elif letter == "g":
            partner = "c"
        elif letter in "Nn":
            partner = letter
        else:
            raise ValueError(f"position {position}: {letter}")
        other = partner + other
    return other


# %% exercise="reverse_complement" alternative="catches-the-key-error"
"""Makes the dictionary's KeyError a ValueError."""


def reverse_complement(seq):
    pairs = {"A": "T", "C": "G", "G": "C", "T": "A", "N": "N"}
    pairs.update({one.lower(): other.lower() for one, other in pairs.items()})
    partners = []
    for letter in seq:
        try:
            partners.append(pairs[letter])
        except KeyError:
            raise ValueError(f"{letter} stands at {len(partners)}") from None
    partners.reverse()
    return "".join(partners)


# %% exercise="count_kmers" alternative="counter"
"""Counts slices with a Counter, and returns it."""
from collections import Counter


def count_kmers(seq, k):
    if k <= 0:
        raise ValueError("k must be 1 or more")
    return Counter(seq[i : i + k] for i in range(len(seq) - k + 1))


# %% exercise="count_kmers" alternative="shrinking-sequence"
"""Cuts the first letter off until less than a word is left."""
from collections import defaultdict


def count_kmers(seq, k):
    if k < 1:
        raise ValueError("no words of that length")
    counts = defaultdict(int)
    while len(seq) >= k:
        counts[seq[:k]] += 1
        seq = seq[1:]
    return counts


# %% exercise="count_kmers" alternative="counts-each-word"
"""Finds the different words first, then counts the places of each."""


def count_kmers(seq, k):
    if k < 1:
        raise ValueError(k)
    starts = range(len(seq) - k + 1)
    return {word: sum(seq.startswith(word, i) for i in starts) for word in {seq[i : i + k] for i in starts}}


# %% exercise="build_vocab" alternative="loops"
"""Collects letters in nested loops and sorts the list."""


def build_vocab(words):
    letters = []
    for word in words:
        for letter in word:
            if letter not in letters:
                letters.append(letter)
    letters.sort()
    stoi, itos = {".": 0}, {0: "."}
    for letter in letters:
        number = len(stoi)
        stoi[letter] = number
        itos[number] = letter
    return stoi, itos


# %% exercise="build_vocab" alternative="union"
"""The union of the words' sets; a list of the two dictionaries."""


def build_vocab(words):
    letters = sorted(set().union(*words))
    stoi = dict(zip(letters, range(1, len(letters) + 1)))
    stoi["."] = 0
    return [stoi, {stoi[symbol]: symbol for symbol in stoi}]


# %% exercise="mean_by_group" alternative="sums-and-numbers"
"""Keeps a sum and a number for each group."""


def mean_by_group(rows, group, value):
    sums, numbers = {}, {}
    for row in rows:
        if value not in row or row[value] is None or row[value] != row[value]:
            continue
        name = row[group]
        if name not in sums:
            sums[name], numbers[name] = 0, 0
        sums[name] += row[value]
        numbers[name] += 1
    means = {}
    for name in sums:
        means[name] = sums[name] / numbers[name]
    return means


# %% exercise="mean_by_group" alternative="statistics"
"""Sorts into a defaultdict and leaves the mean to the statistics module."""
from collections import defaultdict
from statistics import fmean


def mean_by_group(rows, group, value):
    drawers = defaultdict(list)
    for row in rows:
        number = row.get(value, math.nan)
        number = math.nan if number is None else float(number)
        if not math.isnan(number):
            drawers[row[group]].append(number)
    return {name: fmean(numbers) for name, numbers in drawers.items()}


# %% exercise="mean_by_group" alternative="mean-that-moves"
"""Moves each mean by a share of the new value's distance, as week 02's RunningStats will."""
from collections import Counter


def mean_by_group(rows, group, value):
    seen, means = Counter(), {}
    for row in (row for row in rows if row.get(value) is not None):
        if not math.isnan(row[value]):
            name = row[group]
            seen[name] += 1
            old = means.get(name, 0.0)
            means[name] = old + (row[value] - old) / seen[name]
    return means


# %% exercise="running_mean" alternative="shifted-lists"
"""Lines up shifted copies of the list, and sums exactly."""


def running_mean(xs, window):
    if window < 1:
        raise ValueError("the window is too narrow")
    if len(xs) < window:
        raise ValueError("the window is too wide")
    return [math.fsum(own) / window for own in zip(*(xs[shift:] for shift in range(window)))]


# %% exercise="running_mean" alternative="deque"
"""Lets a deque forget the oldest number, and takes its mean afresh."""
from collections import deque
from statistics import fmean


def running_mean(xs, window):
    if window not in range(1, len(xs) + 1):
        raise ValueError("window")
    last, means = deque(maxlen=window), []
    for x in xs:
        last.append(x)
        if len(last) == window:
            means.append(fmean(last))
    return means


# %% exercise="running_mean" alternative="unfold"
"""Lets torch cut the windows, in float64."""
import torch


def running_mean(xs, window):
    if window < 1 or window > len(xs):
        raise ValueError("window")
    return torch.tensor(xs, dtype=torch.float64).unfold(0, window, 1).mean(1).tolist()


# %% exercise="running_mean" alternative="exact-running-sum"
"""A running sum, but in fractions, which never round."""
from fractions import Fraction


def running_mean(xs, window):
    if window < 1 or window > len(xs):
        raise ValueError("window")
    exact = [Fraction(x) for x in xs]
    total = sum(exact[:window])
    means = [float(total / window)]
    for gone, new in zip(exact, exact[window:]):
        total += new - gone
        means.append(float(total / window))
    return tuple(means)


# %% exercise="amplification_cycle" alternative="pairs"
"""Looks at the first reading, then at pairs of neighbours."""
from itertools import pairwise


def amplification_cycle(fluorescence, threshold):
    if not fluorescence:
        return None
    if fluorescence[0] >= threshold:
        return 1
    for cycle, (low, high) in enumerate(pairwise(fluorescence), start=1):
        if low < threshold <= high:
            return cycle + (threshold - low) / (high - low)
    return None


# %% exercise="amplification_cycle" alternative="first-index"
"""Finds the first place with next, and counts back from the reading after."""


def amplification_cycle(fluorescence, threshold):
    place = next((i for i, reading in enumerate(fluorescence) if reading >= threshold), None)
    if place is None or place == 0:
        return None if place is None else 1.0
    high, low = fluorescence[place], fluorescence[place - 1]
    return (place + 1) - (high - threshold) / (high - low)


# %% exercise="amplification_cycle" alternative="while"
"""Walks up while readings are below."""


def amplification_cycle(fluorescence, threshold):
    cycle = 1
    while cycle <= len(fluorescence) and fluorescence[cycle - 1] < threshold:
        cycle += 1
    if cycle > len(fluorescence):
        return None
    if cycle > 1:
        a, b = fluorescence[cycle - 2 : cycle]
        share = (threshold - a) / (b - a)
        return (1 - share) * (cycle - 1) + share * cycle
    return 1.0


# %% exercise="parse_fasta" alternative="string-grows"
"""Adds each line to the string of the record that it is in."""


def parse_fasta(text):
    records = {}
    name = None
    for line in text.replace("\r\n", "\n").split("\n"):
        line = line.rstrip()
        if not line:
            continue
        if line[0] == ">":
            name = line[1:].split(None, 1)[0]
            if name in records:
                raise ValueError(name + " is there twice")
            records[name] = ""
        elif name is None:
            raise ValueError("the text doesn't begin with a header")
        else:
            records[name] = records[name] + line
    return records


# %% exercise="parse_fasta" alternative="cut-at-headers"
"""Cuts the text at each line break with a `>` behind it."""


def parse_fasta(text):
    early, *chunks = ("\n" + text.replace("\r", "")).split("\n>")
    if early.strip():
        raise ValueError("text before the first record")
    records = {}
    for chunk in chunks:
        header, _, body = chunk.partition("\n")
        name = header.split()[0]
        if name in records:
            raise ValueError(f"{name} again")
        records[name] = "".join(line.rstrip() for line in body.split("\n"))
    return records


# %% exercise="parse_fasta" alternative="pairs-first"
"""Makes a list of pairs, and a dictionary of it at the end."""


def parse_fasta(text):
    found = []
    for line in filter(str.strip, text.splitlines()):
        if line.startswith(">"):
            found.append((line[1:].split()[0], []))
        elif found:
            found[-1][1].append(line.rstrip())
        else:
            raise ValueError("no header")
    names = [name for name, _ in found]
    if len(set(names)) < len(names):
        raise ValueError("an id is there twice")
    return {name: "".join(parts) for name, parts in found}


# %% exercise="parse_fasta" alternative="regular-expression"
"""Finds headers and what follows them with a regular expression."""
import re


def parse_fasta(text):
    records = {}
    start = re.search(r"^>", text, re.MULTILINE)
    if text[: start.start() if start else None].strip():
        raise ValueError("text before the first header")
    for name, body in re.findall(r"^>(\S+)[^\n]*\n?((?:(?!>)[^\n]*(?:\n|$))*)", text, re.MULTILINE):
        if name in records:
            raise ValueError(f"{name} comes twice")
        records[name] = "".join(map(str.rstrip, body.splitlines()))
    return records

"""Week 01's wrong solutions, each with the hint that a good teacher would give."""

import math

# %% exercise="gc_content" misconception="capitals-only"
"""Counts capital letters only.

Hint: Genome browsers write repeats in small letters, and `"gc".count("G")` is 0. Make one case of two
first.
"""


def gc_content(seq):
    return (seq.count("G") + seq.count("C")) / len(seq) if seq else 0.0


# %% exercise="gc_content" misconception="divides-by-nothing"
"""Divides by the length of an empty sequence.

Hint: What is the length of `""`, and what does Python say when you divide by it?
"""


def gc_content(seq):
    capital = seq.upper()
    return (capital.count("G") + capital.count("C")) / len(capital)


# %% exercise="gc_content" misconception="percent"
"""Gives the share in per cent.

Hint: A share lies between 0 and 1. Who wants per cent can multiply.
"""


def gc_content(seq):
    capital = seq.upper()
    return 100 * (capital.count("G") + capital.count("C")) / len(capital) if seq else 0.0


# %% exercise="gc_content" misconception="leaves-n-out"
"""Divides by the number of A, C, G and T, and leaves N out of the length.

Hint: The statement says what the share is of: *all* letters. What is `"GCN"` then?
"""


def gc_content(seq):
    capital = seq.upper()
    known = sum(capital.count(letter) for letter in "ACGT")
    return (capital.count("G") + capital.count("C")) / known if known else 0.0


# %% exercise="gc_content" misconception="g-over-at"
"""Gives the ratio of G and C to A and T.

Hint: 2 to 5 and 2 of 7 are different numbers. What should a sequence of G only have?
"""


def gc_content(seq):
    capital = seq.upper()
    strong, weak = capital.count("G") + capital.count("C"), capital.count("A") + capital.count("T")
    return strong / weak if weak else 0.0


# %% exercise="gc_content" misconception="whole-numbers"
"""Divides without the digits behind the point.

Hint: `//` rounds down to a whole number, and a share below 1 becomes 0. Which division keeps the rest?
"""


def gc_content(seq):
    capital = seq.upper()
    return float((capital.count("G") + capital.count("C")) // len(capital)) if seq else 0.0


# %% exercise="gc_content" misconception="rounded"
"""Rounds to two digits.

Hint: Rounding is for what people read. What a function returns is used for further calculation: leave all
digits.
"""


def gc_content(seq):
    capital = seq.upper()
    return round((capital.count("G") + capital.count("C")) / len(capital), 2) if seq else 0.0


# %% exercise="gc_content" misconception="g-only"
"""Counts G and forgets C.

Hint: Check your function on a sequence of C only.
"""


def gc_content(seq):
    return seq.upper().count("G") / len(seq) if seq else 0.0


# %% exercise="gc_content" misconception="first-or-last-only"
"""Returns from inside of the loop, after the first letter.

Hint: `return` ends the function at once, wherever it stands. How far is your `return` indented?
"""


def gc_content(seq):
    count = 0
    for letter in seq:
        if letter in "GCgc":
            count += 1
        return count / len(seq)
    return 0.0


# %% exercise="gc_content" misconception="or-between-letters"
"""Asks `letter == "G" or "C"`, which is true of every letter.

Hint: Python reads it as `(letter == "G") or ("C")`, and a text that isn't empty counts as true. What does `in`
ask?
"""


def gc_content(seq):
    count = 0
    for letter in seq.upper():
        if letter == "G" or "C":  # noqa: SIM222
            count += 1
    return count / len(seq) if seq else 0.0


# %% exercise="gc_content" misconception="counts-s"
"""Counts S, the letter for G or C.

Hint: S does stand for G or C, but the statement counts two letters only. What is S then?
"""


def gc_content(seq):
    return sum(letter in "GCS" for letter in seq.upper()) / len(seq) if seq else 0.0


# %% exercise="gc_content" misconception="strips-first"
"""Takes blanks and line breaks off before it counts.

Hint: All that stands in `seq` counts in its length, blanks as well. Whoever cuts them off hides that they were
there.
"""


def gc_content(seq):
    capital = seq.strip().upper()
    return (capital.count("G") + capital.count("C")) / len(capital) if capital else 0.0


# %% exercise="reverse_complement" misconception="returns-the-error"
"""Returns a ValueError instead of raising it.

Hint: An error that is returned is a value like others, and the caller goes on with it. Which word stops the
function?
"""


def reverse_complement(seq):
    partner = dict(zip("ACGTNacgtn", "TGCANtgcan"))
    for position, letter in enumerate(seq):
        if letter not in partner:
            return ValueError(f"{letter!r} at position {position}")
    return "".join(partner[letter] for letter in reversed(seq))


# %% exercise="reverse_complement" misconception="letter-as-capital"
"""Names a small letter as a capital.

Hint: Who searches the sequence for "X" won't find an "x". Name the letter as it stands there.
"""


def reverse_complement(seq):
    partner = dict(zip("ACGTNacgtn", "TGCANtgcan"))
    for position, letter in enumerate(seq):
        if letter not in partner:
            raise ValueError(f"{letter.upper()!r} at position {position}")
    return "".join(partner[letter] for letter in reversed(seq))


# %% exercise="reverse_complement" misconception="letter-not-singled-out"
"""Shows the whole sequence instead of the letter.

Hint: Which of thirty million letters is it? Your message has the sequence and a position; put the one letter in.
"""


def reverse_complement(seq):
    partner = dict(zip("ACGTNacgtn", "TGCANtgcan"))
    for position, letter in enumerate(seq):
        if letter not in partner:
            raise ValueError(f"no nucleotide at position {position} of {seq!r}")
    return "".join(partner[letter] for letter in reversed(seq))


# %% exercise="reverse_complement" misconception="not-reversed"
"""Pairs the letters and leaves them in order.

Hint: The strands run in opposite directions. From which end is the other one read?
"""


def reverse_complement(seq):
    partner = dict(zip("ACGTNacgtn", "TGCANtgcan"))
    for position, letter in enumerate(seq):
        if letter not in partner:
            raise ValueError(f"{letter!r} at position {position}")
    return "".join(partner[letter] for letter in seq)


# %% exercise="reverse_complement" misconception="not-paired"
"""Turns the sequence round and leaves the letters as they are.

Hint: On the other strand there stands the partner of each letter.
"""


def reverse_complement(seq):
    for position, letter in enumerate(seq):
        if letter not in "ACGTNacgtn":
            raise ValueError(f"{letter!r} at position {position}")
    return seq[::-1]


# %% exercise="reverse_complement" misconception="replacements-undone"
"""Chains replacements, of which the second undoes the first.

Hint: After `replace("A", "T")` nobody knows which T was an A, and `replace("T", "A")` turns them all. Go
letter by letter instead.
"""


def reverse_complement(seq):
    for position, letter in enumerate(seq):
        if letter not in "ACGTNacgtn":
            raise ValueError(f"{letter!r} at position {position}")
    for one, other in ["AT", "TA", "CG", "GC", "at", "ta", "cg", "gc"]:
        seq = seq.replace(one, other)
    return seq[::-1]


# %% exercise="reverse_complement" misconception="all-capitals"
"""Makes every letter capital.

Hint: Small letters mark repeats; the other strand has the same repeats. Your dictionary may hold small
letters too.
"""


def reverse_complement(seq):
    partner = dict(zip("ACGTN", "TGCAN"))
    for position, letter in enumerate(seq):
        if letter.upper() not in partner:
            raise ValueError(f"{letter!r} at position {position}")
    return "".join(partner[letter] for letter in reversed(seq.upper()))


# %% exercise="reverse_complement" misconception="capitals-only"
"""Takes small letters for strangers.

Hint: Small letters have partners as well: `a` and `t`, `c` and `g`, and `n` with itself.
"""


def reverse_complement(seq):
    partner = dict(zip("ACGTN", "TGCAN"))
    for position, letter in enumerate(seq):
        if letter not in partner:
            raise ValueError(f"{letter!r} at position {position}")
    return "".join(partner[letter] for letter in reversed(seq))


# %% exercise="reverse_complement" misconception="n-refused"
"""Takes N for a stranger.

Hint: N stands for a nucleotide that nobody knows. Nobody knows its partner either: N.
"""


def reverse_complement(seq):
    partner = dict(zip("ACGTacgt", "TGCAtgca"))
    for position, letter in enumerate(seq):
        if letter not in partner:
            raise ValueError(f"{letter!r} at position {position}")
    return "".join(partner[letter] for letter in reversed(seq))


# %% exercise="reverse_complement" misconception="strangers-pass"
"""Lets letters without a partner pass as they are.

Hint: `partner.get(letter, letter)` swallows a U, a blank or a line break, and the result looks fine. Who
will notice?
"""


def reverse_complement(seq):
    partner = dict(zip("ACGTNacgtn", "TGCANtgcan"))
    return "".join(partner.get(letter, letter) for letter in reversed(seq))


# %% exercise="reverse_complement" misconception="strangers-dropped"
"""Leaves out letters without a partner.

Hint: A sequence that has lost letters on the way has another reading frame. Stop and say so instead.
"""


def reverse_complement(seq):
    partner = dict(zip("ACGTNacgtn", "TGCANtgcan"))
    return "".join(partner[letter] for letter in reversed(seq) if letter in partner)


# %% exercise="reverse_complement" misconception="another-error"
"""Raises the dictionary's KeyError.

Hint: A KeyError tells a colleague about your dictionary, not about the sequence. Ask `letter not in
partner`, and raise a ValueError with letter and position.
"""


def reverse_complement(seq):
    partner = dict(zip("ACGTNacgtn", "TGCANtgcan"))
    return "".join(partner[letter] for letter in reversed(seq))


# %% exercise="reverse_complement" misconception="position-missing"
"""Names the stranger, and not its position counted from 0.

Hint: In a chromosome of thirty million letters, "there is an X" is little help. `seq[position]` should be
the letter in question. Where does `enumerate` begin to count?
"""


def reverse_complement(seq):
    partner = dict(zip("ACGTNacgtn", "TGCANtgcan"))
    for position, letter in enumerate(seq, 1):
        if letter not in partner:
            raise ValueError(f"{letter!r} at position {position}")
    return "".join(partner[letter] for letter in reversed(seq))


# %% exercise="reverse_complement" misconception="position-from-the-end"
"""Looks for strangers after turning the sequence round.

Hint: Position and "first" belong to the sequence as it came. Look for strangers before you turn it round.
"""


def reverse_complement(seq):
    partner = dict(zip("ACGTNacgtn", "TGCANtgcan"))
    other = ""
    for position, letter in enumerate(reversed(seq)):
        if letter not in partner:
            raise ValueError(f"{letter!r} at position {position}")
        other += partner[letter]
    return other


# %% exercise="reverse_complement" misconception="last-stranger"
"""Names the last stranger instead of the first.

Hint: Your loop goes on after the first stranger and forgets it. `raise` ends the function at once: where
must it stand?
"""


def reverse_complement(seq):
    partner = dict(zip("ACGTNacgtn", "TGCANtgcan"))
    strange = None
    for position, letter in enumerate(seq):
        if letter not in partner:
            strange = f"{letter!r} at position {position}"
    if strange:
        raise ValueError(strange)
    return "".join(partner[letter] for letter in reversed(seq))


# %% exercise="count_kmers" misconception="str-count"
"""Counts each word with `str.count`, which doesn't let words overlap.

Hint: `"AAA".count("AA")` is 1, for it goes on behind the word that it found. Slide one letter at a time.
"""


def count_kmers(seq, k):
    if k < 1:
        raise ValueError("k")
    return {seq[i : i + k]: seq.count(seq[i : i + k]) for i in range(len(seq) - k + 1)}


# %% exercise="count_kmers" misconception="last-window-missing"
"""Stops one window too early.

Hint: For `AAAC` and k = 4 there is one start, 0. What does `range(len(seq) - k)` give then?
"""


def count_kmers(seq, k):
    if k < 1:
        raise ValueError("k")
    counts = {}
    for start in range(len(seq) - k):
        word = seq[start : start + k]
        counts[word] = counts.get(word, 0) + 1
    return counts


# %% exercise="count_kmers" misconception="windows-hang-over"
"""Starts a window at every letter, so that the last ones are short.

Hint: Slices never complain: `"AAAC"[3:5]` is `"C"`. Which is the last start at which k letters are left?
"""


def count_kmers(seq, k):
    if k < 1:
        raise ValueError("k")
    counts = {}
    for start in range(len(seq)):
        word = seq[start : start + k]
        counts[word] = counts.get(word, 0) + 1
    return counts


# %% exercise="count_kmers" misconception="steps-of-k"
"""Goes on by k letters each time, as one reads codons.

Hint: Codons don't overlap, k-mers do. How far does the window move from one to the next?
"""


def count_kmers(seq, k):
    if k < 1:
        raise ValueError("k")
    counts = {}
    for start in range(0, len(seq) - k + 1, k):
        word = seq[start : start + k]
        counts[word] = counts.get(word, 0) + 1
    return counts


# %% exercise="count_kmers" misconception="counts-start-at-zero"
"""Enters a new word with 0, so that every count is one too low.

Hint: When you meet a word for the first time, how often have you met it?
"""


def count_kmers(seq, k):
    if k < 1:
        raise ValueError("k")
    counts = {}
    for start in range(len(seq) - k + 1):
        word = seq[start : start + k]
        counts[word] = counts[word] + 1 if word in counts else 0
    return counts


# %% exercise="count_kmers" misconception="each-word-once"
"""Notes that a word occurs, and not how often.

Hint: `counts[word] = 1` overwrites what was there. What should be added to what?
"""


def count_kmers(seq, k):
    if k < 1:
        raise ValueError("k")
    return {seq[start : start + k]: 1 for start in range(len(seq) - k + 1)}


# %% exercise="count_kmers" misconception="any-k"
"""Takes any k, also 0 and below.

Hint: With k = 0 every window is empty, and you count nothing many times. Say so before you begin.
"""


def count_kmers(seq, k):
    counts = {}
    for start in range(len(seq) - k + 1):
        word = seq[start : start + k]
        counts[word] = counts.get(word, 0) + 1
    return counts


# %% exercise="count_kmers" misconception="too-short-refused"
"""Raises an error for a sequence shorter than k.

Hint: A short sequence isn't wrong, there is just nothing to count: the dictionary is empty.
"""


def count_kmers(seq, k):
    if k < 1 or k > len(seq):
        raise ValueError("k")
    counts = {}
    for start in range(len(seq) - k + 1):
        word = seq[start : start + k]
        counts[word] = counts.get(word, 0) + 1
    return counts


# %% exercise="count_kmers" misconception="zero-refused-only"
"""Refuses 0 and lets negative k pass.

Hint: `if not k` is true for 0 alone. Which comparison leaves out all numbers below 1?
"""


def count_kmers(seq, k):
    if not k:
        raise ValueError("k")
    counts = {}
    for start in range(len(seq) - k + 1):
        word = seq[start : start + k]
        counts[word] = counts.get(word, 0) + 1
    return counts


# %% exercise="count_kmers" misconception="folds-case"
"""Makes all letters capital before counting.

Hint: That was right for the GC content. Here letters count as they stand.
"""


def count_kmers(seq, k):
    if k < 1:
        raise ValueError("k")
    counts = {}
    for start in range(len(seq) - k + 1):
        word = seq[start : start + k].upper()
        counts[word] = counts.get(word, 0) + 1
    return counts


# %% exercise="count_kmers" misconception="both-strands"
"""Takes a word and its reverse complement for one.

Hint: Programs that count k-mers on both strands do so. Here each word counts as it stands.
"""


def count_kmers(seq, k):
    if k < 1:
        raise ValueError("k")
    counts = {}
    for start in range(len(seq) - k + 1):
        word = seq[start : start + k]
        word = min(word, word[::-1].translate(str.maketrans("ACGT", "TGCA")))
        counts[word] = counts.get(word, 0) + 1
    return counts


# %% exercise="count_kmers" misconception="returns-in-the-loop"
"""Returns after the first window.

Hint: `return` ends the function at once. Is yours indented as far as the lines of the loop, or as far as `for`?
"""


def count_kmers(seq, k):
    if k < 1:
        raise ValueError("k")
    counts = {}
    for start in range(len(seq) - k + 1):
        word = seq[start : start + k]
        counts[word] = counts.get(word, 0) + 1
        return counts
    return counts


# %% exercise="count_kmers" misconception="returns-the-error"
"""Returns a ValueError for k below 1 instead of raising it.

Hint: An error that is returned is a value like others, and the caller goes on with it. Which word stops the
function?
"""


def count_kmers(seq, k):
    if k < 1:
        return ValueError("k")
    counts = {}
    for start in range(len(seq) - k + 1):
        word = seq[start : start + k]
        counts[word] = counts.get(word, 0) + 1
    return counts


# %% exercise="build_vocab" misconception="order-of-appearance"
"""Numbers letters in the order in which they first occur.

Hint: With the words in another order the numbers would change. What puts letters into an order that never
changes?
"""


def build_vocab(words):
    letters = list(dict.fromkeys("".join(words)))
    stoi = {letter: number for number, letter in enumerate([".", *letters])}
    return stoi, {number: letter for letter, number in stoi.items()}


# %% exercise="build_vocab" misconception="set-order"
"""Numbers letters in the order in which a set happens to hand them out.

Hint: A set has no order of its own, and Python may choose another one tomorrow. Which function makes a list
in order?
"""


def build_vocab(words):
    letters = sorted(set("".join(words)), key=lambda letter: (hash(letter), letter))
    stoi = {letter: number for number, letter in enumerate([".", *letters])}
    return stoi, {number: letter for letter, number in stoi.items()}


# %% exercise="build_vocab" misconception="zero-taken"
"""Gives 0 to the first letter and puts the mark at the end.

Hint: Number 0 belongs to the mark. Which number does the first letter get then?
"""


def build_vocab(words):
    symbols = [*sorted(set("".join(words))), "."]
    return {symbol: number for number, symbol in enumerate(symbols)}, dict(enumerate(symbols))


# %% exercise="build_vocab" misconception="no-mark"
"""Leaves the mark out and numbers letters from 0.

Hint: Where is the symbol for start and end?
"""


def build_vocab(words):
    symbols = sorted(set("".join(words)))
    return {symbol: number for number, symbol in enumerate(symbols)}, dict(enumerate(symbols))


# %% exercise="build_vocab" misconception="mark-shares-zero"
"""Gives 0 to the mark and to the first letter.

Hint: Two symbols with one number can't be told apart on the way back. Where should the letters begin?
"""


def build_vocab(words):
    stoi = {letter: number for number, letter in enumerate(sorted(set("".join(words))))}
    stoi["."] = 0
    return stoi, {number: symbol for symbol, number in stoi.items()}


# %% exercise="build_vocab" misconception="mark-sorted-along"
"""Sorts the mark among the letters.

Hint: A hyphen and an asterisk sort before a full stop, and would get the 0. Sort the letters alone, then
put the mark in front.
"""


def build_vocab(words):
    symbols = sorted(set(".".join([*words, ""])) | {"."})
    return {symbol: number for number, symbol in enumerate(symbols)}, dict(enumerate(symbols))


# %% exercise="build_vocab" misconception="numbers-words"
"""Numbers whole words instead of letters.

Hint: What does a loop over `words` hand out, and what a loop over `"".join(words)`?
"""


def build_vocab(words):
    symbols = [".", *sorted(set(words))]
    return {symbol: number for number, symbol in enumerate(symbols)}, dict(enumerate(symbols))


# %% exercise="build_vocab" misconception="numbers-with-gaps"
"""Computes each number from the place in the alphabet, which leaves gaps.

Hint: Dense means without gaps: three letters have the numbers 1, 2 and 3, whichever they are. Number the
letters that occur.
"""


def build_vocab(words):
    stoi = {".": 0} | {letter: ord(letter) for letter in sorted(set("".join(words)))}
    return stoi, {number: symbol for symbol, number in stoi.items()}


# %% exercise="build_vocab" misconception="dictionaries-swapped"
"""Returns itos first and stoi second.

Hint: The statement says in which order. A caller who writes `stoi, itos = build_vocab(words)` trusts it.
"""


def build_vocab(words):
    symbols = [".", *sorted(set("".join(words)))]
    return dict(enumerate(symbols)), {symbol: number for number, symbol in enumerate(symbols)}


# %% exercise="build_vocab" misconception="one-way"
"""Returns stoi only.

Hint: Two dictionaries go back, separated by a comma. The second is the first turned round.
"""


def build_vocab(words):
    return {symbol: number for number, symbol in enumerate([".", *sorted(set("".join(words)))])}


# %% exercise="build_vocab" misconception="folds-case"
"""Makes all letters small.

Hint: In soft-masked DNA `a` and `A` mean different things. Letters count as they stand.
"""


def build_vocab(words):
    symbols = [".", *sorted(set("".join(words).lower()))]
    return {symbol: number for number, symbol in enumerate(symbols)}, dict(enumerate(symbols))


# %% exercise="build_vocab" misconception="first-word-only"
"""Takes its letters from the first word.

Hint: A letter may occur in the last word only. Is your `return` inside of a loop?
"""


def build_vocab(words):
    symbols = [".", *sorted(set("".join(words[:1])))]
    return {symbol: number for number, symbol in enumerate(symbols)}, dict(enumerate(symbols))


# %% exercise="mean_by_group" misconception="next-for-continue"
"""Writes R's `next` to leave a row out, which does nothing in Python.

Hint: A bare `next` names a function and doesn't call it, so that the loop goes on with the missing value. What is
R's `next` called here?
"""


def mean_by_group(rows, group, value):
    drawers = {}
    for row in rows:
        number = row.get(value)
        if number is None or math.isnan(number):
            next  # noqa: B018
        drawers.setdefault(row[group], []).append(number)
    return {name: sum(numbers) / len(numbers) for name, numbers in drawers.items()}


# %% exercise="mean_by_group" misconception="mean-of-means"
"""Takes the mean of the mean so far and the new value.

Hint: For 1, 2 and 6 that gives ((1 + 2) / 2 + 6) / 2 = 3.75: the last value weighs as much as all before
it. Keep sum and number, and divide once.
"""


def mean_by_group(rows, group, value):
    means = {}
    for row in rows:
        number = row.get(value)
        if number is not None and not math.isnan(number):
            name = row[group]
            means[name] = (means[name] + number) / 2 if name in means else float(number)
    return means


# %% exercise="mean_by_group" misconception="missing-as-zero"
"""Takes a missing value for 0.

Hint: A well that wasn't measured isn't a well without fluorescence. Leave the row out.
"""


def mean_by_group(rows, group, value):
    drawers = {}
    for row in rows:
        number = row.get(value)
        if number is None or math.isnan(number):
            number = 0
        drawers.setdefault(row[group], []).append(number)
    return {name: sum(numbers) / len(numbers) for name, numbers in drawers.items()}


# %% exercise="mean_by_group" misconception="divides-by-all-rows"
"""Leaves missing values out of the sum, and counts their rows.

Hint: Divided by what? The number of values that went into the sum, not the number of rows.
"""


def mean_by_group(rows, group, value):
    sums, counts, seen = {}, {}, set()
    for row in rows:
        name, number = row[group], row.get(value)
        counts[name] = counts.get(name, 0) + 1
        if number is not None and not math.isnan(number):
            sums[name] = sums.get(name, 0) + number
            seen.add(name)
    return {name: sums[name] / counts[name] for name in seen}


# %% exercise="mean_by_group" misconception="zero-as-missing"
"""Leaves out zeros together with missing values.

Hint: `if number` is false for 0 as well as for None. 0 is a value. Ask `is not None`.
"""


def mean_by_group(rows, group, value):
    drawers = {}
    for row in rows:
        number = row.get(value)
        if number and not math.isnan(number):
            drawers.setdefault(row[group], []).append(number)
    return {name: sum(numbers) / len(numbers) for name, numbers in drawers.items()}


# %% exercise="mean_by_group" misconception="nan-goes-in"
"""Leaves out None, and lets nan into the sum.

Hint: Anything plus nan is nan, so one bad well spoils its group. Nothing is equal to nan, not even nan, so
that `number != math.nan` always holds. Which function asks?
"""


def mean_by_group(rows, group, value):
    drawers = {}
    for row in rows:
        number = row.get(value)
        if number is not None:
            drawers.setdefault(row[group], []).append(number)
    return {name: sum(numbers) / len(numbers) for name, numbers in drawers.items()}


# %% exercise="mean_by_group" misconception="key-must-be-there"
"""Looks the value up in every row, though it may be absent.

Hint: `row[value]` raises a KeyError where the column is absent. Which method of a dictionary gives None
then?
"""


def mean_by_group(rows, group, value):
    drawers = {}
    for row in rows:
        number = row[value]
        if number is not None and not math.isnan(number):
            drawers.setdefault(row[group], []).append(number)
    return {name: sum(numbers) / len(numbers) for name, numbers in drawers.items()}


# %% exercise="mean_by_group" misconception="empty-groups-at-zero"
"""Gives a group without any value the mean 0.

Hint: Nothing was measured, so nothing is known. When should a group's drawer come into being?
"""


def mean_by_group(rows, group, value):
    drawers = {row[group]: [] for row in rows}
    for row in rows:
        number = row.get(value)
        if number is not None and not math.isnan(number):
            drawers[row[group]].append(number)
    return {name: sum(numbers) / len(numbers) if numbers else 0.0 for name, numbers in drawers.items()}


# %% exercise="mean_by_group" misconception="empty-groups-at-nan"
"""Gives a group without any value the mean nan.

Hint: The statement says that such a group isn't in the dictionary. When should its drawer come into being?
"""


def mean_by_group(rows, group, value):
    drawers = {row[group]: [] for row in rows}
    for row in rows:
        number = row.get(value)
        if number is not None and not math.isnan(number):
            drawers[row[group]].append(number)
    return {name: sum(numbers) / len(numbers) if numbers else math.nan for name, numbers in drawers.items()}


# %% exercise="mean_by_group" misconception="sums"
"""Gives each group's sum.

Hint: One step is missing: by what is the sum divided?
"""


def mean_by_group(rows, group, value):
    sums = {}
    for row in rows:
        number = row.get(value)
        if number is not None and not math.isnan(number):
            sums[row[group]] = sums.get(row[group], 0.0) + number
    return sums


# %% exercise="mean_by_group" misconception="last-value"
"""Keeps the last value of each group.

Hint: `drawers[name] = number` throws out what was there. What should a drawer hold?
"""


def mean_by_group(rows, group, value):
    drawers = {}
    for row in rows:
        number = row.get(value)
        if number is not None and not math.isnan(number):
            drawers[row[group]] = float(number)
    return drawers


# %% exercise="mean_by_group" misconception="median"
"""Takes the median of each group.

Hint: The middle value is another summary than the mean, and often a good one. Here the mean is asked for.
"""
import statistics


def mean_by_group(rows, group, value):
    drawers = {}
    for row in rows:
        number = row.get(value)
        if number is not None and not math.isnan(number):
            drawers.setdefault(row[group], []).append(number)
    return {name: float(statistics.median(numbers)) for name, numbers in drawers.items()}


# %% exercise="mean_by_group" misconception="fixed-columns"
"""Reads the columns gene and cq, whatever names it was given.

Hint: `row["gene"]` always reads the column gene. `row[group]`, without quotes, reads the one whose name is
in `group`.
"""


def mean_by_group(rows, group, value):
    drawers = {}
    for row in rows:
        number = row.get("cq")
        if number is not None and not math.isnan(number):
            drawers.setdefault(row["gene"], []).append(number)
    return {name: sum(numbers) / len(numbers) for name, numbers in drawers.items()}


# %% exercise="mean_by_group" misconception="groups-as-text"
"""Makes every group's name a text.

Hint: A plate's number 2 and the text "2" are two different keys. Use the group as it stands.
"""


def mean_by_group(rows, group, value):
    drawers = {}
    for row in rows:
        number = row.get(value)
        if number is not None and not math.isnan(number):
            drawers.setdefault(str(row[group]), []).append(number)
    return {name: sum(numbers) / len(numbers) for name, numbers in drawers.items()}


# %% exercise="mean_by_group" misconception="fills-the-rows"
"""Writes into the rows that it was given.

Hint: The rows belong to the caller, who will count the gaps later. Read from them, and write to your own
dictionary.
"""


def mean_by_group(rows, group, value):
    drawers = {}
    for row in rows:
        row[value] = row.get(value, None)
        if row[value] is not None and not math.isnan(row[value]):
            drawers.setdefault(row[group], []).append(row[value])
    return {name: sum(numbers) / len(numbers) for name, numbers in drawers.items()}


# %% exercise="running_mean" misconception="last-window-missing"
"""Stops one window too early.

Hint: How many windows of 2 fit into four numbers? Write their starts down, and compare with your `range`.
"""


def running_mean(xs, window):
    if window < 1 or window > len(xs):
        raise ValueError("window")
    return [sum(xs[start : start + window]) / window for start in range(len(xs) - window)]


# %% exercise="running_mean" misconception="padded"
"""Gives as many means as numbers, the first ones of fewer numbers.

Hint: Nothing is padded: a mean of two numbers begins where two numbers are there. There are n - window + 1
of them.
"""


def running_mean(xs, window):
    if window < 1 or window > len(xs):
        raise ValueError("window")
    parts = [xs[max(0, end - window) : end] for end in range(1, len(xs) + 1)]
    return [sum(part) / len(part) for part in parts]


# %% exercise="running_mean" misconception="padded-with-zeros"
"""Puts zeros in front, so that there are as many means as numbers.

Hint: A zero that nobody measured pulls the mean down. Begin where the first whole window is.
"""


def running_mean(xs, window):
    if window < 1 or window > len(xs):
        raise ValueError("window")
    padded = [0.0] * (window - 1) + list(xs)
    return [sum(padded[start : start + window]) / window for start in range(len(xs))]


# %% exercise="running_mean" misconception="running-sum"
"""Carries one sum along, adding what comes in and subtracting what goes out.

Hint: On paper that is the same. But 1e16 + 1.0 is 1e16: what is lost once never comes back when the large
number goes. Sum each window afresh.
"""


def running_mean(xs, window):
    if window < 1 or window > len(xs):
        raise ValueError("window")
    total = float(sum(xs[:window]))
    means = [total / window]
    for start in range(len(xs) - window):
        total += xs[start + window] - xs[start]
        means.append(total / window)
    return means


# %% exercise="running_mean" misconception="differences-of-sums"
"""Takes differences of the sums from the beginning.

Hint: Both sums are large where an early number was large, and their difference has lost the small digits.
Sum each window on its own.
"""
from itertools import accumulate


def running_mean(xs, window):
    if window < 1 or window > len(xs):
        raise ValueError("window")
    sums = [0.0, *accumulate(map(float, xs))]
    return [(sums[end] - sums[end - window]) / window for end in range(window, len(sums))]


# %% exercise="running_mean" misconception="blocks"
"""Takes the mean of one block after the other, without overlap.

Hint: The window moves by one number each time. How many means should four numbers have with a window of 2?
"""


def running_mean(xs, window):
    if window < 1 or window > len(xs):
        raise ValueError("window")
    return [sum(xs[start : start + window]) / window for start in range(0, len(xs) - window + 1, window)]


# %% exercise="running_mean" misconception="from-the-beginning"
"""Takes the mean of all numbers so far.

Hint: A window has a fixed width: what comes in at one end goes out at the other.
"""


def running_mean(xs, window):
    if window < 1 or window > len(xs):
        raise ValueError("window")
    return [sum(xs[:end]) / end for end in range(window, len(xs) + 1)]


# %% exercise="running_mean" misconception="wide-window-gives-nothing"
"""Returns an empty list where the window is wider than the list.

Hint: An empty list looks like a result. The statement asks for a ValueError.
"""


def running_mean(xs, window):
    if window < 1:
        raise ValueError("window")
    return [sum(xs[start : start + window]) / window for start in range(len(xs) - window + 1)]


# %% exercise="running_mean" misconception="any-small-window"
"""Takes windows of 0 and below.

Hint: A mean of no numbers is 0/0. Which error does a window of 0 deserve, and what do negative ones do in
your slices?
"""


def running_mean(xs, window):
    if window > len(xs):
        raise ValueError("window")
    if window == 0:
        return []
    return [sum(xs[start : start + window]) / window for start in range(len(xs) - window + 1)]


# %% exercise="running_mean" misconception="whole-list-refused"
"""Refuses a window as wide as the list.

Hint: One window does fit then, and it has a mean. Look at your comparison: above, or equal?
"""


def running_mean(xs, window):
    if window < 1 or window >= len(xs):
        raise ValueError("window")
    return [sum(xs[start : start + window]) / window for start in range(len(xs) - window + 1)]


# %% exercise="running_mean" misconception="whole-numbers"
"""Divides without the digits behind the point.

Hint: `//` rounds down. Which division keeps the half of 1.5?
"""


def running_mean(xs, window):
    if window < 1 or window > len(xs):
        raise ValueError("window")
    return [sum(xs[start : start + window]) // window for start in range(len(xs) - window + 1)]


# %% exercise="running_mean" misconception="running-median"
"""Takes the median of each window.

Hint: A running median is good against spikes, and another thing. Here the mean is asked for.
"""
import statistics


def running_mean(xs, window):
    if window < 1 or window > len(xs):
        raise ValueError("window")
    return [float(statistics.median(xs[start : start + window])) for start in range(len(xs) - window + 1)]


# %% exercise="running_mean" misconception="eats-the-list"
"""Takes the numbers out of the caller's list as it goes.

Hint: `pop` changes the list itself, and it is the caller's. Look at slices of it instead.
"""


def running_mean(xs, window):
    if window < 1 or window > len(xs):
        raise ValueError("window")
    means = []
    while len(xs) >= window:
        means.append(sum(xs[:window]) / window)
        xs.pop(0)
    return means


# %% exercise="amplification_cycle" misconception="whole-cycle"
"""Gives the whole cycle in which the threshold is passed.

Hint: The crossing lies between two cycles. How far along the line from the one reading to the other?
"""


def amplification_cycle(fluorescence, threshold):
    for cycle, reading in enumerate(fluorescence, 1):
        if reading >= threshold:
            return float(cycle)
    return None


# %% exercise="amplification_cycle" misconception="last-crossing"
"""Gives the last crossing.

Hint: Readings may fall and rise again. What ends your loop at the first one?
"""


def amplification_cycle(fluorescence, threshold):
    found = 1.0 if fluorescence and fluorescence[0] >= threshold else None
    for place in range(1, len(fluorescence)):
        before, reading = fluorescence[place - 1], fluorescence[place]
        if before < threshold <= reading:
            found = place + (threshold - before) / (reading - before)
    return found


# %% exercise="amplification_cycle" misconception="cycles-from-zero"
"""Counts cycles from 0.

Hint: Places in a list count from 0, cycles from 1. Readings 0.1, 0.2, 0.4, 0.8 reach 0.3 between cycles 2
and 3.
"""


def amplification_cycle(fluorescence, threshold):
    for place, reading in enumerate(fluorescence):
        if reading >= threshold:
            if place == 0:
                return 0.0
            before = fluorescence[place - 1]
            return place - 1 + (threshold - before) / (reading - before)
    return None


# %% exercise="amplification_cycle" misconception="one-cycle-late"
"""Adds the fraction to the cycle after the crossing instead of the one before.

Hint: The line starts at the reading *before* the crossing. What number does that cycle have?
"""


def amplification_cycle(fluorescence, threshold):
    for place, reading in enumerate(fluorescence):
        if reading >= threshold:
            if place == 0:
                return 1.0
            before = fluorescence[place - 1]
            return place + 1 + (threshold - before) / (reading - before)
    return None


# %% exercise="amplification_cycle" misconception="fraction-turned-round"
"""Measures the fraction from the reading after the crossing.

Hint: Near the left reading the fraction is small. Put the threshold just above it and look at what your
formula says.
"""


def amplification_cycle(fluorescence, threshold):
    for place, reading in enumerate(fluorescence):
        if reading >= threshold:
            if place == 0:
                return 1.0
            before = fluorescence[place - 1]
            return place + (reading - threshold) / (reading - before)
    return None


# %% exercise="amplification_cycle" misconception="always-halfway"
"""Puts the crossing halfway between the two cycles.

Hint: In the example it is halfway. Where is it if the threshold lies just above the left reading?
"""


def amplification_cycle(fluorescence, threshold):
    for place, reading in enumerate(fluorescence):
        if reading >= threshold:
            return 1.0 if place == 0 else place + 0.5
    return None


# %% exercise="amplification_cycle" misconception="strictly-above"
"""Asks for a reading above the threshold, so that one equal to it doesn't count.

Hint: *At or above*: readings may touch the threshold and fall again, or end there. Which comparison
includes equality?
"""


def amplification_cycle(fluorescence, threshold):
    for place, reading in enumerate(fluorescence):
        if reading > threshold:
            if place == 0:
                return 1.0
            before = fluorescence[place - 1]
            return place + (threshold - before) / (reading - before)
    return None


# %% exercise="amplification_cycle" misconception="start-overlooked"
"""Looks for a rise through the threshold, and overlooks readings that begin above it.

Hint: What if the very first reading is there already? Your loop over pairs never looks at it alone.
"""


def amplification_cycle(fluorescence, threshold):
    for place in range(1, len(fluorescence)):
        before, reading = fluorescence[place - 1], fluorescence[place]
        if before < threshold <= reading:
            return place + (threshold - before) / (reading - before)
    return None


# %% exercise="amplification_cycle" misconception="start-extrapolated"
"""Takes the last reading for the one before the first.

Hint: `fluorescence[-1]` is no error in Python: it is the *last* reading. The first cycle needs a case of
its own.
"""


def amplification_cycle(fluorescence, threshold):
    for place, reading in enumerate(fluorescence):
        if reading >= threshold:
            before = fluorescence[place - 1]
            return place + (threshold - before) / (reading - before) if reading != before else 1.0
    return None


# %% exercise="amplification_cycle" misconception="falls-count"
"""Takes the way down through the threshold for a crossing as well.

Hint: A curve that begins at 2 and falls to 0 didn't amplify. Begun above the threshold, the answer is 1.0.
"""


def amplification_cycle(fluorescence, threshold):
    for place in range(1, len(fluorescence)):
        before, reading = fluorescence[place - 1], fluorescence[place]
        if before != reading and min(before, reading) <= threshold <= max(before, reading):
            return place + (threshold - before) / (reading - before)
    return 1.0 if fluorescence and fluorescence[0] >= threshold else None


# %% exercise="amplification_cycle" misconception="never-is-the-last-cycle"
"""Gives the number of cycles where the threshold is never reached.

Hint: "After 40 cycles" and "never seen" are two findings. `None` keeps them apart.
"""


def amplification_cycle(fluorescence, threshold):
    for place, reading in enumerate(fluorescence):
        if reading >= threshold:
            if place == 0:
                return 1.0
            before = fluorescence[place - 1]
            return place + (threshold - before) / (reading - before)
    return float(len(fluorescence))


# %% exercise="amplification_cycle" misconception="never-is-zero"
"""Gives 0 where the threshold is never reached.

Hint: A cycle of 0 would mean more template than anything can have. `None` says that there is no answer.
"""


def amplification_cycle(fluorescence, threshold):
    for place, reading in enumerate(fluorescence):
        if reading >= threshold:
            if place == 0:
                return 1.0
            before = fluorescence[place - 1]
            return place + (threshold - before) / (reading - before)
    return 0.0


# %% exercise="amplification_cycle" misconception="gives-up-at-once"
"""Returns None as soon as one reading is below the threshold.

Hint: An `else: return None` inside of the loop ends it in the first cycle. When do you know that it is
*never* reached?
"""


def amplification_cycle(fluorescence, threshold):
    for place, reading in enumerate(fluorescence):
        if reading >= threshold:
            return 1.0 if place == 0 else float(place)
        break
    return None


# %% exercise="amplification_cycle" misconception="logarithmic-line"
"""Draws the line through the logarithms of the readings.

Hint: Exponential growth would make that sensible, but a straight line between the readings themselves is
asked for, and readings may be negative.
"""


def amplification_cycle(fluorescence, threshold):
    for place, reading in enumerate(fluorescence):
        if reading >= threshold:
            if place == 0:
                return 1.0
            before = fluorescence[place - 1]
            if before <= 0:
                return place + (threshold - before) / (reading - before)
            return place + math.log(threshold / before) / math.log(reading / before)
    return None


# %% exercise="amplification_cycle" misconception="zero-before-the-first"
"""Invents a reading of 0 before the first, and mends the answer with max.

Hint: Readings may be negative, or 0 themselves. What does your line give for [-1.0, 0.0] and a threshold of -2.0?
The first cycle needs a case of its own.
"""


def amplification_cycle(fluorescence, threshold):
    before = 0.0
    for place, reading in enumerate(fluorescence):
        if reading >= threshold:
            return max(1.0, place + (threshold - before) / (reading - before))
        before = reading
    return None


# %% exercise="parse_fasta" misconception="strips-before-asking"
"""Takes blanks off both ends of a line before it asks for the `>`.

Hint: Only blanks at the end of a line go. A `>` behind a blank isn't at the beginning of its line.
"""


def parse_fasta(text):
    records, current = {}, None
    for line in text.splitlines():
        line = line.strip()
        if line.startswith(">"):
            current = line[1:].split()[0]
            if current in records:
                raise ValueError("twice")
            records[current] = ""
        elif line:
            if current is None:
                raise ValueError("early")
            records[current] += line
    return records


# %% exercise="parse_fasta" misconception="strips-both-ends"
"""Takes blanks off the front of a line of sequence as well.

Hint: `strip` works at both ends. Which of its brothers leaves the front alone?
"""


def parse_fasta(text):
    records, current = {}, None
    for line in text.splitlines():
        if line.startswith(">"):
            current = line[1:].split()[0]
            if current in records:
                raise ValueError("twice")
            records[current] = ""
        elif line.strip():
            if current is None:
                raise ValueError("early")
            records[current] += line.strip()
    return records


# %% exercise="parse_fasta" misconception="removes-every-blank"
"""Takes out blanks within a line as well.

Hint: A blank in the midst of a sequence is a finding, and whoever reads the dictionary should see it. Only those
at the end of a line go.
"""


def parse_fasta(text):
    records, current = {}, None
    for line in text.splitlines():
        if line.startswith(">"):
            current = line[1:].split()[0]
            if current in records:
                raise ValueError("twice")
            records[current] = ""
        elif line.strip():
            if current is None:
                raise ValueError("early")
            records[current] += "".join(line.split())
    return records


# %% exercise="parse_fasta" misconception="last-record-dropped"
"""Files a record when the next one begins, so that the last is never filed.

Hint: After the last line there is no further `>`. File the record when its header comes, or once more after
the loop.
"""


def parse_fasta(text):
    records, current, parts = {}, None, []
    for line in text.splitlines():
        if line.startswith(">"):
            if current is not None:
                records[current] = "".join(parts)
            current, parts = line[1:].split()[0], []
            if current in records:
                raise ValueError("twice")
        elif line.strip():
            if current is None:
                raise ValueError("early")
            parts.append(line.rstrip())
    return records


# %% exercise="parse_fasta" misconception="keeps-the-mark"
"""Leaves the `>` at the front of the id.

Hint: The `>` says that a header comes; it isn't part of the id. `line[1:]` begins behind it.
"""


def parse_fasta(text):
    records, current = {}, None
    for line in text.splitlines():
        if line.startswith(">"):
            current = line.split()[0]
            if current in records:
                raise ValueError("twice")
            records[current] = ""
        elif line.strip():
            if current is None:
                raise ValueError("early")
            records[current] += line.rstrip()
    return records


# %% exercise="parse_fasta" misconception="keeps-line-breaks"
"""Leaves the line breaks in the sequence.

Hint: Where the file was cut into lines is no part of the sequence. Which method gives lines without their
ends?
"""


def parse_fasta(text):
    records, current = {}, None
    for line in text.splitlines(keepends=True):
        if line.startswith(">"):
            current = line[1:].split()[0]
            if current in records:
                raise ValueError("twice")
            records[current] = ""
        elif line.strip():
            if current is None:
                raise ValueError("early")
            records[current] += line
    return records


# %% exercise="parse_fasta" misconception="keeps-carriage-returns"
"""Splits at `\\n` only, so that files from Windows leave a `\\r` at each line's end.

Hint: Lines may end in `\\r\\n`. `splitlines` knows both kinds, `rstrip` takes off what is left.
"""


def parse_fasta(text):
    records, current = {}, None
    for line in text.split("\n"):
        if line.startswith(">"):
            current = line[1:].split()[0]
            if current in records:
                raise ValueError("twice")
            records[current] = ""
        elif line.strip():
            if current is None:
                raise ValueError("early")
            records[current] += line.rstrip(" \t")
    return records


# %% exercise="parse_fasta" misconception="whole-header"
"""Takes the whole header for the id.

Hint: The id is the first word; what follows is description. What does `"g1 a kinase".split()` give?
"""


def parse_fasta(text):
    records, current = {}, None
    for line in text.splitlines():
        if line.startswith(">"):
            current = line[1:].strip()
            if current in records:
                raise ValueError("twice")
            records[current] = ""
        elif line.strip():
            if current is None:
                raise ValueError("early")
            records[current] += line.rstrip()
    return records


# %% exercise="parse_fasta" misconception="last-line-only"
"""Overwrites the sequence with each line.

Hint: `=` throws out what was there. The lines of a record belong together: add.
"""


def parse_fasta(text):
    records, current = {}, None
    for line in text.splitlines():
        if line.startswith(">"):
            current = line[1:].split()[0]
            if current in records:
                raise ValueError("twice")
            records[current] = ""
        elif line.strip():
            if current is None:
                raise ValueError("early")
            records[current] = line.rstrip()
    return records


# %% exercise="parse_fasta" misconception="first-line-only"
"""Takes one line of sequence for each record.

Hint: A sequence goes on until the next `>`, over as many lines as it takes.
"""


def parse_fasta(text):
    records, current = {}, None
    for line in text.splitlines():
        if line.startswith(">"):
            current = line[1:].split()[0]
            if current in records:
                raise ValueError("twice")
            records[current] = ""
        elif line.strip():
            if current is None:
                raise ValueError("early")
            records[current] = records[current] or line.rstrip()
    return records


# %% exercise="parse_fasta" misconception="later-wins"
"""Lets a second record of the same id take the place of the first.

Hint: One of the two sequences is lost without a word. Ask whether the id is there before you file it.
"""


def parse_fasta(text):
    records, current = {}, None
    for line in text.splitlines():
        if line.startswith(">"):
            current = line[1:].split()[0]
            records[current] = ""
        elif line.strip():
            if current is None:
                raise ValueError("early")
            records[current] += line.rstrip()
    return records


# %% exercise="parse_fasta" misconception="same-id-joined"
"""Joins the sequences of two records of the same id.

Hint: Two genes glued together look like a long one. `setdefault` hides that the id was there. Ask, and
raise.
"""


def parse_fasta(text):
    records, current = {}, None
    for line in text.splitlines():
        if line.startswith(">"):
            current = line[1:].split()[0]
            records.setdefault(current, "")
        elif line.strip():
            if current is None:
                raise ValueError("early")
            records[current] += line.rstrip()
    return records


# %% exercise="parse_fasta" misconception="equal-repeats-pass"
"""Lets an id come twice if its sequence is the same.

Hint: The statement says: even with the same sequence. Ask at the header, before you know what follows.
"""


def parse_fasta(text):
    found = []
    for line in text.splitlines():
        if line.startswith(">"):
            found.append([line[1:].split()[0], ""])
        elif line.strip():
            if not found:
                raise ValueError("early")
            found[-1][1] += line.rstrip()
    records = dict(found)
    if any(records[name] != sequence for name, sequence in found):
        raise ValueError("twice")
    return records


# %% exercise="parse_fasta" misconception="early-text-ignored"
"""Passes over text before the first record.

Hint: Perhaps somebody's first header lost its `>`, and a whole gene goes missing without a word. Stop
instead.
"""


def parse_fasta(text):
    records, current = {}, None
    for line in text.splitlines():
        if line.startswith(">"):
            current = line[1:].split()[0]
            if current in records:
                raise ValueError("twice")
            records[current] = ""
        elif line.strip() and current is not None:
            records[current] += line.rstrip()
    return records


# %% exercise="parse_fasta" misconception="blank-start-refused"
"""Takes blank lines before the first record for text.

Hint: A line of blanks is as good as none, wherever it stands. `line.strip()` is the empty string for it,
which counts as false.
"""


def parse_fasta(text):
    records, current = {}, None
    for line in text.splitlines():
        if line.startswith(">"):
            current = line[1:].split()[0]
            if current in records:
                raise ValueError("twice")
            records[current] = ""
        elif current is None:
            raise ValueError("early")
        else:
            records[current] += line.rstrip()
    return records


# %% exercise="parse_fasta" misconception="blank-line-ends-record"
"""Takes a blank line for the end of a record.

Hint: Only the next `>` ends a record. What comes behind a blank line still belongs to it.
"""


def parse_fasta(text):
    records, current, started = {}, None, False
    for line in text.splitlines():
        if line.startswith(">"):
            current, started = line[1:].split()[0], True
            if current in records:
                raise ValueError("twice")
            records[current] = ""
        elif not line.strip():
            current = None
        elif current is not None:
            records[current] += line.rstrip()
        elif not started:
            raise ValueError("early")
    return records


# %% exercise="parse_fasta" misconception="headers-alone-dropped"
"""Leaves out records without sequence.

Hint: A record with an empty sequence is a record: somebody put it there. File it when you see its header.
"""


def parse_fasta(text):
    records, current, seen = {}, None, set()
    for line in text.splitlines():
        if line.startswith(">"):
            current = line[1:].split()[0]
            if current in seen:
                raise ValueError("twice")
            seen.add(current)
        elif line.strip():
            if current is None:
                raise ValueError("early")
            records[current] = records.get(current, "") + line.rstrip()
    return records


# %% exercise="parse_fasta" misconception="splits-at-every-mark"
"""Cuts the text at every `>`, also at those within a line.

Hint: A description such as `variant A>T` has one, too. Only a `>` at the beginning of a line opens a
record.
"""


def parse_fasta(text):
    early, *chunks = text.split(">")
    if early.strip():
        raise ValueError("early")
    records = {}
    for chunk in chunks:
        header, *lines = chunk.splitlines() or [""]
        name = (header.split() or [""])[0]
        if name in records:
            raise ValueError("twice")
        records[name] = "".join(line.rstrip() for line in lines)
    return records


# %% exercise="parse_fasta" misconception="all-capitals"
"""Makes sequences capital.

Hint: Letters stay as they stand: small ones may mark repeats.
"""


def parse_fasta(text):
    records, current = {}, None
    for line in text.splitlines():
        if line.startswith(">"):
            current = line[1:].split()[0]
            if current in records:
                raise ValueError("twice")
            records[current] = ""
        elif line.strip():
            if current is None:
                raise ValueError("early")
            records[current] += line.rstrip().upper()
    return records

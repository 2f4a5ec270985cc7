"""Week 01's hidden properties: agreement with the reference or an independent oracle, laws, edge cases."""

import math
import random
import re
from collections import Counter
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from autograde.properties import assert_close, assert_equal, assert_raises, exercise, require

PAIRS = {"A": "T", "C": "G", "G": "C", "T": "A", "N": "N"}
PAIRS |= {letter.lower(): partner.lower() for letter, partner in PAIRS.items()}
EPS = 2.0**-52


def sequences(letters: str = "ACGTNacgtn", low: int = 0, high: int = 12) -> st.SearchStrategy[str]:
    """A short sequence over some letters."""
    return st.text(letters, min_size=low, max_size=high)


@exercise("gc_content")
@given(seq=sequences("ACGTNRSacgtnrs- \n", 0, 16))
def test_gc_content_agrees_with_a_count(learner, reference, seq):
    """The share of G and C among all letters, letters for unknown nucleotides included, is found for any sequence."""
    got = learner.gc_content("g" + seq)
    assert_close(got, reference.gc_content("g" + seq))
    assert_close(
        got, sum(letter in "GCgc" for letter in "g" + seq) / (len(seq) + 1), "counted letter by letter"
    )


@exercise("gc_content")
@given(seq=sequences(low=1), other=sequences(low=1))
def test_gc_content_of_joined_pieces_is_a_weighted_mean(learner, seq, other):
    """The GC content of two pieces joined is the mean of theirs, weighted by length."""
    joined = learner.gc_content(seq + other + "C")
    parts = learner.gc_content(seq) * len(seq) + learner.gc_content(other) * len(other) + 1
    assert_close(joined, parts / (len(seq + other) + 1))
    assert_close(learner.gc_content("C" * len(seq) + "N"), len(seq) / (len(seq) + 1), "of C only, and one N")


@exercise("gc_content")
@given(seq=sequences("ACGTN", 1))
def test_case_and_strand_make_no_difference(learner, seq):
    """Small letters, mixed ones and the other strand have the GC content of the capitals."""
    share = sum(letter in "GC" for letter in seq + "G") / (len(seq) + 1)
    mixed = "".join(letter.lower() if place % 2 else letter for place, letter in enumerate(seq + "G"))
    other = "".join(PAIRS[letter] for letter in reversed(seq + "G"))
    for variant in (seq + "G", (seq + "G").lower(), mixed, other):
        assert_close(learner.gc_content(variant), share, variant)


@exercise("gc_content")
@settings(max_examples=12)
@given(n=st.integers(1, 12), letter=st.sampled_from("gCcG"))
def test_gc_content_at_the_edges(learner, n, letter):
    """It is 0 of nothing and of a sequence without G and C, and 1 of a sequence of nothing else."""
    assert_close(learner.gc_content(letter * n), 1.0)
    assert_close(learner.gc_content("AtN" * n), 0.0, "without G and C")
    assert_close(learner.gc_content(""), 0.0, "of the empty string")


@exercise("reverse_complement")
@given(seq=sequences(low=1, high=20))
def test_letters_pair_from_the_other_end(learner, reference, seq):
    """Letter i of the other strand is the partner of letter i of the sequence read from its end."""
    got = learner.reverse_complement(seq)
    assert_equal(got, reference.reverse_complement(seq))
    assert_equal(got, "".join(PAIRS[seq[-1 - place]] for place in range(len(seq))), "letter by letter")


@exercise("reverse_complement")
@given(seq=sequences(high=20), end=st.sampled_from("AcGtn"))
def test_twice_is_where_one_began(learner, seq, end):
    """The other strand of the other strand is the sequence itself, its case included."""
    other = learner.reverse_complement(seq + end)
    assert_equal(other[:1], PAIRS[end], "the first letter of the other strand")
    assert_equal(learner.reverse_complement(other), seq + end, "the other strand's other strand")


@exercise("reverse_complement")
@given(a=sequences(), b=sequences(), c=sequences("ACG", 1))
def test_pieces_change_places(learner, a, b, c):
    """The other strand of three pieces joined is theirs in the opposite order."""
    parts = [learner.reverse_complement(piece) for piece in (c, b, a)]
    whole = learner.reverse_complement(a + b + c)
    assert_equal(whole, "".join(parts))
    assert_equal(whole[0], PAIRS[c[-1]], "the first letter")


@exercise("reverse_complement")
@given(before=sequences(high=25), after=sequences(high=9), stranger=st.sampled_from("XZzx#?Ж"))
def test_a_stranger_is_named_with_its_place(learner, before, after, stranger):
    """A letter without a partner is named with its position, counted from 0."""
    assert_equal(learner.reverse_complement(before + "g" + after)[len(after)], "c", "without a stranger")
    seq = before + stranger + after
    assert_raises(ValueError, learner.reverse_complement, seq, mentions=stranger)
    assert_raises(ValueError, learner.reverse_complement, seq, mentions=str(len(before)))
    try:
        learner.reverse_complement("A" + seq + "C")
    except ValueError as error:
        alone = re.search(rf"(?<!\w){re.escape(stranger)}(?!\w)", str(error))
        require(alone, f"the message doesn't name {stranger!r} by itself", got=str(error))


@exercise("reverse_complement")
@given(before=sequences(high=9), between=sequences(high=9), strangers=st.permutations("XZ#?"))
def test_the_first_stranger_is_named(learner, before, between, strangers):
    """Of several letters without a partner the first is named."""
    assert_equal(learner.reverse_complement(before + "T")[:1], "A", "the first letter, without a stranger")
    first, second, *_ = strangers
    seq = before + first + between + second + "A"
    assert_raises(ValueError, learner.reverse_complement, seq, mentions=first)


@exercise("reverse_complement")
@given(seq=sequences(high=6), stranger=st.sampled_from(["U", "u", " ", "\n", "-", "R", "é", "."]))
def test_blanks_and_other_alphabets_are_refused(learner, seq, stranger):
    """U, a blank, a line break or any other sign raises a ValueError, wherever it stands."""
    assert_equal(learner.reverse_complement(seq + "n")[:1], "n", "the first letter, without a stranger")
    for text in (stranger + seq, seq + stranger, seq + stranger + seq):
        assert_raises(ValueError, learner.reverse_complement, text)


@exercise("count_kmers")
@given(seq=sequences("ACGTacgtN", 0, 14), k=st.integers(1, 5))
def test_each_word_is_counted_where_it_stands(learner, reference, seq, k):
    """Each word's count is the number of places where the sequence goes on with it, and others aren't there."""
    got = learner.count_kmers(seq + "AA", k)
    assert_equal(got, reference.count_kmers(seq + "AA", k))
    for word, count in got.items():
        places = sum((seq + "AA").startswith(word, place) for place in range(len(seq) + 2))
        assert_equal(count, places, f"places of {word}")


@exercise("count_kmers")
@given(unit=sequences("ACG", 1, 3), times=st.integers(2, 6), k=st.integers(1, 7))
def test_repeats_overlap(learner, unit, times, k):
    """In a repeated unit all windows count, those that overlap too."""
    seq = unit * times
    windows = Counter("".join(letters) for letters in zip(*(seq[shift:] for shift in range(k)), strict=False))
    assert_equal(learner.count_kmers(seq, k), dict(windows))


@exercise("count_kmers")
@given(seq=sequences("ACgN?", 1, 10), k=st.integers(1, 6))
def test_read_backwards_the_words_are_backwards(learner, seq, k):
    """The sequence read backwards has each word backwards, as often; single letters are counted as they are."""
    forwards = learner.count_kmers(seq, k)
    backwards = learner.count_kmers(seq[::-1], k)
    assert_equal({word[::-1]: count for word, count in backwards.items()}, forwards)
    assert_equal(learner.count_kmers(seq, 1), dict(Counter(seq)), "single letters")


@exercise("count_kmers")
@given(seq=sequences("ACGT", 1, 7), more=st.integers(0, 3))
def test_the_longest_word_is_the_sequence(learner, seq, more):
    """With k = len(seq) the one word is the sequence; with more there is none; written twice it is found twice."""
    places = sum((seq + seq).startswith(seq, place) for place in range(len(seq) + 1))
    assert_equal(learner.count_kmers(seq + seq, len(seq)).get(seq), places, "written twice")
    assert_equal(learner.count_kmers(seq, len(seq)), {seq: 1})
    assert_equal(learner.count_kmers(seq, len(seq) + 1 + more), {})


@exercise("count_kmers")
@settings(max_examples=15)
@given(seq=sequences("ACGT", 0, 4), k=st.integers(-6, 0))
def test_no_word_is_shorter_than_one(learner, seq, k):
    """A k of 0 or less raises a ValueError, and 1 doesn't."""
    assert_equal(learner.count_kmers(seq + "T", 1), dict(Counter(seq + "T")), "with k=1")
    assert_raises(ValueError, learner.count_kmers, seq, k)


def vocabularies() -> st.SearchStrategy[list[str]]:
    """Lists of words over capitals, small letters, signs that sort before a full stop, and others."""
    return st.lists(sequences("bBaZz-'é*Ж0", 0, 5), max_size=6)


@exercise("build_vocab")
@given(words=vocabularies(), last=st.sampled_from("ACGTacgt-*"))
def test_vocabulary_agrees_with_the_reference(learner, reference, words, last):
    """Both dictionaries have every symbol once: the mark at 0, the letters sorted and dense from 1."""
    got = tuple(learner.build_vocab([*words, last]))
    assert_equal(got, reference.build_vocab([*words, last]))
    numbers = {letter: 1 + number for number, letter in enumerate(sorted({*"".join(words), last}))}
    assert_equal(got[0], {".": 0, **numbers}, "stoi")


@exercise("build_vocab")
@given(words=vocabularies(), seed=st.integers(0, 999))
def test_how_words_are_cut_is_nothing(learner, words, seed):
    """Words in another order, twice, or as single letters give the same vocabulary."""
    words = [*words, "hb"]
    expected = tuple(learner.build_vocab(words))
    letters = [*"".join(words), ""]
    random.Random(seed).shuffle(letters)
    for variant in (letters, words[::-1] + words, ["".join(letters)]):
        assert_equal(tuple(learner.build_vocab(variant)), expected)
    assert_equal(expected[1][len(expected[1]) - 1], max(letters), "the last symbol")


@exercise("build_vocab")
@given(words=vocabularies())
def test_symbols_come_back_from_their_numbers(learner, words):
    """Each symbol has a number from 0 on, none is left out, and itos gives the symbol back."""
    words = [*words, "Q"]
    stoi, itos = learner.build_vocab(words)
    assert_equal(sorted(stoi.values()), list(range(len({*"".join(words)}) + 1)), "the numbers, sorted")
    assert_equal([itos[stoi[letter]] for letter in "".join(words)], list("".join(words)), "there and back")
    assert_equal(itos[0], ".", "symbol 0")


@exercise("build_vocab")
@settings(max_examples=10)
@given(n=st.integers(0, 3), letter=st.sampled_from("a-Z"))
def test_without_letters_there_is_the_mark(learner, n, letter):
    """Without words, or with empty ones only, the mark is alone."""
    assert_equal(tuple(learner.build_vocab([""] * n)), ({".": 0}, {0: "."}))
    assert_equal(tuple(learner.build_vocab(["", letter])), ({".": 0, letter: 1}, {0: ".", 1: letter}))


def measured() -> st.SearchStrategy:
    """A value that is there: a half, a whole number, or 0."""
    return st.integers(-40, 40).map(lambda steps: steps / 2) | st.integers(-3, 3)


def gaps() -> st.SearchStrategy:
    """A value that is missing; "absent" takes the key away."""
    return st.sampled_from([None, math.nan, "absent"])


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[dict], str, str]:
    """Rows with a column of groups, one of values with gaps, and one that is nobody's business; and their names."""
    group, value = draw(st.sampled_from([("gene", "cq"), ("value", "group"), ("plate", "OD 600")]))
    names = draw(st.sampled_from([["x", "yy", "X"], [0, 1, 2], ["a", 3, ""]]))
    rows = []
    for _ in range(draw(st.integers(1, 9))):
        row = {
            "note": 99.0,
            group: draw(st.sampled_from(names)),
            value: draw(measured() | measured() | gaps()),
        }
        if row[value] == "absent":
            del row[value]
        rows.append(row)
    return rows, group, value


def there(row: dict, value: str) -> bool:
    """Whether a row has a value: nan is the only number that isn't itself."""
    return row.get(value) is not None and row[value] == row[value]


def exact_means(rows: list[dict], group: str, value: str) -> dict:
    """The means in exact fractions, group by group."""
    found = {}
    for name in {row[group] for row in rows if there(row, value)}:
        own = [Fraction(row[value]) for row in rows if row[group] == name and there(row, value)]
        found[name] = float(sum(own) / len(own))
    return found


@exercise("mean_by_group")
@given(table=tables(), extra=measured())
def test_means_agree_with_exact_ones(learner, table, extra):
    """Each group's mean is that of its values that aren't missing, and groups without any aren't there."""
    rows, group, value = table
    rows = [*rows, {group: "last", value: extra}, {group: "never", value: None}]
    assert_close(learner.mean_by_group(rows, group, value), exact_means(rows, group, value))


@exercise("mean_by_group")
@given(table=tables(), extra=measured())
def test_weighted_group_means_give_the_grand_mean(learner, table, extra):
    """Group means weighted by the number of their values add up to the sum of all values."""
    rows, group, value = table
    rows = [*rows, {group: "x", value: extra}]
    means = learner.mean_by_group(rows, group, value)
    counts = Counter(row[group] for row in rows if there(row, value))
    assert_equal(set(means), set(counts), "the groups")
    total = sum(row[value] for row in rows if there(row, value))
    assert_close(sum(means[name] * counts[name] for name in counts), float(total), "sum of mean times number")
    assert_close(means["x"], exact_means(rows, group, value)["x"], "the mean of group x")


@exercise("mean_by_group")
@given(table=tables(), seed=st.integers(0, 999), shift=st.integers(1, 20))
def test_order_is_nothing_and_shifts_go_through(learner, table, seed, shift):
    """Shuffled rows have the same means; a number added to every value is added to every mean; rows stay."""
    rows, group, value = table
    rows = [*rows, {group: "x", value: 0}, {group: "x", value: 1.5}]
    before = [dict(row) for row in rows]
    means = learner.mean_by_group(rows, group, value)
    assert_equal(rows, before, "the rows afterwards")
    moved = [{**row, value: row[value] + shift} if there(row, value) else dict(row) for row in rows]
    random.Random(seed).shuffle(moved)
    expected = {name: mean + shift for name, mean in exact_means(rows, group, value).items()}
    assert_close(learner.mean_by_group(moved, group, value), expected, "shifted and shuffled")
    assert_close(means, exact_means(rows, group, value), "as they are")


@exercise("mean_by_group")
@given(n=st.integers(1, 5), zeros=st.integers(1, 4), gap=gaps())
def test_zero_is_measured_and_a_gap_is_not(learner, n, zeros, gap):
    """A mean of zeros is 0, zeros pull a mean down, and gaps don't; without rows there are no groups."""
    rows = [{"g": "a", "v": 0}] * zeros + [{"g": "b", "v": 0.0}] * zeros + [{"g": "b", "v": 6.0}] * n
    missing = [{"g": name} if gap == "absent" else {"g": name, "v": gap} for name in "bac"]
    expected = {"a": 0.0, "b": 6.0 * n / (n + zeros)}
    assert_close(learner.mean_by_group(missing + rows, "g", "v"), expected)
    assert_equal(learner.mean_by_group([], "g", "v"), {}, "without rows")
    assert_equal(learner.mean_by_group(missing, "g", "v"), {}, "with gaps only")


def assert_means(got: list[float], xs: list[float], window: int) -> None:
    """Fail unless `got` has every window's mean, up to the rounding of the window's own numbers."""
    windows = [[Fraction(x) for x in xs[start : start + window]] for start in range(len(xs) - window + 1)]
    means = [float(sum(own) / window) for own in windows]
    assert_close(got, means, "the means, roughly", atol=1e300)
    for place, (mean, own) in enumerate(zip(means, windows, strict=True)):
        bound = 4 * window * EPS * float(max(abs(x) for x in own))
        assert_close(got[place], mean, f"mean {place}", atol=bound)


@st.composite
def series(draw: st.DrawFn, low: int = 1, high: int = 10) -> tuple[list[float], int]:
    """Numbers, whole, halves or not exact in floating point, and a window that fits them."""
    numbers = st.integers(-30, 30) | st.sampled_from([0.1, -0.7, 2.5, 1 / 3, 1e6 + 0.1])
    xs = draw(st.lists(numbers, min_size=low, max_size=high))
    return xs, draw(st.integers(1, len(xs)))


@exercise("running_mean")
@given(case=series())
def test_means_agree_with_exact_fractions(learner, case):
    """Each mean is that of its own window, and there is one for each place where the window fits."""
    xs, window = case
    assert_means(learner.running_mean([*xs, 3], window), [*xs, 3], window)


@exercise("running_mean")
@given(
    case=series(2),
    place=st.integers(0, 3),
    huge=st.sampled_from([1e16, -1e16, 3e17, 1e9 + 0.1, -7e12 - 0.3, 1e200]),
)
def test_what_has_left_leaves_no_trace(learner, case, place, huge):
    """A huge number changes the means of the windows that hold it, and no other by a single digit.

    Hint: A running sum that adds what comes and subtracts what goes never forgets its rounding errors.
    """
    xs, window = case
    xs = [*xs[:place], huge, *xs[place:], 0.1, 0.2]
    assert_means(learner.running_mean(xs, window), xs, window)


@exercise("running_mean")
@given(case=series(2), shift=st.sampled_from([1e9, -1e6, 0.5]), scale=st.sampled_from([-3, 0.25, 1e5]))
def test_means_shift_and_scale(learner, case, shift, scale):
    """Numbers that are scaled and shifted have means that are scaled and shifted, and xs stays as it was."""
    xs, window = case
    moved = [scale * x + shift for x in xs] + [7.0]
    before = list(moved)
    assert_means(learner.running_mean(moved, window), before, window)
    assert_equal(moved, before, "xs afterwards")


@exercise("running_mean")
@given(case=series(2, 12))
def test_read_backwards_the_means_are_backwards(learner, case):
    """The list read backwards has the means backwards; with a window of 1 the means are the numbers."""
    xs, window = case
    xs = [*xs, 50]
    got = learner.running_mean(xs[::-1], window)
    assert_means(got, xs[::-1], window)
    assert_close(got, list(learner.running_mean(xs, window))[::-1], "backwards")
    assert_close(learner.running_mean(xs, 1), [float(x) for x in xs], "with a window of 1", rtol=EPS)


@exercise("running_mean")
@given(case=series(), more=st.integers(1, 4), below=st.integers(-3, 0))
def test_windows_that_do_not_fit_are_refused(learner, case, more, below):
    """A window of len(xs) gives one mean; wider, below 1, or any for an empty list raises a ValueError."""
    xs, _ = case
    assert_means(learner.running_mean(xs, len(xs)), xs, len(xs))
    for numbers, window in [(xs, len(xs) + more), (xs, below), ([], 1), ([], 0)]:
        assert_raises(ValueError, learner.running_mean, numbers, window)


def readings(low: int = 0, high: int = 9) -> st.SearchStrategy[list[float]]:
    """Readings that rise and fall, in halves."""
    return st.lists(st.integers(-8, 16).map(lambda steps: steps / 2), min_size=low, max_size=high)


def thresholds() -> st.SearchStrategy[float]:
    """Quarters, so that some readings are equal to the threshold."""
    return st.integers(-6, 22).map(lambda steps: steps / 4)


def crossing(fluorescence: list[float], threshold: float) -> float | None:
    """The first crossing in exact fractions: the least of all that segments and the first reading give."""
    found = [1.0] if fluorescence and fluorescence[0] >= threshold else []
    for cycle in range(1, len(fluorescence)):
        left, right = Fraction(fluorescence[cycle - 1]), Fraction(fluorescence[cycle])
        if left < threshold <= right:
            found.append(float(cycle + (Fraction(threshold) - left) / (right - left)))
    return min(found, default=None)


def assert_crossing(got: float | None, expected: float | None, what: str = "") -> None:
    if expected is None:
        assert_equal(got, None, what)
    else:
        assert_close(got, expected, what)


@exercise("amplification_cycle")
@given(fluorescence=readings(), threshold=thresholds())
def test_the_first_crossing_is_found(learner, fluorescence, threshold):
    """The answer is the first of all points where the line through the readings reaches the threshold, or None."""
    assert_crossing(learner.amplification_cycle(fluorescence, threshold), crossing(fluorescence, threshold))
    ending = [*fluorescence, threshold - 1, threshold + 3]
    assert_crossing(
        learner.amplification_cycle(ending, threshold), crossing(ending, threshold), "with a rise at the end"
    )


@exercise("amplification_cycle")
@given(
    fluorescence=readings(1),
    threshold=thresholds(),
    shift=st.integers(-9, 9),
    scale=st.sampled_from([0.5, 2, 4]),
)
def test_units_make_no_difference(learner, fluorescence, threshold, shift, scale):
    """Readings and threshold in other units, scaled and shifted together, cross at the same point."""
    fluorescence = [*fluorescence, threshold - 0.5, threshold + 1.5]
    moved = [scale * reading + shift for reading in fluorescence]
    got = learner.amplification_cycle(moved, scale * threshold + shift)
    assert_crossing(got, crossing(fluorescence, threshold))


@exercise("amplification_cycle")
@given(
    lead=st.lists(st.integers(1, 9), min_size=1, max_size=5),
    threshold=thresholds(),
    part=st.sampled_from([0.25, 0.5, 0.75, 1.0]),
    rest=readings(),
)
def test_cycles_below_come_before_and_those_after_are_nothing(learner, lead, threshold, part, rest):
    """Each cycle below the threshold puts the crossing off by one; what comes after it changes nothing."""
    below = [threshold - reading / 2 for reading in lead]
    rising = [*below, threshold - part, threshold - part + 1.0, *rest]
    assert_close(learner.amplification_cycle(rising, threshold), len(lead) + 1 + part)
    assert_equal(
        learner.amplification_cycle([*below, threshold - part], threshold), None, "before it has risen"
    )


@exercise("amplification_cycle")
@given(threshold=thresholds(), below=st.integers(1, 4), rest=readings())
def test_touching_is_reaching(learner, threshold, below, rest):
    """A reading equal to the threshold reaches it in its own cycle, even if the readings then fall or end."""
    for tail in ([], [threshold - 2.0], rest):
        touching = [threshold - below, threshold, *tail]
        assert_close(learner.amplification_cycle(touching, threshold), 2.0, "touched in cycle 2")
        assert_close(learner.amplification_cycle(touching[1:], threshold), 1.0, "touched in cycle 1")
    for start in (threshold, threshold + below, -below, 0.0):
        assert_close(learner.amplification_cycle([start, *rest], min(start, threshold)), 1.0, "there at once")


@exercise("amplification_cycle")
@settings(max_examples=15)
@given(start=st.floats(0.001, 0.01), efficiency=st.floats(0.6, 1.0))
def test_more_template_crosses_earlier(learner, start, efficiency):
    """A curve that starts (1 + E) times higher crosses one cycle earlier."""
    curve = [start * (1 + efficiency) ** cycle for cycle in range(1, 31)]
    late = learner.amplification_cycle(curve, 0.5)
    assert_close(late, crossing(curve, 0.5), atol=1e-9)
    assert_close(learner.amplification_cycle(curve[1:], 0.5), late - 1, "a cycle ahead", atol=1e-9)


NAMES = ["AT1G65480", "g1", "g10", "sp|P12345|X", "seq.2", "é"]
DESCRIPTIONS = ["", " ", " a kinase", "\tvariant A>T, 5' > 3'", "  two  blanks ", " g1 >g1"]


@st.composite
def files(draw: st.DrawFn) -> tuple[dict[str, str], list[str], str]:
    """Records, the lines of a FASTA text of them with blank ones among them, and what ends a line."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True))
    records = {name: draw(sequences("ACGTacgtN*-", 0, 9)) for name in names}
    width = draw(st.integers(1, 10))
    blank = draw(st.sampled_from([[], [], [""], [" ", ""], ["\t"]]))
    lines = list(blank)
    for name, sequence in records.items():
        lines += [">" + name + draw(st.sampled_from(DESCRIPTIONS)), *blank]
        for start in range(0, len(sequence), width):
            lines += [sequence[start : start + width] + draw(st.sampled_from(["", "", "  "])), *blank]
    return records, lines, draw(st.sampled_from(["\n", "\r\n"]))


@exercise("parse_fasta")
@given(file=files(), close=st.booleans())
def test_files_agree_with_their_records(learner, reference, file, close):
    """Every record comes back with its id and its whole sequence, whatever lines the text is cut into."""
    records, lines, end = file
    text = end.join([*lines, ">last one", "GATTACA"]) + (end if close else "")
    got = learner.parse_fasta(text)
    assert_equal(got, {**records, "last": "GATTACA"})
    assert_equal(got, reference.parse_fasta(text))


@exercise("parse_fasta")
@given(file=files(), width=st.integers(1, 9))
def test_the_width_of_lines_is_nothing(learner, file, width):
    """The same records in lines of another width, and without any blank line, are the same dictionary."""
    records, lines, end = file
    rewrapped = [">first", "A" * 3]
    for name, sequence in records.items():
        rewrapped.append(f">{name} again")
        rewrapped += [sequence[start : start + width] for start in range(0, len(sequence), width)]
    expected = {"first": "AAA", **records}
    assert_equal(learner.parse_fasta(end.join(rewrapped)), expected, "rewrapped")
    assert_equal(learner.parse_fasta(end.join([">first", "AA", "A", *lines])), expected, "as it came")


@exercise("parse_fasta")
@given(file=files(), after=st.sampled_from(["", "g", "AC"]))
def test_only_a_line_that_begins_with_it_opens_a_record(learner, file, after):
    """A `>` within a line of sequence or a description is a letter like others."""
    _, lines, end = file
    text = end.join([*lines, ">odd a > b >c", "AC>GT", f"T>{after}"])
    got = learner.parse_fasta(text)
    assert_equal(got.get("odd"), "AC>GT" + f"T>{after}", "the sequence of the last record")
    front = learner.parse_fasta(end.join([">odd", "A C", f" >x{after} ", "", "\tG"]))
    assert_equal(front, {"odd": f"A C >x{after}\tG"}, "blanks in front and in between")
    assert_equal(len(got), sum(line.startswith(">") for line in lines) + 1, "the number of records")


@exercise("parse_fasta")
@given(file=files(), names=st.permutations(["x1", "x2", "x3"]), blank=st.sampled_from(["", " "]))
def test_headers_alone_have_empty_sequences(learner, file, names, blank):
    """A header without sequence, first, in between or last, has the empty sequence."""
    records, lines, end = file
    a, b, c = names
    got = learner.parse_fasta(end.join([blank, f">{a}", *lines, f">{b}", blank, f">{c} x", blank]))
    assert_equal(got, {a: "", **records, b: "", c: ""})
    assert_equal(learner.parse_fasta(blank + end), {}, "without records")


@exercise("parse_fasta")
@given(file=files(), early=st.sampled_from(["A", "id g1", "; a comment", "acgt", "."]))
def test_nothing_but_blanks_before_the_first_record(learner, file, early):
    """Text before the first record raises a ValueError, alone as well, and blank lines there don't."""
    records, lines, end = file
    for text in (early, end.join([early, *lines]), end.join(["", early, "", *lines])):
        assert_raises(ValueError, learner.parse_fasta, text)
    assert_equal(learner.parse_fasta(end.join(["", " ", *lines, ">z"])), {**records, "z": ""})


@exercise("parse_fasta")
@given(file=files(), place=st.integers(0, 3), same=st.booleans(), description=st.sampled_from(DESCRIPTIONS))
def test_an_id_is_given_once(learner, file, place, same, description):
    """An id that comes again raises a ValueError, next to the first or far from it, with any sequence."""
    records, lines, end = file
    name = list(records)[place % len(records)]
    again = [f">{name}{description}", records[name] if same else "TTT"]
    assert_raises(ValueError, learner.parse_fasta, end.join([*lines, *again]))
    other = learner.parse_fasta(end.join([*lines, f">{name}x", "TTT"]))
    assert_equal(other, {**records, f"{name}x": "TTT"}, "under another id")
    require(f"{name}x" in other, "the last record is missing", got=other)

"""Week 01's checks: what a learner can run. Each states one law of a right answer."""

import math
import random
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from autograde.properties import assert_close, assert_equal, assert_raises, exercise, require

PAIRED = "ACGTNacgtn"
EPS = 2.0**-52


def sequences(letters: str = PAIRED, low: int = 0, high: int = 10) -> st.SearchStrategy[str]:
    """A short sequence over some letters."""
    return st.text(letters, min_size=low, max_size=high)


@exercise("gc_content")
def test_gc_content_of_the_examples(learner):
    """GATTACA has a GC content of 2/7, gcN of 2/3, and nothing of 0."""
    assert_close(learner.gc_content("GATTACA"), 2 / 7, "of GATTACA")
    assert_close(learner.gc_content("gcN"), 2 / 3, "of gcN")
    assert_close(learner.gc_content(""), 0.0, "of the empty string")


@exercise("gc_content")
@given(strong=sequences("GCgc", 1), weak=sequences("ATatNnSR \n"))
def test_g_and_c_are_counted_whatever_their_case(learner, strong, weak):
    """Of all letters, the share that is G or C counts, capital or small, whatever the others are."""
    assert_close(learner.gc_content(weak + strong), len(strong) / len(weak + strong))


@exercise("gc_content")
@settings(max_examples=8)
@given(other=st.sampled_from("SsRN-\n "), n=st.integers(1, 3))
def test_every_other_letter_counts_in_the_length(learner, other, n):
    """Any letter but G and C, such as N, S, a blank or a line break, counts in the length and not as G or C."""
    assert_close(learner.gc_content(other * n + "GC"), 2 / (n + 2))


@exercise("gc_content")
@given(seq=sequences("GCATNgcatn", 2), seed=st.integers(0, 999))
def test_the_order_of_letters_is_nothing(learner, seq, seed):
    """Shuffled letters have the same GC content, and a sequence written twice has it too."""
    letters = list(seq)
    random.Random(seed).shuffle(letters)
    got = learner.gc_content("".join(letters))
    assert_close(got, sum(letter in "GCgc" for letter in seq) / len(seq), "shuffled")
    assert_close(learner.gc_content(seq + seq), got, "written twice")


@exercise("reverse_complement")
def test_other_strand_of_the_examples(learner):
    """The other strand of AACG is CGTT, of gattNc gNaatc, and of nothing nothing."""
    assert_equal(learner.reverse_complement("AACG"), "CGTT")
    assert_equal(learner.reverse_complement("gattNc"), "gNaatc")
    assert_equal(learner.reverse_complement(""), "")


@exercise("reverse_complement")
@given(seq=sequences(low=1))
def test_the_other_strand_of_the_other_strand(learner, seq):
    """The other strand of the other strand is where you began, and a sequence ends with the partner of its first.

    Hint: A with T and C with G, and the order turned round; small letters stay small.
    """
    other = learner.reverse_complement(seq)
    assert_equal(len(other), len(seq), "the length of the other strand")
    assert_equal(other[-1], PAIRED["TGCANtgcan".index(seq[0])], "the last letter of the other strand")
    assert_equal(learner.reverse_complement(other), seq, "the other strand's other strand")


@exercise("reverse_complement")
@given(a=sequences(low=1), b=sequences(low=1))
def test_two_pieces_change_places(learner, a, b):
    """The other strand of two pieces is that of the second, then that of the first."""
    whole = learner.reverse_complement(a + b)
    assert_equal(whole, learner.reverse_complement(b) + learner.reverse_complement(a))
    assert_equal(whole[-1], PAIRED["TGCANtgcan".index(a[0])], "the last letter")


@exercise("reverse_complement")
@given(before=sequences(high=12), after=sequences(high=5), letter=st.sampled_from("XZUx?"))
def test_a_letter_without_a_partner_is_reported(learner, before, after, letter):
    """A letter without a partner raises a ValueError that names the letter and its position, counted from 0."""
    assert_equal(learner.reverse_complement(before + "A")[:1], "T", "the first letter, without a stranger")
    seq = before + letter + after
    assert_raises(ValueError, learner.reverse_complement, seq, mentions=letter)
    assert_raises(ValueError, learner.reverse_complement, seq, mentions=str(len(before)))


def message_for(learner, seq: str) -> str:
    """The message of the ValueError for a sequence with strangers."""
    try:
        got = learner.reverse_complement(seq)
    except ValueError as error:
        return str(error)
    require(False, "no error where one was asked for", got=got)
    return ""


@exercise("reverse_complement")
@settings(max_examples=8)
@given(before=sequences(low=1, high=4), after=sequences("ACG", 1, 3), letter=st.sampled_from("XZUx"))
def test_the_letter_stands_by_itself(learner, before, after, letter):
    """The message names the letter by itself, as it is written, and not only the sequence that it is in."""
    assert_equal(learner.reverse_complement(before + "A")[:1], "T", "the first letter, without a stranger")
    message = message_for(learner, before + letter + after)
    alone = re.search(rf"(?<!\w){letter}(?!\w)", message)
    require(alone, f"the message doesn't name {letter!r} by itself", got=message)


@exercise("reverse_complement")
@given(before=sequences(high=4), between=sequences(high=3), letters=st.permutations("XZQ"))
def test_of_several_strangers_the_first_is_named(learner, before, between, letters):
    """Of several letters without a partner the ValueError names the first."""
    assert_equal(learner.reverse_complement(between + "c")[:1], "g", "the first letter, without a stranger")
    first, *others = letters
    seq = before + first + between.join(others)
    assert_raises(ValueError, learner.reverse_complement, seq, mentions=first)


@exercise("count_kmers")
def test_kmers_of_the_examples(learner):
    """AAAC has AA twice and AC once; AC has no words of three letters."""
    assert_equal(learner.count_kmers("AAAC", 2), {"AA": 2, "AC": 1})
    assert_equal(learner.count_kmers("AC", 3), {})


@exercise("count_kmers")
@given(seq=sequences("AaCG", 1), k=st.integers(1, 5))
def test_there_are_as_many_words_as_places(learner, seq, k):
    """All counts together are len(seq) - k + 1, or none if the sequence is shorter than k; words have k letters.

    Hint: Count the places where a window of k letters fits, for a short sequence, on paper.
    """
    counts = learner.count_kmers(seq, k)
    assert_equal(sum(counts.values()), max(0, len(seq) - k + 1), "the sum of all counts")
    assert_equal({len(word) for word in counts}, {k} if len(seq) >= k else set(), "the lengths of the words")


@exercise("count_kmers")
@given(letter=st.sampled_from("ACgn"), n=st.integers(2, 9), k=st.integers(1, 9))
def test_windows_overlap(learner, letter, n, k):
    """In a run of n equal letters the word of k letters occurs n - k + 1 times, and other case is another letter."""
    counts = learner.count_kmers(letter * n, k)
    assert_equal(counts, {letter * k: n - k + 1} if n >= k else {})
    swapped = letter + letter.swapcase()
    assert_equal(learner.count_kmers(swapped, 1), {letter: 1, letter.swapcase(): 1})


@exercise("count_kmers")
@settings(max_examples=8)
@given(seq=sequences("ACGT"), k=st.integers(-3, 0))
def test_words_have_a_letter_at_least(learner, seq, k):
    """A k below 1 raises a ValueError, for the empty sequence too, and a k of 1 doesn't."""
    assert_equal(learner.count_kmers("GG", 1), {"G": 2}, "with k=1")
    assert_raises(ValueError, learner.count_kmers, seq, k)


def two(answer):
    """Both dictionaries, once there are two."""
    require(answer is not None, "nothing came back: does the function return its two dictionaries?")
    fine = isinstance(answer, (tuple, list)) and len(answer) == 2
    require(fine, "two dictionaries come back, as in `return stoi, itos`", got=answer)
    require(all(isinstance(part, dict) for part in answer), "both are dictionaries", got=answer)
    return tuple(answer)


@exercise("build_vocab")
def test_vocabulary_of_the_example(learner):
    """TAG and AT have the letters A, G and T, numbered from 1; the mark is 0."""
    stoi, itos = {".": 0, "A": 1, "G": 2, "T": 3}, {0: ".", 1: "A", 2: "G", 3: "T"}
    assert_equal(two(learner.build_vocab(["TAG", "AT"])), (stoi, itos))


@exercise("build_vocab")
@given(words=st.lists(sequences("aBcZé", 0, 4), max_size=5))
def test_letters_are_sorted_behind_the_mark(learner, words):
    """itos has the mark at 0 and behind it the letters in sorted order, none left out."""
    _, itos = two(learner.build_vocab([*words, "b"]))
    letters = sorted({"b", *"".join(words)})
    assert_equal(itos, dict(enumerate([".", *letters])), "itos")


@exercise("build_vocab")
@settings(max_examples=6)
@given(sign=st.sampled_from("-*+"), letter=st.sampled_from("aZ"))
def test_a_hyphen_is_numbered_like_a_letter(learner, sign, letter):
    """A hyphen, a plus or an asterisk is numbered like a letter, and the mark is 0 all the same.

    Hint: These signs sort before a full stop. Does the mark come first all the same?
    """
    _, itos = two(learner.build_vocab([letter + sign]))
    assert_equal(itos, {0: ".", 1: sign, 2: letter}, "itos")


@exercise("build_vocab")
@given(words=st.lists(sequences("ACDEFGw", 1, 4), max_size=5))
def test_the_dictionaries_undo_each_other(learner, words):
    """What stoi numbers, itos turns back, for every symbol."""
    stoi, itos = two(learner.build_vocab([*words, "yA"]))
    symbols = {".", "y", "A", *"".join(words)}
    assert_equal(set(stoi), symbols, "the symbols of stoi")
    assert_equal({number: symbol for symbol, number in stoi.items()}, itos, "stoi turned round")


def measured() -> st.SearchStrategy:
    """A value that is there: a half, a whole number, or 0."""
    return st.integers(-8, 8).map(lambda steps: steps / 2) | st.integers(-3, 3)


def gaps() -> st.SearchStrategy:
    """A value that is missing; "absent" takes the key away."""
    return st.sampled_from([None, math.nan, "absent"])


@st.composite
def tables(draw: st.DrawFn) -> list[dict]:
    """Rows with the columns gene and cq, some of them without a value."""
    cells = draw(st.lists(st.tuples(st.sampled_from("abc"), measured() | gaps()), max_size=8))
    return [{"gene": gene, "cq": cq} if cq != "absent" else {"gene": gene} for gene, cq in cells]


@exercise("mean_by_group")
def test_means_of_the_example(learner):
    """FLC has a mean of 25 and CO of 31; FT was never measured and isn't there."""
    rows = [
        {"gene": "FLC", "cq": 24.0},
        {"gene": "FLC", "cq": None},
        {"gene": "FLC", "cq": 26.0},
        {"gene": "FT", "cq": math.nan},
        {"gene": "CO", "cq": 31},
        {"gene": "CO"},
    ]
    assert_close(learner.mean_by_group(rows, "gene", "cq"), {"FLC": 25.0, "CO": 31.0})


@exercise("mean_by_group")
@given(values=st.lists(measured(), min_size=2, max_size=5), gap=gaps())
def test_a_gap_changes_no_mean(learner, values, gap):
    """A row whose value is missing leaves the mean of its group as it is, and 0 is a value like others."""
    rows = [{"leaf": 2, "area": value} for value in [*values, 0]]
    extra = {"leaf": 2} if gap == "absent" else {"leaf": 2, "area": gap}
    mean = sum(values) / (len(values) + 1)
    assert_close(learner.mean_by_group([*rows, extra], "leaf", "area"), {2: mean}, "with a gap behind")
    assert_close(learner.mean_by_group([extra, *rows], "leaf", "area"), {2: mean}, "with a gap in front")


@exercise("mean_by_group")
@given(rows=tables())
def test_a_group_without_values_is_not_there(learner, rows):
    """The groups are those in which something was measured, and the rows stay as they were."""
    rows = [*rows, {"gene": "d", "cq": 1.5}, {"gene": "e", "cq": None}]
    before = [dict(row) for row in rows]
    there = {row["gene"] for row in rows if row.get("cq") is not None and not math.isnan(row["cq"])}
    means = learner.mean_by_group(rows, "gene", "cq")
    assert_equal(set(means), there, "the groups")
    assert_close(means["d"], 1.5, "the mean of a single value")
    assert_equal(rows, before, "the rows afterwards")


@exercise("running_mean")
def test_running_means_of_the_examples(learner):
    """[1, 2, 3, 6] has the means 1.5, 2.5, 4.5 over windows of two, in a list."""
    assert_close(learner.running_mean([1, 2, 3, 6], 2), [1.5, 2.5, 4.5])


@exercise("running_mean")
def test_what_has_left_the_window_leaves_no_trace(learner):
    """After a huge number has left the window, the means are right to the last digit.

    Hint: 1e16 + 1.0 is 1e16. If you carry a sum along from window to window, what is lost once stays lost.
    """
    assert_close(learner.running_mean([1.0, 3.0], 2), [2.0], "without a huge number")
    got = learner.running_mean([1e16, 1.0, 2.0, 4.0], 2)
    assert_close(got, [5e15, 1.5, 3.0], "of [1e16, 1.0, 2.0, 4.0] over two", rtol=4 * EPS)


@exercise("running_mean")
@given(xs=st.lists(st.integers(-20, 20), min_size=1, max_size=8), window=st.integers(1, 8))
def test_each_window_has_a_mean(learner, xs, window):
    """There are n - window + 1 means, each of its own window, and xs stays as it was."""
    window = min(window, len(xs))
    before = list(xs)
    means = [sum(xs[end - window : end]) / window for end in range(window, len(xs) + 1)]
    assert_close(learner.running_mean(xs, window), means)
    assert_equal(xs, before, "xs afterwards")


@exercise("running_mean")
@given(start=st.integers(-9, 9), step=st.integers(1, 5), n=st.integers(2, 9), window=st.integers(1, 9))
def test_a_straight_line_stays_straight(learner, start, step, n, window):
    """On a rising line the means rise by the same step, and begin in the middle of the first window."""
    window = min(window, n)
    line = [float(start + step * place) for place in range(n)]
    first = start + step * (window - 1) / 2
    assert_close(
        learner.running_mean(line, window), [first + step * place for place in range(n - window + 1)]
    )


@exercise("running_mean")
@settings(max_examples=10)
@given(xs=st.lists(st.integers(-5, 5), max_size=5), more=st.integers(1, 3), below=st.integers(-2, 0))
def test_a_window_has_to_fit(learner, xs, more, below):
    """A window wider than the list, or below 1, raises a ValueError; as wide as the list it is fine."""
    assert_close(learner.running_mean([1.0, 4.0], 2), [2.5], "a window as wide as the list")
    assert_raises(ValueError, learner.running_mean, xs, len(xs) + more)
    assert_raises(ValueError, learner.running_mean, xs, below)


@exercise("amplification_cycle")
def test_crossings_of_the_example(learner):
    """Readings 0.1, 0.2, 0.4, 0.8 reach 0.3 at cycle 2.5, 0.4 at 3, 0.05 at 1, and 0.9 never."""
    readings = [0.1, 0.2, 0.4, 0.8]
    for threshold, cycle in [(0.3, 2.5), (0.4, 3.0), (0.05, 1.0)]:
        assert_close(
            learner.amplification_cycle(readings, threshold), cycle, f"at a threshold of {threshold}"
        )
    assert_equal(learner.amplification_cycle(readings, 0.9), None, "at a threshold of 0.9")


@exercise("amplification_cycle")
@given(low=st.integers(-4, 4), step=st.integers(1, 4), n=st.integers(2, 8), quarters=st.integers(1, 28))
def test_on_a_straight_line_the_crossing_is_exact(learner, low, step, n, quarters):
    """Readings that rise by a step each cycle reach low + step * x at cycle 1 + x, or never if they end before."""
    readings = [float(low + step * place) for place in range(n)]
    way = quarters / 4
    got = learner.amplification_cycle(readings, low + step * way)
    assert_close(got, 1 + way) if way <= n - 1 else assert_equal(got, None)
    assert_close(
        learner.amplification_cycle(readings, low + step * 0.75), 1.75, "three quarters of a cycle on"
    )


@exercise("amplification_cycle")
@given(later=st.lists(st.integers(-9, 9), max_size=4), lead=st.integers(0, 3))
def test_only_the_first_crossing_counts(learner, later, lead):
    """What the readings do after they first reached the threshold changes nothing, and each cycle before adds 1."""
    readings = [0.0] * lead + [0.0, 2.0, *map(float, later)]
    assert_close(learner.amplification_cycle(readings, 0.5), lead + 1.25)


@exercise("amplification_cycle")
@given(threshold=st.integers(-3, 2), more=st.integers(0, 3), later=st.lists(st.integers(-9, 9), max_size=4))
def test_at_or_above_from_the_start_is_one(learner, threshold, more, later):
    """A first reading at or above the threshold gives 1.0, whatever its sign and whatever follows."""
    readings = [float(threshold + more), *map(float, later)]
    assert_close(learner.amplification_cycle(readings, float(threshold)), 1.0)
    assert_close(learner.amplification_cycle([0.0], 0.0), 1.0, "a single reading of 0, a threshold of 0")
    assert_close(learner.amplification_cycle([-1.0], -2.0), 1.0, "a reading of -1, a threshold of -2")
    rising = [threshold - 1.0, float(threshold)]
    assert_close(learner.amplification_cycle(rising, float(threshold)), 2.0, "first reached in cycle 2")


@exercise("amplification_cycle")
def test_touching_counts_and_no_readings_give_none(learner):
    """A reading equal to the threshold is reached in its own cycle, and without readings the answer is None."""
    assert_close(learner.amplification_cycle([1.0, 2.0, 1.0], 2.0), 2.0, "readings that touch the threshold")
    assert_equal(learner.amplification_cycle([], 2.0), None, "without readings")


@st.composite
def files(draw: st.DrawFn) -> tuple[dict[str, str], str]:
    """Records and a FASTA text of them: any width of line, either kind of line end, blank lines anywhere."""
    names = draw(
        st.lists(st.sampled_from(["g1", "AT1G65480", "sp|P1", "x.2"]), min_size=1, max_size=3, unique=True)
    )
    records = {name: draw(sequences("ACgN*", 0, 7)) for name in names}
    width, end = draw(st.integers(1, 4)), draw(st.sampled_from(["\n", "\r\n"]))
    blank = draw(st.sampled_from([[], [""], ["", "  "]]))
    lines = list(blank)
    for name, sequence in records.items():
        lines.append(">" + name + draw(st.sampled_from(["", " a kinase", "\tA>T", " "])))
        for start in range(0, len(sequence), width):
            lines += [sequence[start : start + width] + draw(st.sampled_from(["", " "])), *blank]
    return records, end.join(lines) + draw(st.sampled_from(["", end]))


@exercise("parse_fasta")
def test_records_of_the_example(learner):
    """The text of the example gives g1 and g2, with their lines joined, also over a blank line."""
    text = ">g1 a kinase\nATG\nAAA\n\n>g2\nTTT\n"
    assert_equal(learner.parse_fasta(text), {"g1": "ATGAAA", "g2": "TTT"})
    text = ">g1\nATG\n  \nAAA\n>g2\nTTT"
    assert_equal(learner.parse_fasta(text), {"g1": "ATGAAA", "g2": "TTT"}, "blank line within g1")


@exercise("parse_fasta")
@given(file=files())
def test_what_was_written_is_read(learner, file):
    """Records come back whole, however wide the lines are, with blank lines and either kind of line end."""
    records, text = file
    assert_equal(learner.parse_fasta(text), records)


@exercise("parse_fasta")
def test_records_without_sequence_and_texts_without_records(learner):
    """A header without a line of sequence has the empty sequence, and a text without header has no records."""
    assert_equal(learner.parse_fasta(">a\n>b first\nAC\n>c"), {"a": "", "b": "AC", "c": ""})
    assert_equal(learner.parse_fasta("\n  \n"), {}, "of blank lines")


@exercise("parse_fasta")
def test_blanks_inside_and_in_front_stay(learner):
    """Only blanks at the end of a line go: those in front and in between belong to the sequence."""
    assert_equal(learner.parse_fasta(">g1\nAC GT \n"), {"g1": "AC GT"}, "a blank in between")
    assert_equal(learner.parse_fasta(">g1\nAC\n >g2\nGT"), {"g1": "AC >g2GT"}, "a blank in front")


@exercise("parse_fasta")
@settings(max_examples=8)
@given(early=st.sampled_from(["A", "# made by hand", "ACGT\nAC"]), blank=st.sampled_from(["", "\n", " \r\n"]))
def test_text_before_the_first_record_is_refused(learner, early, blank):
    """Text before the first record raises a ValueError, blank lines apart."""
    assert_equal(learner.parse_fasta(blank + ">g1\nAC\n"), {"g1": "AC"}, "without such text")
    assert_raises(ValueError, learner.parse_fasta, blank + early + "\n>g1\nAC\n")
    assert_raises(ValueError, learner.parse_fasta, blank + early)


@exercise("parse_fasta")
@settings(max_examples=6)
@given(again=st.sampled_from(["GG", "AC", ""]), between=st.sampled_from(["", ">g2\nT\n"]))
def test_an_id_given_twice_is_refused(learner, again, between):
    """An id that comes a second time raises a ValueError, with another sequence or the same."""
    once = learner.parse_fasta(f">g1 one\nAC\n>g1b two\n{again}\n")
    assert_equal(once, {"g1": "AC", "g1b": again}, "with two ids")
    assert_raises(ValueError, learner.parse_fasta, f">g1 one\nAC\n{between}>g1 two\n{again}\n")

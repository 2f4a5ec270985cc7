"""Week 07's hidden properties: agreement with the reference or an independent oracle, laws, edge cases."""

import math
from collections import Counter

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograde.properties import assert_close, assert_equal, assert_raises, assume, driver, exercise, require
from autograde.strategies import words

# Answers may come from float32 arithmetic, whatever they are returned as.
ROUNDING = 64 * torch.finfo(torch.float32).eps

# What rows and columns of a table of pairs stand for, in the pictures of wrong ones.
FROM_TO = ("from", "to")


def summed(n: int) -> float:
    """The relative error of n numbers of one sign added one by one in float32."""
    return n * torch.finfo(torch.float32).eps


def vocabularies() -> st.SearchStrategy[dict[str, int]]:
    """Numberings that hold a, b and c: in order, out of order, with others and capitals among them."""
    orders = [".abc", ".cab", ".dbcxa", ".bzcAaCB"]
    return st.sampled_from([{symbol: number for number, symbol in enumerate(order)} for order in orders])


def five_symbols() -> st.SearchStrategy[dict[str, int]]:
    """Numberings of five symbols, to go with tables of probabilities of that size."""
    orders = [".abcz", ".czab", ".Bbca"]
    return st.sampled_from([{symbol: number for number, symbol in enumerate(order)} for order in orders])


def texts(low: int = 1) -> st.SearchStrategy[list[str]]:
    """Some short words over a, b and c, so that pairs and words repeat."""
    return st.lists(words("abc", low), min_size=1, max_size=6)


def bigrams(text: list[str]) -> list[str]:
    """Every pair of neighbours of every word, marks included."""
    return [f".{word}."[place : place + 2] for word in text for place in range(len(word) + 1)]


def table_of(text: list[str], stoi: dict[str, int]) -> torch.Tensor:
    """The counts, by way of strings."""
    seen = Counter(bigrams(text))
    return torch.tensor([[seen[first + following] for following in stoi] for first in stoi])


def loss_of(P: torch.Tensor, text: list[str], stoi: dict[str, int]) -> float:
    """The mean negative log-likelihood in Python's own arithmetic."""
    chances = [P[stoi[first], stoi[following]].item() for first, following in bigrams(text)]
    return -math.fsum(math.log(chance) if chance else -math.inf for chance in chances) / len(chances)


@st.composite
def count_tables(draw: st.DrawFn, dtype: torch.dtype = torch.int64) -> torch.Tensor:
    """A square table of counts in which a row may be all zeros."""
    V = draw(st.integers(1, 6))
    row = st.lists(st.integers(0, 9) | st.integers(0, 400), min_size=V, max_size=V) | st.just([0] * V)
    return torch.tensor(draw(st.lists(row, min_size=V, max_size=V)), dtype=dtype)


@st.composite
def transitions(draw: st.DrawFn, V: int = 5, least: int = 1) -> torch.Tensor:
    """A table (V, V) of probabilities, float32 or float64; with least=0 some are 0, but none of `.`."""
    weights = torch.tensor(draw(st.lists(st.integers(least, 9), min_size=V * V, max_size=V * V))).reshape(
        V, V
    )
    weights[:, 0] += 1
    P = weights.double() / weights.sum(1, keepdim=True)
    return P.to(draw(st.sampled_from([torch.float64, torch.float32])))


@st.composite
def logit_tables(draw: st.DrawFn) -> torch.Tensor:
    """A table W of float32 logits for four to seven symbols, in quarters from -6 to 6."""
    V = draw(st.integers(4, 7))
    row = st.lists(st.integers(-24, 24), min_size=V, max_size=V)
    return torch.tensor(draw(st.lists(row, min_size=V, max_size=V))) / 4


def pair_lists() -> st.SearchStrategy[list[tuple[int, int]]]:
    """Pairs (x, y) of the symbols 0 to 3, some of them repeated."""
    symbol = st.integers(0, 3)
    return st.lists(st.tuples(symbol, symbol), min_size=1, max_size=9)


def columns(pairs: list[tuple[int, int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """The pairs' first symbols and second symbols, as two tensors."""
    xs, ys = zip(*pairs, strict=True)
    return torch.tensor(xs), torch.tensor(ys)


def rates() -> st.SearchStrategy[float]:
    """Learning rates, none of them 1."""
    return st.sampled_from([0.25, 0.5, 2.0, 6.0])


def penalties() -> st.SearchStrategy[float]:
    """Strengths of the penalty at which no step of these rates overshoots."""
    return st.sampled_from([0.0, 0.05, 0.3, 1.0])


def seeds() -> st.SearchStrategy[int]:
    return st.integers(0, 9999)


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@exercise("encode")
@given(word=words("abc.", 0), stoi=vocabularies())
def test_encode_agrees_with_the_reference(learner, reference, word, stoi):
    """Every symbol becomes its number in stoi, nothing added and nothing lost."""
    assert_equal(learner.encode(word + "b", stoi), reference.encode(word + "b", stoi))


@exercise("encode")
@given(a=words("abc", 0), b=words("abc"), stoi=vocabularies())
def test_encoding_joined_words_joins_their_numbers(learner, a, b, stoi):
    """The numbers of a word are those of its first part, then those of the rest."""
    whole = list(learner.encode(a + b, stoi))
    parts = [*learner.encode(a, stoi), *learner.encode(b, stoi)]
    assert_equal(whole, parts)
    assert_equal(whole[-1], stoi[b[-1]], "the last number")


@exercise("encode")
@given(word=words("abc"), first=st.sampled_from("Q7é"), second=st.sampled_from("#%"), stoi=vocabularies())
def test_the_first_unknown_letter_is_named(learner, word, first, second, stoi):
    """Of several unknown letters the first is named by the KeyError."""
    assert_equal(learner.encode(word, stoi), [stoi[letter] for letter in word])
    assert_raises(KeyError, learner.encode, word + first + word + second, stoi, mentions=first)


@exercise("encode")
def test_capitals_are_letters_of_their_own(learner):
    """A capital is looked up as it stands, and a small letter doesn't stand in for it."""
    assert_equal(learner.encode("AaA", {".": 0, "A": 1, "a": 2}), [1, 2, 1])
    assert_raises(KeyError, learner.encode, "A", {".": 0, "a": 1}, mentions="A")


@exercise("decode")
@given(word=words("abc.", 0), stoi=vocabularies())
def test_decode_inverts_encode(learner, word, stoi):
    """What was encoded comes back unchanged, marks included."""
    itos = {number: symbol for symbol, number in stoi.items()}
    assert_equal(learner.decode([stoi[symbol] for symbol in word + "a"], itos), word + "a")


@exercise("decode")
@given(a=st.lists(st.integers(0, 3), max_size=4), b=st.lists(st.integers(0, 3), min_size=1, max_size=4))
def test_decoding_joined_lists_joins_the_strings(learner, a, b):
    """The string of a list is that of its first part, then that of the rest."""
    itos = {0: ".", 1: "x", 2: "M", 3: "b"}
    assert_equal(learner.decode(a + b, itos), learner.decode(a, itos) + learner.decode(b, itos))
    assert_equal(learner.decode(b, itos)[-1], itos[b[-1]], "the last symbol")


@exercise("decode")
@settings(max_examples=10)
@given(n=st.integers(0, 3), number=st.integers(0, 2))
def test_decode_of_nothing_is_the_empty_string(learner, n, number):
    """No number gives the empty string, equal ones the same symbol again."""
    assert_equal(learner.decode([], {0: "."}), "")
    assert_equal(learner.decode([number] * n, {0: ".", 1: "w", 2: "a"}), ".wa"[number] * n)


@exercise("bigram_counts")
@given(words=texts(), stoi=vocabularies())
def test_each_pair_is_counted_in_its_row_and_column(learner, words, stoi):
    """N[i, j] says how often j follows i, for every pair of symbols."""
    assert_equal(learner.bigram_counts(words, stoi), table_of(words, stoi), axes=FROM_TO)


@exercise("bigram_counts")
@given(one=texts(), other=texts(), stoi=vocabularies())
def test_counts_add_up_over_lists(learner, one, other, stoi):
    """The counts of two lists together are the sum of their counts, words in both included."""
    both = learner.bigram_counts(one + other, stoi)
    assert_equal(both, learner.bigram_counts(one, stoi) + learner.bigram_counts(other, stoi), axes=FROM_TO)
    assert_equal(int(both.sum()), len(bigrams(one + other)), "the sum of all counts")


@exercise("bigram_counts")
@given(words=texts(), stoi=vocabularies())
def test_words_read_backwards_turn_the_table_over(learner, words, stoi):
    """Reading every word backwards exchanges rows and columns, and the order of the words is nothing."""
    backwards = [word[::-1] for word in reversed(words)]
    N = learner.bigram_counts(backwards, stoi)
    assert_equal(N, learner.bigram_counts(words, stoi).T, axes=FROM_TO)
    assert_equal(N[0], table_of(backwards, stoi)[0], "how the words start")


@exercise("bigram_counts")
@given(words=texts(0), stoi=vocabularies())
def test_an_empty_word_is_one_pair(learner, words, stoi):
    """An empty word counts once, as a mark after a mark."""
    assert_equal(learner.bigram_counts([*words, ""], stoi), table_of([*words, ""], stoi), axes=FROM_TO)


@exercise("bigram_counts")
@given(word=words("abc"), times=st.integers(2, 40))
def test_a_word_given_twice_counts_twice(learner, word, times):
    """A word given many times counts as many times, in an integer dtype."""
    stoi = {".": 0, "c": 1, "a": 2, "b": 3}
    N = learner.bigram_counts([word] * times, stoi)
    require(not N.is_floating_point(), "counts are whole numbers and want an integer dtype", got=N.dtype)
    assert_equal(N, times * table_of([word], stoi), axes=FROM_TO)


@exercise("bigram_probabilities")
@given(counts=count_tables(), smoothing=st.sampled_from([0.0, 0.01, 0.5, 1.0, 3.0, 200.0]))
def test_probabilities_agree_with_the_reference(learner, reference, counts, smoothing):
    """Each probability is its count plus smoothing, divided by the sum of these over its row."""
    P = learner.bigram_probabilities(counts, smoothing)
    require(P.is_floating_point(), "probabilities want a floating dtype", got=P.dtype)
    assert_close(P, reference.bigram_probabilities(counts, smoothing), axes=FROM_TO)


@exercise("bigram_probabilities")
@given(counts=count_tables(), smoothing=st.floats(0.5, 50, width=32))
def test_smoothing_weighs_against_the_counts(learner, counts, smoothing):
    """Ten times the counts with ten times the smoothing give the same probabilities, each row's sum 1."""
    P = learner.bigram_probabilities(counts, smoothing)
    assert_close(P.sum(1), torch.ones(len(counts)), "row sums")
    assert_close(learner.bigram_probabilities(10 * counts, 10 * smoothing), P, "both times ten", axes=FROM_TO)


@exercise("bigram_probabilities")
@given(
    counts=count_tables(), smoothing=st.sampled_from([0.0, 0.1, 1.0, 3.0]), more=st.floats(1, 50, width=32)
)
def test_more_smoothing_is_nearer_to_uniform(learner, counts, smoothing, more):
    """With more smoothing every probability is nearer to 1/V, and with very much it is there."""
    uniform = torch.full(counts.shape, 1 / len(counts), dtype=torch.float64)
    away = (learner.bigram_probabilities(counts, smoothing).double() - uniform).abs()
    nearer = (learner.bigram_probabilities(counts, smoothing + more).double() - uniform).abs()
    require(
        (nearer <= away + ROUNDING).all(), "further from 1/V with more smoothing", got=nearer, expected=away
    )
    changes = (away > 1e-2).any(1)
    require((nearer.sum(1) < away.sum(1))[changes].all(), "more smoothing made no difference", got=nearer)
    far = learner.bigram_probabilities(counts, 1e9)
    assert_close(far, uniform, "with smoothing=1e9", atol=1e-4, axes=FROM_TO)


@exercise("bigram_probabilities")
@given(counts=count_tables(), dtype=st.sampled_from([torch.int64, torch.int32, torch.float32, torch.float64]))
def test_counts_are_left_as_they_were(learner, counts, dtype):
    """Counts of any dtype, with empty rows too, are the same after the call, and give the same answer."""
    given_counts = counts.to(dtype)
    for smoothing in (0.0, 2.0):
        P = learner.bigram_probabilities(given_counts, smoothing)
        assert_close(P.sum(1), torch.ones(len(counts)), "row sums")
        assert_equal(given_counts, counts.to(dtype), "the counts afterwards", axes=FROM_TO)
        assert_close(
            P,
            learner.bigram_probabilities(counts.clone(), smoothing),
            "the same counts as int64",
            axes=FROM_TO,
        )


@exercise("bigram_probabilities")
@given(counts=count_tables())
def test_smoothing_is_one_unless_named(learner, counts):
    """Without a named smoothing 1 is added to each count."""
    added = counts.double() + 1
    assert_close(learner.bigram_probabilities(counts), added / added.sum(1, keepdim=True), axes=FROM_TO)


@exercise("bigram_probabilities")
@given(counts=count_tables(), unseen=st.integers(0, 5))
def test_an_unseen_row_is_uniform_at_any_smoothing(learner, counts, unseen):
    """A row without counts is uniform, with smoothing and without; a single count unsmoothed is certain, and the
    others keep their shares.
    """
    V = len(counts)
    counts[unseen % V] = 0
    for smoothing in (0.0, 0.7):
        P = learner.bigram_probabilities(counts, smoothing)
        assert_close(P[unseen % V], torch.full((V,), 1 / V), f"the unseen row at smoothing {smoothing}")
    raw = learner.bigram_probabilities(counts, 0.0).double()
    totals = counts.sum(1, keepdim=True)
    assert_close(
        raw * totals,
        counts.double(),
        "shares times totals",
        atol=ROUNDING * (1 + totals.max().item()),
        axes=FROM_TO,
    )
    counts[unseen % V, 0] = 1
    once = learner.bigram_probabilities(counts, 0.0)[unseen % V]
    assert_close(once, torch.eye(V)[0], "a row with a single count, unsmoothed")


@exercise("sample_words")
@given(P=transitions(6, 0), n=st.integers(1, 8), seed=seeds())
def test_only_possible_steps_are_taken(learner, P, n, seed):
    """Every step of a word, from its start to its end, has a probability above 0."""
    stoi = {symbol: number for number, symbol in enumerate(".dXba-")}
    drawn = learner.sample_words(P, {number: symbol for symbol, number in stoi.items()}, n, generator(seed))
    assert_equal(len(drawn), n, "the number of words")
    require("." not in "".join(drawn), "a mark inside a word", got=drawn)
    for first, following in bigrams(drawn):
        chance = P[stoi[first], stoi[following]]
        require(chance > 0, f"`{following}` after `{first}` has probability 0", got=drawn)
    itos = {number: symbol for symbol, number in stoi.items()}
    P[0] = torch.tensor([0.0, 0.2, 0.2, 0.2, 0.2, 0.2], dtype=P.dtype)
    drawn = learner.sample_words(P, itos, n, generator(seed))
    require(all(drawn), "an empty word, though `.` never follows `.`", got=drawn)


@exercise("sample_words")
def test_a_rare_symbol_is_not_too_rare(learner):
    """Of 4,000 words of one letter at most, every twentieth is empty, up to chance."""
    P = torch.tensor([[0.05, 0.35, 0.3, 0.3], *[[1.0, 0.0, 0.0, 0.0]] * 3])
    drawn = list(learner.sample_words(P, {0: ".", 1: "c", 2: "o", 3: "w"}, 4000, generator(1)))
    # Bernstein's bound again; what takes the least of noisy logits, not the largest, gives 44 empty words.
    bound = 25 / 3 + math.sqrt(25**2 / 9 + 2 * 25 * 190)
    within = abs(drawn.count("") - 200) <= bound and len(drawn) == 4000
    require(within, "the empty word comes too often or too seldom", got=drawn.count(""), expected=200)


@exercise("sample_words")
@settings(max_examples=2)
@given(seed=seeds(), dtype=st.sampled_from([torch.float32, torch.float64]))
def test_steps_come_as_often_as_p_says(learner, seed, dtype):
    """Over many words each step is taken as often as its probability says, up to chance."""
    rows = [[0.25, 0.4, 0.25, 0.1], [0.2, 0.1, 0.6, 0.1], [0.3, 0.3, 0.1, 0.3], [0.6, 0.1, 0.2, 0.1]]
    stoi = {".": 0, "m": 1, "b": 2, "a": 3}
    P = torch.tensor(rows, dtype=dtype)
    itos = {number: symbol for symbol, number in stoi.items()}
    taken = table_of(list(learner.sample_words(P, itos, 600, generator(seed))), stoi).double()
    expected = taken.sum(1, keepdim=True) * P
    assert_equal(int(taken[0].sum()), 600, "the number of starts")
    variance = expected * (1 - P)
    # Bernstein's bound, which a right sampler oversteps with a chance of 2·exp(-25), whatever its algorithm.
    bound = 25 / 3 + (25**2 / 9 + 2 * 25 * variance).sqrt()
    require(
        ((taken - expected).abs() <= bound).all(), "too often or too seldom", got=taken, expected=expected
    )


@exercise("sample_words")
@settings(max_examples=10)
@given(seed=seeds(), V=st.integers(3, 6))
def test_all_randomness_is_the_generators(learner, seed, V):
    """Equal states of the generator give equal words; a further call, or another seed, gives others."""
    P, itos = torch.full((V, V), 1 / V), dict(enumerate(".abcde"[:V]))
    drawing = generator(seed)
    first, second = (learner.sample_words(P, itos, 15, drawing) for _ in range(2))
    assert_equal(
        learner.sample_words(P, itos, 15, generator(seed)), first, "from a generator in the same state"
    )
    require(second != first, "a second call with the same generator draws the same words", got=second)
    other = learner.sample_words(P, itos, 15, generator(seed + 1))
    require(other != first, "another seed draws the same words", got=other)


@exercise("sample_words")
def test_every_state_has_words_of_its_own(learner):
    """A hundred states of the generator give a hundred different lists of words, but for a few by chance."""
    P, itos = torch.full((4, 4), 0.25), {0: ".", 1: "c", 2: "a", 3: "b"}
    lists = {" ".join(learner.sample_words(P, itos, 6, generator(seed))) for seed in range(100)}
    # Two lists of six coincide once in five million times.
    require(len(lists) >= 90, "most lists of words come several times", got=len(lists), expected=100)


@exercise("sample_words")
@settings(max_examples=10)
@given(n=st.integers(1, 5), seed=seeds(), letters=st.sampled_from(["ab", "ba", "QZ"]))
def test_empty_words_stay(learner, n, seed, letters):
    """Where the end follows at once, n empty words come back; where it follows a letter, n letters."""
    itos = {0: ".", 1: letters[0], 2: letters[1]}
    ends = torch.tensor([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.5, 0.0, 0.5]])
    assert_equal(learner.sample_words(ends, itos, n, generator(seed)), [""] * n)
    single = torch.tensor([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
    assert_equal(learner.sample_words(single, itos, n, generator(seed)), [letters[1]] * n)


@exercise("nll")
@given(P=transitions(), words=texts(), stoi=five_symbols())
def test_nll_is_the_mean_over_all_pairs(learner, P, words, stoi):
    """The loss is the sum of -log P over all pairs of all words, divided by their number."""
    before = P.clone()
    loss = loss_of(P, words, stoi)
    assert_close(learner.nll(P, words, stoi), loss, atol=ROUNDING * max(1.0, loss))
    assert_equal(P, before, "P afterwards", axes=FROM_TO)


@exercise("nll")
@given(P=transitions(), one=texts(), other=texts(), stoi=five_symbols())
def test_long_words_weigh_more(learner, P, one, other, stoi):
    """The loss of two lists together is the mean of theirs, each weighted by its number of pairs."""
    n, m = len(bigrams(one)), len(bigrams(other))
    parts = n * float(learner.nll(P, one, stoi)) + m * float(learner.nll(P, other, stoi))
    together = learner.nll(P, one + other, stoi)
    assert_close(together, parts / (n + m), atol=4 * ROUNDING)
    assert_close(together, loss_of(P, one + other, stoi), atol=4 * ROUNDING)


@exercise("nll")
@given(P=transitions(5, 0), words=texts(0), stoi=five_symbols())
def test_zeros_count_where_they_are_used(learner, P, words, stoi):
    """The loss is infinite if a pair of the words has probability 0, and finite otherwise."""
    used = [*words, ""]
    assert_close(learner.nll(P, used, stoi), loss_of(P, used, stoi), atol=4 * ROUNDING)


@exercise("nll")
@settings(max_examples=10)
@given(length=st.integers(300, 900), P=transitions(4))
def test_a_long_text_doesnt_underflow(learner, length, P):
    """The loss of a very long word is finite and right, though its likelihood is too small for any float."""
    stoi = {".": 0, "b": 1, "a": 2, "c": 3}
    text = ["abbc" * length]
    expected = loss_of(P, text, stoi)
    assert_close(learner.nll(P, text, stoi), expected, atol=summed(4 * length) * max(1.0, expected))


@exercise("perplexity")
@given(loss=st.floats(0, 12))
def test_perplexity_agrees_with_the_reference(learner, reference, loss):
    """Perplexity is e to the loss in nats."""
    assert_close(learner.perplexity(loss), reference.perplexity(loss), rtol=ROUNDING)


@exercise("perplexity")
@given(one=st.floats(0, 5), other=st.floats(0.1, 5))
def test_losses_add_where_perplexities_multiply(learner, one, other):
    """The perplexity of a sum of two losses is the product of theirs, and more loss is more perplexity."""
    a, b, both = (float(learner.perplexity(loss)) for loss in (one, other, one + other))
    assert_close(both, a * b, rtol=4 * ROUNDING)
    require(both > a, "a larger loss has no larger perplexity", got=both, expected=a)
    assert_close(learner.perplexity(math.log(2)), 2.0, "at a loss of log 2", rtol=ROUNDING)


@exercise("perplexity")
def test_perplexity_at_the_ends(learner):
    """No loss is perplexity 1, infinite loss infinite perplexity, and uniform over 27 symbols is 27."""
    assert_close(learner.perplexity(0.0), 1.0, "without loss", rtol=ROUNDING)
    assert_close(learner.perplexity(math.log(27)), 27.0, "at a loss of log 27", rtol=ROUNDING)
    assert_equal(learner.perplexity(math.inf), math.inf, "at an infinite loss")


def dev_losses(train: list[str], dev: list[str], strengths: list[float], stoi: dict[str, int]) -> list[float]:
    """The loss on dev for each strength above 0, in float64."""
    counts = table_of(train, stoi).double()
    tables = [(counts + s) / (counts + s).sum(1, keepdim=True) for s in strengths]
    return [loss_of(P, dev, stoi) for P in tables]


def strength_lists() -> st.SearchStrategy[list[float]]:
    """Different strengths in any order."""
    choices = st.sampled_from([0.01, 0.1, 0.3, 1.0, 2.0, 5.0, 20.0, 300.0])
    return st.lists(choices, min_size=1, max_size=6, unique=True)


@exercise("choose_smoothing")
@given(train=texts(), dev=texts(), strengths=strength_lists(), stoi=vocabularies())
def test_the_least_dev_loss_wins(learner, train, dev, strengths, stoi):
    """The strength with the least loss on the development words is chosen, wherever it stands in the list."""
    losses = dev_losses(train, dev, strengths, stoi)
    ranked = sorted(losses)
    assume(len(ranked) == 1 or ranked[1] - ranked[0] > 1e-4)
    best = strengths[losses.index(ranked[0])]
    assert_equal(float(learner.choose_smoothing(train, dev, strengths, stoi)), best)
    assert_equal(float(learner.choose_smoothing(train, dev, strengths[::-1], stoi)), best, "in reverse order")


@exercise("choose_smoothing")
@given(train=texts(), strengths=strength_lists(), stoi=vocabularies())
def test_what_train_holds_is_not_for_dev_to_say(learner, train, strengths, stoi):
    """Where dev is train itself, least smoothing wins; where dev is all that train never does, most."""
    low, high = min(strengths), 2 * max(strengths)
    losses = dev_losses(train, train, [low, high], stoi)
    assume(losses[1] - losses[0] > 1e-4)
    both = [high, low]
    assert_equal(float(learner.choose_smoothing(train, train, both, stoi)), low, "on the training words")
    assert_equal(float(learner.choose_smoothing(["ab"], ["ba"], both, stoi)), high, "for ab against ba")


@exercise("choose_smoothing")
@settings(max_examples=10)
@given(copies=st.integers(6, 30), strengths=st.permutations([0.25, 1.0, 8.0]))
def test_much_of_the_same_in_train_does_not_help(learner, copies, strengths):
    """However often train says `ab`, for `ba` the most smoothing is best."""
    stoi = {".": 0, "b": 1, "a": 2}
    assert_equal(float(learner.choose_smoothing(["ab"] * copies, ["ba"], strengths, stoi)), 8.0)


@exercise("choose_smoothing")
@given(strengths=st.permutations([0.25, 0.5, 2.0, 4.0]), copies=st.integers(1, 3))
def test_of_equals_the_smaller(learner, strengths, copies):
    """At a tie the smallest strength is chosen, in whatever order they come."""
    stoi = {".": 0, "c": 1, "a": 2, "b": 3}
    train = ["a", "bab", "bac", "cab"]  # `.a` and `a.` are a quarter of their rows, at any smoothing
    assert_equal(float(learner.choose_smoothing(train, ["a"] * copies, strengths, stoi)), 0.25)
    assert_equal(float(learner.choose_smoothing(train, ["cc"], strengths, stoi)), 4.0, "without a tie")


@exercise("choose_smoothing")
@given(strengths=st.permutations([0.0, 1.0, 10.0, 100.0]))
def test_no_smoothing_can_lose_and_win(learner, strengths):
    """Strength 0 loses where it makes a development pair impossible, and can win where it doesn't."""
    stoi = {".": 0, "b": 1, "a": 2}
    assert_equal(float(learner.choose_smoothing(["ab", "b"], ["ab", "ba"], strengths, stoi)), 1.0)
    assert_equal(float(learner.choose_smoothing(["ab", "aab"], ["ab"], strengths, stoi)), 0.0)
    unseen = learner.choose_smoothing(["a"], ["ab"], strengths, stoi)
    assert_equal(float(unseen), 1.0, "where dev has a letter that train hasn't")


def logit_loss(W: torch.Tensor, xs: torch.Tensor, ys: torch.Tensor, reg: float) -> torch.Tensor:
    """The loss from its definition, in float64."""
    log_P = W - W.exp().sum(1, keepdim=True).log()
    picked = torch.stack([log_P[x, y] for x, y in zip(xs.tolist(), ys.tolist(), strict=True)])
    return reg * (W * W).sum() / W.numel() - picked.sum() / len(picked)


@driver
def loss_and_gradient(names, W, xs, ys, reg):
    """The learner's loss, and its gradient by W."""
    W = W.clone().requires_grad_()
    loss = names.bigram_loss(W, xs, ys, reg)
    loss.backward()
    return loss.item(), W.grad


@exercise("bigram_loss")
@given(W=logit_tables(), pairs=pair_lists(), reg=st.sampled_from([0.0, 0.01, 0.5, 3.0]))
def test_loss_agrees_with_its_definition(learner, W, pairs, reg):
    """The loss is the mean of -log softmax(W[x])[y] over the pairs, plus reg times the mean of W squared."""
    xs, ys = columns(pairs)
    before = W.clone()
    expected = logit_loss(W.double(), xs, ys, reg).item()
    assert_close(learner.bigram_loss(W, xs, ys, reg), expected, atol=ROUNDING * max(1.0, expected))
    assert_equal(W, before, "W afterwards", axes=FROM_TO)


@exercise("bigram_loss")
@given(W=logit_tables(), pairs=pair_lists(), reg=st.sampled_from([0.0, 0.01, 0.5, 3.0]))
def test_gradient_agrees_with_its_definition(learner, W, pairs, reg):
    """The gradient by W is predicted less observed share, by row, plus that of the penalty."""
    xs, ys = columns(pairs)
    exact = W.double().requires_grad_()
    loss = logit_loss(exact, xs, ys, reg)
    loss.backward()
    got_loss, gradient = loss_and_gradient(learner, W, xs, ys, reg)
    assert_close(gradient, exact.grad, "the gradient by W", atol=ROUNDING, axes=FROM_TO)
    assert_close(got_loss, loss.item(), "the loss", atol=ROUNDING * max(1.0, loss.item()))


@exercise("bigram_loss")
@given(W=logit_tables(), pairs=pair_lists(), up=st.integers(-12, 12))
def test_a_row_may_be_shifted(learner, W, pairs, up):
    """Without reg, a constant added to all logits of a row changes nothing, added to a column it does."""
    xs, ys = columns(pairs)
    loss = learner.bigram_loss(W, xs, ys)
    expected = logit_loss(W.double(), xs, ys, 0.0).item()
    assert_close(loss, expected, "without naming reg", atol=ROUNDING * max(1.0, expected))
    shifted = W + (torch.arange(len(W)).unsqueeze(1) % 3 - 1) * up / 4
    assert_close(learner.bigram_loss(shifted, xs, ys), expected, "rows shifted", atol=4 * ROUNDING)


@exercise("bigram_loss")
@given(W=logit_tables(), pairs=pair_lists(), reg=st.sampled_from([0.0, 0.5]))
def test_the_mean_is_over_pairs(learner, W, pairs, reg):
    """Every pair given twice, in another order, leaves loss and gradient as they are."""
    xs, ys = columns(pairs)
    once, gradient = loss_and_gradient(learner, W, xs, ys, reg)
    twice, doubled = loss_and_gradient(
        learner, W, torch.cat([xs, xs.flip(0)]), torch.cat([ys, ys.flip(0)]), reg
    )
    assert_close(twice, once, "the loss", atol=ROUNDING * max(1.0, abs(once)))
    assert_close(doubled, gradient, "the gradient by W", atol=ROUNDING, axes=FROM_TO)
    expected = logit_loss(W.double(), xs, ys, reg).item()
    assert_close(once, expected, "the loss", atol=ROUNDING * max(1.0, expected))


def stepped(W: torch.Tensor, xs: torch.Tensor, ys: torch.Tensor, lr: float, reg: float) -> torch.Tensor:
    """W after one step, from the gradient's formula: (predicted less observed) over n, plus the penalty's."""
    W = W.detach().double()
    V, n = len(W), len(xs)
    observed = torch.zeros(V, V, dtype=torch.float64)
    observed.index_put_((xs, ys), torch.ones(n, dtype=torch.float64), accumulate=True)
    predicted = observed.sum(1, keepdim=True) * W.softmax(1)
    return W - lr * ((predicted - observed) / n + 2 * reg * W / V**2)


@exercise("train_bigram")
@given(
    steps=st.integers(1, 5),
    V=st.integers(4, 7),
    lr=rates(),
    reg=penalties(),
    seed=seeds(),
    pairs=pair_lists(),
)
def test_each_step_is_the_full_batch_step(learner, steps, V, lr, reg, seed, pairs):
    """The last step moves W by -lr times the gradient of loss and penalty over all pairs, no more."""
    xs, ys = columns(pairs)
    W, losses = learner.train_bigram(xs, ys, V, steps - 1, lr, reg, generator(seed))
    later, more = learner.train_bigram(xs, ys, V, steps, lr, reg, generator(seed))
    assert_close(later, stepped(W, xs, ys, lr, reg), f"W after {steps} steps", axes=FROM_TO)
    assert_equal(len(more), steps, "the number of losses")
    assert_close(list(more)[:-1], list(losses), "the losses before", rtol=ROUNDING)


@exercise("train_bigram")
@given(
    steps=st.integers(1, 5),
    V=st.integers(4, 7),
    lr=rates(),
    reg=penalties(),
    seed=seeds(),
    pairs=pair_lists(),
)
def test_losses_are_taken_before_the_step(learner, steps, V, lr, reg, seed, pairs):
    """The last loss is that of the W before the last step, on all pairs and with its penalty."""
    xs, ys = columns(pairs)
    W, _ = learner.train_bigram(xs, ys, V, steps - 1, lr, reg, generator(seed))
    _, losses = learner.train_bigram(xs, ys, V, steps, lr, reg, generator(seed))
    expected = logit_loss(W.detach().double(), xs, ys, reg).item()
    assert_close(losses[-1], expected, f"loss {steps}", atol=ROUNDING * max(1.0, expected))


@exercise("train_bigram")
@settings(max_examples=10)
@given(seed=seeds())
def test_the_start_is_drawn_from_the_generator(learner, seed):
    """W starts as standard normal numbers of the generator's: equal states alike, later draws not."""
    xs, ys = torch.tensor([0, 3]), torch.tensor([2, 1])
    drawing = generator(seed)
    W, _ = learner.train_bigram(xs, ys, 40, 0, 1.0, 0.0, drawing)
    again, _ = learner.train_bigram(xs, ys, 40, 0, 1.0, 0.0, generator(seed))
    later, _ = learner.train_bigram(xs, ys, 40, 0, 1.0, 0.0, drawing)
    assert_equal(tuple(W.shape), (40, 40), "the shape of W")
    assert_equal(again, W, "from a generator in the same state", axes=FROM_TO)
    require(not torch.equal(later, W), "a second call with the same generator starts from the same W")
    W = W.detach().double()
    # Six standard errors for 1,600 numbers.
    assert_close(W.mean(), 0.0, "the mean of W at the start", atol=6 / 40)
    assert_close(W.std(), 1.0, "the standard deviation of W at the start", atol=6 / math.sqrt(3200))
    within = (W.abs() < 1).double().mean()
    assert_close(within, 0.6827, "the share of W between -1 and 1 at the start", atol=6 * 0.4654 / 40)


@exercise("train_bigram")
@settings(max_examples=2)
@given(seed=seeds())
def test_training_nears_the_counting_model(learner, seed):
    """After many steps the softmax of W is near the counted probabilities, and no loss is below theirs."""
    counts = torch.tensor([[2, 5, 3], [4, 1, 5], [6, 3, 1]])
    xs = torch.arange(9).div(3, rounding_mode="floor").repeat_interleave(counts.flatten())
    ys = (torch.arange(9) % 3).repeat_interleave(counts.flatten())
    W, losses = learner.train_bigram(xs, ys, 3, 80, 6.0, 0.0, generator(seed))
    P = counts.double() / counts.sum(1, keepdim=True)
    floor = -(counts * P.log()).sum().item() / counts.sum().item()
    require(
        min(losses) > floor - ROUNDING, "a loss below the counting model's", got=min(losses), expected=floor
    )
    assert_close(losses[-1], floor, "the last loss", atol=0.01)
    assert_close(W.detach().softmax(1), P, "softmax of W", atol=0.03, axes=FROM_TO)


def windows(text: list[str]) -> Counter:
    """How often each symbol follows each two, by way of strings."""
    return Counter(f"..{word}."[place : place + 3] for word in text for place in range(len(word) + 1))


@exercise("trigram_counts")
@given(words=texts(0), stoi=vocabularies())
def test_each_window_is_counted_in_its_place(learner, words, stoi):
    """N[a, b, c] says how often c follows a and then b, empty words included."""
    N = learner.trigram_counts([*words, "ba"], stoi)
    expected = torch.zeros((len(stoi),) * 3, dtype=torch.int64)
    for window, times in windows([*words, "ba"]).items():
        expected[tuple(stoi[symbol] for symbol in window)] = times
    assert_equal(N, expected, axes=("before", *FROM_TO))


@exercise("trigram_counts")
@given(words=texts(), stoi=vocabularies())
def test_summing_out_the_oldest_gives_bigrams(learner, words, stoi):
    """Summed over the oldest symbol, trigrams become bigrams."""
    N = learner.trigram_counts(words, stoi)
    assert_equal(N.sum(0), table_of(words, stoi), "summed over the first symbol", axes=FROM_TO)


@exercise("trigram_counts")
@given(one=texts(), other=texts(), stoi=vocabularies())
def test_trigrams_add_up_over_lists(learner, one, other, stoi):
    """The counts of two lists together are the sum of their counts."""
    both = learner.trigram_counts(one + other, stoi)
    assert_equal(both, learner.trigram_counts(one, stoi) + learner.trigram_counts(other, stoi))
    assert_equal(int(both.sum()), len(bigrams(one + other)), "the sum of all counts")


def score_of(P_a: torch.Tensor, P_b: torch.Tensor, seq: str, stoi: dict[str, int]) -> float:
    """The log-likelihood ratio, from the losses."""
    return (loss_of(P_b, [seq], stoi) - loss_of(P_a, [seq], stoi)) * (len(seq) + 1)


@exercise("family_score")
@given(P_a=transitions(), P_b=transitions(), seq=words("abc", 0, 12), stoi=five_symbols())
def test_score_is_the_sum_of_log_ratios(learner, P_a, P_b, seq, stoi):
    """The score is the sum of log P_a - log P_b over all pairs, from the first mark to the last."""
    expected = score_of(P_a, P_b, seq, stoi)
    assert_close(learner.family_score(P_a, P_b, seq, stoi), expected, atol=ROUNDING * (len(seq) + 1))


@exercise("family_score")
@given(P_a=transitions(), P_b=transitions(), seq=words("abc", 1, 12), stoi=five_symbols())
def test_exchanged_tables_turn_the_sign(learner, P_a, P_b, seq, stoi):
    """Exchanging the tables turns the sign, and a table against itself scores 0."""
    score = float(learner.family_score(P_a, P_b, seq, stoi))
    tolerance = ROUNDING * (len(seq) + 1)
    assert_close(learner.family_score(P_b, P_a, seq, stoi), -score, "tables exchanged", atol=tolerance)
    assert_close(learner.family_score(P_a, P_a, seq, stoi), 0.0, "a table against itself", atol=tolerance)
    assert_close(score, score_of(P_a, P_b, seq, stoi), atol=tolerance)


@exercise("family_score")
@settings(max_examples=10)
@given(P_a=transitions(4), P_b=transitions(4), length=st.integers(400, 900))
def test_thousands_of_residues_score(learner, P_a, P_b, length):
    """The score of a very long sequence is finite and right, though its likelihood is 0 in any float."""
    stoi = {".": 0, "b": 1, "a": 2, "c": 3}
    seq = "abbc" * length
    got = learner.family_score(P_a, P_b, seq, stoi)
    expected = score_of(P_a, P_b, seq, stoi)
    assert_close(got, expected, atol=summed(len(seq)) * max(1.0, abs(expected)))


@exercise("family_score")
def test_families_are_told_apart(learner):
    """Sequences made like one family score above 0 against the other, by the amount of their evidence."""
    stoi = {symbol: number for number, symbol in enumerate(".SPKYVLNTGDI")}
    families = ["SPPPPYVYSSPPPPYK", "KSPPPPVYYPSPPPP"], ["LTNLTSLDLSNNKLSGPIP", "LPNLTVLDLSNNNLTG"]
    P_a, P_b = (table_of(family, stoi).double() + 0.5 for family in families)
    P_a, P_b = P_a / P_a.sum(1, keepdim=True), P_b / P_b.sum(1, keepdim=True)
    for seq in ("SPPPPVYKSPPPP", "LKNLTNLDLSGNNLTGSIP"):
        expected = score_of(P_a, P_b, seq, stoi)
        assert_close(learner.family_score(P_a, P_b, seq, stoi), expected, seq, atol=len(seq) * ROUNDING)

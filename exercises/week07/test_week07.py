"""Week 07's checks: what a learner can run. Each states one law of a right answer."""

import math

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograde.properties import assert_close, assert_equal, assert_raises, driver, exercise, require
from autograde.strategies import words

# Answers may come from float32 arithmetic, whatever they are returned as.
ROUNDING = 64 * torch.finfo(torch.float32).eps

# What rows and columns of a table of pairs stand for, in the pictures of wrong ones.
FROM_TO = ("from", "to")

AB = {".": 0, "a": 1, "b": 2}
COUNTS = torch.tensor([[0, 1, 1], [0, 0, 1], [2, 0, 0]])
SMOOTHED = torch.tensor([[0.2, 0.4, 0.4], [0.25, 0.25, 0.5], [0.6, 0.2, 0.2]], dtype=torch.float64)


def vocabularies() -> st.SearchStrategy[dict[str, int]]:
    """Numberings that hold a, b and c: in order, out of order, with others among them."""
    orders = [".abc", ".cabd", ".bzcAa"]
    return st.sampled_from([{symbol: number for number, symbol in enumerate(order)} for order in orders])


def texts(least: int = 1) -> st.SearchStrategy[list[str]]:
    """Some short words over a, b and c, so that pairs and words repeat."""
    return st.lists(words("abc"), min_size=least, max_size=5)


@st.composite
def count_tables(draw: st.DrawFn) -> torch.Tensor:
    """A square table of counts, integer or floating, in which a row may be all zeros."""
    V = draw(st.integers(2, 5))
    row = st.lists(st.integers(0, 9), min_size=V, max_size=V) | st.just([0] * V)
    dtype = draw(st.sampled_from([torch.int64, torch.float32]))
    return torch.tensor(draw(st.lists(row, min_size=V, max_size=V)), dtype=dtype)


@st.composite
def logit_tables(draw: st.DrawFn) -> torch.Tensor:
    """A table W of float32 logits for four to six symbols, in quarters from -4 to 4."""
    V = draw(st.integers(4, 6))
    row = st.lists(st.integers(-16, 16), min_size=V, max_size=V)
    return torch.tensor(draw(st.lists(row, min_size=V, max_size=V))) / 4


def pair_lists() -> st.SearchStrategy[list[tuple[int, int]]]:
    """Pairs (x, y) of the symbols 0 to 3, some of them repeated."""
    symbol = st.integers(0, 3)
    return st.lists(st.tuples(symbol, symbol), min_size=1, max_size=7)


def columns(pairs: list[tuple[int, int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """The pairs' first symbols and second symbols, as two tensors."""
    xs, ys = zip(*pairs, strict=True)
    return torch.tensor(xs), torch.tensor(ys)


def seeds() -> st.SearchStrategy[int]:
    return st.integers(0, 999)


@exercise("encode")
@given(word=words("abc"), stoi=vocabularies())
def test_each_letter_becomes_its_number(learner, word, stoi):
    """Each letter becomes its number in stoi, in the order of the word."""
    assert_equal(learner.encode(word, stoi), [stoi[letter] for letter in word])


@exercise("encode")
@given(word=st.builds("{}Q{}".format, words("abc", 0), words("abc", 0)), stoi=vocabularies())
def test_an_unknown_letter_is_named(learner, word, stoi):
    """A letter that isn't in stoi raises a KeyError that names it."""
    assert_raises(KeyError, learner.encode, word, stoi, mentions="Q")
    known = word.replace("Q", "b")
    assert_equal(learner.encode(known, stoi), [stoi[letter] for letter in known], "with b in place of Q")


@exercise("decode")
@given(
    ids=st.lists(st.integers(0, 3), min_size=1, max_size=6),
    itos=vocabularies().map(lambda stoi: dict(enumerate(stoi))),
)
def test_numbers_become_the_word_again(learner, ids, itos):
    """Each number becomes the symbol that has it, in order."""
    assert_equal(learner.decode(ids, itos), "".join(itos[number] for number in ids))


@exercise("decode")
def test_the_mark_is_a_symbol_like_others(learner):
    """Number 0 becomes `.`, wherever it stands."""
    assert_equal(learner.decode([0, 1, 0, 2, 0], {0: ".", 1: "a", 2: "b"}), ".a.b.")


@exercise("bigram_counts")
def test_counts_of_the_example(learner):
    """The words ab and b give the table of section 3."""
    assert_equal(learner.bigram_counts(["ab", "b"], AB), COUNTS, axes=FROM_TO)


@exercise("bigram_counts")
@given(words=texts(), stoi=vocabularies())
def test_a_word_gives_one_pair_more_than_letters(learner, words, stoi):
    """All counts together are one more for each word than it has letters.

    Hint: The pairs of `ab` are `.a`, `ab` and `b.`: both ends of a word count. Or a pair that occurs twice
    was counted once.
    """
    N = learner.bigram_counts(words, stoi)
    assert_equal(tuple(N.shape), (len(stoi), len(stoi)), "the shape")
    assert_equal(int(N.sum()), sum(len(word) + 1 for word in words), "the sum of all counts")


@exercise("bigram_counts")
@given(words=texts(), stoi=vocabularies())
def test_symbols_are_left_as_often_as_entered(learner, words, stoi):
    """Each row sums to how often its symbol occurs, and so does each column."""
    N = learner.bigram_counts(words, stoi)
    text = "".join(word + "." for word in words)
    occurs = torch.tensor([text.count(symbol) for symbol in stoi])
    assert_equal(N.sum(1), occurs, "row sums")
    assert_equal(N.sum(0), occurs, "column sums")


@exercise("bigram_probabilities")
def test_probabilities_of_the_example(learner):
    """The counts of section 3 with smoothing 1, the default, give the table worked out in section 4."""
    P = SMOOTHED.float()
    assert_close(learner.bigram_probabilities(COUNTS, 1.0), P, "with smoothing=1.0", axes=FROM_TO)
    assert_close(learner.bigram_probabilities(COUNTS), P, "without naming a smoothing", axes=FROM_TO)


@exercise("bigram_probabilities")
@given(counts=count_tables(), smoothing=st.sampled_from([0.0, 0.1, 1.0, 2.5, 40.0]))
def test_rows_sum_to_one(learner, counts, smoothing):
    """Every row of probabilities sums to 1, and the counts stay as they were."""
    before = counts.clone()
    P = learner.bigram_probabilities(counts, smoothing)
    assert_equal(tuple(P.shape), tuple(counts.shape), "the shape")
    assert_close(P.sum(1), torch.ones(len(counts)), "row sums")
    assert_equal(counts, before, "the counts afterwards", axes=FROM_TO)


@exercise("bigram_probabilities")
def test_a_row_never_seen_is_uniform(learner):
    """Without smoothing, a row with counts gives their shares, and a row without any is uniform."""
    P = learner.bigram_probabilities(torch.tensor([[1, 3], [0, 0]]), 0.0)
    assert_close(P, torch.tensor([[0.25, 0.75], [0.5, 0.5]]), axes=FROM_TO)


@exercise("sample_words")
@given(word=st.permutations("abc").map("".join), n=st.integers(1, 4), seed=seeds())
def test_certain_steps_leave_one_word(learner, word, n, seed):
    """Where every next symbol is certain, all n words are the one that P spells, without the marks."""
    itos = {0: ".", 1: "a", 2: "b", 3: "c"}
    stops = [0, *(" abc".index(letter) for letter in word), 0]
    P = torch.zeros(4, 4)
    P[stops[:-1], stops[1:]] = 1.0
    generator = torch.Generator().manual_seed(seed)
    assert_equal(learner.sample_words(P, itos, n, generator), [word] * n)


@exercise("sample_words")
@given(n=st.integers(1, 9), seed=seeds())
def test_words_are_made_of_letters(learner, n, seed):
    """n words come back, made of letters only; an empty word counts as one."""
    P = torch.tensor([[0.5, 0.25, 0.25], [0.5, 0.25, 0.25], [0.5, 0.25, 0.25]])
    drawn = learner.sample_words(P, {0: ".", 1: "a", 2: "b"}, n, torch.Generator().manual_seed(seed))
    assert_equal(len(drawn), n, "the number of words")
    require(set("".join(drawn)) <= {"a", "b"}, "another symbol than the letters a and b", got=drawn)
    P[0] = torch.tensor([0.0, 0.5, 0.5])
    drawn = learner.sample_words(P, {0: ".", 1: "a", 2: "b"}, n, torch.Generator().manual_seed(seed))
    require(all(drawn), "an empty word, though `.` never follows `.`", got=drawn)
    many = learner.sample_words(P, {0: ".", 1: "a", 2: "b"}, 60, torch.Generator().manual_seed(seed))
    require(len(set(many)) > 1, "60 times the same word", got=many[0])


@exercise("sample_words")
@settings(max_examples=6)
@given(seed=seeds())
def test_equal_generators_draw_equal_words(learner, seed):
    """Generators in the same state draw the same words, and the same generator drawn from again draws others.

    Hint: The generator's state moves on with each draw from it: draw from it, and never seed it. Or does the
    likeliest symbol always win?
    """
    P, itos = torch.full((4, 4), 0.25), {0: ".", 1: "a", 2: "b", 3: "c"}
    one, other = torch.Generator().manual_seed(seed), torch.Generator().manual_seed(seed)
    first = learner.sample_words(P, itos, 12, one)
    assert_equal(learner.sample_words(P, itos, 12, other), first, "from a generator in the same state")
    again = learner.sample_words(P, itos, 12, one)
    require(again != first, "the second call with one generator draws the same words again", got=again)


@exercise("sample_words")
def test_an_empty_word_is_a_word(learner):
    """Where `.` surely follows `.`, the words are empty, and there are still n of them."""
    P = torch.tensor([[1.0, 0.0], [0.5, 0.5]])
    drawn = learner.sample_words(P, {0: ".", 1: "a"}, 2, torch.Generator().manual_seed(1))
    assert_equal(drawn, ["", ""])
    P[0] = torch.tensor([0.0, 1.0])
    drawn = learner.sample_words(P, {0: ".", 1: "a"}, 3, torch.Generator().manual_seed(1))
    require(len(drawn) == 3 and all(drawn), "3 words, none of them empty, were due", got=drawn)


@exercise("sample_words")
@settings(max_examples=2)
@given(seed=seeds())
def test_likely_steps_come_often(learner, seed):
    """Of 1,000 words with 0, 1 or 2 letters, as many have each length as P says, up to chance.

    Hint: Draw each symbol in proportion to the row of the current one, and keep the empty words.
    """
    P = torch.tensor([[0.3, 0.7, 0.0], [0.9, 0.0, 0.1], [1.0, 0.0, 0.0]])
    drawn = learner.sample_words(P, {0: ".", 1: "a", 2: "b"}, 1000, torch.Generator().manual_seed(seed))
    assert_equal(len(drawn), 1000, "the number of words")
    for word, share in [("", 0.3), ("a", 0.63), ("ab", 0.07)]:
        count, expected = list(drawn).count(word), 1000 * share
        # Over six standard errors: a right sampler is outside less than once in ten million times.
        within = abs(count - expected) <= 10 + 6 * math.sqrt(expected * (1 - share))
        require(within, f"the word {word!r} comes too often or too seldom", got=count, expected=expected)


@exercise("nll")
def test_nll_of_the_example(learner):
    """The word b costs 0.7136 nats per pair under the table of section 4, b and ab together 0.7095."""
    assert_close(learner.nll(SMOOTHED, ["b"], AB), -math.log(0.24) / 2, "of b", atol=ROUNDING)
    assert_close(learner.nll(SMOOTHED, ["b", "ab"], AB), -math.log(0.24 * 0.12) / 5, "of both", atol=ROUNDING)


@exercise("nll")
@given(words=texts(), stoi=vocabularies())
def test_a_uniform_table_costs_log_v(learner, words, stoi):
    """Under a uniform table every text costs log V nats per pair."""
    V = len(stoi)
    P = torch.full((V, V), 1 / V)
    assert_close(learner.nll(P, words, stoi), math.log(V), atol=2 * ROUNDING)


@exercise("nll")
def test_an_impossible_pair_costs_everything(learner):
    """A pair of probability 0 makes the loss infinite if the words contain it, and only then."""
    P = torch.tensor([[0.0, 0.5, 0.5], [0.5, 0.0, 0.5], [0.5, 0.5, 0.0]])
    assert_close(
        learner.nll(P, ["ab", "b"], AB), math.log(2), "without the pairs .., aa and bb", atol=ROUNDING
    )
    assert_equal(learner.nll(P, ["ab", "bb"], AB), math.inf, "with the pair bb")


@exercise("perplexity")
@given(V=st.integers(1, 100))
def test_perplexity_counts_equal_choices(learner, V):
    """A model that spreads its probability evenly over V symbols has perplexity V."""
    assert_close(learner.perplexity(math.log(V)), float(V), rtol=ROUNDING)


@exercise("choose_smoothing")
def test_smoothing_of_the_example(learner):
    """For the words of section 7 smoothing 1 is best, whatever the order of the strengths."""
    for strengths in ([0.0, 1.0, 10.0, 100.0], [100.0, 10.0, 1.0, 0.0], [10.0, 0.0, 1.0, 100.0]):
        assert_equal(
            learner.choose_smoothing(["ab", "b"], ["ab", "ba"], strengths, AB), 1.0, f"of {strengths}"
        )
    few = learner.choose_smoothing(["ab"], ["ab"], [10.0, 0.5, 100.0], AB)
    assert_equal(few, 0.5, "where less is better")


@exercise("choose_smoothing")
def test_a_tie_goes_to_the_smaller_strength(learner):
    """Where all strengths are equally good, the smallest is chosen, and otherwise the best."""
    stoi = {".": 0, "a": 1, "b": 2, "c": 3}
    train = ["a", "bab", "bac", "cab"]  # `.a` and `a.` are a quarter of their rows, at any smoothing
    assert_equal(learner.choose_smoothing(train, ["a"], [4.0, 0.5, 2.0], stoi), 0.5, "at a tie")
    assert_equal(learner.choose_smoothing(train, ["bab"], [4.0, 0.5, 2.0], stoi), 0.5, "where less is better")
    assert_equal(learner.choose_smoothing(train, ["cc"], [4.0, 0.5, 2.0], stoi), 4.0, "where more is better")


@exercise("bigram_loss")
def test_loss_of_the_example(learner):
    """The logits of section 9 cost 0.7136 nats, and with a penalty of 0.1 on the mean square 0.7430."""
    two, three = math.log(2), math.log(3)
    W = torch.tensor([[0, two, two], [0, 0, two], [three, 0, 0]])
    xs, ys = torch.tensor([0, 2]), torch.tensor([2, 0])
    plain = -math.log(0.24) / 2
    assert_close(learner.bigram_loss(W, xs, ys), plain, "without reg", atol=ROUNDING)
    penalty = 0.1 * (3 * two**2 + three**2) / 9
    assert_close(learner.bigram_loss(W, xs, ys, 0.1), plain + penalty, "with reg=0.1", atol=ROUNDING)


@exercise("bigram_loss")
@given(pairs=pair_lists(), V=st.integers(4, 7), level=st.integers(-3, 3))
def test_equal_logits_cost_log_v(learner, pairs, V, level):
    """Where all logits are equal, the loss is log V, whichever the pairs."""
    xs, ys = columns(pairs)
    assert_close(
        learner.bigram_loss(torch.full((V, V), float(level)), xs, ys), math.log(V), atol=2 * ROUNDING
    )


@exercise("bigram_loss")
@given(x=st.integers(0, 2), y=st.integers(0, 2))
def test_a_single_pair_costs_its_own_probability(learner, x, y):
    """With the logits of section 9 and a single pair, the loss is -log of the pair's probability in section 4.

    Hint: Does each row of your probabilities sum to 1? Each row of W is a distribution of its own.
    """
    two, three = math.log(2), math.log(3)
    W = torch.tensor([[0, two, two], [0, 0, two], [three, 0, 0]])
    cost = -math.log(SMOOTHED[x, y].item())
    assert_close(learner.bigram_loss(W, torch.tensor([x]), torch.tensor([y])), cost, atol=ROUNDING)


@driver
def loss_and_gradient(names, W, xs, ys, reg):
    """The learner's loss, and its gradient by W."""
    W = W.clone().requires_grad_()
    loss = names.bigram_loss(W, xs, ys, reg)
    loss.backward()
    return loss.item(), W.grad


@exercise("bigram_loss")
@settings(max_examples=10)
@given(W=logit_tables(), pairs=pair_lists())
def test_unused_rows_get_no_gradient(learner, W, pairs):
    """Without penalty, the gradient reaches the rows of W whose number occurs in xs, and no other.

    Hint: The loss must stay a tensor that hangs together with W: no `.item()`, no `float()`, no `detach()`.
    """
    xs, ys = columns(pairs)
    _, gradient = loss_and_gradient(learner, W, xs, ys, 0.0)
    assert_equal(tuple(gradient.shape), tuple(W.shape), "the gradient's shape")
    reached = gradient.abs().sum(1) > 0
    assert_equal(reached, torch.tensor([row in xs.tolist() for row in range(len(W))]), "rows with a gradient")


def full_batch_step(W, xs, ys, lr, reg):
    """W after one step of gradient descent, from the formula for the gradient."""
    W = W.detach().double().clone().requires_grad_()
    log_P = W - W.logsumexp(1, keepdim=True)
    loss = -log_P[xs, ys].mean() + reg * W.square().mean()
    (gradient,) = torch.autograd.grad(loss, W)
    return (W - lr * gradient).detach(), loss.item()


@exercise("train_bigram")
def test_training_of_the_example(learner):
    """Two steps of the docstring's example give its losses, as floats, and its W, without a gradient.

    Hint: `W.detach()` cuts W off from what it was computed from, `loss.item()` makes a float of a loss. Kept as
    tensors, the losses would hold on to every step's computation.
    """
    xs, ys = torch.tensor([0, 0, 1]), torch.tensor([1, 1, 0])
    W, losses = learner.train_bigram(xs, ys, 2, 2, 1.0, 0.0, torch.Generator().manual_seed(0))
    assert_close(losses, [2.258179, 1.473328], "the losses", atol=1e-5)
    expected = torch.tensor([[0.522945, 0.724622], [-1.567904, -0.042454]])
    assert_close(W, expected, "W", atol=1e-5, axes=FROM_TO)
    require(not W.requires_grad, "W is still attached to the gradient", got=W)
    require(all(isinstance(loss, float) for loss in losses), "the losses aren't all floats", got=losses)


@exercise("train_bigram")
@settings(max_examples=10)
@given(steps=st.integers(1, 5), V=st.integers(4, 6), seed=seeds(), pairs=pair_lists())
def test_one_loss_a_step(learner, steps, V, seed, pairs):
    """There is one loss for each step, and the first is that of the W which `steps=0` returns."""
    xs, ys = columns(pairs)
    start, none = learner.train_bigram(xs, ys, V, 0, 1.0, 0.1, torch.Generator().manual_seed(seed))
    assert_equal(tuple(start.shape), (V, V), "the shape of W")
    assert_equal(len(none), 0, "the number of losses for no step")
    _, losses = learner.train_bigram(xs, ys, V, steps, 1.0, 0.1, torch.Generator().manual_seed(seed))
    assert_equal(len(losses), steps, "the number of losses")
    _, loss = full_batch_step(start, xs, ys, 1.0, 0.1)
    assert_close(losses[0], loss, "the first loss", atol=ROUNDING * max(1.0, loss))


@exercise("train_bigram")
@settings(max_examples=10)
@given(steps=st.integers(1, 4), V=st.integers(4, 6), seed=seeds(), pairs=pair_lists())
def test_a_step_goes_down_the_gradient(learner, steps, V, seed, pairs):
    """The last step moves W by -lr times the gradient of the loss on all pairs.

    Hint: If the first step is right and the second isn't, the first step's gradient is still there.
    """
    xs, ys = columns(pairs)
    W, _ = learner.train_bigram(xs, ys, V, steps - 1, 2.0, 0.0, torch.Generator().manual_seed(seed))
    later, _ = learner.train_bigram(xs, ys, V, steps, 2.0, 0.0, torch.Generator().manual_seed(seed))
    expected, _ = full_batch_step(W, xs, ys, 2.0, 0.0)
    assert_close(later, expected, f"W after step {steps}", axes=FROM_TO)


@exercise("trigram_counts")
def test_trigrams_of_the_example(learner):
    """The word ab has the three windows ..a, .ab and ab. ."""
    expected = torch.zeros(3, 3, 3, dtype=torch.int64)
    expected[0, 0, 1] = expected[0, 1, 2] = expected[1, 2, 0] = 1
    assert_equal(learner.trigram_counts(["ab"], AB), expected, axes=("before", *FROM_TO))


@exercise("trigram_counts")
@given(words=texts(), stoi=vocabularies())
def test_trigrams_count_each_symbol_after_the_two_before(learner, words, stoi):
    """Summed over both symbols before, the counts say how often each symbol occurs, ends included."""
    N = learner.trigram_counts(words, stoi)
    assert_equal(tuple(N.shape), (len(stoi),) * 3, "the shape")
    text = "".join(word + "." for word in words)
    assert_equal(N.sum((0, 1)), torch.tensor([text.count(symbol) for symbol in stoi]))


@exercise("family_score")
def test_score_of_the_example(learner):
    """The word b scores 0.7701 nats for the table of section 4 over a uniform one, and -0.7701 in return."""
    uniform = torch.full((3, 3), 1 / 3, dtype=torch.float64)
    score = math.log(0.4 * 3) + math.log(0.6 * 3)
    assert_close(learner.family_score(SMOOTHED, uniform, "b", AB), score, atol=ROUNDING)
    assert_close(learner.family_score(uniform, SMOOTHED, "b", AB), -score, "tables exchanged", atol=ROUNDING)


@exercise("family_score")
@given(copies=st.sampled_from([1, 10, 400]))
def test_long_sequences_keep_their_score(learner, copies):
    """Each further `ab` adds the same to the score, however long the sequence.

    Hint: A product of a thousand probabilities is 0. Add their logarithms instead.
    """
    uniform = torch.full((3, 3), 1 / 3, dtype=torch.float64)
    ends, turn = math.log(0.4 * 0.5 * 0.6 * 27), math.log(0.2 * 0.5 * 9)
    score = ends + (copies - 1) * turn
    got = learner.family_score(SMOOTHED, uniform, "ab" * copies, AB)
    assert_close(got, score, atol=copies * ROUNDING * max(1.0, abs(score)) / 16)  # a float32 sum term by term


@exercise("break_bigram_probabilities")
def test_a_table_that_ignores_its_counts_is_caught(learner):
    """A `bigram_probabilities` that makes every row uniform, whatever was counted, is caught.

    Hint: Count something uneven, and say which number must stand where.
    """

    def uniform(counts, smoothing=1.0):
        return torch.full(counts.shape, 1.0 / len(counts))

    assert_raises(AssertionError, learner.break_bigram_probabilities, uniform)


@exercise("break_bigram_probabilities")
def test_a_table_with_all_mass_in_one_column_is_caught(learner):
    """A `bigram_probabilities` that gives column 0 all probability is caught, though its rows sum to 1.

    Hint: A sum of 1 says little about a row. Compare its numbers with those that you worked out.
    """

    def first_column(counts, smoothing=1.0):
        P = torch.zeros(counts.shape)
        P[:, 0] = 1.0
        return P

    assert_raises(AssertionError, learner.break_bigram_probabilities, first_column)


@exercise("break_bigram_probabilities")
def test_a_table_that_is_never_divided_is_caught(learner):
    """A `bigram_probabilities` that smooths and forgets to divide is caught.

    Hint: What do the probabilities of all that may come next add up to?
    """

    def undivided(counts, smoothing=1.0):
        return counts.float() + smoothing

    assert_raises(AssertionError, learner.break_bigram_probabilities, undivided)

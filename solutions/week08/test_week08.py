"""Week 08's checks: what a learner can run. Each states one law of a right answer."""

import math

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograde.properties import assert_close, assert_equal, assert_raises, driver, exercise, require
from autograde.strategies import sizes, tensors, words

# Answers may come from float32 arithmetic, whatever they are returned as.
ROUNDING = 64 * torch.finfo(torch.float32).eps

AB = {".": 0, "a": 1, "b": 2}
EXAMPLES = ("example", "place")


def vocabularies() -> st.SearchStrategy[dict[str, int]]:
    """Numberings that hold a, b and c: in order, out of order, with others among them."""
    orders = [".abc", ".cabd", ".bzcAa"]
    return st.sampled_from([{symbol: number for number, symbol in enumerate(order)} for order in orders])


def texts() -> st.SearchStrategy[list[str]]:
    """Some short words over a, b and c, an empty one now and then."""
    return st.lists(words("abc", 0, 4), min_size=1, max_size=4)


def seeds() -> st.SearchStrategy[int]:
    return st.integers(0, 999)


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@st.composite
def contexts(draw: st.DrawFn, V: int, block: int, least: int = 1) -> torch.Tensor:
    """Some contexts (n, block) of numbers below V."""
    row = st.lists(st.integers(0, V - 1), min_size=block, max_size=block)
    return torch.tensor(draw(st.lists(row, min_size=least, max_size=5)))


@st.composite
def tables_and_contexts(draw: st.DrawFn) -> tuple[torch.Tensor, torch.Tensor]:
    """An embedding C (V, d) and contexts X (n, block) for it."""
    V, d, block = draw(st.integers(2, 6)), draw(st.integers(1, 4)), draw(st.integers(1, 4))
    return draw(tensors((V, d), dtype=torch.float32)), draw(contexts(V, block))


@st.composite
def networks(draw: st.DrawFn) -> tuple[list[torch.Tensor], torch.Tensor, torch.Tensor]:
    """Parameters, contexts X and targets Y that fit each other, in float64."""
    V, block, d, hidden = (draw(sizes(low, 4)) for low in (2, 1, 1, 1))
    shapes = [(V, d), (block * d, hidden), (hidden,), (hidden, V), (V,)]
    drawing = generator(draw(seeds()))
    params = [torch.randn(shape, generator=drawing, dtype=torch.float64) for shape in shapes]
    X = draw(contexts(V, block))
    Y = torch.tensor(draw(st.lists(st.integers(0, V - 1), min_size=len(X), max_size=len(X))))
    return [p.requires_grad_() for p in params], X, Y


def logits_of(params: list[torch.Tensor], X: torch.Tensor) -> torch.Tensor:
    """What the network says, from its definition."""
    C, W1, b1, W2, b2 = params
    points = torch.stack([torch.cat([C[number] for number in context]) for context in X.tolist()])
    return (points @ W1 + b1).tanh() @ W2 + b2


def costs_of(params: list[torch.Tensor], X: torch.Tensor, Y: torch.Tensor) -> torch.Tensor:
    """Each example's cross-entropy."""
    logits = logits_of(params, X)
    return logits.logsumexp(1) - logits[torch.arange(len(Y)), Y]


def speaks_by_b2(b2: torch.Tensor) -> list[torch.Tensor]:
    """Parameters that say b2 to every context of one symbol."""
    V = len(b2)
    zeros = [torch.zeros(shape, dtype=b2.dtype) for shape in [(V, 2), (2, 3), (3,), (3, V)]]
    return [p.requires_grad_() for p in [*zeros, b2.clone()]]


def lookup(says: dict[tuple[int, ...], list[float]], V: int) -> list[torch.Tensor]:
    """A network that gives each listed context its logits: one hidden unit for each, 1 there and else -1."""
    block = len(next(iter(says)))
    W1 = torch.zeros(block, V, len(says))
    for unit, context in enumerate(says):
        W1[range(block), context, unit] = 20.0
    heights = torch.tensor(list(says.values())) / 2
    b1 = torch.full((len(says),), -20.0 * (block - 0.5))
    params = [torch.eye(V), W1.reshape(block * V, -1), b1, heights, heights.sum(0)]
    return [p.requires_grad_() for p in params]


def spells(word: str, block: int, symbols: str) -> list[torch.Tensor]:
    """A network that is certain of `word`, one symbol after the other, and of its end."""
    text = [0] * block + [symbols.index(letter) for letter in word] + [0]
    says = {}
    for place in range(len(word) + 1):
        certain = [0.0] * len(symbols)
        certain[text[place + block]] = 100.0
        says[tuple(text[place : place + block])] = certain
    return lookup(says, len(symbols))


@exercise("embed")
def test_points_of_the_example(learner):
    """The contexts (0, 2) and (2, 1) become the rows worked out in section 1."""
    C, X = torch.tensor([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]), torch.tensor([[0, 2], [2, 1]])
    assert_equal(learner.embed(C, X), torch.tensor([[0.0, 1.0, 4.0, 5.0], [4.0, 5.0, 2.0, 3.0]]))


@exercise("embed")
@given(C_and_X=tables_and_contexts())
def test_points_stand_in_order(learner, C_and_X):
    """The point of each place's symbol stands at its place in the row, unchanged.

    Hint: Are the d coordinates of one symbol next to each other, and the symbols in the context's order?
    """
    C, X = C_and_X
    d, block = C.shape[1], X.shape[1]
    E = learner.embed(C, X)
    assert_equal(tuple(E.shape), (len(X), block * d), "the shape")
    for place in range(block):
        assert_equal(E[:, place * d : (place + 1) * d], C[X[:, place]], f"the points of place {place}")


@driver
def embedding_gradient(names, C, X, upstream):
    """The gradient by C of the embedding, weighted by `upstream`."""
    C = C.clone().requires_grad_()
    (names.embed(C, X) * upstream).sum().backward()
    return C.grad


@exercise("embed")
@given(C_and_X=tables_and_contexts(), seed=seeds())
def test_the_gradient_reaches_used_rows_only(learner, C_and_X, seed):
    """The gradient reaches the rows of C whose numbers occur in X, and no other."""
    C, X = C_and_X
    upstream = torch.rand((len(X), X.shape[1] * C.shape[1]), generator=generator(seed)) + 1
    gradient = embedding_gradient(learner, C, X, upstream)
    used = torch.tensor([row in X.flatten().tolist() for row in range(len(C))])
    assert_equal(gradient.abs().sum(1) > 0, used, "rows with a gradient")


@exercise("build_dataset")
def test_data_set_of_the_example(learner):
    """The words ab and b with a block of 2 give the five examples of the docstring."""
    X, Y = learner.build_dataset(["ab", "b"], 2, AB)
    assert_equal(X, torch.tensor([[0, 0], [0, 1], [1, 2], [0, 0], [0, 2]]), "X", axes=EXAMPLES)
    assert_equal(Y, torch.tensor([1, 2, 0, 2, 0]), "Y")


@exercise("build_dataset")
@given(words=texts(), block_size=sizes(1, 4), stoi=vocabularies())
def test_one_example_more_than_letters(learner, words, block_size, stoi):
    """Each word gives one example more than it has letters; X is (n, block_size) and Y (n,).

    Hint: The end of each word is to be predicted as well: a word of five letters makes six examples.
    """
    X, Y = learner.build_dataset(words, block_size, stoi)
    n = sum(len(word) + 1 for word in words)
    assert_equal(tuple(X.shape), (n, block_size), "the shape of X")
    assert_equal(tuple(Y.shape), (n,), "the shape of Y")
    targets = [stoi[symbol] for word in words for symbol in word + "."]
    assert_equal(Y, torch.tensor(targets), "Y, every symbol of every word and the ends")


@exercise("build_dataset")
@settings(max_examples=5)
@given(words=texts(), block_size=sizes(1, 4))
def test_numbers_are_int64(learner, words, block_size):
    """X and Y are int64, PyTorch's dtype for what chooses rows.

    Hint: `torch.tensor` of a list of ints is int64 by itself; `torch.zeros` needs a `dtype`.
    """
    stoi = AB | {"c": 3}
    X, Y = learner.build_dataset(words, block_size, stoi)
    assert_equal((X.dtype, Y.dtype), (torch.int64, torch.int64), "the dtypes of X and Y")
    assert_equal(Y.tolist(), [stoi[symbol] for word in words for symbol in word + "."], "Y")


@exercise("build_dataset")
@given(words=texts(), block_size=sizes(1, 4), stoi=vocabularies())
def test_contexts_shift_within_a_word(learner, words, block_size, stoi):
    """A word's first context is all 0, and each further one is the last shifted, with its target at the end.

    Hint: Write context and target down first, then move on. Each word starts anew.
    """
    X, Y = learner.build_dataset(words, block_size, stoi)
    row = 0
    for word in words:
        expected = [0] * block_size
        for symbol in word + ".":
            assert_equal(X[row], torch.tensor(expected), f"the context before {symbol!r} of {word!r}")
            assert_equal(Y[row], stoi[symbol], f"the target after {expected}")
            expected = [*expected[1:], stoi[symbol]]
            row += 1
    assert_equal(len(X), row, "the number of contexts")


def blind(words, block_size, stoi):
    """Contexts of dots only, with the right targets."""
    Y = [stoi[symbol] for word in words for symbol in word + "."]
    return torch.zeros((len(Y), block_size), dtype=torch.int64), torch.tensor(Y)


@driver
def alarm(names, build_dataset):
    """What the learner's test says of a `build_dataset`, None if it lets it pass."""
    try:
        names.break_build_dataset(build_dataset)
    except AssertionError as error:
        return f"AssertionError: {error}".rstrip(": ")


@exercise("break_build_dataset")
def test_a_right_one_passes(learner):
    """A `build_dataset` that is right passes, and one whose contexts are all dots doesn't.

    Hint: Write down by hand what X and Y must be, and run your test on your own `build_dataset`, too. `X == ...`
    compares entry by entry: write `X.tolist() == [...]` or `torch.equal(X, ...)`.
    """

    def right(words, block_size, stoi):
        rows = []
        for word in words:
            ids = [0] * block_size + [stoi[letter] for letter in word] + [0]
            rows += [ids[place : place + block_size + 1] for place in range(len(word) + 1)]
        table = torch.tensor(rows)
        return table[:, :-1], table[:, -1]

    said = alarm(learner, right)
    require(said is None, "a right build_dataset was taken for a wrong one", got=said)
    require(alarm(learner, blind) is not None, "one whose contexts are all dots was let pass")


@exercise("break_build_dataset")
def test_contexts_of_dots_only_are_caught(learner):
    """A `build_dataset` whose contexts are all dots is caught, by an AssertionError.

    Hint: Look at X, too; the targets are right. `X == ...` compares entry by entry: write `X.tolist() == [...]`
    or `torch.equal(X, ...)`.
    """
    assert_raises(AssertionError, learner.break_build_dataset, blind)


@exercise("break_build_dataset")
def test_targets_of_dots_only_are_caught(learner):
    """A `build_dataset` whose targets are all dots is caught, though its contexts are right.

    Hint: Look at Y, too, as a list or with `torch.equal`.
    """

    def aimless(words, block_size, stoi):
        X = []
        for word in words:
            ids = [0] * block_size + [stoi[letter] for letter in word]
            X += [ids[place : place + block_size] for place in range(len(word) + 1)]
        return torch.tensor(X), torch.zeros(len(X), dtype=torch.int64)

    assert_raises(AssertionError, learner.break_build_dataset, aimless)


@exercise("break_build_dataset")
def test_a_data_set_of_one_word_is_caught(learner):
    """A `build_dataset` that stops after the first word is caught.

    Hint: How many words does your test hand in? Lists and `torch.equal` can compare what has another length; `==`
    of two tensors can't.
    """

    def hasty(words, block_size, stoi):
        ids = [0] * block_size + [stoi[letter] for letter in words[0]] + [0]
        X = [ids[place : place + block_size] for place in range(len(words[0]) + 1)]
        return torch.tensor(X), torch.tensor(ids[block_size:])

    assert_raises(AssertionError, learner.break_build_dataset, hasty)


def vocabulary_of(n: int) -> list[str]:
    """n different words, not in the order of the alphabet."""
    return [f"{'cab'[place % 3]}{'xyz'[place // 3 % 3] * (place // 9 + 1)}" for place in range(n)]


@exercise("split_words")
@given(n=st.integers(1, 40), seed=seeds())
def test_parts_are_cut_at_eight_and_nine_tenths(learner, n, seed):
    """Of n different words the parts hold those up to ⌊0.8·n⌋, up to ⌊0.9·n⌋ and up to n; repeats don't count.

    Hint: Count n after repeats are dropped. Both cuts are places in one list, and the third part is all the rest.
    """
    words = vocabulary_of(n)
    train, dev, test = learner.split_words(words + words[: n // 2], seed)
    require({*train, *dev, *test} <= set(words), "other words than were handed in", got=test)
    expected = (n * 8 // 10, n * 9 // 10 - n * 8 // 10, n - n * 9 // 10)
    assert_equal((len(train), len(dev), len(test)), expected, "the numbers of words")


@exercise("split_words")
@given(n=st.integers(1, 30), seed=seeds())
def test_every_word_is_on_one_side_only(learner, n, seed):
    """Every word is in one of the three parts, once, however often it was handed in.

    Hint: Drop repeats before you cut: afterwards each part knows only itself.
    """
    words = vocabulary_of(n)
    train, dev, test = learner.split_words(words + words[: n // 2], seed)
    assert_equal(sorted([*train, *dev, *test]), sorted(words), "the words of all three parts")


@exercise("split_words")
@given(seed=seeds())
def test_the_seed_decides(learner, seed):
    """The same seed gives the same split again, another seed another one, and the words stay as they were.

    Hint: Shuffle a list of your own, not the caller's, and let `seed` alone decide how.
    """
    words = vocabulary_of(40)
    before = list(words)
    first = learner.split_words(words, seed)
    assert_equal(words, before, "the words afterwards")
    assert_equal(learner.split_words(words, seed), first, "with the same seed again")
    other = learner.split_words(words, seed + 1)
    require(
        sorted(other[0]) != sorted(first[0]), "another seed puts the same words in training", got=other[0]
    )


@driver
def split_in_sessions(names, words, seed, salts):
    """The split as in other sessions of Python, where strings have other hashes and sets another order."""

    class Word(str):
        def __hash__(self):
            return hash((self.salt, str(self)))

    splits = []
    for salt in salts:
        Word.salt = salt
        parts = names.split_words([Word(word) for word in words], seed)
        splits.append([[str(word) for word in part] for part in parts])
    return splits


@exercise("split_words")
@settings(max_examples=3)
@given(n=st.integers(15, 30), seed=seeds())
def test_the_split_is_the_same_tomorrow(learner, n, seed):
    """The same words and seed give the same split in another session of Python, where a set has another order.

    Hint: What is shuffled must come in an order that never changes: sort it, or drop repeats in another way.
    """
    words = vocabulary_of(n)
    today, tomorrow = split_in_sessions(learner, words, seed, [4, 55])
    assert_equal(tomorrow, today, "in another session")
    assert_equal(
        sorted(word for part in today for word in part), sorted(words), "the words of all three parts"
    )


@exercise("init_params")
@given(V=sizes(2, 6), block=sizes(1, 4), d=sizes(1, 4), hidden=sizes(1, 6), seed=seeds())
def test_parameters_have_their_shapes(learner, V, block, d, hidden, seed):
    """C, W1, b1, W2 and b2 come in this order with the shapes of the table, each to be trained."""
    params = learner.init_params(V, block, d, hidden, generator(seed))
    expected = [(V, d), (block * d, hidden), (hidden,), (hidden, V), (V,)]
    assert_equal([tuple(p.shape) for p in params], expected, "the shapes")
    assert_equal([p.requires_grad for p in params], [True] * 5, "requires_grad")
    require(all(p.is_floating_point() for p in params), "not all floating", got=[p.dtype for p in params])


@driver
def leaves(names, V, block, d, hidden, seed):
    """Whether each parameter is a leaf, one that gets a gradient of its own."""
    import torch

    params = names.init_params(V, block, d, hidden, torch.Generator().manual_seed(seed))
    return [p.is_leaf and p.requires_grad for p in params]


@exercise("init_params")
@settings(max_examples=5)
@given(seed=seeds())
def test_parameters_get_a_gradient_of_their_own(learner, seed):
    """Each parameter requires a gradient and wasn't computed from one that does.

    Hint: `torch.randn(..., requires_grad=True) * 0.1` is the result of a computation. Scale first.
    """
    assert_equal(leaves(learner, 5, 3, 2, 4, seed), [True] * 5, "which are leaves")


@exercise("init_params")
@settings(max_examples=10)
@given(seed=seeds())
def test_equal_generators_give_equal_parameters(learner, seed):
    """Equal states give equal parameters; a second call with the same generator gives others, as another seed."""
    drawing = generator(seed)
    first = learner.init_params(6, 3, 2, 5, drawing)
    same = learner.init_params(6, 3, 2, 5, generator(seed))
    for name, p, q in zip(("C", "W1", "b1", "W2", "b2"), first, same, strict=True):
        assert_equal(q, p, f"{name} from a generator in the same state")
    others = [learner.init_params(6, 3, 2, 5, drawing), learner.init_params(6, 3, 2, 5, generator(seed + 1))]
    for place, name in [(0, "C"), (1, "W1"), (3, "W2")]:
        for other in others:
            require(
                not torch.equal(other[place], first[place]), f"{name} is the same again", got=other[place]
            )


def hand_made() -> list[torch.Tensor]:
    """The parameters worked by hand in section 5."""
    numbers = [[[0.0], [1.0]], [[1.0], [2.0]], [-1.0], [[1.0, -1.0]], [0.0, 0.5]]
    return [torch.tensor(values).requires_grad_() for values in numbers]


@exercise("forward")
def test_logits_of_the_example(learner):
    """The contexts (0, 1) and (1, 1) get the logits worked out in section 5."""
    one, two = math.tanh(1), math.tanh(2)
    expected = torch.tensor([[one, 0.5 - one], [two, 0.5 - two]])
    assert_close(learner.forward(hand_made(), torch.tensor([[0, 1], [1, 1]])), expected)


@exercise("forward")
@given(params_X_Y=networks())
def test_rows_are_independent(learner, params_X_Y):
    """Each context gets the same logits alone and among others."""
    params, X, _ = params_X_Y
    logits = learner.forward(params, X)
    assert_equal(tuple(logits.shape), (len(X), len(params[4])), "the shape")
    tolerance = ROUNDING * max(1.0, params[3].abs().sum(0).max().item())
    for row in range(len(X)):
        expected = logits_of(params, X[row : row + 1]).detach()
        alone = learner.forward(params, X[row : row + 1])
        assert_close(alone.detach(), expected, f"context {row} alone", atol=tolerance)
        assert_close(logits[row].detach(), expected[0], f"context {row} among others", atol=tolerance)


@exercise("forward")
@given(params_X_Y=networks(), up=st.sampled_from([-2.0, 0.5, 3.0]))
def test_the_output_layer_is_linear(learner, params_X_Y, up):
    """With twice W2 and b2 raised by a constant, the logits are twice as far from b2, and raised.

    Hint: tanh belongs to the hidden layer; nothing comes after the second one, not even a softmax.
    """
    params, X, _ = params_X_Y
    C, W1, b1, W2, b2 = params
    h_part = learner.forward(params, X).detach() - b2.detach()
    changed = learner.forward([C, W1, b1, 2 * W2.detach(), b2.detach() + up], X)
    tolerance = 8 * ROUNDING
    assert_close(changed.detach(), 2 * h_part + b2.detach() + up, "the logits", atol=tolerance)


@driver
def trained(names, params, X, Y, steps, batch_size, lr, seed):
    """(losses, the tensors handed in as they are afterwards, X, Y) of the learner's train."""
    import torch

    held = [p.detach().clone().requires_grad_() for p in params]
    X, Y = X.clone(), Y.clone()
    losses = names.train(list(held), X, Y, steps, batch_size, lr, torch.Generator().manual_seed(seed))
    return losses, [p.detach() for p in held], X, Y


def descended(params, X, Y, steps, lr):
    """(losses, parameters) of gradient descent on all of X and Y at each step."""
    params = [p.detach().clone().requires_grad_() for p in params]
    losses = []
    for _ in range(steps):
        loss = costs_of(params, X, Y).mean()
        gradients = torch.autograd.grad(loss, params)
        losses.append(loss.item())
        params = [(p - lr * g).detach().requires_grad_() for p, g in zip(params, gradients, strict=True)]
    return losses, [p.detach() for p in params]


@exercise("train")
@settings(max_examples=1)
@given(X=st.just([[1]]), Y=st.just([1]), steps=st.just(2), batch_size=st.just(1), lr=st.just(1.0))
def test_training_of_the_example(learner, X, Y, steps, batch_size, lr):
    """Two steps of the docstring's example, from five zero tensors, give its losses, as floats, and its b2.

    Hint: Change the tensors themselves: `p -= ...` under `torch.no_grad()`. And each loss is measured before
    its step, `loss.item()`.
    """
    zeros = [torch.zeros(shape) for shape in [(2, 1), (1, 1), (1,), (1, 2), (2,)]]
    examples = torch.tensor(X), torch.tensor(Y)
    losses, params, _, _ = trained(learner, zeros, *examples, steps, batch_size, lr, 0)
    assert_close(losses, [0.693147, 0.313262], "the losses", atol=1e-5)
    assert_close(params[4], torch.tensor([-0.768941, 0.768941]), "b2", atol=1e-5)
    require(all(isinstance(loss, float) for loss in losses), "the losses aren't all floats", got=losses)


@exercise("train")
@settings(max_examples=12)
@given(params_X_Y=networks(), copies=st.integers(1, 5), steps=st.integers(0, 4), batch_size=st.integers(1, 5))
def test_steps_on_copies_of_one_example(learner, params_X_Y, copies, steps, batch_size):
    """On copies of one example, where every batch is the same, each step goes down its gradient.

    Hint: If the first step is right and the second isn't, the first step's gradient is still there.
    """
    params, X, Y = params_X_Y
    X, Y = X[:1].repeat(copies, 1), Y[:1].repeat(copies)
    losses, after, _, _ = trained(learner, params, X, Y, steps, min(batch_size, copies), 0.5, 1)
    expected_losses, expected = descended(params, X[:1], Y[:1], steps, 0.5)
    assert_close(losses, expected_losses, "the losses", atol=16 * ROUNDING)
    for name, p, q in zip(("C", "W1", "b1", "W2", "b2"), after, expected, strict=True):
        assert_close(p, q, f"{name} after {steps} steps", atol=16 * ROUNDING)


@exercise("train")
@settings(max_examples=12)
@given(params_X_Y=networks(), steps=st.integers(1, 5), seed=seeds())
def test_only_parameters_change(learner, params_X_Y, steps, seed):
    """There is one loss a step, the first one that of a batch at the start; X and Y are the same afterwards."""
    params, X, Y = params_X_Y
    losses, _, X_after, Y_after = trained(learner, params, X, Y, steps, 1, 0.1, seed)
    assert_equal(len(losses), steps, "the number of losses")
    costs = costs_of(params, X, Y).detach()
    far = (costs - losses[0]).abs().min()
    require(far <= ROUNDING * max(1.0, costs.max()), "no example costs that", got=losses[0], expected=costs)
    assert_equal(X_after, X, "X afterwards", axes=EXAMPLES)
    assert_equal(Y_after, Y, "Y afterwards")


@exercise("train")
@settings(max_examples=3)
@given(batch_size=st.integers(1, 3), seed=seeds())
def test_batches_are_drawn_anew(learner, batch_size, seed):
    """With rate 0, where only the batch makes a difference, four examples aren't drawn the same way for ever.

    Hint: Draw inside the loop, from the generator. Whoever gave it has seeded it.
    """
    params = speaks_by_b2(torch.tensor([0.0, -1.0, -5.0, -25.0]))
    X, Y = torch.zeros((4, 1), dtype=torch.int64), torch.arange(4)
    drawing = generator(seed)
    first = learner.train(params, X, Y, 28, batch_size, 0.0, drawing)
    batches = [round(loss, 3) for loss in first]
    require(len(set(batches)) > 1, "28 times the same batch", got=first[0])
    rounds = {tuple(batches[start : start + 4]) for start in range(0, 28, 4)}
    require(len(rounds) > 1, "the same batches round and round: each round is shuffled anew", got=first[:8])
    same = learner.train(params, X, Y, 8, batch_size, 0.0, generator(seed))
    assert_close(same, first[:8], "from a generator in the same state", atol=ROUNDING * 25)
    again = learner.train(params, X, Y, 28, batch_size, 0.0, drawing)
    require(list(again) != list(first), "a second call draws the same batches", got=again[:4])


@exercise("train")
@settings(max_examples=2)
@given(seed=seeds())
def test_four_examples_can_be_memorised(learner, seed):
    """After some steps on four examples, a network with room enough knows them by heart."""
    X, Y = torch.tensor([[0, 0], [0, 1], [1, 2], [2, 2]]), torch.tensor([1, 2, 0, 4])
    drawing = generator(seed)
    shapes = [(5, 3), (6, 24), (24,), (24, 5), (5,)]
    params = [torch.randn(shape, generator=drawing) * 0.5 for shape in shapes]
    losses, after, _, _ = trained(learner, params, X, Y, 80, 3, 0.5, seed)
    assert_equal(len(losses), 80, "the number of losses")
    require(max(losses[:5]) > max(losses[-5:]), "the losses didn't fall", got=losses)
    worst = costs_of(after, X, Y).max().item()
    require(worst < 0.3, "the worst of four examples still costs too much", got=worst)


def thirds() -> tuple[list[torch.Tensor], torch.Tensor, torch.Tensor]:
    """The docstring's network, with losses of 1, 2 and 1 times log 2."""
    params = speaks_by_b2(torch.tensor([0.5, 0.25, 0.25]).log())
    return params, torch.zeros((3, 1), dtype=torch.int64), torch.tensor([0, 1, 0])


@exercise("evaluate")
@given(batch_size=st.integers(1, 5))
def test_loss_of_the_example(learner, batch_size):
    """Three examples that cost 1, 2 and 1 times log 2 cost 4/3 log 2 on average, for every batch_size.

    Hint: Add up sums over examples, and divide once, by the number of examples.
    """
    assert_close(learner.evaluate(*thirds(), batch_size), 4 / 3 * math.log(2), atol=ROUNDING)


@exercise("evaluate")
@given(params_X_Y=networks(), batch_size=st.integers(1, 6))
def test_every_batch_size_gives_the_mean(learner, params_X_Y, batch_size):
    """The loss is the mean over the examples, in one batch or in many.

    Hint: The last batch may be smaller than the others. Add up sums, and divide once.
    """
    params, X, Y = params_X_Y
    expected = costs_of(params, X, Y).mean().item()
    tolerance = ROUNDING * max(1.0, expected)
    assert_close(learner.evaluate(params, X, Y, len(X)), expected, "in one batch", atol=tolerance)
    assert_close(learner.evaluate(params, X, Y, batch_size), expected, "in batches", atol=tolerance)


@driver
def traces(names, params, X, Y, batch_size):
    """What evaluating leaves behind: numbers kept for a graph, gradients, parameters, PyTorch's settings."""
    import torch

    held = [p.detach().clone().requires_grad_() for p in params]
    for number, p in enumerate(held):
        p.grad = torch.full_like(p, float(number + 1))
    kept = []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: kept.append(1) or t, lambda t: t):
        loss = names.evaluate(held, X, Y, batch_size)
    enabled = torch.is_grad_enabled()
    torch.set_grad_enabled(True)
    graph = len(kept) > 0 or (isinstance(loss, torch.Tensor) and loss.requires_grad)
    grads = [None if p.grad is None else p.grad.flatten()[0].item() for p in held]
    trainable = [p.requires_grad for p in held]
    return float(loss), graph, grads, trainable, [p.detach() for p in held], enabled


@exercise("evaluate")
@settings(max_examples=10)
@given(params_X_Y=networks(), batch_size=st.integers(1, 6))
def test_measuring_leaves_no_trace(learner, params_X_Y, batch_size):
    """Evaluating builds no graph, and leaves gradients, parameters and PyTorch's settings as they were.

    Hint: `with torch.no_grad():` around the loop, and nothing else, does all of it.
    """
    params, X, Y = params_X_Y
    loss, graph, grads, trainable, after, enabled = traces(learner, params, X, Y, batch_size)
    expected = costs_of(params, X, Y).mean().item()
    assert_close(loss, expected, "the loss", atol=ROUNDING * max(1.0, expected))
    require(not graph, "a graph for gradients was built on the way")
    assert_equal(grads, [1.0, 2.0, 3.0, 4.0, 5.0], "each parameter's .grad")
    assert_equal(trainable, [True] * 5, "each parameter's requires_grad")
    require(enabled, "gradients are switched off afterwards")
    for name, p, q in zip(("C", "W1", "b1", "W2", "b2"), after, params, strict=True):
        assert_equal(p, q.detach(), f"{name} afterwards")


@exercise("lr_sweep")
@settings(max_examples=1)
@given(exponents=st.just([-1, 0]))
def test_sweep_of_the_example(learner, exponents):
    """The rate is ten to the power of the exponent: where a loss is twice the rate, the losses are 0.2 and 2."""
    tried, losses = learner.lr_sweep(lambda: [torch.zeros(1)], lambda params, lr: 2 * lr, exponents)
    assert_close(tried, [-1.0, 0.0], "the exponents")
    assert_close(losses, [0.2, 2.0], "the losses")


@exercise("lr_sweep")
@settings(max_examples=10)
@given(exponents=st.lists(st.sampled_from([-3.0, -1.5, -1.0, 0.0, 0.5, 2.0]), min_size=1, max_size=5))
def test_every_rate_starts_afresh(learner, exponents):
    """Each rate gets parameters of its own making, and there is one loss for each, in order.

    Hint: A fresh tube for each rate: make the parameters inside the loop.
    """
    made, used = [], []

    def make_params():
        made.append(float(len(made)))
        return [torch.tensor([made[-1]])]

    def train_fn(params, lr):
        used.append(params[0].item())
        return lr - 200 * params[0].item()

    tried, losses = learner.lr_sweep(make_params, train_fn, exponents)
    assert_close(list(tried), exponents, "the exponents")
    assert_equal(used, [float(place) for place in range(len(exponents))], "which parameters were trained")
    expected = [10**exponent - 200 * place for place, exponent in enumerate(exponents)]
    assert_close(list(losses), expected, "the losses")


@exercise("lr_sweep")
@settings(max_examples=2)
@given(losses=st.sampled_from([[2.5, math.inf, 3.0], [math.nan, 2.5]]))
def test_a_runaway_is_noted(learner, losses):
    """A loss that is nan or inf stands in its place like any other."""
    waiting = list(losses)
    exponents = [float(place) for place in range(len(losses))]
    _, noted = learner.lr_sweep(lambda: [torch.zeros(1)], lambda params, lr: waiting.pop(0), exponents)
    assert_equal(list(noted), losses, "the losses")


@exercise("sample_names")
@given(
    word=st.sampled_from(["", "a", "bca", "abba", "ccb"]),
    block_size=st.integers(2, 4),
    n=st.integers(1, 3),
    seed=seeds(),
)
def test_a_certain_network_spells_one_name(learner, word, block_size, n, seed):
    """Where every next symbol is certain, all n names are the one that the network spells, without its end.

    Hint: The newest symbol comes in at the right, the oldest drops out at the left; each name starts with
    dots.
    """
    params = spells(word, block_size, ".abc")
    names = learner.sample_names(params, block_size, dict(enumerate(".abc")), n, generator(seed))
    assert_equal(names, [word] * n)


@exercise("sample_names")
@settings(max_examples=6)
@given(seed=seeds())
def test_equal_generators_draw_equal_names(learner, seed):
    """Generators in the same state draw the same names, and the same generator drawn from again draws others.

    Hint: The generator's state moves on with each draw from it: draw from it, and never seed it. Or does the
    likeliest symbol always win?
    """
    params, itos = speaks_by_b2(torch.zeros(4)), dict(enumerate(".abc"))
    drawing = generator(seed)
    first = learner.sample_names(params, 1, itos, 12, drawing)
    assert_equal(len(first), 12, "the number of names")
    require(set("".join(first)) <= set("abc"), "another symbol than the letters a, b and c", got=first)
    same = learner.sample_names(params, 1, itos, 12, generator(seed))
    assert_equal(same, first, "from a generator in the same state")
    again = learner.sample_names(params, 1, itos, 12, drawing)
    require(again != first, "the second call with one generator draws the same names again", got=again)


@exercise("sample_names")
@settings(max_examples=1)
@given(seed=seeds())
def test_likely_symbols_come_often(learner, seed):
    """Of 600 names with none, one or two letters, as many are of each kind as the network says, up to chance.

    Hint: Draw each symbol in proportion to the softmax of its logits, and keep the empty names.
    """
    never, log = -60.0, math.log
    says = {
        (0, 0): [log(0.2), log(0.5), log(0.3)],
        (0, 1): [log(0.6), never, log(0.4)],
        (0, 2): [0.0, never, never],
        (1, 2): [0.0, never, never],
    }
    names = learner.sample_names(lookup(says, 3), 2, dict(enumerate(".ab")), 600, generator(seed))
    assert_equal(len(names), 600, "the number of names")
    for name, share in [("", 0.2), ("a", 0.3), ("ab", 0.2), ("b", 0.3)]:
        count, expected = list(names).count(name), 600 * share
        # Over six standard errors: a right sampler is outside less than once in ten million times.
        within = abs(count - expected) <= 6 * math.sqrt(expected * (1 - share))
        require(within, f"the name {name!r} comes too often or too seldom", got=count, expected=expected)


@exercise("rnn_step")
def test_step_of_the_example(learner):
    """The state 0.5 and the input (1, 2) give tanh 0.5, as worked out in section 11."""
    values = [[[0.5]], [[1.0, 2.0]], [[2.0]], [[1.0], [-1.0]], [0.5]]
    step = learner.rnn_step(*(torch.tensor(value) for value in values))
    assert_close(step, torch.tensor([[math.tanh(0.5)]]))


@exercise("rnn_step")
@given(n=sizes(1, 4), k=sizes(1, 4), d=sizes(1, 4), seed=seeds())
def test_states_are_independent(learner, n, k, d, seed):
    """Each sequence gets the same new state alone and among others, of shape (n, k); h itself stays as it was."""
    drawing = generator(seed)
    shapes = [(n, k), (n, d), (k, k), (d, k), (k,)]
    h, x, Wh, Wx, b = (torch.randn(shape, generator=drawing, dtype=torch.float64) for shape in shapes)
    before = h.clone()
    together = learner.rnn_step(h, x, Wh, Wx, b)
    assert_equal(tuple(together.shape), (n, k), "the shape")
    assert_equal(h, before, "h afterwards")
    for row in range(n):
        alone = learner.rnn_step(h[row : row + 1], x[row : row + 1], Wh, Wx, b)
        sums = [h[row] @ Wh[:, unit] + x[row] @ Wx[:, unit] + b[unit] for unit in range(k)]
        assert_close(alone, torch.stack(sums).tanh().unsqueeze(0), f"sequence {row} alone", atol=ROUNDING)
        assert_close(together[row], alone[0], f"sequence {row} among others", atol=ROUNDING)


@driver
def unrolled(names, h, xs, Wh, Wx, b):
    """The last state after all steps, and its sum's gradient by the first input and state."""
    h0, first = h.clone().requires_grad_(), xs[0].clone().requires_grad_()
    h = h0
    for x in [first, *xs[1:]]:
        h = names.rnn_step(h, x, Wh, Wx, b)
    h.sum().backward()
    return h.detach(), first.grad, h0.grad


@exercise("rnn_step")
@settings(max_examples=10)
@given(steps=st.integers(1, 5), k=sizes(1, 3), d=sizes(1, 3), seed=seeds())
def test_the_gradient_reaches_the_first_step(learner, steps, k, d, seed):
    """After several steps, the gradient still reaches the first input and the first state.

    Hint: No `.detach()`, no `.item()`: each state must hang together with the one before.
    """
    drawing = generator(seed)
    shapes = [(2, k), (steps, 2, d), (k, k), (d, k), (k,)]
    h, xs, Wh, Wx, b = (torch.rand(shape, generator=drawing, dtype=torch.float64) / 2 for shape in shapes)
    _, by_input, by_state = unrolled(learner, h, list(xs), Wh, Wx, b)
    for what, gradient in [("input", by_input), ("state", by_state)]:
        require(gradient is not None and bool((gradient > 0).all()), f"no gradient by the first {what}")

"""Week 08's hidden properties: agreement with the reference or an independent oracle, laws, edge cases."""

import math
from collections import Counter

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograde.properties import assert_close, assert_equal, driver, exercise, require
from autograde.strategies import sizes, tensors, words

# Answers may come from float32 arithmetic, whatever they are returned as.
ROUNDING = 64 * torch.finfo(torch.float32).eps

NAMES = ("C", "W1", "b1", "W2", "b2")
EXAMPLES = ("example", "place")


def vocabularies() -> st.SearchStrategy[dict[str, int]]:
    """Numberings that hold a, b and c: in order, out of order, with others and capitals among them."""
    orders = [".abc", ".cab", ".dbcxa", ".bzcAaCB"]
    return st.sampled_from([{symbol: number for number, symbol in enumerate(order)} for order in orders])


def texts() -> st.SearchStrategy[list[str]]:
    """Some short words over a, b and c, empty and repeated ones among them."""
    return st.lists(words("abc", 0, 6), min_size=1, max_size=5)


def seeds() -> st.SearchStrategy[int]:
    return st.integers(0, 9999)


def rates() -> st.SearchStrategy[float]:
    """Learning rates, none of them 1."""
    return st.sampled_from([0.05, 0.1, 0.5, 0.75])


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@st.composite
def contexts(draw: st.DrawFn, V: int, block: int) -> torch.Tensor:
    """Some contexts (n, block) of numbers below V, laid out in memory one way or the other."""
    row = st.lists(st.integers(0, V - 1), min_size=block, max_size=block)
    X = torch.tensor(draw(st.lists(row, min_size=1, max_size=6)))
    return X.T.contiguous().T if draw(st.booleans()) else X


@st.composite
def tables_and_contexts(draw: st.DrawFn) -> tuple[torch.Tensor, torch.Tensor]:
    """An embedding C (V, d), float32 or float64, and contexts X (n, block) for it."""
    V, d, block = draw(st.integers(1, 7)), draw(st.integers(1, 5)), draw(st.integers(1, 5))
    dtype = draw(st.sampled_from([torch.float32, torch.float64]))
    return draw(tensors((V, d), dtype=dtype)), draw(contexts(V, block))


@st.composite
def networks(
    draw: st.DrawFn, dtype: torch.dtype = torch.float64
) -> tuple[list[torch.Tensor], torch.Tensor, torch.Tensor]:
    """Parameters, contexts X and targets Y that fit each other; now and then with saturated units."""
    V, block, d, hidden = (draw(sizes(low, 5)) for low in (2, 1, 1, 1))
    shapes = [(V, d), (block * d, hidden), (hidden,), (hidden, V), (V,)]
    drawing, scale = generator(draw(seeds())), draw(st.sampled_from([0.3, 1.0, 2.0]))
    params = [torch.randn(shape, generator=drawing, dtype=dtype) * scale for shape in shapes]
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


def spells(ids: list[int], block: int, V: int) -> list[torch.Tensor]:
    """A network that is certain of the symbols `ids`, one after the other, and of the end."""
    text = [0] * block + ids + [0]
    says = {}
    for place in range(len(ids) + 1):
        certain = [0.0] * V
        certain[text[place + block]] = 100.0
        says[tuple(text[place : place + block])] = certain
    return lookup(says, V)


@exercise("embed")
@settings(max_examples=50)
@given(drawn=tables_and_contexts())
def test_embed_agrees_with_the_reference(learner, reference, drawn):
    """Each context's points stand side by side in order, whatever the dtype and the layout in memory."""
    C, X = drawn
    before = C.clone(), X.clone()
    assert_equal(learner.embed(C, X), reference.embed(C, X), dtype=C.dtype)
    assert_equal(C, before[0], "C afterwards")
    assert_equal(X, before[1], "X afterwards")


@exercise("embed")
@given(drawn=tables_and_contexts(), shift=st.integers(1, 5))
def test_renumbered_symbols_keep_their_points(learner, drawn, shift):
    """If symbols get new numbers and the rows of C move along, the embedding stays the same."""
    C, X = drawn
    E = learner.embed(C.roll(shift, 0), (X + shift) % len(C))
    assert_equal(E, torch.cat([C[X[:, place]] for place in range(X.shape[1])], dim=1))


@exercise("embed")
@given(drawn=tables_and_contexts())
def test_contexts_may_be_split(learner, drawn):
    """Older and newer half of the contexts, embedded apart and put side by side, give the whole."""
    C, X = drawn
    X = torch.cat([X, X.flip(1)], dim=1)
    whole = learner.embed(C, X)
    block = X.shape[1] // 2
    assert_equal(tuple(whole.shape), (len(X), 2 * block * C.shape[1]), "the shape")
    halves = [learner.embed(C, X[:, :block]), learner.embed(C, X[:, block:])]
    assert_equal(torch.cat(halves, dim=1), whole)
    assert_equal(whole[:, : C.shape[1]], C[X[:, 0]], "the points of the oldest symbols")


@driver
def embedding_gradient(names, C, X, upstream):
    """The gradient by C of the embedding, weighted by `upstream`."""
    C = C.clone().requires_grad_()
    (names.embed(C, X) * upstream).sum().backward()
    return C.grad


@exercise("embed")
@given(drawn=tables_and_contexts(), seed=seeds())
def test_a_row_collects_the_gradients_of_its_uses(learner, drawn, seed):
    """Each row's gradient is the sum over all places where its symbol stands, and 0 for symbols not used."""
    C, X = drawn
    n, (block, d) = len(X), (X.shape[1], C.shape[1])
    upstream = torch.randn((n, block * d), generator=generator(seed), dtype=C.dtype)
    expected = torch.zeros_like(C)
    for row in range(n):
        for place in range(block):
            expected[X[row, place]] += upstream[row, place * d : (place + 1) * d]
    gradient = embedding_gradient(learner, C, X, upstream)
    assert_close(gradient, expected, "the gradient by C", axes=("symbol", "coordinate"))


def windows(text: list[str], block: int, stoi: dict[str, int]) -> tuple[torch.Tensor, torch.Tensor]:
    """Contexts and targets, by way of strings."""
    padded = ["." * block + word + "." for word in text]
    spans = [p[place : place + block + 1] for p in padded for place in range(len(p) - block)]
    ids = torch.tensor([[stoi[symbol] for symbol in span] for span in spans])
    return ids[:, :-1], ids[:, -1]


@exercise("build_dataset")
@given(words=texts(), block_size=sizes(1, 7), stoi=vocabularies())
def test_contexts_are_windows_of_the_padded_word(learner, words, block_size, stoi):
    """Contexts and targets are the windows of each word with dots before and one dot behind, in order."""
    before = list(words)
    X, Y = learner.build_dataset(words, block_size, stoi)
    expected_X, expected_Y = windows(words, block_size, stoi)
    assert_equal(X, expected_X, "X", axes=EXAMPLES, dtype=torch.int64)
    assert_equal(Y, expected_Y, "Y", dtype=torch.int64)
    assert_equal(words, before, "the words afterwards")


@exercise("build_dataset")
@given(one=texts(), other=texts(), block_size=sizes(1, 4), stoi=vocabularies())
def test_lists_of_words_add_up(learner, one, other, block_size, stoi):
    """The data set of two lists together is that of the first, followed by that of the second."""
    X, Y = learner.build_dataset(one + other, block_size, stoi)
    parts = [learner.build_dataset(words, block_size, stoi) for words in (one, other)]
    assert_equal(X, torch.cat([part[0] for part in parts]), "X", axes=EXAMPLES)
    assert_equal(Y, torch.cat([part[1] for part in parts]), "Y")
    targets = [stoi[symbol] for word in one + other for symbol in word + "."]
    assert_equal(Y, torch.tensor(targets), "Y, every symbol of every word and the ends")


@exercise("build_dataset")
@given(words=texts(), block_size=sizes(1, 4), more=sizes(1, 4), stoi=vocabularies())
def test_a_longer_block_only_adds_older_symbols(learner, words, block_size, more, stoi):
    """With a longer block the newest symbols of each context and all targets stay the same."""
    X, Y = learner.build_dataset(words, block_size, stoi)
    longer, same = learner.build_dataset(words, block_size + more, stoi)
    assert_equal(tuple(longer.shape), (len(Y), block_size + more), "the shape")
    assert_equal(longer[:, more:], X, "the newest symbols", axes=EXAMPLES)
    assert_equal(same, Y, "Y")
    targets = [stoi[symbol] for word in words for symbol in word + "."]
    assert_equal(Y, torch.tensor(targets), "Y, every symbol of every word and the ends")


@exercise("build_dataset")
@given(
    codes=st.lists(st.lists(st.integers(1, 64), max_size=5), min_size=1, max_size=4), block_size=sizes(1, 3)
)
def test_any_symbols_will_do(learner, codes, block_size):
    """Symbols may be any characters that stoi has, in any numbers."""
    stoi = {".": 0} | {chr(0x3B0 + number): number for number in range(1, 65)}
    text = ["".join(chr(0x3B0 + number) for number in word) for word in codes]
    X, Y = learner.build_dataset(text, block_size, stoi)
    expected_X, expected_Y = windows(text, block_size, stoi)
    assert_equal(X, expected_X, "X", axes=EXAMPLES)
    assert_equal(Y, expected_Y, "Y")


def vocabulary_of(n: int, seed: int = 0) -> list[str]:
    """n different words in an order of their own."""
    order = torch.randperm(n, generator=generator(seed)).tolist()
    return [f"{'cab'[place % 3]}{'xyzw'[place // 3 % 4] * (place // 12 + 1)}" for place in order]


@exercise("split_words")
@given(n=st.integers(1, 130), repeats=st.integers(0, 30), seed=seeds())
def test_parts_have_their_sizes(learner, n, repeats, seed):
    """The parts hold the different words up to ⌊0.8·n⌋, up to ⌊0.9·n⌋ and the rest, each word once."""
    words = vocabulary_of(n, seed)
    handed = words + words[:repeats]
    before = list(handed)
    train, dev, test = learner.split_words(handed, seed)
    assert_equal(len(train), n * 8 // 10, "the number of training words")
    assert_equal(len(dev), n * 9 // 10 - n * 8 // 10, "the number of development words")
    assert_equal(len(test), n - n * 9 // 10, "the number of test words")
    assert_equal(Counter([*train, *dev, *test]), Counter(words), "how often each word is in a part")
    assert_equal(handed, before, "the words afterwards")


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
@given(n=st.integers(15, 40), seed=seeds())
def test_another_session_gives_the_same_split(learner, n, seed):
    """The same words and seed give the same split in every session of Python.

    Hint: The order of a set of strings changes from session to session. Sort before you shuffle, or drop
    repeats in another way.
    """
    words = vocabulary_of(n, seed)
    splits = split_in_sessions(learner, words, seed, [1, 22, 333])
    assert_equal(splits[1:], splits[:1] * 2, "in two other sessions")
    joined = [word for part in splits[0] for word in part]
    assert_equal(sorted(joined), sorted(words), "the words of all three parts")


@exercise("split_words")
@settings(max_examples=2)
@given(base=st.integers(0, 500), order=seeds())
def test_every_word_may_come_to_every_part(learner, base, order):
    """Over many seeds each word is in training about 8 times in 10, and about once in each of the others."""
    words, times = vocabulary_of(10, order), 250
    seen = [Counter(), Counter(), Counter()]
    for seed in range(base, base + times):
        for part, counter in zip(learner.split_words(words, seed), seen, strict=True):
            counter.update(part)
    for share, counter in zip([0.8, 0.1, 0.1], seen, strict=True):
        # Over six standard errors of a share in so many splits.
        within = 6.5 * math.sqrt(share * (1 - share) * times)
        for word in words:
            far = abs(counter[word] - share * times) > within
            require(not far, f"{word!r} too often or too seldom", got=counter[word], expected=share * times)


@exercise("split_words")
@settings(max_examples=15)
@given(n=st.integers(40, 60), seed=seeds())
def test_training_words_are_shuffled(learner, n, seed):
    """The split doesn't keep the order of the words, nor that of the alphabet, and the seed decides it."""
    words = vocabulary_of(n, seed)
    train, dev, test = learner.split_words(words, seed)
    joined = [*train, *dev, *test]
    for order in (words, sorted(words), words[::-1]):
        require(set(train) != set(order[: len(train)]), "not shuffled before cutting", got=joined[:8])
    assert_equal(learner.split_words(words, seed), (train, dev, test), "with the same seed again")
    other = learner.split_words(words, seed + 1)
    require(set(other[0]) != set(train), "another seed puts the same words in training", got=other[0][:8])


@exercise("init_params")
@given(V=sizes(1, 9), block=sizes(1, 5), d=sizes(1, 6), hidden=sizes(1, 9), seed=seeds())
def test_shapes_agree_with_the_reference(learner, reference, V, block, d, hidden, seed):
    """The five shapes follow from V, block, d and hidden alone; everything is to be trained, and finite."""
    params = learner.init_params(V, block, d, hidden, generator(seed))
    expected = [tuple(p.shape) for p in reference.init_params(V, block, d, hidden, generator(seed))]
    assert_equal([tuple(p.shape) for p in params], expected, "the shapes")
    assert_equal([p.requires_grad for p in params], [True] * 5, "requires_grad")
    assert_equal([p.is_floating_point() for p in params], [True] * 5, "which are floating")
    require(all(p.isfinite().all() for p in params), "a parameter isn't finite", got=params)


@exercise("init_params")
@settings(max_examples=10)
@given(seed=seeds())
def test_weights_are_random_and_unlike(learner, seed):
    """The numbers in C, W1 and W2 differ from each other, within each and between them.

    Hint: Drawn from one generator one after the other, no two of them hold the same numbers.
    """
    params = learner.init_params(20, 2, 10, 20, generator(seed))
    weights = [params[place].detach().double().flatten() for place in (0, 1, 3)]
    for name, w in zip(("C", "W1", "W2"), weights, strict=True):
        require(len(set(w.tolist())) > 0.9 * len(w), f"many numbers of {name} are the same", got=w[:6])
    for first, second in [(0, 1), (0, 2), (1, 2)]:
        pair = torch.stack([weights[first][:200], weights[second][:200]])
        alike = torch.corrcoef(pair)[0, 1].abs().item()  # 0.07 is a standard error for 200 numbers
        require(alike < 0.6, "two of C, W1 and W2 hold the same numbers, up to a factor", got=alike)


@exercise("init_params")
@settings(max_examples=15)
@given(seed=seeds())
def test_the_generator_moves_on(learner, seed):
    """Equal states give equal parameters; each call moves the state on, and another seed gives others."""
    drawing = generator(seed)
    first = learner.init_params(5, 3, 2, 7, drawing)
    later = learner.init_params(5, 3, 2, 7, drawing)
    same = learner.init_params(5, 3, 2, 7, generator(seed))
    other = learner.init_params(5, 3, 2, 7, generator(seed + 1))
    for place, name in enumerate(NAMES):
        assert_equal(same[place], first[place], f"{name} from a generator in the same state")
    for place, name in [(0, "C"), (1, "W1"), (3, "W2")]:
        require(not torch.equal(later[place], first[place]), f"{name} is the same in a second call")
        require(not torch.equal(other[place], first[place]), f"{name} is the same for another seed")


@driver
def reached(names, seed):
    """Whether a gradient of its own reaches each parameter, through a network written out here."""
    import torch

    params = names.init_params(6, 2, 3, 8, torch.Generator().manual_seed(seed))
    C, W1, b1, W2, b2 = params
    X = torch.tensor([[0, 1], [2, 3], [4, 5]])
    logits = torch.tanh(C[X].flatten(1) @ W1 + b1) @ W2 + b2
    torch.nn.functional.cross_entropy(logits, torch.tensor([1, 3, 5])).backward()
    return [p.is_leaf and p.grad is not None and bool((p.grad != 0).any()) for p in params]


@exercise("init_params")
@settings(max_examples=15)
@given(seed=seeds())
def test_the_first_gradient_reaches_everything(learner, seed):
    """At the first step, a gradient reaches each of the five parameters."""
    assert_equal(reached(learner, seed), [True] * 5, "which parameters a gradient reaches")


@exercise("forward")
@given(drawn=networks(), single=st.booleans())
def test_logits_agree_with_the_definition(learner, drawn, single):
    """The logits are tanh(points @ W1 + b1) @ W2 + b2, in float32 and float64, and nothing changes."""
    params, X, _ = drawn
    given_params = [(p.detach().float() if single else p.detach()).requires_grad_() for p in params]
    before = [p.detach().clone() for p in given_params]
    expected = logits_of([p.double() for p in before], X)
    scale = max(1.0, expected.abs().max().item(), before[3].abs().sum(0).max().item())
    assert_close(learner.forward(given_params, X).detach(), expected, "the logits", atol=ROUNDING * scale)
    for name, p, q in zip(NAMES, given_params, before, strict=True):
        assert_equal(p.detach(), q, f"{name} afterwards")


@driver
def gradients(names, params, X, upstream):
    """The gradients by all parameters of the logits, weighted by `upstream`."""
    params = [p.detach().clone().requires_grad_() for p in params]
    (names.forward(params, X) * upstream).sum().backward()
    return [p.grad for p in params]


@exercise("forward")
@given(drawn=networks(), seed=seeds())
def test_gradients_agree_with_the_definition(learner, drawn, seed):
    """The gradient by each of the five parameters is that of the definition."""
    params, X, _ = drawn
    logits = logits_of(params, X)
    upstream = torch.randn(logits.shape, generator=generator(seed), dtype=torch.float64)
    expected = torch.autograd.grad((logits * upstream).sum(), params)
    got = gradients(learner, params, X, upstream)
    for name, g, e in zip(NAMES, got, expected, strict=True):
        assert_close(g, e, f"the gradient by {name}", atol=ROUNDING * max(1.0, e.abs().max().item()))


@exercise("forward")
@given(drawn=networks(), shift=st.integers(1, 3))
def test_hidden_units_have_no_order(learner, drawn, shift):
    """Hidden units in another order, their weights along with them, give the same logits."""
    params, X, _ = drawn
    C, W1, b1, W2, b2 = (p.detach() for p in params)
    expected = logits_of([C, W1, b1, W2, b2], X)
    moved = learner.forward([C, W1.roll(shift, 1), b1.roll(shift), W2.roll(shift, 0), b2], X)
    assert_close(moved, expected, atol=ROUNDING * max(1.0, W2.abs().sum(0).max().item()))


@exercise("forward")
@given(drawn=networks(), shift=st.integers(1, 3))
def test_contexts_in_another_order(learner, drawn, shift):
    """Contexts in another order give the same logits in that order."""
    params, X, _ = drawn
    X = torch.cat([X, X[:1]])
    expected = logits_of(params, X).detach().roll(shift, 0)
    assert_close(
        learner.forward(params, X.roll(shift, 0)).detach(),
        expected,
        atol=ROUNDING * max(1.0, params[3].abs().sum(0).max().item()),
    )


@driver
def trained(names, params, X, Y, runs, batch_size, seed):
    """Train again and again, for (steps, lr) in runs: all losses, and the tensors handed in at first."""
    import torch

    held = [p.detach().clone().requires_grad_() for p in params]
    drawing, losses = torch.Generator().manual_seed(seed), []
    for steps, lr in runs:
        losses += list(names.train(held[:], X, Y, steps, batch_size, lr, drawing))
    trainable = all(p.is_leaf and p.requires_grad for p in held)
    return [float(loss) for loss in losses], [p.detach() for p in held], trainable


def descended(
    params: list[torch.Tensor], X: torch.Tensor, Y: torch.Tensor, runs: list[tuple[int, float]]
) -> tuple[list[float], list[torch.Tensor]]:
    """Losses and parameters of gradient descent on all of X and Y at each step."""
    params = [p.detach().clone().requires_grad_() for p in params]
    losses = []
    for lr in [lr for steps, lr in runs for _ in range(steps)]:
        loss = costs_of(params, X, Y).mean()
        slopes = torch.autograd.grad(loss, params)
        losses.append(loss.item())
        params = [(p - lr * g).detach().requires_grad_() for p, g in zip(params, slopes, strict=True)]
    return losses, [p.detach() for p in params]


@exercise("train")
@given(
    drawn=networks(),
    copies=st.integers(1, 6),
    batch_size=st.integers(1, 6),
    steps=st.integers(0, 3),
    more=st.integers(0, 3),
    lr=rates(),
    seed=seeds(),
)
def test_the_trajectory_is_that_of_the_formula(learner, drawn, copies, batch_size, steps, more, lr, seed):
    """On copies of one example, steps and losses are the formula's, and a second call goes on from there."""
    params, X, Y = drawn
    X, Y = X[-1:], Y[-1:]
    runs = [(steps, lr), (more, 0.3)]
    expected_losses, expected = descended(params, X, Y, runs)
    many = X.repeat(copies, 1), Y.repeat(copies)
    losses, after, trainable = trained(learner, params, *many, runs, min(batch_size, copies), seed)
    assert_close(losses, expected_losses, "the losses", atol=64 * ROUNDING)
    for name, p, q in zip(NAMES, after, expected, strict=True):
        assert_close(p, q, f"{name} afterwards", atol=64 * ROUNDING)
    require(trainable, "the parameters can't be trained any further")


def digits(losses: list[float], params: list[torch.Tensor], batch_size: int) -> list[list[int]]:
    """Of batches whose example number i costs 5**i, up to a constant: how often each of four was in it.

    The constant is the same for all four. An answer that isn't a sum of batch_size such costs is refused.
    """
    b2 = params[4].detach()
    found = []
    for loss in losses:
        total = (float(loss) - b2.logsumexp(0).item()) * batch_size
        require(
            abs(total - round(total)) < 0.1, f"not the mean loss of {batch_size} examples", got=float(loss)
        )
        rest, counts = round(total), []
        for _ in range(4):
            rest, digit = divmod(rest, 5)
            counts.append(digit)
        in_all = rest == 0 and sum(counts) == batch_size
        require(in_all, f"not the mean loss of {batch_size} examples", got=float(loss))
        found.append(counts)
    return found


def four_prices() -> tuple[list[torch.Tensor], torch.Tensor, torch.Tensor]:
    """Parameters and four examples that cost 1, 5, 25 and 125, up to a constant."""
    params = speaks_by_b2(-(5.0 ** torch.arange(4, dtype=torch.float64)))
    return params, torch.arange(4).unsqueeze(1), torch.arange(4)


@exercise("train")
@settings(max_examples=2)
@given(seed=seeds())
def test_each_example_is_as_likely(learner, seed):
    """With rate 0 the losses tell which examples were drawn: batch_size at each step, all equally often."""
    params, X, Y = four_prices()
    steps, batch_size = 160, 3
    losses = learner.train(params, X, Y, steps, batch_size, 0.0, generator(seed))
    assert_equal(len(losses), steps, "the number of losses")
    batches = digits(losses, params, batch_size)
    expected = steps * batch_size / 4
    for example in range(4):
        count = sum(batch[example] for batch in batches)
        within = 5 * math.sqrt(expected * 0.75)
        require(abs(count - expected) <= within, f"example {example} too often or too seldom", got=count)
    require(len({tuple(batch) for batch in batches}) > 3, "always the same batches", got=batches[:3])
    rounds = {str(batches[start : start + 4]) for start in range(0, steps, 4)}
    require(len(rounds) > 1, "the same batches round and round", got=batches[:8])


@exercise("train")
@settings(max_examples=3)
@given(batch_size=st.integers(1, 4), seed=seeds())
def test_batches_come_from_the_generator(learner, batch_size, seed):
    """Equal states draw equal batches; the state moves on from call to call, and another seed draws others."""
    params, X, Y = four_prices()
    X, Y, steps = X.repeat(2, 1), Y.repeat(2), 20
    drawing = generator(seed)
    first = digits(learner.train(params, X, Y, steps, batch_size, 0.0, drawing), params, batch_size)
    later = digits(learner.train(params, X, Y, steps, batch_size, 0.0, drawing), params, batch_size)
    same = digits(learner.train(params, X, Y, 6, batch_size, 0.0, generator(seed)), params, batch_size)
    other = digits(
        learner.train(params, X, Y, steps, batch_size, 0.0, generator(seed + 1)), params, batch_size
    )
    assert_equal(len(first), steps, "the number of losses")
    assert_equal(same, first[:6], "batches from a generator in the same state")
    require(later != first, "a second call draws the same batches", got=later[:3])
    require(other != first, "another seed draws the same batches", got=other[:3])


@exercise("train")
@settings(max_examples=6)
@given(n=st.integers(2, 4), block=sizes(1, 3), batch_size=st.integers(1, 4), seed=seeds())
def test_contexts_keep_their_targets(learner, n, block, batch_size, seed):
    """A network that knows every answer has no loss on any batch: contexts and targets are drawn together."""
    says = {
        tuple([row] * block): [100.0 if symbol == row else 0.0 for symbol in range(5)] for row in range(n)
    }
    X, Y = torch.tensor(list(says)), torch.arange(n)
    losses = learner.train(lookup(says, 5), X, Y, 12, min(batch_size, n), 0.0, generator(seed))
    assert_close(list(losses), [0.0] * 12, "the losses", atol=1e-3)
    worse = learner.train(lookup(says, 5), X, (Y + 1) % 5, 2, 1, 0.0, generator(seed))
    assert_close(list(worse), [100.0] * 2, "the losses for wrong targets", atol=1e-3)


@exercise("train")
@settings(max_examples=2)
@given(seed=seeds())
def test_a_few_examples_are_learned_by_heart(learner, seed):
    """After some steps on four examples, a network with room enough knows each of them."""
    X, Y = torch.tensor([[0, 0], [0, 1], [1, 2], [2, 2]]), torch.tensor([3, 2, 1, 4])
    drawing = generator(seed)
    shapes = [(5, 3), (6, 24), (24,), (24, 5), (5,)]
    params = [torch.randn(shape, generator=drawing) * 0.5 for shape in shapes]
    losses, after, _ = trained(learner, params, X, Y, [(60, 0.5), (20, 0.3)], 3, seed)
    costs = costs_of(after, X, Y)
    assert_equal(len(losses), 80, "the number of losses")
    require(max(losses[:5]) > max(losses[-5:]), "the losses didn't fall", got=losses)
    require(costs.max() < 0.3, "the worst of four examples still costs too much", got=costs)


@exercise("train")
@settings(max_examples=15)
@given(drawn=networks(), steps=st.integers(0, 6), batch_size=st.integers(1, 6), seed=seeds())
def test_nothing_but_parameters_changes(learner, drawn, steps, batch_size, seed):
    """X and Y stay as they are, one loss comes back for each step, and rate 0 changes nothing at all."""
    params, X, Y = drawn
    before = X.clone(), Y.clone(), [p.detach().clone() for p in params]
    losses = learner.train(params, X, Y, steps, min(batch_size, len(X)), 0.0, generator(seed))
    assert_equal(len(losses), steps, "the number of losses")
    assert_equal(X, before[0], "X afterwards", axes=EXAMPLES)
    assert_equal(Y, before[1], "Y afterwards")
    for name, p, q in zip(NAMES, params, before[2], strict=True):
        assert_equal(p.detach(), q, f"{name} after steps with rate 0")
    costs = costs_of(params, X, Y).detach()
    slack = ROUNDING * max(1.0, costs.max().item())
    for loss in losses:
        inside = costs.min().item() - slack <= loss <= costs.max().item() + slack
        require(inside, "a loss outside of those of the examples", got=loss, expected=costs)


@driver
def measured(names, params, X, Y, batch_size):
    """(loss, whether a graph was built, what the gradients are afterwards, parameters, settings)."""
    import torch

    held = [p.detach().clone().requires_grad_() for p in params]
    for number, p in enumerate(held[1:]):
        p.grad = torch.full_like(p, number + 2.0)
    kept = []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: kept.append(1) or t, lambda t: t):
        loss = names.evaluate(held, X, Y, batch_size)
    enabled = torch.is_grad_enabled()
    torch.set_grad_enabled(True)
    graph = len(kept) > 0 or (isinstance(loss, torch.Tensor) and loss.requires_grad)
    grads = [0.0 if p.grad is None else p.grad.double().mean().item() for p in held]
    return float(loss), graph, grads, [p.requires_grad for p in held], [p.detach() for p in held], enabled


@exercise("evaluate")
@given(drawn=networks(), batch_size=st.integers(1, 9))
def test_loss_is_the_mean_over_examples(learner, drawn, batch_size):
    """For every batch_size the loss is the mean over the examples, however small the last batch is."""
    params, X, Y = drawn
    expected = costs_of(params, X, Y).mean().item()
    got = learner.evaluate(params, X, Y, batch_size)
    assert_close(got, expected, atol=ROUNDING * max(1.0, expected))


@exercise("evaluate")
@given(drawn=networks(), batch_size=st.integers(1, 7), cut=st.integers(1, 5))
def test_parts_weigh_by_their_examples(learner, drawn, batch_size, cut):
    """The loss of the whole is that of two parts, each weighed by its number of examples."""
    params, X, Y = drawn
    X, Y = torch.cat([X, X]), torch.cat([Y, Y.flip(0)])
    cut = min(cut, len(X) - 1)
    parts = [(X[:cut], Y[:cut]), (X[cut:], Y[cut:])]
    whole = float(learner.evaluate(params, X, Y, batch_size))
    sums = sum(float(learner.evaluate(params, x, y, batch_size)) * len(y) for x, y in parts)
    costs = costs_of(params, X, Y).detach()
    tolerance = 2 * ROUNDING * max(1.0, costs.max().item())
    assert_close(sums / len(X), whole, "the parts together", atol=tolerance)
    assert_close(whole, costs.mean().item(), "the whole", atol=tolerance)


@exercise("evaluate")
@given(n=st.integers(1, 40), batch_size=st.integers(1, 50), seed=seeds())
def test_many_examples_of_known_cost(learner, n, batch_size, seed):
    """Examples that cost 1, 2, 3 or 3 times log 2 cost their mean, in batches of every size."""
    params = speaks_by_b2(torch.tensor([0.5, 0.25, 0.125, 0.125]).log())
    Y = torch.randint(4, (n,), generator=generator(seed))
    X = torch.randint(4, (n, 1), generator=generator(seed))
    expected = (Y + 1).clamp(max=3).double().mean().item() * math.log(2)
    assert_close(learner.evaluate(params, X, Y, batch_size), expected, atol=ROUNDING)


@exercise("evaluate")
@given(drawn=networks(), batch_size=st.integers(1, 7))
def test_no_graph_and_no_gradient(learner, drawn, batch_size):
    """Nothing is kept for gradients, those that are there stay, and so do parameters and settings."""
    params, X, Y = drawn
    loss, graph, grads, trainable, after, enabled = measured(learner, params, X, Y, batch_size)
    expected = costs_of(params, X, Y).mean().item()
    assert_close(loss, expected, "the loss", atol=ROUNDING * max(1.0, expected))
    require(not graph, "a graph for gradients was built on the way")
    assert_equal(grads, [0.0, 2.0, 3.0, 4.0, 5.0], "each parameter's .grad, in the mean")
    assert_equal(trainable, [True] * 5, "each parameter's requires_grad")
    require(enabled, "gradients are switched off afterwards")
    for name, p, q in zip(NAMES, after, params, strict=True):
        assert_equal(p, q.detach(), f"{name} afterwards")


@exercise("sample_names")
@given(
    ids=st.lists(st.integers(1, 3), max_size=6),
    block_size=st.integers(1, 7),
    order=st.permutations("abc").map("".join),
    n=st.integers(1, 4),
    seed=seeds(),
)
def test_certain_names_are_spelled(learner, ids, block_size, order, n, seed):
    """Where the context leaves one symbol only, all n names are that one, whatever block and symbols are."""
    text = [0] * block_size + ids
    seen = {tuple(text[place : place + block_size]) for place in range(len(ids) + 1)}
    if len(seen) <= len(ids):  # a context comes twice, and can't be certain of two things
        ids = [1, 2, 3][: len(ids)]
    symbols = "." + order
    names = learner.sample_names(
        spells(ids, block_size, 4), block_size, dict(enumerate(symbols)), n, generator(seed)
    )
    assert_equal(names, ["".join(symbols[number] for number in ids)] * n)


@exercise("sample_names")
@settings(max_examples=1)
@given(seed=seeds())
def test_names_come_as_often_as_the_network_says(learner, seed):
    """Of many names as many are of each kind as the chances along their contexts say, up to chance."""
    never, log = -60.0, math.log
    says = {
        (0, 0): [log(0.15), log(0.6), log(0.25)],
        (0, 1): [log(0.5), log(0.3), log(0.2)],
        (0, 2): [log(0.4), log(0.6), never],
        (1, 1): [0.0, never, never],
        (1, 2): [0.0, never, never],
        (2, 1): [0.0, never, never],
    }
    names = learner.sample_names(lookup(says, 3), 2, dict(enumerate(".ab")), 600, generator(seed))
    chances = {"": 0.15, "a": 0.3, "aa": 0.18, "ab": 0.12, "b": 0.1, "ba": 0.15}
    assert_equal(len(names), 600, "the number of names")
    counts = Counter(names)
    require(set(counts) <= set(chances), "a name that can't come", got=sorted(counts))
    for name, share in chances.items():
        expected = 600 * share
        within = 6.5 * math.sqrt(expected * (1 - share))
        far = abs(counts[name] - expected) > within
        require(not far, f"the name {name!r} too often or too seldom", got=counts[name], expected=expected)


@exercise("sample_names")
@settings(max_examples=5)
@given(seed=seeds(), block_size=st.integers(1, 3), n=st.integers(12, 16))
def test_names_come_from_the_generator(learner, seed, block_size, n):
    """Equal states draw equal names, the state moves on, another seed draws others; nothing changes."""
    zeros = [torch.zeros(shape) for shape in [(4, 2), (2 * block_size, 3), (3,), (3, 4), (4,)]]
    params = [p.requires_grad_() for p in zeros]
    itos, drawing = dict(enumerate(".bca")), generator(seed)
    first = learner.sample_names(params, block_size, itos, n, drawing)
    later = learner.sample_names(params, block_size, itos, n, drawing)
    assert_equal(len(first), n, "the number of names")
    require(set("".join(first)) <= set("abc"), "another symbol than the letters", got=first)
    same = learner.sample_names(params, block_size, itos, n, generator(seed))
    assert_equal(same, first, "from a generator in the same state")
    require(later != first, "a second call draws the same names", got=later)
    other = learner.sample_names(params, block_size, itos, n, generator(seed + 1))
    require(other != first, "another seed draws the same names", got=other)
    for name, p in zip(NAMES, params, strict=True):
        assert_equal(p.detach(), torch.zeros(p.shape), f"{name} afterwards")


@exercise("sample_names")
@settings(max_examples=10)
@given(n=st.integers(1, 5), seed=seeds())
def test_empty_names_count(learner, n, seed):
    """Where `.` is certain at once, the names are empty, and there are n of them."""
    b2 = torch.tensor([90.0, 0.0, 0.0])
    names = learner.sample_names(speaks_by_b2(b2), 1, dict(enumerate(".ab")), n, generator(seed))
    assert_equal(names, [""] * n)
    b2 = torch.tensor([0.0, 0.0])
    names = learner.sample_names(speaks_by_b2(b2), 1, dict(enumerate(".a")), 40, generator(seed))
    require("" in names and any(names), "40 names of a coin: some empty, some not", got=names)


@exercise("lr_sweep")
@given(
    exponents=st.lists(st.sampled_from([-4.0, -2.25, -1.0, 0.0, 0.5, 1.0, 3.0]), min_size=1, max_size=6),
    slope=st.sampled_from([-2.0, 0.5, 3.0]),
)
def test_each_rate_is_ten_to_its_exponent(learner, exponents, slope):
    """Each exponent gives the loss of its rate, in the order given, repeated exponents included."""
    rates = []

    def train_fn(params, lr):
        rates.append(lr)
        return slope * lr + params[0].item()

    before = list(exponents)
    tried, losses = learner.lr_sweep(lambda: [torch.tensor([7.0])], train_fn, exponents)
    expected = [10.0**exponent for exponent in before]
    assert_close(rates, expected, "the rates", rtol=ROUNDING)
    assert_close(list(tried), before, "the exponents")
    assert_close(list(losses), [slope * rate + 7 for rate in expected], "the losses", rtol=ROUNDING)
    assert_equal(exponents, before, "the exponents handed in, afterwards")


@exercise("lr_sweep")
@given(exponents=st.lists(st.integers(-3, 1), min_size=1, max_size=6))
def test_parameters_are_made_for_each_rate(learner, exponents):
    """Each rate trains parameters that were made for it, and each set of parameters is trained once."""
    made, trained = [], []

    def make_params():
        made.append(len(made))
        return [torch.tensor([float(made[-1])])]

    def train_fn(params, lr):
        trained.append(int(params[0].item()))
        return float(params[0].item())

    _, losses = learner.lr_sweep(make_params, train_fn, exponents)
    places = list(range(len(exponents)))
    assert_equal(trained, places, "which parameters were trained, in order")
    assert_equal(made, places, "which parameters were made")
    assert_close(list(losses), [float(place) for place in places], "the losses")


@exercise("lr_sweep")
@given(bad=st.sampled_from([math.nan, math.inf]), place=st.integers(0, 3))
def test_a_run_that_ran_away_is_noted(learner, bad, place):
    """A loss that is nan or inf stands in its place like any other."""
    losses_due = [1.0, 2.0, 0.5, 4.0]
    losses_due[place] = bad
    waiting = list(losses_due)
    _, losses = learner.lr_sweep(
        lambda: [torch.zeros(2)], lambda params, lr: waiting.pop(0), [-2.0, -1.0, 0.0, 1.0]
    )
    assert_equal(list(losses), losses_due, "the losses")


@st.composite
def recurrences(draw: st.DrawFn) -> tuple[torch.Tensor, ...]:
    """h, x, Wh, Wx and b that fit each other, in float64."""
    n, k, d = draw(sizes(1, 5)), draw(sizes(1, 5)), draw(sizes(1, 5))
    drawing = generator(draw(seeds()))
    shapes = [(n, k), (n, d), (k, k), (d, k), (k,)]
    return tuple(torch.randn(shape, generator=drawing, dtype=torch.float64) for shape in shapes)


@exercise("rnn_step")
@given(drawn=recurrences(), single=st.booleans())
def test_step_agrees_with_the_definition(learner, drawn, single):
    """Each new state is tanh of the sum over states and inputs, each by its weight, plus b; nothing changes."""
    handed = [t.float() if single else t for t in drawn]
    before = [t.clone() for t in handed]
    h, x, Wh, Wx, b = (t.double() for t in before)
    both = torch.cat([h, x], dim=1).unsqueeze(2) * torch.cat([Wh, Wx]).unsqueeze(0)
    expected = (both.sum(1) + b).tanh()
    assert_close(learner.rnn_step(*handed), expected, "the new states", atol=ROUNDING)
    for name, now, then in zip(("h", "x", "Wh", "Wx", "b"), handed, before, strict=True):
        assert_equal(now, then, f"{name} afterwards")


@exercise("rnn_step")
@given(drawn=recurrences())
def test_step_agrees_with_torchs_cell(learner, drawn):
    """torch.nn.RNNCell with the same weights gives the same states."""
    h, x, Wh, Wx, b = drawn
    cell = torch.nn.RNNCell(x.shape[1], h.shape[1], dtype=torch.float64)
    with torch.no_grad():
        for parameter, value in zip(cell.parameters(), [Wx.T, Wh.T, b, 0 * b], strict=True):
            parameter.copy_(value)
        expected = cell(x, h)
    assert_close(learner.rnn_step(*drawn), expected, "the new states", atol=ROUNDING)


@driver
def unrolled(names, h, xs, Wh, Wx, b, upstream):
    """The last state after all steps, and the gradients by everything handed in."""
    leaves = [t.detach().clone().requires_grad_() for t in (h, *xs, Wh, Wx, b)]
    state, inputs, weights = leaves[0], leaves[1:-3], leaves[-3:]
    for x in inputs:
        state = names.rnn_step(state, x, *weights)
    (state * upstream).sum().backward()
    return state.detach(), [leaf.grad for leaf in leaves]


@exercise("rnn_step")
@given(drawn=recurrences(), steps=st.integers(1, 4), seed=seeds())
def test_gradients_run_through_all_steps(learner, drawn, steps, seed):
    """After several steps the gradients by states, inputs and weights are those of the definition."""
    h, x, Wh, Wx, b = drawn
    drawing = generator(seed)
    xs = [torch.randn(x.shape, generator=drawing, dtype=torch.float64) for _ in range(steps)]
    upstream = torch.randn(h.shape, generator=drawing, dtype=torch.float64)
    leaves = [t.clone().requires_grad_() for t in (h, *xs, Wh, Wx, b)]
    state = leaves[0]
    for x in leaves[1:-3]:
        state = (
            torch.cat([state, x], dim=1).matmul(torch.cat([leaves[-3], leaves[-2]])).add(leaves[-1]).tanh()
        )
    expected = torch.autograd.grad((state * upstream).sum(), leaves)
    last, got = unrolled(learner, h, xs, Wh, Wx, b, upstream)
    assert_close(last, state.detach(), "the last state", atol=8 * ROUNDING)
    labels = ["the first state", *(f"input {step}" for step in range(steps)), "Wh", "Wx", "b"]
    for label, g, e in zip(labels, got, expected, strict=True):
        assert_close(g, e, f"the gradient by {label}", atol=8 * ROUNDING * max(1.0, e.abs().max().item()))

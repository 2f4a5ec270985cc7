"""Week 02's wrong solutions, each with the hint that a good teacher would give."""

# %% exercise="numerical_derivative" misconception="forward"
"""Takes the step to the right only: (f(x + h) − f(x)) / h.

Hint: How do f(x − h) and f(x + h) compare when f is a parabola with its bottom at x? The slope there is 0.
"""


def numerical_derivative(f, x, h=1e-6):
    return (f(x + h) - f(x)) / h


# %% exercise="numerical_derivative" misconception="divides-by-h"
"""Divides the rise over 2h by h, so that every slope is doubled.

Hint: Try f(x) = x, whose slope is 1. How far apart are x − h and x + h?
"""


def numerical_derivative(f, x, h=1e-6):
    return (f(x + h) - f(x - h)) / h


# %% exercise="numerical_derivative" misconception="over-two-times-h"
"""Writes / 2 * h, which Python reads as (… / 2) · h.

Hint: Division and multiplication go from left to right: what is 8 / 2 * 4? Brackets say what belongs together.
"""


def numerical_derivative(f, x, h=1e-6):
    return (f(x + h) - f(x - h)) / 2 * h


# %% exercise="numerical_derivative" misconception="own-step"
"""Uses a small step of its own, whatever h is.

Hint: h is the caller's to choose. What should change in the answer for x³ if h goes from 0.5 to 2?
"""


def numerical_derivative(f, x, h=1e-6):
    h = 1e-6
    return (f(x + h) - f(x - h)) / (2 * h)


# %% exercise="numerical_derivative" misconception="backward"
"""Takes the step to the left only: (f(x) − f(x − h)) / h.

Hint: The central difference looks to both sides. At which two points is f called?
"""


def numerical_derivative(f, x, h=1e-6):
    return (f(x) - f(x - h)) / h


# %% exercise="numerical_derivative" misconception="turned-round"
"""Subtracts the right value from the left one, so that what rises seems to fall.

Hint: Try f(x) = x. Which of f(x + h) and f(x − h) is larger, and which sign should the slope have?
"""


def numerical_derivative(f, x, h=1e-6):
    return (f(x - h) - f(x + h)) / (2 * h)


# %% exercise="compose" misconception="left-to-right"
"""Calls the leftmost function first.

Hint: compose(f, g)(x) is f(g(x)). Python must know g(x) before it can call f: which of the two comes first?
"""


def compose(*fs):
    if not fs:
        return lambda x: x

    def composed(*args, **kwargs):
        result = fs[0](*args, **kwargs)
        for f in fs[1:]:
            result = f(result)
        return result

    return composed


# %% exercise="compose" misconception="left-to-right-and-no-nothing"
"""Calls the leftmost function first, and can't do without one.

Hint: compose(f, g)(x) is f(g(x)). Python must know g(x) before it can call f: which of the two comes first?
"""


def compose(*fs):
    def composed(*args, **kwargs):
        result = fs[0](*args, **kwargs)
        for f in fs[1:]:
            result = f(result)
        return result

    return composed


# %% exercise="compose" misconception="returns-a-call"
"""Calls the inner function and returns what that gives, in place of the function.

Hint: `composed` is the function, `composed()` a call of it. Which of them does the caller want?
"""


def compose(*fs):
    if not fs:
        return lambda x: x

    def composed(*args, **kwargs):
        result = fs[-1](*args, **kwargs)
        for f in reversed(fs[:-1]):
            result = f(result)
        return result

    return composed()


# %% exercise="compose" misconception="returns-nothing"
"""Makes the inner function and doesn't return it.

Hint: A function without `return` gives None. What should compose(f, g) give?
"""


def compose(*fs):
    def composed(*args, **kwargs):
        result = fs[-1](*args, **kwargs)
        for f in reversed(fs[:-1]):
            result = f(result)
        return result


# %% exercise="compose" misconception="one-argument-only"
"""The new function takes a single argument, so that the first function can't have more.

Hint: compose(abs, min)(2, -7, 5) hands three arguments over. Which stars collect them, and which hand them on?
"""


def compose(*fs):
    def composed(x):
        for f in reversed(fs):
            x = f(x)
        return x

    return composed


# %% exercise="compose" misconception="no-named-arguments"
"""Hands on positional arguments only: a named one is an error.

Hint: One star collects what has no name. What collects the rest?
"""


def compose(*fs):
    if not fs:
        return lambda x: x

    def composed(*args):
        result = fs[-1](*args)
        for f in reversed(fs[:-1]):
            result = f(result)
        return result

    return composed


# %% exercise="compose" misconception="nothing-is-an-error"
"""compose() of no function fails when it is called.

Hint: If there is no rightmost function, `fs[-1]` doesn't exist. What should come of "do nothing to x"?
"""


def compose(*fs):
    def composed(*args, **kwargs):
        result = fs[-1](*args, **kwargs)
        for f in reversed(fs[:-1]):
            result = f(result)
        return result

    return composed


# %% exercise="compose" misconception="used-up"
"""Makes `reversed(fs)` once, outside the inner function, so that the second call finds nothing left.

Hint: `reversed` gives an iterator, which can be gone through once. Make it anew inside each call, or reverse a
tuple with `fs[::-1]`.
"""


def compose(*fs):
    backwards = reversed(fs)

    def composed(*args, **kwargs):
        first = next(backwards, None)
        result = first(*args, **kwargs) if first else args[0]
        for f in backwards:
            result = f(result)
        return result

    return composed


# %% exercise="compose" misconception="spreads-results"
"""Takes a result that is a tuple apart and hands its entries to the next function one by one.

Hint: Only the first function gets several arguments. A tuple that a function returns is one result.
"""


def compose(*fs):
    if not fs:
        return lambda x: x

    def composed(*args, **kwargs):
        result = fs[-1](*args, **kwargs)
        for f in reversed(fs[:-1]):
            result = f(*result) if isinstance(result, tuple) else f(result)
        return result

    return composed


# %% exercise="make_multipliers" misconception="late-binding"
"""Makes all functions in one loop over one variable, so that all of them multiply by the last number.

Hint: A function looks its variables up when it is called, and then the loop is over. Give each function a
variable of its own: let a call make it.
"""


def make_multipliers(ks):
    return [lambda x: k * x for k in ks]


# %% exercise="make_multipliers" misconception="numbers-not-functions"
"""Returns a list of numbers, which are multiplied already.

Hint: By what should they have been multiplied? The number comes later, when one of the functions is called.
"""


def make_multipliers(ks):
    return [k * k for k in ks]


# %% exercise="make_multipliers" misconception="one-function-for-all"
"""Returns one function, which multiplies by all numbers at once.

Hint: fs[0] must be a function by itself. What has to stand in the brackets of the list, and what in the function?
"""


def make_multipliers(ks):
    return lambda x: [k * x for k in ks]


# %% exercise="make_multipliers" misconception="a-map-not-a-list"
"""Returns what `map` gives, an iterator without places, which is used up by going through it.

Hint: fs[1] asks for a place. What makes a list of an iterator?
"""


def make_multipliers(ks):
    return map(lambda k: lambda x: k * x, ks)


# %% exercise="make_multipliers" misconception="multiplies-by-the-place"
"""The i-th function multiplies by i and not by ks[i].

Hint: `enumerate` and `range` count places. Which number is at that place?
"""


def make_multipliers(ks):
    return [lambda x, i=i: i * x for i in range(len(ks))]


# %% exercise="make_multipliers" misconception="adds"
"""The functions add their number.

Hint: With 10, the function takes 7 to 70 and not to 17.
"""


def make_multipliers(ks):
    return [lambda x, k=k: k + x for k in ks]


# %% exercise="make_multipliers" misconception="one-for-each-different"
"""Makes the functions from a dict or set, so that a number that comes twice has one function only.

Hint: The i-th function belongs to ks[i], whether that number has been there before or not.
"""


def make_multipliers(ks):
    return [lambda x, k=k: k * x for k in dict.fromkeys(ks)]


# %% exercise="make_multipliers" misconception="sorted-first"
"""Sorts the numbers first.

Hint: fs[0] belongs to ks[0], wherever that stands by size.
"""


def make_multipliers(ks):
    return [lambda x, k=k: k * x for k in sorted(ks)]


# %% exercise="append_to" misconception="mutable-default"
"""Has a list for its default, which is made once, when `def` runs, and shared by all calls.

Hint: Where in your function would a list be made anew at each call? And which default can't be changed by anybody?
"""


def append_to(x, xs=[]):
    if xs is None:
        xs = []
    xs.append(x)
    return xs


# %% exercise="append_to" misconception="mutable-default-and-no-question"
"""Has a list for its default, which is made once, when `def` runs, and shared by all calls; and None has no append.

Hint: Which default can't be changed by anybody? With that one, where would a list be made anew at each call?
"""


def append_to(x, xs=[]):
    xs.append(x)
    return xs


# %% exercise="append_to" misconception="none-is-appended-to"
"""Appends to None where no list was given.

Hint: The default says "no list". What has to happen between `def` and `append` if xs is None?
"""


def append_to(x, xs=None):
    xs.append(x)
    return xs


# %% exercise="append_to" misconception="xs-or-fresh"
"""Writes `xs or []`, so that an empty list that is given is put aside for a fresh one.

Hint: In a condition an empty list counts as False, like None. How do you ask for None and nothing else?
"""


def append_to(x, xs=None):
    xs = xs or []
    xs.append(x)
    return xs


# %% exercise="append_to" misconception="returns-a-copy"
"""Makes a new list, xs + [x], and leaves the caller's as it was.

Hint: The caller wants the list itself to be longer afterwards. Which method changes a list in place?
"""


def append_to(x, xs=None):
    return [*xs, x] if xs is not None else [x]


# %% exercise="append_to" misconception="returns-what-append-returns"
"""Returns what xs.append(x) returns, which is None.

Hint: `append` changes the list and returns nothing. What do you want to return?
"""


def append_to(x, xs=None):
    if xs is None:
        xs = []
    return xs.append(x)


# %% exercise="append_to" misconception="extends"
"""Adds the entries of x rather than x: a text comes in letter by letter, a list without its brackets.

Hint: `extend` goes through what it is given, and `append` takes it as it is.
"""


def append_to(x, xs=None):
    if xs is None:
        xs = []
    xs.extend(x if isinstance(x, (str, list, tuple)) else [x])
    return xs


# %% exercise="append_to" misconception="puts-in-front"
"""Puts x at the beginning.

Hint: Appending is done at the end.
"""


def append_to(x, xs=None):
    if xs is None:
        xs = []
    xs.insert(0, x)
    return xs


# %% exercise="flatten" misconception="one-level"
"""Opens lists on the first level only.

Hint: What is inside a list may be a list again, and nobody knows how often. Which function can open it?
"""


def flatten(nested):
    flat = []
    for part in nested:
        if isinstance(part, list):
            flat.extend(part)
        else:
            flat.append(part)
    return flat


# %% exercise="flatten" misconception="list-in-a-default"
"""Collects in a list that is the default of a parameter: it is made once, and keeps what earlier calls found.

Hint: Section 3 again: when is a default made? Make the list inside the function, and use what the inner call returns.
"""


def flatten(nested, flat=[]):
    for part in nested:
        if isinstance(part, list):
            flatten(part, flat)
        else:
            flat.append(part)
    return flat


# %% exercise="flatten" misconception="returns-nested"
"""Returns what it was given.

Hint: Entries that you find have to go into a list of your own. Which list do you return?
"""


def flatten(nested):
    for part in nested:
        if isinstance(part, list):
            flatten(part)
    return nested


# %% exercise="flatten" misconception="result-thrown-away"
"""Calls itself for an inner list and does nothing with what comes back.

Hint: Each call has a list of its own. How do the entries that the inner call found get into the outer one's?
"""


def flatten(nested):
    flat = []
    for part in nested:
        if isinstance(part, list):
            flatten(part)
        else:
            flat.append(part)
    return flat


# %% exercise="flatten" misconception="empties-nested"
"""Takes the entries out of the caller's list, which is empty afterwards.

Hint: `pop` changes the list that it is called on. What goes through a list and leaves it as it is?
"""


def flatten(nested):
    flat = []
    while nested:
        part = nested.pop(0)
        if isinstance(part, list):
            flat.extend(flatten(part))
        else:
            flat.append(part)
    return flat


# %% exercise="flatten" misconception="opens-texts-for-ever"
"""Opens texts as if they were lists, and never ends: a text of one letter has a text of one letter in it.

Hint: "G"[0] is "G" again. Ask for lists, and for nothing else.
"""


def flatten(nested):
    flat = []
    for part in nested:
        if isinstance(part, (list, str)):
            flat.extend(flatten(part))
        else:
            flat.append(part)
    return flat


# %% exercise="flatten" misconception="opens-whatever-can-be-looped-over"
"""Opens whatever can be looped over, texts too, and never ends: a text of one letter has such a text in it.

Hint: Texts, tuples and dicts can be looped over and stay whole. Which question is true of lists alone?
"""


def flatten(nested):
    flat = []
    for part in nested:
        if hasattr(part, "__iter__"):
            flat.extend(flatten(part))
        else:
            flat.append(part)
    return flat


# %% exercise="flatten" misconception="opens-strings"
"""Takes texts apart into their letters.

Hint: A text can be looped over, but it is no list. Ask for lists, and for nothing else.
"""


def flatten(nested):
    flat = []
    for part in nested:
        if isinstance(part, list):
            flat.extend(flatten(part))
        elif isinstance(part, str):
            flat.extend(part)
        else:
            flat.append(part)
    return flat


# %% exercise="flatten" misconception="opens-tuples"
"""Opens tuples as well as lists.

Hint: (1, 2) may be a pair of coordinates that belong together. Only lists are opened.
"""


def flatten(nested):
    flat = []
    for part in nested:
        if isinstance(part, (list, tuple)):
            flat.extend(flatten(part))
        else:
            flat.append(part)
    return flat


# %% exercise="flatten" misconception="empty-lists-stay"
"""Keeps empty lists as if they were leaves.

Hint: An empty list is a list with nothing in it. What does opening it leave?
"""


def flatten(nested):
    flat = []
    for part in nested:
        if isinstance(part, list) and part:
            flat.extend(flatten(part))
        else:
            flat.append(part)
    return flat


# %% exercise="flatten" misconception="drops-falsy"
"""Leaves out what counts as False: 0, None and the empty text.

Hint: `if part` isn't the question. 0 is a measurement and None an entry; the question is whether part is a list.
"""


def flatten(nested):
    flat = []
    for part in nested:
        if isinstance(part, list):
            flat.extend(flatten(part))
        elif part:
            flat.append(part)
    return flat


# %% exercise="flatten" misconception="deepest-last"
"""Puts what is in inner lists behind everything else: level by level, and not from left to right.

Hint: Read the brackets away in [1, [2], 3]. What stands between 1 and 3?
"""


def flatten(nested):
    level, flat = list(nested), []
    while level:
        flat += [part for part in level if not isinstance(part, list)]
        level = [inner for part in level if isinstance(part, list) for inner in part]
    return flat


# %% exercise="flatten" misconception="opens-in-place"
"""Opens the caller's own list in place.

Hint: The list belongs to the caller, and is the same afterwards. Collect what you find in a list of your own.
"""


def flatten(nested):
    place = 0
    while place < len(nested):
        if isinstance(nested[place], list):
            nested[place : place + 1] = nested[place]
        else:
            place += 1
    return nested


# %% exercise="flatten" misconception="nested-result"
"""Appends the flattened inner list instead of adding its entries.

Hint: `append` adds one entry, whatever it is. Which method adds all entries of a list?
"""


def flatten(nested):
    flat = []
    for part in nested:
        if isinstance(part, list):
            flat.append(flatten(part))
        else:
            flat.append(part)
    return flat


# %% exercise="batches" misconception="drops-the-tail"
"""Gives full batches only and loses what is left over.

Hint: Five items in twos: where is the fifth? A slice that reaches beyond the end is only shorter.
"""


def batches(items, size, shuffle=False, seed=None):
    if size < 1:
        raise ValueError("size below 1")
    order = list(items)
    if shuffle:
        random.Random(seed).shuffle(order)
    for start in range(0, len(order) - size + 1, size):
        yield order[start : start + size]


# %% exercise="batches" misconception="shuffles-the-callers-list"
"""Shuffles the list that it was given.

Hint: `shuffle` works in place, and `order = items` is no copy. Whose list is it?
"""


def batches(items, size, shuffle=False, seed=None):
    if size < 1:
        raise ValueError("size below 1")
    if shuffle:
        random.Random(seed).shuffle(items)
    for start in range(0, len(items), size):
        yield items[start : start + size]


# %% exercise="batches" misconception="shuffles-the-callers-list-by-the-shared-source"
"""Shuffles the list that it was given, by the one source of randomness that everybody shares.

Hint: `shuffle` works in place, and `order = items` is no copy. Whose list is it, and whose source?
"""


def batches(items, size, shuffle=False, seed=None):
    if size < 1:
        raise ValueError("size below 1")
    if shuffle:
        random.seed(seed)
        random.shuffle(items)
    for start in range(0, len(items), size):
        yield items[start : start + size]


# %% exercise="batches" misconception="keeps-what-shuffle-returns"
"""Goes on with what `shuffle` returns, which is None.

Hint: `shuffle` changes a list in place and returns nothing, as `append` does. Which list is the shuffled one?
"""


def batches(items, size, shuffle=False, seed=None):
    if size < 1:
        raise ValueError("size below 1")
    order = list(items)
    if shuffle:
        order = random.Random(seed).shuffle(order)
    for start in range(0, len(order), size):
        yield order[start : start + size]


# %% exercise="batches" misconception="one-list-for-all"
"""Fills and empties one and the same list, so that a batch that somebody keeps changes when the next one comes.

Hint: All your batches are one object with many names. Where is the list made, and how often?
"""


def batches(items, size, shuffle=False, seed=None):
    if size < 1:
        raise ValueError("size below 1")
    order = list(items)
    if shuffle:
        random.Random(seed).shuffle(order)
    batch = []
    for item in order:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch.clear()
    if batch:
        yield batch


# %% exercise="batches" misconception="returns-a-list"
"""Makes all batches at once and returns them in a list.

Hint: What can `next` do with a list? Hand each batch out when it is asked for: which word does that?
"""


def batches(items, size, shuffle=False, seed=None):
    if size < 1:
        raise ValueError("size below 1")
    order = list(items)
    if shuffle:
        random.Random(seed).shuffle(order)
    return [order[start : start + size] for start in range(0, len(order), size)]


# %% exercise="batches" misconception="all-made-ahead"
"""Makes all batches before it hands out the first.

Hint: It is a generator, and still keeps every batch in memory from the start. Cut each one when its turn comes.
"""


def batches(items, size, shuffle=False, seed=None):
    if size < 1:
        raise ValueError("size below 1")
    order = list(items)
    if shuffle:
        random.Random(seed).shuffle(order)
    yield from [order[start : start + size] for start in range(0, len(order), size)]


# %% exercise="batches" misconception="seed-ignored"
"""Shuffles by the global random state and leaves seed unused.

Hint: Two calls with one seed must agree. Where does your shuffling take its randomness from?
"""


def batches(items, size, shuffle=False, seed=None):
    if size < 1:
        raise ValueError("size below 1")
    order = list(items)
    if shuffle:
        random.shuffle(order)
    for start in range(0, len(order), size):
        yield order[start : start + size]


# %% exercise="batches" misconception="seeds-the-shared-source"
"""Seeds and uses the one source of randomness that everybody shares.

Hint: Whoever draws from `random` after you, draws what your seed says. What did section 5 use in its place?
"""


def batches(items, size, shuffle=False, seed=None):
    if size < 1:
        raise ValueError("size below 1")
    order = list(items)
    if shuffle:
        random.seed(seed)
        random.shuffle(order)
    for start in range(0, len(order), size):
        yield order[start : start + size]


# %% exercise="batches" misconception="zero-is-no-seed-of-the-shared-source"
"""Asks `if seed`, and so takes the seed 0 for none; other seeds change the source that everybody shares.

Hint: 0 counts as False. How do you ask whether a seed was given? And `random.Random(seed)` is a source of your own.
"""


def batches(items, size, shuffle=False, seed=None):
    if size < 1:
        raise ValueError("size below 1")
    order = list(items)
    if shuffle:
        if seed:
            random.seed(seed)
        random.shuffle(order)
    for start in range(0, len(order), size):
        yield order[start : start + size]


# %% exercise="batches" misconception="zero-is-no-seed"
"""Asks `if seed`, and so takes the seed 0 for none.

Hint: 0 counts as False. How do you ask whether a seed was given?
"""


def batches(items, size, shuffle=False, seed=None):
    if size < 1:
        raise ValueError("size below 1")
    order = list(items)
    if shuffle:
        (random.Random(seed) if seed else random).shuffle(order)
    for start in range(0, len(order), size):
        yield order[start : start + size]


# %% exercise="batches" misconception="always-the-same-order"
"""Uses a seed of its own, so that every shuffle is the same.

Hint: Another seed is asked for because another order is wanted, in every epoch a new one.
"""


def batches(items, size, shuffle=False, seed=None):
    if size < 1:
        raise ValueError("size below 1")
    order = list(items)
    if shuffle:
        random.Random(42).shuffle(order)
    for start in range(0, len(order), size):
        yield order[start : start + size]


# %% exercise="batches" misconception="shuffles-batches-not-items"
"""Cuts first and shuffles the batches, so that neighbours always stay together.

Hint: If the file is sorted by field, every batch still comes from one field. What has to be shuffled, and when?
"""


def batches(items, size, shuffle=False, seed=None):
    if size < 1:
        raise ValueError("size below 1")
    full = len(items) // size * size
    starts = list(range(0, full, size))
    if shuffle:
        random.Random(seed).shuffle(starts)
    for start in starts:
        yield items[start : start + size]
    if full < len(items):
        yield items[full:]


# %% exercise="batches" misconception="shuffles-inside-batches"
"""Cuts first and shuffles each batch in itself, so that every epoch has the same batches.

Hint: Which items can ever meet in a batch? All of them should.
"""


def batches(items, size, shuffle=False, seed=None):
    if size < 1:
        raise ValueError("size below 1")
    source = random.Random(seed)
    for start in range(0, len(items), size):
        batch = items[start : start + size]
        if shuffle:
            source.shuffle(batch)
        yield batch


# %% exercise="batches" misconception="draws-with-replacement"
"""Draws each batch at random from all items, so that some come twice and others never.

Hint: An epoch sees each item exactly once. Shuffle a copy and cut it, and there is nothing left to draw.
"""


def batches(items, size, shuffle=False, seed=None):
    if size < 1:
        raise ValueError("size below 1")
    source = random.Random(seed)
    for start in range(0, len(items), size):
        batch = items[start : start + size]
        yield source.choices(items, k=len(batch)) if shuffle else batch


# %% exercise="batches" misconception="any-size-goes"
"""Doesn't look at size: a negative one gives no batch, and no error.

Hint: A loop that never runs is an answer that nobody notices. Raise ValueError before it.
"""


def batches(items, size, shuffle=False, seed=None):
    order = list(items)
    if shuffle:
        random.Random(seed).shuffle(order)
    for start in range(0, len(order), size):
        yield order[start : start + size]


# %% exercise="batches" misconception="empty-batch-at-the-end"
"""Gives an empty list at the end when the items come out even.

Hint: Four items in twos are two batches. When does your loop notice that nothing is left?
"""


def batches(items, size, shuffle=False, seed=None):
    if size < 1:
        raise ValueError("size below 1")
    order = list(items)
    if shuffle:
        random.Random(seed).shuffle(order)
    for start in range(0, len(order) + 1, size):
        yield order[start : start + size]


# %% exercise="Vector" misconception="no-iteration"
"""Can't be looped over, and the checks of all parts look at the entries by a loop.

Hint: `for x in v` calls `v.__iter__()`, which returns an iterator. The list inside your vector has one to lend.

Parts: arithmetic, container, repr
"""
del Vector.__iter__, Vector.__getitem__
Vector.__mul__ = Vector.__rmul__ = lambda self, number: Vector([number * a for a in self.entries])


# %% exercise="Vector" misconception="multiplies-the-list"
"""v * s multiplies the list inside, which repeats it.

Hint: `[1, 2] * 3` is a list of six. Multiply entry by entry.

Parts: arithmetic
"""
Vector.__mul__ = Vector.__rmul__ = lambda self, number: Vector(self.entries * number)


# %% exercise="Vector" misconception="times-a-vector"
"""v * s asks for a vector on the right, as dot does, and has no answer for a number.

Hint: The product of two vectors has a method of its own, `dot`. What stands on the right in `v * 3`?

Parts: arithmetic
"""


def times_a_vector(self, other):
    return sum(a * b for a, b in zip(self.entries, other.entries))


Vector.__mul__ = Vector.__rmul__ = times_a_vector


# %% exercise="Vector" misconception="self-forgotten"
"""dot looks for the entries among the variables, and not in the object.

Hint: A method sees its object's attributes through `self` only.

Parts: arithmetic
"""


def without_self(self, other):
    return sum(a * b for a, b in zip(entries, other.entries, strict=True))


Vector.dot = without_self


# %% exercise="Vector" misconception="self-is-no-parameter"
"""dot has no parameter for the vector in front of the dot.

Hint: v.dot(w) calls `dot` with two things, v and w. Which parameter comes first in every method?

Parts: arithmetic
"""


def one_parameter(other):
    return sum(a * b for a, b in zip(self.entries, other.entries, strict=True))


Vector.dot = one_parameter


# %% exercise="Vector" misconception="no-rmul"
"""Has no __rmul__: a number on the left of * is an error.

Hint: For `3 * v` Python asks the number, which knows no vectors, and then calls `v.__rmul__(3)`.

Parts: arithmetic
"""
del Vector.__rmul__


# %% exercise="Vector" misconception="zip-truncates"
"""Adds, subtracts and multiplies vectors of unequal length, cutting the longer one off.

Hint: `zip` stops at the shorter one without a word. What makes it complain?

Parts: arithmetic
"""
Vector.pairs = lambda self, other: zip(self, other)


# %% exercise="Vector" misconception="dot-unchecked"
"""Complains of unequal lengths in + and -, and not in dot.

Hint: Three operations take two vectors. Which of them did you not try with unequal ones?

Parts: arithmetic
"""
Vector.dot = lambda self, other: sum(a * b for a, b in zip(self, other))


# %% exercise="Vector" misconception="shares-the-callers-list"
"""Keeps the very list that it was given, and changes when that list does.

Hint: `self.entries = entries` is a second name for the caller's list. How do you make a copy?

Parts: arithmetic, container
"""


def keep(self, entries):
    self.entries = entries


Vector.__init__ = keep


# %% exercise="Vector" misconception="adds-in-place"
"""v + w changes v and returns it.

Hint: After c = v + w, v is still what it was. Make a new Vector for the result.

Parts: arithmetic
"""


def add_in_place(self, other):
    for i, (_, b) in enumerate(self.pairs(other)):
        self.entries[i] += b
    return self


Vector.__add__ = add_in_place


# %% exercise="Vector" misconception="plus-joins"
"""v + w puts the two lists one behind the other.

Hint: On lists, + joins. Add entry by entry.

Parts: arithmetic
"""
Vector.__add__ = lambda self, other: Vector(self.entries + other.entries)


# %% exercise="Vector" misconception="results-are-lists"
"""+ and - return plain lists.

Hint: What is (v + w) - w, if v + w is a list? Wrap the result.

Parts: arithmetic
"""
Vector.__add__ = lambda self, other: [a + b for a, b in self.pairs(other)]
Vector.__sub__ = lambda self, other: [a - b for a, b in self.pairs(other)]


# %% exercise="Vector" misconception="norm-without-root"
"""abs(v) is the sum of squares, without the root.

Hint: How long is the way from (0, 0) to (3, 4)?

Parts: arithmetic
"""
Vector.__abs__ = lambda self: self.dot(self)


# %% exercise="Vector" misconception="norm-of-absolute-values"
"""abs(v) adds up the absolute values.

Hint: That is the way along the streets. As the crow flies, (3, 4) is 5 away.

Parts: arithmetic
"""
Vector.__abs__ = lambda self: sum(abs(a) for a in self)


# %% exercise="Vector" misconception="dot-is-a-vector"
"""dot returns the products and not their sum.

Hint: dot is one number. What is still to be done with the products?

Parts: arithmetic
"""
Vector.dot = lambda self, other: Vector([a * b for a, b in self.pairs(other)])
Vector.__abs__ = lambda self: math.sqrt(sum(a * a for a in self))


# %% exercise="Vector" misconception="minus-turned-round"
"""v - w gives w - v.

Hint: In `v.__sub__(w)`, self is what stands on the left of the minus.

Parts: arithmetic
"""
Vector.__sub__ = lambda self, other: Vector([b - a for a, b in self.pairs(other)])


# %% exercise="Vector" misconception="compares-with-anything"
"""Takes a list with the same entries for an equal vector.

Hint: `Vector([1, 2]) == [1, 2]` is False. Ask what `other` is before you look at its entries.

Parts: container
"""
Vector.__eq__ = lambda self, other: hasattr(other, "__len__") and list(self) == list(other)


# %% exercise="Vector" misconception="equality-fails-on-others"
"""v == something that is no Vector raises an error.

Hint: `v == None` is a question that has an answer. Not everything has entries.

Parts: container
"""
Vector.__eq__ = lambda self, other: self.entries == other.entries


# %% exercise="Vector" misconception="no-equality"
"""Has no __eq__, so that only the very same object is equal.

Hint: What does Python take "equal" for when a class doesn't say? Which method says it?

Parts: container
"""
del Vector.__eq__


# %% exercise="Vector" misconception="equal-up-to-the-shorter"
"""Compares with zip, so that a vector equals a longer one that begins like it.

Hint: `all(... for a, b in zip(v, w))` sees no more than the shorter one has. What about Vector([])?

Parts: container
"""
Vector.__eq__ = lambda self, other: isinstance(other, Vector) and all(a == b for a, b in zip(self, other))


# %% exercise="Vector" misconception="unequal-lengths-raise-in-equality"
"""v == w raises ValueError when their lengths differ.

Hint: In arithmetic unequal lengths are an error. Whether two vectors are equal has an answer all the same.

Parts: container
"""
Vector.__eq__ = lambda self, other: isinstance(other, Vector) and all(a == b for a, b in self.pairs(other))


# %% exercise="Vector" misconception="equal-in-any-order"
"""Compares sorted entries, so that (1, 2) equals (2, 1).

Hint: One of them points up, the other to the right. Order matters.

Parts: container
"""
Vector.__eq__ = lambda self, other: isinstance(other, Vector) and sorted(self) == sorted(other)


# %% exercise="Vector" misconception="iterates-once"
"""Is its own iterator, with one place for all loops, so that two loops over it disturb each other.

Hint: Every `for` needs a place of its own to remember how far it is. `iter(some_list)` makes one each time.

Parts: container
"""


def start(self):
    self._place = -1
    return self


def step(self):
    self._place += 1
    if self._place >= len(self.entries):
        raise StopIteration
    return self.entries[self._place]


Vector.__iter__, Vector.__next__ = start, step
Vector.pairs = lambda self, other: zip(list(self.entries), list(other.entries), strict=True)


# %% exercise="Vector" misconception="iterates-only-once"
"""Is its own iterator, and stands at its end for ever after the first loop.

Hint: Who sets the place back to the beginning? `iter(some_list)` makes a new iterator for each loop.

Parts: container
"""

made = Vector.__init__


def made_with_a_place(self, entries):
    made(self, entries)
    self._place = -1


def on_and_on(self):
    self._place += 1
    if self._place >= len(self.entries):
        raise StopIteration
    return self.entries[self._place]


Vector.__init__, Vector.__iter__, Vector.__next__ = made_with_a_place, lambda self: self, on_and_on
Vector.__mul__ = Vector.__rmul__ = lambda self, number: Vector([number * a for a in self.entries])


# %% exercise="Vector" misconception="counts-from-one"
"""v[1] is the first entry.

Hint: R counts from 1. Python counts from 0, and a Vector does as a list does.

Parts: container
"""
Vector.__getitem__ = lambda self, i: self.entries[i - 1]


# %% exercise="Vector" misconception="no-negative-index"
"""v[-1] is an error.

Hint: A list knows what -1 is. Hand the index on to it as it comes.

Parts: container
"""


def from_the_front(self, i):
    if not 0 <= i < len(self.entries):
        raise IndexError(i)
    return self.entries[i]


Vector.__getitem__ = from_the_front


# %% exercise="Vector" misconception="no-repr"
"""Has no __repr__, and shows itself as <Vector object at …>.

Hint: Which method gives the text? It should be the one that you would type to make this vector.

Parts: repr
"""
del Vector.__repr__


# %% exercise="Vector" misconception="repr-that-python-cant-read"
"""repr gives a text for people, such as <Vector [1, 2]>, which isn't Python.

Hint: `eval` must be able to read the text. What would you type to make this vector?

Parts: repr
"""
Vector.__repr__ = lambda self: f"<Vector {self.entries}>"


# %% exercise="Vector" misconception="repr-without-the-name"
"""repr gives the list alone, which eval reads as a list.

Hint: What does Python make of "[1, 2]"? The text must say that it is a Vector.

Parts: repr
"""
Vector.__repr__ = lambda self: repr(self.entries)


# %% exercise="Vector" misconception="repr-without-brackets"
"""repr gives Vector(1, 2), which isn't how a Vector is made.

Hint: Type the text into a cell. How many arguments does `Vector` take?

Parts: repr
"""
Vector.__repr__ = lambda self: f"Vector({', '.join(map(repr, self.entries))})"


# %% exercise="Vector" misconception="repr-rounds"
"""repr rounds the entries, for looks.

Hint: `eval(repr(v)) == v` must hold for 1 / 3, too. Which text of a number keeps all of it?

Parts: repr
"""
Vector.__repr__ = lambda self: f"Vector({[round(a, 2) for a in self.entries]})"


# %% exercise="Vector" misconception="repr-prints"
"""__repr__ prints the text and returns nothing.

Hint: Python calls `__repr__` to get a text. Who prints it is not your affair.

Parts: repr
"""
Vector.__repr__ = lambda self: print(f"Vector({self.entries!r})")


# %% exercise="RunningStats" misconception="sum-of-squares"
"""Keeps the sum and the sum of squares, and subtracts two huge numbers that agree in all the digits they have.

Hint: It is right on paper. Try 1e9 + 2, 1e9 + 4 and 1e9 + 9, whose variance is 13, and print the two sums.
"""


class RunningStats:
    def __init__(self):
        self.n, self._sum, self._squares = 0, 0.0, 0.0

    def push(self, x):
        self.n += 1
        self._sum += x
        self._squares += x * x

    @property
    def mean(self):
        return self._sum / self.n if self.n else math.nan

    @property
    def variance(self):
        if self.n < 2:
            return math.nan
        return (self._squares - self._sum**2 / self.n) / (self.n - 1)

    def merge(self, other):
        both = RunningStats()
        both.n = self.n + other.n
        both._sum = self._sum + other._sum
        both._squares = self._squares + other._squares
        return both


# %% exercise="RunningStats" misconception="biased"
"""Divides the squared deviations by n and not by n − 1.

Hint: For 2, 4 and 9 the sum of squares is 26 and the variance 13. What was it divided by?
"""
RunningStats.variance = property(lambda self: self._squares / self._n if self._n > 1 else math.nan)


# %% exercise="RunningStats" misconception="zero-below-two"
"""Says that the variance of one number, or none, is 0.

Hint: 0 would say "no spread at all", and one number can't tell. What says "not known"?
"""
RunningStats.variance = property(lambda self: self._squares / (self._n - 1) if self._n > 1 else 0.0)


# %% exercise="RunningStats" misconception="fails-below-two"
"""Asking for the variance of fewer than two numbers is an error.

Hint: n − 1 is 0 with one number. The statement says what to answer then.
"""
RunningStats.variance = property(lambda self: self._squares / (self._n - 1) if self._n else math.nan)


# %% exercise="RunningStats" misconception="standard-deviation"
"""Gives the standard deviation for the variance.

Hint: For 2, 4 and 9 it is 13 and not 3.6.
"""
RunningStats.variance = property(
    lambda self: math.sqrt(self._squares / (self._n - 1)) if self._n > 1 else math.nan
)


# %% exercise="RunningStats" misconception="new-mean-twice"
"""Uses the new mean in both brackets of Welford's update.

Hint: (x − mean) is wanted before the mean moves *and* after. Which line must come first, or what must you keep?
"""


def push_after(self, x):
    self._n += 1
    self._mean += (x - self._mean) / self._n
    self._squares += (x - self._mean) ** 2


RunningStats.push = push_after


# %% exercise="RunningStats" misconception="old-mean-twice"
"""Uses the old mean in both brackets of Welford's update.

Hint: Push 2 and then 4 by hand. The old mean is 2, the new one 3, and M becomes (4 − 2)(4 − 3).
"""


def push_before(self, x):
    self._n += 1
    deviation = x - self._mean
    self._squares += deviation**2
    self._mean += deviation / self._n


RunningStats.push = push_before


# %% exercise="RunningStats" misconception="methods-not-properties"
"""n, mean or variance is a method, which has to be called, and is read without brackets.

Hint: `stats.variance` shows a bound method. Which line above the `def` makes it read like an attribute?
"""
RunningStats.mean = RunningStats.mean.fget
RunningStats.variance = RunningStats.variance.fget


# %% exercise="RunningStats" misconception="shared-by-all-objects"
"""Keeps its numbers in a list that belongs to the class, so that all objects share them.

Hint: Make two objects and push into one. What stands in the class's body, outside any method, exists once;
`self.numbers = []` in `__init__` makes one for each.
"""

import statistics


class RunningStats:
    numbers = []

    def push(self, x):
        self.numbers.append(x)

    @property
    def n(self):
        return len(self.numbers)

    @property
    def mean(self):
        return statistics.mean(self.numbers) if self.numbers else math.nan

    @property
    def variance(self):
        return statistics.variance(self.numbers) if self.n > 1 else math.nan

    def merge(self, other):
        return RunningStats()


# %% exercise="RunningStats" misconception="merge-changes-self"
"""merge takes the other's numbers into itself and returns itself.

Hint: After c = a.merge(b) there are three objects, and a is what it was. Which line makes a new one?
"""

merged = RunningStats.merge


def merge_into_self(self, other):
    both = merged(self, other)
    self._n, self._mean, self._squares = both._n, both._mean, both._squares
    return self


RunningStats.merge = merge_into_self


# %% exercise="RunningStats" misconception="merge-returns-nothing"
"""merge takes the other's numbers into itself and returns nothing.

Hint: After c = a.merge(b) there are three objects, and a is what it was. Make a new one, fill it, and return it.
"""

merged = RunningStats.merge


def merge_without_return(self, other):
    both = merged(self, other)
    self._n, self._mean, self._squares = both._n, both._mean, both._squares


RunningStats.merge = merge_without_return


# %% exercise="RunningStats" misconception="mean-of-means"
"""merge takes the plain mean of the two means, as if both groups had equally many numbers.

Hint: Ten numbers against one: which mean should the joint one be near to?
"""

merged = RunningStats.merge


def merge_means(self, other):
    both = merged(self, other)
    both._mean = (self._mean + other._mean) / 2
    return both


RunningStats.merge = merge_means


# %% exercise="RunningStats" misconception="no-spread-between"
"""merge adds the two sums of squares and forgets that the means differ.

Hint: Merge (2) and (9). Neither has any spread in itself; the two together do. Within plus *between*.
"""

merged = RunningStats.merge


def merge_within(self, other):
    both = merged(self, other)
    both._squares = self._squares + other._squares
    return both


RunningStats.merge = merge_within


# %% exercise="RunningStats" misconception="merge-of-empty-fails"
"""merge divides by the number of all numbers, and fails when there are none.

Hint: Two loggers that haven't sent anything yet can be merged, too. What is n_a + n_b then?
"""


def merge_unguarded(self, other):
    both = RunningStats()
    both._n = self._n + other._n
    apart = other._mean - self._mean
    both._mean = self._mean + apart * other._n / both._n
    both._squares = self._squares + other._squares + apart**2 * self._n * other._n / both._n
    return both


RunningStats.merge = merge_unguarded


# %% exercise="RunningStats" misconception="merge-with-empty-returns-the-other"
"""merge with an empty one returns the other object itself, so that a later push reaches two at once.

Hint: "A new one" holds also when there is nothing to add. Push into the result, and look at the parent.
"""

merged = RunningStats.merge


def merge_or_same(self, other):
    if not other._n:
        return self
    return merged(self, other) if self._n else other


RunningStats.merge = merge_or_same


# %% exercise="RunningStats" misconception="merge-copies-the-outside-only"
"""Keeps lists in a list, and merges by joining the outer lists: the inner ones are shared with the parents.

Hint: `a + b` of two lists of lists is a new list that holds the very same inner lists. After the merge, push
into the result, and ask the parents.
"""

import statistics


class RunningStats:
    def __init__(self):
        self.runs = [[]]

    def push(self, x):
        self.runs[-1].append(x)

    def all(self):
        return [x for run in self.runs for x in run]

    @property
    def n(self):
        return len(self.all())

    @property
    def mean(self):
        return statistics.fmean(self.all()) if self.n else math.nan

    @property
    def variance(self):
        return statistics.variance(self.all()) if self.n > 1 else math.nan

    def merge(self, other):
        both = RunningStats()
        both.runs = self.runs + other.runs
        return both


# %% exercise="RunningStats" misconception="merge-pools-the-variances"
"""merge gives the pooled variance, the mean of the two variances weighted by their degrees of freedom.

Hint: The pooled variance estimates a spread that both groups have around means of their own. Here all numbers
have one mean.
"""

merged = RunningStats.merge


def merge_pooled(self, other):
    both = merged(self, other)
    if self._n > 1 and other._n > 1:
        freedom = self._n + other._n - 2
        both._squares = (self._squares + other._squares) / freedom * (both._n - 1)
    return both


RunningStats.merge = merge_pooled


# %% exercise="RunningStats" misconception="counts-a-zero"
"""Starts with a 0 as if it had been pushed, which draws every mean towards 0.

Hint: Push a single 10. n is 1, and what is the mean?
"""

import statistics


class RunningStats:
    def __init__(self, numbers=(0.0,)):
        self._numbers = list(numbers)

    def push(self, x):
        self._numbers.append(x)

    @property
    def n(self):
        return len(self._numbers) - 1

    @property
    def mean(self):
        return statistics.fmean(self._numbers)

    @property
    def variance(self):
        return statistics.variance(self._numbers) if self.n > 1 else math.nan

    def merge(self, other):
        return RunningStats(self._numbers + other._numbers[1:])


# %% exercise="break_RunningStats" misconception="one-list-of-numbers"
"""Pushes one list of numbers and looks at the result, and never merges.

Hint: Half of the slips are in merge. Which of its promises have you not tried?
"""


def break_RunningStats(RunningStats):
    stats = RunningStats()
    for x in [2, 4, 9]:
        stats.push(x)
    assert stats.n == 3
    assert math.isclose(stats.mean, 5.0)
    assert math.isclose(stats.variance, 13.0)


# %% exercise="break_RunningStats" misconception="tests-its-own-class"
"""Never uses the class that it is given, but the one of the notebook.

Hint: It is called with many classes, one after the other, and each arrives in your function's parameter.
"""


def break_RunningStats(kind):
    a, b = RunningStats(), RunningStats()
    for x in [2, 4, 9]:
        a.push(x)
    b.push(30)
    assert a.n == 3
    assert math.isclose(a.variance, 13.0)
    assert a.merge(b).n == 4


# %% exercise="break_RunningStats" misconception="always-complains"
"""Complains of every class, the right ones included.

Hint: Run it on your own RunningStats. A condition that can hold must come behind `assert`.
"""


def break_RunningStats(RunningStats):
    raise AssertionError("it is wrong")


# %% exercise="break_RunningStats" misconception="merges-equal-groups"
"""Merges two groups of equal size and mean, in which most slips don't show.

Hint: What would a merge say that averages the means, or forgets the spread between them? Take unequal groups.
"""


def break_RunningStats(RunningStats):
    a, b = RunningStats(), RunningStats()
    for x in [1.0, 3.0]:
        a.push(x)
        b.push(x)
    both = a.merge(b)
    assert both.n == 4
    assert math.isclose(both.mean, 2.0)
    assert math.isclose(both.variance, 4 / 3)


# %% exercise="break_RunningStats" misconception="parents-not-looked-at"
"""Tries pushing, merging and precision, and never looks at the parents after a merge.

Hint: A merge may change what it merges. Keep a and b, and ask them again, also after a push into the result.
"""

import statistics


def break_RunningStats(RunningStats):
    def made(xs):
        stats = RunningStats()
        for x in xs:
            stats.push(x)
        return stats

    for left, right in [([2, 4, 9], [30]), ([1e9 + 2, 1e9 + 4], [1e9 + 9]), ([1, 5], [2, 2, 7])]:
        both, xs = made(left).merge(made(right)), left + right
        assert both.n == len(xs)
        assert math.isclose(both.mean, statistics.fmean(xs))
        assert math.isclose(both.variance, statistics.variance(xs), rel_tol=1e-3)


# %% exercise="break_RunningStats" misconception="returns-a-verdict"
"""Returns True or False instead of raising.

Hint: `assert` raises AssertionError if what follows is False. A returned value isn't looked at.
"""


def break_RunningStats(RunningStats):
    stats = RunningStats()
    for x in [2, 4, 9]:
        stats.push(x)
    return stats.n == 3 and math.isclose(stats.variance, 13.0)


# %% exercise="break_RunningStats" misconception="compares-exactly"
"""Compares means with == and rejects right classes for their last digit.

Hint: Right classes round differently. Compare with math.isclose and a tolerance.
"""


def break_RunningStats(RunningStats):
    stats = RunningStats()
    stats.push(0.1)
    stats.push(0.5)
    assert stats.n == 2
    assert stats.mean == (0.1 + 0.5) / 2


# %% exercise="break_RunningStats" misconception="insists-on-floats"
"""Asks whether the mean is a float, and rejects right classes that say 5 for 5.0.

Hint: The type of a number is free. Ask for its value.
"""


def break_RunningStats(RunningStats):
    stats = RunningStats()
    for x in [2, 4, 9]:
        stats.push(x)
    assert isinstance(stats.mean, float)


# %% exercise="break_RunningStats" misconception="tests-what-is-free"
"""Insists on what the mean of no number at all is.

Hint: The statement leaves that free, and right classes differ there.
"""


def break_RunningStats(RunningStats):
    assert RunningStats().mean == 0.0


# %% exercise="break_RunningStats" misconception="nan-equals-nan"
"""Asks whether the variance of one number == nan, which is never true.

Hint: Try `math.nan == math.nan`. What asks the question that you mean?
"""


def break_RunningStats(RunningStats):
    stats = RunningStats()
    stats.push(5)
    assert stats.variance == math.nan


# %% exercise="break_RunningStats" misconception="checks-nothing"
"""Runs everything and checks nothing: a wrong number isn't an error by itself.

Hint: Compare each number with the one that it should be.
"""


def break_RunningStats(RunningStats):
    a, b = RunningStats(), RunningStats()
    for x in [2, 4, 9]:
        a.push(x)
        b.push(10 * x)
    both = a.merge(b)
    print(both.n, both.mean, both.variance)


# %% exercise="memoize" misconception="falsy-again"
"""Takes an answer that counts as False for one that isn't known, and asks again.

Hint: 0 and None are answers. Ask whether the arguments are among the keys.
"""

from functools import wraps


def memoize(f):
    known = {}

    @wraps(f)
    def remembering(*args):
        if not known.get(args):
            known[args] = f(*args)
        return known[args]

    return remembering


# %% exercise="memoize" misconception="none-again"
"""Takes the answer None for "not known", and asks again.

Hint: `known.get(args)` gives None in two cases. Which question tells them apart?
"""

from functools import wraps


def memoize(f):
    known = {}

    @wraps(f)
    def remembering(*args):
        if known.get(args) is None:
            known[args] = f(*args)
        return known[args]

    return remembering


# %% exercise="memoize" misconception="shared-cache"
"""Keeps the answers of all functions in one dict, so that one function gives another's answers.

Hint: Where is the dict made: once for the notebook, or once for each call of memoize?
"""

from functools import wraps

known_everywhere = {}


def memoize(f):
    @wraps(f)
    def remembering(*args):
        if args not in known_everywhere:
            known_everywhere[args] = f(*args)
        return known_everywhere[args]

    return remembering


# %% exercise="memoize" misconception="shared-by-name"
"""Keeps the answers under the function's name, which two functions may have in common.

Hint: A name is a label, and two functions may bear the same. Let each memoized function have its own dict.
"""

from functools import wraps

known_by_name = {}


def memoize(f):
    known = known_by_name.setdefault(f.__name__, {})

    @wraps(f)
    def remembering(*args):
        if args not in known:
            known[args] = f(*args)
        return known[args]

    return remembering


# %% exercise="memoize" misconception="name-lost"
"""The new function is called `remembering` and has no docstring.

Hint: `help(f)` should still say what f does. What copies a function's name and docstring to another?
"""


def memoize(f):
    known = {}

    def remembering(*args):
        if args not in known:
            known[args] = f(*args)
        return known[args]

    return remembering


# %% exercise="memoize" misconception="first-argument-only"
"""Remembers by the first argument alone.

Hint: f("A", "C") and f("A", "G") are two questions. What is the key?
"""

from functools import wraps


def memoize(f):
    known = {}

    @wraps(f)
    def remembering(*args):
        if args[:1] not in known:
            known[args[:1]] = f(*args)
        return known[args[:1]]

    return remembering


# %% exercise="memoize" misconception="order-ignored"
"""Remembers by the set of arguments, so that their order and number are lost.

Hint: f(2, 10) and f(10, 2) differ for most functions. A tuple can be a key as it is.
"""

from functools import wraps


def memoize(f):
    known = {}

    @wraps(f)
    def remembering(*args):
        key = frozenset(args)
        if key not in known:
            known[key] = f(*args)
        return known[key]

    return remembering


# %% exercise="memoize" misconception="forgets-old-ones"
"""Keeps the last 128 answers only, as functools.lru_cache does unless told otherwise.

Hint: Nothing is to be forgotten. What does the default of `maxsize` say?
"""

from functools import lru_cache


def memoize(f):
    return lru_cache(f)


# %% exercise="memoize" misconception="remembers-nothing"
"""Makes the dict inside the inner function, anew at each call.

Hint: What the inner function makes is gone when it returns. Which variables outlive its calls?
"""

from functools import wraps


def memoize(f):
    @wraps(f)
    def remembering(*args):
        known = {}
        if args not in known:
            known[args] = f(*args)
        return known[args]

    return remembering


# %% exercise="Module" misconception="shared-by-all-instances"
"""Registers Parameters in a list that belongs to the class, so that every module lists everybody's.

Hint: Make two Affines, and ask one for its parameters. Where is the list made, and how often?
"""


class Module:
    registered = []

    def __init__(self):
        pass

    def __setattr__(self, name, value):
        object.__setattr__(self, name, value)
        if isinstance(value, (Parameter, Module)):
            self.registered.append(value)

    def parameters(self):
        found = [part for part in self.registered if isinstance(part, Parameter)]
        return list(dict.fromkeys(found))


class Affine(Module):
    def __init__(self, w, b):
        super().__init__()
        self.w, self.b = Parameter(w), Parameter(b)

    def __call__(self, x):
        return self.w.value * x + self.b.value


class Chain(Module):
    def __init__(self, *modules):
        super().__init__()
        self.modules = modules

    def __call__(self, x):
        for module in self.modules:
            x = module(x)
        return x


# %% exercise="Module" misconception="forgets-super"
"""Module's __init__ makes the list that parameters() reads, and Chain forgets to call it.

Hint: A subclass's `__init__` runs *instead of* Module's. Which call, in its first line, makes up for that?
"""


class Module:
    def __init__(self):
        self.parts = []

    def __setattr__(self, name, value):
        object.__setattr__(self, name, value)
        if isinstance(value, (Parameter, Module)):
            self.parts.append(value)

    def parameters(self):
        found = {}
        for part in self.parts:
            for parameter in [part] if isinstance(part, Parameter) else part.parameters():
                found[id(parameter)] = parameter
        return list(found.values())


class Affine(Module):
    def __init__(self, w, b):
        super().__init__()
        self.w, self.b = Parameter(w), Parameter(b)

    def __call__(self, x):
        return self.w.value * x + self.b.value


class Chain(Module):
    def __init__(self, *modules):
        self.modules = modules
        for number, module in enumerate(modules):
            setattr(self, f"module{number}", module)

    def __call__(self, x):
        for module in self.modules:
            x = module(x)
        return x


# %% exercise="Module" misconception="own-parameters-only"
"""parameters() lists the module's own and doesn't look into inner modules.

Hint: An inner module is to be opened, as a list was in `flatten`. Who knows its parameters?
"""


def own(self):
    found = [part for part in vars(self).values() if isinstance(part, Parameter)]
    return list({id(parameter): parameter for parameter in found}.values())


Module.parameters = own


# %% exercise="Module" misconception="one-level-down"
"""Looks into inner modules, and not into those inside them.

Hint: A chain in a chain is no exception. Ask the inner module for `parameters()`, and it will ask its own.
"""


def one_down(self):
    found = []
    for part in vars(self).values():
        inner = vars(part).values() if isinstance(part, Module) else [part]
        found += [each for each in inner if isinstance(each, Parameter)]
    return list({id(parameter): parameter for parameter in found}.values())


Module.parameters = one_down


# %% exercise="Module" misconception="shared-ones-twice"
"""Lists a Parameter that is reached in two ways twice.

Hint: A training step that goes through the list would move it twice. How do you notice that you have met it?
"""


def repeated(self):
    found = []
    for part in vars(self).values():
        if isinstance(part, Parameter):
            found.append(part)
        elif isinstance(part, Module):
            found.extend(part.parameters())
    return found


Module.parameters = repeated


# %% exercise="Module" misconception="equal-values-once"
"""Takes two Parameters with equal values for the same one.

Hint: Many parameters begin at 0. "The same object" is `is`, or an equal `id`.
"""

listed = Module.parameters


def by_value(self):
    return list({parameter.value: parameter for parameter in reversed(listed(self))}.values())[::-1]


Module.parameters = by_value


# %% exercise="Module" misconception="own-ones-first"
"""Lists a module's own Parameters first, and those of inner modules after them.

Hint: The order is that of the attributes. One walk through `vars(self)` keeps it, two don't.
"""


def own_first(self):
    parts = list(vars(self).values())
    found = [part for part in parts if isinstance(part, Parameter)]
    for part in parts:
        if isinstance(part, Module):
            found += part.parameters()
    return list({id(parameter): parameter for parameter in found}.values())


Module.parameters = own_first


# %% exercise="Module" misconception="sorted-by-name"
"""Lists Parameters in the order of their attributes' names.

Hint: `dir(self)` sorts by name. Which dict keeps the order in which attributes were set?
"""


def by_name(self):
    found = []
    for _, part in sorted(vars(self).items()):
        if isinstance(part, Parameter):
            found.append(part)
        elif isinstance(part, Module):
            found.extend(part.parameters())
    return list({id(parameter): parameter for parameter in found}.values())


Module.parameters = by_name


# %% exercise="Module" misconception="chain-from-the-right"
"""The chain calls its last module first, as compose does.

Hint: Layers are written in the order in which x passes them: Chain(Affine(2, 1), Affine(10, 0)) takes 3 to 7 first.
"""


def from_the_right(self, x):
    for module in reversed(self._modules):
        x = module(x)
    return x


Chain.__call__ = from_the_right


# %% exercise="Module" misconception="numbers-fixed-at-the-start"
"""Affine computes with the numbers that it was made from, whatever its Parameters have become.

Hint: Training changes `value`. Where does `__call__` read its numbers?
"""


def fixed(self, w, b):
    Module.__init__(self)
    self.w, self.b = Parameter(w), Parameter(b)
    self.numbers = (w, b)


Affine.__init__ = fixed
Affine.__call__ = lambda self, x: self.numbers[0] * x + self.numbers[1]


# %% exercise="Module" misconception="values-not-parameters"
"""parameters() lists numbers in place of the Parameters that hold them.

Hint: A number can't be changed from outside, its Parameter can. Which of the two does training need?
"""


def values_of_parts(self):
    found = []
    for part in vars(self).values():
        if isinstance(part, Parameter):
            found.append(part.value)
        elif isinstance(part, Module):
            found.extend(part.parameters())
    return found


Module.parameters = values_of_parts

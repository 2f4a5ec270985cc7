"""Make qpcr.csv afresh: `python datasets/qpcr/rebuild.py`. Nothing is downloaded: the curves are simulated."""

import math
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

from rebuilding import prove  # noqa: E402

SEED = 20
CYCLES = 40
EFFICIENCIES = {"amplicon_a": 0.75, "amplicon_b": 0.85, "amplicon_c": 0.95, "amplicon_d": 1.00}
DILUTIONS = (1, 10, 100, 1000, 10000)  # one part in
REPLICATES = 3
START = 1e-5  # signal of the undiluted template before the first cycle; the plateau is 1
PIPETTING = 0.03  # standard deviation of the log of the template's amount
PLATEAU = 0.05  # standard deviation of the log of the plateau
BASELINE, DRIFT = 0.05, 0.0003  # mean of the background, and of its rise a cycle
NOISE = 0.002  # standard deviation of one reading


def amplify(start: float, efficiency: float, plateau: float, cycles: int = CYCLES) -> Iterator[float]:
    """The product's signal after each cycle; the efficiency falls as the product nears its plateau."""
    signal = start
    for _ in range(cycles):
        signal *= 1 + efficiency * (1 - signal / plateau)
        yield signal


def run(start: float, efficiency: float, random: Random) -> list[float]:
    """One well's readings: product, baseline, drift and noise."""
    amount = start * math.exp(random.gauss(0, PIPETTING))
    plateau = math.exp(random.gauss(0, PLATEAU))
    baseline = BASELINE * math.exp(random.gauss(0, 0.1))
    drift = random.gauss(DRIFT, DRIFT / 3)
    return [
        signal + baseline + drift * cycle + random.gauss(0, NOISE)
        for cycle, signal in enumerate(amplify(amount, efficiency, plateau), start=1)
    ]


def simulate(seed: int = SEED) -> Iterator[str]:
    """The table's lines, header first."""
    random = Random(seed)
    yield ",".join(["name", "parts", "replicate", "efficiency", *(f"c{c:02}" for c in range(1, CYCLES + 1))])
    for name, efficiency in EFFICIENCIES.items():
        for parts in DILUTIONS:
            for replicate in range(1, REPLICATES + 1):
                readings = run(START / parts, efficiency, random)
                yield ",".join(
                    [name, str(parts), str(replicate), f"{efficiency:.2f}", *(f"{r:.4f}" for r in readings)]
                )


def main() -> int:
    """Write the table and prove it."""
    return prove(HERE, {"qpcr.csv": "".join(f"{line}\n" for line in simulate())})


if __name__ == "__main__":
    sys.exit(main())

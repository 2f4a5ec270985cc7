"""What grading costs, measured: `python tests/benchmarks week06 week07`. Takes some minutes; asserts nothing.

Stock nbgrader, our two commands, and the bare suite in one warm process grade the same class by the same
properties. All seconds are medians over the rounds; ratios are of CPU seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from classroom import KINDS
from figures import AIM_PYTEST, Figure
from rich.console import Console
from rich.table import Table
from running import Bench, prepare

from autograde.places import kit, require_week


def main() -> None:
    """Measure, and print a table or JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("weeks", nargs="+", help="weeks such as week06")
    parser.add_argument("--size", type=int, default=20, help="submissions in a class of each kind")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS, help="of submissions")
    parser.add_argument("--rounds", type=int, default=3, help="how often each variant is measured")
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    options = parser.parse_args()
    here = kit()
    weeks = [require_week(week, here.solutions) for week in options.weeks]
    with tempfile.TemporaryDirectory(prefix="autograde-benchmarks-") as folder:
        os.environ["XDG_CACHE_HOME"] = str(Path(folder, "cache"))
        bench = prepare(here, Path(folder), weeks, options.kinds, options.size, max(1, options.rounds), tell)
        bench.measure()
    if options.json:
        print(json.dumps(plain(bench), indent=1))
    else:
        show(bench, Console(width=max(120, Console().width)))


def tell(step: str) -> None:
    """Say on standard error what is being measured."""
    print(f"  {step} …", file=sys.stderr, flush=True)


def plain(bench: Bench) -> dict[str, object]:
    """All medians as data."""
    told: dict[str, object] = {
        f"{week} {kind}": samples.plain() for (week, kind), samples in bench.samples.items()
    }
    return told | {"others": bench.others.plain()["seconds"], "memory_mb": bench.memory}


def show(bench: Bench, console: Console) -> None:
    """A table a week and kind of submission, and one of what doesn't depend on them."""
    for (week, kind), samples in bench.samples.items():
        console.print(table(f"{week}, {kind} submissions, each", samples.lines()))
    others = [Figure(name, bench.others[name]) for name in sorted(bench.others.runs)]
    for week in bench.weeks:
        ours, torch = bench.others[f"pytest exercises/{week}"], bench.others["import torch"]
        text = f"{ours.cpu / torch.cpu:.2f} (wall {ours.wall / torch.wall:.2f})"
        others.append(Figure(f"pytest exercises/{week} : import torch", text=text, aim=f"{AIM_PYTEST:g}"))
    others += [
        Figure(f"memory of {role}", text=f"{peak:.0f} MB") for role, peak in sorted(bench.memory.items())
    ]
    console.print(table("the rest", others))


def table(title: str, figures: list[Figure]) -> Table:
    """Names, CPU and wall seconds or a text, and the aim."""
    found = Table(title=title, title_justify="left", box=None, header_style="dim")
    found.add_column("", no_wrap=True)
    for name in ("CPU s", "wall s", ""):
        found.add_column(name, justify="right", no_wrap=True)
    found.add_column("aim")
    for figure in figures:
        seconds = [f"{figure.cost.cpu:.3f}", f"{figure.cost.wall:.3f}"] if figure.cost else ["", ""]
        found.add_row(figure.name, *seconds, figure.text, figure.aim)
    return found


if __name__ == "__main__":
    main()

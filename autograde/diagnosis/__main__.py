"""`python -m autograde.diagnosis week06`: which misconceptions are named, and which can't be told apart."""

from __future__ import annotations

import sys

import torch

from autograde.diagnosis.measuring import Figures, figures, measure, ready
from autograde.places import kit, require_week
from autograde.weeks import load_week


def main(names: list[str]) -> None:
    """Print the figures of these weeks, and what isn't named."""
    torch.set_num_threads(1)
    solutions = kit().solutions
    for name in names:
        found = list(measure(ready(load_week(solutions / require_week(name, solutions)))))
        print(f"{name}: {_sentence('graded', figures(found))}")
        print(f"{name}: {_sentence('checked', figures(found, checks_only=True))}")
        for each in found:
            if each.judged != each.name or each.checked != each.name:
                like = f", like {', '.join(each.alike)}" if each.alike else ""
                unseen = " ".join(
                    f"passes every {kind}"
                    for kind, so in zip(("test", "check"), each.unseen, strict=True)
                    if so
                )
                print(
                    f"  {each.exercise} {each.name}: {each.judged} / {each.checked}{like} {unseen}".rstrip()
                )


def _sentence(how: str, found: Figures) -> str:
    return f"when {how}, {found.named} of {found.all} named, {found.mistaken} taken for another"


main(sys.argv[1:])

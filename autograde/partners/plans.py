"""Comfort with programming where the roster doesn't say: from the learning plans that were handed in with week00.

A plan is read, never run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from autograde.literals import assigned, literal
from autograde.notebook import read_notebook
from autograde.partners.roster import COMFORT, Member

WEEK = "week00"
PLAN = "LEARNING_PLAN"


def with_plans(members: Mapping[str, Member], submitted: Path) -> dict[str, Member]:
    """The members, with the comfort of their plan where they have none. `submitted` is nbgrader's folder."""
    return {name: _with_plan(member, submitted) for name, member in members.items()}


def _with_plan(member: Member, submitted: Path) -> Member:
    if member.comfort is not None:
        return member
    notebook = submitted / member.id / WEEK / f"{WEEK}.ipynb"
    try:
        return replace(member, comfort=planned_comfort(notebook.read_bytes()))
    except OSError:
        return member


def planned_comfort(notebook: bytes) -> int | None:
    """The `comfort` of the plan in a notebook; None where there is none that counts."""
    comfort = None
    for expression in assigned(read_notebook(notebook, f"{WEEK}.ipynb").cells, PLAN):
        plan = literal(expression)
        said = plan.get("comfort") if isinstance(plan, dict) else None
        comfort = said if type(said) is int and said in COMFORT else comfort
    return comfort

"""The process in which notebooks are compared: reads requests from standard input, a JSON document a line.

    {"week": "/…/exercises/week06", "seed": 0, "trust": false, "patience": {}, "secrets": [...]}      once, first
        {"ready": ["descriptors", …]}  or  {"fault": "sentence"}
    {"sides": [["ada", "base64"], ["reference", null]], "hidden": true, "reference": false}
        {"comparison": "…"}  or  {"fault": "sentence"}

Each comparison runs in a fork with limits, as grading does: what learners' code answers may cost it its life.
"""

from __future__ import annotations

import base64
import gc
import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn, TextIO

from autograde.compare.comparing import Table
from autograde.compare.team import without
from autograde.errors import Fault
from autograde.folders import folders_of
from autograde.judge.preparing import master_of, new_learners
from autograde.judge.suite import read_public
from autograde.judge.tests import load_tests
from autograde.learner.sealed import Patience

Json = dict[str, Any]


def prepare(setup: Json) -> Table:
    """Everything ready. Raises Fault where others' code can't be run safely, or where the week isn't whole."""
    import torch

    torch.set_num_threads(1)
    secrets = [Path(path) for path in setup["secrets"]]
    new_learner, layers = new_learners(secrets, Patience(**setup["patience"]), trust=setup["trust"])
    folder, seed = Path(setup["week"]), int(setup["seed"])
    if (folder / f"{folder.name}.py").is_file():
        return _with_solutions(folder, seed, new_learner, layers)
    suite = read_public(folder)
    if seed:
        suite.kept.clear()  # they were drawn with seed 0
    tests = load_tests(folder / f"test_{folder.name}.py", hidden=False)
    return Table(suite, tests, seed, new_learner, layers, folders=tuple(folders_of(folder)))


def _with_solutions(folder: Path, seed: int, new_learner: Any, layers: list[str]) -> Table:
    from autograde.judge.whole import reference_learner, whole_suite
    from autograde.notebook import Notebook
    from autograde.weeks import load_week, without_markers

    week = load_week(folder)
    suite = whole_suite(week, seed)
    # What graders ask of learners' own tests would tell which wrong solutions they have.
    tests = [test for test in suite.tests if not (test.gate or test.beyond)]
    cells = [cell for cell in week.cells if cell.kind == "code"]
    source = Notebook([replace(cell, source=without_markers(cell.source)) for cell in cells])
    reference, right = reference_learner(week), reference_learner(week)
    folders = tuple(folders_of(folder))
    master = without(folders, master_of(week))
    return Table(suite, tests, seed, new_learner, layers, reference, right, master, source, folders)


def answer_of(table: Table, request: Json) -> Json:
    """What is said to one request."""
    sides = [(name, None if data is None else base64.b64decode(data)) for name, data in request["sides"]]
    try:
        comparison = table.compare(sides, hidden=request["hidden"], arbiter=request["reference"])
        return {"comparison": comparison.to_json()}
    except Fault as fault:
        return {"fault": str(fault)}


def work(table: Table, request: Json, out: TextIO) -> NoReturn:
    """In the fork: compare, within limits."""
    from autograde.judge.service import limit_worker

    status = 1
    try:
        limit_worker()
        say(answer_of(table, request), out)
        status = 0
    finally:
        os._exit(status)


def say(message: Json, out: TextIO) -> None:
    """Write one line."""
    out.write(json.dumps(message) + "\n")
    out.flush()


def main() -> None:
    """Prepare as the first line says, then answer line by line."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # trusted code may print
    setup = json.loads(sys.stdin.readline())
    try:
        table = prepare(setup)
    except Fault as fault:
        say({"fault": str(fault)}, out)
        return
    say({"ready": table.sealed}, out)
    gc.freeze()
    for line in sys.stdin:
        request = json.loads(line)
        if setup["trust"]:  # where nothing can be sealed there may be no fork either
            say(answer_of(table, request), out)
            continue
        pid = os.fork()
        if pid == 0:
            work(table, request, out)
        if os.waitpid(pid, 0)[1]:
            say(
                {
                    "fault": "comparing these notebooks took more memory or time than it may; compare two others."
                },
                out,
            )


if __name__ == "__main__":
    main()

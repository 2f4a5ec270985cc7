"""One learner's problem as the judge has it: the judge holds all rows, and hands out those of the test set last.

Only `load` is given the data, `fit` the rows of train and validation, and what `fit` returned the test rows' inputs,
once it has returned. Scores are computed here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from autograde.folders import Files, digest_of_files
from autograde.learner.local import LocalLearner
from autograde.learner.wire import Opaque
from autograde.problem import asking
from autograde.problem.scoring import least, measure_of, score
from autograde.properties import require
from autograde.show import show

Row = dict[str, Any]

LEAST_ROWS, LEAST_TEST, ALONE = 20, 5, 10
PLAIN, AGAIN, SEEN = 1, 2, 3  # a run, one more, and one in a module that has seen every row
PARTS = ("train", "validation", "test")
NAME = "learning_problem"
HANDED_IN = 'write learning_problem = problem_from("learning_problem")'


@dataclass
class Trial:
    """The rows, and how they are split. What was asked of the learner's code is not asked again."""

    learner: Any
    files: Files
    rows: list[Row]
    seed: int
    deepening: Any
    groups: list[Any]
    parts: list[list[int]]
    _runs: dict[int, dict[str, list[Any]]] = field(default_factory=dict)
    _figures: dict[int, Any] = field(default_factory=dict)
    fits: int = 0
    seconds: dict[str, float] = field(default_factory=dict)  # of computing, as the code's own process tells
    # What the model says of all rows when it is asked again, and of the last ones each asked by itself.
    once_more: list[Any] = field(default_factory=list)
    alone: list[Any] = field(default_factory=list)

    @property
    def code(self) -> Files:
        """What lies beside the model: the pair's Python, and none of the data."""
        return code_of(self.files)

    def part(self, name: str) -> list[Row]:
        """The rows of one part, to be handed out: what is done to them stays without effect here."""
        return deepcopy([self.rows[number] for number in self.parts[PARTS.index(name)]])

    def predictions(self, run: int = PLAIN) -> dict[str, list[Any]]:
        """What baseline and model of a run say to all rows of the three parts, in the parts' order."""
        if run not in self._runs:
            self.train(run)
            inputs = inputs_of([row for part in PARTS for row in self.part(part)])
            said = asking.predict(self.learner, run, inputs)
            self._runs[run] = {
                name: answered(said.get(name), inputs, name, self.rows[0]["y"])
                for name in ("baseline", "model")
            }
            if run == PLAIN:
                self.once_more = self._said_of(inputs)
                self.alone = [said for one in inputs[-ALONE:] for said in self._said_of([one])]
        return self._runs[run]

    def _said_of(self, inputs: list[Any]) -> list[Any]:
        said = asking.predict(self.learner, PLAIN, inputs)
        return answered(said.get("model"), inputs, "model", self.rows[0]["y"])

    def train(self, run: int) -> None:
        """Let the learner's code make a baseline and a model, with no test row in reach."""
        after = [self.files, self.seed] if run == SEEN else []
        train, val = self.part("train"), self.part("validation")
        self.fits, seconds = asking.train(self.learner, self.code, run, train, val, self.seed, after)
        self.seconds.setdefault("fit", seconds)

    def scores(self, part: str) -> dict[str, float]:
        """How good baseline, model and what needs no input are on one part."""
        start = sum(len(self.part(name)) for name in PARTS[: PARTS.index(part)])
        targets = targets_of(self.part(part))
        said = {name: guesses[start : start + len(targets)] for name, guesses in self.predictions().items()}
        said["no input"] = least(targets_of(self.part("train")), len(targets))
        return {name: score(guesses, targets) for name, guesses in said.items()}

    @property
    def measure(self) -> str:
        """What the scores are."""
        return measure_of(targets_of(self.rows))

    def deepen(self, run: int) -> Any:
        """The figures of the deepening."""
        if run not in self._figures:
            train, val = self.part("train"), self.part("validation")
            said = asking.deepen(self.learner, self.code, run, train, val, self.seed)
            self._figures[run], seconds = said
            self.seconds.setdefault("deepen", seconds)
        return self._figures[run]


_latest: dict[str, Trial] = {}  # of those in this process, by the hash of their files


def trial_of(learner: Any) -> Trial:
    """The learner's problem, loaded and split; the same one each time that it is asked for.

    In this process the files decide alone what comes out, so that of several learners with the same ones the first
    is asked.
    """
    kept: dict[str, Any] = vars(learner)
    if "trial" not in kept:
        files = learner.learning_problem
        learner.last_answer = (
            NAME,
            None,
        )  # failures are told apart by the law that they break, not by the data
        well_formed = isinstance(files, dict) and all(isinstance(data, bytes) for data in files.values())
        require(well_formed, f"learning_problem is not the files of a folder; {HANDED_IN}")
        digest = digest_of_files(files) if isinstance(learner, LocalLearner) else ""
        kept["trial"] = _latest.get(digest) or _begun(learner, files)
        _latest.clear()
        _latest.update({digest: kept["trial"]} if digest else {})
    trial: Trial = kept["trial"]
    return trial


def _begun(learner: Any, files: Files) -> Trial:
    rows, seed, deepening = asking.load(learner, files)
    require(type(seed) is int, "SEED in problem.py is a whole number, which all chance comes from", got=seed)
    require_rows(rows)
    groups, parts = split_of(learner, files, rows, seed)
    return Trial(learner, files, rows, seed, deepening, groups, parts)


def split_of(
    learner: Any, files: Files, rows: list[Row], seed: int, run: int = PLAIN
) -> tuple[list[Any], list[list[int]]]:
    """What the learner's code makes of these rows: relations and parts, of the right form."""
    groups, parts = asking.part(learner, code_of(files), run, rows, seed)
    require(
        isinstance(groups, list) and len(groups) == len(rows),
        "`related` gives a list with an entry for each row",
        got=groups,
    )
    require(
        isinstance(parts, list) and [type(part) for part in parts] == [list] * 3,
        "`split` gives three lists of row numbers: train, validation, test",
        got=parts,
    )
    require_parts(parts, rows)
    return groups, parts


def require_rows(rows: Any) -> None:
    """Fail unless rows are as the template says."""
    is_list = isinstance(rows, list) and all(isinstance(row, dict) for row in rows)
    require(is_list, "`load` gives a list of dicts, one a row", got=rows)
    require(
        len(rows) >= LEAST_ROWS, f"there are {len(rows)} rows; {LEAST_ROWS} are the least that can be split"
    )
    for number, row in enumerate(rows):
        missing = [key for key in ("id", "x", "y") if key not in row]
        require(not missing, f"row {number} has no {', '.join(missing)}", got=row)
        odd = [key for key, value in row.items() if _has_opaque(value)]
        require(not odd, f"{', '.join(odd)} of row {number} is no number, text, list or tensor", got=row)
    names = [row["id"] for row in rows]
    require(len(set(map(str, names))) == len(names), "two rows have the same id")
    kinds = {type(row["y"]) for row in rows}
    require(
        len(kinds) == 1 and kinds <= {str, int, bool, float},
        "y is a text or int in all rows, or a float in all",
    )


def require_parts(parts: Sequence[Sequence[int]], rows: Sequence[Row]) -> None:
    """Fail unless these are three parts of the rows."""
    numbers = [number for part in parts for number in part]
    known = all(type(number) is int and 0 <= number < len(rows) for number in numbers)
    require(known, f"a row number isn't one from 0 to {len(rows) - 1}", got=parts)
    for name, part in zip(PARTS, parts, strict=True):
        require(part, f"no row is in {name}", got=parts)
    require(len(parts[2]) >= LEAST_TEST, f"{len(parts[2])} test rows say nothing; take {LEAST_TEST} or more")
    for number, times in Counter(numbers).items():
        where = [name for name, part in zip(PARTS, parts, strict=True) if number in part]
        require(times == 1, f"row {number} stands {times} times in {' and '.join(where)}", got=parts)


def answered(said: Any, inputs: Sequence[Any], name: str, target: Any) -> list[Any]:
    """Predictions, one for each input, and words where the targets are words."""
    fits = isinstance(said, list) and len(said) == len(inputs)
    require(fits, f"the {name} gives a list with a prediction for each of {len(inputs)} inputs", got=said)
    guesses: list[Any] = said
    odd = [guess for guess in guesses if type(target) is str and type(guess) is not str]
    require(not odd, f"the {name} says {show(odd[0]) if odd else ''} where y is a text such as {target!r}")
    return guesses


def inputs_of(rows: Sequence[Row]) -> list[Any]:
    """What a model is given of rows."""
    return [row["x"] for row in rows]


def targets_of(rows: Sequence[Row]) -> list[Any]:
    """What a model is to predict."""
    return [row["y"] for row in rows]


def code_of(files: Files) -> Files:
    """The Python of a folder."""
    return {name: data for name, data in files.items() if name.endswith(".py")}


def _has_opaque(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return any(map(_has_opaque, value))
    return isinstance(value, Opaque) or (isinstance(value, dict) and any(map(_has_opaque, value.values())))

"""What must hold of any learning problem, asked by the checks of the week and by `autograde problem` alike."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from autograde.problem.handing_in import text_of
from autograde.problem.likeness import alike, separated
from autograde.problem.pages import CARD, LOST, REPORT, TESTED, is_written, names_figure, sections, to_write
from autograde.problem.record import RECORD, TEST, digest_of_problem, read_record, readings
from autograde.problem.scoring import agree, is_better
from autograde.problem.trial import AGAIN, PARTS, PLAIN, SEEN, Row, Trial, split_of
from autograde.properties import require
from autograde.show import show

ROUNDING = 1e-4  # of sums of float32 in another order
MEASURED = ("baseline", "model")
DEEPENINGS = ("low-level model", "advanced model", "advanced interpretation")
RUN = "run `autograde problem` on the folder"
AGAIN_OR_BACK = "undo the change, and its scores hold again, or read it with --test --again, which is counted"
SECONDS = 20  # of computing; a grader's machine may be slower, and has more


def nothing_related_is_apart(rows: list[Row], groups: list[Any], parts: list[list[int]]) -> None:
    """No two rows that tell of each other are in different parts, by what the pair says and by what shows."""
    for why, found in (("are related", groups), ("are alike", alike(rows))):
        for one, other in separated(found, parts):
            where = [
                next(name for name, part in zip(PARTS, parts, strict=True) if row in part)
                for row in (one, other)
            ]
            names = f"{rows[one]['id']} and {rows[other]['id']}"
            require(False, f"{names} {why}, and the first is in {where[0]}, the second in {where[1]}")


def splits_repeat(trial: Trial) -> None:
    """The same rows and seed give the same split."""
    _, again = split_of(trial.learner, trial.files, trial.rows, trial.seed, AGAIN)
    for name, part, before in zip(PARTS, again, trial.parts, strict=True):
        same = part == before
        require(same, f"asked for a second time with the same rows and seed, {name} has other rows")


def lightning_trains(trial: Trial) -> None:
    """The high-level model is trained by Lightning."""
    trial.predictions()
    require(trial.fits > 0, "`fit` never called the `fit` of Lightning's Trainer")


def training_ends_in_time(trial: Trial) -> None:
    """`fit` and `deepen` take no more computing than they may."""
    trial.deepen(PLAIN)
    for name, seconds in trial.seconds.items():
        require(seconds <= SECONDS, f"`{name}` took {seconds:.0f} s of computing, and {SECONDS} are allowed")


def baseline_is_beaten(trial: Trial) -> None:
    """The model is the best on the test rows, or the report says why it isn't."""
    scores = trial.scores(TEST)
    model = scores["model"]
    for name in ("baseline", "no input"):
        if not is_better(model, scores[name], trial.measure):
            said = sections(text_of(trial.files, REPORT)).get(LOST, "")
            shown = f"on the test rows the model has {trial.measure} {model:.3f}, {CALLED[name]} {scores[name]:.3f}"
            require(is_written(said), f"{shown}; say why in {REPORT}, under `{LOST}`")


CALLED = {"baseline": "the baseline", "no input": "what needs no input at all"}


def unseen_rows_change_nothing(trial: Trial) -> None:
    """A model made where all rows have passed by is the same as one made where only train and validation were."""
    got, expected = trial.predictions(SEEN)["model"], trial.predictions(PLAIN)["model"]
    told = "trained where `load` and `split` have run before, the model's answer"
    require_same(got, expected, told, "; something of theirs reaches `fit`, a global perhaps")


def answers_stay(trial: Trial) -> None:
    """Asked the same for a second time, the model says the same."""
    said = trial.predictions()["model"]
    told = "asked the same for a second time, what the model says"
    require_same(trial.once_more, said, told, "; is the model in `eval()`")


def each_row_counts_alone(trial: Trial) -> None:
    """What is said of a row doesn't depend on the others that are asked with it."""
    together = trial.predictions()["model"]
    told = "what the model says of the last test rows, each asked by itself"
    cause = "; is the model in `eval()`, and does it standardise by what it learned from `train`"
    require_same(trial.alone, together[-len(trial.alone) :], told, cause)


def require_same(got: Sequence[Any], expected: Sequence[Any], told: str, cause: str = "") -> None:
    """Fail unless two lists of predictions or row numbers are the same, floats up to rounding."""
    differing = [n for n, pair in enumerate(zip(got, expected, strict=True)) if not _same(*pair)]
    if differing:
        first = differing[0]
        shown = f"the first at entry {first}: {show(got[first])} for {show(expected[first])}"
        require(False, f"{told} differs in {len(differing)} of {len(expected)} entries, {shown}{cause}")


def _same(one: Any, other: Any) -> bool:
    if type(one) is float and type(other) is float:
        return abs(one - other) <= ROUNDING * max(1.0, abs(other))
    return type(one) is type(other) and bool(one == other)


def test_set_was_read_once(trial: Trial) -> None:
    """The record has one reading of the test set."""
    count = len(_readings(trial))
    require(count == 1, f"{RECORD} has {count} readings of the test set: all after the first chose by it")


def test_set_was_read_by_this(trial: Trial) -> None:
    """The last reading of the test set was by what is handed in."""
    same = _readings(trial)[-1] == digest_of_problem(trial.files)
    require(same, f"the test set was read by other code or data than these; {AGAIN_OR_BACK}")


def _readings(trial: Trial) -> list[str]:
    reads = readings(read_record(trial.files))
    require(reads, f"{RECORD} has no reading of the test set; {RUN} with --test")
    return reads


def record_is_true(trial: Trial) -> None:
    """The recorded test scores come out again, to what another machine may change."""
    record = read_record(trial.files)
    require(
        record.get("seed") == trial.seed,
        f"{RECORD} has another seed than problem.py; {RUN}",
        got=record.get("seed"),
    )
    require("versions" in record, f"{RECORD} names no versions; {RUN}")
    kept, scores = recorded_scores(trial), trial.scores(TEST)
    for name, said in kept.items():
        rows = len(trial.part(TEST))
        true = agree(said, scores[name], trial.measure, rows, trained=name == "model")
        require(
            true,
            f"the {name}'s score on the test rows isn't the recorded one",
            got=scores[name],
            expected=said,
        )


def recorded_scores(trial: Trial) -> dict[str, float]:
    """The record's scores on the test rows."""
    kept = read_record(trial.files).get(TEST)
    found = {name: kept.get(name) for name in MEASURED} if isinstance(kept, dict) else {}
    well_formed = found and all(type(figure) in (int, float) for figure in found.values())
    require(well_formed, f"{RECORD} has no scores on the test rows; {RUN} with --test")
    return {name: float(figure) for name, figure in found.items() if figure is not None}


def runs_repeat(trial: Trial) -> None:
    """Two runs with one seed say the same."""
    one, other = trial.predictions(PLAIN), trial.predictions(AGAIN)
    for name in MEASURED:
        told = f"what the {name} says in a second run with the same seed"
        cause = "; is `L.seed_everything(seed)` the first line of `fit`" if name == "model" else ""
        require_same(other[name], one[name], told, cause)


def deepening_has_figures(trial: Trial) -> None:
    """One of the three, with numbers that a second run gives again."""
    require(
        trial.deepening in DEEPENINGS, f"DEEPENING is one of {', '.join(DEEPENINGS)}", got=trial.deepening
    )
    figures = trial.deepen(PLAIN)
    well_formed = isinstance(figures, dict) and figures and all(isinstance(name, str) for name in figures)
    require(well_formed, "`deepen` gives a dict of figures by name", got=figures)
    for name, figure in figures.items():
        finite = type(figure) in (int, float) and math.isfinite(figure)
        require(finite, f"the figure `{name}` is a finite number", got=figure)
    again = trial.deepen(AGAIN)
    alike = isinstance(again, dict) and again.keys() == figures.keys()
    require(alike, "`deepen` gives figures of other names in a second run with the same seed")
    require_same([*map(float, again.values())], [*map(float, figures.values())], "a second run's deepening")


def pages_are_written(trial: Trial) -> None:
    """Nothing is left to write in card and report."""
    for page in (CARD, REPORT):
        text = text_of(trial.files, page)
        require(sections(text), f"{page} is missing or has no sections; get it again from where you got it")
        open_ones = [heading for _, heading in to_write(text)]
        require(not open_ones, f"{page} has nothing yet under {', '.join(open_ones)}")


def report_gives_figures(trial: Trial) -> None:
    """The report gives the recorded scores on the test rows."""
    kept = recorded_scores(trial)
    text = sections(text_of(trial.files, REPORT)).get(TESTED, "")
    missing = [f"{name} {figure:.2f}" for name, figure in kept.items() if not names_figure(text, figure)]
    told = f"under `{TESTED}` {REPORT} doesn't give the scores as {RECORD} has them: {', '.join(missing)}"
    require(not missing, told)

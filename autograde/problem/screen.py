"""The command `autograde problem`, on the terminal of the pair whose problem it is."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import torch

from autograde.comparisons import Mismatch
from autograde.errors import Fault
from autograde.files import replace
from autograde.folders import Files, read_files
from autograde.learner.cells import place_in_cells
from autograde.places import COURSE_CONFIG
from autograde.problem import laws
from autograde.problem.handing_in import PAGES, text_of
from autograde.problem.pages import TESTED, to_write
from autograde.problem.record import (
    RECORD,
    TEST,
    VALIDATION,
    Json,
    Own,
    digest_of_problem,
    knows_test_scores,
    read_record,
    readings,
    record_of,
    written,
)
from autograde.problem.scoring import CLASSES, is_better
from autograde.problem.stage import DATA, LABEL, PROBLEM
from autograde.problem.trial import Trial, trial_of

Law = Callable[[Trial], None]

BEFORE: tuple[Law, ...] = (
    lambda trial: laws.nothing_related_is_apart(trial.rows, trial.groups, trial.parts),
    laws.splits_repeat,
    laws.lightning_trains,
    laws.runs_repeat,
    laws.training_ends_in_time,
    laws.unseen_rows_change_nothing,
    laws.answers_stay,
    laws.each_row_counts_alone,
    laws.deepening_has_figures,
)
TELLING_WHERE_RUNS_REPEAT: tuple[Law, ...] = (laws.unseen_rows_change_nothing, laws.deepening_has_figures)
AFTER: tuple[Law, ...] = (
    laws.test_set_was_read_once,
    laws.test_set_was_read_by_this,
    laws.baseline_is_beaten,
    laws.report_gives_figures,
)


def problem_on_screen(folder: Path, *, test: bool, again: bool) -> bool:
    """Run the problem in a folder, keep the record, and say what is open; returns whether nothing is."""
    _require_own(folder)
    files = read_files(folder)
    to_do = list(_functions_to_do(files, folder))
    if to_do:
        return _told([*to_do, *_pages_to_do(files, folder)])
    torch.set_num_threads(1)  # as when graded
    learner = Own(files)
    sentences = list(_open(folder, BEFORE, learner))
    if sentences:
        return _told([*sentences, *_pages_to_do(files, folder)])
    pages = list(_pages_to_do(files, folder))
    early = list(_pages_to_do(files, folder, but=TESTED))
    if test and early:
        return _told([*early, f"{folder}: the test set stays closed until this is written."])
    if test:
        _require_closed(files, folder, again)
    trial = trial_of(learner)
    record = record_of(trial, test=test)
    replace(folder / RECORD, written(record))
    _show(trial, record)
    if not knows_test_scores(record):
        return _told([*pages, f"{folder}: {_still_to_test(record)}."])
    trial.files[RECORD] = written(record)
    return _told([*pages, *_open(folder, AFTER, learner)])


def _still_to_test(record: Json) -> str:
    if readings(record):
        return f"the test set was read by other code or data than these; {laws.AGAIN_OR_BACK}"
    return "the test set is closed; when nothing is left to change, run it with --test"


def _require_own(folder: Path) -> None:
    """What others handed in is never run here, where nothing seals it."""
    place = folder.resolve()
    for above in place.parents:
        if (above / COURSE_CONFIG).is_file():
            remedy = "run `autograde grade` in the course folder, which runs it sealed"
            raise Fault(
                "this lies in a course folder, and would run with nothing around it", str(place), remedy
            )


def _functions_to_do(files: Files, folder: Path) -> Iterator[str]:
    """The functions that still raise NotImplementedError, and data that isn't there."""
    path = folder / PROBLEM
    if PROBLEM not in files:
        raise Fault("there is no such file", str(path), "get the folder again from where you got it")
    try:
        body = ast.parse(files[PROBLEM]).body
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise Fault(f"this is not Python ({error})", f"{path}:{line}", "correct it") from None
    if not any(name.startswith(f"{DATA}/") and not name.endswith(".md") for name in files):
        yield f"{folder / DATA}: there are no data yet; put your files there."
    for node in body:
        last = ast.unparse(node.body[-1]) if isinstance(node, ast.FunctionDef) else ""
        if isinstance(node, ast.FunctionDef) and last == "raise NotImplementedError":
            yield f"{path}:{node.lineno}: `{node.name}` is still to do."


def _pages_to_do(files: Files, folder: Path, but: str = "") -> Iterator[str]:
    for page in PAGES:
        open_ones = (each for each in to_write(text_of(files, page)) if each[1] != but)
        for line, heading in open_ones:
            yield f"{folder / page}:{line}: `{heading}` is still to write."


def _open(folder: Path, asked: Sequence[Law], learner: Own) -> Iterator[str]:
    """A sentence for each law that doesn't hold, with the line of the pair's own that raised; each only once."""
    told: set[str] = set()
    repeats = True
    for law in asked:
        if law in TELLING_WHERE_RUNS_REPEAT and not repeats:
            continue
        sentence = _broken(folder, law, learner)
        repeats = repeats and not (sentence and law is laws.runs_repeat)
        if sentence and sentence not in told:
            told.add(sentence)
            yield sentence


def _broken(folder: Path, law: Law, learner: Own) -> str:
    try:
        law(trial_of(learner))
    except Mismatch as mismatch:
        return f"{folder}: {mismatch}."
    except Exception as error:
        label, line = place_in_cells(error.__traceback__) or (LABEL, 0)
        where = f"{folder / Path(label).name}:{line}" if line else str(folder)
        return f"{where}: {type(error).__name__}: {error}".rstrip(".") + "."
    return ""


def _require_closed(files: Files, folder: Path, again: bool) -> None:
    """Fault at a second reading of the test set, unless it was meant."""
    reads = readings(read_record(files))
    if reads and digest_of_problem(files) not in reads and not again:
        what = (
            "the test set was read before, and the code or the data changed since: it would choose the model"
        )
        raise Fault(what, str(folder), "undo the change, or read it with --again, which is counted")


def _show(trial: Trial, record: Json) -> None:
    print(f"{'':16}{'rows':>6}{'baseline':>12}{'model':>12}{'no input':>12}   {record['measure']}")
    for part in (VALIDATION, TEST):
        if part == VALIDATION or knows_test_scores(record):
            scores = [f"{record[part][name]:12.3f}" for name in ("baseline", "model", "no input")]
            print(f"{part:16}{record['rows'][part]:6}{''.join(scores)}")
    commonest = "the commonest class" if record["measure"] == CLASSES else "the median"
    took = " and ".join(f"`{name}` took {seconds:.1f} s" for name, seconds in trial.seconds.items())
    print(f"(no input: always {commonest} of train; {took} of computing.)")
    validation = record[VALIDATION]
    if validation["model"] == 1.0 and record["measure"] == CLASSES:
        print("Every validation row is right: look whether x holds y in some form.")
    if not is_better(validation["model"], validation["baseline"], record["measure"]):
        print("On the validation rows the model doesn't beat the baseline yet.")


def _told(sentences: Sequence[str]) -> bool:
    for sentence in sentences:
        print(sentence)
    if not sentences:
        print("Nothing is open; hand the folder in with your notebook.")
    return not sentences

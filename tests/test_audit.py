"""Each row of the audit catches its fault: a tiny week has one of each planted, and one exercise without any."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from rich.console import Console
from typer.testing import CliRunner

from autograde import cli
from autograde.audit import Extent, Finding, WeekAudit, audit_week, chosen, diagnosing
from autograde.audit import screen as audit_screen
from autograde.audit import stage as audit_stage
from autograde.audit.diagnosing import judge_diagnoses
from autograde.audit.gradients import gradient_faults
from autograde.audit.mutants import Solution, mutants_of, sample
from autograde.audit.result import ExerciseAudit
from autograde.audit.rows import Both, judge_misconception, judge_poison, judge_reference
from autograde.audit.spelling import source_reading
from autograde.audit.stage import Said, Stage, set_stage, verdicts
from autograde.audit.stand_ins import SHAPED
from autograde.audit.survivors import read_records
from autograde.audit.trying import group_of, run_unmutated, try_mutant
from autograde.errors import Fault
from autograde.judge.breaking import FalseAlarm
from autograde.judge.replay import Verdict
from autograde.places import Kit
from autograde.weeks import load_week

WEEK = '''\
# %% exercise="triple" points=1
def triple(n):
    """Three times n: triple(2) is 6."""
    ### BEGIN SOLUTION
    total = 0
    while n > 0:
        total += 3
        n -= 1
    return total
    ### END SOLUTION

# %% exercise="double" points=1
def double(x):
    """Twice x: double(2) is 4."""
    ### BEGIN SOLUTION
    if x > 1000:
        return x + x
    return 2 * x
    ### END SOLUTION

# %% exercise="total" points=1
def total(numbers):
    """The sum: total([1, 2]) is 3."""
    ### BEGIN SOLUTION
    return sum(numbers)
    ### END SOLUTION

# %% exercise="half" points=1
def half(x):
    """Half of x: half(4) is 2."""
    ### BEGIN SOLUTION
    return x / 2
    ### END SOLUTION

# %% exercise="slope" points=1
def slope(x):
    """The slope of x ** 2: slope(3) is 6."""
    ### BEGIN SOLUTION
    return 2.001 * x
    ### END SOLUTION
'''

CHECKS = '''\
from hypothesis import given, settings, strategies as st

from autograde.properties import assert_close, assert_equal, driver, exercise, require


@exercise("triple")
@settings(max_examples=5)
@given(n=st.integers(1, 9))
def test_three_times(learner, n):
    """Three times n, for every n from 1."""
    assert_equal(learner.triple(n), 3 * n)


@exercise("double")
def test_twice_nothing(learner):
    """Twice nothing is nothing."""
    assert_equal(learner.double(0), 0)


@exercise("double")
def test_twice_three(learner):
    """Twice three is six."""
    assert_equal(learner.double(3), 6)


@exercise("total")
def test_total(learner):
    """The total of 1 and 2.5 is 3.5."""
    assert_close(learner.total([1, 2.5]), 3.5)


@driver
def patched_total(names, numbers):
    names._namespace["total"] = sum
    return names.total(numbers)


@exercise("total")
def test_patched(learner):
    """The patched total of 1 and 2 is 3."""
    assert_equal(patched_total(learner, [1, 2]), 3)


@driver
def in_process(names):
    import sys

    return names.half(4), "hypothesis" in sys.modules


@exercise("half")
def test_half_of_four(learner):
    """Half of four is two."""
    assert_close(learner.half(4), 2.0)


@exercise("half")
def test_where_it_runs(learner):
    """Half of three is wrong in process only."""
    require(not in_process(learner)[1] or learner.half(3) == 1.5, "wrong in process only")


@exercise("slope")
def test_slope_of_three(learner):
    """The slope at three is about six."""
    assert_close(learner.slope(3), 6.0, rtol=0.01)


@driver
def slope_in_process(names):
    import sys

    return names.slope(3), "hypothesis" in sys.modules


@exercise("slope")
def test_only_in_process(learner):
    """The slope is right in process only."""
    require(slope_in_process(learner)[1], "sealed, it is wrong")
'''

PROPERTIES = '''\
import sys
from inspect import getsource

from hypothesis import given, settings, strategies as st

from autograde.properties import assert_close, exercise, require

# Stands for something rare: never drawn for seed 0, in the process that keeps the examples.
RARE = not sys.argv[0].endswith("whole.py")


@exercise("half")
@settings(max_examples=3)
@given(x=st.sampled_from([3, 5, 9]), rare=st.just(RARE))
def test_flaky(learner, x, rare):
    """Half of an odd number, says a property that is wrong now and then."""
    require(learner.half(x) == x / 2 and not rare, "not half of it")
'''

MISCONCEPTIONS = '''\
# %% exercise="half" misconception="halves-below-ten"
"""Is right below ten.

Hint: Try twelve.
"""
def half(x):
    return x / 2 if x < 10 else 5

# %% exercise="half" misconception="floors"
"""Divides without a rest.

Hint: What is half of three?
"""
def half(x):
    return x // 2

# %% exercise="half" misconception="rounds-down"
"""Leaves the rest out.

Hint: What is half of five?
"""
def half(x):
    return int(x / 2) if x % 2 else x / 2

# %% exercise="triple" misconception="doubles"
"""Takes it twice.

Hint: Count again.
"""
def triple(n):
    return n + n
'''

ALTERNATIVES = '''\
# %% exercise="triple" alternative="adds"
"""Adds it three times."""


def triple(n):
    return n + n + n


# %% exercise="total" alternative="whole-numbers"
"""Adds whole numbers only."""
def total(numbers):
    return sum(int(number) for number in numbers)
'''

GRADIENTS = """\
def slope(names):
    yield lambda xs: xs[0] ** 2, [3.0], [names.slope(3.0)]
"""

SURVIVORS = """\
[[survivor]]
exercise = "triple"
solution = "reference"
within = "triple"
was = "while n > 0:"
now = "while n > 7:"
reason = "Nobody makes this one."

[[survivor]]
exercise = "triple"
solution = "reference"
within = "triple"
was = "total += 3"
now = "total += 4"
reason = "Said to be the same, and isn't."

[[survivor]]
exercise = "triple"
solution = "reference"
within = "triple"
was = "while n > 0:"
now = "while n >= 1:"
reason = "Not made, but for a whole number the same."
"""


def make_kit(root: Path) -> Kit:
    folder = root / "solutions" / "week01"
    folder.mkdir(parents=True)
    texts = {
        "week01.py": WEEK, "test_week01.py": CHECKS, "properties.py": PROPERTIES, "gradients.py": GRADIENTS,
        "misconceptions.py": MISCONCEPTIONS, "alternatives.py": ALTERNATIVES, "survivors.toml": SURVIVORS,
    }  # fmt: skip
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return Kit(root)


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> WeekAudit:
    """The week with the planted faults, audited."""
    kit = make_kit(tmp_path_factory.mktemp("audited"))
    weeks, exercises = chosen(["week01"], kit)
    return audit_week(weeks[0], exercises, Extent(seeds=2, workers=2), lambda *_: None)


@pytest.fixture
def staged(tmp_path: Path) -> Iterator[Stage]:
    """The same week, for a test that runs something by itself."""
    stage = set_stage(load_week(make_kit(tmp_path).solutions / "week01"))
    yield stage
    stage.zygote.close()


# Has no more of a week than what rows ask for when they are told what came out.
PLAIN_STAGE: Any = SimpleNamespace(
    suite=SimpleNamespace(tests=[SimpleNamespace(key="check a", hidden=False, seconds=0.0)], kept={}),
    reference=None,
    points=partial(Stage.points, None),  # type: ignore[arg-type]
    week=SimpleNamespace(name="week01"),
)


class AtOnce:
    """Stands for the pool: a job is done when it is added."""

    def phase(self, what: str) -> AtOnce:
        return self

    def add(self, handle: Callable[[Any], None], function: Callable[..., Any], *args: Any) -> None:
        handle(function(PLAIN_STAGE, *args))

    def finish(self) -> None:
        """Nothing is left to wait for."""


def law(entry: str, outcome: str, sentence: str = "A law.", seconds: float = 0.1) -> Said:
    return Said("check a", entry, sentence, False, outcome, "", seconds)


def of(audit: WeekAudit, name: str) -> ExerciseAudit:
    return next(each for each in audit.exercises if each.name == name)


def said(audit: WeekAudit, row: str, exercise: str) -> list[str]:
    return [each.sentence for each in audit.all_findings if (each.row, each.exercise) == (row, exercise)]


def test_a_good_exercise_has_no_findings_but_the_planted_records(audited: WeekAudit) -> None:
    """Right ones pass, wrong ones fail, mutants that hang are dead, and the misconception is known by name."""
    triple = of(audited, "triple")
    assert {finding.row for finding in triple.findings} == {"records"}
    assert (triple.misconceptions, triple.caught, triple.diagnosed, triple.alternatives) == (1, 1, 1, 1)
    assert triple.tried > 20
    assert [survivor.diff for survivor in triple.survivors] == []


def test_a_weak_test_lets_mutants_survive(audited: WeekAudit) -> None:
    """They are listed with file, line and what differs; the kill rate falls and the audit isn't clean."""
    double = of(audited, "double")
    where = f"week01.py:{WEEK[: WEEK.index('x > 1000')].count(chr(10)) + 1}"
    assert any(each.where.endswith(where) for each in double.survivors)
    assert any("- return x + x" in each.diff for each in double.survivors)
    assert double.kill_rate < 0.9
    assert audited.kill_rate < 0.97
    assert not audited.clean


def test_a_test_that_a_do_nothing_answer_passes_is_named(audited: WeekAudit) -> None:
    zeros = "`Twice nothing is nothing.` holds for an answer that returns zeros of the right shape"
    assert zeros in said(audited, "do-nothing", "double")
    assert not any("Twice three" in sentence for sentence in said(audited, "do-nothing", "double"))


def test_a_test_that_the_stub_passes_is_named(audited: WeekAudit) -> None:
    assert said(audited, "stub", "total") == ["`The patched total of 1 and 2 is 3.` holds for the stub"]
    assert not said(audited, "stub", "double")


def test_a_patched_learner_is_found_by_poison(audited: WeekAudit) -> None:
    assert said(audited, "poison", "total") == [
        "`The patched total of 1 and 2 is 3.` holds although total only raises"
    ]


def test_a_wrong_alternative_is_found(audited: WeekAudit) -> None:
    (sentence,) = said(audited, "alternatives", "total")
    assert sentence.startswith("alternative whole-numbers fails `The total of 1 and 2.5 is 3.5.`")


def test_a_misconception_that_passes_is_found(audited: WeekAudit) -> None:
    sentences = said(audited, "misconceptions", "half")
    assert "misconception halves-below-ten gets full points everywhere" in sentences
    assert not any("floors gets" in sentence for sentence in sentences)


def test_a_verdict_that_hangs_on_where_the_code_runs_is_found(audited: WeekAudit) -> None:
    (sentence,) = (each for each in said(audited, "same verdict", "half") if "floors" in each)
    assert "`Half of three is wrong in process only.`: passed sealed, failed" in sentence


def test_a_reference_that_fails_where_it_is_graded_is_found(audited: WeekAudit) -> None:
    """Its mutants aren't run: all of them would be dead for the wrong reason."""
    (sentence,) = said(audited, "reference", "slope")
    assert sentence.startswith("the reference fails `The slope is right in process only.`")
    (same,) = said(audited, "same verdict", "slope")
    assert same.startswith("the reference on `The slope is right in process only.`: failed")
    (unmutated,) = said(audited, "mutants", "slope")
    assert "so no mutant was run" in unmutated
    assert of(audited, "slope").tried == 0


def test_a_flaky_test_is_found_by_the_soak(audited: WeekAudit) -> None:
    sentences = said(audited, "soak", "half")
    assert len(sentences) == 2
    assert "fails the reference with seed 1 on x = " in sentences[0]
    assert of(audited, "triple").soaked == 2


def test_a_wrong_gradient_is_found(audited: WeekAudit) -> None:
    assert said(audited, "gradients", "slope") == [
        "case 1: the gradient's entry 0 is 6.003, the slope there 6"
    ]


def test_a_misconception_that_no_test_tells_from_another_is_found(audited: WeekAudit) -> None:
    sentences = said(audited, "misconceptions", "half")
    assert "no test tells misconception floors from rounds-down, so neither is named" in sentences
    assert of(audited, "half").diagnosed == 0
    assert not said(audited, "misconceptions", "triple")


@pytest.mark.parametrize(
    ("named", "sentence"),
    [
        ("other", "misconception floors is diagnosed as other"),
        (None, "misconception floors is not diagnosed"),
    ],
)
def test_a_misconception_that_is_named_otherwise_or_not_at_all_is_found(
    named: str | None, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    audit = ExerciseAudit("half")

    def measured(stage: object, exercise: str) -> list[tuple[str, str | None, tuple[str, ...]]]:
        return [("floors", named, ()), ("doubles", "doubles", ())]

    monkeypatch.setattr(diagnosing, "diagnoses", measured)
    pool: Any = AtOnce()
    judge_diagnoses(PLAIN_STAGE, pool, [audit])
    assert [finding.sentence for finding in audit.findings] == [sentence]
    assert (audit.diagnosed, audit.misdiagnosed) == (1, 1 if named else 0)


def test_a_misconception_that_keeps_the_points_of_a_part_it_names_is_found() -> None:
    variant: Any = SimpleNamespace(exercise="Box", name="leaks", parts=["keep", "change"])
    audit = ExerciseAudit("Box")
    outcomes = [law("Box-keep", "passed"), law("Box-change", "failed")]
    judge_misconception(PLAIN_STAGE, audit, variant, Both(outcomes, []))
    assert [finding.sentence for finding in audit.findings] == [
        "misconception leaks gets full points in Box-keep"
    ]
    assert audit.caught == 0


def test_stale_and_refuted_records_are_found(audited: WeekAudit) -> None:
    stale, other, refuted = said(audited, "records", "triple")
    assert "no such mutant" in stale and "while n > 7:" in stale
    assert "no such mutant" in other
    assert "kills triple `total += 4`" in refuted


def test_a_test_that_reads_source_is_found(audited: WeekAudit) -> None:
    sentences = said(audited, "spelling", "")
    assert any("properties.py:2: `getsource`" in sentence for sentence in sentences)
    assert not any("test_week01.py" in sentence for sentence in sentences)


@pytest.mark.parametrize(
    "line",
    ["learner.f.__code__", "open('w.ipynb')", "import linecache", "getattr(f, '__code__')", "get_ipython()"],
)
def test_ways_to_read_source(line: str, tmp_path: Path) -> None:
    path = tmp_path / "properties.py"
    path.write_text(f"def probe(names):\n    {line}\n")
    assert [number for number, _ in source_reading(path)] == [2]


def test_an_answer_of_the_right_shape_has_no_module_with_the_right_weights() -> None:
    names: dict[str, Any] = {}
    exec(SHAPED, names)
    linear = torch.nn.Linear(2, 1)
    given = names["_shaped"](lambda: linear, 1, "a")()
    assert {value for weight in given.parameters() for value in weight.flatten().tolist()} == {1.0}
    assert set(linear.weight.flatten().tolist()) != {1.0}


@pytest.mark.parametrize("line", ["re.compile(pattern)", "model.eval()"])
def test_what_only_sounds_like_reading_source_is_allowed(line: str, tmp_path: Path) -> None:
    path = tmp_path / "properties.py"
    path.write_text(f"def probe(names):\n    {line}\n")
    assert list(source_reading(path)) == []


def test_lines_of_the_tests_own_may_be_run_where_they_see_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "properties.py"
    path.write_text("exec(line, {}, values)\neval(text, {}, values)\nexec(line)\nexec(line, vars(names))\n")
    assert [number for number, _ in source_reading(path)] == [3, 4]


def test_a_test_over_its_time_budget_is_named() -> None:
    slow, quick = law("f", "passed", seconds=2.0), law("f", "passed", sentence="Another.", seconds=0.9)
    audit = ExerciseAudit("f")
    judge_reference(PLAIN_STAGE, audit, Both([slow, quick], [slow, quick]))
    (finding,) = audit.findings
    assert finding.row == "time"
    assert finding.sentence.startswith("`A law.` takes 2.0 s for 0 examples, more than 1 s")


def test_a_mutant_that_hangs_is_dead(staged: Stage) -> None:
    unmutated = run_unmutated(staged, "triple")
    assert not unmutated.fails
    assert all(0.3 <= group.patience.call_cpu < 3 for group in unmutated.timed)
    reference = staged.solutions("triple")[0]
    (hanging,) = (each for each in mutants_of(reference) if (each.was, each.now) == ("n -= 1", "pass"))
    assert try_mutant(staged, hanging, unmutated.timed).killer == "check test_three_times"
    assert group_of(["a", "b"], {"a": 0.001, "b": 0.02}).patience.call_cpu == 50 * 0.02


LATE_ONCE = """\
from time import process_time

late = [0.6]


def triple(n):
    until = process_time() + (late.pop() if late else 0)
    while process_time() < until:
        pass
    return 3 * max(n, 0)
"""


def test_a_mutant_whose_answer_is_late_once_is_not_dead(staged: Stage) -> None:
    unmutated = run_unmutated(staged, "triple")
    reference = staged.solutions("triple")[0]
    late = replace(next(iter(mutants_of(reference))), source=LATE_ONCE)
    assert all(group.patience.call_cpu < 0.6 for group in unmutated.timed[:1])
    assert try_mutant(staged, late, unmutated.timed).killer == ""


def test_a_learners_test_that_raises_at_everything_must_get_nothing() -> None:
    audit = ExerciseAudit("break_f")
    judge_poison(PLAIN_STAGE, audit, [law("break_f", "passed"), law("break_f", "passed")])
    assert [finding.sentence for finding in audit.findings] == [
        "a test that raises at everything gets points"
    ]


def test_a_false_alarm_costs_a_learners_test_all_its_points_in_the_audit_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tests: Any = [
        SimpleNamespace(key=key, entry="break_f", sentence="Catches it.", gate=False) for key in "ab"
    ]
    found = [Verdict(tests[0], "passed"), Verdict(tests[1], "failed", error=FalseAlarm("a right one"))]
    monkeypatch.setattr(audit_stage, "run_suite", lambda *_: iter(found))
    learners: Any = None
    assert PLAIN_STAGE.points(verdicts(PLAIN_STAGE, tests, learners)) == {"break_f": 0.0}


OPERATED = '''\
def f(x: float = 0.5, *, n: int = 3) -> float:
    """A docstring with 1 + 1 in it."""
    total = 0
    for row in x:
        total += g(row, n, dim=0, keepdim=True).T
    if not total > 1 and n == 2:
        return -total
    return [a for a in row if a]
'''


@pytest.mark.parametrize(
    "line",
    [
        "total -= g(row, n, dim=0, keepdim=True).T",
        "total = g(row, n, dim=0, keepdim=True).T",
        "total += g(n, row, dim=0, keepdim=True).T",
        "total += g(row, n, dim=0).T",
        "total += g(row, n, dim=-1, keepdim=True).T",
        "total += g(row, n, dim=0, keepdim=False).T",
        "total += g(row, n, dim=0, keepdim=True)",
        "total += 0",
        "for row in list(x)[:-1]:",
        "if total > 1 and n == 2:",
        "if not total >= 1 and n == 2:",
        "if not total > 1 or n == 2:",
        "if not total > 2 and n == 2:",
        "if True:",
        "return total",
        "return None",
        "return [a for a in list(row)[:-1] if a]",
        "return [a for a in row if False]",
        "def f(x: float=1.0, *, n: int=3) -> float:",
        "def f(x: float=0.5, *, n: int=6) -> float:",
        "pass",
    ],
)
def test_every_operator_makes_its_mutant(line: str) -> None:
    if line == "total += 0":
        line = "total += total"
        made = {m.now for m in mutants_of(Solution("f", "reference", "total = total", "w.py", 0))}
    else:
        made = {m.now for m in mutants_of(Solution("f", "reference", OPERATED, "w.py", 10))}
    assert line in made


def test_mutants_leave_docstrings_and_annotations_alone_and_know_their_lines() -> None:
    made = list(mutants_of(Solution("f", "reference", OPERATED, "w.py", 10)))
    assert all("A docstring with 1 + 1" in each.source and "-> float" in each.source for each in made)
    assert {each.line for each in made if each.now == "for row in list(x)[:-1]:"} == {14}
    assert len({each.source for each in made}) == len(made)
    assert sample(made, 5, 1) == sample(made, 5, 1) != sample(made, 5, 2)
    assert sample(made, None) == made


def test_records_that_lack_a_reason_or_come_twice_are_faults(tmp_path: Path) -> None:
    one = '[[survivor]]\nexercise = "f"\nsolution = "reference"\nwithin = "f"\nwas = "a"\nnow = "b"\n'
    path = tmp_path / "survivors.toml"
    for text in (one + 'reason = " "\n', one, 2 * (one + 'reason = "Equal."\n'), "[["):
        path.write_text(text)
        with pytest.raises(Fault):
            read_records(tmp_path)
    path.write_text(one + 'reason = "Equal."\n')
    assert [record.reason for record in read_records(tmp_path).values()] == ["Equal."]


def test_names_are_weeks_or_exercises(tmp_path: Path) -> None:
    kit = make_kit(tmp_path)
    assert [week.name for week in chosen([], kit)[0]] == ["week01"]
    assert chosen(["half"], kit)[1] == ["half"]
    with pytest.raises(Fault, match="neither a week nor an exercise"):
        chosen(["quarter"], kit)
    with pytest.raises(Fault, match="not an exercise of week01"):
        audit_week(load_week(kit.solutions / "week01"), ["quarter"], Extent(), lambda *_: None)


def test_the_table_and_json_say_it_all(audited: WeekAudit) -> None:
    console = Console(file=io.StringIO(), width=120)
    audit_screen.print_audit(console, audited)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "double" in shown and "week01.py:" in shown and "Twice nothing is nothing." in shown
    plain = json.loads(audited.to_json())
    assert plain["clean"] is False
    assert plain["tried"] == sum(each["tried"] for each in plain["exercises"])
    assert WeekAudit("week01", [], 50).false_failure_bound == pytest.approx(0.0582, abs=1e-4)


@pytest.mark.parametrize(("findings", "status"), [([], 0), ([Finding("soak", "f", "It fails.")], 1)])
def test_the_command_ends_with_1_if_anything_falls_short(
    findings: list[Finding], status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOGRADE_ROOT", str(make_kit(tmp_path).root))
    monkeypatch.setenv("PYTHONHASHSEED", "0")  # or the command would begin again, in the place of these tests
    heard: list[Extent] = []

    def audit(week: object, exercises: object, extent: Extent, tell: object) -> WeekAudit:
        heard.append(extent)
        return WeekAudit("week01", [ExerciseAudit("half", findings=findings)], extent.seeds)

    monkeypatch.setattr(audit_screen, "audit_week", audit)
    result = CliRunner().invoke(cli.app, ["audit", "week01", "--quick", "--json"])
    assert result.exit_code == status
    assert heard[0].mutants is not None and heard[0].seeds < 10


def test_words_are_hashed_as_in_grading_whatever_the_environment_says(tmp_path: Path) -> None:
    program = """
import autograde.audit.screen as screen
screen.audit_on_screen = lambda *_, **__: print(hash("words")) or True
from autograde.cli import main
main()"""
    environment = os.environ | {"AUTOGRADE_ROOT": str(make_kit(tmp_path).root), "PYTHONHASHSEED": "1"}
    plain = [sys.executable, "-c", 'print(hash("words"))']
    said = subprocess.check_output([*plain[:2], program, "audit", "week01"], env=environment)
    assert said == subprocess.check_output(plain, env=environment | {"PYTHONHASHSEED": "0"})


def test_gradients_that_cannot_be_measured_are_a_finding_and_not_the_end() -> None:
    def cases(names: Any) -> Any:
        raise RuntimeError("no graph")
        yield

    assert list(gradient_faults(cases, {})) == ["measuring it raises RuntimeError: no graph"]

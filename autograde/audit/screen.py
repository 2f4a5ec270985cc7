"""The audit on the terminal: a table of a week's exercises, what falls short, and the survivors as diffs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from autograde.audit.auditing import Extent, audit_week
from autograde.audit.pool import Tell
from autograde.audit.result import LEAST_KILLED, ExerciseAudit, WeekAudit
from autograde.weeks import Week

SLOWEST = 3


def audit_on_screen(
    weeks: Sequence[Week], exercises: Sequence[str], extent: Extent, *, as_json: bool = False
) -> bool:
    """Audit weeks one after the other, with a bar on standard error; returns whether all are clean."""
    clean = True
    console = Console(highlight=False)
    for week in weeks:
        with bar() as tell:
            own = [name for name in exercises if name in week.exercises]
            audit = audit_week(week, own, extent, tell)
        clean = clean and audit.clean
        if as_json:
            print(audit.to_json(), flush=True)
        else:
            print_audit(console, audit)
    return clean


@contextmanager
def bar() -> Iterator[Tell]:
    """What is being done, and how far it is."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda what, done, total: progress.update(task, description=what, completed=done, total=total)


def print_audit(console: Console, audit: WeekAudit) -> None:
    """The week's table, then everything that a person should look at."""
    console.print(exercise_table(audit))
    for each in audit.exercises:
        for survivor in each.survivors:
            console.print(Text(f"\n{survivor.where}  {survivor.within}", style="bold"), soft_wrap=True)
            for line in survivor.diff.split("\n"):
                console.print(Text(line, style="red" if line.startswith("-") else "green"), soft_wrap=True)
    if audit.all_findings:
        console.print()
    for finding in audit.all_findings:
        place = f"{finding.exercise}: " if finding.exercise else ""
        console.print(
            Text.assemble((f"{finding.row}  ", "bold red"), place, finding.sentence), soft_wrap=True
        )
    console.print()
    for line in closing_lines(audit):
        console.print(line, soft_wrap=True)
    console.print()


def exercise_table(audit: WeekAudit) -> Table:
    """A line an exercise, and one for the week."""
    narrow = (0, 1, 0, 0)  # the widest fits eighty columns
    table = Table(title=audit.week, title_justify="left", header_style="dim", box=None, padding=narrow)
    table.add_column("exercise", min_width=max((len(each.name) for each in audit.exercises), default=8))
    for name in ("killed", "mutants", "recorded", "caught", "named", "right", "short"):
        table.add_column(name, justify="right")
    for each in audit.exercises:
        table.add_row(*_row(each))
    count = len(audit.all_findings)
    style = "green" if audit.clean else "red"
    table.add_row(
        "all", f"{audit.kill_rate:.1%}", f"{audit.tried:,}", *[""] * 4, str(count or "–"), style=style
    )
    return table


def _row(each: ExerciseAudit) -> list[str | Text]:
    rate = Text(f"{each.kill_rate:.1%}" if each.tried else "–")
    if each.kill_rate < LEAST_KILLED:
        rate.stylize("yellow")
    wrong = each.misconceptions
    return [
        each.name,
        rate,
        f"{each.tried:,}" if each.tried == each.made - each.recorded else f"{each.tried:,}/{each.made:,}",
        str(each.recorded or ""),
        f"{each.caught}/{wrong}" if wrong else "",
        f"{each.diagnosed}/{wrong}" if wrong else "",
        str(1 + each.alternatives),
        Text(str(len(each.findings)), style="red") if each.findings else "–",
    ]


def closing_lines(audit: WeekAudit) -> Iterator[str]:
    """What the figures mean, and what they cost."""
    if audit.kill_rate < LEAST_KILLED:
        yield f"Fewer than {LEAST_KILLED:.0%} of the mutants are killed: sharpen a property, or record why not."
    if audit.false_failure_bound is not None:
        failed = sum(finding.row == "soak" for finding in audit.all_findings)
        if failed:
            yield f"Soak: {failed} false failures with {audit.seeds} seeds."
        else:
            bound = f"rate of false failures below {audit.false_failure_bound:.1%} (with 95 % confidence)"
            yield f"Soak: none with {audit.seeds} seeds, which bounds the {bound}."
    tests = sorted((test for each in audit.exercises for test in each.tests), key=lambda test: -test.seconds)
    total = sum(test.seconds for test in tests)
    examples = sum(test.examples for test in tests)
    slowest = ", ".join(f"{test.sentence.rstrip('.')} ({test.seconds:.2f} s)" for test in tests[:SLOWEST])
    yield f"Tests: {len(tests)}, {examples:,} examples, {total:.1f} s of computing for the reference."
    yield f"Slowest: {slowest}."
    yield f"The audit took {audit.seconds:.0f} s."

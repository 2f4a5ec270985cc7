"""The command `autograde`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograde.errors import Fault

if TYPE_CHECKING:
    from autograde.places import Kit

app = typer.Typer(
    name="autograde",
    help="Build, check and grade the weeks of the course.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Weeks = Annotated[list[str] | None, typer.Argument(help="weeks such as week06; all of them unless given")]


@app.command()
def build(
    weeks: Weeks = None,
    check: Annotated[bool, typer.Option("--check", help="only say whether exercises/ is up to date")] = False,
) -> None:
    """Make the learners' notebooks in exercises/ from the weeks' one source in solutions/."""
    from autograde.build import build as build_weeks
    from autograde.build import check_up_to_date
    from autograde.places import kit, week_names

    here = kit()
    names = weeks or week_names(here.solutions)
    if check:
        differences = check_up_to_date(names, here)
        for sentence in differences:
            print(sentence)
        raise typer.Exit(1 if differences else 0)
    for path in build_weeks(names, here):
        print(path.relative_to(here.root))


@app.command()
def grade(
    week: Annotated[str, typer.Argument(help="a week such as week06")],
    notebooks: Annotated[
        list[Path] | None, typer.Argument(help="notebooks; in a course folder all submissions unless given")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON document a submission")] = False,
    seed: Annotated[int, typer.Option(help="draw other examples")] = 0,
    jobs: Annotated[
        int | None, typer.Option(help="submissions at a time; as many as there are cores")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="grade again what is in the cache")] = False,
    trust: Annotated[
        bool, typer.Option("--trust", help="run the notebooks unsealed: only for notebooks that are your own")
    ] = False,
) -> None:
    """Grade notebooks, sealed off from this machine; exit status 0 if they were graded, whatever the score."""
    from autograde.grading import Grader
    from autograde.places import kit, require_week
    from autograde.screen import print_graded

    here = kit()
    name = require_week(week, here.solutions)
    if not notebooks:
        from autograde.screen import grade_course_with_progress

        course = _course(here)
        options = {"seed": seed, "trust": trust, "workers": jobs, "force": force}
        grades = grade_course_with_progress(name, course, as_json=as_json, **options)
        raise typer.Exit(1 if any(grade.fault for grade in grades.grades) else 0)
    missing = [path for path in notebooks if not path.is_file()]
    if missing:
        raise Fault("there is no such file", str(missing[0]), "name notebooks that exist")
    ungraded = False
    with Grader(name, here, seed=seed, trust=trust, workers=jobs) as grader:
        for graded in grader.grade(notebooks, force=force):
            print_graded(graded, as_json=as_json, alone=len(notebooks) == 1)
            ungraded = ungraded or graded.report is None
    raise typer.Exit(1 if ungraded else 0)


@app.command()
def demo(
    week: Annotated[str, typer.Argument(help="the week that the class works on")] = "week07",
    keep: Annotated[
        Path | None, typer.Option(help="make the course here, in a folder that isn't there yet")
    ] = None,
) -> None:
    """Run a class of twelve through a week: release, submit, collect, grade, feedback, export."""
    import tempfile

    from autograde.places import kit, require_week
    from autograde.screen import run_demo_on_screen

    here = kit()
    name = require_week(week, here.solutions)
    if keep is not None and keep.exists():
        raise Fault("this exists already", str(keep), "name a folder that isn't there yet")
    folder = keep or Path(tempfile.mkdtemp(prefix="autograde-demo-"))
    run_demo_on_screen(here, name, folder.resolve())


@app.command()
def audit(
    names: Annotated[
        list[str] | None, typer.Argument(help="weeks such as week06, and exercises; all unless given")
    ] = None,
    seeds: Annotated[int, typer.Option(help="draw the examples anew so many times")] = 50,
    mutants: Annotated[
        int | None, typer.Option(help="a sample of so many mutants an exercise; all unless given")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="a sample of mutants and three seeds")] = False,
    jobs: Annotated[int | None, typer.Option(help="workers; as many as there are cores")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON document a week")] = False,
) -> None:
    """Test the tests: right answers pass, wrong ones fail; exit status 1 if anything falls short."""
    from autograde.audit import QUICK, Extent, chosen
    from autograde.audit.screen import audit_on_screen
    from autograde.places import kit

    weeks, exercises = chosen(names or [], kit())
    extent = Extent(QUICK.seeds, mutants or QUICK.mutants, jobs) if quick else Extent(seeds, mutants, jobs)
    clean = audit_on_screen(weeks, exercises, extent, as_json=as_json)
    raise typer.Exit(0 if clean else 1)


@app.command()
def roster(
    remove: Annotated[
        bool, typer.Option("--remove", help="let learners go who aren't in it and handed nothing in")
    ] = False,
) -> None:
    """Bring the class of roster.csv into nbgrader's gradebook; exit status 1 if a line of it is bad."""
    from autograde.partners.screen import enrol_on_screen
    from autograde.places import kit

    raise typer.Exit(0 if enrol_on_screen(_course(kit()), remove=remove) else 1)


@app.command()
def pair(
    week: Annotated[str, typer.Option(help="a week such as week07; the next one unless given")] = "",
    seed: Annotated[int, typer.Option(help="draw other pairs of equal worth")] = 0,
) -> None:
    """Make learning partners for a week; exit status 1 if a line of roster.csv is bad."""
    from autograde.partners.screen import pair_on_screen
    from autograde.places import kit, require_week, week_names

    here = kit()
    name = require_week(week, here.solutions) if week else ""
    raise typer.Exit(0 if pair_on_screen(_course(here), name, week_names(here.solutions), seed) else 1)


def _course(here: Kit) -> Path:
    """The course folder: this one, or the kit's."""
    from autograde.places import COURSE_CONFIG

    return Path.cwd() if Path(COURSE_CONFIG).is_file() else here.instructor


def main() -> None:
    """Run the command; a fault is one sentence and exit status 2."""
    try:
        app()
    except Fault as fault:
        print(fault, file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("Stopped; what was graded is kept.", file=sys.stderr)
        sys.exit(130)

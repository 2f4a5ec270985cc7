"""The command `autograde`."""

from __future__ import annotations

import os
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

INSTRUCTORS = "For instructors, who have the solutions"
Weeks = Annotated[list[str] | None, typer.Argument(help="weeks such as week06; all of them unless given")]


@app.command(rich_help_panel=INSTRUCTORS)
def build(
    weeks: Weeks = None,
    check: Annotated[bool, typer.Option("--check", help="only say whether exercises/ is up to date")] = False,
) -> None:
    """Make the learners' notebooks in exercises/ from the weeks' one source in solutions/."""
    from autograde.build import build as build_weeks
    from autograde.build import check_up_to_date
    from autograde.places import kit_with_solutions, week_names

    here = kit_with_solutions()
    names = weeks or week_names(here.solutions)
    if check:
        differences = check_up_to_date(names, here)
        for sentence in differences:
            print(sentence)
        raise typer.Exit(1 if differences else 0)
    for path in build_weeks(names, here):
        print(path.relative_to(here.root))


@app.command(rich_help_panel=INSTRUCTORS)
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
    from autograde.places import kit_with_solutions, require_week
    from autograde.screen import print_graded

    here = kit_with_solutions()
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


@app.command(rich_help_panel=INSTRUCTORS)
def demo(
    weeks: Annotated[
        list[str] | None,
        typer.Argument(help="the weeks that the class works on; week07, or with --term all, unless given"),
    ] = None,
    term: Annotated[
        bool, typer.Option("--term", help="as a term: some get better, some stop coming; with last pages")
    ] = False,
    size: Annotated[int, typer.Option(help="how many learners", min=12, max=99)] = 12,
    keep: Annotated[
        Path | None, typer.Option(help="make the course here, in a folder that isn't there yet")
    ] = None,
) -> None:
    """Run a class through weeks: pairs, release, submit, collect, grade, feedback, export, the class's page."""
    import tempfile

    from autograde.demo.screen import run_demo_on_screen, run_term_on_screen
    from autograde.places import kit_with_solutions, require_week, week_names

    here = kit_with_solutions()
    usual = week_names(here.solutions) if term else ["week07"]
    names = [require_week(week, here.solutions) for week in weeks or usual]
    if keep is not None and keep.exists():
        raise Fault("this exists already", str(keep), "name a folder that isn't there yet")
    folder = keep or Path(tempfile.mkdtemp(prefix="autograde-demo-"))
    run = run_term_on_screen if term else run_demo_on_screen
    run(here, names, folder.resolve(), size)


@app.command(rich_help_panel=INSTRUCTORS)
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
    from autograde.places import kit_with_solutions

    weeks, exercises = chosen(names or [], kit_with_solutions())
    _hash_as_grading_does()
    extent = Extent(QUICK.seeds, mutants or QUICK.mutants, jobs) if quick else Extent(seeds, mutants, jobs)
    clean = audit_on_screen(weeks, exercises, extent, as_json=as_json)
    raise typer.Exit(0 if clean else 1)


@app.command(rich_help_panel=INSTRUCTORS)
def lecture(
    weeks: Weeks = None,
    names: Annotated[
        Path | None, typer.Option(help="a file with a name a line; the kit's own names unless given")
    ] = None,
    steps: Annotated[int, typer.Option(help="of training, for what is trained in batches", min=2)] = 200_000,
) -> None:
    """Train the references as the lectures do, and say how far they come."""
    from autograde.lecture import weeks_with_lectures
    from autograde.lecture.screen import lecture_on_screen
    from autograde.places import kit_with_solutions

    solutions = kit_with_solutions().solutions
    there = weeks_with_lectures(solutions)
    for week in weeks or []:
        if week not in there:
            raise Fault(f"{week} trains nothing that a lecture does", remedy=f"there are {', '.join(there)}")
    lecture_on_screen(solutions, weeks or there, names, steps)


@app.command(rich_help_panel=INSTRUCTORS)
def roster(
    remove: Annotated[
        bool, typer.Option("--remove", help="let learners go who aren't in it and handed nothing in")
    ] = False,
) -> None:
    """Bring the class of roster.csv into nbgrader's gradebook; exit status 1 if a line of it is bad."""
    from autograde.partners.screen import enrol_on_screen
    from autograde.places import kit_with_solutions

    raise typer.Exit(0 if enrol_on_screen(_course(kit_with_solutions()), remove=remove) else 1)


@app.command(rich_help_panel=INSTRUCTORS)
def pair(
    week: Annotated[str, typer.Option(help="a week such as week07; the next one unless given")] = "",
    seed: Annotated[int, typer.Option(help="draw other pairs of equal worth")] = 0,
) -> None:
    """Make learning partners for a week; exit status 1 if a line of roster.csv is bad."""
    from autograde.partners.screen import pair_on_screen
    from autograde.places import kit_with_solutions, require_week, week_names

    here = kit_with_solutions()
    name = require_week(week, here.solutions) if week else ""
    raise typer.Exit(0 if pair_on_screen(_course(here), name, week_names(here.solutions), seed) else 1)


@app.command(rich_help_panel=INSTRUCTORS)
def report(
    week: Annotated[str, typer.Argument(help="a week such as week06; the whole term unless given")] = "",
    anonymous: Annotated[
        bool, typer.Option("--anonymous", help="leave all names out, for showing it in class")
    ] = False,
) -> None:
    """Show the class on a page, and in CSV files; exit status 1 if something could not be read for it."""
    from autograde.classroom import write_report
    from autograde.places import kit_with_solutions, require_week

    here = kit_with_solutions()
    name = require_week(week, here.solutions) if week else ""
    written = write_report(_course(here), here, name, without_names=anonymous)
    for sentence in written.problems:
        print(sentence)
    for path in (written.page, *written.tables):
        print(path)
    raise typer.Exit(1 if written.problems else 0)


@app.command(rich_help_panel=INSTRUCTORS)
def publish(
    destination: Annotated[
        Path, typer.Argument(help="a folder next to the kit, or a file that ends in .zip")
    ],
    through: Annotated[
        str, typer.Option(help="the last week to publish; as far as was published there before unless given")
    ] = "",
) -> None:
    """Lay out what learners get: the weeks so far, the data and this package, without solutions."""
    from autograde.places import kit_with_solutions
    from autograde.publishing.screen import publish_on_screen

    publish_on_screen(kit_with_solutions(), destination, through)


@app.command()
def update(
    source: Annotated[Path, typer.Argument(help="the zip or folder that you got")],
) -> None:
    """Bring new weeks to your folder; what you changed stays as it is."""
    from autograde.places import kit
    from autograde.publishing.screen import update_on_screen

    update_on_screen(kit(), source)


@app.command()
def problem(
    folder: Annotated[Path, typer.Argument(help="your own, such as exercises/week14/learning_problem")],
    test: Annotated[
        bool, typer.Option("--test", help="read the test set, once, when all else is done")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="with --test: read it once more, which is counted")
    ] = False,
) -> None:
    """Run your learning problem and say what is open in it; exit status 1 as long as something is."""
    from autograde.problem.screen import problem_on_screen

    raise typer.Exit(0 if problem_on_screen(folder, test=test, again=again) else 1)


@app.command(rich_help_panel=INSTRUCTORS)
def collect(
    week: Annotated[str, typer.Argument(help="a week such as week06")],
    checkouts: Annotated[Path, typer.Argument(help="a folder with a git checkout a learner, named by id")],
) -> None:
    """Collect a week's notebooks from git checkouts; exit status 1 if one could not be taken."""
    from autograde.collecting import collect_on_screen
    from autograde.places import kit_with_solutions, require_week

    here = kit_with_solutions()
    name = require_week(week, here.solutions)
    raise typer.Exit(0 if collect_on_screen(here, _course(here), name, checkouts) else 1)


@app.command(rich_help_panel=INSTRUCTORS)
def partners(
    week: Annotated[str, typer.Argument(help="a week such as week06")],
    learners: Annotated[
        list[str] | None, typer.Argument(help="learners, for the pages of their groups only")
    ] = None,
    trust: Annotated[
        bool, typer.Option("--trust", help="run the notebooks unsealed: only for notebooks that are your own")
    ] = False,
) -> None:
    """Make a page for each group of partners, in the feedback of all of them."""
    from autograde.partner_pages.screen import partners_on_screen
    from autograde.places import kit_with_solutions, require_week

    here = kit_with_solutions()
    name = require_week(week, here.solutions)
    partners_on_screen(_course(here), name, here, learners or [], trust=trust)


@app.command(rich_help_panel=INSTRUCTORS)
def term() -> None:
    """Make a last page for each learner and each group of partners; exit status 1 if something could not be read."""
    from autograde.places import kit_with_solutions
    from autograde.term_pages.screen import term_on_screen

    here = kit_with_solutions()
    raise typer.Exit(0 if term_on_screen(_course(here), here) else 1)


@app.command(rich_help_panel=INSTRUCTORS)
def export(
    weeks: Annotated[
        list[str] | None, typer.Argument(help="weeks such as week06; all that are graded unless given")
    ] = None,
    to: Annotated[str, typer.Option(help="canvas, moodle or csv")] = "csv",
    file: Annotated[Path | None, typer.Option(help="write here")] = None,
) -> None:
    """Write a grade file that Canvas or Moodle imports, or one for a spreadsheet."""
    from autograde.course.exporting import export_on_screen
    from autograde.places import kit_with_solutions, require_week

    here = kit_with_solutions()
    names = [require_week(week, here.solutions) for week in weeks or []]
    export_on_screen(_course(here), to, names, file)


@app.command()
def compare(
    week: Annotated[str, typer.Argument(help="a week such as week07")],
    sides: Annotated[
        list[str],
        typer.Argument(
            help="two or three: notebooks, learners of a course folder, or `reference`", metavar="A B [C]"
        ),
    ],
    page: Annotated[Path | None, typer.Option(help="write all of it to this file, as one HTML page")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON document")] = False,
    seed: Annotated[int, typer.Option(help="draw other examples")] = 0,
    trust: Annotated[
        bool, typer.Option("--trust", help="run the notebooks unsealed: only where you trust who wrote them")
    ] = False,
) -> None:
    """Compare partners' notebooks: results, work, code, and each one's tests on the other's code."""
    from autograde.compare.screen import compare_on_screen
    from autograde.places import kit, require_week

    here = kit()
    name, course = require_week(week), _course(here)
    compare_on_screen(name, sides, here, course, seed=seed, trust=trust, page=page, as_json=as_json)


def _course(here: Kit) -> Path:
    """The course folder: this one, or the kit's."""
    from autograde.places import COURSE_CONFIG

    return Path.cwd() if Path(COURSE_CONFIG).is_file() else here.instructor


def _hash_as_grading_does() -> None:
    """Begin again, unless words are hashed as in grading: the order of a set goes by that."""
    if os.environ.get("PYTHONHASHSEED") != "0":
        environment = os.environ | {"PYTHONHASHSEED": "0"}
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], environment)


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

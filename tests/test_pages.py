"""Every command of the README and of the pages for learners, partners, instructors and authors works as printed."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
PAGES = [
    "README.md",
    "exercises/README.md",
    "exercises/PARTNERS.md",
    "instructor/README.md",
    "solutions/README.md",
]
COMMAND_BLOCK = re.compile(r"^[ ]*```sh\n(.*?)^[ ]*```", re.DOTALL | re.MULTILINE)
STUBS_FAIL = re.compile(r"pytest exercises")
SECONDS = 300


def commands(page: str) -> list[str]:
    text = (REPOSITORY / page).read_text(encoding="utf-8")
    return [
        line.strip() for block in COMMAND_BLOCK.findall(text) for line in block.splitlines() if line.strip()
    ]


def runnable(page: str) -> list[str]:
    """The commands but for installing, which the continuous integration does with the very same words."""
    return [re.sub(r"^pip install [^&]*&& ", "", command) for command in commands(page)]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is under version control, which the commands may change."""
    destination = tmp_path_factory.mktemp("checkout")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY, check=True, capture_output=True, text=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.split("\0")):
        source = REPOSITORY / name
        if source.is_file():
            (destination / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, destination / name)
    return destination


@pytest.fixture(scope="module")
def environment(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """This virtual environment, with an exchange and a home of their own."""
    home = tmp_path_factory.mktemp("home")
    exchange = home / "exchange"
    exchange.mkdir(mode=0o777)
    exchange.chmod(0o777)
    settings = (
        f"c = get_config()\nc.Exchange.root = {str(exchange)!r}\nc.Exchange.cache = {str(home / 'cache')!r}\n"
    )
    (home / "nbgrader_config.py").write_text(settings)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {
        **os.environ,
        "PATH": path,
        "AUTOGRADE_ROOT": str(checkout),
        "JUPYTER_CONFIG_DIR": str(home),
        "COLUMNS": "100",
    }


def run(command: str, folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip


def test_the_continuous_integration_calls_the_readmes_test_command() -> None:
    install_and_test = commands("README.md")[1]
    assert install_and_test.endswith("&& pytest")
    assert install_and_test in (REPOSITORY / ".ci" / "run").read_text()


def test_both_set_up_commands_install_with_the_tested_versions() -> None:
    assert all(
        command.startswith("pip install -c constraints.txt -e ") for command in commands("README.md")[:2]
    )


LEARNERS = [(page, command) for page in PAGES[1:3] for command in dict.fromkeys(runnable(page))]


@pytest.mark.parametrize(
    "command", dict.fromkeys(command for _, command in LEARNERS if STUBS_FAIL.search(command))
)
def test_a_learners_command_checks_the_stubs(
    command: str, checkout: Path, environment: dict[str, str]
) -> None:
    done = run(command, checkout, environment)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "to do" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_jupyterlab_opens_a_week(checkout: Path, environment: dict[str, str]) -> None:
    (command,) = [command for _, command in LEARNERS if "jupyter" in command]
    quiet = " --no-browser --allow-root --ServerApp.token=t --ServerApp.port=0 --ServerApp.ip=127.0.0.1"
    runtime = checkout / "runtime"
    process = subprocess.Popen(
        ["bash", "-c", f"exec {command}{quiet}"],
        cwd=checkout, env={**environment, "JUPYTER_RUNTIME_DIR": str(runtime)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        assert (
            next(_answers(runtime, "api/contents/week06.ipynb?token=t&content=0"))["name"] == "week06.ipynb"
        )
    finally:
        process.terminate()
        process.wait(30)


def _answers(runtime: Path, path: str) -> Iterator[dict[str, object]]:
    """What the server says, as soon as it listens: it writes its address down a moment before."""
    for _ in range(900):
        for file in runtime.glob("jpserver-*.json"):
            with contextlib.suppress(OSError, ValueError):
                url = json.loads(file.read_text())["url"]
                with urllib.request.urlopen(f"{url}{path}", timeout=30) as answer:
                    yield json.load(answer)
        time.sleep(0.1)


def test_the_readmes_grading_command_gives_the_reference_full_points(
    checkout: Path, environment: dict[str, str]
) -> None:
    (command,) = [command for command in runnable("README.md") if command.startswith("autograde grade")]
    done = run(command, checkout, environment)
    assert done.returncode == 0, done.stderr
    assert "26 of 26 points" in done.stdout
    as_json = json.loads(run(command + " --json", checkout, environment).stdout)
    fields = "week submission suite seed points max_points sealed exercises problems"
    assert list(as_json) == fields.split()
    fields = "sentence hidden outcome example got expected message misconception"
    assert list(as_json["exercises"][0]["properties"][0]) == fields.split()


def test_the_readmes_comparison_says_what_is_to_do(checkout: Path, environment: dict[str, str]) -> None:
    (command,) = [command for command in runnable("README.md") if command.startswith("autograde compare")]
    done = run(command, checkout, environment)
    assert done.returncode == 0, done.stderr
    assert "not to be compared yet" in " ".join(done.stdout.split())


def test_partners_compare_their_notebooks(checkout: Path, environment: dict[str, str]) -> None:
    from autograde.demo.submissions import filled, references
    from autograde.weeks import load_week

    (command,) = [command for _, command in LEARNERS if command.startswith("autograde compare")]
    stub = checkout / "exercises" / "week00" / "week00.ipynb"
    right = references(load_week(checkout / "solutions" / "week00"))
    (checkout / "partner.ipynb").write_bytes(filled(stub.read_bytes(), right))
    done = run(command, checkout, environment)
    assert done.returncode == 0, done.stderr
    assert "partner has `greeting`" in " ".join(done.stdout.split())
    assert "week00 and partner" in (checkout / "compared.html").read_text(encoding="utf-8")
    (checkout / "partner.ipynb").unlink()


def test_the_readmes_audit_ends_clean(checkout: Path, environment: dict[str, str]) -> None:
    (command,) = [command for command in runnable("README.md") if command.startswith("autograde audit")]
    done = run(command, checkout, environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "perplexity" in done.stdout


def test_the_readmes_lecture_ends_with_its_losses(checkout: Path, environment: dict[str, str]) -> None:
    (command,) = [command for command in runnable("README.md") if command.startswith("autograde lecture")]
    done = run(command, checkout, environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2.446" in done.stdout


def test_the_readmes_benchmarks_say_how_to_run_them(checkout: Path, environment: dict[str, str]) -> None:
    (command,) = [command for command in runnable("README.md") if "benchmarks" in command]
    done = run(command, checkout, environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Stock nbgrader, our two commands" in done.stdout


def test_every_command_of_the_readme_is_run_by_a_test() -> None:
    known = "autograde demo|pytest|autograde (grade|compare|audit|lecture) .*|python tests/benchmarks .*"
    assert [command for command in runnable("README.md") if not re.fullmatch(known, command)] == []


def test_the_readmes_demo_ends_with_a_page(environment: dict[str, str], checkout: Path) -> None:
    assert runnable("README.md")[0] == "autograde demo"
    done = run("autograde demo", checkout, environment)
    assert done.returncode == 0, done.stderr
    page = Path(re.search(r"the class: +(\S+)", done.stdout).group(1))  # type: ignore[union-attr]
    assert "learner12" in page.read_text(encoding="utf-8")
    shutil.rmtree(page.parents[3])


def test_an_authors_commands_work(checkout: Path, environment: dict[str, str]) -> None:
    for command in runnable("solutions/README.md"):
        done = run(command, checkout, environment)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


def test_an_instructors_week_goes_from_release_to_export(checkout: Path, environment: dict[str, str]) -> None:
    course = checkout / "instructor"
    (course / "roster.csv").write_text("id,comfort\nada,5\nbo,1\ncy,2\n")
    for command in runnable("instructor/README.md"):
        if command == "nbgrader collect week06":
            _hand_in(checkout, environment)
        done = run(command, course, environment)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    assert (course / "pairs.csv").read_text().splitlines()[1:] == ["week06,ada,bo,cy"]
    assert (course / "feedback" / "ada" / "week06" / "week06.html").is_file()
    assert re.search(r"^week06,.*\bada\b.*\b26\.0\b", (course / "grades.csv").read_text(), re.MULTILINE)
    assert ",ada,ada,,26.0" in (course / "grades-canvas.csv").read_text()
    assert ",,bo,,-" in (course / "grades-moodle.csv").read_text()


def _hand_in(checkout: Path, environment: dict[str, str]) -> None:
    """One learner's submission by nbgrader's own command: the reference in the stub's place."""
    from autograde.demo.submissions import filled, references
    from autograde.weeks import load_week

    home = checkout / "home-of-ada"
    home.mkdir()
    stub = (checkout / "exercises" / "week06" / "week06.ipynb").read_bytes()
    done = run("nbgrader fetch_assignment week06 --course deep_learning", home, environment)
    assert done.returncode == 0, done.stderr
    right = references(load_week(checkout / "solutions" / "week06"))
    (home / "week06" / "week06.ipynb").write_bytes(filled(stub, right))
    submit = "nbgrader submit week06 --course deep_learning --student ada"
    done = run(submit, home, environment)
    assert done.returncode == 0, done.stderr

"""The learner's first door: `pytest exercises/week06`. Costs nothing where no week is collected.

A week's tests are run by the judge's own replay engine, and the session ends with the week's table.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from autograde.pytest_plugin.last_resort import LastResort

if TYPE_CHECKING:
    from autograde.pytest_plugin.items import WeekModule

WEEK = re.compile(r"week\d\d")
LAST_RESORT = pytest.StashKey[LastResort]()


def pytest_configure(config: pytest.Config) -> None:
    """Make ready the end of what nothing else ends; answer a week that isn't there with those that are."""
    for argument in config.args:
        _require_week(Path(config.invocation_params.dir, argument.partition("::")[0]))
    config.stash[LAST_RESORT] = LastResort(_screen(config))


def _screen(config: pytest.Config) -> int:
    """A way to the screen that no capturing closes; none where pytest's own fault handler has the clock."""
    if float(config.getini("faulthandler_timeout") or 0) > 0:
        return -1
    try:
        return os.dup(2)
    except OSError:
        return -1


def pytest_unconfigure(config: pytest.Config) -> None:
    """Give back what was taken."""
    if LAST_RESORT in config.stash:
        config.stash[LAST_RESORT].close()


def _require_week(path: Path) -> None:
    if path.exists() or not path.parent.is_dir() or not path.name.startswith("week"):
        return
    from autograde.errors import Fault
    from autograde.places import require_week, week_names

    if week_names(path.parent):
        try:
            require_week(path.name, path.parent)
        except Fault as fault:
            raise pytest.UsageError(str(fault)) from None


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> WeekModule | None:
    """A week's checks, loaded under a name of their own: all rooms call their files alike."""
    folder = module_path.parent.name
    if not WEEK.fullmatch(folder) or module_path.name != f"test_{folder}.py" or not _is_ours(module_path):
        return None
    return _module(module_path, parent)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> WeekModule | None:
    """The hidden properties too, where an author runs the tests of `solutions`."""
    if file_path.name != "properties.py" or not WEEK.fullmatch(file_path.parent.name):
        return None
    return _module(file_path, parent) if _is_ours(file_path) else None


def _is_ours(path: Path) -> bool:
    return b"autograde.properties" in path.read_bytes()


def _module(path: Path, parent: pytest.Collector) -> WeekModule:
    from autograde.pytest_plugin.items import WeekModule

    module: WeekModule = WeekModule.from_parent(parent, path=path)
    return module


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """`-k attention` means the exercise of that name alone, where there is one, and none that has it in its name."""
    chosen = config.option.keyword
    left = [item for item in items if chosen in getattr(item, "autograde_names", ())]
    if left:
        config.hook.pytest_deselected(items=[item for item in items if item not in left])
        items[:] = left


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Send what a test said along with pytest's report, across processes too."""
    report = yield
    plain = getattr(item, "autograde_plain", None)
    if plain is not None and call.when == "call":
        report.autograde = plain()  # type: ignore[attr-defined]  # plain data, which xdist carries
    return report


def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Nobody else's tests run against our clock."""
    if hasattr(item, "autograde_plain") and not hasattr(nextitem, "autograde_plain"):
        item.config.stash[LAST_RESORT].disarm()


def pytest_enter_pdb(config: pytest.Config) -> None:
    """Nor does a person in the debugger."""
    config.stash[LAST_RESORT].disarm()
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, 0)


def pytest_report_teststatus(report: Any) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
    """What is still to do fails, and yet isn't red."""
    told = getattr(report, "autograde", None)
    if told and report.when == "call" and report.failed and told["told"]["todo"]:
        return "to do", "t", ("TO DO", {"yellow": True})
    return None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> Generator[None, None, None]:
    """End with a table a week, which also says why what fails fails."""
    stats = terminalreporter.stats
    ours = [report for found in stats.values() for report in found if getattr(report, "autograde", None)]
    failed = stats.get("failed", [])
    if ours and _told_by_table(config):
        stats["failed"] = [report for report in failed if not getattr(report, "autograde", None)]
    yield
    if ours:
        from autograde.pytest_plugin.summary import write_tables

        stats["failed"] = failed
        if not config.getoption("no_summary"):
            write_tables(terminalreporter, ours, config)


def _told_by_table(config: pytest.Config) -> bool:
    """Whether pytest's own sections on failures are left to our table: unless they were asked for."""
    return bool(config.getoption("tbstyle") == "auto" and config.getoption("reportchars") == "fE")

"""The seal: what a sealed process can't do, what it still can, and that the probe sees a hole.

Everything sealed happens in seal_scenes.py, one process whose forks play every scene; the laws are about what
came of them.
"""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from autograde.errors import Fault
from autograde.learner import landlock, probe, seal, seccomp

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="sealing needs Linux")

SCENES = Path(__file__).with_name("seal_scenes.py")
USERS = ["root", "ordinary"] if hasattr(os, "getuid") and os.getuid() == 0 else ["ordinary"]
PATIENCE = 120.0  # seconds of wall time, many times what it takes


@pytest.fixture(scope="module")
def played() -> dict[str, dict[str, Any]]:
    command = [sys.executable, str(SCENES)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return found


@pytest.fixture(params=USERS)
def happened(request: pytest.FixtureRequest, played: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """What came of each scene, for one user."""
    return played[request.param]


def test_every_layer_is_put_on_and_nothing_forbidden_succeeds(happened: dict[str, Any]) -> None:
    sealed = happened["layers_and_probe"]
    expected = [f"landlock-{landlock.abi()}" if name == "landlock" else name for name in seal.LAYERS]
    assert sealed == {"layers": expected, "found": {}}
    probe.require_sealed(sealed["found"], sealed["layers"])


def test_without_the_seal_the_same_attempts_succeed(happened: dict[str, Any]) -> None:
    """Or the probe would prove nothing."""
    found = happened["nothing_sealed"]
    kinds = {name.split(" /")[0] for name, state in found.items() if state == probe.OPEN}
    assert kinds >= {
        "read", "write", "truncate", "rename", "list", "create in", "create beside", "symlink to", "fork",
        "subprocess", "posix_spawn", "execve", "make a TCP socket", "make a unix socket", "memfd_create",
        "hold another descriptor", "map memory that counts as nobody's", "make a set-user-id file",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("planted", "seen"),
    [
        ("planted_no_seccomp", {"fork", "make a TCP socket", "execve", "ptrace", "read the judge's clock"}),
        ("planted_no_landlock", {"read", "write", "list", "create beside"}),
        ("planted_readable_secret", {"read", "list"}),
        ("planted_open_descriptor", {"hold another descriptor"}),
    ],
)
def test_the_probe_reports_a_planted_hole(happened: dict[str, Any], planted: str, seen: set[str]) -> None:
    hole = happened[planted]
    assert {name.split(" /")[0] for name in hole["found"]} >= seen
    with pytest.raises(Fault, match=r"isn't sealed off \(.*open: .*--trust if every notebook is your own"):
        probe.require_sealed(hole["found"], hole["layers"])


def test_without_landlock_only_files_are_open(happened: dict[str, Any]) -> None:
    """Nor does seccomp lean on another layer for what is its own."""
    found = happened["planted_no_landlock"]["found"]
    verbs = {name.split()[0] for name in found}
    assert verbs <= {"read", "write", "append", "list", "create", "rename", "remove"}


def test_a_fork_inherits_nothing_but_its_socket(happened: dict[str, Any]) -> None:
    assert happened["what_it_inherits"] == {
        "held": "EBADF",
        "stdin": "",
        "environment": ["HOME", "TMPDIR"],
        "folder": True,
    }


def test_ordinary_work_goes_on(happened: dict[str, Any]) -> None:
    assert happened["ordinary_work"] == {
        "matmul": [[3.0, 3.0], [3.0, 3.0]],
        "cell": 3,
        "picture": "PNG",
        "threads": list(range(8)),
        "tensor": [0, 1, 2],
        "dataset": "emma",
        "removed": None,
    }


def test_roundabout_ways_are_closed(happened: dict[str, Any]) -> None:
    ways = happened["roundabout_ways"]
    assert {name for name, came in ways.items() if came not in ("EACCES", "EPERM", "EXDEV")} == set()


def test_memory_files_and_descriptors_are_bounded(happened: dict[str, Any]) -> None:
    found = happened["too_much"]
    assert (found["memory"], found["file"], found["descriptors"]) == ("RuntimeError", "EFBIG", "EMFILE")


def test_an_ordinary_users_threads_are_bounded(played: dict[str, dict[str, Any]]) -> None:
    assert played["ordinary"]["too_much"]["threads"] == "RuntimeError"


def test_computing_time_ends_in_a_kill_that_cannot_be_caught(happened: dict[str, Any]) -> None:
    assert happened["busy_for_ever"] == "SIGKILL"


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the other table of numbers is x86's")
def test_another_table_of_calls_ends_the_process(happened: dict[str, Any]) -> None:
    assert happened["foreign_call"] == "SIGSYS"


def test_the_kernel_says_from_outside_what_was_given_up(happened: dict[str, Any]) -> None:
    found = happened["seen_from_outside"]
    assert (found["NoNewPrivs"], found["Seccomp"], found["core"]) == ("1", "2", ["0", "0"])
    assert int(found["CapPrm"], 16) & ~seal.CAPABILITIES_KEPT == 0


def test_a_sealed_process_cannot_be_looked_into_by_another_of_its_user(played: dict[str, Any]) -> None:
    assert played["ordinary"]["seen_from_outside"]["environ"] == "EACCES"


def test_a_sealed_process_dies_with_its_judge(happened: dict[str, Any]) -> None:
    assert happened["judge_dies"] == ["sealed", ""]


@pytest.mark.parametrize(
    ("layer", "complaint"),
    [
        ("environment", "no environment .*No such file.*; grade inside the container"),
        ("descriptors", "no descriptors .*replaced.*--trust"),
        ("dies-with-parent", "no dies-with-parent .*is gone.*--trust"),
        (
            "landlock",
            "no landlock .*offers version 2 of Landlock, and version 3 is needed.*Linux 6.2.*--trust",
        ),
        ("threads", "2 threads, and only one of them would be sealed.*--trust"),
    ],
)
def test_a_layer_that_cannot_be_put_on_is_named(happened: dict[str, Any], layer: str, complaint: str) -> None:
    assert re.search(complaint, happened["refusals_to_seal"][layer])


def test_a_probe_of_a_secret_that_is_not_there_proves_nothing() -> None:
    with pytest.raises(Fault, match="absent: read /missing"):
        probe.require_sealed({"read /missing": probe.ABSENT}, [*seal.LAYERS])


def test_a_missing_layer_is_named_with_what_it_takes() -> None:
    with pytest.raises(Fault, match=r"\(no landlock\); it takes Linux 6\.2"):
        probe.require_sealed({}, [name for name in seal.LAYERS if name != "landlock"])


def test_no_readable_place_holds_the_course() -> None:
    root = Path(seal.__file__).resolve().parents[2]
    holding = [place for place in seal.readable_places() if root.is_relative_to(place.resolve())]
    assert holding == []


def test_a_secret_in_a_readable_place_is_refused() -> None:
    with pytest.raises(Fault, match=r"lies beneath .*; move the course out of Python's own folders"):
        seal.readable_places([seal.PACKAGE / "solutions"])


@pytest.mark.parametrize(("version", "right"), [(3, landlock.TRUNCATE), (5, landlock.IOCTL_DEV)])
def test_a_right_is_handled_from_the_version_on_that_knows_it(version: int, right: int) -> None:
    before, after = (landlock.first_bits(landlock.FILE_BITS, since) for since in (version - 1, version))
    assert (before & right, after & right) == (0, right)


@pytest.mark.parametrize("machine", seccomp.ARCHITECTURES)
def test_the_filter_is_within_the_kernels_bounds(machine: str) -> None:
    instructions = seccomp.program(machine, 1)
    assert len(instructions) % 8 == 0
    assert len(instructions) // 8 < 4096

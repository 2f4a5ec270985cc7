"""The learner in this process and the sealed one behave alike; the sealed one can do no harm."""

from __future__ import annotations

import gc
import os
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from autograde.judge.service import freest_core
from autograde.learner import LearnerStopped
from autograde.learner.cells import RunnableCell, run_plain
from autograde.learner.deadline import deadline
from autograde.learner.forking import Zygote, clean_environment
from autograde.learner.host import Host
from autograde.learner.local import LocalLearner
from autograde.learner.seal import readable_places
from autograde.learner.sealed import Patience, SealedLearner
from autograde.properties import assert_raises, driver

NOTEBOOK = """
import random
import torch

QUIZ = (1, [2.0, None], {"a": {3}})

def identity(x):
    return x

def spoil(x):
    x[0] = 9
    return None

def grow(item, items):
    items.append(item)
    return items

def nested(rows):
    rows[0]["n"] = 2
    return [row["n"] for row in rows]

def draw(generator):
    return torch.randn(3, generator=generator)

def chance():
    return random.random() + torch.rand(()).item()

def twice(f, x):
    return f(f(x))

def lends(items, f):
    return items, f(items) is items

def refuse(letter):
    raise KeyError(letter)

class Odd(ValueError):
    def __str__(self):
        return "odd " + "x" * 10_000

def odd():
    raise Odd()

def make():
    return Odd()

class Counter:
    def __init__(self):
        self.n = 0
    def add(self, k):
        self.n += k
        return self

def ends():
    import os
    os._exit(0)

def endless():
    while True:
        pass

def swallows():
    while True:
        try:
            while True:
                pass
        except Exception:
            pass

def prints():
    print("hidden input", flush=True)
    return 1

def huge():
    return torch.zeros(1).expand(10**6, 10**6)

def greedy():
    return bytearray(2**40)

def closes():
    import os
    os.closerange(3, 100)
    return 1

def chatters(f):
    while True:
        f(1)
"""


@driver
def count(names: Any, steps: list[int]) -> list[int]:
    """Values of a counter after each step."""
    counter = names.Counter()
    return [counter.add(step).n for step in steps]


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    zygote = Zygote(readable_places())
    yield zygote
    zygote.close()


def sealed(zygote: Zygote, patience: Patience = Patience()) -> SealedLearner:
    learner = zygote.fork(patience)
    learner.run_cell(RunnableCell("cell 1", NOTEBOOK))
    learner.learn_names()
    learner.begin_test()
    return learner


def local(_zygote: Zygote) -> LocalLearner:
    return LocalLearner(run_plain([RunnableCell("cell 1", NOTEBOOK)]).namespace)


@pytest.fixture(params=[local, sealed], ids=["local", "sealed"])
def learner(request: pytest.FixtureRequest, zygote: Zygote) -> Iterator[Any]:
    learner = request.param(zygote)
    learner.begin()
    yield learner
    if isinstance(learner, SealedLearner):
        learner.close()


def test_a_constant_arrives_as_its_value(learner: Any) -> None:
    quiz = learner.QUIZ
    assert quiz == (1, [2.0, None], {"a": {3}})


def test_an_argument_is_passed_by_value_and_what_the_learner_did_to_it_is_written_back(learner: Any) -> None:
    x = torch.zeros(2, 3)
    before = x.clone()
    assert learner.spoil(x) is None
    assert torch.equal(x[0], torch.full((3,), 9.0))
    assert torch.equal(x[1], before[1])


def test_a_returned_argument_is_the_argument_itself(learner: Any) -> None:
    items = [1]
    assert learner.grow(2, items) is items
    assert items == [1, 2]
    other = torch.ones(2)
    assert learner.identity(other) is other


def test_what_is_inside_an_argument_keeps_its_identity(learner: Any) -> None:
    row = {"n": 1}
    assert learner.nested([row]) == [2]
    assert row == {"n": 2}


def test_a_generator_advances_as_the_learner_draws(learner: Any) -> None:
    generator, twin = (torch.Generator().manual_seed(3) for _ in range(2))
    assert torch.equal(learner.draw(generator), torch.randn(3, generator=twin))
    assert torch.equal(learner.draw(generator), torch.randn(3, generator=twin))


def test_global_randomness_is_the_same_at_every_examples_start_and_goes_on_within(learner: Any) -> None:
    first, second = learner.chance(), learner.chance()
    learner.begin()
    assert learner.chance() == first
    assert first != second


def test_a_lent_function_can_be_called(learner: Any) -> None:
    assert learner.twice(lambda x: x + [1], []) == [1, 1]


def test_what_a_lent_function_does_to_its_arguments_shows_on_the_learners_side(learner: Any) -> None:
    def empty(x: list[int]) -> list[int]:
        x.clear()
        return x

    assert learner.lends([1, 2], empty) == ([], True)


def test_what_a_lent_function_raises_reaches_the_caller_through_the_learner(learner: Any) -> None:
    def fail(x: object) -> None:
        raise ZeroDivisionError("on purpose")

    assert_raises(ZeroDivisionError, learner.twice, fail, 1, mentions="on purpose")


def test_an_error_arrives_with_its_type_and_message(learner: Any) -> None:
    assert_raises(KeyError, learner.refuse, "Q", mentions="Q")


def test_an_error_of_the_learners_own_class_arrives_as_its_built_in_base(learner: Any) -> None:
    assert_raises(ValueError, learner.odd, mentions="odd")


def test_a_name_that_is_not_there_is_a_name_error(learner: Any) -> None:
    with pytest.raises(NameError, match="nowhere"):
        learner.nowhere(1)


def test_a_driver_runs_beside_the_learners_class(learner: Any) -> None:
    assert count(learner, [1, 2, 3]) == [1, 3, 6]


def test_an_object_without_a_plain_form_arrives_as_the_name_of_its_type(learner: Any) -> None:
    assert repr(learner.make()) == "<an object of type Odd>"


def test_an_answer_that_is_too_large_is_refused_in_words(learner: Any) -> None:
    with pytest.raises(Exception, match="entries|MB|passed on"):
        learner.huge()


def test_the_clock_does_not_ring_in_a_callback_of_the_garbage_collector(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lost: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", lost.append)

    def dawdle(phase: str, info: dict[str, int]) -> None:
        until = time.monotonic() + 0.3
        while time.monotonic() < until:
            pass

    def collect_and_wait() -> None:
        with deadline(0.1):
            gc.collect()
            time.sleep(10)

    gc.callbacks.append(dawdle)
    try:
        with pytest.raises(LearnerStopped):
            collect_and_wait()
    finally:
        gc.callbacks.remove(dawdle)
    assert [each for each in lost if each.object is dawdle] == []


def test_a_slow_cell_is_named_unless_it_imports(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograde.learner.cells.SLOW_SECONDS", 0.0)
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    cells = [RunnableCell("cell 1", "import colorsys"), RunnableCell("cell 2", "total = sum(range(10))")]
    assert [problem.split(";")[0] for problem in run_plain(cells).problems] == ["cell 2 took 0 s"]


def test_a_call_that_does_not_come_back_is_stopped(zygote: Zygote) -> None:
    for learner in (
        LocalLearner(run_plain([RunnableCell("cell 1", NOTEBOOK)]).namespace, 0.3),
        sealed(zygote, Patience(call_cpu=0.3)),
    ):
        for name in ("endless", "swallows"):
            if isinstance(learner, SealedLearner):
                learner.close()
                learner = sealed(zygote, Patience(call_cpu=0.3))
            started = time.monotonic()
            with pytest.raises(LearnerStopped) as stopped:
                getattr(learner, name)()
            assert stopped.value.timeout
            assert time.monotonic() - started < 20


@pytest.mark.parametrize("name", ["ends", "closes"])
def test_a_learner_that_ends_its_process_is_said_to_be_gone(zygote: Zygote, name: str) -> None:
    learner = sealed(zygote)
    with pytest.raises(LearnerStopped) as stopped:
        getattr(learner, name)()
    assert stopped.value.gone


def test_more_memory_than_allowed_is_an_error_of_the_learners(zygote: Zygote) -> None:
    learner = sealed(zygote)
    assert_raises(MemoryError, learner.greedy)
    assert learner.identity(3) == 3
    learner.close()


def test_a_lent_function_may_not_be_called_without_end(zygote: Zygote) -> None:
    learner = sealed(zygote)
    with pytest.raises(LearnerStopped, match="more than"):
        learner.chatters(lambda x: x)


def test_what_a_learner_prints_while_tested_goes_nowhere(
    zygote: Zygote, capfd: pytest.CaptureFixture[str]
) -> None:
    learner = sealed(zygote)
    assert learner.prints() == 1
    learner.close()
    assert capfd.readouterr() == ("", "")


def outcome_of(zygote: Zygote, source: str) -> str | None:
    learner = zygote.fork()
    try:
        return learner.run_cell(RunnableCell("cell 1", source))[1]
    finally:
        learner.close()


def forbidden(name: str) -> str:
    solutions = Path(__file__).resolve().parent.parent / "solutions"
    attempts = {
        "reads a solution": f"open({str(next(solutions.rglob('*.py')))!r}).read()",
        "lists the solutions": f"import os; os.listdir({str(solutions)!r})",
        "writes outside its scratch": "open('/tmp/left-behind', 'w')",
        "opens a socket": "import socket; socket.create_connection(('127.0.0.1', 80))",
        "starts a program": "import subprocess; subprocess.run(['true'])",
        "forks": "import os; os.fork()",
        "signals its parent": "import os; os.kill(os.getppid(), 9)",
        "looks at processes": "import os; os.listdir('/proc')",
    }
    return attempts[name]


@pytest.mark.parametrize(
    "name",
    [
        "reads a solution",
        "lists the solutions",
        "writes outside its scratch",
        "opens a socket",
        "starts a program",
        "forks",
        "signals its parent",
        "looks at processes",
    ],
)
def test_a_cell_that_reaches_out_is_refused(zygote: Zygote, name: str) -> None:
    problem = outcome_of(zygote, forbidden(name))
    assert problem
    assert "PermissionError" in problem or "not permitted" in problem


def test_the_scratch_folder_is_gone_when_the_learner_is(zygote: Zygote) -> None:
    learner = zygote.fork()
    output, problem = learner.run_cell(
        RunnableCell("cell 1", "import os; open('kept.txt', 'w').write('x'); print(os.getcwd())")
    )
    assert problem is None
    folder = Path(output.text.strip())
    assert (folder / "kept.txt").exists()
    learner.close()
    assert not folder.exists()


class Stack:
    """Stands for an implementation that a "now break it" exercise is about."""

    def __init__(self, items: list[int]) -> None:
        self.items = items
        self._hidden = "secret"

    def __add__(self, other: Any) -> Stack:
        return Stack(self.items + (other.items if isinstance(other, Stack) else [other]))

    def __radd__(self, other: int) -> Stack:
        return Stack([other, *self.items])

    def __len__(self) -> int:
        return len(self.items)

    def push(self, item: int) -> Stack:
        self.items.append(item)
        return self


Stack.__module__ = "__main__"

BORROWS = """
def use(Stack):
    a = Stack([1])
    b = 0 + (a + a) + 2
    b.push(3)
    b.items = b.items + [4]
    return b.items, len(b), a.push(5) is a

def pry(Stack):
    return Stack([1])._hidden

def pry_deeper(Stack):
    return Stack([1]).push.__func__

def forge(Stack):
    import autograde.learner.lending as lending
    made = Stack([1])
    ask = object.__getattribute__(made, "_ask")
    return ask("getattr", [made, "__class__"])

def forge_number(Stack):
    import autograde.learner.lending as lending
    made = Stack([1])
    object.__setattr__(made, "_number", 99)
    return len(made)

def unknown_operation(Stack):
    made = Stack([1])
    return object.__getattribute__(made, "_ask")("eval", [made])
"""


def borrowing(make: Any, zygote: Zygote) -> Any:
    cell = RunnableCell("cell 1", BORROWS)
    if make is local:
        return LocalLearner(run_plain([cell]).namespace)
    learner = zygote.fork()
    learner.run_cell(cell)
    learner.learn_names()
    return learner


@pytest.mark.parametrize("make", [local, sealed], ids=["local", "sealed"])
def test_a_lent_class_can_be_used_as_its_statement_says(make: Any, zygote: Zygote) -> None:
    assert borrowing(make, zygote).use(Stack) == ([0, 1, 1, 2, 3, 4], 6, True)


@pytest.mark.parametrize("name", ["pry", "pry_deeper", "forge"])
@pytest.mark.parametrize("make", [local, sealed], ids=["local", "sealed"])
def test_nothing_else_of_a_lent_object_can_be_reached(make: Any, zygote: Zygote, name: str) -> None:
    with pytest.raises(AttributeError):
        getattr(borrowing(make, zygote), name)(Stack)


@pytest.mark.parametrize("name", ["forge_number", "unknown_operation"])
def test_a_forged_request_ends_in_an_error_or_the_learners_end(zygote: Zygote, name: str) -> None:
    with pytest.raises((LearnerStopped, KeyError)):
        getattr(borrowing(sealed, zygote), name)(Stack)


DIGS = """
import os
def dig():
    path = "d"
    for _ in range(1900):
        os.mkdir(path)
        path += "/d"
    while True: pass
"""


def test_a_folder_nested_too_deep_for_python_ends_the_learner_alone(zygote: Zygote) -> None:
    learner = loaded(zygote, DIGS, Patience(call_cpu=1.0))
    with pytest.raises(LearnerStopped):
        learner.dig()
    assert learner.ended
    with pytest.raises(LearnerStopped):
        learner.dig()


COMPUTES_WITH_NOTHING = """
def use(f):
    return object.__getattribute__(f, "_ask")("pow", [10, 10**9])
def look(f):
    return repr(f)
"""


def test_the_judge_computes_with_what_it_lent_and_with_nothing_else(zygote: Zygote) -> None:
    learner = loaded(zygote, COMPUTES_WITH_NOTHING)
    with pytest.raises(Exception, match="not given"):
        learner.use(abs)
    assert "abs" not in learner.look(abs)
    learner.close()


WRITES_BY_ITSELF = """
import gc, os, time
(serving,) = [o for o in gc.get_objects() if type(o).__name__ == "Serving"]
FIRST = (b"\\0\\0\\0\\x03" + bytes(2**16))[:2**16]  # of a message of 48 MB
def drip():
    os.write(serving._channel.descriptor, FIRST)
    while True:
        time.sleep(0.03)
        os.write(serving._channel.descriptor, bytes(2**16))
def crumbs():
    os.write(serving._channel.descriptor, b"\\0\\x10\\0\\0")
    os.write(serving._channel.descriptor, b"x")
def two_at_once():
    os.write(serving._channel.descriptor, b"\\1\\0\\0\\0\\xc0\\1\\0\\0\\0\\xc0")
def nothing():
    os.write(serving._channel.descriptor, b"\\0")
def fill():
    for number in range(1000):
        with open(f"{number}.bin", "wb") as file:
            file.write(bytes(2**20))
        os.write(serving._channel.descriptor, bytes(2**16) if number else FIRST)
"""


def test_a_learner_that_drips_is_stopped_by_the_clock(zygote: Zygote) -> None:
    learner = loaded(zygote, WRITES_BY_ITSELF, Patience(call_cpu=0.1))
    with pytest.raises(LearnerStopped, match="within"):
        learner.drip()


@pytest.mark.parametrize("name", ["crumbs", "two_at_once", "nothing"])
def test_packets_that_no_sender_of_ours_would_send_end_the_learner_at_once(zygote: Zygote, name: str) -> None:
    learner = loaded(zygote, WRITES_BY_ITSELF)
    with pytest.raises(LearnerStopped, match="message"):
        getattr(learner, name)()


def test_files_are_counted_also_of_a_learner_that_always_has_something_to_say(zygote: Zygote) -> None:
    learner = loaded(zygote, WRITES_BY_ITSELF)
    with pytest.raises(LearnerStopped, match="MB of files"):
        learner.fill()


STARTS_THREADS = """
import threading
def start(number):
    wait = threading.Event()
    for _ in range(number):
        threading.Thread(target=wait.wait, daemon=True).start()
    wait.wait(1)
"""


def test_threads_are_bounded_for_root_too(zygote: Zygote) -> None:
    learner = loaded(zygote, STARTS_THREADS)
    learner.start(20)
    with pytest.raises((LearnerStopped, RuntimeError), match="thread"):
        learner.start(80)


def test_what_is_lent_computes_in_a_call_no_longer_than_the_call_may(zygote: Zygote) -> None:
    def spin_once(_: Any) -> None:
        until = time.process_time() + 0.02
        while time.process_time() < until:
            pass

    learner = sealed(zygote, Patience(call_cpu=0.5))
    with pytest.raises(LearnerStopped, match="given compute"):
        learner.chatters(spin_once)
    assert learner.ended


def loaded(zygote: Zygote, source: str, patience: Patience = Patience()) -> SealedLearner:
    learner = zygote.fork(patience)
    learner.run_cell(RunnableCell("cell 1", source))
    learner.learn_names()
    learner.begin_test()
    return learner


@pytest.mark.parametrize(
    ("ask", "drawn", "shown"),
    [
        (lambda learner: learner.identity([2, "a"]), [2], "identity([2, 'a'])"),
        (lambda learner: learner.identity(x=torch.tensor([2])), [], "identity(x=tensor([2]))"),
        (lambda learner: learner.identity(2), [1, 2], None),
        (lambda learner: learner.spoil([1, 2]), [[1, 3]], "spoil([1, 2])"),
        (
            lambda learner: learner.identity(torch.eye(2)),
            [],
            "identity(tensor([[1., 0.],\n                 [0., 1.]]))",
        ),
        (lambda learner: learner.twice(abs, 3), [], None),
    ],
    ids=[
        "made of what was drawn",
        "by name",
        "what was drawn",
        "as it was before the call",
        "in columns",
        "something lent",
    ],
)
def test_a_call_is_shown_as_it_was_made_unless_it_passes_on_what_was_drawn(
    learner: Any, ask: Any, drawn: list[Any], shown: str | None
) -> None:
    ask(learner)
    assert learner.last_call.shown(drawn) == shown
    learner.begin()
    assert learner.last_call is None


def test_a_file_that_cannot_be_read_is_not_blamed_on_the_cell_that_imports_it(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("def f(:\n")
    source = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\nimport helper"
    loaded = run_plain([RunnableCell("cell 1", source)])
    assert loaded.problems == ["cell 1 raised SyntaxError: invalid syntax (helper.py, line 1), line 2."]


def test_the_zygote_may_leave_things_in_no_folder_but_its_own(tmp_path: Path) -> None:
    environment = clean_environment(str(tmp_path))
    folders = {
        value
        for name, value in environment.items()
        if "/" in value and name not in ("PATH", "LD_LIBRARY_PATH")
    }
    assert folders == {str(tmp_path)}


def test_a_learners_own_draws_are_not_those_of_a_test() -> None:
    Host({}).begin()
    own = torch.randn(3).tolist(), random.random(), float(np.random.rand())
    for seed in range(2000):
        assert torch.randn(3, generator=torch.Generator().manual_seed(seed)).tolist() != own[0]
        assert random.Random(seed).random() != own[1]
        assert float(np.random.RandomState(seed).rand()) != own[2]


def test_a_learner_runs_on_its_judges_core(zygote: Zygote) -> None:
    everywhere = os.sched_getaffinity(0)
    try:
        core = freest_core([])
        assert core is not None
        os.sched_setaffinity(0, {core})
        ours = os.sched_getaffinity(0)
        learner = sealed(zygote)
        assert len(ours) == 1
        assert os.sched_getaffinity(learner.pid) == ours
        learner.close()
    finally:
        os.sched_setaffinity(0, everywhere)


def test_a_worker_is_put_on_a_core_where_no_other_is() -> None:
    cores = os.sched_getaffinity(0)
    taken: list[int | None] = []
    for _ in cores:
        taken.append(freest_core(taken))
    assert set(taken) == cores
    assert freest_core([*taken, *list(cores)[:-1]]) == list(cores)[-1]

"""Week 00's checks: what a learner can run. Each states one law of a right answer."""

import sys

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograde.properties import assert_equal, driver, exercise, require

BLANKS = [" ", "   ", "\t", " \t ", "\u00a0", "\u2003"]


def names() -> st.SearchStrategy[str]:
    """Names of one word in any script, without blanks."""
    return st.text(st.characters(categories=["L", "M", "N"]), min_size=1, max_size=8)


@exercise("greeting")
def test_greetings_of_the_example(learner):
    """`greeting(" Ada ")` is `"Hello, Ada!"`."""
    got = learner.greeting(" Ada ")
    require(got is not None, "nothing came back: do you `return` the text, or only print it?")
    assert_equal(got, "Hello, Ada!")
    assert_equal(learner.greeting("Barbara McClintock"), "Hello, Barbara McClintock!")


@exercise("greeting")
@given(name=names())
def test_any_name_is_greeted_as_it_is_written(learner, name):
    """A name in any script is greeted as it is written."""
    assert_equal(learner.greeting(name), "Hello, " + name + "!")


@exercise("greeting")
@given(name=names(), before=st.sampled_from(BLANKS), after=st.sampled_from(BLANKS))
def test_blanks_around_the_name_go(learner, name, before, after):
    """Blanks before and after the name are left out, whatever kind they are."""
    assert_equal(learner.greeting(before + name + after), "Hello, " + name + "!")


@exercise("greeting")
def test_blanks_inside_a_name_stay(learner):
    """Blanks inside a name stay as they are, however wide, and so do capitals."""
    assert_equal(learner.greeting(" Hugo  de VRIES"), "Hello, Hugo  de VRIES!")


@driver
def told_where(names, python, version, cuda, mps):
    """What environment() says where Python, torch and the machine are made to say something else."""
    import sys
    from collections import namedtuple
    from contextlib import ExitStack

    import torch

    device = "cuda" if cuda else "mps" if mps else "cpu"
    info = namedtuple("version_info", "major minor micro releaselevel serial")
    parts = [int(part) for part in python.split(".")]
    settings = [
        (sys, "version", python + sys.version[sys.version.index(" ") :]),
        (sys, "version_info", info(*parts, "final", 0)),
        (torch, "__version__", version),
        (torch.version, "__version__", version),
        (torch.cuda, "is_available", lambda: cuda),
        (torch.cuda, "device_count", lambda: int(cuda)),
        (torch.backends.mps, "is_available", lambda: mps),
        (torch.accelerator, "is_available", lambda *args, **kwargs: cuda or mps),
        (torch.accelerator, "current_accelerator", lambda *args, **kwargs: torch.device(device)),
    ]
    packages = sys.modules.get("importlib.metadata")
    if packages is not None:  # somebody may have asked the installed package
        settings.append((packages, "version", lambda name: version))
    with ExitStack() as stack:
        for owner, name, value in settings:
            stack.callback(setattr, owner, name, getattr(owner, name))
            setattr(owner, name, value)
        return {key: str(value) for key, value in names.environment().items()}


@exercise("environment")
def test_three_questions_are_answered_in_text(learner):
    """The keys are python, torch and device, and each value is a string."""
    answer = learner.environment()
    require(answer is not None, "nothing came back: does the function return its dictionary?")
    require(isinstance(answer, dict), "no dictionary came back", got=answer)
    assert_equal(sorted(map(str, answer)), ["device", "python", "torch"], "the keys, sorted")
    for key, value in answer.items():
        require(isinstance(value, str), f"the value of {key!r} is no string", got=value)
        require(key == "device" or "." in value, f"the value of {key!r} is no version", got=value)


@exercise("environment")
def test_versions_are_those_of_this_process(learner):
    """The versions are those of the Python and the torch that run your code."""
    answer = learner.environment()
    assert_equal(answer["python"], sys.version.split()[0], "python")
    assert_equal(answer["torch"], str(torch.__version__), "torch")


@exercise("environment")
@settings(max_examples=4)
@given(cuda=st.booleans(), mps=st.booleans())
def test_a_graphics_card_is_noticed(learner, cuda, mps):
    """Where torch says that a device is available, the answer names it: cuda first, then mps, else cpu.

    Hint: The checks make torch say so, on any machine. Go through the three rows of the table in their order.
    """
    answer = told_where(learner, "3.77.5", "9.8.7", cuda, mps)
    assert_equal(answer["device"], "cuda" if cuda else "mps" if mps else "cpu")


def plan_of(learner):
    """The plan, once it has what a plan must have; each fault in its own words."""
    plan = learner.LEARNING_PLAN
    require(isinstance(plan, dict), "LEARNING_PLAN is a dictionary: {...}", got=plan)
    for key in ("comfort", "dataset", "wants"):
        require(key in plan, f"the key {key!r} is missing", got=sorted(map(str, plan)))
    comfort, dataset, wants = plan["comfort"], plan["dataset"], plan["wants"]
    require(not isinstance(comfort, str), "comfort is text: write the number without quotes", got=comfort)
    require(type(comfort) is int, "comfort is a whole number", got=comfort)
    require(1 <= comfort <= 5, "comfort lies between 1 and 5", got=comfort)
    require(isinstance(dataset, str), "dataset is text: put it between quotes", got=dataset)
    letters = sum(letter.isalpha() for letter in dataset)
    require(letters >= 3, "dataset names a data set: three letters at least", got=dataset)
    require(not isinstance(wants, str), "wants is one text: put it between [ and ] to make a list", got=wants)
    require(isinstance(wants, list), "wants is a list: [...]", got=wants)
    require(wants, "wants is empty: write down one wish at least", got=wants)
    for wish in wants:
        require(isinstance(wish, str), "each of your wants is text", got=wish)
        require(wish.strip(), "one of your wants is blank", got=wants)
    return plan


@exercise("LEARNING_PLAN")
def test_the_plan_can_be_read(learner):
    """The plan says how comfortable you are, with which data you would work, and what you want."""
    plan = plan_of(learner)
    extra = sorted(str(key) for key in plan if key not in ("comfort", "dataset", "wants"))
    require(not extra, "there are keys that nobody reads", got=extra)

"""Week 00's hidden properties: agreement with the reference or an independent oracle, laws, edge cases."""

import json
import sys

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograde.properties import assert_equal, driver, exercise, require

BLANKS = ["", " ", "     ", "\t", " \t", "\u00a0", "\u2003 ", "\u3000"]


def words() -> st.SearchStrategy[str]:
    """One word of letters, marks, digits, signs and symbols of any script, without blanks."""
    return st.text(st.characters(categories=["L", "M", "N", "P", "S"]), min_size=1, max_size=6)


def names() -> st.SearchStrategy[str]:
    """One to three words with single or wider blanks between them."""
    gaps = st.sampled_from([" ", "  ", "\u00a0", "\t"])
    return st.builds(lambda first, gap, rest: first + gap + rest if rest else first, words(), gaps, words())


def blanks() -> st.SearchStrategy[str]:
    return st.sampled_from(BLANKS)


@exercise("greeting")
@given(name=names(), before=blanks(), after=blanks())
def test_greeting_agrees_with_the_reference(learner, reference, name, before, after):
    """Every name is greeted with the same words around it, without the blanks at its ends."""
    assert_equal(learner.greeting(before + name + after), reference.greeting(before + name + after))


@exercise("greeting")
@given(name=names(), before=blanks(), after=blanks())
def test_blanks_at_the_ends_make_no_difference(learner, name, before, after):
    """A name with blanks around it is greeted as the name without them."""
    assert_equal(learner.greeting(before + name + after), "Hello, " + name + "!")


@exercise("greeting")
@settings(max_examples=15)
@given(first=words(), second=words(), gap=st.sampled_from(["  ", "\t", "\u00a0"]))
def test_blanks_inside_the_name_stay(learner, first, second, gap):
    """Blanks between two parts of a name stay as they are, and so do capitals."""
    assert_equal(learner.greeting(f" {first}{gap}{second}"), f"Hello, {first}{gap}{second}!")
    assert_equal(learner.greeting("de VRIES "), "Hello, de VRIES!")


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
def test_environment_is_that_of_the_grader(learner):
    """On the grading machine the answer is the grading machine's, in strings and in nothing else."""
    device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    expected = {"python": sys.version.split()[0], "torch": str(torch.__version__), "device": device}
    answer = learner.environment()
    require(
        all(isinstance(value, str) for value in answer.values()), "not every value is a string", got=answer
    )
    assert_equal(answer, expected)


@exercise("environment")
@settings(max_examples=10)
@given(minor=st.integers(20, 99), micro=st.integers(20, 99), version=st.integers(0, 9))
def test_versions_are_asked_for_and_not_typed_in(learner, minor, micro, version):
    """Under another Python and another torch the answer is another one."""
    python, torch_version = f"3.{minor}.{micro}", f"7.{version}.1+cpu"
    answer = told_where(learner, python, torch_version, False, False)
    assert_equal(answer, {"python": python, "torch": torch_version, "device": "cpu"})


@exercise("environment")
@settings(max_examples=8)
@given(cuda=st.booleans(), mps=st.booleans())
def test_devices_have_an_order(learner, cuda, mps):
    """The device is cuda where there is one, else mps where there is one, else cpu."""
    answer = told_where(learner, "3.77.5", "9.8.7", cuda, mps)
    assert_equal(answer["device"], "cuda" if cuda else "mps" if mps else "cpu")


def plan_of(learner):
    """The plan, once each of its three values is what the class list can take."""
    plan = learner.LEARNING_PLAN
    require(isinstance(plan, dict), "LEARNING_PLAN is no dictionary", got=plan)
    assert_equal(sorted(map(str, plan)), ["comfort", "dataset", "wants"], "the keys, sorted")
    require(isinstance(plan["dataset"], str), "dataset is no text", got=plan["dataset"])
    letters = sum(letter.isalpha() for letter in plan["dataset"])
    require(letters >= 3, "dataset has fewer than three letters", got=plan["dataset"])
    return plan


@exercise("LEARNING_PLAN")
def test_comfort_can_be_counted_with(learner):
    """Comfort is a whole number from 1 to 5, so that a median can be taken."""
    comfort = plan_of(learner)["comfort"]
    require(type(comfort) is int and comfort in range(1, 6), "no whole number from 1 to 5", got=comfort)


@exercise("LEARNING_PLAN")
def test_wants_can_be_listed(learner):
    """The wants are a list of texts, none of them blank, and at least one."""
    wants = plan_of(learner)["wants"]
    require(isinstance(wants, list) and wants, "no list with something in it", got=wants)
    require(all(isinstance(wish, str) and wish.strip() for wish in wants), "a want is no text", got=wants)


@exercise("LEARNING_PLAN")
def test_the_plan_survives_being_filed(learner):
    """Written to the class list and read again, the plan is the same."""
    plan = plan_of(learner)
    assert_equal(json.loads(json.dumps(plan)), plan)

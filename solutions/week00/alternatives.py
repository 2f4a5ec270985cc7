"""Week 00's other right solutions, which every test must accept."""

import torch

# %% exercise="greeting" alternative="adds-pieces"
"""Adds three pieces of text."""


def greeting(name):
    return "Hello, " + name.strip() + "!"


# %% exercise="greeting" alternative="trims-by-hand"
"""Cuts blanks off one by one; takes a second argument that nobody needs."""


def greeting(name, word="Hello"):
    while name[0].isspace():
        name = name[1:]
    while name[-1].isspace():
        name = name[:-1]
    return f"{word}, {name}!"


# %% exercise="greeting" alternative="regular-expression"
"""Trims with a regular expression."""
import re


def greeting(name):
    return re.sub(r"^\s*(.*?)\s*$", r"Hello, \1!", name)


# %% exercise="environment" alternative="from-sys"
"""Asks sys and the installed package's own notes; looks for accelerators first."""
import sys
from importlib import metadata


def environment():
    device = "cpu"
    if torch.backends.mps.is_available():
        device = "mps"
    if torch.cuda.is_available():
        device = "cuda"
    python = ".".join(str(part) for part in sys.version_info[:3])
    return {"python": python, "torch": metadata.version("torch"), "device": device}


# %% exercise="environment" alternative="accelerator"
"""Asks torch.accelerator, and splits sys.version."""
import sys


def environment():
    found = torch.accelerator.is_available()
    return {
        "device": torch.accelerator.current_accelerator().type if found else "cpu",
        "python": sys.version.split()[0],
        "torch": str(torch.__version__),
    }


# %% exercise="LEARNING_PLAN" alternative="least"
"""The least of each that is a plan."""
LEARNING_PLAN = {"wants": ["x"], "dataset": "DNA", "comfort": 1}


# %% exercise="LEARNING_PLAN" alternative="other-script"
"""In another script, with a wish that comes twice."""
LEARNING_PLAN = {"dataset": "稲の葉", "comfort": 5, "wants": list("学教学")}

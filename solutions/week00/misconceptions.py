"""Week 00's wrong solutions, each with the hint that a good teacher would give."""

import platform

import torch

# %% exercise="greeting" misconception="keeps-the-blanks"
"""Takes the name as it comes, blanks and all.

Hint: Look at the text between the comma and the exclamation mark for " Ada ". Which method of a string takes
the blanks off its ends?
"""


def greeting(name):
    return f"Hello, {name}!"


# %% exercise="greeting" misconception="prints-it"
"""Prints the greeting and returns nothing.

Hint: What you see under the cell was printed, and is gone. The caller gets what stands behind `return`.
"""


def greeting(name):
    print(f"Hello, {name.strip()}!")


# %% exercise="greeting" misconception="strips-one-end"
"""Takes the blanks off one end only.

Hint: `lstrip` and `rstrip` have a brother that does both ends.
"""


def greeting(name):
    return f"Hello, {name.lstrip()}!"


# %% exercise="greeting" misconception="strips-spaces-only"
"""Takes off spaces, and leaves tabs and other blanks.

Hint: What does `strip` take off if you don't tell it what?
"""


def greeting(name):
    return f"Hello, {name.strip(' ')}!"


# %% exercise="greeting" misconception="removes-every-blank"
"""Takes out all blanks, those between two names as well.

Hint: "Barbara McClintock" has a blank that belongs to her. Only those at the ends should go.
"""


def greeting(name):
    return "Hello, " + "".join(name.split()) + "!"


# %% exercise="greeting" misconception="evens-blanks-inside"
"""Makes every run of blanks inside the name a single space.

Hint: `" ".join(name.split())` tidies up inside as well. That wasn't asked for.
"""


def greeting(name):
    return "Hello, " + " ".join(name.split()) + "!"


# %% exercise="greeting" misconception="capitalises"
"""Gives each part of the name a capital and makes the rest small.

Hint: de Vries and McClintock know how their names are written.
"""


def greeting(name):
    return f"Hello, {name.strip().title()}!"


# %% exercise="greeting" misconception="no-exclamation-mark"
"""Leaves out the exclamation mark.

Hint: Compare your text with the example letter by letter, to its end.
"""


def greeting(name):
    return f"Hello, {name.strip()}"


# %% exercise="environment" misconception="typed-in"
"""Returns what somebody read off one machine once.

Hint: Your notebook is graded on another machine. Ask `platform` and `torch` each time.
"""


def environment():
    return {"python": "3.12.4", "torch": "2.6.0", "device": "cpu"}


# %% exercise="environment" misconception="device-typed-in"
"""Asks for the versions, and takes the device for known.

Hint: On a machine with a graphics card the answer is another one. Which function of torch knows?
"""


def environment():
    return {"python": platform.python_version(), "torch": str(torch.__version__), "device": "cpu"}


# %% exercise="environment" misconception="no-mps"
"""Knows of cuda and cpu only.

Hint: There is a third kind of device in the table. Where does it come in the order?
"""


def environment():
    device = "cuda" if torch.cuda.is_available() else "cpu"
    return {"python": platform.python_version(), "torch": str(torch.__version__), "device": device}


# %% exercise="environment" misconception="short-python-version"
"""Gives Python's version as two numbers, or as one long line.

Hint: "3.12.4" has three numbers. Which function gives it just like that?
"""
import sys


def environment():
    device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return {"python": python, "torch": str(torch.__version__), "device": device}


# %% exercise="environment" misconception="long-python-version"
"""Gives all that Python says of itself, compiler and date included.

Hint: `sys.version` begins with what is asked for. Which function gives only that?
"""
import sys


def environment():
    device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    return {"python": sys.version, "torch": str(torch.__version__), "device": device}


# %% exercise="environment" misconception="function-without-parentheses"
"""Gives the function that knows Python's version instead of what it says.

Hint: A function without `()` behind it isn't called: what you have is the function itself.
"""


def environment():
    device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    return {"python": platform.python_version, "torch": str(torch.__version__), "device": device}


# %% exercise="environment" misconception="device-without-parentheses"
"""Asks `if torch.cuda.is_available:`, which is true on any machine.

Hint: A function without `()` behind it isn't called, and a function counts as true. What does the device become?
"""


def environment():
    device = "cuda" if torch.cuda.is_available else "mps" if torch.backends.mps.is_available else "cpu"
    return {"python": platform.python_version(), "torch": str(torch.__version__), "device": device}


# %% exercise="environment" misconception="asked-once"
"""Asks while the cell runs, and repeats the answer for ever.

Hint: Which of your lines run when the function is called, and which ran when the cell did?
"""
PYTHON = platform.python_version()
TORCH = str(torch.__version__)
DEVICE = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"


def environment():
    return {"python": PYTHON, "torch": TORCH, "device": DEVICE}


# %% exercise="environment" misconception="device-object"
"""Gives the device as a torch.device instead of its name.

Hint: All three values are strings. What does `str` make of your device?
"""


def environment():
    device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    return {
        "python": platform.python_version(),
        "torch": str(torch.__version__),
        "device": torch.device(device),
    }


# %% exercise="environment" misconception="prints-the-table"
"""Prints the three values and returns nothing.

Hint: The caller gets what stands behind `return`. Build the dictionary, and return it.
"""


def environment():
    print("python", platform.python_version())
    print("torch", torch.__version__)
    print("device", "cuda" if torch.cuda.is_available() else "cpu")


# %% exercise="LEARNING_PLAN" misconception="comfort-as-text"
"""Writes comfort between quotes.

Hint: "3" is a text that looks like a number. Nobody can take the median of texts.
"""
LEARNING_PLAN = {"comfort": "3", "dataset": "RT-qPCR", "wants": ["read a model's code"]}


# %% exercise="LEARNING_PLAN" misconception="comfort-between"
"""Gives comfort as a number with a half.

Hint: It is a whole number. When in doubt, the smaller: your partner will be glad.
"""
LEARNING_PLAN = {"comfort": 2.5, "dataset": "RT-qPCR", "wants": ["read a model's code"]}


# %% exercise="LEARNING_PLAN" misconception="comfort-of-ten"
"""Rates comfort on a scale that goes beyond 5.

Hint: The scale goes from 1 to 5.
"""
LEARNING_PLAN = {"comfort": 7, "dataset": "RT-qPCR", "wants": ["read a model's code"]}


# %% exercise="LEARNING_PLAN" misconception="comfort-from-zero"
"""Rates comfort as 0.

Hint: The scale begins at 1, and 1 is a fine place to begin.
"""
LEARNING_PLAN = {"comfort": 0, "dataset": "RT-qPCR", "wants": ["read a model's code"]}


# %% exercise="LEARNING_PLAN" misconception="wants-as-text"
"""Writes one wish as text where a list is asked for.

Hint: Put it between square brackets: a list may have a single entry.
"""
LEARNING_PLAN = {"comfort": 3, "dataset": "RT-qPCR", "wants": "read a model's code"}


# %% exercise="LEARNING_PLAN" misconception="nothing-wanted"
"""Leaves the list of wants empty.

Hint: What would make you say in the last week that it was worth it?
"""
LEARNING_PLAN = {"comfort": 3, "dataset": "RT-qPCR", "wants": []}


# %% exercise="LEARNING_PLAN" misconception="blank-wish"
"""Has a wish with nothing in it.

Hint: Look between the quotes of each of your wants.
"""
LEARNING_PLAN = {"comfort": 3, "dataset": "RT-qPCR", "wants": ["read a model's code", ""]}


# %% exercise="LEARNING_PLAN" misconception="dataset-as-list"
"""Gives the data sets as a list.

Hint: One text is asked for. Choose the one that you would begin with, or write both into one sentence.
"""
LEARNING_PLAN = {"comfort": 3, "dataset": ["RT-qPCR", "leaves"], "wants": ["read a model's code"]}


# %% exercise="LEARNING_PLAN" misconception="no-data-set"
"""Leaves the data set open.

Hint: Nobody holds you to it. Which data would you look at on a rainy Sunday?
"""
LEARNING_PLAN = {"comfort": 3, "dataset": "", "wants": ["read a model's code"]}


# %% exercise="LEARNING_PLAN" misconception="keys-in-capitals"
"""Spells the keys with a capital.

Hint: To Python "Comfort" and "comfort" are two different keys.
"""
LEARNING_PLAN = {"Comfort": 3, "Dataset": "RT-qPCR", "Wants": ["read a model's code"]}

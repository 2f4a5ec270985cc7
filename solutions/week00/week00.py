# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Week 00 · Setup and first contact
#
# **Before:** install Python 3.11 or newer and something that edits notebooks: JupyterLab, or VS Code with its
# Live Share plugin if you want to write in one file with your partner from two desks. On Windows, Anaconda
# brings both; on Linux and macOS, micromamba is smaller. Then install the course as its README says.
#
# **Time:** 20 to 25 minutes, once everything is installed; more if section 2 finds something to mend.
#
# **Afterwards you can**
# - open a week, fill in an exercise, check it, hand it in and find the feedback;
# - say what is wrong with a machine that doesn't play along, and what to do about it;
# - be put together with a learning partner.
#
# This week is small on purpose. You go once around the loop that every later week goes around, so that in
# week 01 you can think about Python and not about files.
#
# ## 1 The loop
#
# A notebook is a page of text with cells of code in between, much like R Markdown or Quarto. Click into a
# cell of code and press **Shift+Enter**: it runs, and what it shows appears below it. Run the next one. You
# needn't read its code; if you see five boxes in a ring, then plots work on your machine.

# %% tags=["explore"]
import matplotlib.pyplot as plt

plt.style.use("autograde.quiet")

steps = [
    ("open", "the week's notebook"),
    ("fill in", "and save: Ctrl+S"),
    ("check", "pytest exercises/week00"),
    ("hand in", "the saved notebook"),
    ("feedback", "a page with a hint\nfor what is open"),
]
places = [(0.0, 1.0), (2.3, 1.7), (4.6, 1.0), (3.6, -0.3), (1.0, -0.3)]
figure, axes = plt.subplots(figsize=(6.6, 3.2))
frame = {"boxstyle": "round,pad=0.5", "facecolor": "white", "edgecolor": "steelblue"}
boxes = [
    axes.text(x, y, f"{number}  {name}\n{what}", ha="center", va="center", bbox=frame)
    for number, ((name, what), (x, y)) in enumerate(zip(steps, places, strict=True), 1)
]
for start, end in zip([0, 1, 2, 3, 4, 2], [1, 2, 3, 4, 0, 1], strict=True):
    again = (start, end) == (2, 1)
    axes.annotate(
        "",
        places[end],
        places[start],
        arrowprops={
            "arrowstyle": "-|>",
            "color": "darkorange" if again else "grey",
            "connectionstyle": "arc3,rad=-0.45" if again else "arc3,rad=0.05",
            "patchA": boxes[start].get_bbox_patch(),
            "patchB": boxes[end].get_bbox_patch(),
        },
    )
axes.text(2.55, 0.75, "as often as you like", color="darkorange", ha="center")
axes.text(-0.15, 0.3, "next week", color="grey", ha="center")
axes.set_xlim(-1.3, 5.9)
axes.set_ylim(-0.8, 2.3)
axes.axis("off")
plt.show()

# %% [markdown]
# In this week, in detail:
#
# 1. **Open** `exercises/week00/week00.ipynb`. Cells that can't be edited are *locked*; the first one prepares
#    `check`, which you will use in a minute. Run it.
# 2. **Fill in.** An exercise is a cell with a line `raise NotImplementedError`, which means "to do". Put your
#    lines in its place. Then save, for what isn't saved isn't there.
# 3. **Check**, in either of two ways. In the notebook, run your cell and then the locked cell `check("...")`
#    behind it. In a terminal, in the course's folder, type `pytest exercises/week00`: it reads the file as you
#    saved it and ends with a table. `to do` is no fault, and `failing` comes with the input that failed, what
#    your code gave, and what should have come out.
# 4. **Hand in** the saved notebook in the way that your group has agreed on. Keep its name, `week00.ipynb`.
# 5. **Feedback** comes as a page. Hidden tests have looked at your answer by then: they ask the same as the
#    checks, of more inputs and at more edges of the statement.

# %% [markdown]
# **Exercise `greeting`** (1 point). Return `"Hello, "`, the name without the blanks around it, and an
# exclamation mark. The name may be in any script and may have blanks *inside*, which stay. Blanks are spaces,
# tabs and all that looks like them. The name is never empty, nor made of blanks alone, and has no line break.
#
# The cell begins with `def greeting(name: str) -> str:`, the name of the function and what it takes. After the
# colon and the arrow stand the kinds of thing that are expected to come in and to go out, `str` for text; they are
# there for the reader, Python doesn't enforce them. The text between `"""` says what the function does. Your lines
# come below it, in place of `raise NotImplementedError`, and indented as far.
#
# A function hands its result back with `return`. `print` only shows it: the caller gets `None`. (In R the
# last value of a function is returned by itself; in Python nothing is.) Text in `f"..."` takes in what stands
# between braces: if `n` is 3, then `f"{n} genes"` is `"3 genes"`.


# %% exercise="greeting" points=1
def greeting(name: str) -> str:
    """A greeting for `name`, whose blanks at both ends are left out.

    greeting(" Ada ") is "Hello, Ada!" and greeting("Barbara McClintock") is "Hello, Barbara McClintock!".
    """
    ### BEGIN SOLUTION
    return f"Hello, {name.strip()}!"
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Two things are to do: trim the name, and put three pieces of text together. In R you would take `trimws` and
# `paste0`.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# A string has methods, functions that stand behind a dot: `"  TATA ".lower()` gives `"  tata "`. One of them
# strips the blanks from both ends.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `return f"Hello, {name. ... }!"`: in place of the dots stands the method of hint 2, with its brackets. Type
# `"  TATA ".` in a cell and press Tab to see which there are.
#
# </details>

# %% [markdown]
# Leave it half right once, on purpose: `return name`, say. Save, type `pytest exercises/week00`, and look at
# how a failure reads: input, got, expected, where they differ. Then mend it and check again. You now know the
# tool with which you will spend the next months.
#
# ## 2 Is this machine fit?
#
# Most of what goes wrong in a first session isn't Python. The next cell looks at six things that have cost
# people an evening; it asks no network and changes nothing. You needn't read it. Run it and look at the last
# column: for every row that doesn't say `fine`, go to the row of that name in the list below it.

# %% tags=["explore"]
import os
import shutil
import subprocess
import sys
import tempfile
import time
from importlib import util
from pathlib import Path
from platform import machine, python_version, system


def python_row():
    return f"{python_version()} ({machine()})", sys.version_info >= (3, 11)


def torch_row():
    try:
        import torch

        major, minor = torch.__version__.split(".")[:2]
        counted = torch.ones(2, 3).sum().item() == 6
        return str(torch.__version__), counted and (int(major), int(minor)) >= (2, 6)
    except Exception as error:  # not there, or there and broken: the message says which
        return f"{type(error).__name__}: {error}"[:60], False


def jupyter_row():
    lab = "with" if util.find_spec("jupyterlab") else "without"
    return f"environment {Path(sys.prefix).name}, {lab} JupyterLab", bool(util.find_spec("autograde"))


def writing_row():
    try:
        with tempfile.NamedTemporaryFile(dir=Path.cwd()):
            return "this folder can be written to", True
    except OSError as error:
        return f"{error.strerror}", False


root = next((folder for folder in [Path.cwd(), *Path.cwd().parents] if (folder / "exercises").is_dir()), None)


def clock_row():
    newest = max((path.stat().st_mtime for path in Path.cwd().iterdir()), default=0)
    if root and (root / ".git").exists() and shutil.which("git"):
        command = ["git", "-C", str(root), "log", "-1", "--format=%ct"]
        newest = max(newest, float(subprocess.run(command, capture_output=True, text=True).stdout or 0))
    now = time.time()
    return time.strftime("%d %b %Y, %H:%M %Z"), now > newest - 120 and now > 1.75e9


def clone_row():
    if root is None:
        return "this notebook lies outside the course's folder", False
    package = util.find_spec("autograde")
    if package and not Path(package.origin).resolve().is_relative_to(root.resolve()):
        return "Python uses the autograde of another copy", False
    marks = [root / ".git" / name for name in ("FETCH_HEAD", "HEAD")]
    days = min((time.time() - mark.stat().st_mtime for mark in marks if mark.exists()), default=1e9) / 86400
    return ("not a clone" if days > 1e4 else f"last pulled {days:.0f} days ago"), days < 14


rows = [python_row, torch_row, jupyter_row, writing_row, clock_row, clone_row]
print(f"{system()}, {os.cpu_count()} cores\n")
for row in rows:
    found, fit = row()
    print(f"{row.__name__[:-4]:<8} {found:<48} {'fine' if fit else '<- see below'}")

# %% [markdown]
# The clock can't judge itself: compare the time in its row with your phone's. All rows fine? Skip the list.
#
# **python** · older than 3.11.
# - *Linux:* leave the system's Python alone and make one of your own: `micromamba create -n course python=3.12`,
#   then `micromamba activate course`.
# - *macOS:* the same with micromamba. `python` may still mean Apple's old one in terminals that were open
#   before; open a new one.
# - *Windows:* in the *Anaconda Prompt*, `conda create -n course python=3.12`, then `conda activate course`. If
#   typing `python` opens the Microsoft Store, switch off its *App execution aliases* in the settings.
#
# **torch** · not there, too old, or it breaks when imported. With your environment active, in the course's
# folder: `pip install -c constraints.txt -e .`; if it is there in a terminal and not here, see *jupyter*.
# - *Linux:* the usual wheels bring gigabytes for graphics cards. The README says how to get the small ones.
# - *macOS:* `arm64` in the row above is right for Apple silicon. `x86_64` on such a Mac means a Python made for
#   Intel: install one for arm64. For Macs that *have* an Intel processor PyTorch makes no new versions; work on
#   another machine, or in a Linux container.
# - *Windows:* `DLL load failed` wants Microsoft's *Visual C++ Redistributable* (x64). A 32-bit Python finds no
#   torch at all: take the 64-bit one.
#
# **jupyter** · the notebook runs in another Python than the one where you installed the course. Then the first
# cell says `No module named 'autograde'`, too. Choose the kernel at the top right, the one of your environment.
# If it isn't offered, with the environment active:
# - *Linux, macOS:* `python -m ipykernel install --user --name course`, then reload the page.
# - *Windows:* the same in the Anaconda Prompt. In VS Code: *Select Kernel*, *Python Environments*.
#
# The row shows the name of the environment that this notebook runs in. "Without JupyterLab" is fine if you work
# in VS Code.
#
# **writing** · nothing can be saved here.
# - *Linux:* the folder belongs to somebody else, often because it was cloned with `sudo`. Clone it again, as
#   yourself, into your home folder.
# - *macOS:* allow your terminal or editor into *Documents* or *Desktop* (System Settings, Privacy & Security,
#   Files and Folders), or move the folder to your home folder.
# - *Windows:* move it out of *Program Files*. *Controlled folder access* (Windows Security, Ransomware
#   protection) may keep programs out of *Documents*. And keep it out of OneDrive, which locks files while you
#   save.
#
# **clock** · it is behind the files of this folder, or not what your phone says. Downloads then fail with
# certificate errors, and what you hand in carries the wrong time.
# - *Linux:* `timedatectl set-ntp true`.
# - *macOS:* System Settings, General, Date & Time, *Set automatically*.
# - *Windows:* Settings, Time & language, *Sync now*. Within WSL after a long sleep: `wsl --shutdown`, start again.
#
# **clone** · your copy of the course is old, or Python uses another copy, or you have this notebook without the
# course's folder around it. In the last case: if your group hands out notebooks through a server, all is well;
# otherwise clone the course as its README says and work on the notebook in there. In the others `cd` to the
# course's folder, and
# - *Linux, macOS, Windows:* `git pull`, then `pip install -c constraints.txt -e .` If git says that your changes
#   would be overwritten, copy the notebook elsewhere first; your answers are in it, and pasted quickly.
# - Downloaded as a ZIP: there is nothing to pull. Download again into a fresh folder, or better, `git clone`.
#
# ## 3 Which Python is this?
#
# The table was for your eyes. A program has to ask, too, and the answer belongs into every methods section: an
# analysis without the versions it ran under can't be repeated. (In R: `sessionInfo()`.)
#
# **Exercise `environment`** (1 point). Return a dictionary with three keys and a string to each:
#
# | key | value | for example |
# | --- | --- | --- |
# | `"python"` | Python's version, as `platform.python_version()` gives it | `"3.12.4"` |
# | `"torch"` | torch's version, `torch.__version__` | `"2.6.0"` |
# | `"device"` | `"cuda"` if `torch.cuda.is_available()`, | |
# | | else `"mps"` if `torch.backends.mps.is_available()`, | |
# | | else `"cpu"` | `"cpu"` |
#
# Torch can compute on different devices: `"cuda"` is a graphics card of NVIDIA's, `"mps"` the graphics part of
# Apple silicon, `"cpu"` what every machine has. The order above is the order in which to ask, and the first that is
# available is the answer.
#
# Ask inside the function, each time it is called. What you type in by hand is right today and on this machine:
# your notebook will be graded on another one.

# %% given="imports"
import platform

import torch


# %% exercise="environment" points=1
def environment() -> dict[str, str]:
    """The versions of Python and torch in this process, and the device that torch could use.

    environment() may be {"python": "3.12.4", "torch": "2.6.0", "device": "cpu"}.
    """
    ### BEGIN SOLUTION
    if torch.cuda.is_available():
        device = "cuda"
    elif torch.backends.mps.is_available():
        device = "mps"
    else:
        device = "cpu"
    return {"python": platform.python_version(), "torch": torch.__version__, "device": device}
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# The table names everything that you have to ask. Put each question into a cell of its own first and look at
# the answer.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# A dictionary is written `{"gene": "FLC", "chromosome": "5"}`; a value may be any expression. For the device
# you need `if`, `elif` and `else`, in the table's order.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# ```python
# if torch.cuda.is_available():
#     device = "cuda"
# elif ...
# return {"python": platform.python_version(), "torch": ..., "device": device}
# ```
#
# </details>

# %% tags=["explore"]
for key, value in environment().items():
    print(f"{key:<8}{value}")

# %% [markdown]
# ## 4 Your plan
#
# Partners learn most when their comfort with programming differs: one asks what the other has stopped seeing.
# So we ask. Your instructor's list of the class is filled from this cell, and partners are found from it.
#
# **Exercise `LEARNING_PLAN`** (1 point). A dictionary with exactly these keys:
# - `"comfort"`: how comfortable you are with programming, an `int`: 1 I have never done it, 2 I change other
#   people's scripts, 3 I write short scripts for my own data, 4 I write functions that others use, 5 I write
#   packages. Between two, take the smaller. In earlier rounds the median was 3. There is no better number, only a
#   true one.
# - `"dataset"`: a `str` of at least three letters, the small data set that you would enjoy working with. An
#   RT-qPCR experiment? Photographs of leaves, healthy or diseased? Gene sequences of two families? Your own?
# - `"wants"`: a list of `str`, at least one, none of them blank: what you want to be able to do at the end.


# %% exercise="LEARNING_PLAN" points=1
# Write LEARNING_PLAN = {...} with your own three values, for example
# LEARNING_PLAN = {"comfort": 2, "dataset": "RT-qPCR of drought stress", "wants": ["read a model's code"]}
### BEGIN SOLUTION
LEARNING_PLAN = {
    "comfort": 3,
    "dataset": "coding sequences of two plant gene families",
    "wants": ["tell a good model from a lucky one", "train a small network on my own sequences"],
}
### END SOLUTION

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# Numbers stand without quotes, text with them, a list in square brackets.
#
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# `"3"` is a text that looks like a number, and `["one wish"]` is a list even with one entry.
#
# </details>
# <details><summary>Hint 3: almost the code</summary>
#
# `LEARNING_PLAN = {"comfort": ..., "dataset": "...", "wants": ["...", "..."]}`
#
# </details>

# %% [markdown]
# ## Looking back
#
# Every week ends with this cell. It takes a minute and isn't graded; your answers plan the next session.
# `syntax_or_ideas` says where you were stuck: "syntax" for the low level of Python, "ideas" for the high level,
# or "neither".

# %% reflection=true
reflection = {
    "hours": 0.0,
    "sticking_point": "",
    "syntax_or_ideas": "neither",
    "questions": [],
}

# %% [markdown] question="working-well" points=1
# ## A question to discuss
#
# One point, given by a person who reads your answer, not by the tests. Double-click this cell, write in place of
# its last line, and run the cell to see it set. Talk it over with somebody first.
#
# A colleague says: "My model tells healthy leaves from diseased ones with 98 % accuracy." You have seen neither
# data nor code. In three to five sentences: name two ways in which this number may be true and the model still
# be of no use in the field, and for each the one question that you would ask.
#
# ### BEGIN SOLUTION
# One point for two different ways with a question that could decide each; half a point for one.
#
# Ways that count, among others:
# - The classes are unequal: with 98 % healthy leaves, "always healthy" scores 98 %. How many of each are there,
#   and what does the simplest guess score?
# - Something else gives the label away: diseased leaves were photographed on another day, background or camera.
#   Were both classes taken in the same session; what does it score on leaves alone, or on another background?
# - Training and test share plants, or even leaves. Was the split made by plant, or by picture?
# - The field differs from the pictures: light, cultivar, early stages of disease. Where do the test pictures
#   come from?
# - The test set was used to choose the model. How many models were tried on it?
#
# "Overfitting" alone, without saying what would show it, is half a way.
# ### END SOLUTION

# %% [markdown]
# ## With your partner
#
# **Explain.** One of you explains what happens between saving the notebook and seeing the table of `pytest`, the
# other why `print` and `return` look alike in a notebook and are not.
#
# **Compare.** Put your two tables from section 2 and your two `environment()` side by side. Which difference
# could change a result, and how would a reader of your paper learn of it?
#
# **Alone?** Write the explanation for the person who will sit next to you in week 01.

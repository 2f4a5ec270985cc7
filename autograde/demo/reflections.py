"""What the demo's learners write about their week."""

from __future__ import annotations

HOURS = (3.5, 5, 4, 8, 6.5, 2.5, 7, 5.5, 4.5, 6, 3, 9)
STICKING_POINTS = (
    ("The shapes: I never know which axis a sum goes along.", "ideas"),
    ("I mixed up = and == and looked for it for an hour.", "syntax"),
    ("", "neither"),
    ("Why the logarithm, and of what.", "ideas"),
    ("Indentation, after I copied a line from the statement.", "syntax"),
    ("I had the formula and didn't know how to write it without a loop.", "syntax, and the ideas behind it"),
    ("What broadcasting does when the sizes differ.", "ideas"),
)
QUESTIONS = (
    ("When do I need keepdim=True?",),
    (),
    ("Why do we take the logarithm of the probabilities?", "How large may a batch be?"),
    ("What does keepdim=True do?",),
    (),
    ("Why take logarithms of probabilities at all?",),
    ("Is <b>float64</b> ever worth it?",),
    ("How do I see what is slow?",),
    ("When do I need keepdim = True, and when not?",),
)


def reflection(number: int) -> str:
    """The cell of one learner, another for another number."""
    sticking_point, stuck = STICKING_POINTS[number % len(STICKING_POINTS)]
    written = {
        "hours": HOURS[number % len(HOURS)],
        "sticking_point": sticking_point,
        "syntax_or_ideas": stuck,
        "questions": list(QUESTIONS[number % len(QUESTIONS)]),
    }
    return f"reflection = {written!r}"

"""Which misconception does an answer behave like?

The judge runs every misconception of an exercise on examples of each of its tests and keeps what came of it
(`table`); a learner's answers to the same examples are known from grading (`behaviour`). The one misconception
that agrees with all of them is named (`naming`). Learners' own doors have the same without the solutions: the
names lie in boxes that only such behaviour opens (`boxes`). `measuring` says how well it does.
"""

"""Where nbgrader hands over to us: the exporter that its Autograde reads submissions through.

It is made once a run, before any submission is touched: the time to look at the whole class, and to stop with one
sentence where grading isn't possible.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbformat.v4 import new_notebook
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from traitlets import Bool

from autograde.assembly import Assembled
from autograde.errors import Fault
from autograde.grading import Graded
from autograde.nbgrader_plugin.judging import GRADERS, Terms, full_report
from autograde.nbgrader_plugin.releases import Release
from autograde.nbgrader_plugin.submissions import Submission
from autograde.nbgrader_plugin.survey import Survey, grade_ahead, look_at_class, notebooks_of, terms_of
from autograde.report import Report


@dataclass
class Work:
    """One submission on its way through nbgrader's two passes."""

    submission: Submission
    release: Release
    terms: Terms
    course: Path
    assembled: Assembled | None = None
    graded: Graded | None = None
    report: Report | None = None

    def grade(self) -> Report:
        """Take the report from the cache, or from a judge."""
        if self.submission.notebook is not None:
            self.graded = GRADERS.take(self.terms, self.submission.notebook)
        self.report = full_report(self.submission, self.graded, self.release.week)
        return self.report


class SubmissionExporter(NotebookExporter):  # type: ignore[misc]  # nbconvert has no types
    """Reads whatever was handed in, and never fails on it."""

    trust = Bool(
        False, help="Run learners' code unsealed. Only for notebooks that are the instructor's own."
    ).tag(config=True)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.work: Work | None = None
        self._survey: Survey = getattr(self.parent, "survey", None) or Survey()
        if isinstance(self.parent, Autograde) and not self._survey.found:
            try:
                self._look_at_class(self.parent)
            except Fault as fault:
                self.log.error("%s", fault)
                raise NbGraderException(str(fault)) from fault

    def _look_at_class(self, converter: Any) -> None:
        self._survey = look_at_class(converter.coursedir, self.log)
        converter.assignments |= notebooks_of(converter.coursedir, self._survey)
        grade_ahead(converter, self._survey, self.trust, self.log)

    def from_filename(self, filename: str, resources: Any = None, **options: Any) -> tuple[str, Any]:
        """A submission comes as an empty notebook, to be built from the master; all else as it is."""
        submission = self._survey.found.get(os.path.abspath(os.path.dirname(filename)))
        if submission is None:
            return super().from_filename(filename, resources, **options)  # type: ignore[no-any-return]
        for remark in submission.remarks:
            self.log.warning("%s: %s", submission.learner, remark)
        terms = terms_of(self.parent.coursedir, submission.week, self.trust)
        course = Path(self.parent.coursedir.root)
        self.work = Work(submission, self._survey.releases[submission.week], terms, course)
        resources["metadata"] = {"name": submission.week, "path": str(submission.folder)}
        return self.from_notebook_node(new_notebook(), resources, **options)  # type: ignore[no-any-return]

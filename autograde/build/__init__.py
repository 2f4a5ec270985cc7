"""From a week's source to what people open. Needs nbgrader, so no learner's door comes here."""

from autograde.build.building import build, built_files, check_up_to_date
from autograde.build.source import source_notebook

__all__ = ["build", "built_files", "check_up_to_date", "source_notebook"]

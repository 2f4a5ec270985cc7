"""nbgrader's door: what `instructor/nbgrader_config.py` puts in the place of nbgrader's own parts.

Submissions are never graded as they lie and never run in nbgrader's process: the notebook is rebuilt from the
master, a sealed judge says how it does, and scores go straight to the gradebook.
"""

import warnings

from sqlalchemy.exc import SAWarning

# nbgrader's models on today's SQLAlchemy warn a hundred times a command, of nothing that goes wrong.
warnings.filterwarnings("ignore", category=SAWarning, module=r"nbgrader\.")

from autograde.nbgrader_plugin.cells import SaveCellsKeepingGrades  # noqa: E402
from autograde.nbgrader_plugin.exporter import SubmissionExporter  # noqa: E402
from autograde.nbgrader_plugin.exports import CanvasExport, CsvExport, MoodleExport  # noqa: E402
from autograde.nbgrader_plugin.partner_page import AddPartnersPage  # noqa: E402
from autograde.nbgrader_plugin.preprocessors import GradeSealed, RebuildFromMaster  # noqa: E402
from autograde.nbgrader_plugin.scores import SaveScores  # noqa: E402
from autograde.nbgrader_plugin.term_page import AddTermPages  # noqa: E402

__all__ = [
    "AddPartnersPage",
    "AddTermPages",
    "CanvasExport",
    "CsvExport",
    "GradeSealed",
    "MoodleExport",
    "RebuildFromMaster",
    "SaveCellsKeepingGrades",
    "SaveScores",
    "SubmissionExporter",
]

"""nbgrader's configuration for this course, read by its commands, by formgrader and by `autograde build`."""

c = get_config()  # noqa: F821  # nbgrader runs this file with the name in place

c.CourseDirectory.course_id = "deep_learning"

# What a learner gets in the place of a solution region. tests/test_week.py holds the kit to the same words.
c.ClearSolutions.code_stub = {"python": "raise NotImplementedError"}
c.ClearSolutions.text_stub = "*Your answer here.*"
c.ClearSolutions.enforce_metadata = True

# A release: nbgrader's own steps, but for SaveCells, which refuses changes once there are submissions.
c.GenerateAssignment.preprocessors = [
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbgrader.preprocessors.InstantiateTests",
    "nbgrader.preprocessors.LockCells",
    "nbgrader.preprocessors.ClearSolutions",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "autograde.nbgrader_plugin.SaveCellsKeepingGrades",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# Grading: a submission is rebuilt from the release and graded by a sealed judge, never run by nbgrader.
c.Autograde.exporter_class = "autograde.nbgrader_plugin.SubmissionExporter"
c.Autograde.sanitize_preprocessors = [
    "autograde.nbgrader_plugin.RebuildFromMaster",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "autograde.nbgrader_plugin.GradeSealed",
    "autograde.nbgrader_plugin.SaveScores",
    "nbgrader.preprocessors.AssignLatePenalties",
]

# Feedback: nbgrader's own page, with what `autograde partners` and `autograde term` made for the learner.
c.GenerateFeedback.preprocessors = [
    "autograde.nbgrader_plugin.AddPartnersPage",
    "autograde.nbgrader_plugin.AddTermPages",
    "nbgrader.preprocessors.GetGrades",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]

# Export: nbgrader's own columns, safe to open in a spreadsheet; `autograde export` makes files for other systems.
c.ExportApp.plugin_class = "autograde.nbgrader_plugin.CsvExport"

# Collecting from the exchange: what a link leads to isn't what was handed in.
c.ExchangeFactory.collect = "autograde.nbgrader_plugin.collecting.LinklessCollect"

# Files as learning platforms name them, Moodle "Ada Lovelace_4021_assignsubmission_file_/week06.ipynb" and Canvas
# "lovelaceada_LATE_311_9027_week06-1.ipynb": roster.csv says whose they are.
c.ZipCollectApp.collector_plugin = "autograde.nbgrader_plugin.collecting.RosterCollector"
c.FileNameCollectorPlugin.named_regexp = (
    r".*/(?P<student_id>[^/]+?)(?:_LATE)?_\d+_(?:assignsubmission_file_?|\d+_)"
    r"(?:.*/)?(?P<file_id>[^/]+?)(?:-\d+)?\.ipynb"
)

# Points of stretch exercises on top of the others:
# c.SaveScores.count_stretch = True

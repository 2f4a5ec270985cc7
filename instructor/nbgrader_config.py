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

# Points of stretch exercises on top of the others:
# c.SaveScores.count_stretch = True

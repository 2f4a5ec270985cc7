"""A course folder graded as a whole: what `autograde grade week06` does in it."""

from autograde.course.grading import CourseGrades, LearnerGrade, Progress, grade_course

__all__ = ["CourseGrades", "LearnerGrade", "Progress", "grade_course"]

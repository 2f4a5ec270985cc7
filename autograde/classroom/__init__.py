"""The class at a glance: a page a week, one for the term, and CSV files beside them."""

from autograde.classroom.writing import Written, write_report

__all__ = ["Written", "write_report"]

"""Tests the tests: what they let pass that is wrong, and what they reject that is right."""

from autograde.audit.auditing import QUICK, Extent, audit_week, chosen
from autograde.audit.result import ExerciseAudit, Finding, WeekAudit

__all__ = ["QUICK", "ExerciseAudit", "Extent", "Finding", "WeekAudit", "audit_week", "chosen"]

"""A week's source, read: its exercises, its tests' whereabouts, its wrong and other right solutions."""

from autograde.weeks.loading import load_week
from autograde.weeks.model import Exercise, Question, Week
from autograde.weeks.regions import CODE_STUB, TEXT_STUB, reference_of, stub_of, template_of, without_markers
from autograde.weeks.variants import Variant, VariantKind, variants, variants_of

__all__ = [
    "CODE_STUB",
    "TEXT_STUB",
    "Exercise",
    "Question",
    "Variant",
    "VariantKind",
    "Week",
    "load_week",
    "reference_of",
    "stub_of",
    "template_of",
    "variants",
    "variants_of",
    "without_markers",
]

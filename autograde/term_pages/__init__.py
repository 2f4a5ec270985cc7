"""A last page for each learner, and for each group of partners: the term's path, exercise by exercise."""

from autograde.term_pages.making import Made, make_term_pages

__all__ = ["Made", "make_term_pages"]

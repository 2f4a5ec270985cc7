"""A page for each group of partners: what they have done between them, and how their notebooks compare."""

from autograde.partner_pages.making import Made, make_pages

__all__ = ["Made", "make_pages"]

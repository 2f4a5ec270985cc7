"""What all pages filled by Jinja2 share: the environment, in which everything is escaped, and ways to say names."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from jinja2 import BaseLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from autograde.report import printable

CODE = re.compile(r"`([^`\n]+)`")


def html_templates(package: str | None = None, **filters: Callable[..., Any]) -> Environment:
    """The HTML templates in the folder `templates` of a package, or an environment for templates held as text."""
    loader: BaseLoader | None = PackageLoader(package) if package else None
    pages = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    shared = (breakable, codes, listed, prose)
    pages.filters.update({**{each.__name__: each for each in shared}, **filters})
    return pages


def listed(names: Sequence[str]) -> str:
    """`Ada, Bo and Cy`."""
    *rest, last = names
    return f"{', '.join(rest)} and {last}" if rest else last


def codes(names: Sequence[str]) -> Markup:
    """The same in the letters of code."""
    return Markup(listed([Markup("<code>{}</code>").format(each) for each in names]))


def breakable(name: str) -> Markup:
    """A name that a narrow column may break at its underscores."""
    return Markup("_<wbr>").join(name.split("_"))


def prose(sentence: str) -> Markup:
    """A sentence, escaped, with what stands in backticks in the letters of code."""
    return Markup(CODE.sub(r"<code>\1</code>", escape(printable(sentence))))

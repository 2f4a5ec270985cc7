"""A notebook, or a percent file, as cells. Forgiving on the way in, and light: learners' doors import it."""

from autograde.notebook.cells import Cell, Kind, Notebook, Role, role_of, title_of
from autograde.notebook.names import Unparsed, bound_names, parse, plain_python
from autograde.notebook.percent import Percent, read_percent
from autograde.notebook.reading import read_notebook, read_submission

__all__ = [
    "Cell",
    "Kind",
    "Notebook",
    "Percent",
    "Role",
    "Unparsed",
    "bound_names",
    "parse",
    "plain_python",
    "read_notebook",
    "read_percent",
    "read_submission",
    "role_of",
    "title_of",
]

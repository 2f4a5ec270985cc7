"""No test reads how the learner's code is written: found in the tests' own source, without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

MODULES = {"inspect", "linecache", "dis", "tokenize", "ast", "importlib", "traceback", "autograde.notebook"}
NAMES = {
    "getsource", "getsourcelines", "getsourcefile", "findsource", "getfile", "get_ipython", "open", "eval",
    "exec", "compile", "read_text", "read_bytes", "In", "_ih", "__file__", "__code__", "__closure__",
    "__annotations__", "co_code", "co_consts", "co_names", "co_varnames", "getclosurevars", "signature",
}  # fmt: skip


def source_reading(path: Path) -> Iterator[tuple[int, str]]:
    """Where a test file (its drivers too) uses what could read source text: the line, and the name used."""
    if not path.is_file():
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    enclosed = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call) and _encloses(node)}
    for node in ast.walk(tree):
        for name in sorted(_reading_names(node)) if id(node) not in enclosed else ():
            yield node.lineno, name  # type: ignore[attr-defined]  # the nodes that have names have lines


def _encloses(call: ast.Call) -> bool:
    """Whether it is `exec(lines, {}, values)`: the test's own lines, which see nothing but what they are given."""
    own = len(call.args) > 1 and isinstance(call.args[1], ast.Dict) and not call.args[1].keys
    return own and isinstance(call.func, ast.Name) and call.func.id in ("exec", "eval")


def _reading_names(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names if _reads(alias.name)}
    if isinstance(node, ast.ImportFrom):
        whole = {node.module} if node.module and _reads(node.module) else set()
        return whole | {alias.name for alias in node.names if alias.name in NAMES}
    if isinstance(node, ast.Name):
        return {node.id} & NAMES
    if isinstance(node, ast.Attribute):
        return {node.attr} & NAMES - {"compile", "eval"}  # re.compile and model.eval read nothing
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value} & NAMES  # as in getattr(learner.f, "__code__")
    return set()


def _reads(module: str) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in MODULES)

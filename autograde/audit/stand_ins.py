"""Answers that must get nothing: the stub, ones that do nothing, and one that raises whatever it is asked."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from autograde.notebook import bound_names
from autograde.report import TESTING
from autograde.weeks import Exercise

POISON = "this exercise was poisoned"

SHAPED = '''

def _emptied(answer, number, letter, depth=0):
    """`answer` with every number in it replaced: the right shape and nothing else."""
    import collections.abc
    import copy
    import functools
    import types
    import torch

    def inside(part):
        return _emptied(part, number, letter, depth + 1)

    if isinstance(answer, torch.Tensor):
        return torch.full_like(answer.detach(), number)
    if isinstance(answer, torch.nn.Module):
        empty = copy.deepcopy(answer)
        for values in [*empty.parameters(), *empty.buffers()]:
            values.data.fill_(number)
        return empty
    if isinstance(answer, (bool, int, float)):
        return type(answer)(number)
    if isinstance(answer, (str, bytes)):
        return letter if isinstance(answer, str) else letter.encode()
    if isinstance(answer, (list, tuple)):
        return type(answer)(inside(part) for part in answer)
    if isinstance(answer, dict):
        return {key: inside(part) for key, part in answer.items()}
    if isinstance(answer, (types.FunctionType, types.MethodType, functools.partial)):
        return _shaped(answer, number, letter)
    if isinstance(answer, collections.abc.Iterator):
        return map(inside, answer)
    if hasattr(answer, "__dict__") and depth < 3:
        empty = copy.copy(answer)
        vars(empty).update({key: inside(part) for key, part in vars(answer).items() if key[0] != "_"})
        return empty
    return answer


def _shaped(function, number, letter):
    def shaped(*args, **kwargs):
        return _emptied(function(*args, **kwargs), number, letter)

    return shaped

'''
FUNCTIONS = {
    "returns None": "lambda *args, **kwargs: None",
    "returns its input": "lambda *args, **kwargs: [*args, *kwargs.values(), None][0]",
    "returns zeros of the right shape": "_shaped({name}, 0, '')",
    "returns ones of the right shape": "_shaped({name}, 1, 'a')",
    "returns the constant 1": "lambda *args, **kwargs: 1",
}
VALUES = {"is None": "None", "is 0": "_emptied({name}, 0, '')", "is 1": "_emptied({name}, 1, 'a')"}


def idle_answers(exercise: Exercise) -> Iterator[tuple[str, str]]:
    """What a do-nothing answer does, and its cell: the reference with its answers taken away."""
    functions, classes, values = bound_kinds(exercise.reference)
    for what, code in (VALUES if values else FUNCTIONS).items():
        shaped = "shape" in what
        if shaped and exercise.name.startswith(TESTING):
            continue  # a learner's test speaks by what it raises, not by what it returns
        lines = [f"{name} = {code.format(name=name)}" for name in functions + values]
        for name in classes:
            lines += _idle_methods(name, methods_of(exercise.reference, name), code, shaped)
        yield what, "\n".join([exercise.reference, SHAPED, *lines])


def _idle_methods(name: str, methods: list[str], code: str, shaped: bool) -> Iterator[str]:
    """What takes a class's methods away. `__init__` stays where its instances are what has a shape."""
    for method in methods:
        if method != "__init__":
            yield f"{name}.{method} = {code.format(name=f'{name}.{method}')}"
        elif not shaped:
            yield f"{name}.__init__ = {FUNCTIONS['returns None']}"


def poisoned(exercise: Exercise) -> str:
    """The exercise's cell with everything in it raising; a constant is not there at all."""
    functions, classes, values = bound_kinds(exercise.reference)
    lines = [exercise.reference, "def _poison(*args, **kwargs):", f"    raise RuntimeError({POISON!r})"]
    lines += [f"{name} = _poison" for name in functions]
    lines += [f"{name} = type({name!r}, (), {{'__init__': _poison}})" for name in classes]
    lines += [f"del {name}" for name in values]
    return "\n".join(lines)


def bound_kinds(source: str) -> tuple[list[str], list[str], list[str]]:
    """The functions, the classes and the other names that a cell binds."""
    body = ast.parse(source).body
    functions = [node.name for node in body if isinstance(node, ast.FunctionDef)]
    classes = [node.name for node in body if isinstance(node, ast.ClassDef)]
    imported = {
        (alias.asname or alias.name).partition(".")[0]
        for node in body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    others = [name for name in bound_names(source) if name not in {*functions, *classes, *imported}]
    return functions, classes, others


def methods_of(source: str, name: str) -> list[str]:
    """The methods that a class defines."""
    found = (node for node in ast.parse(source).body if isinstance(node, ast.ClassDef) and node.name == name)
    return [each.name for node in found for each in node.body if isinstance(each, ast.FunctionDef)]

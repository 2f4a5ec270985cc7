"""Mutation operators: the small slips that a wrong solution may consist of, each as what may stand for a node.

The mutation libraries that are well kept (cosmic-ray, mutmut) each offer fewer than half of these, and come with
a runner, a store and a process per mutant.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator

Nodes = Iterator[ast.AST]
Operator = Callable[[ast.AST], Nodes]

OPERATORS: dict[str, Operator] = {}

ARITHMETIC: dict[type[ast.AST], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Div, ast.Mod: ast.FloorDiv, ast.MatMult: ast.Mult,
    ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
COMPARISON: dict[type[ast.AST], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt), ast.LtE: (ast.Lt, ast.GtE), ast.Gt: (ast.GtE, ast.Lt), ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
}  # fmt: skip
DIMENSIONS = ("dim", "axis")
GUARDS = ("strict",)  # ask for an error where the caller is wrong, and change nothing else
DROPPABLE = (
    ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.For, ast.While, ast.If, ast.With, ast.Raise,
    ast.Assert, ast.Delete, ast.Break, ast.Continue, ast.FunctionDef,
)  # fmt: skip


def operator(name: str) -> Callable[[Operator], Operator]:
    """Enter an operator under the name that reports call it by."""

    def enter(function: Operator) -> Operator:
        OPERATORS[name] = function
        return function

    return enter


def changed(node: ast.AST, **fields: object) -> ast.AST:
    """A copy of a node with other fields; what stands below it is shared."""
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def constant(value: object) -> ast.expr:
    return ast.Constant(value)  # type: ignore[arg-type]


@operator("arithmetic")
def arithmetic(node: ast.AST) -> Nodes:
    """+ for -, * for /, and back."""
    if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in ARITHMETIC:
        yield changed(node, op=ARITHMETIC[type(node.op)]())


@operator("comparison")
def comparison(node: ast.AST) -> Nodes:
    """The edge moved in or out, the sense turned round."""
    if isinstance(node, ast.Compare):
        for place, op in enumerate(node.ops):
            for other in COMPARISON[type(op)]:
                yield changed(node, ops=[*node.ops[:place], other(), *node.ops[place + 1 :]])


@operator("boolean")
def boolean(node: ast.AST) -> Nodes:
    """`and` for `or`, True for False, and back."""
    if isinstance(node, ast.BoolOp):
        yield changed(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield constant(not node.value)


@operator("constant")
def other_constant(node: ast.AST) -> Nodes:
    """Numbers one more, one less, and doubled."""
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        value: float = node.value  # type: ignore[assignment]  # said above
        yield from (constant(other) for other in {value + 1: 0, value - 1: 0, value * 2: 0} if other != value)


@operator("sign")
def sign(node: ast.AST) -> Nodes:
    """A minus dropped, or put before what is returned."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield node.operand
    if isinstance(node, ast.BinOp):
        # Only where it is reckoned with: as an argument it is mostly a dimension, and -1 the same one.
        for side, value in (("left", node.left), ("right", node.right)):
            if isinstance(value, ast.Constant) and type(value.value) in (int, float) and value.value:
                yield changed(node, **{side: ast.UnaryOp(ast.USub(), value)})
    if isinstance(node, ast.Return) and isinstance(node.value, ast.BinOp | ast.Call):
        yield changed(node, value=ast.UnaryOp(ast.USub(), node.value))


@operator("dropped not")
def dropped_not(node: ast.AST) -> Nodes:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand


@operator("dropped keyword")
def dropped_keyword(node: ast.AST) -> Nodes:
    """`sum(1, keepdim=True)` without its `keepdim`."""
    if isinstance(node, ast.Call):
        for keyword in node.keywords:
            if keyword.arg not in GUARDS:
                yield changed(node, keywords=[other for other in node.keywords if other is not keyword])


@operator("dimension")
def dimension(node: ast.AST) -> Nodes:
    """-1 for 0 in `dim`, and back."""
    if isinstance(node, ast.keyword) and node.arg in DIMENSIONS:
        last = ast.UnaryOp(ast.USub(), constant(1))
        if isinstance(node.value, ast.Constant) and type(node.value.value) is int:
            yield changed(node, value=last if node.value.value == 0 else constant(0))
        elif isinstance(node.value, ast.UnaryOp):
            yield changed(node, value=constant(0))


@operator("assignment")
def assignment(node: ast.AST) -> Nodes:
    """`=` for `+=`, and back."""
    if isinstance(node, ast.AugAssign):
        yield ast.Assign([node.target], node.value, lineno=node.lineno)
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
        if isinstance(target, ast.Name | ast.Attribute | ast.Subscript):
            yield ast.AugAssign(target, ast.Add(), node.value)


@operator("dropped statement")
def dropped_statement(node: ast.AST) -> Nodes:
    """A statement, or a method, that was forgotten."""
    if isinstance(node, DROPPABLE):
        yield ast.Pass()


@operator("dropped transposition")
def dropped_transposition(node: ast.AST) -> Nodes:
    if isinstance(node, ast.Attribute) and node.attr in ("T", "mT"):
        yield node.value
    called = node.func if isinstance(node, ast.Call) else None
    if isinstance(called, ast.Attribute) and called.attr in ("t", "transpose", "permute"):
        yield called.value


@operator("swapped arguments")
def swapped_arguments(node: ast.AST) -> Nodes:
    """Two neighbouring arguments of a call in each other's place."""
    if isinstance(node, ast.Call) and not any(isinstance(arg, ast.Starred) for arg in node.args):
        for place in range(len(node.args) - 1):
            first, second = node.args[place : place + 2]
            yield changed(node, args=[*node.args[:place], second, first, *node.args[place + 2 :]])


@operator("return None")
def return_none(node: ast.AST) -> Nodes:
    if isinstance(node, ast.Return) and node.value is not None:
        yield changed(node, value=constant(None))


@operator("condition forced")
def forced_condition(node: ast.AST) -> Nodes:
    """A condition that always or never holds."""
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        yield changed(node, test=constant(True))
        yield changed(node, test=constant(False))
    if isinstance(node, ast.comprehension) and node.ifs:
        yield changed(node, ifs=[])
        yield changed(node, ifs=[constant(False)])


@operator("loop cut short")
def short_loop(node: ast.AST) -> Nodes:
    """A loop that leaves its last round out."""
    if isinstance(node, ast.For | ast.comprehension):
        every = ast.Call(ast.Name("list", ast.Load()), [node.iter], [])
        but_last = ast.Slice(upper=ast.UnaryOp(ast.USub(), constant(1)))
        yield changed(node, iter=ast.Subscript(every, but_last, ast.Load()))

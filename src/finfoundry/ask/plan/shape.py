"""The shape of an expression: the level of a line, its growth, its change, a quotient of two lines, …

An expression is read together with the line and the year of each of its names. ``(a - b) / b`` is a growth where a and b are
one line in two years, and a quotient of another kind where they are not.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from finfoundry.ask.lexicon.formula import parse

Kind = Literal["level", "growth", "compound", "difference", "multiple", "mean", "quotient", "less", "sum", "other"]
Years = Mapping[str, tuple[str, int]]  # name -> its line and year


@dataclass(frozen=True, slots=True)
class ExpressionShape:
    """``left`` and ``right`` are the two sides: the later and the earlier figure of a growth, the upper and the lower of a quotient.
    ``forward`` is False where an earlier year precedes a later one: ``sales_2019 - sales_2020``.
    """

    kind: Kind
    left: ast.expr
    right: ast.expr | None = None
    forward: bool = True


def shape_of(expression: str | ast.expr, lines: Years) -> ExpressionShape:
    """The shape of an expression over these lines. Raises PlanError where it is no expression."""
    node = _without_percent(parse(expression) if isinstance(expression, str) else expression)
    match node:
        case ast.Name() | ast.UnaryOp(operand=ast.Name()):
            return ExpressionShape("level", node)
        case ast.BinOp(left=ast.BinOp(left=x, op=ast.Sub(), right=y), op=ast.Div(), right=z) if _one_line(x, y, lines) and _is_of(z, y):
            return ExpressionShape("growth", x, y, _later(x, y, lines))
        case ast.BinOp(left=ast.BinOp(left=x, op=ast.Sub(), right=y), op=ast.Div(), right=z) if _one_line(x, y, lines) and _is_of(z, x):
            return ExpressionShape("other", node)  # what it grew to is no base of a growth
        case ast.BinOp(left=ast.BinOp(left=x, op=ast.Div(), right=y), op=ast.Sub(), right=ast.Constant(value=1)) if _one_line(x, y, lines):
            return ExpressionShape("growth", x, y, _later(x, y, lines))
        case ast.BinOp(
            left=ast.BinOp(left=ast.BinOp(left=x, op=ast.Div(), right=y), op=ast.Pow()), op=ast.Sub(), right=ast.Constant(value=1)
        ) if _one_line(x, y, lines):
            return ExpressionShape("compound", x, y, _later(x, y, lines))
        case ast.BinOp(left=x, op=ast.Sub(), right=y):
            return ExpressionShape("difference" if _one_line(x, y, lines) else "less", x, y, _later(x, y, lines))
        case ast.BinOp(left=x, op=ast.Div(), right=ast.Constant()):
            return ExpressionShape("mean", x) if isinstance(x, ast.BinOp) and isinstance(x.op, ast.Add) else ExpressionShape("other", node)
        case ast.BinOp(left=x, op=ast.Div(), right=y):
            return ExpressionShape("multiple" if _one_line(x, y, lines) else "quotient", x, y, _later(x, y, lines))
        case ast.BinOp(left=x, op=ast.Add(), right=y):
            return ExpressionShape("sum", x, y)
    return ExpressionShape("other", node)


def _without_percent(node: ast.expr) -> ast.expr:
    """An expression less a "* 100" or "/ 100", at its end or in front, which only says how it is shown."""
    match node:
        case ast.BinOp(left=inner, op=ast.Mult() | ast.Div(), right=ast.Constant(value=100)):
            return _without_percent(inner)
        case ast.BinOp(left=ast.Constant(value=100), op=ast.Mult(), right=inner):
            return _without_percent(inner)
        case ast.BinOp(left=ast.BinOp(op=ast.Mult()) as above, op=ast.Div() as over, right=right) if (
            inner := _without_percent(above)
        ) is not above:
            return ast.BinOp(inner, over, right)
    return node


def names_under(node: ast.expr) -> list[str]:
    """The names of an expression, from left to right."""
    return [inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)]


def _one_line(one: ast.expr, other: ast.expr, lines: Years) -> bool:
    """Whether two expressions are the same thing in two years."""
    return not _same(one, other) and bool(names_under(one)) and _unyeared(one, lines) == _unyeared(other, lines)


def _unyeared(node: ast.expr, lines: Years) -> str:
    class Unyear(ast.NodeTransformer):
        def visit_Name(self, inner: ast.Name) -> ast.expr:
            return ast.Constant(lines.get(inner.id, (inner.id, 0))[0])

    return ast.dump(Unyear().visit(parse(ast.unparse(node))))


def _same(one: ast.expr, other: ast.expr) -> bool:
    return ast.unparse(one) == ast.unparse(other)


def _is_of(divisor: ast.expr, side: ast.expr) -> bool:
    """Whether a divisor is a side of a difference, or the size of it: b, abs(b)."""
    match divisor:
        case ast.Call(func=ast.Name(id="abs"), args=[inner]):
            return _same(inner, side)
    return _same(divisor, side)


def _later(one: ast.expr, other: ast.expr, lines: Years) -> bool:
    """Whether the latest year of one is no earlier than that of the other."""
    first, second = (max((lines[name][1] for name in names_under(node) if name in lines), default=0) for node in (one, other))
    return first >= second

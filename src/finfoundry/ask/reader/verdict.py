"""What a yes or no is about: an expression that is held against nothing, or against a number of the question."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from finfoundry.ask.lexicon.formula import names_in, parse
from finfoundry.binding import evaluate

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Yes means that ``expression`` is ``wanted``: positive or negative, or more or less than ``limit`` where there is one."""

    expression: str
    wanted: Literal["positive", "negative", "more", "less"]
    limit: Decimal | None


def verdict_of(computed: str) -> Verdict:
    """The verdict whose yes means that an expression is above nothing: a - b, 0 - (a - b), a / b - 15 / 100."""
    left, up, bar = parse(computed), True, ZERO  # up: left > bar, else -left > bar
    while isinstance(left, ast.BinOp) and isinstance(left.op, ast.Sub):
        if _is_number(left.right):
            bar += _value(left.right) if up else -_value(left.right)
            left = left.left
        elif _is_number(left.left) and _value(left.left) == ZERO:
            left, up = left.right, not up
        else:
            break
    limited = bar != ZERO
    wanted: Literal["positive", "negative", "more", "less"] = ("more" if up else "less") if limited else "positive" if up else "negative"
    return Verdict(ast.unparse(left), wanted, (bar if up else -bar) if limited else None)


def unsigned(computed: str) -> str:
    """An expression without the 0 that it is taken from: a fall is told as one."""
    match parse(computed):
        case ast.BinOp(left=ast.Constant(value=0), op=ast.Sub(), right=right):
            return ast.unparse(right)
    return computed


def _is_number(node: ast.expr) -> bool:
    return not names_in(ast.unparse(node))


def _value(node: ast.expr) -> Decimal:
    return evaluate(ast.unparse(node), {})

"""Arithmetic over named numbers, exact and bounded: what a plan writes, what a calculation is recomputed with.

An expression holds names, numbers, ``+ - * / **``, parentheses and the functions of ``FUNCTIONS``. It is parsed into a syntax tree
and walked; nothing is ever executed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from decimal import Decimal, DecimalException, localcontext
from typing import TypeVar

from finfoundry.core.errors import PlanError

T = TypeVar("T")
DIGITS = 34  # significant digits kept, as in IEEE 754 decimal128
_LONGEST = 2_000  # characters of an expression
_DEEPEST = 50
_LARGEST = 1_000  # of an exponent


def _mean(*numbers: Decimal) -> Decimal:
    return sum(numbers, Decimal(0)) / len(numbers)


def _median(*numbers: Decimal) -> Decimal:
    ordered, middle = sorted(numbers), len(numbers) // 2
    return ordered[middle] if len(numbers) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


FUNCTIONS: dict[str, Callable[..., Decimal]] = {
    "abs": lambda number: abs(number),
    "min": lambda *numbers: min(numbers),
    "max": lambda *numbers: max(numbers),
    "sum": lambda *numbers: sum(numbers, Decimal(0)),
    "mean": _mean,
    "avg": _mean,
    "average": _mean,
    "median": _median,
    "sqrt": lambda number: number.sqrt(),
    "round": lambda number, places=Decimal(0): number.quantize(Decimal(1).scaleb(-int(places))),
}
_OPERATORS: dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
}


def evaluate(expression: str, operands: Mapping[str, Decimal]) -> Decimal:
    """The value of the expression with 34 significant digits.

    Raises PlanError when it is malformed, names something undeclared, divides by zero or leaves the bounds.
    """
    tree = _parse(expression)
    with localcontext() as context:
        context.prec = DIGITS
        try:
            value = _walk(tree, operands, 0)
        except (DecimalException, OverflowError) as error:
            raise PlanError(f"{expression!r} has no value", remedy="Look for a division by zero or a root of a negative number") from error
        except (TypeError, ValueError) as error:
            raise PlanError(f"{expression!r} calls a function with the wrong operands") from error
    if not value.is_finite():
        raise PlanError(f"{expression!r} has no finite value")
    return value


def in_order(expression: str, named: Mapping[str, T]) -> dict[str, T]:
    """The mapping in the order in which an expression first uses its names; names that it does not use come last, by the alphabet.

    A record keeps mappings sorted: whatever is numbered along one must not depend on how it was handed over.
    """
    used = re.findall(r"[^\W\d]\w*", expression)
    places = {name: used.index(name) if name in used else len(used) for name in named}
    return {name: named[name] for name in sorted(named, key=lambda name: (places[name], name))}


def names(expression: str) -> set[str]:
    """The operands that an expression needs. Raises PlanError when it is malformed."""
    tree = _parse(expression)
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called}


def _parse(expression: str) -> ast.expr:
    if len(expression) > _LONGEST:
        raise PlanError(f"an expression of {len(expression)} characters is too long", remedy=f"At most {_LONGEST} are read")
    plain = expression.translate(str.maketrans("×÷−（），", "*/-(),")).replace("^", "**")
    try:
        return ast.parse(plain.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise PlanError(f"{expression!r} is no arithmetic expression") from error


def _walk(node: ast.expr, operands: Mapping[str, Decimal], depth: int) -> Decimal:
    if depth > _DEEPEST:
        raise PlanError("the expression is nested too deeply")
    match node:
        case ast.Constant(value=bool() | complex()):
            raise PlanError(f"{ast.unparse(node)} is no number")
        case ast.Constant(value=int() | float() as number):
            return Decimal(str(number))
        case ast.Name(id=name):
            if name not in operands:
                raise PlanError(f"{name} is not declared", remedy=f"Declared are: {', '.join(sorted(operands)) or 'none'}")
            return operands[name]
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=inner):
            value = _walk(inner, operands, depth + 1)
            return -value if isinstance(sign, ast.USub) else value
        case ast.BinOp(left=left, op=operator, right=right):
            return _operate(operator, _walk(left, operands, depth + 1), _walk(right, operands, depth + 1))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in FUNCTIONS and arguments:
            return FUNCTIONS[name](*(_walk(argument, operands, depth + 1) for argument in _flat(arguments)))
    raise PlanError(f"{ast.unparse(node)[:80]!r} is not allowed", remedy=f"Use + - * / **, parentheses and {', '.join(sorted(FUNCTIONS))}")


def _flat(arguments: list[ast.expr]) -> list[ast.expr]:
    """mean([a, b]) reads as mean(a, b)."""
    if len(arguments) == 1 and isinstance(arguments[0], ast.List | ast.Tuple):
        return arguments[0].elts
    return arguments


def _operate(operator: ast.operator, left: Decimal, right: Decimal) -> Decimal:
    if isinstance(operator, ast.Pow):
        if abs(right) > _LARGEST:
            raise PlanError(f"the exponent {right} is too large")
        return left**right
    if type(operator) not in _OPERATORS:
        raise PlanError(f"the operator {type(operator).__name__} is not allowed", remedy="Use + - * / **")
    return _OPERATORS[type(operator)](left, right)

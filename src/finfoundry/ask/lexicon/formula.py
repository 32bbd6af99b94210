"""The language of ``core/data/formulas.yaml`` and of plans: arithmetic over concepts, expanded to arithmetic over single operands.

An expression holds numbers, names, ``+ - * / ** ( )``, ``x[2019]`` (x in fiscal year 2019) and the functions average, mean, prior, change,
first, optional. A name is a formula of the library or a metric. Expanding it at a span asks ``find`` for each operand and yields plain
arithmetic (``(inventory_fy2019 + inventory_fy2020) / 2``) that the calculator evaluates.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from finfoundry.ask.lexicon.spans import FiscalSpan
from finfoundry.core.errors import PlanError
from finfoundry.core.formulas import Formula

Operand = TypeVar("Operand")
SUMS = {  # what statements add up to, whoever prints it (CAS 30, IAS 1, IAS 7)
    "total_assets": "total_current_assets + total_noncurrent_assets",
    "total_liabilities": "total_current_liabilities + total_noncurrent_liabilities",
    "depreciation_and_amortization": "Depreciation + intangible_amortization",
}
MAXIMUM_OPERANDS = 60
MAXIMUM_DEPTH = 40


class MissingOperandError(PlanError):
    """An operand that the documents do not hold."""

    def __init__(self, metric: str, span: FiscalSpan) -> None:
        super().__init__(f"{metric} for {span.words('en')} was not found")
        self.metric = metric
        self.span = span


@dataclass(slots=True)
class Expansion(Generic[Operand]):
    """Plain arithmetic, and the operand of each name in it."""

    expression: str = ""
    operands: dict[str, Operand] = field(default_factory=dict)


Find = Callable[[str, FiscalSpan], Operand | None]
Lines = Callable[[str, FiscalSpan], Sequence[Operand]]


def expand(
    expression: str, span: FiscalSpan, find: Find[Operand], library: Mapping[str, Formula], lines: Lines[Operand] = lambda *_: ()
) -> Expansion[Operand]:
    """Expand an expression at a span. ``lines`` gives those that a total is made of which is not printed.

    Raises:
        MissingOperandError: an operand is not there (names which).
        PlanError: the expression is none of this language, or a formula refers to itself.
    """
    expander = _Expander(find, library, lines)
    tree = expander.visit(parse(expression), span, ())
    return Expansion(ast.unparse(tree), expander.operands)


def parse(expression: str) -> ast.expr:
    """Parse an expression. Raises PlanError."""
    try:
        return ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise PlanError(f"not an expression: {expression[:200]}") from error


def names_in(expression: str) -> set[str]:
    """The metrics and formulae that an expression names, functions left out. Raises PlanError where it is no expression."""
    tree = parse(expression)
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called}


def unprinted(name: str, library: Mapping[str, Formula]) -> Formula | None:
    """The formula that stands in where a paper does not print the metric of this name; None where there is none."""
    return next((formula for formula in library.values() if formula.printed == name), None)


def on_closing(formula: Formula) -> Formula:
    """A formula with the balances at the end of the period in place of their means."""
    return replace(formula, expression=re.sub(r"\baverage\(", "(", formula.expression))


def concepts_in(expression: str, library: Mapping[str, Formula]) -> set[str]:
    """The metrics that an expression names, its formulas taken apart."""
    names = names_in(expression)
    return {inner for name in names for inner in (concepts_in(library[name].expression, library) if name in library else {name})}


class _Expander(Generic[Operand]):
    def __init__(self, find: Find[Operand], library: Mapping[str, Formula], lines: Lines[Operand]) -> None:
        self.find = find
        self.library = library
        self.lines = lines
        self.operands: dict[str, Operand] = {}

    def visit(self, node: ast.expr, span: FiscalSpan, inside: tuple[str, ...]) -> ast.expr:
        if len(inside) > MAXIMUM_DEPTH:
            raise PlanError("a formula that is nested too deeply")
        match node:
            case ast.Constant(value=int() | float()):
                return node
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return ast.UnaryOp(ast.USub(), self.visit(inner, span, inside))
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div() | ast.Pow() as op, right=right):
                return ast.BinOp(self.visit(left, span, inside), op, self.visit(right, span, inside))
            case ast.Subscript(value=inner, slice=ast.Constant(value=int() as year)):
                return self.visit(inner, replace(span, year=year), inside)
            case ast.Name(id=name):
                return self._name(name, span, inside)
            case ast.Call(func=ast.Name(id=function), args=arguments, keywords=[]) if arguments:
                return self._call(function, arguments, span, inside)
            case _:
                raise PlanError(f"not part of a formula: {ast.unparse(node)[:80]}")

    def _name(self, name: str, span: FiscalSpan, inside: tuple[str, ...]) -> ast.expr:
        """A metric that the documents hold goes before a formula of the same name: a printed figure beats a computed one."""
        formula = self.library.get(name)
        if formula is not None:
            if name in inside:
                raise PlanError(f"the formula {name} refers to itself")
            return self.visit(parse(formula.expression), span, (*inside, name))
        key = f"{name}_{span.key}"
        if key not in self.operands:
            found = self.find(name, span)
            if found is None:
                return self._unprinted(name, span, inside)
            if len(self.operands) >= MAXIMUM_OPERANDS:
                raise PlanError(f"more than {MAXIMUM_OPERANDS} operands")
            self.operands[key] = found
        return ast.Name(key)

    def _unprinted(self, name: str, span: FiscalSpan, inside: tuple[str, ...]) -> ast.expr:
        """A total or a ratio that is not printed, from its printed parts, or from the lines that its statement proves to be all of it."""
        formula = unprinted(name, self.library)
        made = SUMS.get(name) if formula is None else None if formula.annual and span.months < 12 else formula.expression
        if made and name not in inside:
            kept = dict(self.operands)
            try:
                return self.visit(parse(made), span, (*inside, name))
            except MissingOperandError:
                self.operands = kept
        if not (found := self.lines(name, span)):
            raise MissingOperandError(name, span)
        keys = [f"{name}_{number}_{span.key}" for number in range(1, len(found) + 1)]
        self.operands |= dict(zip(keys, found, strict=True))
        return _total([ast.Name(key) for key in keys])

    def _call(self, function: str, arguments: list[ast.expr], span: FiscalSpan, inside: tuple[str, ...]) -> ast.expr:
        one = arguments[0]
        match function, len(arguments):
            case "prior", 1:
                return self.visit(one, span.prior, inside)
            case "change", 1:
                return ast.BinOp(self.visit(one, span, inside), ast.Sub(), self.visit(one, span.prior, inside))
            case "average", 1:
                return self._mean(one, [span.prior, span], inside)
            case "mean", 3:
                first, last = (_year(argument) for argument in arguments[1:])
                if not 0 <= last - first <= 20:
                    raise PlanError(f"a mean from {first} to {last}")
                return self._mean(one, [replace(span, year=year) for year in range(first, last + 1)], inside)
            case "first", 2:
                return self._first(arguments, span, inside)
            case "optional", 1:
                return self._first([one, ast.Constant(0)], span, inside)
            case _:
                raise PlanError(f"unknown function {function} of {len(arguments)}")

    def _mean(self, one: ast.expr, spans: list[FiscalSpan], inside: tuple[str, ...]) -> ast.expr:
        parts = [self.visit(one, span, inside) for span in spans]
        return ast.BinOp(_total(parts), ast.Div(), ast.Constant(len(parts)))

    def _first(self, choices: list[ast.expr], span: FiscalSpan, inside: tuple[str, ...]) -> ast.expr:
        """The first choice whose operands are all there; the error of the first when none is."""
        kept = dict(self.operands)
        missing: list[MissingOperandError] = []
        for choice in choices:
            try:
                return self.visit(choice, span, inside)
            except MissingOperandError as error:
                missing.append(error)
                self.operands = dict(kept)
        raise missing[0]


def _total(parts: Sequence[ast.expr]) -> ast.expr:
    total = parts[0]
    for part in parts[1:]:
        total = ast.BinOp(total, ast.Add(), part)
    return total


def _year(node: ast.expr) -> int:
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return node.value
    raise PlanError("the years of a mean are written as numbers")

"""The form of a wording, found by what its expressions come to: forms are tried over invented amounts until one comes to the same."""

from __future__ import annotations

import ast
import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from string import Formatter
from typing import Any

from finfoundry.ask.reader.question_form import JOINS, ROLES, SEVERAL, TIMES, QuestionForm, years_meant
from finfoundry.core.errors import PlanError
from finfoundry.usecases.readers.wordings import Wording

MOST = 4  # metrics of a form that is found
_DIGITS = 7
_draw = random.Random(5)  # noqa: S311
AMOUNTS = [[_draw.uniform(1, 9) for _ in range(6)] for _ in range(MOST)]  # of each metric, the latest year first; no two forms share theirs


def form_of(wording: Wording) -> QuestionForm | None:
    """None for a wording that asks for no figure, or for one that no form comes to."""
    slots = wording.metrics
    if not wording.expressions or not 1 <= len(slots) <= MOST:
        return None
    latest = _latest(wording)
    values = [_value(one, slots, latest) for one in wording.expressions]
    known = _forms(len(slots), tuple(sorted({year - latest for year in _named(wording) if year >= latest})))
    if (form := known.get(_rounded(values))) is not None:
        return form
    numbers = list(dict.fromkeys(number for one in wording.expressions for number in _numbers(one)))
    if wording.kind != "yes_no":
        tried = itertools.chain(_fallen(values, known), _scaled(values, numbers, known))
    else:
        quotient = [_value(_divided(one), slots, latest) for one in wording.expressions]
        tried = itertools.chain(_below(values, numbers, known), _barred(values, numbers, known), _barred(quotient, numbers, known))
    return next(tried, None)


def _fallen(values: Sequence[float], known: _Known) -> Iterator[QuestionForm]:
    if form := known.get(_rounded([-value for value in values])):
        yield replace(form, fallen=True)


def _below(values: Sequence[float], numbers: Sequence[float], known: _Known) -> Iterator[QuestionForm]:
    """Forms of a yes or no above nothing or below it, which a factor does not change."""
    for factor in (1.0, *numbers):
        for down in (False, True):
            if form := known.get(_rounded([(-value if down else value) / factor for value in values])):
                yield replace(form, down=down)


def _scaled(values: Sequence[float], numbers: Sequence[float], known: _Known) -> Iterator[QuestionForm]:
    for number in numbers:
        if form := known.get(_rounded([value / number for value in values])):
            yield replace(form, scaled=True)


def _barred(values: Sequence[float], numbers: Sequence[float], known: _Known) -> Iterator[QuestionForm]:
    """Forms of a yes or no: above a number, below one, fallen by more than one or by less; any of days of a year."""
    for number in numbers:
        for days in (1.0, *(one for one in numbers if one in _DAYS and one != number)):
            for fallen, down in ((False, False), (False, True), (True, False), (True, True)):
                signs = -1 if fallen else 1, -1 if down else 1
                if form := known.get(_rounded([signs[0] * (signs[1] * value + number) / days for value in values])):
                    yield replace(form, limited=True, fallen=fallen, down=down, scaled=days != 1)


_DAYS = (360.0, 365.0, 366.0)  # of a year


def _divided(expression: str) -> str:
    """a - 2 * b as a / b - 2, .5 * a - b as .5 - b / a: whether a yes or no is above nothing is the same for both where b is."""
    whole = ast.parse(expression, mode="eval").body
    if not (isinstance(whole, ast.BinOp) and isinstance(whole.op, ast.Sub)):
        return expression
    for multiplied, other, first in ((whole.right, whole.left, False), (whole.left, whole.right, True)):
        if isinstance(multiplied, ast.BinOp) and isinstance(multiplied.op, ast.Mult) and isinstance(multiplied.left, ast.Constant):
            number, quotient = ast.unparse(multiplied.left), f"({ast.unparse(other)}) / ({ast.unparse(multiplied.right)})"
            return f"{number} - {quotient}" if first else f"{quotient} - {number}"
    return expression


def _numbers(expression: str) -> Iterator[float]:
    """The numbers of an expression, and what those without a metric come to: a third of 1 / 3."""
    for node in ast.walk(ast.parse(expression, mode="eval")):
        if isinstance(node, (ast.BinOp, ast.Constant)) and not any(isinstance(one, ast.Name) for one in ast.walk(node)):
            value = eval(compile(ast.Expression(node), "", "eval"), {"__builtins__": {}})  # noqa: S307  arithmetic over numbers
            if value:
                yield float(value)


_Known = dict[tuple[float, ...], QuestionForm]


@lru_cache(maxsize=64)
def _forms(count: int, named: tuple[int, ...]) -> _Known:
    """The plainest form of so many metrics for each of the values that forms come to, where a question names these years."""
    found: _Known = {}
    for form in sorted(_tried(count), key=lambda one: one.years < len(named)):  # of what comes to the same, no fewer years than are named
        try:
            values = form.results(lambda metric, year: AMOUNTS[metric][year], years_meant(form, list(named)))
        except (PlanError, ZeroDivisionError, IndexError):
            continue
        if not any(isinstance(value, complex) for value in values):
            found.setdefault(_rounded(values), form)
    return found


@lru_cache(maxsize=MOST)
def _tried(count: int) -> tuple[QuestionForm, ...]:
    """Forms of so many metrics, the plainest first."""
    return tuple(sorted(_made(count), key=_plainness))


def _made(count: int) -> Iterator[QuestionForm]:
    roles = [name for name, role in ROLES.items() if count < 3 or (role.of != "prior" and (count < MOST or role.of == "year"))]
    most_years = 3 if count < MOST else 2
    for parts in itertools.product(roles, repeat=count):
        for time, years, join in itertools.product(TIMES, range(1, most_years + 1), JOINS):
            for inside, each, beside in itertools.product((False, True), repeat=3):
                form = QuestionForm(parts, time, years, join, inside, each, beside)
                if not _is_spare(form):
                    yield form


def _is_spare(form: QuestionForm) -> bool:
    """Whether it comes to the same as another, or to nothing."""
    moves = form.time in ("change", "growth")
    if form.time in ("both", "grown", "moved", "multiple", *SEVERAL) and (
        form.years == 1 or form.each or form.beside or form.inside or form.join == "against"
    ):
        return True
    return (
        (len(form.roles) == 1 and (form.join != "together" or form.inside))
        or (form.time != "level" and form.years == 1)
        or (form.time in ("moved", *SEVERAL) and len(form.roles) > 2)
        or (form.time in SEVERAL and form.years != 3)
        or (form.join == "shown" and (form.time != "level" or len(form.roles) < 2))
        or (form.each and not (moves and form.years > 2))
        or (form.inside and ((not moves and form.time != "total") or form.each or form.beside))
        or (form.beside and not moves)
        or (form.join == "against" and (form.each or form.beside or (form.time == "level" and len(form.roles) < 3)))
    )


def _plainness(form: QuestionForm) -> tuple[object, ...]:
    marks = sum((form.inside, form.each, form.beside))
    return sum(map(len, form.roles)), marks, TIMES.index(form.time), form.years, JOINS.index(form.join), form.roles


def _latest(wording: Wording) -> int:
    """How many years before y1 the latest year of the expressions is: a question may be about {y2} alone."""
    return min(_before(node) for one in wording.expressions for node in ast.walk(ast.parse(one)) if isinstance(node, ast.Subscript))


def _named(wording: Wording) -> set[int]:
    """How many years before y1 the years lie that the text names, by any of their slots."""
    slots = [name for _, name, _, _ in Formatter().parse(wording.text) if name]
    return {int(slot[1]) - 1 for slot in slots if slot[0] in "yrq"}


def _before(node: ast.Subscript) -> int:
    year = ast.unparse(node.slice).replace(" ", "")
    return int(year[1:]) - 1 if year[1] != "0" else -int(year[2:] or 0)


def _value(expression: str, slots: Sequence[str], latest: int) -> float:
    """What an expression of a wording, m1[y1] - m1[y0-1], comes to over the amounts; what abs() turns is left as it is."""

    class Amount(ast.NodeTransformer):
        def visit_Call(self, node: ast.Call) -> Any:
            return self.visit(node.args[0])

        def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
            return ast.Constant(AMOUNTS[slots.index(ast.unparse(node.value))][_before(node) - latest])

    tree = ast.fix_missing_locations(Amount().visit(ast.parse(expression, mode="eval")))
    return float(eval(compile(tree, "", "eval"), {"__builtins__": {}}))  # noqa: S307  arithmetic over numbers that were put in above


def _rounded(values: Sequence[float]) -> tuple[float, ...]:
    return tuple(sorted(round(value, _DIGITS) for value in values))

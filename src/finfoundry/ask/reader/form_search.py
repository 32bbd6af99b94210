"""The form of a wording, found by what its expressions come to: forms are tried over invented amounts until one comes to the same."""

from __future__ import annotations

import ast
import itertools
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from string import Formatter
from typing import Any

from finfoundry.ask.reader.question_form import JOINS, ROLES, TIMES, QuestionForm, years_meant
from finfoundry.ask.reader.wordings import Wording
from finfoundry.core.errors import PlanError

MOST = 4  # metrics of a form that is found
_DIGITS = 7
_NUMBER = re.compile(r"(?<![\w.\[])\d+(?:\.\d+)?(?![\w.\]])")
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
    numbers = [float(one) for expression in wording.expressions for one in _NUMBER.findall(expression)]
    tried = _barred(values, numbers, known) if wording.kind == "yes_no" else _scaled(values, numbers, known)
    return next(tried, None)


def _scaled(values: Sequence[float], numbers: Sequence[float], known: _Known) -> Iterator[QuestionForm]:
    for number in numbers:
        if form := known.get(_rounded([value / number for value in values])):
            yield replace(form, scaled=True)


def _barred(values: Sequence[float], numbers: Sequence[float], known: _Known) -> Iterator[QuestionForm]:
    """Forms of a yes or no: below nothing, above a number, below one."""
    if form := known.get(_rounded([-value for value in values])):
        yield replace(form, down=True)
    for number in numbers:
        if form := known.get(_rounded([value + number for value in values])):
            yield replace(form, limited=True)
        if form := known.get(_rounded([number - value for value in values])):
            yield replace(form, limited=True, down=True)


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
    if form.time in ("both", "grown", "multiple") and (
        form.years == 1 or form.each or form.beside or form.inside or form.join == "against"
    ):
        return True
    return (
        (len(form.roles) == 1 and (form.join != "together" or form.inside))
        or (form.time != "level" and form.years == 1)
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

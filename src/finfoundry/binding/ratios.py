"""Ratios and results that a sentence calls by name and never spells out: "gross margin", 净利率. Operands are rows of the evidence."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import TypeGuard

from finfoundry.binding.evidence import EvidenceItem
from finfoundry.binding.sense import Sense
from finfoundry.binding.sentence.labels import concepts_named, words
from finfoundry.binding.sentence.modifiers import Name
from finfoundry.core.formulas import Formula, concepts_of, formulas

LETTERS = "abcdefgh"
_MOST = 4  # rows tried for an operand
_NEAR = 80  # characters before a figure that are read for themselves: a name that touches the figure ends there


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio as an expression over its operands. ``operands``: name → the concepts whose rows may be used, in order of preference."""

    expression: str
    operands: Mapping[str, tuple[str, ...]]

    @property
    def unit(self) -> str | None:
        """ "ratio" for a quotient; None where the unit is that of its operands."""
        return "ratio" if "/" in self.expression else None


def ratios_of(formula: Formula) -> list[Ratio]:
    """The ways in which a formula of the library is computed from rows, in order of preference: its operands as a, b, … in their order,
    its own formulas spelled out; of ``first(printed, computed)`` what is computed.
    """
    tree = ast.parse(formula.expression, mode="eval").body
    if _is_call(tree, "first") and isinstance(tree.args[0], ast.Name) and tree.args[0].id not in formulas():
        tree = tree.args[-1]
    return [_lettered(way) for way in _ways(tree)]


def _lettered(tree: ast.expr) -> Ratio:
    tree = deepcopy(tree)  # ways share their parts
    found = sorted((node for node in ast.walk(tree) if isinstance(node, ast.Name)), key=lambda node: node.id)
    letters = dict(zip(dict.fromkeys(node.id for node in found), LETTERS, strict=False))
    operands = {letter: concepts_of(name) for name, letter in letters.items()}
    for node in found:
        node.id = letters[node.id]
    return Ratio(ast.unparse(tree), operands)


def _is_call(tree: ast.expr, name: str) -> TypeGuard[ast.Call]:
    return isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id == name


def _ways(tree: ast.expr) -> list[ast.expr]:
    """Plain arithmetic over rows: a way for each choice of what may be computed in several.

    Raises ValueError for a function that is none of ratios.
    """
    match tree:
        case ast.Name(id=name):
            return _ways(ast.parse(formulas()[name].expression, mode="eval").body) if name in formulas() else [ast.Name(name)]
        case ast.BinOp(left=left, op=op, right=right):
            return [ast.BinOp(one, op, other) for one in _ways(left) for other in _ways(right)]
        case ast.Call(args=arguments) if _is_call(tree, "first"):
            return [way for one in arguments for way in _ways(one)]
        case ast.Call(args=[one]) if _is_call(tree, "optional"):
            return [*_ways(one), ast.Constant(0)]
        case ast.Constant():
            return [tree]
        case _:
            raise ValueError(f"a sentence cannot state {ast.unparse(tree)}")


@lru_cache(maxsize=1)
def _ratios() -> tuple[re.Pattern[str], Mapping[str, Sequence[Ratio]]]:
    """A pattern that finds any name, and the ways to compute the ratio of each name."""
    named: dict[str, Sequence[Ratio]] = {}
    for formula in formulas().values():
        if formula.stated:
            named |= dict.fromkeys(map(str.lower, formula.stated), ratios_of(formula))
    names = sorted(named, key=len, reverse=True)
    return re.compile(
        "|".join(rf"\b{re.escape(name)}s?\b" if name[0] < "\u4e00" else re.escape(name) for name in names), re.IGNORECASE
    ), named


def of_name(sense: Sense) -> Iterator[tuple[str, dict[str, EvidenceItem], str | None]]:
    """The ratio whose name precedes the figure most closely, at the times claimed, as (expression, operands, unit); for a figure in points,
    by how much it moved in a year.
    """
    name, ratios = _nearest(sense)
    if sense.names_another(Name((words(name),), words(name), words(name))):
        return
    for ratio in ratios:
        if found := list(_of_ratio(ratio, sense)):  # a part that is there is not left out
            yield from found
            return


def _of_ratio(ratio: Ratio, sense: Sense) -> Iterator[tuple[str, dict[str, EvidenceItem], str | None]]:
    levels = list(_levels(ratio, sense))
    if not sense.claim.number.points:
        for operands in levels:
            if all(sense.fits_time(sense.evidence.place_of[id(item)]) for item in operands.values()):
                yield ratio.expression, operands, ratio.unit or next(iter(operands.values())).unit
        return
    earlier = re.sub(r"\b[a-h]\b", lambda name: f"{name[0]}_before", ratio.expression)
    for now, before in product(levels, levels):
        if _year(now) == _year(before) + 1:
            moved = f"({ratio.expression}) - ({earlier})"
            yield moved, {**now, **{f"{name}_before": item for name, item in before.items()}}, "ratio"


def _nearest(sense: Sense) -> tuple[str, Sequence[Ratio]]:
    """The last name before the figure in its sentence that is a ratio's, and the ways to compute it; none where no ratio is named there."""
    pattern, named = _ratios()
    claim = sense.claim
    end = max(claim.number.start - claim.start, 0)
    near = max(end - _NEAR, 0)
    found = [match[0] for match in pattern.finditer(claim.sentence, near, end)]
    found = found or [name for stop, name in _names(claim.sentence) if stop <= end]
    last = found[-1].lower().removesuffix("s") if found else ""
    return last, named.get(last) or named.get(f"{last}s") or ()


@lru_cache(maxsize=256)  # a sentence has many figures
def _names(sentence: str) -> tuple[tuple[int, str], ...]:
    """The names of ratios in a sentence, each with where it ends."""
    return tuple((match.end(), match[0]) for match in _ratios()[0].finditer(sentence))


def _levels(ratio: Ratio, sense: Sense) -> Iterator[dict[str, EvidenceItem]]:
    """The operands of a ratio, each set of one period, entity and scope."""
    rows = {name: _rows(concepts, sense) for name, concepts in ratio.operands.items()}
    for items in product(*rows.values()):
        alike = len({(item.dates, item.entity, item.scope) for item in items}) == 1 and len({item.unit for item in items} - {None}) < 2
        if alike and items[0].whens:
            yield dict(zip(rows, items, strict=True))


def _rows(concepts: tuple[str, ...], sense: Sense) -> list[EvidenceItem]:
    """The items of the first concept that the evidence has, a few for each period."""
    for concept in concepts:
        found = [
            sense.items[index] for index in sense.evidence.of_concept(concept, concepts_named) if sense.fits_who(index)
        ]  # fmt: skip
        if found:
            return ([item for item in found if item.principal] or found)[: _MOST * 4]
    return []


def _year(operands: Mapping[str, EvidenceItem]) -> int:
    return next(iter(operands.values())).whens[0].fiscal_year or 0

"""Ratios and results that a sentence calls by name and never spells out: "gross margin", 净利率. Operands are rows of the evidence."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from finfoundry.binding.evidence import EvidenceItem
from finfoundry.binding.sense import Sense
from finfoundry.binding.sentence.labels import concepts_named, words
from finfoundry.binding.sentence.modifiers import Name
from finfoundry.core.formulas import Formula, concepts_of, formulas

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


def ratio_of(formula: Formula) -> Ratio:
    """A formula of the library over rows: its operands as a, b, … in their order, and of ``first(printed, computed)`` what is computed."""
    tree = _Computed().visit(ast.parse(formula.expression, mode="eval").body)
    found = sorted((node for node in ast.walk(tree) if isinstance(node, ast.Name)), key=lambda node: node.col_offset)
    letters = dict(zip(dict.fromkeys(node.id for node in found), "abcdefgh", strict=False))
    operands = {letter: concepts_of(name) for name, letter in letters.items()}
    for node in found:
        node.id = letters[node.id]
    return Ratio(ast.unparse(tree), operands)


class _Computed(ast.NodeTransformer):
    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Raises ValueError for a function that is none of ratios."""
        if not (isinstance(node.func, ast.Name) and node.func.id == "first"):
            raise ValueError(f"a sentence cannot state {ast.unparse(node)}")
        computed: ast.AST = self.visit(node.args[-1])
        return computed


@lru_cache(maxsize=1)
def _ratios() -> tuple[re.Pattern[str], Mapping[str, Ratio]]:
    """A pattern that finds any name, and the ratio of each name."""
    named: dict[str, Ratio] = {}
    for formula in formulas().values():
        if formula.stated:
            named |= dict.fromkeys(map(str.lower, formula.stated), ratio_of(formula))
    names = sorted(named, key=len, reverse=True)
    return re.compile(
        "|".join(rf"\b{re.escape(name)}s?\b" if name[0] < "\u4e00" else re.escape(name) for name in names), re.IGNORECASE
    ), named


def of_name(sense: Sense) -> Iterator[tuple[str, dict[str, EvidenceItem], str | None]]:
    """The ratio whose name precedes the figure most closely, at the times claimed, as (expression, operands, unit); for a figure in points,
    by how much it moved in a year.
    """
    name, ratio = _nearest(sense)
    if ratio is None or sense.modifiers.make_another(Name((words(name),), words(name), words(name))):
        return
    levels = list(_levels(ratio, sense))
    if not sense.claim.number.points:
        for operands in levels:
            if all(sense.fits_time(sense.items.index(item)) for item in operands.values()):
                yield ratio.expression, operands, ratio.unit or next(iter(operands.values())).unit
        return
    earlier = re.sub(r"\b[a-h]\b", lambda name: f"{name[0]}_before", ratio.expression)
    for now, before in product(levels, levels):
        if _year(now) == _year(before) + 1:
            moved = f"({ratio.expression}) - ({earlier})"
            yield moved, {**now, **{f"{name}_before": item for name, item in before.items()}}, "ratio"


def _nearest(sense: Sense) -> tuple[str, Ratio | None]:
    """The last name before the figure in its sentence that is a ratio's, and the ratio; None where no ratio is named there."""
    pattern, named = _ratios()
    claim = sense.claim
    end = max(claim.number.start - claim.start, 0)
    near = max(end - _NEAR, 0)
    found = [match[0] for match in pattern.finditer(claim.sentence, near, end)]
    found = found or [name for stop, name in _names(claim.sentence) if stop <= end]
    last = found[-1].lower().removesuffix("s") if found else ""
    return last, named.get(last) or named.get(f"{last}s")


@lru_cache(maxsize=256)  # a sentence has many figures
def _names(sentence: str) -> tuple[tuple[int, str], ...]:
    """The names of ratios in a sentence, each with where it ends."""
    return tuple((match.end(), match[0]) for match in _ratios()[0].finditer(sentence))


def _levels(ratio: Ratio, sense: Sense) -> Iterator[dict[str, EvidenceItem]]:
    """The operands of a ratio, each set of one period, entity and scope."""
    rows = {name: _rows(concepts, sense) for name, concepts in ratio.operands.items()}
    for items in product(*rows.values()):
        alike = len({(item.period, item.entity, item.scope) for item in items}) == 1 and len({item.unit for item in items} - {None}) < 2
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

"""One cell of a table whose columns are metrics and whose rows are regions, products, securities or stretches of time.

Row and column are found by their printed words, both of which the question has; nothing is taken where two cells fit and differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from finfoundry.ask.compute.breakdown_rows import TOTAL, said_beside_change
from finfoundry.ask.compute.operands import Operand
from finfoundry.ask.compute.results import Computed
from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.ask.lexicon.spans import FiscalSpan
from finfoundry.ask.lexicon.vocabulary import tokens
from finfoundry.ask.plan.dimension import asked_for, dimension_of_unit
from finfoundry.ask.plan.expressions import PlannedExpression
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.question_text import masked_out
from finfoundry.ask.understand.stored_labels import without_notes
from finfoundry.core.document import Scope
from finfoundry.core.language import language_of, simplified
from finfoundry.core.periods import Period, parse_iso

SHORTEST = 2  # characters of a name
_MARKS = re.compile(r"[①-⑳*＊]")


@dataclass(frozen=True, slots=True)
class NamedCell:
    """A fact, the words of its row and its column, and where the question has them."""

    stored: StoredFact
    names: tuple[str, str]
    places: tuple[tuple[int, int], tuple[int, int]]

    @property
    def item(self) -> PlannedExpression:
        row, column = self.names
        title = f"{row}的{column}" if language_of(row + column) == "zh" else f"{column} of {row}"
        return PlannedExpression(title, "part", None)

    def computed(self, span: FiscalSpan) -> Computed:
        fact = self.stored.fact
        return Computed(self.item, span, fact.value, fact.unit, "part", {"part": Operand("part", span, self.stored)})


def cell_named(text: str, facts: Sequence[StoredFact], wanted: Period, scope: Scope) -> NamedCell | None:
    """The cell that a text names by most of its words, of those that end with the period wanted; None where several fit and differ."""
    found = [
        cell for one in facts
        if _is_cell(one, scope) and parse_iso(one.fact.period).end == wanted.end and (cell := _named(text, one)) is not None
    ]  # fmt: skip
    longest = max((_size(cell) for cell in found), default=0)
    best = [cell for cell in found if _size(cell) == longest]
    return best[0] if len({(cell.stored.fact.value, cell.stored.fact.unit) for cell in best}) == 1 else None


def answers(intent: Intent, cell: NamedCell) -> bool:
    """Whether a figure, and one of its kind, is what the question asks for beside the names of row and column."""
    asked = asked_for(replace(intent, masked=masked_out(intent.masked, cell.places), mentions=()))
    kind = dimension_of_unit(cell.stored.fact.unit).kind
    fits = asked.relation == "level" or (asked.relation in ("ratio", "share") and kind == "number")
    return fits and (not asked.kinds or kind in asked.kinds or asked.relation == "share")


def _is_cell(one: StoredFact, scope: Scope) -> bool:
    return one.fact.table is not None and not one.structured and one.fact.scope == scope and bool(one.fact.metric)


def _named(text: str, one: StoredFact) -> NamedCell | None:
    columns = [member for axis, member in one.fact.dimensions if axis == "column"]
    if len(columns) != 1 or not said_beside_change(columns[0]).strip() or TOTAL.search(one.fact.metric[-1]):
        return None
    names = tuple(_MARKS.sub("", without_notes(name)).strip(" ·") for name in (one.fact.metric[-1], columns[0]))
    row, column = names
    if min(len(row), len(column)) < SHORTEST:
        return None
    pairs = ((a, b) for a in _places(text, row) for b in _places(text, column) if a[1] <= b[0] or b[1] <= a[0])
    places = next(pairs, None)
    return NamedCell(one, (row, column), places) if places else None


def _size(cell: NamedCell) -> int:
    return sum(end - start for start, end in cell.places)


def _places(text: str, name: str) -> Iterator[tuple[int, int]]:
    """Where a text has a name word for word; a Chinese one by its characters."""
    if language_of(name) == "zh":
        yield from (found.span() for found in re.finditer(re.escape(simplified(name)), simplified(text)))
        return
    words, own = tokens(text), [token.text for token in tokens(name)]
    for at in range(len(words) - len(own) + 1) if own else ():
        if [token.text for token in words[at : at + len(own)]] == own:
            yield words[at].start, words[at + len(own) - 1].end

"""Cells of a table side by side, those of a column by their rows or those of a row by their columns: which is the first, which the whole
that others add up to, and what share of it one of them is.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from finfoundry.ask.compute.breakdown_rows import TOTAL, step
from finfoundry.ask.compute.named_cells import headings_of, how_much_said, is_said, label_of, without
from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.ask.lexicon.spans import matches
from finfoundry.ask.understand.comparison import Order
from finfoundry.ask.understand.stored_labels import without_notes
from finfoundry.core.periods import Period, parse_iso

FEWEST = 2
_REST = re.compile(r"^(?:all\s+)?others?\b|^其他|^其它", re.I)  # what gathers the small ones is not the first of several
_TIME = re.compile(r"[\d年月季日末底初度上下半前首三四一二第全至到/.\s-]+|\d{1,2}\s*(?:months?|years?)|YTD", re.I)


@dataclass(frozen=True, slots=True)
class NamedFact:
    """A cell by the name that it has among those beside it."""

    name: str
    stored: StoredFact

    @property
    def value(self) -> Decimal:
        return self.stored.fact.value


@dataclass(frozen=True, slots=True)
class Series:
    """Cells of one time and unit, in the order of print, and what says what they are: the heading of their column, or the label of their
    row, then what stands over all of them.
    """

    cells: tuple[NamedFact, ...]
    measure: tuple[str, ...]

    @property
    def first(self) -> StoredFact:
        return self.cells[0].stored

    @property
    def table(self) -> tuple[str, int | None]:
        return self.first.document_id, self.first.fact.table

    @property
    def by(self) -> str:
        """What the cells are, in one name."""
        return self.measure[0] if self.measure else ""

    def under(self, text: str) -> Series:
        """The cells under a heading that the text names, where others stand under another."""
        said = [{part for part in one.stored.fact.metric[:-1] if is_said(text, part)} for one in self.cells]
        kept = tuple(one for one, parts in zip(self.cells, said, strict=True) if parts - set(self.measure))
        return Series(kept, self.measure) if len(kept) >= FEWEST else self

    def named(self, text: str) -> list[NamedFact]:
        """The cells whose names, totals without that word, a text says by most of its words."""
        sizes = [how_much_said(text, stem(one)) if is_said(text, stem(one)) else 0 for one in self.cells]
        return [one for one, size in zip(self.cells, sizes, strict=True) if size and size == max(sizes)]


def series_in(facts: Iterable[StoredFact]) -> Iterator[Series]:
    """The series of tables, of columns first."""
    columns: dict[tuple[object, ...], list[StoredFact]] = defaultdict(list)
    rows: dict[tuple[object, ...], list[StoredFact]] = defaultdict(list)
    for one in facts:
        fact = one.fact
        if all(axis == "column" for axis, _ in fact.dimensions):
            columns[one.document_id, fact.table, fact.column, fact.period, fact.unit, fact.scope].append(one)
            rows[one.document_id, fact.table, fact.row, fact.metric, fact.period, fact.unit, fact.scope].append(one)
    for cells in columns.values():
        shared = _shared([one.fact.metric[:-1] for one in cells])
        yield from _made([NamedFact(label_of(one), one) for one in _in_order(cells)], [*headings_of(cells[0]), *shared])
    for cells in rows.values():
        shared = _shared([tuple(headings_of(one)) for one in cells])
        named = [NamedFact(" ".join(part for part in headings_of(one) if part not in shared), one) for one in _in_order(cells)]
        yield from _made([one for one in named if one.name], [label_of(cells[0]), *cells[0].fact.metric[:-1], *shared])


def _made(cells: Sequence[NamedFact], measure: Sequence[str]) -> Iterator[Series]:
    """A series, where each cell has a name of its own, and one that is no time."""
    names = [one.name for one in cells]
    if len(cells) >= FEWEST and len(set(names)) == len(names) and not any(_TIME.fullmatch(name) for name in names):
        yield Series(tuple(cells), tuple(plain for part in measure if not _TIME.fullmatch(plain := without_notes(part).strip())))


def _in_order(cells: Sequence[StoredFact]) -> list[StoredFact]:
    return sorted(cells, key=lambda one: (one.fact.row or 0, one.fact.column or 0))


def _shared(parts: Sequence[tuple[str, ...]]) -> list[str]:
    """The parts that all have."""
    return [part for part in parts[0] if all(part in other for other in parts)]


@dataclass(frozen=True, slots=True)
class Beside:
    """Of a series the first and those behind it, or a part and its whole; ``said``: how much of the question says what they are."""

    series: Series
    cells: tuple[NamedFact, ...]
    said: int


def of_time(series: Iterable[Series], wanted: Period | None) -> list[Series]:
    """The series at a time, or else the latest of each table and measure."""
    if wanted is not None:
        return [one for one in series if matches(one.first.fact.period, wanted)]
    ordered = sorted(series, key=lambda one: parse_iso(one.first.fact.period).end)
    return list({(one.table, one.measure, tuple(cell.name for cell in one.cells)): one for one in ordered}.values())


def first_of(text: str, series: Series, order: Order) -> Beside | None:
    """The cells of a series, those under the heading that the text names, in their order; None where nothing tells the first."""
    under = series.under(text)
    cells = ranked(under, order)
    return Beside(under, tuple(cells), _said_of(text, under)) if cells else None


def part_of(text: str, series: Series) -> Beside | None:
    """The one cell that a text names and the whole that it names, or else the largest; None where there is none of which it is a part."""
    rest = text
    for words in said_parts(text, series):
        rest = without(rest, words)
    parts = series.named(rest)
    if len(parts) != 1:
        return None
    (part,) = parts
    wholes = wholes_of(series, part)
    named = [one for one in wholes if is_said(without(rest, stem(part)), stem(one))]
    whole = next(iter(named or wholes), None)
    if whole is None or whole.value * part.value <= 0 or abs(whole.value) < abs(part.value):
        return None
    return Beside(series, (part, whole), _said_of(text, series) + how_much_said(rest, stem(part)))


def stem(one: NamedFact) -> str:
    """A name without the word for a total: 沿江片区 of 沿江片区小计."""
    return TOTAL.sub("", one.name).strip() or one.name


def said_parts(text: str, series: Series) -> list[str]:
    """What a text says of what the cells are."""
    return [part for part in series.measure if is_said(text, part)]


def _said_of(text: str, series: Series) -> int:
    return sum(how_much_said(text, part) for part in said_parts(text, series))


def decided(found: Sequence[Beside]) -> Beside | None:
    """The one that a question says most of; None where several are as near and differ."""
    most = max((one.said for one in found), default=0)
    best = [one for one in found if one.said == most]
    same = {tuple((cell.name, cell.value) for cell in one.cells[:FEWEST]) for one in best}
    return best[0] if len(same) == 1 else None


def ranked(series: Series, order: Order) -> list[NamedFact]:
    """The cells without totals, the first first; empty where the first two are equal, or what gathers the rest is the first."""
    parts = [one for one in series.cells if not TOTAL.search(one.name)]
    found = sorted(parts, key=lambda one: one.value, reverse=order == "high")
    if len(found) < FEWEST or found[0].value == found[1].value or _REST.search(found[0].name):
        return []
    return found


def wholes_of(series: Series, part: NamedFact) -> list[NamedFact]:
    """The cells to which those right before or behind them add up, the part or cells of it among these; the largest first."""
    found = [whole for whole in series.cells if whole is not part and _adds_up(series.cells, whole, part)]
    return sorted(found, key=lambda one: -abs(one.value))


def _adds_up(cells: Sequence[NamedFact], whole: NamedFact, part: NamedFact) -> bool:
    """Whether cells without totals that reach from the whole to the part, or beyond it, add up to the whole."""
    place, end = cells.index(part), cells.index(whole)
    way = cells[:end][::-1] if place < end else cells[end + 1 :]
    total, slack, count = Decimal(0), step(whole.stored.fact) / 2, 0
    passed = False
    for one in way:
        passed = passed or one is part
        if TOTAL.search(one.name):
            continue
        total, slack, count = total + one.value, slack + step(one.stored.fact) / 2, count + 1
        if passed and count >= FEWEST and whole.value and abs(total - whole.value) <= slack and _reaches(way, one, part):
            return True
    return False


def _reaches(way: Sequence[NamedFact], last: NamedFact, part: NamedFact) -> bool:
    """Whether a run that ends with a cell holds all of a part: of a subtotal behind its rows only where these are passed, too."""
    return not TOTAL.search(part.name) or way.index(last) > way.index(part)

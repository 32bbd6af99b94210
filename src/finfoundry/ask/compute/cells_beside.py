"""Cells of a table side by side, those of a column by their rows or those of a row by their columns: which is the first, which the whole
that others add up to, and what share of it one of them is.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from finfoundry.ask.compute.breakdown_rows import TOTAL, step
from finfoundry.ask.compute.named_cells import headings_of, how_much_said, is_said, label_of, without
from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.ask.lexicon.spans import matches
from finfoundry.ask.lexicon.vocabulary import tokens
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.understand.comparison import Order, order_of
from finfoundry.ask.understand.stored_labels import without_notes
from finfoundry.core.language import has_han
from finfoundry.core.periods import Period, parse_iso
from finfoundry.core.quantities.unit_lines import read_unit_line
from finfoundry.knowledge.search.terms import terms

FEWEST = 2
_REST = re.compile(r"(?:all\s+)?others?|其[他它]", re.I)  # what gathers the small ones is not the first of several
_NOTES = re.compile(r"[（(][^()（）]*[）)]")
_TIME = re.compile(r"[\d年月季日末底初度上下半前首三四一二第全至到/.\s-]+|\d{1,2}\s*(?:months?|years?)|YTD", re.I)


@dataclass(frozen=True, slots=True)
class NamedFact:
    """A cell by the name that it has among those beside it, as printed."""

    name: str
    stored: StoredFact

    @property
    def stem(self) -> str:
        """The name without notes and the word for a total: 沿江片区 of 沿江片区小计."""
        plain = without_notes(self.name).strip()
        return next((one for one in (TOTAL.sub("", plain).strip(), plain) if one and not _TIME.fullmatch(one)), self.name)

    @property
    def printed(self) -> str:
        """The name, where the paper prints it; empty for a total that has none."""
        return self.name if self.stored.fact.dimensions or self.name == self.stored.fact.metric[-1].strip() else ""

    @property
    def value(self) -> Decimal:
        return self.stored.fact.value


@dataclass(frozen=True, slots=True)
class Series:
    """Cells of one time and unit, in the order of print, and what says what they are: the headings of their column, or the label of their
    row, then what stands over all of them. ``grouped``: they stand under a heading within their table, of which its head says nothing.
    """

    cells: tuple[NamedFact, ...]
    own: tuple[str, ...]
    over: tuple[str, ...]
    grouped: bool = False

    @property
    def first(self) -> StoredFact:
        return self.cells[0].stored

    @property
    def table(self) -> tuple[str, int | None]:
        return self.first.document_id, self.first.fact.table

    @property
    def measure(self) -> tuple[str, ...]:
        return (*self.own, *self.over)

    @property
    def by(self) -> str:
        """What the cells are, in one name."""
        return " ".join(self.own or self.over[:1])

    @property
    def kind(self) -> str:
        """The words that all the names share, but that of a total or of the rest: 分行, "bonds"."""
        names = [set(terms(one.name)) for one in _parts(self.cells) if not _REST.fullmatch(one.stem)]
        return " ".join(term for term in names[0] if len(term) > 1 and all(term in one for one in names)) if names else ""

    def is_headed(self, time: str) -> bool:
        """Whether the column or the row is called by the name of a time."""
        printed = [*headings_of(self.first), *self.first.fact.metric] if self.first.fact.dimensions else self.first.fact.metric
        return any(re.search(rf"(?<!\d){re.escape(time)}", part, re.I) for part in printed)

    def under(self, text: str) -> Series:
        """The cells under a heading that the text names, where others stand under another."""
        said = [{part for part in one.stored.fact.metric[:-1] if is_said(text, part)} for one in self.cells]
        kept = tuple(one for one, parts in zip(self.cells, said, strict=True) if parts - set(self.measure))
        return replace(self, cells=kept, grouped=True) if len(kept) >= FEWEST else self

    def named(self, text: str) -> list[NamedFact]:
        """The cells whose names, totals without that word, a text says."""
        return [one for one in self.cells if is_said(text, one.stem)]

    def said(self, text: str) -> list[str]:
        """What a text says whole of what the cells are."""
        return [part for part in self.measure if is_said(text, part)]

    def how_much_said(self, text: str) -> float:
        """How much a text says of what the cells are: what it says whole, and of the rest the largest share that it says in part."""
        asked, parts = set(terms(text)), [set(terms(part)) for part in self.measure]
        share = max((len(one & asked) / len(one) for one in parts if one), default=0.0)
        return share + sum(how_much_said(text, part) for part in self.said(text))


def series_in(facts: Iterable[StoredFact]) -> Iterator[Series]:
    """The series of tables, of columns first."""
    columns: dict[tuple[object, ...], list[StoredFact]] = defaultdict(list)
    rows: dict[tuple[object, ...], list[StoredFact]] = defaultdict(list)
    tables: dict[tuple[str, int | None], list[tuple[str, ...]]] = defaultdict(list)
    for one in facts:
        fact = one.fact
        if all(axis == "column" for axis, _ in fact.dimensions):
            columns[one.document_id, fact.table, fact.column, fact.period, fact.unit, fact.scope].append(one)
            rows[one.document_id, fact.table, fact.row, fact.metric, fact.period, fact.unit, fact.scope].append(one)
            tables[one.document_id, fact.table].append(fact.metric[:-1])
    for cells in columns.values():
        over = _shared([one.fact.metric[:-1] for one in cells])
        grouped = over != _shared(tables[cells[0].document_id, cells[0].fact.table])
        yield from _made([NamedFact(one.fact.metric[-1].strip(), one) for one in cells], headings_of(cells[0]), over, grouped=grouped)
    for cells in rows.values():
        shared, over = _shared([tuple(headings_of(one)) for one in cells]), list(cells[0].fact.metric[:-1])
        named = [NamedFact(" ".join(part for part in headings_of(one) if part not in shared) or _total(one), one) for one in cells]
        yield from _made(named, [label_of(cells[0])], [*over, *shared], grouped=False)


def _total(one: StoredFact) -> str:
    """What a cell is called whose column has no heading of its own beside others that have: the column of the total."""
    return "合计" if has_han(one.fact.metric[-1]) else "Total"


def _made(cells: Sequence[NamedFact], own: Sequence[str], over: Sequence[str], *, grouped: bool) -> Iterator[Series]:
    """A series, where each cell has a name of its own, and one that is no time."""
    names = [one.name for one in cells]
    if len(cells) >= FEWEST and len(set(names)) == len(names) and not any(_TIME.fullmatch(name) for name in names):
        ordered = sorted(cells, key=lambda one: (one.stored.fact.row or 0, one.stored.fact.column or 0))
        yield Series(tuple(ordered), _telling(own), _telling(over), grouped)


def _telling(parts: Sequence[str]) -> tuple[str, ...]:
    """What says more than a time."""
    return tuple(plain for part in parts if not _TIME.fullmatch(plain := without_notes(part).strip()))


def _shared(parts: Sequence[tuple[str, ...]]) -> list[str]:
    """The parts that all have."""
    return [part for part in parts[0] if all(part in other for other in parts)]


# --- what is asked of them -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Beside:
    """Of a series the first and those behind it, or a part and its whole; ``said``: how much of the question says what they are."""

    series: Series
    cells: tuple[NamedFact, ...]
    said: float


def of_time(series: Iterable[Series], wanted: Period | None) -> list[Series]:
    """The series at a time, or else the latest of each table and measure."""
    if wanted is not None:
        return [one for one in series if matches(one.first.fact.period, wanted)]
    same: dict[object, list[Series]] = defaultdict(list)
    for one in series:
        same[one.table, one.measure, tuple(cell.name for cell in one.cells)].append(one)
    return [one for each in same.values() for one in _latest(each)]


def _latest(series: Sequence[Series]) -> list[Series]:
    """The one that is latest of some; none where several are: of columns called 1月 and 2月 nothing tells which is meant."""
    ends = [parse_iso(one.first.fact.period).end for one in series]
    found = [one for one, end in zip(series, ends, strict=True) if end == max(ends)]
    return found if len(found) == 1 else []


def first_of(text: str, series: Series, order: Order) -> Beside | None:
    """The cells of a series, those under the heading that the text names, in their order; None where nothing tells the first, where the
    text names one of them, or where only what they are is a superlative: "maximum tenor".
    """
    under = series.under(text)
    cells, rest = _ranked(under, order), _without_all(text, under.said(text))
    if not cells or order_of(rest) is None or under.named(rest) or not _is_one_measure([one.name for one in cells]):
        return None
    return Beside(under, tuple(cells), under.how_much_said(text))


def _is_one_measure(labels: Sequence[str]) -> bool:
    """Whether labels are of things of one kind: none has a unit that another lacks, none is a bound ("maximum", 限额) beside others."""
    notes = ["".join(_NOTES.findall(label)) for label in labels]
    units = {note if (unit := read_unit_line(note)).currency or unit.scale else "" for note in notes}
    return len(units) == 1 and len({_is_bound(label) for label in labels}) == 1


def _is_bound(label: str) -> bool:
    said, bounds = set(terms(label)), word_list("bounds")
    return order_of(label) is not None or any(set(terms(one)) <= said for one in bounds)


def quantities_in(text: str) -> set[str]:
    """The words of a text that make another quantity of a name: "ratio", "per", 率."""
    words = {form for one in tokens(text) for form in (one.text.lower(), one.text.lower().removesuffix("s"))}
    return (words & word_list("quantities")) | {one for one in word_list("quantities_zh") if one in text}


def part_of(text: str, series: Series) -> Beside | None:
    """The one cell that a text names and the whole that it names, too, or else that of all cells; None where neither is sure."""
    rest = _without_all(text, series.said(text))
    named = series.named(rest)
    sums = [(part, whole, run) for part in named for whole in series.cells if (run := _addends(series.cells, whole, part))]
    pairs = [(part, whole) for part, whole, _ in sums if whole in named]
    if not pairs and len(named) == 1:  # of all that the table has
        pairs = [(part, whole) for part, whole, run in sums if all(one in run or one is whole for one in _parts(series.cells))]
    if len(pairs) != 1:
        return None
    ((part, whole),) = pairs
    if not _is_whole_of(text, part, series):
        return None
    if whole.value * part.value <= 0 or abs(whole.value) < abs(part.value):
        return None
    return Beside(series, (part, whole), series.how_much_said(text) + how_much_said(rest, part.stem))


_OF = re.compile(  # what a share is of: 占全行, "share of all revenue does …"
    r"占(?P<zh>[^，。？?]*)|\b(?:share|portion|proportion|fraction|part|weight|percent(?:age)?)\s+of\b(?P<en>.*?)"
    r"(?=\b(?:is|are|was|were|do|does|did|has|have|had|came|comes?|goes|go|went|make|makes|made)\b|$)",
    re.I,
)
_ITS_OWN = re.compile(r"\b(?:its|their|his|her|own)\b|其(?!中)|自身|本身|自己")


def _is_whole_of(text: str, part: NamedFact, series: Series) -> bool:
    """Whether what a share is of may be the whole of a series: not the part's own, and not less of what the cells are than is said of the
    part, as of 不良贷款占贷款 and "share of North's loans is non-performing".
    """
    found = _OF.search(text)
    if found is None:
        return True
    whole, told = found["zh"] or found["en"] or "", set(terms(" ".join(series.measure)))
    if found["en"] and is_said(whole, part.stem):  # "share of retail in revenue"
        whole = re.split(r"\b(?:in|of)\b", whole)[-1]
    rest = f"{text[: found.start()]} {text[found.end() :]} {(found['en'] or '').replace(whole, ' ')}"
    of, of_part = set(terms(whole)) & told, set(terms(without(rest, part.stem))) & told
    return not _ITS_OWN.search(whole) and not is_said(whole, part.stem) and not (of and of_part - of)


def _without_all(text: str, said: Sequence[str]) -> str:
    for words in said:
        text = without(text, words)
    return text


def decided(text: str, found: Sequence[Beside], every: Iterable[Series]) -> Beside | None:
    """The one that a question says most of, of those whose table has no other line that it says more of; None where several differ."""
    best: dict[tuple[str, int | None], float] = {}
    for one in every:
        best[one.table] = max(best.get(one.table, 0.0), one.how_much_said(text))
    found = [one for one in found if one.said >= best[one.series.table]]
    most = max((one.said for one in found), default=0.0)
    first = [one for one in found if one.said == most]
    same = {tuple((cell.name, cell.value) for cell in one.cells[:FEWEST]) for one in first}
    return first[0] if len(same) == 1 else None


def _ranked(series: Series, order: Order) -> list[NamedFact]:
    """The cells without totals, the first first; empty where the first two are equal, or what gathers the rest is the first."""
    parts = _parts(series.cells)
    costs = all(one.value <= 0 for one in parts)  # printed in brackets: the largest loss is that of most
    found = sorted(parts, key=lambda one: abs(one.value) if costs else one.value, reverse=order == "high")
    if len(found) < FEWEST or found[0].value == found[1].value or _REST.fullmatch(found[0].stem):
        return []
    return found


def _parts(cells: Sequence[NamedFact]) -> list[NamedFact]:
    """The cells that are no totals by their names, nor parts of rows among them: those under the fewest headings."""
    parts = [one for one in cells if not TOTAL.search(one.name)]
    fewest = min((len(one.stored.fact.metric) for one in parts), default=0)
    return [one for one in parts if len(one.stored.fact.metric) == fewest]


def _addends(cells: Sequence[NamedFact], whole: NamedFact, part: NamedFact) -> list[NamedFact]:
    """The cells without totals, from the whole to the part or beyond it, that add up to the whole; of a subtotal behind its rows these must
    be among them. Empty where none do.
    """
    end, passed, run = cells.index(whole), False, list[NamedFact]()
    if part is whole or not whole.value:
        return []
    for one in cells[:end][::-1] if cells.index(part) < end else cells[end + 1 :]:
        passed = passed or one is part
        if TOTAL.search(one.name):
            continue
        run.append(one)
        slack = sum((step(each.stored.fact) for each in (whole, *run)), Decimal(0)) / 2
        if passed and len(run) >= FEWEST and abs(sum((each.value for each in run), -whole.value)) <= slack:
            return run
    return []

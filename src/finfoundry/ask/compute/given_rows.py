"""Rows of the tables that come with a question: which one it names, and which of its cells, by the words and years of both.

A word weighs by how few labels have it: in a table of expenses "expense" says little. What no label has weighs a little, so that a question
about something else finds no row. Where two rows are as near, none is taken.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from finfoundry.ask.compute.breakdown_rows import is_change
from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.ask.lexicon.vocabulary import distinct_words, tokens
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.core.periods import find_periods, parse_iso

SURE = 0.6  # how much of a row's label a question must hold, and the other way round
APART = 0.05  # how much better than the second row
VERBATIM = 0.1  # for a label that the question holds word by word
UNKNOWN = 0.25  # weight of a word that no label has, or that heads a column
ABOVE = 0.3  # of a question may be about what stands in no label
_MARK = re.compile(r"\s*\((?:\d{1,2}|[a-z]|(?:see )?notes?[^)]*)\)", re.IGNORECASE)  # of a footnote
_ASIDE = re.compile(r"(?<=\w)\s*\((?:[^()]|\([^()]*\))*\)\s*$")  # behind a label, which a question need not say
_TIED = re.compile(r"\b(?:as\s+)?(?:at|of|on|in|for)\s*$", re.IGNORECASE)
HELD = 0.5  # of a column's own words that a question must have which names no year


@dataclass(frozen=True)
class GivenRow:
    """One row: its label under its headings, and its cells in the order of the columns."""

    path: tuple[str, ...]
    cells: tuple[StoredFact, ...]

    @cached_property
    def label(self) -> str:
        return _MARK.sub("", self.path[-1]).strip(" :：")

    @cached_property
    def words(self) -> frozenset[str]:
        return _words(self.label)

    @cached_property
    def telling(self) -> frozenset[str]:
        """The words of the label without what stands in brackets behind it."""
        return _words(_ASIDE.sub("", self.label)) or self.words

    @cached_property
    def above(self) -> frozenset[str]:
        """The words of its headings."""
        return _words(" ".join(self.path[:-1]))


@dataclass(frozen=True)
class GivenRows:
    """The rows of all tables, and the words of their labels, headings and columns, which are gathered once."""

    rows: Sequence[GivenRow]

    @cached_property
    def rarity(self) -> Mapping[str, int]:
        """Of each word of a label or a heading, how many rows have it."""
        return Counter(word for row in self.rows for word in row.words | row.above)

    @cached_property
    def columns(self) -> frozenset[str]:
        """The words that head columns."""
        return _words_of({_column(cell) for row in self.rows for cell in row.cells})

    @cached_property
    def printed(self) -> frozenset[str]:
        """All words of the tables."""
        return _words_of({" ".join(row.path) for row in self.rows}) | self.columns


def _words(text: str) -> frozenset[str]:
    """The words of what is printed, small ones apart."""
    return distinct_words(_MARK.sub(" ", text)) - word_list("ties") - word_list("articles")


def _words_of(texts: Iterable[str]) -> frozenset[str]:
    return frozenset[str]().union(*map(_words, texts))


def _asked(text: str, printed: AbstractSet[str]) -> frozenset[str]:
    """The words of a question that may name a row or a column: those that are printed, and what is no grammar of questions."""
    words = _words(text)
    empty = word_list("empty") | word_list("arithmetic") | word_list("superlatives") | {"all", "than"}
    return (words & printed) | (words - empty)


def rows_in(facts: Sequence[StoredFact]) -> GivenRows:
    """The rows of tables, as printed; those that differ in their time alone are one, and where rows are times, columns are rows."""
    found: dict[tuple[str, int, int | None, tuple[str, ...]], list[StoredFact]] = {}
    for one in map(_at_its_time, facts):
        if one.fact.table is not None and one.fact.metric:
            found.setdefault((one.document_id, one.fact.table, one.fact.row, one.fact.metric), []).append(one)
    rows = [GivenRow(key[-1], tuple(sorted(cells, key=lambda one: one.fact.column or 0))) for key, cells in found.items()]
    alike: dict[tuple[str, int | None, tuple[str, ...]], list[GivenRow]] = {}
    for row in rows:
        first = row.cells[0]
        alike.setdefault((first.document_id, first.fact.table, tuple(filter(None, map(_timeless, row.path)))), []).append(row)
    return GivenRows([row for (_, _, path), group in alike.items() for row in _merged(path, group)])


def _merged(path: tuple[str, ...], group: Sequence[GivenRow]) -> Sequence[GivenRow]:
    """One row of several of other times; each by itself where two of their cells stand under one heading for one time."""
    cells = [cell for row in group for cell in row.cells]
    if not path and len(group) > 1:
        return _turned(cells)
    told = {(_column(cell), cell.fact.period) for cell in cells}
    return [GivenRow(path, tuple(cells))] if len(group) > 1 and len(told) == len(cells) else group


def _turned(cells: Sequence[StoredFact]) -> list[GivenRow]:
    """The columns of rows that are times, each as one row."""
    columns: dict[str, list[StoredFact]] = {}
    for cell in cells:
        time, column = _time_in(cell.fact.metric[-1]), _column(cell)
        if time and column:
            beside = tuple(pair for pair in cell.fact.dimensions if pair[0] != "column")
            columns.setdefault(column, []).append(replace(cell, fact=replace(cell.fact, metric=(column,), period=time, dimensions=beside)))
    return [GivenRow((column,), tuple(own)) for column, own in columns.items()]


def _at_its_time(one: StoredFact) -> StoredFact:
    """A cell at the time that heads its column, where what was read of it is another."""
    column = _column(one)
    time = _time_in(column)
    if time is None or str(parse_iso(time).end.year) in one.fact.period or _timeless(column):
        return one
    return replace(one, fact=replace(one.fact, period=time, dimensions=tuple(pair for pair in one.fact.dimensions if pair[0] != "column")))


def _time_in(label: str) -> str | None:
    """The one time that a label names, as ISO writes it; of a year its days."""
    times = find_periods(label)
    if len(times) != 1:
        return None
    year = times[0].fiscal_year
    return times[0].period.iso if times[0].period else f"{year}-01-01/{year}-12-31" if year else None


def _timeless(label: str) -> str:
    """A label without the time in it, and without what ties this: "Outstanding at 30 September 2018"."""
    for time in reversed(find_periods(label)):
        label = f"{_TIED.sub('', label[: time.start])}{label[time.end :]}"
    return label.strip(" ,:：")


def row_named(text: str, given: GivenRows) -> GivenRow | None:
    """The row that a text names; None where none is near enough, or several are."""
    rows, rarity = given.rows, given.rarity
    asked = _asked(text, rarity.keys() - word_list("arithmetic"))
    near_enough = [at for at, row in enumerate(rows) if not row.words.isdisjoint(asked)]  # no other can reach what is sure, or be near it
    words = asked.union(*(rows[at].words for at in near_enough))
    weights = {word: UNKNOWN if word in given.columns or not rarity.get(word) else 1 / (1 + rarity[word]) for word in words}
    said = _plain(text)
    scored = sorted(((_agreement(rows[at], asked, weights) + _verbatim(rows[at], said), -at) for at in near_enough), reverse=True)
    if not scored or scored[0][0] < SURE:
        return None
    best = rows[-scored[0][1]]
    near = [rows[-at] for score, at in scored[1:] if scored[0][0] - score < APART]
    return best if all(_same(best, other) for other in near) else None


def _same(one: GivenRow, other: GivenRow) -> bool:
    """Whether two rows say the same: a line that two tables print."""
    return [cell.fact.value for cell in one.cells] == [cell.fact.value for cell in other.cells]


def _agreement(row: GivenRow, asked: AbstractSet[str], weights: Mapping[str, float]) -> float:
    """The smaller of the shares that label and question have of each other; a heading may name what the label does not."""
    if not row.words:
        return 0.0
    of_label = max(
        sum(weights[word] for word in words & asked) / sum(weights[word] for word in words) for words in (row.words, row.telling)
    )
    of_question = sum(weights[word] for word in (row.words | row.above) & asked) / max(sum(weights[word] for word in asked), 1e-9)
    return min(of_label, ABOVE + of_question) + 0.05 * of_question


def _plain(text: str) -> str:
    """The words of a text one after another, a blank around each."""
    return f" {' '.join(token.text for token in tokens(text))} "


def _verbatim(row: GivenRow, said: str) -> float:
    return VERBATIM if _plain(row.label) in said else 0.0


def cells_of_years(row: GivenRow, years: Sequence[int], text: str, *, rates: bool) -> list[StoredFact] | None:
    """One cell for each year; None where a year has none, or several that no heading tells apart. ``rates``: in percent."""
    found = [_of_year(row, year, text, rates=rates) for year in years]
    cells = [cell for cell in found if cell is not None]
    return cells if len(cells) == len(found) else None


def _of_year(row: GivenRow, year: int, text: str, *, rates: bool) -> StoredFact | None:
    cells = [cell for cell in row.cells if year_of(cell) == year]
    cells = [cell for cell in cells if not is_change(_column(cell))] or cells
    if len(cells) > 1:
        wanted = [cell for cell in cells if (cell.fact.unit == "ratio") is rates]
        cells = wanted or cells
        asked = _words(text) - row.words
        best = max(len(asked & _words(_column(cell))) for cell in cells)
        cells = [cell for cell in cells if len(asked & _words(_column(cell))) == best]
    return cells[0] if len(cells) == 1 else None


def cell_headed(row: GivenRow, text: str) -> StoredFact | None:
    """The one cell whose column's own words, which no other column has, a text says; else the only one without a heading of its own."""
    asked = _words(text) - row.words
    headings = {at: _words(_column(cell)) for at, cell in enumerate(row.cells)}
    own_words = [words for words in headings.values() if words]
    common = frozenset.intersection(*own_words) if len(own_words) > 1 else frozenset[str]()
    held = {at: len((own - common) & asked) / len(own - common) for at, own in headings.items() if own - common}
    best = max(held.values(), default=0.0)
    first = [at for at, share in held.items() if share == best]
    if best >= HELD and len(first) == 1:
        return row.cells[first[0]]
    plain = [cell for cell in row.cells if not _column(cell)]
    return plain[0] if len(plain) == 1 and not best else None


def one_a_year(row: GivenRow, text: str = "") -> list[StoredFact]:
    """The cells of a row where each is of another year and none of a part; empty for other rows. Changes beside amounts are left out, and
    of columns under several headings those whose heading a text says.
    """
    levels = [cell for cell in row.cells if not is_change(_column(cell))]
    amounts = [cell for cell in levels if cell.fact.unit != "ratio"]
    cells = amounts if amounts and len(amounts) < len(levels) else levels
    found = cells if _differ(cells) else _headed(cells, _words(text) - row.words)
    return sorted(found, key=year_of) if _differ(found) else []


def _differ(cells: Sequence[StoredFact]) -> bool:
    """Whether cells of one unit are each of another year."""
    return len({year_of(cell) for cell in cells}) == len(cells) and len({cell.fact.unit for cell in cells}) == 1


def _headed(cells: Sequence[StoredFact], asked: AbstractSet[str]) -> Sequence[StoredFact]:
    """The cells under the one heading that says most of what is asked; all where none says more than another."""
    said = {column: len(asked & _words(column)) for column in map(_column, cells)}
    first = [column for column, count in said.items() if count == max(said.values())]
    return [cell for cell in cells if _column(cell) == first[0]] if len(first) == 1 else cells


def year_of(cell: StoredFact) -> int:
    return parse_iso(cell.fact.period).end.year


def _column(cell: StoredFact) -> str:
    return " ".join(member for axis, member in cell.fact.dimensions if axis == "column")


def unexplained_words(text: str, rows: GivenRows) -> frozenset[str]:
    """Words of a text that stand nowhere in the tables."""
    return frozenset(word for word in _asked(text, frozenset()) - rows.printed if len(word) > 1 and not word.isdigit())


def is_qualified(text: str, rows: GivenRows, named: str) -> bool:
    """Whether a word that no table has stands right before words of what is named: "unrecognized total revenue" is another figure."""
    strange, of_name, told = unexplained_words(text, rows), _words(named), tokens(text)
    return any(one.text in strange and other.text in of_name and not text[one.end : other.start].strip() for one, other in pairwise(told))


def rows_under(text: str, given: GivenRows) -> list[GivenRow]:
    """The rows under the heading that a text names; empty where it names none, or the heading of one row."""
    headings = {path: GivenRow(path, ()) for row in given.rows if len(path := row.path[:-1])}
    named = row_named(text, GivenRows(list(headings.values())))
    found = [row for row in given.rows if named and row.path[:-1] == named.path and "total" not in row.words]
    return found if len(found) > 1 else []


def all_words(text: str) -> frozenset[str]:
    return _words(text)

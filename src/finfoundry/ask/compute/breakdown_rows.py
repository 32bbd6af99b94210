"""Rows of one table that are parts of one whole: regions, segments, products, kinds of debt. Totals are separated from parts by their names
and by what adds up to them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.ask.lexicon.vocabulary import tokens
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.core.document import BY_PLACE, Fact
from finfoundry.core.language import has_han
from finfoundry.core.periods import Period, find_periods, parse_iso

TOTAL = re.compile(r"^(?:sub-?|grand\s+)?totals?\b|\btotal$|^(?:worldwide|consolidated|net)$|合\s*计|总\s*计|小\s*计|总额$", re.I)
_TOTAL_OF = re.compile(r"^total\s+\w", re.I)
_REST = re.compile(
    r"^(?:all\s+)?others?\b|\bother\s+(?:operations|businesses|segments?)$|corporate|eliminat|unallocated|reconcil|intersegment|inter-segment"
    r"|^其他|抵[销消]|未分配",
    re.I,
)
_CHANGE = re.compile(
    r"%|\bpercent\w*|\bchange\b|\bvs\.?\b|增减|变动|增长率?|同比|比上年|同期|\bgrowth\b|\bincrease|\bdecrease|(?:\$|\bdollar)\s*difference\b",
    re.I,
)
_CHANGE_WORDS = frozenset(
    {"%", "percent", "percentage", "change", "vs", "growth", "increase", "decrease", "reported", "gaap", "actual", "year"}
)
_CHANGE_ZH = re.compile(r"比上|上年|年?同期|增减|变动|增长率?|同比|幅度|比|较|率|[%（()）·\s]")
_Run = list[tuple[int, StoredFact]]
_NAME = re.compile(r"[A-Za-z]{2}|[A-Za-z]\.|[\u4e00-\u9fff]")
PLACE = re.compile(rf"^(?:the )?(?:{'|'.join(re.escape(place.replace('_', ' ')) for place in sorted(word_list('places')))})\b", re.I)


@dataclass(slots=True)
class BreakdownRow:
    """A row of the table at the period asked for. ``level`` is its amount, ``before`` that of a year earlier, ``change`` a printed rate."""

    number: int
    path: tuple[str, ...]
    name: str = ""
    level: StoredFact | None = None
    before: StoredFact | None = None
    change: StoredFact | None = None

    @property
    def facts(self) -> list[StoredFact]:
        return [stored for stored in (self.level, self.before, self.change) if stored is not None]


@dataclass(slots=True)
class Siblings:
    """Rows under one heading (``prefix``) in one column (``column``: the words of its header other than its period)."""

    document: str
    table: int
    title: str
    prefix: tuple[str, ...]
    column: str
    rows: list[BreakdownRow]
    statement: str | None = None
    amounts: Sequence[Mapping[int, StoredFact]] = field(default=(), repr=False)  # the table's columns of amounts, row → fact
    totals: bool = False  # each row is the total of a group of rows
    across: bool = False  # each segment is a column, not a row (finfoundry.ask.compute.breakdown_columns)

    @property
    def context(self) -> str:
        """Text describing the whole group: the table's title, then ``near``."""
        return f"{self.title} {self.near}"

    @property
    def near(self) -> str:
        """Text close to the rows: their heading, the column's header, the words that all rows share."""
        return " ".join((*self.prefix, self.column, *_shared(row.name for row in self.rows)))

    def parts(self, is_total: Mapping[int, bool] | None = None) -> list[BreakdownRow]:
        """The rows without totals. ``is_total``: row number → whether the caller knows the row to be a total."""
        named = is_total or {}
        totals = {row.number for row in self.rows if named.get(row.number) or TOTAL.search(row.name)}
        totals |= {number for column in self.amounts for number in _sums(self._in_column(column))}
        left = [row for row in self.rows if row.number not in totals]
        if sum(not is_rest(row) for row in left) > 1:
            return left
        return [row for row in self.rows if not named.get(row.number) and (row in left or _TOTAL_OF.match(row.name))]  # of groups alone

    def _in_column(self, column: Mapping[int, StoredFact]) -> dict[int, StoredFact]:
        return {row.number: column[row.number] for row in self.rows if row.number in column}

    def sums(self, rows: Sequence[BreakdownRow]) -> list[StoredFact]:
        """The printed totals of the rows: facts of the same column, not among the rows, that equal their sum. Empty where there is none."""
        return [total for column in self.amounts for total in _totals(rows, column, column.values())]

    def adds_up(self, rows: Sequence[BreakdownRow], printed: Sequence[StoredFact]) -> bool:
        """Whether, in some column, the rows add up to a figure printed for the same period, so that they are all parts of one whole."""
        return any(_totals(rows, column, printed) for column in self.amounts) or bool(self.sums(rows))

    def makes_up(self, row: BreakdownRow, value: Decimal) -> bool:
        """Whether the row and rows next to it, leaves or groups of leaves, add up to a value, so that the row is a part of that whole."""
        own = [self._in_column(column) for column in self.amounts]
        columns = [{number: one for number, one in column.items() if one.fact.value != value} for column in own]
        added = {number for column in columns for number in _addends(column)}
        leaves = self.parts()
        groups = [one for one in self.rows if one.number not in added and one.level and one.level.fact.value != value]
        return any(row in rows and _runs_to(rows, rows.index(row), value) for rows in (leaves, groups))

    def adds_up_to(self, rows: Sequence[BreakdownRow], value: Decimal) -> bool:
        """Whether the rows' own levels add up to a value."""
        own = [row.level.fact for row in rows if row.level is not None]
        return len(own) == len(rows) and abs(sum((fact.value for fact in own), Decimal(0)) - value) <= sum(map(step, own), Decimal(0)) / 2


def is_rest(row: BreakdownRow) -> bool:
    """Whether a row gathers what belongs to no part: other, corporate, eliminations."""
    return _REST.search(row.name) is not None


def is_place(name: str) -> bool:
    return PLACE.search(name) is not None


def of_places(rows: Sequence[BreakdownRow]) -> bool:
    """Whether the rows are countries and areas, whatever is said about them."""
    named = [row for row in rows if not _REST.search(row.name) and not TOTAL.search(row.name)]
    return bool(named) and 2 * sum(is_place(row.name) for row in named) > len(named)


def siblings(
    now: Iterable[StoredFact], before: Iterable[StoredFact], span: Period, prior: Period, titles: Mapping[tuple[str, int], str]
) -> Iterator[Siblings]:
    """All groups of rows of all tables. ``now`` are facts of the span, ``before`` those a year earlier, ``titles`` those of tables."""
    tables: dict[tuple[str, int], tuple[list[StoredFact], list[StoredFact]]] = {}
    for place, facts in enumerate((now, before)):
        for stored in facts:
            if is_cell(stored):
                tables.setdefault((stored.document_id, stored.fact.table or 0), ([], []))[place].append(stored)
    for key, (current, earlier) in tables.items():
        yield from _of_table(key, current, earlier, span, prior, titles.get(key, ""))


def is_cell(stored: StoredFact) -> bool:
    """Whether a fact is a cell of a table of the group's figures."""
    fact = stored.fact
    inside = any(axis in ("figure", BY_PLACE) for axis, _ in fact.dimensions)
    return (
        not stored.structured
        and fact.table is not None
        and fact.row is not None
        and fact.scope == "consolidated"
        and not inside
        and bool(fact.metric)
    )


def _of_table(
    key: tuple[str, int], current: list[StoredFact], earlier: list[StoredFact], span: Period, prior: Period, title: str
) -> Iterator[Siblings]:
    levels, changes = _columns(current, span), _columns(current, span, change=True)
    older, amounts = _columns(earlier, prior), _amounts(current)
    for header, column in (levels or {"": {}}).items():
        rows: dict[int, BreakdownRow] = {}
        for number, stored in column.items():
            old = older.get(header, {}).get(number)
            rows[number] = BreakdownRow(
                number, stored.fact.metric, level=stored, before=old if old and old.fact.unit == stored.fact.unit else None
            )
        for text, printed in changes.items():
            if holds(header, said_beside_change(text)) or holds(title, said_beside_change(text)):
                for number, stored in printed.items():
                    row = rows.setdefault(number, BreakdownRow(number, stored.fact.metric))
                    row.change = row.change or stored
        statement = current[0].fact.statement if current else None
        for prefix, group in _groups(list(rows.values())):
            yield Siblings(*key, title, prefix, header, group, statement, amounts)
        if totals := _totalled(list(rows.values())):
            yield Siblings(*key, title, (), header, totals, statement, amounts, totals=True)


def _columns(facts: Sequence[StoredFact], span: Period, *, change: bool = False) -> dict[str, dict[int, StoredFact]]:
    """Header → row → fact, of amounts or of printed changes. A header of several columns of the period is left out, as is one that speaks
    of change over amounts: its columns are misread.
    """
    found: dict[tuple[str, int], dict[int, StoredFact]] = {}
    for stored in facts:
        header = " ".join(member for axis, member in stored.fact.dimensions if axis == "column")
        says = is_change(header)
        ratio = stored.fact.unit == "ratio"
        if says is not change or (change and not ratio) or (ratio and not header):
            continue
        if not lasts(stored, span):
            continue
        found.setdefault((header, stored.fact.column or 0), {})[stored.fact.row or 0] = stored
    columns: dict[str, list[dict[int, StoredFact]]] = {}
    for (header, _), rows in found.items():
        columns.setdefault(header, []).append(rows)
    return {header: several[0] for header, several in columns.items() if len(several) == 1}


def _amounts(facts: Sequence[StoredFact]) -> list[dict[int, StoredFact]]:
    """The columns of amounts, whatever their headers say."""
    columns: dict[int, dict[int, StoredFact]] = {}
    for stored in facts:
        if stored.fact.unit != "ratio":
            columns.setdefault(stored.fact.column or 0, {})[stored.fact.row or 0] = stored
    return [columns[number] for number in sorted(columns)]


def lasts(stored: StoredFact, span: Period) -> bool:
    """Whether a fact's period is as long as the span, within 20 days (52-week years); true where either is an instant."""
    period = parse_iso(stored.fact.period)
    return period.instant or span.instant or abs(period.days - span.days) <= 20


def _groups(rows: list[BreakdownRow]) -> Iterator[tuple[tuple[str, ...], list[BreakdownRow]]]:
    """Rows by heading, two or more under each, named by the label under it; rows whose label is not unique there are dropped."""
    prefixes = dict.fromkeys(row.path[:depth] for row in rows for depth in range(len(row.path)))
    for prefix in prefixes:
        inside = [row for row in rows if len(row.path) > len(prefix) and row.path[: len(prefix)] == prefix]
        names = [row.path[len(prefix)] for row in inside]
        single = [
            BreakdownRow(row.number, row.path, name, row.level, row.before, row.change)
            for row, name in zip(inside, names, strict=True) if names.count(name) == 1 and is_name(name)
        ]  # fmt: skip
        if len(single) >= 2:
            yield prefix, sorted(single, key=lambda row: row.number)


def _totalled(rows: list[BreakdownRow]) -> list[BreakdownRow]:
    """The totals of groups of rows under the groups' names: of products, each by region and in all."""
    totals = [
        BreakdownRow(row.number, row.path, row.path[-2], row.level, row.before, row.change)
        for row in rows if len(row.path) > 1 and TOTAL.search(row.path[-1]) and is_name(row.path[-2])
    ]  # fmt: skip
    distinct = len({row.name for row in totals}) == len(totals)
    return sorted(totals, key=lambda row: row.number) if len(totals) >= 2 and distinct else []


def is_name(text: str) -> bool:
    """Whether a label has letters once periods are taken out: "Europe", not "2024" or "1."."""
    for found in find_periods(text):
        text = text.replace(found.text, " ")
    return _NAME.search(text) is not None


def _sums(column: Mapping[int, StoredFact]) -> set[int]:
    """Rows of a column that are the sum of at least two rows right above or right below them."""
    found: set[int] = set()
    for number, stored, runs in _beside(column):
        if any(_adds_to(stored, [one for other, one in run if other not in found]) for run in runs):
            found.add(number)
    return found


def _addends(column: Mapping[int, StoredFact]) -> set[int]:
    """Rows that make up a row right above or right below them."""
    found: set[int] = set()
    for _, stored, runs in _beside(column):
        for run in runs:
            found |= {number for number, _ in run[: _adds_to(stored, [one for _, one in run])]}
    return found


def _beside(column: Mapping[int, StoredFact]) -> Iterator[tuple[int, StoredFact, tuple[_Run, _Run]]]:
    """Each row with the rows above it and those below it, the nearest first."""
    rows = list(column.items())
    for place, (number, stored) in enumerate(rows):
        yield number, stored, (rows[:place][::-1], rows[place + 1 :])


def _runs_to(rows: Sequence[BreakdownRow], place: int, value: Decimal) -> bool:
    """Whether some run of at least two rows, one of them at the place, adds up to a value."""
    facts = [row.level.fact if row.level else None for row in rows]
    for start in range(place, -1, -1):
        reached, slack = Decimal(0), Decimal(0)
        for end in range(start, len(facts)):
            fact = facts[end]
            if fact is None:
                break
            reached, slack = reached + fact.value, slack + step(fact) / 2
            if end >= max(place, start + 1) and abs(reached - value) <= slack:
                return True
    return False


def _adds_to(total: StoredFact, run: Sequence[StoredFact]) -> int:
    """How many rows from the first of a run on make up the total; 0 for none."""
    goal, reached = total.fact.value, Decimal(0)
    for count, stored in enumerate(run, 1):
        reached += stored.fact.value
        if count >= 2 and goal and abs(reached - goal) <= step(stored.fact) * count / 2:
            return count
    return 0


def _totals(rows: Sequence[BreakdownRow], column: Mapping[int, StoredFact], printed: Iterable[StoredFact]) -> list[StoredFact]:
    """The figures printed that are the sum of the rows in one column."""
    numbers = {row.number for row in rows}
    if not rows or not numbers <= column.keys():
        return []
    own = [column[number] for number in numbers]
    total, slack = sum((one.fact.value for one in own), Decimal(0)), sum((step(one.fact) for one in own), Decimal(0)) / 2
    unit, ids = own[0].fact.unit, {one.id for one in own}
    return [one for one in printed if one.fact.unit == unit and one.id not in ids and total and abs(one.fact.value - total) <= slack]


def step(fact: Fact) -> Decimal:
    """The value of one unit in a fact's last printed digit: 1,000,000 for "5" in millions."""
    return fact.scale.scaleb(-fact.precision)


def is_change(header: str) -> bool:
    """Whether a column's header speaks of change."""
    return _CHANGE.search(header) is not None


def holds(text: str, phrase: str) -> bool:
    """Whether a text has all words of a phrase, in any order; a Chinese phrase as a whole."""
    if has_han(phrase):
        return re.sub(r"\s|·", "", phrase) in re.sub(r"\s|·", "", text)
    return {token.text for token in tokens(phrase)} <= {token.text for token in tokens(text)}


def said_beside_change(header: str) -> str:
    """The words of a change column's header without those of change: "营业收入" of 营业收入比上年同期增减."""
    if has_han(header):
        return _CHANGE_ZH.sub("", header)
    return " ".join(token.text for token in tokens(header) if token.text not in _CHANGE_WORDS and not token.text.isdigit())


def narrowing(text: str, said: frozenset[str]) -> bool:
    """Whether a heading has words that are not in ``said`` (the question's), so that the table is about less than was asked."""
    if has_han(text):
        plain = re.sub(r"^[（(]?[一二三四五六七八九十\d]+[）)]?[、.．]?|^分|[\s·（）()]|元$|金额|本期|发生额|按|情况|合计", "", text)
        return not any(plain and (plain in word or word in plain) for word in said) and bool(plain)
    empty = word_list("empty") | {
        "by",
        "full",
        "worldwide",
        "month",
        "three",
        "six",
        "nine",
        "twelve",
        "ended",
        "reported",
        "consolidated",
        "customer",
    }
    return any(token.text not in said and token.text not in empty and not token.text.isdigit() for token in tokens(text))


def _shared(names: Iterable[str]) -> list[str]:
    """The words that all names have."""
    sets = [{token.text for token in tokens(name)} for name in names]
    return sorted(set.intersection(*sets)) if sets else []


def name_of(text: str) -> str:
    """A name in the form in which names are compared."""
    return " ".join(token.text for token in tokens(text))


_COUNTRIES = {
    "us": "united state",
    "u s": "united state",
    "usa": "united state",
    "u s a": "united state",
    "uk": "united kingdom",
    "u k": "united kingdom",
}


_KIND_ZH = re.compile(r"(?<=[一-龥])(?:地区|业务|分部|板块|产品|行业){1,3}$")


def same_name(printed: str, said: str) -> bool:
    """Whether two names are of one segment: the same words, or the same country written otherwise ("U.S.", "United States")."""
    if has_han(said):
        return _plain_zh(printed) == _plain_zh(said)
    one, other = name_of(printed), name_of(said)
    return _COUNTRIES.get(one, one) == _COUNTRIES.get(other, other)


def _plain_zh(name: str) -> str:
    return _KIND_ZH.sub("", re.sub(r"[\s·]", "", name))

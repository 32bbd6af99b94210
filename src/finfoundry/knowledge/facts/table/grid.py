"""A table as rows of labels and numbers, and what single cells of it look like."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from finfoundry.core.document import Cell
from finfoundry.core.periods import find_periods
from finfoundry.core.quantities.cells import NOTED
from finfoundry.core.quantities.numbers import CellNumber, parse_cell, scale_of
from finfoundry.core.quantities.unit_lines import only_units, year_and_unit
from finfoundry.core.quantities.writings import Writing

RowKind = Literal["header", "heading", "data", "text", "note"]

_YEAR = re.compile(r"(?:fy\s?)?(?:19|20)\d\d\s?(?:年度?)?(?:\s?\(\w{1,2}\)|\*)?", re.IGNORECASE)
_UNIT_NOTE = re.compile(
    r"^[\[(（]?\s*(?!(?:us)?(?:\$|dollar)\s*(?:change|increase|decrease|variance|growth|difference)\b)(?:unaudited|in\s|dollars?|amounts?\b(?!\s+(?:of\s|recogni|recorded|included|due|charged|reclassified|paid|owed))|\$|us\$|expressed|单位|人民币|millions|thousands|未经审计|除)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Style:
    """How a table writes its figures, and the marks of the notes below it, which may stand behind a figure as plain digits: "0.67 1"."""

    writing: Writing = "unknown"
    marks: frozenset[str] = frozenset()


PLAIN = Style()


@dataclass(slots=True)
class Value:
    """A number in a table."""

    cell: Cell
    number: CellNumber
    column: int


@dataclass(slots=True)
class GridRow:
    index: int
    cells: list[Cell]
    kind: RowKind = "data"
    values: list[Value] = field(default_factory=list)
    style: Style = PLAIN

    def text_at(self, column: int) -> str:
        return next((cell.text for cell in self.cells if cell.column == column), "")


@dataclass(slots=True)
class Grid:
    rows: list[GridRow]
    columns: int
    labels: list[int]  # columns that hold labels
    notes: set[int]  # columns that hold references to notes, or row numbers
    entries: bool = False  # it says in words what its terms are, and needs no headings

    @property
    def headless(self) -> bool:
        """Whether the first numbers are under no header row, and want one."""
        return not self.entries and next((row.kind == "data" for row in self.rows if row.kind in {"header", "data"}), True)

    @property
    def value_columns(self) -> list[int]:
        texts = {cell.column for row in self.rows if row.kind == "text" for cell in row.cells} - set(self.labels)
        return sorted({value.column for row in self.rows for value in row.values} | texts)


@lru_cache(maxsize=65536)
def number_of(text: str, style: Style = PLAIN) -> CellNumber | None:
    """The number of a cell in the style of its table; None where it is anything else.

    >>> number_of("0.67 1") is None, number_of("0.67 1", Style(marks=frozenset("1"))).value
    (True, Decimal('0.67'))
    """
    number = parse_cell(text, style.writing)
    noted = NOTED.fullmatch(" ".join(text.split())) if number is None and style.marks else None
    return parse_cell(noted["figure"], style.writing) if noted and noted["mark"] in style.marks else number


def is_nothing(text: str) -> bool:
    """Whether a cell is a dash, which counts as nothing in a sum and tells no figure: it may be nil, not applicable or not known.

    >>> is_nothing("$ —"), is_nothing("-5")
    (True, False)
    """
    number = number_of(text)
    return number is not None and number.dash


@lru_cache(maxsize=65536)
def has_period(text: str) -> bool:
    return bool(find_periods(text))


@lru_cache(maxsize=65536)
def year_like(text: str) -> bool:
    return _YEAR.fullmatch(text.strip()) is not None or year_and_unit(text) is not None


def unit_note(text: str) -> bool:
    return len(text) < 140 and (
        _UNIT_NOTE.match(text) is not None
        or _PER_SHARE_NOTE.fullmatch(text.strip()) is not None
        or (scale_of(text) is not None and text.startswith(("(", "（", "[")))
        or only_units(text)
    )


def is_prose(text: str) -> bool:
    """Whether a text is prose and no name of a column: more than one sentence, or very long. "Drawn at 5%. It was amended in 2021 …" is;
    "Number of securities remaining available for future issuance (c)" is none.
    """
    words, han = len(text.split()), len(_HAN.findall(text))
    return words > MOST_WORDS or han > MOST_HAN or (words >= FEWEST_WORDS and _NEXT_SENTENCE.search(text) is not None) or "。" in text[:-1]


MOST_WORDS, MOST_HAN = 40, 80  # of the name of a column
FEWEST_WORDS = 12  # of two sentences
_HAN = re.compile(r"[\u4e00-\u9fff]")
_NEXT_SENTENCE = re.compile(r"[a-z0-9)%]\.\s+[A-Z][a-z]")
_PER_SHARE_NOTE = re.compile(r"[（(，,]?(?:元[，,]?)?[惟但除]?每股[盈收亏][余益利损][为系以](?:新台币)?元[外计]?[，,）)]?")
_NOTED = re.compile(r"[(（][^()（）]{4,}[)）]")
_COMPLETE = re.compile(r"[)）:：]$")


def without_unit_lines(texts: Iterable[str]) -> list[str]:
    """The texts over a column without what states units: a line over the table may have been read as a part of the header below it."""
    found = []
    for text in (one for one in texts if not unit_note(one)):
        said = _NOTED.sub(lambda noted: " " if unit_note(noted[0]) and not only_units(noted[0]) else noted[0], text).strip()
        date = said != text and any(period.text == said for period in find_periods(said))  # of the whole table, beside its unit
        found += [said] if said and not date else []
    return found


def rows_below(grid: Grid, header: Sequence[GridRow]) -> list[GridRow]:
    """The rows that a header heads: those down to the next one, which may begin another table that was not told from this one."""
    after = [row for row in grid.rows if not header or row.index > header[-1].index]
    return list(itertools.takewhile(lambda row: row.kind != "header", after))


def goes_on(above: str, part: str, rest: str) -> str | None:
    """A name on two lines of a header as one: "% of net asset" over "value", "（万平方" over "米）"; None where the second is another."""
    if len(re.findall("[(（]", above)) > len(re.findall("[)）]", above)):
        return above + part
    return f"{above} {part}" if part[:1].islower() and rest == part and not _COMPLETE.search(above) else None

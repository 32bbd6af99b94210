"""One small table that is given with a question: its columns, its rows under their headings, the scale of its figures."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_SHORT_YEAR = re.compile(r"\bF(?:Y|iscal )?\s?['’]?(\d\d)\b(?!\s?%)", re.IGNORECASE)
_SPACED_YEAR = re.compile(r"(?<!\d )\b2 0 [012] \d\b(?! \d)")
_FIGURE = re.compile(r"^[-–(]?\s*[$€£¥]?\s*[-–(]?[\d,]*\.?\d+\)?\s*%?\)?$")
_NIL = frozenset({"-", "—", "–", "nil", "—%", "-%"})
_STATED_IN_TABLE = re.compile(r"\b(thousand|million|billion)s?\b", re.IGNORECASE)
_STATED_IN_TEXT = re.compile(r"\b(?:in|of)\s+(?:\w+\s+)?(thousand|million|billion)s\b", re.IGNORECASE)
_SHARES_IN = re.compile(r"\bshares in (thousand|million)s\b", re.IGNORECASE)
_BELOW = {  # how much larger a cell of each scale is than the figure of the text
    "million": {"million": Decimal(1), "thousand": Decimal(1000), "": Decimal(10**6)},
    "billion": {"billion": Decimal(1), "million": Decimal(1000), "thousand": Decimal(10**6)},
}


@dataclass(frozen=True, slots=True)
class TableLine:
    """A row: its label, the headings above it, its cells as printed by column."""

    label: str
    group: str
    cells: dict[int, str]


@dataclass(slots=True)
class GivenTable:
    columns: dict[int, str] = field(default_factory=dict)
    lines: list[TableLine] = field(default_factory=list)
    scale: str = ""
    shares: str = ""  # the scale of numbers of shares, where the text gives one of their own

    @classmethod
    def read(cls, grid: Sequence[Sequence[str]], text: str) -> GivenTable:
        """Rows before the first figures are the header; a row without figures below it is a heading."""
        own = _SHARES_IN.search(text)
        made = cls(scale=scale_of(grid, text), shares=own[1].lower() if own else "")
        body = next(
            (
                number
                for number, row in enumerate(grid)
                if any(figure(cell) is not None and not YEAR.fullmatch(cell.strip()) for cell in row[1:])
            ),
            len(grid),
        )
        while body > 1 and grid[body - 1][0].strip() and not any(cell.strip() for cell in grid[body - 1][1:]):
            body -= 1  # a heading of the first rows, not of the columns
        for row in grid[:body]:
            last = ""
            for column, cell in enumerate(row[1:], 1):
                last = cell.strip() or last
                made.columns[column] = full_years(f"{made.columns.get(column, '')} {last}".strip())
        group = ""
        for row in grid[body:]:
            cells = {column: cell.strip() for column, cell in enumerate(row) if column and cell.strip()}
            if any(figure(cell) is not None for cell in cells.values()):
                made.lines.append(TableLine(row[0].strip(), group, cells))
            elif row[0].strip():
                group = row[0].strip()
        return made._turned() if made._years_down() else made

    def _years_down(self) -> bool:
        """Whether the rows are years, and the columns what is counted."""
        years = [line for line in self.lines if YEAR.fullmatch(full_years(line.label))]
        return len(years) >= 2 and not any(YEAR.search(heading) for heading in self.columns.values())

    def _turned(self) -> GivenTable:
        """Columns as rows, rows as columns."""
        columns = {number: full_years(line.label) for number, line in enumerate(self.lines, 1)}
        lines = [
            TableLine(heading, "", {number: line.cells[column] for number, line in enumerate(self.lines, 1) if column in line.cells})
            for column, heading in self.columns.items()
        ]
        return GivenTable(columns, lines, self.scale, self.shares)


def figure(cell: str) -> Decimal | None:
    """A cell that is a figure and nothing else; a dash is nil."""
    plain = cell.strip()
    if plain in _NIL:
        return Decimal(0)
    if not _FIGURE.match(plain):
        return None
    negative = plain.startswith(("(", "-", "–")) or "(" in plain[:3]
    try:
        value = Decimal(re.sub(r"[^\d.]", "", plain))
    except InvalidOperation:
        return None
    return -value if negative else value


def full_years(text: str) -> str:
    """Years of two digits behind their mark in full: FY19, F19, fiscal 19; those printed apart together: 2 0 1 8."""
    text = _SPACED_YEAR.sub(lambda match: match[0].replace(" ", ""), text)
    return _SHORT_YEAR.sub(lambda match: f"20{match[1]}", text)


def scale_of(grid: Sequence[Sequence[str]], text: str) -> str:
    """The scale that the table states, else the text that introduces it, else the one in which the text states cells of the table."""
    for place, stated in ((" ".join(" ".join(row) for row in grid), _STATED_IN_TABLE), (text, _STATED_IN_TEXT)):
        if match := stated.search(place):
            return match[1].lower()
        if re.search(r"[$€£]\s?(?:m|mn)\b|[$€£]m\b|\bM\$|\$M\b", place):
            return "million"
        if re.search(r"[$€£]['’]?000|(?<![\d,.])000s?\b|['’]000", place):
            return "thousand"
    return _told_in(text, {value for row in grid for cell in row[1:] if (value := figure(cell))})


def _told_in(text: str, cells: AbstractSet[Decimal]) -> str:
    """The scale under which most figures of the text are cells rounded: "$45.0 million" where a cell is 45,007; two at least."""
    votes: Counter[str] = Counter()
    for printed, scale in re.findall(r"(\d[\d,]*\.\d+)\s*(million|billion)", text):
        value, step = Decimal(printed.replace(",", "")), Decimal(1).scaleb(-len(printed.partition(".")[2]))
        for name, smaller in _BELOW[scale].items():
            if any(abs(abs(cell) / smaller - value) <= step / 2 for cell in cells):
                votes[name] += 1
    return max(votes, key=lambda name: votes[name]) if votes and max(votes.values()) > 1 else ""

"""What each column of a wide table is: who a row is about, when, which number in which unit, or a text. Named by the caller, or inferred
from name and content; a code for missing values is only ever named.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

from finfoundry.core.errors import InputError
from finfoundry.core.quantities.unit_lines import UnitLine, currency_of, first_stated, meant, read_unit_line
from finfoundry.knowledge.datasets.sheets import SheetGrid
from finfoundry.knowledge.facts.table.concepts import Concept, find_concept, nature_of

Role = Literal["entity", "code", "period"]
SAMPLE = 2000  # rows looked at to find out what a column is
MOST = 0.98  # share of the filled cells that must be of one kind

_CODE = re.compile(r"代码|\bcode\b|_code$|ticker|symbol", re.I)
_ENTITY = re.compile(
    r"简称|名称|全称|公司名|企业名|(?:company|entity|issuer|short|full|legal)[ _]?name"
    r"|^(?:company|entity|issuer|name|公司|企业|机构|名称)$",
    re.I,
)
_PERIOD = re.compile(r"年份|年度|报告年|财年|\byear\b|_year$|fiscal|^(?:period|期间|报告期|年)$", re.I)
_DATE = re.compile(r"日期|\bdate\b|_date$|period|报告期|截止日", re.I)
_YEAR = re.compile(r"(?:FY\s?)?((?:19|20)\d\d)\s?(?:年度?)?(?:\.0)?", re.I)
_DAY = re.compile(r"(?:19|20)\d\d-\d\d-\d\d(?: 00:00:00)?")
_HEADS = re.compile(r"人数|人员|职工|员工|户数|家数|\bnumber of\b|headcount|employees|staff\b", re.I)
_SHARE = re.compile(r"每股|per[ _-]share|\beps\b", re.I)
_RATE = re.compile(r"率$|比例$|比重$|占比$|ratio$|rate$|margin$|percent", re.I)
_PERCENT = re.compile(r"[%％]|\bpct\b|百分比")
_CURRENCY = re.compile(r"币种|币别|货币|currency(?:[ _]code)?", re.I)


@dataclass(frozen=True, slots=True)
class DatasetReading:
    """How the caller wants a file to be read. Empty fields are inferred; ``missing`` codes count as empty cells, numbers by their value."""

    entities: tuple[str, ...] = ()
    code: str | None = None
    period: str | None = None
    missing: tuple[str, ...] = ()
    percents: tuple[str, ...] = ()  # columns of percent without a sign
    currency: str | None = None

    def is_missing(self, cell: str, column: str) -> bool:
        """Whether a cell holds a code: one for all columns ("-1"), or one for this column alone ("headcount=0")."""
        named = (code.rpartition("=") for code in self.missing)
        codes = [code for name, _, code in named if name in ("", column)]
        if cell in codes:
            return True
        value = decimal(cell) if codes else None
        return value is not None and any(decimal(code) == value for code in codes)


@dataclass(frozen=True, slots=True)
class DatasetColumn:
    """One column. ``unit`` and ``factor`` (printed number to base units) are those of its numbers; ``note`` says what was not certain."""

    position: int  # from 1
    name: str
    kind: Literal["number", "text"]
    role: Role | None = None
    concept: str | None = None
    statement: str | None = None
    unit: str | None = None
    factor: Decimal = Decimal(1)
    instant: bool = False
    filled: int = 0
    missing: int = 0
    note: str | None = None


def decimal(cell: str) -> Decimal | None:
    """A plain number, thousands separators allowed; None for anything else."""
    try:
        value = Decimal(cell.replace(",", "").replace("，", "")) if cell[-1:].isdigit() or cell[-1:] == "." else None
    except InvalidOperation:
        return None
    return value if value is not None and value.is_finite() else None


def columns_of(grid: SheetGrid, reading: DatasetReading) -> list[DatasetColumn]:
    """All columns of a grid, in order.

    Raises InputError where no column says whom the rows are about, or a named column is not there.
    """
    for name in (*reading.entities, reading.code, reading.period, *reading.percents):
        if name is not None and name not in grid.header:
            raise InputError(f"The sheet {grid.sheet!r} has no column {name!r}", remedy=f"Its columns are {', '.join(grid.header)}")
    cells = [_filled(grid, index, reading) for index in range(len(grid.header))]
    roles = _roles(grid.header, cells, reading)
    if not {"entity", "code"} & set(roles.values()):
        raise InputError(f"No column of {grid.sheet!r} names companies", remedy="Name it with --entity, and a code with --code")
    stated = _stated(grid, cells, reading)
    return [_column(grid, index, cells[index], roles.get(index), reading, stated) for index in range(len(grid.header))]


def _stated(grid: SheetGrid, cells: Sequence[Sequence[str]], reading: DatasetReading) -> UnitLine:
    """Scale and currency of all amounts: as named by the caller, as stated above the header, or the one currency of a column of its own."""
    line = first_stated(grid.above)
    money = [values for name, values in zip(grid.header, cells, strict=True) if _CURRENCY.fullmatch(name.strip())]
    listed = {currency_of(value) for values in money[:1] for value in values}
    currency = reading.currency or line.currency or (listed.pop() if len(listed) == 1 else None)
    return UnitLine(line.scale, currency, unread=line.unread)


def _filled(grid: SheetGrid, index: int, reading: DatasetReading) -> list[str]:
    step = max(1, len(grid.rows) // SAMPLE)
    return [cell for _, row in grid.rows[::step] if (cell := row[index]) and not reading.is_missing(cell, grid.header[index])]


def _roles(header: Sequence[str], cells: Sequence[Sequence[str]], reading: DatasetReading) -> Mapping[int, Role]:
    """Named columns as named; else the first code, every short text named as a name, the first year (or else the first date)."""
    roles: dict[int, Role] = {}
    for names, role in ((reading.entities, "entity"), ((reading.code,), "code"), ((reading.period,), "period")):
        for name in names:
            if name is not None:
                roles[header.index(name)] = role  # type: ignore[assignment]
    taken = set(roles.values())
    if "code" not in taken:
        roles |= _first("code", (i for i, name in enumerate(header) if _CODE.search(name) and _mostly(cells[i], r"[A-Z0-9.]{1,12}")), roles)
    if "period" not in taken:
        years = [i for i, name in enumerate(header) if _PERIOD.search(name) and _mostly(cells[i], _YEAR.pattern)]
        days = [i for i, name in enumerate(header) if _DATE.search(name) and _mostly(cells[i], _DAY.pattern)]
        roles |= _first("period", (*years, *days), roles)
    if "entity" not in taken:
        named = [
            i for i, name in enumerate(header) if _ENTITY.search(name) and i not in roles and not _numeric(cells[i]) and _short(cells[i])
        ]
        fresh = [i for n, i in enumerate(named) if not any(cells[i] == cells[j] for j in named[:n])]
        roles |= dict.fromkeys(fresh, "entity")
    return roles


def _first(role: Role, found: Iterable[int], taken: Mapping[int, Role]) -> dict[int, Role]:
    index = next((i for i in found if i not in taken), None)
    return {} if index is None else {index: role}


def _mostly(cells: Sequence[str], pattern: str) -> bool:
    whole = re.compile(pattern, re.I)
    return bool(cells) and sum(1 for cell in cells if whole.fullmatch(cell)) >= MOST * len(cells)


def _numeric(cells: Sequence[str]) -> bool:
    return bool(cells) and sum(1 for cell in cells if decimal(cell) is not None) >= MOST * len(cells)


def _short(cells: Sequence[str]) -> bool:
    return bool(cells) and sum(map(len, cells)) <= 40 * len(cells)


def _column(
    grid: SheetGrid, index: int, cells: Sequence[str], role: Role | None, reading: DatasetReading, stated: UnitLine
) -> DatasetColumn:
    name = grid.header[index]
    filled = sum(1 for _, row in grid.rows if row[index])
    missing = sum(1 for _, row in grid.rows if (cell := row[index]) and reading.is_missing(cell, name)) if reading.missing else 0
    counts = {"filled": filled - missing, "missing": missing}
    if role or not name or not _numeric(cells) or _CODE.search(name) or (_PERIOD.search(name) and _mostly(cells, _YEAR.pattern)):
        return DatasetColumn(index + 1, name, "text", role, **counts)  # type: ignore[arg-type]
    concept = concept_of(name)
    if _RATE.search(name) and not _PERCENT.search(name) and name not in reading.percents and (concept is None or concept.unit == "ratio"):
        note = "rate or share whose unit the table does not state: kept as text; name it with --percent if it is in percent"
        return DatasetColumn(index + 1, name, "text", None, note=note, **counts)  # type: ignore[arg-type]
    unit, factor = _unit(name, concept, name in reading.percents, stated)
    instant = (concept.nature if concept else nature_of(name)) != "duration" if unit != "count" else True
    return DatasetColumn(
        index + 1, name, "number", None, concept.name if concept else None, concept.statement if concept else None, unit, factor, instant,
        note=None if unit else _unstated(name, stated), **counts,
    )  # fmt: skip


def _unstated(name: str, stated: UnitLine) -> str:
    if words := read_unit_line(name).unread or stated.unread:
        return f"the scale {words!r} is not understood: amounts are kept as printed"
    return "no currency is stated: amounts are kept without one, or name it with --currency"


def concept_of(name: str) -> Concept | None:
    """The concept of a column's name; where statements share it, the first of income, balance, cash flow."""
    return next((c for s in (None, "income", "balance", "cash flow") if (c := find_concept((name,), s))), None)


def _unit(name: str, concept: Concept | None, percent: bool, stated: UnitLine) -> tuple[str | None, Decimal]:
    if percent or _PERCENT.search(name):
        return "ratio", Decimal("0.01")
    own = read_unit_line(name)
    factor = own.scale or Decimal(1)
    if concept and concept.unit in ("count", "shares", "ratio"):
        return concept.unit, factor
    if _HEADS.search(name) and (concept is None or concept.unit != "money"):
        return "count", factor
    if own.unread or (own.scale is None and stated.unread):
        return None, Decimal(1)
    money = meant(own.currency, shared=own.shared, stated=stated.currency)
    if _SHARE.search(name) or (concept and concept.unit == "per share"):
        return (f"{money}/share" if money else None), factor
    return money, factor if own.scale is not None else stated.scale or factor


def suspects(grid: SheetGrid, columns: Sequence[DatasetColumn]) -> list[str]:
    """Values that may mean "missing": one that fills a fifth of all number cells. They are reported, never assumed."""
    seen: Counter[str] = Counter()
    total = 0
    for column in columns:
        if column.kind == "number":
            cells = [cell for _, row in grid.rows if (cell := row[column.position - 1])]
            seen.update(cells)
            total += len(cells)
    return [value for value, count in seen.most_common(1) if total and count >= total / 5 and decimal(value) not in (None, Decimal(0))]


def year_of(cell: str | None) -> int | None:
    """The year that a period cell names, or the year of its date."""
    if cell is None:
        return None
    if match := _YEAR.fullmatch(cell):
        return int(match[1])
    return int(cell[:4]) if _DAY.fullmatch(cell) else None


def period_of(cell: str | None) -> str | None:
    """ISO 8601: a year as an interval, a date as itself."""
    if cell is None:
        return None
    if match := _YEAR.fullmatch(cell):
        return f"{match[1]}-01-01/{match[1]}-12-31"
    return cell[:10] if _DAY.fullmatch(cell) else None

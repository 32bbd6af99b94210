"""The wide workbooks of Chinese annual reports as truth, read by code of its own: nothing here goes through the product."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from decimal import Decimal
from functools import cache
from pathlib import Path

import openpyxl

from finfoundry.core.errors import InputError

TABLES = "zh_filings/tables"
MISSING = frozenset({None, "", "nan", "-1", "-1.0"})
Key = tuple[str, int]  # security code and year
CODES, YEARS = ("股票代码", "stock_code"), ("报告年份", "report_year")
NAME, FULL_NAME = "股票简称", "company_full_name"


def workbooks(data: Path) -> list[Path]:
    """The files that a home must hold, imported with -1 for missing."""
    return sorted((data / TABLES).glob("*.xlsx"))


class Reports:
    """(code, year) -> column -> text as printed."""

    def __init__(self, files: Sequence[Path]) -> None:
        self.rows: dict[Key, dict[str, str]] = defaultdict(dict)
        for file in files:
            with closing(openpyxl.load_workbook(file, read_only=True)) as workbook:
                lines = workbook.worksheets[0].iter_rows(values_only=True)
                header = [str(name) for name in next(lines)]
                code = next(i for i, name in enumerate(header) if name in CODES)
                year = next(i for i, name in enumerate(header) if name in YEARS)
                for line in lines:
                    cells = {name: str(value).strip() for name, value in zip(header, line, strict=True) if value is not None}
                    self.rows[str(line[code]), int(str(line[year])[:4])] |= cells

    def text(self, key: Key, column: str) -> str | None:
        value = self.rows.get(key, {}).get(column)
        return None if value in MISSING else value

    def number(self, key: Key, column: str) -> Decimal | None:
        text = self.text(key, column)
        return None if text is None else Decimal(text)

    def total(self, key: Key, columns: Sequence[str]) -> Decimal | None:
        """The sum of columns, those with a minus taken away; None where one is missing."""
        total = Decimal(0)
        for name in columns:
            value = self.number(key, name.removeprefix("-"))
            if value is None:
                return None
            total += -value if name.startswith("-") else value
        return total

    def year(self, year: int, column: str) -> list[tuple[Decimal, str, str]]:
        """(value, short name, code) of all companies of one year, the highest first."""
        found = [
            (value, row[NAME], key[0])
            for key, row in self.rows.items()
            if key[1] == year and NAME in row and (value := self.number(key, column)) is not None
        ]
        return sorted(found, reverse=True)


@cache
def reports(data: Path) -> Reports:
    """Read once. Raises InputError where there are no workbooks."""
    files = workbooks(data)
    if not files:
        raise InputError(f"there are no workbooks in {data / TABLES}", remedy="Give the folder that holds them with --data")
    return Reports(files)

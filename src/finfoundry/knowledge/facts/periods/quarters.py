"""Columns headed "第一季度" … "第四季度" without a year are the quarters of the year reported on."""

from __future__ import annotations

import re
from datetime import date

from finfoundry.knowledge.facts.header_times.timing import read_timing
from finfoundry.knowledge.facts.table.column_headers import HeaderColumn

_QUARTER = re.compile(
    r"第?(?P<number>[一二三四1-4])季度|\b(?P<ordinal>first|second|third|fourth)\s+quarter\b|\bquarter\s+(?P<below>first|second|third|fourth)\b",
    re.IGNORECASE,
)
_NUMBERS = {"一": 1, "二": 2, "三": 3, "四": 4, "first": 1, "second": 2, "third": 3, "fourth": 4}
LEAST = 3  # quarters side by side: the fourth may be left out


def date_quarters(columns: dict[int, HeaderColumn], report: date | None, year: int | None) -> None:
    """Give undated quarters a year, else that of the report, where several are side by side, some of them dated perhaps."""
    heads = {number: match for number, column in columns.items() if (match := _QUARTER.search(column.text))}
    found = {number: match for number, match in heads.items() if not columns[number].timing.dated}
    if report is None or report.month != 12 or len(heads) < LEAST:
        return
    for number, match in found.items():
        word = (match["number"] or match["ordinal"] or match["below"]).lower()
        quarter = "一二三四"[(int(word) if word.isdigit() else _NUMBERS[word]) - 1]
        columns[number].timing = read_timing(f"{year or report.year}年第{quarter}季度", None)
        columns[number].dimension = None

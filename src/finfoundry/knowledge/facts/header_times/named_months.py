"""Months over columns: years named by the month with which they end ("Dec-23 | Dec-22"), months in digits ("202401", "2024.01", "01/2024"),
and months that leave the year to what stands around them ("Jan | Feb | Mar").
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from finfoundry.core.document import Cell
from finfoundry.core.period_patterns import MONTH, count_said, month_said
from finfoundry.core.periods import Period

FEWEST = 2  # months side by side that show what digits mean
STEPS = frozenset((1, 3, 6, 12))  # months, quarters, halves or years apart: 2012.08 and 1998.12 are amounts
_DIGITS = re.compile(
    r"(?P<y1>(?:19[5-9]|20\d)\d)(?:[-/.]?)(?P<m1>0[1-9]|1[0-2])|(?P<m2>0[1-9]|1[0-2])[/.](?P<y2>(?:19[5-9]|20\d)\d)",
)
_NAMED = re.compile(
    rf"(?:(?P<year>(?:19|20)\d\d)年?\W*)?(?:(?P<en>{MONTH})|(?P<zh>\d{{1,2}}|[一二三四五六七八九十]{{1,2}})\s*月份?)", re.IGNORECASE
)


def is_a_month(period: Period | None) -> bool:
    """Whether a period is a single month."""
    return period is not None and not period.instant and period.months == 1


def ends_of_years(periods: Iterable[Period | None]) -> set[date]:
    """The ends of the months among periods, where all are one month of different years; none of months that follow each other."""
    ends = {period.end for period in periods if period is not None and is_a_month(period)}
    return ends if len(ends) > 1 and len({end.month for end in ends}) == 1 else set()


def in_digits(text: str) -> tuple[int, int] | None:
    """The year and the month of a text that may be nothing else than a month in digits: "202401", "2024.01", "01/2024" are (2024, 1). None
    for any other; by itself such a text may as well be an amount.
    """
    match = _DIGITS.fullmatch(text.strip())
    return (int(match["y1"] or match["y2"]), int(match["m1"] or match["m2"])) if match else None


def with_months_named(cells: Sequence[Cell]) -> list[Cell]:
    """The cells of a row with its months in digits as "2024-01", where two or more follow each other month by month, or as the ends of
    quarters, halves or years do: they are no amounts.
    """
    said = {id(cell): month for cell in cells if (month := in_digits(cell.text)) is not None}
    places = [12 * year + month for year, month in said.values()]
    steps = {second - first for first, second in itertools.pairwise(places)}
    if len(places) < FEWEST or len(steps) != 1 or not STEPS.issuperset(map(abs, steps)):
        return list(cells)
    return [replace(cell, text="{}-{:02}".format(*said[id(cell)])) if id(cell) in said else cell for cell in cells]


def named(text: str) -> tuple[int | None, int] | None:
    """The year, None where it is left out, and the month of a text that says no more: "Jan" is (None, 1), 2024年1月 is (2024, 1)."""
    match = _NAMED.fullmatch(text.strip())
    if match is None:
        return None
    try:
        month = month_said(match["en"]) if match["en"] else count_said(match["zh"])
    except ValueError:
        return None
    return (int(match["year"]) if match["year"] else None, month) if 1 <= month <= 12 else None

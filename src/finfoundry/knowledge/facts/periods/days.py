"""Rows that are each of a day: "03.01.2025 | Rent | 300.00" in the statement of an account, "15 March 2024 | 0.10" of dividends paid.

A column of days says when a row took place only where its heading says so: other days are those of a grant, an end, a birth.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from datetime import date, timedelta

from finfoundry.core.periods import Period, find_periods, is_month_end
from finfoundry.knowledge.facts.table.grid import Grid, GridRow

FEWEST = 3  # rows by day that make a list of entries
A_QUARTER = timedelta(days=80)  # nearly: quarters may be of weeks
_WHEN = re.compile(
    r"(?:(?:booking|booked|entry|posting|value|trad(?:e|ing)|transaction|payment|settlement|pay)\s*)?(?:date|day)|(?:paid|booked|traded|posted)\s+on"
    r"|(?:交易|记账|入账|发生|支付|付款|起息)?日期?",
    re.IGNORECASE,
)
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d\d)")


def days_of_rows(grid: Grid) -> dict[int, Period]:
    """The day of each row that has one by its index, where a column of labels headed "Date" holds mostly days; else empty."""
    rows = [row for row in grid.rows if row.values]
    for column in grid.labels:
        texts = {row.index: text for row in rows if (text := row.text_at(column).strip())}
        heads = [text for row in _heads(grid) if (text := row.text_at(column).strip())]
        if heads and (found := days_of_entries(heads[-1], texts)):
            return found
    return {}


def days_of_entries(head: str, texts: dict[int, str]) -> dict[int, Period]:
    """The days that the texts of a column are, by the keys of these: {0: "03.01.2025", …} below "Date"; a total is of none. Empty where the
    heading does not say that something took place then, where most texts are no day, where one may be two ("03/01/2025", with more than 12
    nowhere), and where days are ends of months or a quarter apart: these may name what ends then.
    """
    if _WHEN.fullmatch(head.strip().rstrip(":：")) is None or len(days := _days(texts)) < max(FEWEST, len(texts) / 2):
        return {}
    ordered = sorted(set(days.values()))
    gaps = [later - earlier for earlier, later in itertools.pairwise(ordered)]
    if all(map(is_month_end, ordered)) or min(gaps, default=A_QUARTER) >= A_QUARTER:
        return {}
    return {key: Period(day) for key, day in days.items()}


def _heads(grid: Grid) -> Sequence[GridRow]:
    first = next((place for place, row in enumerate(grid.rows) if row.values), 0)
    return grid.rows[:first]


def _days(texts: dict[int, str]) -> dict[int, date]:
    """The days that texts are, by the index of their row; none of those that are no day, or that may be two."""
    slashed = [match for text in texts.values() if (match := _SLASHED.fullmatch(text))]
    first, second = ({int(match[place]) for match in slashed} for place in (1, 2))
    if slashed and (max(first) > 12) == (max(second) > 12):
        return {}
    dayed = bool(slashed) and max(first) > 12
    found = {index: _day(_SLASHED.sub(r"\1.\2.\3", text) if dayed else text) for index, text in texts.items()}
    return {index: day for index, day in found.items() if day is not None}


def _day(text: str) -> date | None:
    found = find_periods(text)
    whole = len(found) == 1 and found[0].kind == "date" and found[0].text == text
    return found[0].period.end if whole and found[0].period else None

"""Who says of when a figure is: the order of the witnesses is data, and the first that speaks is believed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from finfoundry.core.fiscal import CALENDAR_YEAR
from finfoundry.core.periods import Period
from finfoundry.knowledge.facts.header_times.timing import Timing
from finfoundry.knowledge.facts.periods.cell_period import TIMES, WITNESSES, Asked, period_of_cell
from finfoundry.knowledge.facts.periods.period_resolution import Calendar, Setting
from finfoundry.knowledge.facts.periods.row_walk import LabelledRow
from finfoundry.knowledge.facts.table.column_headers import HeaderColumn
from finfoundry.knowledge.facts.table.grid import GridRow

ORDER = [
    ("years to come", "row"), ("day of the row", "row"), ("between two columns", "column heading"), ("dated balance", "row"),
    ("stretch of the row", "row"), ("first day", "text above"), ("day of the paper", "document"), ("opening or closing", "column heading"),
    ("time told", "column heading"), ("period of the report", "document"),
]  # fmt: skip
REPORT = Calendar(CALENDAR_YEAR, CALENDAR_YEAR.of(2024))
RULES = Calendar(CALENDAR_YEAR, None, own_day=Period(date(2024, 5, 6)))
DAY, SPAN = Period(date(2024, 3, 31)), Period(date(2024, 6, 30), date(2024, 4, 1))
YEAR, BEFORE, END = "2024-01-01/2024-12-31", "2023-01-01/2023-12-31", "2024-12-31"
BARE, DATED = HeaderColumn(), HeaderColumn(text="2023", timing=Timing(year=2023))


def asked(
    label: str = "Revenue", column: HeaderColumn = BARE, calendar: Calendar = REPORT, setting: Setting | None = None, **of_row: Any
) -> Asked:
    line = LabelledRow(GridRow(1, []), {}, {}, of_row.pop("timing", None), of_row.pop("date", None), **of_row)
    return Asked(column, (label,), line, None, "duration", setting or Setting(), calendar, rolls=False)


def told(case: Asked) -> tuple[str, str | None, bool]:
    """The first witness that speaks, and what it says."""
    period, sure = period_of_cell(case)
    return next(one.name for one in WITNESSES if one.says(case) is not None), period.iso if period else None, sure


def test_the_order_of_the_witnesses_is_this() -> None:
    assert [(one.name, one.where) for one in WITNESSES] == ORDER
    assert [one.where for one in TIMES] == ["row", "group heading", "title", "row", "text above"]


def test_each_witness_and_each_time_says_why_it_comes_when_it_does() -> None:
    reasons = [*(one.why for one in WITNESSES), *(one.why for one in TIMES)]
    assert [why for why in reasons if len(why.split()) < 6] == []


@pytest.mark.parametrize(
    ("case", "witness", "period", "sure"),
    [
        (asked("2027"), "years to come", END, True),
        (asked("2027", DATED), "time told", BEFORE, True),
        (asked(day=DAY, date=SPAN.closing), "day of the row", "2024-03-31", True),
        (asked(day=DAY, column=DATED), "time told", BEFORE, True),
        (asked(column=HeaderColumn(between=SPAN), date=DAY), "between two columns", "2024-04-01/2024-06-30", True),
        (asked(date=DAY, span=SPAN), "dated balance", "2024-03-31", True),
        (asked("Costs for the three months ended June 30, 2024", timing=Timing(year=2023)), "stretch of the row", SPAN.iso, True),
        (asked(span=SPAN), "stretch of the row", SPAN.iso, True),
        (asked("Cash", setting=Setting(timing=Timing(end=date(2024, 1, 1)))), "first day", "2023-12-31", True),
        (asked("Fee", calendar=RULES, setting=Setting(timing=Timing(end=date(2024, 5, 6)))), "day of the paper", "2024-05-06", False),
        (asked("Stock", HeaderColumn(text="Opening balance")), "opening or closing", "2023-12-31", True),
        (asked(timing=Timing(year=2022), setting=Setting(timing=Timing(year=2023))), "time told", "2022-01-01/2022-12-31", True),
        (asked(setting=Setting(timing=Timing(year=2023))), "time told", BEFORE, True),
        (asked("2023", timing=Timing(year=2022)), "time told", BEFORE, True),
        (asked(), "period of the report", YEAR, False),
        (asked("Fee", calendar=RULES), "period of the report", "2024-05-06", False),
        (asked("Fee", calendar=Calendar(CALENDAR_YEAR, None)), "period of the report", None, False),
    ],
)  # fmt: skip
def test_the_first_witness_that_speaks_is_believed(case: Asked, witness: str, period: str | None, sure: bool) -> None:
    assert told(case) == (witness, period, sure)

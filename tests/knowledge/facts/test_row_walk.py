"""What a row says of time: which dates are those of balances."""

from __future__ import annotations

from datetime import date

import pytest

from finfoundry.core.fiscal import FiscalYear, Period
from finfoundry.knowledge.facts.periods.period_resolution import Calendar
from finfoundry.knowledge.facts.periods.row_walk import LabelledRow, _balance_date, fill_spans
from finfoundry.knowledge.facts.table.grid import GridRow

CALENDAR = Calendar(FiscalYear(2024, date(2024, 12, 31)), Period(date(2024, 12, 31), date(2024, 1, 1)))


@pytest.mark.parametrize(
    ("label", "day"),
    [
        ("Balance 15 May 2024", date(2024, 5, 15)), ("Balance May 15, 2024", date(2024, 5, 15)), ("31 December 2024", date(2024, 12, 31)),
        ("December 31, 2024", date(2024, 12, 31)), ("15 May 2024", None), ("May 15, 2024", None), ("Balance May 15, 2034", None),
    ],
)  # fmt: skip
def test_b8_a_bare_date_is_that_of_a_balance_only_where_a_period_ends(label: str, day: date | None) -> None:
    found = _balance_date(label, CALENDAR)
    assert (found.end if found else None) == day


def test_b8_movements_on_the_next_page_go_on_from_the_last_balance_of_this_one() -> None:
    def rows(*dates: date | None) -> list[LabelledRow]:
        return [LabelledRow(GridRow(0, []), {}, {}, None, Period(day) if day else None) for day in dates]

    last = fill_spans(rows(date(2022, 12, 31), None, date(2023, 12, 31), None))
    assert last == Period(date(2023, 12, 31))
    further = rows(None, date(2024, 12, 31), None)
    assert fill_spans(further, last) == Period(date(2024, 12, 31))
    assert [row.span for row in further] == [Period(date(2024, 12, 31), date(2024, 1, 1)), None, None]

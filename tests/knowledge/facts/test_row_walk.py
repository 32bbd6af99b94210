"""What a row says of time: which dates are those of balances."""

from __future__ import annotations

from datetime import date

import pytest
from tests.knowledge.facts.papers import document, table

from finfoundry.core.document import Block
from finfoundry.core.fiscal import FiscalYear, Period
from finfoundry.knowledge.facts import extract
from finfoundry.knowledge.facts.periods.period_resolution import Calendar
from finfoundry.knowledge.facts.periods.roll_forward import fill_spans
from finfoundry.knowledge.facts.periods.row_walk import LabelledRow, _balance_date
from finfoundry.knowledge.facts.table.grid import GridRow

CALENDAR = Calendar(FiscalYear(2024, date(2024, 12, 31)), Period(date(2024, 12, 31), date(2024, 1, 1)))


@pytest.mark.parametrize(
    ("label", "day"),
    [
        ("Balance 15 May 2024", date(2024, 5, 15)), ("Balance May 15, 2024", date(2024, 5, 15)), ("31 December 2024", date(2024, 12, 31)),
        ("December 31, 2024", date(2024, 12, 31)), ("15 May 2024", None), ("May 15, 2024", None), ("Balance May 15, 2034", None),
    ],
)  # fmt: skip
def test_a_bare_date_is_that_of_a_balance_only_where_a_period_ends(label: str, day: date | None) -> None:
    found = _balance_date(label, CALENDAR)
    assert (found.end if found else None) == day


def test_movements_on_the_next_page_go_on_from_the_last_balance_of_this_one() -> None:
    def rows(*dates: date | None) -> list[LabelledRow]:
        return [LabelledRow(GridRow(0, []), {}, {}, None, Period(day) if day else None) for day in dates]

    last = fill_spans(rows(date(2022, 12, 31), None, date(2023, 12, 31), None))
    assert last == Period(date(2023, 12, 31))
    further = rows(None, date(2024, 12, 31), None)
    assert fill_spans(further, last) == Period(date(2024, 12, 31))
    assert [row.span for row in further] == [Period(date(2024, 12, 31), date(2024, 1, 1)), None, None]


def test_each_header_of_a_table_dates_the_rows_below_it_the_first_one_too() -> None:
    rows = [
        ["Quarter ended December 31, 2024", "Media", "Parks", "Total"],
        ["Fees", "50", "40", "90"],
        ["Advertising", "5", "4", "9"],
        ["Quarter ended December 31, 2023", "Media", "Parks", "Total"],
        ["Fees", "30", "20", "50"],
        ["Advertising", "3", "2", "5"],
    ]
    facts = extract(document([table(rows)]))
    assert [fact.period for fact in facts if fact.metric[-1] == "Advertising"] == ["2024-10-01/2024-12-31"] * 3 + [
        "2023-10-01/2023-12-31"
    ] * 3


def test_titles_above_others_that_repeat_head_one_repetition_each() -> None:
    rows = [
        ["", "Year ended December 31, 2024>2", "", "Year ended December 31, 2023>4", "", "", ""],
        ["", "Media", "Parks", "Total", "Media", "Parks", "Other", "Total"],
        ["Fees", "50", "40", "90", "30", "20", "5", "55"],
    ]
    facts = extract(document([table(rows)]))
    assert [fact.period[:4] for fact in facts if fact.metric[-1] == "Fees"] == ["2024"] * 3 + ["2023"] * 4


def test_totals_with_dates_make_no_table_that_leads_from_balance_to_balance() -> None:
    over = Block("paragraph", "Losses by ratio of fair value to cost as of December 31, 2024 and 2023:")
    rows = [
        ["", "Number of securities", "Fair value"],
        ["2024:", ""], ["Highest rated", "53", "$ 699"], ["Total as of December 31, 2024", "53", "$ 699"],
        ["2023:", ""], ["Highest rated", "21", "$ 300"], ["Total as of December 31, 2023", "21", "$ 300"],
    ]  # fmt: skip
    facts = extract(document([over, table(rows)]))
    assert [fact.period for fact in facts if fact.metric[-1] == "Highest rated"] == ["2024-12-31"] * 2 + ["2023-12-31"] * 2


def test_a_table_whose_last_header_row_names_no_column_is_read() -> None:
    facts = extract(document([table([["", "2024"], ["Year", ""], ["Fees", "50"], ["Rent", "5"]])]))
    assert [fact.period for fact in facts if fact.metric[-1] == "Fees"] == ["2024-01-01/2024-12-31"]

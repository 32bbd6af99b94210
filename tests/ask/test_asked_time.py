"""Of figures told in a row, of as many times, a quotation keeps those of the times asked about; a figure of another kind is no answer."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finfoundry.ask.compose.asked_time import of_times
from finfoundry.ask.lexicon.spans import FiscalSpan
from finfoundry.ask.plan.dimension import AskedResult
from finfoundry.ask.retrieve.told_figures import tells_such_a_figure
from finfoundry.core.periods import FiscalYear

CALENDAR = FiscalYear.ending(date(2021, 12, 31))
QUARTER, HALF, YEAR = FiscalSpan(2021, 6, 3), FiscalSpan(2021, 6, 6), FiscalSpan(2021)
TUGS = "The harbour had 31, 21 and 9 tugs as of 2021, 2020 and 2019, respectively."
FEES = "Pier fees in the second quarter and first six months of 2021 totaled $72 million and $249 million, respectively."
REPAIRS = "For the three and six months ended June 30, 2021, repairs were $5 million and $20 million, respectively."
LOANS = "2021年末、2020年末码头贷款余额分别为97.02亿元和48.39亿元。"


@pytest.mark.parametrize(
    ("text", "wanted", "told"),
    [
        (TUGS, YEAR, "The harbour had 31 … tugs as of 2021 …."),
        (TUGS, FiscalSpan(2019), "The harbour had … 9 tugs as of … 2019 …."),
        (FEES, QUARTER, "Pier fees in the second quarter … of 2021 totaled $72 million …."),
        (FEES, HALF, "Pier fees in the … first six months of 2021 totaled … $249 million …."),
        (REPAIRS, QUARTER, "For the three … months ended June 30, 2021, repairs were $5 million …."),
        (REPAIRS, HALF, "For the … six months ended June 30, 2021, repairs were … $20 million …."),
        (LOANS, YEAR, "2021年末…码头贷款余额…为97.02亿元…。"),
    ],
)
def test_a_row_of_figures_is_quoted_for_the_time_asked_about(text: str, wanted: FiscalSpan, told: str) -> None:
    assert of_times(text, [wanted], CALENDAR) == told


def test_years_of_a_range_that_are_not_printed_are_not_cut() -> None:
    text = "码头2019年至2021年贷款余额分别为0.9亿元、1.1亿元和1.2亿元。"
    assert of_times(text, [YEAR], CALENDAR) == text


@pytest.mark.parametrize(
    "text", [TUGS, FEES, REPAIRS, LOANS, "Pier fees were $72 million in 2021, of which $9 million came from tugs.", ""]
)
def test_a_sentence_stays_whole_where_no_figure_or_every_figure_is_of_the_time(text: str) -> None:
    assert of_times(text, [FiscalSpan(2011)], CALENDAR) == text
    assert of_times(text, [], CALENDAR) == text
    every = [FiscalSpan(year, through, months) for year in range(2018, 2023) for through, months in ((12, 12), (6, 3), (6, 6))]
    assert of_times(text, every, CALENDAR) == text


@given(st.lists(st.integers(2001, 2030), min_size=2, max_size=5, unique=True), st.data())
def test_what_is_kept_is_of_its_own_time_and_nothing_is_added(years: list[int], data: st.DataObject) -> None:
    sizes = [f"${place + 11}.5 million" for place in range(len(years))]
    text = f"Dues were {', '.join(sizes[:-1])} and {sizes[-1]} in {', '.join(map(str, years[:-1]))} and {years[-1]}, respectively."
    wanted = data.draw(st.sampled_from(years))
    told = of_times(text, [FiscalSpan(wanted)], CALENDAR)
    assert [one for one in sizes if one in told] == [sizes[years.index(wanted)]]
    assert [one for one in years if str(one) in told] == [wanted]
    place = 0
    for piece in told.split("…"):  # in the paper's own words, in their order
        place = text.index(piece.strip(), place)


@pytest.mark.parametrize(
    ("text", "asked", "told"),
    [
        ("Dues rose by $4 million in 2023.", AskedResult("difference"), True),
        ("Dues were $4 million in 2023.", AskedResult("difference"), False),
        ("Dues were $4 million in 2023 and $3 million in 2022.", AskedResult("growth"), True),
        ("The share of tugs was 4.5%.", AskedResult("share", frozenset({"number"})), True),
        ("Tugs earned $4 million.", AskedResult("share", frozenset({"number"})), False),
        ("The harbour has 31 tugs.", AskedResult("level", frozenset({"count", "shares"})), True),
        ("Tugs earned $4 million, 3% more.", AskedResult("level", frozenset({"count", "shares"})), False),
        ("Tugs earned $4 million.", AskedResult("level"), True),
        ("10.本公司于民国 110 年 9月以面额发行公司债 $4,000,000。", AskedResult("difference"), False),
    ],
)
def test_a_figure_of_another_kind_is_no_answer(text: str, asked: AskedResult, *, told: bool) -> None:
    assert tells_such_a_figure(text, asked) is told

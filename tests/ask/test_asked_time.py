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

CALENDAR = FiscalYear.ending(date(2023, 12, 31))
QUARTER, NINE, YEAR = FiscalSpan(2023, 9, 3), FiscalSpan(2023, 9, 9), FiscalSpan(2023)
TUGS = "The harbour had 31, 21 and 9 tugs as of 2023, 2022 and 2021, respectively."
FEES = "Pier fees in the third quarter and first nine months of 2023 totaled $72 million and $249 million, respectively."
REPAIRS = "For the three and nine months ended September 30, 2023, repairs were $5 million and $20 million, respectively."
LOANS = "2023年末、2022年末码头贷款余额分别为97.02亿元和48.39亿元。"


@pytest.mark.parametrize(
    ("text", "wanted", "told"),
    [
        (TUGS, YEAR, "The harbour had 31 … tugs as of 2023 …."),
        (TUGS, FiscalSpan(2021), "The harbour had … 9 tugs as of … 2021 …."),
        (FEES, QUARTER, "Pier fees in the third quarter … of 2023 totaled $72 million …."),
        (FEES, NINE, "Pier fees in the … first nine months of 2023 totaled … $249 million …."),
        (REPAIRS, QUARTER, "For the three … months ended September 30, 2023, repairs were $5 million …."),
        (REPAIRS, NINE, "For the … nine months ended September 30, 2023, repairs were … $20 million …."),
        (LOANS, YEAR, "2023年末…码头贷款余额…为97.02亿元…。"),
    ],
)
def test_a_row_of_figures_is_quoted_for_the_time_asked_about(text: str, wanted: FiscalSpan, told: str) -> None:
    assert of_times(text, [wanted], CALENDAR) == told


@pytest.mark.parametrize(
    "text", [TUGS, FEES, REPAIRS, LOANS, "Pier fees were $72 million in 2023, of which $9 million came from tugs.", ""]
)
def test_a_sentence_stays_whole_where_no_figure_or_every_figure_is_of_the_time(text: str) -> None:
    assert of_times(text, [FiscalSpan(2011)], CALENDAR) == text
    assert of_times(text, [], CALENDAR) == text
    every = [FiscalSpan(year, through, months) for year in range(2020, 2025) for through, months in ((12, 12), (9, 3), (9, 9))]
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

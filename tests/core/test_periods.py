"""Periods: reading them in both languages, and the arithmetic of fiscal years."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finfoundry.core.periods import CALENDAR_YEAR, FiscalYear, Period, find_periods, parse_iso, span, undated

DATES = st.dates(date(1960, 1, 1), date(2090, 12, 31))

READ = [
    ("year ended May 31, 2020", ["2019-06-01/2020-05-31"]),
    ("Years ended December 31, 2020, 2019 and 2018", ["2020-01-01/2020-12-31", "2019-01-01/2019-12-31", "2018-01-01/2018-12-31"]),
    ("Three months ended March 31, 2025", ["2025-01-01/2025-03-31"]),
    ("Three Months Ended June 28, 2025 and June 29, 2024", ["2025-03-30/2025-06-28", "2024-03-31/2024-06-29"]),
    ("Fiscal Year Ended February 1, 2020", ["2019-02-03/2020-02-01"]),
    ("52 weeks ended February 1, 2020", ["2019-02-03/2020-02-01"]),
    ("December 31, 2019 and December 31, 2020", ["2019-12-31", "2020-12-31"]),
    ("As of December 31, 2024 and 2023", ["2024-12-31", "2023-12-31"]),
    ("January 1, 2020 through June 30, 2020", ["2020-01-01/2020-06-30"]),
    ("31 May 2020", ["2020-05-31"]),
    ("12/31/2020", ["2020-12-31"]),
    ("2020-12-31", ["2020-12-31"]),
    ("2020年12月31日", ["2020-12-31"]),
    ("2020 年 12 月 31 日", ["2020-12-31"]),
    ("二〇二〇年十二月三十一日", ["2020-12-31"]),
    ("２０２０年度", ["2020-01-01/2020-12-31"]),
    ("2020年末", ["2020-12-31"]),
    ("2020年6月末", ["2020-06-30"]),
    ("2020年2月底", ["2020-02-29"]),
    ("2020年6月", ["2020-06-01/2020-06-30"]),
    ("2020年6月份", ["2020-06-01/2020-06-30"]),
    ("2020年初", ["2019-12-31"]),
    ("2020年上半年", ["2020-01-01/2020-06-30"]),
    ("2020年前三季度", ["2020-01-01/2020-09-30"]),
    ("2020年1-6月", ["2020-01-01/2020-06-30"]),
    ("2020年1月1日至2020年12月31日", ["2020-01-01/2020-12-31"]),
    ("2020年第三季度", ["2020-07-01/2020-09-30"]),
    ("111年首季現金增加", ["2022-01-01/2022-03-31"]),
    ("2020年首季度", ["2020-01-01/2020-03-31"]),
    ("截至2020年6月30日止六个月", ["2020-01-01/2020-06-30"]),
    ("2019-2021年", ["2019-01-01/2019-12-31", "2021-01-01/2021-12-31"]),
]


@pytest.mark.parametrize(("text", "periods"), READ)
def test_reads_dated_periods(text: str, periods: list[str]) -> None:
    assert [found.period.iso for found in find_periods(text) if found.period] == periods


@pytest.mark.parametrize(
    ("text", "year", "quarter", "kind"),
    [
        ("FY2017", 2017, None, "year"),
        ("FY17", 2017, None, "year"),
        ("fiscal year 2023", 2023, None, "year"),
        ("in 2019 the company", 2019, None, "year"),
        ("the end of FY2017", 2017, None, "date"),
        ("Q2 2023", 2023, 2, "quarter"),
        ("2Q23", 2023, 2, "quarter"),
        ("FY22 Q3", 2022, 3, "quarter"),
        ("2019 Q3", 2019, 3, "quarter"),
        ("second quarter of FY2023", 2023, 2, "quarter"),
        ("H1 2020", 2020, None, "half"),
    ],
)
def test_names_fiscal_periods_without_dates(text: str, year: int, quarter: int | None, kind: str) -> None:
    (found,) = find_periods(text)
    assert (found.fiscal_year, found.quarter, found.kind, found.period) == (year, quarter, kind, None)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("FY2022", "2021-06-01/2022-05-31"),
        ("Q1 2022", "2021-06-01/2021-08-31"),
        ("fourth quarter of fiscal 2022", "2022-03-01/2022-05-31"),
        ("the end of fiscal 2021", "2021-05-31"),
    ],
)
def test_dates_fiscal_periods_by_a_known_year(text: str, period: str) -> None:
    (found,) = find_periods(text, fiscal_year_end=date(2020, 5, 31))
    assert found.period is not None
    assert found.period.iso == period


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("fiscal year ended May 2025", "2024-06-01/2025-05-31"),
        ("the year to December 2024", "2024-01-01/2024-12-31"),
        ("six months to June 2023", "2023-01-01/2023-06-30"),
        ("April-June 2023", "2023-04-01/2023-06-30"),
        ("July to September 2023", "2023-07-01/2023-09-30"),
        ("between January and September 2023", "2023-01-01/2023-09-30"),
        ("9M 2023", "2023-01-01/2023-09-30"),
        ("9M23", "2023-01-01/2023-09-30"),
        ("2023 9M", "2023-01-01/2023-09-30"),
        ("half-year 2025", "2025-01-01/2025-06-30"),
        ("first half 23", "2023-01-01/2023-06-30"),
        ("111Q1", "2022-01-01/2022-03-31"),
        ("2023 前三季", "2023-01-01/2023-09-30"),
    ],
)
def test_short_forms_of_periods(text: str, period: str) -> None:
    (found,) = find_periods(text, fiscal_year_end=date(2020, 12, 31))
    assert found.period is not None
    assert found.period.iso == period


@pytest.mark.parametrize("text", ["first half 10 million", "first half 20% lower", "3M", "half-year 12"])
def test_a_number_behind_is_no_year(text: str) -> None:
    assert find_periods(text, fiscal_year_end=date(2020, 12, 31)) == []


@pytest.mark.parametrize(
    ("text", "offset", "instant"),
    [
        ("本期发生额", 0, False),
        ("上期金额", -1, False),
        ("上年同期", -1, False),
        ("期末余额", 0, True),
        ("期初余额", -1, True),
        ("上年年末余额", -1, True),
        ("本报告期末", 0, True),
        ("prior year", -1, None),
    ],
)
def test_relative_words_say_how_far_back(text: str, offset: int, instant: bool | None) -> None:
    (found,) = find_periods(text)
    assert (found.kind, found.offset, found.instant) == ("relative", offset, instant)


@pytest.mark.parametrize("text", ["$ 2019", "2,019", "2019 shares", "12019", "2019%", "$2,020.5", "1999万元", "no digits here", "2019.5"])
def test_amounts_are_not_years(text: str) -> None:
    assert find_periods(text) == []


@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from([text for text, _ in READ] + [" and ", "、", "年", "FY", "Q3"]), max_size=5).map("".join)
)
def test_found_periods_lie_in_the_text_without_overlap(text: str) -> None:
    end = 0
    for found in find_periods(text, fiscal_year_end=date(2020, 2, 1)):
        assert end <= found.start < found.end
        assert text[found.start : found.end] == found.text
        end = found.end


@given(DATES)
def test_any_written_date_is_read(day: date) -> None:
    for text in (
        day.isoformat(),
        f"{day:%B} {day.day}, {day.year}",
        f"{day.day} {day:%b} {day.year}",
        f"{day.year}年{day.month}月{day.day}日",
    ):
        assert [found.period for found in find_periods(text)] == [Period(day)]


@given(DATES, st.integers(0, 400))
def test_iso_round_trip(end: date, days: int) -> None:
    for period in (Period(end), Period(end, end - timedelta(days=days))):
        assert parse_iso(period.iso) == period


@pytest.mark.parametrize("text", ["2020", "2020-01-01/", "2020-02-30", "2020-12-31/2020-01-01", ""])
def test_what_is_not_iso_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_iso(text)


@given(DATES, st.integers(1990, 2060), st.booleans())
def test_quarters_make_up_the_year(end: date, year: int, weeks: bool) -> None:
    fiscal = FiscalYear(end.year, end, weeks)
    whole = fiscal.of(year)
    quarters = [fiscal.quarter(year, number) for number in (1, 2, 3, 4)]
    assert quarters[-1].end == whole.end
    assert 351 < whole.days < 379
    assert fiscal.of(year + 1).opening == whole.closing
    for period in quarters:
        assert 80 < period.days < 107
        assert fiscal.year_of(period.end) == year


@given(DATES, st.sampled_from([3, 6, 9, 12]))
def test_a_span_has_the_length_asked_for(end: date, months: int) -> None:
    assert span(end, months).end == end
    assert span(end, months).months == months


def test_years_of_weeks_keep_their_weekday() -> None:
    fiscal = FiscalYear(2024, date(2025, 1, 26), weeks=True)
    assert fiscal.end_of(2023) == date(2024, 1, 28)
    assert fiscal.of(2024).iso == "2024-01-29/2025-01-26"
    may = FiscalYear(2020, date(2020, 5, 31), weeks=True, last=True)
    assert [may.end_of(year) for year in (2019, 2018)] == [date(2019, 5, 26), date(2018, 5, 27)]
    assert CALENDAR_YEAR.quarter(2020, 2).iso == "2020-04-01/2020-06-30"


NUMERALS = {"three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "twelve": 12}


@pytest.mark.parametrize("word", NUMERALS)
def test_months_in_words_are_as_many_as_in_digits(word: str) -> None:
    """And they begin on the first day of the month that is so many months before the end."""
    texts = (f"{form} months ended December 31, 2020" for form in (word, str(NUMERALS[word]), word.capitalize()))
    periods = {found.period.iso for text in texts for found in find_periods(text) if found.period}
    assert periods == {f"2020-{13 - NUMERALS[word]:02}-01/2020-12-31"}


MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]


@pytest.mark.parametrize(("number", "name"), list(enumerate(MONTHS, 1)))
def test_every_month_is_read_in_full_and_short(number: int, name: str) -> None:
    short = {name, name[:3], f"{name[:3]}."} | ({"Sept", "Sept."} if number == 9 else set())
    for word in (*short, name.upper(), name.lower()):
        (found,) = find_periods(f"as of {word} 17, 2021")
        assert found.period == Period(date(2021, number, 17)), word


@pytest.mark.parametrize(
    ("text", "kind", "quarter"),
    [
        ("January 1, 2020 through December 31, 2020", "year", None),
        ("January 1, 2020 through June 30, 2020", "half", None),
        ("July 1, 2020 through December 31, 2020", "half", None),
        ("April 1, 2020 through June 30, 2020", "quarter", 2),
        ("January 1, 2020 through September 30, 2020", "range", None),
        ("January 1, 2020 through July 31, 2020", "range", None),
        ("2020年1-6月", "half", None),
        ("2020年1-9月", "range", None),
        ("2020年7-9月", "quarter", 3),
        ("截至2020年6月30日止六个月", "half", None),
    ],
)
def test_a_span_is_named_by_its_length(text: str, kind: str, quarter: int | None) -> None:
    (found,) = find_periods(text)
    assert (found.kind, found.quarter) == (kind, quarter)


@pytest.mark.parametrize("text", ["FY17", "FY'17", "FY’17", "FY 17", "FY 2017", "fiscal 2017", "fiscal year 2017", "2017 fiscal year"])
def test_two_digits_behind_the_letters_of_a_fiscal_year_are_a_year(text: str) -> None:
    (found,) = find_periods(f"in {text} sales rose")
    assert (found.fiscal_year, found.kind) == (2017, "year")


@pytest.mark.parametrize(
    ("text", "found"),
    [("和泰（2023）前九个月", ["2023）前九个月"]), ("2023 年 前三季度", ["2023 年 前三季度"]), ("共 2019台设备", [])],
)
def test_a_part_of_a_year_in_brackets_is_one(text: str, found: list[str]) -> None:
    assert [one.text for one in find_periods(text)] == found


def test_a_long_run_of_chinese_numerals_is_read_in_time() -> None:
    """A square would take minutes; a year has four numerals at most."""
    assert find_periods("一" * 200_000) == []
    assert [one.text for one in find_periods("二零二零年" * 2)] == ["二零二零年"] * 2


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Rent was 400 in 2020 and 300 in 2019", "Rent was 400 in and 300 in"),
        ("On March 3, 2020 it sold 40 boats, last year 30", "On it sold 40 boats, 30"),
        ("2020年上半年售出40艘船，上年同期30艘", "售出40艘船， 30艘"),
        ("民國112年7月買下3座碼頭", "買下3座碼頭"),
        ("The pier holds 40 boats; 码头可停40艘船", "The pier holds 40 boats; 码头可停40艘船"),
    ],
)
def test_a_text_without_its_periods_keeps_everything_else(text: str, left: str) -> None:
    assert " ".join(undated(text).split()) == left


@given(st.lists(st.sampled_from([text for text, _ in READ]), min_size=1, max_size=4), st.sampled_from(["; boats; ", "，船舶，"]))
def test_no_period_is_found_in_a_text_without_its_periods(dated: list[str], between: str) -> None:
    left = undated(between.join(dated))
    assert not find_periods(left)
    assert left.count(between.strip()) == len(dated) - 1


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("2024-01", ["2024-01"]), ("01/2024", ["2024-01"]), ("2024/12", ["2024-12"]),
        ("Revenue in 2024-01 and 2024-02", ["2024-01", "2024-02"]),
        ("2024-01的营业收入", ["2024-01"]), ("between 01/2024 and 03/2024", ["2024-01", "2024-03"]), ("2012-11", ["2012-11"]),
    ],
)  # fmt: skip
def test_a_month_in_digits_is_a_month(text: str, months: list[str]) -> None:
    found = [one.period for one in find_periods(text)]
    assert [(period.iso[:7], period.months) for period in found if period] == [(month, 1) for month in months]


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("ASU 2016-02, 2018-10 and 2019-01", 2016), ("2011-12", 2011), ("2010/11", 2010), ("2024-13", 2024), ("Series 2024-01", 2024),
        ("公告编号：2024-01", 2024), ("2024-2025", 2024), ("2024-01-15", None), ("31/01/2024", None),
    ],
)  # fmt: skip
def test_the_number_of_a_paper_two_years_and_a_day_are_no_month(text: str, year: int | None) -> None:
    found = find_periods(text)
    assert [one for one in found if one.period is not None and one.period.months == 1] == []
    assert found[0].fiscal_year == year


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("03.01.2025", "2025-01-03"), ("31.12.2024", "2024-12-31"), ("12.31.2024", "2024-12-31"), ("1.2.24", "2024-02-01"),
        ("03/01/2025", "2025-03-01"), ("17/01/2025", "2025-01-17"),
    ],
)  # fmt: skip
def test_the_day_stands_first_in_a_date_with_points(text: str, day: str) -> None:
    assert [one.period.iso for one in find_periods(text) if one.period] == [day]

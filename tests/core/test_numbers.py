"""Numbers as printed: what is read from text, cells and scale lines, and what is no figure."""

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finfoundry.core.quantities.numbers import currency_of, find_numbers, halfwidth, parse_cell, scale_of

FIGURES = [
    ("Total current liabilities were $5,466 million at the end of FY2017 [1].", [("$5,466 million", "5466000000", "USD")]),
    ("2020年生物股份的研发费用占营业收入的比例为6.53% [1][2]。", [("6.53%", "0.0653", "ratio")]),
    ("US$5mn, RMB 12,345 thousand", [("US$5mn", "5000000", "USD"), ("RMB 12,345 thousand", "12345000", "CNY")]),
    ("€1.2bn and HK$ 3 million", [("€1.2bn", "1200000000", "EUR"), ("HK$ 3 million", "3000000", "HKD")]),
    ("同比增长百分之五，提高12个百分点", [("百分之五", "0.05", "ratio"), ("12个百分点", "0.12", "ratio")]),
    ("Acme Inc2024年的流动比率为0.68", [("0.68", "0.68", None)]),  # Chinese right behind a Latin name is no part of it
    ("2024年末current assets, total42.89亿美元", [("42.89亿美元", "4289000000", "USD")]),
    ("Phase 2的投资为500万元，A320共12架", [("500万元", "5000000", "CNY"), ("12", "12", None)]),
    ("三千五百万元，１２３．４亿元", [("三千五百万元", "35000000", "CNY"), ("１２３．４亿元", "12340000000", "CNY")]),
    ("合计1亿2000万元", [("1亿2000万元", "120000000", "CNY")]),
    ("净利润为-1,234.56万元，下降负5%", [("-1,234.56万元", "-12345600", "CNY"), ("负5%", "-0.05", "ratio")]),
    ("a net loss of $(1,234) million", [("$(1,234) million", "-1234000000", "USD")]),
    ("changes of (5.2)%, -3.1% and −4%", [("(5.2)%", "-0.052", "ratio"), ("-3.1%", "-0.031", "ratio"), ("−4%", "-0.04", "ratio")]),
    ("a decrease of 5 %", [("5 %", "0.05", "ratio")]),
    (
        "5-10% and 10至15亿元",
        [("5", "0.05", "ratio"), ("10%", "0.10", "ratio"), ("10", "1000000000", "CNY"), ("15亿元", "1500000000", "CNY")],
    ),
    ("between $1.0 and $1.2 billion", [("$1.0", "1000000000", "USD"), ("$1.2 billion", "1200000000", "USD")]),
    ("EPS was $1.25 per diluted share", [("$1.25 per diluted share", "1.25", "USD/share")]),
    ("每股收益1.25元/股，员工3,456人", [("1.25元/股", "1.25", "CNY/share"), ("3,456人", "3456", "count")]),
    ("50 basis points wider, 2.5x covered", [("50 basis points", "0.005", "ratio"), ("2.5x", "2.5", "ratio")]),
    ("twenty-five million dollars, five percent", [("twenty-five million dollars", "25000000", "USD"), ("five percent", "0.05", "ratio")]),
    ("五万元以上五十万元以下", [("五万元", "50000", "CNY"), ("五十万元", "500000", "CNY")]),
    ("it had 2000 employees in 2019", [("2000 employees", "2000", "count")]),
    ("the ratio is 1.83.", [("1.83", "1.83", None)]),
    ("公司去年盈利,5亿元,同比增长,12.5%", [("5亿元", "500000000", "CNY"), ("12.5%", "0.125", "ratio")]),  # typed without Chinese marks
    ("revenue was $1,577 (in millions)", [("$1,577 (in millions)", "1577000000", "USD")]),
    ("增长三成", [("三成", "0.3", "ratio")]),
]

NO_FIGURES = [
    "As of December 31, 2017 and 2016",
    "FY2017, fiscal 2018, Q3 2019, 3Q20, H1 2020, 2019-2021, 2019/12/31, 31 December 2017, 05/31/2020",
    "2020年12月31日，2020年度，2020年1-6月，第三季度，二〇二〇年，本期，12月31日",
    "The 8k filing and the 10q reports of AMCOR",
    "COVID-19, Form 10-K, 8-K, S&P 500, 3M, ISO 27001, IFRS 9, Note 12, Item 1A, Level 3, Basel 3, 401(k), A320, 5G, Windows 10",
    "common equity tier 1 capital",
    "第十二条，第3款，第5页，附注七、12，金规〔2024〕24号，沪深300，《办法2020》，股票代码：600201",
    "[1][2] [1, 2] 【3】",
    "1. First\n2. Second\n(3) Third\n4、第四\n（5）第五",
    "the three months ended March 31; the past 5 years; 近3年；last 12 months; 13 weeks ended",
    "the 1st, 2nd and 3rd; a 10-year note",
    "https://example.org/2019/12?x=5",
    "compared with 2016, 2017 and 2018.",
    "",
]


@pytest.mark.parametrize(("text", "expected"), FIGURES)
def test_figures_are_read_with_value_and_unit(text: str, expected: list[tuple[str, str, str | None]]) -> None:
    found = find_numbers(text)
    assert [(number.text, number.value, number.unit) for number in found] == [(t, Decimal(v), u) for t, v, u in expected]
    assert all(text[number.start : number.end] == number.text for number in found)


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("US$5 $-3", ["US$5", "$-3"]),
        ("5$-10$ a share", ["5$", "10$ a share"]),
        ("0$-0", ["0$", "0"]),
        ("five million $5", ["five million", "$5"]),
        ("five million dollars $5", ["five million dollars", "$5"]),
    ],
)
def test_a_sign_between_two_figures_belongs_to_one_of_them(text: str, figures: list[str]) -> None:
    assert [number.text for number in find_numbers(text)] == figures


@pytest.mark.parametrize("text", NO_FIGURES)
def test_dates_names_and_markers_are_no_figures(text: str) -> None:
    assert find_numbers(text) == []


def test_brackets_alone_are_flagged_because_prose_also_brackets_positive_numbers() -> None:
    (number,) = find_numbers("the margin (5.2%) grew")
    assert number.parenthesised
    assert number.value == Decimal("-0.052")


def test_percentage_points_differ_from_percent() -> None:
    assert [number.points for number in find_numbers("5% and 5 percentage points and 5个百分点")] == [False, True, True]


def test_step_is_the_worth_of_the_last_digit() -> None:
    assert [number.step for number in find_numbers("$5,466 million, 6.53%, 1.2亿元")] == [10**6, Decimal("0.0001"), 10**7]


money = st.decimals(min_value="0.01", max_value="999999", places=2)
scales_en = st.sampled_from([("", 1), (" thousand", 10**3), (" million", 10**6), (" billion", 10**9), ("mn", 10**6), ("bn", 10**9)])
scales_zh = st.sampled_from([("", 1), ("千", 10**3), ("万", 10**4), ("百万", 10**6), ("亿", 10**8), ("万亿", 10**12)])


@given(value=money, scale=scales_en, negative=st.booleans())
def test_english_money_round_trips(value: Decimal, scale: tuple[str, int], negative: bool) -> None:
    printed = f"{'-' if negative else ''}${value:,}{scale[0]}"
    (number,) = find_numbers(f"Revenue was {printed} in 2019 [1].")
    assert number.text == printed
    assert number.value == (-value if negative else value) * scale[1]
    assert (number.unit, number.precision) == ("USD", 2)


@given(value=money, scale=scales_zh, grouped=st.booleans(), full=st.booleans())
def test_chinese_money_round_trips(value: Decimal, scale: tuple[str, int], grouped: bool, full: bool) -> None:
    digits = f"{value:,}" if grouped else str(value)
    if full:
        digits = digits.translate(str.maketrans("0123456789.,", "０１２３４５６７８９．，"))
    (number,) = find_numbers(f"2020年营业收入为{digits}{scale[0]}元[1]。")
    assert number.value == value * scale[1]
    assert number.unit == "CNY"


def _chinese(value: int) -> str:
    """Write an integer below 10**8 in Chinese numerals."""
    digits, words = "零一二三四五六七八九", ""
    high, low = divmod(value, 10**4)
    if high:
        return _chinese(high) + "万" + (("零" if low < 1000 else "") + _chinese(low) if low else "")
    for power, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // power % 10
        if digit:
            words += digits[digit] + name
        elif words and value % power and not words.endswith("零"):
            words += "零"
    return words


@given(st.integers(min_value=1, max_value=10**8 - 1))
def test_chinese_numerals_round_trip(value: int) -> None:
    (number,) = find_numbers(f"罚款{_chinese(value)}元。")
    assert number.value == value


@given(value=money, style=st.sampled_from(["{}", "({})", "$ {}", "$ ({})", "{} (1)", "¥{}", " {} ", "-{}", "{}%", "({})%", "{} %", "{}*"]))
def test_cells_round_trip(value: Decimal, style: str) -> None:
    cell = parse_cell(style.format(f"{value:,}"))
    assert cell is not None
    assert cell.value == (-value if "({})" in style or style.startswith("-") else value)
    assert cell.percent == ("%" in style)
    assert cell.precision == 2


@pytest.mark.parametrize("text", ["—", "-", "–", "$ —", "- %", "--"])
def test_a_dash_is_zero_and_says_so(text: str) -> None:
    cell = parse_cell(text)
    assert cell is not None
    assert cell.dash
    assert cell.value == 0


@pytest.mark.parametrize(
    "text", ["", "N/A", "不适用", "2019年", "Dec 31, 2019", "七、12", "Note 5", "3-5", "1.2.3", "Total", "12/31/2019", "£000", "$ 000"]
)
def test_other_cells_are_no_numbers(text: str) -> None:
    assert parse_cell(text) is None


def test_a_cell_with_a_scale_of_its_own_says_so() -> None:
    cell = parse_cell("$1.2 billion")
    assert cell is not None
    assert (cell.value, cell.scale, cell.currency) == (Decimal("1.2E9"), Decimal("1E9"), "USD")


@pytest.mark.parametrize(
    ("text", "scale", "currency"),
    [
        ("(in millions, except per share data)", 10**6, None),
        ("(Dollars in thousands)", 10**3, None),
        ("$ in thousands", 10**3, "USD"),
        ("(US$ in millions)", 10**6, "USD"),
        ("RMB'000", 10**3, "CNY"),
        ("Millions", 10**6, None),
        ("(in 000s)", 10**3, None),
        ("单位：万元", 10**4, "CNY"),
        ("单位：元 币种：人民币", 1, "CNY"),
        ("人民币百万元", 10**6, "CNY"),
        ("金额单位：人民币万元", 10**4, "CNY"),
        ("单位：股", 1, None),
        ("Net sales", None, None),
        ("we sold millions of units", None, None),
    ],
)
def test_scale_lines(text: str, scale: int | None, currency: str | None) -> None:
    assert scale_of(text) == scale
    if currency:
        assert currency_of(text) == currency


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("$5", "USD"),
        ("HK$5", "HKD"),
        ("人民币", "CNY"),
        ("5亿美元", "USD"),
        ("港元", "HKD"),
        ("€", "EUR"),
        ("in the Eurozone", None),
        ("Rsomething", None),
    ],
)
def test_currencies(text: str, code: str | None) -> None:
    assert currency_of(text) == code


@given(st.text())
def test_any_text_is_read_without_error_and_offsets_hold(text: str) -> None:
    assert len(halfwidth(text)) == len(text)
    for number in find_numbers(text):
        assert text[number.start : number.end] == number.text
    parse_cell(text)
    scale_of(text)


@given(st.text(alphabet="0123456789.,-–()$%年月日万亿元 [](to)aM第", max_size=60))
def test_figures_do_not_overlap(text: str) -> None:
    found = find_numbers(text)
    assert all(first.end <= second.start for first, second in itertools.pairwise(found))
    assert all(text[number.start : number.end] == number.text for number in found)


def test_a_currency_sign_takes_no_letter_of_the_word_before_it() -> None:
    (number,) = find_numbers("TOTAL ASSETS $87,270 million")
    assert (number.text, number.unit) == ("$87,270 million", "USD")


@pytest.mark.parametrize(
    ("text", "value", "step"),
    [
        ("1亿2000.5万元", "120005000", "1000"), ("1亿2000万元", "120000000", "10000"), ("3.25万亿元", "3250000000000", "10000000000"),
        ("三点二五亿元", "325000000", "1000000"), ("二十三万元", "230000", "10000"),
    ],
)  # fmt: skip
def test_the_last_printed_digit_is_the_step(text: str, value: str, step: str) -> None:
    (number,) = find_numbers(text)
    assert (number.value, number.step) == (Decimal(value), Decimal(step))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("between 1.0 and 1.2 billion", ["1.0E+9", "1.2E+9"]), ("stores of 1 and 1.2 billion", ["1", "1.2E+9"]),
        ("1.0 to 1.2 billion", ["1.0E+9", "1.2E+9"]), ("10至15亿元", ["1.0E+9", "1.5E+9"]), ("5-10%", ["0.05", "0.10"]),
    ],
)  # fmt: skip
def test_the_first_end_of_a_range_has_the_scale_of_the_second(text: str, values: list[str]) -> None:
    assert [number.value for number in find_numbers(text)] == [Decimal(value) for value in values]


@pytest.mark.parametrize(
    ("word", "unit"),
    [
        ("股", "shares"), ("倍", "ratio"), ("年", "years"), ("个月", "months"), ("天", "days"), ("日", "days"), ("元", "CNY"),
        ("名", "count"), ("户", "count"), ("家", "count"),
    ],
)  # fmt: skip
def test_what_a_number_in_chinese_counts_is_its_unit(word: str, unit: str) -> None:
    (number,) = find_numbers(f"三百五十{word}")
    assert (number.value, number.unit) == (Decimal(350), unit)


@given(
    figures=st.lists(money, min_size=1, max_size=5),
    marks=st.lists(st.sampled_from([",", "，", "、", ";", "；", "。", ":", " ", ", "]), min_size=5, max_size=5),
)
def test_no_mark_before_a_figure_hides_it(figures: list[Decimal], marks: list[str]) -> None:
    """What is not found is not bound, and would be told whatever it says."""
    text = "".join(f"{mark}{figure:,}万元" for mark, figure in zip(marks, figures, strict=False))
    assert [number.value for number in find_numbers(f"其中{text}")] == [figure * 10_000 for figure in figures]

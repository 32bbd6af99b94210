"""Where a number, a letter or a word is the scale of what stands below it, and where it is not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from finfoundry.core.quantities.unit_lines import read_unit_line


@pytest.mark.parametrize(("text", "stated"), [
    ("(1,000 euros)", True), ("in 1,000 euros", True), ("Unit: 1,000 euros", True), ("x € 1,000", True), ("(10,000 yuan)", True),
    ("(see 1,000 euros)", False), ("sales of 1,000 euros", False), ("EUR (1,000 tonnes)", False), ("Price EUR (1,000)", False),
    ("in 1000 euros", True), ("in 100 euros", False), ("(100 million yen)", True), ("(100 million yen notes)", False),
    ("in 1,000 tonnes", False), ("(1,000 units)", False), ("(euros 1,000)", False), ("1,000 employees and euros", False),
])  # fmt: skip
def test_a_number_is_a_scale_only_where_it_opens_a_statement_of_units(text: str, stated: bool) -> None:
    assert (read_unit_line(text).scale is not None) == stated


@pytest.mark.parametrize(("text", "unread"), [
    ("€T", "T"), ("US$ t", "t"), ("(€T)", "T"), ("€T 2024", "T"), ("t US$", "t"), ("€mil", "mil"),
    ("US$ T Holdings", None), ("€ T Bonds", None), ("US$ t Rowe", None), ("€ mil loans", None), ("5 T EUR", None), ("3 mil USD", None),
])  # fmt: skip
def test_a_letter_is_no_scale_where_words_go_on(text: str, unread: str | None) -> None:
    assert (read_unit_line(text).scale, read_unit_line(text).unread) == (None, unread)


@pytest.mark.parametrize(
    ("text", "scale"),
    [
        ("CHF 1,000", 3), ("CHF 1'000", 3), ("CHF 100", None), ("$ 1,000", None), ("Revenue in yuan", 0), ("Revenue in dollars", 0),
        ("Revenue in euros", 0), ("Revenue in francs", None),
        ("Reported in whole euros", 0), ("(10,000 yuan)", 4),
        ("人民币千元列示", 3), ("以人民币千元表示", 3),  ("単位：百万円", 6), ("in millions of US dollars", 6),
         ("US$ m 2024", 6),
    ],
)  # fmt: skip
def test_what_stands_around_a_scale_makes_it_one(text: str, scale: int | None) -> None:
    found = read_unit_line(text).scale
    assert found == (None if scale is None else Decimal(10) ** scale)


@pytest.mark.parametrize("after", ["列示", "表示", "计", "為單位", "呈列", "等", "的金额", "除外", "及百分比", "单位"])
def test_a_chinese_scale_before_words_of_a_statement_is_one(after: str) -> None:
    assert read_unit_line(f"人民币千元{after}").scale == 1000


@pytest.mark.parametrize("text", ["千元店", "万元以上", "（见千页说明）", "百万富翁", "（千元机销量）"])
def test_a_chinese_scale_before_other_words_is_part_of_them(text: str) -> None:
    assert read_unit_line(text).scale is None


@pytest.mark.parametrize(
    "text",
    [
        "(thousands of euros)",
        "Unit: thousands of euros",
        "in thousands of euros",
        "Costs, thousands of euros",
        "(costs, thousands rounded)",
    ],
)
def test_a_scale_in_brackets_behind_a_cue_or_an_in_is_one_whatever_follows(text: str) -> None:
    assert read_unit_line(text).scale == 1000


@pytest.mark.parametrize("text", ["5 million CHF", "CHF 5 million", "(CHF 5 million)", "7 million notes of CHF", "in 5 million CHF"])
def test_a_figure_states_no_scale(text: str) -> None:
    assert read_unit_line(text).scale is None


@pytest.mark.parametrize(
    ("before", "stated"), [("Sales,", True), ("2024:", True), ("Sales (2024)", True), ("Sales", False), ("Sales of", False)]
)
def test_a_scale_before_its_currency_is_one_behind_a_mark_and_not_behind_a_word(before: str, stated: bool) -> None:
    assert read_unit_line(f"{before} million yen").scale == (10**6 if stated else None)


@pytest.mark.parametrize("between", ["of", "in", ""])
def test_small_words_between_a_scale_and_its_currency_change_nothing(between: str) -> None:
    assert read_unit_line(f"Sales, million {between} yen".replace("  ", " ")).scale == 10**6

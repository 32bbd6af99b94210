"""Quantities told roughly: the interval that words leave open, in both languages and scripts."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finfoundry.core.quantities.rough import Hedge, around, find_multiples, find_rough, find_unread, hedge

OVER, UNDER = Hedge(1, strict=True), Hedge(-1, strict=True)
SHARES = [
    ("two in every five dollars", "0.4"), ("one in ten loans", "0.1"), ("by nearly three quarters", "0.75"),
    ("about a third of sales", "0.333"), ("two-thirds of the stores", "0.667"), ("half of its sales", "0.5"),
    ("9 out of 10 customers", "0.9"), ("三分之一强", "0.333"), ("销售额的五分之一", "0.2"), ("不良贷款的一半", "0.5"),
    ("grew a third to $5", "0.333"), ("rose a fifth, helped by prices", "0.2"), ("down a tenth", "0.1"), ("a quarter higher", "0.25"),
    ("约七成半", "0.75"), ("两成", "0.2"), ("兩成", "0.2"), ("四分之三", "0.75"), ("過半數", "0.5"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), SHARES)
def test_a_part_in_words_is_a_share(text: str, value: str) -> None:
    (found,) = find_rough(text)
    assert (found.unit, found.percent) == ("ratio", True)
    assert abs(found.value - Decimal(value)) < Decimal("0.001")
    assert found.within
    assert found.within[0] <= found.value <= found.within[1]


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("上一年还只有520多亿。", 52_000_000_000, 53_000_000_000, None),
        ("十几亿元", 1_100_000_000, 2_000_000_000, "CNY"),
        ("二十几亿", 2_100_000_000, 3_000_000_000, None),
        ("几十亿元", 2_000_000_000, 10_000_000_000, "CNY"),
        ("數百萬美元", 2_000_000, 10_000_000, "USD"),
        ("淨利破百億，", 10_000_000_000, 20_000_000_000, None),
        ("突破千亿大关", 100_000_000_000, 200_000_000_000, None),
        ("half a million customers", 475_000, 525_000, None),
        ("over a billion dollars", 1_000_000_000, 1_200_000_000, "USD"),
    ],
)
def test_an_amount_in_words_has_the_interval_that_it_leaves_open(text: str, low: int, high: int, unit: str | None) -> None:
    (found,) = find_rough(text)
    assert found.within == (Decimal(low), Decimal(high))
    assert found.unit == unit


@pytest.mark.parametrize(
    "text",
    [
        "the third quarter of 2023", "the first half", "first three quarters", "a third party", "half-year report", "a year and a half",
        "2019年上半年", "完成收购", "成立一家公司", "3 in 10-K", "a fifth plant", "百亿", "2023年第一季度",
        "rose a third year running", "opened up a third plant", "the Company's second half",
    ],
)  # fmt: skip
def test_names_of_time_and_ordinals_are_no_quantities(text: str) -> None:
    assert find_rough(text) == []


@pytest.mark.parametrize(
    ("before", "behind", "told"),
    [
        ("topped ", "", OVER), ("north of ", "", OVER), ("a shade over ", "", OVER), ("no less than ", "", Hedge(1)),
        ("just shy of ", "", UNDER), ("nearly ", "", Hedge(-1)), ("not more than ", "", Hedge(-1)),
        ("failed to reach ", "", UNDER), ("failed to exceed ", "", Hedge(-1)), ("", "以上", Hedge(1)), ("超过", "", OVER),
        ("at least ", "", Hedge(1)),
        ("some ", "", Hedge(0, loose=True)),
        ("逾", "", OVER), ("", "出头", OVER), ("突破", "", OVER), ("不到", "", UNDER),
        ("不超过", "", Hedge(-1)), ("近", "", Hedge(-1)),
        ("", "左右", Hedge(0, loose=True)), ("was ", "", Hedge()),
    ],
)  # fmt: skip
def test_words_say_on_which_side_of_a_number_the_true_one_lies(before: str, behind: str, told: Hedge) -> None:
    assert hedge(f"{before}600{behind}", len(before), len(before) + 3) == told


@given(st.decimals(min_value="0.001", max_value="1000000", places=3), st.sampled_from([-1, 0, 1]), st.booleans())
def test_an_interval_holds_its_number_and_lies_on_the_side_that_is_told(value: Decimal, lean: int, loose: bool) -> None:
    low, high = around(value, Hedge(lean, loose))
    assert low <= value <= high
    assert low == value if lean > 0 else high == value if lean < 0 else high - value == value - low


@given(st.integers(2, 9), st.integers(1, 8))
def test_a_fraction_is_read_alike_in_words_of_both_languages(parts: int, count: int) -> None:
    if count >= parts:
        return
    words = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    english = find_rough(f"{words[count]} in every {words[parts]} of them")
    chinese = find_rough(f"占{'零一二三四五六七八九'[parts]}分之{'零一二三四五六七八九'[count]}左右")
    assert [one.value for one in english] == [one.value for one in chinese] == [Decimal(count) / parts]


@given(st.integers(1, 9999), st.sampled_from("万亿"))
def test_more_than_so_many_reaches_to_the_next_of_its_last_digit(count: int, scale: str) -> None:
    (found,) = find_rough(f"收入{count}多{scale}元")
    size = 10**4 if scale == "万" else 10**8
    assert found.within
    low, high = found.within
    assert low == count * size
    assert (high - low) / size in (1, 10, 100, 1000)


@given(st.text(alphabet="半一二三成多亿万分之 halfthirdquaeone in.,0123456789", max_size=40))
def test_quantities_are_stretches_of_their_text_that_do_not_overlap(text: str) -> None:
    found = find_rough(text)
    assert all(text[one.start : one.end] == one.text for one in found)
    assert all(one.end <= after.start for one, after in pairwise(found))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Profit more than doubled.", 2),
        ("销量翻了一番。", 2),
        ("Sales tripled.", 3),
        ("利润腰斩。", Decimal("0.5")),
        ("one and a half times those of 2022", Decimal("1.5")),
        ("同比翻了三番。", 8),
        ("利润翻番。", 2),
        ("half as much again", Decimal("1.5")),
    ],
)
def test_what_became_so_many_times_as_large_is_a_multiple(text: str, value: Decimal) -> None:
    (found,) = find_multiples(text)
    assert (found.value, found.unit, found.percent) == (value, "ratio", False)


@pytest.mark.parametrize(
    ("text", "unread"),
    [("Sales were several times those of 2022.", ["several times"]), ("翻了十番", ["翻了十番"]), ("翻了3番", ["翻了3番"]),
     ("It won a fifth.", ["a fifth"]),
     ("the best in a quarter", []), ("in all four quarters.", []), ("plans unfold.", []),
     ("the third quarter", []), ("Sales grew a third.", [])],
)  # fmt: skip
def test_parts_and_multiples_that_are_not_read_are_known(text: str, unread: list[str]) -> None:
    assert find_unread(text) == unread


def test_more_than_doubled_is_more_than_twice_as_much() -> None:
    (found,) = find_multiples("Profit more than doubled.")
    assert found.within
    assert Decimal(2) < found.within[0] < Decimal("2.001")

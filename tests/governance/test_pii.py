"""Personal data is found by its checks and masked; the figures of a filing are left alone."""

from __future__ import annotations

import itertools
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finfoundry.governance.pii import find, luhn, mask

WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]


def identity(region: str, born: date, order: int) -> str:
    """An identity number that belongs to nobody in particular, its checksum by the definition of GB 11643."""
    head = f"{region}{born:%Y%m%d}{order:03}"
    for last in "0123456789X":
        value = 10 if last == "X" else int(last)
        if (sum(weight * int(digit) for weight, digit in zip(WEIGHTS, head, strict=True)) + value) % 11 == 1:
            return head + last
    raise AssertionError


def card(head: str) -> str:
    return next(head + last for last in "0123456789" if luhn(head + last))


IDENTITIES = st.builds(
    identity,
    st.sampled_from(["110101", "310115", "440305", "650102"]),
    st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    st.integers(1, 999),
)


def cards(head: str, length: int) -> st.SearchStrategy[str]:
    middle = length - len(head) - 1
    return st.integers(0, 10**middle - 1).map(lambda number: card(f"{head}{number:0{middle}}"))


CARDS = st.one_of(
    cards("622202", 16), cards("621700", 19), cards("955880", 19), cards("411111", 16), cards("520000", 16), cards("356600", 16)
)
PHONES = st.builds(lambda head, rest: f"1{head}{rest:09}", st.integers(3, 9), st.integers(0, 10**9 - 1))
FILLERS = st.sampled_from(["", " ", "客户", "（", "，电话：", "ID: ", "\n"])


@given(FILLERS, IDENTITIES, st.sampled_from(["", "，", "。", " and", "）"]))
def test_an_identity_number_is_found(before: str, number: str, after: str) -> None:
    assert [(item.kind, item.text) for item in find(before + number + after)] == [("identity", number)]


@given(IDENTITIES, st.integers(0, 17), st.integers(1, 9))
def test_an_identity_number_with_one_digit_changed_is_none(number: str, place: int, shift: int) -> None:
    old = 10 if number[place] == "X" else int(number[place])
    wrong = number[:place] + str((old + shift) % 10) + number[place + 1 :]
    if wrong != number:
        assert not [item for item in find(wrong) if item.kind == "identity"]


@given(FILLERS, CARDS, st.sampled_from(["", " ", "-"]))
def test_a_card_is_found_in_groups_too(before: str, number: str, gap: str) -> None:
    printed = gap.join(number[place : place + 4] for place in range(0, len(number), 4))
    assert [(item.kind, item.text) for item in find(before + printed + "。")] == [("card", printed)]


@given(CARDS, st.integers(1, 9), st.data())
def test_a_card_with_one_digit_changed_is_none(number: str, shift: int, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(number) - 1))
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert not [item for item in find(wrong) if item.kind == "card"]


@given(FILLERS, PHONES, st.sampled_from(["{0}", "+86 {0}", "86-{0}", "0086{0}"]))
def test_a_mobile_phone_is_found(before: str, number: str, form: str) -> None:
    printed = form.format(number)
    assert [(item.kind, item.text) for item in find(f"{before}{printed}，")] == [("phone", printed)]
    grouped = f"{number[:3]} {number[3:7]} {number[7:]}"
    assert [item.text for item in find(grouped)] == [grouped]


@pytest.mark.parametrize(
    "text", ["ir@example.com", "600201@example.cn", "cgzqb@example.cn", "northwind01@northwind.com", "Investor.Relations@example.com"]
)
def test_an_offices_address_is_no_persons(text: str) -> None:
    assert find(f"电子信箱 {text}") == []


@pytest.mark.parametrize("text", ["a.b+c@example.com", "x_1@mail.example.co.uk", "９@example.com"])
def test_an_address_is_found(text: str) -> None:
    assert [item.kind for item in find(f"写信给{text}。")] == ["email"]


@pytest.mark.parametrize(
    "text",
    [
        "营业总收入13812345678.90元，归属于母公司13812345678元",
        "total assets of $13812345678 and 6222021234567890 shares",
        "合计 13,812,345,678",
        "net 5,466,312 13812345678.00",
        "Year ended December 31, 2017 2016 2017 2016 and 2020 2019 2018 2017 2016",
        "统一社会信用代码913100001322075806，法定代表人",
        "2020-12-31 2019-12-31 91110000100000000A 统一社会信用代码 911101081020203040",
        "0000000000000000 1111111111111111",
        "user@localhost @example.com a@b",
        "version 138123456789",
        "股票代码600201，净资产收益率 13812345678%",
    ],
)
def test_amounts_dates_and_codes_are_left_alone(text: str) -> None:
    assert mask(text) == text


def test_a_mask_leaves_enough_to_tell_two_apart() -> None:
    number = identity("110101", date(1990, 3, 7), 123)
    account = card("622202123456789")
    assert mask(f"张三 {number}，13812345678，{account}，zhang.san@example.com") == (
        f"张三 110*************{number[-2:]}，138****5678，************{account[-4:]}，z***@example.com"
    )


def test_full_width_digits_are_read() -> None:
    assert mask("１３８１２３４５６７８") == "138****5678"


@given(st.text(st.sampled_from("0123456789Xx @.-+元a。，"), max_size=80))
def test_masking_twice_is_masking_once_and_finds_do_not_overlap(text: str) -> None:
    found = find(text)
    assert all(one.end <= other.start for one, other in itertools.pairwise(found))
    assert all(text[item.start : item.end] == item.text for item in found)
    assert find(mask(text)) == [] or "*" in mask(text)


def test_the_text_stays_out_of_the_representation() -> None:
    assert "13812345678" not in repr(find("13812345678"))


def test_long_texts_of_near_matches_end() -> None:
    for piece in ("1", "a", "a.", "a-", "1 ", "@", "a@", "a@a.", "138", "+86 "):
        find(piece * (20_000 // len(piece)))


# Provinces of GB/T 2260, and the permits of residents from Hong Kong, Macao and Taiwan.
REGIONS = [
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43", "44", "45", "46",
    "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82", "83",
]  # fmt: skip


def test_identity_numbers_of_every_province_are_found_and_of_no_other_region() -> None:
    numbers = {f"{region:02}": identity(f"{region:02}0102", date(1985, 6, 17), 123) for region in range(100)}
    found = {region: [item.text for item in find(f"证件号 {number}。")] for region, number in numbers.items()}
    assert found == {region: [number] if region in REGIONS else [] for region, number in numbers.items()}


@pytest.mark.parametrize("born", [date(1850, 1, 1), date(1904, 2, 29), date(2099, 12, 31)])
def test_an_identity_number_is_one_from_1850_on(born: date) -> None:
    number = identity("410102", born, 123)
    assert [(item.kind, item.text) for item in find(number)] == [("identity", number)]


@pytest.mark.parametrize("born", ["19850230", "19851301", "19850001", "19850100", "19850431", "18490101"])
def test_a_day_that_is_none_makes_no_identity_number(born: str) -> None:
    """Its checksum holds: only the day is wrong."""
    head = f"410102{born}123"
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, head, strict=True))
    last = next(sign for value, sign in enumerate("0123456789X") if (total + value) % 11 == 1)
    assert [item for item in find(f"证件号 {head}{last}。") if item.kind == "identity"] == []


@pytest.mark.parametrize("number", ["79927398713", "4111111111111111", "378282246310005", "6011111111111117", "18", "0"])
def test_numbers_of_the_standard_hold_and_any_digit_changed_does_not(number: str) -> None:
    """Well-known examples of ISO/IEC 7812-1, not numbers made with the function that is tested."""
    assert luhn(number)
    for place, digit in enumerate(number):
        assert not any(luhn(number[:place] + other + number[place + 1 :]) for other in "0123456789" if other != digit)

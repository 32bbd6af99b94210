"""Texts of 200,000 characters that once took the square of their length: that each call returns at all is what is tested."""

from __future__ import annotations

import pytest

from finfoundry.binding.given.tables import grids
from finfoundry.binding.index import question_items
from finfoundry.core.quantities.numbers import find_numbers

LENGTH = 200_000


@pytest.mark.parametrize("unit", ["一", "三千", "亿", "万", "1", " ", "\u3000", "(", "|"])
def test_numbers_of_a_long_run_of_one_character(unit: str) -> None:
    text = (unit * LENGTH)[:LENGTH]
    assert len(find_numbers(f"{text}x")) <= 1
    assert len(question_items(f"{text}x")) <= 1


def test_each_number_of_a_question_is_read_once() -> None:
    assert len(question_items("收入为12亿元，" * 2000)) == 2000


@pytest.mark.parametrize("unit", ["\n", " \n", "| 1 |\n"])
def test_tables_in_a_long_run_of_lines(unit: str) -> None:
    assert len(list(grids((unit * LENGTH)[: LENGTH // 4] + "x"))) <= 1


def test_chinese_numerals_keep_their_meaning() -> None:
    numerals = ["三千五百万元", "三百分点", "百分之十二点五", "负二亿元", "一点二亿美元", "十个工作日"]
    assert [number.text for number in find_numbers("，提高".join(numerals))] == numerals

"""Digits that are no figures, and digits that look like those and are."""

from __future__ import annotations

import pytest

from finfoundry.core.quantities.nonfigures import nonfigures


def passed_over(text: str) -> list[str]:
    return [text[start:end] for start, end in nonfigures(text)]


@pytest.mark.parametrize(
    "name",
    [
        "附注七、12", "附注五、3.2", "附注五（二）3", "附注五、62.1（2）", "附注（七）", "附注3.1", "注释5", "注 5（1）", "图3", "图1.5",
        "表12", "七、12", "三、(3)",
    ],
)  # fmt: skip
def test_the_number_of_a_note_figure_or_table_is_none(name: str) -> None:
    assert passed_over(f"详见{name}所示") == [name]


@pytest.mark.parametrize("amount", ["12,500万元", "12%", "12元", "15亿元", "12.5%"])
@pytest.mark.parametrize("word", ["附注", "注", "三、"])
def test_an_amount_behind_such_a_word_is_a_figure(word: str, amount: str) -> None:
    assert all(not any(digit in found for digit in "0123456789") for found in passed_over(word + amount))


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("was 2019", False), ("is 2015.", False), ("Revenue was 2019", False), ("利润达2015", False), ("利润等于2015", False),
        ("a" * 60 + " totaled 2019", False),
        ("fiscal year was 2015", True), ("The year" + "," * 20 + " is 2015", True), ("该年度为2015", True), ("2019", True),
        ("In 2019 revenue", True), ("There were 2019 stores", False), ("2019 employees", False), ("2019 and 2020 sales", True),
    ],
)  # fmt: skip
def test_four_digits_are_a_year_unless_something_is_counted_or_stated(text: str, year: bool) -> None:
    assert any(found[-4:] in ("2019", "2015", "2020") for found in passed_over(text)) == year


@pytest.mark.parametrize(("filler", "year"), [(0, True), (25, True), (30, True), (60, False)])
def test_a_word_for_a_year_counts_within_forty_signs_before(filler: int, year: bool) -> None:
    assert bool(passed_over("year " + "a" * filler + " was 2019")) == year


@pytest.mark.parametrize(
    "text",
    [
        "12/31/2024",
        "31/12/24",
        "31-12-2024",
        "10:30",
        "10:30:15",
        "三季度",
        "一季报",
        "四季度末",
        "3季度",
        "2024-12-31",
        "2023-2024",
        "FY2024",
        "Q3 2024",
    ],
)
def test_dates_times_and_quarters_are_passed_over_whole(text: str) -> None:
    found = passed_over(f"截至 {text} 为止")
    assert any(text.startswith(one) or one.startswith(text) for one in found)
    assert not any(character.isdigit() for one in [f"截至 {text} 为止".replace(max(found, key=len), "")] for character in one)

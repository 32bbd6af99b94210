"""Chinese is read in simplified characters, whatever it is written in, and places stay."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from finfoundry.core.language import PrintedWords, is_traditional, rewritten, simplified, traditional, unified
from finfoundry.core.periods import find_periods
from finfoundry.knowledge.formats.encoding import decode


@given(st.text(alphabet=st.characters(min_codepoint=0x20, max_codepoint=0xFAFF)))
@example("薴")
@example("\uf98e\u2f42")
def test_places_stay(text: str) -> None:
    assert len(simplified(text)) == len(text)
    assert simplified(simplified(text)) == simplified(text)


@pytest.mark.parametrize(
    ("printed", "usual"),
    [
        ("112 \uf98e 3 月", "112 年 3 月"),
        ("宣告\uf9dd\uf961", "宣告利率"),
        ("\u2f42件", "文件"),
        ("plain", "plain"),
        ("利率 ½ ﬁne ①", "利率 ½ ﬁne ①"),
    ],
)
def test_a_character_that_unicode_has_twice_is_read_and_kept_as_the_usual_one(printed: str, usual: str) -> None:
    assert unified(printed) == usual
    assert simplified(printed) == simplified(usual)
    assert decode(printed.encode(), "terms.txt")[0] == usual
    assert find_periods("民國112\uf98e3月31日")[0].period == find_periods("民國112年3月31日")[0].period


def test_a_text_without_traditional_characters_is_the_same_text() -> None:
    text = "营业收入 Revenue 1,234"
    assert simplified(text) is text
    assert simplified("營業收入為12億元") == "营业收入为12亿元"
    assert traditional("营业收入为12亿元，发放股利") == "營業收入為12億元，發放股利"


@pytest.mark.parametrize(
    ("text", "told"), [("每股盈餘是多少", True), ("每股收益是多少", False), ("公司在里面以后", False), ("Revenue 2023", False), ("", False)]
)
def test_the_script_of_a_text(text: str, told: bool) -> None:
    assert is_traditional(text) is told


@dataclass(frozen=True)
class Line:
    label: str
    path: tuple[str, ...]
    value: int


def test_what_was_read_in_simplified_characters_is_told_as_printed() -> None:
    line = Line("營業利益", ("損益表", "營業利益"), 1)
    plain = rewritten(line, simplified)
    assert plain == Line("营业利益", ("损益表", "营业利益"), 1)
    assert rewritten(plain, PrintedWords(["合併損益表", "營業利益(損失)"]).of) == line
    assert rewritten(plain, lambda text: text) is plain


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("112年第三季", "2023-07-01/2023-09-30"),
        ("112年1月1日至9月30日", "2023-01-01/2023-09-30"),
        ("一一二年七月一日至九月三十日", "2023-07-01/2023-09-30"),
        ("112年前三季", "2023-01-01/2023-09-30"),
        ("2023年前九個月", "2023-01-01/2023-09-30"),
        ("民國111年12月31日", "2022-12-31"),
        ("截至112年底", "2023-12-31"),
        ("111年度", "2022-01-01/2022-12-31"),
    ],
)
def test_years_of_the_republic(text: str, iso: str) -> None:
    (found,) = find_periods(text)
    assert found.period is not None
    assert found.period.iso == iso


@pytest.mark.parametrize("text", ["成立100年", "一百二十年的歷史", "3年1月", "150年"])
def test_what_counts_years_is_no_year(text: str) -> None:
    assert find_periods(text) == []

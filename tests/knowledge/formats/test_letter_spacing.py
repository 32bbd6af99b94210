"""Words set letter by letter are put together; columns of single characters are left as they are."""

from __future__ import annotations

import pytest

from finfoundry.core.document import Word
from finfoundry.knowledge.layout.letter_spacing import dates_apart, is_time, words_in_full
from finfoundry.knowledge.layout.lines import cut_runs, make_run

SIZE = 10.0
DAY = [("1", 0), ("1", 0.6), ("2", 0.6), ("年", 1), ("7", 1), ("月", 1), ("1", 1), ("日", 0.7)]
UNTIL = [("至", 0), ("9", 1.7), ("月", 1.5), ("30", 1.7), ("日", 1.3)]


def line(*parts: tuple[str, float]) -> list[Word]:
    """Words with the gap before each, in heights."""
    words, x = list[Word](), 0.0
    for text, gap in parts:
        x += gap * SIZE
        width = SIZE * sum(1.0 if character > "\u2e80" else 0.5 for character in text)
        words.append(Word(text, (x, 0, x + width, SIZE), SIZE))
        x += width
    return words


@pytest.mark.parametrize(
    ("parts", "joined"),
    [
        ([("合", 0), ("併", 0.7), ("損", 1.0), ("益", 0.8), ("表", 1.0)], ["合併損益表"]),
        ([("項", 0), ("目", 5), ("金", 9), ("額", 5), ("%", 2)], ["項目", "金額", "%"]),
        ([("保", 0), ("留", 7), ("盈", 7), ("餘", 7), ("其", 0.7), ("他", 7), ("權", 7), ("益", 7)], ["保留盈餘", "其他權益"]),
        (
            [("股", 0), ("本", 13.5), ("保", 8), ("留", 6.2), ("盈", 6.2), ("餘", 6.2), ("其", 0.6), ("他", 6.3), ("權", 6.3), ("益", 6.3)],
            ["股本", "保留盈餘", "其他權益"],
        ),
        ([("權", 0), ("益", 0.6), ("變", 0.4), ("動", 0.4), ("表", 0.75)], ["權益變動表"]),
        (DAY, ["112年7月1日"]),
        ([*DAY, ("1", 1.2), *DAY[1:]], ["112年7月1日", "112年7月1日"]),
        ([*UNTIL, ("至", 1.2), *UNTIL[1:]], ["至9月30日", "至9月30日"]),
        ([("112", 0), ("年", 4), ("1", 4), ("至", 4), ("3", 4), ("月", 3)], ["112年1至3月"]),
        ([("第", 0), ("1", 1.2), ("等", 1.2), ("級", 0.8), ("第", 0.4), ("2", 1.2), ("等", 1.2), ("級", 0.8)], ["第1等級", "第2等級"]),
        ([("3", 0), ("個月以內", 0.5), ("1", 0.9), ("至", 0.5), ("5", 0.5), ("年", 0.5)], ["3個月以內", "1至5年"]),
    ],
)
def test_letters_spaced_evenly_are_one_word(parts: list[tuple[str, float]], joined: list[str]) -> None:
    assert [word.text for word in words_in_full(line(*parts))] == joined


def test_headings_stretched_over_their_columns_are_two_however_near_they_come() -> None:
    equity = line(("保", 0), ("留", 6), ("盈", 6), ("餘", 6), ("其", 0.5), ("他", 9), ("權", 9), ("益", 9))
    assert [run.text for run in cut_runs(words_in_full(equity))] == ["保留盈餘", "其他權益"]


@pytest.mark.parametrize(
    ("parts", "runs"),
    [
        ([("112年3月31日", 0), ("111年12月31日", 0.4), ("111年3月31日", 0.4)], ["112年3月31日", "111年12月31日", "111年3月31日"]),
        ([("第2等級", 0), ("第3等級", 0.4), ("合計", 0.5)], ["第2等級", "第3等級", "合計"]),
        ([("截至112年3月31日", 0), ("止", 0.3)], ["截至112年3月31日止"]),
    ],
)
def test_headings_set_close_to_each_other_are_each_of_its_column(parts: list[tuple[str, float]], runs: list[str]) -> None:
    assert [run.text for run in cut_runs(line(*parts))] == runs


@pytest.mark.parametrize(
    ("text", "number"),
    [("CHF000", False), ("£000", False), ("000", False), ("(£000)", False), ("CHF 80,000", True), ("0", True), ("$ 100", True)],
)
def test_thousands_over_a_column_are_its_scale_and_no_figure(text: str, number: bool) -> None:
    assert make_run(line(*((part, 0.3) for part in text.split()))).number is number


@pytest.mark.parametrize(
    ("text", "of_time"),
    [
        ("112年3月31日", True),
        ("民國112年1至3月", True),
        ("112年3月31日 111年12月31日", True),
        ("2024年度", True),
        ("112年", False),
        ("第3季", False),
    ],
)
def test_dates_of_chinese_print_head_columns(text: str, of_time: bool) -> None:
    assert is_time(text) is of_time


def test_dates_that_stand_in_one_word_with_others_are_cut_apart() -> None:
    words = line(("說明9", 0), ("月", 0.1), ("30日12", 0.1), ("月31日備", 0.2))
    assert ["".join(word.text for word in piece) for piece in dates_apart(words)] == ["說明", "9月30日", "12月31日", "備"]
    assert dates_apart(line(("112年", 0))) == [line(("112年", 0))]


@pytest.mark.parametrize(
    "parts",
    [
        [("是", 0), ("否", 5)],
        [("甲", 0), ("乙", 8), ("丙", 8), ("丁", 8)],
        [("男", 0), ("女", 4), ("合计", 6)],
        [("1", 0), ("2", 5), ("年", 9)],
        [("net", 0), ("sales", 0.3), ("1", 4), ("2", 4)],
    ],
)
def test_cells_of_one_character_stay_apart(parts: list[tuple[str, float]]) -> None:
    assert [word.text for word in words_in_full(line(*parts))] == [text for text, _ in parts]

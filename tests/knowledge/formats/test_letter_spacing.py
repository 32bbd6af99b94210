"""Words set letter by letter are put together; columns of single characters are left as they are."""

from __future__ import annotations

import pytest

from finfoundry.core.document import Word
from finfoundry.knowledge.layout.letter_spacing import words_in_full

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
        (DAY, ["112年7月1日"]),
        ([*DAY, ("1", 1.2), *DAY[1:]], ["112年7月1日", "112年7月1日"]),
        ([*UNTIL, ("至", 1.2), *UNTIL[1:]], ["至9月30日", "至9月30日"]),
    ],
)
def test_26_letters_spaced_evenly_are_one_word(parts: list[tuple[str, float]], joined: list[str]) -> None:
    assert [word.text for word in words_in_full(line(*parts))] == joined


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
def test_26_cells_of_one_character_stay_apart(parts: list[tuple[str, float]]) -> None:
    assert [word.text for word in words_in_full(line(*parts))] == [text for text, _ in parts]

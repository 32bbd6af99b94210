"""Words of letter-spaced type put together again: justified titles, headings stretched over their columns, dates set digit by digit.

Chinese is set without spaces, so what is far apart and belongs together shows in its shape alone: a row of single characters with even
gaps is a word, and digits before 年, 月 and 日 are a date however wide the gaps.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from finfoundry.core.document import Word
from finfoundry.core.language import simplified

_HAN = re.compile(r"[\u3400-\u9fff]")
_NUMERAL = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_DAY = rf"{_NUMERAL}月(?:{_NUMERAL}日)?"
_YEAR = r"(?:\d{2,4}|[〇零○一二三四五六七八九]{3,4})年"
_DATE = re.compile(rf"(?:民[国國])?{_YEAR}(?:度|{_DAY})?(?:至(?:{_YEAR})?{_DAY})?|至(?:{_YEAR})?{_DAY}")
_REACH = 2.6  # heights: how far the parts of one date may be apart
_CLOSE = 1.6  # heights: single characters as near are one word where their gaps are even; wider apart where they are many, or known
_EVEN = 1.7  # times: how much the gaps of one word differ
_MANY = 4  # characters
_ORDINAL = frozenset("一二三四五六七八九十甲乙丙丁戊己是否男女有無无")  # each may be the whole text of a cell
# words of headings that are stretched over wide columns
_KNOWN = frozenset(
    re.findall(r"\S+", "项目 科目 名称 摘要 代码 代号 附注 备注 说明 单位 金额 股数 股本 合计 总计 小计 资产 负债 权益 损益 年度")
)


def words_in_full(words: Sequence[Word]) -> list[Word]:
    """The words of a line, from left to right, with those that were spaced letter by letter as one word each."""
    if sum(len(word.text) <= 2 for word in words) < 2 or not _HAN.search("\n".join([word.text for word in words])):
        return list(words)
    return list(_stretched(_dates(words)))


def _dates(words: Sequence[Word]) -> list[Word]:
    """The words with the parts of each date joined."""
    ends = _ends(words)
    starts = {0, *ends}
    joined, done = list[Word](), 0
    for match in _DATE.finditer("".join(word.text for word in words)):
        if match.start() not in starts or match.end() not in ends:
            continue
        first, last = ends.index(match.start()) + 1 if match.start() else 0, ends.index(match.end())
        parts = words[first : last + 1]
        if len(parts) > 2 and all(_gap(left, right) < _REACH for left, right in pairwise(parts)) and _spaced(parts):
            joined += [*words[done:first], _joined(parts)]
            done = last + 1
    return [*joined, *words[done:]]


def _ends(words: Sequence[Word]) -> list[int]:
    ends, length = list[int](), 0
    for word in words:
        length += len(word.text)
        ends.append(length)
    return ends


def _spaced(parts: Sequence[Word]) -> bool:
    """Whether parts of a date are as far apart as cells may be, or its numbers are cut: dates in plain type are left as they are."""
    digits = any(left.text[-1].isdigit() and right.text[0].isdigit() for left, right in pairwise(parts))
    return digits or any(_gap(left, right) > 0.6 for left, right in pairwise(parts))


def _stretched(words: Sequence[Word]) -> Iterator[Word]:
    """The words with rows of single characters joined to words where their gaps are even."""
    group: list[Word] = []
    for word in words:
        if group and not _goes_on(group, word):
            yield from _word_of(group)
            group = []
        group.append(word)
    if group:
        yield from _word_of(group)


def _goes_on(group: Sequence[Word], word: Word) -> bool:
    if not _single(group[-1]) or not _single(word):
        return False
    gaps = [max(_gap(left, right), 0.1) for left, right in pairwise([*group, word])]
    return max(gaps) <= _EVEN * min(gaps)


def _word_of(group: Sequence[Word]) -> Iterator[Word]:
    text = "".join(word.text for word in group)
    wide = max((_gap(left, right) for left, right in pairwise(group)), default=0.0)
    whole = simplified(text) in _KNOWN or (len(group) >= (_MANY if wide > _CLOSE else 2) and not _ORDINAL.issuperset(text))
    if len(group) > 1 and whole:
        yield _joined(group)
    else:
        yield from group


def _single(word: Word) -> bool:
    return len(word.text) == 1 and _HAN.match(word.text) is not None


def _gap(left: Word, right: Word) -> float:
    """In heights of the type."""
    return (right.box[0] - left.box[2]) / max(left.size, right.size, 0.1)


def _joined(words: Sequence[Word]) -> Word:
    box = (words[0].box[0], min(w.box[1] for w in words), words[-1].box[2], max(w.box[3] for w in words))
    text = "".join(word.text for word in words)
    return Word(text, box, max(w.size for w in words), all(w.bold for w in words), min(w.confidence for w in words))

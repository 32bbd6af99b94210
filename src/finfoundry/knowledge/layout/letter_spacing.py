"""Words of letter-spaced type put together again: justified titles, headings stretched over their columns, dates set digit by digit.

Chinese is set without spaces, so what is far apart and belongs together shows in its shape alone: a row of single characters with even
gaps is a word, and digits before 年, 月 and 日 are a date however wide the gaps.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from finfoundry.core.document import Word
from finfoundry.core.language import simplified

_HAN = re.compile(r"[\u3400-\u9fff]")
_NUMERAL = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_DAY = rf"(?:{_NUMERAL}至)?{_NUMERAL}月(?:{_NUMERAL}日)?"
_YEAR = r"(?:\d{2,4}|[〇零○一二三四五六七八九]{3,4})年"
_ORDERED = r"第\d{1,2}(?:等[级級]|季|[阶階]段)"
_FALLING_DUE = r"\d{1,3}(?:[个個]月|年)以[内內下上]|\d{1,3}[个個]月至\d{1,3}(?:[个個]月|年)|\d{1,2}(?:年)?至\d{1,2}年"  # of maturities
_DATE = re.compile(rf"(?:民[国國])?{_YEAR}(?:度|{_DAY})?(?:至(?:{_YEAR})?{_DAY})?|至(?:{_YEAR})?{_DAY}|(?P<head>{_ORDERED}|{_FALLING_DUE})")
_OF_TIME = rf"(?:民[国國])?{_YEAR}(?:度|{_DAY}(?:[至-]{_DAY})?)"  # 2024年度, 民國112年1至3月
_TIMES = re.compile(rf"(?:{_OF_TIME})+")
_HEAD = re.compile(rf"{_OF_TIME}|{_ORDERED}|{_FALLING_DUE}|合[计計]")  # of a column, set close to the next
_HEADED = re.compile(rf"{_OF_TIME}|{_DAY}")  # where the year stands in the line above, the day alone
_REACH = 2.6  # heights: how far the parts of one date may be apart; any distance where nothing else stands in the line
_CLOSE = 1.6  # heights: single characters as near are one word where their gaps are even; wider apart where they are many, or known
_EVEN = 1.4  # times: how much the steps from character to character of one word differ
_LONGEST = 40  # characters of one word
_MANY = 4  # characters
_STRETCHED = 2.0  # heights: gaps in a heading that fills the width of several columns
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


def is_time(text: str) -> bool:
    """Whether a text is one date or span of Chinese print, or several: 112年3月31日 111年12月31日."""
    return _TIMES.fullmatch(re.sub(r"\s", "", text)) is not None


def heads_another(before: str, text: str) -> bool:
    """Whether two words that stand close to each other head a column each: dates, ordinals (第1等級), the total of such."""
    likely = before[-1] in "日月年度級级季段內内上下" and (text[0].isdigit() or text[0] in "民第合")
    return likely and _HEAD.fullmatch(before) is not None and _HEAD.fullmatch(text) is not None


def stretched_apart(before: Word, word: Word) -> bool:
    """Whether two words are each stretched over columns of their own, by gaps that are wider than the one between them."""
    if not (_HAN.match(before.text) and _HAN.match(word.text)):
        return False
    least = max(_STRETCHED, 2 * _gap(before, word))
    return _stretch(before) > least and _stretch(word) > least


def _stretch(word: Word) -> float:
    """The gaps between the characters of a word that was spaced letter by letter, in heights of the type."""
    if len(word.text) < 2 or not all(map(_HAN.match, word.text)):
        return 0.0
    return ((word.box[2] - word.box[0]) / max(word.size, 0.1) - len(word.text)) / (len(word.text) - 1)


def dates_apart(words: Sequence[Word]) -> list[list[Word]]:
    """The words of a heading in pieces, each date one of them, where there are several; a word that begins in one and ends in the next is
    cut between its characters.
    """
    letters = [letter for word in words for letter in letters_of(word)]
    found = list(_HEADED.finditer("".join(letter.text for letter in letters)))
    if len(found) < 2:
        return [list(words)]
    cuts = sorted({0, len(letters), *(edge for match in found for edge in match.span())})
    return [[joined(letters[start:end])] for start, end in pairwise(cuts)]


def holds_date(words: Sequence[Word]) -> bool:
    """Whether a date, or a day whose year stands above, is among the words."""
    return _HEADED.search("".join(word.text for word in words)) is not None


def letters_of(word: Word) -> Iterator[Word]:
    """Each character as a word, as wide as the others."""
    x0, y0, x1, y1 = word.box
    width = (x1 - x0) / len(word.text)
    for place, letter in enumerate(word.text):
        yield Word(letter, (x0 + place * width, y0, x0 + (place + 1) * width, y1), word.size, word.bold, word.confidence)


def _dates(words: Sequence[Word]) -> list[Word]:
    """The words with the parts of each date, and of each ordinal (第1等級) and span of maturities (1至5年), joined."""
    ends = _ends(words)
    starts = {0, *ends}
    found, done = list[Word](), 0
    for match in _DATE.finditer("".join(word.text for word in words)):
        if match.start() not in starts or match.end() not in ends:
            continue
        first, last = ends.index(match.start()) + 1 if match.start() else 0, ends.index(match.end())
        parts = words[first : last + 1]
        alone = len(parts) == len(words) and "月" in match[0]
        near = alone or all(_gap(left, right) < _REACH for left, right in pairwise(parts))
        if near and (len(parts) > 1 if match["head"] else len(parts) > 2 and _spaced(parts)):
            found += [*words[done:first], joined(parts)]
            done = last + 1
    return [*found, *words[done:]]


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
    """The words with rows of single characters joined to words where their steps are even."""
    for single, run in groupby(words, key=_single):
        if not single:
            yield from run
            continue
        for group in _evenly_parted(list(run)):
            yield from _word_of(group)


def _evenly_parted(run: Sequence[Word]) -> list[Sequence[Word]]:
    """A row of characters in the fewest parts of even steps, of several such the evenest: from one word to the next the step may be wider
    or narrower than inside.
    """
    steps = [(right.box[0] + right.box[2] - left.box[0] - left.box[2]) / 2 for left, right in pairwise(run)]
    best: list[tuple[int, float, int]] = [(0, 0.0, 0)]  # of the first characters: parts, their unevenness, where the last of them begins
    for end in range(1, len(run) + 1):
        starts = ((start, _unevenness(steps[start : end - 1])) for start in range(max(end - _LONGEST, 0), end))
        best.append(min((best[start][0] + 1, round(best[start][1] + uneven, 3), start) for start, uneven in starts if uneven <= _EVEN))
    parts, end = list[Sequence[Word]](), len(run)
    while end:
        parts.append(run[best[end][2] : end])
        end = best[end][2]
    return parts[::-1]


def _unevenness(steps: Sequence[float]) -> float:
    """The widest step by the narrowest."""
    return max(steps) / max(min(steps), 0.1) if steps else 1.0


def _word_of(group: Sequence[Word]) -> Iterator[Word]:
    text = "".join(word.text for word in group)
    wide = max((_gap(left, right) for left, right in pairwise(group)), default=0.0)
    whole = simplified(text) in _KNOWN or (len(group) >= (_MANY if wide > _CLOSE else 2) and not _ORDINAL.issuperset(text))
    if len(group) > 1 and whole:
        yield joined(group)
    else:
        yield from group


def _single(word: Word) -> bool:
    return len(word.text) == 1 and _HAN.match(word.text) is not None


def _gap(left: Word, right: Word) -> float:
    """In heights of the type."""
    return (right.box[0] - left.box[2]) / max(left.size, right.size, 0.1)


def joined(words: Sequence[Word]) -> Word:
    """The words as one, around all of them."""
    box = (words[0].box[0], min(w.box[1] for w in words), words[-1].box[2], max(w.box[3] for w in words))
    text = "".join(word.text for word in words)
    return Word(text, box, max(w.size for w in words), all(w.bold for w in words), min(w.confidence for w in words))

"""Words to lines, and lines to runs: pieces of a line between two wide gaps, the atoms of tables.

A ``$`` joins the number after it and a ``%`` or ``)`` the number before it, however wide the gap, because a currency sign set at the
left edge of its column is part of the number and not a cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from statistics import median

from finfoundry.core.document import Box, Word
from finfoundry.core.quantities.unit_lines import states_unit
from finfoundry.knowledge.layout.letter_spacing import heads_another, stretched_apart, words_in_full

GAP = 0.8  # of the line height: wider gaps separate runs
_NUMBER_GAP = 0.45  # between two numbers, which rarely follow each other within one phrase
_SIGN_REACH = 9.0  # line heights between a currency sign and its number
_CURRENCY = r"(?:US|HK|NT|CA|AU|[CASR])?[$€£¥￥]|RMB|USD|EUR|HKD|CHF|CNY|GBP|Rs\.?"
_OPENING = re.compile(rf"^(?:[(（\[]?(?:{_CURRENCY})?[(（\[]?|[-–—−]?(?:{_CURRENCY}))$")
_CLOSING = re.compile(r"^(?:[)）\]]+[%％]?|[%％‰][)）\]]?|pp?ts?\.?|bps|x|×)$")
_FOOTNOTE = r"(?:\s*(?:[⁰¹²³⁴-⁹⁽⁾*†‡§#]+|[(（\[][a-zA-Z0-9]{1,2}[)）\]]))*"
_NUMBER = re.compile(
    rf"^[(（\[<>~]?\s*[-–—−+]?\s*(?:{_CURRENCY})?\s*[(（\[]?\s*[-–—−+]?\s*(?:\d[\d,，]*(?:[ \u2009]\d{{3}})*(?:\.\d+)?|\.\d+)"
    rf"\s*(?:[%％‰x×]|pp?ts?\.?|bps|[MBKmbk]n?)?\s*[)）\]]?\s*[%％]?{_FOOTNOTE}$"
)
_NOTHING = re.compile(
    rf"^[(（\[]?\s*(?:{_CURRENCY})?\s*(?:[-–—−‒_]{{1,3}}|\.\.\.|n/?a|N/?A|n\.?m\.?|N\.?M\.?|nil|不适用|无)\s*[%％]?[)）\]]?{_FOOTNOTE}$"
)
_THOUSANDS = re.compile(rf"^[(（]?(?:{_CURRENCY})?\s*0{{3}}[)）]?$")  # "£000" over a column: its scale
_YEAR = re.compile(rf"^[(（]?(?:FY|CY)?\s?'?(?:19|20)\d\d(?:\s?[AEFP])?[)）]?{_FOOTNOTE}$")
_MARKER = re.compile(
    r"^(?:[•●▪◦○■□◆◇►❖➢✓\uf0b7·o*–—-]|[(（]?(?:[a-zA-Z]|[ivxIVX]{1,4}|\d{1,2})[.)）、]|[(（]?[一二三四五六七八九十]{1,3}[)）、.])$"
)
_CHOICE = re.compile(r"[□☐☑√✓■]\s*[\u4e00-\u9fff]")  # "□适用 √不适用": what was ticked is one statement, no row of cells
_UNIT = re.compile(r"(?:金额|货币)?(?:单位|币种)\s*[：:]")  # "单位：元 币种：人民币"
_LEADER = re.compile(r"^[.…·_\s]{3,}$")
OPEN_END = re.compile(
    r"(?:,|-|–|—|/|&|\(|（|、|，|\b(?:of|and|or|the|to|for|in|on|by|with|from|at|a|an|per|than|that|its|our))$", re.IGNORECASE
)  # of a label that goes on
_RAISED = str.maketrans("0123456789()+-=n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾⁺⁻⁼ⁿ")
_CJK = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")


@dataclass(slots=True)
class TextRun:
    """A piece of a line without a wide gap."""

    words: list[Word]
    x0: float
    y0: float
    x1: float
    y1: float
    text: str = ""
    number: bool = False  # a figure, or a sign for none
    year: bool = False
    dash: bool = False

    @property
    def box(self) -> Box:
        return self.x0, self.y0, self.x1, self.y1

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def middle(self) -> float:
        return (self.x0 + self.x1) / 2

    @property
    def figure_x0(self) -> float:
        """Where the digits begin, right of a currency sign set apart at the left edge of the column."""
        if self.number and len(self.words) > 1 and _OPENING.match(self.words[0].text):
            return self.words[1].box[0]
        return self.x0

    @property
    def bold(self) -> bool:
        return bool(self.words) and all(word.bold for word in self.words)


@dataclass(slots=True)
class TextLine:
    """Words on one height, cut into runs, from left to right."""

    runs: list[TextRun]
    x0: float = field(init=False)
    y0: float = field(init=False)
    x1: float = field(init=False)
    y1: float = field(init=False)

    def __post_init__(self) -> None:
        self.x0 = min(run.x0 for run in self.runs)
        self.y0 = min(run.y0 for run in self.runs)
        self.x1 = max(run.x1 for run in self.runs)
        self.y1 = max(run.y1 for run in self.runs)

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2

    @property
    def text(self) -> str:
        return " ".join(run.text for run in self.runs)

    @property
    def words(self) -> list[Word]:
        return [word for run in self.runs for word in run.words]


def make_run(words: list[Word]) -> TextRun:
    """A run with its kind."""
    lefts, tops, rights, bottoms = zip(*[word.box for word in words], strict=True)
    run = TextRun(words, min(lefts), min(tops), max(rights), max(bottoms))
    run.text = joined_text(words)
    first = run.text[:1]
    if first and (first.isdigit() or first in "$€£¥￥(（[<>~-–—−‒+._nNU不无HCRAES'F"):
        run.year = bool(_YEAR.match(run.text))
        run.dash = bool(_NOTHING.match(run.text))
        run.number = run.dash or (bool(_NUMBER.match(run.text)) and not _THOUSANDS.match(run.text))
    return run


def joined_text(words: Sequence[Word]) -> str:
    """Words of one line as text: a space between them, none between Chinese characters that touch, raised marks as superscripts."""
    pieces = [words[0].text]
    for before, word in pairwise(words):
        gap = word.box[0] - before.box[2]
        if is_raised(word, before):
            pieces.append(raised(word.text) if gap < 0.5 * before.size else " " + raised(word.text))
            continue
        close = not (word.text.isascii() and before.text.isascii()) and _touch(before, word, gap)
        bracket = word.text[0] in ")）%％" and before.text[-1].isdigit()
        opening = before.text[-1] in "(（" and gap < 0.5 * word.size
        pieces.append(word.text if close or bracket or opening else " " + word.text)
    return "".join(pieces)


def _touch(before: Word, word: Word, gap: float) -> bool:
    """Whether two words, one of them Chinese at their border, are set without a space."""
    before_cjk, here_cjk = _CJK.match(before.text[-1]), _CJK.match(word.text[0])
    single = len(word.text) == 1 or len(before.text) == 1
    spread = 0.15 if not (before_cjk and here_cjk) else 0.6 if single else 0.22  # letter-spaced, and no space between two phrases
    return gap < spread * word.size and bool(before_cjk or here_cjk)


def raised(text: str) -> str:
    """A footnote mark as superscript characters, so that it cannot be taken for digits of the number before it."""
    return text.translate(_RAISED)


def is_raised(word: Word, before: Word) -> bool:
    """A small mark above the line: a footnote number or letter."""
    return (
        word.size < 0.85 * before.size
        and len(word.text) <= 6
        and word.box[3] < before.box[3] - 0.12 * before.size
        and word.box[1] < before.box[1] + 0.3 * before.size
    )


def group_lines(words: Iterable[Word]) -> list[TextLine]:
    """Lines from top to bottom."""
    ordered = sorted(words, key=lambda word: word.box[1] + word.box[3])
    lines: list[list[Word]] = []
    top = bottom = 0.0
    for word in ordered:
        y0, y1 = word.box[1], word.box[3]
        height, usual = y1 - y0, bottom - top
        common = (y1 if y1 < bottom else bottom) - (y0 if y0 > top else top)
        if lines and common > 0.5 * (height if height < usual else usual):
            lines[-1].append(word)
            if usual < height < 1.6 * usual:
                top, bottom = y0, y1
        else:
            lines.append([word])
            top, bottom = y0, y1
    return [TextLine(cut_runs(words_in_full(sorted(line, key=lambda word: word.box[0])))) for line in lines]


def cut_runs(words: list[Word]) -> list[TextRun]:
    """Runs of one line whose words are sorted from left to right."""
    words = [word for word in words if not _LEADER.match(word.text)] or words
    pieces = [[words[0]]]
    for word in words[1:]:
        if _belongs(pieces[-1], word):
            pieces[-1].append(word)
        else:
            pieces.append([word])
    runs = _with_units([make_run(piece) for piece in pieces])
    if len(runs) > 1 and any(all(pattern.match(run.text) for run in runs) for pattern in (_CHOICE, _UNIT)):
        return [make_run(words)]
    if len(runs) == 2 and _MARKER.match(runs[0].text) and not runs[1].number and runs[1].x0 - runs[0].x1 < 5 * runs[0].height:
        return [make_run(words)]
    return runs


def _with_units(runs: list[TextRun]) -> list[TextRun]:
    """The runs, with a unit in brackets close behind a date as part of it: "31 December 2023 (EUR thousand)". The bracket and the currency
    look like the sign of a next figure, which does not follow.
    """
    out = runs[:1]
    for run in runs[1:]:
        close = run.x0 - out[-1].x1 < GAP * run.height
        unit = run.text[0] in "(（" and run.text[-1] in ")）" and not run.number and states_unit(run.text)
        if close and unit and not (out[-1].number and not out[-1].year):
            out[-1] = make_run(out[-1].words + run.words)
        else:
            out.append(run)
    return out


def _belongs(piece: list[Word], word: Word) -> bool:
    before = piece[-1]
    gap = word.box[0] - before.box[2]
    height = word.size if word.size > before.size else before.size
    if gap <= 0.15 * height:
        return True
    if _is_word(before.text) and _is_word(word.text):
        return gap < (1.2 if is_raised(word, before) else GAP) * height
    if heads_another(before.text, word.text) or stretched_apart(before, word):
        return False
    if is_raised(word, before):
        return gap < 1.2 * height
    follows = word.text[0].isdigit() or word.text[0] in "(（.-–—−$[N"
    if follows and _opens(before.text):
        return gap < _SIGN_REACH * height
    figure = _ends_number(piece)
    if _opens(word.text) and (_is_number(before.text) or (figure and word.text[-1] in "$€£¥￥(（")):
        return False  # the sign of the next number
    if _closes(word.text) and (before.text[-1].isdigit() or before.text[-1] in ")）—–-"):
        return gap < 1.5 * height
    digits = word.text[-1:] not in "-–" and before.text[-1:] not in "-–"  # "20 - 29 years" is one phrase
    if digits and _is_number(word.text) and figure and not (before.text.endswith(",") and _YEAR.match(word.text)):
        return gap < _NUMBER_GAP * height
    return gap < GAP * height


@lru_cache(maxsize=65_536)  # words return on page after page
def _is_word(text: str) -> bool:
    """Whether a text is a Latin word or mark for which no rule of figures, dates or Chinese print holds, as most are."""
    return text.isascii() and not (_opens(text) or _closes(text) or _is_number(text))


@lru_cache(maxsize=65_536)
def _opens(text: str) -> bool:
    return _OPENING.match(text) is not None


@lru_cache(maxsize=65_536)
def _closes(text: str) -> bool:
    return _CLOSING.match(text) is not None


@lru_cache(maxsize=65_536)
def _is_number(text: str) -> bool:
    return (text[0].isdigit() or text[0] in "$€£¥￥(（-–—−+.") and (bool(_NUMBER.match(text)) or bool(_NOTHING.match(text)))


def _ends_number(piece: Sequence[Word]) -> bool:
    """Whether a number, or the ``%`` of one, comes last."""
    last = piece[-1].text
    return _is_number(last) or (len(piece) > 1 and _closes(last) and _is_number(piece[-2].text))


def is_marker(text: str) -> bool:
    return bool(_MARKER.match(text))


def has_cjk(text: str) -> bool:
    return bool(_CJK.search(text))


def join_lines(texts: Sequence[str]) -> str:
    """The lines of one cell or paragraph as one text; Chinese lines meet without a space, a line-end hyphen goes."""
    out = texts[0]
    for text in texts[1:]:
        if out.endswith("\u00ad"):
            out = out[:-1] + ("-" if not text[:1].islower() else "") + text
        elif out[-1:] and has_cjk(out[-1]) and has_cjk(text[:1]):
            out += text
        else:
            out += " " + text
    return out


def line_height(lines: Sequence[TextLine]) -> float:
    """The usual height of a line, in points."""
    return median(run.height for line in lines for run in line.runs) if lines else 10.0

"""What a cell of a table looks like, by its characters alone: a time, a figure, an ordinal, a code, or words."""

from __future__ import annotations

import re

from finfoundry.core.quantities.currencies import CODES
from finfoundry.knowledge.balance.digit_runs import has_digits

LONGEST_MARKS = 40  # characters at the end of a cell in which marks are looked for
_MARKS = re.compile(r"\s*(?:[⁰¹²³⁴-⁹⁽⁾⁺⁻*†‡§]|[(（\[][a-z\d][)）\]]|\[注\d?\]|[(（][注註]\s?\d{0,2}[)）])+[\s;,.]*$|^\*+")
_TIME_WORD = re.compile(
    r"\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|"
    r"dec(?:ember)?|fiscal|calendar|years?|quarters?|months?|weeks?|days?|ended|ending|as|of|at|on|or|and|to|through|thru|until|by|for|the|from|"
    r"since|after|before|within|over|less|more|than|between|beyond|thereafter|later|fy|cy|ytd|first|second|third|fourth|half|h[12]|"
    r"q[1-4]|[1-4]q(?=\d|\b)|in|due|est|actual|restated|unaudited|audited|st|nd|rd|th)\b\.?"
    r"|个月|個月|季度|年度|月份|以[内內下上后後]|[年月日天季期末初至到及和止度前后後内內个個第当當本上半民国國中华華]",
    re.IGNORECASE,
)
_REPUBLIC = r"(?<![\d.,])(?:[89]\d|1[0-3]\d)"  # a year of the Republic of China
_DAY_FORM = re.compile(
    rf"{_REPUBLIC}(?:\s?年\s?\d{{0,2}}(?:\s?月\s?\d{{0,2}}(?:\s?日)?)?|([./])\d{{1,2}}\1\d{{1,2}}(?!\d)|/\d{{1,2}}(?!\d)|\.\d{{1,2}}\s*[~～至]\s*1[0-3]\d\.\d{{1,2}}(?!\d))|"
    r"(?:19|20)\d\d([-/.])\s?\d{1,2}\s?\2\s?\d\s?\d?(?!\d)|\d{1,2}([-/.])\d{1,2}\3(?:19|20)?\d\d(?!\d)|(?:19|20)\d\d\s?[-–/.]\s?\d{1,2}(?!\d)"
)
_GROUPED = re.compile(r"[\s$€£¥￥(（–—-]*\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?[\s)）%]*|[\s$€£¥￥(（–—-]*\d+\.\d\d[\s)）%]*")  # surely no time
_MAY_BE_TIME = re.compile(r"[^\W\d_]|(?<!\d)(?:19|20)\d\d(?!\d)|\d\s?[-–/.~～]\s?\d|['’]\d\d")
_YEARS = re.compile(r"(?:19|20)\d\d(?!\d)(?:[AEFP]\b)?|['’]\d\d(?!\d)|(?<=FY)\s?\d\d(?!\d)", re.IGNORECASE)
_SMALL = re.compile(r"(?<![\d.,])\d{1,3}(?:\.\d)?(?![\d.,]\d)")
_MONTH = re.compile(r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)", re.IGNORECASE)
_DAY = re.compile(r"(?<![\d.,])(?:[12]?\d|3[01])(?![\d.,]\d)(?!\d)")
_JOINS = re.compile(r"[\s,.;:()（）、，/–—~～至-]+")
_SCALE = re.compile(r"(?:[$€£¥￥]\s*|\(|\bin\s|[a-z]\s?|['’`]\s?|^)0{3}(?:,000)*(?:['’`]?s)?\b|^\s*000s?\s*$", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_LETTERS = re.compile(r"[^\W\d_]")
_UNIT_WORD = (
    r"(?:million|billion|thousand|trillion|mn|bn|mm|mio|m|k|x|years?|months?|days?|shares?|times|per|share|pts?|bps|pp|basis|points?|percent|"
    rf"{'|'.join(sorted(CODES))}|US|HK|NT|RMB|Rs|[万萬亿億千百]?[元股倍个個人年月天户戶家台件吨]|[万萬亿億]|百分点|百分點|美元|港元|港币|欧元|日元|人民币|新台币|新臺幣)"
)
_BEFORE = (
    r"(?:(?i:ca\.?|c\.|circa|about|approx(?:imately|\.)?|over|up\s+to|nil|cr|dr|up|down|plus|minus|increased?|decreased?)"
    rf"|增加|减少|減少|上升|下降|提高|降低|约|約|近|超过|不超过|≤|≥|{_UNIT_WORD})"
)
_FIGURE = re.compile(rf"(?:{_BEFORE}[\s.]*){{0,4}}[\s$€£¥￥(（<>≤≥~～≈＞＜+±'\"\[_–—−-]*[.,]?\d")
_LATIN_WORD = re.compile(r"[^\W\d_\u3400-\u9fff]{2,}")
_HAN = re.compile(r"[\u3400-\u9fff]")
_UNITS = re.compile(rf"(?<![A-Za-z]){_UNIT_WORD}(?![a-z])")
_ORDINAL = re.compile(r"[（(\[]?(?:item\s+|no\.?\s*|ex-)?\d{1,3}(?:\.\d{1,3}){0,2}[A-Za-z]?(?:\([a-z\d]{1,4}\))?[.)）\]、]*", re.IGNORECASE)
_SURE_ORDINAL = re.compile(r"[A-Za-z]|\d[.、]$|\d\.\d+\.\d")
_CODE = re.compile(
    r"\+\d{1,3}(?:[ -]\(?\d{1,4}\)?){3,6}|\+\d{1,3}[ -]\(?\d{2,4}\)?[ -]\d{5,8}|[01]-\d{3,6}|"
    r"\(?\d{2,4}\)?[- ]\d{5,8}(?:[- ]\d{2,6})*|\+?\(?\d{2,4}\)?[- ]\d{3,4}[- ]\d{4}|"
    r"(?!(?:CR|DR)\d)[A-Z]{1,4}\d+[\dA-Z.-]*|\d{3,6}[A-Z]{1,3}\d*|"
    r"(?:EX-)?\d{1,3}\.?[A-Z]{3}|[A-Z]{0,3}\d{2,}(?:-\d+){2,}|10-[KQ].*|8-K.*",
)
_NOTES = re.compile(r"\d{1,2}(?:[,，、]\s?\d{1,2})+")
_PAGES = re.compile(r"\d{1,3}\s?[-–—]\s?\d{1,3}")
_ABOUT = r"(?:^|[\s(（])(?:[~～≈约約]|(?:ca|c|circa|approx)\.?(?=[\s\d]))\s*\d"  # "~300", "ca. 250"
_AMOUNT = re.compile(
    rf"{_ABOUT}|"
    r"\d{1,3}(?:[,，]\d{3})+|\d+\.\d|\d\s*[%％]|[$€£¥￥]\s*\d|\d{3}"
)
_SURE_AMOUNT = re.compile(
    rf"{_ABOUT}|"
    r"\d{1,3}(?:[,，]\d{3})+(?!\d)|\d+\.\d{2}(?!\d)|\d\s*[%％](?!\w)|[$€£¥￥]\s*\d"
)


def without_marks(text: str) -> str:
    """A text without the marks of footnotes at its ends: "2018⁽¹⁾" → "2018"."""
    bare = (text[:-LONGEST_MARKS] + _MARKS.sub("", text[-LONGEST_MARKS:])).strip()
    return bare if has_digits(bare) else text


def is_time(text: str) -> bool:
    """Whether a text is a day, a year, a span or a length of time and nothing else: "October 1-31, 2021", "1 年以内", "2027-2031"."""
    if len(text) > 80 or _GROUPED.fullmatch(text) or not _MAY_BE_TIME.search(text) or not has_digits(text):
        return False
    rest = _DAY_FORM.sub(" ", text)
    dated = rest != text or _YEARS.search(rest) is not None
    rest = _YEARS.sub(" ", rest)
    worded, month = _TIME_WORD.search(rest) is not None, _MONTH.search(rest) is not None
    rest = _TIME_WORD.sub(" ", rest)
    if worded:
        rest = (_DAY if month else _SMALL).sub(" ", rest)
    return (dated or worded) and not _JOINS.sub("", rest)


def is_length_of_time(text: str) -> bool:
    """Whether a time has no year: "30 years", "3-5 年": a measure where figures stand, a class where labels do."""
    return _YEAR.search(text) is None and _DAY_FORM.search(text) is None and is_time(text)


def names_times_alone(text: str) -> bool:
    """Whether all digits of a text, which may have words besides, are days and years: "2022 $ million 2023", "110年3月31日 說明",
    "31 December 2024 USD".
    """
    rest = _YEARS.sub(" ", _DAY_FORM.sub(" ", text))
    if rest == text or not has_digits(rest):
        return rest != text
    return (_MONTH.search(text) is not None or "月" in text) and is_time(_UNITS.sub(" ", text))


def is_year(text: str) -> bool:
    return _YEAR.fullmatch(text) is not None


def is_scale(text: str) -> bool:
    """Whether the zeros of a text tell a scale: "$000", "£'000s"."""
    return _SCALE.search(text) is not None


def is_figure(text: str) -> bool:
    """Whether a cell begins as a figure does and has at most a word or a few characters beside it: "0.67 1", "750 Mar 2036", "ca. 250"."""
    if not _FIGURE.match(text):
        return False
    if not _LETTERS.search(text):
        return True
    bare = _UNITS.sub(" ", text)
    return len(_LATIN_WORD.findall(bare)) <= 1 and len(_HAN.findall(bare)) <= 3


def is_amount(text: str) -> bool:
    return _AMOUNT.search(text) is not None and is_figure(text)


def is_sure_amount(text: str) -> bool:
    """Whether a figure has grouped thousands, cents, a percent or a currency sign: what no page, section or year is written with."""
    return _SURE_AMOUNT.search(text) is not None and is_figure(text)


def is_ordinal(text: str) -> bool:
    """Whether a cell may only count: "1.", "(2)", "1A.", "10.1", "3(iii)"; "12" too."""
    return _ORDINAL.fullmatch(text) is not None


def is_sure_ordinal(text: str) -> bool:
    """Whether a cell is an ordinal and can be no figure: "1.", "1A.", "3(iii)", "10.8.6"."""
    return is_ordinal(text) and _SURE_ORDINAL.search(text) is not None


def is_code(text: str) -> bool:
    """Whether a cell is the number of a register, a telephone, a patent or security: "001-35727", "1-434", "ZL20091009243.3", "101.INS"."""
    return _CODE.fullmatch(text) is not None and not (text[0].isalpha() and is_figure(text))


def has_letters(text: str) -> bool:
    """Whether a text has words besides units: those are labels."""
    return _LETTERS.search(text) is not None and _LETTERS.search(_UNITS.sub("", text)) is not None


def is_list_of_notes(text: str) -> bool:
    """Whether a cell lists numbers of notes, which no figure is written like: "2,3,4", "5, 12"."""
    return _NOTES.fullmatch(text) is not None


def is_span_of_pages(text: str) -> bool:
    """Whether a cell may be pages from one to another: "19-40"."""
    return _PAGES.fullmatch(text) is not None

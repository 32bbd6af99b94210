"""What a learned finding of personal data must bear to be one: a number its digits, a day of birth a person, a Chinese name its surname.

A reader was taught with texts about people; papers of companies are full of what looks alike: amounts, days of business, headings,
page numbers. What is refused here is what could tell of nobody. Texts are given in simplified characters.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

import yaml

TITLES = ("先生", "女士", "小姐", "太太")
FEWEST_DIGITS = 6  # of a number that tells of somebody; fewer are numbers of pages, rows and notes
NEAR = 12  # characters before a number within which a word says what it is
BESIDE = 60  # characters around a day within which a person must stand, in the same sentence
_HAN = r"[\u4e00-\u9fff]"
_AMOUNT = re.compile(r"[0-9],[0-9]{3}(?![0-9])|(?<![0-9.])[0-9]+\.[0-9]+(?![0-9.])")
_MEASURE = re.compile(r"[万亿千百]|(?:石|米|方|包|车|班|单|户)(?![\u4e00-\u9fff]{2}(?:先生|女士|小姐|太太))")
_OF_MEASURE = frozenset("元股吨台辆件张户份亩")  # what is counted in ten thousands
_COUNT = re.compile(r"(?<![0-9.,])[0-9][0-9,.]{0,11} ?$")  # what stands before a measure; accounts have more digits
_SENTENCE_END = re.compile(r"[。！？；]|\n\s*\n|[.!?](?=\s)")
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_DATE = re.compile(
    rf"[0-9]{{2,4}} ?[年./-] ?[0-9]{{1,2}}|[0-9]{{1,2}} ?[./月-] ?[0-9]{{1,2}}|[〇零一二三四五六七八九十]{{2,4}}年"
    rf"|[0-9]{{1,2}}(?:st|nd|rd|th)?(?: of)? ?-?(?i:{_MONTHS})|(?i:{_MONTHS})[a-z]*\.? ?[0-9]{{1,4}}"
)
_BORN = re.compile(r"出生|生于|生日|诞辰|(?<=[日月年])生(?![产效])|岁|(?i:\bborn\b|\bbirth|\bd\.?o\.?b\b|\baged\b)")
_TITLED = re.compile(r"(?:先生|女士|小姐|太太|老师|经理|总|主任|师傅|阿姨|姐|哥|叔|律师|医生|行长|某)")
_OFFICE_ENDS = frozenset("长理师员人任记官监总户客主东手友事问")  # of words for what somebody is
_CALLED = re.compile(r"(?:姓|小|老|阿|大)$")
_FILE = re.compile(
    r"[^\s/\\|<>\"'“”，。；：、（）()【】《》「」,;]+\.(?:pdf|html?|xhtml|docx?|xlsx?|pptx?|csv|txt|md|eml|zip|xml|json|png|jpe?g|tiff?)"
    r"(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_FILING = re.compile(r"(?<![0-9])[0-9]{10}-[0-9]{2}-[0-9]{6}(?![0-9])")  # of a paper at the SEC


@cache
def words() -> dict[str, list[str]]:
    """The words by which persons are found, and told from what is nobody's."""
    told: dict[str, list[str]] = yaml.safe_load(
        resources.files("finfoundry.governance").joinpath("data/personal_words.yaml").read_text("utf-8")
    )
    return told


def file_names(text: str) -> list[tuple[int, int]]:
    """Where names of files stand in a text, from the first character to the last of the ending: "see 600201_2020.pdf" → [(4, 19)]."""
    return [one.span() for one in _FILE.finditer(text)]


def is_measure(text: str, start: int) -> bool:
    """Whether a count stands right before, of which this is the unit, or the rest of it: 627.90万股, the 元 of 1,200万元."""
    return any(
        _MEASURE.match(text, at) is not None and _COUNT.search(text, max(0, at - 16), at) is not None
        for at in (start, start - 1)
        if at >= 0 and (at == start or text[start] in _OF_MEASURE)
    )


def is_in_code(text: str, start: int, end: int) -> bool:
    """Whether a number is a part of a longer code, as in the name of a file: 10-k-0000080424-24-000083."""
    return text[max(0, start - 1) : start] in ("-", "_") or text[end : end + 1] in ("-", "_")


def is_filing_number(text: str, start: int, end: int) -> bool:
    """Whether a number is, or is of, that of a paper at the SEC: 0000080424-24-000083."""
    return any(one.start() <= start and end <= one.end() for one in _FILING.finditer(text, max(0, start - 20), end + 20))


def is_persons_number(text: str, start: int, end: int) -> bool:
    """Whether a number that was learned can be somebody's: no amount, and long enough unless a word says that it is an account."""
    if is_filing_number(text, start, end):
        return False
    if _AMOUNT.search(_run(text, start, end, "[0-9.,]")):
        return False
    digits = sum(character.isdigit() for character in _run(text, start, end, r"[0-9A-Za-z* -]"))
    if digits >= FEWEST_DIGITS or "*" in text[start:end]:
        return digits > 0
    said = re.compile("|".join(words()["accounts"]), re.IGNORECASE)
    return digits > 0 and said.search(text, max(0, start - NEAR), start) is not None


def is_persons_day(text: str, start: int, end: int, persons: list[tuple[int, int]]) -> bool:
    """Whether a day that was learned can be one of birth: a word of birth, or one of the ``persons``, stands by it in its sentence."""
    low, high = _sentence(text, start, end)
    born = is_born(text, start, end)
    if _DATE.search(text, start, min(len(text), end + 1)) is None:
        return born and any(character.isdigit() for character in text[start:end])
    return born or any(one < high and low < other for one, other in persons)


def is_born(text: str, start: int, end: int) -> bool:
    """Whether a word of birth stands in the sentence of a day, near it."""
    return _BORN.search(text, *_sentence(text, start, end)) is not None


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentence of a span begins and ends, cut where it is long."""
    low, high = max(0, start - BESIDE), min(len(text), end + BESIDE)
    before = [one.end() for one in _SENTENCE_END.finditer(text, low, start)]
    after = _SENTENCE_END.search(text, end, high)
    return before[-1] if before else low, after.start() if after else high


def is_persons_name(text: str, start: int, end: int) -> bool:
    """Whether a name that was learned can be a person's. A Chinese one begins with a surname, or is introduced or addressed as a person is;
    of a surname alone something beside it says so.
    """
    name = text[start:end]
    if not re.fullmatch(_HAN + "+", name):
        return any(character.isalpha() for character in name)
    titled = _TITLED.match(text, end) is not None or any(name.endswith(title) for title in TITLES)
    known = _begins_with_surname(name)
    if len(name) > 2 and name[0] in _OFFICE_ENDS and re.match(_HAN, text[max(0, start - 1) : start]):
        known = known or _begins_with_surname(name[1:])  # marked with the end of what the person is: 行[长周峰青]
    if len(name) == 1:
        alone = not re.match(_HAN, text[end : end + 1] or " ") and not re.match(_HAN, text[max(0, start - 1) : start] or " ")
        return known and (alone or titled or _CALLED.search(text, 0, start) is not None)
    called = name[0] in "小老阿" and any(name[1:].startswith(one) for one in words()["surnames"])
    introduced = any(text[max(0, start - 6) : start].rstrip(" ：:是为叫").endswith(one) for one in words()["before"])
    return known or called or titled or introduced


def _begins_with_surname(name: str) -> bool:
    return any(name.startswith(one) for one in (*words()["surnames"], *words()["rare_surnames"]))


def _run(text: str, start: int, end: int, of: str) -> str:
    """The span with what goes on on both sides in characters of ``of``."""
    while start > 0 and re.match(of, text[start - 1]):
        start -= 1
    while end < len(text) and re.match(of, text[end]):
        end += 1
    return text[start:end]

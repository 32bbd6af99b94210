"""Text in the product's two languages: which it is in, in which script, and its full-width digits and signs as half-width ones.

Chinese is read in simplified characters, whatever it is written in: documents, labels and questions in traditional ones are turned
character by character (OpenCC), so that places stay. What people are told is in the script in which they asked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from typing import Any, TypeVar, cast

import opencc

from finfoundry.core.answer import Language

Value = TypeVar("Value")
_HAN = re.compile(r"[\u3400-\u9fff]")
HAN_RUN = re.compile(r"[\u3400-\u9fff]+")
_FULL = "０１２３４５６７８９．％（）－＋＄￥：／～＝"
_HALF = "0123456789.%()-+$¥:/~="
_HALFWIDTH = str.maketrans(_FULL + "−‐‑‒\u00a0\u2007\u202f\u2009", _HALF + "----    ")
LONGEST_QUESTION = 200  # characters of one that heads its answer in a paper
_FULL_COMMA = re.compile(r"(?<=[０-９])，(?=[０-９]{3}(?![０-９]))")


_ABBREVIATED = "".join(rf"(?<!{word}\.)" for word in (r"[A-Z]\.[A-Z]", "Inc", "Corp", "Co", "Ltd", "vs", "No", "approx", r"e\.g", r"i\.e"))
_BEHIND = r"[”’」』）)】]*(?:\s*\[\d+\])*"  # what belongs to a sentence behind its end: closing marks, citations
_SENTENCE_END = re.compile(rf"(?:[!?]|\.{_ABBREVIATED}){_BEHIND}\s+(?!\[\d+\])(?=[A-Z\"“(\[*•-])|[。！？；]{_BEHIND}|\n+|\s+(?=[•●▪])")

FULL_LINE = 25  # Chinese characters of a line that fills its page
LIST_ITEM = re.compile(
    r"^\s*(?:[•●▪■◦·–—-]|[(（]?(?:\d{1,2}|[a-z]|[ivx]{1,4}|[一二三四五六七八九十]{1,3})[)）、.．])\s*(?=\S)"
)  # what begins one of a list
_LINE_END = re.compile(r"[.!?。！？；;:：)）”\"]$")
_CLOSES = re.compile(r"^[^(（]*[)）]")


def has_han(text: str) -> bool:
    """Whether a text has a Chinese character."""
    return _HAN.search(text) is not None


def is_question(line: str) -> bool:
    """Whether a line of a paper asks, and is short enough to be the heading of its answer."""
    return len(line) <= LONGEST_QUESTION and line.rstrip().endswith(("?", "？"))


def language_of(text: str) -> Language:
    """Chinese when a fifth of the letters are Han; else English."""
    han = len(_HAN.findall(text))
    return "zh" if han and han * 5 >= len(re.findall(r"\w", text)) else "en"


def halfwidth(text: str) -> str:
    """The text in simplified characters, with full-width digits and signs made half-width, exotic hyphens and spaces made plain; same
    length, same offsets.
    """
    if text.isascii():
        return text
    return simplified(_FULL_COMMA.sub(",", text).translate(_HALFWIDTH))


def simplified(text: str) -> str:
    """The text with traditional characters made simplified; same length, same offsets, and the same text where it has none."""
    if text.isascii():
        return text
    turned = text.translate(_as_read())
    return text if turned == text else turned


def unified(text: str) -> str:
    """The text with each Chinese character that Unicode has a second time, for other standards or as a radical, under its usual code, as
    papers from Taiwan print 年 and 利, and small or upright signs as the usual ones; same length, same offsets.
    """
    return text if text.isascii() else text.translate(_written_twice())


class PrintedWords:
    """How the words of texts that were read in simplified characters are printed there."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._printed = {plain: text for text in texts if (plain := simplified(text)) is not text}
        self._known: dict[str, str] = {}

    def of(self, text: str) -> str:
        """A text as printed, whole or run by run of its characters; as it is where none of the texts holds it."""
        if text.isascii():
            return text
        if text not in self._known:
            whole = self._printed.get(text) or self._within(text)
            self._known[text] = HAN_RUN.sub(lambda run: self._within(run[0]), text) if whole == text else whole
        return self._known[text]

    def _within(self, text: str) -> str:
        for plain, printed in self._printed.items():
            if (place := plain.find(text)) >= 0:
                return printed[place : place + len(text)]
        return text


def rewritten(value: Value, change: Callable[[str], str]) -> Value:
    """A value with each text in it changed: in dataclasses, tuples, lists and the values of mappings. Without a change it is the same."""
    made: Any = value
    if isinstance(value, str):
        made = change(value)
    elif isinstance(value, tuple | list):
        parts = [rewritten(one, change) for one in value]
        made = value if all(one is other for one, other in zip(parts, value, strict=True)) else type(value)(parts)
    elif isinstance(value, Mapping):
        found = {key: rewritten(one, change) for key, one in value.items()}
        made = value if all(found[key] is one for key, one in value.items()) else found
    elif is_dataclass(value) and not isinstance(value, type):
        told = {one.name: getattr(value, one.name) for one in fields(value) if one.init}
        new = {name: changed for name, one in told.items() if (changed := rewritten(one, change)) is not one}
        made = replace(value, **new) if new else value
    return cast("Value", made)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """The start and the end of each sentence of a text."""
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if match.end() > start:
            yield start, match.end()
        start = match.end()
    if start < len(text):
        yield start, len(text)


def texts_of(value: object) -> Iterator[str]:
    """All texts in a value."""
    found: list[str] = []

    def keep(text: str) -> str:
        found.append(text)
        return text

    rewritten(value, keep)
    return iter(found)


def is_traditional(text: str) -> bool:
    """Whether a Chinese text is written in traditional characters: most of those of its characters that have two forms."""
    table = _to_simplified()
    traditional = sum(ord(character) in table for character in text)
    return traditional > sum(character in _only_simplified() for character in text)


def traditional(text: str) -> str:
    """The text in the characters of Taiwan, where what surrounds a character decides between several; same length, or as it was."""
    turned: str = _converter("s2tw").convert(text)
    return turned if len(turned) == len(text) else text


@lru_cache(maxsize=2)
def _converter(name: str) -> opencc.OpenCC:
    return opencc.OpenCC(name)


@lru_cache(maxsize=1)
def _to_simplified() -> dict[int, str]:
    """Each traditional character with its simplified form, which is none's traditional one: 薴 is read as 苎, since 苧 is."""
    characters = [chr(code) for code in range(0x3400, 0xA000)]
    turned = _converter("t2s").convert("\n".join(characters)).split("\n")
    forms = {ord(one): other for one, other in zip(characters, turned, strict=True) if one != other and len(other) == 1}
    return {one: forms.get(ord(other), other) for one, other in forms.items()}


@lru_cache(maxsize=1)
def _written_twice() -> dict[int, str]:
    """Unicode's compatibility ideographs and radicals, each with the character that it is, and small or upright signs as the usual ones."""
    usual = {code: unicodedata.normalize("NFKC", chr(code)) for code in (*range(0x2E80, 0x2FE0), *range(0xF900, 0xFB00))}
    letters = {code: other for code, other in usual.items() if len(other) == 1 and other != chr(code)}
    return letters | dict(zip(map(ord, "︰﹕﹐﹑﹔﹖﹗﹙﹚"), "：：，、；？！（）", strict=True))


@lru_cache(maxsize=1)
def _as_read() -> dict[int, str]:
    forms = _to_simplified()
    return {**forms, **{code: forms.get(ord(usual), usual) for code, usual in _written_twice().items()}}


@lru_cache(maxsize=1)
def _only_simplified() -> frozenset[str]:
    """Characters that traditional texts do not have: simplified forms that are not traditional ones, too (后, 里 are)."""
    forms = sorted(set(_to_simplified().values()))
    turned = _converter("s2tw").convert("\n".join(forms)).split("\n")
    return frozenset(one for one, other in zip(forms, turned, strict=True) if one != other)


def goes_on(line: str, following: str) -> bool:
    """Whether a line of a text that its page broke goes on in the next: it has no stop and that begins no item, or closes its bracket."""
    if _ends_open(line) and _CLOSES.search(following):
        return True  # "（年利率百分之一点七 / 五）": no item begins there
    if _LINE_END.search(line) or LIST_ITEM.match(following):
        return False
    broken = len(line) >= FULL_LINE and (is_wide(line[-1]) or is_wide(following[0]))
    return broken or following[0].islower() or line.endswith(",")


def is_wide(character: str) -> bool:
    """Whether a character is a Chinese one, or a sign as wide as one: between two such lines stands no blank."""
    return "\u3000" <= character <= "\u9fff" or "\uff00" <= character <= "\uffef"


def _ends_open(line: str) -> bool:
    return max(line.rfind("("), line.rfind("（")) > max(line.rfind(")"), line.rfind("）"))


# Raised marks of footnotes are written so that they cannot be taken for digits of the number before them.
_RAISED_SIGNS = str.maketrans("0123456789()+-=（）", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾⁺⁻⁼⁽⁾")
_ONE_MARK = r"[(\[（]?(?:\d{1,3}|(?<![A-Za-z])[A-Za-z](?![A-Za-z]))[)\]）]?"
_RAISED_MARKS = re.compile(rf"{_ONE_MARK}(?:[\s,、;]*{_ONE_MARK}){{0,9}}")
_POWER_OF = re.compile(r"[+-]?\d{1,3}")
_ONE_LETTER = re.compile(r"[A-Za-z]")
_BEARS_LETTER = re.compile(r"(?:\d\d|[%)）\]]|[^\W\d_]{3})\s?$")  # 310ᵃ, Revenueᵃ; not 1ᵉ, Nᵒ
_UNIT_OF_LENGTH = re.compile(r"(?:^|[\s\d(（/])(?:[kcdm]?m|ft|yd)\s?$")


def with_raised(before: str, text: str) -> str:
    """What raised letters after ``before`` are written as: marks of footnotes and powers as superscript characters, all others as they
    are. ("250", "9") → "⁹"; ("310", "(a)") → "⁽a⁾"; ("m", "2") → "²"; ("31", "st") → "st".
    """
    said = " ".join(text.split())
    if _POWER_OF.fullmatch(said):
        return said.translate(_RAISED_SIGNS)
    if not _RAISED_MARKS.fullmatch(said) or (_ONE_LETTER.fullmatch(said) and not _BEARS_LETTER.search(before)):
        return text
    return " ".join(map(_raised_mark, re.findall(_ONE_MARK, said))).translate(_RAISED_SIGNS)


def _raised_mark(text: str) -> str:
    """A letter stands in brackets, as no letter is raised in all fonts."""
    inner = text.strip("()[]（）")
    return inner if inner == text and inner.isdigit() else f"({inner})"


def is_power(before: str, text: str) -> bool:
    """Whether a raised 2 or 3 belongs to a unit, as in m², and is no mark of a footnote."""
    return text.strip() in {"2", "3"} and _UNIT_OF_LENGTH.search(before) is not None

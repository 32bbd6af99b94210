"""The years that a question names anywhere, and the one number that multiplies or bars what it asks for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from finfoundry.ask.lexicon.spans import FiscalSpan, asked_periods, span_of
from finfoundry.core.errors import PlanError
from finfoundry.core.period_patterns import NUMBER_BEGINS
from finfoundry.core.periods import FiscalYear
from finfoundry.core.quantities.numerals import WORD, WORD_VALUES, chinese_value

YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|(?<!\d)\d{2,3}(?=年)|(?<=FY)\d\d\b|(?<=Q)[1-4]\b|[1-4](?=Q)|第?[1-4一二三四](?=季)")
_BARE_YEAR = re.compile(rf"{NUMBER_BEGINS}(?:19|20)\d\d(?!\d|,\d|\.\d|\s*(?:[%％元万亿]|(?:thousand|million|billion)\b))")
_HAN_DIGIT = "[一二两三四五六七八九十]"
_SHARES = {"half": 2, "halves": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "tenth": 10, "twelfth": 12}  # by their denominators
_NUMBER = re.compile(
    r"(?P<digits>\d[\d,]*(?:\.\d+)?)(?P<percent>\s*(?:[%％]|per\s?cent\b(?!age)))?(?P<tenths>\s*成(?!本))?"
    r"(?P<points>\s*(?:percentage\s+points?\b|个百分点))?"
    rf"|(?P<words>\b(?:{WORD}))\s+per\s?cent\b(?!age)"
    rf"|\b(?P<times>{WORD})(?:\s+times\b|[\s-]?fold\b)|(?P<bei>{_HAN_DIGIT}+(?:点{_HAN_DIGIT}+)?)倍"
    r"|\b(?P<count>an?|one|two|three|four|(?<=than )|(?<=under )|(?<=over ))\s*"
    r"(?P<share>half|halves|(?:third|fourth|fifth|tenth|twelfth)s?|quarters?(?=\s+of\b))\b(?=\s+(?:of|as|the|a)\b|\W*$|\W+(?:in|at|for)\b)"
    rf"|(?P<ten>{_HAN_DIGIT})成(?P<half>半|{_HAN_DIGIT})?(?!本)|百分之(?P<hundredth>{_HAN_DIGIT}+)|(?P<below>{_HAN_DIGIT}+)分之(?P<above>{_HAN_DIGIT}+)"
    r"|(?P<middle>一半|半数|半數|过半|腰斩)",
    re.IGNORECASE,
)
# What goes on behind a number that was read: a scale, points, further numerals. Then it is another number than was read.
_GOES_ON = re.compile(
    rf"\s*(?:thousand|million|billion|trillion|(?:percentage|basis)\s+points?|points?\b|bps?\b|[kmb]\b|[千百万亿点]|个百分点|{_HAN_DIGIT}|\d)",
    re.IGNORECASE,
)
# A number that counts the questions, not what they ask about.
_COUNTER = re.compile(
    r"^\W*\d+(?:\.\d+)*(?:[.、)）:：](?=\D)|(?=\s[\u3400-\u9fff]))|\b(?:no\.?|question|request|item|exercise|task|interrogatory)\s*(?:no\.?\s*)?\d+\b(?:\.\d+)*"
    r"|第\s*\d+\s*[题条项问]|(?:题|序号)\s*\d+",
    re.IGNORECASE,
)
# Numbers that words are, read where nothing is written as one; of twice what was, a growth is once of it.
_PLAIN = (
    (re.compile(r"\b(?:twice|doubl(?:e[ds]?|ing)|two-?fold)\b|翻倍|翻(?:了)?(?:一)?番|加倍", re.I), 2),
    (re.compile(r"\b(?:thrice|tripl(?:e[ds]?|ing)|trebl(?:e[ds]?|ing))\b|翻两番", re.I), 3),
    (re.compile(r"\b(?:most\s+of|majority|(?:larger|greater|bigger)\s+(?:part|half|share))\b|大半|多半|大部分|大头|过半", re.I), "(1 / 2)"),
    (re.compile(r"\b(?:an?|one|every|each|per|of)\s+hundred\b|每(?:一)?百", re.I), 100),
    (re.compile(r"\b(?:an?|one|every|each|per|of)\s+thousand\b|每(?:一)?千", re.I), 1000),
    (re.compile(r"每(?:一)?万"), 10000),
)  # fmt: skip


def spans_named(question: str, metrics: Sequence[str], spans: Sequence[FiscalSpan], calendar: FiscalYear) -> list[FiscalSpan]:
    """``spans`` of the clause that asks, and those of their kind that the rest of the question names; years within the names of
    ``metrics`` are none.
    """
    text = question
    for metric in metrics:
        text = text.replace(metric, " " * len(metric))
    kinds = {(span.through, span.months) for span in spans}
    found = {span for period in asked_periods(text, calendar) if (span := span_of(period, calendar))}
    found |= {FiscalSpan(int(year[0])) for year in _BARE_YEAR.finditer(text)}
    return sorted({*spans, *(span for span in found if not kinds or (span.through, span.months) in kinds)})


class NamedNumber(NamedTuple):
    """A number of a question as an expression, and the words in which the question writes it."""

    expression: str
    words: str


def names_number(question: str) -> bool:
    """Whether a question names any number that is no year."""
    return _NUMBER.search(YEAR.sub(" ", _COUNTER.sub(" ", question))) is not None


def number_named(question: str, *, days: bool = False, grown: bool = False, without: str = "") -> NamedNumber:
    """The one number of a question that is no year; of days of a year 365 unless it says otherwise. To double is a growth (``grown``) of
    one; a number ``without`` which the question is read is passed over.

    Raises PlanError where it names none, or several.
    """
    text = YEAR.sub(" ", _COUNTER.sub(" ", question))
    matches = list(_NUMBER.finditer(text))
    if any(_GOES_ON.match(text, match.end()) for match in matches):
        raise PlanError("a number of the question is written in a way that is not read")
    found = [NamedNumber(_written(match), match[0].strip()) for match in matches] or _in_plain_words(text, grown=grown)
    if days:
        return next((one for one in found if one.expression in ("360", "365", "366", "90", "91")), NamedNumber("365", ""))
    found = [one for one in found if one.expression != without]
    if len({one.expression for one in found}) != 1:
        raise PlanError("the question names no one number")
    return found[0]


def _in_plain_words(text: str, *, grown: bool) -> list[NamedNumber]:
    found = [(number, match[0]) for words, number in _PLAIN if (match := words.search(text))]
    return [NamedNumber(str(number - 1) if grown and number in (2, 3) else str(number), said) for number, said in found]


def _written(match: re.Match[str]) -> str:
    if match["digits"]:
        number = match["digits"].replace(",", "")
        if match["points"]:
            return f"({number} / 100)"
        return f"({number} / 100)" if match["percent"] else f"({number} / 10)" if match["tenths"] else number
    if match["words"]:
        return f"({WORD_VALUES[match['words'].lower()]} / 100)"
    if match["times"]:
        return str(WORD_VALUES[match["times"].lower()])
    if match["bei"]:
        return str(_value(match["bei"]))
    if match["share"]:
        share, count = match["share"].lower(), (match["count"] or "one").lower()
        part = _SHARES.get(share) or _SHARES[share.removesuffix("s")]
        return f"({WORD_VALUES.get(count, 1)} / {part})"
    if match["ten"]:
        return f"({_value(match['ten'])}{_half(match['half'])} / 10)"
    if match["hundredth"]:
        return f"({_value(match['hundredth'])} / 100)"
    return f"({_value(match['above'])} / {_value(match['below'])})" if match["above"] else "(1 / 2)"


def _value(numeral: str) -> Decimal:
    value = chinese_value(numeral)
    if value is None:
        raise PlanError(f"{numeral} is no number")
    return value


def _half(digit: str | None) -> str:
    """What stands behind tenths: 三成半, 三成五."""
    return "" if digit is None else ".5" if digit == "半" else f".{_value(digit)}"

"""The numbers of a sentence that a question asks for: of its kind, nearest to what it says, those of its years where each year has one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from finfoundry.ask.given.said_words import Weights, words_of, years_of
from finfoundry.core.periods import find_periods
from finfoundry.core.quantities.numbers import PrintedNumber, find_numbers

HOW_MANY = re.compile(r"\bhow many\b|\bnumber of\b", re.IGNORECASE)
_PERCENT = re.compile(r"\bpercent(?:age)?s?\b|%|\brates?\b", re.IGNORECASE)
_LASTS = re.compile(r"\bhow long\b|\b(?:period|duration|term|life|years|months|days)\b", re.IGNORECASE)
_AMOUNT = re.compile(r"\bhow much\b|\b(?:amount|value)s?\b", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,]*(?:and|or|&)?[\s,$€£¥()]*(?:US|USD|RMB)?[\s$€£¥(]*", re.IGNORECASE)
_CLAUSE = re.compile(r"[,;]\s")
_COUNTED = re.compile(r"(?<=\d)\s+(?!thousand|million|billion|trillion)[a-z ]+$", re.IGNORECASE)
_DURATIONS = frozenset({"years", "months", "days"})
_DAY = 31  # the highest number of a date that was not read as one


def numbers_told(question: str, text: str, weights: Weights) -> list[str]:
    """The numbers as printed, one for each year that the question names; empty where none is clear."""
    numbers = [one for one in _numbers(text) if _fits(one, question) and one.text not in question]
    if not numbers:
        return []
    nearest = max(numbers, key=lambda one: _nearness(one, text, weights))
    asked, told, listed = years_of(question), years_of(text), _listed(numbers, nearest, text)
    if len(listed) > 1:
        each = dict(zip(told, listed, strict=True)) if len(told) == len(listed) else {}
        return [_plain(each[year], question) for year in asked] if each.keys() >= set(asked) else []
    return [_plain(nearest, question)] if len(asked) < 2 or len(told) < 2 else []


def figures_of(text: str) -> frozenset[Decimal]:
    """The values of all numbers of a text that belong to no date."""
    return frozenset(one.value for one in _numbers(text))


def _numbers(text: str) -> list[PrintedNumber]:
    """Those that belong to no date."""
    dates = [(one.start, one.end) for one in find_periods(text) if years_of(text[one.start : one.end])]
    return [one for one in find_numbers(text) if not any(start <= one.start < end for start, end in dates)]


def _fits(number: PrintedNumber, question: str) -> bool:
    """Whether a number is of the kind that the question asks for."""
    lasts = number.unit in _DURATIONS
    if _LASTS.search(question):
        return lasts
    if HOW_MANY.search(question):
        return number.unit in (None, "count", "shares") and not number.percent
    if _PERCENT.search(question):
        return number.percent
    if _AMOUNT.search(question):
        return number.unit is not None and not lasts
    return not lasts and not number.percent and (number.unit is not None or number.value > _DAY)


def _listed(numbers: Sequence[PrintedNumber], one: PrintedNumber, text: str) -> list[PrintedNumber]:
    """A number with those that it is listed with: "$3, $2 and $1"."""
    first = last = numbers.index(one)
    while first and _BETWEEN.fullmatch(text[numbers[first - 1].end : numbers[first].start]):
        first -= 1
    while last + 1 < len(numbers) and _BETWEEN.fullmatch(text[numbers[last].end : numbers[last + 1].start]):
        last += 1
    return list(numbers[first : last + 1])


def _plain(number: PrintedNumber, question: str) -> str:
    """As printed; without what is counted where the question says it."""
    return _COUNTED.sub("", number.text) if HOW_MANY.search(question) and number.unit not in _DURATIONS else number.text


def _nearness(number: PrintedNumber, text: str, weights: Weights) -> float:
    """How near it stands to what the question says; what is in another clause counts half."""
    words, clause = words_of(text), _clause(text, number.start)
    at = next((place for place, word in enumerate(words) if word.end > number.start), 0)
    said = [(place, word) for place, word in enumerate(words) if word.stem in weights]
    return sum(weights[word.stem] / (2 + abs(place - at)) * (2 if _clause(text, word.start) == clause else 1) for place, word in said)


def _clause(text: str, place: int) -> int:
    return len(_CLAUSE.findall(text, 0, place))

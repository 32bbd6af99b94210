"""How many of something sentences of a passage say that there are, each with its day: "we had 31,241 employees", 营业网点为738家.

A number counts a noun where the words before it say what there is and the noun stands beside it. A clause behind it may tell the same count
of another day: "compared with 1,129 at December 31, 2022".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise, takewhile

from finfoundry.ask.lexicon.ports import Hit
from finfoundry.ask.lexicon.vocabulary import tokens
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.core.language import language_of, simplified
from finfoundry.core.periods import FiscalYear, find_periods
from finfoundry.core.quantities.numbers import PrintedNumber, find_numbers

NEXT = 6  # words behind a number, one of which is what it counts
STEM = 6  # letters that words of one stem share: "employed" and "employees"
_SENTENCE = re.compile(r"(?<=[。！？；])|(?<=[.!?;])\s+(?=[A-Z])|\n(?![a-z])")
_CLAUSE = re.compile(r"[（(;；]|[,，](?!\d|\s(?:19|20)\d\d\b)")
# What there is: a verb of having or being right before the number, but for words that say how nearly. How many came, went or were dealt
# with is told by other verbs: "we laid off some 300".
_NEARLY_WORDS = r"only|some|about|around|approximately|roughly|nearly|almost|over|in\s+total|a\s+total\s+of|(?:more|less|fewer)\s+than"
_THERE_ARE = re.compile(
    r"(?:\b(?:had|has|have|access\s+to|employ(?:s|ed|ing)?|operat(?:es?|ed|ing)|was|were|is|are|with|of|total(?:s|ed|led|ing)"
    rf"|number(?:s|ed|ing)|(?:stood|stands|standing)\s+at|(?:came|comes|amount(?:s|ed|ing))\s+to)|:)\s+(?:(?:{_NEARLY_WORDS})\s+){{0,2}}$",
    re.IGNORECASE,
)
_THERE_ARE_ZH = re.compile("(?<![所没国享占])有(?![限关效权色])|共[有计设]|总[计共数]|合计|设[有立]|聘[用请有]|[为达计是:：][约近]?$")
_NEARLY = re.compile(rf"\s*(?:\b(?:{_NEARLY_WORDS})\s+)*$", re.IGNORECASE)
_AND = re.compile(r"\s*(?:,|and|,\s*and)\s*", re.IGNORECASE)
TIED = 16  # characters between a noun and its number
_IDLE = ("empty", "structure", "of_parts", "ties", "whole")  # lists of words that say nothing of who is counted
_DIGITS_BEFORE, _DIGITS_BEHIND = re.compile(r"\d[,，.]?$"), re.compile(r"[,，.]?\d")  # columns that were read as one run
_TIE_ZH = re.compile(
    r"(?:总?数量?|总[计共]|共[计有]?|合计|人数|户数|家数|余额?|已?达到?|超过|[为是有约计近的于至：:\s（(]|在[^，,]{1,6}|分别)*"
)  # noun, then number
_COMPARED = re.compile(r"(?:and|versus|vs\.?|against|from|(?:as\s+)?compared\s+(?:to|with)|up\s+from|down\s+from|with|,)*", re.IGNORECASE)
_TIES_ZH = re.compile(r"(?:而|则|较|相比|截至|截止|于|至|为|的|是|共有|共|公司|本公司|上年末|去年同期|[约近：:\s])*")
_OWN_ZH = re.compile(r"(?:截至|截止|报告期|[期年月][末底]|本公司|公司|本行|全行|本集团|集团|\W)*")
MEASURE = "[人名家户戶台臺套个個項项件笔筆次只隻座辆輛位间間枚架艘处處所口条條支款张張]"
_COUNTED = frozenset({None, "count", "shares"})
PERSONS = frozenset({"people", "person", "persons", "them", "they", "人", "人员"})
_EXTENT = re.compile(rf"\b(?:in|across)\s+(?:(?:{_NEARLY_WORDS})\s+)?\d[\d,]*\s+[a-z]+", re.IGNORECASE)
_FORMS = frozenset({"s", "es", "d", "ed", "ing"})


@dataclass(frozen=True, slots=True)
class ToldCount:
    """A number of things as a sentence of a passage prints it, and the day that it is of."""

    hit: Hit
    sentence: str
    noun: str
    number: PrintedNumber
    day: date
    unit: str = ""  # the measure word behind a Chinese number


def told(hit: Hit, noun: str, calendar: FiscalYear, closing: date | None, question: str = "") -> Iterator[ToldCount]:
    """The counts of a noun in a passage; ``closing`` is its document's last day, ``question`` may say with which verb it is counted."""
    for sentence in _SENTENCE.split(hit.text):
        if sentence and _has(sentence, noun):
            for number, day, clause in _counted(sentence, noun, calendar, closing, question):
                yield ToldCount(hit, sentence.strip(), noun, number, day, _measure(number, clause))


def _counted(
    sentence: str, noun: str, calendar: FiscalYear, closing: date | None, question: str
) -> Iterator[tuple[PrintedNumber, date, str]]:
    """The numbers that a sentence counts a noun with, each with its day and its clause: the first ones, and those of other days."""
    starts = [0, *(found.end() for found in _CLAUSE.finditer(sentence)), len(sentence)]
    known, named = set[date](), list[date]()
    for start, end in pairwise(starts):
        before, clause = sentence[:start], sentence[start:end]
        named = _days(clause, calendar) or named
        numbers = _of_noun([one for one in find_numbers(clause) if _counts(one, clause)], clause, noun)
        if not numbers or not (_has(clause, noun) or (_has(before, noun) and not _has(sentence[end:], noun))):
            continue
        lead, days = clause[: numbers[0].start], named or ([closing] if closing and not known else [])
        state = _is_state(lead, question) or (known and _goes_on(lead, noun)) or _is_bare(numbers[0], clause, noun)
        if state and _is_of_all(numbers[-1], clause, noun, question):
            yield from ((number, day, clause) for number, day in _of_days(numbers, days) if day not in known)
            known.update(days)
        elif not known:
            return


def _is_of_all(number: PrintedNumber, clause: str, noun: str, question: str) -> bool:
    parent = "母公司" in clause[: number.start] and "母公司" not in question
    return not parent and _beside(number, clause, noun) and not _of_some(number, clause, noun)


def _is_bare(number: PrintedNumber, clause: str, noun: str) -> bool:
    """Whether a Chinese clause is a noun of the company's with its count, and no more: 公司在职员工40,567人, 代理人共600人."""
    before, found, between = simplified(_undated(clause[: number.start])).partition(simplified(noun))
    counted = re.fullmatch(rf"{MEASURE}\W*", clause[_end(number) :])
    return bool(language_of(noun) == "zh" and found and counted and re.fullmatch("共?", between.strip()) and _OWN_ZH.fullmatch(before))


def _goes_on(before: str, noun: str) -> bool:
    """Whether the words before a number tell nothing but another day than that of the clause before."""
    if language_of(noun) == "zh":
        return _TIES_ZH.fullmatch(re.sub(re.escape(simplified(noun)), "", simplified(_undated(before)))) is not None
    return _COMPARED.fullmatch(_NEARLY.sub("", _undated(before)).strip()) is not None


def _of_noun(numbers: Sequence[PrintedNumber], clause: str, noun: str) -> list[PrintedNumber]:
    """Of several numbers of a clause the one right behind which alone the noun stands; else all."""
    ends = [*(one.start for one in numbers[1:]), *([len(clause)] if numbers else ())]
    own = [one for one, end in zip(numbers, ends, strict=True) if _has(clause[_end(one) : end], noun)]
    joined = len(numbers) > 1 and all(_AND.fullmatch(clause[_end(one) : other.start]) for one, other in pairwise(numbers))
    return own if len(own) == 1 and not joined else list(numbers)


def _is_state(before: str, question: str) -> bool:
    """Whether the words of a clause before its number say what there is; or the verb is the question's."""
    if language_of(before) == "zh":
        return _THERE_ARE_ZH.search(simplified(before)) is not None and "其中" not in before
    asked = {one.text for one in tokens(question)} - word_list("empty") - word_list("structure") - word_list("limits")
    last = [one.text for one in tokens(_NEARLY.sub("", before))][-1:]
    return _THERE_ARE.search(before) is not None or any(_is_form_of(word, other) for word in last for other in asked)


def _is_form_of(word: str, verb: str) -> bool:
    """Whether a word is a verb of the question: "owned" of "own"."""
    return word == verb or (word.startswith(verb) and word.removeprefix(verb) in _FORMS)


def _measure(number: PrintedNumber, clause: str) -> str:
    """The measure word behind a Chinese number that does not hold it itself."""
    unit = clause[number.end : number.end + 1] if language_of(clause) == "zh" and number.text[-1:].isdigit() else ""
    return unit if unit.isalpha() else ""


def _of_days(numbers: Sequence[PrintedNumber], days: Sequence[date]) -> list[tuple[PrintedNumber, date]]:
    """One number with the last day named; several with as many days in their order: "2023 and 2022 … 79,100 and 82,500"."""
    if len(numbers) == 1:
        return [(numbers[0], days[-1])] if days else []
    return list(zip(numbers, days, strict=True)) if len(numbers) == len(days) == len(set(days)) else []


def _of_some(number: PrintedNumber, clause: str, noun: str) -> bool:
    """Whether only some are counted: what stands behind an English noun says of which, "employees in North America were covered by …"."""
    if language_of(noun) == "zh":
        return False
    said = {one.text for one in tokens(noun)}
    after = [one.text for one in tokens(_EXTENT.sub("", _undated(clause[_end(number) :])))]
    last = max((at for at, word in enumerate(after) if any(_alike(word, other) for other in said)), default=-1)
    return not all(word in PERSONS or any(word in word_list(name) for name in _IDLE) for word in after[last + 1 :])


def _days(text: str, calendar: FiscalYear) -> list[date]:
    """The days that a text names, of a period its last."""
    return [one.period.end for one in find_periods(text, fiscal_year_end=calendar) if one.period]


def _undated(text: str) -> str:
    """Without the times that it names."""
    for one in reversed(find_periods(text)):
        text = re.sub(r"\b(?:as\s+(?:of|at)|at|on)\s*$", "", text[: one.start]) + text[one.end :]
    return text


def _counts(number: PrintedNumber, text: str) -> bool:
    """Whether a number may count things: whole, without a unit, no year and no day."""
    dated = any(one.start <= number.start < one.end for one in find_periods(text))
    whole = not (_DIGITS_BEFORE.search(text[: number.start]) or _DIGITS_BEHIND.match(text, _end(number)))
    extent = any(one.start() < number.start < one.end() for one in _EXTENT.finditer(text))
    counted = number.unit in _COUNTED and not number.precision and not number.percent and number.value > 0
    vague = any(text[at : at + 1] in ("多", "余", "餘") for at in (_end(number), number.end))  # 60多项, 3万多名
    return counted and whole and not dated and not extent and not vague


def _beside(number: PrintedNumber, clause: str, noun: str) -> bool:
    """Whether nothing else is counted: behind an English number stands a word of the noun, or none that is counted ("192 fluid ounces")."""
    if not _has(clause, noun):
        return True
    if language_of(noun) == "zh":
        between = re.split(re.escape(simplified(noun)), simplified(clause[: number.start]))[-1]
        return simplified(noun) not in simplified(clause[: number.start]) or _TIE_ZH.fullmatch(_undated(between)) is not None
    after = [one.text for one in tokens(clause[_end(number) :])][:NEXT]
    if not after or after[0] in word_list("ties") | word_list("copula") | word_list("limits") | {"and"}:
        return True
    told_before = _has(_NEARLY.sub("", clause[: number.start])[-len(noun) - TIED :], noun)  # "a workforce of 12,400 people"
    return (told_before and after[0] in PERSONS) or says(" ".join(after), noun, some=True)


def _end(number: PrintedNumber) -> int:
    """Where its digits end: what is counted may be part of its text, "50,000 employees"."""
    digits = re.match(r"[\d,.，]*\d", number.text)
    return number.start + digits.end() if digits else number.end


def _has(text: str, noun: str) -> bool:
    if language_of(noun) == "zh":
        return simplified(noun) in simplified(text)
    return says(text, noun)


def says(text: str, words: str, *, some: bool = False) -> bool:
    """Whether a text has words, or ``some`` of them, or others of their stems."""
    if language_of(words) == "zh":
        return simplified(words) in simplified(text)
    said = {one.text for one in tokens(text)}
    held = [any(_alike(one.text, word) for word in said) for one in tokens(words) if one.text not in PERSONS or one.text in said]
    return bool(held) and (any(held) if some else all(held))


def _alike(one: str, other: str) -> bool:
    """Whether two words are one, or of one verb: "employed", "employ" and "employee", but not "contract" and "contractor"."""
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    verb = any(word.endswith(("ed", "ing")) or word == f"{rest}ee" for word, rest in ((one, other), (other, one)))
    return one == other or (shared >= STEM and verb)

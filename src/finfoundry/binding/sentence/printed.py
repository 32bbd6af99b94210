"""Figures as a sentence prints them: which are none, cents as dollars; and the text without them."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from finfoundry.binding.sentence import claim_patterns as said
from finfoundry.core.language import sentences
from finfoundry.core.quantities.numbers import PrintedNumber
from finfoundry.core.quantities.rough import find_multiples, find_rough


def of_cents(text: str, number: PrintedNumber) -> PrintedNumber:
    """ "44 cents" as 0.44 dollars; "44 cents of every dollar" as the share that it is."""
    word = said.CENTS.match(text, number.end) if number.unit is None and number.scale == 1 else None
    if word is None:
        return number
    cent = number.scale.scaleb(-2)
    if said.OF_A_DOLLAR.match(text, word.end()):
        return replace(
            number, text=text[number.start : word.end()], end=word.end(), value=number.value * cent, unit="ratio", scale=cent, percent=True
        )
    return replace(number, text=text[number.start : word.end()], end=word.end(), value=number.value * cent, unit="USD", scale=cent)


def with_rough(text: str, numbers: list[PrintedNumber]) -> list[PrintedNumber]:
    """The figures with those in words, which take the place of what is printed within them: the 520 of 520多亿. What became so many times
    as large is a figure only where its sentence has no other: else it tells how those stand to each other.
    """
    rough = find_rough(text)
    printed = [one for one in numbers if not any(one.start < told.end and told.start < one.end for told in rough)]
    found = sorted([*printed, *rough], key=lambda number: number.start)
    multiples = find_multiples(text)
    for start, end in sentences(text) if multiples else ():
        if not any(start <= one.start < end for one in found):
            found += [one for one in multiples if start <= one.start < end]
    return sorted(found, key=lambda number: number.start)


def in_name(text: str, number: PrintedNumber) -> bool:
    """Whether a number only belongs to a name or a turn of phrase: the five of 前五名客户, the ten of 每10股, the two of 两年合计."""
    if said.YEARS_ZH.fullmatch(number.text) and said.SPANNED.match(text, number.end):
        return True
    near = max(0, number.start - said.NEAR)
    if number.text == "一倍" and said.IDIOM.search(text, near, number.start):
        return True
    return said.COUNTED_NAME.fullmatch(number.text.strip()) is not None and said.NAME_BEFORE.search(text, near, number.start) is not None


@lru_cache(maxsize=2_000)
def tells_negative(text: str) -> bool:
    """Whether words tell of a loss or of money going out, outside of a name with both sides: "income (loss)"."""
    return said.NEGATIVE.search(said.TWO_SIDED.sub(" ", text)) is not None


def blanked(text: str, numbers: list[PrintedNumber]) -> str:
    """The text with its figures blanked out, so that "million" or 万元 do not read as words of a metric."""
    pieces, done = [], 0
    for number in numbers:
        counted = said.COUNTED.search(number.text) if number.unit in ("count", "shares") else None
        end = number.start + counted.start() if counted else number.end  # "412 stores": the word says what is counted
        pieces += [text[done : number.start], " " * (end - number.start)]
        done = end
    return "".join([*pieces, text[done:]])

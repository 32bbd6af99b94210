"""When a scale in a heading is the scale of all numbers below: the parts before and after it decide; else it is a figure or a word."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from finfoundry.core.quantities.scales import MIL, THOUSANDS
from finfoundry.core.quantities.unit_parts import UnitPart

REACH = 8  # parts between a cue ("单位", an opening bracket) and the scale that it announces
MOST_POWER = 15
HAN_POWERS = re.compile("[十百千万萬仟佰億亿兆京拾십백천만억조경]")
_HAN_AFTER = re.compile("列|表示|计|計|为|為|呈|等|除|未|及|或|的?金额|单位|單位")


def neighbour(parts: Sequence[UnitPart], place: int, step: int, *kinds: str) -> UnitPart | None:
    """The next part to the right or left, those of some kinds passed over."""
    place += step
    while 0 <= place < len(parts) and parts[place].kind in kinds:
        place += step
    return parts[place] if 0 <= place < len(parts) else None


def stated(parts: Sequence[UnitPart], place: int) -> int | None:
    """The power of ten of the scale at this place, where its neighbours make it the scale of a table; else None."""
    part = parts[place]
    if part.kind == "letter":
        power = part.power or (next((MIL[other.code] for other in parts if other.code in MIL), 0) if part.text == "mil" else 0)
        return power or None if _letter_counts(parts, place) else None
    if part.kind == "times":
        return part.power if _alone(parts, place) else None
    if is_han(part.text) and part_of_unknown(parts, place):
        return None
    first, last, power = _chain(parts, place)
    before = neighbour(parts, first, -1, "quote")
    if before is not None and before.kind in ("number", "scale") and not _is_year(before):
        return None  # a figure, "5 million"; or a later word of a chain that was looked at
    if parts[first].kind == "times" and parts[first].text[0].isdigit() and not _announced(parts, first, last):
        return None
    return power if power <= MOST_POWER and any(rule(parts, first, last) for rule in _RULES) else None


def _chain(parts: Sequence[UnitPart], place: int) -> tuple[int, int, int]:
    """First and last part and the power of scales in a row: "lakh crore", "hundreds of thousands", "10,000"."""
    first = last = place
    power = parts[place].power
    while last + 1 < len(parts) and parts[last + 1].kind == "scale" and not _glued(parts, last):
        last += 1
        power += parts[last].power
    for back in (1, 2):
        if first - back >= 0 and _multiplies(parts[first - back], power) and (back == 1 or parts[first - 1].kind == "of"):
            factor = parts[first - back]
            return first - back, last, power + (factor.power if factor.kind == "times" else 3)
    return first, last, power


def _multiplies(part: UnitPart, power: int) -> bool:
    """Whether a part is a factor of the scale behind it: the thousand of "mil millones" too, elsewhere a scale or unsure."""
    return part.kind == "times" or (power == 6 and part.kind == "letter" and part.text.lower() in THOUSANDS)


def _glued(parts: Sequence[UnitPart], place: int) -> bool:
    """Whether the next part is a scale for another currency: "$'000 €'000" has two."""
    return parts[place + 1].text[0].isdigit()


def part_of_unknown(parts: Sequence[UnitPart], place: int) -> bool:
    """Whether a Chinese scale is part of a longer one that is not known: 拾万, 万万."""
    around = [parts[other] for other in (place - 1, place + 1) if 0 <= other < len(parts)]
    touching = [part for part in around if part.end == parts[place].start or part.start == parts[place].end]
    return any(part.kind == "scale" or (part.kind == "han" and HAN_POWERS.fullmatch(part.text[-1:])) for part in touching)


def _announced(parts: Sequence[UnitPart], first: int, last: int) -> bool:
    """Whether a number can only be a factor: "in 100 millions", "Unit: 100 million yen", "(10,000 yuan)"; not "$100 million notes"."""
    before = neighbour(parts, first, -1, "quote", "mark", "currency")
    if before is not None and before.kind in ("in", "cue"):
        return True
    after = neighbour(parts, last, 1, "currency")
    return (before is None or before.kind == "open") and (after is None or after.kind == "close")


def _alone(parts: Sequence[UnitPart], place: int) -> bool:
    """Whether a number is the scale by itself: "in 1,000 euros", "x € 1,000", "(10,000 yuan)"; a cell "$100" or "100 yen" is not."""
    number, before, after = parts[place].text, neighbour(parts, place, -1, "currency", "mark"), neighbour(parts, place, 1)
    if len(parts) == 2 and len(number) > 3 and "." not in number and parts[1 - place].kind == "currency" and not parts[1 - place].shared:
        return True  # "CHF 1'000" and nothing else
    if not number[0].isdigit() or len(number) < 4 or (after is not None and after.kind == "scale"):
        return False
    money = any(part.kind == "currency" for part in parts[max(place - 2, 0) : place + 2])
    opened = before is not None and (
        before.kind in ("in", "cue") or (before.kind == "open" and after is not None and after.kind == "currency")
    )
    return money and opened


def _letter_counts(parts: Sequence[UnitPart], place: int) -> bool:
    """Whether a single letter is a scale: "€m", "CHF m", "$ in mm", "USD (k)", "m EUR"; not "US$ M Holdings"."""
    part, after = parts[place], neighbour(parts, place, 1, "of")
    before = neighbour(parts, place, -1, "quote", "in", "open", "mark")
    closed = after is None or after.kind in ("close", "mark", "number", "quote", "currency", "cue")
    if before is not None and before.kind == "currency":
        behind = neighbour(parts, parts.index(before), -1, "quote")
        figure = behind is not None and behind.kind == "number" and behind.end == before.start
        return not figure and (closed or before.end == part.start)
    start = before is None or before.kind in ("cue", "scale")
    return start and after is not None and after.kind == "currency" and part.text.lower() not in ("b", "l")


Rule = Callable[[Sequence[UnitPart], int, int], bool]


def _behind_currency(parts: Sequence[UnitPart], first: int, _last: int) -> bool:
    """ "GBP thousand", "Rs. in lakhs", "RMB'000", "USD, in thousands", "€ (millions)", "人民币千元"."""
    before = neighbour(parts, first, -1, "quote", "in", "open", "mark")
    if before is None or before.kind != "currency":
        return False
    behind = neighbour(parts, parts.index(before), -1, "quote")
    return behind is None or behind.kind not in ("number", "times") or parts[first - 1].kind in ("in", "open") or _is_year(behind)


def _before_currency(parts: Sequence[UnitPart], first: int, last: int) -> bool:
    """ "Thousands of euros", "million yen", "TEUR", "百万美元", "千元"."""
    after = neighbour(parts, last, 1, "of", "in", "open", "quote")
    if after is None or after.kind != "currency":
        return False
    before, text = neighbour(parts, first, -1, "quote"), parts[last].text
    if is_han(text):
        following = neighbour(parts, parts.index(after), 1)
        bounded = following is None or following.kind != "han" or following.start > after.end or bool(_HAN_AFTER.match(following.text))
        opened = before is None or before.kind in ("open", "mark", "cue", "currency", "close") or before.end < parts[first].start
        return (bounded and opened) or behind_cue(parts, first, last)
    return (
        before is None
        or parts[last + 1].kind == "open"
        or before.kind in ("mark", "currency", "close")  # behind an "in", a cue or an open bracket it is one by those
        or parts[last].end == after.start
        or is_plural(parts[last])
    )


def _behind_in(parts: Sequence[UnitPart], first: int, last: int) -> bool:
    """ "In thousands", "in Canadian dollars millions": up to three words between."""
    for part in reversed(parts[max(first - 4, 0) : first]):
        if part.kind == "in":
            return not is_han(parts[last].text)
        if part.kind not in ("word", "currency", "of", "cue", "quote"):
            return False
    return False


def _in_brackets(parts: Sequence[UnitPart], first: int, last: int) -> bool:
    """ "(millions)", "(£ sterling, thousands)"."""
    for place in range(first - 1, max(first - REACH, 0) - 1, -1):
        if parts[place].kind == "close" or parts[place].kind == "number":
            return False
        if parts[place].kind == "open":
            return not is_han(parts[last].text) or _counted(parts, last)
    return False


def _counted(parts: Sequence[UnitPart], last: int) -> bool:
    after = neighbour(parts, last, 1)
    return after is None or after.kind in ("noun", "close")


def _leads(parts: Sequence[UnitPart], first: int, last: int) -> bool:
    """ "Millions", "Thousands of units", "000s": the text begins with it and says hardly more."""
    if neighbour(parts, first, -1, "mark", "quote", "open") is not None:
        return False
    after = neighbour(parts, last, 1, "quote")
    if is_han(parts[last].text):
        return after is None or (after.kind == "noun" and neighbour(parts, parts.index(after), 1) is None)
    return after is None or after.kind in ("of", "mark", "close") or after.text.lower() == "except"


def behind_cue(parts: Sequence[UnitPart], first: int, _last: int) -> bool:
    """ "单位：万股", "Unit: million yen", "金额单位均为人民币千元"."""
    for place in range(first - 1, max(first - REACH, 0) - 1, -1):
        part = parts[place]
        if part.kind == "cue":
            return True
        if part.kind in ("number", "close") or part.text in ".;。；":
            return False
    return False


def _ends(parts: Sequence[UnitPart], first: int, last: int) -> bool:
    """ "Turnover, £ sterling, thousands": a plural behind a comma at the end."""
    before = neighbour(parts, first, -1, "quote")
    return is_plural(parts[last]) and last + 1 == len(parts) and before is not None and before.kind == "mark"


def _quoted(parts: Sequence[UnitPart], first: int, last: int) -> bool:
    """ "'000" behind whatever: nothing but a scale is printed like this."""
    return parts[last].text[0] == "0" and first > 0 and parts[first - 1].kind == "quote"


_RULES: tuple[Rule, ...] = (_quoted, _behind_currency, _before_currency, _behind_in, _in_brackets, _leads, behind_cue, _ends)


def is_han(text: str) -> bool:
    return text[-1] > "\u3000"


def _is_year(part: UnitPart) -> bool:
    return len(part.text) == 4 and part.text[:2] in ("19", "20") and part.text.isdigit()


def is_plural(part: UnitPart) -> bool:
    return part.end - part.start > len(part.text)

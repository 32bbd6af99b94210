"""The year of a part of a year, or of the end of a month, that a question names without one: 上半年, "Q3", 6月末."""

from __future__ import annotations

import re
from datetime import date, timedelta

from finfoundry.ask.lexicon.asked_periods import part_of_a_year, stretches_in
from finfoundry.ask.lexicon.spans import NEAR_DAYS
from finfoundry.core.fiscal import month_end
from finfoundry.core.language import has_han
from finfoundry.core.period_patterns import MONTH, MONTHS, flags
from finfoundry.core.periods import FiscalYear

_MONTH_END = flags(rf"(?<![\d年/.-])(?P<m>1[0-2]|0?[1-9])月[末底]|\bend[\s-]+(?:of\s+)?(?P<name>{MONTH})\b(?!,?\s*(?:\d|quarter))")
_OTHERWISE = flags(
    r"(?:[今去前明每同]年?|[本当上下历各\d○〇零一二三四五六七八九十]\s?年|\b(?:last|this|next|prior|previous|each|every|same))[\s的度]*$"
)


def in_latest_year(text: str, calendar: FiscalYear, last: date) -> str | None:
    """A text with the year of the only part of a year, or end of a month, that it names: the latest over on the ``last`` day reported on.
    上半年 is 2025年上半年 of a paper of June 2025. None where it names none, several, or says the year in other words (去年上半年).
    """
    ends = list(_MONTH_END.finditer(text))
    parts = [one for one in stretches_in(text) if not one["m"] and not one["m2"]]  # "within three months" is no part of a year
    found = [*ends, *parts]
    if len(found) != 1 or _OTHERWISE.search(text[: found[0].start()]):
        return None
    (one,) = found
    year = _year_of_month(one, last) if ends else _year_of_part(one, calendar, last)
    if has_han(one[0]):
        return f"{text[: one.start()]}{year}年{text[one.start() :]}"
    return f"{text[: one.end()]} {year if ends else f'FY{year}'}{text[one.end() :]}"


def _year_of_month(found: re.Match[str], last: date) -> int:
    month = int(found["m"]) if found["m"] else MONTHS.index(found["name"][:3].lower()) + 1
    return last.year if _is_over(month_end(last.year, month), last) else last.year - 1


def _year_of_part(found: re.Match[str], calendar: FiscalYear, last: date) -> int:
    year = calendar.year_of(last)
    return year if _is_over(calendar.part(year, *part_of_a_year(found)).end, last) else year - 1


def _is_over(end: date, last: date) -> bool:
    return end <= last + timedelta(days=NEAR_DAYS)

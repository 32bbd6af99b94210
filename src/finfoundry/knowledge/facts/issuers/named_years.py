"""What a company calls its fiscal years, by its own words: "fiscal 2019 … ended February 1, 2020"."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

from finfoundry.core.document import Document
from finfoundry.core.periods import find_periods

_NAMED_YEAR = re.compile(
    r"\bfiscal\s+(?:years?\s+)?(?P<year>20\d\d)[^.;]{0,50}?\b(?:ended|ending|ends)\s+(?:on\s+)?(?P<date>[A-Z][a-z]{2,8}\.?\s+\d{1,2},\s+20\d\d)"
    r"|\b(?:year|weeks)\s+ended\s+(?P<date2>[A-Z][a-z]{2,8}\.?\s+\d{1,2},\s+20\d\d)\s*\(?[\"“']?\s*(?:or\s+|the\s+)?[\"“']?fiscal\s+(?:year\s+)?(?P<year2>20\d\d)"
)
_DAY_OF_YEAR = r"[A-Z][a-z]{2,8}\.?\s+\d{1,2},\s+20\d\d"
# “fiscal 2024,” “fiscal 2023” and “fiscal 2022” refer to our fiscal years ended August 31, 2024, August 31, 2023, and August 31, 2022
_LISTED_YEARS = re.compile(
    r"(?P<years>(?:[“\"']?\bfiscal\s+(?:years?\s+)?20\d\d[,”\"']*\s*(?:,|and\b|or\b)?\s*){2,6})[^.;]{0,60}?\b(?:ended|ending|ends)\s+(?:on\s+)?"
    rf"(?P<dates>{_DAY_OF_YEAR}(?:,?\s*(?:and\s+)?{_DAY_OF_YEAR}){{1,5}})"
)


def named_years(document: Document) -> dict[date, int]:
    """The years by the days on which they end; of several names for one day the commonest."""
    votes: Counter[tuple[date, int]] = Counter()
    for page in document.pages:
        for block in page.blocks:
            if block.kind == "table" or "iscal" not in block.text:
                continue
            for match in _LISTED_YEARS.finditer(block.text):
                years = [int(year) for year in re.findall(r"20\d\d", match["years"])]
                listed = [found.period.end for found in find_periods(match["dates"]) if found.period]
                votes.update(zip(listed, years, strict=True) if len(listed) == len(years) else ())
            for match in _NAMED_YEAR.finditer(_LISTED_YEARS.sub(" ", block.text)):
                days = find_periods(match["date"] or match["date2"])
                if days and days[0].period:
                    votes[days[0].period.end, int(match["year"] or match["year2"])] += 1
    names: dict[date, int] = {}
    for (day, year), _ in votes.most_common():
        names.setdefault(day, year)
    return {day: year for day, year in names.items() if 0 <= day.year - year <= 1}

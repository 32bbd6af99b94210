"""Figures whose row says one year and whose heading says another: "2023" below "Year ended 31 May 2024". Either may be the year of what
is told (a plan, an origin), and the table does not say which: the period that the figure has is an assumed one, and the doubt is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from finfoundry.core.document import PERIOD_ASSUMED, Fact
from finfoundry.core.periods import find_periods, parse_iso

LONGEST = 60  # characters of a heading that says of when its rows are


def of_two_years(facts: Sequence[Fact]) -> tuple[list[Fact], int]:
    """The facts of a table, those that their row and a heading above it date otherwise as assumed ones, and how many these are: with
    ("2024", "2023") as its names a figure of 2023 is one, while 2027 that falls due, told at the end of 2024, is none.
    """
    doubtful = {id(fact) for fact in facts if _contradicts(fact)}
    assumed = [replace(fact, confidence=min(fact.confidence, PERIOD_ASSUMED)) if id(fact) in doubtful else fact for fact in facts]
    return assumed, len(doubtful)


def _contradicts(fact: Fact) -> bool:
    own = _year(fact.metric[-1], whole=True)
    above = {year for text in fact.metric[:-1] if (year := _year(text, whole=False)) is not None}
    if own is None or not above or own in above:
        return False
    return own < min(above) or parse_iso(fact.period).end.year == own  # a later year may be that in which something falls due


@lru_cache(maxsize=16384)
def _year(text: str, *, whole: bool) -> int | None:
    """The one year that a text names (``whole``: and nothing else); None for any other text."""
    found = find_periods(text) if len(text) <= LONGEST else []
    years = {one.fiscal_year or (one.period.end.year if one.period else None) for one in found}
    alone = len(found) == 1 and found[0].text == text.strip()
    return years.pop() if len(years) == 1 and (alone or not whole) else None

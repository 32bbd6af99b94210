"""Rows that name a stretch of days: "October 1-31, 2023", "April 2, 2023 - April 30, 2023"."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date
from functools import lru_cache

from finfoundry.core.period_patterns import MONTH, MONTHS
from finfoundry.core.periods import Period

_STRETCH = re.compile(
    rf"(?P<first>{MONTH})\s+(?P<from>\d{{1,2}})(?:,?\s+(?P<begun>(?:19|20)\d\d))?\s*(?:[-–—]|\bto\b|\bthrough\b)\s*"
    rf"(?:(?P<last>{MONTH})\s+)?(?P<to>\d{{1,2}}),?\s+(?P<ended>(?:19|20)\d\d)",
    re.IGNORECASE,
)
_BESIDE = 14  # characters that may stand beside it: "Month #1 (…)"


@lru_cache(maxsize=16384)
def named_stretch(label: str) -> Period | None:
    """The stretch of days that a row is named by; None where it is named by anything else.

    >>> named_stretch("December 1-31, 2023").iso, named_stretch("Dec 25 - January 28, 2024").iso, named_stretch("December 31, 2023")
    ('2023-12-01/2023-12-31', '2023-12-25/2024-01-28', None)
    """
    found = _STRETCH.search(label)
    if found is None or len(label) - len(found[0]) > _BESIDE:
        return None
    first, last = (MONTHS.index(name[:3].lower()) + 1 for name in (found["first"], found["last"] or found["first"]))
    year = int(found["ended"])
    begun = int(found["begun"] or year - (first > last))
    with suppress(ValueError):  # no such day
        start, end = date(begun, first, int(found["from"])), date(year, last, int(found["to"]))
        return Period(end, start) if start < end else None
    return None

"""How near a document is to the time that a question names: a factor, never an exclusion, since documents print other periods, too."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from finfoundry.core.periods import parse_iso

# A document on another part of the year asked for; on the next year, which prints this one next to its own; on any other.
OTHER_PART, NEXT_YEAR, OTHER_YEAR = 0.95, 0.8, 0.5
OTHER_LENGTH = 0.85  # a document on a quarter where a year is asked for, or the other way round
RULE = 0.9  # a law or notice of another year: it may hold still
FIRST_WEEK = timedelta(days=7)  # of January: years of 52 weeks that end in it belong to the year before
YEAR_BEHIND = 0.95  # where no period is asked for: each year behind the latest document


@dataclass(frozen=True, slots=True)
class Reported:
    """What a document reports on, by its profile."""

    period: str | None
    fiscal_year: int | None
    kind: str | None
    owned: bool = True  # whether it is known whose it is


def nearness(wanted: str | None, months: int | None, document: Reported, latest: int | None = None) -> float:
    """The factor of a document, 1.0 for one on the period ``wanted`` (ISO, or a year), ``months`` long; on the ``latest`` fiscal year
    where no period is wanted.
    """
    if wanted is None:
        behind = (latest - document.fiscal_year) if latest and document.fiscal_year else 0
        return float(YEAR_BEHIND ** max(behind, 0))
    found = _of_year(wanted, document) * _of_length(months, document)
    return max(found, RULE) if document.kind == "regulation" else found


def latest_year(documents: Iterable[Reported]) -> int | None:
    return max((document.fiscal_year for document in documents if document.fiscal_year), default=None)


def _of_year(wanted: str, document: Reported) -> float:
    """Either the fiscal year or the calendar year that the period ends in may be meant."""
    last = wanted.rpartition("/")[2]
    found = re.match(r"\d{4}", last)
    if found is None or (document.fiscal_year is None and document.period is None):
        return 1.0
    year, end = int(found.group()), parse_iso(document.period).end if document.period else None
    if year == document.fiscal_year or (end is not None and year == (end - FIRST_WEEK).year):
        return 1.0 if len(wanted) == 4 or (end is not None and last == end.isoformat()) else OTHER_PART
    return NEXT_YEAR if document.fiscal_year == year + 1 else OTHER_YEAR


def _of_length(months: int | None, document: Reported) -> float:
    """An earnings release is on its quarter and on the year, so that it is of either length."""
    if months is None or document.period is None or "/" not in document.period or document.kind == "earnings":
        return 1.0
    whole = parse_iso(document.period).months >= 12
    return 1.0 if whole == (months >= 12) else OTHER_LENGTH

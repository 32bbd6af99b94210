"""How near a document is to the time that a question names: a factor, never an exclusion, since papers print other periods, too."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from finfoundry.core.periods import parse_iso

# A document on another part of the year asked for; on the next year, which prints this one beside it; on any other.
OTHER_PART, NEXT_YEAR, OTHER_YEAR = 0.95, 0.8, 0.5
OTHER_LENGTH = 0.85  # a paper on a quarter where a year is asked for, or the other way round
RULE = 0.9  # a law or notice of another year: it may hold still
FIRST_WEEK = timedelta(days=7)  # of January: years of 52 weeks that end in it belong to the year before
YEAR_BEHIND = 0.95  # where no period is asked for: each year behind the latest paper


@dataclass(frozen=True, slots=True)
class Reported:
    """What a document reports on, by its profile."""

    period: str | None
    fiscal_year: int | None
    kind: str | None
    owned: bool = True  # whether it is known whose it is


def nearness(wanted: str | None, months: int | None, paper: Reported, latest: int | None = None) -> float:
    """Of a paper to the period ``wanted`` (ISO, or a year), ``months`` long; to the ``latest`` fiscal year where none is wanted."""
    if wanted is None:
        behind = (latest - paper.fiscal_year) if latest and paper.fiscal_year else 0
        return float(YEAR_BEHIND ** max(behind, 0))
    found = _of_year(wanted, paper) * _of_length(months, paper)
    return max(found, RULE) if paper.kind == "regulation" else found


def latest_year(papers: Iterable[Reported]) -> int | None:
    return max((paper.fiscal_year for paper in papers if paper.fiscal_year), default=None)


def _of_year(wanted: str, paper: Reported) -> float:
    """Either the fiscal year or the calendar year that the period ends in may be meant."""
    last = wanted.rpartition("/")[2]
    found = re.match(r"\d{4}", last)
    if found is None or (paper.fiscal_year is None and paper.period is None):
        return 1.0
    year, end = int(found.group()), parse_iso(paper.period).end if paper.period else None
    if year == paper.fiscal_year or (end is not None and year == (end - FIRST_WEEK).year):
        return 1.0 if len(wanted) == 4 or (end is not None and last == end.isoformat()) else OTHER_PART
    return NEXT_YEAR if paper.fiscal_year == year + 1 else OTHER_YEAR


def _of_length(months: int | None, paper: Reported) -> float:
    """An earnings release is on its quarter and on the year, so that it is of either length."""
    if months is None or paper.period is None or "/" not in paper.period or paper.kind == "earnings":
        return 1.0
    whole = parse_iso(paper.period).months >= 12
    return 1.0 if whole == (months >= 12) else OTHER_LENGTH

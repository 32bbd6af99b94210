"""Years named by the month with which they end: "Dec-23 | Dec-22" over the columns of a sheet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from finfoundry.core.periods import Period


def is_a_month(period: Period | None) -> bool:
    """Whether a period is a single month."""
    return period is not None and not period.instant and period.months == 1


def ends_of_years(periods: Iterable[Period | None]) -> set[date]:
    """The ends of the months among periods, where all are one month of different years; none of months that follow each other."""
    ends = {period.end for period in periods if period is not None and is_a_month(period)}
    return ends if len(ends) > 1 and len({end.month for end in ends}) == 1 else set()

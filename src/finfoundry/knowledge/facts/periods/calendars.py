"""The calendar of a document: its fiscal year, the period that it reports on, and the days on which its tables end."""

from __future__ import annotations

from finfoundry.core.document import Document, Profile
from finfoundry.core.periods import FiscalYear
from finfoundry.knowledge.facts.issuers.document_metadata import common_ends, ends_in_weeks
from finfoundry.knowledge.facts.issuers.own_day import own_day
from finfoundry.knowledge.facts.periods.period_resolution import Calendar, report_period

NEAR_YEAR_END = 20  # days


def calendar_of(document: Document, profile: Profile, fiscal: FiscalYear) -> Calendar:
    """The document's calendar: its fiscal year, the period of its profile, and the days that its tables name at least twice."""
    report = report_period(profile.period)
    interim = profile.kind in {"10-Q", "quarterly report", "half-year report"}
    if profile.kind == "earnings" and report is not None:  # a release on the last quarter is on the year, too
        interim = abs((fiscal.of(fiscal.year_of(report.end)).end - report.end).days) > NEAR_YEAR_END
    ends = tuple(sorted(day for day, count in common_ends(document).items() if count >= 2))
    day = own_day(document) if report is None else None
    return Calendar(
        fiscal,
        report,
        not interim,
        ends,
        weekly=profile.language != "zh" and ends_in_weeks(document),  # years in Chinese papers end with months
        release=profile.kind == "earnings",
        own_day=day,
    )

"""The year that a paper in Chinese reports on."""

from __future__ import annotations

import re

from finfoundry.core.document import Document, Profile
from finfoundry.core.periods import CALENDAR_YEAR, find_periods
from finfoundry.knowledge.facts.issuers.unstated_year import time_of_most_tables

_YEAR = re.compile(r"(20\d\d|二[〇零O○０]\S{2})\s*年\s*(?:年度报告|年报|半年度报告|年度)")


def report_year_zh(profile: Profile, cover: str, document: Document) -> None:
    """Put the year in: as the form states it, else the title, else most tables, else the first text or the file's name."""
    match = _YEAR.search(cover[:3000].replace(" ", "")) or _YEAR.search(document.name.replace("_", ""))
    said = match[0] if match else _title_lines(document) if profile.kind is None else cover[:1500]
    years = [found.fiscal_year for found in find_periods(said) if found.fiscal_year]
    if not years and profile.kind is None and (period := time_of_most_tables(document)) is not None:
        profile.fiscal_year, profile.period = period.end.year, period.iso
        return
    years = years or [found.fiscal_year for found in find_periods(cover[:1500]) if found.fiscal_year]
    years = years or [item.fiscal_year for item in find_periods(document.name) if item.fiscal_year]
    if not years:
        return
    year = years[0]
    whole = CALENDAR_YEAR.of(year)
    quarter = re.search(r"第?([一三])季度", cover[:1500]) if profile.kind == "quarterly report" else None
    months = 6 if profile.kind == "half-year report" else {"一": 3, "三": 9}[quarter[1]] if quarter else 12
    period = CALENDAR_YEAR.part(year, months, months) if months < 12 else whole
    profile.fiscal_year, profile.period = year, period.iso


def _title_lines(document: Document) -> str:
    """The lines with which a paper begins, up to its second heading, its first sentence or table."""
    lines = list[str]()
    for place, block in enumerate(block for page in document.pages[:1] for block in page.blocks):
        if block.kind == "table" or (block.kind == "heading" and place) or "。" in block.text:
            break
        lines.append(block.text)
    return "\n".join(lines)

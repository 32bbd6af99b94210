"""The tagged facts of one filing by what they are called, and the times for which it tells them."""

from __future__ import annotations

import calendar
import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from finfoundry.core.periods import Period
from finfoundry.evals.suites.ixbrl_facts import Part, part_of
from finfoundry.knowledge.facts.tags.ixbrl import Tagged, read_tags, stated_year
from finfoundry.knowledge.formats.html import read_tree

DATA = Path(__file__).parent / "data"
SEGMENTS = ("us-gaap:StatementBusinessSegmentsAxis", "srt:ProductOrServiceAxis", "srt:StatementGeographicalAxis")
_OPERATING = ("srt:ConsolidationItemsAxis", "us-gaap:OperatingSegmentsMember")
_NO_PART = re.compile(  # no name of a part, or one that says little: "Product", "Rest Of World"; or one whose words are joined: "Fabricand"
    r"other|total|\ball|corporate|eliminat|segment|unallocated|reconcil|adjust|^non us|^rest of|^(?:product|service|international)s?$"
    r"|reportable|revenue|[a-z]and\b|\b\w{15,}|shipping",
    re.IGNORECASE,
)
_FORM = re.compile(
    r",? (?:inc|incorporated|corp|corporation|company|co|plc|ltd|limited|holdings?|group|companies)\b\.?|/\w*/?|^the ", re.IGNORECASE
)
_LATE = 7  # days that a fiscal month ends after the calendar's
_FAR = 12  # days by which the span of a year or quarter may be off
_MONTHS = {3: 91, 6: 182, 9: 273, 12: 365}


@dataclass(frozen=True, slots=True)
class Metric:
    """What a concept is called. ``kind``: flow, cost, share (of a span) or stock (of a day)."""

    name: str
    concepts: tuple[str, ...]
    kind: str
    nouns: tuple[str, ...]
    verbs: tuple[str, ...] = ()
    loss: tuple[str, ...] = ()


@dataclass(slots=True)
class TaggedPaper:
    """A filing: its company's short name, its values by metric, part and time, the latest time of each length first."""

    file: Path
    part: Part
    company: str
    fiscal: int  # what is added to the year of an end to have the fiscal year's number
    year_end: int  # the month in which fiscal years end
    values: dict[tuple[str, str, Period], Decimal] = field(default_factory=dict)  # metric, part ("" the whole), time

    def value(self, metric: str, period: Period | None, part: str = "") -> Decimal | None:
        return self.values.get((metric, part, period)) if period else None

    def periods(self, metric: str, part: str = "") -> list[Period]:
        found = [time for name, of, time in self.values if (name, of) == (metric, part)]
        return sorted(found, key=lambda time: (time.end, time.days), reverse=True)

    def before(self, metric: str, period: Period, part: str = "") -> Period | None:
        """The same time a year earlier; of a day the end of the fiscal year before."""
        others = [one for one in self.periods(metric, part) if abs(one.days - period.days) <= _FAR]
        if period.instant:
            return next((one for one in others if one.end < period.end and closes(one).month == self.year_end), None)
        return next((one for one in others if abs((period.end - one.end).days - _MONTHS[12]) <= _FAR), None)

    def parts(self, metric: str, period: Period) -> list[str]:
        return [part for name, part, time in self.values if part and name == metric and time == period]


@lru_cache(maxsize=1)
def metrics() -> dict[str, Metric]:
    read: dict[str, dict[str, Any]] = yaml.safe_load((DATA / "metrics.yaml").read_text("utf-8"))
    lists = ("concepts", "nouns", "verbs", "loss")
    return {name: Metric(name, kind=one["kind"], **{key: tuple(one.get(key, ())) for key in lists}) for name, one in read.items()}


def read_paper(file: Path) -> TaggedPaper | None:
    """The tagged facts of a filing; None where its cover states no fiscal year."""
    root = read_tree(gzip.decompress(file.read_bytes()), file.name)
    stated = stated_year(root)
    name = next((" ".join(text.split()) for text in _texts(root, "dei:EntityRegistrantName")), "")
    ends = next(_texts(root, "dei:CurrentFiscalYearEndDate"), "")
    if stated is None or not name:
        return None
    tags = read_tags(root)
    annual = abs(stated.period.days - _MONTHS[12]) <= _FAR
    year_end = closes(stated.period).month if annual else _month(ends)
    paper = TaggedPaper(file, part_of(file.name), short_name(name), 0, year_end)
    closing = closes(stated.period)
    paper.fiscal = stated.number - closing.year - (closing.month > year_end)
    for metric in metrics().values():
        _add(paper, metric, tags)
    return paper


def short_name(name: str) -> str:
    """What people call a company that is registered under a name: "TEXAS INSTRUMENTS INC" → Texas Instruments."""
    bare = name
    while (shorter := _FORM.sub("", bare).strip(" ,.&")) != bare:
        bare = shorter
    return " ".join(word.title() if word.isupper() and len(word) > 3 else word for word in bare.split())


def months_of(period: Period) -> int:
    """How many months a span is long, 3, 6, 9 or 12; 0 of a day and of other spans."""
    return 0 if period.instant else next((months for months, days in _MONTHS.items() if abs(period.days - days) <= _FAR), 0)


def closes(period: Period) -> date:
    """A day in the month that a period is said to end in: one that ends on the first Saturday of July is of June."""
    return period.end - timedelta(days=_LATE)


def _month(text: str) -> int:
    """The month of a day as covers write it: "--12-31", "12-31", "December 31"."""
    digits = re.search(r"(\d\d)-\d\d$", text)
    names = [at for at, name in enumerate(calendar.month_name) if name and name.lower() in text.lower()]
    return int(digits[1]) if digits else (names or [12])[0]


def _texts(root: Any, name: str) -> Iterator[str]:
    for element in root.iter():
        attributes = {str(key).lower(): str(value) for key, value in element.attrib.items()} if isinstance(element.tag, str) else {}
        if attributes.get("name") == name:
            yield "".join(str(part) for part in element.itertext()).strip()


def _add(paper: TaggedPaper, metric: Metric, tags: list[Tagged]) -> None:
    """The values of the first concept of a metric that the filing tags; one that two tags state differently is left out."""
    concept = next((one for one in metric.concepts if any(tag.concept == one and not tag.dimensions for tag in tags)), None)
    clashes = set()
    for tag in tags:
        part = _part(tag.dimensions)
        usable = tag.concept == concept and part is not None and (tag.period.instant is (metric.kind == "stock"))
        if not usable or part is None or (not tag.period.instant and not months_of(tag.period)):
            continue
        key = (metric.name, part, tag.period)
        if key in paper.values and abs(paper.values[key] - tag.value) > tag.scale:
            clashes.add(key)
        paper.values.setdefault(key, tag.value)
    for key in clashes:
        del paper.values[key]


def _part(dimensions: tuple[tuple[str, str], ...]) -> str | None:
    """The name of a segment, product or country; "" of the whole; None of what is neither."""
    kept = [one for one in dimensions if one != _OPERATING]
    if not dimensions:
        return ""
    if len(kept) != 1 or kept[0][0] not in SEGMENTS:
        return None
    local = kept[0][1].rpartition(":")[2].removesuffix("Member").removesuffix("Segment")
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", local)
    words = re.sub(r"\bAnd\b", "and", words)
    return None if _NO_PART.search(words) or len(words.split()) > 4 or len(words) < 5 else words

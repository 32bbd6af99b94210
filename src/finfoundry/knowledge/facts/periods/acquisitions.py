"""The day of a business combination, on which what was paid and what was acquired are measured."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from finfoundry.core.periods import find_periods

INTRODUCES = 250  # characters at the end of a text that say what is right below it
AFTER_REPORT = timedelta(days=120)  # a combination may be completed before the report on the period before it appears
_ACQUIRED = re.compile(
    r"\b(?:assets|net\s+assets)\s+acquired\s+and\s+(?:the\s+)?liabilities\s+assumed\b|\bas\s+of\s+the\s+(?:respective\s+)?(?:acquisition\s+dates?|dates?\s+of\s+(?:the\s+)?acquisition)\b"
    r"|\bpurchase\s+price\s+allocations?\b|\ballocations?\s+of\s+the\s+(?:\w+\s+)?(?:purchase\s+(?:price|consideration)|consideration)\b"
    r"|\b(?:purchase|acquisition)\s+consideration\b|\bconsideration\s+(?:transferred|paid|for\s+the\s+acquisition)\b",
    re.IGNORECASE,
)
_DATE = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2},\s+(?:19|20)\d\d"
_COMPLETED = re.compile(
    rf"\b(?:on|as\s+of)\s+(?P<day>{_DATE})(?=[^.]{{0,240}}\b(?:acquir|complet(?!\w*\s+(?:\w+\s+){{0,2}}(?:purchase\s+price\s+)?(?:allocation|valuation))|clos|purchas(?!e\s+price)|merg))"
    rf"|\b(?:acquisition\s+date|date\s+of\s+acquisition)\s*[(:,]?\s*(?P<other>{_DATE})",
    re.IGNORECASE,
)


def allocates_a_price(texts: Sequence[str]) -> bool:
    """Whether the nearest texts lead to what was paid for a business, or to what was acquired with it."""
    return any(_ACQUIRED.search(text[-INTRODUCES:]) for text in texts[:5])


def day_completed(texts: Iterable[str], report: date | None) -> date | None:
    """The day of completion that the nearest text names; ``report`` is the end of the reported period."""
    for text in texts:
        for match in _COMPLETED.finditer(text):
            days = [item.period.end for item in find_periods(match["day"] or match["other"]) if item.period and item.period.instant]
            if days and (report is None or days[0] <= report + AFTER_REPORT):
                return days[0]
    return None

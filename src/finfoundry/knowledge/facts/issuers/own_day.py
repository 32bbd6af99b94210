"""The day that a paper gives itself: from which it is in force, else on which it was last changed, approved or written.

A table of limits, fees or benefits has no period. Its figures hold from that day, and only for a paper that reports on no period.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from finfoundry.core.document import Document
from finfoundry.core.periods import Period, find_periods

FRONT = 14  # blocks at the beginning of a paper, and as many at its end, in which it speaks of itself
NEAR = 40  # characters between a day and the words that say what it is of

_FORCE = re.compile(
    r"(?:\beffective(?:\s+(?:date|from|as\s+of|on))?|\b(?:in\s+force|in\s+effect|valid)\s+(?:from|since)|\bwith\s+effect\s+from"
    r"|\b(?:takes?\s+effect|comes?\s+into\s+(?:force|effect))(?:\s+on)?|(?:生效|施行|实施|执行)(?:日期|时间)?)\W*$",
    re.IGNORECASE,
)
_IN_FORCE = re.compile(r"\s*起?\s*(?:正式)?(?:施行|实施|执行|生效)")
_MADE = re.compile(
    r"\b(?:updated|revised|amended|approved|adopted|issued|published|dated|as\s+at|as\s+of)\b[^.;]*$|(?:更新|修订|发布|公布|印发)[^。；]*$",
    re.IGNORECASE,
)
_WAS_MADE = re.compile(r"[^。；]{0,20}(?:修订|发布|公布|印发|核准|备查)")


def own_day(document: Document) -> Period | None:
    """The day that a paper gives itself; None where it names none."""
    made = (day for day, left, right in _days(document) if _MADE.search(left) or _WAS_MADE.match(right))
    return in_force_from(document) or next(made, None)


def in_force_from(document: Document) -> Period | None:
    """The day from which a paper says that it is in force."""
    return next((day for day, left, right in _days(document) if _FORCE.search(left) or _IN_FORCE.match(right)), None)


def _days(document: Document) -> Iterator[tuple[Period, str, str]]:
    """Each day in the texts at the beginning and the end, with what stands before and after it."""
    texts = [block.text for page in document.pages for block in page.blocks if block.kind != "table"]
    for text in (*texts[:FRONT], *texts[max(FRONT, len(texts) - FRONT) :]):
        for found in find_periods(text):
            if found.kind == "date" and found.period is not None:
                yield found.period, text[max(0, found.start - NEAR) : found.start], text[found.end : found.end + NEAR]

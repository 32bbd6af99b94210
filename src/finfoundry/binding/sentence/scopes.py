"""Whose figures a text speaks of: those of the group or those of the parent alone."""

from __future__ import annotations

import re
from functools import lru_cache

from finfoundry.core.document import Scope

_OWN = r"(?<!归属于)(?<!归属)(?<!归)母公司(?!股东|所有者|业主|普通股|的?净利润)"
_PARENT = re.compile(
    rf"{_OWN}|\bparent[ -]company\b|\bparent[- ]only\b|\bof the parent\b(?! and)",
    re.IGNORECASE,
)
_ATTRIBUTABLE = re.compile(
    r"归属于?母公司|attributable to (?:the )?(?:owners|shareholders|equity holders)? ?(?:of )?(?:the )?parent", re.IGNORECASE
)
_CONSOLIDATED = re.compile(r"合并|\bconsolidated\b|\bgroup\b", re.IGNORECASE)
_SCOPE_WORDS = re.compile(
    rf"{_OWN}|合并|口径|报表|\bparent[ -](?:company|only)\b|\bconsolidated\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=2_000)
def scope_of(text: str) -> Scope | None:
    """The accounts that a text names, the group's (合并) or the parent's (母公司); None where it names neither: 归属于母公司 names none."""
    rest = _ATTRIBUTABLE.sub("", text)
    if _PARENT.search(rest):
        return "parent"
    return "consolidated" if _CONSOLIDATED.search(rest) else None


@lru_cache(maxsize=2_000)
def without_scope(text: str) -> str:
    """The text without the words that only say which accounts are meant, so that they do not read as a metric."""
    return _SCOPE_WORDS.sub(" ", text)

"""Whether words state a figure as a fact, or deny it, plan it, or only tell what somebody alleges; and whether they leave somebody out."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

Modality = Literal["denied", "planned", "alleged"]

# "did not reach $3 million" holds the same figure as "reached".
_PATTERNS: dict[Modality, re.Pattern[str]] = {
    "denied": re.compile(
        r"\b(?:not(?!\s+(?:even|quite|only|just|far|(?:more|less|fewer|over|above|below|under)\b))|never|no\s+longer|none\s+of|neither"
        r"|no\s+(?:single|individual|one|other))\b|n['’]t\b|不是|没有|[尚并仍还]未"
        r"|未(?:能|曾|有(?!效)|达|见)|并非|无任何",
        re.IGNORECASE,
    ),
    "planned": re.compile(
        r"\b(?:budgeted|target(?:s|ed)?(?!-)|guaranteed|expect(?:s|ed)?(?! (?:return|credit|loss))|forecasts?"
        r"|plan(?:s|ned)? (?:to|for|on)|would|could|should|might)\b|预计(?!负债)|预算|拟(?!合)",
        re.IGNORECASE,
    ),
    "alleged": re.compile(
        r"\b(?:alleg(?:es|ed|ing|edly)|assert(?:s|ed|ing)|seek(?:s|ing)|sought|demand(?:s|ed|ing)|claimant|plaintiffs?)\b"
        r"|主张|诉请|请求|声称|宣称|索赔",
        re.IGNORECASE,
    ),
}
_LEFT_OUT = re.compile(  # "the Company on its own, leaving the bottlers aside"
    r"\b(?:on its own|by itself|stand-?alone|(?:company|parent|corporation|bank|itself) alone|(?:leav|sett|putt)ing\b.{1,40}?\baside"
    r"|exclud\w+|not (?:counting|including)|stripping out|net of)\b|不含|不包括|不计|剔除|扣除|除外|单独(?!披露|列示)|自身",
    re.IGNORECASE,
)


@lru_cache(maxsize=2_000)
def modalities(text: str) -> frozenset[Modality]:
    """Whether the words deny something, plan or fear it, or tell what is alleged; empty for a plain statement."""
    return frozenset(name for name, pattern in _PATTERNS.items() if pattern.search(text))


@lru_cache(maxsize=2_000)
def leaves_out(text: str) -> bool:
    """Whether the words say that a part is left out of what they speak of."""
    return _LEFT_OUT.search(text) is not None

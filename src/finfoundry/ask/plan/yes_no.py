"""Yes/no questions that want a judgement of figures: by a norm of the field, or of one metric against a number or against another one."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal

from finfoundry.ask.lexicon.vocabulary import tokens
from finfoundry.ask.understand.intent import Intent

_SOUND = re.compile(
    r"\b(?:healthy|sound|adequate|sufficient|strong|satisfactory)\b(?:\s+(?:financial|liquidity|solvency|coverage))*(?:\s+(?:position|level))?"
    r"|健康|稳健|良好|充足|充裕",
    re.I,
)
MORE = re.compile(r"\b(?:more|greater|higher|larger|bigger|above|exceed(?:s|ed)?|outweigh(?:s|ed)?)\b|大于|高于|多于|超过|更[大高多]", re.I)
LESS = re.compile(r"\b(?:less|fewer|lower|smaller|below)\b|小于|低于|少于|更[小低少]", re.I)
_THAN = re.compile(r"\b(?:than|exceed(?:s|ed)?|outweigh(?:s|ed)?|above|below)\b|大于|高于|多于|超过|小于|低于|少于", re.I)


_NUMBER = re.compile(
    r"(?:\b(?:more|greater|higher|larger|less|lower|smaller|fewer)\s+than|\babove|\bbelow|\bunder|\bover|\bexceed(?:s|ed)?|大于|高于|多于|超过|小于|低于|少于|不足)"
    r"\s*(?:US)?\$?\s*(?P<number>\d[\d,]*(?:\.\d+)?)(?!\d)\s*(?P<scale>%|percent\b|thousand\b|million\b|billion\b|万元?|亿元?)?(?!\s*(?:years?|年|quarters?))",
    re.I,
)
_SCALES = {
    "%": "0.01",
    "percent": "0.01",
    "thousand": "1000",
    "million": "1000000",
    "billion": "1000000000",
    "万": "10000",
    "亿": "100000000",
}


def of_number(intent: Intent) -> tuple[Literal["more", "less"], Decimal] | None:
    """Whether a metric is asked to be more or less than a number, and which; None where it is compared with none."""
    found = _NUMBER.search(intent.core)
    if found is None or (found["number"].isdigit() and len(found["number"]) == 4 and found["number"].startswith(("19", "20"))):
        return None
    less = bool(LESS.search(found[0])) or re.search(r"\bunder\b|不足", found[0], re.I) is not None
    scale = Decimal(_SCALES.get((found["scale"] or "").lower().removesuffix("元"), "1"))
    return "less" if less else "more", Decimal(found["number"].replace(",", "")) * scale


def without_number(core: str) -> str:
    """A question less the number that it compares with, and how."""
    return _NUMBER.sub(" ", core)


def by_norm(intent: Intent) -> bool:
    """Whether a question asks if something is sound or strong."""
    return _SOUND.search(intent.core) is not None


def of_two(intent: Intent) -> Literal["more", "less"] | None:
    """Whether the first of two metrics is asked to be more or less than the second; None where they are not compared with each other."""
    if len(intent.mentions) != 2 or len(intent.periods) > 1 or of_number(intent) is not None:
        return None  # "above 5% of total assets" compares with a part of them
    one, other = sorted(intent.mentions, key=lambda mention: mention.start)
    between = intent.core[one.end : other.start]
    if one.name == other.name or not _THAN.search(between):
        return None
    said = f"{intent.core[: one.start][-12:]} {between}"  # "more cash than debt", "cash higher than debt"
    more, less = bool(MORE.search(said)), bool(LESS.search(said))
    return None if more == less else "more" if more else "less"


def which_of_two(intent: Intent) -> Literal["more", "less"] | None:
    """ "Which is larger, receivables or inventories?", 存货和应收账款哪个更大; None for any other question."""
    if len(intent.mentions) != 2 or len(intent.periods) > 1 or not _WHICH.search(intent.core):
        return None
    one, other = sorted(intent.mentions, key=lambda mention: mention.start)
    more, less = bool(MORE.search(intent.core)), bool(LESS.search(intent.core))
    if one.name == other.name or more == less or not _OR.fullmatch(intent.core[one.end : other.start]):
        return None
    return "more" if more else "less"


_WHICH = re.compile(r"^\W*(?:which|what)\s+(?:is|was|are|were)\b|哪个|哪项|哪一个|谁", re.I)
_OR = re.compile(r"\s*,?\s*(?:or|和|与|还是)\s*(?:its\s+|the\s+|their\s+)?", re.I)


def explains(word: str, intent: Intent) -> bool:
    """Whether a word of the question only says which judgement is wanted."""
    word = word.removeprefix("否")  # of 是否
    if which_of_two(intent) and (MORE.search(word) or LESS.search(word) or _WHICH.search(word)):
        return True
    if of_two(intent) and (MORE.fullmatch(word) or LESS.fullmatch(word) or word in ("show", "shown", *"高低大小多少")):
        return True
    if (number := _NUMBER.search(intent.core)) and (word in number[0] or word in {token.text for token in tokens(number[0])}):
        return True
    if word in ("liquidity", "solvency") and by_norm(intent):
        return True
    said = (match[0] for match in _SOUND.finditer(intent.core))
    return any(word == text or word in {token.text for token in tokens(text)} for text in said)

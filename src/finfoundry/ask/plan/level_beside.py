"""Whether a question asks for a level and for its movement, too: "revenue in 2020 and how much it grew", 营业收入是多少，同比增长多少."""

from __future__ import annotations

import re
from collections.abc import Iterable

from finfoundry.ask.lexicon.vocabulary import tokens
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.understand.intent import Intent
from finfoundry.core.periods import FoundPeriod

_ASKS = re.compile(r"\b(?:what|how\s+(?:much|many|high|large|big))\b", re.I)
_ASKS_ZH = re.compile(r"多少|几(?:何|[百千万亿]?元)|多大|什么")
_AND = re.compile(r"(?:,\s*)?\b(?:and|as\s+well\s+as|along\s+with|together\s+with|plus)\b", re.I)
_COMMA = re.compile(r"[,;]")
_PART_ZH = re.compile(r"[，,；;、和与及并]")
_AND_ZH = re.compile(r"[和与及、]|以及")
_BESIDE_ZH = re.compile(r"[比较跟同从]")


def asks_level(intent: Intent, moves: int) -> bool:
    """Whether the level of what is named is asked for beside its movement, whose words begin at ``moves``: between the last name and these
    the question asks, or joins a second thing to the first; and the level is not one of an earlier time than the movement.
    """
    ends = [mention.end for mention in intent.mentions]
    if not ends or max(ends) > moves:
        return False
    between = intent.masked[max(ends) : moves]
    parted = _parted_zh(between) if intent.language == "zh" else _parted_en(intent.masked[: max(ends)], between)
    return parted is not None and _latest_is_before(max(ends) + parted, intent.periods)


def _parted_en(before: str, between: str) -> int | None:
    """Where the words of the movement are joined to the rest; None where they are not, or words of content come between."""
    joined = [*_AND.finditer(between), *(_COMMA.finditer(between) if _ASKS.search(before) else ())]
    idle = word_list("empty") | word_list("structure")
    found = [one for one in joined if all(token.text in idle for token in tokens(between[one.end() :]))]
    return found[0].start() if found else None


def _parted_zh(between: str) -> int | None:
    if asked := _ASKS_ZH.search(between):
        return asked.end() if _PART_ZH.search(between, asked.end()) else None  # 有多少增长 asks once
    joined = next((one for one in _AND_ZH.finditer(between) if not _BESIDE_ZH.search(between[one.end() :])), None)
    return joined.start() if joined and not re.search(r"\d|年|期", between[joined.end() :]) else None


def _latest_is_before(place: int, periods: Iterable[FoundPeriod]) -> bool:
    """Whether the latest of the years named stands before a place, or none does."""
    dated = [(one.fiscal_year, one.start) for one in periods if one.fiscal_year]
    before = [year for year, start in dated if start < place]
    return not before or max(before) == max(year for year, _ in dated)

"""Whether a text says that a price goes up or down: of a headline by the words after an entity, of a post by what people say it is about.

Which way is what people decided of the text. Words only choose the texts that speak of a price, and what people decided against those words
is left out: a mood is no direction.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Direction = Literal["up", "down"]
NO_PRICE, UNDECIDED, CONTRADICTED = "no price", "undecided", "contradicted"  # why a text has no direction
_RISING = (
    "up|higher|rises?|rose|gains?|gained|surges?|surged|jumps?|jumped|soars?|soared|climbs?|climbed|rall(?:y|ies|ied)|zooms?|zoomed"
    "|rebounds?|rebounded|spurts?|strengthens?|firms|appreciates?|appreciated"
)
_FALLING = (
    "down|lower|falls?|fell|drops?|dropped|slips?|slipped|declines?|declined|plunges?|plunged|tanks?|tanked|slumps?|slumped|crash(?:es|ed)?"
    "|sinks?|sank|tumbles?|tumbled|slides?|slid|dips?|dipped|sheds?|weakens?|weakened|depreciates?|depreciated|plummets?|plummeted"
)
_PRICED = r"(?: (?:shares?|stocks?|scrip|counters?|prices?|futures|share price|stock price)){0,2}"
_MOVED = re.compile(rf"{_PRICED} (?:(?P<up>{_RISING})|(?P<down>{_FALLING}))\b", re.IGNORECASE)
_ASPECT = re.compile(r"Stock/(?:Price Action|Technical Analysis)(?P<kind>[^']*)")
_MOODS: dict[str, Direction] = {"positive": "up", "negative": "down"}
_NAMED: dict[str, Direction] = {"Bull": "up", "Bear": "down"}


@dataclass(frozen=True, slots=True)
class PriceMove:
    """A text that speaks of a price, and which way its words alone say; None: they do not say."""

    worded: Direction | None

    def direction(self, mood: str) -> str:
        """Which way, as people decided (positive, negative, neutral), or why there is none."""
        way = _MOODS.get(mood)
        if way is None:
            return UNDECIDED
        return CONTRADICTED if self.worded not in (way, None) else way


def headline_move(text: str, entity: str) -> PriceMove | None:
    """Where a word of movement follows the entity, or its shares, prices or futures ("Gold futures fall"); else None."""
    found = _MOVED.match(text.partition(entity)[2])
    return PriceMove("up" if found["up"] else "down") if found else None


def aspect_move(aspects: str) -> PriceMove | None:
    """By FiQA's aspects: the price, or what charts say of it. None for others, and for volatility, which goes both ways."""
    kinds = [one["kind"] for one in _ASPECT.finditer(aspects) if "Volatility" not in one["kind"]]
    return PriceMove(next((way for kind in kinds for name, way in _NAMED.items() if name in kind), None)) if kinds else None

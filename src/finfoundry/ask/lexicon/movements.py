"""Words by which a label or a question tells how something moved: "Increase in payables", 本期减少."""

from __future__ import annotations

from functools import lru_cache

from finfoundry.ask.lexicon.vocabulary import tokens
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.core.language import has_han, simplified
from finfoundry.knowledge.search.terms import terms


def moves(text: str) -> bool:
    """Whether a text tells of a movement. In Chinese whole words tell it: 变动 does, 流动 and 活动 do not, nor does 减值."""
    if any(token.text in word_list("movements") for token in tokens(text)):
        return True
    return has_han(text) and any(word in simplified(text) for word in word_list("movements_zh"))


@lru_cache(maxsize=1)
def terms_of_movements() -> frozenset[str]:
    """The terms by which movements are told."""
    return frozenset(term for word in word_list("movements") | word_list("movements_zh") for term in terms(word))

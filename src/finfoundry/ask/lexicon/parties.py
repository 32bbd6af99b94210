"""Parties that a question names by what they do, and are no companies: the remitting bank, 匯款銀行, 受益人銀行, 主承销商."""

from __future__ import annotations

import re
from functools import lru_cache

from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.core.language import has_han, simplified

_RANKS = "主|副|联席|联合|共同|连带|指定|原|国内|国外|境内|境外|对方|若|如果?|当|由"  # before a role: which of several, or if
_HEADS = "银行|公司|机构|人|行|方|商|者"
_WORD_EN = re.compile(r"[a-z]+(?:-[a-z]+)*")


def is_party(name: str) -> bool:
    """Whether what looks like a company's name is a party by its role: in Chinese it begins with what is done (汇款, 托管, 受益) and who
    does it (银行, 人, 商), whatever follows, as no company's name does; in English it has no other words than these.
    """
    if has_han(name):
        return _role_zh().match(simplified(name)) is not None
    words = _WORD_EN.findall(name.lower())
    return bool(words) and words[-1] in word_list("parties") and all(word in word_list("roles") for word in words[:-1])


@lru_cache(maxsize=1)
def _role_zh() -> re.Pattern[str]:
    deeds = "|".join(sorted(word_list("roles_zh") | word_list("trades_zh"), key=lambda word: (-len(word), word)))
    return re.compile(rf"(?:{_RANKS})*(?:(?:{deeds})+(?:{_HEADS})|银行)")

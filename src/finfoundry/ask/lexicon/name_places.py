"""Where in a question a company's name may stand: what is written before it and behind it says whether it is a name, and a whole one."""

from __future__ import annotations

import re
from functools import lru_cache

from finfoundry.ask.lexicon.metric_terms import metrics
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.core.formulas import formulas
from finfoundry.core.language import simplified

SHORTEST_OWNER = 4  # letters of a name that is known in small letters
_BEHIND = re.compile(r"[\d\-的之在于去今本上前截第与和及有多、，,？?\s]|民国|一[一二〇零○]|$")  # what follows a company that is named first
# Last characters of the words that precede a name in a Chinese sentence: 请问, 2020年, 年度, 告诉我, 查一下, 知道, 关于, …
# Words by which a request begins stand there, too: 整理, 列出.
_LEADS = (
    *"到问年度月日底末初我下道于在对给查看找求和与及或跟同比较由从的了是有让把将按像帮",
    *["整理", "列出", "列示", "提供", "计算", "统计", "汇总", "查询", "说明", "显示", "摘录", "想要"],
)


def goes_on(before: str) -> bool:
    """Whether a name may have begun before: 重工, short for 中国重工, is not named by 赤霄玄铁重工."""
    return bool(re.search(r"[\u4e00-\u9fff]$", before)) and not before.endswith(_LEADS)


def is_ended(text: str, end: int) -> bool:
    """Whether a Chinese name that begins a question may end there."""
    return _BEHIND.match(text, end) is not None


_LEADS_LISTED = ("那", "说", "聊", "请", "算", "列", "关于", "了解")
_BEHIND_LISTED = re.compile(
    r"$|[\W\d]|[的呢吗和与及跟是对从向把将]|在(?!线)|比(?!亚)|同比|环比|哪[家个]|谁|有多少|多少|FY\d|[QH][1-4]|(?:去|今|本|当|上|前|全)年|本期|上期|[上下]半年|第[一二三四]|前[一二三两]|近[一二三两]|最近|截[至止]|民国|一[一二〇零○]"
    r"|(?:股份)?(?:有限)?(?:责任)?公司(?:$|[\W\d]|[的呢和与及在])"
)


def stands_alone(before: str, text: str, end: int) -> bool:
    """Whether a listed name that ends there is no part of a longer one: 丰田 is not named by 广汽丰田, 京东 not by 京东健康."""
    if re.search(r"[^\W\d]$", before) and not before.endswith(_LEADS_LISTED) and (goes_on(before) or before[-1:].isascii()):
        return False
    return _BEHIND_LISTED.match(text, end) is not None or any(text.startswith(term, end) for term in _terms().get(text[end], ()))


def is_term(text: str) -> bool:
    """Whether a text is a term or its beginning or begins with one: 总资产 is no company called 总成资产管理."""
    return text in word_list("trades_zh") or any(text.startswith(term) or term.startswith(text) for term in _terms().get(text[0], ()))


@lru_cache(maxsize=1)
def _terms() -> dict[str, set[str]]:
    """The Chinese phrases of all metrics and formulas, by their first character."""
    found: dict[str, set[str]] = {}
    said = (phrase for metric in metrics().values() for phrase in metric.say)
    for phrase in (*said, *(phrase for formula in formulas().values() for phrase in formula.zh)):
        if len(phrase) > 1 and phrase[0] > "\u3400":
            found.setdefault(phrase[0], set()).add(simplified(phrase))
    return found


@lru_cache(maxsize=1)
def ordinary_words() -> frozenset[str]:
    """Words that companies' names share with all other texts."""
    lists = ("common", "trades_en", "empty", "structure", "legal", "not_names")
    return frozenset().union(*(word_list(name) for name in lists))


def owns(text: str, start: int, end: int) -> bool:
    """Whether a name in small letters is one all the same: as an owner ("northwind's"), of a word that is not a common one."""
    words = text[start:end].lower().split()
    known = word_list("common") | word_list("not_names") | word_list("empty") | word_list("structure")
    return text[end : end + 2] in ("'s", "’s") and end - start >= SHORTEST_OWNER and not all(word in known for word in words)


_BEFORE_NAME = re.compile(r"(?:^\W*|\b(?:at|of|for|by|did|does|has|had)\s+|[(（]\s*)$")


def is_placed(text: str, start: int, end: int) -> bool:
    """Whether a word in small letters stands where a company's name does: "at riverton", "(riverton)", first of all; no common one."""
    return end - start >= SHORTEST_OWNER and text[start:end] not in ordinary_words() and _BEFORE_NAME.search(text[:start]) is not None

"""Where in a question a company's name may stand: what is written before it and behind it says whether it is a name, and a whole one."""

from __future__ import annotations

import re
from functools import lru_cache

from finfoundry.ask.lexicon.asked_periods import stretches
from finfoundry.ask.lexicon.metric_terms import metrics
from finfoundry.ask.lexicon.spans import asked_periods
from finfoundry.ask.lexicon.word_edges import is_no_word, is_parted
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.core.formulas import formulas
from finfoundry.core.language import has_han, simplified

SHORTEST_OWNER = 4  # letters of a name that is known in small letters
_LEGAL = ("公司", "股份", "有限", "责任")  # what a name is written with in full
COUNTRY = "中国"
_GOES_ON = re.compile(  # behind the country with a trade or a thing: what is no company
    r"业(?![务绩内态])|行业|协会|学会|市场|产[业量]|企业|间(?:市场|债券|拆借|同业)|监(?:会|局|督管理|管机构|管部门)|保险监督"
)


def goes_on(before: str) -> bool:
    """Whether a name may have begun before: 重工, short for 中国重工, is not named by 赤霄玄铁重工."""
    if not has_han(before[-1:]) or before.endswith(_words("ties_zh", "leads_zh")):
        return False
    return not any(last == len(before) for _, last in _times(before))


def is_ended(text: str, end: int) -> bool:
    """Whether a Chinese name may end there: nothing follows, no character, a time, or a word that ties a name to its sentence."""
    if not has_han(text[end : end + 1]):
        return True
    if text.startswith(_words("trades_zh"), end):
        return False
    return text.startswith(_words("ties_zh"), end) or any(first == end for first, _ in _times(text))


def is_unbound(text: str, start: int, end: int) -> bool:
    """Whether a Chinese name lies between words of the text, and before no trade: 联电 in 欠联电的货款, but not in 关联电子."""
    return is_no_word(text, start, end) and is_whole(text, start, end) and not text.startswith(_words("trades_zh"), end)


def stands_amid(text: str, start: int, end: int) -> bool:
    """Whether a listed name stands among words with which it makes no longer one."""
    return is_parted(text, start, end) and not text.startswith(_words("trades_zh"), end)


def is_whole(text: str, start: int, end: int) -> bool:
    """Whether a name goes no further: 中国银行 is named neither by 中国银行业 nor by 中国银行间市场, nor 中国钢铁 by 中国钢铁行业."""
    return not (text.startswith(COUNTRY, start) and _GOES_ON.match(text, end))


def stands_alone(before: str, text: str, end: int) -> bool:
    """Whether a listed name that ends there is no part of a longer one: 丰田 is not named by 广汽丰田, 京东 not by 京东健康."""
    if before and (goes_on(before) or (before[-1].isascii() and before[-1].isalpha())):
        return False
    while text.startswith(_LEGAL, end):
        end += len(_LEGAL[0])
    if text[:end].endswith(_words("trades_zh")):  # 邮储银行 is a whole name, whatever is said of it
        return not (text.startswith(_words("trades_zh"), end) or _GOES_ON.match(text, end))
    return is_ended(text, end) or any(text.startswith(term, end) for term in _terms().get(text[end], ()))


@lru_cache(maxsize=8)
def _words(*lists: str) -> tuple[str, ...]:
    return tuple(word for name in lists for word in sorted(word_list(name)))


@lru_cache(maxsize=1024)
def _times(text: str) -> tuple[tuple[int, int], ...]:
    return (*((found.start, found.end) for found in asked_periods(text)), *stretches(text))


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

"""The unit of amounts that a sentence prints without one: a paper may say it once, for all its tables, and write its text in it, too."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Set

from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.lexicon.ports import FactQuery, StoredFact
from finfoundry.ask.retrieve.quotable import Quotable
from finfoundry.core.language import language_of
from finfoundry.core.quantities.currencies import CODES, HAN_NAMES

AMOUNTS, NEARLY_ALL = 300, 0.9  # of a paper that are looked at; of these in one unit and scale
EVERY = 20_000  # figures of a paper
ALIKE = 3  # amounts that text and tables of a paper print alike, from which on the text is in the unit of the tables
_AMOUNT = re.compile(rf"(?:[$＄]|(?<![A-Za-z])(?:{'|'.join(CODES)}|NTD|RMB))\s?(\d{{1,3}}(?:,\d{{3}})+)(?!,?\d|\.\d|\s*[仟千百萬万億亿元])")
_SCALED = re.compile(r"\b(?:thousand|million|billion|trillion)s?\b|\d\s?(?:k|m|mm|mn|bn|tn)\b", re.IGNORECASE)  # some of it says its scale
_OF_ONE = re.compile(r"\s*(?:per\b|an?\b|each\b|apiece\b|/)", re.IGNORECASE)  # what is paid for one thing is no amount of a table
_ROUND = re.compile(r",[05]00$")
_SCALE_WORDS = {"1000": ("thousands", "仟元"), "1000000": ("millions", "佰万元")}


def unit_left_out(context: QuestionContext, one: Quotable) -> str | None:
    """A sentence with the currency and scale of a paper's tables, where a sentence of it prints amounts without a scale, and they are of
    that scale, too: always in Chinese papers, which say it at their beginning; of English ones where their text repeats amounts of tables.
    """
    amounts = set(_AMOUNT.findall(one.text))
    if not amounts:
        return None
    facts = context.services.store.facts(context.principal, FactQuery(document_id=one.hit.document_id, limit=AMOUNTS))
    found = Counter((stored.fact.unit, str(stored.fact.scale)) for stored in facts if stored.fact.unit in HAN_NAMES)
    ((unit, scale), count), *_ = found.most_common(1) or [(("", ""), 0)]
    if scale not in _SCALE_WORDS or count < NEARLY_ALL * found.total():
        return None
    if language_of(one.text) != "zh" and not _writes_as_tables_print(context, one, amounts, (unit, scale)):
        return None
    english, chinese = _SCALE_WORDS[scale]
    of = (unit or "", english) if context.language == "en" else (HAN_NAMES[unit or ""], chinese)
    return context.words["quoted_unit"].format(currency=of[0], scale=of[1])


def _writes_as_tables_print(context: QuestionContext, one: Quotable, amounts: Set[str], unit: tuple[str | None, str]) -> bool:
    """Whether the text found of a paper repeats amounts just as its tables print them in a unit and scale, and a sentence has none that may
    be whole ones: round, or of a million and more, and in no table; of one thing; beside one that says its scale, or is printed in another.
    """
    if _SCALED.search(one.text) or any(_OF_ONE.match(one.text, found.end()) for found in _AMOUNT.finditer(one.text)):
        return False
    document = one.hit.document_id
    facts = context.services.store.facts(context.principal, FactQuery(document_id=document, limit=EVERY))
    printed = _printed(stored for stored in facts if (stored.fact.unit, str(stored.fact.scale)) == unit)
    otherwise = _printed(stored for stored in facts if stored.fact.unit in HAN_NAMES and str(stored.fact.scale) != unit[1])
    text = " ".join(hit.text for hit in context.hits or () if hit.document_id == document and hit.kind != "table")
    repeated = {amount for amount in _AMOUNT.findall(text) if amount in printed and not _ROUND.search(amount)}
    may_be_whole = {amount for amount in amounts if _ROUND.search(amount) or amount.count(",") > 1}
    return len(repeated) >= ALIKE and may_be_whole <= printed and amounts.isdisjoint(otherwise - printed)


def _printed(facts: Iterable[StoredFact]) -> set[str]:
    return {re.sub(r"[^\d,.]", "", stored.fact.text) for stored in facts}

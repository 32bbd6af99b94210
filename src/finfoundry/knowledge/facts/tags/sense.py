"""The side that a line's label names, a gain or a loss, of concepts that are of both: NetIncomeLoss, cash provided or used."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from finfoundry.core.document import Fact
from finfoundry.core.language import simplified
from finfoundry.knowledge.facts.table.concepts import BY_HEADING, label_key

Side = Literal["gain", "loss", "either"]

TWO_SIDED = frozenset({
    "GrossProfit", "OperatingIncomeLoss", "IncomeLossBeforeIncomeTaxes", "IncomeLossFromContinuingOperations", "ProfitLoss",
    "NetIncomeLoss", "ComprehensiveIncomeNetOfTax", "EarningsPerShareBasic", "EarningsPerShareDiluted",
    "EarningsPerShareBasicAndDiluted", "NetCashProvidedByUsedInOperatingActivities", "NetCashProvidedByUsedInInvestingActivities",
    "NetCashProvidedByUsedInFinancingActivities", "NetIncomeLossAvailableToCommonStockholdersBasic",
    "IncomeLossFromContinuingOperationsBeforeIncomeTaxesExtraordinaryItemsNoncontrollingInterest",
    "IncomeLossFromContinuingOperationsBeforeIncomeTaxesMinorityInterestAndIncomeLossFromEquityMethodInvestments",
})  # fmt: skip
_LOSS = re.compile(r"\bloss(?:es)?\b|\bdeficit\b|\bused\b|\boutflows?\b|亏损|流出", re.IGNORECASE)
_GAIN = re.compile(
    r"\b(?:income|profits?|earnings|results?|provided|generated|inflows?|surplus)\b|利润|盈利|收益|流入|流量|净利|毛利",
    re.IGNORECASE,
)
_TAX = re.compile(r"\b(?:income|profits?)\s+tax(?:es|ation)?\b|\btax(?:es)?\s+on\s+(?:income|profits?)\b|所得税", re.IGNORECASE)


@lru_cache(maxsize=65536)
def side_of(path: tuple[str, ...]) -> Side | None:
    """Which side a line's label names: a gain, a loss, or either of them; None where it names none.

    >>> side_of(("Loss before income taxes",)), side_of(("Net (loss) income",)), side_of(("Total",))
    ('loss', 'either', None)
    """
    if not path:
        return None
    label = f"{path[-2]} {path[-1]}" if len(path) > 1 and label_key(path[-1]) in BY_HEADING else path[-1]
    plain = _TAX.sub(" ", simplified(label))
    loss, gain = _LOSS.search(plain), _GAIN.search(plain)
    aside = loss is not None and plain[: loss.start()].rstrip().endswith(("(", "（"))  # "cash from (used for)"
    return "either" if loss and (gain or aside) else "loss" if loss else "gain" if gain else None


def of_both_signs(facts: Sequence[Fact]) -> list[tuple[Fact, Fact]]:
    """Of each row that names a loss, or cash used, and prints figures of one kind of column with and without brackets, one of each."""
    rows: dict[tuple[object, ...], list[Fact]] = defaultdict(list)
    for fact in facts:
        if _names_loss(fact) and fact.value and not fact.dimensions:
            rows[fact.table, fact.row, fact.concept].append(fact)
    found = []
    for row in rows.values():
        above, below = ([fact for fact in row if (fact.value > 0) == positive] for positive in (True, False))
        if above and below:
            found.append((above[0], below[0]))
    return found


def _names_loss(fact: Fact) -> bool:
    """Whether a fact is of a row that names a loss, and an amount of a concept that is of both sides."""
    amount = fact.unit not in ("ratio", "shares", "count", "years")
    return fact.concept in TWO_SIDED and fact.table is not None and amount and side_of(fact.metric) == "loss"

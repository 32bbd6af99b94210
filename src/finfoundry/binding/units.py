"""Whether a printed figure can be an item, by unit and by sign."""

from __future__ import annotations

import re

from finfoundry.binding.claims import Claim
from finfoundry.binding.evidence import EvidenceItem
from finfoundry.core.quantities.numbers import PrintedNumber

_DOLLARS = frozenset(("USD", "HKD", "CAD", "AUD", "SGD", "NZD", "TWD"))
_YEN_SIGN = frozenset(("CNY", "JPY"))
_PURE = frozenset(("ratio", "count", "shares", "years", "months", "days"))
_OUTFLOW = re.compile(
    r"purchase|payment|repay|repurchase|acquisition|paid|used|cost|expense|tax|depreciation|amorti[sz]ation|dividend|loss|deficit|decrease"
    r"|treasury|allowance|interest|provision|addition|investment|支付|购建|偿还|费用|成本|支出|税|亏损|流出|减少|减值|折旧|摊销|损失|分配|回购",
    re.IGNORECASE,
)
_INFLOW = re.compile(r"income|profit|earnings|sales|revenue|proceeds|provided|assets|equity|利润|收入|收益|资产|权益|净额", re.IGNORECASE)
_PAYS = re.compile(
    r"^(?:less:?\s)?(?:\w+\s)?(?:purchases?|payments?|repayments?|acquisitions?|repurchases?|additions?|dividends?|distributions?)\b|^[减]?[:：]?(?:支付|购建|购买|偿还|投资支付|取得)",
    re.IGNORECASE,
)
_LOSS_OF = re.compile(r"\b(?:loss|deficit)\s+of\s*[$€£¥]?\s*$|亏损(?:了|额)?(?:为|达)?\s*$", re.IGNORECASE)
_LOSS = re.compile(r"loss|deficit|亏损|损失|赤字|decrease|decline|减少|下降", re.IGNORECASE)


def fits_unit(number: PrintedNumber, item: EvidenceItem) -> bool:
    """A bare "$" is any dollar, a bare "¥" yuan or yen; a figure or an item without a unit fits all but a percentage.

    A stored fact whose currency is stated nowhere is none of any.
    """
    printed, unit = number.unit, item.unit
    if item.unstated:
        return printed is None or printed in ("count", "shares")
    if printed is None or unit is None or printed == unit:
        return True
    if printed == "ratio" or unit == "ratio":
        return {printed, unit} <= {"ratio", "count"} and not number.percent
    if printed in _PURE or unit in _PURE:
        return {printed, unit} <= {"shares", "count"}
    return _same_money(number.text, printed, unit)


def _same_money(text: str, printed: str, unit: str) -> bool:
    ours, _, per = printed.partition("/")
    theirs, _, of = unit.partition("/")
    if per and not of:
        return False
    if ours == theirs:
        return True
    bare_dollar = ours == "USD" and not re.search(r"U\.?S|美元", text)
    bare_yen = "¥" in text and not re.search(r"[A-Z]|元", text)
    return (bare_dollar and theirs in _DOLLARS) or (bare_yen and {ours, theirs} <= _YEN_SIGN)


def fits_sign(claim: Claim, item: EvidenceItem) -> bool:
    """Signs agree, or the words carry the sign: "a loss of 5", "paid 5", "fell by 5". Brackets in prose may be mere brackets."""
    number = claim.number
    if item.direction and claim.direction and item.direction != claim.direction:
        return False
    if not item.value or not number.value:
        return True
    if item.value > 0 and item.source == "cell" and _told_as_loss(claim, item):
        return False
    negative, below = number.value < 0, item.value < 0
    if negative == below or number.parenthesised:
        return True
    name = f"{item.reference.metric or ''}"
    if below:  # printed without the sign that the source has
        return claim.negative or (claim.direction < 0 and number.unit in ("ratio", None)) or _spends(name)
    return (not item.signed and item.source == "span") or bool(_LOSS.search(name) and not _INFLOW.search(name) and claim.negative)


def _told_as_loss(claim: Claim, item: EvidenceItem) -> bool:
    """Whether the words right before a figure call it a loss, and its row is a profit: "operating profit was a loss of 5"."""
    leaf = (item.reference.metric or "").rpartition(" > ")[2]
    before = claim.contexts[0].partition(" … ")[0]
    return _LOSS_OF.search(before) is not None and _INFLOW.search(leaf) is not None and _LOSS.search(leaf) is None


def _spends(name: str) -> bool:
    """A row of money going out, often printed in brackets and told without them."""
    leaf = name.rpartition(" > ")[2]
    if _PAYS.search(leaf):
        return True
    return bool(_OUTFLOW.search(leaf)) and not _INFLOW.search(
        re.sub(r"income tax|taxes on income|利润分配|所得税|资产减值", "tax", leaf, flags=re.IGNORECASE)
    )

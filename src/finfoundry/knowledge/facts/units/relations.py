"""Labels of a relation of two amounts, or of a unit of their own, in tables of money: ratios, multiples, basis points, cents.

What such a row prints is no amount, whatever scale and currency its table states. Where nothing tells whether "87" is 87 % or 87 times,
it has no unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from finfoundry.core.document import Fact
from finfoundry.core.quantities.numbers import CellNumber
from finfoundry.core.quantities.unit_lines import currency_at_end

ONE, PERCENT, BASIS_POINT = Decimal(1), Decimal("0.01"), Decimal("0.0001")
RATE_OF = Decimal(3)  # printed with two decimals and below, 1.48 may be 148 %
CENTS = "cents"
MOST_NAMED = 4  # figures of which a loss names the lines
_MARGIN = re.compile(r"^(?!.*[%％])(?!.*\b(?:rate|interest|percent)).*\bmargin\b", re.IGNORECASE)

_YEARS_LONG = (re.compile(r"[期限龄命间数][(（\[]\s*(?:单位[:：]\s*)?年\s*[)）\]]\W*$"), ("years", ONE))  # 租金(年) is that of a year
_BRACKETED: tuple[tuple[re.Pattern[str], tuple[str, Decimal]], ...] = (
    *(
        (re.compile(rf"[(（\[]\s*(?:in\s+|单位[:：]\s*)?(?:{words})\s*[)）\]]\W*$", re.IGNORECASE), unit)
        for words, unit in (
            (r"times|x|×|multiples?|倍|次|倍数|次数", ("ratio", ONE)),
            (r"bps?|basis\s+points?|个?基点", ("ratio", BASIS_POINT)),
            (r"pp|pps|p\.p\.|percentage\s+points?|个?百分点", ("ratio", PERCENT)),
            (r"(?:euro\s+|us\s+)?cents?|pence|分|美分|港仙|仙", (CENTS, PERCENT)),
            (r"years?|yrs?", ("years", ONE)),
        )
    ),
    _YEARS_LONG,
)
# What is set over what, as pairs: "Finance costs / income" and "Deferred tax liabilities / assets" are amounts of either sign, "EBIT /
# operating income" is one amount with two names, and "Loans to customers" are lent to them.
_PAIRS = (
    (r"(?:debt|borrowings|liabilities)", r"(?:ebitda?r?|equity|capital|capitali[sz]ation|earnings|ffo|gdp)"),
    (r"(?:loans?|npls?|credits?)", r"(?:deposits?|value)"),
    (r"(?:provisions?|allowances?)", r"(?:npls?|loans|non-?performing\s+loans)"),
    (r"(?:costs?|opex|capex|r&d)", r"(?:income|sales|revenues?)"),
    (r"(?:price|ev|enterprise\s+value)", r"(?:earnings|book(?:\s+value)?|sales|ebitda?|nav)"),
    (r"(?:ffo|fcf|cash\s+flows?|ebitda?)", r"(?:(?:net\s+)?debt|interest(?:\s+expenses?)?|sales|revenues?)"),
)
_SET_OVER = r"(?:\s*/\s*|[-\s]to[-\s])"
_OVER = re.compile(
    r"(?:(?:net|gross|total|adjusted|average)\s+)*(?:"
    + "|".join(rf"{over}{_SET_OVER}(?:(?:net|total|shareholders['’]?|adjusted|operating)\s+)*{under}" for over, under in _PAIRS)
    + ")",
    re.IGNORECASE,
)
_RATIO = re.compile(r"\bratios?$|^ratio\s+of\b|\bmultiple$|(?<![同环类])比(?:值)?$", re.IGNORECASE)
_COVER = re.compile(r"\b(?:interest|dividend|debt\s+service|fixed[\s-]charge)\s+cover(?:age)?$", re.IGNORECASE)
_NAMED = re.compile(r"\b(?:LCR|NSFR|LTV|R[oO](?:T|C|I|RW)?[EAC]|ROCE|ROIC|RoCE|RoIC|NIM|CIR)$")  # by their letters alone, in percent
_CARDINAL = re.compile(r"\s*(?:[(（][^()（）]*[)）]|[,，;].*|[*†‡¹²³⁴⁵⁶⁷⁸⁹⁰]+|\b\d\))+$")  # what follows the name of a line


def unit_in_brackets(label: str) -> tuple[str, Decimal] | None:
    """The unit that a label ends in, in brackets, and its worth; cents are hundredths of money.

    >>> unit_in_brackets("Cost of risk (bps)"), unit_in_brackets("Revenue (restated)")
    (('ratio', Decimal('0.0001')), None)
    """
    return next((unit for pattern, unit in _BRACKETED if pattern.search(label)), None) if label[-1:] in ")）] *" else None


@lru_cache(maxsize=32_768)
def is_margin_in_money(label: str) -> bool:
    """Whether a label or heading is of a margin in money, "Margin EUR", and not in percent: "Margin", "Interest margin EUR"."""
    return _MARGIN.search(label) is not None and currency_at_end(label).currency is not None


def is_named_by_letters(label: str) -> bool:
    """Whether a label is one of the relations that banks know by their letters, and print in percent: LCR, LTV, RoE."""
    return _NAMED.search(bare_name(label)) is not None


@lru_cache(maxsize=32_768)
def is_relation(label: str) -> bool:
    """Whether a label names how two amounts relate, and no amount: it ends in "ratio" or says over what ("Net debt / EBITDA")."""
    bare = bare_name(label)
    return any(pattern.search(bare) for pattern in (_RATIO, _NAMED, _COVER)) or _OVER.fullmatch(bare) is not None


def of_relation(number: CellNumber, unit: str | None) -> tuple[str | None, Decimal]:
    """Unit and scale of a bare number of a relation, by the unit that its line has: a percent, but for what may be the share itself."""
    if unit == "times":
        return "ratio", ONE
    unsure = number.precision >= 2 and abs(number.value) < RATE_OF
    return ("ratio", PERCENT) if unit == "ratio" and not unsure else (None, ONE)


def scale_by_change(levels: Sequence[CellNumber], change: CellNumber) -> Decimal:
    """What one printed unit of a row is, by its change in points: 148 and 139 with +9 pp are percents, 34 and 31 with +3 bp not."""
    said = abs(change.value) * PERCENT
    half = Decimal("0.51") * Decimal(1).scaleb(-change.precision) * PERCENT
    for first, second in pairwise(levels):
        for unit in (PERCENT, BASIS_POINT, ONE):
            if said and abs(abs(first.value - second.value) * unit - said) <= half * unit * 100:
                return unit
    return PERCENT


def without_unit(facts: Sequence[Fact]) -> Iterator[str]:
    """What is to be told of relations of which nothing says whether they are percents or times; nothing where all have a unit."""
    unsure = [fact for fact in facts if fact.unit is None and fact.value and fact.metric and is_relation(fact.metric[-1])]
    if unsure:
        named = ", ".join(dict.fromkeys(repr(fact.metric[-1]) for fact in unsure[:MOST_NAMED]))
        yield f"{len(unsure)} figures of ratios have no unit: nothing tells whether they are percents or times ({named})"


def bare_name(label: str) -> str:
    """A label without what follows the name of its line: brackets, what a comma begins, marks."""
    return _CARDINAL.sub("", label.strip()).strip(" :：")

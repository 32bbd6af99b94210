"""Lines of a statement that their place tells: revenue named after a trade ("Feed sales", 运输收入) by being the first, a bank's total
operating income by the interest in it, finance expenses below operating profit as what debt costs; the total that equals the other side's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal

from finfoundry.core.document import Fact
from finfoundry.knowledge.facts.table.statements import SIDES, earned

_OWNED = re.compile(r"\b(?:attributable|applicable|available)\s+to\b|归属于?|歸屬於?", re.IGNORECASE)
_OTHERS = re.compile(r"\bnon-?\s?controlling\b|\bminority\b", re.IGNORECASE)
_PLAIN_EQUITY = re.compile(r"^(?:total\s+)?(?:share|stock)(?:holders|owners)\b", re.IGNORECASE)
WHOLE = {"NetIncomeLoss": "ProfitLoss", "StockholdersEquity": "StockholdersEquityIncludingNoncontrollingInterest"}
OPERATING = "OperatingIncomeLoss"
_PROFIT = re.compile(r"\b(?:profit|result|loss)\b", re.IGNORECASE)

REVENUES = "Revenues"
PROFITS = frozenset({"GrossProfit", "OperatingIncomeLoss", "IncomeLossBeforeIncomeTaxes", "ProfitLoss", "NetIncomeLoss"})

COSTS_OF_DEBT = frozenset({None, "FinancialExpenses", "InterestPaidNet"})  # what their lines are known as without their place
_INTEREST = re.compile(
    r"^(?!.*\b(?:income|received|receivable|earned|swaps?|minority)\b).*\b(?:interest|financ(?:e|ial|ing))\b|^(?!.*收).*(?:利息|财务|融资)",
    re.IGNORECASE,
)


def lines_by_place(facts: list[Fact]) -> list[Fact]:
    """The facts of a table, with the concepts that lines of a statement have by their place."""
    held = {fact.concept for fact in facts}
    if held & PROFITS:
        return list(_finance_costs(list(_revenue(facts))))
    return list(_other_side(facts)) if len(held & SIDES) == 1 else facts


def _other_side(facts: list[Fact]) -> Iterator[Fact]:
    """Of a balance sheet of which one total alone is known the other one: the same in all years, whatever it is called."""
    (known,) = SIDES & {fact.concept for fact in facts}
    (other,) = SIDES - {known}
    totals = {fact.period: fact.value for fact in facts if fact.concept == known}
    rows = dict[int, dict[str, Decimal]]()
    for fact in facts:
        if fact.concept is None and fact.row is not None and not fact.dimensions:
            rows.setdefault(fact.row, {})[fact.period] = fact.value
    same = [row for row, values in rows.items() if values == totals]
    return _known(facts, other, lambda fact: len(same) == 1 and len(totals) > 1 and fact.row == same[0], "balance")


def _revenue(facts: list[Fact]) -> Iterator[Fact]:
    """Of a statement without a line of revenue the bank's total, or the first line where it is called so and the next is not: several of
    the kind are parts of a whole that is not printed.
    """
    held = {fact.concept for fact in facts}
    if REVENUES in held:
        return iter(facts)
    if {"TotalOperatingIncome", "InterestIncomeExpenseNet"} <= held:
        return _known(facts, REVENUES, lambda fact: fact.concept == "TotalOperatingIncome")
    (top, label), *after = sorted({(fact.row or 0, fact.metric) for fact in facts})
    first = _earned(label) and not (after and _earned(after[0][1]))
    return _known(facts, REVENUES, lambda fact: first and fact.row == top and fact.concept is None)


def _finance_costs(facts: list[Fact]) -> Iterator[Fact]:
    """Above operating profit finance expenses hold gains of exchange and charges of banks, too; below it they are interest, and so is what
    is called so there: "Interest", "Net financing costs".
    """
    profit = min((fact.row or 0 for fact in facts if fact.concept == "OperatingIncomeLoss"), default=None)
    if profit is None or any(fact.concept == "InterestExpense" for fact in facts):
        return iter(facts)
    rows = {fact.row for fact in facts if (fact.row or 0) > profit and fact.concept in COSTS_OF_DEBT and _is_interest(fact)}
    return _known(facts, "InterestExpense", lambda fact: len(rows) == 1 and fact.row in rows)


def _is_interest(fact: Fact) -> bool:
    return fact.concept == "FinancialExpenses" or (bool(fact.metric) and _INTEREST.search(fact.metric[-1]) is not None)


def _known(facts: list[Fact], concept: str, known: Callable[[Fact], bool], statement: str = "income") -> Iterator[Fact]:
    return (replace(fact, concept=concept) if fact.statement == statement and known(fact) else fact for fact in facts)


def _earned(label: tuple[str, ...]) -> bool:
    return bool(label) and earned(label[-1])


def own_result(facts: list[Fact]) -> Iterator[Fact]:
    """Where a statement splits result or equity into the shareholders' part and the others', the line without an owner is the whole's."""
    split = {(fact.table, fact.column) for fact in facts if fact.metric and _OTHERS.search(fact.metric[-1])}
    owned = {(fact.table, fact.column, fact.concept) for fact in facts if fact.concept in WHOLE and _names_owner(fact)}
    for fact in facts:
        place = (fact.table, fact.column)
        whole = fact.concept in WHOLE and place in split and (*place, fact.concept) in owned and not _names_owner(fact)
        yield replace(fact, concept=WHOLE[str(fact.concept)]) if whole else fact


def own_operating(facts: list[Fact]) -> Iterator[Fact]:
    """Where a statement has an operating profit, its "operating income" is what came in (as IFRS reports use the word)."""
    profits = {(fact.table, fact.column) for fact in facts if fact.concept == OPERATING and _PROFIT.search(fact.metric[-1])}
    for fact in facts:
        inflow = fact.concept == OPERATING and (fact.table, fact.column) in profits and not _PROFIT.search(fact.metric[-1])
        yield replace(fact, concept=None) if inflow else fact


def attributed(fact: Fact) -> bool:
    """Whether a line is somebody's part of a profit or of equity: "attributable to owners of the parent"."""
    return any(_OWNED.search(part) for part in fact.metric[-2:])


def _names_owner(fact: Fact) -> bool:
    return bool(_OWNED.search(fact.metric[-1])) or (fact.concept == "StockholdersEquity" and not _PLAIN_EQUITY.match(fact.metric[-1]))

"""Lines of an income statement that their place tells: revenue named after a trade ("Feed sales", 运输收入) by being the first, a bank's
total operating income by the interest in it, finance expenses below operating profit as what debt costs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from finfoundry.core.document import Fact
from finfoundry.knowledge.facts.table.statements import earned

REVENUES = "Revenues"
PROFITS = frozenset({"GrossProfit", "OperatingIncomeLoss", "IncomeLossBeforeIncomeTaxes", "ProfitLoss", "NetIncomeLoss"})


def lines_by_place(facts: list[Fact]) -> list[Fact]:
    """The facts of a table, with the concepts that lines of an income statement have by their place."""
    if not any(fact.concept in PROFITS for fact in facts):
        return facts
    return list(_finance_costs(list(_revenue(facts))))


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
    """Above operating profit finance expenses hold gains of exchange and charges of banks, too; below it they are interest."""
    profit = min((fact.row or 0 for fact in facts if fact.concept == "OperatingIncomeLoss"), default=None)
    if profit is None or any(fact.concept == "InterestExpense" for fact in facts):
        return iter(facts)
    return _known(facts, "InterestExpense", lambda fact: fact.concept == "FinancialExpenses" and (fact.row or 0) > profit)


def _known(facts: list[Fact], concept: str, known: Callable[[Fact], bool]) -> Iterator[Fact]:
    return (replace(fact, concept=concept) if fact.statement == "income" and known(fact) else fact for fact in facts)


def _earned(label: tuple[str, ...]) -> bool:
    return bool(label) and earned(label[-1])

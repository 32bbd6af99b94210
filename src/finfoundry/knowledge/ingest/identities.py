"""Equations that hold in financial statements, tried on the facts: what does not add up was misread, or is worth a look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from finfoundry.core.document import Fact, Identity

Column = Mapping[str, Fact]  # concept -> fact, of one column of one table

# name, terms of the left side, alternatives for the right side
_EQUATIONS: tuple[tuple[str, tuple[str, ...], tuple[tuple[str, ...], ...]], ...] = (
    ("assets = liabilities and equity", ("Assets",), (("LiabilitiesAndStockholdersEquity",),)),
    (
        "assets = liabilities + equity",
        ("Assets",),
        (
            ("Liabilities", "StockholdersEquityIncludingNoncontrollingInterest"),
            ("Liabilities", "StockholdersEquity", "MinorityInterest"),
            ("Liabilities", "StockholdersEquity"),
            ("Liabilities", "TemporaryEquity", "StockholdersEquityIncludingNoncontrollingInterest"),
            ("Liabilities", "TemporaryEquity", "StockholdersEquity"),
        ),
    ),
    ("assets = current + noncurrent", ("Assets",), (("AssetsCurrent", "AssetsNoncurrent"),)),
    ("liabilities = current + noncurrent", ("Liabilities",), (("LiabilitiesCurrent", "LiabilitiesNoncurrent"),)),
    (
        "change in cash = operating + investing + financing",
        ("CashPeriodIncreaseDecrease",),
        (
            (
                "NetCashProvidedByUsedInOperatingActivities",
                "NetCashProvidedByUsedInInvestingActivities",
                "NetCashProvidedByUsedInFinancingActivities",
                "EffectOfExchangeRateOnCash",
            ),
            (
                "NetCashProvidedByUsedInOperatingActivities",
                "NetCashProvidedByUsedInInvestingActivities",
                "NetCashProvidedByUsedInFinancingActivities",
            ),
        ),
    ),
    (
        "cash at end = at beginning + change",
        ("CashCashEquivalentsRestrictedCashAndRestrictedCashEquivalents",),
        (("CashCashEquivalentsBeginning", "CashPeriodIncreaseDecrease"),),
    ),
    ("revenue = cost + gross profit", ("Revenues",), (("CostOfRevenue", "GrossProfit"),)),
)
_ACROSS = ("NetIncomeLoss", "ProfitLoss", "Assets", "StockholdersEquity")


def find_identities(facts: Sequence[Fact]) -> list[Identity]:
    """Equations inside each column of each statement, then equal figures across statements."""
    return [*_inside(facts), *_across(facts), *_subtotals(facts)]


def _inside(facts: Sequence[Fact]) -> Iterator[Identity]:
    for column in statement_columns(facts):
        for name, left, rights in _EQUATIONS:
            tried = [identity for right in rights if (identity := _try(name, left, right, column)) is not None]
            if tried:
                yield next((identity for identity in tried if identity.held), tried[0])


def statement_columns(facts: Sequence[Fact]) -> list[dict[str, Fact]]:
    """The columns of each statement, put together over the pages that it takes. The first fact of a concept counts.

    Consolidated and parent columns may be printed side by side: each scope is followed for itself.
    """
    by_scope: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.concept is not None and fact.statement in {"balance", "income", "cash flow"}:
            by_scope[fact.scope].append(fact)
    return [column for own in by_scope.values() for column in _columns_of_one_scope(own)]


def _columns_of_one_scope(facts: Sequence[Fact]) -> list[dict[str, Fact]]:
    columns: dict[tuple[int, int | None], dict[str, Fact]] = defaultdict(dict)
    run, before = 0, None
    for fact in facts:
        assert fact.concept is not None  # noqa: S101  chosen above
        if before is None or before.statement != fact.statement or fact.page > before.page + 1:
            run += 1
        elif fact.table != before.table and fact.concept in columns[run, fact.column]:
            run += 1  # the same line again: another table of the kind
        columns[run, fact.column].setdefault(fact.concept, fact)
        before = fact
    return list(columns.values())


def _try(name: str, left: Sequence[str], right: Sequence[str], column: Column) -> Identity | None:
    if any(concept not in column for concept in (*left, *right)):
        return None
    terms = [column[concept] for concept in (*left, *right)]
    total, sum_ = (
        sum((abs(fact.value) if name.startswith("revenue") else fact.value for fact in part), Decimal(0))
        for part in (terms[: len(left)], terms[len(left) :])
    )
    return Identity(name, abs(total - sum_) <= _tolerance(terms), terms[0].page, terms[0].period, total, sum_)


def _tolerance(terms: Sequence[Fact]) -> Decimal:
    """Half a unit of the last printed place for each term."""
    return sum((fact.scale.scaleb(-fact.precision) for fact in terms), Decimal(0)) / 2


def _across(facts: Sequence[Fact]) -> Iterator[Identity]:
    """The same figure in two statements: net income in the income and the cash flow statement."""
    seen: dict[tuple[str, str, str], dict[str, Fact]] = defaultdict(dict)
    for fact in facts:
        if fact.concept in _ACROSS and fact.statement and not fact.dimensions:
            seen[fact.concept, fact.period, fact.scope].setdefault(fact.statement, fact)
    for (concept, period, _), by_statement in seen.items():
        pair = list(by_statement.values())[:2]
        if len(pair) == 2:
            held = abs(pair[0].value - pair[1].value) <= _tolerance(pair)
            name = f"{concept} in {pair[0].statement} = in {pair[1].statement}"
            yield Identity(name, held, pair[1].page, period, pair[0].value, pair[1].value)


def _subtotals(facts: Sequence[Fact]) -> Iterator[Identity]:
    """A total is the sum of the rows of the group that it names."""
    columns: dict[tuple[int | None, int | None, str], list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.statement == "balance" and fact.unit not in {"ratio", "shares"} and "/" not in (fact.unit or ""):
            columns[fact.table, fact.column, fact.period].append(fact)
    for column in columns.values():
        for total in column:
            if total.concept not in {"AssetsCurrent", "LiabilitiesCurrent", "AssetsNoncurrent", "LiabilitiesNoncurrent"}:
                continue
            tried = [_added(total, group) for group in _groups(column, total) if len(group) >= 2]
            if tried:
                yield next((identity for identity in tried if identity.held), tried[0])


def _added(total: Fact, group: Sequence[Fact]) -> Identity:
    sum_ = sum((fact.value for fact in group), Decimal(0))
    held = abs(sum_ - total.value) <= _tolerance([*group, total])
    return Identity(f"subtotal: {total.metric[-1]}", held, total.page, total.period, total.value, sum_)


def _groups(column: Sequence[Fact], total: Fact) -> Iterator[list[Fact]]:
    """The rows that a total may add up: right under its heading, or those of groups inside as well; an inner total replaces its parts."""
    every = _group(column, total)
    yield _folded([fact for fact in every if len(fact.metric) == len(total.metric) + 1])
    yield _folded(every)


def _folded(group: Sequence[Fact]) -> list[Fact]:
    """A group, bottom up, with the rows that a row of it adds up ("Total cash and securities") left out for it."""
    rows: list[Fact] = []
    for fact in reversed(group):  # top down
        for first in range(len(rows) - 1):
            parts = rows[first:]
            if fact.value and abs(sum((part.value for part in parts), Decimal(0)) - fact.value) <= _tolerance([*parts, fact]):
                del rows[first:]
                break
        rows.append(fact)
    return rows


def _group(column: Sequence[Fact], total: Fact) -> list[Fact]:
    """The rows right above a total that are one heading deeper than it, under the same heading, or deeper in that; bottom up."""
    rows = [fact for fact in column if (fact.row or 0) < (total.row or 0)]
    group: list[Fact] = []
    heading: tuple[str, ...] | None = None
    for fact in reversed(rows):
        if len(fact.metric) <= len(total.metric):
            break
        heading = heading or fact.metric[: len(total.metric)]
        if fact.metric[: len(total.metric)] != heading:
            break
        group.append(fact)
    return group

"""Equations that hold in financial statements, tried on the facts: what does not add up was misread, or is worth a look."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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
_NET = re.compile(r"\bnet\b|净[额值]?", re.IGNORECASE)
_NET_OR_GROSS = re.compile(r"\b(?:net|gross|total)\b|净[额值]?|总[额值]|[原余]值|账面余额", re.IGNORECASE)
_ACROSS = ("NetIncomeLoss", "ProfitLoss", "Assets", "StockholdersEquity")


@dataclass(frozen=True, slots=True)
class Tried:
    """An equation with the figures on both of its sides. ``sizes``: the signs of its figures do not count; ``signed``: that a figure has
    the wrong sign may be why it does not hold; ``slack`` is what rounding may leave.
    """

    identity: Identity
    left: tuple[Fact, ...]
    right: tuple[Fact, ...]
    slack: Decimal
    sizes: bool = False
    signed: bool = True


def find_identities(facts: Sequence[Fact]) -> list[Identity]:
    """Equations inside each column of each statement, then equal figures across statements."""
    return [one.identity for one in tried_identities(facts)]


def tried_identities(facts: Sequence[Fact]) -> list[Tried]:
    """The equations of ``find_identities``, each with its figures."""
    return [*_inside(facts), *_across(facts), *_subtotals(facts), *_net(facts)]


def _inside(facts: Sequence[Fact]) -> Iterator[Tried]:
    for column in statement_columns(facts):
        for name, left, rights in _EQUATIONS:
            tried = [one for right in rights if (one := _try(name, left, right, column)) is not None]
            if tried:
                yield _held_or_first(tried)


def _held_or_first(tried: Sequence[Tried]) -> Tried:
    return next((one for one in tried if one.identity.held), tried[0])


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


def _try(name: str, left: Sequence[str], right: Sequence[str], column: Column) -> Tried | None:
    if any(concept not in column for concept in (*left, *right)):
        return None
    one, other = (tuple(column[concept] for concept in part) for part in (left, right))
    terms, sizes = [*one, *other], name.startswith("revenue")
    total, sum_ = (sum((abs(fact.value) if sizes else fact.value for fact in part), Decimal(0)) for part in (one, other))
    slack = _tolerance(terms)
    identity = Identity(name, abs(total - sum_) <= slack, terms[0].page, terms[0].period, total, sum_)
    return Tried(identity, one, other, slack, sizes, not sizes)


def _tolerance(terms: Sequence[Fact]) -> Decimal:
    """Half a unit of the last printed place for each term."""
    return sum((fact.scale.scaleb(-fact.precision) for fact in terms), Decimal(0)) / 2


def _across(facts: Sequence[Fact]) -> Iterator[Tried]:
    """The same figure in two statements: net income in the income and the cash flow statement."""
    seen: dict[tuple[str, str, str], dict[str, Fact]] = defaultdict(dict)
    for fact in facts:
        if fact.concept in _ACROSS and fact.statement and not fact.dimensions:
            seen[fact.concept, fact.period, fact.scope].setdefault(fact.statement, fact)
    for (concept, period, _), by_statement in seen.items():
        pair = list(by_statement.values())[:2]
        if len(pair) == 2:
            slack = _tolerance(pair)
            name = f"{concept} in {pair[0].statement} = in {pair[1].statement}"
            held = abs(pair[0].value - pair[1].value) <= slack
            yield Tried(Identity(name, held, pair[1].page, period, pair[0].value, pair[1].value), (pair[0],), (pair[1],), slack)


def _subtotals(facts: Sequence[Fact]) -> Iterator[Tried]:
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
                yield _held_or_first(tried)


def _added(total: Fact, group: Sequence[Fact]) -> Tried:
    sum_, slack = sum((fact.value for fact in group), Decimal(0)), _tolerance([*group, total])
    held = abs(sum_ - total.value) <= slack
    identity = Identity(f"subtotal: {total.metric[-1]}", held, total.page, total.period, total.value, sum_)
    return Tried(identity, (total,), tuple(group), slack, signed=False)  # what is taken off may be printed without brackets


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


def _net(facts: Sequence[Fact]) -> Iterator[Tried]:
    """What is left of a gross figure in the row below what is taken off: "Total expenses", "Fee waiver", "Net expenses"; 总额, 准备, 净额.
    Tried in all columns of such rows where it holds in one: there the rows are known to belong together.
    """
    columns: dict[tuple[int | None, int | None], list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.table is not None and fact.row is not None:
            columns[fact.table, fact.column].append(fact)
    found: dict[tuple[int | None, int | None], list[Tried]] = defaultdict(list)
    for column in columns.values():
        for gross, taken, net in zip(column, column[1:], column[2:], strict=False):
            if gross.unit == taken.unit == net.unit and gross.period == net.period and _is_net_of(net.metric[-1], gross.metric[-1]):
                found[net.table, net.row].append(_left(gross, taken, net))
    for tried in found.values():
        if any(one.identity.held and one.right[1].value for one in tried):
            yield from tried


def _left(gross: Fact, taken: Fact, net: Fact) -> Tried:
    slack, left = _tolerance([gross, taken, net]), gross.value - abs(taken.value)
    identity = Identity("net = gross - taken off", abs(net.value - left) <= slack, net.page, net.period, net.value, left)
    return Tried(identity, (net,), (gross, taken), slack, signed=False)


def _is_net_of(net: str, gross: str) -> bool:
    """Whether labels are of one thing, net and gross: "Net annual expenses" of "Total annual expenses", 应收账款净额 of 应收账款总额."""
    return _NET.search(net) is not None and _NET.search(gross) is None and _of_what(net) == _of_what(gross) != ""


def _of_what(label: str) -> str:
    return "".join(_NET_OR_GROSS.sub(" ", label.casefold()).split()).strip(":：,，")

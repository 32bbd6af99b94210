"""The single lines of a statement under one heading: all liabilities, all assets, all expenses, without totals. They must add up."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from finfoundry.ask.compute.breakdown_rows import BreakdownRow
from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.core.document import Fact

_TOTALS = {
    "asset": ("balance", "Assets", re.compile(r"^total assets$|^资产总计$|^资产合计$", re.I)),
    "liability": ("balance", "Liabilities", re.compile(r"^total liabilities$|^负债合计$|^负债总计$", re.I)),
    "expense": (
        "income",
        "CostsAndExpenses",
        re.compile(r"^total (?:operating |costs and |cost and )?(?:costs?|expenses)(?: and expenses)?$", re.I),
    ),
}
BOTH_SIDES = "LiabilitiesAndStockholdersEquity"
_TOTAL = re.compile(r"\btotal\b|合\s*计|总\s*计|小\s*计", re.I)
_START = {
    "asset": None,
    "liability": re.compile(r"^total assets$|^资产总计$|^资产合计$", re.I),
    "expense": re.compile(r"revenue|sales|收入", re.I),
}


def leaves(facts: Sequence[StoredFact], kind: str, published: Mapping[str, str]) -> list[BreakdownRow]:
    """The lines that add up to the total of a kind ("asset", "liability", "expense") and precede it, of the latest filing that has them;
    empty where none has.
    """
    statement, concept, name = _TOTALS[kind]
    tables: dict[tuple[str, int], list[StoredFact]] = {}
    for stored in facts:
        if stored.fact.statement == statement and _counts(stored):
            tables.setdefault((stored.document_id, stored.fact.table or 0), []).append(stored)
    found = [(published.get(key[0], ""), rows) for key, held in tables.items() if (rows := _leaves(held, kind, concept, name))]
    return max(found, key=lambda pair: (pair[0], len(pair[1])))[1] if found else []


def _counts(stored: StoredFact) -> bool:
    fact = stored.fact
    return not stored.structured and fact.scope == "consolidated" and not fact.dimensions and fact.row is not None and bool(fact.metric)


def _leaves(held: Sequence[StoredFact], kind: str, concept: str, name: re.Pattern[str]) -> list[BreakdownRow]:
    """Of one table: the rows between the line that precedes the section and its total, if they add up to that; else none."""
    ordered = sorted(held, key=lambda stored: (stored.fact.row or 0, stored.fact.column or 0))
    rows: dict[int, StoredFact] = {}
    for stored in ordered:
        rows.setdefault(stored.fact.row or 0, stored)
    lines = [rows[number] for number in sorted(rows)]
    end = next((place for place, stored in enumerate(lines) if _is(stored.fact, concept, name)), None)
    if end is None:
        return _less_equity(lines) if kind == "liability" else []
    start = _START[kind]
    # The line that precedes the section may be on the page before; then all lines must add up.
    first = max((place + 1 for place in range(end) if start and start.search(lines[place].fact.metric[-1])), default=0)
    return _adding_up(lines[first:end], lines[end].fact.value, lines[end].fact)


def _less_equity(lines: Sequence[StoredFact]) -> list[BreakdownRow]:
    """Liabilities of a balance sheet that prints no total of them: the lines after the assets that add up to both sides less equity."""
    concepts = [stored.fact.concept for stored in lines]
    if "Assets" not in concepts or BOTH_SIDES not in concepts:
        return []
    first, last = concepts.index("Assets") + 1, concepts.index(BOTH_SIDES)
    equity = next(
        (lines[place].fact for place in range(last - 1, first, -1) if (concepts[place] or "").startswith("StockholdersEquity")), None
    )
    if equity is None:
        return []
    whole = lines[last].fact.value - equity.value
    return next((rows for end in range(first + 2, last) if (rows := _adding_up(lines[first:end], whole, equity))), [])


def _is(fact: Fact, concept: str, name: re.Pattern[str]) -> bool:
    return fact.concept == concept or name.search(fact.metric[-1]) is not None


def _adding_up(lines: Sequence[StoredFact], value: Decimal, total: Fact) -> list[BreakdownRow]:
    """The lines that are no subtotals, if they add up to the value, printed with a total's unit and scale; else none."""
    kept: list[StoredFact] = []
    for stored in lines:
        if stored.fact.unit != total.unit or _is_part(stored, kept):
            continue
        if not (_TOTAL.search(stored.fact.metric[-1]) or _sums(stored, kept)):
            kept.append(stored)
    slack = total.scale.scaleb(-total.precision) * max(len(kept), 1) / 2
    reached = sum((stored.fact.value for stored in kept), Decimal(0))
    if len(kept) < 2 or abs(reached - value) > slack:
        return []
    return [BreakdownRow(stored.fact.row or 0, stored.fact.metric, stored.fact.metric[-1], level=stored) for stored in kept]


def _is_part(stored: StoredFact, kept: Sequence[StoredFact]) -> bool:
    """Whether a line is only a part of the line before ("其中：应付利息")."""
    return bool(kept) and len(stored.fact.metric) > 1 and stored.fact.metric[-2] == kept[-1].fact.metric[-1]


def _sums(stored: StoredFact, kept: Sequence[StoredFact]) -> bool:
    reached, step = Decimal(0), stored.fact.scale.scaleb(-stored.fact.precision)
    for count, one in enumerate(reversed(kept), 1):
        reached += one.fact.value
        if count >= 2 and stored.fact.value and abs(reached - stored.fact.value) <= step * count / 2:
            return True
    return False

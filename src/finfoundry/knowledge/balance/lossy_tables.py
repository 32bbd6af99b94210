"""The doubt of what stands in tables that lost figures: its facts are less sure, which every answer from them says.

What was lost may be the very figure that is asked for, or may have pushed those beside it; the table does not say. A figure that such a
table disputes is as unsure as it: else the table's own would be passed over as the less sure of two, in silence.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from math import isclose

from finfoundry.core.balance.digit_balance import DigitBalance
from finfoundry.core.document import Fact

BESIDE_LOST = 0.8  # the confidence of a figure whose table lost another
MOST_TABLES = 8  # that are named
TABLE_MARK = "its table lost figures, or disputes it: see what the certificate says of lost digits"


def less_sure(facts: Sequence[Fact], balance: DigitBalance | None) -> list[Fact]:
    """The facts, those of tables that lost runs of digits, and those that these dispute, with a confidence of at most ``BESIDE_LOST``.

    >>> less_sure(facts, certificate.digits)  # doctest: +SKIP
    """
    lossy = set(_lost_by_table(balance))
    doubtful = {id(fact) for fact in facts if fact.table in lossy}
    doubtful |= _disputed(facts, doubtful) if doubtful else set()
    return [replace(fact, confidence=min(fact.confidence, BESIDE_LOST)) if id(fact) in doubtful else fact for fact in facts]


def table_mark(fact: Fact, mark: str | None) -> str | None:
    """What a fact is marked with: ``mark``, that of its document, and ``TABLE_MARK`` where its table lost figures; None without either."""
    told = TABLE_MARK if isclose(fact.confidence, BESIDE_LOST, abs_tol=1e-6) else None
    return "; ".join(filter(None, (mark, told))) or None


def told_of_tables(facts: Sequence[Fact], balance: DigitBalance | None) -> Iterator[str]:
    """Which tables lost figures, and how many facts that makes less sure, in one line; nothing where no fact stands in such a table."""
    lost = _lost_by_table(balance)
    pages = dict.fromkeys((fact.table, fact.page) for fact in facts if fact.table in lost)
    if not pages:
        return
    count = sum(fact.table in lost for fact in facts)
    named = ", ".join(f"table {table} on page {page} ({lost[table]})" for table, page in list(pages)[:MOST_TABLES])
    more = ", …" if len(pages) > MOST_TABLES else ""
    yield f"{count} facts stand in tables that lost figures, and answers from them say that they are less sure: {named}{more}"


def _lost_by_table(balance: DigitBalance | None) -> Counter[int | None]:
    return Counter(one.table for one in balance.lost if one.table is not None) if balance else Counter()


def _disputed(facts: Sequence[Fact], doubtful: Set[int]) -> set[int]:
    """Figures of other tables that are of the same line and time as a doubtful one, with another value beyond rounding."""
    groups = defaultdict[tuple[object, ...], list[Fact]](list)
    for fact in facts:
        groups[fact.concept or fact.metric[-1:], fact.scope, fact.period, fact.unit, fact.dimensions].append(fact)
    found: set[int] = set()
    for group in groups.values():
        theirs = [fact for fact in group if id(fact) in doubtful]
        found |= {id(fact) for fact in group if id(fact) not in doubtful and any(_differ(fact, other) for other in theirs)}
    return found


def _differ(one: Fact, other: Fact) -> bool:
    return abs(one.value - other.value) > max(fact.scale.scaleb(-fact.precision) for fact in (one, other))

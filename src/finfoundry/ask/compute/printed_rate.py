"""The rate of growth that a paper prints beside the two amounts. It was worked out from unrounded figures, so that the one computed from
the printed amounts may end in another digit.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from decimal import Decimal

from finfoundry.ask.compute.breakdown_rows import is_change, said_beside_change, step
from finfoundry.ask.compute.operands import Operand
from finfoundry.ask.compute.results import Computed
from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.core.periods import parse_iso

APART = Decimal("1.5")  # of its last digit, what a printed rate may differ from the computed one
SAME = Decimal("1e-9")
DRIFT = timedelta(days=10)  # of the end of a fiscal year from paper to paper
_PRINTED = "printed"
_LEVEL = re.compile(
    r"\b(?:margin|rate|ratio|yield|share|percent\w*|proportion|penetration|turnover|coverage|returns?|utili[sz]ation|allocation|weight)\b|率|比|占|差|[%％]",
    re.IGNORECASE,
)


def as_printed(computed: Computed, year_of: Callable[[str, int], Iterable[StoredFact]]) -> Computed:
    """The growth as printed, where papers print it and it ends in another digit; else as computed. ``year_of`` gives a company's facts that
    end in a year.
    """
    pair = _growth(computed)
    if pair is None:
        return computed
    if is_rise(pair[0]):
        return _told(computed, pair[0])
    found = _rates(*pair, year_of)
    near = [rate for rate in found if abs(rate.fact.value - computed.value) <= APART * step(rate.fact)]
    if len({rate.fact.value for rate in near}) != 1 or near[0].fact.precision < 1:
        return computed
    rate = near[0]
    if abs(rate.fact.value - computed.value) <= step(rate.fact) / 2:
        return computed  # the two agree, and the computed one shows what it stands on
    return _told(computed, rate)


def _told(computed: Computed, rate: StoredFact) -> Computed:
    return Computed(computed.item, computed.span, rate.fact.value, "ratio", _PRINTED, {_PRINTED: Operand(_PRINTED, computed.span, rate)})


def is_rise(stored: StoredFact) -> bool:
    """Whether a percentage is itself a growth: "comparable sales" of 15.6 % grew by that, where a margin of 15.6 % is a level."""
    return stored.fact.unit == "ratio" and not _LEVEL.search(" ".join(stored.fact.metric[-1:]))


def _growth(computed: Computed) -> tuple[StoredFact, StoredFact] | None:
    """The later and the earlier of two amounts of one line a year apart, whose growth was computed."""
    if len(computed.operands) != 2 or computed.unit != "ratio":
        return None
    before, now = sorted(computed.operands.values(), key=lambda operand: operand.span)
    earlier = before.stored.fact.value
    if before.name != now.name or before.span != now.span.prior or not earlier:
        return None
    growth = (now.stored.fact.value - earlier) / earlier
    return (now.stored, before.stored) if abs(computed.value - growth) < SAME else None


def _rates(now: StoredFact, before: StoredFact, year_of: Callable[[str, int], Iterable[StoredFact]]) -> list[StoredFact]:
    """The plain rates of change in rows that hold both amounts: not those at constant currencies, or without acquisitions."""
    entity, ends = now.fact.entity or "", [parse_iso(one.fact.period).end for one in (now, before)]
    years = sorted({(end + days).year for end in ends for days in (-DRIFT, DRIFT)})
    rows = _rows(stored for year in years for stored in year_of(entity, year))
    return [
        rate for row in rows.values() if _holds(row, now) and _holds(row, before)
        for rate in row if _is_growth(rate) and abs(parse_iso(rate.fact.period).end - ends[0]) <= DRIFT
    ]  # fmt: skip


def _is_growth(stored: StoredFact) -> bool:
    header = _header(stored)
    return stored.fact.unit == "ratio" and is_change(header) and not said_beside_change(header).strip()


def _rows(facts: Iterable[StoredFact]) -> dict[tuple[str, int | None, int | None], list[StoredFact]]:
    found: dict[tuple[str, int | None, int | None], list[StoredFact]] = defaultdict(list)
    for stored in facts:
        if not stored.structured and stored.fact.table is not None:
            found[stored.document_id, stored.fact.table, stored.fact.row].append(stored)
    return found


def _holds(row: Sequence[StoredFact], amount: StoredFact) -> bool:
    """Whether a row has an amount; papers give a fiscal year other days."""
    return any((one.fact.value, one.fact.unit) == (amount.fact.value, amount.fact.unit) for one in row)


def _header(stored: StoredFact) -> str:
    return " ".join(member for axis, member in stored.fact.dimensions if axis == "column")

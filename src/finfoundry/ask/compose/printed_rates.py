"""Rates of change as filings print them: they were worked out from unrounded figures, so that one computed from the printed amounts may end
in another digit.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from finfoundry.ask.compute.breakdown_rows import is_change, said_beside_change, step
from finfoundry.ask.compute.operands import Operand
from finfoundry.ask.compute.results import Computed
from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.core.periods import parse_iso

APART = Decimal("1.5")  # of its last digit, what a printed rate may differ from the computed one
ROUNDED = Decimal("0.5")  # the same of one whose heading says more than that it is a rate of change
SAME = Decimal("1e-9")
YEAR = timedelta(days=365)
DRIFT = timedelta(days=10)  # of the end of a fiscal year from filing to filing
_PRINTED = "printed"
YearOf = Callable[[str, int], Iterable[StoredFact]]  # a company's facts that end in a year
_LEVEL = re.compile(
    r"\b(?:margin|rate|ratio|yield|share|percent\w*|proportion|penetration|turnover|coverage|returns?|utili[sz]ation|allocation|weight)\b|率|比|占|差|[%％]",
    re.IGNORECASE,
)


def rate_as_printed(computed: Computed, year_of: YearOf) -> Computed:
    """The growth as printed, where filings print it and it ends in another digit; else as computed."""
    pair = _growth(computed)
    if pair is None:
        return computed
    if is_rise(pair[0]):
        return _told(computed, pair[0])
    found = [rate for rate in _rates(*pair, year_of) if _is_plain(rate) and _ends_with(rate, pair[0])]
    near = [rate for rate in found if abs(rate.fact.value - computed.value) <= APART * step(rate.fact)]
    if len({rate.fact.value for rate in near}) != 1 or near[0].fact.precision < 1:
        return computed
    rate = near[0]
    if abs(rate.fact.value - computed.value) <= step(rate.fact) / 2:
        return computed  # the two agree, and the computed one shows its operands
    return _told(computed, rate)


def share_as_printed(share: Computed, first: StoredFact, last: StoredFact, year_of: YearOf) -> Computed:
    """By how much an amount moved, as a share of what it was, without a sign: as the one rate that filings print beside both amounts and
    that says the same, or as computed. A printed rate is told with its own digits, "14%".
    """
    way = 1 if last.fact.value > first.fact.value else -1
    apart = parse_iso(last.fact.period).end - parse_iso(first.fact.period).end
    if abs(apart - YEAR) > DRIFT:
        return share  # a row of three years prints the rate from one to the next
    found = [one for one in _rates(last, first, year_of) if one.fact.value * way > 0]
    rates = [one for one in found if _ends_with(one, last)] or found
    plain, of_measure = [one for one in rates if _is_plain(one)], [one for one in rates if not _is_plain(one)]
    near = _near(share, plain, APART) or _near(share, of_measure, ROUNDED)
    if len(near) != 1:
        return share
    (rate,) = near.values()
    printed = Operand(_PRINTED, share.span, rate, flipped=way < 0)
    expression = _PRINTED if way > 0 else f"-{_PRINTED}"
    return Computed(replace(share.item, show=None), share.span, abs(rate.fact.value), "ratio", expression, {_PRINTED: printed})


def _near(share: Computed, rates: Sequence[StoredFact], apart: Decimal) -> dict[Decimal, StoredFact]:
    """The rates as near to a computed one as steps of their last digits, by their values."""
    return {one.fact.value: one for one in rates if abs(abs(one.fact.value) - share.value) <= apart * step(one.fact)}


def _told(computed: Computed, rate: StoredFact) -> Computed:
    return Computed(computed.item, computed.span, rate.fact.value, "ratio", _PRINTED, {_PRINTED: Operand(_PRINTED, computed.span, rate)})


def is_rise(stored: StoredFact) -> bool:
    """Whether a percentage is itself a growth: "comparable sales" of 15.6 % grew by that, where a margin of 15.6 % is a level."""
    return stored.fact.unit == "ratio" and not _LEVEL.search(" ".join(stored.fact.metric[-1:]))


def _growth(computed: Computed) -> tuple[StoredFact, StoredFact] | None:
    """The later and the earlier of two amounts of one line a year apart, whose growth was computed; None for any other value."""
    if len(computed.operands) != 2 or computed.unit != "ratio":
        return None
    before, now = sorted(computed.operands.values(), key=lambda operand: operand.span)
    earlier = before.stored.fact.value
    if before.name != now.name or before.span != now.span.prior or not earlier:
        return None
    growth = (now.stored.fact.value - earlier) / earlier
    return (now.stored, before.stored) if abs(computed.value - growth) < SAME else None


def _rates(now: StoredFact, before: StoredFact, year_of: YearOf) -> list[StoredFact]:
    """The rates of change in rows that hold both amounts. One under "change against 2022" bears that year."""
    entity, ends = now.fact.entity or "", [parse_iso(one.fact.period).end for one in (now, before)]
    years = sorted({(end + days).year for end in ends for days in (-DRIFT, DRIFT)})
    rows = _rows(stored for year in years for stored in year_of(entity, year))
    held = [row for row in rows.values() if _holds(row, now) and _holds(row, before)]
    return [rate for row in held for rate in row if _is_rate(rate) and (_ends_with(rate, now) or _ends_with(rate, before))]


def _is_rate(stored: StoredFact) -> bool:
    return stored.fact.unit == "ratio" and is_change(_header(stored))


def _is_plain(rate: StoredFact) -> bool:
    """Whether it is a rate of change, or of the total change, and nothing more: not at constant currencies, nor without acquisitions."""
    return said_beside_change(_header(rate)).strip() in ("", "total")


def _ends_with(rate: StoredFact, amount: StoredFact) -> bool:
    return abs(parse_iso(rate.fact.period).end - parse_iso(amount.fact.period).end) <= DRIFT


def _rows(facts: Iterable[StoredFact]) -> dict[tuple[str, int | None, int | None], list[StoredFact]]:
    found: dict[tuple[str, int | None, int | None], list[StoredFact]] = defaultdict(list)
    for stored in facts:
        if not stored.structured and stored.fact.table is not None:
            found[stored.document_id, stored.fact.table, stored.fact.row].append(stored)
    return found


def _holds(row: Sequence[StoredFact], amount: StoredFact) -> bool:
    """Whether a row has an amount, whatever its period: filings give one fiscal year different days."""
    return any((one.fact.value, one.fact.unit) == (amount.fact.value, amount.fact.unit) for one in row)


def _header(stored: StoredFact) -> str:
    return " ".join(member for axis, member in stored.fact.dimensions if axis == "column")

"""Tables that go from an opening to a closing balance: which rows are balances, and what time the rows between them are about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from finfoundry.core.periods import Period, find_periods
from finfoundry.knowledge.facts.header_times.named_months import is_a_month
from finfoundry.knowledge.facts.periods.period_resolution import MONTH_DAY, closes, opens
from finfoundry.knowledge.facts.periods.row_walk import LabelledRow
from finfoundry.knowledge.facts.periods.stretches import named_stretch
from finfoundry.knowledge.facts.table.concepts import nature_of

_NEXT = timedelta(days=4)  # between the last day of a stretch and the first of the next, over a weekend
_MONTHS = {date(2000, number, 1).strftime("%b").lower(): number for number in range(1, 13)}
_BALANCE_DAY = re.compile(rf"^(?:balance|ending|beginning)\b[^\d]*\b(?:at|of|,)\s*(?P<day>{MONTH_DAY.pattern})\s*$", re.IGNORECASE)
_TOTAL = re.compile(r"^total\b|总|合计", re.IGNORECASE)
_ADJUSTED = re.compile(r"\b(?:adjusted|restated|revised|recast)\b|^opening\b|调整后", re.IGNORECASE)
_CASH = re.compile(
    r"^(?:total\s+|restricted\s+)*cash\b(?!.*\b(?:paid|received|flows?|dividends?|payments?|contributions?)\b)", re.IGNORECASE
)
_OF_YEAR = re.compile(r"\bof\s+(?:the\s+)?(?:fiscal\s+)?year\b|年初", re.IGNORECASE)


def rolls_forward(labels: Iterable[str]) -> bool:
    """Whether a table goes from an opening to a closing balance."""
    texts = list(labels)
    return any(map(opens, texts)) and any(map(closes, texts))


def from_year_start(labels: Iterable[str]) -> bool:
    """Whether the opening balances are those of the year: "Balance, beginning of year" in the report on a quarter."""
    return any(opens(text) and _OF_YEAR.search(text) for text in labels)


def months_rolled(labels: Sequence[str]) -> int | None:
    """The length of a roll-forward whose balances name days without a year: "Balance at January 1" … "Balance at June 30"."""
    days = [(_MONTHS[found["m"][:3].lower()], int(found["d"])) for label in labels if (found := _BALANCE_DAY.match(label))]
    if len(days) < 2 or len(days) % 2 or any(pair != tuple(days[:2]) for pair in zip(days[::2], days[1::2], strict=True)):
        return None
    first = days[0][0] - 1 if days[0][1] == 1 else days[0][0]
    return (days[1][0] - first) % 12 or 12


def between(first: Period | None, last: Period | None) -> Period | None:
    """The span between two balance rows: what moved the one to the other."""
    if first is None or last is None or first.end >= last.end:
        return None
    return Period(last.end, first.end + timedelta(days=1))


def is_dated_balance(line: LabelledRow) -> bool:
    """Whether a row is a dated balance, from or to which others lead; "Total as of …" is the sum of the rows above it."""
    return line.date is not None and not _is_total(line)


def _is_total(line: LabelledRow) -> bool:
    return any(path and _TOTAL.search(path[-1]) for path in line.paths.values())


def fill_spans(lines: Sequence[LabelledRow], last: Period | None = None) -> Period | None:
    """Give rows between two dated balances the span between these. ``last`` is the date of the balance that the table goes on from; returns
    that of its own last one.

    Rows between a balance and the same balance adjusted are of its day. Where only totals are dated, each dates the rows that it sums up.
    """
    _mark_adjusted(lines)
    _fill_stretches(lines)
    dated = [line for line in lines if line.date is not None]
    if len({line.date for line in dated}) > 1 and all(map(_is_total, dated)):
        _date_parts(lines)
        return dated[-1].date
    waiting: list[LabelledRow] = []
    for line in lines:
        if line.date is None:
            waiting.append(line)
            continue
        if last is not None and waiting and _same_balance(last, line):
            line.date = last
            for item in waiting:
                item.date = last
        elif last is not None:
            moved = between(last, line.date)
            for item in waiting:
                item.span = moved
        last, waiting = line.date, []
    return last


def _fill_stretches(lines: Sequence[LabelledRow]) -> None:
    """Give rows of months that follow each other these, and a total below such rows, or below those of stretches, the span of them all."""
    run: list[tuple[LabelledRow, Period]] = []
    for line in lines:
        own = named_stretch(_label(line)) or _month(_label(line))
        if own is not None:
            run = [*run, (line, own)] if run and _follows(own, run[-1][1]) else [(line, own)]
            for row, month in run if len(run) > 1 else ():
                row.span = month
        elif len(run) > 1 and _is_total(line):
            line.span, run = Period(run[-1][1].end, run[0][1].start), []
        else:
            run = []


def _month(label: str) -> Period | None:
    found = find_periods(label)
    period = found[0].period if len(found) == 1 and found[0].text.strip() == label.strip() else None
    return period if is_a_month(period) else None


def _follows(one: Period, before: Period) -> bool:
    return one.start is not None and timedelta() < one.start - before.end <= _NEXT


def _same_balance(last: Period, line: LabelledRow) -> bool:
    """Whether a balance is the one before it, adjusted: of the same day, or carried to the next."""
    days = (line.date.end - last.end).days if line.date else 0
    return days == 0 or (days == 1 and _ADJUSTED.search(_label(line)) is not None)


def _date_parts(lines: Sequence[LabelledRow]) -> None:
    """Each row has the date of the next dated total."""
    day = None
    for line in reversed(lines):
        day = line.date or day
        line.date = day


def _mark_adjusted(lines: Sequence[LabelledRow]) -> None:
    """Rows between an opening balance and the same balance adjusted are of its day, too; so are those between two closing ones, and
    below a closing one those that it is of ("Cash and cash equivalents", "Restricted cash"), or that no word calls flows, under the
    same headings.
    """
    first: int | None = None
    last: int | None = None
    closed = False
    headings: tuple[str, ...] | None = None  # of the last closing balance; below that of cash others are flows without cash
    for place, line in enumerate(lines):
        label = _label(line)
        closing = closes(label) or line.edge == "closing"
        closed = closing or (closed and not opens(label))
        if closing:
            headings = None if _CASH.match(label) else _headings(line)
        elif closed and (_CASH.match(label) or (nature_of(label) != "duration" and _headings(line) == headings)):
            line.edge = "closing"
        if closing:
            for item in lines[place if last is None else last + 1 : place]:
                item.edge = "closing"
            for item in lines[place if first is None else first + 1 : place]:
                item.edge = "moved"
            last = place
        elif opens(label):
            last = None
        if not opens(label):
            first = None if closing else first
            continue
        if first is not None and _ADJUSTED.search(label):
            for item in lines[first + 1 : place]:
                item.edge = "opening"
        first = place


def _label(line: LabelledRow) -> str:
    return next((path[-1] for path in line.paths.values() if path), "")


def _headings(line: LabelledRow) -> tuple[str, ...]:
    return next((path[:-1] for path in line.paths.values() if path), ())

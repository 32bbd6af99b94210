"""Typologies of laundering as rules with thresholds: which fire for an account, by which transfers. They are given next to the score.

Thresholds are data (``data/typologies.yaml``, or an institution's own file). A rule looks at an account's own transfers up to the day of
the judgement; the round trip follows like amounts through other accounts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, get_args

import numpy as np
import yaml
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

from finfoundry.core.errors import InputError
from finfoundry.runtime.audit import canonical, plain
from finfoundry.specialists.families.aml.graph import Transfers, find_cycle, groups

_STRICT = ConfigDict(extra="forbid")
Positive = Annotated[Decimal, Field(gt=0)]
Share = Annotated[Decimal, Field(gt=0, le=1)]
Several = Annotated[int, Field(ge=2)]


@dataclass(frozen=True, slots=True)
class Moved:
    """One transfer. ``time`` as the graph has it, ``when`` as a person reads it: a date to the minute, or the plain number."""

    source: str
    destination: str
    amount: Decimal
    time: float
    when: str


@dataclass(frozen=True)
class TypologyFinding:
    """A rule that fired for an account: the transfers that it rests on, what they come to, and the thresholds that they passed."""

    rule: str
    account: str
    transfers: tuple[Moved, ...]
    figures: Mapping[str, Decimal]
    thresholds: Mapping[str, Decimal]


@dataclass(frozen=True)
class AccountTransfers:
    """An account's own transfers up to the day of the judgement, in order of time."""

    name: str
    rows: tuple[Moved, ...]
    graph: Transfers  # of its neighbourhood
    dated: bool  # whether times are days since 1970
    since: float  # findings whose latest transfer lies before it are old

    @property
    def paid_in(self) -> tuple[Moved, ...]:
        return tuple(one for one in self.rows if one.destination == self.name)

    @property
    def paid_out(self) -> tuple[Moved, ...]:
        return tuple(one for one in self.rows if one.source == self.name)

    def windows(self, rows: tuple[Moved, ...], days: Decimal) -> Iterator[tuple[Moved, ...]]:
        """The rows of each stretch of ``days`` that ends with a row which is not old."""
        first = 0
        for last, row in enumerate(rows):
            while row.time - rows[first].time > float(days):
                first += 1
            if row.time >= self.since:
                yield rows[first : last + 1]


def total(rows: Iterable[Moved]) -> Decimal:
    """Exact."""
    return sum((one.amount for one in rows), Decimal(0))


Group = tuple[Moved, ...]


@checked(config=_STRICT, frozen=True)
class Structuring:
    """Transfers of one side, each at ``near`` of the limit or more and below it, that together reach it."""

    limit: Positive
    near: Share
    transfers: Several
    days: Positive

    def groups(self, account: AccountTransfers) -> Iterator[Group]:
        for side in (account.paid_in, account.paid_out):
            just_below = tuple(one for one in side if self.near * self.limit <= one.amount < self.limit)
            for group in account.windows(just_below, self.days):
                if len(group) >= self.transfers and total(group) >= self.limit:
                    yield group


@checked(config=_STRICT, frozen=True)
class RapidMovement:
    """Of ``amount`` or more that came in, a share left again within the days."""

    share: Share
    amount: Positive
    days: Positive

    def groups(self, account: AccountTransfers) -> Iterator[Group]:
        for group in account.windows(account.rows, self.days):
            came = [one for one in group if one.destination == account.name]
            left = [one for one in group if one.source == account.name and came and one.time >= came[0].time]
            if total(came) >= self.amount and self.share * total(came) <= total(left) <= total(came) / self.share:
                yield tuple(one for one in group if one in came or one in left)


@checked(config=_STRICT, frozen=True)
class FanIn:
    """So many different accounts pay this one."""

    accounts: Several
    days: Positive

    def groups(self, account: AccountTransfers) -> Iterator[Group]:
        for group in account.windows(account.paid_in, self.days):
            if len({one.source for one in group} - {account.name}) >= self.accounts:
                yield group


@checked(config=_STRICT, frozen=True)
class FanOut:
    """This account pays so many different ones."""

    accounts: Several
    days: Positive

    def groups(self, account: AccountTransfers) -> Iterator[Group]:
        for group in account.windows(account.paid_out, self.days):
            if len({one.destination for one in group} - {account.name}) >= self.accounts:
                yield group


@checked(config=_STRICT, frozen=True)
class RoundTrip:
    """Like amounts lead through other accounts back to this one."""

    accounts: Several
    amount: Positive
    days: Positive

    def groups(self, account: AccountTransfers) -> Iterator[Group]:
        """Each cycle through the account, in order of time, that meets the thresholds and whose last transfer is not old."""
        graph = replace(account.graph, span=float(self.days) / 2)  # which is how far from its first transfer a cycle is followed, twice
        outgoing = {int(graph.source[rows[0]]): rows for rows in groups(graph.source)}
        own = outgoing.get(graph.names.index(account.name), np.array([], dtype=np.int64)) if account.name in graph.names else ()
        for row in own:
            found = sorted(
                (_moved(graph, edge, dated=account.dated) for edge in find_cycle(graph, outgoing, int(row))), key=lambda one: one.time
            )
            if len(found) < self.accounts or found[-1].time < account.since or min(one.amount for one in found) < self.amount:
                continue
            if found[-1].time - found[0].time <= float(self.days):
                yield tuple(found)


@checked(config=_STRICT, frozen=True)
class RoundAmounts:
    """A share of the account's transfers, and so many of them, are multiples of a round amount."""

    multiple: Positive
    share: Share
    transfers: Several
    days: Positive

    def groups(self, account: AccountTransfers) -> Iterator[Group]:
        for group in account.windows(account.rows, self.days):
            even = tuple(one for one in group if one.amount % self.multiple == 0)
            if len(even) >= self.transfers and len(even) >= self.share * len(group):
                yield even


@checked(config=_STRICT, frozen=True)
class DormantThenActive:
    """After so many days without a transfer so many, of ``amount`` or more, within the days."""

    quiet_days: Positive
    transfers: Several
    amount: Positive
    days: Positive

    def groups(self, account: AccountTransfers) -> Iterator[Group]:
        """The transfers of ``days`` after each quiet stretch, where they meet the thresholds and the last of them is not old."""
        rows = account.rows
        for number in range(1, len(rows)):
            start = rows[number].time
            if start - rows[number - 1].time < float(self.quiet_days):
                continue
            group = tuple(one for one in rows[number:] if one.time - start <= float(self.days))
            if len(group) >= self.transfers and total(group) >= self.amount and group[-1].time >= account.since:
                yield group


Rule = Structuring | RapidMovement | FanIn | FanOut | RoundTrip | RoundAmounts | DormantThenActive
_RULES: dict[str, type[Rule]] = dict(
    zip(
        ("structuring", "rapid movement", "fan-in", "fan-out", "round trip", "round amounts", "dormant then active"),
        get_args(Rule), strict=True,
    )
)  # fmt: skip
NAMES = tuple(_RULES)


@dataclass(frozen=True)
class Rules:
    """Which rules are on, with their thresholds. ``digest``: SHA-256 of both."""

    lookback_days: Decimal
    rules: Mapping[str, Rule]

    @property
    def digest(self) -> str:
        told = {"lookback_days": self.lookback_days, "rules": {name: vars(rule) for name, rule in self.rules.items()}}
        return hashlib.sha256(canonical(plain(told))).hexdigest()


def default_text() -> str:
    """The rules that come with the product, as YAML."""
    return resources.files("finfoundry.specialists").joinpath("data/typologies.yaml").read_text(encoding="utf-8")


def read_rules(path: Path | None = None) -> Rules:
    """The rules of a file; without one those of the product. Raises InputError: a rule or a threshold that is none."""
    name = path.name if path else "typologies.yaml"
    try:
        told = yaml.safe_load(default_text() if path is None else path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"{name} cannot be read: {error}") from error
    if not isinstance(told, Mapping) or set(told) != {"lookback_days", "rules"} or not isinstance(told["rules"], Mapping):
        raise InputError(f"{name}: give lookback_days and rules", remedy="Begin with finfoundry specialists alerts rules")
    if wrong := sorted(set(map(str, told["rules"])) - set(NAMES)):
        raise InputError(f"{name}: there is no rule {wrong[0]!r}", remedy=f"The rules are: {', '.join(NAMES)}")
    lookback = _threshold(Positive, told["lookback_days"], f"{name}, lookback_days")
    return Rules(lookback, {rule: _threshold(_RULES[rule], found, f"{name}, {rule}") for rule, found in told["rules"].items()})


def _threshold(kind: Any, found: Any, place: str) -> Any:
    exact = {key: _exact(value) for key, value in found.items()} if isinstance(found, Mapping) else _exact(found)
    try:
        return TypeAdapter(kind).validate_python(exact)
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"{place}, {'.'.join(map(str, first['loc'])) or 'value'}: {first['msg']}") from error


def _exact(value: Any) -> Any:
    """0.7 as it is written, not as the machine holds it."""
    return Decimal(repr(value)) if isinstance(value, float) else value


def findings(graph: Transfers, account: str, rules: Rules, as_of: float, *, dated: bool) -> list[TypologyFinding]:
    """The rules that fire for an account by its transfers up to ``as_of``, each with the group that moved the most."""
    near = graph.until(as_of).around([account])
    own = np.flatnonzero([account in (near.names[a], near.names[b]) for a, b in zip(near.source, near.destination, strict=True)])
    rows = tuple(_moved(near, int(row), dated=dated) for row in own)
    seen = AccountTransfers(account, rows, near, dated, as_of - float(rules.lookback_days))
    found = []
    for name, rule in rules.rules.items():
        best = max(rule.groups(seen), key=lambda group: (total(group), len(group)), default=None)
        if best is not None:
            found.append(TypologyFinding(name, account, best, _figures(best), _thresholds(rule)))
    return found


def _moved(graph: Transfers, row: int, *, dated: bool) -> Moved:
    source, destination, time = graph.names[graph.source[row]], graph.names[graph.destination[row]], float(graph.time[row])
    return Moved(source, destination, Decimal(repr(float(graph.amount[row]))), time, moment_text(time, dated=dated))


def moment_text(time: float, *, dated: bool) -> str:
    """A time of the graph as a person reads it."""
    if not dated:
        return f"{time:g}"
    found = datetime(1970, 1, 1) + timedelta(minutes=round(time * 1440))
    return found.isoformat(sep=" ", timespec="minutes") if found.hour or found.minute else found.date().isoformat()


def _figures(group: Group) -> dict[str, Decimal]:
    ends = {end for one in group for end in (one.source, one.destination)}
    return {
        "transfers": Decimal(len(group)),
        "accounts": Decimal(len(ends)),
        "sum moved": total(group),
        "largest transfer": max(one.amount for one in group),
        "days": Decimal(repr(round(max(one.time for one in group) - min(one.time for one in group), 1))),
    }


def _thresholds(rule: Rule) -> dict[str, Decimal]:
    return {one.name: Decimal(str(getattr(rule, one.name))) for one in fields(rule)}

"""What makes a sentence false: one of the facts that it tells is exchanged, each time in one way, and so that it is false for certain."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from tagged.paper_facts import metrics, months_of
from tagged.tellings import Telling

Told = Sequence[Telling]
Corruption = Callable[[Told, random.Random, Sequence[str]], list[Telling] | None]
_APART = Decimal("0.04")  # of a value, by which a false one differs at least
_SCALE = Decimal(1000)


def _with_now(told: Told, value: Decimal | None) -> list[Telling] | None:
    """The first fact with another value, if it is another one and of the same sign."""
    one = told[0]
    if value is None or not one.now or abs(abs(value) - abs(one.now)) <= _APART * abs(one.now) or (value < 0) is not (one.now < 0):
        return None
    return [replace(one, now=value, up=value > one.then if one.then is not None else one.up), *told[1:]]


def digit(told: Told, rng: random.Random, _: Sequence[str]) -> list[Telling] | None:
    off = Decimal(rng.randint(6, 30)) / 100
    return _with_now(told, told[0].now * (1 + off if rng.random() < 0.5 else 1 - off))


def other_year(told: Told, _: random.Random, __: Sequence[str]) -> list[Telling] | None:
    one = told[0]
    further = one.paper.before(one.metric, one.before, one.part) if one.before else None
    swapped = _with_now(told, one.then)
    if swapped is None or one.then is None:
        return swapped
    then = one.paper.value(one.metric, further, one.part) or one.then * Decimal("0.9")
    return [replace(swapped[0], then=then, up=one.then > then), *swapped[1:]]


def other_span(told: Told, _: random.Random, __: Sequence[str]) -> list[Telling] | None:
    """The nine months' figure as the quarter's, or the other way round."""
    one = told[0]
    spans = [
        time for time in one.paper.periods(one.metric, one.part) if time.end == one.period.end and months_of(time) != months_of(one.period)
    ]
    return _with_now(told, one.paper.value(one.metric, spans[0], one.part)) if spans and not one.period.instant else None


def neighbour(told: Told, rng: random.Random, _: Sequence[str]) -> list[Telling] | None:
    """Another line's figure of the same time."""
    one = told[0]
    kinds = {"flow": ("flow", "cost"), "cost": ("flow", "cost")}.get(one.kind, (one.kind,))
    own = {other.metric for other in told}
    near = [
        value
        for (name, part, time), value in one.paper.values.items()
        if (part, time) == (one.part, one.period) and name not in own and metrics()[name].kind in kinds
        and abs(one.now) / 8 < abs(value) < abs(one.now) * 8
    ]  # fmt: skip
    return _with_now(told, rng.choice(near)) if near else None


def other_company(told: Told, rng: random.Random, companies: Sequence[str]) -> list[Telling] | None:
    another = rng.choice([name for name in companies if name != told[0].company])
    return [replace(one, company=another) for one in told] if any(not one.part for one in told) else None


def part_as_whole(told: Told, rng: random.Random, _: Sequence[str]) -> list[Telling] | None:
    """A segment's figure as the company's."""
    one = told[0]
    parts = [] if one.part else one.paper.parts(one.metric, one.period)
    return _with_now(told, one.paper.value(one.metric, one.period, rng.choice(parts))) if parts else None


def other_part(told: Told, rng: random.Random, _: Sequence[str]) -> list[Telling] | None:
    """Another segment's figure, or the company's, as that of a segment."""
    one = told[0]
    others = [part for part in ("", *one.paper.parts(one.metric, one.period)) if part != one.part] if one.part else []
    return _with_now(told, one.paper.value(one.metric, one.period, rng.choice(others))) if others else None


def scale(told: Told, rng: random.Random, _: Sequence[str]) -> list[Telling] | None:
    one = told[0]
    if one.kind == "share":
        return None
    return [replace(one, now=one.now * _SCALE if abs(one.now) < 10**10 and rng.random() < 0.5 else one.now / _SCALE), *told[1:]]


def direction(told: Told, _: random.Random, __: Sequence[str]) -> list[Telling] | None:
    one = told[0]
    return [replace(one, up=not one.up), *told[1:]] if one.then is not None and abs(one.change) > Decimal("0.01") else None


def sign(told: Told, _: random.Random, __: Sequence[str]) -> list[Telling] | None:
    """A loss as a profit, a profit as a loss."""
    one = told[0]
    metric = metrics()[one.metric]
    return [replace(one, now=-one.now, then=-one.then if one.then else one.then), *told[1:]] if metric.loss else None


def adjusted(told: Told, rng: random.Random, _: Sequence[str]) -> list[Telling] | None:
    one = told[0]
    if one.kind not in ("flow", "share") or one.metric == "cash from operations":
        return None
    word = "organic" if one.metric == "revenue" else rng.choice(("adjusted", "non-GAAP", "underlying"))
    return [replace(one, noun=f"{word} {one.noun}"), *told[1:]]


def per_share(told: Told, _: random.Random, __: Sequence[str]) -> list[Telling] | None:
    """Earnings a share as earnings in billions."""
    one = told[0]
    value = one.paper.value("diluted earnings a share", one.period) if one.metric == "net income" and not one.part else None
    return _with_now(told, value * 10**9) if value else None


def exchanged(told: Told, _: random.Random, __: Sequence[str]) -> list[Telling] | None:
    """The figures of two lines or parts exchanged, or which of them is the larger."""
    if len(told) < 2 or abs(told[0].now - told[1].now) <= _APART * abs(told[0].now):
        return None
    one, other = told[:2]
    return [replace(one, now=other.now, then=other.then), replace(other, now=one.now, then=one.then), *told[2:]]


def reversed_sides(told: Told, _: random.Random, __: Sequence[str]) -> list[Telling] | None:
    """Which of two lines is the larger."""
    return [told[1], told[0], *told[2:]] if len(told) > 1 else None


CORRUPTIONS: dict[str, Corruption] = {
    "digit": digit, "other year": other_year, "other span": other_span, "neighbouring line": neighbour, "other company": other_company,
    "part as whole": part_as_whole, "other part": other_part, "scale": scale, "direction": direction, "sign": sign, "adjusted": adjusted,
    "per share": per_share, "exchanged": exchanged,
    "reversed": reversed_sides,
}  # fmt: skip
# what would be absurd, is no corruption of the form, or may happen to be true of it
UNFIT = {
    "level": {"reversed"},
    "level by verb": {"reversed"},
    "change in percent": {"scale", "sign"},
    "from to": {"sign"},
    "difference": {"scale", "sign"},
    "several figures": {"sign", "reversed"},
    "two lines compared": {"scale", "sign", "exchanged"},
    "ratio": {"reversed", "sign", "scale", "adjusted"},
    "ratio moved": {"reversed", "sign", "scale", "other company"},
    "share of a part": {"reversed", "sign", "scale", "adjusted", "exchanged"},
    "level of a part": {"sign"},
    "rank of parts": {"sign", "adjusted"},
    "loss and loss": {"sign", "other year"},
    "loss and profit": {"other year"},
    "multiple of the year before": {"sign", "adjusted", "scale"},
}

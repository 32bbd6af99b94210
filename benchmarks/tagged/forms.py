"""The grammatical forms in which sentences tell of tagged facts: what each needs, and how it puts it into words."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

import yaml

from tagged.paper_facts import DATA, metrics
from tagged.tellings import Telling, amount, inside, moved, multiple, percent, points, when

Needs = str  # what a form tells of: "one" fact, one that "moved", a "pair" of a time, a known "ratio", parts of a whole; see ``compose``
Render = Callable[[Sequence[Telling], random.Random], str]
_MOST_OF_RATIO, _LEAST_POINTS = Decimal(2), Decimal("0.004")


@dataclass(frozen=True, slots=True)
class Form:
    name: str
    needs: Needs
    tell: Render


def _level(told: Sequence[Telling], rng: random.Random) -> str:
    one = told[0]
    x, of = amount(one.now, one.kind, rng), subject(one)
    if one.now < 0:
        return _by_verb(told, rng)
    if one.period.instant:
        return rng.choice(
            (f"{of} stood at {x} {when(one.paper, one.period, rng)}.", f"{_upper(inside(one.paper, one.period, rng))}, {of} came to {x}.")
        )
    time = when(one.paper, one.period, rng)
    return rng.choice((
        f"{of} for {time} was {x}.", f"{of} came to {x} in {time}.", f"In {time}, {of} amounted to {x}.",
        f"{_upper(x)} is what {_holder(one)} reported as {one.noun} for {time}.", f"{_holder(one)} reported {one.noun} of {x} for {time}.",
    ))  # fmt: skip


def _by_verb(told: Sequence[Telling], rng: random.Random) -> str:
    one, metric = told[0], metrics()[told[0].metric]
    verbs = metric.loss if one.now < 0 else metric.verbs
    if not verbs:
        return ""
    said, time = rng.choice(verbs).format(x=amount(one.now, one.kind, rng)), inside(one.paper, one.period, rng)
    return rng.choice((f"{_holder(one)} {said} {time}.", f"{_upper(time)} {_holder(one)} {said}."))


def _change(told: Sequence[Telling], rng: random.Random) -> str:
    one = told[0]
    p, x, time = percent(one.change, rng), amount(one.now, one.kind, rng), inside(one.paper, one.period, rng)
    return rng.choice((
        f"{subject(one)} {moved(one.up, rng)} {p} {time} to {x}.", f"{_upper(time)}, {subject(one)} {moved(one.up, rng)} by {p}.",
        f"{subject(one)} of {x} {time} was {p} {'higher' if one.up else 'lower'} than {_earlier(one, rng)}.",
        f"{_upper(time)} {subject(one)} reached {x}, {'up' if one.up else 'down'} {p}.",
    ))  # fmt: skip


def _from_to(told: Sequence[Telling], rng: random.Random) -> str:
    one = told[0]
    now, then = (amount(value or Decimal(0), one.kind, rng) for value in (one.now, one.then))
    time, before = (inside(one.paper, period or one.period, rng) for period in (one.period, one.before))
    return rng.choice((
        f"{subject(one)} {moved(one.up, rng)} from {then} {before} to {now} {time}.",
        f"{subject(one)} {moved(one.up, rng)} to {now} {time}, from {then} {'a year earlier' if not one.period.instant else before}.",
        f"{_upper(time)}, {subject(one)} was {now}, {'up' if one.up else 'down'} from {then} {before}.",
        f"{subject(one)} came to {now} {time}, compared with {then} {before}.",
    ))  # fmt: skip


def _difference(told: Sequence[Telling], rng: random.Random) -> str:
    one = told[0]
    d, x = amount(one.now - (one.then or 0), one.kind, rng), amount(one.now, one.kind, rng)
    time, more = inside(one.paper, one.period, rng), "more" if one.up else "less"
    return rng.choice((
        f"{subject(one)} {moved(one.up, rng)} by {d} {time}.", f"{subject(one)} {moved(one.up, rng)} {d} to {x} {time}.",
        f"{_upper(time)}, {subject(one)} was {d} {'higher' if one.up else 'lower'} than {_earlier(one, rng)}.",
        f"{subject(one)} of {x} {time} was {d} {more} than {_earlier(one, rng)}.",
    ))  # fmt: skip


def _multiple(told: Sequence[Telling], rng: random.Random) -> str:
    one = told[0]
    of, time = one.now / one.then if one.then else Decimal(0), inside(one.paper, one.period, rng)
    if of > Decimal("1.5"):
        return f"{subject(one)} {time} was {multiple(of)} times what it had been {_earlier(one, rng)}."
    return f"{_upper(time)} {subject(one)} was only {percent(of, rng)} of what it had been {_earlier(one, rng)}."


def _losses(told: Sequence[Telling], rng: random.Random) -> str:
    """Two losses: one that widened or narrowed."""
    one = told[0]
    now, then, time = amount(one.now, one.kind, rng), amount(one.then or Decimal(0), one.kind, rng), inside(one.paper, one.period, rng)
    noun = f"{_holder(one)}'s {_LOSSES[one.metric]}"
    way = rng.choice(("widened", "grew", "deepened") if not one.up else ("narrowed", "shrank"))
    return rng.choice((f"{noun} {way} to {now} {time} from {then}.", f"{_upper(time)} {noun} {way} from {then} a year earlier to {now}."))


def _swing(told: Sequence[Telling], rng: random.Random) -> str:
    """A profit that was a loss the year before, or the other way round."""
    one = told[0]
    now, then, time = amount(one.now, one.kind, rng), amount(one.then or Decimal(0), one.kind, rng), inside(one.paper, one.period, rng)
    loss, profit = _LOSSES[one.metric], one.noun
    if one.now > 0:
        return rng.choice((
            f"{_holder(one)} swung from {_a(loss)} of {then} to {profit} of {now} {time}.",
            f"{_upper(time)}, {_holder(one)} made {profit} of {now}, after {_a(loss)} of {then} a year earlier.",
        ))  # fmt: skip
    return f"{_holder(one)} slid from {profit} of {then} to {_a(loss)} of {now} {time}."


def _several(told: Sequence[Telling], rng: random.Random) -> str:
    one, other = told
    x, y, time = amount(one.now, one.kind, rng), amount(other.now, other.kind, rng), inside(one.paper, one.period, rng)
    return rng.choice((
        f"{_upper(time)} {subject(one)} came to {x} and {other.noun} to {y}.",
        f"{subject(one)} was {x} {time}, while {other.noun} reached {y}.",
        f"{_holder(one)}'s {one.noun} and {other.noun} were {x} and {y}, respectively, {time}.",
        f"{_upper(time)} {_holder(one)} reported {one.noun} of {x} on {other.noun} of {y}.",
    ))  # fmt: skip


def _compared(told: Sequence[Telling], rng: random.Random) -> str:
    more, less = told
    x, y, time = amount(more.now, more.kind, rng), amount(less.now, less.kind, rng), inside(more.paper, more.period, rng)
    d = amount(more.now - less.now, more.kind, rng)
    return rng.choice((
        f"{_upper(time)} {subject(more)}, at {x}, was larger than its {less.noun}, at {y}.",
        f"{subject(more)} exceeded its {less.noun} by {d} {time}.",
        f"{subject(more)} was {d} more than its {less.noun} {time}.",
    ))  # fmt: skip


def _ratio(told: Sequence[Telling], rng: random.Random) -> str:
    part, whole = told
    of = part.now / whole.now if whole.now else Decimal(0)
    time = when(part.paper, part.period, rng)
    said = rng.choice(ratios()[part.metric, whole.metric])
    return said.format(
        c=_holder(part),
        t=time,
        p=percent(of, rng),
        r=multiple(of),
        x=amount(part.now, part.kind, rng),
        y=amount(whole.now, whole.kind, rng),
    )


def _ratio_moved(told: Sequence[Telling], rng: random.Random) -> str:
    part, whole = told
    now, then = part.now / whole.now, (part.then or Decimal(0)) / (whole.then or Decimal(1))
    truly = part.then is None or part.up is (part.now > part.then)
    if abs(now - then) < _LEAST_POINTS or max(now, then) > _MOST_OF_RATIO:
        return ""
    wide, time = (now > then) is truly, inside(part.paper, part.period, rng)
    of = f"{_holder(part)}'s {part.noun} as a share of {whole.noun}"
    low, high = (percent(one, rng, hedged=False) for one in (then, now))
    return rng.choice((
        f"{of} {'widened' if wide else 'narrowed'} by {points(now - then)} to {high} {time}.",
        f"{_upper(time)} {of} {'rose' if wide else 'fell'} from {low} to {high}.",
        f"{of} was {high} {time}, against {low} {_earlier(part, rng)}.",
    ))  # fmt: skip


def _share(told: Sequence[Telling], rng: random.Random) -> str:
    part, whole = told
    p, x, time = (
        percent(part.now / whole.now if whole.now else Decimal(0), rng),
        amount(part.now, part.kind, rng),
        inside(part.paper, part.period, rng),
    )
    return rng.choice((
        f"{_upper(time)} {part.part} accounted for {p} of {subject(whole)}.", f"{part.part} brought in {p} of {subject(whole)} {time}.",
        f"With {x}, {part.part} made up {p} of {subject(whole)} {time}.",
    ))  # fmt: skip


def _part_level(told: Sequence[Telling], rng: random.Random) -> str:
    part = told[0]
    if part.now < 0:
        return ""
    x, time = amount(part.now, part.kind, rng), inside(part.paper, part.period, rng)
    return rng.choice((
        f"{part.company}'s {part.part} had {part.noun} of {x} {time}.",
        f"{_upper(time)} {part.noun} of {part.company}'s {part.part} came to {x}.",
        f"{part.part} contributed {x} to {part.company}'s {part.noun} {time}.",
    ))  # fmt: skip


def _rank(told: Sequence[Telling], rng: random.Random) -> str:
    first, second = told[:2]
    x, y, time = amount(first.now, first.kind, rng), amount(second.now, second.kind, rng), inside(first.paper, first.period, rng)
    return rng.choice((
        f"With {x}, {first.part} had the highest {first.noun} of {first.company}'s segments {time}.",
        f"{_upper(time)} {first.part} had more {first.noun} than {second.part}: {x} against {y}.",
    ))  # fmt: skip


def subject(one: Telling) -> str:
    """Whose metric: "Nike's net sales", "Converse's revenue"."""
    return f"{_holder(one)}'s {one.noun}"


def _holder(one: Telling) -> str:
    return one.part or one.company


def _earlier(one: Telling, rng: random.Random) -> str:
    return inside(one.paper, one.before, rng) if one.before and (one.period.instant or rng.random() < 0.5) else "a year earlier"


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


@lru_cache(maxsize=1)
def ratios() -> dict[tuple[str, str], list[str]]:
    return {(part, whole): said for part, whole, said in yaml.safe_load((DATA / "shares.yaml").read_text("utf-8"))}


_LOSSES = {
    "operating income": "operating loss",
    "net income": "net loss",
    "pretax income": "pre-tax loss",
    "diluted earnings a share": "diluted loss per share",
}
LOSING = frozenset(_LOSSES)
FORMS = (
    Form("level", "one", _level),
    Form("level by verb", "one", _by_verb),
    Form("change in percent", "moved", _change),
    Form("from to", "moved", _from_to),
    Form("difference", "moved", _difference),
    Form("multiple of the year before", "multiple", _multiple),
    Form("loss and loss", "losses", _losses),
    Form("loss and profit", "swing", _swing),
    Form("several figures", "pair", _several),
    Form("two lines compared", "ordered", _compared),
    Form("ratio", "ratio", _ratio),
    Form("ratio moved", "ratio moved", _ratio_moved),
    Form("share of a part", "share", _share),
    Form("level of a part", "part", _part_level),
    Form("rank of parts", "rank", _rank),
)

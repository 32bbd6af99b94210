"""Facts made true and made false from the tags of a filing, by which the judge of ``ixbrl-facts`` is tested."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from random import Random

from tests.evals.made_answers.made import TRUE, Made
from tests.evals.made_answers.rates import Rates

from finfoundry.core.document import Fact
from finfoundry.core.periods import parse_iso
from finfoundry.evals.rows import Item
from finfoundry.evals.suites.ixbrl_facts import tags_of
from finfoundry.evals.suites.ixbrl_judging import judge
from finfoundry.knowledge.facts.tags.ixbrl import Tagged

NAME = "ixbrl-facts"
EACH = 40  # figures of a filing
UNITS = ("USD", "shares", "EUR", "ratio", "USD/share", None)
LABELS = ("Goodwill acquired in the year", "Deferred tax of subsidiaries", "Shares withheld for taxes")


def measure(items: Sequence[Item], seed: int = 0, each: int = EACH) -> Rates:
    """Judge made facts, one at a time, on a sample of each filing's figures."""
    rates = Rates(NAME)
    for item in items:
        random = Random(f"{seed} {item.id}")
        figures, labels = tags_of(item)
        for figure in random.sample(figures, min(each, len(figures))):
            for kind, facts in made(figure, labels.get(figure.id, ""), random):
                outcome = judge([(figure, facts)], labels)
                _count(rates, item, Made(f"{figure.id} {facts}", kind), right=outcome.right == 1 and outcome.right_facts == outcome.facts)
    return rates


def _count(rates: Rates, item: Item, one: Made, *, right: bool) -> None:
    rates.kinds[one.kind]["taken" if right else "refused"] += 1
    if one.kind == TRUE:
        rates.true += 1
        rates.refused += [] if right else [(item, one, "")]
    else:
        rates.false += 1
        rates.taken += [(item, one)] if right else []


def made(figure: Tagged, label: str, random: Random) -> Iterator[tuple[str, list[Fact]]]:
    """The fact that a right reading gives, and facts that are false in one respect."""
    right = Fact((label or "Total",), figure.printed, figure.unit, figure.period.iso, figure.text, 1, scale=figure.scale)
    yield TRUE, [right]
    yield TRUE, [replace(right, metric=("Notes", label or "Total"))]
    yield "left out", []
    other = replace(right, unit=random.choice([unit for unit in UNITS if unit != figure.unit]))
    yield "unit", [other]
    yield "period", [replace(right, period=_year_before(figure))]
    if label:
        yield "other item", [replace(right, metric=(random.choice(LABELS),))]
    if figure.value:
        yield "value", [replace(right, value=figure.printed + 3 * figure.scale)]
        yield "sign", [replace(right, value=-figure.printed)]
        yield "scale", [replace(right, value=figure.printed * Decimal(random.choice(("1000", "0.001"))))]
        yield "x100", [replace(right, value=figure.printed * 100)]
        yield "extra figure", [right, replace(right, value=figure.printed * 7)]


def _year_before(figure: Tagged) -> str:
    period = figure.period
    return parse_iso(f"{period.end.year - 1}-06-30").iso

"""English answers about figures: true in several hands' wording, and false in one respect each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from random import Random

from finfoundry.evals.judging.truth import Figure, Truth
from finfoundry.evals.rows import Item
from finfoundry.evals.trials.made import TRUE, Made
from finfoundry.evals.trials.printing import off, printed, share

OTHER_COMPANIES = ("Harbor Lane Foods", "Quillon Systems", "Meridian Pacific Holdings", "Tarrant & Wells", "Oakhurst Energy")
OTHER_METRICS = ("goodwill", "accounts payable", "inventories", "interest expense", "total liabilities", "dividends paid", "net income")
LEVEL = (
    "{who}'s {m} was {v} in FY{y}.",
    "In fiscal {y}, {who} posted {m} of {v}.",
    "{who} closed FY{y} with {m} of {v}.",
    "For FY{y} the filing shows {m} of {v}.",
    "{m} of {who} for fiscal {y}: {v}.",
    "It came to {v} in {y}.",
    "According to the annual report, {who} had {m} of {v} in FY{y}; a year earlier, in FY{x}, it was {w}.",
    "{v} is what {who} disclosed as {m} for FY{y}.",
)
PLAIN = ("It was {v}.", "{v}", "The answer is {v}.", "In FY{y} it stood at {v}.", "{who} shows {v} for FY{y}.", "The filing gives {v}.")
RISES = (
    "{m} at {who} went up by {v} in FY{y}.", "{who}'s {m} rose {v} from FY{x} to FY{y}.", "It grew {v}.",
    "There was a {v} increase in {m} in FY{y}.", "{m} climbed by {v} year over year.",
)  # fmt: skip
FALLS = (
    "{m} at {who} went down by {v} in FY{y}.", "{who}'s {m} fell {v} from FY{x} to FY{y}.", "It shrank by {v}.",
    "There was a {v} decrease in {m} in FY{y}.", "{m} dropped by {v} year over year.",
)  # fmt: skip
CHANGES = (
    "The change in {m} at {who} was {v} in FY{y}.", "{who}'s {m} growth was {v} for FY{y}.", "{v}.",
    "From FY{x} to FY{y}, {m} at {who} changed by {v}.",
    "For FY{y} the movement in {m} comes to {v}.",

)  # fmt: skip
ALSO = (
    "{s} Elsewhere the report puts it at {w}.", "It was {v} or {w}.", "{s} However, the correct amount is {w}.", "Either {v} or {w}.",
    "{s} Another table shows {w} for the same item.", "{w}; some pages give {v}.", "{s} In other words, {w}.",
)  # fmt: skip


def figures(truth: Truth, item: Item, random: Random) -> Iterator[Made]:
    """Nothing where the truth is no figure."""
    if not truth.figures or truth.words or truth.chosen:
        return
    if len(truth.figures) > 1 or truth.rises is not None or truth.yes is not None:
        return
    teller = _Teller(truth, item, random)
    yield from teller.true()
    yield from teller.false()


class _Teller:
    def __init__(self, truth: Truth, item: Item, random: Random) -> None:
        self.truth, self.item, self.random = truth, item, random
        self.figure = truth.figures[0]
        self.year = max(truth.years, default=0)
        self.who = truth.entity[0] if truth.entity else ""
        self.metric = truth.labels[0] if truth.labels else ""
        self.signed = self.figure.value < 0 and not self.figure.signless

    def say(self, figure: Figure, value: str, *, who: str | None = None, metric: str | None = None, year: int | None = None) -> str:
        """One sentence that states ``value`` as the figure; ``figure`` tells whether it is a movement and which way."""
        given = {"who": who or self.who, "m": metric or self.metric, "y": year or self.year, "x": (year or self.year) - 1}
        if figure.change and self.metric and self.random.random() < 0.6:
            sentences: Sequence[str] = FALLS if figure.value < 0 else RISES
        else:
            sentences = CHANGES if figure.change and self.metric else LEVEL if self.metric else PLAIN
            value = f"-{value}" if figure.value < 0 and not figure.signless else value
        chosen = [one for one in sentences if (self.year or "{y}" not in one) and (given["who"] or "{who}" not in one)]
        if who or metric or year:
            key = "{who}" if who else "{m}" if metric else "{y}"
            chosen = [one for one in chosen if key in one and "{x}" not in one]
        rest = "{who}: {v}." if who else "{m}: {v}." if metric else "{v} in FY{y}." if year else "{v}"
        text = self.random.choice(chosen or [rest])
        return text.format(v=value, w=printed(figure, self.random, False, factor=off(figure, self.random)), **given)

    def true(self) -> Iterator[Made]:
        for _ in range(3):
            yield Made(self.say(self.figure, printed(self.figure, self.random, False)), TRUE)

    def false(self) -> Iterator[Made]:
        figure, random = self.figure, self.random
        if figure.value == 0:
            return
        right = printed(figure, random, False)
        yield Made(self.say(figure, printed(figure, random, False, factor=off(figure, random))), "value")
        if not figure.signless and not re.search(r"\b(?:used|outflow)\b", self.metric):  # a label that is itself a sign
            turned = replace(figure, value=-figure.value)
            yield Made(self.say(turned, printed(turned, random, False)), "direction" if figure.change else "sign")
        yield Made(self.say(figure, printed(figure, random, False, factor=Decimal(random.choice(("100", "0.01"))))), "x100")
        if figure.form == "money":
            yield Made(self.say(figure, _other_scale(right, random)), "scale")
        if figure.form in ("percent", "points"):
            word = "%" if figure.form == "points" else " percentage points"
            yield Made(self.say(figure, share(figure, random, False, word=word)), "percent for points")
        if figure.form == "ratio":
            yield Made(self.say(figure, f"{right.split('x')[0].split(' ')[0]}%"), "percent for ratio")
        if self.year:
            yield Made(self.say(figure, right, year=self.year - random.choice((3, 4, 6))), "period")
        if self.who:
            others = sorted(truth for truth in self.truth.strangers) or OTHER_COMPANIES
            other = random.choice(OTHER_COMPANIES if random.random() < 0.5 else others)
            yield Made(self.say(figure, right, who=other), "entity")
        if self.metric:
            others = [one for one in self.truth.others or OTHER_METRICS if one not in self.item.question and one not in self.metric]
            yield Made(self.say(figure, right, metric=random.choice(others)), "other item")
        said = self.say(figure, right)
        sign = "-" if self.signed else ""
        wrong = sign + printed(figure, random, False, factor=off(figure, random))
        yield Made(random.choice(ALSO).format(s=said, v=sign + right, w=wrong), "extra figure")


def _other_scale(amount: str, random: Random) -> str:
    """The amount with another scale word, or with none."""
    words = ("thousand", "million", "billion", "trillion")
    for word in ("billion", "bn", "million", "mn", "thousand"):
        if amount.endswith(f" {word}"):
            now = {"bn": "billion", "mn": "million"}.get(word, word)
            other = random.choice(["", *(one for one in words if one != now)])
            return f"{amount[: -len(word)].strip()} {other}".strip()
    return f"{amount} {random.choice(words[:3])}"

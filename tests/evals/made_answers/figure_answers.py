"""Answers about figures, in either language: true in several hands' wording, and false in one respect each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from random import Random

from tests.evals.made_answers.made import TRUE, Made
from tests.evals.made_answers.printing import as_percent, off, other_scale, printed, share
from tests.evals.made_answers.wording import is_chinese, wording

from finfoundry.evals.judging.truth import TrueFigure, Truth
from finfoundry.evals.rows import Item

MOVED = 0.6  # how often a change is stated as a rise or a fall, else by its sign


def figures(truth: Truth, item: Item, random: Random) -> Iterator[Made]:
    """Right and wrong answers to a question for figures; nothing where the truth is no figure, or one among other things."""
    if not truth.figures or truth.words or truth.chosen or truth.rises is not None or truth.yes is not None:
        return
    if len(truth.figures) > 1:
        yield from _several(truth, item, random)
        return
    teller = _Teller(truth, item, random)
    yield from teller.true()
    if teller.figure.value:
        yield from teller.of_value()
        yield from teller.of_meaning()


class _Teller:
    """Tells the one figure of a truth."""

    def __init__(self, truth: Truth, item: Item, random: Random) -> None:
        self.truth, self.item, self.random = truth, item, random
        self.words, self.chinese = wording(item.question), is_chinese(item.question)
        self.figure = truth.figures[0]
        self.year = max(truth.years, default=0)
        self.who = truth.entity[0] if truth.entity else ""
        self.metric = truth.labels[0] if truth.labels else ""

    def value(self, figure: TrueFigure, factor: Decimal = Decimal(1)) -> str:
        return printed(figure, self.random, self.chinese, factor=factor)

    def wrong(self) -> str:
        return self.value(self.figure, off(self.figure, self.random))

    def say(self, figure: TrueFigure, value: str, **of: str | int) -> str:
        """One sentence that states ``value`` as the figure, whose sign gives the direction; ``of``: another who, metric, year."""
        who, metric, year = str(of.get("who", self.who)), str(of.get("metric", self.metric)), int(of.get("year", self.year))
        negative = figure.value < 0 and not figure.signless
        if figure.change and self.metric and self.random.random() < MOVED:
            kind = "falls" if figure.value < 0 else "rises"
        else:
            kind = "changes" if figure.change and self.metric else "level" if self.metric else "plain"
            value = f"{self.random.choice(self.words['minus'])}{value}" if negative else value
        held = {"{who}": who, "{m}": metric, "{y}": year}
        sentences = [one for one in self.words[kind] if all(there or key not in one for key, there in held.items())]
        for name, key in (("who", "{who}"), ("metric", "{m}"), ("year", "{y}")):
            if name in of:
                sentences = [one for one in sentences if key in one and "{x}" not in one] or [self.words["of"][name]]
        chosen: str = self.random.choice(sentences or self.words["plain"][1:2])
        return chosen.format(v=value, w=self.wrong(), who=who, m=metric, y=year, x=year - 1)

    def true(self) -> Iterator[Made]:
        for _ in range(3):
            yield Made(self.say(self.figure, self.value(self.figure)), TRUE)

    def of_value(self) -> Iterator[Made]:
        """False by the figure itself."""
        figure, random = self.figure, self.random
        right = self.value(figure)
        yield Made(self.say(figure, self.wrong()), "value")
        if not figure.signless and figure.form != "count" and not re.search(r"\b(?:used|outflow)\b", self.metric):
            turned = replace(figure, value=-figure.value)  # but of a label that is itself a sign
            yield Made(self.say(turned, self.value(turned)), "direction" if figure.change else "sign")
        yield Made(self.say(figure, self.value(figure, Decimal(random.choice(("100", "0.01"))))), "x100")
        if figure.form == "money":
            yield Made(self.say(figure, other_scale(right, random, self.chinese)), "scale")
        if figure.form in ("percent", "points"):
            points = "个百分点" if self.chinese else " percentage points"
            word = "%" if figure.form == "points" else points
            yield Made(self.say(figure, share(figure, random, self.chinese, word=word)), "percent for points")
        if figure.form == "ratio":
            yield Made(self.say(figure, as_percent(right)), "percent for ratio")
        minus = "-" if figure.value < 0 and not figure.signless else ""
        both = {"s": self.say(figure, right), "v": minus + right, "w": minus + self.wrong()}
        yield Made(random.choice(self.words["also"]).format(**both), "extra figure")

    def of_meaning(self) -> Iterator[Made]:
        """False by what the figure is said of."""
        figure, random = self.figure, self.random
        right = self.value(figure)
        if self.year:
            yield Made(self.say(figure, right, year=self.year - random.choice((3, 4, 6))), "period")
        if self.who:
            strangers = sorted(self.truth.strangers)
            others = strangers if strangers and random.random() < 0.5 else self.words["companies"]
            yield Made(self.say(figure, right, who=random.choice(others)), "entity")
        if self.metric:
            names: Sequence[str] = self.truth.others or self.words["metrics"]
            others = [one for one in names if one not in self.item.question and one not in self.metric]
            yield Made(self.say(figure, right, metric=random.choice(others)), "other item")


def _several(truth: Truth, item: Item, random: Random) -> Iterator[Made]:
    """Some figures in a row: all right, one of them wrong, one of them left out. English questions ask for no such row."""
    if not is_chinese(item.question):
        return
    values = [_with_sign(one, random) for one in truth.figures]
    for sentence, joint in zip(wording(item.question)["several"], "和、", strict=True):
        yield Made(sentence.format(joined=joint.join(values)), TRUE)
    wrong = [*values[:-1], _with_sign(truth.figures[-1], random, off(truth.figures[-1], random))]
    yield Made(f"分别为{'和'.join(wrong)}。", "value")
    yield Made(f"为{values[0]}。", "left out")


def _with_sign(figure: TrueFigure, random: Random, factor: Decimal = Decimal(1)) -> str:
    return f"{'-' if figure.value < 0 else ''}{printed(figure, random, True, factor=factor)}"

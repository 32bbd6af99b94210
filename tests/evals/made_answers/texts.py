"""Answers about movements, yes and no, choices, words and names: true and false, from the truth and the reference."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

from tests.evals.made_answers.made import TRUE, Made

from finfoundry.evals.judging.truth import Truth
from finfoundry.evals.rows import Item

UPWARDS = (
    "{m} went up.",
    "{who}'s {m} climbed in FY{y}.",
    "{m} was higher in FY{y} than in FY{x}.",
    "There was a rise in FY{y}: {m} grew.",
)
DOWNWARDS = (
    "{m} went down.",
    "{who}'s {m} shrank in FY{y}.",
    "{m} was lower in FY{y} than in FY{x}.",
    "FY{y} brought a fall: {m} dropped.",
)
SWAPPED = (
    ("increased", "decreased"), ("increase", "decrease"), ("improved", "worsened"), ("grew", "shrank"), ("rose", "fell"),
    ("higher", "lower"), ("decline", "rise"), ("declined", "rose"), ("dropped", "climbed"), ("positive", "negative"),
    ("decelerate", "accelerate"), ("highest", "lowest"), ("biggest", "smallest"), ("worst", "best"), ("largest", "smallest"),
)  # fmt: skip
SCALES = (("billion", "million"), ("million", "billion"), ("mn", "bn"), ("thousand", "million"))


def moved(truth: Truth, random: Random) -> Iterator[Made]:
    """Yes or no, of a metric that rose or fell."""
    if truth.yes is None or not truth.labels or not truth.years:
        return
    told = {"m": truth.labels[0], "who": truth.entity[0], "y": max(truth.years), "x": max(truth.years) - 1}
    right, wrong = (UPWARDS, DOWNWARDS) if truth.yes else (DOWNWARDS, UPWARDS)
    yes, no = ("Yes", "No") if truth.yes else ("No", "Yes")
    said, opposite = random.choice(right).format(**told), random.choice(wrong).format(**told)
    for text in (f"{yes}.", f"{yes}. {said}", said, f"{yes}: {random.choice(right).format(**told)}"):
        yield Made(text, TRUE)
    for text in (f"{no}.", f"{no}. {opposite}", f"{yes}. {opposite}", f"{no}: {said}", opposite):
        yield Made(text, "opposite")
    yield Made(f"{yes}. {said} {no}, on reflection.", "both")


def told(truth: Truth, item: Item, random: Random) -> Iterator[Made]:
    """The reference itself and what becomes of it; names and orders."""
    if truth.names and truth.names[0][0] == item.gold:
        yield from _named(truth, item, random)
    if truth.ordered:
        yield from _ranked(truth, random)
    if (truth.words or truth.chosen or (truth.yes is not None and not truth.labels) or truth.rises is not None) and re.search(
        "[a-z]", item.gold
    ):
        yield Made(item.gold, TRUE)
        yield Made(f"According to the filing: {item.gold[:1].lower()}{item.gold[1:]}" if not _opens(item.gold) else item.gold, TRUE)
        yield from _turned(truth, item.gold)


def _opens(text: str) -> re.Match[str] | None:
    return re.match(r"(yes|no)\b[,.]?\s*", text, re.IGNORECASE)


def _turned(truth: Truth, gold: str) -> Iterator[Made]:
    """A reference made false: its yes or no, its direction, its choice, its figures, each thing that must be said."""
    if truth.yes is not None:
        opening = _opens(gold)
        bare = gold[opening.end() :] if opening else gold
        yield Made(f"{'No' if truth.yes else 'Yes'}. {bare}", "opposite")
        yield Made("No." if truth.yes else "Yes.", "opposite")
    for one, other in SWAPPED:
        if (truth.rises is not None or truth.yes is not None or truth.chosen) and re.search(rf"\b{one}\b", gold):
            yield Made(re.sub(rf"\b{one}\b", other, gold), "direction")
            break
    for other in truth.instead[:2]:
        yield Made(re.sub("|".join(re.escape(one.rstrip("*")) for one in truth.chosen), other, gold, flags=re.IGNORECASE), "other item")
        yield Made(f"{other} did, ahead of {truth.chosen[0].rstrip('*')}.", "other item")
    for figure in truth.figures:
        for one, word in SCALES:
            if figure.form == "money" and re.search(rf"{one}\b", gold):
                yield Made(re.sub(rf"{one}\b", word, gold), "scale")
                break
    if truth.figures:
        yield Made(re.sub(r"\d(?=\.|%|\d*\s*(?:bn|mn|[mb]illion))", lambda match: str((int(match[0]) + 4) % 10), gold), "value")
    for words in truth.words:
        lacking = gold
        for word in words:
            lacking = re.sub(re.escape(word.rstrip("*")) + r"\w*", "something else", lacking, flags=re.IGNORECASE)
        yield Made(lacking, "left out")
        yield Made(f"It was not {words[0].rstrip('*')}.", "denied")


def _named(truth: Truth, item: Item, random: Random) -> Iterator[Made]:
    who = truth.entity[0] if truth.entity else "该公司"
    other = f"{item.gold[:-1]}某" if len(item.gold) < 6 else _other_name(item.gold)
    yield Made(f"{who}登记的是{item.gold}。", TRUE)
    yield Made(f"年报所载：{item.gold}", TRUE)
    yield Made(f"{item.gold}。", TRUE)
    yield Made(f"{who}登记的是{other}。", "other item")
    yield Made(f"不是{item.gold}，而是{other}。", "denied")
    yield Made(f"{random.choice(('可能为', '是'))}{item.gold}或者{other}。", "both")


def _other_name(name: str) -> str:
    """Another address of the same form, or the letters turned round."""
    host = re.sub(r"(?<=[\w-])(?=\.[a-z]+(?:\.cn)?/?$)", "xu", name)
    return host if host != name else name[::-1]


def _ranked(truth: Truth, random: Random) -> Iterator[Made]:
    names = list(truth.ordered)
    others = sorted(truth.roster - set(names))
    yield Made(f"依次为{'、'.join(names)}。", TRUE)
    yield Made("；".join(f"第{place}名{name}" for place, name in enumerate(names, 1)) + "。", TRUE)
    if len(names) > 1:
        yield Made(f"依次为{'、'.join(names[::-1])}。", "order")
        yield Made(f"依次为{'、'.join(names[:-1])}。", "left out")
    if others:
        yield Made(f"依次为{'、'.join([random.choice(others), *names[1:]])}。", "other item")
        yield Made(f"依次为{'、'.join([*names, random.choice(others)])}。", "one too many")

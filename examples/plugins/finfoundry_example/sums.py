"""A suite: sums of two numbers, asked of the model itself."""

from __future__ import annotations

from pathlib import Path

from finfoundry.evals.measures import MEASURES
from finfoundry.evals.rows import Item, Judgement, Reply
from finfoundry.evals.run import Suite


def items(_: Path) -> list[Item]:
    return [Item(f"sums/{a}-{b}", f"What is {a} plus {b}? Answer with the number alone.", str(a + b)) for a in (2, 11) for b in (3, 40)]


def score(item: Item, reply: Reply) -> Judgement:
    right = reply.text.strip().rstrip(".") == item.gold
    return Judgement("correct" if right else "wrong", float(right))


SUITE = Suite("sums", "sums of two numbers", "task", items, score, (MEASURES["correct"],))

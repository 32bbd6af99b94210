"""For one item, answers that are true and answers that are false; and how many of them a suite's judge takes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from tests.evals.made_answers import figure_answers, labels, layout, places, provisions, texts
from tests.evals.made_answers.made import TRUE, Made

from finfoundry.core.tasks import load_task, task_names
from finfoundry.evals.intervals import Estimate, wilson
from finfoundry.evals.judging.truth import Truth
from finfoundry.evals.rows import Item, Reply, Scorer

Maker = Callable[[Item, Random], Iterator[Made]]


def stated(item: Item, random: Random) -> Iterator[Made]:
    """Right and wrong answers by the kind of an item's truth; nothing where it has none."""
    truth: Truth | None = item.meta.get("truth")
    if truth is not None:
        yield from figure_answers.figures(truth, item, random)
        yield from texts.moved(truth, random)
        yield from texts.told(truth, item, random)


def withheld(item: Item, random: Random) -> Iterator[Made]:  # noqa: ARG001  makers share one signature
    """Replies to questions that nothing answers: right is every reply without an answer."""
    yield from (Made("", TRUE, status=status) for status in ("no_evidence", "withheld", "clarify"))
    yield from (Made(text, "answered") for text in ("42.", f"It is 42: {item.question}", ""))


MAKERS: dict[str, Maker] = {
    "zh-regulations": provisions.answers,
    "zh-regulations-search": places.articles,
    "page-retrieval": places.pages,
    "bank-kb": places.documents,
    "abstention": withheld,
    "abstention-zh": withheld,
    "tatqa": labels.given_table,
    "statement-cells": layout.statement,
    "tables-icdar": layout.contest,
}


def maker_of(suite: str) -> Maker:
    """What makes the answers of a suite: of its task, of its own, or of its items' truths."""
    if suite in MAKERS or suite not in task_names():
        return MAKERS.get(suite, stated)
    task = load_task(suite)
    return lambda item, random: labels.labelled(task, item, random)


def answers(suite: str, item: Item, seed: int = 0) -> list[Made]:
    """The made answers of one item, the same for one seed."""
    random = Random(f"{seed} {item.id}")
    return list({repr(made): made for made in maker_of(suite)(item, random)}.values())  # pages have no hash


@dataclass(slots=True)
class Rates:
    """How many of the made answers a judge took; ``taken`` false ones and ``refused`` true ones are kept to be read."""

    suite: str
    false: int = 0
    true: int = 0
    taken: list[tuple[Item, Made]] = field(default_factory=list)
    refused: list[tuple[Item, Made, str]] = field(default_factory=list)
    kinds: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    @property
    def false_taken(self) -> Estimate:
        return wilson(len(self.taken), self.false)

    @property
    def true_taken(self) -> Estimate:
        return wilson(self.true - len(self.refused), self.true)


def measure(suite: str, items: Sequence[Item], score: Scorer, seed: int = 0) -> Rates:
    """Judge the made answers of all items."""
    rates = Rates(suite)
    for item in items:
        for made in answers(suite, item, seed):
            verdict = score(item, Reply(made.text, made.status, found=list(made.found)))
            right = verdict.verdict == "correct"
            rates.kinds[made.kind]["taken" if right else "refused"] += 1
            if made.kind == TRUE:
                rates.true += 1
                if not right:
                    rates.refused.append((item, made, verdict.why))
            else:
                rates.false += 1
                if right:
                    rates.taken.append((item, made))
    return rates

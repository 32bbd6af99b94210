"""For one item, answers that are true and answers that are false, each with what was done to it; and how many a judge takes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from finfoundry.evals.intervals import Estimate, wilson
from finfoundry.evals.judging.truth import Truth
from finfoundry.evals.rows import Item, Reply, Scorer

TRUE = "true"


@dataclass(frozen=True, slots=True)
class Made:
    """``kind`` is "true", or what makes the answer false."""

    text: str
    kind: str


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


Makers = Callable[[Item, Truth, Random], Iterator[Made]]


def answers(item: Item, truth: Truth, seed: int = 0) -> list[Made]:
    """The made answers of one item, the same for one seed."""
    from finfoundry.evals.trials import chinese, english, texts

    random = Random(f"{seed} {item.id}")  # noqa: S311  wording, no secret
    speaks = chinese if any("\u4e00" <= sign <= "\u9fff" for sign in item.question) else english
    made = [*speaks.figures(truth, item, random), *texts.moved(truth, random), *texts.told(truth, item, random)]
    return list(dict.fromkeys(made))


def measure(suite: str, items: Sequence[Item], score: Scorer, truth_of: Callable[[Item], Truth | None], seed: int = 0) -> Rates:
    """Judge the made answers of all items that have a truth."""
    rates = Rates(suite)
    for item in items:
        truth = truth_of(item)
        if truth is None:
            continue
        for made in answers(item, truth, seed):
            verdict = score(item, Reply(made.text))
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

"""A chain that somebody wrote, a model or a person, held against papers: each step verified like a sentence, each link by what figures are
made of.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from finfoundry.ask.chains.causes import definitions
from finfoundry.ask.lexicon.formula import names_in
from finfoundry.ask.lexicon.metric_terms import vocabulary
from finfoundry.binding.verify import Checker, Given, Support
from finfoundry.core.errors import InputError
from finfoundry.core.formulas import formulas

_ARROW = re.compile(r"\s*(?:->|=>|→|⇒)\s*")


@dataclass(frozen=True, slots=True)
class CheckedStep:
    """A step of a chain. ``metrics`` are those that it names; ``leads``: whether a metric of it is one that the next step's
    is made of; None of the conclusion.
    """

    text: str
    status: Support
    reason: str | None
    metrics: list[str]
    leads: bool | None


@dataclass(frozen=True, slots=True)
class CheckedChain:
    """``sound``: every step is supported, and every one leads to the next. Only then a chain is shown."""

    sound: bool
    steps: list[CheckedStep]


def checked_chain(chain: str, papers: Sequence[Given]) -> CheckedChain:
    """Steps joined by arrows, from the first cause to the conclusion. Raises InputError for a chain of fewer than two."""
    texts = [text for text in _ARROW.split(chain.strip()) if text]
    if len(texts) < 2:
        raise InputError("a chain has two steps at least", remedy="Join them by ->: cause -> conclusion")
    checker, found = Checker(papers), []
    names = [[mention.name for mention in vocabulary().find(text)] for text in texts]
    for number, text in enumerate(texts):
        told = checker.check(text).sentences
        wrong = next((one for one in told if one.status != "supported"), None)
        leads = _leads(names[number], names[number + 1]) if number + 1 < len(texts) else None
        status = wrong.status if wrong else "supported" if told else "unchecked"
        found.append(CheckedStep(text, status, wrong.reason if wrong else None, names[number], leads))
    return CheckedChain(all(one.status == "supported" and one.leads is not False for one in found), found)


def _leads(causes: Sequence[str], effects: Sequence[str]) -> bool:
    """Whether one of the effects is made of one of the causes, perhaps by way of others."""
    return any(set(causes) & _made_of(effect) for effect in effects)


def _made_of(metric: str) -> set[str]:
    """All that a metric is made of, by the definitions of chains and by its formula, however deep."""
    found, open_ = set[str](), [metric]
    while open_:
        name = open_.pop()
        formula = formulas().get(name)
        parts = {part for text in (*definitions().get(name, ()), *((formula.expression,) if formula else ())) for part in names_in(text)}
        open_ += parts - found
        found |= parts
    return found - {metric}

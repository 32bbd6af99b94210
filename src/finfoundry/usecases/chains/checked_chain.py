"""A chain that somebody wrote, a model or a person, held against papers: each step verified like a sentence, each link by the check of
causes: what the one step says moved must have pushed what the next one says moved, in one company and between the same two years.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from finfoundry.ask.chains.causes import LEAST_SHARE, links_of, made_of
from finfoundry.ask.chains.moves import MetricMove, Moves
from finfoundry.binding.sentence.checked_sentence import Support
from finfoundry.binding.verify import Checker, Given, Report
from finfoundry.core.document import Parsed
from finfoundry.core.errors import InputError
from finfoundry.core.formulas import formulas
from finfoundry.usecases.chains.told_steps import ToldStep, paper_moves, told_step

_ARROW = re.compile(r"\s*(?:->|=>|→|⇒)\s*")


@dataclass(frozen=True, slots=True)
class CheckedStep:
    """A step of a chain. ``metrics`` are those that it names; ``leads``: whether what it says moved accounts for what the next one says
    did; None of the conclusion, and where nobody can say: one of the two tells no movement of one company between two years.
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
    """Steps joined by arrows, from the first cause to the conclusion. Links are decided by parsed papers alone. Raises InputError for a
    chain of fewer than two.
    """
    texts = [text for text in _ARROW.split(chain.strip()) if text]
    if len(texts) < 2:
        raise InputError("a chain has two steps at least", remedy="Join them by ->: cause -> conclusion")
    checker, parsed = Checker(papers), [paper for paper in papers if isinstance(paper, Parsed)]
    reports = [checker.check(text) for text in texts]
    told = [told_step(text, report, parsed) for text, report in zip(texts, reports, strict=True)]
    leads = [*(_leads(cause, effect, parsed) for cause, effect in pairwise(told)), None]
    found = [_checked(*given) for given in zip(texts, reports, told, leads, strict=True)]
    return CheckedChain(all(one.status == "supported" for one in found) and all(leads[:-1]), found)


def _checked(text: str, report: Report, told: ToldStep, leads: bool | None) -> CheckedStep:
    wrong = next((one for one in report.sentences if one.status != "supported"), None)
    status = wrong.status if wrong else "supported" if report.sentences else "unchecked"
    return CheckedStep(text, status, wrong.reason if wrong else None, list(told.metrics), leads)


def _leads(cause: ToldStep, effect: ToldStep, papers: Sequence[Parsed]) -> bool | None:
    if not (cause.time and effect.time and papers):
        return None
    if cause.time != effect.time:
        return False
    moves = paper_moves(papers, cause.time)
    causes, effects = moves.told_by(cause), moves.told_by(effect)
    return any(_reaches(one, causes, moves.moves, frozenset()) for one in effects)


def _reaches(effect: MetricMove, causes: Sequence[MetricMove], moves: Moves, above: frozenset[str]) -> bool:
    """Whether one of the causes accounts for the effect's movement, perhaps by way of others, each of which does for the next."""
    formula = formulas().get(effect.name)
    if not effect.change or effect.name in above:
        return False
    made = (*made_of(effect, moves), *((formula.expression,) if formula else ()))
    pushed = [link.cause for text in made if text for link in links_of(effect, text, moves) if link.share >= LEAST_SHARE]
    above |= {effect.name}
    return any(any(_same(one, cause) for cause in causes) or _reaches(one, causes, moves, above) for one in pushed)


def _same(one: MetricMove, other: MetricMove) -> bool:
    """Whether two moves are of one figure: gross profit as printed, and as computed."""
    return one.name == other.name or (one.first.value, one.last.value) == (other.first.value, other.last.value)

"""The verdict on one answer: every part of the truth must be said, of the right thing, and nothing against it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from finfoundry.core.language import simplified
from finfoundry.evals.judging.chosen import choice, name_fault, said
from finfoundry.evals.judging.direction import direction
from finfoundry.evals.judging.figure_judge import figure_faults
from finfoundry.evals.judging.polarity import stance
from finfoundry.evals.judging.sentences import Sentence, negated, plain, sentences, without
from finfoundry.evals.judging.truth import Truth
from finfoundry.evals.rows import Judgement


def judge(truth: Truth, question: str, text: str) -> Judgement:
    """Correct when nothing is at fault; ``why`` names each fault, ``value`` is the share of the parts of the truth that are met."""
    found = sentences(simplified(text))  # what words say of figures is the same in both scripts
    if not found:
        return Judgement("wrong", 0.0, "it says nothing")
    faults = list(_faults(truth, simplified(question), found, plain(text)))
    parts = max(1, len(truth.figures) + len(truth.words) + len(truth.names) + sum(one is not None for one in (truth.rises, truth.yes)))
    return Judgement("wrong" if faults else "correct", max(0.0, 1 - len(faults) / parts), "; ".join(faults))


def _faults(truth: Truth, question: str, found: list[Sentence], text: str) -> Iterator[str]:
    if truth.figures:
        yield from figure_faults(truth, question, found, text)
    if truth.rises is not None:
        way, torn = direction([without(one, truth.entity) for one in found])  # 稳健增长 in a fund's name moves nothing
        if torn or way != truth.rises:
            yield "it contradicts itself" if torn else f"it does not say that it {'rose' if truth.rises else 'fell'}"
    if truth.yes is not None:
        side, why = stance(question, found)
        if why or side != truth.yes:
            yield why or f"it does not say {'yes' if truth.yes else 'no'}"
    if truth.chosen and (fault := choice(question, truth.chosen, truth.instead, found)):
        yield fault
    yield from (f"missing: {' | '.join(one)}" for one in truth.words if not said(one, text))
    yield from (f"it says {one}" for one in truth.never if said((one,), text))
    yield from (fault for one in truth.names if (fault := name_fault(one, text)))
    if truth.ordered and named(truth, text) != list(truth.ordered):
        yield f"it does not name {', '.join(truth.ordered)}, in this order and alone"


def named(truth: Truth, text: str) -> list[str]:
    """The names of the roster in an answer, each once, in order; the longest where one holds another."""
    names = sorted({*truth.roster, *truth.ordered}, key=lambda one: (-len(one), one))
    return list(dict.fromkeys(match[0] for match in _any_of(tuple(names)).finditer(text) if not negated(text, match.start(), 8)))


@lru_cache(maxsize=8)
def _any_of(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, names)))

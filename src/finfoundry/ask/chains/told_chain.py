"""A chain in sentences: each link told and bound like any sentence of an answer; one that cannot be bound, and no chain is shown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from finfoundry.ask.chains.causes import CausalLink
from finfoundry.ask.chains.moves import MetricMove
from finfoundry.ask.compose import answer_evidence
from finfoundry.ask.compose.answer_evidence import Parts
from finfoundry.ask.compose.printed_numbers import PLAIN
from finfoundry.ask.compose.sentences import compose, templates
from finfoundry.ask.plan.rules import Plan, Wanted
from finfoundry.ask.understand.subject import Subject
from finfoundry.binding.bind import Bound
from finfoundry.binding.evidence import Evidence, plain
from finfoundry.core.answer import ChainStep, Citation, Language

_MARKER = re.compile(r"\s?\[(\d+)\]")
Part = tuple[str, Sequence[Evidence]]


@dataclass(frozen=True, slots=True)
class ToldChain:
    """The moves of a chain with the sentence of each and its evidence; ``links`` lead from each to the next."""

    moves: tuple[MetricMove, ...]
    links: tuple[CausalLink, ...]
    parts: tuple[Part, ...]


def told_chain(links: Sequence[CausalLink], subject: Subject, names: Sequence[str], called: str, language: Language) -> ToldChain | None:
    """The chain in sentences, the conclusion the last; None for one without links."""
    if not links:
        return None
    moves = (*(link.cause for link in links), links[-1].effect)
    parts = []
    for move in moves:
        wanted: Wanted = "up" if move.change > 0 else "down"  # rose or fell, not better or worse
        plan = Plan("direction", (move.last.item,), (move.first.span, move.last.span), wanted=wanted)
        said = compose(plan, [[move.first, move.last]], called, PLAIN, language)[0]
        parts.append((said.text, answer_evidence.of_part(said, names, subject.calendar)))
    return ToldChain(moves, tuple(links), tuple(parts))


def holds(chain: ToldChain, question: str, language: Language) -> bool:
    """Whether every sentence of the chain is bound by its own evidence."""
    return not any(answer_evidence.bind_parts([part], question, language).unbound for part in chain.parts)


def in_answer(chain: ToldChain, language: Language) -> Parts:
    """The sentences of all but the conclusion, which the answer begins with, joined as one argues."""
    words = templates()[language]
    keys = ["chain_begins", *["chain_goes_on"] * len(chain.parts)]
    return [(words[key].format(text=text), evidence) for key, (text, evidence) in zip(keys, chain.parts[:-1], strict=False)]


def chain_steps(chain: ToldChain, whole: Bound, question: str, language: Language) -> list[ChainStep]:
    """The steps with the markers that the answer's citations have; empty where a step is not bound by its own evidence alone, or cites a
    place that the answer does not.
    """
    markers = {_place(citation): citation.marker for citation in whole.citations}
    steps = list[ChainStep]()
    for number, (move, part) in enumerate(zip(chain.moves, chain.parts, strict=True)):
        bound = answer_evidence.bind_parts([part], question, language)
        if bound.unbound or not bound.citations or any(_place(one) not in markers for one in bound.citations):
            return []
        link = chain.links[number] if number < len(chain.links) else None
        steps.append(_step(move, link, bound, markers))
    return steps


def _step(move: MetricMove, link: CausalLink | None, bound: Bound, markers: Mapping[object, int]) -> ChainStep:
    numbers = {citation.marker: markers[_place(citation)] for citation in bound.citations}
    text = _MARKER.sub(lambda match: match[0].replace(match[1], str(numbers.get(int(match[1]), match[1]))), bound.text)
    return ChainStep(
        text, move.called, "up" if move.change > 0 else "down", plain(move.first.value), plain(move.last.value), move.last.unit,
        link.spelled if link else None, plain(round(link.share, 4)) if link else None, sorted(set(numbers.values())),
    )  # fmt: skip


def _place(citation: Citation) -> object:
    return citation.document.id, citation.page, citation.box, str(citation.locator), citation.quote

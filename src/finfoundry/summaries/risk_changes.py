"""Risk factors of a paper against those of an earlier one: which are new, which are gone, and what was changed in the others.

A factor is what stands under one heading of the section on risks, or one passage where it has no headings of its own. Factors of two years
are matched by their words, the rarer counting more, whatever was renamed or moved; sentences that differ are quoted from both.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise

from finfoundry.ask.lexicon.ports import Hit, StoredDocument
from finfoundry.ask.retrieve.quotable import Quotable, quotables
from finfoundry.core.answer import Citation, DocumentName
from finfoundry.core.disclosure import Disclosure
from finfoundry.core.display import Display, escaped
from finfoundry.core.errors import InputError
from finfoundry.core.principal import Principal
from finfoundry.governance.guards.guards import GuardDecision, Guards
from finfoundry.knowledge.search.terms import terms

ALIKE = 0.5  # cosine from which on two factors are one, told in two years
SAID_AGAIN = 0.9  # share of a sentence's words from which on it is the same sentence, its figures apart
TITLE, LONG = 350, 12  # characters of a title that is a sentence; sentences under one heading that are more than one factor
_RISKS = re.compile(r"\brisk factors?\b|\bprincipal risks\b|风险因素|面对的风险|面临的风险|可能.{0,4}风险|风险揭示|重大风险", re.IGNORECASE)
_NUMBER = re.compile(r"\d[\d,.]*")

Passages = Callable[[Principal, str], Sequence[Hit]]


@dataclass(frozen=True, slots=True)
class RiskFactor:
    """A factor with the sentences of it that matter, each where it stands."""

    title: str
    sentences: list[Citation]

    @property
    def text(self) -> str:
        return "\n".join([self.title, *(one.quote for one in self.sentences)])

    def show_on(self, display: Display) -> None:
        display.wrapped(f"[bold]{escaped(self.title or '-')}[/]")
        for one in self.sentences:
            display.line(f"  {one.shown()}")


@dataclass(frozen=True, slots=True)
class ChangedFactor:
    """A factor of both papers: ``added`` are sentences of the later alone, ``dropped`` of the earlier."""

    title: str
    earlier_title: str
    added: list[Citation]
    dropped: list[Citation]

    @property
    def text(self) -> str:
        return "\n".join([self.title, self.earlier_title, *(one.quote for one in (*self.added, *self.dropped))])

    def show_on(self, display: Display) -> None:
        renamed = f" (was: {escaped(self.earlier_title)})" if self.earlier_title != self.title else ""
        display.wrapped(f"[bold]{escaped(self.title or '-')}[/]{renamed}")
        for sign, found in (("+", self.added), ("-", self.dropped)):
            for one in found:
                display.line(f"  {sign} {one.shown()}")


@dataclass(frozen=True, slots=True)
class RiskChanges:
    """The risk factors of ``document`` against those of ``against``; ``same`` are told in both with the same sentences. ``stopped`` counts
    those that the guards let not leave.
    """

    document: DocumentName
    against: DocumentName
    new: list[RiskFactor]
    gone: list[RiskFactor]
    changed: list[ChangedFactor]
    same: list[str]
    stopped: int = 0
    warnings: list[str] = field(default_factory=list)
    audit_id: str | None = None
    disclosure: Disclosure | None = None  # that it was generated, where the law of the place asks for a label

    def show_on(self, display: Display) -> None:
        display.line(f"[bold]{escaped(self.document.name)}[/] against {escaped(self.against.name)}")
        for name, found in (("new", self.new), ("gone", self.gone), ("changed", self.changed)):
            display.line(f"[cyan]{name}: {len(found)}[/]")
            for one in found:
                display.show(one)
        display.line(f"[dim]the same: {len(self.same)}[/]")
        for warning in self.warnings:
            display.line(f"[yellow]! {escaped(warning)}[/]")
        if self.disclosure:
            display.line(escaped(self.disclosure.text))


@dataclass(frozen=True, slots=True)
class _Factor:
    title: str
    found: Sequence[Quotable]

    @property
    def words(self) -> Counter[str]:
        return Counter(stem for text in (self.title, *(one.text for one in self.found)) for stem in terms(text))


def risk_changes(passages: Passages, principal: Principal, document: StoredDocument, against: StoredDocument) -> RiskChanges:
    """Raises InputError: the same paper twice, or one without a section on risks."""
    if document.id == against.id:
        raise InputError("A paper cannot be held against itself", remedy="Name the paper of another year")
    return compared(
        _factors(passages(principal, document.id), document), _factors(passages(principal, against.id), against), document, against
    )


def guarded(found: RiskChanges, guards: Guards) -> tuple[RiskChanges, list[GuardDecision]]:
    """What of it may leave, each factor looked at as an answer is, and the decisions that count."""
    counted = list[GuardDecision]()

    def leaves(text: str) -> bool:
        told = guards.decide_composed(text)
        counted.extend([told] if told and told.counts else [])
        return not (told and told.stops)

    new, gone = ([one for one in part if leaves(one.text)] for part in (found.new, found.gone))
    changed, same = [one for one in found.changed if leaves(one.text)], [title for title in found.same if leaves(title)]
    return replace(found, new=new, gone=gone, changed=changed, same=same, stopped=sum(one.stops for one in counted)), counted


def _factors(hits: Sequence[Hit], document: StoredDocument) -> list[_Factor]:
    found = [one for one in quotables(hits) if any(map(_RISKS.search, one.heading)) and one.form != "row"]
    if not found:
        raise InputError(
            f"{document.name} has no section on risks", remedy="A heading such as 'Risk Factors' or 风险因素 must stand above them"
        )
    factors: list[_Factor] = []
    for heading, run in groupby(found, key=lambda one: one.heading):
        for factor in _under(heading, list(run)):
            if factors and not _is_title(factor.found[0]) and _goes_on(factors[-1], factor):
                factors[-1] = _Factor(factors[-1].title, [*factors[-1].found, *factor.found])  # a list or a page stood between
            else:
                factors.append(factor)
    return factors


def _goes_on(one: _Factor, other: _Factor) -> bool:
    """Whether a run without a title of its own belongs to the factor before it."""
    return _is_title(one.found[0]) and (not other.title or other.title in one.found[0].heading)


def _under(heading: Sequence[str], found: Sequence[Quotable]) -> list[_Factor]:
    """The factors under one heading: by sentences that stand as titles above others, else all as one, else by passages."""
    starts = [place for place in range(len(found) - 1) if _is_title(found[place]) and not _is_title(found[place + 1])]
    if starts:
        cuts = sorted({0, *starts, len(found)})
        runs = [found[a:b] for a, b in pairwise(cuts)]
        return [_Factor(run[0].text, run) if _is_title(run[0]) else _Factor(run[0].title, run) for run in runs]
    if _RISKS.search(heading[-1]) or len(found) > LONG:
        return [_Factor("", list(part)) for _, part in groupby(found, key=lambda one: one.hit.chunk_id)]
    return [_Factor(found[0].title, found)]


def _is_title(one: Quotable) -> bool:
    """Whether a sentence stands on lines of its own, as "We may lose …" does above the paragraphs that say how."""
    if one.form != "sentence" or len(one.text) > TITLE:
        return False
    words = r"\s*".join(re.escape(part) for part in one.text.split())
    return re.search(rf"(?m)^\s*{words}\s*$", one.hit.text) is not None


def compared(factors: Sequence[_Factor], earlier: Sequence[_Factor], document: StoredDocument, against: StoredDocument) -> RiskChanges:
    pairs = _pairs(factors, earlier)
    changed, same = [], []
    for now, before in sorted(pairs.items()):
        one = _changed(factors[now], earlier[before])
        if one.added or one.dropped:
            changed.append(one)
        else:
            same.append(one.title)
    new = [_told(factor) for place, factor in enumerate(factors) if place not in pairs]
    gone = [_told(factor) for place, factor in enumerate(earlier) if place not in pairs.values()]
    return RiskChanges(DocumentName(document.id, document.name), DocumentName(against.id, against.name), new, gone, changed, same)


def _pairs(factors: Sequence[_Factor], earlier: Sequence[_Factor]) -> dict[int, int]:
    """Place of a factor → place of the one that it was, the most alike first, each once."""
    held = Counter(stem for factor in (*factors, *earlier) for stem in set(factor.words))
    count = len(factors) + len(earlier)
    rarity = {stem: math.log(1 + count / number) for stem, number in held.items()}
    mine, theirs = ([_weighed(factor.words, rarity) for factor in side] for side in (factors, earlier))
    likeness = [(_cosine(one, other), now, before) for now, one in enumerate(mine) for before, other in enumerate(theirs)]
    pairs: dict[int, int] = {}
    for alike, now, before in sorted(likeness, key=lambda one: -one[0]):
        if alike >= ALIKE and now not in pairs and before not in pairs.values():
            pairs[now] = before
    return pairs


def _weighed(words: Mapping[str, int], rarity: Mapping[str, float]) -> dict[str, float]:
    found = {stem: (1 + math.log(count)) * rarity[stem] for stem, count in words.items()}
    length = math.sqrt(sum(value * value for value in found.values())) or 1.0
    return {stem: value / length for stem, value in found.items()}


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    return sum(value * other.get(stem, 0.0) for stem, value in one.items())


def _changed(now: _Factor, before: _Factor) -> ChangedFactor:
    added = [one for one in now.found if not any(_same(one.text, other.text) for other in before.found)]
    dropped = [one for one in before.found if not any(_same(one.text, other.text) for other in now.found)]
    return ChangedFactor(now.title, before.title, _cited(added), _cited(dropped))


def _same(one: str, other: str) -> bool:
    """Whether two sentences say the same: nearly the same words, and the same figures."""
    mine, theirs = set(terms(one)), set(terms(other))
    alike = len(mine & theirs) >= SAID_AGAIN * max(len(mine), len(theirs))
    return alike and _NUMBER.findall(one) == _NUMBER.findall(other)


def _told(factor: _Factor) -> RiskFactor:
    return RiskFactor(factor.title, _cited(factor.found))


def _cited(found: Sequence[Quotable]) -> list[Citation]:
    return [
        Citation(number, DocumentName(one.hit.document_id, one.hit.document_name), one.hit.page, one.hit.box, one.hit.locator, one.text)
        for number, one in enumerate(found, 1)
    ]

"""Bind an answer: every figure to the item that it is, with citations, or the reasons why some are none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from finfoundry.binding.evidence import CitedPlace, Evidence, EvidenceItem, PassageEvidence, TableEvidence, plain
from finfoundry.binding.match import Match, Matcher
from finfoundry.binding.sense import Reason
from finfoundry.core.answer import Citation, Figure, Reference

_MARKER = re.compile(r"\s?\[(\d{1,3})\]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_SENTENCE_STOP = re.compile(r"[.。！!?？;；]?\s*$")


@dataclass(frozen=True, slots=True)
class Unbound:
    """A figure that is no item of the evidence, why, and the item that it comes nearest to."""

    text: str
    start: int
    end: int
    reason: Reason
    nearest: Figure | None = None


@dataclass(slots=True)
class Bound:
    """The outcome: ``text`` carries citation markers that count through ``citations``. It may be published only when ``complete``."""

    text: str
    figures: list[Figure] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    unbound: list[Unbound] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        return not self.unbound


def bind(text: str, evidence: Sequence[Evidence], question: str = "") -> Bound:
    """Bind each figure of the text. A marker ``[n]`` in the text is read as the nth evidence and numbered anew."""
    return bind_with(Matcher(evidence, question), text, evidence)


def bind_with(matcher: Matcher, text: str, evidence: Sequence[Evidence]) -> Bound:
    """The same with evidence that is indexed already."""
    matches = matcher.match(text)
    citations = Citations()
    cited = _cite(text, matches, evidence, citations)
    figures = [figure(match.claim.number.text, match.item, citations) for match in matches if match.item]
    return Bound(cited, figures, citations.made, [unbound(match) for match in matches if match.item is None])


def unbound(match: Match) -> Unbound:
    number = match.claim.number
    nearest = figure(match.nearest.text, match.nearest) if match.nearest else None
    return Unbound(number.text, number.start, number.end, match.reason or "not there", nearest)


class Citations:
    """Places, each numbered once in the order in which they are cited."""

    def __init__(self) -> None:
        self.made: list[Citation] = []
        self._numbers: dict[tuple[object, ...], int] = {}

    def number(self, place: CitedPlace) -> int:
        key = (place.document.id, place.page, place.box, tuple(sorted((place.locator or {}).items())), place.quote if not place.box else "")
        if key not in self._numbers:
            marker = len(self.made) + 1
            self._numbers[key] = marker
            self.made.append(Citation(marker, place.document, place.page, place.box, place.locator, place.quote))
        return self._numbers[key]


def figure(text: str, item: EvidenceItem, citations: Citations | None = None) -> Figure:
    """An item as a figure of the answer; with citations, its reference and those of its operands say where it stands."""
    reference = item.reference
    if citations:
        if item.place:
            reference = replace(reference, citation=citations.number(item.place))
        if reference.operands:
            reference = replace(reference, operands=_operands(reference.operands, dict(item.places), citations))
    return Figure(text, plain(item.value), item.unit or (None if item.source == "cell" else "count"), item.period, item.source, reference)


def _operands(operands: Mapping[str, Figure], places: Mapping[str, CitedPlace], citations: Citations) -> dict[str, Figure]:
    def cited(name: str, operand: Figure) -> Reference:
        return replace(operand.reference, citation=citations.number(places[name])) if name in places else operand.reference

    return {name: replace(operand, reference=cited(name, operand)) for name, operand in operands.items()}


def _cite(text: str, matches: Iterable[Match], evidence: Sequence[Evidence], citations: Citations) -> str:
    """The text with markers: the author's own renumbered, and for each sentence those of its figures behind its last word."""
    needed: dict[int, list[int]] = {}
    ends: dict[int, int] = {}
    for match in matches:
        start = match.claim.start
        ends[start] = start + len(match.claim.sentence)
        if match.item:
            places = [match.item.place] if match.item.place else [place for _, place in match.item.places]
            needed.setdefault(start, []).extend(citations.number(place) for place in places)
    pieces, done = [], 0
    for start in sorted(needed):
        pieces.append(_renumbered(text[done:start], evidence, citations, []))
        pieces.append(_renumbered(text[start : ends[start]], evidence, citations, needed[start]))
        done = ends[start]
    return "".join([*pieces, _renumbered(text[done:], evidence, citations, [])])


def _renumbered(sentence: str, evidence: Sequence[Evidence], citations: Citations, numbers: list[int]) -> str:
    """Replace the author's markers by the numbers of their places and add those of the figures."""
    for found in _MARKER.findall(sentence):
        place = _place(evidence, int(found))
        if place:
            numbers.append(citations.number(place))
    bare = _MARKER.sub("", sentence)
    if not numbers:
        return bare
    markers = "".join(f"[{number}]" for number in dict.fromkeys(numbers))
    stop = _SENTENCE_STOP.search(bare)
    cut = stop.start() if stop else len(bare)
    space = "" if _HAN.search(bare) else " "
    return f"{bare[:cut]}{space}{markers}{bare[cut:]}"


def _place(evidence: Sequence[Evidence], number: int) -> CitedPlace | None:
    """Where the nth evidence stands, for markers on sentences without figures."""
    if not 1 <= number <= len(evidence):
        return None
    one = evidence[number - 1]
    if isinstance(one, PassageEvidence):
        return CitedPlace(one.document, one.page, one.box, one.locator, one.text.strip()[:400])
    if isinstance(one, TableEvidence):
        return CitedPlace(one.document, one.page, one.box, one.locator, one.caption[:400])
    items = one.items()
    return items[0].place if items else None

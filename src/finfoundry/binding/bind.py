"""Bind an answer: every figure to the item that it is, with citations, or the reasons why some are none.

A figure is bound when its value rounds to what is printed and nothing in the sentence speaks against the item: unit, sign, period,
scope, entity, and the name of the metric, for which no other item may fit better.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from finfoundry.binding.derive import derive, supposed
from finfoundry.binding.evidence import CitedPlace, Evidence, EvidenceItem, PassageEvidence, TableEvidence, plain
from finfoundry.binding.index import EvidenceIndex
from finfoundry.binding.naming import Naming
from finfoundry.binding.sense import NAMED, Reason, Sense
from finfoundry.binding.sentence.checked_sentence import CheckedSentence
from finfoundry.binding.sentence.claim import Claim
from finfoundry.binding.sentence.claims import read_claims
from finfoundry.binding.sentence.when import When, agree, told_periods
from finfoundry.core import cancellation
from finfoundry.core.answer import Citation, Figure, Reference
from finfoundry.core.language import PrintedWords, has_han, rewritten, sentences, simplified, texts_of
from finfoundry.core.quantities.rough import hedge

_ORDER: tuple[Reason, ...] = ("sign differs", "other unit", "other scope", "other year", "other entity", "sibling row", "metric not found")
_MOST = 12  # items that a figure may be
_QUOTED = 12  # characters of a quotation at least
_NUMERALS = re.compile(r"[\d一二两兩三四五六七八九十百千]")
_OPEN, _CLOSING = re.compile(r"[“「][^“”「」]*\Z"), re.compile(r"[^“”「」]*[”」]")  # of a quotation, before and behind a sentence in it
_WORDS = frozenset[Reason](("sibling row", "metric not found"))
_FACTORS = [Decimal(10) ** sign for power in (3, 6, 9, 2, 4, 8, 1) for sign in (power, -power)]  # scales, the usual ones first


@dataclass(frozen=True, slots=True)
class Match:
    """A figure of the text with the item that it is, or the reason why it is none and the nearest item, if any."""

    claim: Claim
    item: EvidenceItem | None
    reason: Reason | None = None
    nearest: EvidenceItem | None = None
    others: tuple[EvidenceItem, ...] = ()  # that it may be as well, the better first


class Matcher:
    """Matches the figures of texts against evidence."""

    def __init__(self, evidence: Sequence[Evidence], question: str = "", earlier: str = "", *, composed: bool = False) -> None:
        self.index = EvidenceIndex(evidence, question, earlier, composed=composed)

    def match(self, text: str, *, rough: bool = False) -> list[Match]:
        """All figures of the text in order; with ``rough`` also quantities in words."""
        names = (*self.index.entities.spans(text), *self.index.computed_for.spans(text))
        return [self.match_claim(claim, text) for claim in read_claims(self._without_names_numbers(text), names, rough=rough)]

    def _without_names_numbers(self, text: str) -> str:
        """The text with the numbers masked where it repeats a row's name: they are no figures and no years."""
        lowered = text.lower()
        for name in self.index.numbered_names:
            start = lowered.find(name)
            while start >= 0:
                end = start + len(name)
                text = text[:start] + _NUMERALS.sub("#", text[start:end]) + text[end:]
                start = lowered.find(name, end)
        return text

    def match_claim(self, claim: Claim, text: str) -> Match:
        """One figure of a text."""
        cancellation.check()
        sense = Sense(self.index, claim, text)
        rounding = self._rounding_to(claim)
        quoted = next((self.index.items[index] for index in rounding if self._is_quoted(claim, self.index.items[index], text)), None)
        if quoted:
            return Match(claim, quoted)
        near = [(index, sense.conflicts(index)) for index in rounding]
        naming = Naming(sense)
        fitting = [index for index, conflicts in near if not conflicts]
        named = [index for index, conflicts in near if conflicts and conflicts <= _WORDS and naming.names(index)]
        if fitting or named:
            return self._best(claim, fitting, named, sense)
        derived = derive(sense)
        if derived:
            return Match(claim, derived)
        given = self._given(claim)
        if given:
            return Match(claim, given)
        if near:
            index, conflicts = min(near, key=lambda pair: (len(pair[1]), -sense.score(pair[0])))
            return Match(claim, None, next(reason for reason in _ORDER if reason in conflicts), self.index.items[index])
        return self._missing(claim, sense)

    def _best(self, claim: Claim, fitting: Iterable[int], named: Iterable[int], sense: Sense) -> Match:
        """The best of the items that fit in all, else of those whose rows the words name in full; the rest may be meant as well."""
        half = claim.number.step / 2
        number = abs(claim.number.value)

        def order(index: int) -> tuple[object, ...]:  # what is printed so goes before what is merely below or above it
            return abs(abs(self.index.items[index].value) - number) > half, sense.rank(index)

        ordered = [*sorted(fitting, key=order), *sorted(named, key=order)]
        best, *others = (self.index.items[index] for index in ordered[:_MOST])
        return Match(claim, best, others=tuple(others))

    def _rounding_to(self, claim: Claim) -> Iterable[int]:
        """Items that print as this figure at its own precision: within half a step, or below or above as the words say."""
        value = abs(claim.number.value)
        if not value:  # what is printed as nothing must be nothing
            return range(bisect.bisect_left(self.index.values, 0), bisect.bisect_right(self.index.values, 0))
        below, above = claim.window
        low, high = value + below, value + above
        found = range(bisect.bisect_left(self.index.values, low), bisect.bisect_right(self.index.values, high))
        return [index for index in found if self._is_admitted(claim, self.index.items[index])] if claim.strict else found

    def _is_admitted(self, claim: Claim, item: EvidenceItem) -> bool:
        """Whether "more than 600" may be an item: of more than it, or of a passage that says "more than 600" too."""
        if claim.admits(abs(item.value)):
            return True
        quote = item.place.quote if item.source == "span" and item.place else ""
        start = quote.find(item.text)
        return start >= 0 and hedge(quote, start, start + len(item.text)).lean == claim.bound

    def _missing(self, claim: Claim, sense: Sense) -> Match:
        """No item has the value: say how the item that is meant differs."""
        meant = sense.meant()
        number = abs(claim.number.value)
        for index in meant:
            if _scaled(number, abs(self.index.items[index].value), claim.number.step):
                return Match(claim, None, "wrong scale", self.index.items[index])
        for index in self._values_scaled(claim):
            if sense.score(index) >= NAMED:
                return Match(claim, None, "wrong scale", self.index.items[index])
        for index in meant:
            if _one_digit(claim, self.index.items[index]):
                return Match(claim, None, "digit differs", self.index.items[index])
        return Match(claim, None, "not there", self.index.items[meant[0]] if meant else None)

    def _values_scaled(self, claim: Claim) -> Iterable[int]:
        low, high = abs(claim.number.value) - claim.number.step / 2, abs(claim.number.value) + claim.number.step / 2
        for factor in _FACTORS if self.index.values else ():
            first = bisect.bisect_left(self.index.values, low * factor)
            if first < len(self.index.values) and self.index.values[first] <= high * factor:
                yield from range(first, bisect.bisect_right(self.index.values, high * factor))

    def _is_quoted(self, claim: Claim, item: EvidenceItem, text: str) -> bool:
        """Whether a figure stands in quotation marks with the whole sentence of the passage that has it, and the words around them name no
        other time and no other company: of what is said inside, nothing is said that is not there.
        """
        span = _quotation(claim, item, text)
        if span is None:
            return False
        around = f"{text[claim.start : span[0]]} {text[span[1] : claim.start + len(claim.sentence)]}"
        whens = [When.found(period) for period in told_periods(around)]
        if whens and item.whens and not any(agree(told, when) for told in whens for when in item.whens):
            return False
        index = self.index
        meant = index.entities.of_claim(replace(claim, sentence=around, nearby=around), text, "", index.labels)
        return index.entities.fits(meant, item.entity)

    def _given(self, claim: Claim) -> EvidenceItem | None:
        """The item of a number that the question supposes ("at a tax rate of 25 %") and the answer repeats; None where it supposes none."""
        question = self.index.question
        return next((item for item in question.items if supposed(claim, item, question.text)), None)


def _quotation(claim: Claim, item: EvidenceItem, text: str) -> tuple[int, int] | None:
    """The span of the quotation that is the whole sentence of an item's passage and has the figure in it, with its marks; of one of several
    sentences that are quoted together, between “ and ” or 「 and 」, that of the sentence.
    """
    quote = item.place.quote if item.source == "span" and item.place and item.text == claim.number.text else ""
    if len(quote) < _QUOTED or quote not in text:
        return None
    said = list(_places(quote, text))
    whole = ((start - 1, end + 1) for start, end in said if _quoted(text, start, end))
    among = (span for span in said if _OPEN.search(text, 0, span[0]) and _CLOSING.match(text, span[1]))
    return next((span for span in (*whole, *among) if span[0] <= claim.number.start < span[1]), None)


def _places(part: str, text: str) -> Iterator[tuple[int, int]]:
    start = text.find(part)
    while start >= 0:
        yield start, start + len(part)
        start = text.find(part, start + len(part))


def _quoted(text: str, start: int, end: int) -> bool:
    """Whether marks stand right around a part of a text."""
    return start > 0 and text[start - 1] in '“「"' and text[end : end + 1] in ("”", "」", '"')


def _scaled(value: Decimal, other: Decimal, step: Decimal) -> bool:
    if not value or not other:
        return False
    power = (other / value).adjusted() if other >= value else -(value / other).adjusted()
    return any(
        shift and abs(value * Decimal(10) ** shift - other) <= step * Decimal(10) ** shift / 2 for shift in (power - 1, power, power + 1)
    )


def _one_digit(claim: Claim, item: EvidenceItem) -> bool:
    """Whether the figure and the item, printed alike, differ in at most two digits."""
    step = claim.number.step
    if not step:
        return False
    ours, theirs = str(abs((claim.number.value / step).to_integral_value())), str(abs((item.value / step).to_integral_value()))
    return len(ours) == len(theirs) and len(ours) > 1 and sum(a != b for a, b in zip(ours, theirs, strict=True)) <= 2


MARKER = re.compile(r"\s?\[(\d{1,3})\]")
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
    sentences: list[CheckedSentence] = field(default_factory=list)  # where they were checked: ``binding/verify.py bind_checked``

    @property
    def complete(self) -> bool:
        return not self.unbound and not self.wrong

    @property
    def wrong(self) -> list[CheckedSentence]:
        """The sentences of which something that they state does not hold."""
        return [one for one in self.sentences if one.status == "unsupported"]


def bind(text: str, evidence: Sequence[Evidence], question: str = "", earlier: str = "", *, composed: bool = False) -> Bound:
    """Bind each figure of the text. A marker ``[n]`` in the text is read as the nth evidence and numbered anew. ``earlier`` is what the
    answer said before it; ``composed``: the text is put together from the evidence and names its things as that does.

    Traditional characters are read as simplified ones; what is cited is as the evidence prints it.
    """
    plain = rewritten(tuple(evidence), simplified)
    matcher = Matcher(plain, simplified(question), simplified(earlier), composed=composed)
    bound = bind_with(matcher, text, plain)
    if plain == tuple(evidence):
        return bound
    printed = PrintedWords(texts_of(evidence)).of
    return replace(bound, figures=rewritten(bound.figures, printed), citations=rewritten(bound.citations, printed))


def bind_with(matcher: Matcher, text: str, evidence: Sequence[Evidence]) -> Bound:
    """``bind`` with evidence that ``matcher`` has indexed already."""
    return bind_matches(matcher.match(simplified(text)), text, evidence)


def bind_matches(matches: Sequence[Match], text: str, evidence: Sequence[Evidence]) -> Bound:
    """The text with the citations of its figures, which were matched already."""
    citations = Citations()
    cited = _cite(text, matches, evidence, citations)
    figures = [figure(match.claim.number.text, match.item, citations) for match in matches if match.item]
    return Bound(cited, figures, citations.made, [unbound(match) for match in matches if match.item is None])


def unbound(match: Match) -> Unbound:
    number = match.claim.number
    nearest = figure(match.nearest.text, match.nearest) if match.nearest else None
    return Unbound(number.text, number.start, number.end, match.reason or "not there", nearest)


class Citations:
    """Places, each numbered once in the order in which they are cited: one of a table's box, of a passage's one for each sentence."""

    def __init__(self) -> None:
        self.made: list[Citation] = []
        self._numbers: dict[tuple[object, ...], int] = {}

    def number(self, place: CitedPlace, *, said: bool = False) -> int:
        """``said``: in a sentence."""
        quote = place.quote if said or not place.box else ""
        key = (place.document.id, place.page, place.box, tuple(sorted((place.locator or {}).items())), quote)
        if key not in self._numbers:
            marker = len(self.made) + 1
            self._numbers[key] = marker
            self.made.append(Citation(marker, place.document, place.page, place.box, place.locator, place.quote))
        return self._numbers[key]

    def of_item(self, item: EvidenceItem) -> list[int]:
        """Those of the places of an item: its own, or those of what it was computed from."""
        if item.place:
            return [self.number(item.place, said=item.source == "span")]
        return [self.number(place) for _, place in item.places]


def figure(text: str, item: EvidenceItem, citations: Citations | None = None) -> Figure:
    """An item as a figure of the answer, printed as ``text``; with ``citations``, its place and those of its operands are cited."""
    reference = item.reference
    if citations:
        if item.place:
            reference = replace(reference, citation=citations.of_item(item)[0])
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
            needed.setdefault(start, []).extend(citations.of_item(match.item))
    pieces: list[tuple[str, list[int]]] = []
    done = 0
    for start in sorted(needed):
        pieces += [(said, []) for said in _cited_parts(text[done:start])]
        pieces.append((text[start : ends[start]], needed[start]))
        done = ends[start]
    pieces += [(said, []) for said in _cited_parts(text[done:])]
    said = ["", *(piece for piece, _ in pieces), ""]
    told = zip(pieces, said, said[2:], strict=False)
    return "".join(_renumbered(piece, evidence, citations, numbers, beside) for (piece, numbers), *beside in told)


def _cited_parts(text: str) -> Iterator[str]:
    """A text cut behind each sentence that its author cited: a marker is of the sentences since the one before."""
    begun = 0
    for _, end in sentences(text):
        if MARKER.search(text, begun, end):
            yield text[begun:end]
            begun = end
    yield text[begun:]


def _renumbered(sentence: str, evidence: Sequence[Evidence], citations: Citations, numbers: list[int], beside: Sequence[str]) -> str:
    """Replace the author's markers by the numbers of their places and add those of the figures. ``beside``: what stands before and behind
    the sentence, whose place is shown of one that says nothing by itself where it cites the same.
    """
    for found in MARKER.findall(sentence):
        place = _place(evidence, int(found), sentence, next((one for one in beside if f"[{found}]" in one), ""))
        if place:
            numbers.append(citations.number(place, said=isinstance(evidence[int(found) - 1], PassageEvidence)))
    bare = MARKER.sub("", sentence)
    if not numbers:
        return bare
    markers = "".join(f"[{number}]" for number in dict.fromkeys(numbers))
    stop = _SENTENCE_STOP.search(bare)
    cut = stop.start() if stop else len(bare)
    space = "" if has_han(bare) else " "
    return f"{bare[:cut]}{space}{markers}{bare[cut:]}"


def _place(evidence: Sequence[Evidence], number: int, sentence: str, beside: str) -> CitedPlace | None:
    """The place of the nth evidence (from 1), of a passage that of what it says of the sentence; None where there is no such evidence or
    place.
    """
    if not 1 <= number <= len(evidence):
        return None
    one = evidence[number - 1]
    if isinstance(one, PassageEvidence):
        return one.place_of(sentence, beside)
    if isinstance(one, TableEvidence):
        return CitedPlace(one.document, one.page, one.box, one.locator, one.caption[:400])
    items = one.items()
    return items[0].place if items else None

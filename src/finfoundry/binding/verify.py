"""Check an answer that someone else wrote against the evidence that they used: what of it holds, and why the rest does not."""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Literal

from finfoundry.binding.answer_tables import told_rows, without_tables
from finfoundry.binding.bind import Citations, Match, Matcher, figure
from finfoundry.binding.evidence import Evidence, plain
from finfoundry.binding.figureless import decided
from finfoundry.binding.sense import Reason
from finfoundry.binding.sentence.labels import qualifiers, words
from finfoundry.binding.sentence.modality import modalities
from finfoundry.binding.settle import Settled, settle
from finfoundry.binding.sources import from_document, from_parsed, from_text
from finfoundry.core.answer import Citation, Figure
from finfoundry.core.display import Display, escaped
from finfoundry.core.document import Document, Parsed
from finfoundry.core.errors import InputError
from finfoundry.core.language import PrintedWords, rewritten, sentences, simplified, texts_of

Given = Evidence | Parsed | Document | str
Relation = Literal["level", "change", "difference", "sum", "ratio"]
Support = Literal["supported", "unsupported", "unchecked"]
_COLOURS: dict[Support, str] = {"supported": "green", "unsupported": "red", "unchecked": "yellow"}
NO_FIGURE = "it states no figure"
_LONGEST = 200_000  # characters of an answer
_NAME = 120  # characters in which a metric is named


@dataclass(frozen=True, slots=True)
class CheckedFigure:
    """A figure of the answer. ``start`` and ``end`` are offsets in it; ``nearest`` is what it comes nearest to when it is not bound."""

    text: str
    start: int
    end: int
    bound: bool
    figure: Figure | None = None
    reason: Reason | None = None
    nearest: Figure | None = None


@dataclass(frozen=True, slots=True)
class ReadClaim:
    """What a sentence says of one of its figures, as it was read. ``start`` and ``end`` are the figure's offsets in the answer.

    ``metric``: the words that name it. ``qualifiers``: those of them without which another figure would be meant. ``value``: a decimal
    string in base units. ``direction``: 1 for a rise, -1 for a fall. ``negative``: told as a loss or an outflow.
    """

    relation: Relation
    metric: str
    qualifiers: list[str]
    value: str
    unit: str | None
    periods: list[str]
    direction: int
    negative: bool
    start: int
    end: int
    bound: bool


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """A sentence of the answer. ``start`` and ``end`` are offsets in it; ``evidence`` are markers of the citations that support it.

    *supported*: all that it states is bound, and holds together. *unsupported*: ``reason`` says what is not. *unchecked*: nothing decides.
    ``spans``: offsets in the answer of words that nothing supports, where the support checker was asked for.
    """

    text: str
    start: int
    end: int
    status: Support
    reason: str | None = None
    claims: list[ReadClaim] = field(default_factory=list)
    evidence: list[int] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)


@dataclass(slots=True)
class Report:
    figures: list[CheckedFigure] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    bound: int = 0
    unbound: int = 0
    sentences: list[CheckedSentence] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.unbound and all(one.status != "unsupported" for one in self.sentences)

    def show_on(self, display: Display) -> None:
        for one in self.figures:
            nearest = f", nearest {one.nearest.text}" if one.nearest else ""
            told = "[green]bound[/]" if one.bound else f"[red]not bound[/] ({escaped(str(one.reason))}{escaped(nearest)})"
            display.line(f"{told}  {escaped(one.text)}")
            if one.figure:
                one.figure.show_on(display, 1)
        for sentence in self.sentences:
            why = f" ({escaped(sentence.reason)})" if sentence.reason else ""
            display.line(f"[{_COLOURS[sentence.status]}]{sentence.status}[/]{why}  {escaped(sentence.text)}")
        display.wrapped(f"{self.bound} bound, {self.unbound} not")


class Checker:
    """Checks texts against evidence that is read and indexed once. No model, no database.

    Evidence is given as parsed documents, as text with or without HTML and Markdown tables, or as evidence of this package.
    """

    def __init__(self, evidence: Sequence[Given], question: str = "") -> None:
        read = tuple(one for given in evidence for one in _evidence(given))
        plain = rewritten(read, simplified)
        self._matcher = Matcher(plain, simplified(question))
        self._printed = None if plain == read else PrintedWords(texts_of(read)).of

    def check(self, answer: str) -> Report:
        """Each figure and each sentence of the answer. Raises InputError when it is longer than 200,000 characters."""
        if len(answer) > _LONGEST:
            raise InputError(f"the answer has {len(answer)} characters", remedy=f"At most {_LONGEST} are checked")
        citations, report, read = Citations(), Report(), simplified(answer)
        text = without_tables(read)
        settled = [
            settle(list(of), self._matcher, text)
            for _, of in groupby(self._matcher.match(text, rough=True), key=lambda one: one.claim.start)
        ]
        matches = [match for one in settled for match in one.matches]
        told = {one.matches[0].claim.start: one for one in settled}
        rows = list(told_rows(read))
        matches += [self._matcher.match_claim(claim, words_of) for row in rows for words_of, claim in row.claims]
        for match in matches:
            number = match.claim.number
            bound = figure(number.text, match.item, citations) if match.item else None
            nearest = figure(match.nearest.text, match.nearest, citations) if match.nearest else None
            report.figures.append(
                CheckedFigure(answer[number.start : number.end], number.start, number.end, bound is not None, bound, match.reason, nearest)
            )
        report.figures.sort(key=lambda one: one.start)
        spans = sorted([*_told(text), *((row.start, row.end) for row in rows)])
        checked = _sentences(answer, spans, report.figures, told, sorted(map(_read, matches), key=lambda one: one.start))
        report.sentences = [self._decided(one, text, citations) for one in checked]
        report.citations = citations.made
        report.bound = sum(one.bound for one in report.figures)
        report.unbound = len(report.figures) - report.bound
        return self._as_printed(report)

    def _decided(self, one: CheckedSentence, text: str, citations: Citations) -> CheckedSentence:
        """A sentence without a figure as the items decide it, where it says no more than they do."""
        found = decided(text[one.start : one.end].strip(), self._matcher) if one.reason == NO_FIGURE else None
        if found is None:
            return one
        evidence = list(dict.fromkeys(citations.number(item.place) for item in found.items if item.place))
        if found.holds:
            return replace(one, status="supported", reason=None, evidence=evidence)
        return replace(one, status="unsupported", reason=f"{found.why}: the figures say otherwise", evidence=evidence)

    def _as_printed(self, report: Report) -> Report:
        """What is cited as the evidence prints it, where it was read in simplified characters."""
        if self._printed:
            report.figures = rewritten(report.figures, self._printed)
            report.citations = rewritten(report.citations, self._printed)
        return report


def verify(answer: str, evidence: Sequence[Given], question: str = "") -> Report:
    """Bind each figure of the answer and check each sentence. Evidence as for ``Checker``.

    Raises InputError when the answer is longer than 200,000 characters.
    """
    return Checker(evidence, question).check(answer)


def _told(text: str) -> Iterator[tuple[int, int]]:
    """The sentences of a text, without blank ones and without headings: lines of which the ones below are what is claimed. Clauses that a
    semicolon parts are one sentence.
    """
    begun: int | None = None
    for start, end in sentences(text):
        begun = start if begun is None else begun
        if text[start:end].rstrip().endswith("；"):
            continue
        told, first, begun = text[begun:end].strip(), begun, None
        if told and not told.endswith((":", "：")) and not told.startswith("#"):
            yield first, end
    if begun is not None and text[begun:].strip():
        yield begun, len(text)


def _sentences(
    answer: str,
    spans: Sequence[tuple[int, int]],
    figures: Sequence[CheckedFigure],
    told: Mapping[int, Settled],
    claims: Sequence[ReadClaim],
) -> Iterator[CheckedSentence]:
    starts = [one.start for one in figures]
    for start, end in spans:
        place = slice(bisect.bisect_left(starts, start), bisect.bisect_left(starts, end))
        said = next((told[place] for place in told if start <= place < end), None)
        alike = said is not None and said.told_alike
        checked = _sentence(answer[start:end].strip(), start, end, figures[place], list(claims[place]), told_alike=alike)
        if said and (said.unsupported or said.unchecked) and checked.status == "supported":
            status: Support = "unsupported" if said.unsupported else "unchecked"
            checked = replace(checked, status=status, reason=said.unsupported or said.unchecked)
        yield checked


def _sentence(
    text: str, start: int, end: int, figures: Sequence[CheckedFigure], claims: list[ReadClaim], *, told_alike: bool
) -> CheckedSentence:
    """``told_alike``: the evidence denies or plans what the sentence does."""
    cited = list(dict.fromkeys(marker for one in figures if one.figure for marker in _markers(one.figure)))
    wrong = next((one for one in figures if not one.bound), None)
    if wrong:
        return CheckedSentence(text, start, end, "unsupported", f"{wrong.text}: {wrong.reason}", claims, cited)
    if not figures:
        return CheckedSentence(text, start, end, "unchecked", NO_FIGURE)
    if not told_alike and modalities(text) & {"denied", "planned"}:
        return CheckedSentence(text, start, end, "unchecked", "it denies something, or says what is not yet so", claims, cited)
    return CheckedSentence(text, start, end, "supported", None, claims, cited)


def _read(match: Match) -> ReadClaim:
    claim, number = match.claim, match.claim.number
    named = claim.heads[0].partition(" … ")[0] if claim.heads else ""
    named = named if words(named) else claim.nearby.partition(" … ")[0][-_NAME:]
    return ReadClaim(
        relation=_relation(match),
        metric=" ".join(named.split()),
        qualifiers=sorted(qualifiers(named, words(named))),
        value=plain(number.value),
        unit=number.unit,
        periods=[period.text for period in claim.periods],
        direction=claim.direction,
        negative=claim.negative,
        start=number.start,
        end=number.end,
        bound=match.item is not None,
    )


def _relation(match: Match) -> Relation:
    expression = (match.item.reference.expression if match.item else None) or ""
    if match.claim.direction and (match.claim.number.percent or "-" in expression):
        return "change"
    return "ratio" if "/" in expression else "difference" if "-" in expression else "sum" if "+" in expression else "level"


def _markers(figure: Figure) -> Iterator[int]:
    """The markers of a figure's place and of those of its operands."""
    if figure.reference.citation:
        yield figure.reference.citation
    for operand in (figure.reference.operands or {}).values():
        yield from _markers(operand)


def _evidence(given: Given) -> list[Evidence]:
    if isinstance(given, Parsed):
        return from_parsed(given)
    if isinstance(given, Document):
        return from_document(given)
    return from_text(given) if isinstance(given, str) else [given]

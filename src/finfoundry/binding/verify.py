"""Check an answer that someone else wrote against the evidence that they used: what of it holds, and why the rest does not."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from finfoundry.binding.against import is_amount_of_change, qualified
from finfoundry.binding.bind import MARKER, Bound, Citations, Match, Matcher, bind_matches, figure
from finfoundry.binding.evidence import Evidence, EvidenceItem, PassageEvidence, plain
from finfoundry.binding.figureless import decided, read_besides, read_words
from finfoundry.binding.given.answer_tables import ToldRow, told_rows, without_tables
from finfoundry.binding.ranks import told_place
from finfoundry.binding.sense import Reason
from finfoundry.binding.sentence.checked_sentence import CheckedSentence, ReadClaim, Relation, Support
from finfoundry.binding.sentence.claim import Claim
from finfoundry.binding.sentence.claim_patterns import LESS_OR_MORE_THAN
from finfoundry.binding.sentence.claim_reading import bare_name, claim_times, claim_type
from finfoundry.binding.sentence.labels import weight, word_lists, words
from finfoundry.binding.sentence.modality import modalities
from finfoundry.binding.sentence.when import When, without_periods
from finfoundry.binding.settle import Settled, settle_text
from finfoundry.binding.sources import from_document, from_parsed, from_text
from finfoundry.core.answer import Citation, Figure
from finfoundry.core.display import Display, escaped
from finfoundry.core.document import Document, Parsed
from finfoundry.core.errors import InputError
from finfoundry.core.language import PrintedWords, rewritten, sentences, simplified, texts_of
from finfoundry.core.quantities.rough import find_multiples, find_rough

Given = Evidence | Parsed | Document | str
_COLOURS: dict[Support, str] = {"supported": "green", "unsupported": "red", "unchecked": "yellow"}
NO_FIGURE = "it states no figure"
_NAME = 120  # characters in which a metric is named
_SHARE = re.compile(r"\b(?:share|account\w*|represent\w*|made up|contribut\w*)\b|占", re.IGNORECASE)
_TIMES = re.compile(r"\s*(?:times|-?fold)\b|\s*倍|\s*[x×](?!\w)", re.IGNORECASE)
_LONGEST = 200_000  # characters of an answer


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


@dataclass(slots=True)
class Report:
    figures: list[CheckedFigure] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    bound: int = 0
    unbound: int = 0
    sentences: list[CheckedSentence] = field(default_factory=list)
    strict: bool = False  # whether a sentence that nothing decides counts as one that does not hold
    warnings: list[str] = field(default_factory=list)  # what was asked for and could not be done

    @property
    def holds(self) -> bool:
        failing = ("unsupported", "unchecked") if self.strict else ("unsupported",)
        return not self.unbound and all(one.status not in failing for one in self.sentences)

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
        for warning in self.warnings:
            display.line(f"[yellow]! {escaped(warning)}[/]")


class Checker:
    """Checks texts against evidence that is read and indexed once. No model, no database.

    Evidence is given as parsed documents, as text with or without HTML and Markdown tables, or as evidence of this package. ``earlier`` is
    what was said before the text.
    """

    def __init__(self, evidence: Sequence[Given], question: str = "", earlier: str = "") -> None:
        read = tuple(one for given in evidence for one in _evidence(given))
        self._evidence = rewritten(read, simplified)
        self._matcher = Matcher(self._evidence, simplified(question), simplified(earlier))
        self._rough: set[str] | None = None  # quantities in words that the passages print
        self._printed = None if self._evidence == read else PrintedWords(texts_of(read)).of

    def check(self, answer: str) -> Report:
        """Each figure and each sentence of the answer. Raises InputError when it is longer than 200,000 characters."""
        if len(answer) > _LONGEST:
            raise InputError(f"the answer has {len(answer)} characters", remedy=f"At most {_LONGEST} are checked")
        read = simplified(answer)
        return self._as_printed(self._report(answer, settle_text(without_tables(read), self._matcher), list(told_rows(read))))

    def bind(self, text: str) -> Bound:
        """The text with citations, as ``bind`` gives it, with what holds of each sentence: its figures are bound once they are held against
        each other and against the sentence's words. Offsets are in the text as given. A table is read as running text.
        """
        settled = settle_text(simplified(text), self._matcher, apart=True)
        matches = [match for one in settled for match in one.matches]
        vague = frozenset(match.claim.number.start for match in matches if match.item is None and self._prints_words(match))
        bound = bind_matches(matches, text, self._evidence)
        unbound = [one for one in bound.unbound if one.start not in vague]
        sentences = self._report(text, settled, [], vague, headings=True).sentences
        printed = self._printed or _unchanged
        bound = replace(bound, unbound=unbound)
        sentences = [replace(one, against=rewritten(one.against, printed)) for one in sentences]
        return replace(bound, figures=rewritten(bound.figures, printed), citations=rewritten(bound.citations, printed), sentences=sentences)

    def _prints_words(self, match: Match) -> bool:
        """Whether a figure is a quantity in words that a passage prints, of which no evidence has an item: nothing decides it."""
        if match.claim.number.within is None:
            return False
        if self._rough is None:
            passages = [one.text for one in self._evidence if isinstance(one, PassageEvidence)]
            self._rough = {one.text.casefold() for text in passages for one in (*find_rough(text), *find_multiples(text))}
        return match.claim.number.text.casefold() in self._rough

    def _report(
        self,
        answer: str,
        settled: Sequence[Settled],
        rows: Sequence[ToldRow],
        vague: frozenset[int] = frozenset(),
        *,
        headings: bool = False,
    ) -> Report:
        """``vague``: where figures begin that nothing decides; ``headings``: lines that look like them are sentences, too."""
        citations, report, read = Citations(), Report(), simplified(answer)
        text = without_tables(read) if rows else read
        claims = [read_claim(match, one.matches, self._matcher, text) for one in settled for match in one.matches]
        matches = [match for one in settled for match in one.matches]
        running = sorted(matches, key=lambda match: match.claim.number.start)
        for row in rows:
            told = [(self._matcher.match_claim(claim, words_of), words_of) for words_of, claim in row.claims]
            matches += [match for match, _ in told]
            claims += [read_claim(match, [match], self._matcher, words_of) for match, words_of in told]
        report.figures = sorted((_figure(match, answer, citations) for match in matches), key=lambda one: one.start)
        spans = sorted([*_told(text, headings=headings), *((row.start, row.end) for row in rows)])
        starts = {one.matches[0].claim.start: one for one in settled}
        checked = _sentences(answer, text, spans, report.figures, starts, sorted(claims, key=lambda one: one.start), vague)
        report.sentences = [self._with_words(one, running, text, citations) for one in checked]
        report.citations = citations.made
        report.bound = sum(one.bound for one in report.figures)
        report.unbound = len(report.figures) - report.bound
        return report

    def _with_words(self, one: CheckedSentence, matches: Sequence[Match], text: str, citations: Citations) -> CheckedSentence:
        """A sentence with what its words claim: of one without a figure all, of one whose figures hold what it says besides."""
        if one.reason == NO_FIGURE:
            return self._decided(one, text, citations)
        first, last = (bisect.bisect_left(matches, place, key=lambda match: match.claim.number.start) for place in (one.start, one.end))
        own = matches[first:last] if one.status == "supported" else []
        return (
            replace(one, claims=[*one.claims, *read_besides(own, one.claims[0], self._matcher, text, one.start, one.end)]) if own else one
        )

    def _decided(self, one: CheckedSentence, text: str, citations: Citations) -> CheckedSentence:
        """A sentence without a figure as the items decide it, where it says no more than they do."""
        said = MARKER.sub("", text[one.start : one.end]).strip()
        found = decided(said, self._matcher)
        one = replace(one, claims=read_words(found, self._matcher, text, one.start, one.end))
        if found is None:
            return one
        if not found.holds:
            one = replace(one, spans=_said_at((found.why or "").partition(": ")[0], text, one.start, one.end))
        evidence = list(dict.fromkeys(number for item in found.items if item.place for number in citations.of_item(item)))
        if found.place:
            return replace(one, status="unsupported", reason=found.why, evidence=[citations.number(found.place, said=True)])
        against = [figure(item.text, item) for item in found.items]
        if found.holds:
            return replace(one, status="supported", reason=None, evidence=evidence)
        start = text.lower().find(found.named, one.start, one.end) if found.named else -1
        spans = [(start, start + len(found.named))] if start >= 0 else one.spans
        reason = f"{found.why}: the figures say otherwise"
        return replace(one, status="unsupported", reason=reason, evidence=evidence, against=against, spans=spans)

    def _as_printed(self, report: Report) -> Report:
        """What is cited as the evidence prints it, where it was read in simplified characters."""
        if self._printed:
            report.figures = rewritten(report.figures, self._printed)
            report.citations = rewritten(report.citations, self._printed)
            report.sentences = [replace(one, against=rewritten(one.against, self._printed)) for one in report.sentences]
        return report


def verify(answer: str, evidence: Sequence[Given], question: str = "", *, strict: bool = False) -> Report:
    """Bind each figure of the answer and check each sentence. Evidence as for ``Checker``. ``strict``: it does not hold, either, where
    nothing decides a sentence.

    Raises InputError when the answer is longer than 200,000 characters.
    """
    return replace(Checker(evidence, question).check(answer), strict=strict)


def bind_checked(text: str, evidence: Sequence[Evidence], question: str = "", earlier: str = "") -> Bound:
    """``bind`` of what a model wrote: each of its sentences is checked besides. Parameters as for it."""
    return Checker(evidence, question, earlier).bind(text)


def _unchanged(text: str) -> str:
    return text


def _figure(match: Match, answer: str, citations: Citations) -> CheckedFigure:
    number = match.claim.number
    bound = figure(number.text, match.item, citations) if match.item else None
    nearest = figure(match.nearest.text, match.nearest, citations) if match.nearest else None
    return CheckedFigure(answer[number.start : number.end], number.start, number.end, bound is not None, bound, match.reason, nearest)


def _told(text: str, *, headings: bool) -> Iterator[tuple[int, int]]:
    """The sentences of a text, without blank ones and, but for ``headings``, without lines of which the ones below are what is claimed.
    Clauses that a semicolon parts are one sentence.
    """
    begun: int | None = None
    for start, end in sentences(text):
        begun = start if begun is None else begun
        if text[start:end].rstrip().endswith("；"):
            continue
        told, first, begun = text[begun:end].strip(), begun, None
        if told and (headings or not (told.endswith((":", "：")) or told.startswith("#"))):
            yield first, end
    if begun is not None and text[begun:].strip():
        yield begun, len(text)


def _sentences(
    answer: str,
    text: str,
    places: Sequence[tuple[int, int]],
    figures: Sequence[CheckedFigure],
    told: Mapping[int, Settled],
    claims: Sequence[ReadClaim],
    vague: frozenset[int],
) -> Iterator[CheckedSentence]:
    starts = [one.start for one in figures]
    for start, end in places:
        place = slice(bisect.bisect_left(starts, start), bisect.bisect_left(starts, end))
        if not figures[place] and not any(map(str.isalpha, answer[start:end])):
            continue  # the number of a list, a line across: nothing is said
        said = next((told[place] for place in told if start <= place < end), None)
        alike = said is not None and said.told_alike
        checked = _sentence(answer[start:end].strip(), start, end, figures[place], list(claims[place]), vague, told_alike=alike)
        if said and (said.unsupported or said.unchecked) and checked.status == "supported":
            status: Support = "unsupported" if said.unsupported else "unchecked"
            against = [figure(item.text, item) for item in said.against]
            spans = _said_at(said.unsupported.rpartition(": ")[0], text, start, end) if said.unsupported else []
            checked = replace(checked, status=status, reason=said.unsupported or said.unchecked, against=against, spans=spans)
        undecided = next((one for one in figures[place] if not one.bound), None)
        if undecided and checked.status == "supported":
            checked = replace(checked, status="unchecked", reason=f"{undecided.text}: not computed")
        yield checked


def _sentence(
    text: str, start: int, end: int, figures: Sequence[CheckedFigure], claims: list[ReadClaim], vague: frozenset[int], *, told_alike: bool
) -> CheckedSentence:
    """``told_alike``: the evidence denies or plans what the sentence does; ``vague``: where figures begin that nothing decides."""
    cited = list(dict.fromkeys(marker for one in figures if one.figure for marker in _markers(one.figure)))
    wrong = next((one for one in figures if not one.bound and one.start not in vague), None)
    if wrong:
        spans = [(one.start, one.end) for one in figures if not one.bound and one.start not in vague]
        return CheckedSentence(text, start, end, "unsupported", f"{wrong.text}: {wrong.reason}", claims, cited, spans)
    if not figures:
        return CheckedSentence(text, start, end, "unchecked", NO_FIGURE)
    if not told_alike and modalities(text) & {"denied", "planned"}:
        return CheckedSentence(text, start, end, "unchecked", "it denies something, or says what is not yet so", claims, cited)
    return CheckedSentence(text, start, end, "supported", None, claims, cited)


def _said_at(words_of: str, text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Where a sentence says words; the whole of it where it says them otherwise."""
    place = text.find(words_of, start, end) if words_of else -1
    if place >= 0:
        return [(place, place + len(words_of))]
    told = text[start:end]
    return [(end - len(told.lstrip()), start + len(told.rstrip()))]


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


# --- what a sentence says of one of its figures, in plain values: for those who want to see how it was read ---


def read_claim(match: Match, matches: Sequence[Match], matcher: Matcher, text: str) -> ReadClaim:
    """The claim of a figure among those of its sentence. ``text`` is what it was read in."""
    claim, number, item = match.claim, match.claim.number, match.item
    named, naming = _named(match, matches)
    relation = _relation(match, matches)
    return ReadClaim(
        relation=relation,
        metric=named,
        qualifiers=qualified(naming, item, matcher, named),
        value=plain(number.value),
        unit=number.unit,
        periods=[period.text for period in claim.periods],
        direction=claim.direction,
        negative=claim.negative,
        start=number.start,
        end=number.end,
        bound=match.item is not None,
        subject=_subject(match, matcher, text),
        scope=claim.scope,
        type=claim_type(relation, claim.sentence, figure=True),
        times=claim_times(claim.periods, _whens(item or match.nearest), bound=item is not None),
        modality=sorted(modalities(claim.sentence)),
    )


def _whens(item: EvidenceItem | None) -> list[When]:
    """The times of an item, and of those that it was computed from."""
    return [when for one in (item, *(term for _, term in item.terms)) for when in one.whens] if item else []


def _named(match: Match, matches: Sequence[Match]) -> tuple[str, Claim]:
    """The words that name a figure, and the figure that they stand at: its own words, else those of the figure before it, "up from $5
    million", else those around it.
    """
    before = [one.claim for one in matches if one.claim.number.start <= match.claim.number.start]
    found = ((name, one) for one in reversed(before) if weight(words(name := bare_name(one.name)) - word_lists()["changes"]) >= 1)
    return next(found, (bare_name(match.claim.nearby.partition(" … ")[0][-_NAME:]), match.claim))


def _subject(match: Match, matcher: Matcher, text: str) -> str | None:
    """The one company that the words mean, by its first name in the evidence."""
    index = matcher.index
    meant = index.entities.of_claim(match.claim, text, index.question.text, index.labels)
    return index.entities.groups[min(meant)][0] if meant and len(meant) == 1 else None


def _relation(match: Match, matches: Sequence[Match]) -> Relation:
    claim, number = match.claim, match.claim.number
    expression = (match.item.reference.expression if match.item else None) or ""
    of_rows = {term.series for _, term in match.item.terms} if match.item else set()
    behind = claim.sentence[max(number.end - claim.start, 0) :]
    if (than := LESS_OR_MORE_THAN.match(behind)) and not number.percent and words(without_periods(behind[than.end() :])):
        return "difference"  # more than another thing
    if claim.direction and len(of_rows) < 2 and (number.percent or "-" in expression or is_amount_of_change(claim)):
        return "change"
    if number.unit == "ratio" and not number.points:
        if _is_multiple(match):
            return "multiple"
        if number.percent and _is_share(match, expression):
            return "share"
    if "/" in expression:
        return "ratio"
    return "difference" if "-" in expression else "sum" if "+" in expression else told_place(match, matches) or "level"


def _is_multiple(match: Match) -> bool:
    """Whether a figure says how many times another something is: "three times", doubled."""
    claim, number = match.claim, match.claim.number
    start, end = number.start - claim.start, number.end - claim.start
    told = any(one.start <= start < one.end for one in find_multiples(claim.sentence))
    return told or (not number.percent and bool(_TIMES.search(number.text) or _TIMES.match(claim.sentence, end)))


def _is_share(match: Match, expression: str) -> bool:
    """Whether a percentage is a part of a whole: its words say so, or it was computed of what its words call the whole."""
    before, _, behind = match.claim.heads[0].partition(" … ") if match.claim.heads else ("", "", "")
    return _SHARE.search(before) is not None or ("/" in expression and behind.lstrip().startswith("of "))

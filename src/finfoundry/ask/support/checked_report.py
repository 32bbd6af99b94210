"""A report of checked sentences with what the support checker says of those that programs leave open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from finfoundry.ask.support.paper_sentences import PaperSentences
from finfoundry.ask.support.support_check import SentenceEvidence, SentenceSupport, at_issue, check_support, evidence_for, is_open
from finfoundry.binding.evidence import CitedPlace
from finfoundry.binding.sentence.checked_sentence import CheckedSentence
from finfoundry.binding.verify import Report
from finfoundry.core.answer import Citation
from finfoundry.core.protocols import EvidenceReader

WORDS_UNSUPPORTED = "words that the evidence does not support"
NOT_SURE = "the support checker is not sure of these words"


@dataclass(frozen=True, slots=True)
class OpenSentence:
    """A sentence of a report that programs left open, or of which they checked the figures alone: its number there, and what it is held
    against.
    """

    number: int
    held: SentenceEvidence


def open_sentences(report: Report, papers: PaperSentences) -> list[OpenSentence]:
    """Those that nothing decides, and those that claim in words besides what their figures say, each with its evidence. A sentence that
    does not hold, with a figure that is not bound for instance, is never among them.
    """
    return [OpenSentence(number, evidence_for(one.text, papers)) for number, one in enumerate(report.sentences) if is_open(one)]


def with_support(report: Report, answer: str, found: Sequence[OpenSentence], reader: EvidenceReader) -> Report:
    """The report with each of these sentences supported, its evidence cited, or unsupported, with the words that are not; unchecked,
    with the doubtful words, where the checker is not sure. Of a sentence whose figures hold only what it says besides is at issue.

    Raises ValueError for a sentence that the report has not, or that is not open.
    """
    told = check_support(reader, [one.held for one in found])
    sentences, citations = list(report.sentences), list(report.citations)
    for one, support in zip(found, told, strict=True):
        if not 0 <= one.number < len(sentences) or not is_open(sentences[one.number]):
            raise ValueError(f"sentence {one.number} of the report is not open")
        markers = list(_cited(one.held.places, citations))
        checked = sentences[one.number]
        begin = answer.find(checked.text, checked.start)
        sentences[one.number] = _settled(checked, support, markers, checked.start if begin < 0 else begin)
    return replace(report, sentences=sentences, citations=citations)


def _settled(one: CheckedSentence, support: SentenceSupport, markers: Sequence[int], begin: int) -> CheckedSentence:
    evidence = list(dict.fromkeys([*one.evidence, *markers]))
    spans = at_issue(one, support, begin)
    if (support.status == "supported" and markers) or (one.status == "supported" and not spans):
        return replace(one, status="supported", reason=None, evidence=evidence)
    if support.status == "unsure":
        return replace(one, status="unchecked", reason=NOT_SURE, spans=spans, evidence=evidence)
    return replace(one, status="unsupported", reason=WORDS_UNSUPPORTED, spans=spans, evidence=evidence)


def _cited(places: Iterable[CitedPlace], citations: list[Citation]) -> Iterator[int]:
    """The markers of places; what is not yet among the citations is added."""
    for place in places:
        told = (place.document, place.page, place.quote)
        known = next((one.marker for one in citations if (one.document, one.page, one.quote) == told), None)
        if known is None:
            known = max((one.marker for one in citations), default=0) + 1
            citations.append(Citation(known, place.document, place.page, place.box, place.locator, place.quote))
        yield known

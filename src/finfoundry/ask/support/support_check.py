"""Whether sentences are supported by what papers say: the few sentences and rows nearest to each, and a trained encoder that marks the
words that these do not support.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from finfoundry.ask.lexicon.polarity import DENIALS
from finfoundry.ask.retrieve.quotable import Quotable
from finfoundry.ask.support.paper_sentences import MOST, PaperSentences, evidence_text, read_as
from finfoundry.ask.support.support_rows import LABEL
from finfoundry.ask.support.table_extremes import table_rank
from finfoundry.binding.evidence import CitedPlace
from finfoundry.binding.sentence.checked_sentence import CheckedSentence
from finfoundry.binding.sentence.claim_reading import WORDS, needs_checker
from finfoundry.core.answer import DocumentName
from finfoundry.core.errors import InputError
from finfoundry.core.language import simplified
from finfoundry.core.protocols import EvidenceReader, FoundSpan
from finfoundry.knowledge.search.terms import terms

Span = tuple[int, int]
HEAD = "support-spans"  # the task that the checker learned
SHOWN = 2  # pieces of evidence that are shown with a sentence
_LIMITS = DENIALS | frozenset(("only", "all", *"仅僅均"))
_WORD = re.compile(r"[A-Za-z0-9][\w’'&.-]*\w|[A-Za-z0-9]|[\u3400-\u9fff]")
CheckerSource = Callable[[], EvidenceReader | None]  # asked when something is to be checked


@dataclass(frozen=True, slots=True)
class SentenceEvidence:
    """A sentence with what it is held against: ``evidence`` as the checker reads it; ``places`` are shown, the nearest first.

    ``known``: characters (start, end) of it that name the company of the papers. ``ranked``: of a superlative over a table's rows, whether
    the row that it names, ``named``, is the first; None for other sentences.
    """

    text: str
    evidence: str
    places: tuple[CitedPlace, ...] = ()
    known: tuple[Span, ...] = ()
    ranked: bool | None = None
    named: Span | None = None


@dataclass(frozen=True, slots=True)
class SentenceSupport:
    """``spans`` are the characters (start, end) of the words that nothing supports; none where it holds. ``doubt``, 0 to 1: how likely the
    doubtfullest of them is unsupported. *unsure*: too doubtful to be supported, not enough to be called unsupported.
    """

    status: Literal["supported", "unsupported", "unsure"]
    spans: tuple[Span, ...]
    doubt: float


@lru_cache(maxsize=1)
def bars() -> dict[str, float]:
    """From which doubt on a sentence is not supported (``sentence``), is unsupported (``unsupported``), and which of its words are marked
    (``word``), from ``data/support.json``: fitted on made sentences of papers not learned from.
    """
    held: dict[str, float] = json.loads((files("finfoundry.ask") / "data" / "support.json").read_text(encoding="utf-8"))["bars"]
    return held


def evidence_for(text: str, papers: PaperSentences) -> SentenceEvidence:
    """What of the papers a sentence is held against; nothing where they share no word with it."""
    plain = simplified(text)
    rank = table_rank(plain, papers)
    if rank is not None:
        start = plain.lower().find(rank.named.lower())
        named = (start, start + len(rank.named)) if start >= 0 else None
        return SentenceEvidence(text, " • ".join(map(read_as, rank.rows)), tuple(map(place_of, rank.rows)), (), rank.holds, named)
    found = papers.nearest(plain, MOST)
    said = frozenset(terms(plain))
    shown = sorted(found, key=lambda one: -len(said & set(terms(one.text))))[:SHOWN]
    return SentenceEvidence(text, evidence_text(found, plain), tuple(map(place_of, shown)), tuple(_known(plain, papers.names)))


def _known(text: str, names: frozenset[str]) -> Iterator[Span]:
    """Where a sentence says the company's own name, or a word of it."""
    lower = text.lower()
    for name in names:
        start = lower.find(name)
        while name and start >= 0:
            yield start, start + len(name)
            start = lower.find(name, start + 1)


def is_open(one: CheckedSentence) -> bool:
    """Programs check claims of figures first; what they leave open, and what is claimed in words beside them, the checker reads."""
    return one.status == "unchecked" or (one.status == "supported" and needs_checker(one.claims))


def at_issue(one: CheckedSentence, support: SentenceSupport, begin: int) -> list[Span]:
    """Where words of a sentence, which begins at ``begin`` of its text, are not supported: of one whose figures hold, which are the
    programs' affair, only those of what it claims in words.
    """
    spans = [(begin + start, begin + end) for start, end in support.spans]
    if one.status != "supported":
        return spans
    stretches = [(claim.start, claim.end) for claim in one.claims if claim.type in WORDS]
    return [(max(start, first), min(end, last)) for start, end in spans for first, last in stretches if max(start, first) < min(end, last)]


def check_support(reader: EvidenceReader, given: Sequence[SentenceEvidence]) -> list[SentenceSupport]:
    """Whether each is supported. A sentence that nothing was found for, or that is too long to be read, is not: all its words are
    unsupported.
    """
    readable = [number for number, one in enumerate(given) if one.evidence and one.ranked is None]
    marked: dict[int, Sequence[FoundSpan]] = {}
    for number, marks in zip(readable, _marks(reader, [given[number] for number in readable]), strict=True):
        marked[number] = marks
    return [_ranked(one) if one.ranked is not None else _told(one, marked.get(number, ())) for number, one in enumerate(given)]


def _marks(reader: EvidenceReader, given: Sequence[SentenceEvidence]) -> Iterator[Sequence[FoundSpan]]:
    rows = [(simplified(one.text), one.evidence) for one in given]
    try:
        yield from reader.marks(HEAD, rows)
    except InputError:  # one of them has more tokens than it reads: each for itself
        for row in rows:
            try:
                yield from reader.marks(HEAD, [row])
            except InputError:
                yield ()


def _ranked(one: SentenceEvidence) -> SentenceSupport:
    if one.ranked:
        return SentenceSupport("supported", (), 0.0)
    return SentenceSupport("unsupported", (one.named or (0, len(one.text.rstrip())),), 1.0)


def _told(one: SentenceEvidence, marks: Sequence[FoundSpan]) -> SentenceSupport:
    if not marks:
        return SentenceSupport("unsupported", ((0, len(one.text.rstrip())),), 1.0)
    words = list(likely_words(one, marks))
    doubt = max((probability for _, probability in words), default=1.0)
    if doubt < bars()["sentence"]:
        return SentenceSupport("supported", (), doubt)
    bar = min(bars()["word"], doubt)
    sure: Literal["unsupported", "unsure"] = "unsupported" if doubt >= bars()["unsupported"] else "unsure"
    return SentenceSupport(sure, tuple(_joined(one.text, [span for span, probability in words if probability >= bar])), doubt)


def likely_words(one: SentenceEvidence, marks: Sequence[FoundSpan]) -> Iterator[tuple[Span, float]]:
    """Each word of a sentence with how likely it is unsupported: the mean of its tokens; of two Chinese characters side by side the lower
    of theirs. Words that name the company itself, and those that say nothing by themselves, are left out; a denial never is.
    """
    told = [(place, probability) for place, probability in _each_word(one, marks) if _says(one.text[slice(*place)])]
    for number, ((start, end), probability) in enumerate(told):
        if one.text[start] < "\u3400" or one.text[start:end] in _LIMITS:
            yield (start, end), probability
            continue
        beside = [other for (first, last), other in told[max(0, number - 1) : number + 2] if first == end or last == start]
        yield (start, end), min(probability, max(beside, default=0.0))


def _each_word(one: SentenceEvidence, marks: Sequence[FoundSpan]) -> Iterator[tuple[Span, float]]:
    for place in _WORD.finditer(one.text):
        if any(start <= place.start() and place.end() <= end for start, end in one.known):
            continue
        told = [mark.probability for mark in marks if mark.label == LABEL and mark.start < place.end() and mark.end > place.start()]
        if told:
            yield place.span(), sum(told) / len(told)


def _says(word: str) -> bool:
    return word.lower() in _LIMITS or any(len(term) > 1 or not term.isascii() for term in terms(word))


def _joined(text: str, spans: Sequence[Span]) -> Iterator[Span]:
    """Words side by side as one span."""
    start, end = -1, -1
    for first, last in spans:
        if end >= 0 and not text[end:first].strip():
            end = last
            continue
        if end >= 0:
            yield start, end
        start, end = first, last
    if end >= 0:
        yield start, end


def place_of(one: Quotable) -> CitedPlace:
    """Where a reader can see what is quoted."""
    hit = one.hit
    return CitedPlace(DocumentName(hit.document_id, hit.document_name), hit.page, hit.box, hit.locator, one.text)

"""What a model wrote from passages, without the sentences whose words these do not support."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from finfoundry.ask.lexicon.ports import Hit
from finfoundry.ask.support.paper_sentences import PaperSentences
from finfoundry.ask.support.support_check import check_support, evidence_for
from finfoundry.core.language import sentences
from finfoundry.core.protocols import EvidenceReader
from finfoundry.core.quantities.numbers import find_numbers

_MARKERS = re.compile(r"\s*\[\d+\]")


@dataclass(frozen=True, slots=True)
class SupportedText:
    """``text`` is what is left, empty where nothing is; ``dropped`` are the sentences that are not supported."""

    text: str
    dropped: tuple[str, ...] = ()


def supported_text(text: str, hits: Sequence[Hit], reader: EvidenceReader) -> SupportedText:
    """Sentences that state a figure stay: their figures are bound, or the answer is withheld."""
    spans = list(sentences(text))
    open_ones = [number for number, (start, end) in enumerate(spans) if not find_numbers(_plain(text[start:end]))]
    papers = PaperSentences(hits)
    told = check_support(reader, [evidence_for(_plain(text[slice(*spans[number])]), papers) for number in open_ones])
    wrong = {number for number, support in zip(open_ones, told, strict=True) if not support.supported}
    kept = [text[start:end] for number, (start, end) in enumerate(spans) if number not in wrong]
    return SupportedText("".join(kept).strip(), tuple(text[slice(*spans[number])].strip() for number in sorted(wrong)))


def _plain(sentence: str) -> str:
    """A sentence without the markers of its citations."""
    return _MARKERS.sub("", sentence).strip()

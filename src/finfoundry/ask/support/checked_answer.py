"""What a model wrote from passages, without the sentences that these do not support."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from finfoundry.ask.lexicon.ports import Hit
from finfoundry.ask.support.paper_sentences import PaperSentences
from finfoundry.ask.support.support_check import check_support, evidence_for
from finfoundry.binding.sentence.checked_sentence import CheckedSentence
from finfoundry.core.protocols import EvidenceReader

_MARKERS = re.compile(r"\s*\[\d+\]")


@dataclass(frozen=True, slots=True)
class SupportedText:
    """``text`` is what is left, empty where no sentence is; ``dropped`` are the sentences that do not hold, ``open`` those that are left
    though nothing decides them.
    """

    text: str
    dropped: tuple[str, ...] = ()
    open: tuple[str, ...] = ()


def supported_text(text: str, checked: Sequence[CheckedSentence], hits: Sequence[Hit], reader: EvidenceReader | None) -> SupportedText:
    """A text without its sentences that do not hold: by program as they were ``checked``, and of those that no program decides by the
    ``reader``, where there is one.
    """
    wrong = {number for number, one in enumerate(checked) if one.status == "unsupported"}
    open_ones = [number for number, one in enumerate(checked) if one.status == "unchecked"]
    if reader and open_ones:
        papers = PaperSentences(hits)
        told = check_support(reader, [evidence_for(_plain(checked[number].text), papers) for number in open_ones])
        wrong |= {number for number, support in zip(open_ones, told, strict=True) if support.status == "unsupported"}
        open_ones = [number for number, support in zip(open_ones, told, strict=True) if support.status == "unsure"]
    left = text
    for number in sorted(wrong, reverse=True):
        left = left[: checked[number].start] + left[checked[number].end :]
    nothing = len(wrong) == len(checked) > 0  # but what stands above them: a heading
    dropped, still = (tuple(checked[number].text for number in numbers) for numbers in (sorted(wrong), open_ones))
    return SupportedText("" if nothing else left.strip(), dropped, still)


def _plain(sentence: str) -> str:
    """A sentence without the markers of its citations."""
    return _MARKERS.sub("", sentence).strip()

"""What a model wrote from passages, without the sentences that these do not support."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from finfoundry.ask.lexicon.ports import Hit
from finfoundry.ask.retrieve.passage_trimming import keywords
from finfoundry.ask.retrieve.quotable import Quotable, quotables
from finfoundry.ask.support.denials import contradicts
from finfoundry.ask.support.paper_sentences import PaperSentences
from finfoundry.ask.support.support_check import at_issue, check_support, evidence_for, is_open, place_of
from finfoundry.binding.evidence import CitedPlace
from finfoundry.binding.sentence.checked_sentence import CheckedSentence
from finfoundry.core.protocols import EvidenceReader

NEAR = 0.5  # share of a sentence's words that another must have for it to be held against it
_MARKERS = re.compile(r"\s*\[\d+\]")


@dataclass(frozen=True, slots=True)
class Denied:
    """A sentence that what the passages say at these places denies or, by the checker, ``unborne``, does not bear out."""

    text: str
    places: tuple[CitedPlace, ...]
    unborne: bool = False


@dataclass(frozen=True, slots=True)
class SupportedText:
    """``text`` is what is left, empty where no sentence is; ``dropped`` are the sentences that do not hold, ``denied`` those of them that
    no program found wrong, ``open`` those that are left though nothing decides them.
    """

    text: str
    dropped: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    denied: tuple[Denied, ...] = ()


def supported_text(text: str, checked: Sequence[CheckedSentence], hits: Sequence[Hit], reader: EvidenceReader | None) -> SupportedText:
    """A text without its sentences that do not hold: by program as they were ``checked``, because they deny what the passages affirm or the
    other way round, and by the ``reader``, where there is one, for what programs do not decide, words beside figures that hold among it.
    """
    wrong = {number for number, one in enumerate(checked) if one.status == "unsupported"}
    denied: dict[int, Denied] = {}
    for number, one in enumerate(checked):
        if number not in wrong and (against := _denying(one.text, hits)):
            denied[number] = Denied(one.text, tuple(place_of(replace(told, hit=told.hit.cut(told.text))) for told in against))
    wrong |= denied.keys()
    open_ones = [number for number, one in enumerate(checked) if one.status == "unchecked" and number not in wrong]
    if reader:
        unborne, open_ones = _read(reader, checked, [n for n, one in enumerate(checked) if is_open(one) and n not in wrong], hits)
        denied |= unborne
        wrong |= denied.keys()
    left = text
    for number in sorted(wrong, reverse=True):
        left = left[: checked[number].start] + left[checked[number].end :]
    nothing = len(wrong) == len(checked) > 0  # but what stands above them: a heading
    dropped, still = (tuple(checked[number].text for number in numbers) for numbers in (sorted(wrong), open_ones))
    return SupportedText("" if nothing else left.strip(), dropped, still, tuple(denied[number] for number in sorted(denied)))


def _read(
    reader: EvidenceReader, checked: Sequence[CheckedSentence], numbers: Sequence[int], hits: Sequence[Hit]
) -> tuple[dict[int, Denied], list[int]]:
    """Of these sentences, those that the checker finds unsupported, and the numbers of those of which it is not sure."""
    papers = PaperSentences(hits)
    given = [evidence_for(_blanked(checked[number].text), papers) for number in numbers]
    unborne, unsure = dict[int, Denied](), list[int]()
    for number, held, support in zip(numbers, given, check_support(reader, given), strict=True):
        one = checked[number]
        if support.status == "supported" or (one.status == "supported" and not at_issue(one, support, one.start)):
            continue
        if support.status == "unsure":
            unsure.append(number)
        else:
            unborne[number] = Denied(one.text, held.places, unborne=True)
    return unborne, unsure


def _blanked(sentence: str) -> str:
    """A sentence with blanks for the markers of its citations, so that all else stays in its place."""
    return _MARKERS.sub(lambda found: " " * len(found[0]), sentence).rstrip()


def _denying(sentence: str, hits: Sequence[Hit]) -> list[Quotable]:
    """What says most of a sentence, in the passages that it cites, where all of that denies what it affirms, or affirms what it denies."""
    said = _plain(sentence)
    own = keywords(said)
    cited = [hits[number - 1] for number in map(int, re.findall(r"\[(\d+)\]", sentence)) if 0 < number <= len(hits)]
    shared = [(one, len(own & keywords(one.text))) for one in quotables(cited or hits, every=True)]
    most = max((count for _, count in shared), default=0)
    found = [one for one, count in shared if count == most > 0 and most >= NEAR * len(own)]
    return found if all(contradicts(said, one.text) for one in found) else []


def _plain(sentence: str) -> str:
    """A sentence without the markers of its citations."""
    return _MARKERS.sub("", sentence).strip()

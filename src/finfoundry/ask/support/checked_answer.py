"""What a model wrote from passages, without the sentences that these do not support."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from finfoundry.ask.lexicon.ports import Hit
from finfoundry.ask.retrieve.passage_trimming import keywords
from finfoundry.ask.retrieve.quotable import Quotable, quotables
from finfoundry.ask.support.denials import contradicts
from finfoundry.binding.evidence import CitedPlace
from finfoundry.binding.sentence.checked_sentence import CheckedSentence
from finfoundry.core.answer import DocumentName

NEAR = 0.5  # share of a sentence's words that another must have for it to be held against it
_MARKERS = re.compile(r"\s*\[\d+\]")


@dataclass(frozen=True, slots=True)
class Denied:
    """A sentence that what the passages say at these places denies."""

    text: str
    places: tuple[CitedPlace, ...]


@dataclass(frozen=True, slots=True)
class SupportedText:
    """``text`` is what is left, empty where no sentence is; ``dropped`` are the sentences that do not hold, ``denied`` those of them that
    no program found wrong, ``open`` those that are left though nothing decides them.
    """

    text: str
    dropped: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    denied: tuple[Denied, ...] = ()


def supported_text(text: str, checked: Sequence[CheckedSentence], hits: Sequence[Hit]) -> SupportedText:
    """A text without its sentences that do not hold: as they were ``checked``, or because they deny what the passages affirm or the other
    way round.
    """
    wrong = {number for number, one in enumerate(checked) if one.status == "unsupported"}
    denied: dict[int, Denied] = {}
    for number, one in enumerate(checked):
        if number not in wrong and (against := _denying(one.text, hits)):
            denied[number] = Denied(one.text, tuple(_place(replace(told, hit=told.hit.cut(told.text))) for told in against))
    wrong |= denied.keys()
    open_ones = [number for number, one in enumerate(checked) if one.status == "unchecked" and number not in wrong]
    left = text
    for number in sorted(wrong, reverse=True):
        left = left[: checked[number].start] + left[checked[number].end :]
    nothing = len(wrong) == len(checked) > 0  # but what stands above them: a heading
    dropped, still = (tuple(checked[number].text for number in numbers) for numbers in (sorted(wrong), open_ones))
    return SupportedText("" if nothing else left.strip(), dropped, still, tuple(denied[number] for number in sorted(denied)))


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


def _place(one: Quotable) -> CitedPlace:
    """Where a reader can see what is quoted."""
    hit = one.hit
    return CitedPlace(DocumentName(hit.document_id, hit.document_name), hit.page, hit.box, hit.locator, one.text)

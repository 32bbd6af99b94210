"""Any texts ranked for a question, by the scorer that chooses evidence: a text is worth what its best sentence is worth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from finfoundry.ask.lexicon.ports import Hit
from finfoundry.ask.retrieve.evidence_ranking import WordsAndMeaning
from finfoundry.ask.retrieve.passages import Likeness
from finfoundry.ask.retrieve.quotable import LONGEST, Quotable, quotables


def relevance(question: str, texts: Sequence[str], likeness: Likeness) -> list[float]:
    """How likely each text answers the question, 0 to 1; the order of the texts does not matter."""
    found = [(number, one) for number, text in enumerate(texts) for one in _parts(text)]
    worths = WordsAndMeaning(likeness)(question, question, [one for _, one in found])
    best = [0.0] * len(texts)
    for (number, _), worth in zip(found, worths, strict=True):
        best[number] = max(best[number], worth)
    return best


def _parts(text: str) -> Iterator[Quotable]:
    """What can be quoted of a text, and its beginning: a short text is no sentence. All stand on one page, so that none is in front."""
    page = Hit("", "", "", 1, 0.0, "", (), None, None, "text", None)
    yield Quotable(page, text[:LONGEST], "sentence", ())
    for one in quotables([replace(page, text=text)]):
        yield replace(one, hit=page)

"""What is shown to who gets no answer: the passages around what answers likeliest, each as printed."""

from __future__ import annotations

from collections.abc import Sequence

from finfoundry.ask.lexicon.ports import Hit
from finfoundry.ask.retrieve.evidence_ranking import Evidence
from finfoundry.ask.retrieve.passage_trimming import keywords, pieces, rarities
from finfoundry.ask.retrieve.quotable import Quotable
from finfoundry.core.answer import MOST_NEAREST, Citation, DocumentName
from finfoundry.core.language import language_of

CHARACTERS = {"en": 420, "zh": 260}  # of each passage shown
A_PLACE = 2  # passages shown of one page


def closest(best: Sequence[Evidence], query: str) -> list[Citation]:
    """At most five, the likeliest first, no more than two of a page. ``query``: the question's content words, by which rows are chosen."""
    shown: list[tuple[Hit, str]] = []
    seen: set[tuple[str, int]] = set()  # passages and places in them
    every = [one.quotable for one in best]
    for one in every:
        if (one.hit.chunk_id, one.place) in seen or sum(_same_page(one.hit, hit) for hit, _ in shown) >= A_PLACE:
            continue
        around = _around(one, every)
        seen |= {(near.hit.chunk_id, near.place) for near in around}
        shown.append((one.hit, _rows(one.hit, query) if _is_of_table(one) else _joined(around)))
        if len(shown) == MOST_NEAREST:
            break
    return [
        Citation(number, DocumentName(hit.document_id, hit.document_name), hit.page, hit.box, hit.locator, text)
        for number, (hit, text) in enumerate(((hit.cut(text), text) for hit, text in shown), 1)
    ]


def _is_of_table(one: Quotable) -> bool:
    """Whether it is shown with the headings of its columns; an entry of a list of terms says itself what it is."""
    return one.hit.kind == "table" and one.form != "item"


def _same_page(one: Hit, other: Hit) -> bool:
    return (one.document_id, one.page) == (other.document_id, other.page)


def _around(one: Quotable, every: Sequence[Quotable]) -> list[Quotable]:
    """It and its neighbours while there is room, what follows first; of a table all rows."""
    passage = sorted((other for other in every if other.hit.chunk_id == one.hit.chunk_id), key=lambda other: other.place)
    if _is_of_table(one):
        return passage
    first = last = passage.index(one)
    room = CHARACTERS[language_of(one.text)] - len(one.text)
    for at in [*range(last + 1, len(passage)), *reversed(range(first))]:
        if len(passage[at].text) > room:
            continue
        if at in (first - 1, last + 1):
            first, last, room = min(first, at), max(last, at), room - len(passage[at].text)
    return passage[first : last + 1]


def _joined(found: Sequence[Quotable]) -> str:
    if any(one.hit.kind == "table" for one in found):
        return "\n".join(one.text for one in found)
    return ("" if language_of(found[0].text) == "zh" else " ").join(one.text for one in found)


def _rows(hit: Hit, query: str) -> str:
    """The heading rows of a table and the rows that hold most of the query."""
    room = CHARACTERS[language_of(hit.text)]
    return pieces(hit.text, keywords(query), rarities([hit.text]), room, table=True)[0]

"""Document to facts: every number of every table with entity, label path, period, unit, scale, scope and place."""

from __future__ import annotations

from finfoundry.core.document import Document, Fact
from finfoundry.knowledge.facts.lines_by_place import WHOLE, attributed
from finfoundry.knowledge.facts.passes import read

__all__ = ["WHOLE", "attributed", "extract"]


def extract(document: Document) -> list[Fact]:
    """The facts of a document's tables, in reading order, then those of sentences in prescribed words, as ``passes.PASSES`` find them one
    after another. Fills ``document.profile`` and ``document.doubts``.

    Two facts with one key and different values are both kept; of one row each is known by its place alone. Traditional
    characters are read as simplified ones, short years over columns as full ones; labels are as printed. A dash is none of them but
    under a tag, by which ``tagged_facts`` keeps it or not.
    """
    draft = read(document)
    document.profile, document.doubts = draft.profile, draft.doubts
    return list(draft.facts)

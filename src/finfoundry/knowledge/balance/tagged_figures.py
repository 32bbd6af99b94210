"""Numbers that inline XBRL tags, of which there is no fact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from finfoundry.core.document import Document, Fact

MOST_TOLD = 10


def untold_tags(document: Document, facts: Sequence[Fact], tags: Mapping[str, str]) -> dict[str, str]:
    """The tagged numbers of which there is no fact, by their ids; ``tags``: all that are seen. A cell with one tag is told by its fact, or
    is lost as a cell.
    """
    if not tags:
        return {}
    seen = {name for fact in facts if fact.locator for name in (*_tags(fact.locator), fact.locator.get("anchor", ""))}
    for page in document.pages:
        for block in page.blocks:
            seen.update(*(names for cell in block.cells if cell.locator and len(names := _tags(cell.locator)) == 1))
    return {name: text for name, text in tags.items() if name not in seen}


def tag_losses(document: Document, facts: Sequence[Fact], tags: Mapping[str, str]) -> Iterator[str]:
    """Which tagged numbers are no facts, in one line."""
    if untold := untold_tags(document, facts, tags):
        told = ", ".join(f"{text} ({name})" for name, text in list(untold.items())[:MOST_TOLD]) + (", …" if len(untold) > MOST_TOLD else "")
        yield f"{len(untold)} tagged figures are no facts: {told}"


def _tags(locator: Mapping[str, str]) -> list[str]:
    return locator.get("tags", "").split()

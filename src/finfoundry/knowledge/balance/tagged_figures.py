"""Numbers that inline XBRL tags, of which there is no fact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from finfoundry.core.document import Fact

MOST_TOLD = 10


def untold_tags(facts: Sequence[Fact], tags: Mapping[str, str]) -> dict[str, str]:
    """The tagged numbers of which there is no fact, by their ids; ``tags``: all that are seen."""
    if not tags:
        return {}
    seen = {name for fact in facts if (name := tag_of(fact)) is not None}
    return {name: text for name, text in tags.items() if name not in seen}


def tag_losses(facts: Sequence[Fact], tags: Mapping[str, str]) -> Iterator[str]:
    """Which tagged numbers are no facts, in one line."""
    if untold := untold_tags(facts, tags):
        told = ", ".join(f"{text} ({name})" for name, text in list(untold.items())[:MOST_TOLD]) + (", …" if len(untold) > MOST_TOLD else "")
        yield f"{len(untold)} tagged figures are no facts: {told}"


def tag_of(fact: Fact) -> str | None:
    """The tag that a fact comes from: that of its cell, where it has one alone, or that of its place in the text."""
    locator = fact.locator or {}
    if fact.table is None:
        return locator.get("anchor")
    tags = locator.get("tags", "").split()
    return tags[0] if len(tags) == 1 else None

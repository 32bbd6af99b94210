"""Facts that stand without an issuer: whose they are must not be taken for known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from finfoundry.core.document import Fact

PAGES_TOLD = 5  # of those on which such facts stand


def unnamed(facts: Sequence[Fact]) -> Iterator[str]:
    """What is to be told where no company can be told of whom facts are: of all of them, or of some beside others; nothing without facts.

    >>> list(unnamed([]))
    []
    """
    without = [fact for fact in facts if not fact.entity]
    if not without:
        return
    if len(without) == len(facts):
        yield f"no issuer: no company is told of whom its {len(facts)} facts are"
        return
    pages = ", ".join(map(str, sorted({fact.page for fact in without})[:PAGES_TOLD]))
    yield f"no issuer: no company is told of whom {len(without)} of {len(facts)} facts are (pages {pages})"

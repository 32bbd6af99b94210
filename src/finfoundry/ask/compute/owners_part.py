"""The shareholders' part of a profit or of equity before the whole, wherever its line is printed.

A statement that goes on under "attributable to" often lies in a table of its own, without the statement's title: the title alone would
make the line above it, which has the others' part in it, the better fact.
"""

from __future__ import annotations

from collections.abc import Sequence

from finfoundry.ask.lexicon.metric_terms import Metric
from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.knowledge.facts.extract import WHOLE, attributed


def of_owners(found: Sequence[StoredFact], metric: Metric) -> list[StoredFact]:
    """Without the whole of those documents that print the owners' part under words that say so, for a metric that is this part."""
    part = metric.concepts[0] if metric.concepts else ""
    said = {
        (stored.document_id, stored.fact.scope)
        for stored in found
        if stored.fact.concept == part and not stored.fact.dimensions and attributed(stored.fact)
    }
    return [stored for stored in found if stored.fact.concept != WHOLE.get(part) or (stored.document_id, stored.fact.scope) not in said]

"""The tables of deferred taxes, whose rows are called like lines of the statements and hold the tax on these."""

from __future__ import annotations

from finfoundry.ask.lexicon.metric_terms import Metric
from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.knowledge.facts.table.concepts import find_concept

DEFERRED = ("DeferredIncomeTaxAssetsNet", "DeferredIncomeTaxLiabilitiesNet")


def is_tax_on_a_line(stored: StoredFact, metric: Metric) -> bool:
    """Whether a row stands under deferred tax assets or liabilities, where a metric that is no such tax is asked for: the "Allowance for
    credit losses" there is the tax that it will save.
    """
    if not metric.concepts or metric.concepts[0] in DEFERRED:
        return False
    above = (find_concept((heading,), "balance") for heading in stored.fact.metric[:-1])
    return any(concept is not None and concept.name in DEFERRED for concept in above)

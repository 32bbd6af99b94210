"""Plans for questions in everyday words, by the metric that they mean: "What did it pay the taxman?", 账上还有多少现金."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from finfoundry.ask.lexicon.metric_terms import metrics, title
from finfoundry.ask.lexicon.spans import asked_periods
from finfoundry.ask.plan.asked_spans import spans_of
from finfoundry.ask.plan.dimension import asked_for
from finfoundry.ask.plan.expressions import PlannedExpression
from finfoundry.ask.plan.rules import Plan, asks_openly, shaped
from finfoundry.ask.plan.unexplained import names_left
from finfoundry.ask.understand.coordination import coordinated
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.question_text import masked_out
from finfoundry.core.periods import FiscalYear
from finfoundry.core.protocols import ConceptReader
from finfoundry.knowledge.facts.table.concepts import concepts

ConceptSource = Callable[[], ConceptReader | None]
SURE, DOUBTED = 0.8, 0.3  # how likely a metric must be meant to be told alone; to be told where another planner comes to the same
VERY_SURE = 0.9  # to go before planners who are less sure, and before a rule that leaves words of the question over
READINGS = 2  # metrics of one question that are planned
SHARES = frozenset({"share", "ratio"})


def plans_by_concept(reader: ConceptReader, intent: Intent, calendar: FiscalYear) -> Iterator[Plan]:
    """A plan over each metric that a question for a figure, or for how it moved, is likely to mean, the likeliest first."""
    relation = asked_for(intent).relation
    if asks_openly(intent) or relation in ("verdict", "no figure") or names_left(intent):
        return
    if intent.labels or (len(intent.mentions) > 1 and any(coordinated(intent))):
        return  # a line has its own name in the question; one metric would answer one of several things
    for name, sure in likely_metrics(reader, intent)[:READINGS]:
        if sure < DOUBTED or (relation in SHARES and not _is_rate(name)):
            continue
        item = PlannedExpression(title(name, intent.language), name, None)
        plan = shaped(intent, [item], spans_of(intent, calendar), {}, "concept")
        if plan is not None and not (plan.ask == "value" and len(plan.spans) > 1):  # two times beside each other are compared somehow
            yield replace(plan, sure=sure)


def likely_metrics(reader: ConceptReader, intent: Intent) -> list[tuple[str, float]]:
    """Metrics with their probabilities; of those over the same concepts, as the group's profit and its owners', the likelier has both."""
    told: dict[frozenset[str], tuple[str, float]] = {}
    for name, sure in reader.likely(_without_names(intent), intent.language):
        if (metric := metrics().get(name)) is not None:
            first, held = told.get(frozenset(metric.concepts), (name, 0.0))
            told[frozenset(metric.concepts)] = (first, held + sure)
    return sorted(told.values(), key=lambda one: -one[1])


def _without_names(intent: Intent) -> str:
    """A question without the companies that the store knows, and without its times."""
    text = masked_out(intent.question, intent.named if intent.entities else ())
    return " ".join(masked_out(text, [(found.start, found.end) for found in asked_periods(text)]).split())


def _is_rate(metric: str) -> bool:
    """Whether a metric is printed as a rate: a share that is asked for is its level."""
    return any(one.unit == "ratio" for one in concepts() if one.name in metrics()[metric].concepts)

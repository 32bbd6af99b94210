"""All that a question about a company with papers may mean where nobody is sure: the metrics that its words may mean, and the likeliest
lines of its papers, each told as it stands with how it moved since the time before, or between the two times that the question names.

Whichever of level, difference and growth the question wants of a line, what is told holds it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from finfoundry.ask.candidates.named_plans import plans_named
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.lexicon.metric_terms import metrics, title
from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.ask.lexicon.spans import FiscalSpan
from finfoundry.ask.lines.likely_lines import likely_lines
from finfoundry.ask.lines.line_plan import NAME, title_under
from finfoundry.ask.plan.asked_spans import times_of
from finfoundry.ask.plan.expressions import PlannedExpression
from finfoundry.ask.plan.rules import Plan, Source
from finfoundry.ask.reader.concept_plan import likely_metrics
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.subject import Subject
from finfoundry.core.periods import parse_iso

METRICS, LEAST = 3, 0.08  # metrics that are tried, the likeliest; how likely one must be
NAMED, LINES = 2, 12  # plans over metrics that are named; lines


@dataclass(frozen=True, slots=True)
class Candidate:
    """A plan, and under which headings what it tells stands."""

    plan: Plan
    headed: str = ""

    @property
    def plainly(self) -> Candidate:
        """Without how it moved, for what has no figure of the time before."""
        return replace(self, plan=replace(self.plan, ask="value", level_first=False))


def candidates_of_papers(context: QuestionContext, intent: Intent, subject: Subject) -> Iterator[Candidate]:
    """The candidates, those of known metrics first: that the words may mean, then that they name."""
    (spans, of_closes), reader = times_of(intent, subject.calendar), context.concepts()
    for name, sure in likely_metrics(reader, intent)[:METRICS] if reader is not None else ():
        if sure >= LEAST and (not of_closes or metrics()[name].instant):
            yield Candidate(_told_in_full(PlannedExpression(title(name, intent.language), name, None), spans, "concept"))
    yield from map(Candidate, plans_named(intent, subject.calendar)[:NAMED] if not of_closes else ())
    for one in likely_lines(context, intent, subject, LINES):
        plan = _told_in_full(PlannedExpression(title_under(one.line, intent), NAME, None), spans, "line", _stood(one.facts))
        yield Candidate(replace(plan, rows={NAME: one.facts}), one.line.read)


def _stood(facts: Sequence[StoredFact]) -> bool:
    """Whether a line tells what stood on days, not what came about in a time."""
    return all(parse_iso(one.fact.period).instant for one in facts)


def _told_in_full(item: PlannedExpression, spans: Sequence[FiscalSpan], source: Source, stood: bool = False) -> Plan:
    """With how it moved, where one time or two of a kind are named, or two days of what stood on these: of more, or of a quarter beside a
    year, each is told.
    """
    moved = 1 <= len(spans) <= 2 and (stood or len({(span.through, span.months) for span in spans}) == 1)
    return Plan("change" if moved else "value", (item,), tuple(spans), {}, source=source, level_first=moved)

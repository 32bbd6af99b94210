"""Several years of one metric: what it came to in all, and in which of them it was highest or lowest."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from finfoundry.ask.lexicon.formula import names_in
from finfoundry.ask.lexicon.metric_terms import metrics
from finfoundry.ask.lexicon.spans import FiscalSpan
from finfoundry.ask.plan.asked_spans import MOST, YEAR, all_between, spans_of
from finfoundry.ask.plan.expressions import PlannedExpression, items_named
from finfoundry.ask.plan.rules import Plan
from finfoundry.ask.plan.unexplained import unexplained
from finfoundry.ask.understand.intent import Intent, without_mentions
from finfoundry.core.formulas import Formula
from finfoundry.core.periods import FiscalYear

SUM = re.compile(
    r"\b(?:combined|cumulative(?:ly)?|aggregated?|in\s+total|altogether|sum\s+of|total\s+amount\s+of)\b|累计|合计|总共|一共|总和|之和|加起来",
    re.I,
)
HIGH = re.compile(
    r"\b(?:highest|largest|greatest|biggest|most|peak(?:ed)?|maximum|best|higher|larger|greater|bigger|more)\b|最[高大多好]|更[高大多]",
    re.I,
)
LOW = re.compile(r"\b(?:lowest|smallest|least|minimum|worst|lower|smaller|less|fewer)\b|最[低小少差]|更[低小少]", re.I)
WHICH_YEAR = re.compile(r"\b(?:which|what)\s+(?:fiscal\s+|calendar\s+)?years?\b|哪一?年|哪个(?:年度|年份|财年)", re.I)
_OWN = re.compile(  # words of such a question that say nothing of the metric
    r"combined|cumulative(?:ly)?|aggregated?|altogether|sum|amount|highest|largest|greatest|biggest|peak(?:ed)?|maximum|best|larger|greater"
    r"|bigger|more|lowest|smallest|least|minimum|worst|smaller|less|fewer|annual|yearly|year|fiscal|see|saw|record|recorded|post|posted"
    r"|report|reported|哪一?|年|累计|合计|总共|一共|最.?|更.?|其中|出现|录得",
    re.I,
)
YEARS_IN_WORDS = ("", "", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
SUM_TITLE = {"en": "{count}-year total of {title}", "zh": "各年累计{title}"}


def plan_over_years(intent: Intent, calendar: FiscalYear, library: Mapping[str, Formula]) -> Plan | None:
    """The sum of a flow over the years named, or the year of the highest or lowest value; None where neither is asked for."""
    years = _years(intent, spans_of(intent, calendar))
    beside = without_mentions(intent, intent.core)
    if len(years) < 2 or intent.definitions or any(not _OWN.fullmatch(word) for word in unexplained(intent)):
        return None
    items = items_named(intent, library)
    if len(items) != 1:
        return None
    high, low = HIGH.search(beside), LOW.search(beside)
    found = None if high and low else high or low
    if found and (WHICH_YEAR.search(beside) or re.search(r"est\b|最|maximum|minimum|peak", found[0], re.I)):
        return Plan("extreme", (items[0],), tuple(years), intent.labels, wanted="more" if high else "less")
    if SUM.search(beside) and not (high or low) and _adds_up(items[0], library):
        return Plan("value", (_sum(items[0], years, intent),), (years[-1],), intent.labels)
    return None


def _years(intent: Intent, spans: Sequence[FiscalSpan]) -> list[FiscalSpan]:
    """The fiscal years named, and those between the ends of a range."""
    years = all_between(intent, spans)
    return years if all(span.months == YEAR for span in years) and len(years) <= MOST else []


def _adds_up(item: PlannedExpression, library: Mapping[str, Formula]) -> bool:
    """Whether years of it may be added: an amount of a flow."""
    names = names_in(item.expression)
    known = [metrics().get(name) for name in names if name not in library]
    return item.show in (None, "money") and bool(known) and all(metric is not None and metric.instant is False for metric in known)


def _sum(item: PlannedExpression, years: Sequence[FiscalSpan], intent: Intent) -> PlannedExpression:
    expression = " + ".join(f"({item.expression})[{span.year}]" for span in years)
    return PlannedExpression(SUM_TITLE[intent.language].format(count=YEARS_IN_WORDS[len(years)], title=item.title), expression, item.show)

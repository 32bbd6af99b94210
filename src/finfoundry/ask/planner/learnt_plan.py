"""Plans by the learnt planner: a small model that was tuned to write them, for questions whose words explain themselves to no rule.

It writes several: one with the likeliest words, others drawn. Each is read into a plan of this package and checked as a plan of the base
model is; which of them holds is decided by what they come to over the facts (``agreed``).
"""

from __future__ import annotations

import contextvars
import re
from collections import Counter
from collections.abc import Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from finfoundry.ask.lexicon.formula import names_in
from finfoundry.ask.lexicon.spans import FiscalSpan
from finfoundry.ask.plan.drawn_plan import SHOWS, DrawnItem, check_expression, check_year, item_of, leaves_in
from finfoundry.ask.plan.rules import Plan, spans_of
from finfoundry.ask.plan.shape import Years
from finfoundry.ask.planner.written_plan import LETTERS, PROMPT, SCHEMA, WrittenPlan, masked, read_written
from finfoundry.ask.understand.intent import Intent
from finfoundry.core.errors import PlanError
from finfoundry.core.periods import FiscalYear
from finfoundry.core.protocols import Chat, Completion, Message, Request

DRAWN = 2  # plans drawn beside the likeliest
TEMPERATURE = 0.4
TOKENS = 160
LONGEST = 600  # characters of a question that it was trained for
ROC = 1911  # before the first year of the Republic of China's calendar
_ROC_YEARS = range(60, 200)


@dataclass(frozen=True, slots=True)
class Planner:
    """The engine of the planner, and the adapter that it answers with."""

    engine: Chat
    adapter: str | None = None


def write_plans(planner: Planner, intent: Intent, deadline: float | None = None) -> list[Completion]:
    """The plans as written, the likeliest first; none for a question of a length that it never saw. Raises what the engine raises."""
    question = masked(intent.question, intent.named, intent.language)
    if len(question) > LONGEST:
        return []
    asked = (Message("user", PROMPT.format(question=question)),)
    likeliest = Request(asked, schema=SCHEMA, max_tokens=TOKENS, adapter=planner.adapter, deadline=deadline)
    drawn = [replace(likeliest, temperature=TEMPERATURE, seed=number) for number in range(1, DRAWN + 1)]
    contexts = [contextvars.copy_context() for _ in drawn]
    with ThreadPoolExecutor(DRAWN) as pool:  # side by side: the engine decodes them together
        others = [pool.submit(context.run, planner.engine.chat, one) for context, one in zip(contexts, drawn, strict=True)]
        return [planner.engine.chat(likeliest), *(other.result() for other in others)]


def read_plan(text: str, intent: Intent, calendar: FiscalYear) -> Plan | None:
    """The plan as this package carries it out; None for a question that asks for no figure.

    Raises:
        PlanError: it is no plan, its metrics are not copied from the question, its years are not ones that the question can mean, or its
            values do not lie in one table of metrics by years.
    """
    written = read_written(text)
    if written.show == "open":
        return None
    spans = spans_of(intent, calendar)
    if len({(span.through, span.months) for span in spans}) > 1:
        raise PlanError("a quarter next to a year")
    years = _years(written, intent, {span.year for span in spans})
    _check_copied(written, intent)
    items = [_item(one, written, years, intent) for one in written.compute]
    if leaves_in(intent.core, written.metrics):
        raise PlanError("the question leaves something out that the plan does not know")
    return _plan(items, written, spans)


def _years(written: WrittenPlan, intent: Intent, named: set[int]) -> list[int]:
    """The years of a plan: as of the common era, or counted from the latest (0, -1). Raises PlanError."""
    years = [year + ROC if year in _ROC_YEARS else year for year in written.years]
    if all(year <= 0 for year in years):
        if named:
            raise PlanError("the question names a year")
        return years
    if min(years) <= 0:
        raise PlanError("years by number and by their distance")
    said = named | {year for year, as_written in zip(years, written.years, strict=True) if str(as_written) in intent.question}
    if not said:
        raise PlanError("the question names no year")
    for year in years:
        check_year(year, said)
    return years


def _check_copied(written: WrittenPlan, intent: Intent) -> None:
    plain = " ".join(intent.question.split()).casefold()
    for label in written.metrics:
        if " ".join(label.split()).casefold() not in plain:
            raise PlanError(f"{label} does not stand in the question")


def _item(expression: str, written: WrittenPlan, years: Sequence[int], intent: Intent) -> DrawnItem:
    used = names_in(expression)
    if stray := {name for name in used if not re.fullmatch(r"[a-h]\d", name)}:
        raise PlanError(f"{min(stray)} is no name of a plan")
    lines: Years = {name: (written.metrics[LETTERS.index(name[0])], years[int(name[1]) - 1]) for name in sorted(used)}
    if not lines:
        raise PlanError("the expression uses none of the metrics")
    check_expression(expression, used, intent)
    return item_of(expression, lines, SHOWS[written.show], intent, dated=False)


def _plan(items: Sequence[DrawnItem], written: WrittenPlan, spans: Sequence[FiscalSpan]) -> Plan:
    """One plan of items by years. Raises PlanError where some item is asked for in other years than the rest."""
    distinct = list(dict.fromkeys(one.item for one in items))
    lasts = sorted({one.last for one in items})
    if {(one.item, one.last) for one in items} != {(item, last) for item in distinct for last in lasts}:
        raise PlanError("its values are not of the same years")
    yes_no = written.show == "yes_no"
    if yes_no and (len(items) != 1 or items[0].yes == "negative"):
        raise PlanError("what means yes is not sure")
    asked, recent = _spans(lasts, spans)
    labels = {name: label for one in items for name, label in one.labels.items()}
    spoken = {name: label for one in items for name, label in one.spoken.items()}
    return Plan(
        "sign" if yes_no else "value", tuple(distinct), asked, labels, "positive" if yes_no else None, yes_no, "learnt",
        recent=recent, spoken=spoken,
    )  # fmt: skip


def _spans(lasts: Sequence[int], spans: Sequence[FiscalSpan]) -> tuple[tuple[FiscalSpan, ...], int]:
    """The spans of a plan, or of one without years how many of the latest. Raises PlanError for years that leave out the latest."""
    if lasts[-1] > 0:
        shape = spans[-1] if spans else FiscalSpan(lasts[-1])
        return tuple(replace(shape, year=year) for year in lasts), 0
    if list(lasts) != list(range(lasts[0], 1)):
        raise PlanError("an earlier year than the latest, which is not named")
    return (), len(lasts) if len(lasts) > 1 else 0


def agreed(values: Sequence[Hashable | None]) -> int | None:
    """The place of the plan that holds, by what the plans come to, the likeliest first (None: not carried out): of two that agree,
    or of the likeliest where no other comes to anything else. None where they differ.
    """
    counted = Counter(value for value in values if value is not None)
    value, count = max(counted.items(), key=lambda one: one[1], default=(None, 0))
    holds = count > 1 or (len(counted) == 1 and values[0] is not None)
    return values.index(value) if holds else None

"""A plan over a line that was found by its meaning: what the question wants to know of it, under the name that its paper prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from finfoundry.ask.lexicon.vocabulary import tokens
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.plan.asked_spans import spans_of
from finfoundry.ask.plan.expressions import PlannedExpression
from finfoundry.ask.plan.rules import Plan, shaped
from finfoundry.ask.retrieve.figure_lines import FoundLine, Line
from finfoundry.ask.retrieve.query import asked_text
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.stored_labels import without_notes
from finfoundry.core.language import language_of, simplified
from finfoundry.core.periods import FiscalYear
from finfoundry.core.quantities import unit_parts
from finfoundry.knowledge.search.terms import terms

NAME = "label_line"  # what the line is called in the plan's expressions
LONGEST = 120  # characters of a heading that tells what a line is of
BRACKETS = {"en": (" ({})", "; "), "zh": ("（{}）", "，")}


def plans_by_line(intent: Intent, calendar: FiscalYear, found: Sequence[FoundLine]) -> Iterator[tuple[FoundLine, Plan]]:
    """A plan for each line, in their order."""
    for one in found:
        item = PlannedExpression(title_under(one.line, intent), NAME, None)
        plan = shaped(intent, [item], spans_of(intent, calendar), {}, "line")
        if plan is not None:
            yield one, replace(plan, rows={NAME: one.facts})


def title_under(line: Line, intent: Intent) -> str:
    """What a line is called, under the innermost heading that has words of the question which it lacks: whose adjusted EBITDA it is."""
    called = title_of(line)
    asked, own = set(terms(simplified(asked_text(intent)))), set(terms(simplified(called)))
    may = [one.strip(" :：") for one in line.headings if len(one) <= LONGEST and not any(map(str.isdigit, one))]
    named = [place for place, one in enumerate(may) if set(terms(simplified(one))) & asked - own]
    above = list(dict.fromkeys([may[named[-1]], may[-1]])) if named else []  # a nearer one says of what part of it
    form, between = BRACKETS[language_of(called)]
    return called + form.format(between.join(above)) if above and not called.endswith((")", "）")) else called


def title_of(line: Line) -> str:
    """What a line is called in an answer: by its label, with its column; one that says nothing by itself, or in what it is measured, with
    what it stands under.
    """
    units = {part.kind for part in unit_parts.parts_of(line.path[-1])} if len(line.path) > 1 else set()
    measured = units <= {"currency", "scale", "noun"} and bool(units - {"currency"})  # 染料行业 · 销售量 · 吨; not 货币资金 · 美元
    path = line.path[:-1] if measured else line.path
    own = without_notes(path[-1]).strip() or path[-1]
    words = {token.text for token in tokens(own)}
    plain = words <= word_list("empty") | word_list("untelling") | word_list("neutral") | word_list("structure")
    above = [*line.headings[-1:], *path[:-1]][-1:] if (plain or measured) and not line.members else []
    of = [part for part in (*line.members, *above) if len(part) <= LONGEST and part != own]
    form, between = BRACKETS[language_of(own)]
    return own + (form.format(between.join(dict.fromkeys(of))) if of else "")

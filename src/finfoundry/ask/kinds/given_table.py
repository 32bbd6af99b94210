"""A question about the tables that come with it: the rows that it names, their cells by year or heading, and what is computed of them; else
about a sentence beside them, of which a piece answers.

Which row is meant is decided by all labels that were given, not by a vocabulary; nothing is answered where that is not clear, nor where the
question says words that only the text beside the tables has, or that make the row another one: a forecast of it, what it is without a part.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from finfoundry.ask.compose import answer_evidence
from finfoundry.ask.compose.sentences import compose
from finfoundry.ask.compute.given_rows import (
    GivenRow,
    GivenRows,
    all_words,
    cell_headed,
    cells_of_years,
    is_qualified,
    one_a_year,
    row_named,
    rows_in,
    rows_under,
    unexplained_words,
    year_of,
)
from finfoundry.ask.compute.operands import Operand
from finfoundry.ask.compute.results import Computed
from finfoundry.ask.context import endings, fetch
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.given.given_papers import GivenPapers
from finfoundry.ask.given.said_words import stems_of, weights_of
from finfoundry.ask.given.told_number import HOW_MANY
from finfoundry.ask.given.told_piece import piece_told
from finfoundry.ask.lexicon.ports import FactQuery, StoredFact
from finfoundry.ask.lexicon.spans import FiscalSpan, matches, names_range, span_like
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.plan.dimension import IN_PERCENT, AskedResult, asked_for, dimension_of
from finfoundry.ask.plan.drawn_plan import leaves_in
from finfoundry.ask.plan.expressions import PlannedExpression
from finfoundry.ask.plan.multi_year import HIGH, LOW, SUM, SUM_TITLE, WHICH_YEAR, YEARS_IN_WORDS
from finfoundry.ask.plan.rules import AVERAGE, CAGR, DOWN, EACH, MEAN_TITLE, NEGATIVE, POSITIVE, UP, Plan
from finfoundry.ask.retrieve.passages import REASONS
from finfoundry.ask.retrieve.quotable import quotables
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.subject import Subject
from finfoundry.binding.evidence import CalculationEvidence, Evidence
from finfoundry.binding.expression import evaluate
from finfoundry.core.answer import Answer
from finfoundry.core.errors import PlanError
from finfoundry.core.formulas import Show
from finfoundry.core.periods import FiscalYear, parse_iso
from finfoundry.core.quantities.numbers import find_numbers

EVERY = 20_000  # facts of the papers given
YEAR = 12  # months
_AND = {"en": " and ", "zh": "与"}
_YEARS = re.compile(r"(?:19|20)\d\d")
_ABOVE = re.compile(r"\b(?:above|over|exceed(?:s|ed|ing)?)\b|超过|高于|大于", re.IGNORECASE)
_BELOW = re.compile(r"\b(?:below|under)\b|低于|小于|不到", re.IGNORECASE)
_YEARS_COUNTED = re.compile(r"\bhow many\s+(?:fiscal\s+)?years\b|多少[个]?年|几[个]?年", re.IGNORECASE)
_TURNED = re.compile(r"\b(?:no|not|never)\b|n['’]t\b|\bat\s+(?:least|most)\b|不(?!到)|至[少多]", re.IGNORECASE)  # "not less than 90"


def of_given_tables(context: QuestionContext, intent: Intent, subject: Subject) -> Answer | None:
    """The answer from rows of the tables given; None where they do not decide it."""
    rows = rows_in(context.services.store.facts(context.principal, FactQuery(limit=EVERY)))
    asked = asked_for(intent)
    if not rows.rows or asked.relation == "verdict" or intent.definitions or REASONS.search(intent.core):
        return None
    years = _years(intent)
    try:
        plan, computed = _found(intent, asked, rows, years, subject.calendar) or (None, [])
    except (PlanError, ArithmeticError):
        return None
    if plan is None and WHICH_YEAR.search(intent.core):
        return _years_of_table(context, intent, subject, rows)
    if plan is None or not _of_its_periods(intent, computed) or _of_another(intent, rows, [row.title for row in plan.items]):
        return None
    if _told_in_text(context, intent, rows, looked_up=all(one.lookup for one in computed)):
        return None
    if any(is_qualified(intent.masked, rows, item.title) for item in plan.items):
        return None
    counted = _is_counted(intent)
    idle = frozenset().union(*(word_list(name) for name in ("greetings", "greetings_zh", "asking", "empty", "listing")))
    moves = not counted and bool(unexplained_words(intent.masked, rows) - idle)  # such a word may ask how a line moved between two times
    return _stated(context, intent, subject, plan, computed, counted=counted, moves=moves)


def is_given(context: QuestionContext) -> bool:
    return isinstance(context.services.store, GivenPapers)


def _years(intent: Intent) -> list[int]:
    """The years named, in the order of the question, each once."""
    years: list[int] = []
    for found in sorted(intent.periods, key=lambda found: found.start):
        if found.fiscal_year:
            years.append(found.fiscal_year)
        elif found.period:
            start = found.period.start
            years += (
                range(start.year, found.period.end.year + 1) if start and (found.period.months or 0) > YEAR else [found.period.end.year]
            )
    every = list(dict.fromkeys(years))
    if len(every) == 1 and names_range(intent.question):
        every = list(dict.fromkeys([*every, int(_YEARS.findall(intent.question)[-1])]))  # of 2017-2019 only the first is a period by itself
    all_between = EACH.search(intent.core) or AVERAGE.search(intent.core) or SUM.search(intent.core)
    if len(every) != 2 or not all_between or not names_range(intent.question):
        return every
    first, last = every
    return list(range(first, last + 1)) if first < last else list(range(first, last - 1, -1))


def _of_its_periods(intent: Intent, found: Sequence[Computed]) -> bool:
    """Whether each cell is of the part of a year that the question names, and of a whole year or its end where it names none."""
    parts = [one for one in intent.periods if one.quarter or (one.period and 0 < one.period.months < YEAR)]
    wanted = [one.period for one in parts if one.period]
    cells = [parse_iso(operand.stored.fact.period) for one in found for operand in one.operands.values()]
    if parts:
        return all(any(matches(cell.iso, period) for period in wanted) for cell in cells)
    return all(cell.months in (0, YEAR) for cell in cells)


def _of_another(intent: Intent, rows: GivenRows, titles: Sequence[str]) -> bool:
    """Whether the question asks for what is no row: a forecast or a target of one, or what it is without something."""
    if leaves_in(intent.masked, ()) and not any(leaves_in(title, ()) for title in titles):
        return True
    qualified = unexplained_words(intent.masked, rows) & word_list("qualifiers")
    printed = "".join("".join(row.path) for row in rows.rows)
    return bool(qualified) or any(word in intent.masked and word not in printed for word in word_list("qualifiers_zh"))


def _told_in_text(context: QuestionContext, intent: Intent, rows: GivenRows, *, looked_up: bool) -> bool:
    """Whether a word of the question that neither a table nor the line over it has stands in the text beside them: they are of something
    else, or of less.
    """
    store = context.services.store
    if not looked_up or not isinstance(store, GivenPapers):
        return False
    strange = unexplained_words(intent.masked, rows) - all_words(" ".join(lead.text for lead in store.leads()))
    return bool(strange) and any(not strange.isdisjoint(all_words(text)) for text in store.prose())


# what is asked of rows


def _found(
    intent: Intent, asked: AskedResult, rows: GivenRows, years: Sequence[int], calendar: FiscalYear
) -> tuple[Plan, list[Computed]] | None:  # fmt: skip
    """Raises PlanError where unlike things are joined."""
    if WHICH_YEAR.search(intent.core) or _YEARS_COUNTED.search(intent.core):
        return _of_years(intent, rows, years, calendar)
    if not years and all_words(intent.core) & word_list("listing") and (parts := rows_under(intent.masked, rows)):
        return _listed(parts, calendar)
    return _computed(intent, asked, rows, years, calendar)


def _of_years(intent: Intent, rows: GivenRows, years: Sequence[int], calendar: FiscalYear) -> tuple[Plan, list[Computed]] | None:
    """The year in which a row is highest or lowest, of those named or of all; the years in which it is past a number; all of its years. Not
    that in which it moved most, is below zero, or is no less than a number.
    """
    high, low = HIGH.search(intent.core) or _ABOVE.search(intent.core), LOW.search(intent.core) or _BELOW.search(intent.core)
    limits = named_amounts(intent.masked, [found.text for found in intent.periods])
    if _YEARS_COUNTED.search(intent.core) and not limits:
        return None
    row = row_named(intent.masked, rows)
    cells = [cell for cell in one_a_year(row, intent.masked) if not years or year_of(cell) in years] if row else []
    if row is None or len(cells) < 2 or (high and low) or len(limits) > 1 or _TURNED.search(intent.core):
        return None
    plain = LOW.sub(" ", HIGH.sub(" ", intent.core))
    if (
        _moves(plain, row)
        or any(way.search(plain) for way in (POSITIVE, NEGATIVE))
        or (all_words(plain) - row.words) & word_list("movements")
    ):
        return None
    item = PlannedExpression(row.label, "cell", None)
    found = [_result(item, {"cell": cell}, calendar) for cell in cells]
    spans = tuple(one.span for one in found)
    if not limits and (high or low):
        return Plan("extreme", (item,), spans, wanted="more" if high else "less", source="label"), found
    if limits:
        found = [one for one in found if (one.value > limits[0] if high else one.value < limits[0] if low else False)]
    return (Plan("value", (item,), spans, source="label"), found) if found else None


def _years_of_table(context: QuestionContext, intent: Intent, subject: Subject, rows: GivenRows) -> Answer | None:
    """The years that a table gives, where the line over it says all that the question does: of which years its figures are."""
    store = context.services.store
    asked = stems_of(intent.core) & weights_of(intent.core, ()).keys()
    asked -= {stem for name in ("empty", "neutral") for word in word_list(name) for stem in stems_of(word)}
    leads = [lead for lead in store.leads() if asked <= stems_of(lead.text)] if isinstance(store, GivenPapers) else []
    printed = {years for row in rows.rows if len(years := tuple(dict.fromkeys(map(year_of, row.cells)))) > 1}
    if not asked or not leads or len(printed) != 1:
        return None
    (years,) = printed
    said = context.words["join"].join(FiscalSpan(year).words(intent.language) for year in years)
    text = context.words["years_of_table"].format(years=said, text=leads[0].text)
    bound = endings.bind(context, [(text, answer_evidence.of_hits(leads[:1], subject, fetch.facts_on(context)))])
    return None if bound.unbound else endings.release(context, bound)


def _listed(parts: Sequence[GivenRow], calendar: FiscalYear) -> tuple[Plan, list[Computed]] | None:
    """The rows of a heading, each with its latest figure."""
    latest = [max(cells, key=year_of) for row in parts if (cells := one_a_year(row))]
    if len(latest) < len(parts):
        return None
    found = [_result(PlannedExpression(row.label, "cell", None), {"cell": cell}, calendar) for row, cell in zip(parts, latest, strict=True)]
    return Plan("value", tuple(one.item for one in found), tuple(one.span for one in found), source="label"), found


def _computed(
    intent: Intent, asked: AskedResult, rows: GivenRows, years: Sequence[int], calendar: FiscalYear
) -> tuple[Plan, list[Computed]] | None:  # fmt: skip
    relative = bool(all_words(intent.core) & word_list("relative")) and asked.relation != "growth"
    if asked.relation == "no figure":
        return None
    if asked.relation == "level" and not relative and (joined := _joined(intent, rows, years, calendar)):
        return Plan("value", (joined.item,), (joined.span,), source="label"), [joined]
    found = _of_two_rows(intent, asked, rows, years, calendar) if relative or asked.relation in ("share", "ratio") else None
    row = None if found else row_named(intent.masked, rows)
    if row is not None:
        found = _of_row(intent, asked, row, years, calendar)
        if relative and found and found[0].unit != "ratio":
            return None  # a part of what no row is
    elif found is None and asked.relation == "difference":
        found = _of_two_rows(intent, asked, rows, years, calendar)
    if not found:
        return None
    return Plan("value", tuple(dict.fromkeys(one.item for one in found)), tuple(one.span for one in found), source="label"), found


def _of_row(intent: Intent, asked: AskedResult, row: GivenRow, years: Sequence[int], calendar: FiscalYear) -> list[Computed] | None:
    """Cells of one row, or what is made of them: a change, a growth, a mean, a sum."""
    rates = bool(intent.wish.percent) and asked.relation == "level"
    if asked.relation in ("growth", "difference") or (len(years) <= 2 and _moves(intent.core, row)):
        return _moved(intent, asked, row, years, calendar)
    together = "mean" if AVERAGE.search(intent.core) else "sum" if SUM.search(intent.core) or _totals(intent, years) else None
    if together and not _is_itself(row, together):
        years = [years[0] - 1, years[0]] if together == "mean" and len(years) == 1 else years  # of a year: of its beginning and its end
        cells = cells_of_years(row, years, intent.masked, rates=rates) if years else one_a_year(row, intent.masked)
        return [_together(together, row, cells, intent, calendar)] if cells and len(cells) > 1 else None
    if not years:
        cell = cell_headed(row, intent.masked)
        return [_result(PlannedExpression(row.label, "cell", None), {"cell": cell}, calendar)] if cell else None
    cells = cells_of_years(row, years, intent.masked, rates=rates)
    return [_result(PlannedExpression(row.label, "cell", None), {"cell": cell}, calendar) for cell in cells] if cells else None


def _is_itself(row: GivenRow, way: str) -> bool:
    """Whether the row itself is the mean or the total that is asked for."""
    return bool(AVERAGE.search(row.label)) if way == "mean" else "total" in row.words


def _moves(text: str, row: GivenRow) -> bool:
    """Whether a rise or a fall is asked for, where the row is none: "the increase / (decrease) in cost"."""
    return not any(way.search(row.label) for way in (UP, DOWN)) and any(way.search(text) for way in (UP, DOWN))


def _totals(intent: Intent, years: Sequence[int]) -> bool:
    """Whether a total of several years is asked for, and not each by itself."""
    return len(years) > 1 and "total" in all_words(intent.core) and not EACH.search(intent.core)


def _moved(intent: Intent, asked: AskedResult, row: GivenRow, years: Sequence[int], calendar: FiscalYear) -> list[Computed] | None:
    """The later of two years less the earlier, or its growth; one year is compared with the one before it. No growth a year."""
    wanted = sorted([*years, years[0] - 1] if len(years) == 1 else years)
    cells = cells_of_years(row, wanted, intent.masked, rates=False) if wanted else one_a_year(row, intent.masked)
    if cells is None or len(cells) != 2 or (CAGR.search(intent.core) or AVERAGE.search(intent.core)):
        return None
    growth = asked.relation == "growth" and not (cells[0].fact.unit == "ratio" and "number" not in asked.kinds)
    expression, title = ("(later - earlier) / earlier", "growth in {}") if growth else ("later - earlier", "change in {}")
    if growth and not cells[0].fact.value:
        return None
    item = PlannedExpression(title.format(row.label), expression, "percent" if growth else None)
    return [_result(item, {"later": cells[1], "earlier": cells[0]}, calendar)]


def _together(way: str, row: GivenRow, cells: Sequence[StoredFact], intent: Intent, calendar: FiscalYear) -> Computed:
    names = {f"cell{at}": cell for at, cell in enumerate(sorted(cells, key=year_of))}
    total = " + ".join(names)
    if way == "mean":
        return _result(PlannedExpression(MEAN_TITLE[intent.language].format(row.label), f"({total}) / {len(names)}", None), names, calendar)
    count = YEARS_IN_WORDS[len(names)] if len(names) < len(YEARS_IN_WORDS) else str(len(names))
    return _result(PlannedExpression(SUM_TITLE[intent.language].format(count=count, title=row.label), total, None), names, calendar)


def _of_two_rows(intent: Intent, asked: AskedResult, rows: GivenRows, years: Sequence[int], calendar: FiscalYear) -> list[Computed] | None:
    """One row set against another in the same column: a share of the larger, a ratio and a difference in the question's order."""
    pair = _two_named(intent.masked, rows)
    if pair is None:
        return None
    cells = [cells_of_years(row, years, intent.masked, rates=False) if years else [cell_headed(row, intent.masked)] for row in pair]
    if not all(found and len(found) == 1 and found[0] for found in cells):
        return None
    (one,), (other,) = ([cell for cell in found or () if cell] for found in cells)
    first, second = (row.label for row in pair)
    if asked.relation == "difference":
        return [_result(PlannedExpression(f"{first} less {second}", "one - other", None), {"one": one, "other": other}, calendar)]
    if (asked.relation == "share" or all_words(intent.core) & word_list("relative") - {"ratio"}) and abs(one.fact.value) > abs(
        other.fact.value
    ):
        one, other, first, second = other, one, second, first
    show: Show = "percent" if intent.wish.percent or IN_PERCENT.search(intent.core) else "ratio"
    return [_result(PlannedExpression(f"{first} to {second}", "one / other", show), {"one": one, "other": other}, calendar)]


def _joined(intent: Intent, rows: GivenRows, years: Sequence[int], calendar: FiscalYear) -> Computed | None:
    """The sum or the mean of two rows that a question names, or of all rows of a heading that it names, in one column."""
    way = "mean" if AVERAGE.search(intent.core) else "sum" if SUM.search(intent.core) else None
    if way is None or len(years) > 1 or EACH.search(intent.core):
        return None
    pair = _two_named(intent.masked, rows)
    parts: Sequence[GivenRow] = pair or (() if row_named(intent.masked, rows) else rows_under(intent.masked, rows))
    cells = [cells_of_years(row, years, intent.masked, rates=False) if years else [cell_headed(row, intent.masked)] for row in parts]
    names = {f"cell{at}": found[0] for at, found in enumerate(cells) if found and found[0]}
    if len(names) < 2 or len(names) < len(parts):
        return None
    title = _AND[intent.language].join(row.label for row in parts) if pair else parts[0].path[-2]
    total = " + ".join(names)
    expression = f"({total}) / {len(names)}" if way == "mean" else total
    title = MEAN_TITLE[intent.language].format(title) if way == "mean" else title
    return _result(PlannedExpression(title, expression, None), names, calendar)


def _two_named(text: str, rows: GivenRows) -> tuple[GivenRow, GivenRow] | None:
    """Two rows that a text names, in its order: cut behind each of its words in turn, both halves name one for sure."""
    for blank in re.finditer(" +", text):  # a run of them, which names that were taken out leave, is one cut
        one = row_named(text[: blank.start()], rows)
        other = one and row_named(text[blank.end() :], rows)
        if one is not None and other is not None and one is not other:
            return one, other
    return None


def named_amounts(text: str, dates: Sequence[str]) -> list[Decimal]:
    """The amounts that a question names, in base units, dates apart."""
    for one in dates:
        text = text.replace(one, " ")
    return [number.value for number in find_numbers(text)]


# results


def _result(item: PlannedExpression, cells: Mapping[str, StoredFact], calendar: FiscalYear) -> Computed:
    """Raises PlanError where unlike things are joined."""
    operands = {name: Operand(name, _span(cell, calendar), cell) for name, cell in cells.items()}
    value = evaluate(item.expression, {name: cell.fact.value for name, cell in cells.items()})
    units = {name: cell.fact.unit for name, cell in cells.items()}
    unit = dimension_of(item.expression, units).unit if len(cells) > 1 else next(iter(units.values()))
    return Computed(item, max(operand.span for operand in operands.values()), value, unit, item.expression, operands)


def _span(cell: StoredFact, calendar: FiscalYear) -> FiscalSpan:
    """Raises PlanError for a stretch that has no name."""
    period = parse_iso(cell.fact.period)
    if period.months in (0, YEAR):
        return FiscalSpan(calendar.year_of(period.end))
    span = span_like(period, calendar)
    if span is None:
        raise PlanError(f"{cell.fact.period} is no part of a fiscal year")
    return span


def _is_counted(intent: Intent) -> bool:
    """Whether it is asked how many years or parts there are."""
    parts = HOW_MANY.search(intent.core) is not None and bool(all_words(intent.core) & word_list("listing"))
    return parts or _YEARS_COUNTED.search(intent.core) is not None


def _stated(
    context: QuestionContext, intent: Intent, subject: Subject, plan: Plan, found: Sequence[Computed], *, counted: bool, moves: bool
) -> Answer | None:
    """The sentences, behind how many there are where these are ``counted``; None where the binder does not hold one of their figures."""
    context.trace.add("plan", plan)
    used = [operand.stored for one in found for operand in one.operands.values()]
    context.trace.add("evidence", [one.id for one in used], [one.document_id for one in used])
    parts = compose(plan, [list(found)], context.called(subject), intent.wish, intent.language, moves=moves)
    names = (*subject.names, *context.spoken)
    told: list[tuple[str, Sequence[Evidence]]] = [(part.text, answer_evidence.of_part(part, names, subject.calendar)) for part in parts]
    if counted:
        count = CalculationEvidence(" + ".join("1" for _ in found), {}, Decimal(len(found)), "count")
        told.insert(0, (context.words["how_many"].format(number=len(found)), [count]))
    bound = endings.bind(context, told)
    return None if bound.unbound else endings.release(context, bound)


# a piece of a sentence


def of_given_sentence(context: QuestionContext, intent: Intent, subject: Subject) -> Answer | None:
    """The piece of one sentence of the papers given that answers, and the sentence; None where none is sure, or the binder does not hold a
    figure of it.
    """
    store = context.services.store
    if not isinstance(store, GivenPapers) or intent.definitions:
        return None
    with context.timed("retrieve"):
        told = piece_told(context.question, quotables(store.sentences()))
    if told is None:
        return None
    words, sentence = context.words, told.quotable.text
    hit = replace(told.quotable.hit.cut(sentence), kind="text")
    evidence = answer_evidence.of_hits([hit], subject, fetch.facts_on(context))
    texts = [words["quotation"].format(text=piece) for piece in told.pieces]
    if told.years:
        texts = [words["piece_of_year"].format(year=year, quotation=text) for year, text in zip(told.years, texts, strict=True)]
    parts = [(words["piece_join"].join(texts), evidence)]
    if told.pieces != (sentence,):
        parts.append((words["piece_of"].format(text=sentence), evidence))
    bound = endings.bind(context, parts)
    if bound.unbound:
        return None
    context.trace.add("evidence", [hit.chunk_id], [hit.document_id])
    return endings.release(context, bound)

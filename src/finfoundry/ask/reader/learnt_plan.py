"""Plans by the learnt reader, for questions whose words explain themselves to no rule: read, then held to what the question says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from finfoundry.ask.lexicon.formula import names_in
from finfoundry.ask.lexicon.spans import FiscalSpan
from finfoundry.ask.lexicon.vocabulary import Vocabulary, tokens
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.plan.asked_spans import spans_of
from finfoundry.ask.plan.drawn_plan import SHOWS, DrawnItem, cancels_out, check_year, item_of, leaves_in
from finfoundry.ask.plan.expressions import CHANGED, GROWN, PlannedExpression, metrics_moved
from finfoundry.ask.plan.multi_year import SUM
from finfoundry.ask.plan.row_labels import relabelled
from finfoundry.ask.plan.rules import Ask, Plan, offers_both
from finfoundry.ask.plan.shape import Years, shape_of
from finfoundry.ask.plan.unexplained import doubtful, unexplained
from finfoundry.ask.reader.learnt_reading import SURE, read_question, written
from finfoundry.ask.reader.named_numbers import names_number, spans_named
from finfoundry.ask.reader.verdict import Verdict, check_words, holds_the_bar, unsigned, verdict_of
from finfoundry.ask.reader.written_plan import LETTERS, WrittenPlan, masked
from finfoundry.ask.understand.intent import Intent, named_statements, without_mentions
from finfoundry.ask.understand.stored_labels import without_notes
from finfoundry.core.errors import PlanError
from finfoundry.core.formulas import Show
from finfoundry.core.language import simplified
from finfoundry.core.periods import FiscalYear
from finfoundry.core.protocols import TextReader

ReaderSource = Callable[[], TextReader | None]  # the reader, put together when it is first asked for; None where there is none


def learnt_plan(reader: TextReader, intent: Intent, calendar: FiscalYear, sure: float = SURE, *, second: bool = False) -> Plan | None:
    """None for a question that asks for no figure, or that the reader is less than ``sure`` of; ``second``: by its next likeliest reading.
    Raises what ``plan_of`` raises.
    """
    question = masked(intent.question, intent.named, intent.language)
    known = (*intent.labels.values(), *(one.text for one in intent.mentions if len(one.text) > 1))
    reading = read_question(reader, question, known, second=second)
    if reading is None or reading.sure < sure:
        return None
    if any(_of_statement(metric, question) for metric in reading.metrics):
        raise PlanError("the name of a statement was read as a metric")
    plan = written(reading, question, years_to_plan(intent, reading.metrics, calendar))
    made = plan_of(replace(plan, metrics=tuple(_bare(metric, intent) for metric in plan.metrics)), intent, calendar)
    return replace(made, sure=reading.sure, of_rates=made.of_rates and replace(made.of_rates, sure=reading.sure))


def reads_as_metrics(reader: TextReader, intent: Intent) -> bool:
    """Whether the metrics that the reader finds by itself are just those that the vocabulary knows, word for word: in "cash price" it finds
    no "cash".
    """
    reading = read_question(reader, masked(intent.question, intent.named, intent.language))
    if reading is None:
        return False
    idle = word_list("empty") | word_list("structure") | word_list("untelling")
    read = {frozenset(_words(_bare(metric, intent)) - idle) for metric in reading.metrics}
    return read == {frozenset(_words(one.text) - idle) for one in intent.mentions}


def _words(text: str) -> set[str]:
    return {token.text for token in tokens(simplified(text))}


def _of_statement(metric: str, question: str) -> bool:
    """Whether a metric is but a part of a statement's name: the 现金流量 of 现金流量表."""
    at = question.find(metric)
    return any(start <= at and at + len(metric) <= end for start, end in named_statements(question)) and question.count(metric) == 1


def years_to_plan(intent: Intent, metrics: Sequence[str], calendar: FiscalYear) -> list[int]:
    """The years that a plan of a reading with these metrics may use, the latest first."""
    return sorted({span.year for span in _spans_to_plan(intent, metrics, calendar)}, reverse=True)


def _spans_to_plan(intent: Intent, metrics: Sequence[str], calendar: FiscalYear) -> list[FiscalSpan]:
    return spans_named(intent.question, metrics, spans_of(intent, calendar), calendar)


def plan_of(plan: WrittenPlan, intent: Intent, calendar: FiscalYear) -> Plan:
    """A written plan as this package carries it out.

    Raises:
        PlanError: its metrics are not copied from the question, its years are not ones that the question can mean, or its values do not lie
            in one table of metrics by years.
    """
    spans = _spans_to_plan(intent, plan.metrics, calendar)
    if len({(span.through, span.months) for span in spans}) > 1:
        raise PlanError("a quarter next to a year")
    for year in plan.years if spans else ():
        check_year(year, {span.year for span in spans})
    _check_copied(plan, intent)
    verdict = _verdict(plan, intent) if plan.show == "yes_no" and len(plan.compute) == 1 else None
    items = [_item(one, plan, intent) for one in ((verdict.expression,) if verdict else map(unsigned, plan.compute))]
    if _adds_what_is_listed(plan, intent):
        raise PlanError("the question lists several metrics and adds nothing up")
    if leaves_in(intent.core, plan.metrics):
        raise PlanError("the question leaves something out that the plan does not know")
    made = _as_change(_planned(items, plan, spans, verdict), intent)
    level = len(made.items) == 1 and made.items[0].expression.isidentifier()
    return replace(made, ask="direction", yes_no=False, wanted=None) if level and offers_both(intent) else made


def _adds_what_is_listed(plan: WrittenPlan, intent: Intent) -> bool:
    """Whether metrics are added up that a question but lists: no word of it that is left over, and none of adding, says to."""
    added = any("+" in expression and "/" not in expression for expression in plan.compute)
    if not added or len(plan.metrics) < 2 or unexplained(intent) or doubtful(intent):
        return False
    beside = without_mentions(intent, intent.core)
    return SUM.search(beside) is None and _ADDS.search(beside) is None


_ADDS = re.compile(r"\b(?:plus|add(?:s|ed|ing)?|together|jointly|totals?|totalled|come\s+to|came\s+to)\b|[+＋]|加|共|合|总", re.I)


def _verdict(plan: WrittenPlan, intent: Intent) -> Verdict:
    """Raises PlanError where it does not fit what the question says, or leaves a number of it over."""
    found = verdict_of(plan.compute[0], limited=bool(plan.bar))
    shape = shape_of(found.expression, {name: (name[0], -int(name[1:])) for name in names_in(found.expression)})
    asked = intent.question
    for label in plan.metrics:
        asked = asked.replace(label, " ")
    check_words(found, asked, level=shape.kind == "level", moves=shape.kind in ("difference", "growth", "compound"))
    if found.limit is None and names_number(asked) and not re.search(r"\b(?:360|365|366)\b", plan.compute[0]):
        raise PlanError("the question names a number that the plan does not use")
    return replace(found, inclusive=holds_the_bar(asked))


def _bare(metric: str, intent: Intent) -> str:
    """A metric without the end of the period before it, which a boundary that was drawn a little wrong adds."""
    for period in intent.periods:
        sizes = range(min(len(metric), len(period.text)) - 1, 0, -1)
        over = next((size for size in sizes if period.text.endswith(metric[:size]) and period.text + metric[size:] in intent.question), 0)
        metric = metric[over:]
    return metric


def worded_as_printed(plan: Plan, words: Vocabulary) -> Plan | None:
    """The plan with each formula looked up as a row of just the words that named it, which goes before one that is computed; None where an
    item is no formula alone, or one that the institution defined.
    """
    shipped = words.library.keys() - words.defined
    named = plan.spoken and all(item.expression in shipped and item.expression in plan.spoken for item in plan.items)
    if not named or plan.yes_no:
        return None
    found = replace(relabelled(plan, dict(plan.spoken)), exact=True)
    return replace(found, items=tuple(replace(item, show=None) for item in found.items))


def otherwise_worded(plan: Plan) -> Iterator[Plan]:
    """Plans for one whose figures are not there: its known terms looked up as labels, word for word, as documents may print a row of just
    that name; its labels without notes in brackets, and without words at their edges that name no line ("spent on").
    """
    if plan.spoken:
        yield replace(relabelled(plan, dict(plan.spoken)), exact=True)
    if any(item.show for item in plan.items):
        yield replace(plan, items=tuple(replace(item, show=None) for item in plan.items))  # amounts, where the reader expected a rate
    plainer = {name: shorter for name, words in plan.labels.items() if (shorter := _core(words)) not in ("", words)}
    if plainer:
        yield relabelled(plan, plainer)


def _core(words: str) -> str:
    said = without_notes(words).split()
    idle = word_list("paid") | word_list("empty") | word_list("structure") | word_list("ties")
    while len(said) > 1 and said[0].lower() in idle:
        said = said[1:]
    return " ".join(said)


def _check_copied(plan: WrittenPlan, intent: Intent) -> None:
    plain = " ".join(intent.question.split()).casefold()
    for label in plan.metrics:
        if " ".join(label.split()).casefold() not in plain:
            raise PlanError(f"{label} does not stand in the question")


def _item(expression: str, plan: WrittenPlan, intent: Intent) -> DrawnItem:
    used = names_in(expression)
    if stray := {name for name in used if not re.fullmatch(r"[a-h]\d", name)}:
        raise PlanError(f"{min(stray)} is no name of a plan")
    lines: Years = {name: (plan.metrics[LETTERS.index(name[0])], plan.years[int(name[1]) - 1]) for name in sorted(used)}
    if not lines or cancels_out(expression, used):
        raise PlanError("the expression says nothing of the metrics")
    kind = shape_of(expression, lines).kind
    drawn = item_of(expression, lines, _SHAPES_SHOWN.get(kind, SHOWS[plan.show]), intent, dated=False)
    beside_a_growth = kind in ("level", "difference") and len(plan.compute) > 1  # an amount, though the question asks for a growth, too
    named = drawn.item.expression in intent.vocabulary.library  # a ratio by its name is shown as it is defined
    return replace(drawn, item=replace(drawn.item, show=None)) if beside_a_growth and not named else drawn


_SHAPES_SHOWN: Mapping[str, Show] = {"growth": "percent", "compound": "percent", "multiple": "ratio"}  # whatever the reader says


def _planned(items: Sequence[DrawnItem], plan: WrittenPlan, spans: Sequence[FiscalSpan], verdict: Verdict | None) -> Plan:
    """One plan of items by years. Raises PlanError where some item is asked for in other years than the rest."""
    distinct = list(dict.fromkeys(one.item for one in items))
    lasts = sorted({one.last for one in items})
    if {(one.item, one.last) for one in items} != {(item, last) for item in distinct for last in lasts}:
        raise PlanError("its values are not of the same years")
    yes_no = plan.show == "yes_no"
    if yes_no and (verdict is None or items[0].yes == _OTHER[verdict.wanted]):
        raise PlanError("what means yes is not sure")
    asked, recent = _spans(lasts, spans)
    labels = {name: label for one in items for name, label in one.labels.items()}
    spoken = {name: label for one in items for name, label in one.spoken.items()}
    moved = None if yes_no else _in_points(distinct, asked, {**labels, **spoken})
    ask: Ask = "value" if verdict is None else "sign" if verdict.limit is None else "limit"
    return Plan(
        ask, tuple(distinct), asked, labels, verdict.wanted if verdict else None, yes_no, "learnt", recent=recent,
        limit=verdict.limit if verdict else None, limit_words=plan.bar, limit_counts=verdict is not None and verdict.inclusive,
        spoken=spoken,
        of_rates=replace(moved, labels=labels, spoken=spoken) if moved else None,
    )  # fmt: skip


_OTHER = {"positive": "negative", "negative": "positive", "more": "negative", "less": "positive"}


def _as_change(plan: Plan, intent: Intent) -> Plan:
    """A plan of how metrics changed in a year as rules make it, which is told with both levels, and of rates in points."""
    changed = metrics_moved(CHANGED, plan.items)
    if not changed or plan.yes_no or plan.ask != "value" or len(plan.spans) > 1 or plan.recent:
        return plan
    words, library = {**plan.labels, **plan.spoken}, intent.vocabulary.library
    shows = {name: library[name].show for name in changed if name in library}
    return replace(plan, ask="change", items=tuple(PlannedExpression(words.get(name, name), name, shows.get(name)) for name in changed))


def _in_points(items: Sequence[PlannedExpression], spans: tuple[FiscalSpan, ...], words: Mapping[str, str]) -> Plan | None:
    """For growths of a year, the changes that are meant where the metrics turn out to be rates; None for anything else."""
    grown = metrics_moved(GROWN, items)
    if not grown:
        return None
    return Plan("change", tuple(PlannedExpression(words.get(name, name), name, None) for name in grown), spans, source="learnt")


def _spans(lasts: Sequence[int], spans: Sequence[FiscalSpan]) -> tuple[tuple[FiscalSpan, ...], int]:
    """The spans of a plan, or of one without years how many of the latest. Raises PlanError for years that leave out the latest."""
    if lasts[-1] > 0:
        shape = spans[-1] if spans else FiscalSpan(lasts[-1])
        return tuple(replace(shape, year=year) for year in lasts), 0
    if list(lasts) != list(range(lasts[0], 1)):
        raise PlanError("an earlier year than the latest, which is not named")
    return (), len(lasts) if len(lasts) > 1 else 0

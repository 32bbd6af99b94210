"""A part of a figure as a table breaks it down: its amount, its share, or which part is the largest.

That rows are parts of a whole is shown by the table itself: they add up to a printed figure right below or above them, and the question
names that figure, by the row's own label or by the company's line of the same value. The words of rows and lines are those of the store;
nothing is answered where a word stays that can change the meaning, or where two tables fit and differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from finfoundry.ask.compose import answer_evidence
from finfoundry.ask.compose.ranking_text import Teller, level
from finfoundry.ask.compose.sentences import compose
from finfoundry.ask.compute.breakdown_rows import TOTAL, BreakdownRow, step
from finfoundry.ask.compute.operands import Operand
from finfoundry.ask.compute.results import Computed
from finfoundry.ask.context import endings, fetch
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.lexicon.metric_terms import metrics
from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.ask.lexicon.spans import FiscalSpan, matches
from finfoundry.ask.lexicon.vocabulary import Mention, tokens
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.plan.asked_spans import spans_of
from finfoundry.ask.plan.dimension import asked_for
from finfoundry.ask.plan.expressions import PlannedExpression
from finfoundry.ask.plan.rules import Plan
from finfoundry.ask.plan.unexplained import unexplained
from finfoundry.ask.understand.comparison import OPEN, SegmentComparison, content_words, order_of, read_comparison, word_pattern
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.question_text import masked_out
from finfoundry.ask.understand.stored_labels import parts_of, without_notes
from finfoundry.ask.understand.subject import Subject
from finfoundry.binding.expression import evaluate
from finfoundry.core.answer import Answer
from finfoundry.core.language import language_of, simplified

_TOTALS = frozenset({"total", "合计", "总计", "小计"})
_REST = re.compile(r"^(?:all\s+)?others?\b|\b(?:unallocated|elimination\w*)\b|^其他|未分配|抵[销消]", re.I)  # no part of its own
NOT_THE_FIRST = re.compile(
    r"\b(?:second|third|fourth|next|runner|except|exclud\w*|other than|apart from|besides|without)\b"
    r"|第[二三四]|次[大高]|除|不含|以外",
    re.I,
)
_KINDS = frozenset(
    {"type", "kind", "item", "line", "category", "categor", "service", "component", "业务", "务分", "分部", "类型", "类别", "种类"}
)
_NOTED = frozenset({None, "segments"})  # where a whole is parted; a statement's own lines are no parts by a kind
_SHARE_OF = "part / whole"
FEWEST, MOST = 2, 40  # rows of a breakdown
TELLING = 4  # digits of an amount that two lines do not share by chance


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Rows of one column that add up to a printed figure, and the company's lines of its value by the names that they may be asked by."""

    rows: tuple[StoredFact, ...]
    whole: StoredFact
    names: Mapping[str, StoredFact]


def of_table_part(context: QuestionContext, intent: Intent, subject: Subject) -> Answer | None:
    """The answer about a part that the question names, or about the largest; None where the tables or the words do not decide it."""
    spans = spans_of(intent, subject.calendar)
    if subject.name is None or len(spans) != 1 or intent.definitions or OPEN.search(intent.core):
        return None
    if asked_for(intent).relation in ("verdict", "growth", "difference"):
        return None
    with context.timed("retrieve"):
        every = fetch.facts_of_year(context, subject.name, spans[0].at(subject.calendar).end.year)
        facts = _facts(every, intent, subject, spans[0])
        found = [(one, name) for one in breakdowns(facts) if (name := _named(one.names, intent)) is not None]
    if (order := order_of(intent.masked)) is None:
        return _part(context, intent, subject, spans[0], found) if found else None
    compared = read_comparison(intent)  # of regions, segments, products: not to be had from other tables
    named = compared is not None and compared.group == "named" and all(_is_within(name, found) for name in compared.named)
    if not found or (compared and compared.group not in ("type", "segment") and not named) or order == "low":
        return None
    asked = compared.metric if compared and compared.metric else intent.mentions
    return _largest(context, intent, subject, spans[0], found, asked)


def _is_within(name: str, found: Sequence[tuple[Breakdown, str]]) -> bool:
    """Whether what was read as a name is a piece of the whole's own name: 发放贷款 of 发放贷款和垫款总额."""
    return any(whole in _key(name) or _key(name) in whole for _, whole in found)


def text_of(intent: Intent) -> str:
    """All that the question says without the company's name, its lead-in ("In its total debt, …") too."""
    return masked_out(intent.question, intent.named)


def _bare(intent: Intent) -> str:
    """The words of the question that name no line."""
    text = intent.masked
    for mention in intent.mentions:
        text = text[: mention.start] + " " * (mention.end - mention.start) + text[mention.end :]
    return text


def _facts(every: Sequence[StoredFact], intent: Intent, subject: Subject, span: FiscalSpan) -> list[StoredFact]:
    """The amounts at the span, in one scope."""
    wanted, scope = span.at(subject.calendar), intent.scope or "consolidated"
    return [
        one for one in every
        if matches(one.fact.period, wanted) and one.fact.scope == scope and one.fact.unit != "ratio" and one.fact.metric
        and not one.structured and one.fact.table is not None
    ]  # fmt: skip


def breakdowns(facts: Sequence[StoredFact]) -> Iterator[Breakdown]:
    """Runs of rows that add up to a total below or above them. The whole goes by its own label and, where its value has so many digits that
    another line has it by no chance, by the labels of the company's lines of that value, in a statement or elsewhere.
    """
    columns: dict[tuple[str, int | None, int | None], list[StoredFact]] = {}
    lines: dict[tuple[str | None, Decimal], list[StoredFact]] = {}
    for one in facts:
        columns.setdefault((one.document_id, one.fact.table, one.fact.column), []).append(one)
        if not one.fact.dimensions and _digits(one) >= TELLING and not TOTAL.fullmatch(one.fact.metric[-1]):
            lines.setdefault((one.fact.unit, abs(one.fact.value)), []).append(one)
    for rows in columns.values():
        ordered = sorted(rows, key=lambda one: one.fact.row or 0)
        for backwards in (False, True):
            for parts, whole in _runs(ordered[::-1] if backwards else ordered):
                same = lines.get((whole.fact.unit, abs(whole.fact.value)), [])
                if same or whole.fact.concept or TOTAL.search(whole.fact.metric[-1]):
                    yield Breakdown(parts, whole, {name: one for one in (whole, *same) for name in _names_of(one)})


def _digits(one: StoredFact) -> int:
    return len(re.sub(r"\D", "", one.fact.text).lstrip("0"))


def _runs(rows: Sequence[StoredFact]) -> Iterator[tuple[tuple[StoredFact, ...], StoredFact]]:
    """Rows of one sign, none so small that rounding could hide it, and the row that they add up to."""
    for at, whole in enumerate(rows):
        total, slack = Decimal(0), step(whole.fact) / 2
        for start in range(at - 1, max(at - MOST, 0) - 1, -1):
            part = rows[start].fact
            if part.value * whole.fact.value < 0 or part.unit != whole.fact.unit:
                break
            total, slack = total + part.value, slack + step(part) / 2
            if at - start >= FEWEST and whole.fact.value and abs(total - whole.fact.value) <= slack:
                if slack < min((abs(row.fact.value) for row in rows[start:at] if row.fact.value), default=Decimal(0)):
                    yield tuple(rows[start:at]), whole
                break


def _names_of(one: StoredFact) -> Iterator[str]:
    yield _key(one.fact.metric[-1])
    yield _key(without_notes(one.fact.metric[-1]))
    concept = one.fact.concept
    yield from (_key(said) for metric in metrics().values() if concept and concept in metric.concepts for said in metric.say)


def _key(text: str) -> str:
    """The words of a label; of a Chinese one its characters."""
    plain = simplified(text)
    if _chinese(plain):
        return re.sub(r"\s+", "", plain)
    return " ".join(token.text for token in tokens(re.sub(r"^total\s+(?=\w)", "", plain, flags=re.I)))


def _named(names: Iterable[str], intent: Intent) -> str | None:
    """The longest of the names that the question has, as the whole of a line that it asks about; a bare "total" names nothing."""
    said = _said(text_of(intent))
    fits = (name for name in names if len(name) > 2 and name not in _TOTALS and _has(said, name) and _stands_alone(name, intent))
    return max(fits, key=len, default=None)


def _stands_alone(name: str, intent: Intent) -> bool:
    """Whether a name is all of a line that the question names, and not the end of another's: 流动资产 of 非流动资产."""
    held = [_key(mention.text) for mention in intent.mentions if _has(_said(mention.text), name)]
    if held:
        return any(key == name for key in held)
    if _chinese(name):
        return True
    before = re.search(rf"(\w+)\s+(?:total\s+)?{re.escape(name)}\b", " ".join(token.text for token in tokens(text_of(intent))))
    return before is None or before[1] in word_list("empty") | word_list("structure") | word_list("of_parts") | {"total", "gross", "s"}


def _chinese(text: str) -> bool:
    return language_of(text) == "zh"


def _said(text: str) -> str:
    return re.sub(r"\s+", "", simplified(text)) if _chinese(text) else f" {' '.join(token.text for token in tokens(text))} "


def _has(said: str, name: str) -> bool:
    return name in said if _chinese(name) else f" {name} " in said


# one part


def _part(
    context: QuestionContext, intent: Intent, subject: Subject, span: FiscalSpan, found: Sequence[tuple[Breakdown, str]]
) -> Answer | None:  # fmt: skip
    """The part named, where its tables print one value, and no word stays that they do not explain."""
    said, fits = _said(text_of(intent)), []
    for one, whole in found:
        rest = said.replace(whole, " ", 1)
        for row in one.rows:
            keys = {_key(row.fact.metric[-1]), _key(without_notes(row.fact.metric[-1]))}
            fits += [(len(name), row, one, whole) for name in keys if _has(rest, name)]
    longest = max((size for size, *_ in fits), default=0)
    fits = [fit for fit in fits if fit[0] == longest]
    if longest < FEWEST or len({fit[1].fact.value for fit in fits}) != 1:
        return None
    _, row, one, whole = fits[0]
    if any(_key(mention.text) not in _key(row.fact.metric[-1]) and _key(mention.text) != whole for mention in intent.mentions):
        return None  # another line is asked about, too
    if words_left(intent, (row.fact.metric[-1], whole)):
        return None
    context.wholes = tuple(mention.text for mention in intent.mentions if _key(mention.text) == whole)
    line = one.names[whole]
    line = line if line.fact.value * row.fact.value > 0 else one.whole  # costs may stand in the statement as negatives
    item, computed = _computed(row, line, span, share=asked_for(intent).relation == "share" or bool(intent.wish.percent))
    return told(context, intent, subject, Plan("value", (item,), (span,), source="label"), computed)


def words_left(intent: Intent, names: Sequence[str]) -> list[str]:
    """Words that neither the rows, nor the grammar of parts, nor the structure of questions explain."""
    known = {token.text for name in names for token in tokens(name)} | word_list("of_parts") | word_list("parts")
    text = simplified(intent.masked)
    spoken = {name for one in names for name in (simplified(one), simplified(without_notes(one)))} | word_list("of_parts")
    taken = [found.span() for name in spoken if _chinese(name) for found in re.finditer(re.escape(name), text)]
    left = []
    for word in intent.left:
        if _chinese(word.text):
            for start, end in taken:
                text = text[:start] + " " * (end - start) + text[end:]
            rest = re.finditer(r"\S{2,}", text[word.start : word.end])
            left += [replace(word, text=one[0], start=word.start + one.start(), end=word.start + one.end()) for one in rest]
        elif not all(token.text in known for token in tokens(word.text)):
            left.append(word)
    return unexplained(replace(intent, left=tuple(left))) if left else []


def _computed(row: StoredFact, whole: StoredFact, span: FiscalSpan, *, share: bool) -> tuple[PlannedExpression, Computed]:
    label = row.fact.metric[-1].strip()
    if not share:
        item = PlannedExpression(label, "part", None)
        return item, Computed(item, span, row.fact.value, row.fact.unit, "part", {"part": Operand("part", span, row)})
    item = PlannedExpression(f"{label}的占比" if _chinese(label) else f"share of {label}", _SHARE_OF, "percent")
    value = evaluate(_SHARE_OF, {"part": row.fact.value, "whole": whole.fact.value})
    operands = {"part": Operand("part", span, row), "whole": Operand("whole", span, whole)}
    return item, Computed(item, span, value, "ratio", _SHARE_OF, operands)


def told(context: QuestionContext, intent: Intent, subject: Subject, plan: Plan, *found: Computed) -> Answer:
    """The values of a plan, one an item."""
    name = context.called(subject, intent.scope)
    context.trace.add("plan", plan)
    used = [operand.stored for computed in found for operand in computed.operands.values()]
    context.trace.add("evidence", [one.id for one in used], [one.document_id for one in used])
    parts = compose(plan, [[computed] for computed in found], name, intent.wish, context.language)
    names = (*subject.names, *context.spoken)
    bound = endings.bind(context, [(part.text, answer_evidence.of_part(part, names, subject.calendar)) for part in parts])
    context.conversation.entity = subject.name
    return endings.release(context, bound)


# the largest


def _largest(
    context: QuestionContext, intent: Intent, subject: Subject, span: FiscalSpan, found: Sequence[tuple[Breakdown, str]],
    asked: Sequence[Mention],
) -> Answer | None:  # fmt: skip
    """The largest part, where every breakdown that fits has the same; of several the one whose title has the words left."""
    tables = [(one, whole, _title(context, one)) for one, whole in found if all(row.fact.statement in _NOTED for row in one.rows)]
    said = _titled_best(_titled_as_asked(tables, intent.masked), _words_of_kind(intent))
    wholes = _said(" ".join(whole for _, whole, _ in said))
    if NOT_THE_FIRST.search(intent.core) or not all(_has(wholes, _key(mention.text)) for mention in asked):
        return None
    ranked = [(sorted(one.rows, key=lambda row: -row.fact.value), whole) for one, whole, _ in said]
    firsts = {(_key(rows[0].fact.metric[-1]), rows[0].fact.value) for rows, _ in ranked}
    if len(firsts) != 1 or ranked[0][0][0].fact.value == ranked[0][0][1].fact.value:
        return None
    rows, whole = ranked[0]
    scores = [score for at, row in enumerate(rows) if (score := level(BreakdownRow(at, row.fact.metric, row.fact.metric[-1], row)))]
    if _REST.search(rows[0].fact.metric[-1]):
        return None
    checked = {mention.start for mention in asked} | {mention.start for mention in intent.mentions if _is_kind(intent, mention)}
    context.wholes = tuple(mention.text for mention in intent.mentions if mention.start in checked)
    comparison = SegmentComparison("type", "high", "level", title=_whole_as_said(intent, whole))
    called, names = context.called(subject), (*subject.names, *context.spoken)
    teller = Teller(comparison, span, called, names, intent.wish, intent.language, subject.calendar)
    context.trace.add("plan", comparison)
    context.trace.add("evidence", [row.id for row in rows], [row.document_id for row in rows])
    bound = endings.bind(context, [(part.text, evidence) for part, evidence in teller.ranking(scores)])
    context.conversation.entity = subject.name
    return endings.release(context, bound)


def _words_of_kind(intent: Intent) -> list[str]:
    """The words that may say by what the whole is parted: "maturity band", 渠道; of Chinese runs every two characters."""
    bare = _bare(intent)
    if intent.language == "zh":
        bare = re.sub(word_pattern("of_parts"), " ", bare)
        return [part for word in content_words(intent, bare) for part in parts_of(word)]
    return [word for word in content_words(intent, bare) if word not in word_list("of_parts")]


def _is_kind(intent: Intent, mention: Mention) -> bool:
    """Whether a metric says only what the parts are: "which type of debt"."""
    return re.search(r"\b(?:types?|kinds?|sorts?|forms?|class|category)\s+of\s+$", intent.masked[: mention.start], re.I) is not None


_WHICH = re.compile(r"\b(?:which|what)\s+(?P<kind>\w+(?:\s+\w+){0,2})", re.IGNORECASE)


def _titled_as_asked(tables: Sequence[tuple[Breakdown, str, str]], question: str) -> Sequence[tuple[Breakdown, str, str]]:
    """Those whose titles part the whole by what an English question asks for ("which line of business …": … by line of business), by most
    of its words; all where none does.
    """
    asked = _WHICH.search(question)
    words = asked["kind"].lower().split() if asked else []
    for size in range(len(words), 0, -1):
        by = re.compile(rf"\bby\s+{re.escape(' '.join(words[:size]))}\b", re.IGNORECASE)
        if fits := [one for one in tables if by.search(one[2])]:
            return fits
    return tables


def _titled_best(tables: Sequence[tuple[Breakdown, str, str]], words: Sequence[str]) -> list[tuple[Breakdown, str, str]]:
    """The tables whose titles have most of the words; none where a word that is not general is in no title. Without words all of them."""
    hits = [sum(word in f"{_said(title)} {whole}" for word in words) for _, whole, title in tables]
    best, general = max(hits, default=0), sum(word in _KINDS for word in words)
    enough = best > 0 if words and _chinese(words[0]) else best + general >= len(words)
    return [one for one, hit in zip(tables, hits, strict=True) if hit == best] if enough or general == len(words) else []


def _title(context: QuestionContext, one: Breakdown) -> str:
    reports = context.services.store.certificate(context.principal, one.whole.document_id).table_reports
    return next((report.title or "" for report in reports if report.table == one.whole.fact.table), "")


def _whole_as_said(intent: Intent, whole: str) -> str:
    found = re.search(re.escape(whole), intent.core, re.I)
    return found[0] if found else next((one.text for one in intent.mentions if _key(one.text) == whole), whole)

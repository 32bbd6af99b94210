"""Questions that compare the segments of one company, answered from facts: which region, segment, product or line is the highest or the
lowest, has grown or fallen most; which of several named; how the growth of two compares.

Nothing is answered where tables that fit disagree, where the rows are not shown to be parts of one whole, or where the metric is not named.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import chain

from finfoundry.ask.candidates.segment_lookup import read_member
from finfoundry.ask.compose.answer_evidence import AnswerPart
from finfoundry.ask.compose.cash_flow_activities import activities
from finfoundry.ask.compose.ranking_text import RankedSegment, Teller, amount, display, level, rate, share
from finfoundry.ask.compute.breakdown_columns import crosswise
from finfoundry.ask.compute.breakdown_dimension import KINDS, SAID_OF, speaks_of
from finfoundry.ask.compute.breakdown_rows import BreakdownRow, Siblings, holds, is_rest, name_of, narrowing, of_places, same_name, siblings
from finfoundry.ask.compute.operands import Operand
from finfoundry.ask.compute.statement_lines import leaves
from finfoundry.ask.context import endings, fetch
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.lexicon.metric_terms import metrics
from finfoundry.ask.lexicon.ports import FactQuery, StoredFact
from finfoundry.ask.lexicon.spans import FiscalSpan, matches, span_ending
from finfoundry.ask.lexicon.vocabulary import tokens
from finfoundry.ask.plan.asked_spans import all_between, spans_of
from finfoundry.ask.plan.expressions import PlannedExpression
from finfoundry.ask.plan.rules import Plan
from finfoundry.ask.understand.comparison import SegmentComparison, read_comparison
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.subject import Subject
from finfoundry.binding.evidence import Evidence
from finfoundry.core.answer import Answer
from finfoundry.core.periods import parse_iso

MANY = 20_000  # facts of one company that end in one year
MOST = 40  # segments of one whole
UNSHARED = Decimal("0.25")  # of the company's figure, what its parts may differ by
CLOSE = Decimal("0.05")
HALF_POINT = Decimal("0.005")  # what two printed rates of one growth may differ by
_RECONCILED = re.compile(r"\breconcil", re.I)
_SUMMARY = re.compile(r"\b(?:reportable|operating|business|all|segment) (?:segments|totals?)\b", re.I)  # summary rows, not segments
_ABROAD = re.compile(r"international|foreign|non-u\.?s|outside|rest of", re.I)
_STATEMENTS = frozenset({"income", "balance", "cash flow", "equity", "comprehensive income"})


def of_members(context: QuestionContext, intent: Intent, subject: Subject) -> Answer | None:
    """The answer to a question that compares segments; None when it is none, or the facts do not decide it."""
    comparison = read_comparison(intent) or read_member(intent)
    if comparison is None or subject.name is None or intent.scope == "parent":
        return None
    spans = _spans(comparison, intent, subject)
    context.trace.add("plan", comparison)
    with context.timed("retrieve"):
        told = [_Contest(context, comparison, intent, subject, span).parts() for span in spans]
    if not told or not all(told):
        context.trace.add("failed", "the facts do not decide between the members")
        return None
    parts = [part for one in told for part in one]
    used = [operand.stored for part, _ in parts for operand in _operands(part)]
    context.trace.add("evidence", [stored.id for stored in used], [stored.document_id for stored in used])
    if not intent.periods:
        context.warn(context.words["assumed"].format(span=spans[-1].words(context.language)))
    bound = endings.bind(context, [(part.text, found) for part, found in parts])
    if bound.unbound:
        context.trace.add("failed", "its figures are not bound to their sources")
        return None
    context.conversation.entity = subject.name
    return endings.release(context, bound)


def _operands(part: AnswerPart) -> list[Operand]:
    return [*(named.operand for named in part.operands), *(operand for computed in part.computed for operand in computed.operands.values())]


def _spans(comparison: SegmentComparison, intent: Intent, subject: Subject) -> list[FiscalSpan]:
    """The span named; of two, the later, if the other is the year before it (both, for one segment's figure); without any, the latest."""
    spans = spans_of(intent, subject.calendar)
    if len(spans) == 1 or (spans and comparison.group == "member" and comparison.measure != "change"):
        return all_between(intent, spans)
    if len(spans) == 2 and spans[0] == spans[1].prior:
        return spans[1:]
    ends = [parse_iso(document.period).end for document in subject.documents if document.period]
    last = span_ending(max(ends), subject.calendar) if ends and not intent.periods else None
    return [last] if last else []


class _Contest:
    """One comparison over the facts of one company at one span."""

    def __init__(self, context: QuestionContext, comparison: SegmentComparison, intent: Intent, subject: Subject, span: FiscalSpan) -> None:
        self.context, self.comparison, self.intent, self.subject, self.span = context, comparison, intent, subject, span
        self.words, self.language = context.words, context.language
        self.calendar = subject.calendar
        self.phrases = {m.name: (m.text, *(metrics()[m.name].say if m.name in metrics() else ())) for m in comparison.metric}
        self.concepts = {concept for m in comparison.metric if m.name in metrics() for concept in metrics()[m.name].concepts}

    def parts(self) -> list[tuple[AnswerPart, list[Evidence]]]:
        if self.comparison.group == "named" and (scores := activities(self.comparison, self.language, self._operand)):
            return self._said(self._ranked(scores))
        now = self._facts(self.span)
        if self.comparison.group == "line":
            rows = leaves(now, self.comparison.words[0], self.subject.published)
            return self._said(self._ranked([score for row in rows if (score := level(row))])) if rows else []
        groups = self._groups(now)
        if self.comparison.group == "pair":
            return self._pair(groups)
        if self.comparison.group == "member":
            return self._member(groups)
        ranked = [(group, found) for group in groups if (found := self._ranking(group, now))]
        if self.comparison.above is None:
            return self._said(self._agreed(self._best_kind(ranked)))
        sure = [
            pair for pair in ranked if speaks_of(pair[0], self.comparison.group) or (pair[0].across and self.comparison.group == "segment")
        ]
        return self._large(self._agreed(self._best_kind(sure)))

    # facts

    def _facts(self, span: FiscalSpan) -> list[StoredFact]:
        """The facts of the company whose period is the span."""
        wanted = span.at(self.calendar)
        years = {wanted.end.year, *(wanted.end.year + step for step in (-1, 1) if _near_new_year(wanted.end, step))}
        found: list[StoredFact] = []
        for year in sorted(years):
            query = FactQuery(entity=self.subject.name, period=str(year), collection=self.context.collection, limit=MANY)
            found += self.context.services.store.facts(self.context.principal, query)
        return [stored for stored in found if matches(stored.fact.period, wanted)]

    def _groups(self, now: Sequence[StoredFact]) -> list[Siblings]:
        """The groups that speak of the metric, of nothing narrower, and are of the kind asked for."""
        before = self._facts(self.span.prior) if self.comparison.measure != "level" else []
        titles = self._titles({stored.document_id for stored in now})
        spans = self.span.at(self.calendar), self.span.prior.at(self.calendar)
        every = chain(siblings(now, before, *spans, titles), crosswise(now, before, *spans, titles))
        shared = self._whole() if self.comparison.measure in ("level", "share") or self.comparison.group == "member" else None
        made = [group for group in every if len(group.rows) <= MOST]
        found = [group for group in made if self._fits(group) or (shared and self._shares_out(group, shared))]
        near = {(group.document, group.table) for group in found if self._named_in(group.near)}
        return [group for group in found if (group.document, group.table) not in near or self._named_in(group.near)]

    def _shares_out(self, group: Siblings, whole: Decimal) -> bool:
        """Whether rows add up to the company's own figure, so that nothing need say that they are its parts."""
        if self.comparison.group == "member":
            return any(group.makes_up(row, whole) for row in self._only_named(group.rows))
        return group.statement not in _STATEMENTS and self._adds_up_to(group, whole)

    def _titles(self, documents: set[str]) -> Mapping[tuple[str, int], str]:
        store, principal = self.context.services.store, self.context.principal
        return {
            (document, report.table): report.title
            for document in sorted(documents) for report in store.certificate(principal, document).table_reports if report.title
        }  # fmt: skip

    def _fits(self, group: Siblings) -> bool:
        if not self._named_in(group.context):
            return False
        said = self._question_words()
        if any(narrowing(text, said) for text in (*group.prefix, group.column)):
            return False
        if self.comparison.group == "type":
            return True
        lines = [row for row in group.rows if (fact := row.facts[0].fact).concept and fact.concept not in self.concepts]
        return not lines and group.statement not in _STATEMENTS

    def _named_in(self, context: str) -> bool:
        """Whether a text names the metric and all else that the question asks for."""
        phrases, words = self.phrases.values(), self.comparison.words
        named = all(any(holds(context, phrase) for phrase in one) for one in phrases) and all(holds(context, word) for word in words)
        return named and bool(phrases or words)

    def _question_words(self) -> frozenset[str]:
        phrases = [phrase for found in self.phrases.values() for phrase in found]
        kind = SAID_OF.get(self.comparison.group, "")
        kind = " ".join(SAID_OF.values()) if self.comparison.group == "member" else kind
        said = {token.text for phrase in (self.intent.question, *phrases, kind) for token in tokens(phrase)}
        if self.language == "zh":
            return frozenset([*phrases, *self.comparison.words, *kind.split()])
        return frozenset(said)

    # ranking

    def _ranking(self, group: Siblings, now: Sequence[StoredFact]) -> list[RankedSegment]:
        """The segments of one group in order, best first; empty where the facts do not decide it."""
        if _RECONCILED.search(group.title) or any(_RECONCILED.search(row.name) for row in group.rows):
            return []
        rows = self._parts(group)
        if self.comparison.group == "named":
            rows = self._only_named(rows)
        elif not (len(rows) >= 2 and group.adds_up(rows, now)):
            return []
        if self.comparison.group in KINDS and len(rows) == 2 and any(_ABROAD.search(row.name) for row in rows):
            return []  # a two-row split into domestic and foreign is not a regional breakdown
        ordered = self._order([row for row in rows if self.comparison.group == "type" or not is_rest(row)])
        rest = [score.value for row in rows if self.comparison.group == "region" and is_rest(row) and (score := level(row))]
        return [] if self.comparison.measure == "level" and any(value > ordered[0].value for value in rest if ordered) else ordered

    def _is_whole(self, row: BreakdownRow) -> bool:
        """Whether a row is the metric itself: "Revenues" below the revenues of all regions."""
        if row.facts[0].fact.concept in self.concepts:
            return True
        phrases = [phrase for found in self.phrases.values() for phrase in found]
        name = re.sub(r"^(?:total|net) ", "", name_of(row.name))
        company = {token.text for token in tokens(self.subject.name or "")}
        said = {token.text for phrase in phrases for token in tokens(phrase)} | {"brand"}
        if company & set(name.split()) and set(name.split()) <= company | said:
            return True  # "Northwind brand revenues" of Northwind
        return any(name in (name_of(phrase), re.sub(r"^(?:total|net) ", "", name_of(phrase))) for phrase in phrases)

    def _only_named(self, rows: Sequence[BreakdownRow]) -> list[BreakdownRow]:
        found = [[row for row in rows if same_name(row.name, name)] for name in self.comparison.named]
        if self.comparison.group == "member" and not found[0]:  # "China" for the only row with that word, "Greater China"
            found = [[row for row in rows if holds(row.name, self.comparison.named[0])]]
        return [rows[0] for rows in found] if all(len(rows) == 1 for rows in found) else []

    def _order(self, rows: Sequence[BreakdownRow]) -> list[RankedSegment]:
        """The rows ranked by what the question compares; where it may mean two measures, only if both have the same winner."""
        comparison = self.comparison
        if len(rows) < 2:
            return []
        levels = self._ranked([score for row in rows if (score := level(row))])
        if comparison.measure == "level":
            return levels if len(levels) == len(rows) else []
        rates = self._ranked(self._rates(rows))
        if len(rates) < len(rows) or not rates or not self._moved(rates[0]):
            return []
        if comparison.measure == "performance":
            return rates if levels and levels[0].row.number == rates[0].row.number else []
        if comparison.percent:
            return rates
        amounts = {row.number: found for row in rows if (found := amount(row)) is not None}
        best = (max if comparison.order == "high" else min)(amounts.values(), default=None)
        furthest = [number for number, found in amounts.items() if found == best]
        return rates if len(amounts) == len(rows) and furthest == [rates[0].row.number] else []

    def _ranked(self, scores: Sequence[RankedSegment]) -> list[RankedSegment]:
        """Best first; empty where the first two are equal or the units differ."""
        ordered = sorted(scores, key=lambda score: score.value, reverse=self.comparison.order == "high")
        units = {score.unit for score in scores}
        return [] if len(ordered) < 2 or ordered[0].value == ordered[1].value or len(units) > 1 else ordered

    def _moved(self, first: RankedSegment) -> bool:
        """The winner of "fell most" must have fallen, of "grew most" must have grown; for "performed best" any sign counts."""
        if self.comparison.measure == "performance":
            return True
        return first.value < 0 if self.comparison.falls else first.value > 0 or self.comparison.order == "low"

    def _rates(self, rows: Sequence[BreakdownRow]) -> list[RankedSegment]:
        return [score for row in rows if (score := rate(row, self.span, self._growth_of(row)))]

    def _growth_of(self, row: BreakdownRow) -> str:
        return self.words["member_growth"].format(member=display(row.name), title=self.comparison.title)

    def _best_kind(self, ranked: list[tuple[Siblings, list[RankedSegment]]]) -> list[tuple[Siblings, list[RankedSegment]]]:
        """The rankings of the kind asked for. Those that add up to the company's figure go first; where there is such a figure, a table
        that does not say its kind must add up to it.
        """
        kind = KINDS.get(self.comparison.group)
        if kind is None:
            return ranked
        own = [pair for pair in ranked if speaks_of(pair[0], self.comparison.group)]
        silent = [pair for pair in ranked if self._may_be(pair[0])]
        whole = self._whole()
        if whole is None:
            sure = [[pair for pair in pairs if self._says_whole(pair[0])] for pairs in (own, silent)]
            return sure[0] or sure[1]
        in_full = [[pair for pair in pairs if self._adds_up_to(pair[0], whole)] for pairs in (own, silent)]
        nearly = [[pair for pair in own if self._is_near(pair[0], whole, apart)] for apart in (CLOSE, UNSHARED)]
        return in_full[0] or nearly[0] or in_full[1] or nearly[1]

    def _may_be(self, group: Siblings) -> bool:
        """Whether a table that does not say its kind may be of the one asked for: segments may be called regions, products not."""
        kind = self.comparison.group
        if kind == "segment" and of_places(group.rows):
            return True
        if (group.across and kind != "segment") or (kind == "region" and KINDS["product"].search(group.context)):
            return False
        return not any(speaks_of(group, other) for other in KINDS)

    def _whole(self) -> Decimal | None:
        """The company's own figure for the metric, where it is one printed line."""
        if len(self.comparison.metric) != 1 or self.comparison.words or self.comparison.metric[0].formula:
            return None
        name = self.comparison.metric[0].name
        operand = self._operand(name)
        if operand is None:
            return None
        outflow = name in metrics() and metrics()[name].outflow  # printed as a negative in a cash flow statement alone
        return abs(operand.stored.fact.value) if outflow else operand.stored.fact.value

    def _says_whole(self, group: Siblings) -> bool:
        """Whether the metric is named near the rows or is their total: a title alone may only mention it ("deductions from revenues")."""
        words = self.comparison.words
        specific = bool(words) and all(holds(group.near, word) for word in words)
        near = not self.comparison.metric or specific or self._named_in(group.near)
        return near or self._titled(group.title) or any(self._is_whole(row) for row in group.rows if not group.across)

    def _titled(self, title: str) -> bool:
        """Whether a title ends with the metric or says "revenues by …": it is the table's subject, not what something is deducted from."""
        names = (re.escape(name_of(phrase)) for phrases in self.phrases.values() for phrase in phrases)
        return re.search(rf"(?<!\bfrom )(?<!\bof )(?<!\bto )(?<!\bin )\b(?:{'|'.join(names)})(?: by\b|$)", name_of(title)) is not None

    def _adds_up_to(self, group: Siblings, whole: Decimal) -> bool:
        return group.adds_up_to(self._parts(group), whole)

    def _is_near(self, group: Siblings, whole: Decimal, apart: Decimal = UNSHARED) -> bool:
        """Whether the parts make up the company's figure but for what is not shared out among them: corporate costs, eliminations."""
        reached = sum((row.level.fact.value for row in self._parts(group) if row.level), Decimal(0))
        return abs(reached - whole) <= apart * abs(whole)

    def _nearly_all(self, group: Siblings, whole: Decimal) -> bool:
        """Whether rows that are said to be regions, segments or products of the metric make up nearly all of the company's figure: income
        outside the main business belongs to none of them.
        """
        return self._fits(group) and any(speaks_of(group, kind) for kind in KINDS) and self._is_near(group, whole, CLOSE)

    def _parts(self, group: Siblings) -> list[BreakdownRow]:
        whole = {row.number for row in group.rows if not group.across and self._is_whole(row)}
        return group.parts({row.number: row.number in whole or _SUMMARY.search(row.name) is not None for row in group.rows})

    def _agreed(self, ranked: Sequence[tuple[Siblings, list[RankedSegment]]]) -> list[RankedSegment]:
        """The ranking of the latest filing, then of most segments; empty where the groups have different winners."""
        if len({name_of(found[0].row.name) for _, found in ranked}) != 1:
            return []
        best = max(ranked, key=lambda pair: (self.subject.published.get(pair[0].document, ""), self._is_of(pair[0]), len(pair[1])))
        return best[1]

    def _is_of(self, group: Siblings) -> bool:
        """Whether the columns of a row are the metric's own: of "Third party" and "Total net operating revenues" the second."""
        return group.across and group.rows[0].facts[0].fact.concept in self.concepts

    def _operand(self, name: str) -> Operand | None:
        plan = Plan("value", (PlannedExpression(name, name, None),), (self.span,))
        return fetch.operands(self.context, plan, self.intent, self.subject).find(name, self.span)

    def _pair(self, groups: Sequence[Siblings]) -> list[tuple[AnswerPart, list[Evidence]]]:
        """The growth of the two segments named, where all groups that hold both agree on it."""
        found = []
        for group in groups:
            rows = self._only_named(group.rows)
            rates = self._rates(rows)
            if len(rates) == 2:
                found.append((group, rates))
        if not found or any(abs(a.value - b.value) > HALF_POINT for _, rates in found for a, b in zip(rates, found[0][1], strict=True)):
            return []
        best = max(found, key=lambda pair: self.subject.published.get(pair[0].document, ""))[1]
        return self._teller().pair(best)

    def _member(self, groups: Sequence[Siblings]) -> list[tuple[AnswerPart, list[Evidence]]]:
        """One segment of groups that make up the company's figure, where all that hold it print the same."""
        whole = self._operand(self.comparison.metric[0].name)
        if whole is None:
            return []
        total = whole.stored.fact.value
        found = [
            (group, row) for group in groups for row in self._only_named(group.rows)
            if row.level and (group.makes_up(row, total) or self._nearly_all(group, total) or (group.totals and self._fits(group)))
        ]  # fmt: skip
        found = [pair for pair in found if self._is_of(pair[0])] or found
        if len({row.level.fact.value for _, row in found if row.level}) != 1:
            return []
        row = max(found, key=lambda pair: self.subject.published.get(pair[0].document, ""))[1]
        match self.comparison.measure:
            case "share":
                score = share(row, whole, self.comparison.title)
            case "change":
                score = rate(row, self.span, f"{self.comparison.title} growth")
            case _:
                score = level(row)
        return self._teller().member(score) if score else []

    def _large(self, ranked: Sequence[RankedSegment]) -> list[tuple[AnswerPart, list[Evidence]]]:
        """The segments whose share is above the one asked for; the largest where none is."""
        whole, above = self._operand(self.comparison.metric[0].name), self.comparison.above
        shares = [score for one in ranked if whole and (score := share(one.row, whole, self.comparison.title))]
        if above is None or len(shares) < len(ranked) or not shares:
            return []
        large = [score for score in shares if score.value > above]
        told = replace(self.comparison, group="member", measure="share")
        return self._teller(told).large(large or shares[:1], above, holds=bool(large))

    def _said(self, ranked: Sequence[RankedSegment]) -> list[tuple[AnswerPart, list[Evidence]]]:
        return self._teller().ranking(ranked) if ranked else []

    def _teller(self, comparison: SegmentComparison | None = None) -> Teller:
        called, names = self.context.called(self.subject), (*self.subject.names, *self.context.spoken)
        return Teller(comparison or self.comparison, self.span, called, names, self.intent.wish, self.language, self.calendar)


def _near_new_year(day: date, step: int) -> bool:
    """Whether a period that drifts by some days may end in the next year (step 1) or in the one before."""
    return day.month == (12 if step > 0 else 1) and (day.day > 20 if step > 0 else day.day < 11)

"""Operands: the one fact that a concept means at a fiscal span, out of all that the documents print.

Consolidated before parent (unless asked), without dimensions before with, the primary statement before notes and summaries, of notes that
whose headings have words of the question, the later document before the earlier; where the question names a note, that alone. What
differs between two documents is said (``Operand.earlier``); what differs within one rank is a conflict.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import combinations

from finfoundry.ask.compute.cash_flow_lines import CASH, at_close, at_opening, is_first_or_last
from finfoundry.ask.compute.owners_part import of_owners
from finfoundry.ask.compute.renamed_line import OfStatement, renamed_line
from finfoundry.ask.compute.same_line import same_line
from finfoundry.ask.compute.tax_tables import is_tax_on_a_line
from finfoundry.ask.compute.unprinted_totals import ANCHORS, lines_of_total
from finfoundry.ask.lexicon.metric_terms import Metric
from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.ask.lexicon.spans import FiscalSpan, matches
from finfoundry.ask.lexicon.vocabulary import tokens
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.understand.named_section import NamedSection, heading_words
from finfoundry.ask.understand.stored_labels import (
    differs,
    finest,
    in_order,
    key,
    keys_of,
    label_key,
    namesakes,
    with_minorities,
    without_notes,
)
from finfoundry.core.document import Scope
from finfoundry.core.language import has_han
from finfoundry.core.periods import FiscalYear, Period, parse_iso

PRIMARY = frozenset({"balance", "income", "cash flow"})
FULL_STATEMENT = 8  # known lines from which a table is a statement rather than a summary
SURPLUS = 3  # words that a printed label may have beyond those asked for, if as many are asked for
LONG = 8  # characters from which a Chinese label may be matched more loosely
OF_ONE_SIGN = {  # what may be set free as well as taken off, with what is always taken off beside it
    "UnearnedPremiumsChange": ("PremiumsCeded",), "InsuranceReservesIncrease": ("ClaimsPaidGross",),
    "InsuranceReservesIncreaseNet": ("ClaimsPaidNet", "ClaimsPaidGross"),
}  # fmt: skip
TAX, BEFORE_TAX = "IncomeTaxExpenseBenefit", "IncomeLossBeforeIncomeTaxes"
AFTER_TAX = ("ProfitLoss", "NetIncomeLoss", "IncomeLossFromContinuingOperations")
CONTINUED_PAGES = 2
ONLY_STATEMENT = 3  # the same of the only table of its paper
CONTINUED_LINES = 4  # known lines of a page from which it may be one of a statement
WITH_MINORITIES = ("ProfitLoss", "NetIncomeLoss")  # the whole profit, and what of it is the shareholders'
SENTENCE = 6  # words from which a heading is a sentence about the table
MOST_NAMES = 4  # of a metric, the usual ones, that are looked up as labels
MOST_RIVALS = 8  # figures of one label among which a sum is looked for
STATEMENT_PAGES = 3  # how far its continuation may lie from its fullest page
SURELY_READ = 0.9  # the confidence from which a figure is


@dataclass(frozen=True, slots=True)
class TableLines:
    """A table of one statement: how many known lines it has, on which page, and whether its labels are Chinese."""

    lines: int
    page: int
    chinese: bool = False


@dataclass(frozen=True, slots=True)
class Operand:
    """A fact in its role. ``earlier`` is what a document that is no later printed for the same thing, if it differs; ``rivals`` are values
    of the same rank in the same document; ``namesakes`` are values that the same document prints under another name of the metric.
    """

    name: str
    span: FiscalSpan
    stored: StoredFact
    cost: bool = False  # a negative that is an amount where it is set against a whole
    flipped: bool = False  # the sign is inverted: the statement prints the outflow as a negative
    earlier: StoredFact | None = None
    rivals: tuple[StoredFact, ...] = ()
    namesakes: tuple[StoredFact, ...] = ()
    asked_as: str = ""  # the label asked for, where its paper calls the line otherwise

    @property
    def value(self) -> Decimal:
        return -self.stored.fact.value if self.flipped else self.stored.fact.value


@dataclass(slots=True)
class Operands:
    """Finds operands for one entity.

    ``fetch(concept, label)`` returns the candidate facts of all periods; ``weigh(document, statement)`` how many known lines each table of
    that statement has, by which the statement itself is separated from summaries of it.
    """

    fetch: Callable[[str | None, str | None], Sequence[StoredFact]]
    weigh: Callable[[str, str], Mapping[int, TableLines]]
    calendar: FiscalYear
    metrics: Mapping[str, Metric]
    said: str  # the question: its own words for a metric go before others
    labels: Mapping[str, str]
    published: Mapping[str, str]  # document id -> ISO date or period of the document: the later document wins
    scope: Scope = "consolidated"
    exact: bool = False  # a label's row has its words, and no more
    rows: Mapping[str, Sequence[StoredFact]] = field(default_factory=dict)  # the figures of metrics that were found as lines
    on_page: Callable[[str, int], Sequence[StoredFact]] | None = None  # the facts of a page, for totals that are not printed
    headings: Callable[[StoredFact], tuple[str, ...]] = lambda _: ()  # those over the table of a figure, the innermost last
    section: NamedSection | None = None  # in which alone figures are looked for
    statements: tuple[str, ...] = ()  # that the question points to
    telling: frozenset[str] = frozenset()  # words of the question by which it may mean one of several tables
    compared: bool = False  # with those of other companies: of years alone, where no period is named
    of_statement: OfStatement | None = None  # the facts of a statement in all papers, of a year
    undecided: list[list[StoredFact]] = field(default_factory=list)  # figures under one label of one document, none of which was taken
    _cache: dict[str, list[StoredFact]] = field(default_factory=dict)

    def find(self, name: str, span: FiscalSpan) -> Operand | None:
        """The operand, or None when no document holds it."""
        if (operand := self._found(name, span, self.candidates(name))) is not None or name not in self.labels:
            return operand
        operand = self._found(name, span, self._under_other_names(name)) if not self._printed_for(name, span) else None
        return replace(operand, asked_as=self.labels[name]) if operand else None

    def _printed_for(self, name: str, span: FiscalSpan) -> bool:
        """Whether anything under a name is of that time, though nothing of it was taken."""
        return any(matches(one.fact.period, span.at(self.calendar)) for one in self.candidates(name))

    def _under_other_names(self, name: str) -> list[StoredFact]:
        """Figures of a label's line in papers that call it otherwise."""
        kept = f"{name} renamed"
        if kept not in self._cache:
            own = [one for one in self.candidates(name) if not _surplus(one, self.labels[name])]
            self._cache[kept] = renamed_line(own, self.fetch, self.of_statement) if own and self.of_statement else []
        return self._cache[kept]

    def _found(self, name: str, span: FiscalSpan, candidates: Sequence[StoredFact]) -> Operand | None:
        metric = self.metrics.get(name) or Metric(name, (), ())
        wanted = span.at(self.calendar)
        found = [one for one in candidates if _fits(one, wanted, metric) and _called(one, metric) and self._in_section(one)]
        found = [stored for stored in found if not is_tax_on_a_line(stored, metric)]
        if not (found := of_owners(found, metric)):
            return None
        found.sort(key=lambda stored: self._rank(stored, name, metric), reverse=True)
        return self._chosen(found, name, span, metric)

    def lines(self, name: str, span: FiscalSpan) -> list[Operand]:
        """The lines that make up a total that is not printed (``unprinted_totals``); none where nobody can say which they are."""
        anchor = self.find(ANCHORS[name], span) if name in ANCHORS and self.on_page else None
        if anchor is None or self.on_page is None or anchor.stored.structured or anchor.stored.fact.table is None:
            return []
        page = self.on_page(anchor.stored.document_id, anchor.stored.fact.page)
        outflow = (self.metrics.get(name) or Metric(name, (), ())).outflow
        found = lines_of_total(name, anchor.stored, page)
        return [Operand(name, span, line, flipped=bool(outflow and line.fact.value < 0)) for line in found]

    def candidates(self, name: str) -> list[StoredFact]:
        """Facts of all periods that may be meant by a name: of its concept, or with its label's words."""
        if name not in self._cache:
            self._cache[name] = list(self.rows[name]) if name in self.rows else self._candidates(name)
        return self._cache[name]

    def _candidates(self, name: str) -> list[StoredFact]:
        if label := self.labels.get(name):
            found = self._labelled(label)
            found += same_line(found, self.fetch)
            plain = re.sub(r"^total\s+", "", label, flags=re.IGNORECASE)  # not every total says so, but then it must be all of the label
            return found if found or plain == label else [stored for stored in self._labelled(plain) if not _surplus(stored, plain)]
        metric = self.metrics.get(name) or Metric(name, (), ())
        found = [*(stored for concept in metric.concepts for stored in self.fetch(concept, None)), *self._by_name(metric)]
        if metric.name == CASH:
            found += at_close(metric, self.fetch)
        return found or self._by_other_names(metric) or (at_opening(metric, self.fetch) if metric.statement == "income" else [])

    def _by_other_names(self, metric: Metric) -> list[StoredFact]:
        """Lines of the statement, none of a known concept, that are called by a name of the metric, or by its total's: "Equity"."""
        names = {re.sub(r"^total\s+", "", own) for own in keys_of(metric)[:MOST_NAMES]} if metric.statement in PRIMARY else set()
        found = [stored for name in sorted(names) for stored in self.fetch(None, name)]
        return [one for one in found if one.fact.concept is None and one.fact.statement == metric.statement and label_key(one) in names]

    def _by_name(self, metric: Metric) -> list[StoredFact]:
        """Lines of the statement, whatever their concept, that are called as the question calls the metric: the "Net sales" of a "Total
        revenue"; by more than a word, since "sales" is said of all revenue, next to a line of "Services", too.
        """
        words = f" {self._said_key} "
        said = [phrase for phrase, own in zip(metric.say, keys_of(metric), strict=True) if f" {own} " in words and not has_han(phrase)]
        if not said or metric.statement not in PRIMARY:
            return []
        phrase = key(max(said, key=len))
        if " " not in phrase:
            return []
        return [
            stored for stored in self.fetch(None, phrase)
            if stored.fact.concept not in metric.concepts and stored.fact.statement == metric.statement and stored.fact.metric
            and label_key(stored) == phrase
        ]  # fmt: skip

    def _labelled(self, label: str) -> list[StoredFact]:
        most = 0 if self.exact else _spare(label)
        found = [
            stored
            for stored in self.fetch(None, label)
            if covers(stored, label) and in_order(stored, label) and len(surplus := _surplus(stored, label)) <= most
            and not (surplus & word_list("movements") or _is_total_of_a_part(stored, label, surplus))
            and _of_kind(stored, label) and not _narrowed(stored, label)
        ]  # fmt: skip
        amounts = {_row_of(stored) for stored in found if stored.fact.unit != "ratio"}
        return [stored for stored in found if stored.fact.unit != "ratio" or _row_of(stored) not in amounts]  # shares beside amounts

    def printed(self, name: str) -> bool:
        """Whether a label is that of a row, word for word."""
        wanted = _bare(self.labels[name])
        return any(wanted == _bare(stored.fact.metric[-1]) for stored in self.candidates(name) if stored.fact.metric)

    def spans(self, name: str) -> list[FiscalSpan]:
        """The fiscal years for which a name is there, the latest first."""
        years = {self.calendar.year_of(parse_iso(stored.fact.period).end) for stored in self.candidates(name)}
        return [FiscalSpan(year) for year in sorted(years, reverse=True) if self.find(name, FiscalSpan(year))]

    def _rank(self, stored: StoredFact, name: str, metric: Metric) -> tuple[bool | int | float, ...]:
        fact = stored.fact
        return (
            fact.scope == self.scope,
            not fact.dimensions,
            -len(_surplus(stored, self.labels[name])) if name in self.labels else 0,
            metric.statement is not None and fact.statement == metric.statement,
            fact.statement in self.statements,
            self._as_said(stored, metric) if self._weight(stored) >= CONTINUED_LINES and self._is_statement(stored, metric) else 0,
            not (metric.concepts[:2] == WITH_MINORITIES and with_minorities(stored)),
            -metric.concepts.index(fact.concept) if fact.concept in metric.concepts else -len(metric.concepts),
            self._is_statement(stored, metric),
            self._weight(stored),
            0 if name in self.labels else self._closeness(stored, metric),
            0 if fact.statement in PRIMARY else self._told_over(stored),
            fact.confidence >= SURELY_READ,
        )

    def _in_section(self, stored: StoredFact) -> bool:
        """Whether a figure stands in the section that the question names, where it names one."""
        return self.section is None or self.section.names(self.headings(stored))

    def _told_over(self, stored: StoredFact) -> int:
        """How many words of the question the headings over the fact's table have, beyond those of its own label."""
        left = self.telling - heading_words(" ".join(stored.fact.metric))
        return len(left & heading_words(" ".join(self.headings(stored)))) if left else 0

    def _as_said(self, stored: StoredFact, metric: Metric) -> int:
        """Words of the row's label, where the question says just them and they name the metric: "net sales" next to a "Total revenue" with
        membership fees in it.
        """
        label = label_key(stored)
        known = label in keys_of(metric)
        return len(label.split()) if known and f" {label} " in f" {self._said_key} " else 0

    def _weight(self, stored: StoredFact) -> int:
        """Known lines in the fact's table, where it is a statement's."""
        fact = stored.fact
        if stored.structured or fact.statement is None or fact.table is None:
            return 0
        table = self.weigh(stored.document_id, fact.statement).get(fact.table)
        return table.lines if table else 0

    def _closeness(self, stored: StoredFact, metric: Metric) -> float:
        """How well the fact's own label is the metric's name: as the question says it, the usual phrase, another phrase."""
        label = label_key(stored)
        phrases = keys_of(metric)
        if label in phrases and label and label in self._said_key:
            return 3
        if stored.structured and label in phrases:
            return 2 - phrases.index(label) / len(phrases)  # of two columns of one concept, the usual name
        return 2 if phrases and label == phrases[0] else 1 if label in phrases else 0

    @property
    def _said_key(self) -> str:
        return key(self.said)

    def _chosen(self, found: Sequence[StoredFact], name: str, span: FiscalSpan, metric: Metric) -> Operand | None:
        """The best fact of the latest document that has one as good as any; what the others print is kept with it. None where the best is
        of another scope or not to be trusted, or where facts of one label differ and none is their sum.
        """
        if found[0].fact.scope != self.scope:
            return None
        best_of: dict[str, StoredFact] = {}
        for stored in found:
            best_of.setdefault(stored.document_id, stored)
        grade = max(self._grade(stored, name, metric) for stored in best_of.values())
        good = [stored for stored in best_of.values() if self._grade(stored, name, metric) == grade]
        best = max(good, key=lambda stored: self.published.get(stored.document_id, ""))
        if not self._trusted(best, found, metric):
            self._leave_undecided(best, found)
            return None
        best = finest(best, found)
        rank = self._rank(best, name, metric)
        rivals = [s for s in found if s.document_id == best.document_id and self._rank(s, name, metric) == rank and differs(s, best)]
        if name in self.labels and rivals:
            whole = whole_of([best, *rivals])
            if whole is None:
                self._leave_undecided(best, found)
                return None
            best, rivals = whole, []
        agree = {one.document_id for one in found if not differs(one, best) and self._grade(one, name, metric) == grade}
        earlier = next((stored for stored in good if stored.document_id not in agree), None)
        flipped = (metric.outflow and best.fact.value < 0) or self._deducted(best)
        alike = tuple(namesakes(best, found, metric)) if f" {label_key(best)} " in f" {self._said_key} " else ()
        return Operand(name, span, best, metric.cost and best.fact.value < 0, flipped, earlier, tuple(rivals), alike)

    def _leave_undecided(self, best: StoredFact, found: Sequence[StoredFact]) -> None:
        """Keep all that the best one's document prints under its label, where figures differ, so that whoever asks can be told of them."""
        own = (best.document_id, label_key(best), best.fact.scope, best.fact.dimensions)
        alike = [one for one in found if (one.document_id, label_key(one), one.fact.scope, one.fact.dimensions) == own]
        if any(differs(one, best) for one in alike):
            self.undecided.append([best, *(one for one in alike if one is not best)])

    def _deducted(self, stored: StoredFact) -> bool:
        """Whether a line that is taken off is printed with the sign with which it enters the sum: of a tax, income before it and the line
        make net income.
        """
        if always := OF_ONE_SIGN.get(stored.fact.concept or ""):
            return any(one.fact.value < 0 for name in always for one in self.fetch(name, None) if _beside(one, stored))
        if stored.fact.concept != TAX:
            return False
        before, *after = ([one.fact for one in self.fetch(name, None) if _beside(one, stored)] for name in (BEFORE_TAX, *AFTER_TAX))
        sums = [first.value + stored.fact.value for first in before]
        step = stored.fact.scale.scaleb(-stored.fact.precision)
        return stored.fact.value != 0 and any(abs(total - net.value) <= step for total in sums for found in after for net in found)

    def _trusted(self, best: StoredFact, found: Sequence[StoredFact], metric: Metric) -> bool:
        """A line of the statement itself. Where a filing with such a line holds that statement, one of the same name elsewhere is a part of
        it, a subsidiary's or an affiliate's, but for a figure per share; where none does, the line must be the metric's own, and all agree.
        """
        if self._is_statement(best, metric) or not metric.concepts:
            return True
        if self.section is not None:  # all found stand in it
            own = (self.scope, best.fact.dimensions)
            return not any(differs(one, best) for one in found if (one.fact.scope, one.fact.dimensions) == own)
        if best.fact.concept is None and is_first_or_last(best, metric):
            return not any(differs(one, best) for one in found if one.fact.scope == self.scope and not one.fact.dimensions)
        per_share = (best.fact.unit or "").endswith("/share") and not best.fact.dimensions  # of no part of it, but of its shares
        documents = {stored.document_id for stored in found}
        if metric.statement in PRIMARY and not per_share and any(self._primaries(id, metric.statement) for id in documents):
            return False
        closest = best.fact.concept == metric.concepts[0] and (metric.statement not in PRIMARY or self._closeness(best, metric) > 0)
        rivals = [one for one in found if one.fact.scope == self.scope and not one.fact.dimensions]
        if best.fact.confidence >= SURELY_READ:  # what was hardly read disputes nothing
            rivals = [one for one in rivals if one.fact.confidence >= SURELY_READ]
        if best.fact.statement == metric.statement:  # of the short statement itself; what stands for it elsewhere is another line
            rivals = [one for one in rivals if one.fact.concept == best.fact.concept]
        return closest and not any(differs(one, best) for one in rivals)

    def _primaries(self, document: str, statement: str) -> list[TableLines]:
        """The tables that are the statement (the first of its pages each): in each language the one with most known lines, those on the
        pages that it goes on to among them; of two alike the first.
        """
        known = list(self.weigh(document, statement).values())
        if len(known) == 1 and known[0].lines >= ONLY_STATEMENT:  # a short one that is the only one is no summary of another
            return known
        tables = sorted((table for table in known if table.lines >= CONTINUED_LINES), key=lambda t: t.page)
        alike = [[table for table in tables if table.chinese == chinese] for chinese in (False, True)]
        return [best for group in alike if (best := _fullest(group)) and best.lines >= FULL_STATEMENT]

    def _is_statement(self, stored: StoredFact, metric: Metric) -> bool:
        fact = stored.fact
        if stored.structured:
            return True  # a wide table's column says what its figures are
        if metric.statement in PRIMARY and fact.statement not in (metric.statement, None):
            return False  # the change of a payable, in the cash flow statement, is no payable
        statement = fact.statement or (metric.statement if metric.statement in PRIMARY else None)
        primaries = self._primaries(stored.document_id, statement) if statement else []
        after = [fact.page - primary.page for primary in primaries]
        # A continuation without a heading is on the pages behind.
        return any(abs(pages) <= STATEMENT_PAGES if fact.statement else 0 < pages <= CONTINUED_PAGES for pages in after)

    def _grade(self, stored: StoredFact, name: str, metric: Metric) -> tuple[bool | int, ...]:
        """What must be equal for a later document to go before an earlier: not how many lines its table has."""
        scope, plain, exact, own, named, said, parent, order, primary, _, close, over, _ = self._rank(stored, name, metric)
        whole = bool(scope), bool(plain), int(exact), bool(own), bool(named), int(said), bool(parent), int(order)
        return *whole, bool(primary), int(close), int(over)


def _fullest(tables: Sequence[TableLines]) -> TableLines | None:
    """The first page of the table with most known lines, each counted with the pages that it goes on to; ``tables`` in order of pages."""
    whole = [TableLines(sum(part.lines for part in _goes_on(tables[place:])), first.page) for place, first in enumerate(tables)]
    return max(whole, key=lambda table: (table.lines, -table.page), default=None)


def _goes_on(tables: Sequence[TableLines]) -> list[TableLines]:
    """The first table and those on the pages right after it, one a page."""
    found = [tables[0]]
    for table in tables[1:]:
        if table.page == found[-1].page + 1 and len(found) < CONTINUED_PAGES + 1:
            found.append(table)
    return found


def whole_of(rivals: Sequence[StoredFact]) -> StoredFact | None:
    """Of figures that one filing prints under one label, the one that is the sum of others (a product over all regions); None where none
    is, as any of them might be meant.
    """
    distinct: list[StoredFact] = []
    for stored in rivals:
        if not any(not differs(stored, other) for other in distinct):
            distinct.append(stored)
    largest = max(distinct, key=lambda stored: abs(stored.fact.value))
    others = [stored.fact for stored in distinct if stored is not largest][:MOST_RIVALS]
    for size in range(2, len(others) + 1):
        for parts in combinations(others, size):
            slack = sum((fact.scale.scaleb(-fact.precision) for fact in (largest.fact, *parts)), Decimal(0)) / 2
            if abs(sum((fact.value for fact in parts), Decimal(0)) - largest.fact.value) <= slack:
                return largest
    return None


def _row_of(stored: StoredFact) -> tuple[str, int | None, int | None]:
    return stored.document_id, stored.fact.table, stored.fact.row


def _beside(one: StoredFact, other: StoredFact) -> bool:
    """Whether two facts are of one column and period of one table."""
    key = (other.document_id, other.fact.table, other.fact.column, other.fact.period)
    return other.fact.table is not None and (one.document_id, one.fact.table, one.fact.column, one.fact.period) == key


def _fits(stored: StoredFact, wanted: Period, metric: Metric) -> bool:
    instant = "/" not in stored.fact.period
    return (metric.instant is None or metric.instant == instant) and matches(stored.fact.period, wanted)


def _called(stored: StoredFact, metric: Metric) -> bool:
    """A wide table's column is meant only under the metric's own names: where its cell is empty, another column is no substitute."""
    names = keys_of(metric)
    return not stored.structured or not names or label_key(stored) in names


def covers(stored: StoredFact, label: str) -> bool:
    """Whether a fact's label path (or its dimensions) holds all words of a label."""
    held = {token.text for token in tokens(" ".join((*stored.fact.metric, *(member for _, member in stored.fact.dimensions))))}
    return {token.text for token in tokens(label)} <= held


def _narrowed(stored: StoredFact, label: str) -> bool:
    """Whether a short heading that gives words of the label says more than they do: "Intersegment sales" over a row is not its sales."""
    if has_han(label) or stored.structured:
        return False
    own = {token.text for token in tokens(stored.fact.metric[-1] if stored.fact.metric else "")}
    wanted = {token.text for token in tokens(label)}
    known = wanted | word_list("empty") | word_list("structure") | {token.text for token in tokens(stored.fact.entity or "")}
    headings = [{token.text for token in tokens(part)} for part in stored.fact.metric[:-1]]
    giving = [words for words in headings if words & (wanted - own)]
    return bool(giving) and all(len(words - known) > 0 and len(words) <= SENTENCE for words in giving)


def _is_total_of_a_part(stored: StoredFact, label: str, surplus: set[str]) -> bool:
    """Whether all is asked for ("backlog in total") and a row tells the total of something narrower: "Total building products"."""
    totals = all(
        "total" in {token.text for token in tokens(text)} for text in (label, stored.fact.metric[-1] if stored.fact.metric else "")
    )
    return totals and bool(surplus - word_list("neutral") - word_list("empty") - word_list("structure"))


_RATE = re.compile(r"(?:率|比例|比重|占比|比率|百分比|收入比|贷比|幅度?|增速)$|[%％]|利差|息差")
_HEADS = re.compile(r"(?:员工|人员|职工|人数|户数|总人数)$")
_RATIO = re.compile(r"^returns?\b|\b(?:ratio|margin|yield|percentage)\b", re.IGNORECASE)
_PER_SHARE = re.compile(r"\bper\b.*\bshare\b", re.IGNORECASE)


def _spare(label: str) -> int:
    """How many words more a printed label may have; of Han characters as many as a long label has itself."""
    size = len(tokens(label))
    return size if has_han(label) and size >= LONG else min(SURPLUS, size)


def _of_kind(stored: StoredFact, label: str) -> bool:
    """Whether a fact is what a Chinese label names: a rate is a ratio, and an amount is none."""
    if stored.structured:
        return True
    if not has_han(label):
        unit = stored.fact.unit or ""
        return "/" in unit if _PER_SHARE.search(label) else unit == "ratio" if _RATIO.search(label) else True
    if _HEADS.search(label) and "/" not in (stored.fact.unit or "") and stored.fact.unit not in ("count", "shares", "ratio"):
        return False  # a headcount cannot be an amount of money
    rate = _RATE.search(without_notes(label)) is not None
    return rate == (stored.fact.unit == "ratio") or (
        not rate and _bare(stored.fact.metric[-1] if stored.fact.metric else "") == _bare(label)
    )


def _bare(label: str) -> str:
    """A label without notes, units and 的."""
    return "".join(token.text for token in tokens(without_notes(label).replace("总额", "额")) if token.text != "的")


def _surplus(stored: StoredFact, label: str) -> set[str]:
    """Words of the fact's own label that the wanted label does not have: the fewer, the closer."""
    wanted = {token.text for token in tokens(label)}
    own = stored.fact.metric[-1] if stored.fact.metric else ""
    return {token.text for token in tokens(without_notes(own)) if token.text not in wanted}

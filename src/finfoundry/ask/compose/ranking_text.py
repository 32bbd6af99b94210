"""Rankings as sentences: the first two segments of a company with their figures, and the companies that a query found."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from finfoundry.ask.compose import answer_evidence
from finfoundry.ask.compose.answer_evidence import AnswerPart, named_operand
from finfoundry.ask.compose.printed_numbers import show_number
from finfoundry.ask.compose.sentences import apart, owner, templates, verb_of
from finfoundry.ask.compute.breakdown_rows import BreakdownRow
from finfoundry.ask.compute.operands import Operand
from finfoundry.ask.compute.ranking_sql import Compiled, limit_names
from finfoundry.ask.compute.results import Computed
from finfoundry.ask.lexicon.polarity import polarity
from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.ask.lexicon.spans import FiscalSpan
from finfoundry.ask.plan.company_selection import Selection, Threshold
from finfoundry.ask.plan.expressions import PlannedExpression
from finfoundry.ask.understand.comparison import SegmentComparison
from finfoundry.ask.understand.intent import Wish
from finfoundry.binding.evidence import CellEvidence, Evidence, RowEvidence
from finfoundry.binding.expression import evaluate
from finfoundry.core.answer import Language
from finfoundry.core.periods import FiscalYear
from finfoundry.core.quantities.numbers import find_numbers
from finfoundry.knowledge.datasets.sql_check import QueryResult


@dataclass(frozen=True, slots=True)
class RankedSegment:
    """A segment with what it is compared by: a printed figure, or one computed from two."""

    row: BreakdownRow
    value: Decimal
    shown: StoredFact | None
    computed: Computed | None = None

    @property
    def unit(self) -> str | None:
        return self.shown.fact.unit if self.shown else self.computed.unit if self.computed else None


def level(row: BreakdownRow) -> RankedSegment | None:
    return RankedSegment(row, row.level.fact.value, row.level) if row.level else None


def rate(row: BreakdownRow, span: FiscalSpan, title: str) -> RankedSegment | None:
    """The printed rate of change, else the computed one; None where there is nothing to compare with, or it was a loss."""
    if row.change is not None:
        return RankedSegment(row, row.change.fact.value, row.change)
    if row.level is None or row.before is None or row.before.fact.value <= 0:
        return None
    value = evaluate(_RATE, {"now": row.level.fact.value, "before": row.before.fact.value})
    operands = {"now": Operand("now", span, row.level), "before": Operand("before", span.prior, row.before)}
    return RankedSegment(row, value, None, Computed(PlannedExpression(title, _RATE, "percent"), span, value, "ratio", _RATE, operands))


def share(row: BreakdownRow, whole: Operand, title: str) -> RankedSegment | None:
    """A segment's share of the company's figure; None where the segment has no amount, or the company's is zero."""
    if row.level is None or not whole.stored.fact.value:
        return None
    operands = {"part": Operand("part", whole.span, row.level), "whole": whole}
    value = evaluate(_SHARE, {"part": row.level.fact.value, "whole": whole.stored.fact.value})
    item = PlannedExpression(f"{display(row.name)} share of {title}", _SHARE, "percent")
    return RankedSegment(row, value, None, Computed(item, whole.span, value, "ratio", _SHARE, operands))


def amount(row: BreakdownRow) -> Decimal | None:
    """By how much a row changed: from the year before, else from the printed rate; None without either. To compare with, not to show."""
    if row.level is None:
        return None
    now, rate = row.level.fact.value, row.change.fact.value if row.change else Decimal(-1)
    if row.before is not None:
        return now - row.before.fact.value
    return now - now / (1 + rate) if rate > -1 else None


_TOLD = {"level": "value", "share": "share", "change": "moved"}
_SHARE = "part / whole"
_RATE = "(now - before) / before"
_KEYS = {"line": "member_line", "type": "member_line", "named": "member_named"}
_TOTAL_OF = re.compile(r"^total\s+(?=\w)", re.I)
_ASIDE = re.compile(r"(?<!\s)\s*[(（⁽][^)）⁾]{0,200}[)）⁾]|(?<=\w)[¹²³⁴⁵⁶⁷⁸⁹]+$")


def display(name: str) -> str:
    """A segment's name without asides, footnote marks and the "Total" of a group."""
    return _TOTAL_OF.sub("", _ASIDE.sub("", name).strip(" ,:：")) or name


class Teller:
    """Writes the sentences of one comparison, each with the evidence of all segments, so that another segment's figure does not bind."""

    def __init__(
        self, comparison: SegmentComparison, span: FiscalSpan, entity: str, names: Sequence[str], wish: Wish, language: Language,
        calendar: FiscalYear,
    ) -> None:  # fmt: skip
        self.comparison, self.span, self.entity, self.names = comparison, span, entity, tuple(names)
        self.wish, self.language, self.calendar = wish, language, calendar
        self.words = templates()[language]
        self.said = {"entity": apart(entity, language), "owner": owner(entity)}

    def ranking(self, ranked: Sequence[RankedSegment]) -> list[tuple[AnswerPart, list[Evidence]]]:
        """The first and the second of a ranking."""
        first, second = ranked[0], ranked[1]
        key = "member_change" if self._is_change(first) else _KEYS.get(self.comparison.group, "member_first")
        key = "member_first" if key == "member_named" and self.comparison.title.lower() not in first.row.name.lower() else key
        fallen = key == "member_change" and first.value < 0 and self.comparison.order == "low"
        superlative = self.words[f"{'fall' if fallen else self.comparison.order}_{key.removeprefix('member_')}"]
        told = [
            self._part(key, first, superlative=superlative, title=self._title()),
            self._part("member_next_rise" if fallen and second.value > 0 else "member_next", second, title=self._title()),
        ]
        return [(part, self._evidence(part, ranked)) for part in told]

    def pair(self, rates: Sequence[RankedSegment]) -> list[tuple[AnswerPart, list[Evidence]]]:
        """Which of two segments grew faster, then the growth of each."""
        faster, slower = sorted(rates, key=lambda score: score.value, reverse=True)
        key = "pair_same" if faster.value == slower.value else "pair_faster"
        verdict = AnswerPart(
            self.words[key].format(
                faster=display(faster.row.name), slower=display(slower.row.name), title=self._title(), when=self._when(), **self.said
            )
        )
        told = [verdict, *(self._part("pair_growth", score, title=self._title()) for score in rates)]
        return [(part, self._evidence(part, rates)) for part in told]

    def member(self, score: RankedSegment) -> list[tuple[AnswerPart, list[Evidence]]]:
        """One segment's figure, or its share with the two figures from which it is computed."""
        told = [self._part(f"member_{_TOLD[self.comparison.measure]}", score, title=self._title())]
        if score.computed is not None:
            told.append(self._basis(score.row, score.computed))
        return [(part, self._evidence(part, [score])) for part in told]

    def large(self, shares: Sequence[RankedSegment], above: Decimal, *, holds: bool) -> list[tuple[AnswerPart, list[Evidence]]]:
        """A sentence on whether any segment's share is above ``above``, then each segment with its share."""
        said = show_number(above, "ratio", "percent", Wish(decimals=0), self.language, Decimal(1), 2)
        verdict = self.words["large" if holds else "none_large"].format(title=self._title(), above=said, when=self._when(), **self.said)
        told: list[tuple[AnswerPart, list[Evidence]]] = [(AnswerPart(verdict), [])]
        for score in shares:
            told += self.member(score)
        return told

    def _basis(self, row: BreakdownRow, computed: Computed) -> AnswerPart:
        named = {name: named_operand(operand, self.language) for name, operand in computed.operands.items()}
        said = [
            self.words["operand"].format(
                label=display(one.label if name == "whole" else row.name),
                figure=self._printed(one.operand.stored, one.value),
                when=self.words["during"].format(span=one.operand.span.words(self.language)),
            )
            for name, one in named.items()
        ]
        return AnswerPart(self.words["basis"].format(operands=self.words["join"].join(said)), operands=list(named.values()))

    def _printed(self, stored: StoredFact, value: Decimal) -> str:
        fact = stored.fact
        return show_number(value, fact.unit, None, self.wish, self.language, fact.scale, fact.precision)

    def _part(self, key: str, score: RankedSegment, **parts: str) -> AnswerPart:
        text = self.words[key].format(
            member=display(score.row.name),
            when=self._when(score),
            figure=self._figure(score, key),
            verb=verb_of(self.comparison.title),
            moved=self.words["grew" if score.value > 0 else "down" if score.value else "still"],
            **self.said,
            **parts,
        )
        part = AnswerPart(text[0].upper() + text[1:])
        if score.computed:
            part.computed.append(score.computed)
        elif score.shown:
            part.operands.append(named_operand(Operand("shown", self.span, score.shown), self.language))
        return part

    def _evidence(self, part: AnswerPart, scores: Sequence[RankedSegment]) -> list[Evidence]:
        shown = part.operands if self.comparison.group == "member" else []
        found: list[Evidence] = answer_evidence.of_part(AnswerPart(part.text, part.computed, shown), self.names, self.calendar)
        for score in scores:
            name = display(score.row.name)
            names = (score.row.name, name, f"{name} {self.comparison.title}")
            if score.shown is not None:
                found.append(CellEvidence(score.shown.fact, answer_evidence.document_of(score.shown), self.names, names, self.calendar))
        return found

    def _figure(self, score: RankedSegment, key: str) -> str:
        """The figure, with a word in place of a minus: "a fall of 5%", "a loss of $5 million"; none where the sentence has that word."""
        side = polarity(self.comparison.title) if score.unit != "ratio" else None
        if score.value >= 0 or not (side or self._is_change(score)):
            return self._shown(score, score.value)
        shown = self._shown(score, -score.value)
        if side:
            return self.words[f"{side}_turned"].format(figure=shown)
        fallen = key in ("member_moved", "pair_growth") or (key == "member_change" and self.comparison.order == "low")
        return shown if fallen else self.words["fall_of"].format(figure=shown)

    def _shown(self, score: RankedSegment, value: Decimal) -> str:
        if score.computed is not None:
            facts = [operand.stored.fact for operand in score.computed.operands.values()]
            scale, precision, show = max(fact.scale for fact in facts), facts[0].precision, score.computed.item.show
            return show_number(value, score.unit, show, self.wish, self.language, scale, precision)
        return self._printed(score.shown, value) if score.shown else ""

    def _is_change(self, score: RankedSegment) -> bool:
        return self.comparison.measure != "level" and (score.computed is not None or score.unit == "ratio")

    def _title(self) -> str:
        return self.comparison.title

    def _when(self, score: RankedSegment | None = None) -> str:
        instant = score is not None and score.shown is not None and "/" not in score.shown.fact.period
        return self.words["at_end" if instant else "during"].format(span=self.span.words(self.language))


# --- companies, by the rows of a query ------------------------------------------------------------------------------------------

RowParts = list[tuple[str, list[RowEvidence]]]


def companies_told(
    selection: Selection, compiled: Compiled, result: QueryResult, year: int, words: Mapping[str, str], wish: Wish, language: Language
) -> RowParts:
    """The sentences, each with the row of the result that its figures come from; empty when no company was found."""
    found = [dict(zip(result.columns, row, strict=True)) for row in result.rows]
    among = "".join(words["among_place"].format(text=one.text) for one in selection.places)
    among += "".join(words["among_threshold"].format(text=one.text) for one in selection.thresholds)
    title, count = selection.item.title if selection.item else "", words["companies"]
    said = {"title": title, "when": FiscalSpan(year).words(language), "among": among}
    units = {title: compiled.unit, count: "count"} | {name: _limit_unit(one) for name, one in limit_names(selection).items()}

    def evidence(number: int, entity: str | None = None) -> RowEvidence:
        columns = {name: f"{value:f}" if isinstance(value, Decimal) else str(value) for name, value in found[number - 1].items()}
        return RowEvidence(result.query, number, columns, {name: unit for name, unit in units.items() if name in columns}, entity=entity)

    if selection.stat == "count":
        return [(words["counted"].format(number=found[0][count], **said), [evidence(1)])]
    if not found or found[0][title] is None:
        return []
    if selection.stat != "top":
        figure = _figure(Decimal(str(found[0][title])), compiled.unit, selection, wish, language)
        text = words["meant"].format(stat=words[f"stat_{selection.stat}"], figure=figure, number=found[0][count], **said)
        return [(text, [evidence(1)])]
    rows = list(enumerate(found, 1))[selection.first - 1 :]
    parts: RowParts = []
    if len(rows) > 1:
        parts.append((words["ranked_high" if selection.descending else "ranked_low"].format(**said), [evidence(1)]))
    for number, row in rows:
        figure = _figure(Decimal(str(row[title])), compiled.unit, selection, wish, language)
        end = "" if len(rows) == 1 else words["stop"] if number == len(found) else words["list_join"]
        named = {"company": row["name"], "owner": owner(row["name"])}
        text = words["ranked_one" if len(rows) > 1 else "rank_single"].format(figure=figure, **named, **said) + end
        parts.append((text, [evidence(number, row["name"])]))
    return parts


def _limit_unit(one: Threshold) -> str | None:
    """The unit of a limit, as the question prints it; None where it prints none."""
    numbers = find_numbers(one.text)
    return next((number.unit for number in reversed(numbers) if number.unit), None)


def _figure(value: Decimal, unit: str | None, selection: Selection, wish: Wish, language: Language) -> str:
    show = selection.item.show if selection.item else None
    given = len(f"{value:f}".partition(".")[2].rstrip("0"))  # a value as the table has it keeps its digits
    precision = min(2, given)
    side = polarity(selection.item.title) if selection.item and unit != "ratio" and value < 0 else None
    shown = show_number(-value if side else value, unit, show, wish, language, Decimal(1), precision)
    return templates()[language][f"{side}_turned"].format(figure=shown) if side else shown

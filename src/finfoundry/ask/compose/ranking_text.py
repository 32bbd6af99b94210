"""Members of a company in order, told in words: the first with its figure, the next, and where the figures stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from finfoundry.ask.compose import answer_evidence
from finfoundry.ask.compose.sentences import AnswerPart, templates, verb_of
from finfoundry.ask.compute.breakdown_rows import BreakdownRow
from finfoundry.ask.compute.number_format import show_number
from finfoundry.ask.compute.operands import Operand
from finfoundry.ask.compute.results import Computed
from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.ask.lexicon.spans import FiscalSpan
from finfoundry.ask.plan.expressions import PlannedExpression
from finfoundry.ask.understand.comparison import SegmentComparison
from finfoundry.ask.understand.intent import Wish
from finfoundry.binding.evidence import CellEvidence, Evidence
from finfoundry.binding.expression import evaluate
from finfoundry.core.answer import Language
from finfoundry.core.periods import FiscalYear


@dataclass(frozen=True, slots=True)
class RankedSegment:
    """A member with what it is compared by: a printed figure, or one computed from two."""

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
    """A member's part of the company's figure."""
    if row.level is None or not whole.stored.fact.value:
        return None
    operands = {"part": Operand("part", whole.span, row.level), "whole": whole}
    value = evaluate(_SHARE, {"part": row.level.fact.value, "whole": whole.stored.fact.value})
    item = PlannedExpression(f"{display(row.name)} share of {title}", _SHARE, "percent")
    return RankedSegment(row, value, None, Computed(item, whole.span, value, "ratio", _SHARE, operands))


def amount(row: BreakdownRow) -> Decimal | None:
    """By how much it changed: from the year before, else from the printed rate. To compare with, not to show."""
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
    """A member's name without asides, footnote marks and the "Total" of a group."""
    return _TOTAL_OF.sub("", _ASIDE.sub("", name).strip(" ,:：")) or name


class Teller:
    """Writes the sentences of one comparison, each with the evidence of all members, so that a figure of another would not bind."""

    def __init__(
        self, comparison: SegmentComparison, span: FiscalSpan, entity: str, names: Sequence[str], wish: Wish, language: Language,
        calendar: FiscalYear,
    ) -> None:  # fmt: skip
        self.comparison, self.span, self.entity, self.names = comparison, span, entity, tuple(names)
        self.wish, self.language, self.calendar = wish, language, calendar
        self.words = templates()[language]

    def ranking(self, ranked: Sequence[RankedSegment]) -> list[tuple[AnswerPart, list[Evidence]]]:
        """The first and the second of a ranking."""
        first, second = ranked[0], ranked[1]
        key = "member_change" if self._is_change(first) else _KEYS.get(self.comparison.group, "member_first")
        key = "member_first" if key == "member_named" and self.comparison.title.lower() not in first.row.name.lower() else key
        order = "fall" if key == "member_change" and first.value < 0 else self.comparison.order
        superlative = self.words[f"{order}_{key.removeprefix('member_')}"]
        told = [
            self._part(key, first, superlative=superlative, title=self._title()),
            self._part("member_next", second, title=self._title()),
        ]
        return [(part, self._evidence(part, ranked)) for part in told]

    def pair(self, rates: Sequence[RankedSegment]) -> list[tuple[AnswerPart, list[Evidence]]]:
        """How the growth of two members compares."""
        faster, slower = sorted(rates, key=lambda score: score.value, reverse=True)
        key = "pair_same" if faster.value == slower.value else "pair_faster"
        verdict = AnswerPart(
            self.words[key].format(
                faster=display(faster.row.name), slower=display(slower.row.name), title=self._title(), entity=self.entity, when=self._when()
            )
        )
        told = [verdict, *(self._part("pair_growth", score, title=self._title()) for score in rates)]
        return [(part, self._evidence(part, rates)) for part in told]

    def member(self, score: RankedSegment) -> list[tuple[AnswerPart, list[Evidence]]]:
        """One member's figure, or its share with the two figures that make it."""
        told = [self._part(f"member_{_TOLD[self.comparison.measure]}", score, title=self._title())]
        if score.computed is not None:
            told.append(self._basis(score.row, score.computed))
        return [(part, self._evidence(part, [score])) for part in told]

    def large(self, shares: Sequence[RankedSegment], above: Decimal, *, holds: bool) -> list[tuple[AnswerPart, list[Evidence]]]:
        """Members with their shares, behind whether any is larger than asked."""
        said = show_number(above, "ratio", "percent", Wish(decimals=0), self.language, Decimal(1), 2)
        verdict = self.words["large" if holds else "none_large"].format(
            title=self._title(), entity=self.entity, above=said, when=self._when()
        )
        told: list[tuple[AnswerPart, list[Evidence]]] = [(AnswerPart(verdict), [])]
        for score in shares:
            told += self.member(score)
        return told

    def _basis(self, row: BreakdownRow, computed: Computed) -> AnswerPart:
        said = [
            self.words["operand"].format(
                label=display(" ".join(operand.stored.fact.metric[-1:]) if name == "whole" else row.name),
                figure=self._printed(operand.stored),
                when=self.words["during"].format(span=operand.span.words(self.language)),
            )
            for name, operand in computed.operands.items()
        ]
        return AnswerPart(self.words["basis"].format(operands=self.words["join"].join(said)), operands=list(computed.operands.values()))

    def _printed(self, stored: StoredFact) -> str:
        fact = stored.fact
        return show_number(fact.value, fact.unit, None, self.wish, self.language, fact.scale, fact.precision)

    def _part(self, key: str, score: RankedSegment, **parts: str) -> AnswerPart:
        text = self.words[key].format(
            member=display(score.row.name),
            entity=self.entity,
            when=self._when(score),
            figure=self._figure(score),
            verb=verb_of(self.comparison.title),
            **parts,
        )
        part = AnswerPart(text[0].upper() + text[1:])
        if score.computed:
            part.computed.append(score.computed)
        elif score.shown:
            part.operands.append(Operand("shown", self.span, score.shown))
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

    def _figure(self, score: RankedSegment) -> str:
        if score.computed is not None:
            facts = [operand.stored.fact for operand in score.computed.operands.values()]
            scale, precision, show = max(fact.scale for fact in facts), facts[0].precision, score.computed.item.show
            return show_number(score.value, score.unit, show, self.wish, self.language, scale, precision)
        if score.shown is None:
            return ""
        return self._printed(score.shown)

    def _is_change(self, score: RankedSegment) -> bool:
        return self.comparison.measure != "level" and (score.computed is not None or score.unit == "ratio")

    def _title(self) -> str:
        return self.comparison.title

    def _when(self, score: RankedSegment | None = None) -> str:
        instant = score is not None and score.shown is not None and "/" not in score.shown.fact.period
        return self.words["at_end" if instant else "during"].format(span=self.span.words(self.language))

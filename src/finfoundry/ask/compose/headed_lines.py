"""Several figures of one label, told together in one sentence, each under its heading."""

from __future__ import annotations

from collections.abc import Sequence

from finfoundry.ask.compose.answer_evidence import AnswerPart
from finfoundry.ask.compose.sentences import apart, figures_shown, owner, templates
from finfoundry.ask.compute.headed_lines import HeadedLine
from finfoundry.ask.compute.operands import Operand
from finfoundry.ask.compute.results import Computed
from finfoundry.ask.lexicon.spans import FiscalSpan
from finfoundry.ask.plan.expressions import PlannedExpression
from finfoundry.ask.understand.intent import Wish
from finfoundry.core.answer import Language


def told_together(lines: Sequence[HeadedLine], span: FiscalSpan, entity: str, wish: Wish, language: Language) -> AnswerPart:
    """ "In FY2021, Example prints two figures under "Net write-offs": consumer: $576 million; small business: $96 million."."""
    words = templates()[language]
    label = " › ".join(" ".join(part.split()) for part in lines[0].stored.fact.metric if part not in lines[0].headings)
    values = [_looked_up(line, label, span) for line in lines]
    shown, when = figures_shown(values, wish, language)
    places = [
        words["headed_line"].format(heading=words["heading_join"].join(line.headings), figure=figure)
        for line, figure in zip(lines, shown, strict=True)
    ]
    text = words["headed_lines"].format(
        entity=apart(entity, language), owner=owner(entity), label=label, count=words[f"count_{len(lines)}"], when=when,
        lines=words["join"].join(places) if language == "en" else words["list_join"].join(places),
    )  # fmt: skip
    return AnswerPart(text, values)


def _looked_up(line: HeadedLine, label: str, span: FiscalSpan) -> Computed:
    operand = Operand("line", span, line.stored)
    return Computed(PlannedExpression(label, "line", None), span, operand.value, line.stored.fact.unit, "line", {"line": operand})
